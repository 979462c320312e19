//! A wrapper that loses races and leaves commits unknown, seeded: so that no caller relies on a commit being done, and
//! a store with other writers meets no untested path.

use crate::{Commit, Row, Store, StoreError, Transaction};
use clearance::facts::{Facts, Keys};
use clearance::keys::{Position, Time};
use clearance::sample::Numbers;
use std::sync::Arc;

/// How often commits go wrong, per thousand.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Rolled back: another was first.
    pub lost: u64,
    /// Not done, and nobody knows.
    pub unknown: u64,
    /// Done, and nobody knows.
    pub unknown_done: u64,
}

/// A store whose commits go wrong at random.
pub struct Faulty<S> {
    inner: S,
    rates: Rates,
    numbers: Numbers,
}

impl<S: Store> Faulty<S> {
    /// Wraps a store; the same seed goes wrong at the same commits.
    pub fn new(inner: S, rates: Rates, seed: u64) -> Self {
        Self { inner, rates, numbers: Numbers::new(seed, 0xFA) }
    }
    /// The store inside.
    pub fn inner(&mut self) -> &mut S {
        &mut self.inner
    }
}

/// Its open transaction, with what will become of it.
pub struct FaultyTransaction<T> {
    inner: T,
    draw: u64,
    rates: Rates,
}

impl<S: Store> Store for Faulty<S> {
    type Transaction<'a> = FaultyTransaction<S::Transaction<'a>>;
    type Read = S::Read;

    async fn load(&mut self, keys: Keys, rows: usize) -> Result<Self::Transaction<'_>, StoreError> {
        let draw = self.numbers.below(1000);
        let inner = self.inner.load(keys, rows).await?;
        Ok(FaultyTransaction { inner, draw, rates: self.rates })
    }

    async fn durable(&mut self) -> Result<Position, StoreError> {
        self.inner.durable().await
    }

    fn read(&self) -> S::Read {
        self.inner.read()
    }
}

impl<T: Transaction + Send> Transaction for FaultyTransaction<T> {
    fn facts(&mut self) -> Facts {
        self.inner.facts()
    }

    async fn commit(self, time: Time, rows: Arc<Vec<Row>>) -> Result<Commit, StoreError> {
        let Rates { lost, unknown, unknown_done } = self.rates;
        match self.draw {
            draw if draw < lost => Ok(Commit::Lost),
            draw if draw < lost + unknown => Ok(Commit::Unknown),
            draw if draw < lost + unknown + unknown_done => {
                if let Commit::Done { durable, .. } = self.inner.commit(time, rows).await? {
                    durable.wait().await?;
                }
                Ok(Commit::Unknown)
            }
            _ => self.inner.commit(time, rows).await,
        }
    }
}
