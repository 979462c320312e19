//! An exchange: a buyer gives back a piece of one order and gets another by a new one. The platform says which replaces what; both
//! trades tell it to whoever may see them and to the buyer, and no account moves by it.

use crate::consumer::{OWN, come_in, provider, trade};
use crate::credit::act;
use crate::support::browser::Browser;
use crate::support::people::signed_in_english;
use crate::support::{NOW, Zone, path};
use ceb::{Decimal, Document};
use clearance::keys::OrderKey;
use clearance::party::Role;
use clearance::sample::{Person, Trade};
use serde_json::{Value, json};
use std::time::Duration;
use store::Duty;

const PLATFORM: &str = "5301960101";
const OTHER_PLATFORM: &str = "5301960102";
const OFFICE: &str = "8620000001";

/// The next trade of a person on the platform that the draw leaves alone.
fn next(zone: &Zone, person: &Person, from: u64) -> (u64, Trade) {
    let seed = zone.window.reference().sampling_seed;
    let of = |number: u64| (number, trade(number, person, OWN, 300));
    let is_it = |(_, trade): &(u64, Trade)| {
        let head = &trade.order.head;
        let drawn = clearance::risk::draw(&seed, &OrderKey::new(&head.ebp_code, &head.order_no));
        head.ebp_code == PLATFORM && drawn > 100_000
    };
    (from..).map(of).find(is_it).unwrap()
}

