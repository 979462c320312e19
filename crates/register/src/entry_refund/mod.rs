//! Refunds of tax on goods of the country that entered a special zone [入区退税]. Whoever declared them for export into it applies
//! with the checklist by which they entered a book, the invoices by which he had bought them, and the lines; what is refundable is
//! reckoned here; a tax authority decides, and records what is paid. What goes back into the country afterwards is a finding on the
//! application, and its share of the refund is owed. What is claimed of lots and invoices stands in records behind (`standing`).

mod checks;
mod standing;

pub use standing::{BACK, Claim, Standing, invoice_key, lot_key};
pub(crate) use standing::{behind, check_loaded, lot_entered, needs};

use crate::bonded::exhibition::share;
use crate::moves::Move;
use crate::{Fault, Made, Seen, owner_of, read, says, stored, written};
use ceb::Decimal;
use clearance::record::{Record, Register};
use clearance::rulebook::Rate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The id is the code of whoever applies, a colon, his number of it. States: applied, withdrawn, refused, approved, paid; owing (a part
/// of what was paid is to be paid back). `tallied`: what is claimed of a lot or of an invoice, in a record that is nobody's.
pub const MOVES: &[Move] = &[
    Move::owner("apply", &["", "refused", "withdrawn"], "applied").alone(),
    Move::owner("withdraw", &["applied"], "withdrawn").alone(),
    Move::reviewer("refuse", &["applied", "approved"], "refused").explained(),
    Move::reviewer("approve", &["applied"], "approved"),
    Move::reviewer("pay", &["approved"], "paid"),
    Move::reviewer("claim-back", &["paid", "owing"], "owing").explained(),
    Move::reviewer("repay", &["owing"], "paid"),
    Move::window("find-return", &["applied"], "applied"),
    Move::window("find-return", &["approved"], "approved"),
    Move::window("find-return", &["paid", "owing"], "owing"),
    Move::window("tally", &["", "tallied"], "tallied"),
];

/// States of applications: what else is in the register is nobody's.
pub const LISTED: &[&str] = &["applied", "withdrawn", "refused", "approved", "paid", "owing"];

/// What stands against reckoning a line without a person.
pub const DOUBTS: [&str; 3] = ["no-refund-rate", "refund-rate-unsure", "refund-term-unsure"];

/// Characters of a number of an application at most.
const LONGEST: usize = 60;
/// Lines of an application, and its invoices, at most.
const MOST: usize = 200;

/// What is applied for.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Applied {
    /// The record of the entry checklist: holder, book, kind, number.
    pub checklist: String,
    /// How the goods passed the gate of the zone.
    pub gate: Passage,
    /// The invoices by which they were bought.
    pub invoices: Vec<Invoice>,
    /// The goods, by lines of the checklist.
    pub lines: Vec<Line>,
}

/// How goods passed the gate.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Passage {
    /// The checkpoint of the zone.
    pub checkpoint: String,
    /// When, yyyyMMddHHmmss.
    pub passed: String,
    /// The record of the site that saw them, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<String>,
}

/// An invoice of value-added tax [增值税专用发票].
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Invoice {
    /// Its number, 8 to 20 digits.
    pub number: String,
    /// The day on which it was made out, yyyyMMdd.
    pub day: String,
    /// Code of who sold.
    pub seller: String,
    /// What it is over without tax, in yuan.
    pub amount: String,
    /// The rate of tax on it, in percent.
    pub rate: String,
}

/// Goods of a line of the checklist.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Line {
    /// The line of the checklist.
    pub line: u32,
    /// Number of the item in the book.
    pub item: String,
    /// Number of the lot; none = one without a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Ten-digit HS code.
    pub gcode: String,
    /// Declared unit.
    pub unit: String,
    /// How much of it, in that unit.
    pub quantity: String,
    /// Number of the invoice.
    pub invoice: String,
    /// What the invoice has of it without tax, in yuan.
    pub amount: String,
}

impl Line {
    fn lot(&self) -> &str {
        self.lot.as_deref().unwrap_or("").trim()
    }
    fn quantity(&self) -> Decimal {
        Decimal::parse(&self.quantity).unwrap_or_default()
    }
}

/// What a line comes to, by the table of rates.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Reckoned {
    /// The line of the application, from 1.
    pub line: u32,
    /// The rate of refund on the day of the export, in percent: never more than that of the invoice; none = none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_rate: Option<String>,
    /// What is refundable by it, in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<i64>,
    /// Words of [`DOUBTS`]: where there are any, a person says the amount.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
}

