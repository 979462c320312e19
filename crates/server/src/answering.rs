//! Answers: what was committed is told to whoever waits, once it is durable, in order and on a thread of its own, while
//! the pipeline judges the next batch.

use crate::metrics::{Metrics, Step};
use crate::pipeline::{Answered, MessageAnswer, Work};
use crate::progress::Stage;
use crate::reference;
use crate::statistics::Statistics;
use crate::tail::Tail;
use clearance::consignment::State;
use clearance::decide::Reference;
use clearance::keys::Position;
use clearance::outcome::{Answer, Outcome};
use clearance::record::Record;
use register::Refusal;
use std::sync::{Arc, RwLock};
use std::time::Instant;
use store::{ChosenRead, Durable, Read, Row, StoreError};
use tokio::sync::{mpsc, oneshot};

/// Batches that wait for their answers.
const WAITING: usize = 8;

/// What a command came to.
pub(crate) type Commanded = Result<Arc<Record>, Refusal>;

/// What is to be told.
pub(crate) enum Told {
    /// A batch: when it was handed over and when it is durable, its rows from `first` on (those of `follows` follow-ups, then
    /// those of its work).
    /// `done` is told after it.
    Batch {
        handed: Instant,
        durable: Durable,
        first: Position,
        rows: Arc<Vec<Row>>,
        follows: usize,
        work: Vec<Work>,
        /// The version of the reference that it makes.
        reference: Option<u64>,
        done: Option<oneshot::Sender<()>>,
    },
    /// Changes of records: their rows, and who waits for them.
    Commands {
        handed: Instant,
        durable: Durable,
        first: Position,
        rows: Arc<Vec<Row>>,
        /// The version of the reference that they make.
        reference: Option<u64>,
        answers: Vec<(oneshot::Sender<Commanded>, Commanded)>,
        done: Option<oneshot::Sender<()>>,
    },
    /// What documents would give.
    Preview { outcomes: Vec<(Position, Option<Outcome>)>, answer: oneshot::Sender<Vec<Answered>> },
    /// The pipeline's store failed.
    Failed(StoreError),
}

/// What the thread owns.
pub(crate) struct Answering {
    pub(crate) read: ChosenRead,
    pub(crate) reference: Arc<RwLock<Arc<Reference>>>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tail: Arc<Tail>,
    pub(crate) statistics: Arc<Statistics>,
}

/// Starts the thread; `failed` is told why it ended, if the store failed.
///
/// # Errors
/// When the thread or its runtime cannot be started.
pub(crate) fn start(
    answering: Answering,
    failed: impl FnOnce(StoreError) + Send + 'static,
) -> std::io::Result<(mpsc::Sender<Told>, std::thread::JoinHandle<()>)> {
    let (sender, queue) = mpsc::channel(WAITING);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let metrics = answering.metrics.clone();
    let thread = std::thread::Builder::new().name("answers".to_owned()).spawn(move || {
        let ended = runtime.block_on(answering.run(queue));
        metrics.progress.end(Stage::Answers);
        if let Err(error) = ended {
            failed(error);
        }
    })?;
    Ok((sender, thread))
}

impl Answering {
    async fn run(self, mut queue: mpsc::Receiver<Told>) -> Result<(), StoreError> {
        while let Some(told) = queue.recv().await {
            self.metrics.progress.begin(Stage::Answers);
            match told {
                Told::Batch { handed, durable, first, rows, follows, work, reference, done } => {
                    durable.wait().await?;
                    self.metrics.step(Step::Durable, handed.elapsed());
                    if let Some(version) = reference {
                        self.move_reference(version, &rows, &work);
                    }
                    self.batch(follows, &rows, work).await?;
                    // Senders do not wait for those who follow.
                    self.statistics.take(self.statistics.heard(first, &rows));
                    self.tail.keep(first, &rows);
                    if let Some(done) = done {
                        let _ = done.send(());
                    }
                }
                Told::Commands { handed, durable, first, rows, reference, answers, done } => {
                    durable.wait().await?;
                    self.metrics.step(Step::Durable, handed.elapsed());
                    if let Some(version) = reference {
                        self.move_reference(version, &rows, &[]);
                    }
                    for (answer, commanded) in answers {
                        let _ = answer.send(commanded);
                    }
                    self.statistics.take(self.statistics.heard(first, &rows));
                    self.tail.keep(first, &rows);
                    if let Some(done) = done {
                        let _ = done.send(());
                    }
                }
                Told::Preview { outcomes, answer } => {
                    let mut answers = Vec::with_capacity(outcomes.len());
                    for (position, outcome) in outcomes {
                        let answered = self.answer(position, outcome.as_ref()).await?;
                        let outcome = outcome.filter(|_| !answered.repeated).map(Box::new);
                        answers.push(Answered { outcome, ..answered });
                    }
                    let _ = answer.send(answers);
                }
                Told::Failed(error) => return Err(error),
            }
            self.metrics.progress.end(Stage::Answers);
        }
        Ok(())
    }

