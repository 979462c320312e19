//! The newest rows of the ledger, read once for all who follow it: webhooks, and whoever waits for what is shared. Who is
//! further behind reads for himself.

use clearance::keys::Position;
use std::collections::VecDeque;
use std::sync::Arc;
use store::{Cursor, Read, Row, StoreError};
use tokio::sync::Mutex;

/// Rows that are kept.
const KEPT: usize = 2_048;
/// Rows that are read at once.
const ROWS: usize = 20_000;

/// What was found after a cursor.
pub struct Found {
    /// The rows that were wanted, in order.
    pub rows: Vec<(Position, Arc<Row>)>,
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
    rows: VecDeque<(Position, Arc<Row>)>,
    begun: bool,
}

/// The newest rows.
#[derive(Default)]
pub struct Tail {
    recent: Mutex<Recent>,
}

impl Tail {
    /// Up to `limit` wanted rows after a cursor.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub async fn after<R: Read>(
        &self,
        read: &R,
        after: &Cursor,
        wanted: &(dyn Fn(Position, &Row) -> bool + Sync),
        limit: usize,
    ) -> Result<Found, StoreError> {
        let mut recent = self.recent.lock().await;
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
                found.rows.push((position, Arc::new(row)));
            }
            found.rows.len() < limit && found.looked < ROWS
        })
        .await?;
        found.ended = found.rows.len() < limit && found.looked < ROWS;
        Ok(found)
    }
}

impl Recent {
    async fn follow<R: Read>(&mut self, read: &R) -> Result<(), StoreError> {
        let position = read.position().await?;
        if !self.begun {
            (self.begin, self.end, self.begun) = (position.clone(), position, true);
            return Ok(());
        }
        if position == self.end {
            return Ok(());
        }
        let mut looked = 0;
        let (rows, end, begin) = (&mut self.rows, &mut self.end, &mut self.begin);
        read.scan(&end.clone(), &mut |position, row| {
            looked += 1;
            end.reach(position);
            rows.push_back((position, Arc::new(row)));
            if rows.len() > KEPT
                && let Some((oldest, _)) = rows.pop_front()
            {
                begin.reach(oldest);
            }
            looked < ROWS
        })
        .await
    }

    fn covers(&self, after: &Cursor) -> bool {
        self.begin.writers.iter().all(|(writer, sequence)| after.sequence(*writer) >= *sequence)
    }

    fn after(&self, after: &Cursor, wanted: &dyn Fn(Position, &Row) -> bool, limit: usize) -> Found {
        let mut found = Found::after(after);
        for (position, row) in &self.rows {
            if position.sequence <= after.sequence(position.writer) {
                continue;
            }
            found.looked += 1;
            found.seen.reach(*position);
            if wanted(*position, row) {
                found.rows.push((*position, row.clone()));
                if found.rows.len() >= limit {
                    return found;
                }
            }
        }
        found.ended = true;
        found
    }
}
