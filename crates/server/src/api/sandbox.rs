//! A space for trying, over HTTP: trades with played partners and scripted outcomes, and what a sender's software has shown.
//! In every other space these addresses are not there.

use super::error::Problem;
use super::{messages, view};
use crate::Window;
use crate::auth::Caller;
use crate::sandbox::trades::{self, Later, Made, Trying};
use crate::sandbox::{conformance, export_trades};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use ceb::Kind;
use clearance::Text;
use clearance::party::Role;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::Read;

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
    /// What comes after the list: `cancellation`, `return`, `delivery`, of exports `cancellation`, `departure`, `summary`,
    /// `return`; empty = nothing.
    pub then: String,
    /// Of what: `imports`, `exports`; empty = of imports.
    pub of: String,
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
        return Err(Problem::bad_request("a script is at most 200 characters long")
            .in_chinese("脚本连同所选结果至多200个字符"));
    }
    let code = window.code_of(&caller.party);
    let name = window.filing(&code).map_or(String::new(), |filing| filing.name.to_string());
    match body.of.trim() {
        "" | "imports" => {}
        "exports" => return make_export(window, (caller.role, &code, &name), body).await,
        _ => return Err(Problem::bad_request("of is imports or exports, or is left out")),
    }
    let later = named(&body.then, Later::from_word, &Later::ALL.map(Later::word))?;
    let made = trades::make(window, (caller.role, &code, &name), &body.script, later);
    let made = made.ok_or_else(|| Problem::unavailable("no random numbers; ask again"))?;
    let mut documents = Vec::new();
    for one in &made.made {
        documents.push(sent(window, one, body.send).await?);
    }
    if let Some(later) = later {
        documents.push(after(window, (&code, &name), &made, later, body.send).await?);
    }
    let order = &made.order;
    Ok(
        json!({"platform": order.platform.as_str(), "orderNo": order.order_no.as_str(), "documents": documents}),
    )
}

/// What comes after the list, by its word.
fn named<T>(then: &str, from_word: impl Fn(&str) -> Option<T>, words: &[&str]) -> Result<Option<T>, Problem> {
    let then = then.trim();
    let later = from_word(then);
    if !then.is_empty() && later.is_none() {
        return Err(Problem::bad_request(&format!("then is one of {}, or is left out", words.join(", "))));
    }
    Ok(later)
}

/// The same of exports.
async fn make_export(window: &Window, party: (Role, &Text, &str), body: &Body) -> Result<Value, Problem> {
    use export_trades::Later;
    let later = named(&body.then, Later::from_word, &Later::ALL.map(Later::word))?;
    let made = export_trades::make(window, party, &body.script, later);
    let made = made.ok_or_else(|| Problem::unavailable("no random numbers; ask again"))?;
    let mut documents = Vec::new();
    for one in &made.made {
        documents.push(sent(window, one, body.send).await?);
    }
    let (_, code, name) = party;
    if let Some(later) = later.filter(|later| *later != Later::Departure) {
        documents.push(after_export(window, (code, name), &made, later, body.send).await?);
    }
    if later == Some(Later::Return) {
        documents.push(sent(window, &export_trades::tally(window, party, &made.export), body.send).await?);
    }
    let key = made.export.key();
    Ok(json!({"merchant": key.merchant.as_str(), "orderNo": key.order_no.as_str(), "documents": documents}))
}

