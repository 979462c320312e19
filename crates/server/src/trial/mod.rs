//! Trial of a draft of tables on the ledger: rows are read once, in order, on threads of their own; what each declaration was
//! judged on is put together as rows pass (`walk`), and judged again with the draft on further threads. Nothing is written, and
//! nothing is looked up by row but what lies too far apart. Where rules alone change, no row is read at all: they are held against
//! what was kept of declarations before (`facts`). What is compared, and when a declaration cannot be tried, belongs to
//! `clearance::trial`.

mod facts;
pub mod running;
mod told;
mod walk;
pub mod watching;

pub use facts::{follow, run_from_facts};
pub use told::{SHOWN, told};
pub use walk::Walk;

use ceb::{Day, Document};
use clearance::Rulebook;
use clearance::consignment::Consignment;
use clearance::export::ExportTrade;
use clearance::keys::Position;
use clearance::rulebook::ExchangeRates;
use clearance::trial::export::{self, ExportGrounds, MatchedExport};
use clearance::trial::tally::Tally;
use clearance::trial::{Compared, Draft, Grounds, Judged, Matched, Settled, Untried, Verdict, compare};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use store::{ChosenRead, Cursor, Read, Row, StoreError};
use tokio::runtime::Handle;

/// Rows that are read together.
const PIECE: u64 = 4_096;
/// Declarations that are handed to a thread together.
const TOGETHER: usize = 64;
/// Such parts that wait to be judged: so much is in memory besides what is open.
const WAITING: usize = 64;

/// What a trial may take of the machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// Threads that read, and that judge.
    pub threads: usize,
    /// Milliseconds that readers rest for each that they read.
    pub rest: u32,
}

impl Share {
    /// All processors.
    pub fn whole() -> Self {
        Self { threads: thread::available_parallelism().map_or(1, usize::from), rest: 0 }
    }
    /// So little that intake does not feel it: a quarter of one processor.
    pub fn beside_intake() -> Self {
        Self { threads: 1, rest: 3 }
    }
}

/// What a trial rests on.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Way {
    /// The rows themselves, all of them read for it.
    #[default]
    Rows,
    /// What was kept of declarations.
    Facts,
}

impl Way {
    /// The word used in the interface.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Facts => "facts",
        }
    }
}

/// What came of it.
#[derive(Clone, Default, Debug)]
pub struct Tried {
    /// What it rests on.
    pub way: Way,
    /// Sums, examples, merchants: of declarations of imports.
    pub tally: Tally,
    /// The same of lists of exports.
    pub exports: Tally,
    /// Rows that were read.
    pub rows: u64,
    /// Up to here.
    pub to: Cursor,
}

impl Tried {
    /// One more declaration, among its like.
    pub fn add(&mut self, compared: &Compared) {
        let tally = if compared.exports { &mut self.exports } else { &mut self.tally };
        tally.add(compared);
    }

    fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
        self.exports.merge(other.exports);
    }
}

/// One declaration on its way to be compared.
pub enum Job {
    /// To be judged again.
    Judge(Box<Grounds>),
    /// Its rules alone are held against it.
    Rules(Box<Rules>),
    /// A list of exports, to be judged again.
    JudgeExport(Box<ExportGrounds>),
    /// The rules alone are held against a list of exports.
    RulesOfExport(Box<RulesOfExport>),
    /// Known without: it cannot be tried, or met no rule.
    Known(Compared),
}

/// A declaration whose verdict is known, for a draft that changes rules alone.
pub struct Rules {
    /// Its row.
    pub position: Position,
    /// Its trade after the verdict; documents in it are not looked at.
    pub consignment: Arc<Consignment>,
    /// The declaration.
    pub declaration: Arc<Document>,
    /// The payment, if it was there.
    pub payment: Option<Arc<Document>>,
    /// The day of the verdict.
    pub day: Day,
}

impl Rules {
    /// What is to be kept of it.
    pub fn settled(&self) -> Option<Settled> {
        let Document::Declaration(declaration) = &*self.declaration else { return None };
        let payment = self.payment.as_deref().and_then(|document| match document {
            Document::Payment(payment) => Some(payment),
            _ => None,
        });
        let (consignment, day) = (&*self.consignment, self.day);
        Some(Settled::of_import(self.position, &Matched { consignment, declaration, payment, day }))
    }

    /// What it came to, and would have.
    pub fn compared(&self, draft: &Draft) -> Option<Compared> {
        Some(self.settled()?.compared(draft))
    }
}

