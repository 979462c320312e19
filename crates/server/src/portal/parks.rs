//! Parks as pages: what each offers, for everybody; the figures of one, for those who operate or supervise it.

use super::desk::{get, query};
use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown, shown_as};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{Query, parks as api};
use crate::auth::Caller;
use ::portal::answers::parks::{Figures, Parks};
use ::portal::pages::parks::{Narrowed, figures as figures_page, page};
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// `GET /parks?text=&function=&mode=&rows=`.
pub async fn everybody(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    asked: Query,
) -> Result<Response, Problem> {
    let text = |name: &str| get(&asked, name).trim().to_owned();
    let narrowed = Narrowed { text: text("text"), function: text("function"), mode: text("mode") };
    let told: Parks = read(api::offered(&window, &asked).await?)?;
    Ok(shown(&frame, &page(&frame, &told, &narrowed)))
}

/// `GET /desk/parks/{id}?from=&to=`.
pub async fn figures(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let pairs = [("from", get(&asked, "from").trim()), ("to", get(&asked, "to").trim())];
    let pairs: Vec<(&str, &str)> = pairs.into_iter().filter(|(_, text)| !text.is_empty()).collect();
    if let Err(problem) = api::days(&window, &query(&pairs)) {
        // The park is told without days, so that its reading is recorded once.
        let mut told: Figures = read(api::told(&window, &caller, &id, &query(&[])).await?)?;
        let typed = |name: &str| get(&asked, name).trim().to_owned();
        (told.from, told.to) = (typed("from"), typed("to"));
        let page = figures_page(&frame, &told, &problem.words_in(is_chinese(&frame)));
        return Ok(shown_as(&frame, &page, problem.status_code()));
    }
    let told = api::told(&window, &caller, &id, &query(&pairs)).await?;
    Ok(shown(&frame, &figures_page(&frame, &read(told)?, "")))
}
