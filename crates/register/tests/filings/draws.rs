//! Periods of the draw: commitments before the beacon, secrets after it, a seed of what was handed over, and nothing told too early.

use super::{Office, office};
use ceb::Day;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::Actor;
use clearance::risk::SamplingSeed;
use clearance::risk::period::{SALTS, commitment};
use register::draw::{Period, hex, key};
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A period that begins on 2026-12-07.
fn first() -> Day {
    Day::from_number(20_261_207).unwrap()
}

fn begins() -> i64 {
    Time::start_of(first()).0
}

fn act(
    office: &mut Office,
    role: Role,
    party: &str,
    action: &str,
    body: Option<Value>,
) -> Result<Change, Refusal> {
    let version = office.facts.records.get(&key(first())).map_or(0, |record| record.version);
    let told = office.one(Command {
        key: key(first()),
        version,
        action: action.into(),
        by: By {
            actor: Actor { party: party.into(), name: "样例".into() },
            codes: vec![party.into()],
            role,
            applies: false,
            reviews: false,
            window: true,
        },
        note: String::new(),
        body: body.map(|body| body.to_string()),
    });
    if let Ok(change) = &told
        && let Some(seed) = change.seed
    {
        office.reference.sampling_seed = seed;
    }
    told
}

fn window(office: &mut Office, action: &str, body: Option<Value>) -> Result<Change, Refusal> {
    act(office, Role::ZoneOperator, "window", action, body)
}

fn opening(of: &str, byte: u8) -> Value {
    json!({"of": of, "salt": hex(&[byte; 32]), "secret": hex(&[byte + 1; 32])})
}

fn open() -> Office {
    let mut office = office();
    office.reference.sampling_seed = SamplingSeed { number: 4, secret: [4; 32], period: None };
    let body = json!({"openings": [opening("window", 10), opening(SALTS, 20)]});
    window(&mut office, "make", Some(body)).unwrap();
    office
}

fn commits(office: &mut Office, role: Role, party: &str, side: &str, byte: u8) -> Result<Change, Refusal> {
    let made = commitment(first(), side, &[byte; 32], &[byte + 1; 32]);
    act(office, role, party, "commit", Some(json!({"commitment": hex(&made)})))
}

fn hands_over(office: &mut Office, role: Role, party: &str, byte: u8) -> Result<Change, Refusal> {
    let body = json!({"salt": hex(&[byte; 32]), "secret": hex(&[byte + 1; 32])});
    act(office, role, party, "hand-over", Some(body))
}

fn close(office: &mut Office) -> Result<Change, Refusal> {
    let beacon = json!({"head": "head", "digest": hex(&[5; 32]), "at": office.now.0, "after": "0-9"});
    window(office, "close", Some(beacon))
}

fn says(refusal: Refusal) -> Vec<&'static str> {
    match refusal {
        Refusal::Invalid(faults) => faults.iter().map(|fault| fault.expected.code()).collect(),
        other => panic!("{other:?}"),
    }
}

fn stands(office: &Office) -> Period {
    Period::of(&office.facts.records[&key(first())])
}

const CUSTOMS: (Role, &str) = (Role::Officer, "8620000001");
const OPERATOR: (Role, &str) = (Role::ZoneOperator, "8620000002");

#[test]
fn a_seed_is_made_of_three_secrets_and_told_when_nothing_rests_on_it() {
    let mut office = open();
    commits(&mut office, CUSTOMS.0, CUSTOMS.1, "customs", 30).unwrap();
    commits(&mut office, OPERATOR.0, OPERATOR.1, "operator", 40).unwrap();
    assert_eq!(says(close(&mut office).unwrap_err()), ["not-before"]);
    let early = hands_over(&mut office, CUSTOMS.0, CUSTOMS.1, 30).unwrap_err();
    assert!(matches!(early, Refusal::State(..)), "secrets come after the beacon alone: {early:?}");
    office.now = Time(begins() - 24 * HOUR);
    close(&mut office).unwrap();
    hands_over(&mut office, CUSTOMS.0, CUSTOMS.1, 30).unwrap();
    hands_over(&mut office, OPERATOR.0, OPERATOR.1, 40).unwrap();
    assert_eq!(says(window(&mut office, "begin", None).unwrap_err()), ["not-before"]);
    office.now = Time(begins());
    let begun = window(&mut office, "begin", None).unwrap();
    let seed = begun.seed.unwrap();
    assert_eq!((seed.number, begun.rows(), stands(&office).seed), (5, 2, Some(5)));
    let secrets = [Some(&[11; 32]), Some(&[31; 32]), Some(&[41; 32])];
    assert_eq!(seed.secret, clearance::risk::period::seed(first(), &[5; 32], secrets));
    let of = seed.period.unwrap();
    assert_eq!((of.first, of.salts, of.until.0), (first(), [21; 32], begins() + 21 * DAY));

    let list = json!({"draws": 3, "selected": 1, "floor": 1000, "digest": hex(&[6; 32]), "through": "0-99", "open": 0});
    office.now = Time(begins() + 21 * DAY - 1);
    let early = says(window(&mut office, "reveal", Some(list.clone())).unwrap_err());
    assert_eq!(early, ["not-before", "still-drawn-with"]);
    office.now = Time(begins() + 21 * DAY);
    office.reference.sampling_seed.number = 6;
    let before = stands(&office).told("running").to_string();
    for byte in [10, 11, 20, 21, 30, 31, 40, 41] {
        assert!(!before.contains(&hex(&[byte; 32])), "told too early: {byte}");
    }
    assert!(!before.contains(&hex(&seed.secret)));
    window(&mut office, "reveal", Some(list)).unwrap();
    let told = stands(&office).told("revealed");
    assert_eq!(told["effectiveSeed"], hex(&seed.secret));
    assert_eq!((&told["sides"][1]["secret"], &told["windowsOwn"]), (&json!(hex(&[31; 32])), &json!(false)));
    assert!(!told.to_string().contains(&hex(&[21; 32])), "the key of the salts is told to nobody");
}

