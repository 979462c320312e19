//! The judgement on a consignment: validate, match, assess, decide. Pure: no I/O, clock, randomness or floats.
pub mod identity;
pub mod rulebook;
pub mod tax;
