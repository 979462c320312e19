//! A backup becomes a data folder again: every file as its manifest says, the chain up to the row that it names, the
//! index made anew. Taking a backup is in `backup`.

use super::backup::{BackupError, failed};
use super::folder::Folder;
use super::ledger_files::LedgerFiles;
use super::manifest::{Kept, Manifest, copy, hexadecimal};
use super::store::{Options, SqliteStore};
use super::verify::verify;
use crate::MasterKey;
use crate::verify::Report;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup holds.
    pub manifest: Manifest,
    /// What its verification found.
    pub report: Report,
    /// The next official number is this many after the last one that the backup knows.
    pub skipped_numbers: u64,
}

/// What is being done, for whoever watches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Copying: bytes done, of how many.
    Copy(u64, u64),
    /// Verifying: rows done.
    Verify(u64),
    /// Making the index: rows done.
    Index(u64),
}

/// Restores a backup into a new folder. Official numbers that were given out after the backup was taken are in no row
/// of it: `skip_numbers` are left out, so that none is given out twice.
///
/// # Errors
/// [`BackupError`]; what was written is removed again.
pub fn restore(
    from: &Path,
    data: &Path,
    master_key: &Path,
    skip_numbers: u64,
    progress: &mut dyn FnMut(Step),
) -> Result<Restored, BackupError> {
    let manifest = Manifest::read(from)?.ok_or_else(|| BackupError::NoBackup(from.to_owned()))?;
    let there = data.exists();
    let empty = || -> std::io::Result<bool> { Ok(std::fs::read_dir(data)?.next().is_none()) };
    if there && !empty().map_err(failed("read", data))? {
        return Err(BackupError::NotEmpty(data.to_owned()));
    }
    // Before hours of copying: without its key nothing can be read.
    MasterKey::load_or_create(master_key, false)?;
    std::fs::create_dir_all(data).map_err(failed("create", data))?;
    let restored = fill(from, data, master_key, manifest, skip_numbers, progress);
    if restored.is_err() {
        clear(data, !there);
    }
    restored
}

/// Removes what was written: the folder was empty before.
fn clear(data: &Path, folder_too: bool) {
    for entry in std::fs::read_dir(data).into_iter().flatten().flatten() {
        let _ = std::fs::remove_file(entry.path());
    }
    if folder_too {
        let _ = std::fs::remove_dir(data);
    }
}

fn fill(
    from: &Path,
    data: &Path,
    master_key: &Path,
    manifest: Manifest,
    skip_numbers: u64,
    progress: &mut dyn FnMut(Step),
) -> Result<Restored, BackupError> {
    let (whole, mut done) = (manifest.bytes(), 0);
    for file in &manifest.files {
        copied(file, from, &data.join(&file.name), &mut |bytes| {
            done += bytes;
            progress(Step::Copy(done, whole));
        })?;
    }
    File::open(data).and_then(|folder| folder.sync_all()).map_err(failed("write", data))?;
    let report = verify(data, master_key, &mut |rows| progress(Step::Verify(rows)))?;
    let differs = |what: String| BackupError::Differs { file: "the ledger".to_owned(), what };
    if let Some((sequence, what)) = report.faults.first() {
        return Err(differs(format!("row {sequence}: {what}")));
    }
    if (report.last, hexadecimal(&report.head)) != (manifest.position, manifest.head.clone()) {
        return Err(differs(format!(
            "it ends at row {}, the manifest at {}",
            report.last, manifest.position
        )));
    }
    let options = Options { master_key: Some(master_key.to_owned()), ..Options::default() };
    {
        let mut ledger = LedgerFiles::open(&Folder::open(data)?, master_key, &options)?;
        let next = ledger.leased().saturating_add(skip_numbers);
        ledger.lease(next, next)?;
    }
    SqliteStore::open(data, &options, &mut |rows| progress(Step::Index(rows)))?;
    Ok(Restored { manifest, report, skipped_numbers: skip_numbers })
}

/// One file, copied as it was backed up, and on disk.
fn copied(
    file: &Kept,
    from: &Path,
    path: &PathBuf,
    progress: &mut dyn FnMut(u64),
) -> Result<(), BackupError> {
    let stored = from.join(&file.stored);
    let mut source = File::open(&stored).map_err(failed("open", &stored))?;
    let opened = OpenOptions::new().write(true).create_new(true).open(path);
    let mut target = opened.map_err(failed("create", path))?;
    let found = copy(&mut source, &mut target, progress)
        .and_then(|found| target.sync_all().map(|()| found))
        .map_err(failed("copy", &stored))?;
    if found != (file.bytes, file.sha256.clone()) {
        let what = format!("it has {} bytes with SHA-256 {}", found.0, found.1);
        return Err(BackupError::Differs { file: file.stored.clone(), what });
    }
    Ok(())
}
