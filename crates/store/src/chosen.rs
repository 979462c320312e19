//! The store that an operator chose at start: one program for both. Nothing is decided here; every call goes to the store
//! behind it.

use crate::postgres::pulse::Pulse;
use crate::postgres::{PostgresRead, PostgresStore, PostgresTransaction};
use crate::queue::{QueuePage, QueuePlace, QueueSearch};
use crate::rows::{
    CertificateRow, Cursor, ExportLines, FilingRow, MessageRow, ReceiptRow, RecordSearch, Row, RulebookRow,
    Scope, Search, SeedRow, StoredEvent, Summary,
};
use crate::sqlite::{SqliteRead, SqliteStore, SqliteTransaction};
use crate::{Commit, Read, Store, StoreError, Transaction};
use clearance::consignment::{ArrivalRecord, Consignment, WaybillRecord};
use clearance::event::{Follow, Timer};
use clearance::export::{ExportKey, ExportState};
use clearance::facts::{Facts, Keys};
use clearance::keys::{ArrivalKey, ClaimKey, OrderKey, Position, Time, WaybillKey};
use clearance::record::{Record, RecordKey};
use ledger::{Account, AccountKind, Balance};
use std::sync::Arc;

/// The writing side.
pub enum ChosenStore {
    /// A data folder.
    Embedded(Box<SqliteStore>),
    /// A space of a database.
    Database(Box<PostgresStore>),
}

/// The reading side.
#[derive(Clone)]
pub enum ChosenRead {
    /// A data folder.
    Embedded(SqliteRead),
    /// A space of a database.
    Database(PostgresRead),
}

/// An open transaction.
pub enum ChosenTransaction<'a> {
    /// Of a data folder.
    Embedded(Box<SqliteTransaction<'a>>),
    /// Of a database.
    Database(Box<PostgresTransaction<'a>>),
}

macro_rules! each {
    ($self:ident, $inner:ident => $call:expr) => {
        match $self {
            Self::Embedded($inner) => $call,
            Self::Database($inner) => $call,
        }
    };
}

impl From<SqliteRead> for ChosenRead {
    fn from(read: SqliteRead) -> Self {
        Self::Embedded(read)
    }
}

impl From<PostgresRead> for ChosenRead {
    fn from(read: PostgresRead) -> Self {
        Self::Database(read)
    }
}

impl ChosenRead {
    /// Asks the database whether it answers; none for a data folder, whose files are the machine's own.
    pub fn pulse(&self) -> Option<Pulse> {
        match self {
            Self::Embedded(_) => None,
            Self::Database(read) => Some(read.pulse()),
        }
    }
}

impl Store for ChosenStore {
    type Transaction<'a> = ChosenTransaction<'a>;
    type Read = ChosenRead;

    async fn load(&mut self, keys: Keys, rows: usize) -> Result<ChosenTransaction<'_>, StoreError> {
        Ok(match self {
            Self::Embedded(store) => ChosenTransaction::Embedded(Box::new(store.load(keys, rows).await?)),
            Self::Database(store) => ChosenTransaction::Database(Box::new(store.load(keys, rows).await?)),
        })
    }

    async fn durable(&mut self) -> Result<Position, StoreError> {
        each!(self, store => store.durable().await)
    }

    async fn adopt(&mut self) -> Result<bool, StoreError> {
        each!(self, store => store.adopt().await)
    }

    async fn close(self) {
        each!(self, store => store.close().await)
    }

    fn read(&self) -> ChosenRead {
        match self {
            Self::Embedded(store) => ChosenRead::Embedded(store.read()),
            Self::Database(store) => ChosenRead::Database(store.read()),
        }
    }
}

impl Transaction for ChosenTransaction<'_> {
    fn facts(&mut self) -> Facts {
        each!(self, inner => inner.facts())
    }

    fn reference(&self) -> u64 {
        each!(self, inner => inner.reference())
    }

    async fn commit(self, time: Time, rows: Arc<Vec<Row>>) -> Result<Commit, StoreError> {
        each!(self, inner => inner.commit(time, rows).await)
    }
}

