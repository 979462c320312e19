//! Any bytes as a CEB message or an envelope: no panic; what is understood is written and read back the same.
//! The tests of `ceb` call the same function with damaged messages.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target calls its own")]
#[path = "../../crates/ceb/tests/all/any_bytes.rs"]
mod any_bytes;

fuzz_target!(|bytes: &[u8]| any_bytes::message(bytes));
