//! Live updates: a stream that says once that what a page shows has changed, and ends. With that it sends the part of the page that
//! moves, as it is now; the page puts it in place, and says to its reader where more of it is old. It fetches nothing by itself.
//! Watching is not using: a session that is only watched ends as if nobody were there.

use super::desk::{get, query};
use super::guard::{Seen, session};
use super::{figures, officer, operation, read};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{self, Query};
use crate::auth::{Caller, Denied};
use crate::intake::Closed;
use crate::rights::Right;
use ::portal::answers::exports::Export;
use ::portal::pages::{address, consignment, exports};
use ::portal::{Frame, Markup, Part};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use clearance::export::ExportTradeKey;
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
    /// One export trade, in a version.
    Export(ExportTradeKey, u32),
    /// What became of declarations; what of them the page was asked for.
    Figures(Value, Query),
    /// What was counted.
    Operation(Vec<u64>),
    /// A list of these states, beginning with a line.
    List(String, Value),
    /// The same of export trades.
    Exports(String, Value),
}

struct Watch {
    window: Arc<Window>,
    session: String,
    /// In whose language parts are shown.
    frame: Frame,
    shown: Shown,
    looks: u32,
    ended: bool,
}

/// What was seen of a page.
enum Look {
    /// It is as it was.
    Same,
    /// It is not; the part that moves, where it has one.
    Changed(Option<String>),
}

/// The first line of a list, without its deadlines. Of it nothing is shown but that it changed: that is no reading.
async fn first(window: &Window, caller: &Caller, state: &str) -> Result<Value, Problem> {
    let asked = query(&[("state", state), ("limit", "1")]);
    let (list, _) = api::consignments::listed(window, caller, &asked).await?;
    Ok(list["consignments"][0].clone())
}

/// The same of export trades.
async fn first_export(window: &Window, caller: &Caller, state: &str) -> Result<Value, Problem> {
    api::export_lists::first(window, caller, &query(&[("state", state)])).await
}

/// Counts of what became of declarations that somebody may see, imports and exports.
fn steps(window: &Window, caller: &Caller) -> Result<Value, Problem> {
    let told = |table: &str| api::statistics::caller_told(window, caller, table, &query(&[("by", "step")]));
    let (mut imports, mut exports) = (told("flow")?, told("export-flow")?);
    Ok(Value::Array(vec![imports["lines"].take(), exports["lines"].take()]))
}

fn counted(window: &Window) -> Vec<u64> {
    window.metrics.counted().into_iter().map(|(_, _, value)| value).collect()
}

