//! Sites for those who keep them: scans in batches, each answered and recorded once; the signed list of parcels that may pass;
//! what happens there. And for officers, holds on parcels. A sorting line uses the same routes as a person's page.

use super::error::Problem;
use super::register_answers::{invalid, told};
use super::view::{hex, time};
use super::{Query, limit, operations, parameter};
use crate::Window;
use crate::auth::Caller;
use crate::sites::{self, Asked, Kept, Recorded};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use ceb::Stamp;
use clearance::Text;
use clearance::keys::WaybillKey;
use clearance::passage::Passage;
use clearance::record::{Record, Register};
use register::park::bag::Bag;
use register::park::happening::Happening;
use register::park::hold::{self, HELD, Hold};
use register::park::scan::{DIRECTIONS, Scan, is_held, is_number};
use register::park::stock::Stock;
use register::{Fault, says};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, RecordSearch};

/// Scans of one request at most.
pub const SCANS: usize = 500;
/// Scans that are judged at once: more would only wait for each other.
const AT_ONCE: usize = 64;
/// Characters of what is scanned.
const PARCEL: usize = 120;
/// Holds that are told.
const HOLDS: usize = 500;
/// Sites of a page: unless asked for, and at most.
const SITES: (usize, usize) = (500, 1_000);

/// The place that a page begins after; none = it is the first.
fn after(query: &Query) -> Result<Option<u64>, Problem> {
    let wrong = || Problem::bad_request("after is what a page gave");
    parameter(query, "after").map(|text| text.parse::<u64>().map_err(|_| wrong())).transpose()
}

/// `GET /v1/sites?after=&limit=`: sites that the caller keeps, the newest first.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let limit = limit(&query, SITES)?;
    let (found, next) = sites::kept_after(&window, &caller, after(&query)?, limit).await?;
    Ok(Json(json!({
        "sites": found.iter().map(site).collect::<Vec<_>>(), "after": next.map(|next| next.to_string()),
    })))
}

/// A site that the caller keeps.
pub(crate) fn site(kept: &Kept) -> Value {
    let applied = &kept.applied;
    json!({
        "site": kept.id(), "code": kept.code(), "name": applied.name, "kind": applied.kind, "park": applied.park,
        "district": applied.district, "carriers": applied.carriers,
    })
}

/// `GET /v1/sites/{code}/passes`: parcels that may pass, signed and dated, for when the network is lost.
pub async fn passes(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    pass_list(&window, &caller, &code).await.map(Json)
}

/// The list of a site that the caller keeps.
pub(crate) async fn pass_list(window: &Window, caller: &Caller, code: &str) -> Result<Value, Problem> {
    let kept = sites::one(window, caller, code).await?;
    let list = sites::passes(window, &kept).await?;
    Ok(json!({
        "site": kept.id(), "time": time(list.time), "until": time(list.until),
        "millis": list.time.0, "untilMillis": list.until.0, "count": list.count, "complete": list.complete,
        "text": list.text, "key": list.key, "signature": list.signature,
    }))
}

/// `GET /v1/sites/{code}/stock`: what lies at a site by scans and gate lists, and the bags that were sealed there. `after` goes on.
pub async fn stock(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(code): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    stock_at(&window, &caller, &code, &query).await.map(Json)
}

/// What lies at a site that the caller keeps; bags with the first page alone.
pub(crate) async fn stock_at(
    window: &Window,
    caller: &Caller,
    code: &str,
    query: &Query,
) -> Result<Value, Problem> {
    let kept = sites::one(window, caller, code).await?;
    let after = after(query)?;
    let (parcels, next) = sites::lying(window, &kept, after).await?;
    let (bags, more) =
        if after.is_none() { sites::sealed(window, &kept).await? } else { (Vec::new(), false) };
    let parcel = |record: &Arc<Record>| {
        let stock = Stock::of(record);
        json!({"parcel": stock.parcel, "by": stock.by, "since": time(record.changed)})
    };
    let bag = |record: &Arc<Record>| {
        let Bag { seal, parcels, .. } = Bag::of(record);
        json!({"bag": record.key.id.split_once(':').map_or("", |(_, number)| number), "seal": seal, "parcels": parcels.len(), "since": time(record.changed)})
    };
    Ok(json!({
        "site": kept.id(), "parcels": parcels.iter().map(parcel).collect::<Vec<_>>(),
        "after": next.map(|next| next.to_string()), "bags": bags.iter().map(bag).collect::<Vec<_>>(),
        "moreBags": more,
    }))
}

