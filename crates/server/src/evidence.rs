//! Follows the ledger with the evidence log while a window is open, and publishes a head from time to time. Nothing waits
//! for it: whoever asks for a head before its time has one made.

use crate::window::Window;
use std::time::{Duration, Instant};
use store::{Evidence, StoreError};

/// A head is published at least so often, if rows came.
const BETWEEN_HEADS: Duration = Duration::from_secs(60);
/// Rows behind the ledger from which following is told in the log.
const WORTH_TELLING: u64 = 50_000;
/// How often it is told.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// How long is waited after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// Does so every `every`, until it is dropped.
pub async fn run(window: Window, every: Duration) {
    let mut published: Option<Instant> = None;
    loop {
        let due = published.is_none_or(|published| published.elapsed() >= BETWEEN_HEADS);
        let done = async {
            follow(&window.evidence).await?;
            if due {
                window.evidence.head(window.clock.now(), None, &mut |_, _| {}).await?;
            }
            Ok::<(), StoreError>(())
        };
        match done.await {
            Ok(()) if due => published = Some(Instant::now()),
            Ok(()) => {}
            Err(error) => {
                let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                tracing::error!(%error, %source, "the evidence log cannot follow the ledger");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
        tokio::time::sleep(every).await;
    }
}

/// Follows to the end, and tells how far it is where that takes long.
async fn follow(evidence: &Evidence) -> Result<(), StoreError> {
    let behind = evidence.behind().await?;
    let mut told = Instant::now();
    if behind >= WORTH_TELLING {
        tracing::warn!(rows = behind, "the evidence log is behind the ledger: it catches up");
    }
    let mut tell = |done: u64, whole: u64| {
        if told.elapsed() >= TELL_EVERY {
            tracing::warn!(rows = done, of = whole, "the evidence log catches up");
            told = Instant::now();
        }
    };
    evidence.follow(&mut tell).await?;
    if behind >= WORTH_TELLING {
        tracing::warn!("the evidence log is where the ledger is");
    }
    Ok(())
}
