//! Payloads that are erased in the segments of a folder: what takes their place stands in a table of its own, made with the
//! first erasure. The row and its digest stay, so the chain does. A block of rows is sealed anew without those that are erased.

use super::block::Block;
use super::ledger_files::{LedgerReader, place, segment_path};
use crate::StoreError;
use crate::crypt::Unsealable;
use crate::redact::Redaction;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS redaction(sequence INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT";

fn failed(operation: &str) -> impl Fn(rusqlite::Error) -> StoreError {
    let operation = operation.to_owned();
    move |source| StoreError::Failed { operation: operation.clone(), source: source.into() }
}

/// Puts rows in the place of payloads: all of a segment, or none. Nothing of what was there is left in the file.
pub(super) fn erase(ledger: &LedgerReader, redactions: &[Redaction]) -> Result<(), StoreError> {
    let mut segments: BTreeMap<u32, Vec<&Redaction>> = BTreeMap::new();
    for redaction in redactions {
        if let Some(segment) = ledger.segment_of(redaction.position.sequence) {
            segments.entry(segment).or_default().push(redaction);
        }
    }
    for (segment, redactions) in segments {
        let path = segment_path(ledger.folder(), segment);
        let erase = || -> Result<(), Fault> {
            let mut connection = Connection::open(&path)?;
            // What is freed is written over.
            connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute_batch(TABLE)?;
            let mut blocks: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
            for redaction in redactions {
                let sequence = redaction.position.sequence as i64;
                transaction.execute(
                    "INSERT OR REPLACE INTO redaction VALUES(?1, ?2)",
                    params![sequence, redaction.blob],
                )?;
                let payload: Option<Vec<u8>> = transaction
                    .query_row("SELECT payload FROM row WHERE sequence = ?1", [sequence], |row| row.get(0))
                    .optional()?;
                if let Some(index) = payload.as_deref().and_then(place) {
                    blocks.entry(sequence - i64::from(index)).or_default().push(usize::from(index));
                }
                transaction
                    .execute("UPDATE row SET payload = zeroblob(0) WHERE sequence = ?1", [sequence])?;
            }
            for (first, erased) in blocks {
                let blob: Vec<u8> =
                    transaction
                        .query_row("SELECT payload FROM block WHERE first = ?1", [first], |row| row.get(0))?;
                let rest = Block::open(&ledger.keyring, &blob)?.without(&ledger.keyring, &erased)?;
                transaction
                    .execute("UPDATE block SET payload = ?2 WHERE first = ?1", params![first, rest])?;
            }
            transaction.commit()?;
            // The log has pages as they were before; where somebody reads just now, opening the ledger again empties it.
            Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
        };
        let erased = erase();
        // Also what was opened while it was done.
        ledger.opened.forget();
        erased.map_err(|fault| match fault {
            Fault::Sqlite(error) => failed("erase payloads of a segment")(error),
            Fault::Block(error) => {
                StoreError::Failed { operation: "erase rows of a block".to_owned(), source: error.0.into() }
            }
        })?;
    }
    Ok(())
}

/// Why rows were not erased.
enum Fault {
    Sqlite(rusqlite::Error),
    Block(Unsealable),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Unsealable> for Fault {
    fn from(error: Unsealable) -> Self {
        Self::Block(error)
    }
}

impl LedgerReader {
    /// What took the place of an erased payload, if something did.
    pub(super) fn redaction(&self, sequence: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(segment) = self.segment_of(sequence) else { return Ok(None) };
        self.with(segment, |connection| {
            if !has_table(connection)? {
                return Ok(None);
            }
            let mut statement =
                connection.prepare_cached("SELECT payload FROM redaction WHERE sequence = ?1")?;
            statement.query_row([sequence as i64], |row| row.get(0)).optional()
        })
    }

    /// All of a segment.
    pub(super) fn redactions(&self, segment: u32) -> Result<FxHashMap<u64, Vec<u8>>, StoreError> {
        self.with(segment, |connection| {
            if !has_table(connection)? {
                return Ok(FxHashMap::default());
            }
            let mut statement = connection.prepare("SELECT sequence, payload FROM redaction")?;
            let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?)))?;
            rows.collect()
        })
    }
}

fn has_table(connection: &Connection) -> rusqlite::Result<bool> {
    connection
        .query_row("SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'redaction'", [], |row| row.get(0))
}
