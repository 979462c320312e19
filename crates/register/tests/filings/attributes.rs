//! What a filing says besides roles and licences: an agent for a merchant abroad, principals, guarantees, gates and cameras; what
//! goods say of legal units, labels and the brand; and that documents which are named are there.

use super::{NEW, NOW, Office, application, by, command, office, paths};
use ceb::Day;
use clearance::Rulebook;
use clearance::keys::Time;
use clearance::party::{Entrusted, Entry, Parties, Role};
use clearance::record::{RecordKey, Register};
use clearance::sample;
use register::form::FilingForm;
use register::view::View;
use register::{Change, Command, Fault, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;

const AGENT: &str = "5301980501";
const OFFICE: &str = "8620000001";
const BANK: &str = "5301000907";
const DAY: i64 = 86_400_000;

/// The parties of the zone, and agencies and a bank.
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

fn attach(office: &mut Office, party: &str, name: &str) -> String {
    let id = format!("{party}:{name}");
    let body = json!({"name": "样例.pdf", "mediaType": "application/pdf", "content": "JVBERg=="});
    let attach = command(&id, 0, "attach", by(party, "样例", false), "", Some(body));
    office.one(Command { key: RecordKey::new(Register::Attachment, &id), ..attach }).unwrap();
    id
}

fn of_role(role: &str, more: &[(&str, Value)]) -> Value {
    let mut body = application();
    body["roles"] = json!([role]);
    body["licences"][0]["validTo"] = Value::Null;
    for (name, value) in more {
        body[*name] = value.clone();
    }
    body
}

fn apply(office: &mut Office, body: Value) -> Result<Change, Refusal> {
    office.party(0, "apply", Some(body))
}

fn faults(refusal: Refusal) -> Vec<Fault> {
    match refusal {
        Refusal::Invalid(faults) => faults,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_merchant_abroad_names_its_agent_and_the_power_of_attorney() {
    let mut office = zone();
    let told = apply(&mut office, of_role("merchant", &[("country", json!("502"))])).unwrap_err();
    assert_eq!(paths(&told), ["domesticAgent"]);
    // At home nobody asks; and what is not abroad may say so.
    let power = |code: &str, more: Value| {
        let mut power = json!({"code": code, "validFrom": "20260101"});
        for (name, value) in more.as_object().unwrap() {
            power[name] = value.clone();
        }
        of_role("merchant", &[("country", json!("502")), ("domesticAgent", power)])
    };
    for (wrong, path) in [
        (power("5301960301", json!({"attachment": "x"})), "domesticAgent.code"),
        (power(NEW, json!({"attachment": "x"})), "domesticAgent.code"),
        (power("5301999999", json!({"attachment": "x"})), "domesticAgent.code"),
        (power(AGENT, json!({})), "domesticAgent.attachment"),
        (power(AGENT, json!({"attachment": "x", "validTo": "20261127"})), "domesticAgent.validTo"),
        (power(AGENT, json!({"attachment": "x", "validTo": "20251231"})), "domesticAgent.validTo"),
        (power(AGENT, json!({"attachment": "x"})), "domesticAgent.attachment"),
    ] {
        let told = apply(&mut office, wrong).unwrap_err();
        assert!(paths(&told).contains(&path), "{path}: {told:?}");
    }
    let mut nowhere = of_role("merchant", &[("country", json!("zzz"))]);
    nowhere["domesticAgent"] = json!({"code": AGENT, "validFrom": "20260101"});
    assert!(paths(&apply(&mut office, nowhere).unwrap_err()).contains(&"country"));
    let document = attach(&mut office, NEW, "power");
    apply(&mut office, power(AGENT, json!({"attachment": document, "validTo": "20270630"}))).unwrap();
    office.officer(1, "approve", None).unwrap();
    // The filing is as long as the power.
    assert_eq!(office.filing().unwrap().valid_to, Day::from_number(20_270_630));
    // What was right when it was sent may have ended since.
    let mut late = zone();
    let document = attach(&mut late, NEW, "power");
    apply(&mut late, power(AGENT, json!({"attachment": document, "validTo": "20261201"}))).unwrap();
    late.now = Time(NOW.0 + 10 * DAY);
    assert_eq!(paths(&late.officer(1, "approve", None).unwrap_err()), ["domesticAgent.validTo"]);
}

#[test]
fn documents_that_are_named_are_there_and_are_ones_own() {
    let mut office = zone();
    let others = attach(&mut office, "5301960201", "licence");
    let own = attach(&mut office, NEW, "licence");
    let named = |id: &str| {
        let mut body = application();
        body["licences"][0]["attachment"] = json!(id);
        body
    };
    // Another's and one that is not there are told alike, each with its place and what was sent.
    let told: Vec<Vec<Fault>> = [others.as_str(), "5301960201:nothing", "nothing at all"]
        .map(|id| faults(apply(&mut office, named(id)).unwrap_err()))
        .to_vec();
    for (told, id) in told.iter().zip([others.as_str(), "5301960201:nothing", "nothing at all"]) {
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].path.as_str(), told[0].value.as_str()), ("licences[0].attachment", id));
        assert_eq!(told[0].expected, told.first().unwrap().expected);
    }
    assert!(told.iter().all(|one| one[0].expected == told[0][0].expected));
    apply(&mut office, named(&own)).unwrap();
    // At the counter an officer names what the party attached, or what he attached himself; corrected, it may stand.
    let counter = |version: u32, id: &str| {
        command(NEW, version, "correct", by(OFFICE, "counter", true), "", Some(named(id)))
    };
    office.one(counter(1, &own)).unwrap();
    let at_the_counter = attach(&mut office, OFFICE, "scan");
    office.one(counter(2, &at_the_counter)).unwrap();
    office.party(3, "correct", Some(named(&at_the_counter))).unwrap();
    office.party(4, "correct", Some(named(&own))).unwrap();
    assert_eq!(
        paths(&office.party(5, "correct", Some(named(&at_the_counter))).unwrap_err()),
        ["licences[0].attachment"]
    );
    // More than anybody reads are not looked up at all.
    let mut many = application();
    let licence = many["licences"][0].clone();
    let licences: Vec<Value> = (0..41)
        .map(|_| {
            let mut licence = licence.clone();
            licence["attachment"] = json!(own);
            licence
        })
        .collect();
    many["licences"] = json!(licences);
    assert_eq!(paths(&office.party(5, "correct", Some(many)).unwrap_err()), ["licences[40].attachment"]);
}

