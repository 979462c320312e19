//! The evidence log of a data folder: what is derived is made again, whatever becomes of it; what was published holds; what
//! another hand changed in the ledger is found, also where it made the chain fit.

use clearance::keys::{Position, Time};
use evidence::{
    Auditor, Entry, Report, SignedHead, chain, end_line, entry_line, header, verify_consistency,
    verify_inclusion,
};
use std::future::Future;
use std::path::{Path, PathBuf};
use store::evidence::Published;
use store::sqlite::Options;
use store::sqlite::folder::Folder;
use store::sqlite::ledger_files::{LedgerFiles, SealedRow};
use store::{Cursor, Evidence, StoreError};

const NOW: Time = Time(1_795_399_200_000);

/// Waits for a future on this thread.
fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new(rows: u64) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.grow(rows, 1 << 30);
        place
    }
    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
    fn key(&self) -> PathBuf {
        self.folder.path().join("data.key")
    }
    /// Rows of one opening: two or three of its own before them.
    fn grow(&self, rows: u64, segment_bytes: u64) {
        let options = Options { segment_bytes, ..Options::default() };
        let folder = Folder::open(&self.data()).unwrap();
        let mut ledger = LedgerFiles::open(&folder, &self.key(), &options).unwrap();
        for batch in (0..rows).collect::<Vec<_>>().chunks(1_000) {
            let row = |number: &u64| SealedRow::alone(17, number.to_be_bytes().to_vec());
            let time = Time(ledger.last_time().0 + 1);
            ledger.commit(time, batch.iter().map(row).collect()).unwrap();
        }
    }
    fn log(&self) -> Evidence {
        Evidence::of_folder(&self.data(), &self.key()).unwrap()
    }
    fn execute(&self, file: &str, statement: &str) -> usize {
        rusqlite::Connection::open(self.data().join(file)).unwrap().execute(statement, []).unwrap()
    }
}

async fn head(log: &Evidence) -> Published {
    log.head(NOW, None, &mut |_, _| {}).await.unwrap()
}

/// An export as the command line writes it, audited.
async fn audited(log: &Evidence, last: &Published, held: Vec<SignedHead>) -> Report {
    let heads = log.heads(0, 1_000).await.unwrap();
    let heads: Vec<SignedHead> = heads.into_iter().map(|one| one.head).collect();
    let mut text = header(&log.keys().await.unwrap(), &heads);
    let mut count = 0;
    let mut visit = |entry: &Entry, chain: &evidence::Hash| {
        text.push_str(&entry_line(entry, chain));
        count += 1;
        Ok(())
    };
    log.export(&last.head.head, &mut visit).await.unwrap();
    text.push_str(&end_line(count));
    let mut auditor = Auditor::new(held, None);
    text.lines().for_each(|line| auditor.line(line));
    auditor.finish()
}

#[test]
fn proofs_hold_in_a_tree_of_three_levels() {
    let place = Place::new(70_000);
    place.grow(500, 1);
    now(async {
        let log = place.log();
        let published = head(&log).await;
        assert!(published.head.is_signed());
        let writer = published.head.head.writers[0];
        assert!(writer.size > 70_500);
        for sequence in [1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 65_800, writer.size - 1, writer.size] {
            let position = Position { writer: 0, sequence };
            let proof = log.inclusion(position, writer.size).await.unwrap().unwrap();
            assert_eq!(proof.root, writer.root);
            let leaf = proof.entry.leaf();
            assert!(verify_inclusion(&leaf, sequence - 1, writer.size, &proof.path, &writer.root));
            let earlier = log.inclusion(position, sequence).await.unwrap().unwrap();
            assert!(verify_inclusion(&leaf, sequence - 1, sequence, &earlier.path, &earlier.root));
            let growth = log.consistency(0, sequence, writer.size).await.unwrap().unwrap();
            assert_eq!((growth.before, growth.after), (earlier.root, writer.root));
            assert!(verify_consistency(sequence, writer.size, &growth.path, &earlier.root, &writer.root));
        }
        let beyond = Position { writer: 0, sequence: writer.size + 1 };
        assert_eq!(log.inclusion(beyond, writer.size + 1).await.unwrap(), None);
        assert_eq!(log.inclusion(beyond, writer.size).await.unwrap(), None);
        assert_eq!(log.consistency(0, 5, writer.size + 1).await.unwrap(), None);
        assert_eq!(log.inclusion(Position { writer: 3, sequence: 1 }, 1).await.unwrap(), None);
        let report = audited(&log, &published, Vec::new()).await;
        assert_eq!((report.entries, report.faults), (writer.size, Vec::new()));
        // Every row is an entry, by pages.
        let (mut cursor, mut seen) = (Cursor::default(), 0);
        loop {
            let (entries, next) = log.entries(&cursor, 5_000).await.unwrap();
            if entries.is_empty() {
                break;
            }
            assert!(entries.iter().all(|entry| {
                seen += 1;
                entry.sequence == seen
            }));
            cursor = next;
        }
        assert_eq!(seen, writer.size);
    });
}

