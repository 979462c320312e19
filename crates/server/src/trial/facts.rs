//! Trials of rules alone from what is kept of declarations: for each whose verdict is known, what conditions look at, as it stood when
//! it was decided, and what stands beside the rules ([`Settled`]). It is derived of rows, lies in parts beside the ledger of a data
//! folder, and goes on where it ended: with the first trial that asks for it, afterwards with `follow`; what is lost or of another form is
//! made again. No person is in it, and of rows that were erased since nothing is tried, as when rows are read. What it cannot say
//! (law that changed, trades that scripts decide, a database) is tried on the rows themselves ([`Way`]).

use super::{Job, Share, Tried, WAITING, Walk, Way, books, run, walked};
use crate::Window;
use crate::beside::yield_to_others;
use clearance::Rulebook;
use clearance::decide::ENGINE;
use clearance::keys::Position;
use clearance::trial::{Compared, Draft, Settled, Untried};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use store::codec::{SettledIndex, SettledPart, decode_settled, encode_settled};
use store::{ChosenRead, Cursor, Derived, Read, StoreError};
use tokio::runtime::Handle;

/// Under this name it lies beside the ledger.
const NAME: &str = "trial";
/// Declarations of a part.
const PART: u32 = 8_192;
/// Rows that there have to be more before what is kept is brought up to them without a trial.
const BEHIND: u64 = 50_000;
/// How often that is looked at.
const EVERY: Duration = Duration::from_secs(60);

/// Where rows and what is derived of them are.
type Place<'a> = (&'a ChosenRead, &'a Handle);

fn failed(what: &str) -> StoreError {
    StoreError::Failed { operation: "keep what trials ask of declarations".to_owned(), source: what.into() }
}

/// What is kept, and of which rows.
#[derive(Default)]
struct Kept {
    covers: Cursor,
    index: SettledIndex,
}

impl Kept {
    fn nothing() -> Self {
        Self { index: SettledIndex { engine: ENGINE, ..SettledIndex::default() }, ..Self::default() }
    }

    /// What lies there, if it is of this engine and form.
    fn found((read, handle): Place<'_>) -> Result<Option<Self>, StoreError> {
        let Some((covers, bytes)) = handle.block_on(read.derived().kept(NAME))? else { return Ok(None) };
        let index = SettledIndex::decode(&bytes).ok().flatten().filter(|index| index.engine == ENGINE);
        Ok(index.map(|index| Self { covers, index }))
    }

    /// Whether all of it can be held against a draft.
    fn is_short(&self, draft: &Draft) -> bool {
        self.index.judged.iter().all(|(number, day)| draft.is_short(*number, *day))
    }
}

/// Declarations of a part that is not kept yet.
#[derive(Default)]
struct Part {
    bytes: Vec<u8>,
    declarations: u32,
}

impl Part {
    fn add(&mut self, settled: &Settled) {
        encode_settled(settled, &mut self.bytes);
        self.declarations += 1;
    }
}

/// What makes parts out of declarations, on several threads.
struct Maker<'a> {
    derived: &'a Derived,
    handle: &'a Handle,
    books: &'a [Arc<Rulebook>],
    next: AtomicU32,
    parts: Mutex<Vec<SettledPart>>,
    failed: AtomicBool,
}

impl Maker<'_> {
    /// Takes declarations until there are no more; what is left is no whole part. After a failure they are taken and dropped.
    fn made(&self, waiting: &Mutex<Receiver<Vec<Job>>>) -> Result<Part, StoreError> {
        let (mut part, mut result) = (Part::default(), Ok(()));
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(jobs) = next else { return result.map(|()| part) };
            if result.is_err() {
                continue;
            }
            jobs.into_iter().filter_map(|job| settled(job, self.books)).for_each(|one| part.add(&one));
            if part.declarations >= PART {
                result = self.keep(std::mem::take(&mut part));
                self.failed.fetch_or(result.is_err(), Ordering::Relaxed);
            }
        }
    }

    fn keep(&self, part: Part) -> Result<(), StoreError> {
        let (number, declarations) = (self.next.fetch_add(1, Ordering::Relaxed), part.declarations);
        let digest = self.handle.block_on(self.derived.keep_part(NAME, number, part.bytes))?;
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.push(SettledPart { number, declarations, digest });
        Ok(())
    }
}

/// What is kept of a declaration; one that fails is none that could be tried.
fn settled(job: Job, books: &[Arc<Rulebook>]) -> Option<Settled> {
    let guarded = |(position, exports): (Position, bool), settle: &dyn Fn() -> Option<Settled>| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(settle)).unwrap_or_else(|_| {
            tracing::error!(position = position.number(), "a declaration could not be kept for trials");
            Some(Settled::untried((position, exports), clearance::Text::default(), Untried::Grounds))
        })
    };
    match job {
        Job::Known(compared) => Some(Settled::known(compared)),
        Job::Rules(rules) => guarded((rules.position, false), &|| rules.settled()),
        Job::RulesOfExport(rules) => {
            let number = rules.trade.attempt.as_ref().map(|attempt| attempt.rulebook);
            // Where its book does not load, no draft is held against what is kept.
            let book = books.iter().find(|book| Some(book.number) == number).or(books.last())?;
            guarded((rules.position, true), &|| rules.settled(&book.rates))
        }
        Job::Judge(_) | Job::JudgeExport(_) => None,
    }
}

