//! Memory: what was touched lately, what is to be done, and what the index does not cover yet. Only ever a function of ledger
//! rows: it advances after a commit by the rows committed, live and on replay alike.

use super::index::{Entries, Listed, Recorded};
use crate::codec::Waiting;
use crate::hasher::{Hasher, KeyHash};
use crate::rows::{CertificateRow, EventRow, ExportLine, FilingRow, Row, RulebookRow, SeedRow, Summary};
use clearance::consignment::{ArrivalRecord, Consignment, WaybillRecord};
use clearance::event::{Cause, Follow, TimerKind};
use clearance::export::{ExportKey, ExportState};
use clearance::facts::CountKey;
use clearance::keys::{ArrivalKey, ClaimKey, OrderKey, Position, Time, WaybillKey};
use clearance::outcome::{Outcome, Receipt};
use clearance::record::{Record, RecordKey};
use clearance::windows::Window;
use ledger::{Account, Balance, Movement};
use rustc_hash::FxHashMap;
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

/// Entries of a generation: of consignments that wait for something, which are large and are asked for again; of settled ones
/// and arrivals; of waybills; of claims. Whatever is not here is read from its rows.
const OPEN: usize = 20_000;
const CONSIGNMENTS: usize = 4_000;
const WAYBILLS: usize = 10_000;
const CLAIMS: usize = 25_000;

/// A cache in two generations: what was not touched for a generation is dropped.
#[derive(Debug)]
pub struct Cache<K, V> {
    young: FxHashMap<K, V>,
    old: FxHashMap<K, V>,
    generation: usize,
    /// Generations that were dropped, until [`Cache::let_go`].
    gone: Vec<FxHashMap<K, V>>,
}

impl<K: Eq + Hash, V> Cache<K, V> {
    /// An empty cache whose generations have this many entries.
    pub fn new(generation: usize) -> Self {
        Self { young: FxHashMap::default(), old: FxHashMap::default(), generation, gone: Vec::new() }
    }
    /// What is under a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }
    /// Puts a value.
    pub fn put(&mut self, key: K, value: V) {
        if self.young.len() >= self.generation {
            let gone = std::mem::replace(&mut self.old, std::mem::take(&mut self.young));
            if !gone.is_empty() {
                self.gone.push(gone);
            }
        }
        self.young.insert(key, value);
    }
    /// The generations that were dropped: giving back their memory takes longer than anybody should wait who waits for the rest.
    pub fn let_go(&mut self) -> Vec<FxHashMap<K, V>> {
        std::mem::take(&mut self.gone)
    }
    /// Drops a key.
    pub fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}

/// A timer's name in memory, ordered by when it is due.
pub type TimerKey = (Time, OrderKey, TimerKind, u32);

/// What nobody finds any more. It is given back by the index's thread, for which nobody waits: not by one that holds memory locked.
#[derive(Default)]
pub struct Retired(Vec<Box<dyn Any + Send + Sync>>);

impl Retired {
    fn all<T: Any + Send + Sync>(&mut self, gone: Vec<T>) {
        if !gone.is_empty() {
            self.0.push(Box::new(gone));
        }
    }
}

impl fmt::Debug for Retired {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} retired", self.0.len())
    }
}

/// What the index covers, taken out of memory: windows and lines of lists, of which there are many.
pub type Covered = (Vec<(CountKey, (Arc<Window>, u64))>, BTreeMap<u64, (KeyHash, Listed)>);

/// A row with what it changes in lists, worked out before memory is locked.
pub struct Prepared<'a> {
    sequence: u64,
    time: Time,
    row: &'a Row,
    listed: Option<Listed>,
}

impl<'a> Prepared<'a> {
    /// Of a row.
    pub fn of(hasher: &Hasher, sequence: u64, time: Time, row: &'a Row) -> Self {
        let listed = match row {
            Row::Event(event) => event.outcome.as_ref().and_then(|outcome| outcome.consignment.as_ref()),
            _ => None,
        };
        let listed = listed.map(|consignment| listed_as(hasher, consignment, sequence, time));
        Self { sequence, time, row, listed }
    }
}

