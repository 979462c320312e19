//! Transfers between districts: released lists of exports go under one document and seal to the district of exit. Each office acts at its
//! end and sees what begins or ends with it; nothing under transfer, late or missing leaves the country; each trade tells what became of
//! its parcel.

use crate::archiving::until;
use crate::bonded::verified;
use crate::mode_stories::{declared, settled};
use crate::parks::{CUSTOMS, OPERATOR, SITE, opened};
use crate::support::people::signed_in_english;
use crate::support::{NOW, Zone};
use ceb::{Decimal, Document};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::{Export, stamp};
use serde_json::{Value, json};
use store::Duty;

const DEPARTURE: &str = "8620";
const EXIT: &str = "8613";

/// Two lists and one more, of one declaring unit and one carrier, that leave by another district.
fn lists() -> Vec<Export> {
    let first = Export::new(7, 1, NOW);
    let alike = |one: &Export| {
        let (head, other) = (&one.declaration.head, &first.declaration.head);
        (&head.logistics_code, &head.agent_code) == (&other.logistics_code, &other.agent_code)
    };
    let mut found: Vec<Export> =
        (1..).map(|number| Export::new(7, number, NOW)).filter(alike).take(3).collect();
    for one in &mut found {
        one.declaration.head.port_code = EXIT.into();
    }
    found
}

fn path(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

/// A zone with officers of three districts, an open site, and the first two lists released, the third declared. Numbers of all three.
async fn zone() -> (Zone, Vec<Export>, Vec<String>) {
    let mut zone = Zone::new().await;
    for (name, district) in [("departure", DEPARTURE), ("exit", EXIT), ("elsewhere", "8601")] {
        let districts = [district.into()];
        let issued = zone.window.control.issue(CUSTOMS, Role::Officer, name, &districts, NOW, None);
        let token = issued.await.unwrap();
        zone.tokens.insert(name.to_owned(), token);
    }
    opened(&zone, &[]).await;
    let lists = lists();
    let mut numbers = Vec::new();
    for one in &lists {
        let answer = declared(&zone, one).await;
        assert_eq!(answer["status"], 399, "{answer}");
        let (_, shown) = zone.get(CUSTOMS, &path(one)).await;
        numbers.push(shown["attempt"]["invtNo"].as_str().unwrap().to_owned());
    }
    let both: Vec<&Export> = lists[..2].iter().collect();
    let bill = Export::master_bill(&both, NOW).unwrap();
    zone.send(&bill.head.agent_code.clone(), Document::MasterBill(bill)).await;
    let arrival = Export::arrival(&both, NOW).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::ExportArrival(arrival)).await;
    for one in &both {
        until(&zone, &path(one), 800).await;
    }
    (zone, lists, numbers)
}

fn agent(lists: &[Export]) -> String {
    lists[0].declaration.head.agent_code.to_string()
}

