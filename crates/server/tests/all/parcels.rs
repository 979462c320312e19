//! Parcels of post and express through the whole window: many at once as JSON and as a table, the same again, corrected, settled by an
//! officer, masked for others, and linked with the trades of the same person, on both stores and derived again.

use crate::support::people::signed_in;
use crate::support::{Zone, plain};
use axum::body::Body;
use axum::http::Request;
use clearance::facts::CountKind;
use clearance::keys::OrderKey;
use clearance::party::Role;
use clearance::sample::Trade;
use clearance::windows::{Measure, Windowed};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use store::{Duty, Read};
use tower::ServiceExt;

const EXPRESS: &str = "5301960402";
const CUSTOMS: &str = "8620000001";
const PLATFORM: &str = "5301960101";

const RULES: &str = "id,dimension,valid_from,valid_to,lane,condition,note
parcels,transaction,20190101,,document-check,parcel_identity_count_30 >= 2 and identity_count_30 >= 1,
linked,taxation,20190101,,document-check,linked_identity_fen_365 > 50000 and linked_address_recent_90 >= 3000,
nobody,transaction,20190101,,document-check,parcel_telephone_count_7 > 100,
";

fn parcel(trade: &Trade, value: &str) -> Value {
    let head = &trade.declaration.head;
    json!({
        "channel": "express", "form": "express-manifest", "category": "gift",
        "sender": {"name": "Examplora Trading", "countryCode": "502", "firm": true},
        "consignee": {"name": head.buyer_name.as_str(), "identity": head.buyer_id_number.as_str(),
            "telephone": head.buyer_telephone.as_str(), "address": head.consignee_address.as_str()},
        "contents": [{"description": "样例咖啡", "heading": "01", "quantity": "1", "value": value, "currency": "142"}],
        "site": "CNKMG860001", "arrivedAt": "20261123090000",
    })
}

fn batch(parcels: &[(&str, Value)]) -> Vec<u8> {
    let one = |(number, parcel): &(&str, Value)| json!({"trackingNumber": number, "parcel": parcel});
    json!({"parcels": parcels.iter().map(one).collect::<Vec<_>>()}).to_string().into_bytes()
}

