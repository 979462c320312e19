//! The store on SQLite: ledger files, index, memory together. One writer; readers see memory first, then the index,
//! so that lookups by number are always current.

use super::ahead::Ahead;
use super::folder::Folder;
use super::index::{Entries, Index, IndexWriter};
use super::kept::Kept;
use super::ledger_files::{LedgerFiles, LedgerReader};
use super::memory::{FromIndex, Memory, Prepared, TimerKey};
use super::merger::Merger;
use super::replay::replay;
use super::runs::{self, Current, Family};
use super::writer::Writer;
use crate::codec::{self, Waiting, kind};
use crate::hasher::{Hasher, KeyHash};
use crate::learning::Learning;
use crate::queue::{QueuePage, QueuePlace, QueueSearch};
use crate::rows::{
    CertificateRow, Cursor, EventRow, ExportLines, FilingRow, MessageRow, Original, ReceiptRow, RecordSearch,
    Row, RulebookRow, Scope, Search, SeedRow, StoredEvent, Summary,
};
use crate::{Commit, Read, Store, StoreError, Transaction};
use ceb::Document;
use clearance::Text;
use clearance::consignment::{ArrivalRecord, Consignment, WaybillRecord};
use clearance::event::{Follow, Timer};
use clearance::export::{ExportKey, ExportState};
use clearance::facts::{CountKey, Facts, Keys, Numbers};
use clearance::keys::{ArrivalKey, ClaimKey, OrderKey, Position, Time, WaybillKey};
use clearance::outcome::Outcome;
use clearance::record::{Record, RecordKey};
use ledger::{Account, AccountKind, Balance};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

/// Numbers leased at once: a restart leaves a gap of at most this many.
const LEASE: u64 = 200_000;
/// What an operator may choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the master key lies; none = beside the data folder.
    pub master_key: Option<PathBuf>,
    /// Bytes from which a segment is sealed.
    pub segment_bytes: u64,
    /// Pages that the file of a segment may have: so that a test meets a disk that is full.
    pub most_pages: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self { master_key: None, segment_bytes: 2 << 30, most_pages: None }
    }
}

/// What the writer, the index thread and all readers share.
pub(super) struct Shared {
    memory: RwLock<Memory>,
    pub(super) hasher: Arc<Hasher>,
    pub(super) ledger: LedgerReader,
    index: Mutex<Vec<Index>>,
    template: Mutex<Index>,
    runs: Current,
    pub(super) covered: AtomicU64,
    /// Versions of the reference since the store was opened: nobody else can move it.
    reference: AtomicU64,
    pub(super) learning: Learning,
    /// What was read of rows lately and is not in memory, by the row: of trades, and of exports that stand in a list.
    read: Kept<u64, Arc<Consignment>>,
    pub(super) read_exports: Kept<(u64, u8), ExportState>,
}

/// What a few pages have of each, some kilobytes apiece.
const READ: usize = 1_000;

/// The writing side.
pub struct SqliteStore {
    shared: Arc<Shared>,
    writer: Writer,
    ahead: Ahead,
    numbers: Numbers,
    /// Last, so that the lock is held until all is durable.
    folder: Folder,
}

/// The reading side.
#[derive(Clone)]
pub struct SqliteRead {
    pub(super) shared: Arc<Shared>,
}

pub(super) fn damaged(sequence: u64, what: &str) -> StoreError {
    StoreError::Damaged { position: Position { writer: 0, sequence }, what: what.to_owned() }
}

/// What was found, as a lookup that may fail gives it.
fn some<T>(found: T) -> Result<Option<T>, StoreError> {
    Ok(Some(found))
}

fn at(sequence: u64) -> Position {
    Position { writer: 0, sequence }
}

impl Shared {
    pub(super) fn memory(&self) -> RwLockReadGuard<'_, Memory> {
        self.memory.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
    pub(super) fn memory_mut(&self) -> RwLockWriteGuard<'_, Memory> {
        self.memory.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Runs with a connection to the index, pooled.
    pub(super) fn index<T>(
        &self,
        run: impl FnOnce(&Index) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let pooled = self.index.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let index = match pooled {
            Some(index) => index,
            None => self.template.lock().unwrap_or_else(std::sync::PoisonError::into_inner).again()?,
        };
        let result = run(&index);
        self.index.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(index);
        result
    }

    /// Whether the index may have something under a hash: no is certain, and costs no connection.
    fn may_have(&self, family: Family, hash: KeyHash) -> bool {
        runs::current(&self.runs).may_have(family, hash)
    }

    fn balance(&self, account: &Account) -> Result<Option<Balance>, StoreError> {
        let hash = {
            let memory = self.memory();
            if let Some((balance, _)) = memory.balances.get(account) {
                return Ok(Some(*balance));
            }
            memory.hasher.account(account)
        };
        if !self.may_have(Family::Balance, hash) {
            return Ok(None);
        }
        self.index(|index| index.balance(hash))
    }

