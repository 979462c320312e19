//! Traceability as pages: goods by their code for everybody, in all languages; labels, bindings and recalls at the desk.

use super::desk::{get, query};
use super::form::Form;
use super::guard::{Seen, wants_page};
use super::officer::is_chinese;
use super::{read, shown, shown_as, to};
use crate::Window;
use crate::api::error::Problem;
use crate::api::people::Address;
use crate::api::{Query, operations, traceability as api};
use crate::auth::Caller;
use crate::rights::Right;
use crate::traceability::{Binding, SitesKept};
use ::portal::answers::traceability::{Bound, Codes};
use ::portal::pages::traced::{self, Missing};
use ::portal::pages::traces::{self, BINDINGS, BindingView, Recaller, recall_address};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use register::trace::link::DigitalLink;
use serde_json::Value;
use std::sync::Arc;

/// Labels of a page: a sheet of A4.
const LABELS: &str = "24";
/// Codes of a file.
const FILED: &str = "100000";

/// `GET /trace?code=`: a code that was typed leads to its page.
pub async fn ask(Seen(frame): Seen, asked: Query) -> Response {
    let code = get(&asked, "code").trim();
    if code.is_empty() {
        return shown(&frame, &traced::ask(&frame, "", None));
    }
    // Without its scheme, as people copy it.
    let whole = if code.contains("://") || code.starts_with('/') {
        code.to_owned()
    } else {
        format!("https://{code}")
    };
    match DigitalLink::parse(&whole) {
        Ok(link) if !link.lot.is_empty() && !link.serial.is_empty() => to(&link.path()),
        _ => shown_as(
            &frame,
            &traced::ask(&frame, code, Some(Missing::Wrong)),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    }
}

/// `GET /01/{gtin}/10/{lot}/21/{serial}`: the address in a code. A program is answered as by the interface.
pub async fn scan(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    Seen(frame): Seen,
    headers: HeaderMap,
    Path((gtin, lot, serial)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let told = api::scan(&window, &address, (&gtin, &lot, &serial)).await;
    if !wants_page(&headers) {
        return told.map(|told| Json(told).into_response());
    }
    match told {
        Ok(told) => Ok(shown(&frame, &traced::page(&frame, &read(told)?))),
        Err(problem) => {
            let missing = match problem.kind() {
                "not-found" => Missing::Unknown,
                "invalid" => Missing::Wrong,
                "too-many" => Missing::Slower(problem.seconds().unwrap_or(60)),
                _ => return Err(problem),
            };
            // What he scanned or typed stays in the field, to be held against the label.
            let code = frame.place.split('?').next().unwrap_or_default();
            let asked = traced::ask(&frame, code, Some(missing));
            let mut answer = shown_as(&frame, &asked, problem.status_code());
            if let Some(denial) = problem.denial() {
                answer.extensions_mut().insert(denial.clone());
            }
            Ok(answer)
        }
    }
}

/// `GET /desk/trace`.
pub async fn bindings(Seen(frame): Seen) -> Response {
    shown(&frame, &traces::bindings(&frame, &BindingView::default()))
}

/// `POST /desk/trace`: a code and the parcel that it is packed into, as a scanner types them.
pub async fn bind(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    operations::check_intake(&window)?;
    frame.place = BINDINGS.to_owned();
    let text = |name: &str| form.get(name).trim().to_owned();
    let sent = Binding {
        code: text("code"),
        logistics_code: text("carrier"),
        logistics_no: text("parcel"),
        ..Binding::default()
    };
    let told = api::bound(&window, &caller, &sent, &SitesKept::new()).await;
    let language = if is_chinese(&frame) { "zh" } else { "en" };
    let words_of = |told: &Value| told["text"][language].as_str().map(str::to_owned);
    let listed = told["faults"].as_array().cloned().unwrap_or_default();
    let faults: Vec<String> = listed.iter().filter_map(words_of).collect();
    let words = match words_of(&told) {
        _ if told["status"] == 200 => frame.texts.text("bindings-done"),
        _ if !faults.is_empty() => faults.join(" · "),
        Some(words) => words,
        None => String::new(),
    };
    let bound: Bound = read(told)?;
    let status = StatusCode::from_u16(bound.status).unwrap_or(StatusCode::CONFLICT);
    let mut view = BindingView { carrier: sent.logistics_code, ..BindingView::default() };
    if bound.status != 200 {
        (view.code, view.parcel) = (sent.code, sent.logistics_no);
        let told = |fault: &Value| {
            let name = match fault["path"].as_str().unwrap_or_default() {
                "logisticsCode" => "carrier",
                "logisticsNo" | "parcel" => "parcel",
                _ => "code",
            };
            Some((name.to_owned(), words_of(fault)?))
        };
        view.faults = listed.iter().filter_map(told).collect();
        // What is said of the whole is said of the code: it is what was scanned.
        if view.faults.is_empty() {
            view.faults.insert("code".to_owned(), words.clone());
        }
    }
    view.answered = Some((bound, words));
    Ok(shown_as(&frame, &traces::bindings(&frame, &view), status))
}

/// `GET /desk/trace/codes/{id}?from=`.
pub async fn labels(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let from = get(&asked, "from");
    let told: Codes = read(api::codes_of(&window, &caller, &id, &from_and(from, LABELS)).await?)?;
    Ok(shown(&frame, &traces::labels(&frame, &told, from.parse().unwrap_or(1))))
}

fn from_and(from: &str, limit: &str) -> Query {
    let pairs = [("from", from), ("limit", limit)];
    query(&pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>())
}

/// `GET /desk/trace/codes/{id}/file?from=`: codes as a file.
pub async fn file(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    api::as_csv(&api::codes_of(&window, &caller, &id, &from_and(get(&asked, "from"), FILED)).await?)
}

/// `GET /desk/recalls/{id}`.
pub async fn recall(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let told = read(api::recall_told(&window, &caller, &id, &query(&[])).await?)?;
    Ok(shown(&frame, &traces::recall(&frame, &told, reader(&caller))))
}

/// What a reader of a recall may do.
fn reader(caller: &Caller) -> Recaller<'static> {
    Recaller {
        searches: caller.rights.has_any(&[Right::RegistersApply, Right::FilingsReview]),
        persons: caller.rights.has(Right::PersonsRead) && caller.is_office() && caller.districts.is_empty(),
        ..Recaller::default()
    }
}

/// `POST /desk/recalls/{id}`: the window looks again.
pub async fn search(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Problem> {
    api::searched(&window, &caller, &id).await?;
    Ok(to(&recall_address(&id)))
}

/// `GET /desk/recalls/{id}/buyers?purpose=`.
pub async fn buyers(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let purpose = get(&asked, "purpose");
    match api::buyers_told(&window, &caller, &id, &query(&[("purpose", purpose)])).await {
        Ok(told) => Ok(shown(&frame, &traces::buyers(&frame, &read(told)?))),
        // The recall again, with what is wrong at the field.
        Err(problem) if problem.kind() == "bad-request" && reader(&caller).persons => {
            let told = read(api::recall_told(&window, &caller, &id, &query(&[])).await?)?;
            let fault = problem.words_in(is_chinese(&frame));
            let may = Recaller { purpose, fault: &fault, ..reader(&caller) };
            frame.place = recall_address(&id);
            Ok(shown_as(&frame, &traces::recall(&frame, &told, may), problem.status_code()))
        }
        Err(problem) => Err(problem),
    }
}
