//! The straight path: messages, timers, follows and officers' actions → load → decide → commit → answers. One thread
//! judges; what it hands to the store is answered when it is durable (see `answering`), and what arrives meanwhile
//! shares the next commit.

use crate::answering::{self, Answering, Told};
use crate::clock::Clock;
use crate::ingest::Ingested;
use crate::metrics::{Metrics, Step};
use crate::plan::Plan;
use bytes::Bytes;
use clearance::decide::Reference;
use clearance::event::{Arrived, Cause, Event, Follow, OfficerAction, Timer};
use clearance::facts::Facts;
use clearance::keys::{OrderKey, Position, Time};
use clearance::outcome::{Answer, Outcome};
use std::collections::VecDeque;
use std::sync::{Arc, RwLock};
use std::time::Instant;
use store::{
    Commit, Durable, FilingRow, MessageRow, Read, Row, RulebookRow, SeedRow, Store, StoreError, StoredEvent,
    Transaction,
};
use tokio::sync::{Notify, mpsc, oneshot};

/// Events that share a commit at most: bounds its latency.
pub(crate) const BATCH_EVENTS: usize = 500;
/// Work that waits at most; who sends more waits with it.
pub(crate) const WAITING: usize = 2_000;
/// Commits tried before the pipeline gives up on a store that keeps losing.
const ATTEMPTS: usize = 50;

/// What judges: [`clearance::decide::decide`]; tests put one in its place that fails.
pub type Judge = fn(&[Event], &mut Facts, &Reference, Time) -> Vec<Outcome>;

/// What a sender is told of one document.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Its row.
    pub position: Position,
    /// The consignment it belongs to.
    pub order: Option<OrderKey>,
    /// The answer; of a repeated document, its first.
    pub answer: Answer,
    /// Whether this content was accepted before.
    pub repeated: bool,
    /// Recorded, but its judgement failed.
    pub undecided: bool,
    /// The outcome, for previews.
    pub outcome: Option<Box<Outcome>>,
}

/// What a sender is told of a message.
#[derive(Clone, Debug)]
pub struct MessageAnswer {
    /// Its row.
    pub message: MessageRow,
    /// One a document.
    pub documents: Vec<Answered>,
}

/// Work for the pipeline.
pub enum Work {
    /// A message.
    Message(Box<Ingested>, oneshot::Sender<MessageAnswer>),
    /// Documents that only ask what would happen.
    Preview(Vec<Arc<Arrived>>, oneshot::Sender<Vec<Answered>>),
    /// An officer's action.
    Action(Arc<OfficerAction>, oneshot::Sender<Answered>),
    /// A timer that is due.
    Timer(Timer, Option<oneshot::Sender<Answered>>),
    /// A filing.
    Filing(Box<FilingRow>, oneshot::Sender<()>),
    /// A published rulebook, loaded.
    Rulebook(Box<RulebookRow>, Arc<clearance::Rulebook>, oneshot::Sender<()>),
    /// A seed of the sampling draw.
    Seed(Box<SeedRow>, oneshot::Sender<()>),
    /// An event that was recorded undecided and can now be judged.
    Again(Box<StoredEvent>),
}

/// The pipeline's door.
#[derive(Clone)]
pub struct Pipeline {
    sender: mpsc::Sender<Work>,
    closing: Arc<Notify>,
}