/// `GET /desk/live?platform=&order=&seen=`, `?merchant=&order=&seen=` for an export trade, `?state=` for a list, with `exports=` of
/// export trades, `?figures=` with its days, or `?operation=`.
pub async fn watch(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    headers: HeaderMap,
    asked: Query,
) -> Result<Response, Problem> {
    let session = session(&headers).ok_or(Denied::Unknown)?;
    let shown = match (get(&asked, "platform"), get(&asked, "order")) {
        _ if !get(&asked, "figures").is_empty() => {
            let days = query(&[("from", get(&asked, "from")), ("to", get(&asked, "to"))]);
            Shown::Figures(steps(&window, &caller)?, days)
        }
        _ if !get(&asked, "operation").is_empty() => {
            caller.may(&[Right::MetricsRead])?;
            Shown::Operation(counted(&window))
        }
        ("", order) if !get(&asked, "merchant").is_empty() => {
            let key = ExportTradeKey::new(get(&asked, "merchant"), order);
            api::exports::found(&window, &api::scope(&window, &caller), &key).await?;
            Shown::Export(key, seen(&asked)?)
        }
        ("", _) if !get(&asked, "exports").is_empty() => {
            let state = get(&asked, "state").to_owned();
            let line = first_export(&window, &caller, &state).await?;
            Shown::Exports(state, line)
        }
        ("", _) | (_, "") => {
            let state = get(&asked, "state").to_owned();
            let line = first(&window, &caller, &state).await?;
            Shown::List(state, line)
        }
        (platform, order) => {
            let order = OrderKey::new(platform, order);
            api::consignments::found(&window, &api::scope(&window, &caller), &order).await?;
            Shown::Trade(order, seen(&asked)?)
        }
    };
    let watch = Watch { window, session, frame, shown, looks: 0, ended: false };
    let events = futures_util::stream::unfold(watch, next);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

/// The version that a page shows.
fn seen(asked: &Query) -> Result<u32, Problem> {
    get(asked, "seen").parse().map_err(|_| Problem::bad_request("seen is a version"))
}

/// Waits until there is something to say; after it there is nothing more.
async fn next(mut watch: Watch) -> Option<(Result<Event, Infallible>, Watch)> {
    if watch.ended {
        return None;
    }
    loop {
        tokio::time::sleep(EVERY).await;
        watch.looks += 1;
        let (word, data) = match look(&watch).await {
            Some(Look::Changed(part)) => ("changed", part),
            Some(Look::Same) if watch.looks < LOOKS => continue,
            _ => ("ended", None),
        };
        watch.ended = true;
        // A stream has no carriage returns within its data.
        let data = data.map_or_else(|| word.to_owned(), |part| part.replace('\r', " "));
        return Some((Ok(Event::default().event(word).data(data)), watch));
    }
}

/// A part of a page as it is now.
fn part(watch: &Watch, id: &'static str, next: String, whole: bool, body: &Markup) -> String {
    let stamp = watch.window.clock.now().stamp_millis().to_string();
    let at = |from: usize| stamp.get(from..from + 2).unwrap_or_default();
    let at = format!("{}:{}:{}", at(8), at(10), at(12));
    Part { id, next, whole, at }.shown(watch.frame.texts, body)
}

/// The timeline of a trade. Forms and state of the page stay those of the version that was seen.
async fn trade(watch: &Watch, caller: &Caller, order: &OrderKey) -> Result<String, Problem> {
    let found = officer::seen(&watch.window, caller, order).await?;
    let seen = found.version.to_string();
    let next =
        address("/desk/live", &[("platform", &order.platform), ("order", &order.order_no), ("seen", &seen)]);
    Ok(part(watch, consignment::MOVES, next, false, &consignment::record(&watch.frame, &found)))
}

/// The same of an export trade.
async fn export(watch: &Watch, caller: &Caller, key: &ExportTradeKey) -> Result<String, Problem> {
    let found: Export = read(api::exports::shown(&watch.window, caller, key).await?)?;
    let seen = found.line.version.to_string();
    let next =
        address("/desk/live", &[("merchant", &key.merchant), ("order", &key.order_no), ("seen", &seen)]);
    Ok(part(watch, consignment::MOVES, next, false, &exports::record(&watch.frame, &found)))
}

/// Whether it changed; none = he may not watch any more, or the window is closing.
async fn look(watch: &Watch) -> Option<Look> {
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
            if now.version == *version {
                return Some(Look::Same);
            }
            Some(Look::Changed(trade(watch, &caller, order).await.ok()))
        }
        Shown::Export(key, version) => {
            let scope = api::scope(window, &caller);
            let now = api::exports::found(window, &scope, key).await.ok()?;
            if now.version == *version {
                return Some(Look::Same);
            }
            Some(Look::Changed(export(watch, &caller, key).await.ok()))
        }
        // They move all the time: a page that was just shown is not old.
        Shown::Figures(..) if watch.looks < FIGURES => Some(Look::Same),
        Shown::Figures(shown, days) => {
            if steps(window, &caller).ok()? == *shown {
                return Some(Look::Same);
            }
            let body = figures::moving(window, &caller, days, watch.frame.texts).ok()?;
            let next = figures::live(days);
            Some(Look::Changed(Some(part(watch, ::portal::pages::figures::MOVES, next, true, &body))))
        }
        Shown::Operation(_) if watch.looks < COUNTED => Some(Look::Same),
        Shown::Operation(shown) => {
            caller.may(&[Right::MetricsRead]).ok()?;
            if counted(window) == *shown {
                return Some(Look::Same);
            }
            let body = operation::figures(window, watch.frame.texts).await.ok()?;
            let moves = ::portal::pages::operation::MOVES;
            Some(Look::Changed(Some(part(watch, moves, operation::LIVE.to_owned(), true, &body))))
        }
        Shown::List(state, line) => {
            let now = first(window, &caller, state).await.ok()?;
            Some(if now == *line { Look::Same } else { Look::Changed(None) })
        }
        Shown::Exports(state, line) => {
            let now = first_export(window, &caller, state).await.ok()?;
            Some(if now == *line { Look::Same } else { Look::Changed(None) })
        }
    }
}
