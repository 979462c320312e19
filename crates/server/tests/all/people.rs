//! How people sign in, and how what they and machines may do ends: attempts, second factors, sessions, duties, scopes, and
//! what an admin may give. Each test is a row of docs/threats.md.

use crate::support::people::{PASSWORD, add, ask, code, enrol, settle, sign_in};
use crate::support::{NOW, Zone, another_control};
use axum::body::Body;
use axum::http::Request;
use clearance::keys::Time;
use clearance::party::Role;
use serde_json::{Value, json};
use server::signing_in::Rates;
use std::time::{Duration, Instant};
use store::{Duty, NewToken};
use tower::ServiceExt;

const AGENT: &str = "5301980501";
const OTHER: &str = "5301980502";
const OFFICE: &str = "8620000001";
const MINUTE: i64 = 60_000;

async fn user(zone: &Zone, login: &str, duties: &[Duty]) -> (i64, String) {
    let (id, one_time) = add(zone, login, AGENT, Role::Agent, duties).await;
    (id, settle(zone, login, &one_time, false).await)
}

async fn status(zone: &Zone, path: &str, token: &str) -> u16 {
    zone.request("GET", path, Some(token), Vec::new()).await.0
}

fn wait(zone: &Zone, milliseconds: i64) {
    zone.clock.set(Time(zone.window.clock.now().0 + milliseconds));
}

