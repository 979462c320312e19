//! Officers at one queue: taking trades, deciding on many, and a release that needs two of them.

use crate::archiving::until;
use crate::support::browser::Browser;
use crate::support::people;
use crate::support::{NOW, Zone, path, plain};
use ceb::{Decimal, Document};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::Trade;
use serde_json::{Value, json};
use server::password;
use store::{Duty, NewUser, QueueOrder, QueuePlace, QueueSearch, Read};

const OFFICER: &str = "8620000001";

/// A zone with three trades to be looked at; the last is held.
async fn zone() -> (Zone, [Trade; 3]) {
    let zone = Zone::new().await;
    let (one, two) = (plain(&zone, 0), plain(&zone, 1_000));
    let goods = |trade: &Trade| {
        let lines = trade.declaration.lines.iter();
        lines.map(|line| line.gcode.chars().take(8).collect::<String>()).collect::<Vec<_>>()
    };
    let others = [goods(&one), goods(&two)].concat();
    let mut held = (2_000..).step_by(50).map(|from| plain(&zone, from));
    let held = held.find(|trade| goods(trade).iter().all(|code| !others.contains(code))).unwrap();
    let goods = goods(&held).remove(0);
    let trades = [one, two, held];
    let rules = format!(
        "id,valid_from,valid_to,lane,condition,note\nall,20190101,,document-check,lines >= 1,\nheld,20190101,,hold,hs in {goods},\n"
    );
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules)], "test").await.unwrap();
    for trade in &trades {
        zone.trade(trade).await;
    }
    zone.until_listed().await;
    (zone, trades)
}

async fn officer<'a>(zone: &'a Zone, login: &str, duties: &[Duty]) -> (Browser<'a>, String) {
    let browser = people::signed_in(zone, login, OFFICER, Role::Officer, duties).await;
    let session = browser.cookies["__Host-session"].clone();
    (browser, session)
}

fn names(trade: &Trade) -> (String, String) {
    (trade.order.head.ebp_code.to_string(), trade.order.head.order_no.to_string())
}

