//! The store by itself: what is committed stays, in every segment, after a cut of the log, under another's eyes; what
//! was changed by another hand is found.

use bytes::Bytes;
use ceb::{Document, Style};
use clearance::consignment::{DecideBy, Drawn, ObeyedMeasure, ReturnFile, ReturnState};
use clearance::decide::{Reference, decide};
use clearance::device::Device;
use clearance::event::{
    ActionKind, Arrived, BookedGoods, Cause, Event, Follow, OfficerAction, Person, SignatureFact,
};
use clearance::facts::{CountKey, CountKind, Keys, needs};
use clearance::goods::RecordRead;
use clearance::inspection::{Found, Inspection, JointInspection};
use clearance::keys::{OrderKey, Position, Time};
use clearance::outcome::{Draw, DrawTerms};
use clearance::recognition::Recognised;
use clearance::record::{RecordKey, Register};
use clearance::risk::SamplingSeed;
use clearance::sample::{self, Trade};
use clearance::windows::{Measure, Span, WindowValue, Windowed};
use clearance::{Rulebook, Text};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::MasterKey;
use store::codec;
use store::rows::{MessageRow, Original};
use store::sqlite::backup::{self, BackupError, Taken};
use store::sqlite::restore::{self, Restored};
use store::sqlite::{Options, SqliteStore};
use store::{
    Commit, Cursor, Durable, EventRow, QueueOrder, QueueSearch, Read, Row, Scope, Search, SeedRow, Store,
    StoreError, Transaction,
};

/// 2026-11-23 10:00 in China.
pub const NOW: Time = Time(1_795_399_200_000);

/// Waits for a future on this thread.
fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn reference() -> Reference {
    Reference {
        version: 0,
        books: vec![Arc::new(Rulebook::builtin())],
        parties: Arc::new(sample::parties()),
        sampling_seed: SamplingSeed { number: 1, secret: [7; 32], period: None },
    }
}

fn arrived(sender: &Text, document: Document, seed: u8) -> (Arc<Arrived>, Bytes) {
    let mut xml = Vec::new();
    ceb::write_document(&document, Style::Prefixed, &mut xml);
    let message = sample::message(sender, Vec::new());
    let person = Person { identity: format!("{seed:032x}").into(), ..Person::default() };
    let is_list = matches!(document, Document::Declaration(_));
    let arrived = Arrived {
        document: Arc::new(document),
        defects: Vec::new(),
        sender: sender.clone(),
        transfer: message.transfer.map(Arc::new),
        recipient: sample::exchange_id(sender).unwrap().into(),
        copies: Vec::new(),
        signature: SignatureFact::Absent,
        fingerprint: [seed; 16],
        person: if is_list { person } else { Person::default() },
        all_bodies_empty: false,
        device: None,
        preview: false,
    };
    (Arc::new(arrived), Bytes::from(xml))
}

/// One trade's four documents in one commit, durable when it returns.
fn put(store: &mut SqliteStore, trade: &Trade, time: Time) -> Vec<Row> {
    let (rows, durable) = hand_over(store, trade, time);
    now(durable.wait()).unwrap();
    Arc::into_inner(rows).expect("the store gives the rows back when they are durable")
}

fn hand_over(store: &mut SqliteStore, trade: &Trade, time: Time) -> (Arc<Vec<Row>>, Durable) {
    now(handed_over(store, trade, time))
}

/// Load, decide, commit, as the pipeline does.
pub async fn handed_over<S: Store>(store: &mut S, trade: &Trade, time: Time) -> (Arc<Vec<Row>>, Durable) {
    handed_over_together(store, trade.documents().into(), 1, time).await
}

/// The same of documents of several trades, whose contents are told apart by numbers from `first` on.
pub async fn handed_over_together<S: Store>(
    store: &mut S,
    documents: Vec<(Text, Document)>,
    first: u8,
    time: Time,
) -> (Arc<Vec<Row>>, Durable) {
    let documents: Vec<(Arc<Arrived>, Bytes)> = documents
        .into_iter()
        .zip(first..)
        .map(|((sender, document), number)| arrived(&sender, document, number))
        .collect();
    let mut keys = Keys::default();
    for (document, _) in &documents {
        needs(
            &Event {
                position: Position::default(),
                cause: Cause::Document(document.clone()),
                recorded: None,
            },
            &reference(),
            time,
            &mut keys,
        );
    }
    let mut transaction = store.load(keys, documents.len()).await.unwrap();
    let mut facts = transaction.facts();
    let first = facts.next;
    let events: Vec<Event> = documents
        .iter()
        .enumerate()
        .map(|(index, (document, _))| Event {
            position: Position { sequence: first.sequence + index as u64, ..first },
            cause: Cause::Document(document.clone()),
            recorded: None,
        })
        .collect();
    let outcomes = decide(&events, &mut facts, &reference(), time);
    let rows: Vec<Row> = events
        .into_iter()
        .zip(outcomes)
        .zip(documents)
        .map(|((event, outcome), (_, original))| {
            Row::Event(Box::new(EventRow {
                event,
                original,
                message: None,
                outcome: Some(Box::new(outcome)),
                again: None,
            }))
        })
        .collect();
    let rows = Arc::new(rows);
    match transaction.commit(time, rows.clone()).await.unwrap() {
        Commit::Done { durable, .. } => (rows, durable),
        other => panic!("{other:?}"),
    }
}

fn open(path: &Path, segment_bytes: u64) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(path, &Options { segment_bytes, ..Options::default() }, &mut |_| {})
}

fn faults(path: &Path) -> Vec<(u64, String)> {
    store::sqlite::verify::verify(path, &MasterKey::default_path(path), &mut |_| {}).unwrap().faults
}

pub fn key(trade: &Trade) -> OrderKey {
    OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no)
}

pub fn trades(count: u64) -> Vec<Trade> {
    (0..count).map(|number| Trade::new(9, number, NOW, 1_000_000)).collect()
}

#[test]
fn what_is_committed_is_read_back_in_every_segment_and_after_every_loss_of_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let trades = trades(120);
    {
        let mut store = open(&path, 100_000).unwrap();
        for (index, trade) in trades.iter().enumerate() {
            put(&mut store, trade, Time(NOW.0 + index as i64 * 1000));
        }
    }
    let segments = std::fs::read_dir(&path)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".db"))
        .count();
    assert!(segments > 4, "{segments} files: the ledger was rolled");
    let mut seen: Option<(Vec<String>, String)> = None;
    for round in 0..3 {
        if round == 1 {
            std::fs::remove_file(path.join("index.db")).unwrap();
        }
        let store = open(&path, 100_000).unwrap();
        store.settle_index();
        let read = store.read();
        let mut found = Vec::new();
        for trade in &trades {
            let consignment = now(read.consignment(&key(trade))).unwrap().unwrap();
            assert_eq!(consignment.version, 3);
            let events = now(read.timeline(&key(trade))).unwrap();
            assert_eq!(events.len(), 3, "order, payment and list; the waybill has a row of its own");
            found.push(format!("{consignment:?}"));
        }
        let (list, _) = now(read.search(&Scope::Office(Vec::new()), &Search::default(), None, 1000)).unwrap();
        assert_eq!(list.len(), trades.len());
        let agent = &trades[0].declaration.head.agent_code;
        let feed =
            now(read.receipts(&[sample::exchange_id(agent).unwrap().into()], &Cursor::default(), 100_000))
                .unwrap();
        let all = (found, format!("{:?}", feed.0));
        match &seen {
            None => seen = Some(all),
            Some(first) => assert!(*first == all, "round {round}: another answer from the same ledger"),
        }
    }
    assert_eq!(faults(&path), []);
}

