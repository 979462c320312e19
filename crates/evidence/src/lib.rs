//! The evidence log: Merkle trees (RFC 9162 §2.1) over what the ledger's hash chain covers, one tree a writer, with proofs of
//! inclusion and consistency, signed heads, and exports that anybody can check without a store.
//!
//! Pure: no I/O, clock or randomness. Where rows, keys and roots are kept belongs to `store`; who may ask for what, to
//! `server`. Whoever checks an export or a proof needs this crate and nothing else of ours.

mod audit;
pub mod draws;
mod entry;
mod export;
mod head;
mod hexadecimal;
mod proof;
mod sealed;
pub mod search;
mod tree;

pub use audit::{Auditor, Fault, Report};
pub use entry::{Entry, chain, kind_word, kind_words};
pub use export::{end_line, entry_line, header};
pub use head::{BadHead, Key, SignedHead, Signer, SpaceHead, WriterHead, is_signed_text};
pub use hexadecimal::{hexadecimal, of_hexadecimal};
pub use proof::{verify_consistency, verify_inclusion};
pub use sealed::{ReportSeal, SealedReport, Unsealed, check_file, seal_file, sha256};
pub use tree::{
    Frontier, Missing, Subtree, Subtrees, Wanted, consistency, inclusion, leaf_hash, node_hash, peaks, root,
};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// The head of a chain, and the root of a tree, before the first row: a chain begins with zeros.
pub const CHAIN_BEGIN: Hash = [0; 32];
