//! Periods of the draw, moved on by the clock: one is open for commitments before the next begins, the beacon is fixed when
//! commitments end, the seed is made when it begins, and everything is told when nothing depends on it any more. Each step is a
//! command that names the version it saw, so any server takes it, and one takes it alone. Trade never waits: until a seed is
//! there, the one before is drawn with.

pub mod list;

use crate::Window;
use ceb::Day;
use clearance::Text;
use clearance::consignment::{Lane, State};
use clearance::export::{ExportAttempt, ExportKey, ExportTradeKey};
use clearance::keys::{OrderKey, Time};
use clearance::record::{Record, RecordKey, Register};
use clearance::risk::period::{SALTS, Side};
use clearance::rulebook::{Calendar, Law};
use list::Line;
use register::draw::{self, Beacon, Listed, Opening, Period, Times};
use register::{By, Command, Refusal};
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Cursor, Read, RecordSearch, StoreError};

/// How often it is looked what the clock says.
const EVERY: Duration = Duration::from_secs(20);
/// Hours in which the holders of a first period can still commit.
const FIRST_HOURS: i64 = 12;
/// After the last moment of secrecy, for judgements that had begun before it.
const MARGIN: i64 = 3_600_000;
/// How long is waited until it is looked again whether selected trades are under way: each look reads the period's rows.
const AGAIN: i64 = 6 * 3_600_000;
/// Lists of periods that are kept in memory.
const KEPT: usize = 2;

/// Lists that were read, and when it was looked last whether one can be told.
#[derive(Default)]
pub struct Draws {
    lists: Mutex<VecDeque<(Day, Arc<Vec<Line>>)>>,
    looked: Mutex<Option<Time>>,
    reading: tokio::sync::Mutex<()>,
}

