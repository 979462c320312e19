//! The straight path: messages, timers, follows and officers' actions → load → decide → commit → answers. One thread,
//! one writer; what arrives while a commit is under way shares the next.

use crate::clock::Clock;
use crate::ingest::Ingested;
use crate::metrics::Metrics;
use clearance::Text;
use clearance::decide::{Reference, decide};
use clearance::event::{Arrived, Cause, Event, Follow, OfficerAction, Timer};
use clearance::facts::{Facts, Keys, needs};
use clearance::keys::{OrderKey, Position, Time};
use clearance::outcome::{Answer, Outcome, Receipt};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, RwLock};
use std::time::Instant;
use store::{
    Commit, EventRow, FilingRow, MessageRow, Read, Row, RulebookRow, Store, StoreError, Transaction,
};
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
        for attempt in 0.. {
            let reference = self.reference();
            let now = self.clock.now();
            let started = Instant::now();
            let mut plan = Plan::default();
            plan.lay_out(&follows, &batch, now);
            let mut transaction = self.store.load(std::mem::take(&mut plan.keys), plan.rows.len()).await?;
            let loaded = Instant::now();
            let mut facts = transaction.facts();
            let (first, time) = (facts.next, Time(now.0.max(facts.last_time.0)));
            let outcomes = plan.judge(first, &mut facts, &reference, time, &self.metrics);
            let decided = Instant::now();
            if plan.rows.is_empty() {
                break;
            }
            let rows = plan.write(first, time, &outcomes);
            let last = Position { writer: first.writer, sequence: first.sequence + rows.len() as u64 - 1 };
            let commit = transaction.commit(time, rows).await?;
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
                self.settle(plan, batch, outcomes, first, time).await?;
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

    /// After the commit: reference moves, follows wait, senders are answered.
    async fn settle(
        &mut self,
        plan: Plan,
        batch: Vec<Work>,
        outcomes: Vec<Option<Outcome>>,
        first: Position,
        time: Time,
    ) -> Result<(), StoreError> {
        let mut rows = plan.rows.into_iter();
        let mut outcomes = outcomes.into_iter();
        let mut sequence = first.sequence;
        let mut next = |outcomes: &mut dyn Iterator<Item = Option<Outcome>>| {
            let position = Position { writer: first.writer, sequence };
            sequence += 1;
            (position, outcomes.next().flatten())
        };
        let mut answered = Vec::with_capacity(batch.len());
        for row in rows.by_ref() {
            let (position, outcome) = next(&mut outcomes);
            if let Some(outcome) = &outcome {
                self.follows.extend(outcome.follows.iter().cloned());
                self.count(outcome);
            }
            answered.push((row, position, outcome));
        }
        let mut answered = answered
            .into_iter()
            .skip_while(|(row, ..)| matches!(row, Planned::Event { cause: Cause::Follow(_), .. }));
        for work in batch {
            match work {
                Work::Message(ingested, answer) => {
                    let Some((_, position, _)) = answered.next() else { continue };
                    let message = message_row(&ingested, position, time);
                    Metrics::add(&self.metrics.messages, 1);
                    let mut documents = Vec::with_capacity(ingested.documents.len());
                    for (_, position, outcome) in answered.by_ref().take(ingested.documents.len()) {
                        documents.push(self.answer(position, outcome).await?);
                    }
                    if message.refusal.is_some() {
                        Metrics::add(&self.metrics.messages_refused, 1);
                    }
                    let _ = answer.send(MessageAnswer { message, documents });
                }
                Work::Action(_, answer) => {
                    if let Some((_, position, outcome)) = answered.next() {
                        let _ = answer.send(self.answer(position, outcome).await?);
                    }
                }
                Work::Timer(_, answer) => {
                    if let (Some((_, position, outcome)), Some(answer)) = (answered.next(), answer) {
                        let _ = answer.send(self.answer(position, outcome).await?);
                    }
                }
                Work::Filing(filing, answer) => {
                    answered.next();
                    self.change(|reference| {
                        Arc::make_mut(&mut reference.parties).file(filing.filing.clone())
                    });
                    let _ = answer.send(());
                }
                Work::Rulebook(_, book, answer) => {
                    answered.next();
                    self.change(|reference| reference.books.push(book.clone()));
                    let _ = answer.send(());
                }
                Work::Preview(..) => {}
            }
        }
        Ok(())
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
            plan.event(Cause::Document(document.clone()), Vec::new(), None, now);
        }
        let mut transaction = self.store.load(std::mem::take(&mut plan.keys), plan.rows.len()).await?;
        let mut facts = transaction.facts();
        drop(transaction);
        let (first, time) = (facts.next, Time(now.0.max(facts.last_time.0)));
        let outcomes = plan.judge(first, &mut facts, &reference, time, &self.metrics);
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

/// One row to be.
enum Planned {
    Message(Box<Ingested>),
    Event { cause: Cause, original: Vec<u8>, message: Option<usize> },
    Filing(FilingRow),
    Rulebook(RulebookRow),
}

/// The rows of a batch, in order, and the keys that they name.
#[derive(Default)]
struct Plan {
    rows: Vec<Planned>,
    keys: Keys,
}

impl Plan {
    fn event(&mut self, cause: Cause, original: Vec<u8>, message: Option<usize>, now: Time) {
        let event = Event { position: Position::default(), cause };
        needs(&event, now, &mut self.keys);
        self.rows.push(Planned::Event { cause: event.cause, original, message });
    }

    fn lay_out(&mut self, follows: &[Follow], batch: &[Work], now: Time) {
        for follow in follows {
            self.event(Cause::Follow(follow.clone()), Vec::new(), None, now);
        }
        for work in batch {
            match work {
                Work::Message(ingested, _) => {
                    let at = self.rows.len();
                    let mut head = ingested.clone();
                    head.documents.clear();
                    self.rows.push(Planned::Message(head));
                    for (arrived, original) in &ingested.documents {
                        self.event(Cause::Document(arrived.clone()), original.clone(), Some(at), now);
                    }
                    if let Some(Planned::Message(head)) = self.rows.get_mut(at) {
                        head.documents.reserve(ingested.documents.len());
                    }
                }
                Work::Action(action, _) => self.event(Cause::Action(action.clone()), Vec::new(), None, now),
                Work::Timer(timer, _) => self.event(Cause::Timer(timer.clone()), Vec::new(), None, now),
                Work::Filing(filing, _) => self.rows.push(Planned::Filing((**filing).clone())),
                Work::Rulebook(book, ..) => self.rows.push(Planned::Rulebook((**book).clone())),
                Work::Preview(..) => {}
            }
        }
    }

    /// Judges the events where their rows will stand; a row that is no event has no outcome. If the batch panics, each
    /// event is judged alone, and the one that fails is recorded undecided.
    fn judge(
        &self,
        first: Position,
        facts: &mut Facts,
        reference: &Reference,
        now: Time,
        metrics: &Metrics,
    ) -> Vec<Option<Outcome>> {
        let events: Vec<Event> = self
            .rows
            .iter()
            .enumerate()
            .filter_map(|(index, row)| match row {
                Planned::Event { cause, .. } => {
                    let position = Position { writer: first.writer, sequence: first.sequence + index as u64 };
                    Some(Event { position, cause: cause.clone() })
                }
                _ => None,
            })
            .collect();
        let mut copy = facts.clone();
        let judged: Vec<Option<Outcome>> = match catch_unwind(AssertUnwindSafe(|| {
            decide(&events, &mut copy, reference, now)
        })) {
            Ok(outcomes) => {
                *facts = copy;
                outcomes.into_iter().map(Some).collect()
            }
            Err(_) => events.iter().map(|event| judge_alone(event, facts, reference, now, metrics)).collect(),
        };
        let mut judged = judged.into_iter();
        self.rows
            .iter()
            .map(|row| if matches!(row, Planned::Event { .. }) { judged.next().flatten() } else { None })
            .collect()
    }

    /// The rows as they are stored.
    fn write(&self, first: Position, time: Time, outcomes: &[Option<Outcome>]) -> Vec<Row> {
        let at = |index: usize| Position { writer: first.writer, sequence: first.sequence + index as u64 };
        self.rows
            .iter()
            .enumerate()
            .map(|(index, row)| match row {
                Planned::Message(ingested) => {
                    let mut row = message_row(ingested, at(index), time);
                    row.documents = self.rows[index + 1..]
                        .iter()
                        .take_while(
                            |row| matches!(row, Planned::Event { message: Some(of), .. } if *of == index),
                        )
                        .count() as u32;
                    Row::Message(row)
                }
                Planned::Event { cause, original, message } => Row::Event(Box::new(EventRow {
                    event: Event { position: at(index), cause: cause.clone() },
                    original: original.clone(),
                    message: message.map(at),
                    outcome: outcomes.get(index).cloned().flatten().map(Box::new),
                })),
                Planned::Filing(filing) => Row::Filing(filing.clone()),
                Planned::Rulebook(book) => Row::Rulebook(book.clone()),
            })
            .collect()
    }
}

fn judge_alone(
    event: &Event,
    facts: &mut Facts,
    reference: &Reference,
    now: Time,
    metrics: &Metrics,
) -> Option<Outcome> {
    let mut copy = facts.clone();
    match catch_unwind(AssertUnwindSafe(|| decide(std::slice::from_ref(event), &mut copy, reference, now))) {
        Ok(outcomes) => {
            *facts = copy;
            outcomes.into_iter().next()
        }
        Err(_) => {
            Metrics::add(&metrics.events_undecided, 1);
            tracing::error!(
                position = event.position.sequence,
                "a judgement panicked; the event is recorded undecided"
            );
            None
        }
    }
}

fn message_row(ingested: &Ingested, position: Position, time: Time) -> MessageRow {
    let refusal: Option<Text> =
        (!ingested.refusal.is_empty()).then(|| refusal_text(&ingested.refusal).into());
    let receipts = refusal.iter().map(|text| format_receipt(ingested, text, position, time)).collect();
    MessageRow {
        position,
        received: time,
        sender: ingested.sender.clone(),
        sha256: ingested.sha256,
        root: ingested.root.clone(),
        guid: ingested.guid.clone(),
        recipient: ingested.recipient.clone(),
        signature: ingested.signature.clone(),
        original: ingested.original.clone(),
        documents: ingested.documents.len() as u32,
        refusal,
        receipts,
    }
}

/// All faults of a message in one text, at most what CEB900 holds.
fn refusal_text(defects: &[ceb::Defect]) -> String {
    let all: Vec<String> = defects
        .iter()
        .map(|defect| {
            format!("[{}:{}，{}：{}]", defect.path, defect.value, defect.rule.word(), defect.expected)
        })
        .collect();
    all.concat().chars().take(5000).collect()
}

/// CEB900 (SPEC §3.19): status −999999, as the one known receiver sends it.
fn format_receipt(ingested: &Ingested, text: &Text, position: Position, time: Time) -> Receipt {
    const STATUS: i32 = -999_999;
    const CONTENT: usize = 20_000;
    let content = match &ingested.original {
        store::Original::Whole(bytes) => {
            String::from_utf8_lossy(bytes.get(..bytes.len().min(CONTENT)).unwrap_or_default()).into_owned()
        }
        store::Original::Frame(_) => String::new(),
    };
    let content: String = content.chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
    let digest = ring::digest::digest(
        &ring::digest::SHA256,
        &[position.sequence.to_be_bytes().as_slice(), &ingested.sha256].concat(),
    );
    let hex: String = digest.as_ref().iter().take(16).map(|byte| format!("{byte:02X}")).collect();
    let guid = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    let document = ceb::Document::FormatReceipt(ceb::FormatReceipt {
        guid: guid.into(),
        return_status: STATUS.to_string().into(),
        return_info: text.clone(),
        return_time: time.stamp_millis(),
        ori_cop_msg_id: ingested.envelope.clone().unwrap_or_else(|| ingested.guid.clone()),
        ori_message_type: ingested.root.chars().take(15).collect(),
        ori_biz_message: content.into(),
    });
    Receipt { recipient: ingested.recipient.clone(), document, time, status: STATUS }
}
