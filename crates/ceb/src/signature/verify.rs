//! Verifies the signature of a message: structure, algorithms, digest, signature value. Tolerant where SPEC §9.2
//! found real clients to deviate, and only there.

use super::algorithm::{Algorithm, DigestAlgorithm, ENVELOPED, SIGNATURE_NAMESPACE, canonicalization};
use super::canonical::{Comments, Excluded, Subtree, Walk, element_into, text_of, walk};
use super::certificate::{self, CertificateFacts, PublicKey, RSA_BITS, raw_signature};
use super::curve::Sm2Key;
use super::fault::SignatureFault;
use super::node::Tree;
use super::scan::{XmlFault, is_space, split_name};
use crate::Text;
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    UnparsedPublicKey,
};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Certificates that a [`Verifier`] keeps at most, unless told otherwise.
const CERTIFICATES: usize = 1024;

/// Base64 as it comes: padding or not.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What a signature that verifies says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// How it is signed.
    pub algorithm: Algorithm,
    /// How the message is digested.
    pub digest_algorithm: DigestAlgorithm,
    /// Which text the digest is of.
    pub digest_variant: DigestVariant,
    /// Which form of `SignedInfo` the signature value is of.
    pub signed_info_variant: SignedInfoVariant,
    /// `KeyName`: the certificate's serial number or the card's number.
    pub key_name: String,
    /// The certificate sent along.
    pub certificate: Arc<CertificateFacts>,
}

/// The text that was digested (SPEC §9.2.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DigestVariant {
    /// The message without its signature element: the standard.
    Strict,
    /// Also without the white space directly before the element.
    WithoutSpaceBefore,
    /// Also without the white space directly after the element.
    WithoutSpaceAfter,
}

/// The form of `SignedInfo` that was signed (SPEC §9.2.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SignedInfoVariant {
    /// White space between its elements is left out.
    pub compact: bool,
    /// Its namespace declarations.
    pub namespaces: SignedInfoNamespaces,
}

/// The namespace declarations of the signed `SignedInfo`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SignedInfoNamespaces {
    /// Those in scope where it stands: the standard.
    InScope,
    /// `ceb`, that of the signature, `xsi`.
    CebSignatureXsi,
    /// `ceb` and that of the signature.
    CebSignature,
    /// That of the signature alone.
    Signature,
}

/// Verifies the signature of a message in UTF-8. Who verifies more than one keeps a [`Verifier`].
///
/// # Errors
/// What is wrong, as a [`SignatureFault`].
pub fn verify(xml: &[u8]) -> Result<Verified, SignatureFault> {
    Verifier::with_capacity(1).verify(xml)
}

/// Verifies signatures and remembers certificates, so that a sender's key is read and prepared once. Shared between
/// threads.
pub struct Verifier {
    known: RwLock<Known>,
    /// Certificates a generation holds.
    capacity: usize,
}

/// Two generations: when the young one is full it becomes the old one, and what is used again moves up.
#[derive(Default)]
struct Known {
    young: HashMap<[u8; 32], Arc<Certificate>>,
    old: HashMap<[u8; 32], Arc<Certificate>>,
}

struct Certificate {
    facts: Arc<CertificateFacts>,
    key: Key,
}

enum Key {
    Rsa { key: Vec<u8>, bits: usize },
    Sm2(Box<Sm2Key>),
    Other { name: Text },
}

impl Default for Verifier {
    fn default() -> Self {
        Self::with_capacity(CERTIFICATES)
    }
}

impl Verifier {
    /// Keeps 1,024 certificates, at most about 12 MB.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps at most so many certificates, at least one; one takes 2 KB, with an SM2 key that is used 11 KB.
    pub fn with_capacity(certificates: usize) -> Self {
        Self { known: RwLock::default(), capacity: certificates.div_ceil(2).max(1) }
    }

