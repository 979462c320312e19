//! What is in a unit: which parcels may be, the manifest of those that are, and whether what was weighed is what their lists say.

use super::{Body, name_of};
use crate::park::happening::parcel_of;
use crate::park::hold;
use crate::park::scan::is_held;
use crate::transit::Standing;
use ceb::Decimal;
use clearance::consignment::State;
use clearance::export::{ExportKey, ExportState, ExportTrade};
use clearance::facts::Facts;
use clearance::keys::WaybillKey;
use clearance::passage::{Passage, passage};
use clearance::transit;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a parcel stands against a move, besides the states of its trade: no list of exports names it; it is held by itself; it is on its
/// way to another district, or missing there; its cancellation was applied for and is not decided.
pub const WHY: &[&str] = &["unknown", "parcel-held", "in-transfer", "cancelling"];

/// The list of a unit that is closed.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Manifest {
    /// Parcels.
    pub count: usize,
    /// Their gross weights by their lists, in kilogrammes.
    pub weight: String,
    /// The same by supervision mode.
    pub by_mode: Vec<Total>,
    /// The same by country of destination.
    pub by_destination: Vec<Total>,
    /// The same by merchant.
    pub by_enterprise: Vec<Total>,
    /// Each parcel.
    pub lines: Vec<Line>,
}

/// Parcels that have something in common.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Total {
    /// What: mode, country, or code of the merchant.
    pub of: String,
    /// How many.
    pub count: usize,
    /// Their gross weights, in kilogrammes.
    pub weight: String,
}

/// A parcel of a manifest.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Line {
    /// Carrier's code, slash, waybill number.
    pub parcel: String,
    /// The record of its bag; empty = it lies loose.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bag: String,
    /// Supervision mode of its list.
    pub mode: String,
    /// Country of destination.
    pub destination: String,
    /// Code of the merchant.
    pub enterprise: String,
    /// Gross weight by its list, in kilogrammes.
    pub weight: String,
}

/// The trade of exports whose current list names a parcel.
pub(crate) fn trade_of<'a>(facts: &'a Facts, parcel: &WaybillKey) -> Option<&'a ExportTrade> {
    let Some(ExportState::Waybill(waybill)) = facts.exports.get(&ExportKey::Waybill(parcel.clone())) else {
        return None;
    };
    let (key, number) = waybill.claimed_by.as_ref()?;
    let trade = facts.exports.get(&ExportKey::Trade(key.clone())).and_then(ExportState::trade)?;
    trade.attempt.as_ref().filter(|attempt| attempt.number == *number).map(|_| &**trade)
}

/// Why a parcel may not be in a unit; none = nothing stands against it. What is in one already may have been told gone meanwhile.
pub(crate) fn stopped(facts: &Facts, parcel: &WaybillKey, is_inside: bool) -> Option<&'static str> {
    let Some((trade, attempt)) = trade_of(facts, parcel).and_then(|one| Some((one, one.attempt.as_ref()?)))
    else {
        return Some("unknown");
    };
    if is_held(facts.records.get(&hold::key(parcel)).map(|record| &**record)) {
        return Some("parcel-held");
    }
    // A unit that goes on its way with its transfer was loaded before.
    if !is_inside && is_away(facts, parcel) {
        return Some("in-transfer");
    }
    let state = attempt.state;
    if passage(Some(state)) != Passage::Pass || (state == State::Closed && !is_inside) {
        return Some(state.word());
    }
    let cancels = |file: &clearance::export::CancellationOfExport| {
        file.filed.status == 2 && file.attempt == attempt.number
    };
    trade.cancellation.as_ref().is_some_and(cancels).then_some("cancelling")
}

/// Whether a parcel left for another district and is not confirmed there, so that nobody here has it in his hand.
fn is_away(facts: &Facts, parcel: &WaybillKey) -> bool {
    let record = facts.records.get(&transit::key(parcel)).filter(|record| record.state == transit::HELD);
    let events = record.map(|record| Standing::of(record).events).unwrap_or_default();
    events.last().is_some_and(|last| !matches!(last.what.as_str(), "applied" | "approved"))
}

/// Whether a load differs from what the lists say by more than so many thousandths of that.
pub(crate) fn differs(declared: Decimal, load: Decimal, tolerance: i64) -> bool {
    let allowed = declared.units() * i128::from(tolerance) / 1000;
    (load.units() - declared.units()).abs() > allowed
}

fn plus(sum: Decimal, one: Decimal) -> Decimal {
    // Five thousand weights of nineteen digits are within 128 bits.
    sum.checked_add(one).unwrap_or(sum)
}

/// How many have each of some words in common, and what they weigh.
fn totals<'a>(lines: impl Iterator<Item = (&'a str, Decimal)>) -> Vec<Total> {
    let mut totals: BTreeMap<&str, (usize, Decimal)> = BTreeMap::new();
    for (word, weight) in lines {
        let (count, sum) = totals.entry(word).or_default();
        *count += 1;
        *sum = plus(*sum, weight);
    }
    let total = |(of, (count, weight)): (&str, (usize, Decimal))| Total {
        of: of.to_owned(),
        count,
        weight: weight.to_string(),
    };
    totals.into_iter().map(total).collect()
}

impl Manifest {
    /// Of what is in a unit, by the lists of its parcels.
    pub(crate) fn of(facts: &Facts, unit: &Body) -> Self {
        let mut lines: Vec<(Line, Decimal)> = Vec::new();
        for (_, text, bag) in unit.all() {
            let Some(parcel) = parcel_of(text) else { continue };
            let Some(list) = trade_of(facts, &parcel).and_then(ExportTrade::declaration) else { continue };
            let head = &list.head;
            let line = Line {
                parcel: name_of(&parcel),
                bag: bag.to_owned(),
                mode: head.trade_mode.trim().to_owned(),
                destination: head.country.trim().to_owned(),
                enterprise: head.ebc_code.trim().to_owned(),
                weight: head.gross_weight.to_string(),
            };
            lines.push((line, head.gross_weight));
        }
        let by = |word: fn(&Line) -> &str| totals(lines.iter().map(|(line, weight)| (word(line), *weight)));
        let weight = lines.iter().fold(Decimal::ZERO, |sum, (_, weight)| plus(sum, *weight));
        Self {
            count: lines.len(),
            weight: weight.to_string(),
            by_mode: by(|line| line.mode.as_str()),
            by_destination: by(|line| line.destination.as_str()),
            by_enterprise: by(|line| line.enterprise.as_str()),
            lines: lines.into_iter().map(|(line, _)| line).collect(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_load_is_within_the_tolerance_up_to_its_last_unit() {
        let kilograms = |text: &str| Decimal::parse(text).unwrap();
        for (load, differing) in
            [("100", false), ("103", false), ("97", false), ("103.00001", true), ("96.99999", true)]
        {
            assert_eq!(differs(kilograms("100"), kilograms(load), 30), differing, "{load}");
        }
        assert!(differs(kilograms("100"), kilograms("100.00001"), 0));
        assert!(!differs(Decimal::ZERO, Decimal::ZERO, 30) && differs(Decimal::ZERO, Decimal::ONE, 30));
    }

    #[test]
    fn totals_are_by_word_and_exact() {
        let weight = |text: &str| Decimal::parse(text).unwrap();
        let lines = [("9610", weight("0.1")), ("1210", weight("2")), ("9610", weight("0.2"))];
        let told = totals(lines.into_iter());
        let total = |of: &str, count, weight: &str| Total { of: of.into(), count, weight: weight.into() };
        assert_eq!(told, [total("1210", 1, "2"), total("9610", 2, "0.3")]);
    }
}
