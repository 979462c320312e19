//! Refunds on entering a zone: applied for against what the book says, once; decided by the tax authority alone, exact to the fen; and
//! owed again for what goes back into the country, in the commit in which it does.

use super::{NOW, Office, office, paths};
use clearance::party::{Entry, Role, Service};
use clearance::record::{Actor, RecordKey, Register};
use clearance::{Rulebook, sample};
use register::entry_refund::{Body, Standing, invoice_key, lot_key};
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;

const HOLDER: &str = "5301960601";
pub(super) const EXPORTER: &str = "5301960201";
const CUSTOMS: &str = "8620000001";
const COMMERCE: &str = "5301000903";
pub(super) const BOOK: &str = "5301960601:T8620W000001";
pub(super) const INVOICE: &str = "24532000000012345678";
pub(super) const KNOWN: &str = "1901,13,20200320,,sample,known,\n";

pub(super) fn by(party: &str, role: Role, reviews: bool) -> By {
    let actor = Actor { party: party.into(), name: "样例".into() };
    By { actor, codes: vec![party.into()], role, applies: true, reviews, window: false }
}

fn holder() -> By {
    by(HOLDER, Role::SiteOperator, false)
}

fn customs() -> By {
    by(CUSTOMS, Role::Officer, true)
}

pub(super) fn exporter() -> By {
    by(EXPORTER, Role::Merchant, false)
}

pub(super) fn tax() -> By {
    by(sample::TAX_OFFICE, Role::Agency, true)
}

fn command(office: &Office, key: RecordKey, by: By, (action, note): (&str, &str), body: Value) -> Command {
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    let body = (!body.is_null()).then(|| body.to_string());
    Command { key, version, action: action.into(), by, note: note.into(), body }
}

pub(super) fn act(
    office: &mut Office,
    key: RecordKey,
    by: By,
    (action, note): (&str, &str),
    body: Value,
) -> Result<Change, Refusal> {
    let command = command(office, key, by, (action, note), body);
    office.one(command)
}

fn document(name: &str) -> RecordKey {
    RecordKey::new(Register::BondedDocument, &format!("{BOOK}:{name}"))
}

pub(super) fn application(name: &str) -> RecordKey {
    RecordKey::new(Register::EntryRefund, &format!("{EXPORTER}:{name}"))
}

pub(super) fn accepted(office: &mut Office, name: &str, sent: Value) -> Result<Change, Refusal> {
    act(office, document(name), holder(), ("file", ""), sent.clone())?;
    act(office, document(name), customs(), ("accept", ""), sent)
}

/// A zone with a tax authority, rates of refund, and a book that ten tins entered from the country, exported by a merchant.
pub(super) fn zone(rates: &str) -> Office {
    let mut office = office();
    let header = "hs,rate_percent,valid_from,valid_to,source,confidence,note\n";
    let table = ("refund_rates.csv".to_owned(), format!("{header}{rates}"));
    office.reference.books.push(Arc::new(Rulebook::load(2, &[table]).unwrap()));
    let mut parties = (*office.reference.parties).clone();
    for (code, word) in [(sample::TAX_OFFICE, "tax-administration"), (COMMERCE, "counterpart-commerce")] {
        let mut agency = sample::agencies().into_iter().find(|filing| filing.code == code).unwrap();
        let valid_from = agency.valid_from;
        agency.services = vec![Service { service: word.into(), valid_from, ..Service::default() }];
        let next = parties.version + 1;
        parties.enter(Entry::Filing(agency).numbered(next));
    }
    office.reference.parties = Arc::new(parties);
    let book = RecordKey::new(Register::BondedBook, BOOK);
    let items = json!({"items": [{"number": "1", "gcode": "1901101000", "goodsNo": "LH1", "name": "样例奶粉",
        "unit": "122", "unit1": "035", "factor1": "0.9", "tolerance": 50, "stopSaleDays": 0}]});
    act(&mut office, book.clone(), holder(), ("apply", ""), items.clone()).unwrap();
    act(&mut office, book, customs(), ("approve", ""), items).unwrap();
    let line = json!({"operation": "enter-domestic", "item": "1", "lot": "L1", "origin": "142", "quantity": "10",
        "quantity1": "9", "rebate": {"exporter": EXPORTER, "declaration": "862020261234567890", "declarationLine": 1,
        "exportDay": "20261120"}});
    let made = accepted(&mut office, "entry-checklist:H1", json!({"lines": [line]})).unwrap();
    let lot = lot_key(BOOK, "1", "L1");
    assert!(made.beside.iter().any(|record| record.key == lot && record.parties.is_empty()));
    office
}