#[test]
fn what_is_derived_is_made_again_and_is_the_same() {
    let place = Place::new(3_000);
    let file = place.data().join("evidence.db");
    let tiles = || {
        let connection = rusqlite::Connection::open(&file).unwrap();
        let mut all =
            connection.prepare("SELECT level, number, root, chain FROM tile ORDER BY 1, 2").unwrap();
        let row = |row: &rusqlite::Row<'_>| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, Vec<u8>>(2)?,
                row.get::<_, Vec<u8>>(3)?,
            ))
        };
        all.query_map([], row).unwrap().collect::<Result<Vec<_>, _>>().unwrap()
    };
    let first = now(async { head(&place.log()).await });
    let kept = tiles();
    assert_eq!(kept.len(), 11);
    let again = || {
        let found = now(async { head(&place.log()).await });
        assert_eq!(found, first, "no head is made where nothing came");
        assert_eq!(tiles(), kept);
    };
    again();
    let clean = || {
        for file in ["evidence.db", "evidence.db-wal", "evidence.db-shm"] {
            let _ = std::fs::remove_file(place.data().join(file));
        }
    };
    clean();
    again();
    clean();
    std::fs::write(&file, [7; 20_000]).unwrap();
    again();
    place.execute("evidence.db", "DELETE FROM tile WHERE number = 3");
    again();
    place.execute("evidence.db", "UPDATE tile SET chain = zeroblob(32) WHERE number = 10");
    again();
    // An erased payload keeps its leaf.
    assert_eq!(place.execute("ledger-000001.db", "UPDATE row SET payload = x'' WHERE sequence = 77"), 1);
    clean();
    again();
    // That of another ledger.
    let other = Place::new(3_000);
    now(async { head(&other.log()).await });
    clean();
    std::fs::copy(other.data().join("evidence.db"), &file).unwrap();
    again();
    // That of a longer one.
    place.execute("evidence.db", "INSERT INTO tile VALUES(8, 11, zeroblob(32), zeroblob(32))");
    again();
    // While a writer goes on, the same log follows; another is made from what it kept.
    now(async {
        let log = place.log();
        let mut last = first.clone();
        for rows in [1, 255, 300, 5_000] {
            place.grow(rows, 1 << 30);
            // Heads of one moment are one head.
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let next = head(&log).await;
            assert_eq!(next.number, last.number + 1);
            let (before, after) = (last.head.head.writers[0], next.head.head.writers[0]);
            let growth = log.consistency(0, before.size, after.size).await.unwrap().unwrap();
            assert!(verify_consistency(before.size, after.size, &growth.path, &before.root, &after.root));
            assert_eq!(head(&place.log()).await, next);
            last = next;
        }
        let early = log.first_with(0, first.head.head.writers[0].size).await.unwrap();
        assert_eq!(early, Some(first.clone()));
    });
}

#[test]
fn keys_stay_with_the_space_and_old_ones_stay_known() {
    let place = Place::new(10);
    let first = now(async { head(&place.log()).await });
    place.grow(1, 1 << 30);
    let (second, key) = now(async {
        let log = place.log();
        let key = log.rotate(NOW).await.unwrap();
        (head(&log).await, key)
    });
    assert_ne!(first.head.public, second.head.public);
    assert_eq!((key.number, key.public), (2, second.head.public));
    now(async {
        let log = place.log();
        assert_eq!(log.keys().await.unwrap().len(), 2);
        assert_eq!(log.heads(0, 10).await.unwrap(), [first.clone(), second.clone()]);
        assert_eq!(audited(&log, &second, vec![first.head.clone()]).await.faults, []);
        // The private half is kept wrapped: nonce, 32 bytes and tag.
        let control = rusqlite::Connection::open(place.data().join("control.db")).unwrap();
        let lengths = "SELECT min(length(wrapped)), max(length(wrapped)) FROM evidence_key";
        let lengths = control.query_row(lengths, [], |row| Ok((row.get(0)?, row.get(1)?)));
        assert_eq!(lengths.unwrap(), (60, 60));
    });
    let wrong = place.folder.path().join("wrong.key");
    std::fs::write(&wrong, "ab".repeat(32)).unwrap();
    assert!(matches!(Evidence::of_folder(&place.data(), &wrong), Err(StoreError::MasterKey(_))));
}

