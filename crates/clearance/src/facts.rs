//! What a batch may know: `needs` names the keys, the store loads them, `decide` reads and moves its own copy so
//! that each event sees the outcomes before it.

use crate::Text;
use crate::bonded;
use crate::consignment::{ArrivalRecord, Consignment, WaybillRecord};
use crate::decide::Reference;
use crate::event::{ActionKind, Cause, Event, Follow};
use crate::export::{ClosedPeriod, ExportKey, ExportState, ExportTradeKey};
use crate::goods::FiledGoods;
use crate::keys::{ArrivalKey, ClaimKey, OrderKey, Position, Time, WaybillKey};
use crate::place::Place;
use crate::recognition::Report;
use crate::record::{Record, RecordKey};
use crate::score::Score;
use crate::standing::{Named, Standing};
use crate::windows::{self, Window, Windowed};
use ceb::Document;
use ledger::{Account, Balance};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What windows are kept of. The numbers are stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum CountKind {
    /// Declarations of one identity.
    Identity = 1,
    /// Declarations to one telephone.
    Telephone = 2,
    /// Declarations to one address, however it is written.
    Address = 3,
    /// Declarations of one merchant.
    Seller = 4,
    /// Lines of one sort of goods: HS code to eight digits and name.
    Goods = 5,
    /// Lines of one sort of goods of one merchant.
    SellerGoods = 6,
    /// Lines of one sort of goods to one address.
    AddressGoods = 7,
    /// Declarations of one merchant that weigh the same to the gram.
    SellerWeight = 8,
    /// Declarations with one waybill number.
    Waybill = 9,
    /// Parcels of post and express to one identity. Declarations read it and never raise it.
    ParcelIdentity = 10,
    /// Parcels to one telephone, likewise.
    ParcelTelephone = 11,
    /// Parcels to one address, likewise.
    ParcelAddress = 12,
    /// Parcels of one firm that sends, by its name in one writing, likewise.
    ParcelConsignor = 13,
    /// Declarations and parcels of one identity together: no window of its own, the sum of two.
    LinkedIdentity = 14,
    /// Declarations and parcels to one telephone together.
    LinkedTelephone = 15,
    /// Declarations and parcels to one address together.
    LinkedAddress = 16,
    /// Lists of exports of one merchant.
    ExportSeller = 17,
    /// Lines of one sort of goods that one merchant sells abroad.
    ExportSellerGoods = 18,
    /// The score that a model gave a declaration, or a list of exports: no window, kept among what a judgement read of them ([`crate::score`]).
    Score = 19,
    /// Lines of one sort of goods that are sold abroad, of whomever.
    ExportGoods = 20,
    /// Lists of exports with one waybill number, whichever carrier is named.
    ExportWaybill = 21,
    /// What came in of the goods that a merchant sells abroad: no window of its own, lists of exports read that of
    /// [`Self::SellerGoods`] in it.
    ImportSellerGoods = 22,
    /// Declarations of merchants of one name in one writing: what a firm that sends parcels is known by.
    SellerName = 23,
    /// Those and parcels of the firm together.
    LinkedConsignor = 24,
    /// Orders under one device that their platform reports. What it says when an order comes is kept with the order.
    Device = 25,
}

