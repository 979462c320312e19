//! Filing, from application to revocation: who may do what when, and what trades are judged by afterwards.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

#[path = "filings/agency_records.rs"]
mod agency_records;
#[path = "filings/attributes.rs"]
mod attributes;
#[path = "filings/bonded.rs"]
mod bonded;
#[path = "filings/centralised_tax.rs"]
mod centralised_tax;
#[path = "filings/certificates.rs"]
mod certificates;
#[path = "filings/competence.rs"]
mod competence;
#[path = "filings/consolidations.rs"]
mod consolidations;
#[path = "filings/credit.rs"]
mod credit;
#[path = "filings/demands.rs"]
mod demands;
#[path = "filings/draws.rs"]
mod draws;
#[path = "filings/entry_refund_steps.rs"]
mod entry_refund_steps;
#[path = "filings/entry_refunds.rs"]
mod entry_refunds;
#[path = "filings/exchanges.rs"]
mod exchanges;
#[path = "filings/inspection_reports.rs"]
mod inspection_reports;
#[path = "filings/market.rs"]
mod market;
#[path = "filings/parcels.rs"]
mod parcels;
#[path = "filings/parks.rs"]
mod parks;
#[path = "filings/risk_cases.rs"]
mod risk_cases;
#[path = "filings/says.rs"]
mod says;
#[path = "filings/traces.rs"]
mod traces;
#[path = "filings/transit.rs"]
mod transit;

use ceb::Day;
use ceb::signature::{CertificateFacts, Subject, generate_sm2};
use clearance::decide::Reference;
use clearance::facts::Facts;
use clearance::identity::credit_check;
use clearance::keys::{Position, Time};
use clearance::party::{Entry, Filing, Role};
use clearance::record::{Actor, RecordKey, Register};
use clearance::{Rulebook, sample};
use register::moves::{Move, Who};
use register::{By, Change, Command, Refusal, decide, filing, moves_of};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const NEW: &str = "5301960103";
/// 2026-11-28 in China.
const NOW: Time = Time(1_795_795_200_000);

struct Office {
    facts: Facts,
    reference: Reference,
    now: Time,
}

fn office() -> Office {
    let reference = Reference {
        books: vec![Arc::new(Rulebook::builtin())],
        parties: Arc::new(sample::parties()),
        sampling_seed: clearance::risk::SamplingSeed::default(),
        version: 0,
    };
    let next = Position { writer: 0, sequence: 100 };
    Office { facts: Facts { next, ..Facts::default() }, reference, now: NOW }
}

fn by(party: &str, name: &str, reviews: bool) -> By {
    let role = if reviews { Role::Officer } else { Role::Platform };
    let actor = Actor { party: party.into(), name: name.into() };
    By { actor, codes: vec![party.into()], role, applies: true, reviews, window: false }
}

fn command(id: &str, version: u32, action: &str, by: By, note: &str, body: Option<Value>) -> Command {
    Command {
        key: RecordKey::new(Register::Filing, id),
        version,
        action: action.into(),
        by,
        note: note.to_owned(),
        body: body.map(|body| body.to_string()),
    }
}

impl Office {
    fn run(&mut self, commands: &[Command]) -> Vec<Result<Change, Refusal>> {
        let told = decide(commands, &mut self.facts, &self.reference, self.now);
        let mut parties = (*self.reference.parties).clone();
        for change in told.iter().flatten() {
            self.facts.next.sequence += change.rows();
            change.filing.iter().for_each(|entry| parties.enter(entry.clone()));
        }
        self.reference.parties = Arc::new(parties);
        told
    }
    fn one(&mut self, command: Command) -> Result<Change, Refusal> {
        self.run(&[command]).remove(0)
    }
    /// The party itself.
    fn party(&mut self, version: u32, action: &str, body: Option<Value>) -> Result<Change, Refusal> {
        self.one(command(NEW, version, action, by(NEW, "样例", false), "", body))
    }
    /// An officer.
    fn officer(&mut self, version: u32, action: &str, body: Option<Value>) -> Result<Change, Refusal> {
        self.one(command(NEW, version, action, by("8620000001", "officer", true), "因为", body))
    }
    fn filing(&self) -> Option<&Filing> {
        self.reference.parties.find(NEW, self.now.day())
    }
}

