//! What is claimed of a lot, and of an invoice: a record each, behind the applications, in nobody's lists. By it nothing is refunded
//! twice, and by that of a lot its refunds are found when goods of it go back into the country: in the commit in which they do.

use super::{Applied, Body, MOST, is_application};
use crate::behind::Behind;
use crate::bonded::document::{Body as DocumentBody, Lines};
use crate::bonded::document_of;
use crate::bonded::form::LineForm;
use crate::{Command, Fault, Seen, says, stored, written};
use book::{Answer, Outcome, Place};
use ceb::Decimal;
use clearance::Text;
use clearance::bonded::stock_key;
use clearance::facts::{Facts, Keys};
use clearance::keys::Position;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Operations by which goods go back into the country.
pub const BACK: [&str; 2] = ["general-trade", "exhibition-sale"];

/// What is claimed of a lot or of an invoice.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Claims that hold, the oldest first.
    #[serde(default)]
    pub claims: Vec<Claim>,
    /// Of a lot: how much went back into the country that was claimed by nobody.
    #[serde(default)]
    pub back: String,
}

/// A claim.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// The record of the application.
    pub application: String,
    /// Its line, from 1.
    pub line: u32,
    /// The record of the checklist.
    pub checklist: String,
    /// Its line.
    pub checklist_line: u32,
    /// How much of the goods, in the declared unit.
    pub quantity: String,
    /// How much of the invoice, in fen.
    pub amount: i64,
    /// How much of the goods went back into the country.
    #[serde(default)]
    pub back: String,
    /// What the application says of the invoice: what it is over without tax, in fen, and its rate in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<(i64, String)>,
}

impl Claim {
    /// Whether it is of an application of a party with these codes.
    fn is_of(&self, codes: &[Text]) -> bool {
        let applicant = self.application.split(':').next().unwrap_or_default();
        codes.iter().any(|code| code.as_str() == applicant)
    }
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap_or_default()
}

fn added(text: &str, more: i128) -> String {
    Decimal::from_units(decimal(text).units() + more).to_string()
}

impl Standing {
    /// Of a record of a lot or an invoice.
    ///
    /// # Panics
    /// If the record is none.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// What stands under a key; nothing, where there is no record.
    pub(super) fn under(facts: &Facts, key: &RecordKey) -> Self {
        facts.records.get(key).map(|record| Self::of(record)).unwrap_or_default()
    }

    /// What a party with these codes claims itself.
    pub(super) fn claims_of<'a>(&'a self, codes: &'a [Text]) -> impl Iterator<Item = &'a Claim> {
        self.claims.iter().filter(move |claim| claim.is_of(codes))
    }

    /// Whether anybody else claims of it too.
    pub(super) fn is_claimed_by_others(&self, codes: &[Text]) -> bool {
        self.claims.iter().any(|claim| !claim.is_of(codes))
    }

    /// How much of a line of a checklist may still be claimed of `entered`: what went back unclaimed is nobody's to claim.
    pub(super) fn left(&self, (checklist, line): (&str, u32), entered: Decimal) -> Decimal {
        let of_line =
            self.claims.iter().filter(|claim| claim.checklist == checklist && claim.checklist_line == line);
        let claimed: i128 = of_line.map(|claim| decimal(&claim.quantity).units()).sum();
        Decimal::from_units((entered.units() - claimed - decimal(&self.back).units()).max(0))
    }

    /// Takes the claims of an application back: what went back of its goods is nobody's then.
    fn release(&mut self, application: &str) {
        let released = self.claims.iter().filter(|claim| claim.application == application);
        let back: i128 = released.map(|claim| decimal(&claim.back).units()).sum();
        self.claims.retain(|claim| claim.application != application);
        self.back = added(&self.back, back);
    }

    /// Goods went back: the oldest claim gives first. What each gives, and what is nobody's stays here.
    fn gives(&mut self, quantity: Decimal) -> Vec<(String, u32, Decimal)> {
        let (mut left, mut given) = (quantity.units(), Vec::new());
        for claim in &mut self.claims {
            let room = decimal(&claim.quantity).units() - decimal(&claim.back).units();
            let part = room.min(left).max(0);
            if part > 0 {
                claim.back = added(&claim.back, part);
                left -= part;
                given.push((claim.application.clone(), claim.line, Decimal::from_units(part)));
            }
        }
        self.back = added(&self.back, left);
        given
    }

