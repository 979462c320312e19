//! The key of a machine, with which its requests are signed (RFC 9421). The window knows its certificate.

use crate::Failure;
use ceb::signature::{CertificateFacts, PublicKey};
use clearance::keys::Time;
use register::certificate::fingerprint;
use requests::{NewSignature, Prepared, Request, content_digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PSS_SHA512, RsaKeyPair,
};
use server::clock::Clock;
use server::signed_requests::TAG;
use std::path::Path;

/// What every request of ours covers.
const COMPONENTS: [&str; 5] = ["@method", "@authority", "@request-target", "content-digest", "authorization"];
const KEY: &str = "-----BEGIN PRIVATE KEY-----";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// A private key with its name at the window.
pub struct RequestKey {
    pair: Pair,
    keyid: String,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl RequestKey {
    /// The key of a file in PEM; its certificate, in the same file, names it where `keyid` does not.
    ///
    /// # Errors
    /// When the file cannot be read, or has no such key, or nothing names it.
    pub fn read(path: &Path, keyid: Option<&str>) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path)?;
        // What is in the file is never repeated in an answer.
        let der = block(&text, KEY).ok_or("the file has no PRIVATE KEY in PEM (PKCS#8)")?;
        let pair = Pair::of(&der)?;
        let named = match (keyid, block(&text, CERTIFICATE)) {
            (Some(keyid), _) => keyid.to_owned(),
            (None, Some(certificate)) => {
                let (facts, key) = CertificateFacts::read_with_key(&certificate)?;
                if !pair.is_of(&key) {
                    return Err("the certificate in the file is of another key".into());
                }
                fingerprint(&facts)
            }
            (None, None) => {
                return Err("name the key with --key-id, or put its certificate into the file".into());
            }
        };
        Ok(Self { pair, keyid: named })
    }

    /// The fields that sign a request to an address now.
    ///
    /// # Errors
    /// When the address is none, or the machine gives no random numbers.
    pub fn sign(
        &self,
        method: &str,
        address: &str,
        authorization: &str,
        body: &[u8],
    ) -> Result<Vec<(&'static str, String)>, Failure> {
        let mut nonce = [0; 16];
        SystemRandom::new().fill(&mut nonce).map_err(|_| "no random numbers")?;
        self.signed_at(
            Clock::Real.now(),
            &evidence::hexadecimal(&nonce),
            method,
            address,
            authorization,
            body,
        )
    }

    fn signed_at(
        &self,
        now: Time,
        nonce: &str,
        method: &str,
        address: &str,
        authorization: &str,
        body: &[u8],
    ) -> Result<Vec<(&'static str, String)>, Failure> {
        let uri: axum::http::Uri = address.parse().map_err(|_| "the server is no address as https://host")?;
        let digest = content_digest(body);
        let fields = [
            ("authorization".to_owned(), authorization.to_owned()),
            (requests::CONTENT_DIGEST.to_owned(), digest.clone()),
        ];
        let request = Request {
            method,
            scheme: uri.scheme_str().unwrap_or("https"),
            authority: uri.authority().map_or("", |authority| authority.as_str()),
            path: uri.path(),
            query: uri.query(),
            fields: &fields,
        };
        let new = NewSignature {
            components: &COMPONENTS,
            created: now.0.div_euclid(1000),
            keyid: &self.keyid,
            nonce: Some(nonce),
            algorithm: None,
            tag: Some(TAG),
        };
        let prepared = Prepared::of(&request, &new).map_err(|fault| fault.to_string())?;
        let (input, value) = prepared.fields("sig", &self.pair.sign(prepared.base.as_bytes())?);
        Ok(vec![
            (requests::CONTENT_DIGEST, digest),
            (requests::SIGNATURE_INPUT, input),
            (requests::SIGNATURE, value),
        ])
    }
}

