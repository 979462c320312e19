//! The writing side: a connection that commits, and what becomes of a batch when the database fails it. What the process is
//! to the database is in `writer`, what a batch may know in `load`, what it changes in `write`.

use super::cold::{Shared, damaged};
use super::load::{Held, Loaded, Own, load_facts, windows};
use super::read::PostgresRead;
use super::retry::{Trouble, until_done};
use super::write::Effects;
use super::writer::{Writer, keep_lease, keys, sealing, take_number};
use super::{Fenced, Options, connect_to_write, execute, failed, is_gone, is_race, query, schema};
use crate::codec;
use crate::learning::{Collecting, Learning, Sample, Trained};
use crate::rows::Row;
use crate::sqlite::ledger_files::chain;
use crate::{Commit, Durable, Store, StoreError, Transaction};
use clearance::facts::{CountKey, Facts, Keys, Numbers};
use clearance::keys::{Position, Time};
use deadpool_postgres::ClientWrapper;
use ring::digest::{SHA256, digest};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use tokio::runtime::Handle;
use tokio_postgres::types::ToSql;

/// Numbers leased at once: a restart leaves a gap of at most this many.
const LEASE: u64 = 20_000;

/// What a batch came to.
struct Written {
    /// The head of the chain behind it.
    head: [u8; 32],
    /// Rows that dictionaries learn from.
    samples: Vec<Sample>,
}

/// The writing side.
pub struct PostgresStore {
    pub(super) options: Options,
    pub(super) client: Arc<ClientWrapper>,
    /// Where connections live.
    pub(super) home: Handle,
    /// A transaction that was dropped is being rolled back.
    ending: Option<tokio::task::JoinHandle<()>>,
    shared: Arc<Shared>,
    read: PostgresRead,
    writer: Writer,
    numbers: Numbers,
    /// The last batch was lost to movements of an account, or to another who made its keys: the next locks its accounts too,
    /// and makes its keys before it is judged.
    careful: bool,
    /// What this writer has added to the windows of the batch that is under way.
    own: Own,
    /// The keys of the batch that is under way.
    held: Held,
    learning: Learning,
    collecting: Collecting,
    /// Dictionaries that are ready to be written.
    trained: Mutex<mpsc::Receiver<Trained>>,
    heartbeat: tokio::task::JoinHandle<()>,
}

impl PostgresStore {
    /// Opens a space that [`schema::migrate`] has made, and takes a writer's number.
    ///
    /// # Errors
    /// When the database cannot be reached or the master key is not that of the space.
    pub async fn open(options: Options) -> Result<Self, StoreError> {
        schema::ready(&options).await?;
        let mut client = connect_to_write(&options).await?;
        let (keyring, master) = keys(&mut client, &options).await?;
        let writer = take_number(&mut client, &options).await?;
        let shared = Arc::new(Shared::new(keyring, master, writer.number));
        let read = PostgresRead::new(shared.clone(), &options)?;
        let heartbeat = tokio::spawn(keep_lease(options.clone(), writer.number, writer.fence));
        let learning = Learning::of(&shared.keyring);
        let (collecting, trained) = Collecting::new();
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
            own: Own::default(),
            held: Held::default(),
            learning,
            collecting,
            trained: Mutex::new(trained),
            heartbeat,
        })
    }

    /// The number of this writer.
    pub fn number(&self) -> u16 {
        self.writer.number
    }

    /// What the database does not guarantee and an operator should know: where a commit that was reported may be lost.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn risk(&self) -> Result<Option<String>, StoreError> {
        risk_at(&self.client).await
    }

    fn at(&self, sequence: u64) -> Position {
        Position { writer: self.writer.number, sequence }
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

/// What the database of a connection does not guarantee.
pub(super) async fn risk_at(client: &ClientWrapper) -> Result<Option<String>, StoreError> {
    let settings = "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_standby_names')";
    let rows = query(client, settings, &[]).await;
    let rows = rows.map_err(|error| failed("read the settings of the database", error))?;
    Ok(risk_of(rows.iter().map(|row| (row.get(0), row.get(1)))))
}

/// What settings of a database do not guarantee; none = nothing is missing.
fn risk_of<'a>(settings: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let risks = settings.filter_map(|setting| match setting {
        ("synchronous_standby_names", "") => {
            Some("no standby is synchronous: one that is promoted may lack what was acknowledged")
        }
        ("fsync", "off") => Some("fsync is off: a power cut may lose what was acknowledged"),
        ("full_page_writes", "off") => Some("full_page_writes is off: a power cut may damage the database"),
        _ => None,
    });
    let risks: Vec<&str> = risks.collect();
    (!risks.is_empty()).then(|| risks.join("; "))
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

