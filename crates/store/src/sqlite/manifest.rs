//! The manifest of a backup: which files it has, what they hold and up to which row. Written last, in one step, so that
//! a folder always holds one whole backup. Taking and restoring it is in `backup` and `restore`.

use super::backup::{BackupError, failed};
use clearance::keys::Time;
use ring::digest::{Context, SHA256};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// Name of the manifest in the folder of a backup.
pub const MANIFEST: &str = "manifest.json";
/// Number of the format that this version writes and reads.
const FORMAT: u64 = 1;

/// What a backup holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manifest {
    /// When it was taken.
    pub taken: Time,
    /// Digest of the ledger's first row: backups of other spaces are other backups.
    pub space: String,
    /// Its last row.
    pub position: u64,
    /// When that was committed.
    pub committed: Time,
    /// Chain head after it, hexadecimal.
    pub head: String,
    /// Its files.
    pub files: Vec<Kept>,
}

/// One file of a backup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Its name in a data folder.
    pub name: String,
    /// Its name in the backup: never written over.
    pub stored: String,
    /// Its bytes.
    pub bytes: u64,
    /// Their SHA-256, hexadecimal.
    pub sha256: String,
    /// How the sealed segment looked from which it was copied; none for what still grows.
    pub sealed: Option<Sealed>,
}

/// How a sealed segment looked when it was copied: while it looks so, it need not be copied again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealed {
    /// Bytes of its file.
    pub bytes: u64,
    /// When its file was changed, in milliseconds since 1970.
    pub modified: i64,
    /// Chain head with which it was sealed, hexadecimal.
    pub head: String,
    /// Its last row.
    pub position: u64,
}

/// Bytes as hexadecimal text.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Copies bytes, tells how many, and says how many there were with their SHA-256.
pub(super) fn copy(
    from: &mut impl Read,
    to: &mut impl Write,
    progress: &mut dyn FnMut(u64),
) -> std::io::Result<(u64, String)> {
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0u8; 1 << 20];
    let mut count = 0;
    loop {
        let read = from.read(&mut buffer)?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else { break };
        context.update(piece);
        to.write_all(piece)?;
        count += piece.len() as u64;
        progress(piece.len() as u64);
    }
    Ok((count, hexadecimal(context.finish().as_ref())))
}

/// Bytes of a file with their SHA-256.
pub(super) fn read_through(path: &Path, progress: &mut dyn FnMut(u64)) -> std::io::Result<(u64, String)> {
    copy(&mut File::open(path)?, &mut std::io::sink(), progress)
}

impl Manifest {
    /// The manifest of a folder; none if it has none.
    ///
    /// # Errors
    /// When it cannot be read, or is not one of ours.
    pub fn read(folder: &Path) -> Result<Option<Self>, BackupError> {
        let path = folder.join(MANIFEST);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("read", &path)(error).into()),
        };
        let unreadable = |what: &str| BackupError::Manifest { path: path.clone(), what: what.to_owned() };
        let value: Value = serde_json::from_str(&text).map_err(|error| unreadable(&error.to_string()))?;
        if value["format"] != FORMAT {
            return Err(unreadable(&format!(
                "its format is {}, this version reads {FORMAT}",
                value["format"]
            )));
        }
        parse(&value).map(Some).ok_or_else(|| unreadable("a field is missing, or a name is not one of ours"))
    }

    /// Writes it into a folder: whole, or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let files: Vec<Value> = self.files.iter().map(shown).collect();
        let value = json!({
            "format": FORMAT,
            "taken": self.taken.0,
            "takenAt": self.taken.stamp_millis().to_string(),
            "space": self.space,
            "position": self.position,
            "committed": self.committed.0,
            "head": self.head,
            "files": files,
            "masterKey": "not in this backup; without it nothing in it can be read",
        });
        let (partial, path) = (folder.join("manifest.json.partial"), folder.join(MANIFEST));
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&partial)?;
            writeln!(file, "{value:#}")?;
            file.sync_all()?;
            std::fs::rename(&partial, &path)?;
            File::open(folder)?.sync_all()
        };
        Ok(write().map_err(failed("write", &path))?)
    }

    /// Its bytes.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

fn shown(file: &Kept) -> Value {
    let mut value =
        json!({"name": file.name, "stored": file.stored, "bytes": file.bytes, "sha256": file.sha256});
    if let Some(sealed) = &file.sealed {
        value["sealed"] = json!({
            "bytes": sealed.bytes, "modified": sealed.modified, "head": sealed.head, "position": sealed.position,
        });
    }
    value
}

fn parse(value: &Value) -> Option<Manifest> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    // A manifest that somebody made up names no file outside of its folder.
    let name = |value: &Value| {
        let name = text(value)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        (name.ends_with(".db") && !name.starts_with('.') && name.chars().all(plain)).then_some(name)
    };
    let file = |value: &Value| {
        let sealed = match &value["sealed"] {
            Value::Null => None,
            sealed => Some(Sealed {
                bytes: sealed["bytes"].as_u64()?,
                modified: sealed["modified"].as_i64()?,
                head: text(&sealed["head"])?,
                position: sealed["position"].as_u64()?,
            }),
        };
        Some(Kept {
            name: name(&value["name"])?,
            stored: name(&value["stored"])?,
            bytes: value["bytes"].as_u64()?,
            sha256: text(&value["sha256"])?,
            sealed,
        })
    };
    Some(Manifest {
        taken: Time(value["taken"].as_i64()?),
        space: text(&value["space"])?,
        position: value["position"].as_u64()?,
        committed: Time(value["committed"].as_i64()?),
        head: text(&value["head"])?,
        files: value["files"].as_array()?.iter().map(file).collect::<Option<_>>()?,
    })
}
