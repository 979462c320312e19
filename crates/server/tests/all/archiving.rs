//! A month of closed trades is archived, read by another's reader and held against what the interface says of them; open trades,
//! persons, and rows that were erased.

use crate::support::{NOW, Zone, path, plain};
use archive::{Known, check};
use ceb::{Decimal, Document};
use clearance::keys::Time;
use clearance::sample::{Export, Trade};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Value, json};
use server::archiving::{Asked, Failed, archive};
use server::retention::{carry_out, plan};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const OFFICER: &str = "8620000001";

fn day(days: i64) -> Time {
    Time(NOW.0 + days * 86_400_000)
}

pub(crate) async fn fire(zone: &Zone) {
    let window = &zone.window;
    while server::worker::fire(&window.pipeline, &window.read, &window.clock).await > 0 {}
}

pub(crate) async fn until(zone: &Zone, there: &str, state: u64) -> Value {
    let mut shown = Value::Null;
    for _ in 0..400 {
        shown = zone.get(OFFICER, there).await.1;
        if shown["attempt"]["state"] == state || shown["state"] == state {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("not {state}: {shown}");
}

async fn released(zone: &Zone, trade: &Trade) {
    zone.trade(trade).await;
    let arrival = Trade::arrival(1, &[trade], zone.clock.now()).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::Arrival(arrival)).await;
    until(zone, &path(trade), 800).await;
}

async fn paid(zone: &Zone, trade: &Trade) {
    acted(zone, trade, "pay-bill", "").await;
}

async fn acted(zone: &Zone, trade: &Trade, action: &str, text: &str) {
    let version = zone.shown(OFFICER, trade).await["version"].clone();
    let body =
        json!({"id": format!("{action}-{version}"), "version": version, "action": action, "text": text});
    let token = Some(zone.tokens[OFFICER].as_str());
    let there = format!("{}/actions", path(trade));
    let (status, told) = zone.request("POST", &there, token, body.to_string().into_bytes()).await;
    assert_eq!(status, 200, "{told}");
}

/// An export whose parcel left the country.
async fn exported(zone: &Zone) -> Export {
    let now = zone.clock.now();
    let export = Export::new(7, 1, now);
    for (sender, document) in export.documents().into_iter().chain([export.received()]) {
        zone.send(&sender, document).await;
    }
    let there = format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no);
    until(zone, &there, 399).await;
    let bill = Export::master_bill(&[&export], now).unwrap();
    zone.send(&bill.head.agent_code.clone(), Document::MasterBill(bill)).await;
    let arrival = Export::arrival(&[&export], now).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::ExportArrival(arrival)).await;
    until(zone, &there, 800).await;
    let departure = Export::departure(&[&export], now).unwrap();
    zone.send(&departure.head.logistics_code.clone(), Document::Departure(departure)).await;
    until(zone, &there, 899).await;
    export
}

type Read = Vec<BTreeMap<String, Field>>;

