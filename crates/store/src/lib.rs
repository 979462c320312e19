//! Rows: one trait with its transaction. Knows SQL, judges nothing.
pub mod sqlite;
