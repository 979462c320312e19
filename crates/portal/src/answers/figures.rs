//! Figures, as `/v1/statistics` and `/v1/indicators` answer them.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A table of figures.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Its word.
    pub table: String,
    /// What its lines are of.
    pub by: Vec<String>,
    /// Its lines.
    pub lines: Vec<FigureLine>,
    /// Whether nothing is missing.
    pub complete: bool,
    /// Up to when it is complete.
    pub up_to: String,
    /// Percentiles of each span, in seconds.
    #[serde(default)]
    pub percentiles: BTreeMap<String, Percentiles>,
    /// From how many on everybody is told.
    #[serde(default)]
    pub least: Option<LeastTold>,
}

/// A line.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct FigureLine {
    /// How many; none = too few to be told.
    pub count: Option<u64>,
    /// Value, CNY.
    #[serde(default)]
    pub value: String,
    /// Tax, CNY.
    #[serde(default)]
    pub tax: String,
    /// Held of persons' limits, CNY.
    #[serde(default)]
    pub quota: String,
    /// Weight, kilograms.
    #[serde(default)]
    pub weight: String,
    /// Too few to be told.
    #[serde(default)]
    pub suppressed: bool,
    /// What it is of.
    #[serde(flatten)]
    pub parts: BTreeMap<String, String>,
}

impl FigureLine {
    /// What it is of, under a name.
    pub fn part(&self, name: &str) -> &str {
        self.parts.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// Percentiles in seconds; none = longer than all that is told apart.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Percentiles {
    /// Half are done by then.
    pub p50: Option<u64>,
    /// Nine of ten.
    pub p90: Option<u64>,
    /// Ninety-nine of a hundred.
    pub p99: Option<u64>,
}

/// From how many on everybody is told of a cell.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct LeastTold {
    /// Merchants.
    pub merchants: u64,
    /// Declarations.
    pub declarations: u64,
}
