//! How much was taken and judged in each of the last minutes, for whoever operates the window: counters remembered once a
//! minute. Of this server alone, since it began; what is kept for longer is for whoever scrapes `/metrics`.

use crate::metrics::Metrics;
use clearance::keys::Time;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

/// Minutes that are remembered.
pub const MINUTES: usize = 60;
const MINUTE: i64 = 60_000;

/// Counters whose rates are told, by their names.
pub const RATED: [&str; 6] = [
    "messages",
    "documents",
    "documents_refused",
    "declarations_released",
    "declarations_held",
    "declarations_rejected",
];

type Counts = [u64; RATED.len()];

/// What the counters were at the end of each of the last minutes, the oldest first.
#[derive(Debug, Default)]
pub struct Rates(Mutex<VecDeque<(Time, Counts)>>);

/// How much in how many minutes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rate {
    /// Name of the counter.
    pub name: &'static str,
    /// In the last minute.
    pub minute: u64,
    /// In the last quarter of an hour.
    pub quarter: u64,
    /// In the last hour.
    pub hour: u64,
    /// In each of the last minutes, the oldest first.
    pub minutes: Vec<u64>,
}

fn counts(metrics: &Metrics) -> Counts {
    [
        &metrics.messages,
        &metrics.documents,
        &metrics.documents_refused,
        &metrics.declarations_released,
        &metrics.declarations_held,
        &metrics.declarations_rejected,
    ]
    .map(|counter| counter.load(Ordering::Relaxed))
}

impl Rates {
    /// Remembers what the counters are, where a minute has passed since it did.
    pub fn see(&self, metrics: &Metrics, now: Time) {
        let mut samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if samples.back().is_some_and(|(last, _)| now.0 - last.0 < MINUTE) {
            return;
        }
        samples.push_back((now, counts(metrics)));
        if samples.len() > MINUTES + 1 {
            samples.pop_front();
        }
    }

    /// How much was counted lately. What began less than so long ago counts from its beginning.
    pub fn told(&self, metrics: &Metrics, now: Time) -> Vec<Rate> {
        self.see(metrics, now);
        let samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let current = counts(metrics);
        // The newest sample that is at least so old; where none is, the oldest.
        let since = |minutes: i64| {
            let old = samples.iter().rev().find(|(then, _)| now.0 - then.0 >= minutes * MINUTE);
            old.or(samples.front()).map_or(current, |(_, counts)| *counts)
        };
        let (minute, quarter, hour) = (since(1), since(15), since(60));
        let of = |index: usize| {
            let less = |then: &Counts| current[index].saturating_sub(then[index]);
            let steps = samples.iter().zip(samples.iter().skip(1));
            Rate {
                name: RATED[index],
                minute: less(&minute),
                quarter: less(&quarter),
                hour: less(&hour),
                minutes: steps.map(|((_, one), (_, next))| next[index].saturating_sub(one[index])).collect(),
            }
        };
        (0..RATED.len()).map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told_by_minute_quarter_and_hour() {
        let (metrics, rates) = (Metrics::default(), Rates::default());
        let at = |minutes: i64| Time(minutes * MINUTE);
        rates.see(&metrics, at(0));
        // Two messages a minute, seen every twenty seconds as the worker does.
        for minute in 1..=90i64 {
            Metrics::add(&metrics.messages, 2);
            for part in 0..3 {
                rates.see(&metrics, Time(at(minute).0 + part * 20_000));
            }
        }
        let told = rates.told(&metrics, at(90));
        let messages = &told[0];
        assert_eq!(
            (messages.name, messages.minute, messages.quarter, messages.hour),
            ("messages", 2, 30, 120)
        );
        assert_eq!(messages.minutes, vec![2; MINUTES]);
        assert!(told[1..].iter().all(|rate| rate.hour == 0));
        // A burst within the minute is seen at once.
        Metrics::add(&metrics.documents, 7);
        let told = rates.told(&metrics, Time(at(90).0 + 1_000));
        assert_eq!((told[1].minute, told[1].hour), (7, 7));
    }
}
