//! Users and tokens, for those who manage them: of their own party, or of every party for the zone operator. Nobody gives
//! more than he has. What belongs to others is answered as what is not there.

use super::error::Problem;
use super::sessions::{self, body};
use super::view::time;
use super::{Query, limit, parameter, readings};
use super::{registrations, sign_in};
use crate::auth::Caller;
use crate::happenings::happened;
use crate::rights::{Right, Rights, is_office};
use crate::signing_in::{Refused, is_login, login_of};
use crate::{Window, signed_requests};
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use store::{Duty, NewToken, NewUser, Token, User, UserState};

/// Bytes of a body here: a few short fields, asked for also from those who are not signed in.
const BODY: usize = 16_384;
/// Users of a page, and traces: unless asked for, and at most.
const PAGE: (usize, usize) = (100, 1_000);
/// The most of them, as a page asks for it that puts them in order.
pub(crate) const MOST_USERS: &str = "1000";
/// Days a token lasts at most: whoever still needs it then asks again.
const TOKEN_DAYS: i64 = 400;
/// Characters of a name.
const NAME: usize = 100;

/// The routes of people and machines.
pub fn routes() -> Router<Arc<Window>> {
    Router::new()
        .route("/v1/sessions", post(sessions::begin).get(sessions::list))
        .route("/v1/sessions/{id}", delete(sessions::end))
        .route("/v1/users", post(add).get(list))
        .route("/v1/users/me", get(sessions::me))
        .route("/v1/users/me/password", post(sessions::change_password))
        .route("/v1/users/me/totp", post(sessions::enrol))
        .route("/v1/users/me/totp/confirm", post(sessions::confirm))
        .route("/v1/users/{id}", get(show).patch(change))
        .route("/v1/tokens", post(issue).get(tokens))
        .route("/v1/tokens/{id}", delete(revoke))
        .route("/v1/trace", get(trace))
        .route("/v1/registrations", post(registrations::register))
        .route("/v1/sign-in", get(sign_in::list))
        .route("/v1/sign-in/{provider}", get(sign_in::begin))
        .route("/v1/sign-in/{provider}/callback", get(sign_in::back))
        .layer(DefaultBodyLimit::max(BODY))
}

/// From where a request comes, as the connection says; nobody is believed about it.
pub struct Address(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(known.map(|ConnectInfo(address)| address.ip().to_string()).unwrap_or_default()))
    }
}

/// A user as callers see him.
pub fn user_view(user: &User) -> Value {
    json!({
        "id": user.id, "login": user.login.as_str(), "name": user.name.as_str(), "party": user.party.as_str(),
        "role": user.role.word(), "duties": user.duties.iter().map(|duty| duty.word()).collect::<Vec<_>>(),
        "districts": texts(&user.districts), "state": user.state.word(), "secondFactor": user.second_factor,
        "created": time(user.created), "changed": time(user.changed),
    })
}

fn texts(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(Text::as_str).collect()
}

/// The party whose users and tokens he sees; none = of every party.
fn of_party(window: &Window, caller: &Caller) -> Option<Text> {
    (!caller.is_of_zone()).then(|| window.code_of(&caller.party))
}

/// `GET /v1/users?after=&limit=`.
pub(crate) async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let (after, limit) = (number(&query, "after")?.unwrap_or(0), limit(&query, PAGE)?);
    let found = window.control.users(of_party(&window, &caller).as_deref(), after, limit).await?;
    readings::of_parties(&window, &caller, "users", found.iter().map(|user| &user.party)).await?;
    let next = found.last().filter(|_| found.len() >= limit).map(|user| user.id.to_string());
    Ok(Json(json!({"users": found.iter().map(user_view).collect::<Vec<_>>(), "next": next})))
}

fn number(query: &Query, name: &str) -> Result<Option<i64>, Problem> {
    let text = parameter(query, name);
    let wrong = |_| Problem::bad_request(&format!("{name} is a number of an earlier answer"));
    text.map(|text| text.parse().map_err(wrong)).transpose()
}

/// A user whom the caller sees.
async fn seen(window: &Window, caller: &Caller, id: &str) -> Result<User, Problem> {
    let missing = || Problem::not_found("no user of yours has this number");
    let id: i64 = id.parse().map_err(|_| missing())?;
    let user = window.control.user(id).await?.ok_or_else(missing)?;
    let party = of_party(window, caller);
    if party.is_none_or(|party| party == window.code_of(&user.party)) {
        Ok(user)
    } else {
        Err(missing().of_another(true))
    }
}

/// `GET /v1/users/{id}`.
pub(crate) async fn show(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let user = seen(&window, &caller, &id).await?;
    readings::of_parties(&window, &caller, "users", std::iter::once(&user.party)).await?;
    Ok(Json(user_view(&user)))
}

