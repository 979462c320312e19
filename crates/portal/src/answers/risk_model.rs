//! What the interface answers of a model in shadow.

use serde::Deserialize;

/// A part of a score.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct ScoreReason {
    /// The feature, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Its value.
    pub value: Option<String>,
    /// Its part of the log odds, with its sign.
    pub part: String,
}

/// The score of a trade.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Score {
    /// How many of a thousand such lists are illicit, as the model has it.
    pub thousandths: u16,
    /// The line that has it.
    pub line: u32,
    /// What it rests on.
    pub reasons: Vec<ScoreReason>,
}

/// What a model was trained on.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ModelAbout {
    /// Digest of its file.
    pub digest: String,
    /// First day of its training.
    pub trained_from: String,
    /// Last day of what it was tuned on.
    pub tune_until: String,
    /// Lines that it learnt from.
    pub rows: u64,
    /// Of them illicit.
    pub illicit: u64,
}

/// How a band of scores did.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScoreBand {
    /// Its lower end, thousandths.
    pub from: u16,
    /// Its upper end.
    pub below: u16,
    /// Lists scored.
    pub scored: u64,
    /// Of them inspected.
    pub inspected: u64,
    /// Of these illicit.
    pub illicit: u64,
    /// Inspected by the draw alone.
    pub drawn: u64,
    /// Of these illicit.
    pub drawn_illicit: u64,
}

/// The model and how it does.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct RiskModel {
    /// The model; none = there is none.
    pub model: Option<ModelAbout>,
    /// By band.
    pub bands: Vec<ScoreBand>,
    /// Rows that are not looked at yet.
    pub behind: u64,
}