    /// The accounts and counters of a batch: from memory, and the rest from the index in one transaction. Returns up
    /// to which row they are so.
    fn accounts_and_counters(
        &self,
        accounts: Vec<Account>,
        counters: Vec<CountKey>,
        facts: &mut Facts,
    ) -> Result<u64, StoreError> {
        let (mut cold_accounts, mut cold_counters) = (Vec::new(), Vec::new());
        let (upto, runs) = {
            // Memory and runs of one instant: what memory does not have, these runs have as it was after `upto`, even
            // if more is committed and merged while they are read.
            let memory = self.memory();
            let runs = runs::current(&self.runs);
            for account in accounts {
                if let Some((balance, _)) = memory.balances.get(&account) {
                    facts.balances.insert(account, *balance);
                } else {
                    let hash = memory.hasher.account(&account);
                    cold_accounts.extend(runs.may_have(Family::Balance, hash).then_some((account, hash)));
                }
            }
            for key in counters {
                if let Some((counts, _)) = memory.counts.get(&key) {
                    facts.counts.insert(key, counts.clone());
                } else {
                    let hash = memory.hasher.count(&key);
                    cold_counters.extend(runs.may_have(Family::Count, hash).then_some((key, hash)));
                }
            }
            (memory.last, runs)
        };
        if cold_accounts.is_empty() && cold_counters.is_empty() {
            return Ok(upto);
        }
        let (mut balances, mut counts) = (Vec::new(), Vec::new());
        self.index(|index| {
            index.together(runs, |index| {
                for (account, hash) in cold_accounts {
                    balances.extend(index.balance(hash)?.map(|balance| (account, balance)));
                }
                for (key, hash) in cold_counters {
                    counts.extend(index.count(hash)?.map(|found| (key, Arc::new(found))));
                }
                Ok(())
            })
        })?;
        // What was read is needed again when the rows are committed. Unless memory forgot something newer than it
        // meanwhile: then what it lacks may have moved.
        let mut memory = self.memory_mut();
        let (last, still) = (memory.last, memory.forgotten <= upto);
        for (account, balance) in balances {
            if still {
                memory.balances.entry(account.clone()).or_insert((balance, last));
            }
            facts.balances.insert(account, balance);
        }
        for (key, found) in counts {
            if still {
                memory.counts.entry(key.clone()).or_insert_with(|| (found.clone(), last));
            }
            facts.counts.insert(key, found);
        }
        Ok(upto)
    }

    /// Sequence of the last row under a key.
    pub(super) fn last_row(&self, hash: KeyHash) -> Result<Option<u64>, StoreError> {
        {
            let memory = self.memory();
            if let Some((sequence, _)) = memory.recent.get(&hash) {
                return Ok((*sequence != 0).then_some(*sequence));
            }
        }
        if !self.may_have(Family::Key, hash) {
            return Ok(None);
        }
        self.index(|index| index.key(hash))
    }

    fn row(&self, sequence: u64) -> Result<Option<(Time, Row)>, StoreError> {
        let Some(stored) = self.ledger.get(sequence)? else { return Ok(None) };
        if stored.kind < 16 || stored.erased {
            return Ok(None);
        }
        let row = codec::decode(&stored.payload).map_err(|damage| damaged(sequence, damage.0))?;
        Ok(Some((stored.time, row)))
    }

    /// The same, if it is of this kind.
    fn row_of(&self, kind: u8, sequence: u64) -> Result<Option<(Time, Row)>, StoreError> {
        let found = self.ledger.get_of(sequence, |of| of == kind)?;
        let Some(stored) = found.filter(|stored| !stored.erased) else { return Ok(None) };
        let row = codec::decode(&stored.payload).map_err(|damage| damaged(sequence, damage.0))?;
        Ok(Some((stored.time, row)))
    }

    pub(super) fn event(&self, sequence: u64) -> Result<Option<(Time, EventRow)>, StoreError> {
        Ok(match self.row_of(kind::EVENT, sequence)? {
            Some((time, Row::Event(event))) => Some((time, *event)),
            _ => None,
        })
    }

    pub(super) fn document(&self, position: Position) -> Result<Arc<Document>, StoreError> {
        let sequence = position.sequence;
        let found = self.ledger.get_of(sequence, |of| of == kind::EVENT)?;
        let found = found.filter(|stored| !stored.erased).map(|stored| codec::document(&stored.payload));
        let document = found.transpose().map_err(|damage| damaged(sequence, damage.0))?.flatten();
        document.ok_or_else(|| damaged(sequence, "a document was expected here"))
    }

    fn hydrated(&self, mut consignment: Consignment) -> Result<Consignment, StoreError> {
        codec::hydrate(&mut consignment, &mut |position| self.document(position))?;
        Ok(consignment)
    }

    /// Puts the documents into the states that an event's row carries.
    fn fill_in(&self, event: &mut EventRow) -> Result<(), StoreError> {
        self.fill_in_from(event, &mut |position| self.document(position))
    }

