//! What can happen to a consignment: a document arrives, another key's event follows, a timer is due, an officer
//! acts. Each event has one row of the ledger and so one position.

use crate::Text;
use crate::bonded::TakenLine;
use crate::device::Device;
use crate::export::ExportFollow;
use crate::inspection::Inspection;
use crate::keys::{OrderKey, Position, Time, WaybillKey};
use crate::recognition::Recognised;
use book::{DocumentKey, Resolution, StockKey};
use ceb::Day;
use std::sync::Arc;

/// One event, with the position its row will have.
#[derive(Clone, Debug)]
pub struct Event {
    /// Where its row is written.
    pub position: Position,
    /// What happened.
    pub cause: Cause,
    /// When it was recorded, where it is judged later than that: its law is the law of that day.
    pub recorded: Option<Time>,
}

/// The kinds of event.
#[derive(Clone, Debug)]
pub enum Cause {
    /// A document from outside.
    Document(Arc<Arrived>),
    /// What an event on another key means here; carried as a row of that event's commit.
    Follow(Follow),
    /// A timer is due.
    Timer(Timer),
    /// A person decided.
    Action(Arc<OfficerAction>),
    /// A person decided on an export trade: `order` has its merchant and order number.
    ExportAction(Arc<OfficerAction>),
}

/// A document with everything a judgement may know of its arrival.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The typed document; defective fields hold their default.
    pub document: Arc<ceb::Document>,
    /// What parsing found wrong with it.
    pub defects: Vec<ceb::Defect>,
    /// The authenticated party that sent it (filing code).
    pub sender: Text,
    /// `BaseTransfer` of its message, if any.
    pub transfer: Option<Arc<ceb::BaseTransfer>>,
    /// Exchange id that receives its receipts.
    pub recipient: Text,
    /// Further exchange ids by `BaseSubscribe`, as sent.
    pub copies: Vec<Text>,
    /// What the signature of its message is worth.
    pub signature: SignatureFact,
    /// First 16 bytes of SHA-256 over the typed content: same key and content is the same document.
    pub fingerprint: [u8; 16],
    /// Keyed hashes of the persons it names.
    pub person: Person,
    /// Its message has several documents, and none of them has a line.
    pub all_bodies_empty: bool,
    /// The device under which an order was placed, where its platform reports one.
    pub device: Option<Device>,
    /// Whether it only asks what would happen: sealed rules are not evaluated.
    pub preview: bool,
}

/// Keyed hashes (hexadecimal, 32 characters) of what names a person; empty where the document has none.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Person {
    /// Of the identity number.
    pub identity: Text,
    /// Of the telephone.
    pub telephone: Text,
    /// Of the consignee address, blanks removed.
    pub address: Text,
}

/// The signature of a message, checked before judging.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum SignatureFact {
    /// No Signature element.
    #[default]
    Absent,
    /// The element is there without a value.
    Empty,
    /// Mathematically right.
    Valid {
        /// SHA-256 of the certificate, lower-case hexadecimal.
        certificate: Text,
        /// Enterprise code in the certificate, when it names one.
        holder_code: Option<Text>,
        /// Enterprise name in the certificate, when it names one.
        holder_name: Option<Text>,
        /// First second of the certificate, yyyyMMddHHmmss.
        not_before: u64,
        /// Last second of the certificate, yyyyMMddHHmmss.
        not_after: u64,
        /// How it is signed: `rsa-sha1`, `rsa-sha256`, `sm2-sm3`; empty = it came before this was kept.
        algorithm: Text,
    },
    /// The digest of the content differs from the signed one: signed data differ from declared data.
    ContentDiffers {
        /// What differs.
        detail: Text,
    },
    /// Wrong in any other way.
    Invalid {
        /// What is wrong.
        detail: Text,
        /// The same in Chinese, for the receipt.
        text: Text,
    },
}

/// What an event on one key means for another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Follow {
    /// To a consignment: the waybill it claims has (a new version of) its document, arrival or delivery.
    WaybillChanged {
        /// The consignment.
        to: OrderKey,
        /// The waybill.
        waybill: WaybillKey,
        /// The event on the waybill that this follows.
        cause: Position,
    },
    /// To a waybill: the attempt that claimed it ended; it is free for the next.
    ClaimReleased {
        /// The waybill.
        to: WaybillKey,
        /// By which consignment.
        by: OrderKey,
        /// The attempt that ended.
        attempt: u32,
        /// The event on the consignment that this follows.
        cause: Position,
    },
    /// To the stocks of a bonded book: what becomes of goods that a list took.
    BookedGoods(Box<BookedGoods>),
    /// To something of exports.
    Export(Box<ExportFollow>),
}

