//! Sharing between agencies, for whoever asks: the catalogue of datasets, the terms for which what tells of persons is kept,
//! and the records that a rule gives its receiver, by cursor. Who may have what stands in the register of shares; every delivery
//! is recorded before it is made.

use super::error::Problem;
use super::{Query, limit, parameter, registers};
use crate::auth::Caller;
use crate::sharing::{self, Barred, Form};
use crate::{Window, push};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use exchange::{Dataset, FieldKind, envelope};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Cursor, Read};

/// Records of a page: unless asked for, and at most.
pub(super) const RECORDS: (usize, usize) = (200, 1_000);

/// Seconds that a request may wait for something to come.
const WAIT_SECONDS: u64 = 30;
/// How often it looks meanwhile: what is committed reaches whoever waits in a fraction of a second.
const LOOK: Duration = Duration::from_millis(100);

/// `GET /v1/datasets`: what can be shared, field by field.
pub async fn datasets() -> Json<Value> {
    let datasets: Vec<Value> = Dataset::ALL
        .into_iter()
        .map(|dataset| {
            let givers: Vec<&str> = dataset.givers().iter().map(|role| role.word()).collect();
            let fields: Vec<Value> = dataset
                .fields()
                .iter()
                .map(|field| {
                    let choices = if let FieldKind::Choice(words) = field.kind { words } else { &[] };
                    json!({
                        "name": field.name, "type": kind(field.kind), "personal": field.personal, "meaning": field.meaning,
                        "always": field.always, "choices": choices,
                    })
                })
                .collect();
            let filed: Vec<String> = dataset.filed_fields().into_iter().map(|field| field.name).collect();
            json!({
                "dataset": dataset.word(), "schema": dataset.version(), "key": dataset.key(), "givers": givers,
                "filed": filed, "fields": fields,
            })
        })
        .collect();
    Json(json!({ "datasets": datasets }))
}

fn kind(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Message(_) | FieldKind::Text => "text",
        FieldKind::Whole => "integer",
        FieldKind::Amount => "amount",
        FieldKind::Decimal => "decimal",
        FieldKind::Day => "day",
        FieldKind::Choice(_) => "choice",
        FieldKind::Truth => "boolean",
        FieldKind::Time => "time",
        FieldKind::Texts => "texts",
    }
}

/// `GET /v1/datasets/{dataset}?of=shared|filed`: the JSON Schema of its records as they are shared, or as an agency files them.
pub async fn schema(Path(dataset): Path<String>, query: Query) -> Result<Json<Value>, Problem> {
    let dataset = Dataset::from_word(&dataset)
        .ok_or_else(|| Problem::not_found("no such dataset; GET /v1/datasets lists them"))?;
    match parameter(&query, "of").as_deref() {
        None | Some("shared") => Ok(Json(dataset.schema())),
        Some("filed") => {
            let schema = dataset.filed_schema();
            schema.map(Json).ok_or_else(|| Problem::not_found("agencies file no records of this dataset"))
        }
        Some(_) => Err(Problem::bad_request("of is shared or filed")),
    }
}

/// `GET /v1/retention`: for how long what tells of persons is kept, by type of record, with the law, as of today and dated.
pub async fn retention(State(window): State<Arc<Window>>) -> Json<Value> {
    let today = window.clock.now().day();
    let terms: Vec<Value> = register::retention::all()
        .iter()
        .map(|rule| {
            let holds = rule.valid_from <= today && rule.valid_to.is_none_or(|last| today <= last);
            json!({
                "recordType": rule.record_type, "keepMonths": rule.keep_months, "eraseMonths": rule.erase_months,
                "validFrom": rule.valid_from.to_string(), "validTo": rule.valid_to.map(|day| day.to_string()),
                "law": rule.law, "source": rule.source, "sure": rule.sure, "note": rule.note, "holds": holds,
            })
        })
        .collect();
    Json(json!({ "terms": terms }))
}

/// `GET /v1/shares/{id}/records?after=&limit=&wait=&form=plain|neutral`: what a rule gives, in order, each record once, as CloudEvents, signed
/// as what is sent to a webhook. `complete` says whether it is all up to now; where nothing is there yet, the answer comes
/// with the first record, or after `wait` seconds.
pub async fn records(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let (codes, _) = window.names_of(&caller.party);
    let rule = sharing::rule(&window, &codes, &id).await.map_err(barred)?;
    let after = parameter(&query, "after").unwrap_or_default();
    let after = Cursor::parse(&after)
        .ok_or_else(|| Problem::bad_request("after is the cursor that the page before gave"))?;
    let limit = limit(&query, RECORDS)?;
    let form = form(&query, &rule)?;
    let until = Instant::now() + wait(&query)?;
    let mut page = sharing::page(&window, &rule, &after, None, limit).await?;
    while page.given.is_empty() && page.complete && Instant::now() < until {
        tokio::time::sleep(LOOK).await;
        if window.read.position().await? != page.upto {
            page = sharing::page(&window, &rule, &page.upto, None, limit).await?;
        }
    }
    if !page.given.is_empty() {
        let range = Some((after.to_string(), page.upto.to_string()));
        let by = registers::by(&window, &caller);
        let subject = ("share", rule.id.as_str());
        registers::recorded(&window, by, subject, &page.parties(), &rule.share.purpose, range).await?;
    }
    let events: Vec<Value> = page.given.iter().map(|given| sharing::event(&rule, given, form)).collect();
    let told = json!({
        "events": events, "cursor": page.upto.to_string(), "complete": page.complete,
        "share": rule.id.as_str(), "version": rule.version, "purpose": rule.share.purpose,
        envelope::RECEIVER: rule.receiver(),
    });
    let id = format!("{}.{}", after, page.upto);
    signed(&window, &id, told.to_string().into_bytes()).await
}

/// An answer that says who gave it, and when.
async fn signed(window: &Window, id: &str, body: Vec<u8>) -> Result<Response, Problem> {
    let headers = push::signed(window, id, &body).await?;
    let mut response = ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

fn barred(why: Barred) -> Problem {
    match why {
        Barred::Absent => Problem::not_found("no such rule, or it gives nothing to you"),
        Barred::State(what) => Problem::conflict("state", "The rule gives nothing now", &what),
        Barred::Dataset => Problem::not_found("the rule's dataset is no longer served"),
        Barred::Store(error) => error.into(),
    }
}

fn form(query: &Query, rule: &sharing::Rule) -> Result<Form, Problem> {
    match parameter(query, "form").as_deref() {
        None | Some("plain") => Ok(Form::Plain),
        Some("neutral") if rule.has_neutral() => Ok(Form::Neutral),
        _ => Err(Problem::bad_request(
            "form is plain, or neutral for orders, payments and waybills, of imports or exports",
        )),
    }
}

/// How long a caller wants to wait for something to come.
fn wait(query: &Query) -> Result<Duration, Problem> {
    match parameter(query, "wait").map(|text| text.parse::<u64>()) {
        None => Ok(Duration::ZERO),
        Some(Ok(seconds @ 0..=WAIT_SECONDS)) => Ok(Duration::from_secs(seconds)),
        Some(_) => Err(Problem::bad_request(&format!("wait is a number of seconds up to {WAIT_SECONDS}"))),
    }
}
