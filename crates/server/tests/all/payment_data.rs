//! Original payment data (announcements 2018-165 and 2018-179): customs asks a platform by a session, the platform answers
//! signed within minutes, and the answer is held against order and payment. Both sides, on either store.

use crate::credit::reading;
use crate::support::{NOW, Zone, plain};
use crate::webhooks::client;
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use ceb::signature::{GeneratedKey, Subject, generate_sm2};
use ceb::{Document, Stamp};
use clearance::keys::Time;
use clearance::sample::Trade;
use counterpart::platform::{Paid, unsigned};
use counterpart::{Platform, Script};
use http_body_util::BodyExt;
use register::payment_data::form::{to_sign, with_signature};
use serde_json::{Value, json};
use server::push::{self, Patience};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tower::ServiceExt;

const CUSTOMS: &str = "8620000001";
const PLATFORM: &str = "5301960101";
const STRANGER: &str = "5301960102";
const GRAB: &str = "/ceb2grab/grab/realTimeDataUpload";

pub fn key(serial: u64) -> GeneratedKey {
    generate_sm2(&Subject {
        enterprise_code: PLATFORM,
        enterprise_name: "样例云岭跨境商城",
        serial,
        not_before: 20_250_101_000_000,
        not_after: 20_300_101_000_000,
    })
    .unwrap()
}

/// A zone whose platform registered its certificate.
pub async fn zone() -> (Zone, GeneratedKey) {
    let zone = Zone::new().await;
    let key = key(0x0300_0000_000C_DE6F);
    let body = json!({
        "name": "样例云岭跨境商城", "roles": ["platform"], "validFrom": "20260101", "exchangeIds": ["DXPENT0000530101"],
        "certificates": [key.certificate_pem()], "address": "样例路1号",
        "contact": {"name": "样一", "telephone": "10000000000"},
        "licences": [{"kind": "business-licence", "number": "样例1", "issuer": "样例局", "validFrom": "20200101"}],
    });
    let path = format!("filings/{PLATFORM}");
    let (status, told) = act(&zone, PLATFORM, &path, json!({"action": "apply", "body": body})).await;
    assert_eq!(status, 200, "{told}");
    let approve = json!({"action": "approve", "version": 1, "body": {"verifiesIdentity": true}});
    let (status, told) = act(&zone, CUSTOMS, &path, approve).await;
    assert_eq!(status, 200, "{told}");
    (zone, key)
}

async fn act(zone: &Zone, party: &str, path: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/registers/{path}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), body.to_string().into_bytes()).await
}

pub async fn post(zone: &Zone, party: &str, path: &str, body: String) -> (u16, Value) {
    zone.request("POST", path, Some(&zone.tokens[party]), body.into_bytes()).await
}

pub async fn ask(zone: &Zone, order: &str) -> (String, Value) {
    let question = json!({"platform": PLATFORM, "orderNo": order}).to_string();
    let (status, asked) = post(zone, CUSTOMS, "/v1/payment-data/asks", question).await;
    assert_eq!((status, asked["state"].as_str()), (201, Some("asked")), "{asked}");
    let id = asked["id"].as_str().unwrap();
    (id.split_once(':').unwrap().1.to_owned(), asked)
}

/// As a platform sends it to customs: a form, without a token.
pub async fn grab(zone: &Zone, text: &str) -> (String, String) {
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("payExInfoStr", text).finish();
    let request = Request::builder().method("POST").uri(GRAB);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let response = zone.router.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let told: Value = serde_json::from_slice(&bytes).unwrap();
    (told["code"].as_str().unwrap().to_owned(), told["message"].as_str().unwrap().to_owned())
}

/// A trade of this platform.
pub fn sold(zone: &Zone, from: u64) -> Trade {
    let trades = (0..).map(|number| plain(zone, from + number * 7));
    trades.into_iter().find(|trade| trade.order.head.ebp_code == PLATFORM).unwrap()
}

/// What the platform's books have of a trade.
pub fn paid(trade: &Trade) -> Paid {
    Paid {
        platform: PLATFORM.to_owned(),
        pay_code: trade.payment.pay_code.to_string(),
        transaction: trade.payment.pay_transaction_id.to_string(),
        amount: trade.payment.amount_paid.to_string(),
        time: trade.payment.pay_time.number().to_string(),
        goods: trade.order.lines.iter().map(|line| line.item_name.to_string()).collect(),
        recipient: "样例云岭跨境商城".to_owned(),
    }
}

