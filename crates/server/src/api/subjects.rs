//! Views of a person and of an address by their keyed hashes, of an enterprise by its code: what an officer who has a trade
//! before him needs to see of the others. Persons and addresses are for offices of the whole zone, with a purpose, and each
//! reading is recorded before anything is shown; their numbers and words stand in no address and in no answer.

use super::error::Problem;
use super::view::yuan;
use super::{Query, consumer, lines, parameter, registers, scope, view};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::{Path, State};
use ceb::Day;
use clearance::Text;
use clearance::consignment::Consignment;
use clearance::guard;
use ledger::Account;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Read, Scope, Search, Summary};

/// Trades that a view looks at, the newest: a person's quota is spent long before.
const TRADES: usize = 300;
/// Trades of an enterprise that a view lists.
const LISTED: usize = 20;
/// Years that may be looked back at, this one among them.
const YEARS: u32 = 5;

/// What is looked at, and whether there was more.
struct Looked {
    trades: Vec<(Summary, Consignment)>,
    more: bool,
}

/// The newest trades that are listed for a code.
async fn looked(window: &Window, codes: Vec<Text>) -> Result<Looked, Problem> {
    let (found, next) = window.read.search(&Scope::Party(codes), &Search::default(), None, TRADES).await?;
    let mut trades = Vec::with_capacity(found.len());
    for summary in found {
        if let Some(consignment) = window.read.consignment(&summary.order).await? {
            trades.push((summary, consignment));
        }
    }
    Ok(Looked { trades, more: next.is_some() })
}

fn is_hash(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The purpose of a reading; without one nothing is looked up.
fn purpose(query: &Query) -> Result<Text, Problem> {
    let purpose = parameter(query, "purpose").unwrap_or_default();
    if (2..=500).contains(&purpose.trim().chars().count()) {
        return Ok(purpose.trim().into());
    }
    let fault = json!([{
        "path": "purpose", "value": purpose.as_str(), "expected": "text of 2 to 500 characters", "zh": "请填写查阅目的（2至500个字）",
    }]);
    Err(Problem::invalid("nothing was looked up; say what for").with("faults", fault))
}

fn year_of(window: &Window, query: &Query) -> Result<u32, Problem> {
    let this = window.clock.now().day().year();
    match parameter(query, "year") {
        None => Ok(this),
        Some(text) => {
            text.parse().ok().filter(|year| (this + 1 - YEARS..=this).contains(year)).ok_or_else(|| {
                Problem::bad_request(&format!("year is one from {} to {this}", this + 1 - YEARS))
            })
        }
    }
}

/// The keyed hash of the address that a trade goes to, normalised as windows are.
pub(super) fn address_of(consignment: &Consignment) -> Option<&Text> {
    consignment.address()
}

/// The keyed hash of the person whose quota a trade uses.
pub(super) fn person_of(consignment: &Consignment) -> Option<&Text> {
    let attempt = consignment.attempt.as_ref()?;
    Some(&attempt.person).filter(|person| !person.is_empty())
}

/// Trades of a year, with their sums by seller and by rule.
fn of_year(window: &Window, looked: &Looked, year: u32) -> Value {
    let of_year = looked.trades.iter().filter(|(_, consignment)| {
        consignment.attempt.as_ref().is_some_and(|attempt| attempt.business_date.year() == year)
    });
    let mut sellers: BTreeMap<Text, (u64, i64)> = BTreeMap::new();
    let mut findings: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut trades, mut all) = (Vec::new(), 0i64);
    for (summary, consignment) in of_year {
        let Some(attempt) = &consignment.attempt else { continue };
        let seller = consumer::seller_of(window, consignment);
        let value = attempt.assessment.as_ref().map_or(0, clearance::tax::Assessment::dutiable);
        all += value;
        let sum = sellers.entry(seller.clone()).or_default();
        *sum = (sum.0 + 1, sum.1 + value);
        let rules: BTreeSet<&str> = attempt.findings.iter().map(|finding| finding.reason.word()).collect();
        for rule in &rules {
            *findings.entry(rule).or_default() += 1;
        }
        let mut line = lines::summary(summary, true);
        line["day"] = attempt.business_date.to_string().into();
        line["seller"] = seller.as_str().into();
        line["sellerName"] = consumer::name_of(window, &seller).into();
        line["value"] = yuan(value).into();
        line["findings"] = rules.into_iter().collect::<Vec<_>>().into();
        line["person"] = person_of(consignment).map(Text::as_str).into();
        line["address"] = address_of(consignment).map(Text::as_str).into();
        trades.push(line);
    }
    let sellers = sellers.iter().map(|(code, (count, value))| {
        json!({"seller": code.as_str(), "name": consumer::name_of(window, code), "count": count, "value": yuan(*value)})
    });
    let findings = findings.iter().map(|(rule, count)| json!({"rule": rule, "count": count}));
    json!({
        "year": year, "trades": trades, "value": yuan(all), "sellers": sellers.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(), "more": looked.more,
    })
}

