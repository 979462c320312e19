//! What is full and what is refused, in a real browser: lists with more rows than a page has, turned by their links, and forms that are
//! sent with nothing in them. Everybody can use such pages as he can use empty ones.

use crate::consumer::{self, OWN};
use crate::desks_in_browser::told_at_fields;
use crate::keeper::released;
use crate::parks::CUSTOMS;
use crate::portal_in_browser::{CHECKS, browser, folder, serve, take_over};
use crate::support::chromium::Chromium;
use crate::support::people::{add, settle};
use crate::support::{Zone, pictures, plain};
use clearance::party::Role;
use clearance::sample::{Export, Person};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::Duty;

/// More than a page of any list has.
const ROWS: u64 = 52;
/// In which language and how wide each page is looked at.
const LOOKS: [(&str, u32); 2] = [("zh-CN", 390), ("en", 1280)];

/// Who reads a list, where it is, and what its first row is.
const LISTS: [(&str, &str, &str); 6] = [
    ("agent", "/desk/consignments", "main tbody tr"),
    ("agent", "/desk/receipts", "main tbody tr"),
    ("agent", "/desk/bills?which=owed", "main tbody tr a.lead"),
    ("officer", "/desk/exports", "main tbody tr"),
    ("officer", "/desk/registers/parcel-holds", "main tbody tr"),
    ("consumer", "/my", "main li.card h2 + dl"),
];

/// Who may fill in which form, and the number that he gives to what he makes.
const FORMS: [(&str, &str, &str); 4] = [
    ("agent", "/desk/registers/filings/new?action=apply", ""),
    ("agent", "/desk/registers/goods/new?action=apply", "G1"),
    ("agent", "/desk/registers/webhooks/new?action=register", "W1"),
    ("agent", "/desk/registers/service-requests/new?action=ask", ""),
];

/// Looks at what is open now, and leaves a picture of it.
fn look(browser: &mut Chromium, name: &str, (language, width): (&str, u32), faults: &mut Vec<String>) {
    let at = format!("{name} {language} {width}");
    let found = browser.run(CHECKS);
    faults.extend(found.as_array().unwrap().iter().map(|one| format!("{at}: {one}")));
    // That the answer is no page that was asked for is told by the browser.
    let told = browser.complaints().into_iter().filter(|one| !one.contains("422"));
    faults.extend(told.map(|one| format!("{at}: {one}")));
    browser.picture(&folder().join(format!("{name}-{language}-{width}.png")));
}

fn opened(browser: &mut Chromium, address: &str, page: &str, language: &str) {
    let joint = if page.contains('?') { '&' } else { '?' };
    browser.open(&format!("{address}{page}{joint}lang={language}"));
}

/// The name of a picture of a page.
fn named(what: &str, page: &str) -> String {
    let page = page.split('?').next().unwrap();
    format!("{what}{}", page.replace('/', "_"))
}

/// An agent with more released trades than a page has, all of them held at the gate; as many exports, and a buyer with as many
/// parcels.
async fn filled() -> (Zone, BTreeMap<&'static str, String>) {
    let zone = Zone::new().await;
    // Much of the same goods on one day is what the rules of the zone look for: here nothing is.
    let rules =
        "id,valid_from,valid_to,lane,condition,note\nlong,20190101,,document-check,lines > 90,\n".to_owned();
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules)], "test").await.unwrap();
    let agent = plain(&zone, 0).declaration.head.agent_code.to_string();
    let (mut from, mut count) = (0, 0);
    while count < ROWS {
        let trade = plain(&zone, from);
        from += 50;
        if trade.declaration.head.agent_code != agent.as_str() {
            continue;
        }
        count += 1;
        released(&zone, &trade).await;
        let hold = json!({
            "logisticsCode": trade.waybill.logistics_code.as_str(), "logisticsNo": trade.waybill.logistics_no.as_str(),
            "action": "hold", "text": "样例线索",
        });
        let token = Some(zone.tokens[CUSTOMS].as_str());
        let (status, told) = zone.request("POST", "/v1/holds", token, hold.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{told}");
    }
    let person = Person::new(1);
    let mut bought = String::new();
    for number in 1..=ROWS {
        let trade = consumer::trade(number, &person, OWN, 100);
        bought = trade.order.head.order_no.to_string();
        zone.trade(&trade).await;
        for (sender, document) in Export::new(7, number, zone.clock.now()).documents() {
            zone.send(&sender, document).await;
        }
    }
    let messages = consumer::provider(&zone).await;
    zone.until_listed().await;
    let mut sessions = BTreeMap::new();
    sessions.insert("consumer", consumer::come_in(&zone, &messages, &bought).await);
    let (_, one_time) = add(&zone, "li.wei", &agent, Role::Agent, &[Duty::Operator]).await;
    sessions.insert("agent", settle(&zone, "li.wei", &one_time, false).await);
    let (_, one_time) = add(&zone, "guan.yuan", CUSTOMS, Role::Officer, &[Duty::Decider]).await;
    sessions.insert("officer", settle(&zone, "guan.yuan", &one_time, true).await);
    (zone, sessions)
}

#[tokio::test(flavor = "multi_thread")]
async fn full_lists_are_turned_and_empty_forms_are_told_at_their_fields() {
    let Some(mut browser) = browser() else { return };
    let (zone, sessions) = filled().await;
    let address = serve(&zone).await;
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        for (language, width) in LOOKS {
            browser.look(width, false);
            for (who, page, row) in LISTS {
                take_over(&mut browser, &address, &sessions[who]);
                opened(&mut browser, &address, page, language);
                turns(&mut browser, page, (row, (language, width)), &mut faults);
            }
            for (who, page, number) in FORMS {
                take_over(&mut browser, &address, &sessions[who]);
                opened(&mut browser, &address, page, language);
                if !number.is_empty() {
                    browser.fill("#number", number);
                }
                browser.leading(|browser| browser.tap("main button[value=send]"));
                let told = told_at_fields(&mut browser);
                let words = browser.run("document.querySelector('main').innerText");
                assert_eq!(told, json!([true, [], true]), "{page} {width}: {words}");
                look(&mut browser, &named("refused", page), (language, width), &mut faults);
            }
        }
        pictures::index();
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// On to the next page, which begins with another row, and back to the first.
fn turns(browser: &mut Chromium, page: &str, (row, at): (&str, (&str, u32)), faults: &mut Vec<String>) {
    let row = |browser: &mut Chromium| -> Value {
        browser.run(&format!("(document.querySelector({}) || {{innerText: ''}}).innerText", json!(row)))
    };
    let first = row(browser);
    assert_ne!(first, "", "{page} has no rows");
    look(browser, &named("full", page), at, faults);
    browser.leading(|browser| browser.tap("main nav.pager a[rel=next]"));
    let next = row(browser);
    assert!(next != "" && next != first, "{page}: {next} after {first}");
    look(browser, &named("next", page), at, faults);
    browser.leading(|browser| browser.tap("main nav.pager a[rel=first]"));
    assert_eq!(row(browser), first, "{page}");
}
