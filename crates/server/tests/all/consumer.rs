//! A consumer: he comes in by a code that goes to the telephone on his order, sees what is his and no more, locks his quota,
//! disputes a use that was not his, and has what is kept of him.

use crate::support::{NOW, Zone, trade_of};
use clearance::keys::Time;
use clearance::sample::{Person, Trade};
use counterpart::Messages;
use serde_json::{Value, json};
use server::push::{Client, Reach};
use std::time::Duration;
use store::authorities;

pub const OFFICE: &str = "8620000001";
/// A telephone of his own, and one of somebody else.
pub const OWN: &str = "13900000001";
pub const OTHER: &str = "13900000002";

/// Gives the zone a provider of messages.
pub async fn provider(zone: &Zone) -> Messages {
    let key = zone.window.evidence.sender(NOW).await.unwrap().public();
    let clock = zone.clock.clone();
    let messages = Messages::new(vec![key], |_| {}, move || clock.now().0 / 1_000);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, messages.clone().router()).into_future());
    let reach = Reach::new(vec!["127.0.0.0/8".parse().unwrap()]);
    zone.window.messenger.connect(Client::new(reach, &authorities::client(None).unwrap()).unwrap(), &url);
    messages
}

/// A trade of a person, ordered with a telephone.
pub fn trade(number: u64, person: &Person, telephone: &str, price: i64) -> Trade {
    let mut trade = trade_of(11, number, person, price);
    trade.order.head.buyer_telephone = telephone.into();
    trade.declaration.head.buyer_telephone = telephone.into();
    trade
}

pub async fn post(zone: &Zone, token: Option<&str>, path: &str, body: Value) -> (u16, Value) {
    zone.request("POST", path, token, body.to_string().into_bytes()).await
}

