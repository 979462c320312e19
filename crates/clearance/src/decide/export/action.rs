//! Officers' decisions on export trades, on the same path as documents: each names the version it saw. Which action is
//! allowed in which state is the table of `export/moves.rs`.

use super::super::action::{
    Second, forbid, propose, remarked, second_officer, unrecognised, waits_for_second,
};
use super::super::inspection;
use super::{Case, judge};
use crate::Text;
use crate::consignment::{Lane, Remark, State};
use crate::event::{ActionKind, OfficerAction};
use crate::export::{ExportTrade, ExportTradeKey, moves::next};
use crate::finding::Finding;
use crate::inspection::{Beside, Inspection, Measure};
use crate::reason::Reason;
use crate::receipt_text::ReceiptText;
use crate::recognition::About;
use crate::rulebook::{InspectionResults, Law, Rulebook};
use crate::states::Trigger;
use ceb::Day;

/// An officer acts.
pub(super) fn act(case: &mut Case<'_>, action: &OfficerAction) {
    let key = ExportTradeKey::of_pair(&action.order);
    let mut trade = case.export_trade(&key);
    case.out.export.trade = Some(key);
    if let Some((_, first)) = trade.actions.iter().find(|(id, _)| *id == action.id) {
        case.out.repeats = Some(*first);
        return;
    }
    let mut refused = refused(&trade, action, case.reference.current(), &case.law);
    if refused.is_empty() {
        let about = trade.declaration().map(|declaration| About::export(&action.order, declaration));
        refused = unrecognised(case, action, about.as_ref());
    }
    if !refused.is_empty() {
        return forbid(case, refused);
    }
    let joint = waits_for_second(&action.kind, case.reference.current(), &case.law);
    let second = second_of(&trade, action, &case.law);
    // From here nothing can fail.
    trade.actions.push((action.id.clone(), case.position));
    if let Some(attempt) = &mut trade.attempt {
        let word = match action.kind.inspection() {
            Some(_) => remarked(&action.kind),
            None => action.kind.word().into(),
        };
        attempt.remarks.push(Remark {
            position: case.position,
            time: case.now,
            officer: action.officer.clone(),
            action: word,
            text: action.text.clone(),
        });
    }
    // What waits for a second officer stands until anything else is done.
    if trade.unconfirmed().is_some() && action.kind != ActionKind::ConfirmInspection {
        trade.look.joint = None;
    }
    let state = trade.attempt.as_ref().map(|attempt| attempt.state);
    match (action.kind.inspection(), second) {
        (Some(found), _) if joint => {
            let words = inspection::words(case, action);
            trade.look.joint = Some(Box::new(inspection::joint(case, action, found, words)));
            inspection::recorded(case, state.unwrap_or(State::Inspection));
        }
        (_, Second::Needed) => propose(case, state.map_or(0, State::number)),
        _ => perform(case, &mut trade, action),
    }
    case.keep_export(trade);
}

/// Why an action would be refused under a rulebook and the law of a day; nothing = it would be taken.
pub fn refused(trade: &ExportTrade, action: &OfficerAction, book: &Rulebook, law: &Law) -> Vec<Finding> {
    let state = trade.attempt.as_ref().map_or("none", |attempt| attempt.state.word());
    if trade.version == 0 {
        return vec![Finding::new(Reason::DeclarationUnknown).field("orderNo", &action.order.order_no)];
    }
    if action.version != trade.version {
        return vec![
            Finding::new(Reason::VersionOutdated)
                .argument(trade.version.to_string())
                .field("version", action.version)
                .field("current version", trade.version)
                .field("current state", state),
        ];
    }
    let is_inspection = action.kind.inspection().is_some();
    let has_table = law.export_looks == 1 && book.inspections.is_there();
    if !is_allowed(trade, &action.kind, law) || (is_inspection && !has_table) {
        return vec![
            Finding::new(Reason::ActionForbidden)
                .argument(state)
                .argument(action.kind.word())
                .field("state", state)
                .field("action", action.kind.word()),
        ];
    }
    if let Some(found) = action.kind.inspection() {
        let lines = trade.declaration().map(|list| list.lines.iter().map(|line| line.gnum).collect());
        let lines: Vec<u32> = lines.unwrap_or_default();
        let faults = found.faults(&Beside {
            results: &book.inspections,
            law,
            lines: &lines,
            officer: &action.officer,
            text: &action.text,
        });
        if !faults.is_empty() {
            return faults;
        }
    }
    if waits_for_second(&action.kind, book, law) {
        return Vec::new();
    }
    let confirms = inspection::refused(trade.unconfirmed(), action);
    if !confirms.is_empty() {
        return confirms;
    }
    second_of(trade, action, law).refuses(&action.officer).into_iter().collect()
}

