//! What waits for the agency that decides, of all registers in which one does.

use super::guard::Seen;
use super::registers;
use super::shown;
use crate::Window;
use crate::api::error::Problem;
use crate::auth::Caller;
use ::portal::pages::registers as pages;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// Registers on whose records an agency decides.
const REVIEWED: [&str; 7] = [
    "filings",
    "goods",
    "certificates",
    "payment-data",
    "entry-refunds",
    "centralised-tax",
    "market-declarations",
];
/// Records of each that are put in order.
const REVIEWS: &str = "200";

/// `GET /desk/reviews`: what waits for the agency that decides, the oldest first.
pub async fn reviews(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
) -> Result<Response, Problem> {
    let (mut records, mut more) = (Vec::new(), false);
    for word in REVIEWED {
        let asked = [("waiting", "true"), ("limit", REVIEWS)];
        let found = registers::records(&window, &caller, word, &asked).await?;
        records.extend(found.records);
        more |= found.after.is_some();
    }
    records.sort_by(|one, other| (&one.changed, &one.id).cmp(&(&other.changed, &other.id)));
    Ok(shown(&frame, &pages::reviews(&frame, &records, more)))
}
