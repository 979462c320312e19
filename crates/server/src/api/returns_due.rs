//! Returns that wait for an officer, those first that are due first: who stands well is answered sooner. Until which day each is
//! decided stands in its trade; which wait is known from the figures, so that nobody looks through trades for them.

use super::consignments::is_of;
use super::error::Problem;
use super::{Query, readings, scope};
use crate::Window;
use crate::auth::Caller;
use ::statistics::figures::NO_DAY;
use clearance::keys::OrderKey;
use serde_json::{Value, json};
use store::Scope;

/// Returns that are told at once: what is behind them comes up when they are decided.
const MOST: usize = 20;

/// Those of the caller's districts, and how many there are besides; for a party nothing.
///
/// # Errors
/// When the reading cannot be recorded.
pub(crate) async fn waiting(
    window: &Window,
    caller: &Caller,
    asked: &Query,
) -> Result<(Vec<Value>, usize), Problem> {
    let Scope::Office(districts) = scope(window, caller) else { return Ok((Vec::new(), 0)) };
    let mut found: Vec<(u32, OrderKey)> = {
        let standing = window.statistics.standing();
        let all = standing.figures.applied.iter();
        let his = all.filter(|(_, (district, _))| is_of(&districts, district));
        his.map(|(order, (_, day))| (*day, order.clone())).collect()
    };
    found.sort_by(|(day, order), (other_day, other)| {
        (day, &order.platform, &order.order_no).cmp(&(other_day, &other.platform, &other.order_no))
    });
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    let lines = readings::parties_of(window, found.iter().map(|(_, order)| order)).await?;
    readings::listed(window, caller, "consignments", asked, &lines).await?;
    let today = window.clock.now().day().number();
    let line = |(day, order): &(u32, OrderKey)| {
        json!({
            "platform": order.platform.as_str(), "orderNo": order.order_no.as_str(),
            "decideBy": (*day != NO_DAY).then(|| day.to_string()), "overdue": *day < today,
        })
    };
    Ok((found.iter().map(line).collect(), more))
}
