//! Somebody without a token or a login files a party online: three requests, a review, and he is its first admin. Meanwhile he
//! sees and does nothing else, and learns nothing of what others have filed.

use crate::support::Zone;
use crate::support::people::{PASSWORD, ask, sign_in};
use serde_json::{Value, json};

const NEW: &str = "5301960104";
const KNOWN: &str = "5301960101";
const OFFICER: &str = "8620000001";

fn application() -> Value {
    json!({
        "name": "样例新平台", "roles": ["platform"], "validFrom": "20260101", "address": "样例路1号",
        "contact": {"name": "样一", "telephone": "10000000000"},
        "licences": [{"kind": "business-licence", "number": "样例1", "issuer": "样例市场监管局", "validFrom": "20200101"}],
    })
}

/// Login and id of the application.
async fn register(zone: &Zone, code: &str) -> (String, String) {
    let body = json!({"code": code, "role": "platform", "name": "样一", "password": PASSWORD});
    let (status, answer) =
        zone.request("POST", "/v1/registrations", None, body.to_string().into_bytes()).await;
    assert_eq!(status, 201, "{answer}");
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    (text("login"), text("application"))
}

async fn apply(zone: &Zone, session: &str, id: &str, body: &Value) -> (u16, Value) {
    let path = format!("/v1/registers/filings/{id}/actions");
    ask(zone, "POST", &path, session, &json!({"action": "apply", "body": body})).await
}

