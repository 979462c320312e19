//! Questions for original payment data as a page: the list of a register, and a list of orders that are asked for one by one, each
//! answered by itself as the interface answers it.

use super::desk::{get, query};
use super::form::Form;
use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown, shown_as};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{Query, payment_data as api, registers};
use crate::auth::Caller;
use crate::rights::Right;
use ::portal::Frame;
use ::portal::answers::registers::Records;
use ::portal::pages::payment_data::{PAYMENT_DATA, REGISTER, Reader, Told, View, WHICH, page};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use clearance::party::Role;
use std::sync::Arc;

/// Questions of a page.
const SHOWN: &str = "100";
/// Orders of a list at most: each is a commit of its own.
const ORDERS: usize = 100;

/// What a caller does here besides reading: the register says so again.
fn reader(caller: &Caller) -> Reader {
    if caller.is_office() && caller.rights.has(Right::ActionsDecide) {
        Reader::Asks
    } else if caller.role == Role::Platform && caller.rights.has(Right::RegistersApply) {
        Reader::Tries
    } else {
        Reader::Reads
    }
}

async fn found(window: &Arc<Window>, caller: &Caller, which: &str, from: &str) -> Result<View, Problem> {
    let which = WHICH.into_iter().find(|known| *known == which).unwrap_or(WHICH[0]);
    let mut asked = vec![("limit", SHOWN), ("after", from)];
    match which {
        "overdue" => asked.push(("overdue", "true")),
        "asked" | "answered" => asked.push(("state", which)),
        _ => {}
    }
    let path = Path(REGISTER.to_owned());
    let found = registers::list(State(window.clone()), caller.clone(), path, query(&asked)).await?;
    let Records { records, after, .. } = read(found.0)?;
    let from = from.to_owned();
    Ok(View { which: which.to_owned(), records, from, after, reader: reader(caller), ..View::default() })
}

/// `GET /desk/payment-data?which=&after=`.
pub async fn list(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let view = found(&window, &caller, get(&asked, "which"), get(&asked, "after")).await?;
    Ok(shown(&frame, &page(&frame, &view)))
}

/// `POST /desk/payment-data`: an order a line. What is wrong with one keeps no other back.
pub async fn ask(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    frame.place = PAYMENT_DATA.to_owned();
    let text = form.get("orders").replace("\r\n", "\n");
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        // The same order twice would be two sessions of one question.
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if lines.is_empty() || lines.len() > ORDERS {
        let fault = frame.texts.numbered("payment-data-lines-fault", &[("most", ORDERS as u64)], &[]);
        let view = View { orders: text.clone(), fault, ..found(&window, &caller, "", "").await? };
        return Ok(shown_as(&frame, &page(&frame, &view), StatusCode::UNPROCESSABLE_ENTITY));
    }
    let mut told: Vec<Told> = Vec::with_capacity(lines.len());
    let mut stopped = None;
    for line in lines {
        if stopped.is_some() {
            let why = frame.texts.text("payment-data-not-asked");
            told.push(Told { line: line.to_owned(), why, ..Told::default() });
            continue;
        }
        match asked(&window, &frame, &caller, line).await {
            Ok(one) => told.push(one),
            // What stops one stops all. Those before it were asked, and asked again would be asked twice: they are told of.
            Err(problem) if told.iter().any(|one| !one.id.is_empty()) => {
                let why = problem.told_in(is_chinese(&frame), "; ");
                told.push(Told { line: line.to_owned(), why, ..Told::default() });
                stopped = Some(problem.status_code());
            }
            Err(problem) => return Err(problem),
        }
    }
    // Those that were not asked stay in the field, to be put right.
    let left: Vec<&str> = told.iter().filter(|one| one.id.is_empty()).map(|one| one.line.as_str()).collect();
    let orders = left.join("\n");
    if let Some(status) = stopped {
        // Whoever reads the list writes that down, which is not to be had now.
        let which = WHICH[0].to_owned();
        let view = View { which, orders, told, unread: true, reader: reader(&caller), ..View::default() };
        return Ok(shown_as(&frame, &page(&frame, &view), status));
    }
    let status = if left.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    // The first stands at the field too, where they are put right.
    let fault = told.iter().find(|one| one.id.is_empty()).map(|one| one.why.clone()).unwrap_or_default();
    let view = View { orders, told, fault, ..found(&window, &caller, "", "").await? };
    Ok(shown_as(&frame, &page(&frame, &view), status))
}

/// Asks for the order of one line.
async fn asked(window: &Window, frame: &Frame, caller: &Caller, line: &str) -> Result<Told, Problem> {
    let told = Told { line: line.to_owned(), ..Told::default() };
    let is_between = |sign: char| sign.is_whitespace() || matches!(sign, ',' | ';' | '/' | '，' | '；');
    let mut parts = line.split(is_between).filter(|part| !part.is_empty());
    // A platform's own service is tried with its own orders.
    let (platform, order_no) = match (reader(caller), parts.next(), parts.next(), parts.next()) {
        (Reader::Tries, Some(order_no), None, None) => (caller.party.as_str(), order_no),
        (_, Some(platform), Some(order_no), None) => (platform, order_no),
        _ => return Ok(Told { why: frame.texts.text("payment-data-line-fault"), ..told }),
    };
    match api::asked(window, caller, platform, order_no).await {
        Ok(record) => Ok(Told { id: record.key.id.to_string(), ..told }),
        Err(problem) if problem.status_code().is_server_error() => Err(problem),
        Err(problem) => Ok(Told { why: problem.told_in(is_chinese(frame), "; "), ..told }),
    }
}
