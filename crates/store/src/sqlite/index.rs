//! The index file: lookups, balances, counters, timers, feeds and lists, derived from the ledger, merged in sorted
//! batches with the ledger's identity and the position it covers in the same transaction. Never backed up; a mismatch
//! on opening means that it is made anew.

use crate::StoreError;
use crate::rows::Summary;
use clearance::Text;
use clearance::event::TimerKind;
use clearance::facts::Counts;
use clearance::keys::{OrderKey, Position, Time};
use ledger::{Account, AccountKind, Balance};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A hash of a key; what is found under it is checked against the key itself.
pub type KeyHash = i64;

/// What a list shows of a consignment, and who may see it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The line.
    pub summary: Summary,
    /// Hashes of the codes of the parties that it names.
    pub parties: Vec<KeyHash>,
}

/// What one commit changes in the index.
#[derive(Clone, Default, Debug)]
pub struct Entries {
    /// Last sequence of the commit.
    pub last: u64,
    /// Chain head after it.
    pub head: [u8; 32],
    /// Key → sequence of its last row; 0 = gone.
    pub keys: Vec<(KeyHash, u64)>,
    /// Balances after it.
    pub balances: Vec<(KeyHash, Account, Balance)>,
    /// Counters after it.
    pub counts: Vec<(KeyHash, Counts)>,
    /// Receipts: recipient, sequence, number in the row.
    pub receipts: Vec<(KeyHash, u64, u16)>,
    /// Timers set.
    pub timers: Vec<(Time, OrderKey, TimerKind, u32)>,
    /// Timers that fired.
    pub fired: Vec<(Time, OrderKey, TimerKind, u32)>,
    /// Consignments that wait (sequence) or are settled (none).
    pub open: Vec<(KeyHash, Option<u64>)>,
    /// Lines of lists.
    pub listed: Vec<(KeyHash, Listed)>,
}

/// The index file.
pub struct Index {
    connection: Connection,
    path: PathBuf,
}

