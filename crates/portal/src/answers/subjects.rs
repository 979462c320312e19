//! Answers to officers who look at a person, an address or an enterprise.

use super::{Both, Line};
use serde::Deserialize;

/// A trade of a person or to an address.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SubjectTrade {
    /// As lists have it.
    #[serde(flatten)]
    pub line: Line,
    /// When it was declared.
    pub day: String,
    /// Code of the seller.
    pub seller: String,
    /// His name.
    pub seller_name: String,
    /// Dutiable value in yuan.
    pub value: String,
    /// Rules that found something.
    pub findings: Vec<String>,
    /// Keyed hash of the person.
    pub person: Option<String>,
    /// Keyed hash of the address.
    pub address: Option<String>,
}

/// A seller with his part.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct SellerSum {
    /// His code.
    pub seller: String,
    /// His name.
    pub name: String,
    /// Trades.
    pub count: u64,
    /// Dutiable value in yuan.
    pub value: String,
}

/// How often a rule found something.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct RuleCount {
    /// Its word.
    pub rule: String,
    /// Trades.
    pub count: u64,
}

/// A person among those whose trades go to an address.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct PersonCount {
    /// Keyed hash.
    pub person: String,
    /// Trades.
    pub count: u64,
}

/// What is left of a person's quota, in yuan.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct SubjectQuota {
    /// Of the year.
    pub limit: String,
    /// Used.
    pub used: String,
    /// Held.
    pub held: String,
    /// Left.
    pub left: String,
    /// Whether he locked it.
    pub locked: bool,
}

/// What a person's own doing tells.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SubjectConduct {
    /// Disputes of uses of his quota that were refused.
    pub disputes_refused: u64,
    /// From this day on.
    pub since: String,
}

/// A person or an address.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Subject {
    /// Keyed hash of the person, where it is one.
    pub person: Option<String>,
    /// Keyed hash of the address, where it is one.
    pub address: Option<String>,
    /// Which year.
    pub year: u32,
    /// Its trades.
    pub trades: Vec<SubjectTrade>,
    /// Their dutiable value in yuan.
    pub value: String,
    /// By seller.
    pub sellers: Vec<SellerSum>,
    /// By rule.
    pub findings: Vec<RuleCount>,
    /// Of an address: by person.
    pub persons: Vec<PersonCount>,
    /// Of a person.
    pub quota: Option<SubjectQuota>,
    /// Of a person, where the law of the day has it counted.
    pub conduct: Option<SubjectConduct>,
    /// Whether there are more trades than were looked at.
    pub more: bool,
}

/// How many trades are in a state.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StateCount {
    /// As a number; 0 = not declared.
    pub state: u16,
    /// As a word.
    pub state_word: Option<String>,
    /// Trades.
    pub count: u64,
}

/// How often inspections had a result.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct ResultCount {
    /// Its word.
    pub result: String,
    /// Its name.
    pub name: Both,
    /// How often.
    pub count: u64,
}

/// An enterprise, as offices see it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Enterprise {
    /// Its code.
    pub party: String,
    /// Its name as filed.
    pub name: Option<String>,
    /// Its roles.
    pub roles: Vec<String>,
    /// Its grade of credit.
    pub grade: Option<String>,
    /// Whether its filing is suspended.
    pub suspended: bool,
    /// Trades that were looked at.
    pub looked: u64,
    /// Whether there are more.
    pub more: bool,
    /// By state.
    pub states: Vec<StateCount>,
    /// By rule.
    pub rejections: Vec<RuleCount>,
    /// By result.
    pub inspections: Vec<ResultCount>,
    /// The newest.
    pub trades: Vec<Line>,
}
