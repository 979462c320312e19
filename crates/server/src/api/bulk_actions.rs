//! One decision on many trades, of imports and of exports. Each is decided by itself, on the version that was seen; what asks for
//! a look of its own is left for one.

use super::actions::{self, Body as One};
use super::error::Problem;
use super::{assignments, consignments, exports, operations, scope};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use clearance::consignment::Lane;
use clearance::export::ExportTradeKey;
use clearance::inspection::WORDS;
use clearance::keys::OrderKey;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Actions that may be taken on many: none that a party would have to be given a reason of its own for.
pub const ACTIONS: [&str; 4] = ["approve", "release", "inspect", "suspend"];

/// A trade, and the version that was seen. It is named by its platform, or of exports by its merchant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Item {
    /// Code of the platform.
    #[serde(default)]
    pub platform: String,
    /// Code of the merchant of an export trade.
    #[serde(default)]
    pub merchant: String,
    /// Number of the order.
    pub order_no: String,
    /// The version that was seen.
    pub version: u32,
}

impl Item {
    /// The export trade that it names.
    fn export(&self) -> Option<ExportTradeKey> {
        (!self.merchant.is_empty()).then(|| ExportTradeKey::new(&self.merchant, &self.order_no))
    }

    /// One name for whichever it names.
    fn order(&self) -> OrderKey {
        self.export().map_or_else(
            || OrderKey::new(&self.platform, &self.order_no),
            |export| assignments::of_export(&export),
        )
    }
}

/// The body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Names the decision; the same id again gets the first answers.
    pub id: String,
    /// What is done.
    pub action: String,
    /// Why: it stands at every trade.
    pub text: String,
    /// On which.
    pub items: Vec<Item>,
}

/// `POST /v1/actions`: 200 with what came of each; 400 and 422 where nothing was done.
pub async fn act(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    take(&window, &caller, &body).await.map(Json)
}

/// Takes a decision on many.
pub async fn take(window: &Window, caller: &Caller, body: &Body) -> Result<Value, Problem> {
    operations::check_intake(window)?;
    check(window, body)?;
    let mut results = Vec::new();
    for item in &body.items {
        let (status, told) = match one(window, caller, body, item).await {
            Ok((status, answer)) => (status, answer),
            Err(problem) if problem.kind() == "unavailable" => return Err(problem),
            Err(problem) => {
                let words = problem.words();
                (problem.status(), json!({"kind": problem.kind(), "info": words.en, "zh": words.zh}))
            }
        };
        let (name, code) = match item.export() {
            Some(_) => ("merchant", &item.merchant),
            None => ("platform", &item.platform),
        };
        results.push(json!({
            name: code, "orderNo": item.order_no, "done": status == 200, "status": status, "answer": told,
        }));
    }
    Ok(json!({ "results": results }))
}

fn check(window: &Window, body: &Body) -> Result<(), Problem> {
    let most = window.reference().current().parameters.on(window.clock.now().day()).bulk_decisions;
    let most = usize::try_from(most).unwrap_or(0);
    let mut faults = Vec::new();
    let mut fault = |path: &str, value: &str, expected: &str, zh: &str| {
        faults.push(json!({"path": path, "value": value, "expected": expected, "zh": zh}));
    };
    if body.id.trim().is_empty() {
        let expected = "a name of this decision; the same id again gets the first answers";
        fault("id", "", expected, "决定须有编号（id），重复提交同一编号只会得到第一次的答复");
    }
    if !ACTIONS.contains(&body.action.as_str()) {
        fault("action", &body.action, &format!("one of {}", ACTIONS.join(", ")), "请选择一项决定");
    }
    if body.text.trim().chars().count() < 2 {
        let expected = "why, in at least 2 characters: it stands at every trade";
        fault("text", &body.text, expected, "请说明理由（至少2个字），将写入每一票");
    }
    let words = body.text.trim().chars().count();
    if words > WORDS {
        let zh = format!("说明至多{WORDS}个字，现有{words}个字");
        fault("text", &format!("{words} characters"), &format!("at most {WORDS} characters"), &zh);
    }
    if body.items.is_empty() || body.items.len() > most {
        let zh = format!("一次须为1至{most}票，现选{}票", body.items.len());
        fault("items", &body.items.len().to_string(), &format!("1 to {most} trades"), &zh);
    }
    let ambiguous = |item: &&Item| item.platform.is_empty() == item.merchant.is_empty();
    if let Some(item) = body.items.iter().find(ambiguous) {
        let expected = "of each trade its platform, or of exports its merchant";
        fault("items", &item.order_no, expected, "每一票须且只须指明电商平台（进口）或电商企业（出口）之一");
    }
    let named: BTreeSet<OrderKey> = body.items.iter().map(Item::order).collect();
    if named.len() < body.items.len() {
        fault("items", "", "each trade once", "同一票只能选一次");
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Problem::invalid("nothing was decided").with("faults", faults.into()))
}

async fn one(window: &Window, caller: &Caller, body: &Body, item: &Item) -> Result<(u16, Value), Problem> {
    let (scope, order, export) = (scope(window, caller), item.order(), item.export());
    let lane = match &export {
        Some(key) => {
            let trade = exports::found(window, &scope, key).await?;
            trade.attempt.as_ref().and_then(|attempt| attempt.lane)
        }
        None => {
            let consignment = consignments::found(window, &scope, &order).await?;
            consignment.attempt.as_ref().and_then(|attempt| attempt.lane)
        }
    };
    let frees = matches!(body.action.as_str(), "approve" | "release");
    if frees && lane.is_some_and(|lane| lane > Lane::DocumentCheck) {
        return Err(Problem::conflict(
            "by-itself",
            "This is decided by itself",
            "its lane asks for a look at this one: open it and decide there",
        )
        .in_chinese("按其通道须逐票查看：请打开此票，在页面上作出决定"));
    }
    let action = One {
        // The same decision of another trade is another.
        id: format!("{}:{}:{}", body.id.trim(), order.platform, order.order_no),
        version: item.version,
        action: body.action.clone(),
        text: body.text.trim().to_owned(),
        ..One::default()
    };
    let (status, answer) = match &export {
        Some(key) => exports::take(window, caller, key, &action).await?,
        None => actions::take(window, caller, order, &action).await?,
    };
    Ok((status.as_u16(), answer))
}
