//! Units in which parcels of exports leave together: what a command on one touches is put into it, so that it is loaded and locked
//! where the command is decided; and what the trade of a parcel tells of its unit. Who may be in a unit is `register::consolidation`.
//! A keeper who has that duty alone finds the units at the sites that he keeps, and loads those of his party; of other registers he has
//! nothing.

use crate::Window;
use crate::api::error::Problem;
use crate::api::registers::{Body as Sent, refused};
use crate::api::view;
use crate::auth::{Caller, Denied};
use crate::rights::Right;
use crate::sites;
use clearance::export::{ExportKey, ExportState, ExportTradeKey};
use clearance::keys::WaybillKey;
use clearance::record::{Record, RecordKey, Register};
use register::consolidation::{
    Body, Found, GONE, MOST, Mark, PUT_IN, TAKEN_OUT, is_of_unit, key, name_of, named,
};
use register::park::bag::{self, Bag};
use register::park::happening::parcel_of;
use register::{By, Refusal};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use store::Read;

/// Parcels that are looked up at once.
const AT_ONCE: usize = 64;
/// What happened to a parcel with units that its trade tells, the newest.
const TOLD: usize = 50;

/// What people need who make moves in registers; of units a keeper's duty is enough.
const MOVERS: &[Right] = &[Right::RegistersApply, Right::FilingsReview];

/// Whether a register is there for whoever keeps sites.
pub(crate) fn is_for_keepers(caller: &Caller, register: Option<Register>) -> bool {
    register == Some(Register::Consolidation) && caller.rights.has(Right::SitesKeep)
}

/// Whether a caller makes moves in a register at all.
///
/// # Errors
/// [`Denied`] when he does not.
pub(crate) fn asks_moves(caller: &Caller, register: &str) -> Result<(), Denied> {
    if is_for_keepers(caller, Register::from_word(register)) { Ok(()) } else { caller.may(MOVERS) }
}

/// Whether a caller loads a unit as keeper of its site: one of his party's, there or to be opened. Where nothing is sent yet, whether
/// there is a site at which he might.
pub(crate) async fn loads(
    window: &Window,
    caller: &Caller,
    at: &RecordKey,
    sent: Option<&Sent>,
) -> Result<bool, Problem> {
    let (codes, _) = window.names_of(&caller.party);
    let is_his = is_of_unit(at) && codes.contains(&register::owner_of(at));
    if !is_his || !is_for_keepers(caller, Some(at.register)) {
        return Ok(false);
    }
    let site = match (window.read.record(at).await?, sent) {
        (Some(record), _) => Body::of(&record).site,
        (None, Some(sent)) => {
            let site = sent.body.as_ref().and_then(|body| body["site"].as_str());
            site.unwrap_or_default().trim().to_owned()
        }
        (None, None) => return Ok(!sites::all(window, caller).await?.is_empty()),
    };
    sites::keeps(window, caller, &site).await
}

/// Who makes a move: whose duty it is in every register, or the keeper of the unit's site. A unit elsewhere, and one of others, is
/// answered to a keeper as none.
pub(crate) async fn by(
    window: &Window,
    caller: &Caller,
    by: By,
    at: &RecordKey,
    sent: &Sent,
) -> Result<By, Problem> {
    let loads = loads(window, caller, at, Some(sent)).await?;
    if !loads && !caller.rights.has_any(MOVERS) {
        return Err(refused(&Refusal::Absent, &[]));
    }
    Ok(By { applies: by.applies || loads, ..by })
}

/// Whether a record of units that names his party is one that a caller may see: a keeper sees what is at his sites.
pub(crate) async fn is_in_reach(window: &Window, caller: &Caller, record: &Record) -> Result<bool, Problem> {
    if caller.rights.has(Right::RegistersRead) {
        return Ok(true);
    }
    Ok(is_of_unit(&record.key) && sites::keeps(window, caller, &Body::of(record).site).await?)
}

/// Puts into a command on a unit which parcels, bags and trades it touches, whatever was sent in their place. Where it changes before
/// the command is decided, that finds the parcel unknown, and nothing is recorded.
pub(crate) async fn with_found(
    window: &Window,
    caller: &Caller,
    at: &RecordKey,
    sent: &mut Sent,
) -> Result<(), Problem> {
    let (codes, _) = window.names_of(&caller.party);
    let owner = register::owner_of(at);
    if sent.action == "open-unit" || !is_of_unit(at) || !codes.contains(&owner) {
        return Ok(());
    }
    let record = window.read.record(at).await?.filter(|record| record.version == sent.version);
    // One that he did not see as it is changes nothing.
    let Some(record) = record else { return Ok(()) };
    let unit = Body::of(&record);
    let Some(members) = sent.body.get_or_insert_with(|| json!({})).as_object_mut() else { return Ok(()) };
    let mut touched: Vec<(WaybillKey, String)> = Vec::new();
    match sent.action.as_str() {
        "load" => {
            members.insert("site".to_owned(), unit.site.as_str().into());
            touched.extend(loose(members, &owner));
            let bags = listed(members, "bags").into_iter().take(MOST);
            let texts: Vec<String> = bags.filter_map(|one| one["bag"].as_str().map(str::to_owned)).collect();
            for text in texts {
                let Some(key) = bag::key_at(&unit.site, &text) else { continue };
                let Some(record) = window.read.record(&key).await? else { continue };
                let parcels = Bag::of(&record).parcels;
                let parcels = parcels.iter().filter_map(|parcel| parcel_of(parcel));
                touched.extend(parcels.map(|parcel| (parcel, key.id.to_string())));
            }
        }
        "take-out" => {
            touched.extend(loose(members, &owner));
            let bags = listed(members, "bags").into_iter().take(MOST);
            let ids: BTreeSet<String> = bags
                .filter_map(|one| bag::key_at(&unit.site, one.as_str()?))
                .map(|key| key.id.to_string())
                .collect();
            let inside = unit.all().filter(|(_, _, bag)| ids.contains(*bag));
            touched.extend(inside.filter_map(|(_, parcel, bag)| Some((parcel_of(parcel)?, bag.to_owned()))));
        }
        "close-unit" | "depart" | "dissolve" => {
            let inside = unit.all();
            touched.extend(inside.filter_map(|(_, parcel, bag)| Some((parcel_of(parcel)?, bag.to_owned()))));
        }
        _ => return Ok(()),
    }
    let mut seen = BTreeSet::new();
    // One that lies loose and in a bag is named with both, or the bag would not be found.
    touched.retain(|touched| seen.insert(touched.clone()));
    // More than a unit holds is refused for that.
    touched.truncate(MOST + 1);
    let found = found(window, touched).await?;
    let found = serde_json::to_value(found).map_err(|_| Problem::internal())?;
    members.insert("found".to_owned(), found);
    Ok(())
}

