//! The ledger: segment files, append-only, time-ordered keys, synchronous. What a payload means is not known here.
//!
//! Every row's digest covers its stored blob, or in a block its payload under a salt of its own; the chain covers the digests,
//! so a recorded erasure may empty a payload and the chain still holds. The payload of a row in a block is one byte: how many
//! rows after the first of its block it stands. The `writer` row (fencing token, last sequence, last time, chain head) is updated in
//! every commit. One commit lies in one segment; at a size or a month's end a segment is sealed and the next begins
//! with its head. Data keys and dictionaries are rows too, of reserved kinds, written before their first use.

use super::block::Block;
use super::folder::Folder;
use super::kept::Kept;
use super::store::Options;
use crate::MasterKey;
use crate::StoreError;
use crate::crypt::Keyring;
use clearance::keys::{Position, Time};
use ring::digest::{SHA256, digest};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};

/// A wrapped data key: id(4) ‖ wrapped.
pub const DATA_KEY: u8 = 1;
/// A dictionary: id(4) ‖ class(1) ‖ bytes; its payload is compressed and encrypted like any other.
pub const DICTIONARY: u8 = 2;
/// The wrapped lookup key.
pub const LOOKUP_KEY: u8 = 3;
/// A lease of numbers: next(8) ‖ end(8), in the clear.
pub const NUMBERS: u8 = 4;

/// The part of a segment after which the write-ahead log is written back, in bytes of rows: of the usual one 32 MiB, which,
/// with the pages that are touched more than once, is about twice as much log. And at least so many bytes.
const CHECKPOINT_PART: u64 = 64;
const CHECKPOINT_LEAST: u64 = 1 << 20;

/// A row as stored.
#[derive(Clone, Debug)]
pub struct StoredRow {
    /// Its number.
    pub sequence: u64,
    /// Its commit's time.
    pub time: Time,
    /// Its kind.
    pub kind: u8,
    /// Its payload, opened; empty when erased.
    pub payload: Vec<u8>,
    /// Whether the payload was erased.
    pub erased: bool,
}

/// A row ready to be written.
pub struct SealedRow {
    kind: u8,
    /// Its blob, or its place in its block.
    payload: Vec<u8>,
    digest: [u8; 32],
    /// The block that begins with it.
    block: Option<Vec<u8>>,
}

impl SealedRow {
    /// A row with a blob of its own, which its digest covers.
    pub fn alone(kind: u8, blob: Vec<u8>) -> Self {
        let mut covered = [0; 32];
        covered.copy_from_slice(digest(&SHA256, &blob).as_ref());
        Self { kind, payload: blob, digest: covered, block: None }
    }
    /// Rows of these kinds that were sealed together.
    pub(super) fn together(
        kinds: &[u8],
        (blob, digests): (Vec<u8>, Vec<[u8; 32]>),
    ) -> impl Iterator<Item = Self> {
        let mut block = Some(blob);
        kinds.iter().zip(digests).enumerate().map(move |(index, (kind, digest))| Self {
            kind: *kind,
            payload: vec![index as u8],
            digest,
            block: block.take(),
        })
    }
    fn length(&self) -> usize {
        self.payload.len() + self.block.as_ref().map_or(0, Vec::len)
    }
}

/// The segments as readers know them: number and first sequence, ascending.
type Segments = RwLock<Vec<(u32, u64)>>;

/// Is told sequence, time, kind and digest of a row.
pub type DigestVisit<'a> = dyn FnMut(u64, Time, u8, &[u8]) + 'a;

/// Reading side, shared by all threads.
#[derive(Clone)]
pub struct LedgerReader {
    folder: PathBuf,
    segments: Arc<Segments>,
    pool: Arc<Mutex<Vec<(u32, Connection)>>>,
    pub(super) opened: Arc<Opened>,
    /// Keys and dictionaries.
    pub keyring: Arc<Keyring>,
    /// What wraps keys.
    pub master: MasterKey,
}

/// Writing side: one.
pub struct LedgerFiles {
    folder: PathBuf,
    connection: Connection,
    segment: u32,
    segment_bytes: u64,
    most_pages: Option<u32>,
    reader: LedgerReader,
    master: MasterKey,
    next: u64,
    last_time: Time,
    head: [u8; 32],
    fence: u64,
    next_key: u32,
    next_dictionary: u32,
    leased: u64,
    /// Bytes of rows since the log began anew.
    logged: u64,
    checkpoint: std::sync::mpsc::SyncSender<Checkpoint>,
    /// Whether the log is being written back.
    writing_back: bool,
    /// The segment whose log was written back last, but for what was committed meanwhile.
    written_back: Arc<AtomicU32>,
}

/// A write-ahead log to be written back, on a thread of its own, so that no commit waits for a reader.
enum Checkpoint {
    /// Of the segment that grows, with its number: as far as readers allow.
    Part(PathBuf, u32),
    /// Of a sealed segment: all of it.
    Whole(PathBuf),
}

