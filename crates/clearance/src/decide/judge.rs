//! The judgement of an attempt: complete? agreed? which lane? released? Called whenever something changed.

use super::declaration::{clear_timers, end_attempt, set_timer, waybill_of};
use super::{Case, bonded, info, receipt::Numbers, scripted, waybill};
use crate::Text;
use crate::consignment::{Attempt, Bill, Consignment, CreditStanding, Drawn, Filed, Lane, RiskHit, State};
use crate::event::TimerKind;
use crate::finding::Finding;
use crate::keys::{ClaimKey, Time};
use crate::matching;
use crate::outcome::Draw;
use crate::party::CreditGrade;
use crate::reason::{Layer, Reason};
use crate::receipt_text::ReceiptText;
use crate::risk::{self, RiskFacts};
use crate::states::{Trigger, next};
use ceb::{Declaration, Document, Kind, Order, Payment};
use compact_str::format_compact;
use ledger::Account;

/// Tries the match of a declared attempt.
pub(super) fn attempt(case: &mut Case<'_>, consignment: &mut Consignment, preview: bool) {
    let wait = |attempt: &Attempt| scripted::of(case, attempt).delay;
    let seconds = consignment.attempt.as_ref().filter(|_| !preview).map_or(0, wait);
    judged(case, consignment, preview, seconds);
}

/// A scripted delay is over.
pub(super) fn delayed(case: &mut Case<'_>, consignment: &mut Consignment) {
    judged(case, consignment, false, 0);
}

/// Tries the match; what is complete waits `seconds` for its verdict.
fn judged(case: &mut Case<'_>, consignment: &mut Consignment, preview: bool, seconds: i64) {
    let Some(attempt) = &consignment.attempt else { return };
    if attempt.state != State::Declared {
        return;
    }
    let Document::Declaration(declaration) = &*attempt.declaration.document else { return };
    let declaration = declaration.clone();
    let mut findings = attempt.findings.clone();
    let rejected = findings.iter().any(|finding| finding.layer() == Layer::Rejected);
    let complete = match (order_of(consignment), payment_of(consignment), waybill_of(consignment)) {
        (Some(order), Some(payment), Some(waybill)) => {
            let platform =
                case.reference.parties.find(declaration.head.ebp_code.trim(), attempt.business_date);
            let law = case.reference.numbered(attempt.rulebook).parameters.on(attempt.business_date);
            findings.extend(matching::compare(order, payment, waybill, &declaration, &law, platform));
            if seconds > 0 {
                return wait(case, consignment, seconds);
            }
            findings.extend(scripted::script(case, &declaration).reject.filter(|_| !preview));
            true
        }
        _ => false,
    };
    if findings.iter().any(|finding| finding.layer() == Layer::Rejected) {
        return reject(case, consignment, findings);
    }
    debug_assert!(!rejected, "a rejected finding ends the attempt");
    if complete {
        agree(case, consignment, &declaration, findings, preview);
    }
}

/// The verdict comes later, unless it is waited for already.
fn wait(case: &mut Case<'_>, consignment: &mut Consignment, seconds: i64) {
    let number = consignment.attempt.as_ref().map_or(0, |attempt| attempt.number);
    let waits =
        |(kind, attempt, _): &(TimerKind, u32, Time)| (*kind, *attempt) == (TimerKind::ScriptedDelay, number);
    if !consignment.timers.iter().any(waits) {
        let due = Time(case.now.0 + seconds * 1_000);
        set_timer(case, consignment, TimerKind::ScriptedDelay, number, due);
    }
}

pub(super) fn order_of(consignment: &Consignment) -> Option<&Order> {
    match consignment.order.as_ref().filter(|filed| filed.status != 1).map(|filed| &*filed.document) {
        Some(Document::Order(order)) => Some(order),
        _ => None,
    }
}

pub(super) fn payment_of(consignment: &Consignment) -> Option<&Payment> {
    match consignment.payment.as_ref().filter(|filed| filed.status != 1).map(|filed| &*filed.document) {
        Some(Document::Payment(payment)) => Some(payment),
        _ => None,
    }
}

/// 100: the attempt ends, its holds are given up, its keys are free.
pub(super) fn reject(case: &mut Case<'_>, consignment: &mut Consignment, mut findings: Vec<Finding>) {
    findings.sort_by_key(|finding| finding.reason);
    end_attempt(case, consignment);
    let shown: Vec<Finding> =
        findings.iter().filter(|finding| finding.layer() == Layer::Rejected).cloned().collect();
    let text = info(&shown, Kind::Declaration);
    let Some(mut attempt) = consignment.attempt.take() else { return };
    attempt.state = State::Rejected;
    attempt.findings = findings.clone();
    attempt.declaration.status = 100;
    report(case, consignment, &attempt, 100, &text);
    consignment.attempt = Some(attempt);
    case.accept(100, text, findings);
}

