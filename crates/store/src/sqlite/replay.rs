//! Scans of rows, and replaying: rows that the index does not cover are read again when a folder is opened, all of them where the index was
//! lost or is of another form. Threads of their own read, open and decode the next rows while those before are
//! gone through in order, because only that has to be in order.

use super::index::{Entries, IndexWriter};
use super::ledger_files::StoredRow;
use super::memory::Cache;
use super::merger::{compact, merge};
use super::store::{Shared, damaged};
use crate::rows::Row;
use crate::{StoreError, codec};
use ceb::Document;
use clearance::event::Cause;
use clearance::keys::{Position, Time};
use std::sync::{Arc, mpsc};
use std::thread;

/// Rows decoded at a time.
const ROWS: usize = 4_000;
/// Rows with which a scan begins.
const FEW_ROWS: usize = 64;
/// Rows whose entries are merged together: few and large runs.
const MERGED_ROWS: usize = 20_000;
/// Rows that wait decoded while others are gone through: one piece, so that memory stays small.
const WAITING: usize = 1;
/// Documents of a generation that are remembered: states name those of rows shortly before them.
const DOCUMENTS: usize = 10_000;

/// Decoded rows with their numbers and times, in order.
type Decoded = Vec<(u64, Time, Row)>;

/// Rows after one another, decoded.
struct Piece {
    /// The row before the first, and the last.
    between: (u64, u64),
    rows: Decoded,
}

/// Replays the rows after those that the index covers, merging as it goes. `progress` is told how many rows were gone through.
///
/// # Errors
/// When a row cannot be read, opened or decoded, or the index cannot be written.
pub(super) fn replay(
    shared: &Arc<Shared>,
    index: &mut IndexWriter,
    (covered, head): (u64, [u8; 32]),
    progress: &mut dyn FnMut(u64),
) -> Result<(), StoreError> {
    thread::scope(|scope| {
        let (sender, pieces) = mpsc::sync_channel(WAITING);
        scope.spawn(move || {
            if let Err(error) = decode_all(shared, covered, &sender) {
                let _ = sender.send(Err(error));
            }
        });
        // Dropped at its end, with an error too: the thread before it ends then.
        follow(shared, index, head, pieces, progress)
    })
}

/// Visits the rows after one in order, until `visit` says stop or there is none. Whoever wants few is not kept waiting for many:
/// pieces grow, and large ones are decoded on as many threads as there are processors.
///
/// # Errors
/// When a row cannot be read, opened or decoded; rows shortly before it may not have been visited.
pub(super) fn scan(
    shared: &Shared,
    mut after: u64,
    visit: &mut (dyn FnMut(Position, Row) -> bool + Send),
) -> Result<(), StoreError> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut piece = FEW_ROWS;
    loop {
        let mut sealed = Vec::with_capacity(piece);
        shared.ledger.scan_sealed(after, &mut |row| {
            sealed.push(row);
            sealed.len() < piece
        })?;
        let Some(last) = sealed.last().map(|row| row.sequence) else { return Ok(()) };
        let rows = if sealed.len() > FEW_ROWS {
            decode(shared, sealed, threads)
        } else {
            decode_part(shared, sealed)
        };
        for (sequence, _, row) in rows? {
            if !visit(Position { writer: 0, sequence }, row) {
                return Ok(());
            }
        }
        after = last;
        piece = (piece * 4).min(ROWS);
    }
}