#[test]
fn a_feed_gives_each_receipt_once_whatever_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let mut store = open(&path, 1 << 30).unwrap();
    for (index, trade) in trades(40).iter().enumerate() {
        put(&mut store, trade, Time(NOW.0 + index as i64));
        if index == 20 {
            store.settle_index();
        }
    }
    let read = store.read();
    let recipient: Text = sample::exchange_id("5301980501").unwrap().into();
    let all = now(read.receipts(std::slice::from_ref(&recipient), &Cursor::default(), 100_000)).unwrap().0;
    assert!(all.len() > 20);
    for page in [1, 3, 7, 50] {
        let mut cursor = Cursor::default();
        let mut found = Vec::new();
        loop {
            let (rows, next) = now(read.receipts(std::slice::from_ref(&recipient), &cursor, page)).unwrap();
            found.extend(rows);
            if next == cursor {
                break;
            }
            cursor = Cursor::parse(&next.to_string()).unwrap();
        }
        assert!(found == all, "pages of {page}");
    }
}

#[test]
fn the_newest_receipts_come_page_by_page_and_what_comes_meanwhile_moves_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("data"), 1 << 30).unwrap();
    let all = trades(60);
    for (index, trade) in all.iter().take(40).enumerate() {
        put(&mut store, trade, Time(NOW.0 + index as i64));
        if [10, 20].contains(&index) {
            store.settle_index();
        }
    }
    let read = store.read();
    let recipients: [Text; 2] =
        ["5301980501", "5301980502"].map(|one| sample::exchange_id(one).unwrap().into());
    let mut wanted = now(read.receipts(&recipients, &Cursor::default(), 100_000)).unwrap().0;
    wanted.reverse();
    assert!(wanted.len() > 40);
    let begun = now(read.position()).unwrap();
    for (page, more) in [(1, 40), (3, 41), (7, 42), (50, 43), (1_000, 44)] {
        let (mut upto, mut found) = (begun.clone(), Vec::new());
        loop {
            let (rows, next) = now(read.newest_receipts(&recipients, &upto, page)).unwrap();
            if found.is_empty() {
                put(&mut store, &all[more], Time(NOW.0 + more as i64));
            }
            found.extend(rows);
            let Some(next) = next else { break };
            upto = Cursor::parse(&next.to_string()).unwrap();
        }
        assert!(found == wanted, "pages of {page}");
    }
    let (none, next) = now(read.newest_receipts(&recipients, &Cursor::default(), 10)).unwrap();
    assert!(none.is_empty() && next.is_none(), "nothing is before the beginning");
}

#[test]
fn a_queue_is_read_in_order_from_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("data"), 1 << 30).unwrap();
    let mut trades = trades(60);
    // A code that the tariff does not have waits for an officer; two thirds do.
    for (_, trade) in trades.iter_mut().enumerate().filter(|(index, _)| index % 3 != 0) {
        trade.declaration.lines[0].gcode = "9999999999".into();
    }
    for (index, trade) in trades.iter().enumerate() {
        put(&mut store, trade, Time(NOW.0 + index as i64 * 1000));
    }
    store.settle_index();
    let read = store.read();
    let (all, _) = now(read.search(&Scope::Office(Vec::new()), &Search::default(), None, 1000)).unwrap();
    let mut expected: Vec<_> = all.into_iter().filter(|line| line.state == 300).collect();
    assert!(expected.len() > 20, "{} wait", expected.len());
    let oldest = |search: bool| Search { oldest_first: search, ..Search::default() };
    let (first, next) = now(read.search(&Scope::Office(Vec::new()), &oldest(true), None, 7)).unwrap();
    let (rest, _) = now(read.search(&Scope::Office(Vec::new()), &oldest(true), next, 1000)).unwrap();
    let (mut newest, _) = now(read.search(&Scope::Office(Vec::new()), &oldest(false), None, 1000)).unwrap();
    newest.reverse();
    assert_eq!([first, rest].concat(), newest, "the oldest first is the newest first, turned round");
    // Narrowed to states, page by page: what the whole list has of them, of all and of one party.
    let party = Scope::Party(vec![trades[0].declaration.head.agent_code.clone()]);
    for (scope, oldest_first) in
        [(Scope::Office(Vec::new()), true), (Scope::Office(Vec::new()), false), (party, false)]
    {
        let whole = now(read.search(&scope, &oldest(oldest_first), None, 1000)).unwrap().0;
        for states in [vec![300], vec![120], vec![120, 300], vec![100], vec![120, 800], vec![800, 899]] {
            let search = Search { states: states.clone(), oldest_first };
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let (lines, next) = now(read.search(&scope, &search, after, 7)).unwrap();
                found.extend(lines);
                match next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            let expected: Vec<_> =
                whole.iter().filter(|line| states.contains(&line.state)).cloned().collect();
            assert_eq!(found, expected, "{states:?}");
        }
    }
    expected.sort_by_key(|line| (std::cmp::Reverse(line.lane), line.time, line.position.sequence));
    let pages = |scope: &Scope, order: QueueOrder| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let search = QueueSearch { states: vec![300, 500], order };
            let page = now(read.queue(scope, &search, after, 7)).unwrap();
            assert!(page.lines.len() <= 7);
            found.extend(page.lines.into_iter().map(|(_, line)| line));
            match page.next {
                Some(next) => after = Some(next),
                None => return found,
            }
        }
    };
    let office = |district: &str| Scope::Office(vec![district.into()]);
    assert_eq!(pages(&Scope::Office(Vec::new()), QueueOrder::Severest), expected);
    expected.sort_by_key(|line| (line.time, line.position.sequence));
    assert_eq!(pages(&Scope::Office(Vec::new()), QueueOrder::Oldest), expected);
    expected.reverse();
    assert_eq!(pages(&Scope::Office(Vec::new()), QueueOrder::Newest), expected);
    let district: String = expected[0].customs_code.chars().take(2).collect();
    assert_eq!(pages(&office(&district), QueueOrder::Newest).len(), expected.len());
    assert!(pages(&office("99"), QueueOrder::Newest).is_empty());
    let agent = trades[0].declaration.head.agent_code.clone();
    let is_agents = |line: &&store::Summary| {
        trades.iter().any(|one| key(one) == line.order && one.declaration.head.agent_code == agent)
    };
    let of_agent = expected.iter().filter(is_agents).count();
    assert!(of_agent > 0);
    assert_eq!(pages(&Scope::Party(vec![agent.clone()]), QueueOrder::Severest).len(), of_agent);
    assert!(pages(&Scope::Party(vec!["5301969999".into()]), QueueOrder::Severest).is_empty());
}

#[test]
fn a_folder_has_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let mut first = open(&path, 1 << 30).unwrap();
    first.announce("http://127.0.0.1:1").unwrap();
    let second = open(&path, 1 << 30).err().unwrap().to_string();
    assert!(second.contains("http://127.0.0.1:1"), "{second}");
    drop(first);
    open(&path, 1 << 30).unwrap();
}