fn failed(operation: &str, source: rusqlite::Error) -> StoreError {
    StoreError::Failed { operation: operation.to_owned(), source: source.into() }
}

fn unsealable(sequence: u64, what: &str) -> StoreError {
    StoreError::Damaged { position: Position { writer: 0, sequence }, what: what.to_owned() }
}

/// File of a segment.
pub fn segment_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("ledger-{number:06}.db"))
}

/// The chain over one more row.
pub fn chain(head: &[u8; 32], sequence: u64, time: Time, kind: u8, row_digest: &[u8]) -> [u8; 32] {
    ::evidence::chain(head, sequence, time.0, kind, row_digest)
}

fn open_segment(path: &Path, most_pages: Option<u32>) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "cache_size", -8192)?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS row(sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind INTEGER NOT NULL,
             payload BLOB NOT NULL, digest BLOB NOT NULL) STRICT;
         CREATE TABLE IF NOT EXISTS block(first INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT;
         CREATE TABLE IF NOT EXISTS writer(writer INTEGER PRIMARY KEY, fence INTEGER NOT NULL, sequence INTEGER NOT NULL,
             time INTEGER NOT NULL, head BLOB NOT NULL) STRICT;
         CREATE TABLE IF NOT EXISTS segment(number INTEGER PRIMARY KEY, first INTEGER NOT NULL, previous_head BLOB NOT NULL,
             sealed INTEGER NOT NULL, final_head BLOB) STRICT;
         CREATE INDEX IF NOT EXISTS reserved ON row(sequence) WHERE kind < 16;
         CREATE INDEX IF NOT EXISTS rare ON row(kind, sequence) WHERE kind > 17;",
    )?;
    if let Some(pages) = most_pages {
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    connection.set_prepared_statement_cache_capacity(16);
    Ok(connection)
}

/// The write-ahead log of a file.
pub(super) fn log_path(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// Removes the last segment if its writer ended before it began: its rows are all in the one before.
fn drop_unbegun(folder: &Path) -> Result<(), StoreError> {
    let Some(last) = segments_in(folder).last().copied().filter(|number| *number > 1) else { return Ok(()) };
    let path = segment_path(folder, last);
    let connection = open_segment(&path, None).map_err(|error| failed("open the ledger", error))?;
    let begun: i64 = connection
        .query_row("SELECT (SELECT count(*) FROM segment) + (SELECT count(*) FROM writer)", [], |row| {
            row.get(0)
        })
        .map_err(|error| failed("read a segment", error))?;
    drop(connection);
    if begun == 0 {
        std::fs::remove_file(&path).map_err(|source| StoreError::Failed {
            operation: "remove a segment that did not begin".to_owned(),
            source: source.into(),
        })?;
        // SQLite removes these itself when the last connection is closed; after a crash they may be left.
        let _ = std::fs::remove_file(log_path(&path));
    }
    Ok(())
}

/// Numbers of the segments in a folder, ascending.
pub fn segments_in(folder: &Path) -> Vec<u32> {
    let mut numbers: Vec<u32> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            entry.file_name().to_str()?.strip_prefix("ledger-")?.strip_suffix(".db")?.parse().ok()
        })
        .collect();
    numbers.sort_unstable();
    numbers
}

impl LedgerFiles {
    /// Opens the ledger of a folder for writing, made if absent: fences earlier writers off, makes a new data key.
    ///
    /// # Errors
    /// When the files cannot be opened or the master key is not theirs.
    pub fn open(folder: &Folder, master_key: &Path, options: &Options) -> Result<Self, StoreError> {
        drop_unbegun(&folder.path)?;
        let fresh = segments_in(&folder.path).is_empty();
        Self::open_with(folder, &MasterKey::load_or_create(master_key, fresh)?, options)
    }

