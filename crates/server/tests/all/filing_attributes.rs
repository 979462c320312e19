//! What a filing has to say and who decides on it: a merchant abroad with its agent, documents that are there and one's own, the
//! authority of each role, and a bank that relies on what is approved instead of having it filed again.

use crate::support::browser::Browser;
use crate::support::people;
use crate::support::{NOW, Zone};
use clearance::party::{Role, Service};
use clearance::sample;
use serde_json::{Value, json};
use store::Duty;

const NEW: &str = "5301960103";
const OFFICER: &str = "8620000001";
const AGENT: &str = "5301980501";
const MERCHANT: &str = "5301960201";
const STRANGER: &str = "5301960202";
const POST: &str = "5301000906";
const MARKET: &str = "5301000904";
const BANK: &str = "5301000907";

/// A zone with one party more, which has a token and is not filed, and with agencies of which the post decides on carriers.
async fn zone(role: Role) -> Zone {
    let mut zone = Zone::new().await;
    let mut agencies = sample::agencies();
    for agency in agencies.iter_mut().filter(|agency| agency.code == POST) {
        let service = "postal-administration".into();
        agency.services = vec![Service { service, valid_from: agency.valid_from, ..Service::default() }];
    }
    zone.window.file_all(agencies, "test").await;
    for (party, role) in
        [(NEW, role), (POST, Role::Agency), (MARKET, Role::Agency), (BANK, Role::Bank), (AGENT, Role::Agent)]
    {
        let token = zone.window.control.issue(party, role, "样例", &[], NOW, None).await.unwrap();
        zone.tokens.insert(party.to_owned(), token);
    }
    zone
}

fn application(roles: &[&str]) -> Value {
    let licence = |kind: &str, number: &str| json!({"kind": kind, "number": number, "issuer": "样例局", "validFrom": "20200101"});
    json!({
        "name": "样例新企业", "roles": roles, "validFrom": "20260101", "exchangeIds": ["DXPENT0000530103"],
        "address": "样例路1号", "contact": {"name": "样一", "telephone": "10000000000", "email": "yang@example.test"},
        "licences": [licence("business-licence", "样例1"), licence("express-licence", "样例2")],
    })
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

async fn act(zone: &Zone, party: &str, path: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/registers/{path}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), body.to_string().into_bytes()).await
}

async fn filing(zone: &Zone, party: &str, version: u64, action: &str, body: Option<Value>) -> (u16, Value) {
    let mut said = json!({"action": action, "version": version, "note": "因为"});
    if let Some(body) = body {
        said["body"] = body;
    }
    act(zone, party, &format!("filings/{NEW}"), said).await
}

/// Attaches a document: its id.
async fn attach(zone: &Zone, party: &str, name: &str) -> String {
    let id = format!("{party}:{name}");
    let body = json!({"name": "样例.pdf", "mediaType": "application/pdf", "content": "JVBERi0xLjc="});
    let (status, told) =
        act(zone, party, &format!("attachments/{id}"), json!({"action": "attach", "body": body})).await;
    assert_eq!(status, 200, "{told}");
    id
}

/// Places, what was sent and what was expected.
fn faults(told: &Value) -> Vec<(String, String, String)> {
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap().to_owned();
    let all = told["faults"].as_array().unwrap_or_else(|| panic!("{told}"));
    all.iter().map(|fault| (text(fault, "path"), text(fault, "value"), text(fault, "code"))).collect()
}

