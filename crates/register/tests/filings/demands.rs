//! Demands and offers: who is asked, what each reader sees of each part, and what two of them may do with one another.

use super::{NOW, by, office};
use clearance::Text;
use clearance::keys::{Position, Time};
use clearance::party::Role;
use clearance::record::{Actor, Record, RecordKey, Register};
use register::view::{View, sights};
use register::{By, Change, Command, Refusal, demand};
use serde_json::{Value, json};

const ASKER: &str = "5301960101";
const DEMAND: &str = "abcde-fghij";

fn command(register: Register, id: &str, version: u32, action: &str, by: By, body: Option<Value>) -> Command {
    let body = body.map(|body| body.to_string());
    Command {
        key: RecordKey::new(register, id),
        version,
        action: action.into(),
        by,
        note: "因为".into(),
        body,
    }
}

fn needed(changes: &[(&str, &str)]) -> Value {
    let mut asked = json!({
        "kind": "transport", "goods": "样例奶粉", "from": "样例港", "to": "样例城", "quantity": "12.5", "unit": "035",
        "readyFrom": "20261130", "neededBy": "20261210", "temperatureFrom": "2", "temperatureTo": "8",
        "contact": {"name": "样甲先生", "telephone": "10000000001", "email": "a@example.invalid"},
    });
    for (name, value) in changes {
        asked[*name] = (*value).into();
    }
    asked
}

fn offered() -> Value {
    json!({
        "price": "1250.50", "currency": "142", "term": "5天", "validUntil": "20261205",
        "contact": {"name": "样乙女士", "telephone": "10000000002"},
    })
}

fn window(party: &str) -> By {
    By { window: true, codes: Vec::new(), applies: false, ..by(party, "window", false) }
}

/// A demand and the codes of who was asked.
fn asked(office: &mut super::Office) -> Vec<Text> {
    let ask =
        command(Register::ServiceRequest, DEMAND, 0, "ask", by(ASKER, "样甲", false), Some(needed(&[])));
    let change = office.one(ask).unwrap();
    change.record.parties.iter().filter(|code| **code != ASKER).cloned().collect()
}

fn offer(office: &mut super::Office, provider: &str) -> Result<Change, Refusal> {
    let id = format!("{provider}:{DEMAND}");
    office.one(command(Register::ServiceOffer, &id, 0, "offer", by(provider, "样乙", false), Some(offered())))
}

fn accept(offer: &str, version: u32) -> Command {
    let body = json!({"offer": offer, "offerVersion": version});
    command(Register::ServiceRequest, DEMAND, 1, "accept", by(ASKER, "样甲", false), Some(body))
}

