//! What platforms are told of lists: entry, change and end of the list of whoever sells over one, by its register and its webhook,
//! each once and in order; nothing of the hearing, and no other platform.

use crate::credit::{OFFICER, SECOND, act};
use crate::support::people::signed_in_english;
use crate::support::{NOW, SetUp, Zone, plain, set_up};
use crate::webhooks::{counterpart, sending, until, webhook};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::Trade;
use counterpart::{Kind, Script};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::Duty;

const PLATFORM: &str = "5301960101";
const OTHER_PLATFORM: &str = "5301960102";
const SELLER: &str = "5301960201";
const OTHER_SELLER: &str = "5301960202";
/// What is said and found of the list, and nobody but those concerned reads.
const SECRET: [&str; 4] = ["样例：伪造单证", "样例：第三方提供", "样例：申诉理由", "样例：已整改"];

/// A zone with a second officer of the same office.
async fn zone() -> Zone {
    let mut zone = Zone::new().await;
    let token = zone.window.control.issue(OFFICER, Role::Officer, "乙", &[], NOW, None).await.unwrap();
    zone.tokens.insert(SECOND.to_owned(), token);
    zone
}

/// A trade of this seller over this platform is sent, and counted.
async fn sells(zone: &Zone, seller: &str, platform: &str, from: u64) {
    let is_it = |trade: &Trade| {
        let head = &trade.order.head;
        (head.ebc_code.as_str(), head.ebp_code.as_str()) == (seller, platform)
    };
    let trade = (from..).map(|number| plain(zone, number)).find(is_it).unwrap();
    zone.trade(&trade).await;
    server::statistics::follow(&zone.window).await.unwrap();
}

/// A move of a list; what platforms are to be told of it they are told with it.
async fn moved(zone: &Zone, who: &str, seller: &str, said: Value) {
    let (status, told) = act(zone, who, &format!("credit-lists/{seller}"), said).await;
    assert_eq!(status, 200, "{told}");
    // Of two servers the one that was asked may not have counted the orders yet.
    if set_up() == SetUp::TwoServers {
        server::lists_told::step(&zone.window).await.unwrap();
    }
}

fn day(days: i64) -> String {
    Time(NOW.0 + days * 86_400_000).day().number().to_string()
}

/// A seller comes on the black list: one officer gives notice, he is heard, another decides.
async fn listed(zone: &Zone, seller: &str, published: bool) {
    let notice =
        json!({"list": "black", "facts": SECRET[0], "legalBasis": "样例办法第十条", "hearUntil": day(6)});
    let decision =
        json!({"validFrom": day(0), "validTo": day(300), "repairFrom": day(0), "published": published});
    for (who, said) in [
        (OFFICER, json!({"action": "notice", "note": "拟列入", "body": notice})),
        (seller, json!({"action": "state", "version": 1, "body": {"text": SECRET[1]}})),
        (SECOND, json!({"action": "list", "version": 2, "note": "决定列入", "body": decision})),
    ] {
        moved(zone, who, seller, said).await;
    }
}

/// What a platform is told by its register, the newest first.
async fn records(zone: &Zone, platform: &str) -> Vec<Value> {
    let (status, told) = zone.get(platform, "/v1/registers/list-notices").await;
    assert_eq!(status, 200, "{told}");
    told["records"].as_array().unwrap().clone()
}

fn address(platform: &str, seller: &str) -> String {
    format!("/v1/registers/list-notices/{platform}:{seller}")
}

