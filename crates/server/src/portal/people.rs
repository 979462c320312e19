//! Users and tokens as pages, by the handlers of `/v1/users` and `/v1/tokens`.

use super::desk::{get, query};
use super::form::Form;
use super::guard::Seen;
use super::{read, shown_as, to};
use crate::Window;
use crate::api::Query;
use crate::api::error::Problem;
use crate::api::people::{self as api, Added, Changed, Issued};
use crate::auth::Caller;
use crate::rights::{Right, Rights, is_office};
use ::portal::Frame;
use ::portal::answers::people::{Issued as IssuedToken, Made, Tokens, User, Users};
use ::portal::pages::people::{self as pages, Gives, Typed};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use store::Duty;

/// Bytes of an answer of the interface that a page reads.
const ANSWER: usize = 8 << 20;

/// An answer of the interface that was made whole, as its page reads it.
pub(super) async fn answered<T: DeserializeOwned>(response: Response) -> Result<T, Problem> {
    let bytes = axum::body::to_bytes(response.into_body(), ANSWER).await.map_err(|_| Problem::internal())?;
    read(serde_json::from_slice(&bytes).map_err(|_| Problem::internal())?)
}

/// What was chosen among boxes.
fn chosen(form: &Form) -> Vec<String> {
    form.pairs().filter_map(|(name, _)| name.strip_prefix("has.")).map(str::to_owned).collect()
}

