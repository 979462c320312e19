//! Holds and postings: hold → post or void, give back, direct entries. Each function changes a balance by
//! exactly the movement it returns, or refuses and changes nothing.

use crate::{Account, Balance};

/// What a movement does. The numbers are stored and never change.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum MovementKind {
    /// Reserve: held grows.
    Hold = 1,
    /// A hold becomes final: held shrinks, posted grows.
    Post = 2,
    /// A hold is given up: held shrinks.
    Void = 3,
    /// Posted shrinks: a return, a settlement, a payment.
    GiveBack = 4,
    /// Posted grows without a hold: payable tax.
    Enter = 5,
    /// The limit is set to the amount.
    SetLimit = 6,
}

impl MovementKind {
    /// All kinds, in stored order.
    pub const ALL: [Self; 6] =
        [Self::Hold, Self::Post, Self::Void, Self::GiveBack, Self::Enter, Self::SetLimit];

    /// The kind of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    /// The word used in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Post => "post",
            Self::Void => "void",
            Self::GiveBack => "give-back",
            Self::Enter => "enter",
            Self::SetLimit => "set-limit",
        }
    }
}

/// One movement of one account. Its document is the ledger row it is written in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Movement {
    /// What happened.
    pub kind: MovementKind,
    /// To which account.
    pub account: Account,
    /// By how much, in fen, never negative.
    pub amount: i64,
}

/// Where a hold stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum HoldState {
    /// Reserved.
    Held = 1,
    /// Final.
    Posted = 2,
    /// Given up.
    Voided = 3,
}

impl HoldState {
    /// The state of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Held, Self::Posted, Self::Voided].into_iter().find(|state| *state as u8 == number)
    }
}

/// A reservation on one account. Who made it (declaration and attempt) is known to its keeper.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hold {
    /// On which account.
    pub account: Account,
    /// How much was reserved, in fen.
    pub amount: i64,
    /// Where it stands.
    pub state: HoldState,
    /// Of a posted hold, how much was given back since, in fen.
    pub given_back: i64,
}

/// Why a hold or entry was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// `used + amount` would exceed `limit`.
    OverLimit {
        /// The limit in fen.
        limit: i64,
        /// Final use in fen.
        posted: i64,
        /// Reserved in fen.
        held: i64,
        /// What was asked for in fen.
        amount: i64,
    },
    /// The amount is negative or the sum does not fit.
    OutOfRange {
        /// What was asked for in fen.
        amount: i64,
    },
}

/// Reserves `amount` fen, or says which limit forbids it.
pub fn hold(account: Account, balance: &mut Balance, amount: i64) -> Result<(Hold, Movement), Refusal> {
    if amount < 0 {
        return Err(Refusal::OutOfRange { amount });
    }
    let Some(used) = balance.used().checked_add(amount) else {
        return Err(Refusal::OutOfRange { amount });
    };
    if let Some(limit) = balance.limit
        && used > limit
    {
        return Err(Refusal::OverLimit { limit, posted: balance.posted, held: balance.held, amount });
    }
    balance.held += amount;
    let movement = Movement { kind: MovementKind::Hold, account: account.clone(), amount };
    Ok((Hold { account, amount, state: HoldState::Held, given_back: 0 }, movement))
}

/// Makes a hold final.
///
/// # Panics
/// If the hold is not in state `Held` or the balance does not contain it: a programmer's error.
pub fn post(hold: &mut Hold, balance: &mut Balance) -> Movement {
    resolve(hold, balance, HoldState::Posted);
    balance.posted += hold.amount;
    Movement { kind: MovementKind::Post, account: hold.account.clone(), amount: hold.amount }
}

/// Gives a hold up.
///
/// # Panics
/// As [`post`].
pub fn void(hold: &mut Hold, balance: &mut Balance) -> Movement {
    resolve(hold, balance, HoldState::Voided);
    Movement { kind: MovementKind::Void, account: hold.account.clone(), amount: hold.amount }
}

fn resolve(hold: &mut Hold, balance: &mut Balance, state: HoldState) {
    assert_eq!(hold.state, HoldState::Held, "a hold is resolved once");
    assert!(balance.held >= hold.amount, "the balance contains its holds");
    hold.state = state;
    balance.held -= hold.amount;
}

/// Gives back part of a posted hold, at most what is left of it; returns none when nothing is left.
///
/// # Panics
/// If the hold is not posted or the balance does not contain it: a programmer's error.
pub fn give_back(hold: &mut Hold, balance: &mut Balance, amount: i64) -> Option<Movement> {
    assert_eq!(hold.state, HoldState::Posted, "only what is posted is given back");
    let amount = amount.clamp(0, hold.amount - hold.given_back);
    if amount == 0 {
        return None;
    }
    assert!(balance.posted >= amount, "the balance contains its postings");
    hold.given_back += amount;
    balance.posted -= amount;
    Some(Movement { kind: MovementKind::GiveBack, account: hold.account.clone(), amount })
}

/// Applies a stored movement to a balance: how balances are rebuilt from the rows that moved them.
///
/// # Errors
/// What would have made a part negative, as text for the report of a verification.
pub fn apply(balance: &mut Balance, movement: &Movement) -> Result<(), String> {
    let amount = movement.amount;
    let (posted, held) = match movement.kind {
        MovementKind::Hold => (0, amount),
        MovementKind::Post => (amount, -amount),
        MovementKind::Void => (0, -amount),
        MovementKind::GiveBack => (-amount, 0),
        MovementKind::Enter => (amount, 0),
        MovementKind::SetLimit => {
            balance.limit = Some(amount);
            return Ok(());
        }
    };
    let next = (balance.posted.checked_add(posted), balance.held.checked_add(held));
    match next {
        (Some(posted), Some(held)) if posted >= 0 && held >= 0 => {
            balance.posted = posted;
            balance.held = held;
            Ok(())
        }
        _ => Err(format!(
            "{} of {amount} fen on {} {} {}: posted {} held {}",
            movement.kind.word(),
            movement.account.kind.word(),
            movement.account.owner,
            movement.account.period,
            balance.posted,
            balance.held
        )),
    }
}

/// Books an amount without a hold (payable tax at release).
pub fn enter(account: Account, balance: &mut Balance, amount: i64) -> Movement {
    assert!(amount >= 0, "an entry is never negative");
    balance.posted += amount;
    Movement { kind: MovementKind::Enter, account, amount }
}

/// Takes an amount off what is posted (payable tax when paid), at most what is there.
pub fn settle(account: Account, balance: &mut Balance, amount: i64) -> Movement {
    assert!(amount >= 0 && balance.posted >= amount, "only what is posted is settled");
    balance.posted -= amount;
    Movement { kind: MovementKind::GiveBack, account, amount }
}