    /// The same with documents from where the caller has them.
    pub(super) fn fill_in_from(
        &self,
        event: &mut EventRow,
        document: &mut dyn FnMut(Position) -> Result<Arc<Document>, StoreError>,
    ) -> Result<(), StoreError> {
        let Some(outcome) = &mut event.outcome else { return Ok(()) };
        if let Some(state) = &mut outcome.consignment {
            codec::hydrate(Arc::make_mut(state), document)?;
        }
        for waybill in &mut outcome.waybills {
            codec::hydrate_waybill(Arc::make_mut(waybill), document)?;
        }
        if let Some(arrival) = &mut outcome.arrival {
            Arc::make_mut(arrival).filed.document = document(arrival.filed.position)?;
        }
        for state in &mut outcome.export.states {
            state.documents(&mut |filed| {
                filed.document = document(filed.position)?;
                Ok(())
            })?;
        }
        Ok(())
    }

    fn consignment(&self, key: &OrderKey) -> Result<Option<Arc<Consignment>>, StoreError> {
        let hash = {
            let memory = self.memory();
            if let Some(found) = memory.open.get(key).or_else(|| memory.settled.get(key)) {
                return Ok(Some(found.clone()));
            }
            memory.hasher.order(key)
        };
        let Some(sequence) = self.last_row(hash)? else { return Ok(None) };
        let erasures = &self.ledger.opened.erasures;
        let other = || damaged(sequence, "the consignment's state was expected here");
        let age = match self.read.find(sequence, erasures) {
            Ok(found) => return if found.key == *key { Ok(Some(found)) } else { Err(other()) },
            Err(age) => age,
        };
        let state = self
            .event(sequence)?
            .and_then(|(_, event)| event.outcome)
            .and_then(|outcome| outcome.consignment);
        match state.filter(|state| state.key == *key) {
            Some(state) => {
                let state = Arc::new(self.hydrated(Arc::unwrap_or_clone(state))?);
                self.read.keep(sequence, state.clone(), age, erasures);
                Ok(Some(state))
            }
            None => Err(other()),
        }
    }

    fn waybill(&self, key: &WaybillKey) -> Result<Option<Arc<WaybillRecord>>, StoreError> {
        let hash = {
            let memory = self.memory();
            if let Some(found) = memory.waybills.get(key) {
                return Ok(Some(found.clone()));
            }
            memory.hasher.waybill(key)
        };
        let Some(sequence) = self.last_row(hash)? else { return Ok(None) };
        let outcome = self.event(sequence)?.and_then(|(_, event)| event.outcome);
        let state =
            outcome.and_then(|outcome| outcome.waybills.into_iter().find(|record| record.key == *key));
        let state = state.ok_or_else(|| damaged(sequence, "the waybill's state was expected here"))?;
        let mut state = Arc::unwrap_or_clone(state);
        codec::hydrate_waybill(&mut state, &mut |position| self.document(position))?;
        Ok(Some(Arc::new(state)))
    }

    fn arrival(&self, key: &ArrivalKey) -> Result<Option<Arc<ArrivalRecord>>, StoreError> {
        let hash = {
            let memory = self.memory();
            if let Some(found) = memory.arrivals.get(key) {
                return Ok(Some(found.clone()));
            }
            memory.hasher.arrival(key)
        };
        let Some(sequence) = self.last_row(hash)? else { return Ok(None) };
        let state =
            self.event(sequence)?.and_then(|(_, event)| event.outcome).and_then(|outcome| outcome.arrival);
        let state = state
            .filter(|state| state.key == *key)
            .ok_or_else(|| damaged(sequence, "the arrival's state was expected here"))?;
        let mut state = Arc::unwrap_or_clone(state);
        state.filed.document = self.document(state.filed.position)?;
        Ok(Some(Arc::new(state)))
    }

    pub(super) fn record(&self, key: &RecordKey) -> Result<Option<Arc<Record>>, StoreError> {
        let hash = {
            let memory = self.memory();
            if let Some(found) = memory.records.get(key) {
                return Ok(Some(found.clone()));
            }
            memory.hasher.record(key)
        };
        let Some(sequence) = self.last_row(hash)? else { return Ok(None) };
        self.record_of(sequence)?
            .filter(|record| record.key == *key)
            .map_or_else(|| Err(damaged(sequence, "the record was expected here")), some)
    }

    /// The record that a row has.
    pub(super) fn record_of(&self, sequence: u64) -> Result<Option<Arc<Record>>, StoreError> {
        Ok(match self.row_of(kind::RECORD, sequence)? {
            Some((_, Row::Record(record))) => Some(record),
            _ => None,
        })
    }

    fn claim(&self, key: &ClaimKey) -> Result<Option<OrderKey>, StoreError> {
        let hash = {
            let memory = self.memory();
            if let Some(found) = memory.claims.get(key) {
                return Ok(found.clone());
            }
            memory.hasher.claim(key)
        };
        let Some(sequence) = self.last_row(hash)? else { return Ok(None) };
        let outcome = self.event(sequence)?.and_then(|(_, event)| event.outcome);
        let claimed =
            outcome.and_then(|outcome| outcome.claims.into_iter().rev().find(|(claim, _)| claim == key));
        Ok(claimed.and_then(|(_, owner)| owner))
    }

