//! An inspection on a telephone in a real browser, with a photograph that has a place in it; the trade as the party sees it
//! then; persons, addresses, enterprises and the charts below the queue, looked at in every width, language and theme.

use crate::portal_in_browser::{Served, browser, folder, take_over, visit};
use crate::support::chromium::Chromium;
use crate::support::people::{self, ask};
use crate::support::{path, plain};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clearance::party::Role;
use clearance::sample::Trade;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use store::Duty;

/// A picture as a telephone takes it: drawn by the browser itself, with a place written into it.
fn a_picture(browser: &mut Chromium, name: &str, place: &Path) -> PathBuf {
    let drawn = browser.run(
        "(() => { const c = document.createElement('canvas'); c.width = 640; c.height = 480; const x = c.getContext('2d'); \
         x.fillStyle = '#b08d57'; x.fillRect(0, 0, 640, 480); x.fillStyle = '#6b4f2a'; x.fillRect(60, 120, 520, 300); \
         x.fillStyle = '#fff'; x.fillRect(220, 180, 200, 120); return c.toDataURL('image/jpeg', 0.9); })()",
    );
    let bytes = STANDARD.decode(drawn.as_str().unwrap().split(',').nth(1).unwrap()).unwrap();
    let told = b"Exif\0\0II*\0\x08\0\0\0\0\0GPS 24.88N 102.83E";
    let length = u16::try_from(told.len() + 2).unwrap().to_be_bytes();
    let whole = [&bytes[..2], &[0xFF, 0xE1], &length, told, &bytes[2..]].concat();
    let file = place.join(name);
    std::fs::write(&file, whole).unwrap();
    file
}

fn choose(browser: &mut Chromium, files: &[PathBuf]) {
    let root = browser.call("DOM.getDocument", &json!({}));
    let asked = json!({"nodeId": root["root"]["nodeId"], "selector": "#photographs"});
    let input = browser.call("DOM.querySelector", &asked);
    browser.call("DOM.setFileInputFiles", &json!({"nodeId": input["nodeId"], "files": files}));
}

