//! What agencies file of their own, versions of it, and queries for it: who files what, what is wrong is told at once, and what
//! a version gives to its dataset.

use super::{Office, office, paths};
use clearance::party::{Entry, Role};
use clearance::record::{Actor, RecordKey, Register};
use clearance::sample;
use exchange::Dataset;
use register::agency_record::{dataset_of, key_of, shared};
use register::request::Body;
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;

const TAX: &str = "5301000901";
const EXCHANGE: &str = "5301000902";
const CUSTOMS: &str = "8620000001";
const CARRIER: &str = "5301960401";

fn zone() -> Office {
    let mut office = office();
    let mut parties = (*office.reference.parties).clone();
    for filing in sample::agencies() {
        let next = parties.version + 1;
        parties.enter(Entry::Filing(filing).numbered(next));
    }
    office.reference.parties = Arc::new(parties);
    office
}

fn act(
    office: &mut Office,
    (register, id): (Register, &str),
    by: &str,
    action: &str,
    body: Option<Value>,
) -> Result<Change, Refusal> {
    let key = RecordKey::new(register, id);
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    let role = match by {
        CUSTOMS => Role::Officer,
        CARRIER => Role::Logistics,
        _ => Role::Agency,
    };
    let actor = Actor { party: by.into(), name: "经办人".into() };
    let by = By { actor, codes: vec![by.into()], role, applies: true, reviews: false, window: false };
    let body = body.map(|body| body.to_string());
    office.one(Command { key, version, action: action.into(), by, note: "样例".into(), body })
}

fn file(
    office: &mut Office,
    by: &str,
    id: &str,
    action: &str,
    body: Option<Value>,
) -> Result<Change, Refusal> {
    act(office, (Register::AgencyRecord, id), by, action, body)
}

/// Where something is wrong; nothing = it was recorded.
fn told(result: Result<Change, Refusal>) -> Vec<String> {
    let Err(refusal) = result else { return Vec::new() };
    paths(&refusal).into_iter().map(str::to_owned).collect()
}

fn refund(refunded: &str) -> Value {
    json!({"effective": "20261121", "record": {"enterprise": "5301960201", "period": "202611", "result": "approved",
        "decidedOn": "20261120", "refunded": refunded}})
}

#[test]
fn a_record_is_given_corrected_and_withdrawn_and_each_is_a_version() {
    let mut office = zone();
    let id = key_of(TAX, Dataset::ExportRefunds, "2026-1").id;
    let made = file(&mut office, TAX, &id, "give", Some(refund("130.00"))).unwrap();
    assert_eq!(dataset_of(&made.record.key), Some((Dataset::ExportRefunds, "2026-1")));
    assert_eq!(made.record.parties, [TAX], "whom it names does not find it among his records");
    let (dataset, first) = shared(&made.record, false).unwrap();
    assert_eq!((dataset, first.subject.as_str()), (Dataset::ExportRefunds, "2026-1"));
    assert_eq!((&first.values["refunded"], &first.values["version"]), (&json!("130.00"), &json!(1)));
    let made = file(&mut office, TAX, &id, "correct", Some(refund("120.00"))).unwrap();
    assert_eq!(shared(&made.record, false).unwrap().1.values["refunded"], "120.00");
    let made = file(&mut office, TAX, &id, "withdraw", None).unwrap();
    let withdrawn = shared(&made.record, false).unwrap().1.values;
    assert_eq!((&withdrawn["standing"], &withdrawn["version"]), (&json!("withdrawn"), &json!(3)));
    assert!(matches!(file(&mut office, TAX, &id, "withdraw", None), Err(Refusal::State(..))));
    // What was withdrawn by mistake holds again.
    let made = file(&mut office, TAX, &id, "correct", Some(refund("120.00"))).unwrap();
    assert_eq!(shared(&made.record, false).unwrap().1.values["standing"], "given");
    // Nobody else touches it, nor files it in another's name.
    for other in [EXCHANGE, CUSTOMS] {
        assert_eq!(file(&mut office, other, &id, "withdraw", None), Err(Refusal::Absent), "{other}");
    }
    let foreign = key_of(EXCHANGE, Dataset::ExportRefunds, "2026-1").id;
    assert_eq!(file(&mut office, TAX, &foreign, "give", Some(refund("1.00"))), Err(Refusal::Absent));
}

