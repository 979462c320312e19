//! Lists in a database: a party finds each of its lines, in whatever batches and milliseconds they came to be its own.

use crate::database::database;
use crate::store::{NOW, handed_over_together, key, trades};
use ceb::Document;
use clearance::Text;
use clearance::keys::{OrderKey, Time};
use clearance::sample::Trade;
use std::collections::{BTreeMap, BTreeSet};
use store::postgres::{Options, PostgresRead, PostgresStore, schema};
use store::{QueueOrder, QueueSearch, Read, Scope, Search, Store};
use tokio_postgres::NoTls;

/// Trades that are listed in one batch.
const TOGETHER: usize = 3;

/// All that a party finds, in pages of two.
async fn found_by(read: &PostgresRead, party: &Text, oldest_first: bool) -> Vec<OrderKey> {
    let scope = Scope::Party(vec![party.clone()]);
    let search = Search { oldest_first, ..Search::default() };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (lines, next) = read.search(&scope, &search, after, 2).await.unwrap();
        found.extend(lines.into_iter().map(|line| line.order));
        let Some(next) = next else { return found };
        after = Some(next);
    }
}

/// Orders come first, so that the other parties find lines that were listed before they were named.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_party_finds_each_of_its_lines_once_and_in_both_orders() {
    let Some(address) = database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::new(&address, folder.path().join("space.key"));
    "lists".clone_into(&mut options.schema);
    schema::migrate(&options).await.unwrap();
    let mut store = PostgresStore::open(options.clone()).await.unwrap();
    let mut trades = trades(12);
    // A code that the tariff does not have waits for an officer; two thirds do.
    for (_, trade) in trades.iter_mut().enumerate().filter(|(index, _)| index % 3 != 0) {
        trade.declaration.lines[0].gcode = "9999999999".into();
    }
    let mut content = 1;
    for orders in [true, false] {
        for (number, trades) in trades.chunks(TOGETHER).enumerate() {
            // Two batches are committed in the same millisecond.
            let second = number as i64 / 2 + if orders { 0 } else { 60 };
            let documents: Vec<(Text, Document)> = trades
                .iter()
                .flat_map(Trade::documents)
                .filter(|(_, document)| matches!(document, Document::Order(_)) == orders)
                .collect();
            let (count, time) = (documents.len() as u8, Time(NOW.0 + second * 1_000));
            let (_, durable) = handed_over_together(&mut store, documents, content, time).await;
            durable.wait().await.unwrap();
            content += count;
        }
    }
    let read = store.read();
    let (all, _) = read.search(&Scope::Office(Vec::new()), &Search::default(), None, 100).await.unwrap();
    assert_eq!(all.len(), trades.len());
    let waiting: BTreeSet<OrderKey> =
        all.into_iter().filter(|line| line.state == 300).map(|line| line.order).collect();
    assert!(!waiting.is_empty());
    let mut parties: BTreeMap<Text, Vec<OrderKey>> = BTreeMap::new();
    for trade in &trades {
        let consignment = read.consignment(&key(trade)).await.unwrap().unwrap();
        for party in consignment.listed_for() {
            parties.entry(party).or_default().push(key(trade));
        }
    }
    assert!(parties.values().any(|lines| lines.len() > TOGETHER), "somebody has lines of several batches");
    let (client, connection) = tokio_postgres::connect(&address, NoTls).await.unwrap();
    tokio::spawn(connection);
    for (party, mut expected) in parties {
        assert_eq!(found_by(&read, &party, true).await, expected, "{party}, the oldest first");
        let search = QueueSearch { states: vec![300], order: QueueOrder::Oldest };
        let scope = Scope::Party(vec![party.clone()]);
        let queue = read.queue(&scope, &search, None, 100).await.unwrap();
        let queue: BTreeSet<OrderKey> = queue.lines.into_iter().map(|(_, line)| line.order).collect();
        let waits: BTreeSet<OrderKey> =
            expected.iter().filter(|order| waiting.contains(*order)).cloned().collect();
        assert_eq!(queue, waits, "{party}");
        expected.reverse();
        assert_eq!(found_by(&read, &party, false).await, expected, "{party}, the newest first");
        // A row a batch, however many lines it has.
        let rows =
            "SELECT count(*), coalesce(sum(cardinality(keys)), 0) FROM lists.listed_under WHERE party = $1";
        let rows = client.query_one(rows, &[&party.as_str()]).await.unwrap();
        let (rows, lines) = (rows.get::<_, i64>(0), rows.get::<_, i64>(1));
        assert_eq!(lines, expected.len() as i64, "{party}: no line twice");
        assert!(rows <= (trades.len() / TOGETHER) as i64, "{party}: {rows} rows");
    }
    store.close().await;
}
