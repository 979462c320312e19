//! Readings of lists in which there is what is others': one record a reading, with who, what for, which list, how many lines and
//! whose; and none of one's own list. Previews are among them.

use crate::support::people;
use crate::support::{NOW, Zone, plain};
use ceb::{Document, Style};
use clearance::guard;
use clearance::party::Role;
use clearance::record::Register;
use clearance::sample::{self, Export, Trade};
use serde_json::{Value, json};
use store::{Duty, Read, RecordSearch};

const OFFICER: &str = "8620000001";

/// Readings that a party finds, the newest first: kind, query, lines, purpose.
async fn readings(zone: &Zone, party: &str) -> Vec<(String, String, u64, String)> {
    zone.until_listed().await;
    let (status, listed) = zone.get(party, "/v1/registers/accesses?limit=500").await;
    assert_eq!(status, 200, "{listed}");
    let of = |one: &Value| {
        let told = &one["summary"];
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        (text("kind"), text("query"), told["count"].as_u64().unwrap_or_default(), text("purpose"))
    };
    listed["records"].as_array().unwrap().iter().map(of).collect()
}

async fn rows(zone: &Zone) -> u64 {
    let cursor = zone.window.read.position().await.unwrap();
    cursor.writers.iter().map(|(_, sequence)| sequence).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offices_list_is_one_reading_and_those_whom_it_names_see_it() {
    let zone = Zone::new().await;
    let trades: Vec<Trade> = (0..3).map(|number| plain(&zone, number * 100)).collect();
    for trade in &trades {
        zone.trade(trade).await;
    }
    zone.until_listed().await;
    let before = rows(&zone).await;
    let (_, list) = zone
        .get(OFFICER, "/v1/consignments?state=120&limit=2&purpose=%E6%A0%B7%E4%BE%8B%E6%A0%B8%E6%9F%A5")
        .await;
    assert_eq!(list["consignments"].as_array().unwrap().len(), 2, "{list}");
    assert_eq!(rows(&zone).await, before + 1, "one record, however many lines");
    let shown = |number: usize| list["consignments"][number]["orderNo"].as_str().unwrap().to_owned();
    let named: Vec<&Trade> = trades
        .iter()
        .filter(|trade| [shown(0), shown(1)].contains(&trade.order.head.order_no.to_string()))
        .collect();
    for trade in named {
        let agent = trade.declaration.head.agent_code.as_str();
        let found = readings(&zone, agent).await;
        let expected = ("consignments".to_owned(), "limit=2&state=120".to_owned(), 2, "样例核查".to_owned());
        assert_eq!(found, [expected], "{agent}");
    }
    // Who else was in the list is told to none of them.
    let agent = trades[0].declaration.head.agent_code.as_str();
    let (_, listed) = zone.get(agent, "/v1/registers/accesses").await;
    if let Some(id) = listed["records"][0]["id"].as_str() {
        let (_, reading) = zone.get(agent, &format!("/v1/registers/accesses/{id}")).await;
        assert!(reading["parties"] == json!([]) && reading["body"].get("owners").is_none(), "{reading}");
    }
    // A list in which there is nothing is no reading.
    let before = rows(&zone).await;
    assert_eq!(zone.get(OFFICER, "/v1/consignments?state=800").await.1["consignments"], json!([]));
    assert_eq!(rows(&zone).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_lists_are_no_readings() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    zone.until_listed().await;
    let agent = trade.declaration.head.agent_code.as_str();
    let before = rows(&zone).await;
    let order = trade.order.head.order_no.as_str();
    for path in [
        "/v1/consignments".to_owned(),
        "/v1/consignments?with=waiting".to_owned(),
        "/v1/exports".to_owned(),
        "/v1/exports/summaries".to_owned(),
        "/v1/bills".to_owned(),
        "/v1/receipts".to_owned(),
        "/v1/registers/filings".to_owned(),
        "/v1/registers/accesses".to_owned(),
        "/v1/books".to_owned(),
        format!("/v1/search?text={order}"),
        format!("/v1/messages?platform={}&orderNo={order}", trade.order.head.ebp_code),
    ] {
        assert_eq!(zone.get(agent, &path).await.0, 200, "{path}");
    }
    assert_eq!(rows(&zone).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_of_an_office_and_every_receipt_of_another_is_written_down() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    let sent = zone.trade(&trade).await;
    let export = Export::new(7, 1, NOW);
    for (sender, document) in export.documents() {
        zone.send(&sender, document).await;
    }
    zone.until_listed().await;
    let order = trade.order.head.order_no.as_str();
    let agent = trade.declaration.head.agent_code.as_str();
    let merchant = export.order.head.ebc_code.as_str();
    let message = {
        let query = format!("/v1/messages?platform={}&orderNo={order}", trade.order.head.ebp_code);
        let (_, found) = zone.get(agent, &query).await;
        found["documents"][0]["message"]["position"].as_u64().unwrap()
    };
    assert!(sent["status"].as_i64().unwrap() > 0);
    for (party, kind, path) in [
        (agent, "messages", format!("/v1/messages?platform={}&orderNo={order}", trade.order.head.ebp_code)),
        (agent, "message", format!("/v1/messages/{message}/original")),
        (agent, "search", format!("/v1/search?text={order}")),
        (merchant, "exports", "/v1/exports".to_owned()),
    ] {
        let before = readings(&zone, party).await.len();
        let (status, told) = zone.get(OFFICER, &path).await;
        assert_eq!(status, 200, "{told}");
        let found = readings(&zone, party).await;
        assert_eq!((found.len(), found[0].0.as_str()), (before + 1, kind), "{path}: {found:?}");
    }
    // What is looked for by a person's number is told without it.
    let number = trade.order.head.buyer_id_number.as_str();
    zone.get(OFFICER, &format!("/v1/search?text={number}")).await;
    let (_, all) = zone.get(agent, "/v1/registers/accesses?limit=500").await;
    assert!(!all.to_string().contains(number));
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_balances_and_credit_are_readings_with_what_was_said_or_the_duty() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    crate::keeper::released(&zone, &trade).await;
    zone.until_listed().await;
    let (agent, guarantor) = (&trade.declaration.head.agent_code, &trade.declaration.head.assure_code);
    for (party, kind, path, ground) in [
        (agent, "bills", "/v1/bills".to_owned(), "supervising-trade"),
        (guarantor, "accounts", "/v1/accounts?kind=guarantee".to_owned(), "supervising-trade"),
        (agent, "credit", format!("/v1/credit/{agent}"), "assessing-credit"),
    ] {
        let said = if path.contains('?') { "&" } else { "?" };
        let said = format!("{path}{said}purpose=%E6%A0%B7%E4%BE%8B%E6%A0%B8%E6%9F%A5");
        for (asked, purpose, ground) in [(path, "", Some(ground)), (said, "样例核查", None)] {
            let (status, told) = zone.get(OFFICER, &asked).await;
            assert_eq!(status, 200, "{told}");
            zone.until_listed().await;
            let (_, listed) = zone.get(party, "/v1/registers/accesses").await;
            let read = &listed["records"][0]["summary"];
            assert_eq!(
                (read["kind"].as_str(), read["purpose"].as_str()),
                (Some(kind), Some(purpose)),
                "{listed}"
            );
            assert_eq!(read["ground"].as_str(), ground, "{asked}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officers_queue_is_a_reading_and_watching_it_is_none() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    let rules = "id,valid_from,valid_to,lane,condition,note\nheld,20190101,,hold,lines >= 1,\n".to_owned();
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules)], "test").await.unwrap();
    zone.trade(&trade).await;
    zone.until_listed().await;
    let mut officer =
        people::signed_in_english(&zone, "guan.yi", OFFICER, Role::Officer, &[Duty::Decider]).await;
    let agent = trade.declaration.head.agent_code.as_str();
    let before = readings(&zone, agent).await.len();
    let listed = officer.get("/desk/consignments").await;
    assert!(listed.words().contains(trade.order.head.order_no.as_str()), "{}", listed.words());
    let found = readings(&zone, agent).await;
    assert_eq!((found.len(), found[0].0.as_str()), (before + 1, "consignments"), "{found:?}");
    let counted = rows(&zone).await;
    for tab in ["", "?tab=review", "?tab=suspended"] {
        officer.get(&format!("/desk/queue{tab}")).await;
    }
    // Tabs in which there is nothing are no readings; the one that has it is one.
    assert!(rows(&zone).await <= counted + 3);
    let found = readings(&zone, agent).await;
    assert!(found.len() <= before + 4, "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_written_down_for_who_asked_and_for_whose_quota_it_was() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    let agent = trade.declaration.head.agent_code.clone();
    let ask = |bytes: Vec<u8>| zone.request("POST", "/v1/preview", Some(&zone.tokens[agent.as_str()]), bytes);
    let message = sample::message(&agent, vec![Document::Declaration(trade.declaration.clone())]);
    let before = rows(&zone).await;
    // What cannot be read is looked at by nobody.
    assert_eq!(ask(b"<a".to_vec()).await.0, 400);
    assert_eq!(rows(&zone).await, before);
    let (status, shown) = ask(ceb::write(&message, Style::Prefixed)).await;
    assert_eq!((status, &shown["documents"][0]["quota"]), (200, &json!("enough")), "{shown}");
    assert_eq!(rows(&zone).await, before + 1);
    let reading = ("preview".to_owned(), String::new(), 1, String::new());
    assert_eq!(readings(&zone, agent.as_str()).await, [reading]);
    let payer = trade.payment.pay_code.as_str();
    assert!(readings(&zone, payer).await.is_empty(), "it is told to nobody else");
    let identity = &trade.declaration.head.buyer_id_number;
    let person = guard::person(&server::ingest::hashed(&zone.window.read, "identity", identity));
    let search = RecordSearch { register: Register::Access, parties: Some(vec![person]), states: Vec::new() };
    let (found, _) = zone.window.read.records(&search, None, 10).await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(!found[0].body.contains(identity.as_str()), "{}", found[0].body);
}
