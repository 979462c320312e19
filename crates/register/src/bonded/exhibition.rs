//! Goods at an exhibition [保税展示交易]: a guarantor's account holds what they would be taxed as ordinary imports until they are
//! back, and of what is sold the tax until it is paid. Tax is due after the trade, for a month at once. What is not back, or
//! not paid, by its last day is called from the guarantee. How the goods move is `document`.

use super::document::{Body, LineMoved, Lines};
use super::form::{LineForm, NamedLine};
use super::holder_of;
use crate::{Fault, Seen, read, says};
use book::{Command, DocumentKey, DocumentKind, Item, Operation, Outcome, Quantities, Resolution};
use ceb::{Day, Decimal, Declaration, DeclarationLine};
use clearance::Text;
use clearance::bonded::document_key;
use clearance::record::{Charge, RecordKey};
use clearance::rulebook::{Calendar, Law, Rulebook};
use clearance::tax;
use ledger::{Account, Balance, Hold, HoldState};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is guaranteed of a line that went out. Amounts in fen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Guaranteed {
    /// The line of the application.
    pub line: u32,
    /// How much went out, in the declared unit.
    pub quantity: String,
    /// What it is worth.
    pub dutiable: i64,
    /// What it would be taxed as ordinary import.
    pub tax: i64,
}

/// A sale at the exhibition. Amounts in fen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Sale {
    /// By which line it was declared.
    pub by: NamedLine,
    /// The line of the application that it takes from.
    pub line: u32,
    /// How much, in the declared unit.
    pub quantity: String,
    /// What it is worth.
    pub dutiable: i64,
    /// Its tax.
    pub tax: i64,
    /// The day on which customs accepted it, yyyyMMdd.
    pub day: String,
    /// The last day on which that is paid, yyyyMMdd.
    pub due: String,
    /// `due`, `paid`, or `called` from the guarantee.
    pub standing: String,
    /// By which document it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
}

impl Sale {
    /// Whether its tax stands on a bill: the month of the sale is over, or the last day of payment near.
    pub fn is_billed(&self, today: Day, law: &Law) -> bool {
        let month = |day: Day| (day.year(), day.month());
        let over = Day::parse(&self.day).is_some_and(|day| month(today) > month(day));
        let near = |due: Day| today >= Calendar::plus_days(due, -law.bonded_warning_days);
        self.standing == "due" && (over || Day::parse(&self.due).is_some_and(near))
    }
}

/// The guarantee of an exhibition. Amounts in fen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Guarantee {
    /// Whose account holds it.
    pub guarantor: String,
    /// What it holds now.
    pub held: i64,
    /// What was called from it, all in all.
    pub called: i64,
    /// The goods were not back on their last day and were called: nothing more is held or taxed for them.
    pub forfeited: bool,
    /// By line.
    pub guaranteed: Vec<Guaranteed>,
    /// What was sold.
    pub sales: Vec<Sale>,
}

/// What the window says when it calls a guarantee.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Calling {
    /// Whose account holds it.
    pub guarantor: String,
}

/// `tax × part ÷ whole`, half up to the fen.
pub(crate) fn share(tax: i64, part: Decimal, whole: Decimal) -> i64 {
    let (part, whole) = (part.units().max(0), whole.units().max(1));
    let twice = i128::from(tax).saturating_mul(part).saturating_mul(2).saturating_add(whole);
    i64::try_from(twice / (whole * 2)).unwrap_or(tax)
}

/// What is still open of each line of an application.
fn open_of(moved: &[LineMoved]) -> BTreeMap<u32, Decimal> {
    let of = |line: &LineMoved| {
        let units: i128 = line.open.iter().map(|open| open.open().quantities.declared.units()).sum();
        (line.line, Decimal::from_units(units))
    };
    moved.iter().map(of).collect()
}