/// The body of a new user.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Added {
    pub(crate) login: String,
    pub(crate) name: String,
    /// The caller's own, unless given.
    #[serde(default)]
    pub(crate) party: Option<String>,
    #[serde(default)]
    pub(crate) role: Option<String>,
    pub(crate) duties: Vec<String>,
    #[serde(default)]
    pub(crate) districts: Vec<String>,
}

pub(super) fn name(text: &str) -> Result<Text, Problem> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(Problem::bad_request(&format!("`name` has 1 to {NAME} characters"))
            .in_chinese(&format!("姓名或名称须为1至{NAME}个字")));
    }
    Ok(name.into())
}

fn duties(words: &[String]) -> Result<Vec<Duty>, Problem> {
    let known = || {
        let words: Vec<&str> = Duty::ALL.iter().map(|duty| duty.word()).collect();
        Problem::bad_request(&format!("duties are {}", words.join(", "))).in_chinese("职责须从列表中选择")
    };
    let mut duties: Vec<Duty> =
        words.iter().map(|word| Duty::from_word(word).ok_or_else(known)).collect::<Result<_, _>>()?;
    duties.sort_unstable();
    duties.dedup();
    Ok(duties)
}

fn districts(words: &[String], role: Role) -> Result<Vec<Text>, Problem> {
    let fine =
        |word: &String| (1..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    if !words.iter().all(fine) || words.len() > 50 || (!words.is_empty() && !is_office(role)) {
        return Err(Problem::bad_request(
            "districts are customs codes or their beginnings, for offices only",
        )
        .in_chinese("关区须为海关代码或其开头几位（至多50个），且只用于主管机构"));
    }
    Ok(words.iter().map(Text::from).collect())
}

/// Party and role of what is added: the caller's own, or what the zone operator names, as it is filed.
fn party_and_role(
    window: &Window,
    caller: &Caller,
    party: Option<&str>,
    role: Option<&str>,
) -> Result<(Text, Role), Problem> {
    let own = window.code_of(&caller.party);
    let party = party.map_or_else(|| own.clone(), |code| window.code_of(&code.trim().into()));
    let known = || {
        let words: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
        Problem::bad_request(&format!("role is one of {}", words.join(", ")))
    };
    let role = role.map_or(Ok(caller.role), |word| Role::from_word(word).ok_or_else(known))?;
    if !caller.is_of_zone() && (party != own || role != caller.role) {
        return Err(
            Problem::beyond("another party or role than your own").in_chinese("只能以本单位、本角色添加")
        );
    }
    // What others are is in their filing; what he is himself he need not prove again.
    let own = party == own && role == caller.role;
    if !own && !window.filing(&party).is_some_and(|filing| filing.has(role)) {
        return Err(Problem::bad_request("this party is not filed in this role today")
            .in_chinese("该单位今日没有此角色的备案"));
    }
    Ok((party, role))
}

/// `POST /v1/users`: with a one-time password, which is shown once.
pub(crate) async fn add(
    State(window): State<Arc<Window>>,
    caller: Caller,
    sent: Result<Json<Added>, JsonRejection>,
) -> Result<Response, Problem> {
    let sent = body(sent)?;
    let login = login_of(&sent.login);
    if !is_login(&login) {
        return Err(Problem::bad_request("`login` has 3 to 64 of the letters a-z, digits and . - _ @")
            .in_chinese("登录名须为3至64个字符，可用小写字母a-z、数字和 . - _ @"));
    }
    let (party, role) = party_and_role(&window, &caller, sent.party.as_deref(), sent.role.as_deref())?;
    let user = NewUser {
        login: login.as_str().into(),
        name: name(&sent.name)?,
        party,
        role,
        duties: duties(&sent.duties)?,
        districts: districts(&sent.districts, role)?,
    };
    if !caller.has_as_much(role, &user.duties, &user.districts) {
        return Err(Problem::beyond("duties or districts that you do not have")
            .in_chinese("不能给予本人没有的职责或关区"));
    }
    let (password, hash) = one_time(&window).await?;
    let now = window.clock.now();
    let added = window.control.add_user(&user, &hash, now).await?;
    let id = added.ok_or_else(|| {
        Problem::otherwise("this login is taken; choose another").in_chinese("此登录名已有人使用，请另选一个")
    })?;
    happened(&window, &caller.name, &user.party, "user-added", &login).await?;
    let user = window.control.user(id).await?.as_ref().map(user_view);
    Ok((StatusCode::CREATED, Json(json!({"user": user, "password": password}))).into_response())
}

async fn one_time(window: &Window) -> Result<(String, String), Problem> {
    let password = crate::password::one_time().map_err(Refused::from)?;
    let hash = window.gate.hasher().hash(&password).await.map_err(Refused::from)?;
    Ok((password, hash))
}

/// The body of a change: what is not there stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Changed {
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) duties: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) districts: Option<Vec<String>>,
    /// `active` or `disabled`.
    #[serde(default)]
    pub(crate) state: Option<String>,
    /// `reset`: a one-time password is shown once.
    #[serde(default)]
    pub(crate) password: Option<String>,
    /// `reset`: he signs in without, and enrols anew where his role needs it.
    #[serde(default)]
    pub(crate) second_factor: Option<String>,
}

