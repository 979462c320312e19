//! Accounts, two-phase holds, postings and limits over integer fen. Pure, and single entry as it is kept:
//! a movement touches one account.
//!
//! A *movement* names the account it moves; its other side is the account's contra, which nobody limits or
//! locks: it is the sum of what its accounts moved, derived wherever it is wanted, so the books balance by
//! construction and no hot row is shared by everyone. What this crate leaves to others: which movement a
//! judgement calls for (`clearance`), where balances are kept (`store`).

mod account;
mod movement;

pub use account::{Account, AccountKind, Balance};
pub use movement::{
    Hold, HoldState, Movement, MovementKind, Refusal, apply, enter, give_back, hold, post, settle, split,
    void,
};

/// Text of short keys: party codes, keyed hashes in hexadecimal.
pub type Text = compact_str::CompactString;
