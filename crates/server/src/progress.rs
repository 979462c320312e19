//! How long what the pipeline has in hand has been under way: a disk that stalls, a standby that confirms no commit and a database that
//! stands still look the same from here, and none of them says that it failed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What may be under way: one thing of each sort at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// A batch is loaded, judged and committed.
    Batch = 0,
    /// What was committed becomes durable and is answered.
    Answers = 1,
}

/// When what is under way began.
#[derive(Debug)]
pub struct Progress {
    opened: Instant,
    /// By stage: milliseconds since then, and one; 0 = nothing is under way.
    began: [AtomicU64; 2],
}

impl Default for Progress {
    fn default() -> Self {
        Self { opened: Instant::now(), began: Default::default() }
    }
}

impl Progress {
    /// Something begins now.
    pub fn begin(&self, stage: Stage) {
        self.put(stage, self.now());
    }

    /// It is done.
    pub fn end(&self, stage: Stage) {
        self.put(stage, 0);
    }

    /// How long what has been under way longest has been so; zero where nothing is.
    pub fn longest(&self) -> Duration {
        let began = self.began.iter().map(|began| began.load(Ordering::Relaxed)).filter(|began| *began > 0);
        let first = began.min().unwrap_or(u64::MAX);
        Duration::from_millis(self.now().saturating_sub(first))
    }

    fn now(&self) -> u64 {
        self.opened.elapsed().as_millis() as u64 + 1
    }

    fn put(&self, stage: Stage, at: u64) {
        if let Some(began) = self.began.get(stage as usize) {
            began.store(at, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_way_longest_is_what_counts() {
        let progress = Progress::default();
        assert_eq!(progress.longest(), Duration::ZERO);
        progress.begin(Stage::Answers);
        std::thread::sleep(Duration::from_millis(500));
        progress.begin(Stage::Batch);
        assert!(progress.longest() >= Duration::from_millis(490), "{:?}", progress.longest());
        progress.end(Stage::Answers);
        assert!(progress.longest() < Duration::from_millis(490), "{:?}", progress.longest());
        progress.end(Stage::Batch);
        assert_eq!(progress.longest(), Duration::ZERO);
    }
}
