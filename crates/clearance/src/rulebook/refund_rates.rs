//! Rates of refund (`refund_rates.csv`): how much of the value of exported goods is refunded of the value-added tax that was paid for
//! them. What has no row is not known here, which is not the same as no refund: that is a row of 0.

use super::{Confidence, Rate, TableFault, rows, term};
use crate::Text;
use ceb::Day;

/// File name of the table.
pub(super) const FILE: &str = "refund_rates.csv";

/// The rate of goods whose code begins so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundRate {
    /// The beginning of the HS code.
    pub hs: Text,
    /// Of the price without tax; 0 = nothing is refunded.
    pub rate: Rate,
    /// How sure that is.
    pub confidence: Confidence,
    from: Day,
    to: Option<Day>,
}

/// All of them.
#[derive(Clone, Default, Debug)]
pub struct RefundRates(Vec<RefundRate>);

impl RefundRates {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut table = Self::default();
        let header = ["hs", "rate_percent", "valid_from", "valid_to", "source", "confidence", "note"];
        rows(FILE, text, header, faults, |[hs, rate, from, to, source, confidence, _]| {
            if !(2..=10).contains(&hs.len()) || !hs.bytes().all(|digit| digit.is_ascii_digit()) {
                return Err(format!("hs is the first 2 to 10 digits of a code, not {hs}"));
            }
            if source.is_empty() {
                return Err("a rate has a source".to_owned());
            }
            let rate = Rate::parse_percent(rate).filter(|rate| rate.0 < Rate::WHOLE);
            let row = RefundRate {
                hs: hs.into(),
                rate: rate.ok_or("rate_percent is a percentage below 100")?,
                confidence: term::certainty(confidence)?,
                from: term::first_day(from)?,
                to: term::last_day(to)?,
            };
            let overlaps = |other: &RefundRate| {
                other.hs == row.hs && term::overlap((other.from, other.to), (row.from, row.to))
            };
            if table.0.iter().any(overlaps) {
                return Err(format!("two rows of {hs} hold on the same day"));
            }
            table.0.push(row);
            Ok(())
        });
        table
    }

    /// The row of a code on a day: the one with the longest beginning; none = it is not known.
    pub fn of_code(&self, hs: &str, day: Day) -> Option<&RefundRate> {
        let holds =
            |row: &&RefundRate| hs.trim().starts_with(row.hs.as_str()) && term::holds(row.from, row.to, day);
        self.0.iter().filter(holds).max_by_key(|row| row.hs.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "hs,rate_percent,valid_from,valid_to,source,confidence,note\n";

    fn table(text: &str) -> Result<RefundRates, Vec<TableFault>> {
        let mut faults = Vec::new();
        let table = RefundRates::load(&format!("{HEADER}{text}"), &mut faults);
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }

    #[test]
    fn the_longest_beginning_that_holds_on_the_day_counts() {
        let day = |number| Day::from_number(number).unwrap();
        let table = table(
            "85,13,20200320,,sample,known,\n854142,9,20241201,20260331,sample,known,\n854142,0,20260401,,sample,known,\n",
        )
        .unwrap();
        let rate = |hs: &str, on| table.of_code(hs, day(on)).map(|row| row.rate);
        assert_eq!(rate("8541420000", 20_241_130), Some(Rate::percent(13)));
        assert_eq!(rate("8541420000", 20_260_331), Some(Rate::percent(9)));
        assert_eq!(
            rate("8541420000", 20_260_401),
            Some(Rate::percent(0)),
            "refunded no more, which is known"
        );
        assert_eq!(rate("8541420000", 20_200_319), None);
        assert_eq!(rate("9503002100", 20_261_201), None, "what has no row is not known");
    }

    #[test]
    fn what_is_no_rate_is_said_with_its_line() {
        for wrong in [
            "x,13,20190101,,s,unsure,\n",
            "85,many,20190101,,s,unsure,\n",
            "85,100,20190101,,s,unsure,\n",
            "85,13,20190101,,,unsure,\n",
            "85,13,20190101,,s,perhaps,\n",
        ] {
            assert_eq!(table(wrong).unwrap_err()[0].line, 2, "{wrong}");
        }
        let twice = "85,13,20190101,20261231,s,unsure,\n85,9,20261231,,s,unsure,\n";
        assert_eq!(table(twice).unwrap_err()[0].line, 3);
    }
}
