//! Runs against a plain map.
#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]
use super::*;
use std::collections::BTreeMap;

fn file() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    connection
}

/// Merges of random keys against a plain map: every key, newest value, gone ones and never seen ones.
#[test]
fn runs_answer_as_a_map_does_through_every_level() {
    let connection = file();
    let mut merging = Merging::open(&connection).unwrap();
    let mut truth: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    let mut state = 7u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let held = current(&merging.current());
    for merge in 0..150u64 {
        let entries: Vec<(KeyHash, Vec<u8>)> = (0..40)
            .map(|_| {
                let hash = (random() % 2_000).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                let value = match random() % 4 {
                    0 => Vec::new(),
                    length => vec![merge as u8; (length * length * 100) as usize],
                };
                truth.insert(hash, value.clone());
                (hash as i64, value)
            })
            .collect();
        let transaction = connection.unchecked_transaction().unwrap();
        merging.sweep(&transaction).unwrap();
        merging.add(&transaction, Family::Count, entries).unwrap();
        transaction.commit().unwrap();
        merging.publish();
        while let Some((family, level)) = merging.full() {
            let transaction = connection.unchecked_transaction().unwrap();
            merging.compact(&transaction, family, level).unwrap();
            transaction.commit().unwrap();
            merging.publish();
        }
    }
    let reopened = Merging::open(&connection).unwrap();
    for runs in [current(&merging.current()), current(&reopened.current())] {
        for key in 0..2_500u64 {
            let hash = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let found = runs.find(&connection, Family::Count, hash as i64).unwrap().unwrap_or_default();
            assert_eq!(found, truth.get(&hash).cloned().unwrap_or_default(), "key {key}");
            assert_eq!(runs.find(&connection, Family::Key, hash as i64).unwrap(), None);
        }
        let mut each = BTreeMap::new();
        runs.each(&connection, Family::Count, &mut |hash, value| {
            assert!(each.insert(hash, value.to_vec()).is_none(), "each hash once");
        })
        .unwrap();
        each.retain(|_, value| !value.is_empty());
        truth.retain(|_, value| !value.is_empty());
        assert_eq!(each, truth);
    }
    drop(held);
    let levels: Vec<u8> =
        current(&merging.current()).0[Family::Count.at()].iter().map(|run| run.level).collect();
    assert!(levels.contains(&2) && levels.is_sorted(), "three levels, newest first: {levels:?}");
}

/// Pages of a replaced run stay while a reader holds it, and go afterwards.
#[test]
fn a_reader_keeps_what_it_reads() {
    let connection = file();
    let mut merging = Merging::open(&connection).unwrap();
    let add = |merging: &mut Merging, key: i64| {
        let transaction = connection.unchecked_transaction().unwrap();
        merging.sweep(&transaction).unwrap();
        merging.add(&transaction, Family::Key, vec![(key, vec![1])]).unwrap();
        transaction.commit().unwrap();
        merging.publish();
    };
    (0..8).for_each(|key| add(&mut merging, key));
    let reader = current(&merging.current());
    let transaction = connection.unchecked_transaction().unwrap();
    merging.compact(&transaction, Family::Key, 0).unwrap();
    transaction.commit().unwrap();
    merging.publish();
    add(&mut merging, 8);
    let pages =
        || -> i64 { connection.query_row("SELECT count(*) FROM page", [], |row| row.get(0)).unwrap() };
    assert_eq!(pages(), 10);
    assert_eq!(reader.find(&connection, Family::Key, 3).unwrap(), Some(vec![1]));
    drop(reader);
    add(&mut merging, 9);
    assert_eq!(pages(), 3, "the run of eight and the two after it");
    assert_eq!(current(&merging.current()).find(&connection, Family::Key, 3).unwrap(), Some(vec![1]));
}
