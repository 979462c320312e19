//! The algorithms of the profile and the URIs that name them, official and in the wild (SPEC §9.1, §9.2.6, §9.2.7).

use super::canonical::Comments;
use ring::digest;
use sm3::{Digest as _, Sm3};
use std::fmt;

/// Namespace of the signature.
pub const SIGNATURE_NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The transform that leaves the signature out.
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// The official canonicalisation.
pub(super) const CANONICAL: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const CANONICAL_WITH_COMMENTS: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";

/// A way to sign.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Algorithm {
    /// RSA PKCS#1 v1.5 over SHA-1.
    RsaSha1,
    /// RSA PKCS#1 v1.5 over SHA-256.
    RsaSha256,
    /// SM2 over SM3, user id `1234567812345678`.
    Sm2Sm3,
}

impl Algorithm {
    /// Every way, in no order of preference.
    pub const ALL: [Self; 3] = [Self::RsaSha1, Self::RsaSha256, Self::Sm2Sm3];

    pub(super) fn from_uri(uri: &str) -> Option<Self> {
        Some(match uri {
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1" => Self::RsaSha1,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
            | "http://www.w3.org/2000/09/xmldsig#rsa-sha256" => Self::RsaSha256,
            "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3"
            | "http://www.w3.org/2000/09/xmldsig#sm2-sm3" => Self::Sm2Sm3,
            _ => return None,
        })
    }

    /// `rsa-sha1`, `rsa-sha256`, `sm2-sm3`.
    pub fn name(self) -> &'static str {
        match self {
            Self::RsaSha1 => "rsa-sha1",
            Self::RsaSha256 => "rsa-sha256",
            Self::Sm2Sm3 => "sm2-sm3",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// A way to digest the message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DigestAlgorithm {
    /// SHA-1, 20 bytes.
    Sha1,
    /// SHA-256, 32 bytes.
    Sha256,
    /// SM3, 32 bytes.
    Sm3,
}

impl DigestAlgorithm {
    pub(super) fn from_uri(uri: &str) -> Option<Self> {
        Some(match uri {
            "http://www.w3.org/2000/09/xmldsig#sha1" => Self::Sha1,
            "http://www.w3.org/2001/04/xmlenc#sha256" | "http://www.w3.org/2000/09/xmldsig#sha256" => {
                Self::Sha256
            }
            "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3" | "http://www.w3.org/2000/09/xmldsig#sm3" => {
                Self::Sm3
            }
            _ => return None,
        })
    }

    /// Digests the parts as one text.
    pub(super) fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        let with_ring = |algorithm| {
            let mut context = digest::Context::new(algorithm);
            parts.iter().for_each(|part| context.update(part));
            context.finish().as_ref().to_vec()
        };
        match self {
            Self::Sha1 => with_ring(&digest::SHA1_FOR_LEGACY_USE_ONLY),
            Self::Sha256 => with_ring(&digest::SHA256),
            Self::Sm3 => {
                let mut context = Sm3::new();
                parts.iter().for_each(|part| context.update(part));
                context.finalize().to_vec()
            }
        }
    }
}

/// Which canonicalisation a URI names.
pub(super) fn canonicalization(uri: &str) -> Option<Comments> {
    match uri {
        CANONICAL => Some(Comments::Omit),
        CANONICAL_WITH_COMMENTS => Some(Comments::Keep),
        _ => None,
    }
}

/// The algorithms of one signature, with the URIs written for them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Profile {
    /// RSA and SHA-1, as cards of the 2018 profile do.
    RsaSha1,
    /// RSA and SHA-256.
    RsaSha256,
    /// SM2 and SM3 under the official URIs of 2022-05: what is preferred.
    Sm2Sm3,
    /// SM2 over SM3 with a SHA-1 digest under W3C-like URIs, as clients in the wild do (SPEC §9.2.6).
    Sm2Sm3WithSha1Digest,
}

impl Profile {
    /// The way it signs.
    pub fn algorithm(self) -> Algorithm {
        match self {
            Self::RsaSha1 => Algorithm::RsaSha1,
            Self::RsaSha256 => Algorithm::RsaSha256,
            Self::Sm2Sm3 | Self::Sm2Sm3WithSha1Digest => Algorithm::Sm2Sm3,
        }
    }

    /// The way it digests the message.
    pub fn digest_algorithm(self) -> DigestAlgorithm {
        match self {
            Self::RsaSha1 | Self::Sm2Sm3WithSha1Digest => DigestAlgorithm::Sha1,
            Self::RsaSha256 => DigestAlgorithm::Sha256,
            Self::Sm2Sm3 => DigestAlgorithm::Sm3,
        }
    }

    /// URIs of `SignatureMethod` and `DigestMethod`.
    pub fn uris(self) -> (&'static str, &'static str) {
        match self {
            Self::RsaSha1 => {
                ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#sha1")
            }
            Self::RsaSha256 => (
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                "http://www.w3.org/2001/04/xmlenc#sha256",
            ),
            Self::Sm2Sm3 => (
                "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3",
                "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3",
            ),
            Self::Sm2Sm3WithSha1Digest => {
                ("http://www.w3.org/2000/09/xmldsig#sm2-sm3", "http://www.w3.org/2000/09/xmldsig#sha1")
            }
        }
    }
}
