//! `decide`: events and facts in, outcomes out. One flat function over short leaves, one leaf file a kind of event.
//! Pure: no I/O, clock, randomness or floats; whatever it may use is in the facts that `needs` asked for.
//!
//! Every leaf has the same shape: exits in order of precedence (repeated, refused, rejected), then a marked line after
//! which nothing can fail, then the changes.

mod action;
mod arrival;
mod bonded;
mod bonded_across;
mod cancellation;
mod declaration;
pub mod export;
mod holds;
mod inspection;
mod judge;
mod partner;
mod receipt;
mod return_goods;
pub mod scripted;
mod timer;
mod waybill;

pub use action::{is_open, proposed_by, refused};

use crate::Text;
use crate::consignment::{Consignment, Filed, Seen};
use crate::event::{Arrived, Cause, Event, Follow, Timer, TimerKind};
use crate::export::ExportTrade;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::keys::{OrderKey, Position, Time};
use crate::outcome::{FactsRead, Outcome};
use crate::party::Parties;
use crate::reason::{Layer, Reason};
use crate::risk::SamplingSeed;
use crate::rulebook::{Law, Rulebook};
use ceb::{Day, Document};
use ledger::Movement;
use std::sync::Arc;

/// The number of this engine: a change of behaviour that is no dated parameter raises it (DESIGN §1.2).
pub const ENGINE: u16 = 10;

/// What lives in memory, versioned, and is the same for a whole batch.
#[derive(Clone, Debug)]
pub struct Reference {
    /// All published rulebooks, the newest last; never empty.
    pub books: Vec<Arc<Rulebook>>,
    /// Parties and filings.
    pub parties: Arc<Parties>,
    /// Seed of the sampling draw.
    pub sampling_seed: SamplingSeed,
    /// Grows with every change that was committed: who judges with an older one has missed something.
    pub version: u64,
}

impl Reference {
    /// The newest rulebook: risk rules, and the law of new attempts.
    pub fn current(&self) -> &Rulebook {
        match self.books.last() {
            Some(book) => book,
            None => panic!("a reference has a rulebook"),
        }
    }
    /// The rulebook an attempt was pinned to.
    pub fn numbered(&self, number: u32) -> &Rulebook {
        self.books
            .iter()
            .rev()
            .find(|book| book.number == number)
            .map(Arc::as_ref)
            .unwrap_or_else(|| self.current())
    }
}

/// Judges the events of a batch in order; each sees the outcomes before it, which `facts` holds afterwards.
pub fn decide(events: &[Event], facts: &mut Facts, reference: &Reference, now: Time) -> Vec<Outcome> {
    let now = Time(now.0.max(facts.last_time.0));
    events
        .iter()
        .map(|event| {
            let mut case = Case::new(event, facts, reference, now);
            match &event.cause {
                Cause::Document(arrived) => document(&mut case, arrived),
                Cause::Follow(Follow::WaybillChanged { to, waybill, .. }) => {
                    waybill::changed(&mut case, to, waybill)
                }
                Cause::Follow(Follow::ClaimReleased { to, by, attempt, .. }) => {
                    waybill::released(&mut case, to, by, *attempt)
                }
                Cause::Follow(Follow::BookedGoods(goods)) => bonded::settle(&mut case, goods),
                Cause::Follow(Follow::Export(follow)) => export::follow(&mut case, follow),
                Cause::Timer(timer) => timer::due(&mut case, timer),
                Cause::Action(action) => action::act(&mut case, action),
                Cause::ExportAction(action) => export::act(&mut case, action),
            }
            if case.law.scripted_outcomes == 1 {
                if let Some(consignment) = case.out.consignment.clone() {
                    scripted::lose(&mut case, &consignment);
                }
                scripted::lose_of_exports(&mut case);
            }
            let outcome = case.out;
            absorb(facts, &outcome);
            outcome
        })
        .collect()
}

/// For a trial: what becomes of a declared attempt whose partners are as they stand in the consignment, judged at an instant of
/// its own; nothing of it leaves but the attempt.
pub(crate) fn tried_match(consignment: &mut Consignment, reference: &Reference, now: Time, received: Time) {
    let (at, order) = (consignment.last, consignment.key.clone());
    alone((at, order, TimerKind::ScriptedDelay), reference, (now, received), |case| {
        judge::delayed(case, consignment);
    });
}