fn fault(path: &str, value: &str, code: &str) -> Vec<(String, String, String)> {
    vec![(path.to_owned(), value.to_owned(), code.to_owned())]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merchant_abroad_is_filed_with_its_agent_and_the_power_of_attorney() {
    let zone = zone(Role::Merchant).await;
    let abroad = with(application(&["merchant"]), "country", json!("502"));
    let (status, told) = filing(&zone, NEW, 0, "apply", Some(abroad.clone())).await;
    assert_eq!((status, faults(&told)), (422, fault("domesticAgent", "", "attribute-needed")), "{told}");
    let power = |code: &str, document: &str| {
        let power = json!({"code": code, "number": "委1", "validFrom": "20260101", "validTo": "20270630", "attachment": document});
        Some(with(abroad.clone(), "domesticAgent", power))
    };
    let document = attach(&zone, NEW, "power").await;
    let (status, told) = filing(&zone, NEW, 0, "apply", power(STRANGER, &document)).await;
    assert_eq!(
        (status, faults(&told)),
        (422, fault("domesticAgent.code", STRANGER, "agent-filed")),
        "{told}"
    );
    let (status, told) = filing(&zone, NEW, 0, "apply", power(AGENT, &document)).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = filing(&zone, OFFICER, 1, "approve", None).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("filed")), "{told}");
    assert_eq!(told["body"]["inForce"]["domesticAgent"]["code"], AGENT);
    // It is filed for as long as somebody acts for it.
    assert_eq!(zone.window.filing(NEW).unwrap().valid_to.unwrap().to_string(), "20270630");
    // The officer reads the document; a stranger learns nothing of it.
    let there = format!("/v1/registers/attachments/{document}");
    assert_eq!(zone.get(OFFICER, &there).await.0, 200);
    assert_eq!(zone.get(STRANGER, &there).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_was_never_attached_and_anothers_are_told_alike() {
    let zone = zone(Role::Platform).await;
    let others = attach(&zone, STRANGER, "licence").await;
    let absent = format!("{STRANGER}:nothing");
    let licensed = |id: &str| {
        let mut body = application(&["platform"]);
        body["licences"][0]["attachment"] = json!(id);
        Some(body)
    };
    for id in [others.as_str(), absent.as_str(), "nowhere"] {
        let (status, told) = filing(&zone, NEW, 0, "apply", licensed(id)).await;
        let expected = fault("licences[0].attachment", id, "attached-document");
        assert_eq!((status, faults(&told)), (422, expected), "{told}");
    }
    let own = attach(&zone, NEW, "licence").await;
    let (status, told) = filing(&zone, NEW, 0, "apply", licensed(&own)).await;
    assert_eq!(status, 200, "{told}");
    // So in reports of inspections, and in what agencies ask one another.
    let report = |id: &str| {
        json!({"action": "report-result", "body": {
            "to": OFFICER, "subject": MERCHANT, "items": ["样例-1"], "method": "laboratory", "day": "20261120", "validTo": "20301231",
            "number": "样检2026-1", "legalBasis": "样例互认协议", "found": [{"result": "conforming"}], "attachments": [id]}})
    };
    let there = format!("inspection-reports/{MARKET}:2026-1");
    for id in [others.as_str(), absent.as_str()] {
        let (status, told) = act(&zone, MARKET, &there, report(id)).await;
        let expected = fault("attachments", id, "attached-document");
        assert_eq!((status, faults(&told)), (422, expected), "{told}");
    }
    let result = attach(&zone, MARKET, "result").await;
    let (status, told) = act(&zone, MARKET, &there, report(&result)).await;
    assert_eq!(status, 200, "{told}");
    let asked = json!({"action": "ask", "body": {
        "to": MARKET, "kind": "question", "subject": "样例", "text": "样例", "purpose": "样例", "legalBasis": "样例",
        "due": "20261231", "attachments": [others]}});
    let (status, told) = act(&zone, POST, &format!("requests/{POST}:1"), asked).await;
    assert_eq!((status, faults(&told)), (422, fault("attachments", &others, "attached-document")), "{told}");
}

/// Ids of filings that wait for somebody.
async fn waiting(zone: &Zone, party: &str) -> Vec<String> {
    let (status, listed) = zone.get(party, "/v1/registers/filings?waiting=true").await;
    assert_eq!(status, 200, "{listed}");
    let records = listed["records"].as_array().unwrap();
    records.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn carriers_wait_for_the_post_and_whoever_declares_as_well_for_both() {
    let zone = zone(Role::Logistics).await;
    let (status, told) = filing(&zone, NEW, 0, "apply", Some(application(&["logistics", "agent"]))).await;
    assert_eq!(status, 200, "{told}");
    for party in [POST, OFFICER] {
        assert_eq!(waiting(&zone, party).await, [NEW], "{party}");
    }
    assert!(waiting(&zone, MARKET).await.is_empty() && waiting(&zone, BANK).await.is_empty());
    // An agency without a word of its own is told nothing more than that there is no such record to decide on.
    let (status, told) = filing(&zone, MARKET, 1, "approve", None).await;
    let (_, absent) =
        act(&zone, MARKET, "filings/5301960998", json!({"action": "approve", "version": 1})).await;
    assert_eq!((status, &told), (404, &absent));
    let (status, told) = filing(&zone, OFFICER, 1, "approve", None).await;
    assert_eq!(status, 403, "{told}");
    assert!(told["detail"].as_str().unwrap().contains("postal-administration"), "{told}");
    let (_, seen) = zone.get(POST, &format!("/v1/registers/filings/{NEW}")).await;
    let moves: Vec<&str> =
        seen["moves"].as_array().unwrap().iter().map(|step| step["action"].as_str().unwrap()).collect();
    assert_eq!(moves, ["return", "refuse", "endorse"], "{seen}");
    let (status, told) = filing(&zone, POST, 1, "endorse", None).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("submitted")), "{told}");
    assert!(waiting(&zone, POST).await.is_empty());
    let (status, told) = filing(&zone, OFFICER, 2, "approve", None).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("filed")), "{told}");
    assert_eq!(told["body"]["endorsed"][0]["party"], POST);
    // The post suspends; customs does not take that back.
    let (status, _) = filing(&zone, POST, 3, "suspend", None).await;
    assert_eq!((status, zone.window.filing(NEW).unwrap().suspended), (200, true));
    assert_eq!(filing(&zone, OFFICER, 4, "resume", None).await.0, 403);
    let (status, _) = filing(&zone, POST, 4, "resume", None).await;
    assert_eq!((status, zone.window.filing(NEW).unwrap().suspended), (200, false));
    // What an agency decides on ends with filings: goods and certificates stay with customs.
    let goods = json!({"name": "样例", "hsCode": "1901101000", "specification": "800克", "origin": "142", "unit": "011"});
    let there = format!("goods/{MERCHANT}:9");
    assert_eq!(act(&zone, MERCHANT, &there, json!({"action": "apply", "body": goods})).await.0, 200);
    assert_eq!(act(&zone, POST, &there, json!({"action": "approve", "version": 1})).await.0, 404);
    assert_eq!(act(&zone, OFFICER, &there, json!({"action": "approve", "version": 1})).await.0, 200);
}

