//! Receipts out: a feed by cursor, complete up to the cursor it returns.

use super::error::Problem;
use super::{Query, RECEIPTS, limit, parameter, view};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::State;
use clearance::keys::Position;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Cursor, Read};

/// One receipt of the caller's as XML: the row that carries it, and which of the row's.
pub(crate) async fn one(
    window: &Window,
    caller: &Caller,
    position: u64,
    number: usize,
) -> Result<Vec<u8>, Problem> {
    let missing = || Problem::not_found("no receipt of yours is there");
    let position = Position::of_number(position).ok_or_else(missing)?;
    let (_, exchange_ids) = window.names_of(&caller.party);
    let of_event = window.read.event(position).await?.and_then(|event| event.row.outcome);
    let receipts = match of_event {
        Some(outcome) => outcome.receipts.clone(),
        None => window.read.message(position).await?.map(|row| row.receipts).unwrap_or_default(),
    };
    let own = receipts.get(number).filter(|receipt| exchange_ids.contains(&receipt.recipient));
    Ok(ceb::write_receipt(&own.ok_or_else(missing)?.document))
}

/// `GET /v1/receipts?after=&limit=&form=xml|json`.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let (_, exchange_ids) = window.names_of(&caller.party);
    let after = parameter(&query, "after").unwrap_or_default();
    let after = Cursor::parse(&after)
        .ok_or_else(|| Problem::bad_request("after is a cursor of an earlier answer"))?;
    let limit = limit(&query, RECEIPTS)?;
    let xml = match parameter(&query, "form").as_deref() {
        None | Some("json") => false,
        Some("xml") => true,
        Some(_) => return Err(Problem::bad_request("form is json or xml")),
    };
    if window.is_sandbox() && after != Cursor::default() {
        // Shown: software that asks from here on has what came before.
        let asked = crate::sandbox::asked_receipts(&window.code_of(&caller.party));
        window.control.set(&asked, &after.to_string()).await?;
    }
    let (receipts, cursor) = window.read.receipts(&exchange_ids, &after, limit).await?;
    let shown: Vec<Value> = receipts.iter().map(|row| view::receipt(row, xml)).collect();
    Ok(Json(json!({"receipts": shown, "cursor": cursor.to_string()})))
}
