//! A server whose database ends or stands still under load, again and again: what was acknowledged is there, once, and whoever sends or
//! reads is answered within bounds.

use crate::database::{Own, execute};
use crate::operations::{Space, done_in, get, post, serve_in, space_in};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Longer than this nobody waits for an answer, whatever it is: a server looks for its database for twenty seconds, then says 503.
const LONGEST: Duration = Duration::from_secs(30);
/// How long one message is offered until a server takes it.
const PATIENCE: Duration = Duration::from_secs(120);
/// Ends the connections of everybody else.
const END: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";

/// What senders were told.
#[derive(Default)]
struct Told {
    /// Number of the message, and the answer that acknowledged it.
    acknowledged: Mutex<Vec<(usize, Value)>>,
    refused: AtomicUsize,
    unanswered: AtomicUsize,
    slowest: Mutex<Duration>,
}

impl Told {
    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }
}

/// Each message is sent again, as it is, until it is acknowledged.
fn send_all(space: &Space, address: &str, told: &Told) {
    let next = AtomicUsize::new(0);
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    let agent = config.timeout_global(Some(LONGEST * 2)).build().new_agent();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    let Some((sender, bytes)) = space.messages.get(at) else { return };
                    let began = Instant::now();
                    loop {
                        assert!(began.elapsed() < PATIENCE, "message {at} is never taken");
                        let asked = Instant::now();
                        let answer = post(&agent, address, &space.tokens[sender], bytes);
                        let took = asked.elapsed();
                        let mut slowest = told.slowest.lock().unwrap();
                        *slowest = took.max(*slowest);
                        drop(slowest);
                        match answer {
                            Some((200, _, answer)) => {
                                told.acknowledged.lock().unwrap().push((at, answer));
                                break;
                            }
                            Some((503, retry, problem)) => {
                                assert!(retry && problem["detail"].is_string(), "{problem}");
                                told.refused.fetch_add(1, Ordering::SeqCst);
                            }
                            Some((status, _, problem)) => panic!("{status} {problem}"),
                            None => {
                                told.unanswered.fetch_add(1, Ordering::SeqCst);
                            }
                        }
                        std::thread::sleep(Duration::from_millis(100));
                    }
                }
            });
        }
    });
}

#[test]
fn a_database_that_ends_under_load_loses_nothing_and_everybody_is_answered_in_time() {
    const ROUNDS: usize = 6;
    let Some(mut cluster) = Own::start() else { return };
    let address = cluster.address();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let environment = [("ONEWINDOW_DATABASE", address.as_str()), ("ONEWINDOW_MASTER_KEY", "space.key")];
    done_in(path, "migrate", &environment);
    let space = space_in(path, 150, ("", &environment));
    let server = serve_in(path, "", "warn", &environment);
    let told = Told::default();
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| send_all(&space, &server.address, &told));
        for round in 0..ROUNDS {
            // In the middle of the work: some more are acknowledged since the last time.
            let wanted = (round + 1) * space.messages.len() / (ROUNDS + 2);
            while told.count() < wanted && !sender.is_finished() {
                std::thread::sleep(Duration::from_millis(5));
            }
            if round % 2 == 0 {
                execute(&address, END);
            } else {
                cluster.restart();
            }
        }
    });
    audited(&space, &server.address, told);
    let (code, _, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
    // What this database does not guarantee is said when the server starts, and whenever it finds the database again.
    assert!(said.matches("no standby is synchronous").count() > 1, "{said}");
    let verified = done_in(path, "verify --json", &environment);
    assert_eq!(verified["clean"], true, "{verified}");
}

