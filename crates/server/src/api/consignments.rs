//! Consignments and declarations by number, with their full timeline and explanation, and lists by cursor.

use super::error::Problem;
use super::{
    CONSIGNMENTS, Query, actions, assignments, confirmations, inspections, limit, lines, parameter, readings,
    registers, risk_model, scope, subjects, view,
};
use crate::Window;
use crate::auth::Caller;
use crate::rights::Right;
use axum::Json;
use axum::extract::{Path, State};
use ceb::Document;
use clearance::Text;
use clearance::consignment::{Consignment, State as Standing};
use clearance::keys::{ClaimKey, OrderKey, WaybillKey};
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use register::answer::Answer;
use register::webhook::{Form, Webhook};
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Read, RecordSearch, Scope, Search, StoredEvent, Summary};

/// `GET /v1/consignments?state=&number=&party=&sort=&after=&limit=&with=`: `party` narrows an office's list to the trades that
/// name an enterprise; `with=waiting` adds to what is under way what it waits for and until when; `sort` puts the newest 500 in
/// order by a column, and `after` counts rows then.
pub async fn search(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let (told, found) = listed(&window, &caller, &query).await?;
    readings::trades(&window, &caller, &query, &found).await?;
    Ok(Json(told))
}

/// What a list tells, with the lines that it is made of; that it is read is written down by whoever shows it.
pub(crate) async fn listed(
    window: &Window,
    caller: &Caller,
    query: &Query,
) -> Result<(Value, Vec<Summary>), Problem> {
    let scope = scope(window, caller);
    let states = match parameter(query, "state") {
        None => Vec::new(),
        Some(text) => text
            .split(',')
            .map(|state| state.parse().map_err(|_| Problem::bad_request("state is a list of state numbers")))
            .collect::<Result<_, _>>()?,
    };
    let after = match parameter(query, "after") {
        None => None,
        Some(text) => {
            Some(text.parse().map_err(|_| Problem::bad_request("after is a cursor of an earlier answer"))?)
        }
    };
    let search = Search { states, number: parameter(query, "number") };
    // Read first: what is merged meanwhile makes the list newer than it says, never older.
    let position = window.read.listed().await?;
    let named = named_by(window, &scope, parameter(query, "party").as_deref())?;
    let within = named.as_ref().unwrap_or(&scope);
    let sort = parameter(query, "sort");
    let limit = limit(query, CONSIGNMENTS)?;
    let looked = if sort.is_some() { QUEUE } else { limit };
    let begins = if sort.is_some() { None } else { after };
    let mut of_number = match (&search.number, after) {
        (Some(number), None) => by_number(window, within, number).await?,
        _ => Vec::new(),
    };
    of_number.retain(|one| search.states.is_empty() || search.states.contains(&one.state));
    let (mut found, mut next) = if of_number.is_empty() {
        window.read.search(within, &search, begins, looked).await?
    } else {
        (of_number, None)
    };
    if let (Some(_), Scope::Office(districts)) = (&named, &scope) {
        found.retain(|one| is_of(districts, &one.customs_code));
    }
    let mut more = false;
    if let Some(sort) = sort {
        sorted_by(&mut found, &sort)?;
        more = next.is_some();
        let from = usize::try_from(after.unwrap_or_default()).unwrap_or(usize::MAX).min(found.len());
        found.drain(..from);
        next = (found.len() > limit).then(|| (from + limit) as u64);
        found.truncate(limit);
    }
    let mut lines: Vec<Value> = found.iter().map(|one| lines::summary(one, caller.is_office())).collect();
    match parameter(query, "with").as_deref() {
        None => {}
        Some("waiting") => {
            for (line, summary) in lines.iter_mut().zip(&found) {
                add_waiting(window, caller, line, summary).await?;
            }
        }
        Some(_) => return Err(Problem::bad_request("with is waiting")),
    }
    let told = json!({
        "consignments": lines,
        "next": next.map(|next| next.to_string()),
        "more": more,
        "position": position.to_string(),
    });
    Ok((told, found))
}

/// Parties that are asked for a number which is unique to each.
const ASKED: usize = 500;

