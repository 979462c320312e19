//! Bonded books as pages: the list, a book with its stock and what moved, and the file of what moved.

use super::desk::{get, query};
use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown, shown_as};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{Query, books as api};
use crate::auth::Caller;
use crate::rights::Right;
use ::portal::answers::books::{Book, Books, Movements};
use ::portal::pages::books::{View, list as list_page, page};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

/// Versions of a stock whose movements a page shows, and those that a file has at most.
const SHOWN: &str = "50";
const FILED: &str = "5000";

/// `GET /desk/books?after=`.
pub async fn list(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let applies = caller.rights.has(Right::RegistersApply) && !caller.is_office();
    let after = get(&asked, "after");
    let told: Books = read(api::list(State(window), caller, query(&[("after", after)])).await?.0)?;
    Ok(shown(&frame, &list_page(&frame, &told, applies, after)))
}

/// `GET /desk/books/{id}?at=&from=&item=&after=`.
pub async fn show(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    // A day may be written as the field of a form writes it.
    let typed = get(&asked, "at").trim();
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let fault = match api::instant(&digits) {
        Err(problem) if !typed.is_empty() => problem.words_in(is_chinese(&frame)),
        _ => String::new(),
    };
    // What is no day stays as it was typed, and nothing is asked for with it.
    let at = if fault.is_empty() { digits } else { typed.to_owned() };
    let day = if fault.is_empty() { at.as_str() } else { "" };
    let asked_for = [("at", day), ("from", get(&asked, "from"))];
    let asked_for: Vec<(&str, &str)> = asked_for.into_iter().filter(|(_, text)| !text.is_empty()).collect();
    let told = api::show(State(window.clone()), caller.clone(), Path(id.clone()), query(&asked_for)).await?;
    let book: Book = read(told.0)?;
    let first = book.stock.first().map(|stock| stock.item.number.clone()).unwrap_or_default();
    let named = get(&asked, "item").trim();
    let item = if named.is_empty() { first } else { named.to_owned() };
    let mut moved = Movements::default();
    if !item.is_empty() {
        let beneath = [("item", item.as_str()), ("limit", SHOWN), ("after", get(&asked, "after"))];
        moved = read(api::moved(&window, &caller, &id, &query(&beneath)).await?)?;
    }
    let files =
        caller.rights.has(Right::RegistersApply) && !caller.is_office() && book.head.state != "closed";
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (after, from) = (get(&asked, "after").to_owned(), get(&asked, "from").to_owned());
    let view = View { book, moved, item, after, from, at, fault, files };
    Ok(shown_as(&frame, &page(&frame, &view), status))
}

/// `GET /desk/books/{id}/file`: what moved, as a file.
pub async fn file(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let beneath = query(&[("form", "csv"), ("limit", FILED), ("after", get(&asked, "after"))]);
    api::movements(State(window), caller, Path(id), beneath).await
}
