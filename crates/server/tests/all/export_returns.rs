//! Returns of exports through the interface: applied for, approved, tallied, released; who sees what; what lapses; how exports and
//! what came back of them are counted; what is erased of them; and what the ledger says of it when it is judged again.

use crate::goods_filing::sure;
use crate::support::{NOW, Zone, another_read};
use ::statistics::{Figures, told};
use ceb::{Decimal, Document, ExportReturn};
use clearance::export::{ExportKey, ReturnStanding};
use clearance::keys::Time;
use clearance::sample::{self, Export};
use serde_json::{Value, json};
use store::{Cursor, Read, Row};

const CUSTOMS: &str = "8620000001";
const MERCHANT: &str = "5301960201";
const AGENT: &str = "5301980501";
const CARRIER: &str = "5301960401";
const SITE: &str = "5301960601";
const DAY: i64 = 86_400_000;

/// An export of one agent and one carrier of which at least two pieces of the first goods are sold.
fn export(zone: &Zone, first: u64) -> Export {
    let wanted = |one: &Export| {
        let head = &one.declaration.head;
        head.logistics_code == CARRIER
            && head.agent_code == AGENT
            && one.declaration.lines[0].qty > Decimal::ONE
    };
    (first..).map(|number| Export::new(7, number, zone.clock.now())).find(wanted).unwrap()
}

