//! The tree against the reference of RFC 6962, which RFC 9162 keeps, and against a naive one.

use evidence::{
    Frontier, Hash, Subtree, Subtrees, Wanted, consistency, inclusion, leaf_hash, node_hash, of_hexadecimal,
    peaks, root, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn hash(text: &str) -> Hash {
    of_hexadecimal(text).unwrap()
}

/// The tree as the specification defines it.
fn naive(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => hash(ROOTS[0]),
        [leaf] => *leaf,
        _ => {
            let middle = leaves.len().next_power_of_two() / 2;
            node_hash(&naive(&leaves[..middle]), &naive(&leaves[middle..]))
        }
    }
}

struct Naive(Vec<Hash>);

impl Subtrees for Naive {
    type Error = Subtree;
    fn root(&mut self, subtree: Subtree) -> Result<Hash, Subtree> {
        let first = subtree.first() as usize;
        let leaves = self.0.get(first..first + subtree.leaves() as usize);
        leaves.map(naive).ok_or(subtree)
    }
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|number| leaf_hash(&number.to_be_bytes())).collect()
}

#[test]
fn roots_and_proofs_are_those_of_the_reference() {
    let leaves: Vec<Hash> = LEAVES.iter().map(|leaf| leaf_hash(leaf)).collect();
    let mut frontier = Frontier::default();
    assert_eq!(frontier.root(), hash(ROOTS[0]));
    for (leaf, root) in leaves.iter().zip(&ROOTS[1..]) {
        frontier.push(*leaf, |_, _| {});
        assert_eq!(frontier.root(), hash(root));
    }
    let mut tree = Naive(leaves);
    let path = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ];
    assert_eq!(inclusion(&mut tree, 0, 8).unwrap(), path.map(hash));
    assert_eq!(consistency(&mut tree, 1, 8).unwrap(), path.map(hash));
    let path = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(consistency(&mut tree, 6, 8).unwrap(), path.map(hash));
    let path = [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ];
    assert_eq!(consistency(&mut tree, 2, 5).unwrap(), path.map(hash));
}

#[test]
fn every_proof_of_small_trees_holds_and_no_other() {
    let all = leaves(40);
    let mut tree = Naive(all.clone());
    for size in 1..=40u64 {
        let whole = naive(&all[..size as usize]);
        for index in 0..size {
            let path = inclusion(&mut tree, index, size).unwrap();
            assert!(verify_inclusion(&all[index as usize], index, size, &path, &whole));
            assert!(!verify_inclusion(&all[index as usize], index ^ 1, size, &path, &whole) || size == 1);
            let mut longer = path.clone();
            longer.push([0; 32]);
            assert!(!verify_inclusion(&all[index as usize], index, size, &longer, &whole));
            if let Some((_, shorter)) = path.split_last() {
                assert!(!verify_inclusion(&all[index as usize], index, size, shorter, &whole));
            }
        }
        for from in 0..=size {
            let before = naive(&all[..from as usize]);
            let path = consistency(&mut tree, from, size).unwrap();
            assert!(verify_consistency(from, size, &path, &before, &whole), "{from} {size}");
            if from > 0 && from < size {
                assert!(!verify_consistency(from, size, &path, &whole, &whole), "{from} {size}");
                assert!(!verify_consistency(from, size, &path, &before, &before), "{from} {size}");
            }
        }
    }
}

proptest! {
    #[test]
    fn a_tree_is_as_the_naive_one(count in 0u64..700, index in 0u64..700, from in 0u64..700) {
        let all = leaves(count);
        let (mut frontier, mut known) = (Frontier::default(), BTreeMap::new());
        for (number, leaf) in all.iter().enumerate() {
            known.insert(Subtree { level: 0, index: number as u64 }, *leaf);
            frontier.push(*leaf, |subtree, root| { known.insert(subtree, *root); });
        }
        let whole = naive(&all);
        prop_assert_eq!(frontier.root(), whole);
        prop_assert_eq!(root(&mut known, count).unwrap(), whole);
        // Opened again from its peaks, it is the same.
        let roots = peaks(count).iter().map(|peak| known[peak]).collect();
        prop_assert_eq!(Frontier::new(count, roots), Some(frontier));
        // What a proof wants is what it then uses.
        let mut wanted = Wanted::default();
        inclusion(&mut wanted, index, count).unwrap();
        consistency(&mut wanted, from, count).unwrap();
        let mut fetched: BTreeMap<Subtree, Hash> = wanted.0.iter().map(|one| (*one, known[one])).collect();
        let path = inclusion(&mut fetched, index, count).unwrap();
        let leaf = all.get(index as usize).copied().unwrap_or_default();
        prop_assert_eq!(verify_inclusion(&leaf, index, count, &path, &whole), index < count);
        let path = consistency(&mut fetched, from, count).unwrap();
        let before = naive(&all[..from.min(count) as usize]);
        prop_assert_eq!(verify_consistency(from, count, &path, &before, &whole), from <= count);
        // Any byte of a proof counts.
        for step in 0..path.len() {
            let mut altered = path.clone();
            altered[step][(index % 32) as usize] ^= 1;
            prop_assert!(!verify_consistency(from, count, &altered, &before, &whole));
        }
    }
}
