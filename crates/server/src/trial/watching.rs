//! A draft of sealed rules in shadow: from the moment it is begun, each list whose documents agreed is held against the draft too,
//! after its commit and beside the path, as the model in shadow is. Nothing that is decided reads it. What it has come to is kept
//! in memory and made again from rows after a restart; with the decision to publish it becomes part of the draft's record. Tables
//! of law are not watched but tried: of what a declaration would have been assessed or refused, others' documents depend.

use super::{Job, Rules, RulesOfExport, Tried, told, tried};
use crate::Window;
use crate::shadow::{JudgedList, Looked, Seen, look};
use crate::window::{loaded, with_changed};
use clearance::consignment::Consignment;
use clearance::export::ExportTrade;
use clearance::keys::Time;
use clearance::party::Parties;
use clearance::record::{Record, Register};
use clearance::trial::Draft;
use clearance::{Rulebook, Text};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{Cursor, Read, RecordSearch, StoreError};

/// The state of a draft that is watched.
pub const STATE: &str = "watched";
/// Drafts that are watched at once, the newest.
const MOST: usize = 5;
/// Rows that are read at once; others have the processor in between.
const ROWS: usize = 2_000;
/// How long is waited after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// A draft and what it has come to.
#[derive(Debug)]
struct Watched {
    version: u32,
    base: u32,
    digest: [u8; 32],
    draft: Arc<Draft>,
    since: Time,
    tried: Tried,
}

/// The drafts that a server watches, by id.
#[derive(Default, Debug)]
pub struct Watching(Mutex<BTreeMap<Text, Watched>>);

impl Watching {
    fn all(&self) -> MutexGuard<'_, BTreeMap<Text, Watched>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since when a draft is watched, and what it has come to, as a trial is told; none = it is not.
    pub fn told(&self, draft: &str) -> Option<(Time, Value)> {
        let all = self.all();
        let watched = all.get(draft)?;
        Some((watched.since, told(&watched.tried, watched.base, &watched.digest)))
    }
}

/// Follows the ledger until it is dropped; where no draft is watched, it only looks whether one is.
pub async fn run(window: Window, every: Duration) {
    loop {
        let wait = match step(&window).await {
            Ok(true) => every,
            Ok(false) => Duration::from_millis(20),
            Err(error) => {
                tracing::error!(%error, "drafts cannot be watched");
                AFTER_FAILURE
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Looks at some rows for each draft; true = there was nothing behind them.
async fn step(window: &Window) -> Result<bool, StoreError> {
    let search = RecordSearch {
        register: Register::RulebookDraft,
        parties: None,
        states: vec![Text::const_new(STATE)],
    };
    let (records, _) = window.read.records(&search, None, MOST).await?;
    let stands = |id: &Text, version: u32| {
        records.iter().any(|record| record.key.id == *id && record.version == version)
    };
    window.trials.watching.all().retain(|id, one| stands(id, one.version));
    let mut ended = true;
    for record in &records {
        let known = window.trials.watching.all().contains_key(&record.key.id);
        if !known && let Some(begun) = begun(window, record).await? {
            window.trials.watching.all().insert(record.key.id.clone(), begun);
        }
        ended &= looked(window, &record.key.id).await?;
    }
    Ok(ended)
}

/// A draft that begins to be watched; none = its tables do not load any more.
async fn begun(window: &Window, record: &Record) -> Result<Option<Watched>, StoreError> {
    let asked = register::rulebook_draft::Draft::of(record);
    let rows = window.read.rulebooks().await?;
    let Some(base) = rows.iter().find(|row| row.number == asked.asked.base) else { return Ok(None) };
    let Ok(book) = Rulebook::load(base.number + 1, &with_changed(base, &asked.tables())) else {
        return Ok(None);
    };
    let books: Vec<Arc<Rulebook>> = rows.iter().filter_map(|row| loaded(row).ok().map(Arc::new)).collect();
    let (writer, sequence) = (record.last.writer, record.last.sequence);
    let tried = Tried { to: Cursor { writers: vec![(writer, sequence)] }, ..Tried::default() };
    Ok(Some(Watched {
        version: record.version,
        base: base.number,
        digest: book.digest,
        draft: Arc::new(Draft::new(&book, &books)),
        since: record.changed,
        tried,
    }))
}

/// Looks at some rows for one draft.
async fn looked(window: &Window, id: &Text) -> Result<bool, StoreError> {
    let known = window
        .trials
        .watching
        .all()
        .get(id)
        .map(|one| (one.version, one.base, one.since, one.draft.clone(), one.tried.to.clone()));
    let Some((version, base, since, draft, covers)) = known else { return Ok(true) };
    let position = window.read.position().await?;
    if covers.covers(&position) {
        return Ok(true);
    }
    let reference = window.reference();
    let results = &reference.current().inspections;
    let wants = |list: JudgedList<'_>| {
        let (rulebook, day) = match list {
            JudgedList::Import(attempt) => (attempt.rulebook, attempt.business_date),
            JudgedList::Export(attempt) => (attempt.rulebook, attempt.business_date),
        };
        rulebook == base && day >= since.day()
    };
    let Looked { seen, mut covers, ended } = look(window, results, (&covers, ROWS), wants).await?;
    if ended {
        // Rows that nobody shows are in no scan.
        covers.join(&position);
    }
    let judged = seen.into_iter().filter_map(|one| match one {
        // Other writers' rows of before it was begun are none of it.
        Seen::Judged(consignment) if consignment.last_time > since => rules_of(consignment),
        Seen::JudgedExport(trade) if trade.last_time > since => rules_of_export(trade, &reference.parties),
        _ => None,
    });
    let compared: Vec<_> = judged.filter_map(|job| tried(job, &draft)).collect();
    let mut all = window.trials.watching.all();
    if let Some(watched) = all.get_mut(id).filter(|watched| watched.version == version) {
        compared.iter().for_each(|one| watched.tried.add(one));
        watched.tried.rows += compared.len() as u64;
        watched.tried.to = covers;
    }
    Ok(ended)
}

/// A trade whose documents agreed, for rules to be held against it.
fn rules_of(consignment: Arc<Consignment>) -> Option<Job> {
    let declaration = consignment.attempt.as_ref()?.declaration.document.clone();
    let payment = consignment.payment.as_ref().map(|filed| filed.document.clone());
    let (position, day) = (consignment.last, consignment.last_time.day());
    Some(Job::Rules(Box::new(Rules { position, consignment, declaration, payment, day })))
}

/// The same of an export. Since when its merchant is filed is asked of the parties of now, by the day of the verdict: only a filing that
/// was recorded since, and holds from an earlier day, would be seen too soon. A trial asks those of then.
fn rules_of_export(trade: Arc<ExportTrade>, parties: &Parties) -> Option<Job> {
    let declaration = trade.attempt.as_ref()?.declaration.document.clone();
    let (position, day) = (trade.last, trade.last_time.day());
    let merchant_since = parties.since(trade.key.merchant.trim(), day);
    Some(Job::RulesOfExport(Box::new(RulesOfExport { position, trade, declaration, merchant_since, day })))
}