#[test]
fn a_log_cut_anywhere_after_the_last_commit_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let mut store = open(&path, 1 << 30).unwrap();
    let log = path.join("ledger-000001.db-wal");
    let trades = trades(30);
    let mut sizes = Vec::new();
    for (index, trade) in trades.iter().enumerate() {
        put(&mut store, trade, Time(NOW.0 + index as i64));
        sizes.push(std::fs::metadata(&log).unwrap().len());
    }
    // The files as they lie on the disk while the writer is at work: a power cut.
    let mut draw = sample::Numbers::new(4, 4);
    for round in 0..40 {
        let last = 5 + draw.below(24) as usize;
        let next = sizes[last + 1];
        let cut = sizes[last] + draw.below(next - sizes[last]);
        let copy = tempfile::tempdir().unwrap();
        let place = copy.path().join("data");
        std::fs::create_dir_all(&place).unwrap();
        std::fs::copy(MasterKey::default_path(&path), MasterKey::default_path(&place)).unwrap();
        for name in ["ledger-000001.db", "ledger-000001.db-wal"] {
            std::fs::copy(path.join(name), place.join(name)).unwrap();
        }
        std::fs::File::options()
            .write(true)
            .open(place.join("ledger-000001.db-wal"))
            .unwrap()
            .set_len(cut)
            .unwrap();
        {
            let recovered = open(&place, 1 << 30).unwrap();
            let read = recovered.read();
            for trade in &trades[..=last] {
                assert!(
                    now(read.consignment(&key(trade))).unwrap().is_some(),
                    "round {round}: acknowledged, lost"
                );
            }
            assert!(now(read.consignment(&key(&trades[last + 1]))).unwrap().is_none(), "half a commit");
        }
        assert_eq!(faults(&place), []);
    }
}

#[test]
fn what_another_hand_changed_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    {
        let mut store = open(&path, 1 << 30).unwrap();
        for trade in &trades(3) {
            put(&mut store, trade, NOW);
        }
    }
    assert_eq!(faults(&path), []);
    let ledger = path.join("ledger-000001.db");
    let original = std::fs::read(&ledger).unwrap();
    for (change, what) in [
        ("UPDATE row SET payload = zeroblob(100) WHERE sequence = 7", "payload"),
        ("UPDATE row SET payload = x'05' WHERE sequence = 8", "payload"),
        (
            "UPDATE block SET payload = CAST(payload || x'00' AS BLOB) WHERE first = (SELECT max(first) FROM block)",
            "payload",
        ),
        ("DELETE FROM block WHERE first = (SELECT min(first) FROM block)", "its block is not here"),
        ("DELETE FROM row WHERE sequence = 6", "missing"),
        ("UPDATE row SET time = time + 1 WHERE sequence = 7", "end of the chain"),
        ("UPDATE writer SET sequence = sequence - 1", "end of the chain"),
        (
            "UPDATE row SET payload = (SELECT payload FROM row WHERE sequence = 8), digest = (SELECT digest FROM row WHERE sequence = 8) WHERE sequence = 7",
            "end of the chain",
        ),
    ] {
        let connection = rusqlite::Connection::open(&ledger).unwrap();
        assert_eq!(connection.execute(change, []).unwrap(), 1, "{change}");
        drop(connection);
        let found = faults(&path);
        assert!(found.iter().any(|(_, fault)| fault.contains(what)), "{change}: {found:?}");
        for log in ["ledger-000001.db-wal", "ledger-000001.db-shm"] {
            let _ = std::fs::remove_file(path.join(log));
        }
        std::fs::write(&ledger, &original).unwrap();
    }
    assert_eq!(faults(&path), []);
}

/// The writer was killed between making a segment's file and beginning the segment.
/// Commits that never pause leave no moment in which all of the log is written back, unless the writer makes one.
#[test]
fn the_log_stays_small_while_commits_never_pause() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("space");
    let mut store = open(&path, 128 << 20).unwrap();
    let (mut most, mut written) = (0, 0);
    for number in 0..320u64 {
        let mut transaction = now(store.load(Keys::default(), 1)).unwrap();
        let mut draw = sample::Numbers::new(5, number);
        let bytes: Vec<u8> = (0..50_000).flat_map(|_| (draw.below(1 << 32) as u32).to_be_bytes()).collect();
        written += bytes.len() as u64;
        let row = MessageRow {
            position: transaction.facts().next,
            received: NOW,
            sender: "5301960201".into(),
            sha256: std::array::from_fn(|at| (number >> (8 * (at % 8))) as u8),
            root: "Unknown".into(),
            guid: format!("{number:032X}").into(),
            recipient: "DXPENT0000000001".into(),
            signature: SignatureFact::Absent,
            original: Original::Whole(bytes.into()),
            documents: 0,
            refusal: Some("样例".into()),
            receipts: Vec::new(),
        };
        let rows = Arc::new(vec![Row::Message(row)]);
        match now(transaction.commit(NOW, rows)).unwrap() {
            Commit::Done { durable, .. } => now(durable.wait()).unwrap(),
            other => panic!("{other:?}"),
        }
        let log = std::fs::metadata(path.join("ledger-000001.db-wal")).map_or(0, |data| data.len());
        most = most.max(log);
    }
    assert!(written > 60 << 20, "{written}");
    assert!(most < 24 << 20, "{most} bytes of log for {written} of rows");
    drop(store);
    assert_eq!(faults(&path), []);
}

#[test]
fn a_segment_that_did_not_begin_is_no_segment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let trades = trades(4);
    {
        let mut store = open(&path, 1 << 30).unwrap();
        put(&mut store, &trades[0], NOW);
    }
    let connection = rusqlite::Connection::open(path.join("ledger-000002.db")).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    drop(connection);
    let mut store = open(&path, 1 << 30).unwrap();
    put(&mut store, &trades[1], NOW);
    for trade in &trades[..2] {
        assert!(now(store.read().consignment(&key(trade))).unwrap().is_some());
    }
    drop(store);
    assert_eq!(faults(&path), []);
}

#[test]
fn the_master_key_opens_and_no_other_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    drop(open(&path, 1 << 30).unwrap());
    std::fs::remove_file(MasterKey::default_path(&path)).unwrap();
    assert!(open(&path, 1 << 30).is_err(), "a lost key is not made anew over existing rows");
}

/// Names and identity numbers never lie on the disk in the clear.
#[test]
fn nothing_personal_is_readable_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let trade = &trades(1)[0];
    {
        let mut store = open(&path, 1 << 30).unwrap();
        put(&mut store, trade, NOW);
        store.settle_index();
    }
    let secrets = [
        trade.order.head.buyer_id_number.as_bytes(),
        trade.order.head.buyer_telephone.as_bytes(),
        trade.order.head.consignee_address.as_bytes(),
    ];
    for entry in std::fs::read_dir(&path).unwrap() {
        let bytes = std::fs::read(entry.as_ref().unwrap().path()).unwrap();
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(
                !found,
                "{:?} holds {}",
                entry.as_ref().unwrap().file_name(),
                String::from_utf8_lossy(secret)
            );
        }
    }
}

#[test]
fn rows_are_the_same_after_writing_and_reading() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("data"), 1 << 30).unwrap();
    for trade in &trades(20) {
        for row in put(&mut store, trade, NOW) {
            let (kind, bytes) = codec::encode(&row);
            let back = codec::decode(&bytes).unwrap();
            assert_eq!(codec::encode(&back), (kind, bytes.clone()));
            for length in 0..bytes.len().min(400) {
                assert!(codec::decode(&bytes[..length]).is_err(), "cut at {length}");
            }
        }
    }
}

/// A stored row of an earlier day; made when it is not there and `ONEWINDOW_UPDATE` is set.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all").join(name);
    if std::env::var_os("ONEWINDOW_UPDATE").is_some() && !place.exists() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(&folder.path().join("data"), 1 << 30).unwrap();
        let rows = put(&mut store, &trades(1)[0], NOW);
        std::fs::write(&place, codec::encode(rows.last().unwrap()).1).unwrap();
    }
    std::fs::read(place).unwrap()
}

