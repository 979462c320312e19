//! Holds on parcels: what no site lets pass, whatever the state of its trade. An officer puts one on and lifts it; an X-ray that
//! is not clear and a recall put one on by themselves. A parcel is held while one reason of several is left. Scans are decided in
//! the commit that has the hold beside them.

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
    Move::window("hold", &["", "lifted", "held"], "held").explained(),
    Move::window("lift", &["held"], "lifted").explained(),
    // One reason of several: what else holds the parcel holds it still.
    Move::window("lift-reason", &["held"], "held").explained(),
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
    /// Why it is held, each reason once. In a command those that it adds or lifts: none = the note of a hold, and of what holds
    /// it all that an officer lifts.
    #[serde(default)]
    pub reasons: Vec<String>,
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

/// What every reason of a recall begins with.
const RECALL: &str = "recall ";

/// The reason of a recall.
pub fn of_recall(id: &str) -> String {
    format!("{RECALL}{id}")
}

/// The recall that a reason names.
pub fn recall_of(reason: &str) -> Option<&str> {
    reason.strip_prefix(RECALL)
}

/// Why a parcel is held; nothing = it is not held.
pub fn reasons(record: Option<&Record>) -> Vec<String> {
    let Some(record) = record.filter(|record| record.state == HELD) else { return Vec::new() };
    let reasons = Hold::of(record).reasons;
    // Those of before had one, in their note.
    if reasons.is_empty() { vec![record.note.clone()] } else { reasons }
}

/// What is left of the reasons when some are lifted. An officer names none: he lifts all but a recall's, which ends with its recall;
/// only where nothing else is left, and so he sees it, he lifts that.
pub fn left(held: Vec<String>, lifted: &[String]) -> Vec<String> {
    if !lifted.is_empty() {
        return held.into_iter().filter(|reason| !lifted.contains(reason)).collect();
    }
    let of_recalls: Vec<String> = held.iter().filter(|reason| recall_of(reason).is_some()).cloned().collect();
    if of_recalls.len() == held.len() { Vec::new() } else { of_recalls }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let mut hold: Hold = read(seen.command.body.as_deref(), faults)?;
    let held = reasons(seen.current);
    if step.action == "hold" {
        let said = match hold.reasons.is_empty() {
            true => vec![seen.command.note.trim().to_owned()],
            false => hold.reasons,
        };
        hold.reasons = held.clone();
        for reason in said {
            if !hold.reasons.contains(&reason) {
                hold.reasons.push(reason);
            }
        }
    } else {
        hold.reasons = left(held.clone(), &hold.reasons);
        if hold.reasons.is_empty() != (step.action == "lift") {
            faults.push(Fault::new("reasons", &hold.reasons.join("; "), says::WINDOW_WRITES_IT.said()));
        }
    }
    // Its X-ray holds it beside what else does.
    if let Some(before) = seen.current.filter(|_| hold.site.is_empty() && !held.is_empty()) {
        hold.site = Hold::of(before).site;
    }
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
