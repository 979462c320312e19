//! What stands against an application, against the book that the goods entered: the checklist is booked and names him as who exported
//! them, goods and units are the book's, nothing is claimed twice, of no invoice more than it is over, and not after its term. And what
//! each line comes to.

use super::standing::Standing;
use super::{Applied, Invoice, LONGEST, Line, MOST, Reckoned, Together, fen, invoice_key, lot_key, yuan};
use crate::bonded::document::Body as DocumentBody;
use crate::bonded::document_of;
use crate::bonded::form::LineForm;
use crate::bonded::rebate::RebateForm;
use crate::form::day;
use crate::{Fault, Seen, owner_of, says};
use book::{DocumentKind, StockKey};
use ceb::{Day, Decimal, Stamp};
use clearance::Text;
use clearance::identity::is_enterprise_code;
use clearance::keys::Time;
use clearance::record::{RecordKey, Register};
use clearance::rulebook::{Calendar, Rate};
use std::collections::{BTreeMap, BTreeSet};

/// The highest rate of value-added tax that an invoice may have, in percent: that of before May 2018.
const HIGHEST_RATE: i64 = 17;

/// A checklist that was booked, of a holder's book.
struct Checklist {
    book: Text,
    body: DocumentBody,
}

/// Says all that stands against an application; what its lines come to.
pub(super) fn check(seen: &Seen<'_>, applied: &Applied, faults: &mut Vec<Fault>) -> Vec<Reckoned> {
    let (owner, today) = (owner_of(&seen.command.key), seen.now.day());
    let number = seen.own_name().trim();
    if number.is_empty() || number.chars().count() > LONGEST {
        faults.push(Fault::new("id", &seen.command.key.id, says::OWN_CODE_AND_NUMBER.said()));
    }
    if seen.parties.find(&owner, today).is_none_or(|filing| filing.suspended) {
        faults.push(Fault::new("id", &owner, says::PARTY_FILED.said()));
    }
    for (path, count) in [("invoices", applied.invoices.len()), ("lines", applied.lines.len())] {
        if !(1..=MOST).contains(&count) {
            let most = says::ONE_TO.with(&[("most", &MOST.to_string())]);
            faults.push(Fault::new(path, &count.to_string(), most));
        }
    }
    if !faults.is_empty() {
        return Vec::new();
    }
    let checklist = checklist(seen, applied, faults);
    check_gate(seen, applied, checklist.as_ref(), faults);
    let invoices = check_invoices(seen, applied, faults);
    let Some(checklist) = checklist else { return Vec::new() };
    let reckoned = check_lines(seen, applied, &checklist, faults);
    check_sums(seen, applied, &invoices, faults);
    reckoned
}

/// The checklist; one that was not booked, or has no goods of his, is answered like none.
fn checklist(seen: &Seen<'_>, applied: &Applied, faults: &mut Vec<Fault>) -> Option<Checklist> {
    let id = applied.checklist.trim();
    let record = seen.facts.records.get(&RecordKey::new(Register::BondedDocument, id));
    let booked = record.filter(|record| record.state == "accepted").and_then(|record| {
        let (book, document) = document_of(id)?;
        let body = DocumentBody::of(record);
        let is_his = body.lines.iter().any(|line| proof(seen, line).is_some());
        (document.kind == DocumentKind::EntryChecklist && is_his).then_some(Checklist { book, body })
    });
    if booked.is_none() {
        faults.push(Fault::new("checklist", id, says::REFUND_CHECKLIST.said()));
    }
    booked
}

/// The proof that goods of a line were exported by whoever commands.
fn proof<'a>(seen: &Seen<'_>, line: &'a LineForm) -> Option<&'a RebateForm> {
    let rebate = line.rebate.as_ref().filter(|_| line.operation == "enter-domestic")?;
    seen.command.by.codes.iter().any(|code| code.as_str() == rebate.exporter.trim()).then_some(rebate)
}

