//! Trial of a draft of tables on declarations that were judged: what each would have come to, on the facts that were read then.
//! A declaration's days stay its own; only the tables change. What others did stays as it was: their documents, balances,
//! counts. What the draft would read and nobody kept is not guessed: [`Untried`] says what. Lists of exports are [`export`]'s.
//! Leaves to others: finding the rows, and what is made of many (`tally`).

pub mod export;
mod settled;
mod short;
pub mod tally;

pub use settled::{Ruled, Settled};
pub use short::Matched;

use crate::Text;
use crate::consignment::{Consignment, Lane, State};
use crate::decide::{Reference, decide, tried_match};
use crate::event::{Cause, Event};
use crate::facts::{Facts, Numbers};
use crate::finding::Finding;
use crate::keys::{OrderKey, Position, Time};
use crate::outcome::Outcome;
use crate::reason::{Layer, Reason};
use crate::risk::{RiskFacts, RiskRules};
use crate::rulebook::Rulebook;
use crate::score::{self, Score};
use crate::tax::Assessment;
use crate::windows::{WindowFact, Windowed};
use ceb::{Declaration, Document};
use ledger::{Account, Balance, HoldState};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Serials that one judgement may take.
const SERIALS: u64 = 1_000;

/// What a declaration came to, or would have come to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    /// Matched, its lane fixed.
    Passed,
    /// Accepted; its partners had not come, or nobody knows whether they would have.
    Waiting,
    /// 100, by this rule first.
    Rejected(Reason),
    /// A negative code, by this rule first.
    Refused(Reason),
}

impl Verdict {
    /// The word of its kind, and of its rule.
    pub fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Passed => ("passed", None),
            Self::Waiting => ("waiting", None),
            Self::Rejected(reason) => ("rejected", Some(reason.word())),
            Self::Refused(reason) => ("refused", Some(reason.word())),
        }
    }
}

/// The whole of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Judged {
    /// What it came to.
    pub verdict: Verdict,
    /// Its lane, where one was fixed.
    pub lane: Option<Lane>,
    /// What is due, in fen, where it was assessed and not turned away.
    pub tax: Option<i64>,
}

/// Why a declaration cannot be tried exactly.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Untried {
    /// A rule counts in a window that was not counted then, or reads a score that was not given then, and would decide the lane.
    Window,
    /// Balances of quota and guarantee were not read then.
    Balance,
    /// Records of registers that the draft looks at were not read then.
    Record,
    /// The draft waits longer or shorter for partners, and what would have come is not known.
    Deadline,
    /// Documents or grounds were erased, or are of an older engine that kept none.
    Grounds,
}

impl Untried {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Window, Self::Balance, Self::Record, Self::Deadline, Self::Grounds];

    /// The word used in the interface.
    pub fn word(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Balance => "balance",
            Self::Record => "record",
            Self::Deadline => "deadline",
            Self::Grounds => "grounds",
        }
    }
}

/// A book with the rules that count in no other windows than some, and ask for no score where none is known; and what the others
/// might find besides.
#[derive(Clone, Debug)]
struct Variant {
    book: Arc<Rulebook>,
    possible: RiskRules,
}

/// A draft, and the rulebooks that declarations were judged with.
#[derive(Clone, Debug)]
pub struct Draft {
    /// By the number of the rulebook that counted: what it counted, and the draft as far as it counts so too.
    /// Of each what holds where the score is not known, and where it is.
    by_number: BTreeMap<u32, (Arc<Rulebook>, [Variant; 2])>,
    /// Where nothing was counted.
    uncounted: Variant,
}

impl Draft {
    /// A draft to be tried on what was judged with these books.
    pub fn new(draft: &Rulebook, judged_with: &[Arc<Rulebook>]) -> Self {
        let variant = |windows: &[WindowFact], scored: bool| {
            let (sure, possible) = draft.risk.parted(windows, scored);
            Variant { book: Arc::new(Rulebook { risk: sure, ..draft.clone() }), possible }
        };
        let of_book = |book: &Arc<Rulebook>| {
            let variants = [false, true].map(|scored| variant(book.risk.windows(), scored));
            (book.number, (book.clone(), variants))
        };
        Self { by_number: judged_with.iter().map(of_book).collect(), uncounted: variant(&[], false) }
    }

