//! The index's own thread: collects what commits changed and merges it in large, sorted batches.

use super::index::{Entries, IndexWriter};
use super::store::Shared;
use crate::StoreError;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Keys after which the index is merged, or some seconds, or as soon as nothing more comes: fewer merges make fewer
/// and larger runs.
const MERGE_KEYS: usize = 100_000;
const MERGE_EVERY: Duration = Duration::from_secs(4);
const IDLE: Duration = Duration::from_millis(200);
/// After a merge that failed it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// The thread's door; dropping it waits until all is merged.
pub struct Merger {
    queue: Option<mpsc::Sender<Entries>>,
    thread: Option<JoinHandle<()>>,
}

impl Merger {
    /// Starts the thread.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(shared: Arc<Shared>, mut index: IndexWriter) -> Result<Self, StoreError> {
        let (queue, entries) = mpsc::channel::<Entries>();
        let run = move || {
            let mut waiting = Vec::new();
            let mut behind = false;
            loop {
                let open = collect(&entries, &mut waiting);
                match merge(&shared, &mut index, &mut waiting).and_then(|()| {
                    waiting.clear();
                    compact(&mut index)
                }) {
                    Ok(()) if behind => {
                        behind = false;
                        tracing::info!("the index is merged again");
                    }
                    Ok(()) => {}
                    // The index is derived: what is not merged stays in memory and is tried again, and what is not
                    // merged at the end is caught up with by the next opening.
                    Err(error) => {
                        if !std::mem::replace(&mut behind, true) {
                            let source = std::error::Error::source(&error).map(ToString::to_string);
                            tracing::error!(%error, source, "the index is not merged; it is tried again every second");
                        }
                        if open {
                            std::thread::sleep(AGAIN);
                        }
                    }
                }
                if !open {
                    return;
                }
            }
        };
        let thread = super::thread("index", run)?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Hands over what a commit changed.
    pub fn send(&self, entries: Entries) {
        if let Some(queue) = &self.queue {
            // A thread that ended left the index behind; see above.
            let _ = queue.send(entries);
        }
    }
}

impl Drop for Merger {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Entries without what memory let go of, whose memory is given back here.
fn taken(mut entries: Entries) -> Entries {
    entries.retired.clear();
    entries
}

/// Adds what is merged next to what waits since a failure; whether more may come.
fn collect(entries: &mpsc::Receiver<Entries>, waiting: &mut Vec<Entries>) -> bool {
    if waiting.is_empty() {
        let Ok(first) = entries.recv() else { return false };
        waiting.push(taken(first));
    }
    let mut keys = waiting.last().map_or(0, |entries| entries.keys.len() + 1);
    let until = Instant::now() + MERGE_EVERY;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if keys >= MERGE_KEYS || left.is_zero() {
            return true;
        }
        match entries.recv_timeout(left.min(IDLE)) {
            Ok(next) => {
                keys += next.keys.len() + 1;
                waiting.push(taken(next));
            }
            Err(mpsc::RecvTimeoutError::Timeout) => return true,
            Err(mpsc::RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Merges entries and lets memory forget what is covered.
pub(super) fn merge(
    shared: &Shared,
    index: &mut IndexWriter,
    batch: &mut [Entries],
) -> Result<(), StoreError> {
    let Some(last) = batch.last().map(|entries| entries.last) else { return Ok(()) };
    let (timers, waiting) = {
        let memory = shared.memory();
        (memory.timers_until(last), memory.waiting_until(last).encode())
    };
    if let Some(entries) = batch.last_mut() {
        entries.timers = timers;
        entries.digest = shared.ledger.digest(last)?.unwrap_or_default();
    }
    index.merge(batch, &waiting)?;
    let covered = shared.memory_mut().covered(last);
    drop(covered);
    shared.covered.store(last, Ordering::SeqCst);
    Ok(())
}

/// Makes full levels of runs into larger ones.
pub(super) fn compact(index: &mut IndexWriter) -> Result<(), StoreError> {
    while index.compact()? {}
    Ok(())
}
