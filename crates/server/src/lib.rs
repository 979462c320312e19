//! The shell: the only crate with a runtime, sockets, the clock and settings.
//!
//! Read first: [`pipeline`], the straight path from a message to its answer. `ingest` makes documents of bytes, `api`
//! is the HTTP interface, `worker` fires timers and watches the disk, `push` sends to
//! webhooks, `serving` keeps a window open until it is told to
//! stop.
// The schemas of the interface are one long JSON.
#![recursion_limit = "256"]

pub mod accounts;
mod agency_queries;
mod all_records;
mod answering;
pub mod api;
pub mod archiving;
pub mod auth;
pub mod beside;
mod bonded;
pub mod book_clocks;
pub mod centralised_tax;
pub mod clock;
mod commands;
mod consolidations;
pub mod credit;
mod credit_report;
pub mod credit_weights;
pub mod demands;
pub mod denials;
pub mod derive;
mod door;
pub mod draws;
pub mod evidence;
pub mod finding;
mod happenings;
pub mod histogram;
mod identity_token;
pub mod ingest;
pub mod intake;
pub mod lists_told;
pub mod messenger;
pub mod metrics;
pub mod notices;
pub mod parcels;
pub mod password;
pub mod payment_data;
pub mod picture;
pub mod pipeline;
mod plan;
pub mod portal;
pub mod pre_entry;
pub mod progress;
pub mod providers;
pub mod proving;
pub mod push;
pub mod rates;
mod reading;
pub mod reference;
mod registering;
pub mod responsible;
pub mod retention;
pub mod rights;
mod risk_cases;
pub mod risk_table;
pub mod sandbox;
mod scoring;
pub mod second_factor;
pub mod serving;
pub mod shadow;
pub mod sharing;
pub mod signed_requests;
pub mod signing_in;
pub mod site_codes;
mod sites;
pub mod statistics;
mod tail;
pub mod throttle;
pub mod traceability;
pub mod transit_clocks;
pub mod trial;
pub mod window;
pub mod worker;

pub use window::Window;