/// What was decided on a line.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    /// The line of the application.
    pub line: u32,
    /// For how much: what had gone back by then is not in it.
    pub quantity: String,
    /// What is refunded, in fen.
    pub tax: i64,
}

/// Goods of a line that went back into the country.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The record of the document by which they did.
    pub document: String,
    /// Its line.
    pub document_line: u32,
    /// The line of the application.
    pub line: u32,
    /// How much.
    pub quantity: String,
    /// What of the refund falls on it, in fen; 0 = it was not decided yet.
    pub tax: i64,
}

/// A payment, one way or the other.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Paid {
    /// The document of the payment.
    pub payment: String,
    /// Its day, yyyyMMdd.
    pub day: String,
    /// How much, in fen.
    pub tax: i64,
}

/// An application as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// As it was sent.
    pub applied: Applied,
    /// What its lines come to.
    pub reckoned: Vec<Reckoned>,
    /// What was decided on them; none = nothing yet.
    #[serde(default)]
    pub decided: Vec<Decided>,
    /// What went back into the country.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// What the authority claims back besides, in fen.
    #[serde(default)]
    pub claimed_back: i64,
    /// What was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Paid>,
    /// What was paid back.
    #[serde(default)]
    pub repaid: Vec<Paid>,
    /// In fen: what the lines come to as far as it is known, then what may be kept of what was decided.
    pub total: i64,
    /// What is to be paid back, in fen.
    pub owed: i64,
    /// Numbers of its invoices that others had named when it was applied for: for whoever decides alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claimed_by_others: Vec<String>,
}

/// What is decided: of lines that are not named, what they come to.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Granting {
    /// Amounts of lines.
    #[serde(default)]
    pub granted: Vec<Granted>,
}

/// What is refunded for a line.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Granted {
    /// The line of the application, from 1.
    pub line: u32,
    /// How much, in yuan; 0 = nothing.
    pub amount: String,
}

/// A payment as it is recorded.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Paying {
    /// The document of the payment.
    pub payment: String,
    /// Its day, yyyyMMdd.
    pub day: String,
    /// How much, in yuan.
    pub amount: String,
}

/// What is claimed back for another reason than goods that the window saw go back.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Claiming {
    /// How much, in yuan.
    pub amount: String,
}

fn sum(amounts: impl Iterator<Item = i64>) -> i64 {
    amounts.fold(0, i64::saturating_add)
}

/// `amount × rate`, half up to the fen.
fn taxed(amount: i64, rate: Rate) -> i64 {
    let exact = i128::from(amount) * i128::from(rate.0);
    let whole = i128::from(Rate::WHOLE);
    i64::try_from((exact * 2 + whole) / (whole * 2)).unwrap_or(i64::MAX)
}

/// What lines of an application have of an invoice at a rate so far, in fen. The tax on it is rounded once, however many lines it is
/// divided over: each has what the tax grows by.
#[derive(Default)]
struct Together<'a>(BTreeMap<(&'a str, Rate), i64>);

impl<'a> Together<'a> {
    /// The tax on so much more of an invoice, in fen.
    fn taxed(&mut self, invoice: &'a str, amount: i64, rate: Rate) -> i64 {
        let sum = self.0.entry((invoice, rate)).or_default();
        let before = taxed(*sum, rate);
        *sum = sum.saturating_add(amount);
        taxed(*sum, rate) - before
    }
}

/// An amount of yuan in fen; what is none, or below `least`, is a fault.
fn fen(path: &str, text: &str, least: i64, faults: &mut Vec<Fault>) -> Option<i64> {
    let exact = Decimal::parse(text).and_then(Decimal::fen_half_up).filter(|(_, rest)| rest.is_zero());
    let amount = exact.map(|(amount, _)| amount).filter(|amount| *amount >= least);
    if amount.is_none() {
        let said = if least > 0 { says::REFUND_AMOUNT.said() } else { says::REFUND_AMOUNT_OR_NONE.said() };
        faults.push(Fault::new(path, text, said));
    }
    amount
}

fn yuan(fen: i64) -> String {
    Decimal::from_fen(fen).to_string()
}

impl Body {
    /// Of a record of an application.
    ///
    /// # Panics
    /// If the record is none.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// What may be kept of what was decided: without what went back into the country since, and what is claimed back.
    pub fn kept(&self) -> i64 {
        let decided = sum(self.decided.iter().map(|one| one.tax));
        let back = sum(self.findings.iter().map(|finding| finding.tax));
        decided.saturating_sub(back).saturating_sub(self.claimed_back).max(0)
    }

