//! Export trades in lists: by any of their numbers, in an order, and what waits for an officer. One trade, and what is done to
//! it, is `exports`.

use super::consignments::QUEUE;
use super::error::Problem;
use super::risk::{self, Risk};
use super::{Query, assignments, exports, readings, scope};
use crate::auth::Caller;
use crate::proving::codes_of;
use crate::{Window, finding, pre_entry};
use ceb::Document;
use clearance::Text;
use clearance::consignment::Lane;
use clearance::event::Cause;
use clearance::export::{ExportKey, ExportState, ExportTrade, ExportTradeKey};
use clearance::keys::WaybillKey;
use clearance::party::Role;
use serde_json::Value;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{ExportSearch, Read, Scope};

/// Parcels of a bill that are looked at.
const PARCELS: usize = 500;
/// Documents of a bill that are looked at: master list, arrival and departure, each in parts.
const OF_BILL: usize = 20;

/// A page of a list.
pub struct Page {
    /// Its trades.
    pub found: Vec<Arc<ExportTrade>>,
    /// Where the next begins: a cursor, or `~` and how many rows stand before it where the list is sorted.
    pub next: Option<String>,
    /// Whether an order was asked for and there are too many for it: they stand as they came.
    pub more: bool,
}

/// Where a page begins. One is never taken for the other: a list that is in order now may have too many rows for it a moment later.
#[derive(Clone, Copy)]
enum Place {
    /// After a cursor.
    Cursor(u64),
    /// After so many rows of a list in order.
    Rows(usize),
}

impl Place {
    fn read(after: &str) -> Result<Self, Problem> {
        let read = match after.strip_prefix('~') {
            Some(rows) => rows.parse().map(Self::Rows),
            None => after.parse().map(Self::Cursor),
        };
        read.map_err(|_| Problem::bad_request("after is what an earlier answer gave as next"))
    }

    fn cursor(place: Option<Self>) -> Result<Option<u64>, Problem> {
        match place {
            None => Ok(None),
            Some(Self::Cursor(cursor)) => Ok(Some(cursor)),
            Some(Self::Rows(_)) => Err(Problem::bad_request(
                "after is of a list in order, and this one stands as it came, or has too many rows for an order: ask for its first page",
            )),
        }
    }

    fn rows(place: Option<Self>) -> Result<usize, Problem> {
        match place {
            None => Ok(0),
            Some(Self::Rows(rows)) => Ok(rows),
            Some(Self::Cursor(_)) => Err(Problem::bad_request(
                "after is of a list as it came, and this one is in order: ask for its first page",
            )),
        }
    }
}

/// A page of the trades that are asked for: those that have a number, or the newest first, or in an order by a column, if they fit
/// into 500 lines. More of them stand as they came.
pub async fn page(
    window: &Window,
    search: &ExportSearch,
    (number, sort): (Option<Text>, Option<Text>),
    after: Option<&str>,
    limit: usize,
) -> Result<Page, Problem> {
    let place = after.map(Place::read).transpose()?;
    let told = |next: Option<u64>| next.map(|next| next.to_string());
    if let Some(number) = number {
        let mut found = by_number(window, &search.scope, &number).await?;
        found.retain(|trade| search.finds(trade));
        sorted_by(&mut found, sort.as_deref().unwrap_or("-changed"))?;
        // A bill has many: they are turned as a list in order is.
        let next = cut(&mut found, Place::rows(place)?, limit);
        return Ok(Page { found, next, more: false });
    }
    let Some(sort) = sort else {
        let (found, next) = window.read.exports(search, Place::cursor(place)?, limit).await?;
        return Ok(Page { found, next: told(next), more: false });
    };
    let (mut found, rest) = window.read.exports(search, None, QUEUE).await?;
    sorted_by(&mut found, &sort)?;
    if rest.is_some() {
        let (found, next) = window.read.exports(search, Place::cursor(place)?, limit).await?;
        return Ok(Page { found, next: told(next), more: true });
    }
    let next = cut(&mut found, Place::rows(place)?, limit);
    Ok(Page { found, next, more: false })
}

/// Leaves of a list in order what a page has behind so many rows, and says where the next begins.
fn cut(found: &mut Vec<Arc<ExportTrade>>, from: usize, limit: usize) -> Option<String> {
    let from = from.min(found.len());
    found.drain(..from);
    let next = (found.len() > limit).then(|| format!("~{}", from + limit));
    found.truncate(limit);
    next
}

/// Columns that lists are sorted by.
const SORTED: &str = "order, lane, state, entry, mode, district, changed";

fn lane(trade: &ExportTrade) -> Option<Lane> {
    trade.attempt.as_ref().and_then(|attempt| attempt.lane)
}

