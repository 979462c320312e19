//! Joint cases: several agencies judge one case. Who may say what when, who sees which evidence, when it may be decided.

use super::{NOW, Office, office, paths};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::{Entry, Role};
use clearance::record::{Actor, Record, RecordKey, Register};
use clearance::sample;
use register::risk_case::{Body, is_overdue, waits_for};
use register::view::View;
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;

const CUSTOMS: &str = "8620000001";
const TAX: &str = "5301000901";
const MARKET: &str = "5301000904";
const POLICE: &str = "5301000905";
const CASE: &str = "8620000001:2026-7";
const DAY: i64 = 86_400_000;

fn agency(code: &str) -> By {
    let role = if code == CUSTOMS { Role::Officer } else { Role::Agency };
    let actor = Actor { party: code.into(), name: "官员".into() };
    By { actor, codes: vec![code.into()], role, applies: true, reviews: false, window: false }
}

/// An office in which the agencies of the demo zone are filed.
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
    let key = RecordKey::new(Register::RiskCase, CASE);
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    let body = body.map(|body| body.to_string());
    office.one(Command { key, version, action: action.into(), by: agency(by), note: "因为".into(), body })
}

fn invited(agency: &str) -> Value {
    json!({"agency": agency, "purpose": "样例目的", "legalBasis": "样例依据", "due": "20261130"})
}

fn opened() -> Value {
    json!({
        "subject": "疑似拆单", "dimension": "transaction", "about": ["5301960101/样例-1", "5301960102"],
        "grounds": "同一地址当日多单", "invited": [invited(TAX), invited(POLICE)],
    })
}

fn opinion(risk: &str, measures: &[&str]) -> Value {
    json!({"risk": risk, "measures": measures, "text": "样例理由"})
}

fn body(change: &Change) -> Body {
    Body::of(&change.record)
}

fn current(office: &Office) -> Arc<Record> {
    office.facts.records.get(&RecordKey::new(Register::RiskCase, CASE)).unwrap().clone()
}

fn waiting(office: &Office, code: &str) -> bool {
    waits_for(&current(office), &[Text::from(code)], office.now)
}

#[test]
fn a_case_goes_from_suspicion_to_what_was_learnt() {
    let mut office = zone();
    let made = act(&mut office, CUSTOMS, "open", Some(opened())).unwrap();
    assert_eq!((made.record.state.as_str(), made.record.parties.len()), ("open", 3));
    assert!(waiting(&office, TAX) && waiting(&office, POLICE) && !waiting(&office, CUSTOMS));
    let made = act(&mut office, CUSTOMS, "invite", Some(invited(MARKET))).unwrap();
    assert!(made.record.parties.contains(&Text::from(MARKET)));
    // Nobody decides while an opinion may still come.
    let early = act(&mut office, CUSTOMS, "decide", Some(opinion("high", &["inspect"]))).unwrap_err();
    let Refusal::Invalid(faults) = &early else { panic!("{early:?}") };
    assert_eq!(faults[0].expected.code(), "opinions-first");
    assert!([TAX, MARKET, POLICE].iter().all(|code| faults[0].expected.en().contains(code)));
    act(&mut office, TAX, "give-opinion", Some(opinion("medium", &["audit"]))).unwrap();
    act(&mut office, POLICE, "give-opinion", Some(opinion("low", &["none"]))).unwrap();
    // The last opinion of each counts.
    let made = act(&mut office, POLICE, "give-opinion", Some(opinion("high", &["inspect", "hold"]))).unwrap();
    assert_eq!(body(&made).opinions.len(), 2);
    assert!(!waiting(&office, POLICE) && waiting(&office, MARKET));
    // Who was silent until his last day is named.
    office.now = Time(NOW.0 + 3 * DAY);
    assert!(is_overdue(&current(&office), office.now) && waiting(&office, CUSTOMS));
    let decided = act(&mut office, CUSTOMS, "decide", Some(opinion("high", &["inspect"]))).unwrap();
    let decision = body(&decided).decided.unwrap();
    assert_eq!((decision.dissent, decision.missing), (vec![TAX.to_owned()], vec![MARKET.to_owned()]));
    assert_eq!(decision.objections_until, "20261206");
    // Each objects once, within its days; then it is judged again.
    act(&mut office, TAX, "object", None).unwrap();
    assert_eq!(current(&office).state, "open");
    act(&mut office, CUSTOMS, "decide", Some(opinion("medium", &["inspect"]))).unwrap();
    assert_eq!(paths(&act(&mut office, TAX, "object", None).unwrap_err()), ["action"]);
    let task = json!({"to": MARKET, "text": "查看仓库", "due": "20261210"});
    act(&mut office, CUSTOMS, "set-task", Some(task)).unwrap();
    assert!(waiting(&office, MARKET) && !waiting(&office, CUSTOMS));
    let closing = json!({"result": "confirmed", "text": "属实", "rules": [
        {"rule": "identity-burst", "verdict": "right"}, {"rule": "address-burst", "verdict": "wrong"},
    ]});
    let early = act(&mut office, CUSTOMS, "close", Some(closing.clone())).unwrap_err();
    assert_eq!(paths(&early), ["result"]);
    // A task is reported by whom it was given to, once.
    let report = json!({"task": 1, "text": "已查看"});
    assert_eq!(paths(&act(&mut office, TAX, "report", Some(report.clone())).unwrap_err()), ["task"]);
    act(&mut office, MARKET, "report", Some(report.clone())).unwrap();
    assert_eq!(paths(&act(&mut office, MARKET, "report", Some(report)).unwrap_err()), ["task"]);
    let closed = act(&mut office, CUSTOMS, "close", Some(closing)).unwrap();
    assert_eq!(body(&closed).closing.unwrap().rules.len(), 2);
    assert_eq!(closed.record.state, "closed");
    // What was closed can be opened again, with the reason; nothing said before is lost.
    let again = act(&mut office, CUSTOMS, "reopen", None).unwrap();
    assert_eq!(
        (again.record.state.as_str(), body(&again).opinions.len(), body(&again).tasks.len()),
        ("open", 2, 1)
    );
}

