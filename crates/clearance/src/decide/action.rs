//! Officers' decisions, on the same path as documents. Each names the version it saw; a newer one is refused with what
//! changed. Which action is allowed in which state is the table of `states`.

use super::declaration::{clear_timers, end_attempt, set_timer};
use super::{Case, bonded, bonded_across, cancellation, inspection, judge, return_goods, timer, waybill};
use crate::consignment::{Attempt, Consignment, Lane, Remark, ReturnState, State};
use crate::event::{ActionKind, OfficerAction, TimerKind};
use crate::finding::Finding;
use crate::goods::RecordRead;
use crate::inspection::Beside;
use crate::keys::Time;
use crate::reason::Reason;
use crate::receipt_text::ReceiptText;
use crate::recognition::{self, About};
use crate::rulebook::{Calendar, Law, Rulebook};
use crate::states::{Trigger, next};
use ceb::{Day, Document};
use compact_str::format_compact;
use ledger::Account;

/// An officer acts.
pub(super) fn act(case: &mut Case<'_>, action: &OfficerAction) {
    case.out.order = Some(action.order.clone());
    let Some(mut consignment) = case.facts.consignments.get(&action.order).map(|known| (**known).clone())
    else {
        let finding = Finding::new(Reason::DeclarationUnknown).field("orderNo", &action.order.order_no);
        return forbid(case, vec![finding]);
    };
    if let Some((_, first)) = consignment.actions.iter().find(|(id, _)| *id == action.id) {
        case.out.repeats = Some(*first);
        return;
    }
    let mut refused = refused(&consignment, action, case.reference.current(), &case.law, case.now);
    if refused.is_empty() {
        refused = unreported(case, &consignment, action);
    }
    if let ActionKind::ReceiveReturnAt(received) = &action.kind
        && refused.is_empty()
    {
        refused = bonded_across::faults(case, &consignment, received);
    }
    if !refused.is_empty() {
        return forbid(case, refused);
    }
    let joint = waits_for_second(&action.kind, case.reference.current(), &case.law);
    let second = second_of(&consignment, &action.kind, &action.officer, case.law.second_officer_lane);
    // From here nothing can fail.
    consignment.actions.push((action.id.clone(), case.position));
    if let Some(attempt) = &mut consignment.attempt {
        let word = remarked(&action.kind);
        attempt.remarks.push(Remark {
            position: case.position,
            time: case.now,
            officer: action.officer.clone(),
            action: word,
            text: action.text.clone(),
        });
    }
    // What waits for a second officer stands until anything else is done.
    if let Some(attempt) = &mut consignment.attempt
        && attempt.unconfirmed().is_some()
        && action.kind != ActionKind::ConfirmInspection
    {
        attempt.joint = None;
    }
    match (action.kind.inspection(), second) {
        (Some(found), _) if joint => {
            let words = inspection::words(case, action);
            inspection::wait(case, &mut consignment, action, found, words);
        }
        (_, Second::Needed) => {
            propose(case, consignment.attempt.as_ref().map_or(0, |attempt| attempt.state.number()))
        }
        _ => perform(case, &mut consignment, action),
    }
    case.keep(consignment);
}

/// What a remark calls an action.
pub(super) fn remarked(kind: &ActionKind) -> crate::Text {
    match kind {
        ActionKind::InspectionResult { passed } => {
            format_compact!("inspection-result {}", if *passed { "passed" } else { "failed" })
        }
        kind => match kind.inspection() {
            Some(inspection) => format_compact!("{} {}", kind.word(), inspection.measure.word()),
            None => kind.word().into(),
        },
    }
}

/// Whether an inspection waits for its second officer.
pub(super) fn waits_for_second(kind: &ActionKind, book: &Rulebook, law: &Law) -> bool {
    kind.inspection().is_some_and(|found| found.waits_for_second(&book.inspections, law))
}

/// Why an officer may not rest on the report that he names; nothing where he names none.
fn unreported(case: &mut Case<'_>, consignment: &Consignment, action: &OfficerAction) -> Vec<Finding> {
    let declaration = consignment.attempt.as_ref().map(|attempt| &*attempt.declaration.document);
    let declaration = declaration.and_then(|document| match document {
        Document::Declaration(declaration) => Some(About::import(&action.order, declaration)),
        _ => None,
    });
    unrecognised(case, action, declaration.as_ref())
}

