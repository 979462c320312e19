//! What stands against a declaration of market procurement: its slips are there, confirmed for whoever declares and in no other
//! declaration; all are of one market, country and currency; sums are theirs exactly; and the law of the day is kept. What a row
//! that is not sure says refuses nothing: it is a doubt, on which a person decides.

use super::grouping::grouped;
use super::slip::{self, is_stallholder};
use super::{Applied, Body, Doubt, MOST, TAXES, TRADERS, check_number, market, slip_key, units};
use crate::park;
use crate::says::{self, Said};
use crate::{Fault, Seen, owner_of};
use ceb::Decimal;
use clearance::rulebook::Law;
use std::collections::BTreeSet;

/// The currency in which the limit is said.
const DOLLAR: &str = "502";

/// What stands against it so far.
struct Against<'a> {
    faults: &'a mut Vec<Fault>,
    doubts: Vec<Doubt>,
}

impl Against<'_> {
    /// Something stands against it: field, what it says, what it is held against. Where the row is sure it refuses.
    fn stands(&mut self, is_sure: bool, (path, value, other): (&str, &str, &str), said: Said) {
        if is_sure {
            self.faults.push(Fault::new(path, value, said));
            return;
        }
        self.doubts.push(Doubt {
            rule: said.code().to_owned(),
            path: path.to_owned(),
            value: value.to_owned(),
            other_value: other.to_owned(),
            text_zh: said.zh(),
            text_en: said.en(),
        });
    }
}

/// Says all that stands against a declaration; the declaration as it is kept, with its doubts and lines.
pub(super) fn check(seen: &Seen<'_>, applied: Applied, faults: &mut Vec<Fault>) -> Body {
    let (owner, today) = (owner_of(&seen.command.key), seen.now.day());
    check_number(seen, faults);
    if !seen.acts_as(&owner, TRADERS) {
        faults.push(Fault::new("id", &owner, says::MARKET_DECLARANT.said()));
    }
    let market = market(seen, &applied.market, faults);
    check_codes(seen, &applied, faults);
    let slips = check_slips(seen, &applied, market.as_ref(), faults);
    // Sums over slips that are not all there say nothing.
    if slips.len() == applied.slips.len() {
        check_sums(&applied, &slips, faults);
    }
    let law = seen.reference.current().parameters.on(today);
    let mut against = Against { faults, doubts: Vec::new() };
    check_place(&applied, market.as_ref(), &law, &mut against);
    check_value(seen, &applied, &law, &mut against);
    check_goods(seen, &applied, (&slips, &law), &mut against);
    let doubts = against.doubts;
    let itemised = usize::try_from(law.market_summarised_itemised).unwrap_or_default();
    let lines = slips.iter().flat_map(|(_, slip)| &slip.lines);
    let lines = grouped(lines, applied.summarised.then_some(itemised));
    Body { applied, doubts, lines, ..Body::default() }
}

fn check_codes(seen: &Seen<'_>, applied: &Applied, faults: &mut Vec<Fault>) {
    let (codes, today) = (&seen.reference.current().codes, seen.now.day());
    for (path, code, table) in [
        ("district", applied.district.trim(), &codes.districts),
        ("exit", applied.exit.trim(), &codes.districts),
        ("country", applied.country.trim(), &codes.countries),
        ("currency", applied.currency.trim(), &codes.currencies),
    ] {
        if !table.holds(code, today) {
            faults.push(Fault::new(path, code, says::CODE_OF_TABLE.said()));
        }
    }
    if !TAXES.contains(&applied.taxes.as_str()) {
        let words = TAXES.join(", ");
        faults.push(Fault::new("taxes", &applied.taxes, says::ONE_OF.with(&[("words", &words)])));
    }
}

/// Each slip by itself; those that are there, with their place.
fn check_slips(
    seen: &Seen<'_>,
    applied: &Applied,
    market: Option<&park::Body>,
    faults: &mut Vec<Fault>,
) -> Vec<(usize, slip::Slip)> {
    let count = applied.slips.len();
    if !(1..=MOST).contains(&count) {
        let most = says::ONE_TO.with(&[("most", &MOST.to_string())]);
        faults.push(Fault::new("slips", &count.to_string(), most));
        return Vec::new();
    }
    let (mut found, mut named) = (Vec::with_capacity(count), BTreeSet::new());
    for (index, id) in applied.slips.iter().enumerate() {
        let path = format!("slips[{}]", index + 1);
        if !named.insert(id.trim()) {
            faults.push(Fault::new(&path, id, says::MARKET_TWICE.said()));
            continue;
        }
        // One of others is answered like none.
        let record = seen.facts.records.get(&slip_key(id));
        let known = record.map(|record| (record, slip::Body::of(record).applied));
        let his = known.filter(|(_, slip)| {
            let agent = slip.agent.trim();
            seen.command.by.codes.iter().any(|code| code.as_str() == agent)
        });
        let Some((record, slip)) = his else {
            faults.push(Fault::new(&path, id, says::MARKET_SLIP.said()));
            continue;
        };
        if record.state != "confirmed" {
            let said = says::MARKET_SLIP_STATE.with(&[("state", &record.state)]);
            faults.push(Fault::new(&path, id, said));
        }
        let supplier = owner_of(&record.key);
        if market.is_some_and(|market| !is_stallholder(seen, market, &supplier)) {
            faults.push(Fault::new(&path, &supplier, says::MARKET_STALL.said()));
        }
        for (field, said, declared) in [
            ("market", slip.market.trim(), applied.market.trim()),
            ("country", slip.country.trim(), applied.country.trim()),
            ("currency", slip.currency.trim(), applied.currency.trim()),
        ] {
            if said != declared {
                let expected = says::MARKET_SAME.with(&[("declared", declared)]);
                faults.push(Fault::new(&format!("{path}.{field}"), said, expected));
            }
        }
        found.push((index, slip));
    }
    found
}

