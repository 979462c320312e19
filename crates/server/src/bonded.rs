//! Bonded books as the window reads them: stocks as of a time, movements from the versions of their records; and what whoever
//! accepts a document is said to accept. How goods move is `register::bonded`.

use crate::Window;
use crate::api::error::Problem;
use crate::api::registers;
use crate::api::view::yuan;
use book::{DocumentKind, Place, StockKey};
use clearance::Text;
use clearance::bonded::{document_key, stock_key};
use clearance::keys::{Position, Time};
use clearance::record::{Record, RecordKey, Register};
use register::bonded::bill::{Bill, Paying};
use register::bonded::clock::STATES;
use register::bonded::document::{Beside, Body as DocumentBody, Lines};
use register::bonded::exhibition::Guarantee;
use register::bonded::form::{LineForm, MovedForm, StockForm};
use register::bonded::{document_of, holder_of};
use register::entry_refund;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, RecordSearch};

/// Records of one look, a page.
const PAGE: usize = 500;
/// Documents with a deadline of a holder that are looked through.
const CLOCKS: usize = 1_000;

/// Puts what a record says into the command of whoever accepts or approves it on the version seen.
pub(crate) async fn with_accepted(
    window: &Window,
    key: &RecordKey,
    body: &mut registers::Body,
) -> Result<(), Problem> {
    if matches!(body.action.as_str(), "accept" | "approve" | "lend") {
        let record = window.read.record(key).await?.filter(|record| record.version == body.version);
        if let Some(accepted) = record.and_then(|record| register::bonded::accepted(&record, &body.action)) {
            body.body = serde_json::from_str(&accepted).ok();
        }
    }
    match key.register {
        Register::BondedDocument => with_beside(window, key, body).await,
        Register::BondedBill if body.action == "settle" => with_applications(window, key, body).await,
        _ => Ok(()),
    }
}

/// Puts into the command what a document rests on besides its lines, whatever was sent in its place: what entered first and is
/// not declared yet, who guarantees for what it resolves, and which refunds rest on what it sends back into the country. Whether that stands against it is judged on what is loaded then.
async fn with_beside(window: &Window, key: &RecordKey, body: &mut registers::Body) -> Result<(), Problem> {
    let (Some((book, _)), Some(sent)) = (document_of(&key.id), body.body.clone()) else { return Ok(()) };
    let Ok(lines) = serde_json::from_value::<Lines>(sent) else { return Ok(()) };
    let holder = holder_of(&book);
    let mut beside = Beside::default();
    if body.action == "enter-first" {
        let states = ["undeclared", "overdue"];
        let known = timed(window, window.names_of(&holder).0, &states, usize::MAX).await?;
        beside.undeclared = known.iter().map(|record| record.key.id.to_string()).collect();
    }
    let mut applications: Vec<RecordKey> = Vec::new();
    for of in lines.lines.iter().filter_map(|line| line.of(&holder)) {
        let application = document_key(&book, &of.document);
        if of.document.kind == DocumentKind::Application && !applications.contains(&application) {
            applications.push(application);
        }
    }
    for application in &applications {
        beside.guarantors.extend(guarantor_of(window, application).await?);
    }
    for line in &lines.lines {
        beside.refunds.extend(refunds_of(window, &book, line).await?);
    }
    body.body = serde_json::to_value(Lines { beside: Some(beside), ..lines }).ok();
    Ok(())
}

/// Of a line by which goods go back into the country: records of what is claimed of their lots, and of who claimed.
async fn refunds_of(window: &Window, book: &str, line: &LineForm) -> Result<Vec<String>, Problem> {
    if !entry_refund::BACK.contains(&line.operation.as_str()) {
        return Ok(Vec::new());
    }
    let Some(record) = item(window, book, &line.item).await? else { return Ok(Vec::new()) };
    // What is sold at an exhibition is what went out to it, whatever lot the line says.
    let (place, said) = match line.operation.as_str() {
        "exhibition-sale" => (Place::Exhibition, None),
        _ => (Place::Available, line.lot.as_deref().map(str::trim).filter(|lot| !lot.is_empty())),
    };
    let lots = StockForm::of(&record).lots.into_iter();
    let lots = lots.filter(|lot| said.is_none_or(|said| lot.number == said));
    let mut found = Vec::new();
    for lot in lots.filter(|lot| lot.balances.contains_key(place.word())) {
        let key = entry_refund::lot_key(book, &line.item, &lot.number);
        // One that nobody had reason to keep by now may have been by then.
        found.push(key.id.to_string());
        let Some(standing) = window.read.record(&key).await? else { continue };
        let claims = entry_refund::Standing::of(&standing).claims.into_iter();
        found.extend(claims.map(|claim| claim.application));
    }
    Ok(found)
}