    /// The draft as a book, for what a declaration names.
    pub fn book(&self) -> &Arc<Rulebook> {
        &self.uncounted.book
    }

    /// The rulebook of a number that declarations were judged with.
    pub fn judged_with(&self, number: u32) -> Option<&Arc<Rulebook>> {
        self.by_number.get(&number).map(|(book, _)| book)
    }
}

/// What a declaration was judged on.
#[derive(Clone, Debug)]
pub struct Grounds {
    /// The declaration as it came.
    pub event: Event,
    /// What was decided on it then.
    pub stored: Box<Outcome>,
    /// Its consignment before it; documents in it are not looked at.
    pub before: Option<Arc<Consignment>>,
    /// Balances before it, where its own judgement kept none and they follow from all rows before; else none.
    pub balances: Option<Vec<(Account, Balance)>>,
    /// Records of registers that it looked at, as facts.
    pub records: Facts,
    /// Parties and seed as they were; the rulebooks in it are not looked at.
    pub reference: Reference,
    /// The consignment after its verdict, with all documents; none = there was none while the rows last.
    pub after: Option<Completed>,
}

/// A consignment after the event that fixed its verdict.
#[derive(Clone, Debug)]
pub struct Completed {
    /// With its documents.
    pub consignment: Consignment,
    /// When it was judged.
    pub now: Time,
    /// When what completed it was received.
    pub received: Time,
    /// Parties and seed as they were then.
    pub reference: Reference,
}

/// What became of a declaration, and what would have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compared {
    /// Its row.
    pub position: Position,
    /// Code of the merchant.
    pub merchant: Text,
    /// Whether it is a list of exports: they are counted apart.
    pub exports: bool,
    /// Then.
    pub stored: Judged,
    /// With the draft; or why not.
    pub draft: Result<Judged, Untried>,
}

/// Whether an event is a declaration that is to be judged, not staged or deleted, and neither repeated.
pub fn declared<'a>(event: &'a Event, outcome: &Outcome) -> Option<&'a Declaration> {
    let Cause::Document(arrived) = &event.cause else { return None };
    let Document::Declaration(declaration) = &*arrived.document else { return None };
    let head = &declaration.head;
    (outcome.repeats.is_none() && head.app_status == "2" && head.app_type != "3").then_some(declaration)
}

/// Whether the verdict on a declaration stands after a state of its consignment.
pub fn is_decided(consignment: &Consignment) -> bool {
    consignment
        .attempt
        .as_ref()
        .is_some_and(|attempt| attempt.lane.is_some() || attempt.state == State::Rejected)
}

/// Tries a draft on one declaration.
pub fn compare(grounds: Grounds, draft: &Draft) -> Option<Compared> {
    let declaration = declared(&grounds.event, &grounds.stored)?.clone();
    let stored = of_stored(&grounds);
    let position = grounds.event.position;
    let merchant = Text::from(declaration.head.ebc_code.trim());
    let draft = tried(grounds, &declaration, &stored, draft);
    Some(Compared { position, merchant, exports: false, stored, draft })
}

fn first(findings: &[Finding], layer: Layer) -> Option<Reason> {
    findings.iter().filter(|finding| finding.layer() == layer).map(|finding| finding.reason).min()
}

/// What is said of an attempt as it stands.
pub fn of_attempt(consignment: &Consignment) -> Judged {
    let Some(attempt) = &consignment.attempt else {
        return Judged { verdict: Verdict::Waiting, lane: None, tax: None };
    };
    let tax = attempt.assessment.as_ref().map(Assessment::total);
    as_it_stands(attempt.lane, attempt.state, &attempt.findings, tax)
}