/// See the head of this file.
pub struct Memory {
    /// Hashes.
    pub hasher: Arc<Hasher>,
    /// What was taken out since [`Memory::retire`].
    retired: Vec<Arc<Consignment>>,
    /// Consignments without a final verdict that were touched lately: of those that wait for long there is no bound.
    pub open: Cache<OrderKey, Arc<Consignment>>,
    /// Settled ones touched lately.
    pub settled: Cache<OrderKey, Arc<Consignment>>,
    /// Waybills touched lately.
    pub waybills: Cache<WaybillKey, Arc<WaybillRecord>>,
    /// Arrival documents touched lately.
    pub arrivals: Cache<ArrivalKey, Arc<ArrivalRecord>>,
    /// Claims touched lately.
    pub claims: Cache<ClaimKey, Option<OrderKey>>,
    /// Records of registers touched lately.
    pub records: Cache<RecordKey, Arc<Record>>,
    /// States of exports touched lately.
    pub exports: Cache<ExportKey, ExportState>,
    /// Key → last sequence (0 = gone) and the sequence that set it, where the index is behind.
    pub recent: FxHashMap<KeyHash, (u64, u64)>,
    /// Balances with the sequence that moved them last, where the index is behind.
    pub balances: FxHashMap<Account, (Balance, u64)>,
    /// Windows, where the index is behind.
    pub counts: FxHashMap<CountKey, (Arc<Window>, u64)>,
    /// Receipts, where the index is behind.
    pub receipts: FxHashMap<KeyHash, Vec<(u64, u16)>>,
    /// Timers, where the index is behind.
    pub timers: BTreeMap<TimerKey, u64>,
    /// Timers that fired, with the row: the index may not know it yet.
    pub fired: BTreeMap<TimerKey, u64>,
    /// Lines of lists, where the index is behind.
    pub listed: BTreeMap<u64, (KeyHash, Listed)>,
    /// Records by their place in lists, where the index is behind.
    pub recorded: BTreeMap<u64, Arc<Record>>,
    /// States of exports that stand in lists, by their number and place there, with their last rows, where the index is behind.
    pub exported: BTreeMap<(u8, u64), (u64, ExportState)>,
    /// Follows that wait, by the sequence of their cause.
    pub follows: BTreeMap<u64, Vec<Follow>>,
    /// Events recorded undecided.
    pub undecided: BTreeSet<u64>,
    /// Filings.
    pub filings: Vec<FilingRow>,
    /// Certificates, in order.
    pub certificates: Vec<CertificateRow>,
    /// Rulebooks.
    pub rulebooks: Vec<RulebookRow>,
    /// Seeds of the draw.
    pub seeds: Vec<SeedRow>,
    /// Last sequence.
    pub last: u64,
    /// Up to which sequence what the index covers was forgotten.
    pub forgotten: u64,
    /// Last commit time.
    pub last_time: Time,
}

/// What the index has, for what memory has not.
pub struct FromIndex<'a> {
    /// Whether a key is there.
    pub known: &'a dyn Fn(KeyHash) -> bool,
    /// A balance.
    pub balance: &'a dyn Fn(KeyHash) -> Balance,
    /// A window.
    pub count: &'a dyn Fn(KeyHash) -> Window,
}

impl Memory {
    /// Empty memory.
    pub fn new(hasher: Arc<Hasher>) -> Self {
        Self {
            hasher,
            retired: Vec::new(),
            open: Cache::new(OPEN),
            settled: Cache::new(CONSIGNMENTS),
            waybills: Cache::new(WAYBILLS),
            arrivals: Cache::new(CONSIGNMENTS),
            claims: Cache::new(CLAIMS),
            records: Cache::new(CONSIGNMENTS),
            exports: Cache::new(WAYBILLS),
            recent: FxHashMap::default(),
            balances: FxHashMap::default(),
            counts: FxHashMap::default(),
            receipts: FxHashMap::default(),
            timers: BTreeMap::new(),
            fired: BTreeMap::new(),
            listed: BTreeMap::new(),
            recorded: BTreeMap::new(),
            exported: BTreeMap::new(),
            follows: BTreeMap::new(),
            undecided: BTreeSet::new(),
            filings: Vec::new(),
            certificates: Vec::new(),
            rulebooks: Vec::new(),
            seeds: Vec::new(),
            last: 0,
            forgotten: 0,
            last_time: Time(0),
        }
    }

