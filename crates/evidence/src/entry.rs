//! An entry of the log: what the ledger's hash chain covers of a row, and nothing more. The payload is covered by its salted
//! digest, so an erased payload keeps its entry, and an entry tells nothing of what the row held.

use crate::Hash;
use crate::tree::leaf_hash;
use ring::digest::{Context, SHA256};

/// A row as the chain and the tree see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Who committed it; 0 on the embedded store. Not part of the leaf: each writer has a tree of its own, and the head of
    /// the space says whose it is.
    pub writer: u16,
    /// Its number, from 1 without gaps within the writer.
    pub sequence: u64,
    /// Its commit's time, in milliseconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// Its kind; [`kind_word`] has the words.
    pub kind: u8,
    /// SHA-256 of its salted, sealed payload.
    pub digest: Hash,
}

impl Entry {
    /// Bytes of an encoded entry.
    pub const BYTES: usize = 49;

    /// What is hashed, all numbers with the highest byte first: sequence(8) ‖ time(8) ‖ kind(1) ‖ digest(32).
    pub fn encoded(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.time.to_be_bytes());
        bytes[16] = self.kind;
        bytes[17..].copy_from_slice(&self.digest);
        bytes
    }

    /// Its leaf.
    pub fn leaf(&self) -> Hash {
        leaf_hash(&self.encoded())
    }

    /// The chain over this entry too.
    pub fn chained(&self, head: &Hash) -> Hash {
        chain(head, self.sequence, self.time, self.kind, &self.digest)
    }
}

/// The hash chain over one more row: SHA-256 of the head before ‖ the encoded entry. The ledger's own chain is this one.
pub fn chain(head: &Hash, sequence: u64, time: i64, kind: u8, digest: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(head);
    context.update(&sequence.to_be_bytes());
    context.update(&time.to_be_bytes());
    context.update(&[kind]);
    context.update(digest);
    crate::tree::finish(context)
}

/// Kinds of rows in words, for people: a new kind of row needs a line here and nothing else of the log.
const KINDS: [(u8, &str); 10] = [
    (1, "data key"),
    (2, "dictionary"),
    (3, "lookup key"),
    (4, "block of numbers"),
    (16, "message"),
    (17, "event"),
    (18, "filing"),
    (19, "rulebook"),
    (20, "seed of the draw"),
    (21, "record"),
];

/// Every kind in words.
pub fn kind_words() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(_, word)| *word)
}

/// What a kind is called.
pub fn kind_word(kind: u8) -> &'static str {
    KINDS.iter().find(|(number, _)| *number == kind).map_or("other", |(_, word)| word)
}