    /// How much of a line went back into the country.
    fn returned(&self, line: u32) -> Decimal {
        let of = self.findings.iter().filter(|finding| finding.line == line);
        let units = of.map(|finding| Decimal::parse(&finding.quantity).unwrap_or_default().units());
        Decimal::from_units(units.sum())
    }

    /// Goods of a line went back into the country: the finding has the share of what was decided that falls on them. Shares of one
    /// line add up to what its whole quantity was decided with, whichever steps it goes back in.
    fn find(&mut self, (document, document_line): (&str, u32), line: u32, quantity: Decimal) {
        let mut tax = 0;
        if let Some(decided) = self.decided.iter().find(|one| one.line == line) {
            let of_line = || self.findings.iter().filter(|finding| finding.line == line);
            // What had gone back before it was decided on is in no share.
            let after = of_line().map(|one| Decimal::parse(&one.quantity).unwrap_or_default().units());
            let asked = self.applied.lines.get((line as usize).saturating_sub(1)).map(Line::quantity);
            let whole = Decimal::parse(&decided.quantity).unwrap_or_default();
            let before = asked.unwrap_or_default().units() - whole.units();
            let gone = after.sum::<i128>() - before + quantity.units();
            let due = share(decided.tax, Decimal::from_units(gone), whole);
            tax = due - sum(of_line().map(|finding| finding.tax));
        }
        let (document, quantity) = (document.to_owned(), quantity.to_string());
        self.findings.push(Finding { document, document_line, line, quantity, tax });
        self.settle();
    }

    /// Reckons what is kept and owed anew.
    fn settle(&mut self) {
        self.total = match self.decided.is_empty() {
            true => sum(self.reckoned.iter().filter_map(|one| one.tax)),
            false => self.kept(),
        };
        let repaid = sum(self.repaid.iter().map(|paid| paid.tax));
        let paid = self.paid.as_ref().map_or(0, |paid| paid.tax);
        self.owed = paid.saturating_sub(repaid).saturating_sub(self.kept()).max(0);
    }
}

