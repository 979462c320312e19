//! The state of a consignment and of the waybills and arrivals beside it: data only. Every row of the ledger that
//! changes one carries the full state after it; documents are named by their position and read again when a cold
//! consignment is reopened.

use crate::Text;
use crate::bonded::Taken;
use crate::event::TimerKind;
use crate::facts::CountKind;
use crate::finding::Finding;
use crate::inspection::JointInspection;
use crate::keys::{ArrivalKey, OrderKey, Position, Time, WaybillKey};
use crate::tax::Assessment;
use crate::windows::Windowed;
use ceb::{Day, Decimal, Stamp};
use ledger::Hold;
use std::sync::Arc;

/// A document that was accepted, with where it is and who gets its receipts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filed {
    /// The document.
    pub document: Arc<ceb::Document>,
    /// Its row.
    pub position: Position,
    /// Its typed content.
    pub fingerprint: [u8; 16],
    /// Its sender's `appTime`.
    pub app_time: Stamp,
    /// Filing code of the party that sent it.
    pub sender: Text,
    /// Exchange id that gets its receipts.
    pub recipient: Text,
    /// Further exchange ids that get them.
    pub copies: Vec<Text>,
    /// Its last receipt status: 1, 2, 120, 100, 399.
    pub status: u16,
}

/// A document accepted once: the same content again gets the answer of that row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Its typed content.
    pub fingerprint: [u8; 16],
    /// Its row.
    pub position: Position,
}

/// Where a declaration stands. The numbers are stored; most are CEB receipt codes (SPEC §6).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u16)]
pub enum State {
    /// 1: kept at the window, not declared.
    Staged = 1,
    /// 2: declared, waiting for its partners.
    Declared = 2,
    /// 100: rejected; the next attempt is free.
    Rejected = 100,
    /// 120: checked and entered; its lane is fixed; may wait for arrival.
    Entered = 120,
    /// 300: manual review.
    Review = 300,
    /// 399: concluded, not released; holds stay.
    Concluded = 399,
    /// 500: inspection.
    Inspection = 500,
    /// 501: detained, handed to clearance.
    DetainedClearance = 501,
    /// 502: detained, handed to anti-smuggling.
    DetainedSmuggling = 502,
    /// 503: detained, handed to legal.
    DetainedLegal = 503,
    /// 599: other detention.
    DetainedOther = 599,
    /// 600: suspended.
    Suspended = 600,
    /// 700: re-exported.
    ReExported = 700,
    /// 800: released.
    Released = 800,
    /// 899: closed.
    Closed = 899,
    /// Cancelled by an approved cancellation (624 = 399).
    Cancelled = 1399,
    /// Deleted by its sender before judgement (appType 3).
    Deleted = 1003,
}

impl State {
    /// All states.
    pub const ALL: [Self; 17] = [
        Self::Staged,
        Self::Declared,
        Self::Rejected,
        Self::Entered,
        Self::Review,
        Self::Concluded,
        Self::Inspection,
        Self::DetainedClearance,
        Self::DetainedSmuggling,
        Self::DetainedLegal,
        Self::DetainedOther,
        Self::Suspended,
        Self::ReExported,
        Self::Released,
        Self::Closed,
        Self::Cancelled,
        Self::Deleted,
    ];
    /// The stored number.
    pub fn number(self) -> u16 {
        self as u16
    }
    /// The state of a stored number.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }
    /// The receipt status that reports it; none for states that only another document's receipt reports.
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Cancelled | Self::Deleted => None,
            other => Some(other.number()),
        }
    }
    /// The attempt is over without release: its key is free for the next attempt.
    pub fn frees_the_key(self) -> bool {
        matches!(self, Self::Rejected | Self::Deleted | Self::Cancelled | Self::ReExported)
    }
    /// No event of clearance is awaited any more (returns and bills may still come).
    pub fn is_final(self) -> bool {
        self.frees_the_key() || matches!(self, Self::Released | Self::Closed)
    }
    /// The word used in the API and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Declared => "declared",
            Self::Rejected => "rejected",
            Self::Entered => "entered",
            Self::Review => "review",
            Self::Concluded => "concluded",
            Self::Inspection => "inspection",
            Self::DetainedClearance => "detained-clearance",
            Self::DetainedSmuggling => "detained-smuggling",
            Self::DetainedLegal => "detained-legal",
            Self::DetainedOther => "detained-other",
            Self::Suspended => "suspended",
            Self::ReExported => "re-exported",
            Self::Released => "released",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
            Self::Deleted => "deleted",
        }
    }
}

