//! What happened at a site, typed by kind: an X-ray, a weight, a label, a bag that gets its seal or loses it, a gate list, a
//! stocktake. The window writes it for a keeper; what is wrong is recorded anew under another number, so nothing is taken back.
//! That nothing held leaves on a gate list is decided here, beside the holds, in one commit.

use super::bag::{self, Listed, Remark};
use super::scan::{DIRECTIONS, is_number};
use super::{check_length, check_text, check_word};
use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use ceb::{Decimal, Stamp};
use clearance::keys::WaybillKey;
use clearance::passage::Passage;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The id is that of the site, a colon, the keeper's number of it. `alarm`: a vehicle left with what does not pass, or came with
/// a bag that is not as it was sealed. `differ`: a stocktake found other parcels than lie there by scans.
pub const MOVES: &[Move] = &[
    Move::window("record", &[""], "recorded"),
    Move::window("alarm", &[""], "alarmed"),
    Move::window("differ", &[""], "differing"),
];

/// Kinds of what happens.
pub const KINDS: &[&str] = &["x-ray", "weight", "label", "bag", "unseal", "gate-list", "stocktake"];
/// Results of an X-ray.
pub const RESULTS: &[&str] = &["clear", "suspect"];
/// What a stocktake finds otherwise than scans said: a parcel that is not there, and one that should not be.
pub const DIFFERENCES: &[&str] = &["missing", "surplus"];
/// Parcels, bags, and items of a stocktake, at most.
const MOST: usize = 1_000;
/// Parcels with those in bags at most.
pub const ALL: usize = 5_000;

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
    /// Bags of a gate list or a stocktake.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bags: Vec<Listed>,
    /// Of a gate list that a device without network let out: `pass`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub offline: String,
    /// The time of the list that it did so by, 17 digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub list: String,
    /// What of a gate list does not pass. The window writes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stopped: Vec<Remark>,
    /// Where a stocktake and the scans differ. The window writes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Remark>,
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

    /// What of it was sent: without what the window writes.
    #[must_use]
    pub fn sent(&self) -> Self {
        let mut sent = Self { stopped: Vec::new(), differences: Vec::new(), ..self.clone() };
        for listed in &mut sent.bags {
            listed.parcels.clear();
        }
        sent
    }

    /// Whether it is a list of what leaves, which nothing may leave with that does not pass.
    pub fn leaves(&self) -> bool {
        self.kind == "gate-list" && self.direction == "out"
    }

    /// Whether a device without network let it out.
    pub fn is_offline(&self) -> bool {
        self.offline == Passage::Pass.word()
    }

    /// The move that records it.
    pub fn action(&self) -> &'static str {
        match self.kind.as_str() {
            "gate-list" if !self.stopped.is_empty() => "alarm",
            "stocktake" if !self.differences.is_empty() => "differ",
            _ => "record",
        }
    }

    /// Every parcel, those in bags too, with where it stands.
    pub fn all_parcels(&self) -> impl Iterator<Item = (String, &str)> {
        let loose = self.parcels.iter().enumerate().map(|(index, parcel)| (None, index, parcel));
        let bagged = self.bags.iter().enumerate().flat_map(|(bag, listed)| {
            listed.parcels.iter().enumerate().map(move |(index, parcel)| (Some(bag), index, parcel))
        });
        loose.chain(bagged).map(|(bag, index, parcel)| {
            let within = bag.map_or_else(String::new, |bag| format!("bags[{}].", bag + 1));
            (format!("{within}parcels[{}]", index + 1), parcel.as_str())
        })
    }

    /// Records of the bags that it names, as they are read at a site.
    pub fn bag_keys(&self, site: &str) -> Vec<RecordKey> {
        let own = (!self.bag.trim().is_empty()).then_some(self.bag.as_str());
        let named = own.into_iter().chain(self.bags.iter().map(|listed| listed.bag.as_str()));
        named.filter_map(|text| bag::key_at(site, text)).collect()
    }

    /// Whether parcels come, and which come or go.
    pub(crate) fn moved(&self) -> Option<(bool, Vec<WaybillKey>)> {
        let enters = match self.direction.as_str() {
            "in" => true,
            "out" => false,
            _ => return None,
        };
        let parcels = || self.all_parcels().filter_map(|(_, parcel)| parcel_of(parcel)).collect();
        (self.kind == "gate-list").then(|| (enters, parcels()))
    }

    /// What is wrong with what it says, by itself.
    pub fn content_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.check(&mut faults);
        faults
    }

    /// The same, and what was sent that the window writes.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.content_faults();
        for (name, count) in [("stopped", self.stopped.len()), ("differences", self.differences.len())] {
            if count > 0 {
                faults.push(Fault::new(name, &count.to_string(), says::WINDOW_WRITES_IT.said()));
            }
        }
        for (index, listed) in self.bags.iter().enumerate().filter(|(_, listed)| !listed.parcels.is_empty()) {
            let path = format!("bags[{}].parcels", index + 1);
            let count = listed.parcels.len().to_string();
            faults.push(Fault::new(&path, &count, says::WINDOW_WRITES_IT.said()));
        }
        faults
    }

    /// Members that a kind asks for, besides lists.
    fn asks(&self) -> &'static [&'static str] {
        match self.kind.as_str() {
            "x-ray" => &["result"],
            "weight" => &["weight"],
            "label" => &["label"],
            "bag" => &["bag", "seal"],
            "unseal" => &["bag"],
            "gate-list" => &["vehicle", "direction"],
            _ => &[],
        }
    }

    /// Lists that a kind takes: one of them at least is there.
    fn takes(&self) -> &'static [&'static str] {
        match self.kind.as_str() {
            "unseal" => &[],
            "gate-list" => &["parcels", "bags"],
            "stocktake" => &["counted", "parcels", "bags"],
            _ => &["parcels"],
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
        self.check_offline(faults);
        self.check_lists(faults);
        for (index, counted) in self.counted.iter().take(MOST).enumerate() {
            check_text(&format!("counted[{}].item", index + 1), &counted.item, 100, faults);
            if !decimal(&counted.quantity) {
                let path = format!("counted[{}].quantity", index + 1);
                faults.push(Fault::new(&path, &counted.quantity, says::DECIMAL_ALONE.said()));
            }
        }
        match self.kind.as_str() {
            // Whoever breaks a seal says why.
            "unseal" => check_text("text", &self.text, 500, faults),
            _ => check_length("text", &self.text, 500, faults),
        }
    }

    fn check_offline(&self, faults: &mut Vec<Fault>) {
        let is_list = self.list.len() <= 17 && self.list.bytes().all(|byte| byte.is_ascii_digit());
        if !is_list {
            faults.push(Fault::new("list", &self.list, says::UP_TO_CHARACTERS.with(&[("most", "17")])));
        }
        if !self.offline.is_empty() && !self.leaves() {
            faults.push(Fault::new("offline", &self.offline, says::NOT_OF_THIS_KIND.said()));
        } else if !self.offline.is_empty() {
            check_word("offline", &self.offline, &[Passage::Pass.word()], faults);
        }
    }

    fn check_lists(&self, faults: &mut Vec<Fault>) {
        let takes = self.takes();
        let most = match self.kind.as_str() {
            "weight" | "label" => 1,
            "bag" => bag::PARCELS,
            _ => MOST,
        };
        let lists =
            [("parcels", self.parcels.len()), ("counted", self.counted.len()), ("bags", self.bags.len())];
        let sum: usize = lists.iter().map(|(_, length)| length).sum();
        for (name, length) in lists {
            if !takes.contains(&name) && length > 0 {
                faults.push(Fault::new(name, &length.to_string(), says::NOT_OF_THIS_KIND.said()));
            } else if length > most || (sum == 0 && takes.first() == Some(&name)) {
                let said = says::ONE_TO.with(&[("most", &most.to_string())]);
                faults.push(Fault::new(name, &length.to_string(), said));
            }
        }
        let all = self.parcels.len() + self.bags.iter().map(|listed| listed.parcels.len()).sum::<usize>();
        if all > ALL {
            let said = says::AT_MOST.with(&[("most", &ALL.to_string())]);
            faults.push(Fault::new("bags", &all.to_string(), said));
        }
        // Also one that is in two bags, or in one bag under two names.
        let mut seen = BTreeSet::new();
        for (path, parcel) in self.all_parcels().take(ALL) {
            let Some(key) = parcel_of(parcel) else {
                faults.push(Fault::new(&path, parcel, says::PARCEL_NAMED.said()));
                continue;
            };
            if !seen.insert(key) {
                faults.push(Fault::new(&path, parcel, says::PARCEL_ONCE.said()));
            }
        }
        self.check_names(faults);
    }

    /// Numbers of bags and seals: they stand in ids and in the list that is signed.
    fn check_names(&self, faults: &mut Vec<Fault>) {
        let mut number = |path: &str, text: &str, fits: bool| {
            if !fits && !text.trim().is_empty() {
                faults.push(Fault::new(path, text, says::BAG_NUMBER.said()));
            }
        };
        number("bag", &self.bag, is_number(self.bag.trim()));
        number("seal", &self.seal, is_number(self.seal.trim()));
        let mut seen = BTreeSet::new();
        for (index, listed) in self.bags.iter().take(MOST).enumerate() {
            let path = |name: &str| format!("bags[{}].{name}", index + 1);
            if !bag::is_named(&listed.bag) {
                faults.push(Fault::new(&path("bag"), &listed.bag, says::BAG_NUMBER.said()));
            } else if !seen.insert(listed.bag.trim()) {
                faults.push(Fault::new(&path("bag"), &listed.bag, says::BAG_ONCE.said()));
            }
            if !is_number(listed.seal.trim()) {
                faults.push(Fault::new(&path("seal"), &listed.seal, says::BAG_NUMBER.said()));
            }
        }
    }

    /// What is wrong with a bag on this list, and the parcels that are in it as far as its record tells.
    pub fn as_listed(&self, bag: Option<&Record>, listed: &Listed) -> (Option<&'static str>, Vec<String>) {
        let wrong = bag::wrong(bag, Some(&listed.seal));
        let parcels = match (bag, wrong) {
            // What was in it is no more.
            (None, _) | (_, Some("bag-unsealed")) => Vec::new(),
            (Some(bag), _) => bag::Bag::of(bag).parcels,
        };
        // One that comes from elsewhere need not be known here.
        (wrong.filter(|why| self.leaves() || *why != "unknown"), parcels)
    }

    /// Holds what it says of bags against their records, and what leaves against the holds.
    fn check_beside(&self, seen: &Seen<'_>, faults: &mut Vec<Fault>) {
        let (facts, site) = (seen.facts, super::site_of(&seen.command.key));
        let bag_at = |text: &str| bag::key_at(site, text).and_then(|key| facts.records.get(&key));
        let is_sealed = || bag_at(&self.bag).is_some_and(|bag| bag.state == bag::SEALED);
        match self.kind.as_str() {
            "bag" if is_sealed() => faults.push(Fault::new("bag", &self.bag, says::BAG_SEALED.said())),
            "unseal" if !is_sealed() => faults.push(Fault::new("bag", &self.bag, says::BAG_OPEN.said())),
            "gate-list" => {
                let is_told =
                    |bag: &str| self.stopped.iter().any(|one| one.bag == bag && one.parcel.is_empty());
                for (index, listed) in self.bags.iter().enumerate() {
                    let bag = bag_at(&listed.bag).map(|bag| &**bag);
                    let (wrong, parcels) = self.as_listed(bag, listed);
                    if (wrong.is_some() && !is_told(&listed.bag)) || parcels != listed.parcels {
                        let path = format!("bags[{}]", index + 1);
                        faults.push(Fault::new(&path, &listed.bag, says::BAG_AS_SEALED.said()));
                    }
                }
                if self.leaves() {
                    self.check_held(seen, faults);
                }
                if self.leaves() && !self.is_offline() && !self.stopped.is_empty() {
                    let count = self.stopped.len().to_string();
                    faults.push(Fault::new("stopped", &count, says::WINDOW_WRITES_IT.said()));
                }
            }
            _ => {}
        }
    }

    /// Parcels of a list of what leaves that are held and not told as stopped.
    fn check_held(&self, seen: &Seen<'_>, faults: &mut Vec<Fault>) {
        let told: BTreeSet<&str> = self.stopped.iter().map(|one| one.parcel.as_str()).collect();
        for (path, parcel) in self.all_parcels() {
            if bag::holds(seen.facts, parcel) && !told.contains(parcel) {
                let said = says::LIST_STOPPED.with(&[("parcel", parcel), ("why", "parcel-held")]);
                faults.push(Fault::new(&path, parcel, said));
            }
        }
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let happening: Happening = read(seen.command.body.as_deref(), faults)?;
    happening.check(faults);
    happening.check_beside(seen, faults);
    if happening.action() != step.action {
        let words = says::ONE_OF.with(&[("words", happening.action())]);
        faults.push(Fault::new("action", step.action, words));
    }
    Some(Made {
        body: written(&happening),
        parties: vec![owner_of(&seen.command.key)],
        filing: None,
        seed: None,
    })
}
