//! Answers to officers: what sealed rules found, what was done and said, what may be done, and by whom.

use super::Finding;
use serde::Deserialize;

/// A sealed rule's hit; officers alone see it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Hit {
    /// Its id.
    pub rule: String,
    /// The lane it asks for.
    pub lane: String,
    /// On what it rested.
    pub evidence: String,
}

/// What an officer did and said.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Remark {
    /// When.
    pub time: String,
    /// Who.
    pub officer: String,
    /// What.
    pub action: String,
    /// His words.
    pub text: String,
}

/// An action that is open to an officer now, as the body of a decision has it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Open {
    /// Its word.
    pub action: String,
    /// Of the result of an inspection.
    pub passed: Option<bool>,
    /// Of a detention.
    pub status: Option<u16>,
    /// Of a return.
    pub number: Option<u32>,
}

impl Open {
    /// What tells it from the others: in the form, and in the texts where it is no return.
    pub fn word(&self) -> String {
        match (self.passed, self.status) {
            (Some(passed), _) => format!("{}-{}", self.action, if passed { "passed" } else { "failed" }),
            (_, Some(status)) => format!("{}-{status}", self.action),
            _ => self.action.clone(),
        }
    }
}

/// What happened since the version that an officer saw.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Change {
    /// When.
    pub time: String,
    /// What.
    pub what: String,
    /// By whom.
    pub by: String,
    /// What was said.
    pub info: Option<String>,
}

/// The answer to an action.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Decided {
    /// The status answered; negative = refused.
    pub status: i64,
    /// What was said.
    pub info: String,
    /// Why it was refused.
    pub findings: Vec<Finding>,
    /// What he had not seen.
    pub changes: Vec<Change>,
}

/// Who works on a trade.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Assigned {
    /// Who.
    pub officer: String,
    /// Until when nobody else decides on it.
    pub until: String,
}

/// What came of one decision among many.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OneOfMany {
    /// Code of the platform.
    pub platform: String,
    /// Of an export trade: code of the merchant.
    pub merchant: String,
    /// Number of the order.
    pub order_no: String,
    /// Whether it was recorded.
    pub done: bool,
    /// What was answered.
    pub answer: Told,
}

/// What was answered to one decision among many, or why it was not taken.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Told {
    /// Kind of the problem, if it was one.
    pub kind: Option<String>,
    /// What was said: of a problem in English, else what the receipt says.
    pub info: String,
    /// Of a problem the same in Chinese.
    pub zh: String,
}

/// What came of a decision on many.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Results {
    /// Each.
    pub results: Vec<OneOfMany>,
}
