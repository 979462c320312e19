//! Officers' actions: events on the same path as documents.

use super::error::Problem;
use super::export_changes::trade_after;
use super::trades::{self, Trade};
use super::{assignments, export_changes, operations, scope, view};
use crate::Window;
use crate::auth::Caller;
use crate::rights::Right;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use clearance::consignment::Consignment;
use clearance::event::{ActionKind, OfficerAction, ReceivedAt};
use clearance::export::ExportTradeKey;
use clearance::inspection::WORDS;
use clearance::keys::{OrderKey, Time};
use clearance::rulebook::Rulebook;
use clearance::{Reason, Text};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::StoredEvent;

/// The body of an action.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) action: String,
    #[serde(default)]
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) passed: Option<bool>,
    #[serde(default)]
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) number: Option<u32>,
    #[serde(default)]
    pub(crate) notice: Option<String>,
    /// Of returned goods: the book to which they come, if it is another than the one that they left.
    #[serde(default)]
    pub(crate) book: Option<String>,
    /// And to which of its items each line comes.
    #[serde(default)]
    pub(crate) items: Vec<ItemBody>,
}

/// To which item of another book a line of a return comes.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemBody {
    /// Number of the declared line.
    pub(crate) gnum: u32,
    /// Number of the item.
    pub(crate) item: String,
}

impl Body {
    pub(super) fn kind(&self) -> Result<ActionKind, Problem> {
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
            "confirm-inspection" => ActionKind::ConfirmInspection,
            "contest-inspection" => ActionKind::ContestInspection,
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
            "receive-return" => match self.book.as_deref().map(str::trim).filter(|book| !book.is_empty()) {
                None => ActionKind::ReceiveReturn { number: number()? },
                Some(book) => ActionKind::ReceiveReturnAt(Box::new(ReceivedAt {
                    number: number()?,
                    to: book.into(),
                    // By their numbers in the list: the trade says where they left.
                    lines: self
                        .items
                        .iter()
                        .map(|one| (one.gnum, Text::default(), one.item.trim().into()))
                        .collect(),
                    ..ReceivedAt::default()
                })),
            },
            "hold-return" => match self.status {
                Some(status @ (500 | 505 | 600)) => ActionKind::HoldReturn { number: number()?, status },
                _ => return Err(Problem::bad_request("this action needs `status` 500, 505 or 600")),
            },
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
                    "action is one of approve, inspect, inspection-result, confirm-inspection, contest-inspection, release, reject, conclude, suspend, resume, detain, re-export, close, approve-cancellation, refuse-cancellation, approve-return, refuse-return, receive-return, hold-return, summarise-bill, pay-bill",
                ));
            }
        })
    }
}

/// What recording an inspection asks for.
pub const INSPECTS: &[Right] = &[Right::ActionsInspect];

/// Looking at goods and saying what was found is an inspector's, deciding on them a decider's; either may order a look.
pub(super) fn asked_for(kind: &ActionKind) -> &'static [Right] {
    match kind {
        ActionKind::Inspect | ActionKind::HoldReturn { status: 500, .. } => {
            &[Right::ActionsInspect, Right::ActionsDecide]
        }
        ActionKind::InspectionResult { .. }
        | ActionKind::Inspected(_)
        | ActionKind::Recognised(_)
        | ActionKind::ConfirmInspection
        | ActionKind::ContestInspection => INSPECTS,
        _ => &[Right::ActionsDecide],
    }
}

