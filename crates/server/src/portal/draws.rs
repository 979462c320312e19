//! Pages of the draw: for everybody, who committed to what and one order looked up; for a holder, the two forms.

use super::desk::get;
use super::form::Form;
use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{Query, draws as api};
use crate::auth::Caller;
use ::portal::Frame;
use ::portal::pages::draws::{Found, View, holder, page};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use clearance::keys::Time;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Periods of a page.
const PERIODS: usize = 26;

async fn view(window: &Window, after: &str) -> Result<View, Problem> {
    let after = Some(after).filter(|after| !after.is_empty());
    let told: ::portal::answers::draws::Periods = read(api::all(window, after, PERIODS).await?)?;
    let day = |millis: i64| Time(millis).day().to_string();
    let days = told.periods.iter().map(|one| (day(one.times.begins), day(one.times.ends - 1))).collect();
    Ok(View { told, days, ..View::default() })
}

/// `GET /draws?period=&platform=&order=&salt=&after=`.
pub async fn everybody(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    asked: Query,
) -> Result<Response, Problem> {
    let mut view = view(&window, get(&asked, "after").trim()).await?;
    view.asked = ["period", "platform", "order", "salt"].map(|name| get(&asked, name).trim().to_owned());
    let [period, platform, order, salt] = &view.asked;
    if [period, platform, order, salt].iter().all(|one| !one.is_empty()) {
        let query: BTreeMap<String, String> = [("platform", platform), ("orderNo", order), ("salt", salt)]
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .into();
        view.found = Some(match api::one(&window, period, &axum::extract::Query(query)).await {
            Ok(line) => Found::Line(read(line)?),
            Err(problem) if problem.status() == 404 => Found::Absent,
            Err(problem) => Found::Not(problem.words()),
        });
    }
    Ok(shown(&frame, &page(&frame, &view)))
}

/// `GET /desk/draws`.
pub async fn ask(State(window): State<Arc<Window>>, Seen(frame): Seen) -> Result<Response, Problem> {
    Ok(shown(&frame, &holder(&frame, &view(&window, "").await?)))
}

/// `POST /desk/draws`: a commitment, or salt and secret.
pub async fn act(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Seen(mut frame): Seen,
    form: Form,
) -> Result<Response, Problem> {
    frame.place = "/desk/draws".to_owned();
    let text = |name: &str| form.get(name).trim().to_owned();
    let (action, body) = if form.get("secret").is_empty() {
        ("commit", json!({"commitment": text("commitment")}))
    } else {
        ("hand-over", json!({"salt": text("salt"), "secret": text("secret")}))
    };
    let came = api::act(&window, &caller, form.get("period"), action, &body).await;
    let (status, answered) = match &came {
        Ok(_) => (StatusCode::OK, (true, done(&frame, action))),
        Err(problem) => (problem.status_code(), (false, problem.told_in(is_chinese(&frame), "; "))),
    };
    let mut view = View { answered: Some(answered), ..view(&window, "").await? };
    if let Err(problem) = &came {
        let first = if action == "commit" { "commitment" } else { "secret" };
        let named = |path: &str| {
            let is_field = matches!(path, "commitment" | "salt" | "secret");
            Some(if is_field { path.to_owned() } else { first.to_owned() })
        };
        // What opens a commitment is written anew, the salt too: the two are easily put into each other's fields.
        view.sent = [form.get("period").to_owned(), text("commitment"), String::new()];
        view.faults = problem.faults_at(is_chinese(&frame), named);
        if view.faults.is_empty() {
            view.faults.insert(first.to_owned(), problem.words_in(is_chinese(&frame)));
        }
    }
    Ok(super::shown_as(&frame, &holder(&frame, &view), status))
}

fn done(frame: &Frame, action: &str) -> String {
    if action == "commit" {
        frame.texts.text("seed-holder-committed")
    } else {
        frame.texts.text("seed-holder-handed")
    }
}
