//! Parcels of post and express as they come in: one by one through their register, or many at once as JSON or a table, each
//! answered by itself. What the window puts in are the keyed hashes by which they are linked with trades, the same as of
//! declarations. What a parcel has to say, and what is due on it, is `register::parcel`.

use crate::Window;
use crate::api::error::Problem;
use crate::api::registers::{self, by, command_of, invalid, refused, told};
use crate::api::{operations, view};
use crate::auth::Caller;
use crate::ingest::hashed_person;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use clearance::Text;
use clearance::record::Record;
use clearance::windows::{Linked, consignor};
use register::parcel::{Body, Parcel, is_same, key_of, table, tracking_of};
use register::{Command, Fault, Refusal, says};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Read;

/// Parcels of one request at most.
pub const PARCELS: usize = 500;
/// Parcels that are recorded at once.
const AT_ONCE: usize = 32;
/// Times that a parcel is looked at again when somebody else changed it meanwhile.
const TRIES: usize = 3;

/// By what a parcel is linked: nothing of it can be turned back into what it is made of without the window's key.
fn keys(window: &Window, parcel: &Parcel) -> Linked {
    let (sender, consignee) = (&parcel.sender, &parcel.consignee);
    let person = hashed_person(&window.read, &consignee.identity, &consignee.telephone, &consignee.address);
    Linked {
        identity: person.identity,
        telephone: person.telephone,
        address: person.address,
        consignor: if sender.firm { consignor(&sender.name) } else { Text::default() },
        ..Linked::default()
    }
}

/// A parcel with what the window puts in.
pub fn keyed(window: &Window, parcel: &Parcel) -> Parcel {
    Parcel { keys: Some(keys(window, parcel).value()), ..parcel.clone() }
}

/// Puts the keys of a parcel into the command that gives or corrects it. What is no such body is left to the register, which says
/// all that is wrong.
pub(crate) fn with_keys(window: &Window, body: &mut registers::Body) -> Result<(), Problem> {
    let Some(Ok(parcel)) = body.body.clone().map(serde_json::from_value::<Parcel>) else { return Ok(()) };
    if parcel.keys.is_some() {
        return Err(invalid(&[Fault::new("keys", "", says::WINDOW_WRITES_IT.said())]));
    }
    body.body = serde_json::to_value(keyed(window, &parcel)).ok();
    Ok(())
}

/// Parcels as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Batch {
    /// Each is read by itself: what is wrong with one keeps no other back.
    parcels: Vec<Value>,
}

/// One of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct One {
    tracking_number: String,
    parcel: Parcel,
}

/// `POST /v1/parcels`: JSON, or a table (`text/csv`).
pub(crate) async fn give(
    State(window): State<Arc<Window>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let rows = if kind.trim_start().to_ascii_lowercase().starts_with("text/csv") {
        of_table(&body)?
    } else {
        of_json(&body)?
    };
    given(&window, &caller, rows).await.map(Json)
}

/// The parcels of a table.
pub(crate) fn of_table(body: &[u8]) -> Result<Vec<table::Row>, Problem> {
    let text = std::str::from_utf8(body).map_err(|_| {
        let problem = Problem::bad_request("a table is text in UTF-8");
        problem.in_chinese("表格须为UTF-8编码的文本，请另存后再选择")
    })?;
    table::rows(text, PARCELS).map_err(|faults| invalid(&faults))
}

fn of_json(body: &[u8]) -> Result<Vec<table::Row>, Problem> {
    let batch: Batch =
        serde_json::from_slice(body).map_err(|error| Problem::bad_request(&error.to_string()))?;
    if batch.parcels.is_empty() || batch.parcels.len() > PARCELS {
        return Err(Problem::bad_request(&format!("parcels has 1 to {PARCELS} of them")));
    }
    let read = |(index, value): (usize, Value)| {
        let line = index as u64 + 1;
        let named = value.get("trackingNumber").and_then(Value::as_str).map(tracking_of);
        match serde_json::from_value::<One>(value) {
            Ok(one) => table::Row {
                line,
                tracking: tracking_of(&one.tracking_number),
                parcel: one.parcel,
                faults: Vec::new(),
            },
            Err(error) => {
                let said = says::NOT_READ.with(&[("error", &error.to_string())]);
                let faults = vec![Fault::new("parcel", "", said)];
                table::Row { line, tracking: named.unwrap_or_default(), faults, ..table::Row::default() }
            }
        }
    };
    Ok(batch.parcels.into_iter().enumerate().map(read).collect())
}

