//! Every mode that is declared by lists as one story, from its order to its closing, with each receipt in its order: its status
//! and its text. What is refused on the way, and what comes back, is told in stories of its own.

use crate::archiving::{fire, until};
use crate::bonded::{self, CUSTOMS, HOLDER, NUMBER, accepted, act, filled, officer, opened, place, verified};
use crate::support::{NOW, Zone, path, plain};
use ceb::{Decimal, Document};
use clearance::export::NO_PLATFORM;
use clearance::keys::Time;
use clearance::sample::{Export, Trade};
use serde_json::{Value, json};
use store::Read;

const TAKEN: &str = "2 新增申报成功";
const LISTED: &str = "2 清单新增申报成功";
const CHECKED: &str = "120 [Code:1800;Desc:逻辑校验通过]";
const REVIEW: &str = "300 [Code:1200;Desc:等待人工审核]";
const CONCLUDED: &str = "399 [Code:2300;Desc:审核通过]";
const RELEASED: &str = "800 [Code:2600;Desc:放行]";
const CLOSED: &str = "899 [Code:19024;Desc:结关]";

/// What a party was told by messages of a kind, in order: status and text. What was taken is told with its guid, which is left out.
async fn told(zone: &Zone, party: &str, message: &str) -> Vec<String> {
    let (status, feed) = zone.get(party, "/v1/receipts?limit=500").await;
    assert_eq!(status, 200, "{feed}");
    let all = feed["receipts"].as_array().unwrap().iter();
    let one = |one: &Value| {
        let receipt = one["receipt"].as_object().unwrap();
        let head = receipt.values().find_map(|part| part["returnInfo"].as_str());
        let info = receipt.get("returnInfo").and_then(Value::as_str).or(head).unwrap_or_default();
        let words = info.split_once('[').map(|(words, _)| words).filter(|words| !words.is_empty());
        format!("{} {}", one["status"], words.unwrap_or(info)).trim_end().to_owned()
    };
    all.filter(|one| one["message"] == message).map(one).collect()
}

