//! Which model gives declarations the score that rules may read, dated (`risk_models.csv`): named by the digest of its file, so
//! that a model comes into use, and goes out of it, as every rule does: by a draft, a trial and a second person. What a model is
//! belongs to the crate `inspection`, who asks it to the server; here it is a name. Imports and exports have a model each: the last
//! column says of which trade one is, and a table of before there was that column names models of imports.

use super::{TableFault, rows_widened, term};
use crate::Text;
use ceb::Day;

/// The table.
pub const FILE: &str = "risk_models.csv";

/// Hexadecimal digits of a digest.
const DIGITS: usize = 64;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Row {
    digest: Text,
    /// Whether it is of exports; else of imports.
    exports: bool,
    from: Day,
    to: Option<Day>,
}

/// The models in use, by day: of each trade at most one.
#[derive(Clone, Default, Debug)]
pub struct RiskModels(Vec<Row>);

impl RiskModels {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut table = Self::default();
        let header = ["digest", "valid_from", "valid_to", "note", "trade"];
        rows_widened(FILE, text, (header, &["import"]), faults, |[digest, from, to, _, trade]| {
            let is_digit = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
            if digest.len() != DIGITS || !digest.bytes().all(is_digit) {
                return Err(format!(
                    "digest is that of the model's file, {DIGITS} hexadecimal digits in lower case, not {digest}"
                ));
            }
            let exports = match trade {
                "import" => false,
                "export" => true,
                other => return Err(format!("trade is import or export, not {other}")),
            };
            let (from, to) = (term::first_day(from)?, term::last_day(to)?);
            let row = Row { digest: digest.into(), exports, from, to };
            if row.to.is_some_and(|to| to < row.from) {
                return Err("valid_to is before valid_from".to_owned());
            }
            if table.0.iter().any(|other| other.digest == row.digest && other.exports != exports) {
                return Err("a model is of one trade, and stands here under both".to_owned());
            }
            let overlaps = |other: &Row| {
                other.exports == exports && term::overlap((other.from, other.to), (row.from, row.to))
            };
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

    /// Digest of the model of imports in use on a day.
    pub fn on(&self, day: Day) -> Option<&Text> {
        self.of(false, day)
    }

    /// Digest of the model of exports in use on a day.
    pub fn of_exports_on(&self, day: Day) -> Option<&Text> {
        self.of(true, day)
    }

    fn of(&self, exports: bool, day: Day) -> Option<&Text> {
        let mut own = self.0.iter().filter(|row| row.exports == exports);
        own.find(|row| term::holds(row.from, row.to, day)).map(|row| &row.digest)
    }

    /// Whether some model of a trade is in use on some of these days.
    pub(crate) fn any_between(&self, from: Day, to: Option<Day>, exports: bool) -> bool {
        let mut own = self.0.iter().filter(|row| row.exports == exports);
        own.any(|row| term::overlap((row.from, row.to), (from, to)))
    }
}
