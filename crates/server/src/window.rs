//! A window: a space opened for work. Store, pipeline, reference, clock and control store together.

use crate::clock::Clock;
use crate::finding::Finding;
use crate::ingest::Context;
use crate::intake::Intake;
use crate::messenger::Messenger;
use crate::metrics::{Metrics, Step};
use crate::pipeline::{self, Judge, Pipeline, Surroundings};
use crate::signing_in::Gate;
use crate::statistics::Statistics;
use crate::tail::Tail;
use bytes::Bytes;
use ceb::Limits;
use ceb::signature::Verifier;
use clearance::decide::Reference;
use clearance::party::Filing;
use clearance::record::Record;
use clearance::risk::SamplingSeed;
use clearance::rulebook::TableFault;
use clearance::{Rulebook, Text};
use ring::rand::{SecureRandom, SystemRandom};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use store::sqlite::SqliteStore;
use store::{
    ChosenRead, Control, Evidence, FilingRow, Read, RecordSearch, RulebookRow, SeedRow, Store, StoreError,
};

/// Records that are read at a time where all are looked through.
const AT_A_TIME: usize = 500;

/// Why a window cannot be opened.
#[derive(thiserror::Error, Debug)]
pub enum OpenError {
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A published rulebook does not load.
    #[error("rulebook {number}: {}", .faults.first().map(ToString::to_string).unwrap_or_default())]
    Rulebook {
        /// Its number.
        number: u32,
        /// What is wrong with it.
        faults: Vec<TableFault>,
    },
    /// A thread.
    #[error("start a thread: {0}")]
    Thread(#[from] std::io::Error),
    /// The machine gives no random numbers.
    #[error("no random numbers for the seed of the draw")]
    Random,
    /// The pipeline ended while the window was opened; the store's failure says why.
    #[error("the pipeline ended")]
    Ended,
}

/// What publishing a rulebook came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Published {
    /// In force for what is judged from now on, under this number.
    Number(u32),
    /// The tables are those that are in force: nothing was published.
    InForce(u32),
    /// The tables do not load.
    Faults(Vec<TableFault>),
    /// Another was published meanwhile under this number: nothing was published.
    Overtaken(u32),
    /// The window is closing: nothing was published.
    Closed,
}

/// The tables of a row as texts.
pub fn tables_of(row: &RulebookRow) -> Vec<(String, String)> {
    row.tables.iter().map(|(name, text)| (name.to_string(), text.clone())).collect()
}

/// The tables of a row with some changed, as they would be published next.
pub fn with_changed(last: &RulebookRow, changed: &[(String, String)]) -> Vec<(String, String)> {
    let mut tables = tables_of(last);
    for (name, text) in changed {
        match tables.iter_mut().find(|(known, _)| known == name) {
            Some((_, slot)) => slot.clone_from(text),
            None => tables.push((name.clone(), text.clone())),
        }
    }
    // A table that was not there when the last was published is part of the next: no program changes it then.
    for (name, text) in Rulebook::built_in_tables() {
        let added = !changed.is_empty() && Rulebook::ADDED.contains(&name.as_str());
        if added && !tables.iter().any(|(known, _)| *known == name) {
            tables.push((name, text));
        }
    }
    tables
}

/// The rulebook of a row.
///
/// # Errors
/// [`OpenError::Rulebook`] when its tables do not load.
pub fn loaded(row: &RulebookRow) -> Result<Rulebook, OpenError> {
    Rulebook::load(row.number, &tables_of(row))
        .map_err(|faults| OpenError::Rulebook { number: row.number, faults })
}

