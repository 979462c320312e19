//! The door of the pipeline: what may be handed in, and what whoever handed it in is told.

use crate::ingest::Ingested;
use clearance::event::{Arrived, OfficerAction, Timer};
use clearance::export::ExportTradeKey;
use clearance::keys::{OrderKey, Position};
use clearance::outcome::{Answer, Outcome};
use clearance::record::Record;
use register::{Command, Refusal};
use std::sync::Arc;
use store::{FilingRow, MessageRow, RulebookRow, SeedRow, StoredEvent};
use tokio::sync::{Notify, mpsc, oneshot};

/// What a sender is told of one document.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Its row.
    pub position: Position,
    /// The consignment it belongs to.
    pub order: Option<OrderKey>,
    /// The export trade it belongs to.
    pub trade: Option<ExportTradeKey>,
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
    /// An officer's action on an export trade.
    ExportAction(Arc<OfficerAction>, oneshot::Sender<Answered>),
    /// A timer that is due.
    Timer(Timer, Option<oneshot::Sender<Answered>>),
    /// A filing.
    Filing(Box<FilingRow>, oneshot::Sender<()>),
    /// A rulebook to be published, loaded. It is told whether it was: another may have taken its number.
    Rulebook(Box<RulebookRow>, Arc<clearance::Rulebook>, oneshot::Sender<bool>),
    /// A seed of the sampling draw.
    Seed(Box<SeedRow>, oneshot::Sender<()>),
    /// A change of a record of a register.
    Command(Box<Command>, oneshot::Sender<Result<Arc<Record>, Refusal>>),
    /// Look what other servers did (a newer reference, work that one left who is gone), and judge what waits for it.
    Tend,
    /// An event that was recorded undecided and can now be judged.
    Again(Box<StoredEvent>),
}

/// The pipeline's door.
#[derive(Clone)]
pub struct Pipeline {
    pub(crate) sender: mpsc::Sender<Work>,
    pub(crate) closing: Arc<Notify>,
}

impl Pipeline {
    /// Whether nothing is taken any more.
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

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
    /// The same on an export trade: `order` has its merchant and order number.
    pub async fn export_action(&self, action: OfficerAction) -> Option<Answered> {
        let (answer, answered) = oneshot::channel();
        self.submit(Work::ExportAction(Arc::new(action), answer)).await;
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
    /// Changes a record of a register; none = the window is closing, and nobody knows.
    pub async fn command(&self, command: Command) -> Option<Result<Arc<Record>, Refusal>> {
        let (answer, answered) = oneshot::channel();
        self.submit(Work::Command(Box::new(command), answer)).await;
        answered.await.ok()
    }
    /// Changes records in this order, in as few commits as they fit in; none = as for one.
    pub async fn commands(&self, commands: Vec<Command>) -> Option<Vec<Result<Arc<Record>, Refusal>>> {
        let mut answers = Vec::with_capacity(commands.len());
        for command in commands {
            let (answer, answered) = oneshot::channel();
            self.submit(Work::Command(Box::new(command), answer)).await;
            answers.push(answered);
        }
        let mut told = Vec::with_capacity(answers.len());
        for answered in answers {
            told.push(answered.await.ok()?);
        }
        Some(told)
    }
    /// Publishes a rulebook; false = its number is taken.
    pub async fn publish(&self, row: RulebookRow, book: Arc<clearance::Rulebook>) -> Option<bool> {
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
