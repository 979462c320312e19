//! A consumer's trades: where each stands, in steps that need no knowledge of customs, its tax, its returns.

use super::{Consumer, after, name_of, seller_of};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{self, exchanges, lines, view};
use crate::auth::Caller;
use axum::Json;
use axum::extract::{Path, State};
use ceb::{Day, Document};
use clearance::consignment::{Consignment, State as Standing};
use clearance::event::Cause;
use clearance::keys::{OrderKey, Time};
use clearance::reason::Disclosure;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, StoredEvent};

/// Trades of a page.
const PAGE: (usize, usize) = (30, 100);

/// `GET /v1/consumer/trades?after=&limit=`: his, the newest first. Those in his name with another telephone are uses of his
/// quota and stand there.
pub(crate) async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: api::Query,
) -> Result<Json<Value>, Problem> {
    let consumer = Consumer::of(&caller)?;
    let from = after(&query)?;
    let (mut found, next) = consumer.trades(&window, from, api::limit(&query, PAGE)?).await?;
    if from.is_none() {
        for one in consumer.proved(&window).await? {
            if !found.iter().any(|known| known.key == one.key) && !consumer.uses(&one) {
                found.insert(0, one);
            }
        }
    }
    found.retain(|one| consumer.owns(&window.read, one));
    let shown: Vec<Value> = found.iter().map(|one| line(&window, one)).collect();
    Ok(Json(json!({"trades": shown, "after": next.map(|next| next.to_string())})))
}

fn line(window: &Window, consignment: &Consignment) -> Value {
    let attempt = consignment.attempt.as_ref();
    json!({
        "platform": consignment.key.platform.as_str(),
        "platformName": name_of(window, &consignment.key.platform),
        "orderNo": consignment.key.order_no.as_str(),
        "sellerName": name_of(window, &seller_of(window, consignment)),
        "goods": goods(consignment).first().map(|first| first["name"].clone()),
        "state": attempt.map(|attempt| attempt.state.word()),
        "waitingFor": lines::waiting(consignment),
        "changed": view::time(consignment.last_time),
        "tax": attempt.and_then(|attempt| attempt.assessment.as_ref()).map(|one| view::yuan(one.total())),
    })
}

fn goods(consignment: &Consignment) -> Vec<Value> {
    let Some(Document::Order(order)) = consignment.order.as_ref().map(|filed| &*filed.document) else {
        return Vec::new();
    };
    let shown = |line: &ceb::OrderLine| {
        json!({"name": line.item_name.as_str(), "quantity": line.qty.to_string(), "price": line.price.to_string(),
            "total": line.total_price.to_string()})
    };
    order.lines.iter().map(shown).collect()
}

/// `GET /v1/consumer/trades/{platform}/{orderNo}`.
pub(crate) async fn show(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let consumer = Consumer::of(&caller)?;
    let key = OrderKey::new(&platform, &order_no);
    let found = window.read.consignment(&key).await?;
    let missing = || Problem::not_found("no trade of yours has this number");
    let found = found.ok_or_else(missing)?;
    if !consumer.owns(&window.read, &found) {
        return Err(missing().of_another(true));
    }
    let mut events = window.read.timeline(&key).await?;
    events.reverse();
    let mut shown = whole(&window, &found, &events);
    shown["exchanges"] = exchanges::of_order(&window, &key).await?;
    Ok(Json(shown))
}

/// A trade of his in full, but for what was exchanged.
pub(super) fn whole(window: &Window, consignment: &Consignment, events: &[StoredEvent]) -> Value {
    let mut shown = line(window, consignment);
    let attempt = consignment.attempt.as_ref();
    let order = match consignment.order.as_ref().map(|filed| &*filed.document) {
        Some(Document::Order(order)) => Some(&order.head),
        _ => None,
    };
    shown["goods"] = goods(consignment).into();
    shown["paid"] = order.map(|head| head.actural_paid.to_string()).into();
    shown["freight"] = order.map(|head| head.freight.to_string()).into();
    shown["waybill"] = consignment.carriage.as_ref().map(|carriage| {
        json!({"carrierName": name_of(window, &carriage.key.logistics), "number": carriage.key.logistics_no.as_str(),
            "delivered": carriage.delivered.is_some()})
    }).into();
    shown["assessment"] =
        attempt.and_then(|attempt| attempt.assessment.as_ref()).map(view::assessment).into();
    shown["quota"] = attempt
        .and_then(|attempt| attempt.quota.as_ref())
        .map(|hold| json!({"amount": view::yuan(hold.amount), "givenBack": view::yuan(hold.given_back)}))
        .into();
    shown["reasons"] = reasons(consignment).into();
    shown["steps"] = steps(consignment, events).into();
    shown["returns"] = consignment
        .returns
        .iter()
        .map(|file| {
            json!({"number": file.number, "state": file.state.word(),
                "taxGivenBack": view::yuan(file.tax_given_back),
                "quotaGivenBack": view::yuan(file.quota_given_back)})
        })
        .collect::<Vec<_>>()
        .into();
    shown["returnWindow"] = return_window(window, consignment);
    shown
}