#[test]
fn evidence_is_seen_by_those_whom_it_is_for() {
    let mut office = zone();
    act(&mut office, CUSTOMS, "open", Some(opened())).unwrap();
    let evidence = |text: &str, to: &[&str]| Some(json!({"text": text, "to": to}));
    act(&mut office, CUSTOMS, "add-evidence", evidence("供所有人", &[])).unwrap();
    act(&mut office, CUSTOMS, "add-evidence", evidence("供税务", &[TAX])).unwrap();
    act(&mut office, POLICE, "add-evidence", evidence("公安所知", &[CUSTOMS])).unwrap();
    act(&mut office, TAX, "add-evidence", evidence("税务所知", &[POLICE])).unwrap();
    let seen = |code: &str| {
        let view = View::of(&current(&office), &[Text::from(code)]);
        let texts = view.body()["evidence"].as_array().unwrap().iter();
        let texts: Vec<String> = texts.map(|one| one["text"].as_str().unwrap().to_owned()).collect();
        // What a view gives as a record says no more.
        let again: Value = serde_json::from_str(&view.record().body).unwrap();
        assert_eq!(&again, view.body());
        texts
    };
    assert_eq!(seen(TAX), ["供所有人", "供税务", "税务所知"]);
    assert_eq!(seen(POLICE), ["供所有人", "公安所知", "税务所知"]);
    // Whoever opened it answers for the decision: he sees all.
    assert_eq!(seen(CUSTOMS).len(), 4);
    // An agency that was not invited: there is no such case.
    assert_eq!(act(&mut office, MARKET, "add-evidence", evidence("样例", &[])), Err(Refusal::Absent));
    // Evidence for somebody who does not judge, fields without a trade, a field that is none.
    let wrong = json!({"text": "样例", "to": [MARKET], "fields": ["currency", "shoeSize"]});
    let refused = act(&mut office, CUSTOMS, "add-evidence", Some(wrong)).unwrap_err();
    assert_eq!(paths(&refused), ["to", "fields", "fields"]);
}

