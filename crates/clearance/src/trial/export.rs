//! Lists of exports in a trial. What is other than with imports: nothing is taxed and no balance is asked; an order, a waybill and,
//! where the law of its day says so, the money received are what a list waits for, and what is missing when it is waited for no
//! longer may be a person's to judge. Looks at the goods rest on windows, rates and parties that the trade kept, or that follow
//! from its row. Where a draft changes sealed rules alone they are held against that (`settled`), as with imports.

use super::{
    Compared, Draft, Judged, SERIALS, Untried, Verdict, as_it_stands, is_scored, refused, rests_on_record,
};
use crate::Text;
use crate::bonded::book_of_export;
use crate::consignment::{Lane, State};
use crate::decide::{Reference, decide, tried_export_match};
use crate::event::{Cause, Event};
use crate::export::{ExportKey, ExportState, ExportTrade, ExportTradeKey};
use crate::facts::{Facts, Numbers};
use crate::keys::Time;
use crate::outcome::Outcome;
use crate::reason::Reason;
use crate::risk::{ExportFacts, RiskRules};
use crate::rulebook::Rulebook;
use crate::score;
use ceb::{Day, Document, ExportDeclaration};
use std::sync::Arc;

/// What a list of exports was judged on.
#[derive(Clone, Debug)]
pub struct ExportGrounds {
    /// The list as it came.
    pub event: Event,
    /// What was decided on it then.
    pub stored: Box<Outcome>,
    /// Its trade before it; documents in it are not looked at.
    pub before: Option<Arc<ExportTrade>>,
    /// Records of registers that it looked at, as facts.
    pub records: Facts,
    /// Parties and seed as they were; the rulebooks in it are not looked at.
    pub reference: Reference,
    /// The trade after its verdict, with all documents; none = there was none while the rows last.
    pub after: Option<CompletedExport>,
}

/// A trade after the event that fixed the verdict on its list.
#[derive(Clone, Debug)]
pub struct CompletedExport {
    /// With its documents.
    pub trade: ExportTrade,
    /// When it was judged.
    pub now: Time,
    /// When what completed it was received.
    pub received: Time,
    /// Whether it was the end of the time for its partners; else a document completed it.
    pub timed: bool,
    /// Parties and seed as they were then.
    pub reference: Reference,
}

/// A list of exports after the event that fixed its verdict, for rules alone.
#[derive(Clone, Copy, Debug)]
pub struct MatchedExport<'a> {
    /// Its trade; documents in it are not looked at.
    pub trade: &'a ExportTrade,
    /// What was declared.
    pub declaration: &'a ExportDeclaration,
    /// Since when its merchant is filed, as it was known then; none = it is not.
    pub merchant_since: Option<Day>,
    /// The day whose rules held: of the event that fixed the verdict.
    pub day: Day,
}

/// Whether an event is a list that is to be judged, not staged or deleted, and neither repeated.
pub fn declared<'a>(event: &'a Event, outcome: &Outcome) -> Option<&'a ExportDeclaration> {
    let Cause::Document(arrived) = &event.cause else { return None };
    let Document::ExportDeclaration(declaration) = &*arrived.document else { return None };
    let head = &declaration.head;
    (outcome.repeats.is_none() && head.app_status == "2" && head.app_type != "3").then_some(declaration)
}

/// The key of the trade of a list.
pub fn trade_of(declaration: &ExportDeclaration) -> ExportTradeKey {
    ExportTradeKey::new(&declaration.head.ebc_code, &declaration.head.order_no)
}

/// The trade as an outcome leaves it, if it changed one.
pub fn trade_in(outcome: &Outcome) -> Option<&Arc<ExportTrade>> {
    outcome.export.states.iter().find_map(ExportState::trade)
}

/// Whether the verdict on a list stands after a state of its trade.
pub fn is_decided(trade: &ExportTrade) -> bool {
    trade.attempt.as_ref().is_some_and(|attempt| attempt.lane.is_some() || attempt.state == State::Rejected)
}

/// What is said of the list of a trade as it stands.
pub fn of_attempt(trade: &ExportTrade) -> Judged {
    match &trade.attempt {
        Some(attempt) => as_it_stands(attempt.lane, attempt.state, &attempt.findings, None),
        None => Judged { verdict: Verdict::Waiting, lane: None, tax: None },
    }
}

/// What an outcome on the list itself says.
pub fn of_outcome(outcome: &Outcome) -> Judged {
    trade_in(outcome).map_or_else(|| refused(outcome), |trade| of_attempt(trade))
}

/// Tries a draft on one list.
pub fn compare(grounds: ExportGrounds, draft: &Draft) -> Option<Compared> {
    let declaration = declared(&grounds.event, &grounds.stored)?.clone();
    let stored = match &grounds.after {
        Some(after) if trade_in(&grounds.stored).is_some() => of_attempt(&after.trade),
        _ => of_outcome(&grounds.stored),
    };
    let position = grounds.event.position;
    let merchant = Text::from(declaration.head.ebc_code.trim());
    let draft = tried(grounds, &declaration, &stored, draft);
    Some(Compared { position, merchant, exports: true, stored, draft })
}

