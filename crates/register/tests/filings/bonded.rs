//! Books with deadlines: what entered first is declared in time or stops its holder, and an exhibition holds what it has to, over
//! random lives in which goods are sold, come back, are destroyed, paid for or called.

use super::{NOW, Office, office, paths};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::{Actor, RecordKey, Register};
use clearance::sample::Numbers;
use ledger::{Account, Balance};
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};

const HOLDER: &str = "5301960601";
const CUSTOMS: &str = "8620000001";
const GUARANTOR: &str = "5301980501";
const BOOK: &str = "5301960601:T8620W000001";
const DAY: i64 = 86_400_000;

fn by(party: &str, role: Role, reviews: bool, window: bool) -> By {
    let actor = Actor { party: party.into(), name: "样例".into() };
    By { actor, codes: vec![party.into()], role, applies: !window, reviews, window }
}

fn holder() -> By {
    by(HOLDER, Role::SiteOperator, false, false)
}

fn customs() -> By {
    by(CUSTOMS, Role::Officer, true, false)
}

fn clock() -> By {
    by(HOLDER, Role::ZoneOperator, false, true)
}

fn act(office: &mut Office, key: RecordKey, by: By, action: &str, body: Value) -> Result<Change, Refusal> {
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    let body = (!body.is_null()).then(|| body.to_string());
    office.one(Command { key, version, action: action.into(), by, note: "因为".into(), body })
}

fn document(name: &str) -> RecordKey {
    RecordKey::new(Register::BondedDocument, &format!("{BOOK}:{name}"))
}

fn body(office: &Office, name: &str) -> Value {
    serde_json::from_str(&office.facts.records[&document(name)].body).unwrap()
}

fn state(office: &Office, name: &str) -> String {
    office.facts.records[&document(name)].state.to_string()
}

/// What the window puts into a command.
fn beside(undeclared: &[&str]) -> Value {
    let ids: Vec<String> = undeclared.iter().map(|name| document(name).id.to_string()).collect();
    json!({"undeclared": ids, "guarantors": [GUARANTOR]})
}

/// A book of one item, tins of milk powder.
fn opened() -> Office {
    let mut office = office();
    let book = RecordKey::new(Register::BondedBook, BOOK);
    let items = json!({"items": [{"number": "1", "gcode": "1901101000", "goodsNo": "LH1", "name": "样例奶粉",
        "unit": "122", "unit1": "035", "factor1": "0.9", "tolerance": 50, "stopSaleDays": 0}]});
    act(&mut office, book.clone(), holder(), "apply", items.clone()).unwrap();
    act(&mut office, book, customs(), "approve", items).unwrap();
    office
}

fn line(operation: &str, count: i64) -> Value {
    json!({"operation": operation, "item": "1", "lot": "L1", "origin": "601", "quantity": count.to_string(),
        "quantity1": format!("{}.{}", count * 9 / 10, count * 9 % 10)})
}

/// Filed by the holder and accepted by customs.
fn accepted(office: &mut Office, name: &str, action: &str, sent: Value) -> Result<Change, Refusal> {
    act(office, document(name), holder(), "file", sent.clone())?;
    act(office, document(name), customs(), action, sent)
}

fn entry(office: &mut Office, name: &str, arrived: &str, undeclared: &[&str]) -> Result<Change, Refusal> {
    let sent = json!({"lines": [line("enter-first", 10)], "beside": beside(undeclared),
        "entry": {"checkpoint": "K01", "passed": "20261127080000", "arrived": arrived}});
    act(office, document(name), holder(), "enter-first", sent)
}

fn faults(told: Result<Change, Refusal>) -> Vec<String> {
    paths(&told.unwrap_err()).iter().map(ToString::to_string).collect()
}

