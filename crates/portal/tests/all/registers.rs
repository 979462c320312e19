//! The pages of registers, people, shares and operation, for the gallery.

use crate::gallery::frame;
use portal::Language;
use portal::answers::Both;
use portal::answers::operation::{self, Operation};
use portal::answers::people::{Given, Shared, Token, Tokens, User, Users};
use portal::answers::registers::{About, Actor, Fault, Record, Records, Rule, Step, Waiting, fields_of};
use portal::pages::people::{Gives, Typed};
use portal::pages::{
    found, newcomer, operation as operating, payment_data, people, record, registers, shares,
};
use serde_json::{Value, json};

fn rule(name: &str, kind: &str) -> Rule {
    Rule { name: name.into(), kind: kind.into(), required: name == "name", ..Rule::default() }
}

fn rules() -> Vec<Rule> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    vec![
        rule("name", "text"),
        Rule { many: true, choices: words(&["platform", "agent"]), ..rule("roles", "choice") },
        rule("validFrom", "date"),
        rule("signatureRequired", "flag"),
        rule("arrivalRequired", "maybe"),
        Rule { choices: words(&["A", "standard"]), ..rule("creditGrade", "choice") },
        Rule { fields: vec![rule("name", "text"), rule("email", "text")], ..rule("contact", "group") },
        Rule {
            many: true,
            fields: vec![rule("kind", "code"), rule("attachment", "attachment")],
            ..rule("licences", "group")
        },
        Rule { many: true, ..rule("certificates", "certificate") },
        rule("text", "area"),
        rule("filter", "map"),
        rule("content", "file"),
    ]
}

fn step(action: &str, to: &str, who: &str, fields: Option<Vec<Rule>>) -> Step {
    Step {
        action: action.into(),
        from: vec!["submitted".into()],
        to: to.into(),
        who: who.into(),
        explained: action == "refuse",
        fields,
        stands: None,
    }
}

fn a_record(version: u32, state: &str, action: &str, body: Value) -> Record {
    Record {
        register: "filings".into(),
        id: "5301960104".into(),
        version,
        state: state.into(),
        parties: vec!["5301960104".into()],
        created: "20261123100000123".into(),
        changed: "20261124100000123".into(),
        position: 7,
        by: Actor { party: "5301960104".into(), name: "<b>li.wei".into() },
        action: action.into(),
        note: "搬迁".into(),
        body,
        overdue: version == 2,
        ..Record::default()
    }
}

fn application(address: &str) -> Value {
    json!({
        "name": "样例平台", "roles": ["platform"], "address": address, "signatureRequired": true, "exchangeIds": [],
        "contact": {"name": "样一", "telephone": "10000000000"}, "validFrom": "20260101",
        "licences": [{"kind": "business-licence", "number": "1", "attachment": "5301960104:abc"}],
        "certificates": ["-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"],
    })
}

fn a_view() -> record::View {
    let before =
        a_record(1, "filed", "approve", json!({"applied": application("样例路1号"), "inForce": null}));
    let after = json!({"applied": application("样例路2号"), "inForce": application("样例路1号")});
    let mut now = a_record(2, "change-submitted", "change", after);
    now.moves = vec![
        step("correct", "change-submitted", "owner", Some(rules())),
        step("approve", "filed", "reviewer", Some(rules())),
        step("refuse", "filed", "reviewer", None),
    ];
    let fault = |path: &str| Fault {
        path: path.into(),
        value: "x<b>".into(),
        expected: Both { zh: "别的".into(), en: "something else".into() },
    };
    let faults =
        ["name", "roles", "licences", "licences[0].kind", "contact.name", "validFrom", "elsewhere", "note"];
    record::View {
        record: now.clone(),
        versions: vec![now, before],
        sent_himself: true,
        sent: Some(record::Sent {
            action: "approve".into(),
            fields: fields_of(&rules(), &application("<a>&")),
            faults: faults.map(fault).to_vec(),
            refused: None,
        }),
        ..record::View::default()
    }
}

