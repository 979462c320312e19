//! Rows of the ledger, looked at after their commits for what was judged and what inspections found: for the model in shadow, for
//! drafts in shadow, and for whoever looks back.

use super::{AttemptKey, Result, result};
use crate::Window;
use ceb::Day;
use clearance::consignment::{Attempt, Consignment};
use clearance::event::Cause;
use clearance::export::{ExportAttempt, ExportTrade};
use clearance::keys::Position;
use clearance::rulebook::InspectionResults;
use clearance::trial::export::trade_in;
use inspection::declaration::Trade;
use std::sync::Arc;
use store::{Cursor, EventRow, Read, Row, StoreError};

/// What is learnt from, or scored.
pub enum Seen {
    /// A trade as it was when its documents agreed, with its documents.
    Judged(Arc<Consignment>),
    /// The same of a trade of exports.
    JudgedExport(Arc<ExportTrade>),
    /// What an inspection found.
    Found(AttemptKey, Result),
}

/// A list whose documents agreed with a row.
#[derive(Clone, Copy)]
pub enum JudgedList<'a> {
    /// Of imports.
    Import(&'a Attempt),
    /// Of exports.
    Export(&'a ExportAttempt),
}

impl JudgedList<'_> {
    /// Of which trade it is.
    pub fn trade(&self) -> Trade {
        match self {
            Self::Import(_) => Trade::Import,
            Self::Export(_) => Trade::Export,
        }
    }

    /// The day on which it was declared.
    pub fn day(&self) -> Day {
        match self {
            Self::Import(attempt) => attempt.business_date,
            Self::Export(attempt) => attempt.business_date,
        }
    }
}

/// Some rows, looked at.
pub struct Looked {
    /// What of them matters, in their order.
    pub seen: Vec<Seen>,
    /// Up to where.
    pub covers: Cursor,
    /// Whether there was nothing behind them.
    pub ended: bool,
}

/// Looks at so many rows after a cursor. Of lists that are judged only those that are wanted are read with their documents.
///
/// # Errors
/// When they cannot be read.
pub async fn look(
    window: &Window,
    results: &InspectionResults,
    (after, rows): (&Cursor, usize),
    wants: impl Fn(JudgedList<'_>) -> bool + Send + Sync,
) -> std::result::Result<Looked, StoreError> {
    enum What {
        Judged(Position),
        Found(AttemptKey, Result),
    }
    let (mut found, mut covers, mut looked) = (Vec::new(), after.clone(), 0);
    let mut visit = |position: Position, row: Row| {
        looked += 1;
        covers.reach(position);
        if let Row::Event(row) = row {
            if judged(&row).is_some_and(&wants) {
                found.push(What::Judged(position));
            }
            found.extend(result(&row, results).map(|(attempt, result)| What::Found(attempt, result)));
        }
        looked < rows
    };
    window.read.scan(after, &mut visit).await?;
    let ended = looked < rows;
    let mut seen = Vec::with_capacity(found.len());
    for what in found {
        match what {
            What::Found(attempt, result) => seen.push(Seen::Found(attempt, result)),
            // A scan gives states without their documents.
            What::Judged(position) => {
                let whole = window.read.whole(position).await?;
                let Some(outcome) = whole.and_then(|event| event.row.outcome) else { continue };
                seen.extend(trade_in(&outcome).cloned().map(Seen::JudgedExport));
                seen.extend(outcome.consignment.map(Seen::Judged));
            }
        }
    }
    Ok(Looked { seen, covers, ended })
}

/// The list of which a row is the first after its documents agreed: its lane was fixed, and it is told so (120).
fn judged(row: &EventRow) -> Option<JudgedList<'_>> {
    if matches!(row.event.cause, Cause::Action(_) | Cause::ExportAction(_)) {
        return None;
    }
    let outcome = row.outcome.as_ref()?;
    let told = |of_list: fn(&ceb::Document) -> bool| {
        outcome.receipts.iter().any(|receipt| receipt.status == 120 && of_list(&receipt.document))
    };
    if let Some(consignment) = &outcome.consignment {
        let attempt = consignment.attempt.as_ref().filter(|attempt| attempt.lane.is_some())?;
        let is_told = told(|document| matches!(document, ceb::Document::DeclarationReceipt(_)));
        return is_told.then_some(JudgedList::Import(attempt));
    }
    let attempt = trade_in(outcome)?.attempt.as_ref().filter(|attempt| attempt.lane.is_some())?;
    let is_told = told(|document| matches!(document, ceb::Document::ExportDeclarationReceipt(_)));
    is_told.then_some(JudgedList::Export(attempt))
}