/// An application for so much of the line, with so much of an invoice over 2000 yuan at 13 %.
pub(super) fn applied(quantity: &str, amount: &str) -> Value {
    json!({
        "checklist": format!("{BOOK}:entry-checklist:H1"),
        "gate": {"checkpoint": "K01", "passed": "20261120100000"},
        "invoices": [{"number": INVOICE, "day": "20261110", "seller": "5301960301", "amount": "2000", "rate": "13"}],
        "lines": [{"line": 1, "item": "1", "lot": "L1", "gcode": "1901101000", "unit": "122", "quantity": quantity,
            "invoice": INVOICE, "amount": amount}],
    })
}

pub(super) fn apply(office: &mut Office, name: &str, body: Value) -> Result<Change, Refusal> {
    act(office, application(name), exporter(), ("apply", ""), body)
}

/// So many tins go back into the country; the window named what is claimed of their lot.
pub(super) fn leaves(office: &mut Office, name: &str, count: &str) -> Result<Change, Refusal> {
    let lot = lot_key(BOOK, "1", "L1");
    let claims = Standing::of(&office.facts.records[&lot]).claims.into_iter().map(|claim| claim.application);
    let refunds: Vec<String> = std::iter::once(lot.id.to_string()).chain(claims).collect();
    let sent = json!({"lines": [{"operation": "general-trade", "item": "1", "lot": "L1", "quantity": count}],
        "beside": {"undeclared": [], "guarantors": [], "refunds": refunds}});
    accepted(office, &format!("customs-declaration:{name}"), sent)
}

pub(super) fn body(office: &Office, name: &str) -> Body {
    Body::of(&office.facts.records[&application(name)])
}

pub(super) fn state(office: &Office, name: &str) -> String {
    office.facts.records[&application(name)].state.to_string()
}

pub(super) fn paid(amount: &str) -> Value {
    json!({"payment": "TS1", "day": "20261128", "amount": amount})
}

/// What was refused: where and by which code.
pub(super) fn told(refused: Result<Change, Refusal>) -> Vec<(String, &'static str)> {
    let Err(Refusal::Invalid(faults)) = refused else { panic!("{refused:?}") };
    faults.iter().map(|fault| (fault.path.clone(), fault.expected.code())).collect()
}

pub(super) fn fault(path: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(path.to_owned(), code)]
}

