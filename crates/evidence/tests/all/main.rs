//! Trees, proofs and exports of the evidence log.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::disallowed_methods, reason = "tests may read files and run programs")]

mod draws;
mod exports;
mod sealed;
mod searches;
mod trees;
