//! Signing in with a provider of identities: there and back. What a browser keeps meanwhile is a cookie that no page reads
//! and no other site sends, so that only whoever began a sign-in ends it.

use super::error::Problem;
use super::people::Address;
use super::sessions::session_view;
use crate::Window;
use crate::providers::{self, Back, Unproven};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// The cookie; its name binds it to this host and to encrypted connections.
const COOKIE: &str = "__Host-sign-in";

fn cookie(value: &str, seconds: u32) -> String {
    format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}")
}

/// `GET /v1/sign-in`: the names of the providers.
pub async fn list(State(window): State<Arc<Window>>) -> Result<Json<Value>, Problem> {
    let names: Vec<String> = window.control.providers().await?.into_iter().map(|(name, _)| name).collect();
    Ok(Json(json!({ "providers": names })))
}

/// `GET /v1/sign-in/{provider}`: to the provider.
pub async fn begin(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let (there, kept) = providers::begin(&window, &name, &address).await?;
    let headers = [(header::LOCATION, there), (header::SET_COOKIE, cookie(&kept, 600))];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// `GET /v1/sign-in/{provider}/callback`: back from the provider, with a session or with why there is none.
pub async fn back(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    Path(name): Path<String>,
    headers: HeaderMap,
    back: Result<Query<Back>, QueryRejection>,
) -> Response {
    let back = back.map(|Query(back)| back).unwrap_or_default();
    let ended = providers::end(&window, &name, &back, &kept(&headers), &address).await;
    let answer = match ended {
        // A browser that came by way of the portal goes on there; it is not shown the text of its session.
        Ok((_, token, _)) if crate::portal::wants_page(&headers) => {
            let there = [
                (header::LOCATION, "/desk".to_owned()),
                (header::SET_COOKIE, crate::portal::session_cookie(&token)),
            ];
            (StatusCode::SEE_OTHER, AppendHeaders(there)).into_response()
        }
        Ok((id, token, user)) => {
            let session = session_view(id, &token, &user, true, window.clock.now());
            Json(session).into_response()
        }
        Err(unproven) => Problem::from(unproven).into_response(),
    };
    (AppendHeaders([(header::SET_COOKIE, cookie("", 0))]), answer).into_response()
}

/// What the browser kept.
fn kept(headers: &HeaderMap) -> String {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned());
    found.next().unwrap_or_default()
}

impl From<Unproven> for Problem {
    fn from(unproven: Unproven) -> Self {
        match unproven {
            Unproven::Refused(refused) => refused.into(),
            Unproven::NoProvider => Self::not_found("no such provider; GET /v1/sign-in lists them"),
            Unproven::NotBegun => Self::bad_request(
                "no sign-in that began in this browser within ten minutes and is not ended: begin again",
            ),
            Unproven::Provider(what) => Self::later(&format!("the provider of identities: {what}")),
            Unproven::Nobody => Self::sign_in_refused("the provider signed nobody in: begin again"),
            Unproven::Token(fault) => {
                tracing::warn!(%fault, "an ID token was refused");
                Self::sign_in_refused(&format!("{fault}: begin again, and tell the operator if it stays so"))
            }
            Unproven::Outside(why) => Self::sign_in_refused(why),
        }
    }
}
