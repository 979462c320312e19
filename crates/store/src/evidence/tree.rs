//! Proofs from what is kept: roots of complete subtrees where they are kept, and rows of the ledger below them. Every proof is
//! checked before it is given out: rows and roots that do not fit each other are damage, and never a proof.

use super::{Evidence, LEVELS, damaged, refused};
use crate::StoreError;
use ::evidence::{Entry, Hash, Missing, Subtree, Wanted, consistency, inclusion, node_hash, root};
use ::evidence::{verify_consistency, verify_inclusion};
use clearance::keys::Position;
use std::collections::BTreeMap;

/// Proof that a row is in the tree of its writer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inclusion {
    /// The row.
    pub entry: Entry,
    /// Rows of the tree.
    pub size: u64,
    /// From the leaf, whose index is the row's sequence less one, to the root.
    pub path: Vec<Hash>,
    /// Root of the tree.
    pub root: Hash,
}

/// Proof that a tree is the beginning of a later one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consistency {
    /// Rows of the older tree.
    pub from: u64,
    /// Its root.
    pub before: Hash,
    /// Rows of the newer tree.
    pub to: u64,
    /// Its root.
    pub after: Hash,
    /// The proof.
    pub path: Vec<Hash>,
}

/// The root over 2^n roots.
fn folded(mut roots: Vec<Hash>) -> Option<Hash> {
    while roots.len() > 1 {
        roots = roots.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    roots.pop()
}

/// Rows that lie between two that are read together, at most.
const NEAR: u64 = 64;

fn missing(subtree: Subtree) -> StoreError {
    let what = format!(
        "of level {}, number {}: make the tree again with `onewindow audit rebuild`",
        subtree.level, subtree.index
    );
    refused("find a root that should be kept", what)
}

impl Evidence {
    /// Roots of complete subtrees of a writer that was followed so far.
    pub(super) async fn fetch(
        &self,
        writer: u16,
        wanted: &[Subtree],
    ) -> Result<BTreeMap<Subtree, Hash>, StoreError> {
        let mut found = BTreeMap::new();
        // Leaves of the rows under one kept root: what lies below it is mostly asked for together.
        let mut leaves: BTreeMap<u64, Vec<Hash>> = BTreeMap::new();
        for subtree in wanted {
            let root = if subtree.level >= LEVELS {
                let below = subtree.level % LEVELS;
                let (first, count) = (subtree.index << below, 1u64 << below);
                let kept = self.place.roots(writer, subtree.level - below, first, count).await?;
                let whole = kept.len() as u64 == count;
                folded(kept.into_iter().map(|(_, root)| root).collect()).filter(|_| whole)
            } else {
                let (block, first) = (subtree.first() >> LEVELS, subtree.first() % (1 << LEVELS));
                let end = first + subtree.leaves();
                let from = block << LEVELS;
                let known = leaves.entry(block).or_default();
                if (known.len() as u64) < end {
                    let rows = self.rows(writer, from + known.len() as u64, from + end).await?;
                    known.extend(rows.iter().map(Entry::leaf));
                }
                folded(known.get(first as usize..end as usize).unwrap_or_default().to_vec())
            };
            found.insert(*subtree, root.ok_or_else(|| missing(*subtree))?);
        }
        Ok(found)
    }

    /// Proves that a row is in the tree of the first `size` rows of its writer. None where there is no such row or it lies
    /// outside.
    ///
    /// # Errors
    /// When the log has not been followed so far, or row and log do not fit.
    pub async fn inclusion(&self, position: Position, size: u64) -> Result<Option<Inclusion>, StoreError> {
        let Position { writer, sequence } = position;
        if sequence == 0 || sequence > size || self.size_of(writer).await? < size {
            return Ok(None);
        }
        Ok(self.inclusions(writer, &[sequence], size).await?.pop())
    }

    /// The same of several rows of a writer that was followed so far, in order: what their proofs have in common is read once.
    ///
    /// # Errors
    /// As [`Evidence::inclusion`]; also when one of the rows lies outside of the tree.
    pub async fn inclusions(
        &self,
        writer: u16,
        sequences: &[u64],
        size: u64,
    ) -> Result<Vec<Inclusion>, StoreError> {
        let mut wanted = Wanted::default();
        let _ = root(&mut wanted, size);
        for sequence in sequences {
            if !(1..=size).contains(sequence) {
                return Err(damaged(
                    Position { writer, sequence: *sequence },
                    "it is not in the evidence log",
                ));
            }
            let _ = inclusion(&mut wanted, sequence - 1, size);
        }
        // The largest first: rows that they have in common are read once.
        wanted.0.sort_unstable_by(|one, other| other.cmp(one));
        wanted.0.dedup();
        let mut known = self.fetch(writer, &wanted.0).await?;
        let root = root(&mut known, size).map_err(|Missing(subtree)| missing(subtree))?;
        let mut found = Vec::with_capacity(sequences.len());
        for entry in self.entries_at(writer, sequences).await? {
            let index = entry.sequence - 1;
            let path = inclusion(&mut known, index, size).map_err(|Missing(subtree)| missing(subtree))?;
            if !verify_inclusion(&entry.leaf(), index, size, &path, &root) {
                let position = Position { writer, sequence: entry.sequence };
                return Err(damaged(position, "it is not the row that the evidence log has in its place"));
            }
            found.push(Inclusion { entry, size, path, root });
        }
        Ok(found)
    }

    /// The entries of some rows of a writer, in the order asked for; neighbours are read together.
    async fn entries_at(&self, writer: u16, sequences: &[u64]) -> Result<Vec<Entry>, StoreError> {
        let mut found = Vec::with_capacity(sequences.len());
        for run in sequences.chunk_by(|one, next| (*one..=one + NEAR).contains(next)) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let rows = self.rows(writer, first - 1, *last).await?;
            found.extend(run.iter().filter_map(|one| rows.get((one - first) as usize)).copied());
        }
        Ok(found)
    }

    /// Proves that the tree of the first `from` rows of a writer is the beginning of that of the first `to`. None where there
    /// are not so many rows.
    ///
    /// # Errors
    /// When the log has not been followed so far, or its parts do not fit.
    pub async fn consistency(
        &self,
        writer: u16,
        from: u64,
        to: u64,
    ) -> Result<Option<Consistency>, StoreError> {
        if from > to || self.size_of(writer).await? < to {
            return Ok(None);
        }
        let mut wanted = Wanted::default();
        let _ = consistency(&mut wanted, from, to);
        let _ = (root(&mut wanted, from), root(&mut wanted, to));
        let mut known = self.fetch(writer, &wanted.0).await?;
        let path = consistency(&mut known, from, to).map_err(|Missing(subtree)| missing(subtree))?;
        let before = root(&mut known, from).map_err(|Missing(subtree)| missing(subtree))?;
        let after = root(&mut known, to).map_err(|Missing(subtree)| missing(subtree))?;
        if !verify_consistency(from, to, &path, &before, &after) {
            let last = Position { writer, sequence: to };
            return Err(damaged(last, "the evidence log up to it does not hold together"));
        }
        Ok(Some(Consistency { from, before, to, after, path }))
    }

    async fn size_of(&self, writer: u16) -> Result<u64, StoreError> {
        let writers = self.place.writers().await?;
        Ok(writers.iter().find(|(number, ..)| *number == writer).map_or(0, |(_, size, _)| *size))
    }
}
