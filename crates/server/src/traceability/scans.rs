//! How often codes are scanned. A scan costs a count in memory; the worker writes, one row a code and more and more seldom for
//! one that is scanned all the time, as `denials` does: whoever asks over and over fills nothing. Each scan is in exactly one
//! row: what cannot be written is kept for the next. Of whoever scans there is nothing but a mark of his network, of so few digits of
//! a keyed hash that it names nobody.

use crate::Window;
use clearance::keys::Time;
use clearance::record::RecordKey;
use register::trace::{Code, Scans};
use register::{By, Command, Refusal};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::{Read, StoreError};

/// Milliseconds from the first scan of a code to its row; from each row to the next it is twice as long as before.
const FIRST: i64 = 60_000;
/// But no longer than this.
const LONGEST: i64 = 3_600_000;
/// Codes that are counted at a time: of more, rows are written at once.
const CODES: usize = 10_000;
/// Digits of a mark: sixteen bits for all networks there are.
const MARK: usize = 4;

/// Scans of a code that are no row yet.
struct Counted {
    scans: Scans,
    due: i64,
    wait: i64,
}

/// Scans of a window that are no rows yet.
#[derive(Default)]
pub struct Counts(Mutex<HashMap<RecordKey, Counted>>);

impl Counts {
    fn codes(&self) -> MutexGuard<'_, HashMap<RecordKey, Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a scan; those of the code that are no row yet, this one among them. None = there is no room: write first.
    fn note(&self, key: &RecordKey, place: &str, now: Time) -> Option<Scans> {
        let mut codes = self.codes();
        if codes.len() >= CODES && !codes.contains_key(key) {
            return None;
        }
        let counted = codes.entry(key.clone()).or_insert_with(|| Counted {
            scans: Scans::default(),
            due: now.0 + FIRST,
            wait: FIRST,
        });
        let places = vec![place.to_owned()];
        counted.scans.add(&Scans { scans: 1, first: now.0, last: now.0, places });
        Some(counted.scans.clone())
    }

    /// Takes what is to become rows now, or all. What was not scanned since its last row is forgotten.
    fn take(&self, now: Time, all: bool) -> Vec<(RecordKey, Scans)> {
        let mut taken = Vec::new();
        self.codes().retain(|key, counted| {
            if !all && counted.due > now.0 {
                return true;
            }
            if counted.scans.scans == 0 {
                return false;
            }
            taken.push((key.clone(), std::mem::take(&mut counted.scans)));
            counted.wait = (counted.wait * 2).min(LONGEST);
            counted.due = now.0 + counted.wait;
            true
        });
        taken
    }

    /// Forgets what waits for nothing.
    fn forget(&self) {
        self.codes().retain(|_, counted| counted.scans.scans > 0);
    }

    fn give_back(&self, taken: Vec<(RecordKey, Scans)>, now: Time) {
        let mut codes = self.codes();
        for (key, scans) in taken {
            let counted = codes.entry(key).or_insert_with(|| Counted {
                scans: Scans::default(),
                due: now.0,
                wait: FIRST,
            });
            counted.scans.add(&scans);
            counted.due = now.0 + FIRST;
        }
    }
}

/// The network that an address is in: of many households together, so that who comes again from the next street is one place.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}")
        }
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}")
        }
        Err(_) => String::new(),
    }
}

/// Counts a scan of a code from an address, and gives all scans of it: those of its record and those that are no row yet here.
/// None = there is no room to count it, and nothing can be written now.
pub(crate) async fn scanned(
    window: &Window,
    key: &RecordKey,
    address: &str,
) -> Result<Option<Scans>, StoreError> {
    let hash = window.read.keyed_hash(&format!("trace-place {}", network(address)));
    let (place, now) = (hash.get(..MARK).unwrap_or_default(), window.clock.now());
    let mut pending = window.scans.note(key, place, now);
    if pending.is_none() {
        write(window, true).await;
        window.scans.forget();
        pending = window.scans.note(key, place, now);
    }
    let Some(pending) = pending else { return Ok(None) };
    // Read after it was counted: what became a row in between is told twice for a moment, and kept once.
    let record = window.read.record(key).await?;
    let mut all = record.as_deref().map(|record| Code::of(record).counted()).unwrap_or_default();
    all.add(&pending);
    Ok(Some(all))
}