/// Brings what is kept up to the newest rows; none = no more was wanted, and it goes on from there the next time. `progress` is told of
/// how many rows it is, and how many there are.
fn brought_up(
    place: Place<'_>,
    mut kept: Kept,
    share: Share,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Option<Kept>, StoreError> {
    let (read, handle) = place;
    let to = handle.block_on(read.position())?;
    let books = books(place)?;
    let Some(book) = books.last().filter(|_| !kept.covers.covers(&to)) else { return Ok(Some(kept)) };
    let derived = read.derived();
    let (from, total) = (kept.covers.sequence(0), to.sequence(0));
    let mut left = Part::default();
    // A small part at the end grows.
    if let Some(last) = kept.index.parts.pop_if(|last| last.declarations < PART / 2) {
        let found = handle.block_on(derived.part(NAME, last.number, last.digest))?;
        let Some(bytes) = found else { return brought_up(place, Kept::nothing(), share, progress) };
        left = Part { bytes, declarations: last.declarations };
    }
    let mut walk = handle.block_on(Walk::of_facts(read, Draft::new(book, &[]), &kept.index.open))?;
    let maker = Maker {
        derived: &derived,
        handle,
        books: &books,
        next: AtomicU32::new(kept.index.next),
        parts: Mutex::new(std::mem::take(&mut kept.index.parts)),
        failed: AtomicBool::new(false),
    };
    let (jobs, waiting) = sync_channel::<Vec<Job>>(WAITING);
    let waiting = Mutex::new(waiting);
    let walked = thread::scope(|scope| {
        let makers: Vec<_> =
            (0..share.threads.max(1)).map(|_| scope.spawn(|| maker.made(&waiting))).collect();
        let mut told =
            |rows: u64, _: u64| progress(from + rows, total) && !maker.failed.load(Ordering::Relaxed);
        let walked = walked((read, handle), &mut walk, (from, &to), share, &jobs, &mut told, scope);
        drop(jobs);
        for made in makers {
            let more = made.join().map_err(|_| failed("a thread ended"))??;
            left.bytes.extend(more.bytes);
            left.declarations += more.declarations;
        }
        walked
    })?;
    if left.declarations > 0 {
        maker.keep(left)?;
    }
    if walked.whole {
        kept.covers = to.clone();
    } else if let Some(reached) = walked.reached {
        kept.covers.reach(reached);
    }
    kept.index.next = maker.next.load(Ordering::Relaxed);
    kept.index.parts = maker.parts.into_inner().unwrap_or_else(PoisonError::into_inner);
    kept.index.open.clear();
    walk.ended(&mut |job| kept.index.open.extend(settled(job, &books)));
    kept.index.open.sort_by_key(|one| one.position);
    let gathered = walk.gathered();
    let judged: BTreeSet<_> = kept.index.judged.drain(..).chain(gathered.judged).collect();
    kept.index.judged = judged.into_iter().collect();
    kept.index.erased.extend(gathered.erased);
    handle.block_on(derived.keep(NAME, &kept.covers, kept.index.encode()))?;
    let numbers = kept.index.parts.iter().map(|part| part.number).collect();
    handle.block_on(derived.keep_parts_only(NAME, numbers))?;
    Ok(walked.whole.then_some(kept))
}

/// What is kept while a draft is held against it.
struct Holding<'a> {
    draft: &'a Draft,
    kept: &'a Kept,
    derived: &'a Derived,
    handle: &'a Handle,
    erased: FxHashSet<u64>,
    next: AtomicUsize,
    /// No more is wanted, or a part is gone.
    ended: AtomicBool,
}

/// What became of it.
enum Held {
    Tried(Box<Tried>),
    /// No more was wanted.
    Ended,
    /// Something that was kept is gone.
    Lost,
}

impl Holding<'_> {
    fn compared(&self, settled: Settled) -> Compared {
        let (of, merchant) = ((settled.position, settled.exports), settled.merchant.clone());
        let untried = |why| Settled::untried(of, merchant.clone(), why).compared(self.draft);
        if self.erased.contains(&of.0.number()) {
            return untried(Untried::Grounds);
        }
        let compare = std::panic::AssertUnwindSafe(|| settled.compared(self.draft));
        std::panic::catch_unwind(compare).unwrap_or_else(|_| {
            tracing::error!(position = of.0.number(), "a declaration could not be tried");
            untried(Untried::Grounds)
        })
    }

    /// Takes parts until there are no more, and says how many declarations each had; none = one is gone.
    fn tried(&self, told: &Sender<u64>) -> Result<Option<Tried>, StoreError> {
        yield_to_others();
        let mut tried = Tried::default();
        while !self.ended.load(Ordering::Relaxed) {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(part) = self.kept.index.parts.get(at) else { break };
            let bytes = self.handle.block_on(self.derived.part(NAME, part.number, part.digest))?;
            let held = bytes.map(|bytes| decode_settled(&bytes, &mut |one| tried.add(&self.compared(one))));
            if !matches!(held, Some(Ok(()))) {
                self.ended.store(true, Ordering::Relaxed);
                return Ok(None);
            }
            let _ = told.send(part.declarations.into());
        }
        Ok(Some(tried))
    }
}

