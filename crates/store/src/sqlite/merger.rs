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
            loop {
                let (waiting, open) = collect(&entries);
                if merge(&shared, &mut index, waiting).is_err() || !open {
                    // The index is derived: a failed merge leaves it behind, and the next opening catches up.
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

/// What is merged next, and whether more may come.
fn collect(entries: &mpsc::Receiver<Entries>) -> (Vec<Entries>, bool) {
    let mut waiting: Vec<Entries> = Vec::new();
    let Ok(first) = entries.recv() else { return (waiting, false) };
    let mut keys = first.keys.len() + 1;
    waiting.push(first);
    let until = Instant::now() + MERGE_EVERY;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if keys >= MERGE_KEYS || left.is_zero() {
            return (waiting, true);
        }
        match entries.recv_timeout(left.min(IDLE)) {
            Ok(next) => {
                keys += next.keys.len() + 1;
                waiting.push(next);
            }
            Err(mpsc::RecvTimeoutError::Timeout) => return (waiting, true),
            Err(mpsc::RecvTimeoutError::Disconnected) => return (waiting, false),
        }
    }
}

/// Merges entries and lets memory forget what is covered.
pub(super) fn merge(
    shared: &Shared,
    index: &mut IndexWriter,
    mut batch: Vec<Entries>,
) -> Result<(), StoreError> {
    let Some(last) = batch.last().map(|entries| entries.last) else { return Ok(()) };
    let (timers, waiting) = {
        let memory = shared.memory();
        (memory.timers_until(last), memory.waiting_until(last).encode())
    };
    if let Some(entries) = batch.last_mut() {
        entries.timers = timers;
    }
    index.merge(&batch, &waiting)?;
    shared.memory_mut().covered(last);
    shared.covered.store(last, Ordering::SeqCst);
    while index.compact()? {}
    Ok(())
}
