//! Exports at the desk of officers: a tab of the queue, taking trades, deciding on one and on several, each on the version that
//! was seen, and within one's districts and duties.

use crate::support::browser::Browser;
use crate::support::people;
use crate::support::{NOW, Zone};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::Export;
use serde_json::{Value, json};
use store::Duty;

const OFFICER: &str = "8620000001";
const MERCHANT: &str = "5301960201";
const QUEUE: &str = "/desk/queue?tab=exports";

fn path(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

fn desk(export: &Export) -> String {
    path(export).replace("/v1", "/desk")
}

/// A zone with three exports out of a special zone, whose papers a person looks at, and one that nobody does.
async fn zone() -> (Zone, Vec<Export>) {
    let zone = Zone::new().await;
    let mut trades = Vec::new();
    for number in 1..=3 {
        let trade = Export::new(7, number, zone.clock.now()).in_mode("1210");
        for (sender, document) in trade.documents() {
            zone.send(&sender, document).await;
        }
        trades.push(trade);
        zone.clock.set(Time(zone.clock.now().0 + 60_000));
    }
    let clean = Export::new(7, 4, zone.clock.now());
    for (sender, document) in clean.documents() {
        zone.send(&sender, document).await;
    }
    zone.until_listed().await;
    (zone, trades)
}

async fn officer<'a>(zone: &'a Zone, login: &str, duties: &[Duty]) -> (Browser<'a>, String) {
    let browser = people::signed_in(zone, login, OFFICER, Role::Officer, duties).await;
    let session = browser.cookies["__Host-session"].clone();
    (browser, session)
}

async fn act(zone: &Zone, session: &str, trade: &Export, action: &str, id: &str) -> (u16, Value) {
    let (_, seen) = people::ask(zone, "GET", &path(trade), session, &Value::Null).await;
    let body = json!({"id": id, "version": seen["version"], "action": action, "text": "样例"});
    people::ask(zone, "POST", &format!("{}/actions", path(trade)), session, &body).await
}

