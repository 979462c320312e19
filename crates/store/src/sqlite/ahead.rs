//! What is done and not yet durable: the outcomes of the batches in the writer's hands. Only loading sees them, over
//! memory and index; they are dropped when memory has advanced over them.

use crate::Row;
use clearance::consignment::{ArrivalRecord, Consignment, WaybillRecord};
use clearance::export::{ExportKey, ExportState};
use clearance::facts::{CountKey, Facts};
use clearance::keys::{ArrivalKey, ClaimKey, OrderKey, Time, WaybillKey};
use clearance::record::{Charge, Record, RecordKey};
use clearance::windows::{Raised, Window};
use ledger::{Account, Balance, Movement};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// One batch.
#[derive(Default)]
struct Batch {
    last: u64,
    consignments: FxHashMap<OrderKey, Arc<Consignment>>,
    waybills: FxHashMap<WaybillKey, Arc<WaybillRecord>>,
    arrivals: FxHashMap<ArrivalKey, Arc<ArrivalRecord>>,
    /// None = given up.
    claims: FxHashMap<ClaimKey, Option<OrderKey>>,
    records: FxHashMap<RecordKey, Arc<Record>>,
    exports: FxHashMap<ExportKey, ExportState>,
    movements: FxHashMap<Account, Vec<Movement>>,
    counted: FxHashMap<CountKey, Vec<(Raised, Time)>>,
}

/// Batches, the newest last.
#[derive(Default)]
pub struct Ahead(VecDeque<Batch>);

impl Ahead {
    /// A batch was handed to the writer.
    pub fn put(&mut self, last: u64, rows: &[Row]) {
        let mut batch = Batch { last, ..Batch::default() };
        for row in rows {
            if let Some((counted, now)) = row.counted() {
                for raised in counted.iter() {
                    batch.counted.entry(raised.key.clone()).or_default().push((raised.clone(), now));
                }
            }
            if let Row::Record(record) = row {
                batch.records.insert(record.key.clone(), record.clone());
                for Charge { movement, .. } in &record.charges {
                    batch.movements.entry(movement.account.clone()).or_default().push(movement.clone());
                }
            }
            let Row::Event(event) = row else { continue };
            let Some(outcome) = event.outcome.as_deref() else { continue };
            if let Some(consignment) = &outcome.consignment {
                batch.consignments.insert(consignment.key.clone(), consignment.clone());
            }
            for waybill in &outcome.waybills {
                batch.waybills.insert(waybill.key.clone(), waybill.clone());
            }
            for (key, owner) in &outcome.claims {
                batch.claims.insert(key.clone(), owner.clone());
            }
            if let Some(arrival) = &outcome.arrival {
                batch.arrivals.insert(arrival.key.clone(), arrival.clone());
            }
            for state in &outcome.export.states {
                batch.exports.insert(state.key(), state.clone());
            }
            for movement in &outcome.movements {
                batch.movements.entry(movement.account.clone()).or_default().push(movement.clone());
            }
        }
        self.0.push_back(batch);
    }

    /// Memory has everything up to here.
    pub fn durable(&mut self, last: u64) {
        while self.0.front().is_some_and(|batch| batch.last <= last) {
            self.0.pop_front();
        }
    }

    fn newest<T>(&self, find: impl Fn(&Batch) -> Option<T>) -> Option<T> {
        self.0.iter().rev().find_map(find)
    }

    /// The consignment as it will be.
    pub fn consignment(&self, key: &OrderKey) -> Option<Arc<Consignment>> {
        self.newest(|batch| batch.consignments.get(key).cloned())
    }

    /// The waybill as it will be.
    pub fn waybill(&self, key: &WaybillKey) -> Option<Arc<WaybillRecord>> {
        self.newest(|batch| batch.waybills.get(key).cloned())
    }

    /// The arrival document as it will be.
    pub fn arrival(&self, key: &ArrivalKey) -> Option<Arc<ArrivalRecord>> {
        self.newest(|batch| batch.arrivals.get(key).cloned())
    }

    /// The record as it will be.
    pub fn record(&self, key: &RecordKey) -> Option<Arc<Record>> {
        self.newest(|batch| batch.records.get(key).cloned())
    }

    /// The state of exports as it will be.
    pub fn export(&self, key: &ExportKey) -> Option<ExportState> {
        self.newest(|batch| batch.exports.get(key).cloned())
    }

    /// Who will hold a claim, or that nobody will; none = nothing is known of it here.
    pub fn claim(&self, key: &ClaimKey) -> Option<Option<OrderKey>> {
        self.newest(|batch| batch.claims.get(key).cloned())
    }

    /// Whether anything is to be added to what memory knows up to a row.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what is ahead to the balances and counters that were asked for, which `facts` has as they were after the row
    /// `upto`.
    pub fn add(&self, upto: u64, mut accounts: Vec<Account>, mut counters: Vec<CountKey>, facts: &mut Facts) {
        // Each once, however often it was asked for.
        accounts.sort_unstable();
        accounts.dedup();
        for account in accounts {
            let known = facts.balances.remove(&account);
            if let Some(balance) = self.balance(&account, upto, known) {
                facts.balances.insert(account, balance);
            }
        }
        counters.sort_unstable();
        counters.dedup();
        for key in counters {
            let known = facts.counts.remove(&key);
            if let Some(counts) = self.count(&key, upto, known) {
                facts.counts.insert(key, counts);
            }
        }
    }

    /// None = it never moved.
    ///
    /// # Panics
    /// If a movement does not fit: it was judged on the balance that it moves.
    fn balance(&self, account: &Account, upto: u64, known: Option<Balance>) -> Option<Balance> {
        let mut balance = known;
        for batch in self.0.iter().filter(|batch| batch.last > upto) {
            for movement in batch.movements.get(account).into_iter().flatten() {
                if let Err(fault) = ledger::apply(balance.get_or_insert_default(), movement) {
                    panic!("a movement that was judged: {fault}");
                }
            }
        }
        balance
    }

    fn count(&self, key: &CountKey, upto: u64, known: Option<Arc<Window>>) -> Option<Arc<Window>> {
        let mut window = known;
        for batch in self.0.iter().filter(|batch| batch.last > upto) {
            for (raised, now) in batch.counted.get(key).into_iter().flatten() {
                Arc::make_mut(window.get_or_insert_default()).add(raised, *now);
            }
        }
        window
    }
}
