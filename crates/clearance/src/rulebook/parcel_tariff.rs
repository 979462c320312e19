//! Rates of the tax on parcels by heading (`parcel_tax.csv`) and the catalogue of dutiable values (`parcel_values.csv`), both
//! dated. Leaves to `crate::parcel_tax` what is due.

use super::{TableFault, rows, term};
use crate::Text;
use ceb::Day;

/// The table of rates.
pub(super) const RATES: &str = "parcel_tax.csv";
/// The catalogue.
pub(super) const VALUES: &str = "parcel_values.csv";

/// A heading of articles, and its rate between two days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParcelHeading {
    /// Its code: `01`, or `07-high` for a part of one that has another rate.
    pub heading: Text,
    /// What it is called in Chinese.
    pub name_zh: Text,
    /// And in English.
    pub name_en: Text,
    /// Beginnings of HS codes that are of it for sure; none = the code does not tell, a person does.
    pub hs: Vec<Text>,
    /// Percent.
    pub percent: i64,
    from: Day,
    to: Option<Day>,
}

/// What a value of the catalogue is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Per {
    /// For each piece.
    Piece,
    /// For each kilogram of net weight.
    Kilogram,
}

/// An entry of the catalogue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CatalogueEntry {
    /// Its word.
    pub entry: Text,
    /// Heading that it is of.
    pub heading: Text,
    /// What it is called in Chinese.
    pub name_zh: Text,
    /// And in English.
    pub name_en: Text,
    /// Dutiable value in fen.
    pub fen: i64,
    /// For what.
    pub per: Per,
    from: Day,
    to: Option<Day>,
}

/// Both tables.
#[derive(Clone, Default, Debug)]
pub struct ParcelTariff {
    headings: Vec<ParcelHeading>,
    entries: Vec<CatalogueEntry>,
}

impl ParcelTariff {
    pub(super) fn load(rates: &str, values: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut table = Self::default();
        table.load_rates(rates, faults);
        table.load_values(values, faults);
        table
    }

    fn load_rates(&mut self, text: &str, faults: &mut Vec<TableFault>) {
        let header = [
            "heading",
            "name_zh",
            "name_en",
            "hs",
            "percent",
            "valid_from",
            "valid_to",
            "source",
            "certainty",
        ];
        rows(RATES, text, header, faults, |[heading, zh, en, hs, percent, from, to, source, certainty]| {
            if heading.is_empty() || zh.is_empty() || en.is_empty() || source.is_empty() {
                return Err("a heading has a code, names and a source".to_owned());
            }
            term::certainty(certainty)?;
            let prefixes: Vec<Text> = hs.split_whitespace().map(Text::from).collect();
            let is_code =
                |hs: &Text| (2..=10).contains(&hs.len()) && hs.bytes().all(|digit| digit.is_ascii_digit());
            if let Some(wrong) = prefixes.iter().find(|hs| !is_code(hs)) {
                return Err(format!("hs has beginnings of codes, 2 to 10 digits, not {wrong}"));
            }
            let row = ParcelHeading {
                heading: heading.into(),
                name_zh: zh.into(),
                name_en: en.into(),
                hs: prefixes,
                percent: percent
                    .parse()
                    .ok()
                    .filter(|percent| (0..=100).contains(percent))
                    .ok_or_else(|| format!("percent is a whole number from 0 to 100, not {percent}"))?,
                from: term::first_day(from)?,
                to: term::last_day(to)?,
            };
            let same_days =
                |other: &&ParcelHeading| term::overlap((row.from, row.to), (other.from, other.to));
            for other in self.headings.iter().filter(same_days) {
                if other.heading == row.heading {
                    return Err(format!("two rows of {heading} hold on the same day"));
                }
                if let Some(twice) = row.hs.iter().find(|hs| other.hs.contains(hs)) {
                    return Err(format!("{twice} is of {} and of {heading} on the same day", other.heading));
                }
            }
            self.headings.push(row);
            Ok(())
        });
    }

    fn load_values(&mut self, text: &str, faults: &mut Vec<TableFault>) {
        let header = [
            "entry",
            "heading",
            "name_zh",
            "name_en",
            "value_fen",
            "per",
            "valid_from",
            "valid_to",
            "source",
            "certainty",
        ];
        rows(
            VALUES,
            text,
            header,
            faults,
            |[entry, heading, zh, en, fen, per, from, to, source, certainty]| {
                if entry.is_empty() || zh.is_empty() || en.is_empty() || source.is_empty() {
                    return Err("an entry has a word, names and a source".to_owned());
                }
                term::certainty(certainty)?;
                if !self.has_heading(heading) {
                    return Err(format!("{heading} is no heading of {RATES}"));
                }
                let row = CatalogueEntry {
                    entry: entry.into(),
                    heading: heading.into(),
                    name_zh: zh.into(),
                    name_en: en.into(),
                    fen: fen
                        .parse()
                        .ok()
                        .filter(|fen| (1..=10_000_000_000).contains(fen))
                        .ok_or_else(|| format!("value_fen is a whole number above 0, not {fen}"))?,
                    per: match per {
                        "piece" => Per::Piece,
                        "kilogram" => Per::Kilogram,
                        _ => return Err(format!("per is piece or kilogram, not {per}")),
                    },
                    from: term::first_day(from)?,
                    to: term::last_day(to)?,
                };
                let holds_too = |other: &CatalogueEntry| {
                    other.entry == row.entry && term::overlap((row.from, row.to), (other.from, other.to))
                };
                if self.entries.iter().any(holds_too) {
                    return Err(format!("two rows of {entry} hold on the same day"));
                }
                self.entries.push(row);
                Ok(())
            },
        );
    }

    /// Whether a heading is there on any day.
    pub fn has_heading(&self, heading: &str) -> bool {
        self.headings.iter().any(|row| row.heading == heading)
    }

    /// Whether the catalogue has an entry on any day.
    pub fn has_entry(&self, entry: &str) -> bool {
        self.entries.iter().any(|row| row.entry == entry)
    }

    /// A heading as it holds on a day.
    pub fn heading(&self, heading: &str, day: Day) -> Option<&ParcelHeading> {
        self.headings.iter().find(|row| row.heading == heading && term::holds(row.from, row.to, day))
    }

    /// The heading that an HS code is of for sure: that of the longest beginning.
    pub fn of_hs(&self, hs: &str, day: Day) -> Option<&ParcelHeading> {
        let longest = |row: &ParcelHeading| {
            let fits = row.hs.iter().filter(|prefix| hs.starts_with(prefix.as_str()));
            fits.map(|prefix| prefix.len()).max()
        };
        let found = self.headings.iter().filter(|row| term::holds(row.from, row.to, day));
        found
            .filter_map(|row| Some((longest(row)?, row)))
            .max_by_key(|(length, _)| *length)
            .map(|(_, row)| row)
    }

    /// An entry of the catalogue as it holds on a day.
    pub fn entry(&self, entry: &str, day: Day) -> Option<&CatalogueEntry> {
        self.entries.iter().find(|row| row.entry == entry && term::holds(row.from, row.to, day))
    }
}
