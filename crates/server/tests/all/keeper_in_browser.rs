//! A keeper's page in a real browser: parcels are scanned and answered in place; the network is lost and the page goes on from its
//! list; what was let pass and is held by then is an alarm when the network is back. And the pages of parks, fit for everybody.

use crate::keeper::released;
use crate::parks::{CUSTOMS, OPERATOR, PARK, SITE, opened};
use crate::portal_in_browser::{Served, browser, folder, serve, take_over, visit};
use crate::support::chromium::Chromium;
use crate::support::people::{add, settle};
use crate::support::{Zone, plain};
use clearance::party::Role;
use clearance::sample::Trade;
use serde_json::{Value, json};
use std::time::Duration;
use store::Duty;

const ANSWER: &str = "document.querySelector('[data-answer]').className";

/// A zone with a park whose site a user keeps, and two released trades.
async fn begun() -> (Served, [Trade; 2], String) {
    let zone = Zone::new().await;
    opened(&zone, &["men.wei"]).await;
    let trades = [plain(&zone, 0), plain(&zone, 1_000)];
    for trade in &trades {
        released(&zone, trade).await;
    }
    zone.until_listed().await;
    let (_, one_time) = add(&zone, "men.wei", OPERATOR, Role::SiteOperator, &[Duty::Keeper]).await;
    let keeper = settle(&zone, "men.wei", &one_time, false).await;
    let (_, one_time) = add(&zone, "guan.yuan", CUSTOMS, Role::Officer, &Duty::ALL).await;
    let officer = settle(&zone, "guan.yuan", &one_time, true).await;
    let nothing = trades[0].clone();
    let served = Served {
        address: serve(&zone).await,
        zone,
        rejected: nothing.clone(),
        rejected_list: 0,
        looked_at: nothing.clone(),
        waiting: nothing,
        officer,
        login: "men.wei".to_owned(),
    };
    (served, trades, keeper)
}

