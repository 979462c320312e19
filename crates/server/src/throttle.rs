//! How often something may be done: buckets that fill at a rate, one a key. Time is the machine's own, in memory, of this
//! process alone: what has to hold across processes is in the control store.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How fast, and how much at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// As many are let through.
    pub count: u32,
    /// In this time.
    pub per: Duration,
    /// As many at once, after a pause.
    pub burst: u32,
}

impl Rate {
    /// As many a second, and twice that at once.
    pub const fn per_second(count: u32) -> Self {
        Self { count, per: Duration::from_secs(1), burst: count.saturating_mul(2) }
    }
    /// Nanoseconds until one more is let through.
    fn each(self) -> u64 {
        u64::try_from(self.per.as_nanos()).unwrap_or(u64::MAX) / u64::from(self.count.max(1))
    }
}

/// Parts of the table: callers rarely wait for each other.
const PARTS: usize = 16;
/// Keys a part remembers; those who could do everything anew are forgotten beyond that.
const KEYS: usize = 4_096;

/// Buckets by key. Each is one instant: that at which it will be full.
pub struct Throttle<K> {
    parts: [Mutex<HashMap<K, Instant>>; PARTS],
    hasher: RandomState,
}

impl<K> Default for Throttle<K> {
    fn default() -> Self {
        Self { parts: std::array::from_fn(|_| Mutex::default()), hasher: RandomState::new() }
    }
}

impl<K: Hash + Eq> Throttle<K> {
    /// Lets one through, or says after which time.
    ///
    /// # Errors
    /// How long to wait.
    pub fn pass(&self, key: K, rate: Rate, now: Instant) -> Result<(), Duration> {
        let index = self.hasher.hash_one(&key) as usize % PARTS;
        let Some(part) = self.parts.get(index) else { return Ok(()) };
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        if part.len() >= KEYS {
            part.retain(|_, full| *full > now);
            // More than that are busy at once: whoever wants to fill the memory gains a new bucket, no more.
            if part.len() >= KEYS {
                part.clear();
            }
        }
        let each = Duration::from_nanos(rate.each());
        let full = part.entry(key).or_insert(now);
        let next = (*full).max(now) + each;
        let most = now + each.saturating_mul(rate.burst.max(1));
        if next > most {
            return Err(next - most);
        }
        *full = next;
        Ok(())
    }
}

/// Whole seconds of a wait, at least one: what `Retry-After` can say.
pub fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_then_its_rate_and_fills_again() {
        let throttle = Throttle::default();
        let rate = Rate { count: 10, per: Duration::from_secs(1), burst: 5 };
        let start = Instant::now();
        let at = |millis: u64| start + Duration::from_millis(millis);
        for _ in 0..5 {
            assert_eq!(throttle.pass("one", rate, at(0)), Ok(()));
        }
        assert_eq!(throttle.pass("one", rate, at(0)), Err(Duration::from_millis(100)));
        assert_eq!(throttle.pass("other", rate, at(0)), Ok(()), "another has his own");
        assert_eq!(throttle.pass("one", rate, at(99)), Err(Duration::from_millis(1)));
        assert_eq!(throttle.pass("one", rate, at(100)), Ok(()));
        assert!(throttle.pass("one", rate, at(100)).is_err());
        let passed = (0..10).filter(|_| throttle.pass("one", rate, at(10_000)).is_ok()).count();
        assert_eq!(passed, 5);
        assert_eq!(seconds(Duration::from_millis(100)), 1);
        assert_eq!(seconds(Duration::from_secs(2)), 2);
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        let now = Instant::now();
        for key in 0..200_000u32 {
            let _ = throttle.pass(key, Rate::per_second(1), now);
        }
        let kept: usize = throttle.parts.iter().map(|part| part.lock().unwrap().len()).sum();
        assert!(kept <= PARTS * KEYS);
    }
}
