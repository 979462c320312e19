//! Holds on parcels: what no site lets pass, whatever the state of its trade. An officer puts one on and lifts it; an X-ray that
//! is not clear puts one on by itself. Scans are decided in the commit that has the hold beside them.

use super::check_length;
use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, read, stored, written};
use clearance::Text;
use clearance::keys::WaybillKey;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};

/// The id is the carrier's code, a slash, the number of the waybill. The window writes them, for whom its routes let.
pub const MOVES: &[Move] = &[
    Move::window("hold", &["", "lifted"], "held").explained(),
    Move::window("lift", &["held"], "lifted").explained(),
];

/// The state of a parcel that no site lets pass.
pub const HELD: &str = "held";

/// A hold.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Hold {
    /// Code of the carrier.
    pub logistics_code: String,
    /// Number of the waybill.
    pub logistics_no: String,
    /// The site whose X-ray was not clear; empty = an officer put it on.
    #[serde(default)]
    pub site: String,
}

impl Hold {
    /// Of a record of holds.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// The record of a parcel's hold.
pub fn key(parcel: &WaybillKey) -> RecordKey {
    RecordKey::new(Register::ParcelHold, &format!("{}/{}", parcel.logistics, parcel.logistics_no))
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let hold: Hold = read(seen.command.body.as_deref(), faults)?;
    let parcel = WaybillKey::new(&hold.logistics_code, &hold.logistics_no);
    if parcel.logistics.is_empty() || parcel.logistics_no.is_empty() || key(&parcel) != seen.command.key {
        faults.push(Fault::new("logisticsNo", &hold.logistics_no, says::PARCEL_NAMED.said()));
    }
    check_length("note", &seen.command.note, 500, faults);
    // The operator of the site finds what its X-ray held; officers find all.
    let parties: Vec<Text> =
        hold.site.split_once(':').map(|(operator, _)| operator.into()).into_iter().collect();
    Some(Made { body: written(&hold), parties, filing: None, seed: None })
}
