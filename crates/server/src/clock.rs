//! The clock: real, or simulated for the demo, tests and the simulator. `now` is an argument everywhere else.

use clearance::keys::Time;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where `now` comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    Real,
    /// Set by hand, in milliseconds since 1970.
    Simulated(Arc<AtomicI64>),
}

impl Clock {
    /// A simulated clock at an instant.
    pub fn simulated(now: Time) -> Self {
        Self::Simulated(Arc::new(AtomicI64::new(now.0)))
    }
    /// The instant.
    pub fn now(&self) -> Time {
        match self {
            Self::Real => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Simulated(now) => Time(now.load(Ordering::SeqCst)),
        }
    }
    /// Moves a simulated clock; the real one stays as it is.
    pub fn set(&self, now: Time) {
        if let Self::Simulated(slot) = self {
            slot.store(now.0, Ordering::SeqCst);
        }
    }
}
