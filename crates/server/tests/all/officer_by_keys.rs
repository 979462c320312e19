//! An officer clears his queue with keys alone, in a real browser: takes the next trade, decides on it, chooses several and
//! decides on them at once, inspects, turns pages; and the same decision without a script. No field is filled, no button pressed and
//! nothing focused by a script: what cannot be reached by Tab is not reached here.

use crate::portal_in_browser::{browser, folder, serve, take_over};
use crate::support::chromium::Chromium;
use crate::support::people;
use crate::support::{Zone, path, plain};
use clearance::party::Role;
use clearance::sample::Trade;
use serde_json::json;
use store::Duty;

/// One page of the queue is full, and some more wait when three are decided on.
const TRADES: usize = 56;
/// What sends the form of a decision.
pub(crate) const SEND: &str = "form[action$=actions] button:not([type=button])";

/// A zone whose trades all wait for a look at their documents.
async fn zone() -> (Zone, Vec<Trade>) {
    let zone = Zone::new().await;
    let rules =
        "id,valid_from,valid_to,lane,condition,note\nall,20190101,,document-check,lines >= 1,\n".to_owned();
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules)], "test").await.unwrap();
    let mut trades: Vec<Trade> = Vec::new();
    let mut from = 0;
    while trades.len() < TRADES {
        let trade = plain(&zone, from);
        // What differs from the one before, and not the same once more.
        from += 50;
        if trades.iter().all(|known| known.order.head.order_no != trade.order.head.order_no) {
            zone.trade(&trade).await;
            trades.push(trade);
        }
    }
    zone.until_listed().await;
    (zone, trades)
}

/// Presses a key until the focus is on what a selector names.
pub(crate) fn go(browser: &mut Chromium, key: &str, selector: &str) {
    let there = format!("document.activeElement.matches({})", json!(selector));
    for _ in 0..300 {
        browser.press(key);
        if browser.run(&there) == true {
            let seen = "(() => { const style = getComputedStyle(document.activeElement); return style.outlineStyle !== 'none'; })()";
            assert_eq!(browser.run(seen), true, "the focus is not to be seen on {selector}");
            return;
        }
    }
    panic!("{key} never leads to {selector} on {}", browser.run("location.href"));
}

pub(crate) fn words(browser: &mut Chromium) -> String {
    browser.run("document.querySelector('main').innerText").to_string()
}

pub(crate) fn chosen(browser: &mut Chromium) -> String {
    let chosen = browser.run("document.querySelector('input[name=action]:checked')?.value ?? ''");
    chosen.as_str().unwrap().to_owned()
}

pub(crate) fn place(browser: &mut Chromium) -> String {
    browser.run("location.pathname + location.search").as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_clears_his_queue_with_keys_alone() {
    let Some(mut browser) = browser() else { return };
    let (zone, trades) = zone().await;
    let (_, one_time) = people::add(&zone, "guan.yuan", "8620000001", Role::Officer, &Duty::ALL).await;
    let session = people::settle(&zone, "guan.yuan", &one_time, true).await;
    let address = serve(&zone).await;
    let of_trade: Vec<String> = trades.iter().map(|trade| path(trade).replace("/v1", "/desk")).collect();
    tokio::task::spawn_blocking(move || {
        take_over(&mut browser, &address, &session);
        browser.look(1280, false);
        takes_the_next(&mut browser, &address, &of_trade);
        inspects(&mut browser, &address);
        decides_on_several(&mut browser, &address);
        turns_pages(&mut browser, &address);
        decides_without_a_script(&mut browser, &address);
        assert!(browser.complaints().is_empty());
    })
    .await
    .unwrap();
}

fn takes_the_next(browser: &mut Chromium, address: &str, of_trade: &[String]) {
    browser.open(&format!("{address}/desk/queue?lang=en"));
    let at = |browser: &mut Chromium| {
        let at = browser.run("document.activeElement.getAttribute('href') ?? ''");
        at.as_str().unwrap().to_owned()
    };
    browser.press("j");
    let first = at(browser);
    browser.press("j");
    let second = at(browser);
    browser.press("k");
    assert!(of_trade.contains(&first) && of_trade.contains(&second) && first != second);
    assert_eq!(at(browser), first, "down and up again");
    go(browser, "Shift+Tab", "button[value=next]");
    browser.leading(|browser| browser.press("Enter"));
    assert!(of_trade.contains(&place(browser)), "{}", place(browser));
    assert!(words(browser).contains("guan.yuan"), "he works on it: {}", words(browser));
    // A key selects, arrows change, a letter that is typed is a letter.
    browser.press("i");
    assert_eq!(chosen(browser), "inspect");
    browser.press("ArrowDown");
    assert_ne!(chosen(browser), "inspect");
    browser.press("i");
    go(browser, "Tab", "#text");
    browser.type_text("x i look");
    assert_eq!(browser.run("document.querySelector('#text').value"), "x i look");
    assert_eq!(chosen(browser), "inspect");
    // Turned off, keys do nothing; turned on, they do again.
    go(browser, "Tab", "[data-keys-switch]");
    browser.press("Space");
    browser.press("a");
    assert_eq!(chosen(browser), "inspect");
    browser.press("Space");
    browser.press("a");
    assert_eq!(chosen(browser), "approve");
    browser.press("i");
    go(browser, "Tab", SEND);
    browser.leading(|browser| browser.press("Enter"));
    assert!(words(browser).contains("The decision is recorded"), "{}", words(browser));
}

/// What he sent to be inspected: every field of the form is led to by a key or reached by Tab, and the next trade is one key away.
fn inspects(browser: &mut Chromium, address: &str) {
    browser.open(&format!("{address}/desk/queue?tab=inspection&lang=en"));
    browser.press("t");
    assert_eq!(browser.run("document.activeElement.value"), "next", "the key leads there, and takes nothing");
    assert!(place(browser).starts_with("/desk/queue"), "{}", place(browser));
    browser.leading(|browser| browser.press("Enter"));
    let trade = place(browser);
    assert!(trade.starts_with("/desk/consignments/"), "{trade}");
    // The keys stand beside what they lead to.
    let shown =
        browser.run("[...document.querySelectorAll('main kbd')].map((one) => one.innerText).join(' ')");
    let shown = shown.as_str().unwrap().to_owned();
    assert!(shown.split(' ').any(|key| key == "w") && shown.split(' ').any(|key| key == "l"), "{shown}");
    // The lines are folded, and the key of them leads to what unfolds them.
    browser.press("l");
    assert_eq!(browser.run("document.activeElement.tagName"), "SUMMARY");
    browser.press("Enter");
    go(browser, "Tab", "#result-1");
    go(browser, "Shift+Tab", "#whole");
    // Away from what is chosen in, a letter is a key again.
    go(browser, "Shift+Tab", "main a");
    browser.press("w");
    assert_eq!(browser.run("document.activeElement.id"), "whole");
    let whole = "document.querySelector('#whole').value";
    for _ in 0..100 {
        if browser.run(whole) == "conforming/release" {
            break;
        }
        browser.press("ArrowDown");
    }
    assert_eq!(browser.run(whole), "conforming/release");
    for field in ["#words", "#place", "#photographs", "#photographs-kept"] {
        go(browser, "Tab", field);
        if field == "#words" {
            browser.type_text("box opened");
        }
    }
    browser.picture(&folder().join("officer-inspects-by-keys-en-1280.png"));
    go(browser, "Tab", "form[action$=inspections] button");
    browser.leading(|browser| browser.press("Enter"));
    assert_eq!(place(browser), format!("{trade}?said=done"));
    assert!(words(browser).contains("box opened"), "{}", words(browser));
    // The focus is on what takes the next, once the page is drawn.
    let focused = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))) \
                   .then(() => document.activeElement.matches('button[value=next]'))";
    assert_eq!(browser.run(focused), true);
    browser.leading(|browser| browser.press("Enter"));
    let next = place(browser);
    assert!(next.starts_with("/desk/consignments/") && next != trade, "{next}");
}

