//! Before a page: whose session the browser has, in which language he reads, and that a form was sent by a page of this
//! session. A page knows sessions alone: it takes them from a cookie that no script reads and no other site sends along
//! with a form, while the interface takes tokens from a header alone, so that neither stands in for the other.

use crate::Window;
use crate::api::access::{Access, admitted};
use crate::api::error::Problem;
use crate::auth::{Caller, Known};
use crate::rights::Right;
use ::portal::answers;
use ::portal::parts::escaped;
use ::portal::{Desk, Frame, Language, Reader};
use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;

/// The cookie of a session; its name binds it to this host and to encrypted connections (browsers count this machine as one).
const SESSION: &str = "__Host-session";
/// The cookie of the language.
const LANGUAGE: &str = "language";
/// Bytes of a problem at most.
const PROBLEM: usize = 65_536;

/// The cookie that a session lives in, until the browser is closed or the session ends.
pub fn session_cookie(text: &str) -> String {
    format!("{SESSION}={text}; Path=/; Secure; HttpOnly; SameSite=Lax")
}

/// The cookie that takes it away.
pub(super) fn no_session_cookie() -> String {
    format!("{SESSION}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, value)| *name == wanted && !value.is_empty()).map(|(_, value)| value.to_owned())
}

/// The text of the session that a browser has; a token of a machine is none.
pub(super) fn session(headers: &HeaderMap) -> Option<String> {
    cookie(headers, SESSION).filter(|text| text.starts_with(store::SESSION_PREFIX))
}

/// Whether who asks wants a page: browsers name it, programs do not.
pub fn wants_page(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepts.split(',').any(|kind| kind.split(';').next().unwrap_or_default().trim() == "text/html")
}

/// The pairs of a query or a form; the last of a name counts.
pub(super) fn pairs(text: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// The language that was asked for just now, if it was.
fn asked_language(uri: &Uri) -> Option<Language> {
    let query = pairs(uri.query().unwrap_or_default().as_bytes());
    query.get("lang").and_then(|tag| Language::from_tag(tag))
}

fn language(headers: &HeaderMap, uri: &Uri) -> Language {
    let kept = || cookie(headers, LANGUAGE).and_then(|tag| Language::from_tag(&tag));
    let accepted = || {
        let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        header.and_then(Language::accepted)
    };
    asked_language(uri).or_else(kept).or_else(accepted).unwrap_or(Language::Chinese)
}

/// Path and query without what is said once: the language, a message.
fn place(uri: &Uri) -> String {
    let kept: Vec<String> = pairs(uri.query().unwrap_or_default().as_bytes())
        .into_iter()
        .filter(|(name, _)| name != "lang" && name != "said")
        .map(|(name, value)| format!("{}={}", escaped(&name), escaped(&value)))
        .collect();
    // A path of two slashes would be another host.
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    if kept.is_empty() { path } else { format!("{path}?{}", kept.join("&")) }
}

/// Where a reader may go.
fn desks(caller: &Caller, sandbox: bool) -> Vec<Desk> {
    let first = caller.person.as_ref().and_then(|person| person.first);
    if first.is_some() {
        return vec![Desk::Account];
    }
    if caller.rights.has(Right::Consume) {
        return vec![Desk::MyTrades, Desk::MyQuota, Desk::MyDisputes, Desk::MyData, Desk::Guide, Desk::Lists];
    }
    let asked: [(Desk, &[Right]); 16] = [
        (Desk::Queue, &[Right::ActionsInspect, Right::ActionsDecide]),
        (Desk::Sites, &[Right::SitesKeep]),
        (Desk::Consignments, &[Right::ConsignmentsRead]),
        (Desk::Exports, &[Right::ConsignmentsRead]),
        (Desk::Send, &[Right::MessagesSend]),
        (Desk::Sandbox, &[Right::MessagesSend]),
        (Desk::Receipts, &[Right::ReceiptsRead]),
        (Desk::Bills, &[Right::ConsignmentsRead]),
        (Desk::Registers, &[Right::RegistersRead, Right::TraceRead]),
        (Desk::People, &[Right::UsersRead, Right::TokensRead]),
        (Desk::Operation, &[Right::MetricsRead]),
        (Desk::Drafts, &[Right::RulebooksDraft]),
        (Desk::Draws, &[Right::DrawsHold]),
        (Desk::Figures, &[Right::ConsignmentsRead]),
        (Desk::Rules, &[Right::ReferenceRead]),
        (Desk::Tariff, &[]),
    ];
    let open = asked.into_iter().filter(|(desk, rights)| {
        (rights.is_empty() || caller.rights.has_any(rights)) && (*desk != Desk::Sandbox || sandbox)
    });
    [Desk::Home].into_iter().chain(open.map(|(desk, _)| desk)).chain([Desk::Status, Desk::Account]).collect()
}

/// What every form of a session carries: nobody who does not have the session can know it.
fn guard_of(window: &Window, session: &str) -> Result<String, Problem> {
    Ok(window.control.keyed(&format!("form of {session}"))?)
}

/// The frame of a page.
#[derive(Clone)]
pub struct Seen(pub Frame);

/// Lets a request through to its page, or says why not; and whose it was.
pub async fn guard(
    window: &Window,
    request: Request,
    next: Next,
    asked: Access,
) -> (Option<Known>, Response) {
    let (mut parts, body) = request.into_parts();
    let texts = language(&parts.headers, &parts.uri).on(parts.uri.path()).texts();
    let frame = Frame { texts, place: place(&parts.uri), reader: None, sandbox: window.is_sandbox() };
    let chosen = asked_language(&parts.uri);
    let mut reader = None;
    let entered = enter(window, &mut parts, body, asked, frame, &mut reader).await;
    let who = parts.extensions.get::<Caller>().map(Caller::known);
    let mut response = match entered {
        Ok(body) => next.run(Request::from_parts(parts, body)).await,
        Err(refused) => refused,
    };
    if let Some(reader) = reader {
        response.extensions_mut().insert(reader);
    }
    if let Some(language) = chosen {
        let kept = format!("{LANGUAGE}={}; Path=/; SameSite=Lax; Max-Age=31536000", language.tag());
        if let Ok(value) = HeaderValue::from_str(&kept) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    (who, response)
}

/// Puts the caller, the frame and the form where the page finds them.
async fn enter(
    window: &Window,
    parts: &mut Parts,
    body: Body,
    asked: Access,
    mut frame: Frame,
    reader: &mut Option<Reader>,
) -> Result<Body, Response> {
    let session = session(&parts.headers).filter(|_| !parts.uri.path().starts_with(::portal::assets::PATH));
    let bearer = session.as_ref().map(|text| format!("Bearer {text}"));
    // Where nothing is asked for, a session is looked at for the frame alone.
    let wanted = if asked == Access::Open { Access::Oneself } else { asked };
    let caller = match (&session, admitted(window, bearer.as_deref(), wanted).await) {
        (_, Ok(caller)) if caller.person.is_some() => Some(caller),
        _ if asked == Access::Open => None,
        (_, Ok(_)) => return Err(to_sign_in(parts, false)),
        (had, Err(problem)) => return Err(refused(parts, problem, had.is_some())),
    };
    if let (Some(caller), Some(session)) = (&caller, &session) {
        let guard = guard_of(window, session).map_err(IntoResponse::into_response)?;
        frame.reader =
            Some(Reader { login: caller.name.to_string(), guard, desks: desks(caller, frame.sandbox) });
        reader.clone_from(&frame.reader);
        // The ways to his desks stand on every page.
        if !caller.rights.has(Right::Consume) {
            frame.texts = frame.texts.language().at_desk().texts();
        }
    }
    if let Some(caller) = caller {
        parts.extensions.insert(caller.asking(parts.uri.query()));
    }
    let mut body = body;
    if parts.method == Method::POST {
        let form = super::form::form(parts, body, frame.reader.as_ref())
            .await
            .map_err(IntoResponse::into_response)?;
        parts.extensions.insert(form);
        body = Body::empty();
    }
    parts.extensions.insert(Seen(frame));
    Ok(body)
}

/// Why he is not let in: nobody signs in, he has something to do first, or it is not his.
fn refused(parts: &Parts, problem: Problem, had: bool) -> Response {
    match problem.kind() {
        "unauthenticated" | "token-ended" | "people-only" => {
            let mut led = to_sign_in(parts, had);
            // Who has no session is shown the way in. One that counts no more, or never did, was denied.
            if let Some(denial) = problem.denial().filter(|_| had) {
                led.extensions_mut().insert(denial.clone());
            }
            led
        }
        "change-password-first" | "second-factor-first" => super::to(Desk::Account.address()),
        _ => problem.into_response(),
    }
}

fn to_sign_in(parts: &Parts, had: bool) -> Response {
    let next = if parts.method == Method::GET { place(&parts.uri) } else { String::new() };
    let said = if had { "ended" } else { "" };
    // A consumer has no login.
    if parts.uri.path() == "/my" || parts.uri.path().starts_with("/my/") {
        return super::to(&::portal::pages::address("/track", &[("said", said)]));
    }
    super::to(&::portal::pages::address("/sign-in", &[("next", &next), ("said", said)]))
}

impl<S: Send + Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::forbidden)
    }
}

