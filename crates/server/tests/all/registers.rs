//! Registers through the interface: a party files itself, an officer decides, trades are judged by it, and who read what
//! is known to the one it belongs to.

use crate::support::{NOW, Zone, plain};
use ceb::Document;
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::{Actor, RecordKey, Register};
use clearance::sample;
use register::{By, Command};
use serde_json::{Value, json};
use server::Window;
use server::clock::Clock;
use std::collections::BTreeSet;
use store::sqlite::Options;
use store::{Read, RecordSearch};

const NEW: &str = "5301960103";
const OFFICER: &str = "8620000001";
const STRANGER: &str = "5301960202";

fn application() -> Value {
    json!({
        "name": "样例新平台", "roles": ["platform"], "validFrom": "20260101", "exchangeIds": ["DXPENT0000530103"],
        "address": "样例路1号", "contact": {"name": "样一", "telephone": "10000000000"},
        "licences": [{"kind": "business-licence", "number": "样例1", "issuer": "样例市场监管局", "validFrom": "20200101"}],
    })
}

async fn act(zone: &Zone, party: &str, path: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/registers/{path}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), body.to_string().into_bytes()).await
}

/// A zone with one party more, which has a token and is not filed.
async fn zone() -> Zone {
    let mut zone = Zone::new().await;
    let token = zone.window.control.issue(NEW, Role::Platform, "样例", &[], NOW, None).await.unwrap();
    zone.tokens.insert(NEW.to_owned(), token);
    zone
}