/// What comes after a list of exports names its entry number; only what has left the country is summarised or brought back.
async fn after_export(
    window: &Window,
    party: (&Text, &str),
    made: &export_trades::Trying,
    later: export_trades::Later,
    send: Sends,
) -> Result<Value, Problem> {
    use export_trades::Later;
    let follows = later.follows_closing();
    let found = export_trades::standing(window, &made.export, follows && send == Sends::All).await?;
    let attempt = found.as_ref().and_then(|trade| trade.attempt.as_ref());
    let entry = attempt.filter(|attempt| !follows || attempt.closed_on.is_some());
    let entry = entry.and_then(|attempt| attempt.invt_no.as_ref());
    let written = entry.and_then(|entry| export_trades::later(window, party, &made.export, (later, entry)));
    let Some(written) = written else {
        let kind = match later {
            Later::Summary => Kind::SummaryApplication,
            Later::Return => Kind::ExportReturn,
            Later::Cancellation | Later::Departure => Kind::ExportCancellation,
        };
        let sender = later.applicant(&made.export, party.0).as_str();
        let info = if follows {
            "the list is not closed yet: send what comes before, until it has left the country, or choose that the window sends all"
        } else {
            NO_ENTRY
        };
        return Ok(json!({
            "kind": kind.number(), "root": kind.root(), "sender": sender, "own": sender == party.0.as_str(),
            "sent": false, "info": info,
        }));
    };
    sent(window, &written, send).await
}

/// Why what names an entry number was not sent.
const NO_ENTRY: &str = "the list has no entry number yet: send it first, or choose that the window sends all";

/// A document of a trade, sent if it is to be, and then with its answer.
async fn sent(window: &Window, one: &Made, send: Sends) -> Result<Value, Problem> {
    let sends = match send {
        Sends::All => true,
        Sends::Others => !one.own,
        Sends::Nothing => false,
    };
    let mut shown = json!({
        "kind": one.kind.number(), "root": one.kind.root(), "sender": one.sender.as_str(), "own": one.own, "sent": sends,
    });
    if sends {
        let answer = window.send(&one.xml, &one.sender).await;
        let answer = answer.ok_or_else(messages::unacknowledged)?;
        let first = answer.documents.first();
        shown["status"] = first.map(|first| first.answer.status).into();
        shown["info"] = first.map(|first| first.answer.info.to_string()).into();
    }
    if one.own {
        shown["xml"] = String::from_utf8_lossy(&one.xml).into();
    }
    Ok(shown)
}

/// What comes after a list names the entry number that it was given: of one that was not sent there is none.
async fn after(
    window: &Window,
    party: (&Text, &str),
    made: &Trying,
    later: Later,
    send: Sends,
) -> Result<Value, Problem> {
    let found = window.read.consignment(&made.order).await?;
    let entry = found.and_then(|found| found.attempt).and_then(|attempt| attempt.invt_no);
    let entry = match (entry, later) {
        (Some(entry), _) => entry,
        (None, Later::Delivery) => Text::default(),
        (None, _) => {
            let root = if later == Later::Return { "CEB625Message" } else { "CEB623Message" };
            let sender = made.trade.declaration.head.agent_code.as_str();
            return Ok(json!({
                "kind": if later == Later::Return { 625 } else { 623 }, "root": root, "sender": sender, "own": sender == party.0.as_str(),
                "sent": false, "info": NO_ENTRY,
            }));
        }
    };
    sent(window, &trades::later(window, party, &made.trade, (later, &entry)), send).await
}

/// `GET /v1/sandbox/conformance`: what the software of the caller's party has shown.
pub async fn shown(State(window): State<Arc<Window>>, caller: Caller) -> Result<Json<Value>, Problem> {
    check(&window)?;
    let report = conformance::report(&window, &window.code_of(&caller.party), caller.role).await?;
    let checks = report.checks.iter().map(|check| {
        json!({"check": check.word, "shown": check.shown.is_some(), "position": check.shown.map(|at| at.number())})
    });
    let receipts = report.receipts.newest.iter().map(|one| {
        json!({
            "position": one.position.number(), "number": one.number, "message": one.kind.root(), "status": one.status,
            "platform": one.order.as_ref().map(|order| order.platform.as_str()),
            "orderNo": one.order.as_ref().map(|order| order.order_no.as_str()),
            "time": view::time(one.time), "fetched": one.fetched,
        })
    });
    let done = report.checks.iter().filter(|check| check.shown.is_some()).count();
    Ok(Json(json!({
        "checks": checks.collect::<Vec<_>>(), "done": done, "complete": report.complete,
        "receipts": {
            "all": report.receipts.all, "fetched": report.receipts.fetched, "newest": receipts.collect::<Vec<_>>(),
        },
        "asOf": view::time(window.clock.now()),
    })))
}
