//! Checking an archive without a store: is the manifest signed, are the files those that it names, is each row what was written,
//! and is each a row of the evidence log that the signed head covers? Nothing is believed but the signatures; every row that is
//! wrong is named, up to a thousand; how many more there are is told.

use crate::manifest::{ArchivedFile, Group, read_manifest};
use crate::read::Groups;
use crate::row::Row;
use crate::{Error, Manifest};
use evidence::{Entry, SignedHead, hexadecimal, of_hexadecimal, verify_inclusion};
use ring::digest::{Context, SHA256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

/// What whoever checks knew before.
#[derive(Clone, Default, Debug)]
pub struct Known {
    /// Public keys that the space is known by; none = whichever the archive names.
    pub keys: Vec<[u8; 32]>,
    /// The head that the archive must rest on.
    pub head: Option<SignedHead>,
}

/// Something is not as it was signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Of which file.
    pub file: String,
    /// Which row of it, from 1; none = of the whole.
    pub row: Option<u64>,
    /// Writer and sequence of the row in the ledger, as it says itself.
    pub entry: Option<(i64, i64)>,
    /// What is wrong.
    pub what: String,
}

/// What a check found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The manifest.
    pub manifest: Manifest,
    /// SHA-256 of the manifest, hexadecimal.
    pub sha256: String,
    /// Whose signature the manifest has.
    pub key: [u8; 32],
    /// The head that rows are proved with.
    pub head: SignedHead,
    /// Rows that were checked.
    pub rows: u64,
    /// None = the archive is what was signed.
    pub faults: Vec<Fault>,
    /// How many more there are than are named.
    pub more: u64,
}

/// Faults that are named at most.
const MOST_FAULTS: usize = 1_000;

struct Checking<'a> {
    report: Report,
    progress: &'a mut dyn FnMut(u64, u64),
}

/// Checks the archive in a folder. `progress` is told rows that were checked, and how many there are.
///
/// # Errors
/// When there is no manifest of ours: then nothing is said of the archive.
pub fn check(folder: &Path, known: &Known, progress: &mut dyn FnMut(u64, u64)) -> Result<Report, Error> {
    let signed = read_manifest(folder)?;
    let head = SignedHead::parse(&signed.manifest.head).map_err(|bad| Error::no_archive(folder, bad))?;
    let report = Report {
        manifest: signed.manifest,
        sha256: signed.sha256,
        key: signed.key,
        head: head.clone(),
        rows: 0,
        faults: Vec::new(),
        more: 0,
    };
    let mut checking = Checking { report, progress };
    if !signed.signed {
        checking.fault(crate::MANIFEST, "its signature is not that of its key over its bytes");
    }
    checking.heads(&head, known);
    let files = checking.report.manifest.files.clone();
    for file in &files {
        checking.file(folder, file, &head);
    }
    Ok(checking.report)
}