#[tokio::test(flavor = "multi_thread")]
async fn entry_change_and_end_are_told_to_the_platform_concerned_once_and_in_order() {
    let zone = zone().await;
    sells(&zone, SELLER, PLATFORM, 0).await;
    sells(&zone, OTHER_SELLER, OTHER_PLATFORM, 0).await;
    let (concerned, url) = counterpart(&zone, Kind::Commerce, Script::default()).await;
    webhook(&zone, PLATFORM, "lists", json!({"url": url, "source": "list-notices"})).await;
    let (other, url) = counterpart(&zone, Kind::Commerce, Script::default()).await;
    let hook = json!({"url": url, "source": "list-notices"});
    webhook(&zone, OTHER_PLATFORM, "lists", hook.clone()).await;
    // It is for platforms.
    let wish = json!({"action": "register", "body": hook});
    let (status, told) = act(&zone, SELLER, &format!("webhooks/{SELLER}:lists"), wish).await;
    assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("source")), "{told}");
    let _sending = sending(&zone);

    listed(&zone, SELLER, true).await;
    let told = records(&zone, PLATFORM).await;
    assert_eq!((told.len(), told[0]["state"].as_str()), (1, Some("in-force")), "{told:?}");
    for (who, said) in [
        (SELLER, json!({"action": "appeal", "version": 3, "body": {"text": SECRET[2]}})),
        (OFFICER, json!({"action": "uphold", "version": 4, "note": "维持"})),
        // That repair is asked for nobody else may read: nothing is told of it.
        (SELLER, json!({"action": "ask-repair", "version": 5, "body": {"text": SECRET[3]}})),
        (OFFICER, json!({"action": "repair", "version": 6, "note": "整改属实"})),
    ] {
        moved(&zone, who, SELLER, said).await;
    }
    // The other platform is told of its own seller, and of nobody else.
    listed(&zone, OTHER_SELLER, true).await;

    let taken = until(&concerned, |taken| taken.events.len() >= 4).await;
    let of = |event: &Value| {
        let (data, text) = (&event["data"], |value: &Value| value.as_str().unwrap().to_owned());
        assert_eq!(event["type"], "onewindow.record.list-notices");
        (text(&data["action"]), text(&data["state"]), data["body"]["appealed"] == true)
    };
    let expected = [
        ("tell-entry", "in-force", false),
        ("tell-change", "in-force", true),
        ("tell-change", "in-force", false),
        ("tell-end", "ended", false),
    ]
    .map(|(action, state, appealed)| (action.to_owned(), state.to_owned(), appealed));
    assert_eq!(taken.events.iter().map(of).collect::<Vec<_>>(), expected);
    let entry = &taken.events[0]["data"]["body"];
    let fields: BTreeSet<&str> = entry.as_object().unwrap().keys().map(String::as_str).collect();
    let wanted = ["party", "name", "list", "validFrom", "validTo", "legalBasis", "appealed", "measures"];
    assert_eq!(fields, BTreeSet::from(wanted));
    assert_eq!(
        (&entry["party"], &entry["list"], &entry["legalBasis"], &entry["validTo"]),
        (&json!(SELLER), &json!("black"), &json!("样例办法第十条"), &json!(day(300)))
    );
    assert_eq!(entry["name"], "样例春城海外贸易商");
    let measures = entry["measures"].as_array().unwrap();
    assert!(
        measures.iter().any(|row| row["measure"] == "guarantee_factor" && row["value"] == 200),
        "{entry}"
    );
    let others = until(&other, |taken| !taken.events.is_empty()).await;
    let parties: Vec<&Value> = others.events.iter().map(|event| &event["data"]["body"]["party"]).collect();
    assert_eq!(parties, [&json!(OTHER_SELLER)]);

    // By its register it has the same, and a look again tells nothing more.
    server::lists_told::step(&zone.window).await.unwrap();
    let (_, history) = zone.get(PLATFORM, &format!("{}/history", address(PLATFORM, SELLER))).await;
    let versions = history["versions"].as_array().unwrap();
    let actions: Vec<&str> = versions.iter().rev().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["tell-entry", "tell-change", "tell-change", "tell-end"]);
    assert_eq!(versions.last().unwrap()["body"], *entry);
    let all = format!("{history}{:?}", taken.events);
    for secret in SECRET {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
    let ids = |told: &[Value]| -> Vec<String> {
        told.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&records(&zone, PLATFORM).await), [format!("{PLATFORM}:{SELLER}")]);
    assert_eq!(ids(&records(&zone, OTHER_PLATFORM).await), [format!("{OTHER_PLATFORM}:{OTHER_SELLER}")]);
    for stranger in [OTHER_PLATFORM, SELLER] {
        assert_eq!(zone.get(stranger, &address(PLATFORM, SELLER)).await.0, 404, "{stranger}");
    }
    assert_eq!((concerned.taken().events.len(), other.taken().events.len()), (4, 1));
    // Its desk shows it.
    let mut browser = signed_in_english(&zone, "ping.tai", PLATFORM, Role::Platform, &[Duty::Operator]).await;
    let page = browser.get("/desk/registers/list-notices").await;
    assert!(page.status == 200 && page.words().contains("样例春城海外贸易商"), "{}", page.words());
    let page = browser.get(&format!("/desk/registers/list-notices/{PLATFORM}:{SELLER}")).await;
    assert!(page.words().contains("On the list no longer"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_published_is_not_told_and_who_begins_to_sell_or_whose_list_ends_by_the_day_is() {
    let zone = zone().await;
    sells(&zone, SELLER, PLATFORM, 0).await;
    sells(&zone, OTHER_SELLER, PLATFORM, 0).await;
    listed(&zone, OTHER_SELLER, false).await;
    assert_eq!(records(&zone, PLATFORM).await, Vec::<Value>::new());
    listed(&zone, SELLER, true).await;
    assert_eq!(records(&zone, PLATFORM).await.len(), 1);
    assert_eq!(records(&zone, OTHER_PLATFORM).await, Vec::<Value>::new());
    // Now he sells over the other one too.
    sells(&zone, SELLER, OTHER_PLATFORM, 400).await;
    server::lists_told::step(&zone.window).await.unwrap();
    let told = records(&zone, OTHER_PLATFORM).await;
    assert_eq!((told.len(), told[0]["state"].as_str()), (1, Some("in-force")), "{told:?}");
    // Nobody ends the list: its last day passes.
    zone.clock.set(Time(NOW.0 + 301 * 86_400_000));
    server::lists_told::step(&zone.window).await.unwrap();
    for platform in [PLATFORM, OTHER_PLATFORM] {
        let told = records(&zone, platform).await;
        assert_eq!((told.len(), told[0]["state"].as_str()), (1, Some("ended")), "{told:?}");
    }
}