/// What a lane and a state say.
fn as_it_stands(lane: Option<Lane>, state: State, findings: &[Finding], tax: Option<i64>) -> Judged {
    match (lane, state) {
        // By a person, later: its lane was fixed before.
        (Some(lane), _) if lane != Lane::Reject => Judged { verdict: Verdict::Passed, lane: Some(lane), tax },
        (lane, State::Rejected) => {
            let reason = first(findings, Layer::Rejected).unwrap_or(Reason::RiskRejected);
            Judged { verdict: Verdict::Rejected(reason), lane, tax: None }
        }
        (lane, _) => Judged { verdict: Verdict::Waiting, lane, tax },
    }
}

/// What an outcome on the declaration itself says.
pub fn of_outcome(outcome: &Outcome) -> Judged {
    match &outcome.consignment {
        Some(consignment) => of_attempt(consignment),
        None => refused(outcome),
    }
}

/// Of a document that was refused.
fn refused(outcome: &Outcome) -> Judged {
    let reason = first(&outcome.answer.findings, Layer::Refused)
        .or_else(|| first(&outcome.answer.findings, Layer::Rejected))
        .unwrap_or(Reason::FieldNotAllowed);
    Judged { verdict: Verdict::Refused(reason), lane: None, tax: None }
}

fn of_stored(grounds: &Grounds) -> Judged {
    match &grounds.after {
        Some(after) if grounds.stored.consignment.is_some() => of_attempt(&after.consignment),
        _ => of_outcome(&grounds.stored),
    }
}

/// Refusals that rest on what else is on record, not on tables.
fn rests_on_record(reason: Reason) -> bool {
    use Reason::{
        AlreadyExists, NothingToChange, OldData, PreEntryNumberUnknown, StateForbidsChange,
        StateForbidsDeletion, WaybillTaken,
    };
    matches!(
        reason,
        AlreadyExists
            | NothingToChange
            | OldData
            | PreEntryNumberUnknown
            | StateForbidsChange
            | StateForbidsDeletion
            | WaybillTaken
    )
}

fn tried(
    grounds: Grounds,
    declaration: &Declaration,
    stored: &Judged,
    draft: &Draft,
) -> Result<Judged, Untried> {
    let refusals = &grounds.stored.answer.findings;
    let refused = grounds.stored.consignment.is_none();
    if refused && refusals.iter().any(|finding| rests_on_record(finding.reason)) {
        return Ok(*stored);
    }
    let (judged_with, counted) =
        draft.by_number.get(&grounds.stored.read.rulebook).ok_or(Untried::Grounds)?;
    let attempt = grounds.stored.consignment.as_ref().and_then(|consignment| consignment.attempt.as_ref());
    let variant = match attempt {
        Some(attempt) => {
            let model = draft.book().risk_models.on(attempt.business_date);
            &counted[usize::from(is_scored(&attempt.counts, model))]
        }
        None => &draft.uncounted,
    };
    let reference = Reference { books: vec![variant.book.clone()], ..grounds.reference.clone() };
    let mut facts = facts(&grounds);
    let known_balances = !grounds.stored.read.balances.is_empty() || grounds.balances.is_some();
    let now = grounds.stored.now;
    let outcome = decide(std::slice::from_ref(&grounds.event), &mut facts, &reference, now).pop();
    let outcome = outcome.ok_or(Untried::Grounds)?;
    let judged = of_outcome(&outcome);
    match judged.verdict {
        Verdict::Refused(Reason::AnnualLimitUsed) | Verdict::Rejected(_) | Verdict::Waiting
            if !known_balances =>
        {
            return Err(Untried::Balance);
        }
        Verdict::Waiting => {}
        _ => return Ok(judged),
    }
    let Some(accepted) = outcome.consignment else { return Ok(judged) };
    let drawn_before = grounds.before.as_ref().and_then(|before| before.drawn);
    let Some(mut after) = grounds.after.filter(|_| !refused) else { return Ok(judged) };
    // Only what was recorded while it waited is known.
    let received = grounds.event.recorded.unwrap_or(now).day();
    let hours = |book: &Rulebook| book.parameters.on(received).partner_wait_hours;
    let (then, wanted) = (hours(judged_with), hours(&variant.book));
    if then != wanted && after.now > now.plus_hours(then.min(wanted)) {
        return Err(Untried::Deadline);
    }
    after.consignment.attempt.clone_from(&accepted.attempt);
    // What its own verdict drew is drawn again, against the draft's share.
    after.consignment.drawn = drawn_before;
    let reference = Reference { books: vec![variant.book.clone()], ..after.reference };
    tried_match(&mut after.consignment, &reference, after.now, after.received);
    let judged = of_attempt(&after.consignment);
    match judged.verdict {
        // Its partners never came, then as now.
        Verdict::Waiting if stored.verdict != Verdict::Waiting => return Ok(missing(judged, stored)),
        Verdict::Passed | Verdict::Rejected(Reason::RiskRejected) => {}
        _ => return Ok(judged),
    }
    let attempt = after.consignment.attempt.as_ref().ok_or(Untried::Grounds)?;
    let payment = after.consignment.payment.as_ref().and_then(|filed| match &*filed.document {
        Document::Payment(payment) => Some(payment),
        _ => None,
    });
    let facts =
        RiskFacts { declaration, assessment: attempt.assessment.as_ref(), payment, counts: &attempt.counts };
    let possible = variant.possible.evaluate(&facts, after.received.day()).iter().map(|hit| hit.lane).max();
    if possible > judged.lane { Err(Untried::Window) } else { Ok(judged) }
}

