//! What other agencies share, as pages: the rules, and what one of them gives, by the handlers of the interface.

use super::desk::{get, query};
use super::guard::Seen;
use super::people::answered;
use super::{read, shown};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{Query, registers, shares as api};
use crate::auth::Caller;
use ::portal::answers::people::Shared;
use ::portal::answers::registers::Records;
use ::portal::pages::shares::{self as pages, Rules};
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// Records of a page: each may have dozens of fields.
const RECORDS: &str = "50";

/// `GET /desk/shares?after=&after-of-us=`: each of the two lists has a cursor of its own.
pub async fn rules(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let to_us = listed(&window, &caller, "true", get(&asked, "after")).await?;
    let of_us = listed(&window, &caller, "false", get(&asked, "after-of-us")).await?;
    Ok(shown(&frame, &pages::rules(&frame, &to_us, &of_us)))
}

/// Rules that the caller's party proposed, to be given something, or those of others that it gives by; after a place.
async fn listed(window: &Arc<Window>, caller: &Caller, yours: &str, after: &str) -> Result<Rules, Problem> {
    let path = Path("shares".to_owned());
    // Whoever may read the rules of all is shown here those that name his party.
    let beneath = query(&[("party", caller.party.as_str()), ("yours", yours), ("after", after)]);
    let told = registers::list(State(window.clone()), caller.clone(), path, beneath).await?;
    let found: Records = read(told.0)?;
    Ok(Rules { records: found.records, after: after.to_owned(), next: found.after })
}

/// `GET /desk/shares/{id}/records?after=`: recorded as a reading, as every delivery is.
pub async fn records(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let after = get(&asked, "after");
    let beneath = query(&[("after", after), ("limit", RECORDS)]);
    let found = api::records(State(window), caller, Path(id.clone()), beneath).await?;
    let shared: Shared = answered(found).await?;
    Ok(shown(&frame, &pages::records(&frame, &id, after, &shared)))
}
