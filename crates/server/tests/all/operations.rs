//! What operators and senders are told while the window does not record, how it recovers, how it ends, and what it counts.

use crate::support::{NOW, Zone, plain};
use ceb::{Document, Style};
use clearance::sample::{self, Trade};
use serde_json::{Value, json};
use server::Window;
use server::clock::Clock;
use server::intake::Still;
use server::serving::{self, Ended, Opened, Settings};
use server::window::OpenError;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use store::faulty::{Faulty, Rates};
use store::sqlite::Options;
use store::sqlite::room::Room;
use store::{MasterKey, Read};
use tokio::sync::oneshot;

const OFFICER: &str = "8620000001";

fn order(trade: &Trade) -> Vec<u8> {
    let message = sample::message(&trade.order.head.ebp_code, vec![Document::Order(trade.order.clone())]);
    ceb::write(&message, Style::Prefixed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_stands_still_is_told_of_and_nobody_waits_for_it() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let (platform, agent) = (trade.order.head.ebp_code.clone(), trade.declaration.head.agent_code.clone());
    let token = &zone.tokens[platform.as_str()];
    let intake = zone.window.intake.clone();
    // Commits alone: senders are refused before anything is handed in, readers see no difference.
    intake.stand(Still::Commits);
    let (status, problem) = zone.request("POST", "/v1/messages", Some(token), order(&trade)).await;
    assert_eq!((status, &problem["type"]), (503, &json!("urn:onewindow:problem:commits-wait")), "{problem}");
    zone.shown(&agent, &trade).await;
    let (status, health) = zone.request("GET", "/health", None, Vec::new()).await;
    assert_eq!((status, &health["intake"]["reason"]), (200, &json!("commits-wait")), "{health}");
    // Who waits for what stands still is told after a while, and not before.
    let waited = tokio::time::timeout(Duration::from_secs(1), intake.given_up()).await;
    assert!(waited.is_err(), "a reader has some seconds for his answer");
    // All of it: health says so, what needs nothing of the store is answered.
    intake.stand(Still::Everything);
    let at_once = tokio::time::timeout(Duration::from_secs(1), intake.given_up()).await;
    assert_eq!(at_once.unwrap().word(), "database-silent");
    let (status, problem) = zone.request("GET", "/health", None, Vec::new()).await;
    assert_eq!((status, &problem["intake"]["reason"]), (503, &json!("database-silent")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("does not answer"), "{problem}");
    assert_eq!(zone.request("GET", "/ready", None, Vec::new()).await.0, 503);
    assert_eq!(zone.request("GET", "/v1/openapi.json", None, Vec::new()).await.0, 200);
    // It goes on by itself.
    intake.stand(Still::Nothing);
    let (status, answer) = zone.request("POST", "/v1/messages", Some(token), order(&trade)).await;
    assert_eq!((status, &answer["documents"][0]["repeated"]), (200, &json!(true)), "{answer}");
    assert_eq!(zone.request("GET", "/health", None, Vec::new()).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_intake_says_why_and_reads_go_on() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let (platform, agent) = (trade.order.head.ebp_code.clone(), trade.declaration.head.agent_code.clone());
    let token = &zone.tokens[platform.as_str()];
    let rooms = [
        (Room { free_bytes: 1 << 20, read_only: false }, "disk-full"),
        // It does not flutter: an eighth more than what is kept free opens it again.
        (Room { free_bytes: 260 << 20, read_only: false }, "disk-full"),
        (Room { free_bytes: 1 << 40, read_only: true }, "disk-read-only"),
    ];
    for (room, reason) in rooms {
        zone.window.intake.see(room, 256 << 20);
        let (status, problem) = zone.request("POST", "/v1/messages", Some(token), order(&trade)).await;
        assert_eq!(status, 503, "{problem}");
        assert_eq!(problem["type"], format!("urn:onewindow:problem:{reason}"));
        assert!(problem["detail"].as_str().unwrap().contains("send the same again"), "{problem}");
        let action = json!({"id": "1", "version": 1, "action": "release"}).to_string().into_bytes();
        let path = format!("{}/actions", crate::support::path(&trade));
        assert_eq!(zone.request("POST", &path, Some(&zone.tokens[OFFICER]), action).await.0, 503);
        // Readers see no difference.
        zone.shown(&agent, &trade).await;
        let (status, health) = zone.request("GET", "/health", None, Vec::new()).await;
        assert_eq!((status, &health["intake"]["reason"]), (200, &json!(reason)), "{health}");
        let (status, problem) = zone.request("GET", "/ready", None, Vec::new()).await;
        assert_eq!((status, problem["status"].as_u64()), (503, Some(503)));
        let (_, page) = zone.get(OFFICER, "/metrics").await;
        let page = page.as_str().unwrap().to_owned();
        assert!(page.contains("onewindow_intake_open 0\n"), "{page}");
        assert!(page.contains(&format!("onewindow_intake_closed{{reason=\"{reason}\"}} 1\n")), "{page}");
        let (_, limits) = zone.get(&platform, "/v1/limits").await;
        assert_eq!(limits["intake"]["open"], false);
    }
    zone.window.intake.see(Room { free_bytes: 300 << 20, read_only: false }, 256 << 20);
    let (status, answer) = zone.request("POST", "/v1/messages", Some(token), order(&trade)).await;
    assert_eq!((status, &answer["documents"][0]["repeated"]), (200, &json!(true)), "{answer}");
    assert_eq!(zone.request("GET", "/ready", None, Vec::new()).await.0, 200);
    // A pipeline that ended is no error of the server, and nobody hangs.
    zone.window.pipeline.close();
    for _ in 0..3 {
        let sent = zone.request("POST", "/v1/messages", Some(token), order(&trade));
        let (status, problem) = tokio::time::timeout(Duration::from_secs(5), sent).await.unwrap();
        assert!(status == 503 || status == 200, "{problem}");
    }
    let (status, problem) = zone.request("POST", "/v1/messages", Some(token), order(&trade)).await;
    assert_eq!(status, 503, "{problem}");
    let list = sample::message(&agent, vec![Document::Declaration(trade.declaration.clone())]);
    let body = ceb::write(&list, Style::Prefixed);
    let asked = zone.request("POST", "/v1/preview", Some(&zone.tokens[agent.as_str()]), body).await;
    assert_eq!(asked.0, 503, "{}", asked.1);
    zone.shown(&agent, &trade).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_say_what_the_window_then_does() {
    let zone = Zone::new().await;
    let (status, limits) = zone.get("5301960101", "/v1/limits").await;
    assert_eq!(status, 200, "{limits}");
    assert_eq!(zone.request("GET", "/v1/limits", None, Vec::new()).await.0, 401);
    let (_, document) = zone.request("GET", "/v1/openapi.json", None, Vec::new()).await;
    let schema = &document["components"]["schemas"]["Limits"];
    for name in schema["required"].as_array().unwrap() {
        assert!(limits.get(name.as_str().unwrap()).is_some(), "{name}: {limits}");
    }
    assert_eq!(limits["message"]["documents"], 100);
    assert_eq!(limits["message"]["bytes"].as_u64().unwrap() as usize, zone.window.limits.bytes);
    for (list, path) in [
        ("receipts", "/v1/receipts?x=y"),
        ("consignments", "/v1/consignments?x=y"),
        ("accounts", "/v1/accounts?kind=quota"),
    ] {
        let most = limits["pages"][list]["most"].as_u64().unwrap();
        assert_eq!(zone.get(OFFICER, &format!("{path}&limit={most}")).await.0, 200, "{list}");
        assert_eq!(zone.get(OFFICER, &format!("{path}&limit={}", most + 1)).await.0, 400, "{list}");
    }
    assert_eq!(limits["preview"]["perPersonAndDay"], 50);
    assert_eq!(limits["intake"], json!({"open": true, "reason": null, "detail": null}));
    let trade = limits["trade"]["limits"].as_array().unwrap();
    let amounts: Vec<(&str, &str, &str)> = trade
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap();
            assert!(!text("source").is_empty(), "{one}");
            (text("per"), text("amount"), text("validFrom"))
        })
        .collect();
    assert_eq!(
        amounts,
        [("transaction", "5000", "20190101"), ("person and calendar year", "26000", "20190101")]
    );
    // The law is that of the day: on the last day of 2018, the limits before.
    zone.clock.set(clearance::keys::Time(1_546_185_600_000));
    let (_, limits) = zone.get("5301960101", "/v1/limits").await;
    assert_eq!(limits["trade"]["limits"][0]["amount"], "2000", "{limits}");
    assert_eq!(limits["trade"]["limits"][0]["validTo"], "20181231", "{limits}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_is_explained_and_the_dashboard_uses_no_other() {
    let zone = Zone::new().await;
    zone.trade(&plain(&zone, 0)).await;
    let (_, page) = zone.get(OFFICER, "/metrics").await;
    let page = page.as_str().unwrap().to_owned();
    let mut known = std::collections::BTreeSet::new();
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(page.contains(&format!("# HELP {name} ")), "{name}");
            known.insert(name.to_owned());
            if kind == "histogram" {
                known.extend(["_bucket", "_sum", "_count"].map(|part| format!("{name}{part}")));
            }
        } else if !line.starts_with('#') {
            let name = line.split(['{', ' ']).next().unwrap();
            assert!(known.contains(name), "{line} has no type");
            let value = line.rsplit(' ').next().unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
    }
    assert!(page.contains("onewindow_acknowledge_seconds_count 4\n"), "{page}");
    for step in ["parse", "load", "decide", "commit", "durable"] {
        let bucket = format!("onewindow_step_seconds_bucket{{step=\"{step}\",le=\"+Inf\"}} ");
        let count = page.lines().find_map(|line| line.strip_prefix(&bucket)).unwrap();
        assert!(count.parse::<u64>().unwrap() > 0, "{step}: {page}");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations/grafana.json");
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut used = 0;
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            for name in words.filter(|word| word.starts_with("onewindow_")) {
                used += 1;
                assert!(known.contains(name), "{}: {name} is not exported", panel["title"]);
            }
        }
    }
    assert!(used > 10, "{used} metrics on the dashboard");
}

/// A served space whose disk is what the test says.
struct Served {
    address: String,
    folder: PathBuf,
    tokens: std::collections::BTreeMap<String, String>,
    stop: oneshot::Sender<()>,
    end: tokio::task::JoinHandle<Result<(), Ended>>,
    opened: Arc<AtomicU32>,
    free: Arc<AtomicU64>,
}

async fn opened(folder: &Path, options: &Options, count: &AtomicU32) -> Result<Opened, OpenError> {
    count.fetch_add(1, Ordering::SeqCst);
    let (store, control) = server::window::embedded(folder, options, &mut |_| {})?;
    let (tell, failed) = oneshot::channel();
    let (window, writer) = Window::open(store, control, Clock::simulated(NOW), |error| {
        let _ = tell.send(error);
    })
    .await?;
    Ok(Opened { window, writer, failed })
}

/// Serves a folder; the first time it is opened, its segments have at most so many pages. While `broken`, it is not
/// opened again.
async fn served(folder: &Path, pages: Option<u32>, drain: Duration) -> Served {
    let folder = folder.join("data");
    let count = Arc::new(AtomicU32::new(0));
    let first = Options { most_pages: pages, ..Options::default() };
    {
        // Filed before the limit: what comes later is trade.
        let prepared = opened(&folder, &Options::default(), &count).await.unwrap();
        prepared.window.file_all(sample::filings(), "test").await;
        prepared.window.pipeline.close();
        drop(prepared.window);
        prepared.writer.join().unwrap();
    }
    let first = opened(&folder, &first, &count).await.unwrap();
    let mut tokens = std::collections::BTreeMap::new();
    for filing in sample::filings() {
        let token =
            first.window.control.issue(&filing.code, filing.roles[0], "t", &[], NOW, None).await.unwrap();
        tokens.insert(filing.code.to_string(), token);
    }
    let free = Arc::new(AtomicU64::new(1 << 40));
    let probe = free.clone();
    let settings = Settings {
        models: [None, None],
        export_models: [None, None],
        rates: server::signing_in::Rates::default(),
        messages: None,
        push: (crate::webhooks::client(&[]), server::push::Patience::default()),
        drain,
        least_bytes: 1 << 20,
        probe: Arc::new(move || Some(Room { free_bytes: probe.load(Ordering::SeqCst), read_only: false })),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (stop, stopped) = oneshot::channel();
    let (place, counted) = (folder.clone(), count.clone());
    let end = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        let open_again = || {
            let (place, counted) = (place.clone(), counted.clone());
            async move { opened(&place, &Options::default(), &counted).await }
        };
        serving::serve(first, listener, settings, stopped, open_again).await
    });
    Served { address, folder, tokens, stop, end, opened: count, free }
}

