//! Answers about the credit of a party, and the lists that everybody may read.

use super::Both;
use serde::Deserialize;

/// A party on a list.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Listed {
    /// Its code.
    pub party: String,
    /// Its name, where it is filed.
    pub name: Option<String>,
    /// Which list.
    pub list: String,
    /// What it rests on.
    pub legal_basis: String,
    /// First day.
    pub valid_from: Option<String>,
    /// Last day; none = without end.
    pub valid_to: Option<String>,
    /// Day from which repair may be asked for.
    pub repair_from: Option<String>,
    /// Whether an appeal waits.
    pub appealed: bool,
}

/// Everybody on a published list.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Published {
    /// As of this day.
    pub day: String,
    /// Whoever is listed.
    pub listed: Vec<Listed>,
}

/// A dimension with its weight.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Dimension {
    /// Its word.
    pub dimension: String,
    /// Its name.
    pub name: Both,
    /// Parts per million of the whole.
    pub weight: u64,
    /// Consistency ratio of the comparisons, parts per million.
    pub inconsistency: u64,
}

/// What an indicator gave and why.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// Its word.
    pub indicator: String,
    /// The dimension it belongs to.
    pub dimension: String,
    /// Its name.
    pub name: Names,
    /// Whether it counts: `nothing`, `too-few`, `enough`.
    pub told: String,
    /// Points of 100, thousandths.
    pub points: u64,
    /// Parts per million of all weight.
    pub weight: u64,
    /// What it gives of 1,000, thousandths.
    pub gives: u64,
    /// Observations that it rests on.
    pub observations: Vec<String>,
    /// Those of them that are contested.
    pub contested: Vec<String>,
    /// The arithmetic in words.
    pub text: Both,
}

/// A name that may be missing.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Names {
    /// English.
    pub en: Option<String>,
    /// Chinese.
    pub zh: Option<String>,
}

/// A fact that rules a good grade out.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Veto {
    /// Its word.
    pub veto: String,
    /// Its name.
    pub name: Names,
    /// The observation.
    pub record: String,
    /// Its last day.
    pub valid_to: String,
}

/// A list of another enterprise that reaches one.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReachedBy {
    /// The list.
    pub list: String,
    /// Whose it is, for whom that is told.
    pub party: Option<String>,
    /// Its last day.
    pub valid_to: String,
}

/// What grade or list changes.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Measure {
    /// Grade or list.
    pub standing: String,
    /// What.
    pub measure: String,
    /// How much.
    pub value: i64,
    /// Its unit.
    pub unit: String,
}

/// A measure that a trade obeyed, with its row of the table: for whom the standing is of, and for offices.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Obeyed {
    /// What.
    pub measure: String,
    /// How much.
    pub value: i64,
    /// From whose standing it follows.
    pub party: Option<String>,
    /// That standing.
    pub standing: Option<String>,
    /// The day from which the row holds.
    pub valid_from: String,
}

/// Until when a return is decided.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct DecideBy {
    /// The last day.
    pub day: String,
    /// By which row, for whom it is told.
    pub measure: Option<Obeyed>,
}

/// A return that waits to be decided.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReturnDue {
    /// Code of the platform.
    pub platform: String,
    /// Number of the order.
    pub order_no: String,
    /// The last day; none = none is set.
    pub decide_by: Option<String>,
    /// Whether that day has passed.
    pub overdue: bool,
}

/// The credit of a party on a day.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Credit {
    /// Its code.
    pub party: String,
    /// Its name.
    pub name: String,
    /// As of this day.
    pub day: String,
    /// Rulebook whose tables were used.
    pub rulebook: u32,
    /// 0 to 1,000; none = too little is known.
    pub score: Option<u64>,
    /// The grade.
    pub grade: Option<String>,
    /// The grade by the score alone, before vetoes.
    pub by_score: Option<String>,
    /// Parts per million of all weight of which something is known.
    pub known: u64,
    /// Dimensions with their weights.
    pub dimensions: Vec<Dimension>,
    /// Every indicator.
    pub readings: Vec<Reading>,
    /// What rules a good grade out.
    pub vetoes: Vec<Veto>,
    /// The list it stands on.
    pub list: Option<Listed>,
    /// Lists of others that reach it, through persons who answer for both.
    pub reached: Vec<ReachedBy>,
    /// What follows.
    pub measures: Vec<Measure>,
}
