//! Webhooks: what is there for a party is sent to it as it comes, signed, in order, again until it is taken; counterparts
//! answer, and what they object to stops.

use crate::support::browser::Browser;
use crate::support::{NOW, Zone, plain};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::{self, Trade};
use counterpart::{Counterpart, Kind, Script, Taken};
use exchange::envelope;
use serde_json::{Value, json};
use server::push::{self, Client, Patience, Reach};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use store::authorities;

const CUSTOMS: &str = "8620000001";
const TAX: &str = "5301000901";
const POLICE: &str = "5301000905";
const PLATFORM: &str = "5301960101";

/// It tries again at once.
const PATIENCE: Patience = Patience { first: Duration::ZERO, longest: Duration::ZERO, refusals: 3 };

async fn zone() -> Zone {
    let mut zone = Zone::new().await;
    zone.window.file_all(sample::agencies(), "test").await;
    for code in [TAX, POLICE] {
        let token = zone.window.control.issue(code, Role::Agency, "machine", &[], NOW, None).await.unwrap();
        zone.tokens.insert(code.to_owned(), token);
    }
    zone
}

/// Sends to these networks inside.
pub fn client(networks: &[&str]) -> Client {
    let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
    Client::new(Reach::new(networks), &authorities::client(None).unwrap()).unwrap()
}

/// A server that sends, until it is dropped.
pub struct Sending(tokio::task::JoinHandle<()>);

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub fn sending(zone: &Zone) -> Sending {
    Sending(tokio::spawn(push::run(zone.window.clone(), client(&["127.0.0.0/8"]), PATIENCE)))
}

/// A counterpart with the keys of the zone, and where it is.
pub async fn counterpart(zone: &Zone, kind: Kind, script: Script) -> (Counterpart, String) {
    zone.window.evidence.sender(NOW).await.unwrap();
    let (_, told) = zone.get(CUSTOMS, "/v1/evidence/keys").await;
    let key = |shown: &Value| ::evidence::of_hexadecimal(shown["public"].as_str().unwrap()).unwrap();
    let keys = told["keys"].as_array().unwrap().iter().map(key).collect();
    let clock = zone.clock.clone();
    let counterpart = Counterpart::new(kind, script, keys).with_clock(move || clock.now().0 / 1_000);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, counterpart.clone().router()).into_future());
    (counterpart, url)
}

async fn act(zone: &Zone, party: &str, register: &str, id: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/registers/{register}/{id}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), body.to_string().into_bytes()).await
}

/// A rule in force.
async fn share(zone: &Zone, receiver: &str, dataset: &str, fields: &[&str], suspends: bool) -> String {
    let id = format!("{receiver}:{dataset}");
    let rule = json!({"giver": CUSTOMS, "dataset": dataset, "schema": 1, "fields": fields, "purpose": "样例：核对",
        "legalBasis": "样例办法第一条", "validFrom": "20261101", "suspends": suspends});
    let (status, told) = act(zone, receiver, "shares", &id, json!({"action": "propose", "body": rule})).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = act(zone, CUSTOMS, "shares", &id, json!({"action": "agree", "version": 1})).await;
    assert_eq!(status, 200, "{told}");
    id
}

pub async fn webhook(zone: &Zone, party: &str, name: &str, body: Value) -> String {
    let id = format!("{party}:{name}");
    let (status, told) = act(zone, party, "webhooks", &id, json!({"action": "register", "body": body})).await;
    assert_eq!(status, 200, "{told}");
    id
}