fn decides_on_several(browser: &mut Chromium, address: &str) {
    // Those that wait for a look at their documents: what was sent to be inspected is not approved.
    browser.open(&format!("{address}/desk/queue?tab=review&lang=en"));
    for _ in 0..2 {
        go(browser, "Tab", "input[type=checkbox]:not(:checked)");
        browser.press("Space");
    }
    assert_eq!(browser.run("document.querySelectorAll('input[type=checkbox]:checked').length"), 2);
    go(browser, "Tab", "button[value=many]");
    browser.leading(|browser| browser.press("Enter"));
    // Nothing is decided before it is said why.
    go(browser, "Tab", "input[name=action]");
    browser.press("Space");
    assert_eq!(chosen(browser), "approve");
    go(browser, "Tab", "#text");
    browser.type_text("documents agree");
    go(browser, "Tab", "form.stack button");
    browser.leading(|browser| browser.press("Enter"));
    assert_eq!(place(browser), "/desk/queue/decisions");
    assert!(words(browser).contains("Recorded: 2 of 2"), "{}", words(browser));
    browser.picture(&folder().join("officer-decided-many-en-1280.png"));
}

fn turns_pages(browser: &mut Chromium, address: &str) {
    browser.open(&format!("{address}/desk/queue?lang=en"));
    go(browser, "Tab", "a[rel=next]");
    browser.leading(|browser| browser.press("Enter"));
    assert!(place(browser).contains("after="), "{}", place(browser));
    browser.press("j");
    assert_eq!(browser.run("document.activeElement.matches('tbody a.lead')"), true);
    go(browser, "Tab", "a[rel=first]");
    browser.leading(|browser| browser.press("Enter"));
    assert!(!place(browser).contains("from="), "{}", place(browser));
    // A head that sorts is a link as every other.
    go(browser, "Tab", "th a");
    browser.leading(|browser| browser.press("Enter"));
    assert_eq!(browser.run("document.querySelectorAll('th[aria-sort]').length"), 1);
}

fn decides_without_a_script(browser: &mut Chromium, address: &str) {
    browser.call("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    browser.open(&format!("{address}/desk/queue?tab=review"));
    go(browser, "Tab", "tbody a.lead");
    browser.leading(|browser| browser.press("Enter"));
    go(browser, "Tab", "input[name=action]");
    for _ in 0..12 {
        if chosen(browser) == "inspect" {
            break;
        }
        browser.press("ArrowDown");
    }
    assert_eq!(chosen(browser), "inspect");
    go(browser, "Tab", SEND);
    browser.leading(|browser| browser.press("Enter"));
    assert!(words(browser).contains("The decision is recorded"), "{}", words(browser));
}
