//! An outsider: what is another's, numbers that he guesses, a token that has expired, a duty that was taken away, a forged
//! webhook, a stolen session. Each is denied, answered as what is not there where it is another's, and written down: a line of
//! the log, a count of `/metrics`, a row that an auditor finds. None of them has a secret, a person or the number asked for.

use crate::consumer;
use crate::payment_data;
use crate::permissions::World;
use crate::providers;
use crate::support::browser::Browser;
use crate::support::log::log;
use crate::support::people::{PASSWORD, add, ask, enrol, settle, sign_in};
use crate::support::provider::{Provider, SECRET};
use crate::support::{NOW, Zone, path};
use crate::webhooks;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::Trade;
use counterpart::{Kind, Script};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use server::denials;
use server::push::{self, Patience};
use std::time::Duration;
use store::{Duty, NewToken, Read};
use tower::ServiceExt;

const AGENT: &str = "5301980501";
const OTHER: &str = "5301980502";
const OFFICE: &str = "8620000001";
const PLATFORM: &str = "5301960101";
const MINUTE: i64 = 60_000;

/// An answer to the letter: status, headers, body.
async fn answer(zone: &Zone, method: &str, path: &str, token: Option<&str>) -> (u16, HeaderMap, Vec<u8>) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = zone.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status.as_u16(), parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
}

/// That what is another's and what is not there are answered alike, and not given.
async fn are_alike(zone: &Zone, token: &str, pairs: &[(String, String)]) {
    for (another, absent) in pairs {
        let told = answer(zone, "GET", another, Some(token)).await;
        assert_eq!(told.0, 404, "{another}");
        assert_eq!(told, answer(zone, "GET", absent, Some(token)).await, "{another} tells from {absent}");
    }
}

async fn status(zone: &Zone, method: &str, path: &str, token: &str) -> u16 {
    zone.request(method, path, Some(token), Vec::new()).await.0
}

/// Somebody who audits the whole zone: his session.
async fn auditor(zone: &Zone) -> String {
    let (_, one_time) = add(zone, "auditor.of.zone", OFFICE, Role::ZoneOperator, &[Duty::Auditor]).await;
    settle(zone, "auditor.of.zone", &one_time, true).await
}

/// A row of the ledger that tells of denials.
#[derive(Debug)]
struct Row {
    by: String,
    subject: String,
    denied: Value,
    /// The record as it is shown.
    text: String,
}

/// The rows of denials that a reader finds.
async fn found(zone: &Zone, reader: &str) -> Vec<Row> {
    zone.until_listed().await;
    let list = "/v1/registers/sign-ins?state=denied&limit=500";
    let (status, page) = zone.request("GET", list, Some(reader), Vec::new()).await;
    assert_eq!(status, 200, "{page}");
    let mut rows = Vec::new();
    for record in page["records"].as_array().unwrap() {
        let path = format!("/v1/registers/sign-ins/{}", record["id"].as_str().unwrap());
        let (status, shown) = zone.request("GET", &path, Some(reader), Vec::new()).await;
        assert_eq!((status, shown["action"].as_str()), (200, Some("denied")), "{shown}");
        rows.push(Row {
            by: shown["by"]["name"].as_str().unwrap().to_owned(),
            subject: shown["body"]["subject"].as_str().unwrap().to_owned(),
            denied: shown["body"]["denied"].clone(),
            text: shown.to_string(),
        });
    }
    rows
}

/// The same, after what was counted is written down.
async fn written(zone: &Zone, reader: &str) -> Vec<Row> {
    denials::write(&zone.window, true).await;
    found(zone, reader).await
}

/// The one row by somebody.
fn row<'a>(rows: &'a [Row], by: &str) -> &'a Row {
    let found: Vec<&Row> = rows.iter().filter(|row| row.by == by).collect();
    assert_eq!(found.len(), 1, "{by}: {rows:?}");
    found[0]
}