/// Everybody was answered in time; what was acknowledged is there, and no row answers two documents.
fn audited(space: &Space, address: &str, told: Told) {
    let acknowledged = told.acknowledged.into_inner().unwrap();
    let slowest = told.slowest.into_inner().unwrap();
    assert_eq!(acknowledged.len(), space.messages.len());
    assert!(slowest < LONGEST, "somebody waited {slowest:?}");
    let hindered = told.refused.load(Ordering::SeqCst) + told.unanswered.load(Ordering::SeqCst);
    // All of it is there, and no row answers two documents.
    let mut positions = BTreeSet::new();
    let mut documents = 0;
    for (at, answer) in &acknowledged {
        let sha = answer["message"]["sha256"].as_str().unwrap();
        let token = &space.tokens[&space.messages[*at].0];
        let (status, found) = get(address, &format!("/v1/messages?sha256={sha}"), token);
        assert_eq!(status, 200, "acknowledged, lost: {found}");
        let found: Value = serde_json::from_str(&found).unwrap();
        for (kept, found) in
            answer["documents"].as_array().unwrap().iter().zip(found["documents"].as_array().unwrap())
        {
            let again = found["repeats"].is_u64();
            assert!(again || found["status"] == kept["status"], "acknowledged {kept}, found {found}");
            documents += 1;
            positions.insert(kept["position"].as_u64().unwrap());
        }
    }
    assert_eq!(
        positions.len(),
        documents,
        "a row answers two documents; {hindered} times nobody was answered"
    );
}

/// A database that takes connections and says nothing: senders and readers are told so within some seconds, `health` too, nobody
/// hangs; and when it goes on, what was under way is there once, and so is what is sent again.
#[test]
fn a_database_that_stands_still_is_told_of_in_time_and_what_is_sent_again_is_there_once() {
    /// Asked every second, silent after five, and some time for two busy cores.
    const TOLD_WITHIN: Duration = Duration::from_secs(15);
    let Some(cluster) = Own::start() else { return };
    let address = cluster.address();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let environment = [("ONEWINDOW_DATABASE", address.as_str()), ("ONEWINDOW_MASTER_KEY", "space.key")];
    done_in(path, "migrate", &environment);
    let space = space_in(path, 60, ("", &environment));
    let server = serve_in(path, "", "warn", &environment);
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    let agent = config.timeout_global(Some(LONGEST * 2)).build().new_agent();
    let (sender, bytes) = &space.messages[0];
    let token = &space.tokens[sender];
    let frozen = cluster.freeze();
    // The first waits until it is known, whoever comes then is told at once; reading is no different from sending.
    let asked = Instant::now();
    let (status, retry, problem) = post(&agent, &server.address, token, bytes).expect("an answer");
    assert_eq!((status, retry), (503, true), "{problem}");
    assert!(asked.elapsed() < TOLD_WITHIN, "told after {:?}", asked.elapsed());
    let asked = Instant::now();
    for read in ["/v1/receipts", "/v1/consignments", "/health", "/ready"] {
        let (status, problem) = get(&server.address, read, token);
        assert_eq!(status, 503, "{read}: {problem}");
        assert!(problem.contains("database-silent"), "{read}: {problem}");
    }
    assert!(asked.elapsed() < TOLD_WITHIN, "told after {:?}", asked.elapsed());
    drop(frozen);
    // The same again, until it is taken; then once more.
    let began = Instant::now();
    let first = loop {
        match post(&agent, &server.address, token, bytes) {
            Some((200, _, answer)) => break answer,
            Some((503, true, _)) | None => {}
            Some((status, _, problem)) => panic!("{status} {problem}"),
        }
        assert!(began.elapsed() < PATIENCE, "it is never taken");
        std::thread::sleep(Duration::from_millis(100));
    };
    let (_, _, again) = post(&agent, &server.address, token, bytes).expect("an answer");
    assert_eq!(again["documents"][0]["repeated"], true, "{again}");
    assert_eq!(again["documents"][0]["position"], first["documents"][0]["position"]);
    assert_eq!(get(&server.address, "/health", token).0, 200);
    // In the middle of the work, twice.
    let told = Told::default();
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| send_all(&space, &server.address, &told));
        for round in 1..=2 {
            while told.count() < round * space.messages.len() / 4 && !sender.is_finished() {
                std::thread::sleep(Duration::from_millis(5));
            }
            let frozen = cluster.freeze();
            std::thread::sleep(Duration::from_secs(9));
            drop(frozen);
        }
    });
    assert!(told.refused.load(Ordering::SeqCst) > 0, "nobody was told");
    audited(&space, &server.address, told);
    let (code, _, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
    let verified = done_in(path, "verify --json", &environment);
    assert_eq!(verified["clean"], true, "{verified}");
}