    /// Verifies the signature of a message in UTF-8.
    ///
    /// # Errors
    /// What is wrong, as a [`SignatureFault`].
    pub fn verify(&self, xml: &[u8]) -> Result<Verified, SignatureFault> {
        let text = text_of(xml)?;
        let Walk { canonical, excluded, count, .. } = walk(text, Comments::Omit, is_signature)?;
        let excluded = excluded.ok_or(SignatureFault::NoSignature)?;
        if count > 1 {
            return Err(SignatureFault::SeveralSignatures { count });
        }
        let start = excluded.span.start;
        let element = text.get(excluded.span.clone()).unwrap_or("");
        let here = |fault: XmlFault| XmlFault { offset: fault.offset + start, ..fault };
        let tree = Tree::read(element, excluded.scope.clone()).map_err(here)?;
        let parts = Parts::read(&tree)?;

        let digest_variant = digest_variant(&parts, &canonical, &excluded)?;
        let certificate = self.certificate(&parts.certificate)?;
        certificate.key.suits(parts.algorithm)?;
        let signed_info_variant =
            signed_info_variant(&parts, &tree, element, &certificate.key).map_err(|fault| match fault {
                SignatureFault::NotWellFormed { offset, reason } => {
                    SignatureFault::NotWellFormed { offset: offset + start, reason }
                }
                other => other,
            })?;
        Ok(Verified {
            algorithm: parts.algorithm,
            digest_algorithm: parts.digest_algorithm,
            digest_variant,
            signed_info_variant,
            key_name: parts.key_name,
            certificate: certificate.facts.clone(),
        })
    }

    /// Verifies a signature of bytes that is no part of a message, such as that of original payment data (SPEC §8.6), with
    /// a certificate in DER or PEM. What is signed does not say how: every algorithm of the key is tried.
    ///
    /// # Errors
    /// What is wrong, as a [`SignatureFault`].
    pub fn verify_bytes(
        &self,
        certificate: &[u8],
        message: &[u8],
        signature: &str,
    ) -> Result<(Algorithm, Arc<CertificateFacts>), SignatureFault> {
        let certificate = self.certificate(&certificate::der_of(certificate))?;
        let text: String = signature.split_ascii_whitespace().collect();
        let value =
            TOLERANT.decode(text).map_err(|_| SignatureFault::NotBase64 { path: "SignatureValue" })?;
        let mut unsuitable = None;
        let mut wrong = None;
        for algorithm in Algorithm::ALL {
            match certificate.key.suits(algorithm) {
                Err(fault) => unsuitable = Some(fault),
                Ok(()) if certificate.key.verify(algorithm, message, &value) => {
                    return Ok((algorithm, certificate.facts.clone()));
                }
                Ok(()) => wrong = Some(SignatureFault::SignatureValueWrong { algorithm }),
            }
        }
        Err(wrong.or(unsuitable).unwrap_or(SignatureFault::NoSignature))
    }

    /// The certificate, read now or before.
    fn certificate(&self, der: &[u8]) -> Result<Arc<Certificate>, SignatureFault> {
        let mut identity = [0; 32];
        identity.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, der).as_ref());
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(certificate) = known.young.get(&identity) {
                return Ok(certificate.clone());
            }
        }
        let before = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            known.old.get(&identity).cloned()
        };
        let certificate = match before {
            Some(certificate) => certificate,
            None => Arc::new(Certificate::read(der, identity)?),
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.young.len() >= self.capacity {
            known.old = std::mem::take(&mut known.young);
        }
        Ok(known.young.entry(identity).or_insert(certificate).clone())
    }
}

/// Whether an element is the signature of the message: a child of the root.
pub(super) fn is_signature(namespace: &str, local: &str, depth: usize) -> bool {
    depth == 2 && local == "Signature" && namespace == SIGNATURE_NAMESPACE
}

impl Certificate {
    fn read(der: &[u8], identity: [u8; 32]) -> Result<Self, SignatureFault> {
        let unreadable = |reason| SignatureFault::CertificateUnreadable { reason };
        let (facts, key) = certificate::read(der, identity).map_err(unreadable)?;
        let key = match key {
            PublicKey::Rsa { key, bits } => Key::Rsa { key, bits },
            PublicKey::Sm2 { point } => {
                let key = Sm2Key::new(&point).ok_or(unreadable("its key is not a point of the SM2 curve"))?;
                Key::Sm2(Box::new(key))
            }
            other => Key::Other { name: other.name() },
        };
        Ok(Self { facts: Arc::new(facts), key })
    }
}

impl Key {
    /// Whether the key can make signatures of an algorithm.
    fn suits(&self, algorithm: Algorithm) -> Result<(), SignatureFault> {
        let key = match (self, algorithm) {
            (Self::Rsa { bits, .. }, Algorithm::RsaSha1 | Algorithm::RsaSha256)
                if RSA_BITS.contains(bits) =>
            {
                return Ok(());
            }
            (Self::Sm2(_), Algorithm::Sm2Sm3) => return Ok(()),
            (Self::Rsa { bits, .. }, _) => compact_str::format_compact!("RSA, {bits} bits"),
            (Self::Sm2(_), _) => Text::const_new("SM2"),
            (Self::Other { name }, _) => name.clone(),
        };
        Err(SignatureFault::KeyUnsuitable { algorithm, key })
    }

