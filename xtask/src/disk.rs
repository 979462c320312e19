//! A small disk for a step of the night, made by `scripts/small-disk` in a folder of its own, and gone with the step.

use std::path::PathBuf;
use std::process::Command;

/// The script that makes the disk, and fills it.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/small-disk");

/// A disk that can be filled.
pub struct Disk {
    /// The folder in which it lies, as `data`.
    pub folder: PathBuf,
}

impl Disk {
    /// Mounts it; none where the system does not let us: the script has said why.
    pub fn start() -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("onewindow-disk-{}", std::process::id()));
        let started = Command::new(SCRIPT).arg("start").arg(folder.join("data")).status();
        if started.is_ok_and(|status| status.success()) {
            return Some(Self { folder });
        }
        let _ = std::fs::remove_dir_all(&folder);
        None
    }

    /// The shell command that fills it for a while.
    pub fn command(&self) -> String {
        format!("'{SCRIPT}' fill '{}'", self.folder.join("data").display())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new(SCRIPT).arg("stop").arg(self.folder.join("data")).status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
