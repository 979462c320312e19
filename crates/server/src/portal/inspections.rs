//! An inspection recorded from a page, with the pictures of a telephone, and the pictures shown on pages.

use super::form::Form;
use super::guard::Seen;
use super::{exports, officer, read, to};
use crate::Window;
use crate::api::error::Problem;
use crate::api::inspections::{Body, FoundBody, take};
use crate::api::{Query, photographs};
use crate::auth::Caller;
use ::portal::Frame;
use ::portal::answers::{Decided, Finding};
use ::portal::pages::exports::export_address;
use ::portal::pages::{inspect, trade_address};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use clearance::export::ExportTradeKey;
use clearance::keys::OrderKey;
use std::sync::Arc;

/// What a form says: the choice of the whole, and every line that differs from it.
fn body(form: &Form) -> Result<Body, Problem> {
    let number = |name: &str| Some(form.get(name).trim().to_owned()).filter(|text| !text.is_empty());
    let (result, mut measure) = form.get("whole").split_once('/').unwrap_or_default();
    let report = form.get("report").trim();
    if !report.is_empty() {
        measure = form.get("measure");
    }
    let mut found = Vec::new();
    if !result.is_empty() {
        let (quantity, weight) = (number("quantity-0"), number("weight-0"));
        found.push(FoundBody { line: 0, result: result.to_owned(), quantity, weight });
    }
    for (name, value) in form.pairs().filter(|(_, value)| !value.is_empty()) {
        let Some(line) = name.strip_prefix("result-") else { continue };
        found.push(FoundBody {
            line: line.parse().map_err(|_| Problem::bad_request("a line is a number of the page"))?,
            result: value.to_owned(),
            quantity: number(&format!("quantity-{line}")),
            weight: number(&format!("weight-{line}")),
        });
    }
    found.sort_by_key(|one| one.line);
    let version = form.get("version").parse();
    Ok(Body {
        id: form.get("id").to_owned(),
        version: version.map_err(|_| Problem::bad_request("version is a number of the page"))?,
        found,
        report: report.to_owned(),
        report_version: form.get("report-version").trim().parse().unwrap_or_default(),
        measure: measure.to_owned(),
        text: form.get("words").to_owned(),
        place: form.get("place").to_owned(),
        second: form.get("second").trim().to_owned(),
        photographs: Vec::new(),
    })
}

/// `POST /desk/consignments/{platform}/{orderNo}/inspections`: recorded, and on to the trade; or the trade again with why not.
pub async fn record(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
    asked: Query,
    form: Form,
) -> Result<Response, Problem> {
    let order = OrderKey::new(&platform, &order_no);
    let there = trade_address(&platform, &order_no);
    let (view, status) = match recorded(&window, &frame, &caller, &order, form).await? {
        None => return Ok(to(&officer::as_taken(&there, &asked, "done"))),
        Some(wrong) => wrong,
    };
    frame.place = officer::as_taken(&there, &asked, "");
    officer::again(&window, &frame, &caller, &order, view, status).await
}

/// `POST /desk/exports/{merchant}/{orderNo}/inspections`: the same of an export.
pub async fn record_of_export(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path((merchant, order_no)): Path<(String, String)>,
    asked: Query,
    form: Form,
) -> Result<Response, Problem> {
    let key = ExportTradeKey::new(&merchant, &order_no);
    let there = export_address(&merchant, &order_no);
    let (view, status) = match recorded(&window, &frame, &caller, &key.marked(), form).await? {
        None => return Ok(to(&officer::as_taken(&there, &asked, "done"))),
        Some(wrong) => wrong,
    };
    frame.place = officer::as_taken(&there, &asked, "");
    exports::again(&window, &frame, &caller, &key, view, status).await
}

/// The field of the form in which what stands at a path of an inspection was written.
fn field_of(body: &Body, path: &str) -> Option<String> {
    let Some((number, name)) = path.strip_prefix("found[").and_then(|rest| rest.split_once("].")) else {
        return Some(match path {
            "text" => "words".to_owned(),
            "found" | "measure" => "whole".to_owned(),
            "place" | "second" => path.to_owned(),
            _ if path.starts_with("photographs") => "photographs".to_owned(),
            _ => return None,
        });
    };
    let index = number.parse::<usize>().ok()?.checked_sub(1)?;
    let line = body.found.get(index)?.line;
    Some(match name {
        "quantity" | "weight" => format!("{name}-{line}"),
        _ if line == 0 => "whole".to_owned(),
        _ => format!("result-{line}"),
    })
}

/// What is said of a finding at its field, in the language of a page.
fn words(one: &Finding, chinese: bool) -> &str {
    if chinese {
        return &one.text;
    }
    let expected = one.fields.iter().find(|field| field.path == "expected");
    expected.map_or(one.fix.en.as_str(), |field| field.value.as_str())
}

/// Records what a form says; what is wrong with it, if it was not.
async fn recorded(
    window: &Window,
    frame: &Frame,
    caller: &Caller,
    order: &OrderKey,
    mut form: Form,
) -> Result<Option<(inspect::View, StatusCode)>, Problem> {
    let pictures = std::mem::take(&mut form.files).into_iter().map(|file| file.bytes.to_vec()).collect();
    let mut view = inspect::View {
        id: officer::new_id()?,
        values: form.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        ..inspect::View::default()
    };
    let (body, chinese) = (body(&form)?, officer::is_chinese(frame));
    // What rests on a report has a form of its own.
    let named = |path: &str| field_of(&body, path).filter(|_| body.report.is_empty());
    let status = match take(window, caller, order.clone(), &body, pictures).await {
        Ok((status, _)) if status.is_success() => return Ok(None),
        Ok((status, answer)) => {
            let refused = read::<Decided>(answer)?;
            let told = refused
                .findings
                .iter()
                .filter_map(|one| Some((named(&one.fields.first()?.path)?, words(one, chinese).to_owned())));
            view.at = told.collect();
            view.refused = Some(refused);
            status
        }
        Err(problem) if problem.kind() == "invalid" => {
            view.faults = problem.faults_in(chinese);
            view.at = problem.faults_at(chinese, named);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(problem) => return Err(problem),
    };
    Ok(Some((view, status)))
}

/// `GET /desk/consignments/{platform}/{orderNo}/photographs/{sha256}`.
pub async fn photograph(
    window: State<Arc<Window>>,
    caller: Caller,
    path: Path<(String, String, String)>,
) -> Result<Response, Problem> {
    photographs::photograph(window, caller, path).await
}

/// `GET /desk/exports/{merchant}/{orderNo}/photographs/{sha256}`.
pub async fn photograph_of_export(
    window: State<Arc<Window>>,
    caller: Caller,
    path: Path<(String, String, String)>,
) -> Result<Response, Problem> {
    photographs::photograph_of_export(window, caller, path).await
}