/// A request over a connection of its own: status, `Retry-After` and body.
async fn request(address: &str, method: &str, path: &str, token: &str, body: &[u8]) -> (u16, bool, Value) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8(answer).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.contains("\r\nretry-after: "), serde_json::from_str(body).unwrap_or(Value::Null))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_in_a_commit_loses_nothing_and_intake_goes_on_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let served = served(folder.path(), Some(120), Duration::from_secs(10)).await;
    let officer = served.tokens[OFFICER].clone();
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    let mut number = 0;
    // Several senders at once, until the disk is full.
    while refused == 0 {
        let mut senders = tokio::task::JoinSet::new();
        for _ in 0..8 {
            number += 1;
            assert!(number < 5_000, "the disk never filled up");
            let trade = Trade::new(5, number, NOW, 1_000_000);
            let (address, body) = (served.address.clone(), order(&trade));
            let token = served.tokens[trade.order.head.ebp_code.as_str()].clone();
            senders.spawn(async move {
                let (status, retry, _) = request(&address, "POST", "/v1/messages", &token, &body).await;
                assert!(status == 200 || (status == 503 && retry), "{status}");
                (trade, status)
            });
        }
        while let Some(sent) = senders.join_next().await {
            let (trade, status) = sent.unwrap();
            if status == 200 {
                acknowledged.push(trade);
            } else {
                refused += 1;
            }
        }
        if refused == 1 {
            served.free.store(0, Ordering::SeqCst);
        }
    }
    // As long as there is no room, nothing is opened again; readers have all that was acknowledged.
    served.free.store(0, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let opened_before = served.opened.load(Ordering::SeqCst);
    let (status, _, health) = request(&served.address, "GET", "/health", &officer, b"").await;
    assert_eq!((status, &health["intake"]["open"]), (200, &json!(false)), "{health}");
    let shown = |trade: &Trade| {
        format!("/v1/consignments/{}/{}", trade.order.head.ebp_code, trade.order.head.order_no)
    };
    for trade in &acknowledged {
        let own = &served.tokens[trade.order.head.ebp_code.as_str()];
        let (status, ..) = request(&served.address, "GET", &shown(trade), own, b"").await;
        assert_eq!(status, 200, "acknowledged, and not to be read");
    }
    // What is others' is shown to nobody whose reading cannot be recorded.
    let (status, ..) = request(&served.address, "GET", &shown(&acknowledged[0]), &officer, b"").await;
    assert_eq!(status, 503);
    assert_eq!(served.opened.load(Ordering::SeqCst), opened_before);
    // There is room again: nobody has to do anything.
    served.free.store(1 << 40, Ordering::SeqCst);
    let trade = Trade::new(5, 9_999, NOW, 1_000_000);
    let token = &served.tokens[trade.order.head.ebp_code.as_str()];
    let mut status = 0;
    for _ in 0..100 {
        status = request(&served.address, "POST", "/v1/messages", token, &order(&trade)).await.0;
        if status == 200 {
            break;
        }
        assert_eq!(status, 503);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(status, 200, "intake goes on");
    for trade in &acknowledged {
        let token = &served.tokens[trade.order.head.ebp_code.as_str()];
        let (_, _, answer) = request(&served.address, "POST", "/v1/messages", token, &order(trade)).await;
        assert_eq!(answer["documents"][0]["repeated"], true, "{answer}");
    }
    served.stop.send(()).unwrap();
    served.end.await.unwrap().unwrap();
    let report =
        store::sqlite::verify::verify(&served.folder, &MasterKey::default_path(&served.folder), &mut |_| {});
    assert_eq!(report.unwrap().faults, []);
    assert!(acknowledged.len() > 20, "{} acknowledged before", acknowledged.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_answers_what_was_handed_in_and_ends_in_time() {
    use tokio::io::AsyncWriteExt;
    let folder = tempfile::tempdir().unwrap();
    let served = served(folder.path(), None, Duration::from_secs(3)).await;
    // One who never ends his request must not hold the end up for ever.
    let mut slow = tokio::net::TcpStream::connect(&served.address).await.unwrap();
    slow.write_all(b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n<").await.unwrap();
    let full = Arc::new(AtomicBool::new(false));
    let mut senders = tokio::task::JoinSet::new();
    for lane in 0..8u64 {
        let (address, tokens, full) = (served.address.clone(), served.tokens.clone(), full.clone());
        senders.spawn(async move {
            let mut acknowledged = Vec::new();
            for number in 0.. {
                let trade = Trade::new(6, lane * 10_000 + number, NOW, 1_000_000);
                let token = tokens[trade.order.head.ebp_code.as_str()].clone();
                let body = order(&trade);
                let sent = request_or_none(&address, &token, &body).await;
                match sent {
                    Some(200) => acknowledged.push(trade),
                    Some(503) | None => break,
                    Some(other) => panic!("{other}"),
                }
                if number == 20 {
                    full.store(true, Ordering::SeqCst);
                }
            }
            acknowledged
        });
    }
    while !full.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let started = std::time::Instant::now();
    served.stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(6), served.end).await.unwrap().unwrap().unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let mut acknowledged = Vec::new();
    while let Some(sent) = senders.join_next().await {
        acknowledged.extend(sent.unwrap());
    }
    // The lock is free, and everything acknowledged is there.
    let again = opened(&served.folder, &Options::default(), &AtomicU32::new(0)).await.unwrap();
    for trade in &acknowledged {
        let key = clearance::keys::OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
        assert!(again.window.read.consignment(&key).await.unwrap().is_some(), "acknowledged, lost");
    }
    assert!(acknowledged.len() > 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_for_another_reason_ends_the_window_and_nobody_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("data");
    let count = AtomicU32::new(0);
    let prepared = opened(&place, &Options::default(), &count).await.unwrap();
    prepared.window.file_all(sample::filings(), "test").await;
    prepared.window.pipeline.close();
    drop(prepared.window);
    prepared.writer.join().unwrap();
    let (store, control) = server::window::embedded(&place, &Options::default(), &mut |_| {}).unwrap();
    let rates =
        Rates { lost: 0, unknown: 0, unknown_done: 0, failed: 0, failed_done: 0, failed_later: 1_000 };
    let (tell, failed) = oneshot::channel();
    let opening = Window::open(Faulty::new(store, rates, 1), control, Clock::simulated(NOW), |error| {
        let _ = tell.send(error);
    });
    let (window, writer) = opening.await.unwrap();
    let trade = Trade::new(7, 1, NOW, 1_000_000);
    let code = trade.order.head.ebp_code.clone();
    let token =
        window.control.issue(&code, clearance::party::Role::Platform, "t", &[], NOW, None).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let settings = Settings {
        models: [None, None],
        export_models: [None, None],
        rates: server::signing_in::Rates::default(),
        messages: None,
        push: (crate::webhooks::client(&[]), server::push::Patience::default()),
        drain: Duration::from_secs(5),
        least_bytes: 1,
        probe: Arc::new(|| Some(Room { free_bytes: 1 << 40, read_only: false })),
    };
    let serving = tokio::spawn(serving::serve(
        Opened { window, writer, failed },
        listener,
        settings,
        std::future::pending(),
        || async { Err::<Opened, _>(OpenError::Ended) },
    ));
    let (status, retry, problem) = request(&address, "POST", "/v1/messages", &token, &order(&trade)).await;
    assert_eq!((status, retry), (503, true), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("send the same bytes again"), "{problem}");
    let ended = tokio::time::timeout(Duration::from_secs(5), serving).await.unwrap().unwrap();
    let Err(Ended::Store(error)) = ended else { panic!("{ended:?}") };
    assert!(store::faulty::is_injected(&error), "{error:?}");
}

/// The status of an answer; none when the connection ended without one.
async fn request_or_none(address: &str, token: &str, body: &[u8]) -> Option<u16> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.ok()?;
    let head = format!(
        "POST /v1/messages HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    String::from_utf8(answer).ok()?.split(' ').nth(1)?.parse().ok()
}
