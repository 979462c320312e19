//! Messages in, and what became of them.

use super::error::Problem;
use super::{Query, operations, parameter, readings, registers, scope, view};
use crate::Window;
use crate::auth::Caller;
use crate::pipeline::MessageAnswer;
use crate::sandbox::throttled;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ceb::Document;
use clearance::Text;
use clearance::event::{Arrived, Cause};
use clearance::export::{ExportKey, ExportTradeKey};
use clearance::keys::{ArrivalKey, ClaimKey, OrderKey, Position, WaybillKey};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;
use store::{ChosenRead, Read, Scope, StoreError, StoredEvent};

/// An answer to a message that did not come says nothing of what is recorded.
pub(super) fn unacknowledged() -> Problem {
    Problem::not_recorded(
        "send the same bytes again: what was recorded gets its first answer",
        "请再次发送同样的内容，已登记的单证会得到第一次的答复",
    )
}

/// `POST /v1/messages`: CEB XML, a DXP envelope or JSON. The answer comes after the durable commit and names every
/// document. 200 = recorded, whatever the documents' status; 422 = the message as a whole was refused (CEB900).
pub async fn send(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    let (status, answer) = take(&window, &caller, &body).await?;
    let kind = ceb::Kind::from_root(&answer.message.root);
    Ok((status, Json(view::message_answer(&answer, kind))).into_response())
}

