//! Centralised tax as one story: a declaring unit has leave, its bills of a month come on one statement, are late with it and not sooner,
//! and are all paid by one payment of exactly what is owed, each once, whoever goes on after a crash.

use crate::archiving::{fire, until};
use crate::bonded::{CUSTOMS, act, officer, verified};
use crate::support::people::{signed_in, signed_in_english};
use crate::support::{NOW, Zone, path, plain};
use ceb::{Decimal, Document};
use clearance::consignment::Bill;
use clearance::keys::{OrderKey, Time};
use clearance::party::Role;
use clearance::sample::{DISTRICT, Trade};
use ledger::Account;
use serde_json::{Value, json};
use store::{Duty, Read};

const OUTSIDER: &str = "5301960301";

/// The clock stands so many days later, and what is due then is done.
async fn later(zone: &Zone, days: i64) {
    zone.clock.set(Time(NOW.0 + days * 86_400_000));
    fire(zone).await;
    step(zone).await;
}

async fn step(zone: &Zone) {
    zone.until_listed().await;
    server::centralised_tax::step(&zone.window).await.unwrap();
    zone.until_listed().await;
}

async fn shown(zone: &Zone, agent: &str, record: &str) -> Value {
    let (status, shown) = zone.get(agent, &format!("/v1/registers/{record}")).await;
    assert_eq!(status, 200, "{shown}");
    shown
}

/// A move on a record as it is.
async fn moves(zone: &Zone, who: &str, record: &str, action: &str, body: Value) -> (u16, Value) {
    let (_, known) = zone.get(who, &format!("/v1/registers/{record}")).await;
    act(zone, who, record, (action, known["version"].as_u64().unwrap_or(0)), body).await
}

