//! Any bytes as a CEB message or an envelope: no panic; what is understood is written and read back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = ceb::Limits::default();
    let _ = ceb::dxp::parse(bytes, &limits);
    let Some(message) = ceb::parse(bytes, &limits).message else { return };
    if message.entries.is_empty() || message.entries.iter().any(|entry| !entry.defects.is_empty()) {
        return;
    }
    let written = ceb::write(&message, ceb::Style::Prefixed);
    let again = ceb::parse(&written, &limits).message.expect("our own message is read");
    for (one, other) in message.entries.iter().zip(&again.entries) {
        assert_eq!(one.document, other.document);
    }
});