fn path(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

async fn shown(zone: &Zone, party: &str, export: &Export) -> Value {
    let (status, shown) = zone.get(party, &path(export)).await;
    assert_eq!(status, 200, "{shown}");
    shown
}

/// Waits for what follows in a commit of its own.
async fn until(zone: &Zone, export: &Export, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..400 {
        let shown = shown(zone, MERCHANT, export).await;
        if wanted(&shown) {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it does not come to that: {}", shown(zone, MERCHANT, export).await);
}

async fn until_return(zone: &Zone, export: &Export, number: usize, status: u16) -> Value {
    until(zone, export, |shown| shown["returns"][number - 1]["status"] == status).await
}

/// Brings an export out of the country, and says the number of its list.
async fn leave(zone: &Zone, export: &Export) -> String {
    let now = zone.clock.now();
    for (sender, document) in export.documents() {
        zone.send(&sender, document).await;
    }
    until(zone, export, |shown| shown["state"] == 399).await;
    zone.send(AGENT, Document::MasterBill(Export::master_bill(&[export], now).unwrap())).await;
    zone.send(SITE, Document::ExportArrival(Export::arrival(&[export], now).unwrap())).await;
    until(zone, export, |shown| shown["state"] == 800).await;
    zone.send(CARRIER, Document::Departure(Export::departure(&[export], now).unwrap())).await;
    let shown = until(zone, export, |shown| shown["state"] == 899).await;
    shown["invtNo"].as_str().unwrap().to_owned()
}

async fn apply(zone: &Zone, application: ExportReturn) -> Value {
    zone.send(AGENT, Document::ExportReturn(application)).await
}

async fn tally(zone: &Zone, export: &Export, entry: Option<&str>) -> Value {
    zone.send(SITE, Document::ReturnTally(export.tally(entry, zone.clock.now()))).await
}

async fn act(zone: &Zone, export: &Export, action: Value) -> (u16, Value) {
    let version = shown(zone, CUSTOMS, export).await["version"].clone();
    let mut body = action;
    body["id"] = format!("{}-{}-{version}", body["action"], body["status"]).into();
    body["version"] = version;
    let token = Some(zone.tokens[CUSTOMS].as_str());
    zone.request("POST", &format!("{}/actions", path(export)), token, body.to_string().into_bytes()).await
}

/// Messages and statuses of a party's feed that are about returns, in order.
async fn feed(zone: &Zone, party: &str) -> Vec<String> {
    let (status, feed) = zone.get(party, "/v1/receipts?limit=500").await;
    assert_eq!(status, 200);
    let receipts = feed["receipts"].as_array().unwrap().iter();
    let all = receipts.map(|one| format!("{}:{}", &one["message"].as_str().unwrap()[3..6], one["status"]));
    all.filter(|one| one.starts_with("21")).collect()
}

async fn judged_again(zone: &Zone) {
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, derived.undecided), (0, 0), "{derived:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_come_back_approved_tallied_and_released() {
    let zone = Zone::new().await;
    let one = export(&zone, 1);
    let entry = leave(&zone, &one).await;
    let application = one.goods_back(&entry, 0, &[(0, Decimal::ONE)], zone.clock.now());
    let number = application.head.co_el_no.to_string();
    let answer = apply(&zone, application.clone()).await;
    assert_eq!((answer["status"].as_i64(), answer["kind"].as_u64()), (Some(2), Some(213)), "{answer}");
    let seen = until_return(&zone, &one, 1, 300).await;
    assert_eq!(seen["waitingFor"], json!(["return-decision"]), "{seen}");
    let offered = shown(&zone, CUSTOMS, &one).await["actions"].clone();
    let hold = |status: u16| json!({"action": "hold-return", "number": 1, "status": status});
    assert_eq!(
        offered,
        json!([
            {"action": "approve-return", "number": 1}, hold(500), hold(505), hold(600),
            {"action": "refuse-return", "number": 1},
        ])
    );
    let (status, refused) = act(&zone, &one, json!({"action": "hold-return", "number": 1})).await;
    assert_eq!(status, 400, "it says where it is held: {refused}");
    let (status, done) = act(&zone, &one, json!({"action": "approve-return", "number": 1})).await;
    assert_eq!((status, done["status"].as_i64()), (200, Some(120)), "{done}");
    let seen = shown(&zone, MERCHANT, &one).await;
    assert_eq!(seen["waitingFor"], json!(["returned-goods"]), "{seen}");
    assert_eq!(seen["deadlines"][0]["for"], "export-return-lapsed", "{seen}");
    assert_eq!(seen["returns"][0]["backUntil"], "20271123");
    assert_eq!(tally(&zone, &one, Some(&entry)).await["status"], 399);
    let seen = until_return(&zone, &one, 1, 800).await;
    assert_eq!(
        (seen["state"].as_u64(), seen["deadlines"].as_array().map(Vec::len)),
        (Some(899), Some(0)),
        "{seen}"
    );
    assert_eq!(seen["returns"][0]["talliedOn"], zone.clock.now().day().to_string());
    assert_eq!(feed(&zone, AGENT).await, ["214:2", "214:120", "214:300", "214:120", "214:800"]);
    assert_eq!(feed(&zone, SITE).await, ["216:2", "216:399"]);
    // Whoever missed an answer asks by the key of his document; the same bytes again get their first answer.
    let asked = format!("/v1/messages?agentCode={AGENT}&copNo={number}&kind=213");
    let (status, found) = zone.get(AGENT, &asked).await;
    assert_eq!((status, found["documents"].as_array().map(Vec::len)), (200, Some(1)), "{found}");
    assert_eq!(zone.get("5301960202", &asked).await.0, 404);
    let parcel = one.waybill.logistics_no.as_str();
    let asked = format!("/v1/messages?logisticsCode={CARRIER}&logisticsNo={parcel}&kind=215");
    let (status, found) = zone.get(SITE, &asked).await;
    assert_eq!((status, found["documents"].as_array().map(Vec::len)), (200, Some(1)), "{found}");
    assert_eq!(zone.get(AGENT, &asked).await.0, 404, "the tally is the site's");
    let again = apply(&zone, application).await;
    assert_eq!((again["repeated"].as_bool(), again["status"].as_i64()), (Some(true), Some(2)), "{again}");
    judged_again(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tally_that_came_first_is_found_and_an_officer_holds_what_he_wants_to_look_at() {
    let zone = Zone::new().await;
    let one = export(&zone, 100);
    let entry = leave(&zone, &one).await;
    assert_eq!(tally(&zone, &one, None).await["status"], 399);
    apply(&zone, one.goods_back(&entry, 0, &[(0, Decimal::ONE)], zone.clock.now())).await;
    until_return(&zone, &one, 1, 300).await;
    for (status, word) in [(500, "inspection"), (505, "handed-over"), (500, "inspection")] {
        let (code, done) =
            act(&zone, &one, json!({"action": "hold-return", "number": 1, "status": status})).await;
        assert_eq!((code, done["status"].as_u64()), (200, Some(status)), "{done}");
        assert_eq!(shown(&zone, MERCHANT, &one).await["returns"][0]["standing"], word);
    }
    let (code, done) =
        act(&zone, &one, json!({"action": "receive-return", "number": 1, "text": "样例"})).await;
    assert_eq!((code, done["status"].as_i64()), (200, Some(800)), "{done}");
    let (code, refused) = act(&zone, &one, json!({"action": "refuse-return", "number": 1})).await;
    assert_eq!((code, refused["findings"][0]["rule"].as_str()), (409, Some("action-forbidden")));
    assert_eq!(
        feed(&zone, AGENT).await,
        ["214:2", "214:120", "214:300", "214:500", "214:505", "214:500", "214:800"]
    );
    judged_again(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_comes_back_than_left_and_what_lapsed_may_be_applied_for_again() {
    let zone = Zone::new().await;
    let one = export(&zone, 200);
    let entry = leave(&zone, &one).await;
    let all = one.declaration.lines[0].qty;
    let first = one.goods_back(&entry, 0, &[(0, all)], zone.clock.now());
    apply(&zone, first.clone()).await;
    until_return(&zone, &one, 1, 300).await;
    apply(&zone, one.goods_back(&entry, 1, &[(0, Decimal::ONE)], zone.clock.now())).await;
    for _ in 0..400 {
        if feed(&zone, AGENT).await.last().is_some_and(|last| last == "214:100") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(feed(&zone, AGENT).await, ["214:2", "214:120", "214:300", "214:2", "214:100"]);
    let (_, told) = zone.get(AGENT, "/v1/receipts?limit=500").await;
    let last = told["receipts"].as_array().unwrap().last().unwrap().to_string();
    assert!(last.contains("Code:19064"), "{last}");
    let seen = shown(&zone, MERCHANT, &one).await;
    assert_eq!(seen["returns"].as_array().unwrap().len(), 1, "what the rules reject takes nothing: {seen}");
    act(&zone, &one, json!({"action": "approve-return", "number": 1})).await;
    zone.clock.set(Time(NOW.0 + 366 * DAY));
    for timer in zone.window.read.due(zone.clock.now(), 10).await.unwrap() {
        zone.window.pipeline.timer(timer).await.unwrap();
    }
    let seen = until_return(&zone, &one, 1, 100).await;
    assert_eq!(seen["returns"][0]["standing"], "lapsed", "{seen}");
    // Its number is free; now it is too late.
    let mut again = first;
    again.head.app_time = sample::stamp(zone.clock.now());
    for _ in 0..400 {
        let answer = apply(&zone, again.clone()).await;
        if answer["status"] == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    for _ in 0..400 {
        let (_, told) = zone.get(AGENT, "/v1/receipts?limit=500").await;
        if told["receipts"].to_string().contains("Code:19060") {
            judged_again(&zone).await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it is not told that it is too late: {:?}", feed(&zone, AGENT).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sees_of_a_return_what_is_his() {
    let zone = Zone::new().await;
    let one = export(&zone, 300);
    let entry = leave(&zone, &one).await;
    apply(&zone, one.goods_back(&entry, 0, &[(0, Decimal::ONE)], zone.clock.now())).await;
    until_return(&zone, &one, 1, 300).await;
    let price = one.declaration.lines[0].price.to_string();
    for party in [MERCHANT, AGENT, CUSTOMS] {
        let seen = shown(&zone, party, &one).await;
        assert_eq!(seen["returns"][0]["value"], price.as_str(), "{party}: {seen}");
        assert_eq!(seen["returns"][0]["lines"][0]["qty"], "1", "{party}: {seen}");
    }
    let carried = shown(&zone, CARRIER, &one).await["returns"][0].clone();
    assert_eq!(carried["logisticsNo"], one.waybill.logistics_no.as_str());
    assert!(carried["value"].is_null() && carried["lines"].is_null(), "{carried}");
    assert_eq!(zone.get("5301960202", &path(&one)).await.0, 404);
    let token = Some(zone.tokens[MERCHANT].as_str());
    let body =
        json!({"id": "x", "version": 9, "action": "approve-return", "number": 1}).to_string().into_bytes();
    assert_eq!(zone.request("POST", &format!("{}/actions", path(&one)), token, body).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_and_what_came_back_are_counted_in_cny_by_the_rates_of_their_day() {
    let zone = Zone::new().await;
    let mut dollars = export(&zone, 400);
    dollars.order.head.currency = "502".into();
    for (ordered, declared) in dollars.order.lines.iter_mut().zip(&mut dollars.declaration.lines) {
        (ordered.currency, declared.currency) = ("502".into(), "502".into());
    }
    // One before there is a rate, one after.
    let mut unknown = export(&zone, 500);
    unknown.order.head.currency = "300".into();
    for (ordered, declared) in unknown.order.lines.iter_mut().zip(&mut unknown.declaration.lines) {
        (ordered.currency, declared.currency) = ("300".into(), "300".into());
    }
    let rates = "currency,cny_per_100,valid_from,valid_to,source,note\n502,700,20261101,20261130,sample,\n";
    zone.window.publish(&[("exchange_rates.csv".to_owned(), rates.to_owned())], "test").await.unwrap();
    let entry = leave(&zone, &dollars).await;
    leave(&zone, &unknown).await;
    sure(&zone, &["export_compare_weight"]).await;
    let mut wrong = export(&zone, 600);
    wrong.waybill.gross_weight = Decimal::from_whole(77);
    for (sender, document) in wrong.documents() {
        zone.send(&sender, document).await;
    }
    until(&zone, &wrong, |shown| shown["state"] == 100).await;
    let mut refused = export(&zone, 700);
    refused.declaration.head.ie_flag = "I".into();
    let (sender, document) = refused.documents()[2].clone();
    assert!(zone.send(&sender, document).await["status"].as_i64().unwrap() < 0);
    apply(&zone, dollars.goods_back(&entry, 0, &[(0, Decimal::ONE)], zone.clock.now())).await;
    until_return(&zone, &dollars, 1, 300).await;
    act(&zone, &dollars, json!({"action": "approve-return", "number": 1})).await;
    tally(&zone, &dollars, None).await;
    until_return(&zone, &dollars, 1, 800).await;
    server::statistics::follow(&zone.window).await.unwrap();

    let (status, flow) = zone.get(CUSTOMS, "/v1/statistics/export-flow?by=step").await;
    assert_eq!(status, 200, "{flow}");
    let line = |step: &str| {
        flow["lines"]
            .as_array()
            .unwrap()
            .iter()
            .find(|line| line["step"] == step)
            .cloned()
            .unwrap_or_default()
    };
    let fen = |export: &Export| -> i64 {
        export.declaration.lines.iter().map(|line| line.total_price.fen_half_up().unwrap().0).sum()
    };
    let yuan = |fen: i64| Decimal::from_fen(fen).to_string();
    for (step, count) in [
        ("declared", 3),
        ("released", 2),
        ("closed", 2),
        ("rejected", 1),
        ("unconverted", 1),
        ("returned", 1),
    ] {
        assert_eq!(line(step)["count"], count, "{step}: {flow}");
    }
    assert_eq!(line("released")["value"], yuan(fen(&dollars) * 7).as_str(), "{flow}");
    let price = dollars.declaration.lines[0].price.fen_half_up().unwrap().0;
    assert_eq!(line("returned")["value"], yuan(price * 7).as_str(), "{flow}");
    let (_, to) = zone.get(CUSTOMS, "/v1/statistics/export-countries?by=country,step").await;
    assert!(
        to["lines"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["country"] == "119" && line["step"] == "released"),
        "{to}"
    );
    for table in
        ["export-chapters", "export-goods", "export-lanes", "export-durations", "export-causes", "work"]
    {
        let (status, told) = zone.get(CUSTOMS, &format!("/v1/statistics/{table}")).await;
        assert_eq!(status, 200, "{told}");
        assert!(!told["lines"].as_array().unwrap().is_empty(), "{table}: {told}");
    }
    // A party has its own, everybody only what is of several; imports are counted by themselves.
    let (_, own) = zone.get(AGENT, "/v1/statistics/export-flow?by=step").await;
    assert!(own.to_string().contains("released"), "{own}");
    let (_, other) = zone.get("5301980502", "/v1/statistics/export-flow?by=step").await;
    assert_eq!(other["lines"], json!([]), "{other}");
    let (_, public) = zone.request("GET", "/v1/indicators/export-flow?by=step", None, Vec::new()).await;
    assert!(public["lines"].as_array().unwrap().iter().all(|line| line["suppressed"] == true), "{public}");
    let (_, imports) = zone.get(CUSTOMS, "/v1/statistics/flow?by=step").await;
    assert_eq!(imports["lines"], json!([]), "{imports}");
    // Told while rows are fresh, or of all rows read again: the same figures.
    let mut again = Figures::default();
    let mut visit = |_, row: Row| {
        let Row::Event(row) = row else { return true };
        if let Some(told) = row.outcome.as_ref().and_then(|outcome| told(&row.event, outcome)) {
            again.add(&told);
        }
        true
    };
    zone.window.read.scan(&Cursor::default(), &mut visit).await.unwrap();
    assert_eq!(zone.window.statistics.standing().figures, again);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_exports_say_of_people_is_erased_in_time_and_no_sooner() {
    let zone = Zone::new().await;
    let mut one = export(&zone, 800);
    one.waybill.ebc_telephone = Some("13900001234".into());
    one.payment.pay_code = None;
    one.payment.pay_name = "样例海外买家".into();
    one.payment.note = Some("样例备注甲".into());
    let entry = leave(&zone, &one).await;
    let (sender, document) = one.received();
    zone.send(&sender, document).await;
    apply(&zone, one.goods_back(&entry, 0, &[(0, Decimal::ONE)], zone.clock.now())).await;
    until_return(&zone, &one, 1, 300).await;
    act(&zone, &one, json!({"action": "refuse-return", "number": 1, "text": "样例"})).await;
    until_return(&zone, &one, 1, 100).await;
    let window = &zone.window;
    let tells = ["13900001234", "样例海外买家", "样例备注甲"];
    for (days, kept) in [(400, true), (1_200, false)] {
        let later = Time(NOW.0 + days * DAY);
        zone.clock.set(later);
        let due = server::retention::plan(&window.read, later, None).await.unwrap();
        server::retention::carry_out(window, &due, "test").await.unwrap();
        let mut all = String::new();
        let mut add = |_, row: Row| {
            all.push_str(&format!("{row:?}"));
            true
        };
        window.read.scan(&Cursor::default(), &mut add).await.unwrap();
        for text in tells {
            assert_eq!(all.contains(text), kept, "{text} after {days} days");
        }
    }
    let later = zone.clock.now();
    assert_eq!(
        server::retention::plan(&window.read, later, None).await.unwrap().rows(),
        0,
        "nothing is left to do"
    );
    let seen = shown(&zone, MERCHANT, &one).await;
    assert_eq!(
        (seen["state"].as_u64(), seen["returns"][0]["status"].as_u64()),
        (Some(899), Some(100)),
        "{seen}"
    );
    let Zone { window, router, folder, .. } = zone;
    drop((window, router));
    let (report, _) = another_read(folder.path()).await;
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}

#[tokio::test(flavor = "multi_thread")]
async fn returns_survive_a_restart_with_their_documents() {
    let zone = Zone::new().await;
    let one = export(&zone, 900);
    let entry = leave(&zone, &one).await;
    apply(&zone, one.goods_back(&entry, 0, &[(0, Decimal::ONE)], zone.clock.now())).await;
    until_return(&zone, &one, 1, 300).await;
    act(&zone, &one, json!({"action": "approve-return", "number": 1})).await;
    tally(&zone, &one, None).await;
    until_return(&zone, &one, 1, 800).await;
    judged_again(&zone).await;
    let Zone { window, router, folder, .. } = zone;
    drop((window, router));
    let (report, read) = another_read(folder.path()).await;
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    let state = read.export(&ExportKey::Trade(one.key())).await.unwrap().unwrap();
    let back = &state.trade().unwrap().returns[0];
    assert_eq!((back.standing, back.filed.status), (ReturnStanding::Released, 800));
    assert!(
        matches!(&*back.filed.document, Document::ExportReturn(application) if application.lines.len() == 1)
    );
    assert!(back.tallied.is_some() && back.value.is_some());
}
