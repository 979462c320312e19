//! What one box for everything finds.

use super::exports::ExportLine;
use super::{Line, Rule};
use serde::Deserialize;

/// A filed party.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Party {
    /// Its code.
    pub party: String,
    /// Its name.
    pub name: String,
    /// Whether its filing is suspended.
    pub suspended: bool,
    /// As what it is filed.
    pub roles: Vec<String>,
}

/// A line of the tariff.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Goods {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A record of a register.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Held {
    /// Word of its register.
    pub register: String,
    /// Its id.
    pub id: String,
    /// Word of its state.
    pub state: String,
    /// When it changed.
    pub changed: String,
}

/// What was found, kind by kind.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Found {
    /// Trades.
    pub trades: Vec<Line>,
    /// Export trades.
    pub exports: Vec<ExportLine>,
    /// For offices: parties.
    pub parties: Vec<Party>,
    /// Rules.
    pub rules: Vec<Rule>,
    /// Goods.
    pub goods: Vec<Goods>,
    /// Records of registers.
    pub records: Vec<Held>,
    /// Hits of a kind at most.
    pub most: usize,
}
