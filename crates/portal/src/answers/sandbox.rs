//! Answers of a space for trying.

use serde::Deserialize;

/// A document of a trade to try with.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Made {
    /// Root of its message.
    pub root: String,
    /// Who sends it.
    pub sender: String,
    /// Whether that is the reader.
    pub own: bool,
    /// Whether the window sent it.
    pub sent: bool,
    /// What it was answered, if it was sent.
    pub status: Option<i64>,
    /// What was said.
    pub info: Option<String>,
    /// Its message, if it is the reader's own.
    pub xml: Option<String>,
}

/// A trade to try with.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Trade {
    /// Code of the platform.
    pub platform: String,
    /// Number of the order.
    pub order_no: String,
    /// Its documents.
    pub documents: Vec<Made>,
}

/// One thing that software shows.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Check {
    /// Its word.
    pub check: String,
    /// Whether it was shown.
    pub shown: bool,
}

/// What the software of a party has shown.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Conformance {
    /// In order.
    pub checks: Vec<Check>,
    /// How many were shown.
    pub done: u64,
    /// Whether everything was looked at.
    pub complete: bool,
}
