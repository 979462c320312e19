//! The straight path: messages, timers, follows and officers' actions → load → decide → commit → answers. One thread
//! judges; what it hands to the store is answered when it is durable (see `answering`), and what arrives meanwhile
//! shares the next commit.

use crate::answering::{self, Answering, Told};
use crate::clock::Clock;
pub use crate::door::{Answered, MessageAnswer, Pipeline, Work};
use crate::metrics::{Metrics, Step};
use crate::plan::Plan;
use crate::progress::Stage;
use crate::reference;
use crate::scoring::Scoring;
use crate::shadow::Shadows;
use crate::statistics::Statistics;
use crate::tail::Tail;
use crate::window::OpenError;
use bytes::Bytes;
use clearance::decide::Reference;
use clearance::event::{Arrived, Cause, Event, Follow};
use clearance::facts::Facts;
use clearance::keys::{Position, Time};
use clearance::outcome::Outcome;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Instant;
use store::{Commit, Durable, Read, Row, Store, StoreError, StoredEvent, Transaction};
use tokio::sync::{Notify, mpsc, oneshot};

/// Events that share a commit at most: bounds its latency.
pub(crate) const BATCH_EVENTS: usize = 500;
/// Work that waits at most; who sends more waits with it.
pub(crate) const WAITING: usize = 2_000;
/// Commits tried before the pipeline gives up on a store that keeps losing.
pub(crate) const ATTEMPTS: usize = 50;

/// What judges: [`clearance::decide::decide`]; tests put one in its place that fails.
pub type Judge = fn(&[Event], &mut Facts, &Reference, Time) -> Vec<Outcome>;

/// What the pipeline's thread owns.
pub(crate) struct Engine<S: Store> {
    pub(crate) store: S,
    pub(crate) answers: mpsc::Sender<Told>,
    reference: Arc<RwLock<Arc<Reference>>>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Arc<Metrics>,
    judge: Judge,
    pause: Arc<AtomicBool>,
    /// A rulebook that another published does not load here: nothing is judged until one does.
    unreadable: Arc<AtomicBool>,
    /// Events were recorded that wait for their judgement.
    backlog: bool,
    follows: VecDeque<Follow>,
    scoring: Scoring,
}

/// What the pipeline shares with its window.
pub(crate) struct Surroundings {
    pub(crate) reference: Arc<RwLock<Arc<Reference>>>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) pause: Arc<AtomicBool>,
    pub(crate) unreadable: Arc<AtomicBool>,
    pub(crate) tail: Arc<Tail>,
    pub(crate) statistics: Arc<Statistics>,
    pub(crate) shadows: Shadows,
    pub(crate) export_shadows: Shadows,
}

/// Starts the pipeline on its own thread. A store that fails ends the process's intake: the sender's queue closes, and
/// `failed` is told why.
///
/// # Errors
/// When the thread or its runtime cannot be started.
pub(crate) fn start<S: Store>(
    store: S,
    surroundings: Surroundings,
    judge: Judge,
    failed: impl FnOnce(StoreError) + Send + 'static,
) -> std::io::Result<(Pipeline, std::thread::JoinHandle<()>)> {
    let Surroundings { reference, clock, metrics, pause, unreadable, tail, statistics, .. } = surroundings;
    let (sender, queue) = mpsc::channel(WAITING);
    let closing = Arc::new(Notify::new());
    let told_to_close = closing.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let scoring = Scoring::of(store.read().into(), [surroundings.shadows, surroundings.export_shadows]);
    let answering = Answering {
        read: store.read().into(),
        reference: reference.clone(),
        metrics: metrics.clone(),
        tail,
        statistics,
    };
    let (answers, answering) = answering::start(answering, failed)?;
    let thread = std::thread::Builder::new().name("pipeline".to_owned()).spawn(move || {
        let mut engine = Engine {
            store,
            answers,
            reference,
            clock,
            metrics,
            judge,
            pause,
            unreadable,
            backlog: true,
            follows: VecDeque::new(),
            scoring,
        };
        runtime.block_on(async {
            if let Err(error) = engine.run(queue, &told_to_close).await {
                // Behind what is still to be answered.
                let _ = engine.answers.send(Told::Failed(error)).await;
            }
        });
        engine.metrics.progress.end(Stage::Batch);
        // All that was handed over becomes durable first, then it is answered.
        let Engine { store, answers, .. } = engine;
        runtime.block_on(store.close());
        drop(answers);
        let _ = answering.join();
    })?;
    Ok((Pipeline { sender, closing }, thread))
}