/// `GET /v1/sites/{code}/bags?bag=`: what is in a bag, its seal, and what of it does not pass.
pub async fn bag(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(code): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    bag_at(&window, &caller, &code, &query).await.map(Json)
}

/// A bag at a site that the caller keeps.
pub(crate) async fn bag_at(
    window: &Window,
    caller: &Caller,
    code: &str,
    query: &Query,
) -> Result<Value, Problem> {
    let kept = sites::one(window, caller, code).await?;
    let named = parameter(query, "bag").unwrap_or_default();
    let found = sites::of_bag(window, &kept, &named).await?;
    let (record, stopped) =
        found.ok_or_else(|| Problem::not_found("no bag of this number comes through here"))?;
    let Bag { site, seal, parcels } = Bag::of(&record);
    Ok(json!({
        "bag": record.key.id.as_str(), "state": record.state.as_str(), "seal": seal, "site": site,
        "since": time(record.changed), "parcels": parcels, "stopped": stopped,
    }))
}

/// A scan as a device sends it.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sent {
    /// The device's number of it.
    pub number: String,
    /// The waybill's number, or the carrier's code, a slash and the number; or the number of a bag.
    pub parcel: String,
    /// `in`, `out` or `within`.
    pub direction: String,
    /// When, yyyyMMddHHmmss.
    #[serde(default)]
    pub at: String,
    /// What a device without network said.
    #[serde(default)]
    pub offline: String,
    /// Time of the list that it said so by.
    #[serde(default)]
    pub list: String,
}

/// Scans of a device, in order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Batch {
    /// Each of them.
    pub scans: Vec<Sent>,
}

/// `POST /v1/sites/{code}/scans`: each is answered by itself, in order; what is wrong with one keeps no other back.
pub async fn scan(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(code): Path<String>,
    body: Result<Json<Batch>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(batch) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    scans(&window, &caller, &code, &batch.scans).await.map(Json)
}

/// Judges and records scans at a site that the caller keeps.
pub(crate) async fn scans(
    window: &Window,
    caller: &Caller,
    code: &str,
    sent: &[Sent],
) -> Result<Value, Problem> {
    operations::check_intake(window)?;
    let kept = sites::one(window, caller, code).await?;
    if sent.is_empty() || sent.len() > SCANS {
        return Err(Problem::bad_request(&format!("scans has 1 to {SCANS} of them")));
    }
    let mut results = Vec::with_capacity(sent.len());
    for some in sent.chunks(AT_ONCE) {
        let each = some.iter().map(|one| answered(window, caller, &kept, one));
        for result in futures_util::future::join_all(each).await {
            results.push(result?);
        }
    }
    Ok(json!({"site": kept.id(), "time": time(window.clock.now()), "results": results}))
}

/// What one scan is answered. What is wrong with it is told with `hold`: a device that looks at nothing else stops the parcel.
async fn answered(window: &Window, caller: &Caller, kept: &Kept, sent: &Sent) -> Result<Value, Problem> {
    let stopped = |status: u16, why: &str, more: Value| {
        json!({
            "number": sent.number, "parcel": sent.parcel, "answer": Passage::Hold.word(), "why": why, "look": "",
            "alarm": sent.offline == Passage::Pass.word(), "repeated": false, "position": null, "status": status,
            "faults": more, "bag": "", "seal": "", "stopped": [],
        })
    };
    let asked = match read(sent) {
        Ok(asked) => asked,
        Err(faults) => {
            let faults = faults.iter().map(told).collect();
            return Ok(stopped(422, "not-recorded", faults));
        }
    };
    match sites::scanned(window, caller, kept, &asked).await {
        Ok((record, repeated)) => Ok(result(sent, &record, repeated)),
        Err(problem) if problem.kind() == "number-used" => Ok(stopped(409, "number-used", json!([]))),
        Err(problem) => Err(problem),
    }
}

