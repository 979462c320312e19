//! Applications to declare exports in summary: lists by cursor, and one with its parts, the declarations that came of it and its
//! lists. Who sees what: whoever is named by one sees all of it; offices by district, and their reading is recorded.

use super::error::Problem;
use super::{CONSIGNMENTS, Query, limit, parameter, readings, registers, scope, view};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::{Path, State};
use clearance::Text;
use clearance::export::{
    ExportKey, ExportState, ExportSummary, SummarisedDeclaration, SummaryMember, SummaryPart,
};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{ExportSearch, Read, Scope};

/// Lists of a page: unless asked for, and at most.
const LISTS: (usize, usize) = (200, 2_000);

/// `GET /v1/exports/summaries?state=&party=&after=&limit=`: the newest first.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let search = super::exports::search(&window, &caller, &query)?;
    let after = super::exports::after(&query)?;
    let (found, next) = window.read.summaries(&search, after, limit(&query, CONSIGNMENTS)?).await?;
    if caller.is_office() {
        let owners: Vec<Vec<Text>> = found.iter().map(|summary| summary.parties()).collect();
        readings::listed(&window, &caller, "summaries", &query, &owners).await?;
    }
    let lines: Vec<Value> = found.iter().map(|summary| line(summary)).collect();
    Ok(Json(json!({"summaries": lines, "next": next.map(|next| next.to_string())})))
}

/// Where an application stands, in the words of the states of declarations.
fn word(status: u16) -> &'static str {
    match status {
        0 => "deleted",
        1 => "staged",
        100 => "rejected",
        120 => "entered",
        _ => "concluded",
    }
}

fn line(summary: &ExportSummary) -> Value {
    let (_, agent, cop_no) = summary.key.parts();
    let head = summary.application().map(|application| &application.head);
    let text = |of: fn(&ceb::SummaryApplicationHead) -> &Text| head.map(|head| of(head).as_str());
    let period = head.and_then(|head| Some((head.start_time?, head.end_time?)));
    json!({
        "agent": agent.as_str(),
        "copNo": cop_no,
        "merchant": text(|head| &head.ebc_code),
        "state": summary.status(),
        "stateWord": word(summary.status()),
        "preNo": summary.pre_no.as_str(),
        "sumNo": summary.sum_no.as_deref(),
        "customsCode": summary.district().as_str(),
        "period": period.map(|(from, to)| json!({"from": from.to_string(), "to": to.to_string()})),
        "parts": summary.parts.iter().filter(|part| part.counts()).count(),
        "partsExpected": head.map(|head| head.msg_count),
        "lists": summary.members().count(),
        "declarations": summary.declarations.len(),
        "version": summary.version,
        "changed": view::time(summary.last_time),
    })
}

fn missing() -> Problem {
    Problem::not_found("no application to summarise that names you has this number")
}

/// An application, if the scope covers it.
async fn found(window: &Window, scope: &Scope, key: &ExportKey) -> Result<Arc<ExportSummary>, Problem> {
    let Some(ExportState::Summary(summary)) = window.read.export(key).await? else { return Err(missing()) };
    let search = ExportSearch { scope: scope.clone(), party: None, states: Vec::new() };
    if search.finds_summary(&summary) { Ok(summary) } else { Err(missing().of_another(true)) }
}