#[test]
fn a_record_is_as_its_dataset_says_and_of_whom_may_give_it() {
    let mut office = zone();
    let mut give = |by: &str, id: String, body: Value| told(file(&mut office, by, &id, "give", Some(body)));
    let wrong = json!({"effective": "2026", "record": {"period": "202611", "result": "granted", "decidedOn": "20261120",
        "refunded": 130, "buyer": "x"}});
    assert_eq!(
        give(TAX, format!("{TAX}:export-refunds:1"), wrong),
        ["effective", "record.buyer", "record.enterprise", "record.result", "record.refunded"]
    );
    for id in [format!("{TAX}:1"), format!("{TAX}:orders:1"), format!("{TAX}:export-refunds:")] {
        assert_eq!(give(TAX, id.clone(), refund("1.00")), ["id"], "{id}");
    }
    let person = sample::Person::new(1).identity;
    assert_eq!(
        give(TAX, format!("{TAX}:export-refunds:{person}"), refund("1.00")),
        ["id"],
        "ids are in the clear"
    );
    // A carrier says what happened to its parcels, and decides on no refund.
    let event = json!({"effective": "20261121", "record": {"logistics": CARRIER, "logisticsNo": "EY7000000000001",
        "event": "departed", "happened": "20261121083000000", "place": "样例机场"}});
    assert_eq!(give(CARRIER, format!("{CARRIER}:transport-events:1"), event), Vec::<String>::new());
    assert_eq!(give(CARRIER, format!("{CARRIER}:export-refunds:1"), refund("1.00")), ["id"]);
}

fn asked(change: &[(&str, Value)]) -> Value {
    let mut body = json!({"to": TAX, "kind": "query", "subject": "样例查询", "text": "请提供", "purpose": "样例：收汇核对",
        "legalBasis": "样例办法第三条", "due": "20261231", "query": {"dataset": "export-refunds", "key": "2026-1"}});
    for (name, value) in change {
        body[*name] = value.clone();
    }
    body
}

#[test]
fn a_query_names_a_dataset_that_the_asked_one_gives_and_a_key() {
    let mut office = zone();
    let id = format!("{EXCHANGE}:1");
    let mut ask = |change: &[(&str, Value)]| {
        act(&mut office, (Register::Request, &id), EXCHANGE, "ask", Some(asked(change)))
    };
    assert_eq!(told(ask(&[("query", Value::Null)])), ["query"]);
    assert_eq!(
        told(ask(&[("query", json!({"dataset": "nothing", "key": " "}))])),
        ["query.key", "query.dataset"]
    );
    assert_eq!(told(ask(&[("query", json!({"dataset": "orders", "key": "a/b"}))])), ["query.dataset"]);
    assert_eq!(told(ask(&[("kind", json!("question"))])), ["query.key"]);
    // A carrier is asked for what it gives, and for nothing else.
    let events = json!({"dataset": "transport-events", "key": "1"});
    assert_eq!(told(ask(&[("to", json!(CARRIER))])), ["to", "query.dataset"]);
    let made = ask(&[("to", json!(CARRIER)), ("query", events)]).unwrap();
    let body = Body::of(&made.record);
    assert_eq!(body.query(), Some((Dataset::TransportEvents, "1")));
    // What the window answers at once nobody says in its name.
    let answer = json!({"text": "", "records": [], "share": ["x", 1]});
    let by_hand = act(&mut office, (Register::Request, &id), CARRIER, "answer-at-once", Some(answer.clone()));
    assert!(matches!(by_hand, Err(Refusal::NotYours(_))), "{by_hand:?}");
    let key = RecordKey::new(Register::Request, &id);
    let window = Command {
        key,
        version: 1,
        action: "answer-at-once".into(),
        by: By::of_window("sharing"),
        note: String::new(),
        body: Some(answer.to_string()),
    };
    let made = office.one(window).unwrap();
    assert_eq!((made.record.state.as_str(), made.record.action.as_str()), ("answered", "answer-at-once"));
    assert_eq!(Body::of(&made.record).answer.unwrap().share, Some(("x".to_owned(), 1)));
}

#[test]
fn a_rule_says_whether_it_answers_and_tells_of_corrections() {
    let mut office = zone();
    let share = |fields: &[&str], queries: Value| {
        json!({"giver": TAX, "dataset": "export-refunds", "schema": 1, "fields": fields, "purpose": "样例：收汇核对",
            "legalBasis": "样例办法第三条", "validFrom": "20261101", "queries": queries})
    };
    let mut propose = |body: Value| {
        act(&mut office, (Register::Share, &format!("{EXCHANGE}:refunds")), EXCHANGE, "propose", Some(body))
    };
    assert_eq!(told(propose(share(&["refunded"], json!("often")))), ["fields", "queries"]);
    let made = propose(share(&["key", "version", "standing", "refunded"], json!("only"))).unwrap();
    let rule = register::share::Share::of(&made.record);
    assert!(rule.is_asked_alone() && rule.answers(" 样例：收汇核对") && !rule.answers("另一用途"));
    let silent = register::share::Share { queries: None, ..rule };
    assert!(!silent.answers("样例：收汇核对"));
}
