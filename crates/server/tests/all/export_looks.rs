//! Exports that are looked at, through the interface: typed inspections with a photograph and a second officer, what a party is told,
//! the draw that its parties find and anybody draws again, and a list of a mode that its park may not do.

use crate::bonded::{CUSTOMS, verified};
use crate::inspections::{a_photograph, photographs};
use crate::support::people;
use crate::support::{NOW, Zone};
use ceb::Document;
use clearance::party::Role;
use clearance::sample::Export;
use serde_json::{Value, json};
use store::Duty;

const MERCHANT: &str = "5301960201";
const OPERATOR: &str = "5301960601";

fn path(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

/// A zone in which every export is drawn and opened at the site, and one that is there.
async fn opened(zone: &Zone, number: u64) -> Export {
    let change = |text: &str| {
        text.replace("\nsampling_base_export,5000,", "\nsampling_base_export,1000000,")
            .replace("\nsampling_factor_a,20,", "\nsampling_factor_a,100,")
    };
    zone.window.publish_changed("parameters.csv", change, "test").await.unwrap();
    let export = Export::new(7, number, NOW);
    for (sender, document) in export.documents() {
        zone.send(&sender, document).await;
    }
    let master = Export::master_bill(&[&export], NOW).unwrap();
    let agent = master.head.agent_code.to_string();
    zone.send(&agent, Document::MasterBill(master)).await;
    let arrival = Export::arrival(&[&export], NOW).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::ExportArrival(arrival)).await;
    for _ in 0..200 {
        if shown(zone, CUSTOMS, &export).await["state"] == 500 {
            return export;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it is not opened: {}", shown(zone, CUSTOMS, &export).await);
}

async fn shown(zone: &Zone, party: &str, export: &Export) -> Value {
    let (status, shown) = zone.get(party, &path(export)).await;
    assert_eq!(status, 200, "{shown}");
    shown
}

async fn inspect(zone: &Zone, token: &str, export: &Export, more: Value) -> (u16, Value) {
    let version = shown(zone, CUSTOMS, export).await["version"].clone();
    let mut body =
        json!({"id": format!("i-{version}"), "version": version, "text": "样例查验", "measure": "release"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let address = format!("{}/inspections", path(export));
    zone.request("POST", &address, Some(token), body.to_string().into_bytes()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_inspected_by_the_table_with_a_picture_and_its_parties_are_told() {
    let zone = Zone::new().await;
    let export = opened(&zone, 1).await;
    let seen = shown(&zone, CUSTOMS, &export).await;
    assert_eq!(seen["attempt"]["hits"][0]["rule"], "random", "{seen}");
    let results = seen["inspection"]["results"].as_array().unwrap();
    assert!(results.iter().all(|row| !row["measures"].as_array().unwrap().contains(&json!("re-export"))));
    let version = seen["version"].clone();
    let old = json!({"id": "o", "version": version, "action": "inspection-result", "passed": true});
    let address = format!("{}/actions", path(&export));
    let token = zone.tokens[CUSTOMS].clone();
    let (status, told) = zone.request("POST", &address, Some(&token), old.to_string().into_bytes()).await;
    assert_eq!(status, 400, "what was found is said: {told}");
    let (status, told) = inspect(&zone, &token, &export, json!({"found": [{"result": "nothing"}]})).await;
    assert_eq!((status, told["findings"][0]["rule"].as_str()), (422, Some("inspection-faulty")), "{told}");
    let pictures = photographs(&[a_photograph(1)]);
    let found = json!({"found": [{"result": "conforming"}], "photographs": pictures});
    let (status, told) = inspect(&zone, &token, &export, found).await;
    assert_eq!(status, 200, "{told}");
    let released = shown(&zone, CUSTOMS, &export).await;
    assert_eq!(released["state"], 800, "{released}");
    let merchant = shown(&zone, MERCHANT, &export).await;
    assert!(merchant["attempt"]["hits"].is_null(), "sealed: {merchant}");
    let (status, told) = zone.get(MERCHANT, &format!("{}/inspections", path(&export))).await;
    let one = &told["inspections"][0];
    assert_eq!(
        (status, one["measure"].as_str(), one["found"][0]["result"].as_str()),
        (200, Some("release"), Some("conforming")),
        "{told}"
    );
    assert!(one["officers"].is_null());
    let picture = one["photographs"][0].as_str().unwrap();
    for (party, expected) in [(MERCHANT, 200), (CUSTOMS, 200), ("5301960202", 404)] {
        let (status, _) = zone.get(party, &format!("{}/photographs/{picture}", path(&export))).await;
        assert_eq!(status, expected, "{party}");
    }
    zone.until_listed().await;
    let (_, readings) = zone.get(MERCHANT, "/v1/registers/accesses").await;
    assert_eq!(readings["records"][0]["summary"]["kind"], "photograph", "{readings}");
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_find_is_told_when_the_second_has_confirmed_it() {
    let zone = Zone::new().await;
    let export = opened(&zone, 2).await;
    let duties = [Duty::Inspector, Duty::Decider];
    let session = async |login: &str| {
        let (_, one_time) = people::add(&zone, login, CUSTOMS, Role::Officer, &duties).await;
        people::settle(&zone, login, &one_time, true).await
    };
    let (first, second) = (session("cha.yi").await, session("cha.er").await);
    let found = json!({"found": [{"result": "goods-differ"}], "measure": "detain-501"});
    let (status, told) = inspect(&zone, &first, &export, found).await;
    assert_eq!(status, 200, "{told}");
    let waits = shown(&zone, CUSTOMS, &export).await;
    assert_eq!(
        (waits["state"].as_u64(), waits["unconfirmed"]["officer"].as_str()),
        (Some(500), Some("cha.yi"))
    );
    let (_, told) = zone.get(MERCHANT, &format!("{}/inspections", path(&export))).await;
    assert_eq!(told["inspections"], json!([]), "a party learns of it when it takes effect");
    let entries = shown(&zone, MERCHANT, &export).await["timeline"].to_string();
    assert!(!entries.contains("inspected"), "{entries}");
    let confirm = async |session: &str| {
        let version = shown(&zone, CUSTOMS, &export).await["version"].clone();
        let body = json!({"id": format!("c-{session}"), "version": version, "action": "confirm-inspection"});
        let address = format!("{}/actions", path(&export));
        zone.request("POST", &address, Some(session), body.to_string().into_bytes()).await
    };
    let (status, told) = confirm(&first).await;
    assert_eq!(
        (status, told["findings"][0]["rule"].as_str()),
        (409, Some("second-inspector-needed")),
        "{told}"
    );
    assert_eq!(confirm(&second).await.0, 200);
    assert_eq!(shown(&zone, CUSTOMS, &export).await["state"], 501);
    let (_, told) = zone.get(MERCHANT, &format!("{}/inspections", path(&export))).await;
    assert_eq!(told["inspections"][0]["measure"], "detain-501", "{told}");
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_park_that_may_not_do_the_mode_is_told_by_the_code_of_its_site() {
    const CODE: &str = "KMG8620009";
    let zone = Zone::new().await;
    let act = async |party: &str, record: &str, action: &str, body: Value| {
        let (_, now) = zone.get(party, &format!("/v1/registers/{record}")).await;
        let version = now["version"].as_u64().unwrap_or(0);
        let said = json!({"action": action, "version": version, "note": "样例", "body": body});
        let address = format!("/v1/registers/{record}/actions");
        let (status, made) =
            zone.request("POST", &address, Some(&zone.tokens[party]), said.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{record} {action}: {made}");
    };
    let park = format!("parks/{OPERATOR}:P9");
    let of_park = |modes: Value| json!({"name": "样例园区", "kind": "core", "city": "昆明", "functions": ["sorting"], "modes": modes, "legalBasis": "样例方案"});
    act(OPERATOR, &park, "apply", of_park(json!(["1210"]))).await;
    act(CUSTOMS, &park, "approve", Value::Null).await;
    let site = format!("sites/{OPERATOR}:{CODE}");
    let of_site = json!({"park": format!("{OPERATOR}:P9"), "name": "样例卡口", "kind": "gate", "district": "8620", "carriers": ["5301960401"]});
    act(OPERATOR, &site, "apply", of_site).await;
    act(CUSTOMS, &site, "approve", Value::Null).await;
    server::site_codes::step(&zone.window).await.unwrap();
    let send = async |number: u64| {
        let mut export = Export::new(7, number, NOW);
        export.declaration.head.loct_no = Some(CODE.into());
        for (sender, document) in export.documents() {
            zone.send(&sender, document).await;
        }
        shown(&zone, CUSTOMS, &export).await
    };
    let waits = send(11).await;
    assert_eq!(
        (waits["state"].as_u64(), waits["reasons"][0].as_str()),
        (Some(300), Some("mode-not-of-park")),
        "{waits}"
    );
    // The park is permitted the mode; what its codes say follows.
    act(OPERATOR, &park, "change", of_park(json!(["1210", "9610"]))).await;
    server::site_codes::step(&zone.window).await.unwrap();
    assert_eq!(send(12).await["state"], 300, "what was applied for does not count yet");
    act(CUSTOMS, &park, "approve", Value::Null).await;
    server::site_codes::step(&zone.window).await.unwrap();
    assert_eq!(send(13).await["state"], 399);
    server::site_codes::step(&zone.window).await.unwrap();
    let (_, code) = zone.get(CUSTOMS, &format!("/v1/registers/site-codes/{CODE}")).await;
    assert_eq!(code["version"], 2, "nothing is written where nothing changed: {code}");
    let (status, told) = zone.get(MERCHANT, "/v1/processes?mode=9610&direction=export").await;
    assert_eq!(
        (status, told["processes"][0]["stations"][2]["clock"]["parameter"].as_str()),
        (200, Some("partner_wait_hours")),
        "{told}"
    );
    verified(&zone).await;
}