/// As the demo has it: the foreign exchange administration and the postal administration take part, each with its own role.
#[tokio::test(flavor = "multi_thread")]
async fn the_agencies_of_the_demo_zone_decide_on_what_is_theirs() {
    const EXCHANGE: &str = sample::EXCHANGE_ADMINISTRATION;
    const POSTAL: &str = sample::POSTAL_ADMINISTRATION;
    let mut zone = zone(Role::Payment).await;
    zone.window.file_all(sample::agencies_with_authority(), "test").await;
    for party in [EXCHANGE, POSTAL] {
        let token = zone.window.control.issue(party, Role::Agency, "样例", &[], NOW, None).await.unwrap();
        zone.tokens.insert(party.to_owned(), token);
    }
    let mut body = application(&["payment"]);
    body["licences"][0]["kind"] = json!("payment-licence");
    body["services"] = json!([{"service": "internet-payment", "validFrom": "20260101"}]);
    let (status, told) = filing(&zone, NEW, 0, "apply", Some(body)).await;
    assert_eq!(status, 200, "{told}");
    // Whose it is finds it among what waits for him, and nobody else does; the post is a carrier and decides on nobody.
    assert_eq!(waiting(&zone, EXCHANGE).await, [NEW]);
    for other in [POSTAL, OFFICER, POST] {
        assert!(waiting(&zone, other).await.is_empty(), "{other}");
        assert_ne!(filing(&zone, other, 1, "approve", None).await.0, 200, "{other}");
    }
    let (status, told) = filing(&zone, EXCHANGE, 1, "approve", None).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("filed")), "{told}");
    assert!(zone.window.filing(NEW).unwrap().has(Role::Payment));
    // From a payment firm to a carrier both have their say, and customs none.
    let (status, told) = filing(&zone, NEW, 2, "change", Some(application(&["logistics"]))).await;
    assert_eq!(status, 200, "{told}");
    for own in [POSTAL, EXCHANGE] {
        assert_eq!(waiting(&zone, own).await, [NEW], "{own}");
    }
    assert!(waiting(&zone, OFFICER).await.is_empty());
    let (status, told) = filing(&zone, EXCHANGE, 3, "endorse", None).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = filing(&zone, POSTAL, 4, "approve", None).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("filed")), "{told}");
    assert!(zone.window.filing(NEW).unwrap().has(Role::Logistics));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewer_of_an_agency_finds_on_his_page_what_is_his() {
    let zone = zone(Role::Logistics).await;
    let (status, told) = filing(&zone, NEW, 0, "apply", Some(application(&["logistics"]))).await;
    assert_eq!(status, 200, "{told}");
    // Whoever decides on what is others' shows more than a password.
    let (_, one_time) = people::add(&zone, "you.zheng", POST, Role::Agency, &[Duty::Reviewer]).await;
    let session = people::settle(&zone, "you.zheng", &one_time, true).await;
    let mut post = Browser::with(&zone, &session);
    let page = post.get("/desk/reviews").await;
    assert!(
        page.status == 200 && page.text.contains(&format!("/desk/registers/filings/{NEW}")),
        "{}",
        page.words()
    );
    assert!(post.get("/desk/registers").await.text.contains("/desk/reviews"));
    let there = format!("/desk/registers/filings/{NEW}");
    let page = post.get(&there).await;
    let guard = page.hidden("guard");
    let sent =
        [("guard", guard.as_str()), ("action", "approve"), ("version", "1"), ("body.creditGrade", "A")];
    let told = post.post(&format!("{there}/actions"), &sent).await;
    assert_eq!(told.status, 422);
    assert!(told.words().contains("此项只由海关许可"), "{}", told.words());
    let sent = [("guard", guard.as_str()), ("action", "approve"), ("version", "1")];
    assert_eq!(post.post(&format!("{there}/actions"), &sent).await.status, 303);
    assert!(zone.window.filing(NEW).unwrap().has(Role::Logistics));
    // Who reviews for nobody has no such page among his.
    let (_, one_time) = people::add(&zone, "shi.chang", MARKET, Role::Agency, &[Duty::Reviewer]).await;
    let session = people::settle(&zone, "shi.chang", &one_time, true).await;
    assert!(!Browser::with(&zone, &session).get("/desk/registers").await.text.contains("/desk/reviews"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_relies_on_what_is_approved_and_its_reading_is_known() {
    let zone = zone(Role::Platform).await;
    let licence = attach(&zone, NEW, "licence").await;
    let secret = attach(&zone, NEW, "secret").await;
    let mut body = application(&["platform"]);
    body["licences"][0]["attachment"] = json!(licence);
    let there = format!("/v1/registers/filings/{NEW}?purpose=account");
    let (_, absent) = zone.get(BANK, "/v1/registers/filings/5301960998").await;
    assert_eq!(filing(&zone, NEW, 0, "apply", Some(body.clone())).await.0, 200);
    // What is only applied for is not there, nor is its document.
    assert_eq!(zone.get(BANK, &there).await, (404, absent.clone()));
    assert_eq!(zone.get(BANK, &format!("/v1/registers/attachments/{licence}")).await.0, 404);
    let (_, listed) = zone.get(BANK, "/v1/registers/filings").await;
    assert_eq!(listed["records"], json!([]));
    let granted = json!({"creditGrade": "A", "modes": ["9610"]});
    assert_eq!(filing(&zone, OFFICER, 1, "approve", Some(granted)).await.0, 200);
    let changed = with(body, "name", json!("样例未批名称"));
    assert_eq!(filing(&zone, NEW, 2, "change", Some(changed)).await.0, 200);
    // What is approved, with its licences, and no person; neither what is applied for since nor what customs judges by.
    let (status, seen) = zone.get(BANK, &there).await;
    assert_eq!(
        (status, seen["state"].as_str(), seen["moves"].clone()),
        (200, Some("filed"), json!([])),
        "{seen}"
    );
    let force = &seen["body"]["inForce"];
    assert_eq!(
        (force["name"].as_str(), force["licences"][0]["number"].as_str()),
        (Some("样例新企业"), Some("样例1"))
    );
    assert_eq!(seen["body"]["granted"]["modes"], json!(["9610"]));
    let told = seen.to_string();
    for hidden in ["10000000000", "yang@example.test", "creditGrade", "样例未批名称", "因为"] {
        assert!(!told.contains(hidden), "{hidden}: {told}");
    }
    assert_eq!(
        (force["contact"]["name"].as_str(), force["contact"]["telephone"].as_str()),
        (Some("样*"), Some("100******00"))
    );
    let (status, history) = zone.get(BANK, &format!("/v1/registers/filings/{NEW}/history")).await;
    assert_eq!((status, history["versions"].as_array().unwrap().len()), (200, 1), "{history}");
    assert!(!history.to_string().contains("样例未批名称"));
    let (_, listed) = zone.get(BANK, &format!("/v1/registers/filings?party={NEW}")).await;
    let summary = &listed["records"][0]["summary"];
    assert_eq!(
        (summary["name"].as_str(), &summary["roles"]),
        (Some("样例新企业"), &json!(["platform"])),
        "{listed}"
    );
    // The copy of the licence, and no other document.
    assert_eq!(zone.get(BANK, &format!("/v1/registers/attachments/{licence}")).await.0, 200);
    assert_eq!(zone.get(BANK, &format!("/v1/registers/attachments/{secret}")).await.0, 404);
    // Its owner knows who read what, and why; a bank decides on nothing.
    let (_, readings) = zone.get(NEW, "/v1/registers/accesses").await;
    let readings = readings["records"].as_array().unwrap();
    let kinds: Vec<&str> = readings.iter().map(|one| one["summary"]["kind"].as_str().unwrap()).collect();
    // Of filings one by itself twice, and once a list with it.
    assert_eq!(kinds, ["attachments", "filings", "filings", "filings"], "{readings:?}");
    assert!(readings.iter().all(|one| one["by"]["party"] == BANK));
    assert!(readings.iter().any(|one| one["summary"]["purpose"] == "account"), "{readings:?}");
    assert_eq!(filing(&zone, BANK, 3, "approve", None).await.0, 404);
    // Goods, and filings for a merchant, are none of its.
    assert_eq!(zone.get(MERCHANT, &format!("/v1/registers/filings/{NEW}")).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_are_filed_with_both_legal_units_labels_and_the_term_of_the_brand() {
    let zone = zone(Role::Platform).await;
    let document = attach(&zone, MERCHANT, "brand").await;
    let goods = |more: Value| {
        let mut goods = json!({"name": "样例手提包", "hsCode": "4202210000", "specification": "黑色", "origin": "142",
            "unit": "011", "unit1": "035", "factor1": "0.9", "unit2": "007", "factor2": "1", "brand": "样例牌",
            "brandAuthorisation": document, "brandFrom": "20260101", "brandTo": "20271231",
            "labels": [{"language": "中文", "text": "样例标签"}, {"language": "泰文", "attachment": document}]});
        for (name, value) in more.as_object().unwrap() {
            goods[name] = value.clone();
        }
        json!({"action": "apply", "body": goods})
    };
    let there = format!("goods/{MERCHANT}:包-1");
    for (more, expected) in [
        (json!({"unit2": "035"}), fault("unit2", "035", "legal-unit")),
        (json!({"factor2": "-1"}), fault("factor2", "-1", "unit-with-factor")),
        (json!({"brandTo": "20261101"}), fault("brandTo", "20261101", "term-of-brand")),
        (
            json!({"brandAuthorisation": "5301960202:x"}),
            fault("brandAuthorisation", "5301960202:x", "attached-document"),
        ),
    ] {
        let (status, told) = act(&zone, MERCHANT, &there, goods(more)).await;
        assert_eq!((status, faults(&told)), (422, expected), "{told}");
    }
    let (status, told) = act(&zone, MERCHANT, &there, goods(json!({}))).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = act(&zone, OFFICER, &there, json!({"action": "approve", "version": 1})).await;
    assert_eq!((status, told["body"]["unit2"].as_str()), (200, Some("007")), "{told}");
}
