//! Sharing between agencies: the catalogue of datasets, and the records that a rule gives its receiver, by cursor. Who may
//! have what stands in the register of shares; every delivery is recorded before it is made.

use super::error::Problem;
use super::{Query, limit, parameter, registers};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::{Path, State};
use clearance::Text;
use clearance::keys::{Position, Time};
use clearance::record::{RecordKey, Register};
use exchange::{Dataset, FieldKind, Mask, Shared};
use register::share::Share;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Cursor, Read, Row};

/// Records of a page: unless asked for, and at most.
pub(super) const RECORDS: (usize, usize) = (200, 1_000);

/// Seconds that a request may wait for something to come.
const WAIT_SECONDS: u64 = 30;
/// How often it looks meanwhile: what is committed reaches whoever waits in a fraction of a second.
const LOOK: Duration = Duration::from_millis(100);

/// Rows that one request looks at: a page may have few records, or none, and still lead on.
const ROWS: usize = 20_000;

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
                    json!({"name": field.name, "type": kind(field.kind), "personal": field.personal, "meaning": field.meaning})
                })
                .collect();
            json!({"dataset": dataset.word(), "schema": dataset.version(), "givers": givers, "fields": fields})
        })
        .collect();
    Json(json!({ "datasets": datasets }))
}

fn kind(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Message(_) | FieldKind::Text => "text",
        FieldKind::Whole => "integer",
        FieldKind::Amount => "amount",
        FieldKind::Truth => "boolean",
        FieldKind::Time => "time",
        FieldKind::Texts => "texts",
    }
}

/// `GET /v1/datasets/{dataset}`: the JSON Schema of its records.
pub async fn schema(Path(dataset): Path<String>) -> Result<Json<Value>, Problem> {
    let dataset = Dataset::from_word(&dataset)
        .ok_or_else(|| Problem::not_found("no such dataset; GET /v1/datasets lists them"))?;
    Ok(Json(dataset.schema()))
}

/// `GET /v1/shares/{id}/records?after=&limit=&wait=`: what a rule gives, in order, each record once, as CloudEvents.
/// `complete` says whether it is all up to now; where nothing is there yet, the answer comes with the first record, or
/// after `wait` seconds.
pub async fn records<R: Read>(
    State(window): State<Arc<Window<R>>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let key = RecordKey::new(Register::Share, &id);
    let absent = || Problem::not_found("no such rule, or it gives nothing to you");
    let (codes, _) = window.names_of(&caller.party);
    if !codes.contains(&register::owner_of(&key)) {
        return Err(absent());
    }
    let record = window.read.record(&key).await?.ok_or_else(absent)?;
    let share = Share::of(&record);
    let today = window.clock.now().day();
    let ended = share.valid_to.as_deref().and_then(ceb::Day::parse).is_some_and(|last| last < today);
    let suspended = |code: &str| window.filing(code).is_none_or(|filing| filing.suspended);
    if record.state != "in-force" || ended {
        let state = if ended { "past its last day" } else { record.state.as_str() };
        return Err(Problem::conflict("state", "The rule gives nothing now", &format!("it is {state}")));
    }
    if suspended(&register::owner_of(&key)) || suspended(&share.giver) {
        return Err(Problem::conflict(
            "state",
            "The rule gives nothing now",
            "giver or receiver is not filed, or suspended",
        ));
    }
    let after = parameter(&query, "after").unwrap_or_default();
    let after = Cursor::parse(&after)
        .ok_or_else(|| Problem::bad_request("after is the cursor that the page before gave"))?;
    let limit = limit(&query, RECORDS)?;
    let until = Instant::now() + wait(&query)?;
    let mut page = page(&window, &share, &after, limit).await?;
    while page.events.is_empty() && page.complete && Instant::now() < until {
        tokio::time::sleep(LOOK).await;
        if window.read.position().await? != page.upto {
            page = self::page(&window, &share, &page.upto, limit).await?;
        }
    }
    if !page.events.is_empty() {
        let owners: Vec<Text> = page.parties.into_iter().collect();
        let range = Some((after.to_string(), page.upto.to_string()));
        let subject = ("share", record.key.id.as_str());
        registers::recorded(&window, &caller, subject, &owners, &share.purpose, range).await?;
    }
    let events: Vec<Value> =
        page.events.iter().map(|event| cloud_event(&record.key.id, &share, event)).collect();
    Ok(Json(json!({
        "events": events, "cursor": page.upto.to_string(), "complete": page.complete,
        "share": record.key.id.as_str(), "version": record.version, "purpose": share.purpose,
    })))
}