fn signed(key: &GeneratedKey, text: &str) -> String {
    let signer = key.signer().unwrap();
    let value = signer.sign_bytes(signer.preferred().algorithm(), to_sign(text).unwrap().as_bytes()).unwrap();
    with_signature(text, "03000000000cde6f", &base64::engine::general_purpose::STANDARD.encode(value))
        .unwrap()
}

pub fn answer(key: &GeneratedKey, session: &str, trade: &Trade, paid: &Paid) -> String {
    signed(key, &unsigned(session, &trade.order.head.order_no, "1795399200000", paid))
}

#[tokio::test(flavor = "multi_thread")]
async fn customs_asks_a_platform_answers_signed_and_it_is_held_against_order_and_payment() {
    let (zone, key) = zone().await;
    let trade = sold(&zone, 0);
    zone.trade(&trade).await;
    let (session, asked) = ask(&zone, &trade.order.head.order_no).await;
    let id = asked["id"].as_str().unwrap().to_owned();
    // A commit has a time of its own.
    let due = asked["body"]["due"].as_i64().unwrap() - NOW.0;
    assert!((120_000..121_000).contains(&due), "two minutes, {due}");
    // Only the platform and customs know of it.
    let path = format!("/v1/registers/payment-data/{id}");
    assert_eq!(zone.get(STRANGER, &path).await.0, 404);
    assert_eq!(zone.get(PLATFORM, &path).await.0, 200);
    let text = answer(&key, &session, &trade, &paid(&trade));
    // Tried first: nothing is kept.
    let (status, told) = post(&zone, PLATFORM, "/v1/payment-data/check", text.clone()).await;
    assert_eq!((status, told["comparison"]["outcome"].as_str()), (200, Some("agrees")), "{told}");
    assert_eq!(told["signed"]["algorithm"], "sm2-sm3");
    assert_eq!(zone.get(PLATFORM, &path).await.1["version"], 1);
    let (code, message) = grab(&zone, &text).await;
    assert_eq!((code.as_str(), message.as_str()), ("10000", ""));
    let (_, shown) = zone.get(CUSTOMS, &path).await;
    assert_eq!((shown["state"].as_str(), shown["version"].as_u64()), (Some("answered"), Some(2)), "{shown}");
    let upload = &shown["body"]["upload"];
    assert_eq!((&upload["comparison"]["outcome"], &upload["original"]), (&json!("agrees"), &json!(text)));
    // The same again is the same answer, another is refused; with a token too.
    assert_eq!(grab(&zone, &text).await.0, "10000");
    let (status, told) = post(&zone, PLATFORM, "/v1/payment-data", text.clone()).await;
    assert_eq!((status, told["late"].as_bool(), told["record"].as_str()), (200, Some(false), Some(&*id)));
    let other = answer(&key, &session, &trade, &Paid { amount: "1".to_owned(), ..paid(&trade) });
    let (code, message) = grab(&zone, &other).await;
    assert_eq!(code, "20000");
    assert!(message.contains("answered"), "{message}");
    assert_eq!(post(&zone, PLATFORM, "/v1/payment-data", other).await.0, 409);
    assert_eq!(post(&zone, STRANGER, "/v1/payment-data", text).await.0, 404);
    assert_eq!(zone.get(CUSTOMS, &path).await.1["version"], 2);
    // Customs decides, not the platform.
    let (status, _) =
        act(&zone, PLATFORM, &format!("payment-data/{id}"), json!({"action": "accept", "version": 2})).await;
    assert_eq!(status, 403);
    let doubt = json!({"action": "doubt", "version": 2, "note": "样例：请说明收款人"});
    let (status, told) = act(&zone, CUSTOMS, &format!("payment-data/{id}"), doubt).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("doubted")), "{told}");
}

