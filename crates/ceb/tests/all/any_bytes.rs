//! What is asked of any bytes at all: no panic, and what is understood is written and read back the same, each document also as its
//! span cuts it out. The fuzz targets call these functions with bytes that they find, the tests here with damaged messages.

/// Any bytes as a message or an envelope.
pub fn message(bytes: &[u8]) {
    let limits = ceb::Limits::default();
    let _ = ceb::dxp::parse(bytes, &limits);
    let parsed = ceb::parse(bytes, &limits);
    assert!(parsed.message.is_some() || !parsed.defects.is_empty(), "neither understood nor refused");
    let Some(message) = parsed.message else { return };
    if message.entries.is_empty() || message.entries.iter().any(|entry| !entry.defects.is_empty()) {
        return;
    }
    let text = parsed.text.as_deref().unwrap_or(bytes);
    for entry in &message.entries {
        let cut = ceb::parse_document(message.kind, &text[entry.span.clone()]);
        assert_eq!(cut.document, entry.document, "{:?}", cut.defects);
    }
    let written = ceb::write(&message, ceb::Style::Prefixed);
    let again = ceb::parse(&written, &limits);
    let documents = |message: &ceb::Message| {
        message.entries.iter().map(|entry| entry.document.clone()).collect::<Vec<_>>()
    };
    assert_eq!(again.message.as_ref().map(documents), Some(documents(&message)), "{:?}", again.defects);
}

/// Any bytes as the JSON form of a message.
pub fn json(bytes: &[u8]) {
    let parsed = ceb::parse_json(bytes, &ceb::Limits::default());
    assert!(parsed.message.is_some() || !parsed.defects.is_empty(), "neither understood nor refused");
}

/// Any bytes as a signed message.
pub fn signature(bytes: &[u8]) {
    let _ = ceb::signature::verify(bytes);
    let _ = ceb::signature::canonicalize(bytes, ceb::signature::Comments::Keep);
}