impl Pair {
    fn of(der: &[u8]) -> Result<Self, Failure> {
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(Self::Ed25519(pair));
        }
        let ecdsa = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new());
        if let Ok(pair) = ecdsa {
            return Ok(Self::P256(pair));
        }
        let rsa = RsaKeyPair::from_pkcs8(der).map(Self::Rsa);
        rsa.map_err(|_| "the key is none of Ed25519, ECDSA on P-256 and RSA from 2048 bits on".into())
    }

    fn is_of(&self, key: &PublicKey) -> bool {
        use ring::signature::KeyPair as _;
        match (self, key) {
            (Self::Ed25519(pair), PublicKey::Ed25519 { key }) => pair.public_key().as_ref() == key,
            (Self::P256(pair), PublicKey::P256 { point }) => pair.public_key().as_ref() == point,
            (Self::Rsa(pair), PublicKey::Rsa { key, .. }) => pair.public_key().as_ref() == key,
            _ => false,
        }
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, Failure> {
        let failed = |_| Failure::from("the key does not sign");
        Ok(match self {
            Self::Ed25519(pair) => pair.sign(text).as_ref().to_vec(),
            Self::P256(pair) => pair.sign(&SystemRandom::new(), text).map_err(failed)?.as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut value = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PSS_SHA512, &SystemRandom::new(), text, &mut value).map_err(failed)?;
                value
            }
        })
    }
}

/// The bytes of the first block of a kind in a file in PEM.
fn block(text: &str, begin: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let (_, rest) = text.split_once(begin)?;
    let (body, _) = rest.split_once("-----END ")?;
    let body: String = body.split_ascii_whitespace().collect();
    base64::engine::general_purpose::STANDARD.decode(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceb::signature::{Subject, generate_ed25519, generate_rsa};
    use requests::{Key, Policy, signatures};

    const SUBJECT: Subject<'_> = Subject {
        enterprise_code: "5301980501",
        enterprise_name: "样例",
        serial: 7,
        not_before: 20_200_101_000_000,
        not_after: 20_491_231_235_959,
    };

    #[test]
    fn a_key_of_a_file_signs_what_its_certificate_verifies() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        for key in [generate_ed25519(&SUBJECT).unwrap(), generate_rsa(2048, &SUBJECT).unwrap()] {
            std::fs::write(&path, format!("{}{}", key.private_key_pem, key.certificate_pem())).unwrap();
            let own = RequestKey::read(&path, None).unwrap();
            let now = Time(1_795_399_200_000);
            let (address, bearer) = ("https://Window.example:443/v1/messages?a=1", "Bearer ow_1");
            let made = own.signed_at(now, "once", "POST", address, bearer, b"<a/>").unwrap();
            let mut fields = vec![("authorization".to_owned(), bearer.to_owned())];
            fields.extend(made.into_iter().map(|(name, value)| (name.to_owned(), value)));
            let request = Request {
                method: "POST",
                scheme: "https",
                authority: "window.example",
                path: "/v1/messages",
                query: Some("a=1"),
                fields: &fields,
            };
            let read = signatures(&request).unwrap().remove(0);
            let policy = Policy { now: 1_795_399_200, window: 300, tag: TAG, has_body: true };
            read.check(&request, &policy).unwrap();
            let (facts, public) = CertificateFacts::read_with_key(&key.certificate_der).unwrap();
            assert_eq!(read.keyid, Some(fingerprint(&facts)));
            let public = match public {
                PublicKey::Ed25519 { key } => Key::Ed25519(key),
                PublicKey::Rsa { key, .. } => Key::Rsa(key),
                other => panic!("{other:?}"),
            };
            read.verify(&request, &public).unwrap();
            requests::check_digest(&request, b"<a/>").unwrap();
        }
    }

    #[test]
    fn a_file_that_will_not_do_is_refused_without_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let (one, other) = (generate_ed25519(&SUBJECT).unwrap(), generate_ed25519(&SUBJECT).unwrap());
        let secret = "MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for (text, expected) in [
            (String::new(), "no PRIVATE KEY"),
            (format!("{KEY}\n{secret}AAAA\n-----END PRIVATE KEY-----\n"), "none of Ed25519"),
            (one.private_key_pem.clone(), "--key-id"),
            (format!("{}{}", one.private_key_pem, other.certificate_pem()), "another key"),
        ] {
            std::fs::write(&path, text).unwrap();
            let told = RequestKey::read(&path, None).err().unwrap().to_string();
            assert!(told.contains(expected) && !told.contains(secret), "{told}");
        }
    }
}