/// Status and headers of an answer.
async fn headers(zone: &Zone, method: &str, path: &str, token: Option<&str>) -> axum::http::response::Parts {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = zone.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    response.into_parts().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one_time_password_that_nobody_used_ends() {
    const DAY: i64 = 1_440 * MINUTE;
    let zone = Zone::new().await;
    let (_, used) = add(&zone, "used", AGENT, Role::Agent, &[Duty::Reader]).await;
    let (id, one_time) = add(&zone, "forgotten", AGENT, Role::Agent, &[Duty::Reader]).await;
    wait(&zone, 30 * DAY);
    assert_eq!(sign_in(&zone, "used", &used, None).await.0, 201, "the last day");
    wait(&zone, 1);
    let late = sign_in(&zone, "forgotten", &one_time, None).await;
    let (_, _, wrong) = sign_in(&zone, "forgotten", "wrong horse battery", None).await;
    assert_eq!((late.0, &late.2), (401, &wrong), "it is a wrong password like any other");
    // Another takes its place, and counts from then on; one that he chose himself does not end so.
    let admin = user(&zone, "admin", &[Duty::Admin, Duty::Reader]).await.1;
    let reset = json!({"password": "reset"});
    let (status, told) = ask(&zone, "PATCH", &format!("/v1/users/{id}"), &admin, &reset).await;
    assert_eq!(status, 200, "{told}");
    let again = told["password"].as_str().unwrap();
    settle(&zone, "forgotten", again, false).await;
    wait(&zone, 31 * DAY);
    assert_eq!(sign_in(&zone, "forgotten", PASSWORD, None).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_whether_a_login_exists() {
    let zone = Zone::new().await;
    user(&zone, "li.wei", &[Duty::Reader]).await;
    let disabled = add(&zone, "gone", AGENT, Role::Agent, &[]).await;
    let mut gone = zone.window.control.user(disabled.0).await.unwrap().unwrap();
    gone.state = store::UserState::Disabled;
    assert!(zone.window.control.change_user(&gone, true, NOW).await.unwrap());
    let mut quickest = [Duration::MAX; 2];
    let mut answers = Vec::new();
    for _ in 0..4 {
        for (slot, login) in quickest.iter_mut().zip(["li.wei", "nobody"]) {
            let began = Instant::now();
            let (status, _, answer) = sign_in(&zone, login, "wrong horse battery", None).await;
            *slot = (*slot).min(began.elapsed());
            assert_eq!(status, 401);
            answers.push(answer);
        }
    }
    let (_, _, answer) = sign_in(&zone, "gone", &disabled.1, None).await;
    answers.push(answer);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // A hash is made for either: without, the one would take a hundredth of the other.
    let [known, unknown] = quickest;
    assert!(unknown > known / 10 && known > unknown / 10, "{known:?} {unknown:?}");
    // Both are slowed down alike.
    for login in ["li.wei", "nobody"] {
        sign_in(&zone, login, "wrong horse battery", None).await;
        let (status, _, answer) = sign_in(&zone, login, PASSWORD, None).await;
        assert_eq!(
            (status, answer["detail"].as_str().unwrap()),
            (429, "ask again after 30 seconds"),
            "{login}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_more_and_more_also_many_at_once() {
    let zone = Zone::new().await;
    user(&zone, "li.wei", &[Duty::Reader]).await;
    let guesses = (0..8).map(|_| sign_in(&zone, "li.wei", "wrong horse battery", None));
    let mut looked_at = 0;
    for (status, _, _) in futures_of(guesses).await {
        assert!(status == 401 || status == 429);
        looked_at += usize::from(status == 401);
    }
    assert_eq!(looked_at, 5, "as many as are free, however many come at once");
    // The right password makes no difference while the delay lasts, and delays double.
    for seconds in [30, 60, 120] {
        let (status, _, answer) = sign_in(&zone, "li.wei", PASSWORD, None).await;
        assert_eq!(status, 429, "{answer}");
        assert_eq!(answer["detail"], format!("ask again after {seconds} seconds"));
        wait(&zone, seconds * 1000);
        assert_eq!(sign_in(&zone, "li.wei", "wrong horse battery", None).await.0, 401);
    }
    wait(&zone, 240_000);
    assert_eq!(sign_in(&zone, "li.wei", PASSWORD, None).await.0, 201);
    // Success forgets: five are free again.
    assert_eq!(sign_in(&zone, "li.wei", "wrong horse battery", None).await.0, 401);
}

/// The answers of what runs at the same time.
async fn futures_of<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut pinned: Vec<_> = futures.map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, done) in pinned.iter_mut().zip(done.iter_mut()).filter(|(_, done)| done.is_none()) {
            if let std::task::Poll::Ready(output) = future.as_mut().poll(context) {
                *done = Some(output);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().map(Option::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_does_not_try_faster_than_a_person_types() {
    let zone = Zone::new().await;
    let mut statuses = Vec::new();
    // Too long to be anybody's: no attempt is written down, the address alone counts.
    let login = "x".repeat(100);
    for _ in 0..21 {
        statuses.push(sign_in(&zone, &login, "wrong", None).await.0);
    }
    assert_eq!(statuses[..20], [401; 20]);
    assert_eq!(statuses[20], 429);
    // Other logins, up to what an office needs.
    let mut refused = 0;
    for number in 0..140 {
        refused += u32::from(sign_in(&zone, &format!("{number}{login}"), "wrong", None).await.0 == 429);
    }
    assert!(refused >= 20, "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_and_each_code_counts_once() {
    let zone = Zone::new().await;
    let (id, session) = user(&zone, "li.wei", &[Duty::Reader]).await;
    // A session that is found open enrols nothing.
    let wrong = json!({"password": "wrong horse battery"});
    let (status, problem) = ask(&zone, "POST", "/v1/users/me/totp", &session, &wrong).await;
    assert_eq!((status, &problem["type"]), (403, &json!("urn:onewindow:problem:wrong-password")));
    let (secret, recovery) = enrol(&zone, &session).await;
    let (status, _, answer) = sign_in(&zone, "li.wei", PASSWORD, None).await;
    assert_eq!((status, &answer["type"]), (401, &json!("urn:onewindow:problem:code-needed")));
    let try_with = async |code: &str| sign_in(&zone, "li.wei", PASSWORD, Some(code)).await.0;
    let now = || zone.window.clock.now();
    assert_eq!(try_with(&code(&secret, now(), 0)).await, 401, "it confirmed the secret: used");
    wait(&zone, MINUTE);
    let next = code(&secret, now(), 0);
    assert_eq!(try_with(&next).await, 201);
    assert_eq!(try_with(&next).await, 401, "whoever looked over a shoulder is late");
    assert_eq!(try_with(&code(&secret, now(), -1)).await, 401, "an earlier one, too");
    assert_eq!(try_with(&recovery[0].to_uppercase()).await, 201);
    assert_eq!(try_with(&recovery[0]).await, 401);
    assert_eq!(try_with("000000").await, 401);
    // A right password forgets no attempts while the code is wrong.
    assert_eq!(try_with("000000").await, 401);
    assert_eq!(try_with("000000").await, 401);
    assert_eq!(try_with("000000").await, 401);
    assert_eq!(try_with(&recovery[1]).await, 429);
    wait(&zone, 10 * MINUTE);
    assert_eq!(try_with(&recovery[1]).await, 201);
    // The secret lies encrypted, and the master key opens it.
    let (found, credentials) = zone.window.control.credentials("li.wei").await.unwrap().unwrap();
    assert_eq!((found.id, credentials.second_factor.as_deref()), (id, Some(secret.as_slice())));
    let file = zone.folder.path().join("data/control.db-wal");
    if let Ok(bytes) = std::fs::read(file) {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret), "the secret lies in clear");
        for clear in [PASSWORD, &session, &recovery[4]] {
            assert!(
                !bytes.windows(clear.len()).any(|window| window == clear.as_bytes()),
                "{clear} lies in clear"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_second_factor_in_its_place_needs_one_of_the_old() {
    let zone = Zone::new().await;
    let (_, session) = user(&zone, "li.wei", &[Duty::Reader]).await;
    let (_, recovery) = enrol(&zone, &session).await;
    let begin = json!({"password": PASSWORD});
    assert_eq!(ask(&zone, "POST", "/v1/users/me/totp", &session, &begin).await.0, 401);
    let begin = json!({"password": PASSWORD, "code": recovery[0]});
    assert_eq!(ask(&zone, "POST", "/v1/users/me/totp", &session, &begin).await.0, 200);
    // Until a code of the new one was given, the old one counts.
    let wrong = json!({"code": "000000"});
    assert_eq!(ask(&zone, "POST", "/v1/users/me/totp/confirm", &session, &wrong).await.0, 400);
    assert_eq!(sign_in(&zone, "li.wei", PASSWORD, Some(&recovery[1])).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_and_zone_operators_do_nothing_without_a_second_factor() {
    let zone = Zone::new().await;
    for (login, role) in [("officer", Role::Officer), ("operator", Role::ZoneOperator)] {
        let (_, one_time) = add(&zone, login, OFFICE, role, &Duty::ALL).await;
        let session = settle(&zone, login, &one_time, false).await;
        let (status, problem) = zone.request("GET", "/v1/consignments", Some(&session), Vec::new()).await;
        assert_eq!((status, &problem["type"]), (403, &json!("urn:onewindow:problem:second-factor-first")));
        enrol(&zone, &session).await;
        assert_eq!(self::status(&zone, "/v1/consignments", &session).await, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_its_time_its_sign_out_its_password_and_its_user() {
    let zone = Zone::new().await;
    let (id, session) = user(&zone, "li.wei", &[Duty::Reader]).await;
    let of = async |token: &str| status(&zone, "/v1/consignments", token).await;
    assert_eq!(of(&session).await, 200);
    // Idle: half an hour since it was last used.
    for _ in 0..3 {
        wait(&zone, 29 * MINUTE);
        assert_eq!(of(&session).await, 200);
    }
    wait(&zone, 30 * MINUTE);
    assert_eq!(of(&session).await, 401);
    // In any case after twelve hours.
    let again = async || sign_in(&zone, "li.wei", PASSWORD, None).await.1;
    let session = again().await;
    for _ in 0..35 {
        wait(&zone, 20 * MINUTE);
        assert_eq!(of(&session).await, 200);
    }
    wait(&zone, 20 * MINUTE);
    assert_eq!(of(&session).await, 401);
    // Signed out: a copy of the session is worth nothing.
    let (session, other) = (again().await, again().await);
    let (_, listed) = zone.request("GET", "/v1/sessions", Some(&session), Vec::new()).await;
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 2, "{listed}");
    assert_eq!(zone.request("DELETE", "/v1/sessions/current", Some(&session), Vec::new()).await.0, 204);
    assert_eq!((of(&session).await, of(&other).await), (401, 200));
    // A new password ends every session, and the old password is none.
    let new = "battery horse correct";
    let change = json!({"current": PASSWORD, "new": new});
    assert_eq!(ask(&zone, "POST", "/v1/users/me/password", &other, &change).await.0, 204);
    assert_eq!(of(&other).await, 401);
    assert_eq!(sign_in(&zone, "li.wei", PASSWORD, None).await.0, 401);
    // Disabled by another process: within a second.
    let (_, session, _) = sign_in(&zone, "li.wei", new, None).await;
    assert_eq!(of(&session).await, 200);
    let elsewhere = another_control(zone.folder.path()).await;
    let mut him = elsewhere.user(id).await.unwrap().unwrap();
    him.state = store::UserState::Disabled;
    assert!(elsewhere.change_user(&him, true, NOW).await.unwrap());
    assert!(
        !elsewhere.change_user(&him, true, NOW).await.unwrap(),
        "what was changed meanwhile is not written over"
    );
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!(of(&session).await, 401);
    assert_eq!(sign_in(&zone, "li.wei", new, None).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duty_that_is_taken_away_counts_at_once() {
    let zone = Zone::new().await;
    let admin_duties = [Duty::Admin, Duty::Operator, Duty::Reader];
    let (_, admin) = user(&zone, "admin", &admin_duties).await;
    let (id, session) = user(&zone, "li.wei", &[Duty::Operator]).await;
    let send = async || zone.request("POST", "/v1/messages", Some(&session), b"<a".to_vec()).await.0;
    assert_eq!(send().await, 422);
    let path = format!("/v1/users/{id}");
    let (status, changed) = ask(&zone, "PATCH", &path, &admin, &json!({"duties": ["reader"]})).await;
    assert_eq!((status, &changed["user"]["duties"]), (200, &json!(["reader"])), "{changed}");
    assert_eq!(send().await, 403);
    assert_eq!(self::status(&zone, "/v1/consignments", &session).await, 200, "the session lives");
    let (_, trace) = zone.request("GET", "/v1/trace?limit=1", Some(&admin), Vec::new()).await;
    let last = &trace["trace"][0];
    assert_eq!(
        (&last["by"], &last["what"], &last["subject"]),
        (&json!("admin"), &json!("duties-changed"), &json!("li.wei"))
    );
    assert_eq!(ask(&zone, "PATCH", &path, &admin, &json!({"state": "disabled"})).await.0, 200);
    assert_eq!(send().await, 401);
    // Enabled again he changes his password first: others may know it by now.
    let (_, enabled) = ask(&zone, "PATCH", &path, &admin, &json!({"state": "active"})).await;
    assert_eq!(enabled["user"]["state"], "must-change-password");
    let (_, reset) = ask(&zone, "PATCH", &path, &admin, &json!({"password": "reset"})).await;
    assert_eq!(sign_in(&zone, "li.wei", PASSWORD, None).await.0, 401);
    assert_eq!(sign_in(&zone, "li.wei", reset["password"].as_str().unwrap(), None).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_more_than_he_has() {
    let zone = Zone::new().await;
    let (own, admin) = user(&zone, "admin", &[Duty::Admin, Duty::Reader]).await;
    let (more, _) = user(&zone, "operator", &[Duty::Operator]).await;
    let beyond = json!("urn:onewindow:problem:beyond-own-rights");
    let new = |login: &str, more: Value| {
        let mut body = json!({"login": login, "name": "样例", "duties": ["reader"]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let (status, added) = ask(&zone, "POST", "/v1/users", &admin, &new("first.one", json!({}))).await;
    assert_eq!(status, 201, "{added}");
    assert_eq!(
        (&added["user"]["party"], &added["user"]["state"]),
        (&json!(AGENT), &json!("must-change-password"))
    );
    assert_eq!(ask(&zone, "POST", "/v1/users", &admin, &new("First.One", json!({}))).await.0, 409);
    for body in [
        new("second", json!({"party": OTHER})),
        new("second", json!({"role": "zone-operator"})),
        new("second", json!({"duties": ["operator"]})),
        new("second", json!({"duties": ["admin", "auditor"]})),
    ] {
        let (status, problem) = ask(&zone, "POST", "/v1/users", &admin, &body).await;
        assert_eq!((status, &problem["type"]), (403, &beyond), "{body}");
    }
    for body in [
        new("a b", json!({})),
        new("second", json!({"duties": ["king"]})),
        new("second", json!({"districts": ["8620"]})),
        new("second", json!({"name": ""})),
        new("second", json!({"unknown": 1})),
    ] {
        assert_eq!(ask(&zone, "POST", "/v1/users", &admin, &body).await.0, 400, "{body}");
    }
    // Neither himself, nor one who may more: whoever resets a password can sign in with it.
    for (id, body) in [
        (own, json!({"duties": ["admin", "operator"]})),
        (more, json!({"password": "reset"})),
        (more, json!({"secondFactor": "reset"})),
        (more, json!({"duties": ["reader"]})),
    ] {
        let (status, problem) = ask(&zone, "PATCH", &format!("/v1/users/{id}"), &admin, &body).await;
        assert_eq!((status, &problem["type"]), (403, &beyond), "{body}");
    }
    // Tokens: scopes that he has, of his party, never those of people, never for ever.
    let token = |scopes: &[&str], days: i64| json!({"name": "line", "scopes": scopes, "days": days});
    let (status, problem) = ask(&zone, "POST", "/v1/tokens", &admin, &token(&["messages:send"], 30)).await;
    assert_eq!((status, &problem["type"]), (403, &beyond));
    for body in [
        token(&["users:manage"], 30),
        token(&["all"], 30),
        token(&[], 30),
        token(&["receipts:read"], 0),
        token(&["receipts:read"], 401),
    ] {
        assert_eq!(ask(&zone, "POST", "/v1/tokens", &admin, &body).await.0, 400, "{body}");
    }
    let (status, issued) = ask(&zone, "POST", "/v1/tokens", &admin, &token(&["receipts:read"], 30)).await;
    assert_eq!(status, 201);
    let text = issued["token"].as_str().unwrap().to_owned();
    assert_eq!(self::status(&zone, "/v1/receipts", &text).await, 200);
    let (status, problem) = zone.request("GET", "/v1/consignments", Some(&text), Vec::new()).await;
    assert_eq!((status, &problem["type"]), (403, &json!("urn:onewindow:problem:scope-missing")));
    assert!(problem["detail"].as_str().unwrap().contains("consignments:read"));
    let revoke = format!("/v1/tokens/{}", issued["id"]);
    assert_eq!(zone.request("DELETE", &revoke, Some(&admin), Vec::new()).await.0, 204);
    assert_eq!(self::status(&zone, "/v1/receipts", &text).await, 401);

    // The zone operator manages every party, as it is filed; one of some districts does not.
    let (_, one_time) = add(&zone, "zone", OFFICE, Role::ZoneOperator, &[Duty::Admin]).await;
    let zone_admin = settle(&zone, "zone", &one_time, true).await;
    let of_other =
        new("other.admin", json!({"party": OTHER, "role": "agent", "duties": ["admin", "operator"]}));
    let (status, added) = ask(&zone, "POST", "/v1/users", &zone_admin, &of_other).await;
    assert_eq!(status, 201, "{added}");
    let not_filed = new("third", json!({"party": OTHER, "role": "officer"}));
    assert_eq!(ask(&zone, "POST", "/v1/users", &zone_admin, &not_filed).await.0, 400);
    let mut him = zone.window.control.user_of("zone").await.unwrap().unwrap();
    him.districts = vec!["8620".into()];
    assert!(zone.window.control.change_user(&him, false, NOW).await.unwrap());
    assert_eq!(
        ask(
            &zone,
            "POST",
            "/v1/users",
            &zone_admin,
            &new("fourth", json!({"party": OTHER, "role": "agent"}))
        )
        .await
        .0,
        403
    );
    let path = format!("/v1/users/{}", added["user"]["id"]);
    assert_eq!(self::status(&zone, &path, &zone_admin).await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_guessed_expired_or_revoked_opens_nothing() {
    let zone = Zone::new().await;
    let control = &zone.window.control;
    let (_, nothing) = zone.request("GET", "/v1/consignments", None, Vec::new()).await;
    for guess in
        ["", "ow_", "ows_", "ow_000000000000000000000000000000000000000000000000", "ows_1", "' OR 1=1 --"]
    {
        let (status, answer) = zone.request("GET", "/v1/consignments", Some(guess), Vec::new()).await;
        assert_eq!((status, &answer), (401, &nothing), "{guess}");
    }
    let ends = Some(Time(NOW.0 + 1_000));
    let new = NewToken {
        party: AGENT,
        role: Role::Agent,
        name: "t",
        districts: &[],
        expires: ends,
        scopes: None,
        bound_to: None,
    };
    let (_, expiring) = control.issue_for(&new, NOW).await.unwrap();
    let (id, revoked) = control.issue_for(&NewToken { expires: None, ..new }, NOW).await.unwrap();
    assert_eq!(status(&zone, "/v1/consignments", &expiring).await, 200);
    assert_eq!(status(&zone, "/v1/consignments", &revoked).await, 200);
    wait(&zone, 1_000);
    assert_eq!(status(&zone, "/v1/consignments", &expiring).await, 401);
    assert!(control.revoke(id).await.unwrap());
    assert_eq!(status(&zone, "/v1/consignments", &revoked).await, 401);
    // The number of a session or of a user is none of its secrets.
    let (_, session) = user(&zone, "li.wei", &[Duty::Admin]).await;
    let (other, _) = add(&zone, "other", OTHER, Role::Agent, &[]).await;
    for id in [other, other + 1, -1, i64::MAX] {
        assert_eq!(status(&zone, &format!("/v1/users/{id}"), &session).await, 404, "{id}");
    }
    let user = control.user(other).await.unwrap().unwrap();
    let (others, text) = control.open_session(&user, ("", false), NOW, NOW).await.unwrap();
    for id in [others, others + 1, -1, i64::MAX] {
        let ended = zone.request("DELETE", &format!("/v1/sessions/{id}"), Some(&session), Vec::new()).await.0;
        assert_eq!(ended, 404, "{id}");
    }
    assert_eq!(status(&zone, "/v1/sessions", &text).await, 200, "it lives");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_waits_and_the_others_do_not() {
    let zone = Zone::new().await;
    zone.window.gate.limit(Rates { token: 5, session: 2, ..Rates::default() });
    let (one, other) = (&zone.tokens[AGENT], &zone.tokens[OTHER]);
    // Ten at once, then five a second: on a slow machine some more are let in before one has to wait.
    let (mut let_in, mut slowed) = (0, headers(&zone, "GET", "/v1/limits", Some(one)).await);
    while slowed.status == 200 && let_in < 1_000 {
        let_in += 1;
        slowed = headers(&zone, "GET", "/v1/limits", Some(one)).await;
    }
    assert!(let_in >= 10, "{let_in}");
    assert_eq!((slowed.status.as_u16(), &slowed.headers["retry-after"]), (429, &"1".parse().unwrap()));
    assert_eq!(slowed.headers["content-type"], "application/problem+json");
    assert_eq!(headers(&zone, "GET", "/v1/reasons", Some(other)).await.status, 200);
    let (status, limits) = zone.request("GET", "/v1/limits", Some(other), Vec::new()).await;
    assert_eq!((status, &limits["pipeline"]["messagesPerSecond"]), (200, &json!(5)));
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(headers(&zone, "GET", "/v1/reasons", Some(one)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_a_browser_to_be_careful() {
    let zone = Zone::new().await;
    let token = Some(zone.tokens[AGENT].as_str());
    let asked = [
        ("GET", "/health", None, 200),
        ("GET", "/v1/consignments", token, 200),
        ("GET", "/v1/consignments", None, 401),
        ("GET", "/metrics", token, 403),
        ("GET", "/nothing", None, 404),
        ("DELETE", "/v1/reasons", token, 405),
        ("POST", "/v1/sessions", None, 400),
    ];
    for (method, path, token, status) in asked {
        let answer = headers(&zone, method, path, token).await;
        assert_eq!(answer.status, status, "{method} {path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.headers[name], value, "{method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_understood_does_not_come_back() {
    let zone = Zone::new().await;
    let sent = [
        json!({"login": "li.wei", "password": 4_711_471_147u64}).to_string(),
        r#"{"login":"li.wei","password":"geheim4711""#.to_owned(),
        json!({"login": "li.wei", "password": "geheim4711", "geheim4711": 1}).to_string(),
        format!(r#"{{"login":"li.wei","password":"{}"}}"#, "geheim4711".repeat(5_000)),
    ];
    for body in sent {
        let (status, answer) = zone.request("POST", "/v1/sessions", None, body.into_bytes()).await;
        assert_eq!(status, 400, "{answer}");
        assert!(!answer.to_string().contains("4711"), "{answer}");
    }
    let (_, session) = user(&zone, "li.wei", &[]).await;
    for weak in ["short", "li.wei-li.wei-1", "password1234", "aaaaaaaaaaaaaaa", PASSWORD] {
        let change = json!({"current": PASSWORD, "new": weak});
        assert_eq!(ask(&zone, "POST", "/v1/users/me/password", &session, &change).await.0, 400, "{weak}");
    }
}