#[test]
fn a_limit_is_worth_its_guarantees_and_lasts_as_long() {
    let mut office = zone();
    let guarantee = |more: Value| {
        let mut one = json!({"guaranteeKind": "bank-guarantee", "number": "保函1", "issuer": BANK, "heldBy": OFFICE,
            "amount": "100000.00", "validFrom": "20260101", "validTo": "20270331"});
        for (name, value) in more.as_object().unwrap() {
            one[name] = value.clone();
        }
        one
    };
    for (wrong, path) in [
        (json!({"guaranteeKind": "promise"}), "guarantees[0].guaranteeKind"),
        (json!({"issuer": "5301960201"}), "guarantees[0].issuer"),
        (json!({"heldBy": BANK}), "guarantees[0].heldBy"),
        (json!({"amount": "0"}), "guarantees[0].amount"),
        (json!({"number": " "}), "guarantees[0].number"),
        (json!({"validTo": null}), "guarantees[0].validTo"),
        (json!({"validTo": "20251231"}), "guarantees[0].validTo"),
        (json!({"guaranteeKind": "deposit"}), "guarantees[0].issuer"),
    ] {
        let body = of_role("guarantor", &[("guarantees", json!([guarantee(wrong)]))]);
        assert_eq!(paths(&apply(&mut office, body).unwrap_err()), [path]);
    }
    let not_his = of_role("merchant", &[("guarantees", json!([guarantee(json!({}))]))]);
    assert_eq!(paths(&apply(&mut office, not_his).unwrap_err()), ["guarantees"]);
    let deposit = json!({"guaranteeKind": "deposit", "number": "保证金1", "heldBy": OFFICE, "amount": "50000",
        "validFrom": "20260101"});
    let both = json!([guarantee(json!({})), deposit]);
    apply(&mut office, of_role("guarantor", &[("guarantees", both)])).unwrap();
    let limit = |yuan: &str| Some(json!({"guaranteeLimit": yuan}));
    let told = faults(office.officer(1, "approve", limit("150000.01")).unwrap_err());
    assert_eq!(told[0].path, "guaranteeLimit");
    assert!(told[0].expected.en().contains("150000"), "{told:?}");
    office.officer(1, "approve", limit("120000")).unwrap();
    assert_eq!(
        office.filing().unwrap().valid_to,
        Day::from_number(20_270_331),
        "the deposit alone is too little"
    );
    office.officer(2, "amend", limit("50000")).unwrap();
    assert_eq!(office.filing().unwrap().valid_to, None, "which the deposit is worth for ever");
    // Who tells of no guarantees is granted what customs knows of.
    let mut old = zone();
    apply(&mut old, of_role("guarantor", &[])).unwrap();
    old.officer(1, "approve", limit("1000000")).unwrap();
}

