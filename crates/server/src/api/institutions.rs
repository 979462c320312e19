//! The open register of who may do what for trade: payment firms, banks, guarantors, logistics firms with the services that
//! their filings permit today, and pilot enterprises with their modes. Only what is public: no licence, limit, contact or
//! credit grade. Whoever is entitled has the whole filing in the register of filings.

use super::error::Problem;
use super::{Query, limit, parameter};
use crate::Window;
use axum::Json;
use axum::extract::State;
use clearance::party::{Filing, Role, Service, counterpart_of};
use clearance::rulebook::Station;
use clearance::{Rulebook, Text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Institutions of a page: unless asked for, and at most.
const PAGE: (usize, usize) = (200, 1_000);

const ROLES: [Role; 5] = [Role::Payment, Role::Bank, Role::Guarantor, Role::Logistics, Role::Express];

/// `GET /v1/institutions`: in order of their codes, after one.
pub async fn list(State(window): State<Arc<Window>>, query: Query) -> Result<Json<Value>, Problem> {
    let limit = limit(&query, PAGE)?;
    let role = match parameter(&query, "role") {
        Some(word) => Some(Role::from_word(&word).ok_or_else(|| Problem::bad_request("no such role"))?),
        None => None,
    };
    let (service, after) = (parameter(&query, "service"), parameter(&query, "after").unwrap_or_default());
    let reference = window.reference();
    let today = window.clock.now().day();
    let book = reference.current();
    if let Some(word) = service.as_ref().filter(|word| book.services.find(word, today).is_none()) {
        return Err(Problem::bad_request(&format!("no service {word} today")));
    }
    let codes: BTreeMap<&Text, &Filing> = reference
        .parties
        .all()
        .iter()
        .filter(|filing| filing.code > after)
        .filter_map(|filing| Some((&filing.code, reference.parties.find(&filing.code, today)?)))
        .collect();
    let permits = |filing: &Filing, word: &Text| {
        filing.services.iter().any(|one| one.service == *word && one.holds_on(today))
    };
    let wanted = codes.into_values().filter(|filing| {
        !filing.suspended
            && (!filing.modes.is_empty() || ROLES.into_iter().any(|role| filing.has(role)))
            && role.is_none_or(|role| filing.has(role))
            && service.as_ref().is_none_or(|word| permits(filing, word))
    });
    let found: Vec<&Filing> = wanted.take(limit).collect();
    let next = found.last().filter(|_| found.len() == limit).map(|filing| filing.code.as_str());
    let shown: Vec<Value> = found.iter().map(|filing| institution(filing, book, today)).collect();
    Ok(Json(json!({"day": today.to_string(), "institutions": shown, "after": next})))
}

/// Supervision modes of cross-border e-commerce and of what goes with it; the table has those of all trade.
const MODES: [&str; 6] = ["9610", "1210", "1239", "9710", "9810", "1039"];

/// `GET /v1/publications`: modes of trade and editions of the list of retail import goods.
pub async fn publications(State(window): State<Arc<Window>>) -> Json<Value> {
    let reference = window.reference();
    let (book, today) = (reference.current(), window.clock.now().day());
    let in_force = book.editions.on(today).map(|edition| edition.valid_from);
    let modes: Vec<Value> = book
        .codes
        .trade_modes
        .all()
        .into_iter()
        .filter(|(code, ..)| MODES.contains(code) && book.codes.trade_modes.holds(code, today))
        .map(|(code, zh, en)| json!({"code": code, "name": {"zh": zh, "en": en}}))
        .collect();
    let editions: Vec<Value> = book
        .editions
        .all()
        .iter()
        .rev()
        .map(|edition| {
            json!({"name": edition.name.as_str(), "validFrom": edition.valid_from.to_string(), "codes": edition.codes,
                "source": edition.source.as_str(), "confidence": edition.confidence.word(), "inForce": in_force == Some(edition.valid_from)})
        })
        .collect();
    Json(json!({"day": today.to_string(), "modes": modes, "editions": editions}))
}

fn institution(filing: &Filing, book: &Rulebook, today: ceb::Day) -> Value {
    let roles: Vec<&str> = filing.roles.iter().map(|role| role.word()).collect();
    // Which outside system an agency is, is none that it gives.
    let given = |one: &&Service| one.holds_on(today) && counterpart_of(&one.service).is_none();
    let services = filing.services.iter().filter(given).map(|one| {
        let row = book.services.find(&one.service, today);
        json!({
            "service": one.service.as_str(),
            "name": {"zh": row.map(|row| row.name_zh.as_str()), "en": row.map(|row| row.name_en.as_str())},
            "validFrom": one.valid_from.to_string(),
            "validTo": one.valid_to.map(|day| day.to_string()),
            "currencies": one.currencies.iter().map(Text::as_str).collect::<Vec<_>>(),
            "scope": one.scope.as_str(),
        })
    });
    json!({
        "code": filing.code.as_str(),
        "name": filing.name.as_str(),
        "roles": roles,
        "services": services.collect::<Vec<_>>(),
        "modes": filing.modes.iter().map(Text::as_str).collect::<Vec<_>>(),
    })
}

/// `GET /v1/processes?mode=&direction=`: the stations that trades pass, by process: who acts, with which documents, and by which clock.
pub async fn processes(State(window): State<Arc<Window>>, query: Query) -> Json<Value> {
    let (mode, direction) = (parameter(&query, "mode"), parameter(&query, "direction"));
    let reference = window.reference();
    let (book, today) = (reference.current(), window.clock.now().day());
    let wanted = |one: &&Station| {
        mode.as_ref().is_none_or(|mode| one.mode == *mode || one.mode.is_empty())
            && direction.as_ref().is_none_or(|direction| one.direction == *direction)
    };
    let mut found: Vec<Value> = Vec::new();
    for one in book.processes.on(today).into_iter().filter(wanted) {
        if found.last().is_none_or(|process| process["process"] != one.process.as_str()) {
            let head = json!({
                "process": one.process.as_str(), "mode": one.mode.as_str(), "direction": one.direction.as_str(),
                "stations": [],
            });
            found.push(head);
        }
        let clock = book.parameters.dated(&one.clock, today).map(|dated| {
            json!({"parameter": one.clock.as_str(), "value": dated.value, "certainty": dated.confidence.word()})
        });
        let station = json!({
            "step": one.step, "station": one.station.as_str(),
            "name": {"zh": one.name_zh.as_str(), "en": one.name_en.as_str()},
            "actors": one.actors.iter().map(|role| role.word()).collect::<Vec<_>>(),
            "documents": one.documents.iter().map(Text::as_str).collect::<Vec<_>>(),
            "clock": clock, "source": one.source.as_str(), "certainty": one.confidence.word(),
        });
        if let Some(stations) = found.last_mut().and_then(|process| process["stations"].as_array_mut()) {
            stations.push(station);
        }
    }
    Json(json!({"day": today.to_string(), "processes": found}))
}