/// What a problem would be framed with, where a browser asks.
pub fn frame_of_problems(request: &Request) -> Option<Frame> {
    let (headers, uri) = (request.headers(), request.uri());
    wants_page(headers).then(|| Frame {
        // What went wrong is told in the languages that have every page.
        texts: language(headers, uri).on("").texts(),
        place: place(uri),
        reader: None,
        sandbox: false,
    })
}

/// A problem as a page; its status and what it says in headers stay.
pub async fn as_page(mut frame: Frame, response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| kind != "application/problem+json") {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, PROBLEM).await.unwrap_or_default();
    let Ok(problem) = serde_json::from_slice::<answers::Problem>(&bytes) else {
        return (StatusCode::INTERNAL_SERVER_ERROR, bytes).into_response();
    };
    frame.reader = parts.extensions.remove::<Reader>();
    let page = ::portal::pages::error::page(frame.texts, &problem);
    let mut shown = super::shown_as(&frame, &page, parts.status);
    parts.headers.remove(header::CONTENT_LENGTH);
    for (name, value) in &parts.headers {
        shown.headers_mut().entry(name).or_insert(value.clone());
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_place_is_always_of_this_host_and_says_nothing_twice() {
        let place = |text: &'static str| place(&Uri::from_static(text));
        assert_eq!(place("//elsewhere.example/x"), "/elsewhere.example/x");
        assert_eq!(place("/desk?lang=en&state=300&said=done"), "/desk?state=300");
    }

    #[test]
    fn the_language_asked_for_counts_before_the_one_kept_and_the_one_preferred() {
        let sent = headers(&[("cookie", "a=b; language=en"), ("accept-language", "zh-CN")]);
        assert_eq!(language(&sent, &Uri::from_static("/")), Language::English);
        assert_eq!(language(&sent, &Uri::from_static("/?lang=zh-CN")), Language::Chinese);
        assert_eq!(
            language(&headers(&[("accept-language", "en-GB")]), &Uri::from_static("/")),
            Language::English
        );
        assert_eq!(
            language(&headers(&[("cookie", "language=xx")]), &Uri::from_static("/?lang=%3C")),
            Language::Chinese
        );
    }
}
