//! How long something took, in buckets whose bounds grow as people speak of time: seconds, minutes, hours, days. What is read
//! back is the bound of a bucket: a percentile is never smaller than it was.

use clearance::Text;

/// Upper bounds of the buckets, seconds, each included. What took longer is in a bucket without a bound.
pub const BOUNDS: [u64; 24] = [
    1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400,
    172_800, 259_200, 432_000, 604_800, 1_209_600, 2_592_000,
];

/// The word of the bucket that has no bound.
pub const LONGER: &str = "longer";

/// The bound, in seconds, of the bucket of so many milliseconds; none = longer than all.
pub fn bound(milliseconds: i64) -> Option<u64> {
    let milliseconds = u64::try_from(milliseconds).unwrap_or(0);
    BOUNDS.into_iter().find(|bound| milliseconds <= bound * 1_000)
}

/// The part of a key for it: digits of one length, so that they are in order.
pub fn word(bound: Option<u64>) -> Text {
    bound.map_or(Text::const_new(LONGER), |seconds| format!("{seconds:07}").into())
}

/// The seconds of such a part; none = longer, or none of ours.
pub fn seconds(word: &str) -> Option<u64> {
    word.parse().ok()
}

/// The bound below which so many of a thousand are: none where there are none, `Some(None)` where it is longer than all bounds.
pub fn percentile(counts: &[(Option<u64>, u64)], thousandths: u64) -> Option<Option<u64>> {
    let mut sorted = counts.to_vec();
    sorted.sort_by_key(|(bound, _)| bound.unwrap_or(u64::MAX));
    let whole: u64 = sorted.iter().map(|(_, count)| count).sum();
    if whole == 0 {
        return None;
    }
    let wanted = (u128::from(whole) * u128::from(thousandths)).div_ceil(1_000);
    let mut below = 0u128;
    for (bound, count) in sorted {
        below += u128::from(count);
        if below >= wanted && count > 0 {
            return Some(bound);
        }
    }
    Some(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_bound_of_the_bucket_in_which_it_lies() {
        let counts = [(Some(60), 50), (Some(1), 49), (None, 1)];
        assert_eq!(percentile(&counts, 490), Some(Some(1)));
        assert_eq!(percentile(&counts, 500), Some(Some(60)));
        assert_eq!(percentile(&counts, 990), Some(Some(60)));
        assert_eq!(percentile(&counts, 1_000), Some(None));
        assert_eq!(percentile(&[], 500), None);
        assert_eq!(percentile(&[(Some(1), 0)], 500), None);
    }

    #[test]
    fn every_duration_has_a_bucket_that_is_not_shorter() {
        for (milliseconds, expected) in
            [(-5, Some(1)), (0, Some(1)), (1_000, Some(1)), (1_001, Some(2)), (i64::MAX, None)]
        {
            assert_eq!(bound(milliseconds), expected, "{milliseconds}");
        }
        for bound in BOUNDS {
            assert_eq!(seconds(&word(Some(bound))), Some(bound));
        }
        assert_eq!(seconds(&word(None)), None);
        let words: Vec<Text> = BOUNDS.iter().map(|bound| word(Some(*bound))).collect();
        assert!(words.is_sorted());
    }
}