/// Which way a matched declaration goes (DESIGN §2). The numbers are stored and ordered by severity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Lane {
    /// Release without a look.
    Release = 1,
    /// A person looks at the documents (300).
    DocumentCheck = 2,
    /// X-ray at the site (500).
    Scan = 3,
    /// Opened at the site (500).
    Inspection = 4,
    /// Held until a person decides (300).
    Hold = 5,
    /// Rejected (100).
    Reject = 6,
}

impl Lane {
    /// All lanes, least severe first.
    pub const ALL: [Self; 6] =
        [Self::Release, Self::DocumentCheck, Self::Scan, Self::Inspection, Self::Hold, Self::Reject];
    /// The lane of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| *lane as u8 == number)
    }
    /// The word used in tables, the API and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::DocumentCheck => "document-check",
            Self::Scan => "scan",
            Self::Inspection => "inspection",
            Self::Hold => "hold",
            Self::Reject => "reject",
        }
    }
    /// The lane of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.word() == word)
    }
}

/// A sealed rule's hit with its evidence: officers see it, parties do not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RiskHit {
    /// The rule's id in the rulebook.
    pub rule: Text,
    /// The lane it asks for.
    pub lane: Lane,
    /// The values it rested on.
    pub evidence: Text,
}

/// The bill of a released declaration (CEB816/818).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bill {
    /// `taxNo`.
    pub number: Text,
    /// 1 generated, 2 summarised, 3 void.
    pub status: u8,
    /// `entDutyNo` once summarised.
    pub notice: Option<Text>,
    /// What is still owed, in fen, after returns.
    pub owed: i64,
    /// Released on this day; the clocks of returns and settlement start here.
    pub released_on: Day,
    /// Paid.
    pub paid: bool,
    /// Unpaid after the last day.
    pub overdue: bool,
}

/// One try to declare the consignment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// The list.
    pub declaration: Filed,
    /// Where it stands.
    pub state: State,
    /// `preNo`.
    pub pre_no: Text,
    /// `invtNo`, from 120 on.
    pub invt_no: Option<Text>,
    /// China's date when it was recorded: chooses the law.
    pub business_date: Day,
    /// The rulebook pinned then.
    pub rulebook: u32,
    /// Keyed hash of the buyer's identity number: the owner of the quota account.
    pub person: Text,
    /// Windows of what it names, when it was declared. The risk rules read them whenever the match agrees, so that a
    /// partner's arrival needs no other key.
    pub counts: Vec<Windowed>,
    /// What followed from the credit of those whom it names when it was declared; none = nothing did.
    pub credit: Option<CreditStanding>,
    /// Hold on the buyer's quota.
    pub quota: Option<Hold>,
    /// Hold on the guarantor's guarantee.
    pub guarantee: Option<Hold>,
    /// Tax and dutiable value.
    pub assessment: Option<Assessment>,
    /// Fixed when the match agreed.
    pub lane: Option<Lane>,
    /// Whether release waits for the parcel's arrival, fixed with the lane.
    pub needs_arrival: bool,
    /// Open findings of the last judgement.
    pub findings: Vec<Finding>,
    /// Sealed hits of the last judgement.
    pub hits: Vec<RiskHit>,
    /// After release.
    pub bill: Option<Bill>,
    /// Results of inspections and officers' words, in order.
    pub remarks: Vec<Remark>,
    /// The last inspection in which two look, unless it was contested or overtaken.
    pub joint: Option<Box<JointInspection>>,
    /// What it took of a bonded book that is kept here.
    pub taken: Option<Box<Taken>>,
}

