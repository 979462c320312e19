//! Statements of centralised tax [汇总]: the bills of a month of one declaring unit in one district that are to be paid, each once, with
//! what is owed as the trades say it. Customs records one payment of exactly their sum when the month is over; each trade is paid by an
//! action of its own, whose words name the statement and the amount, so that who looks later knows from the trades alone what was paid.

use super::{Body, GRANTED, OVERDUE, PAYING, leave_of};
use crate::moves::Move;
use crate::{Fault, Seen, owner_of, read, says, stored};
use ceb::{Day, Decimal, Document};
use clearance::Text;
use clearance::consignment::{Attempt, Consignment};
use clearance::keys::OrderKey;
use clearance::record::{Record, RecordKey, Register};
use clearance::rulebook::Calendar;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Bills on a statement at most: their trades are locked together. A month with more has more statements.
pub const MOST: usize = 200;
/// Statements of a month at most: more are none of a month of a declaring unit.
pub const PARTS: u32 = 9_999;
/// Characters of the number of a payment at most.
const LONGEST: usize = 60;

/// A bill on a statement.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Listed {
    /// `ebpCode`.
    pub platform: String,
    /// `orderNo`.
    pub order_no: String,
    /// `taxNo`.
    pub tax_no: String,
    /// What is owed, in fen.
    pub owed: i64,
}

impl Listed {
    /// The trade.
    pub fn order(&self) -> OrderKey {
        OrderKey::new(&self.platform, &self.order_no)
    }
}

/// A bill for which the payment was too much: it was paid by another way meanwhile, or less was owed by then.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Excess {
    /// `taxNo`.
    pub tax_no: String,
    /// What was paid too much, in fen: it is given back by customs.
    pub excess: i64,
}

/// A statement as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// The last day of payment, yyyyMMdd.
    pub due: String,
    /// Its bills.
    pub bills: Vec<Listed>,
    /// What is owed for all, in fen.
    pub total: i64,
    /// The document of the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// How many of its bills are paid.
    #[serde(default)]
    pub paid: usize,
    /// What of the payment was too much.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub too_much: Vec<Excess>,
}

impl Statement {
    /// What a record of a statement says.
    ///
    /// # Panics
    /// If the record is none of a statement.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// What is sent: by whoever records the payment, the bills by the window, whatever was sent in their place.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Settling {
    /// The document of the payment.
    pub payment: String,
    /// Its amount in yuan.
    pub amount: String,
    /// Bills whose trades are looked at: those of the statement, and those that come to it.
    #[serde(default)]
    pub bills: Vec<Listed>,
}

/// A statement: declaring unit, district, first day of its month, which of the month.
pub struct Named {
    /// Code of the declaring unit.
    pub agent: String,
    /// District, four digits.
    pub district: String,
    /// First day of the month.
    pub month: Day,
    /// From 1.
    pub part: u32,
}

/// The record of a statement of the month of a day.
pub fn key_of(leave: &RecordKey, day: Day, part: u32) -> RecordKey {
    let month = day.number() / 100;
    RecordKey::new(Register::CentralisedTax, &format!("{}:{month}-{part}", leave.id))
}