/// A row as format 1 wrote it. Every released format keeps its reader: this file is never made anew for a change of
/// the codec; a new format gets a fixture of its own.
#[test]
fn format_one_is_still_read() {
    let bytes = fixture("event-format-1.bin");
    let Row::Event(event) = codec::decode(&bytes).unwrap() else { panic!("an event") };
    let outcome = event.outcome.as_ref().unwrap();
    assert_eq!(outcome.order, Some(key(&trades(1)[0])));
    assert_eq!(outcome.answer.status, 120);
    assert_eq!(outcome.receipts.len(), 5);
    let Cause::Document(arrived) = &event.event.cause else { panic!("a document") };
    assert_eq!(*arrived.document, Document::Declaration(trades(1)[0].declaration.clone()));
    // What it had is kept; what came later is absent.
    assert_eq!((outcome.read.serial, outcome.read.draw, event.again), (0, None, None));
    let written = codec::encode(&Row::Event(event.clone())).1;
    assert_eq!(format!("{:?}", codec::decode(&written).unwrap()), format!("{:?}", Row::Event(event)));
}

/// As above, of format 2.
#[test]
fn format_two_is_still_read() {
    let bytes = fixture("event-format-2.bin");
    let Row::Event(event) = codec::decode(&bytes).unwrap() else { panic!("an event") };
    let outcome = event.outcome.as_ref().unwrap();
    assert_eq!(outcome.answer.status, 120);
    let draw = outcome.read.draw.unwrap();
    assert!(draw.seed == 1 && draw.drawn < 1_000_000 && draw.ratio > 0, "{draw:?}");
    let written = codec::encode(&Row::Event(event.clone())).1;
    assert!(written.len() < bytes.len(), "receipts as fields are shorter");
    assert_eq!(format!("{:?}", codec::decode(&written).unwrap()), format!("{:?}", Row::Event(event)));
}

/// As above, of format 3.
#[test]
fn format_three_is_still_read() {
    let bytes = fixture("event-format-3.bin");
    let Row::Event(event) = codec::decode(&bytes).unwrap() else { panic!("an event") };
    let receipts = &event.outcome.as_ref().unwrap().receipts;
    let Some(Document::DeclarationReceipt(receipt)) = receipts.last().map(|receipt| &*receipt.document)
    else {
        panic!("{receipts:?}")
    };
    assert_eq!(receipt.return_status, "120");
    assert_eq!(receipt.ebp_code.as_ref(), Some(&trades(1)[0].declaration.head.ebp_code));
    assert!(event.outcome.as_ref().unwrap().read.records.is_empty());
    let written = codec::encode(&Row::Event(event.clone())).1;
    assert_eq!(format!("{:?}", codec::decode(&written).unwrap()), format!("{:?}", Row::Event(event)));
}

/// As above, of format 6: what followed from the credit of a seller when his list was declared.
#[test]
fn format_six_is_still_read() {
    let bytes = fixture("event-format-6.bin");
    let Row::Event(event) = codec::decode(&bytes).unwrap() else { panic!("an event") };
    let written = codec::encode(&Row::Event(event.clone())).1;
    assert_eq!(format!("{:?}", codec::decode(&written).unwrap()), format!("{:?}", Row::Event(event.clone())));
    let outcome = event.outcome.unwrap();
    // The hashes of telephone and address were empty in this trade: the buyer alone was counted.
    let kinds: Vec<CountKind> = outcome.counted.iter().map(|raised| raised.key.kind).collect();
    assert_eq!(kinds, [CountKind::Identity]);
    assert!(outcome.counted.iter().all(|raised| raised.fen == 0 && raised.others.is_empty()));
    let consignment = outcome.consignment.unwrap();
    let counts = &consignment.attempt.as_ref().unwrap().counts;
    let identity = counts.iter().find(|read| read.key.kind == CountKind::Identity).unwrap();
    let days: Vec<Span> = identity.values.iter().map(|value| value.span).collect();
    assert_eq!(days, [Span::Days(7), Span::Days(30)], "two windows of one key");
    let credit = consignment.attempt.as_ref().unwrap().credit.clone().unwrap();
    assert_eq!(credit.standings, [("5301960201".into(), "attention".into())]);
    assert_eq!((credit.factor, credit.share), (Some(300), 50_000));
}

/// As above, of format 7: what was read of windows of the goods of a line, and what was added to them.
#[test]
fn format_seven_is_still_read() {
    let bytes = fixture("event-format-7.bin");
    let Row::Event(event) = codec::decode(&bytes).unwrap() else { panic!("an event") };
    let written = codec::encode(&Row::Event(event.clone())).1;
    assert_eq!(format!("{:?}", codec::decode(&written).unwrap()), format!("{:?}", Row::Event(event.clone())));
    let outcome = event.outcome.unwrap();
    assert_eq!(outcome.consignment.as_ref().unwrap().drawn, None, "a draw was not kept yet");
    assert!(outcome.read.draw.is_none_or(|draw| draw.terms.is_none()));
    let attempts = outcome.consignment.iter().filter_map(|consignment| consignment.attempt.as_ref());
    assert!(attempts.clone().count() == 1 && attempts.into_iter().all(|attempt| attempt.joint.is_none()));
    let goods = outcome.counted.iter().find(|raised| raised.key.kind == CountKind::Goods).unwrap();
    assert_eq!((goods.line, goods.price, goods.grams, goods.pieces), (1, Some(12_345), Some(800), 2));
    let read = outcome.read.counts.iter().find(|read| read.key == goods.key).unwrap();
    let median = WindowValue { measure: Measure::PriceMedian, span: Span::Days(90), value: 12_799 };
    assert!(read.line == 1 && read.values.contains(&median), "{read:?}");
}

/// A seed as it was first stored has no period; one of a period has it with the key of its salts.
#[test]
fn periods_of_seeds_came_with_format_eight() {
    use clearance::risk::DrawPeriod;
    let place = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all").join(name);
    let Row::Seed(old) = codec::decode(&std::fs::read(place("seed-format-7.bin")).unwrap()).unwrap() else {
        panic!("a seed")
    };
    let seed = SamplingSeed { number: 3, secret: [7; 32], period: None };
    assert_eq!(old, SeedRow { seed, by: "onewindow".into() });
    let first = ceb::Day::from_number(20_261_130).unwrap();
    let period = DrawPeriod { first, salts: [9; 32], until: NOW };
    let new = SeedRow { seed: SamplingSeed { period: Some(period), ..old.seed }, ..old };
    let bytes = std::fs::read(place("seed-format-8.bin")).unwrap();
    assert!(matches!(codec::decode(&bytes).unwrap(), Row::Seed(read) if read == new));
}

