//! Registers as pages: somebody files his party by forms, an officer decides, what was wrong stands at its field, and a
//! document that was attached is read again by those who may.

use crate::support::Zone;
use crate::support::browser::{Browser, Shown};
use crate::support::people::signed_in_english as signed_in;
use clearance::party::Role;
use serde_json::{Value, json};
use store::Duty;

const OFFICE: &str = "8620000001";
const AGENT: &str = "5301980501";
const STRANGER: &str = "5301960202";

/// Fields of a filing that is right.
fn application() -> Vec<(&'static str, &'static str)> {
    vec![
        ("action", "apply"),
        ("version", "0"),
        ("number", AGENT),
        ("body.name", "样例代理"),
        ("body.roles.agent", "yes"),
        ("body.validFrom", "2026-01-01"),
        ("body.address", "样例路1号"),
        ("body.contact.name", "样一"),
        ("body.contact.telephone", "10000000000"),
        ("rows.body.licences", "2"),
        ("body.licences[1].kind", "business-licence"),
        ("body.licences[1].number", "样例1"),
        ("body.licences[1].issuer", "样例市场监管局"),
        ("body.licences[1].validFrom", "2020-01-01"),
        ("do", "send"),
    ]
}

fn with<'a>(fields: &[(&'a str, &'a str)], name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = fields.iter().copied().filter(|(known, _)| *known != name).collect();
    fields.push((name, value));
    fields
}