/// What the id of a statement says; none = it is none.
pub fn named(key: &RecordKey) -> Option<Named> {
    let mut parts = key.id.split(':');
    let (agent, district, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (month, part) = rest.split_once('-').filter(|_| parts.next().is_none())?;
    let month = Day::parse(&format!("{month}01"))?;
    let part = part.parse::<u32>().ok().filter(|part| (1..=PARTS).contains(part))?;
    Some(Named { agent: agent.to_owned(), district: district.to_owned(), month, part })
}

/// The last day of payment of a month's statements: so many working days of the next month, by the calendar.
pub fn last_day(calendar: &Calendar, month: Day, working_days: i64) -> Day {
    let next = Calendar::plus_months(month, 1);
    calendar.plus_working_days(Calendar::plus_days(next, -1), working_days)
}

/// What an action that pays a bill says: the statement and what was owed then, in fen.
pub fn paid_by(statement: &RecordKey, owed: i64) -> String {
    format!("{} {owed}", statement.id)
}

/// The bill of a trade that stands, or may be put, on a statement, as the trade has it now.
pub fn due(consignment: &Consignment, statement: &RecordKey, guarantor: Option<&str>) -> Option<Listed> {
    let named = named(statement)?;
    let attempt = consignment.attempt.as_ref()?;
    let Document::Declaration(declaration) = &*attempt.declaration.document else { return None };
    let head = &declaration.head;
    let is_its = head.agent_code.trim() == named.agent && head.customs_code.trim() == named.district;
    let is_guaranteed = guarantor.is_none_or(|guarantor| head.assure_code.trim() == guarantor);
    let bill = attempt.bill.as_ref().filter(|bill| bill.status == 2 && !bill.paid && bill.owed > 0)?;
    let may = match attempt.statement() {
        Some(on) => *on == statement.id,
        None => attempt.may_be_deferred(),
    };
    (is_its && is_guaranteed && may).then(|| Listed {
        platform: consignment.key.platform.to_string(),
        order_no: consignment.key.order_no.to_string(),
        tax_no: bill.number.to_string(),
        owed: bill.owed,
    })
}

/// What was paid for a bill by its statement, in fen; none = nothing yet. One that was paid by another way got nothing by it.
fn paid_of(attempt: &Attempt, statement: &RecordKey) -> Option<i64> {
    let bill = attempt.bill.as_ref()?;
    let by_it = |text: &Text| text.strip_prefix(statement.id.as_str())?.trim().parse::<i64>().ok();
    let paid = attempt.remarks.iter().filter(|remark| remark.action == "pay-bill");
    let here = paid.filter_map(|remark| by_it(&remark.text)).next_back();
    here.or_else(|| (bill.paid || bill.owed == 0 || bill.status == 3).then_some(0))
}

pub(super) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Statement> {
    let key = &seen.command.key;
    let Some(named) = named(key) else {
        faults.push(Fault::new("id", &key.id, says::WINDOW_WRITES_IT.said()));
        return None;
    };
    let sent: Settling = read(seen.command.body.as_deref(), faults)?;
    let mut statement = seen.current.map(Statement::of).unwrap_or_default();
    match step.action {
        "list-bills" => list(seen, &named, &sent, &mut statement, faults),
        "renew-bills" => {
            let before = statement.bills.clone();
            renew(seen, &sent, &mut statement);
            if statement.bills == before {
                faults.push(not_now(step));
            }
        }
        "overdue" => {
            let is_late = Day::parse(&statement.due).is_some_and(|due| seen.now.day() > due);
            if !is_late || statement.bills.is_empty() {
                faults.push(not_now(step));
            }
        }
        "settle-statement" => settle(seen, &named, &sent, &mut statement, faults),
        "follow-payment" => {
            let before = statement.paid;
            statement.paid = outcomes(seen, &statement).len();
            if statement.paid <= before {
                faults.push(not_now(step));
            }
        }
        _ => conclude(seen, step, &mut statement, faults),
    }
    Some(statement)
}

/// The window's own move does not fit what the trades say.
fn not_now(step: &Move) -> Fault {
    Fault::new("action", step.action, says::WINDOW_WRITES_IT.said())
}

/// The bill as its trade has it now, if it is due on this statement.
fn as_it_is(seen: &Seen<'_>, listed: &Listed, guarantor: Option<&str>) -> Option<Listed> {
    let consignment = seen.facts.consignments.get(&listed.order())?;
    due(consignment, &seen.command.key, guarantor).filter(|found| found.tax_no == listed.tax_no)
}

fn list(seen: &Seen<'_>, named: &Named, sent: &Settling, statement: &mut Statement, faults: &mut Vec<Fault>) {
    let (today, leave) = (seen.now.day(), leave_of(&seen.command.key));
    let leave = seen.facts.records.get(&leave).filter(|record| record.state == GRANTED);
    let leave = leave.map(|record| Body::of(record)).filter(|leave| leave.counts_on(today));
    let Some(leave) = leave.filter(|_| today.number() / 100 == named.month.number() / 100) else {
        faults.push(Fault::new("action", "list-bills", says::WINDOW_WRITES_IT.said()));
        return;
    };
    let book = seen.reference.current();
    let days = book.parameters.on(today).centralised_tax_working_day;
    if statement.due.is_empty() {
        statement.due = last_day(&book.calendar, named.month, days).number().to_string();
    }
    let mut known: BTreeSet<String> = statement.bills.iter().map(|bill| bill.tax_no.clone()).collect();
    let before = statement.bills.len();
    for listed in &sent.bills {
        let found = as_it_is(seen, listed, Some(leave.applied.guarantor.trim()));
        statement.bills.extend(found.filter(|found| known.insert(found.tax_no.clone())));
    }
    if statement.bills.len() == before || statement.bills.len() > MOST {
        faults.push(Fault::new("bills", &sent.bills.len().to_string(), says::WINDOW_WRITES_IT.said()));
    }
    statement.total = total(&statement.bills);
}

/// Makes the statement say what the trades do.
fn renew(seen: &Seen<'_>, sent: &Settling, statement: &mut Statement) {
    // What was not loaded cannot be said to have changed.
    let is_loaded = |bill: &Listed| sent.bills.iter().any(|sent| sent.tax_no == bill.tax_no);
    let renewed = |bill: &Listed| match is_loaded(bill) {
        true => as_it_is(seen, bill, None),
        false => Some(bill.clone()),
    };
    statement.bills = statement.bills.iter().filter_map(renewed).collect();
    statement.total = total(&statement.bills);
}

fn total(bills: &[Listed]) -> i64 {
    bills.iter().fold(0, |sum, bill| sum.saturating_add(bill.owed))
}

/// One payment of exactly what is owed, when nothing comes to the statement any more and each bill knows that it stands on it.
fn settle(
    seen: &Seen<'_>,
    named: &Named,
    sent: &Settling,
    statement: &mut Statement,
    faults: &mut Vec<Fault>,
) {
    let next = Calendar::plus_months(named.month, 1);
    if seen.now.day() < next {
        let from = next.number().to_string();
        faults.push(Fault::new("action", "settle-statement", says::TAX_MONTH.with(&[("from", &from)])));
    }
    let payment = sent.payment.trim();
    if payment.is_empty() || payment.chars().count() > LONGEST {
        faults.push(Fault::new("payment", &sent.payment, says::NOT_EMPTY.said()));
    }
    let knows = |bill: &Listed| {
        let attempt = seen.facts.consignments.get(&bill.order()).and_then(|known| known.attempt.as_ref());
        let on = attempt.and_then(Attempt::statement);
        on.is_some_and(|on| *on == seen.command.key.id)
            && as_it_is(seen, bill, None).is_some_and(|now| now.owed == bill.owed)
    };
    if statement.bills.is_empty() || !statement.bills.iter().all(knows) {
        faults.push(Fault::new("bills", &statement.bills.len().to_string(), says::TAX_CHANGED.said()));
    }
    let owed = Decimal::from_fen(statement.total);
    if Decimal::parse(sent.amount.trim()) != Some(owed) {
        let owed = owed.to_string();
        faults.push(Fault::new("amount", &sent.amount, says::REFUND_EXACTLY.with(&[("amount", &owed)])));
    }
    statement.payment = Some(payment.to_owned());
}

/// What became of each bill that is done with: what was paid for it by this statement, and what had been owed.
fn outcomes(seen: &Seen<'_>, statement: &Statement) -> Vec<(String, i64, i64)> {
    let outcome = |bill: &Listed| {
        let attempt = seen.facts.consignments.get(&bill.order())?.attempt.as_ref()?;
        let is_it = attempt.bill.as_ref().is_some_and(|of| of.number == bill.tax_no);
        let paid = if is_it { paid_of(attempt, &seen.command.key)? } else { 0 };
        Some((bill.tax_no.clone(), paid, bill.owed))
    };
    statement.bills.iter().filter_map(outcome).collect()
}

/// The end: every bill is paid, or none is left on it.
fn conclude(seen: &Seen<'_>, step: &Move, statement: &mut Statement, faults: &mut Vec<Fault>) {
    let is_paying = seen.current.is_some_and(|record| record.state == PAYING);
    let outcomes = outcomes(seen, statement);
    if outcomes.len() < statement.bills.len() || (!is_paying && !statement.bills.is_empty()) {
        faults.push(not_now(step));
        return;
    }
    statement.paid = outcomes.len();
    let excess = outcomes.into_iter().filter(|(_, paid, owed)| paid != owed);
    statement.too_much =
        excess.map(|(tax_no, paid, owed)| Excess { tax_no, excess: owed.saturating_sub(paid) }).collect();
}

/// Whether a statement is of a party, and late.
pub fn is_late(record: &Record, agent: &str) -> bool {
    record.state == OVERDUE && owner_of(&record.key) == agent
}
