//! Deadlines of bonded books through the interface: goods that enter first and are declared later, goods at an exhibition under a
//! guarantee. The clock is moved by hand, and what the ledger says is judged again.

use crate::bonded::{CUSTOMS, HOLDER, NUMBER, accepted, act, entry, filled, opened, place, verified};
use crate::shares::{self, TAX};
use crate::support::people::signed_in;
use crate::support::{NOW, Zone, plain};
use clearance::keys::Time;
use clearance::party::Role;
use exchange::Dataset;
use ledger::Account;
use serde_json::{Value, json};
use store::{Duty, Read};

const GUARANTOR: &str = "5301980501";

fn record(document: &str) -> String {
    format!("bonded-documents/{HOLDER}:{NUMBER}:{document}")
}

async fn shown(zone: &Zone, document: &str) -> Value {
    let (status, shown) = zone.get(HOLDER, &format!("/v1/registers/{}", record(document))).await;
    assert_eq!(status, 200, "{shown}");
    shown
}

async fn version(zone: &Zone, document: &str) -> u64 {
    shown(zone, document).await["version"].as_u64().unwrap()
}

/// The clock stands so many days later, and what is due then is done.
async fn later(zone: &Zone, days: i64) {
    zone.clock.set(Time(NOW.0 + days * 86_400_000));
    server::book_clocks::step(&zone.window).await.unwrap();
}

async fn waiting(zone: &Zone, party: &str) -> u64 {
    let (_, all) = zone.get(party, "/v1/registers?with=waiting").await;
    let one = all["registers"].as_array().unwrap().iter().find(|one| one["register"] == "bonded-documents");
    one.unwrap()["waiting"]["count"].as_u64().unwrap()
}

