//! Notices to a person of a use of his quota, or of a recall of what he bought. Each is recorded before it is sent, so that none is sent twice and none is
//! forgotten; the telephone itself stays in the trade that has it.

use crate::moves::Move;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use clearance::record::Record;
use serde::{Deserialize, Serialize};

/// States: due, sent, failed. The id is the person's code, a colon, the trade with its attempt and the telephone's hash.
pub const MOVES: &[Move] = &[
    Move::window("note", &[""], "due"),
    Move::window("send", &["due"], "sent"),
    Move::window("fail", &["due"], "failed"),
];

/// What is told.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Told {
    /// Code of the platform.
    pub platform: String,
    /// Number of the order.
    pub order_no: String,
    /// Code of the seller.
    pub seller: String,
    /// How much of the quota was taken, in yuan.
    pub amount: String,
    /// Keyed hash of the telephone that is told.
    pub telephone: String,
    /// The trade on whose order that telephone is: platform, a slash, number.
    pub by_way_of: String,
    /// The recall that is told; none = a use of his quota.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall: Option<String>,
}

impl Told {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let told: Told = match (step.action, seen.current) {
        ("note", _) | (_, None) => read(seen.command.body.as_deref(), faults)?,
        (_, Some(record)) => stored(record),
    };
    Some(Made { body: written(&told), parties: vec![owner_of(&seen.command.key)], filing: None, seed: None })
}
