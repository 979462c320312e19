//! What somebody wants moved, and by which document. Which document may move what is said here, in one place.

use crate::item::Stated;
use crate::record::StockKey;
use crate::{Cause, Lot, Place, Purpose, Quantities, Resolution, Text};
use ceb::{Decimal, StampMillis};
use std::fmt;

/// The documents that move goods of a book. The numbers are stored and never change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum DocumentKind {
    /// The balance with which a book is opened [期初].
    Opening = 1,
    /// Checklist of goods that come in [进区核注清单].
    EntryChecklist = 2,
    /// Checklist of goods that go out [出区核注清单].
    ExitChecklist = 3,
    /// Declaration list of a retail trade [清单].
    List = 4,
    /// Receipt of a list: released, rejected, out of time [回执].
    Receipt = 5,
    /// Application to cancel a list [撤销申请单].
    Cancellation = 6,
    /// Application to return goods of a list [退货申请单].
    Return = 7,
    /// Customs declaration [报关单].
    CustomsDeclaration = 8,
    /// Application for an exhibition or another move outside [业务申报表].
    Application = 9,
    /// Gate release [核放单].
    GateRelease = 10,
    /// Order in or out of the warehouse [出入库单].
    StockOrder = 11,
    /// Order to inspect [查验通知].
    InspectionOrder = 12,
    /// What an inspection found [查验记录].
    InspectionRecord = 13,
    /// Record of samples taken [取样记录].
    SamplingRecord = 14,
    /// Record of a destruction under supervision [销毁记录].
    DestructionRecord = 15,
    /// Record of a stocktake [盘点表].
    StocktakeRecord = 16,
    /// Document by which goods pass the zone's gate before they are declared [先入区后报关凭单].
    ProvisionalEntry = 17,
}

impl DocumentKind {
    /// All kinds, in stored order.
    pub const ALL: [Self; 17] = [
        Self::Opening,
        Self::EntryChecklist,
        Self::ExitChecklist,
        Self::List,
        Self::Receipt,
        Self::Cancellation,
        Self::Return,
        Self::CustomsDeclaration,
        Self::Application,
        Self::GateRelease,
        Self::StockOrder,
        Self::InspectionOrder,
        Self::InspectionRecord,
        Self::SamplingRecord,
        Self::DestructionRecord,
        Self::StocktakeRecord,
        Self::ProvisionalEntry,
    ];
    /// The kind of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
    /// The word used in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::EntryChecklist => "entry-checklist",
            Self::ExitChecklist => "exit-checklist",
            Self::List => "list",
            Self::Receipt => "receipt",
            Self::Cancellation => "cancellation",
            Self::Return => "return",
            Self::CustomsDeclaration => "customs-declaration",
            Self::Application => "application",
            Self::GateRelease => "gate-release",
            Self::StockOrder => "stock-order",
            Self::InspectionOrder => "inspection-order",
            Self::InspectionRecord => "inspection-record",
            Self::SamplingRecord => "sampling-record",
            Self::DestructionRecord => "destruction-record",
            Self::StocktakeRecord => "stocktake-record",
            Self::ProvisionalEntry => "provisional-entry",
        }
    }
}

/// A document by kind, issuer and number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DocumentKey {
    /// Its kind.
    pub kind: DocumentKind,
    /// Code of the party in whose numbering it is: two enterprises may both have a document 1.
    pub issuer: Text,
    /// Its number, as its issuer gave it.
    pub number: Text,
}

/// A line of a document: it moves goods once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LineKey {
    /// The document.
    pub document: DocumentKey,
    /// Which line, from 1.
    pub line: u32,
}

/// Where goods come from that enter a book.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// They were there when the book was opened.
    Opening,
    /// From abroad, over the first line.
    Abroad,
    /// From the country, over the second line.
    Domestic,
}

impl Source {
    /// The place they come from.
    pub fn place(self) -> Place {
        match self {
            Self::Opening => Place::Opening,
            Self::Abroad => Place::Abroad,
            Self::Domestic => Place::Domestic,
        }
    }
}

/// What shall be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operation {
    /// Goods enter the book as a lot, or as more of it.
    Enter {
        /// From where.
        source: Source,
        /// The lot.
        lot: Lot,
        /// How much, in all three quantities.
        quantities: Quantities,
    },
    /// Goods from abroad pass the gate as a lot, or as more of it, and are declared later.
    EnterFirst {
        /// The lot.
        lot: Lot,
        /// How much, in all three quantities.
        quantities: Quantities,
    },
    /// Goods that entered first are declared.
    Declare {
        /// The line by which they entered.
        of: LineKey,
        /// How much is declared, in the declared unit; none = all that is open.
        quantity: Option<Decimal>,
        /// What explains a difference from what entered: with it the declaration ends the line, without it the rest stays open.
        cause: Cause,
        /// By which document a loss was taxed or written off.
        approval: Option<Text>,
    },
    /// Available goods are taken: the lot named, or first what expires first.
    Take {
        /// What for.
        purpose: Purpose,
        /// How much, in the declared unit.
        quantity: Decimal,
        /// What the document states of the goods, compared with the item and with what they are in the book.
        stated: Option<Stated>,
        /// The number of a lot.
        lot: Option<Text>,
        /// The book that shall receive a transfer; none for other purposes.
        to: Option<Text>,
    },
    /// What an earlier line took is resolved.
    Resolve {
        /// The line.
        of: LineKey,
        /// How.
        resolution: Resolution,
        /// How much in the declared unit; none = all that is open.
        quantity: Option<Decimal>,
    },
    /// A transfer is received.
    Receive {
        /// Book and item that sent it.
        from: StockKey,
        /// The line that sent it.
        of: LineKey,
        /// How much in the declared unit; none = all that is open.
        quantity: Option<Decimal>,
    },
    /// A stocktake begins: until it ends nothing moves but parcels that leave.
    BeginCount,
    /// A lot was counted: everything of it that lies in the warehouse.
    Count {
        /// The number of the lot.
        lot: Text,
        /// What was counted, in the declared unit.
        counted: Decimal,
        /// What explains the difference.
        cause: Cause,
        /// By which document a loss was taxed or written off.
        approval: Option<Text>,
    },
    /// A stocktake ends.
    EndCount,
}