/// An inspection that waited for its second officer, and the row in which he confirmed it; the draw that the consignment keeps.
fn confirmed(event: &mut EventRow) {
    let joint = JointInspection {
        position: Position { writer: 1, sequence: 7 },
        time: NOW,
        rulebook: 3,
        day: NOW.day(),
        officer: "cha.yan".into(),
        party: "8620000001".into(),
        text: "少了一件".into(),
        inspection: Inspection {
            found: vec![Found {
                line: 1,
                result: "goods-differ".into(),
                quantity: Some(ceb::Decimal::ONE),
                weight: None,
            }],
            measure: clearance::inspection::Measure::DetainClearance,
            second: "".into(),
            place: "三号查验台".into(),
            photographs: vec!["0".repeat(64).into()],
        },
        confirmed_by: "cha.er".into(),
    };
    let outcome = event.outcome.as_mut().unwrap();
    let mut consignment = (**outcome.consignment.as_ref().unwrap()).clone();
    event.event.cause = Cause::Action(Arc::new(OfficerAction {
        id: "c1".into(),
        officer: "cha.er".into(),
        party: "8620000001".into(),
        order: consignment.key.clone(),
        version: 4,
        kind: ActionKind::ConfirmInspection,
        text: "".into(),
    }));
    (event.original, event.message) = (Bytes::new(), None);
    consignment.attempt.as_mut().unwrap().joint = Some(Box::new(joint));
    consignment.drawn =
        Some(Drawn { seed: 3, number: 12_345, ratio: 20_000, selected: true, until: Some(NOW) });
    let terms = DrawTerms { base: 20_000, factor: 100, goods: 100, share: 0, floor: 1_000 };
    outcome.read.draw = Some(Draw { seed: 3, drawn: 12_345, ratio: 20_000, terms: Some(terms) });
    outcome.consignment = Some(consignment.into());
}

/// As above, of format 8: an inspection in which two look, and that the second confirmed it; a draw that is kept, and what its
/// share is made of. Nothing was taken of bonded books then.
#[test]
fn format_eight_is_still_read() {
    let Row::Event(mut expected) = codec::decode(&fixture("event-format-7.bin")).unwrap() else { panic!() };
    confirmed(&mut expected);
    let read = codec::decode(&fixture("event-format-8.bin")).unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", Row::Event(expected)));
}

/// What a list took of a bonded book, what was read and moved for it, and what follows; its parcel left the zone.
fn booked(event: &mut EventRow) {
    use book::{
        Book, DocumentKey, DocumentKind, Item, LegalUnit, LineKey, Lot, LotStock, Open, Place, Posting,
        Quantities, Resolution, Stock, StockKey,
    };
    use clearance::bonded::{BondedRead, Moved, Taken, TakenLine, TakenState};
    let (book, decimal) = (clearance::Text::from("5301960601:T8620W000001"), ceb::Decimal::from_whole);
    let list = DocumentKey { kind: DocumentKind::List, issuer: "5301980501".into(), number: "P/O/1".into() };
    let stock = StockKey { book: book.clone(), item: "1".into() };
    let quantities = Quantities { declared: decimal(2), first: decimal(1), second: ceb::Decimal::ZERO };
    let lot = Lot { number: "L1".into(), origin: "116".into(), expiry: ceb::Day::from_number(20_271_231) };
    let item = Item {
        number: "1".into(),
        gcode: "1901101000".into(),
        goods_no: "LH1".into(),
        unit: "011".into(),
        first: LegalUnit { unit: "035".into(), factor: ceb::Decimal::ONE },
        second: None,
        tolerance: 50,
        stop_sale_days: 10,
    };
    let entered = NOW.stamp_millis();
    let balances = [(Place::Available, quantities)].into();
    let lots = vec![LotStock { lot, entered, balances, stopped: Vec::new() }];
    let holder = "5301960601".into();
    let kept = Book { number: book.clone(), holder, closed: false, counting: Some("PD1".into()) };
    let posting = Posting {
        stock: stock.clone(),
        lot: "L1".into(),
        from: Place::Available,
        to: Place::Frozen,
        quantities,
    };
    let lines =
        vec![TakenLine { line: 1, item: "1".into(), open: vec![Open { lot: "L1".into(), quantities }] }];
    let outcome = event.outcome.as_mut().unwrap();
    outcome.read.bonded = BondedRead { books: vec![kept], stocks: vec![Stock { key: stock, item, lots }] };
    let key = LineKey { document: list.clone(), line: 1 };
    outcome.booked = vec![Moved { key: key.clone(), of: Some(key), postings: vec![posting] }];
    let by = DocumentKey {
        kind: DocumentKind::GateRelease,
        issuer: "5301960601".into(),
        number: "HF1 P/O/1".into(),
    };
    outcome.follows.push(Follow::BookedGoods(Box::new(BookedGoods {
        to: book.clone(),
        list: list.clone(),
        by,
        lines: lines.clone(),
        resolution: Resolution::Confirm,
        cause: Position { writer: 1, sequence: 9 },
    })));
    let mut consignment = (**outcome.consignment.as_ref().unwrap()).clone();
    let taken = Taken { book, document: list, lines, state: TakenState::Left };
    consignment.attempt.as_mut().unwrap().taken = Some(Box::new(taken));
    outcome.consignment = Some(consignment.into());
    if let Cause::Action(action) = &mut event.event.cause {
        Arc::make_mut(action).kind = ActionKind::LeaveGate { release: "HF1".into() };
    }
}

/// As above, of format 9: what lists take of bonded books.
#[test]
fn format_nine_is_still_read() {
    let Row::Event(mut expected) = codec::decode(&fixture("event-format-8.bin")).unwrap() else { panic!() };
    booked(&mut expected);
    let read = codec::decode(&fixture("event-format-9.bin")).unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", Row::Event(expected)));
}

/// Measures of credit came with format 11: what was written before obeyed none, and a return was decided at no day.
#[test]
fn measures_of_credit_are_kept_since_format_eleven() {
    let Row::Event(mut event) = codec::decode(&fixture("event-format-6.bin")).unwrap() else {
        panic!("an event")
    };
    let outcome = event.outcome.as_mut().unwrap();
    let mut consignment = (**outcome.consignment.as_ref().unwrap()).clone();
    let attempt = consignment.attempt.as_mut().unwrap();
    let filed = attempt.declaration.clone();
    let credit = attempt.credit.as_mut().unwrap();
    assert!(credit.obeyed.is_empty());
    let row = |measure: &str, value: i64| ObeyedMeasure {
        party: "5301960201".into(),
        standing: "black".into(),
        measure: measure.into(),
        value,
        from: ceb::Day::from_number(20_190_101).unwrap(),
    };
    credit.obeyed = vec![row("guarantee_factor", 200), row("settlement_last_day", 35)];
    let returned = |number: u32, decide_by: Option<DecideBy>| ReturnFile {
        number,
        filed: filed.clone(),
        pre_no: "T20261123000000001".into(),
        state: ReturnState::Applied,
        lines: Vec::new(),
        tax_given_back: 0,
        quota_given_back: 0,
        decide_by,
    };
    let due = DecideBy { day: NOW.day(), obeyed: row("refund_days", 30) };
    consignment.returns = vec![returned(1, Some(due)), returned(2, None)];
    outcome.consignment = Some(consignment.into());
    let row = Row::Event(event);
    let read = codec::decode(&codec::encode(&row).1).unwrap();
    assert_eq!(format!("{read:?}"), format!("{row:?}"));
}

/// Devices came with format 13: what was written before reported none, and no order had read a window of one.
#[test]
fn devices_are_kept_since_format_thirteen() {
    let Row::Event(mut event) = codec::decode(&fixture("event-format-6.bin")).unwrap() else {
        panic!("an event")
    };
    let Cause::Document(arrived) = &mut event.event.cause else { panic!("a document") };
    assert_eq!(arrived.device, None);
    let hash = |of: char| Text::from(of.to_string().repeat(32));
    let device = Device { reference: hash('d'), identity: hash('i'), telephone: hash('t') };
    Arc::make_mut(arrived).device = Some(device);
    let consignment = event.outcome.as_mut().unwrap().consignment.as_mut().unwrap();
    assert!(consignment.ordered.is_empty());
    let key = CountKey { kind: CountKind::Device, owner: hash('d') };
    let value = WindowValue { measure: Measure::Identities, span: Span::Days(30), value: 5 };
    Arc::make_mut(consignment).ordered = vec![Windowed { key, line: 0, values: vec![value] }];
    let row = Row::Event(event);
    let read = codec::decode(&codec::encode(&row).1).unwrap();
    assert_eq!(format!("{read:?}"), format!("{row:?}"));
}

