//! Any bytes as a signed message: no panic in canonical form, structure, certificate and verification.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = ceb::signature::verify(bytes);
    let _ = ceb::signature::canonicalize(bytes, ceb::signature::Comments::Keep);
});
