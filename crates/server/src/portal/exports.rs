//! Export trades as pages: the list, one trade, and an officer's decision on it.

use super::desk::{get, query};
use super::form::Form;
use super::guard::Seen;
use super::officer::{chosen, is_chinese, new_id};
use super::{read, shown, shown_as, to};
use crate::Window;
use crate::api::actions::Body;
use crate::api::error::Problem;
use crate::api::{Query, exports as api};
use crate::auth::Caller;
use crate::rights::Right;
use ::portal::answers::Decided;
use ::portal::answers::exports::{Export, Exports};
use ::portal::pages::exports::{Decision, export_address, list as list_page, page};
use ::portal::parts::Tone;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use clearance::export::ExportTradeKey;
use serde_json::Value;
use std::sync::Arc;

/// `GET /desk/exports?state=&after=`.
pub async fn list(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let (state, after) = (get(&asked, "state"), get(&asked, "after"));
    let beneath = query(&[("state", state), ("after", after)]);
    let told: Exports = read(api::list(State(window), caller, beneath).await?.0)?;
    Ok(shown(&frame, &list_page(&frame, &told, state, after)))
}

/// The form, for those who decide.
fn decision(caller: &Caller, last: Decision) -> Result<Option<Decision>, Problem> {
    if !caller.rights.has_any(&[Right::ActionsInspect, Right::ActionsDecide]) {
        return Ok(None);
    }
    Ok(Some(Decision { id: new_id()?, ..last }))
}

/// `GET /desk/exports/{merchant}/{orderNo}`.
pub async fn trade(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path((merchant, order_no)): Path<(String, String)>,
    asked: Query,
) -> Result<Response, Problem> {
    let key = ExportTradeKey::new(&merchant, &order_no);
    let found: Export = read(api::shown(&window, &caller, &key).await?)?;
    let mut page = page(&frame, &found, decision(&caller, Decision::default())?.as_ref());
    if get(&asked, "said") == "done" {
        page.said = Some((Tone::Good, frame.texts.text("decision-done")));
    }
    Ok(shown(&frame, &page))
}

/// `POST /desk/exports/{merchant}/{orderNo}/actions`: recorded, and on to the trade; or the trade again with why not.
pub async fn decide(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path((merchant, order_no)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Problem> {
    let key = ExportTradeKey::new(&merchant, &order_no);
    let there = export_address(&merchant, &order_no);
    let mut last = Decision::default();
    let status = match chosen(form.get("action")) {
        None => {
            last.fault = frame.texts.text("choose-decision");
            StatusCode::BAD_REQUEST
        }
        Some(open) => {
            let version = form.get("version").parse();
            let body = Body {
                id: form.get("id").to_owned(),
                version: version.map_err(|_| Problem::bad_request("version is a number of the page"))?,
                action: open.action,
                text: form.get("text").to_owned(),
                passed: open.passed,
                status: open.status,
                number: open.number,
                ..Body::default()
            };
            match api::take(&window, &caller, &key, &body).await {
                Ok((status, _)) if status.is_success() => return Ok(to(&format!("{there}?said=done"))),
                Ok((status, answer)) => {
                    last.refused = Some(read::<Decided>(answer)?);
                    status
                }
                Err(problem) if problem.kind() == "invalid" => {
                    last.fault = problem.faults_in(is_chinese(&frame)).join(" · ");
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                Err(problem) => return Err(problem),
            }
        }
    };
    frame.place = there;
    let shown: Value = api::shown(&window, &caller, &key).await?;
    let found: Export = read(shown)?;
    Ok(shown_as(&frame, &page(&frame, &found, decision(&caller, last)?.as_ref()), status))
}