fn failed(operation: &str, source: rusqlite::Error) -> StoreError {
    StoreError::Failed { operation: operation.to_owned(), source: source.into() }
}

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS covered(one INTEGER PRIMARY KEY CHECK(one = 1), format INTEGER NOT NULL, sequence INTEGER NOT NULL,
    head BLOB NOT NULL, follows BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS key(hash INTEGER PRIMARY KEY, sequence INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS balance(hash INTEGER PRIMARY KEY, kind INTEGER NOT NULL, owner TEXT NOT NULL, period INTEGER NOT NULL,
    posted INTEGER NOT NULL, held INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS count(hash INTEGER PRIMARY KEY, days BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS feed(recipient INTEGER NOT NULL, last INTEGER NOT NULL, receipts BLOB NOT NULL,
    PRIMARY KEY(recipient, last)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS timer(due INTEGER NOT NULL, platform TEXT NOT NULL, order_no TEXT NOT NULL, kind INTEGER NOT NULL,
    attempt INTEGER NOT NULL, PRIMARY KEY(due, platform, order_no, kind, attempt)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS open(hash INTEGER PRIMARY KEY, sequence INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS listed(created INTEGER PRIMARY KEY, hash INTEGER NOT NULL, platform TEXT NOT NULL, order_no TEXT NOT NULL, state INTEGER NOT NULL,
    lane INTEGER NOT NULL, customs TEXT NOT NULL, entry TEXT, sequence INTEGER NOT NULL, time INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS listed_key(hash INTEGER PRIMARY KEY, created INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS listed_party(party INTEGER NOT NULL, created INTEGER NOT NULL, PRIMARY KEY(party, created)) STRICT, WITHOUT ROWID;
";
const FORMAT: i64 = 2;

impl Index {
    /// Opens the index of a folder, made if absent.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("index.db");
        let connection = Self::connect(&path).map_err(|error| failed("open the index", error))?;
        // The connection that merges touches nearly every page; readers touch few.
        connection
            .pragma_update(None, "cache_size", -65_536)
            .map_err(|error| failed("open the index", error))?;
        Ok(Self { connection, path })
    }

    fn connect(path: &Path) -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "page_size", 4096)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "cache_size", -16_384)?;
        connection.execute_batch(SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    }

    /// Another connection to the same file, for a thread of its own.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn again(&self) -> Result<Self, StoreError> {
        let connection = Self::connect(&self.path).map_err(|error| failed("open the index", error))?;
        Ok(Self { connection, path: self.path.clone() })
    }

    /// The position covered with the chain head there; none for an empty index or another format.
    pub fn covered(&self) -> Option<(u64, [u8; 32])> {
        self.connection
            .query_row("SELECT sequence, head FROM covered WHERE format = ?1", [FORMAT], |row| {
                Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))
            })
            .ok()
    }

    /// Empties the index, to be made anew.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn clear(&self) -> Result<(), StoreError> {
        self.connection
            .execute_batch("DROP TABLE IF EXISTS receipt; DELETE FROM covered; DELETE FROM key; DELETE FROM balance; DELETE FROM count; DELETE FROM feed; DELETE FROM timer; DELETE FROM open; DELETE FROM listed; DELETE FROM listed_key; DELETE FROM listed_party;")
            .map_err(|error| failed("clear the index", error))
    }

    /// Merges what commits changed, sorted, in one transaction.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn merge(&mut self, batch: &[Entries], follows: &[u8]) -> Result<(), StoreError> {
        self.merge_all(batch, follows).map_err(|error| failed("merge the index", error))
    }

    fn merge_all(&mut self, batch: &[Entries], follows: &[u8]) -> rusqlite::Result<()> {
        let Some(last) = batch.last() else { return Ok(()) };
        let transaction = self.connection.transaction()?;
        let keys: BTreeMap<KeyHash, u64> =
            batch.iter().flat_map(|entries| entries.keys.iter().copied()).collect();
        {
            let mut set = transaction.prepare_cached(
                "INSERT INTO key VALUES(?1, ?2) ON CONFLICT DO UPDATE SET sequence = excluded.sequence",
            )?;
            let mut drop = transaction.prepare_cached("DELETE FROM key WHERE hash = ?1")?;
            for (hash, sequence) in keys {
                if sequence == 0 {
                    drop.execute([hash])?;
                } else {
                    set.execute(params![hash, sequence as i64])?;
                }
            }
            let balances: BTreeMap<KeyHash, (&Account, &Balance)> = batch
                .iter()
                .flat_map(|entries| &entries.balances)
                .map(|(hash, account, balance)| (*hash, (account, balance)))
                .collect();
            let mut set = transaction.prepare_cached("INSERT INTO balance VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET posted = excluded.posted, held = excluded.held")?;
            for (hash, (account, balance)) in balances {
                set.execute(params![
                    hash,
                    account.kind.number(),
                    account.owner.as_str(),
                    account.period,
                    balance.posted,
                    balance.held
                ])?;
            }
            let counts: BTreeMap<KeyHash, &Counts> = batch
                .iter()
                .flat_map(|entries| entries.counts.iter().map(|(hash, counts)| (*hash, counts)))
                .collect();
            let mut set = transaction.prepare_cached(
                "INSERT INTO count VALUES(?1, ?2) ON CONFLICT DO UPDATE SET days = excluded.days",
            )?;
            for (hash, counts) in counts {
                let days: Vec<u8> = counts
                    .days
                    .iter()
                    .flat_map(|(day, count)| [day.to_be_bytes(), count.to_be_bytes()])
                    .flatten()
                    .collect();
                set.execute(params![hash, days])?;
            }
            let open: BTreeMap<KeyHash, Option<u64>> =
                batch.iter().flat_map(|entries| entries.open.iter().copied()).collect();
            let mut set = transaction.prepare_cached(
                "INSERT INTO open VALUES(?1, ?2) ON CONFLICT DO UPDATE SET sequence = excluded.sequence",
            )?;
            let mut drop = transaction.prepare_cached("DELETE FROM open WHERE hash = ?1")?;
            for (hash, sequence) in open {
                match sequence {
                    Some(sequence) => set.execute(params![hash, sequence as i64])?,
                    None => drop.execute([hash])?,
                };
            }
        }
        super::merge::feeds(&transaction, batch)?;
        super::merge::timers(&transaction, batch)?;
        super::merge::lists(&transaction, batch)?;
        transaction.execute(
            "INSERT INTO covered VALUES(1, ?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET format = excluded.format, sequence = excluded.sequence, head = excluded.head, follows = excluded.follows",
            params![FORMAT, last.last as i64, last.head, follows],
        )?;
        transaction.commit()
    }

    /// The sequence under a key.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn key(&self, hash: KeyHash) -> Result<Option<u64>, StoreError> {
        let find = || {
            let mut statement = self.connection.prepare_cached("SELECT sequence FROM key WHERE hash = ?1")?;
            statement.query_row([hash], |row| row.get::<_, i64>(0)).optional()
        };
        find()
            .map(|found| found.map(|sequence| sequence as u64))
            .map_err(|error| failed("look a key up", error))
    }

    /// Hashes of all keys, accounts and counters, for the filter.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn hashes(&self, visit: &mut dyn FnMut(KeyHash)) -> Result<(), StoreError> {
        let mut run = || -> rusqlite::Result<()> {
            for table in ["key", "balance", "count"] {
                let mut statement = self.connection.prepare(&format!("SELECT hash FROM {table}"))?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    visit(row.get(0)?);
                }
            }
            Ok(())
        };
        run().map_err(|error| failed("read the keys", error))
    }

    /// A balance without its limit.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn balance(&self, hash: KeyHash) -> Result<Option<Balance>, StoreError> {
        let find = || {
            let mut statement =
                self.connection.prepare_cached("SELECT posted, held FROM balance WHERE hash = ?1")?;
            statement
                .query_row([hash], |row| Ok(Balance { posted: row.get(0)?, held: row.get(1)?, limit: None }))
                .optional()
        };
        find().map_err(|error| failed("read a balance", error))
    }

    /// Runs several reads in one transaction: the locks of each by itself cost as much as the read.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn together<T>(&self, run: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let transaction =
            self.connection.unchecked_transaction().map_err(|error| failed("read the index", error))?;
        let found = run(self)?;
        transaction.finish().map_err(|error| failed("read the index", error))?;
        Ok(found)
    }

    /// All balances.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn balances(&self) -> Result<Vec<(Account, Balance)>, StoreError> {
        let run = || -> rusqlite::Result<Vec<(Account, Balance)>> {
            let mut statement =
                self.connection.prepare("SELECT kind, owner, period, posted, held FROM balance")?;
            let rows = statement.query_map([], |row| {
                let kind = AccountKind::from_number(row.get(0)?).unwrap_or(AccountKind::Quota);
                Ok((
                    Account { kind, owner: row.get::<_, String>(1)?.into(), period: row.get(2)? },
                    Balance { posted: row.get(3)?, held: row.get(4)?, limit: None },
                ))
            })?;
            rows.collect()
        };
        run().map_err(|error| failed("read the balances", error))
    }

    /// A counter.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count(&self, hash: KeyHash) -> Result<Option<Counts>, StoreError> {
        let find = || {
            let mut statement = self.connection.prepare_cached("SELECT days FROM count WHERE hash = ?1")?;
            statement.query_row([hash], |row| row.get::<_, Vec<u8>>(0)).optional()
        };
        let found = find().map_err(|error| failed("read a counter", error))?;
        Ok(found.map(|bytes| Counts {
            days: bytes
                .chunks_exact(8)
                .filter_map(|pair| {
                    let (day, count) = pair.split_at(4);
                    Some((
                        u32::from_be_bytes(day.try_into().ok()?),
                        u32::from_be_bytes(count.try_into().ok()?),
                    ))
                })
                .collect(),
        }))
    }

    /// Sequences and numbers of receipts of a recipient in (after, upto], at most `limit`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn receipts(
        &self,
        recipient: KeyHash,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, u16)>, StoreError> {
        let run = || -> rusqlite::Result<Vec<(u64, u16)>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT receipts FROM feed WHERE recipient = ?1 AND last > ?2 ORDER BY last",
            )?;
            let mut rows = statement.query(params![recipient, after as i64])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let bytes: Vec<u8> = row.get(0)?;
                found.extend(super::merge::stretch(&bytes).filter(|(sequence, _)| *sequence > after));
                if found.len() >= limit {
                    found.truncate(limit);
                    break;
                }
            }
            Ok(found)
        };
        run().map_err(|error| failed("read a feed", error))
    }

    /// Timers due.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn due(&self, now: Time, limit: usize) -> Result<Vec<(Time, OrderKey, TimerKind, u32)>, StoreError> {
        let run = || -> rusqlite::Result<Vec<(Time, OrderKey, TimerKind, u32)>> {
            let mut statement = self.connection.prepare_cached("SELECT due, platform, order_no, kind, attempt FROM timer WHERE due <= ?1 ORDER BY due LIMIT ?2")?;
            let rows = statement.query_map(params![now.0, limit as i64], |row| {
                let order = OrderKey {
                    platform: row.get::<_, String>(1)?.into(),
                    order_no: row.get::<_, String>(2)?.into(),
                };
                let kind = TimerKind::from_number(row.get(3)?).unwrap_or(TimerKind::PartnersMissing);
                Ok((Time(row.get(0)?), order, kind, row.get(4)?))
            })?;
            rows.collect()
        };
        run().map_err(|error| failed("read the timers", error))
    }

    /// Sequences of the last rows of consignments that wait.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open_rows(&self) -> Result<Vec<u64>, StoreError> {
        let run = || -> rusqlite::Result<Vec<u64>> {
            let mut statement = self.connection.prepare("SELECT sequence FROM open ORDER BY sequence")?;
            let rows = statement.query_map([], |row| row.get::<_, i64>(0).map(|sequence| sequence as u64))?;
            rows.collect()
        };
        run().map_err(|error| failed("read what waits", error))
    }

    /// The follows that waited when the index was merged, in their stored form.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn follows(&self) -> Result<Vec<u8>, StoreError> {
        let found = self.connection.query_row("SELECT follows FROM covered", [], |row| row.get(0)).optional();
        found.map(Option::unwrap_or_default).map_err(|error| failed("read the follows", error))
    }

    /// Lines of a list, newest first, before a creation number.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(
        &self,
        parties: Option<&[KeyHash]>,
        before: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Summary)>, StoreError> {
        const COLUMNS: &str =
            "listed.created, platform, order_no, state, lane, customs, entry, sequence, time";
        let run = || -> rusqlite::Result<Vec<(u64, Summary)>> {
            let before = i64::try_from(before).unwrap_or(i64::MAX);
            let mut found = Vec::new();
            match parties {
                None => {
                    let mut statement = self.connection.prepare_cached(&format!(
                        "SELECT {COLUMNS} FROM listed WHERE created < ?1 ORDER BY created DESC LIMIT ?2"
                    ))?;
                    let rows = statement.query_map(params![before, limit as i64], read_summary)?;
                    for row in rows {
                        found.push(row?);
                    }
                }
                Some(parties) => {
                    let mut statement = self.connection.prepare_cached(&format!(
                        "SELECT {COLUMNS} FROM listed_party JOIN listed ON listed.created = listed_party.created
                         WHERE party = ?1 AND listed_party.created < ?2 ORDER BY listed_party.created DESC LIMIT ?3"
                    ))?;
                    for party in parties {
                        for row in statement.query_map(params![party, before, limit as i64], read_summary)? {
                            found.push(row?);
                        }
                    }
                    found.sort_by_key(|(created, _)| std::cmp::Reverse(*created));
                    found.dedup_by_key(|(created, _)| *created);
                    found.truncate(limit);
                }
            }
            Ok(found)
        };
        run().map_err(|error| failed("read a list", error))
    }
}

fn read_summary(row: &rusqlite::Row<'_>) -> rusqlite::Result<(u64, Summary)> {
    Ok((
        row.get::<_, i64>(0)? as u64,
        Summary {
            order: OrderKey {
                platform: row.get::<_, String>(1)?.into(),
                order_no: row.get::<_, String>(2)?.into(),
            },
            state: row.get(3)?,
            lane: row.get(4)?,
            customs_code: row.get::<_, String>(5)?.into(),
            invt_no: row.get::<_, Option<String>>(6)?.map(Text::from),
            position: Position { writer: 0, sequence: row.get::<_, i64>(7)? as u64 },
            time: Time(row.get(8)?),
        },
    ))
}
