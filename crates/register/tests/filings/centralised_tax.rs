//! Centralised tax: leave under a guarantee that stands, statements of bills that are due, each on one, and a payment of exactly what
//! is owed when the month is over; what was paid by another way meanwhile is told as too much.

use super::{NOW, Office, office, paths};
use ceb::{Day, Document};
use clearance::Text;
use clearance::consignment::{Attempt, Bill, Consignment, Filed, Remark, State};
use clearance::keys::{OrderKey, Position, Time};
use clearance::party::Role;
use clearance::record::{Actor, RecordKey};
use clearance::rulebook::Calendar;
use clearance::sample::{self, DISTRICT, Trade};
use register::centralised_tax::statement::{Excess, Listed, Statement, key_of, last_day, named, paid_by};
use register::centralised_tax::{GRANTED, OVERDUE, PAYING, STATED, key_of as leave_key};
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;

const AGENT: &str = "5301980501";
const OTHER_AGENT: &str = "5301980502";
const NO_GUARANTOR: &str = "5301960301";
const CUSTOMS: &str = "8620000001";
const PLATFORM: &str = "5301960101";

fn by(party: &str, role: Role, reviews: bool, window: bool) -> By {
    let actor = Actor { party: party.into(), name: "样例".into() };
    By { actor, codes: vec![party.into()], role, applies: !window, reviews, window }
}

fn agent() -> By {
    by(AGENT, Role::Agent, false, false)
}

fn customs() -> By {
    by(CUSTOMS, Role::Officer, true, false)
}

fn window() -> By {
    By { codes: Vec::new(), ..by(AGENT, Role::ZoneOperator, false, true) }
}

fn act(office: &mut Office, key: &RecordKey, by: By, action: &str, body: &Value) -> Result<Change, Refusal> {
    let version = office.facts.records.get(key).map_or(0, |record| record.version);
    let body = (!body.is_null()).then(|| body.to_string());
    office.one(Command { key: key.clone(), version, action: action.into(), by, note: "样例".into(), body })
}

fn applied(changes: &[(&str, &str)]) -> Value {
    let mut body = json!({"district": DISTRICT, "guarantor": AGENT, "from": "20261128", "to": "20271127"});
    for (name, value) in changes {
        body[*name] = (*value).into();
    }
    body
}

fn granted(office: &mut Office) -> RecordKey {
    let key = leave_key(AGENT, DISTRICT);
    act(office, &key, agent(), "apply", &applied(&[])).unwrap();
    let made = act(office, &key, customs(), "grant-leave", &json!({"unpaid": []})).unwrap();
    assert_eq!(made.record.state, GRANTED);
    key
}

/// A released trade with a bill that is to be paid.
fn billed(office: &mut Office, number: u64, agent: &str, owed: i64) -> Listed {
    let mut trade = Trade::new(3, number, NOW, 1);
    (trade.declaration.head.agent_code, trade.declaration.head.assure_code) = (agent.into(), agent.into());
    let key = OrderKey::new(PLATFORM, &trade.order.head.order_no);
    let mut consignment = Consignment::new(key.clone());
    let tax_no = format!("86202026I{number:09}_0");
    consignment.attempt = Some(Attempt {
        number: 1,
        declaration: Filed {
            document: Arc::new(Document::Declaration(trade.declaration.clone())),
            position: Position { writer: 0, sequence: 1 },
            fingerprint: [0; 16],
            app_time: sample::stamp(NOW),
            sender: agent.into(),
            recipient: Text::default(),
            copies: Vec::new(),
            status: 120,
        },
        state: State::Released,
        pre_no: Text::default(),
        invt_no: None,
        business_date: NOW.day(),
        rulebook: 1,
        person: Text::default(),
        counts: Vec::new(),
        credit: None,
        quota: None,
        guarantee: None,
        assessment: None,
        lane: None,
        needs_arrival: false,
        findings: Vec::new(),
        hits: Vec::new(),
        bill: Some(Bill {
            number: tax_no.as_str().into(),
            status: 2,
            notice: None,
            owed,
            released_on: NOW.day(),
            paid: false,
            overdue: false,
        }),
        remarks: Vec::new(),
        joint: None,
        taken: None,
    });
    office.facts.consignments.insert(key, Arc::new(consignment));
    Listed { platform: PLATFORM.to_owned(), order_no: trade.order.head.order_no.to_string(), tax_no, owed }
}

