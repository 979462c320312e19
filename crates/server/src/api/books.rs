//! Bonded books for their holders and for offices: stock by item and lot as of any time, movements with their documents, and
//! gate releases, by which parcels of released lists leave. Books are applied for, and all other documents filed, as records
//! of registers.

use super::error::Problem;
use super::registers::{by, command_of, found, invalid, others, refused, sees_all, whole};
use super::view::time;
use super::{CONSIGNMENTS, Query, is_for_a_file, limit, operations, parameter, readings};
use crate::Window;
use crate::auth::Caller;
use crate::bonded::{self, Movement};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use book::{DocumentKey, DocumentKind, Place};
use ceb::{Day, Decimal, Document, Stamp};
use clearance::bonded::TakenState;
use clearance::consignment::{Consignment, State as Standing};
use clearance::event::{ActionKind, OfficerAction};
use clearance::keys::{OrderKey, Position, Time};
use clearance::record::{Record, Register};
use clearance::{Reason, Text};
use register::bonded::BookBody;
use register::bonded::document::{Body as DocumentBody, Gate};
use register::bonded::form::{LotForm, StockForm, Three};
use register::park::hold;
use register::park::scan::is_held;
use register::view::View;
use register::{Command, Fault, says};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, RecordSearch};

/// Items of a page, and versions of stocks that a page of movements reads.
const ITEMS: (usize, usize) = (100, 1_000);
const VERSIONS: (usize, usize) = (200, 5_000);
/// Parcels of one gate release at most.
const PARCELS: usize = 1_000;
/// Times that a parcel's leaving is tried again when something else happened to its trade meanwhile.
const TRIES: usize = 5;

/// `GET /v1/books?party=&after=&limit=`: the caller's books, or all for offices, the newest first.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let parties = if sees_all(&caller, Register::BondedBook) {
        parameter(&query, "party").map(|code| window.names_of(&code).0)
    } else {
        Some(window.names_of(&caller.party).0)
    };
    let search = RecordSearch { register: Register::BondedBook, parties, states: Vec::new() };
    let after = match parameter(&query, "after") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| Problem::bad_request("after is what a page gave"))?),
    };
    let (records, after) = window.read.records(&search, after, limit(&query, CONSIGNMENTS)?).await?;
    let (codes, _) = window.names_of(&caller.party);
    readings::listed(&window, &caller, "bonded-books", &query, &others(&records, &codes)).await?;
    let books: Vec<Value> = records.iter().map(|record| head(record)).collect();
    Ok(Json(json!({"books": books, "after": after.map(|after| after.to_string())})))
}

/// What a list tells of a book.
fn head(record: &Record) -> Value {
    let body = BookBody::of(record);
    let (holder, number) = record.key.id.split_once(':').unwrap_or((&record.key.id, ""));
    json!({
        "book": record.key.id.as_str(), "holder": holder, "number": number, "state": record.state.as_str(),
        "version": record.version, "items": body.items.len(), "proposed": body.proposed.len(),
        "counting": body.counting, "changed": time(record.changed),
    })
}

/// `GET /v1/books/{id}?at=&item=&from=&limit=&purpose=`: the book with its stock by item and lot, now or as of a time.
pub async fn show(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let record = book_for(&window, &caller, &id, &query).await?;
    let at = parameter(&query, "at").map(|text| instant(&text)).transpose()?;
    let mut shown = head(&record);
    let body = BookBody::of(&record);
    let from: usize = match parameter(&query, "from") {
        None => 0,
        Some(text) => text.parse().map_err(|_| Problem::bad_request("from is what a page gave"))?,
    };
    let limit = limit(&query, ITEMS)?;
    let named = parameter(&query, "item");
    let wanted = |number: &str| named.as_ref().is_none_or(|named| named.as_str() == number);
    let numbers: Vec<&str> =
        body.items.iter().map(|item| item.number.trim()).filter(|number| wanted(number)).collect();
    let today = window.clock.now().day();
    let mut stock = Vec::new();
    for number in numbers.iter().skip(from).take(limit) {
        let Some(record) = bonded::item(&window, &id, number).await? else { continue };
        let record = match at {
            None => Some(record),
            Some(at) => bonded::as_of(&window, record, at).await?,
        };
        if let Some(record) = record {
            stock.push(item(&record, at.map_or(today, Time::day)));
        }
    }
    shown["stock"] = stock.into();
    // Deadlines run now, whatever time is asked for.
    let running = if at.is_none() { bonded::clocks(&window, &id).await? } else { Vec::new() };
    shown["clocks"] = running.into();
    shown["at"] = at.map(time).into();
    shown["from"] = (numbers.len() > from + limit).then(|| (from + limit).to_string()).into();
    Ok(Json(shown))
}

