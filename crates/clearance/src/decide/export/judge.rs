//! The verdict on an export list: the match, its lane, and how it goes on from conclusion over release to its close.

use super::super::judge::selected;
use super::super::receipt::Numbers;
use super::super::{bonded::not_checked, info, scripted};
use super::{Case, bonded, clear_timers, select, set_timer};
use crate::consignment::{Filed, Lane, State};
use crate::export::{
    ExportAttempt, ExportCarriage, ExportFollow, ExportKey, ExportTrade, ListMark, leaves_zone, matching,
    moves::next, simplified, to_enterprises,
};
use crate::finding::Finding;
use crate::keys::Time;
use crate::permitted;
use crate::reason::{Layer, Reason};
use crate::receipt_text::ReceiptText;
use crate::rulebook::Law;
use crate::states::Trigger;
use ceb::{Decimal, Document, ExportDeclaration, ExportOrder, ExportPayment, ExportWaybill, Kind};
use compact_str::format_compact;

/// The text of 120.
pub(super) const CHECKED: &str = ReceiptText::Checked.info();
const CONCLUDED: &str = ReceiptText::Approved.info();
const RELEASED: &str = ReceiptText::Released.info();
const REVIEW: &str = ReceiptText::InReview.info();
const INSPECTION: &str = ReceiptText::Opened.info();
const CLOSED: &str = ReceiptText::Closed.info();

/// A document that is declared, not only staged.
fn declared(filed: Option<&Filed>) -> Option<&Document> {
    filed.filter(|filed| filed.status != 1).map(|filed| &*filed.document)
}

/// The declared order.
pub(super) fn order_of(trade: &ExportTrade) -> Option<&ExportOrder> {
    match declared(trade.order.as_ref()) {
        Some(Document::ExportOrder(order)) => Some(order),
        _ => None,
    }
}

fn payment_of(trade: &ExportTrade) -> Option<&ExportPayment> {
    match declared(trade.payment.as_ref()) {
        Some(Document::ExportPayment(payment)) => Some(payment),
        _ => None,
    }
}

fn waybill_of(trade: &ExportTrade) -> Option<&ExportWaybill> {
    match declared(trade.carriage.as_ref().and_then(|carriage| carriage.waybill.as_ref())) {
        Some(Document::ExportWaybill(waybill)) => Some(waybill),
        _ => None,
    }
}

/// The law of the day on which the attempt was recorded.
pub(super) fn law_of(case: &Case<'_>, trade: &ExportTrade) -> Law {
    match &trade.attempt {
        Some(attempt) => case.reference.numbered(attempt.rulebook).parameters.on(attempt.business_date),
        None => case.law.clone(),
    }
}

/// What a declared list still waits for.
pub(super) fn missing(case: &Case<'_>, trade: &ExportTrade) -> Vec<Finding> {
    let mode = trade.declaration().map_or("", |declaration| declaration.head.trade_mode.as_str());
    let law = law_of(case, trade);
    let (pays, parameter) = law.export_payment(mode);
    let all = [
        (order_of(trade).is_none(), Reason::ExportOrderMissing),
        (pays && payment_of(trade).is_none(), Reason::ReceivedMissing),
        (waybill_of(trade).is_none(), Reason::ExportWaybillMissing),
    ];
    all.into_iter()
        .filter(|(missing, _)| *missing)
        .map(|(_, reason)| {
            let finding = Finding::new(reason).field("InventoryHead.orderNo", &trade.key.order_no);
            if reason == Reason::ReceivedMissing { finding.resting_on(&law, parameter) } else { finding }
        })
        .collect()
}

/// Tries the match of a declared attempt.
pub(super) fn attempt(case: &mut Case<'_>, trade: &mut ExportTrade) {
    let script = trade.declaration().map(|declaration| scripted::of_export(case, declaration));
    if missing(case, trade).is_empty() {
        judged(case, trade, script.map_or(0, |script| script.delay), Vec::new());
    }
}