/// What becomes of goods that a list took of a bonded book.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BookedGoods {
    /// The book: holder and number.
    pub to: Text,
    /// The list that took them.
    pub list: DocumentKey,
    /// By which document they are moved now.
    pub by: DocumentKey,
    /// Lines of the list, and how much of which lots.
    pub lines: Vec<TakenLine>,
    /// What becomes of them.
    pub resolution: Resolution,
    /// The event on the consignment that this follows.
    pub cause: Position,
}

impl Follow {
    /// The event that it follows.
    pub fn cause(&self) -> Position {
        match self {
            Self::WaybillChanged { cause, .. } | Self::ClaimReleased { cause, .. } => *cause,
            Self::BookedGoods(goods) => goods.cause,
            Self::Export(follow) => follow.cause(),
        }
    }
}

/// What a timer is for. The numbers are stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum TimerKind {
    /// The partner documents of a declared list have not come in time.
    PartnersMissing = 1,
    /// Thirty days after release: the bill is settled unless a return is open.
    SettlementDue = 2,
    /// Forty-five days after release: an unpaid bill is overdue.
    PaymentOverdue = 3,
    /// An approved return was not received back in time.
    ReturnLapsed = 4,
    /// A scripted verdict was to come late.
    ScriptedDelay = 5,
    /// The partner documents of a declared export list have not come in time; the pair that names it has its merchant.
    ExportPartnersMissing = 6,
    /// The goods of an approved return of an export did not come back in time; the pair that names it has its merchant.
    ExportReturnLapsed = 7,
    /// The parcel of an accepted list has not come in time.
    ArrivalMissing = 8,
}

impl TimerKind {
    /// The kind of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        [
            Self::PartnersMissing,
            Self::SettlementDue,
            Self::PaymentOverdue,
            Self::ReturnLapsed,
            Self::ScriptedDelay,
            Self::ExportPartnersMissing,
            Self::ExportReturnLapsed,
            Self::ArrivalMissing,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == number)
    }
    /// The word used in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::PartnersMissing => "partners-missing",
            Self::SettlementDue => "settlement-due",
            Self::PaymentOverdue => "payment-overdue",
            Self::ReturnLapsed => "return-lapsed",
            Self::ScriptedDelay => "scripted-delay",
            Self::ExportPartnersMissing => "export-partners-missing",
            Self::ExportReturnLapsed => "export-return-lapsed",
            Self::ArrivalMissing => "arrival-missing",
        }
    }
    /// Whether it is of an export trade.
    pub fn is_of_exports(self) -> bool {
        matches!(self, Self::ExportPartnersMissing | Self::ExportReturnLapsed)
    }
}

/// A timer: unique by consignment, kind and attempt (returns: number of the return in place of the attempt).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timer {
    /// When it is due.
    pub due: Time,
    /// Of which consignment.
    pub order: OrderKey,
    /// What for.
    pub kind: TimerKind,
    /// Of which attempt (or return).
    pub attempt: u32,
}

/// A decision of a person, on the same path as a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfficerAction {
    /// Made by the caller: the same id again gets the first answer.
    pub id: Text,
    /// Who acts: name of the token's holder.
    pub officer: Text,
    /// The party of the token (a customs office, the zone operator).
    pub party: Text,
    /// On which consignment.
    pub order: OrderKey,
    /// The version he saw; a newer one is refused with what changed.
    pub version: u32,
    /// What he decides.
    pub kind: ActionKind,
    /// His words: for the receipt or the file.
    pub text: Text,
}

/// That goods come back to another bonded book than the one that they left. It names all that is locked for it; that it names it
/// rightly is judged.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ReceivedAt {
    /// Number of the return.
    pub number: u32,
    /// The book that the goods left.
    pub from: Text,
    /// The book to which they come.
    pub to: Text,
    /// The application: code of the declaring unit, and its `preNo`.
    pub document: (Text, Text),
    /// Its lines: place in the list, item that they left, item to which they come.
    pub lines: Vec<(u32, Text, Text)>,
}