/// A book that the caller may see; a reading of another's is recorded.
async fn book_for(window: &Window, caller: &Caller, id: &str, query: &Query) -> Result<Arc<Record>, Problem> {
    let purpose = parameter(query, "purpose").unwrap_or_default();
    found(window, caller, Register::BondedBook.word(), id, &purpose).await
}

/// An instant: the end of a day yyyyMMdd, or a second yyyyMMddHHmmss.
pub(crate) fn instant(text: &str) -> Result<Time, Problem> {
    let wrong = || {
        Problem::bad_request("at is a day yyyyMMdd, its end, or a second yyyyMMddHHmmss")
            .in_chinese("须为日期 yyyyMMdd（当日终了），或时刻 yyyyMMddHHmmss")
    };
    match text.len() {
        8 => {
            let next = Day::parse(text).and_then(|day| day.next()).ok_or_else(wrong)?;
            Ok(Time(Time::start_of(next).0 - 1))
        }
        _ => Stamp::parse(text).map(|stamp| Time(Time::from_stamp(stamp).0 + 999)).ok_or_else(wrong),
    }
}

fn quantities(three: &Three) -> Value {
    json!({"declared": three.0, "first": three.1, "second": three.2})
}

fn item(record: &Record, day: Day) -> Value {
    let form = StockForm::of(record);
    let stock = form.stock(&record.key.id);
    let sells = |lot: &LotForm| {
        stock.as_ref().is_some_and(|stock| stock.lot(&lot.number).is_some_and(|kept| stock.sells(kept, day)))
    };
    let lots: Vec<Value> = form
        .lots
        .iter()
        .map(|lot| {
            let balances: serde_json::Map<String, Value> =
                lot.balances.iter().map(|(place, three)| (place.clone(), quantities(three))).collect();
            json!({"lot": lot.number, "origin": lot.origin, "expiry": lot.expiry, "sells": sells(lot), "recall": lot.stopped,
                "recalls": lot.recalls().collect::<Vec<_>>(), "balances": balances})
        })
        .collect();
    let sum = |place: Place| {
        let sum = stock.as_ref().and_then(|stock| stock.at(place)).unwrap_or_default();
        sum.declared.to_string()
    };
    let places: serde_json::Map<String, Value> = Place::ALL
        .into_iter()
        .filter(|place| place.is_inside())
        .map(|place| (place.word().to_owned(), sum(place).into()))
        .collect();
    let inside = stock.as_ref().and_then(book::Stock::inside).unwrap_or_default();
    json!({
        "item": form.item, "version": record.version, "changed": time(record.changed), "places": places,
        "inside": inside.declared.to_string(), "lots": lots,
    })
}

/// What an attempt took of a book, for officers.
pub(super) fn taken(taken: Option<&clearance::bonded::Taken>) -> Value {
    let Some(taken) = taken else { return Value::Null };
    let line = |line: &clearance::bonded::TakenLine, open: &book::Open| {
        json!({"line": line.line, "item": line.item.as_str(), "lot": open.lot.as_str(),
            "quantity": open.quantities.declared.to_string()})
    };
    let lines: Vec<Value> =
        taken.lines.iter().flat_map(|one| one.open.iter().map(move |open| line(one, open))).collect();
    json!({"book": taken.book.as_str(), "state": taken.state.word(), "lines": lines})
}

/// Columns of the file of movements.
const COLUMNS: [&str; 19] = [
    "book", "item", "lot", "from", "to", "declared", "first", "second", "kind", "issuer", "number", "line",
    "ofKind", "ofIssuer", "ofNumber", "ofLine", "time", "position", "unit",
];