/// How long a caller wants to wait for something to come.
fn wait(query: &Query) -> Result<Duration, Problem> {
    match parameter(query, "wait").map(|text| text.parse::<u64>()) {
        None => Ok(Duration::ZERO),
        Some(Ok(seconds @ 0..=WAIT_SECONDS)) => Ok(Duration::from_secs(seconds)),
        Some(_) => Err(Problem::bad_request(&format!("wait is a number of seconds up to {WAIT_SECONDS}"))),
    }
}

/// A record with its place and time.
struct Given {
    position: Position,
    time: Time,
    subject: String,
    data: Value,
}

struct Page {
    events: Vec<Given>,
    parties: BTreeSet<Text>,
    upto: Cursor,
    complete: bool,
}

/// What a share gives of the rows after a cursor: whole rows, at least one record if there is one among the rows that a
/// request looks at.
async fn page<R: Read>(
    window: &Window<R>,
    share: &Share,
    after: &Cursor,
    limit: usize,
) -> Result<Page, Problem> {
    let Some(dataset) = Dataset::from_word(&share.dataset) else {
        return Err(Problem::not_found("the rule's dataset is no longer served"));
    };
    let mask = share.mask();
    let first = ceb::Day::parse(&share.valid_from).unwrap_or_default();
    let mut page =
        Page { events: Vec::new(), parties: BTreeSet::new(), upto: after.clone(), complete: false };
    loop {
        // Collected first: what is looked up meanwhile would wait for the scan.
        let (mut rows, mut looked, mut seen) = (Vec::new(), 0, page.upto.clone());
        window
            .read
            .scan(&page.upto, &mut |position, row| {
                looked += 1;
                seen.reach(position);
                if concerns(dataset, &row) {
                    rows.push((position, row));
                }
                rows.len() < limit && looked < ROWS
            })
            .await?;
        let ended = rows.len() < limit && looked < ROWS;
        for (position, row) in rows {
            for (time, shared) in given(window, dataset, position, row).await? {
                if time.day() >= first && mask.admits(&shared.values) {
                    page.take(position, time, shared, &mask);
                }
            }
            page.upto.reach(position);
            if page.events.len() >= limit {
                return Ok(page);
            }
        }
        page.upto = seen;
        page.complete = ended;
        if ended || looked >= ROWS {
            return Ok(page);
        }
    }
}

impl Page {
    fn take(&mut self, position: Position, time: Time, shared: Shared, mask: &Mask) {
        self.parties.extend(shared.parties);
        let data = Value::Object(mask.of(&shared.values));
        self.events.push(Given { position, time, subject: shared.subject, data });
    }
}

fn concerns(dataset: Dataset, row: &Row) -> bool {
    match row {
        Row::Event(_) => dataset != Dataset::Filings,
        Row::Filing(_) => dataset == Dataset::Filings,
        _ => false,
    }
}

async fn given<R: Read>(
    window: &Window<R>,
    dataset: Dataset,
    position: Position,
    row: Row,
) -> Result<Vec<(Time, Shared)>, Problem> {
    match row {
        Row::Filing(row) => {
            // A filing counts from its day on, whenever it was entered.
            let time = Time::start_of(row.filing.valid_from);
            Ok(vec![(time, exchange::of_filing(&row.filing))])
        }
        Row::Event(mut row) => {
            let Some(outcome) = row.outcome.as_deref() else { return Ok(Vec::new()) };
            if exchange::project::needs_states(dataset, &row.event, outcome) {
                match window.read.whole(position).await? {
                    Some(whole) => *row = whole.row,
                    None => return Ok(Vec::new()),
                }
            }
            let Some(outcome) = row.outcome.as_deref() else { return Ok(Vec::new()) };
            let shared = exchange::of_event(dataset, &row.event, outcome);
            Ok(shared.into_iter().map(|shared| (outcome.now, shared)).collect())
        }
        _ => Ok(Vec::new()),
    }
}

/// The envelope (CloudEvents 1.0), with what the record may be used for in it.
fn cloud_event(id: &str, share: &Share, given: &Given) -> Value {
    json!({
        "specversion": "1.0",
        "id": given.position.number().to_string(),
        "source": format!("/v1/shares/{id}"),
        "type": format!("onewindow.{}.v{}", share.dataset, share.schema),
        "subject": given.subject,
        "time": timestamp(given.time),
        "datacontenttype": "application/json",
        "dataschema": format!("urn:onewindow:dataset:{}:v{}", share.dataset, share.schema),
        "purpose": share.purpose,
        "legalbasis": share.legal_basis,
        "data": given.data,
    })
}

/// RFC 3339, in China standard time.
fn timestamp(time: Time) -> String {
    let digits = time.stamp_millis().to_string();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-{}T{}:{}:{}.{}+08:00",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14),
        part(14, 17)
    )
}
