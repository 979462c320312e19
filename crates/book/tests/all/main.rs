//! Bonded books: stories of what happens to goods, every rule, and laws over random lives.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod laws;
mod rules;
mod stories;
mod support;