/// The rows of a file, as another's reader gives them.
fn read(file: &Path) -> Read {
    let reader = SerializedFileReader::new(std::fs::File::open(file).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    let fields = |row: parquet::record::Row| {
        row.get_column_iter().map(|(name, field)| (name.clone(), field.clone())).collect()
    };
    rows.map(|row| fields(row.unwrap())).collect()
}

fn text(row: &BTreeMap<String, Field>, column: &str) -> String {
    match &row[column] {
        Field::Str(text) => text.clone(),
        Field::Null => String::new(),
        other => panic!("{column} is {other:?}"),
    }
}

fn number(row: &BTreeMap<String, Field>, column: &str) -> Option<i64> {
    match &row[column] {
        Field::Long(number) | Field::TimestampMillis(number) => Some(*number),
        Field::Null => None,
        other => panic!("{column} is {other:?}"),
    }
}

/// All that the persons of a trade are known by.
fn persons(trade: &Trade) -> BTreeSet<String> {
    let head = &trade.order.head;
    let all = [
        &head.buyer_id_number,
        &head.buyer_name,
        &head.buyer_telephone,
        &head.buyer_reg_no,
        &head.consignee,
        &head.consignee_address,
        &head.consignee_telephone,
        &trade.payment.payer_name,
        &trade.payment.payer_id_number,
        &trade.waybill.consignee,
        &trade.waybill.consignee_telephone,
        &trade.declaration.head.buyer_name,
        &trade.declaration.head.buyer_telephone,
    ];
    all.into_iter().map(ToString::to_string).filter(|text| !text.is_empty()).collect()
}

fn tells_nobody(rows: &Read, trades: &[&Trade]) {
    let told: String = rows.iter().flat_map(|row| row.values()).map(|field| format!("{field}\n")).collect();
    for text in trades.iter().flat_map(|trade| persons(trade)) {
        assert!(!told.contains(&text), "the archive tells {text}");
    }
}

fn clean(folder: &Path, key: [u8; 32]) -> u64 {
    let report = check(folder, &Known { keys: vec![key], head: None }, &mut |_, _| {}).unwrap();
    assert_eq!(report.faults, [], "{report:?}");
    report.rows
}

/// What the file has of a trade is what the interface says of it.
fn as_told(rows: &Read, trade: &Trade, shown: &Value) {
    let order_no = trade.order.head.order_no.as_str();
    let own: Vec<_> = rows.iter().filter(|row| text(row, "order_no") == order_no).collect();
    let at = |entry: &Value| {
        let found = own.iter().find(|row| number(row, "position") == entry["position"].as_i64());
        *found.unwrap_or_else(|| panic!("it is not in the archive: {entry}"))
    };
    let mut compared = 0;
    for entry in shown["timeline"].as_array().unwrap() {
        // An arrival is of many trades: what follows from it here is a row of its own.
        if entry["message"] == "CEB711Message" {
            continue;
        }
        let row = at(entry);
        let recorded = Time(number(row, "recorded_at").unwrap()).stamp_millis().to_string();
        assert_eq!(entry["time"], recorded, "{entry}");
        assert_eq!(entry["status"].as_i64(), number(row, "status"), "{entry}");
        if !entry["state"].is_null() {
            assert_eq!(entry["state"].as_i64(), number(row, "state"), "{entry}");
        }
        if let Some(message) = entry["message"].as_str() {
            assert_eq!((text(row, "cause").as_str(), text(row, "what").as_str()), ("document", message));
            let document: Value = serde_json::from_str(&text(row, "document")).unwrap();
            assert!(document.is_object(), "{document}");
        }
        let receipts: Value = serde_json::from_str(&text(row, "receipts")).unwrap();
        let brief = |all: &Value| -> Vec<String> {
            let all = all.as_array().unwrap().iter();
            all.map(|one| format!("{} {} {}", one["message"], one["status"], one["time"])).collect()
        };
        assert_eq!(brief(&receipts), brief(&entry["receipts"]), "{entry}");
        compared += 1;
    }
    assert!(compared >= 4, "{shown}");
    let last = own.iter().max_by_key(|row| number(row, "version")).unwrap();
    let attempt = &shown["attempt"];
    assert_eq!(text(last, "entry_no"), attempt["invtNo"].as_str().unwrap_or_default());
    assert_eq!(text(last, "state_word"), attempt["stateWord"].as_str().unwrap());
    assert_eq!(text(last, "district"), trade.declaration.head.customs_code.as_str());
    assert_eq!(text(last, "trade_mode"), trade.declaration.head.trade_mode.as_str());
    assert_eq!(text(last, "platform"), trade.order.head.ebp_code.as_str());
    let yuan = |column: &str| number(last, column).map(|fen| Decimal::from_fen(fen).to_string());
    for (column, member) in [
        ("dutiable_value_fen", "dutiableValue"),
        ("duty_fen", "duty"),
        ("consumption_tax_fen", "consumptionTax"),
        ("value_added_tax_fen", "valueAddedTax"),
        ("tax_fen", "total"),
    ] {
        assert_eq!(yuan(column).as_deref(), attempt["assessment"][member].as_str(), "{column}");
    }
    assert_eq!(yuan("owed_fen").as_deref(), attempt["bill"]["owed"].as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_closed_trades_is_archived_and_says_what_the_interface_says() {
    let zone = Zone::new().await;
    let (first, second) = (plain(&zone, 0), plain(&zone, 100));
    let mut rejected = plain(&zone, 200);
    rejected.declaration.head.buyer_name = "样例某".into();
    released(&zone, &first).await;
    released(&zone, &second).await;
    zone.trade(&rejected).await;
    until(&zone, &path(&rejected), 100).await;
    let export = exported(&zone).await;
    // Nothing was declared under it: it is no trade, and of no month.
    let ordered = plain(&zone, 300);
    zone.send(&ordered.order.head.ebp_code, Document::Order(ordered.order.clone())).await;
    zone.clock.set(day(45));
    fire(&zone).await;
    paid(&zone, &first).await;
    let (window, folder) = (&zone.window, tempfile::tempdir().unwrap());
    let now = zone.clock.now();
    let month = Asked { month: Some(202_611), closed_only: false };
    let into = |name: &str| folder.path().join(name);
    let quiet = &mut |_: &'static str, _: u64, _: u64| {};

    // One trade still owes: the month is told with it, and not written.
    let told = archive(&window.read, now, month, &into("open"), quiet).await.unwrap();
    let not_written = &told.manifest.not_written[0];
    assert_eq!((not_written.month.as_str(), not_written.open, not_written.closed), ("202611", 1, 3));
    assert!(not_written.over && told.manifest.files.is_empty() && !into("open").exists());
    // Unless the closed ones alone are asked for.
    let closed_only = Asked { closed_only: true, ..month };
    let told = archive(&window.read, now, closed_only, &into("closed"), quiet).await.unwrap();
    assert!(told.manifest.closed_only);
    let file = &told.manifest.files[0];
    assert_eq!((file.trades, file.exports, file.open), (3, 1, 1));
    assert_eq!(clean(&into("closed"), told.head.public), file.rows);
    let rows = read(&into("closed/202611.parquet"));
    assert!(rows.iter().all(|row| text(row, "order_no") != second.order.head.order_no.as_str()));

    paid(&zone, &second).await;
    let told = archive(&window.read, now, Asked::default(), &into("whole"), quiet).await.unwrap();
    assert_eq!(told.manifest.files.len(), 1, "{:?}", told.manifest);
    let file = &told.manifest.files[0];
    assert_eq!((file.name.as_str(), file.trades, file.exports, file.open), ("202611.parquet", 4, 1, 0));
    assert_eq!(clean(&into("whole"), told.head.public), file.rows);
    let rows = read(&into("whole/202611.parquet"));
    assert_eq!(rows.len() as u64, file.rows);
    for trade in [&first, &second, &rejected] {
        as_told(&rows, trade, &zone.shown(OFFICER, trade).await);
    }
    tells_nobody(&rows, &[&first, &second, &rejected, &ordered]);
    let of =
        |order_no: &str| -> Vec<_> { rows.iter().filter(|row| text(row, "order_no") == order_no).collect() };
    let accepted = of(&first.order.head.order_no);
    assert!(accepted.iter().all(|row| {
        let times = ["accepted_at", "released_at", "closed_at"].map(|column| number(row, column));
        times.iter().all(Option::is_some) && times.is_sorted()
    }));
    assert!(of(&rejected.order.head.order_no).iter().all(|row| number(row, "released_at").is_none()));
    assert!(of(&ordered.order.head.order_no).is_empty());
    let exports = of(&export.order.head.order_no);
    assert!(exports.iter().all(|row| text(row, "flow") == "export" && text(row, "platform").is_empty()));
    let messages: BTreeSet<String> =
        exports.iter().filter(|row| text(row, "cause") == "document").map(|row| text(row, "what")).collect();
    let sent = ["CEB303Message", "CEB403Message", "CEB505Message", "CEB603Message"];
    assert_eq!(messages, BTreeSet::from(sent.map(String::from)));
    assert!(exports.iter().any(|row| number(row, "state") == Some(899)));

    // What is in the folder stays as it is.
    let again = archive(&window.read, now, month, &into("whole"), quiet).await;
    assert!(matches!(again, Err(Failed::NotEmpty(_))), "{again:?}");
    // A month without trades, and one that is not over.
    let none = Asked { month: Some(202_501), closed_only: true };
    let told = archive(&window.read, now, none, &into("none"), quiet).await.unwrap();
    assert_eq!((told.manifest.not_written[0].open, told.manifest.not_written[0].closed), (0, 0));
    let told = archive(&window.read, day(1), month, &into("early"), quiet).await.unwrap();
    assert!(!told.manifest.not_written[0].over && told.manifest.files.is_empty());
}

/// What an officer wrote goes to whom it is for, and is in no archive.
#[tokio::test(flavor = "multi_thread")]
async fn words_of_an_officer_do_not_leave_with_an_archive() {
    let zone = Zone::new().await;
    // Each list waits for an officer.
    let rules =
        "id,valid_from,valid_to,lane,condition,note\nall,20190101,,document-check,lines >= 1,\n".to_owned();
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules)], "test").await.unwrap();
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let words = "样例某未到场说明";
    acted(&zone, &trade, "reject", words).await;
    let shown = until(&zone, &path(&trade), 100).await;
    assert!(shown.to_string().contains(words), "{shown}");
    let asked = Asked { month: None, closed_only: true };
    let folder = tempfile::tempdir().unwrap();
    let now = day(45);
    let told = archive(&zone.window.read, now, asked, folder.path(), &mut |_, _, _| {}).await.unwrap();
    clean(folder.path(), told.head.public);
    let rows = read(&folder.path().join("202611.parquet"));
    assert!(rows.iter().flat_map(|row| row.values()).all(|field| !field.to_string().contains(words)));
    let decided = rows.iter().find(|row| text(row, "what") == "reject").unwrap();
    let receipts: Value = serde_json::from_str(&text(decided, "receipts")).unwrap();
    let first = &receipts[0];
    assert_eq!((text(decided, "info").as_str(), &first["document"]), ("", &Value::Null));
    assert_eq!(first["status"], 100, "that it was told stays: {receipts}");
    assert!(rows.iter().any(|row| text(row, "cause") == "document" && !text(row, "info").is_empty()));
}

