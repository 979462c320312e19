//! Pages of consumers, and the guide: the way in by a code, and what `/v1/consumer/…` answers, shown.

use super::desk::{get, query};
use super::form::Form;
use super::guard::{Seen, session_cookie};
use super::officer::is_chinese;
use super::{read, shown, shown_as, to};
use crate::Window;
use crate::api::error::Problem;
use crate::api::people::Address;
use crate::api::{self, Query, consumer};
use crate::auth::Caller;
use crate::proving;
use crate::signing_in::Refused;
use ::portal::Frame;
use ::portal::pages::consumer::disputes::About;
use ::portal::pages::consumer::track::{Told, View};
use ::portal::pages::consumer::{data, disputes, hearings, quota, track, trade, trades};
use ::portal::pages::{guide, lists};
use ::portal::parts::Tone;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use std::sync::Arc;

/// `GET /guide`.
pub async fn guide(Seen(frame): Seen) -> Response {
    shown(&frame, &guide::page(&frame))
}

/// `GET /lists?after=`.
pub async fn lists(state: State<Arc<Window>>, Seen(frame): Seen, asked: Query) -> Result<Response, Problem> {
    const PAGE: &str = "50";
    let after = get(&asked, "after");
    let published = read(api::institutions::publications(State(state.0.clone())).await.0)?;
    let beneath = query(&[("after", after), ("limit", PAGE)]);
    let found = read(api::institutions::list(State(state.0.clone()), beneath).await?.0)?;
    let listed = read(api::credit::published(state).await?.0)?;
    let view = lists::View { published, found, after: after.to_owned(), listed };
    Ok(shown(&frame, &lists::page(&frame, &view)))
}

fn tracked(mut frame: Frame, view: &View, status: StatusCode) -> Response {
    frame.place = "/track".to_owned();
    shown_as(&frame, &track::page(&frame, view), status)
}

/// `GET /track?said=&number=`.
pub async fn ask(Seen(frame): Seen, asked: Query) -> Response {
    let told = (get(&asked, "said") == "ended").then_some(Told::Ended);
    tracked(
        frame,
        &View { number: get(&asked, "number").to_owned(), told, ..View::default() },
        StatusCode::OK,
    )
}

/// `POST /track`: a code goes out, if the number is one; the page is always the same.
pub async fn send(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    Seen(frame): Seen,
    form: Form,
) -> Result<Response, Problem> {
    let mut view = View { number: form.get("number").trim().to_owned(), ..View::default() };
    let status = match consumer::asked(&window, &view.number, &address).await {
        Ok(ticket) => {
            let law = window.reference().current().parameters.on(window.clock.now().day());
            view.asked = Some((ticket, law.consumer_code_minutes.unsigned_abs()));
            StatusCode::OK
        }
        Err(problem) => {
            view.told = Some(match problem.kind() {
                "too-many" => Told::Slower(problem.seconds().unwrap_or(60)),
                "bad-request" => Told::NoNumber,
                "unavailable" => Told::Closed,
                _ => return Err(problem),
            });
            problem.status_code()
        }
    };
    Ok(tracked(frame, &view, status))
}

/// `POST /track/code`: a session for the code.
pub async fn prove(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    Seen(frame): Seen,
    form: Form,
) -> Result<Response, Problem> {
    let given = (form.get("number"), form.get("ticket"), form.get("code"));
    let (told, status) = match proving::prove(&window, given, &address).await {
        Ok((_, token, _)) => {
            let there = [(header::LOCATION, "/my".to_owned()), (header::SET_COOKIE, session_cookie(&token))];
            return Ok((StatusCode::SEE_OTHER, AppendHeaders(there)).into_response());
        }
        Err(Refused::Wrong) => (Told::Wrong, StatusCode::UNAUTHORIZED),
        Err(Refused::Slower { seconds }) => (Told::Slower(seconds), StatusCode::TOO_MANY_REQUESTS),
        Err(Refused::Closed(_) | Refused::Unrecorded) => (Told::Closed, StatusCode::SERVICE_UNAVAILABLE),
        Err(other) => return Err(other.into()),
    };
    let minutes = form.get("minutes").parse().unwrap_or(5);
    let asked = Some((form.get("ticket").to_owned(), minutes));
    Ok(tracked(frame, &View { number: form.get("number").to_owned(), asked, told: Some(told) }, status))
}

/// `GET /my?after=`.
pub async fn trades(
    state: State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let after = get(&asked, "after").to_owned();
    let list = read(consumer::list(state, caller, query(&[("after", &after)])).await?.0)?;
    Ok(shown(&frame, &trades::page(&frame, &list, &after)))
}

/// `GET /my/trades/{platform}/{orderNo}`.
pub async fn trade(
    state: State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    named: Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = read(consumer::show(state, caller, named).await?.0)?;
    Ok(shown(&frame, &trade::page(&frame, &found)))
}

