//! Steps, corrections, what is kept and who sees what, told by rows made by hand; rows of real judgements are folded in the
//! tests of `server`.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod conduct;
mod folding;