fn faults(told: &Value) -> Vec<(&str, &str)> {
    let all = told["faults"].as_array().unwrap().iter();
    all.map(|fault| (fault["path"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect()
}

async fn bill(zone: &Zone, trade: &Trade) -> Bill {
    let order = OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
    let consignment = zone.window.read.consignment(&order).await.unwrap().unwrap();
    consignment.attempt.as_ref().unwrap().bill.clone().unwrap()
}

async fn released(zone: &Zone, trade: &Trade, number: u64) {
    zone.trade(trade).await;
    let arrival = Trade::arrival(number, &[trade], NOW).unwrap();
    let operator = arrival.head.operator_code.clone();
    zone.send(&operator, Document::Arrival(arrival)).await;
    until(zone, &path(trade), 800).await;
}

/// Two trades of one declaring unit.
fn two(zone: &Zone) -> (Trade, Trade) {
    let one = plain(zone, 0);
    let of = |trade: &Trade| (trade.declaration.head.agent_code.clone(), trade.order.head.order_no.clone());
    let (agent, number) = of(&one);
    let other = (1..60).map(|from| plain(zone, from)).find(|trade| {
        let (its_agent, its_number) = of(trade);
        its_agent == agent && its_number != number
    });
    (one, other.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bills_of_a_month_stand_together_and_are_paid_by_one_payment() {
    let zone = Zone::new().await;
    let (one, two) = two(&zone);
    let agent = one.declaration.head.agent_code.to_string();
    let leave = format!("centralised-tax/{agent}:{DISTRICT}");
    let applied = |guarantor: &str| json!({"district": DISTRICT, "guarantor": guarantor, "from": "20261123", "to": "20271122"});

    let (status, told) = act(&zone, &agent, &leave, ("apply", 0), applied(OUTSIDER)).await;
    assert_eq!((status, faults(&told)), (422, vec![("guarantor", "tax-guarantee")]), "{told}");
    let (status, told) = act(&zone, &agent, &leave, ("apply", 0), applied(&agent)).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("applied")), "{told}");
    let (status, _) = zone.get(OUTSIDER, &format!("/v1/registers/{leave}")).await;
    assert_eq!(status, 404);
    let (status, told) = moves(&zone, CUSTOMS, &leave, "grant-leave", Value::Null).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("tax-leave-granted")), "{told}");

    released(&zone, &one, 3).await;
    released(&zone, &two, 4).await;
    // Nothing is to be paid yet.
    let statement = format!("{leave}:202612-1");
    later(&zone, 1).await;
    assert_eq!(zone.get(&agent, &format!("/v1/registers/{statement}")).await.0, 404);
    later(&zone, 32).await;
    let told = shown(&zone, &agent, &statement).await;
    let owed = bill(&zone, &one).await.owed + bill(&zone, &two).await.owed;
    assert_eq!((told["state"].as_str(), told["body"]["due"].as_str()), (Some("stated"), Some("20270108")));
    assert_eq!(
        (told["body"]["bills"].as_array().unwrap().len(), told["body"]["total"].as_i64()),
        (2, Some(owed)),
        "{told}"
    );
    // Looking again changes nothing.
    step(&zone).await;
    assert_eq!(shown(&zone, &agent, &statement).await["version"], told["version"]);
    let amount = Decimal::from_fen(owed).to_string();
    let paying = |amount: &str| json!({"payment": "S202612", "amount": amount});
    let (status, told) = moves(&zone, CUSTOMS, &statement, "settle-statement", paying(&amount)).await;
    assert_eq!((status, faults(&told)), (422, vec![("action", "tax-month")]), "{told}");

    // Day 45 is over, the day of the statement is not; then all are late together.
    later(&zone, 46).await;
    assert!(!bill(&zone, &one).await.overdue && !bill(&zone, &two).await.overdue);
    assert_eq!(shown(&zone, &agent, &statement).await["state"], "stated");
    later(&zone, 47).await;
    assert!(bill(&zone, &one).await.overdue && bill(&zone, &two).await.overdue);
    let told = shown(&zone, &agent, &statement).await;
    assert_eq!((&told["state"], &told["overdue"]), (&json!("overdue"), &json!(true)), "{told}");
    // No new leave until it is paid.
    let (status, told) = moves(&zone, &agent, &leave, "withdraw", Value::Null).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = moves(&zone, &agent, &leave, "apply", applied(&agent)).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = moves(&zone, CUSTOMS, &leave, "grant-leave", json!({"unpaid": []})).await;
    assert_eq!((status, faults(&told)), (422, vec![("unpaid", "tax-late")]), "{told}");

    // Exactly, by customs, and once.
    let (status, told) = moves(&zone, CUSTOMS, &statement, "settle-statement", paying("0.01")).await;
    assert_eq!((status, faults(&told)), (422, vec![("amount", "refund-exactly")]), "{told}");
    let (status, _) = moves(&zone, &agent, &statement, "settle-statement", paying(&amount)).await;
    assert_eq!(status, 403);
    let (status, told) = moves(&zone, CUSTOMS, &statement, "settle-statement", paying(&amount)).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("paying")), "{told}");
    let mut browser = signed_in(&zone, "bao.guan", &agent, Role::Agent, &[Duty::Operator]).await;
    let page = browser.get(&format!("/desk/registers/{statement}")).await;
    for words in ["集中纳税", "缴税处理中", "最后缴税日"] {
        assert!(page.words().contains(words), "{words}: {}", page.words());
    }
    step(&zone).await;
    let told = shown(&zone, &agent, &statement).await;
    assert_eq!((told["state"].as_str(), told["body"]["paid"].as_u64()), (Some("settled"), Some(2)), "{told}");
    assert!(told["body"]["tooMuch"].is_null(), "{told}");
    for trade in [&one, &two] {
        let bill = bill(&zone, trade).await;
        assert_eq!((bill.paid, bill.overdue, bill.owed), (true, false, 0));
        let (status, again) = officer(&zone, trade, json!({"action": "pay-bill"})).await;
        assert_eq!(status, 409, "{again}");
    }
    let guarantee = zone.window.read.balance(&Account::guarantee(agent.as_str().into())).await.unwrap();
    let payable = zone.window.read.balance(&Account::payable_tax(agent.as_str().into())).await.unwrap();
    assert_eq!((guarantee.unwrap_or_default().used(), payable.unwrap_or_default().posted), (0, 0));
    step(&zone).await;
    assert_eq!(shown(&zone, &agent, &statement).await["version"], told["version"]);
    let (status, told) = moves(&zone, CUSTOMS, &leave, "grant-leave", Value::Null).await;
    assert_eq!(status, 200, "{told}");

    let mut browser = signed_in_english(&zone, "bao.guan.2", &agent, Role::Agent, &[Duty::Operator]).await;
    let page = browser.get(&format!("/desk/registers/{statement}")).await;
    for words in ["Centralised tax", "settled", "Last day of payment"] {
        assert!(page.words().contains(words), "{words}: {}", page.words());
    }
    verified(&zone).await;
}
