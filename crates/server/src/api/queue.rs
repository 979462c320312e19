//! An officer's queue of imports, a page at a time: what waits, by lane, by age or by risk, and who works on it.

use super::consignments::{add_waiting, waiting_in};
use super::error::Problem;
use super::sorted::{Asked, order_of};
use super::{Query, assignments, confirmations, lines, readings, risk, scope};
use crate::Window;
use crate::auth::Caller;
use serde_json::Value;
use store::{QueueOrder, QueuePlace, QueueSearch, Read, Summary};

/// What waits for an officer.
pub struct Queue {
    /// The rows asked for.
    pub lines: Vec<Value>,
    /// How many there are, as far as they are counted.
    pub all: usize,
    /// Whether there are more than are counted.
    pub more: bool,
    /// Where the next page goes on.
    pub next: Option<String>,
    /// Whether an order by risk was asked for and there are too many for it: they stand by lane and age.
    pub too_many: bool,
}

/// A page before it is told.
#[derive(Default)]
struct Found {
    lines: Vec<Summary>,
    all: usize,
    more: bool,
    next: Option<String>,
    too_many: bool,
}

fn wrong() -> Problem {
    Problem::bad_request("after is a cursor of an earlier answer in the same order")
}

/// What waits for an officer in these states, or of it what waits for him to confirm it; `count` rows after a cursor of an earlier
/// answer, empty = from the first on. What was asked for stands in the record of the reading.
pub async fn queue(
    window: &Window,
    caller: &Caller,
    (states, to_confirm): (Vec<u16>, bool),
    sort: &str,
    page: (&str, usize),
    asked: &Query,
) -> Result<Queue, Problem> {
    let order = order_of(sort)?;
    let found = if to_confirm {
        confirmed(window, caller, order, page).await?
    } else {
        match order {
            Asked::Kept(order) => kept(window, caller, (states, order), page).await?,
            Asked::Risk { falling } => by_risk(window, caller, (states, falling), page).await?,
        }
    };
    readings::trades(window, caller, asked, &found.lines).await?;
    let taken = window.control.assignments(window.clock.now()).await?;
    let mut lines = Vec::new();
    for summary in &found.lines {
        let mut line = lines::summary(summary, true);
        add_waiting(window, caller, &mut line, summary).await?;
        let taken = taken.iter().find(|one| one.order == summary.order);
        line["assigned"] = taken.map(assignments::shown).into();
        lines.push(line);
    }
    Ok(Queue { lines, all: found.all, more: found.more, next: found.next, too_many: found.too_many })
}

/// What waits for the caller to confirm it: they are few, and all at hand.
async fn confirmed(
    window: &Window,
    caller: &Caller,
    order: Asked,
    (after, count): (&str, usize),
) -> Result<Found, Problem> {
    let mut found = confirmations::of_caller(window, caller).await?;
    match order {
        Asked::Kept(QueueOrder::Severest) => {}
        Asked::Kept(QueueOrder::Mildest) => found.sort_by_key(|one| (one.lane, one.time)),
        Asked::Kept(QueueOrder::Oldest) => found.sort_by_key(|one| one.time),
        Asked::Kept(QueueOrder::Newest) => found.sort_by_key(|one| std::cmp::Reverse(one.time)),
        Asked::Risk { falling } => {
            let ranked = risk::ranked(window, found, falling).await?;
            found = ranked.into_iter().map(|(_, line)| line).collect();
        }
    }
    let from = if after.is_empty() { 0 } else { after.parse::<usize>().map_err(|_| wrong())? };
    let (all, end) = (found.len(), from.saturating_add(count));
    let next = (end < all).then(|| end.to_string());
    let lines = found.into_iter().skip(from).take(count).collect();
    Ok(Found { lines, all, next, ..Found::default() })
}

/// What waits in an order that an index has.
async fn kept(
    window: &Window,
    caller: &Caller,
    (states, order): (Vec<u16>, QueueOrder),
    (after, count): (&str, usize),
) -> Result<Found, Problem> {
    let after = match after {
        "" => None,
        text => Some(QueuePlace::parse(text).ok_or_else(wrong)?),
    };
    let counted = waiting_in(window, caller, states.clone()).await?;
    let search = QueueSearch { states, order };
    let mut page = window.read.queue(&scope(window, caller), &search, after, count + 1).await?;
    if page.lines.len() > count {
        page.lines.truncate(count);
        page.next = page.lines.last().map(|(place, _)| *place);
    }
    Ok(Found {
        lines: page.lines.into_iter().map(|(_, line)| line).collect(),
        all: counted.found.len(),
        more: counted.more,
        next: page.next.map(|next| next.to_string()),
        too_many: false,
    })
}

/// What waits in order by risk; where there is more than is put in it, by lane and age.
async fn by_risk(
    window: &Window,
    caller: &Caller,
    (states, falling): (Vec<u16>, bool),
    (after, count): (&str, usize),
) -> Result<Found, Problem> {
    let Some(ranked) = risk::waiting(window, caller, states.clone(), falling).await? else {
        // Where it fitted before, the cursor is one of that order: by lane and age it begins anew.
        let after = if risk::Place::parse(after).is_some() { "" } else { after };
        let found = kept(window, caller, (states, QueueOrder::Severest), (after, count)).await?;
        return Ok(Found { too_many: true, ..found });
    };
    let place = match after {
        "" => None,
        text => Some(risk::Place::parse(text).ok_or_else(wrong)?),
    };
    let all = ranked.len();
    let (lines, next) = risk::page(ranked, falling, place, count);
    Ok(Found { lines, all, next, ..Found::default() })
}
