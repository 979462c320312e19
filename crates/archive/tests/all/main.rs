//! Archives written and checked: what was altered is named, whoever altered it.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::disallowed_methods, reason = "tests may read files and run programs")]

use archive::sample::log;
use archive::{
    COLUMNS, Cell, Fault, Kind, Known, MANIFEST, Manifest, Report, Row, SIGNATURE, Writer, check,
    write_manifest,
};
use evidence::{SignedHead, Signer};
use std::path::Path;

const FILE: &str = "202611.parquet";

/// Writes an archive of these rows.
fn written(folder: &Path, rows: &[Row], head: &SignedHead, signer: &Signer) -> Manifest {
    let mut manifest = Manifest::new("20261201000000000".to_owned(), false, head.to_text());
    let mut writer = Writer::create(folder, FILE, &manifest.head).unwrap();
    for row in rows {
        writer.push(row.clone()).unwrap();
    }
    let done = writer.finish().unwrap();
    manifest.files.push(done.of_month(FILE, 202_611, [1, 0, 0]));
    write_manifest(folder, &manifest, signer).unwrap();
    manifest
}

fn checked(folder: &Path, known: &Known) -> Report {
    check(folder, known, &mut |_, _| {}).unwrap()
}

fn faults(folder: &Path) -> Vec<Fault> {
    checked(folder, &Known::default()).faults
}

fn signer() -> Signer {
    Signer::new(&[7; 32]).unwrap()
}

#[test]
fn what_was_written_is_clean_for_whoever_knows_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let (rows, head) = log(&signer(), 9_001);
    let manifest = written(folder.path(), &rows, &head, &signer());
    assert_eq!(manifest.files[0].groups.iter().map(|group| group.rows).collect::<Vec<_>>(), [4_096, 405]);
    let known = Known { keys: vec![signer().public()], head: Some(head.clone()) };
    let report = checked(folder.path(), &known);
    assert_eq!((report.faults.as_slice(), report.rows), ([].as_slice(), 4_501));
    assert!(!folder.path().join(format!("{FILE}.partial")).exists());
    // Who knows it by another key, or by another head, is told.
    let other = Signer::new(&[8; 32]).unwrap();
    let report = checked(folder.path(), &Known { keys: vec![other.public()], head: Some(log(&other, 5).1) });
    assert_eq!(report.faults.len(), 3, "{:?}", report.faults);
}

#[test]
fn an_altered_cell_is_named_whatever_is_made_to_fit_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let (rows, head) = log(&signer(), 41);
    let honest = written(path, &rows, &head, &signer());
    let signed = [MANIFEST, SIGNATURE].map(|name| (name, std::fs::read(path.join(name)).unwrap()));
    // The proofs of the columns are made when the row is written.
    for (place, column) in COLUMNS.iter().enumerate().take(COLUMNS.len() - 2) {
        let mut altered = rows.clone();
        let cell = match column.kind {
            Kind::Number | Kind::Instant => Cell::Number(4_711),
            Kind::Text | Kind::Bytes => Cell::from([b'x'; 32].as_slice()),
            Kind::Hash => Cell::from([9_u8; 32].as_slice()),
        };
        altered[6].set(column.name, cell);
        // Written anew with all its hashes, beside the manifest that was signed.
        written(path, &altered, &head, &signer());
        for (name, bytes) in &signed {
            std::fs::write(path.join(name), bytes).unwrap();
        }
        let found = faults(path);
        assert!(
            found[0].row.is_none() && found[0].what.contains(&honest.files[0].sha256),
            "{place}: {found:?}"
        );
        assert!(found.iter().any(|fault| fault.row == Some(7)), "{}: {found:?}", column.name);
    }
    // The manifest is made to fit as well: its signature is another's.
    let mut altered = rows.clone();
    altered[6].set("tax_fen", Cell::Number(1));
    written(path, &altered, &head, &Signer::new(&[8; 32]).unwrap());
    let report = checked(path, &Known { keys: vec![signer().public()], head: None });
    assert!(report.faults[0].what.contains("no key that the space is known by"), "{:?}", report.faults);
}

