//! Periods of the draw, for everybody: who committed to what and when, the beacon, and, when a period is over, the secrets and
//! every draw, so that anybody draws again. Holders commit and hand over; the parties of an order learn its salt.

use super::error::Problem;
use super::registers::{command_of, refused};
use super::{CONSIGNMENTS, Query, consignments, limit, operations, parameter, registers, scope};
use crate::Window;
use crate::auth::Caller;
use crate::draws::{self, list::Line};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ceb::Day;
use clearance::consignment::Drawn;
use clearance::keys::OrderKey;
use clearance::record::Record;
use clearance::risk;
use register::draw::{Period, hex, key, side_of};
use register::{By, Command};
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use store::{Read, Scope};

/// Lines that are sent in one piece.
const PIECE: usize = 10_000;

type Sent<T> = Result<Json<T>, JsonRejection>;

/// What a holder files before a period.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// SHA-256 in hexadecimal.
    pub commitment: String,
}

/// What he hands over when commitments have ended.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// 32 bytes in hexadecimal.
    pub salt: String,
    /// 32 bytes in hexadecimal.
    pub secret: String,
}

fn absent() -> Problem {
    Problem::not_found("no such period; GET /v1/draws lists them by their first day")
}

fn told(record: &Record) -> Value {
    let mut told = Period::of(record).told(&record.state);
    told["version"] = record.version.into();
    told["record"] = json!({
        "position": record.last.number(), "writer": record.last.writer, "sequence": record.last.sequence,
        "millis": record.changed.0,
    });
    told
}

async fn found(window: &Window, period: &str) -> Result<Arc<Record>, Problem> {
    let first = Day::parse(period).ok_or_else(absent)?;
    window.read.record(&key(first)).await?.ok_or_else(absent)
}

/// `GET /v1/draws?after=&limit=`: the newest first, or those before the period that `next` of an answer names.
pub async fn list(State(window): State<Arc<Window>>, query: Query) -> Result<Json<Value>, Problem> {
    let after = parameter(&query, "after");
    Ok(Json(all(&window, after.as_deref(), limit(&query, CONSIGNMENTS)?).await?))
}

/// The newest periods, or those before one, and what is drawn with now.
pub(crate) async fn all(window: &Window, after: Option<&str>, limit: usize) -> Result<Value, Problem> {
    let wrong = || Problem::bad_request("after is the first day of a period, yyyyMMdd, as next of an answer");
    let after = after.map(|after| Day::parse(after).map(key).ok_or_else(wrong)).transpose()?;
    let mut records = draws::periods(window, &[]).await?;
    records.retain(|record| after.as_ref().is_none_or(|after| record.key.id < after.id));
    let more = records.len() > limit;
    records.truncate(limit);
    let next = records.last().filter(|_| more).map(|record| record.key.id.to_string());
    let reference = window.reference();
    let law = reference.current().parameters.on(window.clock.now().day());
    let period = reference.sampling_seed.period.map(|period| period.first.to_string());
    Ok(json!({
        "now": window.clock.now().0, "seed": reference.sampling_seed.number, "period": period,
        "law": {
            "periodDays": law.draw_period_days, "handoverHours": law.draw_handover_hours,
            "secretDays": law.draw_secret_days, "revealDays": law.draw_reveal_days, "floor": law.sampling_floor,
        },
        "periods": records.iter().map(|record| told(record)).collect::<Vec<_>>(),
        "more": more,
        "next": next,
    }))
}

/// `GET /v1/draws/{period}`, with the key that the beacon's head is signed with.
pub async fn show(
    State(window): State<Arc<Window>>,
    Path(period): Path<String>,
) -> Result<Json<Value>, Problem> {
    let record = found(&window, &period).await?;
    let mut shown = told(&record);
    let mut steps = Vec::new();
    let mut at = Some(record);
    while let Some(record) = at {
        steps.push(json!({
            "version": record.version, "action": record.action.as_str(), "state": record.state.as_str(),
            "position": record.last.number(), "writer": record.last.writer, "sequence": record.last.sequence,
            "millis": record.changed.0,
        }));
        at = match record.previous {
            Some(previous) => window.read.record_at(previous).await?,
            None => None,
        };
    }
    shown["steps"] = steps.into();
    let keys = window.evidence.keys().await?;
    shown["keys"] = keys.iter().map(|key| hex(&key.public)).collect::<Vec<_>>().into();
    Ok(Json(shown))
}

/// The list of a period that was told; a conflict where it is too early.
pub(crate) async fn lines_of(window: &Window, period: &str) -> Result<(Period, Arc<Vec<Line>>), Problem> {
    let record = found(window, period).await?;
    let period = Period::of(&record);
    if record.state != "revealed" {
        let until = clearance::keys::Time(period.times.until).stamp_millis();
        return Err(Problem::conflict(
            "not-revealed",
            "The draws of this period are secret yet",
            &format!("its secrets and its list are told after {until}, when nothing rests on them any more"),
        ));
    }
    let lines = draws::listed(window, &period).await?.ok_or_else(Problem::internal)?;
    Ok((period, lines))
}

