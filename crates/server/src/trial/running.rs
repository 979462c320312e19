//! The trial that a server runs beside its intake: one at a time, little of the machine, its progress for whoever looks. What it
//! came to is kept with the draft; what was changed meanwhile was another draft, and keeps nothing.

use super::watching::Watching;
use super::{Share, Tried, run_from_facts, told};
use crate::Window;
use clearance::{Rulebook, Text};
use register::{By, Command};
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// What is known of the trial that runs.
#[derive(Debug)]
pub struct Running {
    /// Of which draft.
    pub draft: Text,
    /// Rows that were read.
    pub rows: AtomicU64,
    /// Rows there are.
    pub of: AtomicU64,
    /// No more is wanted of it.
    ended: AtomicBool,
}

/// The trial of a server, if one runs, and the drafts that it watches.
#[derive(Default, Debug)]
pub struct Trials {
    running: Mutex<Option<Arc<Running>>>,
    /// What trials ask of declarations is kept by one at a time.
    keeping: Mutex<()>,
    /// Drafts in shadow.
    pub watching: Watching,
}

impl Trials {
    /// The one that runs.
    pub fn running(&self) -> Option<Arc<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn begin(&self, draft: &Text) -> Option<Arc<Running>> {
        let mut slot = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_some() {
            return None;
        }
        let running = Running {
            draft: draft.clone(),
            rows: AtomicU64::new(0),
            of: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        };
        let running = Arc::new(running);
        *slot = Some(running.clone());
        Some(running)
    }

    fn end(&self) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// For whoever keeps what trials ask of declarations; none = somebody does.
    pub(super) fn alone(&self) -> Option<MutexGuard<'_, ()>> {
        match self.keeping.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Ends the trial of a draft that nobody wants to know any more.
    pub fn stop(&self, draft: &str) {
        if let Some(running) = self.running().filter(|running| running.draft == draft) {
            running.ended.store(true, Ordering::Relaxed);
        }
    }
}

/// A draft to be tried: its record as it was seen, and its tables as a rulebook.
pub struct Asked {
    /// Its key and version.
    pub draft: (clearance::record::RecordKey, u32),
    /// The number of the rulebook that it changes.
    pub base: u32,
    /// Its tables.
    pub book: Rulebook,
    /// Who asked.
    pub by: By,
}

/// Begins a trial beside everything else; false = another runs.
pub fn begin(window: &Window, asked: Asked) -> bool {
    let Some(running) = window.trials.begin(&asked.draft.0.id) else { return false };
    let (window, handle) = (window.clone(), tokio::runtime::Handle::current());
    tokio::task::spawn_blocking(move || {
        let mut progress = |rows: u64, of: u64| {
            running.rows.store(rows, Ordering::Relaxed);
            running.of.store(of, Ordering::Relaxed);
            // A window that closes does not wait for it.
            !running.ended.load(Ordering::Relaxed) && !window.pipeline.is_closed()
        };
        // Whoever keeps them up meanwhile ends soon when a trial runs.
        let alone = window.trials.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (&window.read, &handle);
        let tried = run_from_facts(place, &asked.book, Share::beside_intake(), &mut progress);
        drop(alone);
        match tried {
            Ok(Some(tried)) => handle.block_on(keep(&window, asked, &tried)),
            Ok(None) => tracing::info!(draft = %running.draft, "a trial was ended"),
            Err(error) => tracing::error!(%error, draft = %running.draft, "a trial failed"),
        }
        window.trials.end();
    });
    true
}

async fn keep(window: &Window, asked: Asked, tried: &Tried) {
    let came = json!({"trial": told(tried, asked.base, &asked.book.digest)});
    let command = Command {
        key: asked.draft.0,
        version: asked.draft.1,
        action: "try".into(),
        by: asked.by,
        note: String::new(),
        body: Some(came.to_string()),
    };
    match window.pipeline.command(command).await {
        Some(Ok(_)) => {}
        Some(Err(refusal)) => tracing::info!(?refusal, "what a trial came to is of a draft that changed"),
        None => tracing::warn!("what a trial came to was not kept: the window is closing"),
    }
}
