//! What a sender's software has shown in a sandbox that it can do: read from what it sent, what it was answered, and how far
//! it asked for its receipts. Each check says where it was shown first.

use super::{asked_again, asked_receipts};
use crate::Window;
use crate::retention::portions;
use crate::rights::sent_by;
use ceb::{Document, Kind};
use clearance::Text;
use clearance::event::{Cause, SignatureFact};
use clearance::export::ExportTradeKey;
use clearance::keys::{OrderKey, Position};
use clearance::party::Role;
use std::collections::{BTreeMap, BTreeSet};
use store::{Cursor, EventRow, Row, StoreError};

/// Rows that are looked at together.
const ROWS: usize = 10_000;
/// Rows that are looked at, at most: a sandbox is small.
const MOST: usize = 500_000;

/// One thing that software shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// Its word.
    pub word: String,
    /// The row that showed it.
    pub shown: Option<Position>,
}

/// Checks of a party's software, and whether everything was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// In the order in which one would show them.
    pub checks: Vec<Check>,
    /// False where there is more than is looked at.
    pub complete: bool,
}

/// States of a list of which an agent is told; those of exports are concluded before they are released, and closed after.
const TOLD: [i32; 5] = [100, 120, 300, 500, 800];
const TOLD_OF_EXPORTS: [i32; 7] = [100, 120, 300, 399, 500, 800, 899];

/// The words of the checks of a role.
pub fn words(role: Role) -> Vec<String> {
    let mut words: Vec<String> = sent_by(role).iter().map(|kind| format!("sent-{}", kind.number())).collect();
    words.extend(
        ["changed", "deleted", "refused", "corrected", "repeated", "batch", "signed"].map(str::to_owned),
    );
    words.push("receipts-read".to_owned());
    if role == Role::Agent {
        words.extend(TOLD.map(|status| format!("read-{status}")));
        words.extend(TOLD_OF_EXPORTS.map(|status| format!("read-export-{status}")));
        words.extend(["lost-receipt-asked".to_owned()]);
    }
    words
}

#[derive(Default)]
struct Found {
    shown: BTreeMap<String, Position>,
    /// Trades of which something was refused.
    refused: BTreeSet<OrderKey>,
    /// Export trades of which something was refused.
    refused_exports: BTreeSet<ExportTradeKey>,
    /// Rows with receipts of the party: of which kind of document, status and position.
    receipts: Vec<(Kind, i32, Position)>,
    /// A list whose receipts were scripted away.
    lost: Option<Position>,
}

impl Found {
    fn show(&mut self, word: &str, position: Position) {
        self.shown.entry(word.to_owned()).or_insert(position);
    }

    fn document(
        &mut self,
        position: Position,
        event: &EventRow,
        document: &Document,
        signature: &SignatureFact,
    ) {
        let Some(outcome) = &event.outcome else { return };
        if outcome.repeats.is_some() {
            self.show("repeated", position);
            return;
        }
        let status = outcome.answer.status;
        let (order, export) = (outcome.order.clone(), outcome.export.trade.clone());
        if status < 0 || status == 100 {
            self.show("refused", position);
            self.refused.extend(order);
            self.refused_exports.extend(export);
            return;
        }
        self.show(&format!("sent-{}", document.kind().number()), position);
        match app_type(document).as_deref() {
            Some("2") => self.show("changed", position),
            Some("3") => self.show("deleted", position),
            _ => {}
        }
        if order.is_some_and(|order| self.refused.contains(&order))
            || export.is_some_and(|export| self.refused_exports.contains(&export))
        {
            self.show("corrected", position);
        }
        if matches!(signature, SignatureFact::Valid { .. }) {
            self.show("signed", position);
        }
        let note = match document {
            Document::Declaration(list) => list.head.note.as_deref(),
            Document::ExportDeclaration(list) => list.head.note.as_deref(),
            _ => None,
        };
        if note.is_some_and(|note| note.contains("lose-receipts")) {
            self.lost.get_or_insert(position);
        }
    }
}

/// `appType` of a document.
fn app_type(document: &Document) -> Option<Text> {
    Some(match document {
        Document::Order(order) => order.head.app_type.clone(),
        Document::Payment(payment) => payment.app_type.clone(),
        Document::Waybill(waybill) => waybill.app_type.clone(),
        Document::Declaration(list) => list.head.app_type.clone(),
        Document::ExportOrder(order) => order.head.app_type.clone(),
        Document::ExportPayment(payment) => payment.app_type.clone(),
        Document::ExportWaybill(waybill) => waybill.app_type.clone(),
        Document::ExportDeclaration(list) => list.head.app_type.clone(),
        Document::SummaryApplication(application) => application.head.app_type.clone(),
        _ => return None,
    })
}

/// What the software of a party has shown.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub async fn report(window: &Window, party: &Text, role: Role) -> Result<Report, StoreError> {
    let (codes, exchange_ids) = window.names_of(party);
    let (mut after, mut found, mut looked) = (Cursor::default(), Found::default(), 0);
    let complete = loop {
        let rows = portions(&window.read, &mut after, ROWS).await?;
        looked += rows.len();
        for (position, row) in &rows {
            look(&mut found, *position, row, &codes, &exchange_ids);
        }
        match rows.len() {
            ROWS if looked < MOST => {}
            ROWS => break false,
            _ => break true,
        }
    };
    let asked = window.control.setting(&asked_receipts(party)).await?.unwrap_or_default();
    let asked = Cursor::parse(&asked).unwrap_or_default();
    let read = |position: &Position| asked.sequence(position.writer) >= position.sequence;
    for (kind, status, position) in std::mem::take(&mut found.receipts) {
        if !read(&position) {
            continue;
        }
        found.show("receipts-read", position);
        if kind == Kind::ExportDeclarationReceipt {
            found.show(&format!("read-export-{status}"), position);
        } else if !kind.is_export() {
            found.show(&format!("read-{status}"), position);
        }
    }
    if let (Some(lost), Some(_)) = (found.lost, window.control.setting(&asked_again(party)).await?) {
        found.show("lost-receipt-asked", lost);
    }
    let checks = words(role).into_iter().map(|word| {
        let shown = found.shown.get(&word).copied();
        Check { word, shown }
    });
    Ok(Report { checks: checks.collect(), complete })
}

fn look(found: &mut Found, position: Position, row: &Row, codes: &[Text], exchange_ids: &[Text]) {
    match row {
        Row::Message(message) if message.documents > 1 && codes.contains(&message.sender) => {
            found.show("batch", position);
        }
        Row::Event(event) => {
            if let Cause::Document(arrived) = &event.event.cause
                && codes.contains(&arrived.sender)
            {
                found.document(position, event, &arrived.document, &arrived.signature);
            }
            let receipts = event.outcome.iter().flat_map(|outcome| &outcome.receipts);
            let own = receipts.filter(|receipt| exchange_ids.contains(&receipt.recipient));
            found.receipts.extend(own.map(|receipt| (receipt.document.kind(), receipt.status, position)));
        }
        _ => {}
    }
}