/// Holds a draft against what is kept, on threads that yield to all others. `progress` is told of rows in proportion.
fn held(
    (read, handle): Place<'_>,
    kept: &Kept,
    draft: &Draft,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Held, StoreError> {
    let derived = read.derived();
    let holding = Holding {
        draft,
        kept,
        derived: &derived,
        handle,
        erased: kept.index.erased.iter().copied().collect(),
        next: AtomicUsize::new(0),
        ended: AtomicBool::new(false),
    };
    let rows = kept.covers.sequence(0);
    let declarations: u64 = kept.index.parts.iter().map(|part| u64::from(part.declarations)).sum();
    let (told, heard) = channel();
    let mut all = Tried::default();
    let (mut wanted, mut lost) = (true, false);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..Share::whole().threads)
            .map(|_| (told.clone(), &holding))
            .map(|(told, holding)| scope.spawn(move || holding.tried(&told)))
            .collect();
        drop(told);
        let mut done = 0;
        for more in heard {
            done += more;
            wanted &= progress(rows * done / declarations.max(1), rows);
            holding.ended.fetch_or(!wanted, Ordering::Relaxed);
        }
        for thread in threads {
            match thread.join().map_err(|_| failed("a thread ended"))?? {
                Some(tried) => all.merge(tried),
                None => lost = true,
            }
        }
        Ok::<(), StoreError>(())
    })?;
    if lost || !wanted {
        return Ok(if lost { Held::Lost } else { Held::Ended });
    }
    kept.index.open.iter().for_each(|one| all.add(&holding.compared(one.clone())));
    all.way = Way::Facts;
    (all.rows, all.to) = (rows, kept.covers.clone());
    Ok(Held::Tried(Box::new(all)))
}

/// Tries a draft as [`run`] does, and comes to the same: from what is kept, which is made or brought up first, where that can say it;
/// else on the rows. `share` is what reading rows may take; what is kept is held against the draft on all processors, behind everybody
/// else. One at a time.
///
/// # Errors
/// [`StoreError`] when rows cannot be read, or what is derived of them cannot be kept.
pub fn run_from_facts(
    (read, handle): (&ChosenRead, &Handle),
    draft: &Rulebook,
    share: Share,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Option<Tried>, StoreError> {
    let place = (read, handle);
    let of_books = Draft::new(draft, &books(place)?);
    // With which rulebooks was judged is known when all is gathered: one that nothing was judged with, as what was compiled in, matters not.
    if !read.derived().has_parts() || !of_books.is_of_the_law_in_force() {
        return run(place, draft, share, progress);
    }
    let mut kept = Kept::found(place)?.unwrap_or_else(Kept::nothing);
    // What is lost is made again, once.
    for _ in 0..2 {
        let Some(now) = brought_up(place, kept, share, progress)? else { return Ok(None) };
        if !now.is_short(&of_books) {
            break;
        }
        match held(place, &now, &of_books, progress)? {
            Held::Tried(tried) => return Ok(Some(*tried)),
            Held::Ended => return Ok(None),
            Held::Lost => kept = Kept::nothing(),
        }
    }
    run(place, draft, share, progress)
}

/// Keeps up with the ledger what a trial has asked for once, little by little and behind everybody else; never at the same time as a
/// trial. It is dropped with the window.
pub async fn follow(window: Window) {
    if !window.read.derived().has_parts() {
        return;
    }
    loop {
        tokio::time::sleep(EVERY).await;
        let (window, handle) = (window.clone(), Handle::current());
        let followed = tokio::task::spawn_blocking(move || {
            let Some(_alone) = window.trials.alone() else { return Ok(()) };
            let place = (&window.read, &handle);
            let Some(kept) = Kept::found(place)? else { return Ok(()) };
            if kept.covers.behind(&handle.block_on(window.read.position())?) < BEHIND {
                return Ok(());
            }
            // A trial that waits goes on with it itself.
            let mut goes_on =
                |_: u64, _: u64| !window.pipeline.is_closed() && window.trials.running().is_none();
            brought_up(place, kept, Share::beside_intake(), &mut goes_on).map(|_| ())
        });
        match followed.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "what trials ask of declarations cannot be kept up"),
            Err(error) => tracing::error!(%error, "what trials ask of declarations is not kept up"),
        }
    }
}
