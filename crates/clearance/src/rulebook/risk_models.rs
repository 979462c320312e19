//! Which model gives declarations the score that rules may read, dated (`risk_models.csv`): named by the digest of its file, so
//! that a model comes into use, and goes out of it, as every rule does: by a draft, a trial and a second person. What a model is
//! belongs to the crate `inspection`, who asks it to the server; here it is a name.

use super::{TableFault, rows, term};
use crate::Text;
use ceb::Day;

/// The table.
pub const FILE: &str = "risk_models.csv";

/// Hexadecimal digits of a digest.
const DIGITS: usize = 64;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Row {
    digest: Text,
    from: Day,
    to: Option<Day>,
}

/// The models in use, by day: at most one.
#[derive(Clone, Default, Debug)]
pub struct RiskModels(Vec<Row>);

impl RiskModels {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut table = Self::default();
        rows(FILE, text, ["digest", "valid_from", "valid_to", "note"], faults, |[digest, from, to, _]| {
            let is_digit = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
            if digest.len() != DIGITS || !digest.bytes().all(is_digit) {
                return Err(format!(
                    "digest is that of the model's file, {DIGITS} hexadecimal digits in lower case, not {digest}"
                ));
            }
            let row = Row { digest: digest.into(), from: term::first_day(from)?, to: term::last_day(to)? };
            if row.to.is_some_and(|to| to < row.from) {
                return Err("valid_to is before valid_from".to_owned());
            }
            let overlaps = |other: &Row| term::overlap((other.from, other.to), (row.from, row.to));
            if table.0.iter().any(overlaps) {
                return Err("two models would be in use on the same day: end the one before".to_owned());
            }
            table.0.push(row);
            Ok(())
        });
        table
    }

    /// Whether no model is in use on any day.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Digest of the model in use on a day.
    pub fn on(&self, day: Day) -> Option<&Text> {
        self.0.iter().find(|row| term::holds(row.from, row.to, day)).map(|row| &row.digest)
    }

    /// Whether some model is in use on some of these days.
    pub(crate) fn any_between(&self, from: Day, to: Option<Day>) -> bool {
        self.0.iter().any(|row| term::overlap((row.from, row.to), (from, to)))
    }
}
