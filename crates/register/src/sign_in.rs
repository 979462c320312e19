//! Who signed in and out, what happened to users, tokens and providers of identities, and who was denied what he asked for:
//! written by the window, so that it is in the evidence log. No secret is in it, and no login of somebody who is unknown.

use crate::moves::Move;
use crate::{Fault, Made, Seen, owner_of, read, written};
use serde::{Deserialize, Serialize};

/// The id is the code of the party whom it happened to, a colon, a name. Each is a record of its own, of one version.
pub const MOVES: &[Move] = &[
    once("signed-in"),
    once("signed-out"),
    once("locked-out"),
    once("attempts-forgotten"),
    once("registered"),
    once("admitted"),
    once("user-added"),
    once("user-disabled"),
    once("user-enabled"),
    once("duties-changed"),
    once("name-changed"),
    once("password-changed"),
    once("password-reset"),
    once("second-factor-enrolled"),
    once("second-factor-reset"),
    once("identity-bound"),
    once("token-issued"),
    once("token-revoked"),
    once("provider-set"),
    once("provider-removed"),
    once("denied"),
    once("account-erased"),
];

const fn once(what: &'static str) -> Move {
    Move::window(what, &[""], what)
}

/// Names of the fields of such a record, in the order in which people read them.
pub(crate) const KEPT: &[&str] = &[
    "subject",
    "time",
    "denied",
    "since",
    "unauthenticated",
    "expired",
    "unsigned",
    "forbidden",
    "notHis",
    "ofOthers",
    "routes",
];

/// What happened; what it was is the action, who did it the actor.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SignIn {
    /// To whom or what: a login, the number of a token, the name of a provider; of an unknown login its keyed hash.
    pub subject: String,
    /// When, in milliseconds since 1970: the row may come a moment later.
    pub time: i64,
    /// What he was denied until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<Denied>,
}

/// What somebody asked for in a while and was not given: how often, why, and where. Not which record it was: a number that was
/// guessed right would stand here for ever.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Denied {
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// With no token or session, or a made-up one.
    #[serde(skip_serializing_if = "is_zero")]
    pub unauthenticated: u64,
    /// With a token or session that has expired or was ended.
    #[serde(skip_serializing_if = "is_zero")]
    pub expired: u64,
    /// With a signature that does not count.
    #[serde(skip_serializing_if = "is_zero")]
    pub unsigned: u64,
    /// What he may not do.
    #[serde(skip_serializing_if = "is_zero")]
    pub forbidden: u64,
    /// What is another's or not there at all: he was told that it is not there.
    #[serde(skip_serializing_if = "is_zero")]
    pub not_his: u64,
    /// How much of that is there. `view` keeps it from his own party: it would tell what the answers did not.
    #[serde(skip_serializing_if = "is_zero")]
    pub of_others: u64,
    /// Method and route of what he asked for; of many the first.
    pub routes: Vec<String>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let happened: SignIn = read(seen.command.body.as_deref(), faults)?;
    let owner = owner_of(&seen.command.key);
    let parties = if owner.is_empty() { Vec::new() } else { vec![owner] };
    Some(Made { body: written(&happened), parties, filing: None, seed: None })
}