/// The new party sends an order.
async fn order(zone: &Zone, number: u64) -> Value {
    let mut order = plain(zone, number).order;
    order.head.ebp_code = NEW.into();
    order.head.ebp_name = "样例新平台".into();
    let mut message = sample::message(NEW, vec![Document::Order(order)]);
    message.transfer = Some(ceb::BaseTransfer {
        cop_code: NEW.into(),
        cop_name: "样例新平台".into(),
        dxp_mode: "DXP".into(),
        dxp_id: "DXPENT0000530103".into(),
        note: None,
    });
    let bytes = ceb::write(&message, ceb::Style::Prefixed);
    let (_, answer) = zone.request("POST", "/v1/messages", Some(&zone.tokens[NEW]), bytes).await;
    answer["documents"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_files_itself_and_trades_are_judged_by_it() {
    let zone = zone().await;
    assert!(order(&zone, 0).await["status"].as_i64().unwrap() < 0, "nobody has filed it");
    let path = format!("filings/{NEW}");
    let mut wrong = application();
    wrong["roles"] = json!(["king"]);
    let (status, told) = act(&zone, NEW, &path, json!({"action": "apply", "body": wrong})).await;
    assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("roles")), "{told}");
    let (status, made) = act(&zone, NEW, &path, json!({"action": "apply", "body": application()})).await;
    assert_eq!(
        (status, made["state"].as_str(), made["version"].as_u64()),
        (200, Some("submitted"), Some(1)),
        "{made}"
    );
    // Others' and absent are one answer.
    for (party, other) in [(STRANGER, "filings/5301960103"), (NEW, "filings/5301960999")] {
        let (status, told) = zone.get(party, &format!("/v1/registers/{other}")).await;
        let (_, absent) = zone.get(party, "/v1/registers/filings/5301960998").await;
        assert_eq!((status, &told), (404, &absent));
        let (status, told) = act(&zone, party, other, json!({"action": "withdraw", "version": 1})).await;
        assert_eq!((status, &told), (404, &absent));
    }
    let (_, listed) = zone.get(STRANGER, "/v1/registers/filings").await;
    assert_eq!(listed["records"], json!([]));
    // The officer finds it in his list, looks, and decides by the version that he saw.
    let (_, listed) = zone.get(OFFICER, "/v1/registers/filings?state=submitted").await;
    assert_eq!(listed["records"][0]["id"], NEW, "{listed}");
    assert!(listed["records"][0].get("body").is_none());
    let (status, seen) = zone.get(OFFICER, &format!("/v1/registers/{path}?purpose=review")).await;
    assert_eq!((status, seen["body"]["applied"]["name"].as_str()), (200, Some("样例新平台")));
    let (status, told) = act(&zone, OFFICER, &path, json!({"action": "approve", "version": 0})).await;
    assert_eq!((status, told["current"]["version"].as_u64()), (409, Some(1)), "{told}");
    let (status, told) = act(&zone, NEW, &path, json!({"action": "approve", "version": 1})).await;
    assert_eq!(status, 403, "{told}");
    let (status, filed) = act(&zone, OFFICER, &path, json!({"action": "approve", "version": 1})).await;
    assert_eq!((status, filed["state"].as_str()), (200, Some("filed")), "{filed}");
    // From this answer on it counts.
    let told = order(&zone, 1).await;
    assert_eq!(told["status"], 2, "{told}");
    let (_, told) =
        act(&zone, OFFICER, &path, json!({"action": "suspend", "version": 2, "note": "样例"})).await;
    assert_eq!(told["state"], "suspended");
    assert!(order(&zone, 2).await["status"].as_i64().unwrap() < 0);
    let (status, told) =
        act(&zone, NEW, &path, json!({"action": "change", "version": 3, "body": application()})).await;
    assert_eq!(status, 409, "{told}");
    assert_eq!(told["detail"], "it is suspended; allowed are: resume, revoke");
    // All of it is there, the newest first; and the party sees who read it and why.
    let (_, history) = zone.get(NEW, &format!("/v1/registers/{path}/history")).await;
    let actions: Vec<&str> =
        history["versions"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["suspend", "approve", "apply"]);
    let (_, readings) = zone.get(NEW, "/v1/registers/accesses").await;
    // The newest is of the record alone; before it he had it in a list.
    let kinds: Vec<(&str, Option<u64>)> = readings["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["summary"]["kind"].as_str().unwrap(), one["summary"]["count"].as_u64()))
        .collect();
    assert_eq!(kinds, [("filings", None), ("filings", Some(1))], "{readings}");
    let id = readings["records"][0]["id"].as_str().unwrap();
    let (_, reading) = zone.get(NEW, &format!("/v1/registers/accesses/{id}")).await;
    assert_eq!(
        (reading["by"]["party"].as_str(), reading["body"]["purpose"].as_str()),
        (Some(OFFICER), Some("review"))
    );
    // Nobody but its owner sees that, and nobody writes one by hand.
    assert_eq!(zone.get(OFFICER, &format!("/v1/registers/accesses/{id}")).await.0, 404);
    let by_hand = json!({"action": "read", "body": {"kind": "filings", "id": NEW, "role": "", "purpose": "", "owners": []}});
    assert_eq!(act(&zone, NEW, &format!("accesses/{NEW}:x"), by_hand).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_who_looks_at_a_consignment_is_seen_by_its_parties() {
    let zone = zone().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    zone.shown(OFFICER, &trade).await;
    let agent = trade.declaration.head.agent_code.clone();
    zone.shown(&agent, &trade).await;
    for party in [agent.as_str(), trade.payment.pay_code.as_str(), trade.order.head.ebp_code.as_str()] {
        let (_, readings) = zone.get(party, "/v1/registers/accesses").await;
        let readings = readings["records"].as_array().unwrap();
        assert_eq!(readings.len(), 1, "the officer's, not one's own");
        assert_eq!(readings[0]["by"]["party"], OFFICER);
    }
    let (_, readings) = zone.get(NEW, "/v1/registers/accesses").await;
    assert_eq!(readings["records"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_who_decide_at_once_decide_once() {
    let zone = zone().await;
    let path = format!("filings/{NEW}");
    act(&zone, NEW, &path, json!({"action": "apply", "body": application()})).await;
    let tries = (0..6).map(|_| act(&zone, OFFICER, &path, json!({"action": "approve", "version": 1})));
    let mut told = Vec::new();
    for (status, _) in join(tries).await {
        told.push(status);
    }
    told.sort_unstable();
    assert_eq!(told, [200, 409, 409, 409, 409, 409]);
    let filed = zone.window.read.filings().await.unwrap();
    assert_eq!(filed.iter().filter(|row| row.filing.code == NEW).count(), 1);
}

async fn join<T: Send>(tasks: impl Iterator<Item = impl Future<Output = T> + Send>) -> Vec<T> {
    let mut waiting: Vec<_> = tasks.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|task| match task.as_mut().poll(context) {
            std::task::Poll::Ready(value) => {
                done.push(value);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

pub(crate) fn goods(number: u64) -> Value {
    json!({"name": format!("样例货物{number}"), "hsCode": "1901101000", "specification": "800克", "origin": "142", "unit": "011"})
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_register_skip_nothing_while_it_grows() {
    let zone = zone().await;
    let merchant = "5301960201";
    let mut made = BTreeSet::new();
    let make = async |from: u64, to: u64| {
        let zone = &zone;
        let tasks = (from..to).map(|number| async move {
            let path = format!("goods/{merchant}:{number}");
            let (status, told) =
                act(zone, merchant, &path, json!({"action": "apply", "body": goods(number)})).await;
            assert_eq!(status, 200, "{told}");
            told["id"].as_str().unwrap().to_owned()
        });
        join(tasks).await
    };
    made.extend(make(0, 150).await);
    let (status, _) =
        act(&zone, OFFICER, &format!("goods/{merchant}:7"), json!({"action": "approve", "version": 1})).await;
    assert_eq!(status, 200);
    let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let (status, page) = zone.get(merchant, &format!("/v1/registers/goods?limit=40&after={after}")).await;
        assert_eq!(status, 200, "{page}");
        seen.extend(
            page["records"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        pages += 1;
        // What is made meanwhile is newer: it is on no later page.
        make(1_000 + pages * 10, 1_005 + pages * 10).await;
        match page["after"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert!(pages >= 4);
    assert_eq!(seen.len(), made.len());
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), made);
    for (party, query, count) in [
        (merchant, "state=filed", 1),
        (OFFICER, "state=filed", 1),
        (STRANGER, "state=filed", 0),
        (OFFICER, "party=5301960202", 0),
    ] {
        let (_, page) = zone.get(party, &format!("/v1/registers/goods?{query}")).await;
        assert_eq!(page["records"].as_array().unwrap().len(), count, "{party} {query}");
    }
}

/// Runs a window on a folder and closes it in order.
async fn during<T>(folder: &tempfile::TempDir, run: impl AsyncFnOnce(&Window) -> T) -> T {
    let path = folder.path().join("data");
    let (store, control) = server::window::embedded(&path, &Options::default(), &mut |_| {}).unwrap();
    let (window, writer) =
        Window::open(store, control, Clock::simulated(NOW), |error| panic!("{error}")).await.unwrap();
    let result = run(&window).await;
    drop(window);
    tokio::task::spawn_blocking(move || writer.join().unwrap()).await.unwrap();
    result
}

/// What lists and lookups say of the goods of a merchant.
async fn found(window: &Window) -> (Vec<(Text, u32, Text, Time)>, usize) {
    let search = RecordSearch {
        register: Register::Goods,
        parties: Some(vec!["5301960201".into()]),
        states: Vec::new(),
    };
    let (records, _) = window.read.records(&search, None, 500).await.unwrap();
    let mut versions = 0;
    for record in &records {
        let again = window.read.record(&record.key).await.unwrap().unwrap();
        assert_eq!(again, *record);
        let mut next = Some(again.last);
        while let Some(position) = next {
            let earlier = window.read.record_at(position).await.unwrap().unwrap();
            (versions, next) = (versions + 1, earlier.previous);
        }
    }
    let line = |record: &std::sync::Arc<clearance::record::Record>| {
        (record.key.id.clone(), record.version, record.state.clone(), record.changed)
    };
    (records.iter().map(line).collect(), versions)
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_there_after_a_restart_and_after_the_index_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let command = |number: u64, version: u32, action: &str, party: &str| Command {
        key: RecordKey::new(Register::Goods, &format!("5301960201:{number}")),
        version,
        action: action.into(),
        by: By {
            actor: Actor { party: party.into(), name: "test".into() },
            codes: vec![party.into()],
            // Who decides on goods is an officer, and no merchant who says that he reviews.
            role: if party == OFFICER { Role::Officer } else { Role::Merchant },
            applies: true,
            reviews: party == OFFICER,
            window: false,
        },
        note: String::new(),
        body: (action == "apply").then(|| goods(number).to_string()),
    };
    let before = during(&folder, async |window| {
        window.file_all(sample::filings(), "test").await;
        for number in 0..30 {
            window.pipeline.command(command(number, 0, "apply", "5301960201")).await.unwrap().unwrap();
        }
        for number in 5..15 {
            window.pipeline.command(command(number, 1, "approve", OFFICER)).await.unwrap().unwrap();
        }
        found(window).await
    })
    .await;
    assert_eq!((before.0.len(), before.1), (30, 40));
    let again = during(&folder, async |window| {
        let again = found(window).await;
        window.pipeline.command(command(20, 1, "approve", OFFICER)).await.unwrap().unwrap();
        window.pipeline.command(command(99, 0, "apply", "5301960201")).await.unwrap().unwrap();
        (again, found(window).await)
    })
    .await;
    assert_eq!(again.0, before);
    assert_eq!((again.1.0.len(), again.1.1), (31, 42));
    for name in ["index.db", "index.db-wal", "index.db-shm"] {
        let _ = std::fs::remove_file(folder.path().join("data").join(name));
    }
    let rebuilt = during(&folder, async |window| found(window).await).await;
    assert_eq!(rebuilt, again.1);
    let mut progress = |_| {};
    let data = folder.path().join("data");
    let report = store::sqlite::verify::verify(&data, &store::MasterKey::default_path(&data), &mut progress);
    assert_eq!(report.unwrap().faults, Vec::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_publishes_which_licences_a_role_needs() {
    let zone = zone().await;
    let table = "role,group,licence,name_zh,name_en,valid_from,valid_to,source,certainty\n\
        platform,1,platform-record,平台备案,record of the platform,20200101,,样例办法第二条,known\n";
    let path = format!("filings/{NEW}");
    let apply = |kind: &str| {
        let mut body = application();
        body["licences"][0]["kind"] = kind.into();
        json!({"action": "apply", "body": body})
    };
    let publish = |table: &str| vec![("filing_requirements.csv".to_owned(), table.to_owned())];
    let told = zone.window.publish(&publish(table), "test").await.unwrap();
    let server::window::Published::Number(number) = told else { panic!("{told:?}") };
    let (status, told) = act(&zone, NEW, &path, apply("business-licence")).await;
    assert_eq!(status, 422, "{told}");
    assert!(told["faults"][0]["expected"].as_str().unwrap().contains("platform-record"), "{told}");
    let (status, told) = act(&zone, NEW, &path, apply("platform-record")).await;
    assert_eq!(status, 200, "{told}");
    // What was published is a row with every table: whatever program opens the space has these.
    let rows = zone.window.read.rulebooks().await.unwrap();
    let last = rows.last().unwrap();
    assert_eq!(last.number, number);
    assert_eq!(last.tables.len(), clearance::Rulebook::built_in_tables().len());
    assert!(last.tables.iter().any(|(name, text)| name == "filing_requirements.csv" && text == table));
    let faults = zone.window.publish(&publish("role\n"), "test").await.unwrap();
    assert!(matches!(faults, server::window::Published::Faults(_)), "{faults:?}");
}