impl Guarantee {
    /// What goods that are still open would be taxed.
    fn of_goods(&self, open: &BTreeMap<u32, Decimal>) -> i64 {
        if self.forfeited {
            return 0;
        }
        let of = |one: &Guaranteed| {
            let part = open.get(&one.line).copied().unwrap_or_default();
            share(one.tax, part, Decimal::parse(&one.quantity).unwrap_or_default())
        };
        self.guaranteed.iter().map(of).sum()
    }
    /// What of it has to be held: goods that are still open, and taxes that are not paid.
    fn required(&self, open: &BTreeMap<u32, Decimal>) -> i64 {
        let taxes: i64 = self.sales.iter().filter(|sale| sale.standing == "due").map(|sale| sale.tax).sum();
        self.of_goods(open).saturating_add(taxes)
    }
    /// Whether taxes of sales are not paid though their last day is over.
    pub fn is_late(&self, today: Day) -> bool {
        self.sales.iter().any(|sale| is_late(sale, today))
    }
    /// Whether nothing is held any more, nor anything due.
    pub fn is_settled(&self) -> bool {
        self.held == 0 && self.sales.iter().all(|sale| sale.standing != "due")
    }
    fn hold(&self) -> Hold {
        let account = Account::guarantee(self.guarantor.as_str().into());
        Hold { account, amount: self.held, state: HoldState::Held, given_back: 0 }
    }
    /// Holds as much as `required`, or says why it cannot.
    fn adjust(&mut self, required: i64, balance: &mut Balance) -> Result<Option<Charge>, Fault> {
        let mut hold = self.hold();
        let movement = if required > self.held {
            let more = required - self.held;
            match ledger::hold(hold.account, balance, more) {
                Ok((_, movement)) => movement,
                Err(_) => return Err(refused(&self.guarantor, balance, more)),
            }
        } else if required < self.held {
            let less = hold.amount - required;
            ledger::void(&mut ledger::split(&mut hold, less))
        } else {
            return Ok(None);
        };
        self.held = required;
        // It was judged on this very balance.
        let _ = ledger::apply(balance, &movement);
        Ok(Some(Charge { movement, limit: balance.limit }))
    }
    /// Calls a part of what is held.
    fn call(&mut self, amount: i64) -> Option<Charge> {
        let amount = amount.min(self.held);
        self.held -= amount;
        self.called += amount;
        let mut part = Hold { amount, ..self.hold() };
        (amount > 0).then(|| Charge { movement: ledger::post(&mut part), limit: None })
    }
}

fn is_late(sale: &Sale, today: Day) -> bool {
    sale.standing == "due" && Day::parse(&sale.due).is_some_and(|due| today > due)
}

fn refused(guarantor: &str, balance: &Balance, amount: i64) -> Fault {
    let yuan = |fen: i64| Decimal::from_fen(fen).to_string();
    let said = says::BONDED_GUARANTEE.with(&[
        ("limit", &yuan(balance.limit.unwrap_or(0))),
        ("used", &yuan(balance.used())),
        ("amount", &yuan(amount)),
    ]);
    Fault::new("exhibition.guarantor", guarantor, said)
}

/// The last day on which the tax of a sale of today is paid.
fn tax_day(today: Day, law: &Law, calendar: &Calendar) -> Day {
    let month = Calendar::plus_months(today, 1);
    let within = u32::try_from(law.exhibition_tax_day).unwrap_or(1);
    let (year, number) = (month.year(), month.month());
    let day = (1..=within).rev().find_map(|day| Day::from_ymd(year, number, day)).unwrap_or(month);
    let due = calendar.working_day_from(day);
    match Day::from_ymd(today.year(), 12, 31) {
        Some(last) if law.exhibition_tax_same_year == 1 => due.min(last),
        _ => due,
    }
}

/// What goods would be taxed as ordinary imports, in fen.
fn taxed(
    item: &Item,
    quantities: &Quantities,
    worth: Decimal,
    law: &Law,
    rulebook: &Rulebook,
) -> Option<i64> {
    let line = DeclarationLine {
        gnum: 1,
        gcode: item.gcode.clone(),
        qty: quantities.declared,
        unit: item.unit.clone(),
        qty1: quantities.first,
        unit1: item.first.unit.clone(),
        qty2: item.second.as_ref().map(|_| quantities.second),
        unit2: item.second.as_ref().map(|unit| unit.unit.clone()),
        total_price: worth,
        ..DeclarationLine::default()
    };
    let declaration = Declaration { lines: vec![line], ..Declaration::default() };
    tax::general(&declaration, law, &rulebook.tariff).ok().map(|assessed| assessed.total())
}

