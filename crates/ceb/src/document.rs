//! The kinds of message and the one list from which reading, writing, digests and field lookup are derived.

use crate::Text;
use crate::arrival::{Arrival, ArrivalHead, ArrivalLine, ArrivalReceipt};
use crate::cancellation::{Cancellation, CancellationReceipt};
use crate::declaration::{Declaration, DeclarationHead, DeclarationLine, DeclarationReceipt};
use crate::export::{
    Departure, DepartureHead, DepartureLine, DepartureReceipt, ExportArrival, ExportArrivalHead,
    ExportArrivalLine, ExportArrivalReceipt, ExportCancellation, ExportCancellationReceipt,
    ExportDeclaration, ExportDeclarationHead, ExportDeclarationLine, ExportDeclarationReceipt, ExportOrder,
    ExportOrderHead, ExportOrderLine, ExportOrderReceipt, ExportPayment, ExportPaymentReceipt, ExportReturn,
    ExportReturnHead, ExportReturnLine, ExportReturnReceipt, ExportWaybill, ExportWaybillReceipt, MasterBill,
    MasterBillHead, MasterBillLine, MasterBillReceipt, ReturnTally, ReturnTallyReceipt, SummaryApplication,
    SummaryApplicationHead, SummaryApplicationLine, SummaryReceipt, SummaryResult, SummaryResultHead,
    SummaryResultLine,
};
use crate::format_receipt::FormatReceipt;
use crate::order::{Order, OrderHead, OrderLine, OrderReceipt};
use crate::payment::{Payment, PaymentReceipt};
use crate::record::{FieldRule, Record};
use crate::return_goods::{Return, ReturnHead, ReturnLine, ReturnReceipt};
use crate::tax_bill::{TaxBill, TaxBillHead, TaxBillLine, TaxBillStatus};
use crate::waybill::{Waybill, WaybillReceipt};
use crate::waybill_status::{WaybillStatus, WaybillStatusReceipt};

/// How a document's fields are nested in its element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nesting {
    /// The fields stand directly in the document's element.
    Flat,
    /// One head element.
    Head,
    /// One head element, then one element a line.
    HeadAndLines,
}

/// One part of a document as the tables know it: element name and fields.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Element name.
    pub element: &'static str,
    /// Fields in order.
    pub fields: &'static [FieldRule],
}

/// What reading needs of every document: where heads and lines go.
pub(crate) trait Body: Default {
    const NESTING: Nesting;
    const PARTS: &'static [Part];
    fn set(&mut self, part: usize, line: usize, field: usize, text: &str) -> Result<(), crate::DefectRule>;
    fn visit(&self, visit: &mut dyn FnMut(usize, usize, usize, &str));
    fn lines(&self) -> usize;
}

macro_rules! flat {
    ($($name:ty: $nesting:ident),*) => { $(
        impl Body for $name {
            const NESTING: Nesting = Nesting::$nesting;
            const PARTS: &'static [Part] = &[Part { element: <$name>::ELEMENT, fields: <$name>::FIELDS }];
            fn set(&mut self, _: usize, _: usize, field: usize, text: &str) -> Result<(), crate::DefectRule> {
                Record::set(self, field, text)
            }
            fn visit(&self, visit: &mut dyn FnMut(usize, usize, usize, &str)) {
                Record::visit(self, &mut |field, text| visit(0, 0, field, text));
            }
            fn lines(&self) -> usize { 0 }
        }
    )* };
}

macro_rules! lined {
    ($($name:ty, $head:ty, $line:ty);*) => { $(
        impl Body for $name {
            const NESTING: Nesting = Nesting::HeadAndLines;
            const PARTS: &'static [Part] = &[
                Part { element: <$head>::ELEMENT, fields: <$head>::FIELDS },
                Part { element: <$line>::ELEMENT, fields: <$line>::FIELDS },
            ];
            fn set(&mut self, part: usize, line: usize, field: usize, text: &str) -> Result<(), crate::DefectRule> {
                if part == 0 {
                    return Record::set(&mut *self.head, field, text);
                }
                while self.lines.len() <= line {
                    self.lines.push(<$line>::default());
                }
                match self.lines.get_mut(line) {
                    Some(line) => Record::set(line, field, text),
                    None => Ok(()),
                }
            }
            fn visit(&self, visit: &mut dyn FnMut(usize, usize, usize, &str)) {
                Record::visit(&*self.head, &mut |field, text| visit(0, 0, field, text));
                for (index, line) in self.lines.iter().enumerate() {
                    Record::visit(line, &mut |field, text| visit(1, index, field, text));
                }
            }
            fn lines(&self) -> usize { self.lines.len() }
        }
    )* };
}

