//! Signatures of HTTP requests (RFC 9421), and digests of their bodies (RFC 9530). Pure: a request, a key and a time go in;
//! who signed what, or precisely what is wrong, comes out. Leaves to others: whose key it is, whether it was heard before,
//! and making signature values, which needs randomness.
//!
//! Read first: [`Signature::check`]. Of the standard's components those of requests are known, whole fields alone.

mod base;
mod digest;
mod fault;
mod key;
mod prepare;
mod signature;

pub use digest::{check_digest, content_digest};
pub use fault::Fault;
pub use key::{Algorithm, Key};
pub use prepare::{NewSignature, Prepared};
pub use signature::{Policy, Signature, signatures};

/// Field that says what is signed.
pub const SIGNATURE_INPUT: &str = "signature-input";
/// Field of the signature values.
pub const SIGNATURE: &str = "signature";
/// Field of the body's digest.
pub const CONTENT_DIGEST: &str = "content-digest";

/// A request, as it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST` …
    pub method: &'a str,
    /// `https` or `http`.
    pub scheme: &'a str,
    /// The host with its port, as sent.
    pub authority: &'a str,
    /// The path, percent-encoded as sent.
    pub path: &'a str,
    /// What stands after the question mark, as sent.
    pub query: Option<&'a str>,
    /// Header fields in order: name in lower case, value.
    pub fields: &'a [(String, String)],
}

impl Request<'_> {
    /// All values of a field as one; none = it is not there.
    pub fn field(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .fields
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.trim_matches([' ', '\t']))
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}
