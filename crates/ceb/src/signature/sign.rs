//! Signs a message with a software key, in the compact standard way (SPEC §9.2.5): the strict enveloped transform
//! and the strict canonical form verify it.

use super::algorithm::{Algorithm, CANONICAL, ENVELOPED, Profile, SIGNATURE_NAMESPACE};
use super::canonical::{Comments, Subtree, Walk, element_into, text_of, walk};
use super::certificate::{self, CertificateFacts, PublicKey, der_of};
use super::curve::USER;
use super::fault::SignatureFault;
use super::verify::is_signature;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::sha2::Sha256;
use sm2::dsa::signature::Signer as _;
use sm2::pkcs8::DecodePrivateKey as _;
use std::fmt;
use std::sync::Arc;

/// Signs messages with one key and its certificate.
pub struct Signer {
    key: Key,
    certificate: Vec<u8>,
    facts: Arc<CertificateFacts>,
    preferred: Profile,
    key_name: String,
}

enum Key {
    Rsa(Box<rsa::PrivateKey>),
    Sm2(Box<sm2::dsa::SigningKey>),
    Outside(Box<OutsideKey>),
}

/// A key that lies elsewhere and signs there, such as one in a hardware token: the signature value as
/// [`Signer::sign_bytes`] gives it, or why there is none.
pub type OutsideKey = dyn Fn(Algorithm, &[u8]) -> Result<Vec<u8>, String> + Send + Sync;

/// Why there is no signer, or no signed message.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SignerFault {
    /// The private key cannot be read, with what was expected.
    KeyUnreadable(&'static str),
    /// The certificate cannot be read.
    CertificateUnreadable(&'static str),
    /// The certificate is of another key.
    CertificateOfAnotherKey,
    /// The key does not sign with this algorithm.
    KeyUnsuitable(Algorithm),
    /// The key is too small to sign with, or could not be made.
    KeyFailed(String),
    /// The message is not well formed, or has a signature already.
    Message(SignatureFault),
}

impl fmt::Display for SignerFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyUnreadable(expected) => {
                write!(out, "the private key cannot be read: {expected} expected")
            }
            Self::CertificateUnreadable(reason) => write!(out, "the certificate cannot be read: {reason}"),
            Self::CertificateOfAnotherKey => write!(out, "the certificate is of another key"),
            Self::KeyUnsuitable(algorithm) => write!(out, "the key does not make {algorithm} signatures"),
            Self::KeyFailed(reason) => write!(out, "the key failed: {reason}"),
            Self::Message(fault) => write!(out, "the message cannot be signed: {fault}"),
        }
    }
}

impl std::error::Error for SignerFault {}

impl From<SignatureFault> for SignerFault {
    fn from(fault: SignatureFault) -> Self {
        Self::Message(fault)
    }
}

impl Signer {
    /// An RSA key (PKCS#8 or PKCS#1, DER or PEM) and its certificate (DER or PEM).
    ///
    /// # Errors
    /// When one of them cannot be read, or they do not belong together.
    pub fn rsa(private_key: &[u8], certificate: &[u8]) -> Result<Self, SignerFault> {
        let der = der_of(private_key);
        let key = rsa::PrivateKey::from_pkcs8_der(&der)
            .ok()
            .or_else(|| rsa::PrivateKey::from_pkcs1_der(&der).ok())
            .ok_or(SignerFault::KeyUnreadable("an RSA key in PKCS#8 or PKCS#1, DER or PEM"))?;
        let public = key
            .to_public_key()
            .to_pkcs1_der()
            .map_err(|error| SignerFault::KeyFailed(error.to_string()))?
            .as_bytes()
            .to_vec();
        Self::new(Key::Rsa(Box::new(key)), certificate, |bytes| match bytes {
            PublicKey::Rsa { key, .. } => *key == public,
            _ => false,
        })
    }

    /// An SM2 key (PKCS#8 or SEC 1, DER or PEM) and its certificate (DER or PEM).
    ///
    /// # Errors
    /// When one of them cannot be read, or they do not belong together.
    pub fn sm2(private_key: &[u8], certificate: &[u8]) -> Result<Self, SignerFault> {
        let der = der_of(private_key);
        let key = sm2::SecretKey::from_pkcs8_der(&der)
            .ok()
            .or_else(|| sm2::SecretKey::from_sec1_der(&der).ok())
            .ok_or(SignerFault::KeyUnreadable("an SM2 key in PKCS#8 or SEC 1, DER or PEM"))?;
        let public = key.public_key();
        let key = sm2::dsa::SigningKey::new(USER, &key)
            .map_err(|error| SignerFault::KeyFailed(error.to_string()))?;
        Self::new(Key::Sm2(Box::new(key)), certificate, |bytes| match bytes {
            PublicKey::Sm2 { point } => {
                sm2::PublicKey::from_sec1_bytes(point).is_ok_and(|point| point == public)
            }
            _ => false,
        })
    }

    /// A key that lies elsewhere, and its certificate (DER or PEM). Whether they belong together is known when what was
    /// signed is verified.
    ///
    /// # Errors
    /// When the certificate cannot be read, or is of a key that no profile knows.
    pub fn outside(certificate: &[u8], sign: Box<OutsideKey>) -> Result<Self, SignerFault> {
        Self::new(Key::Outside(sign), certificate, |_| true)
    }

