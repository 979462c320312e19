//! What officers see of a person, an address and an enterprise: for a purpose, recorded, and without numbers of persons.

use crate::support::people::{ask, signed_in};
use crate::support::{NOW, Zone, path, plain, trade_of};
use clearance::party::Role;
use clearance::record::{Record, Register};
use clearance::sample::{self, Trade};
use register::access::Access;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Duty, Read, RecordSearch};

const OFFICE: &str = "8620000001";

/// Two trades of one person to one address, a third of another to the same address.
async fn some(zone: &Zone) -> [Trade; 3] {
    let rules =
        "id,valid_from,valid_to,lane,condition,note\nall,20190101,,document-check,address_count_7 > 0,\n";
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules.to_owned())], "test").await.unwrap();
    let person = sample::Person::new(41);
    let mut trades = [trade_of(5, 1, &person, 300), trade_of(5, 2, &person, 200), plain(zone, 9_000)];
    let place = trades[0].declaration.head.consignee_address.clone();
    for trade in &mut trades {
        trade.declaration.head.consignee_address = place.clone();
        trade.order.head.consignee_address = place.clone();
        trade.waybill.consignee_address = place.clone();
        zone.trade(trade).await;
    }
    zone.until_listed().await;
    trades
}

async fn readings(zone: &Zone, kind: &str) -> Vec<(Arc<Record>, Access)> {
    let search = RecordSearch { register: Register::Access, parties: None, states: Vec::new() };
    let (records, _) = zone.window.read.records(&search, None, 200).await.unwrap();
    let read = records.into_iter().map(|record| {
        let access: Access = serde_json::from_str(&record.body).unwrap();
        (record, access)
    });
    read.filter(|(_, access)| access.kind == kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_looked_at_for_a_purpose_and_never_by_his_number() {
    let zone = Zone::new().await;
    let trades = some(&zone).await;
    let mut browser = signed_in(&zone, "jue.ding", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let session = browser.cookies["__Host-session"].clone();
    let (_, trade) = ask(&zone, "GET", &path(&trades[0]), &session, &Value::Null).await;
    let person = trade["person"].as_str().unwrap().to_owned();
    let there = format!("/v1/persons/{person}");
    let (status, told) = ask(&zone, "GET", &there, &session, &Value::Null).await;
    assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("purpose")), "{told}");
    assert!(readings(&zone, "person").await.is_empty());
    let (status, shown) =
        ask(&zone, "GET", &format!("{there}?purpose=case%2017"), &session, &Value::Null).await;
    assert_eq!((status, shown["trades"].as_array().unwrap().len()), (200, 2), "{shown}");
    let account = ledger::Account::quota(person.as_str().into(), NOW.day().year() as u16);
    let balance = zone.window.read.balance(&account).await.unwrap().unwrap();
    let held = ceb::Decimal::from_fen(balance.held).to_string();
    assert_eq!(shown["quota"]["held"], held.as_str());
    assert!(balance.held > 0 && shown["value"] == held.as_str(), "all of it stands in these trades: {shown}");
    let sellers: u64 =
        shown["sellers"].as_array().unwrap().iter().map(|one| one["count"].as_u64().unwrap()).sum();
    assert_eq!(sellers, 2);
    assert!(shown["findings"][0]["count"].as_u64().unwrap() > 0, "{shown}");
    let number = trades[0].order.head.buyer_id_number.to_string();
    assert!(
        !shown.to_string().contains(&number)
            && !shown.to_string().contains(trades[0].order.head.buyer_name.as_str())
    );
    // The person finds the reading, with what it was for.
    let read = readings(&zone, "person").await;
    assert_eq!(read.len(), 1);
    assert_eq!((read[0].1.id.as_str(), read[0].1.purpose.as_str()), (person.as_str(), "case 17"));
    assert!(read[0].0.parties.contains(&clearance::guard::person(&person)), "{:?}", read[0].0.parties);
    // Not by way of the list, and nobody who is not there.
    let list = format!("/v1/consignments?party=person-{person}");
    assert_eq!(ask(&zone, "GET", &list, &session, &Value::Null).await.0, 400);
    for nobody in ["0".repeat(32), "x".repeat(32), number] {
        let there = format!("/v1/persons/{nobody}?purpose=case");
        assert_eq!(ask(&zone, "GET", &there, &session, &Value::Null).await.0, 404);
    }
    // Who only inspects is given no way there.
    let inspector = signed_in(&zone, "cha.yan", OFFICE, Role::Officer, &[Duty::Inspector]).await;
    let inspector = inspector.cookies["__Host-session"].clone();
    let (_, trade) = ask(&zone, "GET", &path(&trades[0]), &inspector, &Value::Null).await;
    assert!(trade.get("person").is_none());
    assert_eq!(ask(&zone, "GET", &format!("{there}?purpose=case"), &inspector, &Value::Null).await.0, 403);
    // On pages: the question first, then what was found.
    let desk = path(&trades[0]).replace("/v1", "/desk");
    let page = browser.get(&desk).await;
    let link = format!("/desk/persons/{person}");
    assert!(page.text.contains(&format!("href=\"{link}\"")));
    let question = browser.get(&link).await;
    assert!(question.status == 200 && question.text.contains("name=\"purpose\""), "{}", question.words());
    assert!(!question.text.contains(trades[0].order.head.order_no.as_str()));
    assert_eq!(browser.get(&format!("{link}?purpose=x")).await.status, 422);
    let found = browser.get(&format!("{link}?purpose=case")).await;
    assert!(
        found.words().contains("本年度各票") && found.text.contains(trades[1].order.head.order_no.as_str())
    );
    assert_eq!(readings(&zone, "person").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_found_by_his_number_which_stands_in_no_address_and_no_page() {
    let zone = Zone::new().await;
    let trades = some(&zone).await;
    let number = trades[0].order.head.buyer_id_number.to_string();
    let mut browser = signed_in(&zone, "jue.ding", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let queue = browser.get("/desk/queue").await;
    assert!(queue.text.contains("href=\"/desk/persons\""), "the queue leads there");
    let guard = browser.get("/desk/persons").await.hidden("guard");
    let fields = |number: &str, purpose: &str| {
        [("guard", guard.clone()), ("number", number.to_owned()), ("purpose", purpose.to_owned())]
    };
    async fn post(
        browser: &mut crate::support::browser::Browser<'_>,
        fields: [(&str, String); 3],
    ) -> crate::support::browser::Shown {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post("/desk/persons", &fields).await
    }
    // Nothing is looked up without a number and a purpose, and the number is not given back.
    for (number, purpose) in [("", "case 17"), (number.as_str(), "x"), ("1".repeat(61).as_str(), "case 17")] {
        let again = post(&mut browser, fields(number, purpose)).await;
        assert!(again.status == 422 && again.text.contains("aria-invalid=\"true\""), "{}", again.words());
        assert!(number.is_empty() || !again.text.contains(number), "{}", again.text);
    }
    assert!(readings(&zone, "person").await.is_empty());
    let nobody = post(&mut browser, fields(sample::Person::new(977).identity.as_str(), "case 17")).await;
    assert!(nobody.status == 404 && nobody.words().contains("本次查阅已记录"), "{}", nobody.words());
    assert_eq!(readings(&zone, "person").await.len(), 1, "that nobody was found is told by it too");
    // Written with a small letter or blanks around it, it is the same number.
    let found = post(&mut browser, fields(&format!(" {} ", number.to_ascii_lowercase()), "case 17")).await;
    assert_eq!(found.status, 200, "{}", found.words());
    for trade in &trades[..2] {
        assert!(found.text.contains(trade.order.head.order_no.as_str()), "{}", found.words());
    }
    assert!(!found.text.contains(trades[2].order.head.order_no.as_str()), "that is another's");
    assert!(
        found.words().contains("年度限额") && found.text.contains("/desk/addresses/"),
        "{}",
        found.words()
    );
    assert!(!found.text.to_ascii_uppercase().contains(&number.to_ascii_uppercase()));
    assert!(!found.text.contains(trades[0].order.head.buyer_name.as_str()));
    let read = readings(&zone, "person").await;
    assert_eq!(read.len(), 2);
    let person = zone.window.read.keyed_hash(&format!("identity:{}", number.to_ascii_uppercase()));
    let own = read.iter().find(|(_, access)| access.id == person.as_str()).unwrap();
    assert_eq!(own.1.purpose, "case 17");
    assert!(own.0.parties.contains(&clearance::guard::person(&person)), "he finds it himself");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_found_by_the_key_of_the_windowed_counts() {
    let zone = Zone::new().await;
    let trades = some(&zone).await;
    let mut browser = signed_in(&zone, "jue.ding", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let session = browser.cookies["__Host-session"].clone();
    let (_, trade) = ask(&zone, "GET", &path(&trades[2]), &session, &Value::Null).await;
    let address = trade["address"].as_str().unwrap().to_owned();
    let there = format!("/v1/addresses/{address}?purpose=case");
    let (status, shown) = ask(&zone, "GET", &there, &session, &Value::Null).await;
    assert_eq!((status, shown["trades"].as_array().unwrap().len()), (200, 3), "{shown}");
    let counts: Vec<&Value> = shown["persons"].as_array().unwrap().iter().map(|one| &one["count"]).collect();
    assert_eq!(counts, [&json!(2), &json!(1)]);
    assert!(!shown.to_string().contains(trades[0].declaration.head.consignee_address.as_str()));
    assert_eq!(readings(&zone, "address").await.len(), 1);
    let page = browser.get(&format!("/desk/addresses/{address}?purpose=case")).await;
    assert!(page.words().contains("按个人"), "{}", page.words());
    let person = shown["persons"][0]["person"].as_str().unwrap();
    assert!(page.text.contains(&format!("/desk/persons/{person}")), "one leads to the other");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_is_seen_by_offices_with_its_states_rejections_and_results() {
    let zone = Zone::new().await;
    let trades = some(&zone).await;
    let agent = trades[0].declaration.head.agent_code.to_string();
    let of_agent = |trade: &Trade| trade.declaration.head.agent_code == agent.as_str();
    let mut rejected = (20_000..).step_by(50).map(|from| plain(&zone, from)).find(of_agent).unwrap();
    rejected.declaration.head.buyer_name = "另一人".into();
    zone.trade(&rejected).await;
    zone.until_listed().await;
    let mut browser = signed_in(&zone, "cha.yan", OFFICE, Role::Officer, &[Duty::Inspector]).await;
    let session = browser.cookies["__Host-session"].clone();
    let act = async |what: &str, body: Value| {
        let (_, seen) = ask(&zone, "GET", &path(&trades[0]), &session, &Value::Null).await;
        let mut body = body;
        body["version"] = seen["version"].clone();
        body["id"] = what.into();
        let there = format!("{}/{what}", path(&trades[0]));
        assert_eq!(ask(&zone, "POST", &there, &session, &body).await.0, 200);
    };
    act("actions", json!({"action": "inspect"})).await;
    act(
        "inspections",
        json!({"found": [{"result": "value-doubtful"}], "measure": "review", "text": "价格偏低"}),
    )
    .await;
    zone.until_listed().await;
    let there = format!("/v1/enterprises/{agent}");
    let (status, shown) = ask(&zone, "GET", &there, &session, &Value::Null).await;
    assert_eq!((status, shown["party"].as_str()), (200, Some(agent.as_str())), "{shown}");
    let of = |state: u64| {
        let states = shown["states"].as_array().unwrap();
        states.iter().find(|one| one["state"] == state).map_or(0, |one| one["count"].as_u64().unwrap())
    };
    let named = trades.iter().filter(|trade| of_agent(trade)).count() as u64;
    assert_eq!((of(300), of(100)), (named, 1), "{shown}");
    assert!(shown["rejections"].as_array().unwrap().iter().any(|one| one["count"] == 1), "{shown}");
    assert_eq!(
        shown["inspections"],
        json!([{"result": "value-doubtful", "count": 1, "name": {"zh": "价格存疑（价格质疑）", "en": "value doubtful (price inquiry)"}}])
    );
    assert_eq!(readings(&zone, "enterprise").await.len(), 1);
    assert_eq!(ask(&zone, "GET", "/v1/enterprises/5399999999", &session, &Value::Null).await.0, 404);
    assert_eq!(zone.get(&agent, &there).await.0, 403, "an enterprise has its own lists");
    let page = browser.get(&format!("/desk/enterprises/{agent}")).await;
    assert!(page.words().contains("退单按规则") && page.words().contains("价格存疑"), "{}", page.words());
    assert!(page.text.contains(&format!("/desk/registers/filings?party={agent}")));
}
