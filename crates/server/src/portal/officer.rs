//! The desk of officers: the queue, one trade with what is sealed to others, and the decision. A trade is shown to parties by
//! the same page, without what the interface does not tell them.

use super::desk::get;
use super::form::Form;
use super::guard::Seen;
use super::{read, shown, to};
use crate::Window;
use crate::api::actions::{Body, take};
use crate::api::error::Problem;
use crate::api::{self, Query};
use crate::auth::Caller;
use crate::password;
use crate::signing_in::Refused;
use ::portal::answers::{Consignment, Decided, Line, Open};
use ::portal::pages::{address, consignment, decide, queue, trade_address};
use ::portal::parts::Tone;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use clearance::keys::OrderKey;
use std::sync::Arc;
use store::Read;

/// `GET /desk/queue?tab=&from=`.
pub async fn queue<R: Read>(
    State(window): State<Arc<Window<R>>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let known = queue::TABS.iter().find(|(tab, _)| *tab == get(&asked, "tab")).unwrap_or(&queue::TABS[0]);
    let states = known.1.split(',').filter_map(|state| state.parse().ok()).collect();
    let from = get(&asked, "from").parse().unwrap_or(0);
    let found = api::consignments::queue(&window, &caller, states, (from, queue::PAGE)).await?;
    let lines: Vec<Line> = read(found.lines.into())?;
    let live = Some(address("/desk/live", &[("state", known.1)]));
    let view = queue::View { lines, tab: known.0.to_owned(), from, all: found.all, more: found.more, live };
    Ok(shown(&frame, &queue::page(&frame, &view)))
}

/// One trade as the caller may see it.
async fn seen<R: Read>(
    window: &Window<R>,
    caller: &Caller,
    order: &OrderKey,
) -> Result<Consignment, Problem> {
    let scope = api::scope(window, caller);
    read(api::consignments::shown(window, caller, &scope, order).await?)
}

/// A name for a decision that a form is about to send.
fn new_id() -> Result<String, Problem> {
    Ok(password::random(4).map_err(Refused::from)?)
}

/// `GET /desk/consignments/{platform}/{orderNo}`.
pub async fn trade<R: Read>(
    State(window): State<Arc<Window<R>>>,
    Seen(frame): Seen,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
    asked: Query,
) -> Result<Response, Problem> {
    let order = OrderKey::new(&platform, &order_no);
    let found = seen(&window, &caller, &order).await?;
    let decision = decision(&caller, decide::View { id: new_id()?, ..decide::View::default() });
    let mut page = consignment::page(&frame, &found, decision.as_ref());
    page.live = Some(address(
        "/desk/live",
        &[("platform", &platform), ("order", &order_no), ("seen", &found.version.to_string())],
    ));
    page.said = match get(&asked, "said") {
        "done" => Some((Tone::Good, frame.texts.text("decision-done"))),
        "sent" => Some((Tone::Good, frame.texts.text("sent-done"))),
        _ => None,
    };
    Ok(shown(&frame, &page))
}

/// The form, for those who decide.
fn decision(caller: &Caller, view: decide::View) -> Option<decide::View> {
    use crate::rights::Right;
    caller.rights.has_any(&[Right::ActionsInspect, Right::ActionsDecide]).then_some(view)
}

/// The action that a choice of the form names, among those that can be named at all.
fn chosen(choice: &str) -> Option<Open> {
    let (word, number) = match choice.split_once('/') {
        Some((word, number)) => (word, Some(number.parse().ok()?)),
        None => (choice, None),
    };
    let open = |action: &str| Open { action: action.to_owned(), number, ..Open::default() };
    Some(match word {
        "" => return None,
        "inspection-result-passed" => Open { passed: Some(true), ..open("inspection-result") },
        "inspection-result-failed" => Open { passed: Some(false), ..open("inspection-result") },
        other => match other.strip_prefix("detain-") {
            Some(status) => Open { status: Some(status.parse().ok()?), ..open("detain") },
            None => open(other),
        },
    })
}

/// `POST /desk/consignments/{platform}/{orderNo}/actions`: recorded, and on to the trade; or the trade again with why not.
pub async fn decide<R: Read>(
    State(window): State<Arc<Window<R>>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Problem> {
    let order = OrderKey::new(&platform, &order_no);
    let there = trade_address(&platform, &order_no);
    let choice = form.get("action");
    let mut view = decide::View {
        id: new_id()?,
        chosen: choice.to_owned(),
        text: form.get("text").to_owned(),
        notice: form.get("notice").to_owned(),
        ..decide::View::default()
    };
    let status = match chosen(choice) {
        None => {
            view.fault = frame.texts.text("choose-decision");
            StatusCode::BAD_REQUEST
        }
        Some(open) if open.action == "summarise-bill" && view.notice.trim().is_empty() => {
            view.fault = frame.texts.text("needs-notice");
            StatusCode::BAD_REQUEST
        }
        Some(open) => {
            let version = form.get("version").parse();
            let body = Body {
                id: form.get("id").to_owned(),
                version: version.map_err(|_| Problem::bad_request("version is a number of the page"))?,
                action: open.action,
                text: view.text.clone(),
                passed: open.passed,
                status: open.status,
                number: open.number,
                notice: Some(view.notice.trim().to_owned()),
            };
            let (status, answer) = take(&window, &caller, order.clone(), &body).await?;
            if status.is_success() {
                return Ok(to(&format!("{there}?said=done")));
            }
            view.refused = Some(read::<Decided>(answer)?);
            status
        }
    };
    frame.place = there;
    let found = seen(&window, &caller, &order).await?;
    let mut answer = shown(&frame, &consignment::page(&frame, &found, decision(&caller, view).as_ref()));
    *answer.status_mut() = status;
    Ok(answer)
}
