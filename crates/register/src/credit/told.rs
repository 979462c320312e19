//! What a platform is told of an enterprise that sells over it: that it stands on a published list, what became otherwise of that,
//! and that it no longer does. The window writes it; it has what everybody may read and nothing else of the list.

use crate::moves::Move;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use clearance::record::Record;
use serde::{Deserialize, Serialize};

/// The state in which the enterprise stands on the list.
pub const IN_FORCE: &str = "in-force";

/// States: in-force, ended. The id is the platform's code, a colon, that of the enterprise.
pub const MOVES: &[Move] = &[
    Move::window("tell-entry", &["", "ended"], IN_FORCE),
    Move::window("tell-change", &[IN_FORCE], IN_FORCE),
    Move::window("tell-end", &[IN_FORCE], "ended"),
];

/// Names of its fields.
pub(crate) const KEPT: &[&str] = &[
    "party",
    "name",
    "list",
    "validFrom",
    "validTo",
    "legalBasis",
    "appealed",
    "measures",
    "measure",
    "value",
    "unit",
];

/// What follows from the list: a row of the table of measures.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// What it changes.
    pub measure: String,
    /// To what.
    pub value: i64,
    /// In which unit.
    pub unit: String,
}

/// What the record says: of a list that is over, what was told of it last.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// Code of the enterprise.
    pub party: String,
    /// Its name, as it is filed; none = it is filed no more.
    #[serde(default)]
    pub name: Option<String>,
    /// `red`, `attention` or `black`.
    pub list: String,
    /// First day, yyyyMMdd.
    pub valid_from: String,
    /// Last day.
    pub valid_to: String,
    /// What the list rests on.
    pub legal_basis: String,
    /// Whether an appeal waits to be decided.
    pub appealed: bool,
    /// What follows from it today.
    pub measures: Vec<Changed>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let body: Body = read(seen.command.body.as_deref(), faults)?;
    Some(Made { body: written(&body), parties: vec![owner_of(&seen.command.key)], filing: None, seed: None })
}
