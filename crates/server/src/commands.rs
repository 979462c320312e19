//! Changes of records on the straight path: commands that arrived together share a commit, as documents do. They have a
//! turn of their own beside the documents of a batch, whose rows and facts are others.

use crate::answering::{Commanded, Told};
use crate::metrics::Metrics;
use crate::pipeline::{ATTEMPTS, Engine, Work, ended};
use clearance::facts::Keys;
use clearance::keys::{Position, Time};
use register::Command;
use std::sync::Arc;
use std::time::Instant;
use store::{Commit, Durable, Row, SeedRow, Store, StoreError, Transaction};
use tokio::sync::oneshot;

impl<S: Store> Engine<S> {
    /// Load, decide, commit; lost or unknown commits are decided again.
    pub(crate) async fn command(&mut self, work: Vec<Work>) -> Result<(), StoreError> {
        let mut commands: Vec<Command> = Vec::with_capacity(work.len());
        let mut answers: Vec<oneshot::Sender<Commanded>> = Vec::with_capacity(work.len());
        for work in work {
            if let Work::Command(command, answer) = work {
                commands.push(*command);
                answers.push(answer);
            }
        }
        if commands.is_empty() {
            return Ok(());
        }
        for attempt in 0.. {
            let reference = self.reference();
            let mut keys = Keys::default();
            for command in &commands {
                register::needs(command, &mut keys);
            }
            let most = commands.len() * register::ROWS + keys.records.len();
            let mut transaction = self.store.load(keys, most).await?;
            let version = transaction.reference();
            if version != reference.version && attempt < ATTEMPTS {
                drop(transaction);
                self.renew_reference().await?;
                if self.unreadable() {
                    // Nobody is answered: with what is in force nothing can be decided here.
                    return Ok(());
                }
                continue;
            }
            let mut facts = transaction.facts();
            let (first, time) = (facts.next, Time(self.clock.now().0.max(facts.last_time.0)));
            let decided = register::decide(&commands, &mut facts, &reference, time);
            let mut rows = Vec::with_capacity(commands.len());
            for change in decided.iter().flatten() {
                rows.push(Row::Record(change.record.clone()));
                let by = format!("{} {}", change.record.actor.party, change.record.actor.name);
                rows.extend(change.filing.clone().map(|entry| Row::of_entry(entry, &by)));
                rows.extend(change.beside.iter().cloned().map(Row::Record));
                rows.extend(change.seed.map(|seed| Row::Seed(SeedRow { seed, by: by.as_str().into() })));
            }
            let told: Vec<Commanded> =
                decided.into_iter().map(|decided| decided.map(|change| change.record)).collect();
            let rows = Arc::new(rows);
            let moved = rows.iter().any(Row::moves_reference).then_some(version + 1);
            let durable = if rows.is_empty() {
                drop(transaction);
                Some(Durable::now())
            } else {
                let last = Position { sequence: first.sequence + rows.len() as u64 - 1, ..first };
                match transaction.commit(time, rows.clone()).await? {
                    Commit::Done { durable, .. } => Some(durable),
                    Commit::Lost => None,
                    Commit::Unknown => (self.store.durable().await? >= last).then(Durable::now),
                }
            };
            if let Some(durable) = durable {
                let answers = answers.into_iter().zip(told).collect();
                let (done, waiting) = moved.map(|_| oneshot::channel()).unzip();
                let handed = Instant::now();
                self.hand(Told::Commands { handed, durable, first, rows, reference: moved, answers, done })
                    .await?;
                // What moves the reference is waited for: the next batch is judged with it.
                if let Some(waiting) = waiting {
                    waiting.await.map_err(|_| ended())?;
                }
                return Ok(());
            }
            Metrics::add(&self.metrics.commits_lost, 1);
            if attempt >= ATTEMPTS {
                return Err(StoreError::Failed {
                    operation: "change records".to_owned(),
                    source: "the commit was lost to other writers again and again".into(),
                });
            }
        }
        Ok(())
    }
}