/// Waits until a script gives what is wanted.
pub(crate) fn until(browser: &mut Chromium, script: &str, wanted: &Value) {
    for _ in 0..150 {
        if browser.run(script) == *wanted {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let seen = browser.run("document.querySelector('main').innerText");
    panic!("{script} is {}, not {wanted}: {seen}", browser.run(script));
}

/// Types into the field as a scanner does, and waits for the answer.
pub(crate) fn scan(browser: &mut Chromium, parcel: &str, answer: &str) {
    browser.run("document.querySelector('[data-answer]').className = 'scan'");
    browser.run("document.querySelector('[name=parcel]').focus()");
    browser.type_text(parcel);
    browser.press("Enter");
    until(browser, ANSWER, &json!(format!("scan {answer}")));
}

fn network(browser: &mut Chromium, lost: bool) {
    let conditions = json!({"offline": lost, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    browser.call("Network.emulateNetworkConditions", &conditions);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keeper_goes_on_without_network_and_what_was_held_meanwhile_is_an_alarm() {
    let Some(mut browser) = browser() else { return };
    let (served, trades, session) = begun().await;
    let numbers = [0, 1].map(|index: usize| trades[index].waybill.logistics_no.to_string());
    let carrier = trades[1].waybill.logistics_code.to_string();
    let address = format!("{}/desk/sites/{SITE}?lang=en", served.address);
    let (one, other, base) = (numbers[0].clone(), numbers[1].clone(), served.address.clone());
    let mut browser = tokio::task::spawn_blocking(move || {
        take_over(&mut browser, &base, &session);
        browser.look(390, false);
        browser.open(&address);
        until(
            &mut browser,
            "document.querySelector('[data-known]').textContent.endsWith('· 2')",
            &json!(true),
        );
        scan(&mut browser, &one, "pass");
        scan(&mut browser, "NOBODY1", "hold");
        assert!(
            browser.run("document.querySelector('[data-said]').textContent").to_string().contains("NOBODY1")
        );
        assert_eq!(browser.complaints(), Vec::<String>::new(), "online nothing is complained about");
        browser.picture(&folder().join("keeper-hold-en-390.png"));
        network(&mut browser, true);
        scan(&mut browser, &one, "pass");
        scan(&mut browser, &other, "pass");
        scan(&mut browser, "NOBODY2", "hold");
        let kept = browser.run("document.querySelector('[data-kept]').textContent").to_string();
        assert!(kept.contains('3'), "{kept}");
        browser.picture(&folder().join("keeper-offline-en-390.png"));
        browser
    })
    .await
    .unwrap();
    let body =
        json!({"logisticsCode": carrier, "logisticsNo": numbers[1], "action": "hold", "text": "样例线索"});
    let token = Some(served.zone.tokens[CUSTOMS].as_str());
    let (status, held) = served.zone.request("POST", "/v1/holds", token, body.to_string().into_bytes()).await;
    assert_eq!(status, 200, "{held}");
    let late = numbers[1].clone();
    tokio::task::spawn_blocking(move || {
        network(&mut browser, false);
        until(&mut browser, "document.querySelector('[data-kept]').textContent", &json!(""));
        until(&mut browser, "document.querySelectorAll('[data-alarms] li').length", &json!(1));
        let told = browser.run("document.querySelector('[data-alarms]').textContent").to_string();
        assert!(told.contains(&late), "{told}");
        assert_eq!(browser.run(ANSWER), "scan alarm");
        browser.picture(&folder().join("keeper-alarm-en-390.png"));
        // The list was loaded anew, and the parcel is answered as it is.
        until(
            &mut browser,
            "document.querySelector('[data-known]').textContent.endsWith('· 1')",
            &json!(true),
        );
        scan(&mut browser, &late, "hold");
    })
    .await
    .unwrap();
    served.zone.until_listed().await;
    let (_, all) = served.zone.get(CUSTOMS, "/v1/registers/site-scans?limit=100").await;
    let states: Vec<&str> =
        all["records"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    let count = |state: &str| states.iter().filter(|one| **one == state).count();
    assert_eq!((count("passed"), count("held"), count("alarmed")), (2, 3, 1), "{all}");
}

/// Fills in what happened and sends it; waits until the page says so.
fn record(browser: &mut Chromium, kind: &str, fields: &[(&str, &str)], told: &str) {
    browser.run("document.querySelector('[data-told]').replaceChildren()");
    browser.run("document.querySelector('form[data-happening]').closest('details').open = true");
    browser.run(&format!("document.querySelector('#h-kind-{kind}').click()"));
    for (name, value) in fields {
        browser.run(&format!("document.querySelector('#h-{name}').value = {}", json!(value)));
    }
    browser.run("document.querySelector('form[data-happening]').requestSubmit()");
    let said = format!("document.querySelector('[data-told]').textContent.includes({})", json!(told));
    until(browser, &said, &json!(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_without_network_is_kept_and_nothing_suspect_leaves() {
    let Some(mut browser) = browser() else { return };
    let (served, trades, session) = begun().await;
    let names: Vec<String> = trades
        .iter()
        .map(|trade| format!("{}/{}", trade.waybill.logistics_code, trade.waybill.logistics_no))
        .collect();
    let address = format!("{}/desk/sites/{SITE}?lang=en", served.address);
    let (one, other, base) = (names[0].clone(), names[1].clone(), served.address.clone());
    tokio::task::spawn_blocking(move || {
        take_over(&mut browser, &base, &session);
        browser.look(390, false);
        browser.open(&address);
        until(
            &mut browser,
            "document.querySelector('[data-known]').textContent.endsWith('· 2')",
            &json!(true),
        );
        // With network it is answered in place, and the fields of other kinds are not there.
        record(&mut browser, "bag", &[("parcels", &other), ("bag", "B1"), ("seal", "S1")], "It is recorded");
        assert_eq!(browser.run("document.querySelector('#h-vehicle').offsetParent"), Value::Null);
        assert_eq!(browser.run("document.querySelector('#h-bag').value"), "");
        assert_eq!(browser.complaints(), Vec::<String>::new(), "online nothing is complained about");
        network(&mut browser, true);
        record(&mut browser, "x-ray", &[("parcels", &one), ("result", "suspect")], "Kept on this device");
        scan(&mut browser, &one, "hold");
        let list = |parcel: &str| {
            [
                ("parcels", parcel.to_owned()),
                ("vehicle", "云A00001".to_owned()),
                ("direction", "out".to_owned()),
            ]
        };
        let fields = list(&format!("{one}\n{other}"));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        record(&mut browser, "gate-list", &fields, &one);
        let fields = list(&other);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        record(&mut browser, "gate-list", &fields, "Kept on this device");
        browser.picture(&folder().join("keeper-records-offline-en-390.png"));
        network(&mut browser, false);
        until(&mut browser, "document.querySelector('[data-kept]').textContent", &json!(""));
        scan(&mut browser, &one, "hold");
    })
    .await
    .unwrap();
    let (_, holds) = served.zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(holds["holds"].as_array().unwrap().len(), 1, "{holds}");
    served.zone.until_listed().await;
    let (_, all) = served.zone.get(CUSTOMS, "/v1/registers/site-records?limit=100").await;
    let states: Vec<&str> =
        all["records"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["recorded"; 3], "the bag, the X-ray, the list that was free: {all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_parks_and_sites_are_fit_for_everybody() {
    let Some(mut browser) = browser() else { return };
    let (served, trades, keeper) = begun().await;
    let parcel = format!("{}/{}", trades[0].waybill.logistics_code, trades[0].waybill.logistics_no);
    let post = async |what: &str, body: Value| {
        let path = format!("/v1/sites/{SITE}/{what}");
        let token = Some(served.zone.tokens[OPERATOR].as_str());
        let (status, made) = served.zone.request("POST", &path, token, body.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{made}");
    };
    let sealing = json!({"kind": "bag", "parcels": [parcel], "bag": "B1", "seal": "S1"});
    post("records", json!({"number": "b1", "happened": sealing})).await;
    post("scans", json!({"scans": [{"number": "s1", "parcel": parcel, "direction": "in"}]})).await;
    served.zone.until_listed().await;
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        let page = |name: &'static str, path: &str| (name, path.to_owned());
        visit(&mut browser, &served, "public", &[page("parks", "/parks")], &mut faults);
        take_over(&mut browser, &served.address, &keeper);
        let pages = [
            page("sites", "/desk/sites"),
            page("site", &format!("/desk/sites/{SITE}")),
            page("stock", &format!("/desk/sites/{SITE}/stock")),
            page("bag", &format!("/desk/sites/{SITE}/bags?bag=B1")),
        ];
        visit(&mut browser, &served, "keeper", &pages, &mut faults);
        let officer = served.officer.clone();
        take_over(&mut browser, &served.address, &officer);
        let pages = [page("holds", "/desk/holds"), page("park-figures", &format!("/desk/parks/{PARK}"))];
        visit(&mut browser, &served, "officer", &pages, &mut faults);
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