#[test]
fn what_entered_is_refunded_once_and_what_goes_back_is_owed_to_the_fen() {
    let mut office = zone(KNOWN);
    let made = apply(&mut office, "1", applied("6", "1000.37")).unwrap();
    assert_eq!((made.record.state.as_str(), made.beside.len(), made.record.charges.len()), ("applied", 2, 0));
    // 130.0481, to the fen.
    assert_eq!((body(&office, "1").total, body(&office, "1").reckoned[0].tax), (13_005, Some(13_005)));
    // Twice the same: neither under its own number nor under another.
    let again = apply(&mut office, "1", applied("6", "1000.37"));
    assert!(matches!(again, Err(Refusal::State(..))), "{again:?}");
    let twice = told(apply(&mut office, "2", applied("6", "1000.37")));
    let expected = [("lines[1].quantity", "refund-quantity"), ("invoices[1].amount", "refund-invoice-left")];
    assert_eq!(twice, expected.map(|(path, code)| (path.to_owned(), code)));
    // Of two in one commit the second finds the first.
    let of = |office: &Office, name: &str, quantity: &str| {
        let key = application(name);
        command(office, key, exporter(), ("apply", ""), applied(quantity, "10"))
    };
    let commands = [of(&office, "2", "3"), of(&office, "3", "2")];
    let both = office.run(&commands);
    assert!(both[0].is_ok());
    assert_eq!(paths(both[1].as_ref().unwrap_err()), ["lines[1].quantity"]);
    let said = serde_json::to_value(&body(&office, "2").applied).unwrap();
    act(&mut office, application("2"), exporter(), ("withdraw", ""), said).unwrap();
    assert_eq!(Standing::of(&office.facts.records[&invoice_key(INVOICE)]).claims.len(), 1, "given back");

    // Nobody decides but the tax authority.
    for other in [customs(), by(COMMERCE, Role::Agency, true), holder()] {
        let told = act(&mut office, application("1"), other, ("approve", ""), Value::Null);
        assert_eq!(told, Err(Refusal::Absent));
    }
    let told_him = act(&mut office, application("1"), exporter(), ("approve", ""), Value::Null);
    assert!(matches!(told_him, Err(Refusal::NotYours(_))), "{told_him:?}");
    act(&mut office, application("1"), tax(), ("approve", ""), Value::Null).unwrap();
    for wrong in ["130.04", "130.06"] {
        let told = told(act(&mut office, application("1"), tax(), ("pay", ""), paid(wrong)));
        assert_eq!(told, fault("amount", "refund-exactly"), "{wrong}");
    }
    act(&mut office, application("1"), tax(), ("pay", ""), paid("130.05")).unwrap();
    assert_eq!((state(&office, "1").as_str(), body(&office, "1").owed), ("paid", 0));

    // Four of the six go back, then three: two that were refunded, and one that nobody claimed.
    let made = leaves(&mut office, "G1", "4").unwrap();
    assert!(made.beside.iter().any(|record| record.key == application("1")), "in the same commit");
    assert_eq!((state(&office, "1").as_str(), body(&office, "1").owed), ("owing", 8_670));
    leaves(&mut office, "G2", "3").unwrap();
    let after = body(&office, "1");
    let parts: Vec<(&str, i64)> =
        after.findings.iter().map(|finding| (finding.quantity.as_str(), finding.tax)).collect();
    assert_eq!((parts, after.owed, after.total), (vec![("4", 8_670), ("2", 4_335)], 13_005, 0));
    assert!(after.findings[1].document.ends_with("customs-declaration:G2"), "{after:?}");
    assert_eq!(Standing::of(&office.facts.records[&lot_key(BOOK, "1", "L1")]).back, "1");
    // What went back is not there to be claimed either: of ten, six are refunded and one left.
    let Err(Refusal::Invalid(faults)) = apply(&mut office, "4", applied("4", "10")) else { panic!() };
    assert_eq!(faults[0].expected.parameters(), [("left", "3".to_owned())]);
    apply(&mut office, "4", applied("3", "10")).unwrap();
    let told = told(act(&mut office, application("1"), tax(), ("repay", ""), paid("130")));
    assert_eq!(told, fault("amount", "refund-exactly"));
    act(&mut office, application("1"), tax(), ("repay", ""), paid("130.05")).unwrap();
    assert_eq!((state(&office, "1").as_str(), body(&office, "1").owed), ("paid", 0));
}

#[test]
fn what_went_back_before_it_is_decided_is_not_granted() {
    let mut office = zone(KNOWN);
    apply(&mut office, "1", applied("6", "1000.37")).unwrap();
    leaves(&mut office, "G1", "2").unwrap();
    assert_eq!((state(&office, "1").as_str(), body(&office, "1").findings[0].tax), ("applied", 0));
    act(&mut office, application("1"), tax(), ("approve", ""), Value::Null).unwrap();
    let decided = &body(&office, "1").decided[0];
    assert_eq!((decided.quantity.as_str(), decided.tax), ("4", 8_670));
    // One more before it is paid: the rest is paid, and nothing owed.
    leaves(&mut office, "G2", "1").unwrap();
    assert_eq!((state(&office, "1").as_str(), body(&office, "1").total), ("approved", 8_670 - 2_168));
    act(&mut office, application("1"), tax(), ("pay", ""), paid("65.02")).unwrap();
    assert_eq!(body(&office, "1").owed, 0);
    // What the window cannot see the authority claims back with a reason, and no more than was kept.
    let claim = |office: &mut Office, note: &str, amount: &str| {
        act(office, application("1"), tax(), ("claim-back", note), json!({"amount": amount}))
    };
    assert_eq!(told(claim(&mut office, "", "10")), fault("note", "explained"));
    assert_eq!(told(claim(&mut office, "虚开", "65.03")), fault("amount", "refund-at-most"));
    claim(&mut office, "清单已撤销", "65.02").unwrap();
    assert_eq!((state(&office, "1").as_str(), body(&office, "1").owed), ("owing", 6_502));
    // Whoever claimed meanwhile would not be told: the document is looked at again.
    let record = office.facts.records.remove(&application("1")).unwrap();
    assert_eq!(told(leaves(&mut office, "G3", "1")), fault("version", "bonded-changed"));
    office.facts.records.insert(application("1"), record);
    leaves(&mut office, "G3", "1").unwrap();
}