/// Does so until it is dropped.
pub async fn run(window: Window) {
    loop {
        if window.intake.closed().is_none()
            && let Err(error) = tick(&window).await
        {
            tracing::error!(%error, "a period of the draw is not moved on; it is tried again");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// All periods, or those in some states, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn periods(window: &Window, states: &[&'static str]) -> Result<Vec<Arc<Record>>, StoreError> {
    let states = states.iter().map(|state| Text::const_new(state)).collect();
    let search = RecordSearch { register: Register::DrawPeriod, parties: None, states };
    let mut found = window.all_records(&search).await?;
    // A record changes its place with each change; its name is its first day.
    found.sort_by(|one, other| other.key.id.cmp(&one.key.id));
    Ok(found)
}

/// Takes every step that is due.
///
/// # Errors
/// When the store cannot be read.
pub async fn tick(window: &Window) -> Result<(), StoreError> {
    let under_way = periods(window, &["open", "closed", "running"]).await?;
    for record in under_way.iter().rev() {
        step(window, record).await?;
    }
    let law = window.reference().current().parameters.on(window.clock.now().day());
    if law.draw_period_days > 0 {
        open_next(window, &law).await?;
    }
    Ok(())
}

/// The step that is due of a period, if one is.
async fn step(window: &Window, record: &Record) -> Result<(), StoreError> {
    let (period, now) = (Period::of(record), window.clock.now());
    match record.state.as_str() {
        "open" if now.0 >= period.times.closes => {
            let covering = Some(record.last);
            let published = window.evidence.head(now, covering, &mut |_, _| {}).await?;
            let head = &published.head.head;
            let mut after = Cursor::default();
            for writer in &head.writers {
                after.writers.push((writer.writer, writer.size));
            }
            let beacon = Beacon {
                head: published.head.to_text(),
                digest: draw::hex(&head.digest()),
                at: now.0,
                after: after.to_string(),
            };
            take(window, record.key.clone(), record.version, "close", written(&beacon)).await;
        }
        "closed" if begins(&period, window, now) => {
            take(window, record.key.clone(), record.version, "begin", None).await;
        }
        "running" => reveal(window, record, &period, now).await?,
        _ => {}
    }
    Ok(())
}

/// Holders have their hours also where the window was away when commitments ended.
fn begins(period: &Period, window: &Window, now: Time) -> bool {
    let law = window.reference().current().parameters.on(now.day());
    let closed = period.beacon.as_ref().map_or(now.0, |beacon| beacon.at);
    let handed = period.openings.iter().filter(|one| Side::from_word(&one.of).is_some()).count();
    let committed = period.commitments.iter().filter(|one| Side::from_word(&one.of).is_some()).count();
    let waited = handed == committed || now.0 >= Time(closed).plus_hours(law.draw_handover_hours.max(1)).0;
    now.0 >= period.times.begins && waited
}

/// Tells a period when no judgement rests on its secrecy: not before its last secret moment, not while it is drawn with, and
/// while selected trades are under way only when the last day for it has come.
async fn reveal(window: &Window, record: &Record, period: &Period, now: Time) -> Result<(), StoreError> {
    let drawn_with = window.reference().sampling_seed.number;
    if now.0 < period.times.until + MARGIN || period.seed.is_none_or(|seed| seed == drawn_with) {
        return Ok(());
    }
    let latest = now.0 >= period.times.latest;
    {
        let mut looked = window.draws.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if !latest && looked.is_some_and(|before| now.0 < before.0 + AGAIN && now >= before) {
            return Ok(());
        }
        *looked = Some(now);
    }
    let through = window.read.position().await?;
    let Some(lines) = list::read(window, period, &through).await? else { return Ok(()) };
    let mut open = 0;
    for line in lines.iter().filter(|line| line.is_selected()) {
        open += u64::from(is_awaited(window, &line.order).await?);
    }
    if open > 0 && !latest {
        return Ok(());
    }
    *window.draws.looked.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let listed = Listed {
        draws: lines.len() as u64,
        selected: lines.iter().filter(|line| line.is_selected()).count() as u64,
        floor: lines.iter().map(|line| line.terms.map_or(0, |terms| terms.floor)).min().unwrap_or(0),
        digest: draw::hex(&list::digest(&lines)),
        through: through.to_string(),
        open,
    };
    take(window, record.key.clone(), record.version, "reveal", written(&listed)).await;
    Ok(())
}

/// Whether a selected trade waits for its look. An export is opened at the site, where it comes when it is concluded.
async fn is_awaited(window: &Window, order: &OrderKey) -> Result<bool, StoreError> {
    if let Some(key) = ExportTradeKey::of_marked(order) {
        let state = window.read.export(&ExportKey::Trade(key)).await?;
        let attempt = state.as_ref().and_then(|state| state.trade()).and_then(|trade| trade.attempt.as_ref());
        let opens = |attempt: &ExportAttempt| matches!(attempt.lane, Some(Lane::Scan | Lane::Inspection));
        return Ok(attempt.is_some_and(|attempt| {
            waits_for_a_look(attempt.state) || (attempt.state == State::Concluded && opens(attempt))
        }));
    }
    let consignment = window.read.consignment(order).await?;
    let state = consignment.and_then(|consignment| consignment.attempt).map(|attempt| attempt.state);
    Ok(state.is_some_and(waits_for_a_look))
}

/// Neither inspected nor released, nor over without either.
fn waits_for_a_look(state: State) -> bool {
    matches!(
        state,
        State::Staged
            | State::Declared
            | State::Entered
            | State::Review
            | State::Inspection
            | State::Suspended
    )
}

/// Opens the next period for commitments, once the one before is drawn with.
async fn open_next(window: &Window, law: &Law) -> Result<(), StoreError> {
    let now = window.clock.now();
    let latest = periods(window, &[]).await?.into_iter().next();
    if latest.as_ref().is_some_and(|record| matches!(record.state.as_str(), "open" | "closed")) {
        return Ok(());
    }
    let after_latest = latest.map(|record| Time(Period::of(&record).times.ends).day());
    let mut first = after_latest.unwrap_or_else(|| Calendar::plus_days(now.day(), 1));
    while Times::of(first, law).closes < now.plus_hours(FIRST_HOURS).0 && needs_time(first, law, now) {
        first = Calendar::plus_days(first, 1);
    }
    let mut openings = Vec::with_capacity(2);
    for of in [Side::Window.word(), SALTS] {
        let (Some(salt), Some(secret)) = (random(), random()) else {
            tracing::error!("no random numbers for a period of the draw");
            return Ok(());
        };
        openings.push(Opening { of: of.to_owned(), salt, secret, at: 0 });
    }
    let body = serde_json::json!({ "openings": openings }).to_string();
    take(window, draw::key(first), 0, "make", Some(body)).await;
    Ok(())
}

/// A short period leaves its holders less than the usual hours; a later day would leave them as few.
fn needs_time(first: Day, law: &Law, now: Time) -> bool {
    let short = law.draw_period_days * 24 - law.draw_handover_hours < FIRST_HOURS;
    !short || Times::of(first, law).closes <= now.0
}

fn random() -> Option<String> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(draw::hex(&bytes))
}

fn written<T: serde::Serialize>(form: &T) -> Option<String> {
    serde_json::to_string(form).ok()
}

async fn take(window: &Window, key: RecordKey, version: u32, action: &str, body: Option<String>) {
    let by = By::of_window("draws");
    let command = Command { key, version, action: action.into(), by, note: String::new(), body };
    match window.pipeline.command(command).await {
        // Another server, or a holder, was faster: it is looked again.
        Some(Ok(_) | Err(Refusal::Outdated(_) | Refusal::State(..))) | None => {}
        Some(Err(refusal)) => tracing::error!(?refusal, action, "a period of the draw was not moved on"),
    }
}

/// The list of a period that was revealed.
///
/// # Errors
/// When the store cannot be read.
pub async fn listed(window: &Window, period: &Period) -> Result<Option<Arc<Vec<Line>>>, StoreError> {
    let first = period.first_day();
    let Some(through) = period.list.as_ref().and_then(|list| Cursor::parse(&list.through)) else {
        return Ok(None);
    };
    // Who asks for the same waits for the reading of whoever asked before.
    let _reading = window.draws.reading.lock().await;
    let known = {
        let lists = window.draws.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.iter().find(|(day, _)| *day == first).map(|(_, lines)| lines.clone())
    };
    if known.is_some() {
        return Ok(known);
    }
    let Some(lines) = list::read(window, period, &through).await? else { return Ok(None) };
    let lines = Arc::new(lines);
    let mut lists = window.draws.lists.lock().unwrap_or_else(PoisonError::into_inner);
    lists.push_front((first, lines.clone()));
    lists.truncate(KEPT);
    Ok(Some(lines))
}