#[test]
fn a_site_tells_of_its_gates_and_cameras_and_the_rulebook_may_ask() {
    let mut office = zone();
    let site = |gates: Value, video: Value| of_role("site-operator", &[("gates", gates), ("video", video)]);
    let camera = json!({"cameras": 12, "keptDays": 90, "access": "样例专线"});
    let wrong = site(
        json!([{"number": "1", "direction": "in"}, {"number": "1", "direction": "up"}]),
        json!({"cameras": 0, "keptDays": 0, "access": " "}),
    );
    let told = apply(&mut office, wrong).unwrap_err();
    let expected =
        ["gates[1].number", "gates[1].direction", "video.cameras", "video.keptDays", "video.access"];
    assert_eq!(paths(&told), expected);
    let right = site(json!([{"number": "1", "direction": "both", "place": "东门"}]), camera.clone());
    let made = apply(&mut office, right).unwrap();
    assert!(made.record.body.contains("东门"));
    // What is unsure asks nothing; a zone that is sure publishes that it does.
    let table = "role,attribute,valid_from,valid_to,source,certainty\n\
        site-operator,video,20200101,,样例办法第三条,known\nsite-operator,gates,20990101,,样例,known\n";
    let book = Rulebook::load(2, &[("filing_attributes.csv".to_owned(), table.to_owned())]).unwrap();
    let mut asked = zone();
    asked.reference.books.push(Arc::new(book));
    let told = faults(apply(&mut asked, of_role("site-operator", &[])).unwrap_err());
    assert_eq!((told.len(), told[0].path.as_str()), (1, "video"));
    assert!(told[0].expected.en().contains("样例办法第三条"));
    apply(&mut asked, of_role("site-operator", &[("video", camera)])).unwrap();
    let wrong = "role,attribute,valid_from,valid_to,source,certainty\nagent,wings,20200101,,样例,known\n";
    let faults = Rulebook::load(3, &[("filing_attributes.csv".to_owned(), wrong.to_owned())]).unwrap_err();
    assert_eq!((faults[0].file, faults[0].line), ("filing_attributes.csv", 2));
}

