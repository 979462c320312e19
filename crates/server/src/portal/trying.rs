//! The pages of a space for trying.

use super::desk::get;
use super::form::Form;
use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown, shown_as};
use crate::Window;
use crate::api::error::Problem;
use crate::api::sandbox::{Body, Sends};
use crate::api::{self, Query};
use crate::auth::Caller;
use ::portal::answers::sandbox::Conformance;
use ::portal::pages::{address, sandbox};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

/// Of what a trade is made, as the page offers it.
fn family(asked: &str) -> &'static str {
    sandbox::OF.into_iter().find(|of| *of == asked).unwrap_or(sandbox::OF[0])
}

/// `GET /desk/sandbox?of=`.
pub async fn ask(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let limits = read(api::limits::limits(State(window.clone())).await?.0)?;
    let conformance: Conformance = read(api::sandbox::shown(State(window), caller).await?.0)?;
    let of = family(get(&asked, "of")).to_owned();
    let view = sandbox::View { of, conformance, limits, ..sandbox::View::default() };
    Ok(shown(&frame, &sandbox::page(&frame, &view)))
}

/// `POST /desk/sandbox`: a trade is made, and its documents are sent by whom it says.
pub async fn make(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let send = match form.get("send") {
        "all" => Sends::All,
        "nothing" => Sends::Nothing,
        _ => Sends::Others,
    };
    let script = format!("{} {}", form.get("script"), form.get("words"));
    let of = family(form.get("of"));
    let body = Body { script, send, then: form.get("then").to_owned(), of: of.to_owned() };
    let mut view = sandbox::View {
        of: of.to_owned(),
        script: form.get("script").to_owned(),
        send: form.get("send").to_owned(),
        then: form.get("then").to_owned(),
        ..sandbox::View::default()
    };
    let status = match api::sandbox::make(&window, &caller, &body).await {
        Ok(made) => {
            view.trade = Some(read(made)?);
            StatusCode::OK
        }
        Err(problem) if problem.kind() == "bad-request" => {
            view.words = form.get("words").to_owned();
            view.fault = problem.words_in(is_chinese(&frame));
            problem.status_code()
        }
        Err(problem) => return Err(problem),
    };
    frame.place = address("/desk/sandbox", &[("of", of)]);
    view.limits = read(api::limits::limits(State(window.clone())).await?.0)?;
    view.conformance = read(api::sandbox::shown(State(window), caller).await?.0)?;
    Ok(shown_as(&frame, &sandbox::page(&frame, &view), status))
}