/// The same of a request that the guard let in, without a table of routes.
pub(super) async fn of_request(window: &Arc<Window>, mut request: Request) -> Response {
    let Some(caller) = request.extensions_mut().remove::<Caller>() else {
        return Problem::forbidden().into_response();
    };
    match Bytes::from_request(request, &()).await {
        Ok(body) => send(State(window.clone()), caller, body).await.into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// Takes a message of the caller: its status, and the answer after the durable commit.
async fn take(
    window: &Window,
    caller: &Caller,
    body: &Bytes,
) -> Result<(StatusCode, MessageAnswer), Problem> {
    operations::check_intake(window)?;
    let sender = window.code_of(&caller.party);
    let answer = window.send(body, &sender).await.ok_or_else(unacknowledged)?;
    if window.is_sandbox()
        && let Some(rate) = throttled::asked(body)
    {
        window.gate.slowed().slow(caller.key, rate, Instant::now());
    }
    let refused = answer.message.refusal.is_some();
    Ok((if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, answer))
}

/// The same for a page: the answer as its readers have it.
pub(crate) async fn taken(window: &Window, caller: &Caller, body: &Bytes) -> Result<Value, Problem> {
    let (_, answer) = take(window, caller, body).await?;
    let kind = ceb::Kind::from_root(&answer.message.root);
    Ok(view::value(view::message_answer(&answer, kind)))
}

/// `GET /v1/messages?sha256=`, or by business key: the first answer again.
pub async fn find(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    if window.is_sandbox() {
        // Shown: software that misses an answer asks for it.
        let asked = crate::sandbox::asked_again(&window.code_of(&caller.party));
        window.control.set(&asked, &view::time(window.clock.now())).await?;
    }
    let scope = scope(&window, &caller);
    if let Some(text) = parameter(&query, "sha256") {
        return Ok(Json(first_answers(&window, &caller, &text).await?));
    }
    let mut events = named(&window, &scope, &query).await?;
    // Documents of his own, in the order in which they came; each with its first answer.
    if let Scope::Party(codes) = &scope {
        events.retain(|(arrived, _)| codes.contains(&arrived.sender));
    }
    let kind = parameter(&query, "kind");
    events.retain(|(arrived, _)| {
        kind.as_ref().is_none_or(|kind| arrived.document.kind().number().to_string() == *kind)
    });
    events.sort_by_key(|(_, event)| event.position);
    if caller.is_office() {
        let senders: Vec<Vec<Text>> =
            events.iter().map(|(arrived, _)| vec![arrived.sender.clone()]).collect();
        readings::listed(&window, &caller, "messages", &query, &senders).await?;
    }
    let mut documents = Vec::new();
    for (arrived, event) in &events {
        let kind = Some(arrived.document.kind());
        let outcome = event.row.outcome.as_deref();
        let mut shown = view::first_answer(event.position, outcome, None, kind, caller.is_office());
        if let Some(position) = event.row.message
            && let Some(row) = window.read.message(position).await?
        {
            shown["message"] = view::value(view::message(&row));
        }
        documents.push(shown);
    }
    if documents.is_empty() {
        return Err(Problem::not_found(
            "no accepted document of yours has this key; ask by sha256 for one that was refused",
        ));
    }
    Ok(Json(json!({ "documents": documents })))
}

/// The first answers to the message with this digest: to each of its documents, with the trade that it is of.
pub(crate) async fn first_answers(window: &Window, caller: &Caller, text: &str) -> Result<Value, Problem> {
    let scope = scope(window, caller);
    let sha256 = sha256(text).ok_or_else(|| Problem::bad_request("sha256 is 64 hexadecimal digits"))?;
    let row = window.read.message_by_sha256(&scope, &sha256).await?;
    let row = row.ok_or_else(|| Problem::not_found("no message of yours has these bytes"))?;
    let kind = ceb::Kind::from_root(&row.root);
    let mut documents = Vec::new();
    for index in 0..u64::from(row.documents) {
        let position = Position { writer: row.position.writer, sequence: row.position.sequence + 1 + index };
        let Some(event) = decided(&window.read, position).await? else { continue };
        let repeats = event.row.outcome.as_ref().and_then(|outcome| outcome.repeats);
        // A repeated document has its first answer for ever, in whatever bytes it comes again.
        let first = match repeats {
            Some(first) => decided(&window.read, first).await?,
            None => None,
        };
        let outcome = first.unwrap_or(event).row.outcome;
        let mut shown = view::first_answer(position, outcome.as_deref(), repeats, kind, caller.is_office());
        if let Some(trade) = outcome.as_ref().and_then(|outcome| outcome.consignment.as_ref()) {
            let key = &trade.key;
            shown["order"] = json!({"platform": key.platform.as_str(), "orderNo": key.order_no.as_str()});
        }
        if let Some(key) = outcome.as_ref().and_then(|outcome| outcome.export.trade.as_ref()) {
            shown["export"] = json!({"merchant": key.merchant.as_str(), "orderNo": key.order_no.as_str()});
        }
        documents.push(shown);
    }
    Ok(json!({"message": view::message(&row), "documents": documents}))
}

/// Whether the rows of a key may be read: an office of some districts reads those of its consignments; a party's are
/// narrowed to its own documents afterwards.
async fn sees(window: &Window, scope: &Scope, order: Option<&OrderKey>) -> Result<bool, Problem> {
    Ok(match (scope, order) {
        (Scope::Party(_), _) => true,
        (Scope::Office(districts), _) if districts.is_empty() => true,
        (Scope::Office(_), None) => false,
        (Scope::Office(_), Some(order)) => {
            super::consignments::visible(window, scope, order).await?.is_some()
        }
    })
}

fn cop_no_of(document: &Document) -> Option<&Text> {
    match document {
        Document::Declaration(declaration) => declaration.head.cop_no.as_ref(),
        Document::Cancellation(cancellation) => cancellation.cop_no.as_ref(),
        Document::Return(return_goods) => return_goods.head.cop_no.as_ref(),
        Document::Arrival(arrival) => arrival.head.cop_no.as_ref(),
        Document::ExportDeclaration(declaration) => Some(&declaration.head.cop_no),
        Document::ExportCancellation(cancellation) => Some(&cancellation.cop_no),
        Document::MasterBill(master) => Some(&master.head.cop_no),
        Document::SummaryApplication(application) => Some(&application.head.cop_no),
        Document::ExportReturn(application) => Some(&application.head.co_el_no),
        _ => None,
    }
}

/// The accepted documents under the business key of a query.
async fn named(
    window: &Window,
    scope: &Scope,
    query: &Query,
) -> Result<Vec<(Arc<Arrived>, StoredEvent)>, Problem> {
    let pair = |one: &str, other: &str| Some((parameter(query, one)?, parameter(query, other)?));
    let read = &window.read;
    let mut orders = Vec::new();
    let mut events = Vec::new();
    let mut claims = Vec::new();
    let mut exports = Vec::new();
    if let Some((platform, order_no)) = pair("platform", "orderNo") {
        orders.push(OrderKey::new(&platform, &order_no));
    } else if let Some((merchant, order_no)) = pair("merchant", "orderNo") {
        exports.push(ExportKey::Trade(ExportTradeKey::new(&merchant, &order_no)));
    } else if let Some((pay_code, transaction)) = pair("payCode", "payTransactionId") {
        claims.push(ClaimKey::payment(&pay_code, &transaction));
    } else if let Some((logistics, number)) = pair("logisticsCode", "logisticsNo") {
        let key = WaybillKey::new(&logistics, &number);
        exports.extend([ExportKey::Waybill(key.clone()), ExportKey::ReturnedParcel(key.clone())]);
        let owner = read.waybill(&key).await?.and_then(|record| record.claimed_by);
        if sees(window, scope, owner.as_ref().map(|(order, _)| order)).await? {
            events = read.waybill_timeline(&key).await?;
        }
    } else if let Some((agent, cop_no)) = pair("agentCode", "copNo") {
        exports.extend([
            ExportKey::Declaration(agent.clone(), cop_no.clone()),
            ExportKey::Cancellation(agent.clone(), cop_no.clone()),
            ExportKey::Master(agent.clone(), cop_no.clone()),
            ExportKey::Summary(agent.clone(), cop_no.clone()),
            ExportKey::Return(agent.clone(), cop_no.clone()),
        ]);
        claims.extend([
            ClaimKey::Declaration(agent.clone(), cop_no.clone()),
            ClaimKey::Cancellation(agent.clone(), cop_no.clone()),
            ClaimKey::Return(agent, cop_no),
        ]);
    } else if let Some((operator, cop_no)) = pair("operatorCode", "copNo") {
        if let Some(record) = read.arrival(&ArrivalKey::new(&operator, &cop_no)).await?
            && sees(window, scope, None).await?
        {
            events.extend(read.event(record.filed.position).await?);
        }
    } else {
        return Err(Problem::bad_request(
            "ask by sha256, or by platform and orderNo, merchant and orderNo (exports), payCode and payTransactionId, logisticsCode and logisticsNo, agentCode and copNo (a return of an export: its coElNo), or operatorCode and copNo; kind narrows to one kind of document (311, 621 …)",
        ));
    }
    for claim in claims {
        orders.extend(read.claim(&claim).await?);
    }
    orders.sort_unstable();
    orders.dedup();
    for order in orders {
        if sees(window, scope, Some(&order)).await? {
            events.extend(read.timeline(&order).await?);
        }
    }
    events.extend(super::exports::named(window, scope, &exports).await?);
    let cop_no = parameter(query, "copNo");
    Ok(events
        .into_iter()
        .filter_map(|event| match &event.row.event.cause {
            Cause::Document(arrived) => Some((arrived.clone(), event)),
            _ => None,
        })
        .filter(|(arrived, _)| cop_no.is_none() || cop_no_of(&arrived.document) == cop_no.as_ref())
        .collect())
}

/// The event of a row: as it was decided later, if it was undecided at first.
pub(super) async fn decided(
    read: &ChosenRead,
    position: Position,
) -> Result<Option<StoredEvent>, StoreError> {
    match read.event(position).await? {
        Some(event) if event.row.outcome.is_none() => Ok(read.decided_later(position).await?.or(Some(event))),
        found => Ok(found),
    }
}

/// `GET /v1/messages/{position}/original`: the bytes as received, for their sender and for offices.
pub async fn original(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(position): Path<u64>,
) -> Result<Response, Problem> {
    let bytes = bytes(&window, &caller, position).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// The bytes of a message as received.
pub(crate) async fn bytes(window: &Window, caller: &Caller, position: u64) -> Result<Vec<u8>, Problem> {
    let scope = scope(window, caller);
    let missing = || Problem::not_found("no message of yours is there");
    let row =
        window.read.message(Position::of_number(position).ok_or_else(missing)?).await?.ok_or_else(missing)?;
    match &scope {
        Scope::Party(codes) if codes.contains(&row.sender) => {}
        Scope::Office(districts) if districts.is_empty() => {}
        // What an office of some districts may not see of one document, it does not see in the message around it.
        Scope::Office(_) if row.documents > 0 => {
            for index in 0..u64::from(row.documents) {
                let at =
                    Position { writer: row.position.writer, sequence: row.position.sequence + 1 + index };
                let outcome = decided(&window.read, at).await?.and_then(|event| event.row.outcome);
                let consignment = outcome.as_ref().and_then(|outcome| outcome.consignment.as_ref());
                let trade = outcome.as_ref().and_then(|outcome| outcome.export.trade.as_ref());
                let seen = match trade {
                    Some(trade) => super::exports::sees(window, &scope, trade).await?,
                    None => sees(window, &scope, consignment.map(|consignment| &consignment.key)).await?,
                };
                if !seen {
                    return Err(missing().of_another(true));
                }
            }
        }
        _ => return Err(missing().of_another(true)),
    }
    if row.original == store::Original::Whole(Bytes::new()) {
        return Err(Problem::erased(
            "its digest and what was answered are kept; its bytes went when their time was over",
        ));
    }
    if caller.is_office() {
        let owners = owners(window, &row).await?;
        let id = row.position.number().to_string();
        let by = registers::by(window, caller);
        registers::recorded(window, by, ("message", &id), &owners, &caller.purpose, None).await?;
    }
    Ok(window.read.original(&row).await?)
}

/// Whom a message names: its sender, and those for whom the trades of its documents are listed.
async fn owners(window: &Window, row: &store::MessageRow) -> Result<Vec<Text>, Problem> {
    let mut owners = vec![row.sender.clone()];
    for index in 0..u64::from(row.documents) {
        let at = Position { writer: row.position.writer, sequence: row.position.sequence + 1 + index };
        let Some(outcome) = decided(&window.read, at).await?.and_then(|event| event.row.outcome) else {
            continue;
        };
        if let Some(order) = &outcome.order
            && let Some(consignment) = window.read.consignment(order).await?
        {
            owners.extend(consignment.listed_for());
        }
        if let Some(trade) = &outcome.export.trade
            && let Some(state) = window.read.export(&ExportKey::Trade(trade.clone())).await?
        {
            owners.extend(state.trade().map(|trade| trade.parties()).unwrap_or_default());
        }
    }
    owners.sort_unstable();
    owners.dedup();
    Ok(owners)
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
