//! Several servers on one database: any of them takes any document, and it is as if there were one.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

#[path = "../../store/tests/support/postgres.rs"]
mod database;
mod support;

use ceb::Style;
use clearance::Text;
use clearance::event::{ActionKind, OfficerAction};
use clearance::keys::OrderKey;
use clearance::sample::{self, Numbers, Person, Trade};
use ledger::AccountKind;
use server::Window;
use server::clock::Clock;
use std::collections::{BTreeMap, BTreeSet};
use store::postgres::{Options, PostgresRead, PostgresStore};
use store::sqlite::Control;
use store::{Cursor, Read};
use support::NOW;

const YEARLY: i64 = 2_600_000;
const BUYERS: u64 = 3;

type Server = (Window<PostgresRead>, std::thread::JoinHandle<()>);

async fn open(options: &Options, folder: &std::path::Path) -> Server {
    let store = PostgresStore::open(options.clone()).await.unwrap();
    let control = Control::open(folder).unwrap();
    Window::open(store, control, Clock::simulated(NOW), |error| panic!("{error}")).await.unwrap()
}

/// Sends all documents of trades, in any order and to any server, and their arrivals; says each list's answer.
async fn send(windows: &[Window<PostgresRead>], seed: u64, trades: Vec<Trade>) {
    let mut tasks = Vec::new();
    for (number, trade) in trades.into_iter().enumerate() {
        let windows = windows.to_vec();
        tasks.push(tokio::spawn(async move {
            let mut draw = Numbers::new(seed, number as u64);
            let mut documents = trade.documents().to_vec();
            while !documents.is_empty() {
                let (sender, document) = documents.swap_remove(draw.below(documents.len() as u64) as usize);
                let bytes = ceb::write(&sample::message(&sender, vec![document]), Style::Prefixed);
                let window = &windows[draw.below(windows.len() as u64) as usize];
                let answer = window.send(&bytes.into(), &sender).await.expect("an answer");
                assert_ne!(answer.documents.len(), 0);
                // The same again, at another server: its first answer.
                if draw.below(3) == 0 {
                    let bytes = ceb::write(
                        &sample::message(&sender, vec![answer_to(&trade, &answer)]),
                        Style::Prefixed,
                    );
                    let other = &windows[draw.below(windows.len() as u64) as usize];
                    let again = other.send(&bytes.into(), &sender).await.expect("an answer");
                    let (first, second) = (&answer.documents[0], &again.documents[0]);
                    if first.answer.status > 0 {
                        assert!(second.repeated, "{:?}", second.answer);
                        assert_eq!(first.answer.status, second.answer.status);
                    }
                }
            }
            let arrival = Trade::arrival(seed, &[&trade], NOW).unwrap();
            let sender = arrival.head.operator_code.clone();
            let bytes =
                ceb::write(&sample::message(&sender, vec![ceb::Document::Arrival(arrival)]), Style::Prefixed);
            windows[draw.below(windows.len() as u64) as usize].send(&bytes.into(), &sender).await.unwrap();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

/// The document that a message of one was answered for.
fn answer_to(trade: &Trade, answer: &server::pipeline::MessageAnswer) -> ceb::Document {
    let kind = ceb::Kind::from_root(&answer.message.root).unwrap();
    trade
        .documents()
        .iter()
        .map(|(_, document)| document)
        .find(|document| document.kind() == kind)
        .unwrap()
        .clone()
}

fn key(trade: &Trade) -> OrderKey {
    let head = &trade.declaration.head;
    OrderKey::new(&head.ebp_code, &head.order_no)
}

/// All receipts of all recipients, read in small pages from a server: nothing twice, each list's in order.
async fn receipts(window: &Window<PostgresRead>, page: usize) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for filing in sample::filings() {
        let mut cursor = Cursor::default();
        let mut last: BTreeMap<Text, clearance::keys::Time> = BTreeMap::new();
        loop {
            let (rows, next) = window.read.receipts(&filing.exchange_ids, &cursor, page).await.unwrap();
            if rows.is_empty() {
                break;
            }
            cursor = Cursor::parse(&next.to_string()).unwrap();
            for row in rows {
                assert!(all.insert(format!("{:?} {}", row.position, row.index)), "twice: {:?}", row.position);
                let ceb::Document::DeclarationReceipt(receipt) = &*row.receipt.document else { continue };
                let before = last.insert(receipt.cop_no.clone(), row.receipt.time);
                assert!(
                    before.is_none_or(|before| before < row.receipt.time),
                    "{} out of order",
                    receipt.cop_no
                );
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_are_as_one() {
    let Some(address) = database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(&address, folder.path().join("space.key"));
    let (first, first_writer) = open(&options, folder.path()).await;
    first.file_all(sample::filings(), "test").await;
    let (second, second_writer) = open(&options, folder.path()).await;
    let windows = [first, second];
    let buyers: Vec<Person> = (0..BUYERS).map(|number| Person::new(900 + number)).collect();
    let trades: Vec<Trade> = (0..60)
        .map(|number| {
            support::trade_of(
                7,
                number,
                &buyers[(number % BUYERS) as usize],
                3_500 + (number % 9) as i64 * 130,
            )
        })
        .collect();
    send(&windows, 11, trades.clone()).await;
    for window in &windows {
        while !window.read.follows(1).await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    }
    // Each buyer's limit is kept, and nobody was refused who still had room.
    let mut writers = BTreeSet::new();
    let (mut used, mut refused) = (BTreeMap::new(), BTreeMap::new());
    for (number, trade) in trades.iter().enumerate() {
        let found = windows[number % 2].read.consignment(&key(trade)).await.unwrap().unwrap();
        writers.insert(found.last.writer);
        let attempt = found.attempt.as_ref().unwrap();
        let assessment = attempt.assessment.as_ref().unwrap();
        let value: i64 = assessment.lines.iter().map(|line| line.dutiable).sum();
        let buyer = number as u64 % BUYERS;
        match attempt.state.number() {
            100 => {
                let least = refused.entry(buyer).or_insert(value);
                *least = value.min(*least);
            }
            state => {
                assert!(matches!(state, 120 | 300 | 500 | 800), "trade {number}: {state}");
                *used.entry(buyer).or_insert(0) += value;
            }
        }
    }
    assert_eq!(writers.len(), 2, "both servers judged");
    let mut theirs: Vec<i64> = windows[0]
        .read
        .accounts(AccountKind::Quota, "", 100)
        .await
        .unwrap()
        .iter()
        .map(|(_, balance)| balance.used())
        .collect();
    theirs.sort_unstable();
    let mut ours: Vec<i64> = used.values().copied().collect();
    ours.sort_unstable();
    assert_eq!(ours, theirs);
    for (buyer, used) in &used {
        assert!(*used <= YEARLY, "buyer {buyer}: {used}");
        assert!(used + refused[buyer] > YEARLY, "buyer {buyer}: {used}, {} was refused", refused[buyer]);
    }
    // What one decides, the other sees; an outdated version decides nothing.
    let waiting = trades.iter().find(|trade| {
        let read = &windows[0].read;
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let found = read.consignment(&key(trade)).await.unwrap().unwrap();
                found.attempt.is_some_and(|attempt| attempt.state.number() == 800)
            })
        })
    });
    let order = key(waiting.expect("something is released"));
    let version = windows[1].read.consignment(&order).await.unwrap().unwrap().version;
    let action = |id: &str| OfficerAction {
        id: id.into(),
        officer: "officer".into(),
        party: "8620000001".into(),
        order: order.clone(),
        version,
        kind: ActionKind::Close,
        text: "样例".into(),
    };
    let (one, other) =
        tokio::join!(windows[0].pipeline.action(action("a")), windows[1].pipeline.action(action("b")));
    let statuses = [one.unwrap().answer.status, other.unwrap().answer.status];
    assert_eq!(statuses.iter().filter(|status| **status > 0).count(), 1, "one of two decides: {statuses:?}");
    // Both servers give the same feed, in pages of any size.
    let whole = receipts(&windows[0], 10_000).await;
    assert_eq!(whole, receipts(&windows[1], 7).await);
    assert!(whole.len() > 300, "{}", whole.len());
    drop(windows);
    for writer in [first_writer, second_writer] {
        tokio::task::block_in_place(|| writer.join().unwrap());
    }
}
