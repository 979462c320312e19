//! What stands in a query as yes or no, and what for it is asked.

use super::error::Problem;
use super::{Query, parameter};
use clearance::Text;

/// A parameter that is `true`, or not there.
pub(super) fn is(query: &Query, name: &str) -> Result<bool, Problem> {
    Ok(maybe(query, name)?.unwrap_or(false))
}

/// A parameter that is `true`, `false`, or not there.
pub(super) fn maybe(query: &Query, name: &str) -> Result<Option<bool>, Problem> {
    match parameter(query, name).as_deref() {
        None => Ok(None),
        Some("false") => Ok(Some(false)),
        Some("true") => Ok(Some(true)),
        Some(_) => Err(Problem::bad_request(&format!("{name} is true or false"))),
    }
}

pub(super) fn purpose(query: &Query) -> Text {
    parameter(query, "purpose").unwrap_or_default()
}