impl ReceivedAt {
    /// The items of both books that its lines name: of each line the one that the goods left, and the one to which they come.
    pub(crate) fn stocks(&self) -> impl Iterator<Item = StockKey> {
        self.lines.iter().flat_map(move |(_, from, to)| {
            [(&self.from, from), (&self.to, to)]
                .map(|(book, item)| StockKey { book: book.clone(), item: item.clone() })
        })
    }
}

/// The word of a bill that is put on a statement; remarks have it too.
pub(crate) const DEFER_BILL: &str = "defer-bill";

/// What an officer may decide.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ActionKind {
    /// Manual review passed: release, or inspection if the lane says so.
    Approve,
    /// Send to inspection.
    Inspect,
    /// Result of an inspection in the older form; passed leads on to release.
    InspectionResult {
        /// Whether goods and papers agree.
        passed: bool,
    },
    /// What an inspection found, typed, with the measure that follows.
    Inspected(Box<Inspection>),
    /// What another body's inspection found, recognised, with the measure that follows.
    Recognised(Box<Recognised>),
    /// The second officer found the same: what follows from the inspection that waits takes effect.
    ConfirmInspection,
    /// The second officer did not: the inspection that waits is void, the goods are looked at again.
    ContestInspection,
    /// Release.
    Release,
    /// Reject (100).
    Reject,
    /// Conclude without release (399).
    Conclude,
    /// Suspend (600).
    Suspend,
    /// End a suspension or detention and put back to manual review.
    Resume,
    /// Detain: 501, 502, 503 or 599.
    Detain {
        /// The receipt status.
        status: u16,
    },
    /// Re-exported (700).
    ReExport,
    /// Closed (899).
    Close,
    /// Approve the open cancellation.
    ApproveCancellation,
    /// Refuse the open cancellation.
    RefuseCancellation,
    /// Approve a return.
    ApproveReturn {
        /// Number of the return in the consignment, from 1.
        number: u32,
    },
    /// Refuse a return.
    RefuseReturn {
        /// Number of the return.
        number: u32,
    },
    /// A return of an export is held: 500 its goods are looked at, 505 handed over, 600 suspended.
    HoldReturn {
        /// Number of the return.
        number: u32,
        /// The receipt status.
        status: u16,
    },
    /// The goods of a return are back at the site.
    ReceiveReturn {
        /// Number of the return.
        number: u32,
    },
    /// The goods of a return are back, in another bonded book than the one that they left.
    ReceiveReturnAt(Box<ReceivedAt>),
    /// The bill is summarised under a payment notice.
    SummariseBill {
        /// `entDutyNo`.
        notice: Text,
    },
    /// The bill is paid.
    PayBill,
    /// The bill stands on a statement of its declaring unit, whose number is the text, and is paid with it. The window alone does it.
    DeferBill {
        /// The last day of payment of the statement.
        due: Day,
    },
    /// The parcel of bonded goods leaves the zone.
    LeaveGate {
        /// Number of the gate release.
        release: Text,
    },
}

impl ActionKind {
    /// The inspection that it rests on: the officer's own, or another's that he recognises.
    pub fn inspection(&self) -> Option<&Inspection> {
        match self {
            Self::Inspected(inspection) => Some(inspection),
            Self::Recognised(recognised) => Some(&recognised.inspection),
            _ => None,
        }
    }
    /// The word used in the API and the stored form.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Inspect => "inspect",
            Self::InspectionResult { .. } => "inspection-result",
            Self::Inspected(_) => "inspected",
            Self::Recognised(_) => "recognised",
            Self::ConfirmInspection => "confirm-inspection",
            Self::ContestInspection => "contest-inspection",
            Self::Release => "release",
            Self::Reject => "reject",
            Self::Conclude => "conclude",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Detain { .. } => "detain",
            Self::ReExport => "re-export",
            Self::Close => "close",
            Self::ApproveCancellation => "approve-cancellation",
            Self::RefuseCancellation => "refuse-cancellation",
            Self::ApproveReturn { .. } => "approve-return",
            Self::RefuseReturn { .. } => "refuse-return",
            Self::ReceiveReturn { .. } | Self::ReceiveReturnAt(_) => "receive-return",
            Self::HoldReturn { .. } => "hold-return",
            Self::SummariseBill { .. } => "summarise-bill",
            Self::PayBill => "pay-bill",
            Self::DeferBill { .. } => DEFER_BILL,
            Self::LeaveGate { .. } => "leave-gate",
        }
    }
}
