//! Transfers between districts: released lists of exports are carried under customs seal from the district where they were cleared to
//! the district of exit, many under one document. Their declaring unit applies; the office of departure seals; the gate of the site
//! records that they left; the office of exit confirms that they came, or says what is missing or too much. What stands in the trades
//! is looked at in the commit that writes the record. Beside it stand one record a parcel, which keeps it from being declared as gone
//! and tells its trade what became of it, and one a list, which keeps it from being cancelled (`clearance::transit`). In which district
//! an officer acts is asked before (`server`).

use crate::behind::Behind;
use crate::moves::{Move, Who};
use crate::park::{hold, site};
use crate::says;
use crate::transit_checks::{
    LONGEST, another_officer, approve, check_lists, check_number, leaves, moment, resolve, same_seals, vary,
};
use crate::{Command, Fault, Made, Seen, owner_of, read, stored, written};
use clearance::export::{ExportKey, ExportTradeKey};
use clearance::facts::{Facts, Keys};
use clearance::keys::{Position, Time, WaybillKey};
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use clearance::transit::{HELD, WRITTEN_OFF, key, key_of_list};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The state in which goods are on their way within their term.
pub const UNDER_WAY: &str = "under-way";

/// States from application to the end. The id is the code of the declaring unit, a colon, its number of the transfer. Of a list that is
/// lost the parcel stays held until it is found after all, and a transfer is resolved again then.
pub const MOVES: &[Move] = &[
    Move::owner("apply", &["", "refused", "withdrawn", "revoked"], "applied").alone(),
    Move::owner("withdraw", &["applied"], "withdrawn").alone(),
    Move::reviewer("approve", &["applied"], "approved"),
    Move::reviewer("refuse", &["applied"], "refused").explained(),
    Move::reviewer("revoke", &["approved"], "revoked").explained(),
    Move::giver("depart", &["approved"], UNDER_WAY),
    Move::window("overdue", &[UNDER_WAY], "overdue"),
    Move::reviewer("confirm-arrival", &[UNDER_WAY, "overdue"], "arrived"),
    Move::reviewer("report-variance", &[UNDER_WAY, "overdue"], "variance"),
    Move::reviewer("declare-lost", &["overdue"], "lost").explained(),
    Move::reviewer("resolve", &["variance", "lost", "resolved"], "resolved").explained(),
    Move::window("hold-parcel", &["", "freed", HELD, WRITTEN_OFF], HELD),
    Move::window("free-parcel", &[HELD, WRITTEN_OFF], "freed"),
    Move::window("write-off-list", &[HELD], WRITTEN_OFF),
];

/// States of transfers: those that a list shows where none is asked for. Records of parcels have others.
pub const LISTED: &[&str] = &[
    "applied",
    "withdrawn",
    "approved",
    "refused",
    "revoked",
    UNDER_WAY,
    "overdue",
    "arrived",
    "variance",
    "lost",
    "resolved",
];
/// How a seal was found.
pub const SEALS: &[&str] = &["intact", "broken"];
/// Lists under one document at most, and what is too much in it.
pub const MOST: usize = 300;

/// The means of transport.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Transport {
    /// A code of the table of modes of transport.
    pub mode: String,
    /// Plate of the vehicle, number of the flight or waggon.
    pub number: String,
    /// Number of its electronic customs lock, if it has one.
    #[serde(default)]
    pub lock: Option<String>,
}

/// A list with what names its trade and its parcel.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Listed {
    /// `invtNo`.
    pub invt_no: String,
    /// `ebcCode`.
    pub merchant: String,
    /// `orderNo`.
    pub order_no: String,
    /// `logisticsCode`.
    pub logistics_code: String,
    /// `logisticsNo`.
    pub logistics_no: String,
}

impl Listed {
    /// The trade.
    pub fn trade(&self) -> ExportTradeKey {
        ExportTradeKey::new(&self.merchant, &self.order_no)
    }

    /// The parcel.
    pub fn parcel(&self) -> WaybillKey {
        WaybillKey::new(&self.logistics_code, &self.logistics_no)
    }
}

