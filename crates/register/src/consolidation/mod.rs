//! Consolidations: released parcels of exports, and bags of them, that leave together in one container, vehicle or pallet. Whoever
//! carries them, or operates the site, opens a unit, puts parcels in and takes them out, closes it under a seal with what it weighs,
//! and says when it left. Holds, bags and trades are looked at here, in the commit that changes the unit: who may be in one, its
//! manifest and its weight are `contents`. The window names in each command what it touches, so that it is loaded and locked.

pub mod contents;
mod form;

use crate::behind::Behind;
use crate::moves::{Move, Who};
use crate::park::bag::{self, Bag, Listed};
use crate::park::happening::parcel_of;
use crate::park::scan::is_number;
use crate::park::{WORKING, check_length, check_text, check_word, hold, site};
use crate::says;
use crate::{Command, Fault, Made, Seen, owner_of, read, written};
use ceb::{Decimal, Stamp};
use clearance::Text;
use clearance::export::{ExportKey, ExportTrade, ExportTradeKey};
use clearance::facts::{Facts, Keys};
use clearance::keys::{Position, Time, WaybillKey};
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use contents::Manifest;
pub use form::{Body, Closed, Closing, Departing, Found, Loaded, Mark, Opened, TakenOut};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The state of a unit that parcels are put into.
pub const LOADING: &str = "loading";
/// The state of a unit that is closed and has not left.
pub const SEALED: &str = "sealed";
/// The state of a unit that left.
pub const DEPARTED: &str = "departed";
/// The state of a unit that was given up: nothing is in it.
pub const DISSOLVED: &str = "dissolved";
/// The state of a parcel that is in a unit.
pub const PUT_IN: &str = "put-in";
/// The state of a parcel that was taken out of its unit.
pub const TAKEN_OUT: &str = "taken-out";
/// The state of a parcel that left in its unit.
pub const GONE: &str = "gone";

/// The id is the code of whoever opened it, a colon, his number of the unit. Behind a unit stands where each of its parcels is, in a
/// record that is nobody's: so a parcel is in one.
pub const MOVES: &[Move] = &[
    Move::owner("open-unit", &[""], LOADING).alone(),
    Move::owner("load", &[LOADING], LOADING).alone(),
    Move::owner("take-out", &[LOADING, SEALED], LOADING).alone().explained(),
    Move::owner("close-unit", &[LOADING], SEALED).alone(),
    Move::owner("depart", &[SEALED], DEPARTED).alone(),
    Move::owner("dissolve", &[LOADING, SEALED], DISSOLVED).alone().explained(),
    Move::window("enter-unit", &["", TAKEN_OUT, GONE], PUT_IN),
    Move::window("leave-unit", &[PUT_IN], TAKEN_OUT),
    Move::window("go-in-unit", &[PUT_IN], GONE),
];

/// States that a list tells unless others are asked for: where a parcel is, is told with its trade.
pub const LISTED: &[&str] = &[LOADING, SEALED, DEPARTED, DISSOLVED];
/// What parcels are put into.
pub const KINDS: &[&str] = &["container", "truck", "aircraft-pallet"];
/// Parcels of a unit at most, those in bags too.
pub const MOST: usize = 5_000;
/// Parcels that stand against a move and are told, at most.
const TOLD: usize = 100;

/// The record of where a parcel is. Its id begins with no party's code, so it is nobody's and none of a unit.
pub fn key(parcel: &WaybillKey) -> RecordKey {
    RecordKey::new(Register::Consolidation, &format!("/{}", name_of(parcel)))
}

/// Whether a key is of a unit, and not of where a parcel is.
pub fn is_of_unit(key: &RecordKey) -> bool {
    key.register == Register::Consolidation && !key.id.starts_with('/')
}

/// A parcel as carrier's code, slash, waybill number.
pub fn name_of(parcel: &WaybillKey) -> String {
    format!("{}/{}", parcel.logistics, parcel.logistics_no)
}

/// The parcel that the owner of a unit names; a number alone is of a parcel that he carries.
pub fn named(owner: &str, text: &str) -> Option<WaybillKey> {
    if text.contains('/') { parcel_of(text) } else { parcel_of(&format!("{owner}/{text}")) }
}

/// The body of a command, as far as its keys are read of it.
#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    site: String,
    #[serde(default)]
    found: Vec<Found>,
}

fn sent(command: &Command) -> Option<Sent> {
    if !is_of_unit(&command.key) {
        return None;
    }
    command.body.as_deref().and_then(|body| serde_json::from_str(body).ok())
}