fn change(office: &mut Office, bill: &Listed, change: impl FnOnce(&mut Attempt)) {
    let consignment = office.facts.consignments.get_mut(&bill.order()).unwrap();
    change(Arc::make_mut(consignment).attempt.as_mut().unwrap());
}

fn remark(office: &mut Office, bill: &Listed, action: &str, text: &str) {
    let remark = Remark {
        position: Position { writer: 0, sequence: 2 },
        time: NOW,
        officer: "window".into(),
        action: action.into(),
        text: text.into(),
    };
    change(office, bill, |attempt| attempt.remarks.push(remark));
}

fn with(bills: &[&Listed]) -> Value {
    json!({"payment": "", "amount": "", "bills": bills})
}

fn day(number: u32) -> Day {
    Day::from_number(number).unwrap()
}

#[test]
fn leave_is_given_under_a_guarantee_that_stands_and_for_a_term() {
    let mut office = office();
    let key = leave_key(AGENT, DISTRICT);
    for (changed, wrong) in [
        (("guarantor", NO_GUARANTOR), "guarantor"),
        (("to", "20261127"), "to"),
        (("to", "20271129"), "to"),
        (("from", "morning"), "from"),
    ] {
        let told = act(&mut office, &key, agent(), "apply", &applied(&[changed])).unwrap_err();
        assert_eq!(paths(&told), [wrong], "{changed:?}: {told:?}");
    }
    // Who declares nothing withholds nothing; another's district is another record.
    let foreign = leave_key(NO_GUARANTOR, DISTRICT);
    let payer = by(NO_GUARANTOR, Role::Payment, false, false);
    let told = act(&mut office, &foreign, payer, "apply", &applied(&[])).unwrap_err();
    assert_eq!(paths(&told), ["id"]);
    let elsewhere = leave_key(AGENT, "0100");
    let told = act(&mut office, &elsewhere, agent(), "apply", &applied(&[])).unwrap_err();
    assert_eq!(paths(&told), ["id"]);
    granted(&mut office);
    // It lapses when its term is over, and not sooner.
    let told = act(&mut office, &key, window(), "lapse", &Value::Null).unwrap_err();
    assert_eq!(paths(&told), ["action"]);
    office.now = Time::start_of(day(20_271_128));
    let made = act(&mut office, &key, window(), "lapse", &Value::Null).unwrap();
    assert_eq!(made.record.state, "lapsed");
}

