//! One box for everything that has a number or a name: trades of imports and of exports by any number of theirs, filed parties,
//! rules by code, goods by tariff code, records of registers by their id. Each kind is found as its own route finds it, so nobody finds what he may not read.

use super::error::Problem;
use super::{
    Query, catalogue, consignments, export_lists, exports, lines, parameter, readings, registers, scope, view,
};
use crate::Window;
use crate::auth::Caller;
use crate::rights::Right;
use axum::Json;
use axum::extract::State;
use clearance::party::Filing;
use clearance::record::Register;
use clearance::{Reason, Text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Characters of what is looked for.
const TEXT: usize = 100;
/// Hits of a kind that are told.
const HITS: usize = 20;

/// `GET /v1/search?text=`.
pub async fn search(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let text = parameter(&query, "text").map(|text| text.trim().to_owned()).unwrap_or_default();
    let count = text.chars().count();
    if !(1..=TEXT).contains(&count) {
        let fault = json!({"path": "text", "value": format!("{count} characters"), "expected": format!("1 to {TEXT} characters"),
            "zh": format!("须为1至{TEXT}个字")});
        return Err(Problem::bad_request("text is a number, a name or a code").with("faults", json!([fault])));
    }
    let scope = scope(&window, &caller);
    let found = consignments::by_number(&window, &scope, &text.as_str().into()).await?;
    let mut abroad = export_lists::by_number(&window, &scope, &text).await?;
    // A bill has many: those that something happened to last.
    abroad.sort_by_key(|trade| std::cmp::Reverse(trade.last_time));
    abroad.truncate(HITS);
    let (records, mut others) = records(&window, &caller, &text).await?;
    if caller.is_office() {
        others.extend(readings::parties_of(&window, found.iter().take(HITS).map(|one| &one.order)).await?);
        others.extend(abroad.iter().map(|trade| trade.parties()));
    }
    let (codes, _) = window.names_of(&caller.party);
    let parties = if caller.is_office() { parties(&window, &text) } else { Vec::new() };
    let found_parties = parties.iter().filter_map(|one| one["party"].as_str()).map(Text::from);
    others.extend(found_parties.filter(|code| !codes.contains(code)).map(|code| vec![code]));
    readings::listed(&window, &caller, "search", &query, &others).await?;
    let abroad: Vec<Value> =
        abroad.iter().map(|trade| exports::line(trade, &codes, caller.is_office())).collect();
    let lines = found.iter().take(HITS).map(|one| lines::summary(one, caller.is_office()));
    let trades: Vec<Value> = lines.collect();
    let rules = if caller.rights.has(Right::ReferenceRead) { rules(&text) } else { Vec::new() };
    Ok(Json(json!({
        "text": text, "trades": trades, "exports": abroad, "parties": parties, "rules": rules,
        "goods": goods(&window, &text), "records": records, "most": HITS,
    })))
}

/// Records with this id, register by register, of those that the caller may see. What they hold is for their own page, which
/// records that it was read; of each that is another's, whom it names.
async fn records(
    window: &Window,
    caller: &Caller,
    id: &str,
) -> Result<(Vec<Value>, Vec<Vec<Text>>), Problem> {
    let (mut found, mut others) = (Vec::new(), Vec::new());
    for register in Register::ALL {
        match registers::visible(window, caller, register.word(), id).await {
            Ok((record, own)) => {
                others.extend((!own).then(|| record.parties.clone()));
                found.push(json!({
                    "register": register.word(), "id": record.key.id.as_str(), "state": record.state.as_str(),
                    "changed": view::time(record.changed),
                }));
            }
            Err(problem) if matches!(problem.kind(), "not-found" | "forbidden") => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok((found, others))
}

/// Filed parties by a code or a part of their name, as of today; for offices.
fn parties(window: &Window, text: &str) -> Vec<Value> {
    let reference = window.reference();
    let today = window.clock.now().day();
    let wanted = text.to_lowercase();
    let is_it = |filing: &Filing| filing.is_called(text) || filing.name.to_lowercase().contains(&wanted);
    let all = reference.parties.all().iter();
    let found: BTreeMap<&str, &Filing> = all
        .filter_map(|filing| reference.parties.find(&filing.code, today))
        .filter(|filing| is_it(filing))
        .map(|filing| (filing.code.as_str(), filing))
        .collect();
    let shown = found.into_values().take(HITS).map(|filing| {
        json!({
            "party": filing.code.as_str(), "name": filing.name.as_str(), "suspended": filing.suspended,
            "roles": filing.roles.iter().map(|role| role.word()).collect::<Vec<_>>(),
        })
    });
    shown.collect()
}

/// Rules by their word, or by one of their codes.
fn rules(text: &str) -> Vec<Value> {
    let lower = text.to_lowercase();
    let code: Option<i32> = text.parse().ok();
    let is_it = |reason: &Reason| {
        reason.word() == lower
            || reason.customs_code() == Some(text)
            || code.is_some_and(|code| reason.ceb_codes().any(|one| one == code))
    };
    Reason::ALL
        .iter()
        .filter(|reason| is_it(reason))
        .take(HITS)
        .map(|reason| catalogue::rule(*reason))
        .collect()
}

/// Codes of the tariff that begin so, as of today.
fn goods(window: &Window, text: &str) -> Vec<Value> {
    if text.len() < 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let reference = window.reference();
    let book = reference.current();
    // The tariff has eight digits, lists have ten or thirteen.
    let wanted = text.get(..8).unwrap_or(text);
    let today = window.clock.now().day();
    let lines = book.tariff.on(today);
    let mut found: Vec<_> = lines.filter(|line| line.hs8.starts_with(wanted)).collect();
    found.sort_unstable_by(|one, other| one.hs8.cmp(&other.hs8));
    let shown = found.into_iter().take(HITS);
    shown.map(|line| json!({"code": line.hs8.as_str(), "name": line.name.as_str()})).collect()
}
