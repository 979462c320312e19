//! Who decides on which filing: customs, or the authority of the role as soon as an agency of the window has it; where several
//! decide, each endorses and the last approves; and what of a filing others read who rely on it.

use super::{NEW, NOW, Office, application, by, command, office, paths};
use ceb::Day;
use clearance::Rulebook;
use clearance::party::{Entry, Role, Service};
use clearance::record::{Actor, RecordKey, Register};
use clearance::sample;
use register::competence::Competence;
use register::moves::Who;
use register::view::View;
use register::{By, Change, Refusal, filing, open};
use serde_json::{Value, json};
use std::sync::Arc;

const CUSTOMS: &str = "8620000001";
const POST: &str = "5301000906";
const EXCHANGE: &str = "5301000902";
const MARKET: &str = "5301000904";

/// Files an agency with its services.
fn file(office: &mut Office, code: &str, services: &[&str], suspended: bool) {
    let mut parties = (*office.reference.parties).clone();
    let mut agency = sample::agencies().into_iter().find(|filing| filing.code == code).unwrap();
    let from = agency.valid_from;
    let service = |word: &&str| Service { service: (*word).into(), valid_from: from, ..Service::default() };
    agency.services = services.iter().map(service).collect();
    agency.suspended = suspended;
    let next = parties.version + 1;
    parties.enter(Entry::Filing(agency).numbered(next));
    office.reference.parties = Arc::new(parties);
}

/// The zone, in which the post and the foreign exchange administration take part.
fn zone() -> Office {
    let mut office = office();
    file(&mut office, POST, &["postal-administration"], false);
    file(&mut office, EXCHANGE, &["foreign-exchange-administration"], false);
    file(&mut office, MARKET, &[], false);
    office
}

fn reviewer(code: &str) -> By {
    let role = if code == CUSTOMS { Role::Officer } else { Role::Agency };
    let actor = Actor { party: code.into(), name: "审核人".into() };
    By { actor, codes: vec![code.into()], role, applies: true, reviews: true, window: false }
}

fn act(office: &mut Office, who: &str, action: &str, body: Option<Value>) -> Result<Change, Refusal> {
    let version = office.facts.records.get(&RecordKey::new(Register::Filing, NEW)).map_or(0, |it| it.version);
    office.one(command(NEW, version, action, reviewer(who), "因为", body))
}

fn of_roles(roles: &[&str]) -> Value {
    let mut body = application();
    body["roles"] = json!(roles);
    let licence =
        |kind: &str| json!({"kind": kind, "number": "样例", "issuer": "样例", "validFrom": "20200101"});
    body["licences"] = json!(["business-licence", "express-licence", "financial-licence"].map(licence));
    body
}

fn moves(office: &Office, who: &str) -> Vec<&'static str> {
    let key = RecordKey::new(Register::Filing, NEW);
    let record = office.facts.records.get(&key).cloned();
    let found = open(&key, record.as_deref(), &reviewer(who), &office.reference, NOW.day());
    let mut words: Vec<&str> =
        found.iter().filter(|step| step.who == Who::Reviewer).map(|step| step.action).collect();
    words.sort_unstable();
    words
}

#[test]
fn the_authority_of_a_role_decides_and_no_other() {
    let mut office = zone();
    office.party(0, "apply", Some(of_roles(&["logistics"]))).unwrap();
    for other in [CUSTOMS, EXCHANGE] {
        for action in ["approve", "refuse", "return"] {
            let told = act(&mut office, other, action, None).unwrap_err();
            let Refusal::NotYours(said) = told else { panic!("{told:?}") };
            assert!(said.en().contains("postal-administration"), "{said:?}");
        }
        assert_eq!(moves(&office, other), [""; 0]);
    }
    // An agency that decides on nothing, and one that has the right and not the word.
    assert_eq!(act(&mut office, MARKET, "approve", None), Err(Refusal::Absent));
    assert_eq!(moves(&office, POST), ["approve", "refuse", "return"]);
    // What customs judges by, customs alone grants.
    let granted =
        json!({"creditGrade": "A", "verifiesIdentity": true, "guaranteeLimit": "1", "arrivalRequired": true});
    let told = act(&mut office, POST, "approve", Some(granted)).unwrap_err();
    assert_eq!(paths(&told), ["creditGrade", "guaranteeLimit", "verifiesIdentity", "arrivalRequired"]);
    let made = act(&mut office, POST, "approve", Some(json!({"modes": ["9610"]}))).unwrap();
    assert_eq!(made.record.state, "filed");
    assert!(office.filing().unwrap().has(Role::Logistics));
}