/// Cleared, with a return of its piece applied for.
async fn returned(zone: &Zone, trade: &Trade) {
    zone.trade(trade).await;
    let arrival = Trade::arrival(11, &[trade], NOW).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::Arrival(arrival)).await;
    for _ in 0..500 {
        let shown = zone.shown(PLATFORM, trade).await;
        if shown["attempt"]["state"] == 800 {
            let entry = shown["attempt"]["invtNo"].as_str().unwrap();
            let back = trade.return_goods(entry, &[(0, Decimal::ONE)], NOW);
            let answer = zone.send(&trade.declaration.head.agent_code, Document::Return(back)).await;
            assert_eq!(answer["status"], 120, "{answer}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{}", zone.shown(PLATFORM, trade).await);
}

async fn ordered(zone: &Zone, trade: &Trade) {
    let answer = zone.send(&trade.order.head.ebp_code, Document::Order(trade.order.clone())).await;
    assert!(answer["status"].as_i64().unwrap() > 0, "{answer}");
}

fn said(old: &Trade, number: u32, new_order_no: &str) -> Value {
    let order_no = old.order.head.order_no.as_str();
    json!({"platform": PLATFORM, "orderNo": order_no, "returnNumber": number, "newOrderNo": new_order_no})
}

async fn link(zone: &Zone, who: &str, id: &str, said: Value) -> (u16, Value) {
    act(zone, who, &format!("exchanges/{id}"), json!({"action": "link", "version": 0, "body": said})).await
}

/// What was wrong: field, value and code of each.
fn faults(told: &Value) -> Vec<[String; 3]> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let one = |fault: &Value| [text(&fault["path"]), text(&fault["value"]), text(&fault["code"])];
    told["faults"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_order_replaces_what_comes_back_and_both_trades_tell_it() {
    let zone = Zone::new().await;
    let messages = provider(&zone).await;
    let person = Person::new(1);
    let (number, old) = next(&zone, &person, 1);
    let (number, new) = next(&zone, &person, number + 1);
    let (number, second) = next(&zone, &person, number + 1);
    let (_, others) = next(&zone, &Person::new(2), number + 1);
    returned(&zone, &old).await;
    // It is sent before the return is received: a purchase of its own, of which nothing but the order is there yet.
    for trade in [&new, &second, &others] {
        ordered(&zone, trade).await;
    }
    let order_no = |trade: &Trade| trade.order.head.order_no.to_string();
    let before = zone.shown(PLATFORM, &old).await;

    // What stands against it is told whole, and nothing is recorded.
    let first = format!("{PLATFORM}:H-1");
    for (said, field, value, code) in [
        (said(&old, 1, &order_no(&old)), "newOrderNo", order_no(&old), "another-order"),
        (said(&old, 1, "NONE"), "newOrderNo", "NONE".to_owned(), "exchange-order"),
        (said(&old, 2, &order_no(&new)), "returnNumber", "2".to_owned(), "return-of-order"),
        (said(&old, 1, &order_no(&others)), "newOrderNo", order_no(&others), "same-buyer"),
    ] {
        let (status, told) = link(&zone, PLATFORM, &first, said).await;
        let expected = vec![[field.to_owned(), value, code.to_owned()]];
        assert_eq!((status, faults(&told)), (422, expected), "{told}");
    }
    // Another platform may speak for neither, and learns nothing of both; nor for this one.
    let foreign = format!("{OTHER_PLATFORM}:1");
    let (status, told) = link(&zone, OTHER_PLATFORM, &foreign, said(&old, 1, &order_no(&new))).await;
    let of = |field: &str, trade: &Trade| [field.to_owned(), order_no(trade), "exchange-order".to_owned()];
    assert_eq!((status, faults(&told)), (422, vec![of("orderNo", &old), of("newOrderNo", &new)]), "{told}");
    assert_eq!(link(&zone, OTHER_PLATFORM, &first, said(&old, 1, &order_no(&new))).await.0, 404);

    let (status, told) = link(&zone, PLATFORM, &first, said(&old, 1, &order_no(&new))).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("linked")), "{told}");
    let another = format!("{PLATFORM}:H-2");
    for (old, code) in [(&old, "return-exchanged"), (&new, "return-of-order")] {
        let (status, told) = link(&zone, PLATFORM, &another, said(old, 1, &order_no(&second))).await;
        let expected = vec![["returnNumber", "1", code].map(str::to_owned)];
        assert_eq!((status, faults(&told)), (422, expected), "{told}");
    }

    // Both views: of the platform, of the seller, of the unit that declared the first, of an office.
    let exchanged =
        json!({"replaces": null, "exchangedFor": [{"orderNo": order_no(&new), "returnNumber": 1}]});
    let replaces = json!({"replaces": {"orderNo": order_no(&old), "returnNumber": 1}, "exchangedFor": []});
    let (seller, agent) = (old.order.head.ebc_code.as_str(), old.declaration.head.agent_code.as_str());
    for party in [PLATFORM, seller, agent, OFFICE] {
        assert_eq!(zone.shown(party, &old).await["exchanges"], exchanged, "{party}");
    }
    for party in [PLATFORM, new.order.head.ebc_code.as_str(), OFFICE] {
        assert_eq!(zone.shown(party, &new).await["exchanges"], replaces, "{party}");
    }
    assert_eq!(zone.shown(PLATFORM, &second).await["exchanges"], Value::Null);
    // Who carries the first sees his documents and not this; a stranger neither trade nor link.
    assert_eq!(zone.shown(&old.declaration.head.logistics_code, &old).await["exchanges"], Value::Null);
    let record = format!("/v1/registers/exchanges/{first}");
    for there in [path(&old), path(&new), record.clone()] {
        assert_eq!(zone.get(OTHER_PLATFORM, &there).await.0, 404, "{there}");
    }
    assert_eq!(zone.get(OTHER_PLATFORM, "/v1/registers/exchanges").await.1["records"], json!([]));
    assert_eq!(zone.get(PLATFORM, &record).await.0, 200);
    let of_order = format!("/v1/registers/exchanges/%2F{PLATFORM}%2F{}", order_no(&old));
    assert_eq!(zone.get(PLATFORM, &of_order).await.0, 404, "what an order has is told with its trade");

    // Nothing was moved: neither trade has a new version, tax and quota stay where they were.
    let after = zone.shown(PLATFORM, &old).await;
    for member in ["version", "attempt", "returns"] {
        assert_eq!(after[member], before[member], "{member}");
    }

    // The buyer, by the telephone of his orders, and the pages of both.
    zone.until_listed().await;
    let token = come_in(&zone, &messages, &order_no(&old)).await;
    let mut his = Browser::with(&zone, &token);
    his.language = "en";
    let mut desk = signed_in_english(&zone, "ping.tai", PLATFORM, Role::Platform, &[Duty::Operator]).await;
    for (trade, other, expected, words, on_desk) in [
        (&old, &new, &exchanged, "Exchanged for order", "Return 1 exchanged for"),
        (&new, &old, &replaces, "Replaces order", "Replaces"),
    ] {
        let named = format!("{PLATFORM}/{}", order_no(trade));
        let there = format!("/v1/consumer/trades/{named}");
        let (status, told) = zone.request("GET", &there, Some(&token), Vec::new()).await;
        assert_eq!((status, &told["exchanges"]), (200, expected), "{told}");
        let page = his.get(&format!("/my/trades/{named}")).await;
        let link = format!("href=\"/my/trades/{PLATFORM}/{}\"", order_no(other));
        assert!(page.words().contains(words) && page.text.contains(&link), "{}", page.words());
        let page = desk.get(&format!("/desk/consignments/{named}")).await;
        let link = format!("href=\"/desk/consignments/{PLATFORM}/{}\"", order_no(other));
        assert!(page.words().contains(on_desk) && page.text.contains(&link), "{}", page.words());
    }
    let page = desk.get("/desk/registers/exchanges/new?action=link").await;
    assert!(page.status == 200 && page.words().contains("Number of the new order"), "{}", page.words());

    // A link that was said in error is withdrawn with a reason, and another order takes its place.
    let withdraw = |note: &str| json!({"action": "withdraw", "version": 1, "note": note});
    let address = format!("exchanges/{first}");
    let (status, told) = act(&zone, PLATFORM, &address, withdraw("")).await;
    assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("note")), "{told}");
    let (status, told) = act(&zone, PLATFORM, &address, withdraw("误登记")).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("withdrawn")), "{told}");
    for trade in [&old, &new] {
        assert_eq!(zone.shown(PLATFORM, trade).await["exchanges"], Value::Null);
    }
    let (status, told) = link(&zone, PLATFORM, &another, said(&old, 1, &order_no(&second))).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(zone.shown(PLATFORM, &second).await["exchanges"]["replaces"]["returnNumber"], 1);
}
