//! Applications to declare exports in summary as pages: the list, and one.

use super::desk::{get, query};
use super::guard::Seen;
use super::{read, shown};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{Query, summaries as api};
use crate::auth::Caller;
use ::portal::answers::summaries::{Summaries, Summary};
use ::portal::pages::summaries::{list as list_page, page};
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// `GET /desk/exports/summaries?state=&after=`.
pub async fn list(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let (state, after) = (get(&asked, "state"), get(&asked, "after"));
    let beneath = query(&[("state", state), ("after", after)]);
    let told: Summaries = read(api::list(State(window), caller, beneath).await?.0)?;
    Ok(shown(&frame, &list_page(&frame, &told, state, after)))
}

/// `GET /desk/exports/summaries/{agent}/{copNo}?declaration=&after=`.
pub async fn one(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path((agent, cop_no)): Path<(String, String)>,
    asked: Query,
) -> Result<Response, Problem> {
    let (declaration, after) = (get(&asked, "declaration"), get(&asked, "after"));
    let beneath = query(&[("declaration", declaration), ("after", after)]);
    let found: Summary = read(api::shown(&window, &caller, (&agent, &cop_no), &beneath).await?)?;
    Ok(shown(&frame, &page(&frame, &found, declaration, after)))
}