#[test]
fn what_entered_first_is_declared_in_time_or_stops_its_holder() {
    const FIRST: &str = "provisional-entry:P1";
    let mut office = opened();
    assert_eq!(faults(entry(&mut office, FIRST, "20261129", &[])), ["entry.arrived"]);
    assert_eq!(faults(entry(&mut office, FIRST, "20261101", &[])), ["entry.arrived"]);
    entry(&mut office, FIRST, "20261120", &[]).unwrap();
    assert_eq!(
        (state(&office, FIRST).as_str(), &body(&office, FIRST)["clock"]["due"]),
        ("undeclared", &json!("20261204"))
    );
    // Neither early nor by anybody else.
    assert_eq!(faults(act(&mut office, document(FIRST), clock(), "warn", Value::Null)), ["action"]);
    assert_eq!(faults(act(&mut office, document(FIRST), clock(), "overdue", Value::Null)), ["action"]);
    let told = act(&mut office, document(FIRST), holder(), "overdue", Value::Null);
    assert!(matches!(told, Err(Refusal::NotYours(_))));
    office.now = Time(NOW.0 + 4 * DAY);
    act(&mut office, document(FIRST), clock(), "warn", Value::Null).unwrap();
    assert_eq!(body(&office, FIRST)["clock"]["warned"], true);
    assert_eq!(faults(act(&mut office, document(FIRST), clock(), "warn", Value::Null)), ["action"]);
    // Another may enter until the last day is over, whether or not the clock has told it.
    entry(&mut office, "provisional-entry:P2", "20261127", &[FIRST]).unwrap();
    office.now = Time(NOW.0 + 7 * DAY);
    assert_eq!(faults(entry(&mut office, "provisional-entry:P3", "20261127", &[FIRST])), ["id"]);
    act(&mut office, document(FIRST), clock(), "overdue", Value::Null).unwrap();
    assert_eq!(faults(entry(&mut office, "provisional-entry:P3", "20261127", &[FIRST])), ["id"]);
    // Extended once, with a reason.
    act(&mut office, document(FIRST), customs(), "extend", Value::Null).unwrap();
    assert_eq!(
        (state(&office, FIRST).as_str(), &body(&office, FIRST)["clock"]["due"]),
        ("undeclared", &json!("20261221")),
        "fourteen days from the day of the extension, a Saturday put off to Monday"
    );
    assert_eq!(faults(act(&mut office, document(FIRST), customs(), "extend", Value::Null)), ["action"]);
    entry(&mut office, "provisional-entry:P3", "20261127", &[FIRST]).unwrap();
    // Declared in two steps, the second with a difference.
    let declare = |count: &str, cause: Option<&str>| {
        json!({"lines": [{"operation": "declare", "item": "1", "ofDocument": "provisional-entry", "ofNumber": "P1",
            "ofLine": 1, "quantity": count, "cause": cause, "approval": "BS1"}]})
    };
    accepted(&mut office, "entry-checklist:H1", "accept", declare("4", None)).unwrap();
    assert_eq!(state(&office, FIRST), "undeclared");
    accepted(&mut office, "entry-checklist:H2", "accept", declare("5", Some("mispick"))).unwrap();
    assert_eq!(state(&office, FIRST), "declared");
    let told = act(&mut office, document(FIRST), clock(), "overdue", Value::Null);
    assert!(matches!(told, Err(Refusal::State(..))));
    // Nothing else may be entered by such a document, and such goods by nothing else.
    let sent = json!({"lines": [line("enter", 1)], "beside": beside(&[]),
        "entry": {"checkpoint": "K01", "passed": "20261127080000", "arrived": "20261127"}});
    let told = act(&mut office, document("provisional-entry:P4"), holder(), "enter-first", sent);
    assert_eq!(faults(told), ["lines[1].document/kind"]);
    let told = act(&mut office, document("provisional-entry:P4"), holder(), "enter", json!({"lines": []}));
    assert_eq!(faults(told), ["action"]);
}

/// Half up, by itself.
fn share(tax: i64, part: i64, whole: i64) -> i64 {
    (2 * tax * part + whole) / (2 * whole)
}

