//! Payloads that are erased in the segments of a folder: what takes their place stands in a table of its own, made with the
//! first erasure. The row and its digest stay, so the chain does.

use super::ledger_files::{LedgerReader, segment_path};
use crate::StoreError;
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
        let erase = || -> rusqlite::Result<()> {
            let mut connection = Connection::open(&path)?;
            // What is freed is written over.
            connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute_batch(TABLE)?;
            for redaction in redactions {
                let sequence = redaction.position.sequence as i64;
                transaction.execute(
                    "INSERT OR REPLACE INTO redaction VALUES(?1, ?2)",
                    params![sequence, redaction.blob],
                )?;
                transaction
                    .execute("UPDATE row SET payload = zeroblob(0) WHERE sequence = ?1", [sequence])?;
            }
            transaction.commit()?;
            // The log has pages as they were before; where somebody reads just now, opening the ledger again empties it.
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        };
        erase().map_err(failed("erase payloads of a segment"))?;
    }
    Ok(())
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