    /// Reference moves, senders are answered.
    async fn batch(&self, follows: usize, rows: &[Row], work: Vec<Work>) -> Result<(), StoreError> {
        for row in rows {
            if let Row::Event(event) = row
                && let Some(outcome) = &event.outcome
            {
                self.count(outcome);
            }
        }
        let mut rows = rows.iter().skip(follows);
        for work in work {
            match work {
                Work::Message(_, answer) => {
                    let Some(Row::Message(message)) = rows.next() else { continue };
                    Metrics::add(&self.metrics.messages, 1);
                    Metrics::add(&self.metrics.messages_refused, u64::from(message.refusal.is_some()));
                    let mut documents = Vec::with_capacity(message.documents as usize);
                    for row in rows.by_ref().take(message.documents as usize) {
                        documents.extend(self.answer_row(row).await?);
                    }
                    let _ = answer.send(MessageAnswer { message: message.clone(), documents });
                }
                Work::Action(_, answer) | Work::ExportAction(_, answer) => {
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
                Work::Filing(_, answer) | Work::Seed(_, answer) => {
                    rows.next();
                    let _ = answer.send(());
                }
                Work::Rulebook(_, _, answer) => {
                    rows.next();
                    let _ = answer.send(true);
                }
                Work::Again(_) => {
                    rows.next();
                }
                Work::Preview(..) | Work::Command(..) | Work::Tend => {}
            }
        }
        Ok(())
    }

    async fn answer_row(&self, row: &Row) -> Result<Option<Answered>, StoreError> {
        match row {
            Row::Event(event) => {
                let position = event.event.position;
                self.answer(position, event.outcome.as_deref()).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    fn move_reference(&self, version: u64, rows: &[Row], work: &[Work]) {
        let current = self.reference.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let mut next = (*current).clone();
        for row in rows {
            match row {
                Row::Seed(seed) => next.sampling_seed = seed.seed,
                row => {
                    if let Some(entry) = row.entry() {
                        Arc::make_mut(&mut next.parties).enter(entry);
                    }
                }
            }
        }
        for work in work {
            if let Work::Rulebook(_, book, _) = work {
                // The first row of a new space is the number of the built-in tables it began with.
                next.books.retain(|known| known.number != book.number);
                next.books.push(book.clone());
            }
        }
        next.version = version;
        reference::replace(&self.reference, next);
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
        let became = |state: State| {
            outcome.receipts.iter().any(|receipt| {
                receipt.document.kind() == ceb::Kind::DeclarationReceipt
                    && receipt.status == i32::from(state.number())
            })
        };
        Metrics::add(&metrics.declarations_rejected, u64::from(became(State::Rejected)));
        let held = became(State::Review) || became(State::Inspection);
        Metrics::add(&metrics.declarations_held, u64::from(held));
    }

    /// The answer to one event; a repeated document gets the answer of its first row.
    async fn answer(&self, position: Position, outcome: Option<&Outcome>) -> Result<Answered, StoreError> {
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
                trade: None,
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
                    trade: earlier.export.trade.clone(),
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
            trade: outcome.export.trade.clone(),
            answer,
            repeated: outcome.repeats.is_some(),
            undecided: false,
            outcome: None,
        })
    }
}