/// An open transaction; dropping it rolls back.
pub struct PostgresTransaction<'a> {
    store: &'a mut PostgresStore,
    facts: Facts,
    reference: u64,
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

impl PostgresStore {
    /// Numbers, locks and facts of a batch, in a transaction that stays open.
    async fn try_load(&mut self, keys: &Keys, rows: usize) -> Result<(Facts, u64), StoreError> {
        if let Some(ending) = self.ending.take() {
            let _ = ending.await;
        }
        self.lease_numbers(rows as u64 * 3 + 16).await?;
        let client = self.client.clone();
        let loaded = load_facts(&client, &self.shared, keys, self.writer.number, self.careful).await;
        if loaded.is_err() {
            // Where the connection is gone there is nothing to roll back.
            let _ = client.batch_execute("ROLLBACK").await;
        }
        let Loaded { mut facts, reference, own, held } = loaded?;
        (self.own, self.held) = (own, held);
        facts.numbers = self.numbers;
        facts.next = self.at(self.writer.next);
        facts.last_time = facts.last_time.max(self.writer.last_time);
        Ok((facts, reference))
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
    async fn write(&self, time: Time, rows: &[Row]) -> Result<Option<Written>, StoreError> {
        let writing = |error| failed("write a batch", error);
        let first = self.at(self.writer.next);
        let salts = self.shared.keyring.salts(rows.len()).map_err(|error| sealing(&error))?;
        let mut head = self.writer.head;
        let (mut sequences, mut kinds) = (Vec::new(), Vec::new());
        let (mut payloads, mut digests) = (Vec::new(), Vec::new());
        let (mut plain, mut samples) = (Vec::new(), Vec::new());
        for (index, (row, salt)) in rows.iter().zip(salts).enumerate() {
            let sequence = first.sequence + index as u64;
            plain.clear();
            let kind = codec::encode_into(row, &mut plain);
            let blob = self.shared.keyring.seal(kind, &plain, salt).map_err(|error| sealing(&error))?;
            if self.learning.takes(kind, &plain) {
                samples.push((kind, plain.clone()));
            }
            let row_digest = digest(&SHA256, &blob);
            head = chain(&head, sequence, time, kind, row_digest.as_ref());
            sequences.push(sequence as i64);
            kinds.push(i16::from(kind));
            payloads.push(blob);
            digests.push(row_digest.as_ref().to_vec());
        }
        let number = i32::from(self.writer.number);
        let last = first.sequence as i64 + rows.len() as i64 - 1;
        let effects = Effects::of(&self.shared, first, time, rows);
        // A window that was not asked for, but raised: what the writer added to it before is looked up.
        let missing: Vec<CountKey> =
            effects.raised().filter(|key| !self.own.contains_key(key)).cloned().collect();
        let more = if missing.is_empty() {
            None
        } else {
            Some(windows(&self.client, &missing, self.writer.number).await?.1)
        };
        let own = more.map_or_else(
            || Cow::Borrowed(&self.own),
            |more| Cow::Owned(self.own.clone().into_iter().chain(more).collect()),
        );
        let lease = self.options.lease.as_secs_f64();
        let head_bytes = head.as_slice();
        let ledger: [&(dyn ToSql + Sync); 6] = [&sequences, &kinds, &payloads, &digests, &number, &time.0];
        let writer: [&(dyn ToSql + Sync); 6] =
            [&number, &self.writer.fence, &last, &time.0, &head_bytes, &lease];
        let moves = rows.iter().any(Row::moves_reference);
        // Sent without waiting for one another: a batch costs few round trips.
        let (_, fitted, updated, ()) = tokio::try_join!(
            execute(
                &self.client,
                "INSERT INTO ledger(writer, sequence, time, kind, payload, digest) SELECT $5, sequence, $6, kind, payload, digest FROM unnest($1::bigint[], $2::smallint[], $3::bytea[], $4::bytea[]) AS r(sequence, kind, payload, digest)",
                &ledger,
            ),
            effects.write(&self.client, self.at(last as u64), time, &own, &self.held),
            execute(
                &self.client,
                "UPDATE writer SET sequence = $3, time = $4, head = $5, lease_until = greatest(lease_until, now() + $6 * interval '1 second') WHERE writer = $1 AND fence = $2",
                &writer,
            ),
            async {
                if moves {
                    let version = "UPDATE reference SET version = version + 1, time = $1 WHERE one";
                    execute(&self.client, version, &[&time.0]).await?;
                }
                Ok(())
            },
        )
        .map_err(writing)?;
        if !fitted {
            return Ok(None);
        }
        if updated == 1 { Ok(Some(Written { head, samples })) } else { Err(fenced(self.writer.number)) }
    }

    async fn commit(&mut self, time: Time, rows: &[Row]) -> Result<Commit, StoreError> {
        assert!(time >= self.writer.last_time, "commit times do not run backwards");
        let first = self.at(self.writer.next);
        // Each row takes at most three numbers; what it did not take is a gap.
        self.numbers.next = (self.numbers.next + rows.len() as u64 * 3).min(self.numbers.end);
        let written = match self.write(time, rows).await {
            Ok(Some(written)) => written,
            Ok(None) => {
                self.careful = true;
                self.roll_back().await;
                return Ok(Commit::Lost);
            }
            Err(error) => {
                self.roll_back().await;
                return match Trouble::from(error) {
                    // Before the word "commit" nothing is done.
                    Trouble::Race | Trouble::Gone => {
                        self.careful = true;
                        Ok(Commit::Lost)
                    }
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
        self.writer.head = written.head;
        self.careful = false;
        self.shared.remember(time, rows);
        self.collecting.learn(&self.learning, written.samples);
        let trained = self.trained.get_mut().unwrap_or_else(PoisonError::into_inner);
        let trained: Vec<Trained> = trained.try_iter().collect();
        for (class, bytes) in trained {
            // Without it rows are compressed as before.
            if let Err(error) = self.write_dictionary(class, &bytes).await {
                tracing::warn!(%error, "a dictionary of the compression is not written");
            }
        }
        Ok(Commit::Done { first, last, durable: Durable::now() })
    }

    /// Writes a dictionary, before any row names it. Where two servers have one at once, the numbers are told apart.
    async fn write_dictionary(&self, class: u8, bytes: &[u8]) -> Result<(), StoreError> {
        /// What is sealed without a dictionary.
        const PLAIN: u8 = 0;
        let writing = |error| failed("write a dictionary", error);
        let keyring = &self.shared.keyring;
        let sealed = keyring.random().and_then(|salt| keyring.seal(PLAIN, bytes, salt));
        let sealed = sealed.map_err(|error| sealing(&error))?;
        loop {
            let highest = query(&self.client, "SELECT coalesce(max(id), 0) FROM dictionary", &[]).await;
            let id = highest.map_err(writing)?.first().map_or(0, |row| row.get::<_, i32>(0)) + 1;
            let insert =
                "INSERT INTO dictionary(id, class, sealed) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
            let inserted = execute(&self.client, insert, &[&id, &i16::from(class), &sealed]).await;
            if inserted.map_err(writing)? == 1 {
                keyring.add_dictionary(id as u32, class, bytes.to_vec());
                return Ok(());
            }
        }
    }

    async fn roll_back(&self) {
        let _ = self.client.batch_execute("ROLLBACK").await;
    }
}

fn fenced(number: u16) -> StoreError {
    StoreError::Failed { operation: "write to the ledger".to_owned(), source: Fenced(number).into() }
}

impl Store for PostgresStore {
    type Transaction<'a> = PostgresTransaction<'a>;
    type Read = PostgresRead;

    async fn load(&mut self, keys: Keys, rows: usize) -> Result<PostgresTransaction<'_>, StoreError> {
        let (facts, reference) = until_done!(self, "load a batch", self.try_load(&keys, rows).await);
        Ok(PostgresTransaction { store: self, facts, reference, open: true })
    }

    async fn durable(&mut self) -> Result<Position, StoreError> {
        until_done!(self, "look for the writer", self.look().await);
        Ok(self.at(self.writer.next - 1))
    }

    async fn adopt(&mut self) -> Result<bool, StoreError> {
        // Whoever is fenced off here can never commit again: his work is done once, by one of us.
        let statement = "WITH gone AS (UPDATE writer SET fence = fence + 1 WHERE lease_until < now() AND writer <> $1 AND (EXISTS (SELECT 1 FROM follow WHERE owner = writer.writer) OR EXISTS (SELECT 1 FROM undecided WHERE owner = writer.writer)) RETURNING writer), f AS (UPDATE follow SET owner = $1 FROM gone WHERE owner = gone.writer RETURNING 1), u AS (UPDATE undecided SET owner = $1 FROM gone WHERE owner = gone.writer RETURNING 1) SELECT (SELECT count(*) FROM f) + (SELECT count(*) FROM u)";
        if let Some(ending) = self.ending.take() {
            let _ = ending.await;
        }
        let number = i32::from(self.writer.number);
        match query(&self.client, statement, &[&number]).await {
            Ok(rows) => Ok(rows.first().is_some_and(|row| row.get::<_, i64>(0) > 0)),
            // Another took it, or the next time will tell.
            Err(error) if is_race(&error) || is_gone(&error) => Ok(false),
            Err(error) => Err(failed("take over from servers that are gone", error)),
        }
    }

    async fn close(mut self) {
        self.heartbeat.abort();
        if let Some(ending) = self.ending.take() {
            let _ = ending.await;
        }
        let give_back = "UPDATE writer SET lease_until = now() WHERE writer = $1 AND fence = $2";
        let number = i32::from(self.writer.number);
        if let Err(error) = execute(&self.client, give_back, &[&number, &self.writer.fence]).await {
            tracing::warn!(%error, "the writer's number is given back when its lease ends");
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

    fn reference(&self) -> u64 {
        self.reference
    }

    async fn commit(mut self, time: Time, rows: Arc<Vec<Row>>) -> Result<Commit, StoreError> {
        self.open = false;
        self.store.commit(time, &rows).await
    }
}

#[cfg(test)]
mod tests {
    use super::risk_of;

    #[test]
    fn what_a_database_does_not_guarantee_is_said_and_nothing_else() {
        let safe = [("fsync", "on"), ("full_page_writes", "on"), ("synchronous_standby_names", "ANY 1 (*)")];
        assert_eq!(risk_of(safe.into_iter()), None);
        for (index, (name, value, word)) in [
            ("fsync", "off", "power cut may lose"),
            ("full_page_writes", "off", "power cut may damage"),
            ("synchronous_standby_names", "", "no standby is synchronous"),
        ]
        .into_iter()
        .enumerate()
        {
            let mut settings = safe;
            settings[index] = (name, value);
            let risk = risk_of(settings.into_iter()).expect(name);
            assert!(risk.contains(word) && !risk.contains("; "), "{name}: {risk}");
        }
        let unsafe_settings =
            [("fsync", "off"), ("full_page_writes", "off"), ("synchronous_standby_names", "")];
        assert_eq!(risk_of(unsafe_settings.into_iter()).unwrap().split("; ").count(), 3);
    }
}