impl<S: Store> Engine<S> {
    async fn run(&mut self, mut queue: mpsc::Receiver<Work>, closing: &Notify) -> Result<(), StoreError> {
        self.follows = self.store.read().follows(usize::MAX).await?.into();
        self.tend().await?;
        // What waited is judged, and nothing is in hand until something comes.
        self.metrics.progress.end(Stage::Batch);
        loop {
            let mut batch = Vec::new();
            let mut events = 0;
            if self.follows.is_empty() || self.paused() {
                let next = tokio::select! {
                    next = queue.recv() => next,
                    () = closing.notified() => {
                        // What is in it is still taken out.
                        queue.close();
                        continue;
                    }
                };
                match next {
                    Some(work) => {
                        events += weight(&work);
                        batch.push(work);
                    }
                    None => return Ok(()),
                }
                // Where others wait for this core, what they have in hand shares the batch: each costs as much by itself as three
                // documents. Where a core is free this is nothing.
                std::thread::yield_now();
            }
            while events < BATCH_EVENTS {
                match queue.try_recv() {
                    Ok(work) => {
                        events += weight(&work);
                        batch.push(work);
                    }
                    Err(_) => break,
                }
            }
            let tend = batch.iter().any(|work| matches!(work, Work::Tend));
            // What waits came before what comes now.
            if self.backlog && !self.paused() {
                self.judge_undecided().await?;
            }
            self.process(batch).await?;
            if tend {
                self.metrics.progress.begin(Stage::Batch);
                self.tend().await?;
            }
            self.metrics.progress.end(Stage::Batch);
        }
    }

    /// One batch: load, decide, commit; lost or unknown commits are judged again.
    async fn process(&mut self, batch: Vec<Work>) -> Result<(), StoreError> {
        self.metrics.progress.begin(Stage::Batch);
        let paused = self.paused();
        let count = if paused { 0 } else { self.follows.len().min(BATCH_EVENTS) };
        let follows: Vec<Follow> = self.follows.drain(..count).collect();
        // What was to be judged again waits on.
        self.backlog |= paused && batch.iter().any(|work| matches!(work, Work::Again(_)));
        let batch = if paused { recorded_only(batch, self.unreadable()) } else { batch };
        let (commands, batch): (Vec<Work>, Vec<Work>) =
            batch.into_iter().partition(|work| matches!(work, Work::Command(..)));
        let (previews, mut batch): (Vec<Work>, Vec<Work>) =
            batch.into_iter().partition(|work| matches!(work, Work::Preview(..)));
        let mut careful = false;
        for attempt in 0.. {
            let reference = self.reference();
            batch = refuse_taken(batch, &reference);
            if attempt > 0 {
                batch = self.still_waiting(batch).await?;
            }
            let now = self.clock.now();
            let started = Instant::now();
            let mut plan = Plan::of(self.judge, reference.clone());
            plan.lay_out(&follows, &batch, now);
            if plan.rows.is_empty() {
                break;
            }
            let most = plan.rows.len() + plan.keys.records.len();
            let mut transaction = self.store.load(std::mem::take(&mut plan.keys), most).await?;
            let version = transaction.reference();
            if version != reference.version && !self.unreadable.load(Ordering::Relaxed) {
                drop(transaction);
                drop(plan);
                self.renew_reference().await?;
                if self.unreadable() {
                    // What does not load is not judged with; what came is recorded.
                    follows.into_iter().rev().for_each(|follow| self.follows.push_front(follow));
                    let rest = batch.into_iter().chain(commands).chain(previews).collect();
                    return Box::pin(self.process(rest)).await;
                }
                continue;
            }
            let loaded = Instant::now();
            let mut facts = transaction.facts();
            register::as_facts(&mut facts);
            let (first, time) = (facts.next, Time(now.0.max(facts.last_time.0)));
            let outcomes = if paused {
                self.backlog = true;
                plan.recorded_only(&self.metrics)
            } else {
                let events = plan.events(first);
                if !reference.current().risk_models.is_empty() {
                    self.scoring.give(&events, &reference, time, &mut facts);
                }
                if careful {
                    plan.judge_carefully(&events, &mut facts, &reference, time, &self.metrics)
                } else {
                    match plan.judge(&events, &mut facts, &reference, time) {
                        Some(outcomes) => outcomes,
                        None => {
                            careful = true;
                            continue;
                        }
                    }
                }
            };
            // What moved of bonded books stands behind the rows that moved it.
            let behind = Position { sequence: first.sequence + plan.rows.len() as u64, ..first };
            let beside = register::bonded::of_trades(&mut facts, outcomes.iter().flatten(), time, behind);
            drop(facts);
            let decided = Instant::now();
            let mut rows = plan.write(first, time, outcomes, &reference);
            rows.extend(beside.into_iter().map(Row::Record));
            let rows = Arc::new(rows);
            let last = Position { writer: first.writer, sequence: first.sequence + rows.len() as u64 - 1 };
            let follow_ups: Vec<Follow> = follows_of(&rows).cloned().collect();
            let durable = match transaction.commit(time, rows.clone()).await? {
                Commit::Done { durable, .. } => Some(durable),
                Commit::Lost => None,
                Commit::Unknown => (self.store.durable().await? >= last).then(Durable::now),
            };
            let handed = Instant::now();
            self.metrics.step(Step::Load, loaded - started);
            self.metrics.step(Step::Decide, decided - loaded);
            self.metrics.step(Step::Commit, handed - decided);
            if let Some(durable) = durable {
                Metrics::add(&self.metrics.commits, 1);
                self.follows.extend(follow_ups);
                drop(plan);
                let moved = rows.iter().any(Row::moves_reference).then_some(version + 1);
                self.tell((handed, durable), (first, rows), follows.len(), batch, moved).await?;
                break;
            }
            Metrics::add(&self.metrics.commits_lost, 1);
            if attempt >= ATTEMPTS {
                return Err(StoreError::Failed {
                    operation: "commit a batch".to_owned(),
                    source: "it was lost to other writers again and again".into(),
                });
            }
        }
        self.command(commands).await?;
        for work in previews {
            if let Work::Preview(documents, answer) = work {
                let outcomes = self.preview(documents).await?;
                self.hand(Told::Preview { outcomes, answer }).await?;
            }
        }
        Ok(())
    }