/// More months than are written in one reading: each has its file, and its rows are all there.
#[tokio::test(flavor = "multi_thread")]
async fn thirteen_months_are_thirteen_files() {
    let zone = Zone::new().await;
    for month in 0..13 {
        zone.clock.set(day(31 * month));
        let mut trade = Trade::new(3, 50 + month.unsigned_abs(), zone.clock.now(), 1_000_000);
        trade.declaration.head.buyer_name = "样例某".into();
        zone.trade(&trade).await;
        until(&zone, &path(&trade), 100).await;
    }
    let (folder, later) = (tempfile::tempdir().unwrap(), day(31 * 14));
    let mut archived = (0, 0);
    let mut count = |what: &'static str, done: u64, whole: u64| {
        if what == "rows archived" {
            assert!(done >= archived.0 && done <= whole, "{done} of {whole} after {archived:?}");
            archived = (done, whole);
        }
    };
    let told = archive(&zone.window.read, later, Asked::default(), folder.path(), &mut count).await.unwrap();
    let months: BTreeSet<&str> = told.manifest.files.iter().map(|file| file.month.as_str()).collect();
    assert_eq!(months.len(), 13, "{:?}", told.manifest);
    assert!(archived.0 > archived.1 / 2, "both readings are told as one: {archived:?}");
    assert!(told.manifest.files.iter().all(|file| (file.trades, file.open) == (1, 0) && file.rows >= 4));
    let rows: u64 = told.manifest.files.iter().map(|file| file.rows).sum();
    assert_eq!(clean(folder.path(), told.head.public), rows);
}

/// What was erased of a trade before is archived as it is kept, with its proofs: the log never changes.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_is_archived_without_what_is_gone() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    released(&zone, &trade).await;
    zone.clock.set(day(45));
    fire(&zone).await;
    paid(&zone, &trade).await;
    let later = day(45 + 1_100);
    zone.clock.set(later);
    let window = &zone.window;
    let due = plan(&window.read, later, None).await.unwrap();
    assert!(carry_out(window, &due, "test").await.unwrap() > 4);
    let folder = tempfile::tempdir().unwrap();
    let told =
        archive(&window.read, later, Asked::default(), folder.path(), &mut |_, _, _| {}).await.unwrap();
    assert_eq!(clean(folder.path(), told.head.public), told.manifest.files[0].rows);
    let rows = read(&folder.path().join("202611.parquet"));
    as_told(&rows, &trade, &zone.shown(OFFICER, &trade).await);
    tells_nobody(&rows, &[&trade]);
}
