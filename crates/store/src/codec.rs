//! Rows as bytes: an explicit codec, each field named in the order in which it is written. A payload begins with its
//! kind and format number; every released format keeps its reader and a stored fixture. Damaged bytes are an error,
//! never a panic. Documents inside a state are named by position only; [`hydrate`] puts them back.

use crate::rows::{CertificateRow, EventRow, FilingRow, MessageRow, Original, Row, RulebookRow, SeedRow};
use ceb::{Day, Decimal, Defect, DefectRule, Document, Kind, Stamp};
use clearance::bonded::BondedRead;
use clearance::consignment::{
    ArrivalMark, ArrivalRecord, Attempt, Bill, CancellationFile, Carriage, Consignment, CreditStanding,
    DecideBy, Drawn, Filed, Lane, ObeyedMeasure, Remark, ReturnFile, ReturnState, ReturnedLine, RiskHit,
    Seen, State, WaybillRecord,
};
use clearance::device::Device;
use clearance::event::{
    ActionKind, Arrived, Cause, Event, Follow, OfficerAction, Person, ReceivedAt, SignatureFact, Timer,
    TimerKind,
};
use clearance::export::ExportOutcome;
use clearance::facts::{CountKey, CountKind};
use clearance::finding::{Field, Finding};
use clearance::goods::RecordRead;
use clearance::inspection::{Found, Inspection, JointInspection, Measure};
use clearance::keys::{ArrivalKey, ClaimKey, OrderKey, Position, Time, WaybillKey};
use clearance::outcome::{Answer, Draw, DrawTerms, FactsRead, Outcome, Receipt};
use clearance::party::{Certificate, CreditGrade, Entrusted, Filing, Revocation, Role, Service};
use clearance::recognition::Recognised;
use clearance::record::{Actor, Charge, Record, RecordKey, Register};
use clearance::risk::{DrawPeriod, SamplingSeed};
use clearance::rulebook::Rate;
use clearance::tax::{Assessment, Basis, LineAssessment};
use clearance::windows::{Measure as Measured, Raised, Span, WindowValue, Windowed};
use clearance::{Reason, Text};
use ledger::{Account, AccountKind, Balance, Hold, HoldState, Movement, MovementKind};
use std::sync::Arc;

/// Row kinds, stored for ever. Below 16 belong to the ledger files themselves.
pub mod kind {
    /// A message.
    pub const MESSAGE: u8 = 16;
    /// An event with its outcome.
    pub const EVENT: u8 = 17;
    /// A filing.
    pub const FILING: u8 = 18;
    /// A published rulebook.
    pub const RULEBOOK: u8 = 19;
    /// A seed of the sampling draw.
    pub const SEED: u8 = 20;
    /// A record of a register.
    pub const RECORD: u8 = 21;
    /// A certificate of a party.
    pub const CERTIFICATE: u8 = 22;
}

/// The format that is written. 2 added the serial and the draw to the facts read, and the row an event decides again;
/// 3 keeps receipts as their fields, no longer as XML; 4 keeps the algorithm of a signature and those of a filing; 5 added
/// the records that were looked at, and the services of a filing; 6 what followed from the credit of those whom a list names;
/// 7 sums, different ones and medians beside counts of windows; 8 the draw that a consignment keeps, what its share is made of,
/// the period of a seed, and the inspection in which two look; 9 what lists take of bonded books, and what moves there; 10 the
/// states of exports; 11 the measures of credit that a list obeyed, until when a return is decided, and which lots a recall stops;
/// 12 for whom a filed party acts, and who acts for it; 13 the device of an order, and what its window said.
const FORMAT: u8 = 13;
/// The oldest format that is read.
const OLDEST: u8 = 1;

/// What is wrong with stored bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damage(pub &'static str);

/// Stored bytes being read.
pub struct Bytes<'a> {
    left: &'a [u8],
    format: u8,
}

impl<'a> Bytes<'a> {
    /// Over stored bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes, format: FORMAT }
    }
    fn take(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let (head, tail) = self.left.split_at_checked(count).ok_or(Damage("cut short"))?;
        self.left = tail;
        Ok(head)
    }
    fn byte(&mut self) -> Result<u8, Damage> {
        Ok(self.take(1)?.first().copied().unwrap_or(0))
    }
    /// The length of a list. Each item has at least one byte: a wrong one cannot reserve more than the row.
    fn length(&mut self) -> Result<usize, Damage> {
        let count = usize::try_from(self.varint()?).map_err(|_| Damage("length"))?;
        if count > self.left.len() { Err(Damage("list longer than its row")) } else { Ok(count) }
    }
    fn varint(&mut self) -> Result<u64, Damage> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Damage("number too long"))
    }
}

/// Something with a stored form.
trait Stored: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage>;
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

macro_rules! unsigned {
    ($($type:ty),*) => { $( impl Stored for $type {
        fn put(&self, out: &mut Vec<u8>) { put_varint(u64::from(*self), out); }
        fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
            <$type>::try_from(bytes.varint()?).map_err(|_| Damage("number out of range"))
        }
    } )* };
}
unsigned!(u8, u16, u32, u64);

impl Stored for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(((*self << 1) ^ (*self >> 63)) as u64, out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let value = bytes.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

impl Stored for i32 {
    fn put(&self, out: &mut Vec<u8>) {
        i64::from(*self).put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Self::try_from(i64::get(bytes)?).map_err(|_| Damage("number out of range"))
    }
}

impl Stored for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        match bytes.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Damage("neither true nor false")),
        }
    }
}