/// 120 to all four; the lane is fixed.
fn agree(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    declaration: &Declaration,
    mut findings: Vec<Finding>,
    preview: bool,
) {
    const CHECKED: &str = ReceiptText::Checked.info();
    clear_timers(case, consignment, TimerKind::PartnersMissing);
    let mut partners: Vec<Filed> = Vec::with_capacity(3);
    for filed in [consignment.order.as_mut(), consignment.payment.as_mut()].into_iter().flatten() {
        filed.status = 120;
        partners.push(filed.clone());
    }
    if let Some(filed) = consignment.carriage.as_mut().and_then(|carriage| carriage.waybill.as_mut()) {
        filed.status = 120;
        partners.push(filed.clone());
    }
    for filed in &partners {
        case.report(consignment, filed, 120, CHECKED, &Numbers::default());
    }
    let Some(mut attempt) = consignment.attempt.take() else { return };
    let serial = case.facts.numbers.take();
    let entry = format_compact!(
        "{}{}I{:09}",
        declaration.head.customs_code,
        attempt.business_date.year(),
        serial % 1_000_000_000
    );
    case.out.claims.push((ClaimKey::Entry(entry.clone()), Some(consignment.key.clone())));
    attempt.invt_no = Some(entry);
    // Rules read it beside what the list itself named.
    attempt.counts.extend(consignment.ordered.iter().cloned());
    attempt.state = State::Entered;
    attempt.declaration.status = 120;
    attempt.needs_arrival = needs_arrival(case, declaration);
    for (gnum, what) in attempt.assessment.iter().flat_map(|assessment| &assessment.uncertain) {
        findings.push(
            Finding::new(Reason::UncertainRow).field(format!("InventoryList.gnum {gnum}"), what).uncertain(),
        );
    }
    if declaration.head.trade_mode != "9610" && attempt.taken.is_none() {
        findings.push(bonded::not_checked(declaration.head.ems_no.as_deref()));
    }
    // Goods that could not be assessed are never released unseen.
    let open_look =
        attempt.assessment.is_none() || findings.iter().any(|finding| finding.layer() == Layer::Review);
    let mut lane = if open_look { Lane::DocumentCheck } else { Lane::Release };
    if !preview {
        let (sealed, hits) = select(case, consignment, &attempt, declaration);
        attempt.hits = hits;
        let sealed = sealed.max(scripted::script(case, declaration).lane.unwrap_or(Lane::Release));
        lane = lane.max(sealed);
        findings.extend(selected(sealed));
    }
    attempt.lane = Some(lane);
    attempt.findings = findings.clone();
    report(case, consignment, &attempt, 120, CHECKED);
    consignment.attempt = Some(attempt);
    case.accept(120, CHECKED.into(), findings.clone());
    match lane {
        Lane::Release => proceed(case, consignment),
        Lane::Reject => reject(case, consignment, findings),
        Lane::DocumentCheck | Lane::Hold => {
            step(case, consignment, Trigger::Review, ReceiptText::InReview.info())
        }
        Lane::Scan | Lane::Inspection => {
            step(case, consignment, Trigger::Inspect, ReceiptText::Opened.info())
        }
    }
}

/// What a lane that sealed rules, the draw or a script asked for says.
pub(super) fn selected(lane: Lane) -> Option<Finding> {
    let reason = match lane {
        Lane::Release => return None,
        Lane::Reject => Reason::RiskRejected,
        Lane::DocumentCheck | Lane::Hold => Reason::SelectedForReview,
        Lane::Scan | Lane::Inspection => Reason::SelectedForInspection,
    };
    Some(Finding::new(reason))
}

/// Direct purchase that crosses the border in a means of transport waits for its arrival, as the site's filing or the
/// parameter says (RULES §7).
fn needs_arrival(case: &Case<'_>, declaration: &Declaration) -> bool {
    let head = &declaration.head;
    let crosses = head.trade_mode == "9610" && matches!(head.traf_mode.as_str(), "2" | "3" | "4" | "5" | "6");
    let site = head.loct_no.as_ref().and_then(|site| case.reference.parties.find(site, case.today()));
    crosses && site.and_then(|filing| filing.arrival_required).unwrap_or(case.law.arrival_required == 1)
}

