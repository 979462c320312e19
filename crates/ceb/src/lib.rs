//! The CEB message family (announcement 2018-113, release 2022-05): bytes ⇄ typed documents, the DXP envelope,
//! signatures. Knows no clock, database, network or judgement.
//!
//! [`parse`] returns what it understood and every defect it found; [`write()`] is its inverse. Field by field the
//! messages are the tables of `order.rs`, `payment.rs` and their neighbours, for exports those in `export/`, from
//! which struct, reader, writer, digest and reference page come.

mod arrival;
mod cancellation;
mod declaration;
mod defect;
mod document;
pub mod dxp;
mod export;
mod format_receipt;
mod json;
mod json_names;
mod order;
mod payment;
mod read;
mod record;
mod reference;
mod return_goods;
pub mod signature;
mod tax_bill;
mod transfer;
mod value;
mod waybill;
mod waybill_status;
mod write;
mod xml;

pub use arrival::{Arrival, ArrivalHead, ArrivalLine, ArrivalReceipt};
pub use cancellation::{Cancellation, CancellationReceipt};
pub use declaration::{Declaration, DeclarationHead, DeclarationLine, DeclarationReceipt};
pub use defect::{Defect, DefectRule};
pub use document::{Document, Kind, Nesting, Part};
pub use export::{
    Departure, DepartureHead, DepartureLine, DepartureReceipt, ExportArrival, ExportArrivalHead,
    ExportArrivalLine, ExportArrivalReceipt, ExportCancellation, ExportCancellationReceipt,
    ExportDeclaration, ExportDeclarationHead, ExportDeclarationLine, ExportDeclarationReceipt, ExportOrder,
    ExportOrderHead, ExportOrderLine, ExportOrderReceipt, ExportPayment, ExportPaymentReceipt, ExportReturn,
    ExportReturnHead, ExportReturnLine, ExportReturnReceipt, ExportWaybill, ExportWaybillReceipt, MasterBill,
    MasterBillHead, MasterBillLine, MasterBillReceipt, ReturnTally, ReturnTallyReceipt, SummaryApplication,
    SummaryApplicationHead, SummaryApplicationLine, SummaryReceipt, SummaryResult, SummaryResultHead,
    SummaryResultLine,
};
pub use format_receipt::FormatReceipt;
pub use json::{parse_json, repeated_members, write_json};
pub use order::{Order, OrderHead, OrderLine, OrderReceipt};
pub use payment::{Payment, PaymentReceipt};
pub use read::{parse, parse_document};
pub use record::{FieldRule, Record, Shape};
pub use reference::reference_markdown;
pub use return_goods::{Return, ReturnHead, ReturnLine, ReturnReceipt};
pub use tax_bill::{TaxBill, TaxBillHead, TaxBillLine, TaxBillStatus};
pub use transfer::{BaseSubscribe, BaseTransfer};
pub use value::{DECIMAL_PLACES, Day, Decimal, Stamp, StampMillis};
pub use waybill::{Waybill, WaybillReceipt};
pub use waybill_status::{WaybillStatus, WaybillStatusReceipt};
pub use write::{Style, usual_style, write, write_document, write_receipt};
pub use xml::count_elements;

use std::ops::Range;

/// Text of a field; most fit without an allocation.
pub type Text = compact_str::CompactString;

/// The namespace of every element of the family.
pub const NAMESPACE: &str = "http://www.chinaport.gov.cn/ceb";

/// What reading accepts at most. The defaults are the specification's where it has one, and generous elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of a message. No source gives one; 100 documents of 99 full lines stay below.
    pub bytes: usize,
    /// Levels of elements: the deepest message has 5, an extension may have more.
    pub depth: usize,
    /// Documents of a message (SPEC §1.5).
    pub documents: usize,
    /// Lines of a document (SPEC §1.5).
    pub lines: usize,
    /// Lines of an order, a list or a return of an export (SPEC §1.5).
    pub export_lines: usize,
    /// Lines of an arrival, and of the other documents whose lines the schemas do not bound.
    pub arrival_lines: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 << 20,
            depth: 16,
            documents: 100,
            lines: 99,
            export_lines: 100,
            arrival_lines: 10_000,
        }
    }
}

/// What reading a message gave.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Root element, `Unknown` when there was none.
    pub root: Text,
    /// The kind of the root.
    pub kind: Option<Kind>,
    /// The message, if its frame could be read.
    pub message: Option<Message>,
    /// Faults of the message as a whole: it is answered with CEB900.
    pub defects: Vec<Defect>,
    /// The text in UTF-8, when the input was in another encoding; spans count in it.
    pub text: Option<Vec<u8>>,
}

impl Parsed {
    pub(crate) fn unread() -> Self {
        Self { root: Text::const_new("Unknown"), kind: None, message: None, defects: Vec::new(), text: None }
    }
}

/// One message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Its kind.
    pub kind: Kind,
    /// Attribute `guid`.
    pub guid: Text,
    /// Attribute `version`.
    pub version: Text,
    /// Its documents.
    pub entries: Vec<Entry>,
    /// Who transports it.
    pub transfer: Option<BaseTransfer>,
    /// Who else shall receive.
    pub subscriptions: Vec<BaseSubscribe>,
    /// An extension.
    pub extension: Option<ExtendMessage>,
    /// Where its signature is.
    pub signature: Option<SignatureNode>,
}

impl Message {
    /// An empty message of a kind, version 1.0.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            guid: Text::default(),
            version: Text::const_new("1.0"),
            entries: Vec::new(),
            transfer: None,
            subscriptions: Vec::new(),
            extension: None,
            signature: None,
        }
    }
    /// Adds a document.
    #[must_use]
    pub fn with(mut self, document: Document) -> Self {
        self.entries.push(Entry { document, span: 0..0, defects: Vec::new() });
        self
    }
}

/// One document of a message with what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The document; defective fields hold their default.
    pub document: Document,
    /// Its element's bytes in the (transcribed) text; empty for JSON.
    pub span: Range<usize>,
    /// Its faults.
    pub defects: Vec<Defect>,
}

/// Where a signature element is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureNode {
    /// Its bytes.
    pub span: Range<usize>,
    /// It has no signature value.
    pub is_empty: bool,
}

/// A custom message beside the business documents (SPEC §2).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExtendMessage {
    /// Its name.
    pub name: Text,
    /// Its version.
    pub version: Text,
    /// Any XML, as written.
    pub message: Text,
}