/// Adds what a command names to the keys of its batch: of each parcel where it is, its hold, its waybill and its trade, and whether it
/// is under way to another district; the bags, and the site.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    let Some(sent) = sent(command) else { return };
    if !sent.site.is_empty() {
        keys.looked_at.push(RecordKey::new(Register::Site, &sent.site));
    }
    let mut bags = BTreeSet::new();
    for found in &sent.found {
        let Some(parcel) = parcel_of(&found.parcel) else { continue };
        if !found.bag.is_empty() && bags.insert(found.bag.as_str()) {
            keys.records.push(RecordKey::new(Register::SiteBag, &found.bag));
        }
        keys.records.extend([key(&parcel), hold::key(&parcel)]);
        // A transfer changes it under the lock of the waybill.
        keys.looked_at.push(clearance::transit::key(&parcel));
        keys.exports.push(ExportKey::Waybill(parcel));
        if !found.merchant.is_empty() {
            keys.exports.push(ExportKey::Trade(ExportTradeKey::new(&found.merchant, &found.order_no)));
        }
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    // Written behind a unit.
    if step.who == Who::Window {
        faults.push(Fault::new("action", step.action, says::WINDOW_WRITES_IT.said()));
        return None;
    }
    let owner = owner_of(&seen.command.key);
    let frees = matches!(step.action, "take-out" | "dissolve");
    if !frees && !seen.acts_as(&owner, &[Role::Logistics, Role::SiteOperator]) {
        faults.push(Fault::new("id", &owner, says::CONSOLIDATOR.said()));
    }
    let body = match seen.current.map(Body::of) {
        None => opened(seen, faults)?,
        Some(body) => match step.action {
            "load" => loaded(seen, body, faults)?,
            "take-out" => taken_out(seen, body, faults)?,
            "close-unit" => closed(seen, body, faults)?,
            "depart" => departed(seen, body, faults)?,
            _ => dissolved(seen, body, faults)?,
        },
    };
    let parties = vec![owner, owner_of(&RecordKey::new(Register::Site, &body.site))];
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

/// The carriers whose parcels the owner of a unit may put into one at a site: of his own site all that come through it, elsewhere his
/// own; nothing = he has no place there, or it does not work.
fn carriers_at(seen: &Seen<'_>, site: &str) -> Vec<Text> {
    let key = RecordKey::new(Register::Site, site);
    let record = seen.facts.records.get(&key).filter(|record| WORKING.contains(&record.state.as_str()));
    let Some(applied) = record.and_then(|record| site::Body::of(record).in_force) else { return Vec::new() };
    let (owner, today) = (owner_of(&seen.command.key), seen.now.day());
    let is_his = |code: &str| seen.parties.same(code, &owner, today);
    let is_own = is_his(&owner_of(&key));
    let carriers = applied.carriers.iter().map(|carrier| Text::from(carrier.trim()));
    carriers.filter(|carrier| is_own || is_his(carrier)).collect()
}

fn opened(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Body> {
    let sent: Opened = read(seen.command.body.as_deref(), faults)?;
    if !is_number(seen.own_name()) {
        faults.push(Fault::new("id", &seen.command.key.id, says::OWN_CODE_AND_NUMBER.said()));
    }
    if carriers_at(seen, &sent.site).is_empty() {
        faults.push(Fault::new("site", &sent.site, says::UNIT_SITE.said()));
    }
    check_word("kind", &sent.kind, KINDS, faults);
    check_text("unit", &sent.unit, 60, faults);
    check_length("means", &sent.means, 100, faults);
    let trim = |text: String| text.trim().to_owned();
    Some(Body {
        site: trim(sent.site),
        kind: sent.kind,
        unit: trim(sent.unit),
        means: trim(sent.means),
        ..Body::default()
    })
}

/// Parcels that are put into a unit, one after the other.
struct Loading<'a> {
    seen: &'a Seen<'a>,
    carriers: Vec<Text>,
    /// Parcels that were loaded to be looked at.
    found: BTreeSet<String>,
    /// What is put in by this command.
    taken: BTreeSet<String>,
}

impl Loading<'_> {
    fn covers(&self, parcel: &WaybillKey) -> bool {
        self.carriers.contains(&parcel.logistics)
    }

    /// Whether a parcel may be put in; what stands against it is told. One that is not his to load is told as one that nobody knows.
    fn takes(&mut self, path: &str, parcel: &WaybillKey, faults: &mut Vec<Fault>) -> bool {
        let (facts, name) = (self.seen.facts, name_of(parcel));
        let known = self.covers(parcel) && self.found.contains(&name);
        let why = if known { contents::stopped(facts, parcel, false) } else { Some("unknown") };
        if let Some(why) = why {
            let said = says::UNIT_PARCEL.with(&[("parcel", &name), ("why", why)]);
            faults.push(Fault::new(path, &name, said));
            return false;
        }
        if let Some(unit) = elsewhere(facts, parcel) {
            let said = says::UNIT_ELSEWHERE.with(&[("parcel", &name), ("unit", &unit)]);
            faults.push(Fault::new(path, &name, said));
            return false;
        }
        let once = self.taken.insert(name.clone());
        if !once {
            faults.push(Fault::new(path, &name, says::PARCEL_ONCE.said()));
        }
        once
    }
}