async fn act(zone: &Zone, session: &str, trade: &Trade, action: &str, id: &str) -> (u16, Value) {
    let (_, seen) = people::ask(zone, "GET", &path(trade), session, &Value::Null).await;
    let body = json!({"id": id, "version": seen["version"], "action": action, "text": "样例"});
    people::ask(zone, "POST", &format!("{}/actions", path(trade)), session, &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_never_work_on_the_same_trade() {
    let (zone, trades) = zone().await;
    let (mut one, first) = officer(&zone, "guan.yi", &[Duty::Decider]).await;
    let (mut other, second) = officer(&zone, "guan.er", &[Duty::Decider]).await;
    let page = one.get("/desk/queue").await;
    let taken = one.post("/desk/queue", &[("guard", &page.hidden("guard")), ("do", "next")]).await;
    let held = path(&trades[2]).replace("/v1", "/desk");
    assert_eq!((taken.status, taken.location()), (303, held.as_str()), "the severest lane first");
    let shown = other.get("/desk/queue").await;
    assert!(shown.words().contains("guan.yi"), "the others see whose it is");
    // Not his to decide, by page or by interface, nor to take.
    let (status, told) = act(&zone, &second, &trades[2], "reject", "d1").await;
    assert_eq!((status, told["type"].as_str()), (409, Some("urn:onewindow:problem:assigned")), "{told}");
    assert_eq!(told["assigned"]["officer"], "guan.yi");
    let (platform, order_no) = names(&trades[2]);
    let wanted = json!({"platform": platform, "orderNo": order_no});
    let (status, _) = people::ask(&zone, "POST", "/v1/assignments", &second, &wanted).await;
    assert_eq!(status, 409);
    let (status, told) =
        people::ask(&zone, "POST", "/v1/assignments", &second, &json!({"states": [300]})).await;
    assert_eq!(status, 200);
    assert_ne!(told["orderNo"], order_no.as_str(), "the next that nobody works on");
    let (_, list) = people::ask(&zone, "GET", "/v1/assignments", &first, &Value::Null).await;
    assert_eq!(list["assignments"].as_array().unwrap().len(), 2);
    // Given up, or over, it is free.
    let giving = format!("/v1/assignments/{platform}/{order_no}");
    assert_eq!(people::ask(&zone, "DELETE", &giving, &second, &Value::Null).await.0, 404, "it is not his");
    assert_eq!(people::ask(&zone, "DELETE", &giving, &first, &Value::Null).await.0, 204);
    assert_eq!(people::ask(&zone, "POST", "/v1/assignments", &second, &wanted).await.0, 200);
    for _ in 0..2 {
        zone.clock.set(Time(zone.clock.now().0 + 16 * 60_000));
        // Whoever does nothing for half an hour has to sign in again.
        people::ask(&zone, "GET", "/v1/assignments", &first, &Value::Null).await;
        people::ask(&zone, "GET", "/v1/assignments", &second, &Value::Null).await;
    }
    assert_eq!(people::ask(&zone, "POST", "/v1/assignments", &first, &wanted).await.0, 200);
    // Done, it is anybody's again: what comes next may be another's duty.
    assert_eq!(act(&zone, &first, &trades[2], "inspect", "d2").await.0, 200);
    assert_eq!(people::ask(&zone, "POST", "/v1/assignments", &second, &wanted).await.0, 200);
    let page = one.get(&path(&trades[0]).replace("/v1", "/desk")).await;
    let there = format!("{}/assignment", path(&trades[0]).replace("/v1", "/desk"));
    let taken = one.post(&there, &[("guard", &page.hidden("guard")), ("do", "take")]).await;
    assert_eq!(taken.status, 303);
    assert!(one.get(taken.location()).await.text.contains("value=\"give-up\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_decision_on_many_leaves_what_asks_for_a_look_of_its_own() {
    let (zone, trades) = zone().await;
    let (mut browser, session) = officer(&zone, "guan.yi", &[Duty::Decider]).await;
    let (_, other) = officer(&zone, "guan.er", &[Duty::Decider]).await;
    let queue = browser.get("/desk/queue").await;
    let guard = queue.hidden("guard");
    assert_eq!(queue.text.matches("type=\"checkbox\"").count(), 3);
    let nothing = browser.post("/desk/queue", &[("guard", &guard), ("do", "many")]).await;
    assert_eq!(nothing.location(), "/desk/queue?tab=all&said=choose");
    let picks: Vec<(String, String)> = Browser::fields_of(&queue, "/desk/queue")
        .into_iter()
        .filter(|(name, _)| name.starts_with("pick:"))
        .collect();
    let with = |more: &[(&'static str, &str)]| -> Vec<(String, String)> {
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
    let asked = post(&mut browser, "/desk/queue", with(&[("guard", &guard), ("do", "many")])).await;
    assert!(asked.words().contains("已选 3 票"), "{}", asked.words());
    let id = asked.hidden("id");
    let unexplained = post(
        &mut browser,
        "/desk/queue/decisions",
        with(&[("guard", &guard), ("id", &id), ("action", "approve")]),
    )
    .await;
    assert_eq!(unexplained.status, 422);
    assert!(unexplained.text.contains("checked"), "what was chosen stays");
    let words = [("guard", guard.as_str()), ("id", &id), ("action", "approve"), ("text", "批量核准")];
    let done = post(&mut browser, "/desk/queue/decisions", with(&words)).await;
    assert!(done.words().contains("已记录 2 / 3"), "{}", done.words());
    assert!(done.words().contains("须单独处置"));
    let state = async |trade: &Trade| {
        people::ask(&zone, "GET", &path(trade), &other, &Value::Null).await.1["attempt"]["state"].clone()
    };
    assert_eq!(state(&trades[2]).await, 300);
    let versions = async || {
        let (_, seen) = people::ask(&zone, "GET", &path(&trades[0]), &other, &Value::Null).await;
        seen["version"].clone()
    };
    let before = versions().await;
    let again = post(&mut browser, "/desk/queue/decisions", with(&words)).await;
    assert!(again.words().contains("已记录 2 / 3"), "the same id has its first answers");
    assert_eq!(versions().await, before);
    // What nobody may do to many, to too many, or to one twice.
    let item = |trade: &Trade| {
        let (platform, order_no) = names(trade);
        json!({"platform": platform, "orderNo": order_no, "version": 1})
    };
    for (body, path) in [
        (json!({"id": "x", "action": "reject", "text": "样例", "items": [item(&trades[0])]}), "action"),
        (json!({"id": "x", "action": "approve", "text": "样例", "items": []}), "items"),
        (
            json!({"id": "x", "action": "approve", "text": "样例", "items": [item(&trades[0]), item(&trades[0])]}),
            "items",
        ),
        (json!({"id": " ", "action": "approve", "text": "样例", "items": [item(&trades[0])]}), "id"),
    ] {
        let (status, told) = people::ask(&zone, "POST", "/v1/actions", &session, &body).await;
        assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some(path)), "{told}");
    }
    let stale = json!({"id": "y", "action": "inspect", "text": "样例", "items": [item(&trades[2])]});
    let (status, told) = people::ask(&zone, "POST", "/v1/actions", &session, &stale).await;
    assert_eq!((status, &told["results"][0]["done"]), (200, &json!(false)), "a version that is over: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_is_released_by_two() {
    let (zone, trades) = zone().await;
    let (mut one, first) = officer(&zone, "guan.yi", &[Duty::Decider]).await;
    let (mut other, second) = officer(&zone, "guan.er", &[Duty::Decider]).await;
    let (status, told) = act(&zone, &first, &trades[2], "approve", "d1").await;
    assert_eq!(status, 200, "{told}");
    let (_, seen) = people::ask(&zone, "GET", &path(&trades[2]), &first, &Value::Null).await;
    assert_eq!((&seen["attempt"]["state"], &seen["proposedBy"]), (&json!(300), &json!("guan.yi")));
    let offered =
        |seen: &Value| seen["actions"].as_array().unwrap().iter().any(|open| open["action"] == "approve");
    assert!(!offered(&seen), "not offered to him who proposed it");
    let desk = path(&trades[2]).replace("/v1", "/desk");
    assert!(other.get(&desk).await.words().contains("guan.yi 已提出放行"));
    assert!(one.get(&desk).await.words().contains("guan.yi 已提出放行"));
    let (status, told) = act(&zone, &first, &trades[2], "release", "d2").await;
    assert_eq!(
        (status, told["findings"][0]["rule"].as_str()),
        (409, Some("second-officer-needed")),
        "{told}"
    );
    assert_eq!(act(&zone, &second, &trades[2], "approve", "d3").await.0, 200);
    let (_, seen) = people::ask(&zone, "GET", &path(&trades[2]), &second, &Value::Null).await;
    assert_eq!(seen["attempt"]["state"], 120, "free, it waits for its parcel");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_finds_the_trades_of_an_enterprise() {
    let (zone, trades) = zone().await;
    let (mut browser, session) = officer(&zone, "guan.yi", &[Duty::Decider]).await;
    let agent = trades[0].declaration.head.agent_code.to_string();
    let of = |party: &str| format!("/v1/consignments?party={party}");
    let (_, list) = people::ask(&zone, "GET", &of(&agent), &session, &Value::Null).await;
    let expected = trades.iter().filter(|trade| trade.declaration.head.agent_code == agent.as_str()).count();
    assert_eq!(list["consignments"].as_array().unwrap().len(), expected, "{list}");
    let (_, none) = people::ask(&zone, "GET", &of("5301999999"), &session, &Value::Null).await;
    assert_eq!(none["consignments"], json!([]));
    assert_eq!(zone.get(&agent, &of(&agent)).await.0, 400, "an enterprise has its own list alone");
    let page = browser.get(&format!("/desk/consignments?party={agent}")).await;
    assert!(page.text.contains(&format!("value=\"{agent}\"")));
    assert_eq!(page.text.matches("class=\"lead\"").count(), expected);
}

/// Orders of the queue as a page links to them, in its order.
fn orders_of(page: &crate::support::browser::Shown) -> Vec<String> {
    let links = page.text.split("class=\"lead\"").skip(1);
    links.map(|link| link.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_is_in_order_over_all_that_waits_whatever_its_pages() {
    let (zone, trades) = zone().await;
    let (mut browser, _) = officer(&zone, "guan.yi", &[Duty::Decider]).await;
    let number = |trade: &Trade| trade.order.head.order_no.to_string();
    let held = number(&trades[2]);
    // By a store's cursors, one trade a page: nothing twice, nothing left out.
    let office = store::Scope::Office(Vec::new());
    let whole = async |order: QueueOrder| {
        let search = QueueSearch { states: vec![300, 500], order };
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = zone.window.read.queue(&office, &search, after, 1).await.unwrap();
            found.extend(page.lines.iter().map(|(_, line)| line.order.order_no.to_string()));
            match page.next {
                Some(next) => after = QueuePlace::parse(&next.to_string()),
                None => return found,
            }
        }
    };
    let severest = whole(QueueOrder::Severest).await;
    assert_eq!((severest.len(), severest[0].as_str()), (3, held.as_str()), "the severest lane first");
    let mildest = whole(QueueOrder::Mildest).await;
    assert_eq!(mildest.last(), Some(&held));
    let oldest = whole(QueueOrder::Oldest).await;
    let mut newest = whole(QueueOrder::Newest).await;
    newest.reverse();
    assert_eq!(oldest, newest);
    // The page says the same, and offers no order that it could not keep over all of them.
    for (sort, expected) in [
        ("", &severest),
        ("-lane", &severest),
        ("lane", &mildest),
        ("changed", &oldest),
        ("price", &severest),
    ] {
        let page = browser.get(&format!("/desk/queue?sort={sort}")).await;
        assert_eq!(&orders_of(&page), expected, "{sort}");
    }
    let page = browser.get("/desk/queue?sort=changed").await;
    assert!(page.text.contains("aria-sort=\"ascending\"") && page.text.contains("sort=-changed"));
    assert!(!page.text.contains("sort=order"), "{}", page.text);
    assert_eq!(browser.get("/desk/queue?after=1.2").await.status, 400, "that is no cursor");
    let behind = browser.get("/desk/queue?after=0.0.0").await;
    assert_eq!((behind.status, orders_of(&behind).len()), (200, 0), "behind the last lane is nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_stands_by_risk_and_the_gravest_is_taken_first() {
    let (zone, trades) = zone().await;
    let number = |trade: &Trade| trade.order.head.order_no.to_string();
    // One that came last, in the mildest lane: two rules led there.
    let rules = "id,valid_from,valid_to,lane,condition,note\nall,20190101,,document-check,lines >= 1,\nmore,20190101,,document-check,lines >= 1,\n";
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules.to_owned())], "test").await.unwrap();
    let mut last = (4_000..).step_by(50).map(|from| plain(&zone, from));
    let last = last.find(|trade| trades.iter().all(|known| number(known) != number(trade))).unwrap();
    zone.trade(&last).await;
    zone.until_listed().await;
    let [one, two, held, last] = [&trades[0], &trades[1], &trades[2], &last].map(number);
    let gravest = vec![held.clone(), last.clone(), one.clone(), two.clone()];
    let mildest = vec![one.clone(), two.clone(), last.clone(), held.clone()];
    let (mut browser, session) = officer(&zone, "guan.yi", &[Duty::Decider]).await;
    for (sort, expected) in [("-risk", &gravest), ("risk", &mildest)] {
        let page = browser.get(&format!("/desk/queue?sort={sort}")).await;
        assert_eq!(&orders_of(&page), expected, "{sort}");
        let (_, list) = people::ask(
            &zone,
            "GET",
            &format!("/v1/consignments?state=300&sort={sort}"),
            &session,
            &Value::Null,
        )
        .await;
        let listed: Vec<&str> = list["consignments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["orderNo"].as_str().unwrap())
            .collect();
        assert_eq!(&listed, expected, "{sort}");
    }
    let page = browser.get("/desk/queue?sort=-risk").await;
    assert!(page.text.contains("aria-sort=\"descending\"") && page.text.contains("sort=risk"));
    // A page begins behind a place, not behind so many rows.
    let behind = browser.get("/desk/queue?sort=-risk&after=none.2.65535.0.0").await;
    assert_eq!(orders_of(&behind), gravest[1..]);
    assert_eq!(
        browser.get("/desk/queue?sort=-risk&after=2.0.0").await.status,
        400,
        "a cursor of another order"
    );
    // Parties are not told it, not even by an order.
    let agent = trades[0].declaration.head.agent_code.to_string();
    assert_eq!(zone.get(&agent, "/v1/consignments?sort=-risk").await.0, 400);
    // The next that is taken is the next of the order that is looked at.
    let fields = [("guard", page.hidden("guard")), ("sort", page.hidden("sort")), ("do", "next".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let there = format!("{}?sort=-risk", path(&trades[2]).replace("/v1", "/desk"));
    assert_eq!(browser.post("/desk/queue", &fields).await.location(), there);
    // Decided, it leads on to the next of the same order.
    let page = browser.get(&there).await;
    let sent = there.replace('?', "/actions?");
    assert!(page.text.contains(&format!("action=\"{sent}\"")), "{}", page.text);
    let fields = [
        ("guard", page.hidden("guard")),
        ("id", page.hidden("id")),
        ("version", page.hidden("version")),
        ("action", "inspect".to_owned()),
        ("text", "样例".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = browser.post(&sent, &fields).await;
    assert_eq!((done.status, done.location()), (303, there.replace('?', "?said=done&").as_str()));
    let page = browser.get(done.location()).await;
    let next = page.text.split("action=\"/desk/queue\"").nth(1).unwrap();
    assert!(next.contains("name=\"sort\" value=\"-risk\"") && next.contains("autofocus"), "{next}");
    let wanted = json!({"states": [300], "sort": "-risk"});
    let (status, told) = people::ask(&zone, "POST", "/v1/assignments", &session, &wanted).await;
    assert_eq!((status, told["orderNo"].as_str()), (200, Some(last.as_str())), "{told}");
    for wrong in [json!({"states": [300], "sort": "lane"}), json!({"sort": "-risk"})] {
        assert_eq!(people::ask(&zone, "POST", "/v1/assignments", &session, &wrong).await.0, 400, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_stands_on_the_queue_of_every_office_whose_district_begins_as_that_of_the_trade() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let arrival = Trade::arrival(1, &[&trade], NOW).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::Arrival(arrival)).await;
    let shown = until(&zone, &path(&trade), 800).await;
    let entry = shown["attempt"]["invtNo"].as_str().unwrap();
    let application = trade.return_goods(entry, &[(0, Decimal::ONE)], NOW);
    let told = zone.send(&application.head.agent_code.clone(), Document::Return(application)).await;
    server::statistics::follow(&zone.window).await.unwrap();
    assert_eq!(zone.window.statistics.standing().figures.applied.len(), 1, "{told}");
    let district = trade.declaration.head.customs_code.as_str();
    for (login, own, sees) in
        [("guan.yi", district, true), ("guan.er", &district[..2], true), ("guan.san", "99", false)]
    {
        let one_time = password::one_time().unwrap();
        let user = NewUser {
            login: login.into(),
            name: "样例".into(),
            party: OFFICER.into(),
            role: Role::Officer,
            duties: vec![Duty::Decider],
            districts: vec![own.into()],
        };
        let hash = password::hash_at(password::Cost::OF_TESTS, &one_time).unwrap();
        zone.window.control.add_user(&user, &hash, NOW).await.unwrap().unwrap();
        let session = people::settle(&zone, login, &one_time, true).await;
        let page = Browser::with(&zone, &session).get("/desk/queue").await;
        let order_no = trade.order.head.order_no.as_str();
        assert_eq!((page.status, page.text.contains(order_no)), (200, sees), "{own}: {}", page.words());
    }
}