/// The message that comes next, after so many.
pub async fn message(messages: &Messages, after: usize) -> Value {
    for _ in 0..500 {
        if let Some(found) = messages.taken().get(after) {
            return found.clone();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no message came");
}

/// The session of somebody who asks for a code to a number and gives the one that came.
pub async fn come_in(zone: &Zone, messages: &Messages, number: &str) -> String {
    let before = messages.taken().len();
    let (status, asked) = post(zone, None, "/v1/consumer/codes", json!({"number": number})).await;
    assert_eq!(status, 202, "{asked}");
    let sent = message(messages, before).await;
    let proof = json!({"number": number, "ticket": asked["ticket"], "code": sent["code"]});
    let (status, told) = post(zone, None, "/v1/consumer/sessions", proof.clone()).await;
    assert_eq!(status, 201, "{told}");
    let (again, _) = post(zone, None, "/v1/consumer/sessions", proof).await;
    assert_eq!(again, 401, "a code counts once");
    told["token"].as_str().unwrap().to_owned()
}

async fn get(zone: &Zone, token: &str, path: &str) -> Value {
    let (status, told) = zone.request("GET", path, Some(token), Vec::new()).await;
    assert_eq!(status, 200, "{path}: {told}");
    told
}

/// Two trades of one person: his own, and one that somebody else ordered in his name.
async fn two(zone: &Zone) -> (Trade, Trade) {
    let person = Person::new(1);
    let (own, stolen) = (trade(1, &person, OWN, 300), trade(2, &person, OTHER, 700));
    zone.trade(&own).await;
    zone.trade(&stolen).await;
    zone.until_listed().await;
    (own, stolen)
}

fn path_of(trade: &Trade) -> String {
    format!("/v1/consumer/trades/{}/{}", trade.order.head.ebp_code, trade.order.head.order_no)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_to_the_telephone_on_the_order_opens_what_is_ones_own() {
    let zone = Zone::new().await;
    let messages = provider(&zone).await;
    let (own, stolen) = two(&zone).await;
    let token = come_in(&zone, &messages, &own.order.head.order_no).await;
    assert_eq!(messages.taken()[0]["to"], OWN);
    let listed = get(&zone, &token, "/v1/consumer/trades").await;
    let trades = listed["trades"].as_array().unwrap();
    assert_eq!(trades.len(), 1, "{listed}");
    assert_eq!(trades[0]["orderNo"], own.order.head.order_no.as_str());
    let shown = get(&zone, &token, &path_of(&own)).await;
    let steps: Vec<&str> =
        shown["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(&steps[..4], ["ordered", "paid", "shipped", "declared"], "{shown}");
    assert!(shown["steps"][0]["time"].is_string(), "{shown}");
    let (another, told) = zone.request("GET", &path_of(&stolen), Some(&token), Vec::new()).await;
    let absent = "/v1/consumer/trades/5301960101/none";
    assert_eq!((another, told), zone.request("GET", absent, Some(&token), Vec::new()).await);
    assert_eq!(another, 404);
    // The waybill's number leads to the same trade.
    let again = come_in(&zone, &messages, &own.declaration.head.logistics_no).await;
    assert_eq!(get(&zone, &again, "/v1/consumer/trades").await["trades"], listed["trades"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_use_in_ones_name_with_another_telephone_is_told_without_address_or_goods() {
    let zone = Zone::new().await;
    let messages = provider(&zone).await;
    let (own, stolen) = two(&zone).await;
    let token = come_in(&zone, &messages, &own.order.head.order_no).await;
    let quota = get(&zone, &token, "/v1/consumer/quota").await;
    let uses = quota["uses"].as_array().unwrap();
    assert_eq!(uses.len(), 2, "{quota}");
    let of = |trade: &Trade| {
        uses.iter().find(|one| one["orderNo"] == trade.order.head.order_no.as_str()).unwrap().clone()
    };
    assert_eq!((&of(&own)["own"], &of(&stolen)["own"]), (&json!(true), &json!(false)));
    let told = of(&stolen).to_string();
    for hidden in [
        stolen.order.lines[0].item_name.as_str(),
        stolen.order.head.consignee_address.as_str(),
        stolen.order.head.buyer_name.as_str(),
        OTHER,
    ] {
        assert!(!told.contains(hidden), "{hidden}: {told}");
    }
    let yuan = |name: &str| quota[name].as_str().unwrap().parse::<f64>().unwrap();
    assert!((yuan("limit") - yuan("used") - yuan("held") - yuan("left")).abs() < 0.001, "{quota}");
    assert_eq!(yuan("limit"), 26_000.0);
    // Nor does the export tell of it.
    let data = get(&zone, &token, "/v1/consumer/data").await;
    assert_eq!(data["trades"].as_array().unwrap().len(), 1);
    assert!(!data.to_string().contains(stolen.order.head.consignee_address.as_str()));
    assert!(data["trades"][0]["kept"].to_string().contains(own.order.head.buyer_id_number.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_is_answered_alike_and_slowed_down() {
    let zone = Zone::new().await;
    let number = "NONE-1";
    let (status, _) = post(&zone, None, "/v1/consumer/codes", json!({"number": number})).await;
    assert_eq!(status, 503, "without a provider no code can be sent, whatever the number");
    let messages = provider(&zone).await;
    let (own, _) = two(&zone).await;
    let known = own.order.head.order_no.as_str();
    let mut answers = Vec::new();
    for number in [known, number] {
        for _ in 0..4 {
            let (status, told) = post(&zone, None, "/v1/consumer/codes", json!({"number": number})).await;
            let members: Vec<String> = told.as_object().unwrap().keys().cloned().collect();
            answers.push((number == known, status, members, told["ticket"].clone()));
        }
    }
    let of = |is: bool| -> Vec<(u16, Vec<String>)> {
        answers.iter().filter(|one| one.0 == is).map(|one| (one.1, one.2.clone())).collect()
    };
    assert_eq!(of(true), of(false));
    assert_eq!(of(true).iter().map(|one| one.0).collect::<Vec<_>>(), [202, 202, 202, 429]);
    // A few tries, then none: not even the right code.
    let sent = message(&messages, 2).await;
    let ticket = |index: usize| answers[index].3.clone();
    let which =
        (0..3).find(|index| sent["id"].as_str().unwrap().contains(ticket(*index).as_str().unwrap())).unwrap();
    let give = async |code: &str| {
        let proof = json!({"number": known, "ticket": ticket(which), "code": code});
        post(&zone, None, "/v1/consumer/sessions", proof).await.0
    };
    let code = sent["code"].as_str().unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(give(wrong).await, 401);
    }
    assert_eq!(give(code).await, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_over_after_its_minutes_and_a_session_after_its_hour() {
    let zone = Zone::new().await;
    let messages = provider(&zone).await;
    let (own, _) = two(&zone).await;
    let number = own.order.head.order_no.as_str();
    let token = come_in(&zone, &messages, number).await;
    let (_, asked) = post(&zone, None, "/v1/consumer/codes", json!({"number": number})).await;
    let sent = message(&messages, 1).await;
    zone.clock.set(Time(NOW.0 + 6 * 60_000));
    let proof = json!({"number": number, "ticket": asked["ticket"], "code": sent["code"]});
    assert_eq!(post(&zone, None, "/v1/consumer/sessions", proof).await.0, 401);
    for minutes in [20, 40, 58] {
        zone.clock.set(Time(NOW.0 + minutes * 60_000));
        get(&zone, &token, "/v1/consumer/trades").await;
    }
    zone.clock.set(Time(NOW.0 + 61 * 60_000));
    assert_eq!(zone.request("GET", "/v1/consumer/trades", Some(&token), Vec::new()).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_quota_is_used_by_nobody_until_its_own_telephone_unlocks_it() {
    let zone = Zone::new().await;
    let messages = provider(&zone).await;
    let (own, stolen) = two(&zone).await;
    let token = come_in(&zone, &messages, &own.order.head.order_no).await;
    let thief = come_in(&zone, &messages, &stolen.order.head.order_no).await;
    let lock = async |token: &str, locked: bool| {
        post(&zone, Some(token), "/v1/consumer/lock", json!({"locked": locked})).await
    };
    assert_eq!(lock(&token, true).await.0, 200);
    let person = Person::new(1);
    let refused = zone.trade(&trade(3, &person, OWN, 200)).await;
    assert_eq!(refused["status"], -621_022, "{refused}");
    assert_eq!(refused["findings"][0]["rule"], "quota-locked", "{refused}");
    // Another person is not concerned.
    let other = zone.trade(&trade(4, &Person::new(2), OTHER, 200)).await;
    assert!(other["status"].as_i64().unwrap() > 0, "{other}");
    let (status, told) = lock(&thief, false).await;
    assert_eq!(status, 422, "{told}");
    assert_eq!(get(&zone, &thief, "/v1/consumer/quota").await["locked"], true);
    assert_eq!(lock(&token, false).await.0, 200);
    let taken = zone.trade(&trade(5, &person, OWN, 200)).await;
    assert!(taken["status"].as_i64().unwrap() > 0, "{taken}");
    // Every decision is made again from what was recorded with it.
    let judge = clearance::decide::decide;
    let derived = server::derive::derive(&zone.window.read, judge, &mut |_| {}).await.unwrap();
    assert_eq!(derived.faults, []);
    assert!(derived.events > 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disputed_use_stops_its_seller_until_the_agency_decides() {
    let zone = Zone::new().await;
    let messages = provider(&zone).await;
    let (own, stolen) = two(&zone).await;
    let token = come_in(&zone, &messages, &own.order.head.order_no).await;
    let head = &stolen.order.head;
    let body = json!({"platform": head.ebp_code.as_str(), "orderNo": head.order_no.as_str(), "text": "样例：不是我买的"});
    let (status, told) = post(&zone, Some(&token), "/v1/consumer/disputes", body.clone()).await;
    assert_eq!((status, told["state"].as_str()), (201, Some("open")), "{told}");
    assert_eq!(post(&zone, Some(&token), "/v1/consumer/disputes", body).await.0, 409);
    let seller = told["seller"].as_str().unwrap().to_owned();
    let declared = async |number: u64| {
        let mut next = trade(number, &Person::new(1), OTHER, 200);
        let merchant = (head.ebc_code.clone(), head.ebc_name.clone());
        for (code, name) in [
            (&mut next.order.head.ebc_code, &mut next.order.head.ebc_name),
            (&mut next.declaration.head.ebc_code, &mut next.declaration.head.ebc_name),
        ] {
            (*code, *name) = merchant.clone();
        }
        zone.trade(&next).await
    };
    let refused = declared(21).await;
    assert_eq!(refused["findings"][0]["rule"], "quota-disputed", "{refused}");
    // The platform finds it and answers; before that, or its last day, nothing is decided.
    let (_, listed) = zone.get(&head.ebp_code, "/v1/registers/disputes").await;
    let id = listed["records"][0]["id"].as_str().unwrap().to_owned();
    assert!(id.ends_with(&seller), "{listed}");
    // Nobody links trades by the hash of a telephone.
    let (_, read) = zone.get(&head.ebp_code, &format!("/v1/registers/disputes/{id}")).await;
    assert_eq!((&read["by"]["name"], &read["body"]["openedBy"]), (&json!(""), &Value::Null), "{read}");
    let act = async |party: &str, action: &str, version: u32, body: Value| {
        let sent = json!({"action": action, "version": version, "note": "样例：说明", "body": body});
        post(&zone, Some(&zone.tokens[party]), &format!("/v1/registers/disputes/{id}/actions"), sent).await
    };
    let (status, told) = act(OFFICE, "uphold", 1, Value::Null).await;
    assert_eq!((status, &told["faults"][0]["path"]), (422, &json!("answerDue")), "{told}");
    let answer = json!({"text": "样例：已核实，并非本人", "granted": true});
    assert_eq!(act(&head.ebp_code, "answer", 1, answer).await.0, 200);
    let (status, told) = act(OFFICE, "uphold", 2, Value::Null).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("upheld")), "{told}");
    let shown = get(&zone, &token, "/v1/consumer/disputes").await;
    let actions: Vec<&str> = shown["disputes"][0]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["open", "answer", "uphold"], "{shown}");
    assert_eq!(shown["disputes"][0]["quota"], "marked");
    let taken = declared(22).await;
    assert!(taken["status"].as_i64().unwrap() > 0, "{taken}");
    // The officer's reading is told to the person whose record it is.
    zone.get(OFFICE, &format!("/v1/registers/disputes/{id}?purpose=%E6%A0%B7%E4%BE%8B")).await;
    zone.until_listed().await;
    let read = get(&zone, &token, "/v1/consumer/accesses").await;
    assert_eq!(read["accesses"][0]["what"], "disputes", "{read}");
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!(derived.faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_day_of_a_return_is_the_one_that_an_application_is_judged_by() {
    let zone = Zone::new().await;
    let messages = provider(&zone).await;
    let (own, _) = two(&zone).await;
    // Released on a Friday: thirty days later is a Sunday.
    zone.clock.set(Time(NOW.0 + 4 * 86_400_000));
    let arrival = Trade::arrival(11, &[&own], zone.clock.now()).unwrap();
    let operator = arrival.head.operator_code.to_string();
    zone.send(&operator, ceb::Document::Arrival(arrival)).await;
    let token = come_in(&zone, &messages, &own.order.head.order_no).await;
    // What an arrival means for its trades follows it.
    for _ in 0..500 {
        if get(&zone, &token, &path_of(&own)).await["state"] == "released" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let shown = get(&zone, &token, &path_of(&own)).await;
    assert_eq!(shown["returnWindow"]["releasedOn"], "20261127", "{shown}");
    assert_eq!(shown["returnWindow"]["applyBy"], "20261228", "a Monday");
    assert_eq!(shown["returnWindow"]["daysToApply"], 32, "the last day counted in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_that_nobody_answers_is_overdue_and_may_be_decided() {
    let zone = Zone::new().await;
    let messages = provider(&zone).await;
    let (own, _) = two(&zone).await;
    let token = come_in(&zone, &messages, &own.order.head.order_no).await;
    let head = &own.order.head;
    let body = json!({"platform": head.ebp_code.as_str(), "orderNo": head.order_no.as_str(), "text": "样例：不是我买的"});
    assert_eq!(post(&zone, Some(&token), "/v1/consumer/disputes", body).await.0, 201);
    zone.until_listed().await;
    zone.clock.set(Time(NOW.0 + 6 * 86_400_000));
    let (_, listed) = zone.get(OFFICE, "/v1/registers/disputes").await;
    assert_eq!(listed["records"][0]["overdue"], true, "{listed}");
    let id = listed["records"][0]["id"].as_str().unwrap();
    let sent = json!({"action": "refuse", "version": 1, "note": "样例：经查为本人购买"});
    let path = format!("/v1/registers/disputes/{id}/actions");
    let (status, told) = post(&zone, Some(&zone.tokens[OFFICE]), &path, sent).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("refused")), "{told}");
    // What that tells of him is told where a parameter says so, to himself and to an office that says what for.
    let hash = zone.shown(OFFICE, &own).await["person"].as_str().unwrap().to_owned();
    let there = format!("/v1/persons/{hash}?purpose=test");
    assert_eq!(zone.get(OFFICE, &there).await.1["conduct"], Value::Null);
    let tables = clearance::Rulebook::built_in_tables();
    let (_, parameters) = tables.into_iter().find(|(name, _)| name == "parameters.csv").unwrap();
    let on = parameters.replace("consumer_conduct,0,", "consumer_conduct,1,");
    zone.window.publish(&[("parameters.csv".to_owned(), on)], "test").await.unwrap();
    zone.until_listed().await;
    let (_, shown) = zone.get(OFFICE, &there).await;
    assert_eq!(shown["conduct"]["disputesRefused"], 1, "{shown}");
    // He comes in anew: days have passed.
    let token = come_in(&zone, &messages, &own.order.head.order_no).await;
    let told = get(&zone, &token, "/v1/consumer/data").await;
    assert_eq!(told["conduct"], shown["conduct"]);
    // What is older than it looks back is told no more.
    zone.clock.set(Time(NOW.0 + 800 * 86_400_000));
    assert_eq!(zone.get(OFFICE, &there).await.1["conduct"]["disputesRefused"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_to_be_told_of_uses_is_told_once_by_his_own_telephone() {
    let zone = Zone::new().await;
    let messages = provider(&zone).await;
    let (own, _) = two(&zone).await;
    let token = come_in(&zone, &messages, &own.order.head.order_no).await;
    server::notices::step(&zone.window).await.unwrap();
    let wants = async |notices: bool| {
        let (status, told) =
            post(&zone, Some(&token), "/v1/consumer/notices", json!({"notices": notices})).await;
        assert_eq!(status, 200, "{told}");
    };
    let before = messages.taken().len();
    // Nobody asked to be told yet.
    zone.trade(&trade(31, &Person::new(1), OTHER, 150)).await;
    server::notices::step(&zone.window).await.unwrap();
    wants(true).await;
    let used = trade(32, &Person::new(1), OTHER, 200);
    zone.trade(&used).await;
    for _ in 0..3 {
        server::notices::step(&zone.window).await.unwrap();
    }
    let told = &messages.taken()[before..];
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["to"], &told[0]["type"]), (&json!(OWN), &json!("quota-use")), "{told:?}");
    assert!(told[0]["text"]["zh"].as_str().unwrap().contains(used.order.head.ebc_name.as_str()), "{told:?}");
    wants(false).await;
    zone.trade(&trade(33, &Person::new(1), OTHER, 100)).await;
    server::notices::step(&zone.window).await.unwrap();
    assert_eq!(messages.taken().len(), before + 1);
}