/// As above, of format 11: a lot that a recall stops.
#[test]
fn format_eleven_is_still_read() {
    let name = "event-format-11.bin";
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all").join(name);
    let Row::Event(mut expected) = codec::decode(&fixture("event-format-9.bin")).unwrap() else { panic!() };
    let outcome = expected.outcome.as_mut().unwrap();
    assert!(outcome.read.bonded.stocks[0].lots[0].stopped.is_empty(), "before, nothing stopped a lot");
    outcome.read.bonded.stocks[0].lots[0].stopped = vec!["5301960601:ZH1".into()];
    if std::env::var_os("ONEWINDOW_UPDATE").is_some() && !place.exists() {
        std::fs::write(&place, codec::encode(&Row::Event(expected.clone())).1).unwrap();
    }
    let bytes = fixture(name);
    let read = codec::decode(&bytes).unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", Row::Event(expected)));
    // What is written now is of a later format, and says the same.
    assert_eq!(format!("{:?}", codec::decode(&codec::encode(&read).1).unwrap()), format!("{read:?}"));
    // At first one recall stopped a lot; several are kept beside each other.
    let Row::Event(mut event) = read else { panic!("an event") };
    event.outcome.as_mut().unwrap().read.bonded.stocks[0].lots[0].stopped.push("5301960601:ZH2".into());
    let row = Row::Event(event);
    let read = codec::decode(&codec::encode(&row).1).unwrap();
    assert_eq!(format!("{read:?}"), format!("{row:?}"));
}

/// What rests on another agency's report is kept whole.
#[test]
fn a_decision_on_a_report_is_read_as_it_was_written() {
    let Row::Event(mut event) = codec::decode(&fixture("event-format-9.bin")).unwrap() else {
        panic!("an event")
    };
    let Cause::Action(action) = &mut event.event.cause else { panic!("an action") };
    let found = Found {
        line: 2,
        result: "quantity-differs".into(),
        quantity: ceb::Decimal::parse("3.5"),
        weight: None,
    };
    let inspection = Inspection {
        found: vec![found],
        measure: clearance::inspection::Measure::Review,
        second: "".into(),
        place: "".into(),
        photographs: Vec::new(),
    };
    let rests = Recognised { report: "5301000904:2026-1".into(), version: 3, inspection };
    Arc::make_mut(action).kind = ActionKind::Recognised(Box::new(rests));
    let row = Row::Event(event);
    let read = codec::decode(&codec::encode(&row).1).unwrap();
    assert_eq!(format!("{read:?}"), format!("{row:?}"));
}

/// As above, of format 5.
#[test]
fn format_five_is_still_read() {
    let bytes = fixture("event-format-5.bin");
    let Row::Event(mut event) = codec::decode(&bytes).unwrap() else { panic!("an event") };
    let consignment = event.outcome.as_ref().unwrap().consignment.as_ref().unwrap();
    assert_eq!(consignment.attempt.as_ref().unwrap().credit, None);
    // What was looked at is among the grounds.
    let key = RecordKey::new(Register::Goods, "5301960201:SKU1901101000");
    let read = RecordRead { key, version: 3, position: Position { writer: 2, sequence: 7 } };
    event.outcome.as_mut().unwrap().read.records.push(read);
    let written = codec::encode(&Row::Event(event.clone())).1;
    assert_eq!(format!("{:?}", codec::decode(&written).unwrap()), format!("{:?}", Row::Event(event)));
}

#[test]
fn what_is_judged_ahead_of_the_disk_is_what_waiting_gives() {
    let life = |waits: bool| -> (Vec<String>, Vec<u64>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let mut store = open(&path, 300_000).unwrap();
        let mut handed = Vec::new();
        // All of one buyer and few guarantors; every trade twice, so that the second sees the first as repeated.
        for (index, trade) in trades(150).iter().flat_map(|trade| [trade, trade]).enumerate() {
            let (rows, durable) = hand_over(&mut store, trade, Time(NOW.0 + index as i64));
            if waits {
                now(durable.wait()).unwrap();
                handed.push((rows, Durable::now()));
            } else {
                handed.push((rows, durable));
            }
        }
        let mut rows = Vec::new();
        let mut repeated = Vec::new();
        for (index, (own, durable)) in handed.into_iter().enumerate() {
            now(durable.wait()).unwrap();
            for row in own.iter() {
                let Row::Event(event) = row else { panic!("only documents were sent") };
                let outcome = event.outcome.as_ref().unwrap();
                assert_eq!(outcome.repeats.is_some(), index % 2 == 1, "trade {index}");
                repeated.extend(outcome.repeats.map(|first| outcome.position.sequence - first.sequence));
                rows.push(format!("{:?} {:?}", outcome.answer, outcome.movements));
            }
        }
        drop(store);
        assert_eq!(faults(&path), []);
        (rows, repeated)
    };
    let (waited, ahead) = (life(true), life(false));
    assert_eq!(waited.0, ahead.0);
    assert_eq!(ahead.1.len(), 600, "each document of every second trade");
}

#[test]
fn a_month_that_ends_among_what_waits_ends_its_segment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let trades = trades(40);
    {
        let mut store = open(&path, u64::MAX).unwrap();
        // 2026-11-30 23:59:59.980 in China, a millisecond a trade: none is waited for, so that they share commits.
        let end = Time(NOW.0 + 7 * 86_400_000 + 14 * 3_600_000 - 20);
        let handed: Vec<Durable> = (0..)
            .zip(&trades)
            .map(|(index, trade)| hand_over(&mut store, trade, Time(end.0 + index)).1)
            .collect();
        for durable in handed {
            now(durable.wait()).unwrap();
        }
    }
    let first = |number: u32| {
        let segment = rusqlite::Connection::open(path.join(format!("ledger-{number:06}.db"))).unwrap();
        segment
            .query_row("SELECT min(time), max(time) FROM row WHERE sequence > 4", [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })
            .unwrap()
    };
    let midnight = NOW.0 + 7 * 86_400_000 + 14 * 3_600_000;
    assert_eq!(first(1).1, midnight - 1, "the last of November");
    assert_eq!(first(2), (midnight, midnight + 19), "December");
    assert_eq!(faults(&path), []);
    let store = open(&path, u64::MAX).unwrap();
    for trade in &trades {
        assert!(now(store.read().consignment(&key(trade))).unwrap().is_some());
    }
}

fn backed_up(data: &Path, out: &Path) -> Result<Taken, BackupError> {
    backup::backup(data, out, NOW, &mut |_, _| {})
}

fn restored(out: &Path, place: &Path, key: &Path) -> Result<Restored, BackupError> {
    restore::restore(out, place, key, 1_000, &mut |_| {})
}