impl Pipeline {
    /// No more work is taken; what was handed in before is done, then the pipeline ends.
    pub fn close(&self) {
        self.closing.notify_one();
    }
    /// Work that waits.
    pub fn waiting(&self) -> usize {
        self.sender.max_capacity() - self.sender.capacity()
    }
    /// Hands work in; waits while the queue is full. False = the pipeline has ended.
    pub async fn submit(&self, work: Work) -> bool {
        self.sender.send(work).await.is_ok()
    }
    /// Hands a message in and waits for its answer, which is given after the commit.
    pub async fn message(&self, ingested: Ingested) -> Option<MessageAnswer> {
        let (answer, answered) = oneshot::channel();
        self.submit(Work::Message(Box::new(ingested), answer)).await;
        answered.await.ok()
    }
    /// Hands an action in and waits for its answer.
    pub async fn action(&self, action: OfficerAction) -> Option<Answered> {
        let (answer, answered) = oneshot::channel();
        self.submit(Work::Action(Arc::new(action), answer)).await;
        answered.await.ok()
    }
    /// Fires a timer and waits for its answer.
    pub async fn timer(&self, timer: Timer) -> Option<Answered> {
        let (answer, answered) = oneshot::channel();
        self.submit(Work::Timer(timer, Some(answer))).await;
        answered.await.ok()
    }
    /// Asks what documents would give, in order, on a copy.
    pub async fn preview(&self, documents: Vec<Arc<Arrived>>) -> Option<Vec<Answered>> {
        let (answer, answered) = oneshot::channel();
        self.submit(Work::Preview(documents, answer)).await;
        answered.await.ok()
    }
    /// Files a party.
    pub async fn file(&self, filing: FilingRow) -> Option<()> {
        let (answer, answered) = oneshot::channel();
        self.submit(Work::Filing(Box::new(filing), answer)).await;
        answered.await.ok()
    }
    /// Publishes a rulebook.
    pub async fn publish(&self, row: RulebookRow, book: Arc<clearance::Rulebook>) -> Option<()> {
        let (answer, answered) = oneshot::channel();
        self.submit(Work::Rulebook(Box::new(row), book, answer)).await;
        answered.await.ok()
    }
    /// Sets the seed of the draw.
    pub async fn seed(&self, row: SeedRow) -> Option<()> {
        let (answer, answered) = oneshot::channel();
        self.submit(Work::Seed(Box::new(row), answer)).await;
        answered.await.ok()
    }
}

/// What the pipeline's thread owns.
struct Engine<S: Store> {
    store: S,
    answers: mpsc::Sender<Told>,
    reference: Arc<RwLock<Arc<Reference>>>,
    clock: Clock,
    metrics: Arc<Metrics>,
    judge: Judge,
    follows: VecDeque<Follow>,
}

/// Starts the pipeline on its own thread. A store that fails ends the process's intake: the sender's queue closes, and
/// `failed` is told why.
///
/// # Errors
/// When the thread or its runtime cannot be started.
pub fn start<S: Store>(
    store: S,
    reference: Arc<RwLock<Arc<Reference>>>,
    clock: Clock,
    metrics: Arc<Metrics>,
    judge: Judge,
    failed: impl FnOnce(StoreError) + Send + 'static,
) -> std::io::Result<(Pipeline, std::thread::JoinHandle<()>)> {
    let (sender, queue) = mpsc::channel(WAITING);
    let closing = Arc::new(Notify::new());
    let told_to_close = closing.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answering = Answering { read: store.read(), reference: reference.clone(), metrics: metrics.clone() };
    let (answers, answering) = answering::start(answering, failed)?;
    let thread = std::thread::Builder::new().name("pipeline".to_owned()).spawn(move || {
        let mut engine =
            Engine { store, answers, reference, clock, metrics, judge, follows: VecDeque::new() };
        runtime.block_on(async {
            if let Err(error) = engine.run(queue, &told_to_close).await {
                // Behind what is still to be answered.
                let _ = engine.answers.send(Told::Failed(error)).await;
            }
        });
        // All that was handed over becomes durable first, then it is answered.
        let Engine { store, answers, .. } = engine;
        drop(store);
        drop(answers);
        let _ = answering.join();
    })?;
    Ok((Pipeline { sender, closing }, thread))
}