/// A scripted delay is over, or the time for partners, and what is missing still is asked by a parameter that is not sure.
pub(super) fn delayed(case: &mut Case<'_>, trade: &mut ExportTrade, missing: Vec<Finding>) {
    judged(case, trade, 0, missing);
}

/// The verdict comes later. The timer that waited for partners waits for it: none of them is missing any more.
fn wait(case: &mut Case<'_>, trade: &mut ExportTrade, seconds: i64) {
    let number = trade.attempt.as_ref().map_or(0, |attempt| attempt.number);
    let due = Time(case.now.0 + seconds * 1_000);
    // One that is due earlier waits for the verdict already.
    let waits = trade.timers.iter().any(|(_, attempt, set)| *attempt == number && *set <= due);
    if !waits {
        set_timer(case, trade, number, due);
    }
}

/// Tries the match; what is complete, or as good as that, waits `seconds` for its verdict.
fn judged(case: &mut Case<'_>, trade: &mut ExportTrade, seconds: i64, missing: Vec<Finding>) {
    let Some(attempt) = trade.attempt.as_ref().filter(|attempt| attempt.state == State::Declared) else {
        return;
    };
    if seconds > 0 {
        return wait(case, trade, seconds);
    }
    let (Some(order), Some(waybill)) = (order_of(trade), waybill_of(trade)) else { return };
    let Some(declaration) = trade.declaration() else { return };
    let law = law_of(case, trade);
    let mut findings = attempt.findings.clone();
    findings.extend(missing);
    findings.extend(matching::compare(order, payment_of(trade), waybill, declaration, &law));
    findings.extend(value(case, attempt, declaration, &law));
    let rulebook = case.reference.numbered(attempt.rulebook);
    findings.extend(simplified::dutiable(declaration, rulebook, &law, attempt.business_date));
    findings.extend(payment_of(trade).and_then(|payment| collection(case, attempt, payment)));
    if leaves_zone(&declaration.head.trade_mode) && trade.taken.is_none() {
        findings.push(not_checked(declaration.head.ems_no.as_deref()));
    }
    let declaration = declaration.clone();
    findings.extend(scripted::of_export(case, &declaration).reject);
    if findings.iter().any(|finding| finding.layer() == Layer::Rejected) {
        return reject(case, trade, findings);
    }
    agree(case, trade, &declaration, findings);
}

/// Whether whoever received the money may, by the rulebook and the day of the attempt.
pub(super) fn collection(
    case: &Case<'_>,
    attempt: &ExportAttempt,
    payment: &ExportPayment,
) -> Option<Finding> {
    let book = case.reference.numbered(attempt.rulebook);
    permitted::collection(payment, &case.reference.parties, book, attempt.business_date)
}

/// What a list of an export to an enterprise may be worth (RULES 9.12). Where the limit is not sure a person decides.
fn value(
    case: &Case<'_>,
    attempt: &ExportAttempt,
    declaration: &ExportDeclaration,
    law: &Law,
) -> Option<Finding> {
    if !to_enterprises(&declaration.head.trade_mode) {
        return None;
    }
    let book = case.reference.numbered(attempt.rulebook);
    let mut sum = Decimal::ZERO;
    for line in &declaration.lines {
        let Some(amount) = book.rates.in_cny(&line.currency, line.total_price, attempt.business_date) else {
            let path = format!("InventoryList[{}].currency", line.gnum);
            return Some(
                Finding::new(Reason::ExportValueNotConverted).field(path, &line.currency).uncertain(),
            );
        };
        // Beyond what can be added is beyond every limit.
        sum = sum.checked_add(amount).unwrap_or(Decimal::from_fen(i64::MAX));
    }
    let limit = Decimal::from_fen(law.export_list_limit);
    if sum <= limit {
        return None;
    }
    let sure = book.parameters.confidence("export_list_limit", attempt.business_date).is_sure();
    let reason = if sure { Reason::ExportValueOverLimit } else { Reason::UncertainRow };
    let finding = Finding::new(reason)
        .field("InventoryList.totalPrice", sum)
        .field("limit", limit)
        .arithmetic(format!("{sum} > {limit}"));
    let finding = if sure { finding.argument(limit.to_string()) } else { finding.uncertain() };
    Some(finding.field("table", "parameters.csv export_list_limit"))
}

