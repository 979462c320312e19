//! Sorted runs: what the index keeps under hashes of keys. Hashes are random, so a tree of them has a page written for
//! nearly every key. Here each merge writes its keys as a run of their own, sorted, page after page; when a level has
//! enough runs they become one run of the next. A key is written once a level, however much is stored. Each run
//! carries a filter of its keys and the first hash of each page: a lookup reads a page of the run that has the key and
//! hardly ever one of another.
//!
//! A run's pages are deleted when no reader holds the run any more. What values mean belongs to `index`.

use crate::hasher::KeyHash;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::sync::{Arc, PoisonError, RwLock};

/// What the entries of a run are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// Key → sequence of its last row.
    Key,
    /// Account → its balance.
    Balance,
    /// Counter → its days.
    Count,
    /// Consignment → its place in lists.
    Place,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Key, Self::Balance, Self::Count, Self::Place];

    fn at(self) -> usize {
        self as usize
    }
}

/// Tables of runs. A page's number is its run's, shifted, and its own: one row fills one page of the file.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS run(id INTEGER PRIMARY KEY, family INTEGER NOT NULL, level INTEGER NOT NULL, live INTEGER NOT NULL,
    pages INTEGER NOT NULL, firsts BLOB NOT NULL, filter BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS page(id INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
";

/// Bytes of entries in a page: with its row's head it fits a page of 4,096 bytes.
const PAGE: usize = 4_000;
/// Hash and length before a value.
const HEAD: usize = 10;
/// Runs of a level that become one of the next.
const FAN: usize = 8;
const PAGE_BITS: u32 = 32;
/// Bits of the filter for each key, and how many of them a key sets.
const FILTER_BITS: usize = 10;
const PROBES: u32 = 6;
/// Words of a filter's block: one line of the processor's cache.
const BLOCK: usize = 8;

/// A filter in blocks: a key's bits all lie in one.
struct Filter {
    words: Vec<u64>,
}

impl Filter {
    fn for_keys(count: usize) -> Self {
        Self { words: vec![0; (count * FILTER_BITS).div_ceil(64 * BLOCK).max(1) * BLOCK] }
    }

    fn block(&self, hash: u64) -> usize {
        let blocks = (self.words.len() / BLOCK) as u128;
        ((u128::from(hash) * blocks) >> 64) as usize * BLOCK
    }

    fn bits(hash: u64) -> impl Iterator<Item = (usize, u64)> {
        let mixed = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (0..PROBES).map(move |probe| {
            let bit = mixed >> (10 * probe) & 511;
            ((bit / 64) as usize, 1u64 << (bit % 64))
        })
    }

    fn add(&mut self, hash: u64) {
        let block = self.block(hash);
        for (word, bit) in Self::bits(hash) {
            self.words[block + word] |= bit;
        }
    }

    fn may_have(&self, hash: u64) -> bool {
        let block = self.block(hash);
        Self::bits(hash).all(|(word, bit)| self.words[block + word] & bit != 0)
    }
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.chunks_exact(8).filter_map(|word| word.try_into().ok()).map(u64::from_be_bytes).collect()
}

fn bytes(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A run, without its pages.
struct Run {
    id: i64,
    level: u8,
    /// First hash of each page.
    firsts: Vec<u64>,
    filter: Filter,
}

impl Run {
    fn page_id(&self, number: usize) -> i64 {
        (self.id << PAGE_BITS) | number as i64
    }
}

/// The runs of each family, newest first.
#[derive(Clone, Default)]
pub struct Runs([Vec<Arc<Run>>; 4]);

/// The runs as they are now: replaced as a whole when a merge is committed.
pub type Current = Arc<RwLock<Arc<Runs>>>;

/// The runs of this instant; while they are held, their pages stay.
pub fn current(runs: &Current) -> Arc<Runs> {
    runs.read().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Runs {
    /// Whether a hash may be there: no is certain.
    pub fn may_have(&self, family: Family, hash: KeyHash) -> bool {
        self.0[family.at()].iter().any(|run| run.filter.may_have(hash as u64))
    }

    /// The newest value under a hash; empty = gone.
    pub fn find(
        &self,
        connection: &Connection,
        family: Family,
        hash: KeyHash,
    ) -> rusqlite::Result<Option<Vec<u8>>> {
        let hash = hash as u64;
        for run in &self.0[family.at()] {
            if !run.filter.may_have(hash) {
                continue;
            }
            let after = run.firsts.partition_point(|first| *first <= hash);
            let Some(number) = after.checked_sub(1) else { continue };
            let mut statement = connection.prepare_cached("SELECT entries FROM page WHERE id = ?1")?;
            let mut rows = statement.query([run.page_id(number)])?;
            let Some(row) = rows.next()? else { return Err(rusqlite::Error::QueryReturnedNoRows) };
            let page = row.get_ref(0)?.as_blob()?;
            let found = Entries { bytes: page }.find(|(other, _)| *other >= hash);
            if let Some((other, value)) = found
                && other == hash
            {
                return Ok(Some(value.to_vec()));
            }
        }
        Ok(None)
    }

    /// Every entry of a family, the newest of each hash, in order of hashes.
    pub fn each(
        &self,
        connection: &Connection,
        family: Family,
        visit: &mut dyn FnMut(u64, &[u8]),
    ) -> rusqlite::Result<()> {
        together(connection, &self.0[family.at()], &mut |hash, value| {
            visit(hash, value);
            Ok(())
        })
    }

    /// Newer levels first, and of a level the newer run first.
    fn put(&mut self, family: Family, run: Arc<Run>) {
        let runs = &mut self.0[family.at()];
        runs.push(run);
        runs.sort_by_key(|run| (run.level, std::cmp::Reverse(run.id)));
    }
}

/// The entries of a page.
struct Entries<'a> {
    bytes: &'a [u8],
}

impl<'a> Iterator for Entries<'a> {
    type Item = (u64, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (head, rest) = self.bytes.split_at_checked(HEAD)?;
        let hash = u64::from_be_bytes(head[..8].try_into().ok()?);
        let length = u16::from_be_bytes(head[8..].try_into().ok()?);
        let (value, rest) = rest.split_at_checked(usize::from(length))?;
        self.bytes = rest;
        Some((hash, value))
    }
}

/// A run being read from its beginning.
struct Source<'a> {
    connection: &'a Connection,
    run: &'a Run,
    next_page: usize,
    page: Vec<u8>,
    at: usize,
}

impl<'a> Source<'a> {
    fn new(connection: &'a Connection, run: &'a Run) -> rusqlite::Result<Self> {
        let mut source = Self { connection, run, next_page: 0, page: Vec::new(), at: 0 };
        source.fill()?;
        Ok(source)
    }

    fn fill(&mut self) -> rusqlite::Result<()> {
        if self.at >= self.page.len() && self.next_page < self.run.firsts.len() {
            let mut statement = self.connection.prepare_cached("SELECT entries FROM page WHERE id = ?1")?;
            self.page = statement.query_row([self.run.page_id(self.next_page)], |row| row.get(0))?;
            self.next_page += 1;
            self.at = 0;
        }
        Ok(())
    }

    fn head(&self) -> Option<(u64, &[u8])> {
        Entries { bytes: self.page.get(self.at..)? }.next()
    }

    fn step(&mut self) -> rusqlite::Result<()> {
        if let Some((_, value)) = self.head() {
            self.at += HEAD + value.len();
        }
        self.fill()
    }
}

/// The entries of several runs, newest first, in order of hashes; of a hash only the newest.
fn together(
    connection: &Connection,
    runs: &[Arc<Run>],
    visit: &mut dyn FnMut(u64, &[u8]) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut sources: Vec<Source<'_>> =
        runs.iter().map(|run| Source::new(connection, run)).collect::<Result<_, _>>()?;
    loop {
        let heads = sources.iter().filter_map(|source| source.head().map(|(hash, _)| hash));
        let Some(least) = heads.min() else { return Ok(()) };
        let mut first = true;
        for source in &mut sources {
            let Some((hash, value)) = source.head() else { continue };
            if hash == least {
                if first {
                    visit(hash, value)?;
                    first = false;
                }
                source.step()?;
            }
        }
    }
}

/// A run being written.
struct Builder<'a> {
    transaction: &'a Transaction<'a>,
    run: Run,
    page: Vec<u8>,
}

