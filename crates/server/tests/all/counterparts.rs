//! Outside systems by the one adapter: one that is down queues and shows, by a script that is set while it runs; the police hold name
//! against number; the window of another country sends and receives documents in the neutral form.

use crate::support::browser::Browser;
use crate::support::people::signed_in;
use crate::support::{NOW, Zone, plain};
use crate::webhooks::{client, counterpart, delivery, webhook};
use ceb::Document;
use clearance::keys::OrderKey;
use clearance::party::{Filing, Role};
use clearance::sample::{self, Export, Trade};
use counterpart::{Counterpart, Kind, Script, Taken, foreign_window};
use exchange::neutral;
use serde_json::{Value, json};
use server::push::{self, Patience};
use std::time::{Duration, Instant};
use store::Duty;

const CUSTOMS: &str = "8620000001";
const POLICE: &str = "5301000905";
const RAILWAY: &str = "5301000910";
const AIRPORT: &str = "5301000911";
const ABROAD: &str = sample::ABROAD_CODE;

/// It tries again at once: the clock of the zone stands.
const PATIENCE: Patience = Patience { first: Duration::ZERO, longest: Duration::ZERO, refusals: 3 };

/// A zone with everybody, and a token for each of the outside systems.
async fn zone() -> Zone {
    let mut zone = Zone::new().await;
    for filings in [sample::agencies(), sample::partners()] {
        zone.window.file_all(filings.clone(), "test").await;
        for filing in filings {
            let role = filing.roles[0];
            let token =
                zone.window.control.issue(&filing.code, role, "machine", &[], NOW, None).await.unwrap();
            zone.tokens.insert(filing.code.to_string(), token);
        }
    }
    zone
}

/// A server that sends, until it is dropped.
struct Sending(tokio::task::JoinHandle<()>);

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn sending(zone: &Zone) -> Sending {
    Sending(tokio::spawn(push::run(zone.window.clone(), client(&["127.0.0.0/8"]), PATIENCE)))
}

async fn act(zone: &Zone, party: &str, path: &str, body: Value) {
    let path = format!("/v1/registers/{path}/actions");
    let (status, told) =
        zone.request("POST", &path, Some(&zone.tokens[party]), body.to_string().into_bytes()).await;
    assert_eq!(status, 200, "{path}: {told}");
}

/// A rule in force; its id.
async fn share(
    zone: &Zone,
    receiver: &str,
    (dataset, fields): (&str, &[&str]),
    filter: Value,
    suspends: bool,
) -> String {
    let id = format!("{receiver}:{dataset}");
    let rule = json!({"giver": CUSTOMS, "dataset": dataset, "schema": 1, "fields": fields, "filter": filter,
        "purpose": "样例：核对", "legalBasis": "样例办法第一条", "validFrom": "20261101", "suspends": suspends});
    act(zone, receiver, &format!("shares/{id}"), json!({"action": "propose", "body": rule})).await;
    act(zone, CUSTOMS, &format!("shares/{id}"), json!({"action": "agree", "version": 1})).await;
    id
}