    /// The same with a master key at hand.
    pub(super) fn open_with(
        folder: &Folder,
        master: &MasterKey,
        options: &Options,
    ) -> Result<Self, StoreError> {
        drop_unbegun(&folder.path)?;
        let numbers = segments_in(&folder.path);
        let master = master.clone();
        let segment = numbers.last().copied().unwrap_or(1);
        let connection = open_segment(&segment_path(&folder.path, segment), options.most_pages)
            .map_err(|error| failed("open the ledger", error))?;
        if numbers.is_empty() {
            connection
                .execute_batch(
                    "BEGIN IMMEDIATE;
                     INSERT INTO segment VALUES(1, 1, zeroblob(32), 0, NULL);
                     INSERT INTO writer VALUES(0, 0, 0, 0, zeroblob(32)); COMMIT;",
                )
                .map_err(|error| failed("begin the ledger", error))?;
        }
        let mut firsts = Vec::new();
        for number in numbers.iter().copied().chain(numbers.is_empty().then_some(1)) {
            let read = Connection::open_with_flags(
                segment_path(&folder.path, number),
                OpenFlags::SQLITE_OPEN_READ_WRITE,
            )
            .map_err(|error| failed("open a segment", error))?;
            let first: i64 = read
                .query_row("SELECT first FROM segment", [], |row| row.get(0))
                .map_err(|error| failed("read a segment", error))?;
            firsts.push((number, first as u64));
        }
        // In a transaction of its own: what cannot be committed for want of room has to be heard of.
        let taking = connection.unchecked_transaction().map_err(|error| failed("take the writer", error))?;
        let (fence, next, last_time, head) = taking
            .query_row(
                "UPDATE writer SET fence = fence + 1 WHERE writer = 0 RETURNING fence, sequence, time, head",
                [],
                |row| {
                    Ok((
                        row.get::<_, i64>(0)? as u64,
                        row.get::<_, i64>(1)? as u64 + 1,
                        Time(row.get(2)?),
                        row.get::<_, [u8; 32]>(3)?,
                    ))
                },
            )
            .map_err(|error| failed("take the writer", error))?;
        taking.commit().map_err(|error| failed("take the writer", error))?;
        let (checkpoint, requests) = std::sync::mpsc::sync_channel::<Checkpoint>(2);
        let written_back = Arc::new(AtomicU32::new(0));
        let nearly = written_back.clone();
        super::thread("checkpoint", move || {
            for request in requests {
                let (path, pragma, part) = match request {
                    Checkpoint::Part(path, segment) => {
                        (path, "PRAGMA wal_checkpoint(PASSIVE)", Some(segment))
                    }
                    Checkpoint::Whole(path) => (path, "PRAGMA wal_checkpoint(TRUNCATE)", None),
                };
                // A checkpoint that fails is tried again at the next request, or when the ledger is opened again; the
                // log only grows meanwhile.
                if let Ok(connection) = Connection::open(&path) {
                    let _ = connection.query_row(pragma, [], |_| Ok(()));
                }
                if let Some(segment) = part {
                    nearly.store(segment, Ordering::Release);
                }
            }
        })?;
        let reader = LedgerReader {
            folder: folder.path.clone(),
            segments: Arc::new(RwLock::new(firsts)),
            pool: Arc::default(),
            opened: Arc::default(),
            keyring: Arc::default(),
            master: master.clone(),
        };
        let mut files = Self {
            folder: folder.path.clone(),
            connection,
            segment,
            segment_bytes: options.segment_bytes,
            most_pages: options.most_pages,
            reader,
            master,
            next,
            last_time,
            head,
            fence,
            next_key: 1,
            next_dictionary: 1,
            leased: 1,
            logged: 0,
            checkpoint,
            writing_back: false,
            written_back,
        };
        files.load_keys()?;
        files.new_key()?;
        Ok(files)
    }

    fn load_keys(&mut self) -> Result<(), StoreError> {
        let mut lookup = None;
        for row in self.reader.reserved()? {
            match row.kind {
                DATA_KEY => {
                    let (id, key) = unwrap_key(&self.master, &row)?;
                    self.reader.keyring.add_key(id, &key);
                    self.next_key = self.next_key.max(id + 1);
                }
                LOOKUP_KEY => lookup = Some(unwrap_key(&self.master, &row)?.1),
                NUMBERS => {
                    self.leased = row
                        .payload
                        .get(8..16)
                        .and_then(|end| end.try_into().ok())
                        .map_or(self.leased, u64::from_be_bytes)
                }
                _ => {
                    let (id, class, dictionary) = self.reader.dictionary_of(&row)?;
                    self.reader.keyring.add_dictionary(id, class, dictionary);
                    self.next_dictionary = self.next_dictionary.max(id + 1);
                }
            }
        }
        let key = match lookup {
            Some(key) => key,
            None => {
                let key = self.random_key()?;
                let blob = self.wrapped(0, &key)?;
                self.commit(Time(self.last_time.0), vec![SealedRow::alone(LOOKUP_KEY, blob)])?;
                key
            }
        };
        self.reader.keyring.set_lookup(&key);
        Ok(())
    }

