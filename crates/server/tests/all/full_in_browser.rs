//! What is full and what is refused, in a real browser: lists with more rows than a page has, turned by their links, and forms that are
//! sent with nothing in them. Everybody can use such pages as he can use empty ones. Lists whose rows come of many parties or of
//! months are in `full_of_many_in_browser`; which there are besides, and why they are looked at nowhere, is in `states_of_pages`.

use crate::consumer::{self, OWN};
use crate::demands_in_browser::needed;
use crate::desks_in_browser::told_at_fields;
use crate::keeper::released;
use crate::parks::{self, CUSTOMS};
use crate::portal_in_browser::{CHECKS, browser, folder, serve, take_over};
use crate::rulebook_drafts::{self, RULE};
use crate::shares::{self, TAX};
use crate::support::chromium::Chromium;
use crate::support::people::{add, ask, settle};
use crate::support::{NOW, Zone, path, pictures, plain};
use ceb::Document;
use clearance::party::{Filing, Role};
use clearance::sample::{self, Export, Person};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::{Duty, NewToken};

/// More than a page of any list has.
pub(crate) const ROWS: u64 = 52;
/// Rows of a list that is not turned: a page of what is read piece by piece has as many.
const FULL: u64 = 50;
const ASKER: &str = "5301960101";
const CARRIER: &str = "5301960401";
/// In which language and how wide each page is looked at.
pub(crate) const LOOKS: [(&str, u32); 2] = [("zh-CN", 390), ("en", 1280)];

/// A list that is looked at full.
pub(crate) struct List {
    /// Who reads it.
    pub(crate) who: &'static str,
    /// Where it is; `{…}` is of what the story made.
    pub(crate) page: &'static str,
    /// What its first row is.
    pub(crate) row: &'static str,
    /// Whether it is turned: some are whole on one page, or go on for ever by a link of their own.
    pub(crate) turns: bool,
    /// Rows that it has at least where it is not turned.
    pub(crate) least: u64,
}

pub(crate) const fn list(who: &'static str, page: &'static str, row: &'static str, turns: bool) -> List {
    List { who, page, row, turns, least: FULL }
}

/// A row of a table.
pub(crate) const ROW: &str = "main tbody tr";
/// The lists.
pub(crate) const LISTS: &[List] = &[
    list("agent", "/desk/consignments", ROW, true),
    list("agent", "/desk/receipts", ROW, true),
    list("agent", "/desk/bills?which=owed", "main tbody tr a.lead", true),
    list("officer", "/desk/exports", ROW, true),
    list("officer", "/desk/registers/parcel-holds", ROW, true),
    list("consumer", "/my", "main li.card h2 + dl", true),
    list("officer", "/desk/queue?tab=exports", "main form tbody tr", true),
    list("officer", "/desk/decisions", ROW, true),
    list("officer", "/desk/payment-data", ROW, true),
    list("officer", "/desk/exports/summaries", ROW, true),
    list("consumer", "/my/data", ROW, true),
    list("admin", "/desk/people", ROW, true),
    list("nobody", "/tariff?text=3", ROW, true),
    list("nobody", "/lists", "main tbody tr:has(span[lang=zh-CN]):has(span.code)", true),
    list("agent", "/desk/rules", "main section.finding", true),
    list("officer", "/desk/holds", ROW, false),
    list("officer", "/desk/persons/{id}", ROW, false),
    list("admin", "/desk/tokens", ROW, false),
    list("provider", "/desk/demands", ROW, false),
    list("rulemaker", "/desk/rulebooks/drafts", ROW, false),
    list("agency", "/desk/shares/{id}/records", ROW, false),
    list("auditor", "/desk/evidence", ROW, false),
];

/// Who may fill in which form, and the number that he gives to what he makes.
const FORMS: [(&str, &str, &str); 4] = [
    ("agent", "/desk/registers/filings/new?action=apply", ""),
    ("agent", "/desk/registers/goods/new?action=apply", "G1"),
    ("agent", "/desk/registers/webhooks/new?action=register", "W1"),
    ("agent", "/desk/registers/service-requests/new?action=ask", ""),
];