#[derive(Default)]
struct Exhibition {
    out: i64,
    tax: i64,
    sold: i64,
    back: i64,
    destroyed: i64,
    /// Tax and last day of sales that are not paid.
    unpaid: Vec<(i64, String)>,
    called: i64,
    forfeited: bool,
}

impl Exhibition {
    fn there(&self) -> i64 {
        self.out - self.sold - self.back - self.destroyed
    }
    fn taxes(&self) -> i64 {
        self.unpaid.iter().map(|(tax, _)| tax).sum()
    }
    /// What the accounts must hold, and the document say.
    fn check(&self, office: &Office) {
        let goods = if self.forfeited { 0 } else { share(self.tax, self.there(), self.out) };
        let account = |account: Account| office.facts.balances.get(&account).copied().unwrap_or_default();
        let held = account(Account::guarantee(GUARANTOR.into()));
        let expected = Balance { held: goods + self.taxes(), posted: self.called, limit: None };
        assert_eq!(Balance { limit: None, ..held }, expected);
        assert_eq!(account(Account::payable_tax(HOLDER.into())).posted, self.taxes());
        let told = body(office, "application:A1");
        assert_eq!(
            (told["guarantee"]["held"].as_i64(), told["guarantee"]["called"].as_i64()),
            (Some(held.held), Some(held.posted))
        );
        let open: i64 = told["moved"][0]["open"]
            .as_array()
            .unwrap()
            .iter()
            .map(|open| open["quantities"][0].as_str().unwrap().parse::<i64>().unwrap())
            .sum();
        assert_eq!(open, self.there(), "out = sold + back + destroyed + still there");
    }
}

fn resolving(operation: &str, count: i64, worth: Option<i64>) -> Value {
    json!({"lines": [{"operation": operation, "item": "1", "ofDocument": "application", "ofNumber": "A1", "ofLine": 1,
        "quantity": count.to_string(), "dutiableValue": worth.map(|worth| worth.to_string())}], "beside": beside(&[])})
}

fn lent(guarantor: &str, count: i64, worth: Option<&str>) -> Value {
    json!({"lines": [{"operation": "exhibition", "item": "1", "quantity": count.to_string(), "dutiableValue": worth}],
        "exhibition": {"venue": "样例会展中心", "guarantor": guarantor, "ends": "20261220"}})
}