    /// Without what another server has judged meanwhile of what waited.
    async fn still_waiting(&self, batch: Vec<Work>) -> Result<Vec<Work>, StoreError> {
        let read = self.store.read();
        let mut kept = Vec::with_capacity(batch.len());
        for work in batch {
            let judged = match &work {
                Work::Again(event) => read.decided_later(event.position).await?.is_some(),
                _ => false,
            };
            if !judged {
                kept.push(work);
            }
        }
        Ok(kept)
    }

    /// Judges what an earlier version of the engine, or an earlier rulebook, failed on, and what came while judging was paused, in the
    /// order in which it was recorded, by whichever server: the row that it becomes names
    /// the first, its receipts go out, nobody has to send anything again. What still fails stays as it is, without a
    /// new row.
    async fn judge_undecided(&mut self) -> Result<(), StoreError> {
        let mut waiting = self.store.read().undecided().await?;
        self.backlog = false;
        let count = waiting.len();
        let mut decided = 0;
        while !waiting.is_empty() {
            if self.paused() {
                self.backlog = true;
                break;
            }
            let rest = waiting.split_off(waiting.len().min(BATCH_EVENTS));
            let judged = self.try_again(&waiting).await?;
            let mut batch = Vec::with_capacity(waiting.len());
            for (event, judged) in waiting.into_iter().zip(judged) {
                if judged {
                    decided += 1;
                    batch.push(Work::Again(Box::new(event)));
                } else {
                    let position = event.position.number();
                    tracing::error!(position, "an event stays undecided: its judgement fails again");
                }
            }
            self.process(batch).await?;
            waiting = rest;
        }
        if count > 0 {
            tracing::info!(decided, of = count, "events that were recorded undecided are decided");
        }
        Ok(())
    }

    /// Which of these events can be judged now; nothing is written.
    async fn try_again(&mut self, events: &[StoredEvent]) -> Result<Vec<bool>, StoreError> {
        let now = self.clock.now();
        let mut plan = Plan::of(self.judge, self.reference());
        for event in events {
            plan.again(event, now);
        }
        Ok(self.try_out(plan, now).await?.iter().map(|(_, outcome)| outcome.is_some()).collect())
    }

    /// Whether events are recorded and not judged.
    fn paused(&self) -> bool {
        self.unreadable() || self.pause.load(Ordering::Relaxed)
    }

    /// Whether what is in force does not load here.
    pub(crate) fn unreadable(&self) -> bool {
        self.unreadable.load(Ordering::Relaxed)
    }

    /// Hands a batch to be answered. What moves the reference is waited for: the next batch is judged with it.
    async fn tell(
        &mut self,
        (handed, durable): (Instant, Durable),
        (first, rows): (Position, Arc<Vec<Row>>),
        follows: usize,
        work: Vec<Work>,
        reference: Option<u64>,
    ) -> Result<(), StoreError> {
        let (done, waiting) = reference.map(|_| oneshot::channel()).unzip();
        self.hand(Told::Batch { handed, durable, first, rows, follows, work, reference, done }).await?;
        if let Some(waiting) = waiting {
            waiting.await.map_err(|_| ended())?;
        }
        Ok(())
    }

    pub(crate) async fn hand(&self, told: Told) -> Result<(), StoreError> {
        self.answers.send(told).await.map_err(|_| ended())
    }