#[test]
fn a_backup_under_way_beside_the_writer_is_of_one_instant_and_misses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("data"), folder.path().join("backup"));
    let key = MasterKey::default_path(&path);
    let trades = trades(400);
    let mut store = open(&path, 200_000).unwrap();
    let done = AtomicU64::new(0);
    let mut backups = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for (index, trade) in trades.iter().enumerate() {
                put(&mut store, trade, Time(NOW.0 + index as i64 * 1000));
                done.store(index as u64 + 1, Ordering::SeqCst);
            }
        });
        loop {
            let before = done.load(Ordering::SeqCst) as usize;
            if before == 0 {
                std::thread::yield_now();
                continue;
            }
            let taken = backed_up(&path, &out).unwrap();
            backups += 1;
            let place = folder.path().join(format!("restored-{backups}"));
            let found = restored(&out, &place, &key).unwrap();
            assert_eq!(found.manifest, taken.manifest);
            let again = SqliteStore::open(
                &place,
                &Options { master_key: Some(key.clone()), ..Options::default() },
                &mut |_| {},
            );
            let again = again.unwrap();
            for trade in &trades[..before] {
                let found = now(again.read().consignment(&self::key(trade))).unwrap();
                assert_eq!(found.map(|found| found.version), Some(3), "backup {backups}: durable, lost");
            }
            drop(again);
            std::fs::remove_dir_all(&place).unwrap();
            if before == trades.len() {
                break;
            }
        }
    });
    assert!(backups > 3, "{backups} backups");
    // The writer is gone; a last one copies nothing of what is sealed.
    drop(store);
    backed_up(&path, &out).unwrap();
    let last = backed_up(&path, &out).unwrap();
    assert!(last.kept > 3, "{last:?}");
    assert_eq!(last.copied, 1, "the segment that grows: {last:?}");
    assert_eq!(last.kept + last.copied, last.manifest.files.len() as u64);
    // Nothing lies about that no manifest names.
    let files = std::fs::read_dir(&out).unwrap().count();
    assert_eq!(files, last.manifest.files.len() + 2, "the manifest and the lock");
}

#[test]
fn a_backup_that_decayed_is_mended_and_never_restored() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("data"), folder.path().join("backup"));
    let key = MasterKey::default_path(&path);
    let mut store = open(&path, 100_000).unwrap();
    for (index, trade) in trades(60).iter().enumerate() {
        put(&mut store, trade, Time(NOW.0 + index as i64));
    }
    drop(store);
    let first = backed_up(&path, &out).unwrap();
    let decayed = out.join(&first.manifest.files[0].stored);
    let mut bytes = std::fs::read(&decayed).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&decayed, &bytes).unwrap();
    let place = folder.path().join("restored");
    assert!(matches!(restored(&out, &place, &key), Err(BackupError::Differs { .. })));
    assert!(!place.exists(), "what was written is removed");
    let second = backed_up(&path, &out).unwrap();
    assert_eq!((second.copied, second.manifest.position), (2, first.manifest.position), "{second:?}");
    let found = restored(&out, &place, &key).unwrap();
    assert_eq!(found.report.last, first.manifest.position);
    // Official numbers that the backup may not know are left out.
    let next_number = |path: &Path| {
        let options = Options { master_key: Some(key.clone()), ..Options::default() };
        let mut store = SqliteStore::open(path, &options, &mut |_| {}).unwrap();
        now(store.load(Keys::default(), 1)).unwrap().facts().numbers.next
    };
    assert_eq!(next_number(&place), next_number(&path) + 1_000);
    assert!(matches!(restored(&out, &place, &key), Err(BackupError::NotEmpty(_))));
    assert!(matches!(backed_up(&path, &path.join("in")), Err(BackupError::Inside(_))));
    assert!(matches!(backed_up(&out, &folder.path().join("x")), Err(BackupError::NoLedger(_))));
    assert!(matches!(restored(&path, &folder.path().join("y"), &key), Err(BackupError::NoBackup(_))));
    // Without the key, nothing is written; with another, nothing stays.
    let other = folder.path().join("other");
    drop(open(&other, 1 << 30).unwrap());
    for key in [folder.path().join("no.key"), MasterKey::default_path(&other)] {
        let place = folder.path().join("z");
        let refused = restored(&out, &place, &key);
        assert!(matches!(refused, Err(BackupError::Store(StoreError::MasterKey(_)))), "{refused:?}");
        assert!(!place.exists());
    }
    assert!(matches!(backed_up(&other, &out), Err(BackupError::OtherSpace(_))));
    let manifest = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    std::fs::write(
        out.join("manifest.json"),
        manifest.replace("\"name\": \"ledger", "\"name\": \"../ledger"),
    )
    .unwrap();
    let refused = restored(&out, &folder.path().join("w"), &key);
    assert!(matches!(refused, Err(BackupError::Manifest { .. })), "{refused:?}");
}

#[test]
fn a_disk_without_room_is_told_from_other_failures_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let options = Options { most_pages: Some(60), ..Options::default() };
    let mut store = SqliteStore::open(&path, &options, &mut |_| {}).unwrap();
    let trades = trades(400);
    let mut durable_until = 0;
    for (index, trade) in trades.iter().enumerate() {
        let (_, durable) = hand_over(&mut store, trade, Time(NOW.0 + index as i64));
        match now(durable.wait()) {
            Ok(()) => durable_until = index + 1,
            Err(error) => {
                assert!(error.wants_room(), "{error:?}");
                break;
            }
        }
    }
    assert!(durable_until > 5 && durable_until < trades.len(), "{durable_until}");
    // What was durable before is still read, and the folder opens again when there is room.
    let check = |read: &dyn Fn(&Trade) -> bool| trades[..durable_until].iter().all(read);
    let read = store.read();
    assert!(check(&|trade| now(read.consignment(&key(trade))).unwrap().is_some()));
    drop(store);
    let mut store = open(&path, 1 << 30).unwrap();
    let read = store.read();
    assert!(check(&|trade| now(read.consignment(&key(trade))).unwrap().is_some()));
    put(&mut store, &trades[durable_until], Time(NOW.0 + 1_000_000));
    drop(store);
    assert_eq!(faults(&path), []);
}

#[test]
fn what_a_killed_server_left_can_be_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let mut store = open(&path, 1 << 30).unwrap();
    let trades = trades(20);
    for (index, trade) in trades.iter().enumerate() {
        put(&mut store, trade, Time(NOW.0 + index as i64));
    }
    // The files as they lie there while the writer is at work: most rows are in the log only.
    let (left, out) = (folder.path().join("left"), folder.path().join("backup"));
    std::fs::create_dir_all(&left).unwrap();
    for name in ["ledger-000001.db", "ledger-000001.db-wal"] {
        std::fs::copy(path.join(name), left.join(name)).unwrap();
    }
    let taken = backed_up(&left, &out).unwrap();
    let place = folder.path().join("restored");
    let key = MasterKey::default_path(&path);
    assert_eq!(restored(&out, &place, &key).unwrap().report.last, taken.manifest.position);
    let options = Options { master_key: Some(key), ..Options::default() };
    let again = SqliteStore::open(&place, &options, &mut |_| {}).unwrap();
    for trade in &trades {
        assert!(now(again.read().consignment(&self::key(trade))).unwrap().is_some());
    }
}

