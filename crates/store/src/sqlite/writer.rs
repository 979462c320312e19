//! The ledger's own thread: what was decided is sealed, committed and only then shown to readers, in the order in which
//! it was handed over, while the next batch is loaded and judged. A commit that fails ends it: everything in hand fails
//! with it, the process ends, and opening again recovers what is durable.

use super::block;
use super::ledger_files::{LedgerFiles, SealedRow};
use super::merger::Merger;
use super::store::{Shared, damaged};
use crate::crypt::{Keyring, Unsealable};
use crate::learning::{Collecting, Learning, Sample, Trained};
use crate::{Durable, Row, StoreError, codec};
use clearance::keys::Time;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Batches that wait while others are committed. All that wait share the next commit, so that judging goes on while the
/// disk is waited for and a slow disk makes commits larger, not fewer documents a second.
const WAITING: usize = 16;
/// Rows that share a commit at most, beyond those of its first batch: bounds its latency.
const TOGETHER: usize = 2_000;
/// Rows as they are written, and those that dictionaries learn from.
type Sealed = (Vec<SealedRow>, Vec<Sample>);

/// What was judged together.
struct Batch {
    first: u64,
    time: Time,
    rows: Arc<Vec<Row>>,
    /// Sealed already by whoever hands it over; else the thread does it.
    sealed: Option<Sealed>,
    done: oneshot::Sender<Result<(), StoreError>>,
}

/// Work for the thread. What takes a row names its sequence.
enum Job {
    Rows(Batch),
    Lease {
        sequence: u64,
        next: u64,
        end: u64,
    },
    Dictionary {
        sequence: u64,
        trained: Trained,
    },
    /// A new data key.
    Key {
        sequence: u64,
    },
    /// Tells when all before it is done.
    Settle(oneshot::Sender<()>),
}

/// The thread's door. Its one caller numbers the rows; dropping it waits until all in hand is durable.
pub struct Writer {
    shared: Arc<Shared>,
    jobs: Option<mpsc::SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    /// Batches that are not durable yet.
    in_hand: Arc<AtomicUsize>,
    trained: mpsc::Receiver<Trained>,
    next: u64,
    last_time: Time,
    leased: u64,
}

