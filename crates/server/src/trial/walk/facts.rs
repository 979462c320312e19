//! Rows as they pass where no draft is tried: what rules will be held against is gathered of each list, the short way. A walk goes on
//! where another ended: with the lists that were open then, and with all filings there are, which count by their versions.

use super::{Open, Walk, received};
use ceb::{Day, Document};
use clearance::decide::ENGINE;
use clearance::event::{Cause, Event};
use clearance::outcome::Outcome;
use clearance::party::Entry;
use clearance::record::{Record, Register};
use clearance::trial::export::trade_of;
use clearance::trial::{Draft, Settled, order_of};
use register::erasure::Erasure;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{ChosenRead, Read, Row, StoreError};

/// What a draft is asked of before it is held against what was gathered, and what may be tried no more.
#[derive(Default)]
pub struct Gathered {
    /// Rulebooks and days that lists were judged with and on.
    pub judged: BTreeSet<(u32, Day)>,
    /// Rows that were erased, by the numbers of their positions.
    pub erased: Vec<u64>,
}

impl Gathered {
    /// One more row.
    pub(super) fn row(&mut self, row: &Row) {
        if let Row::Record(record) = row
            && record.key.register == Register::Erasure
        {
            self.erased.extend(erased(record));
        }
    }
}

fn erased(record: &Record) -> Vec<u64> {
    let erasure: Option<Erasure> = serde_json::from_str(&record.body).ok();
    erasure.map_or_else(Vec::new, |erasure| erasure.rows.into_iter().map(|(number, _)| number).collect())
}

impl Walk {
    /// The list of an event, where the draft's rules alone are held against it.
    pub(super) fn by_rules_alone(&mut self, event: &Event, outcome: &Outcome) -> Option<Arc<Document>> {
        let Cause::Document(arrived) = &event.cause else { return None };
        if outcome.engine != ENGINE {
            return None;
        }
        let judged = (outcome.read.rulebook, received(event, outcome).day());
        let is_short = match &mut self.gathered {
            Some(gathered) => {
                gathered.judged.insert(judged);
                true
            }
            None => self.draft.is_short(judged.0, judged.1),
        };
        is_short.then(|| arrived.document.clone())
    }

    /// A walk that gathers, with the lists that an earlier one left open. The draft is not asked.
    ///
    /// # Errors
    /// [`StoreError`] when filings or open lists cannot be read.
    pub async fn of_facts(read: &ChosenRead, draft: Draft, open: &[Settled]) -> Result<Self, StoreError> {
        let mut entries: Vec<Entry> =
            read.filings().await?.into_iter().map(|row| Entry::Filing(row.filing)).collect();
        let certificates = read.certificates().await?.into_iter();
        entries.extend(certificates.map(|row| Entry::Certificate(row.certificate)));
        entries.sort_by_key(Entry::version);
        let gathered = Some(Gathered::default());
        let mut walk = Self { short: true, entries, gathered, ..Self::new(draft, false) };
        for one in open {
            walk.reopen(read, one).await?;
        }
        Ok(walk)
    }

    async fn reopen(&mut self, read: &ChosenRead, one: &Settled) -> Result<(), StoreError> {
        let (position, stored) = (one.position, one.stored);
        let Some(event) = read.event(position).await? else { return Ok(()) };
        let Cause::Document(arrived) = &event.row.event.cause else { return Ok(()) };
        let declaration = arrived.document.clone();
        match &*arrived.document {
            Document::Declaration(list) => {
                self.open.insert(order_of(list), Open::Rules { position, declaration, stored });
            }
            Document::ExportDeclaration(list) => {
                self.open_exports.insert(trade_of(list), Open::Rules { position, declaration, stored });
            }
            _ => {}
        }
        Ok(())
    }

    /// What was gathered beside the lists.
    pub fn gathered(self) -> Gathered {
        self.gathered.unwrap_or_default()
    }
}
