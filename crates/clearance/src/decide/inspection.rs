//! What follows from an inspection: at once, or once a second officer of the same office has confirmed it. What an inspection
//! must say is `crate::inspection`'s.

use super::action::clear;
use super::declaration::end_attempt;
use super::{Case, judge};
use crate::Text;
use crate::consignment::{Consignment, State};
use crate::event::{ActionKind, OfficerAction};
use crate::finding::Finding;
use crate::inspection::{Inspection, JointInspection, Measure, fault};
use crate::reason::Reason;
use crate::receipt_text::ReceiptText;
use crate::rulebook::InspectionResults;
use ceb::Day;
use compact_str::format_compact;

/// The inspection that waits for its second officer.
pub(super) fn unconfirmed(consignment: &Consignment) -> Option<&JointInspection> {
    consignment.attempt.as_ref().and_then(|attempt| attempt.unconfirmed())
}

/// Whether an officer may be the second of the inspection that waits: another one of the same office.
pub(super) fn is_for(
    waits: Option<&JointInspection>,
    kind: &ActionKind,
    officer: &str,
    office: &str,
) -> bool {
    !matches!(kind, ActionKind::ConfirmInspection | ActionKind::ContestInspection)
        || waits.is_some_and(|joint| joint.officer != officer && joint.party == office)
}

/// Why an officer is not the second of the inspection that waits, or does not say why he contests it.
pub(super) fn refused(waits: Option<&JointInspection>, action: &OfficerAction) -> Vec<Finding> {
    let mut faults = Vec::new();
    if !is_for(waits, &action.kind, &action.officer, &action.party) {
        let of = |part: fn(&JointInspection) -> &Text| waits.map(part).cloned().unwrap_or_default();
        let (officer, office) = (of(|joint| &joint.officer), of(|joint| &joint.party));
        faults.push(
            Finding::new(Reason::SecondInspectorNeeded)
                .argument(&officer)
                .field("recorded by", &officer)
                .field("office", &office)
                .field("officer", &action.officer)
                .field("office of the officer", &action.party),
        );
    }
    if action.kind == ActionKind::ContestInspection && action.text.trim().chars().count() < 2 {
        let expected = "what differs from what was recorded, in at least 2 characters";
        faults.push(fault("text", &action.text, "请写明异议（至少2个字）", expected));
    }
    faults
}

/// Recorded, and nothing moves: the party is told nothing, the officer whom it waits for.
pub(super) fn wait(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    action: &OfficerAction,
    inspection: &Inspection,
    text: Text,
) {
    let joint = joint(case, action, inspection, text);
    let Some(attempt) = &mut consignment.attempt else { return };
    attempt.joint = Some(Box::new(joint));
    recorded(case, attempt.state);
}

/// What waits, with the table and the day that it was held against.
pub(super) fn joint(
    case: &Case<'_>,
    action: &OfficerAction,
    inspection: &Inspection,
    text: Text,
) -> JointInspection {
    JointInspection {
        position: case.position,
        time: case.now,
        rulebook: case.reference.current().number,
        day: case.today(),
        officer: action.officer.clone(),
        party: action.party.clone(),
        text,
        inspection: inspection.clone(),
        confirmed_by: Text::default(),
    }
}

/// The first officer is told for whom it waits.
pub(super) fn recorded(case: &mut Case<'_>, state: State) {
    case.out.answer.status = i32::from(state.number());
    case.out.answer.info = "查验结果已记录，等待另一名关员复核".into();
}

/// The second officer found the same: what follows takes effect, by the table that the first held it against.
pub(super) fn confirm(case: &mut Case<'_>, consignment: &mut Consignment, officer: &Text) {
    let Some(joint) = consignment.attempt.as_mut().and_then(|attempt| attempt.joint.as_mut()) else { return };
    joint.confirmed_by = officer.clone();
    let joint = joint.clone();
    let results = &case.reference.numbered(joint.rulebook).inspections;
    follow_under(case, consignment, &joint.inspection, &joint.text, (results, joint.day));
}

/// The second officer did not: it is void by now, and the goods wait to be looked at again.
pub(super) fn contest(case: &mut Case<'_>, state: Option<State>) {
    case.out.answer.status = i32::from(state.map_or(0, State::number));
    case.out.answer.info = "复核有异议，须重新查验".into();
}

/// What is said of an inspection: the officer's words, and before them whose it was if not his own.
pub(super) fn words(case: &Case<'_>, action: &OfficerAction) -> Text {
    let text = action.text.trim();
    let ActionKind::Recognised(rests) = &action.kind else { return action.text.clone() };
    let report = case.facts.reports.get(&rests.key());
    let by = report.map_or("", |report| report.by.as_str());
    let name = case.reference.parties.find(by, case.today()).map_or(by, |filing| filing.name.as_str());
    let between = if text.is_empty() { "" } else { "，" };
    format_compact!("采信{name}的查验结果{between}{text}")
}

/// What follows from an inspection. A party that is not told what was found reads the measure alone.
pub(super) fn follow(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    inspection: &Inspection,
    text: &str,
) {
    let (book, day) = (case.reference.current(), case.today());
    follow_under(case, consignment, inspection, text, (&book.inspections, day));
}

/// The same by the table of a day.
fn follow_under(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    inspection: &Inspection,
    text: &str,
    (results, day): (&InspectionResults, Day),
) {
    let told = told(inspection, text, (results, day));
    match inspection.measure {
        Measure::Release => return clear(case, consignment),
        Measure::Reject => {
            let finding = Finding::new(Reason::ManuallyRejected).argument(told);
            return judge::reject(case, consignment, vec![finding]);
        }
        Measure::ReExport => end_attempt(case, consignment),
        _ => {}
    }
    judge::step(case, consignment, inspection.measure.trigger(), &receipt(inspection.measure, &told));
}

/// What a receipt says of what was found, with the officer's words: nothing where the party is not told.
pub(super) fn told(inspection: &Inspection, text: &str, (results, day): (&InspectionResults, Day)) -> String {
    let told = inspection.is_told(results, day);
    let parts = [inspection.note(results, day), if told { text.trim().to_owned() } else { String::new() }];
    let told: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    told.join("，")
}

/// The receipt of a measure.
pub(super) fn receipt(measure: Measure, told: &str) -> String {
    let text = match measure {
        // Those have receipts of their own.
        Measure::Release | Measure::Reject => ReceiptText::Approved,
        Measure::ReExport => ReceiptText::ReExported,
        Measure::Review => ReceiptText::InReview,
        Measure::Suspend => ReceiptText::Suspended,
        Measure::DetainOther | Measure::DetainClearance | Measure::DetainLegal | Measure::DetainSmuggling => {
            ReceiptText::Detained
        }
    };
    text.with(told)
}
