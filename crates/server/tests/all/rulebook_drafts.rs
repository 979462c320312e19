//! Drafts of the rulebook, end to end: written and checked, tried beside intake, published by a second person, gone back from; to
//! everybody whose duty it is not, they are not there.

use crate::support::browser::Browser;
use crate::support::people::{self, ask};
use crate::support::{Zone, plain};
use clearance::Rulebook;
use clearance::party::Role;
use clearance::sample::Export;
use serde_json::{Value, json};
use std::time::Duration;
use store::{Duty, Read};

pub const OFFICE: &str = "8620000001";
pub(crate) const DRAFTS: &str = "/v1/rulebooks/drafts";

pub(crate) async fn officer(zone: &Zone, login: &str, duties: &[Duty]) -> String {
    let (_, one_time) = people::add(zone, login, OFFICE, Role::Officer, duties).await;
    people::settle(zone, login, &one_time, true).await
}

pub fn table(name: &str) -> String {
    Rulebook::built_in_tables().into_iter().find(|(file, _)| file == name).unwrap().1
}

pub(crate) fn rules(row: &str) -> Value {
    json!({"title": "单品申报一律查验", "tables": {"risk_rules.csv": format!("{}{row}\n", table("risk_rules.csv"))}})
}

pub(crate) const RULE: &str = "single,taxation,20190101,,scan,gross_weight_grams > 0,sample";

