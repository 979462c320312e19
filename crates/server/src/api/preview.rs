//! What would happen: the same engine on a copy. Sealed rules are neither evaluated nor revealed; of the buyer's quota
//! only enough or not enough is said; how often one caller asks for one person is limited, and that he asked is recorded before he is told anything.

use super::error::Problem;
use super::view;
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use clearance::Reason;
use clearance::reason::Layer;
use serde_json::{Value, json};
use std::sync::Arc;

/// Previews of one caller for one person on one day.
pub(super) const PER_DAY: u32 = 50;

/// `POST /v1/preview`: one message; its documents are judged in order on what is stored now, and nothing is
/// kept but that it was asked.
pub async fn preview(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let sender = window.code_of(&caller.party);
    let (_, exchange_ids) = window.names_of(&sender);
    let ingested = crate::ingest::ingest(&body, &sender, &exchange_ids, window.context(true));
    if !ingested.refusal.is_empty() {
        return Err(refused(&ingested.refusal));
    }
    let now = window.clock.now();
    for (arrived, _) in &ingested.documents {
        if !arrived.person.identity.is_empty()
            && window.control.count_preview(&sender, &arrived.person.identity, now.day_number()).await?
                > PER_DAY
        {
            return Err(Problem::too_many(&format!("at most {PER_DAY} previews a day for one person")));
        }
    }
    let documents: Vec<_> = ingested.documents.into_iter().map(|(arrived, _)| arrived).collect();
    super::readings::previewed(&window, &caller, &documents).await?;
    let kind = documents.first().map(|arrived| arrived.document.kind());
    let answers =
        window.pipeline.preview(documents).await.ok_or_else(|| Problem::unavailable("ask again"))?;
    let shown: Vec<Value> = answers.iter().map(|answered| shown(answered, kind)).collect();
    Ok(Json(json!({ "documents": shown })))
}

/// The message as a whole would be refused: everything that is wrong with it.
fn refused(defects: &[ceb::Defect]) -> Problem {
    let faults: Vec<Value> = defects
        .iter()
        .map(|defect| {
            json!({
                "path": defect.path.as_str(), "value": defect.value.as_str(), "rule": defect.rule.word(),
                "expected": defect.expected.as_str(),
            })
        })
        .collect();
    let first = defects.first().map_or(String::new(), |first| {
        format!("{}: {} ({}), expected {}", first.path, first.value, first.rule.word(), first.expected)
    });
    let detail = match faults.len() {
        1 => first,
        count => format!("{count} faults, all of them in `faults`; the first: {first}"),
    };
    Problem::bad_request(&detail).with("faults", faults.into())
}

fn shown(answered: &crate::pipeline::Answered, kind: Option<ceb::Kind>) -> Value {
    let over_quota = |reason: Reason| matches!(reason, Reason::AnnualLimit | Reason::AnnualLimitUsed);
    let findings = &answered.answer.findings;
    let attempt = answered
        .outcome
        .as_ref()
        .and_then(|outcome| outcome.consignment.as_ref())
        .and_then(|consignment| consignment.attempt.as_ref());
    // The text of a quota finding holds the balance: only its rule is said.
    let said: Vec<Value> = findings
        .iter()
        .map(|one| {
            if over_quota(one.reason) {
                json!({"rule": one.reason.word(), "number": one.reason.number()})
            } else {
                view::finding(one, kind, true, false)
            }
        })
        .collect();
    let quota = if findings.iter().any(|one| over_quota(one.reason)) { "not enough" } else { "enough" };
    let info =
        if findings.iter().any(|one| over_quota(one.reason)) { "" } else { answered.answer.info.as_str() };
    json!({
        "status": answered.answer.status,
        "info": info,
        "clears": !findings.iter().any(|one| matches!(one.layer(), Layer::Refused | Layer::Rejected)),
        "quota": attempt.map(|_| quota).or_else(|| (quota == "not enough").then_some(quota)),
        "assessment": attempt.and_then(|attempt| attempt.assessment.as_ref()).map(view::assessment),
        "findings": said,
    })
}
