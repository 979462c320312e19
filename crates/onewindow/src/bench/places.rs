//! The stores that are measured: opening, filling and closing them. The one place of the bench that knows which stores
//! there are.

use super::messages::{ARRIVING, Mode, STEP, Tape, Traffic};
use super::send::{self, Door, Run};
use crate::demo::agencies::act;
use crate::generate::bonded;
use crate::process::folder_bytes;
use crate::serve::Opened;
use crate::{Failure, Space, space};
use clearance::Text;
use clearance::party::Role;
use clearance::record::{RecordKey, Register};
use clearance::sample;
use server::Window;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use store::Read;
use tokio::runtime::Runtime;

/// Which store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A data folder.
    Embedded,
    /// PostgreSQL.
    Database,
}

impl Kind {
    /// The word of tables and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Database => "postgresql",
        }
    }
}

/// A store in the course of the bench.
pub struct Place {
    /// Which.
    pub kind: Kind,
    space: Space,
    /// The folder whose size tells what a declaration takes on disk; a database's cannot be seen from here.
    folder: Option<PathBuf>,
    /// Declarations it holds.
    pub stored: u64,
    /// How long it took to open it last, milliseconds.
    pub open_millis: u64,
    opened: Option<Opened>,
}

impl Place {
    /// A data folder that is not open yet. `held` declarations are in it already.
    pub fn folder(folder: &Path, held: u64) -> Self {
        let space = Space::folder(folder.to_path_buf(), None);
        let folder = Some(folder.to_path_buf());
        Self { kind: Kind::Embedded, space, folder, stored: held, open_millis: 0, opened: None }
    }

    /// A space of a database that is not open yet. `held` declarations are in it already.
    pub fn database(space: Space, held: u64) -> Self {
        Self { kind: Kind::Database, space, folder: None, stored: held, open_millis: 0, opened: None }
    }

    /// The open window.
    ///
    /// # Errors
    /// When it is not open.
    pub fn window(&self) -> Result<&Window, Failure> {
        self.opened.as_ref().map(|opened| &opened.window).ok_or_else(|| "the store is not open".into())
    }

    /// Bytes it takes on disk, where that can be seen from here.
    pub fn bytes(&self) -> Option<u64> {
        self.folder.as_deref().map(folder_bytes)
    }

    /// Opens it, with the parties of the traffic filed. The tables of a database are made first.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(&mut self, runtime: &Runtime) -> Result<(), Failure> {
        if let space::Place::Database(options) = self.space.place()? {
            runtime.block_on(store::postgres::schema::migrate(&options))?;
        }
        let started = Instant::now();
        let opened = runtime.block_on(crate::serve::open(&self.space, None))?;
        self.open_millis = started.elapsed().as_millis() as u64;
        runtime.block_on(opened.window.file_all(sample::filings(), "bench"));
        self.opened = Some(opened);
        Ok(())
    }

    /// Has the book of bonded trades hold enough for so many more of them; it is opened where it is not yet.
    ///
    /// # Errors
    /// When the window refuses it.
    pub fn stock(&self, runtime: &Runtime, document: &str, trades: u64) -> Result<(), Failure> {
        let window = self.window()?;
        runtime.block_on(async {
            let (holder, number) = bonded::BOOK;
            let book = RecordKey::new(Register::BondedBook, &format!("{holder}:{number}"));
            let opens = match window.read.record(&book).await? {
                None => bonded::opened(),
                Some(_) => Vec::new(),
            };
            for step in opens.into_iter().chain(bonded::stocked(document, trades)?) {
                let key = RecordKey::new(step.register, &step.id);
                act(window, step.party, key, step.version, step.action, Some(step.body)).await?;
            }
            Ok(())
        })
    }

    /// Closes it, if it is open: what was handed in is done first.
    pub fn close(&mut self) {
        if let Some(Opened { window, writer }) = self.opened.take() {
            drop(window);
            let _ = writer.join();
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
            runtime.block_on(store_more(self.window()?, count))?;
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

async fn store_more(window: &Window, declarations: u64) -> Result<(), Failure> {
    const SEED: u64 = 0xF111;
    let now = window.clock.now();
    let (senders, batch) = FILLING;
    let traffic = Traffic {
        seed: SEED ^ now.0 as u64,
        declarations,
        batch,
        arriving: ARRIVING,
        mode: Mode::Direct,
        signed: None,
        now,
    };
    let run = Arc::new(Run::new(Tape::record(&traffic)?, None, 0, window.metrics.clone()));
    let doors = (0..senders).map(|_| Door::InProcess(Box::new(window.clone()))).collect();
    send::all(run, doors).await
}

/// A token for each party that sends.
///
/// # Errors
/// When the control store cannot be written.
pub async fn tokens(window: &Window, senders: &[Text]) -> Result<Vec<String>, Failure> {
    let mut tokens = Vec::new();
    for sender in senders {
        let filing = window.filing(sender).ok_or("a sender is not filed")?;
        let role = filing.roles.first().copied().unwrap_or(Role::Merchant);
        let issued = window.control.issue(&filing.code, role, "bench", &[], window.clock.now(), None);
        tokens.push(issued.await?);
    }
    Ok(tokens)
}
