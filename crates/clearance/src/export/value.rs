//! What an export is worth in CNY: its totals, each in its currency, with the rates of the day on which its list was recorded.

use crate::rulebook::ExchangeRates;
use ceb::{Day, Decimal, ExportDeclaration};

/// The value of a list, fen, rounded once over all its lines; none = a currency has no rate on that day, or it is beyond what
/// can be held.
pub fn of_list(declaration: &ExportDeclaration, rates: &ExchangeRates, day: Day) -> Option<i64> {
    let amounts = declaration.lines.iter().map(|line| (line.currency.as_str(), line.total_price));
    sum(amounts, rates, day)
}

/// The value of part of a list: quantities by number of line. A line that the list does not have is worth nothing.
pub fn of_part(
    declaration: &ExportDeclaration,
    part: impl Iterator<Item = (u32, Decimal)>,
    rates: &ExchangeRates,
    day: Day,
) -> Option<i64> {
    let mut amounts = Vec::new();
    for (gnum, qty) in part {
        let Some(line) = declaration.lines.iter().find(|line| line.gnum == gnum) else { continue };
        let units = line.total_price.units().checked_mul(qty.units())?;
        amounts.push((line.currency.as_str(), Decimal::from_units(units.checked_div(line.qty.units())?)));
    }
    sum(amounts.into_iter(), rates, day)
}

fn sum<'a>(
    mut amounts: impl Iterator<Item = (&'a str, Decimal)>,
    rates: &ExchangeRates,
    day: Day,
) -> Option<i64> {
    let sum = amounts.try_fold(Decimal::ZERO, |sum, (currency, amount)| {
        sum.checked_add(rates.in_cny(currency, amount, day)?)
    })?;
    sum.fen_half_up().map(|(fen, _)| fen)
}