    /// Advances memory by committed rows. Memory is locked for a batch at a time, so that loading goes on between them, and only
    /// while it is changed; never for a part of a batch, because what is ahead of memory is known by batch.
    pub(super) fn advance<'a, Batch: Iterator<Item = (u64, Time, &'a Row)>>(
        &self,
        batches: impl Iterator<Item = Batch>,
        head: [u8; 32],
    ) -> Entries {
        let mut entries = Entries { head, ..Entries::default() };
        for batch in batches {
            let prepared = batch.map(|(sequence, time, row)| Prepared::of(&self.hasher, sequence, time, row));
            let prepared: Vec<Prepared<'_>> = prepared.collect();
            // The lock first: what memory forgets, the runs read after that have.
            let mut memory = self.memory_mut();
            let runs = runs::current(&self.runs);
            let known = |hash: KeyHash| {
                runs.may_have(Family::Key, hash) && matches!(self.index(|index| index.key(hash)), Ok(Some(_)))
            };
            let balance = |hash: KeyHash| {
                let known = runs.may_have(Family::Balance, hash);
                let found = known.then(|| self.index(|index| index.balance(hash)).ok().flatten());
                found.flatten().unwrap_or_default()
            };
            let count = |hash: KeyHash| {
                let known = runs.may_have(Family::Count, hash);
                known
                    .then(|| self.index(|index| index.count(hash)).ok().flatten())
                    .flatten()
                    .unwrap_or_default()
            };
            let from_index = FromIndex { known: &known, balance: &balance, count: &count };
            for row in prepared {
                memory.advance(row, &from_index, &mut entries);
            }
            entries.retired.push(memory.retire());
        }
        entries
    }
}

impl SqliteStore {
    /// Opens a data folder, made if absent, and recovers: rows after the index are replayed into memory, an index that
    /// does not fit the ledger is made anew. `progress` is told how many rows were replayed.
    ///
    /// # Errors
    /// When the folder is in use, the master key is wrong or a file cannot be read.
    pub fn open(path: &Path, options: &Options, progress: &mut dyn FnMut(u64)) -> Result<Self, StoreError> {
        let folder = Folder::open(path)?;
        let key = options.master_key.clone().unwrap_or_else(|| crate::MasterKey::default_path(path));
        let ledger = LedgerFiles::open(&folder, &key, options)?;
        let reader = ledger.reader();
        let mut writer = IndexWriter::open(path)?;
        let covered = match writer.index().covered() {
            Some((sequence, head)) if fits(&reader, &writer, sequence, &head)? => (sequence, head),
            Some(_) => {
                writer.clear()?;
                (0, [0; 32])
            }
            None => (0, [0; 32]),
        };
        let (covered, head) = covered;
        let index = writer.index();
        let hasher = Arc::new(Hasher::new(&reader.keyring.keyed_hash("index")));
        let mut memory = Memory::new(hasher.clone());
        let waiting = Waiting::decode(&index.waiting()?).map_err(|damage| damaged(covered, damage.0))?;
        memory.undecided.extend(waiting.undecided);
        for follow in waiting.follows {
            memory.follows.entry(follow.cause().sequence).or_default().push(follow);
        }
        memory.last = covered;
        let (template, runs) = (index.again()?, index.runs());
        let shared = Arc::new(Shared {
            reference: AtomicU64::new(0),
            learning: Learning::of(&reader.keyring),
            read: Kept::new(READ),
            read_exports: Kept::new(READ),
            memory: RwLock::new(memory),
            hasher,
            ledger: reader,
            index: Mutex::default(),
            template: Mutex::new(template),
            runs,
            covered: AtomicU64::new(covered),
        });
        reopen(&shared)?;
        replay(&shared, &mut writer, (covered, head), progress)?;
        let merger = Merger::start(shared.clone(), writer)?;
        let writer = Writer::start(shared.clone(), ledger, merger)?;
        Ok(Self { shared, writer, ahead: Ahead::default(), numbers: Numbers::default(), folder })
    }

    /// Tells a second process where to find this one.
    ///
    /// # Errors
    /// When the lock file cannot be written.
    pub fn announce(&mut self, address: &str) -> Result<(), StoreError> {
        self.folder.announce(address)
    }

