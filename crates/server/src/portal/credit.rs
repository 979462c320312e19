//! The page of a party's credit.

use super::desk::{get, query};
use super::guard::Seen;
use super::{read, shown, shown_as};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{Query, credit as api};
use crate::auth::Caller;
use ::portal::pages::credit::{View, page};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

/// `GET /desk/credit/report?party=&day=`: the same as a sealed file.
pub async fn report(
    State(window): State<Arc<Window>>,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let party = get(&asked, "party").trim().to_owned();
    let beneath = query(&[("day", get(&asked, "day").trim())]);
    api::report(State(window), caller, Path(party), beneath).await
}

/// `GET /desk/credit?party=&day=`: its own for a party, whom he names for an office.
pub async fn show(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let of_others = caller.uses_registers();
    let named = get(&asked, "party").trim();
    let party = if named.is_empty() && !of_others { caller.party.as_str() } else { named };
    let day = get(&asked, "day").trim();
    let mut view = View { party: party.to_owned(), day: day.to_owned(), of_others, ..View::default() };
    if party.is_empty() {
        return Ok(shown(&frame, &page(&frame, &view)));
    }
    // A day may be written as the field of a form writes it.
    let day: String = day.chars().filter(char::is_ascii_digit).collect();
    let beneath = query(&[("day", &day)]);
    match api::show(State(window), caller.clone(), Path(party.to_owned()), beneath).await {
        Ok(Json(found)) => {
            view.credit = Some(read(found)?);
            Ok(shown(&frame, &page(&frame, &view)))
        }
        // Whoever may ask for all is told that his search found nobody; another learns nothing of what is not his.
        Err(problem) if problem.kind() == "not-found" && of_others => {
            view.fault = frame.texts.text("credit-none");
            Ok(shown(&frame, &page(&frame, &view)))
        }
        Err(problem) if problem.kind() == "bad-request" => {
            view.fault = frame.texts.text("credit-day-fault");
            Ok(shown_as(&frame, &page(&frame, &view), StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(problem) => Err(problem),
    }
}
