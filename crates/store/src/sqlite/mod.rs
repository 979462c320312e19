//! The embedded store: append-only ledger segments (the truth), a derived index, memory that is only ever a function
//! of ledger rows, and a small control store for what is mutable and not derivable.

mod ahead;
pub mod control;
pub mod crypt;
pub mod folder;
pub mod index;
pub mod ledger_files;
pub mod memory;
mod merge;
mod merger;
mod runs;
pub mod store;
pub mod verify;
mod writer;

pub use control::{Control, Token};
pub use store::{Options, SqliteRead, SqliteStore};