    /// What other servers did meanwhile, and what waits for its judgement.
    async fn tend(&mut self) -> Result<(), StoreError> {
        if self.store.read().reference().await? != self.reference().version {
            self.renew_reference().await?;
        }
        if self.store.adopt().await? {
            tracing::warn!("what a server left undone that is gone is done here");
            self.follows = self.store.read().follows(usize::MAX).await?.into();
            self.backlog = true;
        }
        // Meanwhile others record too.
        self.backlog |= self.paused();
        if self.backlog && !self.paused() {
            self.judge_undecided().await?;
        }
        Ok(())
    }

    pub(crate) async fn renew_reference(&mut self) -> Result<(), StoreError> {
        match reference::read(&self.store.read().into()).await {
            Ok(newer) => {
                self.unreadable.store(false, Ordering::Relaxed);
                reference::replace(&self.reference, newer);
            }
            Err(OpenError::Store(error)) => return Err(error),
            Err(fault) => {
                self.unreadable.store(true, Ordering::Relaxed);
                tracing::error!(%fault, "what another server published cannot be judged with: what comes is recorded, and judged later");
            }
        }
        Ok(())
    }

    pub(crate) fn reference(&self) -> Arc<Reference> {
        self.reference.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The same engine on the same facts; nothing is written.
    async fn preview(
        &mut self,
        documents: Vec<Arc<Arrived>>,
    ) -> Result<Vec<(Position, Option<Outcome>)>, StoreError> {
        let now = self.clock.now();
        let mut plan = Plan::of(self.judge, self.reference());
        for document in documents {
            plan.event(Cause::Document(document), Bytes::new(), None, now);
        }
        self.try_out(plan, now).await
    }

    /// What events would give now, in order; none where the judgement fails.
    async fn try_out(
        &mut self,
        mut plan: Plan<'_>,
        now: Time,
    ) -> Result<Vec<(Position, Option<Outcome>)>, StoreError> {
        let reference = self.reference();
        let mut transaction = self.store.load(std::mem::take(&mut plan.keys), plan.rows.len()).await?;
        let mut facts = transaction.facts();
        register::as_facts(&mut facts);
        drop(transaction);
        let (first, time) = (facts.next, Time(now.0.max(facts.last_time.0)));
        let events = plan.events(first);
        let outcomes = plan.judge_carefully(&events, &mut facts, &reference, time, &self.metrics);
        let at = |index: usize| Position { writer: first.writer, sequence: first.sequence + index as u64 };
        Ok(outcomes.into_iter().enumerate().map(|(index, outcome)| (at(index), outcome)).collect())
    }
}

/// What can be recorded without being judged; who asked for anything else is told that there is no answer now. Without a
/// readable reference nothing can be added to it either.
fn recorded_only(batch: Vec<Work>, unreadable: bool) -> Vec<Work> {
    let kept = batch.into_iter().filter(|work| match work {
        Work::Message(..) | Work::Tend => true,
        Work::Filing(..) | Work::Rulebook(..) | Work::Seed(..) | Work::Command(..) => !unreadable,
        Work::Preview(..) | Work::Action(..) | Work::ExportAction(..) | Work::Timer(..) | Work::Again(_) => {
            false
        }
    });
    kept.collect()
}

/// Rulebooks whose number another has taken meanwhile are refused: they were made from tables that are not the last.
fn refuse_taken(batch: Vec<Work>, reference: &Reference) -> Vec<Work> {
    if !batch.iter().any(|work| matches!(work, Work::Rulebook(..))) {
        return batch;
    }
    let mut last = reference.current().number;
    // The first row of a new space has the number and the tables that it began with.
    let mut first = reference.version == 0;
    let mut kept = Vec::with_capacity(batch.len());
    for work in batch {
        match work {
            Work::Rulebook(row, book, answer) => {
                if row.number > last || (first && row.digest == reference.current().digest) {
                    (last, first) = (row.number, false);
                    kept.push(Work::Rulebook(row, book, answer));
                } else {
                    let _ = answer.send(false);
                }
            }
            other => kept.push(other),
        }
    }
    kept
}

/// What follows from rows.
fn follows_of(rows: &[Row]) -> impl Iterator<Item = &Follow> {
    let outcomes = rows.iter().filter_map(|row| match row {
        Row::Event(event) => event.outcome.as_deref(),
        _ => None,
    });
    outcomes.flat_map(|outcome| &outcome.follows)
}

/// The answering thread ended: it told why.
pub(crate) fn ended() -> StoreError {
    StoreError::Failed {
        operation: "answer a batch".to_owned(),
        source: "the thread that answers ended".into(),
    }
}

fn weight(work: &Work) -> usize {
    match work {
        Work::Message(ingested, _) => ingested.documents.len().max(1),
        _ => 1,
    }
}
