//! The evidence log: signed heads, public keys, proofs and entries. Heads and entries are for offices and the zone operator; a
//! party has the proof of every row that it may see, with the head that the proof leads to.

use super::error::Problem;
use super::{EVIDENCE, Query, consignments, limit, parameter, scope, view};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::State;
use clearance::event::Cause;
use clearance::keys::{Position, Time};
use evidence::{Entry, Hash, kind_word};
use serde_json::{Value, json};
use std::sync::Arc;
use store::evidence::Published;
use store::{Cursor, Read, Scope};

/// Rows that the log may be behind while heads and proofs are still made: with more, whoever asks would wait too long.
const MOST_BEHIND: u64 = 100_000;

fn number<T: std::str::FromStr>(query: &Query, name: &str) -> Result<Option<T>, Problem> {
    let parse = |text: clearance::Text| {
        text.parse()
            .map_err(|_| Problem::bad_request(&format!("{name} is a number; leave it out if unknown")))
    };
    parameter(query, name).map(parse).transpose()
}

fn needed<T: std::str::FromStr>(query: &Query, name: &str) -> Result<T, Problem> {
    number(query, name)?.ok_or_else(|| Problem::bad_request(&format!("{name} is missing")))
}

fn needs_office(caller: &Caller) -> Result<(), Problem> {
    if caller.is_office() { Ok(()) } else { Err(Problem::forbidden()) }
}

fn shown(published: &Published) -> Value {
    let head = &published.head.head;
    let writers: Vec<Value> = head
        .writers
        .iter()
        .map(|writer| {
            json!({
                "writer": writer.writer, "size": writer.size, "root": view::hex(&writer.root), "chain": view::hex(&writer.chain),
            })
        })
        .collect();
    json!({
        "number": published.number, "time": Time(head.time).stamp_millis().to_string(), "millis": head.time, "writers": writers,
        "digest": view::hex(&head.digest()), "key": view::hex(&published.head.public),
        "signature": view::hex(&published.head.signature), "note": published.head.to_text(),
    })
}

fn entry(entry: &Entry) -> Value {
    let position = Position { writer: entry.writer, sequence: entry.sequence };
    json!({
        "position": position.number(), "writer": entry.writer, "sequence": entry.sequence,
        "time": Time(entry.time).stamp_millis().to_string(), "millis": entry.time,
        "kind": entry.kind, "kindWord": kind_word(entry.kind), "digest": view::hex(&entry.digest),
    })
}

fn hashes(path: &[Hash]) -> Vec<String> {
    path.iter().map(|hash| view::hex(hash)).collect()
}

async fn made(window: &Window, covering: Option<Position>) -> Result<Published, Problem> {
    let behind = window.evidence.behind().await?;
    if behind > MOST_BEHIND {
        return Err(Problem::later(&format!(
            "the evidence log is {behind} rows behind the ledger and catches up; ask again later, or for a published head by its number"
        )));
    }
    Ok(window.evidence.head(window.clock.now(), covering, &mut |_, _| {}).await?)
}

/// `GET /v1/evidence/head`: of all that is there; `?number=` one published before; `?writer=&size=` the first with so many
/// rows.
pub async fn head(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    needs_office(&caller)?;
    let missing =
        || Problem::not_found("no such head was published; without number and size you get the newest");
    let found = match (number(&query, "number")?, number(&query, "size")?) {
        (Some(head), _) => window.evidence.published(head).await?.ok_or_else(missing)?,
        (None, Some(size)) => {
            let writer = number(&query, "writer")?.unwrap_or(0);
            window.evidence.first_with(writer, size).await?.ok_or_else(missing)?
        }
        (None, None) => made(&window, None).await?,
    };
    Ok(Json(shown(&found)))
}

/// `GET /v1/evidence/keys`, for whoever has a token: the public keys, oldest first.
pub async fn keys(State(window): State<Arc<Window>>) -> Result<Json<Value>, Problem> {
    let keys: Vec<Value> = window
        .evidence
        .keys()
        .await?
        .iter()
        .map(|key| {
            json!({
                "number": key.number, "made": Time(key.made).stamp_millis().to_string(), "algorithm": "Ed25519",
                "public": view::hex(&key.public),
            })
        })
        .collect();
    Ok(Json(json!({ "keys": keys })))
}