async fn decide(zone: &Zone, id: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/registers/filings/{id}/actions");
    ask(zone, "POST", &path, &zone.tokens[OFFICER], &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_registers_files_his_party_and_becomes_its_admin() {
    let zone = Zone::new().await;
    let (login, id) = register(&zone, NEW).await;
    let (status, session, _) = sign_in(&zone, &login, PASSWORD, None).await;
    assert_eq!(status, 201);
    let (status, made) = apply(&zone, &session, &id, &application()).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("submitted")), "{made}");
    // He follows it.
    let (status, seen) =
        zone.request("GET", &format!("/v1/registers/filings/{id}"), Some(&session), Vec::new()).await;
    assert_eq!((status, seen["body"]["applied"]["name"].as_str()), (200, Some("样例新平台")));
    let (_, page) = zone.request("GET", "/v1/registers/filings", Some(&session), Vec::new()).await;
    assert_eq!(page["records"].as_array().unwrap().len(), 1);
    let (status, _) = decide(&zone, &id, json!({"action": "return", "version": 1, "note": "样例"})).await;
    assert_eq!(status, 200);
    let path = format!("/v1/registers/filings/{id}/actions");
    let correct = json!({"action": "correct", "version": 2, "body": application()});
    assert_eq!(ask(&zone, "POST", &path, &session, &correct).await.0, 200);
    // He does not decide himself.
    assert_eq!(ask(&zone, "POST", &path, &session, &json!({"action": "approve", "version": 3})).await.0, 403);
    let (status, filed) = decide(&zone, &id, json!({"action": "approve", "version": 3})).await;
    assert_eq!((status, filed["state"].as_str()), (200, Some("filed")), "{filed}");
    assert!(zone.window.filing(NEW).is_some());
    // The session of the applicant has ended; the admin begins one.
    assert_eq!(zone.request("GET", "/v1/users/me", Some(&session), Vec::new()).await.0, 401);
    let (status, session, answer) = sign_in(&zone, &login, PASSWORD, None).await;
    assert_eq!((status, answer["user"]["party"].as_str()), (201, Some(NEW)), "{answer}");
    let added = json!({"login": "li.wei", "name": "样例", "duties": ["operator"]});
    assert_eq!(ask(&zone, "POST", "/v1/users", &session, &added).await.0, 201);
    let issue = json!({"name": "样例", "scopes": ["messages:send"], "days": 30});
    assert_eq!(ask(&zone, "POST", "/v1/tokens", &session, &issue).await.0, 201);
    // The filing is his party's, and so is its change.
    let change = json!({"action": "change", "version": 4, "body": application()});
    let (status, changed) = ask(&zone, "POST", &path, &session, &change).await;
    assert_eq!((status, changed["state"].as_str()), (200, Some("change-submitted")), "{changed}");
    assert_eq!(decide(&zone, &id, json!({"action": "approve", "version": 5})).await.0, 200);
    let (_, page) = zone.request("GET", "/v1/registers/sign-ins", Some(&session), Vec::new()).await;
    let records = page["records"].as_array().unwrap();
    assert!(records.iter().any(|one| one["action"] == "admitted"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_filed_answers_as_any_other_up_to_the_review() {
    let zone = Zone::new().await;
    let mut told = Vec::new();
    let mut ids = Vec::new();
    for code in [KNOWN, NEW] {
        let (login, id) = register(&zone, code).await;
        let (_, session, _) = sign_in(&zone, &login, PASSWORD, None).await;
        let mut wanted = application();
        // What others own is not told either.
        wanted["exchangeIds"] = json!([zone.window.filing(KNOWN).unwrap().exchange_ids[0].as_str()]);
        wanted["otherCode"] = json!(OFFICER);
        let (status, made) = apply(&zone, &session, &id, &wanted).await;
        told.push((
            status,
            made["state"].clone(),
            made["body"].clone(),
            made["parties"].as_array().unwrap().len(),
        ));
        ids.push(id);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].0, 200);
    // Whoever has the code finds nothing of it, and cannot touch it.
    let (_, page) = zone.get(KNOWN, "/v1/registers/filings").await;
    assert_eq!(page["records"], json!([]), "{page}");
    assert_eq!(zone.get(KNOWN, &format!("/v1/registers/filings/{}", ids[0])).await.0, 404);
    // The review finds it out.
    let (status, told) = decide(&zone, &ids[0], json!({"action": "approve", "version": 1})).await;
    let faults = told["faults"].to_string();
    assert!(status == 422 && faults.contains("refuse") && faults.contains("otherCode"), "{told}");
    let (status, _) = decide(&zone, &ids[0], json!({"action": "refuse", "version": 1, "note": "样例"})).await;
    assert_eq!(status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_applicant_has_his_application_and_nothing_else() {
    let zone = Zone::new().await;
    let (login, id) = register(&zone, KNOWN).await;
    let (_, session, _) = sign_in(&zone, &login, PASSWORD, None).await;
    let others =
        [format!("filings/{KNOWN}"), format!("filings/applicant-x~{KNOWN}"), format!("goods/{id}:1")];
    for other in others.iter().chain([&format!("attachments/{id}:1")]) {
        let path = format!("/v1/registers/{other}");
        assert_eq!(zone.request("GET", &path, Some(&session), Vec::new()).await.0, 404, "{other}");
        let make = json!({"action": "apply", "body": application()});
        assert_eq!(ask(&zone, "POST", &format!("{path}/actions"), &session, &make).await.0, 404, "{other}");
    }
    for (method, path) in [
        ("GET", "/v1/receipts"),
        ("GET", "/v1/consignments"),
        ("POST", "/v1/messages"),
        ("POST", "/v1/preview"),
        ("GET", "/v1/users"),
        ("POST", "/v1/tokens"),
        ("GET", "/v1/trace"),
        ("GET", "/v1/registers/sign-ins"),
        ("GET", "/v1/evidence/proof?position=1"),
    ] {
        assert_eq!(zone.request(method, path, Some(&session), b"{}".to_vec()).await.0, 403, "{path}");
    }
    for register in ["goods", "requests", "accesses", "shares", "attachments"] {
        let path = format!("/v1/registers/{register}");
        let (status, page) = zone.request("GET", &path, Some(&session), Vec::new()).await;
        assert_eq!((status, &page["records"]), (200, &json!([])), "{register}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_is_bounded_and_says_what_is_wrong() {
    let zone = Zone::new().await;
    let right = json!({"code": NEW, "role": "platform", "name": "样一", "password": PASSWORD});
    for (field, value, told) in [
        ("code", json!("123"), "`code`"),
        ("role", json!("officer"), "`role`"),
        ("name", json!(""), "`name`"),
        ("password", json!("short"), "12 characters"),
        ("password", json!(format!("{NEW}-abc")), "login"),
    ] {
        let mut body = right.clone();
        body[field] = value;
        let (status, answer) =
            zone.request("POST", "/v1/registrations", None, body.to_string().into_bytes()).await;
        assert!(status == 400 && answer["detail"].as_str().unwrap().contains(told), "{field}: {answer}");
    }
    let mut statuses = Vec::new();
    for _ in 0..11 {
        statuses
            .push(zone.request("POST", "/v1/registrations", None, right.to_string().into_bytes()).await.0);
    }
    assert_eq!((&statuses[..10], statuses[10]), (&[201; 10][..], 429));
}
