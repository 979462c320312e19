//! Figures of real judgements: told while rows are fresh or read again they are the same, they outlive a restart, and each
//! sees his own.

use crate::support::{NOW, Zone, open, path, plain};
use ::statistics::{Figures, Table, told};
use ceb::Document;
use clearance::keys::Time;
use clearance::sample::Trade;
use serde_json::{Value, json};
use std::time::Duration;
use store::{Cursor, Read, Row};

const OFFICE: &str = "8620000001";
const DAY: i64 = 86_400_000;

/// All rows, folded from the first.
async fn folded(zone: &Zone) -> Figures {
    let mut figures = Figures::default();
    let mut visit = |_, row: Row| {
        let Row::Event(row) = row else { return true };
        if let Some(told) = row.outcome.as_ref().and_then(|outcome| told(&row.event, outcome)) {
            figures.add(&told);
        }
        true
    };
    zone.window.read.scan(&Cursor::default(), &mut visit).await.unwrap();
    figures
}

async fn act(zone: &Zone, trade: &Trade, action: Value) {
    post(zone, trade, "actions", action).await;
}

async fn post(zone: &Zone, trade: &Trade, what: &str, members: Value) {
    let shown = zone.shown(OFFICE, trade).await;
    let mut body =
        json!({"id": format!("{}-{}", members["action"], shown["version"]), "version": shown["version"]});
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let (status, answer) = zone
        .request(
            "POST",
            &format!("{}/{what}", path(trade)),
            Some(&zone.tokens[OFFICE]),
            body.to_string().into_bytes(),
        )
        .await;
    assert_eq!(status, 200, "{answer}");
}

/// The parcels of trades are at the site.
async fn arrived(zone: &Zone, trades: &[Trade], now: Time) {
    let arrival = Trade::arrival(now.0 as u64, &trades.iter().collect::<Vec<_>>(), now).unwrap();
    let operator = arrival.head.operator_code.to_string();
    zone.send(&operator, Document::Arrival(arrival)).await;
}

/// Days with everything that can become of a declaration; the trades that came to something.
async fn some_days(zone: &Zone) -> Vec<Trade> {
    let released: Vec<Trade> = [0, 100, 200].into_iter().map(|from| plain(zone, from)).collect();
    for trade in &released {
        zone.trade(trade).await;
    }
    arrived(zone, &released, NOW).await;
    zone.clock.set(Time(NOW.0 + DAY));
    let mut rejected = plain(zone, 300);
    rejected.declaration.head.buyer_name = "另一人".into();
    zone.trade(&rejected).await;
    let mut refused = plain(zone, 400);
    refused.declaration.head.customs_code = "99".into();
    zone.trade(&refused).await;
    let rules = "id,valid_from,valid_to,lane,condition,note\nevery,20190101,,document-check,identity_count_7 > 0,all\n";
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules.to_owned())], "test").await.unwrap();
    let looked_at = [plain(zone, 500), plain(zone, 600)];
    for trade in &looked_at {
        zone.trade(trade).await;
    }
    zone.clock.set(Time(NOW.0 + 2 * DAY));
    act(zone, &looked_at[0], json!({"action": "release"})).await;
    arrived(zone, &looked_at[..1], Time(NOW.0 + 2 * DAY)).await;
    act(zone, &looked_at[1], json!({"action": "inspect"})).await;
    let found =
        json!({"found": [{"result": "classification-doubtful"}], "measure": "reject", "text": "样例"});
    post(zone, &looked_at[1], "inspections", found).await;
    let entry = zone.shown(OFFICE, &looked_at[0]).await["attempt"]["invtNo"].as_str().unwrap().to_owned();
    let qty = looked_at[0].declaration.lines[0].qty;
    let back = looked_at[0].return_goods(&entry, &[(0, qty)], Time(NOW.0 + 2 * DAY));
    let agent = looked_at[0].declaration.head.agent_code.to_string();
    zone.send(&agent, Document::Return(back)).await;
    act(zone, &looked_at[0], json!({"action": "approve-return", "number": 1})).await;
    act(zone, &looked_at[0], json!({"action": "receive-return", "number": 1})).await;
    released
}