fn check_gate(seen: &Seen<'_>, applied: &Applied, checklist: Option<&Checklist>, faults: &mut Vec<Fault>) {
    let gate = &applied.gate;
    if gate.checkpoint.trim().is_empty() || gate.checkpoint.len() > LONGEST {
        faults.push(Fault::new("gate.checkpoint", &gate.checkpoint, says::NOT_EMPTY.said()));
    }
    match Stamp::parse(&gate.passed).map(Time::from_stamp) {
        None => faults.push(Fault::new("gate.passed", &gate.passed, says::A_SECOND.said())),
        Some(passed) if passed > seen.now => {
            faults.push(Fault::new("gate.passed", &gate.passed, says::TODAY_OR_BEFORE.said()));
        }
        Some(_) => {}
    }
    let Some(scan) = gate.scan.as_deref().map(str::trim).filter(|scan| !scan.is_empty()) else { return };
    // Others' scans are answered like ones that are not there; whose book it is may have seen them in, too.
    let holder = checklist.map(|checklist| crate::bonded::holder_of(&checklist.book));
    let record = seen.facts.records.get(&RecordKey::new(Register::SiteRecord, scan));
    let known = record.is_some_and(|record| {
        let of = |code: &Text| record.parties.contains(code);
        seen.command.by.codes.iter().chain(&holder).any(of)
    });
    if !known {
        faults.push(Fault::new("gate.scan", scan, says::BONDED_SCAN.said()));
    }
}

/// Invoices by their numbers, with what each is over in fen and its place.
type Invoices<'a> = BTreeMap<&'a str, (usize, i64)>;

fn check_invoices<'a>(seen: &Seen<'_>, applied: &'a Applied, faults: &mut Vec<Fault>) -> Invoices<'a> {
    let mut known = Invoices::new();
    for (index, invoice) in applied.invoices.iter().enumerate() {
        let at = |field: &str| format!("invoices[{}].{field}", index + 1);
        let number = invoice.number.trim();
        let is_number = (8..=20).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || known.contains_key(number) {
            faults.push(Fault::new(&at("number"), number, says::REFUND_INVOICE_NUMBER.said()));
        }
        if day(&at("day"), &invoice.day, faults) > seen.now.day() {
            faults.push(Fault::new(&at("day"), &invoice.day, says::TODAY_OR_BEFORE.said()));
        }
        if !is_enterprise_code(invoice.seller.trim()) {
            faults.push(Fault::new(&at("seller"), &invoice.seller, says::PARTY_CODE_FORM.said()));
        }
        let rate = rate_of(invoice).filter(|rate| rate.0 > 0 && *rate <= Rate::percent(HIGHEST_RATE));
        if rate.is_none() {
            let said = says::REFUND_INVOICE_RATE.with(&[("most", &HIGHEST_RATE.to_string())]);
            faults.push(Fault::new(&at("rate"), &invoice.rate, said));
        }
        let amount = fen(&at("amount"), &invoice.amount, 1, faults);
        // Told apart by nothing but its number: two applications of his say the same of it. What others say is not told to him.
        let standing = Standing::under(seen.facts, &invoice_key(number));
        let before = standing.claims_of(&seen.command.by.codes).find_map(|claim| claim.invoice.as_ref());
        if let (Some((over, percent)), Some(amount)) = (before, amount) {
            let same = *over == amount && Rate::parse_percent(percent) == rate_of(invoice);
            if !same {
                let said = says::REFUND_INVOICE_OTHERWISE.said();
                faults.push(Fault::new(&at("amount"), &invoice.amount, said));
            }
        }
        known.entry(number).or_insert((index, amount.unwrap_or(0)));
    }
    known
}

fn rate_of(invoice: &Invoice) -> Option<Rate> {
    Rate::parse_percent(invoice.rate.trim())
}

