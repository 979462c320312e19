//! The pages without a server: texts, colours, and every part and page in both languages against its snapshot.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::disallowed_methods, reason = "tests read the sources that they hold to account")]

mod colours;
mod consumers;
mod demands;
mod exports;
mod figures;
mod gallery;
mod inspections;
mod left_out;
mod money;
mod registers;
mod sites;
mod sizes;
mod texts;
mod windows;