/// What is open to an officer now, as the members of the body that asks for it.
pub fn open_to(caller: &Caller, consignment: &Consignment, book: &Rulebook, now: Time) -> Vec<Value> {
    let law = &book.parameters.on(now.day());
    let mut kinds = vec![ActionKind::ConfirmInspection, ActionKind::ContestInspection];
    kinds.extend([ActionKind::Approve, ActionKind::Release, ActionKind::Inspect]);
    // Where there is a table of results, an inspection says which of them it found.
    if !book.inspections.is_there() {
        kinds.extend([true, false].map(|passed| ActionKind::InspectionResult { passed }));
    }
    kinds.extend([ActionKind::Reject, ActionKind::Conclude, ActionKind::Suspend, ActionKind::Resume]);
    kinds.extend([501, 502, 503, 599].map(|status| ActionKind::Detain { status }));
    kinds.extend([ActionKind::ReExport, ActionKind::Close]);
    kinds.extend([ActionKind::ApproveCancellation, ActionKind::RefuseCancellation]);
    for file in &consignment.returns {
        let number = file.number;
        kinds.extend([
            ActionKind::ApproveReturn { number },
            ActionKind::RefuseReturn { number },
            ActionKind::ReceiveReturn { number },
        ]);
    }
    kinds.extend([ActionKind::SummariseBill { notice: Text::default() }, ActionKind::PayBill]);
    kinds.retain(|kind| {
        caller.may(asked_for(kind)).is_ok()
            && clearance::decide::is_open(consignment, kind, (&caller.name, &caller.party), law, now)
    });
    kinds.iter().map(members).collect()
}

/// The members of a body that tell an action from the others.
pub(super) fn members(kind: &ActionKind) -> Value {
    let mut members = json!({"action": kind.word()});
    match kind {
        ActionKind::InspectionResult { passed } => members["passed"] = (*passed).into(),
        ActionKind::Detain { status } => members["status"] = (*status).into(),
        ActionKind::HoldReturn { number, status } => {
            (members["number"], members["status"]) = ((*number).into(), (*status).into());
        }
        ActionKind::ApproveReturn { number }
        | ActionKind::RefuseReturn { number }
        | ActionKind::ReceiveReturn { number } => members["number"] = (*number).into(),
        _ => {}
    }
    members
}

/// `POST /v1/consignments/{platform}/{orderNo}/actions`. 409 = the version seen is not the newest, or the state does
/// not allow the action.
pub async fn act(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
    body: Result<Json<Body>, axum::extract::rejection::JsonRejection>,
) -> Result<Response, Problem> {
    operations::check_intake(&window)?;
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    let (status, shown) = take(&window, &caller, OrderKey::new(&platform, &order_no), &body).await?;
    Ok((status, Json(shown)).into_response())
}

/// Takes an action, and says what came of it: 200, or 409 with what the officer had not seen.
pub async fn take(
    window: &Window,
    caller: &Caller,
    order: OrderKey,
    body: &Body,
) -> Result<(StatusCode, Value), Problem> {
    let kind = body.kind()?;
    let action = prepared(window, caller, &order, (&body.id, body.version), kind, &body.text).await?;
    carried_out(window, caller, &order, action).await
}

/// Characters of the number of a notice at most: `entDutyNo` of a bill.
const NOTICE: usize = 50;

/// What an officer says stands in receipts and in every later state of the trade. What he says of an inspection is judged with
/// all else that it says.
pub(super) fn check_words(kind: &ActionKind, text: &str) -> Result<(), Problem> {
    let mut faults = Vec::new();
    let mut check = |(path, zh): (&str, &str), value: &str, most: usize| {
        let count = value.chars().count();
        if count > most {
            faults.push(json!({
                "path": path, "value": format!("{count} characters"), "expected": format!("at most {most} characters"),
                "zh": format!("{zh}至多{most}个字，现有{count}个字"),
            }));
        }
    };
    if kind.inspection().is_none() {
        check(("text", "说明"), text, WORDS);
    }
    if let ActionKind::SummariseBill { notice } = kind {
        check(("notice", "通知书编号"), notice, NOTICE);
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Problem::invalid("nothing was recorded; everything that is wrong is listed in `faults`")
        .with("faults", faults.into()))
}