fn a_list() -> registers::List {
    let mut line = a_record(2, "submitted", "apply", Value::Null);
    line.summary = json!({"name": "样例平台", "roles": ["platform", "agent"]}).as_object().unwrap().clone();
    let about = About {
        register: "filings".into(),
        moves: vec![step("apply", "submitted", "owner", None)],
        ..About::default()
    };
    let records = Records {
        records: vec![line],
        after: Some("12".into()),
        new: vec![step("apply", "submitted", "owner", None)],
    };
    registers::List {
        about,
        records,
        state: "submitted".into(),
        after: "20".into(),
        waiting: true,
        ..registers::List::default()
    }
}

fn a_hub() -> registers::Hub {
    let about = |word: &str, count: u64, overdue: u64| About {
        register: word.into(),
        reads: true,
        waiting: Some(Waiting { count, overdue, more: count > 9 }),
        ..About::default()
    };
    registers::Hub {
        registers: vec![about("filings", 12, 0), about("requests", 1, 1), about("goods", 0, 0)],
        application: Some("applicant-x~5301960104".into()),
        more: vec![("/desk/reviews".into(), "name".into(), "about".into())],
    }
}

fn people_of() -> (Users, Tokens, Gives, Typed) {
    let user = User {
        id: 3,
        login: "li.wei".into(),
        name: "样例".into(),
        party: "5301960104".into(),
        role: "platform".into(),
        duties: vec!["operator".into(), "reader".into()],
        state: "active".into(),
        second_factor: true,
        created: "20261123100000123".into(),
        ..User::default()
    };
    let disabled = User { id: 4, state: "disabled".into(), ..user.clone() };
    let token = Token {
        id: 5,
        name: "样例系统".into(),
        party: "5301960104".into(),
        role: "platform".into(),
        scopes: Some(vec!["messages:send".into()]),
        expires: Some("20270101000000000".into()),
        ..Token::default()
    };
    let revoked = Token { id: 6, revoked: true, scopes: None, ..token.clone() };
    let gives = Gives { manages: true, words: vec!["operator".into(), "reader".into()], districts: true };
    let typed = Typed {
        made: Some(("li.wei".into(), "abcd-efgh".into())),
        fault: Some(Both {
            en: "`name` has 1 to 100 characters".into(),
            zh: "姓名或名称须为1至100个字".into(),
        }),
        days: "90".into(),
        ..Typed::default()
    };
    (
        Users { users: vec![user, disabled], next: Some("4".into()) },
        Tokens { tokens: vec![token, revoked] },
        gives,
        typed,
    )
}

fn an_operation() -> Operation {
    let failing = operation::Failing {
        id: "5301960104:main".into(),
        state: "failing".into(),
        failures: 3,
        error: "timeout".into(),
        set_aside: 1,
        changed: "20261123100000123".into(),
    };
    Operation {
        intake: operation::Intake { open: false, reason: Some("disk-full".into()), detail: None },
        paused: true,
        position: "0-4e".into(),
        rows: 1_234_567,
        free_bytes: 5 << 30,
        webhooks: operation::Webhooks { count: 1, more: false, failing: vec![failing] },
        rates: vec![operation::Rate {
            name: "documents".into(),
            minute: 1_234,
            quarter: 12_345,
            hour: 50_000,
            minutes: vec![1, 5, 2],
        }],
        counters: vec![operation::Counter {
            name: "documents".into(),
            help: "Documents judged.".into(),
            value: 12,
        }],
        ..Operation::default()
    }
}

