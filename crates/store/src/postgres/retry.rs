//! What is to be done about an error of the database, for everything that a writer does: what was in another's way is done
//! again, a connection that is gone is made anew, anything else fails. What a batch in the middle of its commit came to is
//! `store`'s to say: it is judged again, and not sent again.

use super::store::{PostgresStore, risk_at};
use super::{connect_on, is_gone, is_race};
use crate::StoreError;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a lost connection is tried again before the store gives up.
const PATIENCE: Duration = Duration::from_secs(20);
/// Races that are tried again at once.
const RACES: usize = 20;

/// What an error of the database means for what was under way.
pub(super) enum Trouble {
    /// Another was in the way: again.
    Race,
    /// The connection is gone.
    Gone,
    /// Nothing can be done.
    Failed(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        let cause = match &error {
            StoreError::Failed { source, .. } => source.downcast_ref::<tokio_postgres::Error>(),
            _ => None,
        };
        match cause {
            Some(cause) if is_race(cause) => Self::Race,
            Some(cause) if is_gone(cause) => Self::Gone,
            _ => Self::Failed(error),
        }
    }
}

/// Does something of a [`PostgresStore`] until it is done or cannot be.
macro_rules! until_done {
    ($store:ident, $what:literal, $attempt:expr) => {{
        let mut races = 0;
        loop {
            match $attempt {
                Ok(done) => break done,
                Err(error) => $store.may_try_again($what, error, &mut races).await?,
            }
        }
    }};
}
pub(super) use until_done;

impl PostgresStore {
    /// Makes ready for another attempt at what failed.
    ///
    /// # Errors
    /// When another attempt would not help.
    pub(super) async fn may_try_again(
        &mut self,
        what: &str,
        error: StoreError,
        races: &mut usize,
    ) -> Result<(), StoreError> {
        match Trouble::from(error) {
            Trouble::Race if *races < RACES => {
                *races += 1;
                Ok(())
            }
            Trouble::Race => Err(StoreError::Failed {
                operation: what.to_owned(),
                source: "other writers were in the way again and again".into(),
            }),
            Trouble::Gone => self.reconnect().await,
            Trouble::Failed(error) => Err(error),
        }
    }

    /// A new connection where the old one is gone, tried for a while: a database that restarts or fails over comes back.
    async fn reconnect(&mut self) -> Result<(), StoreError> {
        let began = Instant::now();
        loop {
            match connect_on(&self.home, &self.options).await {
                Ok(client) => {
                    // It may be another database than before: a standby that was promoted and has none of its own.
                    if let Ok(Some(risk)) = risk_at(&client).await {
                        tracing::warn!("{risk}");
                    }
                    self.client = Arc::new(client);
                    return Ok(());
                }
                Err(error) if began.elapsed() > PATIENCE => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }
}