impl Stored for Decimal {
    fn put(&self, out: &mut Vec<u8>) {
        match i64::try_from(self.units()) {
            Ok(units) => {
                out.push(0);
                units.put(out);
            }
            Err(_) => {
                out.push(1);
                out.extend_from_slice(&self.units().to_be_bytes());
            }
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        match bytes.byte()? {
            0 => Ok(Self::from_units(i64::get(bytes)?.into())),
            1 => {
                let mut units = [0u8; 16];
                units.copy_from_slice(bytes.take(16)?);
                Ok(Self::from_units(i128::from_be_bytes(units)))
            }
            _ => Err(Damage("decimal form")),
        }
    }
}

impl Stored for Text {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(self.len() as u64, out);
        out.extend_from_slice(self.as_bytes());
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let length = usize::try_from(bytes.varint()?).map_err(|_| Damage("length"))?;
        Text::from_utf8(bytes.take(length)?).map_err(|_| Damage("not UTF-8"))
    }
}

impl Stored for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(self.len() as u64, out);
        out.extend_from_slice(self.as_bytes());
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(Text::get(bytes)?.to_string())
    }
}

impl Stored for Vec<u8> {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(self.len() as u64, out);
        out.extend_from_slice(self);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let length = usize::try_from(bytes.varint()?).map_err(|_| Damage("length"))?;
        Ok(bytes.take(length)?.to_vec())
    }
}

impl Stored for bytes::Bytes {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(self.len() as u64, out);
        out.extend_from_slice(self);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Vec::<u8>::get(bytes).map(Self::from)
    }
}

impl<T: Stored> Stored for Arc<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        T::get(bytes).map(Arc::new)
    }
}

impl<const N: usize> Stored for [u8; N] {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let mut array = [0u8; N];
        array.copy_from_slice(bytes.take(N)?);
        Ok(array)
    }
}

impl<T: Stored> Stored for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            None => out.push(0),
            Some(value) => {
                out.push(1);
                value.put(out);
            }
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        if bool::get(bytes)? { Ok(Some(T::get(bytes)?)) } else { Ok(None) }
    }
}

impl<T: Stored> Stored for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        T::get(bytes).map(Box::new)
    }
}

/// A list: its length, then its items. Bytes have their own form above.
fn put_list<T: Stored>(items: &[T], out: &mut Vec<u8>) {
    put_varint(items.len() as u64, out);
    for item in items {
        item.put(out);
    }
}

fn get_list<T: Stored>(bytes: &mut Bytes<'_>) -> Result<Vec<T>, Damage> {
    let count = bytes.length()?;
    (0..count).map(|_| T::get(bytes)).collect()
}

macro_rules! lists {
    ($($type:ty),*) => { $( impl Stored for Vec<$type> {
        fn put(&self, out: &mut Vec<u8>) { put_list(self, out); }
        fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> { get_list(bytes) }
    } )* };
}
lists!(
    Text,
    bytes::Bytes,
    (Text, String),
    (Text, Text),
    Finding,
    RecordRead,
    Found,
    Service,
    Entrusted,
    Field,
    RiskHit,
    Remark,
    Seen,
    ReturnFile,
    ReturnedLine,
    ObeyedMeasure,
    LineAssessment,
    (u32, Text),
    (u32, Text, Text),
    (Measured, u32),
    WindowValue,
    (Text, Position),
    (TimerKind, u32, Time),
    Receipt,
    Movement,
    Charge,
    Timer,
    (TimerKind, u32),
    Follow,
    Arc<WaybillRecord>,
    (ClaimKey, Option<OrderKey>),
    (Account, Balance),
    Defect,
    Role
);

impl Stored for Event {
    fn put(&self, out: &mut Vec<u8>) {
        self.position.put(out);
        self.cause.put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        // Where it was judged later, `EventRow::again` names the row that has the time.
        Ok(Self { position: Stored::get(bytes)?, cause: Stored::get(bytes)?, recorded: None })
    }
}

macro_rules! tuples {
    ($(($($name:ident: $index:tt),*)),*) => { $( impl<$($name: Stored),*> Stored for ($($name,)*) {
        fn put(&self, out: &mut Vec<u8>) { $( self.$index.put(out); )* }
        fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> { Ok(($($name::get(bytes)?,)*)) }
    } )* };
}
tuples!((A: 0, B: 1), (A: 0, B: 1, C: 2));

/// A struct as its fields, in this order for ever.
macro_rules! fields {
    ($($type:ty { $($field:ident),* })*) => { $( impl Stored for $type {
        fn put(&self, out: &mut Vec<u8>) { $( self.$field.put(out); )* }
        fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
            Ok(Self { $( $field: Stored::get(bytes)?, )* })
        }
    } )* };
}

