//! The pages of a space for trying.

use super::form::Form;
use super::guard::Seen;
use super::{read, shown};
use crate::Window;
use crate::api;
use crate::api::error::Problem;
use crate::api::sandbox::{Body, Sends};
use crate::auth::Caller;
use ::portal::answers::sandbox::Conformance;
use ::portal::pages::sandbox;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// `GET /desk/sandbox`.
pub async fn ask(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
) -> Result<Response, Problem> {
    let limits = read(api::limits::limits(State(window.clone())).await?.0)?;
    let conformance: Conformance = read(api::sandbox::shown(State(window), caller).await?.0)?;
    let view = sandbox::View { conformance, limits, ..sandbox::View::default() };
    Ok(shown(&frame, &sandbox::page(&frame, &view)))
}

/// `POST /desk/sandbox`: a trade is made, and its documents are sent by whom it says.
pub async fn make(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let send = match form.get("send") {
        "all" => Sends::All,
        "nothing" => Sends::Nothing,
        _ => Sends::Others,
    };
    let script = format!("{} {}", form.get("script"), form.get("words"));
    let made =
        api::sandbox::make(&window, &caller, &Body { script, send, then: form.get("then").to_owned() })
            .await?;
    let view = sandbox::View {
        script: form.get("script").to_owned(),
        send: form.get("send").to_owned(),
        then: form.get("then").to_owned(),
        trade: Some(read(made)?),
        limits: read(api::limits::limits(State(window.clone())).await?.0)?,
        conformance: read(api::sandbox::shown(State(window), caller).await?.0)?,
    };
    Ok(shown(&frame, &sandbox::page(&frame, &view)))
}
