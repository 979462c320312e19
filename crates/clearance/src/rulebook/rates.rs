//! Rates of exchange (`exchange_rates.csv`): what a hundred units of a currency are worth in CNY between two days, as customs
//! publishes them month by month. A day without a rate is never guessed from another.

use super::{TableFault, rows, term};
use crate::Text;
use ceb::{Day, Decimal};
use rustc_hash::FxHashMap;

/// File name of the table.
pub(super) const FILE: &str = "exchange_rates.csv";
/// The currency that everything is converted to: CNY.
pub const CNY: &str = "142";

/// A rate, and when it holds.
#[derive(Clone, PartialEq, Eq, Debug)]
struct DatedRate {
    /// CNY for a hundred units.
    per_hundred: Decimal,
    from: Day,
    to: Option<Day>,
}

/// All rates, dated.
#[derive(Clone, Default, Debug)]
pub struct ExchangeRates {
    rates: FxHashMap<Text, Vec<DatedRate>>,
}

impl ExchangeRates {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut table = Self::default();
        let header = ["currency", "cny_per_100", "valid_from", "valid_to", "source", "note"];
        rows(FILE, text, header, faults, |[currency, rate, from, to, source, _]| {
            if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_digit()) || currency == CNY {
                return Err(format!("{currency} is no currency of three digits other than {CNY}"));
            }
            if source.is_empty() {
                return Err("a rate has a source".to_owned());
            }
            let per_hundred = Decimal::parse(rate).ok_or(format!("{rate} is not a number"))?;
            // Beyond a million for a hundred no currency has ever been: such a number is a slip.
            if per_hundred <= Decimal::ZERO || per_hundred > Decimal::from_whole(1_000_000) {
                return Err(format!("{rate} is not above 0 and at most 1000000"));
            }
            let from = term::first_day(from)?;
            let to = term::last_day(to)?;
            let dated = table.rates.entry(currency.into()).or_default();
            if dated.iter().any(|other| term::overlap((other.from, other.to), (from, to))) {
                return Err(format!("two rates of {currency} hold on the same day"));
            }
            dated.push(DatedRate { per_hundred, from, to });
            Ok(())
        });
        table
    }

    /// An amount in CNY on a day, cut to five decimals; none = there is no rate, or it is beyond what can be held.
    pub fn in_cny(&self, currency: &str, amount: Decimal, day: Day) -> Option<Decimal> {
        if currency == CNY {
            return Some(amount);
        }
        let holds = |rate: &&DatedRate| term::holds(rate.from, rate.to, day);
        let rate = self.rates.get(currency)?.iter().find(holds)?;
        let hundred = Decimal::from_whole(100).units();
        let units = amount.units().checked_mul(rate.per_hundred.units())?.checked_div(hundred)?;
        Some(Decimal::from_units(units))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "currency,cny_per_100,valid_from,valid_to,source,note\n";

    fn day(number: u32) -> Day {
        Day::from_number(number).unwrap()
    }

    fn table(text: &str) -> Result<ExchangeRates, Vec<TableFault>> {
        let mut faults = Vec::new();
        let rates = ExchangeRates::load(&format!("{HEADER}{text}"), &mut faults);
        if faults.is_empty() { Ok(rates) } else { Err(faults) }
    }

    #[test]
    fn a_rate_holds_on_its_days_and_on_no_other() {
        let rates = table("502,712.5,20261101,20261130,sample,\n502,700,20261201,,sample,\n").unwrap();
        let in_cny = |amount: i64, on: u32| rates.in_cny("502", Decimal::from_whole(amount), day(on));
        assert_eq!(in_cny(10, 20_261_031), None);
        assert_eq!(in_cny(10, 20_261_101), Decimal::parse("71.25"));
        assert_eq!(in_cny(10, 20_261_201), Some(Decimal::from_whole(70)));
        assert_eq!(rates.in_cny("300", Decimal::ONE, day(20_261_101)), None);
        assert_eq!(rates.in_cny(CNY, Decimal::ONE, day(20_261_031)), Some(Decimal::ONE));
    }

    #[test]
    fn what_is_no_rate_is_said_with_its_line() {
        for wrong in [
            "142,100,20261101,,sample,\n",
            "USD,700,20261101,,sample,\n",
            "502,0,20261101,,sample,\n",
            "502,2000000,20261101,,sample,\n",
            "502,many,20261101,,sample,\n",
            "502,700,20261101,,,\n",
            "502,700,1101,,sample,\n",
        ] {
            assert_eq!(table(wrong).unwrap_err()[0].line, 2, "{wrong}");
        }
        let twice = "502,700,20261101,20261130,sample,\n502,701,20261130,,sample,\n";
        assert_eq!(table(twice).unwrap_err()[0].line, 3);
    }
}
