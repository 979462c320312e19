//! The embedded store: append-only ledger segments and a derived index.
pub mod chain;
pub mod crypt;
pub mod dictionary;
pub mod folder;
pub mod segments;
