//! Memory: what waits, what was touched lately, and what the index does not cover yet. Only ever a function of ledger
//! rows: it advances after a commit by the rows committed, live and on replay alike.

use super::index::{Entries, KeyHash, Listed};
use crate::rows::{EventRow, FilingRow, Row, RulebookRow, Summary};
use clearance::Text;
use clearance::consignment::{ArrivalRecord, Consignment, WaybillRecord};
use clearance::event::{Cause, Follow, TimerKind};
use clearance::facts::{CountKey, Counts};
use clearance::keys::{ArrivalKey, ClaimKey, OrderKey, Position, Time, WaybillKey};
use clearance::outcome::Outcome;
use ledger::{Account, Balance};
use ring::hmac;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::Arc;

/// Entries a cache keeps before its older half is dropped.
const CACHE: usize = 60_000;

/// A cache in two generations: what was not touched for a generation is dropped.
#[derive(Debug)]
pub struct Cache<K, V> {
    young: FxHashMap<K, V>,
    old: FxHashMap<K, V>,
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self { young: FxHashMap::default(), old: FxHashMap::default() }
    }
}

impl<K: Eq + Hash, V> Cache<K, V> {
    /// What is under a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }
    /// Puts a value.
    pub fn put(&mut self, key: K, value: V) {
        if self.young.len() >= CACHE {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
    /// Drops a key.
    pub fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}

/// Hashes of keys under the installation's lookup key.
#[derive(Clone)]
pub struct Hasher(hmac::Key);

impl Hasher {
    /// Under a key derived from the lookup key.
    pub fn new(lookup: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, lookup.as_bytes()))
    }
    fn hash(&self, kind: u8, parts: &[&str]) -> KeyHash {
        let mut bytes = Vec::with_capacity(96);
        bytes.push(kind);
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u32).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        let tag = hmac::sign(&self.0, &bytes);
        let mut word = [0u8; 8];
        word.copy_from_slice(tag.as_ref().get(..8).unwrap_or(&[0; 8]));
        KeyHash::from_be_bytes(word)
    }
    /// Of an order.
    pub fn order(&self, key: &OrderKey) -> KeyHash {
        self.hash(1, &[&key.platform, &key.order_no])
    }
    /// Of a waybill.
    pub fn waybill(&self, key: &WaybillKey) -> KeyHash {
        self.hash(2, &[&key.logistics, &key.logistics_no])
    }
    /// Of an arrival.
    pub fn arrival(&self, key: &ArrivalKey) -> KeyHash {
        self.hash(3, &[&key.operator, &key.cop_no])
    }
    /// Of a claim.
    pub fn claim(&self, key: &ClaimKey) -> KeyHash {
        match key {
            ClaimKey::Payment(one, other) => self.hash(4, &[one, other]),
            ClaimKey::Declaration(one, other) => self.hash(5, &[one, other]),
            ClaimKey::Cancellation(one, other) => self.hash(6, &[one, other]),
            ClaimKey::Return(one, other) => self.hash(7, &[one, other]),
            ClaimKey::Entry(one) => self.hash(8, &[one]),
        }
    }
    /// Of a message's bytes, by sender.
    pub fn message(&self, sender: &str, sha256: &[u8; 32]) -> KeyHash {
        let text: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        self.hash(9, &[sender, &text])
    }
    /// Of an exchange id.
    pub fn recipient(&self, id: &str) -> KeyHash {
        self.hash(10, &[id])
    }
    /// Of a party's code.
    pub fn party(&self, code: &str) -> KeyHash {
        self.hash(11, &[code])
    }
}

/// A filter of key hashes: what it does not know is not there. Sized once; over its size it asks the index more often.
#[derive(Debug)]
pub struct Filter {
    bits: Vec<u64>,
}

