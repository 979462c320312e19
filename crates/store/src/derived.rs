//! What is made of rows and kept only so that it need not be made again: a name, the position it covers, some bytes. It is
//! of this ledger alone: kept with the digests of the rows it ends with, and given back only where those rows are the same.
//! What it says is for whoever made it; it lies compressed and encrypted like rows, and is in no backup.

use crate::StoreError;
use crate::evidence::Place;
use crate::rows::Cursor;
use crate::sealer::Sealer;
use ::evidence::Hash;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Bytes of what is kept at most, as it was given.
const LONGEST: usize = 1 << 30;
const LEVEL: i32 = 1;

/// What is derived of a space.
#[derive(Clone)]
pub struct Derived {
    place: Place,
}

fn failed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Failed { operation: "keep what is derived".to_owned(), source: source.into() }
}

async fn aside<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(run).await.map_err(failed)?
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // Whoever is cut off leaves what was there, or nothing.
    let beside = path.with_extension("new");
    std::fs::write(&beside, bytes)?;
    std::fs::rename(&beside, path)
}

impl Derived {
    pub(crate) fn new(place: Place) -> Self {
        Self { place }
    }

    fn path(folder: &Path, name: &str) -> PathBuf {
        folder.join(format!("derived-{name}"))
    }

    /// A cursor with the digest of each row that it ends with; none where one is not there.
    async fn proven(&self, covers: &Cursor) -> Result<Option<String>, StoreError> {
        let mut text = String::new();
        for (writer, sequence) in covers.writers.iter().copied().filter(|(_, sequence)| *sequence > 0) {
            let found = self.place.entries(writer, sequence - 1, sequence).await?;
            let Some(entry) = found.into_iter().find(|entry| entry.sequence == sequence) else {
                return Ok(None);
            };
            let digest: Hash = entry.digest;
            let _ = write!(text, "{writer:x}-{sequence:x}-");
            for byte in digest {
                let _ = write!(text, "{byte:02x}");
            }
            text.push('.');
        }
        Ok(Some(text))
    }

    /// Keeps bytes in place of what was kept under a name. Letters of the name are small ones.
    ///
    /// # Errors
    /// When it cannot be written, or the ledger has no such rows.
    pub async fn keep(&self, name: &'static str, covers: &Cursor, bytes: Vec<u8>) -> Result<(), StoreError> {
        let proven = self.proven(covers).await?.ok_or_else(|| failed("the ledger has no such rows"))?;
        let sealer = Sealer::with(self.place.master())?;
        let sealed = aside(move || {
            let packed = zstd::bulk::compress(&bytes, LEVEL).map_err(failed)?;
            sealer.seal(name, &packed)
        });
        let mut whole = proven.into_bytes();
        whole.push(b'\n');
        whole.extend(sealed.await?);
        match &self.place {
            Place::Folder(files) => {
                let path = Self::path(files.folder(), name);
                aside(move || write(&path, &whole).map_err(failed)).await
            }
            Place::Database(tables) => tables.keep_derived(name, &whole).await,
        }
    }

    /// What is kept under a name, with what it covers; none where nothing is, or it is not of this ledger as it is now.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn kept(&self, name: &'static str) -> Result<Option<(Cursor, Vec<u8>)>, StoreError> {
        let whole = match &self.place {
            Place::Folder(files) => {
                let path = Self::path(files.folder(), name);
                aside(move || Ok(std::fs::read(path).ok())).await?
            }
            Place::Database(tables) => tables.derived(name).await?,
        };
        let Some(whole) = whole else { return Ok(None) };
        let mut parts = whole.splitn(2, |byte| *byte == b'\n');
        let (Some(proven), Some(sealed)) = (parts.next(), parts.next()) else { return Ok(None) };
        let Some(covers) = std::str::from_utf8(proven).ok().and_then(cursor) else { return Ok(None) };
        if self.proven(&covers).await?.as_deref().map(str::as_bytes) != Some(proven) {
            return Ok(None);
        }
        let (sealer, sealed) = (Sealer::with(self.place.master())?, sealed.to_vec());
        let opened = aside(move || {
            let packed = sealer.open(name, &sealed).ok();
            Ok(packed
                .and_then(|packed| zstd::bulk::decompress(&packed, LONGEST.min(packed.len() * 1_000)).ok()))
        });
        Ok(opened.await?.map(|bytes| (covers, bytes)))
    }
}

fn cursor(proven: &str) -> Option<Cursor> {
    let mut writers = Vec::new();
    for part in proven.split_terminator('.') {
        let mut parts = part.split('-');
        let writer = u16::from_str_radix(parts.next()?, 16).ok()?;
        writers.push((writer, u64::from_str_radix(parts.next()?, 16).ok()?));
    }
    Some(Cursor { writers })
}
