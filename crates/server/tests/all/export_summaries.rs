//! Monthly summaries through the interface: lists that left the country, applications by number and by period, results in the feed,
//! who sees what, the pages, and what the ledger says of it when it is judged again.

use crate::support::{NOW, Zone};
use ceb::Document;
use clearance::Text;
use clearance::keys::Time;
use clearance::sample::{self, Export};
use serde_json::{Value, json};

const CUSTOMS: &str = "8620000001";
const MERCHANT: &str = "5301960201";
pub(crate) const AGENT: &str = "5301980501";
const CARRIER: &str = "5301960401";

fn path(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

pub(crate) fn summary_path(application: &ceb::SummaryApplication) -> String {
    format!("/v1/exports/summaries/{}/{}", application.head.agent_code, application.head.cop_no)
}

/// Waits for what follows in a commit of its own.
async fn until(zone: &Zone, export: &Export, states: &[u64]) -> Value {
    let mut shown = Value::Null;
    for _ in 0..400 {
        shown = zone.get(MERCHANT, &path(export)).await.1;
        if states.iter().any(|state| shown["state"] == *state) {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("not {states:?}: {shown}");
}

/// Exports of one agent and one carrier that the draw leaves alone and that have left the country, with their numbers.
pub(crate) async fn closed(zone: &Zone, first: u64, count: usize) -> (Vec<Export>, Vec<Text>) {
    let now = zone.clock.now();
    let seed = zone.window.reference().sampling_seed;
    let alike = |one: &Export| {
        let head = &one.declaration.head;
        let drawn = clearance::risk::draw(&seed, &one.key().marked());
        head.logistics_code == CARRIER && head.agent_code == AGENT && drawn > 100_000
    };
    let all = (first..).map(|number| Export::new(7, number, now).to_summarise());
    let exports: Vec<Export> = all.filter(alike).take(count).collect();
    for export in &exports {
        for (sender, document) in export.documents() {
            zone.send(&sender, document).await;
        }
        let shown = until(zone, export, &[300, 399]).await;
        if shown["state"] == 300 {
            let body = json!({"id": format!("a-{}", export.order.head.order_no), "version": shown["version"], "action": "approve", "text": "样例"});
            let token = Some(zone.tokens[CUSTOMS].as_str());
            let there = format!("{}/actions", path(export));
            let (status, told) = zone.request("POST", &there, token, body.to_string().into_bytes()).await;
            assert_eq!(status, 200, "{told}");
        }
    }
    let parcels: Vec<&Export> = exports.iter().collect();
    zone.send(AGENT, Document::MasterBill(Export::master_bill(&parcels, now).unwrap())).await;
    zone.send("5301960601", Document::ExportArrival(Export::arrival(&parcels, now).unwrap())).await;
    for export in &exports {
        until(zone, export, &[800]).await;
    }
    zone.send(CARRIER, Document::Departure(Export::departure(&parcels, now).unwrap())).await;
    let mut numbers = Vec::new();
    for export in &exports {
        let shown = until(zone, export, &[899]).await;
        numbers.push(shown["invtNo"].as_str().unwrap().into());
    }
    (exports, numbers)
}

pub(crate) fn application(
    exports: &[Export],
    numbers: &[Text],
    cop_no: &str,
    now: Time,
) -> ceb::SummaryApplication {
    let parcels: Vec<&Export> = exports.iter().collect();
    let mut application = Export::summary(&parcels, numbers, now).unwrap();
    application.head.cop_no = cop_no.into();
    application.head.guid = format!("{cop_no:0>6}{}", &application.head.guid[6..]).into();
    application
}

pub(crate) async fn apply(zone: &Zone, application: &ceb::SummaryApplication) -> Value {
    zone.send(AGENT, Document::SummaryApplication(application.clone())).await
}

/// Messages and statuses of a party's feed that are about summaries, in order.
async fn feed(zone: &Zone) -> Vec<String> {
    let (status, feed) = zone.get(AGENT, "/v1/receipts?limit=500").await;
    assert_eq!(status, 200);
    let receipts = feed["receipts"].as_array().unwrap().iter();
    let all = receipts.map(|one| format!("{}:{}", &one["message"].as_str().unwrap()[3..6], one["status"]));
    all.filter(|one| one.starts_with('7')).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_months_lists_are_summarised_once_by_number_and_by_period() {
    let zone = Zone::new().await;
    let (exports, numbers) = closed(&zone, 1, 3).await;
    let later = Time(NOW.0 + 15 * 86_400_000);
    zone.clock.set(later);
    let first = application(&exports, &numbers[..2], "S-1", later);
    let answer = apply(&zone, &first).await;
    assert_eq!((answer["status"].as_i64(), answer["kind"].as_u64()), (Some(399), Some(701)), "{answer}");
    assert_eq!(feed(&zone).await, ["702:2", "702:399", "792:399"]);

    // What another application has is told with its number.
    let second = application(&exports, &numbers[1..], "S-2", later);
    let answer = apply(&zone, &second).await;
    assert_eq!(answer["status"], 100, "{answer}");
    let finding = &answer["findings"][0];
    assert_eq!(
        (finding["rule"].as_str(), finding["code"].as_str()),
        (Some("list-already-summarised"), Some("19056"))
    );
    let fields = finding["fields"].as_array().unwrap();
    assert_eq!(fields[0]["value"], numbers[1].as_str());
    assert_eq!(fields[1], json!({"path": "application", "value": format!("{AGENT} S-1")}));

    // The month takes what is left.
    let mut month = application(&exports, &[], "S-3", later);
    month.head.start_time = ceb::Stamp::from_number(20_261_101_000_000);
    month.head.end_time = ceb::Stamp::from_number(20_261_130_235_959);
    let answer = apply(&zone, &month).await;
    assert_eq!(answer["status"], 399, "{answer}");
    let (status, shown) = zone.get(AGENT, &summary_path(&month)).await;
    assert_eq!(status, 200, "{shown}");
    assert_eq!(shown["members"].as_array().unwrap().len(), 1, "{shown}");
    assert_eq!(shown["members"][0]["invtNo"], numbers[2].as_str());
    assert_eq!(shown["period"]["from"], "20261101000000");
    let mut again = month.clone();
    again.head.cop_no = "S-4".into();
    again.head.guid = again.head.guid.replace("S-3", "S-4").into();
    assert_eq!(apply(&zone, &again).await["findings"][0]["rule"], "nothing-to-summarise");

    // The first, with its sums and lists; page by page.
    let (_, shown) = zone.get(MERCHANT, &summary_path(&first)).await;
    assert_eq!((shown["state"].as_u64(), shown["stateWord"].as_str()), (Some(399), Some("concluded")));
    let gross: i128 = exports[..2].iter().map(|one| one.declaration.head.gross_weight.units()).sum();
    assert_eq!(shown["results"][0]["grossWeight"], ceb::Decimal::from_units(gross).to_string());
    assert_eq!((shown["results"][0]["lists"].as_u64(), shown["lists"].as_u64()), (Some(2), Some(2)));
    assert_eq!(shown["timeline"].as_array().unwrap().len(), 1);
    let (_, page) = zone.get(AGENT, &format!("{}?limit=1", summary_path(&first))).await;
    assert_eq!((page["members"].as_array().unwrap().len(), page["next"].as_str()), (1, Some("1")));
    let (_, page) = zone.get(AGENT, &format!("{}?limit=1&after=1&declaration=1", summary_path(&first))).await;
    assert_eq!((page["members"].as_array().unwrap().len(), page["next"].as_str()), (1, None));
    let (_, page) = zone.get(AGENT, &format!("{}?declaration=2", summary_path(&first))).await;
    assert_eq!(page["members"], json!([]));
    let (_, listed) = zone.get(AGENT, "/v1/exports/summaries").await;
    let names: Vec<&str> =
        listed["summaries"].as_array().unwrap().iter().map(|one| one["copNo"].as_str().unwrap()).collect();
    assert_eq!(names, ["S-4", "S-3", "S-2", "S-1"]);
    let (_, listed) = zone.get(AGENT, "/v1/exports/summaries?state=100&limit=1").await;
    assert_eq!(listed["summaries"][0]["copNo"], "S-4");
    let next = listed["next"].as_str().unwrap();
    let (_, listed) = zone.get(AGENT, &format!("/v1/exports/summaries?state=100&after={next}")).await;
    assert_eq!(
        (listed["summaries"].as_array().unwrap().len(), &listed["summaries"][0]["copNo"]),
        (1, &"S-2".into())
    );
    // Trades are listed beside, not among them.
    let (_, trades) = zone.get(AGENT, "/v1/exports?state=899").await;
    assert_eq!(trades["exports"].as_array().unwrap().len(), 3, "{trades}");

    // Others do not see it, an office does.
    assert_eq!(zone.get(CARRIER, &summary_path(&first)).await.0, 404);
    assert_eq!(zone.get(CARRIER, "/v1/exports/summaries").await.1["summaries"], json!([]));
    assert_eq!(zone.get(CUSTOMS, &summary_path(&first)).await.0, 200);
    let (_, listed) = zone.get(CUSTOMS, &format!("/v1/exports/summaries?party={MERCHANT}&state=399")).await;
    assert_eq!(listed["summaries"].as_array().unwrap().len(), 2, "{listed}");
    assert_eq!(zone.get(AGENT, "/v1/exports/summaries?state=x").await.0, 400);
    assert_eq!(zone.get(AGENT, &format!("{}?after=x", summary_path(&first))).await.0, 400);
    assert_eq!(zone.get(AGENT, &format!("/v1/exports/summaries/{AGENT}/none")).await.0, 404);
    let (_, found) = zone.get(AGENT, &format!("/v1/messages?agentCode={AGENT}&copNo=S-1")).await;
    assert_eq!(found["documents"][0]["status"], 399, "{found}");

    // Sent again it has its first answer, and everything is decided the same again.
    assert_eq!(apply(&zone, &first).await["status"], 399);
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, derived.undecided), (0, 0), "{derived:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_wait_for_each_other_and_one_that_is_deleted_frees_its_lists() {
    let zone = Zone::new().await;
    let (exports, numbers) = closed(&zone, 100, 2).await;
    let later = Time(NOW.0 + 15 * 86_400_000);
    zone.clock.set(later);
    let mut first = application(&exports, &numbers[..1], "P-1", later);
    first.head.msg_count = 2;
    assert_eq!(apply(&zone, &first).await["status"], 120);
    let whole = application(&exports, &numbers, "S-9", later);
    assert_eq!(apply(&zone, &whole).await["findings"][0]["rule"], "list-already-summarised");
    let mut delete = first.clone();
    delete.head.app_type = "3".into();
    delete.head.app_time = sample::stamp(Time(later.0 + 1_000));
    delete.head.guid = delete.head.guid.replace("P-1", "P-2").into();
    assert_eq!(apply(&zone, &delete).await["status"], 2);
    assert_eq!(zone.get(AGENT, &summary_path(&first)).await.1["stateWord"], "deleted");
    // The lists are free by an event of its own.
    for attempt in 0..200i64 {
        let mut again = whole.clone();
        again.head.app_time =
            sample::stamp(Time(later.0 + 2_000 + attempt * 1_000).min(Time(later.0 + 250_000)));
        again.head.guid = format!("{attempt:0>6}{}", &again.head.guid[6..]).into();
        if apply(&zone, &again).await["status"] == 399 {
            let derived = server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {})
                .await
                .unwrap();
            assert_eq!((derived.different, derived.undecided), (0, 0), "{derived:?}");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the lists are not free");
}
