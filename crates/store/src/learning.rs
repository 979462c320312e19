//! From which rows dictionaries of the compression learn, and when. The first rows of a space are a poor likeness of what comes:
//! orders alone, one day's numbers. So a first dictionary comes early and later ones take its place, each from rows that are
//! spread over what was written since. A dictionary that was once used stays: rows name theirs.

use crate::codec::kind;
use crate::crypt::Keyring;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc;

/// Of how many rows one is a sample, and how many samples make a dictionary; the last goes on for ever. A dictionary costs a
/// few seconds of a thread: with the last, some microseconds a row.
const STAGES: [(u64, usize); 4] = [(1, 2_000), (4, 5_000), (40, 5_000), (400, 5_000)];
/// Less finds fewer of the texts that rows share, more is slower to look through.
const DICTIONARY_BYTES: usize = 64 << 10;
/// Longer rows are of many documents, and say nothing that those of one do not.
const LONGEST_SAMPLE: usize = 100_000;

/// A dictionary that was trained: class of rows and bytes.
pub(crate) type Trained = (u8, Vec<u8>);
/// Class and payload of a row that a dictionary can learn from.
pub(crate) type Sample = (u8, Vec<u8>);

/// Classes that learn.
const CLASSES: [u8; 2] = [kind::EVENT, kind::MESSAGE];

/// Where each class is: asked by whoever seals, moved on by whoever collects.
#[derive(Default)]
pub(crate) struct Learning {
    stages: [AtomicUsize; CLASSES.len()],
    seen: [AtomicU64; CLASSES.len()],
}

fn place(class: u8) -> Option<usize> {
    CLASSES.iter().position(|known| *known == class)
}

impl Learning {
    /// Of a space that is opened: each class goes on where it was. Whoever began again at every opening would learn early again
    /// too, for seconds of a thread, from rows that say less than those that the last dictionary was made of.
    pub fn of(keyring: &Keyring) -> Self {
        let learning = Self::default();
        for (class, stage) in CLASSES.iter().zip(&learning.stages) {
            stage.store(keyring.dictionaries_of(*class), Ordering::Relaxed);
        }
        learning
    }
    /// Whether this row is a sample.
    pub fn takes(&self, class: u8, payload: &[u8]) -> bool {
        let Some(place) = place(class).filter(|_| payload.len() <= LONGEST_SAMPLE) else { return false };
        let (Some(seen), Some((every, _))) = (self.seen.get(place), self.stage(place)) else { return false };
        seen.fetch_add(1, Ordering::Relaxed).is_multiple_of(every)
    }
    fn stage(&self, place: usize) -> Option<(u64, usize)> {
        let stage = self.stages.get(place)?.load(Ordering::Relaxed);
        STAGES.get(stage.min(STAGES.len() - 1)).copied()
    }
}

/// Collects samples and has dictionaries made of them.
pub(crate) struct Collecting {
    waiting: FxHashMap<u8, Vec<Vec<u8>>>,
    done: mpsc::Sender<Trained>,
}

impl Collecting {
    /// With where its dictionaries come out.
    pub fn new() -> (Self, mpsc::Receiver<Trained>) {
        let (done, trained) = mpsc::channel();
        (Self { waiting: FxHashMap::default(), done }, trained)
    }
    /// Takes samples; where there are enough, a thread of its own makes a dictionary of them.
    pub fn learn(&mut self, learning: &Learning, samples: Vec<Sample>) {
        for (class, payload) in samples {
            let Some(place) = place(class) else { continue };
            let waiting = self.waiting.entry(class).or_default();
            waiting.push(payload);
            if learning.stage(place).is_none_or(|(_, enough)| waiting.len() < enough) {
                continue;
            }
            let (samples, done) = (std::mem::take(waiting), self.done.clone());
            if let Some(stage) = learning.stages.get(place) {
                stage.fetch_add(1, Ordering::Relaxed);
            }
            let train = move || {
                crate::priority::yield_to_others();
                // Samples that are too alike make none: the next do.
                if let Ok(dictionary) = zstd::dict::from_samples(&samples, DICTIONARY_BYTES) {
                    let _ = done.send((class, dictionary));
                }
            };
            // Without it rows are compressed as before.
            let _ = std::thread::Builder::new().name("dictionary".to_owned()).spawn(train);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: usize) -> Vec<u8> {
        let words = ["样例", "OW1A226C", "5301960102", "declared", "released", "waits"];
        let mut row: Vec<u8> = number.to_be_bytes().to_vec();
        for step in 0..30 {
            row.extend_from_slice(words[(number * 7 + step * (number % 5 + 1)) % words.len()].as_bytes());
        }
        row
    }

    #[test]
    fn a_class_learns_early_and_again_from_rows_that_are_spread() {
        let learning = Learning::default();
        let (mut collecting, trained) = Collecting::new();
        let mut taken = Vec::new();
        for number in 0..STAGES[0].1 + 4 * STAGES[1].1 + 400 {
            let payload = row(number);
            if learning.takes(kind::EVENT, &payload) {
                taken.push(number);
                collecting.learn(&learning, vec![(kind::EVENT, payload)]);
            }
        }
        let first = STAGES[0].1;
        assert!(taken[..first].iter().copied().eq(0..first));
        let later = &taken[first..first + STAGES[1].1];
        assert!(later.windows(2).all(|pair| pair[1] - pair[0] == 4), "{:?}", &later[..9]);
        let rest = &taken[first + STAGES[1].1..];
        assert!(rest.windows(2).all(|pair| pair[1] - pair[0] == 40) && rest.len() >= 9, "{rest:?}");
        let made: Vec<Trained> = (0..2).map(|_| trained.recv().unwrap()).collect();
        assert!(made.iter().all(|(class, bytes)| *class == kind::EVENT && bytes.len() > 1_000));
    }

    #[test]
    fn what_is_long_or_rare_is_no_sample() {
        let learning = Learning::default();
        assert!(!learning.takes(kind::EVENT, &vec![0; LONGEST_SAMPLE + 1]));
        assert!(!learning.takes(kind::RULEBOOK, b"rare"));
        assert!(learning.takes(kind::MESSAGE, b"one"));
    }

    #[test]
    fn a_space_that_is_opened_again_learns_on_where_it_was() {
        let keyring = Keyring::default();
        keyring.add_dictionary(1, kind::EVENT, vec![1; 100]);
        let taken = |keyring: &Keyring, kind| {
            let learning = Learning::of(keyring);
            (0..4_000).filter(|number| learning.takes(kind, &row(*number))).count()
        };
        assert_eq!((taken(&keyring, kind::EVENT), taken(&keyring, kind::MESSAGE)), (1_000, 4_000));
        // Another's, and the same read once more, do not count.
        keyring.add_dictionary(2, kind::MESSAGE, vec![1; 100]);
        keyring.add_dictionary(1, kind::EVENT, vec![1; 100]);
        assert_eq!((taken(&keyring, kind::EVENT), taken(&keyring, kind::MESSAGE)), (1_000, 1_000));
        (3..9).for_each(|id| keyring.add_dictionary(id, kind::EVENT, vec![1; 100]));
        assert_eq!(taken(&keyring, kind::EVENT), 10);
    }
}