/// Counts of a table by its last part.
fn steps(answer: &Value) -> Vec<(String, u64)> {
    let count =
        |line: &Value| (line["step"].as_str().unwrap().to_owned(), line["count"].as_u64().unwrap_or(0));
    answer["lines"].as_array().unwrap().iter().map(count).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_told_while_rows_are_fresh_are_those_of_all_rows_read_again() {
    let zone = Zone::new().await;
    let running = tokio::spawn(server::statistics::run(zone.window.clone(), Duration::from_millis(50)));
    tokio::time::sleep(Duration::from_millis(400)).await;
    some_days(&zone).await;
    let wanted = folded(&zone).await;
    for _ in 0..100 {
        if zone.window.statistics.standing().figures == wanted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(zone.window.statistics.standing().figures, wanted);
    running.abort();
    let cells = |table: Table| wanted.tables.get(&table).map_or(0, |cells| cells.len());
    // Those of exports: `export_returns.rs`; what sites scan: `parks.rs`.
    let here = |table: &Table| !table.word().starts_with("export-") && *table != Table::Sites;
    for table in Table::ALL.into_iter().filter(here) {
        assert!(cells(table) > 0, "{table:?} was never counted");
    }
    let (status, flow) = zone.get(OFFICE, "/v1/statistics/flow?by=step").await;
    assert_eq!(status, 200, "{flow}");
    let told = steps(&flow);
    for (step, least) in
        [("declared", 6), ("released", 3), ("rejected", 2), ("returned", 1), ("inspection", 1)]
    {
        let found = told.iter().find(|(word, _)| word == step).map_or(0, |(_, count)| *count);
        assert!(found >= least, "{step}: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_that_are_kept_are_taken_up_again_and_what_is_not_of_this_ledger_is_not() {
    let zone = Zone::new().await;
    some_days(&zone).await;
    server::statistics::follow(&zone.window).await.unwrap();
    server::statistics::keep(&zone.window).await.unwrap();
    let (covers, bytes) = zone.window.read.derived().kept("statistics").await.unwrap().unwrap();
    assert_eq!(covers, zone.window.statistics.standing().covers);
    let before = folded(&zone).await;
    // Nothing of it lies open.
    let data = zone.folder.path().join("data/derived-statistics");
    if data.exists() {
        let lies = std::fs::read(&data).unwrap();
        assert!(
            !lies.windows(8).any(|part| part == b"released")
                && bytes.windows(8).any(|part| part == b"released")
        );
    }
    let Zone { window, router, folder, clock, tokens } = zone;
    drop((window, router));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let window = open(&folder, &clock).await;
    let zone = Zone { router: server::api::router(window.clone()), window, tokens, folder, clock };
    zone.trade(&plain(&zone, 700)).await;
    server::statistics::follow(&zone.window).await.unwrap();
    let after = folded(&zone).await;
    assert_ne!(after, before);
    assert_eq!(zone.window.statistics.standing().figures, after);
    assert!(zone.window.statistics.standing().complete);
    // Those of a ledger with other rows are no figures of this one.
    let other = Zone::new().await;
    other.trade(&plain(&other, 900)).await;
    let far = Cursor { writers: vec![(covers.writers[0].0, covers.writers[0].1 + 10_000)] };
    assert!(other.window.read.derived().keep("statistics", &far, bytes).await.is_err());
    assert!(other.window.read.derived().kept("statistics").await.unwrap().is_none());
    if data.exists() {
        std::fs::copy(&data, other.folder.path().join("data/derived-statistics")).unwrap();
        assert!(other.window.read.derived().kept("statistics").await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sees_his_own_figures_and_everybody_what_is_of_several() {
    let zone = Zone::new().await;
    let released = some_days(&zone).await;
    for from in [1_000, 1_100, 1_200, 1_300] {
        zone.trade(&plain(&zone, from)).await;
    }
    server::statistics::follow(&zone.window).await.unwrap();
    let agent = released[0].declaration.head.agent_code.to_string();
    let (status, own) = zone.get(&agent, "/v1/statistics/flow?by=party,step").await;
    assert_eq!(status, 200, "{own}");
    assert!(own["lines"].as_array().unwrap().iter().all(|line| line["party"] == agent.as_str()), "{own}");
    let declared = own["lines"][0]["count"].as_u64().unwrap();
    assert!(declared >= 1, "{own}");
    assert_eq!(zone.get(&agent, "/v1/statistics/lanes").await.0, 404);
    assert_eq!(zone.get(&agent, "/v1/statistics/waiting").await.0, 404);
    // An officer of another district sees none of it.
    let elsewhere = zone
        .window
        .control
        .issue(OFFICE, clearance::party::Role::Officer, "elsewhere", &["53".into()], NOW, None)
        .await;
    let elsewhere = elsewhere.unwrap();
    let (status, none) = zone.request("GET", "/v1/statistics/flow", Some(&elsewhere), Vec::new()).await;
    assert_eq!((status, none["lines"].as_array().unwrap().len()), (200, 0), "{none}");
    let (_, all) = zone.get(OFFICE, "/v1/statistics/flow?by=step").await;
    let (status, public) = zone.request("GET", "/v1/indicators/flow?by=step", None, Vec::new()).await;
    assert_eq!(status, 200, "{public}");
    let shown = |answer: &Value, step: &str| {
        answer["lines"].as_array().unwrap().iter().find(|line| line["step"] == step).cloned().unwrap()
    };
    assert_eq!(shown(&all, "returned")["count"], 1);
    assert_eq!(shown(&public, "returned"), json!({"step": "returned", "suppressed": true}));
    assert!(shown(&public, "declared")["count"].as_u64() >= Some(10), "{public}");
    assert!(!public.to_string().contains("quota") && public["least"]["merchants"] == 3, "{public}");
    assert_eq!(zone.request("GET", "/v1/indicators/work", None, Vec::new()).await.0, 404);
    for wrong in ["by=party", "by=step,step", "from=20261340", "from=20261201&to=20261101", "form=xml"] {
        let (status, problem) = zone.get(OFFICE, &format!("/v1/statistics/flow?{wrong}")).await;
        assert_eq!(status, 400, "{wrong}: {problem}");
    }
    let (_, csv) = zone.get(OFFICE, "/v1/statistics/causes?form=csv&by=district,rule,step").await;
    let csv = csv.as_str().unwrap().to_owned();
    assert!(csv.starts_with("district,rule,step,count,value,tax,quota,weight\n"), "{csv}");
    assert!(csv.contains("8620,buyer-name-differs,rejected,1,"), "{csv}");
}