#[test]
fn customs_decides_where_no_agency_has_the_word() {
    for spoil in [
        |office: &mut Office| *office = super::office(),
        |office: &mut Office| file(office, POST, &[], false),
        |office: &mut Office| file(office, POST, &["postal-administration"], true),
        |office: &mut Office| {
            let header = "role,authority,name_zh,name_en,valid_from,valid_to,source,certainty";
            let rows = "logistics,postal-administration,邮政,post,20200101,,样例,unsure";
            let table = ("filing_reviewers.csv".to_owned(), format!("{header}\n{rows}\n"));
            office.reference.books.push(Arc::new(Rulebook::load(2, &[table]).unwrap()));
        },
    ] {
        let mut office = zone();
        spoil(&mut office);
        office.party(0, "apply", Some(of_roles(&["logistics"]))).unwrap();
        assert!(act(&mut office, POST, "approve", None).is_err());
        act(&mut office, CUSTOMS, "approve", None).unwrap();
    }
    // In other registers, and on what stays with customs, no agency decides.
    let office = zone();
    let day: Day = NOW.day();
    let of = |register: Register, code: &str| {
        Competence::of(register, &reviewer(code), &office.reference.parties, office.reference.current(), day)
            .any()
    };
    for register in Register::ALL {
        // Refunds of tax are the tax authority's.
        assert_eq!(of(register, CUSTOMS), register != Register::EntryRefund, "{register:?}");
        assert_eq!(of(register, POST), register == Register::Filing, "{register:?}");
        assert!(!of(register, MARKET));
    }
    let no_reviewer = By { reviews: false, ..reviewer(POST) };
    let parties = &office.reference.parties;
    assert!(!Competence::of(Register::Filing, &no_reviewer, parties, office.reference.current(), day).any());
}

#[test]
fn where_several_decide_each_endorses_and_the_last_approves() {
    let mut office = zone();
    office.party(0, "apply", Some(of_roles(&["logistics", "agent"]))).unwrap();
    let Refusal::NotYours(said) = act(&mut office, CUSTOMS, "approve", None).unwrap_err() else { panic!() };
    assert!(said.en().contains("postal-administration"), "{said:?}");
    assert_eq!(moves(&office, POST), ["endorse", "refuse", "return"]);
    let record = |office: &Office| office.facts.records[&RecordKey::new(Register::Filing, NEW)].clone();
    let waits = |office: &Office, code: &str| {
        let (parties, book) = (&office.reference.parties, office.reference.current());
        let competence = Competence::of(Register::Filing, &reviewer(code), parties, book, NOW.day());
        filing::is_awaited(&record(office), &competence)
    };
    assert_eq!([POST, CUSTOMS, EXCHANGE].map(|code| waits(&office, code)), [true, true, false]);
    let made = act(&mut office, POST, "endorse", None).unwrap();
    assert_eq!((made.record.state.as_str(), made.filing.is_none()), ("submitted", true));
    assert_eq!([POST, CUSTOMS].map(|code| waits(&office, code)), [false, true]);
    // Once is enough; and what was said anew is endorsed anew.
    assert!(matches!(act(&mut office, POST, "endorse", None), Err(Refusal::NotYours(_))));
    office.party(2, "correct", Some(of_roles(&["agent", "logistics"]))).unwrap();
    assert!(matches!(act(&mut office, CUSTOMS, "approve", None), Err(Refusal::NotYours(_))));
    act(&mut office, POST, "endorse", None).unwrap();
    act(&mut office, CUSTOMS, "approve", Some(json!({"creditGrade": "A"}))).unwrap();
    let body = filing::Body::of(&record(&office));
    assert_eq!(body.endorsed[0].authority, "postal-administration");
    assert_eq!((body.endorsed[0].party.as_str(), body.sender.unwrap().party.as_str()), (POST, NEW));
    // Whoever took it away gives it back.
    act(&mut office, POST, "suspend", None).unwrap();
    assert!(office.filing().unwrap().suspended);
    assert!(matches!(act(&mut office, CUSTOMS, "resume", None), Err(Refusal::NotYours(_))));
    act(&mut office, POST, "resume", None).unwrap();
    assert!(!office.filing().unwrap().suspended);
}