    /// Wraps every key again under a new master key: all in one commit.
    pub(super) fn wrap_again(&mut self, rotation: &crate::rotate::Rotation) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        for row in self.reader.reserved()? {
            if let (DATA_KEY | LOOKUP_KEY, Some((id, wrapped))) = (row.kind, row.payload.split_at_checked(4))
            {
                let blob = [id, &rotation.key(wrapped)?].concat();
                rows.push(SealedRow::alone(row.kind, blob));
            }
        }
        self.commit(self.last_time, rows)?;
        self.master = rotation.new.clone();
        self.reader.master = rotation.new.clone();
        Ok(())
    }

    /// Empties the rows of keys that were wrapped again since: whoever has an old master key opens nothing with it.
    pub(super) fn empty_superseded(&mut self) -> Result<(), StoreError> {
        let kept: Vec<u64> = self.reader.reserved()?.into_iter().map(|row| row.sequence).collect();
        for (number, _) in self.reader.segments_of() {
            let empty = || -> rusqlite::Result<()> {
                let mut connection = Connection::open(segment_path(&self.folder, number))?;
                connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
                let transaction = connection.transaction()?;
                let keys: Vec<i64> = transaction
                    .prepare("SELECT sequence FROM row WHERE kind IN (1, 3) AND length(payload) > 0")?
                    .query_map([], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                for sequence in keys.into_iter().filter(|sequence| !kept.contains(&(*sequence as u64))) {
                    transaction
                        .execute("UPDATE row SET payload = zeroblob(0) WHERE sequence = ?1", [sequence])?;
                }
                transaction.commit()?;
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            };
            empty().map_err(|error| failed("empty keys of the ledger", error))?;
        }
        Ok(())
    }

    fn random_key(&self) -> Result<[u8; 32], StoreError> {
        self.reader.keyring.random().map_err(|error| unsealable(self.next, error.0))
    }

    fn wrapped(&self, id: u32, key: &[u8; 32]) -> Result<Vec<u8>, StoreError> {
        let wrapped =
            self.reader.keyring.wrap(&self.master, key).map_err(|error| unsealable(self.next, error.0))?;
        Ok([id.to_be_bytes().as_slice(), &wrapped].concat())
    }

    /// A new data key, durable before anything is sealed under it.
    pub(super) fn new_key(&mut self) -> Result<(), StoreError> {
        let (id, key) = (self.next_key, self.random_key()?);
        let blob = self.wrapped(id, &key)?;
        self.commit(Time(self.last_time.0), vec![SealedRow::alone(DATA_KEY, blob)])?;
        self.reader.keyring.add_key(id, &key);
        self.reader.keyring.use_key(id);
        self.next_key += 1;
        Ok(())
    }

    /// Leases a block of numbers, durable before the first is given out.
    ///
    /// # Errors
    /// When the commit fails.
    pub fn lease(&mut self, next: u64, end: u64) -> Result<(), StoreError> {
        let blob = [next.to_be_bytes(), end.to_be_bytes()].concat();
        self.commit(self.last_time, vec![SealedRow::alone(NUMBERS, blob)])?;
        self.leased = end;
        Ok(())
    }

    /// Writes a trained dictionary; later rows of its class use it.
    ///
    /// # Errors
    /// When the commit fails.
    pub fn add_dictionary(&mut self, class: u8, dictionary: Vec<u8>) -> Result<(), StoreError> {
        let id = self.next_dictionary;
        let plain = [id.to_be_bytes().as_slice(), &[class], &dictionary].concat();
        let keyring = &self.reader.keyring;
        let sealed = keyring.random().and_then(|salt| keyring.seal(DICTIONARY, &plain, salt));
        let blob = sealed.map_err(|error| unsealable(self.next, error.0))?;
        self.commit(self.last_time, vec![SealedRow::alone(DICTIONARY, blob)])?;
        self.reader.keyring.add_dictionary(id, class, dictionary);
        self.next_dictionary += 1;
        Ok(())
    }

    /// The reading side.
    pub fn reader(&self) -> LedgerReader {
        self.reader.clone()
    }
    /// The sequence the next row will have.
    pub fn next(&self) -> u64 {
        self.next
    }
    /// One past the last number that was leased.
    pub fn leased(&self) -> u64 {
        self.leased
    }
    /// Time of the newest commit.
    pub fn last_time(&self) -> Time {
        self.last_time
    }
    /// Head of the chain.
    pub fn head(&self) -> [u8; 32] {
        self.head
    }

    /// Commits batches of rows with their times, of one month, all or nothing, durable when it returns. A failed commit
    /// leaves nobody knowing: the caller ends the process and restart recovers.
    ///
    /// # Errors
    /// When SQLite fails, or another writer took over.
    ///
    /// # Panics
    /// If time runs backwards: a programmer's error.
    pub fn commit_together(&mut self, batches: &[(Time, Vec<SealedRow>)]) -> Result<(), StoreError> {
        let mut last = self.last_time;
        for (time, _) in batches {
            assert!(*time >= last, "commit times do not run backwards");
            last = *time;
        }
        self.roll(last)?;
        let (mut sequence, mut head) = (self.next, self.head);
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(|error| failed("begin a commit", error))?;
        {
            let mut insert = transaction
                .prepare_cached("INSERT INTO row VALUES(?1, ?2, ?3, ?4, ?5)")
                .map_err(|error| failed("prepare", error))?;
            let mut block = transaction
                .prepare_cached("INSERT INTO block VALUES(?1, ?2)")
                .map_err(|error| failed("prepare", error))?;
            let rows = batches.iter().flat_map(|(time, rows)| rows.iter().map(|row| (*time, row)));
            for (time, row) in rows {
                insert
                    .execute(params![sequence as i64, time.0, row.kind, row.payload, row.digest])
                    .map_err(|error| failed("insert a row", error))?;
                if let Some(blob) = &row.block {
                    block
                        .execute(params![sequence as i64, blob])
                        .map_err(|error| failed("insert a block", error))?;
                }
                head = chain(&head, sequence, time, row.kind, &row.digest);
                sequence += 1;
            }
            let mut writer = transaction
                .prepare_cached(
                    "UPDATE writer SET sequence = ?1, time = ?2, head = ?3 WHERE writer = 0 AND fence = ?4",
                )
                .map_err(|error| failed("prepare", error))?;
            let updated = writer
                .execute(params![(sequence - 1) as i64, last.0, head, self.fence as i64])
                .map_err(|error| failed("update the writer", error))?;
            if updated != 1 {
                return Err(unsealable(sequence, "another writer took over"));
            }
        }
        transaction.commit().map_err(|error| failed("commit", error))?;
        self.next = sequence;
        self.head = head;
        self.last_time = last;
        let rows = batches.iter().flat_map(|(_, rows)| rows);
        self.logged += rows.map(|row| row.length() as u64).sum::<u64>();
        if self.logged > (self.segment_bytes / CHECKPOINT_PART).max(CHECKPOINT_LEAST) {
            self.write_back();
        }
        Ok(())
    }

    /// The same of one batch.
    ///
    /// # Errors
    /// As [`Self::commit_together`].
    pub fn commit(&mut self, time: Time, rows: Vec<SealedRow>) -> Result<(), StoreError> {
        self.commit_together(&[(time, rows)])
    }

    /// Has the log written back beside the commits, and then what was committed meanwhile, which is little, before the next:
    /// else, where commits never pause, there would always be a rest, and the log would grow for ever. The next commit
    /// begins the log anew, unless somebody reads in it just then: a later one does.
    fn write_back(&mut self) {
        if !self.writing_back {
            let path = segment_path(&self.folder, self.segment);
            // A full queue means that others are under way: the next commit asks again.
            self.writing_back = self.checkpoint.try_send(Checkpoint::Part(path, self.segment)).is_ok();
        }
        if !self.writing_back || self.written_back.load(Ordering::Acquire) != self.segment {
            return;
        }
        self.written_back.store(0, Ordering::Release);
        self.writing_back = false;
        // One that fails is tried again after as many rows.
        let _ = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        self.logged = 0;
    }

    /// Seals the segment and begins the next when it is full or its month is over.
    fn roll(&mut self, time: Time) -> Result<(), StoreError> {
        let month = |time: Time| time.day().number() / 100;
        let first = { self.reader.segments_of().last().map_or(1, |(_, first)| *first) };
        let has_rows = self.next > first;
        let length = |path: &Path| std::fs::metadata(path).map_or(0, |data| data.len());
        let file = segment_path(&self.folder, self.segment);
        // What is not checkpointed yet will be: it counts.
        let size = length(&file) + length(&log_path(&file));
        let month_over = self.last_time.0 > 0 && month(time) != month(self.last_time);
        if !has_rows || (size < self.segment_bytes && !month_over) {
            return Ok(());
        }
        let number = self.segment + 1;
        let path = segment_path(&self.folder, number);
        let mut next =
            open_segment(&path, self.most_pages).map_err(|error| failed("open the next segment", error))?;
        let begin = |next: &mut Connection| -> rusqlite::Result<()> {
            let transaction = next.transaction()?;
            transaction.execute(
                "INSERT INTO segment VALUES(?1, ?2, ?3, 0, NULL)",
                params![number, self.next as i64, self.head],
            )?;
            transaction.execute(
                "INSERT INTO writer VALUES(0, ?1, ?2, ?3, ?4)",
                params![self.fence as i64, (self.next - 1) as i64, self.last_time.0, self.head],
            )?;
            transaction.commit()
        };
        begin(&mut next).map_err(|error| failed("begin a segment", error))?;
        self.connection
            .execute("UPDATE segment SET sealed = 1, final_head = ?1", params![self.head])
            .map_err(|error| failed("seal a segment", error))?;
        self.connection = next;
        (self.logged, self.writing_back) = (0, false);
        // On its own thread: a backup may be reading the segment for minutes.
        let _ = self.checkpoint.try_send(Checkpoint::Whole(segment_path(&self.folder, self.segment)));
        self.segment = number;
        self.reader
            .segments
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push((number, self.next));
        Ok(())
    }
}