/// The same of a list of exports. `timed`: its partners were waited for no longer when its verdict fell, else a document brought it.
pub(crate) fn tried_export_match(
    trade: &mut ExportTrade,
    reference: &Reference,
    instants: (Time, Time),
    timed: bool,
) {
    let (at, order) = (trade.last, trade.key.as_pair());
    alone((at, order, TimerKind::ExportPartnersMissing), reference, instants, |case| {
        export::tried(case, trade, timed);
    });
}

/// Judges something by itself, as if a timer had brought it at an instant: of something received at another, with no facts beside.
fn alone(
    (position, order, kind): (Position, OrderKey, TimerKind),
    reference: &Reference,
    (now, received): (Time, Time),
    judged: impl FnOnce(&mut Case<'_>),
) {
    let cause = Cause::Timer(Timer { due: now, order, kind, attempt: 0 });
    let event = Event { position, cause, recorded: Some(received) };
    let numbers = crate::facts::Numbers { next: 1, end: 1_000 };
    let mut facts = Facts { numbers, ..Facts::default() };
    judged(&mut Case::new(&event, &mut facts, reference, now));
}

fn document(case: &mut Case<'_>, arrived: &Arc<Arrived>) {
    match &*arrived.document {
        Document::Order(order) => partner::order(case, arrived, order),
        Document::Payment(payment) => partner::payment(case, arrived, payment),
        Document::Waybill(waybill) => waybill::arrived(case, arrived, waybill),
        Document::WaybillStatus(status) => waybill::delivered(case, arrived, status),
        Document::Declaration(declaration) => declaration::declare(case, arrived, declaration),
        Document::Cancellation(cancellation) => cancellation::apply(case, arrived, cancellation),
        Document::Return(return_goods) => return_goods::apply(case, arrived, return_goods),
        Document::Arrival(arrival) => arrival::record(case, arrived, arrival),
        other if export::document(case, arrived) => debug_assert!(other.kind().is_export()),
        other => {
            let finding = Finding::new(Reason::FieldNotAllowed).argument(other.kind().root());
            case.refuse(arrived, vec![finding]);
        }
    }
}

/// The working copy after an outcome: what the next event of the batch sees.
/// Windows have seen it already, when it was declared.
fn absorb(facts: &mut Facts, outcome: &Outcome) {
    for movement in &outcome.movements {
        let balance = facts.balances.entry(movement.account.clone()).or_default();
        // Balances of accounts that are only moved, never looked at, need not be loaded; they may seem negative here.
        let _ = ledger::apply(balance, movement);
    }
    if let Some(consignment) = &outcome.consignment {
        facts.consignments.insert(consignment.key.clone(), consignment.clone());
    }
    for waybill in &outcome.waybills {
        facts.waybills.insert(waybill.key.clone(), waybill.clone());
    }
    for (key, owner) in &outcome.claims {
        match owner {
            Some(owner) => facts.claims.insert(key.clone(), owner.clone()),
            None => facts.claims.remove(key),
        };
    }
    if let Some(arrival) = &outcome.arrival {
        facts.arrivals.insert(arrival.key.clone(), arrival.clone());
    }
    for state in &outcome.export.states {
        facts.exports.insert(state.key(), state.clone());
    }
}

/// One event under judgement.
pub(crate) struct Case<'a> {
    position: Position,
    facts: &'a mut Facts,
    reference: &'a Reference,
    now: Time,
    /// When the event was received: its law is that of this day, also where it is judged later.
    received: Time,
    law: Law,
    /// Whether it only asks what would happen: sealed rules are not evaluated, nothing is drawn.
    preview: bool,
    out: Outcome,
}

impl<'a> Case<'a> {
    fn new(event: &Event, facts: &'a mut Facts, reference: &'a Reference, now: Time) -> Self {
        let book = reference.current();
        let mut out = Outcome::new(event.position, now, ENGINE);
        out.read = FactsRead {
            parties: reference.parties.version,
            rulebook: book.number,
            serial: facts.numbers.next,
            ..FactsRead::default()
        };
        let received = event.recorded.unwrap_or(now);
        let law = book.parameters.on(received.day());
        let preview = matches!(&event.cause, Cause::Document(arrived) if arrived.preview);
        Self { position: event.position, facts, reference, now, received, law, preview, out }
    }

    /// The day whose law counts.
    fn today(&self) -> Day {
        self.received.day()
    }

