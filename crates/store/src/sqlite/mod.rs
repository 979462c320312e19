//! The embedded store: append-only ledger segments (the truth), a derived index, memory that is only ever a function
//! of ledger rows, and a small control store for what is mutable and not derivable.

mod ahead;
mod assignments;
pub mod backup;
mod block;
pub(crate) mod control;
mod erase;
pub(crate) mod evidence;
mod exports;
pub mod folder;
pub mod index;
mod kept;
pub mod ledger_files;
mod lists;
pub mod manifest;
pub mod memory;
mod merge;
mod merger;
mod people;
mod providers;
mod registers;
mod replay;
pub mod restore;
pub mod room;
pub mod rotate;
mod runs;
pub mod store;
pub mod verify;
mod writer;

pub use store::{Options, SqliteRead, SqliteStore, SqliteTransaction};

/// Starts a thread of the store.
pub(crate) fn thread(
    name: &str,
    run: impl FnOnce() + Send + 'static,
) -> Result<std::thread::JoinHandle<()>, crate::StoreError> {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    started.map_err(|source| crate::StoreError::Failed {
        operation: format!("start the {name} thread"),
        source: source.into(),
    })
}
