//! Reads: of committed rows, through connections of their own.

use super::cold::{self, Shared, damaged, position_of};
use super::load::{balance_of, balances, reference_version};
use super::pulse::Pulse;
use super::scan::Scan;
use super::{Options, connect, exports, failed, lists, pool, query, receipts, registers, schema, took};
use crate::codec;
use crate::crypt::Keyring;
use crate::master_key::MasterKey;
use crate::queue::{QueuePage, QueuePlace, QueueSearch};
use crate::rows::{
    CertificateRow, Cursor, ExportLines, FilingRow, MessageRow, Original, ReceiptRow, RecordSearch, Row,
    RulebookRow, Scope, Search, SeedRow, StoredEvent, Summary,
};
use crate::{Read, StoreError};
use clearance::Text;
use clearance::consignment::{ArrivalRecord, Consignment, WaybillRecord};
use clearance::event::{Follow, Timer, TimerKind};
use clearance::export::{ExportKey, ExportState};
use clearance::keys::{ArrivalKey, ClaimKey, OrderKey, Position, Time, WaybillKey};
use clearance::outcome::Outcome;
use clearance::record::{Record, RecordKey};
use deadpool_postgres::{Object, Pool};
use ledger::{Account, AccountKind, Balance};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::runtime::Handle;
use uuid::Uuid;

/// Connections of readers.
const CONNECTIONS: usize = 8;
/// How long a timer is one server's before another may fire it.
const CLAIM_SECONDS: f64 = 60.0;

/// The reading side.
#[derive(Clone)]
pub struct PostgresRead {
    pool: Pool,
    home: Handle,
    shared: Arc<Shared>,
    options: Arc<Options>,
}

impl PostgresRead {
    /// Opens a space for reading alone: it takes no writer's number and writes nothing.
    ///
    /// # Errors
    /// When the database cannot be reached or the master key is not that of the space.
    pub async fn open(options: &Options) -> Result<Self, StoreError> {
        schema::ready(options).await?;
        let client = connect(options).await?;
        let master = MasterKey::load_or_create(&options.master_key, false)?;
        let keyring = Keyring::default();
        cold::load_keys(&*client, &keyring, &master).await?;
        Self::new(Arc::new(Shared::new(keyring, master, 0)), options)
    }

    pub(super) fn new(shared: Arc<Shared>, options: &Options) -> Result<Self, StoreError> {
        let pool = pool(options, CONNECTIONS)?;
        Ok(Self { pool, home: Handle::current(), shared, options: Arc::new(options.clone()) })
    }

    /// Asks the database of these reads whether it answers.
    pub fn pulse(&self) -> Pulse {
        Pulse::new((*self.options).clone())
    }

    /// The payload of a row.
    pub(super) async fn opened(&self, client: &Object, blob: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.shared.opened(client, blob).await
    }

    pub(super) async fn client(&self) -> Result<Object, StoreError> {
        took(&self.pool, &self.home).await
    }

    /// Where the last row under a key is.
    async fn last_row(&self, client: &Object, hash: Uuid) -> Result<Option<Position>, StoreError> {
        let row = client
            .query_opt("SELECT writer, sequence FROM key WHERE hash = $1 AND sequence > 0", &[&hash])
            .await
            .map_err(|error| failed("look up a key", error))?;
        Ok(row.as_ref().map(position_of))
    }

    /// The states of the last row under a key.
    async fn states(&self, hash: Uuid) -> Result<Option<(Position, Arc<super::cold::States>)>, StoreError> {
        let client = self.client().await?;
        let Some(position) = self.last_row(&client, hash).await? else { return Ok(None) };
        let mut found = self.shared.states(&client, BTreeSet::from([position])).await?;
        Ok(found.remove(&position).map(|states| (position, states)))
    }

    async fn chained(
        &self,
        last: Option<Position>,
        before: impl Fn(&Outcome) -> Option<Position>,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let client = self.client().await?;
        let mut events = Vec::new();
        let mut next = last;
        while let Some(position) = next {
            let Some(event) = self.shared.event(&client, position).await? else { break };
            next = event.row.outcome.as_deref().and_then(&before);
            events.push(event);
        }
        Ok(events)
    }
}