/// `GET /v1/books/{id}/movements?item=&after=&limit=&form=&purpose=`: what moved, item by item, the newest first.
pub async fn movements(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let as_file = is_for_a_file(&query)?;
    let told = moved(&window, &caller, &id, &query).await?;
    if as_file { as_csv(&told) } else { Ok(Json(told).into_response()) }
}

/// A page of what moved.
pub(crate) async fn moved(
    window: &Window,
    caller: &Caller,
    id: &str,
    query: &Query,
) -> Result<Value, Problem> {
    let record = book_for(window, caller, id, query).await?;
    let body = BookBody::of(&record);
    let named = parameter(query, "item");
    let wanted = |number: &str| named.as_ref().is_none_or(|named| named.as_str() == number);
    let items: Vec<(&str, &str)> = body
        .items
        .iter()
        .map(|item| (item.number.trim(), item.unit.trim()))
        .filter(|(number, _)| wanted(number))
        .collect();
    let (mut index, mut from) = cursor(parameter(query, "after"))?;
    let mut left = limit(query, VERSIONS)?;
    let mut told = Vec::new();
    let mut after = None;
    while let Some((number, unit)) = items.get(index) {
        if left == 0 {
            after = Some(format!("{index}."));
            break;
        }
        let start = match from.take() {
            Some(position) => window.read.record_at(position).await?,
            None => bonded::item(window, id, number).await?,
        };
        let start = start.filter(|record| record.key.id == format!("{id}:{number}"));
        if let Some(start) = start {
            let found = bonded::movements(window, number, start, left).await?;
            left = left.saturating_sub(found.versions);
            told.extend(found.movements.iter().map(|movement| movement_of(movement, unit)));
            if let Some(more) = found.next {
                after = Some(format!("{index}.{}", more.number()));
                break;
            }
        }
        index += 1;
    }
    Ok(json!({"book": id, "movements": told, "after": after}))
}

/// Which item, and which of its versions is the next.
fn cursor(after: Option<Text>) -> Result<(usize, Option<Position>), Problem> {
    let Some(after) = after else { return Ok((0, None)) };
    let wrong = || Problem::bad_request("after is what a page gave");
    let (index, position) = after.split_once('.').ok_or_else(wrong)?;
    let index = index.parse().map_err(|_| wrong())?;
    if position.is_empty() {
        return Ok((index, None));
    }
    let position = position.parse().ok().and_then(Position::of_number).ok_or_else(wrong)?;
    Ok((index, Some(position)))
}

fn movement_of(movement: &Movement, unit: &str) -> Value {
    let moved = &movement.moved;
    let trade = moved.of.as_ref().unwrap_or(&moved.by).key();
    let trade = trade.and_then(|line| trade_of(&line.document));
    json!({
        "item": movement.item.as_str(), "lot": moved.lot, "from": moved.from, "to": moved.to, "unit": unit,
        "quantities": quantities(&moved.quantities), "by": moved.by, "of": moved.of,
        "trade": trade,
        "time": time(movement.time), "position": movement.position.number(),
    })
}

/// The trade of a list: an import by its platform, an export by its merchant.
fn trade_of(list: &DocumentKey) -> Option<Value> {
    if let Some(export) = clearance::bonded::export_of(list) {
        return Some(json!({"merchant": export.merchant.as_str(), "orderNo": export.order_no.as_str()}));
    }
    let order = clearance::bonded::order_of(list)?;
    Some(json!({"platform": order.platform.as_str(), "orderNo": order.order_no.as_str()}))
}