impl Filter {
    /// For about this many keys, at 12 bits each.
    pub fn for_keys(count: usize) -> Self {
        Self { bits: vec![0; (count.max(4_000_000) * 12 / 64).next_power_of_two()] }
    }
    fn places(&self, hash: KeyHash) -> [(usize, u64); 4] {
        let hash = hash as u64;
        let mask = self.bits.len() as u64 - 1;
        [0u32, 16, 32, 48].map(|turn| {
            let mixed = hash.rotate_left(turn).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            (((mixed >> 16) & mask) as usize, 1u64 << (mixed & 63))
        })
    }
    /// Adds a key.
    pub fn add(&mut self, hash: KeyHash) {
        for (word, bit) in self.places(hash) {
            self.bits[word] |= bit;
        }
    }
    /// Whether a key may be there.
    pub fn may_have(&self, hash: KeyHash) -> bool {
        self.places(hash).into_iter().all(|(word, bit)| self.bits[word] & bit != 0)
    }
}

/// A timer's name in memory, ordered by when it is due.
pub type TimerKey = (Time, OrderKey, TimerKind, u32);

/// See the head of this file.
pub struct Memory {
    /// Hashes.
    pub hasher: Hasher,
    /// Consignments without a final verdict.
    pub open: FxHashMap<OrderKey, Arc<Consignment>>,
    /// Settled ones touched lately.
    pub settled: Cache<OrderKey, Arc<Consignment>>,
    /// Waybills touched lately.
    pub waybills: Cache<WaybillKey, Arc<WaybillRecord>>,
    /// Arrival documents touched lately.
    pub arrivals: Cache<ArrivalKey, Arc<ArrivalRecord>>,
    /// Claims touched lately.
    pub claims: Cache<ClaimKey, Option<OrderKey>>,
    /// Key → last sequence (0 = gone) and the sequence that set it, where the index is behind.
    pub recent: FxHashMap<KeyHash, (u64, u64)>,
    /// Balances with the sequence that moved them last, where the index is behind.
    pub balances: FxHashMap<Account, (Balance, u64)>,
    /// Counters, where the index is behind.
    pub counts: FxHashMap<CountKey, (Counts, u64)>,
    /// Receipts, where the index is behind.
    pub receipts: FxHashMap<KeyHash, Vec<(u64, u16)>>,
    /// Timers, where the index is behind.
    pub timers: BTreeMap<TimerKey, u64>,
    /// Lines of lists, where the index is behind.
    pub listed: BTreeMap<u64, (KeyHash, Listed)>,
    /// Follows that wait, by the sequence of their cause.
    pub follows: BTreeMap<u64, Vec<Follow>>,
    /// Filings.
    pub filings: Vec<FilingRow>,
    /// Rulebooks.
    pub rulebooks: Vec<RulebookRow>,
    /// Keys that may exist.
    pub filter: Filter,
    /// Last sequence.
    pub last: u64,
    /// Last commit time.
    pub last_time: Time,
}

/// Balance and counter as the index has them, for those that memory does not.
pub type FromIndex<'a> = (&'a dyn Fn(&Account) -> Balance, &'a dyn Fn(&CountKey) -> Counts);

impl Memory {
    /// Empty memory.
    pub fn new(hasher: Hasher, filter: Filter) -> Self {
        Self {
            hasher,
            open: FxHashMap::default(),
            settled: Cache::default(),
            waybills: Cache::default(),
            arrivals: Cache::default(),
            claims: Cache::default(),
            recent: FxHashMap::default(),
            balances: FxHashMap::default(),
            counts: FxHashMap::default(),
            receipts: FxHashMap::default(),
            timers: BTreeMap::new(),
            listed: BTreeMap::new(),
            follows: BTreeMap::new(),
            filings: Vec::new(),
            rulebooks: Vec::new(),
            filter,
            last: 0,
            last_time: Time(0),
        }
    }

    fn key(&mut self, entries: &mut Entries, hash: KeyHash, sequence: u64) {
        self.recent.insert(hash, (sequence, self.last));
        if sequence != 0 {
            self.filter.add(hash);
        }
        entries.keys.push((hash, sequence));
    }