fn result(sent: &Sent, record: &Record, repeated: bool) -> Value {
    let scan = Scan::of(record);
    json!({
        "number": sent.number, "parcel": scan.parcel, "answer": scan.answer, "why": scan.why, "look": scan.look,
        "alarm": scan.is_alarm(), "repeated": repeated, "position": record.last.number(), "status": 200, "faults": [],
        "bag": scan.bag, "seal": scan.seal, "stopped": scan.stopped,
    })
}

/// A scan, or what is wrong with it.
fn read(sent: &Sent) -> Result<Asked, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut fault = |path: &str, value: &str, expected| faults.push(Fault::new(path, value, expected));
    if !is_number(&sent.number) {
        fault("number", &sent.number, says::SCAN_NUMBER.said());
    }
    let parcel = sent.parcel.trim();
    if parcel.is_empty() || parcel.chars().count() > PARCEL || parcel.chars().any(char::is_control) {
        fault("parcel", parcel, says::PARCEL_NAMED.said());
    }
    if !DIRECTIONS.contains(&sent.direction.as_str()) {
        fault("direction", &sent.direction, says::ONE_OF.with(&[("words", &DIRECTIONS.join(", "))]));
    }
    if !sent.at.is_empty() && Stamp::parse(&sent.at).is_none() {
        fault("at", &sent.at, says::A_SECOND.said());
    }
    if !sent.offline.is_empty() && Passage::from_word(&sent.offline).is_none() {
        let words = Passage::ALL.map(Passage::word).join(", ");
        fault("offline", &sent.offline, says::ONE_OF.with(&[("words", &words)]));
    }
    if sent.list.len() > 17 || !sent.list.bytes().all(|byte| byte.is_ascii_digit()) {
        fault("list", &sent.list, says::UP_TO_CHARACTERS.with(&[("most", "17")]));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let scan = Scan {
        parcel: parcel.to_owned(),
        direction: sent.direction.clone(),
        at: sent.at.clone(),
        offline: sent.offline.clone(),
        list: sent.list.clone(),
        ..Scan::default()
    };
    Ok(Asked { number: sent.number.clone(), scan })
}

/// What happened, with the keeper's number of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Happened {
    /// The number.
    pub number: String,
    /// What happened.
    pub happened: Happening,
}

/// `POST /v1/sites/{code}/records`: what happened, once under its number.
pub async fn record(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(code): Path<String>,
    body: Result<Json<Happened>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    let done = happen(&window, &caller, &code, &body).await?;
    Ok(Json(recorded(&done)))
}

/// What was recorded, and whether it was before.
pub(crate) fn recorded((record, repeated): &Recorded) -> Value {
    json!({
        "id": record.key.id.as_str(), "state": record.state.as_str(), "position": record.last.number(),
        "time": time(record.changed), "repeated": repeated, "body": Happening::of(record),
    })
}

/// Records what happened at a site that the caller keeps.
pub(crate) async fn happen(
    window: &Window,
    caller: &Caller,
    code: &str,
    body: &Happened,
) -> Result<Recorded, Problem> {
    operations::check_intake(window)?;
    let kept = sites::one(window, caller, code).await?;
    let happened = sites::named(&kept, &body.happened);
    let mut faults = happened.faults();
    if !is_number(&body.number) {
        faults.push(Fault::new("number", &body.number, says::SCAN_NUMBER.said()));
    }
    if !faults.is_empty() {
        return Err(invalid(&faults));
    }
    sites::happened(window, caller, &kept, (&body.number, &happened)).await
}

/// A hold that is put on or lifted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Setting {
    /// Code of the carrier.
    pub logistics_code: String,
    /// Number of the waybill.
    pub logistics_no: String,
    /// `hold` or `lift`.
    pub action: String,
    /// Why.
    pub text: String,
    /// The version that was seen; 0 = it was not held yet.
    #[serde(default)]
    pub version: u32,
}

/// `GET /v1/holds`: parcels that are held now, the newest first; those of the caller's districts.
pub async fn holds(State(window): State<Arc<Window>>, caller: Caller) -> Result<Json<Value>, Problem> {
    held(&window, &caller).await.map(Json)
}

