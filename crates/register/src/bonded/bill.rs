//! Tax bills of holders of books [集中征税]: all that is owed for sales at exhibitions on one day of payment, whichever exhibition
//! and book they are of. The window issues a bill when the month of the sales is over and keeps it as the sales stand; customs
//! records its payment, which frees what was guaranteed, all in one commit.

use super::document::Body;
use super::exhibition::{Guarantee, paid};
use super::form::NamedLine;
use super::{document_of, holder_of};
use crate::moves::Move;
use crate::{Fault, Made, Seen, owner_of, read, says, stored, written};
use ceb::Day;
use clearance::record::{Charge, Record, RecordKey, Register};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The id is the holder's code, a colon, the last day of payment. States: billed, settled.
pub const MOVES: &[Move] = &[
    Move::window("issue", &["", "billed", "settled"], "billed"),
    Move::window("conclude", &["billed"], "settled"),
    Move::reviewer("settle", &["billed"], "settled"),
];

/// The tax of a sale.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Billed {
    /// The record of the application whose goods were sold.
    pub application: String,
    /// The line by which the sale was declared.
    pub by: NamedLine,
    /// Its tax, in fen.
    pub tax: i64,
    /// `due`, `paid`, or `called` from the guarantee.
    pub standing: String,
}

/// A bill as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// The last day of payment, yyyyMMdd.
    pub due: String,
    /// Tax by tax.
    pub taxes: Vec<Billed>,
    /// All of them, in fen.
    pub total: i64,
    /// By which document it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
}

impl Bill {
    /// Of a record of this register.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
    /// Whether a tax on it is not paid yet.
    pub fn is_due(&self) -> bool {
        self.taxes.iter().any(|tax| tax.standing == "due")
    }
}

/// What is sent: by whoever settles the payment, the rest by the window, whatever was sent in its place.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Paying {
    /// The document by which it was paid.
    #[serde(default)]
    pub payment: String,
    /// Records of the applications whose sales stand on it.
    #[serde(default)]
    pub applications: Vec<String>,
    /// Who guarantees for them.
    #[serde(default)]
    pub guarantors: Vec<String>,
}

/// The record of the bill of a holder's sales that are paid until a day.
pub fn key_of(holder: &str, due: &str) -> RecordKey {
    RecordKey::new(Register::BondedBill, &format!("{holder}:{due}"))
}

/// The taxes of an application that are paid until a day.
pub fn taxes_of(application: &str, guarantee: &Guarantee, due: &str) -> Vec<Billed> {
    let of = |sale: &super::exhibition::Sale| Billed {
        application: application.to_owned(),
        by: sale.by.clone(),
        tax: sale.tax,
        standing: sale.standing.clone(),
    };
    guarantee.sales.iter().filter(|sale| sale.due == due).map(of).collect()
}

/// Guarantees after a payment, with what each charges.
type Paid = Vec<(RecordKey, Guarantee, Vec<Charge>)>;

/// The bill after a move, and what that does to guarantees.
fn billed(
    seen: &Seen<'_>,
    action: &str,
    sent: &Paying,
    before: &Bill,
    faults: &mut Vec<Fault>,
) -> Option<(Bill, Paid)> {
    let (holder, due) = (owner_of(&seen.command.key), seen.own_name());
    let others = |tax: &&Billed| !sent.applications.contains(&tax.application);
    let mut taxes: Vec<Billed> = before.taxes.iter().filter(others).cloned().collect();
    let (mut guarantees, mut balances) = (Vec::new(), BTreeMap::new());
    for id in &sent.applications {
        let key = RecordKey::new(Register::BondedDocument, id);
        let of_holder = document_of(id).is_some_and(|(book, _)| holder_of(&book) == holder);
        let body = seen.facts.records.get(&key).filter(|_| of_holder).map(|record| Body::of(record));
        let Some(body) = body else {
            faults.push(Fault::new("applications", id, says::BONDED_CHANGED.said()));
            continue;
        };
        let Some(mut guarantee) = body.guarantee.clone() else { continue };
        if action == "settle" {
            let by = (due, sent.payment.trim(), sent.guarantors.as_slice());
            let charges = paid(seen, &holder, &body, &mut guarantee, by, &mut balances, faults);
            taxes.extend(taxes_of(id, &guarantee, due));
            guarantees.push((key, guarantee, charges));
        } else {
            taxes.extend(taxes_of(id, &guarantee, due));
        }
    }
    let payment = match action {
        "settle" => Some(sent.payment.trim().to_owned()),
        _ => before.payment.clone(),
    };
    let total = taxes.iter().map(|tax| tax.tax).sum();
    Some((Bill { due: due.to_owned(), taxes, total, payment }, guarantees)).filter(|_| faults.is_empty())
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let due = seen.own_name();
    if Day::parse(due).is_none() {
        faults.push(Fault::new("id", &seen.command.key.id, says::A_DAY.said()));
    }
    let sent: Paying = read(seen.command.body.as_deref(), faults)?;
    let before = seen.current.map(Bill::of).unwrap_or_default();
    let (bill, _) = billed(seen, step.action, &sent, &before, faults)?;
    let stands = match step.action {
        "issue" => bill.is_due() && bill.taxes != before.taxes,
        "conclude" => !bill.is_due(),
        _ => before.is_due() && !bill.is_due(),
    };
    if !stands {
        faults.push(Fault::new("action", step.action, says::BONDED_NOT_DUE.with(&[("due", due)])));
    }
    if step.action == "settle" && (sent.payment.trim().is_empty() || sent.payment.len() > 60) {
        faults.push(Fault::new("payment", &sent.payment, says::NOT_EMPTY.said()));
    }
    let parties = vec![owner_of(&seen.command.key)];
    Some(Made { body: written(&bill), parties, filing: None, seed: None })
}

/// What a payment does to the guarantees of the applications that it is of.
pub(crate) fn settled(seen: &Seen<'_>, step: &Move) -> Paid {
    if step.action != "settle" {
        return Vec::new();
    }
    let faults = &mut Vec::new();
    let sent: Option<Paying> = read(seen.command.body.as_deref(), faults);
    let before = seen.current.map(Bill::of).unwrap_or_default();
    let paid = sent.and_then(|sent| billed(seen, step.action, &sent, &before, faults));
    paid.map_or_else(Vec::new, |(_, guarantees)| guarantees)
}
