//! What a batch may know: `needs` names the keys, the store loads them, `decide` reads and moves its own copy so
//! that each event sees the outcomes before it.

use crate::consignment::{ArrivalRecord, Consignment, WaybillRecord};
use crate::decide::Reference;
use crate::event::{Cause, Event, Follow};
use crate::goods::FiledGoods;
use crate::keys::{ArrivalKey, ClaimKey, OrderKey, Position, Time, WaybillKey};
use crate::record::{Record, RecordKey};
use crate::standing::Standing;
use crate::{Text, validate};
use ceb::Document;
use ledger::{Account, Balance};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What windowed counts are kept of. The numbers are stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum CountKind {
    /// Declarations of one identity.
    Identity = 1,
    /// Declarations to one telephone.
    Telephone = 2,
    /// Declarations to one address.
    Address = 3,
}

impl CountKind {
    /// The kind of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Identity, Self::Telephone, Self::Address].into_iter().find(|kind| *kind as u8 == number)
    }
}

/// A counter: kind and keyed hash.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CountKey {
    /// Of what.
    pub kind: CountKind,
    /// Keyed hash, hexadecimal.
    pub owner: Text,
}

/// Counts per day, newest last, at most [`Counts::DAYS`] days.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// (day number since 1970 in China, count).
    pub days: Vec<(u32, u32)>,
}

impl Counts {
    /// Days that are kept.
    pub const DAYS: u32 = 31;
    /// One more on a day.
    pub fn add(&mut self, day: u32) {
        match self.days.iter_mut().find(|(d, _)| *d == day) {
            Some((_, count)) => *count += 1,
            None => {
                self.days.push((day, 1));
                self.days.sort_unstable();
            }
        }
        let newest = self.days.last().map_or(day, |(d, _)| *d);
        self.days.retain(|(d, _)| *d + Self::DAYS > newest);
    }
    /// How many in the last `window` days up to and with `day`.
    pub fn within(&self, day: u32, window: u32) -> u32 {
        self.days.iter().filter(|(d, _)| *d <= day && *d + window > day).map(|(_, count)| count).sum()
    }
}

/// Everything that a batch of events names, to be locked and loaded.
#[derive(Clone, Default, Debug)]
pub struct Keys {
    /// Consignments.
    pub orders: Vec<OrderKey>,
    /// Waybills.
    pub waybills: Vec<WaybillKey>,
    /// Claims.
    pub claims: Vec<ClaimKey>,
    /// Arrival documents.
    pub arrivals: Vec<ArrivalKey>,
    /// Accounts that a hold will be tried on.
    pub accounts: Vec<Account>,
    /// Windowed counts.
    pub counts: Vec<CountKey>,
    /// Records of registers.
    pub records: Vec<RecordKey>,
    /// Records that are only looked at, as they stand then: not locked, many may look at the same.
    pub looked_at: Vec<RecordKey>,
    /// Whether the batch moves the reference (parties, rulebooks, seed of the draw): no other is judged meanwhile.
    pub reference: bool,
}

/// A block of numbers leased to this writer: unique, gaps allowed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Numbers {
    /// The next serial.
    pub next: u64,
    /// One past the last serial of the block.
    pub end: u64,
}

impl Numbers {
    /// Takes the next serial.
    ///
    /// # Panics
    /// If the block is used up: the store leases enough for a batch.
    pub fn take(&mut self) -> u64 {
        assert!(self.next < self.end, "the writer leases enough numbers for a batch");
        let serial = self.next;
        self.next += 1;
        serial
    }
}

/// The loaded facts, and the working copy of a batch.
#[derive(Clone, Default, Debug)]
pub struct Facts {
    /// Consignments that exist.
    pub consignments: FxHashMap<OrderKey, Arc<Consignment>>,
    /// Waybills that exist.
    pub waybills: FxHashMap<WaybillKey, Arc<WaybillRecord>>,
    /// Claims that exist.
    pub claims: FxHashMap<ClaimKey, OrderKey>,
    /// Arrival documents that exist.
    pub arrivals: FxHashMap<ArrivalKey, Arc<ArrivalRecord>>,
    /// Records that exist.
    pub records: FxHashMap<RecordKey, Arc<Record>>,
    /// Filed goods by the id of their record.
    pub goods: FxHashMap<Text, FiledGoods>,
    /// Lists and grades of parties by the key of their record.
    pub standings: FxHashMap<RecordKey, Standing>,
    /// Balances; an account that never moved is absent.
    pub balances: FxHashMap<Account, Balance>,
    /// Windowed counts; absent = none.
    pub counts: FxHashMap<CountKey, Counts>,
    /// Serials for `preNo`, `invtNo`, `rkdNo`.
    pub numbers: Numbers,
    /// The newest commit time of the writer: this batch is later.
    pub last_time: Time,
    /// Where the next row is written.
    pub next: Position,
}

