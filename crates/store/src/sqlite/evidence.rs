//! The evidence log of a data folder: digests from the ledger; roots of complete subtrees in `evidence.db`, which is derived
//! and may be deleted; keys and published heads in tables of their own in `control.db`, which is in every backup. What it
//! all means is for `crate::evidence`.

use super::ledger_files::LedgerReader;
use crate::StoreError;
use crate::evidence::{KeptKey, Published, Tile, digest_of, head_of};
use ::evidence::{Entry, Hash, Key};
use clearance::keys::Position;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// The files.
#[derive(Clone)]
pub(crate) struct Files {
    folder: PathBuf,
    ledger: LedgerReader,
    tiles: Arc<Mutex<Option<Connection>>>,
    control: Arc<Mutex<Option<Connection>>>,
}

const TILES: &str =
    "CREATE TABLE IF NOT EXISTS tile(level INTEGER NOT NULL, number INTEGER NOT NULL, root BLOB NOT NULL,
     chain BLOB NOT NULL, PRIMARY KEY(level, number)) STRICT, WITHOUT ROWID;";
const CONTROL: &str = "CREATE TABLE IF NOT EXISTS evidence_key(number INTEGER PRIMARY KEY, made INTEGER NOT NULL, public BLOB NOT NULL,
     wrapped BLOB NOT NULL) STRICT;
 CREATE TABLE IF NOT EXISTS evidence_head(number INTEGER PRIMARY KEY, time INTEGER NOT NULL, note TEXT NOT NULL) STRICT;";

fn failed(operation: &str, source: rusqlite::Error) -> StoreError {
    StoreError::Failed { operation: operation.to_owned(), source: source.into() }
}

/// Whether a file is no database, or not a whole one.
fn is_damage(error: &StoreError) -> bool {
    let StoreError::Failed { source, .. } = error else { return false };
    let code = source.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
    matches!(code, Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt))
}

/// Runs with a connection that is opened when it is first needed.
fn with<T>(
    connection: &Mutex<Option<Connection>>,
    (path, tables): (&Path, &str),
    operation: &str,
    run: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
) -> Result<T, StoreError> {
    let mut slot = connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let opened = || -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "busy_timeout", 5000)?;
        connection.execute_batch(tables)?;
        Ok(connection)
    };
    let done = (|| {
        let connection = match &mut *slot {
            Some(connection) => connection,
            empty => empty.insert(opened()?),
        };
        run(connection)
    })();
    if done.is_err() {
        // Whatever it was, the next call begins anew.
        *slot = None;
    }
    done.map_err(|error| failed(operation, error))
}

impl Files {
    pub fn new(folder: PathBuf, ledger: LedgerReader) -> Self {
        Self { folder, ledger, tiles: Arc::default(), control: Arc::default() }
    }

