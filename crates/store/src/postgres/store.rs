//! The writing side: a writer's number under lease, a connection that commits, what a batch may know.

use super::cold::{self, Shared, damaged};
use super::load::load_facts;
use super::read::PostgresRead;
use super::write::Effects;
use super::{Options, connect, connect_on, failed, is_gone, is_race, schema};
use crate::codec;
use crate::crypt::{Keyring, Unsealable};
use crate::master_key::MasterKey;
use crate::rows::Row;
use crate::sqlite::ledger_files::chain;
use crate::{Commit, Durable, Store, StoreError, Transaction};
use clearance::facts::{Facts, Keys, Numbers};
use clearance::keys::{Position, Time};
use ring::digest::{SHA256, digest};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio_postgres::Client;

/// Numbers leased at once: a restart leaves a gap of at most this many.
const LEASE: u64 = 20_000;
/// How long a lost connection is tried again before the store gives up.
const PATIENCE: Duration = Duration::from_secs(20);
/// Races at loading that are tried again at once.
const RACES: usize = 20;

/// What this writer knows of itself; the database's row of it is the truth.
struct Writer {
    number: u16,
    fence: i64,
    next: u64,
    last_time: Time,
    head: [u8; 32],
}

/// The writing side.
pub struct PostgresStore {
    options: Options,
    client: Arc<Client>,
    /// Where connections live.
    home: Handle,
    /// A transaction that was dropped is being rolled back.
    ending: Option<tokio::task::JoinHandle<()>>,
    shared: Arc<Shared>,
    read: PostgresRead,
    writer: Writer,
    numbers: Numbers,
    /// The last batch was lost to movements of an account: the next locks its accounts too.
    careful: bool,
    heartbeat: tokio::task::JoinHandle<()>,
}

fn sealing(error: &Unsealable) -> StoreError {
    StoreError::Failed { operation: "seal a row".to_owned(), source: error.0.into() }
}

impl PostgresStore {
    /// Opens a space, made and brought up to date if need be, and takes a writer's number.
    ///
    /// # Errors
    /// When the database cannot be reached or the master key is not that of the space.
    pub async fn open(options: Options) -> Result<Self, StoreError> {
        schema::migrate(&options).await?;
        let mut client = connect(&options).await.map_err(|error| failed("connect to the database", error))?;
        let (keyring, master) = keys(&mut client, &options).await?;
        let writer = take_number(&mut client, &options).await?;
        let shared = Arc::new(Shared::new(keyring, master, writer.number));
        let read = PostgresRead::new(shared.clone(), &options)?;
        let heartbeat = tokio::spawn(keep_lease(options.clone(), writer.number, writer.fence));
        Ok(Self {
            options,
            client: Arc::new(client),
            home: Handle::current(),
            ending: None,
            shared,
            read,
            writer,
            numbers: Numbers::default(),
            careful: false,
            heartbeat,
        })
    }

    /// The number of this writer.
    pub fn number(&self) -> u16 {
        self.writer.number
    }

