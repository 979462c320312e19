//! Answers of counterparts: what another system said to a record that it was sent. Written by the window as the answer
//! comes; the newest counts.

use crate::moves::Move;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use clearance::Text;
use clearance::record::Record;
use serde::{Deserialize, Serialize};

/// States: answered. The id is the counterpart's code, a colon, its name of the webhook, a slash, and what the record is
/// about where the rule gives every field of that; otherwise the event that was answered. A receipt of another window to a
/// message that it was given whole: the kind of the message, and the trade.
pub const MOVES: &[Move] = &[Move::window("answer", &["", "answered"], "answered")];

/// Characters of an answer's text at most: the rest is cut off.
pub const TEXT: usize = 500;

/// What came of a check or a request.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is as stated, or it was done.
    Confirmed,
    /// It is not as stated: an officer has to look.
    Objected,
    /// It cannot say, or has nothing to say.
    Unknown,
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Answer {
    /// The event that was answered: position of the row.
    pub event: String,
    /// The rule under which it was sent.
    pub source: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The counterpart's number of it; empty = none.
    #[serde(default)]
    pub reference: String,
    /// In its words.
    #[serde(default)]
    pub text: String,
    /// Code of the agency that gave the record: it sees what came of it.
    pub giver: String,
}

impl Answer {
    /// The answer of a record.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let answer: Answer = read(seen.command.body.as_deref(), faults)?;
    let parties = vec![owner_of(&seen.command.key), Text::from(answer.giver.as_str())];
    Some(Made { body: written(&answer), parties, filing: None, seed: None })
}