flat!(
    Payment: Head, Waybill: Head, TaxBillStatus: Head,
    WaybillStatus: Flat, Cancellation: Flat, OrderReceipt: Flat, PaymentReceipt: Flat, WaybillReceipt: Flat,
    WaybillStatusReceipt: Flat, DeclarationReceipt: Flat, CancellationReceipt: Flat, ReturnReceipt: Flat,
    ArrivalReceipt: Flat, FormatReceipt: Flat,
    ExportPayment: Flat, ExportWaybill: Flat, ExportCancellation: Flat, ReturnTally: Flat,
    ExportOrderReceipt: Flat, ExportPaymentReceipt: Flat, ExportWaybillReceipt: Flat, ExportArrivalReceipt: Flat,
    DepartureReceipt: Flat, ExportDeclarationReceipt: Flat, ExportCancellationReceipt: Flat,
    MasterBillReceipt: Flat, ExportReturnReceipt: Flat, ReturnTallyReceipt: Flat, SummaryReceipt: Flat
);
lined!(
    Order, OrderHead, OrderLine;
    Declaration, DeclarationHead, DeclarationLine;
    Return, ReturnHead, ReturnLine;
    Arrival, ArrivalHead, ArrivalLine;
    TaxBill, TaxBillHead, TaxBillLine;
    ExportOrder, ExportOrderHead, ExportOrderLine;
    ExportArrival, ExportArrivalHead, ExportArrivalLine;
    Departure, DepartureHead, DepartureLine;
    ExportDeclaration, ExportDeclarationHead, ExportDeclarationLine;
    MasterBill, MasterBillHead, MasterBillLine;
    ExportReturn, ExportReturnHead, ExportReturnLine;
    SummaryApplication, SummaryApplicationHead, SummaryApplicationLine;
    SummaryResult, SummaryResultHead, SummaryResultLine
);

macro_rules! kinds {
    ($($kind:ident = $number:literal, $element:literal, receipt $receipt:expr, $words:literal;)*) => {
        /// The kinds of message, by their CEB number.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum Kind {
            $( #[doc = $words] $kind = $number, )*
        }

        impl Kind {
            /// All kinds, by number.
            pub const ALL: &'static [Self] = &[$( Self::$kind, )*];
            /// The CEB number.
            pub fn number(self) -> u16 { self as u16 }
            /// Root element, `CEB311Message`.
            pub fn root(self) -> &'static str {
                match self { $( Self::$kind => concat!("CEB", stringify!($number), "Message"), )* }
            }
            /// Element of one document.
            pub fn element(self) -> &'static str {
                match self { $( Self::$kind => $element, )* }
            }
            /// The kind that answers it.
            pub fn receipt(self) -> Option<Self> {
                match self { $( Self::$kind => $receipt, )* }
            }
            /// In plain words.
            pub fn words(self) -> &'static str {
                match self { $( Self::$kind => $words, )* }
            }
            /// How its fields are nested.
            pub fn nesting(self) -> Nesting {
                match self { $( Self::$kind => <$kind as Body>::NESTING, )* }
            }
            /// Its parts and fields.
            pub fn parts(self) -> &'static [Part] {
                match self { $( Self::$kind => <$kind as Body>::PARTS, )* }
            }
        }

        /// One business record of a message.
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub enum Document {
            $( #[doc = $words] $kind($kind), )*
        }

        impl Document {
            /// Its kind.
            pub fn kind(&self) -> Kind {
                match self { $( Self::$kind(_) => Kind::$kind, )* }
            }
            /// An empty document of a kind.
            pub fn empty(kind: Kind) -> Self {
                match kind { $( Kind::$kind => Self::$kind(<$kind>::default()), )* }
            }
            /// Sets a field by its place in [`Kind::parts`] from its text; lines are made up to the one named. What is
            /// no field is left out.
            ///
            /// # Errors
            /// What is wrong with the text; the field keeps its default.
            pub fn set(&mut self, part: usize, line: usize, field: usize, text: &str) -> Result<(), crate::DefectRule> {
                match self { $( Self::$kind(body) => Body::set(body, part, line, field, text), )* }
            }
            /// Calls `visit` with part, line, field and text of every field that is present, in order.
            pub fn visit(&self, visit: &mut dyn FnMut(usize, usize, usize, &str)) {
                match self { $( Self::$kind(body) => Body::visit(body, visit), )* }
            }
            /// How many lines it has; 0 for kinds without lines.
            pub fn line_count(&self) -> usize {
                match self { $( Self::$kind(body) => Body::lines(body), )* }
            }
        }
    };
}