    /// Gives the number back at once, for an orderly end.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn close(self) -> Result<(), StoreError> {
        self.heartbeat.abort();
        self.client
            .execute(
                "UPDATE writer SET lease_until = now() WHERE writer = $1 AND fence = $2",
                &[&i32::from(self.writer.number), &self.writer.fence],
            )
            .await
            .map(|_| ())
            .map_err(|error| failed("give the writer's number back", error))
    }

    fn at(&self, sequence: u64) -> Position {
        Position { writer: self.writer.number, sequence }
    }

    /// A new connection where the old one is gone, tried for a while: a database that restarts or fails over comes back.
    async fn reconnect(&mut self) -> Result<(), StoreError> {
        let began = Instant::now();
        loop {
            match connect_on(&self.home, &self.options).await {
                Ok(client) => {
                    self.client = Arc::new(client);
                    return Ok(());
                }
                Err(error) if began.elapsed() > PATIENCE => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    async fn lease_numbers(&mut self, wanted: u64) -> Result<(), StoreError> {
        if self.numbers.next + wanted <= self.numbers.end {
            return Ok(());
        }
        let count = LEASE.max(wanted);
        let row = self
            .client
            .query_one(
                "UPDATE number_block SET next = next + $1 WHERE name = 'serial' RETURNING next",
                &[&(count as i64)],
            )
            .await
            .map_err(|error| failed("lease numbers", error))?;
        let end = row.get::<_, i64>(0) as u64;
        self.numbers = Numbers { next: end - count, end };
        Ok(())
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

/// Keys of the space, made if it is new, and a data key of this process's own.
async fn keys(client: &mut Client, options: &Options) -> Result<(Keyring, MasterKey), StoreError> {
    let reading = |error| failed("read the keys", error);
    let transaction = client.transaction().await.map_err(reading)?;
    // Servers that start at once take their keys one after the other.
    transaction.batch_execute("LOCK TABLE data_key IN EXCLUSIVE MODE").await.map_err(reading)?;
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
    let (highest, _) = cold::load_keys(&transaction, &keyring, &master).await?;
    let (id, key) = (highest + 1, keyring.random().map_err(|error| sealing(&error))?);
    let wrapped = keyring.wrap(&master, &key).map_err(|error| sealing(&error))?;
    transaction.execute(insert, &[&(id as i32), &wrapped]).await.map_err(reading)?;
    transaction.commit().await.map_err(reading)?;
    keyring.add_key(id, &key);
    keyring.use_key(id);
    Ok((keyring, master))
}

/// A number whose lease has ended, or a new one.
async fn take_number(client: &mut Client, options: &Options) -> Result<Writer, StoreError> {
    let taking = |error| failed("take a writer's number", error);
    let transaction = client.transaction().await.map_err(taking)?;
    transaction.batch_execute("LOCK TABLE writer IN SHARE ROW EXCLUSIVE MODE").await.map_err(taking)?;
    let free = "SELECT min(writer) FROM writer WHERE lease_until < now()";
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
async fn keep_lease(options: Options, number: u16, fence: i64) {
    let mut client = None;
    loop {
        tokio::time::sleep(options.lease / 3).await;
        if client.as_ref().is_none_or(Client::is_closed) {
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

/// An open transaction; dropping it rolls back.
pub struct PostgresTransaction<'a> {
    store: &'a mut PostgresStore,
    facts: Facts,
    open: bool,
}

impl Drop for PostgresTransaction<'_> {
    fn drop(&mut self) {
        if self.open {
            let client = self.store.client.clone();
            let rollback = async move { drop(client.batch_execute("ROLLBACK").await) };
            // What it locks is free at once, not when the next batch comes.
            self.store.ending = Some(tokio::spawn(rollback));
        }
    }
}

/// What is to be done about an error of the database.
enum Trouble {
    /// Another was in the way: again.
    Race,
    /// The connection is gone.
    Gone,
    /// Nothing can be done.
    Failed(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        let cause = match &error {
            StoreError::Failed { source, .. } => source.downcast_ref::<tokio_postgres::Error>(),
            _ => None,
        };
        match cause {
            Some(cause) if is_race(cause) => Self::Race,
            Some(cause) if is_gone(cause) => Self::Gone,
            _ => Self::Failed(error),
        }
    }
}

impl PostgresStore {
    /// Numbers, locks and facts of a batch, in a transaction that stays open.
    async fn try_load(&mut self, keys: &Keys, rows: usize) -> Result<Facts, StoreError> {
        if let Some(ending) = self.ending.take() {
            let _ = ending.await;
        }
        self.lease_numbers(rows as u64 * 3 + 16).await?;
        let client = self.client.clone();
        client.batch_execute("BEGIN").await.map_err(|error| failed("begin a batch", error))?;
        let loaded = load_facts(&client, &self.shared, keys, self.careful).await;
        if loaded.is_err() {
            // Where the connection is gone there is nothing to roll back.
            let _ = client.batch_execute("ROLLBACK").await;
        }
        let mut facts = loaded?;
        facts.numbers = self.numbers;
        facts.next = self.at(self.writer.next);
        facts.last_time = facts.last_time.max(self.writer.last_time);
        Ok(facts)
    }

    /// The writer as the database has it, once nothing of it is under way any more.
    async fn look(&mut self) -> Result<(), StoreError> {
        let looking = |error| failed("look for the writer", error);
        let row = self
            .client
            .query_opt(
                "SELECT sequence, time, head FROM writer WHERE writer = $1 AND fence = $2 FOR UPDATE",
                &[&i32::from(self.writer.number), &self.writer.fence],
            )
            .await
            .map_err(looking)?
            .ok_or_else(|| fenced(self.writer.number))?;
        let head: &[u8] = row.get(2);
        self.writer.next = row.get::<_, i64>(0) as u64 + 1;
        self.writer.last_time = Time(row.get(1));
        self.writer.head = head.try_into().map_err(|_| damaged(self.at(self.writer.next), "chain head"))?;
        Ok(())
    }

    /// Writes a batch in the open transaction; none = an account has no room any more.
    async fn write(&self, time: Time, rows: &[Row]) -> Result<Option<[u8; 32]>, StoreError> {
        let writing = |error| failed("write a batch", error);
        let first = self.at(self.writer.next);
        let salts = self.shared.keyring.salts(rows.len()).map_err(|error| sealing(&error))?;
        let mut head = self.writer.head;
        let (mut sequences, mut kinds) = (Vec::new(), Vec::new());
        let (mut payloads, mut digests) = (Vec::new(), Vec::new());
        let mut plain = Vec::new();
        for (index, (row, salt)) in rows.iter().zip(salts).enumerate() {
            let sequence = first.sequence + index as u64;
            plain.clear();
            let kind = codec::encode_into(row, &mut plain);
            let blob = self.shared.keyring.seal(kind, &plain, salt).map_err(|error| sealing(&error))?;
            let row_digest = digest(&SHA256, &blob);
            head = chain(&head, sequence, time, kind, row_digest.as_ref());
            sequences.push(sequence as i64);
            kinds.push(i16::from(kind));
            payloads.push(blob);
            digests.push(row_digest.as_ref().to_vec());
        }
        let number = i32::from(self.writer.number);
        self.client
            .execute(
                "INSERT INTO ledger SELECT $5, sequence, $6, kind, payload, digest FROM unnest($1::bigint[], $2::smallint[], $3::bytea[], $4::bytea[]) AS r(sequence, kind, payload, digest)",
                &[&sequences, &kinds, &payloads, &digests, &number, &time.0],
            )
            .await
            .map_err(writing)?;
        let effects = Effects::of(&self.shared, first, time, rows);
        if !effects.write(&self.client, self.writer.number, time).await.map_err(writing)? {
            return Ok(None);
        }
        let last = first.sequence as i64 + rows.len() as i64 - 1;
        let updated = self
            .client
            .execute(
                "UPDATE writer SET sequence = $3, time = $4, head = $5, lease_until = greatest(lease_until, now() + $6 * interval '1 second') WHERE writer = $1 AND fence = $2",
                &[&number, &self.writer.fence, &last, &time.0, &head.as_slice(), &self.options.lease.as_secs_f64()],
            )
            .await
            .map_err(writing)?;
        if updated == 1 { Ok(Some(head)) } else { Err(fenced(self.writer.number)) }
    }

    async fn commit(&mut self, time: Time, rows: &[Row]) -> Result<Commit, StoreError> {
        assert!(time >= self.writer.last_time, "commit times do not run backwards");
        let first = self.at(self.writer.next);
        // Each row takes at most three numbers; what it did not take is a gap.
        self.numbers.next = (self.numbers.next + rows.len() as u64 * 3).min(self.numbers.end);
        let written = match self.write(time, rows).await {
            Ok(Some(head)) => head,
            Ok(None) => {
                self.careful = true;
                self.roll_back().await;
                return Ok(Commit::Lost);
            }
            Err(error) => {
                self.roll_back().await;
                return match Trouble::from(error) {
                    // Before the word "commit" nothing is done.
                    Trouble::Race | Trouble::Gone => Ok(Commit::Lost),
                    Trouble::Failed(error) => Err(error),
                };
            }
        };
        match self.client.batch_execute("COMMIT").await {
            Ok(()) => {}
            Err(error) if is_gone(&error) => return Ok(Commit::Unknown),
            Err(error) if is_race(&error) => {
                self.roll_back().await;
                return Ok(Commit::Lost);
            }
            Err(error) => return Err(failed("commit", error)),
        }
        let last = self.at(first.sequence + rows.len() as u64 - 1);
        self.writer.next = last.sequence + 1;
        self.writer.last_time = time;
        self.writer.head = written;
        self.careful = false;
        self.shared.remember(time, rows);
        Ok(Commit::Done { first, last, durable: Durable::now() })
    }

    async fn roll_back(&self) {
        let _ = self.client.batch_execute("ROLLBACK").await;
    }
}

fn fenced(number: u16) -> StoreError {
    StoreError::Failed {
        operation: "write to the ledger".to_owned(),
        source: format!("another process took over writer {number}").into(),
    }
}

impl Store for PostgresStore {
    type Transaction<'a> = PostgresTransaction<'a>;
    type Read = PostgresRead;

    async fn load(&mut self, keys: Keys, rows: usize) -> Result<PostgresTransaction<'_>, StoreError> {
        let mut races = 0;
        let facts = loop {
            match self.try_load(&keys, rows).await.map_err(Trouble::from) {
                Ok(facts) => break facts,
                Err(Trouble::Race) if races < RACES => races += 1,
                Err(Trouble::Race) => {
                    return Err(StoreError::Failed {
                        operation: "load a batch".to_owned(),
                        source: "other writers were in the way again and again".into(),
                    });
                }
                Err(Trouble::Gone) => self.reconnect().await?,
                Err(Trouble::Failed(error)) => return Err(error),
            }
        };
        Ok(PostgresTransaction { store: self, facts, open: true })
    }

    async fn durable(&mut self) -> Result<Position, StoreError> {
        loop {
            match self.look().await.map_err(Trouble::from) {
                Ok(()) => return Ok(self.at(self.writer.next - 1)),
                Err(Trouble::Failed(error)) => return Err(error),
                Err(Trouble::Race | Trouble::Gone) => self.reconnect().await?,
            }
        }
    }

    fn read(&self) -> PostgresRead {
        self.read.clone()
    }
}

impl Transaction for PostgresTransaction<'_> {
    fn facts(&mut self) -> Facts {
        std::mem::take(&mut self.facts)
    }

    async fn commit(mut self, time: Time, rows: Arc<Vec<Row>>) -> Result<Commit, StoreError> {
        self.open = false;
        self.store.commit(time, &rows).await
    }
}
