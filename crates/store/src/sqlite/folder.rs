//! The data folder: one process at a time, its own space, its master key kept elsewhere.

use crate::StoreError;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// A data folder under an exclusive lock, held as long as this lives.
#[derive(Debug)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    lock: File,
}

fn failed(operation: &str, path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Failed { operation: format!("{operation} {}", path.display()), source: source.into() }
}

impl Folder {
    /// Opens a folder, created if absent.
    ///
    /// # Errors
    /// [`StoreError::Locked`] with the other process's address when it is in use.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(path).map_err(|error| failed("create", path, error))?;
        let file = path.join("lock");
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&file)
            .map_err(|error| failed("open", &file, error))?;
        if lock.try_lock().is_err() {
            let mut address = String::new();
            let _ = lock.read_to_string(&mut address);
            let address = if address.trim().is_empty() { "another process" } else { address.trim() };
            return Err(StoreError::Locked { address: address.to_owned() });
        }
        Ok(Self { path: path.to_owned(), lock })
    }

    /// Tells a second process where to find this one.
    ///
    /// # Errors
    /// When the lock file cannot be written.
    pub fn announce(&mut self, address: &str) -> Result<(), StoreError> {
        let path = self.path.join("lock");
        let write = |lock: &mut File| -> std::io::Result<()> {
            lock.set_len(0)?;
            lock.rewind()?;
            lock.write_all(address.as_bytes())
        };
        write(&mut self.lock).map_err(|error| failed("write", &path, error))
    }
}
