//! The program as people run it.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::disallowed_methods, reason = "tests may read files and run programs")]

mod agencies;
mod archiving;
mod audit;
mod bench;
mod command_line;
#[path = "../../../store/tests/all/support/postgres.rs"]
mod database;
mod operations;
mod risk;
mod sign;