/// Changes a row's digest as somebody does who knows how the chain is made: every head after it fits.
fn forge(place: &Place, sequence: u64) {
    let connection = rusqlite::Connection::open(place.data().join("ledger-000001.db")).unwrap();
    connection
        .execute("UPDATE row SET digest = randomblob(32) WHERE sequence = ?1", [sequence as i64])
        .unwrap();
    let mut head = [0; 32];
    let mut rows =
        connection.prepare("SELECT sequence, time, kind, digest FROM row ORDER BY sequence").unwrap();
    let mut rows = rows.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let digest: [u8; 32] = row.get(3).unwrap();
        let (sequence, time): (i64, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
        head = chain(&head, sequence as u64, time, row.get(2).unwrap(), &digest);
    }
    connection.execute("UPDATE writer SET head = ?1", [head]).unwrap();
}

#[test]
fn a_ledger_that_was_changed_does_not_fit_what_was_published() {
    let place = Place::new(2_000);
    let before = now(async { head(&place.log()).await });
    place.grow(700, 1 << 30);
    let (last, writer) = now(async {
        let last = head(&place.log()).await;
        let writer = last.head.head.writers[0];
        (last, writer)
    });
    let altered = 1_000;
    let position = Position { writer: 0, sequence: altered };
    // By somebody who knows nothing of the chain.
    let original = std::fs::read(place.data().join("ledger-000001.db")).unwrap();
    assert_eq!(
        place.execute("ledger-000001.db", "UPDATE row SET digest = randomblob(32) WHERE sequence = 1000"),
        1
    );
    now(async {
        let log = place.log();
        let error = log.inclusion(position, writer.size).await.unwrap_err();
        assert!(matches!(&error, StoreError::Damaged { position: at, .. } if *at == position), "{error}");
        let report = audited(&log, &last, Vec::new()).await;
        assert_eq!(report.faults.len(), 1);
        assert!(report.faults[0].what.contains("entries 1 to 2002"), "{:?}", report.faults);
        log.forget().await.unwrap();
        let error = log.follow(&mut |_, _| {}).await.unwrap_err();
        assert!(error.to_string().contains("chain"), "{error}");
    });
    for log in ["ledger-000001.db-wal", "ledger-000001.db-shm"] {
        let _ = std::fs::remove_file(place.data().join(log));
    }
    std::fs::write(place.data().join("ledger-000001.db"), &original).unwrap();
    assert_eq!(now(async { head(&place.log()).await }), last);
    // By somebody who knows: the chain fits, and what was published does not.
    forge(&place, altered);
    now(async {
        let log = place.log();
        let forged = head(&log).await;
        assert_eq!(forged.number, last.number + 1);
        let stated = forged.head.head.writers[0];
        assert_eq!(stated.size, writer.size);
        assert_ne!(stated.root, writer.root);
        // No proof leads from what was published to what there is now.
        let published = before.head.head.writers[0];
        let growth = log.consistency(0, published.size, stated.size).await.unwrap().unwrap();
        assert!(!verify_consistency(
            published.size,
            stated.size,
            &growth.path,
            &published.root,
            &stated.root
        ));
        for held in [Vec::new(), vec![before.head.clone()], vec![last.head.clone()]] {
            let report = audited(&log, &forged, held).await;
            assert!(report.faults[0].what.contains("are not those of"), "{:?}", report.faults);
        }
    });
    // A row that is gone.
    place.execute("ledger-000001.db", "DELETE FROM row WHERE sequence = 900");
    now(async {
        let log = place.log();
        log.forget().await.unwrap();
        let error = log.follow(&mut |_, _| {}).await.unwrap_err();
        let gone = Position { writer: 0, sequence: 900 };
        assert!(matches!(&error, StoreError::Damaged { position, .. } if *position == gone), "{error}");
        assert_eq!(audited(&log, &last, Vec::new()).await.faults[0].entry, Some((0, 900)));
    });
}

/// A ledger that came back from an older backup grows on: what was published of the lost rows stays, and does not fit.
#[test]
fn a_ledger_that_was_set_back_shows() {
    let place = Place::new(1_000);
    let old = std::fs::read(place.data().join("ledger-000001.db")).unwrap();
    place.grow(600, 1 << 30);
    let lost = now(async { head(&place.log()).await });
    for log in ["ledger-000001.db-wal", "ledger-000001.db-shm"] {
        let _ = std::fs::remove_file(place.data().join(log));
    }
    std::fs::write(place.data().join("ledger-000001.db"), &old).unwrap();
    place.grow(800, 1 << 30);
    now(async {
        let log = place.log();
        let next = head(&log).await;
        assert_eq!(next.number, lost.number + 1);
        let (before, after) = (lost.head.head.writers[0], next.head.head.writers[0]);
        let growth = log.consistency(0, before.size, after.size).await.unwrap().unwrap();
        assert!(!verify_consistency(before.size, after.size, &growth.path, &before.root, &after.root));
        assert!(!audited(&log, &next, Vec::new()).await.faults.is_empty());
    });
}

/// A log without a ledger.
#[test]
fn there_is_no_log_where_there_is_no_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path: &Path = folder.path();
    let error = Evidence::of_folder(path, &path.join("data.key")).err().expect("an error");
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("has no ledger"));
}