    /// What is derived is made again where it is damaged.
    fn tiles<T>(
        &self,
        operation: &str,
        run: impl Fn(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let path = self.folder.join("evidence.db");
        let done = with(&self.tiles, (&path, TILES), operation, &run);
        match done {
            Err(error) if is_damage(&error) => {
                tracing::warn!(%error, "evidence.db is damaged: it is made again");
                let log = super::ledger_files::log_path(&path);
                // What cannot be removed fails below.
                let _ = (std::fs::remove_file(&path), std::fs::remove_file(log));
                with(&self.tiles, (&path, TILES), operation, &run)
            }
            done => done,
        }
    }

    fn control<T>(
        &self,
        operation: &str,
        run: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        with(&self.control, (&self.folder.join("control.db"), CONTROL), operation, run)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn wrapping(&self) -> &crate::MasterKey {
        &self.ledger.master
    }

    pub fn writers(&self) -> Result<Vec<(u16, u64, Hash)>, StoreError> {
        let Some((segment, _)) = self.ledger.segments_of().last().copied() else { return Ok(Vec::new()) };
        let (_, _, (size, head)) = self.ledger.heads(segment)?;
        let last = Position { writer: 0, sequence: size };
        Ok(if size == 0 { Vec::new() } else { vec![(0, size, digest_of(last, &head)?)] })
    }

    pub fn entries(&self, after: u64, upto: u64) -> Result<Vec<Entry>, StoreError> {
        let mut found = Vec::with_capacity(upto.saturating_sub(after) as usize);
        let mut bad = None;
        let segments = self.ledger.segments_of();
        for (index, (segment, first)) in segments.iter().enumerate() {
            let next = segments.get(index + 1).map_or(u64::MAX, |(_, first)| *first);
            if *first > upto || next <= after + 1 {
                continue;
            }
            self.ledger.scan_digests(*segment, after, upto, &mut |sequence, time, kind, digest| {
                match digest_of(Position { writer: 0, sequence }, digest) {
                    Ok(digest) => found.push(Entry { writer: 0, sequence, time: time.0, kind, digest }),
                    Err(error) => bad = Some(error),
                }
            })?;
        }
        bad.map_or(Ok(found), Err)
    }

    pub fn last_tile(&self) -> Result<Option<(u64, Hash)>, StoreError> {
        self.tiles("read the tree", |connection| {
            let mut last = connection.prepare_cached(
                "SELECT number, chain FROM tile WHERE level = 8 ORDER BY number DESC LIMIT 1",
            )?;
            last.query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))).optional()
        })
    }

    pub fn roots(&self, level: u8, first: u64, count: u64) -> Result<Vec<(u64, Hash)>, StoreError> {
        self.tiles("read the tree", |connection| {
            let mut some = connection.prepare_cached("SELECT number, root FROM tile WHERE level = ?1 AND number >= ?2 AND number < ?3 ORDER BY number")?;
            let rows = some.query_map(params![level, first as i64, (first + count) as i64], |row| {
                Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))
            })?;
            rows.collect()
        })
    }

    pub fn put_tiles(&self, tiles: &[Tile]) -> Result<(), StoreError> {
        self.tiles("write the tree", |connection| {
            let transaction = connection.transaction()?;
            for tile in tiles {
                transaction
                    .prepare_cached("INSERT INTO tile VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET root = excluded.root, chain = excluded.chain")?
                    .execute(params![tile.level, tile.number as i64, tile.root, tile.chain])?;
            }
            transaction.commit()
        })
    }

    pub fn drop_tiles(&self) -> Result<(), StoreError> {
        self.tiles("empty the tree", |connection| connection.execute_batch("DELETE FROM tile"))
    }

    pub fn keys(&self) -> Result<Vec<KeptKey>, StoreError> {
        self.control("read the keys of the log", |connection| {
            let mut all = connection
                .prepare_cached("SELECT number, made, public, wrapped FROM evidence_key ORDER BY number")?;
            let rows = all.query_map([], |row| {
                let key = Key { number: row.get(0)?, made: row.get(1)?, public: row.get(2)? };
                Ok(KeptKey { key, wrapped: row.get(3)? })
            })?;
            rows.collect()
        })
    }

    pub fn add_key(&self, kept: &KeptKey) -> Result<(), StoreError> {
        self.control("keep a key of the log", |connection| {
            connection
                .execute(
                    "INSERT INTO evidence_key VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                    params![kept.key.number, kept.key.made, kept.key.public, kept.wrapped],
                )
                .map(|_| ())
        })
    }

    pub fn heads(&self, after: u64, limit: usize) -> Result<Vec<Published>, StoreError> {
        let rows: Vec<(i64, String)> = self.control("read heads", |connection| {
            let mut some = connection.prepare_cached(
                "SELECT number, note FROM evidence_head WHERE number > ?1 ORDER BY number LIMIT ?2",
            )?;
            some.query_map(params![after as i64, limit as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        rows.into_iter().map(|(number, note)| head_of(number as u64, &note)).collect()
    }

    pub fn last_head(&self) -> Result<Option<u64>, StoreError> {
        self.control("read heads", |connection| {
            let last = connection
                .query_row("SELECT max(number) FROM evidence_head", [], |row| row.get::<_, Option<i64>>(0))?;
            Ok(last.map(|number| number as u64))
        })
    }

    pub fn publish(&self, published: &Published) -> Result<bool, StoreError> {
        self.control("publish a head", |connection| {
            let count = connection.execute(
                "INSERT INTO evidence_head VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![published.number as i64, published.head.head.time, published.head.to_text()],
            )?;
            Ok(count == 1)
        })
    }
}