/// The draft once its trial has ended.
pub(crate) async fn tried(zone: &Zone, session: &str, id: &str) -> Value {
    for _ in 0..500 {
        let (_, draft) = ask(zone, "GET", &format!("{DRAFTS}/{id}"), session, &Value::Null).await;
        if draft["trying"].is_null() && draft["tried"] == true {
            return draft;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the trial does not end");
}

pub(crate) async fn act(zone: &Zone, session: &str, id: &str, action: &str, version: &Value) -> (u16, Value) {
    let body = json!({"action": action, "version": version});
    ask(zone, "POST", &format!("{DRAFTS}/{id}/actions"), session, &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_tried_and_published_by_another_person() {
    let zone = Zone::new().await;
    for from in [0, 100, 200] {
        zone.trade(&plain(&zone, from)).await;
    }
    let (author, other) = (
        officer(&zone, "qi.cao", &[Duty::Rulemaker]).await,
        officer(&zone, "shen.ding", &[Duty::Rulemaker]).await,
    );
    let (status, made) = ask(&zone, "POST", DRAFTS, &author, &rules(RULE)).await;
    assert_eq!((status, &made["state"]), (200, &json!("draft")), "{made}");
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["differences"][0]["added"], json!([RULE]), "{made}");
    assert_eq!(made["differences"][0]["removed"], json!([]));

    // Nobody publishes what was not tried, nor what he wrote.
    let (status, told) = act(&zone, &other, id, "publish", &made["version"]).await;
    assert_eq!((status, &told["type"]), (409, &json!("urn:onewindow:problem:not-tried")), "{told}");
    let (status, _) = act(&zone, &other, id, "try", &made["version"]).await;
    assert_eq!(status, 200);
    let draft = tried(&zone, &author, id).await;
    assert_eq!(draft["state"], "tried");
    let trial = &draft["trial"];
    assert_eq!(
        (&trial["declarations"], &trial["tried"], &trial["laneChanged"]),
        (&json!(3), &json!(3), &json!(3)),
        "{trial}"
    );
    assert_eq!((&trial["before"]["lookedAt"], &trial["after"]["lookedAt"]), (&json!(0), &json!(3)));
    assert_eq!(trial["lanes"][0]["examples"].as_array().unwrap().len(), 3);
    assert_eq!(act(&zone, &author, id, "publish", &draft["version"]).await.0, 403);
    let (status, _) = act(&zone, &other, id, "publish", &made["version"]).await;
    assert_eq!(status, 409, "the version that was seen is an older one");
    let (status, published) = act(&zone, &other, id, "publish", &draft["version"]).await;
    assert_eq!((status, &published["state"]), (200, &json!("published")), "{published}");
    let number = published["number"].as_u64().unwrap();
    let (_, all) = zone.get(OFFICE, "/v1/rulebooks").await;
    assert_eq!(all["rulebooks"][0]["number"], number);
    assert!(all["rulebooks"][0]["by"].as_str().unwrap().contains("shen.ding"), "{all}");
    // What is declared now is scanned.
    let trade = plain(&zone, 300);
    zone.trade(&trade).await;
    assert_eq!(zone.shown(OFFICE, &trade).await["attempt"]["state"], 500);

    // Back in one step: made by one, published by another, without a trial.
    let back = json!({"title": "恢复", "backTo": number - 1});
    let (status, made) = ask(&zone, "POST", DRAFTS, &other, &back).await;
    assert_eq!(status, 200, "{made}");
    let id = made["id"].as_str().unwrap();
    assert_eq!(act(&zone, &other, id, "publish", &made["version"]).await.0, 403);
    let (status, published) = act(&zone, &author, id, "publish", &made["version"]).await;
    assert_eq!((status, &published["number"]), (200, &json!(number + 1)), "{published}");
    let rows = zone.window.read.rulebooks().await.unwrap();
    let of = |number: u64| rows.iter().find(|row| u64::from(row.number) == number).unwrap();
    assert_eq!(of(number + 1).digest, of(number - 1).digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_before_anything_is_kept() {
    let zone = Zone::new().await;
    let author = officer(&zone, "qi.cao", &[Duty::Rulemaker]).await;
    let faults = async |body: Value| {
        let (status, told) = ask(&zone, "POST", DRAFTS, &author, &body).await;
        assert_eq!(status, 422, "{told}");
        let faults = told["faults"].as_array().unwrap().clone();
        assert!(faults.iter().all(|fault| !fault["text"]["zh"].as_str().unwrap().is_empty()), "{told}");
        faults
    };
    let last = table("risk_rules.csv").lines().count() + 1;
    let wrong = faults(rules("x,taxation,20190101,,scan,nothing > 3,")).await;
    assert_eq!((&wrong[0]["kind"], &wrong[0]["row"]), (&json!("field"), &json!(last)), "{wrong:?}");
    assert_eq!(wrong[0]["value"], "x,taxation,20190101,,scan,nothing > 3,");
    assert_eq!(faults(rules("x,taxation,20190101,,scan,lines < 1,")).await[0]["kind"], "never-true");
    assert_eq!(
        faults(rules("x,taxation,20190101,,scan,hs in 85061 and transport = 5,")).await[0]["kind"],
        "covered"
    );
    // A table whose reader refuses two rows: which two and on which days is said too.
    let law = table("parameters.csv");
    let earlier = law.lines().position(|line| line.starts_with("tax_share,")).unwrap() + 1;
    let law = format!("{law}tax_share,80,percent,20270101,,our own,unsure,\n");
    let twice = faults(json!({"title": "share", "tables": {"parameters.csv": law}})).await;
    let kinds: Vec<&Value> = twice.iter().map(|fault| &fault["kind"]).collect();
    assert_eq!(kinds, [&json!("field"), &json!("overlap")], "{twice:?}");
    assert_eq!(twice[0]["path"], twice[1]["path"]);
    let told = twice[1]["text"]["en"].as_str().unwrap();
    assert!(told.contains(&format!("row {earlier}, from 20270101 on")), "{told}");
    assert_eq!(faults(json!({"title": "same", "tables": {}})).await[0]["path"], "tables");
    assert_eq!(faults(json!({"title": "no", "tables": {"none.csv": "a"}})).await.len(), 1);
    let mut nameless = rules(RULE);
    nameless["title"] = json!("");
    assert_eq!(faults(nameless).await[0]["path"], "title");
    let (_, all) = ask(&zone, "GET", DRAFTS, &author, &Value::Null).await;
    assert_eq!(all["drafts"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_meanwhile_is_not_overwritten() {
    let zone = Zone::new().await;
    let (author, other) = (
        officer(&zone, "qi.cao", &[Duty::Rulemaker]).await,
        officer(&zone, "shen.ding", &[Duty::Rulemaker]).await,
    );
    let (_, made) = ask(&zone, "POST", DRAFTS, &author, &rules(RULE)).await;
    let id = made["id"].as_str().unwrap();
    zone.window
        .publish(
            &[(
                "risk_rules.csv".to_owned(),
                format!("{}a,taxation,20190101,,scan,lines > 50,\n", table("risk_rules.csv")),
            )],
            "test",
        )
        .await
        .unwrap();
    for action in ["try", "publish"] {
        let (status, told) = act(&zone, &other, id, action, &made["version"]).await;
        assert_eq!((status, &told["type"]), (409, &json!("urn:onewindow:problem:outdated-base")), "{told}");
    }
    let (_, shown) = ask(&zone, "GET", &format!("{DRAFTS}/{id}"), &author, &Value::Null).await;
    assert_eq!(shown["outdated"], true);
    // Changed, it stands on what is in force; whoever changed it wrote in it.
    let change = json!({"action": "change", "version": made["version"], "draft": rules(RULE)});
    let (status, changed) = ask(&zone, "POST", &format!("{DRAFTS}/{id}/actions"), &other, &change).await;
    assert_eq!((status, &changed["outdated"]), (200, &json!(false)), "{changed}");
    assert_eq!(act(&zone, &other, id, "publish", &changed["version"]).await.0, 403);
    let (status, gone) = act(&zone, &author, id, "withdraw", &changed["version"]).await;
    assert_eq!((status, &gone["state"]), (200, &json!("withdrawn")));
    assert_eq!(act(&zone, &author, id, "try", &gone["version"]).await.0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn to_others_a_draft_is_what_is_not_there() {
    let zone = Zone::new().await;
    let author = officer(&zone, "qi.cao", &[Duty::Rulemaker]).await;
    let (_, made) = ask(&zone, "POST", DRAFTS, &author, &rules(RULE)).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let most: Vec<Duty> = Duty::ALL.into_iter().filter(|duty| *duty != Duty::Rulemaker).collect();
    let officer = officer(&zone, "guan.yuan", &most).await;
    let trade = plain(&zone, 0);
    let agent = trade.declaration.head.agent_code.to_string();
    // The duty is an officer's alone, whoever was given it.
    let (_, one_time) =
        people::add(&zone, "dai.li", &agent, Role::Agent, &[Duty::Rulemaker, Duty::Operator]).await;
    let party = people::settle(&zone, "dai.li", &one_time, false).await;
    let machine = zone.tokens[OFFICE].clone();
    for session in [&officer, &party, &machine] {
        for there in ["", "/none", &format!("/{id}"), "/new/tables/risk_rules.csv"] {
            let path = if there == "/none" { format!("{DRAFTS}/none") } else { format!("{DRAFTS}{there}") };
            let (status, told) = ask(&zone, "GET", &path, session, &Value::Null).await;
            assert_eq!(
                (status, &told["type"]),
                (403, &json!("urn:onewindow:problem:forbidden")),
                "{path}: {told}"
            );
        }
        let (register, absent) = (
            ask(&zone, "GET", &format!("/v1/registers/rulebook-drafts/{id}"), session, &Value::Null).await,
            ask(&zone, "GET", "/v1/registers/rulebook-drafts/none", session, &Value::Null).await,
        );
        assert_eq!((register.0, &register.1), (absent.0, &absent.1));
        let body = json!({"action": "publish", "version": 1});
        let there = format!("/v1/registers/rulebook-drafts/{id}/actions");
        let status = ask(&zone, "POST", &there, session, &body).await.0;
        assert!(matches!(status, 403 | 404), "{status}");
    }
    let (_, listed) = ask(&zone, "GET", "/v1/registers/rulebook-drafts", &author, &Value::Null).await;
    assert_eq!(listed["records"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_goes_its_way_on_pages() {
    let zone = Zone::new().await;
    zone.trade(&plain(&zone, 0)).await;
    let duties = [Duty::Rulemaker, Duty::Operator];
    let signed_in =
        async |login: &str| people::signed_in_english(&zone, login, OFFICE, Role::Officer, &duties).await;
    let mut author: Browser<'_> = signed_in("qi.cao").await;
    let mut other: Browser<'_> = signed_in("shen.ding").await;
    let there = "/desk/rulebooks/drafts";
    assert!(author.get(there).await.words().contains("No draft yet"));
    let edit = author.get(&format!("{there}/new?table=risk_rules.csv")).await;
    assert!(edit.text.contains("identity-burst"), "{}", edit.words());
    let text = format!("{}x,taxation,20190101,,scan,lines < 1,", table("risk_rules.csv"));
    let (own, his) = (edit.hidden("guard"), other.get(there).await.hidden("guard"));
    let (own, his) = (("guard", own.as_str()), ("guard", his.as_str()));
    let fields = |text| [own, ("title", "Scan all"), ("table", "risk_rules.csv"), ("text", text)];
    let wrong = author.post(there, &fields(&text)).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.words().contains("nothing can meet this rule"), "{}", wrong.words());
    let text = format!("{}{RULE}", table("risk_rules.csv"));
    let made = author.post(there, &fields(&text)).await;
    assert_eq!(made.status, 303, "{}", made.words());
    let place = made.location().to_owned();
    let shown = author.get(&place).await;
    assert!(
        shown.words().contains("Another person publishes it") && shown.words().contains(RULE),
        "{}",
        shown.words()
    );
    let begun = author.post(&place, &[own, ("action", "try"), ("version", "1")]).await;
    assert_eq!(begun.status, 303, "{}", begun.words());
    for _ in 0..500 {
        if other.get(&place).await.words().contains("Declarations tried") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let refused = author.post(&place, &[own, ("action", "publish"), ("version", "2")]).await;
    assert_eq!(refused.status, 403, "{}", refused.words());
    let published = other.post(&place, &[his, ("action", "publish"), ("version", "2"), ("note", "ok")]).await;
    assert_eq!(published.status, 303, "{}", published.words());
    assert!(other.get(&place).await.words().contains("In force as rulebook"));
}

/// An export that the draw of this zone leaves alone.
fn spared(zone: &Zone) -> Export {
    let seed = zone.window.reference().sampling_seed;
    let spared = |export: &Export| clearance::risk::draw(&seed, &export.key().marked()) > 100_000;
    (0..).map(|number| Export::new(3, number, zone.clock.now())).find(spared).unwrap()
}

/// The draft once so many lists of each kind were held against it in shadow.
async fn watched(zone: &Zone, session: &str, id: &str, lists: u64) -> Value {
    for _ in 0..500 {
        let (_, draft) = ask(zone, "GET", &format!("{DRAFTS}/{id}"), session, &Value::Null).await;
        let told = &draft["watched"];
        if told["declarations"] == lists && told["exports"]["declarations"] == lists {
            return draft;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the draft is not watched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_of_rules_runs_beside_those_in_force_before_it_is_published() {
    let zone = Zone::new().await;
    zone.trade(&plain(&zone, 0)).await;
    let following =
        tokio::spawn(server::trial::watching::run(zone.window.clone(), Duration::from_millis(20)));
    let (author, other) = (
        officer(&zone, "qi.cao", &[Duty::Rulemaker]).await,
        officer(&zone, "shen.ding", &[Duty::Rulemaker]).await,
    );
    // Law is tried, not watched: what comes after depends on it.
    let law = table("parameters.csv").replace("single_limit,500000,", "single_limit,400000,");
    let (_, law) =
        ask(&zone, "POST", DRAFTS, &author, &json!({"title": "限值", "tables": {"parameters.csv": law}}))
            .await;
    let (status, told) = act(&zone, &author, law["id"].as_str().unwrap(), "watch", &law["version"]).await;
    assert_eq!((status, &told["type"]), (409, &json!("urn:onewindow:problem:not-rules-alone")), "{told}");

    let of_exports = "exported,taxation,20190101,,scan,trade = export and gross_weight_grams > 0,sample";
    let body = rules(&format!("{RULE}\n{of_exports}"));
    let (_, made) = ask(&zone, "POST", DRAFTS, &author, &body).await;
    let id = made["id"].as_str().unwrap();
    act(&zone, &author, id, "try", &made["version"]).await;
    let made = tried(&zone, &author, id).await;
    let (status, begun) = act(&zone, &author, id, "watch", &made["version"]).await;
    assert_eq!((status, &begun["state"]), (200, &json!("watched")), "{begun}");
    assert_eq!(act(&zone, &author, id, "watch", &begun["version"]).await.0, 409);
    watched(&zone, &author, id, 0).await;
    // What was judged before is none of it; what comes is, and goes as the rules in force say.
    zone.clock.set(clearance::keys::Time(crate::support::NOW.0 + 60_000));
    let trade = plain(&zone, 100);
    zone.trade(&trade).await;
    let export = spared(&zone);
    for (sender, document) in export.documents() {
        zone.send(&sender, document).await;
    }
    let shown = watched(&zone, &author, id, 1).await;
    let told = &shown["watched"];
    let exports = &told["exports"];
    assert_eq!((&exports["tried"], &exports["laneChanged"]), (&json!(1), &json!(1)), "{told}");
    assert_eq!((&exports["before"]["opened"], &exports["after"]["opened"]), (&json!(0), &json!(1)));
    assert_eq!((&told["tried"], &told["laneChanged"]), (&json!(1), &json!(1)), "{told}");
    assert_eq!((&told["before"]["lookedAt"], &told["after"]["lookedAt"]), (&json!(0), &json!(1)));
    assert_eq!((&shown["trial"]["laneChanged"], &shown["watchedSince"].is_string()), (&json!(1), &true));
    let key = clearance::keys::OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
    let lane = async || {
        let consignment = zone.window.read.consignment(&key).await.unwrap().unwrap();
        consignment.attempt.as_ref().unwrap().lane
    };
    assert_eq!(lane().await, Some(clearance::consignment::Lane::Release));
    let key = clearance::export::ExportKey::Trade(export.key());
    let state = zone.window.read.export(&key).await.unwrap().unwrap();
    let attempt = state.trade().unwrap().attempt.as_ref().unwrap();
    assert_eq!(attempt.lane, Some(clearance::consignment::Lane::Release));
    let page = Browser::with(&zone, &author).get(&format!("/desk/rulebooks/drafts/{id}")).await;
    assert!(page.words().contains("影子运行中"), "{}", page.words());
    assert!(page.words().contains("已试算的清单"), "{}", page.words());
    // Published, it keeps what it had come to.
    let (status, published) = act(&zone, &other, id, "publish", &shown["version"]).await;
    assert_eq!((status, &published["state"]), (200, &json!("published")), "{published}");
    assert_eq!((&published["watched"]["laneChanged"], &published["watchedSince"]), (&json!(1), &Value::Null));
    following.abort();
}
