//! Who works on which trade, of imports or of exports: an officer takes one from the queue, and until he gives it up or his time
//! is over nobody else decides on it.

use super::consignments::{self, Waiting};
use super::error::Problem;
use super::risk::{self, Risk};
use super::{Query, export_lists, exports, parameter, scope, view};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use clearance::export::ExportTradeKey;
use clearance::keys::{OrderKey, Time};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::Assignment;

/// The order by risk with the gravest first: what a queue in it is begun with.
const GRAVEST: &str = "-risk";

/// What is taken: a trade, or the first of a queue that nobody works on; of exports a trade is named by its merchant, and the
/// queue by `exports`; `sort` is `-risk` where the gravest is wanted instead of the first by lane and age.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    #[serde(default)]
    platform: Option<String>,
    #[serde(default)]
    merchant: Option<String>,
    #[serde(default)]
    order_no: Option<String>,
    #[serde(default)]
    states: Vec<u16>,
    #[serde(default)]
    exports: bool,
    #[serde(default)]
    sort: String,
}

/// An export trade, as it is told from a trade of imports where both are taken and chosen.
pub fn of_export(key: &ExportTradeKey) -> OrderKey {
    key.marked()
}

/// The export trade that is named so; none = it is one of imports.
pub fn export_of(order: &OrderKey) -> Option<ExportTradeKey> {
    ExportTradeKey::of_marked(order)
}

/// An assignment as callers see it.
pub fn shown(assignment: &Assignment) -> Value {
    let export = export_of(&assignment.order);
    let (name, code) = match &export {
        Some(key) => ("merchant", key.merchant.as_str()),
        None => ("platform", assignment.order.platform.as_str()),
    };
    json!({
        name: code,
        "orderNo": assignment.order.order_no.as_str(),
        "officer": assignment.officer.as_str(),
        "party": assignment.party.as_str(),
        "until": view::time(assignment.until),
    })
}

/// `GET /v1/assignments`: what the caller's office works on now.
pub async fn list(State(window): State<Arc<Window>>, caller: Caller) -> Result<Json<Value>, Problem> {
    let all = window.control.assignments(window.clock.now()).await?;
    let own = all.iter().filter(|one| one.party == caller.party).map(shown);
    Ok(Json(json!({"assignments": own.collect::<Vec<_>>()})))
}

/// `POST /v1/assignments`. 409 = another works on it; 204 = nothing waits that nobody works on.
pub async fn take(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    if !["", GRAVEST].contains(&body.sort.as_str()) || (!body.sort.is_empty() && body.states.is_empty()) {
        return Err(Problem::bad_request("sort is -risk, with states, or is left out"));
    }
    let taken = match (body.platform, body.merchant, body.order_no, body.states.as_slice()) {
        (Some(platform), None, Some(order_no), []) => {
            Some(one(&window, &caller, OrderKey::new(&platform, &order_no)).await?)
        }
        (None, Some(merchant), Some(order_no), []) => {
            let key = ExportTradeKey::new(&merchant, &order_no);
            Some(one(&window, &caller, of_export(&key)).await?)
        }
        (None, None, None, states) if !states.is_empty() => {
            let states = states.to_vec();
            if body.exports {
                next_export(&window, &caller, states, &body.sort).await?
            } else {
                next(&window, &caller, states, &body.sort).await?
            }
        }
        _ => {
            return Err(Problem::bad_request(
                "platform and orderNo name a trade, merchant and orderNo one of exports; or states, a list of state numbers, asks for the next of a queue, with exports: true of that of exports",
            ));
        }
    };
    Ok(match taken {
        Some(taken) => (StatusCode::OK, Json(shown(&taken))),
        None => (StatusCode::NO_CONTENT, Json(Value::Null)),
    })
}

fn wanted(window: &Window, caller: &Caller, order: OrderKey, now: Time) -> Assignment {
    let minutes = window.reference().current().parameters.on(now.day()).assignment_minutes;
    let until = Time(now.0 + minutes * 60_000);
    Assignment { order, party: caller.party.clone(), officer: caller.name.clone(), until }
}