async fn state(zone: &Zone, trade: &Export) -> u64 {
    zone.get(MERCHANT, &path(trade)).await.1["state"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_never_work_on_the_same_export() {
    let (zone, trades) = zone().await;
    let (mut one, first) = officer(&zone, "guan.yi", &[Duty::Decider]).await;
    let (mut other, second) = officer(&zone, "guan.er", &[Duty::Decider]).await;
    let page = one.get(QUEUE).await;
    assert_eq!(
        page.text.matches("class=\"lead\"").count(),
        3,
        "what needs nobody is not there: {}",
        page.words()
    );
    assert!(page.words().contains("book-not-checked"), "why it is there: {}", page.words());
    let by_risk = one.get(&format!("{QUEUE}&sort=-risk")).await;
    assert!(by_risk.text.contains("aria-sort=\"descending\""), "{}", by_risk.words());
    assert_eq!(by_risk.text.matches("class=\"lead\"").count(), 3, "in that order all of them stand too");
    let fields = [("guard", page.hidden("guard")), ("tab", "exports".into()), ("do", "next".into())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let taken = one.post("/desk/queue", &fields).await;
    assert_eq!((taken.status, taken.location()), (303, desk(&trades[0]).as_str()), "the oldest of one lane");
    assert!(other.get(QUEUE).await.words().contains("guan.yi"), "the others see whose it is");
    assert!(one.get(taken.location()).await.text.contains("value=\"give-up\""));
    // Not the other's to decide, by page or by interface, nor to take.
    let (status, told) = act(&zone, &second, &trades[0], "approve", "d1").await;
    assert_eq!((status, told["type"].as_str()), (409, Some("urn:onewindow:problem:assigned")), "{told}");
    assert_eq!(
        (&told["assigned"]["officer"], &told["assigned"]["merchant"]),
        (&json!("guan.yi"), &json!(MERCHANT))
    );
    let number = trades[0].order.head.order_no.as_str();
    let wanted = json!({"merchant": MERCHANT, "orderNo": number});
    assert_eq!(people::ask(&zone, "POST", "/v1/assignments", &second, &wanted).await.0, 409);
    let next = json!({"exports": true, "states": [300]});
    let (status, told) = people::ask(&zone, "POST", "/v1/assignments", &second, &next).await;
    assert_eq!((status, &told["orderNo"]), (200, &json!(trades[1].order.head.order_no.as_str())), "{told}");
    let (_, list) = people::ask(&zone, "GET", "/v1/assignments", &first, &Value::Null).await;
    assert_eq!(list["assignments"].as_array().unwrap().len(), 2, "{list}");
    // A trade of imports that is named alike would be another.
    let giving = format!("/v1/assignments/{MERCHANT}/{number}");
    assert_eq!(people::ask(&zone, "DELETE", &giving, &first, &Value::Null).await.0, 404);
    let giving = format!("{giving}?of=exports");
    assert_eq!(people::ask(&zone, "DELETE", &giving, &second, &Value::Null).await.0, 404, "it is not his");
    assert_eq!(people::ask(&zone, "DELETE", &giving, &first, &Value::Null).await.0, 204);
    assert_eq!(people::ask(&zone, "POST", "/v1/assignments", &second, &wanted).await.0, 200);
    for body in [
        json!({"merchant": MERCHANT, "platform": MERCHANT, "orderNo": number}),
        json!({"merchant": MERCHANT, "states": [300]}),
        json!({"exports": true}),
    ] {
        assert_eq!(people::ask(&zone, "POST", "/v1/assignments", &first, &body).await.0, 400, "{body}");
    }
    // Done, it is anybody's again.
    assert_eq!(act(&zone, &second, &trades[0], "inspect", "d2").await.0, 200);
    assert_eq!(people::ask(&zone, "POST", "/v1/assignments", &first, &wanted).await.0, 200);
    let page = one.get(&desk(&trades[0])).await;
    let given = [("guard", page.hidden("guard")), ("do", "give-up".into())];
    let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let given = one.post(&format!("{}/assignment", desk(&trades[0])), &given).await;
    assert_eq!((given.status, given.location()), (303, desk(&trades[0]).as_str()));
    assert!(other.get(&desk(&trades[0])).await.text.contains("value=\"take\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_decides_on_a_page_and_is_told_what_happened_meanwhile() {
    let (zone, trades) = zone().await;
    let (mut browser, _) = officer(&zone, "guan.yi", &[Duty::Decider, Duty::Inspector]).await;
    let (_, other) = officer(&zone, "guan.er", &[Duty::Decider]).await;
    let there = format!("{}/actions", desk(&trades[0]));
    let page = browser.get(&desk(&trades[0])).await;
    for key in ["a", "i", "x", "h"] {
        assert!(page.text.contains(&format!("data-key=\"{key}\"")), "{key} chooses: {}", page.text);
    }
    let form = |page: &crate::support::browser::Shown, action: &str, text: &str| -> Vec<(String, String)> {
        let hidden = ["guard", "id", "version"].map(|name| (name.to_owned(), page.hidden(name)));
        let chosen =
            [("action", action), ("text", text)].map(|(name, text)| (name.to_owned(), text.to_owned()));
        hidden.into_iter().chain(chosen).collect()
    };
    async fn post(
        browser: &mut Browser<'_>,
        to: &str,
        fields: &[(String, String)],
    ) -> crate::support::browser::Shown {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(to, &fields).await
    }
    let nothing = post(&mut browser, &there, &form(&page, "", "")).await;
    assert_eq!(nothing.status, 400);
    let long = post(&mut browser, &there, &form(&page, "approve", &"长".repeat(2_000))).await;
    assert_eq!(long.status, 422, "{}", long.words());
    assert!(long.text.contains("checked"), "what was chosen stays");
    // Another was faster.
    assert_eq!(act(&zone, &other, &trades[0], "suspend", "d1").await.0, 200);
    let late = post(&mut browser, &there, &form(&page, "approve", "核准")).await;
    assert_eq!(late.status, 409);
    assert!(late.words().contains("guan.er"), "by whom: {}", late.words());
    let page = browser.get(&desk(&trades[0])).await;
    let decided = form(&page, "resume", "");
    let done = post(&mut browser, &there, &decided).await;
    assert_eq!((done.status, done.location()), (303, format!("{}?said=done", desk(&trades[0])).as_str()));
    assert_eq!(post(&mut browser, &there, &decided).await.status, 303, "the same id has its first answer");
    let page = browser.get(&desk(&trades[0])).await;
    assert_eq!(post(&mut browser, &there, &form(&page, "inspect", "开箱")).await.status, 303);
    assert_eq!(state(&zone, &trades[0]).await, 500);
    let inspection = browser.get(QUEUE).await;
    let first = inspection.text.split("class=\"lead\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(first, desk(&trades[0]), "the severest lane first");
    let page = browser.get(&desk(&trades[0])).await;
    assert!(!page.text.contains("inspection-result-passed"), "what was found is said by the table");
    let found = [("whole", "conforming/release"), ("words", "相符")];
    let found = found.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let hidden = ["guard", "id", "version"].map(|name| (name.to_owned(), page.hidden(name)));
    let passed: Vec<(String, String)> = hidden.into_iter().chain(found).collect();
    let inspections = format!("{}/inspections", desk(&trades[0]));
    assert_eq!(post(&mut browser, &inspections, &passed).await.status, 303);
    assert_eq!(state(&zone, &trades[0]).await, 399);
    let left = browser.get(QUEUE).await;
    assert_eq!(left.text.matches("class=\"lead\"").count(), 2, "it no longer waits: {}", left.words());
    assert!(browser.get(&desk(&trades[0])).await.words().contains("相符"), "his words stand at the trade");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_decision_on_several_exports() {
    let (zone, trades) = zone().await;
    let (mut browser, session) = officer(&zone, "guan.yi", &[Duty::Decider]).await;
    // One of them asks for a look of its own.
    assert_eq!(act(&zone, &session, &trades[2], "inspect", "d0").await.0, 200);
    let queue = browser.get(QUEUE).await;
    let guard = queue.hidden("guard");
    let picks: Vec<(String, String)> = Browser::fields_of(&queue, "/desk/queue")
        .into_iter()
        .filter(|(name, _)| name.starts_with("export:"))
        .collect();
    assert_eq!(picks.len(), 3, "{}", queue.text);
    let with = |more: &[(&str, &str)]| -> Vec<(String, String)> {
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        picks.iter().cloned().chain(more).collect()
    };
    async fn post(
        browser: &mut Browser<'_>,
        to: &str,
        fields: Vec<(String, String)>,
    ) -> crate::support::browser::Shown {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(to, &fields).await
    }
    let chosen = with(&[("guard", &guard), ("tab", "exports"), ("do", "many")]);
    let asked = post(&mut browser, "/desk/queue", chosen).await;
    assert!(asked.words().contains("已选 3 票"), "{}", asked.words());
    assert!(asked.text.contains(&format!("href=\"{}\"", desk(&trades[0]))));
    let id = asked.hidden("id");
    let words = [
        ("guard", guard.as_str()),
        ("tab", "exports"),
        ("id", &id),
        ("action", "approve"),
        ("text", "批量核准"),
    ];
    let done = post(&mut browser, "/desk/queue/decisions", with(&words)).await;
    assert!(done.words().contains("已记录 2 / 3"), "{}", done.words());
    assert!(done.words().contains("须单独处置"), "{}", done.words());
    for (index, expected) in [(0, 399), (1, 399), (2, 500)] {
        assert_eq!(state(&zone, &trades[index]).await, expected, "{index}");
    }
    let again = post(&mut browser, "/desk/queue/decisions", with(&words)).await;
    assert!(again.words().contains("已记录 2 / 3"), "the same id has its first answers");
    let number = trades[2].order.head.order_no.as_str();
    let item = |merchant: &str, platform: &str| json!({"merchant": merchant, "platform": platform, "orderNo": number, "version": 1});
    for items in [
        json!([item("", "")]),
        json!([item(MERCHANT, MERCHANT)]),
        json!([item(MERCHANT, ""), item(MERCHANT, "")]),
    ] {
        let body = json!({"id": "x", "action": "suspend", "text": "样例", "items": items});
        let (status, told) = people::ask(&zone, "POST", "/v1/actions", &session, &body).await;
        assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("items")), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_of_exports_ends_at_districts_and_duties() {
    let (zone, trades) = zone().await;
    let (role, districts) = (Role::Officer, ["53".into()]);
    let elsewhere = zone.window.control.issue(OFFICER, role, "elsewhere", &districts, NOW, None);
    let elsewhere = elsewhere.await.unwrap();
    let next = json!({"exports": true, "states": [300]});
    assert_eq!(people::ask(&zone, "POST", "/v1/assignments", &elsewhere, &next).await.0, 204);
    let wanted = json!({"merchant": MERCHANT, "orderNo": trades[0].order.head.order_no.as_str()});
    assert_eq!(people::ask(&zone, "POST", "/v1/assignments", &elsewhere, &wanted).await.0, 404);
    assert_eq!(people::ask(&zone, "POST", "/v1/assignments", &zone.tokens[MERCHANT], &wanted).await.0, 403);
    // Who only inspects decides nothing, and chooses no several; who only reads has no queue.
    let (mut inspector, session) = officer(&zone, "guan.san", &[Duty::Inspector]).await;
    let page = inspector.get(QUEUE).await;
    assert_eq!((page.status, page.text.matches("type=\"checkbox\"").count()), (200, 0));
    let shown = inspector.get(&desk(&trades[0])).await;
    assert!(shown.text.contains("value=\"inspect\"") && !shown.text.contains("value=\"approve\""));
    assert_eq!(act(&zone, &session, &trades[0], "approve", "d1").await.0, 403);
    assert_eq!(act(&zone, &session, &trades[0], "inspect", "d2").await.0, 200);
    let (mut reader, _) = officer(&zone, "guan.si", &[Duty::Reader]).await;
    assert_eq!(reader.get(QUEUE).await.status, 403);
    let shown = reader.get(&desk(&trades[1])).await;
    assert!(shown.status == 200 && !shown.text.contains("name=\"action\""));
    let mut party = people::signed_in(&zone, "wang.li", MERCHANT, Role::Merchant, &[Duty::Operator]).await;
    let shown = party.get(&desk(&trades[1])).await;
    assert!(
        shown.text.contains("book-not-checked") && !shown.text.contains("/assignment"),
        "{}",
        shown.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_has_his_decisions_on_exports_in_his_list() {
    let (zone, trades) = zone().await;
    let (mut browser, session) = officer(&zone, "guan.yi", &[Duty::Decider]).await;
    assert_eq!(act(&zone, &session, &trades[0], "approve", "d1").await.0, 200);
    assert_eq!(act(&zone, &session, &trades[0], "resume", "d2").await.0, 409);
    server::finding::follow_all(&zone.window).await.unwrap();
    let (status, list) = people::ask(&zone, "GET", "/v1/decisions", &session, &Value::Null).await;
    let number = trades[0].order.head.order_no.as_str();
    let told = |index: usize| {
        let one = &list["decisions"][index];
        (
            one["merchant"].clone(),
            one["orderNo"].clone(),
            one["action"].clone(),
            one["taken"].clone(),
            one["state"].clone(),
        )
    };
    assert_eq!(status, 200, "{list}");
    let of = |action: &str, taken: bool, state: Value| {
        (json!(MERCHANT), json!(number), json!(action), json!(taken), state)
    };
    assert_eq!(told(0), of("resume", false, Value::Null), "{list}");
    assert_eq!(told(1), of("approve", true, json!(399)), "{list}");
    let page = browser.get("/desk/decisions").await;
    assert!(page.text.contains(&format!("href=\"{}\"", desk(&trades[0]))), "{}", page.words());
    let file = browser.get("/desk/decisions/file").await;
    assert!(file.text.contains(MERCHANT) && file.text.contains("approve"), "{}", file.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_are_counted_at_both_desks_with_links_to_their_lists() {
    let (zone, trades) = zone().await;
    let (_, session) = officer(&zone, "guan.yi", &Duty::ALL).await;
    assert_eq!(act(&zone, &session, &trades[0], "inspect", "d1").await.0, 200);
    zone.clock.set(Time(zone.clock.now().0 + 2 * 3_600_000));
    // Who did nothing for so long is signed out.
    let (mut browser, _) = officer(&zone, "guan.er", &Duty::ALL).await;
    server::statistics::follow(&zone.window).await.unwrap();
    let (status, waits) = zone.get(OFFICER, "/v1/statistics/export-waiting").await;
    assert_eq!(status, 200, "{waits}");
    let of = |state: &str| {
        let lines = waits["lines"].as_array().unwrap().iter();
        lines.filter(|line| line["state"] == state).map(|line| line["count"].as_u64().unwrap()).sum::<u64>()
    };
    // What is concluded waits for its bill, not for an officer.
    assert_eq!((of("review"), of("inspection"), of("concluded")), (2, 1, 0), "{waits}");
    assert_eq!(zone.get(MERCHANT, "/v1/statistics/export-waiting").await.0, 404);
    assert_eq!(zone.get(OFFICER, "/v1/statistics/waiting").await.1["lines"], json!([]), "no import waits");

    let counted = |page: &crate::support::browser::Shown, state: &str| {
        page.text.contains(&format!("href=\"/desk/exports?state={state}\""))
    };
    for tab in ["all", "exports"] {
        let queue = browser.get(&format!("/desk/queue?tab={tab}")).await;
        assert!(queue.words().contains("出口待处置：按等待时长和状态"), "{tab}: {}", queue.words());
        assert!(queue.words().contains("出口近七日通关时长"), "{tab}: {}", queue.words());
        assert!(counted(&queue, "500") && counted(&queue, "399"), "{tab}: {}", queue.text);
    }
    let zone_page = browser.get("/desk/zone").await;
    assert!(zone_page.words().contains("出口：等待关员处置") && counted(&zone_page, "500"));
    let mut party = people::signed_in(&zone, "wang.li", MERCHANT, Role::Merchant, &[Duty::Operator]).await;
    for browser in [&mut browser, &mut party] {
        let home = browser.get("/desk").await;
        assert!(home.words().contains("近30日出口清单进展"), "{}", home.words());
        assert!(counted(&home, "2") && counted(&home, "300") && counted(&home, "399"), "{}", home.text);
    }
    // Whoever has no exports is shown none, and everybody's page is of imports.
    let mut bank = people::signed_in(&zone, "qian.yi", "5301960302", Role::Payment, &[Duty::Operator]).await;
    assert!(!bank.get("/desk").await.words().contains("近30日出口清单进展"));
    assert!(!Browser::new(&zone).get("/indicators").await.words().contains("出口："));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_to_an_export_is_put_in_place_while_its_page_is_open() {
    let (zone, trades) = zone().await;
    let (mut browser, _) = officer(&zone, "guan.yi", &[Duty::Decider]).await;
    let (_, other) = officer(&zone, "guan.er", &[Duty::Decider]).await;
    let page = browser.get(&desk(&trades[0])).await;
    assert!(page.text.contains("<div id=\"live-happened\">"), "what is replaced: {}", page.text);
    let live =
        page.text.split("data-live=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let (stream, done) = tokio::join!(browser.get(&live), act(&zone, &other, &trades[0], "suspend", "d1"));
    assert_eq!(done.0, 200, "{}", done.1);
    assert_eq!(stream.text.matches("event: changed").count(), 1, "{}", stream.text);
    assert!(
        stream.text.contains("id=\"live-happened\" data-part")
            && stream.text.contains("data-next=\"/desk/live?merchant=")
            && stream.text.contains("guan.er"),
        "with what the other said, and where the next change is told: {}",
        stream.text
    );
    // A list that is watched is read by nobody.
    let readings = async || {
        let (_, told) = zone.get(MERCHANT, "/v1/registers/accesses?limit=500").await;
        told["records"].as_array().unwrap().len()
    };
    let queue = browser.get(QUEUE).await;
    let live =
        queue.text.split("data-live=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let before = readings().await;
    assert!(before > 0, "the queue and the trades were");
    let (stream, ()) = tokio::join!(browser.get(&live), async {
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        for (sender, document) in Export::new(7, 9, zone.clock.now()).in_mode("1210").documents() {
            zone.send(&sender, document).await;
        }
    });
    assert!(stream.text.contains("event: changed"), "{}", stream.text);
    assert_eq!(readings().await, before);
}
