//! A wrapper that loses races, leaves commits unknown and fails, seeded: so that no caller relies on a commit being
//! done, and a store with other writers meets no untested path.

use crate::{Commit, Durable, Row, Store, StoreError, Transaction};
use clearance::facts::{Facts, Keys};
use clearance::keys::{Position, Time};
use clearance::sample::Numbers;
use std::sync::Arc;
use tokio::sync::oneshot;

/// How often commits go wrong, per thousand.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Rolled back: another was first.
    pub lost: u64,
    /// Not done, and nobody knows.
    pub unknown: u64,
    /// Done, and nobody knows.
    pub unknown_done: u64,
    /// Not done, and the store has failed: its writer must end.
    pub failed: u64,
    /// Done, and the store has failed.
    pub failed_done: u64,
    /// Done as far as the writer knows, who judges on; the store fails when it makes it durable.
    pub failed_later: u64,
}

/// Whether an error is one of those that [`Faulty`] makes up.
pub fn is_injected(error: &StoreError) -> bool {
    matches!(error, StoreError::Failed { operation, .. } if operation == INJECTED)
}

const INJECTED: &str = "commit (a failure for tests)";

fn injected() -> StoreError {
    StoreError::Failed { operation: INJECTED.to_owned(), source: "made up".into() }
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

    async fn adopt(&mut self) -> Result<bool, StoreError> {
        self.inner.adopt().await
    }

    async fn close(self) {
        self.inner.close().await;
    }

    fn read(&self) -> S::Read {
        self.inner.read()
    }
}

impl<T: Transaction + Send> Transaction for FaultyTransaction<T> {
    fn facts(&mut self) -> Facts {
        self.inner.facts()
    }

    fn reference(&self) -> u64 {
        self.inner.reference()
    }

    async fn commit(self, time: Time, rows: Arc<Vec<Row>>) -> Result<Commit, StoreError> {
        let rates = self.rates;
        let ends = [
            rates.lost,
            rates.unknown,
            rates.unknown_done,
            rates.failed,
            rates.failed_done,
            rates.failed_later,
        ];
        let mut draw = self.draw;
        let fate = ends.iter().position(|rate| {
            let hit = draw < *rate;
            draw = draw.saturating_sub(*rate);
            hit
        });
        match fate {
            None => self.inner.commit(time, rows).await,
            Some(0) => Ok(Commit::Lost),
            Some(1) => Ok(Commit::Unknown),
            Some(3) => Err(injected()),
            Some(fate) => {
                let done = self.inner.commit(time, rows).await?;
                let Commit::Done { first, last, durable } = done else { return Ok(done) };
                durable.wait().await?;
                match fate {
                    2 => Ok(Commit::Unknown),
                    4 => Err(injected()),
                    _ => {
                        let (fails, failed) = oneshot::channel();
                        let _ = fails.send(Err(injected()));
                        Ok(Commit::Done { first, last, durable: Durable::once(failed) })
                    }
                }
            }
        }
    }
}
