//! Which officer works on which trade, until when: so that two do not look at the same. It decides nothing: a decision names
//! the version it saw, whoever makes it.

use super::control::ask;
use crate::StoreError;
use crate::control::{Control, Place};
use clearance::Text;
use clearance::keys::{OrderKey, Time};

/// Who works on a trade.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// The trade.
    pub order: OrderKey,
    /// Code of his office.
    pub party: Text,
    /// Who.
    pub officer: Text,
    /// Until then nobody else is given it.
    pub until: Time,
}

impl Control {
    /// Gives a trade to an officer, or says whose it is. His own is his for longer.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn assign(&self, wanted: &Assignment, now: Time) -> Result<Result<(), Assignment>, StoreError> {
        ask!(self.assign(wanted, now))
    }

    /// An officer gives a trade up; false if it was not his.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn give_up(&self, order: &OrderKey, party: &str, officer: &str) -> Result<bool, StoreError> {
        ask!(self.give_up(order, party, officer))
    }

    /// Who works on what now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn assignments(&self, now: Time) -> Result<Vec<Assignment>, StoreError> {
        ask!(self.assignments(now))
    }

    /// Who works on a trade now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn assignment(&self, order: &OrderKey, now: Time) -> Result<Option<Assignment>, StoreError> {
        ask!(self.assignment(order, now))
    }
}
