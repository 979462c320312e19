//! How much room the device under a folder has, and whether it lets anything be written. What follows from it is for
//! the caller to say.

use crate::StoreError;
use rustix::fs::StatVfsMountFlags;
use std::path::Path;

/// What the device under a folder allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room {
    /// Bytes that may still be written.
    pub free_bytes: u64,
    /// Whether nothing may be written at all.
    pub read_only: bool,
}

/// Asks the system.
///
/// # Errors
/// When it does not tell.
pub fn room(folder: &Path) -> Result<Room, StoreError> {
    let found = rustix::fs::statvfs(folder).map_err(|error| StoreError::Failed {
        operation: format!("ask how much room is left under {}", folder.display()),
        source: std::io::Error::from(error).into(),
    })?;
    Ok(Room {
        // What is kept for the superuser does not count.
        free_bytes: found.f_bavail.saturating_mul(found.f_frsize),
        read_only: found.f_flag.contains(StatVfsMountFlags::RDONLY),
    })
}