fn unwrap_key(master: &MasterKey, row: &StoredRow) -> Result<(u32, [u8; 32]), StoreError> {
    let (id, wrapped) =
        row.payload.split_at_checked(4).ok_or_else(|| unsealable(row.sequence, "key row is cut short"))?;
    let id = u32::from_be_bytes(id.try_into().map_err(|_| unsealable(row.sequence, "key row"))?);
    let key = Keyring::unwrap(master, wrapped).map_err(|error| {
        StoreError::MasterKey(format!("{}: it is not the key this folder was made with", error.0))
    })?;
    Ok((id, key))
}

impl LedgerReader {
    /// A reader of a folder that nobody need have open: for verification.
    ///
    /// # Errors
    /// When the files cannot be read or the master key is not theirs.
    pub fn open(folder: &Path, master: &MasterKey) -> Result<Self, StoreError> {
        let mut firsts = Vec::new();
        for number in segments_in(folder) {
            let connection =
                Connection::open_with_flags(segment_path(folder, number), OpenFlags::SQLITE_OPEN_READ_WRITE)
                    .map_err(|error| failed("open a segment", error))?;
            let first: i64 = connection
                .query_row("SELECT first FROM segment", [], |row| row.get(0))
                .map_err(|error| failed("read a segment", error))?;
            firsts.push((number, first as u64));
        }
        let reader = Self {
            folder: folder.to_owned(),
            segments: Arc::new(RwLock::new(firsts)),
            pool: Arc::default(),
            opened: Arc::default(),
            keyring: Arc::default(),
            master: master.clone(),
        };
        for row in reader.reserved()? {
            match row.kind {
                DATA_KEY => {
                    let (id, key) = unwrap_key(master, &row)?;
                    reader.keyring.add_key(id, &key);
                }
                LOOKUP_KEY => reader.keyring.set_lookup(&unwrap_key(master, &row)?.1),
                NUMBERS => {}
                _ => {
                    let (id, class, dictionary) = reader.dictionary_of(&row)?;
                    reader.keyring.add_dictionary(id, class, dictionary);
                }
            }
        }
        Ok(reader)
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The segments: number and first sequence.
    pub fn segments_of(&self) -> Vec<(u32, u64)> {
        self.segments.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn dictionary_of(&self, row: &StoredRow) -> Result<(u32, u8, Vec<u8>), StoreError> {
        let plain = self.keyring.open(&row.payload).map_err(|error| unsealable(row.sequence, error.0))?;
        match plain.split_at_checked(5) {
            Some(([a, b, c, d, class], bytes)) => {
                Ok((u32::from_be_bytes([*a, *b, *c, *d]), *class, bytes.to_vec()))
            }
            _ => Err(unsealable(row.sequence, "dictionary row")),
        }
    }

    /// Data keys, lookup key and dictionaries in order, payloads as stored.
    fn reserved(&self) -> Result<Vec<StoredRow>, StoreError> {
        let mut found = Vec::new();
        for (number, _) in self.segments_of() {
            self.with(number, |connection| {
                let mut statement = connection.prepare(
                    "SELECT sequence, time, kind, payload FROM row WHERE kind < 16 ORDER BY sequence",
                )?;
                let rows = statement.query_map([], |row| {
                    let payload: Vec<u8> = row.get(3)?;
                    Ok(StoredRow {
                        sequence: row.get::<_, i64>(0)? as u64,
                        time: Time(row.get(1)?),
                        kind: row.get(2)?,
                        erased: payload.is_empty(),
                        payload,
                    })
                })?;
                for row in rows {
                    let row = row?;
                    // A key that was wrapped again stands in its newest row alone.
                    if !row.erased {
                        found.retain(|other: &StoredRow| !same_key(other, &row));
                        found.push(row);
                    }
                }
                Ok(())
            })?;
        }
        Ok(found)
    }

    pub(super) fn with<T>(
        &self,
        segment: u32,
        run: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let pooled = {
            let mut pool = self.pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            pool.iter().position(|(number, _)| *number == segment).map(|index| pool.swap_remove(index).1)
        };
        let connection = match pooled {
            Some(connection) => connection,
            None => {
                let path = segment_path(&self.folder, segment);
                let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
                    .map_err(|error| failed("open a segment", error))?;
                connection
                    .pragma_update(None, "wal_autocheckpoint", 0)
                    .map_err(|error| failed("open a segment", error))?;
                connection.set_prepared_statement_cache_capacity(16);
                connection
            }
        };
        let result = run(&connection).map_err(|error| failed("read the ledger", error));
        let mut pool = self.pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if pool.len() < 16 {
            pool.push((segment, connection));
        }
        result
    }

    pub(super) fn segment_of(&self, sequence: u64) -> Option<u32> {
        self.segments_of().iter().rev().find(|(_, first)| *first <= sequence).map(|(number, _)| *number)
    }

    /// A row with its payload decrypted and decompressed, or what took the place of one that was erased.
    pub(super) fn opened(&self, mut row: StoredRow) -> Result<StoredRow, StoreError> {
        if row.kind >= 16
            && row.erased
            && let Some(redacted) = self.redaction(row.sequence)?
        {
            (row.payload, row.erased) = (redacted, false);
        }
        if row.kind >= 16 && !row.erased {
            row.payload = match place(&row.payload) {
                Some(index) => {
                    let block = self.block(row.sequence, index)?;
                    let payload = block.payload(usize::from(index));
                    payload.ok_or_else(|| unsealable(row.sequence, "it is not in its block"))?.to_vec()
                }
                None => self.keyring.open(&row.payload).map_err(|error| unsealable(row.sequence, error.0))?,
            };
        }
        Ok(row)
    }

    /// The block of a row that is the `index`-th of it.
    pub(super) fn block(&self, sequence: u64, index: u8) -> Result<Arc<Block>, StoreError> {
        let first = sequence.saturating_sub(u64::from(index));
        let Opened { blocks, erasures } = &*self.opened;
        let age = match blocks.find(first, erasures) {
            Ok(block) => return Ok(block),
            Err(age) => age,
        };
        let segment =
            self.segment_of(first).ok_or_else(|| unsealable(sequence, "its segment is not here"))?;
        let blob: Option<Vec<u8>> = self.with(segment, |connection| {
            let mut statement = connection.prepare_cached("SELECT payload FROM block WHERE first = ?1")?;
            statement.query_row([first as i64], |row| row.get(0)).optional()
        })?;
        let blob = blob.ok_or_else(|| unsealable(sequence, "its block is not here"))?;
        let block = Block::open(&self.keyring, &blob).map_err(|error| unsealable(sequence, error.0))?;
        let block = Arc::new(block);
        blocks.keep(first, block.clone(), age, erasures);
        Ok(block)
    }

    /// The row with a number.
    ///
    /// # Errors
    /// When it cannot be read or opened.
    pub fn get(&self, sequence: u64) -> Result<Option<StoredRow>, StoreError> {
        self.get_of(sequence, |_| true)
    }

    /// The same, if it is of a kind that is wanted: of others nothing is opened.
    ///
    /// # Errors
    /// When it cannot be read or opened.
    pub fn get_of(
        &self,
        sequence: u64,
        wanted: impl Fn(u8) -> bool,
    ) -> Result<Option<StoredRow>, StoreError> {
        let Some(segment) = self.segment_of(sequence) else { return Ok(None) };
        let found = self.with(segment, |connection| {
            let mut statement = connection
                .prepare_cached("SELECT sequence, time, kind, payload FROM row WHERE sequence = ?1")?;
            statement.query_row([sequence as i64], read_row).optional()
        })?;
        found.filter(|row| wanted(row.kind)).map(|row| self.opened(row)).transpose()
    }

    /// Rows after a number, in order, in batches, until `visit` says stop.
    ///
    /// # Errors
    /// When one cannot be read or opened.
    pub fn scan(&self, after: u64, visit: &mut dyn FnMut(StoredRow) -> bool) -> Result<(), StoreError> {
        let mut fault = None;
        self.scan_sealed(after, &mut |row| match self.opened(row) {
            Ok(row) => visit(row),
            Err(error) => {
                fault = Some(error);
                false
            }
        })?;
        fault.map_or(Ok(()), Err)
    }

    /// The same with payloads as they lie there.
    pub(super) fn scan_sealed(
        &self,
        after: u64,
        visit: &mut dyn FnMut(StoredRow) -> bool,
    ) -> Result<(), StoreError> {
        let mut next = after + 1;
        loop {
            let Some(segment) = self.segment_of(next) else { return Ok(()) };
            let last = self
                .segments_of()
                .iter()
                .find(|(_, first)| *first > next)
                .map_or(i64::MAX as u64, |(_, first)| first - 1);
            let rows: Vec<StoredRow> = self.with(segment, |connection| {
                let mut statement = connection.prepare_cached("SELECT sequence, time, kind, payload FROM row WHERE sequence >= ?1 AND sequence <= ?2 ORDER BY sequence LIMIT 512")?;
                statement.query_map([next as i64, last as i64], read_row)?.collect()
            })?;
            if rows.is_empty() {
                if last == i64::MAX as u64 {
                    return Ok(());
                }
                next = last + 1;
                continue;
            }
            for row in rows {
                next = row.sequence + 1;
                if !visit(row) {
                    return Ok(());
                }
            }
        }
    }

    /// Digests as stored, in order: sequence, time, kind, blob, digest, for verification.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn scan_blobs(
        &self,
        segment: u32,
        visit: &mut dyn FnMut(u64, Time, u8, Vec<u8>, Vec<u8>),
    ) -> Result<(), StoreError> {
        self.with(segment, |connection| {
            let mut statement = connection
                .prepare("SELECT sequence, time, kind, payload, digest FROM row ORDER BY sequence")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                visit(row.get::<_, i64>(0)? as u64, Time(row.get(1)?), row.get(2)?, row.get(3)?, row.get(4)?);
            }
            Ok(())
        })
    }

