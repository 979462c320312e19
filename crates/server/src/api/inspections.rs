//! Inspections of a trade: typed results with their measure, and the photographs that go with them. An office sees all of
//! those of its districts, a party of the trade what the table of results says it is told; nobody else learns that there is
//! one. Pictures are kept before the inspection that names them: one that is refused leaves none that anybody could read.

use super::confirmations::{Standing, standing};
use super::error::Problem;
use super::photographs::{Kept, cleaned, keep};
use super::trades::{Trade, state_after, taken};
use super::view::time;
use super::{actions, operations, recognitions, registers, scope};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ceb::Decimal;
use clearance::Text;
use clearance::consignment::State as InState;
use clearance::event::{ActionKind, OfficerAction};
use clearance::export::ExportTradeKey;
use clearance::inspection::{Found, Inspection, Measure};
use clearance::keys::OrderKey;
use clearance::rulebook::{InspectionResults, ResultRow};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{StoredEvent, UserState};

/// What was found of a line, or of the whole.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundBody {
    /// The declared line; 0 = the whole.
    #[serde(default)]
    pub line: u32,
    /// A word of the table of results.
    pub result: String,
    /// What was counted, in the declared unit.
    #[serde(default)]
    pub quantity: Option<String>,
    /// What was weighed, in kilograms.
    #[serde(default)]
    pub weight: Option<String>,
}

/// A photograph as it is sent.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotographBody {
    /// Base64.
    pub content: String,
}

/// The body of an inspection.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Names it: the same id again gets the first answer.
    pub id: String,
    /// The version that was seen.
    pub version: u32,
    /// What was found; nothing where it rests on a report.
    #[serde(default)]
    pub found: Vec<FoundBody>,
    /// Id of another agency's report that it rests on instead of a look of one's own.
    #[serde(default)]
    pub report: String,
    /// The version of the report that was seen.
    #[serde(default, rename = "reportVersion")]
    pub report_version: u32,
    /// What follows.
    pub measure: String,
    /// What the officer says.
    #[serde(default)]
    pub text: String,
    /// Where.
    #[serde(default)]
    pub place: String,
    /// Login of the second officer.
    #[serde(default)]
    pub second: String,
    /// What was photographed.
    #[serde(default)]
    pub photographs: Vec<PhotographBody>,
}