/// Goes through rows in order.
fn follow(
    shared: &Shared,
    index: &mut IndexWriter,
    mut head: [u8; 32],
    pieces: mpsc::Receiver<Result<Piece, StoreError>>,
    progress: &mut dyn FnMut(u64),
) -> Result<(), StoreError> {
    let mut documents = Cache::new(DOCUMENTS);
    let mut waiting: Vec<Entries> = Vec::new();
    let (mut replayed, mut merged) = (0, 0);
    for piece in pieces {
        let Piece { between: (before, last), mut rows } = piece?;
        for (sequence, _, row) in &mut rows {
            fill_in(shared, &mut documents, *sequence, row)?;
        }
        head = shared.ledger.chain_on(head, before, last)?;
        let rows = rows.iter().map(|(sequence, time, row)| (*sequence, *time, row));
        let mut entries = shared.advance(std::iter::once(rows), head);
        entries.retired.clear();
        entries.last = last;
        shared.memory_mut().last = last;
        waiting.push(entries);
        replayed += last - before;
        if replayed - merged >= MERGED_ROWS as u64 {
            merge_all(shared, index, &mut waiting)?;
            merged = replayed;
            progress(replayed);
        }
    }
    if !waiting.is_empty() {
        merge_all(shared, index, &mut waiting)?;
        progress(replayed);
    }
    Ok(())
}

fn merge_all(shared: &Shared, index: &mut IndexWriter, waiting: &mut Vec<Entries>) -> Result<(), StoreError> {
    merge(shared, index, waiting)?;
    waiting.clear();
    compact(index)
}

/// Puts the documents into the states that a row carries: most of them came a moment before.
fn fill_in(
    shared: &Shared,
    documents: &mut Cache<u64, Arc<Document>>,
    sequence: u64,
    row: &mut Row,
) -> Result<(), StoreError> {
    let Row::Event(event) = row else { return Ok(()) };
    if let Cause::Document(arrived) = &event.event.cause {
        documents.put(sequence, arrived.document.clone());
    }
    drop(documents.let_go());
    shared.fill_in_from(event, &mut |position: Position| match documents.get(&position.sequence) {
        Some(document) => Ok(document.clone()),
        None => {
            let document = shared.document(position)?;
            documents.put(position.sequence, document.clone());
            Ok(document)
        }
    })
}

/// Reads all rows after one, decodes them on as many threads as there are processors, and sends them in order, until nobody
/// takes them any more.
fn decode_all(
    shared: &Shared,
    mut after: u64,
    sender: &mpsc::SyncSender<Result<Piece, StoreError>>,
) -> Result<(), StoreError> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    loop {
        let mut sealed = Vec::with_capacity(ROWS);
        shared.ledger.scan_sealed(after, &mut |row| {
            sealed.push(row);
            sealed.len() < ROWS
        })?;
        let Some(last) = sealed.last().map(|row| row.sequence) else { return Ok(()) };
        let rows = decode(shared, sealed, threads)?;
        if sender.send(Ok(Piece { between: (after, last), rows })).is_err() {
            return Ok(());
        }
        after = last;
    }
}

fn decode(shared: &Shared, mut sealed: Vec<StoredRow>, threads: usize) -> Result<Decoded, StoreError> {
    let part = sealed.len().div_ceil(threads.max(1)).max(1);
    let parts: Vec<Vec<StoredRow>> = std::iter::from_fn(|| {
        let rest = sealed.split_off(sealed.len().min(part));
        let taken = std::mem::replace(&mut sealed, rest);
        (!taken.is_empty()).then_some(taken)
    })
    .collect();
    let decoded: Vec<Result<Decoded, StoreError>> = thread::scope(|scope| {
        let decoding: Vec<_> =
            parts.into_iter().map(|part| scope.spawn(move || decode_part(shared, part))).collect();
        // A panic is a programmer's error: it goes on here.
        decoding
            .into_iter()
            .map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut rows = Vec::new();
    for part in decoded {
        rows.append(&mut part?);
    }
    Ok(rows)
}

/// Those of rows that are of the ledger and not erased.
fn decode_part(shared: &Shared, sealed: Vec<StoredRow>) -> Result<Decoded, StoreError> {
    let mut rows = Vec::with_capacity(sealed.len());
    for row in sealed {
        let row = shared.ledger.opened(row)?;
        if row.kind < 16 || row.erased {
            continue;
        }
        let decoded = codec::decode(&row.payload).map_err(|damage| damaged(row.sequence, damage.0))?;
        rows.push((row.sequence, row.time, decoded));
    }
    Ok(rows)
}