impl Attempt {
    /// The inspection that waits for its second officer.
    pub fn unconfirmed(&self) -> Option<&JointInspection> {
        self.joint.as_deref().filter(|joint| self.state == State::Inspection && joint.confirmed_by.is_empty())
    }
    /// The statement on which its bill stands, if one does.
    pub fn statement(&self) -> Option<&Text> {
        self.remarks
            .iter()
            .find(|remark| remark.action == crate::event::DEFER_BILL)
            .map(|remark| &remark.text)
    }
    /// Whether its bill may be put on a statement: it is to be paid, not late, and on none.
    pub fn may_be_deferred(&self) -> bool {
        let bill = self.bill.as_ref();
        let to_pay =
            bill.is_some_and(|bill| bill.status == 2 && !bill.paid && !bill.overdue && bill.owed > 0);
        to_pay && self.statement().is_none()
    }
    /// What of the guarantee a tax takes, both in fen: the tax, or so many percent of it as the credit of those whom the list
    /// names asks for, half-up to the fen.
    pub fn guaranteed(&self, tax: i64) -> i64 {
        guaranteed(self.credit.as_ref(), tax)
    }
}

/// Standings of those whom a declaration names, and what follows from them for its look at documents or goods, for its
/// guarantee and for its bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreditStanding {
    /// Each party's code with the list or grade that says something.
    pub standings: Vec<(Text, Text)>,
    /// Share that is opened at random, percent of the mode's; none = none says one.
    pub factor: Option<i64>,
    /// At least so much of all, parts per million.
    pub share: i64,
    /// Rows that make guarantee or settlement other than for all, each measure once.
    pub obeyed: Vec<ObeyedMeasure>,
}

impl CreditStanding {
    /// What a measure is for this trade; none = as for all.
    pub fn obeyed(&self, measure: &str) -> Option<i64> {
        self.obeyed.iter().find(|row| row.measure == measure).map(|row| row.value)
    }
}

/// What of the guarantee a tax takes under a standing, both in fen, half-up. What would not fit a hold refuses as too much.
pub fn guaranteed(credit: Option<&CreditStanding>, tax: i64) -> i64 {
    match credit.and_then(|credit| credit.obeyed("guarantee_factor")) {
        None => tax,
        Some(percent) => {
            let fen = (i128::from(tax) * i128::from(percent) + 50) / 100;
            i64::try_from(fen).unwrap_or(i64::MAX)
        }
    }
}

/// A row of `credit_measures.csv` that was obeyed, and from whose standing it follows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObeyedMeasure {
    /// Whose standing.
    pub party: Text,
    /// List, grade or `unrated`: the row's first field.
    pub standing: Text,
    /// What it changes: its second.
    pub measure: Text,
    /// To what, in the unit of the row.
    pub value: i64,
    /// The day from which the row holds.
    pub from: Day,
}

/// Until when an application is decided, and why until then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DecideBy {
    /// The last day.
    pub day: Day,
    /// The row that says in how many working days.
    pub obeyed: ObeyedMeasure,
}

/// The draw of a consignment: made once, kept over attempts, waybills and periods.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Drawn {
    /// Number of the seed.
    pub seed: u32,
    /// What was drawn, parts per million.
    pub number: u32,
    /// The highest share that it was held against, parts per million.
    pub ratio: u32,
    /// Whether it was selected; once it was, it stays so.
    pub selected: bool,
    /// Until then the seed is secret, and the draw stands; none = it is never told.
    pub until: Option<Time>,
}

/// What an officer did, kept with the attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// Its row.
    pub position: Position,
    /// When.
    pub time: Time,
    /// Who.
    pub officer: Text,
    /// What: the action's word.
    pub action: Text,
    /// His words.
    pub text: Text,
}

/// An application to cancel (CEB623) a declaration before release.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CancellationFile {
    /// The application.
    pub filed: Filed,
    /// `preNo` of the application.
    pub pre_no: Text,
    /// Attempt it asks to cancel.
    pub attempt: u32,
}

/// Where a return stands. The numbers are stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum ReturnState {
    /// Applied for, waiting for approval.
    Applied = 1,
    /// Approved (399), waiting for the goods.
    Approved = 2,
    /// Refused (100).
    Refused = 3,
    /// The goods are back: tax, quota and guarantee were given back.
    Received = 4,
    /// Approved, but the goods did not come in time.
    Lapsed = 5,
}

