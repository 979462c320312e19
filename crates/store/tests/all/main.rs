//! The stores by themselves.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::disallowed_methods, reason = "tests may read files and run programs")]

#[path = "support/postgres.rs"]
mod database;
mod evidence;
mod export_looks;
mod export_returns;
mod export_summaries;
mod exports;
mod lists;
mod migrations;
mod silence;
mod store;
