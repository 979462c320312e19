//! Consignments and declarations by number, with their full timeline and explanation, and lists by cursor.

use super::error::Problem;
use super::sorted::compared;
use super::trades::Trade;
use super::{
    CONSIGNMENTS, Query, actions, assignments, confirmations, exchanges, inspections, limit, lines,
    parameter, readings, registers, risk, risk_model, scope, subjects, view,
};
use crate::auth::Caller;
use crate::rights::Right;
use crate::{Window, all_records, finding, pre_entry};
use axum::Json;
use axum::extract::{Path, State};
use ceb::Document;
use clearance::Text;
use clearance::consignment::{Consignment, State as Standing};
use clearance::event::Cause;
use clearance::inspection::JointInspection;
use clearance::keys::{ClaimKey, OrderKey, WaybillKey};
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use register::answer::Answer;
use register::webhook::{Form, Webhook};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{QueueOrder, QueueSearch, Read, RecordSearch, Scope, Search, StoredEvent, Summary};

/// `GET /v1/consignments?state=&number=&party=&sort=&after=&limit=&with=`: `party` narrows an office's list to the trades that
/// name an enterprise; `with=waiting` adds to what is under way what it waits for and until when. `sort=created` begins with the
/// oldest, however many there are. By a column a list is put in order that fits into 500 lines, and `after` counts rows then: a
/// longer one stays as it came, and `more` says so. A page of a narrowed list looks at so many trades at most, so it may have fewer lines
/// than `limit`, or none, and yet a cursor. What has a number is found by keys. `sort=-risk` is for offices: by score, lane and number of reasons.
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
    let sort = parameter(query, "sort").filter(|sort| sort != "-created");
    let oldest_first = sort.as_deref() == Some("created");
    let sort = sort.filter(|_| !oldest_first);
    let (search, number) = (Search { states, oldest_first }, parameter(query, "number"));
    // Read first: what is merged meanwhile makes the list newer than it says, never older.
    let position = window.read.listed().await?;
    let named = named_by(window, &scope, parameter(query, "party").as_deref())?;
    let within = named.as_ref().unwrap_or(&scope);
    let limit = limit(query, CONSIGNMENTS)?;
    let by_risk = sort.as_deref().and_then(risk::asked);
    if by_risk.is_some() && !caller.is_office() {
        return Err(Problem::bad_request("sort by risk is for offices"));
    }
    let compare = sort.as_deref().filter(|_| by_risk.is_none()).map(compared).transpose()?;
    let is_sorted = compare.is_some() || by_risk.is_some();
    let mut more = false;
    let (mut found, mut next) = match (number, is_sorted) {
        // All are found by keys, and are few: there is no page behind them.
        (Some(_), false) if after.is_some() => (Vec::new(), None),
        (Some(number), _) => {
            let mut found = by_number(window, within, &number).await?;
            found.retain(|one| search.states.is_empty() || search.states.contains(&one.state));
            (found, None)
        }
        (None, false) => window.read.search(within, &search, after, limit).await?,
        (None, true) => {
            let (found, rest) = window.read.search(within, &search, None, SORTABLE + 1).await?;
            more = rest.is_some();
            if more { window.read.search(within, &search, after, limit).await? } else { (found, None) }
        }
    };
    if let (Some(_), Scope::Office(districts)) = (&named, &scope) {
        found.retain(|one| is_of(districts, &one.customs_code));
    }
    if is_sorted && !more {
        if let Some(compare) = compare {
            found.sort_by(compare);
        }
        if let Some(falling) = by_risk {
            let ranked = risk::ranked(window, found, falling).await?;
            found = ranked.into_iter().map(|(_, line)| line).collect();
        }
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

/// The trades that have a number, by keys: of order, waybill, entry, payment, pre-entry, bill, or the declaring unit's own. Lists know
/// orders and entries alone, and looking through them takes the longer the more there are.
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
    for (_, row) in pre_entry::given(&window.read, &number).await? {
        let Some(order) = row.outcome.and_then(|outcome| outcome.order) else { continue };
        if let Some(consignment) = window.read.consignment(&order).await? {
            found.insert(order, consignment);
        }
    }
    for order in of_bill(window, &number).await? {
        if let Some(consignment) = window.read.consignment(&order).await? {
            found.insert(order, consignment);
        }
    }
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

/// Arrivals of a bill that are looked at, and parcels of them.
const ARRIVALS: usize = 20;
const PARCELS: usize = 500;

/// The trades whose parcels arrived under a bill.
async fn of_bill(window: &Window, number: &str) -> Result<BTreeSet<OrderKey>, Problem> {
    finding::follow(window).await?;
    let mut waybills = BTreeSet::new();
    for position in finding::of_bill(window, number, ARRIVALS) {
        let Some(event) = window.read.event(position).await? else { continue };
        if let Cause::Document(arrived) = &event.row.event.cause
            && let Document::Arrival(arrival) = &*arrived.document
        {
            let lines = arrival.lines.iter();
            let keys = lines.map(|line| WaybillKey::new(&arrival.head.logistics_code, &line.logistics_no));
            waybills.extend(keys.take(PARCELS.saturating_sub(waybills.len())));
        }
    }
    let mut orders = BTreeSet::new();
    for key in waybills {
        let record = window.read.waybill(&key).await?;
        orders.extend(record.and_then(|record| record.claimed_by).map(|(order, _)| order));
    }
    Ok(orders)
}

fn summary_of(consignment: &Consignment) -> Summary {
    Summary::of(consignment, consignment.last, consignment.last_time)
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

/// Its inspection that waits for a second officer.
fn unconfirmed(consignment: &Consignment) -> Option<&JointInspection> {
    consignment.attempt.as_ref().and_then(|attempt| attempt.unconfirmed())
}

/// What a trade that is not over waits for.
pub(super) async fn add_waiting(
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
        line["unconfirmed"] = confirmations::waiting(caller, unconfirmed(&consignment));
    }
    if let (Some(line), Value::Object(more)) = (line.as_object_mut(), more) {
        line.extend(more);
    }
    Ok(())
}

/// Consignments that a list is put in order by a column with, at most.
const SORTABLE: usize = 500;

/// Consignments of a queue that are counted, at most; pages go on behind them.
const COUNTED: usize = 2_000;
/// Trades that are put in order by lane at most.
pub(super) const QUEUE: usize = 500;

/// What waits in some states, in order.
pub struct Waiting {
    /// The severest lane first, within it the longest unchanged.
    pub found: Vec<Summary>,
    /// Whether there is more than is looked at.
    pub more: bool,
}

/// The order of a queue: the severest lane first, within it the longest unchanged.
pub(super) fn severest_first(found: &mut [Summary]) {
    found.sort_by_key(|one| (std::cmp::Reverse(one.lane), one.time));
}

/// What waits for an officer in these states, from the first of the queue on, as far as it is counted.
pub async fn waiting_in(window: &Window, caller: &Caller, states: Vec<u16>) -> Result<Waiting, Problem> {
    let search = QueueSearch { states, order: QueueOrder::Severest };
    let page = window.read.queue(&scope(window, caller), &search, None, COUNTED).await?;
    Ok(Waiting { more: page.next.is_some(), found: page.lines.into_iter().map(|(_, line)| line).collect() })
}

/// What came to an end in these states, the newest first of the last that were begun.
pub async fn ended_in(window: &Window, caller: &Caller, states: Vec<u16>) -> Result<Waiting, Problem> {
    let search = Search { states, ..Search::default() };
    let (found, next) = window.read.search(&scope(window, caller), &search, None, SORTABLE).await?;
    Ok(Waiting { found, more: next.is_some() })
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
        // By time: of several servers each has numbers of its own.
        timeline.sort_by_key(|event| std::cmp::Reverse((event.time, event.position)));
        timeline.dedup_by_key(|event| event.position);
    }
    let (codes, _) = window.names_of(&caller.party);
    if caller.is_office() {
        let id = format!("{}/{}", order.platform, order.order_no);
        let owners = consignment.listed_for();
        let by = registers::by(window, caller);
        registers::recorded(window, by, ("consignment", &id), &owners, &caller.purpose, None).await?;
    }
    let mut shown = view::consignment(&consignment, &timeline, &codes, caller.is_office());
    shown["exchanges"] = if caller.is_office() || view::is_principal(&consignment, &codes) {
        exchanges::of_order(window, order).await?
    } else {
        // Payment firm and carrier see what concerns their documents.
        Value::Null
    };
    let subject = Trade::import(consignment.clone());
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
            shown["attempt"]["book"] = super::books::taken(attempt.taken.as_deref());
        }
        shown["inspection"] = inspections::form(window, caller, &subject).await?;
        let taken = window.control.assignment(order, now).await?;
        shown["assigned"] = taken.as_ref().map(assignments::shown).into();
        shown["unconfirmed"] = confirmations::waiting(caller, subject.unconfirmed());
        shown["shadow"] = risk_model::of_trade(window, &consignment);
        shown["riskScore"] = risk_model::given(&consignment);
        let parcel = consignment.carriage.as_ref().map(|one| &one.key);
        super::sites::add_hold(window, parcel, &mut shown).await?;
        shown["proposedBy"] = clearance::decide::proposed_by(&consignment, &law).map(Text::as_str).into();
    }
    if !caller.is_office() {
        confirmations::hide(&timeline, &mut shown["timeline"]);
    }
    inspections::add(window, caller, &subject, &timeline, &mut shown["timeline"]);
    let receipts = of_windows(window, &consignment, &codes, caller.is_office()).await?;
    if let Some(timeline) = shown["timeline"].as_array_mut() {
        timeline.extend(receipts);
        timeline.sort_by_cached_key(|entry| {
            (entry["time"].as_str().map(str::to_owned), entry["position"].as_u64())
        });
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
    let hooks = all_records::of(window, &search).await?;
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