impl Operation {
    /// Whether it concerns one item; a stocktake begins and ends for the whole book.
    pub fn has_item(&self) -> bool {
        !matches!(self, Self::BeginCount | Self::EndCount)
    }
    /// The documents that may do it.
    pub fn documents(&self) -> &'static [DocumentKind] {
        use DocumentKind as D;
        match self {
            Self::Enter { source: Source::Opening, .. } => &[D::Opening],
            Self::Enter { .. } | Self::Receive { .. } | Self::Declare { .. } => &[D::EntryChecklist],
            Self::EnterFirst { .. } => &[D::ProvisionalEntry],
            Self::Take { purpose, .. } => match purpose {
                Purpose::Sale => &[D::List],
                Purpose::Transfer | Purpose::ReExport => &[D::ExitChecklist],
                Purpose::Exhibition => &[D::Application],
                Purpose::Inspection => &[D::InspectionOrder],
                Purpose::GeneralTrade => &[D::CustomsDeclaration, D::ExitChecklist],
                Purpose::Destruction => &[D::DestructionRecord],
                Purpose::Sample => &[D::SamplingRecord],
            },
            Self::Resolve { resolution, .. } => match resolution {
                Resolution::Confirm => &[D::GateRelease, D::Receipt],
                Resolution::Restore => &[D::Receipt, D::Cancellation],
                Resolution::BringBack | Resolution::Restock => &[D::StockOrder],
                Resolution::ExhibitionReturn => &[D::GateRelease, D::StockOrder],
                Resolution::ExhibitionSale => &[D::List, D::CustomsDeclaration],
                Resolution::InspectionEnd => &[D::InspectionRecord],
                Resolution::CustomerReturn => &[D::Return],
                Resolution::ReturnAbroad | Resolution::SendBack => &[D::ExitChecklist],
                Resolution::DestroyReturned | Resolution::ExhibitionDestruction => &[D::DestructionRecord],
            },
            Self::BeginCount | Self::Count { .. } | Self::EndCount => &[D::StocktakeRecord],
        }
    }
}

impl Operation {
    /// What it says, field by field, as answers show it; the first says what is done.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        let mut say = |name: &'static str, value: String| fields.push((name, value));
        let optional =
            |quantity: &Option<Decimal>| quantity.map_or_else(|| "all".to_owned(), |one| one.to_string());
        let text = |text: &Option<Text>| text.as_deref().unwrap_or("").to_owned();
        match self {
            Self::Enter { source, lot, quantities } => {
                say("operation", format!("enter from {}", source.place().word()));
                entered(lot, quantities, &mut say);
            }
            Self::EnterFirst { lot, quantities } => {
                say("operation", "enter first".to_owned());
                entered(lot, quantities, &mut say);
            }
            Self::Declare { of, quantity, cause, approval } => {
                say("operation", "declare".to_owned());
                say("of", of.to_string());
                say("quantity", optional(quantity));
                say("cause", cause.word().to_owned());
                say("approval", text(approval));
            }
            Self::Take { purpose, quantity, stated, lot, to } => {
                say("operation", format!("take for {}", purpose.word()));
                say("quantity", quantity.to_string());
                say("stated", stated.as_ref().map_or_else(String::new, ToString::to_string));
                say("lot", text(lot));
                say("to", text(to));
            }
            Self::Resolve { of, resolution, quantity } => {
                say("operation", resolution.word().to_owned());
                say("of", of.to_string());
                say("quantity", optional(quantity));
            }
            Self::Receive { from, of, quantity } => {
                say("operation", "receive".to_owned());
                say("from", format!("{} / {}", from.book, from.item));
                say("of", of.to_string());
                say("quantity", optional(quantity));
            }
            Self::Count { lot, counted, cause, approval } => {
                say("operation", "count".to_owned());
                say("lot", lot.to_string());
                say("counted", counted.to_string());
                say("cause", cause.word().to_owned());
                say("approval", text(approval));
            }
            Self::BeginCount => say("operation", "begin a stocktake".to_owned()),
            Self::EndCount => say("operation", "end a stocktake".to_owned()),
        }
        fields
    }
}

fn entered(lot: &Lot, quantities: &Quantities, say: &mut impl FnMut(&'static str, String)) {
    say("lot/number", lot.number.to_string());
    say("lot/origin", lot.origin.to_string());
    say("lot/expiry", lot.expiry.map_or_else(String::new, |day| day.to_string()));
    say("quantities", quantities.to_string());
}

impl fmt::Display for LineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let document = &self.document;
        write!(f, "{} {} {} / {}", document.kind.word(), document.issuer, document.number, self.line)
    }
}

/// A line of a document that shall move goods.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// The document and its line.
    pub key: LineKey,
    /// The book.
    pub book: Text,
    /// The number of the item in it; empty where the whole book is meant.
    pub item: Text,
    /// When it is recorded: the caller's clock. Its day decides what is still sold.
    pub time: StampMillis,
    /// What shall be done.
    pub operation: Operation,
}