/// `GET /my/quota?year=&said=`.
pub async fn quota(
    state: State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let told = read(consumer::quota(state, caller, query(&[("year", get(&asked, "year"))])).await?.0)?;
    Ok(shown(&frame, &quota::page(&frame, &told)))
}

/// `POST /my/lock`.
pub async fn lock(state: State<Arc<Window>>, caller: Caller, form: Form) -> Result<Response, Problem> {
    let _ = consumer::lock(state, caller, Ok(Json(consumer::Lock { locked: form.get("locked") == "yes" })))
        .await?;
    Ok(to("/my/quota"))
}

/// `POST /my/notices`.
pub async fn notices(state: State<Arc<Window>>, caller: Caller, form: Form) -> Result<Response, Problem> {
    let wanted = consumer::NoticesWanted { notices: form.get("notices") == "yes" };
    let _ = consumer::notices(state, caller, Ok(Json(wanted))).await?;
    Ok(to("/my/quota"))
}

/// `GET /my/disputes?platform=&order=`.
pub async fn disputes(
    state: State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let about = About {
        platform: get(&asked, "platform").to_owned(),
        order_no: get(&asked, "order").to_owned(),
        ..About::default()
    };
    let all = read(consumer::disputes(state, caller).await?.0)?;
    let about = (!about.order_no.is_empty()).then_some(about);
    Ok(shown(&frame, &disputes::page(&frame, &all, about.as_ref())))
}

/// `POST /my/disputes`.
pub async fn dispute(
    state: State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let text = |name: &str| form.get(name).to_owned();
    let sent = consumer::Opened { platform: text("platform"), order_no: text("order"), text: text("text") };
    let Err(problem) = consumer::open(State(state.0.clone()), caller.clone(), Ok(Json(sent))).await else {
        return Ok(to("/my/disputes"));
    };
    if problem.kind() != "invalid" {
        return Err(problem);
    }
    let about = About {
        platform: text("platform"),
        order_no: text("order"),
        text: text("text"),
        fault: frame.texts.text("my-dispute-hint"),
    };
    let all = read(consumer::disputes(state, caller).await?.0)?;
    frame.place = "/my/disputes".to_owned();
    let mut page = disputes::page(&frame, &all, Some(&about));
    page.said = Some((Tone::Bad, frame.texts.text("my-dispute-text")));
    Ok(shown_as(&frame, &page, StatusCode::UNPROCESSABLE_ENTITY))
}

/// `POST /my/disputes/{seller}/withdrawal`.
pub async fn withdraw(
    state: State<Arc<Window>>,
    caller: Caller,
    seller: Path<String>,
    _: Form,
) -> Result<Response, Problem> {
    let _ = consumer::withdraw(state, caller, seller).await?;
    Ok(to("/my/disputes"))
}

/// `GET /my/hearings`.
pub async fn hearings(
    state: State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
) -> Result<Response, Problem> {
    let all = read(consumer::hearings(state, caller).await?.0)?;
    Ok(shown(&frame, &hearings::page(&frame, &all, None)))
}

/// `POST /my/hearings`.
pub async fn speak(
    state: State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let party = form.get("party").to_owned();
    let text = form.get(&hearings::text_of(&party)).to_owned();
    let sent = consumer::Spoken { party: party.clone(), text: text.clone() };
    let Err(problem) = consumer::speak(State(state.0.clone()), caller.clone(), Ok(Json(sent))).await else {
        return Ok(to("/my/hearings"));
    };
    if problem.kind() != "invalid" {
        return Err(problem);
    }
    let told = problem.told_in(is_chinese(&frame), " · ");
    let about = hearings::About { party, text, fault: told.clone() };
    let all = read(consumer::hearings(state, caller).await?.0)?;
    frame.place = "/my/hearings".to_owned();
    let mut page = hearings::page(&frame, &all, Some(&about));
    // It may have been said already, from another page of his: then there is no form in which it stands.
    page.said = Some((Tone::Bad, told));
    Ok(shown_as(&frame, &page, StatusCode::UNPROCESSABLE_ENTITY))
}

/// `GET /my/data?after=`.
pub async fn data(
    state: State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let after = get(&asked, "after").to_owned();
    let readings = read(consumer::accesses(state, caller, query(&[("after", &after)])).await?.0)?;
    Ok(shown(&frame, &data::page(&frame, &readings, &after)))
}

/// `POST /my/erasure`.
pub async fn erasure(state: State<Arc<Window>>, caller: Caller, _: Form) -> Result<Response, Problem> {
    let _ = consumer::erasure(state, caller).await?;
    Ok(to("/my/data"))
}

/// `GET /my/data/file`: all that is kept of him, to be saved.
pub async fn file(state: State<Arc<Window>>, caller: Caller) -> Result<Response, Problem> {
    let told = consumer::data(state, caller).await?;
    let headers = [(header::CONTENT_DISPOSITION, "attachment; filename=\"onewindow-data.json\"")];
    Ok((headers, told).into_response())
}