async fn give(zone: &Zone, party: &str, kind: &str, body: Vec<u8>) -> (u16, Value) {
    let request = Request::builder()
        .method("POST")
        .uri("/v1/parcels")
        .header("authorization", format!("Bearer {}", zone.tokens[party]))
        .header("content-type", kind);
    let response = zone.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

fn outcomes(told: &Value) -> Vec<&str> {
    told["results"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect()
}

fn paths(told: &Value, index: usize) -> Vec<&str> {
    let faults = told["results"][index]["faults"].as_array().unwrap();
    faults.iter().map(|fault| fault["path"].as_str().unwrap()).collect()
}

const JSON: &str = "application/json";
const CSV: &str = "text/csv; charset=utf-8";

#[tokio::test(flavor = "multi_thread")]
async fn parcels_are_recorded_once_corrected_and_each_is_answered_by_itself() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 100);
    let wrong = json!({"channel": "express"});
    let mut nowhere = parcel(&trade, "10.00");
    nowhere["sender"]["countryCode"] = json!("none");
    let all = batch(&[
        ("ex0000001", parcel(&trade, "380.00")),
        ("EX0000002", wrong),
        ("EX0000003", nowhere),
        ("EX0000001", parcel(&trade, "1.00")),
    ]);
    let (status, told) = give(&zone, EXPRESS, JSON, all).await;
    assert_eq!((status, outcomes(&told)), (200, vec!["recorded", "refused", "refused", "refused"]), "{told}");
    assert_eq!(told["results"][0]["tax"]["outcome"], "exempt");
    assert_eq!(paths(&told, 1), ["parcel"]);
    assert_eq!(paths(&told, 2), ["sender.countryCode"]);
    assert_eq!(paths(&told, 3), ["trackingNumber"]);
    let fault = &told["results"][2]["faults"][0];
    assert_eq!((&fault["code"], &fault["value"]), (&json!("code-of-table"), &json!("none")), "{fault}");
    let (_, told) = give(&zone, EXPRESS, JSON, batch(&[("EX0000001", parcel(&trade, "380.00"))])).await;
    assert_eq!((outcomes(&told), &told["results"][0]["version"]), (vec!["unchanged"], &json!(1)));
    let (_, told) = give(&zone, EXPRESS, JSON, batch(&[("EX0000001", parcel(&trade, "385.00"))])).await;
    assert_eq!(outcomes(&told), ["corrected"]);
    assert_eq!(told["results"][0]["changes"], json!(["contents[1].value"]));
    assert_eq!(told["results"][0]["tax"]["due"], "50.05");
    // What the window puts in is nobody's to send, and a platform carries no parcels.
    let mut keyed = parcel(&trade, "1.00");
    keyed["keys"] = json!({"identity": "0"});
    let (_, told) = give(&zone, EXPRESS, JSON, batch(&[("EX0000009", keyed.clone())])).await;
    assert_eq!(paths(&told, 0), ["keys"]);
    let path = format!("/v1/registers/parcels/{EXPRESS}:EX0000009/actions");
    let body = json!({"action": "give", "body": keyed}).to_string().into_bytes();
    assert_eq!(zone.request("POST", &path, Some(&zone.tokens[EXPRESS]), body).await.0, 422);
    let (_, told) = give(&zone, PLATFORM, JSON, batch(&[("EX0000009", parcel(&trade, "1.00"))])).await;
    assert_eq!((outcomes(&told), paths(&told, 0)), (vec!["refused"], vec!["id"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_read_line_by_line() {
    let zone = Zone::new().await;
    let header = "tracking_number,channel,form,category,sender_name,sender_country,consignee_name,consignee_address,site,arrived_at,description,quantity,value,currency,heading";
    let text = format!(
        "{header}\nRR473124829XX,post,cn22,gift,B,502,样二,样例路2号,S1,20261123080000,书,1,30.00,142,20\n,,,,,,,,,,笔,2,9.00,142,22\nRR473124828XX,post,cn22,gift,B,502,样二,样例路2号,S1,20261123080000,书,1,30.00,142,20\nEX1234567,express,express-manifest,gift,B,502,样二,样例路2号,S1,20261123080000,鞋,1,1200.00,142,06\n"
    );
    let (status, told) = give(&zone, EXPRESS, CSV, text.into_bytes()).await;
    assert_eq!((status, outcomes(&told)), (200, vec!["recorded", "refused", "recorded"]), "{told}");
    assert_eq!((&told["results"][1]["line"], paths(&told, 1)), (&json!(4), vec!["id"]));
    assert_eq!(told["results"][2]["tax"]["outcome"], "declare-as-goods");
    let (status, told) = give(&zone, EXPRESS, CSV, b"tracking_number\n".to_vec()).await;
    assert_eq!(status, 422);
    assert!(told["faults"].as_array().unwrap().len() > 5, "{told}");
    assert_eq!(give(&zone, EXPRESS, CSV, vec![0xFF, 0xFE]).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_given_on_a_page() {
    let zone = Zone::new().await;
    let mut carrier = signed_in(&zone, "li.wei", EXPRESS, Role::Logistics, &[Duty::Operator]).await;
    let hub = carrier.get("/desk/registers").await;
    assert!(hub.text.contains("href=\"/desk/parcels\""), "{}", hub.words());
    let guard = carrier.get("/desk/parcels").await.hidden("guard");
    let header = "tracking_number,channel,form,category,sender_name,sender_country,consignee_name,consignee_address,site,arrived_at,description,quantity,value,currency,heading";
    let text = format!(
        "{header}\nEX1234567,express,express-manifest,gift,B,502,样二,样例路2号,S1,20261123080000,鞋,1,120.00,142,06\nEX1234568,express,express-manifest,gift,B,none,样二,样例路2号,S1,20261123080000,鞋,1,120.00,142,06\n"
    );
    let files = [("file", "parcels.csv", text.as_str())];
    let shown = carrier.post_files("/desk/parcels", &[("guard", &guard)], &files).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let words = shown.words();
    assert!(
        words.contains("登记1件，更正0件，无变更0件，未登记1件") && words.contains("sender.countryCode"),
        "{words}"
    );
    assert!(shown.text.contains(&format!("/desk/registers/parcels/{EXPRESS}%3AEX1234567")), "{}", shown.text);
    let again = carrier.post_files("/desk/parcels", &[("guard", &guard), ("text", &text)], &[]).await;
    assert!(again.words().contains("无变更1件"), "{}", again.words());
    let wrong = carrier.post_files("/desk/parcels", &[("guard", &guard), ("text", "colour")], &[]).await;
    assert!(wrong.status == 422 && wrong.words().contains("colour"), "{}", wrong.words());
    assert_eq!(carrier.post_files("/desk/parcels", &[("guard", &guard)], &[]).await.status, 400);
    let record = carrier.get(&format!("/desk/registers/parcels/{EXPRESS}%3AEX1234567")).await;
    assert!(record.status == 200 && record.words().contains("样二"), "{}", record.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_finds_what_waits_for_him_masked_and_settles_it() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 100);
    let mut abroad = parcel(&trade, "60.00");
    abroad["contents"][0]["currency"] = json!("502");
    let all = batch(&[("EX0000011", abroad), ("EX0000012", parcel(&trade, "60.00"))]);
    let (_, told) = give(&zone, EXPRESS, JSON, all).await;
    assert_eq!(told["results"][0]["tax"]["outcome"], "manual-review", "{told}");
    zone.until_listed().await;
    let (_, listed) = zone.get(CUSTOMS, "/v1/registers/parcels?waiting=true").await;
    let ids: Vec<&str> =
        listed["records"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [format!("{EXPRESS}:EX0000011")], "{listed}");
    let path = format!("/v1/registers/parcels/{EXPRESS}:EX0000011");
    let (_, shown) = zone.get(CUSTOMS, &path).await;
    let name = trade.declaration.head.buyer_name.as_str();
    let masked = shown["body"]["parcel"]["consignee"]["name"].as_str().unwrap();
    assert!(masked != name && masked.ends_with('*'), "{masked}");
    assert!(shown["body"]["linked"]["identity"].as_str().unwrap().len() == 32, "{shown}");
    let (_, own) = zone.get(EXPRESS, &path).await;
    assert_eq!(own["body"]["parcel"]["consignee"]["name"], name);
    assert!(own["body"]["linked"].is_null() && own["body"]["known"].is_null(), "{own}");
    assert_eq!(zone.get(PLATFORM, &path).await.0, 404);
    let body = json!({"action": "determine", "version": 1, "note": "样例：按当日牌价",
        "body": {"settled": [{"line": 1, "yuan": "427.50"}]}});
    let act = format!("{path}/actions");
    let (status, settled) =
        zone.request("POST", &act, Some(&zone.tokens[CUSTOMS]), body.to_string().into_bytes()).await;
    assert_eq!((status, &settled["body"]["tax"]["due"]), (200, &json!("55.58")), "{settled}");
    zone.until_listed().await;
    let (_, listed) = zone.get(CUSTOMS, "/v1/registers/parcels?waiting=true").await;
    assert_eq!(listed["records"], json!([]));
}

async fn read_of(zone: &Zone, trade: &Trade) -> (Vec<Windowed>, Vec<String>) {
    let key = OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
    let consignment = zone.window.read.consignment(&key).await.unwrap().unwrap();
    let attempt = consignment.attempt.as_ref().unwrap();
    (attempt.counts.clone(), attempt.hits.iter().map(|hit| hit.rule.to_string()).collect())
}

fn value(read: &[Windowed], kind: CountKind, measure: Measure) -> Option<i64> {
    let read = read.iter().find(|read| read.key.kind == kind)?;
    read.values.iter().find(|value| value.measure == measure).map(|value| value.value)
}

#[tokio::test(flavor = "multi_thread")]
async fn parcels_and_trades_of_one_person_are_linked_live_and_derived_again() {
    let zone = Zone::new().await;
    zone.window.publish(&[("risk_rules.csv".to_owned(), RULES.to_owned())], "test").await.unwrap();
    let (trade, stranger) = (plain(&zone, 9_000), plain(&zone, 9_500));
    let parcels = [("EX0000021", parcel(&trade, "300.00")), ("EX0000022", parcel(&trade, "400.00"))];
    let (_, told) = give(&zone, EXPRESS, JSON, batch(&parcels)).await;
    assert_eq!(outcomes(&told), ["recorded", "recorded"], "{told}");
    // Corrected, it is counted once.
    let (_, told) = give(&zone, EXPRESS, JSON, batch(&[("EX0000022", parcel(&trade, "410.00"))])).await;
    assert_eq!(outcomes(&told), ["corrected"]);
    zone.trade(&trade).await;
    let (read, hits) = read_of(&zone, &trade).await;
    assert_eq!(value(&read, CountKind::ParcelIdentity, Measure::Count), Some(2), "{read:?}");
    let key = OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
    let consignment = zone.window.read.consignment(&key).await.unwrap().unwrap();
    let fen = consignment.attempt.as_ref().unwrap().assessment.as_ref().unwrap().dutiable();
    assert_eq!(value(&read, CountKind::LinkedIdentity, Measure::Fen), Some(fen + 70_000), "{read:?}");
    // Two parcels and this list, all of today.
    assert_eq!(value(&read, CountKind::LinkedAddress, Measure::Recent), Some(3_000), "{read:?}");
    assert_eq!(hits, ["parcels", "linked"]);
    zone.trade(&stranger).await;
    let (read, hits) = read_of(&zone, &stranger).await;
    assert_eq!(value(&read, CountKind::ParcelIdentity, Measure::Count), Some(0), "{read:?}");
    assert!(hits.is_empty(), "{hits:?}");
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, &derived.faults), (0, &Vec::new()));
}
