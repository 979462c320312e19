//! Codes by which goods of a lot are traced: a holder of a bonded book has serial numbers issued for a lot of it, each belongs to
//! one parcel, and how often each was scanned is counted. A record of a lot holds how many were issued, never one each: what a
//! serial number is follows from the lot and its place, with a keyed hash that the shell makes, so that nobody makes one up.
//!
//! Three kinds of records, told apart by their ids: `holder:gtin/lot` what was issued; `holder:gtin/lot/serial` a code that was
//! bound or scanned; `gtin/lot` which holders have codes of it, in the order that the serial numbers name. Recalls are in
//! [`recall`], the addresses in [`link`].

pub mod link;
pub mod recall;

use crate::behind::Behind;
use crate::moves::Move;
use crate::says;
use crate::{Command, Fault, Made, Seen, owner_of, read, stored, written};
use book::StockKey;
use clearance::Text;
use clearance::bonded::{book_key, stock_key};
use clearance::facts::{Facts, Keys};
use clearance::keys::Position;
use clearance::record::{Record, RecordKey, Register};
use link::{decoded, encoded, gtin, qualifier};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// States: issued, void (nobody shall trust these codes any more); scanned (looked up before it was bound), bound; pointer.
pub const MOVES: &[Move] = &[
    Move::owner("issue", &["", "issued"], "issued"),
    Move::owner("void", &["issued"], "void").explained(),
    Move::window("point", &[""], "pointer"),
    Move::window("bind", &["", "scanned"], "bound"),
    Move::window("count-scans", &["", "scanned"], "scanned"),
    Move::window("count-scans", &["bound"], "bound"),
];

/// States that a list tells unless others are asked for: a code that was bound or scanned is found by its own.
pub const LISTED: &[&str] = &["issued", "void"];

/// Codes that are issued at once, and of a lot in all.
const AT_ONCE: u32 = 100_000;
const OF_LOT: u32 = 10_000_000;
/// Holders that have codes of one lot of the same goods: the first sign of a serial number names one of them.
const HOLDERS: usize = SIGNS.len();
/// Marks of places that are kept of a code: who has more is seen in very many.
pub const PLACES: usize = 64;

/// Digits and capitals without those that look like others.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs of a serial number: one names the holder, five its place, ten (50 bits) nobody guesses.
const INDEX: usize = 5;
const TAG: usize = 10;
/// Its length.
pub const SERIAL: usize = 1 + INDEX + TAG;

/// What a record of this register is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// Whose; empty = a pointer to those who have codes of the lot.
    pub holder: Text,
    /// Fourteen digits.
    pub gtin: String,
    /// The lot.
    pub lot: String,
    /// The serial number; empty = of the lot.
    pub serial: String,
}

impl Name {
    /// Of a record's id; none = it is none.
    pub fn of(id: &str) -> Option<Self> {
        let (holder, rest) = id.split_once(':').unwrap_or(("", id));
        let parts: Vec<&str> = rest.split('/').collect();
        let (number, lot, serial) = match parts.as_slice() {
            [number, lot] => (number, lot, ""),
            [number, lot, serial] => (number, lot, *serial),
            _ => return None,
        };
        let lot = decoded(lot).filter(|lot| qualifier(lot).is_ok())?;
        let is_whole = gtin(number).is_ok_and(|whole| whole == **number);
        is_whole.then(|| Self {
            holder: holder.into(),
            gtin: (*number).to_owned(),
            lot,
            serial: serial.to_owned(),
        })
    }

    /// What a serial number's last signs are the keyed hash of.
    pub fn secret(&self, series: usize, index: u32) -> String {
        format!("trace-code {} {} {} {series} {index}", self.holder, self.gtin, encoded(&self.lot))
    }

    /// The record of what was issued.
    pub fn issue(&self) -> RecordKey {
        key(&format!("{}:{}", self.holder, self.of_lot()))
    }

    /// The record of the code itself.
    pub fn code(&self) -> RecordKey {
        key(&format!("{}:{}/{}", self.holder, self.of_lot(), self.serial))
    }