/// Records that somebody's trades were looked at: for the parties of them, and for the persons themselves.
async fn recorded(
    window: &Window,
    caller: &Caller,
    subject: (&str, &str),
    looked: &Looked,
    purpose: &str,
) -> Result<(), Problem> {
    let owners: BTreeSet<Text> =
        looked.trades.iter().flat_map(|(_, consignment)| consignment.listed_for()).collect();
    let owners: Vec<Text> = owners.into_iter().collect();
    registers::recorded(window, registers::by(window, caller), subject, &owners, purpose, None).await
}

fn nobody() -> Problem {
    Problem::not_found("no trade is of a person or an address with this keyed hash")
}

/// The trades under the keyed hash of a person or an address, once the reading is recorded, and the year that is asked for.
async fn opened(
    window: &Window,
    caller: &Caller,
    subject: (&str, &str),
    name: Text,
    query: &Query,
) -> Result<(Looked, u32), Problem> {
    let (purpose, year) = (purpose(query)?, year_of(window, query)?);
    if !is_hash(subject.1) {
        return Err(nobody());
    }
    let looked = looked(window, vec![name]).await?;
    if looked.trades.is_empty() {
        return Err(nobody());
    }
    recorded(window, caller, subject, &looked, &purpose).await?;
    Ok((looked, year))
}

/// `GET /v1/persons/{id}?purpose=&year=`.
pub async fn person(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    told(&window, &caller, &id, &query).await.map(Json)
}

/// A person by his number, which no address and no answer has. That it was asked for is recorded where nobody is found, too: that
/// somebody is not known here is told as well.
pub async fn by_number(
    window: &Window,
    caller: &Caller,
    number: &str,
    query: &Query,
) -> Result<Value, Problem> {
    let purpose = purpose(query)?;
    let id = window.read.keyed_hash(&format!("identity:{}", number.trim().to_ascii_uppercase()));
    let found = told(window, caller, &id, query).await;
    if found.as_ref().is_err_and(|problem| problem.kind() == "not-found") {
        let by = registers::by(window, caller);
        registers::recorded(window, by, ("person", &id), &[guard::person(&id)], &purpose, None).await?;
    }
    found
}

/// What an office is told of a person.
async fn told(window: &Window, caller: &Caller, id: &str, query: &Query) -> Result<Value, Problem> {
    let (looked, year) = opened(window, caller, ("person", id), guard::person(id), query).await?;
    let mut shown = of_year(window, &looked, year);
    let balance = window.read.balance(&Account::quota(id.into(), year as u16)).await?.unwrap_or_default();
    let last = Day::from_ymd(year, 12, 31).unwrap_or_default().min(window.clock.now().day());
    let limit = window.reference().current().parameters.on(last).annual_limit;
    let lock = window.read.record(&guard::lock_of(&guard::person(id))).await?;
    shown["conduct"] = consumer::conduct::of(window, &guard::person(id)).await?;
    shown["person"] = id.into();
    shown["quota"] = json!({
        "limit": yuan(limit), "used": yuan(balance.posted), "held": yuan(balance.held),
        "left": yuan((limit - balance.posted - balance.held).max(0)),
        "locked": lock.is_some_and(|record| record.state == guard::LOCKED),
    });
    Ok(shown)
}

