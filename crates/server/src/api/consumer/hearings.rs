//! Notices of lists that name a consumer as responsible behind an enterprise: what was found, until when he may say something for
//! himself, what he said, and what the decision says of him. What the enterprise says, and what others do who are named beside him,
//! is not told here. All this is for a telephone that an office noted as his when he showed who he is: an order with his number and
//! another's telephone brings that other in as the same person, and of a hearing he is told nothing, not even whether there is one.

use super::quota::moved;
use super::{Consumer, name_of};
use crate::api::error::Problem;
use crate::api::sessions::body;
use crate::auth::Caller;
use crate::responsible::has_noted;
use crate::{Window, all_records};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use clearance::record::{Record, RecordKey, Register};
use register::credit::listing::Body;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, RecordSearch, StoreError};

/// What whoever came in by a telephone that no office noted is told, the same whether a notice names him or not: in English, in Chinese.
const TO_DO: (&str, &str) = (
    "notices are shown to and answered by a telephone that an office noted as yours, and whether there is one is not told here; if you answer for an enterprise, come to the competent office in person with your identity card: it notes your telephone, and takes what you say on paper as well",
    "告知仅向经主管部门核验本人身份后登记的电话展示，并由该电话答复；此处不说明是否有告知。如您为企业的负责人员，请本人持身份证件到主管部门登记电话，也可在该部门当面提交书面陈述",
);

/// `GET /v1/consumer/hearings`: the notices that name him, the newest first; to a telephone that no office noted, what to do.
pub(crate) async fn hearings(
    State(window): State<Arc<Window>>,
    caller: Caller,
) -> Result<Json<Value>, Problem> {
    let consumer = Consumer::of(&caller)?;
    let told = all(&window, &consumer).await?;
    let to_do = told.is_none().then(|| json!({"en": TO_DO.0, "zh": TO_DO.1}));
    Ok(Json(json!({
        "telephoneNoted": told.is_some(), "toDo": to_do, "hearings": told.unwrap_or_default(),
    })))
}

/// All of them; none = no office noted his telephone.
pub(super) async fn all(window: &Window, consumer: &Consumer) -> Result<Option<Vec<Value>>, StoreError> {
    if !has_noted(window, &consumer.person, &consumer.telephone).await? {
        return Ok(None);
    }
    let parties = Some(vec![consumer.person.clone()]);
    let search = RecordSearch { register: Register::CreditList, parties, states: Vec::new() };
    let mut shown = Vec::new();
    for record in &all_records::of(window, &search).await? {
        // One that an earlier notice named is found by the record still, and this notice may be about others.
        if Body::of(record).names(&consumer.person) {
            shown.push(whole(window, consumer, record).await?);
        }
    }
    Ok(Some(shown))
}

/// Whether what was said for him was said with the telephone that he came in by: an office may have noted another since.
async fn is_said_here(
    window: &Window,
    consumer: &Consumer,
    record: &Arc<Record>,
) -> Result<bool, StoreError> {
    let mut version = record.clone();
    while version.action != "speak" || version.actor.party != consumer.person {
        let Some(previous) = version.previous else { return Ok(false) };
        let Some(before) = window.read.record_at(previous).await? else { return Ok(false) };
        version = before;
    }
    Ok(version.actor.name == consumer.telephone)
}

async fn whole(window: &Window, consumer: &Consumer, record: &Arc<Record>) -> Result<Value, StoreError> {
    let body = Body::of(record);
    let said = body.said_by(&consumer.person);
    let here = said.is_some() && is_said_here(window, consumer, record).await?;
    let reaches = body.persons.iter().any(|key| key.as_str() == consumer.person.as_str());
    let decision = body.decision.as_ref().map(|decision| {
        json!({"validFrom": decision.valid_from, "validTo": decision.valid_to, "reaches": reaches})
    });
    Ok(json!({
        "party": record.key.id.as_str(), "partyName": name_of(window, &record.key.id), "state": record.state.as_str(),
        "list": body.notice.list, "facts": body.notice.facts, "legalBasis": body.notice.legal_basis,
        "hearUntil": body.notice.hear_until, "said": said.filter(|_| here), "decision": decision,
        "saidElsewhere": said.is_some() && !here,
        "maySpeak": said.is_none() && matches!(record.state.as_str(), "noticed" | "heard"),
    }))
}

/// What he says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spoken {
    pub(crate) party: String,
    pub(crate) text: String,
}

/// `POST /v1/consumer/hearings`: for himself and once; the enterprise has a hearing of its own.
pub(crate) async fn speak(
    State(window): State<Arc<Window>>,
    caller: Caller,
    sent: Result<Json<Spoken>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let (consumer, sent) = (Consumer::of(&caller)?, body(sent)?);
    if !has_noted(&window, &consumer.person, &consumer.telephone).await? {
        return Err(Problem::not_yours(TO_DO.0).in_chinese(TO_DO.1));
    }
    let key = RecordKey::new(Register::CreditList, sent.party.trim());
    let current = window.read.record(&key).await?;
    let current = current.filter(|record| Body::of(record).names(&consumer.person));
    let current = current.ok_or_else(|| Problem::not_found("no notice about this enterprise names you"))?;
    let spoken = json!({"text": sent.text}).to_string();
    let record = moved(&window, &consumer, key, (current.version, "speak"), Some(spoken)).await?;
    Ok(Json(whole(&window, &consumer, &record).await?))
}
