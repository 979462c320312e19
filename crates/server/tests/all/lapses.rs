//! The story of a parcel that never came, and of one that came too late: what the declaring unit, the platform, the site and the
//! accounts say of it.

use crate::archiving::{fire, until};
use crate::support::{NOW, Zone, path, plain};
use ceb::Document;
use clearance::decide::decide;
use clearance::keys::Time;
use clearance::sample::{self, Trade};
use serde_json::{Value, json};
use store::Read;

const OFFICER: &str = "8620000001";
const DAY: i64 = 86_400_000;

/// What the accounts of a kind hold and what they have posted.
async fn accounts(zone: &Zone, kind: &str) -> Vec<(String, String)> {
    let (status, found) = zone.get(OFFICER, &format!("/v1/accounts?kind={kind}")).await;
    assert_eq!(status, 200, "{found}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let accounts = found["accounts"].as_array().unwrap().iter();
    accounts.map(|account| (text(&account["held"]), text(&account["posted"]))).collect()
}

/// Messages, statuses and texts of what a party received.
async fn receipts(zone: &Zone, party: &str) -> Vec<(String, i64, String)> {
    let (status, feed) = zone.get(party, "/v1/receipts?form=xml").await;
    assert_eq!(status, 200, "{feed}");
    let info = |xml: &str| {
        let (_, rest) = xml.split_once("returnInfo>").unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    let all = feed["receipts"].as_array().unwrap().iter();
    all.map(|one| {
        let message = one["message"].as_str().unwrap().to_owned();
        (message, one["status"].as_i64().unwrap(), info(one["receipt"].as_str().unwrap()))
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_that_never_comes_holds_nobodys_quota_for_ever() {
    let zone = Zone::new().await;
    let mut trade = plain(&zone, 0);
    assert_eq!(zone.trade(&trade).await["status"], 120);
    let agent = trade.declaration.head.agent_code.clone();
    let shown = zone.shown(&agent, &trade).await;
    assert_eq!(
        (&shown["waitingFor"], &shown["deadlines"][0]["for"]),
        (&json!(["arrival"]), &json!("arrival-missing")),
        "{shown}"
    );
    for kind in ["quota", "guarantee"] {
        let held = accounts(&zone, kind).await;
        assert!(held.len() == 1 && held[0].0 != "0", "{kind}: {held:?}");
    }
    // On its last day it waits still, on the day after no more.
    zone.clock.set(Time(NOW.0 + 30 * DAY));
    fire(&zone).await;
    assert_eq!(zone.shown(&agent, &trade).await["attempt"]["state"], 120);
    zone.clock.set(Time(NOW.0 + 31 * DAY));
    fire(&zone).await;
    let ended = until(&zone, &path(&trade), 100).await;
    assert_eq!(ended["attempt"]["findings"][0]["rule"], "arrival-missing", "{ended}");
    assert_eq!(ended["deadlines"], json!([]));
    for kind in ["quota", "guarantee"] {
        let left = accounts(&zone, kind).await;
        assert!(left.iter().all(|(held, posted)| held == "0" && posted == "0"), "{kind}: {left:?}");
    }
    // The timeline says what happened by itself.
    let mut happened = ended["timeline"].as_array().unwrap().iter();
    assert!(happened.any(|one| one["what"] == "arrival-missing"), "{ended}");
    // The declaring unit and the platform are told why, and what to do.
    let own = receipts(&zone, &agent).await;
    let statuses: Vec<i64> = own.iter().map(|(_, status, _)| *status).collect();
    assert_eq!(statuses, [2, 120, 100], "{own:?}");
    let told = &own[2].2;
    assert!(told.contains("19209") && told.contains("重新申报"), "{told}");
    assert!(told.contains(trade.waybill.logistics_no.as_str()), "{told}");
    let platform = receipts(&zone, &trade.order.head.ebp_code).await;
    let orders: Vec<_> = platform.iter().filter(|(message, ..)| message == "CEB312Message").collect();
    assert_eq!(orders.len(), 3, "{platform:?}");
    assert_eq!((orders[2].1, &orders[2].2), (120, told), "the order itself stands");

    // The parcel comes a week too late, when its waybill is free: its site is told that no list is there.
    while !zone.window.read.follows(1).await.unwrap().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    zone.clock.set(Time(NOW.0 + 38 * DAY));
    let arrival = Trade::arrival(3, &[&trade], zone.clock.now()).unwrap();
    let site = arrival.head.operator_code.clone();
    let late = zone.send(&site, Document::Arrival(arrival)).await;
    assert_eq!(
        (&late["status"], &late["findings"][0]["rule"], &late["findings"][0]["fields"][0]["value"]),
        (&json!(399), &json!("arrival-unclaimed"), &json!(trade.waybill.logistics_no.as_str())),
        "{late}"
    );
    assert_eq!(zone.shown(&agent, &trade).await["attempt"]["state"], 100);
    // Declared again it is released with that arrival, as a second attempt.
    trade.declaration.head.app_time = sample::stamp(zone.clock.now());
    let again = zone.send(&agent, Document::Declaration(trade.declaration.clone())).await;
    assert_eq!(again["status"], 800, "{again}");
    assert_eq!(zone.shown(&agent, &trade).await["attempt"]["number"], 2);
    let derived = server::derive::derive(&zone.window.read, decide, &mut |_| {}).await.unwrap();
    assert!(derived.different == 0 && derived.events >= 8, "{derived:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_an_officer_suspended_is_not_ended_by_the_calendar() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let act = async |action: &str| {
        let version = zone.shown(OFFICER, &trade).await["version"].clone();
        let body = json!({"id": format!("{action}-{version}"), "version": version, "action": action, "text": "样例"});
        let token = Some(zone.tokens[OFFICER].as_str());
        let there = format!("{}/actions", path(&trade));
        let (status, told) = zone.request("POST", &there, token, body.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{told}");
    };
    act("suspend").await;
    zone.clock.set(Time(NOW.0 + 60 * DAY));
    fire(&zone).await;
    let shown = zone.shown(OFFICER, &trade).await;
    assert_eq!((&shown["attempt"]["state"], &shown["deadlines"]), (&json!(600), &json!([])), "{shown}");
    act("resume").await;
    act("approve").await;
    let shown = zone.shown(OFFICER, &trade).await;
    assert_eq!(
        (&shown["attempt"]["state"], &shown["deadlines"][0]["for"]),
        (&json!(120), &json!("arrival-missing")),
        "its days begin anew: {shown}"
    );
}
