//! Forms of records and the bodies that they become.

use super::*;
use serde_json::json;

fn rule(name: &str, kind: &str) -> Rule {
    Rule { name: name.into(), kind: kind.into(), ..Rule::default() }
}

fn many(rule: Rule) -> Rule {
    Rule { many: true, ..rule }
}

fn rules() -> Vec<Rule> {
    let must = |rule: Rule| Rule { required: true, ..rule };
    let words = |rule: Rule| Rule { choices: vec!["a".into(), "b".into()], ..rule };
    let within = |rule: Rule, fields: Vec<Rule>| Rule { fields, ..rule };
    vec![
        must(rule("name", "text")),
        many(must(words(rule("roles", "choice")))),
        must(rule("from", "date")),
        rule("to", "date"),
        rule("at", "instant"),
        rule("batch", "number"),
        rule("sure", "flag"),
        rule("maybe", "maybe"),
        must(within(rule("contact", "group"), vec![must(rule("name", "text"))])),
        // What may be left out together, though none of it alone.
        within(rule("video", "group"), vec![must(rule("cameras", "number")), must(rule("access", "text"))]),
        many(within(rule("licences", "group"), vec![rule("kind", "code"), many(rule("codes", "code"))])),
        many(within(rule("services", "word-or-group"), vec![rule("service", "code"), rule("to", "date")])),
        many(rule("certificates", "certificate")),
        rule("filter", "map"),
        rule("record", "record"),
    ]
}

#[test]
fn a_body_becomes_fields_and_again_the_same_body() {
    let body = json!({
        "name": "样例", "roles": ["b"], "from": "20260101", "at": "20260101093000", "batch": 7, "sure": true,
        "maybe": false, "contact": {"name": "样一"}, "video": {"cameras": 2, "access": "样例"},
        "licences": [{"kind": "x", "codes": ["1", "2"]}, {"kind": "y"}],
        "services": ["one", {"service": "two", "to": "20270101"}],
        "certificates": ["-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----", "ab".repeat(32)],
        "filter": {"customsCode": ["5301", "5302"]},
        "record": {"enterprise": "5301960201", "invtNos": ["1", "2"], "reason": "a = b"},
    });
    let fields = fields_of(&rules(), &body);
    assert_eq!(fields["body.licences[0].codes"], "1\n2");
    let mut faults = Vec::new();
    assert_eq!(body_of(&rules(), &fields, &mut faults), body);
    assert!(faults.is_empty());
}

#[test]
fn what_browsers_write_is_read_and_what_is_empty_is_left_out_unless_it_must_be_there() {
    let mut fields = Fields::new();
    for (name, text) in [
        ("body.from", "2026-01-01"),
        ("body.at", "2026-01-01T09:30"),
        ("body.batch", "many"),
        ("rows.body.licences", "2"),
        ("body.licences[1].kind", " x "),
    ] {
        fields.insert(name.to_owned(), text.to_owned());
    }
    let mut faults = Vec::new();
    let body = body_of(&rules(), &fields, &mut faults);
    let expected = json!({
        "name": "", "roles": [], "from": "20260101", "at": "20260101093000", "batch": "many", "sure": false,
        "contact": {"name": ""}, "licences": [{"kind": "x"}],
    });
    assert_eq!(body, expected);
    assert_eq!((faults.len(), faults[0].path.as_str()), (1, "batch"));
    fields.insert("body.video.access".to_owned(), "样例".to_owned());
    let mut faults = Vec::new();
    let body = body_of(&rules(), &fields, &mut faults);
    assert_eq!(body["video"], json!({"cameras": "", "access": "样例"}));
    assert_eq!(
        faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(),
        ["batch", "video.cameras"]
    );
}

#[test]
fn a_difference_is_told_by_its_path() {
    let before = json!({"a": {"b": 1}, "c": ["x"], "d": [{"e": true}], "f": null});
    let after = json!({"a": {"b": 2}, "c": ["x", "y"], "d": [{"e": true}], "g": "new"});
    let told: Vec<(String, String, String)> = [("a.b", "1", "2"), ("c", "x", "x, y"), ("g", "", "new")]
        .map(|(path, old, new)| (path.into(), old.into(), new.into()))
        .to_vec();
    assert_eq!(differences(&before, &after), told);
}