fn faults(refusal: Refusal) -> Vec<(String, &'static str)> {
    match refusal {
        Refusal::Invalid(faults) => faults.into_iter().map(|one| (one.path, one.expected.code())).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_demand_goes_to_who_is_filed_in_a_fitting_role_and_to_nobody_else() {
    let mut office = office();
    let reached = asked(&mut office);
    assert!(!reached.is_empty());
    for filing in office.reference.parties.all() {
        let fits = filing.has(Role::Logistics) || filing.has(Role::Express);
        assert_eq!(reached.contains(&filing.code), fits && filing.code != ASKER, "{}", filing.code);
    }
}

#[test]
fn what_is_needed_is_said_whole_and_does_not_say_who_asks() {
    let mut office = office();
    let mut told = |id: &str, changes: &[(&str, &str)]| {
        let ask =
            command(Register::ServiceRequest, id, 0, "ask", by(ASKER, "样甲", false), Some(needed(changes)));
        faults(office.one(ask).unwrap_err())
    };
    let wrong = [
        (("kind", "theft"), ("kind", "one-of")),
        (("goods", ""), ("goods", "demand-needs")),
        (("quantity", "-1"), ("quantity", "positive-number")),
        (("unit", "999"), ("unit", "code-of-table")),
        (("neededBy", "20261101"), ("neededBy", "today-or-later")),
        (("readyFrom", "20261211"), ("readyFrom", "not-after")),
        (("temperatureFrom", "9"), ("temperatureFrom", "not-above")),
        (("temperatureTo", "warm"), ("temperatureTo", "temperature")),
        (("dangerClass", "class-10"), ("dangerClass", "one-of")),
        (("until", "20270101"), ("until", "demand-days")),
        (("text", "请致电10000000001"), ("text", "says-who-asks")),
        (("from", "5301960101仓"), ("from", "says-who-asks")),
    ];
    for (change, (path, code)) in wrong {
        assert!(told(DEMAND, &[change]).contains(&(path.to_owned(), code)), "{change:?}");
    }
    for id in ["short", "5301960101-aaaa", "Has-Capitals", "abcde:fghij"] {
        assert!(told(id, &[]).contains(&("id".to_owned(), "id-tells-nothing")), "{id}");
    }
    // Customs asks for nothing here.
    let stranger = by("8620000001", "officer", false);
    let ask = command(Register::ServiceRequest, DEMAND, 0, "ask", stranger, Some(needed(&[])));
    assert!(faults(office.one(ask).unwrap_err()).contains(&("id".to_owned(), "enterprise-filed")));
}

#[test]
fn one_offer_is_accepted_as_it_was_seen_and_the_two_then_know_each_other() {
    let mut office = office();
    let reached = asked(&mut office);
    let (one, other) = (reached[0].as_str(), reached[1].as_str());
    let first = offer(&mut office, one).unwrap().record;
    let second = offer(&mut office, other).unwrap().record;
    // Who was not asked, and who asks of what is not there, are told alike.
    let nobody = faults(offer(&mut office, "5301960202").unwrap_err());
    assert_eq!(nobody.last(), Some(&("id".to_owned(), "demand-open")));
    // The window tells nobody before it is decided.
    let take = |id: &str, action: &str| command(Register::ServiceOffer, id, 1, action, window(one), None);
    for action in ["take", "pass-over", "lapse"] {
        assert_eq!(
            faults(office.one(take(&first.key.id, action)).unwrap_err()),
            [("action".into(), "demand-otherwise")]
        );
    }
    assert_eq!(
        faults(office.one(accept(&first.key.id, 2)).unwrap_err()),
        [("offerVersion".into(), "offer-changed")]
    );
    assert_eq!(
        faults(office.one(accept("5301960202:other", 1)).unwrap_err()),
        [("offer".into(), "offer-stands")]
    );
    let demand = office.one(accept(&first.key.id, 1)).unwrap().record;
    assert_eq!((demand.state.as_str(), demand::is_open(&demand, NOW)), ("accepted", false));
    assert!(office.one(accept(&second.key.id, 1)).is_err(), "accepted twice");
    let take_back =
        command(Register::ServiceOffer, &first.key.id, 1, "withdraw", by(one, "样乙", false), None);
    assert!(office.one(take_back).is_err(), "taken back after it was accepted");
    assert!(office.one(take(&second.key.id, "take")).is_err());
    let passed = office.one(take(&second.key.id, "pass-over")).unwrap().record;
    let taken = office.one(take(&first.key.id, "take")).unwrap().record;
    assert_eq!((passed.state.as_str(), taken.state.as_str()), ("not-chosen", "accepted"));
    let seen = |record: &Record, code: &str| View::of(record, &[code.into()]).body().clone();
    assert_eq!(seen(&taken, one)["askerContact"]["telephone"], "10000000001");
    assert_eq!(seen(&taken, ASKER)["offered"]["contact"]["telephone"], "10000000002");
    assert_eq!(seen(&passed, ASKER)["offered"]["contact"], Value::Null);
    assert_eq!(
        (seen(&passed, other)["asker"].clone(), seen(&passed, other)["askerContact"].clone()),
        (Value::Null, Value::Null)
    );
    // Done, complained of, done, closed: each by the one whose move it is.
    for (version, action, who, fine) in [
        (2, "complain", one, false),
        (2, "complain", ASKER, true),
        (3, "report-done", ASKER, false),
        (3, "report-done", one, true),
        (4, "close", ASKER, true),
    ] {
        let step =
            command(Register::ServiceOffer, &first.key.id, version, action, by(who, "样", false), None);
        assert_eq!(office.one(step).is_ok(), fine, "{action} by {who}");
    }
}

#[test]
fn a_demand_is_over_after_its_last_day_and_not_before() {
    let mut office = office();
    let reached = asked(&mut office);
    let expire = || command(Register::ServiceRequest, DEMAND, 1, "expire", window(ASKER), None);
    assert_eq!(faults(office.one(expire()).unwrap_err()), [("deadline".into(), "deadline-runs")]);
    office.now = Time(NOW.0 + 15 * 86_400_000);
    assert!(faults(offer(&mut office, &reached[0]).unwrap_err()).contains(&("id".to_owned(), "demand-open")));
    assert_eq!(office.one(expire()).unwrap().record.state, "expired");
}

/// A text in every place in which a register may have one.
fn canaries(names: &[&str]) -> Value {
    Value::Object(names.iter().map(|name| ((*name).to_owned(), format!("~{name}~").into())).collect())
}

fn record(register: Register, id: &str, state: &str, body: Value) -> Record {
    let at = Position { writer: 0, sequence: 1 };
    Record {
        key: RecordKey::new(register, id),
        version: 1,
        state: state.into(),
        parties: vec![ASKER.into(), "~provider~".into(), "~rival~".into()],
        created: NOW,
        changed: NOW,
        first: at,
        last: at,
        previous: None,
        actor: Actor { party: "~actor~".into(), name: "~login~".into() },
        action: "ask".into(),
        note: "~note~".into(),
        format: 1,
        body: body.to_string(),
        charges: Vec::new(),
    }
}

fn told(record: &Record, reader: &str) -> String {
    let view = View::of(record, &[reader.into()]);
    format!("{:?} {}", view.record(), view.body())
}

fn sees(record: &Record, reader: &str, wanted: &[&str], never: &[&str]) {
    let told = told(record, reader);
    for one in wanted {
        assert!(told.contains(one), "{reader} does not see {one}: {told}");
    }
    for one in never {
        assert!(!told.contains(one), "{reader} sees {one}: {told}");
    }
}

#[test]
fn nobody_sees_of_a_demand_what_is_not_his() {
    let open = [
        "goods",
        "from",
        "to",
        "quantity",
        "unit",
        "readyFrom",
        "neededBy",
        "temperatureFrom",
        "temperatureTo",
        "dangerClass",
        "text",
        "until",
        "kind",
    ];
    let mut asked = canaries(&open);
    asked["contact"] = canaries(&["name", "telephone", "email"]);
    for state in ["open", "accepted", "withdrawn", "expired"] {
        let body = json!({"asked": asked, "deadline": "~deadline~", "asker": ASKER, "routed": 4711, "beyond": 4712, "chosen": "~chosen~"});
        let record = record(Register::ServiceRequest, DEMAND, state, body);
        let open: Vec<String> = open.iter().map(|name| format!("~{name}~")).collect();
        let open: Vec<&str> = open.iter().map(String::as_str).chain(["~deadline~"]).collect();
        let own = [
            ASKER,
            "~name~",
            "~telephone~",
            "~email~",
            "4711",
            "4712",
            "~chosen~",
            "~actor~",
            "~login~",
            "~note~",
            "~provider~",
            "~rival~",
        ];
        sees(&record, ASKER, &[&open[..], &own[..]].concat(), &[]);
        sees(&record, "~provider~", &open, &own);
        sees(&record, "8620000001", &[], &[&open[..], &own[..]].concat());
    }
}

#[test]
fn nobody_sees_of_an_offer_what_is_not_his() {
    for (state, agreed) in [
        ("offered", false),
        ("withdrawn", false),
        ("not-chosen", false),
        ("lapsed", false),
        ("accepted", true),
        ("done", true),
        ("complained", true),
        ("closed", true),
    ] {
        let mut offered = canaries(&["price", "currency", "term", "conditions", "validUntil"]);
        offered["contact"] = json!({"name": "~his name~", "telephone": "~his telephone~"});
        let contact = json!({"name": "~asking name~", "telephone": "~asking telephone~"});
        let body = json!({"offered": offered, "demand": "~demand~", "goods": "~goods~", "asker": ASKER, "askerContact": contact});
        let mut record = record(Register::ServiceOffer, &format!("~provider~:{DEMAND}"), state, body);
        record.parties = vec![ASKER.into(), "~provider~".into()];
        let open = [
            "~price~",
            "~currency~",
            "~term~",
            "~conditions~",
            "~validUntil~",
            "~demand~",
            "~goods~",
            "~note~",
            "~provider~",
        ];
        let (his, asking) =
            (["~his name~", "~his telephone~", "~login~"], [ASKER, "~asking name~", "~asking telephone~"]);
        let none: &[&str] = &[];
        sees(
            &record,
            ASKER,
            &[&open[..], if agreed { &his } else { none }].concat(),
            if agreed { none } else { &his },
        );
        let wanted = [&open[..], &his[..], if agreed { &asking } else { none }].concat();
        sees(&record, "~provider~", &wanted, if agreed { none } else { &asking });
        let hidden = [&his[..], &asking[..], &["~price~", "~conditions~", "~goods~"]].concat();
        sees(&record, "~rival~", none, &hidden);
    }
}

/// What a register of masks says nothing of is seen by nobody: a field that somebody adds is told to nobody until he says so.
#[test]
fn what_a_register_of_masks_does_not_name_is_hidden() {
    let body = json!({"added": "~added~", "offered": {"added": "there"}, "demand": "~demand~"});
    let record = record(Register::ServiceOffer, &format!("{ASKER}:{DEMAND}"), "accepted", body);
    sees(&record, ASKER, &["there", "~demand~"], &["~added~"]);
    let strict: Vec<Register> = Register::ALL.into_iter().filter(|register| sights(*register).1).collect();
    assert_eq!(strict, [Register::ServiceRequest, Register::ServiceOffer]);
    // And everything that such a register keeps is named.
    for (register, top) in [
        (Register::ServiceRequest, vec!["asked", "deadline", "asker", "routed", "beyond", "chosen"]),
        (Register::ServiceOffer, vec!["offered", "demand", "goods", "asker", "askerContact"]),
    ] {
        assert_eq!(register::fields::kept(register), top);
        for name in top {
            assert!(
                sights(register).0.iter().any(|sight| sight.what == format!("/{name}")),
                "{register:?} {name}"
            );
        }
    }
}