/// A list of exports whose verdict is known, for a draft that changes rules alone.
pub struct RulesOfExport {
    /// Its row.
    pub position: Position,
    /// Its trade after the verdict; documents in it are not looked at.
    pub trade: Arc<ExportTrade>,
    /// The list.
    pub declaration: Arc<Document>,
    /// Since when its merchant is filed; none = it is not.
    pub merchant_since: Option<Day>,
    /// The day of the verdict.
    pub day: Day,
}

impl RulesOfExport {
    /// What is to be kept of it, with prices by these rates.
    pub fn settled(&self, rates: &ExchangeRates) -> Option<Settled> {
        let Document::ExportDeclaration(declaration) = &*self.declaration else { return None };
        let (trade, merchant_since, day) = (&*self.trade, self.merchant_since, self.day);
        let matched = MatchedExport { trade, declaration, merchant_since, day };
        Some(Settled::of_export(self.position, &matched, rates))
    }

    /// What it came to, and would have.
    pub fn compared(&self, draft: &Draft) -> Option<Compared> {
        Some(self.settled(&draft.book().rates)?.compared(draft))
    }
}

impl Job {
    /// One that cannot be tried.
    pub(crate) fn untried(position: Position, merchant: clearance::Text, why: Untried) -> Self {
        Self::unknown((position, merchant), false, why)
    }

    /// A list of exports that cannot be tried.
    pub(crate) fn untried_export(position: Position, merchant: clearance::Text, why: Untried) -> Self {
        Self::unknown((position, merchant), true, why)
    }

    fn unknown((position, merchant): (Position, clearance::Text), exports: bool, why: Untried) -> Self {
        let stored = Judged { verdict: Verdict::Waiting, lane: None, tax: None };
        Self::Known(Compared { position, merchant, exports, stored, draft: Err(why) })
    }
}

/// Rows in order, or why there are no more.
type Piece = Result<Vec<(Position, Row)>, StoreError>;

/// Tries a draft on all that was judged until now. Blocks: for a thread that may. `progress` is told how many rows were read and
/// how many there are; false = no more is wanted, and there is no result. Nothing of the draft is looked at but its tables.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub fn run(
    (read, handle): (&ChosenRead, &Handle),
    draft: &Rulebook,
    share: Share,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Option<Tried>, StoreError> {
    let to = handle.block_on(read.position())?;
    let draft = Draft::new(draft, &books((read, handle))?);
    let (jobs, waiting) = sync_channel::<Vec<Job>>(WAITING);
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        let judges: Vec<_> =
            (0..share.threads.max(1)).map(|_| scope.spawn(|| judged(&waiting, &draft))).collect();
        let mut walk = Walk::new(draft.clone(), to.writers.iter().all(|(writer, _)| *writer == 0));
        let walked = walked((read, handle), &mut walk, (0, &to), share, &jobs, progress, scope);
        if walked.as_ref().is_ok_and(|walked| walked.whole) {
            let mut open = Vec::new();
            walk.ended(&mut |job| open.push(job));
            let _ = jobs.send(open);
        }
        drop(jobs);
        let mut tried = Tried::default();
        for judge in judges {
            tried.merge(judge.join().unwrap_or_default());
        }
        let walked = walked?;
        Ok(walked.whole.then(|| Tried { rows: walked.rows, to: to.clone(), ..tried }))
    })
}

/// The rulebooks there were, those that load.
fn books((read, handle): (&ChosenRead, &Handle)) -> Result<Vec<Arc<Rulebook>>, StoreError> {
    let rows = handle.block_on(read.rulebooks())?;
    Ok(rows.iter().filter_map(|row| crate::window::loaded(row).ok().map(Arc::new)).collect())
}

/// Takes declarations until there are no more.
fn judged(waiting: &Mutex<Receiver<Vec<Job>>>, draft: &Draft) -> Tried {
    let mut all = Tried::default();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(jobs) = next else { return all };
        for job in jobs {
            if let Some(compared) = tried(job, draft) {
                all.add(&compared);
            }
        }
    }
}

/// One declaration; a judgement that fails is none that could be tried.
pub fn tried(job: Job, draft: &Draft) -> Option<Compared> {
    match job {
        Job::Known(compared) => Some(compared),
        Job::Rules(rules) => guarded((rules.position, false), draft, || rules.compared(draft)),
        Job::Judge(mut grounds) => {
            register::as_facts(&mut grounds.records);
            guarded((grounds.event.position, false), draft, || compare(*grounds, draft))
        }
        Job::RulesOfExport(rules) => guarded((rules.position, true), draft, || rules.compared(draft)),
        Job::JudgeExport(mut grounds) => {
            register::as_facts(&mut grounds.records);
            guarded((grounds.event.position, true), draft, || export::compare(*grounds, draft))
        }
    }
}

