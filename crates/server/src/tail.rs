//! The newest rows of the ledger, once for all who follow it: webhooks, and whoever waits for what is shared. What this server
//! committed is kept as it was judged, while somebody follows; the rows of others are read. Who is further behind reads, in pieces
//! that those who are as far behind have then, too; documents are put into the states of a row once for all of them.

use clearance::keys::Position;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError};
use store::rows::{EventRow, StoredEvent};
use store::{ChosenRead, Cursor, Read, Row, StoreError};
use tokio::sync::{Mutex, OnceCell};

/// Rows that are kept.
const KEPT: usize = 4_096;
/// Rows that are read at once.
const ROWS: usize = 20_000;
/// Commits for which rows are kept after somebody looked last.
const FOLLOWED: u32 = 10_000;
/// Rows of a piece that is read for those who are further behind, and pieces that are kept for them.
const PIECE: usize = 1_024;
const PIECES: usize = 4;
/// So often nobody was behind when the pieces are given up.
const CAUGHT_UP: u32 = 64;

/// A row as it is stored, and with the documents of its states as soon as somebody asked for them.
pub struct Stored {
    row: Row,
    whole: OnceCell<Option<StoredEvent>>,
}

/// A row that was found.
#[derive(Clone)]
pub enum Kept {
    /// As it is stored: documents in its states have to be looked up.
    Read(Arc<Stored>),
    /// As it was judged, with everything.
    Judged(Arc<Vec<Row>>, usize),
}

impl Kept {
    fn read(row: Row) -> Self {
        Self::Read(Arc::new(Stored { row, whole: OnceCell::new() }))
    }

    /// The row.
    pub fn row(&self) -> &Row {
        match self {
            Self::Read(stored) => &stored.row,
            Self::Judged(rows, index) => &rows[*index],
        }
    }

    /// The event with the documents of its states, looked up once for all who have this row; none = it is none.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn whole(
        &self,
        read: &ChosenRead,
        position: Position,
    ) -> Result<Option<&EventRow>, StoreError> {
        match self {
            Self::Read(stored) => {
                let whole = stored.whole.get_or_try_init(|| read.whole(position)).await?;
                Ok(whole.as_ref().map(|event| &event.row))
            }
            Self::Judged(rows, index) => Ok(match &rows[*index] {
                Row::Event(row) => Some(&**row),
                _ => None,
            }),
        }
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

    /// Takes what is wanted of rows that follow on one another, those behind what was seen: whether it came to their end.
    fn take<'a>(
        &mut self,
        rows: impl Iterator<Item = &'a (Position, Kept)>,
        wanted: &dyn Fn(Position, &Row) -> bool,
        limit: usize,
    ) -> bool {
        for (position, kept) in rows {
            if position.sequence <= self.seen.sequence(position.writer) {
                continue;
            }
            self.looked += 1;
            self.seen.reach(*position);
            if wanted(*position, kept.row()) {
                self.rows.push((*position, kept.clone()));
                if self.rows.len() >= limit {
                    return false;
                }
            }
        }
        true
    }
}

/// Rows that somebody read who was further behind than what is kept reaches.
struct Piece {
    /// Every row behind it is there, up to the last.
    begin: Cursor,
    rows: Vec<(Position, Kept)>,
}

impl Piece {
    /// Whether what follows on a cursor is there.
    fn goes_on(&self, after: &Cursor) -> bool {
        let is_behind =
            |(position, _): &(Position, Kept)| position.sequence > after.sequence(position.writer);
        after.covers(&self.begin) && self.rows.iter().any(is_behind)
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
    /// What was read last for those who are further behind, the oldest first.
    behind: Mutex<VecDeque<Arc<Piece>>>,
    /// How often somebody looked, and nobody was behind.
    caught_up: AtomicU32,
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
        self.give_up();
    }

    /// Nobody is behind: what was read for those who were is let go.
    fn give_up(&self) {
        if let Ok(mut behind) = self.behind.try_lock() {
            behind.clear();
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
            if self.caught_up.fetch_add(1, Ordering::Relaxed) == CAUGHT_UP {
                self.give_up();
            }
            return Ok(recent.after(after, wanted, limit));
        }
        drop(recent);
        self.caught_up.store(0, Ordering::Relaxed);
        let mut found = Found::after(after);
        while found.rows.len() < limit && found.looked < ROWS && !found.ended {
            let (piece, is_last) = self.piece(read, &found.seen).await?;
            found.ended = found.take(piece.rows.iter(), wanted, limit) && is_last;
        }
        Ok(found)
    }