fn entry(trade: &ExportTrade) -> Option<&Text> {
    trade.attempt.as_ref().and_then(|attempt| attempt.invt_no.as_ref())
}

fn mode(trade: &ExportTrade) -> &str {
    trade.declaration().map_or("", |declaration| declaration.head.trade_mode.as_str())
}

/// Puts trades in order by a column; a minus before it = the largest first. What is equal stays the newest first.
fn sorted_by(found: &mut [Arc<ExportTrade>], sort: &str) -> Result<(), Problem> {
    let (by, falling) = sort.strip_prefix('-').map_or((sort, false), |by| (by, true));
    let compare: fn(&ExportTrade, &ExportTrade) -> Ordering = match by {
        "order" => |one, other| one.key.order_no.cmp(&other.key.order_no),
        "lane" => |one, other| lane(one).cmp(&lane(other)),
        "state" => |one, other| one.state_number().cmp(&other.state_number()),
        "entry" => |one, other| entry(one).cmp(&entry(other)),
        "mode" => |one, other| mode(one).cmp(mode(other)),
        "district" => |one, other| one.district().cmp(&other.district()),
        "changed" => |one, other| one.last_time.cmp(&other.last_time),
        _ => {
            let wrong = format!("sort is one of {SORTED}, with a minus before it for the largest first");
            return Err(Problem::bad_request(&wrong));
        }
    };
    found.sort_by(|one, other| if falling { compare(other, one) } else { compare(one, other) });
    Ok(())
}

/// What a number leads to, before it is asked who sees it.
#[derive(Default)]
struct Named {
    trades: BTreeSet<ExportTradeKey>,
    waybills: BTreeSet<WaybillKey>,
}

impl Named {
    /// What a document of many parcels, or about a list, is about.
    fn document(&mut self, document: &Document) {
        let mut waybill = |carrier: &str, number: &str| {
            if self.waybills.len() < PARCELS {
                self.waybills.insert(WaybillKey::new(carrier, number));
            }
        };
        match document {
            Document::MasterBill(master) => {
                let lines = master.lines.iter();
                lines.for_each(|line| waybill(&master.head.logistics_code, &line.logistics_no));
            }
            Document::ExportArrival(arrival) => {
                let lines = arrival.lines.iter();
                lines.for_each(|line| waybill(&arrival.head.logistics_code, &line.logistics_no));
            }
            Document::Departure(departure) => {
                let lines = departure.lines.iter();
                lines.for_each(|line| waybill(&departure.head.logistics_code, &line.logistics_no));
            }
            _ => {}
        }
    }

    fn state(&mut self, state: &ExportState) {
        match state {
            ExportState::Trade(trade) => self.trades.extend([trade.key.clone()]),
            ExportState::Waybill(record) => {
                self.trades.extend(record.claimed_by.as_ref().map(|(trade, _)| trade.clone()));
            }
            ExportState::Owner(owner) => self.trades.extend([owner.trade.clone()]),
            ExportState::Batch(batch) => {
                batch.parts.iter().for_each(|part| self.document(&part.filed.document));
            }
            ExportState::ReturnedParcel(parcel) => {
                self.trades.extend(parcel.claims.iter().map(|claim| claim.trade.clone()));
            }
            ExportState::Closed(list) => self.trades.extend([list.trade.clone()]),
            ExportState::Claim(_) | ExportState::Summary(_) => {}
        }
    }
}

/// The entry number that an application to cancel is about.
fn cancelled(state: &ExportState) -> Option<ExportKey> {
    let ExportState::Batch(batch) = state else { return None };
    batch.parts.iter().find_map(|part| match &*part.filed.document {
        Document::ExportCancellation(application) => {
            Some(ExportKey::Entry(application.invt_no.trim().into()))
        }
        _ => None,
    })
}