/// Whether a row may be seen: its message by its sender, its document by its sender, its consignment by whom it names.
async fn sees(window: &Window, scope: &Scope, position: Position) -> Result<bool, Problem> {
    let codes = match scope {
        Scope::Office(districts) if districts.is_empty() => return Ok(true),
        Scope::Office(_) => None,
        Scope::Party(codes) => Some(codes),
    };
    if let Some(message) = window.read.message(position).await? {
        // An office of some districts has the proofs of its documents.
        return Ok(codes.is_some_and(|codes| codes.contains(&message.sender)));
    }
    if let Some(record) = window.read.record_at(position).await? {
        return Ok(codes.is_some_and(|codes| codes.iter().any(|code| record.parties.contains(code))));
    }
    let Some(event) = window.read.event(position).await? else { return Ok(false) };
    if let (Some(codes), Cause::Document(arrived)) = (codes, &event.row.event.cause)
        && codes.contains(&arrived.sender)
    {
        return Ok(true);
    }
    let outcome = event.row.outcome.as_deref();
    match outcome.and_then(|outcome| outcome.consignment.as_ref()) {
        Some(consignment) => Ok(consignments::visible(window, scope, &consignment.key).await?.is_some()),
        None => Ok(false),
    }
}

/// `GET /v1/evidence/proof?position=&size=`: that a row is in the tree of its writer, as large as a head states it; of the
/// newest head unless `size` says so.
pub async fn proof(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let scope = scope(&window, &caller);
    let missing =
        || Problem::not_found("no row that you may see is there, or the tree of that size does not have it");
    let position = Position::of_number(needed(&query, "position")?).ok_or_else(missing)?;
    if !sees(&window, &scope, position).await? {
        return Err(missing());
    }
    let (head, size) = match number(&query, "size")? {
        Some(size) => (window.evidence.first_with(position.writer, size).await?, size),
        None => {
            let head = made(&window, Some(position)).await?;
            let size = head.head.head.writer(position.writer).map_or(0, |writer| writer.size);
            (Some(head), size)
        }
    };
    // A head of another size does not state this root.
    let head = head.filter(|head| head.head.head.writer(position.writer).is_some_and(|one| one.size == size));
    let found = window.evidence.inclusion(position, size).await?.ok_or_else(missing)?;
    Ok(Json(json!({
        "entry": entry(&found.entry), "leaf": view::hex(&found.entry.leaf()), "index": position.sequence - 1, "size": size,
        "path": hashes(&found.path), "root": view::hex(&found.root), "head": head.as_ref().map(shown),
    })))
}

/// `GET /v1/evidence/consistency?writer=&from=&to=`: that the tree of a writer with `from` rows is the beginning of that with
/// `to`; of the newest head unless `to` says so.
pub async fn consistency(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    needs_office(&caller)?;
    let (writer, from) = (number(&query, "writer")?.unwrap_or(0), needed(&query, "from")?);
    let to = match number(&query, "to")? {
        Some(to) => to,
        None => made(&window, None).await?.head.head.writer(writer).map_or(0, |writer| writer.size),
    };
    let found = window.evidence.consistency(writer, from, to).await?;
    let found = found.ok_or_else(|| {
        Problem::not_found("the writer has not so many rows, or `from` is larger than `to`; the newest head says how many there are")
    })?;
    Ok(Json(json!({
        "writer": writer, "from": found.from, "before": view::hex(&found.before), "to": found.to,
        "after": view::hex(&found.after), "path": hashes(&found.path),
    })))
}

/// `GET /v1/evidence/entries?after=&limit=`, for offices of the whole zone: what the log has of every row, by time.
pub async fn entries(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    needs_office(&caller)?;
    let scope = scope(&window, &caller);
    if !matches!(&scope, Scope::Office(districts) if districts.is_empty()) {
        return Err(Problem::forbidden());
    }
    let after = Cursor::parse(&parameter(&query, "after").unwrap_or_default())
        .ok_or_else(|| Problem::bad_request("after is a cursor of an earlier answer"))?;
    let (found, cursor) = window.evidence.entries(&after, limit(&query, EVIDENCE)?).await?;
    let entries: Vec<Value> = found.iter().map(entry).collect();
    Ok(Json(json!({"entries": entries, "cursor": cursor.to_string()})))
}