/// Records parcels of the caller's party, and says of each what became of it, in order.
pub(crate) async fn given(
    window: &Window,
    caller: &Caller,
    mut rows: Vec<table::Row>,
) -> Result<Value, Problem> {
    operations::check_intake(window)?;
    // Who has no party yet has his application, and nothing else is there for him.
    if register::filing::is_claim(&caller.party) {
        return Err(refused(&Refusal::Absent, &[]));
    }
    let mut seen: BTreeSet<Text> = BTreeSet::new();
    for row in &mut rows {
        if !row.tracking.is_empty() && !seen.insert(row.tracking.clone()) {
            row.faults.push(Fault::new("trackingNumber", &row.tracking, says::PARCEL_ONCE.said()));
        }
        if row.parcel.keys.is_some() {
            row.faults.push(Fault::new("keys", "", says::WINDOW_WRITES_IT.said()));
        }
    }
    let mut results = Vec::with_capacity(rows.len());
    for some in rows.chunks(AT_ONCE) {
        let each = some.iter().map(|row| one(window, caller, row));
        for result in futures_util::future::join_all(each).await {
            results.push(result?);
        }
    }
    let count = |outcome: &str| results.iter().filter(|result| result["outcome"] == outcome).count();
    Ok(json!({
        "recorded": count("recorded"), "corrected": count("corrected"), "unchanged": count("unchanged"),
        "refused": count("refused"), "time": view::time(window.clock.now()), "results": results,
    }))
}

/// What became of one parcel: the same again changes nothing, something else is the next version.
async fn one(window: &Window, caller: &Caller, row: &table::Row) -> Result<Value, Problem> {
    let not = |faults: &[Fault]| {
        let faults: Vec<Value> = faults.iter().map(told).collect();
        json!({"line": row.line, "trackingNumber": row.tracking.as_str(), "outcome": "refused", "faults": faults})
    };
    if !row.faults.is_empty() {
        return Ok(not(&row.faults));
    }
    let key = key_of(&window.code_of(&caller.party), &row.tracking);
    let body = serde_json::to_string(&keyed(window, &row.parcel)).map_err(|_| Problem::internal())?;
    for _ in 0..TRIES {
        let current = window.read.record(&key).await?;
        if let Some(record) = current.as_ref().filter(|record| is_same(record, &row.parcel)) {
            return Ok(shown(row, record, "unchanged"));
        }
        let action = if current.is_some() { "correct" } else { "give" };
        let command = Command {
            key: key.clone(),
            version: current.as_ref().map_or(0, |record| record.version),
            action: action.into(),
            by: by(window, caller),
            note: String::new(),
            body: Some(body.clone()),
        };
        match command_of(window, command).await? {
            Ok(record) => {
                return Ok(shown(row, &record, if current.is_some() { "corrected" } else { "recorded" }));
            }
            // Somebody was faster: it is looked at again.
            Err(Refusal::Outdated(_) | Refusal::State(..)) => {}
            Err(Refusal::Invalid(faults)) => return Ok(not(&faults)),
            Err(Refusal::NotYours(said)) => {
                return Ok(not(&[Fault::new("trackingNumber", &row.tracking, said)]));
            }
            Err(Refusal::Absent) => return Err(refused(&Refusal::Absent, &[])),
        }
    }
    Err(Problem::unavailable("a parcel changes faster than it is recorded; send the same again"))
}

fn shown(row: &table::Row, record: &Record, outcome: &str) -> Value {
    let body = Body::of(record);
    json!({
        "line": row.line, "trackingNumber": row.tracking.as_str(), "id": record.key.id.as_str(), "outcome": outcome,
        "version": record.version, "position": record.last.number(), "changes": body.changes,
        "tax": {"outcome": body.tax.outcome, "total": body.tax.total, "tax": body.tax.tax, "due": body.tax.due},
        "faults": [],
    })
}