/// What guarantees are after a document, and what it moves on accounts.
#[derive(Default)]
pub(crate) struct Guarantees {
    /// Of the application itself.
    pub own: Option<Guarantee>,
    /// What its move charges.
    pub charges: Vec<Charge>,
    /// Of applications whose goods it resolves.
    pub others: Vec<(RecordKey, Guarantee, Vec<Charge>)>,
}

/// What is worth and taxed of a line, in fen.
struct Assessed {
    quantity: Decimal,
    dutiable: i64,
    tax: i64,
}

/// A command with the form that says it and what became of it.
type Judged<'a> = (usize, &'a Command, &'a Outcome);

fn assessed(
    seen: &Seen<'_>,
    (index, command, outcome): Judged<'_>,
    form: &LineForm,
    faults: &mut Vec<Fault>,
) -> Option<Assessed> {
    let path = format!("lines[{}].dutiableValue", index + 1);
    let said = form.dutiable_value.as_deref().unwrap_or("").trim();
    let worth = Decimal::parse(said).filter(|worth| *worth > Decimal::ZERO);
    let Some((worth, (dutiable, _))) = worth.and_then(|worth| Some((worth, worth.fen_half_up()?))) else {
        faults.push(Fault::new(&path, said, says::BONDED_DUTIABLE.said()));
        return None;
    };
    let line = outcome.line.as_ref()?;
    let sum = line.postings.iter().try_fold(Quantities::ZERO, |sum, one| sum.plus(one.quantities))?;
    let stock = book::StockKey { book: command.book.clone(), item: command.item.clone() };
    let item = &seen.facts.bonded.stocks.get(&stock)?.item;
    let (rulebook, law) = (seen.reference.current(), seen.reference.current().parameters.on(seen.now.day()));
    match taxed(item, &sum, worth, &law, rulebook) {
        Some(tax) => Some(Assessed { quantity: sum.declared, dutiable, tax }),
        None => {
            faults.push(Fault::new(&path, said, says::BONDED_DUTIABLE.said()));
            None
        }
    }
}

/// The balance of a guarantor under his limit of today; none where the command did not name him.
fn balance(seen: &Seen<'_>, guarantor: &str, named: &[String]) -> Option<Balance> {
    named.iter().any(|one| one == guarantor).then(|| {
        let account = Account::guarantee(guarantor.into());
        // By his first code alone: under another he would have an account, and a limit, of its own.
        let filing = seen.parties.find(guarantor, seen.now.day());
        let filing = filing.filter(|filing| !filing.suspended && filing.code == guarantor);
        let limit = filing.map_or(0, |filing| filing.guarantee_limit);
        let known = seen.facts.balances.get(&account).copied().unwrap_or_default();
        Balance { limit: Some(limit), ..known }
    })
}

/// An application that a document changes: its guarantee, what is open of each of its lines, and what is charged.
type Changed = (Guarantee, BTreeMap<u32, Decimal>, Vec<Charge>);

