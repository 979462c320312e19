//! What goods add to the share that is opened at random, dated (`sampling_goods.csv`): percent of it by the beginning of the HS
//! code. The draw itself is `crate::risk`'s.

use super::{TableFault, rows, term};
use ceb::{Day, Declaration};

/// The table.
pub(super) const FILE: &str = "sampling_goods.csv";

/// Percent of what is as all are.
const ALL: i64 = 100;
/// The largest factor: whatever the mode, all may be opened.
const MOST: i64 = 100_000;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Row {
    prefix: String,
    factor: i64,
    from: Day,
    to: Option<Day>,
}

/// Factors by the beginning of the HS code.
#[derive(Clone, Default, Debug)]
pub struct SamplingGoods(Vec<Row>);

impl SamplingGoods {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut table = Self::default();
        let header = ["hs", "factor", "valid_from", "valid_to", "source", "certainty"];
        rows(FILE, text, header, faults, |[hs, factor, from, to, source, certainty]| {
            if !(2..=10).contains(&hs.len()) || !hs.bytes().all(|digit| digit.is_ascii_digit()) {
                return Err(format!("hs is the first 2 to 10 digits of a code, not {hs}"));
            }
            let row = Row {
                prefix: hs.to_owned(),
                factor: factor
                    .parse()
                    .ok()
                    .filter(|factor| (1..=MOST).contains(factor))
                    .ok_or_else(|| format!("factor is percent from 1 to {MOST}, not {factor}"))?,
                from: term::first_day(from)?,
                to: term::last_day(to)?,
            };
            if row.to.is_some_and(|to| to < row.from) {
                return Err("valid_to is before valid_from".to_owned());
            }
            if source.is_empty() {
                return Err("a factor has a source".to_owned());
            }
            term::certainty(certainty)?;
            let overlaps = |other: &Row| {
                other.prefix == row.prefix && term::overlap((other.from, other.to), (row.from, row.to))
            };
            if table.0.iter().any(overlaps) {
                return Err(format!("two rows of {hs} hold on the same day"));
            }
            table.0.push(row);
            Ok(())
        });
        table
    }

    /// Percent for a code on a day: that of the longest beginning that is there.
    pub fn of_code(&self, hs: &str, day: Day) -> i64 {
        let holds = |row: &&Row| hs.starts_with(row.prefix.as_str()) && term::holds(row.from, row.to, day);
        self.0.iter().filter(holds).max_by_key(|row| row.prefix.len()).map_or(ALL, |row| row.factor)
    }

    /// Percent for a declaration: the highest of its lines.
    pub fn of(&self, declaration: &Declaration, day: Day) -> i64 {
        self.of_codes(declaration.lines.iter().map(|line| line.gcode.as_str()), day)
    }

    /// Percent for goods of several codes: the highest of them.
    pub fn of_codes<'a>(&self, codes: impl Iterator<Item = &'a str>, day: Day) -> i64 {
        codes.map(|code| self.of_code(code.trim(), day)).max().unwrap_or(ALL)
    }
}