fn desk(trade: &Trade) -> String {
    path(trade).replace("/v1", "/desk")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_inspects_with_a_telephone() {
    let Some(mut browser) = browser() else { return };
    let served = Served::new().await;
    // One whose address is counted, too: persons and addresses have pages under the keys of the windowed counts.
    let rules = "id,valid_from,valid_to,lane,condition,note\nevery-address,20190101,,document-check,address_count_7 > 0,all\n";
    served.zone.window.publish(&[("risk_rules.csv".to_owned(), rules.to_owned())], "test").await.unwrap();
    let agent = served.looked_at.declaration.head.agent_code.to_string();
    let of_agent = |trade: &Trade| trade.declaration.head.agent_code == agent.as_str();
    let trade = (30_000..).step_by(50).map(|from| plain(&served.zone, from)).find(of_agent).unwrap();
    served.zone.trade(&trade).await;
    served.zone.until_listed().await;
    let (officer, token) = (served.officer.clone(), served.zone.tokens["8620000001"].clone());
    let (_, seen) = ask(&served.zone, "GET", &path(&trade), &token, &Value::Null).await;
    let order = json!({"id": "look", "version": seen["version"], "action": "inspect", "text": "开箱查验"});
    let (status, _) = ask(&served.zone, "POST", &format!("{}/actions", path(&trade)), &token, &order).await;
    assert_eq!(status, 200);
    served.zone.until_listed().await;
    let (_, one_time) =
        people::add(&served.zone, "cha.er", "8620000001", Role::Officer, &[Duty::Inspector]).await;
    let second = people::settle(&served.zone, "cha.er", &one_time, true).await;
    let (_, one_time) = people::add(&served.zone, "li.er", &agent, Role::Agent, &Duty::ALL).await;
    let party = people::settle(&served.zone, "li.er", &one_time, false).await;
    let (person, address) =
        (seen["person"].as_str().unwrap().to_owned(), seen["address"].as_str().unwrap().to_owned());
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        take_over(&mut browser, &served.address, &officer);
        let there = desk(&trade);
        let pages = [("inspect", there.clone())];
        visit(&mut browser, &served, "officer", &pages, &mut faults);
        browser.look(390, false);
        browser.open(&format!("{}{there}?lang=en", served.address));
        let place = tempfile::tempdir().unwrap();
        let files = ["one.jpg", "two.jpg"].map(|name| a_picture(&mut browser, name, place.path()));
        choose(&mut browser, &files[..1]);
        // What follows is told in the choice itself; by keys alone from here: what was seen is asked for.
        browser.run("document.querySelector('#whole').value = 'infringing/detain-503'; document.querySelector('#place').value = 'Table 3'");
        let chosen =
            browser.run("document.querySelector('#whole').selectedOptions[0].textContent").to_string();
        assert!(chosen.contains("detained, to legal (503)"), "{chosen}");
        let send = "document.querySelector('form[action$=inspections] button').focus()";
        browser.run(send);
        browser.leading(|browser| browser.press("Enter"));
        let refused = browser.run("document.querySelector('main').innerText").to_string();
        assert!(refused.contains("Not recorded"), "{refused}");
        let place = browser.run("document.querySelector('#place').value");
        assert_eq!(place, "Table 3", "nothing is typed twice");
        assert_eq!(browser.run("document.querySelector('#whole').value"), "infringing/detain-503");
        browser.picture(&folder().join("officer-inspect-refused-en-390.png"));
        // A page that is answered with 422 is told as such by the browser, and nothing else.
        let told = browser.complaints();
        assert!(told.iter().all(|one| one.contains("422")), "{told:?}");
        choose(&mut browser, &files[..1]);
        // A camera gives one picture at a time: behind one that was taken there is a field for the next, with a name of its own.
        let fields = "document.querySelectorAll('input[name=photographs][capture]')";
        assert_eq!(browser.run(&format!("{fields}.length")), 2);
        assert_eq!(browser.run(&format!("{fields}[1].files.length")), 0);
        assert_eq!(browser.run(&format!("{fields}[1].getAttribute('aria-label')")), "Take photographs 2");
        browser.run("document.querySelector('#words').value = 'Logo on ten shoes'");
        browser.run(send);
        browser.leading(|browser| browser.press("Enter"));
        let waits = browser.run("document.querySelector('main').innerText").to_string();
        assert!(
            waits.contains("infringement suspected") && waits.contains("Waits for a second officer"),
            "{waits}"
        );
        // The second officer finds it in his queue, sees what the first saw, and confirms it, by keys alone.
        // A page that is left open would go on watching with a session that is gone.
        browser.open(&format!("{}/guide", served.address));
        take_over(&mut browser, &served.address, &second);
        visit(&mut browser, &served, "second", &[("confirm", there.clone())], &mut faults);
        browser.look(1280, false);
        browser.open(&format!("{}/desk/queue?tab=confirm&lang=en", served.address));
        browser.press("j");
        browser.leading(|browser| browser.press("Enter"));
        assert_eq!(browser.run("location.pathname"), there.as_str());
        browser.press("c");
        assert_eq!(browser.run("document.activeElement.value"), "confirm-inspection");
        browser.run("document.querySelector('form[action$=actions] button').focus()");
        browser.leading(|browser| browser.press("Enter"));
        let done = browser.run("document.querySelector('main').innerText").to_string();
        assert!(done.contains("The decision is recorded") && done.contains("cha.er"), "{done}");
        browser.run("document.querySelector('ul.photographs').scrollIntoView()");
        let drawn = browser.run(
            "(async () => { const image = document.querySelector('ul.photographs img'); await image.decode(); \
             const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer()); \
             return [image.naturalWidth, new TextDecoder('latin1').decode(bytes).includes('GPS')]; })()",
        );
        assert_eq!(drawn, json!([640, false]), "the picture is whole, its place is gone");
        assert!(browser.complaints().is_empty());
        browser.open(&format!("{}/guide", served.address));
        take_over(&mut browser, &served.address, &officer);
        let pages = [
            ("inspected", there.clone()),
            ("queue-charts", "/desk/queue".to_owned()),
            ("decisions", "/desk/decisions".to_owned()),
            ("person-purpose", format!("/desk/persons/{person}")),
            ("person", format!("/desk/persons/{person}?purpose=case")),
            ("address", format!("/desk/addresses/{address}?purpose=case")),
            ("enterprise", format!("/desk/enterprises/{agent}")),
        ];
        visit(&mut browser, &served, "officer", &pages, &mut faults);
        take_over(&mut browser, &served.address, &party);
        visit(&mut browser, &served, "agent", &[("inspected", there)], &mut faults);
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
