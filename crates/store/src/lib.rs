//! Rows: one narrow trait with its transaction, used in batches. Knows files and SQL, judges nothing: what a row
//! means is decided by `clearance`, when it is written by the pipeline of `server`.
//!
//! [`Store::load`] opens a transaction with the key rows locked and the facts read; [`Transaction::commit`] writes
//! the rows of a batch, all or nothing. Reads for people and feeds are [`Read`], every one scoped by its owner.

pub mod authorities;
mod chosen;
pub mod codec;
mod control;
mod crypt;
mod derived;
pub mod evidence;
pub mod faulty;
mod hasher;
mod learning;
mod master_key;
mod people;
pub mod postgres;
pub mod priority;
mod queue;
pub mod redact;
pub mod rotate;
pub mod rows;
mod sealer;
pub mod sqlite;
pub mod verify;
mod windows;

pub use chosen::{ChosenRead, ChosenStore, ChosenTransaction};
pub use control::{Control, NewToken, SESSION_PREFIX, Token};
pub use derived::Derived;
pub use evidence::Evidence;
pub use master_key::MasterKey;
pub use people::{
    Assignment, Attempt, Credentials, Duty, NewUser, Patience, Provider, Session, Trace, User, UserState,
};
pub use queue::{QueueOrder, QueuePage, QueuePlace, QueueSearch};
pub use rows::{
    CertificateRow, Cursor, EventRow, ExportLines, ExportSearch, FilingRow, MessageRow, Original, ReceiptRow,
    RecordSearch, Row, RulebookRow, Scope, Search, SeedRow, StoredEvent, Summary,
};
use sealer::Sealer;

use clearance::consignment::{ArrivalRecord, Consignment, WaybillRecord};
use clearance::event::{Follow, Timer};
use clearance::export::{ClosedList, ClosedPeriod, ExportKey, ExportState, ExportSummary, ExportTrade};
use clearance::facts::{Facts, Keys};
use clearance::keys::{ArrivalKey, ClaimKey, OrderKey, Position, Time, WaybillKey};
use clearance::record::{Record, RecordKey};
use ledger::{Account, AccountKind, Balance};
use std::future::Future;
use std::sync::Arc;
use tokio::sync::oneshot;

/// What ended a commit that did not fail.
#[derive(Debug)]
pub enum Commit {
    /// In the writer's hands: no other writer can undo it, [`Store::load`] sees it. [`Read`] sees it, and senders may
    /// be told, once it is durable.
    Done {
        /// Position of the first row.
        first: Position,
        /// Position of the last row.
        last: Position,
        /// When it is on disk.
        durable: Durable,
    },
    /// Rolled back: another writer was there first. Load again, decide again, commit again.
    Lost,
    /// Nobody knows: look for the writer's sequence in the store before doing anything else.
    Unknown,
}

/// The moment when the rows of a commit are on disk and readers see them. A store may judge ahead of it only where
/// nothing but its own failure, which ends the process, can still undo the commit.
#[derive(Debug)]
pub struct Durable(Option<oneshot::Receiver<Result<(), StoreError>>>);

impl Durable {
    /// Already so.
    pub fn now() -> Self {
        Self(None)
    }
    /// Once the receiver hears of it.
    pub(crate) fn once(done: oneshot::Receiver<Result<(), StoreError>>) -> Self {
        Self(Some(done))
    }
    /// Waits for it.
    ///
    /// # Errors
    /// When the commit failed, or one before it: nobody knows what is on disk, and the process has to end.
    pub async fn wait(self) -> Result<(), StoreError> {
        let Some(done) = self.0 else { return Ok(()) };
        done.await.unwrap_or_else(|_| Err(StoreError::ended()))
    }
}