/// A count of a row; what is not there is none.
fn count(row: &Row, kind: &str) -> u64 {
    row.denied[kind].as_u64().unwrap_or_default()
}

/// How often a kind was denied, as whoever runs the window reads it.
async fn counted(zone: &Zone, kind: &str) -> u64 {
    let (status, page) = zone.get(OFFICE, "/metrics").await;
    assert_eq!(status, 200, "{page}");
    let page = page.as_str().unwrap();
    let line = page.split(&format!("onewindow_denied{{kind=\"{kind}\"}} ")).nth(1).unwrap();
    line.split('\n').next().unwrap().parse().unwrap()
}

/// That a denial is a line of the log: its kind, the route that was asked for, who.
fn is_logged(kind: &str, route: &str, who: &str) {
    let (kind, route) = (format!("kind=\"{kind}\""), format!("http.route=\"{route}\""));
    let lines = log().lines(&["denied", &kind, &route, &format!("who=\"{who}\"")]);
    assert!(!lines.is_empty(), "{kind} {route} {who}");
}

/// That none of these is in the log.
fn is_not_logged(secrets: &[&str]) {
    let heard = log().heard();
    let heard = String::from_utf8_lossy(&heard);
    for secret in secrets {
        assert!(secret.len() > 5, "{secret:?} says nothing");
        let line = heard.contains(secret).then(|| heard.lines().find(|line| line.contains(secret)));
        assert_eq!(line, None, "{secret} was logged");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_of_another_party_are_denied_and_written_down() {
    log();
    let world = World::new().await;
    let (zone, another) = (&world.zone, world.things("another").unwrap());
    let agent = world.texts["agent"].as_str();
    // The feed has his own and nothing of others.
    let feed = "/v1/receipts?limit=5000";
    let (_, own) = zone.request("GET", feed, Some(agent), Vec::new()).await;
    let (_, theirs) = zone.get(&another.agent, feed).await;
    let (own, theirs) = (own["receipts"].as_array().unwrap(), theirs["receipts"].as_array().unwrap());
    assert!(!own.is_empty() && !theirs.is_empty());
    assert!(theirs.iter().all(|receipt| !own.contains(receipt)));
    // What they answer, by its place and by its bytes.
    let position = another.message["position"].as_u64().unwrap();
    let sha256 = another.message["sha256"].as_str().unwrap();
    let pairs = [
        (format!("/v1/messages/{position}/original"), "/v1/messages/99999999/original".to_owned()),
        (format!("/v1/documents/{}", position + 1), "/v1/documents/99999999".to_owned()),
        (format!("/v1/messages?sha256={sha256}"), format!("/v1/messages?sha256={}", "0".repeat(64))),
    ];
    are_alike(zone, agent, &pairs).await;
    // Nor on a page.
    let page = format!("/desk/receipts?position={position}&number=0");
    assert_eq!(Browser::with(zone, &world.texts["operator"]).get(&page).await.status, 404);
    // He who has not the duty is told so.
    assert_eq!(status(zone, "GET", feed, &world.texts["admin"]).await, 403);

    let rows = written(zone, &world.texts["zone-auditor"]).await;
    let machine = row(&rows, "machine");
    // By its bytes nothing is found for him: nobody looked whether another sent them.
    assert_eq!((count(machine, "notHis"), count(machine, "ofOthers")), (6, 2), "{machine:?}");
    assert_eq!(
        machine.denied["routes"],
        json!(["get /v1/messages/{position}/original", "get /v1/documents/{position}", "get /v1/messages"])
    );
    assert!(!machine.text.contains(sha256) && !machine.text.contains(agent));
    assert_eq!(count(row(&rows, "admin"), "forbidden"), 1);
    is_logged("not-his", "/v1/messages/{position}/original", &format!("token {}", machine.subject));
    is_logged("forbidden", "/v1/receipts", "admin");
    assert_eq!(count(row(&rows, "operator"), "notHis"), 1);
    is_logged("not-his", "/desk/receipts", "operator");
    assert_eq!((counted(zone, "not-his").await, counted(zone, "forbidden").await), (7, 1));

    // His own party's auditor finds the same, but not how much of it is there; another's finds nothing of it.
    let rows = found(zone, &world.texts["auditor"]).await;
    let machine = row(&rows, "machine");
    assert_eq!((count(machine, "notHis"), machine.denied.get("ofOthers")), (6, None), "{machine:?}");
    let (_, one_time) = add(zone, "auditor.of.other", OTHER, Role::Agent, &[Duty::Auditor]).await;
    let other = settle(zone, "auditor.of.other", &one_time, false).await;
    assert!(found(zone, &other).await.is_empty());
    is_not_logged(&[sha256, agent]);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessed_numbers_are_answered_as_what_is_not_there_and_written_down() {
    log();
    let world = World::new().await;
    let (zone, another) = (&world.zone, world.things("another").unwrap());
    let (trade, export, party) = (&another.path, &another.export, &another.agent);
    let (no_trade, no_export) = ("/v1/consignments/5301960101/none", "/v1/exports/5301960101/none");
    let picture = "0".repeat(64);
    let pairs = [
        (trade.clone(), no_trade.to_owned()),
        (format!("{trade}/inspections"), format!("{no_trade}/inspections")),
        (format!("{trade}/photographs/{picture}"), format!("{no_trade}/photographs/{picture}")),
        (format!("{trade}/draw"), format!("{no_trade}/draw")),
        (export.clone(), no_export.to_owned()),
        (format!("/v1/registers/filings/{party}"), "/v1/registers/filings/5301999999".to_owned()),
        (
            format!("/v1/registers/filings/{party}/history"),
            "/v1/registers/filings/5301999999/history".to_owned(),
        ),
        (format!("/v1/credit/{party}"), "/v1/credit/5301999999".to_owned()),
        (format!("/v1/credit/{party}/report.pdf"), "/v1/credit/5301999999/report.pdf".to_owned()),
    ];
    are_alike(zone, &world.texts["agent"], &pairs).await;
    let user = another.user;
    let users = [(format!("/v1/users/{user}"), "/v1/users/999999".to_owned())];
    are_alike(zone, &world.texts["admin"], &users).await;
    // What is open to all is denied to nobody.
    assert_eq!(zone.request("GET", "/v1/draws/20990101", None, Vec::new()).await.0, 404);

    let before = zone.window.read.position().await.unwrap();
    let rows = written(zone, &world.texts["zone-auditor"]).await;
    assert_ne!(zone.window.read.position().await.unwrap(), before);
    let machine = row(&rows, "machine");
    assert_eq!((count(machine, "notHis"), count(machine, "ofOthers")), (18, 9), "{machine:?}");
    let admin = row(&rows, "admin");
    assert_eq!((count(admin, "notHis"), count(admin, "ofOthers"), &*admin.subject), (2, 1, "admin"));
    assert!(rows.iter().all(|row| row.by != "nobody"), "{rows:?}");
    // Neither row nor log has the numbers: one that was guessed right would stand there for ever.
    let order = trade.rsplit('/').next().unwrap();
    assert!(rows.iter().all(|row| !row.text.contains(order)));
    let who = format!("token {}", machine.subject);
    for route in ["/v1/consignments/{platform}/{order_no}", "/v1/exports/{merchant}/{order_no}"] {
        is_logged("not-his", route, &who);
    }
    is_logged("not-his", "/v1/registers/{register}/{id}", &who);
    is_logged("not-his", "/v1/consignments/{platform}/{order_no}/photographs/{sha256}", &who);
    assert!(log().lines(&["denied", "kind=", order]).is_empty());
    assert_eq!(counted(zone, "not-his").await, 20);

    // A record that says something only if the number was right would be the answer: there is one row either way.
    for path in [trade.as_str(), no_trade] {
        let before = rows_of(zone).await;
        assert_eq!(status(zone, "GET", path, &world.texts["agent"]).await, 404);
        denials::write(&zone.window, true).await;
        assert_eq!(rows_of(zone).await, before + 1, "{path}");
    }
}

/// Rows of the ledger.
async fn rows_of(zone: &Zone) -> u64 {
    let cursor = zone.window.read.position().await.unwrap();
    cursor.writers.iter().map(|(_, sequence)| sequence).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_denied_and_it_is_known_whose_it_was() {
    log();
    let zone = Zone::new().await;
    let watcher = auditor(&zone).await;
    let issue = async |name: &str, expires: Option<Time>| {
        let new = NewToken {
            party: AGENT,
            role: Role::Agent,
            name,
            districts: &[],
            expires,
            scopes: None,
            bound_to: None,
        };
        zone.window.control.issue_for(&new, NOW).await.unwrap()
    };
    let (number, nightly) = issue("nightly", Some(Time(NOW.0 + MINUTE))).await;
    let (revoked, lost) = issue("lost", None).await;
    assert_eq!(status(&zone, "GET", "/v1/receipts", &nightly).await, 200);
    zone.clock.set(Time(NOW.0 + MINUTE));
    zone.window.control.revoke(revoked).await.unwrap();
    let made_up = "a-token-that-nobody-issued";
    for (token, kind) in [(&*nightly, "token-ended"), (&*lost, "token-ended"), (made_up, "unauthenticated")] {
        let (status, told) = zone.request("GET", "/v1/receipts", Some(token), Vec::new()).await;
        assert_eq!((status, &told["type"]), (401, &json!(format!("urn:onewindow:problem:{kind}"))), "{told}");
    }
    // Asked twice it is one row.
    assert_eq!(status(&zone, "GET", "/v1/consignments", &nightly).await, 401);
    let rows = written(&zone, &watcher).await;
    let expired = row(&rows, "nightly");
    assert_eq!((count(expired, "expired"), &*expired.subject), (2, &*number.to_string()), "{expired:?}");
    assert_eq!(expired.denied["routes"], json!(["get /v1/receipts", "get /v1/consignments"]));
    assert_eq!(count(row(&rows, "lost"), "expired"), 1);
    assert_eq!(count(row(&rows, "nobody"), "unauthenticated"), 1);
    assert_eq!((counted(&zone, "expired").await, counted(&zone, "unauthenticated").await), (3, 1));
    is_logged("expired", "/v1/receipts", &format!("token {number}"));
    is_logged("unauthenticated", "/v1/receipts", "nobody");
    for secret in [&*nightly, &*lost, made_up] {
        assert!(rows.iter().all(|row| !row.text.contains(secret)));
    }
    is_not_logged(&[&nightly, &lost, made_up]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duty_that_was_taken_away_is_denied_in_the_session_that_lives_on() {
    log();
    let zone = Zone::new().await;
    let duties = [Duty::Admin, Duty::Operator, Duty::Reader];
    let (_, one_time) = add(&zone, "admin.outsider", AGENT, Role::Agent, &duties).await;
    let admin = settle(&zone, "admin.outsider", &one_time, false).await;
    let (id, one_time) = add(&zone, "li.outsider", AGENT, Role::Agent, &[Duty::Operator]).await;
    let li = settle(&zone, "li.outsider", &one_time, false).await;
    let send = async || zone.request("POST", "/v1/messages", Some(&li), b"<a".to_vec()).await;
    assert_eq!(send().await.0, 422);
    let path = format!("/v1/users/{id}");
    let (status, told) = ask(&zone, "PATCH", &path, &admin, &json!({"duties": ["reader"]})).await;
    assert_eq!(status, 200, "{told}");
    for _ in 0..2 {
        let (status, told) = send().await;
        assert_eq!((status, &told["type"]), (403, &json!("urn:onewindow:problem:forbidden")), "{told}");
    }
    // On a page it is the same.
    let mut browser = Browser::with(&zone, &li);
    assert_eq!(browser.get("/desk/send").await.status, 403);
    // Disabled, he is denied as one whose session has ended.
    assert_eq!(ask(&zone, "PATCH", &path, &admin, &json!({"state": "disabled"})).await.0, 200);
    assert_eq!(send().await.0, 401);
    // Whoever took the duty away finds that it was asked for.
    let rows = written(&zone, &admin).await;
    let li_row = row(&rows, "li.outsider");
    assert_eq!((count(li_row, "forbidden"), count(li_row, "expired")), (3, 1), "{li_row:?}");
    assert_eq!(li_row.denied["routes"], json!(["post /v1/messages", "get /desk/send"]));
    is_logged("forbidden", "/v1/messages", "li.outsider");
    is_logged("forbidden", "/desk/send", "li.outsider");
    is_logged("expired", "/v1/messages", "li.outsider");
    assert_eq!((counted(&zone, "forbidden").await, counted(&zone, "expired").await), (3, 1));
    assert!(rows.iter().all(|row| !row.text.contains(&*li)));
    is_not_logged(&[&li, &admin, &one_time]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_webhook_is_refused_by_its_receiver_and_a_forged_answer_by_the_window() {
    log();
    let (zone, own) = payment_data::zone().await;
    let watcher = auditor(&zone).await;
    // What is sent to a receiver in the window's name: with another key, or altered on the way.
    let (receiver, url) = webhooks::counterpart(&zone, Kind::Tax, Script::default()).await;
    let body = br#"[{"id": "1", "data": {"orderNo": "A"}}]"#.to_vec();
    let client = webhooks::client(&["127.0.0.1/32"]);
    let right = push::signed(&zone.window, "one", &body).await.unwrap();
    let altered = br#"[{"id": "1", "data": {"orderNo": "B"}}]"#.to_vec();
    let foreign = webhooks::ring_signed(&body);
    for (headers, body) in [(&foreign[..], &body), (&right[..], &altered), (&[][..], &body)] {
        let reply = client.send(&url, server::sharing::EVENTS, headers, body.clone()).await;
        assert!(format!("{reply:?}").contains("401"), "{reply:?}");
    }
    assert_eq!((receiver.taken().refused, receiver.taken().events.len()), (3, 0));

    // What is answered in a platform's name: with another's key, altered, for a session that is none.
    let trade = payment_data::sold(&zone, 0);
    zone.trade(&trade).await;
    let (session, _) = payment_data::ask(&zone, &trade.order.head.order_no).await;
    let books = payment_data::paid(&trade);
    let right = payment_data::answer(&own, &session, &trade, &books);
    let forged = payment_data::answer(&payment_data::key(7), &session, &trade, &books);
    let altered = right.replace(&format!("\"{}\"", books.amount), "\"0.01\"");
    let nowhere = "032C3F56-0EE6-4558-B548-6C7A3451F07D";
    let unasked = payment_data::answer(&own, nowhere, &trade, &books);
    for text in [&forged, &altered, &unasked] {
        assert_eq!(payment_data::grab(&zone, text).await.0, "20000");
    }
    // With a token it is known who sent it.
    let (status, told) = payment_data::post(&zone, PLATFORM, "/v1/payment-data", forged.clone()).await;
    assert_eq!((status, &told["faults"][0]["path"]), (422, &json!("signValue")), "{told}");
    let rows = written(&zone, &watcher).await;
    let strangers = row(&rows, "nobody");
    assert_eq!((count(strangers, "unsigned"), count(strangers, "unauthenticated")), (2, 1), "{strangers:?}");
    assert_eq!(strangers.denied["routes"], json!(["post /ceb2grab/grab/realTimeDataUpload"]));
    assert_eq!(count(row(&rows, "tester"), "unsigned"), 1);
    is_logged("unsigned", "/ceb2grab/grab/realTimeDataUpload", "nobody");
    assert_eq!(counted(&zone, "unsigned").await, 3);
    // Nothing of it was taken; the right one is.
    assert_eq!(payment_data::grab(&zone, &right).await.0, "10000");
    for kept_back in [session.as_str(), books.transaction.as_str(), nowhere] {
        assert!(rows.iter().all(|row| !row.text.contains(kept_back)));
        assert!(log().lines(&["denied", "kind=", kept_back]).is_empty());
    }

    // A webhook of one's own that leads inside is not followed, and its record says so.
    let port = url.trim_end_matches('/').rsplit(':').next().unwrap();
    let inside = json!({"url": format!("http://localhost:{port}/"), "source": "receipts"});
    let hook = webhooks::webhook(&zone, PLATFORM, "inside", inside).await;
    let patience = Patience { first: Duration::from_secs(60), longest: Duration::from_secs(60), refusals: 3 };
    let sending = tokio::spawn(push::run(zone.window.clone(), webhooks::client(&[]), patience));
    let refused = |shown: &Value| {
        shown["body"]["error"].as_str().is_some_and(|error| error.contains("nothing is sent to"))
    };
    let shown = webhooks::delivery(&zone, PLATFORM, &hook, refused).await;
    sending.abort();
    assert_eq!((&shown["state"], receiver.taken().requests), (&json!("failing"), 3), "{shown}");
    let (_, page) = zone.get(OFFICE, "/metrics").await;
    assert!(page.as_str().unwrap().contains("onewindow_webhooks{state=\"failing\"} 1"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_session_is_denied_after_its_owner_signed_out_and_it_is_known_whose_it_was() {
    log();
    let zone = Zone::new().await;
    let watcher = auditor(&zone).await;
    let duties = [Duty::Reader, Duty::Admin];
    let (_, one_time) = add(&zone, "wang.outsider", AGENT, Role::Agent, &duties).await;
    let wang = settle(&zone, "wang.outsider", &one_time, false).await;
    let (_, one_time) = add(&zone, "thief.outsider", OTHER, Role::Agent, &duties).await;
    let thief = settle(&zone, "thief.outsider", &one_time, false).await;
    // Another party ends no session of his, neither a person nor a machine of it, and learns of none.
    let (_, listed) = zone.request("GET", "/v1/sessions", Some(&wang), Vec::new()).await;
    let number = listed["sessions"][0]["id"].to_string();
    let path = format!("/v1/sessions/{number}");
    let told = answer(&zone, "DELETE", &path, Some(&thief)).await;
    assert_eq!(told.0, 404);
    assert_eq!(told, answer(&zone, "DELETE", "/v1/sessions/999999", Some(&thief)).await);
    assert_eq!(status(&zone, "DELETE", &path, &zone.tokens[OTHER]).await, 403);
    assert_eq!(status(&zone, "GET", "/v1/receipts", &wang).await, 200);
    // From another site, with his session, a form changes nothing.
    let mut browser = Browser::with(&zone, &wang);
    let fields = [("current", PASSWORD), ("new", "another password"), ("again", "another password")];
    assert_eq!(browser.post("/desk/account/password", &fields).await.status, 403);

    assert_eq!(status(&zone, "DELETE", "/v1/sessions/current", &wang).await, 204);
    let (code, told) = zone.request("GET", "/v1/receipts", Some(&wang), Vec::new()).await;
    assert_eq!((code, &told["type"]), (401, &json!("urn:onewindow:problem:token-ended")), "{told}");
    // The cookie opens no page, and is not taken for that of a visitor.
    let led = Browser::with(&zone, &wang).get("/desk").await;
    assert_eq!(led.status, 303);
    assert!(led.location().starts_with("/sign-in?"), "{}", led.location());
    // Who never had one is shown the way in, and was denied nothing.
    assert_eq!(Browser::new(&zone).get("/desk").await.status, 303);

    let rows = written(&zone, &watcher).await;
    let stolen = row(&rows, "wang.outsider");
    assert_eq!((count(stolen, "expired"), count(stolen, "forbidden")), (2, 1), "{stolen:?}");
    let routes = json!(["post /desk/account/password", "get /v1/receipts", "get /desk"]);
    assert_eq!(stolen.denied["routes"], routes);
    assert_eq!(count(row(&rows, "thief.outsider"), "notHis"), 2);
    assert_eq!(count(row(&rows, "tester"), "forbidden"), 1);
    assert!(rows.iter().all(|row| row.by != "nobody"), "{rows:?}");
    is_logged("expired", "/v1/receipts", "wang.outsider");
    is_logged("expired", "/desk", "wang.outsider");
    is_logged("not-his", "/v1/sessions/{id}", "thief.outsider");
    assert_eq!(counted(&zone, "expired").await, 2);
    assert!(rows.iter().all(|row| !row.text.contains(&*wang)));
    is_not_logged(&[&wang, &thief, "another password"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_fills_nothing() {
    log();
    let zone = Zone::new().await;
    let watcher = auditor(&zone).await;
    let begin = zone.window.clock.now().0;
    let knock = async |from: u32| {
        for number in from..from + 50 {
            let token = format!("made-up-{number}");
            assert_eq!(status(&zone, "GET", "/v1/receipts", &token).await, 401);
        }
    };
    let after = async |minutes: i64| {
        zone.clock.set(Time(begin + minutes * MINUTE));
        let before = rows_of(&zone).await;
        denials::write(&zone.window, false).await;
        rows_of(&zone).await - before
    };
    knock(0).await;
    assert_eq!(after(0).await, 0, "a minute is not over");
    assert_eq!(after(1).await, 1, "all of them are one row");
    knock(50).await;
    assert_eq!(after(2).await, 0, "and more of them another, later");
    knock(100).await;
    assert_eq!(after(3).await, 1);
    let rows = found(&zone, &watcher).await;
    let told: Vec<u64> = rows.iter().rev().map(|row| count(row, "unauthenticated")).collect();
    assert_eq!(told, [50, 100]);
    assert!(rows.iter().all(|row| row.by == "nobody" && row.subject.is_empty()), "{rows:?}");
    assert_eq!(counted(&zone, "unauthenticated").await, 150);
    // The worker of a window that is served does the same.
    let worker = tokio::spawn(server::worker::run(zone.window.clone(), Duration::from_millis(10)));
    knock(150).await;
    zone.clock.set(Time(begin + 20 * MINUTE));
    for _ in 0..200 {
        if found(&zone, &watcher).await.len() == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    worker.abort();
    assert_eq!(found(&zone, &watcher).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_logged_by_whoever_is_let_in_or_denied() {
    log();
    let zone = Zone::new().await;
    let mut secrets = vec![PASSWORD.to_owned(), SECRET.to_owned()];
    secrets.extend(zone.tokens.values().cloned());
    // People: one-time passwords, sessions, second factors, and what was typed in the wrong place.
    let duties = [Duty::Admin, Duty::Reader];
    let (_, one_time) = add(&zone, "secret.outsider", AGENT, Role::Agent, &duties).await;
    let session = settle(&zone, "secret.outsider", &one_time, false).await;
    let (secret, recovery) = enrol(&zone, &session).await;
    secrets.extend([one_time, session.clone(), server::second_factor::shown(&secret)]);
    secrets.extend(recovery.iter().cloned());
    let typed = "what i never tell anybody";
    secrets.push(typed.to_owned());
    for (login, password) in [(typed, PASSWORD), ("secret.outsider", typed)] {
        assert_eq!(sign_in(&zone, login, password, Some(&recovery[0])).await.0, 401);
    }
    // Tokens: one that is issued here, one that is made up, in the header of another scheme too.
    let issue = json!({"name": "样例", "scopes": ["reference:read"], "days": 1});
    let (status, issued) = ask(&zone, "POST", "/v1/tokens", &session, &issue).await;
    assert_eq!(status, 201, "{issued}");
    let token = issued["token"].as_str().unwrap().to_owned();
    assert_eq!(self::status(&zone, "GET", "/v1/receipts", &token).await, 403);
    let made_up = "made-up-and-never-issued";
    assert_eq!(self::status(&zone, "GET", "/v1/receipts", made_up).await, 401);
    let basic = Request::get("/v1/receipts").header("authorization", format!("Basic {made_up}"));
    let denied = zone.router.clone().oneshot(basic.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(denied.status(), 401);
    secrets.extend([token, made_up.to_owned()]);
    // A consumer: his code, his ticket, his session.
    let messages = consumer::provider(&zone).await;
    let trade: Trade = consumer::trade(1, &clearance::sample::Person::new(1), consumer::OWN, 300);
    zone.trade(&trade).await;
    zone.until_listed().await;
    let own = consumer::come_in(&zone, &messages, &trade.order.head.order_no).await;
    let code = messages.taken()[0]["code"].as_str().unwrap().to_owned();
    assert_eq!(self::status(&zone, "GET", &path(&trade), &own).await, 403);
    secrets.extend([code, own]);
    // A provider of identities: its secret, and a return that it never sent.
    let provider = Provider::start(NOW.0 / 1000).await;
    let settings = serde_json::to_string(&providers::settings(&provider)).unwrap();
    let known = store::Provider { name: "bureau".to_owned(), settings, secret: SECRET.into() };
    zone.window.control.set_provider(&known).await.unwrap();
    let (status, headers, _) = answer(&zone, "GET", "/v1/sign-in/bureau", None).await;
    assert_eq!(status, 303);
    let there = headers["location"].to_str().unwrap();
    let state = there.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let back = format!("/v1/sign-in/bureau/callback?state={state}&code=forged-authorization-code");
    let (status, ..) = answer(&zone, "GET", &back, None).await;
    assert!(status == 400 || status == 401, "{status}");
    let cookie = cookie.split_once('=').unwrap().1;
    secrets.extend([state, cookie, "forged-authorization-code"].map(str::to_owned));
    // An answer with a forged signature, and a webhook's address that carries something.
    let signature = "Zm9yZ2VkLXNpZ25hdHVyZS12YWx1ZQ==";
    let forged =
        json!({"sessionID": "032C3F56-0EE6-4558-B548-6C7A3451F07D", "signValue": signature}).to_string();
    assert_eq!(payment_data::grab(&zone, &forged).await.0, "20000");
    secrets.push(signature.to_owned());
    // A page with a session that has ended, and the form that none of its pages gave.
    let guard = Browser::with(&zone, &session).get("/desk/account").await.hidden("guard");
    assert!(!guard.is_empty());
    assert_eq!(self::status(&zone, "DELETE", "/v1/sessions/current", &session).await, 204);
    let form = [("guard", guard.as_str()), ("current", typed), ("new", typed), ("again", typed)];
    assert_eq!(Browser::with(&zone, &session).post("/desk/account/password", &form).await.status, 303);
    secrets.push(guard);
    denials::write(&zone.window, true).await;

    is_logged("expired", "/desk/account/password", "secret.outsider");
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    is_not_logged(&secrets);
    // Nor in the rows: whoever reads them is told who, how often and where.
    let watcher = auditor(&zone).await;
    for row in found(&zone, &watcher).await {
        assert!(secrets.iter().all(|secret| !row.text.contains(secret)), "{row:?}");
    }
    // What a person has to be told of himself is not a line of the log either.
    is_not_logged(&[&trade.order.head.buyer_id_number, &trade.order.head.buyer_name]);
}