/// What an application says: the window puts it into the command of whoever withdraws or refuses it, whose keys it names. None = the
/// record is none.
pub fn said(record: &Record) -> Option<String> {
    is_application(record).then(|| written(&Body::of(record).applied))
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let mut body = match (step.action, seen.current) {
        ("apply", _) => {
            let applied: Applied = read(command.body.as_deref(), faults)?;
            let reckoned = checks::check(seen, &applied, faults);
            let claimed_by_others = checks::claimed_by_others(seen, &applied);
            Body { applied, reckoned, claimed_by_others, ..Body::default() }
        }
        (_, Some(record)) => Body::of(record),
        (_, None) => {
            faults.push(Fault::new("action", step.action, says::WINDOW_WRITES_IT.said()));
            return None;
        }
    };
    match step.action {
        "apply" => {}
        "withdraw" | "refuse" => {
            let sent: Applied = read(command.body.as_deref(), faults)?;
            if sent != body.applied {
                faults.push(Fault::new("body", "", says::WINDOW_WRITES_IT.said()));
            }
            body.decided.clear();
        }
        "approve" => decide(seen, &mut body, faults),
        "pay" => {
            let kept = body.kept();
            body.paid = payment(seen, kept, faults);
        }
        "repay" => {
            let owed = body.owed;
            body.repaid.extend(payment(seen, owed, faults));
        }
        "claim-back" => {
            let sent: Claiming = read(command.body.as_deref(), faults)?;
            let most = body.kept();
            let amount = fen("amount", &sent.amount, 1, faults).unwrap_or(0);
            if amount > most {
                let said = says::REFUND_AT_MOST.with(&[("most", &yuan(most))]);
                faults.push(Fault::new("amount", &sent.amount, said));
            }
            body.claimed_back = body.claimed_back.saturating_add(amount);
        }
        _ => faults.push(Fault::new("action", step.action, says::WINDOW_WRITES_IT.said())),
    }
    body.settle();
    if matches!(step.action, "withdraw" | "refuse") {
        body.total = 0;
    }
    let parties = vec![owner_of(&command.key)];
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

/// What the authority decides: in whole, or in part with a reason. Where a line is in doubt, or others claim of its invoice too, its
/// amount is said, of the latter with a reason as well; and no line has more than the tax that its invoice has.
fn decide(seen: &Seen<'_>, body: &mut Body, faults: &mut Vec<Fault>) {
    let sent = match seen.command.body.as_deref() {
        None => Some(Granting::default()),
        Some(_) => read::<Granting>(seen.command.body.as_deref(), faults),
    };
    let Some(Granting { granted }) = sent else { return };
    for (index, one) in granted.iter().enumerate() {
        let known = (one.line as usize).checked_sub(1).is_some_and(|at| at < body.applied.lines.len());
        if !known || granted.iter().take(index).any(|other| other.line == one.line) {
            let path = format!("granted[{}].line", index + 1);
            faults.push(Fault::new(&path, &one.line.to_string(), says::REFUND_OF_APPLICATION.said()));
        }
    }
    let (mut decided, mut explains, mut together) = (Vec::new(), false, Together::default());
    for (line, number) in body.applied.lines.iter().zip(1u32..) {
        let whole = line.quantity();
        let left = Decimal::from_units((whole.units() - body.returned(number).units()).max(0));
        let reckoned = body.reckoned.iter().find(|one| one.line == number);
        let comes_to = reckoned.and_then(|one| one.tax).map(|tax| share(tax, left, whole));
        let is_of_others = body.claimed_by_others.iter().any(|invoice| invoice == line.invoice.trim());
        let is_clear = reckoned.is_some_and(|one| one.doubts.is_empty()) && !is_of_others;
        let (amount, rate) = on_invoice(&body.applied, line);
        let most = share(together.taxed(line.invoice.trim(), amount, rate), left, whole);
        let said = granted.iter().enumerate().find(|(_, one)| one.line == number);
        let tax = match (said, comes_to) {
            (Some((at, one)), _) => {
                let path = format!("granted[{}].amount", at + 1);
                let amount = fen(&path, &one.amount, 0, faults).unwrap_or(0);
                if amount > most {
                    let said = says::REFUND_AT_MOST.with(&[("most", &yuan(most))]);
                    faults.push(Fault::new(&path, &one.amount, said));
                }
                amount
            }
            (None, Some(tax)) if is_clear => tax,
            (None, _) => {
                let said = says::REFUND_IN_DOUBT.with(&[("line", &number.to_string())]);
                faults.push(Fault::new("granted", "", said));
                comes_to.unwrap_or(0)
            }
        };
        explains |= comes_to.is_some_and(|whole| tax < whole) || (is_of_others && tax > 0);
        decided.push(Decided { line: number, quantity: left.to_string(), tax });
    }
    if explains && seen.command.note.trim().is_empty() {
        faults.push(Fault::new("note", "", says::EXPLAINED.said()));
    }
    if faults.is_empty() && decided.iter().all(|one| one.tax == 0) {
        faults.push(Fault::new("granted", "", says::REFUND_NOTHING.said()));
    }
    body.decided = decided;
}

/// What a line has of its invoice, in fen, and the rate of tax on that.
fn on_invoice(applied: &Applied, line: &Line) -> (i64, Rate) {
    let invoice = applied.invoices.iter().find(|one| one.number.trim() == line.invoice.trim());
    let rate = invoice.and_then(|one| Rate::parse_percent(one.rate.trim())).unwrap_or_default();
    let amount = Decimal::parse(&line.amount).and_then(Decimal::fen_half_up).map_or(0, |(amount, _)| amount);
    (amount, rate)
}

/// A payment of exactly so much.
fn payment(seen: &Seen<'_>, due: i64, faults: &mut Vec<Fault>) -> Option<Paid> {
    let sent: Paying = read(seen.command.body.as_deref(), faults)?;
    if sent.payment.trim().is_empty() || sent.payment.chars().count() > LONGEST {
        faults.push(Fault::new("payment", &sent.payment, says::NOT_EMPTY.said()));
    }
    let day = crate::form::day("day", &sent.day, faults);
    if day > seen.now.day() {
        faults.push(Fault::new("day", &sent.day, says::TODAY_OR_BEFORE.said()));
    }
    let amount = fen("amount", &sent.amount, 1, faults);
    if amount.is_some_and(|amount| amount != due) {
        faults.push(Fault::new("amount", &sent.amount, says::REFUND_EXACTLY.with(&[("amount", &yuan(due))])));
    }
    let (payment, day) = (sent.payment.trim().to_owned(), day.to_string());
    amount.map(|tax| Paid { payment, day, tax })
}

/// Whether a record is an application.
fn is_application(record: &Record) -> bool {
    record.key.register == Register::EntryRefund && LISTED.contains(&record.state.as_str())
}
