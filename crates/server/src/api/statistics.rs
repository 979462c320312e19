//! Figures for whoever may have them: of his districts for an office, of itself for a party, and for everybody what says
//! nothing of one trader. As JSON, or as CSV with the same lines.

use super::error::Problem;
use super::{Query, parameter, view};
use crate::Window;
use crate::auth::Caller;
use crate::statistics::Standing;
use ::statistics::{Asked, Dimension, Figures, Line, Measure, Table, Whose, durations, least, lines};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ceb::{Day, Decimal};
use clearance::Text;
use clearance::keys::Time;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::Scope;

/// Lines of an answer at most.
const LINES: usize = 20_000;
/// Days that are told of unless asked for others, in milliseconds.
const DAYS: i64 = 29 * 86_400_000;
/// What waits now, which is in no table of days.
const WAITING: &str = "waiting";
/// The same of exports.
const EXPORT_WAITING: &str = "export-waiting";

/// `GET /v1/statistics`: the tables and what each may be asked by.
pub async fn tables() -> Json<Value> {
    let table = |table: &Table| json!({"table": table.word(), "by": Dimension::words(*table), "ofParties": table.of_party().is_some()});
    let mut tables: Vec<Value> = Table::ASKED.iter().map(table).collect();
    let waiting = [WAITING, EXPORT_WAITING]
        .map(|word| json!({"table": word, "by": ["district", "state", "upto"], "ofParties": false}));
    tables.extend(waiting);
    Json(json!({ "tables": tables }))
}

/// `GET /v1/statistics/{table}?from=&to=&by=&form=json|csv`: what the caller may see.
pub async fn of_caller(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(table): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    answered(&caller_told(&window, &caller, &table, &query)?, &query)
}

/// `GET /v1/indicators/{table}?from=&to=&by=&form=json|csv`: what everybody may see.
pub async fn of_all(
    State(window): State<Arc<Window>>,
    Path(table): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    answered(&public_told(&window, &table, &query)?, &query)
}

/// What a caller is told of a table.
pub(crate) fn caller_told(
    window: &Window,
    caller: &Caller,
    word: &str,
    query: &Query,
) -> Result<Value, Problem> {
    let whose = match super::scope(window, caller) {
        Scope::Office(districts) => Whose::Office(districts),
        Scope::Party(codes) => Whose::Party(codes),
    };
    if [WAITING, EXPORT_WAITING].contains(&word) {
        return match &whose {
            Whose::Office(districts) => Ok(waiting(window, word, districts)),
            _ => Err(Problem::not_found("what waits for officers is told to them")),
        };
    }
    let table = asked_table(word)?;
    let table = match whose {
        Whose::Party(_) => table.of_party().ok_or_else(|| {
            Problem::not_found("this table is kept by district; of a party there are flow and causes, of its exports export-flow and export-causes")
        })?,
        _ => table,
    };
    told(window, table, query, &whose)
}

/// What everybody is told of a table.
pub(crate) fn public_told(window: &Window, word: &str, query: &Query) -> Result<Value, Problem> {
    let table = asked_table(word)?;
    if table == Table::Work {
        return Err(Problem::not_found("what officers did is told to offices"));
    }
    let least = least(window.clock.now().day().number());
    told(window, table, query, &Whose::Public(least))
}

fn asked_table(word: &str) -> Result<Table, Problem> {
    let known = Table::ASKED.into_iter().find(|table| table.word() == word);
    known.ok_or_else(|| Problem::not_found("no such table; GET /v1/statistics lists them"))
}

fn day(query: &Query, name: &str, otherwise: Time) -> Result<u32, Problem> {
    let Some(text) = parameter(query, name) else { return Ok(otherwise.day().number()) };
    // As people and as browsers write it.
    let digits: String = text.chars().filter(|sign| *sign != '-').collect();
    let day = Day::parse(&digits);
    day.map(Day::number)
        .ok_or_else(|| Problem::bad_request(&format!("{name} is a day: yyyyMMdd or yyyy-MM-dd")))
}

fn dimensions(query: &Query, table: Table) -> Result<Vec<Dimension>, Problem> {
    let words = Dimension::words(table);
    let wrong =
        || Problem::bad_request(&format!("by is one or more of {}, parted by commas", words.join(",")));
    let Some(text) = parameter(query, "by") else {
        let [_, first, second] = table.parts();
        let named = [first, second].into_iter().filter_map(|word| Dimension::from_word(table, word));
        return Ok(named.collect());
    };
    let mut found = Vec::new();
    for word in text.split(',') {
        let dimension = Dimension::from_word(table, word.trim()).ok_or_else(wrong)?;
        if found.contains(&dimension) {
            return Err(wrong());
        }
        found.push(dimension);
    }
    Ok(found)
}

fn told(window: &Window, table: Table, query: &Query, whose: &Whose) -> Result<Value, Problem> {
    let now = window.clock.now();
    let (from, to) = (day(query, "from", Time(now.0 - DAYS))?, day(query, "to", now)?);
    if from > to {
        return Err(Problem::bad_request("from is not after to"));
    }
    let asked = Asked { table, from, to, by: dimensions(query, table)? };
    let standing = window.statistics.standing();
    let found = lines(&standing.figures, &asked, whose);
    if found.len() > LINES {
        return Err(Problem::bad_request(&format!(
            "{} lines, more than {LINES}: ask for fewer days, or by less",
            found.len()
        )));
    }
    let of_public = matches!(whose, Whose::Public(_));
    let by: Vec<&str> = asked.by.iter().map(|dimension| dimension.word(table)).collect();
    let shown: Vec<Value> = found.into_iter().map(|found| line(&by, found, of_public)).collect();
    let mut answer = json!({
        "table": table.word(), "from": from.to_string(), "to": to.to_string(), "by": by, "lines": shown,
    });
    if matches!(table, Table::Durations | Table::ExportDurations) {
        answer["percentiles"] = percentiles(&standing.figures, &asked, whose);
    }
    if let Whose::Public(least) = whose {
        answer["least"] = json!({"merchants": least.merchants, "declarations": least.declarations});
    }
    stand(&mut answer, &standing, now);
    Ok(answer)
}

