//! What a sender's software has shown in a sandbox that it can do: read from what it sent, what it was answered, and how far
//! it asked for its receipts. Each check says where it was shown first.

use super::throttled::Showed;
use super::{asked_again, asked_receipts, showed};
use crate::Window;
use crate::retention::portions;
use crate::rights::sent_by;
use ceb::{Document, Kind};
use clearance::Text;
use clearance::event::{Cause, SignatureFact};
use clearance::export::ExportTradeKey;
use clearance::keys::{OrderKey, Position, Time};
use clearance::party::Role;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use store::{Cursor, EventRow, Row, StoreError};

/// Rows that are looked at together.
const ROWS: usize = 10_000;
/// Receipts that are told one by one.
const NEWEST: usize = 200;
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

/// A receipt of the party.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sent {
    /// The row that carries it, and which of the row's it is.
    pub position: Position,
    /// Which of the row's.
    pub number: usize,
    /// Its message.
    pub kind: Kind,
    /// What it says.
    pub status: i32,
    /// The trade that it is of.
    pub order: Option<OrderKey>,
    /// When it was made.
    pub time: Time,
    /// Whether the party's software has it: it asked for what comes behind.
    pub fetched: bool,
}

/// Receipts of a party, and how many of them its software has.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Fetched {
    /// How many there are.
    pub all: u64,
    /// How many it has.
    pub fetched: u64,
    /// The newest, the newest first.
    pub newest: Vec<Sent>,
}

/// Checks of a party's software, and whether everything was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// In the order in which one would show them.
    pub checks: Vec<Check>,
    /// Its receipts one by one.
    pub receipts: Fetched,
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
    words.extend(["throttled", "waited"].map(str::to_owned));
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
    /// How far the party asked for receipts.
    asked: Cursor,
    receipts: Fetched,
    newest: VecDeque<Sent>,
    /// A list whose receipts were scripted away.
    lost: Option<Position>,
    /// The last row that was looked at.
    last: Position,
}

impl Found {
    fn show(&mut self, word: &str, position: Position) {
        self.shown.entry(word.to_owned()).or_insert(position);
    }

    /// A receipt of the party; those of the same row are in order.
    fn receipt(&mut self, mut sent: Sent) {
        sent.fetched = self.asked.sequence(sent.position.writer) >= sent.position.sequence;
        self.receipts.all += 1;
        if sent.fetched {
            self.receipts.fetched += 1;
            self.show("receipts-read", sent.position);
            if sent.kind == Kind::ExportDeclarationReceipt {
                self.show(&format!("read-export-{}", sent.status), sent.position);
            } else if !sent.kind.is_export() {
                self.show(&format!("read-{}", sent.status), sent.position);
            }
        }
        self.newest.push_back(sent);
        if self.newest.len() > NEWEST {
            self.newest.pop_front();
        }
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
    let asked = window.control.setting(&asked_receipts(party)).await?.unwrap_or_default();
    let asked = Cursor::parse(&asked).unwrap_or_default();
    let (mut after, mut looked) = (Cursor::default(), 0);
    let mut found = Found { asked, ..Found::default() };
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
    for (word, one) in [("throttled", Showed::Throttled), ("waited", Showed::Waited)] {
        // It leaves no row of its own: the last that was looked at stands for it.
        if window.control.setting(&showed(party, one)).await?.is_some() {
            found.show(word, found.last);
        }
    }
    if let (Some(lost), Some(_)) = (found.lost, window.control.setting(&asked_again(party)).await?) {
        found.show("lost-receipt-asked", lost);
    }
    let checks = words(role).into_iter().map(|word| {
        let shown = found.shown.get(&word).copied();
        Check { word, shown }
    });
    let checks = checks.collect();
    let receipts = Fetched { newest: found.newest.into_iter().rev().collect(), ..found.receipts };
    Ok(Report { checks, receipts, complete })
}

fn look(found: &mut Found, position: Position, row: &Row, codes: &[Text], exchange_ids: &[Text]) {
    found.last = position;
    let (receipts, order) = match row {
        Row::Message(message) => (message.receipts.as_slice(), None),
        Row::Event(event) => {
            let outcome = event.outcome.as_deref();
            let receipts = outcome.map(|outcome| outcome.receipts.as_slice()).unwrap_or_default();
            (receipts, outcome.and_then(|outcome| outcome.order.clone()))
        }
        _ => return,
    };
    let own = receipts.iter().enumerate().filter(|(_, receipt)| exchange_ids.contains(&receipt.recipient));
    for (number, receipt) in own {
        found.receipt(Sent {
            position,
            number,
            kind: receipt.document.kind(),
            status: receipt.status,
            order: order.clone(),
            time: receipt.time,
            fetched: false,
        });
    }
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
        }
        _ => {}
    }
}