impl<'a> Builder<'a> {
    /// For at most this many entries.
    fn new(transaction: &'a Transaction<'a>, level: u8, entries: usize) -> rusqlite::Result<Self> {
        let id: i64 =
            transaction.query_row("SELECT coalesce(max(id), 0) + 1 FROM run", [], |row| row.get(0))?;
        let run = Run { id, level, firsts: Vec::new(), filter: Filter::for_keys(entries) };
        Ok(Self { transaction, run, page: Vec::with_capacity(PAGE) })
    }

    fn push(&mut self, hash: u64, value: &[u8]) -> rusqlite::Result<()> {
        if !self.page.is_empty() && self.page.len() + HEAD + value.len() > PAGE {
            self.flush()?;
        }
        if self.page.is_empty() {
            self.run.firsts.push(hash);
        }
        // A counter has two numbers a day for at most a few years.
        let length =
            u16::try_from(value.len()).unwrap_or_else(|_| panic!("an entry has at most 65,535 bytes"));
        self.run.filter.add(hash);
        self.page.extend_from_slice(&hash.to_be_bytes());
        self.page.extend_from_slice(&length.to_be_bytes());
        self.page.extend_from_slice(value);
        Ok(())
    }

    fn flush(&mut self) -> rusqlite::Result<()> {
        let number = self.run.firsts.len() - 1;
        self.transaction
            .prepare_cached("INSERT INTO page VALUES(?1, ?2)")?
            .execute(params![self.run.page_id(number), self.page])?;
        self.page.clear();
        Ok(())
    }