    /// The consignment of a key as it stands, or a new one.
    fn consignment(&self, key: &OrderKey) -> Consignment {
        match self.facts.consignments.get(key) {
            Some(known) => (**known).clone(),
            None => Consignment::new(key.clone()),
        }
    }

    /// A document of this content was accepted before: its first answer stands.
    fn repeats(&mut self, seen: &[Seen], arrived: &Arrived) -> bool {
        match seen.iter().find(|seen| seen.fingerprint == arrived.fingerprint) {
            Some(first) => {
                self.out.repeats = Some(first.position);
                true
            }
            None => false,
        }
    }

    /// The findings of the document by itself.
    fn check(&self, arrived: &Arrived) -> Vec<Finding> {
        crate::validate::document(arrived, self.reference.current(), &self.reference.parties, self.received)
    }

    /// Whether a document cannot be placed: what it would change is not asked, so that one fault is not told as two.
    fn illegible(arrived: &Arrived, findings: &[Finding]) -> bool {
        let unplaced =
            |finding: &Finding| matches!(finding.reason, Reason::KeyEmpty | Reason::WrongOperation);
        !arrived.defects.is_empty() || findings.iter().any(unplaced)
    }

    /// Answers with the negative code of the first refusing finding; nothing is kept of the document but its row.
    fn refuse(&mut self, arrived: &Arrived, mut findings: Vec<Finding>) {
        findings.sort_by_key(|finding| finding.reason);
        let kind = arrived.document.kind();
        let status = findings.first().map_or(0, |finding| match finding.reason.layer() {
            Layer::Rejected => 100,
            _ => finding.reason.ceb_code(kind),
        });
        let info = info(&findings, kind);
        let mut last_time = Time(0);
        let key = [arrived.document.guid(), arrived.sender.clone()];
        self.send(arrived, status, &info, &receipt::Numbers::default(), &mut last_time, (&key, 0));
        self.out.answer.status = status;
        self.out.answer.info = info;
        self.out.answer.findings = findings;
    }

    /// Whether findings refuse the document; those that do not are kept for later.
    fn refuses(findings: &[Finding]) -> bool {
        findings.iter().any(|finding| finding.reason.layer() == Layer::Refused)
    }

    /// The document as it is filed.
    fn filed(&self, arrived: &Arrived, app_time: ceb::Stamp, status: u16) -> Filed {
        let shared = |address: &&Text| {
            self.reference.parties.owner_of(address).is_some_and(|filing| {
                self.reference.parties.same(&filing.code, &arrived.sender, self.today())
            })
        };
        Filed {
            document: arrived.document.clone(),
            position: self.position,
            fingerprint: arrived.fingerprint,
            app_time,
            sender: arrived.sender.clone(),
            recipient: arrived.recipient.clone(),
            copies: arrived.copies.iter().filter(shared).cloned().collect(),
            status,
        }
    }

    fn seen(&self, arrived: &Arrived) -> Seen {
        Seen { fingerprint: arrived.fingerprint, position: self.position }
    }

    /// Puts movements on record.
    fn moved(&mut self, movement: Movement) {
        self.out.movements.push(movement);
    }

    /// Writes the consignment back, one version on.
    fn keep(&mut self, mut consignment: Consignment) {
        consignment.version += 1;
        consignment.previous = (consignment.version > 1).then_some(consignment.last);
        consignment.last = self.position;
        self.out.order = Some(consignment.key.clone());
        self.out.answer.version = consignment.version;
        self.out.consignment = Some(Arc::new(consignment));
    }

    /// What the sender is told of an accepted document.
    fn accept(&mut self, status: i32, info: Text, findings: Vec<Finding>) {
        self.out.answer.status = status;
        self.out.answer.info = info;
        self.out.answer.findings = findings;
    }
}

/// The text of a receipt: every finding, concatenated (SPEC §5.5), at most what the field holds.
fn info(findings: &[Finding], kind: ceb::Kind) -> Text {
    const LONGEST: usize = 1000;
    let mut text = String::new();
    for finding in findings {
        if finding.reason.layer() == Layer::Note {
            continue;
        }
        let own = finding.return_info(Some(kind));
        if !text.is_empty() && finding.reason.customs_code().is_none() {
            text.push('；');
        }
        text.push_str(&own);
    }
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => Text::from(&text[..cut]),
        None => Text::from(text),
    }
}