    fn verify(&self, algorithm: Algorithm, message: &[u8], value: &[u8]) -> bool {
        match self {
            Self::Rsa { key, .. } => {
                let method = match algorithm {
                    Algorithm::RsaSha1 => &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
                    Algorithm::RsaSha256 => &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
                    Algorithm::Sm2Sm3 => return false,
                };
                UnparsedPublicKey::new(method, key).verify(message, value).is_ok()
            }
            Self::Sm2(key) => {
                if let Ok(raw) = value.try_into()
                    && key.verify(message, raw)
                {
                    return true;
                }
                // A DER form can have 64 bytes too, when both numbers happen to be short.
                raw_signature(value).is_some_and(|raw| key.verify(message, &raw))
            }
            Self::Other { .. } => false,
        }
    }
}

/// What a signature element says.
struct Parts {
    algorithm: Algorithm,
    digest_algorithm: DigestAlgorithm,
    comments: Comments,
    /// Node of `SignedInfo`.
    signed_info: usize,
    digest: Vec<u8>,
    digest_text: Text,
    value: Vec<u8>,
    key_name: String,
    certificate: Vec<u8>,
}

impl Parts {
    fn read(tree: &Tree<'_>) -> Result<Self, SignatureFault> {
        let root = tree.root();
        let has_value =
            tree.children(root, "SignatureValue").any(|value| tree.text(value, "SignatureValue").is_ok());
        if !has_value {
            return Err(SignatureFault::EmptySignature);
        }
        let value = tree.child(root, "SignatureValue", "SignatureValue")?;
        let signed_info = tree.child(root, "SignedInfo", "SignedInfo")?;

        let path = "SignedInfo/CanonicalizationMethod";
        let method = tree.child(signed_info, "CanonicalizationMethod", path)?;
        let comments = named(tree, method, "CanonicalizationMethod", path, canonicalization)?;
        let path = "SignedInfo/SignatureMethod";
        let method = tree.child(signed_info, "SignatureMethod", path)?;
        let algorithm = named(tree, method, "SignatureMethod", path, Algorithm::from_uri)?;

        let references = tree.children(signed_info, "Reference").count();
        if references > 1 {
            return Err(SignatureFault::SeveralReferences { count: references });
        }
        let reference = tree.child(signed_info, "Reference", "SignedInfo/Reference")?;
        match tree.attribute(reference, "URI") {
            Some("") => {}
            uri => {
                let uri = Text::new(uri.unwrap_or("(none)"));
                return Err(SignatureFault::ReferenceNotWholeDocument { uri });
            }
        }
        let mut enveloped = false;
        for transforms in tree.children(reference, "Transforms") {
            for transform in tree.children(transforms, "Transform") {
                let path = "SignedInfo/Reference/Transforms/Transform";
                // With URI="" comments are out of the digest whatever the canonicalisation says.
                enveloped |= named(tree, transform, "Transform", path, |uri| {
                    (uri == ENVELOPED).then_some(true).or_else(|| canonicalization(uri).map(|_| false))
                })?;
            }
        }
        if !enveloped {
            return Err(SignatureFault::NotEnveloped);
        }
        let path = "SignedInfo/Reference/DigestMethod";
        let method = tree.child(reference, "DigestMethod", path)?;
        let digest_algorithm = named(tree, method, "DigestMethod", path, DigestAlgorithm::from_uri)?;
        let path = "SignedInfo/Reference/DigestValue";
        let digest = tree.child(reference, "DigestValue", path)?;
        let digest_text = Text::new(tree.text(digest, path)?);
        let digest = decode(tree, digest, path)?;

        let value = decode(tree, value, "SignatureValue")?;
        let key_info = tree.child(root, "KeyInfo", "KeyInfo")?;
        let path = "KeyInfo/KeyName";
        let key_name = tree.child(key_info, "KeyName", path)?;
        let key_name = tree.text(key_name, path)?.to_owned();
        let path = "KeyInfo/X509Data/X509Certificate";
        // The signer's certificate stands first; those of its issuers may follow.
        let certificate = tree
            .children(key_info, "X509Data")
            .flat_map(|data| tree.children(data, "X509Certificate"))
            .next()
            .ok_or(SignatureFault::MissingNode { path })?;
        let certificate = decode(tree, certificate, path)?;
        Ok(Self {
            algorithm,
            digest_algorithm,
            comments,
            signed_info,
            digest,
            digest_text,
            value,
            key_name,
            certificate,
        })
    }
}