/// 100: the attempt ends, its waybill is free.
pub(super) fn reject(case: &mut Case<'_>, trade: &mut ExportTrade, mut findings: Vec<Finding>) {
    findings.sort_by_key(|finding| finding.reason);
    end_attempt(case, trade);
    let shown: Vec<Finding> =
        findings.iter().filter(|finding| finding.layer() == Layer::Rejected).cloned().collect();
    let text = info(&shown, Kind::ExportDeclaration);
    let Some(attempt) = &mut trade.attempt else { return };
    attempt.state = State::Rejected;
    attempt.findings = findings.clone();
    attempt.declaration.status = 100;
    report(case, trade, 100, &text);
    case.accept(100, text, findings);
}

/// Ends an attempt: the waybill is free, no timer runs, what it took of a book goes back.
pub(super) fn end_attempt(case: &mut Case<'_>, trade: &mut ExportTrade) {
    bonded::give_back(case, trade);
    clear_timers(case, trade);
    let attempt = trade.attempt.as_ref().map_or(0, |attempt| attempt.number);
    if let Some(carriage) = &trade.carriage {
        let (to, by) = (carriage.key.clone(), trade.key.clone());
        let cause = case.position;
        case.export_follows(ExportFollow::ClaimReleased { to, by, attempt, cause });
    }
}

/// 120 to all of them; the lane is fixed.
fn agree(
    case: &mut Case<'_>,
    trade: &mut ExportTrade,
    declaration: &ExportDeclaration,
    mut findings: Vec<Finding>,
) {
    clear_timers(case, trade);
    let scripted = scripted::of_export(case, declaration).lane;
    let sealed = select::lane(case, trade, declaration);
    let mut partners: Vec<Filed> = Vec::with_capacity(3);
    let carried = trade.carriage.as_mut().and_then(|carriage| carriage.waybill.as_mut());
    for filed in [trade.order.as_mut(), trade.payment.as_mut(), carried].into_iter().flatten() {
        if filed.status != 1 {
            filed.status = 120;
            partners.push(filed.clone());
        }
    }
    for filed in &partners {
        case.report_export(trade, filed, 120, CHECKED, &Numbers::default());
    }
    let serial = case.facts.numbers.take();
    let Some(attempt) = &mut trade.attempt else { return };
    let year = attempt.business_date.year();
    let entry = format_compact!("{}{year}E{:09}", declaration.head.customs_code, serial % 1_000_000_000);
    attempt.invt_no = Some(entry.clone());
    attempt.state = State::Entered;
    attempt.declaration.status = 120;
    let looked_at = findings.iter().any(|finding| finding.layer() == Layer::Review);
    let lane = if looked_at { Lane::DocumentCheck } else { Lane::Release };
    let asked = scripted.map_or(sealed, |scripted| sealed.max(scripted));
    let lane = lane.max(asked);
    findings.extend(selected(asked));
    attempt.lane = Some(lane);
    attempt.findings = findings.clone();
    let key = trade.key.clone();
    case.give_export_number(ExportKey::Entry(entry), &key);
    report(case, trade, 120, CHECKED);
    case.accept(120, CHECKED.into(), findings.clone());
    match lane {
        Lane::Reject => reject(case, trade, findings),
        // What is to be opened is opened at the site: nothing in its papers keeps it from going there.
        Lane::Release | Lane::Scan | Lane::Inspection if !looked_at => conclude(case, trade, CONCLUDED),
        _ => step(case, trade, Trigger::Review, REVIEW),
    }
}

