//! Signing in and out, and what concerns a person himself: his sessions, his password, his second factor.

use super::error::Problem;
use super::people::{Address, user_view};
use super::view::time;
use crate::auth::{Caller, Denied, First, Person, SESSION_LONGEST, first, in_time};
use crate::happenings::happened;
use crate::signing_in::{self, Given, Refused, login_of, second};
use crate::{Window, password, second_factor};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use clearance::keys::Time;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Credentials, User, UserState};

/// The body of a sign-in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    login: String,
    password: String,
    #[serde(default)]
    code: Option<String>,
}

/// A body that is understood.
pub(super) fn body<T>(body: Result<Json<T>, JsonRejection>) -> Result<T, Problem> {
    // The parser's own words may repeat what was sent: a password must not come back.
    let told = |error: JsonRejection| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::bad_request("the body is too large for this route"),
        _ => Problem::bad_request("the body is a JSON object of the fields that /v1/openapi.json names"),
    };
    body.map(|Json(body)| body).map_err(told)
}

/// The person of a caller.
fn person(caller: Caller) -> Result<Person, Problem> {
    caller.person.ok_or_else(|| Denied::NoPerson.into())
}

fn first_word(first: First) -> &'static str {
    match first {
        First::ChangePassword => "change-password",
        First::EnrolSecondFactor => "enrol-second-factor",
    }
}

/// `POST /v1/sessions`: a session for login, password and, where he has a second factor, a code. Its text is shown once.
pub async fn begin(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    given: Result<Json<SignIn>, JsonRejection>,
) -> Result<Response, Problem> {
    let sent = body(given)?;
    let now = window.clock.now();
    let given =
        Given { login: &sent.login, password: &sent.password, code: sent.code.as_deref(), address: &address };
    let (id, token, user) = signing_in::sign_in(&window, &given, now).await?;
    let answer = session_view(id, &token, &user, false, now);
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// A session that began, with its text.
pub(super) fn session_view(id: i64, token: &str, user: &User, provided: bool, now: Time) -> Value {
    json!({
        "id": id, "token": token, "expires": time(Time(now.0 + SESSION_LONGEST)),
        "first": first(user, provided).map(first_word), "user": user_view(user),
    })
}

/// `GET /v1/sessions`: his own.
pub async fn list(State(window): State<Arc<Window>>, caller: Caller) -> Result<Json<Value>, Problem> {
    let person = person(caller)?;
    let now = window.clock.now();
    let mut found = window.control.sessions(&person.user).await?;
    found.retain(|session| in_time(session, now));
    let shown: Vec<Value> = found
        .iter()
        .map(|session| {
            json!({
                "id": session.id, "current": session.id == person.session, "created": time(session.created),
                "used": time(session.used), "address": session.address.as_str(),
            })
        })
        .collect();
    Ok(Json(json!({ "sessions": shown })))
}

/// `DELETE /v1/sessions/{id}`, where `current` is the one that asks: ends one of his own.
pub async fn end(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let person = person(caller)?;
    let id = if id == "current" { Some(person.session) } else { id.parse().ok() };
    let ended = match id {
        Some(id) => window.control.end_session(person.user.id, id).await?,
        None => false,
    };
    if !ended {
        return Err(Problem::not_found("no session of yours has this number"));
    }
    let user = &person.user;
    happened(&window, &user.login, &user.party, "signed-out", &user.login).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/users/me`.
pub async fn me(caller: Caller) -> Result<Json<Value>, Problem> {
    let rights: Vec<&str> = caller.rights.list().map(crate::rights::Right::word).collect();
    let person = person(caller)?;
    Ok(Json(json!({
        "user": user_view(&person.user), "session": person.session, "rights": rights,
        "first": person.first.map(first_word),
    })))
}

/// The body of a change of password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    pub(crate) current: String,
    pub(crate) new: String,
}

/// He proves again that he is himself: whoever found his screen open does not take his account over.
async fn proven(
    window: &Arc<Window>,
    person: &Person,
    password: &str,
    address: &str,
) -> Result<(User, Credentials), Problem> {
    let login = login_of(&person.user.login);
    let proven = signing_in::prove(window, &login, password, address, window.clock.now()).await;
    proven.map(|proven| (proven.user, proven.credentials)).map_err(|refused| match refused {
        Refused::Wrong => Problem::wrong_password(),
        other => other.into(),
    })
}

/// `POST /v1/users/me/password`. All his sessions end, this one too: he signs in with the new one.
pub async fn change_password(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Address(address): Address,
    sent: Result<Json<NewPassword>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let (person, sent) = (person(caller)?, body(sent)?);
    let (user, _) = proven(&window, &person, &sent.current, &address).await?;
    if sent.new == sent.current {
        return Err(Problem::bad_request("the new password differs from the current one")
            .in_chinese("新密码须与现用密码不同"));
    }
    password::good_enough(&sent.new, &user.login, &user.name)
        .map_err(|weak| Problem::bad_request(&weak.en).in_chinese(&weak.zh))?;
    let hash = window.gate.hasher().hash(&sent.new).await.map_err(Refused::from)?;
    let now = window.clock.now();
    window.control.set_password(user.id, &hash, UserState::Active, now).await?;
    window.control.forget_attempts(&user.login).await?;
    happened(&window, &user.login, &user.party, "password-changed", &user.login).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The body that begins a second factor.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    pub(crate) password: String,
    /// A code of the one that is replaced.
    #[serde(default)]
    pub(crate) code: Option<String>,
}

/// `POST /v1/users/me/totp`: a new secret, which counts once a code of it was given.
pub async fn enrol(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Address(address): Address,
    sent: Result<Json<Enrol>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let person = person(caller)?;
    if person.first == Some(First::ChangePassword) {
        return Err(Denied::First(First::ChangePassword).into());
    }
    let sent = body(sent)?;
    let (user, credentials) = proven(&window, &person, &sent.password, &address).await?;
    let now = window.clock.now();
    second(&window.control, &user, &credentials, sent.code.as_deref(), now).await?;
    window.control.forget_attempts(&user.login).await?;
    let secret = second_factor::secret().map_err(Refused::from)?;
    window.control.begin_second_factor(&user, &secret).await?;
    Ok(Json(json!({
        "secret": second_factor::shown(&secret), "uri": second_factor::address(&secret, &user.login),
    })))
}

/// The body that confirms it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    pub(crate) code: String,
}

/// `POST /v1/users/me/totp/confirm`: the secret counts from now on; the recovery codes are shown once.
pub async fn confirm(
    State(window): State<Arc<Window>>,
    caller: Caller,
    sent: Result<Json<Confirm>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let (person, sent) = (person(caller)?, body(sent)?);
    let now = window.clock.now();
    let found = window.control.credentials(&person.user.login).await?;
    let (user, credentials) = found.ok_or_else(|| Problem::not_found("you are no user any more"))?;
    let pending = credentials.pending.as_deref();
    let pending = pending
        .ok_or_else(|| Problem::bad_request("begin with POST /v1/users/me/totp: nothing waits for a code"))?;
    let step = second_factor::matches(pending, &sent.code, now).ok_or_else(|| {
        Problem::bad_request(
            "this is no code of the new secret at this time; look at the clock of the device",
        )
    })?;
    let recovery = second_factor::recovery().map_err(Refused::from)?;
    window.control.confirm_second_factor(user.id, step, &recovery, now).await?;
    happened(&window, &user.login, &user.party, "second-factor-enrolled", &user.login).await?;
    Ok(Json(json!({ "recoveryCodes": recovery })))
}
