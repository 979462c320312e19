//! The newest rows of the ledger, once for all who follow it: webhooks, and whoever waits for what is shared. What this server
//! committed is kept as it was judged, while somebody follows; the rows of others are read. Who is further behind reads for
//! himself.

use clearance::keys::Position;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError};
use store::{ChosenRead, Cursor, Read, Row, StoreError};
use tokio::sync::Mutex;

/// Rows that are kept.
const KEPT: usize = 4_096;
/// Rows that are read at once.
const ROWS: usize = 20_000;
/// Commits for which rows are kept after somebody looked last.
const FOLLOWED: u32 = 10_000;

/// A row that was found.
#[derive(Clone)]
pub enum Kept {
    /// As it is stored: documents in its states have to be looked up.
    Read(Arc<Row>),
    /// As it was judged, with everything.
    Judged(Arc<Vec<Row>>, usize),
}

impl Kept {
    /// The row.
    pub fn row(&self) -> &Row {
        match self {
            Self::Read(row) => row,
            Self::Judged(rows, index) => &rows[*index],
        }
    }

    /// Whether documents in its states are there.
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::Judged(..))
    }
}

/// What was found after a cursor.
pub struct Found {
    /// The rows that were wanted, in order.
    pub rows: Vec<(Position, Kept)>,
    /// Up to here nothing was left out.
    pub seen: Cursor,
    /// Rows that were looked at.
    pub looked: usize,
    /// Whether there was nothing behind it.
    pub ended: bool,
}

impl Found {
    fn after(cursor: &Cursor) -> Self {
        Self { rows: Vec::new(), seen: cursor.clone(), looked: 0, ended: false }
    }
}

#[derive(Default)]
struct Recent {
    /// What is kept begins after it.
    begin: Cursor,
    end: Cursor,
    rows: VecDeque<(Position, Kept)>,
    begun: bool,
}

/// What was committed and nobody has looked at yet.
#[derive(Default)]
struct Handed {
    batches: VecDeque<(Position, Arc<Vec<Row>>)>,
    rows: usize,
}

impl Handed {
    /// Of more than are kept the oldest are left out: whoever needs them reads them.
    fn take_in(&mut self, first: Position, rows: &Arc<Vec<Row>>) {
        self.rows += rows.len();
        self.batches.push_back((first, rows.clone()));
        while self.rows > KEPT
            && self.batches.len() > 1
            && let Some((_, oldest)) = self.batches.pop_front()
        {
            self.rows -= oldest.len();
        }
    }
}

/// The newest rows.
#[derive(Default)]
pub struct Tail {
    recent: Mutex<Recent>,
    /// Whoever answers senders lays rows down here and goes on: those who follow may hold what is kept for long, and yield to
    /// everybody meanwhile.
    handed: std::sync::Mutex<Handed>,
    /// Commits for which rows are kept yet.
    followed: AtomicU32,
}

impl Tail {
    /// Keeps rows that were committed in one, if somebody follows. Waits for nobody who follows.
    pub fn keep(&self, first: Position, rows: &Arc<Vec<Row>>) {
        let left = self.followed.load(Ordering::Relaxed);
        if left == 0 {
            return;
        }
        // Whoever looks meanwhile sets it anew: one less or more is the same.
        self.followed.store(left - 1, Ordering::Relaxed);
        if left > 1 {
            return self.handed().take_in(first, rows);
        }
        *self.handed() = Handed::default();
        // Held by somebody: he follows again.
        if let Ok(mut recent) = self.recent.try_lock() {
            *recent = Recent::default();
        }
    }

    fn handed(&self) -> std::sync::MutexGuard<'_, Handed> {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Up to `limit` wanted rows after a cursor.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub async fn after(
        &self,
        read: &ChosenRead,
        after: &Cursor,
        wanted: &(dyn Fn(Position, &Row) -> bool + Sync),
        limit: usize,
    ) -> Result<Found, StoreError> {
        self.followed.store(FOLLOWED, Ordering::Relaxed);
        let mut recent = self.recent.lock().await;
        let handed = std::mem::take(&mut *self.handed());
        for (first, rows) in &handed.batches {
            recent.keep(*first, rows);
        }
        recent.follow(read).await?;
        if recent.covers(after) {
            return Ok(recent.after(after, wanted, limit));
        }
        drop(recent);
        let mut found = Found::after(after);
        read.scan(after, &mut |position, row| {
            found.looked += 1;
            found.seen.reach(position);
            if wanted(position, &row) {
                found.rows.push((position, Kept::Read(Arc::new(row))));
            }
            found.rows.len() < limit && found.looked < ROWS
        })
        .await?;
        found.ended = found.rows.len() < limit && found.looked < ROWS;
        Ok(found)
    }
}

impl Recent {
    fn push(&mut self, position: Position, kept: Kept) {
        self.end.reach(position);
        self.rows.push_back((position, kept));
        if self.rows.len() > KEPT
            && let Some((oldest, _)) = self.rows.pop_front()
        {
            self.begin.reach(oldest);
        }
    }

    /// Those that follow on what is here; where one is missing in between, all are read.
    fn keep(&mut self, first: Position, rows: &Arc<Vec<Row>>) {
        let reached = self.end.sequence(first.writer);
        if !self.begun || first.sequence > reached + 1 {
            return;
        }
        for index in 0..rows.len() {
            let position = Position { sequence: first.sequence + index as u64, ..first };
            if position.sequence > reached {
                self.push(position, Kept::Judged(rows.clone(), index));
            }
        }
    }

    async fn follow(&mut self, read: &ChosenRead) -> Result<(), StoreError> {
        let position = read.position().await?;
        if !self.begun {
            (self.begin, self.end, self.begun) = (position.clone(), position, true);
            return Ok(());
        }
        if self.end.covers(&position) {
            return Ok(());
        }
        let mut looked = 0;
        read.scan(&self.end.clone(), &mut |position, row| {
            looked += 1;
            self.push(position, Kept::Read(Arc::new(row)));
            looked < ROWS
        })
        .await
    }

    fn covers(&self, after: &Cursor) -> bool {
        after.covers(&self.begin)
    }

    fn after(&self, after: &Cursor, wanted: &dyn Fn(Position, &Row) -> bool, limit: usize) -> Found {
        let mut found = Found::after(after);
        let behind = |(position, _): &(Position, Kept)| position.sequence <= after.sequence(position.writer);
        // Of one writer they are in order; of several each is.
        let from = if self.end.writers.len() == 1 { self.rows.partition_point(behind) } else { 0 };
        for (position, kept) in self.rows.range(from..) {
            if position.sequence <= after.sequence(position.writer) {
                continue;
            }
            found.looked += 1;
            found.seen.reach(*position);
            if wanted(*position, kept.row()) {
                found.rows.push((*position, kept.clone()));
                if found.rows.len() >= limit {
                    return found;
                }
            }
        }
        found.ended = true;
        found
    }
}