fn attempt_of(trade: &ExportTrade) -> u32 {
    trade.attempt.as_ref().map_or(0, |attempt| attempt.number)
}

/// The unit that a parcel is in, or left in; none = it may be put into another.
fn elsewhere(facts: &Facts, parcel: &WaybillKey) -> Option<String> {
    let record = facts.records.get(&key(parcel))?;
    let mark = Mark::of(record);
    let stays = match record.state.as_str() {
        PUT_IN => true,
        // A number that is used again is of another parcel; and one whose list was cancelled after it had left the site, and that
        // was declared anew, came back to it.
        GONE => contents::trade_of(facts, parcel)
            .is_some_and(|trade| trade.key == mark.trade() && [0, attempt_of(trade)].contains(&mark.attempt)),
        _ => false,
    };
    stays.then_some(mark.unit)
}

fn too_many(count: usize, faults: &mut Vec<Fault>) -> bool {
    if count > MOST {
        let said = says::AT_MOST.with(&[("most", &MOST.to_string())]);
        faults.push(Fault::new("parcels", &count.to_string(), said));
    }
    count > MOST
}

fn loaded(seen: &Seen<'_>, mut body: Body, faults: &mut Vec<Fault>) -> Option<Body> {
    let sent: Loaded = read(seen.command.body.as_deref(), faults)?;
    if sent.parcels.is_empty() && sent.bags.is_empty() {
        faults.push(Fault::new("parcels", "", says::NOT_EMPTY.said()));
    }
    if too_many(body.all().count() + sent.parcels.len().max(sent.bags.len()), faults) {
        return None;
    }
    let carriers = carriers_at(seen, &body.site);
    if carriers.is_empty() {
        faults.push(Fault::new("site", &body.site, says::UNIT_SITE.said()));
    }
    let found = sent.found.iter().map(|found| found.parcel.clone()).collect();
    let mut loading = Loading { seen, carriers, found, taken: BTreeSet::new() };
    let owner = owner_of(&seen.command.key);
    for (index, text) in sent.parcels.iter().enumerate() {
        let path = format!("parcels[{}]", index + 1);
        match named(&owner, text) {
            None => faults.push(Fault::new(&path, text, says::PARCEL_NAMED.said())),
            Some(parcel) => {
                if loading.takes(&path, &parcel, faults) {
                    body.parcels.push(name_of(&parcel));
                }
            }
        }
        if faults.len() >= TOLD {
            return None;
        }
    }
    for (index, listed) in sent.bags.iter().enumerate() {
        let path = format!("bags[{}]", index + 1);
        body.bags.extend(bag_of(&mut loading, &path, &body.site, listed, faults));
        if faults.len() >= TOLD {
            return None;
        }
    }
    too_many(body.all().count(), faults);
    Some(body)
}

/// A bag that is put in, if all of it may be.
fn bag_of(
    loading: &mut Loading<'_>,
    path: &str,
    site: &str,
    listed: &Listed,
    faults: &mut Vec<Fault>,
) -> Option<Listed> {
    let Some(key) = bag::key_at(site, &listed.bag) else {
        faults.push(Fault::new(&format!("{path}.bag"), &listed.bag, says::BAG_NUMBER.said()));
        return None;
    };
    let record = loading.seen.facts.records.get(&key);
    // One in which anything is not his to load is told as one that nobody sealed.
    let is_his = |parcel: &String| parcel_of(parcel).is_some_and(|parcel| loading.covers(&parcel));
    let record = record.filter(|record| Bag::of(record).parcels.iter().all(is_his));
    if bag::wrong(record.map(|record| &**record), Some(&listed.seal)).is_some() {
        faults.push(Fault::new(path, &listed.bag, says::BAG_AS_SEALED.said()));
        return None;
    }
    let parcels = Bag::of(record?).parcels;
    let before = faults.len();
    for (index, parcel) in parcels.iter().filter_map(|parcel| parcel_of(parcel)).enumerate() {
        loading.takes(&format!("{path}.parcels[{}]", index + 1), &parcel, faults);
    }
    let bag = key.id.to_string();
    (faults.len() == before).then(|| Listed { bag, seal: listed.seal.trim().to_owned(), parcels })
}