fn as_csv(told: &Value) -> Result<Response, Problem> {
    let internal = |_| Problem::internal();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(internal)?;
    for movement in told["movements"].as_array().into_iter().flatten() {
        let cell = |name: &&str| {
            let value = match *name {
                "book" => &told["book"],
                "declared" | "first" | "second" => &movement["quantities"][*name],
                "kind" | "issuer" | "number" | "line" => &movement["by"][*name],
                "ofKind" => &movement["of"]["kind"],
                "ofIssuer" => &movement["of"]["issuer"],
                "ofNumber" => &movement["of"]["number"],
                "ofLine" => &movement["of"]["line"],
                name => &movement[name],
            };
            super::found::cell_of(value)
        };
        writer.write_record(COLUMNS.iter().map(cell)).map_err(internal)?;
    }
    let bytes = writer.into_inner().map_err(|_| Problem::internal())?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"movements.csv\"".to_owned()),
        // What the file has no room for: where the next one goes on.
        (header::HeaderName::from_static("x-after"), told["after"].as_str().unwrap_or("").to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// The body of a gate release.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Release {
    number: String,
    vehicle: String,
    tare: String,
    gross: String,
    parcels: Vec<Parcel>,
}

/// A parcel by its trade.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Parcel {
    platform: String,
    order_no: String,
}

/// `POST /v1/books/{id}/gate-releases`: a vehicle leaves with parcels of released lists. The same number with the same content
/// goes on where it was interrupted.
pub async fn release(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<Release>, axum::extract::rejection::JsonRejection>,
) -> Result<Json<Value>, Problem> {
    operations::check_intake(&window)?;
    let Json(release) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    let record = found(&window, &caller, Register::BondedBook.word(), &id, "gate release").await?;
    let number = release.number.trim();
    if number.is_empty() || number.len() > 40 || number.contains([':', '/', ' ']) {
        return Err(Problem::bad_request(
            "a gate release has a number of 1 to 40 characters without : / and blanks",
        ));
    }
    let law = window.reference().current().parameters.on(window.clock.now().day());
    let (gate, orders) =
        loaded(&window, &record.key.id, number, &release, law.bonded_gate_weight_tolerance).await?;
    let key = register::bonded::key_of(&record.key.id, DocumentKind::GateRelease, number);
    let codes = window.names_of(&caller.party).0;
    let command = |version: u32, action: &str, body: Option<String>| Command {
        key: key.clone(),
        version,
        action: action.into(),
        by: by(&window, &caller).by_window(),
        note: String::new(),
        body,
    };
    let mut document = match window.read.record(&key).await? {
        Some(known) if DocumentBody::of(&known).gate.as_ref() == Some(&gate) => known,
        Some(known) => {
            return Err(Problem::conflict(
                "number-used",
                "This number names another gate release",
                "use a number of its own for each; a correction is a gate release of its own",
            )
            .with("current", whole(&View::of(&known, &codes))));
        }
        None => {
            let body = serde_json::to_string(&gate).map_err(|_| Problem::internal())?;
            let made = command_of(&window, command(0, "leave", Some(body))).await?;
            made.map_err(|refusal| refused(&refusal, &codes))?
        }
    };
    let mut parcels = Vec::with_capacity(orders.len());
    let mut all = true;
    for order in orders {
        let left = leave(&window, &caller, &order, (&key.id, number)).await?;
        all &= left.is_ok();
        let why: Vec<Value> = left.err().unwrap_or_default();
        parcels.push(json!({
            "platform": order.platform.as_str(), "orderNo": order.order_no.as_str(), "left": why.is_empty(), "findings": why,
        }));
    }
    if all && document.state == "leaving" {
        let made = command_of(&window, command(document.version, "left", None)).await?;
        document = made.map_err(|refusal| refused(&refusal, &codes))?;
    }
    let mut shown = whole(&View::of(&document, &codes));
    shown["parcels"] = parcels.into();
    Ok(Json(shown))
}