async fn until(counterpart: &Counterpart, what: impl Fn(&Taken) -> bool) -> Taken {
    let began = Instant::now();
    loop {
        let taken = counterpart.taken();
        if what(&taken) {
            return taken;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "it does not come: {taken:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn every_kind_that_is_played_has_its_line() {
    for kind in Kind::ALL {
        assert!(register::webhook::COUNTERPARTS.contains(&kind.word()), "{}", kind.word());
    }
    assert_eq!(Kind::ALL.len(), register::webhook::COUNTERPARTS.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_down_queues_and_shows_until_its_script_says_that_it_works() {
    let zone = zone().await;
    let rule = share(&zone, RAILWAY, ("waybills", &["logisticsNo", "weight"]), json!({}), false).await;
    let (railway, url) = counterpart(&zone, Kind::Railway, "outage".parse().unwrap()).await;
    let body = json!({"url": url, "source": format!("shares/{rule}"), "counterpart": "railway"});
    let hook = webhook(&zone, RAILWAY, "in", body).await;
    let of_railway = async || {
        let (status, told) = zone.get(CUSTOMS, "/v1/operation").await;
        assert_eq!(status, 200, "{told}");
        let all = told["counterparts"].as_array().unwrap();
        assert!(all.iter().any(|one| one["kind"] == "tax" && one["state"] == "none"), "{told}");
        all.iter().find(|one| one["kind"] == "railway").unwrap().clone()
    };
    let _server = sending(&zone);
    let mut sent = Vec::new();
    for number in 0..4 {
        let trade = plain(&zone, number * 50);
        zone.trade(&trade).await;
        sent.push(trade.waybill.logistics_no.to_string());
    }
    delivery(&zone, RAILWAY, &hook, |shown| shown["state"] == "failing").await;
    let page = Browser::new(&zone).get("/status").await;
    assert!(page.words().contains("1家无应答"), "{}", page.words());
    // Everybody is told which kind it is, and whoever operates the window how much waits and since when.
    let of_kind = |page: &str| page.split("铁路").nth(1).unwrap().split("机场").next().unwrap().to_owned();
    assert!(of_kind(&page.words()).contains("无应答，待发内容保留"), "{}", page.words());
    let told = of_railway().await;
    assert_eq!((&told["state"], &told["failing"]), (&json!("waits"), &json!(1)), "{told}");
    assert!(told["waiting"].as_u64().unwrap() > 0 && told["since"].is_string(), "{told}");
    // On the page of the delivery that is a time, and no count of milliseconds.
    let mut own = signed_in(&zone, "tie.lu", RAILWAY, Role::Agency, &[Duty::Operator]).await;
    let page = own.get(&format!("/desk/registers/deliveries/{}", hook.replace(':', "%3A"))).await;
    let since = page.text.split("开始失败时间").nth(1).unwrap_or_else(|| panic!("{}", page.words()));
    let told: String = since.chars().take(60).collect();
    assert!(told.contains("<time datetime=\"2026-"), "{told}");
    assert_eq!(railway.taken().count, 0);
    // It works again, but for two requests that it refuses and one answer that it loses: requests are counted anew, and that it was
    // down is no refusal. What came meanwhile does not change what comes again: it is known by its id.
    railway.set("refuse 2; lose 2..3".parse().unwrap());
    let taken = until(&railway, |taken| taken.events.len() == 4).await;
    let had: Vec<&str> =
        taken.events.iter().map(|event| event["data"]["logisticsNo"].as_str().unwrap()).collect();
    assert_eq!(had, sent, "in order, each once");
    assert_eq!(until(&railway, |taken| taken.again >= 1).await.count, 4);
    delivery(&zone, RAILWAY, &hook, |shown| shown["state"] == "delivering" && shown["body"]["error"] == "")
        .await;
    until(&railway, |taken| taken.mark.as_ref().is_some_and(|mark| mark.1)).await;
    let page = Browser::new(&zone).get("/status").await;
    assert!(!page.words().contains("1家无应答"), "{}", page.words());
    assert!(of_kind(&page.words()).contains("正常接收"), "{}", page.words());
    let told = of_railway().await;
    assert_eq!(
        (&told["state"], &told["waiting"], &told["since"]),
        (&json!("works"), &json!(0), &json!(null)),
        "{told}"
    );
    // What is no kind is none of theirs.
    let body = json!({"url": "https://railway.example/", "source": format!("shares/{rule}"), "counterpart": "river"});
    let body = json!({"action": "register", "body": body}).to_string().into_bytes();
    let path = format!("/v1/registers/webhooks/{RAILWAY}:two/actions");
    let (status, told) = zone.request("POST", &path, Some(&zone.tokens[RAILWAY]), body).await;
    assert_eq!((status, &told["faults"][0]["path"]), (422, &json!("counterpart")), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_of_the_kind_that_its_owners_filing_says() {
    const BANK: &str = "5301000907";
    const PLATFORM: &str = "5301960101";
    let zone = zone().await;
    let state_of = async |kind: &str| {
        let (_, told) = zone.get(CUSTOMS, "/v1/limits").await;
        let kinds = told["exchange"]["counterparts"].as_array().unwrap();
        kinds.iter().find(|one| one["kind"] == kind).unwrap()["state"].as_str().unwrap().to_owned()
    };
    let body = |kind: &str| json!({"url": "https://a.example/", "source": "receipts", "counterpart": kind});
    let send = async |party: &str, action: Value| {
        let path = format!("/v1/registers/webhooks/{party}:in/actions");
        zone.request("POST", &path, Some(&zone.tokens[party]), action.to_string().into_bytes()).await
    };
    for (party, kind) in [
        (RAILWAY, "tax"),
        (RAILWAY, "bank"),
        (POLICE, "customs"),
        (BANK, "police"),
        (PLATFORM, "tax"),
        (PLATFORM, "bank"),
    ] {
        let (status, told) = send(party, json!({"action": "register", "body": body(kind)})).await;
        let faults = told["faults"].as_array().unwrap();
        assert_eq!((status, faults.len(), &faults[0]["path"]), (422, 1, &json!("counterpart")), "{told}");
        assert!(told.to_string().contains(&format!("counterpart-{kind} among its services")), "{told}");
        assert_eq!(state_of(kind).await, "none", "{party}");
    }
    for (party, kind) in [(RAILWAY, "railway"), (BANK, "bank")] {
        let (status, told) = send(party, json!({"action": "register", "body": body(kind)})).await;
        assert_eq!(status, 200, "{told}");
        assert_eq!(state_of(kind).await, "works", "{party}");
    }
    assert!(zone.window.filing(CUSTOMS).unwrap().is_counterpart("customs", NOW.day()));
    // Filed otherwise, it counts with no kind, and says so no more; what is for it goes on.
    let railway = zone.window.filing(RAILWAY).unwrap();
    zone.window.file_all(vec![Filing { services: Vec::new(), ..railway }], "test").await;
    assert_eq!((state_of("railway").await, state_of("bank").await), ("none".to_owned(), "works".to_owned()));
    let change = json!({"action": "change", "version": 1, "body": body("railway")});
    let (status, told) = send(RAILWAY, change).await;
    assert_eq!((status, &told["faults"][0]["path"]), (422, &json!("counterpart")), "{told}");
    let (status, told) = send(RAILWAY, json!({"action": "change", "version": 1, "body": body("")})).await;
    assert_eq!((status, &told["state"]), (200, &json!("active")), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_police_hold_the_name_against_the_number_and_what_does_not_fit_is_suspended() {
    let zone = zone().await;
    let fields = ["orderNo", "buyerIdNumber", "buyerName"];
    let rule = share(&zone, POLICE, ("declarations", &fields), json!({}), true).await;
    let trades = [plain(&zone, 0), plain(&zone, 500)];
    let numbers = trades.each_ref().map(|trade| trade.declaration.head.buyer_id_number.to_string());
    let names = trades.each_ref().map(|trade| trade.declaration.head.buyer_name.to_string());
    assert_ne!(numbers[0], numbers[1]);
    // Of the first the police know the same name, of the second another.
    let script: Script =
        format!("person {} {}; person {} 样例他人", numbers[0], names[0], numbers[1]).parse().unwrap();
    let (police, url) = counterpart(&zone, Kind::Police, script).await;
    let body = json!({"url": url, "source": format!("shares/{rule}"), "answers": true});
    webhook(&zone, POLICE, "names", body).await;
    let _server = sending(&zone);
    for trade in &trades {
        zone.trade(trade).await;
    }
    until(&police, |taken| taken.events.len() == 2).await;
    let agent = trades[1].declaration.head.agent_code.clone();
    let began = Instant::now();
    while zone.shown(&agent, &trades[1]).await["attempt"]["state"] != 600 {
        assert!(began.elapsed() < Duration::from_secs(30), "it is not suspended");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let timeline = zone.shown(CUSTOMS, &trades[1]).await.to_string();
    assert!(timeline.contains("姓名与身份证号不符"), "{timeline}");
    assert_ne!(zone.shown(&agent, &trades[0]).await["attempt"]["state"], 600);
}

/// A trade through the window of another country that the draw of this zone leaves alone.
fn through(zone: &Zone, abroad: &Filing) -> Trade {
    let seed = zone.window.reference().sampling_seed;
    let trades = (0..).map(|number| foreign_window::through(Trade::new(5, number, NOW, 1_000_000), abroad));
    let mut left_alone = trades.filter(|trade| {
        let head = &trade.order.head;
        clearance::risk::draw(&seed, &OrderKey::new(&head.ebp_code, &head.order_no)) > 100_000
    });
    left_alone.next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_country_sends_and_receives_neutral_documents_and_carriers_have_what_came_by_them() {
    let zone = zone().await;
    let partners = sample::partners();
    let abroad = partners.iter().find(|filing| filing.code == ABROAD).unwrap();
    let sends = zone.window.control.issue(ABROAD, Role::Platform, "sends", &[], NOW, None).await.unwrap();
    // As an agency it sends nothing.
    let trade = through(&zone, abroad);
    let messages = foreign_window::messages(&trade, abroad);
    let bytes = messages[0].to_string().into_bytes();
    let (status, _) = zone.request("POST", "/v1/messages", Some(&zone.tokens[ABROAD]), bytes).await;
    assert_eq!(status, 403);
    let mine = |field: &str| json!({ (field): [ABROAD] });
    let orders = ["orderNo", "ebcCode", "currency", "lines.itemName", "lines.qty"];
    let rules = [
        share(&zone, ABROAD, ("orders", &["orderNo", "lines.country"]), mine("ebpCode"), false).await,
        share(&zone, ABROAD, ("export-orders", &orders), json!({"ebpCode": ["5301960101"]}), false).await,
        share(&zone, ABROAD, ("export-payments", &["orderNo", "charge", "currency"]), json!({}), false).await,
        share(&zone, ABROAD, ("export-waybills", &["logisticsNo", "grossWeight"]), json!({}), false).await,
    ];
    let results = share(&zone, ABROAD, ("clearances", &["orderNo", "state"]), mine("platform"), false).await;
    let (window, url) = counterpart(&zone, Kind::ForeignWindow, Script::default()).await;
    for (index, rule) in rules.iter().chain([&results]).enumerate() {
        let neutral = *rule != results;
        let body =
            json!({"url": url, "source": format!("shares/{rule}"), "neutral": neutral, "answers": true});
        webhook(&zone, ABROAD, &format!("in-{index}"), body).await;
    }
    let mut carriers = Vec::new();
    for (code, kind, mode) in [(RAILWAY, Kind::Railway, "3"), (AIRPORT, Kind::Airport, "5")] {
        let fields = ["trafMode", "logisticsCode", "lines.logisticsNo"];
        let rule = share(&zone, code, ("arrivals", &fields), json!({"trafMode": [mode]}), false).await;
        let (carrier, url) = counterpart(&zone, kind, Script::default()).await;
        webhook(&zone, code, "in", json!({"url": url, "source": format!("shares/{rule}")})).await;
        carriers.push(carrier);
    }
    let _server = sending(&zone);
    // Its three documents come in the neutral form; list and arrival are ours. Another trade has no part in it.
    for message in &messages {
        let bytes = message.to_string().into_bytes();
        let (status, told) = zone.request("POST", "/v1/messages", Some(&sends), bytes).await;
        assert_eq!((status, told["documents"][0]["status"].as_i64()), (200, Some(2)), "{told}");
    }
    let export = Export::new(7, 1, NOW);
    let money = (export.order.head.ebc_code.clone(), Document::ExportPayment(export.payment.clone()));
    for (sender, document) in export.documents().into_iter().chain([money]) {
        zone.send(&sender, document).await;
    }
    let other = plain(&zone, 900);
    zone.trade(&other).await;
    zone.send(&trade.declaration.head.agent_code, Document::Declaration(trade.declaration.clone())).await;
    for (of, is_by_rail) in [(&trade, true), (&other, false)] {
        let arrival = Trade::arrival(1, &[of], NOW).unwrap();
        let arrival = if is_by_rail { foreign_window::arrival(arrival) } else { arrival };
        zone.send(&arrival.head.operator_code.clone(), Document::Arrival(arrival)).await;
    }
    let of_type = |taken: &Taken, dataset: &str| -> Vec<Value> {
        let wanted = format!("onewindow.{dataset}.v1");
        taken.events.iter().filter(|event| event["type"] == wanted).cloned().collect()
    };
    let documents = [
        ("orders", ceb::Kind::Order),
        ("export-orders", ceb::Kind::ExportOrder),
        ("export-payments", ceb::Kind::ExportPayment),
        ("export-waybills", ceb::Kind::ExportWaybill),
    ];
    let taken = until(&window, |taken| {
        of_type(taken, "clearances").iter().any(|event| event["data"]["state"] == 800)
            && documents.iter().all(|(dataset, _)| !of_type(taken, dataset).is_empty())
    })
    .await;
    for (dataset, kind) in documents {
        let events = of_type(&taken, dataset);
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(events[0]["dataschema"], "urn:onewindow:neutral:v1");
        assert_eq!(neutral::kind_of(&events[0]["data"]), Some(kind), "{events:?}");
    }
    let ours = |dataset: &str| of_type(&taken, dataset)[0].clone();
    let order = ours("orders")["data"].clone();
    assert_eq!(order["UCR"]["TraderAssignedReferenceID"], trade.order.head.order_no.as_str());
    assert_eq!(order["GovernmentAgencyGoodsItem"][0]["Origin"]["CountryCode"], "LA");
    let head = &export.order.head;
    assert_eq!(ours("export-orders")["subject"], format!("{}/{}", head.ebc_code, head.order_no));
    assert_eq!(ours("export-orders")["data"]["Seller"]["ID"], head.ebc_code.as_str());
    assert_eq!(
        ours("export-payments")["data"]["Payment"]["PaymentAmount"],
        export.payment.charge.to_string()
    );
    let weight = &ours("export-waybills")["data"]["Consignment"]["TotalGrossMassMeasure"];
    assert_eq!(*weight, export.waybill.gross_weight.to_string());
    let told = Value::Array(taken.events.clone()).to_string();
    assert!(!told.contains(other.order.head.order_no.as_str()), "another's trade: {told}");
    assert!(!told.contains(trade.order.head.buyer_id_number.as_str()), "a person: {told}");
    // Each carrier has what came by it.
    for (carrier, of) in carriers.iter().zip([&trade, &other]) {
        let taken = until(carrier, |taken| !taken.events.is_empty()).await;
        assert_eq!(taken.events.len(), 1, "{taken:?}");
        let line = &taken.events[0]["data"]["lines"][0];
        assert_eq!(line["logisticsNo"], of.waybill.logistics_no.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_heard_was_taken_comes_again_as_it_was_and_is_taken_once() {
    let zone = zone().await;
    let rule = share(&zone, RAILWAY, ("waybills", &["logisticsNo"]), json!({}), false).await;
    let (railway, url) = counterpart(&zone, Kind::Railway, "lose 3".parse().unwrap()).await;
    let hook = webhook(&zone, RAILWAY, "in", json!({"url": url, "source": format!("shares/{rule}")})).await;
    let mut sent = Vec::new();
    let mut send = async |number: u64| {
        let trade = plain(&zone, number);
        zone.trade(&trade).await;
        sent.push(trade.waybill.logistics_no.to_string());
    };
    send(0).await;
    let _server = sending(&zone);
    // Lost: more comes before it is tried again, and its page does not grow by that.
    until(&railway, |taken| taken.count == 1).await;
    for number in 1..4 {
        send(number * 50).await;
    }
    let taken = until(&railway, |taken| taken.events.len() >= 4).await;
    let had: Vec<&str> =
        taken.events.iter().map(|event| event["data"]["logisticsNo"].as_str().unwrap()).collect();
    assert_eq!(had, sent, "in order, each once");
    assert!(taken.again >= 1, "{taken:?}");
    let shown = delivery(&zone, RAILWAY, &hook, |shown| shown["body"]["complete"] == true).await;
    assert!(shown["body"].get("unanswered").is_none(), "{shown}");
}
