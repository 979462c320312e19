//! A primary and its synchronous standby for a step of the night, made by `scripts/postgres-pair` in a folder of their own, and gone
//! with the step.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The script that makes the pair, and has something befall it.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/postgres-pair");

/// Two servers at work.
pub struct Pair {
    folder: PathBuf,
    /// Where whoever of them is primary is found.
    pub address: String,
}

impl Pair {
    /// Starts them; none where that fails: the script has said why.
    pub fn start() -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("onewindow-pair-{}", std::process::id()));
        let mut pair = Self { folder, address: String::new() };
        let started = Command::new(SCRIPT).arg("start").arg(&pair.folder).stderr(Stdio::inherit()).output();
        let started = started.ok().filter(|started| started.status.success())?;
        pair.address = String::from_utf8_lossy(&started.stdout).trim().to_owned();
        Some(pair)
    }

    /// The shell command by which something befalls them.
    pub fn command(&self, order: &str) -> String {
        format!("'{SCRIPT}' {order} '{}'", self.folder.display())
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        let _ = Command::new(SCRIPT).arg("stop").arg(&self.folder).status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
