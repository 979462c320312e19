//! Lines of lists: how a trade stands in a line, and what it waits for. The trade in full is `view`'s.

use super::risk;
use super::view::{self, time};
use clearance::consignment::{Consignment, Filed, Lane, State};
use serde_json::{Value, json};
use store::Summary;

/// A line of a list; officers are told the lane.
pub fn summary(summary: &Summary, officer: bool) -> Value {
    let mut line = json!({
        "platform": summary.order.platform.as_str(),
        "orderNo": summary.order.order_no.as_str(),
        "state": summary.state,
        "stateWord": State::from_number(summary.state).map(State::word),
        "invtNo": summary.invt_no.as_deref(),
        "customsCode": summary.customs_code.as_str(),
        "changed": time(summary.time),
    });
    if officer {
        line["lane"] = Lane::from_number(summary.lane).map(Lane::word).into();
    }
    line
}

/// What a line of a list says more of a trade that is under way. Deadlines are the principals', reasons the officers'.
pub fn waiting_line(consignment: &Consignment, codes: &[clearance::Text], officer: bool) -> Value {
    let mut line = json!({"waitingFor": waiting(consignment)});
    if officer || view::is_principal(consignment, codes) {
        let due = consignment.timers.iter().map(|(_, _, due)| *due).min();
        line["due"] = due.map(time).into();
    }
    if let Some(attempt) = consignment.attempt.as_ref().filter(|_| officer) {
        let hits = attempt.hits.iter().map(|hit| hit.rule.as_str());
        let reasons: Vec<&str> = hits.chain(attempt.findings.iter().map(|one| one.reason.word())).collect();
        line["reasons"] = reasons.into();
        line["score"] = risk::score(consignment).into();
        line["version"] = consignment.version.into();
    }
    line
}

/// What a consignment waits for, in words.
pub(super) fn waiting(consignment: &Consignment) -> Vec<&'static str> {
    let mut waiting = Vec::new();
    let present = |filed: Option<&Filed>| filed.is_some_and(|filed| filed.status != 1);
    if !present(consignment.order.as_ref()) {
        waiting.push("order");
    }
    if !present(consignment.payment.as_ref()) {
        waiting.push("payment");
    }
    match &consignment.attempt {
        None => waiting.push("declaration"),
        Some(attempt) => {
            let carriage = consignment.carriage.as_ref();
            // A rejected list claims no waybill any more: whether its own was there before or came after says nothing.
            if attempt.state != State::Rejected
                && !present(carriage.and_then(|carriage| carriage.waybill.as_ref()))
            {
                waiting.push("waybill");
            }
            match attempt.state.number() {
                1 => waiting.push("declaration"),
                120 if attempt.needs_arrival
                    && carriage.is_none_or(|carriage| carriage.arrived.is_none()) =>
                {
                    waiting.push("arrival")
                }
                300 => waiting.push("review"),
                500 => waiting.push("inspection"),
                501..=503 | 599 | 600 => waiting.push("customs"),
                _ => {}
            }
        }
    }
    waiting
}
