//! Rotating the master key of a data folder that nobody has open.

use super::folder::Folder;
use super::ledger_files::LedgerFiles;
use super::store::Options;
use crate::people::providers::sealed_for;
use crate::rotate::{Rotation, Step, Told};
use crate::{MasterKey, StoreError};
use rusqlite::{Connection, TransactionBehavior, params};
use std::path::Path;

fn failed(source: rusqlite::Error) -> StoreError {
    StoreError::Failed { operation: "rotate the keys of the control store".to_owned(), source: source.into() }
}

/// Rotates the master key of a folder.
///
/// # Errors
/// When the folder is in use or a file cannot be read or written: asking again finishes it.
pub fn rotate(path: &Path, options: &Options, told: &mut Told<'_>) -> Result<(), StoreError> {
    let folder = Folder::open(path)?;
    let key = options.master_key.clone().unwrap_or_else(|| MasterKey::default_path(path));
    let rotation = Rotation::begin(&key)?;
    told(Step::Made)?;
    control(path, &rotation)?;
    told(Step::Control)?;
    // Under whichever of the two its keys are: a rotation may have been interrupted after this.
    let mut files = match LedgerFiles::open_with(&folder, &rotation.new, options) {
        Ok(files) => files,
        Err(StoreError::MasterKey(_)) => {
            let mut files = LedgerFiles::open_with(&folder, &rotation.old, options)?;
            files.wrap_again(&rotation)?;
            files
        }
        Err(error) => return Err(error),
    };
    told(Step::Keys)?;
    files.empty_superseded()?;
    told(Step::Emptied)?;
    drop(files);
    MasterKey::place_next(&key)?;
    told(Step::Placed)
}

/// The control store, all or nothing.
fn control(path: &Path, rotation: &Rotation) -> Result<(), StoreError> {
    let mut connection = Connection::open(path.join("control.db")).map_err(failed)?;
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(())).map_err(failed)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let has = |table: &str| {
        let count = "SELECT count(*) > 0 FROM sqlite_schema WHERE name = ?1";
        transaction.query_row(count, [table], |row| row.get::<_, bool>(0)).map_err(failed)
    };
    if has("window_user")? {
        let all = "SELECT id, login, second_factor, pending FROM window_user";
        let mut statement = transaction.prepare(all).map_err(failed)?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
        });
        let rows: Vec<_> = rows.and_then(Iterator::collect).map_err(failed)?;
        for (id, login, factor, pending) in rows {
            let sealed = params![id, rotation.secret(&login, factor)?, rotation.secret(&login, pending)?];
            let keep = "UPDATE window_user SET second_factor = ?2, pending = ?3 WHERE id = ?1";
            transaction.execute(keep, sealed).map_err(failed)?;
        }
    }
    if has("provider")? {
        let mut statement = transaction.prepare("SELECT name, secret FROM provider").map_err(failed)?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)));
        let rows: Vec<_> = rows.and_then(Iterator::collect).map_err(failed)?;
        for (name, secret) in rows {
            let keep = "UPDATE provider SET secret = ?2 WHERE name = ?1";
            let sealed = rotation.secret(&sealed_for(&name), Some(secret))?;
            transaction.execute(keep, params![name, sealed]).map_err(failed)?;
        }
    }
    if has("evidence_key")? {
        let mut statement =
            transaction.prepare("SELECT number, wrapped FROM evidence_key").map_err(failed)?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)));
        let rows: Vec<_> = rows.and_then(Iterator::collect).map_err(failed)?;
        for (number, wrapped) in rows {
            let keep = "UPDATE evidence_key SET wrapped = ?2 WHERE number = ?1";
            transaction.execute(keep, params![number, rotation.key(&wrapped)?]).map_err(failed)?;
        }
    }
    transaction.commit().map_err(failed)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(failed)
}