/// What was rejected because partners were missing still is; what was rejected for itself would have gone on waiting.
fn missing(waiting: Judged, stored: &Judged) -> Judged {
    match stored.verdict {
        Verdict::Rejected(Reason::OrderMissing | Reason::PaymentMissing | Reason::WaybillMissing) => *stored,
        _ => waiting,
    }
}

/// Whether the score that a draft reads is known by what was read of a list: the draft's model gave one then, or it has no model.
fn is_scored(read: &[Windowed], model: Option<&Text>) -> bool {
    model.is_none_or(|model| Score::of(read).is_some_and(|score| score.is_of(model)))
}

/// The facts as the judgement read them.
fn facts(grounds: &Grounds) -> Facts {
    let stored = &grounds.stored;
    let mut facts = grounds.records.clone();
    facts.numbers = Numbers { next: stored.read.serial, end: stored.read.serial + SERIALS };
    facts.next = grounds.event.position;
    facts.bonded = stored.read.bonded.as_facts();
    let mut freed = Vec::new();
    if let Some(before) = &grounds.before {
        // Partners are matched afterwards, with their documents.
        let mut before = (**before).clone();
        (before.order, before.payment, before.carriage) = (None, None, None);
        if let Some(attempt) = before.attempt.as_ref().filter(|attempt| !attempt.state.is_final()) {
            freed.extend([&attempt.quota, &attempt.guarantee].into_iter().flatten().cloned());
        }
        facts.consignments.insert(before.key.clone(), Arc::new(before));
    }
    if stored.read.balances.is_empty() {
        facts.balances.extend(grounds.balances.iter().flatten().cloned());
    } else {
        for (account, balance) in &stored.read.balances {
            let mut balance = *balance;
            // What an earlier version held was taken off before it was kept.
            let held = freed.iter().filter(|hold| hold.account == *account && hold.state == HoldState::Held);
            balance.held += held.map(|hold| hold.amount).sum::<i64>();
            facts.balances.insert(account.clone(), balance);
        }
    }
    for waybill in &stored.waybills {
        facts.waybills.insert(waybill.key.clone(), waybill.clone());
    }
    // What a window said then stands; of windows that were not read nothing is known.
    let attempt = stored.consignment.as_ref().and_then(|consignment| consignment.attempt.as_ref());
    facts.told = attempt.map_or_else(Vec::new, |attempt| attempt.counts.clone());
    if let (Cause::Document(arrived), Some(attempt)) = (&grounds.event.cause, attempt) {
        score::give_again(&mut facts, arrived, &attempt.counts);
    }
    facts
}

/// The key of the trade of a declaration.
pub fn order_of(declaration: &Declaration) -> OrderKey {
    OrderKey::new(&declaration.head.ebp_code, &declaration.head.order_no)
}