    /// Advances by one committed row and says what the index shall learn.
    pub fn advance(
        &mut self,
        sequence: u64,
        time: Time,
        row: Row,
        index: &FromIndex<'_>,
        entries: &mut Entries,
    ) {
        self.last = sequence;
        self.last_time = time;
        entries.last = sequence;
        match row {
            Row::Message(message) => {
                let hash = self.hasher.message(&message.sender, &message.sha256);
                self.feed(
                    sequence,
                    &message.receipts.iter().map(|receipt| receipt.recipient.clone()).collect::<Vec<_>>(),
                    entries,
                );
                // The first answer is for ever: later copies of the same bytes do not take its place.
                if !self.recent.contains_key(&hash) && !self.filter.may_have(hash) {
                    self.key(entries, hash, sequence);
                }
            }
            Row::Filing(filing) => self.filings.push(filing),
            Row::Rulebook(book) => self.rulebooks.push(book),
            Row::Event(event) => self.event(sequence, time, *event, index, entries),
        }
    }

    fn feed(&mut self, sequence: u64, recipients: &[Text], entries: &mut Entries) {
        for (number, recipient) in recipients.iter().enumerate() {
            let hash = self.hasher.recipient(recipient);
            self.receipts.entry(hash).or_default().push((sequence, number as u16));
            entries.receipts.push((hash, sequence, number as u16));
        }
    }

    fn event(
        &mut self,
        sequence: u64,
        time: Time,
        event: EventRow,
        index: &FromIndex<'_>,
        entries: &mut Entries,
    ) {
        match &event.event.cause {
            Cause::Follow(follow) => self.processed(follow),
            Cause::Timer(timer) => {
                let key = (timer.due, timer.order.clone(), timer.kind, timer.attempt);
                self.timers.remove(&key);
                entries.fired.push(key);
            }
            Cause::Document(_) | Cause::Action(_) => {}
        }
        let Some(outcome) = event.outcome else { return };
        let mut outcome = *outcome;
        self.feed(
            sequence,
            &outcome.receipts.iter().map(|receipt| receipt.recipient.clone()).collect::<Vec<_>>(),
            entries,
        );
        self.accounts(sequence, &outcome, time, index, entries);
        if !outcome.follows.is_empty() {
            self.follows.entry(sequence).or_default().append(&mut outcome.follows);
        }
        for (key, owner) in outcome.claims {
            let hash = self.hasher.claim(&key);
            self.key(entries, hash, if owner.is_some() { sequence } else { 0 });
            self.claims.put(key, owner);
        }
        for record in outcome.waybills {
            let hash = self.hasher.waybill(&record.key);
            self.key(entries, hash, sequence);
            self.waybills.put(record.key.clone(), Arc::new(record));
        }
        if let Some(record) = outcome.arrival {
            let hash = self.hasher.arrival(&record.key);
            self.key(entries, hash, sequence);
            self.arrivals.put(record.key.clone(), Arc::new(*record));
        }
        if let Some(consignment) = outcome.consignment {
            self.consignment(sequence, time, Arc::new(*consignment), entries);
        }
    }

    fn accounts(
        &mut self,
        sequence: u64,
        outcome: &Outcome,
        time: Time,
        index: &FromIndex<'_>,
        entries: &mut Entries,
    ) {
        for movement in &outcome.movements {
            let slot = self
                .balances
                .entry(movement.account.clone())
                .or_insert_with(|| (index.0(&movement.account), 0));
            if let Err(fault) = ledger::apply(&mut slot.0, movement) {
                panic!("row {sequence}: {fault}");
            }
            slot.1 = sequence;
            entries.balances.push((movement.account.clone(), slot.0));
        }
        for key in &outcome.counted {
            let slot = self.counts.entry(key.clone()).or_insert_with(|| (index.1(key), 0));
            slot.0.add(time.day_number());
            slot.1 = sequence;
            entries.counts.push((key.clone(), slot.0.clone()));
        }
    }

