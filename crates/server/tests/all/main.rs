//! The stories of the window, told over its HTTP interface and its pipeline. One program, so that the server is linked once.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::disallowed_methods, reason = "tests may read files and run programs")]

mod codes;
mod consumer;
mod consumer_pages;
mod credit;
mod evidence;
mod figures_in_browser;
mod goods_filing;
mod http;
mod inspections;
mod inspections_in_browser;
mod institutions;
mod interface;
mod officer_queue;
mod operations;
mod payment_data;
mod people;
mod permissions;
mod personal;
mod portal;
mod portal_in_browser;
mod portal_operation;
mod portal_people;
mod portal_permissions;
mod portal_registers;
mod portal_registers_in_browser;
mod portal_sending;
mod preview;
mod providers;
mod recorded;
mod registering;
mod registers;
mod retention;
mod rotation;
mod sandbox;
mod servers;
mod shares;
mod sign_ins;
mod signed_requests;
mod simulator;
mod statistics;
mod subjects;
mod support;
mod webhooks;
mod windows;