/// What a document does to guarantees; `commands` are its lines, judged.
pub(crate) fn of(
    seen: &Seen<'_>,
    (book, document): (&Text, &DocumentKey),
    sent: &Lines,
    commands: &[(usize, Command)],
    outcomes: &[Outcome],
    faults: &mut Vec<Fault>,
) -> Guarantees {
    let mut found = Guarantees::default();
    let judged =
        || commands.iter().zip(outcomes).map(|((index, command), outcome)| (*index, command, outcome));
    if document.kind == DocumentKind::Application {
        lent(seen, sent, judged(), &mut found, faults);
        return found;
    }
    let named = sent.beside.as_ref().map_or(&[][..], |beside| beside.guarantors.as_slice());
    let mut applications: BTreeMap<RecordKey, Changed> = BTreeMap::new();
    for (index, command, outcome) in judged() {
        let Operation::Resolve { of, resolution, .. } = &command.operation else { continue };
        let (Some(resolved), Some(form)) = (&outcome.resolved, sent.lines.get(index)) else { continue };
        if of.document.kind != DocumentKind::Application {
            continue;
        }
        let key = document_key(book, &of.document);
        if !applications.contains_key(&key) {
            let body = seen.facts.records.get(&key).map(|record| Body::of(record));
            let Some((Some(guarantee), moved)) = body.map(|body| (body.guarantee, body.moved)) else {
                continue;
            };
            applications.insert(key.clone(), (guarantee, open_of(&moved), Vec::new()));
        }
        let Some((guarantee, open, charges)) = applications.get_mut(&key) else { continue };
        let left: i128 = resolved.open.iter().map(|one| one.quantities.declared.units()).sum();
        open.insert(of.line, Decimal::from_units(left));
        if *resolution == Resolution::ExhibitionSale && !guarantee.forfeited {
            let Some(sold) = assessed(seen, (index, command, outcome), form, faults) else { continue };
            let (rulebook, today) = (seen.reference.current(), seen.now.day());
            let due = tax_day(today, &rulebook.parameters.on(today), &rulebook.calendar);
            guarantee.sales.push(Sale {
                by: NamedLine::of(&command.key),
                line: of.line,
                quantity: sold.quantity.to_string(),
                dutiable: sold.dutiable,
                tax: sold.tax,
                day: today.to_string(),
                due: due.to_string(),
                standing: "due".to_owned(),
                payment: None,
            });
            let owed = ledger::enter(Account::payable_tax(holder_of(book)), sold.tax);
            charges.push(Charge { movement: owed, limit: None });
        }
    }
    let mut balances: BTreeMap<String, Balance> = BTreeMap::new();
    for (key, (mut guarantee, open, mut charges)) in applications {
        let guarantor = guarantee.guarantor.clone();
        if !balances.contains_key(&guarantor) {
            let Some(known) = balance(seen, &guarantor, named) else {
                faults.push(Fault::new("version", "", says::BONDED_CHANGED.said()));
                continue;
            };
            balances.insert(guarantor.clone(), known);
        }
        let Some(balance) = balances.get_mut(&guarantor) else { continue };
        match guarantee.adjust(guarantee.required(&open), balance) {
            Ok(charge) => charges.extend(charge),
            Err(fault) => faults.push(fault),
        }
        found.others.push((key, guarantee, charges));
    }
    found
}

/// Goods go out: what they would be taxed is held.
fn lent<'a>(
    seen: &Seen<'_>,
    sent: &Lines,
    judged: impl Iterator<Item = Judged<'a>>,
    found: &mut Guarantees,
    faults: &mut Vec<Fault>,
) {
    let Some(exhibition) = &sent.exhibition else { return };
    let guarantor = exhibition.guarantor.trim().to_owned();
    let (mut guaranteed, mut open) = (Vec::new(), BTreeMap::new());
    for (index, command, outcome) in judged {
        let Some(form) = sent.lines.get(index) else { continue };
        let Some(out) = assessed(seen, (index, command, outcome), form, faults) else { continue };
        let line = command.key.line;
        open.insert(line, out.quantity);
        let quantity = out.quantity.to_string();
        guaranteed.push(Guaranteed { line, quantity, dutiable: out.dutiable, tax: out.tax });
    }
    let named = [guarantor.clone()];
    let Some(mut balance) = balance(seen, &guarantor, &named) else { return };
    let mut guarantee =
        Guarantee { guarantor, held: 0, called: 0, forfeited: false, guaranteed, sales: Vec::new() };
    match guarantee.adjust(guarantee.required(&open), &mut balance) {
        Ok(charge) => found.charges.extend(charge),
        Err(fault) => faults.push(fault),
    }
    found.own = Some(guarantee);
}