    /// Waits until the index covers everything committed: for tests, verification and orderly ends.
    pub fn settle_index(&self) {
        let last = self.shared.memory().last;
        while self.shared.covered.load(Ordering::SeqCst) < last {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Whether an index that covers the ledger up to a row is of this ledger.
fn fits(
    reader: &LedgerReader,
    index: &IndexWriter,
    sequence: u64,
    head: &[u8; 32],
) -> Result<bool, StoreError> {
    match index.index().fit() {
        Some((row, digest)) if row == sequence && !digest.is_empty() => {
            Ok(reader.digest(sequence)?.is_some_and(|found| found == digest))
        }
        _ => Ok(chain_head_at(reader, sequence)? == Some(*head)),
    }
}

/// Chain head after a row, recomputed from the stored digests of its segment.
fn chain_head_at(reader: &LedgerReader, sequence: u64) -> Result<Option<[u8; 32]>, StoreError> {
    let Some((segment, _)) = reader.segments_of().into_iter().rev().find(|(_, first)| *first <= sequence)
    else {
        return Ok(None);
    };
    let (previous, _, (last, head)) = reader.heads(segment)?;
    if last == sequence {
        return Ok(head.try_into().ok());
    }
    let Ok(mut head) = <[u8; 32]>::try_from(previous) else { return Ok(None) };
    let mut found = None;
    reader.scan_digests(segment, 0, sequence, &mut |row, time, kind, digest| {
        head = super::ledger_files::chain(&head, row, time, kind, digest);
        if row == sequence {
            found = Some(head);
        }
    })?;
    Ok(found)
}

/// Reads what is kept in memory whole: filings, certificates, rulebooks, seeds. Consignments are read when they are asked for.
fn reopen(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let mut filings = Vec::new();
    let covered = shared.memory().last;
    shared.ledger.scan_kinds(
        &[codec::kind::FILING, codec::kind::CERTIFICATE, codec::kind::RULEBOOK, codec::kind::SEED],
        covered,
        &mut |row| filings.push(row),
    )?;
    let mut memory = shared.memory_mut();
    for row in filings {
        match codec::decode(&row.payload).map_err(|damage| damaged(row.sequence, damage.0))? {
            Row::Filing(filing) => memory.filings.push(filing),
            Row::Certificate(row) => memory.certificates.push(row),
            Row::Rulebook(book) => memory.rulebooks.push(book),
            Row::Seed(seed) => memory.seeds.push(seed),
            _ => {}
        }
    }
    Ok(())
}

/// An open transaction of the only writer.
pub struct SqliteTransaction<'a> {
    store: &'a mut SqliteStore,
    facts: Facts,
    next: Position,
}

impl Store for SqliteStore {
    type Transaction<'a> = SqliteTransaction<'a>;
    type Read = SqliteRead;

    async fn load(&mut self, keys: Keys, rows: usize) -> Result<SqliteTransaction<'_>, StoreError> {
        let wanted = rows as u64 * 3 + 16;
        if self.numbers.next + wanted > self.numbers.end {
            let (next, end) = self.writer.lease(LEASE.max(wanted))?;
            self.numbers = Numbers { next, end };
        }
        self.ahead.durable(self.shared.memory().last);
        let mut facts = Facts {
            numbers: self.numbers,
            last_time: self.writer.last_time(),
            next: at(self.writer.next()),
            ..Facts::default()
        };
        let (shared, ahead) = (&self.shared, &self.ahead);
        for key in keys.orders {
            if !facts.consignments.contains_key(&key)
                && let Some(found) = ahead.consignment(&key).map_or_else(|| shared.consignment(&key), some)?
            {
                facts.consignments.insert(key, found);
            }
        }
        for key in keys.waybills {
            if !facts.waybills.contains_key(&key)
                && let Some(found) = ahead.waybill(&key).map_or_else(|| shared.waybill(&key), some)?
            {
                facts.waybills.insert(key, found);
            }
        }
        for key in keys.claims {
            if let Some(found) = ahead.claim(&key).map_or_else(|| shared.claim(&key), Ok)? {
                facts.claims.insert(key, found);
            }
        }
        for key in keys.records.into_iter().chain(keys.looked_at) {
            if let Some(found) = ahead.record(&key).map_or_else(|| shared.record(&key), some)? {
                facts.records.insert(key, found);
            }
        }
        let closed = super::exports::closed(shared, &keys.closed)?;
        for key in keys.exports.into_iter().chain(closed) {
            if let Some(found) = ahead.export(&key).map_or_else(|| shared.export(&key), some)? {
                facts.exports.insert(key, found);
            }
        }
        for key in keys.arrivals {
            if let Some(found) = ahead.arrival(&key).map_or_else(|| shared.arrival(&key), some)? {
                facts.arrivals.insert(key, found);
            }
        }
        let asked = (!ahead.is_empty()).then(|| (keys.accounts.clone(), keys.counts.clone()));
        let upto = shared.accounts_and_counters(keys.accounts, keys.counts, &mut facts)?;
        if let Some((accounts, counts)) = asked {
            ahead.add(upto, accounts, counts, &mut facts);
        }
        let next = facts.next;
        Ok(SqliteTransaction { store: self, facts, next })
    }

    async fn durable(&mut self) -> Result<Position, StoreError> {
        self.writer.settle().await?;
        Ok(at(self.writer.next() - 1))
    }

    async fn adopt(&mut self) -> Result<bool, StoreError> {
        // There is no other writer.
        Ok(false)
    }

    async fn close(self) {
        drop(self);
    }

    fn read(&self) -> SqliteRead {
        SqliteRead { shared: self.shared.clone() }
    }
}

impl Transaction for SqliteTransaction<'_> {
    fn facts(&mut self) -> Facts {
        std::mem::take(&mut self.facts)
    }

    fn reference(&self) -> u64 {
        self.store.shared.reference.load(Ordering::Acquire)
    }