/// An open window. Cheap to clone.
pub struct Window {
    /// The door to the writer.
    pub pipeline: Pipeline,
    /// Reads.
    pub read: ChosenRead,
    /// What lives in memory, versioned.
    pub reference: Arc<RwLock<Arc<Reference>>>,
    /// The evidence log.
    pub evidence: Evidence,
    /// Tokens, people and settings.
    pub control: Control,
    /// What slows callers down, and signs people in.
    pub gate: Gate,
    /// Sends messages to telephones.
    pub messenger: Messenger,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Who was denied what.
    pub denials: Arc<crate::denials::Denials>,
    /// Scans of traceability codes that are no rows yet.
    pub scans: Arc<crate::traceability::scans::Counts>,
    /// Whether it records now.
    pub intake: Intake,
    /// The clock.
    pub clock: Clock,
    /// What a message may be.
    pub limits: Limits,
    /// Checks signatures.
    pub verifier: Arc<Verifier>,
    /// Figures, as far as they follow.
    pub statistics: Arc<Statistics>,
    /// What can be found in the evidence log.
    pub finding: Arc<Finding>,
    /// How grave trades that wait are held to be, as it was read last.
    pub(crate) risks: Arc<crate::api::risk::Risks>,
    /// Models in shadow, where there are such: the first is told as the window's own.
    pub shadows: crate::shadow::Shadows,
    /// The same of exports.
    pub export_shadows: crate::shadow::Shadows,
    /// The trial of a draft that runs here.
    pub trials: Arc<crate::trial::running::Trials>,
    /// Lists of draws.
    pub draws: Arc<crate::draws::Draws>,
    /// The newest rows, for whoever follows them.
    pub(crate) tail: Arc<Tail>,
    /// Judging is paused: what comes is recorded and answered as received.
    pub pause: Arc<AtomicBool>,
    /// What another server published does not load here: the same, until it does.
    unreadable: Arc<AtomicBool>,
}

impl Clone for Window {
    fn clone(&self) -> Self {
        Self {
            pipeline: self.pipeline.clone(),
            read: self.read.clone(),
            reference: self.reference.clone(),
            evidence: self.evidence.clone(),
            control: self.control.clone(),
            gate: self.gate.clone(),
            messenger: self.messenger.clone(),
            metrics: self.metrics.clone(),
            denials: self.denials.clone(),
            scans: self.scans.clone(),
            intake: self.intake.clone(),
            clock: self.clock.clone(),
            limits: self.limits,
            verifier: self.verifier.clone(),
            pause: self.pause.clone(),
            unreadable: self.unreadable.clone(),
            tail: self.tail.clone(),
            statistics: self.statistics.clone(),
            finding: self.finding.clone(),
            risks: self.risks.clone(),
            shadows: self.shadows.clone(),
            export_shadows: self.export_shadows.clone(),
            trials: self.trials.clone(),
            draws: self.draws.clone(),
        }
    }
}

