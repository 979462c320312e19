//! Parcels, and bags of them, that were scanned at a site, each once under the number that its device gave the scan, with what
//! was answered. What is answered is `clearance::passage`'s; that nothing held passes is decided here, beside the hold, in one commit.

use super::bag::{self, Remark};
use super::check_word;
use super::happening::parcel_of;
use crate::moves::Move;
use crate::says;
use crate::{Command, Fault, Made, Seen, owner_of, read, stored, written};
use clearance::keys::WaybillKey;
use clearance::passage::Passage;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};

/// The id is that of the site, a colon, the number of the scan. `alarm`: a device without network let something pass that does
/// not pass.
pub const MOVES: &[Move] = &[
    Move::window("pass", &[""], "passed"),
    Move::window("inspect", &[""], "to-inspect"),
    Move::window("hold", &[""], "held"),
    Move::window("alarm", &[""], "alarmed"),
];

/// Where a parcel goes: into the site, out of it, or on within it.
pub const DIRECTIONS: &[&str] = &["in", "out", "within"];

/// A scan.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scan {
    /// What was scanned, as it was read.
    pub parcel: String,
    /// One of [`DIRECTIONS`].
    pub direction: String,
    /// When, by the device's clock, yyyyMMddHHmmss; empty = it did not say.
    #[serde(default)]
    pub at: String,
    /// What a device without network said; empty = it asked.
    #[serde(default)]
    pub offline: String,
    /// The time of the list that it said so by, 17 digits; empty = it had none.
    #[serde(default)]
    pub list: String,
    /// Code of the carrier, where the parcel is known.
    #[serde(default)]
    pub logistics_code: String,
    /// Number of the waybill.
    #[serde(default)]
    pub logistics_no: String,
    /// What the window answered.
    pub answer: String,
    /// Why: the state of the trade, or a word of [`WHY`].
    pub why: String,
    /// How it is looked at, where it is: `scan` or `inspection`.
    #[serde(default)]
    pub look: String,
    /// The record of the bag, where one was scanned: it passes if everything in it does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bag: String,
    /// The seal that the bag has by its record: whoever holds it compares.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seal: String,
    /// What is in the bag, as carrier's code, slash, waybill number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<String>,
    /// What of it does not pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stopped: Vec<Remark>,
}

/// Why a parcel was held, besides states of trades: nobody knows it, several carriers have its number, it is held by itself; of a
/// bag, that it was opened.
pub const WHY: &[&str] = &["unknown", "several", "parcel-held", "bag-unsealed"];

impl Scan {
    /// Of a record of scans.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether another says the same of the same parcel, whatever was answered.
    pub fn is_same(&self, other: &Self) -> bool {
        let said = |scan: &Self| {
            [&scan.parcel, &scan.direction, &scan.at, &scan.offline, &scan.list].map(String::clone)
        };
        said(self) == said(other)
    }

    /// Whether a device let it pass that does not pass.
    pub fn is_alarm(&self) -> bool {
        self.offline == Passage::Pass.word() && self.answer != Passage::Pass.word()
    }

    /// The move that records it.
    pub fn action(&self) -> &str {
        if self.is_alarm() { "alarm" } else { &self.answer }
    }

    /// The parcel, where it is known.
    pub fn waybill(&self) -> Option<WaybillKey> {
        let key = WaybillKey::new(&self.logistics_code, &self.logistics_no);
        (!key.logistics.is_empty() && !key.logistics_no.is_empty()).then_some(key)
    }

    /// The record of the bag that was scanned.
    pub(crate) fn bag_key(&self) -> Option<RecordKey> {
        (!self.bag.is_empty()).then(|| RecordKey::new(Register::SiteBag, &self.bag))
    }

    /// Whether parcels come, and which come or go: what was stopped stays.
    pub(crate) fn moved(&self) -> Option<(bool, Vec<WaybillKey>)> {
        let goes = self.answer == Passage::Pass.word() || self.is_alarm();
        let enters = match self.direction.as_str() {
            "in" => true,
            "out" if goes => false,
            _ => return None,
        };
        let bagged = self.parcels.iter().filter_map(|parcel| parcel_of(parcel));
        Some((enters, self.waybill().into_iter().chain(bagged).collect()))
    }

    /// Whether it may be recorded as passing, beside the holds.
    fn passes(&self, seen: &Seen<'_>) -> bool {
        match self.bag_key() {
            Some(bag) => bag::passes(seen.facts, &bag, &self.parcels),
            None => self.waybill().is_some() && !is_held(seen.beside),
        }
    }
}

/// The record of a scan at a site.
pub fn key(site: &str, number: &str) -> RecordKey {
    RecordKey::new(Register::SiteScan, &format!("{site}:{number}"))
}

/// Whether a text is the number of a scan or of what happened: it stands in an id.
pub fn is_number(number: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    (1..=60).contains(&number.len()) && number.chars().all(fits)
}

/// The hold that decides on a scan.
pub(crate) fn hold_of(command: &Command) -> Option<RecordKey> {
    let scan: Scan = serde_json::from_str(command.body.as_deref()?).ok()?;
    scan.waybill().map(|parcel| super::hold::key(&parcel))
}

/// Whether the parcel of a scan is held: then no scan of it passes.
pub fn is_held(hold: Option<&Record>) -> bool {
    hold.is_some_and(|hold| hold.state == super::hold::HELD)
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let scan: Scan = read(seen.command.body.as_deref(), faults)?;
    let answers = Passage::ALL.map(Passage::word);
    check_word("direction", &scan.direction, DIRECTIONS, faults);
    check_word("answer", &scan.answer, &answers, faults);
    if !scan.offline.is_empty() {
        check_word("offline", &scan.offline, &answers, faults);
    }
    if scan.action() != step.action {
        faults.push(Fault::new("action", step.action, says::ONE_OF.with(&[("words", scan.action())])));
    }
    if scan.answer == Passage::Pass.word() && !scan.passes(seen) {
        faults.push(Fault::new("answer", &scan.answer, says::PARCEL_HELD.said()));
    }
    Some(Made { body: written(&scan), parties: vec![owner_of(&seen.command.key)], filing: None, seed: None })
}