/// Looks at what is open now, and leaves a picture of it.
pub(crate) fn look(
    browser: &mut Chromium,
    name: &str,
    (language, width): (&str, u32),
    faults: &mut Vec<String>,
) {
    let at = format!("{name} {language} {width}");
    let found = browser.run(CHECKS);
    faults.extend(found.as_array().unwrap().iter().map(|one| format!("{at}: {one}")));
    // That the answer is no page that was asked for is told by the browser.
    let told = browser.complaints().into_iter().filter(|one| !one.contains("with a status of 4"));
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

/// What there is more of than a page has: sessions of those who read it, and what stands for the words in braces.
pub(crate) struct Story {
    pub(crate) sessions: BTreeMap<&'static str, String>,
    pub(crate) pages: BTreeMap<&'static str, String>,
}

impl Story {
    /// Comes to each list as whoever reads it, and looks at it.
    pub(crate) fn looked_at(
        &self,
        browser: &mut Chromium,
        (address, lists): (&str, &[List]),
        at: (&str, u32),
        faults: &mut Vec<String>,
    ) {
        for list in lists {
            // A page that is left open would go on watching with a session that is gone.
            browser.open(&format!("{address}/guide"));
            take_over(browser, address, self.sessions.get(list.who).map_or("", String::as_str));
            let page = self.pages.get(list.page).map_or(list.page, String::as_str);
            opened(browser, address, page, at.0);
            turns(browser, list, at, faults);
        }
    }
}

/// A request that is taken.
pub(crate) async fn asked(zone: &Zone, token: &str, (method, path): (&str, &str), body: Value) -> Value {
    let (status, told) = ask(zone, method, path, token, &body).await;
    assert!((200..300).contains(&status), "{path}: {status} {told}");
    told
}

/// Exports that wait for an officer, each in an application to declare it in summary; their addresses.
async fn exported(zone: &Zone) -> Vec<String> {
    let mut paths = Vec::new();
    for number in 1..=ROWS {
        let export = Export::new(7, number, zone.clock.now()).in_mode("1210");
        for (sender, document) in export.documents() {
            zone.send(&sender, document).await;
        }
        let entry = format!("86202026E{number:09}");
        let application = Export::summary(&[&export], &[entry.as_str().into()], zone.clock.now()).unwrap();
        let agent = export.declaration.head.agent_code.to_string();
        zone.send(&agent, Document::SummaryApplication(application)).await;
        paths.push(format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no));
    }
    paths
}

/// More of everything that people of one party and of an office make themselves.
async fn written(zone: &Zone, agent: &str, rulemaker: &str) {
    for number in 0..=2 * ROWS {
        add(zone, &format!("user.{number:03}"), agent, Role::Agent, &[]).await;
    }
    for number in 0..ROWS {
        let new = NewToken {
            party: agent,
            role: Role::Agent,
            name: &format!("erp {number}"),
            districts: &[],
            expires: None,
            scopes: None,
            bound_to: None,
        };
        zone.window.control.issue_for(&new, NOW).await.unwrap();
        let demand = format!("service-requests/abcde-{number:05}");
        let body = needed("transport", "样例奶粉一批");
        let (status, told) = parks::act(zone, &zone.tokens[ASKER], &demand, ("ask", 0), body).await;
        assert_eq!(status, 200, "{told}");
        asked(zone, rulemaker, ("POST", "/v1/rulebooks/drafts"), rulebook_drafts::rules(RULE)).await;
    }
    let like = sample::filings().into_iter().find(|filing| filing.has(Role::Logistics)).unwrap();
    let filing = |number: u64| Filing {
        code: format!("53259{number:05}").as_str().into(),
        other_code: None,
        name: format!("样例快递{number}号").as_str().into(),
        exchange_ids: Vec::new(),
        ..like.clone()
    };
    zone.window.file_all((1..=ROWS).map(filing).collect(), "test").await;
}