/// What is applied for.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Applied {
    /// District where the lists were declared and the goods are, four digits.
    pub departure: String,
    /// District of exit, as the lists have it (`portCode`), four digits.
    pub exit: String,
    /// The record of the site that they leave from.
    pub site: String,
    /// What carries them.
    pub transport: Transport,
    /// Parcels of all lists (`packNo`).
    pub pieces: u32,
    /// Gross weight of all lists, kg.
    pub gross_weight: String,
    /// Numbers of the lists (`invtNo`).
    pub lists: Vec<String>,
    /// What they name; the window writes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trades: Vec<Listed>,
}

/// How the goods were sealed.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sealing {
    /// Numbers of the seals.
    pub seals: Vec<String>,
    /// The window writes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trades: Vec<Listed>,
}

/// That the goods passed, with the seals that were read then.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Passed {
    /// When, yyyyMMddHHmmss.
    pub at: String,
    /// Numbers of the seals.
    pub seals: Vec<String>,
    /// The window writes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trades: Vec<Listed>,
}

/// What was otherwise on arrival.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Variance {
    /// When they came, yyyyMMddHHmmss.
    pub at: String,
    /// One of [`SEALS`]. Where it is broken all is held.
    pub seal: String,
    /// Numbers of lists whose parcels did not come, or not all.
    #[serde(default)]
    pub missing: Vec<String>,
    /// What came and is of no list of the transfer: waybill numbers or words.
    #[serde(default)]
    pub surplus: Vec<String>,
    /// The window writes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trades: Vec<Listed>,
}

/// How a variance ended.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Resolving {
    /// Numbers of lists that are lost; the others that are held were found.
    #[serde(default)]
    pub lost: Vec<String>,
    /// The window writes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trades: Vec<Listed>,
}

/// A move that says nothing of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alone {
    trades: Vec<Listed>,
}

/// Who sealed.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Sealed {
    /// Numbers of the seals.
    pub seals: Vec<String>,
    /// Code of his office.
    pub office: String,
    /// The officer.
    pub officer: String,
}

/// A transfer as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// What was applied for last.
    pub applied: Applied,
    /// Its lists with what they name.
    pub trades: Vec<Listed>,
    /// How it was sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
    /// When it left the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departed: Option<Passed>,
    /// Until when it arrives, milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<i64>,
    /// When it came as it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived: Option<Passed>,
    /// What was otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance: Option<Variance>,
    /// Numbers of lists that are held for it after the way: missing, not looked through yet, or lost.
    #[serde(default)]
    pub held: Vec<String>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of a transfer.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether its term is over.
    pub fn is_over(&self, now: Time) -> bool {
        self.due.is_some_and(|due| now.0 > due)
    }
}

/// What happened to a parcel.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Happened {
    /// The transfer.
    pub transfer: String,
    /// What: a state of transfers, as it is for this parcel.
    pub what: String,
    /// When, milliseconds since 1970.
    pub time: i64,
    /// `ebcCode` of the list: a number of a parcel is used again by others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub merchant: String,
    /// `orderNo` of the list.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub order_no: String,
}

impl Happened {
    /// Whether it is of a trade. Of before trades stood here it is of whoever has the parcel.
    pub fn is_of(&self, trade: &ExportTradeKey) -> bool {
        let named = ExportTradeKey::new(&self.merchant, &self.order_no);
        named == *trade || named == ExportTradeKey::default()
    }
}

/// What a parcel, or a list, has of transfers: of a list the newest alone.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Standing {
    /// The oldest first.
    pub events: Vec<Happened>,
}

impl Standing {
    /// What a record of a parcel or list says.
    ///
    /// # Panics
    /// If the record is of neither.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether the newest is of this transfer.
    fn is_under(&self, transfer: &RecordKey) -> bool {
        self.events.last().is_some_and(|last| last.transfer == transfer.id.as_str())
    }
}

/// Whether a record is one of a parcel or of a list: such are nobody's.
pub fn is_of_parcel(key: &RecordKey) -> bool {
    key.id.starts_with('/')
}