/// The same of a list whatever it is of.
pub(super) fn unrecognised(
    case: &mut Case<'_>,
    action: &OfficerAction,
    list: Option<&About<'_>>,
) -> Vec<Finding> {
    let ActionKind::Recognised(recognised) = &action.kind else { return Vec::new() };
    let key = recognised.key();
    let report = case.facts.reports.get(&key);
    case.out.read.records.extend(report.map(|report| RecordRead {
        key,
        version: report.version,
        position: report.position,
    }));
    recognition::faults(action, recognised, report, list, (&case.reference.parties, case.today()))
}

/// Where a release stands that needs two officers.
#[derive(PartialEq, Eq)]
pub(super) enum Second {
    /// One decides.
    NotNeeded,
    /// Nobody has proposed it: this one does.
    Needed,
    /// Another proposed it: this one confirms.
    Confirms,
    /// He proposed it himself.
    Same(crate::Text),
}

/// Whether a release needs a second officer, and whether this one is he.
fn second_of(consignment: &Consignment, kind: &ActionKind, officer: &str, from_lane: i64) -> Second {
    let attempt = consignment.attempt.as_ref();
    let lane = attempt.and_then(|attempt| attempt.lane);
    let last = attempt.and_then(|attempt| attempt.remarks.last());
    let releases = trigger(kind) == Some(Trigger::Release);
    if releases { second_officer(lane, last, officer, from_lane) } else { Second::NotNeeded }
}

/// Whether a release of a lane needs a second officer, and whether this one is he. What was proposed stands until anything else
/// is done.
pub(super) fn second_officer(
    lane: Option<Lane>,
    last: Option<&Remark>,
    officer: &str,
    from_lane: i64,
) -> Second {
    if from_lane == 0 || lane.map_or(0, |lane| lane as i64) < from_lane {
        return Second::NotNeeded;
    }
    match last.filter(|remark| releases(&remark.action)) {
        None => Second::Needed,
        Some(remark) if remark.officer == officer => Second::Same(remark.officer.clone()),
        Some(_) => Second::Confirms,
    }
}

/// Whether a remark's word is a release.
fn releases(word: &str) -> bool {
    matches!(
        word,
        "approve" | "release" | "inspection-result passed" | "inspected release" | "recognised release"
    )
}

/// A release is proposed: nothing moves, the officer is told who is awaited.
pub(super) fn propose(case: &mut Case<'_>, state: u16) {
    case.out.answer.status = i32::from(state);
    case.out.answer.info = "放行已提出，等待另一名关员复核".into();
}