impl Checking<'_> {
    fn add(&mut self, fault: Fault) {
        if self.report.faults.len() < MOST_FAULTS {
            self.report.faults.push(fault);
        } else {
            self.report.more += 1;
        }
    }

    fn fault(&mut self, file: &str, what: impl Into<String>) {
        self.add(Fault { file: file.to_owned(), row: None, entry: None, what: what.into() });
    }

    fn heads(&mut self, head: &SignedHead, known: &Known) {
        if !head.is_signed() {
            self.fault(crate::MANIFEST, "the signature of its head is not that of its key over what it says");
        }
        for (whose, key) in [("it", self.report.key), ("its head", head.public)] {
            if !known.keys.is_empty() && !known.keys.contains(&key) {
                let key = hexadecimal(&key);
                self.fault(
                    crate::MANIFEST,
                    format!("{whose} is signed with {key}, no key that the space is known by"),
                );
            }
        }
        if known.head.as_ref().is_some_and(|held| held.head != head.head) {
            self.fault(crate::MANIFEST, "it rests on another head than the one that it is held against");
        }
    }

    fn file(&mut self, folder: &Path, file: &ArchivedFile, head: &SignedHead) {
        let name = file.name.as_str();
        // A manifest leads nowhere but into its own folder.
        if !Path::new(name).components().eq([Component::Normal(name.as_ref())]) {
            return self.fault(name, "it is no name of a file in the folder");
        }
        let path = folder.join(name);
        match digest_of(&path) {
            Err(error) => return self.fault(name, format!("it cannot be read: {error}")),
            Ok((bytes, sha256)) if (bytes, &sha256) != (file.bytes, &file.sha256) => {
                let (was, had) = (&file.sha256, file.bytes);
                let what =
                    format!("it has {bytes} bytes with the digest {sha256}; signed were {had} with {was}");
                self.fault(name, what);
            }
            Ok(_) => {}
        }
        let groups = match Groups::open(&path) {
            Ok(groups) => groups,
            Err(error) => return self.fault(name, error.told()),
        };
        if groups.count() != file.groups.len() {
            let what = format!("it has {} groups of rows; signed were {}", groups.count(), file.groups.len());
            self.fault(name, what);
        }
        if groups.note("head") != Some(self.report.manifest.head.as_str()) {
            self.fault(name, "the head that stands in it is not that of the manifest");
        }
        let (mut first, mut last) = (1, BTreeMap::new());
        for (index, group) in file.groups.iter().enumerate().take(groups.count()) {
            match groups.rows(index) {
                Ok(rows) => self.group((name, first), group, &rows, head, &mut last),
                Err(fault) => {
                    let what =
                        format!("from here on its column {} cannot be read: {}", fault.column, fault.what);
                    self.add(Fault {
                        file: name.to_owned(),
                        row: Some(first + fault.row),
                        entry: None,
                        what,
                    });
                }
            }
            first = group.rows.saturating_add(first);
            let files = self.report.manifest.files.iter();
            let whole = files.fold(0, |sum: u64, file| sum.saturating_add(file.rows));
            (self.progress)(self.report.rows, whole);
        }
        if file.rows != first - 1 {
            self.fault(name, format!("the manifest counts {} rows, and its groups {}", file.rows, first - 1));
        }
    }

    fn group(
        &mut self,
        (name, first): (&str, u64),
        group: &Group,
        rows: &[Row],
        head: &SignedHead,
        last: &mut BTreeMap<i64, i64>,
    ) {
        if rows.len() as u64 != group.rows {
            let what = format!("from here on there are {} rows; signed were {}", rows.len(), group.rows);
            self.add(Fault { file: name.to_owned(), row: Some(first), entry: None, what });
        }
        for (index, row) in (0..).zip(rows) {
            self.report.rows += 1;
            let entry = row.number("writer").zip(row.number("sequence"));
            let mut wrong = written(row, index, group).or_else(|| recorded(row, head));
            if let Some((writer, sequence)) = entry
                && last.insert(writer, sequence).is_some_and(|before| before >= sequence)
            {
                wrong = wrong.or(Some("added, or moved: a later row of its writer came before"));
            }
            if let Some(what) = wrong {
                self.add(Fault {
                    file: name.to_owned(),
                    row: Some(first + index),
                    entry,
                    what: what.to_owned(),
                });
            }
        }
    }
}

/// Whether a row is the one that was written in its place.
fn written(row: &Row, index: u64, group: &Group) -> Option<&'static str> {
    let digest = row.digest();
    if row.hash("row_hash") != Some(digest) {
        return Some("altered: its columns are not those that its row_hash is of");
    }
    let proved = row
        .path("row_path")
        .zip(of_hexadecimal(&group.root))
        .is_some_and(|(path, root)| verify_inclusion(&digest, index, group.rows, &path, &root));
    (!proved).then_some("altered, added or moved: it is not in the tree that the manifest states")
}

/// Whether a row is one of the evidence log, as large as the head states it.
fn recorded(row: &Row, head: &SignedHead) -> Option<&'static str> {
    const INCOMPLETE: &str = "it does not say which entry of the evidence log it is";
    let entry = || {
        Some(Entry {
            writer: row.number("writer")?.try_into().ok()?,
            sequence: row.number("sequence")?.try_into().ok()?,
            time: row.number("recorded_at")?,
            kind: row.number("kind")?.try_into().ok()?,
            digest: row.hash("payload_digest")?,
        })
    };
    let Some(entry) = entry() else { return Some(INCOMPLETE) };
    let leaf = entry.leaf();
    if row.hash("leaf") != Some(leaf) {
        return Some("its leaf is not that of its entry");
    }
    let Some(stated) = head.head.writer(entry.writer) else {
        return Some("the head states nothing of its writer");
    };
    if row.number("tree_size") != i64::try_from(stated.size).ok() {
        return Some("its proof is of a tree of another size than the head states");
    }
    let proved = row.path("audit_path").is_some_and(|path| {
        let index = entry.sequence.wrapping_sub(1);
        verify_inclusion(&leaf, index, stated.size, &path, &stated.root)
    });
    (!proved).then_some("its entry is not in the tree that the head states")
}

/// Bytes and SHA-256 of a file.
fn digest_of(path: &Path) -> std::io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut context, mut bytes) = (Context::new(&SHA256), 0);
    let mut piece = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            return Ok((bytes, hexadecimal(context.finish().as_ref())));
        }
        context.update(piece.get(..count).unwrap_or_default());
        bytes += count as u64;
    }
}
