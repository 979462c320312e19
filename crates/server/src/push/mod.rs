//! Sends what is there for a party to its webhook, as it is committed: each page signed, again until it is taken, in order.
//! How far each webhook is, is a record of the ledger: another server, or this one after its end, goes on from there. A page
//! whose delivery was not recorded is sent again with the same id. Whom it may be sent to is `client`'s.

mod answers;
mod changes;
pub mod client;
mod questions;
mod receipts;
mod sender;

pub use client::{Client, Reach};

use crate::Window;
use clearance::Text;
use clearance::record::Register;
use exchange::envelope;
use ring::rand::{SecureRandom, SystemRandom};
use sender::Sender;
use std::collections::BTreeMap;
use std::time::Duration;
use store::{RecordSearch, StoreError};
use tokio::task::JoinSet;

/// How often webhooks that came or went are looked for.
const HOOKS_EVERY: Duration = Duration::from_secs(1);

/// How patient the window is with receivers.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// After the first failure it waits so long, after each further one twice as long.
    pub first: Duration,
    /// But no longer than this.
    pub longest: Duration,
    /// A page that is refused so often is set aside.
    pub refusals: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(600), refusals: 5 }
    }
}

impl Patience {
    /// How long is waited after so many failures in a row.
    fn after(self, failures: u32) -> Duration {
        let doubled = self.first.saturating_mul(1 << failures.saturating_sub(1).min(20));
        doubled.min(self.longest)
    }
}

/// Headers that say who sends a body, and when.
///
/// # Errors
/// [`StoreError`] when the window has no key.
pub async fn signed(
    window: &Window,
    id: &str,
    body: &[u8],
) -> Result<[(&'static str, String); 3], StoreError> {
    let now = window.clock.now();
    let signer = window.evidence.sender(now).await?;
    let seconds = now.0.div_euclid(1_000);
    let signature = signer.sign_text(&envelope::signed(id, seconds, body));
    Ok([
        (envelope::ID, id.to_owned()),
        (envelope::TIMESTAMP, seconds.to_string()),
        (envelope::SIGNATURE, envelope::written(&signature)),
    ])
}

/// Sends to every active webhook, until it is dropped.
pub async fn run(window: Window, client: Client, patience: Patience) {
    let mut bytes = [0u8; 8];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        tracing::error!("no random numbers: nothing is sent to webhooks");
        return;
    }
    // A name of this run of this server: what held before its end is not held by it.
    let holder = evidence::hexadecimal(&bytes);
    let mut tasks = JoinSet::new();
    let mut running: BTreeMap<Text, tokio::task::AbortHandle> = BTreeMap::new();
    loop {
        match active(&window).await {
            Ok(active) => {
                running.retain(|id, task| {
                    let stays = active.contains(id) && !task.is_finished();
                    if !stays {
                        task.abort();
                    }
                    stays
                });
                for id in active {
                    let sender =
                        || Sender::new(window.clone(), client.clone(), patience, &holder, id.clone());
                    running.entry(id.clone()).or_insert_with(|| tasks.spawn(sender().run()));
                }
            }
            Err(error) => tracing::error!(%error, "webhooks cannot be read"),
        }
        // Ended ones are forgotten.
        while tasks.try_join_next().is_some() {}
        tokio::time::sleep(HOOKS_EVERY).await;
    }
}

async fn active(window: &Window) -> Result<Vec<Text>, StoreError> {
    let search =
        RecordSearch { register: Register::Webhook, parties: None, states: vec![Text::from("active")] };
    let records = window.all_records(&search).await?;
    Ok(records.iter().map(|record| record.key.id.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_longer_each_time_and_never_too_long() {
        let patience = Patience::default();
        let waits: Vec<u64> = [1, 2, 3, 10, 11, 400, u32::MAX].map(|n| patience.after(n).as_secs()).to_vec();
        assert_eq!(waits, [1, 2, 4, 512, 600, 600, 600]);
    }
}
