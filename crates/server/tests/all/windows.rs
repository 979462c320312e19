//! One submission, two windows: what a sender submits here goes to the country's window as it was received, byte for byte,
//! and that window's receipts stand on the consignment's timeline.

use crate::support::{NOW, Zone, plain};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clearance::party::Role;
use clearance::sample::{self, Trade};
use counterpart::{Counterpart, Kind, Script, Taken};
use serde_json::{Value, json};
use server::push::{self, Client, Patience, Reach};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use store::authorities;

const CUSTOMS: &str = "8620000001";
const COUNTRY: &str = "5301000908";
const TAX: &str = "5301000901";
const FIELDS: [&str; 8] =
    ["message", "guid", "sender", "exchangeId", "documents", "sha256", "received", "original"];

async fn act(zone: &Zone, party: &str, path: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/registers/{path}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), body.to_string().into_bytes()).await
}

/// A zone that shares messages with the country's window, which does what its script says.
async fn zone(script: Script, suspends: bool) -> (Zone, Counterpart) {
    let mut zone = Zone::new().await;
    zone.window.file_all(sample::agencies(), "test").await;
    for code in [COUNTRY, TAX] {
        let token = zone.window.control.issue(code, Role::Agency, "machine", &[], NOW, None).await.unwrap();
        zone.tokens.insert(code.to_owned(), token);
    }
    let key = zone.window.evidence.sender(NOW).await.unwrap().public();
    let clock = zone.clock.clone();
    let country =
        Counterpart::new(Kind::TradeWindow, script, vec![key]).with_clock(move || clock.now().0 / 1_000);
    let country = country.named(COUNTRY);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, country.clone().router()).into_future());
    let id = format!("{COUNTRY}:all");
    let rule = json!({"giver": CUSTOMS, "dataset": "messages", "schema": 1, "fields": FIELDS, "purpose": "样例：一次提交",
        "legalBasis": "样例办法第二条", "validFrom": "20261101", "suspends": suspends});
    let (status, told) =
        act(&zone, COUNTRY, &format!("shares/{id}"), json!({"action": "propose", "body": rule})).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) =
        act(&zone, CUSTOMS, &format!("shares/{id}"), json!({"action": "agree", "version": 1})).await;
    assert_eq!(status, 200, "{told}");
    let body = json!({"url": url, "source": format!("shares/{id}"), "answers": true, "form": "dxp"});
    let hook = json!({"action": "register", "body": body});
    let (status, told) = act(&zone, COUNTRY, &format!("webhooks/{COUNTRY}:in"), hook.clone()).await;
    assert_eq!(status, 200, "{told}");
    // Who owns no exchange id is no receiver of envelopes; receipts have none.
    let (status, told) = act(&zone, TAX, &format!("webhooks/{TAX}:in"), hook).await;
    let paths: Vec<&str> =
        told["faults"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!((status, paths), (422, vec!["source", "form"]), "{told}");
    (zone, country)
}

struct Sending(tokio::task::JoinHandle<()>);

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn sending(zone: &Zone) -> Sending {
    let reach = Reach::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let client = Client::new(reach, &authorities::client(None).unwrap()).unwrap();
    let patience = Patience { first: Duration::ZERO, longest: Duration::ZERO, refusals: 3 };
    Sending(tokio::spawn(push::run(zone.window.clone(), client, patience)))
}