    fn finish(mut self, family: Family) -> rusqlite::Result<Arc<Run>> {
        if !self.page.is_empty() {
            self.flush()?;
        }
        let run = &self.run;
        self.transaction.prepare_cached("INSERT INTO run VALUES(?1, ?2, ?3, 1, ?4, ?5, ?6)")?.execute(
            params![
                run.id,
                family.at() as i64,
                run.level,
                run.firsts.len() as i64,
                bytes(&run.firsts),
                bytes(&run.filter.words)
            ],
        )?;
        Ok(Arc::new(self.run))
    }
}

/// The merging side: one.
pub struct Merging {
    runs: Runs,
    current: Current,
    /// Runs that were made into larger ones, until no reader holds them.
    replaced: Vec<Arc<Run>>,
}

impl Merging {
    /// Reads what a file has; what an earlier process left behind is deleted.
    pub fn open(connection: &Connection) -> rusqlite::Result<Self> {
        let mut dead = connection.prepare("SELECT id FROM run WHERE live = 0")?;
        let dead: Vec<i64> = dead.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for id in dead {
            delete(connection, id)?;
        }
        let mut runs = Runs::default();
        let mut statement = connection.prepare("SELECT id, family, level, firsts, filter FROM run")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let family = Family::ALL.get(usize::from(row.get::<_, u8>(1)?)).copied().unwrap_or(Family::Key);
            let filter = Filter { words: words(row.get_ref(4)?.as_blob()?) };
            let firsts = words(row.get_ref(3)?.as_blob()?);
            runs.put(family, Arc::new(Run { id: row.get(0)?, level: row.get(2)?, firsts, filter }));
        }
        let current = Arc::new(RwLock::new(Arc::new(runs.clone())));
        Ok(Self { runs, current, replaced: Vec::new() })
    }

    /// Where readers find the runs.
    pub fn current(&self) -> Current {
        self.current.clone()
    }

    /// Writes entries as a run; of a hash the last one counts.
    pub fn add(
        &mut self,
        transaction: &Transaction<'_>,
        family: Family,
        mut entries: Vec<(KeyHash, Vec<u8>)>,
    ) -> rusqlite::Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        // Stable: of equal hashes the last stays last.
        entries.sort_by_key(|(hash, _)| *hash as u64);
        let mut builder = Builder::new(transaction, 0, entries.len())?;
        for (index, (hash, value)) in entries.iter().enumerate() {
            if entries.get(index + 1).is_none_or(|(next, _)| next != hash) {
                builder.push(*hash as u64, value)?;
            }
        }
        let run = builder.finish(family)?;
        self.runs.put(family, run);
        Ok(())
    }

    /// After a transaction that failed: the runs are those that readers find, whose pages stay.
    pub fn undo(&mut self) {
        self.runs = (*current(&self.current)).clone();
        let runs = &self.runs;
        self.replaced.retain(|gone| !runs.0.iter().flatten().any(|run| run.id == gone.id));
    }

    /// The file was emptied.
    pub fn clear(&mut self) {
        self.runs = Runs::default();
        self.replaced.clear();
        self.publish();
    }

    /// After the commit: readers find the new runs.
    pub fn publish(&self) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(self.runs.clone());
    }

    /// A level of some family that has enough runs to become one of the next.
    pub fn full(&self) -> Option<(Family, u8)> {
        Family::ALL.into_iter().find_map(|family| {
            let runs = &self.runs.0[family.at()];
            let level = |level: u8| runs.iter().filter(|run| run.level == level).count();
            runs.iter().map(|run| run.level).find(|known| level(*known) >= FAN).map(|level| (family, level))
        })
    }

    /// Makes the runs of a level one run of the next.
    pub fn compact(
        &mut self,
        transaction: &Transaction<'_>,
        family: Family,
        level: u8,
    ) -> rusqlite::Result<()> {
        let all = std::mem::take(&mut self.runs.0[family.at()]);
        let (inputs, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|run| run.level == level);
        let oldest = others.iter().all(|run| run.level < level);
        self.runs.0[family.at()] = others;
        let bits: usize = inputs.iter().map(|run| run.filter.words.len() * 64).sum();
        let mut builder = Builder::new(transaction, level + 1, bits / FILTER_BITS)?;
        together(transaction, &inputs, &mut |hash, value| {
            // With nothing older, what is gone needs no mark.
            if oldest && value.is_empty() { Ok(()) } else { builder.push(hash, value) }
        })?;
        let run = builder.finish(family)?;
        for input in &inputs {
            transaction.prepare_cached("UPDATE run SET live = 0 WHERE id = ?1")?.execute([input.id])?;
        }
        self.runs.put(family, run);
        self.replaced.extend(inputs);
        Ok(())
    }

    /// Deletes the pages of replaced runs that nobody holds.
    pub fn sweep(&mut self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        let mut held = Vec::new();
        for run in std::mem::take(&mut self.replaced) {
            if Arc::strong_count(&run) == 1 {
                delete(transaction, run.id)?;
            } else {
                held.push(run);
            }
        }
        self.replaced = held;
        Ok(())
    }
}

fn delete(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    let pages: Option<i64> =
        connection.query_row("SELECT pages FROM run WHERE id = ?1", [id], |row| row.get(0)).optional()?;
    let first = id << PAGE_BITS;
    connection
        .prepare_cached("DELETE FROM page WHERE id >= ?1 AND id < ?2")?
        .execute([first, first + pages.unwrap_or(0)])?;
    connection.prepare_cached("DELETE FROM run WHERE id = ?1")?.execute([id])?;
    Ok(())
}

#[cfg(test)]
mod tests;
