//! Transfers between districts, as the window has to do with them: each officer sees those that begin or end in his district and acts
//! at his end; which trades a list names is looked up before a command is decided; and an export trade is shown with what became of
//! its parcel. What stands against a transfer is said by `register::transit`.

use super::consignments::is_of;
use super::error::Problem;
use super::registers::{self, Body, refused};
use super::view::time;
use crate::Window;
use crate::auth::Caller;
use crate::rights::Right;
use clearance::Text;
use clearance::export::{ExportKey, ExportState, ExportTrade, ExportTradeKey};
use clearance::keys::{Time, WaybillKey};
use clearance::record::{Record, RecordKey, Register};
use register::transit::{self, Listed, Standing, is_of_parcel};
use register::{By, Refusal, says};
use serde_json::{Value, json};
use store::{Read, StoreError};

/// Who acts in a register. Elsewhere offices of the whole zone decide; on transfers officers decide where the goods are.
pub(super) fn by(window: &Window, caller: &Caller, register: Register) -> By {
    let by = registers::by(window, caller);
    let here = register == Register::TransitTransfer && caller.rights.has(Right::FilingsReview);
    By { reviews: by.reviews || here, ..by }
}

/// The ends of a transfer: where it begins and where it leaves the country.
fn ends(record: &Record) -> [String; 2] {
    let applied = transit::Body::of(record).applied;
    [applied.departure, applied.exit]
}

/// Whether a record that the caller may see else is of his districts. Records of parcels are told with their trades.
pub(super) fn is_in_reach(caller: &Caller, record: &Record) -> bool {
    if record.key.register != Register::TransitTransfer {
        return true;
    }
    !is_of_parcel(&record.key)
        && (!caller.is_office() || ends(record).iter().any(|end| is_of(&caller.districts, end)))
}

/// Whether the caller may make a move in his districts: what is done before the goods leave is of their departure, what is done on
/// arrival of their exit, the rest of both.
pub(super) fn may(caller: &Caller, record: &Record, action: &str) -> bool {
    if record.key.register != Register::TransitTransfer || !caller.is_office() {
        return true;
    }
    let [departure, exit] = ends(record);
    match action {
        "approve" | "refuse" | "revoke" => is_of(&caller.districts, &departure),
        "confirm-arrival" | "report-variance" => is_of(&caller.districts, &exit),
        _ => is_in_reach(caller, record),
    }
}

/// Whether a transfer in its state waits for the caller's end.
pub(super) fn waits_here(caller: &Caller, record: &Record) -> bool {
    match record.state.as_str() {
        "applied" => may(caller, record, "approve"),
        transit::UNDER_WAY => may(caller, record, "confirm-arrival"),
        _ => true,
    }
}

/// Puts into a command the trades that its lists name, which have to be known before they are locked. Asked of an officer besides:
/// whether it is his to make.
pub(super) async fn completed(
    window: &Window,
    caller: &Caller,
    key: &RecordKey,
    sent: &mut Body,
) -> Result<(), Problem> {
    if is_of_parcel(key) {
        return Err(refused(&Refusal::Absent, &[]));
    }
    let record = window.read.record(key).await?;
    if let Some(record) = record.as_ref().filter(|_| caller.is_office()) {
        if !is_in_reach(caller, record) {
            return Err(refused(&Refusal::Absent, &[]));
        }
        if !may(caller, record, &sent.action) {
            return Err(refused(&Refusal::NotYours(says::TRANSIT_OTHER_END.said()), &[]));
        }
    }
    let trades = if sent.action == "apply" {
        let lists = sent.body.as_ref().and_then(|body| body["lists"].as_array()).into_iter().flatten();
        let numbers: Vec<Text> = lists.filter_map(Value::as_str).map(|number| number.trim().into()).collect();
        named(window, &numbers).await?
    } else {
        record.map(|record| transit::Body::of(&record).trades).unwrap_or_default()
    };
    if sent.body.is_none() && sent.action != "apply" {
        sent.body = Some(json!({}));
    }
    if let Some(Value::Object(body)) = &mut sent.body {
        body.insert("trades".to_owned(), json!(trades));
    }
    Ok(())
}

/// What the lists of these numbers name, each once; a number that no list stands on now is left out.
async fn named(window: &Window, numbers: &[Text]) -> Result<Vec<Listed>, StoreError> {
    let mut found: Vec<Listed> = Vec::new();
    for number in numbers.iter().take(transit::MOST) {
        if found.iter().any(|listed| listed.invt_no == number.as_str()) {
            continue;
        }
        let owner = window.read.export(&ExportKey::Entry(number.clone())).await?;
        let Some(ExportState::Owner(owner)) = owner else { continue };
        let state = window.read.export(&ExportKey::Trade(owner.trade.clone())).await?;
        found.extend(state.as_ref().and_then(|state| state.trade()).and_then(|trade| listed(trade, number)));
    }
    Ok(found)
}

fn listed(trade: &ExportTrade, number: &Text) -> Option<Listed> {
    let stands = trade.attempt.as_ref()?.invt_no.as_ref() == Some(number);
    let head = &trade.declaration()?.head;
    stands.then(|| Listed {
        invt_no: number.to_string(),
        merchant: trade.key.merchant.to_string(),
        order_no: trade.key.order_no.to_string(),
        logistics_code: head.logistics_code.trim().to_owned(),
        logistics_no: head.logistics_no.trim().to_owned(),
    })
}

/// What became of the parcel of a trade under transfers, the oldest first: number of the transfer, what, and when. The transfer itself
/// is for its declaring unit, the site and the two offices; what an earlier parcel of the number went through, for its own trade.
pub(super) async fn of_parcel(
    window: &Window,
    trade: &ExportTradeKey,
    parcel: Option<&WaybillKey>,
) -> Result<Value, StoreError> {
    let Some(parcel) = parcel else { return Ok(json!([])) };
    let Some(record) = window.read.record(&clearance::transit::key(parcel)).await? else {
        return Ok(json!([]));
    };
    let events = Standing::of(&record).events;
    let shown = |one: &transit::Happened| json!({"transfer": one.transfer, "what": one.what, "time": time(Time(one.time))});
    Ok(events.iter().filter(|one| one.is_of(trade)).map(shown).collect())
}
