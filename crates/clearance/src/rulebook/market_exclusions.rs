//! Goods that market procurement (1039) is not for (`market_exclusions.csv`): those whose export is prohibited or under licence. What
//! has no row may be declared so.

use super::{Confidence, TableFault, rows, term};
use crate::Text;
use ceb::Day;

/// File name of the table.
pub(super) const FILE: &str = "market_exclusions.csv";

/// Goods whose code begins so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarketExclusion {
    /// The beginning of the HS code.
    pub hs: Text,
    /// Where it is written.
    pub source: Text,
    /// How sure that is.
    pub confidence: Confidence,
    from: Day,
    to: Option<Day>,
}

/// All of them.
#[derive(Clone, Default, Debug)]
pub struct MarketExclusions(Vec<MarketExclusion>);

impl MarketExclusions {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut table = Self::default();
        let header = ["hs", "valid_from", "valid_to", "source", "confidence", "note"];
        rows(FILE, text, header, faults, |[hs, from, to, source, confidence, _]| {
            if !(2..=10).contains(&hs.len()) || !hs.bytes().all(|digit| digit.is_ascii_digit()) {
                return Err(format!("hs is the first 2 to 10 digits of a code, not {hs}"));
            }
            if source.is_empty() {
                return Err("an exclusion has a source".to_owned());
            }
            let row = MarketExclusion {
                hs: hs.into(),
                source: source.into(),
                confidence: term::certainty(confidence)?,
                from: term::first_day(from)?,
                to: term::last_day(to)?,
            };
            let overlaps = |other: &MarketExclusion| {
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

    /// The surest row of a code on a day; none = it may be declared so.
    pub fn of_code(&self, hs: &str, day: Day) -> Option<&MarketExclusion> {
        let holds = |row: &&MarketExclusion| {
            hs.trim().starts_with(row.hs.as_str()) && term::holds(row.from, row.to, day)
        };
        self.0.iter().filter(holds).min_by_key(|row| row.confidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "hs,valid_from,valid_to,source,confidence,note\n";

    fn table(text: &str) -> Result<MarketExclusions, Vec<TableFault>> {
        let mut faults = Vec::new();
        let table = MarketExclusions::load(&format!("{HEADER}{text}"), &mut faults);
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }

    #[test]
    fn the_surest_row_of_its_day_counts() {
        let rows = "44,20190101,,s,unsure,\n440290,20190101,20261130,s,known,\n";
        let table = table(rows).unwrap();
        let of = |day: u32| {
            let row = table.of_code("4402900090", Day::from_number(day).unwrap()).unwrap();
            (row.hs.to_string(), row.confidence)
        };
        assert_eq!(of(20_261_130), ("440290".to_owned(), Confidence::Known));
        assert_eq!(of(20_261_201), ("44".to_owned(), Confidence::Unsure));
        assert!(table.of_code("9503002100", Day::from_number(20_261_130).unwrap()).is_none());
    }

    #[test]
    fn what_is_no_exclusion_is_said_with_its_line() {
        for wrong in ["x,20190101,,s,unsure,\n", "44,20190101,,,unsure,\n", "44,20190101,,s,perhaps,\n"] {
            assert_eq!(table(wrong).unwrap_err()[0].line, 2, "{wrong}");
        }
        let twice = "44,20190101,20261231,s,unsure,\n44,20261231,,s,known,\n";
        assert_eq!(table(twice).unwrap_err()[0].line, 3);
    }
}