/// Makes rows of what is due, or of all that was counted. What cannot be written now is kept for later.
pub async fn write(window: &Window, all: bool) {
    let now = window.clock.now();
    let taken = window.scans.take(now, all);
    if taken.is_empty() {
        return;
    }
    let mut commands = Vec::with_capacity(taken.len());
    for (key, scans) in &taken {
        let current = window.read.record(key).await;
        let (Ok(current), Ok(body)) = (current, serde_json::to_string(scans)) else {
            return window.scans.give_back(taken, now);
        };
        commands.push(Command {
            key: key.clone(),
            version: current.map_or(0, |record| record.version),
            action: "count-scans".into(),
            by: By::of_window("trace"),
            note: String::new(),
            body: Some(body),
        });
    }
    let Some(told) = window.pipeline.commands(commands).await else {
        return window.scans.give_back(taken, now);
    };
    let mut again = Vec::new();
    for (one, told) in taken.into_iter().zip(told) {
        match told {
            Ok(_) => {}
            // It was bound, or another server counted, in between.
            Err(Refusal::Outdated(_) | Refusal::State(..) | Refusal::Absent) => again.push(one),
            Err(refusal) => tracing::error!(?refusal, "scans were not recorded"),
        }
    }
    window.scans.give_back(again, now);
}

#[cfg(test)]
mod tests {
    use super::*;
    use clearance::record::Register;

    fn key(number: usize) -> RecordKey {
        RecordKey::new(Register::TraceCode, &format!("5301960601:09506000134352/L1/{number}"))
    }

    fn at(minutes: i64) -> Time {
        Time(1_795_399_200_000 + minutes * FIRST)
    }

    #[test]
    fn one_that_is_scanned_all_day_makes_few_rows_and_no_scan_is_lost() {
        let counts = Counts::default();
        let (mut rows, mut counted) = (0, 0);
        for minute in 0..24 * 60 {
            for (_, scans) in counts.take(at(minute), false) {
                rows += 1;
                counted += scans.scans;
            }
            for _ in 0..10 {
                counts.note(&key(1), "aaaa", at(minute)).unwrap();
            }
        }
        assert!(rows < 30, "{rows}");
        counted += counts.take(at(24 * 60), true).iter().map(|(_, scans)| scans.scans).sum::<u64>();
        assert_eq!(counted, 10 * 24 * 60);
        assert!(counts.take(at(24 * 60 + 61), false).is_empty());
        assert!(counts.codes().is_empty(), "what is not scanned is forgotten");
    }

    #[test]
    fn what_could_not_be_written_is_kept_and_memory_is_bounded() {
        let counts = Counts::default();
        counts.note(&key(1), "aaaa", at(0)).unwrap();
        let taken = counts.take(at(1), false);
        counts.note(&key(1), "bbbb", at(1)).unwrap();
        counts.give_back(taken, at(1));
        let (_, scans) = counts.take(at(2), false).pop().unwrap();
        assert_eq!((scans.scans, scans.first, scans.last), (2, at(0).0, at(1).0));
        assert_eq!(scans.places.len(), 2);
        for number in 0..CODES {
            counts.note(&key(number), "aaaa", at(3));
        }
        assert_eq!(counts.note(&key(CODES + 1), "aaaa", at(3)), None);
        assert!(counts.note(&key(1), "aaaa", at(3)).is_some(), "who is counted goes on");
    }

    #[test]
    fn neighbours_are_one_place() {
        assert_eq!(network("203.0.113.9"), network("203.0.113.200"));
        assert_ne!(network("203.0.113.9"), network("203.0.114.9"));
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:ffff::9"));
        assert_eq!(network(""), "");
    }
}
