//! The judgement: tables, laws and stories of the pure core.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::disallowed_methods, reason = "tests may read files and run programs")]

mod actions;
#[path = "../../../ceb/tests/all/beside.rs"]
mod beside;
mod bonded;
mod calendar;
mod code_examples;
mod credit_terms;
mod dated_rows;
mod deadlines;
mod devices;
mod draws;
mod export_books;
mod export_looks;
mod export_parcels;
mod export_refunds;
mod export_returns;
mod exports;
mod goods;
mod grouping;
mod indicators;
mod inspections;
mod lapses;
mod matching;
mod parcel_tax;
mod permits;
mod schema;
mod scripted;
mod scripted_exports;
mod signatures;
mod simplified_lists;
mod standing;
mod stories;
mod summaries;
mod summary_periods;
mod support;
mod table_checks;
mod table_sweep;
mod tax;
mod verdicts;
mod windowed;
