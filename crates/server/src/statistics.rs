//! Figures of this window: they follow the ledger beside the path of commits, in memory, and are kept from time to time so that
//! a restart need not fold every row. What this server judged is told while it is fresh, without copies of rows; what others
//! committed, or came before, is read. Until all is read, whoever asks is told up to when figures are complete.

use crate::Window;
use ::statistics::conduct::{
    ANSWERED_IN_TIME, ASK_WITHDRAWN, ASKED, Conduct, DISPUTE_DROPPED, DISPUTED,
    of_record as conduct_of_record,
};
use ::statistics::kept::Kept;
use ::statistics::told::Scanned;
use ::statistics::{Figures, Told, told};
use clearance::Text;
use clearance::keys::{Position, Time};
use clearance::record::{Record, Register};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};
use store::{Cursor, Read, Row, StoreError};
use tokio::sync::Notify;

/// Name under which figures are kept.
const NAME: &str = "statistics";
/// What waits to be added at most; with more, rows are read again.
const WAITING: usize = 50_000;
/// Rows that are read at once, decoded on all processors; others have them in between.
const ROWS: usize = 16_000;
/// What was judged is added together.
const TOGETHER: Duration = Duration::from_millis(200);
/// Figures are kept no more often, if rows came.
const KEEP_EVERY: Duration = Duration::from_secs(60);
/// How long is waited after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// What rows of one commit told.
struct Fresh {
    first: Position,
    last: u64,
    told: Vec<Told>,
}

#[derive(Default)]
struct Queue {
    fresh: VecDeque<Fresh>,
    waiting: usize,
    /// Something was left out: rows are read.
    lost: bool,
}

/// Figures as they stand.
#[derive(Default)]
pub struct Standing {
    /// The figures.
    pub figures: Figures,
    /// The rows that they are of.
    pub covers: Cursor,
    /// Whether nothing was behind it when last looked.
    pub complete: bool,
    /// Time of the newest row that told something.
    pub last: Time,
    /// Grows whenever something was added.
    pub moved: u64,
    /// What comes is told by this server alone, and it was read up to there.
    live: bool,
    loaded: bool,
}

/// Figures of a window.
#[derive(Default)]
pub struct Statistics {
    standing: RwLock<Standing>,
    queue: Mutex<Queue>,
    followed: AtomicBool,
    following: tokio::sync::Mutex<()>,
    news: Notify,
}