/// Lines piece by piece: a list may be longer than one answer should be in memory.
fn streamed(
    media: &'static str,
    first: String,
    lines: Arc<Vec<Line>>,
    text: fn(&Line) -> String,
) -> Response {
    let pieces =
        std::iter::once(Bytes::from(first)).chain((0..lines.len()).step_by(PIECE).map(move |from| {
            let piece = lines.iter().skip(from).take(PIECE);
            Bytes::from(piece.map(text).collect::<String>())
        }));
    let body = Body::from_stream(futures_util::stream::iter(pieces.map(Ok::<_, Infallible>)));
    ([(header::CONTENT_TYPE, media)], body).into_response()
}

/// `GET /v1/draws/{period}/list`: every draw as CSV, in order of the names.
pub async fn lines(
    State(window): State<Arc<Window>>,
    Path(period): Path<String>,
) -> Result<Response, Problem> {
    let (_, lines) = lines_of(&window, &period).await?;
    Ok(streamed("text/csv; charset=utf-8", "handle,drawn,ratio,selected\n".to_owned(), lines, Line::text))
}

/// `GET /v1/draws/{period}/orders`, for those who see every trade: the same with the orders, their salts, and the key that these
/// are made with, one JSON object a line.
pub async fn orders(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(period): Path<String>,
) -> Result<Response, Problem> {
    if !matches!(scope(&window, &caller), Scope::Office(districts) if districts.is_empty()) {
        return Err(Problem::forbidden());
    }
    let (found, lines) = lines_of(&window, &period).await?;
    // Whoever is in it is not named: a period has more orders than a record of a reading has room for.
    let by = registers::by(&window, &caller);
    registers::recorded(&window, by, ("draw-orders", &period), &[], &caller.purpose, None).await?;
    let period = found;
    let salts = period.salts().ok_or_else(Problem::internal)?;
    let first = json!({"period": period.first.to_string(), "salt": salts.salt, "key": salts.secret});
    Ok(streamed("application/x-ndjson", format!("{first}\n"), lines, order_text))
}

fn order_text(line: &Line) -> String {
    let terms = line.terms.map(|terms| {
        json!({
            "base": terms.base, "factor": terms.factor, "goods": terms.goods, "share": terms.share, "floor": terms.floor,
        })
    });
    let line = json!({
        "handle": hex(&line.handle), "drawn": line.number, "ratio": line.ratio, "selected": line.is_selected(),
        "platform": line.order.platform.as_str(), "orderNo": line.order.order_no.as_str(), "salt": hex(&line.salt),
        "writer": line.position.writer, "sequence": line.position.sequence, "terms": terms,
    });
    format!("{line}\n")
}

/// `GET /v1/consignments/{platform}/{order_no}/draw`: with which period an order was drawn, and its salt, so that whoever it
/// names finds it in the list; number and share when that is told.
pub async fn of_order(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let order = OrderKey::new(&platform, &order_no);
    let missing = || Problem::not_found("no such trade, or none that you may see, or it was not drawn yet");
    let scope = scope(&window, &caller);
    let consignment = match consignments::found(&window, &scope, &order).await {
        Err(problem) if problem.status() == 404 => {
            return Err(missing().of_another(problem.is_of_another()));
        }
        found => found?,
    };
    let owners = consignment.listed_for();
    let drawn = consignment.drawn.ok_or_else(missing)?;
    if caller.is_office() {
        let id = format!("{}/{}", order.platform, order.order_no);
        let by = registers::by(&window, &caller);
        registers::recorded(&window, by, ("consignment", &id), &owners, &caller.purpose, None).await?;
    }
    Ok(Json(of_trade(&window, &order, &drawn).await?))
}

/// The same of a trade by the name that it was drawn with: of an export its merchant with a mark before it.
pub(super) async fn of_trade(window: &Window, order: &OrderKey, drawn: &Drawn) -> Result<Value, Problem> {
    let seeds = window.read.seeds().await?;
    let seed = seeds.iter().find(|row| row.seed.number == drawn.seed).map(|row| row.seed);
    let Some(period) = seed.and_then(|seed| seed.period) else {
        return Ok(json!({"seed": drawn.seed, "period": null}));
    };
    let salt = risk::salt(&period, order);
    let state = found(window, &period.first.to_string()).await?.state.clone();
    let told = (state == "revealed")
        .then(|| json!({"drawn": drawn.number, "ratio": drawn.ratio, "selected": drawn.selected}));
    Ok(json!({
        "seed": drawn.seed, "period": period.first.to_string(), "state": state.as_str(), "salt": hex(&salt),
        "handle": hex(&risk::handle(&salt, order)), "platform": order.platform.as_str(), "draw": told,
    }))
}

