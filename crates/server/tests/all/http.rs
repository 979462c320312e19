//! Stories over HTTP, on every store.

use crate::support::{NOW, SetUp, Zone, open, path, plain, set_up};
use ceb::{Document, Style};
use clearance::party::Role;
use clearance::sample::{self, Trade};
use serde_json::{Value, json};
use store::Read;

const OFFICER: &str = "8620000001";

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_purchase_clears_and_everyone_gets_his_receipts() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    let answer = zone.trade(&trade).await;
    assert_eq!(answer["status"], 120, "{answer}");
    let arrival = Trade::arrival(3, &[&trade], NOW).unwrap();
    let operator = arrival.head.operator_code.clone();
    assert_eq!(zone.send(&operator, Document::Arrival(arrival)).await["status"], 399);
    let agent = trade.declaration.head.agent_code.clone();
    for _ in 0..100 {
        if zone.shown(&agent, &trade).await["attempt"]["state"] == 800 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let shown = zone.shown(&agent, &trade).await;
    assert_eq!(shown["attempt"]["state"], 800);
    assert!(shown["attempt"]["assessment"]["total"].as_str().unwrap().parse::<f64>().unwrap() > 0.0);
    let (_, feed) = zone.get(&agent, "/v1/receipts?form=xml").await;
    let kinds: Vec<String> = feed["receipts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["message"].as_str().unwrap(), one["status"]))
        .collect();
    assert_eq!(kinds, ["CEB622Message 2", "CEB622Message 120", "CEB622Message 800", "CEB816Message 1"]);
    for one in feed["receipts"].as_array().unwrap() {
        let parsed = ceb::parse(one["receipt"].as_str().unwrap().as_bytes(), &ceb::Limits::default());
        assert!(parsed.defects.is_empty() && parsed.message.unwrap().entries[0].defects.is_empty());
    }
    let cursor = feed["cursor"].as_str().unwrap();
    let (_, rest) = zone.get(&agent, &format!("/v1/receipts?after={cursor}")).await;
    assert_eq!(rest["receipts"], json!([]));
    // Strangers and missing tokens see nothing.
    let stranger = sample::filings()
        .into_iter()
        .find(|filing| {
            filing.has(Role::Merchant)
                && filing.code != trade.order.head.ebc_code
                && filing.code != trade.order.head.ebp_code
        })
        .unwrap();
    assert_eq!(zone.get(&stranger.code, &path(&trade)).await.0, 404);
    assert_eq!(zone.request("GET", &path(&trade), None, Vec::new()).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_says_rule_fields_values_and_fix() {
    let zone = Zone::new().await;
    let mut trade = plain(&zone, 100);
    trade.payment.amount_paid = ceb::Decimal::from_whole(1);
    let answer = zone.trade(&trade).await;
    assert_eq!(answer["status"], 100);
    let finding = &answer["findings"][0];
    assert_eq!(finding["rule"], "paid-amount-differs");
    assert_eq!(finding["code"], "1332");
    assert_eq!(finding["fields"][1], json!({"path": "PaymentHead.amountPaid", "value": "1"}));
    assert!(
        finding["fix"]["en"].as_str().unwrap().len() > 10
            && finding["fix"]["zh"].as_str().unwrap().len() > 10
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_answer_is_for_ever_and_survives_a_restart() {
    let mut zone = Zone::new().await;
    let trade = plain(&zone, 200);
    let message = sample::message(&trade.order.head.ebp_code, vec![Document::Order(trade.order.clone())]);
    let bytes = ceb::write(&message, Style::Prefixed);
    let token = zone.tokens[trade.order.head.ebp_code.as_str()].clone();
    let (_, first) = zone.request("POST", "/v1/messages", Some(&token), bytes.clone()).await;
    let sha = first["message"]["sha256"].as_str().unwrap().to_owned();
    // The same document in other bytes: another message, the same first answer.
    let other = ceb::write(&message, Style::DefaultNamespace);
    assert_ne!(other, bytes);
    let (_, repeated) = zone.request("POST", "/v1/messages", Some(&token), other).await;
    let other_sha = repeated["message"]["sha256"].as_str().unwrap();
    let (_, found) =
        zone.request("GET", &format!("/v1/messages?sha256={other_sha}"), Some(&token), Vec::new()).await;
    assert_eq!(found["documents"][0]["status"], first["documents"][0]["status"], "{found}");
    assert_eq!(found["documents"][0]["repeats"], first["documents"][0]["position"]);
    for round in 0..2 {
        let (_, again) = zone.request("POST", "/v1/messages", Some(&token), bytes.clone()).await;
        assert_eq!(again["documents"][0]["repeated"], true, "round {round}");
        assert_eq!(again["documents"][0]["position"], first["documents"][0]["position"]);
        let (_, found) =
            zone.request("GET", &format!("/v1/messages?sha256={sha}"), Some(&token), Vec::new()).await;
        assert_eq!(found["message"]["position"], first["message"]["position"]);
        let position = first["message"]["position"].as_u64().unwrap();
        let row = zone
            .window
            .read
            .message(clearance::keys::Position::of_number(position).unwrap())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(zone.window.read.original(&row).await.unwrap(), bytes);
        // Everything again from the disk, with the index gone.
        let Zone { window, router, tokens, folder, clock } = zone;
        drop((window, router));
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        let index = folder.path().join("data/index.db");
        if index.exists() {
            std::fs::remove_file(index).unwrap();
        }
        let window = open(&folder, &clock).await;
        zone = Zone { router: server::api::router(window.clone()), window, tokens, folder, clock };
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_false_exchange_id_reaches_nobody_elses_feed() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 250);
    let (sender, stranger) = (trade.order.head.ebp_code.clone(), trade.declaration.head.agent_code.clone());
    let mut message = sample::message(&sender, vec![Document::Order(trade.order.clone())]);
    let false_id = sample::exchange_id(&stranger).unwrap();
    message.transfer.as_mut().unwrap().dxp_id = false_id.into();
    let token = zone.tokens[sender.as_str()].clone();
    let bytes = ceb::write(&message, Style::Prefixed);
    let (_, answer) = zone.request("POST", "/v1/messages", Some(&token), bytes).await;
    assert_eq!(answer["documents"][0]["findings"][0]["rule"], "transfer-differs", "{answer}");
    let (_, own) = zone.get(&sender, "/v1/receipts").await;
    assert_eq!(own["receipts"].as_array().unwrap().len(), 1, "{own}");
    let (_, others) = zone.get(&stranger, "/v1/receipts").await;
    assert_eq!(others["receipts"].as_array().unwrap().len(), 0, "{others}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_gets_a_clear_answer() {
    let zone = Zone::new().await;
    let token = zone.tokens["5301960101"].clone();
    let post = |bytes: Vec<u8>| zone.request("POST", "/v1/messages", Some(&token), bytes);
    for (bytes, rule) in [
        (b"<a".to_vec(), "not-well-formed"),
        (b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><\xff/>".to_vec(), "encoding"),
        (b"<hello xmlns=\"http://www.chinaport.gov.cn/ceb\"/>".to_vec(), "unknown-root"),
        (b"<CEB311Message xmlns=\"urn:x\"/>".to_vec(), "namespace"),
        (b"{\"CEB999Message\":{}}".to_vec(), "unknown-root"),
        (b"<!DOCTYPE x><CEB311Message/>".to_vec(), "doctype-forbidden"),
        (Vec::new(), "not-well-formed"),
    ] {
        let (status, answer) = post(bytes.clone()).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer["message"]["refused"].as_str().unwrap().contains(rule), "{rule}: {answer}");
    }
    assert_eq!(post(vec![b' '; 50 << 20]).await.0, 413);
    let trade = Trade::new(3, 300, NOW, 1000);
    let many = vec![Document::Order(trade.order.clone()); 200];
    let (_, answer) = post(ceb::write(&sample::message("5301960101", many), Style::Prefixed)).await;
    assert_eq!(answer["documents"].as_array().unwrap().len(), 200);
    assert!(answer["documents"].as_array().unwrap().iter().all(|one| one["status"] == -301015));
    let (status, problem) = zone.request("POST", "/v1/messages", Some("ow_nobody"), Vec::new()).await;
    assert_eq!((status, problem["type"].as_str().unwrap()), (401, "urn:onewindow:problem:unauthenticated"));
    let (_, feed) = zone.get("5301960101", "/v1/receipts").await;
    let refused =
        feed["receipts"].as_array().unwrap().iter().filter(|one| one["message"] == "CEB900Message").count();
    assert_eq!(refused, 7, "every refused message is answered in the feed");
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_decide_by_the_version_they_saw() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 400);
    zone.trade(&trade).await;
    let shown = zone.shown(OFFICER, &trade).await;
    let act = |body: Value| {
        zone.request(
            "POST",
            format!("{}/actions", path(&trade)).leak(),
            Some(&zone.tokens[OFFICER]),
            body.to_string().into_bytes(),
        )
    };
    let version = shown["version"].as_u64().unwrap();
    let (status, _) = act(json!({"id": "a1", "version": version, "action": "suspend", "text": "样例"})).await;
    assert_eq!(status, 200);
    let (status, refused) = act(json!({"id": "a2", "version": version, "action": "resume"})).await;
    assert_eq!((status, refused["findings"][0]["rule"].as_str().unwrap()), (409, "version-outdated"));
    let (status, again) = act(json!({"id": "a1", "version": version, "action": "suspend"})).await;
    assert_eq!((status, again["repeated"].clone()), (200, json!(true)));
    let (status, _) = act(json!({"id": "a3", "version": version + 1, "action": "dance"})).await;
    assert_eq!(status, 400);
    let agent = trade.declaration.head.agent_code.to_string();
    let body = json!({"id": "x", "version": version + 1, "action": "resume"}).to_string().into_bytes();
    let (status, _) =
        zone.request("POST", &format!("{}/actions", path(&trade)), Some(&zone.tokens[&agent]), body).await;
    assert_eq!(status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn preview_says_what_would_happen_and_writes_nothing() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 500);
    for (sender, document) in trade.documents().into_iter().take(3) {
        zone.send(&sender, document).await;
    }
    let agent = trade.declaration.head.agent_code.clone();
    let message = sample::message(&agent, vec![Document::Declaration(trade.declaration.clone())]);
    let before = zone.window.read.position().await.unwrap();
    let bytes = ceb::write(&message, Style::Prefixed);
    let (status, preview) =
        zone.request("POST", "/v1/preview", Some(&zone.tokens[agent.as_str()]), bytes).await;
    assert_eq!(status, 200);
    let document = &preview["documents"][0];
    assert_eq!((document["clears"].clone(), document["quota"].clone()), (json!(true), json!("enough")));
    let after = zone.window.read.position().await.unwrap();
    let rows = |cursor: &store::Cursor| cursor.writers.iter().map(|(_, sequence)| sequence).sum::<u64>();
    assert_eq!(rows(&after), rows(&before) + 1, "that it was asked, and nothing else");
    let live = zone.send(&agent, Document::Declaration(trade.declaration.clone())).await;
    assert_eq!(live["status"], 120);
    let shown = zone.shown(&agent, &trade).await;
    assert_eq!(shown["attempt"]["assessment"], document["assessment"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_but_health_and_its_description_asks_for_a_token() {
    let zone = Zone::new().await;
    for (method, route) in server::api::ROUTES {
        let path = route
            .replace("{platform}", "p")
            .replace("{order_no}", "o")
            .replace("{invt_no}", "i")
            .replace("{position}", "1")
            .replace("{register}", "filings")
            .replace("{dataset}", "orders")
            .replace("{table}", "flow")
            .replace("{seller}", "s")
            .replace("{period}", "20990101")
            .replace("{code}", "1")
            .replace("{gtin}", "09506000134352")
            .replace("{lot}", "L1")
            .replace("{serial}", "S1")
            .replace("{id}", "1");
        let (status, _) = zone.request(&method.to_uppercase(), &path, None, Vec::new()).await;
        let open = matches!(
            (*method, *route),
            (
                "get",
                "/health"
                    | "/ready"
                    | "/v1/openapi.json"
                    | "/v1/institutions"
                    | "/v1/credit"
                    | "/v1/parks"
                    | "/v1/processes"
                    | "/v1/trace/{gtin}/{lot}/{serial}"
                    | "/v1/publications"
                    | "/v1/indicators/{table}"
                    | "/v1/draws"
                    | "/v1/draws/{period}"
                    | "/v1/draws/{period}/list"
                    | "/v1/draws/{period}/line"
            ) | ("post", "/v1/sessions" | "/v1/registrations" | "/ceb2grab/grab/realTimeDataUpload")
                | ("post", "/v1/consumer/codes" | "/v1/consumer/sessions" | "/v1/credit/verify")
        ) || route.starts_with("/v1/sign-in");
        assert_eq!(status == 401, !open, "{method} {route}: {status}");
        // Nobody set a provider here, no period was made and no code issued: they are answered as what is not there.
        let none = [
            "/v1/sign-in/{provider}",
            "/v1/draws/{period}",
            "/v1/draws/{period}/list",
            "/v1/trace/{gtin}/{lot}/{serial}",
        ];
        assert!(status != 404 || none.contains(route), "{route} is listed but not routed");
    }
    let (_, document) = zone.request("GET", "/v1/openapi.json", None, Vec::new()).await;
    for (method, route) in server::api::ROUTES {
        assert!(document["paths"][route][method].is_object(), "{method} {route} is not described");
    }
    assert_eq!(zone.get("5301960101", "/metrics").await.0, 403);
    assert_eq!(zone.get(OFFICER, "/metrics").await.0, 200);
    let _ = &zone.clock;
    let _ = &zone.folder;
}

/// Documents that are well formed and wrong: the rule, and the field with its value.
#[tokio::test(flavor = "multi_thread")]
async fn impossible_values_are_named() {
    use ceb::{Decimal, Stamp};
    use clearance::keys::Time;
    let zone = Zone::new().await;
    let days = |days: i64| sample::stamp(Time(NOW.0 + days * 86_400_000));
    type Change = fn(&mut Trade, Stamp);
    let cases: [(&str, &str, Stamp, Change); 9] = [
        ("time-out-of-window", "InventoryHead.appTime", days(-40), |trade, time| {
            trade.declaration.head.app_time = time
        }),
        ("time-out-of-window", "InventoryHead.appTime", days(2), |trade, time| {
            trade.declaration.head.app_time = time
        }),
        ("amount-negative", "InventoryHead.freight", days(0), |trade, _| {
            trade.declaration.head.freight = Decimal::from_whole(-5)
        }),
        ("amount-negative", "InventoryList[1].qty", days(0), |trade, _| {
            trade.declaration.lines[0].qty = Decimal::from_whole(-1)
        }),
        ("amount-negative", "InventoryList[1].price", days(0), |trade, _| {
            trade.declaration.lines[0].price = Decimal::from_whole(-1)
        }),
        ("weight-wrong", "InventoryHead.netWeight", days(0), |trade, _| {
            trade.declaration.head.net_weight = Decimal::ZERO
        }),
        // 19 digits: the product of price and quantity leaves the range of what can be assessed.
        ("line-total-wrong", "InventoryList[1].totalPrice", days(0), |trade, _| {
            let line = &mut trade.declaration.lines[0];
            line.price = Decimal::parse("99999999999999.99999").unwrap();
            line.qty = Decimal::parse("99999999999999.99999").unwrap();
        }),
        ("field-not-allowed", "InventoryHead.packNo", days(0), |trade, _| {
            trade.declaration.head.pack_no = 900_000_000
        }),
        ("code-unknown", "InventoryList[1].gcode", days(0), |trade, _| {
            trade.declaration.lines[0].gcode = "abcdefghij".into()
        }),
    ];
    for (number, (rule, path, time, change)) in cases.into_iter().enumerate() {
        let mut trade = plain(&zone, 600 + number as u64 * 40);
        change(&mut trade, time);
        let agent = trade.declaration.head.agent_code.clone();
        let answer = zone.send(&agent, Document::Declaration(trade.declaration)).await;
        assert!(answer["status"].as_i64().unwrap() < 0, "{rule}: {answer}");
        let finding = answer["findings"].as_array().unwrap().iter().find(|one| one["rule"] == rule);
        let finding = finding.unwrap_or_else(|| panic!("{rule}: {answer}"));
        let named = finding["fields"].as_array().unwrap().iter().any(|field| field["path"] == path);
        assert!(named, "{rule}: {finding}");
    }
    // Digits without end, and a name too long, are answered by field, never by a crash.
    let trade = plain(&zone, 2000);
    let agent = trade.declaration.head.agent_code.clone();
    let message = sample::message(&agent, vec![Document::Declaration(trade.declaration.clone())]);
    let xml = String::from_utf8(ceb::write(&message, Style::Prefixed)).unwrap();
    let start = xml.find("<ceb:freight>").unwrap() + 13;
    let end = start + xml[start..].find('<').unwrap();
    for wrong in ["9".repeat(400), "1e308".into(), "NaN".into(), "-".into(), "0x10".into(), "１２".into()] {
        let bytes = format!("{}{wrong}{}", &xml[..start], &xml[end..]).into_bytes();
        let (_, answer) =
            zone.request("POST", "/v1/messages", Some(&zone.tokens[agent.as_str()]), bytes).await;
        assert_eq!(answer["documents"][0]["status"], -621001, "{wrong}: {answer}");
        assert!(answer["documents"][0]["info"].as_str().unwrap().contains("freight"), "{answer}");
    }
}

async fn released(zone: &Zone, trade: &Trade) {
    zone.trade(trade).await;
    let arrival = Trade::arrival(3, &[trade], NOW).unwrap();
    let operator = arrival.head.operator_code.clone();
    zone.send(&operator, Document::Arrival(arrival)).await;
    for _ in 0..200 {
        if zone.shown(&trade.declaration.head.agent_code, trade).await["attempt"]["state"] == 800 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the list was not released");
}

#[tokio::test(flavor = "multi_thread")]
async fn first_answers_are_found_by_every_business_key_and_only_by_their_sender() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    released(&zone, &trade).await;
    let (head, payment, waybill) = (&trade.declaration.head, &trade.payment, &trade.waybill);
    let arrival = Trade::arrival(3, &[&trade], NOW).unwrap().head;
    let order = format!("platform={}&orderNo={}", trade.order.head.ebp_code, trade.order.head.order_no);
    let asked = [
        (trade.order.head.ebp_code.clone(), order.clone(), 311, 2),
        (
            payment.pay_code.clone(),
            format!("payCode={}&payTransactionId={}", payment.pay_code, payment.pay_transaction_id),
            411,
            2,
        ),
        (
            waybill.logistics_code.clone(),
            format!("logisticsCode={}&logisticsNo={}", waybill.logistics_code, waybill.logistics_no),
            511,
            2,
        ),
        (
            head.agent_code.clone(),
            format!("agentCode={}&copNo={}", head.agent_code, head.cop_no.as_ref().unwrap()),
            621,
            120,
        ),
        (
            arrival.operator_code.clone(),
            format!("operatorCode={}&copNo={}", arrival.operator_code, arrival.cop_no.unwrap()),
            711,
            399,
        ),
    ];
    for (sender, query, kind, status) in asked {
        let (code, found) = zone.get(&sender, &format!("/v1/messages?{query}&kind={kind}")).await;
        assert_eq!(code, 200, "{query}: {found}");
        let documents = found["documents"].as_array().unwrap();
        assert_eq!(documents.len(), 1, "{query}: {found}");
        assert_eq!(
            (documents[0]["kind"].clone(), documents[0]["status"].clone()),
            (json!(kind), json!(status))
        );
        assert_eq!(documents[0]["message"]["root"], format!("CEB{kind}Message"));
        // Whoever did not send it does not find it, though he may see the consignment.
        let other = if kind == 621 { &payment.pay_code } else { &head.agent_code };
        assert_eq!(zone.get(other, &format!("/v1/messages?{query}&kind={kind}")).await.0, 404, "{query}");
    }
    let (_, all) = zone.get(OFFICER, &format!("/v1/messages?{order}")).await;
    assert_eq!(all["documents"].as_array().unwrap().len(), 3, "{all}");
    assert_eq!(zone.get(&head.agent_code, "/v1/messages?platform=x").await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timeline_has_the_waybill_and_the_arrival() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    released(&zone, &trade).await;
    let roots = |shown: &Value| -> Vec<String> {
        let timeline = shown["timeline"].as_array().unwrap();
        timeline.iter().filter_map(|one| one["message"].as_str().map(str::to_owned)).collect()
    };
    let shown = zone.shown(&trade.declaration.head.agent_code, &trade).await;
    let mut found = roots(&shown);
    found.sort();
    let expected = ["CEB311Message", "CEB411Message", "CEB511Message", "CEB621Message", "CEB711Message"];
    assert_eq!(found, expected, "{shown}");
    let positions: Vec<u64> =
        shown["timeline"].as_array().unwrap().iter().map(|one| one["position"].as_u64().unwrap()).collect();
    // Each server counts its own rows.
    let in_order = positions.is_sorted_by(|one, other| one < other);
    assert!(in_order || set_up() == SetUp::TwoServers, "{positions:?}");
    // What the site operator was told, of this and of other parcels, is his.
    let arrival = shown["timeline"].as_array().unwrap().iter().find(|one| one["message"] == "CEB711Message");
    assert!(arrival.unwrap()["info"].is_null() && arrival.unwrap()["receipts"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn payment_firm_and_carrier_see_what_concerns_their_documents() {
    let zone = Zone::new().await;
    let mut trade = plain(&zone, 0);
    trade.payment.amount_paid = ceb::Decimal::from_whole(1);
    zone.trade(&trade).await;
    let agent = zone.shown(&trade.declaration.head.agent_code, &trade).await;
    let rules = |shown: &Value| -> Vec<String> {
        let findings = shown["attempt"]["findings"].as_array().unwrap();
        findings.iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect()
    };
    let payer = zone.shown(&trade.payment.pay_code, &trade).await;
    assert_eq!(rules(&payer), rules(&agent), "the finding is on a field of the payment");
    let carrier = zone.shown(&trade.waybill.logistics_code, &trade).await;
    assert_eq!(rules(&carrier), Vec::<String>::new());
    for shown in [&payer, &carrier] {
        let text = shown.to_string();
        for kept_back in ["assessment", "dutiableValue", "taxNo", "\"bill\"", &trade.order.head.buyer_name] {
            assert!(!text.contains(kept_back), "{kept_back}: {text}");
        }
    }
    assert!(agent["attempt"]["assessment"]["total"].is_string(), "{agent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_who_decided_on_an_older_version_is_told_what_changed() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let version = zone.shown(OFFICER, &trade).await["version"].as_u64().unwrap();
    let act = async |body: Value| {
        let path = format!("{}/actions", path(&trade));
        zone.request("POST", &path, Some(&zone.tokens[OFFICER]), body.to_string().into_bytes()).await
    };
    let first = json!({"id": "a1", "version": version, "action": "suspend", "text": "样例"});
    assert_eq!(act(first).await.0, 200);
    let (status, refused) = act(json!({"id": "a2", "version": version, "action": "reject"})).await;
    assert_eq!(status, 409);
    let changes = refused["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{refused}");
    assert_eq!((changes[0]["what"].as_str(), changes[0]["by"].as_str()), (Some("suspend"), Some("tester")));
    assert_eq!(changes[0]["version"].as_u64(), Some(version + 1));
    assert_eq!(changes[0]["state"], 600);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_is_a_problem_document() {
    let zone = Zone::new().await;
    let token = &zone.tokens[OFFICER];
    let platform = &zone.tokens["5301960101"];
    let large = vec![b' '; 60 << 20];
    let cases = [
        ("PUT", "/v1/messages", token, Vec::new(), 405, "method-not-allowed"),
        ("POST", "/v1/messages", platform, large, 413, "too-large"),
        ("GET", "/v1/messages/abc/original", token, Vec::new(), 400, "bad-request"),
        ("GET", "/v1/consignments?limit=a", token, Vec::new(), 400, "bad-request"),
        ("GET", "/v1/consignments?state=%FF", token, Vec::new(), 400, "bad-request"),
        ("GET", "/nowhere", token, Vec::new(), 404, "not-found"),
        ("POST", "/v1/consignments/p/o/actions", token, b"{".to_vec(), 400, "bad-request"),
    ];
    for (method, path, token, body, status, kind) in cases {
        let (found, problem) = zone.request(method, path, Some(token), body).await;
        assert_eq!(found, status, "{method} {path}: {problem}");
        assert_eq!(problem["type"], format!("urn:onewindow:problem:{kind}"), "{method} {path}: {problem}");
        assert!(!problem["detail"].as_str().unwrap().is_empty(), "{method} {path}");
    }
}
