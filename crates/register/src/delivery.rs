//! What became of a webhook: how far it was delivered, what failed, what was set aside. The window writes it as it sends, so
//! that any server goes on where another ended. It has the id of its webhook.

use crate::moves::Move;
use crate::says;
use crate::webhook::Again;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use clearance::keys::Time;
use clearance::record::Record;
use serde::{Deserialize, Serialize};

/// States: delivering, failing, stopped.
pub const MOVES: &[Move] = &[
    Move::window("claim", &["", "delivering"], "delivering"),
    Move::window("claim", &["failing"], "failing"),
    Move::window("deliver", &["delivering", "failing"], "delivering"),
    Move::window("set-aside", &["delivering", "failing"], "delivering"),
    Move::window("fail", &["delivering", "failing"], "failing"),
    Move::window("stop", &["delivering", "failing"], "stopped"),
    Move::window("begin-again", &["delivering", "failing", "stopped"], "delivering"),
];

/// Pages that are set aside at most: then the webhook stops, and nothing is lost.
pub const SET_ASIDE: usize = 100;

/// How far a webhook is.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Delivery {
    /// Which server sends.
    pub holder: String,
    /// Until when no other does, in milliseconds since 1970-01-01T00:00:00Z.
    pub until: i64,
    /// Up to here it was delivered or set aside.
    pub cursor: String,
    /// Whether the receiver knows that nothing was left then.
    #[serde(default)]
    pub complete: bool,
    /// Number of the owner's last wish that was heeded, to have something sent again.
    #[serde(default)]
    pub again: u32,
    /// Failures in a row.
    pub failures: u32,
    /// When the first of them was, in milliseconds since 1970-01-01T00:00:00Z; 0 = nothing fails.
    #[serde(default, skip_serializing_if = "is_none")]
    pub since: i64,
    /// When it is tried again, in milliseconds since 1970-01-01T00:00:00Z.
    pub next: i64,
    /// Records that the receiver confirmed, where confirmations are not kept one by one.
    #[serde(default)]
    pub confirmed: u64,
    /// Answers that were kept one by one.
    #[serde(default)]
    pub kept: u64,
    /// What the last failure was; empty = none.
    pub error: String,
    /// Pages that the receiver refuses: not delivered, and not in the way of what comes after them.
    pub set_aside: Vec<SetAside>,
    /// The page that was sent last and not taken, or nobody heard that it was: it is sent again as it was, under the same id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<Unanswered>,
}

fn is_none(millis: &i64) -> bool {
    *millis == 0
}

/// A page that was sent and not taken.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Unanswered {
    /// Up to this cursor.
    pub upto: String,
    /// Whether its mark says that nothing was left.
    pub complete: bool,
    /// How often the receiver refused it: that it was down meanwhile is no refusal.
    pub refusals: u32,
}

/// A page that was set aside.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetAside {
    /// From after this cursor.
    pub after: String,
    /// Up to this one.
    pub upto: String,
    /// Records in it.
    pub records: u32,
    /// Why.
    pub error: String,
    /// Whether its owner wants it sent again.
    pub again: bool,
}

impl Delivery {
    /// The delivery of a record.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// As its owner wishes it: from another place on, and with what was set aside.
    #[must_use]
    pub fn begun_again(self, wish: &Again) -> Self {
        let page = |page: SetAside| SetAside { again: page.again || wish.set_aside, ..page };
        Self {
            again: wish.number,
            cursor: wish.after.clone().unwrap_or(self.cursor),
            failures: 0,
            since: 0,
            next: 0,
            error: String::new(),
            unanswered: None,
            set_aside: self.set_aside.into_iter().map(page).collect(),
            ..self
        }
    }

    /// Whether another server sends now.
    pub fn is_held(&self, by_other_than: &str, now: Time) -> bool {
        self.holder != by_other_than && self.until > now.0
    }
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let owner = owner_of(&command.key);
    let current = seen.current.map(Delivery::of).unwrap_or_default();
    let delivery: Delivery = read(command.body.as_deref(), faults)?;
    if current.is_held(&delivery.holder, seen.now) {
        faults.push(Fault::new("holder", &delivery.holder, says::ANOTHER_SERVER_SENDS.said()));
    }
    if delivery.set_aside.len() > SET_ASIDE {
        let expected = says::AT_MOST_PAGES.with(&[("most", &SET_ASIDE.to_string())]);
        faults.push(Fault::new("setAside", &delivery.set_aside.len().to_string(), expected));
    }
    Some(Made { body: written(&delivery), parties: vec![owner], filing: None, seed: None })
}
