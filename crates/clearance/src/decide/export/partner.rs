//! Order (303) and money received (403): filed under the trade, new, changed or deleted, then the match is tried.

use super::super::partner::accepted;
use super::super::receipt::Numbers;
use super::{Case, judge, outdated};
use crate::consignment::{Filed, State};
use crate::event::Arrived;
use crate::export::{ExportTrade, ExportTradeKey, matching};
use crate::finding::Finding;
use crate::reason::{Layer, Reason};
use ceb::{ExportOrder, ExportPayment, Kind, Stamp};

/// How far the list binds its partners.
#[derive(PartialEq, Eq)]
enum Bound {
    /// No list, or one that ended: partners may change.
    Free,
    /// A list is declared and waits for its partners: what is missing may come.
    Declared,
    /// The match agreed.
    Matched,
}

fn bound(trade: &ExportTrade) -> Bound {
    match trade.attempt.as_ref().map(|attempt| attempt.state) {
        None | Some(State::Staged) => Bound::Free,
        Some(state) if state.frees_the_key() => Bound::Free,
        Some(State::Declared) => Bound::Declared,
        Some(_) => Bound::Matched,
    }
}

/// What stands against an operation (1 new, 2 change, 3 delete) on a document that may be there already.
fn against(
    trade: &ExportTrade,
    existing: Option<&Filed>,
    app_type: &str,
    app_time: Stamp,
    element: &str,
) -> Option<Finding> {
    let Some(existing) = existing else {
        let field = format!("{element}.appType");
        return (app_type != "1").then(|| Finding::new(Reason::NothingToChange).field(field, app_type));
    };
    let field = format!("{element}.appTime");
    if app_time < existing.app_time {
        return Some(outdated(&field, app_time, existing.app_time));
    }
    let bound = bound(trade);
    // What was staged, and what its list or itself was rejected with, may be sent as new again.
    let replaceable = existing.status == 1 || existing.status == 100 || ended(trade);
    match app_type {
        "1" if !replaceable => {
            let finding = Finding::new(Reason::AlreadyExists).argument(&trade.key.order_no);
            Some(finding.field(field, app_time).field("stored", existing.app_time))
        }
        "2" | "3" if bound != Bound::Free && existing.status != 1 && existing.status != 100 => {
            let state = trade.attempt.as_ref().map_or("none", |attempt| attempt.state.word());
            let finding = Finding::new(Reason::StateForbidsChange).argument(state);
            Some(finding.field(format!("{element}.appType"), app_type).field("state", state))
        }
        _ if app_time == existing.app_time => Some(outdated(&field, app_time, existing.app_time)),
        _ => None,
    }
}

fn ended(trade: &ExportTrade) -> bool {
    trade.attempt.as_ref().is_some_and(|attempt| attempt.state.frees_the_key())
}

/// What order and money receipt have in common.
struct Head<'a> {
    key: ExportTradeKey,
    element: &'static str,
    app_type: &'a str,
    app_time: Stamp,
    app_status: &'a str,
    guid: &'a str,
}

/// Takes a document, to be filed in its place of the trade, up to its first receipt, whose status it says; none = it was
/// refused, or was here before.
fn take(
    case: &mut Case<'_>,
    arrived: &Arrived,
    head: Head<'_>,
    place: fn(&mut ExportTrade) -> &mut Option<Filed>,
) -> Option<(ExportTrade, u16)> {
    let mut trade = case.export_trade(&head.key);
    case.out.export.trade = Some(head.key);
    if case.repeats(&trade.seen, arrived) {
        return None;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        case.refuse(arrived, findings);
        return None;
    }
    let existing = place(&mut trade).clone();
    findings.extend(against(&trade, existing.as_ref(), head.app_type, head.app_time, head.element));
    if Case::refuses(&findings) {
        case.refuse(arrived, findings);
        return None;
    }
    // From here nothing can fail.
    let (status, info) = accepted(head.app_type, head.app_status, head.guid);
    let filed = case.filed(arrived, head.app_time, status);
    trade.seen.push(case.seen(arrived));
    *place(&mut trade) = (head.app_type != "3").then(|| filed.clone());
    case.accept(i32::from(status), info.clone(), findings);
    case.report_export(&mut trade, &filed, i32::from(status), &info, &Numbers::default());
    Some((trade, status))
}

/// An order (CEB303).
pub(super) fn order(case: &mut Case<'_>, arrived: &Arrived, order: &ExportOrder) {
    let head = &order.head;
    let common = Head {
        key: ExportTradeKey::new(&head.ebc_code, &head.order_no),
        element: "OrderHead",
        app_type: &head.app_type,
        app_time: head.app_time,
        app_status: &head.app_status,
        guid: &head.guid,
    };
    let Some((mut trade, _)) = take(case, arrived, common, |trade| &mut trade.order) else { return };
    judge::attempt(case, &mut trade);
    case.keep_export(trade);
}

/// Money received (CEB403). It may come when its list is concluded, or long released: then it is held against the order
/// alone, and what it says moves nothing else (RULES 9.1).
pub(super) fn payment(case: &mut Case<'_>, arrived: &Arrived, payment: &ExportPayment) {
    let common = Head {
        key: ExportTradeKey::new(&payment.ebc_code, &payment.order_no),
        element: "Receipts",
        app_type: &payment.app_type,
        app_time: payment.app_time,
        app_status: &payment.app_status,
        guid: &payment.guid,
    };
    let Some((mut trade, status)) = take(case, arrived, common, |trade| &mut trade.payment) else { return };
    if bound(&trade) == Bound::Matched && status == 2 && payment.app_type != "3" {
        belated(case, &mut trade, payment);
    } else {
        judge::attempt(case, &mut trade);
    }
    case.keep_export(trade);
}

/// Money receipt of a trade whose list has passed the match.
fn belated(case: &mut Case<'_>, trade: &mut ExportTrade, payment: &ExportPayment) {
    let Some(order) = judge::order_of(trade) else { return };
    let law = judge::law_of(case, trade);
    let mut found = matching::received(order, payment, &law);
    found.extend(trade.attempt.as_ref().and_then(|attempt| judge::collection(case, attempt, payment)));
    let rejects = |finding: &&Finding| finding.layer() == Layer::Rejected;
    let rejecting: Vec<Finding> = found.iter().filter(rejects).cloned().collect();
    let (status, text) = if rejecting.is_empty() {
        (120, judge::CHECKED.into())
    } else {
        (100, super::super::info(&rejecting, Kind::ExportPayment))
    };
    let Some(mut filed) = trade.payment.take() else { return };
    filed.status = status;
    case.report_export(trade, &filed, i32::from(status), &text, &Numbers::default());
    trade.payment = Some(filed);
    case.accept(i32::from(status), text, found);
}