#[test]
fn who_does_not_come_is_named_and_the_period_begins_without_him() {
    let mut office = open();
    commits(&mut office, CUSTOMS.0, CUSTOMS.1, "customs", 30).unwrap();
    office.now = Time(begins() - 24 * HOUR);
    let late = commits(&mut office, OPERATOR.0, OPERATOR.1, "operator", 40).unwrap_err();
    assert_eq!(says(late), ["commitments-ended"]);
    close(&mut office).unwrap();
    assert_eq!(says(hands_over(&mut office, OPERATOR.0, OPERATOR.1, 40).unwrap_err()), ["not-committed"]);
    office.now = Time(begins() + HOUR);
    let seed = window(&mut office, "begin", None).unwrap().seed.unwrap();
    let alone = clearance::risk::period::seed(first(), &[5; 32], [Some(&[11; 32]), None, None]);
    assert_eq!(seed.secret, alone);
    let told = stands(&office).told("running");
    assert_eq!(told["windowsOwn"], true);
    let missing: Vec<&Value> =
        told["sides"].as_array().unwrap().iter().map(|side| &side["missing"]).collect();
    assert_eq!(missing, [false, true, true]);
    let begun = hands_over(&mut office, CUSTOMS.0, CUSTOMS.1, 30).unwrap_err();
    assert!(matches!(begun, Refusal::State(..)), "{begun:?}");
}

#[test]
fn a_holder_has_one_side_one_commitment_and_the_secret_that_opens_it() {
    let mut office = open();
    assert_eq!(
        says(commits(&mut office, Role::Platform, "5301960101", "customs", 30).unwrap_err()),
        ["holder-role"]
    );
    commits(&mut office, CUSTOMS.0, CUSTOMS.1, "customs", 30).unwrap();
    let again = commits(&mut office, CUSTOMS.0, CUSTOMS.1, "customs", 50).unwrap_err();
    assert_eq!(says(again), ["committed-already"]);
    let both = commits(&mut office, Role::ZoneOperator, CUSTOMS.1, "operator", 40).unwrap_err();
    assert_eq!(says(both), ["another-holder"]);
    for wrong in ["", "zz", &"A".repeat(63), &"g".repeat(64)] {
        let body = Some(json!({ "commitment": wrong }));
        let refused = act(&mut office, OPERATOR.0, OPERATOR.1, "commit", body).unwrap_err();
        assert_eq!(says(refused), ["bytes-32"], "{wrong}");
    }
    office.now = Time(begins() - HOUR);
    close(&mut office).unwrap();
    let other = hands_over(&mut office, CUSTOMS.0, CUSTOMS.1, 50).unwrap_err();
    let Refusal::Invalid(faults) = &other else { panic!("{other:?}") };
    assert_eq!(faults[0].expected.code(), "opens-another");
    assert!(!format!("{faults:?}").contains(&hex(&[51; 32])), "a secret is not repeated");
    let another = hands_over(&mut office, CUSTOMS.0, "8620000009", 30).unwrap_err();
    assert_eq!(says(another), ["another-holder"]);
    hands_over(&mut office, CUSTOMS.0, CUSTOMS.1, 30).unwrap();
    let again = hands_over(&mut office, CUSTOMS.0, CUSTOMS.1, 30).unwrap_err();
    assert_eq!(says(again), ["handed-over-already"]);
}

#[test]
fn a_period_is_made_by_the_window_alone_with_both_of_its_secrets() {
    let mut office = office();
    let half = window(&mut office, "make", Some(json!({"openings": [opening("window", 10)]}))).unwrap_err();
    assert_eq!(says(half), ["bytes-32"]);
    office.now = Time(begins() - 23 * HOUR);
    let body = json!({"openings": [opening("window", 10), opening(SALTS, 20)]});
    let late = window(&mut office, "make", Some(body.clone())).unwrap_err();
    assert_eq!(says(late), ["commitments-ended"]);
    office.now = super::NOW;
    let command = Command {
        key: key(first()),
        version: 0,
        action: "make".into(),
        by: super::by("8620000001", "officer", true),
        note: String::new(),
        body: Some(body.to_string()),
    };
    assert!(office.one(command).is_err(), "nobody but the window makes one");
    assert!(office.facts.records.is_empty());
}
