//! Centralised tax [集中纳税]: whoever declares lists, and withholds their taxes, asks leave of its district to pay the bills of a month
//! together, under a guarantee that stands in its name or its guarantor's. While leave is in force, bills that are to be paid are put
//! on statements of the month ([`statement`]), and one move pays all of a statement. Both are records of one register: the id of leave
//! is the code of the declaring unit, a colon and the district; that of a statement has the month and a number behind another colon.

pub mod statement;

use crate::form::day;
use crate::moves::Move;
use crate::{Command, Fault, Made, Seen, owner_of, read, says, stored, written};
use ceb::Day;
use clearance::facts::Keys;
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use clearance::rulebook::Calendar;
use serde::{Deserialize, Serialize};
use statement::Listed;

/// The state of leave that was given.
pub const GRANTED: &str = "tax-leave-granted";
/// The state of a statement that is to be paid.
pub const STATED: &str = "stated";
/// The state of a statement whose day of payment is over.
pub const OVERDUE: &str = "overdue";
/// The state of a statement whose payment is recorded and whose bills are being paid.
pub const PAYING: &str = "paying";

/// States of leave, then of statements: applied, withdrawn, refused, granted, revoked, lapsed; stated, overdue, paying, settled.
pub const MOVES: &[Move] = &[
    Move::owner("apply", &["", "withdrawn", "refused", "revoked", "lapsed"], "applied").alone(),
    Move::owner("withdraw", &["applied", GRANTED], "withdrawn").alone(),
    Move::reviewer("grant-leave", &["applied"], GRANTED),
    Move::reviewer("refuse", &["applied"], "refused").explained(),
    Move::reviewer("revoke", &[GRANTED], "revoked").explained(),
    Move::window("lapse", &[GRANTED], "lapsed"),
    Move::window("list-bills", &["", STATED], STATED),
    Move::window("renew-bills", &[STATED], STATED),
    Move::window("renew-bills", &[OVERDUE], OVERDUE),
    Move::window("overdue", &[STATED], OVERDUE),
    Move::reviewer("settle-statement", &[STATED, OVERDUE], PAYING),
    Move::window("follow-payment", &[PAYING], PAYING),
    Move::window("conclude", &[STATED, OVERDUE, PAYING], "settled"),
];

/// What is applied for.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Applied {
    /// The district where its lists are declared, four digits; that of the id.
    pub district: String,
    /// Code of whoever guarantees (`assureCode` of the lists): itself or another.
    pub guarantor: String,
    /// From this day on, yyyyMMdd.
    pub from: String,
    /// Until this day.
    pub to: String,
}

/// Leave as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// What was applied for last.
    pub applied: Applied,
}

impl Body {
    /// What a record of leave says.
    ///
    /// # Panics
    /// If the record is none of leave.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether leave that was given counts on a day.
    pub fn counts_on(&self, day: Day) -> bool {
        let end = |text: &str| Day::parse(text.trim());
        end(&self.applied.from).is_some_and(|from| from <= day) && !self.is_over(day)
    }

    /// Whether its last day is over.
    pub fn is_over(&self, day: Day) -> bool {
        Day::parse(self.applied.to.trim()).is_none_or(|to| to < day)
    }
}

/// What is sent with leave that is given: by the window, whatever was sent in its place.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Granting {
    /// Ids of statements of the applicant that are overdue.
    pub unpaid: Vec<String>,
}

/// The record of the leave of a declaring unit in a district.
pub fn key_of(agent: &str, district: &str) -> RecordKey {
    RecordKey::new(Register::CentralisedTax, &format!("{agent}:{district}"))
}

/// Whether a record is a statement, and no leave.
pub fn is_statement(key: &RecordKey) -> bool {
    key.id.matches(':').count() == 2
}

/// The leave to which a statement belongs: its id up to the month.
fn leave_of(key: &RecordKey) -> RecordKey {
    let id = key.id.rsplit_once(':').map_or(key.id.as_str(), |(leave, _)| leave);
    RecordKey::new(Register::CentralisedTax, id)
}

