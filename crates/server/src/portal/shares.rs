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
use ::portal::answers::registers::{Record, Records};
use ::portal::pages::shares as pages;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// Records of a page: each may have dozens of fields.
const RECORDS: &str = "50";
/// Rules that are listed.
const RULES: &str = "200";

/// `GET /desk/shares`.
pub async fn rules(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
) -> Result<Response, Problem> {
    let (codes, _) = window.names_of(&caller.party);
    let path = Path("shares".to_owned());
    let found: Records =
        read(registers::list(State(window), caller, path, query(&[("limit", RULES)])).await?.0)?;
    let owner = |record: &Record| record.id.split(':').next().unwrap_or_default().to_owned();
    let is_ours = |code: &str| codes.iter().any(|own| own == code);
    let (to_us, others): (Vec<Record>, Vec<Record>) =
        found.records.into_iter().partition(|record| is_ours(&owner(record)));
    let of_us: Vec<Record> =
        others.into_iter().filter(|record| record.parties.iter().any(|code| is_ours(code))).collect();
    Ok(shown(&frame, &pages::rules(&frame, &to_us, &of_us)))
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
