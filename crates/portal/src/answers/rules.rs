//! Answers on rules and their codes: why each is there, what to do, an example.

use super::Both;
use serde::Deserialize;

/// A rule of the catalogue.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Its permanent number.
    pub number: u16,
    /// Its word.
    pub rule: String,
    /// What it does.
    pub layer: String,
    /// Whether parties are told the measure alone.
    pub sealed: bool,
    /// The customs code.
    pub customs_code: Option<String>,
    /// Negative codes by document.
    pub codes: Vec<i32>,
    /// Why it is there.
    pub why: Both,
    /// What to do.
    pub fix: Both,
    /// What was sent and how it was answered.
    #[serde(default)]
    pub examples: Vec<Example>,
    /// Why there is no example.
    #[serde(default)]
    pub never: Option<Both>,
}

/// A case of a rule.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Example {
    /// The code of the answer.
    pub code: String,
    /// What was sent.
    pub case: Both,
    /// What of the message, or of the decision, brought it about.
    #[serde(default)]
    pub fragment: String,
    /// The text of the answer.
    pub text: String,
}

/// A code of the published table that nobody is answered with.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct NotGiven {
    /// The code.
    pub code: i32,
    /// Its text, with its values left open.
    pub text: String,
    /// What it means, in English.
    pub meaning: String,
    /// Why nobody is answered with it.
    pub why: Both,
    /// What an answer with it would look like.
    pub fragment: String,
}

/// The catalogue.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    /// Codes that nobody is answered with.
    #[serde(default)]
    pub not_given: Vec<NotGiven>,
    /// All rules in order of precedence.
    pub reasons: Vec<Rule>,
}
