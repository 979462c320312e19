//! What agencies give of their own: the fields of each dataset that they file themselves, whether a record is as its dataset
//! says, and what it gives to those it is shared with. Who may file what, and its versions, are `register`'s.

use crate::Shared;
use crate::catalogue::{Dataset, Field, FieldKind, Own};
use ceb::{Day, Decimal, StampMillis};
use clearance::Text;
use serde_json::{Map, Value, json};

/// Ways in which a record stands.
pub const STANDINGS: [&str; 3] = ["given", "withdrawn", "beyond-rule"];
/// Fields without which whoever receives records would go on with what was corrected or withdrawn.
pub const NEEDED: [&str; 3] = ["key", "version", "standing"];

/// Fields that stand around each record.
pub(crate) const AROUND: [Own; 6] = [
    ("agency", FieldKind::Text, true, "code of the agency that gives it"),
    ("key", FieldKind::Text, true, "its key at that agency"),
    ("version", FieldKind::Whole, true, "version of the record: the newest counts"),
    (
        "standing",
        FieldKind::Choice(&STANDINGS),
        true,
        "given; withdrawn; beyond-rule: a correction led out of what the rule gives, what was given before counts no more",
    ),
    ("effective", FieldKind::Day, false, "day from which it holds"),
    ("entered", FieldKind::Time, true, "when it was filed"),
];

const REFUNDS: [Own; 12] = [
    ("enterprise", FieldKind::Text, true, "code of the enterprise"),
    ("period", FieldKind::Text, true, "tax period that was applied for, yyyyMM"),
    (
        "result",
        FieldKind::Choice(&["approved", "partly-approved", "refused", "suspended", "recovered"]),
        true,
        "what was decided",
    ),
    ("decidedOn", FieldKind::Day, true, "day of the decision"),
    ("base", FieldKind::Amount, false, "value of exports that it rests on, yuan"),
    ("refunded", FieldKind::Amount, true, "tax refunded, yuan"),
    ("exempted", FieldKind::Amount, false, "tax exempted or credited, yuan"),
    ("refundedOn", FieldKind::Day, false, "day of the payment"),
    ("invtNos", FieldKind::Texts, false, "declaration numbers of its lists"),
    ("declarations", FieldKind::Texts, false, "numbers of its customs declarations"),
    ("decision", FieldKind::Text, false, "number of the decision"),
    ("reason", FieldKind::Text, false, "why"),
];

const SETTLEMENTS: [Own; 13] = [
    ("enterprise", FieldKind::Text, true, "code of the enterprise"),
    ("direction", FieldKind::Choice(&["receipt", "payment"]), true, "money that came, or that went"),
    (
        "result",
        FieldKind::Choice(&["settled", "partly-settled", "returned", "refused", "under-review"]),
        true,
        "what became of it",
    ),
    ("currency", FieldKind::Text, true, "currency code, three digits"),
    ("amount", FieldKind::Decimal, true, "amount in it"),
    ("yuan", FieldKind::Amount, false, "what it came to, yuan"),
    ("settledOn", FieldKind::Day, true, "day of it"),
    ("bank", FieldKind::Text, false, "code of the bank"),
    ("platform", FieldKind::Text, false, "platform code"),
    ("orderNo", FieldKind::Text, false, "order number of the platform"),
    ("payNo", FieldKind::Text, false, "payment number"),
    ("invtNos", FieldKind::Texts, false, "declaration numbers of its lists"),
    ("reason", FieldKind::Text, false, "why"),
];

const STATUSES: [Own; 8] = [
    ("enterprise", FieldKind::Text, true, "code of the enterprise"),
    ("name", FieldKind::Text, false, "registered name"),
    (
        "status",
        FieldKind::Choice(&["in-business", "abnormal", "suspended", "moved", "cancelled", "revoked"]),
        true,
        "how it stands",
    ),
    ("since", FieldKind::Day, true, "since which day"),
    ("scope", FieldKind::Text, false, "scope of business"),
    ("legalRepresentative", FieldKind::Text, false, "its legal representative"),
    ("decision", FieldKind::Text, false, "number of the decision"),
    ("reason", FieldKind::Text, false, "why"),
];

const TRANSPORT: [Own; 11] = [
    ("logistics", FieldKind::Text, true, "code of the carrier"),
    ("logisticsNo", FieldKind::Text, true, "waybill number"),
    (
        "event",
        FieldKind::Choice(&[
            "accepted",
            "loaded",
            "departed",
            "transferred",
            "arrived",
            "delivered",
            "returned",
            "held",
            "lost",
        ]),
        true,
        "what happened",
    ),
    ("happened", FieldKind::Time, true, "when"),
    ("place", FieldKind::Text, true, "where"),
    ("transport", FieldKind::Text, false, "flight, train, vessel or vehicle"),
    ("billNo", FieldKind::Text, false, "master bill number"),
    ("pieces", FieldKind::Decimal, false, "number of pieces"),
    ("grossWeight", FieldKind::Decimal, false, "gross weight in kilograms"),
    ("invtNo", FieldKind::Text, false, "declaration number"),
    ("remark", FieldKind::Text, false, "remark"),
];

