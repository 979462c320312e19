//! Officers' actions: events on the same path as documents.

use super::error::Problem;
use super::{consignments, operations, scope, view};
use crate::Window;
use crate::auth::Caller;
use crate::rights::Right;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use clearance::Reason;
use clearance::event::{ActionKind, OfficerAction};
use clearance::keys::OrderKey;
use serde::Deserialize;
use std::sync::Arc;
use store::Read;

/// The body of an action.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    id: String,
    version: u32,
    action: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    passed: Option<bool>,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    number: Option<u32>,
    #[serde(default)]
    notice: Option<String>,
}

impl Body {
    fn kind(&self) -> Result<ActionKind, Problem> {
        let number = || {
            self.number
                .ok_or_else(|| Problem::bad_request("this action needs `number`, the number of the return"))
        };
        Ok(match self.action.as_str() {
            "approve" => ActionKind::Approve,
            "inspect" => ActionKind::Inspect,
            "inspection-result" => ActionKind::InspectionResult {
                passed: self.passed.ok_or_else(|| Problem::bad_request("this action needs `passed`"))?,
            },
            "release" => ActionKind::Release,
            "reject" => ActionKind::Reject,
            "conclude" => ActionKind::Conclude,
            "suspend" => ActionKind::Suspend,
            "resume" => ActionKind::Resume,
            "detain" => match self.status {
                Some(status @ (501 | 502 | 503 | 599)) => ActionKind::Detain { status },
                _ => return Err(Problem::bad_request("this action needs `status` 501, 502, 503 or 599")),
            },
            "re-export" => ActionKind::ReExport,
            "close" => ActionKind::Close,
            "approve-cancellation" => ActionKind::ApproveCancellation,
            "refuse-cancellation" => ActionKind::RefuseCancellation,
            "approve-return" => ActionKind::ApproveReturn { number: number()? },
            "refuse-return" => ActionKind::RefuseReturn { number: number()? },
            "receive-return" => ActionKind::ReceiveReturn { number: number()? },
            "summarise-bill" => ActionKind::SummariseBill {
                notice: self
                    .notice
                    .clone()
                    .filter(|notice| !notice.is_empty())
                    .ok_or_else(|| Problem::bad_request("this action needs `notice`"))?
                    .into(),
            },
            "pay-bill" => ActionKind::PayBill,
            _ => {
                return Err(Problem::bad_request(
                    "action is one of approve, inspect, inspection-result, release, reject, conclude, suspend, resume, detain, re-export, close, approve-cancellation, refuse-cancellation, approve-return, refuse-return, receive-return, summarise-bill, pay-bill",
                ));
            }
        })
    }
}

/// Looking at goods and saying what was found is an inspector's, deciding on them a decider's; either may order a look.
fn asked_for(kind: &ActionKind) -> &'static [Right] {
    match kind {
        ActionKind::Inspect => &[Right::ActionsInspect, Right::ActionsDecide],
        ActionKind::InspectionResult { .. } => &[Right::ActionsInspect],
        _ => &[Right::ActionsDecide],
    }
}

/// `POST /v1/consignments/{platform}/{orderNo}/actions`. 409 = the version seen is not the newest, or the state does
/// not allow the action.
pub async fn act<R: Read>(
    State(window): State<Arc<Window<R>>>,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
    body: Result<Json<Body>, axum::extract::rejection::JsonRejection>,
) -> Result<Response, Problem> {
    let scope = scope(&window, &caller);
    operations::check_intake(&window)?;
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    if body.id.trim().is_empty() {
        return Err(Problem::bad_request(
            "`id` names this decision; the same id again gets the first answer",
        ));
    }
    let kind = body.kind()?;
    caller.may(asked_for(&kind))?;
    let order = OrderKey::new(&platform, &order_no);
    consignments::found(&window, &scope, &order).await?;
    let action = OfficerAction {
        id: body.id.trim().into(),
        officer: caller.name.clone(),
        party: caller.party.clone(),
        order: order.clone(),
        version: body.version,
        kind,
        text: body.text.as_str().into(),
    };
    let answered = window
        .pipeline
        .action(action)
        .await
        .ok_or_else(|| Problem::unavailable("the action is not acknowledged; send it again with the same id: what was recorded gets its first answer"))?;
    let refused = answered
        .answer
        .findings
        .iter()
        .any(|finding| matches!(finding.reason, Reason::VersionOutdated | Reason::ActionForbidden));
    let mut shown = view::value(view::answered(&answered, None, true));
    if !refused {
        return Ok(Json(shown).into_response());
    }
    // What he had not seen when he decided: what happened, by whom, when.
    let timeline = window.read.timeline(&order).await?;
    shown["changes"] = timeline
        .iter()
        .rev()
        .filter(|event| view::version_of(event).is_some_and(|version| version > body.version))
        .map(view::change)
        .collect();
    Ok((StatusCode::CONFLICT, Json(shown)).into_response())
}