    /// The record that says whose codes there are.
    pub fn pointer(&self) -> RecordKey {
        key(&self.of_lot())
    }

    fn of_lot(&self) -> String {
        format!("{}/{}", self.gtin, encoded(&self.lot))
    }
}

fn key(id: &str) -> RecordKey {
    RecordKey::new(Register::TraceCode, id)
}

fn signs(mut number: u64, count: usize) -> String {
    let mut text = vec![b'0'; count];
    for place in text.iter_mut().rev() {
        *place = SIGNS[(number % 32) as usize];
        number /= 32;
    }
    text.into_iter().map(char::from).collect()
}

fn number(text: &str) -> Option<u64> {
    text.bytes().try_fold(0, |sum: u64, byte| {
        let value = SIGNS.iter().position(|sign| *sign == byte)?;
        Some(sum * 32 + value as u64)
    })
}

/// A serial number: of which holder, its place from 1, and the keyed hash of [`Name::secret`] in hexadecimal digits.
pub fn serial(series: usize, index: u32, hash: &str) -> String {
    // Thirteen digits are 52 bits: the first 50 of them.
    let bits = u64::from_str_radix(hash.get(..13).unwrap_or_default(), 16).unwrap_or_default() >> 2;
    format!("{}{}{}", signs(series as u64, 1), signs(index.into(), INDEX), signs(bits, TAG))
}

/// Which holder, and which place, a serial number names; none = it is none of ours.
pub fn serial_of(text: &str) -> Option<(usize, u32)> {
    if text.len() != SERIAL || !text.is_ascii() {
        return None;
    }
    let index = u32::try_from(number(&text[1..=INDEX])?).ok()?;
    number(&text[1 + INDEX..])?;
    Some((number(&text[..1])? as usize, index))
}

/// Codes that are asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Asked {
    /// The book: holder, colon, number.
    pub book: String,
    /// Number of the item in it.
    pub item: String,
    /// Number of the filed goods; with it their bar code is held against the GTIN.
    #[serde(default)]
    pub goods: Option<String>,
    /// How many.
    pub count: u32,
}

/// A range that was issued at once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Range {
    /// Place of the first.
    pub from: u32,
    /// Place of the last.
    pub to: u32,
    /// When, as 17 digits.
    pub at: u64,
}

/// What was issued of a lot.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Issue {
    /// The book.
    pub book: String,
    /// The item.
    pub item: String,
    /// Number of the filed goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods: Option<String>,
    /// How many in all.
    pub issued: u32,
    /// Each time.
    pub ranges: Vec<Range>,
}

/// Who has codes of a lot.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
pub struct Pointer {
    /// Codes of the holders, in the order in which they had the first.
    pub holders: Vec<String>,
}

/// The parcel of a code.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Parcel {
    /// Code of the carrier.
    pub logistics_code: String,
    /// Number of the waybill.
    pub logistics_no: String,
    /// Code of the platform whose order it is; empty = no trade had the parcel then.
    #[serde(default)]
    pub platform: String,
    /// Number of that order.
    #[serde(default)]
    pub order_no: String,
}

/// Scans that were counted since the row before.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scans {
    /// How many.
    pub scans: u64,
    /// The first, in milliseconds since 1970; 0 = none.
    pub first: i64,
    /// The last.
    pub last: i64,
    /// Marks of the networks from which it was scanned: of keyed hashes so few digits that many share one.
    pub places: Vec<String>,
}

impl Scans {
    /// Counts others, of the same code.
    pub fn add(&mut self, other: &Self) {
        if other.scans == 0 {
            return;
        }
        let first = [self.first, other.first].into_iter().filter(|time| *time > 0).min();
        self.first = first.unwrap_or_default();
        self.last = self.last.max(other.last);
        self.scans += other.scans;
        for place in &other.places {
            if self.places.len() < PLACES && !self.places.contains(place) {
                self.places.push(place.clone());
            }
        }
    }
}