const POLICE: [Own; 9] = [
    ("subject", FieldKind::Choice(&["enterprise", "person", "goods", "address"]), true, "what it is about"),
    (
        "result",
        FieldKind::Choice(&["confirmed", "not-confirmed", "case-opened", "closed", "transferred"]),
        true,
        "what was found",
    ),
    ("foundOn", FieldKind::Day, true, "day of it"),
    ("caseNo", FieldKind::Text, false, "number of the case"),
    ("enterprise", FieldKind::Text, false, "code of the enterprise"),
    ("person", FieldKind::Text, false, "number of the person's identity document"),
    ("platform", FieldKind::Text, false, "platform code"),
    ("orderNo", FieldKind::Text, false, "order number of the platform"),
    ("statement", FieldKind::Text, false, "what is to be said of it"),
];

/// The fields that an agency files; none = nobody files records of this dataset.
pub(crate) fn own(dataset: Dataset) -> Option<&'static [Own]> {
    Some(match dataset {
        Dataset::ExportRefunds => &REFUNDS,
        Dataset::Settlements => &SETTLEMENTS,
        Dataset::EnterpriseStatuses => &STATUSES,
        Dataset::TransportEvents => &TRANSPORT,
        Dataset::PoliceResults => &POLICE,
        _ => return None,
    })
}

/// What is wrong with a record at a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// The dataset has no such field.
    Unknown,
    /// It must be there.
    Missing,
    /// It is none of this kind.
    Kind(FieldKind),
}

/// Everything that is wrong with what an agency files: name of the field, what was sent, what is wrong. None = it is as
/// [`Dataset::filed_schema`] says.
pub fn wrong(dataset: Dataset, record: &Map<String, Value>) -> Vec<(String, String, Wrong)> {
    let fields = dataset.filed_fields();
    let unknown = record.iter().filter(|(name, _)| !fields.iter().any(|field| field.name == **name));
    let mut found: Vec<_> =
        unknown.map(|(name, value)| (name.clone(), spoken(value), Wrong::Unknown)).collect();
    for Field { name, kind, always, .. } in fields {
        match record.get(&name) {
            None if always => found.push((name, String::new(), Wrong::Missing)),
            Some(value) if !fits(kind, value) => found.push((name, spoken(value), Wrong::Kind(kind))),
            _ => {}
        }
    }
    found
}

fn spoken(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Characters of a text at most.
pub const TEXT: usize = 2_000;
/// Texts of a list at most.
pub const TEXTS: usize = 1_000;

fn fits(kind: FieldKind, value: &Value) -> bool {
    let is_text = |value: &Value| {
        value.as_str().is_some_and(|text| !text.trim().is_empty() && text.chars().count() <= TEXT)
    };
    let text = value.as_str().unwrap_or_default();
    match kind {
        FieldKind::Message(_) | FieldKind::Text => is_text(value),
        FieldKind::Whole => value.is_u64(),
        FieldKind::Amount | FieldKind::Decimal => Decimal::parse(text).is_some(),
        FieldKind::Truth => value.is_boolean(),
        FieldKind::Time => StampMillis::parse(text).is_some(),
        FieldKind::Texts => {
            value.as_array().is_some_and(|items| items.len() <= TEXTS && items.iter().all(is_text))
        }
        FieldKind::Day => Day::parse(text).is_some(),
        FieldKind::Choice(words) => words.contains(&text),
    }
}

/// A version of a record that an agency filed.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Code of the agency.
    pub agency: &'a str,
    /// Its key there.
    pub key: &'a str,
    /// Which version.
    pub version: u32,
    /// Whether it is withdrawn.
    pub withdrawn: bool,
    /// The day from which it holds, yyyyMMdd.
    pub effective: &'a str,
    /// When it was filed, 17 digits.
    pub entered: &'a str,
    /// What it says.
    pub record: &'a Map<String, Value>,
}

/// What a version gives to its dataset. Its agency sees to whom it was given, and the enterprise that it names; of what police
/// found nobody else is told.
pub fn of_entry(dataset: Dataset, entry: Entry<'_>) -> Shared {
    let standing = if entry.withdrawn { "withdrawn" } else { "given" };
    let mut shared = around(entry, standing);
    shared.values.insert("effective".to_owned(), entry.effective.into());
    shared.values.extend(entry.record.iter().map(|(name, value)| (name.clone(), value.clone())));
    let names = ["enterprise", "logistics"].into_iter().filter_map(|name| entry.record.get(name)?.as_str());
    if dataset != Dataset::PoliceResults {
        shared.parties.extend(names.map(|code| Text::from(code.trim())));
    }
    shared.parties.sort_unstable();
    shared.parties.dedup();
    shared
}