    fn behind(&self, key: RecordKey) -> Behind {
        // Whoever applied finds it in his application.
        Behind { key, state: "tallied", action: "tally", parties: Vec::new(), body: written(self) }
    }
}

/// The record of a lot of a book's item. Its id begins with no party's code, so it is nobody's and no application.
pub fn lot_key(book: &str, item: &str, lot: &str) -> RecordKey {
    RecordKey::new(Register::EntryRefund, &format!("/lot/{}:{}:{}", book.trim(), item.trim(), lot.trim()))
}

/// The record of an invoice.
pub fn invoice_key(number: &str) -> RecordKey {
    RecordKey::new(Register::EntryRefund, &format!("/invoice/{}", number.trim()))
}

/// The records of what an application claims: its lots, then its invoices, each once.
fn claimed(applied: &Applied) -> Vec<RecordKey> {
    let book = document_of(applied.checklist.trim()).map(|(book, _)| book).unwrap_or_default();
    let lots = applied.lines.iter().map(|line| lot_key(&book, &line.item, line.lot()));
    let invoices = applied.invoices.iter().map(|invoice| invoice_key(&invoice.number));
    let mut keys: Vec<RecordKey> = lots.chain(invoices).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Adds what a command names to the keys of its batch: what is claimed is changed, checklist, items and scan are looked at.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    if command.key.register != Register::EntryRefund {
        return;
    }
    let applied = command.body.as_deref().and_then(|body| serde_json::from_str::<Applied>(body).ok());
    // What has more lines than one may have is refused before any of them is looked at.
    let fits = |applied: &Applied| applied.lines.len() <= MOST && applied.invoices.len() <= MOST;
    let Some(applied) = applied.filter(fits) else { return };
    keys.records.extend(claimed(&applied));
    if command.action != "apply" {
        return;
    }
    let Some((book, _)) = document_of(applied.checklist.trim()) else { return };
    keys.looked_at.push(RecordKey::new(Register::BondedDocument, &applied.checklist));
    for line in &applied.lines {
        let stock = book::StockKey { book: book.clone(), item: line.item.trim().into() };
        let key = stock_key(&stock);
        if !keys.looked_at.contains(&key) {
            keys.looked_at.push(key);
        }
    }
    let scan = applied.gate.scan.as_deref().map(str::trim).filter(|scan| !scan.is_empty());
    keys.looked_at.extend(scan.map(|scan| RecordKey::new(Register::SiteRecord, scan)));
}

/// The record of the lot that a line of a checklist brings in with proof of its export.
pub(crate) fn lot_entered(book: &str, line: &LineForm) -> Option<RecordKey> {
    let is_domestic = line.operation == "enter-domestic" && line.rebate.is_some();
    is_domestic.then(|| lot_key(book, &line.item, line.lot.as_deref().unwrap_or("")))
}

/// Says when an application claimed a lot of a document meanwhile, which would not be told what goes back, and when goods of another lot
/// would go back than the window named. `moved` is by the place of the line in the document.
pub(crate) fn check_loaded<'a>(
    seen: &Seen<'_>,
    (book, sent): (&str, &Lines),
    moved: impl Iterator<Item = (usize, &'a Outcome)>,
    faults: &mut Vec<Fault>,
) {
    let named: Vec<&String> = sent.beside.iter().flat_map(|beside| &beside.refunds).collect();
    let is_loaded = |claim: &Claim| {
        seen.facts.records.contains_key(&RecordKey::new(Register::EntryRefund, &claim.application))
    };
    let lots = named.iter().copied().filter(|id| id.starts_with('/'));
    let mut is_changed = lots
        .map(|id| Standing::under(seen.facts, &RecordKey::new(Register::EntryRefund, id)))
        .any(|standing| !standing.claims.iter().all(is_loaded));
    let is_named = |item: &str, lot: &str| {
        let key = lot_key(book, item, lot);
        named.iter().any(|id| key.id.as_str() == id.as_str())
    };
    // Where none is named, nobody looked.
    for (place, outcome) in moved.filter(|_| !named.is_empty()) {
        let Some(line) = sent.lines.get(place).filter(|line| BACK.contains(&line.operation.as_str())) else {
            continue;
        };
        let Answer::Taken(postings) = &outcome.answer else { continue };
        let mut back = postings.iter().filter(|posting| matches!(posting.to, Place::Domestic | Place::Sold));
        is_changed |= back.any(|posting| !is_named(&line.item, &posting.lot));
    }
    if is_changed {
        faults.push(Fault::new("version", "", says::BONDED_CHANGED.said()));
    }
}

