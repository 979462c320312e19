//! Signing in and out by form: the same as `POST /v1/sessions` and `DELETE /v1/sessions/current`, with a cookie in place of
//! a text.

use super::form::Form;
use super::guard::{Seen, no_session_cookie, session_cookie};
use super::{shown, to};
use crate::Window;
use crate::api::error::Problem;
use crate::api::people::Address;
use crate::api::{Query, sessions};
use crate::auth::Caller;
use crate::signing_in::{self, Given, Refused};
use ::portal::Frame;
use ::portal::pages::sign_in::{self, View};
use ::portal::parts::Tone;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use std::sync::Arc;

/// Where somebody goes who signed in: a page of this window that he asked for, or his home.
fn next(asked: &str) -> &str {
    if asked.starts_with("/desk") && !asked.contains(['\r', '\n', '\\']) { asked } else { "/desk" }
}

async fn page(window: &Window, frame: &Frame, mut view: View, changed: bool) -> Result<Response, Problem> {
    view.providers = window.control.providers().await?.into_iter().map(|(name, _)| name).collect();
    let mut page = sign_in::page(frame, &view);
    if changed {
        page.said = Some((Tone::Good, frame.texts.text("password-changed")));
    }
    Ok(shown(frame, &page))
}

/// `GET /sign-in?next=&said=`.
pub async fn ask(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    query: Query,
) -> Result<Response, Problem> {
    let get = |name: &str| query.0.get(name).map(String::as_str).unwrap_or_default();
    let refused = (get("said") == "ended").then_some(sign_in::Refused::Ended);
    let view = View { next: next(get("next")).to_owned(), refused, ..View::default() };
    page(&window, &frame, view, get("said") == "changed").await
}

/// `POST /sign-in`.
pub async fn begin(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    Seen(mut frame): Seen,
    form: Form,
) -> Result<Response, Problem> {
    let (login, code) = (form.get("login"), form.get("code"));
    let given = Given {
        login,
        password: form.get("password"),
        code: Some(code).filter(|code| !code.is_empty()),
        address: &address,
    };
    let refused = match signing_in::sign_in(&window, &given, window.clock.now()).await {
        Ok((_, token, _)) => {
            let there = [
                (header::LOCATION, next(form.get("next")).to_owned()),
                (header::SET_COOKIE, session_cookie(&token)),
            ];
            return Ok((StatusCode::SEE_OTHER, AppendHeaders(there)).into_response());
        }
        Err(Refused::Wrong) => sign_in::Refused::Wrong,
        Err(Refused::CodeNeeded) => sign_in::Refused::CodeNeeded,
        Err(Refused::Slower { seconds }) => sign_in::Refused::Slower(seconds),
        Err(Refused::Closed(_) | Refused::Unrecorded) => sign_in::Refused::Closed,
        Err(other) => return Err(other.into()),
    };
    frame.place = "/sign-in".to_owned();
    let view = View {
        login: login.to_owned(),
        next: next(form.get("next")).to_owned(),
        refused: Some(refused),
        ..View::default()
    };
    let mut answer = page(&window, &frame, view, false).await?;
    *answer.status_mut() = match refused {
        sign_in::Refused::Slower(_) => StatusCode::TOO_MANY_REQUESTS,
        sign_in::Refused::Closed => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNAUTHORIZED,
    };
    if let sign_in::Refused::Slower(seconds) = refused {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(answer)
}

/// `POST /sign-out`.
pub async fn end(State(window): State<Arc<Window>>, caller: Caller, _: Form) -> Result<Response, Problem> {
    sessions::end(State(window), caller, Path("current".to_owned())).await?;
    let mut answer = to("/");
    if let Ok(gone) = no_session_cookie().parse() {
        answer.headers_mut().append(header::SET_COOKIE, gone);
    }
    Ok(answer)
}