fn taken_out(seen: &Seen<'_>, mut body: Body, faults: &mut Vec<Fault>) -> Option<Body> {
    let sent: TakenOut = read(seen.command.body.as_deref(), faults)?;
    if sent.parcels.is_empty() && sent.bags.is_empty() {
        faults.push(Fault::new("parcels", "", says::NOT_EMPTY.said()));
    }
    if too_many(sent.parcels.len().max(sent.bags.len()), faults) {
        return None;
    }
    check_length("note", &seen.command.note, 500, faults);
    let (owner, before) = (owner_of(&seen.command.key), body.names());
    let loose: BTreeSet<&str> = body.parcels.iter().map(String::as_str).collect();
    let mut out: BTreeSet<String> = BTreeSet::new();
    for (index, text) in sent.parcels.iter().enumerate() {
        let name = named(&owner, text).map(|parcel| name_of(&parcel));
        let name = name.filter(|name| loose.contains(name.as_str()) && !out.contains(name));
        match name {
            Some(name) => _ = out.insert(name),
            None => faults.push(Fault::new(&format!("parcels[{}]", index + 1), text, says::UNIT_HAS.said())),
        }
    }
    let mut bags: BTreeSet<String> = BTreeSet::new();
    for (index, text) in sent.bags.iter().enumerate() {
        let id = bag::key_at(&body.site, text).map(|key| key.id.to_string());
        let is_here = |id: &String| body.bags.iter().any(|listed| listed.bag == *id);
        match id.filter(|id| is_here(id) && !bags.contains(id)) {
            Some(id) => _ = bags.insert(id),
            None => faults.push(Fault::new(&format!("bags[{}]", index + 1), text, says::UNIT_HAS.said())),
        }
    }
    body.parcels.retain(|parcel| !out.contains(parcel));
    body.bags.retain(|listed| !bags.contains(&listed.bag));
    let after = body.names();
    check_found(before.difference(&after), &sent.found, faults);
    Some(Body { closed: None, manifest: None, ..body })
}

/// What a command moves has been loaded.
fn check_found<'a>(mut moved: impl Iterator<Item = &'a String>, found: &[Found], faults: &mut Vec<Fault>) {
    let known: BTreeSet<&str> = found.iter().map(|found| found.parcel.as_str()).collect();
    if let Some(unknown) = moved.find(|name| !known.contains(name.as_str())) {
        faults.push(Fault::new("found", unknown, says::WINDOW_WRITES_IT.said()));
    }
}

fn dissolved(seen: &Seen<'_>, body: Body, faults: &mut Vec<Fault>) -> Option<Body> {
    let Some(sent) = sent(seen.command) else {
        faults.push(Fault::new("body", "", says::BODY_NEEDED.said()));
        return None;
    };
    check_length("note", &seen.command.note, 500, faults);
    check_found(body.names().iter(), &sent.found, faults);
    Some(Body { parcels: Vec::new(), bags: Vec::new(), closed: None, manifest: None, ..body })
}

fn closed(seen: &Seen<'_>, body: Body, faults: &mut Vec<Fault>) -> Option<Body> {
    let sent: Closing = read(seen.command.body.as_deref(), faults)?;
    check_text("seal", &sent.seal, 60, faults);
    let mut weight = |path: &str, text: &str| {
        let weight = Decimal::parse(text).filter(|weight| !weight.is_negative());
        if weight.is_none() {
            faults.push(Fault::new(path, text, says::DECIMAL_ALONE.said()));
        }
        weight.unwrap_or_default()
    };
    let (tare, gross) = (weight("tare", &sent.tare), weight("gross", &sent.gross));
    check_inside(seen, &body, &sent.found, faults);
    if !faults.is_empty() {
        return None;
    }
    let manifest = Manifest::of(seen.facts, &body);
    let tolerance =
        seen.reference.current().parameters.on(seen.now.day()).consolidation_weight_tolerance.max(0);
    let declared = Decimal::parse(&manifest.weight).unwrap_or_default();
    let load = Decimal::from_units(gross.units() - tare.units());
    if contents::differs(declared, load, tolerance) {
        let said = says::UNIT_WEIGHT.with(&[
            ("declared", &declared.to_string()),
            ("loaded", &load.to_string()),
            ("tolerance", &tolerance.to_string()),
        ]);
        faults.push(Fault::new("gross", &sent.gross, said));
    }
    let seal = sent.seal.trim().to_owned();
    let closed = Closed { seal, tare: tare.to_string(), gross: gross.to_string(), tolerance };
    Some(Body { closed: Some(closed), manifest: Some(manifest), ..body })
}

