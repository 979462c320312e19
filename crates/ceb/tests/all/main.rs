//! Messages and signatures, against what the specification says of them.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::disallowed_methods, reason = "tests may read files and run programs")]

mod any_bytes;
mod beside;
mod exports;
mod messages;
mod published;
mod signature;