#[test]
fn a_rate_that_is_not_sure_is_decided_by_a_person_in_whole_or_in_part() {
    for (rates, doubt) in
        [("1901,13,20200320,,sample,memory,\n", "refund-rate-unsure"), ("", "no-refund-rate")]
    {
        let mut office = zone(rates);
        apply(&mut office, "1", applied("6", "1000.37")).unwrap();
        assert_eq!(body(&office, "1").reckoned[0].doubts, [doubt]);
        let mut approve = |note: &str, granted: Value| {
            act(&mut office, application("1"), tax(), ("approve", note), json!({"granted": granted}))
        };
        assert_eq!(told(approve("", json!([]))), fault("granted", "refund-in-doubt"));
        // Never more than the tax that was paid.
        let more = json!([{"line": 1, "amount": "130.06"}]);
        assert_eq!(told(approve("", more)), fault("granted[1].amount", "refund-at-most"));
        let odd = json!([{"line": 1, "amount": "1"}, {"line": 1, "amount": "1"}, {"line": 2, "amount": "1"}]);
        let wrong = told(approve("因为", odd));
        let expected =
            ["granted[2].line", "granted[3].line"].map(|path| (path.to_owned(), "refund-of-application"));
        assert_eq!(wrong, expected);
        let nothing = json!([{"line": 1, "amount": "0"}]);
        assert_eq!(told(approve("因为", nothing)), fault("granted", "refund-nothing"));
        let part = json!([{"line": 1, "amount": "90.01"}]);
        if doubt == "refund-rate-unsure" {
            assert_eq!(told(approve("", part.clone())), fault("note", "explained"), "less than it comes to");
        }
        approve("发票部分认可", part).unwrap();
        assert_eq!(body(&office, "1").kept(), 9_001);
    }
    // By the day of the export, and never more than the rate of the invoice.
    let mut office = zone("1901,9,20200320,20261119,sample,known,\n1901,13,20261120,,sample,known,\n");
    let mut lower = applied("6", "1000.37");
    lower["invoices"][0]["rate"] = "3".into();
    apply(&mut office, "1", lower).unwrap();
    assert_eq!(
        (body(&office, "1").total, body(&office, "1").reckoned[0].refund_rate.as_deref()),
        (3_001, Some("3"))
    );
}