impl Window {
    /// Opens a window on a store. `failed` is told when the writer has to end.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open<S: Store>(
        store: S,
        control: Control,
        clock: Clock,
        failed: impl FnOnce(StoreError) + Send + 'static,
    ) -> Result<(Self, std::thread::JoinHandle<()>), OpenError> {
        Self::open_judged_by(clearance::decide::decide, store, control, clock, failed).await
    }

    /// As [`Window::open`], with what judges in place of the engine: for tests of what happens when it fails.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_judged_by<S: Store>(
        judge: Judge,
        store: S,
        control: Control,
        clock: Clock,
        failed: impl FnOnce(StoreError) + Send + 'static,
    ) -> Result<(Self, std::thread::JoinHandle<()>), OpenError> {
        let read: ChosenRead = store.read().into();
        let mut reference = crate::reference::read(&read).await?;
        // What a new space is judged with becomes its first rows, before any trade: no program built with other
        // tables changes what is in force here.
        let first_book = reference.books.is_empty();
        if first_book {
            reference.books.push(Arc::new(Rulebook::builtin()));
        }
        let first_seed = reference.sampling_seed.number == 0;
        let reference = Arc::new(RwLock::new(Arc::new(reference)));
        let metrics = Arc::new(Metrics::default());
        let pause = Arc::new(AtomicBool::new(is_paused(&control).await?));
        let unreadable = Arc::<AtomicBool>::default();
        let tail = Arc::<Tail>::default();
        let statistics = Arc::<Statistics>::default();
        let [shadows, export_shadows] = <[crate::shadow::Shadows; 2]>::default();
        let surroundings = Surroundings {
            reference: reference.clone(),
            clock: clock.clone(),
            metrics: metrics.clone(),
            pause: pause.clone(),
            unreadable: unreadable.clone(),
            tail: tail.clone(),
            statistics: statistics.clone(),
            shadows: shadows.clone(),
            export_shadows: export_shadows.clone(),
        };
        let (pipeline, thread) = pipeline::start(store, surroundings, judge, failed)?;
        let window = Self {
            pipeline,
            evidence: read.evidence(),
            read,
            reference,
            control,
            gate: Gate::default(),
            messenger: Messenger::default(),
            metrics,
            intake: Intake::default(),
            clock,
            limits: Limits::default(),
            verifier: Arc::new(Verifier::new()),
            pause,
            unreadable,
            tail,
            statistics,
            denials: Arc::default(),
            scans: Arc::default(),
            finding: Arc::default(),
            risks: Arc::default(),
            shadows,
            export_shadows,
            trials: Arc::default(),
            draws: Arc::default(),
        };
        if first_book {
            // Where another server was faster, his are the first.
            let _ = window.record(Rulebook::builtin(), &Rulebook::built_in_tables(), "onewindow").await?;
        }
        if first_seed {
            let mut secret = [0u8; 32];
            SystemRandom::new().fill(&mut secret).map_err(|_| OpenError::Random)?;
            window.draw_with(secret, "onewindow").await?;
        }
        Ok((window, thread))
    }

    async fn record(&self, book: Rulebook, tables: &[(String, String)], by: &str) -> Result<bool, OpenError> {
        let row = RulebookRow {
            number: book.number,
            by: by.into(),
            tables: tables.iter().map(|(name, text)| (Text::from(name.as_str()), text.clone())).collect(),
            digest: book.digest,
        };
        self.pipeline.publish(row, Arc::new(book)).await.ok_or(OpenError::Ended)
    }

    /// Publishes one table as something makes it of what is in force; nothing where that leaves it as it is.
    ///
    /// # Errors
    /// [`StoreError`] when what is in force cannot be read.
    pub async fn publish_changed(
        &self,
        file: &str,
        change: impl FnOnce(&str) -> String,
        by: &str,
    ) -> Result<Published, StoreError> {
        let rows = self.read.rulebooks().await?;
        let Some(last) = rows.last() else { return Ok(Published::Closed) };
        let text = last.tables.iter().find(|(name, _)| name == file).map_or("", |(_, text)| text);
        let changed = change(text);
        if changed == text {
            return Ok(Published::InForce(last.number));
        }
        self.publish(&[(file.to_owned(), changed)], by).await
    }

    /// Publishes tables, those not given as they are in force: what is judged from now on is judged with them; a
    /// declaration that was accepted before keeps the rulebook it was pinned to.
    ///
    /// # Errors
    /// [`StoreError`] when what is in force cannot be read.
    pub async fn publish(&self, changed: &[(String, String)], by: &str) -> Result<Published, StoreError> {
        let rows = self.read.rulebooks().await?;
        let Some(last) = rows.last() else { return Ok(Published::Closed) };
        let tables = with_changed(last, changed);
        let number = last.number + 1;
        let book = match Rulebook::load(number, &tables) {
            Ok(book) => book,
            Err(faults) => return Ok(Published::Faults(faults)),
        };
        if book.digest == last.digest {
            return Ok(Published::InForce(last.number));
        }
        Ok(match self.record(book, &tables, by).await {
            Ok(true) => Published::Number(number),
            Ok(false) => Published::Overtaken(number),
            Err(_) => Published::Closed,
        })
    }

    /// Whether anything was judged here yet: from then on two people put tables in force.
    ///
    /// # Errors
    /// [`StoreError`] when the rows cannot be read.
    pub async fn has_judged(&self) -> Result<bool, StoreError> {
        let mut found = false;
        let mut visit = |_: clearance::keys::Position, row: store::Row| {
            found = matches!(row, store::Row::Event(_));
            !found
        };
        self.read.scan(&store::Cursor::default(), &mut visit).await?;
        Ok(found)
    }

    /// Sets the seed of the draw from now on. Lanes that are fixed stay as they are.
    ///
    /// # Errors
    /// [`OpenError::Ended`] when the window is closing.
    pub async fn draw_with(&self, secret: [u8; 32], by: &str) -> Result<(), OpenError> {
        // Its number is given where it is written.
        let seed = SamplingSeed { number: 0, secret, period: None };
        self.pipeline.seed(SeedRow { seed, by: by.into() }).await.ok_or(OpenError::Ended)
    }

    /// Takes over what an operator set: whether judging is paused. True = it changed.
    ///
    /// # Errors
    /// [`StoreError`] when the control store cannot be read.
    pub async fn follow_settings(&self) -> Result<bool, StoreError> {
        let paused = is_paused(&self.control).await?;
        let before = self.pause.swap(paused, Ordering::Relaxed);
        if before != paused {
            tracing::warn!(paused, "judging");
        }
        Ok(before != paused)
    }

    /// Whether what comes is recorded and not judged: an operator said so, or what is in force does not load here.
    pub fn is_paused(&self) -> bool {
        self.pause.load(Ordering::Relaxed) || self.unreadable.load(Ordering::Relaxed)
    }

    /// The reference as it stands.
    pub fn reference(&self) -> Arc<Reference> {
        self.reference.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The filing in force today of a code.
    pub fn filing(&self, code: &str) -> Option<Filing> {
        self.reference().parties.find(code, self.clock.now().day()).cloned()
    }

    /// The code under which a party is filed today; the code itself where it is not.
    pub fn code_of(&self, code: &Text) -> Text {
        let reference = self.reference();
        reference
            .parties
            .find(code, self.clock.now().day())
            .map_or_else(|| code.clone(), |filing| filing.code.clone())
    }

    /// All codes and exchange ids of a party.
    pub fn names_of(&self, code: &str) -> (Vec<Text>, Vec<Text>) {
        match self.reference().parties.find(code, self.clock.now().day()) {
            Some(filing) => {
                let codes = std::iter::once(filing.code.clone()).chain(filing.other_code.clone()).collect();
                (codes, filing.exchange_ids.clone())
            }
            None => (vec![code.into()], Vec::new()),
        }
    }

    /// Files parties, skipping those that are filed already as they are.
    pub async fn file_all(&self, filings: Vec<Filing>, by: &str) -> usize {
        let mut count = 0;
        for filing in filings {
            let reference = self.reference();
            let same = reference
                .parties
                .latest(&filing.code)
                .is_some_and(|known| Filing { version: filing.version, ..known.clone() } == filing);
            if same {
                continue;
            }
            if self.pipeline.file(FilingRow { filing, by: by.into() }).await.is_some() {
                count += 1;
            }
        }
        count
    }

    /// All records that a search finds, page by page.
    pub(crate) async fn all_records(&self, search: &RecordSearch) -> Result<Vec<Arc<Record>>, StoreError> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let (records, next) = self.read.records(search, after, AT_A_TIME).await?;
            found.extend(records);
            after = next;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    /// With what a message is read.
    pub fn context(&self, preview: bool) -> Context<'_> {
        Context { read: &self.read, verifier: &self.verifier, limits: &self.limits, preview }
    }

    /// Reads a message and hands it in.
    pub async fn send(&self, bytes: &Bytes, sender: &Text) -> Option<pipeline::MessageAnswer> {
        let (_, exchange_ids) = self.names_of(sender);
        let started = std::time::Instant::now();
        let ingested = crate::ingest::ingest(bytes, sender, &exchange_ids, self.context(false));
        self.metrics.step(Step::Parse, started.elapsed());
        let answer = self.pipeline.message(ingested).await;
        if answer.is_some() {
            self.metrics.acknowledged(started.elapsed());
        }
        answer
    }
}

/// Name of the setting that pauses judging while it is `paused`.
pub const JUDGING: &str = "judging";

async fn is_paused(control: &Control) -> Result<bool, StoreError> {
    Ok(control.setting(JUDGING).await?.as_deref() == Some("paused"))
}

/// Opens the embedded store of a folder with its control store.
///
/// # Errors
/// [`StoreError`].
pub fn embedded(
    folder: &Path,
    options: &store::sqlite::Options,
    progress: &mut dyn FnMut(u64),
) -> Result<(SqliteStore, Control), StoreError> {
    let store = SqliteStore::open(folder, options, progress)?;
    let control = Control::open(folder, options.master_key.as_deref())?;
    Ok((store, control))
}