/// The trades within a scope that have a number: of an order, list, waybill, bill or pre-entry, or the declaring unit's own.
/// All but bills and pre-entries are keys; those are found by the index of the evidence log and by their place in order.
pub(super) async fn by_number(
    window: &Window,
    scope: &Scope,
    number: &str,
) -> Result<Vec<Arc<ExportTrade>>, Problem> {
    let number = Text::from(number.trim());
    let mut named = Named::default();
    let mut keys = vec![ExportKey::Entry(number.clone())];
    let merchants = codes_of(window, &[Role::Merchant]).into_iter();
    keys.extend(merchants.map(|merchant| ExportKey::Trade(ExportTradeKey::new(&merchant, &number))));
    let carriers = codes_of(window, &[Role::Logistics, Role::Express]).into_iter();
    keys.extend(carriers.map(|carrier| ExportKey::Waybill(WaybillKey::new(&carrier, &number))));
    for agent in codes_of(window, &[Role::Agent]) {
        keys.extend(
            [ExportKey::Declaration, ExportKey::Cancellation, ExportKey::Master]
                .map(|make| ExportKey::named(make, &agent, &number)),
        );
    }
    for (_, row) in pre_entry::given(&window.read, &number).await? {
        let states = row.outcome.into_iter().flat_map(|outcome| outcome.export.states);
        // What a row has of documents is not read with it: its state is.
        keys.extend(states.map(|state| state.key()));
    }
    let mut more = Vec::new();
    for key in keys {
        let Some(state) = window.read.export(&key).await? else { continue };
        named.state(&state);
        more.extend(cancelled(&state));
    }
    for key in more {
        let found = window.read.export(&key).await?;
        found.iter().for_each(|state| named.state(state));
    }
    finding::follow(window).await?;
    for position in finding::of_bill(window, &number, OF_BILL) {
        let Some(event) = window.read.event(position).await? else { continue };
        if let Cause::Document(arrived) = &event.row.event.cause {
            named.document(&arrived.document);
        }
    }
    for waybill in std::mem::take(&mut named.waybills) {
        let found = window.read.export(&ExportKey::Waybill(waybill)).await?;
        found.iter().for_each(|state| named.state(state));
    }
    let search = ExportSearch { scope: scope.clone(), party: None, states: Vec::new() };
    let mut found = Vec::new();
    for key in named.trades {
        let state = window.read.export(&ExportKey::Trade(key)).await?;
        let trade = state.as_ref().and_then(|state| state.trade()).cloned();
        found.extend(trade.filter(|trade| search.finds(trade)));
    }
    Ok(found)
}

/// What waits for an officer in some states, in order.
pub struct Waiting {
    /// The severest lane first, within it the longest unchanged.
    pub found: Vec<Arc<ExportTrade>>,
    /// Whether there is more than is put in order.
    pub more: bool,
}

/// What of the caller's districts waits for an officer in these states.
pub async fn waiting_in(window: &Window, caller: &Caller, states: Vec<u16>) -> Result<Waiting, Problem> {
    let search = ExportSearch { scope: scope(window, caller), party: None, states };
    let (mut found, next) = window.read.exports(&search, None, QUEUE).await?;
    found.sort_by_key(|trade| (Reverse(lane(trade)), trade.last_time));
    Ok(Waiting { found, more: next.is_some() })
}

/// A page of an officer's queue.
pub struct Queue {
    /// The rows asked for.
    pub lines: Vec<Value>,
    /// How many there are.
    pub all: usize,
    /// Whether there are more than are put in order.
    pub more: bool,
}

/// The line that a list of these states begins with. Of it nothing is shown but that it changed: that is no reading.
pub(crate) async fn first(window: &Window, caller: &Caller, query: &Query) -> Result<Value, Problem> {
    let search = exports::search(window, caller, query)?;
    let (found, _) = window.read.exports(&search, None, 1).await?;
    let (codes, _) = window.names_of(&caller.party);
    Ok(found.first().map(|trade| exports::line(trade, &codes, caller.is_office())).into())
}

/// What waits for an officer in these states, and who works on it; `count` rows after `from`. That he reads it is written down.
pub async fn queue(
    window: &Window,
    caller: &Caller,
    states: Vec<u16>,
    sort: &str,
    (from, count): (usize, usize),
    asked: &Query,
) -> Result<Queue, Problem> {
    let Waiting { mut found, more } = waiting_in(window, caller, states).await?;
    match risk::asked(sort) {
        Some(falling) => risk::put(&mut found, falling, |trade| Risk::of_export(trade)),
        None if sort.is_empty() => {}
        None => sorted_by(&mut found, sort)?,
    }
    let shown = found.iter().skip(from).take(count);
    let owners: Vec<Vec<Text>> = shown.map(|trade| trade.parties()).collect();
    readings::listed(window, caller, "exports", asked, &owners).await?;
    let taken = window.control.assignments(window.clock.now()).await?;
    let (codes, _) = window.names_of(&caller.party);
    let mut lines = Vec::new();
    for trade in found.iter().skip(from).take(count) {
        let mut line = exports::line(trade, &codes, true);
        let order = assignments::of_export(&trade.key);
        let taken = taken.iter().find(|one| one.order == order);
        line["assigned"] = taken.map(assignments::shown).into();
        line["score"] = risk::score_of_export(trade).into();
        lines.push(line);
    }
    Ok(Queue { lines, all: found.len(), more })
}
