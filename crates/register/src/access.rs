//! Readings of somebody else's record: who, which, why, when. Written by the window before it shows the record; the owners
//! find them in their lists.

use crate::moves::Move;
use crate::{Fault, Made, Seen, read, stored, written};
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Record, Register};
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
    /// Why, as the reader said; empty = what his role is there for, and then the ground says it.
    pub purpose: String,
    /// The duty in which it was read, where no purpose was said: a word of [`ground`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ground: String,
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

/// Every word of [`ground`].
pub const GROUNDS: [&str; 10] = [
    "asking-ahead",
    "administering-access",
    "assessing-credit",
    "recalling-goods",
    "proving-draws",
    "refunding-tax",
    "reviewing-filings",
    "supervising-trade",
    "serving-the-zone",
    "relying-on-filings",
];

/// The duty in which a role reads a kind of record without saying what for. Every reading has one of both, so that no owner finds
/// that somebody read and not why.
pub fn ground(role: Role, kind: &str) -> &'static str {
    match kind {
        "preview" => return "asking-ahead",
        "users" | "tokens" | "trace" => return "administering-access",
        "credit" => return "assessing-credit",
        "recall-parcels" => return "recalling-goods",
        "draw-orders" => return "proving-draws",
        _ => {}
    }
    match (Register::from_word(kind), role) {
        (Some(Register::SignIn), _) => "administering-access",
        (Some(Register::CreditObservation | Register::CreditList | Register::CreditAssessment), _) => {
            "assessing-credit"
        }
        (Some(Register::Recall), _) => "recalling-goods",
        (Some(Register::EntryRefund), Role::Agency) => "refunding-tax",
        (
            Some(Register::Filing | Register::Goods | Register::Attachment | Register::Certificate),
            Role::Officer | Role::ZoneOperator,
        ) => "reviewing-filings",
        (_, Role::Officer) => "supervising-trade",
        (_, Role::ZoneOperator) => "serving-the-zone",
        // Whoever relies on what was filed, and does not have it filed again.
        _ => "relying-on-filings",
    }
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let access: Access = read(seen.command.body.as_deref(), faults)?;
    let parties = access.owners.iter().map(|code| Text::from(code.as_str())).collect();
    Some(Made { body: written(&access), parties, filing: None, seed: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_read_in_whatever_role_has_a_ground() {
        for (role, kind, expected) in [
            (Role::Officer, "consignment", "supervising-trade"),
            (Role::ZoneOperator, "consignments", "serving-the-zone"),
            (Role::Officer, "filings", "reviewing-filings"),
            (Role::Agency, "filings", "relying-on-filings"),
            (Role::Agency, "credit", "assessing-credit"),
            (Role::ZoneOperator, "users", "administering-access"),
            (Role::ZoneOperator, "sign-ins", "administering-access"),
            (Role::Agent, "preview", "asking-ahead"),
            (Role::Merchant, "recall-parcels", "recalling-goods"),
            (Role::Agency, "entry-refunds", "refunding-tax"),
        ] {
            assert_eq!(ground(role, kind), expected, "{role:?} {kind}");
            assert!(GROUNDS.contains(&expected));
        }
        for role in Role::ALL {
            assert!(Register::ALL.iter().all(|register| GROUNDS.contains(&ground(role, register.word()))));
        }
    }
}
