//! Signatures of requests, held against the examples of the standards and against everything that can be wrong.

mod examples;
mod faults;