/// Adds what an event names to the keys of its batch. `now` chooses the year of the quota account, and with the rulebook of
/// `reference` whether goods are looked at.
pub fn needs(event: &Event, reference: &Reference, now: Time, keys: &mut Keys) {
    let now = event.recorded.unwrap_or(now);
    match &event.cause {
        Cause::Document(arrived) => needs_of_document(arrived, reference, now, keys),
        Cause::Follow(Follow::WaybillChanged { to, waybill, .. }) => {
            keys.orders.push(to.clone());
            keys.waybills.push(waybill.clone());
        }
        Cause::Follow(Follow::ClaimReleased { to, .. }) => keys.waybills.push(to.clone()),
        Cause::Timer(timer) => keys.orders.push(timer.order.clone()),
        Cause::Action(action) => keys.orders.push(action.order.clone()),
    }
}

fn needs_of_document(arrived: &crate::event::Arrived, reference: &Reference, now: Time, keys: &mut Keys) {
    match &*arrived.document {
        Document::Order(order) => {
            keys.orders.push(OrderKey::new(&order.head.ebp_code, &order.head.order_no));
            if let (Some(pay_code), Some(transaction)) =
                (&order.head.pay_code, &order.head.pay_transaction_id)
            {
                keys.claims.push(ClaimKey::payment(pay_code, transaction));
            }
        }
        Document::Payment(payment) => {
            keys.orders.push(OrderKey::new(&payment.ebp_code, &payment.order_no));
            keys.claims.push(ClaimKey::payment(&payment.pay_code, &payment.pay_transaction_id));
        }
        Document::Waybill(waybill) => {
            keys.waybills.push(WaybillKey::new(&waybill.logistics_code, &waybill.logistics_no));
        }
        Document::WaybillStatus(status) => {
            keys.waybills.push(WaybillKey::new(&status.logistics_code, &status.logistics_no));
        }
        Document::Declaration(declaration) => {
            let head = &declaration.head;
            keys.orders.push(OrderKey::new(&head.ebp_code, &head.order_no));
            keys.waybills.push(WaybillKey::new(&head.logistics_code, &head.logistics_no));
            if let Some(cop_no) = &head.cop_no {
                keys.claims.push(ClaimKey::Declaration(head.agent_code.trim().into(), cop_no.trim().into()));
            }
            keys.accounts.push(Account::quota(arrived.person.identity.clone(), now.day().year() as u16));
            keys.accounts.push(Account::guarantee(head.assure_code.trim().into()));
            keys.counts.extend(validate::counted(&arrived.person));
            let law = reference.current().parameters.on(now.day());
            crate::goods::needs(declaration, &law, &reference.parties, &mut keys.looked_at);
            let person = &arrived.person.identity;
            crate::guard::needs(person, declaration, &law, &reference.parties, &mut keys.looked_at);
            crate::standing::needs(declaration, &law, &reference.parties, &mut keys.looked_at);
        }
        Document::Cancellation(cancellation) => {
            keys.orders.push(OrderKey::new(&cancellation.ebp_code, &cancellation.order_no));
            keys.claims.push(ClaimKey::Entry(cancellation.invt_no.trim().into()));
            if let Some(cop_no) = &cancellation.cop_no {
                keys.claims.push(ClaimKey::Cancellation(
                    cancellation.agent_code.trim().into(),
                    cop_no.trim().into(),
                ));
            }
        }
        Document::Return(return_goods) => {
            let head = &return_goods.head;
            keys.orders.push(OrderKey::new(&head.ebp_code, &head.order_no));
            keys.claims.push(ClaimKey::Entry(head.invt_no.trim().into()));
            if let Some(cop_no) = &head.cop_no {
                keys.claims.push(ClaimKey::Return(head.agent_code.trim().into(), cop_no.trim().into()));
            }
        }
        Document::Arrival(arrival) => {
            let head = &arrival.head;
            keys.arrivals.push(ArrivalKey::new(&head.operator_code, head.cop_no.as_deref().unwrap_or("")));
            for line in &arrival.lines {
                keys.waybills.push(WaybillKey::new(&head.logistics_code, &line.logistics_no));
            }
        }
        // Receipts and tax bills are ours to send, not to receive; they are refused before they get here.
        _ => {}
    }
}
