//! Recalls beside each other and beside what else holds a parcel: one that is lifted lets go what it alone stopped or held, and what
//! came in, or was given back, since it was opened is found as well.

use crate::bonded::{NUMBER, act as act_as, entry, items, place};
use crate::mode_stories::{declared, shelved};
use crate::parks::{CUSTOMS, OPERATOR as HOLDER, act};
use crate::support::people::signed_in;
use crate::support::{NOW, Zone, plain};
use crate::traceability::{LOT, begun, recalled, waybill};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::Actor;
use clearance::sample::{Export, Trade};
use register::{By, Command};
use serde_json::{Value, json};
use store::Duty;

/// Closes a recall.
async fn closed(zone: &Zone, number: &str, result: &str) -> (u16, Value) {
    let record = format!("recalls/{HOLDER}:{number}");
    let (_, seen) = zone.get(HOLDER, &format!("/v1/registers/{record}")).await;
    let version = seen["version"].as_u64().unwrap();
    act(zone, &zone.tokens[CUSTOMS].clone(), &record, ("close", version), json!({"result": result})).await
}

/// Closes a recall as lifted.
async fn lifted(zone: &Zone, number: &str) -> (u16, Value) {
    closed(zone, number, "lifted").await
}

/// The recalls that stop the lot of the first item, by their numbers, as its book tells them.
async fn stopped_by(zone: &Zone) -> Vec<String> {
    let (status, told) = zone.get(HOLDER, &format!("/v1/books/{HOLDER}:{NUMBER}?item=1")).await;
    assert_eq!(status, 200, "{told}");
    let lot = &told["stock"][0]["lots"][0];
    assert_eq!((&lot["lot"], &lot["recall"]), (&json!(LOT), &lot["recalls"][0]), "{told}");
    let recalls = lot["recalls"].as_array().unwrap().iter();
    recalls.map(|recall| recall.as_str().unwrap().rsplit(':').next().unwrap().to_owned()).collect()
}

