//! What a person decided on his own quota: locked or open, and whether he is told of its uses. He is known by the keyed hash
//! of his identity number; which telephone proved him, by the keyed hash of that. Numbers themselves stay in the trades.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, read, stored, written};
use clearance::guard::LOCKED;
use clearance::party::Role;
use clearance::record::Record;
use serde::{Deserialize, Serialize};

/// States: open, locked. The id is the person's code. Whoever locked it with one telephone opens it with the same: somebody
/// who uses another's identity number may have a telephone of his own on an order. Without that telephone the person goes to
/// customs, which releases the lock.
pub const MOVES: &[Move] = &[
    Move::window("prove", &["", "open"], "open"),
    Move::window("prove", &[LOCKED], LOCKED),
    Move::owner("lock", &["open"], LOCKED).personal(),
    Move::owner("unlock", &[LOCKED], "open").personal(),
    Move::owner("set-notices", &["open"], "open").personal(),
    Move::owner("set-notices", &[LOCKED], LOCKED).personal(),
    Move::owner("ask-erasure", &["open"], "open").personal(),
    Move::owner("ask-erasure", &[LOCKED], LOCKED).personal(),
    Move::reviewer("release", &[LOCKED], "open").explained(),
];

/// Telephones that are remembered of one person.
pub const TELEPHONES: usize = 10;

/// A telephone that proved the person, and the trade that has it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Telephone {
    /// Keyed hash of its number.
    pub telephone: String,
    /// Platform of a trade on whose order it is.
    pub platform: String,
    /// Number of that order.
    pub order_no: String,
    /// Whether it is told of uses of the quota.
    #[serde(default)]
    pub notices: bool,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// Telephones that proved him, the oldest first.
    pub telephones: Vec<Telephone>,
    /// Keyed hash of the telephone that locked it.
    #[serde(default)]
    pub locked_by: Option<String>,
    /// When he asked that what is kept of him be erased, in milliseconds since 1970. The operator of the window does it, as
    /// far as no law wants it kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure_asked: Option<i64>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether a telephone is told of uses.
    pub fn tells(&self, telephone: &str) -> bool {
        self.telephones.iter().any(|one| one.telephone == telephone && one.notices)
    }

    /// Remembers a telephone with its newest trade. Where there are too many, the oldest is forgotten that is told nothing.
    fn proved(&mut self, mut new: Telephone) {
        if let Some(at) = self.telephones.iter().position(|one| one.telephone == new.telephone) {
            new.notices = self.telephones.remove(at).notices;
        } else if self.telephones.len() >= TELEPHONES {
            let forgotten = self.telephones.iter().position(|one| !one.notices).unwrap_or(0);
            self.telephones.remove(forgotten);
        }
        self.telephones.push(new);
    }
}

/// Whether he is told of uses: the body of `set-notices`.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// Whether.
    pub notices: bool,
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let (owner, telephone) = (&command.key.id, command.by.actor.name.as_str());
    if !owner.starts_with("person-") || command.by.role != Role::Consumer && step.action != "release" {
        faults.push(Fault::new("id", owner, says::A_PROVED_PERSON.said()));
        return None;
    }
    let mut body = seen.current.map(Body::of).unwrap_or_default();
    match step.action {
        "prove" => body.proved(read(command.body.as_deref(), faults)?),
        "lock" => body.locked_by = Some(telephone.to_owned()),
        "unlock" if body.locked_by.as_deref() != Some(telephone) => {
            let expected = says::LOCKING_TELEPHONE.said();
            faults.push(Fault::new("telephone", "", expected));
        }
        "unlock" | "release" => body.locked_by = None,
        "ask-erasure" => body.erasure_asked = Some(seen.now.0),
        _ => {
            let wanted: Notices = read(command.body.as_deref(), faults)?;
            for one in body.telephones.iter_mut().filter(|one| one.telephone == telephone) {
                one.notices = wanted.notices;
            }
        }
    }
    Some(Made { body: written(&body), parties: vec![owner.clone()], filing: None, seed: None })
}