impl CountKind {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 25] = [
        Self::Identity,
        Self::Telephone,
        Self::Address,
        Self::Seller,
        Self::Goods,
        Self::SellerGoods,
        Self::AddressGoods,
        Self::SellerWeight,
        Self::Waybill,
        Self::ParcelIdentity,
        Self::ParcelTelephone,
        Self::ParcelAddress,
        Self::ParcelConsignor,
        Self::LinkedIdentity,
        Self::LinkedTelephone,
        Self::LinkedAddress,
        Self::ExportSeller,
        Self::ExportSellerGoods,
        Self::Score,
        Self::ExportGoods,
        Self::ExportWaybill,
        Self::ImportSellerGoods,
        Self::SellerName,
        Self::LinkedConsignor,
        Self::Device,
    ];
    /// The kind of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
    /// Its word in the names of facts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Telephone => "telephone",
            Self::Address => "address",
            Self::Seller => "seller",
            Self::Goods => "goods",
            Self::SellerGoods => "seller_goods",
            Self::AddressGoods => "address_goods",
            Self::SellerWeight => "seller_weight",
            Self::Waybill => "waybill",
            Self::ParcelIdentity => "parcel_identity",
            Self::ParcelTelephone => "parcel_telephone",
            Self::ParcelAddress => "parcel_address",
            Self::ParcelConsignor => "parcel_consignor",
            Self::LinkedIdentity => "linked_identity",
            Self::LinkedTelephone => "linked_telephone",
            Self::LinkedAddress => "linked_address",
            Self::Score => "risk_score",
            Self::ExportSeller => "export_seller",
            Self::ExportSellerGoods => "export_seller_goods",
            Self::ExportGoods => "export_goods",
            Self::ExportWaybill => "export_waybill",
            Self::ImportSellerGoods => "import_seller_goods",
            Self::SellerName => "seller_name",
            Self::LinkedConsignor => "linked_consignor",
            Self::Device => "device",
        }
    }
    /// Whether it is of parcels alone: a declaration is not counted in it.
    pub fn is_of_parcels(self) -> bool {
        matches!(
            self,
            Self::ParcelIdentity | Self::ParcelTelephone | Self::ParcelAddress | Self::ParcelConsignor
        )
    }
    /// Whether the list that reads it is not counted in it, so that it may say nothing.
    pub fn leaves_out_the_list(self) -> bool {
        self.is_of_parcels() || self == Self::ImportSellerGoods
    }
    /// Whether lists of exports look at it, and imports do not: each looks at its own alone.
    pub fn is_of_exports(self) -> bool {
        matches!(
            self,
            Self::ExportSeller
                | Self::ExportSellerGoods
                | Self::ExportGoods
                | Self::ExportWaybill
                | Self::ImportSellerGoods
        )
    }
    /// Whether declarations and parcels are added up in it: no window of its own.
    pub fn is_sum(self) -> bool {
        matches!(
            self,
            Self::LinkedIdentity | Self::LinkedTelephone | Self::LinkedAddress | Self::LinkedConsignor
        )
    }
    /// Whether its facts are of one line, not of the whole list.
    pub fn is_of_line(self) -> bool {
        matches!(
            self,
            Self::Goods
                | Self::SellerGoods
                | Self::AddressGoods
                | Self::ExportSellerGoods
                | Self::ExportGoods
                | Self::ImportSellerGoods
        )
    }
}