impl Statistics {
    /// The figures.
    pub fn standing(&self) -> RwLockReadGuard<'_, Standing> {
        self.standing.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Standing) -> T) -> T {
        change(&mut self.standing.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn queue<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        change(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What rows that were just judged tell; nothing where nobody adds it up, or where other servers write too.
    pub(crate) fn heard(&self, first: Position, rows: &[Row]) -> Option<(Position, u64, Vec<Told>)> {
        if first.writer != 0 || rows.is_empty() || !self.followed.load(Ordering::Relaxed) {
            return None;
        }
        Some((first, first.sequence + rows.len() as u64 - 1, rows.iter().filter_map(of_row).collect()))
    }

    /// Takes what was heard, to be added soon.
    pub(crate) fn take(&self, heard: Option<(Position, u64, Vec<Told>)>) {
        let Some((first, last, told)) = heard else { return };
        self.queue(|queue| {
            queue.waiting += told.len();
            if queue.lost || queue.waiting > WAITING {
                *queue = Queue { lost: true, ..Queue::default() };
            } else {
                queue.fresh.push_back(Fresh { first, last, told });
            }
        });
        self.news.notify_one();
    }

    /// Adds what waits; false where rows have to be read.
    fn add_fresh(&self) -> bool {
        let queue = self.queue(std::mem::take);
        if queue.lost {
            return false;
        }
        self.change(|standing| {
            for fresh in queue.fresh {
                let reached = standing.covers.sequence(0);
                if fresh.last <= reached {
                    continue;
                }
                // Rows that tell nothing, or were committed by no batch, are in between: they are read.
                if !standing.live || fresh.first.sequence != reached + 1 {
                    standing.live = false;
                    return false;
                }
                standing.add(&fresh.told);
                standing.covers.reach(Position { sequence: fresh.last, ..fresh.first });
            }
            standing.live
        })
    }
}

impl Standing {
    fn add(&mut self, told: &[Told]) {
        for told in told {
            self.figures.add(told);
            self.last = self.last.max(told.now);
        }
        self.moved += u64::from(!told.is_empty());
    }
}

fn of_row(row: &Row) -> Option<Told> {
    match row {
        Row::Event(row) => told(&row.event, row.outcome.as_ref()?),
        Row::Record(record) if record.key.register == Register::SiteScan => {
            let direction = register::park::scan::Scan::of(record).direction.into();
            let site = record.key.id.rsplit_once(':')?.0.into();
            let scanned = Scanned { site, direction, answer: record.state.clone() };
            Some(Told::of_scan(record.changed, scanned))
        }
        Row::Record(record) => of_record(record),
        _ => None,
    }
}

/// What records tell of how parties do what they owe. What was erased of one tells nothing any more.
fn of_record(record: &Record) -> Option<Told> {
    let action = record.action.as_str();
    let conduct = match (record.key.register, action) {
        (Register::Dispute, "open") => Conduct::of(DISPUTED, seller_of(record)?),
        (Register::Dispute, "withdraw" | "refuse") => Conduct::of(DISPUTE_DROPPED, seller_of(record)?),
        (Register::PaymentData, _) => of_question(record)?,
        _ => return None,
    };
    Some(conduct_of_record(record.changed, conduct))
}

/// What becomes of a question after a payment. It counts on the day on which its answer is due: question and answer are of one
/// month, also where that month begins between them.
fn of_question(record: &Record) -> Option<Conduct> {
    let body: serde_json::Value = serde_json::from_str(&record.body).ok()?;
    let due = body["due"].as_i64()?;
    // A platform that tries its own service is asked by nobody.
    if body["test"].as_bool() != Some(false) {
        return None;
    }
    let what = match record.action.as_str() {
        "ask" => ASKED,
        "withdraw" => ASK_WITHDRAWN,
        "upload" if body["answered"].as_i64()? <= due => ANSWERED_IN_TIME,
        _ => return None,
    };
    Some(Conduct { day: Some(Time(due).day().number()), ..Conduct::of(what, register::owner(record)) })
}

/// The seller of a dispute: its id is the person's code, a colon, and his.
fn seller_of(record: &Record) -> Option<Text> {
    record.key.id.rsplit_once(':').map(|(_, seller)| seller.into())
}

/// Follows the ledger until it is dropped.
pub async fn run(window: Window, every: Duration) {
    let statistics = window.statistics.clone();
    statistics.followed.store(true, Ordering::Relaxed);
    let (mut kept, mut moved) = (Instant::now(), 0);
    loop {
        let done = async {
            follow(&window).await?;
            let now = statistics.standing().moved;
            if kept.elapsed() >= KEEP_EVERY && now != moved {
                keep(&window).await?;
                (kept, moved) = (Instant::now(), now);
            }
            Ok::<(), StoreError>(())
        };
        if let Err(error) = done.await {
            let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            tracing::error!(%error, %source, "figures cannot follow the ledger");
            tokio::time::sleep(AFTER_FAILURE).await;
        }
        let _ = tokio::time::timeout(every, statistics.news.notified()).await;
        tokio::time::sleep(TOGETHER).await;
    }
}

/// Adds all rows that are there now.
///
/// # Errors
/// When rows cannot be read.
pub async fn follow(window: &Window) -> Result<(), StoreError> {
    let statistics = &window.statistics;
    let _one = statistics.following.lock().await;
    if !statistics.standing().loaded {
        load(window).await?;
    }
    while !statistics.add_fresh() {
        // Queued from here on is what is not read below.
        let ended = read(window).await?;
        statistics.change(|standing| {
            standing.complete = ended;
            let alone = standing.covers.writers.iter().all(|(writer, _)| *writer == 0);
            standing.live = ended && alone && statistics.followed.load(Ordering::Relaxed);
        });
        if ended && !statistics.standing().live {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Reads some rows; true = there was nothing behind them.
async fn read(window: &Window) -> Result<bool, StoreError> {
    let position = window.read.position().await?;
    let covers = window.statistics.standing().covers.clone();
    if covers.covers(&position) {
        return Ok(true);
    }
    let (mut heard, mut seen, mut looked) = (Vec::new(), covers.clone(), 0);
    let mut visit = |position: Position, row: Row| {
        looked += 1;
        seen.reach(position);
        heard.extend(of_row(&row));
        looked < ROWS
    };
    window.read.scan(&covers, &mut visit).await?;
    let ended = looked < ROWS;
    window.statistics.change(|standing| {
        standing.complete = ended;
        standing.add(&heard);
        standing.covers = seen;
        if ended {
            // Rows that nobody shows are in no scan.
            standing.covers.join(&position);
        }
    });
    Ok(ended)
}

async fn load(window: &Window) -> Result<(), StoreError> {
    let kept = window.read.derived().kept(NAME).await?;
    let parsed = match kept {
        Some((covers, bytes)) => {
            let parse = move || serde_json::from_slice::<(i64, Kept)>(&bytes).ok();
            let read = tokio::task::spawn_blocking(parse).await.ok().flatten();
            read.and_then(|(last, kept)| Some((covers, Time(last), kept.figures()?)))
        }
        None => None,
    };
    window.statistics.change(|standing| {
        standing.loaded = true;
        if let Some((covers, last, figures)) = parsed {
            (standing.covers, standing.last, standing.figures) = (covers, last, figures);
        }
    });
    Ok(())
}

/// Keeps figures as they stand.
///
/// # Errors
/// When they cannot be written.
pub async fn keep(window: &Window) -> Result<(), StoreError> {
    let (covers, kept) = {
        let standing = window.statistics.standing();
        (standing.covers.clone(), (standing.last.0, Kept::of(&standing.figures)))
    };
    let written = tokio::task::spawn_blocking(move || serde_json::to_vec(&kept).unwrap_or_default()).await;
    match written {
        Ok(bytes) if !bytes.is_empty() => window.read.derived().keep(NAME, &covers, bytes).await,
        // They are derived: the next start reads rows.
        _ => Ok(()),
    }
}