/// Up to when it is complete.
fn stand(answer: &mut Value, standing: &Standing, now: Time) {
    answer["complete"] = json!(standing.complete);
    let upto = if standing.complete { now } else { standing.last };
    answer["upTo"] = json!(upto.stamp_millis().to_string());
}

fn line(by: &[&str], line: Line, of_public: bool) -> Value {
    let mut shown: Map<String, Value> =
        by.iter().zip(&line.parts).map(|(name, part)| ((*name).to_owned(), json!(part.as_str()))).collect();
    match line.measure {
        None => {
            shown.insert("suppressed".to_owned(), json!(true));
        }
        Some(measure) => amounts(&mut shown, &measure, of_public),
    }
    Value::Object(shown)
}

fn amounts(shown: &mut Map<String, Value>, measure: &Measure, of_public: bool) {
    let yuan = |fen: i64| json!(view::yuan(fen));
    shown.insert("count".to_owned(), json!(measure.count));
    shown.insert("value".to_owned(), yuan(measure.value));
    shown.insert("tax".to_owned(), yuan(measure.tax));
    if !of_public {
        shown.insert("quota".to_owned(), yuan(measure.quota));
    }
    let kilograms = Decimal::from_units(i128::from(measure.weight) * 100);
    shown.insert("weight".to_owned(), json!(kilograms.to_string()));
}

/// Percentiles of each span, over all districts that the caller sees.
fn percentiles(figures: &Figures, asked: &Asked, whose: &Whose) -> Value {
    let by = vec![Dimension::First, Dimension::Second];
    // A bucket of few is left out of the table; a percentile of enough says nothing of one.
    let all = if matches!(whose, Whose::Public(_)) { &Whose::Office(Vec::new()) } else { whose };
    let found = lines(figures, &Asked { by, ..asked.clone() }, all);
    let whole = lines(figures, &Asked { by: vec![Dimension::First], ..asked.clone() }, whose);
    let mut told = Map::new();
    for span in whole.iter().filter(|line| line.measure.is_some()).filter_map(|line| line.parts.first()) {
        let counts: Vec<(Option<u64>, u64)> = found
            .iter()
            .filter(|line| line.parts.first() == Some(span))
            .filter_map(|line| Some((durations::seconds(line.parts.get(1)?), line.measure.as_ref()?.count)))
            .collect();
        let at = |thousandths| durations::percentile(&counts, thousandths);
        let Some(median) = at(500) else { continue };
        let (most, nearly_all) = (at(900).flatten(), at(990).flatten());
        told.insert(span.to_string(), json!({"p50": median, "p90": most, "p99": nearly_all}));
    }
    Value::Object(told)
}

/// What waits for officers now, by district, state and age; of imports or of exports.
fn waiting(window: &Window, word: &str, districts: &[Text]) -> Value {
    let now = window.clock.now();
    let standing = window.statistics.standing();
    let sees = |district: &Text| {
        districts.is_empty() || districts.iter().any(|prefix| district.starts_with(prefix.as_str()))
    };
    let figures = &standing.figures;
    let all = if word == EXPORT_WAITING { figures.waiting_exports(now) } else { figures.waiting(now) };
    let waits = all.into_iter().filter(|waiting| sees(&waiting.district));
    let shown: Vec<Value> = waits
        .map(|waiting| {
            json!({
                "district": waiting.district.as_str(), "state": waiting.state.word(),
                "upto": durations::word(waiting.upto).as_str(), "count": waiting.count,
            })
        })
        .collect();
    let mut answer = json!({"table": word, "by": ["district", "state", "upto"], "lines": shown});
    stand(&mut answer, &standing, now);
    answer
}

fn answered(told: &Value, query: &Query) -> Result<Response, Problem> {
    match parameter(query, "form").as_deref() {
        None | Some("json") => Ok(Json(told).into_response()),
        Some("csv") => as_csv(told),
        Some(_) => Err(Problem::bad_request("form is json or csv")),
    }
}

/// The lines of an answer as a file for a spreadsheet; its first line names the columns.
pub(crate) fn as_csv(told: &Value) -> Result<Response, Problem> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let by: Vec<String> = told["by"].as_array().into_iter().flatten().map(text).collect();
    let amounts = ["count", "value", "tax", "quota", "weight", "suppressed"].map(str::to_owned);
    let lines = told["lines"].as_array().map(Vec::as_slice).unwrap_or_default();
    let there = |name: &&String| lines.iter().any(|line| line.get(name.as_str()).is_some());
    let columns: Vec<&String> = by.iter().chain(amounts.iter().filter(there)).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let internal = |_| Problem::internal();
    writer.write_record(&columns).map_err(internal)?;
    for line in lines {
        let cells = columns.iter().map(|name| line.get(name.as_str()).map_or_else(String::new, text));
        writer.write_record(cells).map_err(internal)?;
    }
    let bytes = writer.into_inner().map_err(|_| Problem::internal())?;
    let name = told["table"].as_str().unwrap_or("figures");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    Ok((headers, bytes).into_response())
}