/// An action that the caller may take on a trade that he sees and nobody else works on; `id` names it, with the version seen.
pub async fn prepared(
    window: &Window,
    caller: &Caller,
    order: &OrderKey,
    (id, version): (&str, u32),
    kind: ActionKind,
    text: &str,
) -> Result<OfficerAction, Problem> {
    operations::check_intake(window)?;
    if id.trim().is_empty() {
        return Err(Problem::bad_request(
            "`id` names this decision; the same id again gets the first answer",
        ));
    }
    caller.may(asked_for(&kind))?;
    check_words(&kind, text)?;
    // What an inspection found has its consequence by a table, where there is one.
    let is_export = ExportTradeKey::of_marked(order).is_some();
    if matches!(kind, ActionKind::InspectionResult { .. }) && has_table(window, is_export) {
        return Err(Problem::bad_request(
            "say what was found, and what follows: POST …/inspections, whose GET names the results and their measures",
        ));
    }
    let trade = Trade::found(window, &scope(window, caller), order).await?;
    assignments::check(window, caller, order).await?;
    let kind = match kind {
        ActionKind::ReceiveReturnAt(asked) => {
            ActionKind::ReceiveReturnAt(Box::new(trade.received_at(*asked)))
        }
        other => other,
    };
    Ok(OfficerAction {
        id: id.trim().into(),
        officer: caller.name.clone(),
        party: caller.party.clone(),
        order: trade.pair,
        version,
        kind,
        text: text.into(),
    })
}

/// Whether inspections say what they found by the table of results: those of exports since exports are looked at as imports are.
pub(super) fn has_table(window: &Window, is_export: bool) -> bool {
    let reference = window.reference();
    let book = reference.current();
    let looks = || book.parameters.on(window.clock.now().day()).export_looks == 1;
    book.inspections.is_there() && (!is_export || looks())
}

/// Has an action judged, and says what came of it: 200, 409 with what the officer had not seen, 422 for an inspection that
/// says what it may not.
pub async fn carried_out(
    window: &Window,
    caller: &Caller,
    order: &OrderKey,
    action: OfficerAction,
) -> Result<(StatusCode, Value), Problem> {
    let (version, is_export) = (action.version, ExportTradeKey::of_marked(order).is_some());
    let answered = if is_export {
        window.pipeline.export_action(action).await
    } else {
        window.pipeline.action(action).await
    };
    let answered = answered.ok_or_else(|| {
        Problem::not_recorded(
            "send it again with the same id: what was recorded gets its first answer",
            "请以同一编号再次提交，已登记的会得到第一次的答复",
        )
    })?;
    let has =
        |reasons: &[Reason]| answered.answer.findings.iter().any(|finding| reasons.contains(&finding.reason));
    let invalid = has(&[Reason::InspectionFaulty, Reason::MeasureForbidden]);
    let refused = invalid
        || has(&[
            Reason::VersionOutdated,
            Reason::ActionForbidden,
            Reason::DeclarationUnknown,
            Reason::ReturnBookUnfit,
            Reason::SecondOfficerNeeded,
            Reason::SecondInspectorNeeded,
        ]);
    let mut shown = view::value(view::answered(&answered, None, true));
    if !refused {
        // It is done: what comes next may be another's.
        window.control.give_up(order, &caller.party, &caller.name).await?;
        return Ok((StatusCode::OK, shown));
    }
    // What he had not seen when he decided: what happened, by whom, when.
    let timeline = trades::timeline_of(window, order).await?;
    let version_of = |event: &StoredEvent| match is_export {
        true => trade_after(event).map(|trade| trade.version),
        false => view::version_of(event),
    };
    let newer = timeline.iter().rev().filter(|event| version_of(event).is_some_and(|newer| newer > version));
    let change: fn(&StoredEvent) -> Value = if is_export { export_changes::change } else { view::change };
    shown["changes"] = newer.map(change).collect();
    Ok((if invalid { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT }, shown))
}
