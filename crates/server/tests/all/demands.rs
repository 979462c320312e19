//! Demands and offers through the interface, its pages and its webhooks: each reader is told his part of each record, and
//! nothing else, wherever he looks.

use crate::support::{NOW, Zone};
use crate::webhooks::client;
use clearance::keys::Time;
use serde_json::{Value, json};
use server::push::{self, Patience};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ASKER: &str = "5301960101";
const STRANGER: &str = "8620000001";
const DEMAND: &str = "abcde-fghij";

/// What only the asker, and later the one whose offer he accepts, may find anywhere.
const ASKING: [&str; 4] = [ASKER, "样甲先生", "10000000001", "asking@example.invalid"];

fn needed() -> Value {
    json!({
        "kind": "transport", "goods": "样例奶粉一批", "from": "样例港", "to": "样例城", "quantity": "12.5", "unit": "035",
        "neededBy": "20261210",
        "contact": {"name": "样甲先生", "telephone": "10000000001", "email": "asking@example.invalid"},
    })
}

fn offered(price: &str, telephone: &str) -> Value {
    json!({
        "price": price, "currency": "142", "term": "5天", "conditions": "样例条件", "validUntil": "20261205",
        "contact": {"name": "样乙女士", "telephone": telephone},
    })
}

async fn act(zone: &Zone, party: &str, path: &str, action: &str, version: u64, body: Value) -> (u16, Value) {
    let said = json!({"action": action, "version": version, "note": "因为", "body": body});
    let path = format!("/v1/registers/{path}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), said.to_string().into_bytes()).await
}

/// Everything of demands and offers that a party is told: lists, each record, each history.
async fn told(zone: &Zone, party: &str) -> String {
    let mut all = String::new();
    for register in ["service-requests", "service-offers"] {
        let (status, list) = zone.get(party, &format!("/v1/registers/{register}")).await;
        assert_eq!(status, 200, "{list}");
        all.push_str(&list["records"].to_string());
        for record in list["records"].as_array().unwrap() {
            let id = record["id"].as_str().unwrap();
            for place in ["", "/history"] {
                let (status, shown) = zone.get(party, &format!("/v1/registers/{register}/{id}{place}")).await;
                assert_eq!(status, 200, "{shown}");
                all.push_str(&shown.to_string());
            }
        }
    }
    all
}

fn has_none(told: &str, words: &[&str], who: &str) {
    for word in words {
        assert!(!told.contains(word), "{who} is told {word}: {told}");
    }
}

async fn waiting(zone: &Zone, party: &str, register: &str) -> u64 {
    let (_, all) = zone.get(party, "/v1/registers?with=waiting").await;
    let one = all["registers"].as_array().unwrap().iter().find(|one| one["register"] == register).unwrap();
    one["waiting"]["count"].as_u64().unwrap()
}

/// Two carriers that are asked.
async fn carriers(zone: &Zone) -> (String, String) {
    let mut found = Vec::new();
    for party in zone.tokens.keys() {
        let (status, list) = zone.get(party, "/v1/registers/service-requests").await;
        if status == 200 && list["records"].as_array().is_some_and(|all| !all.is_empty()) && party != ASKER {
            found.push(party.clone());
        }
    }
    assert!(found.len() >= 2, "{found:?}");
    (found[0].clone(), found[1].clone())
}

#[tokio::test]
async fn a_demand_is_answered_in_secret_and_the_two_meet_when_one_offer_is_accepted() {
    let zone = Zone::new().await;
    let demand = format!("service-requests/{DEMAND}");
    let (status, made) = act(&zone, ASKER, &demand, "ask", 0, needed()).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("open")), "{made}");
    let (one, other) = carriers(&zone).await;
    assert_eq!(
        made["body"]["routed"].as_u64().unwrap() + 1,
        made["parties"].as_array().unwrap().len() as u64
    );
    // Who is asked finds it waiting, and nothing of who asks.
    for party in [&one, &other] {
        let told = told(&zone, party).await;
        has_none(&told, &ASKING, party);
        assert!(told.contains("样例奶粉一批") && told.contains("样例城"), "{told}");
        assert_eq!(waiting(&zone, party, "service-requests").await, 1);
    }
    // A stranger gets the answer of an absent one, and so does customs.
    let (status, absent) = zone.get(STRANGER, &format!("/v1/registers/{demand}")).await;
    let (_, nothing) = zone.get(STRANGER, "/v1/registers/service-requests/nobody-has-it").await;
    assert_eq!((status, &absent), (404, &nothing));
    // A refusal tells no more than the record itself.
    let (status, refused) = act(&zone, &one, &demand, "withdraw", 1, Value::Null).await;
    assert_eq!(status, 403, "{refused}");
    let (status, refused) = act(&zone, &one, &demand, "withdraw", 7, Value::Null).await;
    assert_eq!(status, 409, "{refused}");
    has_none(&refused.to_string(), &ASKING, &one);

    let (first, second) =
        (format!("service-offers/{one}:{DEMAND}"), format!("service-offers/{other}:{DEMAND}"));
    let (status, made) = act(&zone, &one, &first, "offer", 0, offered("1234.56", "10000000002")).await;
    assert_eq!(status, 200, "{made}");
    has_none(&made.to_string(), &ASKING, &one);
    let (status, _) = act(&zone, &other, &second, "offer", 0, offered("999.99", "10000000003")).await;
    assert_eq!(status, 200);
    assert_eq!(waiting(&zone, &one, "service-requests").await, 0, "it was answered");
    assert_eq!(waiting(&zone, ASKER, "service-offers").await, 2);
    // Neither learns of the other, the asker learns no telephone yet.
    has_none(&told(&zone, &one).await, &["999.99", "10000000003", &other], &one);
    has_none(&told(&zone, &other).await, &["1234.56", "10000000002", &one], &other);
    let (status, absent) = zone.get(&other, &format!("/v1/registers/{first}")).await;
    assert_eq!((status, &absent), (404, &nothing));
    let asking = told(&zone, ASKER).await;
    assert!(asking.contains("999.99") && asking.contains("1234.56"), "{asking}");
    has_none(&asking, &["10000000002", "10000000003", "样乙女士"], ASKER);

    // Another version is not accepted.
    let accepting = |version: u64| json!({"offer": format!("{one}:{DEMAND}"), "offerVersion": version});
    let (status, wrong) = act(&zone, ASKER, &demand, "accept", 1, accepting(2)).await;
    assert_eq!(status, 422, "{wrong}");
    let fault = &wrong["faults"][0];
    assert_eq!(
        (fault["path"].as_str(), fault["code"].as_str()),
        (Some("offerVersion"), Some("offer-changed"))
    );
    assert!(
        fault["text"]["zh"].as_str().unwrap().contains("报价") && fault["text"]["en"] == fault["expected"],
        "{fault}"
    );
    let (status, accepted) = act(&zone, ASKER, &demand, "accept", 1, accepting(1)).await;
    assert_eq!((status, accepted["state"].as_str()), (200, Some("accepted")), "{accepted}");
    // All are told at once.
    let (_, chosen) = zone.get(&one, &format!("/v1/registers/{first}")).await;
    assert_eq!(
        (chosen["state"].as_str(), chosen["body"]["asker"].as_str()),
        (Some("accepted"), Some(ASKER)),
        "{chosen}"
    );
    assert_eq!(chosen["body"]["askerContact"]["telephone"], "10000000001");
    let (_, seen) = zone.get(ASKER, &format!("/v1/registers/{first}")).await;
    assert_eq!(seen["body"]["offered"]["contact"]["telephone"], "10000000002");
    let (_, passed) = zone.get(&other, &format!("/v1/registers/{second}")).await;
    assert_eq!(passed["state"], "not-chosen", "{passed}");
    let others = told(&zone, &other).await;
    has_none(&others, &ASKING, &other);
    has_none(&others, &[&one, "1234.56", "10000000002"], &other);
    has_none(&told(&zone, ASKER).await, &["10000000003"], ASKER);

    // The record of the offer is their timeline.
    let version = chosen["version"].as_u64().unwrap();
    let (status, done) = act(&zone, &one, &first, "report-done", version, Value::Null).await;
    assert_eq!((status, done["state"].as_str()), (200, Some("done")), "{done}");
    let (status, closed) = act(&zone, ASKER, &first, "close", version + 1, Value::Null).await;
    assert_eq!((status, closed["state"].as_str()), (200, Some("closed")), "{closed}");
    let (_, history) = zone.get(ASKER, &format!("/v1/registers/{first}/history")).await;
    let actions: Vec<&str> =
        history["versions"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["close", "report-done", "take", "offer"]);
}