/// An agent with more released trades than a page has, all of them held at the gate and each asked about; as many exports that an
/// officer has looked into, and a buyer with as many parcels, of whom an officer has read as often.
async fn filled() -> (Zone, Story) {
    let zone = shares::zone().await;
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
        let customs = &zone.tokens[CUSTOMS];
        asked(&zone, customs, ("POST", "/v1/holds"), hold).await;
        let head = &trade.order.head;
        let question = json!({"platform": head.ebp_code.as_str(), "orderNo": head.order_no.as_str()});
        for _ in 0..2 {
            asked(&zone, customs, ("POST", "/v1/payment-data/asks"), question.clone()).await;
        }
    }
    let person = Person::new(1);
    let (mut bought, mut buyer) = (String::new(), String::new());
    for number in 1..=ROWS {
        let trade = consumer::trade(number, &person, OWN, 100);
        bought = trade.order.head.order_no.to_string();
        zone.trade(&trade).await;
        buyer = path(&trade);
    }
    let exports = exported(&zone).await;
    let messages = consumer::provider(&zone).await;
    zone.until_listed().await;
    let mut sessions = BTreeMap::new();
    sessions.insert("consumer", consumer::come_in(&zone, &messages, &bought).await);
    let people: [(&str, &str, &str, Role, &[Duty]); 7] = [
        ("agent", "li.wei", &agent, Role::Agent, &[Duty::Operator]),
        ("admin", "guan.li", &agent, Role::Agent, &[Duty::Admin]),
        ("officer", "guan.yuan", CUSTOMS, Role::Officer, &[Duty::Inspector, Duty::Decider]),
        ("rulemaker", "gui.ze", CUSTOMS, Role::Officer, &[Duty::Rulemaker]),
        ("auditor", "yun.xing", CUSTOMS, Role::ZoneOperator, &[Duty::Operator, Duty::Auditor]),
        ("agency", "shui.wu", TAX, Role::Agency, &[Duty::Operator]),
        ("provider", "cheng.yun", CARRIER, Role::Logistics, &[Duty::Operator]),
    ];
    for (who, login, party, role, duties) in people {
        let (_, one_time) = add(&zone, login, party, role, duties).await;
        let session = settle(&zone, login, &one_time, server::rights::is_office(role)).await;
        sessions.insert(who, session);
    }
    let customs = zone.tokens[CUSTOMS].clone();
    let seen = asked(&zone, &customs, ("GET", &buyer), Value::Null).await;
    let person = seen["person"].as_str().unwrap_or_else(|| panic!("no person: {seen}")).to_owned();
    for (number, there) in exports.iter().enumerate() {
        let reading = format!("/v1/persons/{person}?purpose=case%20{number}");
        asked(&zone, &customs, ("GET", &reading), Value::Null).await;
        let officer = &sessions["officer"];
        let seen = asked(&zone, officer, ("GET", there), Value::Null).await;
        let look = json!({"id": format!("look {number}"), "version": seen["version"], "action": "inspect", "text": "样例"});
        asked(&zone, officer, ("POST", &format!("{there}/actions")), look).await;
    }
    written(&zone, &agent, &sessions["rulemaker"]).await;
    let rule = shares::rule("orders", &["orderNo", "acturalPaid"], json!({}));
    let share = shares::share(&zone, TAX, "orders", rule).await.replace(':', "%3A");
    zone.until_listed().await;
    // What an officer decided is found in what follows the rows, as far as one request may.
    server::finding::follow_all(&zone.window).await.unwrap();
    let pages = BTreeMap::from([
        ("/desk/persons/{id}", format!("/desk/persons/{person}?purpose=case")),
        ("/desk/shares/{id}/records", format!("/desk/shares/{share}/records")),
    ]);
    (zone, Story { sessions, pages })
}

#[tokio::test(flavor = "multi_thread")]
async fn full_lists_are_turned_and_empty_forms_are_told_at_their_fields() {
    let Some(mut browser) = browser() else { return };
    let (zone, story) = filled().await;
    let address = serve(&zone).await;
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        for (language, width) in LOOKS {
            browser.look(width, false);
            story.looked_at(&mut browser, (&address, LISTS), (language, width), &mut faults);
            for (who, page, number) in FORMS {
                take_over(&mut browser, &address, &story.sessions[who]);
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
fn turns(browser: &mut Chromium, list: &List, at: (&str, u32), faults: &mut Vec<String>) {
    let page = list.page;
    let row = |browser: &mut Chromium| -> Value {
        browser.run(&format!("(document.querySelector({}) || {{innerText: ''}}).innerText", json!(list.row)))
    };
    let first = row(browser);
    assert_ne!(first, "", "{page} has no rows");
    let name = |what: &str| named(what, page).replace(['{', '}'], "_");
    look(browser, &name("full"), at, faults);
    if !list.turns {
        let rows = browser.run(&format!("document.querySelectorAll({}).length", json!(list.row)));
        assert!(rows.as_u64().unwrap() >= list.least, "{page} has {rows} rows");
        return;
    }
    browser.leading(|browser| browser.tap("main nav.pager a[rel=next]"));
    let next = row(browser);
    assert!(next != "" && next != first, "{page}: {next} after {first}");
    look(browser, &name("next"), at, faults);
    browser.leading(|browser| browser.tap("main nav.pager a[rel=first]"));
    assert_eq!(row(browser), first, "{page}");
}