impl ReturnState {
    /// The state of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Applied, Self::Approved, Self::Refused, Self::Received, Self::Lapsed]
            .into_iter()
            .find(|state| *state as u8 == number)
    }
    /// The word used in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Received => "received",
            Self::Lapsed => "lapsed",
        }
    }
    /// Its quantities count as taken.
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Applied | Self::Approved | Self::Received)
    }
}

/// One line of a return.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReturnedLine {
    /// Line number in the original list.
    pub gnum: u32,
    /// Quantity returned.
    pub qty: Decimal,
}

/// A return (CEB625) of a released declaration, whole or part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReturnFile {
    /// From 1 within the consignment.
    pub number: u32,
    /// The application.
    pub filed: Filed,
    /// `preNo` of the application.
    pub pre_no: Text,
    /// Where it stands.
    pub state: ReturnState,
    /// What comes back.
    pub lines: Vec<ReturnedLine>,
    /// Tax given back when received, in fen.
    pub tax_given_back: i64,
    /// Quota given back when received, in fen.
    pub quota_given_back: i64,
    /// Until when an officer decides it; none = nothing says so.
    pub decide_by: Option<DecideBy>,
}

/// The waybill as the consignment knows it: its own copy, so that judging needs no other key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Carriage {
    /// Which waybill.
    pub key: WaybillKey,
    /// Its document, once it came.
    pub waybill: Option<Filed>,
    /// The event of its arrival at the site (711).
    pub arrived: Option<ArrivalMark>,
    /// The event of its delivery (513).
    pub delivered: Option<Position>,
}

/// That a waybill arrived.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArrivalMark {
    /// The arrival document's row.
    pub position: Position,
    /// `billNo` of the arrival.
    pub bill_no: Text,
    /// `customsCode` of the arrival.
    pub customs_code: Text,
}

/// A consignment: the documents of one trade and what became of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consignment {
    /// Its key.
    pub key: OrderKey,
    /// Grows by one with every row.
    pub version: u32,
    /// The row that carries this state; set when it is written.
    pub last: Position,
    /// The row of the state before, if any.
    pub previous: Option<Position>,
    /// The time of its newest receipt; the next is later.
    pub last_time: Time,
    /// The order (311).
    pub order: Option<Filed>,
    /// The payment (411).
    pub payment: Option<Filed>,
    /// The waybill claimed by the current attempt.
    pub carriage: Option<Carriage>,
    /// The current attempt.
    pub attempt: Option<Attempt>,
    /// The open or last cancellation.
    pub cancellation: Option<CancellationFile>,
    /// Returns, in order.
    pub returns: Vec<ReturnFile>,
    /// Accepted documents.
    pub seen: Vec<Seen>,
    /// Officer actions done: id and row, so the same id gets the first answer.
    pub actions: Vec<(Text, Position)>,
    /// Timers that have fired or were cleared are not here.
    pub timers: Vec<(TimerKind, u32, Time)>,
    /// The draw that fixed its first lane, and stands for the next.
    pub drawn: Option<Drawn>,
    /// What the window of the order's device said when the order came; empty = none was reported, or no rule read it then.
    pub ordered: Vec<Windowed>,
}

