//! Traceability over HTTP: what everybody is told of a code and that it was scanned, codes of a lot for its holder, binding them to
//! parcels, and recalls with the parcels and, for who may know persons and says what for, the buyers.

use super::error::Problem;
use super::flags::purpose;
use super::people::Address;
use super::registers::{self, by, found, told as told_fault, whole};
use super::view::time;
use super::{Query, is_for_a_file, limit, operations, parameter};
use crate::Window;
use crate::auth::Caller;
use crate::picture::{Unpainted, png_of_shapes};
use crate::traceability::{self, Binding, SitesKept, picture, recalls, scans};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ceb::Document;
use clearance::Text;
use clearance::guard;
use clearance::identity::{mask_name, mask_number};
use clearance::record::{Record, Register};
use register::trace::link::DigitalLink;
use register::trace::recall::Body as Recall;
use register::trace::{Issue, Name};
use register::view::View;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Codes of a page, and of a file.
const CODES: (usize, usize) = (1_000, 100_000);
/// Parcels of a recall that are told.
const PARCELS: (usize, usize) = (200, 2_000);
/// Versions of stock that are looked through for these: a search that is recorded looks through all.
const LOOKED: usize = 2_000;
/// Codes that are bound at once.
pub(crate) const AT_ONCE: usize = 200;
/// Columns of the file of codes.
const COLUMNS: [&str; 5] = ["gtin", "lot", "serial", "place", "link"];

/// `GET /v1/trace/{gtin}/{lot}/{serial}`: what everybody is told of a code. It counts as a scan.
pub async fn look_up(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    Path((gtin, lot, serial)): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    scan(&window, &address, (&gtin, &lot, &serial)).await.map(Json)
}

/// Looks a code up and counts that.
pub(crate) async fn scan(
    window: &Window,
    address: &str,
    (gtin, lot, serial): (&str, &str, &str),
) -> Result<Value, Problem> {
    window.gate.pass_trace(address)?;
    let link = DigitalLink::new(gtin, lot, serial).map_err(|faults| invalid(&faults))?;
    let known = traceability::known(window, &link).await?.ok_or_else(traceability::unknown)?;
    let counted = scans::scanned(window, &known.name.code(), address).await?;
    let counted = counted.ok_or_else(|| Problem::unavailable("scans cannot be counted now; ask again"))?;
    traceability::told(window, &known, &counted).await
}

fn invalid(faults: &[register::Fault]) -> Problem {
    let faults: Vec<Value> = faults.iter().map(told_fault).collect();
    Problem::invalid("this is no code of goods; everything that is wrong is listed in `faults`")
        .in_chinese("这不是商品追溯码，错误之处见所列各项")
        .with("faults", Value::Array(faults))
}

/// The lot of a record of codes that the caller may see.
async fn lot_for(
    window: &Window,
    caller: &Caller,
    id: &str,
    query: &Query,
) -> Result<(Arc<Record>, Name), Problem> {
    let record = found(window, caller, Register::TraceCode.word(), id, &purpose(query)).await?;
    let name = Name::of(&record.key.id).filter(|name| name.issue() == record.key);
    let name = name.ok_or_else(|| Problem::not_found("no such record, or not yours"))?;
    Ok((record, name))
}

/// Codes of a lot from a place on.
pub(crate) async fn codes_of(
    window: &Window,
    caller: &Caller,
    id: &str,
    query: &Query,
) -> Result<Value, Problem> {
    let (record, name) = lot_for(window, caller, id, query).await?;
    let issue = Issue::of(&record);
    let from = place(query, "from", &issue)?;
    let most = u32::try_from(limit(query, CODES)?).unwrap_or(u32::MAX);
    let to = issue.issued.min(from.saturating_add(most - 1));
    let host = traceability::host(window).await?;
    let series = traceability::series_of(window, &name).await?.ok_or_else(Problem::internal)?;
    let code = |index: u32| {
        let link = traceability::link_of(window, &name, series, index);
        json!({"gtin": link.gtin, "lot": link.lot, "serial": link.serial, "place": index, "link": link.address(&host)})
    };
    let codes: Vec<Value> = (from..=to).map(code).collect();
    Ok(json!({
        "id": id, "state": record.state.as_str(), "issued": issue.issued, "book": issue.book, "item": issue.item,
        "codes": codes, "from": (to < issue.issued).then_some(to + 1),
    }))
}

