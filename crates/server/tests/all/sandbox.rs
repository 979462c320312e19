//! The space for trying: partners that are played, outcomes that are scripted, and what software has shown.

use crate::support::people;
use crate::support::{Zone, plain};
use clearance::party::Role;
use serde_json::{Value, json};
use server::sandbox::NotMade;
use std::collections::BTreeMap;
use store::Duty;

const AGENT: &str = "5301980501";

async fn sandbox() -> Zone {
    let zone = Zone::new().await;
    zone.window.make_sandbox().await.unwrap();
    zone.window.make_sandbox().await.unwrap();
    zone
}

async fn make(zone: &Zone, party: &str, script: &str, send: &str) -> Value {
    let body = json!({"script": script, "send": send});
    let (status, made) = people::ask(zone, "POST", "/v1/sandbox/trades", &zone.tokens[party], &body).await;
    assert_eq!(status, 200, "{made}");
    made
}

async fn send(zone: &Zone, party: &str, xml: &str) -> Value {
    let (_, answer) =
        zone.request("POST", "/v1/messages", Some(&zone.tokens[party]), xml.as_bytes().to_vec()).await;
    answer["documents"][0].clone()
}

fn own(made: &Value) -> Vec<String> {
    let documents = made["documents"].as_array().unwrap().iter().filter(|one| one["own"] == true);
    documents.map(|one| one["xml"].as_str().unwrap().to_owned()).collect()
}