/// Whether a release needs a second officer, and whether this one is he: as with imports, once exports are looked at as they are.
fn second_of(trade: &ExportTrade, action: &OfficerAction, law: &Law) -> Second {
    let releases = match &action.kind {
        ActionKind::Approve | ActionKind::Release | ActionKind::InspectionResult { passed: true } => true,
        kind => kind.inspection().is_some_and(|found| found.measure == Measure::Release),
    };
    if law.export_looks != 1 || !releases {
        return Second::NotNeeded;
    }
    let attempt = trade.attempt.as_ref();
    let lane = attempt.and_then(|attempt| attempt.lane);
    let last = attempt.and_then(|attempt| attempt.remarks.last());
    second_officer(lane, last, &action.officer, law.second_officer_lane)
}

fn trigger(kind: &ActionKind) -> Option<Trigger> {
    Some(match kind {
        ActionKind::Approve | ActionKind::InspectionResult { passed: true } | ActionKind::Conclude => {
            Trigger::Conclude
        }
        ActionKind::Release => Trigger::Release,
        ActionKind::Inspect => Trigger::Inspect,
        ActionKind::InspectionResult { passed: false } | ActionKind::Reject => Trigger::Reject,
        ActionKind::Suspend => Trigger::Suspend,
        ActionKind::Resume => Trigger::Resume,
        ActionKind::Detain { status: 501 } => Trigger::DetainClearance,
        ActionKind::Detain { status: 502 } => Trigger::DetainSmuggling,
        ActionKind::Detain { status: 503 } => Trigger::DetainLegal,
        ActionKind::Detain { .. } => Trigger::DetainOther,
        // Found in order it is concluded, and goes on as far as its parcel is.
        kind => match kind.inspection()?.measure {
            Measure::Release => Trigger::Conclude,
            other => other.trigger(),
        },
    })
}

/// Whether an action would be taken now, by this officer: what officers are offered is what they may then do.
pub fn is_open(trade: &ExportTrade, kind: &ActionKind, (officer, office): (&str, &str), law: &Law) -> bool {
    is_allowed(trade, kind, law) && inspection::is_for(trade.unconfirmed(), kind, officer, office)
}

/// Whether the state allows an action.
fn is_allowed(trade: &ExportTrade, kind: &ActionKind, law: &Law) -> bool {
    let Some(state) = trade.attempt.as_ref().map(|attempt| attempt.state) else { return false };
    if matches!(kind, ActionKind::ApproveCancellation | ActionKind::RefuseCancellation) {
        return super::cancellation::is_open(trade);
    }
    if super::returned::is_of_return(kind) {
        return super::returned::is_open(trade, kind);
    }
    if matches!(kind, ActionKind::ConfirmInspection | ActionKind::ContestInspection) {
        return law.export_looks == 1 && trade.unconfirmed().is_some();
    }
    // What these mean is narrower than where they lead.
    let fits = match kind {
        ActionKind::Approve => state == State::Review,
        ActionKind::InspectionResult { .. } => state == State::Inspection,
        ActionKind::Conclude => state == State::Review,
        kind if kind.inspection().is_some() => state == State::Inspection,
        _ => true,
    };
    fits && trigger(kind).is_some_and(|trigger| next(state, trigger).is_some())
}