    /// A piece that goes on behind a cursor, and whether there was nothing behind it when it was read.
    async fn piece(&self, read: &ChosenRead, after: &Cursor) -> Result<(Arc<Piece>, bool), StoreError> {
        // Whoever wants the same meanwhile waits, and has it then.
        let mut behind = self.behind.lock().await;
        if let Some(piece) = behind.iter().find(|piece| piece.goes_on(after)) {
            return Ok((piece.clone(), false));
        }
        let mut rows = Vec::new();
        read.scan(after, &mut |position, row| {
            rows.push((position, Kept::read(row)));
            rows.len() < PIECE
        })
        .await?;
        let is_last = rows.len() < PIECE;
        let piece = Arc::new(Piece { begin: after.clone(), rows });
        // What ends where the ledger ends grows: it is nobody else's.
        if !is_last {
            behind.push_back(piece.clone());
            if behind.len() > PIECES {
                behind.pop_front();
            }
        }
        Ok((piece, is_last))
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
            self.push(position, Kept::read(row));
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
        found.ended = found.take(self.rows.range(from..), wanted, limit);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clearance::risk::SamplingSeed;
    use store::rows::SeedRow;

    fn row(writer: u16, sequence: u64) -> (Position, Kept) {
        let seed = SamplingSeed { number: sequence as u32, ..SamplingSeed::default() };
        (Position { writer, sequence }, Kept::read(Row::Seed(SeedRow { seed, by: "test".into() })))
    }

    fn cursor(writers: &[(u16, u64)]) -> Cursor {
        Cursor { writers: writers.to_vec() }
    }

    /// What two writers wrote, as a scan gives it from a cursor on.
    fn piece() -> Piece {
        let rows = [(0, 4), (1, 8), (0, 5), (0, 6), (1, 9), (0, 7)];
        Piece {
            begin: cursor(&[(0, 3), (1, 7)]),
            rows: rows.map(|(writer, sequence)| row(writer, sequence)).into(),
        }
    }

    /// Everything that a reader takes from a cursor on, so many at a time.
    fn taken(piece: &Piece, after: &Cursor, limit: usize) -> Vec<(u16, u64)> {
        let (mut all, mut after) = (Vec::new(), after.clone());
        loop {
            let mut found = Found::after(&after);
            let whole = found.take(piece.rows.iter(), &|_, _| true, limit);
            all.extend(found.rows.iter().map(|(position, _)| (position.writer, position.sequence)));
            after = found.seen;
            if whole {
                return all;
            }
        }
    }

    #[test]
    fn whoever_is_behind_has_each_row_once_and_of_each_writer_in_order() {
        let piece = piece();
        for (after, expected) in [
            (cursor(&[(0, 3), (1, 7)]), vec![(0, 4), (1, 8), (0, 5), (0, 6), (1, 9), (0, 7)]),
            (cursor(&[(0, 5), (1, 7)]), vec![(1, 8), (0, 6), (1, 9), (0, 7)]),
            // Ahead of the piece in one writer, behind in another.
            (cursor(&[(0, 12), (1, 8)]), vec![(1, 9)]),
        ] {
            assert!(piece.goes_on(&after), "{after:?}");
            for limit in 1..8 {
                assert_eq!(taken(&piece, &after, limit), expected, "{after:?} {limit}");
            }
        }
    }

    #[test]
    fn a_piece_is_for_those_alone_who_have_all_before_it_and_not_all_of_it() {
        let piece = piece();
        for after in [
            cursor(&[]),
            cursor(&[(0, 3)]),
            cursor(&[(0, 2), (1, 7)]),
            // All of it is behind these.
            cursor(&[(0, 7), (1, 9)]),
            cursor(&[(0, 9), (1, 30)]),
        ] {
            assert!(!piece.goes_on(&after), "{after:?}");
        }
    }

    #[test]
    fn what_is_not_wanted_is_passed_over_and_counted() {
        let piece = piece();
        let mut found = Found::after(&piece.begin);
        let whole = found.take(piece.rows.iter(), &|position, _| position.writer == 1, 9);
        let rows: Vec<u64> = found.rows.iter().map(|(position, _)| position.sequence).collect();
        assert_eq!((whole, rows.as_slice(), found.looked), (true, &[8, 9][..], 6));
        assert_eq!(found.seen, cursor(&[(0, 7), (1, 9)]));
    }
}
