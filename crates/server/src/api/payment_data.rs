//! Original payment data (announcements 2018-165 and 2018-179): customs asks, platforms answer. The interface that platforms
//! have built for customs already, a form without a token whose signature says who sends it, is served as it is.

use super::error::Problem;
use super::people::Address;
use super::registers::{command_of, refused as refusal, whole};
use super::{consignments, operations::check_intake, registers};
use crate::Window;
use crate::auth::Caller;
use crate::denials::{Denial, Kind};
use crate::payment_data::{self, Checked, Refused};
use crate::rights::Right;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use clearance::Text;
use clearance::keys::OrderKey;
use clearance::record::{Record, RecordKey, Register};
use register::payment_data::form::{REFUSED, TAKEN, told};
use register::payment_data::{Body, compare::Comparison, session};
use register::view::View;
use register::{Command, Fault, says};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::Read;

/// The name of the form's field.
const FIELD: &str = "payExInfoStr";

/// Whether a trade, by its platform and its number, is declared in a district of the caller's office. An office of the whole zone, and
/// whoever is no office, is not narrowed by that.
async fn is_of_his_district(
    window: &Window,
    caller: &Caller,
    platform: &Text,
    order_no: &str,
) -> Result<bool, Problem> {
    if !caller.is_office() || caller.districts.is_empty() {
        return Ok(true);
    }
    let scope = super::scope(window, caller);
    for code in window.names_of(platform).0 {
        let order = OrderKey::new(&code, order_no);
        if consignments::visible(window, &scope, &order).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a record that the caller may see else is of his districts, as transfers between them say themselves, or of his sites, as
/// units say: a question for payment data is about one trade, and whoever does not see that does not see what was asked of it, also where a colleague of another district asked.
pub(super) async fn is_in_reach(window: &Window, caller: &Caller, record: &Record) -> Result<bool, Problem> {
    match record.key.register {
        Register::PaymentData => {}
        Register::Consolidation => return crate::consolidations::is_in_reach(window, caller, record).await,
        _ => return Ok(super::transit_transfers::is_in_reach(caller, record)),
    }
    is_of_his_district(window, caller, &register::owner(record), &Body::of(record).order_no).await
}

/// Of records those in the caller's reach.
pub(super) async fn in_reach(
    window: &Window,
    caller: &Caller,
    records: Vec<Arc<Record>>,
) -> Result<Vec<Arc<Record>>, Problem> {
    let mut reached = Vec::with_capacity(records.len());
    for record in records {
        if is_in_reach(window, caller, &record).await? {
            reached.push(record);
        }
    }
    Ok(reached)
}

/// The body of a question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Question {
    platform: String,
    order_no: String,
}

/// `POST /v1/payment-data/asks`: customs asks a platform for the payment of an order; a platform tries its own service.
pub async fn ask(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Result<Json<Question>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(question) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    let record = asked(&window, &caller, &question.platform, &question.order_no).await?;
    let (codes, _) = window.names_of(&caller.party);
    Ok((StatusCode::CREATED, Json(whole(&View::of(&record, &codes)))).into_response())
}

/// The question, by a session that nobody guesses.
pub(crate) async fn asked(
    window: &Window,
    caller: &Caller,
    platform: &str,
    order_no: &str,
) -> Result<Arc<Record>, Problem> {
    check_intake(window)?;
    let platform = window.code_of(&Text::from(platform.trim()));
    if !is_of_his_district(window, caller, &platform, order_no.trim()).await? {
        return Err(Problem::not_found("no trade of this platform and number in your districts"));
    }
    let mut by = registers::by(window, caller);
    let owns = by.codes.contains(&platform);
    by.reviews = caller.is_office() && caller.rights.has(Right::ActionsDecide);
    let session =
        crate::password::guid().map_err(|_| Problem::unavailable("no random numbers; ask again"))?;
    let command = Command {
        key: RecordKey::new(Register::PaymentData, &format!("{platform}:{session}")),
        version: 0,
        action: if owns { "try" } else { "ask" }.into(),
        by,
        note: String::new(),
        body: Some(json!({"orderNo": order_no}).to_string()),
    };
    let codes = command.by.codes.clone();
    command_of(window, command).await?.map_err(|refused| refusal(&refused, &codes))
}

/// `POST /v1/payment-data`: a platform's answer, as the form or the JSON in it; told in full what is wrong.
pub async fn answer(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    check_intake(&window)?;
    let (codes, _) = window.names_of(&caller.party);
    let record = payment_data::upload(&window, &text_of(&body)?, Some(&codes)).await.map_err(problem)?;
    let body = Body::of(&record);
    let late = body.is_overdue(&record.state, window.clock.now());
    let comparison = body.upload.map(|upload| upload.comparison);
    Ok(Json(json!({
        "code": TAKEN, "message": "", "total": 1, "serviceTime": window.clock.now().0,
        "session": session(&record.key.id), "record": record.key.id.as_str(), "late": late,
        "comparison": comparison.as_ref().map(view),
    })))
}

/// `POST /v1/payment-data/check`: what would be said of an answer; nothing is kept.
pub async fn check(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let (codes, _) = window.names_of(&caller.party);
    let checked = payment_data::check(&window, &text_of(&body)?, &codes).await;
    let Checked { data, signed, comparison } = checked.map_err(problem)?;
    Ok(Json(json!({
        "session": data.session, "comparison": view(&comparison),
        "signed": {"serial": signed.serial, "subject": signed.subject, "algorithm": signed.algorithm},
    })))
}

/// `POST /v1/payment-data/{id}/compare`: order or payment came later than the answer.
pub async fn compare(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    check_intake(&window)?;
    let absent = || Problem::not_found("no such record, or not yours");
    let key = RecordKey::new(Register::PaymentData, &id);
    let record = window.read.record(&key).await?.ok_or_else(absent)?;
    let by = registers::by(&window, &caller);
    let may = caller.is_office() || by.codes.iter().any(|code| record.parties.contains(code));
    if !may || !is_in_reach(&window, &caller, &record).await? {
        return Err(absent().of_another(true));
    }
    let codes = by.codes.clone();
    let record = payment_data::compare_again(&window, &record, by).await.map_err(problem)?;
    Ok(Json(whole(&View::of(&record, &codes))))
}

/// `POST /ceb2grab/grab/realTimeDataUpload`: as platforms send it to customs today. Its answers are those of that interface,
/// 200 with a code.
pub async fn grab(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    body: Bytes,
) -> Result<Response, Problem> {
    check_intake(&window)?;
    window.gate.pass_unnamed(&address)?;
    let taken = match text_of(&body) {
        Ok(text) => payment_data::upload(&window, &text, None).await,
        Err(_) => Err(Refused::Faults(vec![Fault::new(FIELD, "", says::NOT_EMPTY.said())])),
    };
    let said = |code: &str, message: &str, total: u32| json!({"code": code, "message": message, "total": total, "serviceTime": window.clock.now().0});
    // A stranger by his signature or his session; the answer of that interface is 200 all the same.
    let denied = match &taken {
        Err(Refused::Unsigned(_)) => Some(Kind::Unsigned),
        Err(Refused::Session) => Some(Kind::Unauthenticated),
        _ => None,
    };
    let answer = match taken {
        Ok(_) => said(TAKEN, "", 1),
        Err(Refused::Faults(faults)) => said(REFUSED, &told(&faults), 0),
        Err(Refused::Unsigned(fault)) => said(REFUSED, &told(&[fault]), 0),
        Err(Refused::Session) => {
            said(REFUSED, "sessionID : 会话不存在或不属于该平台 (no such session of this platform);  ", 0)
        }
        Err(Refused::State(state)) => {
            said(REFUSED, &format!("sessionID : 该会话已有回传数据或已结束 (the session is {state});  "), 0)
        }
        Err(other) => return Err(problem(other)),
    };
    let mut response = Json(answer).into_response();
    if let Some(kind) = denied {
        response.extensions_mut().insert(Denial::of(kind));
    }
    Ok(response)
}

fn problem(refused: Refused) -> Problem {
    match refused {
        Refused::Faults(faults) => refusal(&register::Refusal::Invalid(faults), &[]),
        Refused::Unsigned(fault) => {
            refusal(&register::Refusal::Invalid(vec![fault]), &[]).denied_as(Kind::Unsigned)
        }
        Refused::Session => Problem::not_found("no such session, or not one of this platform"),
        Refused::State(state) => Problem::conflict(
            "state",
            "The record's state does not allow this",
            &format!("the session is {state}: an answer is taken once, while it is asked"),
        ),
        Refused::Store(error) => error.into(),
        Refused::Unknown => Problem::not_recorded("send the same again", "请再次提交同样的内容"),
    }
}

fn view(comparison: &Comparison) -> Value {
    serde_json::to_value(comparison).unwrap_or_default()
}

/// The JSON of an answer: by itself, or in a form, where some senders leave it as it is.
fn text_of(body: &[u8]) -> Result<String, Problem> {
    let text = std::str::from_utf8(body).map_err(|_| Problem::bad_request("the body is text in UTF-8"))?;
    let text = text.trim();
    if text.starts_with('{') {
        return Ok(text.to_owned());
    }
    let raw = text.strip_prefix(FIELD).and_then(|rest| rest.strip_prefix('='));
    if let Some(raw) = raw.filter(|raw| raw.trim_start().starts_with('{')) {
        return Ok(raw.trim().to_owned());
    }
    let mut pairs = form_urlencoded::parse(text.as_bytes());
    let found = pairs.find(|(name, _)| name == FIELD).map(|(_, value)| value.trim().to_owned());
    found.filter(|value| !value.is_empty()).ok_or_else(|| {
        Problem::bad_request("a form with the field payExInfoStr, or the JSON that stands in it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_found_however_it_is_sent() {
        for (sent, found) in [
            (r#"{"sessionID":"a+b"}"#, Some(r#"{"sessionID":"a+b"}"#)),
            (r#"payExInfoStr={"signValue":"a+b=&c"}"#, Some(r#"{"signValue":"a+b=&c"}"#)),
            ("payExInfoStr=%7B%22a%22%3A%22b%2Bc%22%7D", Some(r#"{"a":"b+c"}"#)),
            ("other=1&payExInfoStr=%7B%7D", Some("{}")),
            ("payExInfoStr=", None),
            ("", None),
        ] {
            assert_eq!(text_of(sent.as_bytes()).ok().as_deref(), found, "{sent}");
        }
        assert!(text_of(&[0xFF]).is_err());
    }
}