fn applied(lists: &[Export], numbers: &[String]) -> Value {
    let weights = lists.iter().map(|one| one.declaration.head.gross_weight);
    let weight = weights.fold(Decimal::ZERO, |sum, one| sum.checked_add(one).unwrap());
    let pieces: u32 = lists.iter().map(|one| one.declaration.head.pack_no).sum();
    json!({
        "departure": DEPARTURE, "exit": EXIT, "site": format!("{OPERATOR}:{SITE}"),
        "transport": {"mode": "4", "number": "云A00001", "lock": "GS-1"},
        "pieces": pieces, "grossWeight": weight.to_string(), "lists": numbers,
    })
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

async fn act(zone: &Zone, who: &str, id: &str, (action, version): (&str, u64), body: Value) -> (u16, Value) {
    let said = json!({"action": action, "version": version, "note": "样例", "body": body});
    let there = format!("/v1/registers/transit-transfers/{id}/actions");
    zone.request("POST", &there, Some(&zone.tokens[who]), said.to_string().into_bytes()).await
}

/// What was wrong: field and code of each.
fn faults(told: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = told["faults"].as_array().unwrap_or_else(|| panic!("{told}"));
    all.iter().map(|fault| (text(&fault["path"]), text(&fault["code"]))).collect()
}

/// A move that is made, and the state after it.
async fn moved(zone: &Zone, who: &str, id: &str, step: (&str, u64), body: Value, state: &str) -> Value {
    let (status, told) = act(zone, who, id, step, body).await;
    assert_eq!((status, told["state"].as_str()), (200, Some(state)), "{step:?}: {told}");
    told
}

/// What became of the parcel of a list, as its trade tells.
async fn told_of(zone: &Zone, who: &str, export: &Export) -> Vec<String> {
    let (_, shown) = zone.get(who, &path(export)).await;
    let events = shown["transfers"].as_array().unwrap_or_else(|| panic!("{shown}"));
    events.iter().map(|event| event["what"].as_str().unwrap().to_owned()).collect()
}

/// A departure of parcels, with its status and the rules that stood against it.
async fn leave(zone: &Zone, lists: &[&Export]) -> (i64, Vec<String>) {
    // A minute later each time: the same document again would have its first answer.
    zone.clock.set(Time(zone.clock.now().0 + 60_000));
    let departure = Export::departure(lists, zone.clock.now()).unwrap();
    let sender = departure.head.logistics_code.clone();
    let answer = zone.send(&sender, Document::Departure(departure)).await;
    let found = answer["findings"].as_array().into_iter().flatten();
    let rules = found.map(|one| one["rule"].as_str().unwrap().to_owned()).collect();
    (answer["status"].as_i64().unwrap(), rules)
}

/// How a transfer is listed for somebody: state and whether it is late.
async fn listed(zone: &Zone, who: &str) -> Vec<(String, bool)> {
    zone.until_listed().await;
    let (status, told) = zone.get(who, "/v1/registers/transit-transfers").await;
    assert_eq!(status, 200, "{told}");
    let records = told["records"].as_array().unwrap().iter();
    records.map(|one| (one["state"].as_str().unwrap().to_owned(), one["overdue"] == true)).collect()
}

fn at(zone: &Zone) -> String {
    stamp(zone.clock.now()).to_string()
}

fn sealed_himself() -> (String, String) {
    ("action".to_owned(), "transit-another-officer".to_owned())
}

/// Applied for, sealed by the office of departure, and through the gate: version 3.
async fn under_way(zone: &Zone, lists: &[Export], numbers: &[String]) -> String {
    let agent = agent(lists);
    let id = format!("{agent}:ZG1");
    moved(zone, &agent, &id, ("apply", 0), applied(&lists[..2], &numbers[..2]), "applied").await;
    moved(zone, "departure", &id, ("approve", 1), json!({"seals": ["KM001"]}), "approved").await;
    let passed = json!({"at": at(zone), "seals": ["KM001"]});
    moved(zone, OPERATOR, &id, ("depart", 2), passed, "under-way").await;
    id
}

/// An application to cancel a list: what it is answered, and where the list stands then.
async fn cancelled(zone: &Zone, export: &Export, invt_no: &str) -> (Value, String) {
    zone.clock.set(Time(zone.clock.now().0 + 60_000));
    let now = zone.clock.now();
    let mut application = export.cancellation(invt_no, now);
    application.cop_no = format!("C{}", now.0).into();
    zone.send(&application.agent_code.clone(), Document::ExportCancellation(application)).await;
    settled(zone).await;
    let (_, shown) = zone.get(CUSTOMS, &path(export)).await;
    (shown["cancellation"]["status"].clone(), shown["stateWord"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_under_transfer_are_late_one_is_missing_and_nothing_of_it_leaves_before_it_is_found() {
    let (zone, lists, numbers) = zone().await;
    let agent = agent(&lists);
    let id = format!("{agent}:ZG1");
    let good = applied(&lists[..2], &numbers[..2]);
    moved(&zone, &agent, &id, ("apply", 0), good.clone(), "applied").await;
    // One list is under one transfer.
    let other = format!("{agent}:ZG2");
    let (status, told) = act(&zone, &agent, &other, ("apply", 0), good).await;
    let taken = |at: &str| (at.to_owned(), "transit-taken".to_owned());
    assert_eq!((status, faults(&told)), (422, vec![taken("lists[1]"), taken("lists[2]")]));

    // The office of departure approves and seals: nobody of another district, and once.
    let seals = json!({"seals": ["KM001", "KM002"]});
    assert_eq!(act(&zone, "elsewhere", &id, ("approve", 1), seals.clone()).await.0, 404);
    assert_eq!(act(&zone, "exit", &id, ("approve", 1), seals.clone()).await.0, 403);
    moved(&zone, "departure", &id, ("approve", 1), seals.clone(), "approved").await;
    assert_eq!(act(&zone, "departure", &id, ("approve", 1), seals).await.0, 409, "the same again");

    // The gate reads the seals that were put on.
    let passed = |seals: Value| json!({"at": at(&zone), "seals": seals});
    let (status, told) = act(&zone, OPERATOR, &id, ("depart", 2), passed(json!(["KM001"]))).await;
    assert_eq!((status, faults(&told)), (422, vec![("seals".to_owned(), "transit-seals".to_owned())]));
    let left = passed(json!(["KM002", "KM001"]));
    let told = moved(&zone, OPERATOR, &id, ("depart", 2), left, "under-way").await;
    assert_eq!(told["body"]["due"].as_i64(), Some(NOW.0 + 72 * 3_600_000), "{told}");
    let both: Vec<&Export> = lists[..2].iter().collect();
    let rule = "parcel-in-transfer".to_owned();
    assert_eq!(leave(&zone, &both).await.1, [rule.clone(), rule.clone()]);

    // Its term is over: both districts are told, no other; before that nobody.
    zone.until_listed().await;
    server::transit_clocks::step(&zone.window).await.unwrap();
    assert_eq!(listed(&zone, "exit").await, [("under-way".to_owned(), false)]);
    zone.clock.set(Time(NOW.0 + 73 * 3_600_000));
    for _ in 0..2 {
        zone.until_listed().await;
        server::transit_clocks::step(&zone.window).await.unwrap();
    }
    for end in ["departure", "exit", &agent, OPERATOR] {
        assert_eq!(listed(&zone, end).await, [("overdue".to_owned(), true)], "{end}");
    }
    assert!(listed(&zone, "elsewhere").await.is_empty());
    let record = format!("/v1/registers/transit-transfers/{id}");
    assert_eq!(zone.get("elsewhere", &record).await.0, 404);
    assert_eq!(zone.get("exit", &record).await.0, 200);

    // It came with one parcel missing and one too much: the office of exit says so.
    let variance = json!({"at": at(&zone), "seal": "intact", "missing": [numbers[1]], "surplus": ["EY-X"]});
    assert_eq!(act(&zone, "departure", &id, ("report-variance", 4), variance.clone()).await.0, 403);
    let nothing = json!({"at": at(&zone), "seal": "intact"});
    let (status, told) = act(&zone, "exit", &id, ("report-variance", 4), nothing).await;
    assert_eq!((status, faults(&told)[0].1.as_str()), (422, "transit-no-variance"));
    let strange = with(variance.clone(), "missing", json!([numbers[2]]));
    let (status, told) = act(&zone, "exit", &id, ("report-variance", 4), strange).await;
    assert_eq!((status, faults(&told)), (422, vec![("missing[1]".to_owned(), "transit-among".to_owned())]));
    let told = moved(&zone, "exit", &id, ("report-variance", 4), variance, "variance").await;
    assert_eq!(told["body"]["held"], json!([numbers[1]]), "{told}");
    let merchant = lists[0].order.head.ebc_code.as_str();
    let way = ["applied", "approved", "under-way", "overdue"];
    assert_eq!(told_of(&zone, merchant, &lists[0]).await, [&way[..], &["arrived"]].concat());
    assert_eq!(told_of(&zone, merchant, &lists[1]).await, [&way[..], &["variance"]].concat());

    // What came leaves; what is missing, then lost, does not, until it is found after all.
    assert_eq!(leave(&zone, &both[1..]).await.1, std::slice::from_ref(&rule));
    assert_eq!(leave(&zone, &both[..1]).await, (399, Vec::new()));
    until(&zone, &path(&lists[0]), 899).await;
    let lost = json!({"lost": [numbers[1]]});
    moved(&zone, "exit", &id, ("resolve", 5), lost.clone(), "resolved").await;
    assert_eq!(leave(&zone, &both[1..]).await.1, [rule]);
    let (status, told) = act(&zone, "exit", &id, ("resolve", 6), lost).await;
    assert_eq!((status, faults(&told)), (422, vec![("lost".to_owned(), "transit-among".to_owned())]));
    // Whoever sealed does not say that it was found either.
    let (status, told) = act(&zone, "departure", &id, ("resolve", 6), json!({})).await;
    assert_eq!((status, faults(&told)), (422, vec![sealed_himself()]));
    moved(&zone, CUSTOMS, &id, ("resolve", 6), json!({}), "resolved").await;
    let end = ["variance", "lost", "resolved"];
    assert_eq!(told_of(&zone, merchant, &lists[1]).await, [&way[..], &end].concat());
    assert_eq!(told_of(&zone, merchant, &lists[0]).await.len(), 5, "it is free, and stays as it was");
    assert_eq!(leave(&zone, &both[1..]).await, (399, Vec::new()));
    until(&zone, &path(&lists[1]), 899).await;
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_against_a_transfer_is_told_whole_and_one_that_came_whole_is_free() {
    let (zone, lists, numbers) = zone().await;
    let agent = agent(&lists);
    let id = format!("{agent}:ZG1");
    let good = applied(&lists[..2], &numbers[..2]);
    for (body, path, code) in [
        (with(good.clone(), "pieces", json!(99)), "pieces", "transit-pieces"),
        (with(good.clone(), "grossWeight", json!("0.001")), "grossWeight", "transit-weight"),
        (with(good.clone(), "exit", json!("8601")), "lists[1]", "transit-exit"),
        (with(good.clone(), "exit", json!(DEPARTURE)), "exit", "transit-other-district"),
        (with(good.clone(), "site", json!("5301960601:NONE")), "site", "transit-site"),
        (with(good.clone(), "lists", json!([numbers[0], numbers[0]])), "lists[2]", "transit-twice"),
        (with(good.clone(), "lists", json!(["86202026E999999999"])), "lists[1]", "transit-list"),
        (with(good.clone(), "lists", json!([numbers[2]])), "lists[1]", "transit-released"),
        (with(good.clone(), "lists", json!([])), "lists", "not-empty"),
    ] {
        let (status, told) = act(&zone, &agent, &id, ("apply", 0), body).await;
        assert_eq!((status, &faults(&told)[0]), (422, &(path.to_owned(), code.to_owned())), "{told}");
    }
    // Another declaring unit learns nothing of them.
    let others = if agent == "5301980501" { "5301980502" } else { "5301980501" };
    let (status, told) = act(&zone, others, &format!("{others}:1"), ("apply", 0), good.clone()).await;
    let absent = |at: &str| (at.to_owned(), "transit-list".to_owned());
    assert_eq!((status, faults(&told)), (422, vec![absent("lists[1]"), absent("lists[2]")]));
    assert!(listed(&zone, &agent).await.is_empty());

    // Withdrawn, it leaves its lists free for the next.
    moved(&zone, &agent, &id, ("apply", 0), good.clone(), "applied").await;
    let parcel = &lists[0].declaration.head;
    let beside = format!("%2F{}%2F{}", parcel.logistics_code, parcel.logistics_no);
    assert_eq!(zone.get(CUSTOMS, &format!("/v1/registers/transit-transfers/{beside}")).await.0, 404);
    moved(&zone, &agent, &id, ("withdraw", 1), Value::Null, "withdrawn").await;
    let id = format!("{agent}:ZG2");
    moved(&zone, &agent, &id, ("apply", 0), good, "applied").await;
    moved(&zone, CUSTOMS, &id, ("approve", 1), json!({"seals": ["KM001"]}), "approved").await;
    let passed = json!({"at": at(&zone), "seals": ["KM001"]});
    moved(&zone, OPERATOR, &id, ("depart", 2), passed.clone(), "under-way").await;
    // Whoever sealed does not say that it came whole.
    let (status, told) = act(&zone, CUSTOMS, &id, ("confirm-arrival", 3), passed.clone()).await;
    assert_eq!((status, faults(&told)), (422, vec![sealed_himself()]));
    moved(&zone, "exit", &id, ("confirm-arrival", 3), passed, "arrived").await;

    // Both pages, then the country is left.
    let mut desk = signed_in_english(&zone, "bao.guan", &agent, Role::Agent, &[Duty::Operator]).await;
    let page = desk.get("/desk/registers/transit-transfers/new?action=apply").await;
    assert!(page.status == 200 && page.words().contains("District of exit"), "{}", page.words());
    let page = desk.get(&format!("/desk/registers/transit-transfers/{agent}%3AZG2")).await;
    assert!(page.status == 200 && page.words().contains("KM001"), "{}", page.words());
    let head = &lists[0].order.head;
    let page = desk.get(&format!("/desk/exports/{}/{}", head.ebc_code, head.order_no)).await;
    assert!(page.words().contains("Transfers between districts"), "{}", page.words());
    assert!(page.words().contains("ZG2"), "{}", page.words());
    let both: Vec<&Export> = lists[..2].iter().collect();
    assert_eq!(leave(&zone, &both).await, (399, Vec::new()));
    for one in both {
        until(&zone, &path(one), 899).await;
    }
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_under_a_broken_seal_is_held_whole_and_no_list_is_cancelled_on_its_way() {
    let (zone, lists, numbers) = zone().await;
    let id = under_way(&zone, &lists, &numbers).await;
    let both: Vec<&Export> = lists[..2].iter().collect();
    let refused = (json!(100), "released".to_owned());
    assert_eq!(cancelled(&zone, &lists[0], &numbers[0]).await, refused);

    // Nothing is missing: all is held, until it was looked through by another than who sealed.
    let broken = json!({"at": at(&zone), "seal": "broken"});
    let told = moved(&zone, "exit", &id, ("report-variance", 3), broken, "variance").await;
    assert_eq!(told["body"]["held"], json!([numbers[0], numbers[1]]), "{told}");
    let merchant = lists[0].order.head.ebc_code.as_str();
    let way = ["applied", "approved", "under-way", "variance"];
    for one in &both {
        assert_eq!(told_of(&zone, merchant, one).await, way);
    }
    let rule = "parcel-in-transfer".to_owned();
    assert_eq!(leave(&zone, &both).await.1, [rule.clone(), rule]);
    assert_eq!(cancelled(&zone, &lists[0], &numbers[0]).await, refused);
    let (status, told) = act(&zone, "departure", &id, ("resolve", 4), json!({})).await;
    assert_eq!((status, faults(&told)), (422, vec![sealed_himself()]));
    moved(&zone, "exit", &id, ("resolve", 4), json!({}), "resolved").await;
    for one in &both {
        assert_eq!(told_of(&zone, merchant, one).await, [&way[..], &["resolved"]].concat());
    }

    // Free, it leaves, or its list is cancelled.
    assert_eq!(cancelled(&zone, &lists[0], &numbers[0]).await, (json!(399), "cancelled".to_owned()));
    assert_eq!(leave(&zone, &both[1..]).await, (399, Vec::new()));
    until(&zone, &path(&lists[1]), 899).await;
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_that_never_came_are_declared_lost_and_what_is_not_found_is_an_officers_to_cancel() {
    let (zone, lists, numbers) = zone().await;
    let id = under_way(&zone, &lists, &numbers).await;
    let both: Vec<&Export> = lists[..2].iter().collect();
    let rule = "parcel-in-transfer".to_owned();
    // Within its term nothing is lost.
    assert_eq!(act(&zone, "exit", &id, ("declare-lost", 3), Value::Null).await.0, 409);
    zone.clock.set(Time(NOW.0 + 73 * 3_600_000));
    zone.until_listed().await;
    server::transit_clocks::step(&zone.window).await.unwrap();
    assert_eq!(act(&zone, "elsewhere", &id, ("declare-lost", 4), Value::Null).await.0, 404);
    assert_eq!(act(&zone, OPERATOR, &id, ("declare-lost", 4), Value::Null).await.0, 403);
    let told = moved(&zone, "exit", &id, ("declare-lost", 4), Value::Null, "lost").await;
    assert_eq!(told["body"]["held"], json!([numbers[0], numbers[1]]), "{told}");
    assert_eq!(leave(&zone, &both).await.1, [rule.clone(), rule.clone()]);
    let refused = (json!(100), "released".to_owned());
    assert_eq!(cancelled(&zone, &lists[1], &numbers[1]).await, refused, "neither office is done with it");

    // One is found. The other is lost: its parcel leaves no more, and an officer weighs whether its list is cancelled.
    moved(&zone, "exit", &id, ("resolve", 5), json!({"lost": [numbers[1]]}), "resolved").await;
    assert_eq!(leave(&zone, &both[1..]).await.1, std::slice::from_ref(&rule));
    assert_eq!(leave(&zone, &both[..1]).await, (399, Vec::new()));
    until(&zone, &path(&lists[0]), 899).await;
    assert_eq!(cancelled(&zone, &lists[1], &numbers[1]).await, (json!(2), "released".to_owned()));
    let (_, shown) = zone.get(CUSTOMS, &path(&lists[1])).await;
    let said = json!({
        "id": "1", "version": shown["version"], "action": "approve-cancellation", "text": "样例",
    });
    let there = format!("{}/actions", path(&lists[1]));
    let token = Some(zone.tokens[CUSTOMS].as_str());
    let (status, told) = zone.request("POST", &there, token, said.to_string().into_bytes()).await;
    assert_eq!(status, 200, "{told}");
    settled(&zone).await;
    let (_, shown) = zone.get(CUSTOMS, &path(&lists[1])).await;
    assert_eq!(shown["stateWord"], "cancelled", "{shown}");
    assert_eq!(leave(&zone, &both[1..]).await.1, [rule]);
    // Beside transfers stand parcels and lists, and no list shows them.
    zone.until_listed().await;
    let (_, told) = zone.get(CUSTOMS, "/v1/registers/transit-transfers?state=held,written-off,freed").await;
    assert_eq!(told["records"], json!([]), "{told}");
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sealed_or_leaves_that_is_held_and_only_by_the_gate_of_its_site() {
    let (zone, lists, numbers) = zone().await;
    let agent = agent(&lists);
    let id = format!("{agent}:ZG1");
    let good = applied(&lists[..2], &numbers[..2]);
    let head = &lists[0].declaration.head;
    let hold = async |action: &str, version: u64| {
        let body = json!({
            "logisticsCode": head.logistics_code.as_str(), "logisticsNo": head.logistics_no.as_str(), "action": action,
            "text": "样例线索", "version": version,
        });
        let token = Some(zone.tokens[CUSTOMS].as_str());
        let (status, told) = zone.request("POST", "/v1/holds", token, body.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{told}");
    };
    let held = |path: &str| vec![(path.to_owned(), "transit-held".to_owned())];
    hold("hold", 0).await;
    let (status, told) = act(&zone, &agent, &id, ("apply", 0), good.clone()).await;
    assert_eq!((status, faults(&told)), (422, held("lists[1]")));
    hold("lift", 1).await;
    moved(&zone, &agent, &id, ("apply", 0), good, "applied").await;
    hold("hold", 2).await;
    let seals = json!({"seals": ["KM001"]});
    let (status, told) = act(&zone, "departure", &id, ("approve", 1), seals.clone()).await;
    assert_eq!((status, faults(&told)), (422, held("lists")));
    hold("lift", 3).await;
    moved(&zone, "departure", &id, ("approve", 1), seals, "approved").await;
    hold("hold", 4).await;
    let passed = |at: String| json!({"at": at, "seals": ["KM001"]});
    let (status, told) = act(&zone, OPERATOR, &id, ("depart", 2), passed(at(&zone))).await;
    assert_eq!((status, faults(&told)), (422, held("lists")));
    hold("lift", 5).await;
    // Not before it was sealed, by the clock of the window.
    let before = stamp(Time(NOW.0 - 3_600_000)).to_string();
    let (status, told) = act(&zone, OPERATOR, &id, ("depart", 2), passed(before)).await;
    let early = ("at".to_owned(), "transit-sealed-first".to_owned());
    assert_eq!((status, faults(&told)), (422, vec![early]));
    moved(&zone, OPERATOR, &id, ("depart", 2), passed(at(&zone)), "under-way").await;
}
