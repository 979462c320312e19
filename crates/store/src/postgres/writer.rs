//! What a process is to the database: keys of its own, a writer's number under lease with a fence.

use super::cold::{self, damaged};
use super::{Options, connect, failed};
use crate::StoreError;
use crate::crypt::{Keyring, Unsealable};
use crate::master_key::MasterKey;
use clearance::keys::{Position, Time};
use deadpool_postgres::ClientWrapper;

/// What this writer knows of itself; the database's row of it is the truth.
pub(super) struct Writer {
    pub number: u16,
    pub fence: i64,
    pub next: u64,
    pub last_time: Time,
    pub head: [u8; 32],
}

pub(super) fn sealing(error: &Unsealable) -> StoreError {
    StoreError::Failed { operation: "seal a row".to_owned(), source: error.0.into() }
}

/// Keys of the space, made if it is new, and a data key of this process's own.
pub(super) async fn keys(
    client: &mut ClientWrapper,
    options: &Options,
) -> Result<(Keyring, MasterKey), StoreError> {
    let reading = |error| failed("read the keys", error);
    let transaction = client.transaction().await.map_err(reading)?;
    // Servers that start at once take their keys one after the other.
    let alone = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' keys', 0))";
    transaction.batch_execute(alone).await.map_err(reading)?;
    let count = transaction.query_one("SELECT count(*) FROM data_key", &[]).await.map_err(reading)?;
    let fresh = count.get::<_, i64>(0) == 0;
    let master = MasterKey::load_or_create(&options.master_key, fresh)?;
    let keyring = Keyring::default();
    let insert = "INSERT INTO data_key VALUES ($1, $2)";
    if fresh {
        let key = keyring.random().map_err(|error| sealing(&error))?;
        let wrapped = keyring.wrap(&master, &key).map_err(|error| sealing(&error))?;
        transaction.execute(insert, &[&0, &wrapped]).await.map_err(reading)?;
    }
    let (highest, _) = cold::load_keys(&*transaction, &keyring, &master).await?;
    let (id, key) = (highest + 1, keyring.random().map_err(|error| sealing(&error))?);
    let wrapped = keyring.wrap(&master, &key).map_err(|error| sealing(&error))?;
    transaction.execute(insert, &[&(id as i32), &wrapped]).await.map_err(reading)?;
    transaction.commit().await.map_err(reading)?;
    keyring.add_key(id, &key);
    keyring.use_key(id);
    Ok((keyring, master))
}

/// A number whose lease has ended, or a new one.
pub(super) async fn take_number(client: &mut ClientWrapper, options: &Options) -> Result<Writer, StoreError> {
    let taking = |error| failed("take a writer's number", error);
    let transaction = client.transaction().await.map_err(taking)?;
    transaction.batch_execute("LOCK TABLE writer IN SHARE ROW EXCLUSIVE MODE").await.map_err(taking)?;
    let free = "SELECT min(writer) FROM writer WHERE lease_until <= now() AND sequence < (1::bigint << 36)";
    let free: Option<i32> = transaction.query_one(free, &[]).await.map_err(taking)?.get(0);
    let number = match free {
        Some(number) => number,
        None => {
            let row = transaction
                .query_one("SELECT coalesce(max(writer), 0) + 1 FROM writer", &[])
                .await
                .map_err(taking)?;
            let number: i32 = row.get(0);
            transaction
                .execute(
                    "INSERT INTO writer VALUES ($1, 0, now(), 0, 0, $2)",
                    &[&number, &[0u8; 32].as_slice()],
                )
                .await
                .map_err(taking)?;
            number
        }
    };
    let row = transaction
        .query_one(
            "UPDATE writer SET fence = fence + 1, lease_until = now() + $2 * interval '1 second' WHERE writer = $1 RETURNING fence, sequence, time, head",
            &[&number, &options.lease.as_secs_f64()],
        )
        .await
        .map_err(taking)?;
    transaction.commit().await.map_err(taking)?;
    let number = u16::try_from(number).map_err(|_| StoreError::Failed {
        operation: "take a writer's number".to_owned(),
        source: "there are 65,535 writers already".into(),
    })?;
    let head: &[u8] = row.get(3);
    let head =
        head.try_into().map_err(|_| damaged(Position { writer: number, sequence: 0 }, "chain head"))?;
    let (next, last_time) = (row.get::<_, i64>(1) as u64 + 1, Time(row.get(2)));
    Ok(Writer { number, fence: row.get(0), next, last_time, head })
}

/// Says again and again that the writer lives. One that is fenced off learns it at its next commit.
pub(super) async fn keep_lease(options: Options, number: u16, fence: i64) {
    let mut client = None;
    loop {
        tokio::time::sleep(options.lease / 3).await;
        if client.as_ref().is_none_or(|client: &ClientWrapper| client.is_closed()) {
            client = connect(&options).await.ok();
        }
        let Some(client) = &client else { continue };
        let renew = "UPDATE writer SET lease_until = now() + $3 * interval '1 second' WHERE writer = $1 AND fence = $2";
        let renewed =
            client.execute(renew, &[&i32::from(number), &fence, &options.lease.as_secs_f64()]).await;
        if let Err(error) = renewed {
            tracing::warn!(%error, "the lease of the writer could not be renewed");
        }
    }
}