#[tokio::test]
async fn what_is_over_or_withdrawn_takes_no_offers_and_those_that_stand_lapse() {
    let zone = Zone::new().await;
    for id in [DEMAND, "klmno-pqrst"] {
        let (status, made) = act(&zone, ASKER, &format!("service-requests/{id}"), "ask", 0, needed()).await;
        assert_eq!(status, 200, "{made}");
    }
    let (one, other) = carriers(&zone).await;
    let offer = |party: &str, id: &str| format!("service-offers/{party}:{id}");
    for id in [DEMAND, "klmno-pqrst"] {
        act(&zone, &one, &offer(&one, id), "offer", 0, offered("5", "10000000002")).await;
    }
    let state = async |zone: &Zone, party: &str, path: &str| {
        zone.get(party, &format!("/v1/registers/{path}")).await.1["state"].clone()
    };
    let (status, _) =
        act(&zone, ASKER, &format!("service-requests/{DEMAND}"), "withdraw", 1, Value::Null).await;
    assert_eq!(status, 200);
    assert_eq!(state(&zone, &one, &offer(&one, DEMAND)).await, "lapsed");
    let (status, wrong) = act(&zone, &other, &offer(&other, DEMAND), "offer", 0, offered("4", "1000")).await;
    assert_eq!((status, wrong["faults"][0]["code"].as_str()), (422, Some("demand-open")), "{wrong}");
    server::demands::step(&zone.window).await.unwrap();
    assert_eq!(state(&zone, &one, "service-requests/klmno-pqrst").await, "open");
    // After its last day whoever looks is told that it is late, and the window ends it.
    zone.clock.set(Time(NOW.0 + 15 * 86_400_000));
    let (_, late) = zone.get(&one, "/v1/registers/service-requests/klmno-pqrst").await;
    assert_eq!((late["state"].as_str(), late["overdue"].as_bool()), (Some("open"), Some(true)));
    server::demands::step(&zone.window).await.unwrap();
    assert_eq!(state(&zone, &one, "service-requests/klmno-pqrst").await, "expired");
    assert_eq!(state(&zone, &one, &offer(&one, "klmno-pqrst")).await, "lapsed");
}

