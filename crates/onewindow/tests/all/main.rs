//! The program as people run it.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::disallowed_methods, reason = "tests may read files and run programs")]

mod agencies;
mod archiving;
mod audit;
mod bench;
#[allow(dead_code, reason = "pages are looked at with it by the tests of the server, too")]
#[path = "../../../server/tests/all/support/chromium.rs"]
mod chromium;
mod command_line;
mod crashes;
#[path = "../../../store/tests/all/support/postgres.rs"]
mod database;
mod database_in_trouble;
mod five_minutes;
mod operations;
mod risk;
mod sign;
