//! Registering as a page: the handler of `/v1/registrations`, and what it said at the field that is wrong.

use super::form::Form;
use super::guard::Seen;
use super::officer::is_chinese;
use super::people::answered;
use super::{shown, shown_as};
use crate::Window;
use crate::api::error::Problem;
use crate::api::people::Address;
use crate::api::registrations::{Registration, register};
use ::portal::pages::newcomer::{View, page};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use clearance::party::Role;
use serde_json::Value;
use std::sync::Arc;

fn blank() -> View {
    let appointed = [Role::Officer, Role::ZoneOperator, Role::Consumer];
    let roles = Role::ALL.into_iter().filter(|role| !appointed.contains(role)).map(Role::word);
    View { roles: roles.collect(), ..View::default() }
}

/// `GET /register`.
pub async fn ask(Seen(frame): Seen) -> Response {
    shown(&frame, &page(&frame, &blank()))
}

/// `POST /register`: a login and an application; or the page again with what is wrong.
pub async fn make(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    address: Address,
    form: Form,
) -> Result<Response, Problem> {
    let text = |name: &str| form.get(name).trim().to_owned();
    let mut view = View { code: text("code"), role: text("role"), name: text("name"), ..blank() };
    frame.place = "/register".to_owned();
    if form.get("password") != form.get("again") {
        view.fault = Some(("again".to_owned(), frame.texts.text("register-not-the-same")));
    } else {
        let sent = Registration {
            code: view.code.clone(),
            role: view.role.clone(),
            name: view.name.clone(),
            password: form.get("password").to_owned(),
        };
        match register(State(window), address, Ok(Json(sent))).await {
            Ok(made) => {
                let made: Value = answered(made).await?;
                let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
                view.made = Some((text("login"), text("application")));
            }
            Err(problem) if problem.kind() == "bad-request" => {
                // The interface names the field in its words; what names none is the password.
                let named = problem.detail().strip_prefix('`').and_then(|rest| rest.split('`').next());
                let words = problem.words_in(is_chinese(&frame));
                view.fault = Some((named.unwrap_or("password").to_owned(), words));
            }
            Err(problem) => return Err(problem),
        }
    }
    let status = if view.fault.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::CREATED };
    Ok(shown_as(&frame, &page(&frame, &view), status))
}