impl Read for PostgresRead {
    async fn consignment(&self, key: &OrderKey) -> Result<Option<Consignment>, StoreError> {
        let found = self.states(self.shared.hasher.order(key)).await?;
        Ok(found.and_then(|(_, states)| states.consignment.as_deref().cloned()))
    }
    async fn waybill(&self, key: &WaybillKey) -> Result<Option<WaybillRecord>, StoreError> {
        let found = self.states(self.shared.hasher.waybill(key)).await?;
        Ok(found.and_then(|(_, states)| {
            states.waybills.iter().find(|record| record.key == *key).map(|record| (**record).clone())
        }))
    }
    async fn claim(&self, key: &ClaimKey) -> Result<Option<OrderKey>, StoreError> {
        let found = self.states(self.shared.hasher.claim(key)).await?;
        Ok(found.and_then(|(_, states)| {
            states.claims.iter().rev().find(|(claim, _)| claim == key).and_then(|(_, owner)| owner.clone())
        }))
    }
    async fn whole(&self, position: Position) -> Result<Option<StoredEvent>, StoreError> {
        let client = self.client().await?;
        let mut found = self.shared.event(&client, position).await?;
        self.shared.fill_in(&client, found.iter_mut().map(|stored| &mut stored.row)).await?;
        Ok(found)
    }
    async fn event(&self, position: Position) -> Result<Option<StoredEvent>, StoreError> {
        self.shared.event(&*self.client().await?, position).await
    }
    async fn message(&self, position: Position) -> Result<Option<MessageRow>, StoreError> {
        let client = self.client().await?;
        let mut rows = self.shared.rows(&client, &BTreeSet::from([position])).await?;
        Ok(match rows.remove(&position) {
            Some((_, Row::Message(message))) => Some(message),
            _ => None,
        })
    }
    async fn message_by_sha256(
        &self,
        scope: &Scope,
        sha256: &[u8; 32],
    ) -> Result<Option<MessageRow>, StoreError> {
        let Scope::Party(codes) = scope else { return Ok(None) };
        for code in codes {
            let position = {
                let client = self.client().await?;
                self.last_row(&client, self.shared.hasher.message(code, sha256)).await?
            };
            if let Some(position) = position {
                return self.message(position).await;
            }
        }
        Ok(None)
    }
    async fn original(&self, message: &MessageRow) -> Result<Vec<u8>, StoreError> {
        let pieces = match &message.original {
            Original::Whole(bytes) => return Ok(bytes.to_vec()),
            Original::Frame(pieces) => pieces,
        };
        let at = |index: usize| Position {
            writer: message.position.writer,
            sequence: message.position.sequence + 1 + index as u64,
        };
        let count = pieces.len().saturating_sub(1);
        let client = self.client().await?;
        let rows = self.shared.rows(&client, &(0..count).map(at).collect()).await?;
        let mut bytes = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            bytes.extend_from_slice(piece);
            if index < count {
                let Some((_, Row::Event(event))) = rows.get(&at(index)) else {
                    return Err(damaged(at(index), "a document of the message was expected here"));
                };
                bytes.extend_from_slice(&event.original);
            }
        }
        Ok(bytes)
    }
    async fn timeline(&self, key: &OrderKey) -> Result<Vec<StoredEvent>, StoreError> {
        let last = self.states(self.shared.hasher.order(key)).await?.map(|(position, _)| position);
        self.chained(last, |outcome| outcome.consignment.as_ref().and_then(|state| state.previous)).await
    }
    async fn waybill_timeline(&self, key: &WaybillKey) -> Result<Vec<StoredEvent>, StoreError> {
        let last = self.states(self.shared.hasher.waybill(key)).await?.map(|(position, _)| position);
        self.chained(last, |outcome| {
            outcome.waybills.iter().find(|state| state.key == *key).and_then(|state| state.previous)
        })
        .await
    }
    async fn arrival(&self, key: &ArrivalKey) -> Result<Option<ArrivalRecord>, StoreError> {
        let found = self.states(self.shared.hasher.arrival(key)).await?;
        Ok(found.and_then(|(_, states)| states.arrival.as_deref().cloned()))
    }
    async fn receipts(
        &self,
        recipients: &[Text],
        after: &Cursor,
        limit: usize,
    ) -> Result<(Vec<ReceiptRow>, Cursor), StoreError> {
        // What is committed meanwhile belongs to the next call: writers first, then no further than they were.
        let end = self.position().await?;
        receipts::feed(&self.shared, &self.client().await?, recipients, (after, end), limit).await
    }
    async fn newest_receipts(
        &self,
        recipients: &[Text],
        upto: &Cursor,
        limit: usize,
    ) -> Result<(Vec<ReceiptRow>, Option<Cursor>), StoreError> {
        receipts::newest(&self.shared, &self.client().await?, recipients, upto, limit).await
    }
    async fn listed(&self) -> Result<Cursor, StoreError> {
        self.position().await
    }
    async fn search(
        &self,
        scope: &Scope,
        search: &Search,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Summary>, Option<u64>), StoreError> {
        let client = self.client().await?;
        lists::search(&client, scope, search, after, limit).await
    }
    async fn queue(
        &self,
        scope: &Scope,
        search: &QueueSearch,
        after: Option<QueuePlace>,
        limit: usize,
    ) -> Result<QueuePage, StoreError> {
        let client = self.client().await?;
        lists::queue(&client, scope, search, after, limit).await
    }
    async fn balance(&self, account: &Account) -> Result<Option<Balance>, StoreError> {
        let client = self.client().await?;
        let mut found = balances(&client, std::slice::from_ref(account), false).await?;
        Ok(found.remove(account))
    }
    async fn accounts(
        &self,
        kind: AccountKind,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(Account, Balance)>, StoreError> {
        let client = self.client().await?;
        let rows = query(
            &client,
                "SELECT owner, kind, period, posted, held, own_limit FROM account WHERE kind = $1 AND owner > $2 COLLATE \"C\" AND owner COLLATE \"C\" <= coalesce((SELECT owner COLLATE \"C\" FROM account WHERE kind = $1 AND owner COLLATE \"C\" > $2 ORDER BY owner COLLATE \"C\" OFFSET $3 LIMIT 1), repeat('~', 64)) ORDER BY owner COLLATE \"C\", period",
                &[&i16::from(kind.number()), &after, &(limit.saturating_sub(1) as i64)],
            )
            .await
            .map_err(|error| failed("read balances", error))?;
        Ok(rows.iter().filter_map(balance_of).collect())
    }
    async fn due(&self, now: Time, limit: usize) -> Result<Vec<Timer>, StoreError> {
        let client = self.client().await?;
        let rows = query(
            &client,
                "UPDATE timer t SET claimed_by = $3, claimed_until = now() + $4 * interval '1 second' FROM (SELECT key, kind, attempt FROM timer WHERE due <= $1 AND (claimed_until IS NULL OR claimed_until < now() OR claimed_by = $3) ORDER BY due LIMIT $2 FOR UPDATE SKIP LOCKED) d WHERE t.key = d.key AND t.kind = d.kind AND t.attempt = d.attempt RETURNING t.due, t.platform, t.order_no, t.kind, t.attempt",
                &[&now.0, &(limit as i64), &i32::from(self.shared.writer), &CLAIM_SECONDS],
            )
            .await
            .map_err(|error| failed("claim timers", error))?;
        let timer = |row: &tokio_postgres::Row| {
            Some(Timer {
                due: Time(row.get(0)),
                order: OrderKey {
                    platform: row.get::<_, &str>(1).into(),
                    order_no: row.get::<_, &str>(2).into(),
                },
                kind: TimerKind::from_number(u8::try_from(row.get::<_, i16>(3)).ok()?)?,
                attempt: row.get::<_, i32>(4) as u32,
            })
        };
        let mut timers: Vec<Timer> = rows.iter().filter_map(timer).collect();
        timers.sort_by(|one, other| (one.due, &one.order).cmp(&(other.due, &other.order)));
        Ok(timers)
    }
    async fn follows(&self, limit: usize) -> Result<Vec<Follow>, StoreError> {
        let client = self.client().await?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = query(
            &client,
                "SELECT writer, sequence, payload FROM follow WHERE owner = $1 ORDER BY writer, sequence, number LIMIT $2",
                &[&i32::from(self.shared.writer), &limit],
            )
            .await
            .map_err(|error| failed("read follows", error))?;
        let follow = |row: &tokio_postgres::Row| {
            codec::decode_follow(row.get(2)).map_err(|damage| damaged(position_of(row), damage.0))
        };
        rows.iter().map(follow).collect()
    }
    async fn reference(&self) -> Result<u64, StoreError> {
        reference_version(&*self.client().await?, false).await.map(|(version, _)| version)
    }
    async fn export(&self, key: &ExportKey) -> Result<Option<ExportState>, StoreError> {
        let found = self.states(self.shared.hasher.export(key)).await?;
        Ok(found.and_then(|(_, states)| states.exports.iter().find(|state| state.key() == *key).cloned()))
    }
    async fn export_timeline(&self, key: &ExportKey) -> Result<Vec<StoredEvent>, StoreError> {
        let last = self.states(self.shared.hasher.export(key)).await?.map(|(position, _)| position);
        self.chained(last, |outcome| {
            outcome.export.states.iter().find(|state| state.key() == *key).and_then(ExportState::previous)
        })
        .await
    }
    async fn export_states(
        &self,
        asked: ExportLines<'_>,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<ExportState>, Option<u64>), StoreError> {
        exports::list(&self.shared, &*self.client().await?, &asked, after, limit).await
    }
    async fn record(&self, key: &RecordKey) -> Result<Option<Arc<Record>>, StoreError> {
        let found = self.states(self.shared.hasher.record(key)).await?;
        Ok(found.and_then(|(_, states)| states.record.clone()).filter(|record| record.key == *key))
    }
    async fn record_at(&self, position: Position) -> Result<Option<Arc<Record>>, StoreError> {
        registers::record_at(&self.shared, &*self.client().await?, position).await
    }
    async fn records(
        &self,
        search: &RecordSearch,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Arc<Record>>, Option<u64>), StoreError> {
        registers::list(&self.shared, &*self.client().await?, search, after, limit).await
    }
    async fn filings(&self) -> Result<Vec<FilingRow>, StoreError> {
        let rows = self.shared.rows_of_kind(&*self.client().await?, codec::kind::FILING).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| if let Row::Filing(filing) = row { Some(filing) } else { None })
            .collect())
    }
    async fn certificates(&self) -> Result<Vec<CertificateRow>, StoreError> {
        let rows = self.shared.rows_of_kind(&*self.client().await?, codec::kind::CERTIFICATE).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| if let Row::Certificate(row) = row { Some(row) } else { None })
            .collect())
    }
    async fn rulebooks(&self) -> Result<Vec<RulebookRow>, StoreError> {
        let rows = self.shared.rows_of_kind(&*self.client().await?, codec::kind::RULEBOOK).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| if let Row::Rulebook(book) = row { Some(book) } else { None })
            .collect())
    }
    async fn seeds(&self) -> Result<Vec<SeedRow>, StoreError> {
        let rows = self.shared.rows_of_kind(&*self.client().await?, codec::kind::SEED).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| if let Row::Seed(seed) = row { Some(seed) } else { None })
            .collect())
    }
    async fn undecided(&self) -> Result<Vec<StoredEvent>, StoreError> {
        let client = self.client().await?;
        let rows =
            query(&client, "SELECT writer, sequence FROM undecided ORDER BY writer, sequence", &[]).await;
        let rows = rows.map_err(|error| failed("read undecided events", error))?;
        let found = self.shared.rows(&client, &rows.iter().map(position_of).collect()).await?;
        let event = |(position, (time, row))| match row {
            Row::Event(row) => Some(StoredEvent { position, time, row: *row }),
            _ => None,
        };
        let mut events: Vec<StoredEvent> = found.into_iter().filter_map(event).collect();
        // Each server counts its own rows: what came first is told by when it was recorded, whoever recorded it.
        events.sort_by_key(|event| (event.time, event.position));
        Ok(events)
    }
    async fn decided_later(&self, first: Position) -> Result<Option<StoredEvent>, StoreError> {
        let client = self.client().await?;
        match self.last_row(&client, self.shared.hasher.again_at(first)).await? {
            Some(position) => self.shared.event(&client, position).await,
            None => Ok(None),
        }
    }
    async fn position(&self) -> Result<Cursor, StoreError> {
        let client = self.client().await?;
        let rows = client
            .query("SELECT writer, sequence FROM writer WHERE sequence > 0 ORDER BY writer", &[])
            .await
            .map_err(|error| failed("read the writers", error))?;
        let writers = rows.iter().map(position_of).map(|last| (last.writer, last.sequence)).collect();
        Ok(Cursor { writers })
    }
    async fn scan(
        &self,
        after: &Cursor,
        visit: &mut (dyn FnMut(Position, Row) -> bool + Send),
    ) -> Result<(), StoreError> {
        let client = self.client().await?;
        let end = self.position().await?;
        let writers = end.writers.iter().map(|(writer, last)| (*writer, after.sequence(*writer), *last));
        let mut scan = Scan::new(writers);
        while let Some(row) = scan.next(&client).await? {
            if row.payload.is_empty() {
                continue;
            }
            let plain = self.shared.opened(&client, &row.payload).await?;
            let decoded = codec::decode(&plain).map_err(|damage| damaged(row.position, damage.0))?;
            if !visit(row.position, decoded) {
                break;
            }
        }
        Ok(())
    }
    fn evidence(&self) -> crate::Evidence {
        let (pool, home, master) = (self.pool.clone(), self.home.clone(), self.shared.master.clone());
        crate::Evidence::new(crate::evidence::Place::Database(super::evidence::Tables { pool, home, master }))
    }
    fn derived(&self) -> crate::Derived {
        let (pool, home, master) = (self.pool.clone(), self.home.clone(), self.shared.master.clone());
        crate::Derived::new(crate::evidence::Place::Database(super::evidence::Tables { pool, home, master }))
    }
    fn sealed(&self, position: Position, row: &Row) -> Result<crate::redact::Redaction, StoreError> {
        crate::redact::Redaction::of(&self.shared.keyring, position, row)
    }
    async fn erase(&self, redactions: Vec<crate::redact::Redaction>) -> Result<(), StoreError> {
        let client = self.client().await?;
        self.shared.erase(&client, &redactions).await
    }
    fn keyed_hash(&self, value: &str) -> Text {
        self.shared.keyring.keyed_hash(value)
    }
}
