//! The master key: 32 bytes in a file of its own, outside of whatever it protects.

use crate::StoreError;
use ring::rand::{SecureRandom, SystemRandom};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

fn failed(operation: &str, path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Failed { operation: format!("{operation} {}", path.display()), source: source.into() }
}

/// The 32 bytes that wrap every data key. Lies outside the data folder and is backed up apart.
#[derive(Clone)]
pub struct MasterKey(pub(crate) [u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// Where the key of a data folder lies by default: beside the folder, not in it.
    pub fn default_path(folder: &Path) -> PathBuf {
        let mut name = folder.file_name().unwrap_or_default().to_owned();
        name.push(".key");
        folder.with_file_name(name)
    }

    /// Reads the key; makes a new one if `fresh` says that the folder holds nothing yet.
    ///
    /// # Errors
    /// When the file is missing although the folder holds data, or is not a key.
    pub fn load_or_create(path: &Path, fresh: bool) -> Result<Self, StoreError> {
        if Self::next_path(path).exists() {
            let what = "the rotation of this key was interrupted; finish it with `onewindow key rotate`";
            return Err(StoreError::MasterKey(format!("{}: {what}", path.display())));
        }
        if fresh && !path.exists() { Self::create(path) } else { Self::read(path) }
    }

    /// Reads the key of a file.
    pub(crate) fn read(path: &Path) -> Result<Self, StoreError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(text.trim()).ok_or_else(|| {
                StoreError::MasterKey(format!("{} is not a key of 64 hexadecimal digits", path.display()))
            }),
            Err(error) => Err(StoreError::MasterKey(format!(
                "{}: {error}; the folder's data cannot be read without it",
                path.display()
            ))),
        }
    }

    fn beside(path: &Path, ending: &str) -> PathBuf {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(ending);
        path.with_file_name(name)
    }

    /// Where a new key lies until everything is wrapped under it.
    pub(crate) fn next_path(path: &Path) -> PathBuf {
        Self::beside(path, ".next")
    }

    /// Makes a new key beside this one: whole, or not at all.
    pub(crate) fn create_next(path: &Path) -> Result<Self, StoreError> {
        let (next, part) = (Self::next_path(path), Self::beside(path, ".part"));
        let _ = std::fs::remove_file(&part);
        let key = Self::create(&part)?;
        Self::renamed(&part, &next)?;
        Ok(key)
    }

    /// Puts the new key in the place of the old one, of which nothing is left.
    pub(crate) fn place_next(path: &Path) -> Result<(), StoreError> {
        Self::renamed(&Self::next_path(path), path)
    }

    fn renamed(from: &Path, to: &Path) -> Result<(), StoreError> {
        std::fs::rename(from, to).map_err(|error| failed("rename", from, error))?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let synced = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| failed("write", folder, error))
    }

    fn create(path: &Path) -> Result<Self, StoreError> {
        let mut key = [0u8; 32];
        SystemRandom::new()
            .fill(&mut key)
            .map_err(|_| StoreError::MasterKey("no random numbers".to_owned()))?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut file = options.open(path).map_err(|error| failed("create", path, error))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|error| failed("write", path, error))?;
        Ok(Self(key))
    }

    fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 {
            return None;
        }
        let mut key = [0u8; 32];
        for (index, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Self(key))
    }
}
