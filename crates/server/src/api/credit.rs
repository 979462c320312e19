//! Credit of a party with the reason of every point, and the lists that everybody may read. Observations, lists and what was
//! assessed before are registers.

use super::error::Problem;
use super::{Query, parameter, registers, view};
use crate::auth::Caller;
use crate::{Window, credit, credit_report};
use ::credit::{Model, Observation, Reading, Told, Value as Counted};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ceb::Day;
use clearance::Text;
use clearance::record::{RecordKey, Register};
use register::credit::{listing, responsible};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Read;

/// `GET /v1/credit`: parties on lists that are published.
pub async fn published(State(window): State<Arc<Window>>) -> Result<Json<Value>, Problem> {
    let now = window.clock.now();
    let records = credit::published(&window, now).await?;
    let line = |record: &Arc<clearance::record::Record>| {
        let body = listing::Body::of(record);
        let decision = body.decision.as_ref();
        json!({
            "party": record.key.id.as_str(), "name": name_of(&window, &record.key.id),
            "list": body.notice.list, "legalBasis": body.notice.legal_basis,
            "validFrom": decision.map(|one| one.valid_from.as_str()), "validTo": decision.map(|one| one.valid_to.as_str()),
            "appealed": record.state == "appealed",
        })
    };
    Ok(Json(json!({"day": now.day().to_string(), "listed": records.iter().map(line).collect::<Vec<_>>()})))
}

fn name_of(window: &Window, code: &str) -> Option<String> {
    window.filing(code).map(|filing| filing.name.to_string())
}

/// `GET /v1/credit/{party}`: its own for a party, any for offices and agencies; `day` asks as of a day.
pub async fn show(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(party): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    told(&window, &caller, &party, &query).await.map(Json)
}

/// `GET /v1/credit/{party}/report.pdf`: the same, for the same readers, as a sealed file.
pub async fn report(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(party): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let told = told(&window, &caller, &party, &query).await?;
    let file = credit_report::made(&window, &told).await?;
    // A code of an enterprise is letters and digits; what is not has no place in a head.
    let name: String =
        told["party"].as_str().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"credit-{name}.pdf\"")),
    ];
    Ok((headers, file).into_response())
}

/// Bytes that a report has at most.
const REPORT_BYTES: usize = 4 << 20;

/// `POST /v1/credit/verify`, for whoever has a report: whether it is what this window sealed, byte by byte.
pub async fn verify(State(window): State<Arc<Window>>, file: Bytes) -> Result<Json<Value>, Problem> {
    if file.len() > REPORT_BYTES {
        return Err(Problem::too_large());
    }
    let checked = match evidence::check_file(&file) {
        Ok(checked) => checked,
        Err(wrong) => {
            let nothing = Value::Null;
            return Ok(Json(json!({
                "genuine": false, "why": wrong.said(), "sha256": nothing, "head": nothing, "key": nothing,
                "report": nothing,
            })));
        }
    };
    let seal = &checked.seal;
    let ours = window.evidence.keys().await?.iter().any(|key| key.public == seal.public);
    // A head that this window never published is no ground, whoever signed.
    let published = match seal.head {
        Some((number, digest)) => {
            let known = window.evidence.published(number).await?;
            known.is_some_and(|known| known.head.head.digest() == digest)
        }
        None => true,
    };
    let why = match (ours, published) {
        (false, _) => Some("sealed by another key than those of this window"),
        (_, false) => Some("it rests on a head of the evidence log that this window did not publish"),
        _ => None,
    };
    let head = seal.head.map(|(number, digest)| json!({"number": number, "digest": view::hex(&digest)}));
    let report: Option<Value> = why.is_none().then(|| serde_json::from_slice(&checked.report).ok()).flatten();
    Ok(Json(json!({
        "genuine": why.is_none(), "why": why, "sha256": view::hex(&seal.digest), "head": head,
        "key": view::hex(&seal.public), "report": report,
    })))
}