#[test]
fn an_exhibition_holds_what_is_there_and_what_is_not_paid() {
    for seed in 0..40 {
        let mut numbers = Numbers::new(seed, 7);
        let mut office = opened();
        accepted(&mut office, "entry-checklist:H1", "accept", json!({"lines": [line("enter", 50)]})).unwrap();
        let out = 5 + numbers.below(40) as i64;
        accepted(&mut office, "application:A1", "lend", lent(GUARANTOR, out, Some("8000.55"))).unwrap();
        let tax = body(&office, "application:A1")["guarantee"]["guaranteed"][0]["tax"].as_i64().unwrap();
        assert!(tax > 0);
        let mut model = Exhibition { out, tax, ..Exhibition::default() };
        model.check(&office);
        for step in 0..30 {
            let count = 1 + numbers.below(6) as i64;
            let good = count <= model.there();
            let number = |kind: &str| format!("{kind}:{step}");
            match numbers.below(6) {
                0 | 1 => {
                    let sent = resolving("exhibition-sale", count, Some(200 * count));
                    let told = accepted(&mut office, &number("customs-declaration"), "accept", sent);
                    assert_eq!(told.is_ok(), good, "{told:?}");
                    if good {
                        model.sold += count;
                        let sales = body(&office, "application:A1")["guarantee"]["sales"].clone();
                        if !model.forfeited {
                            let sale = sales.as_array().unwrap().last().unwrap().clone();
                            let due = sale["due"].as_str().unwrap().to_owned();
                            model.unpaid.push((sale["tax"].as_i64().unwrap(), due));
                        }
                    }
                }
                2 => {
                    let sent = resolving("exhibition-return", count, None);
                    let told = act(&mut office, document(&number("stock-order")), holder(), "enter", sent);
                    assert_eq!(told.is_ok(), good, "{told:?}");
                    model.back += if good { count } else { 0 };
                }
                3 => {
                    let sent = resolving("exhibition-destruction", count, None);
                    let told = accepted(&mut office, &number("destruction-record"), "accept", sent);
                    assert_eq!(told.is_ok(), good, "{told:?}");
                    model.destroyed += if good { count } else { 0 };
                }
                4 => {
                    let due = model.unpaid.last().map_or("20261215".to_owned(), |(_, due)| due.clone());
                    let bill = register::bonded::bill::key_of(HOLDER, &due);
                    let sent = json!({"payment": "SK1", "guarantors": [GUARANTOR],
                        "applications": [document("application:A1").id.to_string()]});
                    let told = act(&mut office, bill.clone(), clock(), "issue", sent.clone());
                    assert_eq!(told.is_ok(), !model.unpaid.is_empty(), "{told:?}");
                    if told.is_ok() {
                        act(&mut office, bill.clone(), customs(), "settle", sent).unwrap();
                        assert_eq!(office.facts.records[&bill].state, "settled");
                    }
                    model.unpaid.retain(|(_, day)| *day != due);
                }
                _ => {
                    office.now = Time(office.now.0 + 5 * DAY);
                    let today = office.now.day().to_string();
                    let told = |office: &mut Office, action: &str| {
                        let sent = json!({"guarantor": GUARANTOR});
                        act(office, document("application:A1"), clock(), action, sent).is_ok()
                    };
                    let over = today.as_str() > "20261220" && !model.forfeited && model.there() > 0;
                    assert_eq!(told(&mut office, "call-guarantee"), over);
                    if over {
                        model.called += share(model.tax, model.there(), model.out);
                        model.forfeited = true;
                    }
                    let late: i64 =
                        model.unpaid.iter().filter(|(_, day)| *day < today).map(|(tax, _)| tax).sum();
                    let any = model.unpaid.iter().any(|(_, day)| *day < today);
                    assert_eq!(told(&mut office, "collect"), any);
                    model.called += late;
                    model.unpaid.retain(|(_, day)| *day >= today);
                }
            }
            model.check(&office);
        }
    }
}

#[test]
fn no_goods_go_out_without_a_guarantee() {
    let mut office = opened();
    accepted(&mut office, "entry-checklist:H1", "accept", json!({"lines": [line("enter", 50)]})).unwrap();
    let mut filed =
        |sent: Value| faults(act(&mut office, document("application:A1"), holder(), "file", sent));
    assert_eq!(filed(lent(HOLDER, 5, Some("1000"))), ["exhibition.guarantor"]);
    assert_eq!(filed(lent(GUARANTOR, 5, None)), ["lines[1].dutiableValue"]);
    let mut late = lent(GUARANTOR, 5, Some("1000"));
    late["exhibition"]["ends"] = "20290101".into();
    assert_eq!(filed(late), ["exhibition.ends"]);
    let mut nowhere = lent(GUARANTOR, 5, Some("1000"));
    nowhere.as_object_mut().unwrap().remove("exhibition");
    assert_eq!(filed(nowhere), ["exhibition"]);
    // A guarantor that the window did not name was not looked at.
    accepted(&mut office, "application:A1", "lend", lent(GUARANTOR, 5, Some("1000"))).unwrap();
    let mut sale = resolving("exhibition-sale", 1, Some(200));
    sale["beside"]["guarantors"] = json!([]);
    assert_eq!(faults(accepted(&mut office, "customs-declaration:1", "accept", sale)), ["version"]);
    let sale = resolving("exhibition-sale", 1, None);
    let told = accepted(&mut office, "customs-declaration:1", "accept", sale);
    assert_eq!(faults(told), ["lines[1].dutiableValue"]);
}
