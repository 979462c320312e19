//! Readings of somebody else's record: who, which, why, when. Written by the window before it shows the record; the owners
//! find them in their lists.

use crate::moves::Move;
use crate::{Fault, Made, Seen, read, stored, written};
use clearance::Text;
use clearance::record::Record;
use serde::{Deserialize, Serialize};

/// The id is the reader's code, a colon, a random name.
pub const MOVES: &[Move] = &[Move::window("read", &[""], "read")];

/// A reading.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Access {
    /// `consignment`, the word of a register, `list of` one of these and more, or `preview`: what documents would come to was asked,
    /// and with it whether the quota of those whom they name is enough.
    pub kind: String,
    /// Which one; of a list nothing.
    pub id: String,
    /// The role in which it was read.
    pub role: String,
    /// Why, as the reader said; empty = what his role is there for.
    pub purpose: String,
    /// Of a delivery: from after which place of the ledger to which.
    #[serde(default)]
    pub range: Option<(String, String)>,
    /// Whose it is: they see the reading.
    pub owners: Vec<String>,
    /// Of a list: by what it was narrowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Of a list: how many lines were another's; of a preview: how many documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

impl Access {
    /// The reading of a record.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let access: Access = read(seen.command.body.as_deref(), faults)?;
    let parties = access.owners.iter().map(|code| Text::from(code.as_str())).collect();
    Some(Made { body: written(&access), parties, filing: None, seed: None })
}