#[test]
fn rows_that_are_removed_added_or_moved_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let (rows, head) = log(&signer(), 41);
    written(path, &rows, &head, &signer());
    let signed = [MANIFEST, SIGNATURE].map(|name| (name, std::fs::read(path.join(name)).unwrap()));
    let removed = [&rows[..6], &rows[7..]].concat();
    let twice = [&rows[..7], &rows[6..]].concat();
    let mut swapped = rows.clone();
    swapped.swap(6, 7);
    for (name, changed) in [("removed", removed), ("twice", twice), ("swapped", swapped)] {
        written(path, &changed, &head, &signer());
        for (name, bytes) in &signed {
            std::fs::write(path.join(name), bytes).unwrap();
        }
        let rows: Vec<Option<u64>> = faults(path).iter().map(|fault| fault.row).collect();
        assert!(rows.contains(&Some(7)) || rows.contains(&Some(8)), "{name}: {rows:?}");
    }
    // A row that the log does not have is none, whoever signed the manifest.
    let mut invented = rows.clone();
    invented[6].set("payload_digest", [1_u8; 32].as_slice());
    written(path, &invented, &head, &signer());
    let found = faults(path);
    assert!(found.len() == 1 && found[0].row == Some(7) && found[0].entry == Some((0, 13)), "{found:?}");
}

#[test]
fn faults_that_are_not_named_any_more_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (mut rows, head) = log(&signer(), 3_001);
    rows.iter_mut().for_each(|row| row.set("payload_digest", [1_u8; 32].as_slice()));
    written(folder.path(), &rows, &head, &signer());
    let report = checked(folder.path(), &Known::default());
    assert_eq!((report.faults.len(), report.more), (1_000, rows.len() as u64 - 1_000));
}

#[test]
fn a_byte_that_was_altered_ends_nothing_and_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let (rows, head) = log(&signer(), 401);
    written(path, &rows, &head, &signer());
    let whole = std::fs::read(path.join(FILE)).unwrap();
    let mut named = 0;
    for place in (0..whole.len()).step_by(whole.len() / 200) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x55;
        std::fs::write(path.join(FILE), &bytes).unwrap();
        let found = faults(path);
        assert!(found.iter().any(|fault| fault.file == FILE), "byte {place}: {found:?}");
        named += usize::from(found.iter().any(|fault| fault.row.is_some()));
    }
    assert!(named > 100, "rows are named for {named} of 200 bytes");
    for cut in [0, 3, whole.len() / 2, whole.len() - 1] {
        std::fs::write(path.join(FILE), &whole[..cut]).unwrap();
        assert!(!faults(path).is_empty(), "{cut}");
    }
    std::fs::remove_file(path.join(FILE)).unwrap();
    assert!(faults(path)[0].what.contains("cannot be read"));
}

#[test]
fn a_manifest_that_was_altered_is_found_and_leads_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let (rows, head) = log(&signer(), 41);
    let manifest = written(path, &rows, &head, &signer());
    let text = std::fs::read_to_string(path.join(MANIFEST)).unwrap();
    std::fs::write(path.join(MANIFEST), text.replace("\"open\": 0", "\"open\": 3")).unwrap();
    assert!(faults(path)[0].what.contains("signature"), "{:?}", faults(path));
    let mut elsewhere = manifest;
    for name in ["../202611.parquet", "/etc/hostname", "", "."] {
        elsewhere.files[0].name = name.to_owned();
        write_manifest(path, &elsewhere, &signer()).unwrap();
        assert!(faults(path)[0].what.contains("no name of a file"), "{name}: {:?}", faults(path));
    }
    // What is no manifest says nothing of the archive.
    for text in [
        "",
        "{}",
        "[]",
        &text.replace("\"schema\": 1", "\"schema\": 2"),
        &text.replace("onewindow archive", "other"),
    ] {
        std::fs::write(path.join(MANIFEST), text).unwrap();
        assert!(check(path, &Known::default(), &mut |_, _| {}).is_err(), "{text}");
    }
}

#[test]
fn the_page_of_operators_has_every_column() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations/archive.md");
    let page = std::fs::read_to_string(page).unwrap();
    let missing: Vec<&str> = COLUMNS
        .iter()
        .map(|column| column.name)
        .filter(|name| !page.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
