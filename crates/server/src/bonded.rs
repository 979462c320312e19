//! Bonded books as the window reads them: stocks as of a time, movements from the versions of their records; and what whoever
//! accepts a document is said to accept. How goods move is `register::bonded`.

use crate::Window;
use crate::api::error::Problem;
use crate::api::registers;
use book::StockKey;
use clearance::Text;
use clearance::bonded::stock_key;
use clearance::keys::{Position, Time};
use clearance::record::{Record, RecordKey};
use register::bonded::form::{MovedForm, StockForm};
use std::sync::Arc;
use store::Read;

/// Puts what a record says into the command of whoever accepts or approves it on the version seen.
pub(crate) async fn with_accepted(
    window: &Window,
    key: &RecordKey,
    body: &mut registers::Body,
) -> Result<(), Problem> {
    if !matches!(body.action.as_str(), "accept" | "approve") {
        return Ok(());
    }
    let record = window.read.record(key).await?.filter(|record| record.version == body.version);
    if let Some(accepted) = record.and_then(|record| register::bonded::accepted(&record, &body.action)) {
        body.body = serde_json::from_str(&accepted).ok();
    }
    Ok(())
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