/// Puts into the payment of a bill which applications stand on it, and who guarantees for them.
async fn with_applications(
    window: &Window,
    key: &RecordKey,
    body: &mut registers::Body,
) -> Result<(), Problem> {
    let sent = body.body.clone().and_then(|sent| serde_json::from_value::<Paying>(sent).ok());
    let (Some(sent), Some(record)) = (sent, window.read.record(key).await?) else { return Ok(()) };
    let mut paying = Paying { payment: sent.payment, ..Paying::default() };
    for tax in Bill::of(&record).taxes {
        if !paying.applications.contains(&tax.application) {
            let application = RecordKey::new(Register::BondedDocument, &tax.application);
            paying.guarantors.extend(guarantor_of(window, &application).await?);
            paying.applications.push(tax.application);
        }
    }
    body.body = serde_json::to_value(paying).ok();
    Ok(())
}

/// Who guarantees for the goods of an application.
async fn guarantor_of(window: &Window, application: &RecordKey) -> Result<Option<String>, Problem> {
    let record = window.read.record(application).await?;
    let guarantee = record.and_then(|record| DocumentBody::of(&record).guarantee);
    Ok(guarantee.map(|guarantee| guarantee.guarantor))
}

/// Documents of some parties in some states, at most so many.
async fn timed(
    window: &Window,
    parties: Vec<Text>,
    states: &[&'static str],
    most: usize,
) -> Result<Vec<Arc<Record>>, Problem> {
    let states = states.iter().map(|state| Text::const_new(state)).collect();
    let search = RecordSearch { register: Register::BondedDocument, parties: Some(parties), states };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (records, next) = window.read.records(&search, after, PAGE).await?;
        found.extend(records);
        after = next;
        if after.is_none() || found.len() >= most {
            found.truncate(most);
            return Ok(found);
        }
    }
}

/// Deadlines that run in a book, the first to end first.
pub(crate) async fn clocks(window: &Window, book: &str) -> Result<Vec<Value>, Problem> {
    let holder = holder_of(book);
    let known = timed(window, vec![holder], &STATES, CLOCKS).await?;
    let of = |record: &Arc<Record>| {
        let (of_book, document) = document_of(&record.key.id)?;
        let body = DocumentBody::of(record);
        let clock = body.clock.filter(|_| of_book == book)?;
        let due = |guarantee: &Guarantee| -> i64 {
            guarantee.sales.iter().filter(|sale| sale.standing == "due").map(|sale| sale.tax).sum()
        };
        Some(json!({
            "document": record.key.id.as_str(), "kind": document.kind.word(), "number": document.number.as_str(),
            "state": record.state.as_str(), "due": clock.due, "warned": clock.warned, "extended": clock.extended,
            "held": body.guarantee.as_ref().map(|guarantee| yuan(guarantee.held)),
            "called": body.guarantee.as_ref().map(|guarantee| yuan(guarantee.called)),
            "taxDue": body.guarantee.as_ref().map(|guarantee| yuan(due(guarantee))),
        }))
    };
    let mut clocks: Vec<Value> = known.iter().filter_map(of).collect();
    clocks.sort_by(|one, other| one["due"].as_str().cmp(&other["due"].as_str()));
    Ok(clocks)
}

/// The record of an item as it was at a time; none where it was not there yet.
pub(crate) async fn as_of(
    window: &Window,
    mut record: Arc<Record>,
    at: Time,
) -> Result<Option<Arc<Record>>, Problem> {
    while record.changed > at {
        let mut earlier = record.previous;
        if record.changed.day() > at.day() {
            // All of a day's versions are passed at once.
            let last_day = StockForm::of(&record).day_before.and_then(Position::of_number);
            earlier = last_day.or(earlier);
        }
        let Some(position) = earlier else { return Ok(None) };
        let Some(before) = window.read.record_at(position).await? else { return Ok(None) };
        record = before;
    }
    Ok(Some(record))
}

/// The record of an item of a book.
pub(crate) async fn item(window: &Window, book: &str, item: &str) -> Result<Option<Arc<Record>>, Problem> {
    let key = stock_key(&StockKey { book: book.into(), item: item.trim().into() });
    Ok(window.read.record(&key).await?)
}

/// A movement of an item.
pub(crate) struct Movement {
    /// The item.
    pub item: Text,
    /// When.
    pub time: Time,
    /// The row that has it.
    pub position: Position,
    /// What moved.
    pub moved: MovedForm,
}

/// A page of what moved.
pub(crate) struct Moved {
    /// The newest first.
    pub movements: Vec<Movement>,
    /// Versions that were read.
    pub versions: usize,
    /// The version with which the next page begins.
    pub next: Option<Position>,
}

/// What moved of an item in at most so many of its versions, from `record` on, the newest first.
pub(crate) async fn movements(
    window: &Window,
    item: &str,
    mut record: Arc<Record>,
    most: usize,
) -> Result<Moved, Problem> {
    let mut found = Moved { movements: Vec::new(), versions: 0, next: None };
    while found.versions < most {
        let (time, position) = (record.changed, record.last);
        let moved = StockForm::of(&record).moved;
        let of = |moved| Movement { item: item.into(), time, position, moved };
        found.movements.extend(moved.into_iter().rev().map(of));
        found.versions += 1;
        let Some(previous) = record.previous else { return Ok(found) };
        let Some(earlier) = window.read.record_at(previous).await? else { return Ok(found) };
        record = earlier;
    }
    found.next = Some(record.last);
    Ok(found)
}