/// Until when goods of an application are back; what it says wrongly is a fault.
pub(crate) fn last_day(seen: &Seen<'_>, sent: &Lines, faults: &mut Vec<Fault>) -> Option<Day> {
    let Some(exhibition) = &sent.exhibition else {
        faults.push(Fault::new("exhibition", "", says::BODY_NEEDED.said()));
        return None;
    };
    let venue = &exhibition.venue;
    if venue.trim().is_empty() || venue.chars().count() > 100 {
        faults.push(Fault::new("exhibition.venue", venue, says::NOT_EMPTY.said()));
    }
    let today = seen.now.day();
    let months = seen.reference.current().parameters.on(today).exhibition_months;
    let last = Calendar::plus_months(today, months);
    let said = exhibition.ends.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let Some(text) = said else { return Some(last) };
    let ends = Day::parse(text).filter(|ends| (today..=last).contains(ends));
    if ends.is_none() {
        let (first, last) = (today.to_string(), last.to_string());
        let said = says::BONDED_EXHIBITION_DAY.with(&[("first", &first), ("last", &last)]);
        faults.push(Fault::new("exhibition.ends", text, said));
    }
    ends
}

fn owed_no_more(holder: &Text, taxes: i64) -> Option<Charge> {
    let movement = ledger::settle(Account::payable_tax(holder.clone()), taxes);
    (taxes > 0).then_some(Charge { movement, limit: None })
}

/// Taxes that are paid until a day are paid: they are owed no more, and what guaranteed them is free. What it charges.
pub(crate) fn paid(
    seen: &Seen<'_>,
    holder: &Text,
    body: &Body,
    guarantee: &mut Guarantee,
    (due, payment, named): (&str, &str, &[String]),
    balances: &mut BTreeMap<String, Balance>,
    faults: &mut Vec<Fault>,
) -> Vec<Charge> {
    let mut taxes = 0;
    for sale in guarantee.sales.iter_mut().filter(|sale| sale.standing == "due" && sale.due == due) {
        sale.standing = "paid".to_owned();
        sale.payment = Some(payment.to_owned());
        taxes += sale.tax;
    }
    let Some(known) = balance(seen, &guarantee.guarantor, named) else {
        faults.push(Fault::new("version", "", says::BONDED_CHANGED.said()));
        return Vec::new();
    };
    let balance = balances.entry(guarantee.guarantor.clone()).or_insert(known);
    let required = guarantee.required(&open_of(&body.moved));
    let freed = guarantee.adjust(required, balance).unwrap_or_else(|fault| {
        faults.push(fault);
        None
    });
    freed.into_iter().chain(owed_no_more(holder, taxes)).collect()
}

/// What the clock does to the guarantee of an application: what is late is called; nothing of the sort is a fault.
pub(crate) fn called(
    seen: &Seen<'_>,
    action: &str,
    body: &Body,
    faults: &mut Vec<Fault>,
) -> Option<(Guarantee, Vec<Charge>)> {
    let mut guarantee = body.guarantee.clone()?;
    let sent: Calling = read(seen.command.body.as_deref(), faults)?;
    if sent.guarantor != guarantee.guarantor {
        faults.push(Fault::new("version", "", says::BONDED_CHANGED.said()));
        return None;
    }
    let (today, open) = (seen.now.day(), open_of(&body.moved));
    let over = body.clock.as_ref().is_some_and(|clock| clock.is_over(today));
    let stands = match action {
        "collect" => guarantee.is_late(today),
        _ => over && !guarantee.forfeited && open.values().any(|left| !left.is_zero()),
    };
    if !stands {
        let due = body.clock.as_ref().map_or("", |clock| clock.due.as_str());
        faults.push(Fault::new("action", action, says::BONDED_NOT_DUE.with(&[("due", due)])));
        return None;
    }
    if action != "collect" {
        let goods = guarantee.of_goods(&open);
        guarantee.forfeited = true;
        let charge = guarantee.call(goods);
        return Some((guarantee, charge.into_iter().collect()));
    }
    let mut taxes = 0;
    for sale in guarantee.sales.iter_mut().filter(|sale| is_late(sale, today)) {
        sale.standing = "called".to_owned();
        taxes += sale.tax;
    }
    let owed = owed_no_more(&crate::owner_of(&seen.command.key), taxes);
    let charges = guarantee.call(taxes).into_iter().chain(owed).collect();
    Some((guarantee, charges))
}
