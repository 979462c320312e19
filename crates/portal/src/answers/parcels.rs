//! Answers on parcels that were given together.

use super::registers::Fault;
use serde::Deserialize;

/// What became of parcels that were given together.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Given {
    /// Recorded for the first time.
    pub recorded: u64,
    /// Recorded as the next version.
    pub corrected: u64,
    /// The same was there.
    pub unchanged: u64,
    /// Not recorded.
    pub refused: u64,
    /// Each, in order.
    pub results: Vec<One>,
}

/// What became of one.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct One {
    /// Its first line.
    pub line: u64,
    /// Its tracking number.
    pub tracking_number: String,
    /// Its record; empty = none.
    pub id: String,
    /// `recorded`, `corrected`, `unchanged` or `refused`.
    pub outcome: String,
    /// What is due.
    pub tax: Tax,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// What is due on one.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Tax {
    /// What becomes of it.
    pub outcome: String,
    /// Yuan; empty = not reckoned.
    pub due: String,
}
