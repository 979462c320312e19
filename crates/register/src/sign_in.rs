//! Who signed in and out, and what happened to users, tokens and providers of identities: written by the window, so that it
//! is in the evidence log. No secret is in it, and no login of somebody who is unknown.

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
];

const fn once(what: &'static str) -> Move {
    Move::window(what, &[""], what)
}

/// What happened; what it was is the action, who did it the actor.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SignIn {
    /// To whom or what: a login, the number of a token, the name of a provider; of an unknown login its keyed hash.
    pub subject: String,
    /// When, in milliseconds since 1970: the row may come a moment later.
    pub time: i64,
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let happened: SignIn = read(seen.command.body.as_deref(), faults)?;
    let owner = owner_of(&seen.command.key);
    let parties = if owner.is_empty() { Vec::new() } else { vec![owner] };
    Some(Made { body: written(&happened), parties, filing: None, seed: None })
}
