//! All rows of all writers in order of their commits: each writer's rows are in order, and the streams are merged by time.

use super::{failed, query};
use crate::StoreError;
use clearance::keys::{Position, Time};
use deadpool_postgres::ClientWrapper;
use std::collections::VecDeque;

/// Rows of a writer that are read at once.
const PAGE: i64 = 512;

/// A row as it is kept.
pub(super) struct Kept {
    pub position: Position,
    pub time: Time,
    pub kind: u8,
    /// Empty = erased.
    pub payload: Vec<u8>,
    pub digest: Vec<u8>,
    /// Whether another took the place of the payload that the digest is of.
    pub redacted: bool,
}

/// Rows of one writer.
struct Stream {
    writer: u16,
    /// The last that was read.
    last: u64,
    /// Where it ends: what was committed later is not seen.
    end: u64,
    page: VecDeque<Kept>,
}

impl Stream {
    async fn fill(&mut self, client: &ClientWrapper) -> Result<(), StoreError> {
        if !self.page.is_empty() || self.last >= self.end {
            return Ok(());
        }
        let next = "SELECT sequence, time, kind, coalesce(redacted, payload), digest, redacted IS NOT NULL FROM ledger WHERE writer = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence LIMIT $4";
        let rows =
            query(client, next, &[&i32::from(self.writer), &(self.last as i64), &(self.end as i64), &PAGE])
                .await
                .map_err(|error| failed("scan the ledger", error))?;
        for row in &rows {
            self.page.push_back(Kept {
                position: Position { writer: self.writer, sequence: row.get::<_, i64>(0) as u64 },
                time: Time(row.get(1)),
                kind: row.get::<_, i16>(2) as u8,
                payload: row.get(3),
                digest: row.get(4),
                redacted: row.get(5),
            });
        }
        // Where rows are missing the end is not reached, and the verification says so.
        self.last = self.page.back().map_or(self.end, |row| row.position.sequence);
        Ok(())
    }
}

/// The merged streams.
pub(super) struct Scan {
    streams: Vec<Stream>,
}

impl Scan {
    /// Of writers: (number, after which sequence, up to which).
    pub fn new(writers: impl IntoIterator<Item = (u16, u64, u64)>) -> Self {
        let stream = |(writer, last, end)| Stream { writer, last, end, page: VecDeque::new() };
        Self { streams: writers.into_iter().map(stream).collect() }
    }

    /// The next row.
    pub async fn next(&mut self, client: &ClientWrapper) -> Result<Option<Kept>, StoreError> {
        for stream in &mut self.streams {
            stream.fill(client).await?;
        }
        let first = self.streams.iter_mut().filter(|stream| !stream.page.is_empty());
        let first = first.min_by_key(|stream| stream.page.front().map(|row| (row.time, row.position)));
        Ok(first.and_then(|stream| stream.page.pop_front()))
    }
}
