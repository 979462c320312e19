//! Order and payment: filed under the consignment, new, changed or deleted, then the match is tried.

use super::{Case, judge};
use crate::Text;
use crate::consignment::{Consignment, Filed, State};
use crate::event::Arrived;
use crate::facts::CountKind;
use crate::finding::Finding;
use crate::keys::{ClaimKey, OrderKey};
use crate::reason::Reason;
use crate::windows::{self, Windowed};
use ceb::{Order, Payment, Stamp};
use compact_str::format_compact;

/// How far the declaration binds its partners.
enum Bound {
    /// No declaration, or one that ended: partners may change.
    Free,
    /// A declaration is under way.
    Declared,
    /// It is released.
    Released,
}

fn bound(consignment: &Consignment) -> Bound {
    match consignment.attempt.as_ref().map(|attempt| attempt.state) {
        None | Some(State::Staged) => Bound::Free,
        Some(State::Released | State::Closed) => Bound::Released,
        Some(state) if state.frees_the_key() => Bound::Free,
        Some(_) => Bound::Declared,
    }
}

/// What stands against an operation (1 new, 2 change, 3 delete) on a document that may be there already.
fn against(
    consignment: &Consignment,
    existing: Option<&Filed>,
    app_type: &str,
    app_time: Stamp,
    field: &str,
) -> Option<Finding> {
    if matches!(bound(consignment), Bound::Released) {
        return Some(Finding::new(Reason::AlreadyReleased).field("orderNo", &consignment.key.order_no));
    }
    let Some(existing) = existing else {
        return (app_type != "1").then(|| Finding::new(Reason::NothingToChange).field("appType", app_type));
    };
    if app_time < existing.app_time {
        return Some(Finding::new(Reason::OldData).field(field, app_time).field("stored", existing.app_time));
    }
    let staged = existing.status == 1;
    let ended = consignment.attempt.as_ref().is_some_and(|attempt| attempt.state.frees_the_key());
    match (app_type, bound(consignment)) {
        ("1", _) if !staged && !ended => Some(
            Finding::new(Reason::AlreadyExists).field(field, app_time).field("stored", existing.app_time),
        ),
        ("2" | "3", Bound::Declared) => {
            Some(Finding::new(Reason::StateForbidsChange).field("appType", app_type))
        }
        _ if app_time == existing.app_time => {
            Some(Finding::new(Reason::OldData).field(field, app_time).field("stored", existing.app_time))
        }
        _ => None,
    }
}