async fn until(country: &Counterpart, count: usize) -> Taken {
    let began = Instant::now();
    loop {
        let taken = country.taken();
        if taken.events.len() >= count {
            return taken;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "it does not come: {taken:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Receipts of the country's window on the timeline that a party sees, once there are so many.
async fn receipts(zone: &Zone, party: &str, trade: &Trade, count: usize) -> Vec<(String, String, String)> {
    let began = Instant::now();
    loop {
        let shown = zone.shown(party, trade).await;
        let timeline = shown["timeline"].as_array().unwrap();
        let of_window = timeline.iter().filter(|entry| entry["what"] == "receipt-of-window");
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
        let mut found: Vec<_> = of_window
            .map(|entry| (text(entry, "message"), text(entry, "outcome"), text(entry, "info")))
            .collect();
        found.sort();
        if found.len() >= count {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{found:?}: {shown}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_submission_is_had_by_both_windows_and_its_receipts_are_on_the_timeline() {
    // It is down for a while, and loses an answer.
    let (zone, country) =
        zone(Script { outage: Some(1..4), loses: Some(5..6), ..Script::default() }, false).await;
    let trade = plain(&zone, 0);
    let mut sent: Vec<Vec<u8>> = Vec::new();
    let _server = sending(&zone);
    for (index, (sender, document)) in trade.documents().into_iter().enumerate() {
        let mut bytes = ceb::write(&sample::message(&sender, vec![document]), ceb::Style::DefaultNamespace);
        // As somebody's own system writes it; one comes in an envelope of its own.
        bytes.extend_from_slice(b"<!-- as sent -->\n");
        let body = if index == 1 {
            ceb::dxp::write(&ceb::dxp::DxpMessage {
                cop_msg_id: "own".into(),
                sender_id: "DXPENT0000530301".into(),
                receiver_ids: vec!["DXPEDC0000008620".into()],
                creat_time: "2026-11-23T10:00:00".into(),
                msg_type: "CEB411Message".into(),
                data: bytes.clone(),
                file_name: None,
            })
        } else {
            bytes.clone()
        };
        let (status, told) =
            zone.request("POST", "/v1/messages", Some(&zone.tokens[sender.as_str()]), body).await;
        assert_eq!(status, 200, "{told}");
        sent.push(bytes);
    }
    let taken = until(&country, 4).await;
    let had: Vec<Vec<u8>> = taken
        .events
        .iter()
        .map(|event| STANDARD.decode(event["data"]["original"].as_str().unwrap()).unwrap())
        .collect();
    assert!(had == sent, "byte for byte, in order");
    assert!(taken.requests >= 7, "{}", taken.requests);
    let expected = |kinds: &[&str]| -> Vec<(String, String, String)> {
        let status = |kind: &str| if kind == "CEB621Message" { "120" } else { "2" };
        let of = |kind: &&str| {
            ((*kind).to_owned(), "confirmed".to_owned(), format!("{} 全国窗口已接收", status(kind)))
        };
        kinds.iter().map(of).collect()
    };
    let all = expected(&["CEB311Message", "CEB411Message", "CEB511Message", "CEB621Message"]);
    assert_eq!(receipts(&zone, CUSTOMS, &trade, 4).await, all);
    // A party sees those of what it sent.
    let agent = trade.declaration.head.agent_code.clone();
    assert_eq!(receipts(&zone, &agent, &trade, 1).await, expected(&["CEB621Message"]));
    // What comes as JSON is no message of the country's windows; a message that cannot be read is nobody's.
    let other = plain(&zone, 900);
    let json = ceb::write_json(&sample::message(
        &other.order.head.ebp_code,
        vec![ceb::Document::Order(other.order.clone())],
    ))
    .to_string();
    let platform = &zone.tokens[other.order.head.ebp_code.as_str()];
    let (status, told) = zone.request("POST", "/v1/messages", Some(platform), json.into_bytes()).await;
    assert_eq!(status, 200, "{told}");
    zone.request("POST", "/v1/messages", Some(platform), b"<nothing/>".to_vec()).await;
    let last = plain(&zone, 1_800);
    zone.send(&last.order.head.ebp_code.clone(), ceb::Document::Order(last.order.clone())).await;
    let taken = until(&country, 5).await;
    let original = STANDARD.decode(taken.events[4]["data"]["original"].as_str().unwrap()).unwrap();
    assert!(String::from_utf8(original).unwrap().contains(last.order.head.order_no.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_other_window_refuses_stops_where_the_rule_says_so() {
    let mut script = Script { refuses: Some(0..3), ..Script::default() };
    let probe = Trade::new(3, 0, NOW, 1_000_000);
    script.objects = BTreeSet::from([probe.declaration.head.port_code.to_string()]);
    let (zone, country) = zone(script, true).await;
    let trade = plain(&zone, 0);
    let _server = sending(&zone);
    zone.trade(&trade).await;
    // The first, the order, was refused for good: set aside; it does not stand in the way of the others.
    until(&country, 3).await;
    let (_, shown) = zone.get(COUNTRY, &format!("/v1/registers/deliveries/{COUNTRY}:in")).await;
    assert_eq!(shown["body"]["setAside"].as_array().unwrap().len(), 1, "{shown}");
    let found = receipts(&zone, CUSTOMS, &trade, 3).await;
    let objected = ("CEB621Message".to_owned(), "objected".to_owned(), "100 与全国窗口记录不符".to_owned());
    assert!(found.contains(&objected), "{found:?}");
    let began = Instant::now();
    loop {
        let shown = zone.shown(CUSTOMS, &trade).await;
        if shown["attempt"]["state"] == 600 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{}", shown["attempt"]);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Sent again on demand.
    let again = json!({"action": "redeliver", "version": 1, "body": {"setAside": true}});
    let (status, told) = act(&zone, COUNTRY, &format!("webhooks/{COUNTRY}:in"), again).await;
    assert_eq!(status, 200, "{told}");
    until(&country, 4).await;
    assert_eq!(receipts(&zone, CUSTOMS, &trade, 4).await.len(), 4);
}