/// The items of a list that was sent.
fn listed<'a>(members: &'a Map<String, Value>, name: &str) -> Vec<&'a Value> {
    members.get(name).and_then(Value::as_array).map(|items| items.iter().collect()).unwrap_or_default()
}

/// Parcels that were sent by themselves.
fn loose(members: &Map<String, Value>, owner: &str) -> Vec<(WaybillKey, String)> {
    let texts = listed(members, "parcels").into_iter().take(MOST + 1).filter_map(Value::as_str);
    texts.filter_map(|text| Some((named(owner, text)?, String::new()))).collect()
}

/// Parcels with the trades whose lists name them.
async fn found(window: &Window, touched: Vec<(WaybillKey, String)>) -> Result<Vec<Found>, Problem> {
    let mut all = Vec::with_capacity(touched.len());
    for some in touched.chunks(AT_ONCE) {
        let each = some.iter().map(|(parcel, _)| trade_of(window, parcel));
        let trades = futures_util::future::join_all(each).await;
        for ((parcel, bag), trade) in some.iter().zip(trades) {
            let trade = trade?.unwrap_or_default();
            all.push(Found {
                parcel: name_of(parcel),
                bag: bag.clone(),
                merchant: trade.merchant.to_string(),
                order_no: trade.order_no.to_string(),
            });
        }
    }
    Ok(all)
}

/// The trade of exports whose list names a parcel.
async fn trade_of(window: &Window, parcel: &WaybillKey) -> Result<Option<ExportTradeKey>, Problem> {
    let state = window.read.export(&ExportKey::Waybill(parcel.clone())).await?;
    let Some(ExportState::Waybill(waybill)) = state else { return Ok(None) };
    Ok(waybill.claimed_by.as_ref().map(|(trade, _)| trade.clone()))
}

/// Adds to what is shown of a trade the unit in which its parcel is or left, and to its timeline when it was put in, was taken out and
/// left. Nothing of others' parcels is told with it.
pub(crate) async fn add(
    window: &Window,
    trade: &ExportTradeKey,
    parcel: &WaybillKey,
    shown: &mut Value,
) -> Result<(), Problem> {
    let mut next = window.read.record(&key(parcel)).await?;
    let mut entries = Vec::new();
    while let Some(record) = next.take() {
        let mark = Mark::of(&record);
        // An earlier parcel had the number.
        if mark.trade() != *trade || entries.len() >= TOLD {
            break;
        }
        let state = record.state.as_str();
        if entries.is_empty() && state != TAKEN_OUT {
            shown["consolidation"] = of_unit(window, &mark.unit, state).await?;
        }
        let what = match state {
            PUT_IN => "put-in-unit",
            GONE => "left-in-unit",
            _ => "taken-out-of-unit",
        };
        let reason = if mark.reason.is_empty() { String::new() } else { format!(" · {}", mark.reason) };
        entries.push(json!({
            "position": record.last.number(), "time": view::time(record.changed), "what": what, "message": null,
            "original": null, "status": null, "info": format!("{}{reason}", mark.unit), "state": null,
            "findings": [], "receipts": [],
        }));
        if let Some(previous) = record.previous {
            next = window.read.record_at(previous).await?;
        }
    }
    if let Some(timeline) = shown["timeline"].as_array_mut().filter(|_| !entries.is_empty()) {
        timeline.extend(entries);
        // By time, as the rest of it.
        let text = |entry: &Value| entry["time"].as_str().unwrap_or_default().to_owned();
        timeline.sort_by_cached_key(|entry| (text(entry), entry["position"].as_u64()));
    }
    Ok(())
}

/// What a trade tells of a unit.
async fn of_unit(window: &Window, id: &str, state: &str) -> Result<Value, Problem> {
    let Some(record) = window.read.record(&RecordKey::new(Register::Consolidation, id)).await? else {
        return Ok(Value::Null);
    };
    let unit = Body::of(&record);
    Ok(json!({
        "id": id, "state": record.state.as_str(), "parcel": state, "kind": unit.kind, "unit": unit.unit, "site": unit.site,
        "seal": unit.closed.map(|closed| closed.seal), "vehicle": unit.vehicle, "at": unit.at,
    }))
}