fn is_reset(field: Option<&str>, name: &str) -> Result<bool, Problem> {
    match field {
        None => Ok(false),
        Some("reset") => Ok(true),
        Some(_) => Err(Problem::bad_request(&format!("`{name}` is `reset`, if it is there"))),
    }
}

/// `PATCH /v1/users/{id}`.
pub(crate) async fn change(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Result<Json<Changed>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let before = seen(&window, &caller, &id).await?;
    let sent = body(sent)?;
    if caller.person.as_ref().is_some_and(|person| person.user.id == before.id) {
        return Err(Problem::beyond("yourself: another who manages users does it")
            .in_chinese("不能更改本人的用户，请由另一位管理员办理"));
    }
    let mut user = before.clone();
    if let Some(text) = &sent.name {
        user.name = name(text)?;
    }
    if let Some(words) = &sent.duties {
        user.duties = duties(words)?;
    }
    if let Some(words) = &sent.districts {
        user.districts = districts(words, user.role)?;
    }
    user.state = match (sent.state.as_deref(), before.state) {
        (None, state) | (Some("active"), state @ (UserState::Active | UserState::MustChangePassword)) => {
            state
        }
        // His password may be one that was never changed, or that others know by now.
        (Some("active"), UserState::Disabled) => UserState::MustChangePassword,
        (Some("disabled"), _) => UserState::Disabled,
        (Some(_), _) => return Err(Problem::bad_request("`state` is `active` or `disabled`")),
    };
    let (reset, clear) = (
        is_reset(sent.password.as_deref(), "password")?,
        is_reset(sent.second_factor.as_deref(), "secondFactor")?,
    );
    // Whoever resets the password of one who may more could sign in as him.
    for user in [&before, &user] {
        if !caller.has_as_much(user.role, &user.duties, &user.districts) {
            return Err(Problem::beyond("a user with duties or districts that you do not have")
                .in_chinese("不能更改职责或关区超出本人的用户"));
        }
    }
    let now = window.clock.now();
    let end = user.state != before.state;
    let touched = user != before || reset || clear;
    if touched && !window.control.change_user(&user, end, now).await? {
        return Err(Problem::otherwise("the user was changed meanwhile; read him again")
            .in_chinese("该用户的资料已被他人修改，请重新打开页面"));
    }
    let mut password = None;
    if reset {
        let (text, hash) = one_time(&window).await?;
        let state =
            if user.state == UserState::Disabled { user.state } else { UserState::MustChangePassword };
        window.control.set_password(user.id, &hash, state, now).await?;
        window.control.forget_attempts(&user.login).await?;
        password = Some(text);
    }
    if clear {
        window.control.clear_second_factor(user.id, now).await?;
    }
    for (done, what) in [
        (user.state != before.state && user.state == UserState::Disabled, "user-disabled"),
        (user.state != before.state && user.state != UserState::Disabled, "user-enabled"),
        (user.duties != before.duties || user.districts != before.districts, "duties-changed"),
        (user.name != before.name, "name-changed"),
        (reset, "password-reset"),
        (clear, "second-factor-reset"),
    ] {
        if done {
            happened(&window, &caller.name, &user.party, what, &user.login).await?;
        }
    }
    let user = window.control.user(user.id).await?.as_ref().map(user_view);
    Ok(Json(json!({"user": user, "password": password})))
}

fn token_view(token: &Token) -> Value {
    json!({
        "id": token.id, "name": token.name.as_str(), "party": token.party.as_str(), "role": token.role.word(),
        "districts": texts(&token.districts), "scopes": token.scopes.as_deref().map(texts),
        "created": time(token.created), "expires": token.expires.map(time),
        "revoked": token.revoked, "boundTo": token.bound_to.as_deref(),
    })
}

async fn tokens_of(window: &Window, caller: &Caller) -> Result<Vec<Token>, Problem> {
    let mut tokens = window.control.tokens().await?;
    if let Some(party) = of_party(window, caller) {
        tokens.retain(|token| window.code_of(&token.party) == party);
    }
    Ok(tokens)
}

/// `GET /v1/tokens`: without their texts, which nobody has but their holders.
pub(crate) async fn tokens(
    State(window): State<Arc<Window>>,
    caller: Caller,
) -> Result<Json<Value>, Problem> {
    let tokens = tokens_of(&window, &caller).await?;
    readings::of_parties(&window, &caller, "tokens", tokens.iter().map(|token| &token.party)).await?;
    Ok(Json(json!({"tokens": tokens.iter().map(token_view).collect::<Vec<_>>()})))
}