/// An order (CEB311).
pub(super) fn order(case: &mut Case<'_>, arrived: &Arrived, order: &Order) {
    let head = &order.head;
    let key = OrderKey::new(&head.ebp_code, &head.order_no);
    let mut consignment = case.consignment(&key);
    case.out.order = Some(key.clone());
    if case.repeats(&consignment.seen, arrived) {
        return;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    if let (Some(pay_code), Some(number)) = (&head.pay_code, &head.pay_transaction_id) {
        let owner = case.facts.claims.get(&ClaimKey::payment(pay_code, number));
        if owner.is_some_and(|owner| *owner != key) {
            findings.push(
                Finding::new(Reason::SeveralPayments)
                    .argument(number)
                    .field("OrderHead.payTransactionId", number),
            );
        }
    }
    findings.extend(against(
        &consignment,
        consignment.order.as_ref(),
        &head.app_type,
        head.app_time,
        "OrderHead.appTime",
    ));
    if Case::refuses(&findings) || findings.iter().any(|finding| finding.reason == Reason::AlreadyReleased) {
        return case.refuse(arrived, findings);
    }
    // From here nothing can fail.
    let (status, info) = accepted(&head.app_type, &head.app_status, &head.guid);
    let filed = case.filed(arrived, head.app_time, status);
    consignment.seen.push(case.seen(arrived));
    consignment.order = (head.app_type != "3").then(|| filed.clone());
    consignment.ordered = ordered(case, arrived, order);
    case.accept(i32::from(status), info.clone(), findings);
    case.report(&mut consignment, &filed, i32::from(status), &info, &super::receipt::Numbers::default());
    judge::attempt(case, &mut consignment, arrived.preview);
    case.keep(consignment);
}

/// Raises the window of the order's device, if a rule reads it, and says what it stands at with this order. It is read now and not
/// with the list: a list does not name the device, and what a batch looks at is known before its consignments are. An order that is
/// staged or deleted is none.
fn ordered(case: &mut Case<'_>, arrived: &Arrived, order: &Order) -> Vec<Windowed> {
    let risk = &case.reference.current().risk;
    let stands = order.head.app_type != "3" && order.head.app_status != "1";
    let device = arrived.device.as_ref().filter(|_| stands && risk.reads(CountKind::Device));
    let Some(device) = device else { return Vec::new() };
    let raised = vec![windows::of_device(device)];
    let (asked, told) = (risk.windows(), &case.facts.told);
    let read = windows::raise(&raised, &mut case.facts.counts, asked, told, case.now);
    case.out.counted = raised;
    // Where its list is judged now, it says what that one read, this among it.
    case.out.read.counts.clone_from(&read);
    read
}

/// A payment (CEB411).
pub(super) fn payment(case: &mut Case<'_>, arrived: &Arrived, payment: &Payment) {
    let key = OrderKey::new(&payment.ebp_code, &payment.order_no);
    let claim = ClaimKey::payment(&payment.pay_code, &payment.pay_transaction_id);
    let mut consignment = case.consignment(&key);
    case.out.order = Some(key.clone());
    if case.repeats(&consignment.seen, arrived) {
        return;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    let owner = case.facts.claims.get(&claim).cloned();
    if owner.as_ref().is_some_and(|owner| *owner != key) {
        findings.push(
            Finding::new(Reason::AlreadyExists)
                .field("PaymentHead.payTransactionId", &payment.pay_transaction_id),
        );
    }
    let earlier = consignment.payment.as_ref().map(payment_claim);
    let another = earlier.as_ref().is_some_and(|earlier| *earlier != claim) && payment.app_type == "1";
    if another {
        let number = match &earlier {
            Some(ClaimKey::Payment(_, number)) => number.clone(),
            _ => Text::default(),
        };
        findings.push(
            Finding::new(Reason::SeveralPayments)
                .argument(&payment.order_no)
                .field("PaymentHead.payTransactionId", &payment.pay_transaction_id)
                .field("stored", number),
        );
    }
    let standing = against(
        &consignment,
        consignment.payment.as_ref(),
        &payment.app_type,
        payment.app_time,
        "PaymentHead.appTime",
    );
    // A second payment is not the first one again.
    findings.extend(standing.filter(|finding| !(another && finding.reason == Reason::AlreadyExists)));
    if Case::refuses(&findings) || findings.iter().any(|finding| finding.reason == Reason::AlreadyReleased) {
        return case.refuse(arrived, findings);
    }
    // From here nothing can fail.
    let (status, info) = accepted(&payment.app_type, &payment.app_status, &payment.guid);
    let filed = case.filed(arrived, payment.app_time, status);
    consignment.seen.push(case.seen(arrived));
    if let Some(earlier) = earlier.filter(|earlier| *earlier != claim || payment.app_type == "3") {
        case.out.claims.push((earlier, None));
    }
    if payment.app_type == "3" {
        consignment.payment = None;
    } else {
        consignment.payment = Some(filed.clone());
        case.out.claims.push((claim, Some(key)));
    }
    case.accept(i32::from(status), info.clone(), findings);
    case.report(&mut consignment, &filed, i32::from(status), &info, &super::receipt::Numbers::default());
    judge::attempt(case, &mut consignment, arrived.preview);
    case.keep(consignment);
}

fn payment_claim(filed: &Filed) -> ClaimKey {
    match &*filed.document {
        ceb::Document::Payment(payment) => ClaimKey::payment(&payment.pay_code, &payment.pay_transaction_id),
        _ => ClaimKey::payment("", ""),
    }
}

/// Status and text of an accepted document (SPEC §5.5).
pub(super) fn accepted(app_type: &str, app_status: &str, guid: &str) -> (u16, Text) {
    if app_status == "1" {
        return (1, format_compact!("暂存成功[{guid}]"));
    }
    let word = match app_type {
        "2" => "变更",
        "3" => "删除",
        _ => "新增",
    };
    (2, format_compact!("{word}申报成功[{guid}]"))
}
