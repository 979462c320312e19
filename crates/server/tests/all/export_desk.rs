//! Exports at the desk of those who trade: documents filled in, corrected and sent in bundles, the list of one's trades, and any
//! number that leads to one.

use crate::goods_filing::sure;
use crate::support::browser::{Browser, Shown};
use crate::support::people;
use crate::support::{NOW, Zone, path as import_path, plain};
use ceb::{Decimal, Document, Style};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::{self, Export};
use serde_json::{Value, json};
use server::rights::sent_by;
use store::Duty;

const MERCHANT: &str = "5301960201";
const PLATFORM: &str = "5301960101";
const AGENT: &str = "5301980501";
const CARRIER: &str = "5301960401";
const CUSTOMS: &str = "8620000001";

/// Exports of one agent and one carrier, from a number on.
fn exports(zone: &Zone, from: u64, count: usize) -> Vec<Export> {
    let alike = |one: &Export| {
        one.declaration.head.logistics_code == CARRIER && one.declaration.head.agent_code == AGENT
    };
    (from..).map(|number| Export::new(7, number, zone.clock.now())).filter(alike).take(count).collect()
}

fn path(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

fn desk(export: &Export) -> String {
    path(export).replace("/v1", "/desk")
}

async fn send_all(zone: &Zone, export: &Export) -> Value {
    let mut last = Value::Null;
    for (sender, document) in export.documents() {
        last = zone.send(&sender, document).await;
    }
    last
}

async fn until(zone: &Zone, export: &Export, state: u16) -> Value {
    let mut shown = Value::Null;
    for _ in 0..400 {
        shown = zone.get(MERCHANT, &path(export)).await.1;
        if shown["state"] == state {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("not {state}: {shown}");
}

async fn operator<'a>(zone: &'a Zone, login: &str, party: &str, role: Role) -> Browser<'a> {
    people::signed_in(zone, login, party, role, &[Duty::Operator]).await
}

/// Sends the form of a document again, with some fields changed.
async fn send(browser: &mut Browser<'_>, page: &Shown, changed: &[(&str, &str)]) -> Shown {
    let mut fields = Browser::fields_of(page, "/desk/documents");
    for (name, value) in changed {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = (*value).to_owned(),
            None => fields.push(((*name).to_owned(), (*value).to_owned())),
        }
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/desk/documents", &fields).await
}

/// The fields of a document as a form names them: those of its head and of its first line, without what a form makes itself.
fn texts(document: &Document) -> Vec<(String, String)> {
    let shown = document.to_json();
    let kind = document.kind();
    let mut found = Vec::new();
    let mut add = |prefix: &str, fields: &Value| {
        for (name, text) in fields.as_object().unwrap() {
            if !["guid", "appTime"].contains(&name.as_str()) && text.is_string() {
                found.push((format!("{prefix}.{name}"), text.as_str().unwrap().to_owned()));
            }
        }
    };
    if kind.nesting() == ceb::Nesting::Flat {
        add(kind.element(), &shown);
        return found;
    }
    add(kind.parts()[0].element, &shown[kind.parts()[0].element]);
    if let Some(part) = kind.parts().get(1) {
        add(&format!("{}[1]", part.element), &shown[part.element][0]);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_export_message_has_a_form_for_whoever_sends_it() {
    let zone = Zone::new().await;
    let parties = [
        (PLATFORM, Role::Platform, "ebpCode"),
        (MERCHANT, Role::Merchant, "ebcCode"),
        (CARRIER, Role::Logistics, "logisticsCode"),
        ("5301960601", Role::SiteOperator, "operatorCode"),
        (AGENT, Role::Agent, "agentCode"),
    ];
    let mut offered = std::collections::BTreeSet::new();
    for (index, (party, role, own)) in parties.into_iter().enumerate() {
        let mut browser = operator(&zone, &format!("wang.{index}"), party, role).await;
        let hub = browser.get("/desk/send").await;
        for kind in sent_by(role).iter().filter(|kind| kind.is_export()) {
            let there = format!("/desk/documents?kind={}", kind.number());
            assert!(hub.text.contains(&there), "{there} is offered to {party}");
            let page = browser.get(&there).await;
            assert_eq!(page.status, 200, "{there}");
            assert!(page.text.len() < 100_000);
            let fields = Browser::fields_of(&page, "/desk/documents");
            let has = |name: &str, value: &str| {
                fields.iter().any(|(known, held)| known.ends_with(&format!(".{name}")) && held == value)
            };
            let names_itself =
                kind.parts().iter().any(|part| part.fields.iter().any(|field| field.name == own));
            assert!(!names_itself || has(own, party), "{there}: {party} is filled in");
            assert!(has("appType", "1"), "{there}");
            offered.insert(kind.number());
        }
    }
    assert_eq!(offered, [213, 215, 303, 403, 505, 507, 509, 603, 605, 607, 701].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_order_and_its_money_receipt_are_filled_in_by_hand() {
    let zone = Zone::new().await;
    let export = exports(&zone, 1, 1).remove(0);
    let mut browser = operator(&zone, "wang.li", MERCHANT, Role::Merchant).await;
    let mut filled = async |document: Document| {
        let page = browser.get(&format!("/desk/documents?kind={}", document.kind().number())).await;
        let fields = texts(&document);
        let mut fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        fields.push(("do", "send"));
        send(&mut browser, &page, &fields).await
    };
    let mut order = export.order.clone();
    order.lines.truncate(1);
    order.head.goods_value = order.lines[0].total_price;
    for document in [Document::ExportOrder(order), export.received().1] {
        let done = filled(document).await;
        let there = format!("{}?said=sent", desk(&export));
        assert_eq!((done.status, done.location()), (303, there.as_str()), "{}", done.words());
    }
    let (_, shown) = zone.get(MERCHANT, &path(&export)).await;
    assert_eq!((&shown["order"]["status"], &shown["received"]["status"]), (&json!(2), &json!(2)), "{shown}");
    let page = browser.get(&format!("{}?said=sent", desk(&export))).await;
    assert!(page.words().contains("已报送"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_export_list_is_corrected_at_its_field_and_concluded() {
    let zone = Zone::new().await;
    sure(&zone, &["export_compare_weight"]).await;
    let mut export = exports(&zone, 1, 1).remove(0);
    let right = export.declaration.head.gross_weight.to_string();
    export.declaration.head.gross_weight = Decimal::from_whole(77);
    let answer = send_all(&zone, &export).await;
    assert_eq!(answer["status"], 100, "{answer}");
    zone.clock.set(Time(NOW.0 + 5_000));
    let mut browser = operator(&zone, "li.wei", AGENT, Role::Agent).await;
    let shown = browser.get(&desk(&export)).await;
    assert!(shown.text.contains("gross-weight-differs"), "why is told: {}", shown.words());
    let link = shown.text.split("href=\"/desk/documents/").nth(1).unwrap().split('"').next().unwrap();
    let page = browser.get(&format!("/desk/documents/{link}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let field =
        page.text.split("name=\"InventoryHead.grossWeight\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(field.contains("value=\"77\"") && field.contains("aria-invalid=\"true\""), "{field}");
    assert!(page.text.contains(&format!("href=\"{}\"", desk(&export))), "the way to its trade");
    assert!(page.text.contains("href=\"/desk/send?from="), "the way to its text");
    let wrong = send(&mut browser, &page, &[("InventoryHead.country", "142"), ("do", "send")]).await;
    assert_eq!(wrong.status, 422, "refused at once: {}", wrong.words());
    assert!(wrong.text.contains("value=\"77\""), "what was typed stays");
    zone.clock.set(Time(NOW.0 + 10_000));
    let page = browser.get(&format!("/desk/documents/{link}")).await;
    let done = send(&mut browser, &page, &[("InventoryHead.grossWeight", &right), ("do", "send")]).await;
    assert_eq!(
        (done.status, done.location()),
        (303, format!("{}?said=sent", desk(&export)).as_str()),
        "{}",
        done.words()
    );
    let now = until(&zone, &export, 399).await;
    assert_eq!(now["attempt"]["number"], 2, "{now}");
    // The form sent twice is the same bytes: its first answer.
    let twice = send(&mut browser, &page, &[("InventoryHead.grossWeight", &right), ("do", "send")]).await;
    assert_eq!(twice.status, 303);
    assert_eq!(until(&zone, &export, 399).await["version"], now["version"]);
    // The text of a message of one's own is there to be corrected; of another's it is not.
    let from = page.text.split("href=\"/desk/send?from=").nth(1).unwrap().split('"').next().unwrap();
    let raw = browser.get(&format!("/desk/send?from={from}")).await;
    assert!(raw.text.contains("CEB603Message"), "{}", raw.text);
    let mut other = operator(&zone, "wang.li", "5301980502", Role::Agent).await;
    assert_eq!(other.get(&format!("/desk/send?from={from}")).await.status, 404);
    assert_eq!(other.get(&format!("/desk/documents/{link}")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_export_of_a_bundle_has_its_answer() {
    let zone = Zone::new().await;
    let orders: Vec<Document> = exports(&zone, 1, 3)
        .into_iter()
        .enumerate()
        .map(|(index, mut export)| {
            if index == 1 {
                export.order.head.goods_value = Decimal::from_whole(1);
            }
            Document::ExportOrder(export.order)
        })
        .collect();
    let all = exports(&zone, 1, 3);
    let mut browser = operator(&zone, "wang.li", PLATFORM, Role::Platform).await;
    let guard = browser.get("/desk/send").await.hidden("guard");
    let bundle = ceb::write(&sample::message(PLATFORM, orders), Style::Prefixed);
    let bundle = String::from_utf8(bundle).unwrap();
    let files = [("files", "orders.xml", bundle.as_str())];
    let shown = browser.post_files("/desk/send", &[("guard", &guard)], &files).await;
    assert!(shown.words().contains("接受 2 份单证，未接受 1 份"), "{}", shown.words());
    for at in [0, 2] {
        assert!(shown.text.contains(&format!("href=\"{}\"", desk(&all[at]))), "{at} leads to its trade");
    }
    assert!(shown.text.contains("href=\"/desk/documents/"), "the way to correct the other");
    assert!(shown.text.contains("goods-value-wrong"), "why it was not taken: {}", shown.words());
    let link = shown.text.split("href=\"/desk/documents/").nth(1).unwrap().split('"').next().unwrap();
    let page = browser.get(&format!("/desk/documents/{link}")).await;
    assert!(page.text.contains("name=\"OrderHead.goodsValue\" value=\"1\""), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_has_its_exports_in_a_list_that_is_sorted_narrowed_and_paged() {
    let zone = Zone::new().await;
    sure(&zone, &["export_compare_weight"]).await;
    let mut trades = exports(&zone, 1, 4);
    trades[1].waybill.gross_weight = Decimal::from_whole(77);
    for trade in &trades[..3] {
        send_all(&zone, trade).await;
    }
    // Of the last there is the list alone: it waits for its partners, until a day.
    let (sender, document) = trades[3].documents()[2].clone();
    zone.send(&sender, document).await;
    zone.until_listed().await;
    let number = |index: usize| trades[index].order.head.order_no.to_string();
    let listed = |list: &Value| -> Vec<String> {
        let lines = list["exports"].as_array().unwrap().iter();
        lines.map(|line| line["orderNo"].as_str().unwrap().to_owned()).collect()
    };
    let (_, list) = zone.get(AGENT, "/v1/exports?sort=order").await;
    assert_eq!(listed(&list), [number(0), number(1), number(2), number(3)]);
    let (_, list) = zone.get(AGENT, "/v1/exports?sort=-order&limit=3").await;
    assert_eq!((listed(&list).len(), list["next"].as_str()), (3, Some("~3")), "{list}");
    let (_, list) = zone.get(AGENT, "/v1/exports?sort=-order&limit=3&after=~3").await;
    assert_eq!((listed(&list), list["next"].as_str()), (vec![number(0)], None));
    assert_eq!(zone.get(AGENT, "/v1/exports?sort=buyer").await.0, 400);
    let (_, list) = zone.get(AGENT, &format!("/v1/exports?number={}", number(3))).await;
    let waiting = &list["exports"][0];
    assert_eq!(waiting["waitingFor"], json!(["order", "waybill"]), "{waiting}");
    assert!(waiting["due"].as_str().is_some_and(|due| due > "20261126"), "{waiting}");
    // The carrier is told neither until when nor why.
    let (_, list) = zone.get(CARRIER, "/v1/exports").await;
    assert!(list["exports"].as_array().unwrap().iter().all(|line| line["due"].is_null()), "{list}");
    assert!(list["exports"][0]["reasons"].is_null() && list["exports"][0]["lane"].is_null());
    let mut browser = operator(&zone, "li.wei", AGENT, Role::Agent).await;
    let page = browser.get("/desk/exports").await;
    assert_eq!(page.text.matches("class=\"lead\"").count(), 4, "{}", page.words());
    assert!(page.text.contains("data-live"), "news are told");
    let rejected = browser.get("/desk/exports?state=100&sort=-changed").await;
    assert_eq!(rejected.text.matches("class=\"lead\"").count(), 1);
    assert!(rejected.text.contains(&desk(&trades[1])));
    let none = browser.get("/desk/exports?number=nothing").await;
    assert_eq!(none.text.matches("class=\"lead\"").count(), 0);
    assert!(!none.text.contains("name=\"party\""), "enterprises have their own list alone");
}

/// What a search of a party finds: numbers of export trades, and of trades.
async fn found(zone: &Zone, party: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let (status, found) = zone.get(party, &format!("/v1/search?text={text}")).await;
    assert_eq!(status, 200, "{found}");
    let numbers = |name: &str| -> Vec<String> {
        let lines = found[name].as_array().unwrap().iter();
        lines.map(|line| line["orderNo"].as_str().unwrap().to_owned()).collect()
    };
    (numbers("exports"), numbers("trades"))
}

#[tokio::test(flavor = "multi_thread")]
async fn any_number_leads_to_an_export_for_those_who_see_it() {
    let zone = Zone::new().await;
    let trades = exports(&zone, 200, 2);
    for trade in &trades {
        send_all(&zone, trade).await;
    }
    let now = zone.clock.now();
    let parcels: Vec<&Export> = trades.iter().collect();
    let master = Export::master_bill(&parcels, now).unwrap();
    let answer = zone.send(AGENT, Document::MasterBill(master.clone())).await;
    let of_master = answer["preNo"].as_str().unwrap().to_owned();
    let shown = until(&zone, &trades[0], 399).await;
    let head = &trades[0].declaration.head;
    let number = head.order_no.to_string();
    let pre_no = shown["attempt"]["preNo"].as_str().unwrap().to_owned();
    server::finding::follow_all(&zone.window).await.unwrap();
    for text in
        [number.as_str(), shown["invtNo"].as_str().unwrap(), &pre_no, &head.logistics_no, &head.cop_no]
    {
        for party in [MERCHANT, AGENT, CARRIER, CUSTOMS] {
            assert_eq!(found(&zone, party, text).await.0, std::slice::from_ref(&number), "{party} {text}");
        }
        for party in ["5301960202", "5301980502", "5301960302"] {
            assert!(found(&zone, party, text).await.0.is_empty(), "{party} {text}");
        }
    }
    // A bill has several; so do its own number and the number that it was given.
    for text in [master.head.bill_no.as_str(), &master.head.cop_no, &of_master] {
        assert_eq!(found(&zone, AGENT, text).await.0.len(), 2, "{text}");
        assert!(found(&zone, "5301980502", text).await.0.is_empty(), "{text}");
        let (_, list) = zone.get(AGENT, &format!("/v1/exports?number={text}&sort=order")).await;
        assert_eq!(list["exports"].as_array().unwrap().len(), 2, "{text}: {list}");
    }
    // They are turned, however few a page has.
    let several = format!("/v1/exports?number={}&limit=1", master.head.bill_no);
    let (_, first) = zone.get(AGENT, &several).await;
    let next = first["next"].as_str().unwrap_or_else(|| panic!("it ends: {first}"));
    let (_, second) = zone.get(AGENT, &format!("{several}&after={next}")).await;
    assert_eq!(second["next"], json!(null), "{second}");
    let alone = |page: &Value| {
        assert_eq!(page["exports"].as_array().map(Vec::len), Some(1), "{page}");
        page["exports"][0]["orderNo"].clone()
    };
    assert_ne!(alone(&first), alone(&second));
    for text in ["B20261123999999999", "B2026112300000000", "999-0000000x"] {
        assert!(found(&zone, AGENT, text).await.0.is_empty(), "{text}");
    }
    let mut browser = operator(&zone, "li.wei", AGENT, Role::Agent).await;
    let page = browser.get(&format!("/desk/search?text={pre_no}")).await;
    assert!(page.text.contains(&format!("href=\"{}\"", desk(&trades[0]))), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pre_entry_number_and_a_bill_lead_to_a_trade_of_imports() {
    let zone = Zone::new().await;
    let (one, two) = (plain(&zone, 0), plain(&zone, 1_000));
    zone.trade(&one).await;
    zone.trade(&two).await;
    for trade in [&one, &two] {
        let agent = trade.declaration.head.agent_code.to_string();
        let (_, shown) = zone.get(&agent, &import_path(trade)).await;
        let pre_no = shown["attempt"]["preNo"].as_str().unwrap();
        let number = trade.order.head.order_no.to_string();
        assert_eq!(found(&zone, &agent, pre_no).await, (Vec::new(), vec![number.clone()]), "{pre_no}");
        let (_, list) = zone.get(&agent, &format!("/v1/consignments?number={pre_no}")).await;
        assert_eq!(list["consignments"][0]["orderNo"], number.as_str(), "{list}");
        assert_eq!(
            found(&zone, "5301960302", pre_no).await.1.len(),
            usize::from(trade.payment.pay_code == "5301960302")
        );
    }
    let arrival = sample::Trade::arrival(1, &[&one], zone.clock.now()).unwrap();
    let operator = arrival.head.operator_code.to_string();
    let bill = arrival.head.bill_no.to_string();
    zone.send(&operator, Document::Arrival(arrival)).await;
    server::finding::follow_all(&zone.window).await.unwrap();
    let number = one.order.head.order_no.to_string();
    assert_eq!(found(&zone, CUSTOMS, &bill).await.1, [number], "{bill}");
}