impl Consignment {
    /// Codes of the parties whom it names: they find it in their lists.
    pub fn parties(&self) -> Vec<Text> {
        let mut codes: Vec<Text> = vec![self.key.platform.clone()];
        let declaration = self.attempt.as_ref().map(|attempt| &attempt.declaration);
        for filed in [self.order.as_ref(), self.payment.as_ref(), declaration] {
            match filed.map(|filed| &*filed.document) {
                Some(ceb::Document::Order(order)) => codes.push(order.head.ebc_code.clone()),
                Some(ceb::Document::Payment(payment)) => codes.push(payment.pay_code.clone()),
                Some(ceb::Document::Declaration(declaration)) => {
                    let head = &declaration.head;
                    codes.extend([
                        head.ebc_code.clone(),
                        head.logistics_code.clone(),
                        head.agent_code.clone(),
                        head.assure_code.clone(),
                    ]);
                }
                _ => {}
            }
        }
        for code in &mut codes {
            *code = Text::from(code.trim());
        }
        codes.sort_unstable();
        codes.dedup();
        codes
    }
    /// In whose lists it stands: of the parties whom it names, and of the person whose quota it uses.
    pub fn listed_for(&self) -> Vec<Text> {
        let mut codes = self.parties();
        let person = self.attempt.as_ref().map(|attempt| attempt.person.as_str());
        codes.extend(person.filter(|person| !person.is_empty()).map(crate::guard::person));
        codes
    }
    /// Under which codes lists find it: those for whom it is listed, and the address that it goes to, which is nobody's.
    pub fn found_under(&self) -> Vec<Text> {
        let mut codes = self.listed_for();
        codes.extend(self.address().map(|address| crate::guard::address(address)));
        codes
    }
    /// The keyed hash of the address that it goes to.
    pub fn address(&self) -> Option<&Text> {
        let mut counts = self.attempt.as_ref()?.counts.iter();
        counts.find(|read| read.key.kind == CountKind::Address).map(|read| &read.key.owner)
    }
    /// A consignment that nothing has happened to.
    pub fn new(key: OrderKey) -> Self {
        Self {
            key,
            version: 0,
            last: Position::default(),
            previous: None,
            last_time: Time(0),
            order: None,
            payment: None,
            carriage: None,
            attempt: None,
            cancellation: None,
            returns: Vec::new(),
            seen: Vec::new(),
            actions: Vec::new(),
            timers: Vec::new(),
            drawn: None,
            ordered: Vec::new(),
        }
    }
    /// Nothing more is awaited for clearance: it may leave memory.
    pub fn is_settled(&self) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| attempt.state.is_final())
    }
    /// Nothing is awaited any more, of clearance or after it: no timer runs, no return is open, nothing is owed. Who declares
    /// anew, or applies for a return, opens it again.
    pub fn is_over(&self) -> bool {
        let open = |file: &ReturnFile| matches!(file.state, ReturnState::Applied | ReturnState::Approved);
        let owes = |bill: &Bill| bill.status != 3 && !bill.paid && bill.owed > 0;
        let bill = self.attempt.as_ref().and_then(|attempt| attempt.bill.as_ref());
        self.is_settled()
            && self.timers.is_empty()
            && !self.returns.iter().any(open)
            && !bill.is_some_and(owes)
    }
    /// The row of an accepted document with this content.
    pub fn seen_at(&self, fingerprint: &[u8; 16]) -> Option<Position> {
        self.seen.iter().find(|seen| seen.fingerprint == *fingerprint).map(|seen| seen.position)
    }
}

/// A waybill's own row: its document, who claims it, where the parcel is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaybillRecord {
    /// Its key.
    pub key: WaybillKey,
    /// Grows by one with every row.
    pub version: u32,
    /// The row that carries this state; set when it is written.
    pub last: Position,
    /// The row of the state before, if any.
    pub previous: Option<Position>,
    /// The time of its newest receipt.
    pub last_time: Time,
    /// The day of its first document: the number may be used again after the reuse period.
    pub since: Day,
    /// The document (511).
    pub waybill: Option<Filed>,
    /// The consignment and attempt whose declaration names it.
    pub claimed_by: Option<(OrderKey, u32)>,
    /// Arrived at the site (711).
    pub arrived: Option<ArrivalMark>,
    /// Delivered (513 state S).
    pub delivered: Option<Filed>,
    /// Accepted documents.
    pub seen: Vec<Seen>,
}

/// An arrival document's own row (711).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArrivalRecord {
    /// Its key.
    pub key: ArrivalKey,
    /// The document.
    pub filed: Filed,
    /// `preNo`.
    pub pre_no: Text,
    /// `rkdNo`.
    pub rkd_no: Text,
    /// Accepted documents.
    pub seen: Vec<Seen>,
    /// The time of its newest receipt.
    pub last_time: Time,
}
