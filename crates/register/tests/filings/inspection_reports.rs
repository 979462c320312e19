//! Inspection reports: who reports what to whom, who recognises it, for how long, and what of it a decision may rest on.

use super::{NOW, Office, office, paths};
use clearance::keys::Time;
use clearance::party::{Entry, Role};
use clearance::record::{Actor, RecordKey, Register};
use clearance::sample;
use register::inspection_report::report;
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;

const CUSTOMS: &str = "8620000001";
const MARKET: &str = "5301000904";
const MERCHANT: &str = "5301960201";
const REPORT: &str = "5301000904:2026-1";
const DAY: i64 = 86_400_000;

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

fn act(office: &mut Office, by: &str, action: &str, body: Option<Value>) -> Result<Change, Refusal> {
    let key = RecordKey::new(Register::InspectionReport, REPORT);
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    let role = if by == CUSTOMS { Role::Officer } else { Role::Agency };
    let actor = Actor { party: by.into(), name: "官员".into() };
    let by = By { actor, codes: vec![by.into()], role, applies: true, reviews: false, window: false };
    let body = body.map(|body| body.to_string());
    office.one(Command { key, version, action: action.into(), by, note: "因为".into(), body })
}

fn reported() -> Value {
    json!({
        "to": CUSTOMS, "subject": MERCHANT, "order": "5301960101/样例-1", "method": "laboratory", "day": "20261120",
        "validTo": "20270131", "number": "样检2026-1", "legalBasis": "样例互认协议",
        "found": [{"result": "conforming"}, {"line": 1, "result": "quantity-differs", "quantity": "3.5"}],
    })
}

fn with(change: &[(&str, Value)]) -> Value {
    let mut body = reported();
    for (name, value) in change {
        body[*name] = value.clone();
    }
    body
}

#[test]
fn a_result_is_reported_recognised_and_taken_back() {
    let mut office = zone();
    let made = act(&mut office, MARKET, "report-result", Some(reported())).unwrap();
    let says = report(&made.record);
    assert_eq!(
        (made.record.state.as_str(), says.recognised, made.record.parties.len()),
        ("reported", false, 2)
    );
    // Neither who reported recognises it, nor anybody who was not asked.
    assert!(matches!(act(&mut office, MARKET, "recognise", None), Err(Refusal::NotYours(_))));
    assert_eq!(act(&mut office, "5301000902", "recognise", None), Err(Refusal::Absent));
    let longer = act(&mut office, CUSTOMS, "recognise", Some(json!({"until": "20270201"}))).unwrap_err();
    assert_eq!(paths(&longer), ["until"]);
    let made = act(&mut office, CUSTOMS, "recognise", Some(json!({"until": "20261231"}))).unwrap();
    let says = report(&made.record);
    assert!(says.recognised);
    assert_eq!((says.day.number(), says.until.number(), says.found.len()), (20_261_120, 20_261_231, 2));
    assert_eq!(says.order.as_ref().map(|order| order.order_no.as_str()), Some("样例-1"));
    let ended = act(&mut office, CUSTOMS, "end", None).unwrap();
    assert!(!report(&ended.record).recognised);
    act(&mut office, CUSTOMS, "recognise", None).unwrap();
    let withdrawn = act(&mut office, MARKET, "withdraw", None).unwrap();
    assert_eq!((withdrawn.record.state.as_str(), report(&withdrawn.record).recognised), ("withdrawn", false));
    assert!(matches!(act(&mut office, CUSTOMS, "recognise", None), Err(Refusal::State(..))));
}

#[test]
fn nothing_is_recognised_that_has_ended() {
    let mut office = zone();
    act(&mut office, MARKET, "report-result", Some(with(&[("validTo", json!("20261231"))]))).unwrap();
    office.now = Time(NOW.0 + 60 * DAY);
    assert_eq!(paths(&act(&mut office, CUSTOMS, "recognise", None).unwrap_err()), ["action"]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let mut office = zone();
    let wrong = with(&[
        ("to", json!(MARKET)),
        ("subject", json!("5301999999")),
        ("items", json!(["A-1"])),
        ("method", json!("guessed")),
        ("number", json!(" ")),
        ("legalBasis", json!("")),
        ("day", json!("20991231")),
        ("validTo", json!("20200101")),
        (
            "found",
            json!([{"result": "nothing-like-it"}, {"line": 1, "result": "quantity-differs", "quantity": "few"}]),
        ),
    ]);
    let faults = act(&mut office, MARKET, "report-result", Some(wrong)).unwrap_err();
    let expected = [
        "to",
        "subject",
        "order",
        "method",
        "number",
        "legalBasis",
        "day",
        "validTo",
        "found[1].result",
        "found[2].quantity",
    ];
    assert_eq!(paths(&faults), expected);
    // A result of goods wherever they are has no lines; one of a quantity says which.
    let goods = with(&[
        ("order", json!("")),
        ("items", json!(["A-1", " "])),
        ("found", json!([{"line": 2, "result": "quantity-differs"}])),
    ]);
    let faults = act(&mut office, MARKET, "report-result", Some(goods)).unwrap_err();
    assert_eq!(paths(&faults), ["items", "found[1].line", "found[1].quantity"]);
    let nothing = with(&[("found", json!([]))]);
    assert_eq!(paths(&act(&mut office, MARKET, "report-result", Some(nothing)).unwrap_err()), ["found"]);
}

#[test]
fn a_corrected_report_waits_to_be_recognised_and_stays_with_whom_it_was_sent_to() {
    let mut office = zone();
    act(&mut office, MARKET, "report-result", Some(reported())).unwrap();
    act(&mut office, CUSTOMS, "decline", None).unwrap();
    let other = with(&[("to", json!("5301000902"))]);
    assert_eq!(paths(&act(&mut office, MARKET, "correct", Some(other)).unwrap_err()), ["to"]);
    let made = act(&mut office, MARKET, "correct", Some(with(&[("number", json!("样检2026-1甲"))]))).unwrap();
    assert_eq!((made.record.state.as_str(), made.record.version), ("reported", 3));
}