/// What callers branch on; everything else ends the request with the chain of causes in the log.
#[derive(thiserror::Error, Debug)]
pub enum StoreError {
    /// Another process has the folder.
    #[error("the data folder is in use by {address}")]
    Locked {
        /// Where the other process listens, as it wrote it.
        address: String,
    },
    /// The master key is missing or not the one this folder was made with.
    #[error("master key: {0}")]
    MasterKey(String),
    /// A stored payload cannot be read.
    #[error("row {position:?}: {what}")]
    Damaged {
        /// Which row.
        position: Position,
        /// What is wrong.
        what: String,
    },
    /// The device or database failed in `operation`.
    #[error("{operation}")]
    Failed {
        /// What was being done.
        operation: String,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Whether the device has no room for what was to be written, or lets nothing be written: what was not acknowledged
    /// may be sent again when it does.
    pub fn wants_room(&self) -> bool {
        let Self::Failed { source, .. } = self else { return false };
        if let Some(error) = source.downcast_ref::<rusqlite::Error>() {
            let code = error.sqlite_error_code();
            return matches!(code, Some(rusqlite::ErrorCode::DiskFull | rusqlite::ErrorCode::ReadOnly))
                // The shared memory beside a file needs room too.
                || matches!(error, rusqlite::Error::SqliteFailure(known, _) if known.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
        }
        let of_files = source.downcast_ref::<std::io::Error>().is_some_and(|error| {
            matches!(
                error.kind(),
                std::io::ErrorKind::StorageFull
                    | std::io::ErrorKind::ReadOnlyFilesystem
                    | std::io::ErrorKind::QuotaExceeded
            )
        });
        of_files || postgres::wants_room(self)
    }

    /// Whether opening the store again may mend it: the device had no room, the connection to the database is gone, or
    /// another took over what this process had. Nothing that was in hand was acknowledged.
    pub fn may_pass(&self) -> bool {
        self.wants_room() || postgres::may_pass(self)
    }

    /// The writer ended after an earlier failure.
    pub(crate) fn ended() -> Self {
        Self::Failed {
            operation: "write to the ledger".to_owned(),
            source: "its writer ended after an earlier failure".into(),
        }
    }
}

/// The writing side: one per committing connection.
pub trait Store: Send + 'static {
    /// The open transaction.
    type Transaction<'a>: Transaction + Send
    where
        Self: 'a;
    /// The reading side.
    type Read: Read + Into<ChosenRead>;

    /// Locks the key rows of a batch in key order, created if absent, and reads what is under them, commits that are
    /// done and not yet durable included. `rows` says how many rows the batch may write at most, so that numbers can
    /// be leased.
    fn load(
        &mut self,
        keys: Keys,
        rows: usize,
    ) -> impl Future<Output = Result<Self::Transaction<'_>, StoreError>> + Send;

    /// The last sequence of this writer that is durable, once all it has in hand is: the answer to
    /// [`Commit::Unknown`].
    fn durable(&mut self) -> impl Future<Output = Result<Position, StoreError>> + Send;

    /// Takes over what servers that are gone left undone: follows and undecided events are this writer's from now on.
    /// True = there was something.
    fn adopt(&mut self) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Ends in order: what was handed over is durable, and nobody has to wait for this writer's lease to end.
    fn close(self) -> impl Future<Output = ()> + Send;

    /// The reading side, cheap to clone.
    fn read(&self) -> Self::Read;
}

/// An open transaction. Dropping it rolls back.
pub trait Transaction {
    /// Hands over what was read, once: the batch works on it.
    fn facts(&mut self) -> Facts;
    /// The version of the reference (parties, rulebooks, seed of the draw) that the batch has to be judged with: it does
    /// not move before the transaction ends. A commit that moves it makes the next version.
    fn reference(&self) -> u64;
    /// Writes the rows in order, from `facts().next` on without gaps, moves the accounts conditionally, and commits.
    /// `time` is the commit's time, not before `facts().last_time`. Whoever waits for the durable end may have the
    /// rows back: the store no longer holds them.
    fn commit(
        self,
        time: Time,
        rows: Arc<Vec<Row>>,
    ) -> impl Future<Output = Result<Commit, StoreError>> + Send;
}

/// Reads: always of committed rows. Lookups by number are current; lists state the position they cover.
pub trait Read: Clone + Send + Sync + 'static {
    /// A consignment by its key, without scope: for the pipeline and for callers that check the owner themselves.
    fn consignment(
        &self,
        key: &OrderKey,
    ) -> impl Future<Output = Result<Option<Consignment>, StoreError>> + Send;
    /// A waybill.
    fn waybill(
        &self,
        key: &WaybillKey,
    ) -> impl Future<Output = Result<Option<WaybillRecord>, StoreError>> + Send;
    /// Who holds a claim: by `invtNo`, payment, `copNo`.
    fn claim(&self, key: &ClaimKey) -> impl Future<Output = Result<Option<OrderKey>, StoreError>> + Send;
    /// The row at a position, if it is an event, with the documents of the states it carries.
    fn whole(
        &self,
        position: Position,
    ) -> impl Future<Output = Result<Option<StoredEvent>, StoreError>> + Send;
    /// The row at a position, if it is an event. Documents in the states it carries are empty.
    fn event(
        &self,
        position: Position,
    ) -> impl Future<Output = Result<Option<StoredEvent>, StoreError>> + Send;
    /// The row at a position, if it is a message.
    fn message(
        &self,
        position: Position,
    ) -> impl Future<Output = Result<Option<MessageRow>, StoreError>> + Send;
    /// Messages of a sender with these bytes, oldest first.
    fn message_by_sha256(
        &self,
        scope: &Scope,
        sha256: &[u8; 32],
    ) -> impl Future<Output = Result<Option<MessageRow>, StoreError>> + Send;
    /// The bytes of a message as received.
    fn original(&self, message: &MessageRow) -> impl Future<Output = Result<Vec<u8>, StoreError>> + Send;
    /// The events of a consignment, newest first.
    fn timeline(&self, key: &OrderKey) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;
    /// The events of a waybill, newest first, those of earlier uses of its number too.
    fn waybill_timeline(
        &self,
        key: &WaybillKey,
    ) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;
    /// An arrival document.
    fn arrival(
        &self,
        key: &ArrivalKey,
    ) -> impl Future<Output = Result<Option<ArrivalRecord>, StoreError>> + Send;
    /// Receipts to these exchange ids after a cursor, at most `limit`, with the cursor up to which the answer is
    /// complete: nothing skipped, nothing twice, each consignment's receipts in order.
    fn receipts(
        &self,
        recipients: &[clearance::Text],
        after: &Cursor,
        limit: usize,
    ) -> impl Future<Output = Result<(Vec<ReceiptRow>, Cursor), StoreError>> + Send;
    /// Receipts to these exchange ids up to a cursor, the newest first, at most `limit`, with the cursor up to which the older ones
    /// are; none where these were the last. What is committed later is behind the first cursor: it moves nothing.
    fn newest_receipts(
        &self,
        recipients: &[clearance::Text],
        upto: &Cursor,
        limit: usize,
    ) -> impl Future<Output = Result<(Vec<ReceiptRow>, Option<Cursor>), StoreError>> + Send;
    /// The position that lists cover: what came after it may be missing from them for some seconds.
    fn listed(&self) -> impl Future<Output = Result<Cursor, StoreError>> + Send;
    /// Consignments in a scope, newest first or oldest first, at most `limit`, after a cursor.
    fn search(
        &self,
        scope: &Scope,
        search: &Search,
        after: Option<u64>,
        limit: usize,
    ) -> impl Future<Output = Result<(Vec<Summary>, Option<u64>), StoreError>> + Send;
    /// What waits for an officer in a scope, in the order that is asked for, at most `limit` behind a place: right over all that
    /// waits, and a page costs no more than itself.
    fn queue(
        &self,
        scope: &Scope,
        search: &QueueSearch,
        after: Option<QueuePlace>,
        limit: usize,
    ) -> impl Future<Output = Result<QueuePage, StoreError>> + Send;
    /// A balance.
    fn balance(&self, account: &Account) -> impl Future<Output = Result<Option<Balance>, StoreError>> + Send;
    /// Balances of a kind whose owner comes after `after`, by owner and period, at least `limit` if there are so many:
    /// an owner's periods are never parted.
    fn accounts(
        &self,
        kind: AccountKind,
        after: &str,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(Account, Balance)>, StoreError>> + Send;
    /// Timers due at an instant, at most `limit`.
    fn due(&self, now: Time, limit: usize) -> impl Future<Output = Result<Vec<Timer>, StoreError>> + Send;
    /// Follow events that were committed but not yet processed, in order of their cause, at most `limit`.
    fn follows(&self, limit: usize) -> impl Future<Output = Result<Vec<Follow>, StoreError>> + Send;
    /// A state of exports.
    fn export(&self, key: &ExportKey)
    -> impl Future<Output = Result<Option<ExportState>, StoreError>> + Send;
    /// The events of a state of exports, newest first.
    fn export_timeline(
        &self,
        key: &ExportKey,
    ) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;
    /// States of exports that stand in a list, newest first, at most `limit`, after a place; with the place of the next page.
    fn export_states(
        &self,
        asked: ExportLines<'_>,
        after: Option<u64>,
        limit: usize,
    ) -> impl Future<Output = Result<(Vec<ExportState>, Option<u64>), StoreError>> + Send;
    /// Export trades, newest first, at most `limit`, after a place; with the place of the next page.
    fn exports(
        &self,
        search: &ExportSearch,
        after: Option<u64>,
        limit: usize,
    ) -> impl Future<Output = Result<(Vec<Arc<ExportTrade>>, Option<u64>), StoreError>> + Send {
        async move {
            let (found, next) = self.export_states(ExportLines::Trades(search), after, limit).await?;
            Ok((found.iter().filter_map(|state| state.trade().cloned()).collect(), next))
        }
    }
    /// Applications to summarise, newest first, at most `limit`, after a place; with the place of the next page.
    fn summaries(
        &self,
        search: &ExportSearch,
        after: Option<u64>,
        limit: usize,
    ) -> impl Future<Output = Result<(Vec<Arc<ExportSummary>>, Option<u64>), StoreError>> + Send {
        async move {
            let (found, next) = self.export_states(ExportLines::Summaries(search), after, limit).await?;
            let summary = |state| match state {
                ExportState::Summary(summary) => Some(summary),
                _ => None,
            };
            Ok((found.into_iter().filter_map(summary).collect(), next))
        }
    }
    /// Lists of a merchant that were closed within a period, newest first, after a place; with the place of the next page.
    fn closed_lists(
        &self,
        period: &ClosedPeriod,
        after: Option<u64>,
    ) -> impl Future<Output = Result<(Vec<Arc<ClosedList>>, Option<u64>), StoreError>> + Send {
        async move {
            let (found, next) = self.export_states(ExportLines::Closed(period), after, period.most).await?;
            let list = |state| match state {
                ExportState::Closed(list) => Some(list),
                _ => None,
            };
            Ok((found.into_iter().filter_map(list).collect(), next))
        }
    }
    /// A record of a register, as it is now.
    fn record(&self, key: &RecordKey)
    -> impl Future<Output = Result<Option<Arc<Record>>, StoreError>> + Send;
    /// The record that the row at a position has: an earlier version of it, by [`Record::previous`].
    fn record_at(
        &self,
        position: Position,
    ) -> impl Future<Output = Result<Option<Arc<Record>>, StoreError>> + Send;
    /// Records of a register, newest first, at most `limit`, after a place; with the place of the next page.
    fn records(
        &self,
        search: &RecordSearch,
        after: Option<u64>,
        limit: usize,
    ) -> impl Future<Output = Result<(Vec<Arc<Record>>, Option<u64>), StoreError>> + Send;
    /// The version of the reference that is committed: of filings, rulebooks and seeds.
    fn reference(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;
    /// Filings in order of their rows.
    fn filings(&self) -> impl Future<Output = Result<Vec<FilingRow>, StoreError>> + Send;
    /// Certificates that parties had approved by themselves, and revocations, in order of their rows.
    fn certificates(&self) -> impl Future<Output = Result<Vec<CertificateRow>, StoreError>> + Send;
    /// Published rulebooks in order of their rows.
    fn rulebooks(&self) -> impl Future<Output = Result<Vec<RulebookRow>, StoreError>> + Send;
    /// Seeds of the sampling draw in order of their rows.
    fn seeds(&self) -> impl Future<Output = Result<Vec<SeedRow>, StoreError>> + Send;
    /// Events that were recorded undecided and still are, in the order in which they were recorded: those of all servers. Several may
    /// judge them at once, and who is first has judged them.
    fn undecided(&self) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;
    /// The row that decided an event which was first recorded undecided.
    fn decided_later(
        &self,
        first: Position,
    ) -> impl Future<Output = Result<Option<StoredEvent>, StoreError>> + Send;
    /// The last committed position of each writer.
    fn position(&self) -> impl Future<Output = Result<Cursor, StoreError>> + Send;
    /// Every row after a cursor, in order of commits, until `visit` says stop: for verification and projections.
    fn scan(
        &self,
        after: &Cursor,
        visit: &mut (dyn FnMut(Position, Row) -> bool + Send),
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// The evidence log over these rows: one for the life of a window, it remembers how far it is.
    fn evidence(&self) -> Evidence;
    /// What is made of these rows and kept beside them.
    fn derived(&self) -> Derived;
    /// A row as it is to be from now on, sealed, to be named by the record of its erasure first.
    fn sealed(&self, position: Position, row: &Row) -> Result<redact::Redaction, StoreError>;
    /// Puts rows in the place of payloads, which are gone then; for ever. The record of the erasure was committed before.
    fn erase(
        &self,
        redactions: Vec<redact::Redaction>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Keyed hash (HMAC-SHA256, first 16 bytes, hexadecimal) of a personal value under the installation's lookup key.
    fn keyed_hash(&self, value: &str) -> clearance::Text;
}
