//! The tree (RFC 9162 §2.1): how leaves and nodes are hashed, a tree that only remembers its right edge, and proofs from the
//! roots of complete subtrees, whoever keeps them.

use crate::Hash;
use ring::digest::{Context, SHA256};
use std::collections::BTreeMap;
use std::convert::Infallible;

pub(crate) fn finish(context: Context) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The hash of a leaf: SHA-256 of 0x00 ‖ its bytes.
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&[0]);
    context.update(bytes);
    finish(context)
}

/// The hash of a node: SHA-256 of 0x01 ‖ left ‖ right.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&[1]);
    context.update(left);
    context.update(right);
    finish(context)
}

/// A complete subtree: of 2^level leaves, the index-th of its level from the left. It never changes once it is there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Subtree {
    /// 0 = one leaf.
    pub level: u8,
    /// From 0.
    pub index: u64,
}

impl Subtree {
    /// Its first leaf, from 0.
    pub fn first(self) -> u64 {
        self.index << self.level
    }
    /// How many leaves it has.
    pub fn leaves(self) -> u64 {
        1 << self.level
    }
}

/// Hands out roots of complete subtrees.
pub trait Subtrees {
    /// Why one cannot be had.
    type Error;
    /// The root of a complete subtree.
    ///
    /// # Errors
    /// When it cannot be had.
    fn root(&mut self, subtree: Subtree) -> Result<Hash, Self::Error>;
}

/// A subtree was asked for that is not known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Missing(pub Subtree);

impl Subtrees for BTreeMap<Subtree, Hash> {
    type Error = Missing;
    fn root(&mut self, subtree: Subtree) -> Result<Hash, Missing> {
        self.get(&subtree).copied().ok_or(Missing(subtree))
    }
}

/// Notes which subtrees a proof wants, for whoever has to fetch them first: run the proof on it, fetch, run it again.
#[derive(Default, Debug)]
pub struct Wanted(pub Vec<Subtree>);

impl Subtrees for Wanted {
    type Error = Infallible;
    fn root(&mut self, subtree: Subtree) -> Result<Hash, Infallible> {
        self.0.push(subtree);
        Ok([0; 32])
    }
}

/// The complete subtrees that `count` leaves from `start` on are made of, largest first. `start` must be a multiple of the
/// largest: it is wherever a tree is cut as the specification does.
fn parts(start: u64, count: u64) -> Vec<Subtree> {
    let mut found = Vec::new();
    let mut first = start;
    for level in (0..64u8).rev().filter(|level| count >> level & 1 == 1) {
        found.push(Subtree { level, index: first >> level });
        first += 1 << level;
    }
    found
}

/// The complete subtrees that a tree of `size` leaves is made of, largest first.
pub fn peaks(size: u64) -> Vec<Subtree> {
    parts(0, size)
}

/// The root over peaks, largest first.
fn fold(roots: &[Hash]) -> Hash {
    let joined = roots.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
    joined.unwrap_or_else(|| finish(Context::new(&SHA256)))
}

fn range<S: Subtrees>(subtrees: &mut S, start: u64, end: u64) -> Result<Hash, S::Error> {
    let roots: Result<Vec<Hash>, S::Error> =
        parts(start, end - start).into_iter().map(|part| subtrees.root(part)).collect();
    roots.map(|roots| fold(&roots))
}

/// The root of the tree of the first `size` leaves.
///
/// # Errors
/// When a subtree cannot be had.
pub fn root<S: Subtrees>(subtrees: &mut S, size: u64) -> Result<Hash, S::Error> {
    range(subtrees, 0, size)
}

/// The largest power of two below a number that is at least 2.
fn split(count: u64) -> u64 {
    1 << (63 - (count - 1).leading_zeros())
}

/// The proof that the leaf at `index` (from 0) is in the tree of the first `size`: hashes from the leaf to the root. Empty
/// where the index lies outside the tree.
///
/// # Errors
/// When a subtree cannot be had.
pub fn inclusion<S: Subtrees>(subtrees: &mut S, index: u64, size: u64) -> Result<Vec<Hash>, S::Error> {
    let (mut low, mut high) = (0, size);
    let mut path = Vec::new();
    while index < size && high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(range(subtrees, middle, high)?);
            high = middle;
        } else {
            path.push(range(subtrees, low, middle)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of the first `from` leaves is the beginning of that of the first `to`. Empty where there is nothing
/// to prove: `from` is 0, or not below `to`.
///
/// # Errors
/// When a subtree cannot be had.
pub fn consistency<S: Subtrees>(subtrees: &mut S, from: u64, to: u64) -> Result<Vec<Hash>, S::Error> {
    let mut path = Vec::new();
    if from == 0 || from >= to {
        return Ok(path);
    }
    let (mut low, mut high) = (0, to);
    while from < high {
        let middle = low + split(high - low);
        if from <= middle {
            path.push(range(subtrees, middle, high)?);
            high = middle;
        } else {
            path.push(range(subtrees, low, middle)?);
            low = middle;
        }
    }
    // Where the older tree is a subtree of the newer, whoever checks has its root already.
    if low > 0 {
        path.push(range(subtrees, low, high)?);
    }
    path.reverse();
    Ok(path)
}

/// A tree that leaves are appended to. It keeps the roots of its peaks only: at most 64 hashes, whatever its size.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Frontier {
    size: u64,
    /// Largest first.
    roots: Vec<Hash>,
}

impl Frontier {
    /// The tree whose [`peaks`] have these roots; none unless there are as many as its size has.
    pub fn new(size: u64, roots: Vec<Hash>) -> Option<Self> {
        (roots.len() == size.count_ones() as usize).then_some(Self { size, roots })
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf. `complete` is told every subtree of two leaves or more that this completes, smallest first.
    pub fn push(&mut self, leaf: Hash, mut complete: impl FnMut(Subtree, &Hash)) {
        let (mut hash, mut level) = (leaf, 0u8);
        while self.size >> level & 1 == 1 {
            let Some(left) = self.roots.pop() else { break };
            hash = node_hash(&left, &hash);
            level += 1;
            complete(Subtree { level, index: self.size >> level }, &hash);
        }
        self.roots.push(hash);
        self.size += 1;
    }

    /// Its root; that of no leaves is the digest of nothing.
    pub fn root(&self) -> Hash {
        fold(&self.roots)
    }
}
