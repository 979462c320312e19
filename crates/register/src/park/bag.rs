//! Bags: parcels under one seal, found by the number of the bag. What a keeper records of a bag (`happening`) seals or unseals it
//! in the same commit; a scan of it and a list that names it are held against it. Whether its parcels pass is each parcel's.

use super::happening::{Happening, parcel_of};
use super::hold;
use super::scan::{Scan, is_held, is_number};
use crate::behind::Behind;
use crate::moves::Move;
use crate::{Command, owner_of, stored, written};
use clearance::facts::{Facts, Keys};
use clearance::keys::Position;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The id is the operator's code, a colon, the number on the bag. Written behind the record of what happened, by nobody else.
pub const MOVES: &[Move] =
    &[Move::window("seal", &["", "unsealed"], SEALED), Move::window("unseal", &[SEALED], "unsealed")];

/// The state of a bag under its seal.
pub const SEALED: &str = "sealed";
/// Parcels of a bag at most.
pub const PARCELS: usize = 500;

/// A bag.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Bag {
    /// The site where it was sealed, or unsealed.
    pub site: String,
    /// Number of its seal; empty = it has none any more.
    pub seal: String,
    /// What is in it, as carrier's code, slash, waybill number; of an unsealed one what was.
    pub parcels: Vec<String>,
}

/// A bag on a gate list or in a stocktake.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Listed {
    /// Its number, or the operator's code, a colon, the number.
    pub bag: String,
    /// The seal as it was read.
    pub seal: String,
    /// What is in it. The window writes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<String>,
}

/// A parcel, or a bag, that is not as it should be.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Remark {
    /// The parcel; empty = the bag as a whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub parcel: String,
    /// The bag that it is in, as it was named; empty = it is in none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bag: String,
    /// What is wrong: the state of the trade, or a word of [`super::scan::WHY`], [`WHY`] or `happening::DIFFERENCES`.
    pub why: String,
}

/// What may be wrong with a bag as a whole: nobody sealed it, it was opened, it has another seal.
pub const WHY: &[&str] = &["unknown", "bag-unsealed", "seal-differs"];

impl Bag {
    /// Of a record of bags.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// The record of an operator's bag.
pub fn key(operator: &str, number: &str) -> RecordKey {
    RecordKey::new(Register::SiteBag, &format!("{operator}:{number}"))
}

/// The operator and the number that a text names; the operator is empty where the text names none.
fn named(text: &str) -> Option<(&str, &str)> {
    let (operator, number) = text.trim().split_once(':').unwrap_or(("", text.trim()));
    let fits = (operator.is_empty() && !text.contains(':')) || is_number(operator);
    (fits && is_number(number)).then_some((operator, number))
}

/// Whether a text names a bag: a number, or an operator's code, a colon, the number.
pub fn is_named(text: &str) -> bool {
    named(text).is_some()
}

/// The record of a bag as it is read at a site of that record: a bare number is of the site's operator.
pub fn key_at(site: &str, text: &str) -> Option<RecordKey> {
    let (operator, number) = named(text)?;
    let own = site.split(':').next().unwrap_or_default();
    Some(key(if operator.is_empty() { own } else { operator }, number))
}

/// What is wrong with a bag that is read with a seal; `None` for the seal = nobody read one.
pub fn wrong(bag: Option<&Record>, seal: Option<&str>) -> Option<&'static str> {
    match bag {
        None => Some("unknown"),
        Some(bag) if bag.state != SEALED => Some("bag-unsealed"),
        Some(bag) if seal.is_some_and(|seal| Bag::of(bag).seal != seal.trim()) => Some("seal-differs"),
        Some(_) => None,
    }
}

/// Whether a bag is sealed with these parcels, of which none is held: then it passes as they do.
pub(crate) fn passes(facts: &Facts, bag: &RecordKey, parcels: &[String]) -> bool {
    let record = facts.records.get(bag).filter(|record| record.state == SEALED);
    let is_same = record.is_some_and(|record| Bag::of(record).parcels == parcels);
    is_same && !parcels.is_empty() && parcels.iter().all(|parcel| !holds(facts, parcel))
}

/// Whether a parcel that is named by a text is held.
pub(crate) fn holds(facts: &Facts, parcel: &str) -> bool {
    let key = parcel_of(parcel).map(|parcel| hold::key(&parcel));
    key.is_some_and(|key| is_held(facts.records.get(&key).map(|record| &**record)))
}

/// Adds what decides on a scan of a bag, or on a list with bags and parcels, to the keys of its batch.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    let body = command.body.as_deref().unwrap_or_default();
    let mut parcels: Vec<String> = Vec::new();
    match command.key.register {
        Register::SiteScan => {
            let Ok(scan) = serde_json::from_str::<Scan>(body) else { return };
            keys.records.extend(scan.bag_key());
            parcels = scan.parcels;
        }
        Register::SiteRecord => {
            let Ok(happening) = serde_json::from_str::<Happening>(body) else { return };
            let site = super::site_of(&command.key);
            keys.records.extend(happening.bag_keys(site));
            if happening.kind == "gate-list" {
                parcels = happening.all_parcels().map(|(_, parcel)| parcel.to_owned()).collect();
            }
        }
        _ => return,
    }
    keys.records.extend(parcels.iter().filter_map(|parcel| parcel_of(parcel)).map(|key| hold::key(&key)));
}

/// The bag after what was recorded of it, to be written behind that record.
pub(crate) fn after(facts: &mut Facts, record: &Record, at: Position) -> Option<Arc<Record>> {
    if record.key.register != Register::SiteRecord {
        return None;
    }
    let happening = Happening::of(record);
    let (action, state) = match happening.kind.as_str() {
        "bag" => ("seal", SEALED),
        "unseal" => ("unseal", "unsealed"),
        _ => return None,
    };
    let operator = owner_of(&record.key);
    let key = key(&operator, happening.bag.trim());
    let site = super::site_of(&record.key).to_owned();
    let bag = match facts.records.get(&key).filter(|_| action == "unseal") {
        Some(before) => Bag { site, seal: String::new(), ..Bag::of(before) },
        None => Bag { site, seal: happening.seal.trim().to_owned(), parcels: happening.parcels },
    };
    let behind = Behind { key, state, action, parties: vec![operator], body: written(&bag) };
    Some(behind.of(facts, record, at))
}