fields! {
    OrderKey { platform, order_no }
    RecordKey { register, id }
    Actor { party, name }
    WaybillKey { logistics, logistics_no }
    ArrivalKey { operator, cop_no }
    Position { writer, sequence }
    Account { kind, owner, period }
    Balance { posted, held, limit }
    Hold { account, amount, state, given_back }
    Movement { kind, account, amount }
    Charge { movement, limit }
    Field { path, value }
    Finding { reason, arguments, fields, arithmetic, uncertain }
    RiskHit { rule, lane, evidence }
    Remark { position, time, officer, action, text }
    Seen { fingerprint, position }
    ReturnedLine { gnum, qty }
    ObeyedMeasure { party, standing, measure, value, from }
    DecideBy { day, obeyed }
    CancellationFile { filed, pre_no, attempt }
    Bill { number, status, notice, owed, released_on, paid, overdue }
    LineAssessment { gnum, hs, qty, goods, remainder, freight, insurance, dutiable, duty_rate, vat_rate, consumption_rate, specific_rate, litres, share, duty, consumption_tax, vat }
    Assessment { basis, day, lines, uncertain }
    ArrivalMark { position, bill_no, customs_code }
    Carriage { key, waybill, arrived, delivered }
    WaybillRecord { key, version, last, previous, last_time, since, waybill, claimed_by, arrived, delivered, seen }
    ArrivalRecord { key, filed, pre_no, rkd_no, seen, last_time }
    CountKey { kind, owner }
    WindowValue { measure, span, value }
    Timer { due, order, kind, attempt }
    Answer { status, info, findings, pre_no, version }
    Drawn { seed, number, ratio, selected, until }
    DrawTerms { base, factor, goods, share, floor }
    DrawPeriod { first, salts, until }
    RecordRead { key, version, position }
    Person { identity, telephone, address }
    Device { reference, identity, telephone }
    OfficerAction { id, officer, party, order, version, kind, text }
    Found { line, result, quantity, weight }
    Inspection { found, measure, second, place, photographs }
    Recognised { report, version, inspection }
    ReceivedAt { number, from, to, document, lines }
    JointInspection { position, time, rulebook, day, officer, party, text, inspection, confirmed_by }
    MessageRow { position, received, sender, sha256, root, guid, recipient, signature, original, documents, refusal, receipts }
    Service { service, valid_from, valid_to, currencies, transaction_limit, scope, licence }
    Entrusted { code, valid_from, valid_to }
    FilingRow { filing, by }
    Revocation { at, reason, compromised_since }
    Certificate { version, party, fingerprint, documents, since, revoked }
    CertificateRow { certificate, by }
    RulebookRow { number, by, tables, digest }
    SeedRow { seed, by }
    Defect { path, rule, value, expected }
}

impl Stored for Measured {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self as u8);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Self::from_number(bytes.byte()?).ok_or(Damage("measure of a window"))
    }
}

impl Stored for Span {
    fn put(&self, out: &mut Vec<u8>) {
        self.number().put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Self::from_number(Stored::get(bytes)?).ok_or(Damage("span of a window"))
    }
}

impl Stored for Vec<Raised> {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(self.len() as u64, out);
        for raised in self {
            raised.key.put(out);
            raised.line.put(out);
            raised.fen.put(out);
            raised.pieces.put(out);
            raised.others.put(out);
            raised.price.put(out);
            raised.grams.put(out);
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let count = bytes.length()?;
        let one = |bytes: &mut Bytes<'_>| {
            let once = Raised::once(Stored::get(bytes)?);
            if bytes.format < 7 {
                return Ok(once);
            }
            Ok(Raised {
                line: Stored::get(bytes)?,
                fen: Stored::get(bytes)?,
                pieces: Stored::get(bytes)?,
                others: Stored::get(bytes)?,
                price: Stored::get(bytes)?,
                grams: Stored::get(bytes)?,
                ..once
            })
        };
        (0..count).map(|_| one(bytes)).collect()
    }
}

impl Stored for Vec<Windowed> {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(self.len() as u64, out);
        for read in self {
            read.key.put(out);
            read.line.put(out);
            read.values.put(out);
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let count = bytes.length()?;
        let mut all: Self = Vec::new();
        for _ in 0..count {
            let key = Stored::get(bytes)?;
            if bytes.format >= 7 {
                all.push(Windowed { key, line: Stored::get(bytes)?, values: Stored::get(bytes)? });
                continue;
            }
            // A count of days each; those of one key stood together.
            let (span, value) = (Stored::get(bytes)?, i64::from(u32::get(bytes)?));
            let value = WindowValue { measure: Measured::Count, span, value };
            match all.last_mut().filter(|last| last.key == key) {
                Some(last) => last.values.push(value),
                None => all.push(Windowed { key, line: 0, values: vec![value] }),
            }
        }
        Ok(all)
    }
}

impl Stored for Attempt {
    fn put(&self, out: &mut Vec<u8>) {
        self.number.put(out);
        self.declaration.put(out);
        self.state.put(out);
        self.pre_no.put(out);
        self.invt_no.put(out);
        self.business_date.put(out);
        self.rulebook.put(out);
        self.person.put(out);
        self.counts.put(out);
        self.quota.put(out);
        self.guarantee.put(out);
        self.assessment.put(out);
        self.lane.put(out);
        self.needs_arrival.put(out);
        self.findings.put(out);
        self.hits.put(out);
        self.bill.put(out);
        self.remarks.put(out);
        self.credit.put(out);
        self.joint.put(out);
        self.taken.put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        // In the order in which they stand here.
        Ok(Self {
            number: Stored::get(bytes)?,
            declaration: Stored::get(bytes)?,
            state: Stored::get(bytes)?,
            pre_no: Stored::get(bytes)?,
            invt_no: Stored::get(bytes)?,
            business_date: Stored::get(bytes)?,
            rulebook: Stored::get(bytes)?,
            person: Stored::get(bytes)?,
            counts: Stored::get(bytes)?,
            quota: Stored::get(bytes)?,
            guarantee: Stored::get(bytes)?,
            assessment: Stored::get(bytes)?,
            lane: Stored::get(bytes)?,
            needs_arrival: Stored::get(bytes)?,
            findings: Stored::get(bytes)?,
            hits: Stored::get(bytes)?,
            bill: Stored::get(bytes)?,
            remarks: Stored::get(bytes)?,
            credit: if bytes.format < 6 { None } else { Stored::get(bytes)? },
            joint: if bytes.format < 8 { None } else { Stored::get(bytes)? },
            taken: if bytes.format < 9 { None } else { Stored::get(bytes)? },
        })
    }
}