/// `GET /v1/exports/summaries/{agent}/{copNo}?declaration=&after=&limit=`.
pub async fn show(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((agent, cop_no)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    shown(&window, &caller, (&agent, &cop_no), &query).await.map(Json)
}

/// An application as the caller sees it; an office's reading is recorded first.
pub(crate) async fn shown(
    window: &Window,
    caller: &Caller,
    (agent, cop_no): (&str, &str),
    query: &Query,
) -> Result<Value, Problem> {
    let key = ExportKey::named(ExportKey::Summary, agent, cop_no);
    let summary = found(window, &scope(window, caller), &key).await?;
    let number = |name: &str| match parameter(query, name) {
        None => Ok(None),
        Some(text) => {
            text.parse().map(Some).map_err(|_| Problem::bad_request(&format!("{name} is a number")))
        }
    };
    let (declaration, after) = (number("declaration")?, number("after")?.unwrap_or(0) as usize);
    let limit = limit(query, LISTS)?;
    let office = caller.is_office();
    if office {
        let id = format!("{agent}/{cop_no}");
        let by = registers::by(window, caller);
        registers::recorded(window, by, ("summary", &id), &summary.parties(), &caller.purpose, None).await?;
    }
    let (codes, _) = window.names_of(&caller.party);
    let mut shown = line(&summary);
    if let Some(application) = summary.application() {
        let head = &application.head;
        shown["summaryFlag"] = head.summary_flag.as_str().into();
        shown["itemNameFlag"] = head.item_name_flag.as_str().into();
        shown["declAgent"] = head.decl_agent_code.as_str().into();
    }
    shown["of"] = summary.parts.iter().map(|one| part(one, &codes, office)).collect();
    shown["results"] = (1..).zip(&summary.declarations).map(|(at, one)| result(at, one)).collect();
    let of_it =
        |member: &&SummaryMember| declaration.is_none_or(|number| u64::from(member.declaration) == number);
    let mut members = summary.members().filter(of_it).skip(after);
    shown["members"] = members.by_ref().take(limit).map(member).collect();
    shown["next"] = members.next().map(|_| (after + limit).to_string()).into();
    let timeline = window.read.export_timeline(&key).await?;
    shown["timeline"] = timeline.iter().rev().map(|event| view::entry(event, &codes, office)).collect();
    Ok(shown)
}

fn part(part: &SummaryPart, codes: &[Text], office: bool) -> Value {
    let own = codes.contains(&part.filed.sender);
    let kind = Some(ceb::Kind::SummaryApplication);
    let findings: Vec<Value> =
        part.findings.iter().map(|finding| view::finding(finding, kind, own, office)).collect();
    json!({
        "number": part.number, "status": part.filed.status, "guid": part.filed.document.guid().as_str(),
        "position": part.filed.position.number(), "sender": part.filed.sender.as_str(), "own": own,
        "lists": part.lists.len(), "findings": findings,
    })
}

fn result(at: u32, declaration: &SummarisedDeclaration) -> Value {
    let key = &declaration.key;
    let lines: Vec<Value> = (1u32..)
        .zip(&declaration.lines)
        .map(|(at, line)| {
            json!({
                "gseqno": at, "gcode": line.key.gcode.as_str(), "gname": line.key.gname.as_str(), "country": line.key.country.as_str(),
                "currency": line.key.currency.as_str(), "lines": line.sums.lines, "unit1": line.key.unit1.as_str(),
                "qty1": line.sums.qty1.to_string(), "unit2": line.key.unit2.as_str(), "qty2": line.sums.qty2.to_string(),
                "totalPrice": line.sums.total_price.to_string(),
            })
        })
        .collect();
    json!({
        "number": at, "declSeqNo": declaration.number.as_str(), "lists": declaration.lists, "trafMode": key.traf_mode.as_str(),
        "ownerCode": key.owner.as_str(), "country": key.country.as_str(), "portCode": key.port.as_str(),
        "tradeMode": key.trade_mode.as_str(), "emsNo": key.ems_no.as_str(),
        "grossWeight": declaration.gross_weight.to_string(), "netWeight": declaration.net_weight.to_string(), "lines": lines,
    })
}

fn member(member: &SummaryMember) -> Value {
    let list = &member.list;
    json!({
        "invtNo": list.invt_no.as_str(), "merchant": list.trade.merchant.as_str(), "orderNo": list.trade.order_no.as_str(),
        "logisticsNo": list.logistics_no.as_str(), "declaration": member.declaration,
        "closedOn": list.closed_on.map(|day| day.to_string()),
    })
}
