//! Any bytes as the JSON form of a message: no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = ceb::parse_json(bytes, &ceb::Limits::default());
});
