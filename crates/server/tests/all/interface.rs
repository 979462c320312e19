//! The interface beyond the main story: envelopes and JSON, limits of a message, preview's limits, lists by page,
//! balances, who may read an original.

use crate::support::{NOW, Zone, path, people, plain};
use ceb::dxp::DxpMessage;
use ceb::{Decimal, Document, Message, Style};
use clearance::party::Role;
use clearance::sample::{self, Trade};
use serde_json::{Value, json};
use store::{Duty, Read};

const OFFICER: &str = "8620000001";

async fn post(zone: &Zone, sender: &str, path: &str, body: Vec<u8>) -> (u16, Value) {
    zone.request("POST", path, Some(&zone.tokens[sender]), body).await
}

fn order_message(trade: &Trade) -> Message {
    sample::message(&trade.order.head.ebp_code, vec![Document::Order(trade.order.clone())])
}

#[tokio::test(flavor = "multi_thread")]
async fn xml_envelope_and_json_carry_the_same_document() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    let platform = trade.order.head.ebp_code.clone();
    let message = order_message(&trade);
    let xml = ceb::write(&message, Style::DefaultNamespace);
    let envelope = ceb::dxp::write(&DxpMessage {
        cop_msg_id: "样例-1".into(),
        sender_id: sample::exchange_id(&platform).unwrap().into(),
        receiver_ids: vec!["DXPEDCCEB0000001".into()],
        creat_time: "2026-11-23T10:00:00Z".into(),
        msg_type: "CEB311Message".into(),
        data: xml.clone(),
        file_name: None,
    });
    let json = ceb::write_json(&message).to_string();
    let marked = format!("\u{feff}{json}");
    let forms = [
        ("xml", xml),
        ("envelope", envelope),
        ("json", json.into_bytes()),
        ("json with a byte order mark", marked.into_bytes()),
    ];
    for (index, (form, body)) in forms.into_iter().enumerate() {
        let (status, answer) = post(&zone, &platform, "/v1/messages", body.clone()).await;
        assert_eq!(status, 200, "{form}: {answer}");
        let document = &answer["documents"][0];
        assert_eq!(document["status"], 2, "{form}: {answer}");
        assert_eq!(document["repeated"], json!(index > 0), "{form}: the typed content is the same");
        // What was received is kept to the byte, in whatever form it came.
        let original = format!("/v1/messages/{}/original", answer["message"]["position"]);
        let (status, kept) = zone.get(&platform, &original).await;
        assert_eq!(status, 200);
        let kept = match kept {
            Value::String(text) => text,
            // The test's reader takes JSON apart.
            other => other.to_string(),
        };
        assert_eq!(kept.as_bytes(), body, "{form}");
        assert_eq!(zone.get(OFFICER, &original).await.0, 200, "{form}");
        assert_eq!(zone.get(&trade.payment.pay_code, &original).await.0, 404, "{form}: it is not his");
    }
    // An envelope whose payload is none is refused as a whole, and its id comes back in the CEB900.
    let broken = ceb::dxp::write(&DxpMessage {
        cop_msg_id: "样例-2".into(),
        data: b"<a".to_vec(),
        ..DxpMessage::default()
    });
    let (status, answer) = post(&zone, &platform, "/v1/messages", broken).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer["message"]["refused"].is_string(), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_of_a_message_are_told_with_both_numbers() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    let platform = trade.order.head.ebp_code.clone();
    let deep = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40)).into_bytes();
    let entity = br#"<!DOCTYPE x [<!ENTITY a "aaaa">]><CEB311Message>&a;</CEB311Message>"#.to_vec();
    for (name, body) in [("deep", deep), ("entity", entity), ("empty", Vec::new()), ("json", b"{".to_vec())] {
        let (status, answer) = post(&zone, &platform, "/v1/messages", body).await;
        assert_eq!(status, 422, "{name}: {answer}");
        let refused = answer["message"]["refused"].as_str().unwrap();
        assert!(refused.starts_with('[') && refused.contains('：'), "{name}: {refused}");
    }
    // A hundred lines: one more than the schema has.
    let mut many = trade.order.clone();
    while many.lines.len() < 100 {
        let mut line = many.lines[0].clone();
        line.gnum = many.lines.len() as u32 + 1;
        many.lines.push(line);
    }
    let message = sample::message(&platform, vec![Document::Order(many)]);
    let (_, answer) = post(&zone, &platform, "/v1/messages", ceb::write(&message, Style::Prefixed)).await;
    let info = answer["documents"][0]["info"].as_str().unwrap_or_default().to_owned();
    assert!(answer["documents"][0]["status"].as_i64().unwrap() < 0, "{answer}");
    assert!(info.contains("99") || info.contains("100"), "{info}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_says_enough_or_not_and_is_limited_a_day() {
    let zone = Zone::new().await;
    // All of one buyer: his year is soon used up.
    let mut last = None;
    for number in 0..60 {
        let trade = Trade::new(2, number, NOW, 1);
        let answer = zone.trade(&trade).await;
        if answer["status"].as_i64().unwrap() != 120 && answer["status"] != 300 && answer["status"] != 500 {
            last = Some((trade, answer));
            break;
        }
    }
    let (_, answer) = last.expect("somebody is over the year's limit");
    let balance = answer["info"].as_str().unwrap().to_owned();
    let mut trade = Trade::new(2, 100, NOW, 1);
    let mut number = 100;
    while trade.declaration.head.agent_code != "5301980501" {
        number += 1;
        trade = Trade::new(2, number, NOW, 1);
    }
    let ask = |trade: &Trade| {
        let message = sample::message(
            &trade.declaration.head.agent_code,
            vec![Document::Declaration(trade.declaration.clone())],
        );
        ceb::write(&message, Style::Prefixed)
    };
    let mut quota = String::new();
    for asked in 1..=51 {
        let (status, shown) = post(&zone, "5301980501", "/v1/preview", ask(&trade)).await;
        assert_eq!(status, if asked <= 50 { 200 } else { 429 }, "{asked}: {shown}");
        if asked == 1 {
            quota = shown["documents"][0]["quota"].as_str().unwrap_or_default().to_owned();
            let text = shown.to_string();
            let used: String = balance.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
            assert!(!text.contains("已用") && (used.is_empty() || !text.contains(&used)), "{text}");
            assert!(!text.contains("hits") && !text.contains("lane"), "{text}");
        }
        if status == 429 {
            assert_eq!(shown["type"], "urn:onewindow:problem:too-many");
        }
    }
    assert_eq!(quota, "not enough");
    // Another person, and another day, are other counts.
    let other = Trade::new(2, number, NOW, 1_000_000);
    let agent = other.declaration.head.agent_code.clone();
    assert_eq!(post(&zone, &agent, "/v1/preview", ask(&other)).await.0, 200);
    zone.clock.set(clearance::keys::Time(NOW.0 + 86_400_000));
    assert_eq!(post(&zone, "5301980501", "/v1/preview", ask(&trade)).await.0, 200);
    assert_eq!(post(&zone, OFFICER, "/v1/preview", ask(&trade)).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_pages_without_gap_or_repetition() {
    let zone = Zone::new().await;
    let mut trades = Vec::new();
    for number in 0..25 {
        let trade = plain(&zone, number * 50);
        zone.trade(&trade).await;
        trades.push(trade);
    }
    // A list says up to which row it is complete.
    let last = zone.window.read.position().await.unwrap();
    for _ in 0..500 {
        let (_, page) = zone.get(OFFICER, "/v1/consignments").await;
        let covered = store::Cursor::parse(page["position"].as_str().unwrap()).unwrap();
        if covered.sequence(0) >= last.sequence(0) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let (status, page) = zone.get(OFFICER, &format!("/v1/consignments?limit=10{after}")).await;
        assert_eq!(status, 200);
        let lines = page["consignments"].as_array().unwrap().clone();
        assert!(lines.len() <= 10);
        seen.extend(lines.iter().map(|line| line["orderNo"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let mut expected: Vec<String> =
        trades.iter().map(|trade| trade.order.head.order_no.to_string()).collect();
    let mut sorted = seen.clone();
    sorted.sort();
    expected.sort();
    assert_eq!(sorted, expected);
    let number = &trades[3].order.head.order_no;
    let (_, one) = zone.get(OFFICER, &format!("/v1/consignments?number={number}")).await;
    assert_eq!(one["consignments"].as_array().unwrap().len(), 1);
    let (_, none) = zone.get(OFFICER, "/v1/consignments?state=800").await;
    assert_eq!(none["consignments"], json!([]));
    let (_, entered) = zone.get(OFFICER, "/v1/consignments?state=120,300&limit=500").await;
    assert_eq!(entered["consignments"].as_array().unwrap().len(), 25);
    // A platform sees its own.
    let platform = &trades[0].order.head.ebp_code;
    let own = trades.iter().filter(|trade| trade.order.head.ebp_code == *platform).count();
    let (_, page) = zone.get(platform, "/v1/consignments?limit=500").await;
    assert_eq!(page["consignments"].as_array().unwrap().len(), own);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_found_by_its_entry_number_and_balances_are_for_offices_of_the_whole_zone() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let agent = trade.declaration.head.agent_code.clone();
    let shown = zone.shown(&agent, &trade).await;
    let entry = shown["attempt"]["invtNo"].as_str().unwrap();
    let (status, found) = zone.get(&agent, &format!("/v1/declarations/{entry}")).await;
    assert_eq!((status, &found), (200, &shown));
    let stranger = sample::filings().into_iter().find(|filing| filing.code == "5301960402").unwrap();
    if trade.waybill.logistics_code != stranger.code {
        assert_eq!(zone.get(&stranger.code, &format!("/v1/declarations/{entry}")).await.0, 404);
        assert_eq!(zone.get(&stranger.code, &path(&trade)).await.0, 404);
    }
    assert_eq!(zone.get(&agent, "/v1/declarations/86202026I999999999").await.0, 404);

    let total = Decimal::parse(shown["attempt"]["assessment"]["total"].as_str().unwrap()).unwrap();
    let dutiable = Decimal::parse(shown["attempt"]["assessment"]["dutiableValue"].as_str().unwrap()).unwrap();
    for (kind, held) in [("quota", dutiable), ("guarantee", total)] {
        let (status, found) = zone.get(OFFICER, &format!("/v1/accounts?kind={kind}")).await;
        assert_eq!(status, 200, "{found}");
        let accounts = found["accounts"].as_array().unwrap();
        assert_eq!(accounts.len(), 1, "{found}");
        assert_eq!(Decimal::parse(accounts[0]["held"].as_str().unwrap()).unwrap(), held, "{found}");
        assert_eq!(accounts[0]["posted"], "0");
        // An owner of quota is never a person.
        assert_ne!(accounts[0]["owner"], trade.declaration.head.buyer_id_number.as_str());
    }
    assert_eq!(zone.get(&agent, "/v1/accounts?kind=quota").await.0, 403);
    assert_eq!(zone.get(OFFICER, "/v1/accounts?kind=gold").await.0, 400);
    let district = zone
        .window
        .control
        .issue(OFFICER, clearance::party::Role::Officer, "district", &["8620".into()], NOW, None)
        .await
        .unwrap();
    let path = "/v1/accounts?kind=quota";
    assert_eq!(zone.request("GET", path, Some(&district), Vec::new()).await.0, 403);
}

/// Whether a value is as a schema says: types, required properties, items.
fn fits(value: &Value, schema: &Value, schemas: &Value, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        assert!(schemas[name].is_object(), "{at}: no schema {name}");
        return fits(value, &schemas[name], schemas, at);
    }
    let is = |kind: &str| match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        other => panic!("{at}: type {other}"),
    };
    match &schema["type"] {
        Value::String(kind) => assert!(is(kind), "{at} is no {kind}: {value}"),
        Value::Array(kinds) => assert!(kinds.iter().any(|kind| is(kind.as_str().unwrap())), "{at}: {value}"),
        _ => {}
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{at}.{name} is missing: {value}");
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(found) = value.get(name) {
            fits(found, inner, schemas, &format!("{at}.{name}"));
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        if schema["items"].is_object() {
            fits(item, &schema["items"], schemas, &format!("{at}[{index}]"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_as_the_openapi_document_says() {
    let zone = Zone::new().await;
    let mut trade = plain(&zone, 0);
    trade.declaration.head.buyer_name = "另一人".into();
    let (_, document) = zone.request("GET", "/v1/openapi.json", None, Vec::new()).await;
    let schemas = &document["components"]["schemas"];
    let check = |method: &str, path: &str, status: u16, value: &Value| {
        let response = &document["paths"][path][method]["responses"][status.to_string()];
        assert!(response.is_object(), "{method} {path} says nothing of {status}: {value}");
        for (_, content) in response["content"].as_object().into_iter().flatten() {
            fits(value, &content["schema"], schemas, &format!("{method} {path} {status}"));
        }
    };
    for (sender, own) in trade.documents() {
        let body = ceb::write(&sample::message(&sender, vec![own]), Style::Prefixed);
        let (status, value) = post(&zone, &sender, "/v1/messages", body).await;
        check("post", "/v1/messages", status, &value);
    }
    let (agent, platform) = (trade.declaration.head.agent_code.clone(), trade.order.head.ebp_code.clone());
    let (status, value) = post(&zone, &platform, "/v1/messages", b"<a".to_vec()).await;
    assert_eq!(status, 422);
    check("post", "/v1/messages", status, &value);
    let list = sample::message(&agent, vec![Document::Declaration(trade.declaration.clone())]);
    let (status, value) = post(&zone, &agent, "/v1/preview", ceb::write(&list, Style::Prefixed)).await;
    check("post", "/v1/preview", status, &value);
    let shown = path(&trade);
    let one = "/v1/consignments/{platform}/{order_no}";
    let by_key = format!("/v1/messages?platform={platform}&orderNo={}", trade.order.head.order_no);
    let credit = format!("/v1/credit/{agent}");
    let reads: [(&str, &str, &str); 18] = [
        (&agent, &shown, one),
        (&trade.payment.pay_code, &shown, one),
        (OFFICER, &shown, one),
        (&agent, "/v1/consignments/none/none", one),
        (&agent, "/v1/receipts", "/v1/receipts"),
        (&agent, "/v1/receipts?form=xml", "/v1/receipts"),
        (OFFICER, "/v1/consignments", "/v1/consignments"),
        (&platform, &by_key, "/v1/messages"),
        (OFFICER, "/v1/accounts?kind=quota", "/v1/accounts"),
        (&agent, "/v1/accounts?kind=quota", "/v1/accounts"),
        (&agent, "/v1/reasons", "/v1/reasons"),
        (&agent, "/v1/credit", "/v1/credit"),
        (&agent, &credit, "/v1/credit/{party}"),
        (OFFICER, &credit, "/v1/credit/{party}"),
        (&agent, "/v1/statistics", "/v1/statistics"),
        (&agent, "/v1/statistics/flow", "/v1/statistics/{table}"),
        (OFFICER, "/v1/statistics/waiting", "/v1/statistics/{table}"),
        (OFFICER, "/v1/statistics/durations?by=x", "/v1/statistics/{table}"),
    ];
    for (party, path, route) in reads {
        let (status, value) = zone.get(party, path).await;
        check("get", route, status, &value);
    }
    let (status, value) = zone.request("GET", "/health", None, Vec::new()).await;
    check("get", "/health", status, &value);
    for body in [
        json!({"id": "1", "version": 99, "action": "release"}),
        json!({"id": "2", "version": 1, "action": "no"}),
    ] {
        let path = format!("{shown}/actions");
        let (status, value) = post(&zone, OFFICER, &path, body.to_string().into_bytes()).await;
        check("post", "/v1/consignments/{platform}/{order_no}/actions", status, &value);
    }
    // People and machines.
    let (_, one_time) = people::add(&zone, "li.wei", &agent, Role::Agent, &Duty::ALL).await;
    let (status, _, value) = people::sign_in(&zone, "li.wei", &one_time, None).await;
    check("post", "/v1/sessions", status, &value);
    let (status, _, value) = people::sign_in(&zone, "li.wei", "wrong", None).await;
    check("post", "/v1/sessions", status, &value);
    let session = people::settle(&zone, "li.wei", &one_time, true).await;
    let user = json!({"login": "second", "name": "样例", "duties": ["reader"]});
    let token = json!({"name": "line", "scopes": ["receipts:read"], "days": 1});
    let asked: [(&str, &str, &str, &Value); 11] = [
        ("post", "/v1/users", "/v1/users", &user),
        ("post", "/v1/users", "/v1/users", &user),
        ("patch", "/v1/users/2", "/v1/users/{id}", &json!({"password": "reset"})),
        ("get", "/v1/users/2", "/v1/users/{id}", &Value::Null),
        ("get", "/v1/users", "/v1/users", &Value::Null),
        ("get", "/v1/users/me", "/v1/users/me", &Value::Null),
        ("post", "/v1/tokens", "/v1/tokens", &token),
        ("get", "/v1/tokens", "/v1/tokens", &Value::Null),
        ("get", "/v1/sessions", "/v1/sessions", &Value::Null),
        ("get", "/v1/trace?limit=5", "/v1/trace", &Value::Null),
        ("delete", "/v1/sessions/99", "/v1/sessions/{id}", &Value::Null),
    ];
    for (method, path, route, body) in asked {
        let (status, value) = people::ask(&zone, &method.to_uppercase(), path, &session, body).await;
        assert_ne!(status, 403, "{method} {path}: {value}");
        check(method, route, status, &value);
    }
}