    async fn commit(self, time: Time, rows: Arc<Vec<Row>>) -> Result<Commit, StoreError> {
        let store = self.store;
        let first = store.writer.next();
        assert_eq!(first, self.next.sequence, "nothing was written since the facts were read");
        for (index, row) in rows.iter().enumerate() {
            if let Row::Event(event) = row {
                let expected = at(first + index as u64);
                assert_eq!(event.event.position, expected, "rows are written where they were judged");
            }
        }
        let last = first + rows.len() as u64 - 1;
        // Each row takes at most three numbers; what it did not take is a gap.
        let used = store.numbers.next + rows.len() as u64 * 3;
        store.numbers.next = used.min(store.numbers.end);
        store.ahead.put(last, &rows);
        if rows.iter().any(Row::moves_reference) {
            store.shared.reference.fetch_add(1, Ordering::AcqRel);
        }
        let durable = store.writer.write(time, rows)?;
        Ok(Commit::Done { first: at(first), last: at(last), durable })
    }
}

impl SqliteRead {
    fn stored(&self, sequence: u64) -> Result<Option<StoredEvent>, StoreError> {
        Ok(self.shared.event(sequence)?.map(|(time, row)| StoredEvent { position: at(sequence), time, row }))
    }

    /// Events from the last one back, as each names the one before it.
    fn chained(
        &self,
        last: Option<Position>,
        before: impl Fn(&Outcome) -> Option<Position>,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let mut events = Vec::new();
        let mut next = last;
        while let Some(position) = next {
            let Some(event) = self.stored(position.sequence)? else { break };
            next = event.row.outcome.as_deref().and_then(&before);
            events.push(event);
        }
        Ok(events)
    }

    fn receipt(&self, sequence: u64, number: u16) -> Result<Option<ReceiptRow>, StoreError> {
        let receipts = match self.shared.row(sequence)? {
            Some((_, Row::Event(event))) => event.outcome.map(|outcome| outcome.receipts).unwrap_or_default(),
            Some((_, Row::Message(message))) => message.receipts,
            _ => Vec::new(),
        };
        Ok(receipts.into_iter().nth(usize::from(number)).map(|receipt| ReceiptRow {
            position: at(sequence),
            index: number,
            receipt,
        }))
    }
}