kinds! {
    ExportReturn = 213, "InvtRefund", receipt Some(Self::ExportReturnReceipt), "return of exported goods";
    ExportReturnReceipt = 214, "RefundReturn", receipt None, "receipt of a return of exported goods";
    ReturnTally = 215, "InvtRefundDetail", receipt Some(Self::ReturnTallyReceipt), "tally of returned goods at the site";
    ReturnTallyReceipt = 216, "InvtRefundDetailReturn", receipt None, "receipt of a tally of returned goods";
    ExportOrder = 303, "Order", receipt Some(Self::ExportOrderReceipt), "export order";
    ExportOrderReceipt = 304, "OrderReturn", receipt None, "receipt of an export order";
    Order = 311, "Order", receipt Some(Self::OrderReceipt), "electronic order";
    OrderReceipt = 312, "OrderReturn", receipt None, "receipt of an order";
    ExportPayment = 403, "Receipts", receipt Some(Self::ExportPaymentReceipt), "money received for an export order";
    ExportPaymentReceipt = 404, "ReceiptsReturn", receipt None, "receipt of money received";
    Payment = 411, "Payment", receipt Some(Self::PaymentReceipt), "payment voucher";
    PaymentReceipt = 412, "PaymentReturn", receipt None, "receipt of a payment";
    ExportWaybill = 505, "Logistics", receipt Some(Self::ExportWaybillReceipt), "export waybill";
    ExportWaybillReceipt = 506, "LogisticsReturn", receipt None, "receipt of an export waybill";
    ExportArrival = 507, "Arrival", receipt Some(Self::ExportArrivalReceipt), "arrival at the site of export";
    ExportArrivalReceipt = 508, "ArrivalReturn", receipt None, "receipt of an arrival at the site of export";
    Departure = 509, "Departure", receipt Some(Self::DepartureReceipt), "departure from the country";
    DepartureReceipt = 510, "DepartureReturn", receipt None, "receipt of a departure";
    Waybill = 511, "Logistics", receipt Some(Self::WaybillReceipt), "waybill";
    WaybillReceipt = 512, "LogisticsReturn", receipt None, "receipt of a waybill";
    WaybillStatus = 513, "LogisticsStatus", receipt Some(Self::WaybillStatusReceipt), "waybill status";
    WaybillStatusReceipt = 514, "LogisticsStatusReturn", receipt None, "receipt of a waybill status";
    ExportDeclaration = 603, "Inventory", receipt Some(Self::ExportDeclarationReceipt), "export declaration list";
    ExportDeclarationReceipt = 604, "InventoryReturn", receipt None, "receipt of an export declaration";
    ExportCancellation = 605, "InvtCancel", receipt Some(Self::ExportCancellationReceipt), "cancellation of an export list";
    ExportCancellationReceipt = 606, "InvtCancelReturn", receipt None, "receipt of a cancellation of an export list";
    MasterBill = 607, "WayBill", receipt Some(Self::MasterBillReceipt), "export lists under one master bill";
    MasterBillReceipt = 608, "WayBillReturn", receipt None, "receipt of a master bill";
    Declaration = 621, "Inventory", receipt Some(Self::DeclarationReceipt), "declaration list";
    DeclarationReceipt = 622, "InventoryReturn", receipt None, "receipt of a declaration";
    Cancellation = 623, "InvtCancel", receipt Some(Self::CancellationReceipt), "cancellation";
    CancellationReceipt = 624, "InvtCancelReturn", receipt None, "receipt of a cancellation";
    Return = 625, "InvtRefund", receipt Some(Self::ReturnReceipt), "return";
    ReturnReceipt = 626, "InvtRefundReturn", receipt None, "receipt of a return";
    SummaryApplication = 701, "SummaryApply", receipt Some(Self::SummaryReceipt), "application for a summary declaration";
    SummaryReceipt = 702, "SummaryReturn", receipt None, "receipt of a summary application";
    Arrival = 711, "Delivery", receipt Some(Self::ArrivalReceipt), "arrival at the supervised site";
    ArrivalReceipt = 712, "DeliveryReturn", receipt None, "receipt of an arrival";
    SummaryResult = 792, "SummaryResult", receipt None, "result of a summary";
    TaxBill = 816, "Tax", receipt None, "electronic tax bill";
    TaxBillStatus = 818, "Tax", receipt None, "state of a tax bill";
    FormatReceipt = 900, "MessageReturn", receipt None, "receipt of a message refused as a whole";
}

