//! A space for trying, over HTTP: trades with played partners and scripted outcomes, and what a sender's software has shown.
//! In every other space these addresses are not there.

use super::error::Problem;
use super::{messages, view};
use crate::Window;
use crate::auth::Caller;
use crate::sandbox::{conformance, trades};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Which documents the window sends.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sends {
    /// Those of the partners; the caller's own are given to him.
    #[default]
    Others,
    /// All of them.
    All,
    /// None.
    Nothing,
}

/// What is asked for.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Body {
    /// Words of a script, as `reject=13127` or `inspect delay=30`.
    pub script: String,
    /// Which documents the window sends.
    pub send: Sends,
}

fn check(window: &Window) -> Result<(), Problem> {
    if window.is_sandbox() {
        return Ok(());
    }
    Err(Problem::not_found("this is no space for trying: ask its operator for the address of the sandbox"))
}

/// `POST /v1/sandbox/trades`: a trade in which the caller has his role.
pub async fn trade(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    check(&window)?;
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    make(&window, &caller, &body).await.map(Json)
}

/// Makes a trade, and sends what is to be sent.
pub async fn make(window: &Window, caller: &Caller, body: &Body) -> Result<Value, Problem> {
    check(window)?;
    if body.script.chars().count() > 200 {
        return Err(Problem::bad_request("a script is at most 200 characters long"));
    }
    let code = window.code_of(&caller.party);
    let name = window.filing(&code).map_or(String::new(), |filing| filing.name.to_string());
    let made = trades::make(window, (caller.role, &code, &name), &body.script);
    let (order, made) = made.ok_or_else(|| Problem::unavailable("no random numbers; ask again"))?;
    let mut documents = Vec::new();
    for one in made {
        let sends = match body.send {
            Sends::All => true,
            Sends::Others => !one.own,
            Sends::Nothing => false,
        };
        let mut shown = json!({
            "kind": one.kind.number(), "root": one.kind.root(), "sender": one.sender.as_str(), "own": one.own, "sent": sends,
        });
        if sends {
            let answer = window.send(&one.xml, &one.sender).await;
            let answer = answer.ok_or_else(|| Problem::unavailable(messages::SEND_AGAIN))?;
            let first = answer.documents.first();
            shown["status"] = first.map(|first| first.answer.status).into();
            shown["info"] = first.map(|first| first.answer.info.to_string()).into();
        }
        if one.own {
            shown["xml"] = String::from_utf8_lossy(&one.xml).into();
        }
        documents.push(shown);
    }
    Ok(
        json!({"platform": order.platform.as_str(), "orderNo": order.order_no.as_str(), "documents": documents}),
    )
}

/// `GET /v1/sandbox/conformance`: what the software of the caller's party has shown.
pub async fn shown(State(window): State<Arc<Window>>, caller: Caller) -> Result<Json<Value>, Problem> {
    check(&window)?;
    let report = conformance::report(&window, &window.code_of(&caller.party), caller.role).await?;
    let checks = report.checks.iter().map(|check| {
        json!({"check": check.word, "shown": check.shown.is_some(), "position": check.shown.map(|at| at.number())})
    });
    let done = report.checks.iter().filter(|check| check.shown.is_some()).count();
    Ok(Json(json!({
        "checks": checks.collect::<Vec<_>>(), "done": done, "complete": report.complete,
        "asOf": view::time(window.clock.now()),
    })))
}
