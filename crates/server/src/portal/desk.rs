//! The desk of whoever reads for his party: home, trades, receipts, rules, messages as they were received.

use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown, shown_as, to};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{self, Query};
use crate::auth::Caller;
use crate::rights::Right;
use ::portal::Desk;
use ::portal::answers::bills::Bills;
use ::portal::answers::search::Found;
use ::portal::answers::{List, Receipts, Rules};
use ::portal::pages::{self, address, bills, consignments, home, receipts, search};
use ::portal::parts::Sorting;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Trades that the home page counts.
const NEWEST: &str = "500";
/// Receipts of a page: each is a message of its own.
const RECEIPTS: &str = "40";

/// A query of the interface.
pub(super) fn query(pairs: &[(&str, &str)]) -> Query {
    let owned = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    axum::extract::Query(owned.collect::<BTreeMap<_, _>>())
}

/// What a query of a page has under a name.
pub(super) fn get<'a>(query: &'a Query, name: &str) -> &'a str {
    query.0.get(name).map(String::as_str).unwrap_or_default()
}

/// `GET /desk`: what waits for the reader; who has something to do first is led there.
pub async fn home(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
) -> Result<Response, Problem> {
    if caller.person.as_ref().is_some_and(|person| person.first.is_some()) {
        return Ok(to(Desk::Account.address()));
    }
    if caller.rights.has(Right::Consume) {
        return Ok(to(Desk::MyTrades.address()));
    }
    let role = caller.role.word().to_owned();
    let (newest, exports) = if caller.rights.has(Right::ConsignmentsRead) {
        let by_step = query(&[("by", "step")]);
        let exports = read(api::statistics::caller_told(&window, &caller, "export-flow", &by_step)?)?;
        let asked = query(&[("limit", NEWEST)]);
        let list: List = read(api::consignments::search(State(window), caller, asked).await?.0)?;
        (Some(list.consignments), Some(exports))
    } else {
        (None, None)
    };
    Ok(shown(&frame, &home::page(&frame, &home::View { role, newest, exports })))
}

/// `GET /desk/consignments?state=&number=&after=`.
pub async fn consignments(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let (state, number, after) = (get(&asked, "state"), get(&asked, "number").trim(), get(&asked, "after"));
    let sort = Sorting::read(get(&asked, "sort"), &consignments::SORTED).text();
    let party = caller.is_office().then(|| get(&asked, "party").trim());
    let mut beneath = query(&[
        ("state", state),
        ("number", number),
        ("sort", &sort),
        ("after", after),
        ("with", "waiting"),
    ]);
    if let Some(party) = party.filter(|party| !party.is_empty()) {
        beneath.0.insert("party".to_owned(), party.to_owned());
    }
    let list: List = read(api::consignments::search(State(window), caller, beneath).await?.0)?;
    // What is older than a cursor does not change by what comes; of what is sorted the first is not the newest.
    let live = (after.is_empty() && sort.is_empty()).then(|| address("/desk/live", &[("state", state)]));
    let view = consignments::View {
        list,
        state: state.to_owned(),
        number: number.to_owned(),
        party: party.map(str::to_owned),
        sort,
        after: after.to_owned(),
        live,
    };
    Ok(shown(&frame, &consignments::page(&frame, &view)))
}

/// `GET /desk/receipts?sort=&after=`; with `position` and `number` one receipt alone, to be read as text and never as a page.
pub async fn receipts(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    if let Ok(position) = get(&asked, "position").parse() {
        let number = get(&asked, "number").parse().unwrap_or(0);
        let bytes = api::receipts::one(&window, &caller, position, number).await?;
        return Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], bytes).into_response());
    }
    let after = get(&asked, "after");
    let sort = Sorting::read(get(&asked, "sort"), &receipts::SORTED).text();
    let beneath = query(&[("after", after), ("limit", RECEIPTS), ("form", "xml"), ("sort", &sort)]);
    let told: Receipts = read(api::receipts::list(State(window), caller, beneath).await?.0)?;
    // A feed goes on for ever: there is a next page where this one is full.
    let of_feed = sort.is_empty() || sort == "time";
    let full = of_feed && told.receipts.len().to_string() == RECEIPTS;
    let next = if full { Some(told.cursor.clone()) } else { told.next.clone() };
    let view = receipts::View { receipts: told, sort, after: after.to_owned(), next };
    Ok(shown(&frame, &receipts::page(&frame, &view)))
}

/// `GET /desk/bills?which=&from=&to=&after=`.
pub async fn bills(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let [which, from, to, after] = ["which", "from", "to", "after"].map(|name| get(&asked, name));
    let beneath = query(&[("which", which), ("from", from), ("to", to), ("after", after)]);
    let [which, from, to, after] = [which, from, to, after].map(str::to_owned);
    let mut view = bills::View { which, from, to, after, ..bills::View::default() };
    match api::bills::list(State(window), caller, beneath).await {
        Ok(told) => view.told = read::<Bills>(told.0)?,
        Err(problem) if problem.kind() == "bad-request" && !(view.from.is_empty() && view.to.is_empty()) => {
            view.fault = problem.words_in(is_chinese(&frame));
            return Ok(shown_as(&frame, &bills::page(&frame, &view), problem.status_code()));
        }
        Err(problem) => return Err(problem),
    }
    Ok(shown(&frame, &bills::page(&frame, &view)))
}

/// `GET /desk/search?text=`.
pub async fn search(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let text = get(&asked, "text").trim();
    let mut view =
        search::View { office: caller.is_office(), text: text.to_owned(), ..search::View::default() };
    if !text.is_empty() {
        match api::search::search(State(window), caller, query(&[("text", text)])).await {
            Ok(found) => view.found = Some(read::<Found>(found.0)?),
            Err(problem) if problem.kind() == "bad-request" => {
                let chinese = frame.texts.language() == ::portal::Language::Chinese;
                view.fault = problem.faults_in(chinese).join(" · ");
            }
            Err(problem) => return Err(problem),
        }
    }
    Ok(shown(&frame, &search::page(&frame, &view)))
}

/// `GET /desk/rules?text=&from=`.
pub async fn rules(Seen(frame): Seen, asked: Query) -> Result<Response, Problem> {
    let rules: Rules = read(api::catalogue::reasons().await.0)?;
    let from = get(&asked, "from").parse().unwrap_or(0);
    Ok(shown(&frame, &pages::rules::page(&frame, &rules, get(&asked, "text"), from)))
}

/// `GET /desk/messages/{position}`: the bytes as received, to be read as text and never as a page.
pub async fn original(
    state: State<Arc<Window>>,
    caller: Caller,
    position: Path<u64>,
) -> Result<Response, Problem> {
    let mut answer = api::messages::original(state, caller, position).await?;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    Ok(answer)
}
