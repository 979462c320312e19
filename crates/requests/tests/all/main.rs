//! Signatures of requests, held against the examples of the standards and against everything that can be wrong.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod examples;
mod faults;
