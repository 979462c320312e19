//! What is said of a unit, and what is kept of it and of where each parcel is.

use super::contents::Manifest;
use super::name_of;
use crate::park::bag::Listed;
use crate::park::happening::parcel_of;
use crate::stored;
use clearance::export::ExportTradeKey;
use clearance::record::Record;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A unit as it is opened.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Opened {
    /// The record of the site where it is loaded.
    pub site: String,
    /// One of [`super::KINDS`].
    pub kind: String,
    /// What is written on it: number of the container, plate, number of the pallet.
    pub unit: String,
    /// The flight, train or vehicle that it is meant for.
    #[serde(default)]
    pub means: String,
}

/// A parcel that a command touches, with what has to be loaded beside it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Found {
    /// Carrier's code, slash, waybill number.
    pub parcel: String,
    /// The record of the bag that it is in; empty = it is in none.
    #[serde(default)]
    pub bag: String,
    /// Merchant of the trade whose list names it; empty = no list does.
    #[serde(default)]
    pub merchant: String,
    /// Number of the order of that trade.
    #[serde(default)]
    pub order_no: String,
}

/// What is put in.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Loaded {
    /// Parcels as carrier's code, slash, waybill number; a number alone is of the owner of the unit.
    #[serde(default)]
    pub parcels: Vec<String>,
    /// Sealed bags, with the seals as they were read.
    #[serde(default)]
    pub bags: Vec<Listed>,
    /// The site of the unit. The window writes it.
    #[serde(default)]
    pub site: String,
    /// The parcels, with those in bags. The window writes it.
    #[serde(default)]
    pub found: Vec<Found>,
}

/// What is taken out.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TakenOut {
    /// Parcels that lie loose in the unit.
    #[serde(default)]
    pub parcels: Vec<String>,
    /// Bags, whole.
    #[serde(default)]
    pub bags: Vec<String>,
    /// The window writes it.
    #[serde(default)]
    pub found: Vec<Found>,
}

/// How a unit is closed.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Closing {
    /// Number of its seal.
    pub seal: String,
    /// What it weighs empty, in kilogrammes.
    pub tare: String,
    /// What it weighs loaded.
    pub gross: String,
    /// The window writes it.
    #[serde(default)]
    pub found: Vec<Found>,
}

/// How a unit left.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Departing {
    /// Plate, flight or train.
    pub vehicle: String,
    /// When, yyyyMMddHHmmss.
    pub at: String,
    /// The window writes it.
    #[serde(default)]
    pub found: Vec<Found>,
}

/// A unit as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// The record of the site.
    pub site: String,
    /// One of [`super::KINDS`].
    pub kind: String,
    /// What is written on it.
    pub unit: String,
    /// What it is meant for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub means: String,
    /// Parcels that lie loose in it, as carrier's code, slash, waybill number.
    #[serde(default)]
    pub parcels: Vec<String>,
    /// Bags in it by their records, each with its seal and its parcels.
    #[serde(default)]
    pub bags: Vec<Listed>,
    /// How it was closed; none = it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
    /// What left with it, since it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Manifest>,
    /// What it left with; empty = it has not left.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vehicle: String,
    /// When it left, yyyyMMddHHmmss.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub at: String,
}

/// Seal and weights of a unit, in kilogrammes.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Closed {
    /// Number of the seal.
    pub seal: String,
    /// Empty.
    pub tare: String,
    /// Loaded.
    pub gross: String,
    /// By how many thousandths the load might differ from the lists of its parcels.
    pub tolerance: i64,
}

/// Where a parcel is.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Mark {
    /// The record of the unit that it is in, was in, or left in.
    pub unit: String,
    /// Merchant of its trade, as it was put in.
    pub merchant: String,
    /// Number of the order of that trade.
    pub order_no: String,
    /// Why it was taken out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Which attempt of the trade it was put in by; 0 = it was not kept yet then.
    #[serde(default)]
    pub attempt: u32,
}

impl Body {
    /// Of a record of units.
    ///
    /// # Panics
    /// If the record is none of a unit.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Every parcel in it: where it stands, the parcel, and the record of its bag or nothing.
    pub fn all(&self) -> impl Iterator<Item = (String, &str, &str)> {
        let loose = self.parcels.iter().enumerate();
        let loose = loose.map(|(index, parcel)| (format!("parcels[{}]", index + 1), parcel.as_str(), ""));
        let bagged = self.bags.iter().enumerate().flat_map(|(bag, listed)| {
            listed.parcels.iter().enumerate().map(move |(index, parcel)| {
                let path = format!("bags[{}].parcels[{}]", bag + 1, index + 1);
                (path, parcel.as_str(), listed.bag.as_str())
            })
        });
        loose.chain(bagged)
    }

    /// Its parcels in one writing.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.all().filter_map(|(_, parcel, _)| parcel_of(parcel)).map(|parcel| name_of(&parcel)).collect()
    }
}

impl Mark {
    /// Of a record of where a parcel is.
    ///
    /// # Panics
    /// If the record is none of a parcel.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// The trade of the parcel, as it was put in.
    pub fn trade(&self) -> ExportTradeKey {
        ExportTradeKey::new(&self.merchant, &self.order_no)
    }
}
