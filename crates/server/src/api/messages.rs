//! Messages in, and what became of them.

use super::error::Problem;
use super::{Query, caller, parameter, view};
use crate::Window;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use clearance::keys::{OrderKey, Position};
use serde_json::{Value, json};
use store::{Read, Scope, StoreError, StoredEvent};

/// `POST /v1/messages`: CEB XML, a DXP envelope or JSON. The answer comes after the durable commit and names every
/// document. 200 = recorded, whatever the documents' status; 422 = the message as a whole was refused (CEB900).
pub async fn send<R: Read>(
    State(window): State<Window<R>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (caller, _) = caller(&window, &headers)?;
    caller.may_send()?;
    let sender = window.filing(&caller.token.party).map_or(caller.token.party.clone(), |filing| filing.code);
    let answer = window
        .send(&body, &sender)
        .await
        .ok_or_else(|| Problem::unavailable("nothing was recorded; send the same bytes again"))?;
    let kind = ceb::Kind::from_root(&answer.message.root);
    let status =
        if answer.message.refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Json(view::message_answer(&answer, kind))).into_response())
}

/// `GET /v1/messages?sha256=` or `?platform=&orderNo=`: the first answer again.
pub async fn find<R: Read>(
    State(window): State<Window<R>>,
    headers: HeaderMap,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let (caller, scope) = caller(&window, &headers)?;
    if let Some(text) = parameter(&query, "sha256") {
        let sha256 = sha256(&text).ok_or_else(|| Problem::bad_request("sha256 is 64 hexadecimal digits"))?;
        let row = window.read.message_by_sha256(&scope, &sha256).await?;
        let row = row.ok_or_else(|| Problem::not_found("no message of yours has these bytes"))?;
        let mut documents = Vec::new();
        for index in 0..u64::from(row.documents) {
            let position =
                Position { writer: row.position.writer, sequence: row.position.sequence + 1 + index };
            let Some(event) = decided(&window.read, position).await? else { continue };
            let repeats = event.row.outcome.as_ref().and_then(|outcome| outcome.repeats);
            // A repeated document has its first answer for ever, in whatever bytes it comes again.
            let first = match repeats {
                Some(first) => decided(&window.read, first).await?,
                None => None,
            };
            let kind = ceb::Kind::from_root(&row.root);
            documents.push(match first.unwrap_or(event).row.outcome {
                Some(outcome) => json!({
                    "position": position.sequence,
                    "kind": kind.map(ceb::Kind::number),
                    "status": outcome.answer.status,
                    "info": outcome.answer.info.as_str(),
                    "preNo": outcome.answer.pre_no.as_deref(),
                    "repeats": repeats.map(|first| first.sequence),
                    "findings": outcome.answer.findings.iter().map(|one| view::finding(one, kind, true, caller.is_office())).collect::<Vec<_>>(),
                }),
                None => json!({"position": position.sequence, "undecided": true}),
            });
        }
        return Ok(Json(json!({"message": view::message(&row), "documents": documents})));
    }
    let (Some(platform), Some(order_no)) = (parameter(&query, "platform"), parameter(&query, "orderNo"))
    else {
        return Err(Problem::bad_request("ask by sha256, or by platform and orderNo"));
    };
    let order = OrderKey::new(&platform, &order_no);
    super::consignments::shown(&window, &caller, &scope, &order).await.map(Json)
}

/// The event of a row: as it was decided later, if it was undecided at first.
async fn decided<R: Read>(read: &R, position: Position) -> Result<Option<StoredEvent>, StoreError> {
    match read.event(position).await? {
        Some(event) if event.row.outcome.is_none() => Ok(read.decided_later(position).await?.or(Some(event))),
        found => Ok(found),
    }
}

/// `GET /v1/messages/{position}/original`: the bytes as received, for their sender and for offices.
pub async fn original<R: Read>(
    State(window): State<Window<R>>,
    headers: HeaderMap,
    Path(position): Path<u64>,
) -> Result<Response, Problem> {
    let (_, scope) = caller(&window, &headers)?;
    let missing = || Problem::not_found("no message of yours is there");
    let row = window.read.message(Position { writer: 0, sequence: position }).await?.ok_or_else(missing)?;
    match &scope {
        Scope::Party(codes) if !codes.contains(&row.sender) => return Err(missing()),
        _ => {}
    }
    let bytes = window.read.original(&row).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

fn sha256(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0u8; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}
