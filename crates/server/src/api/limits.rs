//! What a caller has to know to send well: how large a message and a page may be, how much may wait, whether anything is
//! recorded now and agencies take what they are sent, and the limits of trade that are the law today. Nothing is decided here.

use super::error::Problem;
use super::operations::{UNDELIVERED, deliveries_in, intake};
use super::{ACCOUNTS, CONSIGNMENTS, RECEIPTS, counterparts, preview, view};
use crate::Window;
use crate::pipeline;
use axum::Json;
use axum::extract::State;
use ceb::Day;
use clearance::party::Role;
use clearance::rulebook::Rulebook;
use serde_json::{Value, json};
use std::sync::Arc;

/// Parameters of the rulebook that bound a purchase, and per what.
const TRADE: [(&str, &str); 2] =
    [("single_limit", "transaction"), ("annual_limit", "person and calendar year")];

/// Whose webhooks everybody depends on.
pub(super) const COUNTERPARTS: [Role; 4] = [Role::Agency, Role::Bank, Role::Officer, Role::ZoneOperator];

/// `GET /v1/limits`.
pub async fn limits(State(window): State<Arc<Window>>) -> Result<Json<Value>, Problem> {
    let limits = &window.limits;
    let reference = window.reference();
    let book = reference.current();
    let today = window.clock.now().day();
    let page = |(default, most): (usize, usize)| json!({"default": default, "most": most});
    Ok(Json(json!({
        "space": if window.is_sandbox() { "sandbox" } else { "production" },
        "message": {
            "bytes": limits.bytes, "depth": limits.depth, "documents": limits.documents,
            "lines": limits.lines, "arrivalLines": limits.arrival_lines,
        },
        "pages": {
            "receipts": page(RECEIPTS), "consignments": page(CONSIGNMENTS), "accounts": page(ACCOUNTS),
        },
        "preview": {"perPersonAndDay": preview::PER_DAY},
        "intake": intake(&window),
        "exchange": {"down": down(&window).await?, "counterparts": counterparts::told_to_all(&window).await?},
        "pipeline": {
            "waiting": window.pipeline.waiting(), "mostWaiting": pipeline::WAITING,
            "documentsPerCommit": pipeline::BATCH_EVENTS,
            // Of one token, where the operator set it; below that, who sends more than is judged waits for his answer.
            "messagesPerSecond": Some(window.gate.rates().token).filter(|rate| *rate > 0),
        },
        "trade": {
            "day": today.to_string(), "rulebook": book.number,
            "limits": TRADE.iter().filter_map(|(name, per)| trade(book, today, name, per)).collect::<Vec<_>>(),
        },
    })))
}

/// Webhooks of agencies, offices and banks that do not take what they are sent, a thousand at most: it waits for them. Which they
/// are is for those whose they are and for whoever operates the window.
async fn down(window: &Window) -> Result<usize, Problem> {
    let (found, _) = deliveries_in(window, &UNDELIVERED).await?;
    let reference = window.reference();
    let today = window.clock.now().day();
    let is_public = |owner: &str| {
        let filing = reference.parties.find(owner, today);
        filing.is_some_and(|filing| COUNTERPARTS.iter().any(|role| filing.has(*role)))
    };
    Ok(found.iter().filter(|record| is_public(&register::owner(record))).count())
}

/// One limit of trade as it holds on a day.
fn trade(book: &Rulebook, day: Day, name: &str, per: &str) -> Option<Value> {
    let dated = book.parameters.dated(name, day)?;
    Some(json!({
        "name": name, "per": per, "currency": "CNY", "amount": view::yuan(dated.value),
        "validFrom": dated.from.to_string(), "validTo": dated.to.map(|day| day.to_string()),
        "source": dated.source.as_str(), "confidence": dated.confidence.word(),
    }))
}
