//! Exports in the space for trying: every role has its documents, the note scripts what becomes of a list, and what software has
//! shown is told of exports too.

use crate::support::Zone;
use crate::support::people;
use clearance::keys::Time;
use clearance::party::Role;
use serde_json::{Value, json};
use store::{Duty, Read};

const AGENT: &str = "5301980501";

async fn sandbox() -> Zone {
    let zone = Zone::new().await;
    zone.window.make_sandbox().await.unwrap();
    zone
}

async fn make(zone: &Zone, party: &str, script: &str, send: &str, then: &str) -> Value {
    let body = json!({"of": "exports", "script": script, "send": send, "then": then});
    let (status, made) = people::ask(zone, "POST", "/v1/sandbox/trades", &zone.tokens[party], &body).await;
    assert_eq!(status, 200, "{made}");
    made
}

async fn send(zone: &Zone, party: &str, xml: &str) -> Value {
    let (_, answer) =
        zone.request("POST", "/v1/messages", Some(&zone.tokens[party]), xml.as_bytes().to_vec()).await;
    answer["documents"][0].clone()
}

fn own(made: &Value) -> Vec<(u64, String)> {
    let documents = made["documents"].as_array().unwrap().iter().filter(|one| one["own"] == true);
    let xml =
        |one: &Value| (one["kind"].as_u64().unwrap(), one["xml"].as_str().unwrap_or_default().to_owned());
    documents.map(xml).collect()
}

fn path(made: &Value) -> String {
    format!("/v1/exports/{}/{}", made["merchant"].as_str().unwrap(), made["orderNo"].as_str().unwrap())
}