fn a_search() -> found::Search {
    let hit = |what: &str, about: Value| json!({"position": 7, "time": "20261123100000123", "what": what, "about": about});
    let found = json!({
        "entries": [
            hit("read", json!({"register": "accesses", "id": "a:1", "kind": "consignment", "subject": "5301960101/1<b>", "role": "officer",
                "purpose": "核对<b>", "party": "8620000001", "by": "officer"})),
            hit("judged", json!({"message": "CEB311Message", "platform": "5301960101", "orderNo": "样例/1", "party": "5301960101"})),
            hit("officer-action", json!({"action": "release", "platform": "5301960101", "orderNo": "1", "party": "8620000001"})),
            hit("record", json!({"register": "filings", "id": "5301960101", "action": "apply", "party": "5301960101", "by": "样一"})),
            hit("received", json!({"message": "CEB311Message", "party": "5301960101"})),
            hit("rule-change", json!({})),
        ],
        "after": "1.7", "behind": 3,
    });
    found::Search {
        party: "5301960101".into(),
        what: "read".into(),
        from: "20261101".into(),
        of_others: true,
        found: serde_json::from_value(found).unwrap(),
        ..found::Search::default()
    }
}

fn an_evidence() -> operating::Evidence {
    let entry = operation::Entry {
        position: 7,
        writer: 0,
        sequence: 7,
        time: "20261123100000123".into(),
        kind_word: "block of numbers".into(),
        digest: "ab".repeat(32),
    };
    let proof = operation::Proof {
        entry: entry.clone(),
        leaf: "cd".repeat(32),
        size: 9,
        path: vec!["ef".repeat(32)],
        root: "01".repeat(32),
        ..operation::Proof::default()
    };
    operating::Evidence {
        head: Some(operation::Head { note: "time 1\n".into(), ..operation::Head::default() }),
        entries: operation::Entries { entries: vec![entry], cursor: "0-7".into() },
        kinds: vec!["message", "event"],
        kind: "event".into(),
        position: "7".into(),
        proof: Some((proof, true)),
        search: a_search(),
    }
}

/// The pages, in a language.
pub fn pages(language: Language) -> Vec<(&'static str, String)> {
    let (inside, outside) = (frame(language, true), frame(language, false));
    let (users, tokens, gives, typed) = people_of();
    let new = record::New {
        given: std::iter::once(("body.note".to_owned(), "given".to_owned())).collect(),
        register: "goods".into(),
        step: step("apply", "submitted", "owner", Some(rules())),
        sent: Some(record::Sent {
            refused: Some(("outdated".into(), Both { en: "look again".into(), zh: "请再看".into() })),
            ..record::Sent::default()
        }),
        ..record::New::default()
    };
    let shared = Shared {
        events: vec![Given {
            subject: "5301960101/A-1".into(),
            time: "2026-11-23T10:00:00.123+08:00".into(),
            data: json!({"orderNo": "A-1", "lines": [{"qty": 1}], "test": true}).as_object().unwrap().clone(),
        }],
        cursor: "0-4e".into(),
        complete: true,
        purpose: "样例".into(),
    };
    let mut rule = a_record(1, "in-force", "agree", Value::Null);
    rule.register = "shares".into();
    rule.summary =
        json!({"dataset": "orders", "giver": "8620000001", "purpose": "样例"}).as_object().unwrap().clone();
    let rules = shares::Rules { records: vec![rule], ..shares::Rules::default() };
    let differences = operation::Differences {
        from: 1,
        to: 2,
        tables: vec![
            operation::Differing {
                table: "parameters.csv".into(),
                sealed: false,
                removed: vec!["a,1".into()],
                added: vec!["a,2".into()],
                more: 3,
            },
            operation::Differing {
                table: "risk_rules.csv".into(),
                sealed: true,
                ..operation::Differing::default()
            },
        ],
    };
    let published = |number| operation::Published {
        number,
        by: "test".into(),
        digest: "ab".repeat(32),
        tables: 14,
        changed: vec!["parameters.csv".into()],
    };
    let rulebooks = operation::Rulebooks { rulebooks: vec![published(2), published(1)] };
    let newcomer = newcomer::View {
        code: "1".into(),
        roles: vec!["platform"],
        fault: Some(("code".into(), "ten characters".into())),
        ..newcomer::View::default()
    };
    let registered = newcomer::View {
        made: Some(("applicant-x".into(), "applicant-x~1".into())),
        ..newcomer::View::default()
    };
    vec![
        ("registers", registers::hub(&inside, &a_hub()).shown(&inside)),
        ("register", registers::list(&inside, &a_list()).shown(&inside)),
        ("reviews", registers::reviews(&inside, &a_list().records.records, true).shown(&inside)),
        ("record", record::page(&inside, &a_view()).shown(&inside)),
        ("new-record", record::new(&inside, &new).shown(&inside)),
        ("newcomer", newcomer::page(&outside, &newcomer).shown(&outside)),
        ("registered", newcomer::page(&outside, &registered).shown(&outside)),
        ("users", people::users(&inside, &users, &gives, &typed).shown(&inside)),
        ("user", people::user(&inside, &users.users[0], &gives, &Typed::default()).shown(&inside)),
        ("tokens", people::tokens(&inside, &tokens, &gives, &typed).shown(&inside)),
        ("shares", shares::rules(&inside, &rules, &shares::Rules::default()).shown(&inside)),
        ("shared", shares::records(&inside, "5301000901:orders", "0-1", &shared).shown(&inside)),
        (
            "operation",
            operating::now(&inside, &an_operation(), Some("/desk/live?operation=yes".into())).shown(&inside),
        ),
        (
            "rulebooks",
            operating::rulebooks(&inside, &rulebooks, Some(&differences), ("1", "2"), "").shown(&inside),
        ),
        ("evidence", operating::evidence(&inside, &an_evidence()).shown(&inside)),
    ]
}

