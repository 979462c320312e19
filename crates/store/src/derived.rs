//! What is made of rows and kept only so that it need not be made again: a name, the position it covers, some bytes. It is
//! of this ledger alone: kept with the digests of the rows it ends with, and given back only where those rows are the same.
//! What it says is for whoever made it; it lies compressed and encrypted like rows, and is in no backup. What is large and grows
//! lies in parts beside it, in a data folder alone; which parts count, says the digest that whoever made them kept.

use crate::StoreError;
use crate::evidence::Place;
use crate::rows::Cursor;
use crate::sealer::Sealer;
use ::evidence::Hash;
use ring::digest::{SHA256, digest};
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

    /// Whether there is room for parts: in a data folder.
    pub fn has_parts(&self) -> bool {
        matches!(self.place, Place::Folder(_))
    }

    fn part_path(folder: &Path, name: &str, number: u32) -> PathBuf {
        folder.join(format!("derived-{name}-{number:08}"))
    }

    fn folder(&self) -> Result<PathBuf, StoreError> {
        match &self.place {
            Place::Folder(files) => Ok(files.folder().to_path_buf()),
            Place::Database(_) => Err(failed("a database keeps no parts")),
        }
    }

    /// Keeps a part of what is kept under a name, and gives the digest by which it is known again.
    ///
    /// # Errors
    /// When it cannot be written, or there is no room for parts.
    pub async fn keep_part(
        &self,
        name: &'static str,
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<[u8; 32], StoreError> {
        let path = Self::part_path(&self.folder()?, name, number);
        let sealer = Sealer::with(self.place.master())?;
        aside(move || {
            let length = u32::try_from(bytes.len()).map_err(failed)?;
            let mut packed = length.to_be_bytes().to_vec();
            packed.extend(zstd::bulk::compress(&bytes, LEVEL).map_err(failed)?);
            let sealed = sealer.seal(name, &packed)?;
            write(&path, &sealed).map_err(failed)?;
            Ok(digest_of(&sealed))
        })
        .await
    }

    /// A part; none where it is gone, or is not the one of this digest.
    ///
    /// # Errors
    /// When there is no room for parts.
    pub async fn part(
        &self,
        name: &'static str,
        number: u32,
        digest: [u8; 32],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let path = Self::part_path(&self.folder()?, name, number);
        let sealer = Sealer::with(self.place.master())?;
        aside(move || {
            let sealed = std::fs::read(path).ok().filter(|sealed| digest_of(sealed) == digest);
            let packed = sealed.and_then(|sealed| sealer.open(name, &sealed).ok());
            Ok(packed.as_deref().and_then(unpacked))
        })
        .await
    }

    /// Takes away all parts under a name but some.
    ///
    /// # Errors
    /// When the folder cannot be read, or there is no room for parts.
    pub async fn keep_parts_only(&self, name: &'static str, numbers: Vec<u32>) -> Result<(), StoreError> {
        let folder = self.folder()?;
        aside(move || {
            let begin = format!("derived-{name}-");
            for entry in std::fs::read_dir(&folder).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let file = entry.file_name();
                let Some(rest) = file.to_str().and_then(|file| file.strip_prefix(&begin)) else { continue };
                // What was cut off in the middle of its writing has no number.
                if !rest.parse().is_ok_and(|number: u32| numbers.contains(&number)) {
                    std::fs::remove_file(entry.path()).map_err(failed)?;
                }
            }
            Ok(())
        })
        .await
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

fn digest_of(sealed: &[u8]) -> [u8; 32] {
    let mut sum = [0u8; 32];
    sum.copy_from_slice(digest(&SHA256, sealed).as_ref());
    sum
}

/// A part as it was given: its length stands before it.
fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let (length, packed) = packed.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    zstd::bulk::decompress(packed, length.min(LONGEST)).ok()
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