/// The trades that have a number, by keys: of order, waybill, entry, payment, or the declaring unit's own. Lists know orders and
/// entries alone, and looking through them takes the longer the more there are.
pub(super) async fn by_number(
    window: &Window,
    scope: &Scope,
    number: &Text,
) -> Result<Vec<Summary>, Problem> {
    let mut found: BTreeMap<OrderKey, Consignment> = BTreeMap::new();
    for consignment in crate::proving::trades_of(window, number).await? {
        found.insert(consignment.key.clone(), consignment);
    }
    let number = Text::from(number.trim());
    let reference = window.reference();
    let firms = |roles: &[Role]| -> BTreeSet<Text> {
        let all = reference.parties.all().iter().filter(|one| roles.iter().any(|role| one.has(*role)));
        all.map(|one| one.code.clone()).take(ASKED).collect()
    };
    let payers = firms(&[Role::Payment, Role::Bank]).into_iter();
    let mut keys: Vec<ClaimKey> = payers.map(|payer| ClaimKey::Payment(payer, number.clone())).collect();
    for agent in firms(&[Role::Agent]) {
        keys.push(ClaimKey::Declaration(agent.clone(), number.clone()));
        keys.push(ClaimKey::Cancellation(agent.clone(), number.clone()));
        keys.push(ClaimKey::Return(agent, number.clone()));
    }
    for key in keys {
        let Some(order) = window.read.claim(&key).await? else { continue };
        if let Some(consignment) = window.read.consignment(&order).await? {
            found.insert(order, consignment);
        }
    }
    Ok(found.values().filter(|one| is_visible(scope, one)).map(summary_of).collect())
}

fn summary_of(consignment: &Consignment) -> Summary {
    Summary::of(consignment, consignment.last, consignment.last_time)
}

/// Columns that lists are sorted by.
const SORTED: &str = "order, lane, state, entry, district, changed";

/// Puts lines in order by a column; a minus before it = the largest first. What is equal stays the newest first.
fn sorted_by(found: &mut [Summary], sort: &str) -> Result<(), Problem> {
    let (by, falling) = sort.strip_prefix('-').map_or((sort, false), |by| (by, true));
    let compare: fn(&Summary, &Summary) -> Ordering = match by {
        "order" => |one, other| one.order.order_no.cmp(&other.order.order_no),
        "lane" => |one, other| one.lane.cmp(&other.lane),
        "state" => |one, other| one.state.cmp(&other.state),
        "entry" => |one, other| one.invt_no.cmp(&other.invt_no),
        "district" => |one, other| one.customs_code.cmp(&other.customs_code),
        "changed" => |one, other| one.time.cmp(&other.time),
        _ => {
            let wrong = format!("sort is one of {SORTED}, with a minus before it for the largest first");
            return Err(Problem::bad_request(&wrong));
        }
    };
    found.sort_by(|one, other| if falling { compare(other, one) } else { compare(one, other) });
    Ok(())
}

/// The trades that name a party, for offices alone: a party's list has no other's.
fn named_by(window: &Window, scope: &Scope, party: Option<&str>) -> Result<Option<Scope>, Problem> {
    match (party, scope) {
        (None, _) => Ok(None),
        // Whose trades are a person's, or go to an address, is asked with a purpose: `subjects`.
        (Some(party), Scope::Office(_)) if party.starts_with("person-") || party.starts_with("address-") => {
            Err(Problem::bad_request(
                "party is the code of an enterprise; persons are looked up with a purpose",
            ))
        }
        (Some(party), Scope::Office(_)) => Ok(Some(Scope::Party(window.names_of(party.trim()).0))),
        (Some(_), Scope::Party(_)) => Err(Problem::bad_request("party is for offices")),
    }
}

/// Whether a district is of an office: of one of its own, or of any where it has none of its own.
pub(super) fn is_of(districts: &[Text], district: &str) -> bool {
    districts.is_empty() || districts.iter().any(|own| district.starts_with(own.as_str()))
}

/// What a trade that is not over waits for.
async fn add_waiting(
    window: &Window,
    caller: &Caller,
    line: &mut Value,
    summary: &Summary,
) -> Result<(), Problem> {
    if Standing::from_number(summary.state).is_some_and(Standing::is_final) {
        return Ok(());
    }
    let Some(consignment) = window.read.consignment(&summary.order).await? else { return Ok(()) };
    let (codes, _) = window.names_of(&caller.party);
    let more = lines::waiting_line(&consignment, &codes, caller.is_office());
    if caller.is_office() {
        line["unconfirmed"] = confirmations::waiting(caller, &consignment);
    }
    if let (Some(line), Value::Object(more)) = (line.as_object_mut(), more) {
        line.extend(more);
    }
    Ok(())
}

/// Consignments that are put in order by lane at most.
const QUEUE: usize = 500;

/// What waits for an officer.
pub struct Queue {
    /// The rows asked for: the severest lane first, within it the longest unchanged.
    pub lines: Vec<Value>,
    /// How many there are.
    pub all: usize,
    /// Whether there are more than are put in order.
    pub more: bool,
}