fn application() -> Value {
    json!({
        "name": "样例新平台", "roles": ["platform"], "validFrom": "20260101", "modes": ["9610"],
        "exchangeIds": ["DXPENT0000530103"], "address": "样例路1号",
        "licences": [{"kind": "business-licence", "number": "样例1", "issuer": "样例市场监管局", "validFrom": "20200101", "validTo": "20271231"}],
        "contact": {"name": "样一", "telephone": "10000000000"},
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut value = application();
    for (name, change) in changes {
        value[*name] = change.clone();
    }
    value
}

fn paths(refusal: &Refusal) -> Vec<&str> {
    match refusal {
        Refusal::Invalid(faults) => faults.iter().map(|fault| fault.path.as_str()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_application_becomes_a_filing_from_that_day_on() {
    let mut office = office();
    let made = office.party(0, "apply", Some(application())).unwrap();
    assert_eq!((made.record.state.as_str(), made.record.version, &made.filing), ("submitted", 1, &None));
    assert!(office.filing().is_none());
    let granted = json!({"creditGrade": "A", "verifiesIdentity": true});
    let made = office.officer(1, "approve", Some(granted)).unwrap();
    let filing = made.filing.as_ref().and_then(Entry::filing).unwrap().clone();
    assert_eq!(made.record.state, "filed");
    assert_eq!((made.record.last.sequence, made.record.previous.unwrap().sequence), (101, 100));
    assert_eq!(filing.version, sample::filings().len() as u32 + 1);
    // Never backwards, and as long as its licence.
    assert_eq!(filing.valid_from, NOW.day());
    assert_eq!(filing.valid_to, Day::from_number(20_271_231));
    assert!(filing.verifies_identity && filing.modes == ["9610"] && filing.has(Role::Platform));
    assert_eq!(office.filing(), Some(&filing));
    // The record says all of it: who, what, why.
    let body: filing::Body = serde_json::from_str(&made.record.body).unwrap();
    assert_eq!(body.in_force, Some(body.applied));
    assert_eq!(made.record.actor.name, "officer");
}

#[test]
fn a_change_waits_while_what_is_filed_stays_in_force() {
    let mut office = office();
    office.party(0, "apply", Some(application())).unwrap();
    office.officer(1, "approve", None).unwrap();
    let before = office.filing().cloned();
    let renamed = with(&[("name", json!("样例改名平台"))]);
    office.party(2, "change", Some(renamed.clone())).unwrap();
    assert_eq!(office.filing().cloned(), before);
    // Refused: nothing of it remains.
    let refused = office.officer(3, "refuse", None).unwrap();
    let body: filing::Body = serde_json::from_str(&refused.record.body).unwrap();
    assert_eq!((refused.record.state.as_str(), body.applied.name.as_str()), ("filed", "样例新平台"));
    office.party(4, "change", Some(renamed)).unwrap();
    office.officer(5, "approve", None).unwrap();
    assert_eq!(office.filing().unwrap().name, "样例改名平台");
    // Suspended and revoked it is still known, and may not act; what it took the place of does not come back.
    office.officer(6, "suspend", None).unwrap();
    assert!(office.filing().unwrap().suspended);
    office.officer(7, "resume", None).unwrap();
    assert!(!office.filing().unwrap().suspended);
    office.officer(8, "revoke", None).unwrap();
    assert!(office.filing().unwrap().suspended && office.filing().unwrap().roles.is_empty());
    office.party(9, "apply", Some(application())).unwrap();
    office.officer(10, "approve", None).unwrap();
    assert!(!office.filing().unwrap().suspended);
    // After its last day it does not hold, although an earlier one had no end.
    office.now = Time::start_of(Day::from_number(20_280_101).unwrap());
    assert!(office.filing().is_none());
}

fn pem(code: &str, not_after: u64) -> (String, String) {
    let key = generate_sm2(&Subject {
        enterprise_code: code,
        enterprise_name: "样例",
        serial: 7,
        not_before: 20_200_101_000_000,
        not_after,
    })
    .unwrap();
    let digest = CertificateFacts::read(&key.certificate_der).unwrap().der_sha256;
    (key.certificate_pem(), digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[test]
fn a_party_registers_its_certificates_and_takes_one_back() {
    let mut office = office();
    let signed = |certificates: Value| {
        Some(with(&[("certificates", certificates), ("signatureRequired", json!(true))]))
    };
    let ((first, first_digest), (second, second_digest)) =
        (pem(NEW, 20_491_231_235_959), pem(NEW, 20_491_231_235_959));
    // Another's, one that has ended, and what is none.
    let (others, ended) = (pem("5301960101", 20_491_231_235_959).0, pem(NEW, 20_261_127_235_959).0);
    let broken = first.replacen("MII", "MIJ", 1);
    for (wrong, value) in
        [(others, "5301960101"), (ended, "20261127235959"), (broken, "-----BEGIN CERTIFICATE-----")]
    {
        let told = office.party(0, "apply", signed(json!([wrong]))).unwrap_err();
        let Refusal::Invalid(faults) = &told else { panic!("{told:?}") };
        assert_eq!(paths(&told), ["certificates"], "{told:?}");
        assert!(faults[0].value.starts_with(value), "{told:?}");
    }
    office.party(0, "apply", signed(json!([first, second_digest]))).unwrap();
    office.officer(1, "approve", None).unwrap();
    let filing = office.filing().unwrap();
    assert_eq!(filing.certificates, [first_digest.as_str(), second_digest.as_str()]);
    // Taken back: what is judged from that day on knows the other alone.
    let approved = office.now.day();
    let later = Day::from_number(20_261_201).unwrap();
    office.now = Time::start_of(later);
    office.party(2, "change", signed(json!([second]))).unwrap();
    office.officer(3, "approve", None).unwrap();
    let filing = office.filing().unwrap();
    assert_eq!((&filing.certificates[..], filing.valid_from), (&[second_digest.into()][..], later));
    let before = office.reference.parties.find(NEW, approved).unwrap();
    assert_eq!(before.certificates.len(), 2, "what was judged is judged");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let mut office = office();
    let wrong = with(&[
        ("name", json!(" ")),
        ("roles", json!(["platform", "king", "officer", "payment"])),
        ("validFrom", json!("2026")),
        ("modes", json!(["7777"])),
        ("exchangeIds", json!(["DXPENT0000530101"])),
        ("certificates", json!(["AB"])),
        ("otherCode", json!("91350100M000100Y44")),
        ("address", json!("")),
        (
            "licences",
            json!([{"kind": "business-licence", "number": "", "issuer": "样例", "validFrom": "20270101", "validTo": "20200101"}]),
        ),
        ("contact", json!({"name": "", "telephone": " "})),
    ]);
    let told = office.party(0, "apply", Some(wrong)).unwrap_err();
    let expected = BTreeSet::from([
        "name",
        "roles",
        "validFrom",
        "modes",
        "exchangeIds",
        "certificates",
        "otherCode",
        "address",
        "licences[0].number",
        "licences[0].validTo",
        "licences",
        "services",
        "contact.name",
        "contact.telephone",
    ]);
    assert_eq!(paths(&told).into_iter().collect::<BTreeSet<_>>(), expected, "{told:#?}");
    for unread in [None, Some(json!({"nonsense": 1})), Some(json!([]))] {
        assert_eq!(paths(&office.party(0, "apply", unread).unwrap_err()), ["body"]);
    }
    assert_eq!(paths(&office.party(0, "please", Some(application())).unwrap_err()), ["action"]);
    // The same enterprise under its other code would be filed twice.
    let credit: String = sample::filings()[0].other_code.clone().unwrap().into();
    assert_eq!(credit_check(&credit), credit.chars().last());
    let twice = command(
        &credit,
        0,
        "apply",
        by(&credit, "样例", false),
        "",
        Some(with(&[("exchangeIds", json!([]))])),
    );
    assert!(paths(&office.one(twice).unwrap_err()).contains(&"id"));
    // A licence that has ended by then files nobody.
    office.party(0, "apply", Some(application())).unwrap();
    office.now = Time::start_of(Day::from_number(20_280_101).unwrap());
    let told = office.officer(1, "approve", None).unwrap_err();
    assert_eq!(paths(&told), ["licences"]);
}

#[test]
fn nobody_decides_on_himself_or_on_what_he_has_not_seen() {
    let mut office = office();
    // At the counter an officer applies for the party: another officer decides.
    let counter = by("8620000001", "counter", true);
    office.one(command(NEW, 0, "apply", counter.clone(), "", Some(application()))).unwrap();
    let own = office.one(command(NEW, 1, "approve", counter, "", None)).unwrap_err();
    assert!(matches!(own, Refusal::NotYours(_)), "{own:?}");
    let party = office.party(1, "approve", None).unwrap_err();
    assert!(matches!(party, Refusal::NotYours(_)), "{party:?}");
    // A stranger learns nothing, not even that it is there.
    for action in ["approve", "withdraw", "apply", "please"] {
        let stranger = command(NEW, 1, action, by("5301960201", "stranger", false), "", Some(application()));
        assert_eq!(office.one(stranger).unwrap_err(), Refusal::Absent);
    }
    office.party(1, "correct", Some(with(&[("address", json!("样例路2号"))]))).unwrap();
    let Refusal::Outdated(seen) = office.officer(1, "approve", None).unwrap_err() else { panic!() };
    assert_eq!(seen.version, 2);
    let Refusal::State(_, allowed) = office.officer(2, "resume", None).unwrap_err() else { panic!() };
    assert_eq!(allowed, ["correct", "withdraw", "return", "refuse", "approve", "endorse"]);
    let unexplained = command(NEW, 2, "refuse", by("8620000001", "officer", true), " ", None);
    assert_eq!(paths(&office.one(unexplained).unwrap_err()), ["note"]);
    assert_eq!(office.facts.records.len(), 1);
}

#[test]
fn commands_of_a_batch_see_one_another() {
    let mut office = office();
    let second = "5301960104";
    let apply = |id: &str| command(id, 0, "apply", by(id, "样例", false), "", Some(application()));
    let approve = |id: &str| command(id, 1, "approve", by("8620000001", "officer", true), "", None);
    let told = office.run(&[apply(NEW), apply(second), approve(NEW), approve(second), apply(NEW)]);
    let ends: Vec<bool> = told.iter().map(Result::is_ok).collect();
    // The exchange id is the first one's when the second comes to be approved.
    assert_eq!(ends, [true, true, true, false, false], "{told:#?}");
    assert_eq!(paths(told[3].as_ref().unwrap_err()), ["exchangeIds"]);
    let places: Vec<u64> = told.iter().flatten().map(|change| change.record.last.sequence).collect();
    assert_eq!(places, [100, 101, 102]);
    assert_eq!(office.facts.next.sequence, 104);
}

/// From every state, every move by everyone: what the table does not allow changes nothing.
#[test]
fn only_the_moves_of_the_table_are_made() {
    for register in Register::ALL {
        let moves = moves_of(register);
        let states: BTreeSet<&str> =
            moves.iter().flat_map(|step| step.from.iter().copied().chain([step.to])).collect();
        // Every state is reached from the beginning, and an action has one meaning in a state.
        let mut reached = BTreeSet::from([""]);
        while moves
            .iter()
            .any(|step| step.from.iter().any(|from| reached.contains(from)) && reached.insert(step.to))
        {
        }
        assert_eq!(reached, if moves.is_empty() { BTreeSet::from([""]) } else { states }, "{register:?}");
        let mut meant: BTreeMap<(&str, &str, bool), usize> = BTreeMap::new();
        for step in moves {
            for from in step.from {
                *meant.entry((step.action, from, step.who == Who::Owner)).or_default() += 1;
            }
        }
        assert!(meant.values().all(|count| *count == 1), "{register:?}: {meant:?}");
    }
    let way: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("submitted", ["apply"].as_slice()),
        ("returned", &["apply", "return"]),
        ("refused", &["apply", "refuse"]),
        ("withdrawn", &["apply", "withdraw"]),
        ("filed", &["apply", "approve"]),
        ("change-submitted", &["apply", "approve", "change"]),
        ("suspended", &["apply", "approve", "suspend"]),
        ("revoked", &["apply", "approve", "revoke"]),
    ]);
    let find = |action: &str, state: &str| -> Option<&Move> {
        filing::MOVES.iter().find(|step| step.action == action && step.from.contains(&state))
    };
    for (state, actions) in way {
        // Who endorses what is told in `competence`: where customs decides alone, nobody does.
        let tried = filing::MOVES.iter().map(|step| step.action).filter(|action| *action != "endorse");
        for tried in tried.collect::<BTreeSet<_>>() {
            for reviewer in [false, true] {
                let mut office = office();
                let mut version = 0;
                for action in actions {
                    let body = matches!(*action, "apply" | "change").then(application);
                    let from = if version == 0 {
                        ""
                    } else {
                        office.facts.records[&RecordKey::new(Register::Filing, NEW)].state.as_str()
                    }
                    .to_owned();
                    let step = find(action, &from).unwrap();
                    let made = if step.who == Who::Owner {
                        office.party(version, action, body)
                    } else {
                        office.officer(version, action, body)
                    };
                    version = made.unwrap().record.version;
                }
                let key = RecordKey::new(Register::Filing, NEW);
                assert_eq!(office.facts.records[&key].state, state);
                let before = office.facts.records[&key].clone();
                let body = matches!(tried, "apply" | "change" | "correct").then(application);
                let made = if reviewer {
                    office.officer(version, tried, body)
                } else {
                    office.party(version, tried, body)
                };
                // An officer may do at the counter what the party may.
                let allowed = find(tried, state).filter(|step| step.who == Who::Owner || reviewer);
                match (made, allowed) {
                    (Ok(change), Some(step)) => {
                        assert_eq!(change.record.state, step.to);
                        assert_eq!(change.filing.is_some(), step.files);
                    }
                    (Err(_), None) => assert_eq!(office.facts.records[&key], before),
                    (made, allowed) => panic!("{state} {tried} {reviewer}: {made:?}, {allowed:?}"),
                }
            }
        }
    }
}

#[test]
fn requirements_are_dated_and_what_is_unsure_asks_nothing() {
    let today = NOW.day();
    let requirements = Rulebook::builtin().requirements;
    assert!(requirements.all().iter().any(|row| !row.asks_on(today)));
    assert!(requirements.of(Role::SiteOperator, today).is_empty());
    assert_eq!(requirements.of(Role::Payment, today).len(), 1);
    assert_eq!(requirements.of(Role::Payment, today)[0].len(), 2);
    assert!(requirements.of(Role::Payment, Day::from_number(20_181_231).unwrap()).is_empty());
    // Payment: either licence; the payment licence must cover payments on the internet.
    let mut office = office();
    let licence =
        |kind: &str| json!([{"kind": kind, "number": "样例2", "issuer": "样例", "validFrom": "20200101"}]);
    let pays = |kind: &str, services: Value| {
        with(&[("roles", json!(["payment"])), ("licences", licence(kind)), ("services", services)])
    };
    let told = office.party(0, "apply", Some(pays("payment-licence", json!([])))).unwrap_err();
    assert_eq!(paths(&told), ["services"]);
    let told =
        office.party(0, "apply", Some(pays("business-licence", json!(["internet-payment"])))).unwrap_err();
    assert_eq!(paths(&told), ["licences"]);
    office.party(0, "apply", Some(pays("payment-licence", json!(["internet-payment"])))).unwrap();
    let made = office.officer(1, "approve", None).unwrap();
    assert_eq!(made.filing.as_ref().and_then(Entry::filing).unwrap().valid_to, None);
}

#[test]
fn goods_are_filed_by_a_merchant_in_codes_of_the_tables() {
    let mut office = office();
    let merchant = "5301960201";
    let goods = json!({"name": "样例奶粉", "hsCode": "1901101000", "specification": "800克", "origin": "142", "unit": "011"});
    let file = |id: &str, body: Value| Command {
        key: RecordKey::new(Register::Goods, id),
        ..command(id, 0, "apply", by(id.split(':').next().unwrap(), "样例", false), "", Some(body))
    };
    let made = office.one(file("5301960201:A-1", goods.clone())).unwrap();
    assert_eq!(
        (made.record.parties.clone(), made.record.state.as_str()),
        (vec![merchant.into()], "submitted")
    );
    let wrong = json!({"name": "", "hsCode": "19", "specification": "", "origin": "xx", "unit": "9z", "brand": "样例牌"});
    let told = office.one(file("5301960301:", wrong)).unwrap_err();
    let all = ["id", "id", "name", "specification", "hsCode", "origin", "unit", "brandAuthorisation"];
    assert_eq!(paths(&told), all);
}

#[test]
fn the_rulebook_that_holds_says_which_licences_a_role_needs() {
    let header = "role,group,licence,name_zh,name_en,valid_from,valid_to,source,certainty";
    let edition = |rows: &str| {
        let table = ("filing_requirements.csv".to_owned(), format!("{header}\n{rows}\n"));
        Rulebook::load(2, &[table])
    };
    let needs = "platform,1,cold-chain,冷链备案,cold chain filing,20200101,,样例办法第三条";
    // (rows of the table, the licence that the application lacks).
    for (rows, lacks) in [
        (format!("{needs},known"), Some("cold-chain (冷链备案, cold chain filing); 样例办法第三条")),
        (format!("{needs},unsure"), None),
        (needs.replace("20200101,,", "20200101,20251231,") + ",known", None),
        (needs.replace("20200101,,", "20990101,,") + ",known", None),
        ("merchant,1,cold-chain,冷链备案,cold chain filing,20200101,,样例办法第三条,known".to_owned(), None),
    ] {
        let mut office = office();
        office.reference.books.push(Arc::new(edition(&rows).unwrap()));
        match (office.party(0, "apply", Some(application())), lacks) {
            (Ok(_), None) => {}
            (Err(Refusal::Invalid(faults)), Some(lacks)) => {
                assert!(faults.len() == 1 && faults[0].expected.en().contains(lacks), "{faults:?}");
            }
            (told, _) => panic!("{rows}: {told:?}"),
        }
    }
    // A table that is wrong is published nowhere; each line is told.
    let faults = edition("king,1,crown,冠,crown,20200101,,样例,known\nplatform,1,a,甲,a,soon,,样例,known")
        .unwrap_err();
    let lines: Vec<(&str, usize)> = faults.iter().map(|fault| (fault.file, fault.line)).collect();
    assert_eq!(lines, [("filing_requirements.csv", 2), ("filing_requirements.csv", 3)]);
}
