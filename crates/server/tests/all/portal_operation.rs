//! What whoever operates the window sees: how it works now, what changed between rulebooks, and that the log holds.

use crate::support::browser::Browser;
use crate::support::people;
use crate::support::{Zone, plain};
use clearance::party::Role;
use std::sync::atomic::Ordering;
use store::Duty;

const OFFICE: &str = "8620000001";

async fn signed_in<'a>(zone: &'a Zone, login: &str, role: Role) -> Browser<'a> {
    people::signed_in_english(zone, login, OFFICE, role, &[Duty::Operator, Duty::Auditor]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_sees_what_is_taken_and_that_judging_is_paused() {
    let zone = Zone::new().await;
    let mut operator = signed_in(&zone, "yun.xing", Role::ZoneOperator).await;
    let count = |text: &str| {
        let row = text.split("<tr").find(|row| row.contains("Documents judged")).unwrap();
        row.split("<div>").nth(2).unwrap().split('<').next().unwrap().replace(',', "").parse::<u64>().unwrap()
    };
    let before = operator.get("/desk/operation").await;
    assert_eq!(before.status, 200, "{}", before.words());
    zone.trade(&plain(&zone, 0)).await;
    let after = operator.get("/desk/operation").await;
    assert_eq!(count(&after.text) - count(&before.text), 4);
    assert!(after.words().contains("Messages are recorded and judged."));
    // Lately, too: what was judged within the minute.
    let (_, told) = zone.get(OFFICE, "/v1/operation").await;
    let rates = told["rates"].as_array().unwrap();
    let rate =
        |name: &str| rates.iter().find(|rate| rate["name"] == name).unwrap()["minute"].as_u64().unwrap();
    assert!(rate("documents") >= 4 && rate("messages") >= 4, "{told}");
    assert!(after.text.contains("data-live=\"/desk/live?operation=yes\""));
    assert!(after.words().contains("Last 15 minutes") && after.text.contains("<div id=\"live-operation\">"));
    // While the page is open its figures come by themselves, with words for those who hear them.
    let (stream, _) = tokio::join!(operator.get("/desk/live?operation=yes"), async {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        zone.trade(&plain(&zone, 1_000)).await
    });
    assert!(
        stream
            .text
            .contains("id=\"live-operation\" data-part data-next=\"/desk/live?operation=yes\" data-whole")
    );
    assert!(stream.text.contains("data-said=\"Updated at "), "{}", stream.text);
    let lines: String = stream.text.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
    assert_eq!(count(&lines) - count(&after.text), 4);
    zone.window.pause.store(true, Ordering::Relaxed);
    let paused = operator.get("/desk/operation").await.words();
    assert!(paused.contains("Judging is paused") && !paused.contains("Messages are recorded and judged."));
}

#[tokio::test(flavor = "multi_thread")]
async fn rulebooks_are_compared_and_what_is_sealed_is_for_customs() {
    let zone = Zone::new().await;
    let rules = "id,valid_from,valid_to,lane,condition,note\nsample-rule,20190101,,document-check,identity_count_7 > 0,sample\n";
    let (_, first) = zone.get(OFFICE, "/v1/rulebooks").await;
    let from = first["rulebooks"][0]["number"].as_u64().unwrap();
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules.to_owned())], "test").await.unwrap();
    let (_, all) = zone.get(OFFICE, "/v1/rulebooks").await;
    assert_eq!(all["rulebooks"][0]["changed"], serde_json::json!(["risk_rules.csv"]), "{all}");
    let there = format!("/desk/rulebooks?from={from}&to={}", from + 1);
    let mut operator = signed_in(&zone, "yun.xing", Role::ZoneOperator).await;
    let mut officer = signed_in(&zone, "guan.yuan", Role::Officer).await;
    let shown = operator.get(&there).await;
    assert!(
        shown.words().contains("for customs alone") && !shown.text.contains("sample-rule"),
        "{}",
        shown.words()
    );
    let shown = officer.get(&there).await;
    assert!(shown.text.contains("sample-rule"), "{}", shown.words());
    assert_eq!(officer.get("/desk/rulebooks?from=1&to=999").await.status, 404);
    assert_eq!(officer.get("/desk/rulebooks?from=x&to=1").await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_the_log_is_proven_on_its_page() {
    let zone = Zone::new().await;
    let sent = zone.trade(&plain(&zone, 0)).await;
    let position = sent["position"].as_u64().unwrap();
    let mut operator = signed_in(&zone, "yun.xing", Role::ZoneOperator).await;
    let shown = operator.get(&format!("/desk/evidence?position={position}")).await;
    assert!(shown.words().contains("It holds"), "{}", shown.words());
    let shown = operator.get("/desk/evidence?kind=rulebook").await;
    // The table below what was found.
    let listed = shown.text.rsplit("<tbody").next().unwrap();
    let rows = listed.matches("<tr").count();
    assert!(rows >= 1 && !listed.contains(">message<"), "{}", shown.words());
    assert!(operator.get("/desk/evidence?position=99999999").await.words().contains("No such row"));
    assert!(operator.get("/desk/evidence?position=x").await.words().contains("No such row"));
}