impl Read for SqliteRead {
    async fn consignment(&self, key: &OrderKey) -> Result<Option<Consignment>, StoreError> {
        Ok(self.shared.consignment(key)?.map(|found| (*found).clone()))
    }
    async fn waybill(&self, key: &WaybillKey) -> Result<Option<WaybillRecord>, StoreError> {
        Ok(self.shared.waybill(key)?.map(|found| (*found).clone()))
    }
    async fn claim(&self, key: &ClaimKey) -> Result<Option<OrderKey>, StoreError> {
        self.shared.claim(key)
    }
    async fn whole(&self, position: Position) -> Result<Option<StoredEvent>, StoreError> {
        let mut found = self.stored(position.sequence)?;
        if let Some(stored) = &mut found {
            self.shared.fill_in(&mut stored.row)?;
        }
        Ok(found)
    }
    async fn event(&self, position: Position) -> Result<Option<StoredEvent>, StoreError> {
        self.stored(position.sequence)
    }
    async fn message(&self, position: Position) -> Result<Option<MessageRow>, StoreError> {
        Ok(match self.shared.row_of(kind::MESSAGE, position.sequence)? {
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
            let hash = self.shared.memory().hasher.message(code, sha256);
            if let Some(sequence) = self.shared.last_row(hash)? {
                return self.message(at(sequence)).await;
            }
        }
        Ok(None)
    }
    async fn original(&self, message: &MessageRow) -> Result<Vec<u8>, StoreError> {
        let pieces = match &message.original {
            Original::Whole(bytes) => return Ok(bytes.to_vec()),
            Original::Frame(pieces) => pieces,
        };
        let mut bytes = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            bytes.extend_from_slice(piece);
            if index + 1 < pieces.len() {
                let sequence = message.position.sequence + 1 + index as u64;
                let (_, event) = self
                    .shared
                    .event(sequence)?
                    .ok_or_else(|| damaged(sequence, "a document of the message was expected here"))?;
                bytes.extend_from_slice(&event.original);
            }
        }
        Ok(bytes)
    }
    async fn timeline(&self, key: &OrderKey) -> Result<Vec<StoredEvent>, StoreError> {
        let last = self.shared.consignment(key)?.map(|found| found.last);
        self.chained(last, |outcome| outcome.consignment.as_ref().and_then(|state| state.previous))
    }
    async fn waybill_timeline(&self, key: &WaybillKey) -> Result<Vec<StoredEvent>, StoreError> {
        let last = self.shared.waybill(key)?.map(|found| found.last);
        self.chained(last, |outcome| {
            outcome.waybills.iter().find(|state| state.key == *key).and_then(|state| state.previous)
        })
    }
    async fn arrival(&self, key: &ArrivalKey) -> Result<Option<ArrivalRecord>, StoreError> {
        Ok(self.shared.arrival(key)?.map(|found| (*found).clone()))
    }
    async fn receipts(
        &self,
        recipients: &[Text],
        after: &Cursor,
        limit: usize,
    ) -> Result<(Vec<ReceiptRow>, Cursor), StoreError> {
        let after = after.sequence(0);
        let mut found: Vec<(u64, u16)> = Vec::new();
        // The end is read first: what is committed meanwhile belongs to the next call.
        let last = self.shared.memory().last;
        for recipient in recipients {
            let hash = {
                let memory = self.shared.memory();
                let hash = memory.hasher.recipient(recipient);
                found.extend(
                    memory
                        .receipts
                        .get(&hash)
                        .into_iter()
                        .flatten()
                        .filter(|(sequence, _)| *sequence > after && *sequence <= last),
                );
                hash
            };
            // A row's receipts belong together: one more row than asked for tells where the limit cuts.
            found.extend(
                self.shared
                    .index(|index| index.receipts(hash, after, limit + 64))?
                    .into_iter()
                    .filter(|(sequence, _)| *sequence <= last),
            );
        }
        found.sort_unstable();
        found.dedup();
        let mut upto = last;
        if found.len() > limit {
            let (first, cut) = (found[0].0, found[limit].0);
            // A row's receipts are never parted: if the first row alone has more than asked for, it comes whole.
            upto = if first < cut { cut - 1 } else { cut };
            found.retain(|(sequence, _)| *sequence <= upto);
        }
        let mut receipts = Vec::with_capacity(found.len());
        for (sequence, number) in found {
            receipts.extend(self.receipt(sequence, number)?);
        }
        Ok((receipts, Cursor { writers: vec![(0, upto)] }))
    }
    async fn newest_receipts(
        &self,
        recipients: &[Text],
        upto: &Cursor,
        limit: usize,
    ) -> Result<(Vec<ReceiptRow>, Option<Cursor>), StoreError> {
        let upto = upto.sequence(0);
        let mut found: Vec<(u64, u16)> = Vec::new();
        for recipient in recipients {
            let hash = {
                let memory = self.shared.memory();
                let hash = memory.hasher.recipient(recipient);
                let recent = memory.receipts.get(&hash).into_iter().flatten();
                found.extend(recent.filter(|(sequence, _)| *sequence <= upto));
                hash
            };
            // As in a feed: one more row than asked for tells where the limit cuts.
            found.extend(self.shared.index(|index| index.newest_receipts(hash, upto, limit + 64))?);
        }
        found.sort_unstable_by(|one, other| other.cmp(one));
        found.dedup();
        let mut next = None;
        if let (Some((first, _)), Some((cut, _))) = (found.first().copied(), found.get(limit).copied()) {
            // A row's receipts are never parted: if the first row alone has more than asked for, it comes whole.
            let last = if first > cut { cut + 1 } else { cut };
            found.retain(|(sequence, _)| *sequence >= last);
            next = Some(Cursor { writers: vec![(0, last - 1)] });
        }
        let mut receipts = Vec::with_capacity(found.len());
        for (sequence, number) in found {
            receipts.extend(self.receipt(sequence, number)?);
        }
        Ok((receipts, next))
    }
    async fn listed(&self) -> Result<Cursor, StoreError> {
        Ok(Cursor { writers: vec![(0, self.shared.covered.load(Ordering::SeqCst))] })
    }
    async fn search(
        &self,
        scope: &Scope,
        search: &Search,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Summary>, Option<u64>), StoreError> {
        super::lists::search(&self.shared, scope, search, after, limit)
    }
    async fn queue(
        &self,
        scope: &Scope,
        search: &QueueSearch,
        after: Option<QueuePlace>,
        limit: usize,
    ) -> Result<QueuePage, StoreError> {
        super::lists::queue(&self.shared, scope, search, after, limit)
    }
    async fn balance(&self, account: &Account) -> Result<Option<Balance>, StoreError> {
        self.shared.balance(account)
    }
    async fn accounts(
        &self,
        kind: AccountKind,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(Account, Balance)>, StoreError> {
        // Memory first: what is merged meanwhile is then found in the index, as it was or newer.
        let recent: Vec<(Account, Balance)> = {
            let memory = self.shared.memory();
            let wanted = memory
                .balances
                .iter()
                .filter(|(account, _)| account.kind == kind && account.owner.as_str() > after);
            wanted.map(|(account, (balance, _))| (account.clone(), *balance)).collect()
        };
        let mut found: BTreeMap<(Text, u16), (Account, Balance)> = BTreeMap::new();
        let stored = self.shared.index(Index::balances)?;
        let stored =
            stored.into_iter().filter(|(account, _)| account.kind == kind && account.owner.as_str() > after);
        for (account, balance) in stored.chain(recent) {
            found.insert((account.owner.clone(), account.period), (account, balance));
        }
        let mut accounts: Vec<(Account, Balance)> = found.into_values().collect();
        if let Some((last, _)) = accounts.get(limit.saturating_sub(1)) {
            let owner = last.owner.clone();
            accounts.retain(|(account, _)| account.owner <= owner);
        }
        Ok(accounts)
    }
    async fn due(&self, now: Time, limit: usize) -> Result<Vec<Timer>, StoreError> {
        // Memory first: what is merged meanwhile is then found in the index.
        let (mut keys, fired): (Vec<TimerKey>, BTreeSet<TimerKey>) = {
            let memory = self.shared.memory();
            let keys =
                memory.timers.keys().take_while(|(due, ..)| *due <= now).take(limit).cloned().collect();
            (keys, memory.fired.keys().cloned().collect())
        };
        // The index learns late which have fired.
        let stored = self.shared.index(|index| index.due(now, limit + fired.len()))?;
        keys.extend(stored.into_iter().filter(|key| !fired.contains(key)));
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(limit);
        Ok(keys.into_iter().map(|(due, order, kind, attempt)| Timer { due, order, kind, attempt }).collect())
    }
    async fn follows(&self, limit: usize) -> Result<Vec<Follow>, StoreError> {
        Ok(self.shared.memory().follows.values().flatten().take(limit).cloned().collect())
    }
    async fn export(&self, key: &ExportKey) -> Result<Option<ExportState>, StoreError> {
        self.shared.export(key)
    }
    async fn export_timeline(&self, key: &ExportKey) -> Result<Vec<StoredEvent>, StoreError> {
        let last = self.shared.last_export_row(key)?;
        self.chained(last.map(at), |outcome| {
            outcome.export.states.iter().find(|state| state.key() == *key).and_then(ExportState::previous)
        })
    }
    async fn export_states(
        &self,
        asked: ExportLines<'_>,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<ExportState>, Option<u64>), StoreError> {
        super::exports::list(&self.shared, &asked, after, limit)
    }
    async fn record(&self, key: &RecordKey) -> Result<Option<Arc<Record>>, StoreError> {
        self.shared.record(key)
    }
    async fn record_at(&self, position: Position) -> Result<Option<Arc<Record>>, StoreError> {
        self.shared.record_of(position.sequence)
    }
    async fn records(
        &self,
        search: &RecordSearch,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Arc<Record>>, Option<u64>), StoreError> {
        super::registers::list(&self.shared, search, after, limit)
    }
    async fn reference(&self) -> Result<u64, StoreError> {
        Ok(self.shared.reference.load(Ordering::Acquire))
    }
    async fn filings(&self) -> Result<Vec<FilingRow>, StoreError> {
        Ok(self.shared.memory().filings.clone())
    }
    async fn certificates(&self) -> Result<Vec<CertificateRow>, StoreError> {
        Ok(self.shared.memory().certificates.clone())
    }
    async fn rulebooks(&self) -> Result<Vec<RulebookRow>, StoreError> {
        Ok(self.shared.memory().rulebooks.clone())
    }
    async fn seeds(&self) -> Result<Vec<SeedRow>, StoreError> {
        Ok(self.shared.memory().seeds.clone())
    }
    async fn undecided(&self) -> Result<Vec<StoredEvent>, StoreError> {
        let sequences: Vec<u64> = self.shared.memory().undecided.iter().copied().collect();
        let mut events = Vec::with_capacity(sequences.len());
        for sequence in sequences {
            events.extend(self.stored(sequence)?);
        }
        Ok(events)
    }
    async fn decided_later(&self, first: Position) -> Result<Option<StoredEvent>, StoreError> {
        let hash = self.shared.memory().hasher.again(first.sequence);
        match self.shared.last_row(hash)? {
            Some(sequence) => self.stored(sequence),
            None => Ok(None),
        }
    }
    async fn position(&self) -> Result<Cursor, StoreError> {
        Ok(Cursor { writers: vec![(0, self.shared.memory().last)] })
    }
    async fn scan(
        &self,
        after: &Cursor,
        visit: &mut (dyn FnMut(Position, Row) -> bool + Send),
    ) -> Result<(), StoreError> {
        super::replay::scan(&self.shared, after.sequence(0), visit)
    }
    fn evidence(&self) -> crate::Evidence {
        let ledger = self.shared.ledger.clone();
        let files = super::evidence::Files::new(ledger.folder().to_owned(), ledger);
        crate::Evidence::new(crate::evidence::Place::Folder(files))
    }
    fn derived(&self) -> crate::Derived {
        let ledger = self.shared.ledger.clone();
        let files = super::evidence::Files::new(ledger.folder().to_owned(), ledger);
        crate::Derived::new(crate::evidence::Place::Folder(files))
    }
    fn sealed(&self, position: Position, row: &Row) -> Result<crate::redact::Redaction, StoreError> {
        crate::redact::Redaction::of(&self.shared.ledger.keyring, position, row)
    }
    async fn erase(&self, redactions: Vec<crate::redact::Redaction>) -> Result<(), StoreError> {
        super::erase::erase(&self.shared.ledger, &redactions)
    }
    fn keyed_hash(&self, value: &str) -> Text {
        self.shared.ledger.keyring.keyed_hash(value)
    }
}