/// A code as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Code {
    /// Its parcel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<Parcel>,
    /// How often it was scanned.
    #[serde(default)]
    pub scans: u64,
    /// When first, in milliseconds since 1970; 0 = never.
    #[serde(default)]
    pub first: i64,
    /// When last.
    #[serde(default)]
    pub last: i64,
    /// Marks of places, as [`Scans`] has them.
    #[serde(default)]
    pub places: Vec<String>,
}

impl Issue {
    /// Of a record.
    ///
    /// # Panics
    /// If the record is none of an issue.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

impl Pointer {
    /// Of a record.
    ///
    /// # Panics
    /// If the record is no pointer.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

impl Code {
    /// Of a record.
    ///
    /// # Panics
    /// If the record is none of a code.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Its scans.
    pub fn counted(&self) -> Scans {
        Scans { scans: self.scans, first: self.first, last: self.last, places: self.places.clone() }
    }
}

/// Adds what a command names to the keys of its batch: the pointer is changed, the lot and the goods are looked at.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    if command.key.register == Register::Recall {
        return recall::needs(command, keys);
    }
    let Some(name) = Name::of(&command.key.id).filter(|_| command.key.register == Register::TraceCode) else {
        return;
    };
    let asked = command.body.as_deref().and_then(|body| serde_json::from_str::<Asked>(body).ok());
    let Some(asked) = asked.filter(|_| command.action == "issue") else { return };
    keys.records.push(name.pointer());
    keys.looked_at.push(book_key(asked.book.trim()));
    keys.looked_at.push(stock_key(&stock_of(&asked)));
    keys.looked_at.extend(goods_of(&name.holder, asked.goods.as_deref()));
}

fn stock_of(asked: &Asked) -> StockKey {
    StockKey { book: asked.book.trim().into(), item: asked.item.trim().into() }
}

fn goods_of(holder: &str, goods: Option<&str>) -> Option<RecordKey> {
    let number = goods.map(str::trim).filter(|number| !number.is_empty())?;
    Some(RecordKey::new(Register::Goods, &format!("{holder}:{number}")))
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let id = &seen.command.key.id;
    let name = Name::of(id).filter(|name| {
        let of_code = !matches!(step.action, "issue" | "void");
        let written = if of_code { name.code() } else { name.issue() };
        name.holder == owner_of(&seen.command.key) && written == seen.command.key
    });
    let Some(name) = name else {
        faults.push(Fault::new("id", id, says::TRACE_ID.said()));
        return None;
    };
    let body = match step.action {
        "issue" => written(&issued(seen, &name, faults)?),
        "void" => written(&seen.current.map(Issue::of)?),
        _ => {
            let mut code = seen.current.map(Code::of).unwrap_or_default();
            match step.action {
                "bind" => code.parcel = Some(read::<Parcel>(seen.command.body.as_deref(), faults)?),
                _ => {
                    let mut scans = code.counted();
                    scans.add(&read::<Scans>(seen.command.body.as_deref(), faults)?);
                    let Scans { scans, first, last, places } = scans;
                    code = Code { scans, first, last, places, ..code };
                }
            }
            written(&code)
        }
    };
    Some(Made { body, parties: vec![name.holder], filing: None, seed: None })
}