fn guarded(
    (position, exports): (Position, bool),
    draft: &Draft,
    judge: impl FnOnce() -> Option<Compared>,
) -> Option<Compared> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(judge)).unwrap_or_else(|_| {
        tracing::error!(position = position.number(), "a declaration could not be tried");
        tried(Job::unknown((position, clearance::Text::default()), exports, Untried::Grounds), draft)
    })
}

/// How far rows were walked.
struct Walked {
    rows: u64,
    /// The last of them.
    reached: Option<Position>,
    /// To the end: more was wanted all the time.
    whole: bool,
}

/// Walks rows behind a sequence and up to a cursor; what lies before them is of a folder alone.
fn walked<'scope, 'a: 'scope>(
    (read, handle): (&'a ChosenRead, &'a Handle),
    walk: &mut Walk,
    (from, to): (u64, &'a Cursor),
    share: Share,
    jobs: &SyncSender<Vec<Job>>,
    progress: &mut dyn FnMut(u64, u64) -> bool,
    scope: &'scope thread::Scope<'scope, 'a>,
) -> Result<Walked, StoreError> {
    let total = to.writers.iter().map(|(_, sequence)| sequence).sum::<u64>().saturating_sub(from);
    let mut pieces = readers((read, handle), (from, to), share, scope);
    let (mut walked, mut together) = (Walked { rows: 0, reached: None, whole: true }, Vec::new());
    while let Some(reader) = pieces.pop_front() {
        let Ok(piece) = reader.recv() else { continue };
        pieces.push_back(reader);
        for (position, row) in piece? {
            walked.rows += 1;
            walked.reached = Some(position);
            handle.block_on(walk.row(read, position, row, &mut |job| together.push(job)))?;
            if together.len() >= TOGETHER && jobs.send(std::mem::take(&mut together)).is_err() {
                return Ok(Walked { whole: false, ..walked });
            }
        }
        if !progress(walked.rows, total.max(walked.rows)) {
            walked.whole = false;
            break;
        }
    }
    let _ = jobs.send(together);
    Ok(walked)
}

/// Threads that read: piece by piece in turns on one chain of rows, one alone where writers' rows are in order of their commits.
fn readers<'scope, 'a: 'scope>(
    (read, handle): (&'a ChosenRead, &'a Handle),
    (from, to): (u64, &'a Cursor),
    share: Share,
    scope: &'scope thread::Scope<'scope, 'a>,
) -> VecDeque<Receiver<Piece>> {
    let last = to.sequence(0);
    let alone = to.writers.iter().any(|(writer, _)| *writer != 0);
    let count = if alone { 1 } else { share.threads.max(1) as u64 };
    let reader = |first: u64| {
        let (sender, receiver) = sync_channel(1);
        scope.spawn(move || {
            if alone {
                return in_order((read, handle), to, share, &sender);
            }
            let mut after = from + first * PIECE;
            while after < last {
                let started = Instant::now();
                let until = (after + PIECE).min(last);
                let piece = handle.block_on(between(read, after, until));
                let failed = piece.is_err();
                if sender.send(piece).is_err() || failed {
                    return;
                }
                rest(share, started);
                after += PIECE * count;
            }
        });
        receiver
    };
    (0..count).map(reader).collect()
}

/// Rows of a folder after one and up to another.
async fn between(read: &ChosenRead, after: u64, until: u64) -> Piece {
    let mut rows = Vec::with_capacity((until - after) as usize);
    let cursor = Cursor { writers: vec![(0, after)] };
    let mut visit = |position: Position, row: Row| {
        let wanted = position.sequence <= until;
        if wanted {
            rows.push((position, row));
        }
        wanted && position.sequence < until
    };
    read.scan(&cursor, &mut visit).await?;
    Ok(rows)
}

/// All rows in order of their commits, up to a cursor.
fn in_order((read, handle): (&ChosenRead, &Handle), to: &Cursor, share: Share, sender: &SyncSender<Piece>) {
    let mut after = Cursor::default();
    loop {
        let started = Instant::now();
        let from = after.clone();
        let (mut rows, mut looked) = (Vec::new(), 0);
        let mut visit = |position: Position, row: Row| {
            looked += 1;
            after.reach(position);
            if position.sequence <= to.sequence(position.writer) {
                rows.push((position, row));
            }
            looked < PIECE
        };
        let scanned = handle.block_on(read.scan(&from, &mut visit));
        let piece = scanned.map(|()| rows);
        let ended = looked < PIECE || piece.is_err();
        if sender.send(piece).is_err() || ended {
            return;
        }
        rest(share, started);
    }
}

fn rest(share: Share, started: Instant) {
    if share.rest > 0 {
        // A piece that took long is not made up for at once.
        thread::sleep((started.elapsed() * share.rest).min(Duration::from_secs(1)));
    }
}
