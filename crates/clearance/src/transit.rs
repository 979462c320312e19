//! Parcels of exports that are under transfer from the district where they were released to the district of exit: while one is, or is
//! missing on its way, nobody declares that it left the country, and nobody cancels its list. Transfers are records of `register`;
//! beside them stand one record a parcel and one a list, whose states alone are looked at here.

use crate::Text;
use crate::export::ExportTradeKey;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::goods::RecordRead;
use crate::keys::WaybillKey;
use crate::reason::Reason;
use crate::record::{RecordKey, Register};
use ceb::{Departure, DepartureLine};

/// The state of a parcel that is under transfer, or missing; of a list whose transfer is open.
pub const HELD: &str = "held";
/// The state of a list whose goods were lost on the way, once both offices are done with it: its parcel is held for ever, and an
/// officer may let the list be cancelled.
pub const WRITTEN_OFF: &str = "written-off";

/// The record of a parcel among transfers. Its id begins with no party's code, so it is nobody's and none of a transfer.
pub fn key(parcel: &WaybillKey) -> RecordKey {
    RecordKey::new(Register::TransitTransfer, &format!("/{}/{}", parcel.logistics, parcel.logistics_no))
}

/// The record of a list among transfers, by its trade: an application to cancel knows of no parcel. It is nobody's, as that of a
/// parcel, and none of one: no carrier's code is this word.
pub fn key_of_list(trade: &ExportTradeKey) -> RecordKey {
    RecordKey::new(Register::TransitTransfer, &format!("/list/{}/{}", trade.merchant, trade.order_no))
}

/// How the list of a trade stands under transfers, and the record by which that is known; none = it never was under one.
pub(crate) fn of_list(trade: &ExportTradeKey, facts: &Facts) -> Option<(Text, RecordRead)> {
    let key = key_of_list(trade);
    let record = facts.records.get(&key)?;
    let read = RecordRead { version: record.version, position: record.last, key };
    Some((record.state.clone(), read))
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