/// Sealed rules and the draw.
fn select(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    attempt: &Attempt,
    declaration: &Declaration,
) -> (Lane, Vec<RiskHit>) {
    let book = case.reference.current();
    let payment = consignment.payment.as_ref().and_then(|filed| match &*filed.document {
        ceb::Document::Payment(payment) => Some(payment),
        _ => None,
    });
    let facts =
        RiskFacts { declaration, assessment: attempt.assessment.as_ref(), payment, counts: &attempt.counts };
    let mut hits = book.risk.evaluate(&facts, case.today());
    case.out.read.counts.clone_from(&attempt.counts);
    let grade = case
        .reference
        .parties
        .find(declaration.head.ebc_code.trim(), case.today())
        .map(|filing| filing.grade)
        .unwrap_or_default();
    let credit = attempt.credit.as_ref();
    // A rulebook from before there was the table keeps no draw: what was judged under it is judged so again.
    let goods = book.sampling_goods.as_ref().map(|table| table.of(declaration, case.today()));
    let terms = risk::terms(&case.law, &declaration.head.trade_mode, grade, credit, goods.unwrap_or(100));
    let ratio = risk::ratio(&terms);
    let before = consignment.drawn.filter(|_| goods.is_some());
    let seed = &case.reference.sampling_seed;
    let drawn = risk::drawn(seed, &consignment.key, ratio, before.as_ref(), case.now);
    let terms = goods.map(|_| terms);
    case.out.read.draw = Some(Draw { seed: drawn.seed, drawn: drawn.number, ratio, terms });
    hits.extend(random(&drawn, ratio, grade, credit, goods.unwrap_or(100)));
    if goods.is_some() {
        consignment.drawn = Some(drawn);
    }
    let lane = hits.iter().map(|hit| hit.lane).max().unwrap_or(Lane::Release);
    (lane, hits)
}

/// The hit of a draw that selects; the factor of the goods is told where it is not that of all.
pub(super) fn random(
    drawn: &Drawn,
    ratio: u32,
    grade: CreditGrade,
    credit: Option<&CreditStanding>,
    goods: i64,
) -> Option<RiskHit> {
    if !drawn.selected {
        return None;
    }
    let mut evidence = evidence(drawn, ratio, grade, credit);
    if goods != 100 {
        evidence.push_str(&format_compact!(", goods {goods} %"));
    }
    Some(RiskHit { rule: risk::RANDOM.into(), lane: Lane::Inspection, evidence })
}

/// What was drawn, from how much, and whose standing made it so much.
fn evidence(drawn: &Drawn, ratio: u32, grade: CreditGrade, credit: Option<&CreditStanding>) -> Text {
    let number = drawn.number;
    let mut said = if number < ratio {
        format_compact!("drawn {number} < ratio {ratio} ppm, grade {}", grade.word())
    } else {
        format_compact!("selected before: drawn {number} < ratio {} ppm; now {ratio} ppm", drawn.ratio)
    };
    for (party, standing) in credit.iter().flat_map(|credit| &credit.standings) {
        said.push_str(&format_compact!(", {party} {standing}"));
    }
    said
}

/// Releases an entered or concluded declaration whose lane is clear, once its parcel is here; until a day it is waited for.
pub(super) fn proceed(case: &mut Case<'_>, consignment: &mut Consignment) {
    let Some(attempt) = &consignment.attempt else { return };
    let decided = matches!(attempt.state, State::Entered | State::Concluded);
    let clear = decided && attempt.lane == Some(Lane::Release);
    if clear && (!attempt.needs_arrival || waybill::has_arrived(consignment)) {
        return release(case, consignment);
    }
    await_arrival(case, consignment);
}

/// Whether nothing but its parcel is awaited of an accepted list. One that an officer concluded he ends himself.
pub(super) fn awaits_arrival(consignment: &Consignment) -> bool {
    let waits = |attempt: &Attempt| {
        let clear = (attempt.state, attempt.lane) == (State::Entered, Some(Lane::Release));
        clear && attempt.needs_arrival
    };
    consignment.attempt.as_ref().is_some_and(waits) && !waybill::has_arrived(consignment)
}