#[test]
fn who_sent_it_does_not_decide_after_another_endorsed() {
    let mut office = zone();
    let counter = command(NEW, 0, "apply", reviewer(CUSTOMS), "", Some(of_roles(&["logistics", "agent"])));
    office.one(counter).unwrap();
    act(&mut office, POST, "endorse", None).unwrap();
    let told = act(&mut office, CUSTOMS, "approve", None).unwrap_err();
    assert!(matches!(&told, Refusal::NotYours(said) if said.code() == "by-another-person"), "{told:?}");
    let other = By { actor: Actor { party: CUSTOMS.into(), name: "另一人".into() }, ..reviewer(CUSTOMS) };
    office.one(command(NEW, 2, "approve", other, "", None)).unwrap();
}

#[test]
fn an_agency_is_granted_its_word_by_customs_and_no_one_else_has_it() {
    let mut office = zone();
    let apply = |role: &str, service: &str| {
        let mut body = of_roles(&[role]);
        body["services"] = json!([service]);
        body
    };
    for (role, service) in
        [("logistics", "postal-administration"), ("agency", "customs"), ("agency", "weather-office")]
    {
        let told = office.party(0, "apply", Some(apply(role, service))).unwrap_err();
        assert_eq!(paths(&told), ["services[0].service"], "{role} {service}");
    }
    office.party(0, "apply", Some(apply("agency", "postal-administration"))).unwrap();
    assert!(matches!(act(&mut office, POST, "approve", None), Err(Refusal::NotYours(_))));
    act(&mut office, CUSTOMS, "approve", None).unwrap();
    assert_eq!(office.filing().unwrap().services[0].service, "postal-administration");
}

#[test]
fn an_agencys_filing_says_which_outside_system_it_is() {
    let mut office = zone();
    let apply = |role: &str, service: &str| {
        let mut body = of_roles(&[role]);
        body["services"] = json!([service]);
        body
    };
    for (role, service) in [
        // An agency alone says so, by the whole word of a kind; a bank is one by its role.
        ("logistics", "counterpart-post"),
        ("agency", "post"),
        ("agency", "counterpart-bank"),
        ("agency", "counterpart-river"),
    ] {
        let told = office.party(0, "apply", Some(apply(role, service))).unwrap_err();
        assert_eq!(paths(&told), ["services[0].service"], "{role} {service}");
    }
    office.party(0, "apply", Some(apply("agency", "counterpart-post"))).unwrap();
    assert!(office.filing().is_none(), "nobody is what he applies for");
    act(&mut office, CUSTOMS, "approve", None).unwrap();
    let (filing, today) = (office.filing().unwrap(), office.now.day());
    assert!(filing.is_counterpart("post", today) && !filing.is_counterpart("tax", today), "{filing:?}");
    assert!(!filing.is_counterpart("", today) && !filing.is_counterpart("bank", today), "{filing:?}");
    // It has days, as every service.
    let mut ended = filing.clone();
    ended.services[0].valid_to = ceb::Day::parse("20261001");
    assert!(!ended.is_counterpart("post", today), "{ended:?}");
}

#[test]
fn whoever_relies_on_a_filing_reads_what_is_in_force_and_no_person() {
    let mut office = zone();
    let mut body = of_roles(&["agent"]);
    body["contact"]["email"] = json!("yang@example.test");
    let made = office.party(0, "apply", Some(body.clone())).unwrap();
    assert_eq!(View::reused(&made.record, &[]).body(), &json!({"inForce": null}), "nothing is in force");
    act(&mut office, CUSTOMS, "approve", Some(json!({"creditGrade": "A", "modes": ["9610"]}))).unwrap();
    body["name"] = json!("样例改名");
    let changed =
        office.one(command(NEW, 2, "change", by(NEW, "样例", false), "私下说", Some(body))).unwrap();
    let view = View::reused(&changed.record, &["5301000907".into()]);
    let told = view.body().to_string() + &view.record().note + &view.record().actor.name;
    for hidden in ["样例改名", "10000000000", "yang@example.test", "creditGrade", "私下说", "applied"]
    {
        assert!(!told.contains(hidden), "{hidden}: {told}");
    }
    assert_eq!(view.record().body, view.body().to_string());
    assert_eq!((view.record().state.as_str(), view.is_own()), ("filed", false));
    let text = |pointer: &str| view.body().pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    assert_eq!((text("/inForce/name"), text("/inForce/contact/telephone")), ("样例新平台", "100******00"));
    assert_eq!(text("/inForce/contact/name"), "样*");
    assert_eq!(view.body().pointer("/granted/modes"), Some(&json!(["9610"])));
}