    fn key(&mut self, entries: &mut Entries, hash: KeyHash, sequence: u64) {
        self.recent.insert(hash, (sequence, self.last));
        entries.keys.push((hash, sequence));
    }

    /// Advances by one committed row and says what the index shall learn.
    pub fn advance(&mut self, prepared: Prepared<'_>, index: &FromIndex<'_>, entries: &mut Entries) {
        let Prepared { sequence, time, row, listed } = prepared;
        self.last = sequence;
        self.last_time = time;
        entries.last = sequence;
        self.counted(sequence, row, index, entries);
        match row {
            Row::Message(message) => {
                let hash = self.hasher.message(&message.sender, &message.sha256);
                self.feed(sequence, &message.receipts, entries);
                // The first answer is for ever: later copies of the same bytes do not take its place.
                if !self.recent.contains_key(&hash) && !(index.known)(hash) {
                    self.key(entries, hash, sequence);
                }
            }
            Row::Filing(filing) => self.filings.push(filing.clone()),
            Row::Certificate(row) => self.certificates.push(row.clone()),
            Row::Rulebook(book) => self.rulebooks.push(book.clone()),
            Row::Seed(seed) => self.seeds.push(seed.clone()),
            Row::Event(event) => self.event(sequence, listed, event, index, entries),
            Row::Record(record) => self.record(sequence, record, index, entries),
        }
    }

    fn record(&mut self, sequence: u64, record: &Arc<Record>, index: &FromIndex<'_>, entries: &mut Entries) {
        for charge in &record.charges {
            self.balance(sequence, &charge.movement, index, entries);
        }
        let hash = self.hasher.record(&record.key);
        self.key(entries, hash, sequence);
        self.records.put(record.key.clone(), record.clone());
        self.recorded.insert(record.first.sequence, record.clone());
        let parties = record.parties.iter().map(|code| self.hasher.party(code)).collect();
        entries.recorded.push(Recorded {
            created: record.first.sequence,
            register: record.key.register as u8,
            state: record.state.clone(),
            sequence,
            parties,
        });
    }

    fn feed(&mut self, sequence: u64, receipts: &[Receipt], entries: &mut Entries) {
        for (number, receipt) in receipts.iter().enumerate() {
            let hash = self.hasher.recipient(&receipt.recipient);
            self.receipts.entry(hash).or_default().push((sequence, number as u16));
            entries.receipts.push((hash, sequence, number as u16));
        }
    }