fn tried(
    grounds: ExportGrounds,
    declaration: &ExportDeclaration,
    stored: &Judged,
    draft: &Draft,
) -> Result<Judged, Untried> {
    let judged = trade_in(&grounds.stored).cloned();
    let refusals = &grounds.stored.answer.findings;
    if judged.is_none() && refusals.iter().any(|finding| rests_on_record(finding.reason)) {
        return Ok(*stored);
    }
    let (judged_with, counted) =
        draft.by_number.get(&grounds.stored.read.rulebook).ok_or(Untried::Grounds)?;
    let now = grounds.stored.now;
    let received = grounds.event.recorded.unwrap_or(now).day();
    // A list that was refused, and one of a law that does not look, was counted in no window.
    let variant = match judged.as_deref().filter(|_| looks(judged_with, received)) {
        Some(trade) => {
            let model = draft.book().risk_models.of_exports_on(received);
            &counted[usize::from(is_scored(&trade.look.counts, model))]
        }
        None => &draft.uncounted,
    };
    let reference = Reference { books: vec![variant.book.clone()], ..grounds.reference.clone() };
    let mut facts = facts(&grounds, judged.as_deref());
    let outcome = decide(std::slice::from_ref(&grounds.event), &mut facts, &reference, now).pop();
    let outcome = outcome.ok_or(Untried::Grounds)?;
    let accepted = of_outcome(&outcome);
    let Some(list) = trade_in(&outcome).filter(|_| accepted.verdict == Verdict::Waiting) else {
        return Ok(accepted);
    };
    // What a refused list would have taken of its book nobody read.
    if judged.is_none() && book_of_export(declaration, &reference.parties, received).is_some() {
        return Err(Untried::Record);
    }
    let Some(mut after) = grounds.after.filter(|_| judged.is_some()) else { return Ok(accepted) };
    // Only what was recorded while it waited is known.
    let hours = |book: &Rulebook| book.parameters.on(received).partner_wait_hours;
    let (then, wanted) = (hours(judged_with), hours(&variant.book));
    if then != wanted && (after.timed || after.now > now.plus_hours(then.min(wanted))) {
        return Err(Untried::Deadline);
    }
    after.trade.attempt.clone_from(&list.attempt);
    after.trade.value = list.value;
    after.trade.taken.clone_from(&list.taken);
    // What its own verdict drew is drawn again, against the draft's share: the list keeps what was drawn before it.
    after.trade.look.clone_from(&list.look);
    let reference = Reference { books: vec![variant.book.clone()], ..after.reference };
    tried_export_match(&mut after.trade, &reference, (after.now, after.received), after.timed);
    let judged = of_attempt(&after.trade);
    let day = after.received.day();
    let asks_rules = matches!(judged.verdict, Verdict::Passed | Verdict::Rejected(Reason::RiskRejected));
    if !asks_rules || !looks(&variant.book, day) {
        return Ok(judged);
    }
    let facts = ExportFacts {
        declaration,
        rates: &variant.book.rates,
        value: after.trade.value,
        merchant_since: reference.parties.since(declaration.head.ebc_code.trim(), day),
        counts: &after.trade.look.counts,
    };
    let possible = gravest(&variant.possible, &facts, day);
    if possible > judged.lane { Err(Untried::Window) } else { Ok(judged) }
}

/// The facts as the judgement read them.
fn facts(grounds: &ExportGrounds, judged: Option<&ExportTrade>) -> Facts {
    let stored = &grounds.stored;
    let mut facts = grounds.records.clone();
    facts.numbers = Numbers { next: stored.read.serial, end: stored.read.serial + SERIALS };
    facts.next = grounds.event.position;
    facts.bonded = stored.read.bonded.as_facts();
    if let Some(before) = &grounds.before {
        // Partners are matched afterwards, with their documents.
        let mut before = (**before).clone();
        (before.order, before.payment, before.carriage) = (None, None, None);
        let key = ExportKey::Trade(before.key.clone());
        facts.exports.insert(key, ExportState::Trade(Arc::new(before)));
    }
    // What a window said then stands; of windows that were not read nothing is known.
    facts.told = judged.map_or_else(Vec::new, |trade| trade.look.counts.clone());
    if let (Cause::Document(arrived), Some(trade)) = (&grounds.event.cause, judged) {
        score::give_again(&mut facts, arrived, &trade.look.counts);
    }
    facts
}

/// Whether exports are looked at by the law of a day.
pub(super) fn looks(book: &Rulebook, day: Day) -> bool {
    book.parameters.on(day).export_looks == 1
}

fn gravest(rules: &RiskRules, facts: &ExportFacts<'_>, day: Day) -> Option<Lane> {
    rules.evaluate_export(facts, day).iter().map(|hit| hit.lane).max()
}
