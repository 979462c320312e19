//! Answers on inspections: what was found, what followed, and what an officer may record today.

use super::Both;
use serde::Deserialize;

/// What was found of a line, or of the whole.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Found {
    /// The declared line; 0 = the whole.
    pub line: u32,
    /// A word of the table of results.
    pub result: String,
    /// Its name.
    pub name: Both,
    /// Under which law.
    pub law: Both,
    /// Who decides then.
    pub decides: Both,
    /// What was counted.
    pub quantity: Option<String>,
    /// What was weighed, in kilograms.
    pub weight: Option<String>,
    /// For officers: whether it counts for credit.
    pub credit: Option<bool>,
    /// For officers: whether a model of risk may learn from it.
    pub risk: Option<bool>,
}

/// An inspection, as its reader is told it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Inspection {
    /// Its row.
    pub position: u64,
    /// When.
    pub time: String,
    /// What followed.
    pub measure: String,
    /// Whether that waits for a second officer.
    pub proposed: bool,
    /// Whether the party is told what was found.
    pub told: bool,
    /// What was found.
    pub found: Vec<Found>,
    /// What the officer said.
    pub text: String,
    /// Where.
    pub place: String,
    /// For officers: the report of another agency that it rests on; empty = none.
    pub report: String,
    /// SHA-256 of each photograph.
    pub photographs: Vec<String>,
    /// For officers: who looked.
    pub officers: Option<Vec<String>>,
    /// For officers: where it stands: `alone`, or where two look `waits`, `confirmed`, `contested`, `overtaken`.
    pub standing: String,
    /// For officers: by whom it was contested, and why.
    pub contested: Option<Contested>,
}

/// That a second officer found something else.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Contested {
    /// Who.
    pub officer: String,
    /// When.
    pub time: String,
    /// Why.
    pub text: String,
}

/// An inspection that waits for its second officer.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Unconfirmed {
    /// Who recorded it.
    pub officer: String,
    /// His office.
    pub party: String,
    /// When.
    pub time: String,
    /// What is to follow.
    pub measure: String,
    /// Whether the reader may confirm or contest it.
    pub yours: bool,
}

/// A result that an inspection may have.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct ResultRow {
    /// Its word.
    pub result: String,
    /// Its name.
    pub name: Both,
    /// What may follow, the usual first.
    pub measures: Vec<String>,
    /// `quantity`, `weight` or nothing.
    pub measured: String,
    /// How many officers look.
    pub officers: u8,
    /// Whether it counts for credit.
    pub credit: bool,
    /// Whether a model of risk may learn from it.
    pub risk: bool,
    /// Whether the party is told.
    pub told: bool,
    /// Who decides then.
    pub decides: Both,
    /// Under which law.
    pub law: Both,
    /// How sure the row is.
    pub certainty: String,
}

/// A declared line.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Declared {
    /// Its number.
    pub gnum: u32,
    /// HS code.
    pub gcode: String,
    /// Name of the goods.
    pub name: String,
    /// Declared quantity.
    pub quantity: String,
    /// Its unit.
    pub unit: String,
}

/// What an inspection of a trade may say today.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct InspectionForm {
    /// The table of results.
    pub results: Vec<ResultRow>,
    /// The declared lines.
    pub lines: Vec<Declared>,
    /// Whether the second officer confirms by himself where two look; otherwise the first names him.
    pub second_confirms: bool,
    /// Photographs at most.
    pub photographs: u32,
    /// Bytes of one at most.
    pub photograph_bytes: u64,
    /// Reports of other agencies that a decision may rest on.
    pub reports: Vec<Report>,
}

/// A report of another agency's inspection that the reader's office recognises.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Report {
    /// Its record.
    pub report: String,
    /// Its version.
    pub version: u32,
    /// Who inspected.
    pub by_name: String,
    /// Number of the report.
    pub number: String,
    /// The day, and the last day on which it holds, as yyyyMMdd.
    pub day: u32,
    /// The last day.
    pub until: u32,
    /// What was found.
    pub found: Vec<Found>,
    /// What may follow.
    pub measures: Vec<String>,
}
