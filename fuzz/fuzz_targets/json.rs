//! Any bytes as the JSON form of a message: no panic.
//! The tests of `ceb` call the same function with damaged messages.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target calls its own")]
#[path = "../../crates/ceb/tests/all/any_bytes.rs"]
mod any_bytes;

fuzz_target!(|bytes: &[u8]| any_bytes::json(bytes));