#[test]
fn a_failure_is_of_the_disk_or_it_is_not() {
    use rusqlite::ffi;
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| StoreError::Failed {
        operation: "commit".to_owned(),
        source,
    };
    let sqlite = |code| failed(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None).into());
    for code in
        [ffi::SQLITE_FULL, ffi::SQLITE_READONLY, ffi::SQLITE_READONLY_DIRECTORY, ffi::SQLITE_IOERR_SHMSIZE]
    {
        assert!(sqlite(code).wants_room(), "{code}");
    }
    for code in [ffi::SQLITE_BUSY, ffi::SQLITE_CORRUPT, ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_NOTADB] {
        assert!(!sqlite(code).wants_room(), "{code}");
    }
    // ENOSPC, EROFS and EDQUOT as Linux numbers them; EIO is another matter.
    for (number, room) in [(28, true), (30, true), (122, true), (5, false)] {
        assert_eq!(failed(std::io::Error::from_raw_os_error(number).into()).wants_room(), room, "{number}");
    }
}

#[test]
fn an_index_that_could_not_be_merged_catches_up_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let mut store = open(&path, 1 << 30).unwrap();
    let trades = trades(60);
    for (index, trade) in trades[..20].iter().enumerate() {
        put(&mut store, trade, Time(NOW.0 + index as i64));
    }
    store.settle_index();
    // Another hand holds the file for longer than a merge waits.
    let other = rusqlite::Connection::open(path.join("index.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for (index, trade) in trades[20..40].iter().enumerate() {
        put(&mut store, trade, Time(NOW.0 + 100 + index as i64));
    }
    std::thread::sleep(std::time::Duration::from_millis(6_500));
    let read = store.read();
    let behind = now(read.listed()).unwrap() != now(read.position()).unwrap();
    other.execute_batch("ROLLBACK").unwrap();
    assert!(behind, "the merge was kept from its work");
    for (index, trade) in trades[40..].iter().enumerate() {
        put(&mut store, trade, Time(NOW.0 + 200 + index as i64));
    }
    store.settle_index();
    let (list, _) = now(read.search(&Scope::Office(Vec::new()), &Search::default(), None, 1000)).unwrap();
    assert_eq!(list.len(), trades.len());
    drop(store);
    assert_eq!(faults(&path), []);
}

/// A record of a register as it was first stored: its bytes never change.
#[test]
fn a_record_of_a_register_is_still_read() {
    use clearance::record::{Actor, Record, RecordKey, Register};
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/record-format-3.bin");
    let at = |sequence| Position { writer: 3, sequence };
    let record = Record {
        key: RecordKey::new(Register::Goods, " 5301960201:A-1 "),
        version: 2,
        state: "filed".into(),
        parties: vec!["5301960201".into()],
        created: NOW,
        changed: Time(NOW.0 + 1),
        first: at(7),
        last: at(9),
        previous: Some(at(7)),
        actor: Actor { party: "8620000001".into(), name: "样例".into() },
        action: "approve".into(),
        note: "样例".to_owned(),
        format: 1,
        body: "{\"name\":\"样例\"}".to_owned(),
        charges: Vec::new(),
    };
    let row = Row::Record(std::sync::Arc::new(record));
    if std::env::var_os("ONEWINDOW_UPDATE").is_some() && !place.exists() {
        std::fs::write(&place, codec::encode(&row).1).unwrap();
    }
    let bytes = std::fs::read(place).unwrap();
    assert_eq!(format!("{:?}", codec::decode(&bytes).unwrap()), format!("{row:?}"));
    assert_eq!(codec::encode(&row).1[2..], bytes[2..], "records did not change since");
    // What a change moves on accounts stands behind it, where it moves anything.
    let Row::Record(record) = &row else { panic!() };
    let account = ledger::Account::guarantee("5301980501".into());
    let hold =
        |amount| ledger::Movement { kind: ledger::MovementKind::Hold, account: account.clone(), amount };
    let charge = clearance::record::Charge { movement: hold(12_345), limit: Some(1_000_000) };
    let charged = Record { charges: vec![charge], ..(**record).clone() };
    let row = Row::Record(std::sync::Arc::new(charged));
    let bytes = codec::encode(&row).1;
    assert_eq!(format!("{:?}", codec::decode(&bytes).unwrap()), format!("{row:?}"));
}

/// A filing and a signature of format 3 say nothing of algorithms; what is written now does.
#[test]
fn algorithms_came_with_format_four() {
    use clearance::party::{Certificate, Revocation};
    let Row::Filing(mut row) = codec::decode(&fixture("filing-format-3.bin")).unwrap() else { panic!() };
    assert_eq!((row.filing.certificates.len(), row.filing.signature_required), (1, true));
    assert_eq!((row.filing.algorithms.len(), row.by.as_str()), (0, "样例"));
    row.filing.algorithms = vec!["sm2-sm3".into()];
    assert!(row.filing.services.is_empty(), "those came with format 5");
    row.filing.services = vec![clearance::party::Service {
        service: "internet-payment".into(),
        valid_from: NOW.day(),
        valid_to: Some(NOW.day()),
        currencies: vec!["142".into()],
        transaction_limit: Some(5_000_000),
        scope: "样例试点".into(),
        licence: "Z-1".into(),
    }];
    let unsaid = row.filing.principals.is_empty() && row.filing.domestic_agent.is_none();
    assert!(unsaid, "those came with format 12");
    let power = |code: &str, valid_to| clearance::party::Entrusted {
        code: code.into(),
        valid_from: NOW.day(),
        valid_to,
    };
    row.filing.principals = vec![power("5301960201", None), power("5301960202", Some(NOW.day()))];
    row.filing.domestic_agent = Some(power("5301980501", None));
    let written = codec::encode(&Row::Filing(row.clone())).1;
    let Row::Filing(back) = codec::decode(&written).unwrap() else { panic!() };
    assert_eq!(back, row);
    let Row::Message(mut row) = codec::decode(&fixture("message-format-3.bin")).unwrap() else { panic!() };
    let SignatureFact::Valid { not_after, algorithm, .. } = &mut row.signature else { panic!("{row:?}") };
    assert_eq!((*not_after, algorithm.as_str()), (20_281_231_235_959, ""));
    *algorithm = "rsa-sha1".into();
    let Row::Message(back) = codec::decode(&codec::encode(&Row::Message(row.clone())).1).unwrap() else {
        panic!()
    };
    assert_eq!(back, row);
    // A certificate, as it was first stored: its bytes never change.
    let certificate = Certificate {
        version: 9,
        party: "5301960201".into(),
        fingerprint: "ab".repeat(32).into(),
        documents: true,
        since: NOW,
        revoked: Some(Revocation {
            at: Time(NOW.0 + 5),
            reason: "样例".into(),
            compromised_since: Some(Time(NOW.0 - 5)),
        }),
    };
    let row = Row::Certificate(store::CertificateRow { certificate, by: "样例".into() });
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/certificate-format-4.bin");
    if std::env::var_os("ONEWINDOW_UPDATE").is_some() && !place.exists() {
        std::fs::write(&place, codec::encode(&row).1).unwrap();
    }
    let bytes = std::fs::read(place).unwrap();
    assert_eq!(format!("{:?}", codec::decode(&bytes).unwrap()), format!("{row:?}"));
    assert_eq!(codec::encode(&row).1[2..], bytes[2..]);
    assert!(row.moves_reference());
}

/// As above, of format 4.
#[test]
fn format_four_is_still_read() {
    let bytes = fixture("event-format-4.bin");
    let Row::Event(event) = codec::decode(&bytes).unwrap() else { panic!("an event") };
    let outcome = event.outcome.as_ref().unwrap();
    assert!(outcome.answer.status == 120 && outcome.read.records.is_empty());
    let written = codec::encode(&Row::Event(event.clone())).1;
    assert_eq!(format!("{:?}", codec::decode(&written).unwrap()), format!("{:?}", Row::Event(event)));
}