#[test]
fn what_stands_against_an_application_is_told_with_its_field() {
    let mut office = zone(KNOWN);
    let change = |path: &str, value: Value| {
        let mut body = applied("6", "1000");
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    for (path, value, at, code) in [
        ("/checklist", json!(format!("{BOOK}:entry-checklist:H9")), "checklist", "refund-checklist"),
        ("/gate/checkpoint", json!(" "), "gate.checkpoint", "not-empty"),
        ("/gate/passed", json!("20261129000000"), "gate.passed", "today-or-before"),
        ("/invoices/0/number", json!("12"), "invoices[1].number", "refund-invoice-number"),
        ("/invoices/0/rate", json!("18"), "invoices[1].rate", "refund-invoice-rate"),
        ("/invoices/0/amount", json!("999.99"), "invoices[1].amount", "refund-invoice-left"),
        ("/invoices/0/amount", json!("2000.001"), "invoices[1].amount", "refund-amount"),
        ("/lines/0/line", json!(2), "lines[1].line", "refund-line"),
        ("/lines/0/item", json!("2"), "lines[1].item", "refund-as-booked"),
        ("/lines/0/lot", json!("L2"), "lines[1].lot", "refund-as-booked"),
        ("/lines/0/gcode", json!("1901109000"), "lines[1].gcode", "refund-as-booked"),
        ("/lines/0/unit", json!("035"), "lines[1].unit", "refund-as-booked"),
        ("/lines/0/quantity", json!("10.5"), "lines[1].quantity", "refund-quantity"),
        ("/lines/0/quantity", json!("0"), "lines[1].quantity", "positive-number"),
        ("/lines/0/invoice", json!("12345678"), "lines[1].invoice", "refund-invoice"),
    ] {
        let faults = told(apply(&mut office, "1", change(path, value)));
        assert!(faults.contains(&(at.to_owned(), code)), "{path}: {faults:?}");
    }
    // Others' goods are answered as if there were none; nothing was recorded meanwhile.
    let key = RecordKey::new(Register::EntryRefund, &format!("{HOLDER}:1"));
    let told_him = told(act(&mut office, key, holder(), ("apply", ""), applied("6", "1000")));
    assert_eq!(told_him, fault("checklist", "refund-checklist"));
    assert!(Standing::of(&office.facts.records[&lot_key(BOOK, "1", "L1")]).claims.is_empty());
    // A refusal is explained, gives all back, and the same number may be used again with what is mended.
    apply(&mut office, "1", applied("10", "2000")).unwrap();
    let other = told(apply(&mut office, "2", change("/invoices/0/rate", json!("9"))));
    assert!(other.contains(&("invoices[1].amount".to_owned(), "refund-invoice-otherwise")), "{other:?}");
    let said = serde_json::to_value(&body(&office, "1").applied).unwrap();
    let refuse = |office: &mut Office, note: &str, said: Value| {
        act(office, application("1"), tax(), ("refuse", note), said)
    };
    assert_eq!(told(refuse(&mut office, "", said.clone())), fault("note", "explained"));
    assert_eq!(told(refuse(&mut office, "税率不符", applied("1", "1"))), fault("body", "window-writes-it"));
    refuse(&mut office, "税率不符", said).unwrap();
    assert_eq!((state(&office, "1").as_str(), body(&office, "1").total), ("refused", 0));
    let mut mended = applied("10", "2000");
    mended["invoices"][0]["rate"] = "9".into();
    apply(&mut office, "1", mended).unwrap();
    assert_eq!(body(&office, "1").total, 18_000, "the invoice said otherwise is not held against itself");
}

#[test]
fn a_term_that_is_sure_refuses_and_one_that_is_not_is_a_doubt() {
    for (confidence, refused) in [("known", true), ("unsure", false)] {
        let mut office = zone(KNOWN);
        let tables = Rulebook::built_in_tables();
        let text = |name: &str| tables.iter().find(|(file, _)| file == name).unwrap().1.clone();
        // Of a month: it has not ended eight days after the export.
        let parameters: Vec<String> = text("parameters.csv")
            .lines()
            .filter(|line| !line.starts_with("entry_refund_months"))
            .map(str::to_owned)
            .chain([format!("entry_refund_months,1,months,20190101,,sample,{confidence},sample")])
            .collect();
        let rates = format!("hs,rate_percent,valid_from,valid_to,source,confidence,note\n{KNOWN}");
        let replaced = [
            ("parameters.csv".to_owned(), parameters.join("\n") + "\n"),
            ("refund_rates.csv".to_owned(), rates),
        ];
        office.reference.books.push(Arc::new(Rulebook::load(3, &replaced).unwrap()));
        apply(&mut office, "1", applied("1", "10")).unwrap();
        // Two months later.
        office.now = clearance::keys::Time(NOW.0 + 60 * 86_400_000);
        let late = apply(&mut office, "2", applied("1", "10"));
        if refused {
            assert_eq!(told(late), fault("lines[1].line", "refund-term"));
        } else {
            late.unwrap();
            assert_eq!(body(&office, "2").reckoned[0].doubts, ["refund-term-unsure"]);
        }
    }
}