impl Writer {
    /// Starts the thread on an opened ledger.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(shared: Arc<Shared>, ledger: LedgerFiles, merger: Merger) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::sync_channel(WAITING);
        let (collecting, trained) = Collecting::new();
        let (next, last_time, leased) = (ledger.next(), ledger.last_time(), ledger.leased());
        let mut committing = Committing { shared: shared.clone(), ledger, merger, collecting, failed: None };
        let in_hand = Arc::new(AtomicUsize::new(0));
        let handed = in_hand.clone();
        let run = move || {
            let mut next = None;
            while let Some(job) = next.take().or_else(|| queue.recv().ok()) {
                let Job::Rows(batch) = job else {
                    committing.run(job);
                    continue;
                };
                let mut batches = vec![batch];
                // Where others wait for this core, what is judged meanwhile shares the commit; where one is free this is nothing.
                std::thread::yield_now();
                next = gather(&queue, &mut batches);
                let count = batches.len();
                let done = committing.batches(batches);
                handed.fetch_sub(count, Ordering::Relaxed);
                if done.is_none() {
                    return;
                }
            }
        };
        let thread = super::thread("ledger", run)?;
        Ok(Self { shared, jobs: Some(jobs), thread: Some(thread), in_hand, trained, next, last_time, leased })
    }

    fn hand_over(&self, job: Job) -> Result<(), StoreError> {
        self.jobs.as_ref().and_then(|jobs| jobs.send(job).ok()).ok_or_else(StoreError::ended)
    }

    /// The sequence of the next row.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Time of the newest batch.
    pub fn last_time(&self) -> Time {
        self.last_time
    }

    /// Leases a block of numbers: it is durable before anything that uses it.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn lease(&mut self, count: u64) -> Result<(u64, u64), StoreError> {
        let (next, end) = (self.leased, self.leased + count);
        self.hand_over(Job::Lease { sequence: self.next, next, end })?;
        self.next += 1;
        self.leased = end;
        Ok((next, end))
    }

    /// Hands a batch over. While others are committed the rows are sealed here, beside it.
    ///
    /// # Errors
    /// When the thread has ended, or the rows cannot be sealed.
    ///
    /// # Panics
    /// If time runs backwards: a programmer's error.
    pub fn write(&mut self, time: Time, rows: Arc<Vec<Row>>) -> Result<Durable, StoreError> {
        assert!(time >= self.last_time, "commit times do not run backwards");
        let (done, durable) = oneshot::channel();
        let count = rows.len() as u64;
        let busy = self.in_hand.load(Ordering::Relaxed) > 0;
        let sealed = busy.then(|| self.shared.sealed(self.next, &rows)).transpose()?;
        self.in_hand.fetch_add(1, Ordering::Relaxed);
        self.hand_over(Job::Rows(Batch { first: self.next, time, rows, sealed, done }))?;
        self.next += count;
        // What a stolen data key opens is a month at most.
        let month = |time: Time| time.day().number() / 100;
        if self.last_time.0 > 0 && month(time) != month(self.last_time) {
            self.hand_over(Job::Key { sequence: self.next })?;
            self.next += 1;
        }
        self.last_time = time;
        // A dictionary that is ready takes a row of its own after the batch.
        while let Ok(trained) = self.trained.try_recv() {
            self.hand_over(Job::Dictionary { sequence: self.next, trained })?;
            self.next += 1;
        }
        Ok(Durable::once(durable))
    }

    /// Waits until all that was handed over is durable.
    ///
    /// # Errors
    /// When the thread has ended.
    pub async fn settle(&mut self) -> Result<(), StoreError> {
        let (done, settled) = oneshot::channel();
        self.hand_over(Job::Settle(done))?;
        settled.await.map_err(|_| StoreError::ended())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread owns. The merger last, so that it ends after it has all entries.
struct Committing {
    shared: Arc<Shared>,
    ledger: LedgerFiles,
    collecting: Collecting,
    /// A failure that nobody was told yet.
    failed: Option<StoreError>,
    merger: Merger,
}

impl Committing {
    /// Batches in one commit; none = the thread ends.
    fn batches(&mut self, mut batches: Vec<Batch>) -> Option<()> {
        let mut result = self.rows(&mut batches);
        let failed = result.is_err();
        for Batch { rows, done, .. } in batches {
            // Whoever waits may have the rows back.
            drop(rows);
            let _ = done
                .send(std::mem::replace(&mut result, if failed { Err(StoreError::ended()) } else { Ok(()) }));
        }
        (!failed).then_some(())
    }

    /// A job that is no batch.
    fn run(&mut self, job: Job) {
        match job {
            Job::Rows(batch) => {
                self.failed = self.rows(&mut [batch]).err();
            }
            Job::Lease { sequence, next, end } => {
                let result = self.expect(sequence).and_then(|()| self.ledger.lease(next, end));
                self.failed = result.err();
            }
            Job::Dictionary { sequence, trained: (class, bytes) } => {
                let result = self.expect(sequence).and_then(|()| self.ledger.add_dictionary(class, bytes));
                self.failed = result.err();
            }
            Job::Key { sequence } => {
                let result = self.expect(sequence).and_then(|()| self.ledger.new_key());
                self.failed = result.err();
            }
            Job::Settle(done) => {
                // After a failure it is dropped: what was handed over is not durable.
                if self.failed.is_none() {
                    let _ = done.send(());
                }
            }
        }
    }

    fn expect(&mut self, sequence: u64) -> Result<(), StoreError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        assert_eq!(sequence, self.ledger.next(), "rows are written where they were judged");
        Ok(())
    }

    fn rows(&mut self, batches: &mut [Batch]) -> Result<(), StoreError> {
        let mut learned = Vec::new();
        let mut sealed = Vec::with_capacity(batches.len());
        for batch in &mut *batches {
            let ready = batch.sealed.take();
            let (rows, samples) = ready.map_or_else(|| self.shared.sealed(batch.first, &batch.rows), Ok)?;
            sealed.push((batch.time, rows));
            learned.extend(samples);
        }
        let mut expected = batches.first().map_or(self.ledger.next(), |batch| batch.first);
        self.expect(expected)?;
        for batch in &*batches {
            assert_eq!(batch.first, expected, "batches follow one another");
            expected += batch.rows.len() as u64;
        }
        self.ledger.commit_together(&sealed)?;
        let numbered = batches.iter().map(|batch| {
            let numbers = batch.first..;
            numbers.zip(&*batch.rows).map(|(sequence, row)| (sequence, batch.time, row))
        });
        let entries = self.shared.advance(numbered, self.ledger.head());
        self.merger.send(entries);
        self.collecting.learn(&self.shared.learning, learned);
        Ok(())
    }
}

