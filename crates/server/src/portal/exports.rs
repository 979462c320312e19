//! Export trades as pages: the list, one trade, an officer's queue of them, and his decision on one.

use super::desk::{get, query};
use super::form::Form;
use super::guard::Seen;
use super::officer::{as_taken, chosen, is_chinese, new_id, onward, queued, taken_or_given_up};
use super::{read, shown, shown_as, to, workload};
use crate::Window;
use crate::api::actions::Body;
use crate::api::error::Problem;
use crate::api::{Query, assignments, export_lists, exports as api};
use crate::auth::Caller;
use crate::rights::Right;
use ::portal::Frame;
use ::portal::answers::Decided;
use ::portal::answers::exports::{Export, ExportLine};
use ::portal::pages::exports::{Decision, SORTED, View, export_address, list as list_page, page};
use ::portal::pages::workload::View as Charts;
use ::portal::pages::{address, decide, inspect, queue as queue_page};
use ::portal::parts::{Sorting, Tone};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use clearance::export::ExportTradeKey;
use serde_json::Value;
use std::sync::Arc;

/// `GET /desk/exports?state=&number=&party=&sort=&after=`.
pub async fn list(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let (state, number, after) = (get(&asked, "state"), get(&asked, "number").trim(), get(&asked, "after"));
    let sort = Sorting::read(get(&asked, "sort"), &SORTED).text();
    let party = caller.is_office().then(|| get(&asked, "party").trim());
    let mut beneath = query(&[("state", state), ("number", number), ("sort", &sort), ("after", after)]);
    if let Some(party) = party.filter(|party| !party.is_empty()) {
        beneath.0.insert("party".to_owned(), party.to_owned());
    }
    let list = read(api::list(State(window), caller, beneath).await?.0)?;
    // What is older than a cursor does not change by what comes; of what is sorted the first is not the newest.
    let live = (after.is_empty() && sort.is_empty() && number.is_empty())
        .then(|| address("/desk/live", &[("exports", "list"), ("state", state)]));
    let view = View {
        list,
        state: state.to_owned(),
        number: number.to_owned(),
        party: party.map(str::to_owned),
        sort,
        after: after.to_owned(),
        live,
    };
    Ok(shown(&frame, &list_page(&frame, &view)))
}

/// `GET /desk/queue?tab=exports&sort=&after=`, where rows are counted.
pub(super) async fn queue(
    window: &Arc<Window>,
    frame: &Frame,
    caller: &Caller,
    (asked, states, after): (&Query, Vec<u16>, &str),
) -> Result<Response, Problem> {
    let sort = Sorting::read(get(asked, "sort"), &queue_page::SORTED).text();
    let from = after.parse().unwrap_or(0);
    let all: Vec<String> = states.iter().map(u16::to_string).collect();
    let workload = (from == 0)
        .then(|| workload::of_exports(window, caller))
        .transpose()?
        .map(|exports| Charts { exports, ..Charts::default() });
    let found = export_lists::queue(window, caller, states, &sort, (from, queue_page::PAGE), asked).await?;
    let view = queue_page::View {
        exports: read::<Vec<ExportLine>>(found.lines.into())?,
        tab: queue_page::EXPORTS.to_owned(),
        sort,
        after: after.to_owned(),
        next: (from + queue_page::PAGE < found.all).then(|| (from + queue_page::PAGE).to_string()),
        all: found.all,
        more: found.more,
        live: Some(address("/desk/live", &[("exports", "list"), ("state", &all.join(","))])),
        decides: caller.rights.has(Right::ActionsDecide),
        inspects: caller.rights.has(Right::ActionsInspect),
        finds_persons: caller.rights.has(Right::PersonsRead),
        workload,
        ..queue_page::View::default()
    };
    Ok(queued(frame, &view, get(asked, "said")))
}

/// The form, for those who decide.
fn decision(caller: &Caller, last: Decision) -> Result<Option<Decision>, Problem> {
    if !caller.rights.has_any(&[Right::ActionsInspect, Right::ActionsDecide]) {
        return Ok(None);
    }
    let mut inspection = last.inspection;
    if inspection.id.is_empty() {
        inspection.id = new_id()?;
    }
    Ok(Some(Decision { id: new_id()?, inspection, ..last }))
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
    page.live = Some(address(
        "/desk/live",
        &[("merchant", &merchant), ("order", &order_no), ("seen", &found.line.version.to_string())],
    ));
    if get(&asked, "said") == "done" {
        page.then = onward(&caller, queue_page::EXPORTS).map(|tab| decide::next(&frame, tab));
    }
    page.said = match get(&asked, "said") {
        "done" => Some((Tone::Good, frame.texts.text("decision-done"))),
        "sent" => Some((Tone::Good, frame.texts.text("sent-done"))),
        _ => None,
    };
    Ok(shown(&frame, &page))
}

/// The trade again, with an inspection that was not recorded.
pub(super) async fn again(
    window: &Window,
    frame: &Frame,
    caller: &Caller,
    key: &ExportTradeKey,
    inspection: inspect::View,
    status: StatusCode,
) -> Result<Response, Problem> {
    let found: Export = read(api::shown(window, caller, key).await?)?;
    let last = Decision { inspection, ..Decision::default() };
    let mut page = page(frame, &found, decision(caller, last)?.as_ref());
    // What is wrong stands at the form, which on a telephone is far below.
    page.said = Some((Tone::Bad, frame.texts.text("inspect-see-below")));
    Ok(shown_as(frame, &page, status))
}

/// `POST /desk/exports/{merchant}/{orderNo}/assignment`: taken, or given up.
pub async fn assign(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((merchant, order_no)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Problem> {
    let order = assignments::of_export(&ExportTradeKey::new(&merchant, &order_no));
    taken_or_given_up(&window, &caller, order, &form).await?;
    Ok(to(&export_address(&merchant, &order_no)))
}

/// `POST /desk/exports/{merchant}/{orderNo}/actions`: recorded, and on to the trade; or the trade again with why not.
pub async fn decide(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path((merchant, order_no)): Path<(String, String)>,
    asked: Query,
    form: Form,
) -> Result<Response, Problem> {
    let key = ExportTradeKey::new(&merchant, &order_no);
    let there = export_address(&merchant, &order_no);
    let mut last = Decision {
        chosen: form.get("action").to_owned(),
        text: form.get("text").to_owned(),
        ..Decision::default()
    };
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
                Ok((status, _)) if status.is_success() => return Ok(to(&as_taken(&there, &asked, "done"))),
                Ok((status, answer)) => {
                    last.refused = Some(read::<Decided>(answer)?);
                    status
                }
                Err(problem) if problem.kind() == "invalid" => {
                    last.words_fault = problem.faults_in(is_chinese(&frame)).join(" · ");
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                Err(problem) => return Err(problem),
            }
        }
    };
    frame.place = as_taken(&there, &asked, "");
    let shown: Value = api::shown(&window, &caller, &key).await?;
    let found: Export = read(shown)?;
    Ok(shown_as(&frame, &page(&frame, &found, decision(&caller, last)?.as_ref()), status))
}
