//! Export duties (`export_duties.csv`): the few goods that are taxed when they leave. What has no row leaves free of duty.

use super::{Confidence, Rate, TableFault, rows, term};
use crate::Text;
use ceb::Day;

/// File name of the table.
pub(super) const FILE: &str = "export_duties.csv";

/// The duty on goods whose code begins so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportDuty {
    /// The beginning of the HS code.
    pub hs: Text,
    /// Of the price without the duty.
    pub rate: Rate,
    /// How sure that is.
    pub confidence: Confidence,
    from: Day,
    to: Option<Day>,
}

impl ExportDuty {
    /// The duty in a price, both in fen: the price has the duty in it, so it is price × rate ÷ (1 + rate), half-up.
    pub fn duty(&self, price: i64) -> i64 {
        let (rate, whole) = (i128::from(self.rate.0), i128::from(Rate::WHOLE + self.rate.0));
        let exact = i128::from(price.max(0)) * rate;
        i64::try_from((exact * 2 + whole) / (whole * 2)).unwrap_or(i64::MAX)
    }
}

/// All of them.
#[derive(Clone, Default, Debug)]
pub struct ExportDuties(Vec<ExportDuty>);

impl ExportDuties {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut table = Self::default();
        let header = ["hs", "rate_percent", "valid_from", "valid_to", "source", "confidence", "note"];
        rows(FILE, text, header, faults, |[hs, rate, from, to, source, confidence, _]| {
            if !(2..=10).contains(&hs.len()) || !hs.bytes().all(|digit| digit.is_ascii_digit()) {
                return Err(format!("hs is the first 2 to 10 digits of a code, not {hs}"));
            }
            if source.is_empty() {
                return Err("a duty has a source".to_owned());
            }
            let row = ExportDuty {
                hs: hs.into(),
                rate: Rate::parse_percent(rate).ok_or(format!("{rate} is not a percentage"))?,
                confidence: Confidence::from_word(confidence)
                    .ok_or("confidence is seen, known, memory or unsure")?,
                from: term::first_day(from)?,
                to: term::last_day(to)?,
            };
            let overlaps = |other: &ExportDuty| {
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

    /// The row of a code on a day: the one with the longest beginning; none = it leaves free of duty.
    pub fn of_code(&self, hs: &str, day: Day) -> Option<&ExportDuty> {
        let holds =
            |row: &&ExportDuty| hs.trim().starts_with(row.hs.as_str()) && term::holds(row.from, row.to, day);
        self.0.iter().filter(holds).max_by_key(|row| row.hs.len())
    }

    /// The first row of goods under a heading on a day that bear a duty: of them a list that says no more than the heading may be.
    pub fn under(&self, heading: &str, day: Day) -> Option<&ExportDuty> {
        let bears = |row: &&ExportDuty| row.rate.0 > 0 && term::holds(row.from, row.to, day);
        self.0.iter().filter(bears).find(|row| row.hs.starts_with(heading))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "hs,rate_percent,valid_from,valid_to,source,confidence,note\n";

    fn table(text: &str) -> Result<ExportDuties, Vec<TableFault>> {
        let mut faults = Vec::new();
        let table = ExportDuties::load(&format!("{HEADER}{text}"), &mut faults);
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }

    #[test]
    fn the_longest_beginning_counts_and_the_price_has_the_duty_in_it() {
        let day = Day::from_number(20_261_201).unwrap();
        let table =
            table("7404,30,20190101,,sample,unsure,\n74040000,20,20190101,,sample,unsure,\n").unwrap();
        let row = table.of_code("7404000010", day).unwrap();
        assert_eq!(row.duty(12_000), 2_000, "a fifth on top of 100.00");
        assert_eq!(row.duty(1), 0);
        assert_eq!(table.of_code("7404100000", day).unwrap().duty(13_000), 3_000);
        assert!(table.of_code("9503002100", day).is_none());
        assert_eq!(table.under("7404", day).map(|row| row.rate), Some(Rate::percent(30)));
        assert!(table.under("7405", day).is_none());
    }

    #[test]
    fn what_is_no_duty_is_said_with_its_line() {
        for wrong in
            ["x,30,20190101,,s,unsure,\n", "74,many,20190101,,s,unsure,\n", "74,3,20190101,,,unsure,\n"]
        {
            assert_eq!(table(wrong).unwrap_err()[0].line, 2, "{wrong}");
        }
        let twice = "74,30,20190101,20261231,s,unsure,\n74,20,20261231,,s,unsure,\n";
        assert_eq!(table(twice).unwrap_err()[0].line, 3);
    }
}