/// What the `Algorithm` of a node names.
fn named<T>(
    tree: &Tree<'_>,
    index: usize,
    node: &'static str,
    path: &'static str,
    known: impl Fn(&str) -> Option<T>,
) -> Result<T, SignatureFault> {
    let uri = tree.attribute(index, "Algorithm").unwrap_or("").trim();
    if uri.is_empty() {
        return Err(SignatureFault::EmptyNode { path });
    }
    known(uri).ok_or_else(|| SignatureFault::UnsupportedAlgorithm { node, uri: Text::new(uri) })
}

fn decode(tree: &Tree<'_>, index: usize, path: &'static str) -> Result<Vec<u8>, SignatureFault> {
    let text = tree.text(index, path)?;
    // Lines are wrapped, with CRLF or with LF (SPEC §9.2.5).
    let bytes: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).collect();
    TOLERANT.decode(bytes).map_err(|_| SignatureFault::NotBase64 { path })
}

fn digest_variant(
    parts: &Parts,
    canonical: &[u8],
    excluded: &Excluded<'_>,
) -> Result<DigestVariant, SignatureFault> {
    let (head, before) = canonical[..excluded.at].split_at(excluded.before);
    let (after, tail) = canonical[excluded.at..].split_at(excluded.after - excluded.at);
    let strict = parts.digest_algorithm.digest(&[canonical]);
    if strict == parts.digest {
        return Ok(DigestVariant::Strict);
    }
    let is = |texts: &[&[u8]]| parts.digest_algorithm.digest(texts) == parts.digest;
    if !before.is_empty() && is_space(before) && is(&[head, after, tail]) {
        return Ok(DigestVariant::WithoutSpaceBefore);
    }
    if !after.is_empty() && is_space(after) && is(&[head, before, tail]) {
        return Ok(DigestVariant::WithoutSpaceAfter);
    }
    Err(SignatureFault::DigestDiffers {
        declared: parts.digest_text.clone(),
        computed: Text::new(base64::engine::general_purpose::STANDARD.encode(strict)),
    })
}

fn signed_info_variant(
    parts: &Parts,
    tree: &Tree<'_>,
    element: &str,
    key: &Key,
) -> Result<SignedInfoVariant, SignatureFault> {
    let start = tree.node(parts.signed_info).start;
    let text = element.get(start..).unwrap_or("");
    let name = &text[1..text.find([' ', '\t', '\r', '\n', '>', '/']).unwrap_or(1)];
    let own = (split_name(name).0, SIGNATURE_NAMESPACE);
    let ceb = ("ceb", crate::NAMESPACE);
    let xsi = ("xsi", "http://www.w3.org/2001/XMLSchema-instance");
    let mut tried: Vec<Vec<u8>> = Vec::new();
    // As it stands and compact under the standard; then compact, then as it stands, under each set of declarations.
    let standard = [(false, SignedInfoNamespaces::InScope), (true, SignedInfoNamespaces::InScope)];
    let sets = [
        SignedInfoNamespaces::CebSignatureXsi,
        SignedInfoNamespaces::CebSignature,
        SignedInfoNamespaces::Signature,
    ];
    let others = [true, false].into_iter().flat_map(|compact| sets.map(|namespaces| (compact, namespaces)));
    for (compact, namespaces) in standard.into_iter().chain(others) {
        let mut set = match namespaces {
            SignedInfoNamespaces::InScope => vec![],
            SignedInfoNamespaces::CebSignatureXsi => vec![ceb, own, xsi],
            SignedInfoNamespaces::CebSignature => vec![ceb, own],
            SignedInfoNamespaces::Signature => vec![own],
        };
        set.sort_unstable();
        if set.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            continue;
        }
        let options = Subtree {
            comments: parts.comments,
            compact,
            namespaces: (namespaces != SignedInfoNamespaces::InScope).then_some(&set),
            excluded: None,
        };
        let message = element_into(text, tree.child_scope.clone(), options)
            .map_err(|fault| XmlFault { offset: fault.offset + start, ..fault })?;
        if tried.contains(&message) {
            continue;
        }
        if key.verify(parts.algorithm, &message, &parts.value) {
            return Ok(SignedInfoVariant { compact, namespaces });
        }
        tried.push(message);
    }
    Err(SignatureFault::SignatureValueWrong { algorithm: parts.algorithm })
}