/// The trade, once it stands in a state; what follows comes in commits of its own.
async fn until(zone: &Zone, made: &Value, state: u64) -> Value {
    let mut shown = Value::Null;
    for _ in 0..400 {
        shown = zone.get(AGENT, &path(made)).await.1;
        if shown["state"] == state {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("not {state}: {shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_has_its_own_export_documents() {
    let zone = sandbox().await;
    for (party, kinds) in [
        ("5301960101", vec![303]),
        ("5301960201", vec![303, 403]),
        ("5301960301", vec![403]),
        ("5301960401", vec![505, 509]),
        ("5301960601", vec![507]),
        (AGENT, vec![603, 607]),
    ] {
        let made = make(&zone, party, "", "others", "departure").await;
        let documents = made["documents"].as_array().unwrap();
        let mut own_kinds: Vec<u64> = own(&made).into_iter().map(|(kind, _)| kind).collect();
        own_kinds.sort_unstable();
        assert_eq!(own_kinds, kinds, "{party}: {made}");
        for one in documents {
            assert_eq!(one["sent"] == true, one["own"] == false, "{one}");
            assert!(one["sent"] == false || one["status"].as_i64().unwrap() > 0, "{one}");
            assert_eq!(one["xml"].is_string(), one["own"] == true, "another's document is not given away");
        }
        for (_, xml) in own(&made) {
            let answer = send(&zone, party, &xml).await;
            assert!(answer["status"].as_i64().unwrap() > 0, "{party}: {answer}");
        }
        // A trade does not name the site where it arrives: then whoever declares it reads it, whichever agent was drawn.
        let list = documents.iter().find(|one| one["kind"] == 603).unwrap();
        let reader = if party == "5301960601" { list["sender"].as_str().unwrap() } else { party };
        for _ in 0..400 {
            if zone.get(reader, &path(&made)).await.1["state"] == 899 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let shown = zone.get(reader, &path(&made)).await.1;
        assert_eq!(shown["state"], 899, "{party}: {shown}");
    }
    // What names an entry number waits for the list that is the caller's to send.
    for (then, kind) in [("cancellation", 605), ("summary", 701)] {
        let made = make(&zone, AGENT, "", "others", then).await;
        let last = made["documents"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["kind"], &last["sent"]), (&json!(kind), &json!(false)), "{last}");
        assert!(!last["info"].as_str().unwrap().is_empty());
    }
    // Goods are brought back by whoever declared them or by their merchant, and tallied by the site, which may come first.
    for (party, kind) in [(AGENT, 213), ("5301960201", 213), ("5301960601", 215)] {
        let made = make(&zone, party, "", "others", "return").await;
        let one = made["documents"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap();
        assert_eq!((&one["own"], &one["sent"]), (&json!(true), &json!(false)), "{party}: {one}");
    }
    for wrong in
        [json!({"of": "gifts"}), json!({"of": "exports", "then": "delivery"}), json!({"then": "departure"})]
    {
        let answer = people::ask(&zone, "POST", "/v1/sandbox/trades", &zone.tokens[AGENT], &wrong).await;
        assert_eq!(answer.0, 400, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_scripts_what_becomes_of_an_export_list() {
    let zone = sandbox().await;
    for (script, state) in
        [("", 800), ("reject=13127", 100), ("review", 300), ("hold", 300), ("inspect", 500)]
    {
        let made = make(&zone, AGENT, script, "all", "").await;
        until(&zone, &made, state).await;
    }
    let made = make(&zone, AGENT, "", "all", "summary").await;
    let last = made["documents"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["status"]), (&json!(701), &json!(399)), "a month ends at once: {last}");
    // The verdict comes late, by the timer of its partners.
    let made = make(&zone, AGENT, "delay=30", "all", "cancellation").await;
    let waiting = until(&zone, &made, 2).await;
    assert_eq!(
        (&waiting["waitingFor"], &waiting["deadlines"][0]["for"]),
        (&json!([]), &json!("scripted-delay"))
    );
    zone.clock.set(Time(zone.clock.now().0 + 31_000));
    for timer in zone.window.read.due(zone.clock.now(), 10).await.unwrap() {
        zone.window.pipeline.timer(timer).await.unwrap();
    }
    let shown = until(&zone, &made, 399).await;
    let timeline = shown["timeline"].as_array().unwrap();
    assert!(timeline.iter().any(|entry| entry["what"] == "scripted-delay"), "{shown}");
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, derived.undecided), (0, 0), "{derived:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_software_shows_of_exports_is_read_from_what_it_did() {
    let zone = sandbox().await;
    let shown = async || {
        let (status, report) = zone.get(AGENT, "/v1/sandbox/conformance").await;
        assert_eq!(status, 200, "{report}");
        let checks = report["checks"].as_array().unwrap().clone();
        move |word: &str| checks.iter().any(|one| one["check"] == word && one["shown"] == true)
    };
    for word in ["sent-603", "sent-605", "sent-607", "sent-701", "read-export-399"] {
        assert!(!(shown().await)(word), "{word}");
    }
    for (script, state) in
        [("", 800), ("reject=13127", 100), ("review", 300), ("inspect", 500), ("lose-receipts", 800)]
    {
        let made = make(&zone, AGENT, script, "others", "").await;
        for (_, xml) in own(&made) {
            send(&zone, AGENT, &xml).await;
        }
        until(&zone, &made, state).await;
    }
    let (_, feed) = zone.get(AGENT, "/v1/receipts?limit=5000").await;
    zone.get(AGENT, &format!("/v1/receipts?after={}", feed["cursor"].as_str().unwrap())).await;
    let after = shown().await;
    for word in ["sent-603", "sent-607", "refused", "receipts-read"] {
        assert!(after(word), "{word}");
    }
    for status in [100, 120, 300, 399, 500, 800] {
        assert!(after(&format!("read-export-{status}")), "{status}");
    }
    assert!(!after("read-800") && !after("read-120"), "receipts of imports are others");
    assert!(!after("sent-621") && !after("lost-receipt-asked"));
    zone.get(AGENT, &format!("/v1/messages?sha256={}", "0".repeat(64))).await;
    assert!((shown().await)("lost-receipt-asked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_to_try_with_is_one_click() {
    let zone = sandbox().await;
    let mut browser = people::signed_in(&zone, "li.wei", AGENT, Role::Agent, &[Duty::Operator]).await;
    let page = browser.get("/desk/sandbox").await;
    assert!(page.text.contains("/desk/sandbox?of=exports"), "{}", page.text);
    let page = browser.get("/desk/sandbox?of=exports").await;
    assert_eq!(page.hidden("of"), "exports");
    assert!(page.text.contains("value=\"departure\"") && !page.text.contains("value=\"delivery\""));
    let fields = [
        ("guard", page.hidden("guard")),
        ("of", "exports".into()),
        ("send", "all".into()),
        ("then", "departure".into()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let made = browser.post("/desk/sandbox", &fields).await;
    assert_eq!(made.status, 200, "{}", made.words());
    let trade = made.text.split("href=\"/desk/exports/").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(browser.get(&format!("/desk/exports/{trade}")).await.status, 200);
    assert_eq!(made.hidden("of"), "exports", "the next is made alike");
}