/// What stands of lots, invoices and applications after a record changed, to be written behind it from `at` on.
pub(crate) fn behind(facts: &mut Facts, record: &Record, at: Position) -> Vec<Arc<Record>> {
    let changed = match record.key.register {
        Register::EntryRefund => of_application(facts, record),
        Register::BondedDocument => of_document(facts, record),
        _ => Vec::new(),
    };
    let places = (at.sequence..).map(|sequence| Position { sequence, ..at });
    changed.into_iter().zip(places).map(|(one, place)| one.of(facts, record, place)).collect()
}

/// What an application claims, or claims no more.
fn of_application(facts: &Facts, record: &Record) -> Vec<Behind> {
    if !matches!(record.action.as_str(), "apply" | "withdraw" | "refuse") || !is_application(record) {
        return Vec::new();
    }
    let Body { applied, .. } = Body::of(record);
    let book = document_of(applied.checklist.trim()).map(|(book, _)| book).unwrap_or_default();
    let mut changed = Vec::new();
    for key in claimed(&applied) {
        let mut standing = Standing::under(facts, &key);
        standing.release(&record.key.id);
        if record.action == "apply" {
            for (line, number) in applied.lines.iter().zip(1u32..) {
                let is_of_it =
                    [lot_key(&book, &line.item, line.lot()), invoice_key(&line.invoice)].contains(&key);
                if is_of_it {
                    let fen = |text: &str| decimal(text).fen_half_up().map_or(0, |(fen, _)| fen);
                    let mut invoices = applied.invoices.iter();
                    let named = invoices.find(|invoice| invoice_key(&invoice.number) == key);
                    standing.claims.push(Claim {
                        application: record.key.id.to_string(),
                        line: number,
                        checklist: applied.checklist.trim().to_owned(),
                        checklist_line: line.line,
                        quantity: line.quantity().to_string(),
                        amount: fen(&line.amount),
                        back: String::new(),
                        invoice: named.map(|invoice| (fen(&invoice.amount), invoice.rate.trim().to_owned())),
                    });
                }
            }
        }
        changed.push(standing.behind(key));
    }
    changed
}

/// What a document that was accepted brings in, or sends back into the country.
fn of_document(facts: &Facts, record: &Record) -> Vec<Behind> {
    let Some((book, _)) = document_of(&record.key.id).filter(|_| record.action == "accept") else {
        return Vec::new();
    };
    let body = DocumentBody::of(record);
    let mut lots: BTreeMap<RecordKey, Standing> = BTreeMap::new();
    let mut applications: BTreeMap<RecordKey, Body> = BTreeMap::new();
    for moved in &body.moved {
        let Some(form) = (moved.form as usize).checked_sub(1).and_then(|at| body.lines.get(at)) else {
            continue;
        };
        if let Some(key) = lot_entered(&book, form) {
            // From now on what goes out of the lot is held against it.
            if !facts.records.contains_key(&key) {
                lots.entry(key).or_default();
            }
            continue;
        }
        if !BACK.contains(&form.operation.as_str()) {
            continue;
        }
        for posting in moved.moved.iter().filter(|one| matches!(one.to.as_str(), "domestic" | "sold")) {
            let key = lot_key(&book, &form.item, &posting.lot);
            // A lot that entered from the country with no proof has no record, and no refund.
            let Some(known) = facts.records.get(&key) else { continue };
            let standing = lots.entry(key).or_insert_with(|| Standing::of(known));
            for (application, line, quantity) in standing.gives(decimal(&posting.quantities.0)) {
                let key = RecordKey::new(Register::EntryRefund, &application);
                let Some(known) = facts.records.get(&key) else { continue };
                let body = applications.entry(key).or_insert_with(|| Body::of(known));
                body.find((record.key.id.as_str(), moved.line), line, quantity);
            }
        }
    }
    let lots = lots.into_iter().map(|(key, standing)| standing.behind(key));
    let told = applications.into_iter().filter_map(|(key, body)| {
        let current = facts.records.get(&key)?;
        let state = match current.state.as_str() {
            "applied" => "applied",
            "approved" => "approved",
            _ if body.owed > 0 => "owing",
            _ => "paid",
        };
        let parties: Vec<Text> = current.parties.clone();
        Some(Behind { key, state, action: "find-return", parties, body: written(&body) })
    });
    lots.chain(told).collect()
}
