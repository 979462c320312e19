//! Checking proofs (RFC 9162 §2.1.3.2 and §2.1.4.2): what a holder of heads does who trusts nobody's store.

use crate::Hash;
use crate::tree::{Frontier, node_hash};

/// Moves up from a right edge: to where the older side is a right child, or to the top.
fn skip(low: &mut u64, high: &mut u64) {
    while *low & 1 == 0 && *low != 0 {
        *low >>= 1;
        *high >>= 1;
    }
}

/// Whether `path` proves that `leaf` is the leaf at `index` (from 0) of the tree of `size` leaves with this root.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut low, mut high) = (index, size - 1);
    let mut hash = *leaf;
    for step in path {
        if high == 0 {
            return false;
        }
        if low & 1 == 1 || low == high {
            hash = node_hash(step, &hash);
            skip(&mut low, &mut high);
        } else {
            hash = node_hash(&hash, step);
        }
        low >>= 1;
        high >>= 1;
    }
    high == 0 && hash == *root
}

/// Whether `path` proves that the tree of `from` leaves with the root `before` is the beginning of that of `to` leaves with the
/// root `after`.
pub fn verify_consistency(from: u64, to: u64, path: &[Hash], before: &Hash, after: &Hash) -> bool {
    if from == 0 {
        // Nothing is the beginning of everything.
        return path.is_empty() && *before == Frontier::default().root();
    }
    if from >= to {
        return from == to && path.is_empty() && before == after;
    }
    let whole = from.is_power_of_two().then_some(before);
    let mut steps = whole.into_iter().chain(path);
    let Some(first) = steps.next() else { return false };
    let (mut low, mut high) = (from - 1, to - 1);
    while low & 1 == 1 {
        low >>= 1;
        high >>= 1;
    }
    let (mut older, mut newer) = (*first, *first);
    for step in steps {
        if high == 0 {
            return false;
        }
        if low & 1 == 1 || low == high {
            older = node_hash(step, &older);
            newer = node_hash(step, &newer);
            skip(&mut low, &mut high);
        } else {
            newer = node_hash(&newer, step);
        }
        low >>= 1;
        high >>= 1;
    }
    high == 0 && older == *before && newer == *after
}
