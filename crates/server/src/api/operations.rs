//! For whoever runs the window: is it up, does it record, what does it count. Health and readiness need no token: they
//! tell nothing of trade.

use super::error::Problem;
use crate::Window;
use crate::intake::Closed;
use crate::metrics::{Gauge, Metrics};
use axum::Json;
use axum::extract::State;
use clearance::Text;
use clearance::record::{Record, Register};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Cursor, Read, RecordSearch, StoreError};

/// `GET /health`: up, and why nothing is recorded, if so. 200 as long as reads are served.
pub async fn health(State(window): State<Arc<Window>>) -> Result<Json<Value>, Problem> {
    if let Some(silent @ Closed::DatabaseSilent) = window.intake.stands_still() {
        return Err(Problem::unanswered(&silent).with("intake", intake(&window)));
    }
    let cursor = window.read.position().await?;
    Ok(Json(json!({"status": "ok", "position": cursor.to_string(), "intake": intake(&window)})))
}

/// `GET /ready`: 200 while messages are recorded, else 503 with the reason: for whatever balances load.
pub async fn ready(State(window): State<Arc<Window>>) -> Result<Json<Value>, Problem> {
    window.intake.check()?;
    Ok(Json(json!({"intake": intake(&window)})))
}

/// The state of the intake, as callers see it.
pub fn intake(window: &Window) -> Value {
    let closed = window.intake.closed();
    json!({
        "open": closed.is_none(),
        "reason": closed.as_ref().map(Closed::word),
        "detail": closed.as_ref().map(Closed::what),
    })
}

/// Says no, and counts it, while nothing is recorded.
pub fn check_intake(window: &Window) -> Result<(), Problem> {
    window.intake.check().map_err(|closed| {
        Metrics::add(&window.metrics.intake_refused, 1);
        closed.into()
    })
}

/// Deliveries that are counted at most: of more it makes no difference how many.
const DELIVERIES: usize = 1_000;

/// States in which a webhook does not take what it is sent.
pub(super) const UNDELIVERED: [&str; 2] = ["failing", "stopped"];

/// Deliveries in some of these states, and whether there are more than are counted.
pub(super) async fn deliveries_in(
    window: &Window,
    states: &[&'static str],
) -> Result<(Vec<Arc<Record>>, bool), StoreError> {
    let states = states.iter().map(|state| Text::const_new(state)).collect();
    let search = RecordSearch { register: Register::Delivery, parties: None, states };
    let (records, more) = window.read.records(&search, None, DELIVERIES).await?;
    Ok((records, more.is_some()))
}

/// `GET /metrics`, for the operator's token only: traffic is a secret of the zone.
pub async fn metrics(State(window): State<Arc<Window>>) -> Result<String, Problem> {
    let rows = |cursor: &Cursor| cursor.writers.iter().map(|(_, sequence)| sequence).sum::<u64>();
    let (committed, listed) = (rows(&window.read.position().await?), rows(&window.read.listed().await?));
    let closed = window.intake.closed();
    let reasons = Closed::WORDS.map(|word| {
        let so = closed.as_ref().is_some_and(|closed| closed.word() == word);
        (format!("reason=\"{word}\""), u64::from(so))
    });
    let mut deliveries = Vec::new();
    for state in UNDELIVERED {
        let (records, _) = deliveries_in(&window, &[state]).await?;
        deliveries.push((format!("state=\"{state}\""), records.len() as u64));
    }
    let gauges = [
        Gauge::one("intake_open", "1 = messages are recorded.", u64::from(closed.is_none())),
        Gauge {
            name: "intake_closed",
            help: "1 = nothing is recorded, for this reason.",
            values: reasons.to_vec(),
        },
        Gauge::one(
            "disk_free_bytes",
            "Bytes free on the disk of the data folder.",
            window.intake.free_bytes(),
        ),
        Gauge::one("pipeline_waiting", "Work that waits for the pipeline.", window.pipeline.waiting() as u64),
        Gauge::one("rows", "Rows of the ledger that are durable.", committed),
        Gauge::one("rows_not_listed", "Rows that lists do not cover yet.", committed.saturating_sub(listed)),
        Gauge::one(
            "evidence_rows_behind",
            "Rows that the evidence log does not have yet.",
            window.evidence.behind().await?,
        ),
        Gauge {
            name: "webhooks",
            help: "Webhooks that are not delivered, a thousand of each state at most.",
            values: deliveries,
        },
    ];
    Ok(window.metrics.page(&gauges) + &window.denials.page())
}