impl Stored for Filing {
    fn put(&self, out: &mut Vec<u8>) {
        self.version.put(out);
        self.code.put(out);
        self.other_code.put(out);
        self.name.put(out);
        self.roles.put(out);
        self.valid_from.put(out);
        self.valid_to.put(out);
        self.suspended.put(out);
        self.exchange_ids.put(out);
        self.grade.put(out);
        self.verifies_identity.put(out);
        self.guarantee_limit.put(out);
        self.certificates.put(out);
        self.signature_required.put(out);
        self.modes.put(out);
        self.arrival_required.put(out);
        self.algorithms.put(out);
        self.services.put(out);
        self.principals.put(out);
        self.domestic_agent.put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(Self {
            version: Stored::get(bytes)?,
            code: Stored::get(bytes)?,
            other_code: Stored::get(bytes)?,
            name: Stored::get(bytes)?,
            roles: Stored::get(bytes)?,
            valid_from: Stored::get(bytes)?,
            valid_to: Stored::get(bytes)?,
            suspended: Stored::get(bytes)?,
            exchange_ids: Stored::get(bytes)?,
            grade: Stored::get(bytes)?,
            verifies_identity: Stored::get(bytes)?,
            guarantee_limit: Stored::get(bytes)?,
            certificates: Stored::get(bytes)?,
            signature_required: Stored::get(bytes)?,
            modes: Stored::get(bytes)?,
            arrival_required: Stored::get(bytes)?,
            // Before, a filing did not narrow them.
            algorithms: if bytes.format < 4 { Vec::new() } else { Stored::get(bytes)? },
            services: if bytes.format < 5 { Vec::new() } else { Stored::get(bytes)? },
            principals: if bytes.format < 12 { Vec::new() } else { Stored::get(bytes)? },
            domestic_agent: if bytes.format < 12 { None } else { Stored::get(bytes)? },
        })
    }
}

/// A struct as its fields, the last of them each since a format: before, there is nothing of it.
macro_rules! grown {
    ($($type:ty { $($field:ident),*; $($last:ident since $format:literal),+ })*) => { $( impl Stored for $type {
        fn put(&self, out: &mut Vec<u8>) { $( self.$field.put(out); )* $( self.$last.put(out); )+ }
        fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
            Ok(Self {
                $( $field: Stored::get(bytes)?, )*
                $( $last: if bytes.format < $format { Default::default() } else { Stored::get(bytes)? }, )+
            })
        }
    } )* };
}
grown! {
    Consignment { key, version, last, previous, last_time, order, payment, carriage, attempt, cancellation, returns, seen, actions, timers; drawn since 8, ordered since 13 }
    CreditStanding { standings, factor, share; obeyed since 11 }
    Draw { seed, drawn, ratio; terms since 8 }
    ReturnFile { number, filed, pre_no, state, lines, tax_given_back, quota_given_back; decide_by since 11 }
    SamplingSeed { number, secret; period since 8 }
}

impl Stored for Record {
    fn put(&self, out: &mut Vec<u8>) {
        self.key.put(out);
        self.version.put(out);
        self.state.put(out);
        self.parties.put(out);
        self.created.put(out);
        self.changed.put(out);
        self.first.put(out);
        self.last.put(out);
        self.previous.put(out);
        self.actor.put(out);
        self.action.put(out);
        self.note.put(out);
        self.format.put(out);
        self.body.put(out);
        // Nothing stands behind a record: what few have is there or not, and rows without it are as they ever were.
        if !self.charges.is_empty() {
            self.charges.put(out);
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(Self {
            key: Stored::get(bytes)?,
            version: Stored::get(bytes)?,
            state: Stored::get(bytes)?,
            parties: Stored::get(bytes)?,
            created: Stored::get(bytes)?,
            changed: Stored::get(bytes)?,
            first: Stored::get(bytes)?,
            last: Stored::get(bytes)?,
            previous: Stored::get(bytes)?,
            actor: Stored::get(bytes)?,
            action: Stored::get(bytes)?,
            note: Stored::get(bytes)?,
            format: Stored::get(bytes)?,
            body: Stored::get(bytes)?,
            charges: if bytes.left.is_empty() { Vec::new() } else { Stored::get(bytes)? },
        })
    }
}

impl Stored for FactsRead {
    fn put(&self, out: &mut Vec<u8>) {
        self.parties.put(out);
        self.rulebook.put(out);
        self.balances.put(out);
        self.counts.put(out);
        self.serial.put(out);
        self.draw.put(out);
        self.records.put(out);
        self.bonded.put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let (parties, rulebook) = (Stored::get(bytes)?, Stored::get(bytes)?);
        let (balances, counts) = (Stored::get(bytes)?, Stored::get(bytes)?);
        let (serial, draw) = match bytes.format {
            1 => (0, None),
            _ => (Stored::get(bytes)?, Stored::get(bytes)?),
        };
        let records = if bytes.format < 5 { Vec::new() } else { Stored::get(bytes)? };
        let bonded = if bytes.format < 9 { BondedRead::default() } else { Stored::get(bytes)? };
        Ok(Self { parties, rulebook, balances, counts, serial, draw, records, bonded })
    }
}

impl Stored for Outcome {
    fn put(&self, out: &mut Vec<u8>) {
        self.position.put(out);
        self.now.put(out);
        self.engine.put(out);
        self.order.put(out);
        self.answer.put(out);
        self.repeats.put(out);
        self.receipts.put(out);
        self.movements.put(out);
        self.timers.put(out);
        self.cleared.put(out);
        self.follows.put(out);
        self.counted.put(out);
        self.consignment.put(out);
        self.waybills.put(out);
        self.claims.put(out);
        self.arrival.put(out);
        self.read.put(out);
        self.booked.put(out);
        self.export.put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        // In the order in which they stand here.
        Ok(Self {
            position: Stored::get(bytes)?,
            now: Stored::get(bytes)?,
            engine: Stored::get(bytes)?,
            order: Stored::get(bytes)?,
            answer: Stored::get(bytes)?,
            repeats: Stored::get(bytes)?,
            receipts: Stored::get(bytes)?,
            movements: Stored::get(bytes)?,
            timers: Stored::get(bytes)?,
            cleared: Stored::get(bytes)?,
            follows: Stored::get(bytes)?,
            counted: Stored::get(bytes)?,
            consignment: Stored::get(bytes)?,
            waybills: Stored::get(bytes)?,
            claims: Stored::get(bytes)?,
            arrival: Stored::get(bytes)?,
            read: Stored::get(bytes)?,
            booked: if bytes.format < 9 { Vec::new() } else { Stored::get(bytes)? },
            export: if bytes.format < 10 { ExportOutcome::default() } else { Stored::get(bytes)? },
        })
    }
}

impl Stored for EventRow {
    fn put(&self, out: &mut Vec<u8>) {
        self.event.put(out);
        self.original.put(out);
        self.message.put(out);
        self.outcome.put(out);
        self.again.put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let (event, original) = (Stored::get(bytes)?, Stored::get(bytes)?);
        let (message, outcome) = (Stored::get(bytes)?, Stored::get(bytes)?);
        let again = if bytes.format == 1 { None } else { Stored::get(bytes)? };
        Ok(Self { event, original, message, outcome, again })
    }
}

/// An enum with stored numbers.
macro_rules! numbered {
    ($($type:ty, $number:ty, $to:expr;)*) => { $( impl Stored for $type {
        fn put(&self, out: &mut Vec<u8>) { let to: fn(&$type) -> $number = $to; to(self).put(out); }
        fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
            <$type>::from_number(<$number>::get(bytes)?).ok_or(Damage(concat!("no ", stringify!($type), " has this number")))
        }
    } )* };
}
numbered! {
    AccountKind, u8, |kind| kind.number();
    MovementKind, u8, |kind| *kind as u8;
    HoldState, u8, |state| *state as u8;
    Reason, u16, |reason| reason.number();
    Lane, u8, |lane| *lane as u8;
    Measure, u8, |measure| *measure as u8;
    State, u16, |state| state.number();
    ReturnState, u8, |state| *state as u8;
    Basis, u8, |basis| *basis as u8;
    TimerKind, u8, |kind| *kind as u8;
    CountKind, u8, |kind| *kind as u8;
    Role, u8, |role| *role as u8;
    Register, u8, |register| *register as u8;
    CreditGrade, u8, |grade| *grade as u8;
    DefectRule, u8, |rule| *rule as u8;
    Kind, u16, |kind| kind.number();
}