/// A trade that the caller may see becomes his.
pub async fn one(window: &Window, caller: &Caller, order: OrderKey) -> Result<Assignment, Problem> {
    let scope = scope(window, caller);
    match export_of(&order) {
        Some(key) => drop(exports::found(window, &scope, &key).await?),
        None => drop(consignments::found(window, &scope, &order).await?),
    }
    let now = window.clock.now();
    let wanted = wanted(window, caller, order, now);
    match window.control.assign(&wanted, now).await? {
        Ok(()) => Ok(wanted),
        Err(other) => Err(of_another(&other)),
    }
}

/// The first of a queue that nobody works on becomes the caller's: the gravest, where he has it in order by risk, and where not all
/// that waits can be put in it, as in every other order, the first by lane and age.
pub async fn next(
    window: &Window,
    caller: &Caller,
    states: Vec<u16>,
    sort: &str,
) -> Result<Option<Assignment>, Problem> {
    if sort == GRAVEST
        && let Some(ranked) = risk::waiting(window, caller, states.clone(), true).await?
    {
        return first(window, caller, ranked.into_iter().map(|(_, line)| line.order)).await;
    }
    let Waiting { found, .. } = consignments::waiting_in(window, caller, states).await?;
    first(window, caller, found.into_iter().map(|summary| summary.order)).await
}

/// The same of the queue of exports.
pub async fn next_export(
    window: &Window,
    caller: &Caller,
    states: Vec<u16>,
    sort: &str,
) -> Result<Option<Assignment>, Problem> {
    let mut waiting = export_lists::waiting_in(window, caller, states).await?;
    if sort == GRAVEST {
        risk::put(&mut waiting.found, true, |trade| Risk::of_export(trade));
    }
    first(window, caller, waiting.found.iter().map(|trade| of_export(&trade.key))).await
}

async fn first(
    window: &Window,
    caller: &Caller,
    orders: impl Iterator<Item = OrderKey>,
) -> Result<Option<Assignment>, Problem> {
    let now = window.clock.now();
    let taken = window.control.assignments(now).await?;
    for order in orders {
        if taken.iter().any(|one| one.order == order) {
            continue;
        }
        let wanted = wanted(window, caller, order, now);
        // Another may have been faster: the next, then.
        if window.control.assign(&wanted, now).await?.is_ok() {
            return Ok(Some(wanted));
        }
    }
    Ok(None)
}

/// `DELETE /v1/assignments/{platform}/{orderNo}?of=`: with `of=exports` the first is the merchant of an export trade.
pub async fn give_up(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((code, order_no)): Path<(String, String)>,
    query: Query,
) -> Result<StatusCode, Problem> {
    let order = match parameter(&query, "of").as_deref() {
        None => OrderKey::new(&code, &order_no),
        Some("exports") => of_export(&ExportTradeKey::new(&code, &order_no)),
        Some(_) => return Err(Problem::bad_request("of is exports, or is left out")),
    };
    given_up(&window, &caller, &order).await
}

/// A trade is no longer the caller's.
pub async fn given_up(window: &Window, caller: &Caller, order: &OrderKey) -> Result<StatusCode, Problem> {
    if window.control.give_up(order, &caller.party, &caller.name).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("you do not work on such a trade"))
    }
}

/// 409: somebody else works on it.
fn of_another(other: &Assignment) -> Problem {
    let detail = format!("{} works on it until {}", other.officer, view::time(other.until));
    let zh = format!("{}正在办理，至{}", other.officer, view::time(other.until));
    let problem = Problem::conflict("assigned", "Another officer works on it", &detail).in_chinese(&zh);
    problem.with("assigned", shown(other))
}

/// Whether the caller may decide on a trade: nobody else works on it.
pub async fn check(window: &Window, caller: &Caller, order: &OrderKey) -> Result<(), Problem> {
    match window.control.assignment(order, window.clock.now()).await? {
        Some(other) if other.party != caller.party || other.officer != caller.name => Err(of_another(&other)),
        _ => Ok(()),
    }
}
