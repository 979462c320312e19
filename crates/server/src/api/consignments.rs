//! Consignments and declarations by number, with their full timeline and explanation, and lists by cursor.

use super::error::Problem;
use super::{Query, caller, limit, parameter, view};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use ceb::Document;
use clearance::consignment::Consignment;
use clearance::keys::{ClaimKey, OrderKey};
use serde_json::{Value, json};
use store::{Read, Scope, Search};

/// Most lines in one answer.
const MOST: usize = 500;

/// `GET /v1/consignments?state=&number=&after=&limit=`.
pub async fn search<R: Read>(
    State(window): State<Window<R>>,
    headers: HeaderMap,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let (_, scope) = caller(&window, &headers)?;
    let states = match parameter(&query, "state") {
        None => Vec::new(),
        Some(text) => text
            .split(',')
            .map(|state| state.parse().map_err(|_| Problem::bad_request("state is a list of state numbers")))
            .collect::<Result<_, _>>()?,
    };
    let after = match parameter(&query, "after") {
        None => None,
        Some(text) => {
            Some(text.parse().map_err(|_| Problem::bad_request("after is a cursor of an earlier answer"))?)
        }
    };
    let search = Search { states, number: parameter(&query, "number") };
    let (found, next) = window.read.search(&scope, &search, after, limit(&query, 50, MOST)?).await?;
    let position = window.read.position().await?;
    Ok(Json(json!({
        "consignments": found.iter().map(view::summary).collect::<Vec<_>>(),
        "next": next.map(|next| next.to_string()),
        "position": position.to_string(),
    })))
}

/// `GET /v1/consignments/{platform}/{orderNo}`.
pub async fn show<R: Read>(
    State(window): State<Window<R>>,
    headers: HeaderMap,
    Path((platform, order_no)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let (caller, scope) = caller(&window, &headers)?;
    shown(&window, &caller, &scope, &OrderKey::new(&platform, &order_no)).await.map(Json)
}

/// `GET /v1/declarations/{invtNo}`.
pub async fn by_entry<R: Read>(
    State(window): State<Window<R>>,
    headers: HeaderMap,
    Path(invt_no): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (caller, scope) = caller(&window, &headers)?;
    let order = window.read.claim(&ClaimKey::Entry(invt_no.trim().into())).await?;
    let order = order.ok_or_else(missing)?;
    shown(&window, &caller, &scope, &order).await.map(Json)
}

fn missing() -> Problem {
    Problem::not_found("no consignment that names you has this number")
}

/// A consignment, if the scope covers it.
pub(super) async fn found<R: Read>(
    window: &Window<R>,
    scope: &Scope,
    order: &OrderKey,
) -> Result<Consignment, Problem> {
    let consignment = window.read.consignment(order).await?.ok_or_else(missing)?;
    let visible = match scope {
        Scope::Party(codes) => view::names_party(&consignment, codes),
        Scope::Office(districts) => {
            districts.is_empty()
                || districts.iter().any(|district| district_of(&consignment).starts_with(district.as_str()))
        }
    };
    if visible { Ok(consignment) } else { Err(missing()) }
}

fn district_of(consignment: &Consignment) -> clearance::Text {
    match consignment.attempt.as_ref().map(|attempt| &*attempt.declaration.document) {
        Some(Document::Declaration(declaration)) => declaration.head.customs_code.clone(),
        _ => clearance::Text::default(),
    }
}

pub(super) async fn shown<R: Read>(
    window: &Window<R>,
    caller: &Caller,
    scope: &Scope,
    order: &OrderKey,
) -> Result<Value, Problem> {
    let consignment = found(window, scope, order).await?;
    let timeline = window.read.timeline(order).await?;
    let (codes, _) = window.names_of(&caller.token.party);
    Ok(view::consignment(&consignment, &timeline, &codes, caller.is_office()))
}