macro_rules! wrapped {
    ($($type:ty, $inner:ty, $to:expr, $from:expr;)*) => { $( impl Stored for $type {
        fn put(&self, out: &mut Vec<u8>) { let to: fn(&$type) -> $inner = $to; to(self).put(out); }
        fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> { let from: fn($inner) -> $type = $from; Ok(from(<$inner>::get(bytes)?)) }
    } )* };
}
wrapped! {
    Time, i64, |time| time.0, Time;
    Rate, i64, |rate| rate.0, Rate;
    Day, u32, |day| day.number(), |number| Day::from_number(number).unwrap_or_default();
    Stamp, u64, |stamp| stamp.number(), |number| Stamp::from_number(number).unwrap_or_default();
}

impl Stored for Filed {
    fn put(&self, out: &mut Vec<u8>) {
        self.document.kind().put(out);
        self.position.put(out);
        self.fingerprint.put(out);
        self.app_time.put(out);
        self.sender.put(out);
        self.recipient.put(out);
        self.copies.put(out);
        self.status.put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let kind = Kind::get(bytes)?;
        Ok(Self {
            document: Arc::new(Document::empty(kind)),
            position: Stored::get(bytes)?,
            fingerprint: Stored::get(bytes)?,
            app_time: Stored::get(bytes)?,
            sender: Stored::get(bytes)?,
            recipient: Stored::get(bytes)?,
            copies: Stored::get(bytes)?,
            status: Stored::get(bytes)?,
        })
    }
}

