//! Holds and postings: hold → post or void, give back, direct entries. Only `hold` looks at a balance, because
//! only a hold can be refused; what follows moves what was reserved, so it needs no reading and no lock.

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

/// Reserves `amount` fen under the limit of `balance`, or says what forbids it. The balance itself moves when
/// the movement is applied.
///
/// # Errors
/// [`Refusal`]: the limit or the range.
pub fn hold(account: Account, balance: &Balance, amount: i64) -> Result<(Hold, Movement), Refusal> {
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
    let movement = Movement { kind: MovementKind::Hold, account: account.clone(), amount };
    Ok((Hold { account, amount, state: HoldState::Held, given_back: 0 }, movement))
}

/// Makes a hold final.
///
/// # Panics
/// If the hold is not in state `Held`: a programmer's error.
pub fn post(hold: &mut Hold) -> Movement {
    resolve(hold, HoldState::Posted);
    Movement { kind: MovementKind::Post, account: hold.account.clone(), amount: hold.amount }
}

/// Gives a hold up.
///
/// # Panics
/// As [`post`].
pub fn void(hold: &mut Hold) -> Movement {
    resolve(hold, HoldState::Voided);
    Movement { kind: MovementKind::Void, account: hold.account.clone(), amount: hold.amount }
}

fn resolve(hold: &mut Hold, state: HoldState) {
    assert_eq!(hold.state, HoldState::Held, "a hold is resolved once");
    hold.state = state;
}

/// Takes a part of a hold into a hold of its own, at most what is left of it: nothing moves, each is resolved by itself.
///
/// # Panics
/// If the hold is not in state `Held`, or the amount is negative: a programmer's error.
#[must_use]
pub fn split(hold: &mut Hold, amount: i64) -> Hold {
    assert_eq!(hold.state, HoldState::Held, "what is resolved has no parts");
    assert!(amount >= 0, "a part is never negative");
    let amount = amount.min(hold.amount);
    hold.amount -= amount;
    Hold { amount, ..hold.clone() }
}

/// Gives back part of a posted hold, at most what is left of it; none when nothing is left.
///
/// # Panics
/// If the hold is not posted: a programmer's error.
pub fn give_back(hold: &mut Hold, amount: i64) -> Option<Movement> {
    assert_eq!(hold.state, HoldState::Posted, "only what is posted is given back");
    let amount = amount.clamp(0, hold.amount - hold.given_back);
    if amount == 0 {
        return None;
    }
    hold.given_back += amount;
    Some(Movement { kind: MovementKind::GiveBack, account: hold.account.clone(), amount })
}

/// Applies a movement to a balance: how a batch sees its own movements and how balances are rebuilt from rows.
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
///
/// # Panics
/// If the amount is negative: a programmer's error.
pub fn enter(account: Account, amount: i64) -> Movement {
    assert!(amount >= 0, "an entry is never negative");
    Movement { kind: MovementKind::Enter, account, amount }
}

/// Takes an amount off what is posted without a hold (payable tax when paid or void).
///
/// # Panics
/// If the amount is negative: a programmer's error.
pub fn settle(account: Account, amount: i64) -> Movement {
    assert!(amount >= 0, "a settlement is never negative");
    Movement { kind: MovementKind::GiveBack, account, amount }
}
