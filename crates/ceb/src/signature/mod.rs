//! XML signatures of messages (SPEC §9): canonical form, verification, signing, and keys for tests and demos.
//!
//! [`Verifier::verify`] says who signed a message and that it is what was signed, or precisely what is wrong.
//! Whether that certificate is trusted, valid on the day and the sender's own is judged elsewhere. [`Signer::sign`]
//! signs in the compact standard way. Nothing here knows what a message says.
//!
//! What the signature does not cover, by the standard: comments, the XML declaration, the way attributes are quoted
//! and ordered, and white space directly beside the signature element.

mod algorithm;
mod canonical;
mod certificate;
mod curve;
mod fault;
mod generate;
mod node;
mod scan;
mod sign;
mod verify;

pub use algorithm::{Algorithm, DigestAlgorithm, Profile, SIGNATURE_NAMESPACE};
pub use canonical::{Comments, canonicalize, canonicalize_element};
pub use certificate::{CertificateFacts, PublicKey};
pub use fault::SignatureFault;
pub use generate::{GeneratedKey, Subject, generate_ed25519, generate_rsa, generate_sm2};
pub use sign::{OutsideKey, Signer, SignerFault};
pub use verify::{DigestVariant, SignedInfoNamespaces, SignedInfoVariant, Verified, Verifier, verify};
