//! The evidence log as callers see it, on the embedded store or on PostgreSQL where `ONEWINDOW_TEST_STORE` says so; and with
//! several servers on one database.

use crate::support::{NOW, Zone, plain};
use ceb::Document;
use clearance::sample::{self, Trade};
use evidence::{
    Auditor, Entry, Hash, SignedHead, end_line, entry_line, header, of_hexadecimal, verify_consistency,
    verify_inclusion,
};
use serde_json::Value;
use server::Window;
use server::clock::Clock;
use std::collections::BTreeMap;
use store::postgres::{Options, PostgresRead, PostgresStore, schema};
use store::{Control, Evidence, Read};

const OFFICER: &str = "8620000001";

fn hash(value: &Value) -> Hash {
    of_hexadecimal(value.as_str().unwrap()).unwrap()
}

fn path(value: &Value) -> Vec<Hash> {
    value["path"].as_array().unwrap().iter().map(hash).collect()
}

fn noted(head: &Value) -> SignedHead {
    let signed = SignedHead::parse(head["note"].as_str().unwrap()).unwrap();
    assert!(signed.is_signed());
    assert_eq!(signed.head.digest(), hash(&head["digest"]));
    signed
}

/// The newest head, of all rows that are there.
async fn head(zone: &Zone) -> (u64, SignedHead) {
    // Heads of one moment are one head.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let (status, head) = zone.get(OFFICER, "/v1/evidence/head").await;
    assert_eq!(status, 200, "{head}");
    (head["number"].as_u64().unwrap(), noted(&head))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_grows_while_messages_come() {
    let zone = Zone::new().await;
    let mut heads = vec![head(&zone).await];
    for number in 0..3 {
        zone.trade(&plain(&zone, 100 + number * 50)).await;
        heads.push(head(&zone).await);
    }
    let (_, keys) = zone.get("5301960101", "/v1/evidence/keys").await;
    for pair in heads.windows(2) {
        let [(number, older), (next, newer)] = pair else { unreachable!() };
        assert!(next > number);
        assert_eq!(hash(&keys["keys"][0]["public"]), newer.public);
        for before in &older.head.writers {
            let after = newer.head.writer(before.writer).unwrap();
            let asked = format!(
                "/v1/evidence/consistency?writer={}&from={}&to={}",
                before.writer, before.size, after.size
            );
            let (status, growth) = zone.get(OFFICER, &asked).await;
            assert_eq!(status, 200, "{growth}");
            assert_eq!((hash(&growth["before"]), hash(&growth["after"])), (before.root, after.root));
            assert!(verify_consistency(before.size, after.size, &path(&growth), &before.root, &after.root));
        }
        // What was published stays, by number and by size.
        let (_, again) = zone.get(OFFICER, &format!("/v1/evidence/head?number={number}")).await;
        assert_eq!(noted(&again), *older);
        let writer = older.head.writers[0];
        let asked = format!("/v1/evidence/head?writer={}&size={}", writer.writer, writer.size);
        assert_eq!(noted(&zone.get(OFFICER, &asked).await.1), *older);
    }
    for (asked, expected) in [
        ("/v1/evidence/head?number=1000", 404),
        ("/v1/evidence/head?number=first", 400),
        ("/v1/evidence/consistency?writer=0&from=5&to=100000", 404),
        ("/v1/evidence/consistency", 400),
        ("/v1/evidence/entries?after=there", 400),
        ("/v1/evidence/proof?position=99999999", 404),
        ("/v1/evidence/proof", 400),
    ] {
        assert_eq!(zone.get(OFFICER, asked).await.0, expected, "{asked}");
    }
    for asked in ["head", "entries", "consistency?writer=0&from=1"] {
        assert_eq!(zone.get("5301960101", &format!("/v1/evidence/{asked}")).await.0, 403, "{asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_proves_that_its_message_is_in_the_log() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 900);
    zone.trade(&trade).await;
    let agent = trade.declaration.head.agent_code.clone();
    let platform = trade.order.head.ebp_code.clone();
    let trade = Trade::new(3, 1_300, NOW, 1_000_000);
    let message = sample::message(&agent, vec![Document::Declaration(trade.declaration.clone())]);
    let bytes = ceb::write(&message, ceb::Style::Prefixed);
    let (status, answer) =
        zone.request("POST", "/v1/messages", Some(&zone.tokens[agent.as_str()]), bytes).await;
    assert_eq!(status, 200, "{answer}");
    let positions = [&answer["message"]["position"], &answer["documents"][0]["position"]];
    for position in positions {
        let asked = format!("/v1/evidence/proof?position={position}");
        let (status, proof) = zone.get(&agent, &asked).await;
        assert_eq!(status, 200, "{proof}");
        let told = &proof["entry"];
        let entry = Entry {
            writer: told["writer"].as_u64().unwrap() as u16,
            sequence: told["sequence"].as_u64().unwrap(),
            time: told["millis"].as_i64().unwrap(),
            kind: told["kind"].as_u64().unwrap() as u8,
            digest: hash(&told["digest"]),
        };
        assert!(matches!(told["kindWord"].as_str().unwrap(), "message" | "event"));
        let head = noted(&proof["head"]).head;
        let stated = head.writer(entry.writer).unwrap();
        assert_eq!(proof["size"], stated.size);
        let (index, leaf) = (entry.sequence - 1, entry.leaf());
        assert_eq!(leaf, hash(&proof["leaf"]));
        assert!(verify_inclusion(&leaf, index, stated.size, &path(&proof), &stated.root));
        // In a tree that ends with it, too.
        let (status, proof) = zone.get(&agent, &format!("{asked}&size={}", entry.sequence)).await;
        assert_eq!(status, 200, "{proof}");
        assert!(verify_inclusion(&leaf, index, entry.sequence, &path(&proof), &hash(&proof["root"])));
        assert_eq!(zone.get(&agent, &format!("{asked}&size={}", entry.sequence - 1)).await.0, 404);
        // An office may, whom the consignment does not name may not.
        assert_eq!(zone.get(OFFICER, &asked).await.0, 200);
        let stranger = sample::filings()
            .into_iter()
            .map(|filing| filing.code)
            .find(|code| *code != agent && *code != platform && code != OFFICER && !named(&trade, code));
        if let Some(stranger) = stranger {
            assert_eq!(zone.get(&stranger, &asked).await.0, 404, "{stranger}");
        }
    }
    // The other parties of the consignment: its document, not the message of another.
    assert_eq!(zone.get(&platform, &format!("/v1/evidence/proof?position={}", positions[0])).await.0, 404);
}

/// Whether a party may be one of the trade's.
fn named(trade: &Trade, code: &str) -> bool {
    let head = &trade.declaration.head;
    if *head.ebp_code == *code {
        return true;
    }
    [&head.ebc_code, &head.logistics_code, &head.assure_code, &trade.payment.pay_code]
        .iter()
        .any(|one| **one == code)
        || trade.documents().iter().any(|(sender, _)| sender == code)
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_the_whole_log_by_pages() {
    let zone = Zone::new().await;
    zone.trade(&plain(&zone, 2_000)).await;
    let (_, signed) = head(&zone).await;
    let (mut after, mut trees) = (String::new(), BTreeMap::<u16, evidence::Frontier>::new());
    loop {
        let (status, page) = zone.get(OFFICER, &format!("/v1/evidence/entries?limit=7&after={after}")).await;
        assert_eq!(status, 200, "{page}");
        let entries = page["entries"].as_array().unwrap();
        if entries.is_empty() {
            break;
        }
        for told in entries {
            let entry = Entry {
                writer: told["writer"].as_u64().unwrap() as u16,
                sequence: told["sequence"].as_u64().unwrap(),
                time: told["millis"].as_i64().unwrap(),
                kind: told["kind"].as_u64().unwrap() as u8,
                digest: hash(&told["digest"]),
            };
            assert_ne!(told["kindWord"], "other", "{told}");
            let tree = trees.entry(entry.writer).or_default();
            assert_eq!(entry.sequence, tree.size() + 1);
            tree.push(entry.leaf(), |_, _| {});
        }
        after = page["cursor"].as_str().unwrap().to_owned();
    }
    for stated in &signed.head.writers {
        assert_eq!(trees[&stated.writer].root(), stated.root);
    }
    assert_eq!(trees.len(), signed.head.writers.len());
}

/// The log follows while the window is open, without anybody asking, as `serve` has it.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_follows_by_itself() {
    let zone = Zone::new().await;
    let following =
        tokio::spawn(server::evidence::run(zone.window.clone(), std::time::Duration::from_millis(5)));
    zone.trade(&plain(&zone, 2_500)).await;
    let begun = std::time::Instant::now();
    while zone.window.evidence.behind().await.unwrap() > 0
        || zone.window.evidence.latest().await.unwrap().is_none()
    {
        assert!(begun.elapsed() < std::time::Duration::from_secs(30));
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    following.abort();
}

type Server = (Window, std::thread::JoinHandle<()>);

async fn open(options: &Options) -> Server {
    let control = Control::connect(options).await.unwrap();
    let store = PostgresStore::open(options.clone()).await.unwrap();
    let server =
        Window::open(store, control, Clock::simulated(NOW), |error| panic!("{error}")).await.unwrap();
    crate::support::draw_the_same(&server.0).await;
    server
}

async fn send(window: &Window, from: u64, count: u64) {
    for number in from..from + count {
        for (sender, document) in Trade::new(3, number, NOW, 1_000_000).documents() {
            let bytes = ceb::write(&sample::message(&sender, vec![document]), ceb::Style::Prefixed);
            window.send(&bytes.into(), &sender).await.unwrap();
        }
    }
}

async fn audited(log: &Evidence, held: Vec<SignedHead>) -> evidence::Report {
    let last = log.latest().await.unwrap().unwrap();
    let heads = log.heads(0, 10_000).await.unwrap();
    let heads: Vec<SignedHead> = heads.into_iter().map(|one| one.head).collect();
    let (mut text, mut count) = (header(&log.keys().await.unwrap(), &heads), 0);
    let mut visit = |entry: &Entry, chain: &Hash| {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_writers_have_one_head() {
    let Some(address) = crate::support::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(&address, folder.path().join("space.key"));
    schema::migrate(&options).await.unwrap();
    let (one, _writer) = open(&options).await;
    one.file_all(sample::filings(), "test").await;
    let (two, _other_writer) = open(&options).await;
    // Both record, and both make heads, at once.
    let tasks: Vec<_> = [(&one, 0), (&two, 500)]
        .into_iter()
        .map(|(window, from)| {
            let window = window.clone();
            tokio::spawn(async move {
                let mut last = None;
                for step in 0..6 {
                    send(&window, from + step * 9, 9).await;
                    last = Some(window.evidence.head(NOW, None, &mut |_, _| {}).await.unwrap());
                    window.evidence.follow(&mut |_, _| {}).await.unwrap();
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
                last.unwrap()
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let (left, right) = (
        one.evidence.head(NOW, None, &mut |_, _| {}).await.unwrap(),
        two.evidence.head(NOW, None, &mut |_, _| {}).await.unwrap(),
    );
    assert_eq!(left.head.head.writers.len(), 2, "both servers wrote");
    assert!(left.head.head.writers.iter().any(|writer| writer.size > 256), "a tile at least");
    assert_eq!(left.head.head.writers, right.head.head.writers);
    assert_eq!(one.evidence.keys().await.unwrap().len(), 1);
    // Numbers without gaps; of each writer, sizes that never shrink.
    let heads = one.evidence.heads(0, 1_000).await.unwrap();
    assert!(heads.iter().zip(1..).all(|(head, number)| head.number == number));
    for pair in heads.windows(2) {
        for before in &pair[0].head.head.writers {
            let after = pair[1].head.head.writer(before.writer).unwrap();
            let growth =
                two.evidence.consistency(before.writer, before.size, after.size).await.unwrap().unwrap();
            assert!(verify_consistency(before.size, after.size, &growth.path, &before.root, &after.root));
        }
    }
    let log = PostgresRead::open(&options).await.unwrap().evidence();
    assert_eq!(audited(&log, vec![heads[0].head.clone()]).await.faults, []);
    // What is derived is made again, and is the same.
    log.forget().await.unwrap();
    let again = log.follow(&mut |_, _| {}).await.unwrap();
    assert_eq!(again, left.head.head.writers);
    // What another hand changed does not fit.
    let writer = left.head.head.writers[0];
    let (client, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let tamper = format!(
        "UPDATE {}.ledger SET digest = set_byte(digest, 3, 255 - get_byte(digest, 3)) WHERE writer = {} AND sequence = 9",
        options.schema, writer.writer
    );
    client.batch_execute(&tamper).await.unwrap();
    let changed = clearance::keys::Position { writer: writer.writer, sequence: 9 };
    assert!(log.inclusion(changed, writer.size).await.is_err());
    let report = audited(&log, Vec::new()).await;
    assert!(report.faults[0].what.contains("are not those of"), "{:?}", report.faults);
    assert_eq!(report.faults[0].entry.unwrap().0, writer.writer);
    log.forget().await.unwrap();
    assert!(log.follow(&mut |_, _| {}).await.is_err());
}
