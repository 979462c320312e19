//! Digests of bodies (RFC 9530).

use crate::{CONTENT_DIGEST, Fault, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Algorithm, SHA256, SHA512, digest};
use sfv::{Dictionary, ListEntry, Parser};

/// Digests that are checked.
const KNOWN: [(&str, &Algorithm); 2] = [("sha-256", &SHA256), ("sha-512", &SHA512)];

/// The field for a body.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, body)))
}

/// Checks every known digest of a request's body; one of them has to be there.
///
/// # Errors
/// The field is missing or cannot be read, or a digest differs.
pub fn check_digest(request: &Request<'_>, body: &[u8]) -> Result<(), Fault> {
    let unreadable = |what: &str| Fault::Unreadable { field: CONTENT_DIGEST, what: what.to_owned() };
    let text = request.field(CONTENT_DIGEST).ok_or_else(|| unreadable("it is missing"))?;
    let field: Dictionary = Parser::new(&text).parse().map_err(|error| unreadable(&error.to_string()))?;
    let mut checked = false;
    for (algorithm, with) in KNOWN {
        let Some(entry) = field.get(algorithm) else { continue };
        let ListEntry::Item(item) = entry else { return Err(unreadable("a digest is bytes")) };
        let sent = item.bare_item.as_byte_sequence().ok_or_else(|| unreadable("a digest is bytes"))?;
        let computed = digest(with, body);
        if sent != computed.as_ref() {
            let (sent, computed) = (STANDARD.encode(sent), STANDARD.encode(computed));
            return Err(Fault::Digest { algorithm, sent, computed });
        }
        checked = true;
    }
    if checked { Ok(()) } else { Err(unreadable("it has neither sha-256 nor sha-512")) }
}