#[tokio::test]
async fn a_webhook_is_sent_what_its_party_may_see() {
    let zone = Zone::new().await;
    let (status, _) = act(&zone, ASKER, &format!("service-requests/{DEMAND}"), "ask", 0, needed()).await;
    assert_eq!(status, 200);
    let (one, other) = carriers(&zone).await;
    let offer = format!("service-offers/{other}:{DEMAND}");
    assert_eq!(act(&zone, &other, &offer, "offer", 0, offered("999.99", "10000000003")).await.0, 200);
    let taken: Arc<Mutex<String>> = Arc::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let kept = taken.clone();
    let take = axum::routing::post(async move |body: String| kept.lock().unwrap().push_str(&body));
    tokio::spawn(axum::serve(listener, axum::Router::new().route("/", take)).into_future());
    let hook = json!({"url": url, "source": "demands"});
    let (status, made) = act(&zone, &one, &format!("webhooks/{one}:mine"), "register", 0, hook).await;
    assert_eq!(status, 200, "{made}");
    let patience = Patience { first: Duration::ZERO, longest: Duration::ZERO, refusals: 3 };
    let sends = tokio::spawn(push::run(zone.window.clone(), client(&["127.0.0.0/8"]), patience));
    for _ in 0..200 {
        if taken.lock().unwrap().contains("onewindow.cursor.v1") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    sends.abort();
    let told = taken.lock().unwrap().clone();
    assert!(told.contains("onewindow.record.service-requests") && told.contains("样例奶粉一批"), "{told}");
    has_none(&told, &ASKING, &one);
    has_none(&told, &["service-offers", "999.99", &other], &one);
}