/// Adds what a command names to the keys of its batch: the trades of a statement are looked at and locked, leave and statements that
/// decide on it are looked at.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    if command.key.register != Register::CentralisedTax {
        return;
    }
    if command.action == "list-bills" {
        keys.looked_at.push(leave_of(&command.key));
    }
    let Some(body) = command.body.as_deref() else { return };
    let Ok(body) = serde_json::from_str::<serde_json::Value>(body) else { return };
    let bills = serde_json::from_value::<Vec<Listed>>(body["bills"].clone()).unwrap_or_default();
    keys.orders.extend(bills.iter().map(Listed::order));
    let unpaid = serde_json::from_value::<Vec<String>>(body["unpaid"].clone()).unwrap_or_default();
    keys.looked_at.extend(unpaid.iter().map(|id| RecordKey::new(Register::CentralisedTax, id)));
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let body = match step.action {
        "apply" => {
            let applied: Applied = read(seen.command.body.as_deref(), faults)?;
            check(seen, &applied, faults);
            written(&Body { applied })
        }
        "withdraw" | "grant-leave" | "refuse" | "revoke" | "lapse" => {
            let body = Body::of(seen.current?);
            match step.action {
                "grant-leave" => grant(seen, &body, faults),
                "lapse" if !body.is_over(seen.now.day()) => {
                    faults.push(Fault::new("action", step.action, says::WINDOW_WRITES_IT.said()));
                }
                _ => {}
            }
            written(&body)
        }
        _ => written(&statement::made(seen, step, faults)?),
    };
    Some(Made { body, parties: vec![owner_of(&seen.command.key)], filing: None, seed: None })
}

/// Says all that stands against an application.
fn check(seen: &Seen<'_>, applied: &Applied, faults: &mut Vec<Fault>) {
    let (owner, today) = (owner_of(&seen.command.key), seen.now.day());
    let district = applied.district.as_str();
    if seen.own_name() != district {
        faults.push(Fault::new("id", &seen.command.key.id, says::TAX_LEAVE_ID.said()));
    }
    if !seen.reference.current().codes.districts.holds(district, today) {
        faults.push(Fault::new("district", district, says::CODE_OF_TABLE.said()));
    }
    if !seen.acts_as(&owner, &[Role::Agent]) {
        faults.push(Fault::new("id", &owner, says::TRANSIT_BY.said()));
    }
    check_guarantor(seen, applied, faults);
    let before = faults.len();
    let (from, to) = (day("from", &applied.from, faults), day("to", &applied.to, faults));
    if faults.len() > before {
        return;
    }
    let months = seen.reference.current().parameters.on(today).centralised_tax_months;
    let last = Calendar::plus_months(from, months);
    if to < from || to < today || to > last {
        let (months, last) = (months.to_string(), last.number().to_string());
        let said = says::TAX_LEAVE_TERM.with(&[("months", &months), ("last", &last)]);
        faults.push(Fault::new("to", &applied.to, said));
    }
}

/// A guarantee stands in the name of whoever is named.
fn check_guarantor(seen: &Seen<'_>, applied: &Applied, faults: &mut Vec<Fault>) {
    let filing = seen.parties.find(&applied.guarantor, seen.now.day());
    if filing.is_none_or(|filing| filing.suspended || filing.guarantee_limit <= 0) {
        faults.push(Fault::new("guarantor", &applied.guarantor, says::TAX_GUARANTEE.said()));
    }
}

/// Leave is given while the guarantee still stands, for a term that is not over, to whoever is late with nothing.
fn grant(seen: &Seen<'_>, body: &Body, faults: &mut Vec<Fault>) {
    check_guarantor(seen, &body.applied, faults);
    if body.is_over(seen.now.day()) {
        let last = body.applied.to.as_str();
        faults.push(Fault::new("to", last, says::TAX_LEAVE_OVER.said()));
    }
    let Some(sent) = read::<Granting>(seen.command.body.as_deref(), faults) else { return };
    let owner = owner_of(&seen.command.key);
    for id in &sent.unpaid {
        let key = RecordKey::new(Register::CentralisedTax, id);
        if seen.facts.records.get(&key).is_some_and(|record| statement::is_late(record, &owner)) {
            faults.push(Fault::new("unpaid", id, says::TAX_LATE.with(&[("statement", id)])));
        }
    }
}
