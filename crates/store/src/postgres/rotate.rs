//! Rotating the master key of a space in a database on which no server works.

use super::{Options, connect, failed};
use crate::people::providers::sealed_for;
use crate::rotate::{Rotation, Step, Told};
use crate::{MasterKey, StoreError};

/// Rotates the master key of a space. The database has all of it in one commit.
///
/// # Errors
/// When a server holds a lease, or the database or the key's file cannot be written: asking again finishes it.
pub async fn rotate(options: &Options, told: &mut Told<'_>) -> Result<(), StoreError> {
    let rotating = |error| failed("rotate the keys of the space", error);
    super::schema::ready(options).await?;
    let mut client = connect(options).await?;
    let transaction = client.transaction().await.map_err(rotating)?;
    // No server begins meanwhile: it would have keys that nobody can open afterwards.
    let alone = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' keys', 0)); LOCK TABLE writer IN SHARE ROW EXCLUSIVE MODE";
    transaction.batch_execute(alone).await.map_err(rotating)?;
    let live = "SELECT count(*) FROM writer WHERE lease_until > now()";
    let live: i64 = transaction.query_one(live, &[]).await.map_err(rotating)?.get(0);
    if live > 0 {
        let operation = "rotate the keys of the space".to_owned();
        let what = format!("{live} servers work on it: end them, and wait until their leases have ended");
        return Err(StoreError::Failed { operation, source: what.into() });
    }
    let rotation = Rotation::begin(&options.master_key)?;
    told(Step::Made)?;
    let users = "SELECT id, login, second_factor, pending FROM window_user ORDER BY id";
    for row in transaction.query(users, &[]).await.map_err(rotating)? {
        let (id, login): (i64, &str) = (row.get(0), row.get(1));
        let (factor, pending) = (rotation.secret(login, row.get(2))?, rotation.secret(login, row.get(3))?);
        let keep = "UPDATE window_user SET second_factor = $2, pending = $3 WHERE id = $1";
        transaction.execute(keep, &[&id, &factor, &pending]).await.map_err(rotating)?;
    }
    for row in transaction.query("SELECT name, secret FROM provider", &[]).await.map_err(rotating)? {
        let name: &str = row.get(0);
        let sealed = rotation.secret(&sealed_for(name), Some(row.get(1)))?;
        let keep = "UPDATE provider SET secret = $2 WHERE name = $1";
        transaction.execute(keep, &[&name, &sealed]).await.map_err(rotating)?;
    }
    for row in transaction.query("SELECT number, wrapped FROM evidence_key", &[]).await.map_err(rotating)? {
        let (number, wrapped): (i32, Vec<u8>) = (row.get(0), rotation.key(row.get(1))?);
        let keep = "UPDATE evidence_key SET wrapped = $2 WHERE number = $1";
        transaction.execute(keep, &[&number, &wrapped]).await.map_err(rotating)?;
    }
    told(Step::Control)?;
    for row in transaction.query("SELECT id, wrapped FROM data_key", &[]).await.map_err(rotating)? {
        let (id, wrapped): (i32, Vec<u8>) = (row.get(0), rotation.key(row.get(1))?);
        let keep = "UPDATE data_key SET wrapped = $2 WHERE id = $1";
        transaction.execute(keep, &[&id, &wrapped]).await.map_err(rotating)?;
    }
    told(Step::Keys)?;
    transaction.commit().await.map_err(rotating)?;
    told(Step::Emptied)?;
    MasterKey::place_next(&options.master_key)?;
    told(Step::Placed)
}