/// Why it is not free, as far as parties are told; values of documents are the sender's. What was released waits for nothing.
fn reasons(consignment: &Consignment) -> Vec<Value> {
    let waits = consignment.attempt.iter().filter(|attempt| attempt.bill.is_none());
    let findings = waits.flat_map(|attempt| &attempt.findings);
    let shown = |finding: &clearance::finding::Finding| {
        let reason = finding.reason;
        json!({"rule": reason.word(), "why": {"en": reason.why_en(), "zh": reason.why_zh()},
            "sealed": reason.disclosure() == Disclosure::Sealed})
    };
    findings.map(shown).collect()
}

/// The last days of a return: to apply for it, and for the goods to be back; none before release.
fn return_window(window: &Window, consignment: &Consignment) -> Value {
    let bill = consignment.attempt.as_ref().and_then(|attempt| attempt.bill.as_ref());
    let Some(released) = bill.map(|bill| bill.released_on) else { return Value::Null };
    let (reference, today) = (window.reference(), window.clock.now().day());
    let book = reference.current();
    let law = book.parameters.on(today);
    // The days that an application is judged by: put off to a working day.
    let last = |days: i64| book.calendar.deadline(released, days);
    let (apply, back) = (last(law.return_apply_days), last(law.return_back_days));
    json!({"releasedOn": released.to_string(), "applyBy": apply.to_string(), "backBy": back.to_string(),
        "daysToApply": days_left(today, apply), "daysToBeBack": days_left(today, back)})
}

/// Days from today to a day, the day itself counted in; 0 = over.
fn days_left(today: Day, last: Day) -> i64 {
    let number = |day: Day| i64::from(Time::start_of(day).day_number());
    (number(last) - number(today) + 1).max(0)
}

/// Steps of a trade in their order.
const STEPS: [&str; 7] = ["ordered", "paid", "shipped", "declared", "arrived", "checked", "cleared"];

/// The steps with the moment at which each was done; what ended it otherwise takes the place of the last.
fn steps(consignment: &Consignment, events: &[StoredEvent]) -> Vec<Value> {
    let mut done: Vec<(&str, Time)> = Vec::new();
    let mut inspected = false;
    let reach = |done: &mut Vec<(&'static str, Time)>, step: &'static str, time: Time| {
        if !done.iter().any(|(known, _)| *known == step) {
            done.push((step, time));
        }
    };
    for event in events {
        let Some(outcome) = &event.row.outcome else { continue };
        let taken = outcome.answer.status > 0;
        if let Cause::Document(arrived) = &event.row.event.cause {
            match &*arrived.document {
                Document::Order(_) if taken => reach(&mut done, "ordered", event.time),
                Document::Payment(_) if taken => reach(&mut done, "paid", event.time),
                Document::Declaration(_) if taken => reach(&mut done, "declared", event.time),
                _ => {}
            }
        }
        let Some(after) = &outcome.consignment else { continue };
        if let Some(carriage) = &after.carriage {
            if carriage.waybill.is_some() {
                reach(&mut done, "shipped", event.time);
            }
            if carriage.arrived.is_some() {
                reach(&mut done, "arrived", event.time);
            }
        }
        match after.attempt.as_ref().map(|attempt| attempt.state) {
            Some(Standing::Entered) => reach(&mut done, "checked", event.time),
            Some(Standing::Inspection) => inspected = true,
            Some(Standing::Released | Standing::Closed) => {
                reach(&mut done, "checked", event.time);
                reach(&mut done, "cleared", event.time);
            }
            _ => {}
        }
    }
    let ended =
        consignment.attempt.as_ref().map(|attempt| attempt.state).filter(|state| state.frees_the_key());
    let mut steps: Vec<Value> = STEPS
        .iter()
        .filter(|step| {
            **step != "arrived"
                || done.iter().any(|(known, _)| known == *step)
                || waits_for_arrival(consignment)
        })
        .map(|step| {
            let time = done.iter().find(|(known, _)| known == step).map(|(_, time)| view::time(*time));
            json!({"step": step, "time": time})
        })
        .collect();
    if inspected {
        let at = steps.len() - 1;
        steps.insert(at, json!({"step": "inspected", "time": null, "seen": true}));
    }
    if let Some(state) = ended {
        steps.pop();
        steps.push(json!({"step": state.word(), "time": view::time(consignment.last_time)}));
    }
    steps
}

fn waits_for_arrival(consignment: &Consignment) -> bool {
    consignment.attempt.as_ref().is_some_and(|attempt| attempt.needs_arrival)
}