fn listed(text: &str) -> Vec<String> {
    text.split([',', '，', ' ']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Duties that the reader may give: those that he has; the operator of the window gives all.
fn gives_duties(caller: &Caller) -> Gives {
    let own = caller.person.as_ref().map(|person| person.user.duties.clone()).unwrap_or_default();
    // An applicant is made by registering alone.
    let given = Duty::ALL.into_iter().filter(|duty| *duty != Duty::Applicant);
    let words =
        given.filter(|duty| caller.is_of_zone() || own.contains(duty)).map(|duty| duty.word().to_owned());
    Gives {
        manages: caller.rights.has(Right::UsersManage),
        words: words.collect(),
        districts: is_office(caller.role),
    }
}

/// What a token that the reader issues may be for.
fn gives_scopes(caller: &Caller) -> Gives {
    let all = Rights::of_role(caller.role, caller.districts.is_empty());
    let given = all.list().filter(|right| caller.is_of_zone() || caller.rights.has(*right));
    Gives {
        manages: caller.rights.has(Right::TokensManage),
        words: given.map(|right| right.word().to_owned()).collect(),
        districts: is_office(caller.role),
    }
}

async fn listed_users(
    window: &Arc<Window>,
    caller: &Caller,
    asked: &[(&str, &str)],
) -> Result<Users, Problem> {
    read(api::list(State(window.clone()), caller.clone(), query(asked)).await?.0)
}

async fn users_page(
    window: &Arc<Window>,
    frame: &Frame,
    caller: &Caller,
    after: &str,
    typed: &Typed,
) -> Result<Response, Problem> {
    // An order by a column is one of all of them; more than a page of the interface has stand as they came.
    let mut all = None;
    if frame.place.contains("sort=") {
        let found = listed_users(window, caller, &[("limit", api::MOST_USERS)]).await?;
        all = Some(found).filter(|found| found.next.is_none());
    }
    let users = match all {
        Some(all) => all,
        None => listed_users(window, caller, &[("after", after)]).await?,
    };
    Ok(shown_as(frame, &pages::users(frame, &users, &gives_duties(caller), typed), status_of(typed)))
}

/// `GET /desk/people?after=`.
pub async fn users(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    users_page(&window, &frame, &caller, get(&asked, "after"), &Typed::default()).await
}

/// What a form typed, and its fault where the interface says that something in it is wrong.
fn refused(mut typed: Typed, problem: Problem) -> Result<Typed, Problem> {
    match problem.kind() {
        "bad-request" | "conflict" | "beyond-own-rights" => {
            typed.at = field_of(&problem).to_owned();
            typed.fault = Some(problem.words());
            Ok(typed)
        }
        _ => Err(problem),
    }
}

/// The field that a fault is of: the interface names it in its words. What names none is of what was chosen.
fn field_of(problem: &Problem) -> &str {
    let named = problem.detail().strip_prefix('`').and_then(|rest| rest.split('`').next());
    match (problem.kind(), named) {
        // A login that is taken.
        ("conflict", _) => "login",
        (_, Some(name @ ("login" | "name" | "days"))) => name,
        _ if problem.detail().starts_with("districts") => "districts",
        _ => "has",
    }
}

fn status_of(typed: &Typed) -> StatusCode {
    if typed.fault.is_none() { StatusCode::OK } else { StatusCode::BAD_REQUEST }
}

/// `POST /desk/people`: a user, with a one-time password that is shown once.
pub async fn add(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let mut typed = Typed {
        login: form.get("login").trim().to_owned(),
        name: form.get("name").to_owned(),
        chosen: chosen(&form),
        districts: form.get("districts").to_owned(),
        ..Typed::default()
    };
    let sent = Added {
        login: typed.login.clone(),
        name: typed.name.clone(),
        party: None,
        role: None,
        duties: typed.chosen.clone(),
        districts: listed(&typed.districts),
    };
    match api::add(State(window.clone()), caller.clone(), Ok(Json(sent))).await {
        Ok(made) => {
            let made: Made = answered(made).await?;
            let password = made.password.unwrap_or_default();
            typed = Typed { made: Some((made.user.login, password)), ..Typed::default() };
        }
        Err(problem) => typed = refused(typed, problem)?,
    }
    frame.place = "/desk/people".to_owned();
    users_page(&window, &frame, &caller, "", &typed).await
}

async fn user_page(
    window: &Arc<Window>,
    frame: &Frame,
    caller: &Caller,
    id: &str,
    typed: &Typed,
) -> Result<Response, Problem> {
    let user: User = read(api::show(State(window.clone()), caller.clone(), Path(id.to_owned())).await?.0)?;
    let mut gives = gives_duties(caller);
    // Nobody changes himself, nor an applicant before he is admitted.
    gives.manages &= user.login != caller.name.as_str();
    gives.districts = user.role == "officer" || user.role == "zone-operator";
    Ok(shown_as(frame, &pages::user(frame, &user, &gives, typed), status_of(typed)))
}

/// `GET /desk/people/{id}`.
pub async fn user(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    user_page(&window, &frame, &caller, &id, &Typed::default()).await
}

/// `POST /desk/people/{id}`: changed, disabled, enabled, or a password or second factor reset.
pub async fn change(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let done = form.get("do");
    let (saves, reset) = (done == "save", || Some("reset".to_owned()));
    let sent = Changed {
        name: saves.then(|| form.get("name").to_owned()),
        duties: saves.then(|| chosen(&form)),
        districts: saves.then(|| listed(form.get("districts"))),
        state: match done {
            "disable" => Some("disabled".to_owned()),
            "enable" => Some("active".to_owned()),
            _ => None,
        },
        password: if done == "password" { reset() } else { None },
        second_factor: if done == "second-factor" { reset() } else { None },
    };
    let mut typed = Typed {
        name: form.get("name").to_owned(),
        chosen: chosen(&form),
        districts: form.get("districts").to_owned(),
        ..Typed::default()
    };
    match api::change(State(window.clone()), caller.clone(), Path(id.clone()), Ok(Json(sent))).await {
        Ok(Json(made)) => {
            let made: Made = read(made)?;
            let made = made.password.map(|password| (made.user.login, password));
            typed = Typed { made, ..Typed::default() };
        }
        Err(problem) => typed = refused(typed, problem)?,
    }
    frame.place = format!("/desk/people/{id}");
    user_page(&window, &frame, &caller, &id, &typed).await
}

async fn tokens_page(
    window: &Arc<Window>,
    frame: &Frame,
    caller: &Caller,
    typed: &Typed,
) -> Result<Response, Problem> {
    let tokens: Tokens = read(api::tokens(State(window.clone()), caller.clone()).await?.0)?;
    Ok(shown_as(frame, &pages::tokens(frame, &tokens, &gives_scopes(caller), typed), status_of(typed)))
}

/// `GET /desk/tokens`.
pub async fn tokens(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
) -> Result<Response, Problem> {
    tokens_page(&window, &frame, &caller, &Typed { days: "90".to_owned(), ..Typed::default() }).await
}

/// `POST /desk/tokens`: a token, whose text is shown once.
pub async fn issue(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let mut typed = Typed {
        name: form.get("name").to_owned(),
        chosen: chosen(&form),
        districts: form.get("districts").to_owned(),
        days: form.get("days").trim().to_owned(),
        ..Typed::default()
    };
    let sent = Issued {
        name: typed.name.clone(),
        party: None,
        role: None,
        scopes: typed.chosen.clone(),
        districts: listed(&typed.districts),
        // What is no number is out of every range.
        days: typed.days.parse().unwrap_or(0),
        bound_to: None,
    };
    match api::issue(State(window.clone()), caller.clone(), Ok(Json(sent))).await {
        Ok(made) => {
            let made: IssuedToken = answered(made).await?;
            typed = Typed { made: Some((typed.name, made.token)), days: "90".to_owned(), ..Typed::default() };
        }
        Err(problem) => typed = refused(typed, problem)?,
    }
    frame.place = "/desk/tokens".to_owned();
    tokens_page(&window, &frame, &caller, &typed).await
}

/// `POST /desk/tokens/{id}`: revoked.
pub async fn revoke(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    api::revoke(State(window), caller, Path(id)).await?;
    Ok(to("/desk/tokens"))
}
