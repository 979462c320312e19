//! The index file: lookups, balances, counters, timers, feeds and lists, derived from the ledger, merged in sorted
//! batches with the ledger's identity and the position it covers in the same transaction. Never backed up; a mismatch
//! on opening means that it is made anew. What is found by a hash lies in sorted runs (see `runs`).

use super::memory::Retired;
use super::runs::{self, Current, Family, Merging, Runs};
use crate::StoreError;
use crate::hasher::KeyHash;
use crate::rows::Summary;
use crate::windows;
use clearance::Text;
use clearance::event::TimerKind;
use clearance::keys::{OrderKey, Time};
use clearance::windows::Window;
use ledger::{Account, AccountKind, Balance};
use rusqlite::{Connection, OptionalExtension, params};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a list shows of a consignment, and who may see it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The line.
    pub summary: Summary,
    /// Hashes of the codes of the parties that it names.
    pub parties: Vec<KeyHash>,
}

/// What a list knows of a record.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its place: its first row.
    pub created: u64,
    /// Number of its register.
    pub register: u8,
    /// Its state.
    pub state: Text,
    /// Its last row.
    pub sequence: u64,
    /// Hashes of the codes of the parties that it names.
    pub parties: Vec<KeyHash>,
}

/// What one commit changes in the index.
#[derive(Default, Debug)]
pub struct Entries {
    /// Last sequence of the commit.
    pub last: u64,
    /// Chain head after it.
    pub head: [u8; 32],
    /// Digest of the last row: a ledger that has it there is the one that was indexed.
    pub digest: Vec<u8>,
    /// Key → sequence of its last row; 0 = gone.
    pub keys: Vec<(KeyHash, u64)>,
    /// Balances after it.
    pub balances: Vec<(KeyHash, Account, Balance)>,
    /// Windows after it.
    pub counts: FxHashMap<KeyHash, Arc<Window>>,
    /// Receipts: recipient, sequence, number in the row.
    pub receipts: Vec<(KeyHash, u64, u16)>,
    /// Timers set.
    pub timers: Vec<(Time, OrderKey, TimerKind, u32)>,
    /// Timers that fired.
    pub fired: Vec<(Time, OrderKey, TimerKind, u32)>,
    /// Lines of lists.
    pub listed: Vec<(KeyHash, Listed)>,
    /// Records of registers.
    pub recorded: Vec<Recorded>,
    /// What memory let go of.
    pub retired: Vec<Retired>,
}

/// The index file, for readers.
pub struct Index {
    pub(super) connection: Connection,
    path: PathBuf,
    runs: Current,
    /// The runs of a transaction that reads: no newer than what it sees.
    held: RefCell<Option<Arc<Runs>>>,
}

/// The index file, for the one that merges.
pub struct IndexWriter {
    index: Index,
    merging: Merging,
}

