//! What happened at a site, typed by kind: an X-ray, a weight, a label, a bag with its seal, a gate list, a stocktake. The
//! window writes it for a keeper; what is wrong is recorded anew under another number, so nothing is taken back.

use super::scan::DIRECTIONS;
use super::{check_length, check_text, check_word};
use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use ceb::{Decimal, Stamp};
use clearance::keys::WaybillKey;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};

/// The id is that of the site, a colon, the keeper's number of it.
pub const MOVES: &[Move] = &[Move::window("record", &[""], "recorded")];

/// Kinds of what happens.
pub const KINDS: &[&str] = &["x-ray", "weight", "label", "bag", "gate-list", "stocktake"];
/// Results of an X-ray.
pub const RESULTS: &[&str] = &["clear", "suspect"];
/// Parcels, and items of a stocktake, at most.
const MOST: usize = 1_000;

/// What was counted of an item.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Counted {
    /// What it is: an item of a book, an article, a kind of parcel.
    pub item: String,
    /// How much, a decimal in its own unit.
    pub quantity: String,
}

/// What happened. Each kind asks for its own members and takes no others.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Happening {
    /// One of [`KINDS`].
    pub kind: String,
    /// When, yyyyMMddHHmmss; empty = when it is recorded.
    #[serde(default)]
    pub at: String,
    /// Parcels as carrier's code, slash, waybill number.
    #[serde(default)]
    pub parcels: Vec<String>,
    /// Of an X-ray: one of [`RESULTS`].
    #[serde(default)]
    pub result: String,
    /// Kilograms.
    #[serde(default)]
    pub weight: String,
    /// What the label says.
    #[serde(default)]
    pub label: String,
    /// Number of the bag.
    #[serde(default)]
    pub bag: String,
    /// Number of its seal.
    #[serde(default)]
    pub seal: String,
    /// Number plate.
    #[serde(default)]
    pub vehicle: String,
    /// Whether the vehicle comes or goes.
    #[serde(default)]
    pub direction: String,
    /// What was counted.
    #[serde(default)]
    pub counted: Vec<Counted>,
    /// What is to be said besides.
    #[serde(default)]
    pub text: String,
}

/// The record of what happened at a site.
pub fn key(site: &str, number: &str) -> RecordKey {
    RecordKey::new(Register::SiteRecord, &format!("{site}:{number}"))
}

/// The parcel of a text: carrier's code, slash, waybill number.
pub fn parcel_of(text: &str) -> Option<WaybillKey> {
    let (carrier, number) = text.trim().split_once('/')?;
    let key = WaybillKey::new(carrier, number);
    (!key.logistics.is_empty() && !key.logistics_no.is_empty()).then_some(key)
}

impl Happening {
    /// Of a record of what happened.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Parcels that it says must not pass: those of an X-ray that is not clear.
    pub fn suspects(&self) -> Vec<WaybillKey> {
        let is_suspect = self.kind == "x-ray" && self.result == "suspect";
        self.parcels.iter().filter(|_| is_suspect).filter_map(|text| parcel_of(text)).collect()
    }

    /// What is wrong with it.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.check(&mut faults);
        faults
    }

    /// Members that a kind asks for.
    fn asks(&self) -> &'static [&'static str] {
        match self.kind.as_str() {
            "x-ray" => &["parcels", "result"],
            "weight" => &["parcels", "weight"],
            "label" => &["parcels", "label"],
            "bag" => &["parcels", "bag", "seal"],
            "gate-list" => &["parcels", "vehicle", "direction"],
            "stocktake" => &["counted"],
            _ => &[],
        }
    }

    fn check(&self, faults: &mut Vec<Fault>) {
        check_word("kind", &self.kind, KINDS, faults);
        if !KINDS.contains(&self.kind.as_str()) {
            return;
        }
        if !self.at.is_empty() && Stamp::parse(&self.at).is_none() {
            faults.push(Fault::new("at", &self.at, says::A_SECOND.said()));
        }
        let asks = self.asks();
        for (name, text) in [
            ("result", &self.result),
            ("weight", &self.weight),
            ("label", &self.label),
            ("bag", &self.bag),
            ("seal", &self.seal),
            ("vehicle", &self.vehicle),
            ("direction", &self.direction),
        ] {
            match asks.contains(&name) {
                true => check_text(name, text, 60, faults),
                false if !text.is_empty() => {
                    faults.push(Fault::new(name, text, says::NOT_OF_THIS_KIND.said()));
                }
                false => {}
            }
        }
        if asks.contains(&"result") && !self.result.trim().is_empty() {
            check_word("result", &self.result, RESULTS, faults);
        }
        if asks.contains(&"direction") && !self.direction.trim().is_empty() {
            check_word("direction", &self.direction, DIRECTIONS, faults);
        }
        let decimal = |text: &str| Decimal::parse(text.trim()).is_some_and(|number| !number.is_negative());
        if asks.contains(&"weight") && !self.weight.trim().is_empty() && !decimal(&self.weight) {
            faults.push(Fault::new("weight", &self.weight, says::DECIMAL_ALONE.said()));
        }
        self.check_lists(asks, faults);
        for (index, counted) in self.counted.iter().take(MOST).enumerate() {
            check_text(&format!("counted[{}].item", index + 1), &counted.item, 100, faults);
            if !decimal(&counted.quantity) {
                let path = format!("counted[{}].quantity", index + 1);
                faults.push(Fault::new(&path, &counted.quantity, says::DECIMAL_ALONE.said()));
            }
        }
        check_length("text", &self.text, 500, faults);
    }

    fn check_lists(&self, asks: &[&str], faults: &mut Vec<Fault>) {
        for (name, length) in [("parcels", self.parcels.len()), ("counted", self.counted.len())] {
            let most =
                if name == "parcels" && matches!(self.kind.as_str(), "weight" | "label") { 1 } else { MOST };
            if asks.contains(&name) && !(1..=most).contains(&length) {
                let said = says::ONE_TO.with(&[("most", &most.to_string())]);
                faults.push(Fault::new(name, &length.to_string(), said));
            }
            if !asks.contains(&name) && length > 0 {
                faults.push(Fault::new(name, &length.to_string(), says::NOT_OF_THIS_KIND.said()));
            }
        }
        for (index, parcel) in self.parcels.iter().take(MOST).enumerate() {
            if parcel_of(parcel).is_none() {
                let path = format!("parcels[{}]", index + 1);
                faults.push(Fault::new(&path, parcel, says::PARCEL_NAMED.said()));
            }
        }
    }
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let happening: Happening = read(seen.command.body.as_deref(), faults)?;
    happening.check(faults);
    Some(Made {
        body: written(&happening),
        parties: vec![owner_of(&seen.command.key)],
        filing: None,
        seed: None,
    })
}
