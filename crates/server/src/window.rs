//! A window: a space opened for work. Store, pipeline, reference, clock and control store together.

use crate::clock::Clock;
use crate::ingest::Context;
use crate::metrics::Metrics;
use crate::pipeline::{self, Pipeline};
use bytes::Bytes;
use ceb::Limits;
use ceb::signature::Verifier;
use clearance::decide::Reference;
use clearance::party::{Filing, Parties};
use clearance::rulebook::TableFault;
use clearance::{Rulebook, Text};
use std::path::Path;
use std::sync::{Arc, RwLock};
use store::sqlite::{Control, SqliteStore};
use store::{FilingRow, Read, Store, StoreError};

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
}

/// An open window. Cheap to clone.
pub struct Window<R: Read> {
    /// The door to the writer.
    pub pipeline: Pipeline,
    /// Reads.
    pub read: R,
    /// What lives in memory, versioned.
    pub reference: Arc<RwLock<Arc<Reference>>>,
    /// Tokens and settings.
    pub control: Control,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// The clock.
    pub clock: Clock,
    /// What a message may be.
    pub limits: Limits,
    /// Checks signatures.
    pub verifier: Arc<Verifier>,
}

impl<R: Read> Clone for Window<R> {
    fn clone(&self) -> Self {
        Self {
            pipeline: self.pipeline.clone(),
            read: self.read.clone(),
            reference: self.reference.clone(),
            control: self.control.clone(),
            metrics: self.metrics.clone(),
            clock: self.clock.clone(),
            limits: self.limits,
            verifier: self.verifier.clone(),
        }
    }
}

impl<R: Read> Window<R> {
    /// Opens a window on a store. `failed` is told when the writer has to end.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open<S: Store<Read = R>>(
        store: S,
        control: Control,
        clock: Clock,
        failed: impl FnOnce(StoreError) + Send + 'static,
    ) -> Result<(Self, std::thread::JoinHandle<()>), OpenError> {
        let read = store.read();
        let mut parties = Parties::default();
        for row in read.filings().await? {
            parties.file(row.filing);
        }
        let mut books = vec![Arc::new(Rulebook::builtin())];
        for row in read.rulebooks().await? {
            let tables: Vec<(String, String)> =
                row.tables.iter().map(|(name, text)| (name.to_string(), text.clone())).collect();
            let book = Rulebook::load(row.number, &tables)
                .map_err(|faults| OpenError::Rulebook { number: row.number, faults })?;
            books.push(Arc::new(book));
        }
        let reference =
            Reference { books, parties: Arc::new(parties), sampling_seed: control.secret("sampling seed")? };
        let reference = Arc::new(RwLock::new(Arc::new(reference)));
        let metrics = Arc::new(Metrics::default());
        let (pipeline, thread) =
            pipeline::start(store, reference.clone(), clock.clone(), metrics.clone(), failed)?;
        let window = Self {
            pipeline,
            read,
            reference,
            control,
            metrics,
            clock,
            limits: Limits::default(),
            verifier: Arc::new(Verifier::new()),
        };
        Ok((window, thread))
    }

    /// The reference as it stands.
    pub fn reference(&self) -> Arc<Reference> {
        self.reference.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The filing in force today of a code.
    pub fn filing(&self, code: &str) -> Option<Filing> {
        self.reference().parties.find(code, self.clock.now().day()).cloned()
    }

    /// All codes and exchange ids of a party.
    pub fn names_of(&self, code: &str) -> (Vec<Text>, Vec<Text>) {
        match self.filing(code) {
            Some(filing) => {
                (std::iter::once(filing.code).chain(filing.other_code).collect(), filing.exchange_ids)
            }
            None => (vec![code.into()], Vec::new()),
        }
    }

    /// Files parties, skipping those that are filed already as they are.
    pub async fn file_all(&self, filings: Vec<Filing>, by: &str) -> usize {
        let mut count = 0;
        for mut filing in filings {
            let reference = self.reference();
            let same = reference
                .parties
                .latest(&filing.code)
                .is_some_and(|known| Filing { version: filing.version, ..known.clone() } == filing);
            if same {
                continue;
            }
            filing.version = reference.parties.version + 1;
            if self.pipeline.file(FilingRow { filing, by: by.into() }).await.is_some() {
                count += 1;
            }
        }
        count
    }

    /// With what a message is read.
    pub fn context(&self, preview: bool) -> Context<'_, R> {
        Context { read: &self.read, verifier: &self.verifier, limits: &self.limits, preview }
    }

    /// Reads a message and hands it in.
    pub async fn send(&self, bytes: &Bytes, sender: &Text) -> Option<pipeline::MessageAnswer> {
        let (_, exchange_ids) = self.names_of(sender);
        let started = std::time::Instant::now();
        let ingested = crate::ingest::ingest(bytes, sender, &exchange_ids, self.context(false));
        Metrics::add(&self.metrics.parse_micros, started.elapsed().as_micros() as u64);
        self.pipeline.message(ingested).await
    }
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
    let control = Control::open(folder)?;
    Ok((store, control))
}