    fn event(
        &mut self,
        sequence: u64,
        listed: Option<Listed>,
        event: &EventRow,
        index: &FromIndex<'_>,
        entries: &mut Entries,
    ) {
        match &event.event.cause {
            Cause::Follow(follow) => self.processed(follow),
            Cause::Timer(timer) => {
                let key = (timer.due, timer.order.clone(), timer.kind, timer.attempt);
                self.timers.remove(&key);
                self.fired.insert(key.clone(), sequence);
                entries.fired.push(key);
            }
            Cause::Document(_) | Cause::Action(_) | Cause::ExportAction(_) => {}
        }
        let Some(outcome) = &event.outcome else {
            if event.again.is_none() {
                self.undecided.insert(sequence);
            }
            return;
        };
        if let Some(first) = event.again {
            self.undecided.remove(&first.sequence);
            let hash = self.hasher.again(first.sequence);
            self.key(entries, hash, sequence);
        }
        self.feed(sequence, &outcome.receipts, entries);
        self.accounts(sequence, outcome, index, entries);
        if !outcome.follows.is_empty() {
            self.follows.entry(sequence).or_default().extend(outcome.follows.iter().cloned());
        }
        for (key, owner) in &outcome.claims {
            let hash = self.hasher.claim(key);
            self.key(entries, hash, if owner.is_some() { sequence } else { 0 });
            self.claims.put(key.clone(), owner.clone());
        }
        for record in &outcome.waybills {
            let hash = self.hasher.waybill(&record.key);
            self.key(entries, hash, sequence);
            self.waybills.put(record.key.clone(), record.clone());
        }
        if let Some(record) = &outcome.arrival {
            let hash = self.hasher.arrival(&record.key);
            self.key(entries, hash, sequence);
            self.arrivals.put(record.key.clone(), record.clone());
        }
        for state in &outcome.export.states {
            self.export(sequence, state, entries);
        }
        if let Some((consignment, listed)) = outcome.consignment.as_ref().zip(listed) {
            self.consignment(sequence, listed, consignment.clone(), entries);
        }
    }

    fn export(&mut self, sequence: u64, state: &ExportState, entries: &mut Entries) {
        let key = state.key();
        let hash = self.hasher.export(&key);
        self.key(entries, hash, sequence);
        if let ExportState::Trade(trade) = state {
            let before = self.exports.get(&key).and_then(ExportState::trade).cloned();
            let named =
                |(kind, attempt, due): &(TimerKind, u32, Time)| (*due, trade.key.as_pair(), *kind, *attempt);
            // One that was cleared and is no longer known here is found out when it is due.
            for key in before.iter().flat_map(|before| &before.timers).map(named) {
                self.timers.remove(&key);
            }
            for key in trade.timers.iter().map(named) {
                self.timers.insert(key, sequence);
            }
        }
        if let Some(line) = ExportLine::of(state) {
            self.exported.insert((line.list, line.first.sequence), (sequence, state.clone()));
            entries.recorded.push(Recorded {
                created: line.first.sequence,
                register: line.list,
                state: line.state,
                sequence,
                parties: line.parties.iter().map(|code| self.hasher.party(code)).collect(),
            });
        }
        self.exports.put(key, state.clone());
    }

    fn balance(&mut self, sequence: u64, movement: &Movement, index: &FromIndex<'_>, entries: &mut Entries) {
        let hash = self.hasher.account(&movement.account);
        let slot =
            self.balances.entry(movement.account.clone()).or_insert_with(|| ((index.balance)(hash), 0));
        if let Err(fault) = ledger::apply(&mut slot.0, movement) {
            panic!("row {sequence}: {fault}");
        }
        slot.1 = sequence;
        entries.balances.push((hash, movement.account.clone(), slot.0));
    }

    fn accounts(&mut self, sequence: u64, outcome: &Outcome, index: &FromIndex<'_>, entries: &mut Entries) {
        for movement in &outcome.movements {
            self.balance(sequence, movement, index, entries);
        }
    }

    fn counted(&mut self, sequence: u64, row: &Row, index: &FromIndex<'_>, entries: &mut Entries) {
        let Some((counted, now)) = row.counted() else { return };
        for raised in counted.iter() {
            let hash = self.hasher.count(&raised.key);
            let slot =
                self.counts.entry(raised.key.clone()).or_insert_with(|| (Arc::new((index.count)(hash)), 0));
            // Else it were copied for each of the rows of a commit.
            entries.counts.remove(&hash);
            Arc::make_mut(&mut slot.0).add(raised, now);
            slot.1 = sequence;
            entries.counts.insert(hash, slot.0.clone());
        }
    }

