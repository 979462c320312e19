//! What an account is and how much it holds. Leaves the moving to `movement`.

use crate::Text;

/// The kinds of account a consignment moves. The numbers are stored and never change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum AccountKind {
    /// A person's yearly limit for retail import (notice 2018-49): owner is the keyed hash of the identity
    /// number, period the calendar year of the attempt's business date.
    Quota = 1,
    /// A guarantor's guarantee for withheld tax (announcement 2018-194): owner is the guarantor's code.
    Guarantee = 2,
    /// Tax that a withholding agent owes for released declarations: owner is the agent's code. No limit.
    PayableTax = 3,
}

impl AccountKind {
    /// All kinds, in stored order.
    pub const ALL: [Self; 3] = [Self::Quota, Self::Guarantee, Self::PayableTax];

    /// The stored number.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The kind of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// The word used in the API and in explanations.
    pub fn word(self) -> &'static str {
        match self {
            Self::Quota => "quota",
            Self::Guarantee => "guarantee",
            Self::PayableTax => "payable-tax",
        }
    }
}

/// The name of an account.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Account {
    /// What is counted.
    pub kind: AccountKind,
    /// Whose: a keyed hash for persons, a party code for parties.
    pub owner: Text,
    /// The calendar year for yearly accounts, 0 for others.
    pub period: u16,
}

impl Account {
    /// A person's quota of one calendar year.
    pub fn quota(person: Text, year: u16) -> Self {
        Self { kind: AccountKind::Quota, owner: person, period: year }
    }
    /// A guarantor's guarantee.
    pub fn guarantee(guarantor: Text) -> Self {
        Self { kind: AccountKind::Guarantee, owner: guarantor, period: 0 }
    }
    /// What a withholding agent owes.
    pub fn payable_tax(agent: Text) -> Self {
        Self { kind: AccountKind::PayableTax, owner: agent, period: 0 }
    }
}

/// How much an account has used, in fen. `posted + held` never exceeds `limit` where there is one, and
/// neither part is ever negative.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Balance {
    /// Used for good.
    pub posted: i64,
    /// Reserved by holds that are not resolved yet.
    pub held: i64,
    /// The most that `posted + held` may reach; none = unlimited.
    pub limit: Option<i64>,
}

impl Balance {
    /// An unused balance under a limit.
    pub fn with_limit(limit: i64) -> Self {
        Self { posted: 0, held: 0, limit: Some(limit) }
    }

    /// What is used and reserved together.
    pub fn used(&self) -> i64 {
        self.posted.saturating_add(self.held)
    }

    /// What may still be held; none = unlimited.
    pub fn available(&self) -> Option<i64> {
        self.limit.map(|limit| limit.saturating_sub(self.used()))
    }
}
