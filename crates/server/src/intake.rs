//! Whether the window records now, and why not. Those who send are told before anything is handed in; reads go on. Who
//! finds out that there is no room, or that the store stands still, is `worker`, that the store failed or the window closes is
//! `serving`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use store::sqlite::room::Room;
use tokio::sync::watch;

/// How long a batch may be under way before nothing more is taken: a commit takes milliseconds, and one that waits for another server
/// twenty seconds at most, then it is done again.
pub const UNDER_WAY_WITHIN: Duration = Duration::from_secs(15);
/// How long a request goes on waiting while commits stand still: who only reads has his answer by then.
const READ_WITHIN: Duration = Duration::from_secs(5);

/// Why nothing is recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Closed {
    /// The window closes: what was handed in before is finished.
    Draining,
    /// The store failed; it is opened again when its disk or its database allows.
    StoreFailed,
    /// The disk has less room than is kept free.
    DiskFull {
        /// Bytes that are left.
        free_bytes: u64,
        /// Bytes that are kept free.
        least_bytes: u64,
    },
    /// The disk lets nothing be written.
    DiskReadOnly,
    /// What was handed in before does not become durable, and nobody says why: a disk that stalls, a standby that confirms nothing.
    CommitsWait,
    /// The database takes what it is sent and says nothing: readers are not answered either.
    DatabaseSilent,
}

/// What of the store stands still: it does not fail, it does not answer.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Still {
    /// Nothing.
    #[default]
    Nothing,
    /// Commits.
    Commits,
    /// All of it.
    Everything,
}

impl Closed {
    /// The words of all reasons, as interface and metrics name them.
    pub const WORDS: [&str; 6] =
        ["draining", "store-failed", "disk-full", "disk-read-only", "commits-wait", "database-silent"];

    /// The word of the reason.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Draining => "draining",
            Self::StoreFailed => "store-failed",
            Self::DiskFull { .. } => "disk-full",
            Self::DiskReadOnly => "disk-read-only",
            Self::CommitsWait => "commits-wait",
            Self::DatabaseSilent => "database-silent",
        }
    }

    /// What happened, for whoever asks.
    pub fn what(&self) -> String {
        match self {
            Self::Draining => "the window is closing".to_owned(),
            Self::StoreFailed => {
                "the store refused a write; it is opened again when that may help".to_owned()
            }
            Self::DiskFull { free_bytes, least_bytes } => format!(
                "the disk has {} MiB left, and {} MiB are kept free",
                free_bytes >> 20,
                least_bytes >> 20
            ),
            Self::DiskReadOnly => "the disk is read-only".to_owned(),
            Self::CommitsWait => {
                "what was sent before has not become durable yet: the disk or the database stalls".to_owned()
            }
            Self::DatabaseSilent => "the database does not answer".to_owned(),
        }
    }

    /// Seconds after which sending again makes sense.
    pub fn retry_after(&self) -> u64 {
        match self {
            Self::Draining | Self::StoreFailed | Self::CommitsWait | Self::DatabaseSilent => 5,
            Self::DiskFull { .. } | Self::DiskReadOnly => 30,
        }
    }
}

#[derive(Default, Debug)]
struct State {
    draining: bool,
    failed: bool,
    disk: Option<Closed>,
}

/// The state of the intake. Cheap to clone; all clones are one.
#[derive(Clone, Default, Debug)]
pub struct Intake {
    state: Arc<RwLock<State>>,
    free_bytes: Arc<AtomicU64>,
    still: Arc<watch::Sender<Still>>,
}

impl Intake {
    /// Why nothing is recorded now; none = it is open.
    pub fn closed(&self) -> Option<Closed> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            State { draining: true, .. } => Some(Closed::Draining),
            State { disk: Some(closed), .. } => Some(closed.clone()),
            State { failed: true, .. } => Some(Closed::StoreFailed),
            _ => self.stands_still(),
        }
    }

    /// Whether the store stands still, and how; none = it gets on.
    pub fn stands_still(&self) -> Option<Closed> {
        match *self.still.borrow() {
            Still::Nothing => None,
            Still::Commits => Some(Closed::CommitsWait),
            Still::Everything => Some(Closed::DatabaseSilent),
        }
    }

    /// What of the store stands still now.
    pub fn stand(&self, still: Still) {
        let before = self.closed();
        self.still.send_if_modified(|known| std::mem::replace(known, still) != still);
        self.told(before);
    }

    /// Ends when who waits for an answer of the store should wait no longer, and says why: at once where all of it stands still, after a
    /// while where commits do.
    pub async fn given_up(&self) -> Closed {
        let mut still = self.still.subscribe();
        loop {
            let Ok(now) = still.wait_for(|still| *still != Still::Nothing).await.map(|still| *still) else {
                return std::future::pending().await;
            };
            if now == Still::Everything {
                return Closed::DatabaseSilent;
            }
            let moved = still.wait_for(|still| *still != Still::Commits);
            if tokio::time::timeout(READ_WITHIN, moved).await.is_err() {
                return Closed::CommitsWait;
            }
        }
    }

    /// Says no while the intake is closed.
    ///
    /// # Errors
    /// Why it is closed.
    pub fn check(&self) -> Result<(), Closed> {
        self.closed().map_or(Ok(()), Err)
    }

    /// Closed from now on: the window ends.
    pub fn drain(&self) {
        self.change(|state| state.draining = true);
    }

    /// Closed from now on: this window's store failed.
    pub fn fail(&self) {
        self.change(|state| state.failed = true);
    }

    /// What the disk allows: below `least_bytes` the intake is closed, and it is open again at an eighth more, so that
    /// it does not flutter.
    pub fn see(&self, room: Room, least_bytes: u64) {
        self.free_bytes.store(room.free_bytes, Ordering::Relaxed);
        self.change(|state| {
            let full = matches!(state.disk, Some(Closed::DiskFull { .. }));
            let wanted = if full { least_bytes.saturating_add(least_bytes / 8) } else { least_bytes };
            state.disk = if room.read_only {
                Some(Closed::DiskReadOnly)
            } else if room.free_bytes < wanted {
                Some(Closed::DiskFull { free_bytes: room.free_bytes, least_bytes })
            } else {
                None
            };
        });
    }

    /// Bytes that were free when last looked; 0 where nobody looks.
    pub fn free_bytes(&self) -> u64 {
        self.free_bytes.load(Ordering::Relaxed)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let before = self.closed();
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
        self.told(before);
    }

    /// Writes down that it closed or opened.
    fn told(&self, before: Option<Closed>) {
        let after = self.closed();
        match (before.as_ref().map(Closed::word), after) {
            (None, Some(closed)) => {
                tracing::error!(reason = closed.word(), "intake is closed: {}", closed.what());
            }
            (Some(reason), None) => tracing::warn!(reason, "intake is open again"),
            _ => {}
        }
    }
}
