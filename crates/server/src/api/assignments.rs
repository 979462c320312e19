//! Who works on which trade: an officer takes one from the queue, and until he gives it up or his time is over nobody else
//! decides on it.

use super::consignments::{self, Waiting};
use super::error::Problem;
use super::{scope, view};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use clearance::keys::{OrderKey, Time};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::Assignment;

/// What is taken: a trade, or the first of a queue that nobody works on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    #[serde(default)]
    platform: Option<String>,
    #[serde(default)]
    order_no: Option<String>,
    #[serde(default)]
    states: Vec<u16>,
}

/// An assignment as callers see it.
pub fn shown(assignment: &Assignment) -> Value {
    json!({
        "platform": assignment.order.platform.as_str(),
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
    match (body.platform, body.order_no, body.states.as_slice()) {
        (Some(platform), Some(order_no), []) => {
            let order = OrderKey::new(&platform, &order_no);
            let taken = one(&window, &caller, order).await?;
            Ok((StatusCode::OK, Json(shown(&taken))))
        }
        (None, None, states) if !states.is_empty() => match next(&window, &caller, states.to_vec()).await? {
            Some(taken) => Ok((StatusCode::OK, Json(shown(&taken)))),
            None => Ok((StatusCode::NO_CONTENT, Json(Value::Null))),
        },
        _ => Err(Problem::bad_request(
            "platform and orderNo name a trade; or states, a list of state numbers, asks for the next of a queue",
        )),
    }
}

fn wanted(window: &Window, caller: &Caller, order: OrderKey, now: Time) -> Assignment {
    let minutes = window.reference().current().parameters.on(now.day()).assignment_minutes;
    let until = Time(now.0 + minutes * 60_000);
    Assignment { order, party: caller.party.clone(), officer: caller.name.clone(), until }
}

/// A trade that the caller may see becomes his.
pub async fn one(window: &Window, caller: &Caller, order: OrderKey) -> Result<Assignment, Problem> {
    consignments::found(window, &scope(window, caller), &order).await?;
    let now = window.clock.now();
    let wanted = wanted(window, caller, order, now);
    match window.control.assign(&wanted, now).await? {
        Ok(()) => Ok(wanted),
        Err(other) => Err(of_another(&other)),
    }
}

/// The first of a queue that nobody works on becomes the caller's.
pub async fn next(window: &Window, caller: &Caller, states: Vec<u16>) -> Result<Option<Assignment>, Problem> {
    let now = window.clock.now();
    let Waiting { found, .. } = consignments::waiting_in(window, caller, states).await?;
    let taken = window.control.assignments(now).await?;
    for summary in found {
        if taken.iter().any(|one| one.order == summary.order) {
            continue;
        }
        let wanted = wanted(window, caller, summary.order, now);
        // Another may have been faster: the next, then.
        if window.control.assign(&wanted, now).await?.is_ok() {
            return Ok(Some(wanted));
        }
    }
    Ok(None)
}

/// `DELETE /v1/assignments/{platform}/{orderNo}`.
pub async fn give_up(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let order = OrderKey::new(&platform, &order_no);
    if window.control.give_up(&order, &caller.party, &caller.name).await? {
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