pub(super) fn failed(operation: &str, source: rusqlite::Error) -> StoreError {
    StoreError::Failed { operation: operation.to_owned(), source: source.into() }
}

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS covered(one INTEGER PRIMARY KEY CHECK(one = 1), format INTEGER NOT NULL, sequence INTEGER NOT NULL,
    head BLOB NOT NULL, waiting BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS fit(one INTEGER PRIMARY KEY CHECK(one = 1), sequence INTEGER NOT NULL, digest BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS feed(recipient INTEGER NOT NULL, last INTEGER NOT NULL, receipts BLOB NOT NULL,
    PRIMARY KEY(recipient, last)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS timer(due INTEGER NOT NULL, platform TEXT NOT NULL, order_no TEXT NOT NULL, kind INTEGER NOT NULL,
    attempt INTEGER NOT NULL, PRIMARY KEY(due, platform, order_no, kind, attempt)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listed(created INTEGER PRIMARY KEY, hash INTEGER NOT NULL, platform TEXT NOT NULL, order_no TEXT NOT NULL, state INTEGER NOT NULL,
    lane INTEGER NOT NULL, customs TEXT NOT NULL, entry TEXT, sequence INTEGER NOT NULL, time INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS listed_waiting ON listed(created) WHERE state IN (300, 500, 501, 502, 503, 599, 600);
CREATE INDEX IF NOT EXISTS listed_lane ON listed(lane, time, created) WHERE state IN (300, 500, 501, 502, 503, 599, 600);
CREATE INDEX IF NOT EXISTS listed_age ON listed(time, created) WHERE state IN (300, 500, 501, 502, 503, 599, 600);
CREATE INDEX IF NOT EXISTS listed_rare ON listed(state, created) WHERE state NOT IN (800, 899);
CREATE TABLE IF NOT EXISTS listed_party(party INTEGER NOT NULL, created INTEGER NOT NULL, PRIMARY KEY(party, created)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record(created INTEGER PRIMARY KEY, register INTEGER NOT NULL, state TEXT NOT NULL, sequence INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS record_register ON record(register, created);
CREATE INDEX IF NOT EXISTS record_state ON record(register, state, created);
CREATE TABLE IF NOT EXISTS record_party(party INTEGER NOT NULL, register INTEGER NOT NULL, created INTEGER NOT NULL,
    PRIMARY KEY(party, register, created)) STRICT, WITHOUT ROWID;
";
const FORMAT: i64 = 7;

impl IndexWriter {
    /// Opens the index of a folder, made if absent.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("index.db");
        let run = || {
            let connection = connect(&path)?;
            if covered(&connection)?.is_none() {
                clear(&connection)?;
            }
            let merging = Merging::open(&connection)?;
            Ok((connection, merging))
        };
        let (connection, merging) = run().map_err(|error| failed("open the index", error))?;
        let index = Index { connection, path, runs: merging.current(), held: RefCell::default() };
        Ok(Self { index, merging })
    }

    /// What readers see.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Empties the index, to be made anew.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        clear(&self.index.connection).map_err(|error| failed("clear the index", error))?;
        self.merging.clear();
        Ok(())
    }

    /// Merges what commits changed, sorted, in one transaction; then makes full levels of runs into larger ones.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn merge(&mut self, batch: &[Entries], waiting: &[u8]) -> Result<(), StoreError> {
        self.merge_all(batch, waiting).map_err(|error| {
            self.merging.undo();
            failed("merge the index", error)
        })
    }

    /// Makes the runs of a full level one; whether there was such a level.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn compact(&mut self) -> Result<bool, StoreError> {
        let Some((family, level)) = self.merging.full() else { return Ok(false) };
        let mut run = || {
            let transaction = self.index.connection.unchecked_transaction()?;
            self.merging.compact(&transaction, family, level)?;
            transaction.commit()?;
            self.merging.publish();
            Ok(true)
        };
        run().map_err(|error| {
            self.merging.undo();
            failed("merge the runs of the index", error)
        })
    }

    fn merge_all(&mut self, batch: &[Entries], waiting: &[u8]) -> rusqlite::Result<()> {
        let Some(last) = batch.last() else { return Ok(()) };
        let transaction = self.index.connection.unchecked_transaction()?;
        let merging = &mut self.merging;
        merging.sweep(&transaction)?;
        let number = |number: u64| number.to_be_bytes().to_vec();
        let keys = batch.iter().flat_map(|entries| entries.keys.iter());
        let keys = keys
            .map(|(hash, sequence)| (*hash, if *sequence == 0 { Vec::new() } else { number(*sequence) }))
            .collect();
        merging.add(&transaction, Family::Key, keys)?;
        let balances = batch.iter().flat_map(|entries| &entries.balances);
        let balances =
            balances.map(|(hash, account, balance)| (*hash, put_balance(account, balance))).collect();
        merging.add(&transaction, Family::Balance, balances)?;
        let counts = batch.iter().flat_map(|entries| &entries.counts);
        let counts = counts.map(|(hash, window)| (*hash, windows::put(window))).collect();
        merging.add(&transaction, Family::Count, counts)?;
        super::merge::feeds(&transaction, batch)?;
        super::merge::timers(&transaction, batch)?;
        super::merge::records(&transaction, batch)?;
        let places = super::merge::lists(&transaction, batch, &runs::current(&self.index.runs))?;
        let places = places.into_iter().map(|(hash, place)| (hash, number(place))).collect();
        merging.add(&transaction, Family::Place, places)?;
        transaction.execute(
            "INSERT INTO covered VALUES(1, ?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET format = excluded.format, sequence = excluded.sequence, head = excluded.head, waiting = excluded.waiting",
            params![FORMAT, last.last as i64, last.head, waiting],
        )?;
        transaction.execute(
            "INSERT INTO fit VALUES(1, ?1, ?2) ON CONFLICT DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest",
            params![last.last as i64, last.digest],
        )?;
        transaction.commit()?;
        merging.publish();
        Ok(())
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", 4096)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "cache_size", -8_192)?;
    // A large merge of runs passes through the log; the file is cut back afterwards.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.execute_batch(SCHEMA)?;
    connection.execute_batch(runs::SCHEMA)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

fn covered(connection: &Connection) -> rusqlite::Result<Option<(u64, [u8; 32])>> {
    let found =
        connection.query_row("SELECT sequence, head FROM covered WHERE format = ?1", [FORMAT], |row| {
            Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))
        });
    found.optional()
}

/// Drops every table, those of earlier formats too, and begins anew.
fn clear(connection: &Connection) -> rusqlite::Result<()> {
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let tables: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for table in tables {
        connection.execute_batch(&format!("DROP TABLE {table};"))?;
    }
    connection.execute_batch(SCHEMA)?;
    connection.execute_batch(runs::SCHEMA)
}

fn put_balance(account: &Account, balance: &Balance) -> Vec<u8> {
    let mut value = Vec::with_capacity(19 + account.owner.len());
    value.push(account.kind.number());
    value.extend_from_slice(&account.period.to_be_bytes());
    value.extend_from_slice(&balance.posted.to_be_bytes());
    value.extend_from_slice(&balance.held.to_be_bytes());
    value.extend_from_slice(account.owner.as_bytes());
    value
}

fn get_balance(value: &[u8]) -> Option<(Account, Balance)> {
    let (kind, rest) = value.split_first()?;
    let (period, rest) = rest.split_first_chunk()?;
    let (posted, rest) = rest.split_first_chunk()?;
    let (held, owner) = rest.split_first_chunk()?;
    let account = Account {
        kind: AccountKind::from_number(*kind)?,
        owner: std::str::from_utf8(owner).ok()?.into(),
        period: u16::from_be_bytes(*period),
    };
    let balance =
        Balance { posted: i64::from_be_bytes(*posted), held: i64::from_be_bytes(*held), limit: None };
    Some((account, balance))
}

impl Index {
    /// Another connection to the same file, for a thread of its own.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn again(&self) -> Result<Self, StoreError> {
        let connection = connect(&self.path).map_err(|error| failed("open the index", error))?;
        Ok(Self { connection, path: self.path.clone(), runs: self.runs.clone(), held: RefCell::default() })
    }

    /// Where the runs are found without a connection.
    pub fn runs(&self) -> Current {
        self.runs.clone()
    }

    /// The position covered with the chain head there; none for an empty index.
    pub fn covered(&self) -> Option<(u64, [u8; 32])> {
        covered(&self.connection).ok().flatten()
    }

    /// Row up to which it covers the ledger, and its digest: random enough to tell one ledger from another.
    pub fn fit(&self) -> Option<(u64, Vec<u8>)> {
        let fit = "SELECT sequence, digest FROM fit";
        let found = self.connection.query_row(fit, [], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?)));
        found.ok()
    }

    fn find(&self, family: Family, hash: KeyHash) -> rusqlite::Result<Option<Vec<u8>>> {
        let held = self.held.borrow().clone();
        held.unwrap_or_else(|| runs::current(&self.runs)).find(&self.connection, family, hash)
    }

    /// The sequence under a key.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn key(&self, hash: KeyHash) -> Result<Option<u64>, StoreError> {
        let found = self.find(Family::Key, hash).map_err(|error| failed("look a key up", error))?;
        Ok(found.and_then(|value| value.try_into().ok()).map(u64::from_be_bytes))
    }

    /// A balance without its limit.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn balance(&self, hash: KeyHash) -> Result<Option<Balance>, StoreError> {
        let found = self.find(Family::Balance, hash).map_err(|error| failed("read a balance", error))?;
        Ok(found.and_then(|value| get_balance(&value)).map(|(_, balance)| balance))
    }

    /// Runs several reads of these runs in one transaction: the locks of each by itself cost as much as the read.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn together<T>(
        &self,
        runs: Arc<Runs>,
        run: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // First the runs, then what the transaction sees: never older than they are.
        *self.held.borrow_mut() = Some(runs);
        let transaction =
            self.connection.unchecked_transaction().map_err(|error| failed("read the index", error))?;
        let found = run(self);
        *self.held.borrow_mut() = None;
        transaction.finish().map_err(|error| failed("read the index", error))?;
        found
    }

    /// All balances.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn balances(&self) -> Result<Vec<(Account, Balance)>, StoreError> {
        let mut found = Vec::new();
        runs::current(&self.runs)
            .each(&self.connection, Family::Balance, &mut |_, value| found.extend(get_balance(value)))
            .map_err(|error| failed("read the balances", error))?;
        Ok(found)
    }

    /// A counter.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count(&self, hash: KeyHash) -> Result<Option<Window>, StoreError> {
        let found = self.find(Family::Count, hash).map_err(|error| failed("read a window", error))?;
        Ok(found.map(|value| windows::get(&value)))
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

    /// Sequences and numbers of receipts of a recipient up to a sequence, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn newest_receipts(
        &self,
        recipient: KeyHash,
        upto: u64,
        limit: usize,
    ) -> Result<Vec<(u64, u16)>, StoreError> {
        let run = || -> rusqlite::Result<Vec<(u64, u16)>> {
            // A stretch is named by its last row: the first that ends behind the place may begin before it.
            let mut statement = self.connection.prepare_cached(
                "SELECT receipts FROM feed WHERE recipient = ?1 AND last <= coalesce((SELECT min(last) FROM feed WHERE recipient = ?1 AND last >= ?2), ?2) ORDER BY last DESC",
            )?;
            let mut rows = statement.query(params![recipient, i64::try_from(upto).unwrap_or(i64::MAX)])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let bytes: Vec<u8> = row.get(0)?;
                let begun = found.len();
                found.extend(super::merge::stretch(&bytes).filter(|(sequence, _)| *sequence <= upto));
                found[begun..].reverse();
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

    /// What waited when the index was merged, in their stored form.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn waiting(&self) -> Result<Vec<u8>, StoreError> {
        let found = self.connection.query_row("SELECT waiting FROM covered", [], |row| row.get(0)).optional();
        found.map(Option::unwrap_or_default).map_err(|error| failed("read what waits", error))
    }
}