impl Kind {
    /// The kind of a root element.
    pub fn from_root(root: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.root() == root)
    }
    /// The kind of a CEB number.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.number() == number)
    }
    /// Whether parties send it to the window (the others are answers).
    pub fn is_declared(self) -> bool {
        self.receipt().is_some()
    }
    /// Whether it belongs to exports. What the two families call alike (an order, a waybill) are different documents.
    pub fn is_export(self) -> bool {
        matches!(
            self.number(),
            213..=216 | 303 | 304 | 403 | 404 | 505..=510 | 603..=608 | 701 | 702 | 792
        )
    }
    /// Most documents a message of this kind may have.
    pub fn document_limit(self, limits: &crate::Limits) -> usize {
        if self == Self::Arrival { 1 } else { limits.documents }
    }
    /// Fewest lines a document of this kind must have: a summary may name a period instead, and an arrival at the
    /// site of export its bill alone.
    pub fn fewest_lines(self) -> usize {
        usize::from(!matches!(self, Self::ExportArrival | Self::SummaryApplication | Self::SummaryResult))
    }
    /// Most lines a document of this kind may have.
    pub fn line_limit(self, limits: &crate::Limits) -> usize {
        match self {
            Self::Arrival
            | Self::ExportArrival
            | Self::Departure
            | Self::MasterBill
            | Self::SummaryApplication
            | Self::SummaryResult => limits.arrival_lines,
            Self::ExportOrder | Self::ExportDeclaration | Self::ExportReturn => limits.export_lines,
            _ => limits.lines,
        }
    }
}

impl Document {
    /// Feeds the typed content to `sink`: kind, then every field in order with its length, independent of syntax,
    /// namespace spelling and trailing zeros. Same content, same bytes.
    pub fn digest_input(&self, sink: &mut dyn FnMut(&[u8])) {
        sink(&self.kind().number().to_be_bytes());
        self.visit(&mut |part, line, field, text| {
            let mut head = [0u8; 12];
            head[0] = part as u8;
            head[1] = field as u8;
            head[4..8].copy_from_slice(&(line as u32).to_be_bytes());
            head[8..12].copy_from_slice(&(text.len() as u32).to_be_bytes());
            sink(&head);
            sink(text.as_bytes());
        });
    }

    /// The text of a field: `OrderHead/goodsValue`, `OrderList[2]/qty` (from 1), `LogisticsStatus/guid`.
    pub fn field(&self, path: &str) -> Option<Text> {
        let (part_name, field_name) = path.split_once('/')?;
        let (part_name, line) = match part_name.split_once('[') {
            Some((name, index)) => (name, index.strip_suffix(']')?.parse::<usize>().ok()?.checked_sub(1)?),
            None => (part_name, 0),
        };
        let parts = self.kind().parts();
        let part = parts.iter().position(|part| part.element == part_name)?;
        let field = parts.get(part)?.fields.iter().position(|field| field.name == field_name)?;
        let mut found = None;
        self.visit(&mut |p, l, f, text| {
            if (p, l, f) == (part, line, field) {
                found = Some(Text::from(text));
            }
        });
        found
    }

    /// `guid` of the document.
    pub fn guid(&self) -> Text {
        let mut found = Text::default();
        self.visit(&mut |part, _, field, text| {
            if part == 0 && field == 0 {
                found = Text::from(text);
            }
        });
        found
    }
}