/// Adds what a command names to the keys of its batch: trades and their parcels are looked at and locked, so that no departure comes
/// between; what holds the parcels is looked at, and what they and their lists have of transfers is changed.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    if command.key.register != Register::TransitTransfer {
        return;
    }
    let Some(body) = command.body.as_deref() else { return };
    let Ok(body) = serde_json::from_str::<serde_json::Value>(body) else { return };
    let trades = serde_json::from_value::<Vec<Listed>>(body["trades"].clone()).unwrap_or_default();
    for listed in &trades {
        keys.exports.extend([ExportKey::Trade(listed.trade()), ExportKey::Waybill(listed.parcel())]);
        let parcel = listed.parcel();
        keys.records.extend([key(&parcel), key_of_list(&listed.trade()), hold::key(&parcel)]);
    }
    if let Some(site) = body["site"].as_str() {
        keys.looked_at.push(RecordKey::new(Register::Site, site));
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    // Written behind a transfer.
    if step.who == Who::Window && step.action != "overdue" {
        faults.push(Fault::new("action", step.action, says::WINDOW_WRITES_IT.said()));
        return None;
    }
    let sent = seen.command.body.as_deref();
    if step.action == "apply" {
        let applied: Applied = read(sent, faults)?;
        return applied_for(seen, applied, faults);
    }
    let mut body = Body::of(seen.current?);
    let trades = match step.action {
        "approve" => {
            let sealing: Sealing = read(sent, faults)?;
            approve(seen, &mut body, &sealing, faults);
            sealing.trades
        }
        "depart" => {
            let passed: Passed = read(sent, faults)?;
            leaves(seen, &body, &passed, faults);
            if let Some(at) = moment(seen, &passed.at, None, faults) {
                let law = seen.reference.current().parameters.on(seen.now.day());
                body.due = Some(at.plus_hours(law.transit_transfer_hours).0);
            }
            body.departed = Some(Passed { trades: Vec::new(), ..passed.clone() });
            passed.trades
        }
        "confirm-arrival" => {
            let passed: Passed = read(sent, faults)?;
            another_officer(seen, &body, faults);
            same_seals(&body, &passed.seals, faults);
            moment(seen, &passed.at, body.departed.as_ref(), faults);
            body.arrived = Some(Passed { trades: Vec::new(), ..passed.clone() });
            passed.trades
        }
        "report-variance" => {
            let variance: Variance = read(sent, faults)?;
            another_officer(seen, &body, faults);
            vary(seen, &mut body, &variance, faults);
            variance.trades
        }
        "resolve" => {
            let resolving: Resolving = read(sent, faults)?;
            let again = seen.current.is_some_and(|record| record.state == "resolved");
            // What he says was found leaves the country as what arrived does.
            another_officer(seen, &body, faults);
            resolve(&mut body, again, &resolving, faults);
            resolving.trades
        }
        action => {
            let alone: Alone = read(sent, faults)?;
            if action == "overdue" && !body.is_over(seen.now) {
                faults.push(Fault::new("action", action, says::WINDOW_WRITES_IT.said()));
            }
            if action == "declare-lost" {
                body.held = body.trades.iter().map(|listed| listed.invt_no.clone()).collect();
            }
            alone.trades
        }
    };
    if trades != body.trades {
        faults.push(Fault::new("trades", "", says::WINDOW_WRITES_IT.said()));
    }
    Some(of_body(seen, &body))
}

fn of_body(seen: &Seen<'_>, body: &Body) -> Made {
    // The gate of its site records that it left.
    let place = RecordKey::new(Register::Site, &body.applied.site);
    let parties = vec![owner_of(&seen.command.key), owner_of(&place)];
    Made { body: written(body), parties, filing: None, seed: None }
}

/// A transfer that is applied for, with all that stands against it.
fn applied_for(seen: &Seen<'_>, applied: Applied, faults: &mut Vec<Fault>) -> Option<Made> {
    let owner = owner_of(&seen.command.key);
    let number = seen.own_name().trim();
    if number.is_empty() || number.chars().count() > LONGEST {
        faults.push(Fault::new("id", &seen.command.key.id, says::OWN_CODE_AND_NUMBER.said()));
    }
    if !seen.acts_as(&owner, &[Role::Agent]) {
        faults.push(Fault::new("id", &owner, says::TRANSIT_BY.said()));
    }
    let (today, codes) = (seen.now.day(), &seen.reference.current().codes);
    for (path, district) in [("departure", &applied.departure), ("exit", &applied.exit)] {
        if !codes.districts.holds(district, today) {
            faults.push(Fault::new(path, district, says::CODE_OF_TABLE.said()));
        }
    }
    if applied.departure == applied.exit {
        faults.push(Fault::new("exit", &applied.exit, says::TRANSIT_OTHER_DISTRICT.said()));
    }
    let place = RecordKey::new(Register::Site, &applied.site);
    let known = seen.facts.records.get(&place).filter(|record| record.state == "open");
    let in_force = known.and_then(|record| site::Body::of(record).in_force);
    let is_there = in_force.is_some_and(|found| found.district.trim() == applied.departure);
    // Its operator reads the seals: a site under another code of the applicant is his own, too.
    if !is_there || seen.parties.same(&owner_of(&place), &owner, today) {
        faults.push(Fault::new("site", &applied.site, says::TRANSIT_SITE.said()));
    }
    let transport = &applied.transport;
    if !codes.transport_modes.holds(&transport.mode, today) {
        faults.push(Fault::new("transport.mode", &transport.mode, says::CODE_OF_TABLE.said()));
    }
    check_number("transport.number", &transport.number, faults);
    if let Some(lock) = &transport.lock {
        check_number("transport.lock", lock, faults);
    }
    check_lists(seen, &applied, &owner, faults);
    let trades = applied.trades.clone();
    let body = Body { applied: Applied { trades: Vec::new(), ..applied }, trades, ..Body::default() };
    Some(of_body(seen, &body))
}