#[test]
fn a_statement_has_each_due_bill_of_its_agent_once_and_is_paid_exactly() {
    let mut office = office();
    let leave = granted(&mut office);
    let key = key_of(&leave, NOW.day(), 1);
    let (one, two) = (billed(&mut office, 1, AGENT, 1_190), billed(&mut office, 2, AGENT, 2_380));
    let foreign = billed(&mut office, 3, OTHER_AGENT, 999);
    let late = billed(&mut office, 4, AGENT, 500);
    change(&mut office, &late, |attempt| attempt.bill.as_mut().unwrap().overdue = true);
    let made = act(&mut office, &key, window(), "list-bills", &with(&[&one, &foreign, &late, &one])).unwrap();
    assert_eq!(Statement::of(&made.record).bills, std::slice::from_ref(&one));
    let made = act(&mut office, &key, window(), "list-bills", &with(&[&one, &two])).unwrap();
    let statement = Statement::of(&made.record);
    assert_eq!((statement.total, statement.due.as_str()), (3_570, "20261207"));
    let told = act(&mut office, &key, window(), "list-bills", &with(&[&one, &two])).unwrap_err();
    assert_eq!(paths(&told), ["bills"]);

    // Not before the month is over, not before each trade knows, and exactly.
    let paying = |amount: &str| json!({"payment": "S1", "amount": amount, "bills": [&one, &two]});
    let told = act(&mut office, &key, customs(), "settle-statement", &paying("35.7")).unwrap_err();
    assert_eq!(paths(&told), ["action", "bills"]);
    for bill in [&one, &two] {
        remark(&mut office, bill, "defer-bill", &key.id);
    }
    // No other statement has them now.
    let second = key_of(&leave, NOW.day(), 2);
    let told = act(&mut office, &second, window(), "list-bills", &with(&[&one, &two])).unwrap_err();
    assert_eq!(paths(&told), ["bills"]);
    office.now = Time::start_of(day(20_261_208));
    let made = act(&mut office, &key, window(), "overdue", &with(&[])).unwrap();
    assert_eq!(made.record.state, OVERDUE);
    // While it is late, no leave is given.
    let other = leave_key(AGENT, DISTRICT);
    act(&mut office, &other, agent(), "withdraw", &Value::Null).unwrap();
    act(&mut office, &other, agent(), "apply", &applied(&[])).unwrap();
    let unpaid = json!({"unpaid": [key.id.as_str()]});
    let told = act(&mut office, &other, customs(), "grant-leave", &unpaid).unwrap_err();
    assert_eq!(paths(&told), ["unpaid"]);
    // A return made one smaller: nothing is paid until the statement says so.
    change(&mut office, &two, |attempt| attempt.bill.as_mut().unwrap().owed = 1_000);
    let told = act(&mut office, &key, customs(), "settle-statement", &paying("35.7")).unwrap_err();
    assert_eq!(paths(&told), ["bills"]);
    let made = act(&mut office, &key, window(), "renew-bills", &with(&[&one, &two])).unwrap();
    assert_eq!((Statement::of(&made.record).total, made.record.state.as_str()), (2_190, OVERDUE));
    let told = act(&mut office, &key, customs(), "settle-statement", &paying("21.91")).unwrap_err();
    assert_eq!(paths(&told), ["amount"]);
    let made = act(&mut office, &key, customs(), "settle-statement", &paying("21.9")).unwrap();
    assert_eq!(made.record.state, PAYING);

    // One is paid by it, the other was by hand meanwhile: it ends when both are, and says what was too much.
    let paid = |attempt: &mut Attempt| {
        let bill = attempt.bill.as_mut().unwrap();
        (bill.paid, bill.owed) = (true, 0);
    };
    change(&mut office, &one, paid);
    remark(&mut office, &one, "pay-bill", &paid_by(&key, 1_190));
    let told = act(&mut office, &key, window(), "conclude", &with(&[&one, &two])).unwrap_err();
    assert_eq!(paths(&told), ["action"]);
    let made = act(&mut office, &key, window(), "follow-payment", &with(&[&one, &two])).unwrap();
    assert_eq!(Statement::of(&made.record).paid, 1);
    change(&mut office, &two, paid);
    remark(&mut office, &two, "pay-bill", "");
    let made = act(&mut office, &key, window(), "conclude", &with(&[&one, &two])).unwrap();
    let statement = Statement::of(&made.record);
    let excess = Excess { tax_no: two.tax_no.clone(), excess: 1_000 };
    assert_eq!((made.record.state.as_str(), statement.paid), ("settled", 2));
    assert_eq!(statement.too_much, [excess]);
    let made = act(&mut office, &other, customs(), "grant-leave", &unpaid).unwrap();
    assert_eq!(made.record.state, GRANTED);
}

#[test]
fn a_month_ends_on_a_working_day_and_bills_need_leave() {
    let mut office = office();
    let leave = leave_key(AGENT, DISTRICT);
    let bill = billed(&mut office, 1, AGENT, 1_190);
    let key = key_of(&leave, NOW.day(), 1);
    let told = act(&mut office, &key, window(), "list-bills", &with(&[&bill])).unwrap_err();
    assert_eq!(paths(&told), ["action"]);
    granted(&mut office);
    // Nor on the statement of another month, nor by the party itself.
    let next = key_of(&leave, day(20_261_201), 1);
    let told = act(&mut office, &next, window(), "list-bills", &with(&[&bill])).unwrap_err();
    assert_eq!(paths(&told), ["action"]);
    let told = act(&mut office, &key, agent(), "list-bills", &with(&[&bill])).unwrap_err();
    assert!(matches!(told, Refusal::NotYours(_)), "{told:?}");
    let made = act(&mut office, &key, window(), "list-bills", &with(&[&bill])).unwrap();
    assert_eq!(made.record.state, STATED);
    let calendar: &Calendar = &office.reference.current().calendar;
    // The first of January is a day of rest, and so is a weekend.
    assert_eq!(last_day(calendar, day(20_261_201), 5), day(20_270_108));
    assert_eq!(named(&key).map(|named| (named.district, named.part)), Some((DISTRICT.to_owned(), 1)));
    assert!(named(&leave).is_none());
}