fn departed(seen: &Seen<'_>, body: Body, faults: &mut Vec<Fault>) -> Option<Body> {
    let sent: Departing = read(seen.command.body.as_deref(), faults)?;
    check_text("vehicle", &sent.vehicle, 60, faults);
    match Stamp::parse(sent.at.trim()) {
        None => faults.push(Fault::new("at", &sent.at, says::A_SECOND.said())),
        Some(stamp) => {
            // To the minute: a page asks for no seconds.
            let minute = |time: Time| time.0.div_euclid(60_000);
            let sealed = seen.current.map_or(0, |record| minute(record.changed));
            let at = minute(Time::from_stamp(stamp));
            if at < sealed || at > minute(seen.now) {
                faults.push(Fault::new("at", &sent.at, says::UNIT_LEFT.said()));
            }
        }
    }
    check_inside(seen, &body, &sent.found, faults);
    let (vehicle, at) = (sent.vehicle.trim().to_owned(), sent.at.trim().to_owned());
    Some(Body { vehicle, at, ..body })
}

/// A unit is closed, and leaves, with something in it, of which nothing was held, cancelled or opened meanwhile.
fn check_inside(seen: &Seen<'_>, body: &Body, found: &[Found], faults: &mut Vec<Fault>) {
    if body.all().next().is_none() {
        faults.push(Fault::new("parcels", "0", says::UNIT_EMPTY.said()));
    }
    for (index, listed) in body.bags.iter().enumerate() {
        let key = RecordKey::new(Register::SiteBag, &listed.bag);
        let record = seen.facts.records.get(&key);
        let is_as_loaded = bag::wrong(record.map(|record| &**record), Some(&listed.seal)).is_none()
            && record.is_some_and(|record| Bag::of(record).parcels == listed.parcels);
        if !is_as_loaded {
            let path = format!("bags[{}]", index + 1);
            faults.push(Fault::new(&path, &listed.bag, says::UNIT_BAG.said()));
        }
    }
    let known: BTreeSet<&str> = found.iter().map(|found| found.parcel.as_str()).collect();
    for (path, text, _) in body.all() {
        if faults.len() >= TOLD {
            return;
        }
        let parcel = parcel_of(text).filter(|parcel| known.contains(name_of(parcel).as_str()));
        let why = match &parcel {
            Some(parcel) => contents::stopped(seen.facts, parcel, true),
            None => Some("unknown"),
        };
        if let Some(why) = why {
            let said = says::UNIT_PARCEL.with(&[("parcel", text), ("why", why)]);
            faults.push(Fault::new(&path, text, said));
        }
    }
}

/// Where each parcel of a unit is after a move, to be written behind the unit's record.
pub(crate) fn marked(
    facts: &mut Facts,
    command: &Command,
    record: &Record,
    at: Position,
) -> Vec<Arc<Record>> {
    let moves = matches!(record.action.as_str(), "load" | "take-out" | "depart" | "dissolve");
    let Some(sent) = sent(command).filter(|_| moves) else { return Vec::new() };
    let inside = Body::of(record).names();
    let mut made: Vec<Arc<Record>> = Vec::new();
    for parcel in sent.found.iter().filter_map(|found| parcel_of(&found.parcel)) {
        let key = key(&parcel);
        let current = facts.records.get(&key).filter(|mark| mark.state == PUT_IN);
        let before = current.map(|mark| Mark::of(mark)).filter(|mark| mark.unit == record.key.id.as_str());
        let is_in = inside.contains(&name_of(&parcel));
        let (action, state, mark) = match before {
            None if is_in && record.state == LOADING => {
                let trade = contents::trade_of(facts, &parcel);
                let attempt = trade.map_or(0, attempt_of);
                let trade = trade.map(|trade| trade.key.clone()).unwrap_or_default();
                let unit = record.key.id.to_string();
                let (merchant, order_no) = (trade.merchant.to_string(), trade.order_no.to_string());
                ("enter-unit", PUT_IN, Mark { unit, merchant, order_no, reason: String::new(), attempt })
            }
            Some(mark) if !is_in => ("leave-unit", TAKEN_OUT, Mark { reason: record.note.clone(), ..mark }),
            Some(mark) if record.state == DEPARTED => ("go-in-unit", GONE, mark),
            _ => continue,
        };
        let place = Position { sequence: at.sequence + made.len() as u64, ..at };
        // Whoever may see the trade is told with it.
        let behind = Behind { key, state, action, parties: Vec::new(), body: written(&mark) };
        made.push(behind.of(facts, record, place));
    }
    made
}
