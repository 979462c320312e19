//! `GET /v1/evidence/search`: rows of the evidence log by party, by day and by what they are, each with what the caller may know
//! of it and where its proof is. A party finds what concerns it; offices of the whole zone find everything.

use super::error::Problem;
use super::registers::{asks_for, sees_all, whole};
use super::view::time;
use super::{EVIDENCE_FOUND, Query, confirmations, limit, parameter, payment_data};
use crate::auth::Caller;
use crate::rights::Right;
use crate::{Window, finding};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ceb::Day;
use clearance::Text;
use clearance::event::{ActionKind, Cause};
use clearance::keys::{Position, Time};
use clearance::record::Register;
use clearance::rulebook::Calendar;
use evidence::search::{Hit, Wanted, What};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::Read;

/// `GET /v1/evidence/search?party=&what=&from=&to=&after=&limit=&form=`.
pub async fn search(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Response, Problem> {
    in_form(&query, found(&window, &caller, &query).await?, as_csv)
}

/// What is told, in the form that is asked for.
pub(super) fn in_form(
    query: &Query,
    told: Value,
    as_csv: impl Fn(&Value) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    match parameter(query, "form").as_deref() {
        None | Some("json") => Ok(Json(told).into_response()),
        Some("csv") => as_csv(&told),
        Some(_) => Err(Problem::bad_request("form is json or csv")),
    }
}

/// The page as a file for a spreadsheet.
pub(crate) fn as_csv(told: &Value) -> Result<Response, Problem> {
    let member = |entry: &Value, name: &str| {
        cell_of(entry.get(name).or_else(|| entry["about"].get(name)).unwrap_or(&Value::Null))
    };
    file_of(told["entries"].as_array().into_iter().flatten(), &COLUMNS, member, "evidence.csv")
}

/// What is found, as JSON.
pub(crate) async fn found(window: &Arc<Window>, caller: &Caller, query: &Query) -> Result<Value, Problem> {
    let (codes, _) = window.names_of(&caller.party);
    let everything = caller.is_office() && caller.districts.is_empty();
    // Whose trades are of some districts is not in the index: such an office has its queue.
    if caller.is_office() && !everything {
        return Err(Problem::forbidden());
    }
    let wanted = wanted(window, caller, query, (!everything).then_some(&codes))?;
    let limit = limit(query, EVIDENCE_FOUND)?;
    let behind = finding::follow(window).await?;
    let hits = window.finding.standing().finder.find(&wanted, limit);
    let next = next_of(&hits, limit);
    let mut entries = Vec::with_capacity(hits.len());
    for hit in hits {
        // What an office alone knows of its inspections is none of a party's hits.
        let position = Position::of_number(hit.place).unwrap_or_default();
        if !caller.is_office() && confirmations::is_hidden(window, position).await? {
            continue;
        }
        entries.push(entry(window, caller, &codes, everything, hit).await?);
    }
    Ok(json!({"entries": entries, "after": next, "behind": behind}))
}

/// What a caller looks for; with codes, only what concerns them.
fn wanted(
    window: &Window,
    caller: &Caller,
    query: &Query,
    own: Option<&Vec<Text>>,
) -> Result<Wanted, Problem> {
    let party = parameter(query, "party").filter(|code| !code.is_empty());
    let named = party.map(|code| window.names_of(&code).0);
    let parties = match (own, named) {
        // Of others there is nothing to be found: their code is answered like one that nobody has.
        (Some(own), Some(named)) => Some(own.iter().filter(|code| named.contains(code)).cloned().collect()),
        (Some(own), None) => Some(own.clone()),
        (None, named) => named,
    };
    let mut whats = match parameter(query, "what").filter(|words| !words.is_empty()) {
        None => What::ALL.to_vec(),
        Some(words) => {
            let all = What::ALL.map(What::word).join(", ");
            let wrong = || Problem::bad_request(&format!("what is one or several of {all}"));
            words.split(',').map(|word| What::from_word(word).ok_or_else(wrong)).collect::<Result<_, _>>()?
        }
    };
    // What happens to users and tokens is for who manages or audits them.
    if !caller.rights.has(Right::TraceRead) {
        whats.retain(|what| *what != What::SignIn);
    }
    let texts = |codes: Vec<Text>| codes.iter().map(Text::to_string).collect();
    when(query, Wanted { parties: parties.map(texts), whats, ..Wanted::default() })
}

/// Between which days, and where a page begins.
pub(super) fn when(query: &Query, wanted: Wanted) -> Result<Wanted, Problem> {
    let day = |name: &str| match parameter(query, name).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => Day::parse(&text.replace('-', ""))
            .map(Some)
            .ok_or_else(|| Problem::bad_request(&format!("{name} is a day yyyyMMdd"))),
    };
    let after = match parameter(query, "after").filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => {
            let parts = text
                .split_once('.')
                .and_then(|(time, place)| Some((time.parse().ok()?, place.parse().ok()?)));
            Some(parts.ok_or_else(|| Problem::bad_request("after is what a page gave"))?)
        }
    };
    let from = day("from")?.map(|day| Time::start_of(day).0);
    let until = day("to")?.map(|day| Time::start_of(Calendar::plus_days(day, 1)).0);
    Ok(Wanted { from, until, after, ..wanted })
}