fn check_lines(
    seen: &Seen<'_>,
    applied: &Applied,
    checklist: &Checklist,
    faults: &mut Vec<Fault>,
) -> Vec<Reckoned> {
    let mut claimed: BTreeMap<u32, i128> = BTreeMap::new();
    let (mut reckoned, mut together) = (Vec::new(), [Together::default(), Together::default()]);
    for (index, (line, number)) in applied.lines.iter().zip(1u32..).enumerate() {
        let at = |field: &str| format!("lines[{}].{field}", index + 1);
        let moved = checklist.body.moved.iter().find(|moved| moved.line == line.line);
        let form = moved.and_then(|moved| checklist.body.lines.get((moved.form as usize).checked_sub(1)?));
        let proved = form.and_then(|form| Some((form, proof(seen, form)?)));
        let (Some(moved), Some((form, rebate))) = (moved, proved) else {
            faults.push(Fault::new(&at("line"), &line.line.to_string(), says::REFUND_LINE.said()));
            continue;
        };
        check_goods(seen, &checklist.book, (index, line), form, faults);
        let entered = moved.moved.iter().filter(|one| one.from == "domestic");
        let entered: i128 =
            entered.map(|one| Decimal::parse(&one.quantities.0).unwrap_or_default().units()).sum();
        let standing = Standing::under(seen.facts, &lot_key(&checklist.book, &line.item, line.lot()));
        let left = standing.left((applied.checklist.trim(), line.line), Decimal::from_units(entered));
        let before = claimed.entry(line.line).or_default();
        let left = Decimal::from_units((left.units() - *before).max(0));
        match Decimal::parse(&line.quantity).filter(|quantity| *quantity > Decimal::ZERO) {
            None => faults.push(Fault::new(&at("quantity"), &line.quantity, says::POSITIVE_NUMBER.said())),
            Some(quantity) if quantity > left => {
                let said = says::REFUND_QUANTITY.with(&[("left", &left.to_string())]);
                faults.push(Fault::new(&at("quantity"), &line.quantity, said));
            }
            Some(quantity) => *before += quantity.units(),
        }
        let amount = fen(&at("amount"), &line.amount, 1, faults).unwrap_or(0);
        let exported = Day::parse(&rebate.export_day).unwrap_or_default();
        let doubt = check_term(seen, &at("line"), exported, faults);
        let mut told = reckon(seen, applied, line, (amount, exported), &mut together);
        told.line = number;
        told.doubts.extend(doubt.map(str::to_owned));
        reckoned.push(told);
    }
    reckoned
}

/// Goods and units are those of the book.
fn check_goods(
    seen: &Seen<'_>,
    book: &Text,
    (index, line): (usize, &Line),
    form: &LineForm,
    faults: &mut Vec<Fault>,
) {
    let stock = StockKey { book: book.clone(), item: form.item.trim().into() };
    let item = seen.facts.bonded.stocks.get(&stock).map(|stock| &stock.item);
    let booked = [
        ("item", line.item.trim(), form.item.trim()),
        ("lot", line.lot(), form.lot.as_deref().unwrap_or("").trim()),
        // Of another item than the checklist's nothing was loaded, and that is told already.
        ("gcode", line.gcode.trim(), item.map_or(line.gcode.trim(), |item| item.gcode.as_str())),
        ("unit", line.unit.trim(), item.map_or(line.unit.trim(), |item| item.unit.as_str())),
    ];
    for (field, said, booked) in booked {
        if said != booked {
            let path = format!("lines[{}].{field}", index + 1);
            faults.push(Fault::new(&path, said, says::REFUND_AS_BOOKED.with(&[("booked", booked)])));
        }
    }
}

