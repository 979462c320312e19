//! The evidence log of a space: follows the ledger with a tree a writer, keeps the roots of complete subtrees of 256 rows and
//! of every 256 of those, makes and keeps signed heads, and proves from all that. Never on the path of a commit: what is kept
//! is derived, but for keys and published heads.
//!
//! How leaves, trees, heads and proofs are made and checked belongs to the crate `evidence`; who may ask, to `server`.

mod place;
mod tree;

pub(crate) use place::Place;
pub use tree::{Consistency, Inclusion};

use crate::crypt::Keyring;
use crate::sqlite::evidence::Files;
use crate::sqlite::ledger_files::LedgerReader;
use crate::{Cursor, MasterKey, StoreError};
use ::evidence::{CHAIN_BEGIN, Entry, Frontier, Hash, Key, SignedHead, Signer, SpaceHead, WriterHead};
use clearance::keys::{Position, Time};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Rows that are read at once.
const BATCH: u64 = 2_048;
/// Roots are kept of every so many levels: of 256 rows, of 65,536, of 16,777,216 …
const LEVELS: u8 = 8;
/// How long the key that signs what is sent is taken to be the newest.
const SENDER_KNOWN: Duration = Duration::from_secs(60);
/// Heads are made no faster: whoever wants one of newer rows waits for it, together with all others.
const BETWEEN_HEADS: Duration = Duration::from_millis(250);

/// The root of a complete subtree that is kept, with the chain head after its last row.
pub(crate) struct Tile {
    pub level: u8,
    pub number: u64,
    pub root: Hash,
    pub chain: Hash,
}

/// A key with its private half, wrapped under the master key.
pub(crate) struct KeptKey {
    pub key: Key,
    pub wrapped: Vec<u8>,
}

/// A head that was given out. All are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    /// From 1, without gaps.
    pub number: u64,
    /// The head.
    pub head: SignedHead,
}

fn damaged(position: Position, what: &str) -> StoreError {
    StoreError::Damaged { position, what: what.to_owned() }
}

fn refused(operation: &str, why: String) -> StoreError {
    StoreError::Failed { operation: operation.to_owned(), source: why.into() }
}

/// A digest as it is kept.
pub(crate) fn digest_of(position: Position, bytes: &[u8]) -> Result<Hash, StoreError> {
    bytes.try_into().map_err(|_| damaged(position, "its digest has not 32 bytes"))
}

/// A head as it is kept.
pub(crate) fn head_of(number: u64, note: &str) -> Result<Published, StoreError> {
    let head = SignedHead::parse(note)
        .map_err(|bad| refused("read a published head", format!("{number}: {bad}")))?;
    Ok(Published { number, head })
}

/// How far a writer was followed.
struct Walk {
    frontier: Frontier,
    chain: Hash,
}

impl Walk {
    fn new() -> Self {
        Self { frontier: Frontier::default(), chain: CHAIN_BEGIN }
    }

    fn head(&self, writer: u16) -> WriterHead {
        let (size, root) = (self.frontier.size(), self.frontier.root());
        WriterHead { writer, size, root, chain: self.chain }
    }
}

#[derive(Default)]
struct State {
    walks: BTreeMap<u16, Walk>,
    signer: Option<(u32, Arc<Signer>)>,
    /// When this process made its last head.
    made: Option<Instant>,
}

/// Who signs what is sent, and since when that is known.
struct Sends {
    since: Instant,
    signer: Arc<Signer>,
}

/// The evidence log of a space. Cheap to clone.
#[derive(Clone)]
pub struct Evidence {
    place: Place,
    state: Arc<Mutex<State>>,
    followed: Arc<AtomicU64>,
    sends: Arc<Mutex<Option<Sends>>>,
}

/// Is told how many rows were followed and how many there are.
pub type Progress<'a> = dyn FnMut(u64, u64) + Send + 'a;

impl Evidence {
    pub(crate) fn new(place: Place) -> Self {
        Self { place, state: Arc::default(), followed: Arc::default(), sends: Arc::default() }
    }