impl Stored for Receipt {
    fn put(&self, out: &mut Vec<u8>) {
        self.recipient.put(out);
        self.time.put(out);
        self.status.put(out);
        self.document.kind().put(out);
        put_fields(&self.document, out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let (recipient, time, status) = (Stored::get(bytes)?, Stored::get(bytes)?, Stored::get(bytes)?);
        let kind = Kind::get(bytes)?;
        let document = if bytes.format < 3 {
            ceb::parse_document(kind, &Vec::<u8>::get(bytes)?).document
        } else {
            get_fields(kind, bytes)?
        };
        Ok(Self { recipient, document: Box::new(document), time, status })
    }
}

/// Marks in a document's fields: its end, and that another part or line begins. Other numbers are 2 + a field's.
const END: u64 = 0;
const PART: u64 = 1;

/// A document as its fields that are present, by their places in the tables of `ceb`: receipts alone, whose tables only
/// ever grow at the end of a part; another change of them is a new format here.
fn put_fields(document: &Document, out: &mut Vec<u8>) {
    let mut at = (0, 0);
    document.visit(&mut |part, line, field, text| {
        if at != (part, line) {
            at = (part, line);
            put_varint(PART, out);
            put_varint(part as u64, out);
            put_varint(line as u64, out);
        }
        put_varint(field as u64 + 2, out);
        put_varint(text.len() as u64, out);
        out.extend_from_slice(text.as_bytes());
    });
    put_varint(END, out);
}

fn get_fields(kind: Kind, bytes: &mut Bytes<'_>) -> Result<Document, Damage> {
    /// More than any document has: a damaged number reserves no memory.
    const LINES: usize = 100_000;
    let number = |value: u64| usize::try_from(value).map_err(|_| Damage("field"));
    let mut document = Document::empty(kind);
    let (mut part, mut line) = (0, 0);
    loop {
        match bytes.varint()? {
            END => return Ok(document),
            PART => {
                (part, line) = (number(bytes.varint()?)?, number(bytes.varint()?)?);
                if line > LINES {
                    return Err(Damage("line"));
                }
            }
            field => {
                let length = number(bytes.varint()?)?;
                let text = std::str::from_utf8(bytes.take(length)?).map_err(|_| Damage("not UTF-8"))?;
                document.set(part, line, number(field - 2)?, text).map_err(|_| Damage("a field's text"))?;
            }
        }
    }
}

mod bonded;
mod export;
mod settled;

pub use settled::{SETTLED, SettledIndex, SettledPart, decode_settled, encode_settled};

impl Stored for ClaimKey {
    fn put(&self, out: &mut Vec<u8>) {
        let (tag, one, other) = match self {
            Self::Payment(one, other) => (1, one, Some(other)),
            Self::Declaration(one, other) => (2, one, Some(other)),
            Self::Cancellation(one, other) => (3, one, Some(other)),
            Self::Return(one, other) => (4, one, Some(other)),
            Self::Entry(one) => (5, one, None),
        };
        out.push(tag);
        one.put(out);
        if let Some(other) = other {
            other.put(out);
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let tag = bytes.byte()?;
        let one = Text::get(bytes)?;
        Ok(match tag {
            1 => Self::Payment(one, Text::get(bytes)?),
            2 => Self::Declaration(one, Text::get(bytes)?),
            3 => Self::Cancellation(one, Text::get(bytes)?),
            4 => Self::Return(one, Text::get(bytes)?),
            5 => Self::Entry(one),
            _ => return Err(Damage("no claim has this number")),
        })
    }
}

impl Stored for Follow {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::WaybillChanged { to, waybill, cause } => {
                out.push(1);
                to.put(out);
                waybill.put(out);
                cause.put(out);
            }
            Self::ClaimReleased { to, by, attempt, cause } => {
                out.push(2);
                to.put(out);
                by.put(out);
                attempt.put(out);
                cause.put(out);
            }
            Self::BookedGoods(goods) => {
                out.push(3);
                goods.put(out);
            }
            Self::Export(follow) => {
                out.push(4);
                follow.put(out);
            }
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(match bytes.byte()? {
            1 => Self::WaybillChanged {
                to: Stored::get(bytes)?,
                waybill: Stored::get(bytes)?,
                cause: Stored::get(bytes)?,
            },
            2 => Self::ClaimReleased {
                to: Stored::get(bytes)?,
                by: Stored::get(bytes)?,
                attempt: Stored::get(bytes)?,
                cause: Stored::get(bytes)?,
            },
            3 => Self::BookedGoods(Stored::get(bytes)?),
            4 => Self::Export(Stored::get(bytes)?),
            _ => return Err(Damage("no follow has this number")),
        })
    }
}

impl Stored for SignatureFact {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Absent => out.push(0),
            Self::Empty => out.push(1),
            Self::Valid { certificate, holder_code, holder_name, not_before, not_after, algorithm } => {
                out.push(2);
                certificate.put(out);
                holder_code.put(out);
                holder_name.put(out);
                not_before.put(out);
                not_after.put(out);
                algorithm.put(out);
            }
            Self::ContentDiffers { detail } => {
                out.push(3);
                detail.put(out);
            }
            Self::Invalid { detail, text } => {
                out.push(4);
                detail.put(out);
                text.put(out);
            }
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(match bytes.byte()? {
            0 => Self::Absent,
            1 => Self::Empty,
            2 => Self::Valid {
                certificate: Stored::get(bytes)?,
                holder_code: Stored::get(bytes)?,
                holder_name: Stored::get(bytes)?,
                not_before: Stored::get(bytes)?,
                not_after: Stored::get(bytes)?,
                algorithm: if bytes.format < 4 { Text::default() } else { Stored::get(bytes)? },
            },
            3 => Self::ContentDiffers { detail: Stored::get(bytes)? },
            4 => Self::Invalid { detail: Stored::get(bytes)?, text: Stored::get(bytes)? },
            _ => return Err(Damage("no signature fact has this number")),
        })
    }
}

impl Stored for ActionKind {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Approve => out.push(1),
            Self::Inspect => out.push(2),
            Self::InspectionResult { passed } => {
                out.push(3);
                passed.put(out);
            }
            Self::Release => out.push(4),
            Self::Reject => out.push(5),
            Self::Conclude => out.push(6),
            Self::Suspend => out.push(7),
            Self::Resume => out.push(8),
            Self::Detain { status } => {
                out.push(9);
                status.put(out);
            }
            Self::ReExport => out.push(10),
            Self::Close => out.push(11),
            Self::ApproveCancellation => out.push(12),
            Self::RefuseCancellation => out.push(13),
            Self::ApproveReturn { number } => {
                out.push(14);
                number.put(out);
            }
            Self::RefuseReturn { number } => {
                out.push(15);
                number.put(out);
            }
            Self::ReceiveReturn { number } => {
                out.push(16);
                number.put(out);
            }
            Self::SummariseBill { notice } => {
                out.push(17);
                notice.put(out);
            }
            Self::PayBill => out.push(18),
            Self::Inspected(inspection) => {
                out.push(19);
                inspection.put(out);
            }
            Self::ConfirmInspection => out.push(20),
            Self::ContestInspection => out.push(21),
            Self::LeaveGate { release } => {
                out.push(22);
                release.put(out);
            }
            Self::Recognised(recognised) => {
                out.push(23);
                recognised.put(out);
            }
            Self::HoldReturn { number, status } => {
                out.push(24);
                number.put(out);
                status.put(out);
            }
            Self::ReceiveReturnAt(received) => {
                out.push(25);
                received.put(out);
            }
            Self::DeferBill { due } => {
                out.push(26);
                due.put(out);
            }
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(match bytes.byte()? {
            1 => Self::Approve,
            2 => Self::Inspect,
            3 => Self::InspectionResult { passed: Stored::get(bytes)? },
            4 => Self::Release,
            5 => Self::Reject,
            6 => Self::Conclude,
            7 => Self::Suspend,
            8 => Self::Resume,
            9 => Self::Detain { status: Stored::get(bytes)? },
            10 => Self::ReExport,
            11 => Self::Close,
            12 => Self::ApproveCancellation,
            13 => Self::RefuseCancellation,
            14 => Self::ApproveReturn { number: Stored::get(bytes)? },
            15 => Self::RefuseReturn { number: Stored::get(bytes)? },
            16 => Self::ReceiveReturn { number: Stored::get(bytes)? },
            17 => Self::SummariseBill { notice: Stored::get(bytes)? },
            18 => Self::PayBill,
            19 => Self::Inspected(Stored::get(bytes)?),
            20 => Self::ConfirmInspection,
            21 => Self::ContestInspection,
            22 => Self::LeaveGate { release: Stored::get(bytes)? },
            23 => Self::Recognised(Stored::get(bytes)?),
            24 => Self::HoldReturn { number: Stored::get(bytes)?, status: Stored::get(bytes)? },
            25 => Self::ReceiveReturnAt(Stored::get(bytes)?),
            26 => Self::DeferBill { due: Stored::get(bytes)? },
            _ => return Err(Damage("no action has this number")),
        })
    }
}

