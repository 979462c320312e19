//! How long something takes, counted in buckets that anyone may add to at once: 32 to an octave, so that a value read
//! back is at most a thirty-second too large. Whole microseconds, one addition a value; what a percentile means to a
//! person is for whoever shows it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Buckets of an octave, as a power of two.
const FINE: u32 = 5;
/// Values below are their own bucket.
const EXACT: u64 = 1 << (FINE + 1);
/// Octaves: the longest is over an hour, and what is longer counts as that.
const OCTAVES: usize = 27;
const BUCKETS: usize = EXACT as usize + OCTAVES * (1 << FINE);

/// Counts by duration. Recording needs no lock.
pub struct Histogram {
    buckets: Box<[AtomicU64]>,
    micros: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(), micros: AtomicU64::new(0) }
    }
}

impl std::fmt::Debug for Histogram {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Histogram of {}", self.counted().count())
    }
}

/// What a histogram held at an instant.
#[derive(Clone, Default, Debug)]
pub struct Counted {
    buckets: Vec<u64>,
    micros: u64,
}

fn bucket(micros: u64) -> usize {
    if micros < EXACT {
        return micros as usize;
    }
    // The octave above the exact ones, and the bits below the leading one.
    let octave = micros.ilog2() - FINE;
    let within = (micros >> octave) as usize - (1 << FINE);
    (EXACT as usize + (octave as usize - 1) * (1 << FINE) + within).min(BUCKETS - 1)
}

/// The largest value of a bucket.
fn upper(bucket: usize) -> u64 {
    let Some(above) = bucket.checked_sub(EXACT as usize) else { return bucket as u64 };
    let octave = above as u64 / (1 << FINE) + 1;
    let within = above as u64 % (1 << FINE) + (1 << FINE);
    ((within + 1) << octave) - 1
}

impl Histogram {
    /// Counts a duration.
    pub fn record(&self, micros: u64) {
        if let Some(bucket) = self.buckets.get(bucket(micros)) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// As it stands.
    pub fn counted(&self) -> Counted {
        Counted {
            buckets: self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).collect(),
            micros: self.micros.load(Ordering::Relaxed),
        }
    }
}

impl Counted {
    /// What came after an earlier look at the same histogram.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let before = earlier.buckets.iter().chain(std::iter::repeat(&0));
        Self {
            buckets: self.buckets.iter().zip(before).map(|(now, then)| now.saturating_sub(*then)).collect(),
            micros: self.micros.saturating_sub(earlier.micros),
        }
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// How many took at most so many microseconds, to the bucket.
    pub fn up_to(&self, micros: u64) -> u64 {
        self.buckets
            .iter()
            .enumerate()
            .take_while(|(index, _)| upper(*index) <= micros)
            .map(|(_, count)| count)
            .sum()
    }

    /// All durations together, microseconds.
    pub fn micros(&self) -> u64 {
        self.micros
    }

    /// The duration that so many of a million stay within, microseconds; 0 where nothing was counted.
    pub fn within(&self, of_a_million: u64) -> u64 {
        let wanted = (u128::from(self.count()) * u128::from(of_a_million)).div_ceil(1_000_000);
        let mut seen = 0u128;
        for (index, count) in self.buckets.iter().enumerate() {
            seen += u128::from(*count);
            if *count > 0 && seen >= wanted {
                return upper(index);
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_a_bucket_that_is_little_larger() {
        let mut value = 0u64;
        while value < 1 << 31 {
            let read = upper(bucket(value));
            assert!(read >= value && read - value <= value / 32, "{value} is read as {read}");
            assert!(bucket(value) == 0 || upper(bucket(value) - 1) < value, "{value}");
            value += 1 + value / 97;
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn percentiles_are_those_of_the_values() {
        let histogram = Histogram::default();
        (1..=1000).for_each(|micros| histogram.record(micros));
        let first = histogram.counted();
        assert_eq!((first.count(), first.micros()), (1000, 500_500));
        for (of_a_million, value) in [(0, 1), (500_000, 500), (990_000, 990), (1_000_000, 1000)] {
            let read = first.within(of_a_million);
            assert!(read >= value && read <= value + value / 32, "{of_a_million}: {read}");
        }
        histogram.record(7_000_000);
        let later = histogram.counted().since(&first);
        assert_eq!((later.count(), later.micros()), (1, 7_000_000));
        assert!(later.within(500_000) >= 7_000_000);
        assert_eq!(Counted::default().within(990_000), 0);
    }
}