    /// The log of a data folder that nobody need have open, and that anybody may: nothing is locked.
    ///
    /// # Errors
    /// When there is no ledger, or the master key is not its own.
    pub fn of_folder(folder: &Path, master_key: &Path) -> Result<Self, StoreError> {
        if crate::sqlite::ledger_files::segments_in(folder).is_empty() {
            return Err(refused("open the evidence log", format!("{} has no ledger", folder.display())));
        }
        let master = MasterKey::load_or_create(master_key, false)?;
        let ledger = LedgerReader::open(folder, &master)?;
        Ok(Self::new(Place::Folder(Files::new(folder.to_owned(), ledger))))
    }

    /// Follows the ledger to its end: what each writer has. `progress` is told after every batch.
    ///
    /// # Errors
    /// When rows cannot be read, are missing, or the chain over them is not the one that was committed.
    pub async fn follow(&self, progress: &mut Progress<'_>) -> Result<Vec<WriterHead>, StoreError> {
        self.followed(&mut *self.state.lock().await, progress).await
    }

    async fn followed(
        &self,
        state: &mut State,
        progress: &mut Progress<'_>,
    ) -> Result<Vec<WriterHead>, StoreError> {
        let writers = self.place.writers().await?;
        let whole = writers.iter().map(|(_, size, _)| size).sum();
        let (mut heads, mut done) = (Vec::new(), 0);
        for (writer, size, chain) in writers {
            let known = state.walks.remove(&writer).filter(|walk| walk.frontier.size() <= size);
            let mut walk = match known {
                Some(walk) if size - walk.frontier.size() <= BATCH => walk,
                // Perhaps another server was here.
                _ => self.loaded(writer, size).await?,
            };
            let mut told = |size: u64| {
                self.followed.store(done + size, Ordering::Relaxed);
                progress(done + size, whole);
            };
            let begun = walk.frontier.size() > 0;
            self.extend(writer, &mut walk, size, &mut told).await?;
            if walk.chain != chain && begun {
                tracing::warn!(writer, "the tree of the evidence log is not that of the ledger: made again");
                self.place.drop_tiles(writer).await?;
                walk = Walk::new();
                self.extend(writer, &mut walk, size, &mut told).await?;
            }
            if walk.chain != chain {
                let last = Position { writer, sequence: size };
                return Err(damaged(last, "the chain over the rows of its writer does not end in its head"));
            }
            done += size;
            heads.push(walk.head(writer));
            state.walks.insert(writer, walk);
        }
        self.followed.store(done, Ordering::Relaxed);
        Ok(heads)
    }

    /// A writer as far as roots are kept; from the beginning where they are not of this ledger.
    async fn loaded(&self, writer: u16, size: u64) -> Result<Walk, StoreError> {
        let Some((last, chain)) = self.place.last_tile(writer).await? else { return Ok(Walk::new()) };
        let kept = (last + 1) << LEVELS;
        if kept <= size {
            let peaks = ::evidence::peaks(kept);
            if let Ok(known) = self.fetch(writer, &peaks).await {
                let roots = peaks.iter().filter_map(|peak| known.get(peak).copied()).collect();
                if let Some(frontier) = Frontier::new(kept, roots) {
                    return Ok(Walk { frontier, chain });
                }
            }
        }
        tracing::warn!(
            writer,
            "the tree of the evidence log has gaps or more rows than the ledger: made again"
        );
        self.place.drop_tiles(writer).await?;
        Ok(Walk::new())
    }

    async fn extend(
        &self,
        writer: u16,
        walk: &mut Walk,
        size: u64,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), StoreError> {
        while walk.frontier.size() < size {
            let after = walk.frontier.size();
            let upto = size.min(after + BATCH);
            let mut tiles = Vec::new();
            for entry in self.rows(writer, after, upto).await? {
                walk.chain = entry.chained(&walk.chain);
                let chain = walk.chain;
                walk.frontier.push(entry.leaf(), |subtree, root| {
                    if subtree.level.is_multiple_of(LEVELS) {
                        tiles.push(Tile { level: subtree.level, number: subtree.index, root: *root, chain });
                    }
                });
            }
            if !tiles.is_empty() {
                self.place.put_tiles(writer, tiles).await?;
            }
            told(upto);
        }
        Ok(())
    }