/// What follows from what was sent is done.
pub(crate) async fn settled(zone: &Zone) {
    for _ in 0..2_000 {
        if zone.window.read.follows(1).await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    panic!("something still follows");
}

/// What is left of ten pieces of an item.
fn left(sold: Decimal) -> String {
    Decimal::from_whole(10).checked_sub(sold).unwrap().to_string()
}

/// The parcel of a list leaves the zone.
async fn leaves_by_gate(zone: &Zone, trade: &Trade) {
    let head = &trade.order.head;
    let gross = Decimal::from_whole(1000).checked_add(trade.declaration.head.gross_weight).unwrap();
    let body = json!({
        "number": "HF1", "vehicle": "云A00001", "tare": "1000", "gross": gross.to_string(),
        "parcels": [{"platform": head.ebp_code.as_str(), "orderNo": head.order_no.as_str()}],
    });
    let gates = format!("/v1/books/{HOLDER}:{NUMBER}/gate-releases");
    let token = Some(zone.tokens[HOLDER].as_str());
    let (status, gone) = zone.request("POST", &gates, token, body.to_string().into_bytes()).await;
    assert_eq!((status, gone["state"].as_str()), (200, Some("left")), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_each_mode_goes_from_its_order_to_a_paid_bill_and_is_closed() {
    for mode in ["9610", "1210", "1239"] {
        let zone = Zone::new().await;
        let mut trade = plain(&zone, 0);
        if mode == "9610" {
            zone.trade(&trade).await;
            let arrival = Trade::arrival(3, &[&trade], NOW).unwrap();
            let operator = arrival.head.operator_code.clone();
            zone.send(&operator, Document::Arrival(arrival)).await;
            assert_eq!(told(&zone, &operator, "CEB712Message").await, [TAKEN, CONCLUDED]);
            until(&zone, &path(&trade), 800).await;
        } else {
            trade = trade.bonded(HOLDER, NUMBER);
            trade.declaration.head.trade_mode = mode.into();
            opened(&zone, HOLDER, &trade).await;
            filled(&zone, HOLDER, &trade, "entry-checklist:H1", 10).await;
            let answer = zone.trade(&trade).await;
            assert_eq!(answer["status"], 800, "{mode}: {answer}");
            let sold = trade.declaration.lines[0].qty;
            assert_eq!(place(&zone, HOLDER, "frozen").await, sold.to_string(), "{mode}");
            leaves_by_gate(&zone, &trade).await;
            bonded::until(&zone, HOLDER, "frozen", "0").await;
            assert_eq!(place(&zone, HOLDER, "available").await, left(sold), "{mode}");
        }
        // The tax is asked for on its day, paid, and the trade is closed.
        zone.clock.set(Time(NOW.0 + 32 * 86_400_000));
        fire(&zone).await;
        let (status, paid) = officer(&zone, &trade, json!({"action": "pay-bill"})).await;
        assert_eq!(status, 200, "{mode}: {paid}");
        let (status, closed) = officer(&zone, &trade, json!({"action": "close"})).await;
        assert_eq!((status, closed["status"].as_i64()), (200, Some(899)), "{mode}: {closed}");
        let shown = zone.shown(CUSTOMS, &trade).await;
        let bill = &shown["attempt"]["bill"];
        assert_eq!(
            (bill["status"].as_u64(), bill["paid"].as_bool()),
            (Some(2), Some(true)),
            "{mode}: {bill}"
        );
        let agent = trade.declaration.head.agent_code.as_str();
        let of_list = told(&zone, agent, "CEB622Message").await;
        assert_eq!(of_list, [LISTED, CHECKED, RELEASED, CLOSED], "{mode}");
        assert_eq!(told(&zone, agent, "CEB816Message").await, ["1"], "{mode}: the tax bill");
        assert_eq!(told(&zone, agent, "CEB818Message").await, ["2"], "{mode}: it is summarised");
        let (platform, payer) = (&trade.order.head.ebp_code, &trade.payment.pay_code);
        for (party, message) in [
            (platform, "CEB312Message"),
            (payer, "CEB412Message"),
            (&trade.waybill.logistics_code, "CEB512Message"),
        ] {
            assert_eq!(told(&zone, party, message).await, [TAKEN, CHECKED], "{mode}: {message}");
        }
        verified(&zone).await;
    }
}

fn export_path(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

pub(crate) async fn declared(zone: &Zone, export: &Export) -> Value {
    let mut last = Value::Null;
    for (sender, document) in export.documents() {
        last = zone.send(&sender, document).await;
    }
    settled(zone).await;
    last
}

async fn decided(zone: &Zone, export: &Export, action: &str, text: &str) -> (u16, Value) {
    let (_, shown) = zone.get(CUSTOMS, &export_path(export)).await;
    let body = json!({"id": format!("{action}-{}", shown["version"]), "version": shown["version"], "action": action, "text": text});
    let there = format!("{}/actions", export_path(export));
    let token = Some(zone.tokens[CUSTOMS].as_str());
    let done = zone.request("POST", &there, token, body.to_string().into_bytes()).await;
    settled(zone).await;
    done
}

/// The parcel of a concluded list goes under a bill, to the site and out of the country.
async fn leaves_the_country(zone: &Zone, export: &Export) {
    let now = zone.clock.now();
    let bill = Export::master_bill(&[export], now).unwrap();
    zone.send(&bill.head.agent_code.clone(), Document::MasterBill(bill)).await;
    settled(zone).await;
    let arrival = Export::arrival(&[export], now).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::ExportArrival(arrival)).await;
    until(zone, &export_path(export), 800).await;
    settled(zone).await;
    let departure = Export::departure(&[export], now).unwrap();
    zone.send(&departure.head.logistics_code.clone(), Document::Departure(departure)).await;
    until(zone, &export_path(export), 899).await;
    settled(zone).await;
}

/// What everybody was told of an export that left, beside what its declaring unit was told of its list.
async fn told_of_one_that_left(zone: &Zone, export: &Export, mode: &str) {
    let platform = export.order.head.ebp_code.as_str();
    let orders =
        if platform == NO_PLATFORM { &export.order.head.ebc_code } else { &export.order.head.ebp_code };
    let carrier = export.waybill.logistics_code.as_str();
    let agent = export.declaration.head.agent_code.as_str();
    let stages: [(&str, &str, &[&str]); 5] = [
        (orders.as_str(), "CEB304Message", &[TAKEN, CHECKED]),
        (carrier, "CEB506Message", &[TAKEN, CHECKED]),
        (agent, "CEB608Message", &[TAKEN, CONCLUDED, RELEASED]),
        (HOLDER, "CEB508Message", &[TAKEN, CONCLUDED]),
        (carrier, "CEB510Message", &[TAKEN, CONCLUDED]),
    ];
    for (party, message, expected) in stages {
        assert_eq!(told(zone, party, message).await, expected, "{mode}: {message}");
    }
}

/// One piece at a price, in yuan.
pub(crate) fn priced(mut export: Export, yuan: i64) -> Export {
    let (one, price) = (Decimal::ONE, Decimal::from_whole(yuan));
    export.order.lines.truncate(1);
    export.declaration.lines.truncate(1);
    let (ordered, declared) = (&mut export.order.lines[0], &mut export.declaration.lines[0]);
    (ordered.qty, ordered.price, ordered.total_price) = (one, price, price);
    (declared.qty, declared.qty1, declared.price, declared.total_price) = (one, one, price, price);
    export.order.head.goods_value = price;
    export
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_each_mode_that_comes_from_no_book_goes_from_its_order_to_its_departure() {
    for mode in ["9610", "9710", "9810"] {
        let zone = Zone::new().await;
        let mut export = Export::new(7, 1, NOW).in_mode(mode);
        if mode != "9610" {
            // The most that such a list may be worth.
            export = priced(export, 5_000);
        }
        if mode == "9810" {
            // The order is the booking of a warehouse abroad, which has no code here: the merchant sends it.
            let (order, list) = (&mut export.order.head, &mut export.declaration.head);
            for (code, name) in
                [(&mut order.ebp_code, &mut order.ebp_name), (&mut list.ebp_code, &mut list.ebp_name)]
            {
                (*code, *name) = (NO_PLATFORM.into(), "样例海外仓".into());
            }
        }
        let answer = declared(&zone, &export).await;
        assert_eq!(answer["status"], 399, "{mode}: {answer}");
        leaves_the_country(&zone, &export).await;
        let agent = export.declaration.head.agent_code.as_str();
        let of_list = told(&zone, agent, "CEB604Message").await;
        assert_eq!(of_list, [LISTED, CHECKED, CONCLUDED, RELEASED, CLOSED], "{mode}");
        told_of_one_that_left(&zone, &export, mode).await;
        let (_, shown) = zone.get(CUSTOMS, &export_path(&export)).await;
        assert_eq!(shown["attempt"]["closedOn"], NOW.day().to_string(), "{mode}: {shown}");
        verified(&zone).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_to_an_enterprise_above_the_limit_is_sent_to_a_customs_declaration() {
    for (mode, number) in [("9710", 1), ("9810", 2)] {
        let zone = Zone::new().await;
        let dear = priced(Export::new(7, number, NOW).in_mode(mode), 5_001);
        let answer = declared(&zone, &dear).await;
        assert_eq!(answer["status"], 300, "{mode}: {answer}");
        // The limit is known from memory: a person decides, with both values before him.
        assert_eq!(answer["findings"][0]["rule"], "uncertain-row", "{mode}: {answer}");
        let (_, shown) = zone.get(CUSTOMS, &export_path(&dear)).await;
        assert_eq!(shown["attempt"]["findings"][0]["arithmetic"], "5001 > 5000", "{mode}: {shown}");
        let words = "单票超过5000元，请以报关单申报";
        let (status, done) = decided(&zone, &dear, "reject", words).await;
        assert_eq!((status, done["status"].as_i64()), (200, Some(100)), "{mode}: {done}");
        let of_list = told(&zone, &dear.declaration.head.agent_code, "CEB604Message").await;
        assert_eq!(of_list[..3], [LISTED, CHECKED, REVIEW], "{mode}");
        assert_eq!(of_list.len(), 4, "{mode}: {of_list:?}");
        assert!(
            of_list[3].starts_with("100 [Code:1300;Desc:人工退单") && of_list[3].contains(words),
            "{of_list:?}"
        );
        verified(&zone).await;
    }
}

/// A book for the goods of an export out of a special zone, with ten pieces of each, lot L1. They enter it from the country: their
/// tax is refunded on the declaration of that.
pub(crate) async fn shelved(zone: &Zone, export: &Export) {
    let lines = &export.declaration.lines;
    let items: Vec<Value> = lines
        .iter()
        .map(|line| {
            let number = line.item_record_no.as_deref().unwrap();
            json!({
                "number": number, "gcode": line.gcode.as_str(), "goodsNo": format!("LH{number}"), "name": line.gname.as_str(),
                "unit": line.unit.as_str(), "unit1": line.unit1.as_str(), "factor1": "1",
            })
        })
        .collect();
    let book = format!("bonded-books/{HOLDER}:{NUMBER}");
    let (status, made) = act(zone, HOLDER, &book, ("apply", 0), json!({"items": items})).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("applied")), "{made}");
    let (status, made) = act(zone, CUSTOMS, &book, ("approve", 1), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("open")), "{made}");
    let entered = lines.iter().enumerate().map(|(index, line)| {
        json!({
            "operation": "enter-domestic", "item": line.item_record_no.as_deref(), "lot": "L1", "origin": "142",
            "quantity": "10", "quantity1": "10",
            "rebate": {"exporter": "5301960201", "declaration": "862020261234567890", "declarationLine": index + 1,
                "exportDay": "20261120"},
        })
    });
    accepted(zone, HOLDER, "entry-checklist:H1", entered.collect()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_out_of_a_special_zone_goes_from_the_entry_of_its_goods_to_its_departure() {
    let zone = Zone::new().await;
    let export = Export::new(7, 1, NOW).in_mode("1210");
    let lines = &export.declaration.lines;
    shelved(&zone, &export).await;
    assert_eq!(place(&zone, HOLDER, "available").await, "10");
    // Its list takes them: no person has to look.
    let answer = declared(&zone, &export).await;
    assert_eq!(answer["status"], 399, "{answer}");
    let sold = lines[0].qty;
    assert_eq!(place(&zone, HOLDER, "frozen").await, sold.to_string());
    assert_eq!(place(&zone, HOLDER, "available").await, left(sold));
    let (_, shown) = zone.get(CUSTOMS, &export_path(&export)).await;
    let held = &shown["attempt"]["book"];
    assert_eq!(
        (&held["book"], &held["state"]),
        (&json!(format!("{HOLDER}:{NUMBER}")), &json!("frozen")),
        "{shown}"
    );
    // The departure sells them.
    leaves_the_country(&zone, &export).await;
    bonded::until(&zone, HOLDER, "frozen", "0").await;
    assert_eq!(place(&zone, HOLDER, "available").await, left(sold));
    let agent = export.declaration.head.agent_code.clone();
    let of_list = told(&zone, &agent, "CEB604Message").await;
    assert_eq!(of_list, [LISTED, CHECKED, CONCLUDED, RELEASED, CLOSED]);
    told_of_one_that_left(&zone, &export, "1210").await;
    // A list of an item that is not in the book takes nothing, and is told so with both values.
    let mut other = Export::new(7, 2, NOW).in_mode("1210");
    other.declaration.lines[0].item_record_no = Some("99".into());
    let sender = other.declaration.head.agent_code.clone();
    let refused = zone.send(&sender, Document::ExportDeclaration(other.declaration)).await;
    let finding = &refused["findings"][0];
    assert_eq!(
        (&refused["status"], &finding["rule"]),
        (&json!(100), &json!("book-item-unknown")),
        "{refused}"
    );
    let told_of: Vec<&Value> =
        finding["fields"].as_array().unwrap().iter().map(|field| &field["value"]).collect();
    assert_eq!(told_of, [&json!("99"), &json!(format!("{HOLDER}:{NUMBER}"))], "{refused}");
    assert_eq!(place(&zone, HOLDER, "frozen").await, "0");
    // One piece comes back: it waits in the book until the holder puts it back on the shelf.
    let (_, shown) = zone.get(CUSTOMS, &export_path(&export)).await;
    let entry = shown["attempt"]["invtNo"].as_str().unwrap().to_owned();
    let application = export.goods_back(&entry, 0, &[(0, Decimal::ONE)], zone.clock.now());
    zone.send(&agent, Document::ExportReturn(application)).await;
    settled(&zone).await;
    let (_, shown) = zone.get(CUSTOMS, &export_path(&export)).await;
    let number = shown["returns"][0]["preNo"].as_str().unwrap().to_owned();
    let approve = json!({"id": "back", "version": shown["version"], "action": "approve-return", "number": 1});
    let there = format!("{}/actions", export_path(&export));
    let token = Some(zone.tokens[CUSTOMS].as_str());
    let (status, done) = zone.request("POST", &there, token, approve.to_string().into_bytes()).await;
    assert_eq!((status, done["status"].as_i64()), (200, Some(120)), "{done}");
    assert_eq!(place(&zone, HOLDER, "returned").await, "0", "nothing is back yet");
    let tally = export.tally(Some(&entry), zone.clock.now());
    zone.send(&tally.operator_code.clone(), Document::ReturnTally(tally)).await;
    bonded::until(&zone, HOLDER, "returned", "1").await;
    let restock = json!({"lines": [{"operation": "restock", "item": "1", "ofDocument": "return", "ofNumber": number,
        "ofIssuer": agent.as_str(), "ofLine": 1}]});
    let order = format!("bonded-documents/{HOLDER}:{NUMBER}:stock-order:CK1");
    let (status, made) = act(&zone, HOLDER, &order, ("enter", 0), restock).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("accepted")), "{made}");
    let kept = sold.checked_sub(Decimal::ONE).unwrap();
    assert_eq!(place(&zone, HOLDER, "available").await, left(kept));
    // Every movement has its document, and those of the list its trade.
    let (_, moved) = zone.get(HOLDER, &format!("/v1/books/{HOLDER}:{NUMBER}/movements?item=1")).await;
    let movements = moved["movements"].as_array().unwrap();
    let kinds: Vec<&str> = movements.iter().map(|one| one["by"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["stock-order", "return", "receipt", "list", "entry-checklist"], "{moved}");
    let named = json!({"merchant": export.order.head.ebc_code.as_str(), "orderNo": export.order.head.order_no.as_str()});
    assert!(movements[1..4].iter().all(|one| one["trade"] == named), "{moved}");
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_out_of_a_special_zone_whose_book_is_not_here_waits_for_a_person() {
    let zone = Zone::new().await;
    let export = Export::new(7, 1, NOW).in_mode("1210");
    let answer = declared(&zone, &export).await;
    assert_eq!(answer["status"], 300, "{answer}");
    assert_eq!(answer["findings"][0]["rule"], "book-not-checked", "{answer}");
    let (status, done) = decided(&zone, &export, "approve", "").await;
    assert_eq!((status, done["status"].as_i64()), (200, Some(399)), "{done}");
    leaves_the_country(&zone, &export).await;
    let of_list = told(&zone, &export.declaration.head.agent_code, "CEB604Message").await;
    assert_eq!(of_list, [LISTED, CHECKED, REVIEW, CONCLUDED, RELEASED, CLOSED]);
    told_of_one_that_left(&zone, &export, "1210").await;
    verified(&zone).await;
}