/// Whether it is too late: a term that is not sure is a doubt, which a person looks at.
fn check_term(seen: &Seen<'_>, path: &str, exported: Day, faults: &mut Vec<Fault>) -> Option<&'static str> {
    let today = seen.now.day();
    let law = seen.reference.current().parameters.on(today);
    if law.entry_refund_months == 0 {
        return None;
    }
    let last = Calendar::plus_months(exported, law.entry_refund_months);
    if today <= last {
        return None;
    }
    if !law.is_sure_of("entry_refund_months") {
        return Some("refund-term-unsure");
    }
    let (exported, last) = (exported.to_string(), last.to_string());
    faults.push(Fault::new(path, &exported, says::REFUND_TERM.with(&[("last", &last)])));
    None
}

/// What a line comes to by the rate of the day of its export, and never by more than the tax that was paid. `together` has what the lines
/// before it come to at their rates, and at those that were paid.
fn reckon<'a>(
    seen: &Seen<'_>,
    applied: &'a Applied,
    line: &'a Line,
    (amount, exported): (i64, Day),
    [at_rates, at_paid]: &mut [Together<'a>; 2],
) -> Reckoned {
    let invoice = applied.invoices.iter().find(|one| one.number.trim() == line.invoice.trim());
    let paid = invoice.and_then(rate_of).unwrap_or_default();
    let most = at_paid.taxed(line.invoice.trim(), amount, paid);
    let Some(row) = seen.reference.current().refund_rates.of_code(&line.gcode, exported) else {
        return Reckoned { doubts: vec!["no-refund-rate".to_owned()], ..Reckoned::default() };
    };
    let rate = row.rate.min(paid);
    let doubts = if row.confidence.is_sure() { Vec::new() } else { vec!["refund-rate-unsure".to_owned()] };
    let percent = Decimal::from_units(i128::from(rate.0) * 10).to_string();
    let tax = at_rates.taxed(line.invoice.trim(), amount, rate).min(most);
    Reckoned { line: 0, refund_rate: Some(percent), tax: Some(tax), doubts }
}

/// Numbers of invoices of which others claim too. He is told of none: one of others is answered like one that nobody named.
pub(super) fn claimed_by_others(seen: &Seen<'_>, applied: &Applied) -> Vec<String> {
    let numbers = applied.invoices.iter().map(|invoice| invoice.number.trim());
    let known = |number: &&str| {
        Standing::under(seen.facts, &invoice_key(number)).is_claimed_by_others(&seen.command.by.codes)
    };
    numbers.filter(known).map(str::to_owned).collect()
}

/// Of no invoice he claims more than it is over, here and in his other applications; each is one of a line.
fn check_sums(seen: &Seen<'_>, applied: &Applied, invoices: &Invoices<'_>, faults: &mut Vec<Fault>) {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for (index, line) in applied.lines.iter().enumerate() {
        let number = line.invoice.trim();
        if invoices.contains_key(number) {
            // What is no amount is told already.
            let amount = fen("", &line.amount, 1, &mut Vec::new()).unwrap_or(0);
            let sum = sums.entry(number).or_default();
            *sum = sum.saturating_add(amount);
        } else {
            let path = format!("lines[{}].invoice", index + 1);
            faults.push(Fault::new(&path, number, says::REFUND_INVOICE.said()));
        }
    }
    let used: BTreeSet<&str> = sums.keys().copied().collect();
    for (number, (index, over)) in invoices {
        let path = |field: &str| format!("invoices[{}].{field}", index + 1);
        if !used.contains(number) {
            faults.push(Fault::new(&path("number"), number, says::REFUND_INVOICE_UNUSED.said()));
            continue;
        }
        let standing = Standing::under(seen.facts, &invoice_key(number));
        let own = standing.claims_of(&seen.command.by.codes);
        let claimed = own.fold(0i64, |sum, claim| sum.saturating_add(claim.amount));
        let left = over.saturating_sub(claimed).max(0);
        let here = sums.get(number).copied().unwrap_or(0);
        if here > left {
            let said = says::REFUND_INVOICE_LEFT.with(&[("left", &yuan(left)), ("claimed", &yuan(here))]);
            faults.push(Fault::new(&path("amount"), &yuan(*over), said));
        }
    }
}