/// What is loaded, with the trades; what may not leave is a fault.
async fn loaded(
    window: &Window,
    book: &str,
    number: &str,
    release: &Release,
    tolerance: i64,
) -> Result<(Gate, Vec<OrderKey>), Problem> {
    let mut faults = Vec::new();
    if release.parcels.is_empty() || release.parcels.len() > PARCELS {
        let most = says::ONE_TO.with(&[("most", &PARCELS.to_string())]);
        faults.push(Fault::new("parcels", &release.parcels.len().to_string(), most));
    }
    let (mut orders, mut weight): (Vec<OrderKey>, Decimal) = (Vec::new(), Decimal::ZERO);
    for (index, parcel) in release.parcels.iter().take(PARCELS).enumerate() {
        let order = OrderKey::new(&parcel.platform, &parcel.order_no);
        let name = format!("{}/{}", order.platform, order.order_no);
        let consignment = window.read.consignment(&order).await?;
        let waybill = consignment.as_ref().and_then(crate::traceability::waybill_of);
        let held = match waybill {
            Some(waybill) => is_held(window.read.record(&hold::key(&waybill)).await?.as_deref()),
            None => false,
        };
        // What no site lets pass, for a recall or another reason, leaves by no gate release either.
        let leaves = ready(consignment.as_ref(), book, number);
        match if held { leaves.and(Err(hold::HELD)) } else { leaves } {
            Ok(gross) if !orders.contains(&order) => weight = weight.checked_add(gross).unwrap_or(weight),
            Ok(_) => {
                let said = says::BONDED_PARCEL.with(&[("state", "listed twice")]);
                faults.push(Fault::new(&format!("parcels[{}]", index + 1), &name, said));
            }
            Err(state) => {
                let said = says::BONDED_PARCEL.with(&[("state", state)]);
                faults.push(Fault::new(&format!("parcels[{}]", index + 1), &name, said));
            }
        }
        orders.push(order);
    }
    if !faults.is_empty() {
        return Err(invalid(&faults));
    }
    let gate = Gate {
        vehicle: release.vehicle.trim().to_owned(),
        tare: release.tare.trim().to_owned(),
        gross: release.gross.trim().to_owned(),
        declared: weight.to_string(),
        tolerance,
        parcels: orders.iter().map(|order| format!("{}/{}", order.platform, order.order_no)).collect(),
    };
    Ok((gate, orders))
}

/// The gross weight of a parcel that may leave with this release, or has left with it; otherwise how it stands. Of a trade with
/// another book nothing is told.
fn ready<'a>(consignment: Option<&'a Consignment>, book: &str, number: &str) -> Result<Decimal, &'a str> {
    let attempt = consignment.and_then(|consignment| consignment.attempt.as_ref()).ok_or("none")?;
    let taken = attempt.taken.as_deref().filter(|taken| taken.book == book).ok_or("none")?;
    let Document::Declaration(declaration) = &*attempt.declaration.document else { return Err("none") };
    let by = format!("gate-release:{number}");
    let left_by_this = consignment
        .is_some_and(|consignment| consignment.actions.iter().any(|(id, _)| id.ends_with(by.as_str())));
    match (attempt.state, taken.state) {
        (Standing::Released | Standing::Closed, TakenState::Frozen) => Ok(declaration.head.gross_weight),
        (_, TakenState::Left) if left_by_this => Ok(declaration.head.gross_weight),
        (_, TakenState::Left) => Err(TakenState::Left.word()),
        (state, _) => Err(state.word()),
    }
}

/// Has a parcel leave, on its trade as it is then; the same release again gets its first answer.
async fn leave(
    window: &Window,
    caller: &Caller,
    order: &OrderKey,
    (id, number): (&Text, &str),
) -> Result<Result<(), Vec<Value>>, Problem> {
    let unknown = || Problem::not_recorded("send it again with the same number", "请以同一编号再次提交");
    let mut findings = Vec::new();
    for _ in 0..TRIES {
        let Some(consignment) = window.read.consignment(order).await? else { break };
        let action = OfficerAction {
            id: id.clone(),
            officer: caller.name.clone(),
            party: caller.party.clone(),
            order: order.clone(),
            version: consignment.version,
            kind: ActionKind::LeaveGate { release: number.into() },
            text: Text::default(),
        };
        let answered = window.pipeline.action(action).await.ok_or_else(unknown)?;
        findings = answered.answer.findings;
        if findings.is_empty() {
            return Ok(Ok(()));
        }
        if !findings.iter().any(|finding| finding.reason == Reason::VersionOutdated) {
            break;
        }
    }
    let told =
        findings.iter().map(|finding| json!({"rule": finding.reason.word(), "text": finding.text_zh(None)}));
    Ok(Err(told.collect()))
}