async fn post(browser: &mut Browser<'_>, path: &str, page: &Shown, fields: &[(&str, &str)]) -> Shown {
    let guard = page.hidden("guard");
    let mut all = vec![("guard", guard.as_str())];
    all.extend(fields);
    browser.post(path, &all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_files_itself_by_forms_and_an_officer_decides() {
    let zone = Zone::new().await;
    let mut party = signed_in(&zone, "li.wei", AGENT, Role::Agent, &[Duty::Operator]).await;
    let mut officer = signed_in(&zone, "guan.yuan", OFFICE, Role::Officer, &[Duty::Reviewer]).await;
    let list = party.get("/desk/registers/filings").await;
    assert!(list.text.contains("/desk/registers/filings/new?action=apply"), "{}", list.words());
    let new = "/desk/registers/filings/new?action=apply";
    let page = party.get(new).await;
    assert_eq!((page.status, page.hidden("version").as_str()), (200, "0"));
    assert!(page.text.contains(&format!("value=\"{AGENT}\"")), "his own code stands there");
    // What is wrong stands at its field, and what was right is still there.
    let new = "/desk/registers/filings/new";
    let wrong = with(&with(&application(), "body.address", ""), "body.licences[1].validFrom", "");
    let told = post(&mut party, new, &page, &wrong).await;
    assert_eq!(told.status, 422);
    for at in ["apply.body.address-fault", "apply.body.licences[0].validFrom-fault"] {
        assert!(told.text.contains(&format!("id=\"{at}\"")), "{at}: {}", told.words());
        assert!(
            told.text.contains(&format!("{at}\" aria-invalid=\"true\"")),
            "{at} is not tied to its field"
        );
    }
    assert!(told.text.contains("样例代理") && told.text.contains("10000000000"));
    assert!(
        told.text.contains("id=\"apply.body.roles.agent\" name=\"body.roles.agent\" value=\"yes\" checked")
    );
    // One more row keeps what was typed, and records nothing.
    let more = post(&mut party, new, &page, &with(&application(), "do", "add-body.licences")).await;
    assert_eq!(more.status, 200);
    assert!(more.text.contains("name=\"body.licences[2].kind\"") && more.text.contains("样例市场监管局"));
    assert_eq!(party.get(&format!("/desk/registers/filings/{AGENT}")).await.status, 404);

    let made = post(&mut party, new, &page, &application()).await;
    let there = format!("/desk/registers/filings/{AGENT}");
    assert_eq!(
        (made.status, made.location()),
        (303, format!("{there}?said=done").as_str()),
        "{}",
        made.words()
    );
    // His own record offers what he may do, not the decision.
    let own = party.get(&there).await;
    assert!(own.text.contains("value=\"correct\"") && !own.text.contains("value=\"approve\""));
    assert_eq!(party.get("/desk/reviews").await.status, 403);

    // The officer finds it where it waits.
    let hub = officer.get("/desk/registers").await;
    assert!(hub.text.contains("/desk/registers/filings?waiting=true"), "{}", hub.words());
    let reviews = officer.get("/desk/reviews").await;
    assert!(reviews.text.contains(&format!("href=\"{there}\"")) && reviews.words().contains("样例代理"));
    let page = officer.get(&there).await;
    assert!(page.words().contains("Two persons"));
    let actions = format!("{there}/actions");
    let refuse = [("action", "refuse"), ("version", "1"), ("note", ""), ("do", "send")];
    let told = post(&mut officer, &actions, &page, &refuse).await;
    assert_eq!(told.status, 422);
    assert!(
        told.text.contains("id=\"refuse.note-fault\"") && told.text.contains("<details class=\"move\" open")
    );
    let approve = [("action", "approve"), ("version", "1"), ("body.creditGrade", "A"), ("do", "send")];
    let done = post(&mut officer, &actions, &page, &approve).await;
    assert_eq!(done.status, 303, "{}", done.words());
    assert_eq!(zone.window.filing(AGENT).unwrap().grade.word(), "A");
    // The page as it was before: another decided, and the page says so.
    let late = post(&mut officer, &actions, &page, &approve).await;
    assert_eq!(late.status, 422);
    assert!(late.text.contains("role=\"alert\"") && late.words().contains("2"), "{}", late.words());

    // A change stands beside what is in force.
    let page = party.get(&there).await;
    let mut change = with(&application(), "action", "change");
    change = with(&with(&change, "version", "2"), "body.address", "样例路2号");
    let changed = post(&mut party, &actions, &page, &change).await;
    assert_eq!(changed.status, 303, "{}", changed.words());
    let shown = officer.get(&there).await.words();
    assert!(
        shown.contains("What would change") && shown.contains("样例路1号") && shown.contains("样例路2号"),
        "{shown}"
    );
    assert!(shown.contains("What it changed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_applied_does_not_decide_and_is_told_so() {
    let zone = Zone::new().await;
    let mut officer = signed_in(&zone, "guan.yuan", OFFICE, Role::Officer, &Duty::ALL).await;
    let page = officer.get("/desk/registers/filings/new?action=apply").await;
    let made = post(&mut officer, "/desk/registers/filings/new", &page, &application()).await;
    assert_eq!(made.status, 303, "{}", made.words());
    let shown = officer.get(&format!("/desk/registers/filings/{AGENT}")).await;
    assert!(shown.words().contains("You sent this yourself") && !shown.text.contains("value=\"approve\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_attached_with_a_form_and_read_again() {
    let zone = Zone::new().await;
    let mut party = signed_in(&zone, "li.wei", AGENT, Role::Agent, &[Duty::Operator]).await;
    let mut other = signed_in(&zone, "other", STRANGER, Role::Merchant, &[Duty::Operator]).await;
    let page = party.get("/desk/registers/filings/new?action=apply").await;
    let guard = page.hidden("guard");
    let mut fields = application();
    fields.push(("guard", &guard));
    let new = "/desk/registers/filings/new";
    let file = "file.body.licences[1].attachment";
    // What is no document is told at its field.
    let told = party.post_files(new, &fields, &[(file, "licence.txt", "plain")]).await;
    assert_eq!(told.status, 422);
    assert!(told.words().contains("application/pdf, image/png or image/jpeg"), "{}", told.words());
    let made = party.post_files(new, &fields, &[(file, "执照.pdf", "%PDF-1.7 sample")]).await;
    assert_eq!(made.status, 303, "{}", made.words());
    let shown = party.get(&format!("/desk/registers/filings/{AGENT}")).await;
    let at = shown.text.split("/desk/registers/attachments/").nth(1).unwrap().split('"').next().unwrap();
    let record = format!("/desk/registers/attachments/{at}");
    assert!(party.get(&record).await.words().contains("执照.pdf"));
    // By its digest whoever has the paper's scan elsewhere knows it again.
    let digest =
        evidence::hexadecimal(ring::digest::digest(&ring::digest::SHA256, b"%PDF-1.7 sample").as_ref());
    assert!(party.get(&record).await.words().contains(&digest));
    // Whoever decides on the filing reads the document from its page, and that he did is written down.
    let mut reviewer = signed_in(&zone, "shen.he", OFFICE, Role::Officer, &[Duty::Reviewer]).await;
    let filing = reviewer.get(&format!("/desk/registers/filings/{AGENT}")).await;
    assert!(filing.text.contains(&record), "{}", filing.words());
    assert_eq!(reviewer.get(&format!("{record}/content")).await.text, "%PDF-1.7 sample");
    zone.until_listed().await;
    let (_, read) = zone.get(AGENT, "/v1/registers/accesses").await;
    let read = &read["records"][0]["summary"];
    assert_eq!(
        (&read["kind"], &read["ground"]),
        (&json!("attachments"), &json!("reviewing-filings")),
        "{read}"
    );
    // What it is called does not make it one, and a digest that is another's is not taken for it.
    let attach = async |body: Value| {
        let path = format!("/v1/registers/attachments/{AGENT}:other/actions");
        let action = json!({"action": "attach", "body": body}).to_string().into_bytes();
        zone.request("POST", &path, Some(&zone.tokens[AGENT]), action).await
    };
    for (kind, content, more, fault) in [
        ("application/pdf", "TVqQAAMAAAAE", json!(null), "mediaType"),
        ("image/png", "JVBERi0xLjc=", json!(null), "mediaType"),
        ("application/pdf", "JVBERi0xLjd=", json!(null), "content"),
        ("application/pdf", "JVBERi0xLjc=", json!("00"), "sha256"),
    ] {
        let mut body = json!({"name": "样例.pdf", "mediaType": kind, "content": content});
        if !more.is_null() {
            body["sha256"] = more;
        }
        let (status, told) = attach(body).await;
        assert_eq!((status, &told["faults"][0]["path"]), (422, &json!(fault)), "{told}");
    }
    let read = party.get(&format!("{record}/content")).await;
    assert_eq!((read.status, read.text.as_str()), (200, "%PDF-1.7 sample"));
    assert_eq!(read.header("content-type"), "application/pdf");
    assert!(read.header("content-disposition").starts_with("attachment; filename*=UTF-8''"));
    assert_eq!(other.get(&format!("{record}/content")).await.status, 404);
    assert_eq!(other.get(&record).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_interface_tells_what_forms_are_made_of_and_what_waits() {
    let zone = Zone::new().await;
    let (status, all) = zone.get(OFFICE, "/v1/registers?with=waiting").await;
    assert_eq!(status, 200, "{all}");
    let of = |all: &Value, word: &str| {
        all["registers"].as_array().unwrap().iter().find(|one| one["register"] == word).unwrap().clone()
    };
    let filings = of(&all, "filings");
    assert_eq!(filings["waiting"], json!({"count": 0, "overdue": 0, "more": false}));
    let apply = filings["moves"].as_array().unwrap().iter().find(|one| one["action"] == "apply").unwrap();
    let name = &apply["fields"][0];
    assert_eq!(
        (&name["name"], &name["required"], &name["label"]["zh"]),
        (&json!("name"), &json!(true), &json!("名称"))
    );
    let application = json!({
        "name": "样例代理", "roles": ["agent"], "validFrom": "20260101", "address": "样例路1号",
        "contact": {"name": "样一", "telephone": "10000000000"},
        "licences": [{"kind": "business-licence", "number": "样例1", "issuer": "样例局", "validFrom": "20200101"}],
    });
    let path = format!("/v1/registers/filings/{AGENT}");
    let action = json!({"action": "apply", "body": application}).to_string().into_bytes();
    let (status, told) =
        zone.request("POST", &format!("{path}/actions"), Some(&zone.tokens[AGENT]), action).await;
    assert_eq!(status, 200, "{told}");
    zone.until_listed().await;
    let (_, all) = zone.get(OFFICE, "/v1/registers?with=waiting").await;
    assert_eq!(of(&all, "filings")["waiting"]["count"], 1);
    // It waits for who decides, not for who applied.
    let (_, all) = zone.get(AGENT, "/v1/registers?with=waiting").await;
    assert_eq!(of(&all, "filings")["waiting"]["count"], 0);
    let moves = async |party: &str| {
        let (status, record) = zone.get(party, &path).await;
        assert_eq!(status, 200, "{record}");
        let moves = record["moves"].as_array().unwrap().iter();
        moves.map(|step| step["action"].as_str().unwrap().to_owned()).collect::<Vec<String>>()
    };
    assert_eq!(moves(AGENT).await, ["correct", "withdraw"]);
    assert_eq!(moves(OFFICE).await, ["correct", "withdraw", "return", "refuse", "approve"]);
    for (query, count) in [
        ("number=5301980501", 1),
        ("number=5301980502", 0),
        ("waiting=true", 1),
        ("overdue=true", 0),
        ("state=filed", 0),
        ("state=submitted&number=5301980501", 1),
    ] {
        let (status, page) = zone.get(OFFICE, &format!("/v1/registers/filings?{query}")).await;
        assert_eq!((status, page["records"].as_array().unwrap().len()), (200, count), "{query}: {page}");
    }
    let (_, page) = zone.get(AGENT, "/v1/registers/filings").await;
    assert_eq!(page["records"][0]["summary"], json!({"name": "样例代理", "roles": ["agent"]}));
    // A party has one filing; another may still make its own.
    assert_eq!(page["new"], json!([]));
    let (_, page) = zone.get(STRANGER, "/v1/registers/filings").await;
    assert_eq!(page["new"][0]["action"], "apply");
    assert_eq!(zone.get(AGENT, "/v1/registers/filings?waiting=perhaps").await.0, 400);
    assert_eq!(zone.get(AGENT, "/v1/registers?with=everything").await.0, 400);
}