/// What waits in some states, in order.
pub struct Waiting {
    /// The severest lane first, within it the longest unchanged.
    pub found: Vec<Summary>,
    /// Whether there is more than is put in order.
    pub more: bool,
}

/// The order of a queue: the severest lane first, within it the longest unchanged.
pub(super) fn severest_first(found: &mut [Summary]) {
    found.sort_by_key(|one| (std::cmp::Reverse(one.lane), one.time));
}

/// What waits for an officer in these states.
pub async fn waiting_in(window: &Window, caller: &Caller, states: Vec<u16>) -> Result<Waiting, Problem> {
    let search = Search { states, number: None };
    let (mut found, next) = window.read.search(&scope(window, caller), &search, None, QUEUE).await?;
    severest_first(&mut found);
    Ok(Waiting { found, more: next.is_some() })
}

/// What waits for an officer in these states, or of it what waits for him to confirm it; `count` rows after `from`. What
/// was asked for stands in the record of the reading.
pub async fn queue(
    window: &Window,
    caller: &Caller,
    (states, to_confirm): (Vec<u16>, bool),
    sort: &str,
    (from, count): (usize, usize),
    asked: &Query,
) -> Result<Queue, Problem> {
    let Waiting { mut found, more } = if to_confirm {
        Waiting { found: confirmations::of_caller(window, caller).await?, more: false }
    } else {
        waiting_in(window, caller, states).await?
    };
    if !sort.is_empty() {
        sorted_by(&mut found, sort)?;
    }
    let page: Vec<Summary> = found.iter().skip(from).take(count).cloned().collect();
    readings::trades(window, caller, asked, &page).await?;
    let taken = window.control.assignments(window.clock.now()).await?;
    let mut lines = Vec::new();
    for summary in found.iter().skip(from).take(count) {
        let mut line = lines::summary(summary, true);
        add_waiting(window, caller, &mut line, summary).await?;
        let taken = taken.iter().find(|one| one.order == summary.order);
        line["assigned"] = taken.map(assignments::shown).into();
        lines.push(line);
    }
    Ok(Queue { lines, all: found.len(), more })
}

/// `GET /v1/consignments/{platform}/{orderNo}`.
pub async fn show(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let scope = scope(&window, &caller);
    shown(&window, &caller, &scope, &OrderKey::new(&platform, &order_no)).await.map(Json)
}

/// `GET /v1/declarations/{invtNo}`.
pub async fn by_entry(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(invt_no): Path<String>,
) -> Result<Json<Value>, Problem> {
    let scope = scope(&window, &caller);
    let order = window.read.claim(&ClaimKey::Entry(invt_no.trim().into())).await?;
    let order = order.ok_or_else(missing)?;
    shown(&window, &caller, &scope, &order).await.map(Json)
}

fn missing() -> Problem {
    Problem::not_found("no consignment that names you has this number")
}

/// A consignment, if the scope covers it.
pub(crate) async fn found(window: &Window, scope: &Scope, order: &OrderKey) -> Result<Consignment, Problem> {
    let consignment = window.read.consignment(order).await?.ok_or_else(missing)?;
    if is_visible(scope, &consignment) { Ok(consignment) } else { Err(missing().of_another(true)) }
}

/// A consignment, if there is one and the scope covers it.
pub(crate) async fn visible(
    window: &Window,
    scope: &Scope,
    order: &OrderKey,
) -> Result<Option<Consignment>, Problem> {
    let Some(consignment) = window.read.consignment(order).await? else { return Ok(None) };
    Ok(is_visible(scope, &consignment).then_some(consignment))
}

fn is_visible(scope: &Scope, consignment: &Consignment) -> bool {
    match scope {
        Scope::Party(codes) => view::names_party(consignment, codes),
        Scope::Office(districts) => is_of(districts, &district_of(consignment)),
    }
}

fn district_of(consignment: &Consignment) -> Text {
    match consignment.attempt.as_ref().map(|attempt| &*attempt.declaration.document) {
        Some(Document::Declaration(declaration)) => declaration.head.customs_code.clone(),
        _ => Text::default(),
    }
}