impl<S: Store> Engine<S> {
    async fn run(&mut self, mut queue: mpsc::Receiver<Work>, closing: &Notify) -> Result<(), StoreError> {
        self.follows = self.store.read().follows(usize::MAX).await?.into();
        self.judge_undecided().await?;
        loop {
            let mut batch = Vec::new();
            let mut events = 0;
            if self.follows.is_empty() {
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
            self.process(batch).await?;
        }
    }

    /// One batch: load, decide, commit; lost or unknown commits are judged again.
    async fn process(&mut self, batch: Vec<Work>) -> Result<(), StoreError> {
        let count = self.follows.len().min(BATCH_EVENTS);
        let follows: Vec<Follow> = self.follows.drain(..count).collect();
        let (previews, batch): (Vec<Work>, Vec<Work>) =
            batch.into_iter().partition(|work| matches!(work, Work::Preview(..)));
        let mut careful = false;
        for attempt in 0.. {
            let reference = self.reference();
            let now = self.clock.now();
            let started = Instant::now();
            let mut plan = Plan::of(self.judge);
            plan.lay_out(&follows, &batch, now);
            if plan.rows.is_empty() {
                break;
            }
            let mut transaction = self.store.load(std::mem::take(&mut plan.keys), plan.rows.len()).await?;
            let loaded = Instant::now();
            let mut facts = transaction.facts();
            let (first, time) = (facts.next, Time(now.0.max(facts.last_time.0)));
            let outcomes = if careful {
                plan.judge_carefully(first, &mut facts, &reference, time, &self.metrics)
            } else {
                match plan.judge(first, &mut facts, &reference, time) {
                    Some(outcomes) => outcomes,
                    None => {
                        careful = true;
                        continue;
                    }
                }
            };
            drop(facts);
            let decided = Instant::now();
            let rows = Arc::new(plan.write(first, time, outcomes));
            let last = Position { writer: first.writer, sequence: first.sequence + rows.len() as u64 - 1 };
            let follow_ups: Vec<Follow> = follows_of(&rows).cloned().collect();
            let durable = match transaction.commit(time, rows.clone()).await? {
                Commit::Done { durable, .. } => Some(durable),
                Commit::Lost => None,
                Commit::Unknown => (self.store.durable().await? >= last).then(Durable::now),
            };
            self.metrics.step(Step::Load, loaded - started);
            self.metrics.step(Step::Decide, decided - loaded);
            self.metrics.step(Step::Commit, decided.elapsed());
            if let Some(durable) = durable {
                Metrics::add(&self.metrics.commits, 1);
                self.follows.extend(follow_ups);
                drop(plan);
                self.tell(durable, rows, follows.len(), batch).await?;
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
        for work in previews {
            if let Work::Preview(documents, answer) = work {
                let outcomes = self.preview(documents).await?;
                self.hand(Told::Preview { outcomes, answer }).await?;
            }
        }
        Ok(())
    }

    /// Judges what an earlier version of the engine, or an earlier rulebook, failed on: the row that it becomes names
    /// the first, its receipts go out, nobody has to send anything again. What still fails stays as it is, without a
    /// new row.
    async fn judge_undecided(&mut self) -> Result<(), StoreError> {
        for event in self.store.read().undecided().await? {
            let (cause, position) = (event.row.event.cause.clone(), event.position);
            if self.try_out(vec![cause]).await?.iter().all(|(_, outcome)| outcome.is_some()) {
                self.process(vec![Work::Again(Box::new(event))]).await?;
                tracing::info!(position = position.sequence, "an undecided event is decided");
            } else {
                tracing::error!(
                    position = position.sequence,
                    "an event stays undecided: its judgement fails again"
                );
            }
        }
        Ok(())
    }

    /// Hands a batch to be answered. What moves the reference is waited for: the next batch is judged with it.
    async fn tell(
        &mut self,
        durable: Durable,
        rows: Arc<Vec<Row>>,
        follows: usize,
        work: Vec<Work>,
    ) -> Result<(), StoreError> {
        let moves =
            work.iter().any(|work| matches!(work, Work::Filing(..) | Work::Rulebook(..) | Work::Seed(..)));
        let (done, waiting) = moves.then(oneshot::channel).unzip();
        self.hand(Told::Batch { durable, rows, follows, work, done }).await?;
        if let Some(waiting) = waiting {
            waiting.await.map_err(|_| ended())?;
        }
        Ok(())
    }

    async fn hand(&self, told: Told) -> Result<(), StoreError> {
        self.answers.send(told).await.map_err(|_| ended())
    }

    fn reference(&self) -> Arc<Reference> {
        self.reference.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The same engine on the same facts; nothing is written.
    async fn preview(
        &mut self,
        documents: Vec<Arc<Arrived>>,
    ) -> Result<Vec<(Position, Option<Outcome>)>, StoreError> {
        self.try_out(documents.into_iter().map(Cause::Document).collect()).await
    }

    /// What events would give now, in order; none where the judgement fails.
    async fn try_out(&mut self, causes: Vec<Cause>) -> Result<Vec<(Position, Option<Outcome>)>, StoreError> {
        let reference = self.reference();
        let now = self.clock.now();
        let mut plan = Plan::of(self.judge);
        for cause in causes {
            plan.event(cause, Bytes::new(), None, now);
        }
        let mut transaction = self.store.load(std::mem::take(&mut plan.keys), plan.rows.len()).await?;
        let mut facts = transaction.facts();
        drop(transaction);
        let (first, time) = (facts.next, Time(now.0.max(facts.last_time.0)));
        let outcomes = plan.judge_carefully(first, &mut facts, &reference, time, &self.metrics);
        let at = |index: usize| Position { writer: first.writer, sequence: first.sequence + index as u64 };
        Ok(outcomes.into_iter().enumerate().map(|(index, outcome)| (at(index), outcome)).collect())
    }
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
fn ended() -> StoreError {
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