impl Stored for ceb::BaseTransfer {
    fn put(&self, out: &mut Vec<u8>) {
        self.cop_code.put(out);
        self.cop_name.put(out);
        self.dxp_mode.put(out);
        self.dxp_id.put(out);
        self.note.put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(Self {
            cop_code: Stored::get(bytes)?,
            cop_name: Stored::get(bytes)?,
            dxp_mode: Stored::get(bytes)?,
            dxp_id: Stored::get(bytes)?,
            note: Stored::get(bytes)?,
        })
    }
}

impl Stored for Arrived {
    fn put(&self, out: &mut Vec<u8>) {
        self.document.kind().put(out);
        self.defects.put(out);
        self.sender.put(out);
        self.transfer.as_deref().cloned().put(out);
        self.recipient.put(out);
        self.copies.put(out);
        self.signature.put(out);
        self.fingerprint.put(out);
        self.person.put(out);
        self.all_bodies_empty.put(out);
        self.device.put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let kind = Kind::get(bytes)?;
        Ok(Self {
            document: Arc::new(Document::empty(kind)),
            defects: Stored::get(bytes)?,
            sender: Stored::get(bytes)?,
            transfer: Option::<ceb::BaseTransfer>::get(bytes)?.map(Arc::new),
            recipient: Stored::get(bytes)?,
            copies: Stored::get(bytes)?,
            signature: Stored::get(bytes)?,
            fingerprint: Stored::get(bytes)?,
            person: Stored::get(bytes)?,
            all_bodies_empty: Stored::get(bytes)?,
            device: if bytes.format < 13 { None } else { Stored::get(bytes)? },
            preview: false,
        })
    }
}

impl Stored for Cause {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Document(arrived) => {
                out.push(1);
                arrived.put(out);
            }
            Self::Follow(follow) => {
                out.push(2);
                follow.put(out);
            }
            Self::Timer(timer) => {
                out.push(3);
                timer.put(out);
            }
            Self::Action(action) => {
                out.push(4);
                action.put(out);
            }
            Self::ExportAction(action) => {
                out.push(5);
                action.put(out);
            }
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(match bytes.byte()? {
            1 => Self::Document(Arc::new(Stored::get(bytes)?)),
            2 => Self::Follow(Stored::get(bytes)?),
            3 => Self::Timer(Stored::get(bytes)?),
            4 => Self::Action(Arc::new(Stored::get(bytes)?)),
            5 => Self::ExportAction(Arc::new(Stored::get(bytes)?)),
            _ => return Err(Damage("no cause has this number")),
        })
    }
}

impl Stored for Original {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Whole(bytes) => {
                out.push(0);
                bytes.put(out);
            }
            Self::Frame(pieces) => {
                out.push(1);
                pieces.put(out);
            }
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(match bytes.byte()? {
            0 => Self::Whole(Stored::get(bytes)?),
            1 => Self::Frame(Stored::get(bytes)?),
            _ => return Err(Damage("no original has this number")),
        })
    }
}

/// The stored form of a row: kind and payload.
pub fn encode(row: &Row) -> (u8, Vec<u8>) {
    let mut out = Vec::with_capacity(1024);
    let kind = encode_into(row, &mut out);
    (kind, out)
}

/// A row in its stored form after what `out` holds; returns its kind.
pub fn encode_into(row: &Row, out: &mut Vec<u8>) -> u8 {
    let kind = match row {
        Row::Message(_) => kind::MESSAGE,
        Row::Event(_) => kind::EVENT,
        Row::Filing(_) => kind::FILING,
        Row::Certificate(_) => kind::CERTIFICATE,
        Row::Rulebook(_) => kind::RULEBOOK,
        Row::Seed(_) => kind::SEED,
        Row::Record(_) => kind::RECORD,
    };
    out.extend_from_slice(&[kind, FORMAT]);
    match row {
        Row::Message(row) => row.put(out),
        Row::Event(row) => row.put(out),
        Row::Filing(row) => row.put(out),
        Row::Certificate(row) => row.put(out),
        Row::Rulebook(row) => row.put(out),
        Row::Seed(row) => row.put(out),
        Row::Record(row) => row.put(out),
    }
    kind
}

