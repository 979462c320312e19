//! Backup of a data folder while a server works on it. The folder's lock is the server's: a backup only reads, each
//! file in one snapshot. What a later backup finds unchanged it does not copy again. Restoring is in `restore`.
//!
//! Not in it: the master key, which is kept apart, and the index, which is made anew from the ledger. A copy of the
//! index would have to be of the very row at which the ledger was copied, or it would be thrown away on opening.

use super::ledger_files::{log_path, segment_path, segments_in};
use super::manifest::{Kept, MANIFEST, Manifest, Sealed, hexadecimal, read_through};
use crate::StoreError;
use clearance::keys::Time;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Pages copied at a time; progress is told in between.
const PAGES: i32 = 1_024;

/// Why there is no backup, or none restored.
#[derive(thiserror::Error, Debug)]
pub enum BackupError {
    /// A file or the ledger.
    #[error("{0}")]
    Store(
        #[from]
        #[source]
        StoreError,
    ),
    /// No ledger to copy.
    #[error("{} is not a data folder: it has no ledger", .0.display())]
    NoLedger(PathBuf),
    /// The backup would lie in what it copies.
    #[error("{} lies in the data folder: keep a backup elsewhere, best on another machine", .0.display())]
    Inside(PathBuf),
    /// Another backup goes on there.
    #[error("another backup into {} is under way", .0.display())]
    Busy(PathBuf),
    /// The folder holds a backup of another space.
    #[error("{} holds a backup of another space: name another folder", .0.display())]
    OtherSpace(PathBuf),
    /// Its manifest cannot be used.
    #[error("{}: {what}", .path.display())]
    Manifest {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// No manifest, so no backup.
    #[error("{} holds no whole backup: it has no manifest", .0.display())]
    NoBackup(PathBuf),
    /// A file is not the one that was backed up.
    #[error("{file} is not what was backed up: {what}")]
    Differs {
        /// Which.
        file: String,
        /// What differs.
        what: String,
    },
    /// Restoring never writes over anything.
    #[error("{} is not empty: restore into a new folder", .0.display())]
    NotEmpty(PathBuf),
}

/// What a backup came to.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What it holds.
    pub manifest: Manifest,
    /// Files copied.
    pub copied: u64,
    /// Their bytes.
    pub copied_bytes: u64,
    /// Files that were there already, checked.
    pub kept: u64,
    /// Their bytes.
    pub kept_bytes: u64,
}

/// A failure of a file, with what was being done.
pub(super) fn failed(operation: &str, path: &Path) -> impl Fn(std::io::Error) -> StoreError {
    let operation = format!("{operation} {}", path.display());
    move |source| StoreError::Failed { operation: operation.clone(), source: source.into() }
}

fn refused(operation: &str, path: &Path) -> impl Fn(rusqlite::Error) -> StoreError {
    let operation = format!("{operation} {}", path.display());
    move |source| StoreError::Failed { operation: operation.clone(), source: source.into() }
}

/// Where a segment begins and ends in a snapshot.
struct Extent {
    previous_head: Vec<u8>,
    sealed: bool,
    position: u64,
    committed: Time,
    head: Vec<u8>,
}

/// A file of the data folder, in one snapshot for as long as this lives.
struct Snapshot {
    path: PathBuf,
    connection: Connection,
}

