//! Parcels that lie at a site, as scans and gate lists say that they came and went. Written behind those, in the same commit, so a
//! stocktake has something to be held against. A parcel that the window cannot tell, and one that was moved without a scan, stands
//! here not or wrongly: that is what a stocktake finds.

use super::happening::Happening;
use super::scan::Scan;
use crate::behind::Behind;
use crate::moves::Move;
use crate::{Command, owner_of, stored, written};
use clearance::facts::{Facts, Keys};
use clearance::keys::{Position, WaybillKey};
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The id is that of the site, a colon, carrier's code, slash, waybill number.
pub const MOVES: &[Move] =
    &[Move::window("come-in", &["", "left"], INSIDE), Move::window("go-out", &[INSIDE], "left")];

/// The state of a parcel that lies at the site.
pub const INSIDE: &str = "inside";

/// A parcel at a site.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Stock {
    /// Carrier's code, slash, waybill number.
    pub parcel: String,
    /// The scan or the gate list that says so: the id of its record.
    pub by: String,
}

impl Stock {
    /// Of a record of parcels at sites.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// The record of a parcel at a site.
pub fn key(site: &str, parcel: &WaybillKey) -> RecordKey {
    let id = format!("{site}:{}/{}", parcel.logistics, parcel.logistics_no);
    RecordKey::new(Register::SiteStock, &id)
}

/// Whether a parcel lies at the site of its record.
pub fn is_inside(stock: Option<&Record>) -> bool {
    stock.is_some_and(|stock| stock.state == INSIDE)
}

/// Whether parcels come, and which come or go, by the body of a scan or of what happened.
fn moved(register: Register, body: &str) -> Option<(bool, Vec<WaybillKey>)> {
    match register {
        Register::SiteScan => serde_json::from_str::<Scan>(body).ok()?.moved(),
        Register::SiteRecord => serde_json::from_str::<Happening>(body).ok()?.moved(),
        _ => None,
    }
}

/// Adds the parcels that a scan or a gate list moves to the keys of its batch.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    let site = super::site_of(&command.key);
    let moved = moved(command.key.register, command.body.as_deref().unwrap_or_default());
    keys.records.extend(moved.iter().flat_map(|(_, parcels)| parcels).map(|parcel| key(site, parcel)));
}

/// Parcels after a scan or a gate list moved them, to be written behind it; those that were there, or gone, stay as they are.
pub(crate) fn after(facts: &mut Facts, record: &Record, at: Position) -> Vec<Arc<Record>> {
    let Some((enters, parcels)) = moved(record.key.register, &record.body) else { return Vec::new() };
    let site = super::site_of(&record.key);
    let (action, state) = if enters { ("come-in", INSIDE) } else { ("go-out", "left") };
    let mut made = Vec::new();
    for parcel in parcels {
        let key = key(site, &parcel);
        if is_inside(facts.records.get(&key).map(|stock| &**stock)) == enters {
            continue;
        }
        let stock = Stock {
            parcel: format!("{}/{}", parcel.logistics, parcel.logistics_no),
            by: record.key.id.to_string(),
        };
        let place = Position { sequence: at.sequence + made.len() as u64, ..at };
        let parties = vec![owner_of(&record.key)];
        let behind = Behind { key, state, action, parties, body: written(&stock) };
        made.push(behind.of(facts, record, place));
    }
    made
}
