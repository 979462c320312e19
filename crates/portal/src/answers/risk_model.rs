//! What the interface answers of models that score: in shadow, and for rules.

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

/// The score that a trade was given, which rules could read.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct GivenScore {
    /// First digits of the model's digest.
    pub model: String,
    /// How many of a thousand such lists are illicit, as the model has it.
    pub thousandths: u16,
    /// The line that has it.
    pub line: u32,
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
    /// Whether rules read its scores.
    pub in_use: bool,
}

/// How far one feature has moved.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct DriftOf {
    /// The feature, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Population stability index.
    pub index: String,
    /// `stable`, `watch` or `moved`.
    pub reading: String,
}

/// How far what is declared has moved from what a model learnt from.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Drift {
    /// Index of the scores.
    pub index: String,
    /// `stable`, `watch` or `moved`.
    pub reading: String,
    /// Of each feature, the largest first.
    pub features: Vec<DriftOf>,
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
#[serde(default, rename_all = "camelCase")]
pub struct RiskModel {
    /// The model; none = there is none.
    pub model: Option<ModelAbout>,
    /// By band.
    pub bands: Vec<ScoreBand>,
    /// Rows that are not looked at yet.
    pub behind: u64,
    /// How far what is declared has moved; none = too few were scored to say.
    pub drift: Option<Drift>,
    /// Digest of the model in use; none = rules read no score.
    pub in_use: Option<String>,
    /// Whether the model in use is not on this server.
    pub missing: bool,
    /// The model that may take its place.
    pub candidate: Option<Box<RiskModel>>,
    /// The models of exports; none = there is none, and none is asked for.
    pub exports: Option<Box<RiskModel>>,
}