/// The body of a new token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Issued {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) party: Option<String>,
    #[serde(default)]
    pub(crate) role: Option<String>,
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) districts: Vec<String>,
    pub(crate) days: i64,
    /// The certificate of the party without whose signature the token is worth nothing.
    #[serde(default)]
    pub(crate) bound_to: Option<String>,
}

/// `POST /v1/tokens`: its text is shown once.
pub(crate) async fn issue(
    State(window): State<Arc<Window>>,
    caller: Caller,
    sent: Result<Json<Issued>, JsonRejection>,
) -> Result<Response, Problem> {
    let sent = body(sent)?;
    let (party, role) = party_and_role(&window, &caller, sent.party.as_deref(), sent.role.as_deref())?;
    let (name, districts) = (name(&sent.name)?, districts(&sent.districts, role)?);
    if !(1..=TOKEN_DAYS).contains(&sent.days) {
        return Err(Problem::bad_request(&format!("`days` is 1 to {TOKEN_DAYS}"))
            .in_chinese(&format!("有效天数须为1至{TOKEN_DAYS}的整数")));
    }
    let all = Rights::of_role(role, districts.is_empty()).and(Rights::of_holder(role, districts.is_empty()));
    let known = || {
        let words: Vec<&str> = all.list().map(Right::word).collect();
        Problem::bad_request(&format!("`scopes` are some of {}", words.join(", ")))
            .in_chinese("请至少选择一项用途")
    };
    let scopes: Vec<Right> = sent
        .scopes
        .iter()
        .map(|word| Right::from_word(word).filter(|right| all.has(*right)).ok_or_else(known))
        .collect::<Result<_, _>>()?;
    if scopes.is_empty() {
        return Err(known());
    }
    // Who administers the zone gives no side of the draw away: whoever holds one names his own machine.
    let holds =
        !scopes.contains(&Right::DrawsHold) || (caller.rights.has(Right::DrawsHold) && caller.role == role);
    let own = (caller.rights.cover(Rights::of(&scopes)) || caller.is_of_zone()) && holds;
    if !own || !caller.has_as_much(role, &[], &districts) {
        return Err(Problem::beyond("scopes or districts that you do not have")
            .in_chinese("不能给予本人没有的用途或关区"));
    }
    let scopes: Vec<Text> = scopes.iter().map(|right| right.word().into()).collect();
    let bound_to = match sent.bound_to.as_deref() {
        None => None,
        Some(keyid) => {
            let wrong =
                |unsigned: signed_requests::Unsigned| Problem::bad_request(&format!("`boundTo`: {unsigned}"));
            Some(signed_requests::key_of(&window, &party, keyid).await.map_err(wrong)?.0)
        }
    };
    let now = window.clock.now();
    let new = NewToken {
        party: &party,
        role,
        name: &name,
        districts: &districts,
        expires: Some(Time(now.0 + sent.days * 86_400_000)),
        scopes: Some(&scopes),
        bound_to: bound_to.as_deref(),
    };
    let (id, token) = window.control.issue_for(&new, now).await?;
    happened(&window, &caller.name, &party, "token-issued", &id.to_string()).await?;
    Ok((StatusCode::CREATED, Json(json!({"id": id, "token": token}))).into_response())
}

/// `DELETE /v1/tokens/{id}`: it counts no more, at other servers after a second at most.
pub(crate) async fn revoke(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let missing = || Problem::not_found("no token of yours has this number");
    let id: i64 = id.parse().map_err(|_| missing())?;
    let tokens = tokens_of(&window, &caller).await?;
    let token = tokens.iter().find(|token| token.id == id).ok_or_else(missing)?;
    window.control.revoke(id).await?;
    happened(&window, &caller.name, &token.party, "token-revoked", &id.to_string()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/trace?before=&limit=`: what happened to users, sessions and tokens, newest first.
async fn trace(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let (before, limit) = (number(&query, "before")?.unwrap_or(i64::MAX), limit(&query, PAGE)?);
    let found = window.control.traces(of_party(&window, &caller).as_deref(), before, limit).await?;
    readings::of_parties(&window, &caller, "trace", found.iter().map(|trace| &trace.party)).await?;
    let next = found.last().filter(|_| found.len() >= limit).map(|trace| trace.id.to_string());
    let shown: Vec<Value> = found
        .iter()
        .map(|trace| {
            json!({
                "id": trace.id, "time": time(trace.time), "by": trace.by.as_str(), "party": trace.party.as_str(),
                "what": trace.what.as_str(), "subject": trace.subject.as_str(),
            })
        })
        .collect();
    Ok(Json(json!({"trace": shown, "next": next})))
}