/// A place that a query names; the first where it names none.
fn place(query: &Query, name: &str, issue: &Issue) -> Result<u32, Problem> {
    let text = parameter(query, name);
    let place = text.map_or(Some(1), |text| text.parse().ok());
    let wrong = || Problem::bad_request(&format!("{name} is a number from 1 to {}", issue.issued));
    place.filter(|place| (1..=issue.issued).contains(place)).ok_or_else(wrong)
}

/// `GET /v1/trace/codes/{id}?from=&limit=&form=csv&purpose=`: codes of a lot, for its holder and for offices.
pub async fn codes(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let as_file = is_for_a_file(&query)?;
    let told = codes_of(&window, &caller, &id, &query).await?;
    if as_file { as_csv(&told) } else { Ok(Json(told).into_response()) }
}

/// Codes as a file for a printer of labels.
pub(crate) fn as_csv(told: &Value) -> Result<Response, Problem> {
    let internal = |_| Problem::internal();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(internal)?;
    for code in told["codes"].as_array().into_iter().flatten() {
        writer.write_record(COLUMNS.map(|name| super::found::cell_of(&code[name]))).map_err(internal)?;
    }
    let bytes = writer.into_inner().map_err(|_| Problem::internal())?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"codes.csv\"".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// `GET /v1/trace/codes/{id}/picture?place=&form=svg|png`: the QR code of one of them.
pub async fn code_picture(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let (record, name) = lot_for(&window, &caller, &id, &query).await?;
    let index = place(&query, "place", &Issue::of(&record))?;
    let series = traceability::series_of(&window, &name).await?.ok_or_else(Problem::internal)?;
    let host = traceability::host(&window).await?;
    let link = traceability::link_of(&window, &name, series, index).address(&host);
    let svg = picture::svg(&link).ok_or_else(Problem::internal)?;
    let (kind, bytes) = match parameter(&query, "form").as_deref() {
        None | Some("svg") => ("image/svg+xml", svg.into_bytes()),
        Some("png") => ("image/png", png_of_shapes(svg).await.map_err(unpainted)?),
        Some(_) => return Err(Problem::bad_request("form is svg or png")),
    };
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

fn unpainted(why: Unpainted) -> Problem {
    tracing::error!(?why, "a code cannot be painted");
    Problem::internal()
}

/// Codes that shall be bound.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bindings {
    /// Each of them.
    pub bindings: Vec<Binding>,
}

/// `POST /v1/trace/bindings`: codes are bound to parcels, each by itself: one that is refused keeps no other back.
pub async fn bind(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Result<Json<Bindings>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    operations::check_intake(&window)?;
    let Json(sent) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    if sent.bindings.is_empty() || sent.bindings.len() > AT_ONCE {
        return Err(Problem::bad_request(&format!("bindings are 1 to {AT_ONCE}")));
    }
    let kept = SitesKept::new();
    let mut results = Vec::with_capacity(sent.bindings.len());
    for one in &sent.bindings {
        results.push(bound(&window, &caller, one, &kept).await);
    }
    Ok(Json(json!({ "results": results })))
}

/// What one binding is answered: its status, and what a problem would say.
pub(crate) async fn bound(window: &Window, caller: &Caller, one: &Binding, kept: &SitesKept) -> Value {
    match traceability::bind(window, caller, one, kept).await {
        Ok(told) => json!({
            "code": one.code, "status": 200, "parcel": told["parcel"], "repeated": told["repeated"],
        }),
        Err(problem) => {
            let words = problem.words();
            json!({
                "code": one.code, "status": problem.status(), "type": problem.kind(),
                "text": {"zh": words.zh, "en": words.en}, "faults": problem.told_faults(),
                "bound": problem.member("bound"), "asked": problem.member("asked"),
            })
        }
    }
}

/// A recall that the caller may see.
async fn recall_for(
    window: &Window,
    caller: &Caller,
    id: &str,
    purpose: &str,
) -> Result<Arc<Record>, Problem> {
    found(window, caller, Register::Recall.word(), id, purpose).await
}

/// A recall with the parcels that have goods of it.
pub(crate) async fn recall_told(
    window: &Window,
    caller: &Caller,
    id: &str,
    query: &Query,
) -> Result<Value, Problem> {
    let record = recall_for(window, caller, id, &purpose(query)).await?;
    let (codes, _) = window.names_of(&caller.party);
    let most = limit(query, PARCELS)?;
    let body = Recall::of(&record);
    let reach = recalls::Reach { parcels: most, versions: LOOKED };
    let (found, is_whole) = recalls::parcels(window, &body, reach).await?;
    let parcel = |one: &recalls::Parcel| {
        let waybill = one.waybill.as_ref();
        let (under, code, order_no) = one.of.named();
        let mut told = json!({
            "orderNo": order_no.as_str(),
            "logisticsCode": waybill.map(|waybill| waybill.logistics.as_str()),
            "logisticsNo": waybill.map(|waybill| waybill.logistics_no.as_str()),
            "state": one.of.state().map(|state| state.word()), "left": one.left, "quantity": one.quantity,
        });
        told[under] = code.as_str().into();
        told
    };
    // Of parcels those whose trades they are; who recalls the goods may be in none of them.
    let named = found.iter().take(most).map(|one| one.of.parties());
    let others: Vec<Vec<Text>> =
        named.filter(|parties| !codes.iter().any(|code| parties.contains(code))).collect();
    super::readings::listed(window, caller, "recall-parcels", query, &others).await?;
    let mut shown = whole(&View::of(&record, &codes));
    shown["parcels"] = found.iter().take(most).map(parcel).collect();
    shown["more"] = (!is_whole).into();
    // Whether the search that is recorded saw everything.
    shown["complete"] = body.found.is_some_and(|found| found.complete).into();
    shown["time"] = time(window.clock.now()).into();
    Ok(shown)
}

/// `GET /v1/recalls/{id}?limit=&purpose=`: a recall with its parcels; of buyers how many there are.
pub async fn recall(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    recall_told(&window, &caller, &id, &query).await.map(Json)
}

/// `POST /v1/recalls/{id}/search`: the window looks again, as things stand now.
pub async fn search(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    searched(&window, &caller, &id).await.map(Json)
}

/// Has the window look again.
pub(crate) async fn searched(window: &Window, caller: &Caller, id: &str) -> Result<Value, Problem> {
    operations::check_intake(window)?;
    let record = recall_for(window, caller, id, "recall").await?;
    let done = recalls::carry_out(window, &record.key).await?;
    let (codes, _) = window.names_of(&caller.party);
    Ok(whole(&View::of(&done, &codes)))
}

/// The buyers of goods that are recalled: for offices of the whole zone that may know persons, for a purpose that they say. The
/// reading is recorded before anything is shown, and each of the buyers finds it.
pub(crate) async fn buyers_told(
    window: &Window,
    caller: &Caller,
    id: &str,
    query: &Query,
) -> Result<Value, Problem> {
    let why = purpose(query);
    if !(2..=500).contains(&why.trim().chars().count()) {
        return Err(Problem::bad_request("say what for: purpose is a text of 2 to 500 characters")
            .in_chinese("请写明查询用途（2至500个字）"));
    }
    let absent = || Problem::not_found("no such record, or not yours");
    let (record, _) = registers::visible(window, caller, Register::Recall.word(), id).await?;
    if !caller.is_office() || !caller.districts.is_empty() {
        return Err(absent());
    }
    let body = Recall::of(&record);
    let (found, complete) = recalls::parcels(window, &body, recalls::Reach::whole(&body)).await?;
    let mut owners: Vec<Text> = record.parties.clone();
    owners.extend(found.iter().filter_map(recalls::buyer_of).map(|person| guard::person(person)));
    owners.sort_unstable();
    owners.dedup();
    let subject = ("recall-buyers", record.key.id.as_str());
    registers::recorded(window, by(window, caller), subject, &owners, &why, None).await?;
    let buyer = |one: &recalls::Parcel| -> Option<Value> {
        let consignment = one.of.import()?;
        let order = match consignment.order.as_ref().map(|filed| &*filed.document) {
            Some(Document::Order(order)) => Some(&order.head),
            _ => None,
        };
        Some(json!({
            "person": recalls::buyer_of(one).map(|person| guard::person(person).to_string()),
            "name": order.map(|head| mask_name(head.buyer_name.trim())),
            "telephone": order.map(|head| mask_number(head.buyer_telephone.trim())),
            "platform": consignment.key.platform.as_str(),
            "orderNo": consignment.key.order_no.as_str(),
            "quantity": one.quantity,
        }))
    };
    let buyers: Vec<Value> = found.iter().filter_map(buyer).collect();
    Ok(json!({"id": id, "buyers": buyers, "complete": complete}))
}

/// `GET /v1/recalls/{id}/buyers?purpose=`.
pub async fn buyers(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    buyers_told(&window, &caller, &id, &query).await.map(Json)
}
