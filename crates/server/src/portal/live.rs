//! Live updates: a stream that says once that what a page shows has changed, and ends. The page then says so to its reader;
//! it fetches nothing by itself. Watching is not using: a session that is only watched ends as if nobody were there.

use super::desk::{get, query};
use super::guard::session;
use crate::Window;
use crate::api::error::Problem;
use crate::api::{self, Query};
use crate::auth::{Caller, Denied};
use crate::intake::Closed;
use crate::rights::Right;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use clearance::keys::OrderKey;
use serde_json::Value;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// How often is looked.
const EVERY: Duration = Duration::from_secs(2);
/// How often at most: half an hour, after which no session that was only watched lives.
const LOOKS: u32 = 900;

/// Looks before it is said that figures, or what was counted, moved.
const FIGURES: u32 = 10;
const COUNTED: u32 = 3;

/// What a page shows.
enum Shown {
    /// One trade, in a version.
    Trade(OrderKey, u32),
    /// What became of declarations.
    Figures(Value),
    /// What was counted.
    Operation(Vec<u64>),
    /// A list of these states, beginning with a line.
    List(String, Value),
}

struct Watch {
    window: Arc<Window>,
    session: String,
    shown: Shown,
    looks: u32,
    ended: bool,
}

/// The first line of a list, without its deadlines. Of it nothing is shown but that it changed: that is no reading.
async fn first(window: &Window, caller: &Caller, state: &str) -> Result<Value, Problem> {
    let asked = query(&[("state", state), ("limit", "1")]);
    let (list, _) = api::consignments::listed(window, caller, &asked).await?;
    Ok(list["consignments"][0].clone())
}

/// Counts of what became of declarations that somebody may see.
fn steps(window: &Window, caller: &Caller) -> Result<Value, Problem> {
    let mut told = api::statistics::caller_told(window, caller, "flow", &query(&[("by", "step")]))?;
    Ok(told["lines"].take())
}

fn counted(window: &Window) -> Vec<u64> {
    window.metrics.counted().into_iter().map(|(_, _, value)| value).collect()
}

/// `GET /desk/live?platform=&order=&seen=`, `?state=` for a list, `?figures=`, or `?operation=`.
pub async fn watch(
    State(window): State<Arc<Window>>,
    caller: Caller,
    headers: HeaderMap,
    asked: Query,
) -> Result<Response, Problem> {
    let session = session(&headers).ok_or(Denied::Unknown)?;
    let shown = match (get(&asked, "platform"), get(&asked, "order")) {
        _ if !get(&asked, "figures").is_empty() => Shown::Figures(steps(&window, &caller)?),
        _ if !get(&asked, "operation").is_empty() => {
            caller.may(&[Right::MetricsRead])?;
            Shown::Operation(counted(&window))
        }
        ("", _) | (_, "") => {
            let state = get(&asked, "state").to_owned();
            let line = first(&window, &caller, &state).await?;
            Shown::List(state, line)
        }
        (platform, order) => {
            let order = OrderKey::new(platform, order);
            api::consignments::found(&window, &api::scope(&window, &caller), &order).await?;
            let seen = get(&asked, "seen").parse();
            Shown::Trade(order, seen.map_err(|_| Problem::bad_request("seen is a version"))?)
        }
    };
    let watch = Watch { window, session, shown, looks: 0, ended: false };
    let events = futures_util::stream::unfold(watch, next);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

/// Waits until there is something to say; after it there is nothing more.
async fn next(mut watch: Watch) -> Option<(Result<Event, Infallible>, Watch)> {
    if watch.ended {
        return None;
    }
    loop {
        tokio::time::sleep(EVERY).await;
        watch.looks += 1;
        let word = match look(&watch).await {
            Some(true) => "changed",
            Some(false) if watch.looks < LOOKS => continue,
            _ => "ended",
        };
        watch.ended = true;
        return Some((Ok(Event::default().event(word).data(word)), watch));
    }
}

/// Whether it changed; none = he may not watch any more, or the window is closing.
async fn look(watch: &Watch) -> Option<bool> {
    let window = &watch.window;
    if window.intake.closed() == Some(Closed::Draining) {
        return None;
    }
    let caller = Caller::watching(&watch.session, &window.control, window.clock.now()).await.ok()?;
    caller.may(&[Right::ConsignmentsRead]).ok()?;
    match &watch.shown {
        Shown::Trade(order, version) => {
            let scope = api::scope(window, &caller);
            let now = api::consignments::found(window, &scope, order).await.ok()?;
            Some(now.version != *version)
        }
        // They move all the time: a page that was just shown is not old.
        Shown::Figures(_) if watch.looks < FIGURES => Some(false),
        Shown::Figures(shown) => Some(steps(window, &caller).ok()? != *shown),
        Shown::Operation(_) if watch.looks < COUNTED => Some(false),
        Shown::Operation(shown) => {
            caller.may(&[Right::MetricsRead]).ok()?;
            Some(counted(window) != *shown)
        }
        Shown::List(state, line) => Some(first(window, &caller, state).await.ok()? != *line),
    }
}
