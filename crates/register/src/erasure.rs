//! Erasures of what rows of the ledger told of persons: under which rule, of which rows, and what took their place. Written by
//! the window before it erases anything; verification asks of each erased row that such a record names it.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, read, written};
use serde::{Deserialize, Serialize};

/// The id is `window`, a colon, the place of the first row and a random name.
pub const MOVES: &[Move] = &[Move::window("erase", &[""], "erased")];

/// An erasure.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Erasure {
    /// The type of record, as the table of retention has it.
    pub record_type: String,
    /// Why: `term` = its time is over; `request` = the person asked for it.
    pub ground: String,
    /// The law that it rests on.
    pub law: String,
    /// Place of the first row.
    pub first: u64,
    /// Place of the last.
    pub last: u64,
    /// Each row: its place, SHA-256 of what took the payload's place.
    pub rows: Vec<(u64, String)>,
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let erasure: Erasure = read(seen.command.body.as_deref(), faults)?;
    if erasure.rows.is_empty() {
        faults.push(Fault::new("rows", "", says::A_ROW_AT_LEAST.said()));
    }
    Some(Made { body: written(&erasure), parties: Vec::new(), filing: None, seed: None })
}