#[test]
fn lines_that_were_asked_are_told_also_when_a_later_one_stopped_the_rest() {
    let frame = frame(Language::English, true);
    let line = |line: &str, id: &str, why: &str| payment_data::Told {
        line: line.to_owned(),
        id: id.to_owned(),
        why: why.to_owned(),
    };
    let told =
        vec![line("1 A", "1:SESSION", ""), line("1 B", "", "nobody knows"), line("1 C", "", "not asked")];
    let orders = "1 B\n1 C".to_owned();
    let reader = payment_data::Reader::Asks;
    let view = payment_data::View { told, orders, unread: true, reader, ..payment_data::View::default() };
    let page = payment_data::page(&frame, &view).shown(&frame);
    assert!(page.contains("1%3ASESSION") || page.contains("1:SESSION"), "{page}");
    assert!(page.contains("nobody knows") && page.contains("not asked"), "{page}");
    assert!(page.contains("1 B\n1 C</textarea>"), "{page}");
    assert!(!page.contains("No questions"), "of questions that were not read nothing is said: {page}");
}

#[test]
fn rules_of_sharing_are_turned_list_by_list_and_the_other_stays_where_it_is() {
    let inside = frame(Language::English, true);
    let rule = a_record(1, "in-force", "agree", Value::Null);
    let rules = |after: &str, next: Option<&str>| shares::Rules {
        records: vec![rule.clone()],
        after: after.into(),
        next: next.map(str::to_owned),
    };
    let shown =
        |to_us: &shares::Rules, of_us: &shares::Rules| shares::rules(&inside, to_us, of_us).shown(&inside);
    let page = shown(&rules("", Some("41")), &rules("7", None));
    for link in ["/desk/shares?after=41&amp;after-of-us=7", "/desk/shares\" rel=\"first\""] {
        assert!(page.contains(link), "{link}: {page}");
    }
    assert_eq!(page.matches("class=\"pager\"").count(), 2, "{page}");
    let whole = shown(&rules("", None), &shares::Rules::default());
    assert!(!whole.contains("class=\"pager\""), "{whole}");
    // A page that has none of them is not the page of whoever has none.
    let nothing = inside.texts.text("nothing-shared");
    let behind = shares::Rules { records: Vec::new(), ..rules("41", None) };
    assert!(!shown(&behind, &shares::Rules::default()).contains(&nothing));
    assert!(shown(&shares::Rules::default(), &shares::Rules::default()).contains(&nothing));
}
