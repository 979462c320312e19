//! The straight path: messages, timers, follows and officers' actions → load → decide → commit → answers. One thread,
//! one writer; what arrives while a commit is under way shares the next.

use crate::clock::Clock;
use crate::ingest::Ingested;
use crate::metrics::Metrics;
use crate::plan::Plan;
use bytes::Bytes;
use clearance::decide::Reference;
use clearance::event::{Arrived, Cause, Follow, OfficerAction, Timer};
use clearance::keys::{OrderKey, Position, Time};
use clearance::outcome::{Answer, Outcome};
use std::collections::VecDeque;
use std::sync::{Arc, RwLock};
use std::time::Instant;
use store::{Commit, FilingRow, MessageRow, Read, Row, RulebookRow, Store, StoreError, Transaction};
use tokio::sync::{mpsc, oneshot};

/// Events that share a commit at most: bounds its latency.
const BATCH_EVENTS: usize = 500;
/// Commits tried before the pipeline gives up on a store that keeps losing.
const ATTEMPTS: usize = 50;

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
}

/// The pipeline's door.
#[derive(Clone)]
pub struct Pipeline {
    sender: mpsc::Sender<Work>,
}

impl Pipeline {
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
}

/// What the pipeline's thread owns.
struct Engine<S: Store> {
    store: S,
    read: S::Read,
    reference: Arc<RwLock<Arc<Reference>>>,
    clock: Clock,
    metrics: Arc<Metrics>,
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
    failed: impl FnOnce(StoreError) + Send + 'static,
) -> std::io::Result<(Pipeline, std::thread::JoinHandle<()>)> {
    let (sender, queue) = mpsc::channel(2_000);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let read = store.read();
    let thread = std::thread::Builder::new().name("pipeline".to_owned()).spawn(move || {
        let mut engine = Engine { store, read, reference, clock, metrics, follows: VecDeque::new() };
        if let Err(error) = runtime.block_on(engine.run(queue)) {
            failed(error);
        }
    })?;
    Ok((Pipeline { sender }, thread))
}