/// The window writes the record, for the holder who asked.
fn by(window: &Window, caller: &Caller) -> By {
    registers::by(window, caller).by_window()
}

/// Records what a holder does, whatever version is there: others act on the same record beside him.
pub(crate) async fn act(
    window: &Window,
    caller: &Caller,
    period: &str,
    action: &str,
    body: &Value,
) -> Result<Value, Problem> {
    /// Times that others may be faster.
    const TRIES: usize = 5;
    operations::check_intake(window)?;
    if side_of(caller.role).is_none() {
        return Err(Problem::not_yours("customs and the operator of the zone hold the secrets of the draw")
            .in_chinese("抽取的秘密值由海关和园区运营单位持有"));
    }
    let mut tried = 0;
    loop {
        let record = found(window, period).await?;
        let command = Command {
            key: record.key.clone(),
            version: record.version,
            action: action.into(),
            by: by(window, caller),
            note: String::new(),
            body: Some(body.to_string()),
        };
        tried += 1;
        match command_of(window, command).await? {
            Ok(record) => return Ok(told(&record)),
            Err(register::Refusal::Outdated(_)) if tried < TRIES => {}
            Err(register::Refusal::State(record, _)) => return Err(of_state(&record, action)),
            Err(refusal) => return Err(refused(&refusal, &[])),
        }
    }
}

fn of_state(record: &Record, action: &str) -> Problem {
    let times = Period::of(record).times;
    let closes = clearance::keys::Time(times.closes).stamp_millis();
    let (detail, zh) = match (action, record.state.as_str()) {
        ("commit", _) => (
            format!("commitments of it ended at {closes}; file one for the next period"),
            format!("本时段的承诺已于{closes}截止，请为下一时段提交"),
        ),
        (_, "open") => (
            format!(
                "secrets are handed over after {closes}, when commitments have ended: keep yours until then"
            ),
            format!("承诺于{closes}截止后才交付秘密值，此前请自行保管"),
        ),
        _ => (
            "it has begun, and goes on with what was handed over before".to_owned(),
            "本时段已经开始，以此前交付的内容继续".to_owned(),
        ),
    };
    Problem::conflict("state", "The period's state does not allow this", &detail).in_chinese(&zh)
}

/// `POST /v1/draws/{period}/commitments`.
pub async fn commit(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(period): Path<String>,
    body: Sent<Commitment>,
) -> Result<Json<Value>, Problem> {
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    let body = json!({"commitment": body.commitment});
    Ok(Json(act(&window, &caller, &period, "commit", &body).await?))
}

/// `POST /v1/draws/{period}/secrets`.
pub async fn hand_over(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(period): Path<String>,
    body: Sent<Secret>,
) -> Result<Json<Value>, Problem> {
    // What a body that is not read has in it may be the secret: it is not repeated.
    let Json(body) = body.map_err(|_| Problem::bad_request("the body is {\"salt\": …, \"secret\": …}"))?;
    let body = json!({"salt": body.salt, "secret": body.secret});
    Ok(Json(act(&window, &caller, &period, "hand-over", &body).await?))
}

/// One order held against the list of a period: by its platform, number and salt.
pub(crate) fn looked_up<'a>(lines: &'a [Line], order: &OrderKey, salt: &[u8; 16]) -> Option<&'a Line> {
    let handle = risk::handle(salt, order);
    lines.binary_search_by(|line| line.handle.cmp(&handle)).ok().and_then(|at| lines.get(at))
}

/// `GET /v1/draws/{period}/line?platform=&orderNo=&salt=`: what the list has of one order, for whoever knows its salt.
pub async fn line(
    State(window): State<Arc<Window>>,
    Path(period): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    Ok(Json(one(&window, &period, &query).await?))
}

/// As [`line`].
pub(crate) async fn one(window: &Window, period: &str, query: &Query) -> Result<Value, Problem> {
    let needed = |name: &str| {
        parameter(query, name).ok_or_else(|| Problem::bad_request(&format!("{name} is missing")))
    };
    let (platform, order_no, salt) = (needed("platform")?, needed("orderNo")?, needed("salt")?);
    let salt: [u8; 16] = evidence::of_hexadecimal(salt.trim())
        .ok_or_else(|| Problem::bad_request("salt has 32 hexadecimal digits, as its parties are told it"))?;
    let (_, lines) = lines_of(window, period).await?;
    let order = OrderKey::new(&platform, &order_no);
    let line = looked_up(&lines, &order, &salt).ok_or_else(|| {
        Problem::not_found("the list has no order of this platform, number and salt: one of the three is another, or it was drawn with another period")
    })?;
    Ok(json!({
        "handle": hex(&line.handle), "drawn": line.number, "ratio": line.ratio, "selected": line.is_selected(),
    }))
}