    fn consignment(
        &mut self,
        sequence: u64,
        time: Time,
        consignment: Arc<Consignment>,
        entries: &mut Entries,
    ) {
        let hash = self.hasher.order(&consignment.key);
        let before = self.open.get(&consignment.key).or_else(|| self.settled.get(&consignment.key)).cloned();
        let named =
            |(kind, attempt, due): &(TimerKind, u32, Time)| (*due, consignment.key.clone(), *kind, *attempt);
        let old: Vec<TimerKey> = before.iter().flat_map(|before| &before.timers).map(named).collect();
        let new: Vec<TimerKey> = consignment.timers.iter().map(named).collect();
        for key in old.iter().filter(|key| !new.contains(key)) {
            // Cleared before the index learnt of it: gone without a trace. Else it stays there until it is due and the
            // consignment says that it no longer runs.
            self.timers.remove(key);
        }
        for key in new.into_iter().filter(|key| !old.contains(key)) {
            self.timers.insert(key, sequence);
        }
        self.key(entries, hash, sequence);
        let listed = listed(&self.hasher, &consignment, sequence, time);
        self.listed.insert(sequence, (hash, listed.clone()));
        entries.listed.push((hash, listed));
        if consignment.is_settled() {
            self.open.remove(&consignment.key);
            self.settled.put(consignment.key.clone(), consignment);
            entries.open.push((hash, None));
        } else {
            self.settled.remove(&consignment.key);
            self.open.insert(consignment.key.clone(), consignment);
            entries.open.push((hash, Some(sequence)));
        }
    }

    fn processed(&mut self, follow: &Follow) {
        let cause = match follow {
            Follow::WaybillChanged { cause, .. } | Follow::ClaimReleased { cause, .. } => cause.sequence,
        };
        if let Some(waiting) = self.follows.get_mut(&cause) {
            waiting.retain(|other| other != follow);
            if waiting.is_empty() {
                self.follows.remove(&cause);
            }
        }
    }

    /// Forgets what the index now covers.
    pub fn covered(&mut self, sequence: u64) {
        self.recent.retain(|_, (_, set)| *set > sequence);
        self.balances.retain(|_, (_, last)| *last > sequence);
        self.counts.retain(|_, (_, last)| *last > sequence);
        for receipts in self.receipts.values_mut() {
            receipts.retain(|(last, _)| *last > sequence);
        }
        self.receipts.retain(|_, receipts| !receipts.is_empty());
        self.timers.retain(|_, set| *set > sequence);
        self.listed = self.listed.split_off(&(sequence + 1));
    }

    /// Timers that are not in the index yet, set at most at this sequence.
    pub fn timers_until(&self, sequence: u64) -> Vec<TimerKey> {
        self.timers.iter().filter(|(_, set)| **set <= sequence).map(|(key, _)| key.clone()).collect()
    }
}

/// The line of a consignment in lists, and whom it names.
fn listed(hasher: &Hasher, consignment: &Consignment, sequence: u64, time: Time) -> Listed {
    let mut codes: Vec<Text> = vec![consignment.key.platform.clone()];
    for filed in [
        consignment.order.as_ref(),
        consignment.payment.as_ref(),
        consignment.attempt.as_ref().map(|attempt| &attempt.declaration),
    ] {
        match filed.map(|filed| &*filed.document) {
            Some(ceb::Document::Order(order)) => codes.push(order.head.ebc_code.clone()),
            Some(ceb::Document::Payment(payment)) => codes.push(payment.pay_code.clone()),
            Some(ceb::Document::Declaration(declaration)) => {
                let head = &declaration.head;
                codes.extend([
                    head.ebc_code.clone(),
                    head.logistics_code.clone(),
                    head.agent_code.clone(),
                    head.assure_code.clone(),
                ]);
            }
            _ => {}
        }
    }
    codes.sort_unstable();
    codes.dedup();
    let attempt = consignment.attempt.as_ref();
    let customs_code = match attempt.map(|attempt| &*attempt.declaration.document) {
        Some(ceb::Document::Declaration(declaration)) => declaration.head.customs_code.clone(),
        _ => Text::default(),
    };
    Listed {
        summary: Summary {
            order: consignment.key.clone(),
            state: attempt.map_or(0, |attempt| attempt.state.number()),
            invt_no: attempt.and_then(|attempt| attempt.invt_no.clone()),
            customs_code,
            position: Position { writer: 0, sequence },
            time,
            lane: attempt.and_then(|attempt| attempt.lane).map_or(0, |lane| lane as u8),
        },
        parties: codes.iter().map(|code| hasher.party(code.trim())).collect(),
    }
}