async fn told(window: &Window, caller: &Caller, party: &str, query: &Query) -> Result<Value, Problem> {
    let absent = || Problem::not_found("no such party, or not yours");
    let code = window.code_of(&Text::from(party.trim()));
    let own = window.names_of(&caller.party).0.contains(&code);
    if !own && !caller.uses_registers() {
        return Err(absent().of_another(window.filing(&code).is_some()));
    }
    let name = name_of(window, &code).ok_or_else(absent)?;
    let now = window.clock.now();
    let day = match parameter(query, "day") {
        None => now.day(),
        Some(text) => Day::parse(&text)
            .filter(|day| *day <= now.day())
            .ok_or_else(|| Problem::bad_request("day is yyyyMMdd, today or before"))?,
    };
    if !own {
        let by = registers::by(window, caller);
        let owners = std::slice::from_ref(&code);
        registers::recorded(window, by, ("credit", &code), owners, &caller.purpose, None).await?;
    }
    let complete = window.statistics.standing().complete;
    let known = credit::known(window, &code, day).await?;
    let reference = window.reference();
    let model = &reference.current().credit;
    let assessment = &known.assessment;
    let list = list_of(window, &code, day).await?;
    let standing = assessment.grade.as_deref().unwrap_or("unrated");
    let (through, reached) = reached_by(window, caller, &code, day).await?;
    let listed = list.as_ref().and_then(|list| list["list"].as_str());
    let measures = std::iter::once(standing).chain(listed).chain(through.as_deref());
    let measures: Vec<Value> = measures.flat_map(|standing| measures_of(model, standing, day)).collect();
    Ok(json!({
        "party": code.as_str(), "name": name, "day": day.number().to_string(), "rulebook": known.rulebook,
        "score": assessment.score, "grade": assessment.grade.as_deref(), "byScore": assessment.by_score.as_deref(),
        "known": assessment.known, "dimensions": dimensions(model, day),
        "readings": assessment.readings.iter().map(|one| reading(model, one, &known.seen, day)).collect::<Vec<_>>(),
        "vetoes": assessment.vetoes.iter().map(|(veto, last)| {
            let row = model.vetoes(day).find(|row| row.veto == veto.veto);
            json!({
                "veto": veto.veto.as_str(), "record": veto.id.as_str(), "validTo": last.number().to_string(),
                "name": {"zh": row.map(|row| row.name_zh.as_str()), "en": row.map(|row| row.name_en.as_str())},
            })
        }).collect::<Vec<_>>(),
        "list": list, "reached": reached, "measures": measures, "complete": complete,
    }))
}

/// The list that a party stands on by its record, where it holds on a day.
async fn list_of(window: &Window, code: &Text, day: Day) -> Result<Option<Value>, Problem> {
    let record = window.read.record(&RecordKey::new(Register::CreditList, code)).await?;
    let Some(record) = record else { return Ok(None) };
    let body = listing::Body::of(&record);
    Ok(listing::in_force(&record).filter(|says| says.holds(day)).map(|says| {
        json!({
            "list": says.standing.as_str(), "state": record.state.as_str(), "legalBasis": body.notice.legal_basis,
            "validFrom": says.from.number().to_string(), "validTo": says.to.map(|to| to.number().to_string()),
            "repairFrom": body.decision.map(|decision| decision.repair_from),
        })
    }))
}

/// The standing that follows from lists of other enterprises, and those lists: whose they are is told to whoever may read registers.
async fn reached_by(
    window: &Window,
    caller: &Caller,
    code: &Text,
    day: Day,
) -> Result<(Option<Text>, Vec<Value>), Problem> {
    let record = window.read.record(&RecordKey::new(Register::ResponsiblePersons, code)).await?;
    let Some(record) = record else { return Ok((None, Vec::new())) };
    let says = responsible::in_force(&record).filter(|says| says.holds(day));
    let of = |one: &responsible::Reached| {
        let party = caller.uses_registers().then_some(one.party.as_str());
        json!({"list": one.list, "party": party, "validFrom": one.valid_from, "validTo": one.valid_to})
    };
    let reached = responsible::Body::of(&record).reached;
    Ok((says.map(|says| says.standing), reached.iter().map(of).collect()))
}

fn dimensions(model: &Model, day: Day) -> Vec<Value> {
    let (weights, inconsistency) = model.weighed(day).unwrap_or_default();
    let row = |(one, weight): (&::credit::Dimension, i64)| {
        json!({
            "dimension": one.dimension.as_str(), "name": {"zh": one.name_zh.as_str(), "en": one.name_en.as_str()},
            "weight": weight, "inconsistency": inconsistency,
        })
    };
    model.dimensions(day).zip(weights).map(row).collect()
}