impl Snapshot {
    fn of(path: PathBuf) -> Result<Self, StoreError> {
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            connection.execute_batch("BEGIN")?;
            // The snapshot begins with the first thing read.
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok(connection)
        };
        let connection = open().map_err(refused("open", &path))?;
        Ok(Self { path, connection })
    }

    /// None for a segment whose writer ended before it began.
    fn extent(&self) -> Result<Option<Extent>, StoreError> {
        let read = || -> rusqlite::Result<Option<Extent>> {
            let tables = "SELECT count(*) FROM sqlite_schema WHERE name IN ('segment', 'writer')";
            let tables: i64 = self.connection.query_row(tables, [], |row| row.get(0))?;
            if tables < 2 {
                return Ok(None);
            }
            let mut statement = self.connection.prepare(
                "SELECT previous_head, sealed, sequence, time, head FROM segment, writer WHERE writer = 0",
            )?;
            let mut rows = statement.query([])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            Ok(Some(Extent {
                previous_head: row.get(0)?,
                sealed: row.get::<_, i64>(1)? != 0,
                position: row.get::<_, i64>(2)? as u64,
                committed: Time(row.get(3)?),
                head: row.get(4)?,
            }))
        };
        read().map_err(refused("read", &self.path))
    }

    /// Copies it to a file, which must not be there.
    fn copy(&self, to: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
        let copy = |progress: &mut dyn FnMut(u64)| -> rusqlite::Result<()> {
            let mut target = Connection::open(to)?;
            // A copy that is not finished is thrown away: nothing need be undone.
            target.pragma_update(None, "journal_mode", "OFF")?;
            target.pragma_update(None, "synchronous", "OFF")?;
            let page: i64 = self.connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
            // The snapshot is ours: nothing that is written meanwhile makes the copy begin again.
            let backup = Backup::new(&self.connection, &mut target)?;
            let mut left = None;
            loop {
                let step = backup.step(PAGES)?;
                let told = backup.progress();
                let before = left.replace(told.remaining).unwrap_or(told.pagecount);
                progress(u64::try_from(i64::from(before - told.remaining) * page).unwrap_or(0));
                match step {
                    StepResult::Done => return Ok(()),
                    StepResult::More => {}
                    _ => std::thread::sleep(Duration::from_millis(50)),
                }
            }
        };
        copy(progress).map_err(refused("copy", &self.path))?;
        let synced = File::open(to).and_then(|file| file.sync_all());
        synced.map_err(failed("write", to))
    }
}

/// Bytes of a file and of its write-ahead log, and when the file was changed.
fn looks(path: &Path) -> Option<(u64, u64, i64)> {
    let data = std::fs::metadata(path).ok()?;
    let log = std::fs::metadata(log_path(path)).map_or(0, |data| data.len());
    let modified = data.modified().unwrap_or(SystemTime::UNIX_EPOCH).duration_since(UNIX_EPOCH);
    let modified = modified.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    Some((data.len(), log, modified))
}

/// One backup under way.
struct Taking<'a> {
    data: &'a Path,
    out: &'a Path,
    before: Option<Manifest>,
    done: u64,
    whole: u64,
    progress: &'a mut dyn FnMut(u64, u64),
    taken: Taken,
}

/// Copies a data folder into the folder of a backup, made if absent. What a backup there already has is checked and
/// kept. `progress` is told how many bytes of how many are done.
///
/// # Errors
/// [`BackupError`]; the backup that was there before is then still whole.
pub fn backup(
    data: &Path,
    out: &Path,
    now: Time,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Taken, BackupError> {
    let numbers = segments_in(data);
    let Some(first) = numbers.first().copied() else { return Err(BackupError::NoLedger(data.to_owned())) };
    std::fs::create_dir_all(out).map_err(failed("create", out))?;
    let place = |path: &Path| path.canonicalize().map_err(failed("find", path));
    if place(out)?.starts_with(place(data)?) {
        return Err(BackupError::Inside(out.to_owned()));
    }
    let lock = out.join("lock");
    let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&lock);
    let lock = opened.map_err(failed("open", &lock))?;
    if lock.try_lock().is_err() {
        return Err(BackupError::Busy(out.to_owned()));
    }
    let space = space_of(&segment_path(data, first))?;
    let before = Manifest::read(out)?;
    if before.as_ref().is_some_and(|before| before.space != space) {
        return Err(BackupError::OtherSpace(out.to_owned()));
    }
    let files = numbers.iter().map(|number| segment_path(data, *number)).chain([data.join("control.db")]);
    let whole = files.filter_map(|path| looks(&path)).map(|(bytes, log, _)| bytes + log).sum();
    let manifest = Manifest {
        taken: now,
        space,
        position: 0,
        committed: Time(0),
        head: String::new(),
        files: Vec::new(),
    };
    let taken = Taken { manifest, copied: 0, copied_bytes: 0, kept: 0, kept_bytes: 0 };
    let mut taking = Taking { data, out, before, done: 0, whole, progress, taken };
    // Before the ledger: its heads of the evidence log never lie beyond the rows that are copied.
    taking.control()?;
    taking.segments(first)?;
    taking.taken.manifest.write(out)?;
    taking.sweep();
    drop(lock);
    Ok(taking.taken)
}

/// Digest of the first row: it holds a fresh key, so no two spaces have the same.
fn space_of(first: &Path) -> Result<String, StoreError> {
    let snapshot = Snapshot::of(first.to_owned())?;
    let found: Vec<u8> = snapshot
        .connection
        .query_row("SELECT digest FROM row ORDER BY sequence LIMIT 1", [], |row| row.get(0))
        .map_err(refused("read", first))?;
    Ok(hexadecimal(&found))
}