pub async fn until(counterpart: &Counterpart, what: impl Fn(&Taken) -> bool) -> Taken {
    let began = Instant::now();
    loop {
        let taken = counterpart.taken();
        if what(&taken) {
            return taken;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "it does not come: {taken:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What became of a webhook.
pub async fn delivery(zone: &Zone, party: &str, id: &str, is: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let (status, shown) = zone.get(party, &format!("/v1/registers/deliveries/{id}")).await;
        if status == 200 && is(&shown) {
            return shown;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{status} {shown}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn orders(taken: &Taken) -> Vec<&str> {
    taken.events.iter().map(|event| event["data"]["orderNo"].as_str().unwrap()).collect()
}

async fn trades(zone: &Zone, from: u64, count: u64) -> Vec<Trade> {
    let mut trades = Vec::new();
    for number in 0..count {
        let trade = plain(zone, from + number * 50);
        zone.trade(&trade).await;
        trades.push(trade);
    }
    trades
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shared_is_sent_signed_in_order_and_once_and_goes_on_after_an_end() {
    let zone = zone().await;
    let rule = share(&zone, TAX, "orders", &["orderNo", "acturalPaid"], false).await;
    // It is down for a while, and loses an answer.
    let script = Script { outage: Some(1..3), loses: Some(4..5), ..Script::default() };
    let (tax, url) = counterpart(&zone, Kind::Tax, script).await;
    let first = trades(&zone, 0, 3).await;
    let body = json!({"url": url, "source": format!("shares/{rule}"), "batch": 2});
    let hook = webhook(&zone, TAX, "in", body).await;
    let server = sending(&zone);
    until(&tax, |taken| taken.events.len() == 3).await;
    let more = trades(&zone, 1_000, 2).await;
    let taken = until(&tax, |taken| taken.events.len() == 5).await;
    let expected: Vec<&str> =
        first.iter().chain(&more).map(|trade| trade.order.head.order_no.as_str()).collect();
    assert_eq!(orders(&taken), expected);
    for event in &taken.events {
        assert_eq!(event["data"].as_object().unwrap().keys().collect::<Vec<_>>(), ["acturalPaid", "orderNo"]);
        assert!(event["purpose"] == "样例：核对" && event["source"] == format!("/v1/shares/{rule}"));
    }
    // Down: it was tried again. Its answer lost: sent again with the same id, and taken once.
    let shown = delivery(&zone, TAX, &hook, |shown| shown["state"] == "delivering").await;
    assert_eq!((shown["body"]["failures"].as_u64(), shown["body"]["error"].as_str()), (Some(0), Some("")));
    assert_eq!(until(&tax, |taken| taken.again >= 1).await.refused, 0);
    until(&tax, |taken| taken.mark.as_ref().is_some_and(|mark| mark.1)).await;
    // The server ends; another goes on where it was.
    drop(server);
    let late = trades(&zone, 2_000, 1).await;
    zone.clock.set(Time(NOW.0 + 61_000));
    let _another = sending(&zone);
    let taken = until(&tax, |taken| taken.events.len() == 6).await;
    assert_eq!(orders(&taken)[5], late[0].order.head.order_no.as_str());
    // Whose order it was sees that it was sent, to whom, and under which rule; another's is not shown.
    let (_, readings) = zone.get(PLATFORM, "/v1/registers/accesses?limit=500").await;
    let sent = readings["records"].as_array().unwrap().iter().find(|one| one["by"]["party"] == TAX).unwrap();
    assert_eq!(sent["by"]["name"], "webhook in");
    let (status, _) = zone.get(POLICE, &format!("/v1/registers/deliveries/{hook}")).await;
    assert_eq!(status, 404);
    // A rule that ended gives nothing more, and the owner of the webhook is told why.
    let (status, told) =
        act(&zone, CUSTOMS, "shares", &rule, json!({"action": "end", "version": 2, "note": "样例：期满"}))
            .await;
    assert_eq!(status, 200, "{told}");
    trades(&zone, 3_000, 1).await;
    let shown = delivery(&zone, TAX, &hook, |shown| shown["body"]["error"] == "it is ended").await;
    assert_eq!(tax.taken().events.len(), 6, "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_refused_is_set_aside_and_sent_again_on_demand() {
    let zone = zone().await;
    let rule = share(&zone, TAX, "orders", &["orderNo"], false).await;
    let script = Script { refuses: Some(0..3), ..Script::default() };
    let (tax, url) = counterpart(&zone, Kind::Tax, script).await;
    let sent = trades(&zone, 0, 2).await;
    let body = json!({"url": url, "source": format!("shares/{rule}"), "batch": 1});
    let hook = webhook(&zone, TAX, "in", body).await;
    let _server = sending(&zone);
    // The first record is refused three times: it does not stand in the way of the second.
    until(&tax, |taken| taken.events.len() == 1).await;
    let set_aside =
        |count: usize| move |shown: &Value| shown["body"]["setAside"].as_array().unwrap().len() == count;
    let shown = delivery(&zone, TAX, &hook, set_aside(1)).await;
    let (_, metrics) = zone.get(CUSTOMS, "/metrics").await;
    assert!(metrics.as_str().unwrap().contains("onewindow_webhooks{state=\"stopped\"} 0"), "{metrics}");
    let page = &shown["body"]["setAside"][0];
    assert_eq!((page["records"].as_u64(), page["again"].as_bool()), (Some(1), Some(false)), "{shown}");
    assert!(page["error"].as_str().unwrap().contains("422"), "{shown}");
    // Only its owner has it sent again.
    let again = json!({"action": "redeliver", "version": 1, "body": {"setAside": true}});
    assert_eq!(act(&zone, POLICE, "webhooks", &hook, again.clone()).await.0, 404);
    assert_eq!(act(&zone, CUSTOMS, "webhooks", &hook, again.clone()).await.0, 404);
    let (status, told) = act(&zone, TAX, "webhooks", &hook, again).await;
    assert_eq!(status, 200, "{told}");
    let taken = until(&tax, |taken| taken.events.len() == 2).await;
    let numbers: Vec<&str> = sent.iter().rev().map(|trade| trade.order.head.order_no.as_str()).collect();
    assert_eq!(orders(&taken), numbers);
    delivery(&zone, TAX, &hook, set_aside(0)).await;
    // Everything once more: with the same ids, so that whoever has it has it once.
    let body = json!({"action": "redeliver", "version": 2, "body": {"after": ""}});
    assert_eq!(act(&zone, TAX, "webhooks", &hook, body).await.0, 200);
    let taken = until(&tax, |taken| taken.again >= 2).await;
    assert_eq!(taken.events.len(), 2);
    // Who wants nothing any more is left alone.
    let (status, told) = act(&zone, TAX, "webhooks", &hook, json!({"action": "pause", "version": 3})).await;
    assert_eq!(status, 200, "{told}");
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let requests = tax.taken().requests;
    trades(&zone, 1_000, 1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(tax.taken().requests, requests);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_counterpart_objects_to_is_suspended_where_the_rule_says_so() {
    let zone = zone().await;
    let rule = share(&zone, POLICE, "declarations", &["orderNo", "buyerIdNumber", "buyerName"], true).await;
    let trades = [plain(&zone, 0), plain(&zone, 500)];
    let name = trades[1].declaration.head.buyer_name.to_string();
    let script = Script { objects: BTreeSet::from([name]), ..Script::default() };
    let (police, url) = counterpart(&zone, Kind::Police, script).await;
    let body = json!({"url": url, "source": format!("shares/{rule}"), "answers": true});
    let hook = webhook(&zone, POLICE, "names", body).await;
    let _server = sending(&zone);
    for trade in &trades {
        zone.trade(trade).await;
    }
    let taken = until(&police, |taken| taken.events.len() == 2).await;
    // Customs and the police see the answers; the reason of the suspension is in the trade. The rule gives no platform, so an
    // answer is called by the event alone: its name says no more than what was sent.
    let answer = |trade: &Trade| {
        let number = trade.order.head.order_no.as_str();
        let event = taken.events.iter().find(|event| event["data"]["orderNo"] == number).unwrap();
        format!("/v1/registers/answers/{}%2F{}", hook.replace(':', "%3A"), event["id"].as_str().unwrap())
    };
    let told = |trade: &Trade| {
        let head = &trade.order.head;
        format!("/v1/registers/answers/{}%2F{}%2F{}", hook.replace(':', "%3A"), head.ebp_code, head.order_no)
    };
    let agent = trades[1].declaration.head.agent_code.clone();
    let began = Instant::now();
    while zone.shown(&agent, &trades[1]).await["attempt"]["state"] != 600 {
        assert!(began.elapsed() < Duration::from_secs(20), "it is not suspended");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for party in [CUSTOMS, POLICE] {
        let (status, shown) = zone.get(party, &answer(&trades[1])).await;
        assert_eq!((status, shown["body"]["outcome"].as_str()), (200, Some("objected")), "{shown}");
        let (status, shown) = zone.get(party, &answer(&trades[0])).await;
        assert_eq!((status, shown["body"]["outcome"].as_str()), (200, Some("confirmed")), "{shown}");
        assert!(shown["body"]["reference"].as_str().unwrap().starts_with("police-"));
    }
    assert_eq!(zone.get(&agent, &answer(&trades[1])).await.0, 404);
    let (_, listed) = zone.get(POLICE, "/v1/registers/answers").await;
    assert_eq!(zone.get(POLICE, &told(&trades[1])).await.0, 404);
    assert!(!listed.to_string().contains(trades[1].order.head.ebp_code.as_str()), "{listed}");
    assert_ne!(zone.shown(&agent, &trades[0]).await["attempt"]["state"], 600);
    let timeline = zone.shown(CUSTOMS, &trades[1]).await.to_string();
    assert!(
        timeline.contains("buyerName 与本部门记录不符") && timeline.contains("webhook names"),
        "{timeline}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn confirmations_are_counted_where_they_are_not_kept_one_by_one() {
    let zone = zone().await;
    // Who is given every field of the key finds his answers by it.
    let rule = share(&zone, TAX, "declarations", &["ebpCode", "orderNo"], false).await;
    let trades = [plain(&zone, 0), plain(&zone, 500), plain(&zone, 1_000)];
    let numbers: Vec<String> = trades.iter().map(|trade| trade.order.head.order_no.to_string()).collect();
    let script = Script { objects: BTreeSet::from([numbers[1].clone()]), ..Script::default() };
    let (_, url) = counterpart(&zone, Kind::Tax, script).await;
    let body =
        json!({"url": url, "source": format!("shares/{rule}"), "answers": true, "confirmations": false});
    let hook = webhook(&zone, TAX, "taxes", body).await;
    let _server = sending(&zone);
    for trade in &trades {
        zone.trade(trade).await;
    }
    delivery(&zone, TAX, &hook, |shown| shown["body"]["confirmed"] == 2).await;
    let (_, listed) = zone.get(TAX, "/v1/registers/answers").await;
    let kept: Vec<&str> =
        listed["records"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap()).collect();
    assert_eq!(kept, [format!("{hook}/{}/{}", trades[1].order.head.ebp_code, numbers[1])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_sent_to_whose_they_are() {
    let zone = zone().await;
    let (integrator, url) = counterpart(&zone, Kind::Customs, Script::default()).await;
    webhook(&zone, PLATFORM, "receipts", json!({"url": url, "source": "receipts", "batch": 2})).await;
    let _server = sending(&zone);
    let sent = trades(&zone, 0, 3).await;
    let taken = until(&integrator, |taken| taken.events.len() >= 3).await;
    let (_, feed) = zone.get(PLATFORM, "/v1/receipts").await;
    let feed = feed["receipts"].as_array().unwrap();
    for (event, receipt) in taken.events.iter().zip(feed) {
        let mut data = event["data"].clone();
        let original = data.as_object_mut().unwrap().remove("original").unwrap();
        assert_eq!(data, *receipt);
        // As it goes to whoever reads CEB.
        let text = original.as_str().unwrap();
        assert!(ceb::parse(text.as_bytes(), &ceb::Limits::default()).message.is_some(), "{text}");
    }
    let told = serde_json::to_string(&taken.events).unwrap();
    assert!(sent.iter().any(|trade| told.contains(trade.order.head.order_no.as_str())));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_that_was_changed_or_is_old_is_refused() {
    let zone = zone().await;
    let (tax, url) = counterpart(&zone, Kind::Tax, Script::default()).await;
    let body = json!([{"id": "1", "data": {"orderNo": "A"}}]).to_string().into_bytes();
    let headers = push::signed(&zone.window, "one", &body).await.unwrap();
    let client = client(&["127.0.0.1/32"]);
    let send = async |headers: &[(&'static str, String)], body: &[u8]| {
        let reply = client.send(&url, server::sharing::EVENTS, headers, body.to_vec()).await;
        format!("{reply:?}")
    };
    let changed = String::from_utf8(body.clone()).unwrap().replace("\"A\"", "\"B\"").into_bytes();
    assert!(send(&headers, &changed).await.contains("401"));
    let mut another = headers.clone();
    another[0].1 = "two".to_owned();
    assert!(send(&another, &body).await.contains("401"));
    let foreign = ring_signed(&body);
    assert!(send(&foreign, &body).await.contains("401"));
    assert!(send(&headers, &body).await.starts_with("Taken"));
    // Whoever heard it on the way and sends it again achieves nothing; later he is refused.
    assert!(send(&headers, &body).await.starts_with("Taken"));
    assert_eq!((tax.taken().again, tax.taken().events.len()), (1, 1));
    zone.clock.set(Time(NOW.0 + (envelope::TOLERANCE + 1) * 1_000));
    assert!(send(&headers, &body).await.contains("401"));
    assert_eq!((tax.taken().refused, tax.taken().events.len()), (4, 1));
    // What is asked for is signed in the same way.
    let rule = share(&zone, TAX, "orders", &["orderNo"], false).await;
    trades(&zone, 0, 1).await;
    let (status, page) = zone.get(TAX, &format!("/v1/shares/{rule}/records")).await;
    assert_eq!((status, page["events"].as_array().unwrap().len()), (200, 1), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_to_one_agency_is_refused_by_another() {
    let zone = zone().await;
    let rule = share(&zone, TAX, "orders", &["orderNo"], false).await;
    let sent = trades(&zone, 0, 2).await;
    let (tax, to_tax) = counterpart(&zone, Kind::Tax, Script::default()).await;
    let (police, to_police) = counterpart(&zone, Kind::Police, Script::default()).await;
    let (tax, police) = (tax.named(TAX), police.named(POLICE));
    // What was signed for one, brought to the other as it was: by whoever heard it, or by the one himself.
    let (_, page) = zone.get(TAX, &format!("/v1/shares/{rule}/records")).await;
    assert_eq!(page["receiver"], TAX);
    let events = page["events"].as_array().unwrap();
    assert!(events.len() == sent.len() && events.iter().all(|event| event["receiver"] == TAX), "{page}");
    let body = page["events"].to_string().into_bytes();
    let headers = push::signed(&zone.window, "one", &body).await.unwrap();
    let client = client(&["127.0.0.0/8"]);
    let send = async |url: &str, body: &[u8]| {
        let reply = client.send(url, server::sharing::EVENTS, &headers, body.to_vec()).await;
        format!("{reply:?}")
    };
    assert!(send(&to_police, &body).await.contains("401"));
    // For whom it is, is signed with it.
    let turned = String::from_utf8(body.clone()).unwrap().replace(TAX, POLICE).into_bytes();
    assert!(send(&to_police, &turned).await.contains("401"));
    assert!(send(&to_tax, &body).await.starts_with("Taken"));
    assert_eq!((tax.taken().events.len(), tax.taken().refused), (sent.len(), 0));
    // A webhook that leads to another's address by mistake: nothing is taken there, and its owner sees why.
    let hook =
        webhook(&zone, TAX, "astray", json!({"url": to_police, "source": format!("shares/{rule}")})).await;
    let _server = sending(&zone);
    let shown = delivery(&zone, TAX, &hook, |shown| shown["state"] == "failing").await;
    assert!(shown["body"]["error"].as_str().unwrap().contains("401"), "{shown}");
    assert_eq!(police.taken().events.len(), 0);
    assert!(police.taken().refused >= 3);
    // Led to the right one, it comes there: events and mark are for him.
    let body = json!({"action": "change", "version": 1, "body": {"url": to_tax, "source": format!("shares/{rule}")}});
    let (status, told) = act(&zone, TAX, "webhooks", &hook, body).await;
    assert_eq!(status, 200, "{told}");
    let taken = until(&tax, |taken| taken.mark.as_ref().is_some_and(|mark| mark.1)).await;
    assert!(taken.events.iter().all(|event| event["receiver"] == TAX) && taken.refused == 0);
}

/// As somebody signs who has another key.
pub fn ring_signed(body: &[u8]) -> Vec<(&'static str, String)> {
    let signer = ::evidence::Signer::new(&[9; 32]).unwrap();
    let seconds = NOW.0 / 1_000;
    let signature = signer.sign_text(&envelope::signed("one", seconds, body));
    vec![
        (envelope::ID, "one".to_owned()),
        (envelope::TIMESTAMP, seconds.to_string()),
        (envelope::SIGNATURE, envelope::written(&signature)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_inside_unless_the_operator_says_so() {
    let zone = zone().await;
    let (tax, url) = counterpart(&zone, Kind::Tax, Script::default()).await;
    let port = url.trim_end_matches('/').rsplit(':').next().unwrap();
    let nowhere = client(&[]);
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "0x7f000001"] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{port}/");
            let reply = nowhere.send(&url, "application/json", &[], b"[]".to_vec()).await;
            assert!(
                format!("{reply:?}").contains("in a network that nothing is sent to"),
                "{url}: {reply:?}"
            );
        }
    }
    // What the operator named is reached without TLS; what is public is not.
    let named = client(&["127.0.0.0/8"]);
    let reply = named.send("http://1.1.1.1/", "application/json", &[], b"[]".to_vec()).await;
    assert!(format!("{reply:?}").contains("in a network that nothing is sent to"), "{reply:?}");
    assert_eq!(tax.taken().requests, 0);
    // Nobody is sent where an answer points to.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let to = url.clone();
    let redirect = axum::routing::post(async move || axum::response::Redirect::temporary(&to));
    tokio::spawn(axum::serve(listener, axum::Router::new().route("/", redirect)).into_future());
    let reply = named.send(&format!("http://{address}/"), "application/json", &[], b"[]".to_vec()).await;
    assert!(format!("{reply:?}").contains("307"), "{reply:?}");
    assert_eq!(tax.taken().requests, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_webhook_is_told() {
    let zone = zone().await;
    for (body, path) in [
        (json!({"url": "ftp://example.test/", "source": "receipts"}), "url"),
        (json!({"url": "https://a:b@example.test/", "source": "receipts"}), "url"),
        (json!({"url": "https:///path", "source": "receipts"}), "url"),
        (json!({"url": "https://example.test/a b", "source": "receipts"}), "url"),
        (json!({"url": "https://example.test/", "source": "orders"}), "source"),
        (json!({"url": "https://example.test/", "source": format!("shares/{TAX}:orders")}), "source"),
        (json!({"url": "https://example.test/", "source": "receipts", "batch": 0}), "batch"),
        (json!({"url": "https://example.test/", "source": "receipts", "batch": 5_000}), "batch"),
        (json!({"url": "https://example.test/", "source": "receipts", "answers": true}), "answers"),
        (json!({"url": "https://example.test/", "source": "receipts", "secret": "x"}), "body"),
    ] {
        let action = json!({"action": "register", "body": body});
        let (status, told) = act(&zone, PLATFORM, "webhooks", &format!("{PLATFORM}:x"), action).await;
        assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some(path)), "{body}: {told}");
    }
    // Nobody registers for another, nor writes what became of a delivery.
    let body = json!({"action": "register", "body": {"url": "https://example.test/", "source": "receipts"}});
    assert_eq!(act(&zone, PLATFORM, "webhooks", &format!("{TAX}:x"), body.clone()).await.0, 404);
    assert_eq!(act(&zone, CUSTOMS, "webhooks", &format!("{TAX}:x"), body).await.0, 404);
    let body = json!({"action": "deliver", "body": {}});
    assert_eq!(act(&zone, PLATFORM, "deliveries", &format!("{PLATFORM}:x"), body).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_agency_gets_exactly_its_fields_in_order_and_a_mark_and_answers() {
    const AGENCIES: [(&str, Kind, Role, &str, &[&str]); 7] = [
        (TAX, Kind::Tax, Role::Agency, "clearances", &["orderNo", "state", "taxTotal"]),
        (
            "5301000902",
            Kind::ForeignExchange,
            Role::Agency,
            "payments",
            &["payTransactionId", "amountPaid", "currency"],
        ),
        ("5301000903", Kind::Commerce, Role::Agency, "clearances", &["tradeMode", "merchant"]),
        ("5301000904", Kind::MarketSupervision, Role::Agency, "declarations", &["invtNo", "lines.gname"]),
        (POLICE, Kind::Police, Role::Agency, "declarations", &["orderNo", "buyerIdNumber", "buyerName"]),
        ("5301000906", Kind::Post, Role::Agency, "waybills", &["logisticsNo", "weight"]),
        ("5301000907", Kind::Bank, Role::Bank, "payments", &["payTransactionId", "amountPaid"]),
    ];
    let mut zone = zone().await;
    let mut counterparts = Vec::new();
    for (code, kind, role, dataset, fields) in AGENCIES {
        let token = zone.window.control.issue(code, role, "machine", &[], NOW, None).await.unwrap();
        zone.tokens.insert(code.to_owned(), token);
        let rule = share(&zone, code, dataset, fields, false).await;
        let (counterpart, url) = counterpart(&zone, kind, Script::default()).await;
        let body = json!({"url": url, "source": format!("shares/{rule}"), "answers": true, "batch": 3});
        webhook(&zone, code, "in", body).await;
        counterparts.push((code, dataset, fields, counterpart));
    }
    let _server = sending(&zone);
    let sent = trades(&zone, 0, 5).await;
    for (code, dataset, fields, counterpart) in &counterparts {
        // Five of each document; of a clearance every change.
        let taken = until(counterpart, |taken| {
            taken.events.len() >= 5 && taken.mark.as_ref().is_some_and(|mark| mark.1)
        })
        .await;
        let (_, page) = zone.get(code, &format!("/v1/shares/{code}:{dataset}/records?limit=1000")).await;
        assert_eq!(page["complete"], true);
        // Exactly what it gets when it asks, in the same order.
        assert_eq!(Value::Array(taken.events.clone()), page["events"], "{code}");
        let heads: BTreeSet<&str> = fields.iter().map(|name| name.split('.').next().unwrap()).collect();
        let asked: Vec<u64> =
            taken.events.iter().map(|event| event["id"].as_str().unwrap().parse().unwrap()).collect();
        assert!(asked.is_sorted(), "{code}: {asked:?}");
        for event in &taken.events {
            let keys = event["data"].as_object().unwrap().keys().map(String::as_str);
            assert!(keys.clone().all(|key| heads.contains(key)) && keys.count() > 0, "{code}: {event}");
        }
        let (_, answers) = zone.get(code, "/v1/registers/answers?limit=500").await;
        assert!(answers["records"].as_array().unwrap().len() >= sent.len(), "{code}: {answers}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_finds_that_an_agency_takes_nothing_and_not_which() {
    let zone = zone().await;
    let (_, told) = zone.get(PLATFORM, "/v1/limits").await;
    assert_eq!(told["exchange"]["down"], 0);
    let state_of = |told: &Value, kind: &str| {
        let kinds = told["exchange"]["counterparts"].as_array().unwrap();
        kinds.iter().find(|one| one["kind"] == kind).unwrap()["state"].as_str().unwrap().to_owned()
    };
    assert_eq!((state_of(&told, "tax"), state_of(&told, "bank")), ("none".to_owned(), "none".to_owned()));
    let rule = share(&zone, TAX, "orders", &["orderNo"], false).await;
    let script = Script { outage: Some(0..1_000_000), ..Script::default() };
    let (_tax, url) = counterpart(&zone, Kind::Tax, script).await;
    trades(&zone, 0, 1).await;
    let body = json!({"url": url, "source": format!("shares/{rule}"), "counterpart": "tax"});
    let hook = webhook(&zone, TAX, "in", body).await;
    let _server = sending(&zone);
    delivery(&zone, TAX, &hook, |shown| shown["state"] == "failing").await;
    let (status, told) = zone.get(PLATFORM, "/v1/limits").await;
    assert_eq!((status, &told["exchange"]["down"]), (200, &json!(1)));
    assert_eq!((state_of(&told, "tax"), state_of(&told, "bank")), ("waits".to_owned(), "none".to_owned()));
    // Of a kind its state is told, and nothing that is counted.
    assert!(
        told["exchange"]["counterparts"].as_array().unwrap().iter().all(|one| one.get("waiting").is_none())
    );
    let page = Browser::new(&zone).get("/status").await;
    assert!(page.words().contains("1家无应答"), "{}", page.words());
    assert!(!page.text.contains(TAX) && !told.to_string().contains(TAX));
}
