//! Exports through the interface: documents in any order, receipts in the feeds, who sees what, what officers do, and what
//! the ledger says of it when it is judged again.

use crate::goods_filing::sure;
use crate::support::{NOW, Zone, another_read};
use clearance::keys::Time;
use clearance::sample::Export;
use serde_json::{Value, json};
use store::Read;

const CUSTOMS: &str = "8620000001";
const MERCHANT: &str = "5301960201";
const PLATFORM: &str = "5301960101";

fn export(zone: &Zone, number: u64) -> Export {
    Export::new(7, number, zone.clock.now())
}

fn path(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

async fn send_all(zone: &Zone, export: &Export) -> Value {
    let mut last = Value::Null;
    for (sender, document) in export.documents() {
        last = zone.send(&sender, document).await;
    }
    last
}

async fn shown(zone: &Zone, party: &str, export: &Export) -> Value {
    let (status, shown) = zone.get(party, &path(export)).await;
    assert_eq!(status, 200, "{shown}");
    shown
}

/// Waits for what follows in a commit of its own.
async fn until(zone: &Zone, export: &Export, state: u16) -> Value {
    for _ in 0..200 {
        let shown = shown(zone, MERCHANT, export).await;
        if shown["state"] == state {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("not {state}: {}", shown(zone, MERCHANT, export).await);
}

async fn act(zone: &Zone, export: &Export, action: Value) -> (u16, Value) {
    let version = shown(zone, CUSTOMS, export).await["version"].clone();
    let mut body = action;
    body["id"] = format!("{}-{version}", body["action"]).into();
    if body["version"].is_null() {
        body["version"] = version;
    }
    let token = Some(zone.tokens[CUSTOMS].as_str());
    zone.request("POST", &format!("{}/actions", path(export)), token, body.to_string().into_bytes()).await
}

/// Messages and statuses of a party's feed, in order.
async fn feed(zone: &Zone, party: &str) -> Vec<String> {
    let (status, feed) = zone.get(party, "/v1/receipts?limit=500").await;
    assert_eq!(status, 200);
    let receipts = feed["receipts"].as_array().unwrap().iter();
    receipts.map(|one| format!("{}:{}", &one["message"].as_str().unwrap()[3..6], one["status"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_documents_in_any_order_make_a_concluded_list() {
    let zone = Zone::new().await;
    let first = export(&zone, 1);
    let answer = send_all(&zone, &first).await;
    assert_eq!((answer["status"].as_i64(), answer["kind"].as_u64()), (Some(399), Some(603)), "{answer}");
    assert_eq!(
        answer["export"],
        json!({"merchant": MERCHANT, "orderNo": first.order.head.order_no.as_str()})
    );
    let shown = until(&zone, &first, 399).await;
    assert_eq!(shown["waitingFor"], json!(["bill", "arrival"]), "{shown}");
    assert!(shown["attempt"]["invtNo"].as_str().unwrap().starts_with("86202026E"), "{shown}");
    assert_eq!(shown["timeline"].as_array().unwrap().len(), 3, "{shown}");
    // The list first: its waybill follows as an event of its own.
    let second = export(&zone, 2);
    for at in [2, 1, 0] {
        let (sender, document) = second.documents()[at].clone();
        zone.send(&sender, document).await;
    }
    until(&zone, &second, 399).await;
    let (sender, document) = second.received();
    assert_eq!(zone.send(&sender, document).await["status"], 120);
    // Each sender has the receipts of his documents.
    let agents: Vec<String> =
        [&first, &second].iter().map(|one| one.declaration.head.agent_code.to_string()).collect();
    for agent in &agents {
        let lists = feed(&zone, agent).await;
        assert!(lists.windows(3).any(|three| three == ["604:2", "604:120", "604:399"]), "{lists:?}");
    }
    assert_eq!(feed(&zone, PLATFORM).await, ["304:2", "304:120", "304:2", "304:120"]);
    assert_eq!(feed(&zone, MERCHANT).await, ["404:2", "404:120"]);
    assert!(
        feed(&zone, &first.waybill.logistics_code).await.starts_with(&["506:2".into(), "506:120".into()])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_is_told_with_both_values_and_the_next_attempt_is_free() {
    let zone = Zone::new().await;
    sure(&zone, &["export_compare_weight"]).await;
    let mut wrong = export(&zone, 3);
    wrong.waybill.gross_weight = ceb::Decimal::from_whole(77);
    let answer = send_all(&zone, &wrong).await;
    assert_eq!(answer["status"], 100, "{answer}");
    let finding = &answer["findings"][0];
    assert_eq!(
        (finding["rule"].as_str(), finding["code"].as_str()),
        (Some("gross-weight-differs"), Some("19014"))
    );
    let values: Vec<&str> =
        finding["fields"].as_array().unwrap().iter().map(|field| field["value"].as_str().unwrap()).collect();
    assert_eq!(values, [wrong.declaration.head.gross_weight.to_string().as_str(), "77"]);
    assert!(finding["fix"]["zh"].as_str().is_some_and(|fix| !fix.is_empty()));
    zone.clock.set(Time(NOW.0 + 60_000));
    let mut right = export(&zone, 3);
    // A waybill that is here is changed; order and list may come anew, as with imports.
    right.waybill.app_type = "2".into();
    let answer = send_all(&zone, &right).await;
    assert_eq!(answer["status"], 399, "{answer}");
    let shown = shown(&zone, MERCHANT, &right).await;
    assert_eq!((shown["state"].as_u64(), shown["attempt"]["number"].as_u64()), (Some(399), Some(2)));
    // Whoever missed an answer asks by the key of his document; a document tells how its list stands.
    let number = right.order.head.order_no.as_str();
    let asked = format!("/v1/messages?merchant={MERCHANT}&orderNo={number}&kind=303");
    let (status, found) = zone.get(PLATFORM, &asked).await;
    assert_eq!((status, found["documents"].as_array().map(Vec::len)), (200, Some(2)), "{found}");
    let agent = right.declaration.head.agent_code.as_str();
    let (status, filed) = zone.get(agent, &format!("/v1/documents/{}", answer["position"])).await;
    assert_eq!((status, filed["standing"]["state"].as_u64()), (200, Some(399)), "{filed}");
    // The same bytes again get their first answer.
    let (sender, document) = right.documents()[2].clone();
    let again = zone.send(&sender, document).await;
    assert_eq!((again["repeated"].as_bool(), again["status"].as_i64()), (Some(true), Some(399)));
}

#[tokio::test(flavor = "multi_thread")]
async fn those_whom_a_trade_names_find_it_and_nobody_else() {
    let zone = Zone::new().await;
    let one = export(&zone, 4);
    send_all(&zone, &one).await;
    let carrier = one.waybill.logistics_code.to_string();
    let agent = one.declaration.head.agent_code.to_string();
    for party in [MERCHANT, PLATFORM, &agent, &carrier, CUSTOMS] {
        let (_, list) = zone.get(party, "/v1/exports").await;
        assert_eq!(list["exports"][0]["orderNo"], one.order.head.order_no.as_str(), "{party}: {list}");
        assert_eq!(list["exports"][0]["lane"].is_null(), party != CUSTOMS, "{list}");
    }
    for party in ["5301960202", "5301960302", "5301960102"] {
        assert_eq!(zone.get(party, "/v1/exports").await.1["exports"], json!([]), "{party}");
        assert_eq!(zone.get(party, &path(&one)).await.0, 404, "{party}");
    }
    // The carrier sees where the trade is and his own document; prices and what others were told he does not.
    let seen = shown(&zone, &carrier, &one).await;
    assert_eq!(seen["state"], 399);
    assert!(seen["order"].is_null() && seen["attempt"]["invtNo"].is_null(), "{seen}");
    assert_eq!(seen["waybill"]["document"]["own"], true, "{seen}");
    let own: Vec<bool> =
        seen["timeline"].as_array().unwrap().iter().map(|entry| !entry["info"].is_null()).collect();
    assert_eq!(own, [false, true, false], "{seen}");
    // An office's reading is recorded, and those whom the trade names see it.
    shown(&zone, CUSTOMS, &one).await;
    zone.until_listed().await;
    let (_, readings) = zone.get(MERCHANT, "/v1/registers/accesses").await;
    assert!(readings.to_string().contains(one.order.head.order_no.as_str()), "{readings}");
    // An office of another district has it not.
    let (role, districts) = (clearance::party::Role::Officer, ["53".into()]);
    let elsewhere = zone.window.control.issue(CUSTOMS, role, "elsewhere", &districts, NOW, None);
    let token = elsewhere.await.unwrap();
    let (_, list) = zone.request("GET", "/v1/exports", Some(&token), Vec::new()).await;
    assert_eq!(list["exports"], json!([]));
    assert_eq!(zone.request("GET", &path(&one), Some(&token), Vec::new()).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_go_on_by_cursor_and_by_state() {
    let zone = Zone::new().await;
    sure(&zone, &["export_compare_weight"]).await;
    for number in 0..7 {
        let mut one = export(&zone, 100 + number);
        if number % 2 == 1 {
            one.waybill.gross_weight = ceb::Decimal::from_whole(77);
        }
        send_all(&zone, &one).await;
    }
    zone.until_listed().await;
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let (_, page) = zone.get(MERCHANT, &format!("/v1/exports?limit=3{after}")).await;
        found.extend(page["exports"].as_array().unwrap().iter().map(|line| line["orderNo"].to_string()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(found.len(), 7);
    let mut sorted = found.clone();
    sorted.sort_unstable();
    sorted.reverse();
    assert_eq!(found, sorted, "the newest first");
    // In an order places are rows, and neither kind of place is taken for the other.
    sorted.reverse();
    let (mut ordered, mut after) = (Vec::new(), String::new());
    for place in [Some("~3"), Some("~6"), None] {
        let (_, page) = zone.get(MERCHANT, &format!("/v1/exports?sort=order&limit=3{after}")).await;
        ordered.extend(page["exports"].as_array().unwrap().iter().map(|line| line["orderNo"].to_string()));
        assert_eq!((page["next"].as_str(), page["more"].as_bool()), (place, Some(false)), "{page}");
        after = format!("&after={}", place.unwrap_or_default());
    }
    assert_eq!(ordered, sorted);
    for wrong in ["sort=order&after=3", "after=~3", "after=~", "after=three"] {
        assert_eq!(zone.get(MERCHANT, &format!("/v1/exports?limit=3&{wrong}")).await.0, 400, "{wrong}");
    }
    let (_, rejected) = zone.get(MERCHANT, "/v1/exports?state=100").await;
    assert_eq!(rejected["exports"].as_array().unwrap().len(), 3, "{rejected}");
    let (_, named) = zone.get(CUSTOMS, "/v1/exports?party=5301960401&limit=500").await;
    let (_, others) = zone.get(CUSTOMS, "/v1/exports?party=5301960402&limit=500").await;
    let count = |list: &Value| list["exports"].as_array().unwrap().len();
    assert_eq!(count(&named) + count(&others), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_reviews_and_releases() {
    let zone = Zone::new().await;
    let one = export(&zone, 5).in_mode("1210");
    let answer = send_all(&zone, &one).await;
    assert_eq!(answer["status"], 300, "{answer}");
    let seen = shown(&zone, CUSTOMS, &one).await;
    assert_eq!(
        (seen["lane"].as_str(), seen["waitingFor"][0].as_str()),
        (Some("document-check"), Some("review"))
    );
    let offered: Vec<&str> =
        seen["actions"].as_array().unwrap().iter().map(|action| action["action"].as_str().unwrap()).collect();
    assert_eq!(offered, ["approve", "inspect", "reject", "conclude", "suspend"], "{seen}");
    let (status, refused) = act(&zone, &one, json!({"action": "approve", "version": 1})).await;
    assert_eq!((status, refused["findings"][0]["rule"].as_str()), (409, Some("version-outdated")));
    let (status, done) = act(&zone, &one, json!({"action": "approve", "text": "样例"})).await;
    assert_eq!((status, done["status"].as_i64()), (200, Some(399)), "{done}");
    let (status, done) = act(&zone, &one, json!({"action": "release"})).await;
    assert_eq!((status, done["status"].as_i64()), (200, Some(800)), "{done}");
    let (status, refused) = act(&zone, &one, json!({"action": "reject"})).await;
    assert_eq!((status, refused["findings"][0]["rule"].as_str()), (409, Some("action-forbidden")));
    let token = Some(zone.tokens[MERCHANT].as_str());
    let body = json!({"id": "x", "version": 1, "action": "release"}).to_string().into_bytes();
    assert_eq!(zone.request("POST", &format!("{}/actions", path(&one)), token, body).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn partners_that_do_not_come_reject_a_list_by_its_timer() {
    let zone = Zone::new().await;
    let one = export(&zone, 6);
    let (sender, document) = one.documents()[2].clone();
    zone.send(&sender, document).await;
    let seen = shown(&zone, MERCHANT, &one).await;
    assert_eq!(seen["deadlines"][0]["for"], "export-partners-missing", "{seen}");
    zone.clock.set(Time(NOW.0 + 73 * 3_600_000));
    for timer in zone.window.read.due(zone.clock.now(), 10).await.unwrap() {
        zone.window.pipeline.timer(timer).await.unwrap();
    }
    let seen = until(&zone, &one, 100).await;
    let rules: Vec<&str> = seen["attempt"]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["export-order-missing", "export-waybill-missing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_judged_is_judged_the_same_again_and_survives_a_restart() {
    let zone = Zone::new().await;
    let (first, second) = (export(&zone, 8), export(&zone, 9).in_mode("1210"));
    for at in [2, 0, 1] {
        let (sender, document) = first.documents()[at].clone();
        zone.send(&sender, document).await;
    }
    let (sender, document) = first.received();
    zone.send(&sender, document).await;
    send_all(&zone, &second).await;
    act(&zone, &second, json!({"action": "approve"})).await;
    until(&zone, &first, 399).await;
    let before = shown(&zone, MERCHANT, &first).await;
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, derived.undecided), (0, 0), "{derived:?}");
    assert!(derived.events >= 9, "{derived:?}");
    let Zone { window, router, folder, .. } = zone;
    drop((window, router));
    let (report, read) = another_read(folder.path()).await;
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    let key = clearance::export::ExportKey::Trade(first.key());
    let state = read.export(&key).await.unwrap().unwrap();
    let trade = state.trade().unwrap();
    assert_eq!(u64::from(trade.version), before["version"].as_u64().unwrap());
    assert!(trade.declaration().is_some() && trade.order.is_some() && trade.payment.is_some());
    assert_eq!(read.export_timeline(&key).await.unwrap().len() as u32, trade.version);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_goes_from_the_master_list_to_the_departure_in_any_order() {
    let zone = Zone::new().await;
    let alike = |one: &Export| {
        one.declaration.head.logistics_code == "5301960401" && one.declaration.head.agent_code == "5301980501"
    };
    let trades: Vec<Export> = (200..).map(|number| export(&zone, number)).filter(alike).take(3).collect();
    let all: Vec<&Export> = trades.iter().collect();
    let now = zone.clock.now();
    // The arrival first, then the lists, then their bill.
    let arrival = ceb::Document::ExportArrival(Export::arrival(&all, now).unwrap());
    assert_eq!(zone.send("5301960601", arrival).await["status"], 399);
    for one in &trades {
        send_all(&zone, one).await;
        let seen = until(&zone, one, 399).await;
        assert_eq!(seen["waitingFor"], json!(["bill"]), "{seen}");
    }
    let master = Export::master_bill(&all, now).unwrap();
    let bill = master.head.bill_no.to_string();
    zone.send("5301980501", ceb::Document::MasterBill(master)).await;
    for one in &trades {
        let seen = until(&zone, one, 800).await;
        assert_eq!(
            (seen["waybill"]["billNo"].as_str(), seen["waybill"]["arrived"].as_bool()),
            (Some(bill.as_str()), Some(true))
        );
        assert_eq!(seen["waitingFor"], json!(["departure"]), "{seen}");
    }
    let mut told = Vec::new();
    for _ in 0..200 {
        told = feed(&zone, "5301980501").await.into_iter().filter(|one| one.starts_with("608")).collect();
        if told.last().is_some_and(|last| last == "608:800") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(told.ends_with(&["608:399".into(), "608:800".into()]), "{told:?}");
    // One is cancelled before the others leave.
    let entry = shown(&zone, MERCHANT, &trades[0]).await["invtNo"].as_str().unwrap().to_owned();
    let application = ceb::Document::ExportCancellation(trades[0].cancellation(&entry, now));
    zone.send("5301980501", application).await;
    until(&zone, &trades[0], 1399).await;
    let departure = ceb::Document::Departure(Export::departure(&all[1..], now).unwrap());
    assert_eq!(zone.send("5301960401", departure).await["status"], 399);
    for one in &trades[1..] {
        let seen = until(&zone, one, 899).await;
        assert_eq!(seen["attempt"]["closedOn"], now.day().to_string(), "{seen}");
    }
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, derived.undecided), (0, 0), "{derived:?}");
}