/// What is held now, as the caller may see it.
pub(crate) async fn held(window: &Window, caller: &Caller) -> Result<Value, Problem> {
    let search = RecordSearch { register: Register::ParcelHold, parties: None, states: vec![HELD.into()] };
    let (records, after) = window.read.records(&search, None, HOLDS).await?;
    let mut his = Vec::new();
    for record in records {
        let hold = Hold::of(&record);
        let parcel = WaybillKey::new(&hold.logistics_code, &hold.logistics_no);
        if is_of_his(window, caller, &parcel).await? {
            his.push(record);
        }
    }
    let (codes, _) = window.names_of(&caller.party);
    let owners = super::registers::others(&his, &codes);
    super::readings::of_others(window, caller, Register::ParcelHold.word(), &owners).await?;
    let shown: Vec<Value> = his.iter().map(|record| of_hold(record)).collect();
    Ok(json!({"holds": shown, "most": HOLDS, "more": after.is_some()}))
}

/// Adds the hold on a trade's parcel to what an office is shown of the trade, where it is held.
pub(super) async fn add_hold(
    window: &Window,
    parcel: Option<&WaybillKey>,
    shown: &mut Value,
) -> Result<(), Problem> {
    let Some(parcel) = parcel else { return Ok(()) };
    let record = window.read.record(&register::park::hold::key(parcel)).await?;
    if let Some(record) = record.as_deref().filter(|record| is_held(Some(record))) {
        shown["hold"] = of_hold(record);
    }
    Ok(())
}

fn of_hold(record: &Record) -> Value {
    let hold = Hold::of(record);
    json!({
        "logisticsCode": hold.logistics_code, "logisticsNo": hold.logistics_no, "site": hold.site,
        "state": record.state.as_str(), "version": record.version, "since": time(record.changed), "text": record.note,
        "reasons": hold::reasons(Some(record)),
        "by": json!({"party": record.actor.party.as_str(), "name": record.actor.name.as_str()}),
    })
}

/// Whether a parcel is for an officer: of the whole zone each, of a district those that are declared there.
async fn is_of_his(window: &Window, caller: &Caller, parcel: &WaybillKey) -> Result<bool, Problem> {
    if caller.districts.is_empty() {
        return Ok(true);
    }
    let known = sites::known(window, parcel).await?;
    let of = |district: &Text| caller.districts.iter().any(|prefix| district.starts_with(prefix.as_str()));
    Ok(known.is_some_and(|known| !known.district.is_empty() && of(&known.district)))
}

/// `POST /v1/holds`: a parcel is held at every site, or not any more.
pub async fn set_hold(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Result<Json<Setting>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    put(&window, &caller, &body).await.map(Json)
}

/// Puts a hold on a parcel or lifts it, for an officer.
pub(crate) async fn put(window: &Window, caller: &Caller, body: &Setting) -> Result<Value, Problem> {
    operations::check_intake(window)?;
    let parcel = WaybillKey::new(&body.logistics_code, &body.logistics_no);
    let mut faults = Vec::new();
    if parcel.logistics.is_empty() || parcel.logistics_no.is_empty() || parcel.logistics.contains('/') {
        faults.push(Fault::new("logisticsNo", &body.logistics_no, says::PARCEL_NAMED.said()));
    }
    if !["hold", "lift"].contains(&body.action.as_str()) {
        faults.push(Fault::new("action", &body.action, says::ONE_OF.with(&[("words", "hold, lift")])));
    }
    if body.text.trim().is_empty() {
        faults.push(Fault::new("text", "", says::NOT_EMPTY.said()));
    }
    if !faults.is_empty() {
        return Err(invalid(&faults));
    }
    if !is_of_his(window, caller, &parcel).await? {
        return Err(Problem::not_found("no parcel of your districts has this number"));
    }
    let said = (body.action.as_str(), body.text.trim());
    let record = sites::set_hold(window, caller, &parcel, said, "", Some(body.version)).await?;
    Ok(of_hold(&record))
}

/// The key with which lists are signed, hexadecimal: a page holds what it loads against it.
pub(crate) async fn list_key(window: &Window) -> Result<String, Problem> {
    Ok(hex(&window.evidence.sender(window.clock.now()).await?.public()))
}