/// The row of a stored form. The event's own document is read from its original; documents inside a state are empty
/// until [`hydrate`].
///
/// # Errors
/// [`Damage`]: the bytes are none that this version wrote.
pub fn decode(payload: &[u8]) -> Result<Row, Damage> {
    let mut bytes = Bytes::new(payload);
    let row = match begun(&mut bytes)? {
        kind::MESSAGE => Row::Message(Stored::get(&mut bytes)?),
        kind::EVENT => Row::Event(Box::new(event(&mut bytes)?)),
        kind::FILING => Row::Filing(Stored::get(&mut bytes)?),
        kind::CERTIFICATE => Row::Certificate(Stored::get(&mut bytes)?),
        kind::RULEBOOK => Row::Rulebook(Stored::get(&mut bytes)?),
        kind::SEED => Row::Seed(Stored::get(&mut bytes)?),
        kind::RECORD => Row::Record(Stored::get(&mut bytes)?),
        _ => return Err(Damage("no row has this kind")),
    };
    if bytes.left.is_empty() { Ok(row) } else { Err(Damage("bytes after the row")) }
}

/// The document that an event's row carries, without what was decided of it; none where the row has none.
///
/// # Errors
/// [`Damage`]: the bytes are none that this version wrote.
pub fn document(payload: &[u8]) -> Result<Option<Arc<Document>>, Damage> {
    let mut bytes = Bytes::new(payload);
    if begun(&mut bytes)? != kind::EVENT {
        return Ok(None);
    }
    let mut event = Event::get(&mut bytes)?;
    let original: bytes::Bytes = Stored::get(&mut bytes)?;
    read_again(&mut event, &original);
    Ok(match event.cause {
        Cause::Document(arrived) => Some(arrived.document.clone()),
        _ => None,
    })
}

/// The kind of a row, in a format that this version reads.
fn begun(bytes: &mut Bytes<'_>) -> Result<u8, Damage> {
    let kind = bytes.byte()?;
    bytes.format = bytes.byte()?;
    if (OLDEST..=FORMAT).contains(&bytes.format) {
        Ok(kind)
    } else {
        Err(Damage("a format this version does not read"))
    }
}

fn event(bytes: &mut Bytes<'_>) -> Result<EventRow, Damage> {
    let mut row = EventRow::get(bytes)?;
    read_again(&mut row.event, &row.original);
    Ok(row)
}

/// A document that is kept as it came is read again.
fn read_again(event: &mut Event, original: &[u8]) {
    if let Cause::Document(arrived) = &mut event.cause
        && !original.is_empty()
    {
        let arrived = Arc::make_mut(arrived);
        arrived.document = Arc::new(ceb::parse_document(arrived.document.kind(), original).document);
    }
}

/// Puts the documents back into a state, each read once from its row by `document`.
///
/// # Errors
/// What `document` could not read.
pub fn hydrate<E>(
    consignment: &mut Consignment,
    document: &mut dyn FnMut(Position) -> Result<Arc<Document>, E>,
) -> Result<(), E> {
    documents_of(consignment, &mut |filed| {
        filed.document = document(filed.position)?;
        Ok(())
    })
}

/// Shows every document's place in a state.
///
/// # Errors
/// Those of `place`.
pub fn documents_of<E>(
    consignment: &mut Consignment,
    place: &mut dyn FnMut(&mut Filed) -> Result<(), E>,
) -> Result<(), E> {
    let carriage = consignment.carriage.as_mut().and_then(|carriage| carriage.waybill.as_mut());
    let attempt = consignment.attempt.as_mut().map(|attempt| &mut attempt.declaration);
    let cancellation = consignment.cancellation.as_mut().map(|file| &mut file.filed);
    let partners =
        [consignment.order.as_mut(), consignment.payment.as_mut(), carriage, attempt, cancellation];
    let returns = consignment.returns.iter_mut().map(|file| &mut file.filed);
    partners.into_iter().flatten().chain(returns).try_for_each(place)
}

/// Puts the documents back into a waybill's state.
///
/// # Errors
/// What `document` could not read.
pub fn hydrate_waybill<E>(
    record: &mut WaybillRecord,
    document: &mut dyn FnMut(Position) -> Result<Arc<Document>, E>,
) -> Result<(), E> {
    documents_of_waybill(record, &mut |filed| {
        filed.document = document(filed.position)?;
        Ok(())
    })
}

/// Shows every document's place in a waybill's state.
///
/// # Errors
/// Those of `place`.
pub fn documents_of_waybill<E>(
    record: &mut WaybillRecord,
    place: &mut dyn FnMut(&mut Filed) -> Result<(), E>,
) -> Result<(), E> {
    [record.waybill.as_mut(), record.delivered.as_mut()].into_iter().flatten().try_for_each(place)
}

/// A follow in its stored form.
pub fn encode_follow(follow: &Follow) -> Vec<u8> {
    let mut out = vec![FORMAT];
    follow.put(&mut out);
    out
}

/// A follow back.
///
/// # Errors
/// [`Damage`].
pub fn decode_follow(bytes: &[u8]) -> Result<Follow, Damage> {
    let mut bytes = Bytes::new(bytes);
    bytes.format = bytes.byte()?;
    Follow::get(&mut bytes)
}

/// What waits for its turn: kept with the index, so that a start need not look for it in the ledger.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Waiting {
    /// Follows not yet processed.
    pub follows: Vec<Follow>,
    /// Sequences of events recorded undecided.
    pub undecided: Vec<u64>,
}

impl Waiting {
    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_list(&self.follows, &mut out);
        put_list(&self.undecided, &mut out);
        out
    }

    /// Read back; nothing was stored = nothing waits.
    ///
    /// # Errors
    /// [`Damage`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Damage> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let mut bytes = Bytes::new(bytes);
        Ok(Self { follows: get_list(&mut bytes)?, undecided: get_list(&mut bytes)? })
    }
}