/// Why the parcel is held.
async fn held_for(zone: &Zone) -> Vec<String> {
    zone.until_listed().await;
    let (_, holds) = zone.get(CUSTOMS, "/v1/holds").await;
    let reasons = holds["holds"][0]["reasons"].as_array().into_iter().flatten();
    reasons.map(|reason| reason.as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_several_recalls_stop_is_free_when_the_last_of_them_is_lifted_and_each_is_told() {
    let (zone, trade) = begun().await;
    let token = zone.tokens[HOLDER].clone();
    assert_eq!(zone.trade(&trade).await["status"], 800);
    // The holder recalls the lot, customs all lots of the goods: each finds stock, parcel and buyer, and tells the buyer.
    for (by, number, lot) in [(HOLDER, "ZH1", LOT), (CUSTOMS, "ZH2", "")] {
        let (status, made) = recalled(&zone, &zone.tokens[by].clone(), number, lot).await;
        assert_eq!((status, made["state"].as_str()), (200, Some("under-way")), "{made}");
        let found = &made["body"]["found"];
        let numbers = ["parcels", "held", "buyers", "told"].map(|name| found[name].as_u64().unwrap());
        assert_eq!(numbers, [1, 1, 1, 1], "{made}");
        assert_eq!(found["stock"][0]["lot"], LOT, "{made}");
    }
    assert_eq!(stopped_by(&zone).await, ["ZH1", "ZH2"]);
    let both = ["ZH1", "ZH2"].map(|number| format!("recall {HOLDER}:{number}"));
    assert_eq!(held_for(&zone).await, both);
    let mut keeper = signed_in(&zone, "bao.guan", HOLDER, Role::SiteOperator, &[Duty::Operator]).await;
    let page = keeper.get(&format!("/desk/books/{HOLDER}%3A{NUMBER}")).await;
    for number in ["ZH1", "ZH2"] {
        assert!(page.words().contains(&format!("已召回：{HOLDER}:{number}")), "{}", page.words());
        assert!(page.text.contains(&format!("/desk/recalls/{HOLDER}%3A{number}")), "{}", page.text);
    }
    // The second is carried out: the lot stays stopped by it, though the first is lifted.
    zone.until_listed().await;
    let (status, made) = closed(&zone, "ZH2", "carried-out").await;
    assert_eq!((status, made["state"].as_str()), (200, Some("closed")), "{made}");
    let (status, made) = lifted(&zone, "ZH1").await;
    assert_eq!((status, made["state"].as_str()), (200, Some("closed")), "{made}");
    assert_eq!(stopped_by(&zone).await, ["ZH2"]);
    assert_eq!(held_for(&zone).await, both[1..]);
    let mut second = plain(&zone, 50).bonded(HOLDER, NUMBER);
    second.declaration.lines.clone_from(&trade.declaration.lines);
    let agent = second.declaration.head.agent_code.to_string();
    let answer = zone.send(&agent, ceb::Document::Declaration(second.declaration)).await;
    assert!(answer.to_string().contains("book-short"), "{answer}");
    // A third that is opened and lifted changes nothing of that either.
    assert_eq!(recalled(&zone, &token, "ZH3", LOT).await.0, 200);
    assert_eq!(stopped_by(&zone).await, ["ZH2", "ZH3"]);
    assert_eq!(held_for(&zone).await.len(), 2);
    assert_eq!(lifted(&zone, "ZH3").await.0, 200);
    assert_eq!(stopped_by(&zone).await, ["ZH2"]);
    assert_eq!(held_for(&zone).await, both[1..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_recalls_of_a_lot_the_second_holds_when_the_first_is_lifted() {
    let (zone, trade) = begun().await;
    let token = zone.tokens[HOLDER].clone();
    assert_eq!(zone.trade(&trade).await["status"], 800);
    for number in ["ZH1", "ZH2"] {
        let (status, made) = recalled(&zone, &token, number, LOT).await;
        assert_eq!((status, made["state"].as_str()), (200, Some("under-way")), "{made}");
    }
    zone.until_listed().await;
    let (status, made) = lifted(&zone, "ZH1").await;
    assert_eq!((status, made["state"].as_str()), (200, Some("closed")), "{made}");
    let mut second = plain(&zone, 50).bonded(HOLDER, NUMBER);
    second.declaration.lines.clone_from(&trade.declaration.lines);
    let agent = second.declaration.head.agent_code.to_string();
    let answer = zone.send(&agent, ceb::Document::Declaration(second.declaration)).await;
    assert!(answer.to_string().contains("book-short"), "{answer}");
    let (_, holds) = zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(holds["holds"][0]["logisticsNo"], trade.waybill.logistics_no.as_str(), "{holds}");
    let (status, made) = lifted(&zone, "ZH2").await;
    assert_eq!((status, made["state"].as_str()), (200, Some("closed")), "{made}");
    let (_, holds) = zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(holds["holds"], json!([]), "{holds}");
}

/// An officer's word on a parcel: its status, its state and how many reasons are left.
async fn hold_set(zone: &Zone, trade: &Trade, action: &str, version: u64) -> (u16, String, usize) {
    let (carrier, number) = waybill(trade);
    let body = json!({"logisticsCode": carrier, "logisticsNo": number, "action": action, "text": "样例线索", "version": version});
    let token = Some(zone.tokens[CUSTOMS].as_str());
    let (status, told) = zone.request("POST", "/v1/holds", token, body.to_string().into_bytes()).await;
    let reasons = told["reasons"].as_array().map_or(0, Vec::len);
    (status, told["state"].as_str().unwrap_or_default().to_owned(), reasons)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_recall_holds_and_what_an_officer_holds_are_lifted_each_by_itself() {
    let (zone, trade) = begun().await;
    let token = zone.tokens[HOLDER].clone();
    assert_eq!(zone.trade(&trade).await["status"], 800);
    // The officer is first; when he lifts his, the recall holds.
    assert_eq!(hold_set(&zone, &trade, "hold", 0).await, (200, "held".to_owned(), 1));
    recalled(&zone, &token, "ZH1", LOT).await;
    assert_eq!(hold_set(&zone, &trade, "lift", 2).await, (200, "held".to_owned(), 1));
    let (_, holds) = zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(holds["holds"][0]["reasons"], json!([format!("recall {HOLDER}:ZH1")]), "{holds}");
    // The recall is first; when it is lifted, the officer holds.
    assert_eq!(hold_set(&zone, &trade, "hold", 3).await, (200, "held".to_owned(), 2));
    let (status, made) = lifted(&zone, "ZH1").await;
    assert_eq!(status, 200, "{made}");
    let (_, holds) = zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(holds["holds"][0]["reasons"], json!(["样例线索"]), "{holds}");
    assert_eq!(hold_set(&zone, &trade, "lift", 5).await, (200, "lifted".to_owned(), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_back_since_is_let_go_with_its_recall() {
    let (zone, mut trade) = begun().await;
    let token = zone.tokens[HOLDER].clone();
    trade.payment.amount_paid = ceb::Decimal::from_whole(1);
    let [order, payment, waybill, list] = trade.documents();
    for (sender, document) in [order, waybill, list] {
        zone.send(&sender, document).await;
    }
    let (_, made) = recalled(&zone, &token, "ZH1", LOT).await;
    assert_eq!(made["body"]["found"]["held"], 1, "{made}");
    // The list is rejected, and what it took is in the book again.
    let answer = zone.send(&payment.0, payment.1).await;
    assert_ne!(answer["status"], 800, "{answer}");
    for _ in 0..200 {
        if place(&zone, HOLDER, "frozen").await == "0" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let (_, shown) = zone.get(HOLDER, &format!("/v1/recalls/{HOLDER}:ZH1")).await;
    assert_eq!(shown["parcels"], json!([]), "no list has of it any more: {shown}");
    let (status, made) = lifted(&zone, "ZH1").await;
    assert_eq!(status, 200, "{made}");
    let (_, holds) = zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(holds["holds"], json!([]), "{holds}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_was_approved_since_is_stopped_and_its_parcels_are_held_at_the_next_search() {
    const SECOND: &str = "T8620W000002";
    let (zone, trade) = begun().await;
    let token = zone.tokens[HOLDER].clone();
    assert_eq!(zone.trade(&trade).await["status"], 800);
    let (_, made) = recalled(&zone, &token, "ZH1", LOT).await;
    assert_eq!(made["body"]["found"]["parcels"], 1, "{made}");
    let other = plain(&zone, 50).bonded(HOLDER, SECOND);
    let book = format!("bonded-books/{HOLDER}:{SECOND}");
    assert_eq!(act_as(&zone, HOLDER, &book, ("apply", 0), items(&other)).await.0, 200);
    assert_eq!(act_as(&zone, CUSTOMS, &book, ("approve", 1), Value::Null).await.0, 200);
    let lines: Vec<Value> =
        (0..other.items().len()).map(|item| entry(&other, item, LOT, 100, "20301231")).collect();
    let document = format!("bonded-documents/{HOLDER}:{SECOND}:entry-checklist:H1");
    assert_eq!(act_as(&zone, HOLDER, &document, ("file", 0), json!({"lines": lines})).await.0, 200);
    assert_eq!(act_as(&zone, CUSTOMS, &document, ("accept", 1), Value::Null).await.0, 200);
    let answer = zone.trade(&other).await;
    assert_eq!(answer["status"], 800, "it was sold before anybody looked: {answer}");
    zone.until_listed().await;
    let there = format!("/v1/recalls/{HOLDER}:ZH1/search");
    let (status, made) = zone.request("POST", &there, Some(&token), Vec::new()).await;
    let found = &made["body"]["found"];
    let numbers = ["parcels", "held", "told"].map(|name| found[name].as_u64().unwrap());
    assert_eq!((status, numbers), (200, [2, 2, 2]), "{made}");
    // Of its parcels as many are told as are asked for, and whether there are more.
    for (limit, shown, more) in [(1, 1, true), (2, 2, false)] {
        let (_, told) = zone.get(HOLDER, &format!("/v1/recalls/{HOLDER}:ZH1?limit={limit}")).await;
        let parcels = told["parcels"].as_array().unwrap().len();
        assert_eq!(
            (parcels, &told["more"], &told["complete"]),
            (shown, &json!(more), &json!(true)),
            "{told}"
        );
    }
    // Nothing more of it is sold.
    let mut third = plain(&zone, 100).bonded(HOLDER, SECOND);
    third.declaration.lines.clone_from(&other.declaration.lines);
    let agent = third.declaration.head.agent_code.to_string();
    let answer = zone.send(&agent, ceb::Document::Declaration(third.declaration)).await;
    assert!(answer.to_string().contains("book-short"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recall_that_its_server_did_not_carry_out_is_carried_out_beside_the_timers() {
    let (zone, trade) = begun().await;
    assert_eq!(zone.trade(&trade).await["status"], 800);
    let body = json!({"goodsNo": "LH1", "lot": LOT, "reason": "unsafe", "measure": "send-back", "advice": "样例",
        "stocks": [format!("{HOLDER}:{NUMBER}:1")]});
    let id = format!("{HOLDER}:ZH1");
    let by = By {
        actor: Actor { party: HOLDER.into(), name: "样例".into() },
        codes: vec![HOLDER.into()],
        role: Role::SiteOperator,
        applies: true,
        reviews: false,
        window: false,
    };
    let command = Command {
        key: register::trace::recall::key(&id),
        version: 0,
        action: "open".into(),
        by,
        note: "样例".into(),
        body: Some(body.to_string()),
    };
    // Recorded, and then the server ended.
    zone.window.pipeline.command(command).await.unwrap().unwrap();
    // At first whoever opened it has the time for it.
    for (minutes, state) in [(0, "opened"), (2, "under-way")] {
        zone.clock.set(Time(NOW.0 + minutes * 60_000));
        server::traceability::recalls::carry(&zone.window).await;
        let (_, seen) = zone.get(HOLDER, &format!("/v1/registers/recalls/{id}")).await;
        assert_eq!(seen["state"], state, "{seen}");
    }
    let (_, holds) = zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(holds["holds"][0]["logisticsNo"], trade.waybill.logistics_no.as_str(), "{holds}");
}

#[tokio::test(flavor = "multi_thread")]
async fn parcels_of_exports_are_found_and_held_as_those_of_imports_are() {
    let zone = Zone::new().await;
    let export = Export::new(7, 1, NOW).in_mode("1210");
    shelved(&zone, &export).await;
    assert_eq!(declared(&zone, &export).await["status"], 399);
    let (status, made) = recalled(&zone, &zone.tokens[HOLDER].clone(), "ZH1", LOT).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("under-way")), "{made}");
    let found = &made["body"]["found"];
    let numbers = ["parcels", "held", "left", "buyers", "told"].map(|name| found[name].as_u64().unwrap());
    assert_eq!(numbers, [1, 1, 0, 0, 0], "whoever bought it is abroad: {made}");
    let (_, holds) = zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(holds["holds"][0]["logisticsNo"], export.waybill.logistics_no.as_str(), "{holds}");
    let (status, shown) = zone.get(HOLDER, &format!("/v1/recalls/{HOLDER}:ZH1")).await;
    let parcel = &shown["parcels"][0];
    assert_eq!(
        (status, &parcel["merchant"], &parcel["orderNo"], &parcel["platform"], &parcel["quantity"]),
        (
            200,
            &json!(export.order.head.ebc_code.as_str()),
            &json!(export.order.head.order_no.as_str()),
            &Value::Null,
            &json!(export.declaration.lines[0].qty.to_string()),
        ),
        "{shown}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recall_finds_the_goods_in_the_oldest_of_many_books() {
    /// More than are read together.
    const NEWER: usize = 501;
    let (zone, trade) = begun().await;
    let mut others = items(&trade);
    for item in others["items"].as_array_mut().unwrap() {
        item["goodsNo"] = json!("LH9");
    }
    for number in 0..NEWER {
        let book = format!("bonded-books/{HOLDER}:T8620W9{number:05}");
        let (status, told) = act_as(&zone, HOLDER, &book, ("apply", 0), others.clone()).await;
        assert_eq!(status, 200, "{told}");
    }
    zone.until_listed().await;
    let (status, made) = recalled(&zone, &zone.tokens[HOLDER].clone(), "ZH1", LOT).await;
    assert_eq!((status, &made["body"]["found"]["stock"][0]["lot"]), (200, &json!(LOT)), "{made}");
    assert_eq!(stopped_by(&zone).await, ["ZH1"]);
}