pub(crate) async fn shown(
    window: &Window,
    caller: &Caller,
    scope: &Scope,
    order: &OrderKey,
) -> Result<Value, Problem> {
    let consignment = found(window, scope, order).await?;
    let mut timeline = window.read.timeline(order).await?;
    if let Some(carriage) = &consignment.carriage {
        timeline.extend(of_use(window.read.waybill_timeline(&carriage.key).await?, &carriage.key, order));
        timeline.sort_by_key(|event| std::cmp::Reverse(event.position));
        timeline.dedup_by_key(|event| event.position);
    }
    let (codes, _) = window.names_of(&caller.party);
    if caller.is_office() {
        let id = format!("{}/{}", order.platform, order.order_no);
        let owners = consignment.listed_for();
        let by = registers::by(window, caller);
        registers::recorded(window, by, ("consignment", &id), &owners, "", None).await?;
    }
    let mut shown = view::consignment(&consignment, &timeline, &codes, caller.is_office());
    if caller.is_office() {
        let now = window.clock.now();
        let reference = window.reference();
        let law = reference.current().parameters.on(now.day());
        shown["actions"] = actions::open_to(caller, &consignment, reference.current(), now).into();
        if caller.rights.has(Right::PersonsRead) {
            shown["person"] = subjects::person_of(&consignment).map(Text::as_str).into();
            shown["address"] = subjects::address_of(&consignment).map(Text::as_str).into();
        }
        if let Some(attempt) = &consignment.attempt {
            shown["attempt"]["book"] = super::books::taken(attempt);
        }
        shown["inspection"] = inspections::form(window, caller, &consignment).await?;
        let taken = window.control.assignment(order, now).await?;
        shown["assigned"] = taken.as_ref().map(assignments::shown).into();
        shown["unconfirmed"] = confirmations::waiting(caller, &consignment);
        shown["shadow"] = risk_model::of_trade(window, &consignment);
        shown["proposedBy"] = clearance::decide::proposed_by(&consignment, &law).map(Text::as_str).into();
    }
    if !caller.is_office() {
        confirmations::hide(&timeline, &mut shown["timeline"]);
    }
    inspections::add(window, caller, &consignment, &timeline, &mut shown["timeline"]);
    let receipts = of_windows(window, &consignment, &codes, caller.is_office()).await?;
    if let Some(timeline) = shown["timeline"].as_array_mut() {
        timeline.extend(receipts);
        timeline.sort_by_key(|entry| entry["position"].as_u64());
    }
    Ok(shown)
}

/// Receipts of other windows that took the same submissions (`form: dxp`): an office sees all, a party those of what it sent.
async fn of_windows(
    window: &Window,
    consignment: &Consignment,
    codes: &[Text],
    office: bool,
) -> Result<Vec<Value>, Problem> {
    let carriage = consignment.carriage.as_ref().and_then(|carriage| carriage.waybill.as_ref());
    let attempt = consignment.attempt.as_ref().map(|attempt| &attempt.declaration);
    let filed = [consignment.order.as_ref(), consignment.payment.as_ref(), carriage, attempt];
    let own = filed.into_iter().flatten().filter(|filed| office || codes.contains(&filed.sender));
    let kinds: Vec<ceb::Kind> = own.map(|filed| filed.document.kind()).collect();
    let states = ["active", "paused"].map(Text::from).to_vec();
    let search = RecordSearch { register: Register::Webhook, parties: None, states };
    let (hooks, _) = window.read.records(&search, None, HOOKS).await?;
    let mut found = Vec::new();
    for hook in hooks.iter().filter(|hook| Webhook::of(hook).form == Form::Dxp) {
        for kind in &kinds {
            let key = &consignment.key;
            let id = format!("{}/{}/{}/{}", hook.key.id, kind.root(), key.platform, key.order_no);
            let Some(record) = window.read.record(&RecordKey::new(Register::Answer, &id)).await? else {
                continue;
            };
            found.push(receipt_of_window(&record, kind.root()));
        }
    }
    Ok(found)
}

/// Webhooks that are looked at for receipts of other windows, the newest.
const HOOKS: usize = 500;

/// The events of a waybill number while a consignment used it: numbers are used again after some months.
fn of_use(events: Vec<StoredEvent>, key: &WaybillKey, order: &OrderKey) -> Vec<StoredEvent> {
    let record = |event: &StoredEvent| {
        let outcome = event.row.outcome.as_ref()?;
        outcome.waybills.iter().find(|record| record.key == *key).cloned()
    };
    let uses: Vec<_> = events
        .iter()
        .filter_map(record)
        .filter(|record| record.claimed_by.as_ref().is_some_and(|(owner, _)| owner == order))
        .map(|record| record.since)
        .collect();
    events
        .into_iter()
        .filter(|event| record(event).is_some_and(|record| uses.contains(&record.since)))
        .collect()
}

/// What another window answered to a document that it was sent as it was received.
fn receipt_of_window(record: &Record, message: &str) -> Value {
    let answer = Answer::of(record);
    json!({
        "position": record.last.number(),
        "time": view::time(record.changed),
        "what": "receipt-of-window",
        "message": message,
        "window": register::owner_of(&record.key).as_str(),
        "outcome": answer.outcome,
        "reference": answer.reference,
        "info": answer.text,
    })
}