impl Taking<'_> {
    fn tell(&mut self, bytes: u64) {
        self.done += bytes;
        self.whole = self.whole.max(self.done);
        (self.progress)(self.done, self.whole);
    }

    /// The segments in order, up to the one that still grows.
    fn segments(&mut self, first: u32) -> Result<(), BackupError> {
        let mut number = first;
        let mut head = vec![0u8; 32];
        loop {
            // Read before the snapshot: a segment that has a next one gets no further rows.
            let last = segments_in(self.data).last().copied().unwrap_or(number);
            let name = format!("ledger-{number:06}");
            let path = segment_path(self.data, number);
            let looked = looks(&path);
            let snapshot = Snapshot::of(path)?;
            let Some(extent) = snapshot.extent()? else { break };
            if extent.previous_head != head {
                let what = "it does not begin with the head of the segment before";
                return Err(BackupError::Differs { file: name, what: what.to_owned() });
            }
            let sealed = extent.sealed.then_some(looked).flatten().map(|(bytes, _, modified)| Sealed {
                bytes,
                modified,
                head: hexadecimal(&extent.head),
                position: extent.position,
            });
            // What is still in a log will change the file.
            let settled = looked.is_some_and(|(_, log, _)| log == 0);
            let kept = sealed.clone().filter(|_| settled).and_then(|sealed| self.kept(&name, &sealed));
            match kept {
                Some(kept) => self.taken.manifest.files.push(kept),
                None => self.copy(&snapshot, &name, sealed)?,
            }
            let manifest = &mut self.taken.manifest;
            manifest.position = extent.position;
            manifest.committed = extent.committed;
            manifest.head = hexadecimal(&extent.head);
            if !extent.sealed && number >= last {
                break;
            }
            head = extent.head;
            number += 1;
            if !segment_path(self.data, number).exists() {
                break;
            }
        }
        Ok(())
    }

    /// Tokens and counters; an old folder may have none.
    fn control(&mut self) -> Result<(), BackupError> {
        let path = self.data.join("control.db");
        if path.exists() {
            let snapshot = Snapshot::of(path)?;
            self.copy(&snapshot, "control", None)?;
        }
        Ok(())
    }

    /// What the backup before has of a sealed segment, if it is still the same and whole.
    fn kept(&mut self, name: &str, sealed: &Sealed) -> Option<Kept> {
        let name = format!("{name}.db");
        let known = self.before.as_ref()?.files.iter().find(|file| file.name == name)?.clone();
        if known.sealed.as_ref() != Some(sealed) {
            return None;
        }
        let path = self.out.join(&known.stored);
        let found = read_through(&path, &mut |bytes| self.tell(bytes)).ok()?;
        // What decayed is copied again.
        if found != (known.bytes, known.sha256.clone()) {
            return None;
        }
        self.taken.kept += 1;
        self.taken.kept_bytes += known.bytes;
        Some(known)
    }

    /// Copies a snapshot under a name that says what is in it: what an earlier manifest names stays as it is.
    fn copy(&mut self, snapshot: &Snapshot, name: &str, sealed: Option<Sealed>) -> Result<(), BackupError> {
        let partial = self.out.join(format!("{name}.partial"));
        match std::fs::remove_file(&partial) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed("remove", &partial)(error).into());
            }
            _ => {}
        }
        snapshot.copy(&partial, &mut |bytes| self.tell(bytes))?;
        let (bytes, sha256) = read_through(&partial, &mut |_| {}).map_err(failed("read", &partial))?;
        let stored = format!("{name}-{}.db", sha256.get(..16).unwrap_or_default());
        let path = self.out.join(&stored);
        std::fs::rename(&partial, &path).map_err(failed("name", &path))?;
        self.taken.copied += 1;
        self.taken.copied_bytes += bytes;
        self.taken.manifest.files.push(Kept { name: format!("{name}.db"), stored, bytes, sha256, sealed });
        Ok(())
    }

    /// Removes what no manifest names any more. What cannot be removed is only in the way.
    fn sweep(&self) {
        let named = |name: &str| self.taken.manifest.files.iter().any(|file| file.stored == name);
        for entry in std::fs::read_dir(self.out).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| *name != MANIFEST) else { continue };
            let ours = name.starts_with("ledger-") || name.starts_with("control");
            if ours && (name.ends_with(".db") || name.ends_with(".partial")) && !named(name) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}
