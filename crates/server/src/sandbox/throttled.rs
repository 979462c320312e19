//! Trying how software bears being slowed down: the note of a list asks for it (`sandbox: throttle=2`), and for a minute the window lets
//! its sender through so many times a second, as production does from its own limit on. What the sender then does is noticed: that he
//! was told to wait, and that he came again no earlier than he was told.

use clearance::decide::scripted::BEGINS;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a sender is slowed down.
pub const FOR: Duration = Duration::from_secs(60);
/// Requests a second at most: faster is not slow.
pub const MOST: u32 = 100;
/// Callers that are remembered; beyond that nobody else is slowed down.
const CALLERS: usize = 1_000;
/// What stands before the number.
const WORD: &str = "throttle=";

/// Who calls: which token or session.
type Key = (char, i64);

/// What is remembered of a caller.
struct Slowed {
    rate: u32,
    ends: Instant,
    /// Until when he was told to wait; none = he was not, or came too early.
    told: Option<Instant>,
    /// What was noticed of him already: each is told once.
    throttled: bool,
    waited: bool,
}

/// What a caller's software showed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Showed {
    /// It was told to wait.
    Throttled,
    /// It waited as it was told.
    Waited,
}

/// Callers that are slowed down. In every other space there are none, and asking costs one look at a number.
#[derive(Default)]
pub struct SlowedDown {
    count: AtomicUsize,
    callers: Mutex<HashMap<Key, Slowed>>,
}

impl SlowedDown {
    fn callers(&self) -> MutexGuard<'_, HashMap<Key, Slowed>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Slows a caller down from now on.
    pub fn slow(&self, key: Key, rate: u32, now: Instant) {
        let mut callers = self.callers();
        callers.retain(|_, slowed| slowed.ends > now);
        if callers.len() < CALLERS || callers.contains_key(&key) {
            let rate = rate.clamp(1, MOST);
            callers
                .insert(key, Slowed { rate, ends: now + FOR, told: None, throttled: false, waited: false });
        }
        self.count.store(callers.len(), Ordering::Relaxed);
    }

    /// How many requests a second a caller may make, if he is slowed down.
    pub fn rate(&self, key: Key, now: Instant) -> Option<u32> {
        if self.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        self.callers().get(&key).filter(|slowed| slowed.ends > now).map(|slowed| slowed.rate)
    }

    /// A request of a caller came, and he was let through or told after how many seconds to come again: what he shows by it for
    /// the first time.
    pub fn came(&self, key: Key, wait: Option<u64>, now: Instant) -> Option<Showed> {
        if self.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let mut callers = self.callers();
        let slowed = callers.get_mut(&key)?;
        let told = slowed.told.take();
        if let Some(seconds) = wait {
            slowed.told = Some(now + Duration::from_secs(seconds));
            let first = !std::mem::replace(&mut slowed.throttled, true);
            return first.then_some(Showed::Throttled);
        }
        let waited = told.is_some_and(|until| now >= until);
        let first = waited && !std::mem::replace(&mut slowed.waited, true);
        first.then_some(Showed::Waited)
    }
}

/// How many requests a second the note of a list asks for, in a message as it was received; none where no note asks.
pub fn asked(message: &[u8]) -> Option<u32> {
    let text = String::from_utf8_lossy(message);
    let mut scripts = text.split(BEGINS).skip(1);
    scripts.find_map(|rest| {
        // A note ends with its element, or with its value where the message is JSON.
        let script = rest.split(['<', '"']).next()?;
        let mut words = script.split_whitespace();
        words.find_map(|word| word.strip_prefix(WORD)?.parse().ok()).filter(|rate| *rate > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_asks_for_it_and_nothing_else_does() {
        for (message, rate) in [
            ("<ceb:note>sandbox: throttle=2</ceb:note>", Some(2)),
            ("<ceb:note>sandbox: inspect throttle=5 delay=3</ceb:note>", Some(5)),
            ("{\"note\": \"sandbox: throttle=7\"}", Some(7)),
            ("<ceb:note>throttle=2</ceb:note>", None),
            ("<ceb:note>sandbox: review</ceb:note><ceb:note>throttle=2</ceb:note>", None),
            ("<ceb:note>sandbox: throttle=0</ceb:note>", None),
            ("<ceb:note>sandbox: throttle=-1</ceb:note>", None),
            ("<ceb:note>sandbox: throttle=</ceb:note>", None),
            ("", None),
        ] {
            assert_eq!(asked(message.as_bytes()), rate, "{message}");
        }
        assert_eq!(asked(&[0xff, 0xfe, b's']), None);
    }

    #[test]
    fn who_is_slowed_down_shows_whether_he_waits() {
        let slowed = SlowedDown::default();
        let (start, key) = (Instant::now(), ('t', 7));
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        assert_eq!((slowed.rate(key, start), slowed.came(key, Some(3), start)), (None, None));
        slowed.slow(key, 2, start);
        assert_eq!((slowed.rate(key, at(1)), slowed.rate(('t', 8), at(1))), (Some(2), None));
        assert_eq!(slowed.came(key, None, at(1)), None, "nobody told him to wait");
        assert_eq!(slowed.came(key, Some(3), at(1)), Some(Showed::Throttled));
        assert_eq!(slowed.came(key, None, at(2)), None, "he came too early, and was lucky");
        assert_eq!(slowed.came(key, None, at(9)), None);
        assert_eq!(slowed.came(key, Some(3), at(10)), None, "it is noticed once");
        assert_eq!(slowed.came(key, None, at(13)), Some(Showed::Waited));
        assert_eq!(slowed.rate(key, at(61)), None, "after a minute it is over");
        for number in 0..2 * CALLERS as i64 {
            slowed.slow(('t', number), u32::MAX, start);
        }
        assert_eq!(slowed.rate(('t', 1), at(1)), Some(MOST));
        assert_eq!(slowed.rate(('t', 2 * CALLERS as i64 - 1), at(1)), None, "memory is bounded");
    }
}