/// An officer whom districts narrow asks of the trades that he sees, and reads what was asked of those alone.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_of_a_trade_is_read_in_its_district_alone() {
    let (mut zone, key) = zone().await;
    let trade = sold(&zone, 0);
    zone.trade(&trade).await;
    // Of an order that nobody declared yet the district is not known.
    let ordered = sold(&zone, 500);
    zone.send(PLATFORM, Document::Order(ordered.order.clone())).await;
    for (name, district) in [("near", "8620"), ("far", "5301")] {
        let districts = [clearance::Text::from(district)];
        let new = store::NewToken {
            party: CUSTOMS,
            role: clearance::party::Role::Officer,
            name,
            districts: &districts,
            expires: None,
            scopes: None,
            bound_to: None,
        };
        let text = zone.window.control.issue_for(&new, NOW).await.unwrap().1;
        zone.tokens.insert(name.to_owned(), text);
    }
    assert_eq!(trade.declaration.head.customs_code, "8620");
    let (session, asked) = ask(&zone, &trade.order.head.order_no).await;
    let id = asked["id"].as_str().unwrap().to_owned();
    let undeclared = ask(&zone, &ordered.order.head.order_no).await.1;
    assert_eq!(grab(&zone, &answer(&key, &session, &trade, &paid(&trade))).await.0, "10000");
    let path = format!("/v1/registers/payment-data/{id}");
    let absent = zone.get("far", "/v1/registers/payment-data/5301960101:none").await;
    for there in [path.clone(), format!("{path}/history")] {
        assert_eq!(zone.get("near", &there).await.0, 200, "{there}");
        assert_eq!(zone.get("far", &there).await, absent, "{there}");
    }
    let unknown = format!("/v1/registers/payment-data/{}", undeclared["id"].as_str().unwrap());
    for (who, seen) in
        [(CUSTOMS, vec![unknown.as_str(), path.as_str()]), ("near", vec![path.as_str()]), ("far", vec![])]
    {
        let (_, listed) = zone.get(who, "/v1/registers/payment-data").await;
        let found = listed["records"].as_array().unwrap().iter();
        let found: BTreeSet<String> =
            found.map(|one| format!("/v1/registers/payment-data/{}", one["id"].as_str().unwrap())).collect();
        assert_eq!(found, seen.into_iter().map(str::to_owned).collect(), "{who}");
        assert_eq!(zone.get(who, &unknown).await.0, if who == CUSTOMS { 200 } else { 404 }, "{who}");
    }
    // What is not there for him he neither compares nor asks again.
    let again = format!("/v1/payment-data/{id}/compare");
    assert_eq!(post(&zone, "near", &again, String::new()).await.0, 200);
    let elsewhere = post(&zone, "far", &again, String::new()).await;
    assert_eq!(
        elsewhere,
        post(&zone, "far", "/v1/payment-data/5301960101:none/compare", String::new()).await
    );
    let question = |order: &str| json!({"platform": PLATFORM, "orderNo": order}).to_string();
    let of_order = |trade: &Trade| question(&trade.order.head.order_no);
    let asks = "/v1/payment-data/asks";
    assert_eq!(post(&zone, "near", asks, of_order(&trade)).await.0, 201);
    assert_eq!(post(&zone, "near", asks, of_order(&ordered)).await.0, 404);
    let there = post(&zone, "far", asks, of_order(&trade)).await;
    assert_eq!((there.0, &there), (404, &post(&zone, "far", asks, question("none")).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_difference_is_told_with_both_fields_and_values_and_no_other() {
    let (zone, key) = zone().await;
    let trade = sold(&zone, 0);
    zone.trade(&trade).await;
    let session = ask(&zone, &trade.order.head.order_no).await.0;
    let right = paid(&trade);
    let later =
        Time(Time::from_stamp(trade.payment.pay_time).0 + 11 * 60_000).stamp_millis().number() / 1_000;
    let within =
        Time(Time::from_stamp(trade.payment.pay_time).0 + 9 * 60_000).stamp_millis().number() / 1_000;
    assert!(Stamp::from_number(later).is_some());
    let more = |name: &str| [right.goods.clone(), vec![name.to_owned()]].concat();
    let cases: Vec<(Paid, Vec<&str>)> = vec![
        (right.clone(), vec![]),
        (Paid { time: within.to_string(), ..right.clone() }, vec![]),
        (Paid { pay_code: "5301960399".to_owned(), ..right.clone() }, vec!["payment.payCode"]),
        (Paid { transaction: "样例另一笔".to_owned(), ..right.clone() }, vec!["payment.payTransactionId"]),
        (
            Paid { amount: "0.01".to_owned(), ..right.clone() },
            vec!["payment.amountPaid", "order.acturalPaid"],
        ),
        (Paid { time: later.to_string(), ..right.clone() }, vec!["payment.payTime"]),
        (Paid { goods: more("样例他物"), ..right.clone() }, vec!["order.itemName"]),
        (Paid { goods: right.goods[1..].to_vec(), ..right.clone() }, vec!["order.itemName[1]"]),
    ];
    for (books, expected) in cases {
        if books.goods.is_empty() {
            continue;
        }
        let text = answer(&key, &session, &trade, &books);
        let (status, told) = post(&zone, PLATFORM, "/v1/payment-data/check", text).await;
        assert_eq!(status, 200, "{told}");
        let differences = told["comparison"]["differences"].as_array().unwrap();
        let found: Vec<&str> = differences.iter().map(|one| one["otherPath"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{told}");
        for difference in differences {
            assert_ne!(difference["value"], difference["otherValue"], "{difference}");
        }
    }
    // An answer that is about another order differs in that.
    let other = sold(&zone, 500);
    let text = answer(&key, &session, &other, &paid(&other));
    assert_eq!(grab(&zone, &text).await.0, "10000", "it is kept, whatever it says");
    let (_, shown) = zone.get(CUSTOMS, &format!("/v1/registers/payment-data/{PLATFORM}:{session}")).await;
    let comparison = &shown["body"]["upload"]["comparison"];
    assert_eq!(comparison["differences"][0]["otherPath"], "openReq.orderNo", "{comparison}");
    assert_eq!(comparison["outcome"], "differs");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forged_incomplete_or_of_nobody_is_refused_and_told() {
    let (zone, own) = zone().await;
    let trade = sold(&zone, 0);
    zone.trade(&trade).await;
    let session = ask(&zone, &trade.order.head.order_no).await.0;
    let books = paid(&trade);
    let right = answer(&own, &session, &trade, &books);
    let without = |name: &str| {
        let mut value: Value = serde_json::from_str(&right).unwrap();
        value.as_object_mut().unwrap().remove(name);
        value.to_string()
    };
    let unknown = answer(&own, "032C3F56-0EE6-4558-B548-6C7A3451F07D", &trade, &books);
    let foreign = answer(&own, &session, &trade, &Paid { platform: STRANGER.to_owned(), ..books.clone() });
    let cases: Vec<(String, &str)> = vec![
        (right.replace(&format!("\"{}\"", books.amount), "\"0.01\""), "验签失败"),
        (answer(&key(7), &session, &trade, &books), "验签失败"),
        (right.replace("03000000000cde6f", "03000000000cde70"), "certNo"),
        (without("certNo"), "certNo : certNo不为空"),
        (without("payExchangeInfoHead"), "payExchangeInfoHead : payExchangeInfoHead不为空"),
        (unknown, "sessionID"),
        (foreign, "sessionID"),
        (right.replace("\"tradingTime\":\"2", "\"tradingTime\":\"x"), "yyyyMMddHHmmss"),
        (right.replace("\"verDept\":\"3\"", "\"verDept\":\"9\""), "verDept"),
        (right.replace("\"payType\":\"1\"", "\"payType\":1e9"), "payType"),
        (right.replace("\"totalAmount\":\"", "\"totalAmount\":\"-"), "totalAmount"),
        ("[]".to_owned(), "payExInfoStr"),
        ("x".repeat(300_000), "payExInfoStr"),
        (String::new(), "payExInfoStr"),
    ];
    for (text, expected) in cases {
        let (code, message) = grab(&zone, &text).await;
        assert_eq!(code, "20000", "{text}");
        assert!(message.contains(expected), "{message}: {expected}");
        assert!(!message.contains(books.transaction.as_str()));
    }
    // All that is wrong at once, with a token as a problem document.
    let text = right
        .replace("\"verDept\":\"3\"", "\"verDept\":\"9\"")
        .replace("\"payType\":\"1\"", "\"payType\":\"\"");
    let (status, told) = post(&zone, PLATFORM, "/v1/payment-data", text).await;
    let paths: Vec<&str> =
        told["faults"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap()).collect();
    assert_eq!((status, paths), (422, vec!["payExchangeInfoHead.payType", "payExchangeInfoHead.verDept"]));
    let (_, shown) = zone.get(CUSTOMS, &format!("/v1/registers/payment-data/{PLATFORM}:{session}")).await;
    assert_eq!(
        (shown["version"].as_u64(), shown["state"].as_str()),
        (Some(1), Some("asked")),
        "nothing was kept"
    );
    // A number where others write a text, and white space between parts, are as good; so is a form left as it is.
    let spaced = right.replace("\",\"", "\", \"");
    let request =
        Request::builder().method("POST").uri(GRAB).body(Body::from(format!("payExInfoStr={spaced}")));
    let response = zone.router.clone().oneshot(request.unwrap()).await.unwrap();
    let told = response.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&told).contains("10000"), "{told:?}");
    // A platform that is suspended answers nothing.
    let session = ask(&zone, &trade.order.head.order_no).await.0;
    let suspend = json!({"action": "suspend", "version": 2, "note": "样例"});
    assert_eq!(act(&zone, CUSTOMS, &format!("filings/{PLATFORM}"), suspend).await.0, 200);
    assert_eq!(grab(&zone, &answer(&own, &session, &trade, &books)).await.0, "20000");
    let question = json!({"platform": PLATFORM, "orderNo": "1"}).to_string();
    assert_eq!(post(&zone, CUSTOMS, "/v1/payment-data/asks", question).await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_late_stands_in_the_list_and_what_came_before_the_order_is_compared_again() {
    let (zone, key) = zone().await;
    let trade = sold(&zone, 0);
    let number = trade.order.head.order_no.to_string();
    let (early, late) = (ask(&zone, &number).await.0, ask(&zone, &number).await.0);
    let text = answer(&key, &early, &trade, &paid(&trade));
    assert_eq!(grab(&zone, &text).await.0, "10000");
    let path = |session: &str| format!("/v1/registers/payment-data/{PLATFORM}:{session}");
    let (_, shown) = zone.get(CUSTOMS, &path(&early)).await;
    let comparison = &shown["body"]["upload"]["comparison"];
    assert_eq!(comparison["outcome"], "incomplete");
    assert_eq!(comparison["missing"], json!(["payment", format!("order {number}")]));
    zone.send(PLATFORM, Document::Order(trade.order.clone())).await;
    let payment = Document::Payment(trade.payment.clone());
    zone.send(trade.payment.pay_code.as_str(), payment).await;
    let again = format!("/v1/payment-data/{PLATFORM}:{early}/compare");
    assert_eq!(post(&zone, STRANGER, &again, String::new()).await.0, 404);
    let (status, told) = post(&zone, CUSTOMS, &again, String::new()).await;
    assert_eq!((status, &told["body"]["upload"]["comparison"]["outcome"]), (200, &json!("agrees")), "{told}");
    assert_eq!(
        post(&zone, CUSTOMS, &format!("/v1/payment-data/{PLATFORM}:{late}/compare"), String::new()).await.0,
        409
    );
    let overdue = async || {
        let (_, listed) = zone.get(CUSTOMS, "/v1/registers/payment-data").await;
        let records = listed["records"].as_array().unwrap().clone();
        let late = records.iter().filter(|record| record["overdue"] == true);
        late.map(|record| record["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(overdue().await.is_empty());
    zone.clock.set(Time(NOW.0 + 123_000));
    assert_eq!(overdue().await, [format!("{PLATFORM}:{late}")]);
    // Late is better than never, and stays late.
    let (status, told) =
        post(&zone, PLATFORM, "/v1/payment-data", answer(&key, &late, &trade, &paid(&trade))).await;
    assert_eq!((status, told["late"].as_bool()), (200, Some(true)), "{told}");
    assert_eq!(overdue().await, [format!("{PLATFORM}:{late}")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_is_asked_at_its_service_until_it_has_the_question_and_tries_it_itself() {
    let (zone, key) = zone().await;
    let trade = sold(&zone, 0);
    zone.trade(&trade).await;
    let number = trade.order.head.order_no.to_string();
    let (books, router) = (paid(&trade), zone.router.clone());
    let script = Script { outage: Some(0..2), refuses: Some(2..3), ..Script::default() };
    let own = number.clone();
    let platform = Platform::new(
        key.signer().unwrap(),
        "03000000000cde6f",
        script,
        move |order| {
            let found = (order == own).then(|| books.clone());
            async move { found }
        },
        move |answer| {
            let router = router.clone();
            async move {
                let form = form_urlencoded::Serializer::new(String::new())
                    .append_pair("payExInfoStr", &answer)
                    .finish();
                let request = Request::builder().method("POST").uri(GRAB).body(Body::from(form)).unwrap();
                let response = router.oneshot(request).await.unwrap();
                let bytes = response.into_body().collect().await.unwrap().to_bytes();
                String::from_utf8_lossy(&bytes).into_owned()
            }
        },
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, platform.clone().router()).into_future());
    let patience = Patience { first: Duration::ZERO, longest: Duration::ZERO, refusals: 5 };
    let sending = tokio::spawn(push::run(zone.window.clone(), client(&["127.0.0.0/8"]), patience));
    let hook = json!({"action": "register", "body": {"url": url, "source": "payment-data"}});
    // Who is no platform is not asked.
    let (status, told) = act(&zone, CUSTOMS, &format!("webhooks/{CUSTOMS}:asks"), hook.clone()).await;
    assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("source")), "{told}");
    let (status, told) = act(&zone, PLATFORM, &format!("webhooks/{PLATFORM}:asks"), hook).await;
    assert_eq!(status, 200, "{told}");
    let session = ask(&zone, &number).await.0;
    // The platform tries its own service in the same way.
    let question = json!({"platform": PLATFORM, "orderNo": number}).to_string();
    let (status, tried) = post(&zone, PLATFORM, "/v1/payment-data/asks", question.clone()).await;
    assert_eq!((status, tried["body"]["test"].as_bool()), (201, Some(true)), "{tried}");
    assert_eq!(post(&zone, STRANGER, "/v1/payment-data/asks", question).await.0, 404);
    for id in [format!("{PLATFORM}:{session}"), tried["id"].as_str().unwrap().to_owned()] {
        let began = Instant::now();
        loop {
            let (_, shown) = zone.get(PLATFORM, &format!("/v1/registers/payment-data/{id}")).await;
            if shown["state"] == "answered" {
                assert_eq!(shown["body"]["upload"]["comparison"]["outcome"], "agrees", "{shown}");
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{shown} {:?}", platform.told());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let told = platform.told();
    assert!(told.len() >= 2 && told.iter().all(|told| told.contains("\"10000\"")), "{told:?}");
    sending.abort();
}

/// A certificate that is a record by itself signs answers too; revoked, it signs none, also where the filing lists it.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_signs_no_answer() {
    let (zone, own) = zone().await;
    let trade = sold(&zone, 0);
    zone.trade(&trade).await;
    let facts = ceb::signature::CertificateFacts::read(&own.certificate_der).unwrap();
    let path = format!("certificates/{PLATFORM}:{}", register::certificate::fingerprint(&facts));
    let body = json!({"pem": own.certificate_pem(), "purposes": ["documents"], "holder": "样例"});
    let register = json!({"action": "register", "body": body});
    assert_eq!(act(&zone, PLATFORM, &path, register).await.0, 200);
    assert_eq!(act(&zone, CUSTOMS, &path, json!({"action": "approve", "version": 1})).await.0, 200);
    let (first, second) =
        (ask(&zone, &trade.order.head.order_no).await.0, ask(&zone, &trade.order.head.order_no).await.0);
    let books = paid(&trade);
    assert_eq!(grab(&zone, &answer(&own, &first, &trade, &books)).await.0, "10000");
    let revoke = json!({"action": "revoke", "version": 2, "note": "样例"});
    assert_eq!(act(&zone, PLATFORM, &path, revoke).await.0, 200);
    let (code, message) = grab(&zone, &answer(&own, &second, &trade, &books)).await;
    assert!(code == "20000" && message.contains("certNo"), "{message}");
}

/// Question and answer are of one month, and a question that was asked a minute ago is not late.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_time_is_in_time_also_where_a_month_begins_between_question_and_answer() {
    let (zone, key) = zone().await;
    let trade = sold(&zone, 0);
    zone.trade(&trade).await;
    // 31 January 2027, half a minute before midnight.
    let asked = NOW.0 + 69 * 86_400_000 + (14 * 3_600 - 30) * 1_000;
    let counted = async || {
        server::statistics::follow(&zone.window).await.unwrap();
        let (_, credit) = zone.get(PLATFORM, &format!("/v1/credit/{PLATFORM}")).await;
        reading(&credit, "payment_answers_late")["window"].clone()
    };
    zone.clock.set(Time(asked));
    let (session, _) = ask(&zone, &trade.order.head.order_no).await;
    assert_eq!(counted().await, json!([]));
    zone.clock.set(Time(asked + 50_000));
    assert_eq!(grab(&zone, &answer(&key, &session, &trade, &paid(&trade))).await.0, "10000");
    assert_eq!(counted().await, json!([]));
    zone.clock.set(Time(asked + 86_400_000));
    ask(&zone, &trade.order.head.order_no).await;
    zone.clock.set(Time(asked + 2 * 86_400_000));
    assert_eq!(counted().await, json!([{"month": "202702", "part": 0, "whole": 1}]));
    zone.clock.set(Time(asked + 3 * 86_400_000));
    assert_eq!(
        counted().await,
        json!([{"month": "202702", "part": 1, "whole": 2}]),
        "nobody answered the second"
    );
}