/// That a version is not among what a rule gives, though the one before it was: nothing of what it says.
pub fn beyond_rule(entry: Entry<'_>) -> Shared {
    around(entry, "beyond-rule")
}

fn around(entry: Entry<'_>, standing: &str) -> Shared {
    let values = json!({
        "agency": entry.agency, "key": entry.key, "version": entry.version, "standing": standing,
        "entered": entry.entered,
    });
    Shared {
        subject: entry.key.to_owned(),
        parties: vec![entry.agency.into()],
        values: crate::project::object(values),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;
    use crate::Mask;

    fn refund() -> Value {
        json!({"enterprise": "5301960201", "period": "202611", "result": "approved", "decidedOn": "20261120",
            "refunded": "130.00", "invtNos": ["86202026E000000001"]})
    }

    fn told(dataset: Dataset, record: &Value) -> Vec<(String, Wrong)> {
        wrong(dataset, record.as_object().unwrap())
            .into_iter()
            .map(|(name, _, wrong)| (name, wrong))
            .collect()
    }

    #[test]
    fn a_record_is_as_its_dataset_says_or_everything_that_is_wrong_is_told() {
        assert_eq!(told(Dataset::ExportRefunds, &refund()), []);
        let mut record = refund();
        record.as_object_mut().unwrap().remove("period");
        for (name, value) in [
            ("result", json!("granted")),
            ("decidedOn", json!("20261340")),
            ("refunded", json!(130)),
            ("invtNos", json!("86202026E000000001")),
            ("buyer", json!("x")),
        ] {
            record[name] = value;
        }
        let names: Vec<String> =
            told(Dataset::ExportRefunds, &record).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["buyer", "period", "result", "decidedOn", "refunded", "invtNos"]);
    }

    /// What the schema demands is what is checked: each field by itself, with what its kind is not.
    #[test]
    fn the_schema_says_what_is_checked() {
        let filed = Dataset::ALL.into_iter().filter(|dataset| dataset.is_filed());
        let mut count = 0;
        for dataset in filed {
            count += 1;
            let schema = dataset.filed_schema().unwrap();
            let must: Vec<&str> =
                schema["required"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
            let missing = told(dataset, &json!({}));
            assert_eq!(missing.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), must);
            for field in dataset.filed_fields() {
                let described = &schema["properties"][&field.name];
                // A form on a page says texts alone.
                assert!(described["type"] == "string" || described["items"]["type"] == "string");
                let found = told(dataset, &json!({ &field.name: 1 }));
                assert!(
                    found.contains(&(field.name.clone(), Wrong::Kind(field.kind))),
                    "{dataset:?} {}",
                    field.name
                );
                for word in described["enum"].as_array().into_iter().flatten() {
                    let found = told(dataset, &json!({ &field.name: word }));
                    assert!(found.iter().all(|(name, _)| *name != field.name), "{dataset:?} {word}");
                }
                let around = AROUND.iter().any(|(name, ..)| *name == field.name);
                assert!(!around, "{dataset:?}: {} stands around each record already", field.name);
            }
        }
        assert_eq!(count, 5);
        assert!(Dataset::Orders.filed_schema().is_none());
    }

    #[test]
    fn who_is_named_sees_to_whom_it_was_given_but_not_what_police_found() {
        let record = refund();
        let entry = Entry {
            agency: "5301000901",
            key: "T-1",
            version: 2,
            withdrawn: true,
            effective: "20261121",
            entered: "20261121090000000",
            record: record.as_object().unwrap(),
        };
        let shared = of_entry(Dataset::ExportRefunds, entry);
        assert_eq!(shared.parties, [Text::from("5301000901"), Text::from("5301960201")]);
        assert_eq!((shared.subject.as_str(), shared.values["standing"].as_str()), ("T-1", Some("withdrawn")));
        let names: Vec<String> =
            Dataset::ExportRefunds.fields().into_iter().map(|field| field.name).collect();
        assert!(shared.values.keys().all(|name| names.contains(name)));
        assert_eq!(of_entry(Dataset::PoliceResults, entry).parties, [Text::from("5301000901")]);
        let beyond = beyond_rule(entry).values;
        assert!(beyond["standing"] == "beyond-rule" && beyond.get("refunded").is_none());
        assert!(Mask { fields: NEEDED.map(str::to_owned).into(), ..Mask::default() }.of(&beyond).len() == 3);
    }
}
