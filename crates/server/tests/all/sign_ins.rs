//! What happens to users, sessions and tokens is in the ledger: each owner finds his own, nobody another's, and no secret
//! or unknown login is in it.

use crate::support::people::{PASSWORD, add, ask, enrol, settle, sign_in};
use crate::support::{NOW, Zone};
use clearance::keys::Time;
use clearance::party::Role;
use serde_json::{Value, json};
use server::worker;
use std::time::Duration;
use store::Duty;

const AGENT: &str = "5301980501";
const OTHER: &str = "5301980502";
const OFFICE: &str = "8620000001";

/// What a caller finds, oldest first: what happened, by whom, to whom.
async fn found(zone: &Zone, token: &str) -> Vec<(String, String, String)> {
    let (status, page) =
        zone.request("GET", "/v1/registers/sign-ins?limit=500", Some(token), Vec::new()).await;
    assert_eq!(status, 200, "{page}");
    let mut found = Vec::new();
    for record in page["records"].as_array().unwrap().iter().rev() {
        let path = format!("/v1/registers/sign-ins/{}", record["id"].as_str().unwrap());
        let (status, whole) = zone.request("GET", &path, Some(token), Vec::new()).await;
        assert_eq!(status, 200, "{whole}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        found.push((text(&record["action"]), text(&record["by"]["name"]), text(&whole["body"]["subject"])));
    }
    found
}

/// As [`found`], once there are as many of a word: what is refused is written down beside its answer.
async fn until(zone: &Zone, token: &str, what: &str, count: usize) -> Vec<(String, String, String)> {
    for _ in 0..200 {
        let found = found(zone, token).await;
        if found.iter().filter(|one| one.0 == what).count() >= count {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_in_and_what_was_done_to_users_and_tokens_is_in_the_ledger() {
    let zone = Zone::new().await;
    let (id, one_time) = add(&zone, "chief", AGENT, Role::Agent, &[Duty::Admin, Duty::Reader]).await;
    let chief = settle(&zone, "chief", &one_time, false).await;
    let added = json!({"login": "li.wei", "name": "样例", "duties": ["reader"]});
    let (status, added) = ask(&zone, "POST", "/v1/users", &chief, &added).await;
    assert_eq!(status, 201, "{added}");
    let issue = json!({"name": "样例", "scopes": ["messages:send"], "days": 1});
    let (status, issued) = ask(&zone, "POST", "/v1/tokens", &chief, &issue).await;
    assert_eq!(status, 403, "an admin who only reads gives no more: {issued}");
    let issue = json!({"name": "样例", "scopes": ["reference:read"], "days": 1});
    let (status, issued) = ask(&zone, "POST", "/v1/tokens", &chief, &issue).await;
    assert_eq!(status, 201, "{issued}");
    let token = issued["id"].to_string();
    let path = format!("/v1/tokens/{token}");
    assert_eq!(zone.request("DELETE", &path, Some(&chief), Vec::new()).await.0, 204);
    let li = settle(&zone, "li.wei", added["password"].as_str().unwrap(), false).await;
    assert_eq!(zone.request("DELETE", "/v1/sessions/current", Some(&li), Vec::new()).await.0, 204);
    let line = |what: &str, by: &str, subject: &str| (what.to_owned(), by.to_owned(), subject.to_owned());
    assert_eq!(
        found(&zone, &chief).await,
        [
            line("signed-in", "chief", "chief"),
            line("password-changed", "chief", "chief"),
            line("signed-in", "chief", "chief"),
            line("user-added", "chief", "li.wei"),
            line("token-issued", "chief", &token),
            line("token-revoked", "chief", &token),
            line("signed-in", "li.wei", "li.wei"),
            line("password-changed", "li.wei", "li.wei"),
            line("signed-in", "li.wei", "li.wei"),
            line("signed-out", "li.wei", "li.wei"),
        ]
    );
    // Neither colleagues nor machines, nor others, nor whoever wants to write one himself.
    let (_, li, _) = sign_in(&zone, "li.wei", PASSWORD, None).await;
    for reader in [li.as_str(), &zone.tokens[AGENT], &zone.tokens[OFFICE]] {
        assert_eq!(zone.request("GET", "/v1/registers/sign-ins", Some(reader), Vec::new()).await.0, 403);
    }
    let (_, one_time) = add(&zone, "other", OTHER, Role::Agent, &[Duty::Admin, Duty::Operator]).await;
    let other = settle(&zone, "other", &one_time, false).await;
    assert!(found(&zone, &other).await.iter().all(|one| one.1 == "other"));
    let (_, page) = zone.request("GET", "/v1/registers/sign-ins", Some(&chief), Vec::new()).await;
    let theirs = format!("/v1/registers/sign-ins/{}", page["records"][0]["id"].as_str().unwrap());
    assert_eq!(zone.request("GET", &theirs, Some(&other), Vec::new()).await.0, 404);
    let forged = json!({"action": "signed-in", "body": {"subject": "chief", "time": 1}});
    let path = format!("/v1/registers/sign-ins/{OTHER}:x/actions");
    assert_eq!(ask(&zone, "POST", &path, &other, &forged).await.0, 403);
    // What a command wrote down beside the server is carried by the worker.
    let control = crate::support::another_control(zone.folder.path()).await;
    control.happened("operator", AGENT, "password-reset", "li.wei", NOW).await.unwrap();
    let worker = tokio::spawn(worker::run(zone.window.clone(), Duration::from_millis(10)));
    let after = until(&zone, &chief, "password-reset", 1).await;
    assert_eq!(after.last().unwrap(), &line("password-reset", "operator", "li.wei"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(found(&zone, &chief).await, after, "each is carried once");
    worker.abort();
    assert!(zone.window.control.user(id).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lockout_is_recorded_and_an_unknown_login_is_not_told() {
    let zone = Zone::new().await;
    let (_, one_time) = add(&zone, "chief", AGENT, Role::Agent, &[Duty::Admin]).await;
    let chief = settle(&zone, "chief", &one_time, false).await;
    for login in ["chief", "my own secret"] {
        for _ in 0..5 {
            assert_eq!(sign_in(&zone, login, "wrong horse battery", None).await.0, 401);
        }
        assert_eq!(sign_in(&zone, login, PASSWORD, None).await.0, 429);
    }
    let own = until(&zone, &chief, "locked-out", 1).await;
    assert_eq!(own.iter().filter(|one| one.0 == "locked-out").count(), 1, "{own:?}");
    // The zone's own finds that of nobody.
    let (_, one_time) = add(&zone, "zone", OFFICE, Role::ZoneOperator, &[Duty::Auditor]).await;
    let session = settle(&zone, "zone", &one_time, false).await;
    enrol(&zone, &session).await;
    let all = until(&zone, &session, "locked-out", 2).await;
    let unknown = all.iter().find(|one| one.1 == "unknown").unwrap();
    assert_eq!(unknown.2.len(), 32, "{unknown:?}");
    assert!(all.iter().all(|one| !format!("{one:?}").contains("secret")));
    zone.clock.set(Time(NOW.0 + 60_000));
    assert_eq!(sign_in(&zone, "chief", PASSWORD, None).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_while_nothing_is_recorded() {
    let zone = Zone::new().await;
    let (_, one_time) = add(&zone, "chief", AGENT, Role::Agent, &[Duty::Admin]).await;
    let chief = settle(&zone, "chief", &one_time, false).await;
    let user = zone.window.control.user_of("chief").await.unwrap().unwrap();
    let before = zone.window.control.sessions(&user).await.unwrap().len();
    zone.window.intake.drain();
    let (status, _, answer) = sign_in(&zone, "chief", PASSWORD, None).await;
    assert_eq!(status, 503, "{answer}");
    assert_eq!(found(&zone, &chief).await.len(), 3, "who is in reads on");
    let user = zone.window.control.user_of("chief").await.unwrap().unwrap();
    assert_eq!(zone.window.control.sessions(&user).await.unwrap().len(), before);
    let pipeline_ended = Zone::new().await;
    let (_, one_time) = add(&pipeline_ended, "chief", AGENT, Role::Agent, &[Duty::Admin]).await;
    pipeline_ended.window.pipeline.close();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (status, _, answer) = sign_in(&pipeline_ended, "chief", &one_time, None).await;
    assert_eq!(status, 503, "{answer}");
    let user = pipeline_ended.window.control.user_of("chief").await.unwrap().unwrap();
    assert_eq!(pipeline_ended.window.control.sessions(&user).await.unwrap(), []);
}
