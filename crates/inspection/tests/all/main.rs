//! The model that learns from inspections, on invented declarations with a structure that is known.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::float_arithmetic, reason = "figures of a model, no money")]

mod choosing;
mod explaining;
mod exports;
mod file;
mod laws;
mod learning;
mod sample;
mod tables;