/// Where the next page begins, if there may be one.
pub(super) fn next_of(hits: &[Hit], limit: usize) -> Option<String> {
    hits.last().filter(|_| hits.len() == limit).map(|hit| format!("{}.{}", hit.time, hit.place))
}

async fn entry(
    window: &Window,
    caller: &Caller,
    codes: &[Text],
    everything: bool,
    hit: Hit,
) -> Result<Value, Problem> {
    let position = Position::of_number(hit.place).unwrap_or_default();
    Ok(json!({
        "position": hit.place, "writer": position.writer, "sequence": position.sequence,
        "time": time(Time(hit.time)), "what": hit.what.word(),
        "about": about(window, caller, codes, everything, position).await?,
        "proof": format!("/v1/evidence/proof?position={}", hit.place),
    }))
}

/// What the caller may know of a row: of a record his part of it, of a trade which one it is.
async fn about(
    window: &Window,
    caller: &Caller,
    codes: &[Text],
    everything: bool,
    position: Position,
) -> Result<Value, Problem> {
    if let Some(message) = window.read.message(position).await? {
        return Ok(
            json!({"message": message.root.as_str(), "party": message.sender.as_str(), "documents": message.documents}),
        );
    }
    if let Some(record) = window.read.record_at(position).await? {
        let register = record.key.register;
        let own = codes.iter().any(|code| record.parties.contains(code));
        let may = own || sees_all(caller, register) || (everything && register == Register::Access);
        let may = may && payment_data::is_in_reach(window, caller, &record).await?;
        if !may || !caller.rights.has(asks_for(Some(register))) {
            return Ok(json!({"register": register.word()}));
        }
        let shown = whole(&register::view::View::of(&record, codes));
        let mut about = json!({
            "register": register.word(), "id": shown["id"], "action": shown["action"], "state": shown["state"],
            "party": shown["by"]["party"], "by": shown["by"]["name"],
        });
        if register == Register::Access {
            for (name, member) in [
                ("subject", "id"),
                ("kind", "kind"),
                ("role", "role"),
                ("purpose", "purpose"),
                ("ground", "ground"),
            ] {
                about[name] = shown["body"][member].clone();
            }
        }
        return Ok(about);
    }
    let Some(event) = window.read.event(position).await? else { return Ok(Value::Object(Map::new())) };
    let outcome = event.row.outcome.as_ref();
    let order = outcome.and_then(|outcome| outcome.order.as_ref());
    let mut about = json!({
        "platform": order.map(|order| order.platform.as_str()), "orderNo": order.map(|order| order.order_no.as_str()),
        "status": outcome.map(|outcome| outcome.answer.status),
    });
    if let Some(trade) = outcome.and_then(|outcome| outcome.export.trade.as_ref()) {
        about["merchant"] = trade.merchant.as_str().into();
        about["orderNo"] = trade.order_no.as_str().into();
    }
    match &event.row.event.cause {
        Cause::Document(arrived) => {
            about["message"] = arrived.document.kind().root().into();
            about["party"] = arrived.sender.as_str().into();
        }
        Cause::Action(action) => {
            about["action"] = told_word(caller, &action.kind).into();
            about["party"] = action.party.as_str().into();
            about["platform"] = action.order.platform.as_str().into();
            about["orderNo"] = action.order.order_no.as_str().into();
        }
        Cause::ExportAction(action) => {
            about["action"] = told_word(caller, &action.kind).into();
            about["party"] = action.party.as_str().into();
            about["merchant"] = action.order.platform.as_str().into();
            about["orderNo"] = action.order.order_no.as_str().into();
        }
        _ => {}
    }
    Ok(about)
}

/// What an action is called: that an inspection was contested, or had to be confirmed, is for offices.
fn told_word(caller: &Caller, kind: &ActionKind) -> &'static str {
    let inspects = matches!(
        kind,
        ActionKind::Inspected(_) | ActionKind::ConfirmInspection | ActionKind::ContestInspection
    );
    if inspects && !caller.is_office() { "inspected" } else { kind.word() }
}

/// Columns of the file.
const COLUMNS: [&str; 18] = [
    "position", "time", "what", "party", "by", "register", "id", "action", "state", "kind", "subject",
    "role", "purpose", "ground", "message", "platform", "merchant", "orderNo",
];

/// A value as a cell. What others wrote is no formula: spreadsheets run what begins like one.
pub(super) fn cell_of(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

/// Lines as a file for a spreadsheet: a column for each name.
pub(super) fn file_of<'a>(
    lines: impl Iterator<Item = &'a Value>,
    columns: &[&str],
    cell: impl Fn(&Value, &str) -> String,
    file: &str,
) -> Result<Response, Problem> {
    let internal = |_| Problem::internal();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).map_err(internal)?;
    for line in lines {
        writer.write_record(columns.iter().map(|name| cell(line, name))).map_err(internal)?;
    }
    let bytes = writer.into_inner().map_err(|_| Problem::internal())?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ];
    Ok((headers, bytes).into_response())
}