fn measures_of(model: &Model, standing: &str, day: Day) -> Vec<Value> {
    let one = |measure: &::credit::Measure| {
        json!({
            "standing": measure.standing.as_str(), "measure": measure.measure.as_str(),
            "value": measure.value, "unit": measure.unit.as_str(),
        })
    };
    model.measures(standing, day).map(one).collect()
}

/// A number of thousandths as people write it.
fn thousandths(number: i64) -> String {
    let text = format!("{}.{:03}", number / 1000, number % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What the window counts of an indicator: in Chinese and in English.
fn counts(indicator: &str) -> Option<(&'static str, &'static str)> {
    Some(match indicator {
        "declarations_rejected" => ("退单的清单，占已申报清单", "lists rejected, of those declared"),
        "documents_matched" => {
            ("三单比对一致的清单，占已比对清单", "lists whose documents agreed, of those compared")
        }
        "inspections_failed" => (
            "查获计入信用之结果的查验，占已完成查验",
            "inspections that found what counts for credit, of those done",
        ),
        "bills_overdue" => ("逾期未缴的税单", "tax bills not paid on their last day"),
        "uses_disputed" => (
            "消费者提出异议且未撤回、未被驳回的额度使用，占已申报清单",
            "uses of quota disputed and neither taken back nor refused, of lists declared",
        ),
        "payment_answers_late" => (
            "未按时答复的支付原始数据调取，占未撤回的调取",
            "questions after payments not answered in time, of those not taken back",
        ),
        _ => return None,
    })
}

/// What the window counted in a month.
fn counted(one: &Observation) -> Value {
    let month = one.id.rsplit(':').next().unwrap_or_default();
    match &one.value {
        Counted::Ratio { part, whole } => json!({"month": month, "part": part, "whole": whole}),
        Counted::Count(times) => json!({"month": month, "part": times, "whole": null}),
        Counted::Latest(value) => json!({"month": month, "value": value.to_string()}),
    }
}

fn reading(model: &Model, one: &Reading, seen: &[Observation], day: Day) -> Value {
    let seen: Vec<Value> = seen.iter().filter(|seen| seen.indicator == one.indicator).map(counted).collect();
    let counts = counts(&one.indicator).map(|(zh, en)| json!({"zh": zh, "en": en}));
    let indicator = model.indicators(day).find(|row| row.indicator == one.indicator);
    let kind = indicator.map(|row| row.kind.word());
    let (told, zh, en) = match one.told {
        Told::Nothing => (
            "nothing",
            "没有观测，不计分".to_owned(),
            "nothing was observed: it counts for nothing".to_owned(),
        ),
        Told::TooFew => (
            "too-few",
            format!("样本{}，少于{}，不计分", one.sample, one.minimum),
            format!("{} observed, {} are needed: it counts for nothing", one.sample, one.minimum),
        ),
        Told::Enough => (
            "enough",
            format!(
                "值{}得{}分，权重{}%，贡献{}分",
                one.value,
                thousandths(one.points),
                thousandths(one.weight / 10),
                thousandths(one.gives)
            ),
            format!(
                "{} has {} of 100 points, weighs {} %, gives {} of 1,000",
                one.value,
                thousandths(one.points),
                thousandths(one.weight / 10),
                thousandths(one.gives)
            ),
        ),
    };
    json!({
        "indicator": one.indicator.as_str(), "dimension": one.dimension.as_str(), "kind": kind,
        "name": {"zh": indicator.map(|row| row.name_zh.as_str()), "en": indicator.map(|row| row.name_en.as_str())},
        "told": told, "value": one.value.to_string(), "part": one.part, "whole": one.whole,
        "sample": one.sample, "minimum": one.minimum, "points": one.points, "weight": one.weight, "gives": one.gives,
        "observations": one.observations.iter().map(Text::as_str).collect::<Vec<_>>(),
        "contested": one.contested.iter().map(Text::as_str).collect::<Vec<_>>(),
        "text": {"zh": zh, "en": en}, "counts": counts, "window": seen,
    })
}