impl<S: Store> Engine<S> {
    async fn run(&mut self, mut queue: mpsc::Receiver<Work>) -> Result<(), StoreError> {
        self.follows = self.read.follows(usize::MAX).await?.into();
        loop {
            let mut batch = Vec::new();
            let mut events = 0;
            if self.follows.is_empty() {
                match queue.recv().await {
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
            let mut plan = Plan::default();
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
            let rows = plan.write(first, time, outcomes);
            let last = Position { writer: first.writer, sequence: first.sequence + rows.len() as u64 - 1 };
            let commit = transaction.commit(time, &rows).await?;
            let done = match commit {
                Commit::Done { .. } => true,
                Commit::Lost => false,
                Commit::Unknown => self.store.durable().await? >= last,
            };
            Metrics::add(&self.metrics.load_micros, (loaded - started).as_micros() as u64);
            Metrics::add(&self.metrics.decide_micros, (decided - loaded).as_micros() as u64);
            Metrics::add(&self.metrics.commit_micros, decided.elapsed().as_micros() as u64);
            if done {
                Metrics::add(&self.metrics.commits, 1);
                self.settle(follows.len(), rows, batch).await?;
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
                let answers = self.preview(documents).await?;
                let _ = answer.send(answers);
            }
        }
        Ok(())
    }

    fn reference(&self) -> Arc<Reference> {
        self.reference.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// After the commit: reference moves, follows wait, senders are answered. The first rows are those of follows.
    async fn settle(&mut self, follows: usize, rows: Vec<Row>, batch: Vec<Work>) -> Result<(), StoreError> {
        for row in &rows {
            if let Row::Event(event) = row
                && let Some(outcome) = &event.outcome
            {
                self.follows.extend(outcome.follows.iter().cloned());
                self.count(outcome);
            }
        }
        let mut rows = rows.into_iter().skip(follows);
        for work in batch {
            match work {
                Work::Message(_, answer) => {
                    let Some(Row::Message(message)) = rows.next() else { continue };
                    Metrics::add(&self.metrics.messages, 1);
                    Metrics::add(&self.metrics.messages_refused, u64::from(message.refusal.is_some()));
                    let mut documents = Vec::with_capacity(message.documents as usize);
                    for row in rows.by_ref().take(message.documents as usize) {
                        documents.extend(self.answer_row(row).await?);
                    }
                    let _ = answer.send(MessageAnswer { message, documents });
                }
                Work::Action(_, answer) => {
                    if let Some(row) = rows.next()
                        && let Some(answered) = self.answer_row(row).await?
                    {
                        let _ = answer.send(answered);
                    }
                }
                Work::Timer(_, answer) => {
                    if let (Some(row), Some(answer)) = (rows.next(), answer)
                        && let Some(answered) = self.answer_row(row).await?
                    {
                        let _ = answer.send(answered);
                    }
                }
                Work::Filing(filing, answer) => {
                    rows.next();
                    self.change(|reference| {
                        Arc::make_mut(&mut reference.parties).file(filing.filing.clone())
                    });
                    let _ = answer.send(());
                }
                Work::Rulebook(_, book, answer) => {
                    rows.next();
                    self.change(|reference| reference.books.push(book.clone()));
                    let _ = answer.send(());
                }
                Work::Preview(..) => {}
            }
        }
        Ok(())
    }

    async fn answer_row(&self, row: Row) -> Result<Option<Answered>, StoreError> {
        match row {
            Row::Event(event) => {
                let position = event.event.position;
                self.answer(position, event.outcome.map(|outcome| *outcome)).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Reference)) {
        let mut slot = self.reference.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut reference = (**slot).clone();
        change(&mut reference);
        *slot = Arc::new(reference);
    }

    fn count(&self, outcome: &Outcome) {
        let metrics = &self.metrics;
        Metrics::add(&metrics.documents, 1);
        Metrics::add(&metrics.receipts, outcome.receipts.len() as u64);
        Metrics::add(&metrics.documents_repeated, u64::from(outcome.repeats.is_some()));
        Metrics::add(&metrics.documents_refused, u64::from(outcome.answer.status < 0));
        let released =
            outcome.receipts.iter().filter(|receipt| receipt.document.kind() == ceb::Kind::TaxBill).count();
        Metrics::add(&metrics.declarations_released, released as u64);
        let rejected = outcome
            .receipts
            .iter()
            .any(|receipt| receipt.document.kind() == ceb::Kind::DeclarationReceipt && receipt.status == 100);
        Metrics::add(&metrics.declarations_rejected, u64::from(rejected));
    }

    /// The answer to one event; a repeated document gets the answer of its first row.
    async fn answer(&self, position: Position, outcome: Option<Outcome>) -> Result<Answered, StoreError> {
        let Some(outcome) = outcome else {
            let answer = Answer {
                status: 0,
                info: "已收妥，待处理".into(),
                findings: Vec::new(),
                pre_no: None,
                version: 0,
            };
            return Ok(Answered {
                position,
                order: None,
                answer,
                repeated: false,
                undecided: true,
                outcome: None,
            });
        };
        if let Some(first) = outcome.repeats {
            let event = self.read.event(first).await?;
            if let Some(earlier) = event.and_then(|event| event.row.outcome) {
                let answer = earlier.answer.clone();
                return Ok(Answered {
                    position: first,
                    order: earlier.order.clone(),
                    answer,
                    repeated: true,
                    undecided: false,
                    outcome: None,
                });
            }
        }
        let (order, answer) = (outcome.order.clone(), outcome.answer.clone());
        Ok(Answered {
            position,
            order,
            answer,
            repeated: outcome.repeats.is_some(),
            undecided: false,
            outcome: Some(Box::new(outcome)),
        })
    }

    /// The same engine on the same facts; nothing is written.
    async fn preview(&mut self, documents: Vec<Arc<Arrived>>) -> Result<Vec<Answered>, StoreError> {
        let reference = self.reference();
        let now = self.clock.now();
        let mut plan = Plan::default();
        for document in &documents {
            plan.event(Cause::Document(document.clone()), Bytes::new(), None, now);
        }
        let mut transaction = self.store.load(std::mem::take(&mut plan.keys), plan.rows.len()).await?;
        let mut facts = transaction.facts();
        drop(transaction);
        let (first, time) = (facts.next, Time(now.0.max(facts.last_time.0)));
        let outcomes = plan.judge_carefully(first, &mut facts, &reference, time, &self.metrics);
        let mut answers = Vec::with_capacity(outcomes.len());
        for (index, outcome) in outcomes.into_iter().enumerate() {
            answers.push(
                self.answer(
                    Position { writer: first.writer, sequence: first.sequence + index as u64 },
                    outcome,
                )
                .await?,
            );
        }
        Ok(answers)
    }
}

fn weight(work: &Work) -> usize {
    match work {
        Work::Message(ingested, _) => ingested.documents.len().max(1),
        _ => 1,
    }
}