    /// The entries of a writer after one row up to another, none missing.
    async fn rows(&self, writer: u16, after: u64, upto: u64) -> Result<Vec<Entry>, StoreError> {
        let found = self.place.entries(writer, after, upto).await?;
        let mut expected = after + 1;
        for entry in &found {
            if entry.sequence != expected {
                break;
            }
            expected += 1;
        }
        if expected != upto + 1 || found.len() as u64 != upto - after {
            return Err(damaged(Position { writer, sequence: expected }, "it is missing"));
        }
        Ok(found)
    }

    /// How many rows the log is behind the ledger.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn behind(&self) -> Result<u64, StoreError> {
        let rows: u64 = self.place.writers().await?.iter().map(|(_, size, _)| size).sum();
        Ok(rows.saturating_sub(self.followed.load(Ordering::Relaxed)))
    }

    /// A published head that covers a row, or all that is there now: made where none was.
    ///
    /// # Errors
    /// When the ledger cannot be followed, or the master key does not open the signing key.
    pub async fn head(
        &self,
        now: Time,
        covering: Option<Position>,
        progress: &mut Progress<'_>,
    ) -> Result<Published, StoreError> {
        let mut state = self.state.lock().await;
        if let Some(since) = state.made.map(|made| made.elapsed()).filter(|since| *since < BETWEEN_HEADS) {
            let covered = |head: &SpaceHead, position: Position| {
                head.writer(position.writer).is_some_and(|writer| writer.size >= position.sequence)
            };
            if let Some(latest) = self.latest().await?
                && covering.is_none_or(|position| covered(&latest.head.head, position))
            {
                return Ok(latest);
            }
            tokio::time::sleep(BETWEEN_HEADS.saturating_sub(since)).await;
        }
        // Read first: whoever publishes the next number saw at least what the one before states.
        let latest = self.latest().await?;
        let writers = self.followed(&mut state, progress).await?;
        if let Some(latest) = &latest
            && latest.head.head.writers == writers
        {
            return Ok(latest.clone());
        }
        let signer = self.signer(&mut state, now).await?;
        let time = latest.as_ref().map_or(now.0, |latest| latest.head.head.time.max(now.0));
        let number = latest.as_ref().map_or(1, |latest| latest.number + 1);
        let published = Published { number, head: signer.sign(SpaceHead { time, writers }) };
        let first = self.place.publish(&published).await?;
        state.made = Some(Instant::now());
        match first {
            true => Ok(published),
            // Another server was faster.
            false => self.published(number).await.map(|head| head.unwrap_or(published)),
        }
    }

    /// The newest published head.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn latest(&self) -> Result<Option<Published>, StoreError> {
        match self.place.last_head().await? {
            Some(number) => self.published(number).await,
            None => Ok(None),
        }
    }

    /// A published head by its number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn published(&self, number: u64) -> Result<Option<Published>, StoreError> {
        let found = self.place.heads(number.saturating_sub(1), 1).await?;
        Ok(found.into_iter().find(|head| head.number == number))
    }

    /// Published heads after a number, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn heads(&self, after: u64, limit: usize) -> Result<Vec<Published>, StoreError> {
        self.place.heads(after, limit).await
    }

    /// The first published head with at least so many rows of a writer.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn first_with(&self, writer: u16, size: u64) -> Result<Option<Published>, StoreError> {
        // Sizes grow with numbers.
        let (mut low, mut high) = (1, self.place.last_head().await?.unwrap_or(0) + 1);
        let mut found = None;
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(head) = self.published(middle).await? else { break };
            if head.head.head.writer(writer).is_some_and(|known| known.size >= size) {
                (found, high) = (Some(head), middle);
            } else {
                low = middle + 1;
            }
        }
        Ok(found)
    }

    /// The public keys, oldest first; the last signs.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn keys(&self) -> Result<Vec<Key>, StoreError> {
        Ok(self.place.keys().await?.into_iter().map(|kept| kept.key).collect())
    }

    /// Makes a new key that signs from now on; the older ones stay known. Its number.
    ///
    /// # Errors
    /// When there are no random numbers or it cannot be kept.
    pub async fn rotate(&self, now: Time) -> Result<Key, StoreError> {
        let last = self.place.keys().await?.last().map_or(0, |kept| kept.key.number);
        self.made_key(last + 1, now).await
    }

    async fn made_key(&self, number: u32, now: Time) -> Result<Key, StoreError> {
        let unsealable = |error: crate::crypt::Unsealable| StoreError::MasterKey(error.0.to_owned());
        let keyring = Keyring::default();
        let secret = keyring.random::<32>().map_err(unsealable)?;
        let signer =
            Signer::new(&secret).ok_or_else(|| refused("make a key", "it is no private key".to_owned()))?;
        let key = Key { number, made: now.0, public: signer.public() };
        let wrapped = keyring.wrap(self.place.master(), &secret).map_err(unsealable)?;
        self.place.add_key(KeptKey { key, wrapped }).await?;
        Ok(key)
    }

    /// Who signs what leaves the window: the newest key, or the one that was the newest a moment ago.
    ///
    /// # Errors
    /// When keys cannot be read, or none can be made.
    pub async fn sender(&self, now: Time) -> Result<Arc<Signer>, StoreError> {
        let mut sends = self.sends.lock().await;
        if let Some(known) = sends.as_ref().filter(|known| known.since.elapsed() < SENDER_KNOWN) {
            return Ok(known.signer.clone());
        }
        let signer = self.signer(&mut *self.state.lock().await, now).await?;
        *sends = Some(Sends { since: Instant::now(), signer: signer.clone() });
        Ok(signer)
    }

    /// Whoever signs now: with the newest key, made if there is none.
    async fn signer(&self, state: &mut State, now: Time) -> Result<Arc<Signer>, StoreError> {
        let mut keys = self.place.keys().await?;
        if keys.is_empty() {
            self.made_key(1, now).await?;
            keys = self.place.keys().await?;
        }
        let Some(kept) = keys.last() else {
            return Err(refused("sign a head", "the key that was made is not there".to_owned()));
        };
        if let Some((number, signer)) = &state.signer
            && *number == kept.key.number
        {
            return Ok(signer.clone());
        }
        let secret = Keyring::unwrap(self.place.master(), &kept.wrapped)
            .map_err(|error| StoreError::MasterKey(error.0.to_owned()))?;
        let signer = Signer::new(&secret).filter(|signer| signer.public() == kept.key.public);
        let signer = signer
            .ok_or_else(|| refused("sign a head", "the key kept is not the one published".to_owned()))?;
        let signer = Arc::new(signer);
        state.signer = Some((kept.key.number, signer.clone()));
        Ok(signer)
    }

    /// Entries of all writers after a cursor, by time, at most `limit`, with the cursor after them.
    ///
    /// # Errors
    /// When rows cannot be read or are missing.
    pub async fn entries(&self, after: &Cursor, limit: usize) -> Result<(Vec<Entry>, Cursor), StoreError> {
        let mut found = Vec::new();
        for (writer, size, _) in self.place.writers().await? {
            let after = after.sequence(writer);
            if after < size {
                found.extend(self.rows(writer, after, size.min(after + limit as u64)).await?);
            }
        }
        found.sort_by_key(|entry| (entry.time, entry.writer, entry.sequence));
        found.truncate(limit);
        let mut cursor = after.clone();
        for entry in &found {
            cursor.reach(Position { writer: entry.writer, sequence: entry.sequence });
        }
        Ok((found, cursor))
    }

    /// The entries that a head covers, writers in order of numbers, in batches, each handed to `visit` with the chain head
    /// after it. Read from the ledger alone: nothing that is derived has a part in it.
    ///
    /// # Errors
    /// When rows cannot be read or `visit` says so. Rows that are missing are left out: whoever checks will say so.
    pub async fn export(
        &self,
        head: &SpaceHead,
        visit: &mut (dyn FnMut(&Entry, &Hash) -> Result<(), StoreError> + Send),
    ) -> Result<(), StoreError> {
        for writer in &head.writers {
            let (mut after, mut chain) = (0, CHAIN_BEGIN);
            while after < writer.size {
                let upto = writer.size.min(after + BATCH);
                for entry in self.place.entries(writer.writer, after, upto).await? {
                    chain = entry.chained(&chain);
                    visit(&entry, &chain)?;
                }
                after = upto;
            }
        }
        Ok(())
    }

    /// Empties what is derived: it is made again from the ledger.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn forget(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        for (writer, _, _) in self.place.writers().await? {
            self.place.drop_tiles(writer).await?;
        }
        state.walks.clear();
        Ok(())
    }
}