    /// The digest of a row, if it is there.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn digest(&self, sequence: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let segments = self.segments_of();
        let Some((segment, _)) = segments.into_iter().rev().find(|(_, first)| *first <= sequence) else {
            return Ok(None);
        };
        self.with(segment, |connection| {
            let mut statement = connection.prepare_cached("SELECT digest FROM row WHERE sequence = ?1")?;
            statement.query_row([sequence as i64], |row| row.get(0)).optional()
        })
    }

    /// The chain from the head after a row to that after a later one.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn chain_on(&self, mut head: [u8; 32], after: u64, upto: u64) -> Result<[u8; 32], StoreError> {
        for (segment, first) in self.segments_of() {
            if first > upto {
                break;
            }
            self.scan_digests(segment, after, upto, &mut |row, time, kind, digest| {
                head = chain(&head, row, time, kind, digest);
            })?;
        }
        Ok(head)
    }

    /// Digests of a segment after a row up to another, in order, without their payloads.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn scan_digests(
        &self,
        segment: u32,
        after: u64,
        upto: u64,
        visit: &mut DigestVisit<'_>,
    ) -> Result<(), StoreError> {
        self.with(segment, |connection| {
            let mut statement = connection.prepare(
                "SELECT sequence, time, kind, digest FROM row WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence",
            )?;
            let mut rows = statement.query([after as i64, upto as i64])?;
            while let Some(row) = rows.next()? {
                let digest: Vec<u8> = row.get(3)?;
                visit(row.get::<_, i64>(0)? as u64, Time(row.get(1)?), row.get(2)?, &digest);
            }
            Ok(())
        })
    }

    /// Rows of some kinds up to a number, opened, in order.
    ///
    /// # Errors
    /// When one cannot be read or opened.
    pub fn scan_kinds(
        &self,
        kinds: &[u8],
        upto: u64,
        visit: &mut dyn FnMut(StoredRow),
    ) -> Result<(), StoreError> {
        for (segment, _) in self.segments_of() {
            for kind in kinds {
                let rows: Vec<StoredRow> = self.with(segment, |connection| {
                    let mut statement = connection.prepare_cached("SELECT sequence, time, kind, payload FROM row WHERE kind = ?1 AND sequence <= ?2 AND kind > 17 ORDER BY sequence")?;
                    statement.query_map(params![kind, upto as i64], read_row)?.collect()
                })?;
                for row in rows {
                    visit(self.opened(row)?);
                }
            }
        }
        Ok(())
    }

    /// Previous head, sealed head and the writer's row of a segment.
    ///
    /// # Errors
    /// When the file cannot be read.
    #[expect(clippy::type_complexity, reason = "three facts of one segment, taken apart at once")]
    pub fn heads(&self, segment: u32) -> Result<(Vec<u8>, Option<Vec<u8>>, (u64, Vec<u8>)), StoreError> {
        self.with(segment, |connection| {
            let (previous, last) =
                connection.query_row("SELECT previous_head, final_head FROM segment", [], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            let writer =
                connection.query_row("SELECT sequence, head FROM writer WHERE writer = 0", [], |row| {
                    Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))
                })?;
            Ok((previous, last, writer))
        })
    }
}

