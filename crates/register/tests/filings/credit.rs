//! What a list of credit takes from whoever wants to file something new, and what it leaves to him.

use super::{NEW, Office, application, office, with};
use clearance::Rulebook;
use clearance::record::{Record, RecordKey, Register};
use register::{Change, Refusal};
use serde_json::json;
use std::sync::Arc;

/// The platform stands on a list between days.
fn listed(office: &mut Office, list: &str, (from, to): (&str, &str)) {
    let body = json!({
        "notice": {"list": list, "facts": "样例", "legalBasis": "样例", "hearUntil": "20261101", "attachments": []},
        "noticedBy": ["8620000001", "a"],
        "decision": {"validFrom": from, "validTo": to, "repairFrom": from, "published": false},
    });
    let key = RecordKey::new(Register::CreditList, NEW);
    // Of another record everything that a list has too.
    let other = super::office().party(0, "apply", Some(application())).unwrap().record;
    let record = Record {
        key: key.clone(),
        version: 3,
        state: "listed".into(),
        action: "list".into(),
        body: body.to_string(),
        ..(*other).clone()
    };
    office.facts.records.insert(key, Arc::new(record));
}

fn told(refused: Result<Change, Refusal>) -> Vec<(String, &'static str)> {
    match refused {
        Err(Refusal::Invalid(faults)) => {
            faults.into_iter().map(|fault| (fault.path, fault.expected.code())).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_new_is_filed_between_the_days_of_a_list_that_bars_it() {
    let bars = [("action".to_owned(), "credit-bars-filing")];
    let mut barred = office();
    listed(&mut barred, "black", ("20261101", "20270101"));
    assert_eq!(told(barred.party(0, "apply", Some(application()))), bars);
    // Before its first day and after its last, and on a list that takes nothing of it.
    for (list, days) in [
        ("black", ("20261129", "20270101")),
        ("black", ("20261101", "20261127")),
        ("attention", ("20261101", "20270101")),
    ] {
        let mut office = office();
        listed(&mut office, list, days);
        assert!(office.party(0, "apply", Some(application())).is_ok(), "{list} {days:?}");
    }
}

#[test]
fn what_is_filed_stays_and_may_be_corrected_and_changed() {
    let mut office = office();
    assert!(office.party(0, "apply", Some(application())).is_ok());
    listed(&mut office, "black", ("20261101", "20270101"));
    assert!(office.party(1, "correct", Some(application())).is_ok());
    let approved = office.officer(2, "approve", None);
    assert!(approved.is_ok(), "{approved:?}");
    let moved = office.party(3, "change", Some(with(&[("address", json!("样例路2号"))])));
    assert!(moved.is_ok(), "{moved:?}");
}

#[test]
fn a_rulebook_that_does_not_obey_it_bars_nobody() {
    let tables = |change: fn(&str, &str) -> Option<String>| -> Vec<(String, String)> {
        let changed = |(name, text): (String, String)| {
            let text = change(&name, &text).unwrap_or(text);
            (name, text)
        };
        Rulebook::built_in_tables().into_iter().map(changed).collect()
    };
    let changes: [fn(&str, &str) -> Option<String>; 2] = [
        |name, text| {
            (name == "parameters.csv").then(|| text.replace("credit_terms_obeyed,1", "credit_terms_obeyed,0"))
        },
        |name, text| {
            (name == "credit_measures.csv").then(|| text.replace("black,may_file,0", "black,may_file,1"))
        },
    ];
    for change in changes {
        let mut office = office();
        office.reference.books = vec![Arc::new(Rulebook::load(1, &tables(change)).unwrap())];
        listed(&mut office, "black", ("20261101", "20270101"));
        assert!(office.party(0, "apply", Some(application())).is_ok());
    }
}