/// `GET /v1/addresses/{id}?purpose=&year=`.
pub async fn address(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let (looked, year) = opened(&window, &caller, ("address", &id), guard::address(&id), &query).await?;
    let mut shown = of_year(&window, &looked, year);
    let mut persons: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, consignment) in &looked.trades {
        if let Some(person) = person_of(consignment) {
            *persons.entry(person.as_str()).or_default() += 1;
        }
    }
    let mut persons: Vec<(&str, u64)> = persons.into_iter().collect();
    persons.sort_by_key(|(person, count)| (std::cmp::Reverse(*count), *person));
    shown["address"] = id.as_str().into();
    shown["persons"] =
        persons.iter().map(|(person, count)| json!({"person": person, "count": count})).collect();
    Ok(Json(shown))
}

/// `GET /v1/enterprises/{party}`: for offices; of its trades those of their districts.
pub async fn enterprise(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(party): Path<String>,
) -> Result<Json<Value>, Problem> {
    let Scope::Office(districts) = scope(&window, &caller) else { return Err(Problem::forbidden()) };
    let code = window.code_of(&Text::from(party.trim()));
    let filing = window.filing(&code);
    let (codes, _) = window.names_of(&code);
    let found = if code.starts_with("person-") || code.starts_with("address-") { Vec::new() } else { codes };
    let mut looked = looked(&window, found).await?;
    looked.trades.retain(|(summary, _)| super::consignments::is_of(&districts, &summary.customs_code));
    // An office that has nothing to do with it is told nothing of it.
    if looked.trades.is_empty() && (filing.is_none() || !districts.is_empty()) {
        return Err(Problem::not_found("no enterprise is filed or named under this code"));
    }
    let by = registers::by(&window, &caller);
    let owners = std::slice::from_ref(&code);
    registers::recorded(&window, by, ("enterprise", &code), owners, &caller.purpose, None).await?;
    let mut states: BTreeMap<u16, u64> = BTreeMap::new();
    let mut rules: BTreeMap<&str, u64> = BTreeMap::new();
    let mut results: BTreeMap<Text, u64> = BTreeMap::new();
    for (summary, consignment) in &looked.trades {
        *states.entry(summary.state).or_default() += 1;
        let Some(attempt) = &consignment.attempt else { continue };
        if attempt.state == clearance::consignment::State::Rejected {
            let why: BTreeSet<&str> = attempt.findings.iter().map(|finding| finding.reason.word()).collect();
            for rule in why {
                *rules.entry(rule).or_default() += 1;
            }
        }
        if attempt.remarks.iter().any(|remark| remark.action.starts_with("inspected ")) {
            let timeline = window.read.timeline(&consignment.key).await?;
            for result in super::inspections::results_of(&timeline) {
                *results.entry(result).or_default() += 1;
            }
        }
    }
    let day = window.clock.now().day();
    let reference = window.reference();
    let named = |result: &Text| {
        let row = reference.current().inspections.find(result, day);
        json!({"zh": row.map_or(result, |row| &row.name_zh).as_str(), "en": row.map_or(result, |row| &row.name_en).as_str()})
    };
    let listed: Vec<Value> =
        looked.trades.iter().take(LISTED).map(|(summary, _)| lines::summary(summary, true)).collect();
    let state = |number: u16| clearance::consignment::State::from_number(number).map(|state| state.word());
    Ok(Json(json!({
        "party": code.as_str(),
        "name": filing.as_ref().map(|filing| filing.name.as_str()),
        "roles": filing.as_ref().map(|filing| filing.roles.iter().map(|role| role.word()).collect::<Vec<_>>()).unwrap_or_default(),
        "grade": filing.as_ref().map(|filing| filing.grade.word()),
        "suspended": filing.as_ref().is_some_and(|filing| filing.suspended),
        "looked": looked.trades.len(), "more": looked.more,
        "states": states.iter().map(|(number, count)| json!({"state": number, "stateWord": state(*number), "count": count})).collect::<Vec<_>>(),
        "rejections": rules.iter().map(|(rule, count)| json!({"rule": rule, "count": count})).collect::<Vec<_>>(),
        "inspections": results.iter().map(|(result, count)| json!({"result": result.as_str(), "name": named(result), "count": count})).collect::<Vec<_>>(),
        "trades": listed,
        "asOf": view::time(window.clock.now()),
    })))
}
