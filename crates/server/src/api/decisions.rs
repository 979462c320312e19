//! `GET /v1/decisions`: what an officer decided on trades of imports and of exports, newest first, with his words and where the
//! trade stood afterwards. Everybody reads his own; of a colleague of his office reads who may read its users. What of an inspection
//! came to be is `confirmations`'.

use super::error::Problem;
use super::export_changes::trade_after;
use super::found::{cell_of, file_of, in_form, next_of, when};
use super::inspections::inspection_of;
use super::view::time;
use super::{DECISIONS, Query, confirmations, consignments, exports, limit, parameter, scope, trades};
use crate::auth::Caller;
use crate::rights::Right;
use crate::{Window, finding};
use axum::extract::State;
use axum::response::Response;
use clearance::event::{Cause, OfficerAction};
use clearance::export::ExportTradeKey;
use clearance::keys::{Position, Time};
use evidence::search::{Wanted, What, person};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, StoredEvent};

/// Columns of the file.
const COLUMNS: [&str; 11] = [
    "position", "time", "officer", "platform", "merchant", "orderNo", "action", "measure", "standing",
    "state", "text",
];

/// `GET /v1/decisions?officer=&from=&to=&after=&limit=&form=`.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Response, Problem> {
    in_form(&query, told(&window, &caller, &query).await?, as_csv)
}

/// A page of decisions as a file.
pub(crate) fn as_csv(told: &Value) -> Result<Response, Problem> {
    let lines = told["decisions"].as_array().into_iter().flatten();
    file_of(lines, &COLUMNS, |line, name| cell_of(&line[name]), "decisions.csv")
}

/// Whose decisions are asked for.
fn officer(caller: &Caller, query: &Query) -> Result<String, Problem> {
    match parameter(query, "officer").filter(|login| !login.is_empty()) {
        Some(login) if login != caller.name => {
            // His office is in the key: nobody finds another's.
            caller.rights.has(Right::UsersRead).then(|| login.to_string()).ok_or_else(Problem::forbidden)
        }
        _ => Ok(caller.name.to_string()),
    }
}

/// What is told, as JSON.
pub(crate) async fn told(window: &Arc<Window>, caller: &Caller, query: &Query) -> Result<Value, Problem> {
    let officer = officer(caller, query)?;
    let his = vec![person(&caller.party, &officer)];
    let wanted = when(query, Wanted { parties: Some(his), whats: vec![What::Officer], ..Wanted::default() })?;
    let limit = limit(query, DECISIONS)?;
    let behind = finding::follow(window).await?;
    let hits = window.finding.standing().finder.find(&wanted, limit);
    let next = next_of(&hits, limit);
    let scope = scope(window, caller);
    let mut decisions = Vec::with_capacity(hits.len());
    for hit in hits {
        let position = Position::of_number(hit.place).unwrap_or_default();
        let Some(event) = window.read.event(position).await? else { continue };
        // His district may have changed since: then he knows that he decided, and reads the trade no longer.
        let (mut line, readable) = match &event.row.event.cause {
            Cause::Action(action) => {
                let readable = consignments::visible(window, &scope, &action.order).await?.is_some();
                (line(window, &event, action).await?, readable)
            }
            Cause::ExportAction(action) => {
                let key = ExportTradeKey::of_pair(&action.order);
                (export_line(window, &event, action).await?, exports::sees(window, &scope, &key).await?)
            }
            _ => continue,
        };
        line["readable"] = readable.into();
        line["position"] = hit.place.into();
        line["time"] = time(Time(hit.time)).into();
        decisions.push(line);
    }
    Ok(json!({"officer": officer, "decisions": decisions, "after": next, "behind": behind}))
}

/// A decision on an export trade.
async fn export_line(window: &Window, event: &StoredEvent, action: &OfficerAction) -> Result<Value, Problem> {
    let after = trade_after(event);
    let attempt = after.and_then(|trade| trade.attempt.as_ref());
    let mut line = json!({
        "officer": action.officer.as_str(), "merchant": action.order.platform.as_str(),
        "orderNo": action.order.order_no.as_str(), "action": action.kind.word(), "text": action.text.as_str(),
        "taken": after.is_some(), "state": attempt.map(|attempt| attempt.state.number()),
        "stateWord": attempt.map(|attempt| attempt.state.word()),
    });
    add_inspection(window, event, &mut line).await?;
    Ok(line)
}

/// What an inspection was to lead to, and where it stands.
async fn add_inspection(window: &Window, event: &StoredEvent, line: &mut Value) -> Result<(), Problem> {
    if let (Some((_, inspection)), Some((_, order))) = (inspection_of(event), trades::taken(event)) {
        let timeline = trades::timeline_of(window, &order).await?;
        line["measure"] = inspection.measure.word().into();
        line["standing"] = confirmations::standing(&timeline, event).word().into();
    }
    Ok(())
}

async fn line(window: &Window, event: &StoredEvent, action: &OfficerAction) -> Result<Value, Problem> {
    let after = event.row.outcome.as_ref().and_then(|outcome| outcome.consignment.as_ref());
    let attempt = after.and_then(|consignment| consignment.attempt.as_ref());
    let mut line = json!({
        "officer": action.officer.as_str(), "platform": action.order.platform.as_str(),
        "orderNo": action.order.order_no.as_str(), "action": action.kind.word(), "text": action.text.as_str(),
        "taken": after.is_some(), "state": attempt.map(|attempt| attempt.state.number()),
        "stateWord": attempt.map(|attempt| attempt.state.word()),
    });
    add_inspection(window, event, &mut line).await?;
    Ok(line)
}
