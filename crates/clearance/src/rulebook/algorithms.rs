//! Which algorithms the window accepts for signatures of messages, and when. What a party narrows for itself is in its filing.

use super::{Confidence, TableFault, rows, term};
use crate::Text;
use ceb::Day;

/// The table.
pub(super) const FILE: &str = "signature_algorithms.csv";

/// One algorithm, from a day to a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AcceptedAlgorithm {
    /// `rsa-sha1`, `rsa-sha256`, `sm2-sm3`.
    pub name: Text,
    /// First day.
    pub valid_from: Day,
    /// Last day; none = until further notice.
    pub valid_to: Option<Day>,
    /// Where it is written.
    pub source: Text,
    /// How sure the row is.
    pub confidence: Confidence,
}

/// All of them. A rulebook that was published before there was this table has none, and accepts what can be verified.
#[derive(Clone, Default, Debug)]
pub struct Algorithms(Option<Vec<AcceptedAlgorithm>>);

impl Algorithms {
    pub(super) fn load(text: Option<&str>, faults: &mut Vec<TableFault>) -> Self {
        let Some(text) = text else { return Self::default() };
        let mut accepted: Vec<AcceptedAlgorithm> = Vec::new();
        let header = ["algorithm", "valid_from", "valid_to", "source", "confidence", "note"];
        rows(FILE, text, header, faults, |[name, from, to, source, confidence, _]| {
            if !ceb::signature::Algorithm::ALL.iter().any(|known| known.name() == name) {
                return Err(format!("{name} is no algorithm that can be verified"));
            }
            if source.is_empty() {
                return Err("a row has a source".to_owned());
            }
            let last = || Day::parse(to).ok_or("valid_to is yyyyMMdd or empty");
            accepted.push(AcceptedAlgorithm {
                name: name.into(),
                valid_from: term::first_day(from)?,
                valid_to: if to.is_empty() { None } else { Some(last()?) },
                source: source.into(),
                confidence: Confidence::from_word(confidence)
                    .ok_or_else(|| format!("{confidence} is not a confidence"))?,
            });
            Ok(())
        });
        Self(Some(accepted))
    }

    /// Every row.
    pub fn all(&self) -> &[AcceptedAlgorithm] {
        self.0.as_deref().unwrap_or_default()
    }

    /// What is accepted on a day; none = no table says: all that can be verified.
    pub fn on(&self, day: Day) -> Option<Vec<&str>> {
        let holds = |row: &&AcceptedAlgorithm| term::holds(row.valid_from, row.valid_to, day);
        Some(self.0.as_ref()?.iter().filter(holds).map(|row| row.name.as_str()).collect())
    }
}
