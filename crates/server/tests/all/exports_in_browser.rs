//! Exports in a real browser, in Chinese and in English. An officer clears his tab of them with keys alone: takes the next, has it
//! inspected and says what was found, decides on several, on the last by a key. An enterprise files a list on a telephone, is told
//! at the field what is wrong, corrects it and sends it again. Nothing is focused or pressed by a script.

use crate::goods_filing::sure;
use crate::officer_by_keys::{SEND, chosen, go, place, words};
use crate::portal_in_browser::{CHECKS, browser, folder, serve, take_over};
use crate::support::chromium::Chromium;
use crate::support::{NOW, Zone, people};
use ceb::{Decimal, Document};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::Export;
use portal::Language;
use server::clock::Clock;
use store::Duty;

const MERCHANT: &str = "5301960201";
const AGENT: &str = "5301980501";
const OFFICE: &str = "8620000001";
/// What somebody writes who reads a language.
const WORDS: [(Language, &str); 2] = [(Language::Chinese, "单货相符"), (Language::English, "goods agree")];

fn desk(export: &Export) -> String {
    format!("/desk/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

/// Looks at what is open now as everybody has to be able to use it.
fn looked_at(browser: &mut Chromium, what: &str) {
    let found = browser.run(CHECKS);
    assert_eq!(found.as_array().map(Vec::len), Some(0), "{what} on {}: {found}", place(browser));
    let told = browser.complaints();
    assert!(told.is_empty(), "{what}: {told:?}");
}

/// A zone with so many exports out of a special zone, whose papers a person looks at; and the session of an officer.
async fn queued(count: u64) -> (Zone, Vec<String>, String) {
    let zone = Zone::new().await;
    let mut desks = Vec::new();
    for number in 1..=count {
        let trade = Export::new(7, number, zone.clock.now()).in_mode("1210");
        for (sender, document) in trade.documents() {
            zone.send(&sender, document).await;
        }
        desks.push(desk(&trade));
        zone.clock.set(Time(zone.clock.now().0 + 1_000));
    }
    zone.until_listed().await;
    let (_, one_time) = people::add(&zone, "guan.yuan", OFFICE, Role::Officer, &Duty::ALL).await;
    let session = people::settle(&zone, "guan.yuan", &one_time, true).await;
    (zone, desks, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_clears_his_exports_with_keys_alone() {
    for (language, said) in WORDS {
        let Some(mut browser) = browser() else { return };
        let (zone, desks, session) = queued(4).await;
        let address = serve(&zone).await;
        tokio::task::spawn_blocking(move || {
            take_over(&mut browser, &address, &session);
            browser.look(1280, false);
            clears(&mut browser, &address, &desks, (language, said));
        })
        .await
        .unwrap();
    }
}

fn clears(browser: &mut Chromium, address: &str, desks: &[String], (language, said): (Language, &str)) {
    let texts = language.texts();
    let queue = format!("{address}/desk/queue?tab=exports&lang={}", language.tag());
    browser.open(&queue);
    assert_eq!(browser.run("document.documentElement.lang"), language.tag());
    looked_at(browser, "the queue");
    browser.picture(&folder().join(format!("officer-exports-{}-1280.png", language.tag())));
    // Through the rows, and to what takes the first of them.
    let at = |browser: &mut Chromium| browser.run("document.activeElement.getAttribute('href')");
    browser.press("j");
    assert_eq!(at(browser), desks[0].as_str(), "the oldest of one lane");
    browser.press("j");
    assert_eq!(at(browser), desks[1].as_str());
    browser.press("k");
    go(browser, "Shift+Tab", "button[value=next]");
    browser.leading(|browser| browser.press("Enter"));
    assert_eq!(place(browser), desks[0]);
    assert!(words(browser).contains("guan.yuan"), "he works on it: {}", words(browser));
    looked_at(browser, "a trade that is decided on");
    decides(browser, (language, said), "i", "inspect");
    assert_eq!(place(browser), format!("{}?said=done", desks[0]));
    // It stays on his screen: what was found is the next he says.
    browser.run(&format!(
        "document.querySelector('#whole').value = 'conforming/release'; document.querySelector('#words').value = '{said}'"
    ));
    browser.run("document.querySelector('form[action$=inspections] button').focus()");
    browser.leading(|browser| browser.press("Enter"));
    let told = words(browser);
    assert!(told.contains(&texts.text("decision-done")) && told.contains(said), "{told}");
    looked_at(browser, "a trade that was inspected");

    browser.open(&queue);
    for _ in 0..2 {
        go(browser, "Tab", "input[type=checkbox]:not(:checked)");
        browser.press("Space");
    }
    go(browser, "Tab", "button[value=many]");
    browser.leading(|browser| browser.press("Enter"));
    go(browser, "Tab", "input[name=action]");
    browser.press("Space");
    assert_eq!(chosen(browser), "approve");
    go(browser, "Tab", "#text");
    browser.write(said);
    go(browser, "Tab", "form.stack button");
    browser.leading(|browser| browser.press("Enter"));
    let done = texts.with("many-done", &[("done", "2"), ("all", "2")]);
    assert!(words(browser).contains(&done), "{}", words(browser));
    looked_at(browser, "what came of several");
    // Back to the tab that he came from, and there is one left.
    go(browser, "Tab", "main a[href*='tab=exports']");
    browser.leading(|browser| browser.press("Enter"));
    browser.press("j");
    assert_eq!(at(browser), desks[3].as_str());
    browser.leading(|browser| browser.press("Enter"));
    decides(browser, (language, said), "a", "approve");
    browser.open(&queue);
    assert!(words(browser).contains(&texts.text("queue-empty")), "{}", words(browser));
    looked_at(browser, "the empty queue");
}

/// Chooses by a key, says why, and sends it.
fn decides(browser: &mut Chromium, (language, said): (Language, &str), key: &str, action: &str) {
    browser.press(key);
    assert_eq!(chosen(browser), action);
    go(browser, "Tab", "#text");
    browser.write(said);
    go(browser, "Tab", SEND);
    browser.leading(|browser| browser.press("Enter"));
    let told = words(browser);
    assert!(told.contains(&language.texts().text("decision-done")) && told.contains(said), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_exports_turn_by_keys_and_a_decision_needs_no_script() {
    let Some(mut browser) = browser() else { return };
    let (zone, desks, session) = queued(52).await;
    let address = serve(&zone).await;
    tokio::task::spawn_blocking(move || {
        take_over(&mut browser, &address, &session);
        browser.look(1280, false);
        let queue = format!("{address}/desk/queue?tab=exports&lang=en");
        browser.open(&queue);
        go(&mut browser, "Tab", "a[rel=next]");
        browser.leading(|browser| browser.press("Enter"));
        assert!(place(&mut browser).contains("after="), "{}", place(&mut browser));
        browser.press("j");
        let at = browser.run("document.activeElement.getAttribute('href')");
        assert_eq!(at, desks[50].as_str(), "the fifty-first is the first of the next page");
        go(&mut browser, "Tab", "a[rel=first]");
        browser.leading(|browser| browser.press("Enter"));
        // A head that sorts is a link as every other: once, and once more for the other way round.
        for _ in 0..2 {
            go(&mut browser, "Tab", "th:nth-of-type(4) a");
            browser.leading(|browser| browser.press("Enter"));
        }
        assert_eq!(
            browser.run("document.querySelector('th[aria-sort]').getAttribute('aria-sort')"),
            "descending"
        );
        browser.press("j");
        let at = browser.run("document.activeElement.getAttribute('href')");
        assert_eq!(at, desks[51].as_str(), "the newest first");
        browser.call("Emulation.setScriptExecutionDisabled", &serde_json::json!({"value": true}));
        browser.open(&queue);
        go(&mut browser, "Tab", "tbody a.lead");
        browser.leading(|browser| browser.press("Enter"));
        go(&mut browser, "Tab", "input[name=action]");
        for _ in 0..12 {
            if chosen(&mut browser) == "inspect" {
                break;
            }
            browser.press("ArrowDown");
        }
        assert_eq!(chosen(&mut browser), "inspect");
        go(&mut browser, "Tab", SEND);
        browser.leading(|browser| browser.press("Enter"));
        assert!(words(&mut browser).contains("The decision is recorded"), "{}", words(&mut browser));
    })
    .await
    .unwrap();
}

/// The fields of a list with one line as its form names them, without what the form makes itself.
fn fields(document: &Document) -> Vec<(String, String)> {
    let shown = document.to_json();
    let parts =
        [("InventoryHead", &shown["InventoryHead"]), ("InventoryList[1]", &shown["InventoryList"][0])];
    let of_part = |(prefix, fields): (&str, &serde_json::Value)| -> Vec<(String, String)> {
        let fields = fields.as_object().unwrap().iter();
        let fields = fields.filter(|(name, _)| !["guid", "appTime"].contains(&name.as_str()));
        let named =
            fields.filter_map(|(name, text)| Some((format!("{prefix}.{name}"), text.as_str()?.to_owned())));
        named.collect()
    };
    parts.into_iter().flat_map(of_part).collect()
}

/// An export of one line, whose order and waybill are there and whose list is not, and the session of its declaring unit.
async fn to_declare() -> (Zone, Export, String) {
    let zone = Zone::new().await;
    sure(&zone, &["export_compare_weight"]).await;
    let is_short =
        |one: &Export| one.declaration.head.agent_code == AGENT && one.declaration.lines.len() == 1;
    let export = (1..).map(|number| Export::new(7, number, NOW)).find(is_short).unwrap();
    for (sender, document) in export.documents().into_iter().take(2) {
        zone.send(&sender, document).await;
    }
    let (_, one_time) = people::add(&zone, "li.wei", AGENT, Role::Agent, &[Duty::Operator]).await;
    let session = people::settle(&zone, "li.wei", &one_time, false).await;
    (zone, export, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_files_corrects_and_sends_again_on_a_telephone() {
    for (language, _) in WORDS {
        let Some(mut browser) = browser() else { return };
        let (zone, export, session) = to_declare().await;
        let (address, clock) = (serve(&zone).await, zone.clock.clone());
        let there = desk(&export);
        tokio::task::spawn_blocking(move || {
            take_over(&mut browser, &address, &session);
            browser.look(390, false);
            files(&mut browser, &address, &export, language, &clock);
        })
        .await
        .unwrap();
        let mut state = 0;
        for _ in 0..400 {
            let shown = zone.get(MERCHANT, &there.replace("/desk", "/v1")).await.1;
            state = shown["state"].as_u64().unwrap();
            if state == 399 {
                assert_eq!(shown["attempt"]["number"], 3, "{shown}");
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(state, 399, "concluded");
    }
}

/// The field that is wrong at first.
const WEIGHT: &str = "[name='InventoryHead.grossWeight']";

fn later(clock: &Clock) {
    clock.set(Time(clock.now().0 + 5_000));
}

/// Sends the form, and is told what is wrong at the field of the weight, in which what was written stays.
fn is_told(browser: &mut Chromium, language: Language, clock: &Clock, weight: &str) {
    browser.fill(WEIGHT, weight);
    later(clock);
    browser.leading(|browser| browser.tap("button[value=send]"));
    let at = format!(
        "(() => {{ const one = document.querySelector(\"{WEIGHT}\"); const told = document.getElementById(one.getAttribute('aria-describedby')); \
         return [one.value, one.getAttribute('aria-invalid'), told.checkVisibility()]; }})()"
    );
    assert_eq!(browser.run(&at), serde_json::json!([weight, "true", true]));
    assert!(words(browser).contains(&language.texts().text("faults-at-fields")), "{}", words(browser));
    // That the answer is no page that was asked for is told by the browser, and nothing else.
    assert!(browser.complaints().iter().all(|one| one.contains("422")));
    looked_at(browser, "what is wrong");
}

fn files(browser: &mut Chromium, address: &str, export: &Export, language: Language, clock: &Clock) {
    let texts = language.texts();
    browser.open(&format!("{address}/desk/send?lang={}", language.tag()));
    assert_eq!(browser.run("document.documentElement.lang"), language.tag());
    looked_at(browser, "what can be sent");
    browser.leading(|browser| browser.tap("main a[href='/desk/documents?kind=603']"));
    looked_at(browser, "the empty form");
    for (name, text) in fields(&Document::ExportDeclaration(export.declaration.clone())) {
        let field = format!("[name='{name}']");
        if browser.run(&format!("document.querySelector(\"{field}\").value")) != text.as_str() {
            browser.fill(&field, &text);
        }
    }
    let right = export.declaration.head.gross_weight.to_string();
    let wrong =
        export.declaration.head.gross_weight.checked_add(Decimal::from_whole(70)).unwrap().to_string();
    is_told(browser, language, clock, &wrong);
    browser.picture(&folder().join(format!("agent-export-wrong-{}-390.png", language.tag())));
    // Still wrong, corrected where it was told: another document, and the answer is of that one.
    is_told(browser, language, clock, "99");
    // Found again in the list, with why it was rejected and the way to correct it.
    browser.open(&format!("{address}/desk/exports"));
    browser.leading(|browser| browser.tap("tbody a.lead"));
    assert_eq!(place(browser), desk(export));
    looked_at(browser, "the rejected trade");
    browser.leading(|browser| browser.tap("main a[href^='/desk/documents/']"));
    let invalid = browser.run("Array.from(document.querySelectorAll('[aria-invalid]')).map(one => one.name)");
    let invalid: Vec<&str> =
        invalid.as_array().unwrap().iter().filter_map(serde_json::Value::as_str).collect();
    assert!(invalid.contains(&"InventoryHead.grossWeight"), "{invalid:?}");
    browser.fill(WEIGHT, &right);
    browser.leading(|browser| browser.tap("button[value=send]"));
    assert_eq!(place(browser), format!("{}?said=sent", desk(export)));
    assert!(words(browser).contains(&texts.text("sent-done")), "{}", words(browser));
    looked_at(browser, "what was sent");
    browser.picture(&folder().join(format!("agent-export-sent-{}-390.png", language.tag())));
}