/// Sets the last day on which the parcel of an accepted list is waited for, unless it is set. For how long is said by the rulebook that
/// the list is pinned to: under one that names no days its parcel is waited for without end, whatever was published since.
pub(super) fn await_arrival(case: &mut Case<'_>, consignment: &mut Consignment) {
    const KIND: TimerKind = TimerKind::ArrivalMissing;
    let Some(attempt) = &consignment.attempt else { return };
    let number = attempt.number;
    let runs = |(kind, attempt, _): &(TimerKind, u32, Time)| (*kind, *attempt) == (KIND, number);
    if !awaits_arrival(consignment) || consignment.timers.iter().any(runs) {
        return;
    }
    let law = case.reference.numbered(attempt.rulebook).parameters.on(attempt.business_date);
    let days = law.arrival_wait_days;
    if days == 0 {
        return;
    }
    // What was recorded long ago and is judged only now has not been waiting for its parcel.
    let last = case.reference.current().calendar.deadline(case.now.day(), days);
    let due = Time::start_of(crate::rulebook::Calendar::plus_days(last, 1));
    set_timer(case, consignment, KIND, number, due);
}

/// Moves a declaration and reports its new state; a move the table forbids does nothing.
pub(super) fn step(case: &mut Case<'_>, consignment: &mut Consignment, trigger: Trigger, text: &str) {
    let Some(mut attempt) = consignment.attempt.take() else { return };
    if let Some(state) = next(attempt.state, trigger) {
        attempt.state = state;
        if let Some(status) = state.status() {
            attempt.declaration.status = status;
            report(case, consignment, &attempt, i32::from(status), text);
            case.out.answer.status = i32::from(status);
            case.out.answer.info = text.into();
        }
    }
    let entered = attempt.state == State::Entered;
    consignment.attempt = Some(attempt);
    // While somebody looks at it, it does not end by itself; where it waits for its parcel afterwards, its days begin anew.
    if !entered {
        clear_timers(case, consignment, TimerKind::ArrivalMissing);
    }
}

/// 800: holds become final, the tax is owed, the bill goes out, the clocks of returns and settlement start. Without an
/// assessment nothing is owed or held that could become final: then nothing is released.
pub(super) fn release(case: &mut Case<'_>, consignment: &mut Consignment) {
    let Some(mut attempt) = consignment.attempt.take() else { return };
    let Some(state) = next(attempt.state, Trigger::Release).filter(|_| attempt.assessment.is_some()) else {
        consignment.attempt = Some(attempt);
        return;
    };
    attempt.state = state;
    attempt.declaration.status = 800;
    for hold in [&mut attempt.quota, &mut attempt.guarantee].into_iter().flatten() {
        if hold.state == ledger::HoldState::Held {
            let movement = ledger::post(hold);
            case.out.movements.push(movement);
        }
    }
    let owed = attempt.assessment.as_ref().map_or(0, crate::tax::Assessment::total);
    if let Some(agent) = agent_of(&attempt) {
        case.moved(ledger::enter(Account::payable_tax(agent), owed));
    }
    let today = case.today();
    let entry = attempt.invt_no.clone().unwrap_or_default();
    let bill = Bill {
        number: format_compact!("{entry}_0"),
        status: 1,
        notice: None,
        owed,
        released_on: today,
        paid: false,
        overdue: false,
    };
    report(case, consignment, &attempt, 800, ReceiptText::Released.info());
    case.send_bill(consignment, &attempt, &bill, false);
    attempt.bill = Some(bill);
    let number = attempt.number;
    let calendar = &case.reference.current().calendar;
    let settle = calendar.deadline(today, case.law.settlement_first_day);
    let last = attempt.credit.as_ref().and_then(|credit| credit.obeyed("settlement_last_day"));
    // Nobody is late before he can pay.
    let last = last.map_or(case.law.settlement_last_day, |last| last.max(case.law.settlement_first_day));
    let overdue = calendar.deadline(today, last);
    consignment.attempt = Some(attempt);
    clear_timers(case, consignment, TimerKind::ArrivalMissing);
    if owed > 0 {
        set_timer(case, consignment, TimerKind::SettlementDue, number, Time::start_of(settle));
        let after = crate::rulebook::Calendar::plus_days(overdue, 1);
        set_timer(case, consignment, TimerKind::PaymentOverdue, number, Time::start_of(after));
    }
    case.out.answer.status = 800;
    case.out.answer.info = ReceiptText::Released.info().into();
}

/// The withholding agent: the declaring unit.
pub(super) fn agent_of(attempt: &Attempt) -> Option<crate::Text> {
    match &*attempt.declaration.document {
        Document::Declaration(declaration) => Some(declaration.head.agent_code.trim().into()),
        _ => None,
    }
}

pub(super) fn report(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    attempt: &Attempt,
    status: i32,
    text: &str,
) {
    let numbers = Numbers::of(attempt);
    let filed = attempt.declaration.clone();
    case.report(consignment, &filed, status, text, &numbers);
}