#[test]
fn tasks_are_seen_by_whoever_does_them_and_whoever_set_them() {
    let mut office = zone();
    act(&mut office, CUSTOMS, "open", Some(opened())).unwrap();
    office.now = Time(NOW.0 + 3 * DAY);
    act(&mut office, CUSTOMS, "decide", Some(opinion("low", &["none"]))).unwrap();
    for (to, text) in [(TAX, "查账"), (POLICE, "核验身份"), (CUSTOMS, "开箱")] {
        act(&mut office, CUSTOMS, "set-task", Some(json!({"to": to, "text": text, "due": "20261210"})))
            .unwrap();
    }
    let seen = |code: &str| {
        View::of(&current(&office), &[Text::from(code)]).body()["tasks"].as_array().unwrap().len()
    };
    assert_eq!((seen(TAX), seen(POLICE), seen(CUSTOMS)), (1, 1, 3));
    assert!(!is_overdue(&current(&office), office.now));
    assert!(is_overdue(&current(&office), Time(office.now.0 + 30 * DAY)));
}

#[test]
fn what_opens_a_case_is_said_whole() {
    let mut office = zone();
    let wrong = json!({
        "subject": " ", "dimension": "weather", "about": [""], "grounds": "x".repeat(5_000),
        "invited": [
            {"agency": CUSTOMS, "purpose": "", "legalBasis": "样例", "due": "20200101"},
            {"agency": "5301960101", "purpose": "样例", "legalBasis": "样例", "due": "sometime"},
        ],
    });
    let refused = act(&mut office, CUSTOMS, "open", Some(wrong)).unwrap_err();
    assert_eq!(
        paths(&refused),
        [
            "dimension",
            "subject",
            "grounds",
            "about",
            "invited.0.agency",
            "invited.0.purpose",
            "invited.0.due",
            "invited.1.agency",
            "invited.1.due"
        ]
    );
    // Nobody judges alone, nobody is asked twice; an enterprise opens none.
    let mut alone = opened();
    alone["invited"] = json!([]);
    assert_eq!(paths(&act(&mut office, CUSTOMS, "open", Some(alone)).unwrap_err()), ["invited"]);
    let mut twice = opened();
    twice["invited"] = json!([invited(TAX), invited(TAX)]);
    assert_eq!(paths(&act(&mut office, CUSTOMS, "open", Some(twice)).unwrap_err()), ["invited.1.agency"]);
    let key = RecordKey::new(Register::RiskCase, "5301960101:1");
    let body = Some(opened().to_string());
    let command = Command {
        key,
        version: 0,
        action: "open".into(),
        by: agency("5301960101"),
        note: String::new(),
        body,
    };
    assert_eq!(paths(&office.one(command).unwrap_err()), ["id"]);
}

#[test]
fn objections_end_and_rules_that_are_none_are_told() {
    let mut office = zone();
    act(&mut office, CUSTOMS, "open", Some(opened())).unwrap();
    office.now = Time(NOW.0 + 3 * DAY);
    act(&mut office, CUSTOMS, "decide", Some(opinion("none", &["none"]))).unwrap();
    office.now = Time(office.now.0 + 6 * DAY);
    assert_eq!(paths(&act(&mut office, TAX, "object", None).unwrap_err()), ["action"]);
    let wrong =
        json!({"result": "perhaps", "text": "", "rules": [{"rule": "no-such-rule", "verdict": "so-so"}]});
    let refused = act(&mut office, CUSTOMS, "close", Some(wrong)).unwrap_err();
    assert_eq!(paths(&refused), ["result", "text", "rules.rule", "rules.verdict"]);
    // An invited agency neither decides nor closes.
    let closing = json!({"result": "refuted", "text": "样例"});
    assert!(matches!(act(&mut office, TAX, "close", Some(closing)), Err(Refusal::NotYours(_))));
    // No measure together with others, and none at all, are no answer.
    act(&mut office, CUSTOMS, "close", Some(json!({"result": "refuted", "text": "样例"}))).unwrap();
    act(&mut office, CUSTOMS, "reopen", None).unwrap();
    for measures in [&["none", "scan"][..], &[]] {
        let refused = act(&mut office, TAX, "give-opinion", Some(opinion("low", measures))).unwrap_err();
        assert_eq!(paths(&refused), ["measures"]);
    }
}