/// Why an action would be refused under a rulebook and the law of a day; nothing = it would be taken.
pub fn refused(
    consignment: &Consignment,
    action: &OfficerAction,
    book: &Rulebook,
    law: &Law,
    now: Time,
) -> Vec<Finding> {
    if action.version != consignment.version {
        let state = consignment.attempt.as_ref().map_or("none", |attempt| attempt.state.word());
        let finding = Finding::new(Reason::VersionOutdated)
            .argument(consignment.version.to_string())
            .field("version", action.version)
            .field("current version", consignment.version)
            .field("current state", state);
        return vec![finding];
    }
    if let Some(finding) = forbidden(consignment, &action.kind, now) {
        return vec![finding];
    }
    if let Some(inspection) = action.kind.inspection() {
        let faults = inspection.faults(&Beside {
            results: &book.inspections,
            law,
            lines: &declared_lines(consignment),
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
    let confirms = inspection::refused(inspection::unconfirmed(consignment), action);
    if !confirms.is_empty() {
        return confirms;
    }
    let second = second_of(consignment, &action.kind, &action.officer, law.second_officer_lane);
    second.refuses(&action.officer).into_iter().collect()
}

impl Second {
    /// Who proposed a release does not confirm it.
    pub(super) fn refuses(&self, officer: &crate::Text) -> Option<Finding> {
        let Self::Same(proposed) = self else { return None };
        Some(
            Finding::new(Reason::SecondOfficerNeeded)
                .argument(proposed)
                .field("proposed by", proposed)
                .field("officer", officer),
        )
    }
}

pub(super) fn forbid(case: &mut Case<'_>, findings: Vec<Finding>) {
    let texts: Vec<String> = findings.iter().map(|finding| finding.text_zh(None)).collect();
    case.out.answer.info = texts.join("；").into();
    case.out.answer.findings = findings;
    case.out.answer.status = -1;
}

/// Numbers of the declared lines.
fn declared_lines(consignment: &Consignment) -> Vec<u32> {
    match consignment.attempt.as_ref().map(|attempt| &*attempt.declaration.document) {
        Some(Document::Declaration(declaration)) => declaration.lines.iter().map(|line| line.gnum).collect(),
        _ => Vec::new(),
    }
}

fn trigger(kind: &ActionKind) -> Option<Trigger> {
    Some(match kind {
        ActionKind::Approve | ActionKind::Release | ActionKind::InspectionResult { passed: true } => {
            Trigger::Release
        }
        ActionKind::Inspect => Trigger::Inspect,
        ActionKind::InspectionResult { passed: false } | ActionKind::Reject => Trigger::Reject,
        ActionKind::Conclude => Trigger::Conclude,
        ActionKind::Suspend => Trigger::Suspend,
        ActionKind::Resume => Trigger::Resume,
        ActionKind::Detain { status: 501 } => Trigger::DetainClearance,
        ActionKind::Detain { status: 502 } => Trigger::DetainSmuggling,
        ActionKind::Detain { status: 503 } => Trigger::DetainLegal,
        ActionKind::Detain { .. } => Trigger::DetainOther,
        ActionKind::ReExport => Trigger::ReExport,
        ActionKind::Close => Trigger::Close,
        kind => kind.inspection()?.measure.trigger(),
    })
}

/// Where an action leads: confirming an inspection leads where that one was to lead.
fn leads_to(consignment: &Consignment, kind: &ActionKind) -> Option<Trigger> {
    match kind {
        ActionKind::ConfirmInspection => {
            let waits = consignment.attempt.as_ref().and_then(|attempt| attempt.unconfirmed());
            waits.map(|joint| joint.inspection.measure.trigger())
        }
        other => trigger(other),
    }
}

/// Whether an action would be taken now, by this officer under these parameters: what officers are offered is what they may
/// then do.
pub fn is_open(
    consignment: &Consignment,
    kind: &ActionKind,
    (officer, office): (&str, &str),
    law: &Law,
    now: Time,
) -> bool {
    let second = second_of(consignment, kind, officer, law.second_officer_lane);
    !matches!(second, Second::Same(_))
        && forbidden(consignment, kind, now).is_none()
        && inspection::is_for(inspection::unconfirmed(consignment), kind, officer, office)
}

/// Who proposed a release that waits for a second officer.
pub fn proposed_by<'a>(consignment: &'a Consignment, law: &Law) -> Option<&'a crate::Text> {
    let last = consignment.attempt.as_ref()?.remarks.last()?;
    let needed = second_of(consignment, &ActionKind::Release, "", law.second_officer_lane);
    let waits = releases(&last.action) && forbidden(consignment, &ActionKind::Release, Time(0)).is_none();
    (waits && needed == Second::Confirms).then_some(&last.officer)
}

/// Why an action is not allowed now.
fn forbidden(consignment: &Consignment, kind: &ActionKind, now: Time) -> Option<Finding> {
    let attempt = consignment.attempt.as_ref();
    let state = attempt.map(|attempt| attempt.state);
    let bill = attempt.and_then(|attempt| attempt.bill.as_ref());
    // A bill is not summarised by hand sooner than by its timer, nor while a return may still change it.
    let summarisable = !return_goods::is_open(consignment)
        && !consignment.timers.iter().any(|(kind, _, due)| *kind == TimerKind::SettlementDue && *due > now);
    let allowed = match (kind, state) {
        (_, None) => false,
        // What these mean is narrower than where they lead.
        (ActionKind::Approve, Some(state)) => state == State::Review,
        (ActionKind::InspectionResult { .. }, Some(state)) => state == State::Inspection,
        (ActionKind::ConfirmInspection | ActionKind::ContestInspection, Some(_)) => {
            attempt.is_some_and(|attempt| attempt.unconfirmed().is_some())
        }
        (ActionKind::ApproveCancellation | ActionKind::RefuseCancellation, Some(state)) => {
            cancellation::is_open(consignment) && next(state, Trigger::Cancel).is_some()
        }
        (ActionKind::ApproveReturn { number } | ActionKind::RefuseReturn { number }, _) => {
            return_goods::is_in(consignment, *number, ReturnState::Applied)
        }
        (ActionKind::ReceiveReturn { number }, _) => {
            return_goods::is_in(consignment, *number, ReturnState::Approved)
        }
        (ActionKind::ReceiveReturnAt(received), _) => {
            return_goods::is_in(consignment, received.number, ReturnState::Approved)
        }
        (ActionKind::SummariseBill { .. }, _) => bill.is_some_and(|bill| bill.status == 1) && summarisable,
        (ActionKind::LeaveGate { .. }, Some(_)) => bonded::may_leave(consignment),
        // Of two statements that would have it the first has it.
        (ActionKind::DeferBill { .. }, _) => attempt.is_some_and(Attempt::may_be_deferred),
        (ActionKind::PayBill, _) => bill.is_some_and(|bill| bill.status == 2 && !bill.paid),
        (kind, Some(state)) if kind.inspection().is_some() => {
            state == State::Inspection && trigger(kind).is_some_and(|trigger| next(state, trigger).is_some())
        }
        (kind, Some(state)) => trigger(kind).is_some_and(|trigger| next(state, trigger).is_some()),
    };
    // Goods that could not be assessed would go free of tax, quota and guarantee.
    let unassessed = matches!(leads_to(consignment, kind), Some(Trigger::Release | Trigger::Conclude))
        && attempt.is_some_and(|attempt| attempt.assessment.is_none());
    (!allowed || unassessed).then(|| {
        let state = state.map_or("none", State::word);
        let finding = Finding::new(Reason::ActionForbidden)
            .argument(state)
            .argument(kind.word())
            .field("state", state)
            .field("action", kind.word());
        if allowed {
            finding
                .argument("税款未计征，不得放行；请退单，待规则库收录该商品编码或更正编码后重新申报")
                .field("assessment", "none: reject, re-declare with a known code or once the rulebook has it")
        } else {
            finding
        }
    })
}

fn perform(case: &mut Case<'_>, consignment: &mut Consignment, action: &OfficerAction) {
    let text = action.text.as_str();
    match &action.kind {
        ActionKind::Approve | ActionKind::Release | ActionKind::InspectionResult { passed: true } => {
            clear(case, consignment)
        }
        ActionKind::InspectionResult { passed: false } | ActionKind::Reject => {
            let finding = Finding::new(Reason::ManuallyRejected).argument(text);
            judge::reject(case, consignment, vec![finding]);
        }
        ActionKind::Inspected(found) => inspection::follow(case, consignment, found, text),
        ActionKind::Recognised(rests) => {
            let words = inspection::words(case, action);
            inspection::follow(case, consignment, &rests.inspection, &words);
        }
        ActionKind::ConfirmInspection => inspection::confirm(case, consignment, &action.officer),
        ActionKind::ContestInspection => {
            inspection::contest(case, consignment.attempt.as_ref().map(|attempt| attempt.state));
        }
        ActionKind::Inspect => {
            judge::step(case, consignment, Trigger::Inspect, &ReceiptText::Opened.with(text));
        }
        ActionKind::Conclude => {
            // What was clear before somebody looked is not: only a release by hand lets it go when its parcel comes.
            if let Some(attempt) = &mut consignment.attempt {
                attempt.lane = Some(Lane::DocumentCheck);
            }
            judge::step(case, consignment, Trigger::Conclude, &ReceiptText::Concluded.with(text));
        }
        ActionKind::Suspend => {
            judge::step(case, consignment, Trigger::Suspend, &ReceiptText::Suspended.with(text));
        }
        ActionKind::Resume => {
            judge::step(case, consignment, Trigger::Resume, &ReceiptText::InReview.with(text));
        }
        ActionKind::Detain { .. } => {
            let trigger = trigger(&action.kind).unwrap_or(Trigger::DetainOther);
            judge::step(case, consignment, trigger, &ReceiptText::Detained.with(text));
        }
        ActionKind::ReExport => {
            end_attempt(case, consignment);
            judge::step(case, consignment, Trigger::ReExport, &ReceiptText::ReExported.with(text));
        }
        ActionKind::Close => judge::step(case, consignment, Trigger::Close, &ReceiptText::Closed.with(text)),
        ActionKind::ApproveCancellation => cancellation::approve(case, consignment),
        ActionKind::RefuseCancellation => cancellation::refuse(case, consignment, text),
        ActionKind::ApproveReturn { number } => return_goods::approve(case, consignment, *number),
        ActionKind::RefuseReturn { number } => return_goods::refuse(case, consignment, *number, text),
        ActionKind::ReceiveReturn { number } => return_goods::receive(case, consignment, *number, None),
        ActionKind::ReceiveReturnAt(received) => {
            return_goods::receive(case, consignment, received.number, Some(received));
        }
        // Returns of imports know no such state: never open.
        ActionKind::HoldReturn { .. } => {}
        ActionKind::SummariseBill { notice } => timer::summarise(case, consignment, notice.clone()),
        ActionKind::PayBill => pay(case, consignment),
        ActionKind::DeferBill { due } => defer(case, consignment, *due),
        ActionKind::LeaveGate { release } => {
            let state = consignment.attempt.as_ref().map_or(0, |attempt| attempt.state.number());
            case.out.answer.status = i32::from(state);
            bonded::leave(case, consignment, release);
        }
    }
}

/// Nothing stands against release any more but, perhaps, the arrival: then it waits for it with a clear lane.
pub(super) fn clear(case: &mut Case<'_>, consignment: &mut Consignment) {
    let waits = consignment.attempt.as_ref().is_some_and(|attempt| attempt.needs_arrival)
        && !waybill::has_arrived(consignment);
    if !waits {
        return judge::release(case, consignment);
    }
    const WAITS: &str = ReceiptText::ApprovedAwaitsArrival.info();
    let Some(attempt) = &mut consignment.attempt else { return };
    attempt.lane = Some(Lane::Release);
    // Entered or concluded it stays as it is: its sender knows that state, the officer is told what it waits for.
    case.out.answer.status = i32::from(attempt.state.number());
    case.out.answer.info = WAITS.into();
    if next(attempt.state, Trigger::Matched).is_some() {
        judge::step(case, consignment, Trigger::Matched, WAITS);
    }
    judge::await_arrival(case, consignment);
}

/// The bill is late when the statement is on which it stands.
fn defer(case: &mut Case<'_>, consignment: &mut Consignment, due: Day) {
    let Some(number) = consignment.attempt.as_ref().map(|attempt| attempt.number) else { return };
    let after = Time::start_of(Calendar::plus_days(due, 1));
    set_timer(case, consignment, TimerKind::PaymentOverdue, number, after);
}

/// The bill is paid: the guarantee is free, nothing is owed.
fn pay(case: &mut Case<'_>, consignment: &mut Consignment) {
    let Some(mut attempt) = consignment.attempt.take() else { return };
    let owed = attempt.bill.as_ref().map_or(0, |bill| bill.owed);
    // All that is left of it: a list may have been guaranteed with another part of its tax than the whole.
    let free = attempt.guarantee.as_mut().and_then(|hold| ledger::give_back(hold, i64::MAX));
    if let Some(movement) = free {
        case.moved(movement);
    }
    if let Some(agent) = judge::agent_of(&attempt).filter(|_| owed > 0) {
        case.moved(ledger::settle(Account::payable_tax(agent), owed));
    }
    if let Some(bill) = &mut attempt.bill {
        bill.paid = true;
        bill.overdue = false;
        bill.owed = 0;
    }
    consignment.attempt = Some(attempt);
    clear_timers(case, consignment, TimerKind::PaymentOverdue);
    clear_timers(case, consignment, TimerKind::SettlementDue);
}