/// 399, and on as far as the parcel is.
pub(super) fn conclude(case: &mut Case<'_>, trade: &mut ExportTrade, text: &str) {
    step(case, trade, Trigger::Conclude, text);
    tell_waybill(case, trade);
    proceed(case, trade);
}

/// The waybill knows that its list is concluded, and whether its parcel is opened: bills and arrivals name waybills alone.
fn tell_waybill(case: &mut Case<'_>, trade: &ExportTrade) {
    let (Some(attempt), Some(carriage)) = (&trade.attempt, &trade.carriage) else { return };
    let list = ListMark { invt_no: attempt.invt_no.clone().unwrap_or_default(), opens: opens(attempt) };
    let (to, by, cause) = (carriage.key.clone(), trade.key.clone(), case.position);
    let attempt = attempt.number;
    case.export_follows(ExportFollow::ListConcluded { to, by, attempt, list, cause });
}

fn opens(attempt: &ExportAttempt) -> bool {
    matches!(attempt.lane, Some(Lane::Scan | Lane::Inspection))
}

/// Whether a trade's parcel is opened at the site.
pub(super) fn is_opened(trade: &ExportTrade) -> bool {
    trade.attempt.as_ref().is_some_and(opens)
}

/// Whether a parcel is where it is released: under a bill and at the site, as the law asks.
fn is_there(carriage: &ExportCarriage, law: &Law) -> bool {
    (law.export_arrival_required == 0 || carriage.arrived.is_some())
        && (law.export_master_required == 0 || carriage.bill.is_some())
}

/// A concluded list is released, or opened, when its parcel is there; a released one is closed when it has left.
pub(super) fn proceed(case: &mut Case<'_>, trade: &mut ExportTrade) {
    let law = law_of(case, trade);
    let Some(carriage) = trade.carriage.clone() else { return };
    let Some(attempt) = &trade.attempt else { return };
    if attempt.state == State::Concluded && is_there(&carriage, &law) {
        match attempt.lane {
            Some(Lane::Release) => step(case, trade, Trigger::Release, RELEASED),
            Some(Lane::Scan | Lane::Inspection) => step(case, trade, Trigger::Inspect, INSPECTION),
            _ => {}
        }
    }
    let left_on = carriage.departed.map(|mark| mark.left_on);
    if let (Some(left_on), Some(attempt)) = (left_on, &mut trade.attempt)
        && attempt.state == State::Released
    {
        attempt.closed_on = Some(left_on);
        step(case, trade, Trigger::Close, CLOSED);
        bonded::leave(case, trade);
    }
}

/// The lane of an attempt is decided by hand; its waybill learns whether its parcel is opened.
pub(super) fn set_lane(case: &mut Case<'_>, trade: &mut ExportTrade, lane: Lane) {
    let Some(attempt) = &mut trade.attempt else { return };
    let before = opens(attempt);
    attempt.lane = Some(lane);
    if before != opens(attempt) && attempt.state == State::Concluded {
        tell_waybill(case, trade);
    }
}

/// Moves a list and reports its new state; a move that the table forbids does nothing.
pub(super) fn step(case: &mut Case<'_>, trade: &mut ExportTrade, trigger: Trigger, text: &str) {
    let Some(attempt) = &mut trade.attempt else { return };
    let Some(state) = next(attempt.state, trigger) else { return };
    attempt.state = state;
    let Some(status) = state.status() else { return };
    attempt.declaration.status = status;
    report(case, trade, i32::from(status), text);
    case.out.answer.status = i32::from(status);
    case.out.answer.info = text.into();
}

/// A receipt of the list.
pub(super) fn report(case: &mut Case<'_>, trade: &mut ExportTrade, status: i32, text: &str) {
    let Some(attempt) = &trade.attempt else { return };
    let numbers =
        Numbers { pre_no: attempt.pre_no.clone(), invt_no: attempt.invt_no.clone(), ..Numbers::default() };
    let filed = attempt.declaration.clone();
    case.report_export(trade, &filed, status, text, &numbers);
}
