//! The rows of a batch: laid out before the facts are loaded, judged where they will stand, written in that order.

use crate::ingest::Ingested;
use crate::metrics::Metrics;
use crate::pipeline::{Judge, Work};
use bytes::Bytes;
use clearance::Text;
use clearance::decide::Reference;
use clearance::event::{Cause, Event, Follow};
use clearance::facts::{Facts, Keys, needs};
use clearance::keys::{Position, Time};
use clearance::outcome::{Outcome, Receipt};
use clearance::party::Filing;
use clearance::risk::SamplingSeed;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use store::{EventRow, FilingRow, MessageRow, Row, RulebookRow, SeedRow, StoredEvent};

/// One row to be.
pub(crate) enum Planned<'a> {
    Message(&'a Ingested),
    Event {
        cause: Cause,
        original: Bytes,
        message: Option<usize>,
    },
    Filing(&'a FilingRow),
    Rulebook(&'a RulebookRow),
    Seed(&'a SeedRow),
    /// An event once more: its row has its document again, so that states can name it.
    Again(&'a StoredEvent),
}

/// The rows of a batch, in order, and the keys that they name.
pub(crate) struct Plan<'a> {
    judge: Judge,
    reference: Arc<Reference>,
    pub(crate) rows: Vec<Planned<'a>>,
    pub(crate) keys: Keys,
}

impl<'a> Plan<'a> {
    /// An empty plan of what is judged with a reference.
    pub(crate) fn of(judge: Judge, reference: Arc<Reference>) -> Self {
        Self { judge, reference, rows: Vec::new(), keys: Keys::default() }
    }

    pub(crate) fn event(&mut self, cause: Cause, original: Bytes, message: Option<usize>, now: Time) {
        let event = Event { position: Position::default(), cause, recorded: None };
        needs(&event, &self.reference, now, &mut self.keys);
        self.rows.push(Planned::Event { cause: event.cause, original, message });
    }

    pub(crate) fn lay_out(&mut self, follows: &[Follow], batch: &'a [Work], now: Time) {
        for follow in follows {
            self.event(Cause::Follow(follow.clone()), Bytes::new(), None, now);
        }
        for work in batch {
            match work {
                Work::Message(ingested, _) => {
                    let at = self.rows.len();
                    self.rows.push(Planned::Message(ingested));
                    for (arrived, original) in &ingested.documents {
                        self.event(Cause::Document(arrived.clone()), original.clone(), Some(at), now);
                    }
                }
                Work::Action(action, _) => self.event(Cause::Action(action.clone()), Bytes::new(), None, now),
                Work::ExportAction(action, _) => {
                    self.event(Cause::ExportAction(action.clone()), Bytes::new(), None, now);
                }
                Work::Timer(timer, _) => self.event(Cause::Timer(timer.clone()), Bytes::new(), None, now),
                Work::Filing(filing, _) => self.reference(Planned::Filing(filing)),
                Work::Rulebook(book, ..) => self.reference(Planned::Rulebook(book)),
                Work::Seed(seed, _) => self.reference(Planned::Seed(seed)),
                Work::Again(stored) => self.again(stored, now),
                Work::Preview(..) | Work::Command(..) | Work::Tend => {}
            }
        }
    }

    /// An event that was recorded before and is judged now.
    pub(crate) fn again(&mut self, stored: &'a StoredEvent, now: Time) {
        needs(&received_at(stored), &self.reference, now, &mut self.keys);
        self.rows.push(Planned::Again(stored));
    }

    fn reference(&mut self, row: Planned<'a>) {
        self.keys.reference = true;
        self.rows.push(row);
    }

    /// The events, where their rows will stand.
    pub(crate) fn events(&self, first: Position) -> Vec<Event> {
        let at = |index: usize| Position { writer: first.writer, sequence: first.sequence + index as u64 };
        let event = |(index, row): (usize, &Planned<'_>)| match row {
            Planned::Event { cause, .. } => {
                Some(Event { position: at(index), cause: cause.clone(), recorded: None })
            }
            Planned::Again(stored) => Some(Event { position: at(index), ..received_at(stored) }),
            _ => None,
        };
        self.rows.iter().enumerate().filter_map(event).collect()
    }

    /// Judges the [`events`](Self::events); a row that is no event has no outcome. None = the judgement
    /// panicked: the facts are spoilt, and each event has to be judged alone on fresh ones.
    pub(crate) fn judge(
        &self,
        events: &[Event],
        facts: &mut Facts,
        reference: &Reference,
        now: Time,
    ) -> Option<Vec<Option<Outcome>>> {
        let judged = catch_unwind(AssertUnwindSafe(|| (self.judge)(events, facts, reference, now))).ok()?;
        Some(self.spread(judged.into_iter().map(Some)))
    }

    /// Judges each event by itself; one that panics is recorded undecided.
    pub(crate) fn judge_carefully(
        &self,
        events: &[Event],
        facts: &mut Facts,
        reference: &Reference,
        now: Time,
        metrics: &Metrics,
    ) -> Vec<Option<Outcome>> {
        self.spread(events.iter().map(|event| judge_alone(self.judge, event, facts, reference, now, metrics)))
    }

    /// No event is judged: each is recorded as received.
    pub(crate) fn recorded_only(&self, metrics: &Metrics) -> Vec<Option<Outcome>> {
        let events = self.rows.iter().filter(|row| matches!(row, Planned::Event { .. })).count();
        Metrics::add(&metrics.events_undecided, events as u64);
        self.spread(std::iter::empty())
    }

    fn spread(&self, mut judged: impl Iterator<Item = Option<Outcome>>) -> Vec<Option<Outcome>> {
        self.rows
            .iter()
            .map(|row| match row {
                Planned::Event { .. } | Planned::Again(_) => judged.next().flatten(),
                _ => None,
            })
            .collect()
    }

    /// The rows as they are stored. Filings and seeds get the number after the last of the reference.
    pub(crate) fn write(
        &self,
        first: Position,
        time: Time,
        outcomes: Vec<Option<Outcome>>,
        reference: &Reference,
    ) -> Vec<Row> {
        let (mut filed, mut seeded) = (reference.parties.version, reference.sampling_seed.number);
        let at = |index: usize| Position { writer: first.writer, sequence: first.sequence + index as u64 };
        self.rows
            .iter()
            .zip(outcomes)
            .enumerate()
            .map(|(index, (row, outcome))| match row {
                Planned::Message(ingested) => Row::Message(message_row(ingested, at(index), time)),
                Planned::Event { cause, original, message } => Row::Event(Box::new(EventRow {
                    event: Event { position: at(index), cause: cause.clone(), recorded: None },
                    original: original.clone(),
                    message: message.map(at),
                    outcome: outcome.map(Box::new),
                    again: None,
                })),
                Planned::Again(stored) => Row::Event(Box::new(EventRow {
                    event: Event { position: at(index), ..stored.row.event.clone() },
                    outcome: outcome.map(Box::new),
                    again: Some(stored.position),
                    ..stored.row.clone()
                })),
                Planned::Seed(seed) => {
                    seeded += 1;
                    Row::Seed(SeedRow {
                        seed: SamplingSeed { number: seeded, ..seed.seed },
                        ..(*seed).clone()
                    })
                }
                Planned::Filing(row) => {
                    filed += 1;
                    let filing = Filing { version: filed, ..row.filing.clone() };
                    Row::Filing(FilingRow { filing, ..(*row).clone() })
                }
                Planned::Rulebook(book) => Row::Rulebook((*book).clone()),
            })
            .collect()
    }
}

/// The event of a row that was recorded undecided: the law of that moment counts.
fn received_at(stored: &StoredEvent) -> Event {
    Event { recorded: Some(stored.time), ..stored.row.event.clone() }
}

fn judge_alone(
    judge: Judge,
    event: &Event,
    facts: &mut Facts,
    reference: &Reference,
    now: Time,
    metrics: &Metrics,
) -> Option<Outcome> {
    let mut copy = facts.clone();
    match catch_unwind(AssertUnwindSafe(|| judge(std::slice::from_ref(event), &mut copy, reference, now))) {
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

pub(crate) fn message_row(ingested: &Ingested, position: Position, time: Time) -> MessageRow {
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
    Receipt { recipient: ingested.recipient.clone(), document: Box::new(document), time, status: STATUS }
}
