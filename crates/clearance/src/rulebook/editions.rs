//! Editions of the list of retail import goods: when each came into force and by which notice. Which codes an edition
//! has is said by the tariff, whose rows name the day of the edition that first listed them.

use super::{Confidence, TableFault, rows};
use crate::Text;
use ceb::Day;

/// One edition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListEdition {
    /// Its name, `2022-03`.
    pub name: Text,
    /// First day.
    pub valid_from: Day,
    /// How many codes it was published with.
    pub codes: u32,
    /// The notice.
    pub source: Text,
    /// How sure the row is.
    pub confidence: Confidence,
}

/// All editions, the oldest first.
#[derive(Clone, Default, Debug)]
pub struct ListEditions(Vec<ListEdition>);

impl ListEditions {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut editions: Vec<ListEdition> = Vec::new();
        let header = ["edition", "valid_from", "codes", "source", "confidence"];
        rows("list_editions.csv", text, header, faults, |[name, from, codes, source, confidence]| {
            if source.is_empty() {
                return Err("an edition has a source".to_owned());
            }
            let edition = ListEdition {
                name: name.into(),
                valid_from: Day::parse(from).ok_or("valid_from is yyyyMMdd")?,
                codes: codes.parse().map_err(|_| format!("{codes} is not a number of codes"))?,
                source: source.into(),
                confidence: Confidence::from_word(confidence)
                    .ok_or_else(|| format!("{confidence} is not a confidence"))?,
            };
            if editions.last().is_some_and(|last| last.valid_from >= edition.valid_from) {
                return Err(format!("edition {name} does not come after the one before"));
            }
            editions.push(edition);
            Ok(())
        });
        Self(editions)
    }

    /// All of them, the oldest first.
    pub fn all(&self) -> &[ListEdition] {
        &self.0
    }

    /// The edition in force on a day; none before the first.
    pub fn on(&self, day: Day) -> Option<&ListEdition> {
        self.0.iter().rev().find(|edition| edition.valid_from <= day)
    }

    /// The edition that begins on a day.
    pub(super) fn beginning(&self, day: Day) -> Option<&ListEdition> {
        self.0.iter().find(|edition| edition.valid_from == day)
    }
}