#[test]
fn an_agent_tells_for_whom_it_declares() {
    let mut office = zone();
    let document = attach(&mut office, NEW, "power");
    let principals = json!([
        {"code": "5301960201", "number": "委1", "validFrom": "20260101", "validTo": "20271231", "attachment": document},
        {"code": "nobody", "validFrom": "soon", "attachment": document},
    ]);
    let told = apply(&mut office, of_role("agent", &[("principals", principals.clone())])).unwrap_err();
    assert_eq!(paths(&told), ["principals[1].code", "principals[1].validFrom"]);
    apply(&mut office, of_role("agent", &[("principals", json!([principals[0]]))])).unwrap();
    // What is approved is what its lists are judged by.
    let approved = office.officer(1, "approve", None).unwrap();
    // A bank that relies on it reads what is in force, and not for whom else it acts.
    let reused = View::reused(&approved.record, &[BANK.into()]);
    let seen = ["/inForce/name", "/inForce/principals"].map(|at| reused.body().pointer(at).is_some());
    assert_eq!((seen, approved.record.body.contains(r#""principals""#)), ([true, false], true));
    let filing = office.filing().unwrap();
    let power = Entrusted {
        code: "5301960201".into(),
        valid_from: Day::from_number(20_260_101).unwrap(),
        valid_to: Day::from_number(20_271_231),
    };
    assert_eq!((filing.principals.as_slice(), &filing.domestic_agent), (&[power][..], &None));
    // A file of filings says them too, and comes back as it was.
    let mut form = FilingForm::of(filing);
    let mut faults = Vec::new();
    let again = form.filing(&Parties::default(), &mut faults);
    assert_eq!((&again.principals, faults.as_slice()), (&filing.principals, &[][..]));
    form.principals[0].valid_from = "soon".into();
    form.filing(&Parties::default(), &mut faults);
    assert_eq!(faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["principals"]);
    let book = Rulebook::builtin();
    assert!(book.attributes.asked(Role::Agent, "principals", NOW.day()).is_none(), "unsure: it asks nothing");
    assert!(book.attributes.asked(Role::Merchant, "domestic-agent", NOW.day()).is_some());
}

#[test]
fn goods_tell_of_legal_units_labels_and_how_long_the_brand_is_authorised() {
    const ID: &str = "5301960201:A-1";
    let mut office = zone();
    let document = attach(&mut office, "5301960201", "brand");
    let goods = |more: Value| {
        let mut goods = json!({"name": "样例手提包", "hsCode": "4202210000", "specification": "黑色", "origin": "142",
            "unit": "011", "brand": "样例牌", "brandAuthorisation": document});
        for (name, value) in more.as_object().unwrap() {
            goods[name] = value.clone();
        }
        goods
    };
    let act = |office: &mut Office, who: &str, version: u32, action: &str, body: Option<Value>| {
        let by = by(who, "样例", who == OFFICE);
        let command = command(ID, version, action, by, "", body);
        office.one(Command { key: RecordKey::new(Register::Goods, ID), ..command })
    };
    let book = Rulebook::builtin();
    let line = book.tariff.line("4202210000", NOW.day()).unwrap();
    let (first, second) = (line.unit1.to_string(), line.unit2.clone().unwrap().to_string());
    for (wrong, path) in [
        (json!({"unit1": "999", "factor1": "1"}), "unit1"),
        (json!({"unit1": first, "factor1": "0"}), "factor1"),
        (json!({"unit1": first}), "factor1"),
        (json!({"factor2": "1"}), "unit2"),
        (json!({"unit2": second, "factor2": "0.000001"}), "factor2"),
        (json!({"labels": [{"language": "泰文"}]}), "labels[0].text"),
        (json!({"labels": [{"language": "", "text": "样例"}]}), "labels[0].language"),
        (json!({"labels": [{"language": "泰文", "attachment": "nowhere"}]}), "labels[0].attachment"),
        (json!({"brandFrom": "20260101", "brandTo": "20251231"}), "brandTo"),
        (json!({"brandTo": "20261127"}), "brandTo"),
        (json!({"brand": "", "brandTo": "20271231"}), "brandTo"),
        (json!({"brandAuthorisation": "5301960202:brand"}), "brandAuthorisation"),
    ] {
        let told = act(&mut office, "5301960201", 0, "apply", Some(goods(wrong))).unwrap_err();
        assert_eq!(paths(&told), [path]);
    }
    let right = goods(json!({"unit1": first, "factor1": "0.9", "unit2": second, "factor2": "1",
        "labels": [{"language": "中文", "text": "样例标签"}, {"language": "泰文", "attachment": document}],
        "brandFrom": "20260101", "brandTo": "20261205"}));
    act(&mut office, "5301960201", 0, "apply", Some(right)).unwrap();
    let mut late = Time(NOW.0 + 30 * DAY);
    std::mem::swap(&mut office.now, &mut late);
    assert_eq!(paths(&act(&mut office, OFFICE, 1, "approve", None).unwrap_err()), ["brandTo"]);
    std::mem::swap(&mut office.now, &mut late);
    let filed = act(&mut office, OFFICE, 1, "approve", None).unwrap();
    assert!(!register::goods::is_overdue(&filed.record, office.now));
    assert!(register::goods::is_overdue(&filed.record, late));
    // Where the tariff has no second unit, none is said.
    let one = goods(json!({"hsCode": "1901101000", "unit2": "035", "factor2": "1"}));
    let told = act(&mut office, "5301960201", 2, "change", Some(one)).unwrap_err();
    assert_eq!(paths(&told), ["unit2"]);
}
