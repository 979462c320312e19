//! The manifest of an archive: which files it has, how many rows and trades each, with which digests, and the signed head that
//! their rows are proved with. Its signature lies beside it, over its very bytes.

use crate::{Error, SCHEMA};
use evidence::{Signer, hexadecimal, is_signed_text, of_hexadecimal};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Name of the manifest in the folder.
pub const MANIFEST: &str = "manifest.json";
/// Name of its signature.
pub const SIGNATURE: &str = "manifest.signature";

/// What a manifest calls itself.
const TITLE: &str = "onewindow archive";

/// A manifest.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// `onewindow archive`.
    title: String,
    /// Version of the columns: [`SCHEMA`].
    pub schema: u32,
    /// When it was made: yyyyMMddHHmmssSSS in China.
    pub made: String,
    /// Whether open trades were left out of months that have some.
    pub closed_only: bool,
    /// The signed head of the evidence log, as it is written down.
    pub head: String,
    /// The files, by month.
    pub files: Vec<ArchivedFile>,
    /// Months that were asked for, or have trades, and have no file.
    pub not_written: Vec<NotWritten>,
}

/// A file of an archive: the trades of a month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArchivedFile {
    /// Its name in the folder.
    pub name: String,
    /// The month in which its trades were first declared: yyyyMM in China.
    pub month: String,
    /// Rows.
    pub rows: u64,
    /// Trades: imports and exports.
    pub trades: u64,
    /// Of them exports.
    pub exports: u64,
    /// Open trades of the month, which are not in the file.
    pub open: u64,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Groups of rows, in order.
    pub groups: Vec<Group>,
}

/// A group of rows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Group {
    /// How many.
    pub rows: u64,
    /// Root of the tree (RFC 9162) over the hashes of its rows, hexadecimal.
    pub root: String,
}

/// A month without a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotWritten {
    /// yyyyMM.
    pub month: String,
    /// Trades of it that are open.
    pub open: u64,
    /// Trades of it that are closed.
    pub closed: u64,
    /// Whether the month itself is over: until then trades may join it.
    pub over: bool,
}

impl Manifest {
    /// A manifest without files.
    pub fn new(made: String, closed_only: bool, head: String) -> Self {
        Self {
            title: TITLE.to_owned(),
            schema: SCHEMA,
            made,
            closed_only,
            head,
            files: Vec::new(),
            not_written: Vec::new(),
        }
    }
}

/// A manifest as it was read, with whose signature it has.
pub(crate) struct Signed {
    pub manifest: Manifest,
    pub key: [u8; 32],
    /// Whether the key signed these bytes.
    pub signed: bool,
    pub sha256: String,
}

/// Writes a manifest and its signature. It comes last: a folder without it is no archive.
///
/// # Errors
/// When a file cannot be written.
pub fn write_manifest(folder: &Path, manifest: &Manifest, signer: &Signer) -> Result<(), Error> {
    let path = folder.join(MANIFEST);
    let as_file = |error: serde_json::Error| Error::file(&path)(error.into());
    let mut text = serde_json::to_string_pretty(manifest).map_err(as_file)?;
    text.push('\n');
    let (key, signature) = (signer.public(), signer.sign_text(text.as_bytes()));
    let note = format!("key {}\nsignature {}\n", hexadecimal(&key), hexadecimal(&signature));
    for (name, text) in [(SIGNATURE, note), (MANIFEST, text)] {
        let path = folder.join(name);
        let written = File::create(&path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(Error::file(&path))?;
    }
    Ok(())
}

/// Reads a manifest with its signature.
///
/// # Errors
/// When a file is not there, or is none of ours.
pub(crate) fn read_manifest(folder: &Path) -> Result<Signed, Error> {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).map_err(Error::file(&path))
    };
    let (text, note) = (read(MANIFEST)?, read(SIGNATURE)?);
    let no_manifest = |what: String| Error::no_archive(&folder.join(MANIFEST), what);
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| no_manifest(error.to_string()))?;
    if manifest.title != TITLE {
        return Err(no_manifest(format!("it is no {TITLE}")));
    }
    if manifest.schema != SCHEMA {
        let (schema, known) = (manifest.schema, SCHEMA);
        return Err(no_manifest(format!("its schema is {schema}; this program knows {known}")));
    }
    let mut lines = note.lines();
    let mut line = |word: &str| lines.next().and_then(|line| line.strip_prefix(word));
    let parsed = (|| Some((of_hexadecimal(line("key ")?)?, of_hexadecimal(line("signature ")?)?)))();
    let Some((key, signature)) = parsed else {
        return Err(Error::no_archive(
            &folder.join(SIGNATURE),
            "its lines are not `key …` and `signature …`",
        ));
    };
    let signed = is_signed_text(&key, text.as_bytes(), &signature);
    let sha256 = hexadecimal(&evidence::sha256(text.as_bytes()));
    Ok(Signed { manifest, key, signed, sha256 })
}