/// Whose window: kind, and keyed hash, digest or code.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CountKey {
    /// Of what.
    pub kind: CountKind,
    /// Keyed hash of a person, code of a merchant, digest of the rest.
    pub owner: Text,
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
    /// Windows: read as they stand, not locked.
    pub counts: Vec<CountKey>,
    /// Records of registers.
    pub records: Vec<RecordKey>,
    /// Records that are only looked at, as they stand then: not locked, many may look at the same.
    pub looked_at: Vec<RecordKey>,
    /// States of exports.
    pub exports: Vec<ExportKey>,
    /// Export lists that were closed within a period: the store names them, then their keys are as if they stood above.
    pub closed: Vec<ClosedPeriod>,
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
    /// States of exports that exist.
    pub exports: FxHashMap<ExportKey, ExportState>,
    /// Records that exist.
    pub records: FxHashMap<RecordKey, Arc<Record>>,
    /// Filed goods by the id of their record.
    pub goods: FxHashMap<Text, FiledGoods>,
    /// Lists and grades of parties by the key of their record.
    pub standings: FxHashMap<RecordKey, Standing>,
    /// Reports of inspections by the key of their record.
    pub reports: FxHashMap<RecordKey, Report>,
    /// What supervision codes of sites say, by the key of their record.
    pub places: FxHashMap<RecordKey, Place>,
    /// Bonded books and their stocks; of a list's earlier documents nothing is needed.
    pub bonded: book::Facts,
    /// Balances; an account that never moved is absent.
    pub balances: FxHashMap<Account, Balance>,
    /// Windows; absent = nothing in them.
    pub counts: FxHashMap<CountKey, Arc<Window>>,
    /// What a decision that is made again says that it read of windows, where others moved them meanwhile.
    pub told: Vec<Windowed>,
    /// Scores that a model gave declarations of the batch, by the fingerprint of the document.
    pub scores: FxHashMap<[u8; 16], Score>,
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
        Cause::Follow(Follow::BookedGoods(goods)) => {
            let (to, by) = (&goods.to, &goods.by);
            for line in &goods.lines {
                let stock = book::StockKey { book: to.clone(), item: line.item.clone() };
                keys.records.push(bonded::stock_key(&stock));
            }
            // Goods that come back wait under their document until somebody resolves it.
            if by.kind == book::DocumentKind::Return {
                keys.records.push(bonded::document_key(to, by));
            }
        }
        Cause::Follow(Follow::Export(follow)) => crate::decide::export::needs_of_follow(follow, keys),
        Cause::Timer(timer) if timer.kind.is_of_exports() => {
            keys.exports.push(ExportKey::Trade(ExportTradeKey::of_pair(&timer.order)));
        }
        Cause::Timer(timer) => keys.orders.push(timer.order.clone()),
        Cause::Action(action) => {
            keys.orders.push(action.order.clone());
            match &action.kind {
                ActionKind::Recognised(recognised) => keys.looked_at.push(recognised.key()),
                ActionKind::ReceiveReturnAt(received) => bonded::needs_across(received, &mut keys.records),
                _ => {}
            }
        }
        Cause::ExportAction(action) => {
            keys.exports.push(ExportKey::Trade(ExportTradeKey::of_pair(&action.order)));
            if let ActionKind::Recognised(recognised) = &action.kind {
                keys.looked_at.push(recognised.key());
            }
        }
    }
}

fn needs_of_document(arrived: &crate::event::Arrived, reference: &Reference, now: Time, keys: &mut Keys) {
    match &*arrived.document {
        Document::Order(order) => {
            keys.orders.push(OrderKey::new(&order.head.ebp_code, &order.head.order_no));
            let risk = &reference.current().risk;
            keys.counts.extend(windows::keys(arrived, |kind| risk.reads(kind)));
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
            let risk = &reference.current().risk;
            keys.counts.extend(windows::keys(arrived, |kind| risk.reads(kind)));
            let law = reference.current().parameters.on(now.day());
            crate::goods::needs(declaration, &law, &reference.parties, &mut keys.looked_at);
            let person = &arrived.person.identity;
            crate::guard::needs(person, declaration, &law, &reference.parties, &mut keys.looked_at);
            crate::standing::needs(declaration, &law, &reference.parties, &mut keys.looked_at);
            crate::place::needs(head.loct_no.as_ref(), &law, &mut keys.looked_at);
            bonded::needs(declaration, &reference.parties, now.day(), &mut keys.records);
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
            if head.app_status == "2" {
                credit_of(Named::in_return(return_goods), reference, now, keys);
            }
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
        // Those of exports; receipts and tax bills are ours to send, not to receive, and refused before they get here.
        other => {
            if let Document::ExportDeclaration(declaration) = other
                && declaration.head.app_status == "2"
            {
                credit_of(Named::in_export(declaration), reference, now, keys);
                let law = reference.current().parameters.on(now.day());
                crate::place::needs(declaration.head.loct_no.as_ref(), &law, &mut keys.looked_at);
                let parties = &reference.parties;
                bonded::needs_of_export(declaration, parties, now.day(), &mut keys.records);
                if law.export_looks == 1 {
                    let risk = &reference.current().risk;
                    keys.counts.extend(windows::exported::keys(declaration, |kind| risk.reads(kind)));
                }
            }
            let law = || reference.current().parameters.on(now.day());
            crate::decide::export::needs_of_document(other, law, keys);
        }
    }
}

/// The standings of those whom a document names.
fn credit_of(named: Named<'_>, reference: &Reference, now: Time, keys: &mut Keys) {
    let law = reference.current().parameters.on(now.day());
    crate::standing::needs_of_terms(named, &law, &reference.parties, &mut keys.looked_at);
}
