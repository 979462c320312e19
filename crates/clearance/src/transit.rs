//! Parcels of exports that are under transfer from the district where they were released to the district of exit: while one is, or is
//! missing on its way, nobody declares that it left the country. Transfers are records of `register`; beside them stands one record a
//! parcel, whose state alone is looked at here.

use crate::facts::Facts;
use crate::finding::Finding;
use crate::goods::RecordRead;
use crate::keys::WaybillKey;
use crate::reason::Reason;
use crate::record::{RecordKey, Register};
use ceb::{Departure, DepartureLine};

/// The state of a parcel that is under transfer, or missing.
pub const HELD: &str = "held";

/// The record of a parcel among transfers. Its id begins with no party's code, so it is nobody's and none of a transfer.
pub fn key(parcel: &WaybillKey) -> RecordKey {
    RecordKey::new(Register::TransitTransfer, &format!("/{}/{}", parcel.logistics, parcel.logistics_no))
}

fn key_of(departure: &Departure, line: &DepartureLine) -> RecordKey {
    key(&WaybillKey::new(&departure.head.logistics_code, &line.logistics_no))
}

/// Adds the records that a departure looks at to those of its batch.
pub(crate) fn needs(departure: &Departure, looked_at: &mut Vec<RecordKey>) {
    looked_at.extend(departure.lines.iter().map(|line| key_of(departure, line)));
}

/// The parcels of a departure that cannot have left, and the records by which that is known.
pub(crate) fn check(departure: &Departure, facts: &Facts) -> (Vec<Finding>, Vec<RecordRead>) {
    let (mut findings, mut read) = (Vec::new(), Vec::<RecordRead>::new());
    for line in &departure.lines {
        let key = key_of(departure, line);
        let Some(record) = facts.records.get(&key) else { continue };
        if record.state == HELD {
            findings.push(
                Finding::new(Reason::ParcelInTransfer)
                    .argument(&line.logistics_no)
                    .field(format!("DepartureList[{}].logisticsNo", line.gnum), &line.logistics_no),
            );
        }
        if !read.iter().any(|one| one.key == key) {
            read.push(RecordRead { key, version: record.version, position: record.last });
        }
    }
    (findings, read)
}