impl Read for ChosenRead {
    async fn consignment(&self, key: &OrderKey) -> Result<Option<Consignment>, StoreError> {
        each!(self, read => read.consignment(key).await)
    }
    async fn waybill(&self, key: &WaybillKey) -> Result<Option<WaybillRecord>, StoreError> {
        each!(self, read => read.waybill(key).await)
    }
    async fn claim(&self, key: &ClaimKey) -> Result<Option<OrderKey>, StoreError> {
        each!(self, read => read.claim(key).await)
    }
    async fn whole(&self, position: Position) -> Result<Option<StoredEvent>, StoreError> {
        each!(self, read => read.whole(position).await)
    }
    async fn event(&self, position: Position) -> Result<Option<StoredEvent>, StoreError> {
        each!(self, read => read.event(position).await)
    }
    async fn message(&self, position: Position) -> Result<Option<MessageRow>, StoreError> {
        each!(self, read => read.message(position).await)
    }
    async fn message_by_sha256(
        &self,
        scope: &Scope,
        sha256: &[u8; 32],
    ) -> Result<Option<MessageRow>, StoreError> {
        each!(self, read => read.message_by_sha256(scope, sha256).await)
    }
    async fn original(&self, message: &MessageRow) -> Result<Vec<u8>, StoreError> {
        each!(self, read => read.original(message).await)
    }
    async fn timeline(&self, key: &OrderKey) -> Result<Vec<StoredEvent>, StoreError> {
        each!(self, read => read.timeline(key).await)
    }
    async fn waybill_timeline(&self, key: &WaybillKey) -> Result<Vec<StoredEvent>, StoreError> {
        each!(self, read => read.waybill_timeline(key).await)
    }
    async fn arrival(&self, key: &ArrivalKey) -> Result<Option<ArrivalRecord>, StoreError> {
        each!(self, read => read.arrival(key).await)
    }
    async fn receipts(
        &self,
        recipients: &[clearance::Text],
        after: &Cursor,
        limit: usize,
    ) -> Result<(Vec<ReceiptRow>, Cursor), StoreError> {
        each!(self, read => read.receipts(recipients, after, limit).await)
    }
    async fn newest_receipts(
        &self,
        recipients: &[clearance::Text],
        upto: &Cursor,
        limit: usize,
    ) -> Result<(Vec<ReceiptRow>, Option<Cursor>), StoreError> {
        each!(self, read => read.newest_receipts(recipients, upto, limit).await)
    }
    async fn listed(&self) -> Result<Cursor, StoreError> {
        each!(self, read => read.listed().await)
    }
    async fn search(
        &self,
        scope: &Scope,
        search: &Search,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Summary>, Option<u64>), StoreError> {
        each!(self, read => read.search(scope, search, after, limit).await)
    }
    async fn queue(
        &self,
        scope: &Scope,
        search: &QueueSearch,
        after: Option<QueuePlace>,
        limit: usize,
    ) -> Result<QueuePage, StoreError> {
        each!(self, read => read.queue(scope, search, after, limit).await)
    }
    async fn balance(&self, account: &Account) -> Result<Option<Balance>, StoreError> {
        each!(self, read => read.balance(account).await)
    }
    async fn accounts(
        &self,
        kind: AccountKind,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(Account, Balance)>, StoreError> {
        each!(self, read => read.accounts(kind, after, limit).await)
    }
    async fn due(&self, now: Time, limit: usize) -> Result<Vec<Timer>, StoreError> {
        each!(self, read => read.due(now, limit).await)
    }
    async fn follows(&self, limit: usize) -> Result<Vec<Follow>, StoreError> {
        each!(self, read => read.follows(limit).await)
    }
    async fn export(&self, key: &ExportKey) -> Result<Option<ExportState>, StoreError> {
        each!(self, read => read.export(key).await)
    }
    async fn export_timeline(&self, key: &ExportKey) -> Result<Vec<StoredEvent>, StoreError> {
        each!(self, read => read.export_timeline(key).await)
    }
    async fn export_states(
        &self,
        asked: ExportLines<'_>,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<ExportState>, Option<u64>), StoreError> {
        each!(self, read => read.export_states(asked, after, limit).await)
    }
    async fn record(&self, key: &RecordKey) -> Result<Option<Arc<Record>>, StoreError> {
        each!(self, read => read.record(key).await)
    }
    async fn record_at(&self, position: Position) -> Result<Option<Arc<Record>>, StoreError> {
        each!(self, read => read.record_at(position).await)
    }
    async fn records(
        &self,
        search: &RecordSearch,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Arc<Record>>, Option<u64>), StoreError> {
        each!(self, read => read.records(search, after, limit).await)
    }
    async fn reference(&self) -> Result<u64, StoreError> {
        each!(self, read => read.reference().await)
    }
    async fn filings(&self) -> Result<Vec<FilingRow>, StoreError> {
        each!(self, read => read.filings().await)
    }
    async fn certificates(&self) -> Result<Vec<CertificateRow>, StoreError> {
        each!(self, read => read.certificates().await)
    }
    async fn rulebooks(&self) -> Result<Vec<RulebookRow>, StoreError> {
        each!(self, read => read.rulebooks().await)
    }
    async fn seeds(&self) -> Result<Vec<SeedRow>, StoreError> {
        each!(self, read => read.seeds().await)
    }
    async fn undecided(&self) -> Result<Vec<StoredEvent>, StoreError> {
        each!(self, read => read.undecided().await)
    }
    async fn decided_later(&self, first: Position) -> Result<Option<StoredEvent>, StoreError> {
        each!(self, read => read.decided_later(first).await)
    }
    async fn position(&self) -> Result<Cursor, StoreError> {
        each!(self, read => read.position().await)
    }
    async fn scan(
        &self,
        after: &Cursor,
        visit: &mut (dyn FnMut(Position, Row) -> bool + Send),
    ) -> Result<(), StoreError> {
        each!(self, read => read.scan(after, visit).await)
    }
    fn evidence(&self) -> crate::Evidence {
        each!(self, read => read.evidence())
    }
    fn derived(&self) -> crate::Derived {
        each!(self, read => read.derived())
    }
    fn sealed(&self, position: Position, row: &Row) -> Result<crate::redact::Redaction, StoreError> {
        each!(self, read => read.sealed(position, row))
    }
    async fn erase(&self, redactions: Vec<crate::redact::Redaction>) -> Result<(), StoreError> {
        each!(self, read => read.erase(redactions).await)
    }
    fn keyed_hash(&self, value: &str) -> clearance::Text {
        each!(self, read => read.keyed_hash(value))
    }
}
