//! The stores that are measured: opening, filling and closing them. The one place of the bench that knows which stores
//! there are.

use super::messages::{STEP, Tape, Traffic};
use super::send::{self, Door, Run};
use crate::Failure;
use crate::process::folder_bytes;
use clearance::Text;
use clearance::party::Role;
use clearance::sample;
use server::Window;
use server::clock::Clock;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;
use store::Read;
use store::postgres::{PostgresRead, PostgresStore};
use store::sqlite::{Control, SqliteRead};
use tokio::runtime::Runtime;

/// Where declarations are stored.
pub enum Target {
    /// The embedded store.
    Folder(PathBuf),
    /// PostgreSQL.
    Database {
        /// The database, with the space's schema and master key.
        options: store::postgres::Options,
        /// Where the tokens lie.
        folder: PathBuf,
    },
}

/// An open store with the thread of its writer.
pub enum Opened {
    /// The embedded store.
    Embedded(Window<SqliteRead>, JoinHandle<()>),
    /// PostgreSQL.
    Database(Window<PostgresRead>, JoinHandle<()>),
}

/// Does the same with the window of whichever store is open.
macro_rules! with_window {
    ($opened:expr, $window:ident => $done:expr) => {
        match $opened {
            $crate::bench::places::Opened::Embedded($window, _) => $done,
            $crate::bench::places::Opened::Database($window, _) => $done,
        }
    };
}
pub(super) use with_window;

fn failed(error: store::StoreError) {
    tracing::error!(%error, "the store failed: the measurement ends");
    std::process::exit(1);
}

impl Target {
    /// The word of tables and JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Folder(_) => "embedded",
            Self::Database { .. } => "postgresql",
        }
    }

    /// Bytes it takes on disk, where that can be seen from here.
    pub fn bytes(&self) -> Option<u64> {
        match self {
            Self::Folder(folder) => Some(folder_bytes(folder)),
            Self::Database { .. } => None,
        }
    }

    /// Opens it, made if absent.
    async fn open(&self) -> Result<Opened, Failure> {
        Ok(match self {
            Self::Folder(folder) => {
                let options = store::sqlite::Options::default();
                let (store, control) = server::window::embedded(folder, &options, &mut |_| {})?;
                let (window, writer) = Window::open(store, control, Clock::Real, failed).await?;
                Opened::Embedded(window, writer)
            }
            Self::Database { options, folder } => {
                std::fs::create_dir_all(folder)?;
                let (store, control) = (PostgresStore::open(options.clone()).await?, Control::open(folder)?);
                let (window, writer) = Window::open(store, control, Clock::Real, failed).await?;
                Opened::Database(window, writer)
            }
        })
    }
}

impl Opened {
    /// Closes it: what was handed in is done first.
    fn close(self) {
        let writer = match self {
            Self::Embedded(window, writer) => {
                drop(window);
                writer
            }
            Self::Database(window, writer) => {
                drop(window);
                writer
            }
        };
        let _ = writer.join();
    }
}

/// A store in the course of the bench.
pub struct Place {
    /// Which.
    pub target: Target,
    /// Declarations it holds.
    pub stored: u64,
    /// How long it took to open it last, milliseconds.
    pub open_millis: u64,
    opened: Option<Opened>,
}

impl Place {
    /// A store that is not open yet. `held` declarations are in it already.
    pub fn new(target: Target, held: u64) -> Self {
        Self { target, stored: held, open_millis: 0, opened: None }
    }

    /// The open store.
    ///
    /// # Errors
    /// When it is not open.
    pub fn opened(&self) -> Result<&Opened, Failure> {
        self.opened.as_ref().ok_or_else(|| "the store is not open".into())
    }

    /// Opens it, with the parties of the traffic filed.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(&mut self, runtime: &Runtime) -> Result<(), Failure> {
        let started = Instant::now();
        let opened = runtime.block_on(self.target.open())?;
        self.open_millis = started.elapsed().as_millis() as u64;
        with_window!(&opened, window => runtime.block_on(window.file_all(sample::filings(), "bench")));
        self.opened = Some(opened);
        Ok(())
    }

    /// Closes it, if it is open.
    pub fn close(&mut self) {
        if let Some(opened) = self.opened.take() {
            opened.close();
        }
    }

    /// Stores declarations until there are `wanted`, and leaves it open. A store that was filled is closed and opened
    /// again: nothing is left in write-ahead logs, and opening is measured.
    ///
    /// # Errors
    /// When it cannot be opened or filled.
    pub fn fill(&mut self, runtime: &Runtime, wanted: u64) -> Result<(), Failure> {
        if self.opened.is_none() {
            self.open(runtime)?;
        }
        if self.stored >= wanted {
            return Ok(());
        }
        let bar = indicatif::ProgressBar::new(wanted - self.stored).with_message("storing");
        while self.stored < wanted {
            let count = STEP.min(wanted - self.stored);
            with_window!(self.opened()?, window => runtime.block_on(store(window, count)))?;
            self.stored += count;
            bar.inc(count);
        }
        bar.finish_and_clear();
        self.close();
        self.open(runtime)
    }
}

/// Senders of the declarations that fill a store, and documents in their messages.
const FILLING: (usize, u64) = (8, 100);

async fn store<R: Read>(window: &Window<R>, declarations: u64) -> Result<(), Failure> {
    const SEED: u64 = 0xF111;
    let now = window.clock.now();
    let (senders, batch) = FILLING;
    let traffic = Traffic { seed: SEED ^ now.0 as u64, declarations, batch, signed: None, now };
    let run = Arc::new(Run::new(Tape::record(&traffic)?, None, 0, window.metrics.clone()));
    let doors = (0..senders).map(|_| Door::InProcess(window.clone())).collect();
    send::all(run, doors).await
}

/// A token for each party that sends.
///
/// # Errors
/// When the control store cannot be written.
pub fn tokens<R: Read>(window: &Window<R>, senders: &[Text]) -> Result<Vec<String>, Failure> {
    let mut tokens = Vec::new();
    for sender in senders {
        let filing = window.filing(sender).ok_or("a sender is not filed")?;
        let role = filing.roles.first().copied().unwrap_or(Role::Merchant);
        tokens.push(window.control.issue(&filing.code, role, "bench", &[], window.clock.now(), None)?);
    }
    Ok(tokens)
}