    fn new(
        key: Key,
        certificate: &[u8],
        belongs: impl FnOnce(&PublicKey) -> bool,
    ) -> Result<Self, SignerFault> {
        let certificate = der_of(certificate);
        let mut identity = [0; 32];
        identity.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, &certificate).as_ref());
        let (facts, bytes) =
            certificate::read(&certificate, identity).map_err(SignerFault::CertificateUnreadable)?;
        if !belongs(&bytes) {
            return Err(SignerFault::CertificateOfAnotherKey);
        }
        let preferred = match bytes {
            PublicKey::Rsa { .. } => Profile::RsaSha256,
            PublicKey::Sm2 { .. } => Profile::Sm2Sm3,
            PublicKey::P256 { .. } | PublicKey::Ed25519 { .. } | PublicKey::Other { .. } => {
                return Err(SignerFault::CertificateUnreadable("its key is neither RSA nor SM2"));
            }
        };
        let key_name = facts.serial_hex.to_string();
        Ok(Self { key, certificate, facts: Arc::new(facts), preferred, key_name })
    }

    /// Writes another `KeyName` than the certificate's serial number: the number of a card.
    #[must_use]
    pub fn with_key_name(mut self, key_name: &str) -> Self {
        key_name.clone_into(&mut self.key_name);
        self
    }

    /// How to sign where nobody asks for something else: RSA with SHA-256, SM2 with SM3.
    pub fn preferred(&self) -> Profile {
        self.preferred
    }

    /// What the certificate says.
    pub fn certificate(&self) -> &Arc<CertificateFacts> {
        &self.facts
    }

    /// The certificate in DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// Signs a message in UTF-8: its bytes with `ds:Signature` as last child of the root.
    ///
    /// # Errors
    /// [`SignerFault::Message`] when it is not well formed or has a signature ([`SignatureFault::SeveralSignatures`]);
    /// [`SignerFault::KeyUnsuitable`].
    pub fn sign(&self, xml: &[u8], profile: Profile) -> Result<Vec<u8>, SignerFault> {
        let text = text_of(xml)?;
        let Walk { canonical, count, root, root_scope, root_end, .. } =
            walk(text, Comments::Omit, is_signature).map_err(SignatureFault::from)?;
        if count > 0 {
            return Err(SignatureFault::SeveralSignatures { count: count + 1 }.into());
        }
        let digest = STANDARD.encode(profile.digest_algorithm().digest(&[&canonical]));
        let (signature_uri, digest_uri) = profile.uris();
        // Written as its own canonical form, but for the namespaces that it inherits.
        let signed_info = format!(
            "<ds:SignedInfo>\
             <ds:CanonicalizationMethod Algorithm=\"{CANONICAL}\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"{signature_uri}\"></ds:SignatureMethod>\
             <ds:Reference URI=\"\"><ds:Transforms>\
             <ds:Transform Algorithm=\"{ENVELOPED}\"></ds:Transform>\
             </ds:Transforms>\
             <ds:DigestMethod Algorithm=\"{digest_uri}\"></ds:DigestMethod>\
             <ds:DigestValue>{digest}</ds:DigestValue>\
             </ds:Reference></ds:SignedInfo>"
        );
        let mut scope = root_scope;
        scope.bind("ds", SIGNATURE_NAMESPACE);
        let options = Subtree { comments: Comments::Omit, compact: false, namespaces: None, excluded: None };
        let to_sign = element_into(&signed_info, scope, options).map_err(SignatureFault::from)?;
        let value = STANDARD.encode(self.sign_bytes(profile.algorithm(), &to_sign)?);

        let certificate = STANDARD.encode(&self.certificate);
        let mut key_name = String::new();
        escape(&self.key_name, &mut key_name);
        let signature = format!(
            "<ds:Signature xmlns:ds=\"{SIGNATURE_NAMESPACE}\">{signed_info}\
             <ds:SignatureValue>{value}</ds:SignatureValue>\
             <ds:KeyInfo><ds:KeyName>{key_name}</ds:KeyName>\
             <ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>\
             </ds:KeyInfo></ds:Signature>"
        );
        let (head, tail) = text.split_at(root_end.start);
        let mut out = Vec::with_capacity(text.len() + signature.len() + root.len() + 4);
        if tail.starts_with("</") {
            out.extend_from_slice(head.as_bytes());
            out.extend_from_slice(signature.as_bytes());
            out.extend_from_slice(tail.as_bytes());
        } else {
            // An empty root is opened: its tag ends in "/>".
            let (tag, rest) = text.split_at(root_end.end);
            out.extend_from_slice(tag.strip_suffix("/>").unwrap_or(tag).as_bytes());
            out.extend_from_slice(format!(">{signature}</{root}>{rest}").as_bytes());
        }
        Ok(out)
    }

    /// The signature value of some bytes, as it stands in `SignatureValue` before base64: PKCS#1 v1.5, or raw r‖s.
    ///
    /// # Errors
    /// [`SignerFault::KeyUnsuitable`], [`SignerFault::KeyFailed`].
    pub fn sign_bytes(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, SignerFault> {
        let failed = |error: &dyn fmt::Display| SignerFault::KeyFailed(error.to_string());
        match (&self.key, algorithm) {
            (Key::Rsa(key), Algorithm::RsaSha1) => {
                key.pkcs1v15_sign::<sha1::Sha1>(message).map_err(|error| failed(&error))
            }
            (Key::Rsa(key), Algorithm::RsaSha256) => {
                key.pkcs1v15_sign::<Sha256>(message).map_err(|error| failed(&error))
            }
            (Key::Sm2(key), Algorithm::Sm2Sm3) => {
                Ok(key.try_sign(message).map_err(|error| failed(&error))?.to_bytes().to_vec())
            }
            (Key::Outside(sign), algorithm) if self.suits(algorithm) => {
                sign(algorithm, message).map_err(SignerFault::KeyFailed)
            }
            (_, algorithm) => Err(SignerFault::KeyUnsuitable(algorithm)),
        }
    }

    fn suits(&self, algorithm: Algorithm) -> bool {
        (algorithm == Algorithm::Sm2Sm3) == (self.preferred == Profile::Sm2Sm3)
    }
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
}
