//! A document as its sender filed it, with what was answered and how it stands; and the definitions of messages: what a form
//! for correcting it is made of.

use super::error::Problem;
use super::{exports, messages, scope, view};
use crate::Window;
use crate::auth::Caller;
use crate::ingest::takes;
use axum::Json;
use axum::extract::{Path, State};
use ceb::Kind;
use clearance::consignment::Consignment;
use clearance::event::Cause;
use clearance::keys::Position;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, Scope};

/// `GET /v1/documents/{position}`: for its sender alone, with every value that he sent.
pub async fn show(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(position): Path<u64>,
) -> Result<Json<Value>, Problem> {
    let missing = || Problem::not_found("no document of yours is there");
    let Scope::Party(codes) = scope(&window, &caller) else { return Err(missing()) };
    let position = Position::of_number(position).ok_or_else(missing)?;
    let event = messages::decided(&window.read, position).await?.ok_or_else(missing)?;
    let Cause::Document(arrived) = &event.row.event.cause else { return Err(missing()) };
    if !codes.contains(&arrived.sender) {
        return Err(missing().of_another(true));
    }
    let document = arrived.document.to_json();
    if document.as_object().is_none_or(serde_json::Map::is_empty) {
        return Err(Problem::erased("what was answered is kept; the document went when its time was over"));
    }
    let kind = arrived.document.kind();
    let outcome = event.row.outcome.as_deref();
    let order =
        outcome.and_then(|outcome| outcome.consignment.as_ref()).map(|consignment| consignment.key.clone());
    let consignment = match &order {
        Some(order) => window.read.consignment(order).await?,
        None => None,
    };
    let trade = outcome.and_then(|outcome| outcome.export.trade.as_ref());
    let standing = match (consignment, trade) {
        (Some(consignment), _) => standing(&consignment, event.position),
        (None, Some(trade)) => exports::standing(&window, trade, event.position).await?,
        (None, None) => None,
    };
    Ok(Json(json!({
        "position": event.position.number(),
        "kind": kind.number(),
        "root": kind.root(),
        "message": event.row.message.map(|message| message.number()),
        "order": order.map(|order| json!({"platform": order.platform.as_str(), "orderNo": order.order_no.as_str()})),
        "export": trade.map(|trade| json!({"merchant": trade.merchant.as_str(), "orderNo": trade.order_no.as_str()})),
        "document": document,
        "answer": view::first_answer(event.position, outcome, None, Some(kind), false),
        "standing": standing,
    })))
}

/// How a list stands now, if it is the one that its consignment stands on.
fn standing(consignment: &Consignment, position: Position) -> Option<Value> {
    let attempt = consignment.attempt.as_ref().filter(|attempt| attempt.declaration.position == position)?;
    let findings: Vec<Value> =
        attempt.findings.iter().map(|one| view::finding(one, Some(Kind::Declaration), true, false)).collect();
    Some(json!({"state": attempt.state.number(), "stateWord": attempt.state.word(), "findings": findings}))
}

/// `GET /v1/definitions`: the messages that parties send and this window takes.
pub async fn definitions() -> Json<Value> {
    let kinds = Kind::ALL.iter().filter(|kind| takes(**kind));
    Json(json!({"definitions": kinds.map(|kind| head(*kind)).collect::<Vec<_>>()}))
}

fn head(kind: Kind) -> Value {
    json!({"kind": kind.number(), "root": kind.root(), "element": kind.element(), "words": kind.words()})
}

/// `GET /v1/definitions/{kind}`: its parts and fields, in the order in which they stand.
pub async fn definition(Path(kind): Path<u16>) -> Result<Json<Value>, Problem> {
    let kind = Kind::from_number(kind).filter(|kind| takes(*kind));
    let kind = kind.ok_or_else(|| Problem::not_found("no message that parties send has this number"))?;
    let mut shown = head(kind);
    let parts = kind.parts().iter().enumerate().map(|(index, part)| {
        let fields = part.fields.iter().map(|field| {
            json!({
                "name": field.name,
                "type": field.shape.notation(),
                "expected": field.shape.words(),
                "mandatory": field.mandatory,
                "meaning": field.meaning,
            })
        });
        json!({"element": part.element, "lines": index > 0, "fields": fields.collect::<Vec<_>>()})
    });
    shown["parts"] = parts.collect();
    shown["flat"] = (kind.nesting() == ceb::Nesting::Flat).into();
    shown["fewestLines"] = kind.fewest_lines().into();
    Ok(Json(shown))
}