/// Takes what waits and may share the commit of the first batch; what may not is given back, to be done next.
fn gather(queue: &mpsc::Receiver<Job>, batches: &mut Vec<Batch>) -> Option<Job> {
    let month = |time: Time| time.day().number() / 100;
    let first = batches.first().map(|batch| month(batch.time));
    let mut rows = 0;
    while rows < TOGETHER {
        match queue.try_recv().ok()? {
            // A month ends its segment.
            Job::Rows(batch) if Some(month(batch.time)) == first => {
                rows += batch.rows.len();
                batches.push(batch);
            }
            other => return Some(other),
        }
    }
    None
}

impl Shared {
    fn sealed(&self, first: u64, rows: &[Row]) -> Result<Sealed, StoreError> {
        seal(&self.ledger.keyring, &self.learning, rows).map_err(|error| damaged(first, error.0))
    }
}

fn seal(keyring: &Keyring, learning: &Learning, rows: &[Row]) -> Result<Sealed, Unsealable> {
    let mut sealing = Sealing::of(keyring);
    let mut samples = Vec::new();
    for row in rows {
        let begin = sealing.plain.len();
        let kind = codec::encode_into(row, &mut sealing.plain);
        if let Some(payload) = sealing.plain.get(begin..).filter(|payload| learning.takes(kind, payload)) {
            samples.push((kind, payload.to_vec()));
        }
        sealing.row(kind, begin)?;
    }
    sealing.flush(sealing.plain.len())?;
    Ok((sealing.sealed, samples))
}

/// Rows on their way into blocks.
struct Sealing<'a> {
    keyring: &'a Keyring,
    sealed: Vec<SealedRow>,
    /// Payloads of the block that is filled.
    plain: Vec<u8>,
    kinds: Vec<u8>,
    lengths: Vec<usize>,
}

impl<'a> Sealing<'a> {
    fn of(keyring: &'a Keyring) -> Self {
        Self { keyring, sealed: Vec::new(), plain: Vec::new(), kinds: Vec::new(), lengths: Vec::new() }
    }

    /// One more row, whose payload begins there.
    fn row(&mut self, kind: u8, begin: usize) -> Result<(), Unsealable> {
        let length = self.plain.len() - begin;
        if self.plain.len() > block::BYTES {
            self.flush(begin)?;
        }
        self.kinds.push(kind);
        self.lengths.push(length);
        if self.kinds.len() == block::ROWS {
            self.flush(self.plain.len())?;
        }
        Ok(())
    }

    /// Seals the rows up to there; the rest of the bytes begins the next block.
    fn flush(&mut self, upto: usize) -> Result<(), Unsealable> {
        let rest = self.plain.get(upto..).unwrap_or_default().to_vec();
        self.plain.truncate(upto);
        match self.kinds.as_slice() {
            [] => {}
            [kind] => {
                let blob = self.keyring.seal(*kind, &self.plain, self.keyring.random()?)?;
                self.sealed.push(SealedRow::alone(*kind, blob));
            }
            kinds => {
                let together = block::seal(self.keyring, &mut self.plain, &self.lengths)?;
                self.sealed.extend(SealedRow::together(kinds, together));
            }
        }
        self.plain.clear();
        self.plain.extend_from_slice(&rest);
        self.kinds.clear();
        self.lengths.clear();
        Ok(())
    }
}