/// `POST /v1/consignments/{platform}/{orderNo}/inspections`.
pub async fn inspect(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Response, Problem> {
    inspected(&window, &caller, OrderKey::new(&platform, &order_no), body).await
}

/// `POST /v1/exports/{merchant}/{orderNo}/inspections`.
pub async fn inspect_export(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((merchant, order_no)): Path<(String, String)>,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Response, Problem> {
    inspected(&window, &caller, ExportTradeKey::new(&merchant, &order_no).marked(), body).await
}

async fn inspected(
    window: &Window,
    caller: &Caller,
    order: OrderKey,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Response, Problem> {
    operations::check_intake(window)?;
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    let mut pictures = Vec::new();
    let mut faults = Vec::new();
    for (index, one) in body.photographs.iter().enumerate() {
        match STANDARD.decode(one.content.as_bytes()) {
            Ok(bytes) => pictures.push(bytes),
            Err(_) => {
                faults.push(wrong(&format!("photographs[{}].content", index + 1), "", "base64", "须为Base64"))
            }
        }
    }
    if !faults.is_empty() {
        return Err(invalid(faults));
    }
    let (status, shown) = take(window, caller, order, &body, pictures).await?;
    Ok((status, Json(shown)).into_response())
}

/// A fault, in both languages of pages.
pub(super) fn wrong(path: &str, value: &str, expected: &str, zh: &str) -> Value {
    json!({"path": path, "value": value, "expected": expected, "zh": zh})
}

fn invalid(faults: Vec<Value>) -> Problem {
    Problem::invalid("nothing was recorded; everything that is wrong is listed in `faults`")
        .with("faults", faults.into())
}

/// Records an inspection with its pictures, and says what came of it: 200, 409 with what the officer had not seen, or 422 with
/// what is wrong.
pub async fn take(
    window: &Window,
    caller: &Caller,
    order: OrderKey,
    body: &Body,
    pictures: Vec<Vec<u8>>,
) -> Result<(StatusCode, Value), Problem> {
    let mut faults = Vec::new();
    let kept = cleaned(window, &pictures, &mut faults);
    drop(pictures);
    let kind = if body.report.trim().is_empty() {
        let inspection = typed(body, &kept, &mut faults);
        second(window, caller, body.second.trim(), &mut faults).await?;
        Some(ActionKind::Inspected(Box::new(inspection)))
    } else {
        if !body.found.is_empty() || !kept.is_empty() {
            let expected = "nothing beside a report: whoever looks himself records an inspection of his own";
            faults.push(wrong("found", "", expected, "据报告处置时无须填写；自行查验的请另行记录"));
        }
        let seen = (body.report.trim(), body.report_version);
        let measure = Measure::from_word(body.measure.trim());
        let rests = recognitions::recognised(window, caller, seen, measure, &mut faults).await?;
        rests.map(|rests| ActionKind::Recognised(Box::new(rests)))
    };
    let Some(kind) = kind.filter(|_| faults.is_empty()) else { return Err(invalid(faults)) };
    let action =
        actions::prepared(window, caller, &order, (&body.id, body.version), kind, &body.text).await?;
    let trade = Trade::found(window, &scope(window, caller), &order).await?;
    if would_be_taken(window, &trade, &action) {
        for one in &kept {
            keep(window, caller, &order, one).await?;
        }
    }
    actions::carried_out(window, caller, &order, action).await
}

/// Whether pictures are kept for it: not for what is refused, nor again for what was recorded already.
fn would_be_taken(window: &Window, trade: &Trade, action: &OfficerAction) -> bool {
    let reference = window.reference();
    !trade.has_done(&action.id) && trade.refused(action, reference.current(), window.clock.now()).is_empty()
}

/// An inspection of what was sent.
fn typed(body: &Body, kept: &[Kept], faults: &mut Vec<Value>) -> Inspection {
    let measure = Measure::from_word(body.measure.trim());
    if measure.is_none() {
        let words = Measure::ALL.map(Measure::word).join(", ");
        faults.push(wrong("measure", &body.measure, &format!("one of {words}"), "请选择结果及处置"));
    }
    let mut found = Vec::new();
    for (index, one) in body.found.iter().enumerate() {
        let mut number = |name: &str, text: &Option<String>| {
            let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
            let read = Decimal::parse(text);
            if read.is_none() {
                let path = format!("found[{}].{name}", index + 1);
                faults.push(wrong(
                    &path,
                    text,
                    "a number with at most five digits after the point",
                    "须为数字，小数至多5位",
                ));
            }
            read
        };
        found.push(Found {
            line: one.line,
            result: one.result.trim().into(),
            quantity: number("quantity", &one.quantity),
            weight: number("weight", &one.weight),
        });
    }
    Inspection {
        found,
        measure: measure.unwrap_or(Measure::Review),
        second: body.second.trim().into(),
        place: body.place.trim().into(),
        photographs: kept.iter().map(|one| Text::from(one.sha256.as_str())).collect(),
    }
}

/// The second officer confirms by himself; under a law that has the first name him, he is somebody of the same office who may
/// sign in.
async fn second(
    window: &Window,
    caller: &Caller,
    second: &str,
    faults: &mut Vec<Value>,
) -> Result<(), Problem> {
    /// Users of an office that are looked at.
    const USERS: usize = 10_000;
    if second.is_empty() {
        return Ok(());
    }
    let law = window.reference().current().parameters.on(window.clock.now().day());
    if law.inspection_second_confirms != 0 {
        let expected = "empty: another officer of your office confirms the inspection by himself";
        faults.push(wrong("second", second, expected, "无须填写：由本单位另一名关员自行复核"));
        return Ok(());
    }
    let users = window.control.users(Some(&caller.party), 0, USERS).await?;
    if !users.iter().any(|user| user.login == second && user.state == UserState::Active) {
        faults.push(wrong(
            "second",
            second,
            "the login of another officer of your office",
            "须为本单位另一名关员的登录名",
        ));
    }
    Ok(())
}

/// Who looks: what he is told of an inspection depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// An office of the district.
    Office,
    /// A party of the trade itself.
    Principal,
}

/// A trade and what its reader is, if the trade is his to see; firms that only paid or carried see no inspections.
pub(super) async fn seen(
    window: &Window,
    caller: &Caller,
    order: &OrderKey,
) -> Result<(Trade, Option<Reader>), Problem> {
    let trade = Trade::found(window, &scope(window, caller), order).await?;
    let reader = reader(window, caller, &trade);
    Ok((trade, reader))
}

fn reader(window: &Window, caller: &Caller, trade: &Trade) -> Option<Reader> {
    if caller.is_office() {
        return Some(Reader::Office);
    }
    let (codes, _) = window.names_of(&caller.party);
    trade.is_of(&codes).then_some(Reader::Principal)
}

/// `GET /v1/consignments/{platform}/{orderNo}/inspections`: the newest first; for offices also the results that one may have
/// today.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    told(&window, &caller, &OrderKey::new(&platform, &order_no)).await
}

/// `GET /v1/exports/{merchant}/{orderNo}/inspections`: the same of an export.
pub async fn list_of_export(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((merchant, order_no)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    told(&window, &caller, &ExportTradeKey::new(&merchant, &order_no).marked()).await
}

async fn told(window: &Window, caller: &Caller, order: &OrderKey) -> Result<Json<Value>, Problem> {
    let (trade, reader) = seen(window, caller, order).await?;
    if caller.is_office() {
        let (kind, id) = trade.subject();
        let by = registers::by(window, caller);
        registers::recorded(window, by, (kind, &id), &trade.owners(), &caller.purpose, None).await?;
    }
    let timeline = trade.timeline(window).await?;
    let found = timeline.iter().filter_map(|event| Some(shown(window, &timeline, event, reader?)?.1));
    let mut told = json!({ "inspections": found.collect::<Vec<_>>() });
    if caller.is_office() {
        told["form"] = form(window, caller, &trade).await?;
    }
    Ok(Json(told))
}

/// What an inspection of a trade may say today: nothing where none is awaited, or it is not the caller's to record.
pub(super) async fn form(window: &Window, caller: &Caller, trade: &Trade) -> Result<Value, Problem> {
    let waits = trade.state() == Some(InState::Inspection);
    let reference = window.reference();
    let book = reference.current();
    let day = window.clock.now().day();
    if !waits || !actions::has_table(window, trade.is_export()) || caller.may(actions::INSPECTS).is_err() {
        return Ok(Value::Null);
    }
    let law = book.parameters.on(day);
    Ok(json!({
        "results": book.inspections.on(day).map(|row| result(row, trade.is_export())).collect::<Vec<_>>(),
        "lines": trade.lines(),
        "secondConfirms": law.inspection_second_confirms != 0,
        "photographs": law.inspection_photographs,
        "photographBytes": law.photograph_bytes,
        "reports": recognitions::of_trade(window, caller, trade).await?,
    }))
}

/// A row of the table of results. Goods that never came from abroad are not sent back there.
fn result(row: &ResultRow, is_export: bool) -> Value {
    let measures = row.measures.iter().filter(|measure| !is_export || **measure != Measure::ReExport);
    json!({
        "result": row.result.as_str(),
        "name": {"zh": row.name_zh.as_str(), "en": row.name_en.as_str()},
        "measures": measures.map(|measure| measure.word()).collect::<Vec<_>>(),
        "measured": row.measured.word(),
        "officers": row.officers,
        "credit": row.credit,
        "risk": row.risk,
        "told": row.told,
        "decides": {"zh": row.decides_zh.as_str(), "en": row.decides_en.as_str()},
        "law": {"zh": row.law_zh.as_str(), "en": row.law_en.as_str()},
        "source": row.source.as_str(),
        "certainty": row.confidence.word(),
    })
}

/// The results that the inspections of a trade had, those that took effect.
pub(super) fn results_of(timeline: &[StoredEvent]) -> Vec<Text> {
    let effective = timeline.iter().filter(|event| standing(timeline, event).took_effect());
    let found = effective.filter_map(inspection_of).flat_map(|(_, inspection)| &inspection.found);
    found.map(|found| found.result.clone()).collect()
}

/// The inspection that an event is, if it was taken.
pub(super) fn inspection_of(event: &StoredEvent) -> Option<(&OfficerAction, &Inspection)> {
    let (action, _) = taken(event)?;
    Some((action, action.kind.inspection()?))
}

/// The table of results that an event was judged with, and its day.
pub(super) fn judged_with<T>(
    window: &Window,
    event: &StoredEvent,
    ask: impl FnOnce(&InspectionResults, ceb::Day) -> T,
) -> T {
    let number = event.row.outcome.as_ref().map_or(0, |outcome| outcome.read.rulebook);
    let recorded = event.row.event.recorded.unwrap_or(event.time);
    ask(&window.reference().numbered(number).inspections, recorded.day())
}

/// An inspection as its reader is told it, with the row that it is.
fn shown(
    window: &Window,
    timeline: &[StoredEvent],
    event: &StoredEvent,
    reader: Reader,
) -> Option<(u64, Value)> {
    let (action, inspection) = inspection_of(event)?;
    let office = reader == Reader::Office;
    let stands = standing(timeline, event);
    if !office && !stands.took_effect() {
        return None;
    }
    let state = state_after(event)?;
    let released_by_one = stands == Standing::Alone && inspection.measure == Measure::Release;
    let proposed = stands == Standing::Waits || (released_by_one && state == InState::Inspection);
    let (told, found) = judged_with(window, event, |results, day| {
        let told = inspection.is_told(results, day);
        let rows = inspection.rows(results, day);
        let found = inspection.found.iter().zip(rows).map(|(found, row)| of_found(found, row, office));
        (told, found.collect::<Vec<Value>>())
    });
    let whole = office || told;
    let mut shown = json!({
        "position": event.position.number(),
        "time": time(event.time),
        "measure": inspection.measure.word(),
        // Of what waits for a second officer nothing has followed yet.
        "proposed": proposed,
        "told": told,
        "found": if whole { found } else { Vec::new() },
        "text": if whole { action.text.as_str() } else { "" },
        "place": if whole { inspection.place.as_str() } else { "" },
        "report": match &action.kind {
            ActionKind::Recognised(rests) if office => rests.report.as_str(),
            _ => "",
        },
        "photographs": if whole { digests(inspection) } else { Vec::new() },
    });
    if office {
        let mut officers: Vec<&str> = vec![&action.officer, &inspection.second];
        shown["standing"] = stands.word().into();
        match &stands {
            Standing::Confirmed(officer, _) => officers.push(officer),
            Standing::Contested(officer, when, why) => {
                shown["contested"] =
                    json!({"officer": officer.as_str(), "time": time(*when), "text": why.as_str()});
            }
            _ => {}
        }
        officers.retain(|one| !one.is_empty());
        shown["officers"] = officers.into();
    }
    Some((event.position.number(), shown))
}

fn digests(inspection: &Inspection) -> Vec<&str> {
    inspection.photographs.iter().map(Text::as_str).collect()
}

pub(super) fn of_found(found: &Found, row: Option<&ResultRow>, office: bool) -> Value {
    let both = |zh: fn(&ResultRow) -> &Text, en: fn(&ResultRow) -> &Text| json!({"zh": row.map_or(&found.result, zh).as_str(), "en": row.map_or(&found.result, en).as_str()});
    let mut shown = json!({
        "line": found.line,
        "result": found.result.as_str(),
        "name": both(|row| &row.name_zh, |row| &row.name_en),
        "law": both(|row| &row.law_zh, |row| &row.law_en),
        "decides": both(|row| &row.decides_zh, |row| &row.decides_en),
        "quantity": found.quantity.map(|quantity| quantity.to_string()),
        "weight": found.weight.map(|weight| weight.to_string()),
    });
    if office {
        shown["credit"] = row.map(|row| row.credit).into();
        shown["risk"] = row.map(|row| row.risk).into();
    }
    shown
}

/// Adds to the timeline of a shown trade what its inspections found, as the reader may know it.
pub(super) fn add(
    window: &Window,
    caller: &Caller,
    trade: &Trade,
    timeline: &[StoredEvent],
    entries: &mut Value,
) {
    let Some(reader) = reader(window, caller, trade) else { return };
    let inspections: Vec<(u64, Value)> =
        timeline.iter().filter_map(|event| shown(window, timeline, event, reader)).collect();
    for entry in entries.as_array_mut().into_iter().flatten() {
        let of = inspections.iter().find(|(position, _)| entry["position"].as_u64() == Some(*position));
        if let Some((_, inspection)) = of {
            entry["inspection"] = inspection.clone();
        }
    }
}