fn perform(case: &mut Case<'_>, trade: &mut ExportTrade, action: &OfficerAction) {
    let text = action.text.as_str();
    match &action.kind {
        // Its papers are in order; what is to be opened is opened at the site all the same.
        ActionKind::Approve if case.law.export_looks == 1 && judge::is_opened(trade) => {
            judge::conclude(case, trade, &ReceiptText::Approved.with(text));
        }
        ActionKind::Inspected(found) => {
            let (book, day) = (case.reference.current(), case.today());
            follow(case, trade, found, text, (&book.inspections, day));
        }
        ActionKind::Recognised(rests) => {
            let words = inspection::words(case, action);
            let (book, day) = (case.reference.current(), case.today());
            follow(case, trade, &rests.inspection, &words, (&book.inspections, day));
        }
        ActionKind::ConfirmInspection => confirm(case, trade, &action.officer),
        ActionKind::ContestInspection => {
            inspection::contest(case, trade.attempt.as_ref().map(|attempt| attempt.state));
        }
        // Nothing stands against release any more but that the parcel is not there yet.
        ActionKind::Approve | ActionKind::InspectionResult { passed: true } => {
            judge::set_lane(case, trade, Lane::Release);
            judge::conclude(case, trade, &ReceiptText::Approved.with(text));
        }
        ActionKind::Conclude => {
            // Concluded by hand it goes on by hand.
            judge::set_lane(case, trade, Lane::Hold);
            judge::conclude(case, trade, &ReceiptText::Concluded.with(text));
        }
        ActionKind::Release => {
            judge::set_lane(case, trade, Lane::Release);
            judge::step(case, trade, Trigger::Release, &ReceiptText::Released.with(text));
            judge::proceed(case, trade);
        }
        ActionKind::Inspect => {
            judge::set_lane(case, trade, Lane::Inspection);
            judge::step(case, trade, Trigger::Inspect, &ReceiptText::Opened.with(text));
        }
        ActionKind::InspectionResult { passed: false } | ActionKind::Reject => {
            let finding = Finding::new(Reason::ManuallyRejected).argument(text);
            judge::reject(case, trade, vec![finding]);
        }
        ActionKind::Suspend => {
            judge::step(case, trade, Trigger::Suspend, &ReceiptText::Suspended.with(text));
        }
        ActionKind::Resume => judge::step(case, trade, Trigger::Resume, &ReceiptText::InReview.with(text)),
        ActionKind::Detain { .. } => {
            let trigger = trigger(&action.kind).unwrap_or(Trigger::DetainOther);
            judge::step(case, trade, trigger, &ReceiptText::Detained.with(text));
        }
        ActionKind::ApproveCancellation => super::cancellation::approve(case, trade),
        ActionKind::RefuseCancellation => super::cancellation::refuse_open(case, trade, text),
        kind if super::returned::is_of_return(kind) => super::returned::act(case, trade, kind, text),
        _ => {}
    }
}

/// The second officer found the same: what follows takes effect, by the table that the first held it against.
fn confirm(case: &mut Case<'_>, trade: &mut ExportTrade, officer: &Text) {
    let Some(joint) = trade.look.joint.as_mut() else { return };
    joint.confirmed_by = officer.clone();
    let joint = joint.clone();
    let results = &case.reference.numbered(joint.rulebook).inspections;
    follow(case, trade, &joint.inspection, &joint.text, (results, joint.day));
}

/// What follows from an inspection, by the table of a day.
fn follow(
    case: &mut Case<'_>,
    trade: &mut ExportTrade,
    found: &Inspection,
    text: &str,
    (results, day): (&InspectionResults, Day),
) {
    let told = inspection::told(found, text, (results, day));
    // What was opened once is not opened again when its papers are approved afterwards.
    let lane = if found.measure == Measure::Release { Lane::Release } else { Lane::DocumentCheck };
    if found.measure != Measure::Reject {
        judge::set_lane(case, trade, lane);
    }
    match found.measure {
        Measure::Release => judge::conclude(case, trade, &inspection::receipt(found.measure, &told)),
        Measure::Reject => {
            let finding = Finding::new(Reason::ManuallyRejected).argument(told);
            judge::reject(case, trade, vec![finding]);
        }
        measure => judge::step(case, trade, measure.trigger(), &inspection::receipt(measure, &told)),
    }
}