async fn shown(zone: &Zone, party: &str) -> BTreeMap<String, bool> {
    let (status, report) = zone.get(party, "/v1/sandbox/conformance").await;
    assert_eq!(status, 200, "{report}");
    let checks = report["checks"].as_array().unwrap().iter();
    checks.map(|one| (one["check"].as_str().unwrap().to_owned(), one["shown"] == true)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_space_with_trades_of_its_own_does_not_become_one_for_trying() {
    let zone = Zone::new().await;
    assert_eq!(zone.get(AGENT, "/v1/limits").await.1["space"], "production");
    assert_eq!(zone.get(AGENT, "/v1/sandbox/conformance").await.0, 404);
    zone.trade(&plain(&zone, 0)).await;
    zone.until_listed().await;
    assert!(matches!(zone.window.make_sandbox().await, Err(NotMade::HasDocuments)));
    assert!(!zone.window.is_sandbox());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_has_its_own_documents_and_the_others_are_played() {
    let zone = sandbox().await;
    assert_eq!(zone.get(AGENT, "/v1/limits").await.1["space"], "sandbox");
    for (party, kinds) in
        [("5301960101", vec![311]), ("5301960301", vec![411]), ("5301960401", vec![511]), (AGENT, vec![621])]
    {
        let made = make(&zone, party, "", "others").await;
        let documents = made["documents"].as_array().unwrap();
        let own_kinds: Vec<u64> = documents
            .iter()
            .filter(|one| one["own"] == true)
            .map(|one| one["kind"].as_u64().unwrap())
            .collect();
        assert_eq!(own_kinds, kinds, "{party}: {made}");
        for one in documents {
            assert_eq!(one["sent"] == true, one["own"] == false, "{one}");
            assert!(one["sent"] == false || one["status"].as_i64().unwrap() > 0, "{one}");
            assert_eq!(one["xml"].is_string(), one["own"] == true, "another's document is not given away");
        }
        let answer = send(&zone, party, &own(&made)[0]).await;
        assert!(answer["status"].as_i64().unwrap() > 0, "{party}: {answer}");
        let there = format!(
            "/v1/consignments/{}/{}",
            made["platform"].as_str().unwrap(),
            made["orderNo"].as_str().unwrap()
        );
        let (_, trade) = zone.get(AGENT, &there).await;
        if party == AGENT {
            assert_eq!(trade["attempt"]["stateWord"], "released", "{trade}");
        }
    }
    let all = make(&zone, AGENT, "inspect", "all").await;
    assert!(all["documents"].as_array().unwrap().iter().all(|one| one["sent"] == true));
    let there = format!(
        "/v1/consignments/{}/{}",
        all["platform"].as_str().unwrap(),
        all["orderNo"].as_str().unwrap()
    );
    assert_eq!(zone.get(AGENT, &there).await.1["attempt"]["state"], 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_message_is_there_with_one_click() {
    let zone = sandbox().await;
    let mut kinds = std::collections::BTreeSet::new();
    assert_eq!(
        portal::pages::sandbox::THEN[1..],
        server::sandbox::trades::Later::ALL.map(|later| later.word())
    );
    assert_eq!(
        portal::pages::sandbox::THEN_EXPORTS[1..],
        server::sandbox::export_trades::Later::ALL.map(|later| later.word())
    );
    let ask = async |then: &str, send: &str| {
        let body = json!({"send": send, "then": then}).to_string().into_bytes();
        zone.request("POST", "/v1/sandbox/trades", Some(&zone.tokens[AGENT]), body).await
    };
    let all = portal::pages::sandbox::THEN.map(|then| ("imports", then)).into_iter();
    for (of, then) in all.chain(portal::pages::sandbox::THEN_EXPORTS.map(|then| ("exports", then))) {
        let body = json!({"send": "all", "then": then, "of": of}).to_string().into_bytes();
        let token = Some(zone.tokens[AGENT].as_str());
        let (status, made) = zone.request("POST", "/v1/sandbox/trades", token, body).await;
        assert_eq!(status, 200, "{made}");
        for one in made["documents"].as_array().unwrap() {
            let taken = one["status"].as_i64().unwrap_or_default();
            assert!(one["sent"] == true && taken > 0 && taken != 100, "{of} {then}: {one}");
            kinds.insert(one["kind"].as_u64().unwrap());
        }
    }
    let imports = [311, 411, 511, 513, 621, 623, 625, 711];
    let exports = [213, 215, 303, 403, 505, 507, 509, 603, 605, 607, 701];
    let expected: std::collections::BTreeSet<u64> = imports.into_iter().chain(exports).collect();
    assert_eq!(kinds, expected, "each kind that is taken here");
    let taken = portal_kinds();
    assert!(taken.iter().all(|kind| kinds.contains(kind)), "{taken:?}");
    // What names an entry number waits for the list that is the caller's to send.
    let (_, made) = ask("return", "others").await;
    let last = made["documents"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["sent"]), (&json!(625), &json!(false)), "{last}");
    assert!(last["info"].as_str().unwrap().contains("no entry number"));
    assert_eq!(ask("gift", "all").await.0, 400);
}

/// Kinds that some role sends.
fn portal_kinds() -> Vec<u64> {
    let roles =
        [Role::Platform, Role::Merchant, Role::Payment, Role::Logistics, Role::SiteOperator, Role::Agent];
    let kinds = roles.into_iter().flat_map(|role| server::rights::sent_by(role).iter());
    kinds.map(|kind| u64::from(kind.number())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_software_shows_is_read_from_what_it_did() {
    let zone = sandbox().await;
    let before = shown(&zone, AGENT).await;
    assert!(before.values().all(|shown| !shown), "{before:?}");
    for script in ["", "reject=13127", "review", "inspect", "lose-receipts"] {
        let made = make(&zone, AGENT, script, "others").await;
        send(&zone, AGENT, &own(&made)[0]).await;
        if script.is_empty() {
            assert_eq!(send(&zone, AGENT, &own(&made)[0]).await["repeated"], true);
        }
    }
    let after = shown(&zone, AGENT).await;
    assert!(after["sent-621"] && after["refused"] && after["repeated"]);
    assert!(!after["receipts-read"], "it was sent receipts and did not ask for them");
    let (_, feed) = zone.get(AGENT, "/v1/receipts?limit=5000").await;
    assert!(!shown(&zone, AGENT).await["receipts-read"], "whoever asks from there on has read them");
    zone.get(AGENT, &format!("/v1/receipts?after={}", feed["cursor"].as_str().unwrap())).await;
    let after = shown(&zone, AGENT).await;
    for word in ["receipts-read", "read-100", "read-120", "read-300", "read-500", "read-800"] {
        assert!(after[word], "{word}: {after:?}");
    }
    assert!(!after["lost-receipt-asked"]);
    zone.get(AGENT, &format!("/v1/messages?sha256={}", "0".repeat(64))).await;
    let after = shown(&zone, AGENT).await;
    assert!(after["lost-receipt-asked"]);
    assert!(
        !after["changed"] && !after["deleted"] && !after["corrected"] && !after["batch"] && !after["signed"]
    );
    // The partners were played: which platform a trade is of, it draws.
    let others = [shown(&zone, "5301960101").await, shown(&zone, "5301960102").await];
    assert!(others.iter().any(|shown| shown["sent-311"]));
    assert!(others.iter().all(|shown| !shown.contains_key("sent-621")), "each role has its own checks");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_sandbox_says_so_and_a_trade_is_made_with_one_click() {
    let zone = sandbox().await;
    let mut browser = people::signed_in(&zone, "li.wei", AGENT, Role::Agent, &[Duty::Operator]).await;
    for page in ["/desk", "/desk/sandbox", "/tariff"] {
        assert!(browser.get(page).await.text.contains("class=\"sandbox\""), "{page}");
    }
    let page = browser.get("/desk/sandbox").await;
    let fields = [("guard", page.hidden("guard")), ("script", "inspect".into()), ("send", "all".into())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let made = browser.post("/desk/sandbox", &fields).await;
    assert_eq!(made.status, 200, "{}", made.words());
    let trade = made.text.split("href=\"/desk/consignments/").nth(1).unwrap().split('"').next().unwrap();
    let shown = browser.get(&format!("/desk/consignments/{trade}")).await;
    assert_eq!(shown.status, 200);
    assert!(shown.words().contains("500"));
    // The words of the checks are those that the texts of pages know.
    for role in Role::ALL {
        for word in server::sandbox::conformance::words(role) {
            let texts = portal::Language::English.texts();
            assert!(texts.known(portal::Family::Check, &word).is_some(), "{word}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn software_is_slowed_down_where_a_note_asks_for_it_and_shows_that_it_waits() {
    let zone = sandbox().await;
    let made = make(&zone, AGENT, "throttle=1", "others").await;
    assert!(send(&zone, AGENT, &own(&made)[0]).await["status"].as_i64().unwrap() > 0);
    let (mut refused, mut answered) = (false, 0);
    for _ in 0..10 {
        let (status, told) = zone.get(AGENT, "/v1/receipts?limit=1").await;
        match status {
            200 => answered += 1,
            other => {
                assert_eq!(
                    (other, told["type"].as_str()),
                    (429, Some("urn:onewindow:problem:too-many")),
                    "{told}"
                );
                refused = true;
                break;
            }
        }
    }
    assert!(refused && answered <= 3, "{answered}");
    // Nobody else is slowed down.
    for _ in 0..10 {
        assert_eq!(zone.get("5301960101", "/v1/receipts?limit=1").await.0, 200);
    }
    let wait = || tokio::time::sleep(std::time::Duration::from_millis(1_200));
    wait().await;
    assert_eq!(zone.get(AGENT, "/v1/receipts?limit=1").await.0, 200, "whoever waits is let through");
    wait().await;
    let after = shown(&zone, AGENT).await;
    assert!(after["throttled"] && after["waited"], "{after:?}");
    assert!(!shown(&zone, "5301960101").await["throttled"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_each_receipt_is_told_whether_software_has_it() {
    let zone = sandbox().await;
    let receipts = async || -> (u64, u64, Vec<bool>) {
        let (_, report) = zone.get(AGENT, "/v1/sandbox/conformance").await;
        let told = &report["receipts"];
        let newest = told["newest"].as_array().unwrap();
        let fetched = newest.iter().map(|one| one["fetched"] == true).collect();
        (told["all"].as_u64().unwrap(), told["fetched"].as_u64().unwrap(), fetched)
    };
    assert_eq!(receipts().await, (0, 0, Vec::new()));
    let first = make(&zone, AGENT, "", "others").await;
    send(&zone, AGENT, &own(&first)[0]).await;
    let (all, fetched, _) = receipts().await;
    assert!(all > 0 && fetched == 0);
    let (_, feed) = zone.get(AGENT, "/v1/receipts?limit=5000").await;
    zone.get(AGENT, &format!("/v1/receipts?after={}", feed["cursor"].as_str().unwrap())).await;
    let second = make(&zone, AGENT, "inspect", "others").await;
    send(&zone, AGENT, &own(&second)[0]).await;
    let (now, fetched, newest) = receipts().await;
    assert!(now > all, "{now} {all}");
    assert_eq!(fetched, all, "those of before were asked for, those of the second list were not");
    assert!(!newest[0] && *newest.last().unwrap(), "the newest first: {newest:?}");
    // The page tells the same, and leads to each receipt.
    let mut browser = people::signed_in(&zone, "li.wei", AGENT, Role::Agent, &[Duty::Operator]).await;
    let page = browser.get("/desk/sandbox").await;
    assert!(page.words().contains(&format!("共 {now} 份回执，已取 {fetched} 份")), "{}", page.words());
    assert!(page.text.contains("/desk/receipts?position="));
}
