//! Pages of a person, an address and an enterprise, for officers.

use super::desk::{get, query};
use super::form::Form;
use super::guard::Seen;
use super::{read, shown, shown_as};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{Query, subjects as api};
use crate::auth::Caller;
use ::portal::answers::subjects::{Enterprise, Subject};
use ::portal::pages::{address as address_with, subjects as pages};
use ::portal::{Frame, Language};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;

/// What was found, or the question what for.
fn answered(
    frame: &Frame,
    (is_person, id): (bool, &str),
    asked: &Query,
    found: Result<Json<Value>, Problem>,
) -> Result<Response, Problem> {
    match found {
        Ok(Json(found)) => {
            let found = read::<Subject>(found)?;
            Ok(shown(frame, &pages::page(frame, &found, get(asked, "purpose").trim())))
        }
        // Nobody has said what for yet, or what was said is no purpose.
        Err(problem) if problem.kind() == "invalid" => {
            let there = if is_person { pages::person_address(id) } else { pages::place_address(id) };
            let first = get(asked, "purpose").is_empty();
            let fault = problem.faults_in(frame.texts.language() == Language::Chinese).join(" · ");
            let title = pages::title(frame.texts, is_person, id);
            let fault = if first { "" } else { fault.as_str() };
            let asked_for = (get(asked, "purpose"), fault);
            let page = pages::ask(frame, &there, title, get(asked, "year"), asked_for);
            let status = if first { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            Ok(shown_as(frame, &page, status))
        }
        Err(problem) => Err(problem),
    }
}

/// Characters of a number of a person, at most.
const NUMBER: usize = 60;

/// `GET /desk/persons`.
pub async fn ask_number(Seen(frame): Seen) -> Response {
    shown(&frame, &pages::find(&frame, &pages::Finding::default()))
}

/// `POST /desk/persons`: who has a number. It comes in the body, and the page that answers has it no more.
pub async fn find(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let (number, purpose) = (form.get("number").trim(), form.get("purpose").trim());
    let mut view = pages::Finding { purpose: purpose.to_owned(), ..pages::Finding::default() };
    let status = if !(1..=NUMBER).contains(&number.chars().count()) {
        view.number_fault = frame.texts.text("find-person-wrong");
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        match api::by_number(&window, &caller, number, &query(&[("purpose", purpose)])).await {
            Ok(found) => {
                let found = read::<Subject>(found)?;
                let id = found.person.as_deref().unwrap_or_default();
                frame.place = address_with(&pages::person_address(id), &[("purpose", purpose)]);
                return Ok(shown(&frame, &pages::page(&frame, &found, purpose)));
            }
            Err(problem) if problem.kind() == "invalid" => {
                let chinese = frame.texts.language() == Language::Chinese;
                view.purpose_fault = problem.faults_in(chinese).join(" · ");
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Err(problem) if problem.kind() == "not-found" => {
                view.number_fault = frame.texts.text("find-person-nobody");
                StatusCode::NOT_FOUND
            }
            Err(problem) => return Err(problem),
        }
    };
    Ok(shown_as(&frame, &pages::find(&frame, &view), status))
}

/// `GET /desk/persons/{id}?purpose=&year=`.
pub async fn person(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let again = axum::extract::Query(asked.0.clone());
    let found = api::person(State(window), caller, Path(id.clone()), again).await;
    answered(&frame, (true, &id), &asked, found)
}

/// `GET /desk/addresses/{id}?purpose=&year=`.
pub async fn address(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let again = axum::extract::Query(asked.0.clone());
    let found = api::address(State(window), caller, Path(id.clone()), again).await;
    answered(&frame, (false, &id), &asked, found)
}

/// `GET /desk/enterprises/{party}`.
pub async fn enterprise(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(party): Path<String>,
) -> Result<Response, Problem> {
    let Json(found) = api::enterprise(State(window), caller, Path(party)).await?;
    Ok(shown(&frame, &pages::enterprise(&frame, &read::<Enterprise>(found)?)))
}
