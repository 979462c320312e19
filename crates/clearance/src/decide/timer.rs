//! Timers that are due. One that was cleared or fired meanwhile does nothing: the consignment says which run.

use super::declaration::set_timer;
use super::{Case, cancellation, judge, receipt::Numbers, return_goods};
use crate::consignment::{Consignment, ReturnState, State};
use crate::event::{Timer, TimerKind};
use crate::finding::Finding;
use crate::keys::Time;
use crate::reason::Reason;
use crate::rulebook::Calendar;
use compact_str::format_compact;

/// A timer is due.
pub(super) fn due(case: &mut Case<'_>, timer: &Timer) {
    if timer.kind.is_of_exports() {
        return super::export::due(case, timer);
    }
    let mut consignment = case.consignment(&timer.order);
    case.out.order = Some(timer.order.clone());
    let of_it =
        |(kind, attempt, _): &(TimerKind, u32, Time)| (*kind, *attempt) == (timer.kind, timer.attempt);
    let running = consignment.timers.iter().position(of_it);
    // Set anew since it was found to be due: what would be cleared is the new one.
    if running.is_some_and(|index| consignment.timers[index].2 > case.now) {
        return;
    }
    case.out.cleared.push((timer.kind, timer.attempt));
    let Some(index) = running else { return };
    consignment.timers.remove(index);
    match timer.kind {
        TimerKind::PartnersMissing => partners_missing(case, &mut consignment),
        TimerKind::ScriptedDelay => judge::delayed(case, &mut consignment),
        TimerKind::SettlementDue => settle(case, &mut consignment, timer.attempt),
        TimerKind::PaymentOverdue => overdue(case, &mut consignment, timer.attempt),
        TimerKind::ReturnLapsed => {
            if return_goods::is_in(&consignment, timer.attempt, ReturnState::Approved) {
                return_goods::lapse(case, &mut consignment, timer.attempt);
            }
        }
        TimerKind::ArrivalMissing => arrival_missing(case, &mut consignment, timer.attempt),
        TimerKind::ExportPartnersMissing | TimerKind::ExportReturnLapsed => {}
    }
    case.keep(consignment);
}

fn partners_missing(case: &mut Case<'_>, consignment: &mut Consignment) {
    if consignment.attempt.as_ref().is_none_or(|attempt| attempt.state != State::Declared) {
        return;
    }
    let number = consignment.key.order_no.clone();
    let mut findings = Vec::new();
    for (missing, reason) in [
        (judge::order_of(consignment).is_none(), Reason::OrderMissing),
        (judge::payment_of(consignment).is_none(), Reason::PaymentMissing),
        (super::declaration::waybill_of(consignment).is_none(), Reason::WaybillMissing),
    ] {
        if missing {
            findings.push(Finding::new(reason).field("InventoryHead.orderNo", &number));
        }
    }
    judge::reject(case, consignment, findings);
}

/// The parcel of an accepted list has not come: the list ends, and what it holds is free for others. Where its cancellation is applied
/// for, that is decided first.
fn arrival_missing(case: &mut Case<'_>, consignment: &mut Consignment, attempt: u32) {
    if !judge::awaits_arrival(consignment) {
        return;
    }
    if cancellation::is_open(consignment) {
        let due = tomorrow(case);
        return set_timer(case, consignment, TimerKind::ArrivalMissing, attempt, due);
    }
    let mut finding = Finding::new(Reason::ArrivalMissing);
    if let Some(carriage) = &consignment.carriage {
        finding = finding.field("InventoryHead.logisticsNo", &carriage.key.logistics_no);
    }
    judge::reject(case, consignment, vec![finding]);
    // The platform is told on its order, which stands as it was: the buyer asks there, and his quota is free again.
    if let Some(order) = consignment.order.clone() {
        let told = case.out.answer.info.clone();
        case.report(consignment, &order, i32::from(order.status), &told, &Numbers::default());
    }
}

/// The bill is summarised under a payment notice, unless a return is open: then it waits for the return.
fn settle(case: &mut Case<'_>, consignment: &mut Consignment, attempt: u32) {
    let tomorrow = tomorrow(case);
    if return_goods::is_open(consignment) {
        return set_timer(case, consignment, TimerKind::SettlementDue, attempt, tomorrow);
    }
    let notice = {
        let Some(attempt) = &consignment.attempt else { return };
        let entry = attempt.invt_no.clone().unwrap_or_default();
        format_compact!("{}{}", entry, "-N")
    };
    summarise(case, consignment, notice);
    // One that waited past the last day is not overdue the moment it can be paid.
    let late = consignment
        .timers
        .iter()
        .any(|(kind, of, due)| (*kind, *of) == (TimerKind::PaymentOverdue, attempt) && *due < tomorrow);
    if late {
        set_timer(case, consignment, TimerKind::PaymentOverdue, attempt, tomorrow);
    }
}

/// The start of the next working day.
fn tomorrow(case: &Case<'_>) -> Time {
    let day = case.reference.current().calendar.working_day_from(Calendar::plus_days(case.today(), 1));
    Time::start_of(day)
}

/// 818 status 2.
pub(super) fn summarise(case: &mut Case<'_>, consignment: &mut Consignment, notice: crate::Text) {
    let Some(mut attempt) = consignment.attempt.take() else { return };
    if let Some(bill) = attempt.bill.as_mut().filter(|bill| bill.status == 1) {
        bill.status = 2;
        bill.notice = Some(notice);
        let bill = bill.clone();
        case.send_bill(consignment, &attempt, &bill, true);
    }
    consignment.attempt = Some(attempt);
}

/// A bill that still waits for a return is not overdue: its summarising was put off, so is this.
fn overdue(case: &mut Case<'_>, consignment: &mut Consignment, attempt: u32) {
    let unsummarised = consignment
        .attempt
        .as_ref()
        .and_then(|attempt| attempt.bill.as_ref())
        .is_some_and(|bill| bill.status == 1);
    // After the return ends, settlement comes first even when both fall due at once.
    let settles = consignment.timers.iter().any(|(kind, ..)| *kind == TimerKind::SettlementDue);
    if unsummarised && (settles || return_goods::is_open(consignment)) {
        let due = tomorrow(case);
        return set_timer(case, consignment, TimerKind::PaymentOverdue, attempt, due);
    }
    let bill = consignment.attempt.as_mut().and_then(|attempt| attempt.bill.as_mut());
    if let Some(bill) = bill.filter(|bill| !bill.paid && bill.status != 3 && bill.owed > 0) {
        bill.overdue = true;
    }
}