/// How a parcel of a transfer stands, and whether it is held.
fn stands_for(body: &Body, state: &str, invt_no: &str) -> (String, bool) {
    let is_held = body.held.iter().any(|held| held == invt_no);
    match state {
        "variance" if !is_held => ("arrived".to_owned(), false),
        "resolved" if is_held => ("lost".to_owned(), true),
        "variance" | "lost" => (state.to_owned(), true),
        "applied" | "approved" | UNDER_WAY | "overdue" => (state.to_owned(), true),
        other => (other.to_owned(), false),
    }
}

/// What parcels and lists have of transfers after one changed, to be written behind its record.
pub(crate) fn marked(facts: &mut Facts, record: &Record, at: Position) -> Vec<Arc<Record>> {
    if record.key.register != Register::TransitTransfer {
        return Vec::new();
    }
    let body = Body::of(record);
    let mut made: Vec<Arc<Record>> = Vec::with_capacity(2 * body.trades.len());
    for listed in &body.trades {
        let key = key(&listed.parcel());
        let before = facts.records.get(&key).cloned();
        let mut standing = before.as_deref().map(Standing::of).unwrap_or_default();
        let (what, held) = stands_for(&body, &record.state, &listed.invt_no);
        // What is free of this transfer stays so: it may be under another by now.
        let was_held = before.as_ref().is_some_and(|before| before.state == HELD);
        if record.state != "applied" && !(standing.is_under(&record.key) && was_held) {
            continue;
        }
        let happened = Happened {
            transfer: record.key.id.to_string(),
            what,
            time: record.changed.0,
            merchant: listed.merchant.clone(),
            order_no: listed.order_no.clone(),
        };
        standing.events.push(happened.clone());
        let behind = Behind {
            key,
            state: if held { HELD } else { "freed" },
            action: if held { "hold-parcel" } else { "free-parcel" },
            // Whoever may see the trade is told with it.
            parties: Vec::new(),
            body: written(&standing),
        };
        let place = |count: usize| Position { sequence: at.sequence + count as u64, ..at };
        made.push(behind.of(facts, record, place(made.len())));
        if let Some(behind) = list_after(facts, record, (listed, happened), held) {
            made.push(behind.of(facts, record, place(made.len())));
        }
    }
    made
}

/// What the list of a parcel has of transfers after one changed; none = it stays as it is. While the transfer is open it holds the
/// list; one whose goods are lost, and both offices are done with it, is for an officer to let go.
fn list_after(
    facts: &Facts,
    record: &Record,
    (listed, happened): (&Listed, Happened),
    held: bool,
) -> Option<Behind> {
    let key = key_of_list(&listed.trade());
    let before = facts.records.get(&key);
    let (state, action) = match held {
        false => ("freed", "free-parcel"),
        true if record.state == "resolved" => (WRITTEN_OFF, "write-off-list"),
        true => (HELD, "hold-parcel"),
    };
    // Declared anew with another parcel it may be under another transfer by now; of before lists stood here it has none.
    let is_its = before.is_some_and(|before| Standing::of(before).is_under(&record.key));
    if before.is_some_and(|before| before.state == state && is_its) || !(is_its || state == HELD) {
        return None;
    }
    let body = written(&Standing { events: vec![happened] });
    Some(Behind { key, state, action, parties: Vec::new(), body })
}
