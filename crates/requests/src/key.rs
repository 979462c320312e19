//! Keys with which requests are signed, and whether a value is theirs (RFC 9421 section 3.3).

use crate::Fault;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};

/// A way to sign requests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// `ed25519`.
    Ed25519,
    /// `ecdsa-p256-sha256`.
    EcdsaP256Sha256,
    /// `rsa-v1_5-sha256`.
    RsaV15Sha256,
    /// `rsa-pss-sha512`.
    RsaPssSha512,
}

impl Algorithm {
    /// Its name in the registry of the standard.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::RsaV15Sha256 => "rsa-v1_5-sha256",
            Self::RsaPssSha512 => "rsa-pss-sha512",
        }
    }

    fn with(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Ed25519 => &ED25519,
            Self::EcdsaP256Sha256 => &ECDSA_P256_SHA256_FIXED,
            Self::RsaV15Sha256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::RsaPssSha512 => &RSA_PSS_2048_8192_SHA512,
        }
    }
}

/// A public key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Key {
    /// 32 bytes.
    Ed25519(Vec<u8>),
    /// A point of P-256, SEC 1.
    P256(Vec<u8>),
    /// `RSAPublicKey` in DER, 2048 bits and more.
    Rsa(Vec<u8>),
}

impl Key {
    fn word(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "ed25519",
            Self::P256(_) => "ecdsa-p256",
            Self::Rsa(_) => "rsa",
        }
    }

    /// The ways in which such a key signs.
    pub fn algorithms(&self) -> &'static [Algorithm] {
        match self {
            Self::Ed25519(_) => &[Algorithm::Ed25519],
            Self::P256(_) => &[Algorithm::EcdsaP256Sha256],
            Self::Rsa(_) => &[Algorithm::RsaPssSha512, Algorithm::RsaV15Sha256],
        }
    }

    /// Whether a value is this key's over a text, in the way that is named or, if none is, in any of its ways.
    ///
    /// # Errors
    /// [`Fault::Algorithm`], [`Fault::Wrong`].
    pub fn verify(&self, named: Option<&str>, text: &[u8], value: &[u8]) -> Result<Algorithm, Fault> {
        let (Self::Ed25519(bytes) | Self::P256(bytes) | Self::Rsa(bytes)) = self;
        let mut ways =
            self.algorithms().iter().filter(|way| named.is_none_or(|name| way.name() == name)).peekable();
        if ways.peek().is_none() {
            return Err(Fault::Algorithm { came: named.unwrap_or_default().to_owned(), key: self.word() });
        }
        let holds = |way: &&Algorithm| UnparsedPublicKey::new(way.with(), bytes).verify(text, value).is_ok();
        ways.find(holds).copied().ok_or(Fault::Wrong)
    }
}
