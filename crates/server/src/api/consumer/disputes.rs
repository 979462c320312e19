//! A consumer's disputes: a use of his quota that was not his. The window fills in what is disputed from the trade, with the
//! days by which seller and agency have to answer.

use super::quota::{moved, uses};
use super::{Consumer, name_of};
use crate::api::error::Problem;
use crate::api::sessions::body;
use crate::api::view::{time, yuan};
use crate::auth::Caller;
use crate::{Window, all_records};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use clearance::guard;
use clearance::keys::{OrderKey, Time};
use clearance::record::{Record, Register};
use ledger::HoldState;
use register::dispute::{Body, Disputed};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, RecordSearch, StoreError};

/// `GET /v1/consumer/disputes`: his, the newest first, each with what was said so far.
pub(crate) async fn disputes(
    State(window): State<Arc<Window>>,
    caller: Caller,
) -> Result<Json<Value>, Problem> {
    let consumer = Consumer::of(&caller)?;
    Ok(Json(json!({"disputes": all(&window, &consumer).await?})))
}

/// All of his.
pub(super) async fn all(window: &Window, consumer: &Consumer) -> Result<Vec<Value>, StoreError> {
    let parties = Some(vec![consumer.person.clone()]);
    let search = RecordSearch { register: Register::Dispute, parties, states: Vec::new() };
    let records = all_records::of(window, &search).await?;
    let mut shown = Vec::with_capacity(records.len());
    for record in records {
        shown.push(whole(window, consumer, &record).await?);
    }
    Ok(shown)
}

async fn whole(window: &Window, consumer: &Consumer, record: &Arc<Record>) -> Result<Value, StoreError> {
    let body = Body::of(record);
    let seller = record.key.id.split_once(':').map_or("", |(_, seller)| seller);
    let mut steps = vec![step(window, consumer, record)];
    let mut earliest = record.clone();
    // Down to where this dispute was opened: one before it between the two is over.
    while earliest.action != "open"
        && let Some(previous) = earliest.previous
        && let Some(before) = window.read.record_at(previous).await?
    {
        steps.push(step(window, consumer, &before));
        earliest = before;
    }
    steps.reverse();
    let now = window.clock.now();
    Ok(json!({
        "seller": seller, "sellerName": name_of(window, seller), "state": record.state.as_str(),
        "platform": body.disputed.platform, "platformName": name_of(window, &body.disputed.platform),
        "orderNo": body.disputed.order_no, "amount": body.disputed.amount, "usedOn": body.disputed.used_on,
        "answerDue": body.disputed.answer_due, "decideDue": body.disputed.decide_due,
        "overdue": body.overdue(&record.state, now), "quota": body.quota,
        "here": body.opened_by == consumer.telephone.as_str(), "steps": steps,
    }))
}

fn step(window: &Window, consumer: &Consumer, record: &Record) -> Value {
    let body = Body::of(record);
    let own = record.actor.party == consumer.person;
    let text = match record.action.as_str() {
        "open" => body.disputed.text,
        "answer" => body.answer.as_ref().map(|answer| answer.text.clone()).unwrap_or_default(),
        _ => record.note.clone(),
    };
    json!({
        "action": record.action.as_str(), "time": time(record.changed), "text": text, "own": own,
        "by": if own { String::new() } else { name_of(window, &record.actor.party) },
        "granted": body.answer.filter(|_| record.action == "answer").map(|answer| answer.granted),
    })
}

/// What was not his.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Opened {
    pub(crate) platform: String,
    pub(crate) order_no: String,
    pub(crate) text: String,
}

/// `POST /v1/consumer/disputes`: from its commit on the seller uses his quota no further.
pub(crate) async fn open(
    State(window): State<Arc<Window>>,
    caller: Caller,
    sent: Result<Json<Opened>, JsonRejection>,
) -> Result<Response, Problem> {
    let (consumer, sent) = (Consumer::of(&caller)?, body(sent)?);
    let key = OrderKey::new(&sent.platform, &sent.order_no);
    let all = uses(&window, &consumer).await?;
    let found = all.iter().find(|one| one.consignment.key == key && one.state != HoldState::Voided);
    let found = found.ok_or_else(|| Problem::not_found("no use of your quota has this number"))?;
    let now = window.clock.now();
    let law = window.reference().current().parameters.on(now.day());
    let until = |days: i64| Time::start_of(now.day()).plus_hours(24 * days).day().to_string();
    let disputed = Disputed {
        platform: window.code_of(&key.platform).to_string(),
        order_no: key.order_no.to_string(),
        amount: yuan(found.amount - found.given_back),
        used_on: found.day.to_string(),
        text: sent.text,
        answer_due: until(law.dispute_answer_days),
        decide_due: until(law.dispute_decide_days),
    };
    let key = guard::dispute_of(&consumer.person, &found.seller);
    let current = window.read.record(&key).await?;
    let version = current.map_or(0, |record| record.version);
    let disputed = serde_json::to_string(&disputed).ok();
    let record = moved(&window, &consumer, key, (version, "open"), disputed).await?;
    Ok((StatusCode::CREATED, Json(whole(&window, &consumer, &record).await?)).into_response())
}

/// `POST /v1/consumer/disputes/{seller}/withdrawal`.
pub(crate) async fn withdraw(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(seller): Path<String>,
) -> Result<Json<Value>, Problem> {
    let consumer = Consumer::of(&caller)?;
    let key = guard::dispute_of(&consumer.person, seller.trim());
    let current = window.read.record(&key).await?;
    let current = current.ok_or_else(|| Problem::not_found("you have no dispute with this seller"))?;
    let record = moved(&window, &consumer, key, (current.version, "withdraw"), None).await?;
    Ok(Json(whole(&window, &consumer, &record).await?))
}