fn check_sums(applied: &Applied, slips: &[(usize, slip::Slip)], faults: &mut Vec<Fault>) {
    let amounts = slips.iter().flat_map(|(_, slip)| &slip.lines).map(|line| units(&line.amount));
    let total = amounts.fold(0, i128::saturating_add);
    let weight = slips.iter().map(|(_, slip)| units(&slip.gross_weight)).fold(0, i128::saturating_add);
    let pieces: u64 = slips.iter().map(|(_, slip)| u64::from(slip.pieces)).sum();
    for (path, said, sum) in
        [("total", &applied.total, total), ("grossWeight", &applied.gross_weight, weight)]
    {
        if Decimal::parse(said).map(Decimal::units) != Some(sum) {
            let sum = Decimal::from_units(sum).to_string();
            faults.push(Fault::new(path, said, says::MARKET_SUM.with(&[("sum", &sum)])));
        }
    }
    if u64::from(applied.pieces) != pieces {
        let (said, sum) = (applied.pieces.to_string(), pieces.to_string());
        faults.push(Fault::new("pieces", &said, says::MARKET_SUM.with(&[("sum", &sum)])));
    }
}

/// Where it is declared, and what is said of its tax.
fn check_place(applied: &Applied, market: Option<&park::Body>, law: &Law, against: &mut Against<'_>) {
    let place = market.and_then(|market| market.in_force.as_ref()).map(|park| park.district.trim());
    let (said, own) = (applied.district.trim(), place.unwrap_or_default());
    if law.market_own_district == 1 && !own.is_empty() && said != own {
        let expected = says::MARKET_DISTRICT.with(&[("district", own)]);
        against.stands(law.is_sure_of("market_own_district"), ("district", said, own), expected);
    }
    if law.market_tax_exempt == 1 && applied.taxes == "refund" {
        let is_sure = law.is_sure_of("market_tax_exempt");
        against.stands(is_sure, ("taxes", &applied.taxes, "exempt"), says::MARKET_EXEMPT.said());
    }
}

/// What it is worth, against the limit of a declaration: in dollars as it is, else both in CNY by the rates of the day.
fn check_value(seen: &Seen<'_>, applied: &Applied, law: &Law, against: &mut Against<'_>) {
    let Some(total) = Decimal::parse(&applied.total) else { return };
    let limit = Decimal::from_whole(law.market_declaration_limit);
    let (rates, today) = (&seen.reference.current().rates, seen.now.day());
    let currency = applied.currency.trim();
    let (worth, most, unit) = if currency == DOLLAR {
        (Some(total), Some(limit), "USD")
    } else {
        (rates.in_cny(currency, total, today), rates.in_cny(DOLLAR, limit, today), "CNY")
    };
    let (Some(worth), Some(most)) = (worth, most) else {
        against.stands(false, ("currency", currency, DOLLAR), says::MARKET_UNCONVERTED.said());
        return;
    };
    if worth > most {
        let (worth, most) = (worth.to_string(), most.to_string());
        let said = says::MARKET_LIMIT.with(&[("worth", &worth), ("most", &most), ("unit", unit)]);
        against.stands(law.is_sure_of("market_declaration_limit"), ("total", &worth, &most), said);
    }
}

/// Goods that the mode is not for, and what a summary is not for: few kinds, goods that bear an export duty.
fn check_goods(
    seen: &Seen<'_>,
    applied: &Applied,
    (slips, law): (&[(usize, slip::Slip)], &Law),
    against: &mut Against<'_>,
) {
    let (book, today) = (seen.reference.current(), seen.now.day());
    let mut kinds = BTreeSet::new();
    for (index, slip) in slips {
        for (line, goods) in slip.lines.iter().enumerate() {
            let path = format!("slips[{}].lines[{}].gcode", index + 1, line + 1);
            let code = goods.gcode.trim();
            kinds.insert(code);
            if let Some(row) = book.market_exclusions.of_code(code, today) {
                let said = says::MARKET_EXCLUDED.with(&[("hs", &row.hs), ("source", &row.source)]);
                against.stands(row.confidence.is_sure(), (&path, code, &row.hs), said);
            }
            let duty = book.export_duties.of_code(code, today).filter(|row| row.rate.0 > 0);
            if let Some(row) = duty.filter(|_| applied.summarised) {
                let said = says::MARKET_DUTIABLE.with(&[("hs", &row.hs)]);
                against.stands(row.confidence.is_sure(), (&path, code, &row.hs), said);
            }
        }
    }
    let count = i64::try_from(kinds.len()).unwrap_or(i64::MAX);
    let every = slips.len() == applied.slips.len();
    if applied.summarised && every && count <= law.market_summarised_kinds {
        let (kinds, most) = (count.to_string(), law.market_summarised_kinds.to_string());
        let said = says::MARKET_KINDS.with(&[("kinds", &kinds), ("most", &most)]);
        against.stands(law.is_sure_of("market_summarised_kinds"), ("summarised", &kinds, &most), said);
    }
}
