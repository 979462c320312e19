//! Requests that machines sign (RFC 9421) with the key of a certificate that their party registered for it. A token that is
//! bound to such a key is worth nothing without its signature. What is refused is told precisely, and is a line of the
//! trace.

use crate::Window;
use crate::auth::Caller;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ceb::signature::{CertificateFacts, PublicKey};
use clearance::Text;
use clearance::record::{RecordKey, Register};
use register::certificate::{Certificate, Purpose};
use requests::{Fault, Key, Policy, Request, Signature, check_digest, signatures};
use store::{Read, StoreError};

/// The tag of signatures for the window: one made for another service does not count here.
pub const TAG: &str = "onewindow";

/// Why a request does not count as signed.
#[derive(thiserror::Error, Debug)]
pub enum Unsigned {
    /// Something is missing or wrong in it.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// The party has no such key, or it is not for requests.
    #[error("key {0} is not registered for requests of this party")]
    UnknownKey(String),
    /// The key does not count now.
    #[error("key {keyid} {what}")]
    KeyEnded {
        /// Which.
        keyid: String,
        /// What became of it, when and why.
        what: String,
    },
    /// The token is bound to another key.
    #[error("the token is bound to key {0}, which did not sign")]
    AnotherKey(Text),
    /// It was received before.
    #[error("nonce {0} came before")]
    Replayed(String),
    /// Keys or nonces cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl Unsigned {
    /// A stable word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Fault(fault) => fault.word(),
            Self::UnknownKey(_) => "unknown-key",
            Self::KeyEnded { .. } => "key-ended",
            Self::AnotherKey(_) => "another-key",
            Self::Replayed(_) => "replayed",
            Self::Store(_) => "unreadable-store",
        }
    }

    /// What it is about: components, a parameter, a key.
    pub fn about(&self) -> Vec<String> {
        match self {
            Self::Fault(fault) => fault.about(),
            Self::UnknownKey(keyid) | Self::KeyEnded { keyid, .. } => vec![keyid.clone()],
            Self::AnotherKey(bound) => vec![bound.to_string()],
            Self::Replayed(_) => vec!["nonce".to_owned()],
            Self::Store(_) => Vec::new(),
        }
    }
}

/// Whether a request has to be looked at: it is signed, or its token asks for it.
pub fn concerns(caller: &Caller, headers: &HeaderMap) -> bool {
    caller.bound_to.is_some()
        || headers.contains_key(requests::SIGNATURE_INPUT)
        || headers.contains_key(requests::SIGNATURE)
}

/// Checks the signature of a request with its body. What is refused is written down.
///
/// # Errors
/// [`Unsigned`].
pub async fn verified(window: &Window, caller: &Caller, parts: &Parts, body: &[u8]) -> Result<(), Unsigned> {
    let told = verify(window, caller, parts, body).await;
    if let Err(unsigned) = &told
        && !matches!(unsigned, Unsigned::Store(_))
    {
        // What came is not written down: only what is wrong with it, by whom.
        let now = window.clock.now();
        let traced =
            window.control.trace(&caller.name, &caller.party, "request-refused", unsigned.word(), now).await;
        if let Err(error) = traced {
            tracing::error!(%error, "a refused request was not written down");
        }
    }
    told
}

async fn verify(window: &Window, caller: &Caller, parts: &Parts, body: &[u8]) -> Result<(), Unsigned> {
    let fields: Vec<(String, String)> = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let host = parts.headers.get(axum::http::header::HOST).and_then(|host| host.to_str().ok());
    let request = Request {
        method: parts.method.as_str(),
        scheme: "https",
        authority: host.or(parts.uri.authority().map(|authority| authority.as_str())).unwrap_or_default(),
        path: parts.uri.path(),
        query: parts.uri.query(),
        fields: &fields,
    };
    let all = signatures(&request)?;
    // Proxies may sign too, for others; the one for the window counts.
    let ours = |signature: &&Signature| signature.tag.as_deref() == Some(TAG);
    let Some(signature) = all.iter().find(ours).or(all.first()) else { return Err(Fault::Unsigned.into()) };
    let (now, seconds) = (window.clock.now(), window.gate.signature_seconds());
    let policy =
        Policy { now: now.0.div_euclid(1000), window: seconds, tag: TAG, has_body: !body.is_empty() };
    signature.check(&request, &policy)?;
    let (keyid, nonce) =
        (signature.keyid.as_deref().unwrap_or_default(), signature.nonce.as_deref().unwrap_or_default());
    let (id, key) = key_of(window, &caller.party, keyid).await?;
    if let Some(bound) = caller.bound_to.as_ref().filter(|bound| **bound != id) {
        return Err(Unsigned::AnotherKey(bound.clone()));
    }
    // What stands before the window ends TLS: whether the sender spoke it is not seen here.
    let plain = Request { scheme: "http", ..request };
    let held = match signature.verify(&request, &key) {
        Err(Fault::Wrong) => signature.verify(&plain, &key),
        told => told,
    };
    held?;
    if signature.components.iter().any(|component| component == requests::CONTENT_DIGEST) {
        check_digest(&request, body)?;
    }
    // Kept as long as a signature of that moment counts, whichever way the clocks differ.
    if !window.control.first_time(&format!("{id} {nonce}"), now, 2_000 * (seconds + 1)).await? {
        return Err(Unsigned::Replayed(nonce.to_owned()));
    }
    Ok(())
}

/// The record and the key of what a party calls its key: the fingerprint of its certificate, or the id of the record. Read
/// each time, so that what is revoked anywhere counts no more at once.
///
/// # Errors
/// [`Unsigned::UnknownKey`], also for another party's; [`Unsigned::KeyEnded`]; the store.
pub async fn key_of(window: &Window, party: &str, keyid: &str) -> Result<(Text, Key), Unsigned> {
    let unknown = || Unsigned::UnknownKey(keyid.to_owned());
    let (codes, _) = window.names_of(party);
    let id = match keyid.split_once(':') {
        Some((code, _)) if codes.iter().any(|own| own == code) => keyid.to_owned(),
        Some(_) => return Err(unknown()),
        None => format!("{}:{keyid}", codes.first().ok_or_else(unknown)?),
    };
    let record = window.read.record(&RecordKey::new(Register::Certificate, &id)).await?;
    let record = record.ok_or_else(unknown)?;
    let certificate = Certificate::of(&record);
    let ended = |what: String| Unsigned::KeyEnded { keyid: keyid.to_owned(), what };
    if let Some(revoked) = &certificate.revoked {
        return Err(ended(format!("was revoked at {}: {}", revoked.at, revoked.reason)));
    }
    if record.state != "registered" {
        return Err(ended(format!("is not approved, it is {}", record.state)));
    }
    if !certificate.is_for(Purpose::Requests) {
        return Err(unknown());
    }
    let (facts, key) = CertificateFacts::read_with_key(certificate.pem.as_bytes()).map_err(|_| unknown())?;
    let second = window.clock.now().stamp_millis().number() / 1000;
    if !(facts.not_before..=facts.not_after).contains(&second) {
        return Err(ended(format!("is valid from {} to {}", facts.not_before, facts.not_after)));
    }
    let key = match key {
        PublicKey::Ed25519 { key } => Key::Ed25519(key),
        PublicKey::P256 { point } => Key::P256(point),
        PublicKey::Rsa { key, .. } => Key::Rsa(key),
        PublicKey::Sm2 { .. } | PublicKey::Other { .. } => return Err(unknown()),
    };
    Ok((record.key.id.clone(), key))
}