/// The place of a row in its block, if its payload is one: the shortest blob is much longer.
pub(super) fn place(payload: &[u8]) -> Option<u8> {
    if let [index] = payload { Some(*index) } else { None }
}

/// Blocks that were opened last: whoever reads rows one after the other opens each once.
pub(super) struct Opened {
    blocks: Kept<u64, Arc<Block>>,
    /// Moves on with every erasure: what was read before it is not kept.
    pub erasures: AtomicU64,
}

impl Default for Opened {
    fn default() -> Self {
        Self { blocks: Kept::new(Self::KEPT), erasures: AtomicU64::new(0) }
    }
}

impl Opened {
    /// What a page of fifty trades is made of, for a few who look at one: a block of the usual rows takes 16 KiB.
    const KEPT: usize = 512;

    /// After rows were erased: what was opened before is dropped, and what is being opened is not kept.
    pub fn forget(&self) {
        self.erasures.fetch_add(1, Ordering::SeqCst);
        self.blocks.forget(&self.erasures);
    }
}

/// Whether two rows are of one key.
fn same_key(one: &StoredRow, other: &StoredRow) -> bool {
    one.kind == other.kind
        && matches!(one.kind, DATA_KEY | LOOKUP_KEY)
        && one.payload.get(..4) == other.payload.get(..4)
}

fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredRow> {
    let payload: Vec<u8> = row.get(3)?;
    Ok(StoredRow {
        sequence: row.get::<_, i64>(0)? as u64,
        time: Time(row.get(1)?),
        kind: row.get(2)?,
        erased: payload.is_empty(),
        payload,
    })
}
