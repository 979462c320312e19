//! What whoever operates the window looks at: what it takes, judges and delivers now, and the rulebooks that were published
//! with their differences. Sealed tables are for customs alone: others are told that they changed.

use super::error::Problem;
use super::{Query, counterparts, operations, parameter};
use crate::Window;
use crate::auth::Caller;
use crate::rates::Rate;
use axum::Json;
use axum::extract::State;
use clearance::party::Role;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Cursor, Read, RulebookRow};

/// Webhooks that are told.
const TOLD: usize = 20;
/// Lines of a table that differ and are told.
const LINES: usize = 200;

/// `GET /v1/operation`.
pub async fn now(State(window): State<Arc<Window>>) -> Result<Json<Value>, Problem> {
    let rows = |cursor: &Cursor| cursor.writers.iter().map(|(_, sequence)| sequence).sum::<u64>();
    let position = window.read.position().await?;
    let listed = rows(&window.read.listed().await?);
    let (failing, more) = operations::deliveries_in(&window, &operations::UNDELIVERED).await?;
    let told: Vec<Value> = failing
        .iter()
        .take(TOLD)
        .map(|record| {
            let delivery = register::delivery::Delivery::of(record);
            json!({
                "id": record.key.id.as_str(), "state": record.state.as_str(), "failures": delivery.failures,
                "error": delivery.error, "setAside": delivery.set_aside.len(), "changed": super::view::time(record.changed),
            })
        })
        .collect();
    let counters: Vec<Value> = window
        .metrics
        .counted()
        .into_iter()
        .map(|(name, help, value)| json!({"name": name, "help": help, "value": value}))
        .collect();
    let rates = window.metrics.rates.told(&window.metrics, window.clock.now());
    let rate = |one: &Rate| json!({"name": one.name, "minute": one.minute, "quarter": one.quarter, "hour": one.hour, "minutes": one.minutes});
    Ok(Json(json!({
        "rates": rates.iter().map(rate).collect::<Vec<_>>(),
        "intake": operations::intake(&window), "paused": window.is_paused(),
        "position": position.to_string(), "waiting": window.pipeline.waiting(), "rows": rows(&position),
        "rowsNotListed": rows(&position).saturating_sub(listed), "evidenceBehind": window.evidence.behind().await?,
        "freeBytes": window.intake.free_bytes(),
        "counterparts": counterparts::told(&window).await?,
        "webhooks": {"count": failing.len(), "more": more, "failing": told}, "counters": counters,
    })))
}

/// `GET /v1/rulebooks`: those that were published, the newest first.
pub async fn rulebooks(State(window): State<Arc<Window>>) -> Result<Json<Value>, Problem> {
    let rows = window.read.rulebooks().await?;
    let mut shown: Vec<Value> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| rows.get(index));
        let changed: Vec<&str> = before.map_or_else(Vec::new, |before| changed(before, row));
        shown.push(json!({
            "number": row.number, "by": row.by.as_str(), "digest": super::view::hex(&row.digest), "tables": row.tables.len(),
            "changed": changed,
        }));
    }
    shown.reverse();
    Ok(Json(json!({ "rulebooks": shown })))
}

/// Names of the tables that differ.
fn changed<'a>(before: &'a RulebookRow, after: &'a RulebookRow) -> Vec<&'a str> {
    let old: BTreeMap<&str, &str> = texts(before);
    let new: BTreeMap<&str, &str> = texts(after);
    let mut names: Vec<&str> = old.keys().chain(new.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| old.get(name) != new.get(name));
    names
}

/// What stands in one text of a table and not in the other.
pub(super) fn differing(name: &str, before: &str, after: &str) -> Value {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let (removed, added) = (missing(&before, &after), missing(&after, &before));
    let more = removed.len().saturating_sub(LINES) + added.len().saturating_sub(LINES);
    let first = |lines: Vec<&str>| lines.into_iter().take(LINES).map(str::to_owned).collect::<Vec<String>>();
    json!({"table": name, "sealed": false, "removed": first(removed), "added": first(added), "more": more})
}

fn texts(row: &RulebookRow) -> BTreeMap<&str, &str> {
    row.tables.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

/// `GET /v1/rulebooks/differences?from=&to=`: what stands in the tables of one and not of the other, line by line.
pub async fn differences(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let rows = window.read.rulebooks().await?;
    let named = |name: &str| {
        let number: u32 = parameter(&query, name).and_then(|text| text.parse().ok()).ok_or_else(|| {
            Problem::bad_request(&format!("{name} is the number of a rulebook"))
                .in_chinese("请填写规则集的编号")
        })?;
        let found = rows.iter().find(|row| row.number == number);
        found.ok_or_else(|| {
            Problem::not_found("no rulebook has this number; GET /v1/rulebooks lists them")
                .in_chinese("没有此编号的规则集，编号见下表")
        })
    };
    let (from, to) = (named("from")?, named("to")?);
    let (old, new) = (texts(from), texts(to));
    let tables: Vec<Value> = changed(from, to)
        .into_iter()
        .map(|name| {
            if clearance::rulebook::is_sealed(name) && caller.role != Role::Officer {
                return json!({"table": name, "sealed": true, "removed": [], "added": [], "more": 0});
            }
            let text = |texts: &BTreeMap<&str, &str>| texts.get(name).copied().unwrap_or_default().to_owned();
            differing(name, &text(&old), &text(&new))
        })
        .collect();
    Ok(Json(json!({"from": from.number, "to": to.number, "tables": tables})))
}

/// Lines of one that the other has not as often: rows of tables are sets.
fn missing<'a>(these: &[&'a str], those: &[&str]) -> Vec<&'a str> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for line in those {
        *left.entry(line).or_default() += 1;
    }
    let mut found = Vec::new();
    for line in these {
        match left.get_mut(line) {
            Some(count) if *count > 0 => *count -= 1,
            _ => found.push(*line),
        }
    }
    found
}