async fn balance(zone: &Zone, account: Account) -> (i64, i64) {
    let known = zone.window.read.balance(&account).await.unwrap().unwrap_or_default();
    (known.held, known.posted)
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_enter_first_and_stop_their_holder_until_they_are_declared() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    let sent = |passed: &str, arrived: &str| {
        let mut line = entry(&trade, 0, "L1", 10, "20301231");
        line["operation"] = "enter-first".into();
        // Who sends what the window puts in is not listened to.
        json!({"lines": [line], "entry": {"checkpoint": "K01", "passed": passed, "arrived": arrived},
            "beside": {"undeclared": [], "guarantors": []}})
    };
    let first = record("provisional-entry:P1");
    let body = sent("20261123090000", "20261120");
    let (status, refused) = act(&zone, HOLDER, &first, ("enter", 0), body.clone()).await;
    assert_eq!((status, &refused["faults"][0]["path"]), (422, &json!("action")), "{refused}");
    let (status, made) = act(&zone, HOLDER, &first, ("enter-first", 0), body).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("undeclared")), "{made}");
    assert_eq!(made["body"]["clock"]["due"], "20261204", "{made}");
    // It is in the zone, and in nobody's reach.
    assert_eq!(place(&zone, HOLDER, "undeclared").await, "10");
    assert_eq!(place(&zone, HOLDER, "available").await, "0");
    let answer = zone.trade(&trade).await;
    assert_eq!(answer["findings"][0]["rule"], "book-short", "{answer}");
    // Warned, then overdue: the holder enters nothing more first, and customs finds it waiting.
    later(&zone, 7).await;
    assert_eq!(shown(&zone, "provisional-entry:P1").await["body"]["clock"]["warned"], false);
    later(&zone, 8).await;
    assert_eq!(shown(&zone, "provisional-entry:P1").await["body"]["clock"]["warned"], true);
    assert_eq!(waiting(&zone, CUSTOMS).await, 0);
    later(&zone, 12).await;
    let (_, book) = zone.get(CUSTOMS, &format!("/v1/books/{HOLDER}:{NUMBER}")).await;
    assert_eq!(
        (&book["clocks"][0]["state"], &book["clocks"][0]["due"]),
        (&json!("overdue"), &json!("20261204"))
    );
    assert_eq!((waiting(&zone, CUSTOMS).await, waiting(&zone, HOLDER).await), (1, 1));
    let second = record("provisional-entry:P2");
    let body = sent("20261205080000", "20261204");
    let (status, refused) = act(&zone, HOLDER, &second, ("enter-first", 0), body.clone()).await;
    assert_eq!((status, &refused["faults"][0]["path"]), (422, &json!("id")), "{refused}");
    assert!(refused["faults"][0]["text"]["zh"].as_str().unwrap().contains("20261204"), "{refused}");
    // An officer's page has it, and he extends it, once.
    let mut officer = signed_in(&zone, "guan.yi", CUSTOMS, Role::Officer, &[Duty::Decider]).await;
    let page = officer.get(&format!("/desk/books/{HOLDER}%3A{NUMBER}")).await;
    for told in ["先入区凭单", "已逾期", "P1"] {
        assert!(page.words().contains(told), "{told}: {}", page.words());
    }
    let at = version(&zone, "provisional-entry:P1").await;
    let (status, made) = act(&zone, CUSTOMS, &first, ("extend", at), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("undeclared")), "{made}");
    let (status, refused) = act(&zone, CUSTOMS, &first, ("extend", at + 1), Value::Null).await;
    assert_eq!((status, &refused["faults"][0]["path"]), (422, &json!("action")), "{refused}");
    let (status, made) = act(&zone, HOLDER, &second, ("enter-first", 0), body).await;
    assert_eq!(status, 200, "{made}");
    // Declared with a difference, which names its cause and what wrote it off.
    let declare = json!({"operation": "declare", "item": "1", "ofDocument": "provisional-entry", "ofNumber": "P1",
        "ofLine": 1, "quantity": "9", "cause": "mispick", "approval": "BS1"});
    accepted(&zone, HOLDER, "entry-checklist:H1", vec![declare]).await;
    assert_eq!(shown(&zone, "provisional-entry:P1").await["state"], "declared");
    assert_eq!(
        (place(&zone, HOLDER, "undeclared").await, place(&zone, HOLDER, "available").await),
        ("10".into(), "9".into())
    );
    let mut keeper = signed_in(&zone, "bao.guan", HOLDER, Role::SiteOperator, &[Duty::Operator]).await;
    let page = keeper.get(&format!("/desk/books/{HOLDER}%3A{NUMBER}")).await;
    for told in ["先入区后报关", "待申报", "P2", "已入区未申报"] {
        assert!(page.words().contains(told), "{told}: {}", page.words());
    }
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exhibition_is_guaranteed_until_its_goods_are_back_and_its_taxes_paid() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    filled(&zone, HOLDER, &trade, "entry-checklist:H1", 10).await;
    let guarantee = || balance(&zone, Account::guarantee(GUARANTOR.into()));
    let owed = || balance(&zone, Account::payable_tax(HOLDER.into()));
    let application = record("application:A1");
    let sent = |guarantor: &str| {
        json!({"lines": [{"operation": "exhibition", "item": "1", "quantity": "6", "dutiableValue": "600"}],
            "exhibition": {"venue": "样例会展中心", "guarantor": guarantor, "ends": "20261210"}})
    };
    let (status, refused) = act(&zone, HOLDER, &application, ("file", 0), sent("5301960101")).await;
    assert_eq!((status, &refused["faults"][0]["path"]), (422, &json!("exhibition.guarantor")), "{refused}");
    let (status, made) = act(&zone, HOLDER, &application, ("file", 0), sent(GUARANTOR)).await;
    assert_eq!(status, 200, "{made}");
    let (status, refused) = act(&zone, CUSTOMS, &application, ("accept", 1), Value::Null).await;
    assert_eq!((status, &refused["faults"][0]["path"]), (422, &json!("action")), "{refused}");
    assert_eq!(guarantee().await, (0, 0));
    let (status, made) = act(&zone, CUSTOMS, &application, ("lend", 1), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("exhibited")), "{made}");
    let tax = made["body"]["guarantee"]["held"].as_i64().unwrap();
    assert!(tax > 0, "{made}");
    assert_eq!((guarantee().await, place(&zone, HOLDER, "exhibition").await), ((tax, 0), "6".into()));
    // What is sold there is taxed and stays guaranteed until it is paid; what is destroyed or back is not.
    let of = |operation: &str, count: &str| {
        json!({"operation": operation, "item": "1", "ofDocument": "application", "ofNumber": "A1", "ofLine": 1,
            "quantity": count})
    };
    let mut sale = of("exhibition-sale", "2");
    sale["dutiableValue"] = "250".into();
    accepted(&zone, HOLDER, "customs-declaration:D1", vec![sale]).await;
    let told = shown(&zone, "application:A1").await;
    let sold = &told["body"]["guarantee"]["sales"][0];
    let (due, sales_tax) = (sold["due"].as_str().unwrap().to_owned(), sold["tax"].as_i64().unwrap());
    assert_eq!(due, "20261215");
    let share = |part: i64| (2 * tax * part + 6) / 12;
    assert_eq!((guarantee().await, owed().await), ((share(4) + sales_tax, 0), (0, sales_tax)));
    accepted(&zone, HOLDER, "destruction-record:X1", vec![of("exhibition-destruction", "1")]).await;
    let back = record("stock-order:C1");
    let (status, made) =
        act(&zone, HOLDER, &back, ("enter", 0), json!({"lines": [of("exhibition-return", "1")]})).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!((guarantee().await, owed().await), ((share(2) + sales_tax, 0), (0, sales_tax)));
    assert_eq!(place(&zone, HOLDER, "exhibition").await, "2");
    // What is not back on its last day is called.
    later(&zone, 17).await;
    assert_eq!(shown(&zone, "application:A1").await["state"], "exhibited");
    later(&zone, 18).await;
    let told = shown(&zone, "application:A1").await;
    assert_eq!(told["state"], "called", "{told}");
    assert_eq!(guarantee().await, (sales_tax, share(2)));
    // The taxes of the month stand on one bill, and are paid at once.
    let bill = format!("bonded-bills/{HOLDER}:{due}");
    let (_, billed) = zone.get(HOLDER, &format!("/v1/registers/{bill}")).await;
    assert_eq!(
        (billed["state"].as_str(), billed["body"]["total"].as_i64()),
        (Some("billed"), Some(sales_tax)),
        "{billed}"
    );
    let (status, refused) = act(&zone, HOLDER, &bill, ("settle", 1), json!({"payment": "SK1"})).await;
    assert_eq!(status, 403, "{refused}");
    let paid = json!({"payment": "SK1", "applications": [], "guarantors": ["5301960101"]});
    let (status, made) = act(&zone, CUSTOMS, &bill, ("settle", 1), paid).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("settled")), "{made}");
    let told = shown(&zone, "application:A1").await;
    assert_eq!(told["body"]["guarantee"]["sales"][0]["payment"], "SK1", "{told}");
    assert_eq!((guarantee().await, owed().await), ((0, share(2)), (0, 0)));
    // The goods come back late: nothing more moves on accounts, and it is over.
    let back = record("stock-order:C2");
    let (status, made) =
        act(&zone, HOLDER, &back, ("enter", 0), json!({"lines": [of("exhibition-return", "2")]})).await;
    assert_eq!(status, 200, "{made}");
    server::book_clocks::step(&zone.window).await.unwrap();
    assert_eq!(shown(&zone, "application:A1").await["state"], "closed");
    assert_eq!((guarantee().await, place(&zone, HOLDER, "exhibition").await), ((0, share(2)), "0".into()));
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taxes_that_are_late_are_called_from_the_guarantee() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    filled(&zone, HOLDER, &trade, "entry-checklist:H1", 10).await;
    let application = record("application:A1");
    let sent = json!({"lines": [{"operation": "exhibition", "item": "1", "quantity": "2", "dutiableValue": "300"}],
        "exhibition": {"venue": "样例会展中心", "guarantor": GUARANTOR}});
    let (status, made) = act(&zone, HOLDER, &application, ("file", 0), sent).await;
    assert_eq!(status, 200, "{made}");
    let (status, made) = act(&zone, CUSTOMS, &application, ("lend", 1), Value::Null).await;
    assert_eq!((status, &made["body"]["clock"]["due"]), (200, &json!("20270523")), "{made}");
    let sale = json!({"operation": "exhibition-sale", "item": "1", "ofDocument": "application", "ofNumber": "A1", "ofLine": 1,
        "quantity": "2", "dutiableValue": "300"});
    accepted(&zone, HOLDER, "customs-declaration:D1", vec![sale]).await;
    let sold = shown(&zone, "application:A1").await["body"]["guarantee"]["sales"][0]["tax"].as_i64().unwrap();
    later(&zone, 22).await;
    let account = || balance(&zone, Account::guarantee(GUARANTOR.into()));
    assert_eq!(
        (account().await, shown(&zone, "application:A1").await["state"].as_str()),
        ((sold, 0), Some("exhibited"))
    );
    later(&zone, 23).await;
    assert_eq!(account().await, (0, sold));
    assert_eq!(balance(&zone, Account::payable_tax(HOLDER.into())).await, (0, 0));
    server::book_clocks::step(&zone.window).await.unwrap();
    assert_eq!(shown(&zone, "application:A1").await["state"], "closed");
    let (_, bill) = zone.get(CUSTOMS, &format!("/v1/registers/bonded-bills/{HOLDER}:20261215")).await;
    assert_eq!(
        (&bill["state"], &bill["body"]["taxes"][0]["standing"]),
        (&json!("settled"), &json!("called")),
        "{bill}"
    );
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tax_office_is_given_what_entered_from_the_country() {
    let zone = shares::zone().await;
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    let names: Vec<String> = Dataset::DomesticEntries.fields().into_iter().map(|field| field.name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let id = shares::share(&zone, TAX, "entries", shares::rule("domestic-entries", &names, json!({}))).await;
    let mut line = entry(&trade, 0, "L1", 10, "20301231");
    line["operation"] = "enter-domestic".into();
    line["rebate"] = json!({"exporter": "5301960201", "declaration": "862020261234567890", "declarationLine": 2,
        "exportDay": "20261120"});
    // A proof that cannot be is refused with each of its faults, and one of goods from abroad is none.
    let refused = record("entry-checklist:BAD");
    let mut bad = line.clone();
    bad["rebate"] =
        json!({"exporter": "x", "declaration": "1", "declarationLine": 0, "exportDay": "20270101"});
    let (status, told) = act(&zone, HOLDER, &refused, ("file", 0), json!({"lines": [bad]})).await;
    let paths: Vec<&str> =
        told["faults"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap()).collect();
    let expected = ["exporter", "declaration", "declarationLine", "exportDay"];
    let expected = expected.map(|name| format!("lines[1].rebate.{name}"));
    assert_eq!((status, paths), (422, expected.iter().map(String::as_str).collect()), "{told}");
    let mut foreign = line.clone();
    foreign["operation"] = "enter".into();
    let (status, told) = act(&zone, HOLDER, &refused, ("file", 0), json!({"lines": [foreign]})).await;
    assert_eq!((status, &told["faults"][0]["path"]), (422, &json!("lines[1].rebate")), "{told}");
    let without = entry(&trade, 0, "L1", 1, "20301231");
    accepted(&zone, HOLDER, "entry-checklist:H1", vec![line.clone(), without]).await;
    let (events, _) = shares::all(&zone, TAX, &id, 50).await;
    assert_eq!(events.len(), 1, "what has no proof is not given: {events:?}");
    let data = &events[0]["data"];
    let (_, schema) = zone.get(TAX, "/v1/datasets/domestic-entries").await;
    shares::fits(data, &schema, "domestic-entries");
    assert_eq!(data["document"], format!("{HOLDER}:{NUMBER}:entry-checklist:H1"));
    assert_eq!((&data["exporter"], &data["declarationLine"]), (&json!("5301960201"), &json!(2)), "{data}");
    assert_eq!((&data["quantity"], &data["customs"]), (&json!("10"), &json!(CUSTOMS)), "{data}");
    // The same once, however often it is asked for; others' documents give nothing.
    assert_eq!(shares::all(&zone, TAX, &id, 1).await.0, events);
    // Whoever asks for some of them knows each by the number that it has among all.
    let mut other = line.clone();
    other["rebate"]["exporter"] = "5301960202".into();
    accepted(&zone, HOLDER, "entry-checklist:H2", vec![line, other]).await;
    let mut found = Vec::new();
    for (name, filter) in [("wide", json!({})), ("narrow", json!({"exporter": ["5301960202"]}))] {
        let rule = shares::rule("domestic-entries", &["exporter"], filter);
        let id = shares::share(&zone, TAX, name, rule).await;
        found.push(shares::all(&zone, TAX, &id, 50).await.0);
    }
    assert_eq!((found[0].len(), found[1].len()), (3, 1), "{found:?}");
    assert_eq!(found[1][0]["id"], found[0][2]["id"]);
}
