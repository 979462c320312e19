//! What the interface answers of periods of the draw.

use serde::Deserialize;

/// A side of a period.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Side {
    /// `window`, `customs`, `operator`.
    pub side: String,
    /// What it committed to; none = it did not.
    pub commitment: Option<String>,
    /// When, in milliseconds.
    pub committed: Option<i64>,
    /// Whether its secret is here.
    pub handed_over: bool,
    /// Whether the period was begun without it.
    pub missing: bool,
    /// Its secret, once it is told.
    pub secret: Option<String>,
}

/// When what happens, in milliseconds.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Times {
    /// Commitments end.
    pub closes: i64,
    /// It begins.
    pub begins: i64,
    /// It ends.
    pub ends: i64,
    /// Its seed is secret until then.
    pub until: i64,
}

/// The list of a period.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Listed {
    /// Orders drawn.
    pub draws: u64,
    /// Selected among them.
    pub selected: u64,
}

/// A period.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Period {
    /// Its first day.
    pub period: String,
    /// `open`, `closed`, `running`, `revealed`.
    pub state: String,
    /// When what happens.
    pub times: Times,
    /// Who took part.
    pub sides: Vec<Side>,
    /// Neither holder did.
    pub windows_own: bool,
    /// Its list, once it is told.
    pub list: Option<Listed>,
}

/// Periods, the newest first.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Periods {
    /// The period that is drawn with now.
    pub period: Option<String>,
    /// The periods.
    pub periods: Vec<Period>,
    /// After which one the older ones come; none = there are none.
    pub next: Option<String>,
}

/// What the list has of one order.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Line {
    /// What was drawn, of a million.
    pub drawn: u64,
    /// The share.
    pub ratio: u64,
    /// Whether it was opened.
    pub selected: bool,
}