/// What is issued after a further range, or everything that is wrong with it.
fn issued(seen: &Seen<'_>, name: &Name, faults: &mut Vec<Fault>) -> Option<Issue> {
    let asked: Asked = read(seen.command.body.as_deref(), faults)?;
    let before = seen.current.map(Issue::of);
    let bonded = &seen.facts.bonded;
    let book = bonded.books.get(asked.book.trim());
    if book.is_none_or(|book| book.closed || book.holder != name.holder) {
        faults.push(Fault::new("book", &asked.book, says::OWN_OPEN_BOOK.said()));
        return None;
    }
    let stock = bonded.stocks.get(&stock_of(&asked));
    let lot = stock.and_then(|stock| stock.lot(&name.lot));
    if stock.is_none() || lot.is_none() {
        let lots = stock.map(|stock| {
            let lots: Vec<&str> = stock.lots.iter().take(10).map(|one| one.lot.number.as_str()).collect();
            lots.join(", ")
        });
        let said = says::LOT_OF_ITEM.with(&[("lot", &name.lot), ("lots", &lots.unwrap_or_default())]);
        faults.push(Fault::new("item", &asked.item, said));
    }
    if let Some(recalls) = lot.and_then(book::LotStock::recalls) {
        faults.push(Fault::new("id", &name.lot, says::LOT_RECALLED.with(&[("recall", &recalls)])));
    }
    if let Some(before) = before.as_ref().filter(|before| before.book != asked.book.trim()) {
        let said = says::ONE_BOOK_A_LOT.with(&[("book", &before.book)]);
        faults.push(Fault::new("book", &asked.book, said));
    }
    // What was issued before is told by the item: its origin, its last day.
    if let Some(before) = before.as_ref().filter(|before| before.item != asked.item.trim()) {
        let said = says::ONE_ITEM_A_LOT.with(&[("item", &before.item)]);
        faults.push(Fault::new("item", &asked.item, said));
    }
    let goods = goods_of(&name.holder, asked.goods.as_deref());
    if let Some(number) = &goods {
        let filed = seen.facts.records.get(number).map(|record| stored::<crate::goods::Goods>(record));
        let known = filed.as_ref().and_then(|goods| goods.barcode.as_deref()).map(str::trim);
        let is_same = known.is_some_and(|code| gtin(code).is_ok_and(|code| code == name.gtin));
        if !is_same {
            let said = says::BARCODE_OF_GOODS.with(&[("gtin", &name.gtin), ("barcode", known.unwrap_or(""))]);
            faults.push(Fault::new("goods", asked.goods.as_deref().unwrap_or(""), said));
        }
    }
    let issued = before.as_ref().map_or(0, |before| before.issued);
    if asked.count == 0 || asked.count > AT_ONCE || issued + asked.count > OF_LOT {
        let most = AT_ONCE.min(OF_LOT - issued).to_string();
        faults.push(Fault::new("count", &asked.count.to_string(), says::ONE_TO.with(&[("most", &most)])));
    }
    let pointer = seen.facts.records.get(&name.pointer()).map(|record| Pointer::of(record));
    let holders = pointer.unwrap_or_default().holders;
    if holders.len() >= HOLDERS && !holders.iter().any(|holder| *holder == *name.holder) {
        faults.push(Fault::new("id", &name.gtin, says::LOT_OF_TOO_MANY.said()));
    }
    if !faults.is_empty() {
        return None;
    }
    let mut ranges = before.map(|before| before.ranges).unwrap_or_default();
    let at = seen.now.stamp_millis().number();
    ranges.push(Range { from: issued + 1, to: issued + asked.count, at });
    Some(Issue {
        book: asked.book.trim().to_owned(),
        item: asked.item.trim().to_owned(),
        goods: goods.and(asked.goods.map(|number| number.trim().to_owned())),
        issued: issued + asked.count,
        ranges,
    })
}

/// The pointer after codes of a lot were issued for the first time, to be written behind their record; none = it knows them.
pub(crate) fn pointed(facts: &mut Facts, record: &Record, at: Position) -> Option<Arc<Record>> {
    if record.key.register != Register::TraceCode || record.action != "issue" {
        return None;
    }
    let name = Name::of(&record.key.id)?;
    let key = name.pointer();
    let current = facts.records.get(&key).cloned();
    let mut pointer = current.as_deref().map(Pointer::of).unwrap_or_default();
    if pointer.holders.iter().any(|holder| *holder == *name.holder) {
        return None;
    }
    pointer.holders.push(name.holder.to_string());
    // Who else has codes of a lot is told to none of them.
    let behind =
        Behind { key, state: "pointer", action: "point", parties: Vec::new(), body: written(&pointer) };
    Some(behind.of(facts, record, at))
}
