//! The reader's own account, by the handlers of `/v1/users/me`.

use super::form::Form;
use super::guard::{Seen, no_session_cookie};
use super::{shown, shown_as, to};
use crate::Window;
use crate::api::error::Problem;
use crate::api::people::Address;
use crate::api::sessions::{self, Confirm, Enrol, NewPassword};
use crate::auth::{Caller, First};
use crate::rights::Right;
use crate::traceability::picture;
use ::portal::pages::account::{self, Factor, View};
use ::portal::{Desk, Frame};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use std::sync::Arc;

fn view(caller: &Caller) -> View {
    let person = caller.person.as_ref();
    let first = person.and_then(|person| person.first);
    View {
        login: caller.name.to_string(),
        name: person.map(|person| person.user.name.to_string()).unwrap_or_default(),
        party: caller.party.to_string(),
        role: caller.role.word().to_owned(),
        second_factor: person.is_some_and(|person| person.user.second_factor),
        must_change: first == Some(First::ChangePassword),
        must_enrol: first == Some(First::EnrolSecondFactor),
        ..View::default()
    }
}

/// `GET /desk/account`.
pub async fn show(Seen(frame): Seen, caller: Caller) -> Response {
    if caller.rights.has(Right::Consume) {
        return to(Desk::MyData.address());
    }
    shown(&frame, &account::page(&frame, &view(&caller)))
}

/// The page once more, with what was wrong.
fn again(mut frame: Frame, view: &View, status: StatusCode) -> Response {
    frame.place = "/desk/account".to_owned();
    shown_as(&frame, &account::page(&frame, view), status)
}

/// `POST /desk/account/password`: all sessions end, so he signs in again.
pub async fn password(
    State(window): State<Arc<Window>>,
    address: Address,
    Seen(frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let mut view = view(&caller);
    let sent = NewPassword { current: form.get("current").to_owned(), new: form.get("new").to_owned() };
    match sessions::change_password(State(window), caller, address, Ok(Json(sent))).await {
        Ok(_) => {
            let mut answer = to("/sign-in?said=changed");
            if let Ok(gone) = no_session_cookie().parse() {
                answer.headers_mut().append(header::SET_COOKIE, gone);
            }
            Ok(answer)
        }
        Err(problem) => {
            view.password_fault = match problem.kind() {
                "wrong-password" => frame.texts.text("password-wrong"),
                "bad-request" => frame.texts.text("password-not-good"),
                _ => return Err(problem),
            };
            Ok(again(frame, &view, StatusCode::BAD_REQUEST))
        }
    }
}

/// `POST /desk/account/second-factor`: a key that counts once its first code was given.
pub async fn enrol(
    State(window): State<Arc<Window>>,
    address: Address,
    Seen(frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let mut view = view(&caller);
    let code = Some(form.get("code").to_owned()).filter(|code| !code.is_empty());
    let sent = Enrol { password: form.get("password-again").to_owned(), code };
    match sessions::enrol(State(window), caller, address, Ok(Json(sent))).await {
        Ok(Json(begun)) => {
            let text = |name: &str| begun[name].as_str().unwrap_or_default().to_owned();
            let picture = picture::svg(&text("uri")).unwrap_or_default();
            view.factor = Factor::Begun { secret: text("secret"), address: text("uri"), picture };
            Ok(again(frame, &view, StatusCode::OK))
        }
        Err(problem) if matches!(problem.kind(), "wrong-password" | "sign-in-refused" | "code-needed") => {
            view.factor_fault = frame.texts.text("password-wrong");
            Ok(again(frame, &view, StatusCode::BAD_REQUEST))
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /desk/account/second-factor/confirm`.
pub async fn confirm(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let mut view = view(&caller);
    let sent = Confirm { code: form.get("code").to_owned() };
    match sessions::confirm(State(window), caller, Ok(Json(sent))).await {
        Ok(Json(done)) => {
            let codes = done["recoveryCodes"].as_array().into_iter().flatten();
            let recovery = codes.filter_map(|code| code.as_str()).map(str::to_owned).collect();
            (view.second_factor, view.must_enrol, view.factor) = (true, false, Factor::Done { recovery });
            Ok(again(frame, &view, StatusCode::OK))
        }
        Err(problem) if problem.kind() == "bad-request" => {
            view.factor_fault = frame.texts.text("code-wrong");
            Ok(again(frame, &view, StatusCode::BAD_REQUEST))
        }
        Err(problem) => Err(problem),
    }
}
