//! What was read of the ledger lately, so that a page that is looked at again does not open its rows again. Rows never change but by
//! erasure: whoever keeps something says how many erasures there were before he read it, and nothing is kept over one.

use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many of a sort, the oldest leaves first.
pub(super) struct Kept<K, V> {
    most: usize,
    all: Mutex<All<K, V>>,
}

struct All<K, V> {
    /// How many erasures there were when it was looked at last.
    age: u64,
    by_key: FxHashMap<K, V>,
    in_order: VecDeque<K>,
}

impl<K: Copy + Eq + Hash, V: Clone> Kept<K, V> {
    /// Nothing yet, and so many at most.
    pub fn new(most: usize) -> Self {
        let all = All { age: 0, by_key: FxHashMap::default(), in_order: VecDeque::new() };
        Self { most, all: Mutex::new(all) }
    }

    /// Without what was kept before an erasure.
    fn of(&self, age: u64) -> MutexGuard<'_, All<K, V>> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.age != age {
            *all = All { age, by_key: FxHashMap::default(), in_order: VecDeque::new() };
        }
        all
    }

    /// What is kept under a key, or how many erasures there were so far.
    pub fn find(&self, key: K, erasures: &AtomicU64) -> Result<V, u64> {
        let age = erasures.load(Ordering::SeqCst);
        self.of(age).by_key.get(&key).cloned().ok_or(age)
    }

    /// Keeps what was read after so many erasures, unless there was another since.
    pub fn keep(&self, key: K, value: V, age: u64, erasures: &AtomicU64) {
        let mut all = self.of(erasures.load(Ordering::SeqCst));
        if all.age != age || all.by_key.insert(key, value).is_some() {
            return;
        }
        all.in_order.push_back(key);
        if all.in_order.len() > self.most
            && let Some(oldest) = all.in_order.pop_front()
        {
            all.by_key.remove(&oldest);
        }
    }

    /// Drops all.
    pub fn forget(&self, erasures: &AtomicU64) {
        drop(self.of(erasures.load(Ordering::SeqCst)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_kept_and_nothing_over_an_erasure() {
        let erasures = AtomicU64::new(0);
        let kept: Kept<u64, &str> = Kept::new(2);
        assert_eq!(kept.find(1, &erasures), Err(0));
        for (key, value) in [(1, "one"), (2, "two"), (2, "two"), (3, "three")] {
            kept.keep(key, value, 0, &erasures);
        }
        assert_eq!([1, 2, 3].map(|key| kept.find(key, &erasures)), [Err(0), Ok("two"), Ok("three")]);
        erasures.fetch_add(1, Ordering::SeqCst);
        assert_eq!(kept.find(3, &erasures), Err(1));
        // Read before it, ready after it.
        kept.keep(4, "four", 0, &erasures);
        assert_eq!(kept.find(4, &erasures), Err(1));
        kept.keep(4, "four", 1, &erasures);
        assert_eq!(kept.find(4, &erasures), Ok("four"));
        erasures.fetch_add(1, Ordering::SeqCst);
        kept.forget(&erasures);
        assert!(kept.all.lock().unwrap().by_key.is_empty());
    }
}