    fn consignment(
        &mut self,
        sequence: u64,
        listed: Listed,
        consignment: Arc<Consignment>,
        entries: &mut Entries,
    ) {
        let hash = self.hasher.order(&consignment.key);
        let before = self.open.get(&consignment.key).or_else(|| self.settled.get(&consignment.key)).cloned();
        let (old, new) = (before.as_ref().map_or(&[][..], |before| &before.timers), &consignment.timers);
        let named =
            |(kind, attempt, due): &(TimerKind, u32, Time)| (*due, consignment.key.clone(), *kind, *attempt);
        for timer in old.iter().filter(|timer| !new.contains(timer)) {
            // Cleared before the index learnt of it: gone without a trace. Else it stays there until it is due and the
            // consignment says that it no longer runs.
            self.timers.remove(&named(timer));
        }
        for timer in new.iter().filter(|timer| !old.contains(timer)) {
            self.timers.insert(named(timer), sequence);
        }
        self.retired.extend(before);
        self.key(entries, hash, sequence);
        self.listed.insert(sequence, (hash, listed.clone()));
        entries.listed.push((hash, listed));
        if consignment.is_settled() {
            self.open.remove(&consignment.key);
            self.settled.put(consignment.key.clone(), consignment);
        } else {
            self.settled.remove(&consignment.key);
            self.open.put(consignment.key.clone(), consignment);
        }
    }

    /// What was taken out since it was asked last.
    pub fn retire(&mut self) -> Retired {
        let mut retired = Retired::default();
        retired.all(std::mem::take(&mut self.retired));
        retired.all(self.open.let_go());
        retired.all(self.settled.let_go());
        retired.all(self.waybills.let_go());
        retired.all(self.arrivals.let_go());
        retired.all(self.claims.let_go());
        retired.all(self.records.let_go());
        retired.all(self.exports.let_go());
        retired
    }

    fn processed(&mut self, follow: &Follow) {
        let cause = follow.cause().sequence;
        if let Some(waiting) = self.follows.get_mut(&cause) {
            waiting.retain(|other| other != follow);
            if waiting.is_empty() {
                self.follows.remove(&cause);
            }
        }
    }

    /// Forgets what the index now covers; whoever asks lets go of it when memory is not locked any more.
    #[must_use = "it is let go of where nobody waits"]
    pub fn covered(&mut self, sequence: u64) -> Covered {
        self.forgotten = sequence;
        self.recent.retain(|_, (_, set)| *set > sequence);
        self.balances.retain(|_, (_, last)| *last > sequence);
        let counts = self.counts.extract_if(|_, (_, last)| *last <= sequence).collect();
        for receipts in self.receipts.values_mut() {
            receipts.retain(|(last, _)| *last > sequence);
        }
        self.receipts.retain(|_, receipts| !receipts.is_empty());
        self.timers.retain(|_, set| *set > sequence);
        self.fired.retain(|_, last| *last > sequence);
        let later = self.listed.split_off(&(sequence + 1));
        let listed = std::mem::replace(&mut self.listed, later);
        self.recorded.retain(|_, record| record.last.sequence > sequence);
        self.exported.retain(|_, (last, _)| *last > sequence);
        (counts, listed)
    }

    /// What waits because of rows up to this sequence: what later ones leave comes again when they are replayed.
    pub fn waiting_until(&self, sequence: u64) -> Waiting {
        Waiting {
            follows: self
                .follows
                .range(..=sequence)
                .flat_map(|(_, follows)| follows.iter().cloned())
                .collect(),
            undecided: self.undecided.range(..=sequence).copied().collect(),
        }
    }

    /// Timers that are not in the index yet, set at most at this sequence.
    pub fn timers_until(&self, sequence: u64) -> Vec<TimerKey> {
        self.timers.iter().filter(|(_, set)| **set <= sequence).map(|(key, _)| key.clone()).collect()
    }
}

/// The line of a consignment in lists, and whom it names.
fn listed_as(hasher: &Hasher, consignment: &Consignment, sequence: u64, time: Time) -> Listed {
    let position = Position { writer: 0, sequence };
    let parties = consignment.found_under().iter().map(|code| hasher.party(code)).collect();
    Listed { summary: Summary::of(consignment, position, time), parties }
}
