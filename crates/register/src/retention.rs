//! How long what rows tell of persons is kept, by type of record, as a dated table (`tables/retention.csv`): the months for
//! which a law asks us to keep it, and those after which it is erased. A request to erase it earlier is granted after the first.
//! Of records of registers: which parts tell of persons, and from which states on their time runs. Who changed a record, and
//! when, stays.

use ceb::Day;
use clearance::record::{Record, Register};
use serde_json::Value;
use std::sync::LazyLock;

/// The type of accounts that were disabled, in the control store.
pub const ACCOUNTS: &str = "accounts";
/// The type of sessions that ended, there.
pub const SESSIONS: &str = "sessions";

const TABLE: &str = include_str!("../../../tables/retention.csv");

/// One rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retention {
    /// Of what.
    pub record_type: String,
    /// Months for which it must be kept; 0 = nobody asks for it.
    pub keep_months: u32,
    /// Months after which it is erased.
    pub erase_months: u32,
    /// First day.
    pub valid_from: Day,
    /// Last day; none = open.
    pub valid_to: Option<Day>,
    /// The law, as it is told to whoever asks.
    pub law: String,
    /// Where it is said.
    pub source: String,
    /// Whether the source was seen.
    pub sure: bool,
    /// What is erased, and from when its time is counted.
    pub note: String,
}

/// All rules.
///
/// # Panics
/// If the built-in table is wrong: a programmer's error, found by the tests.
pub fn all() -> &'static [Retention] {
    static ALL: LazyLock<Vec<Retention>> = LazyLock::new(|| {
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        let rows = reader.records().enumerate().map(|(index, row)| {
            let row = row.ok().and_then(|row| retention(&row));
            row.unwrap_or_else(|| panic!("retention.csv: line {}", index + 2))
        });
        rows.collect()
    });
    &ALL
}

fn retention(row: &csv::StringRecord) -> Option<Retention> {
    let [record_type, keep, erase, from, to, law, source, confidence, note] =
        row.iter().collect::<Vec<&str>>().try_into().ok()?;
    let (keep_months, erase_months) = (keep.parse().ok()?, erase.parse().ok()?);
    Some(Retention {
        record_type: record_type.to_owned(),
        keep_months,
        erase_months: (erase_months >= keep_months).then_some(erase_months)?,
        valid_from: Day::parse(from)?,
        valid_to: if to.is_empty() { None } else { Some(Day::parse(to)?) },
        law: law.to_owned(),
        source: source.to_owned(),
        sure: confidence == "seen",
        note: note.to_owned(),
    })
}

/// The rule of a type on a day.
pub fn of(record_type: &str, day: Day) -> Option<&'static Retention> {
    let holds = |rule: &&Retention| rule.valid_from <= day && rule.valid_to.is_none_or(|last| day <= last);
    all().iter().filter(|rule| rule.record_type == record_type).find(holds)
}

/// The same day some months later, or the last of that month.
pub fn months_after(day: Day, months: u32) -> Day {
    let month = day.year() * 12 + day.month() - 1 + months;
    let (year, month) = (month / 12, month % 12 + 1);
    (0..4).find_map(|less| Day::from_ymd(year, month, day.day_of_month().saturating_sub(less))).unwrap_or(day)
}

/// What of a register's records tells of persons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Personal {
    /// Which register; its word is the type of record in the table.
    pub register: Register,
    /// States in which their time runs: others wait for somebody, or hold. None = all.
    pub ended: Option<&'static [&'static str]>,
    /// Where: pointers into the body; `*` stands for every item of a list.
    pub parts: &'static [&'static str],
}

const fn always(register: Register, parts: &'static [&'static str]) -> Personal {
    Personal { register, ended: None, parts }
}

const fn after(
    register: Register,
    ended: &'static [&'static str],
    parts: &'static [&'static str],
) -> Personal {
    Personal { register, ended: Some(ended), parts }
}

/// The registers whose records tell of persons.
pub const PERSONAL: &[Personal] = &[
    after(
        Register::Filing,
        &["refused", "withdrawn", "revoked"],
        &["/applied/contact", "/applied/address", "/inForce/contact", "/inForce/address"],
    ),
    always(Register::Attachment, &["/name", "/content", "/sha256"]),
    after(Register::Certificate, &["refused", "withdrawn", "revoked"], &["/holder", "/revoked/reason"]),
    always(Register::Photograph, &["/content"]),
    after(
        Register::PaymentData,
        &["accepted", "doubted", "withdrawn"],
        &["/upload/original", "/upload/comparison/differences"],
    ),
    // A lock holds as long as nobody opens it.
    after(Register::Consumer, &["open"], &["/telephones"]),
    after(Register::Dispute, &["upheld", "refused", "withdrawn"], &["/disputed/text", "/answer/text"]),
    after(Register::Exchange, &["withdrawn"], &[]),
    after(Register::Notice, &["sent", "failed"], &["/telephone"]),
    after(
        Register::Request,
        &["answered", "declined", "withdrawn", "closed"],
        &["/asked/subject", "/asked/text", "/answer/text", "/answer/records"],
    ),
    always(Register::Answer, &["/text"]),
    after(Register::InspectionReport, &["recognised", "declined", "withdrawn"], &["/reported/text"]),
    after(
        Register::RiskCase,
        &["closed"],
        &[
            "/opened/grounds",
            "/evidence/*/text",
            "/evidence/*/shown",
            "/opinions/*/text",
            "/decided/decision/text",
            "/tasks/*/task/text",
            "/tasks/*/report",
            "/closing/text",
        ],
    ),
    always(Register::AgencyRecord, &["/record/person", "/record/legalRepresentative", "/record/statement"]),
    always(Register::Parcel, &["/parcel/sender", "/parcel/consignee", "/linked"]),
    after(Register::ServiceRequest, &["accepted", "withdrawn", "expired"], &["/asked/contact"]),
    after(
        Register::ServiceOffer,
        &["withdrawn", "not-chosen", "lapsed", "closed"],
        &["/offered/contact", "/askerContact"],
    ),
    always(Register::Access, &["/purpose", "/query"]),
    always(Register::SignIn, &["/subject"]),
    after(Register::CreditObservation, &["recorded", "withdrawn", "struck"], &["/observed/grounds"]),
    after(
        Register::CreditList,
        &["dropped", "revoked", "repaired", "ended"],
        &[
            "/notice/facts",
            "/notice/responsible",
            "/heard/*/name",
            "/heard/*/text",
            "/decision/spared",
            "/statement/text",
            "/appeal/text",
            "/repair/text",
        ],
    ),
    always(
        Register::ResponsiblePersons,
        &["/persons/*/name", "/persons/*/number", "/persons/*/telephone", "/telephones"],
    ),
];

/// What of a register's records tells of persons; none = nothing.
pub fn personal(register: Register) -> Option<&'static Personal> {
    PERSONAL.iter().find(|personal| personal.register == register)
}

/// The rule for a record on a day, if its time runs in the state that it is in.
pub fn of_record(record: &Record, day: Day) -> Option<&'static Retention> {
    let personal = personal(record.key.register)?;
    let runs = personal.ended.is_none_or(|ended| ended.contains(&record.state.as_str()));
    if runs { of(record.key.register.word(), day) } else { None }
}

/// A version of a record without what it tells of persons; none where there is nothing to erase, or it is done.
pub fn redacted(record: &Record) -> Option<Record> {
    let personal = personal(record.key.register)?;
    // Our own writing: it parses.
    let mut body: Value = serde_json::from_str(&record.body).ok()?;
    let before = body.clone();
    for part in personal.parts {
        let names: Vec<&str> = part.split('/').skip(1).collect();
        erase(&mut body, &names);
    }
    if body == before && record.note.is_empty() {
        return None;
    }
    Some(Record { body: body.to_string(), note: String::new(), ..record.clone() })
}

/// Texts are emptied and lists, too: what is left has the form that its register reads.
fn erase(value: &mut Value, names: &[&str]) {
    match (names.split_first(), value) {
        (Some((&"*", rest)), Value::Array(items)) => items.iter_mut().for_each(|item| erase(item, rest)),
        (Some((name, rest)), Value::Object(members)) => {
            if let Some(member) = members.get_mut(*name) {
                erase(member, rest);
            }
        }
        (None, Value::String(text)) => text.clear(),
        (None, Value::Array(items)) => items.clear(),
        (None, Value::Object(members)) => members.values_mut().for_each(|member| erase(member, &[])),
        _ => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn months_end_where_the_calendar_says() {
        let day = |number: &str| Day::parse(number).unwrap();
        for (from, months, to) in [
            ("20261123", 36, "20291123"),
            ("20240229", 12, "20250228"),
            ("20261231", 2, "20270228"),
            ("20261123", 0, "20261123"),
        ] {
            assert_eq!(months_after(day(from), months), day(to), "{from} {months}");
        }
    }

    #[test]
    fn every_type_has_one_rule_today() {
        let today = Day::parse("20261123").unwrap();
        let words = PERSONAL.iter().map(|personal| personal.register.word());
        let types: Vec<&str> = ["declarations", "undeclared", "export-declarations", ACCOUNTS, SESSIONS]
            .into_iter()
            .chain(words)
            .collect();
        for record_type in &types {
            assert!(of(record_type, today).is_some(), "{record_type}");
        }
        // What stands in the table is obeyed.
        for rule in all() {
            assert!(types.contains(&rule.record_type.as_str()), "{}", rule.record_type);
            assert!(!rule.note.is_empty() && !rule.source.is_empty());
        }
        assert!(of("declarations", Day::parse("20150101").unwrap()).is_none());
    }

    /// Every register whose forms ask for a contact, a telephone or a text of its own has a term.
    #[test]
    fn what_asks_for_persons_has_a_term() {
        for register in Register::ALL {
            let names = crate::fields::names(register);
            let tells = ["contact", "telephone", "telephones", "content", "person"]
                .iter()
                .any(|name| names.contains(name));
            assert!(!tells || personal(register).is_some(), "{register:?}");
        }
    }

    #[test]
    fn every_state_is_one_of_its_register() {
        for personal in PERSONAL {
            for state in personal.ended.unwrap_or_default() {
                let moves = crate::moves_of(personal.register);
                assert!(moves.iter().any(|step| step.to == *state), "{:?} {state}", personal.register);
            }
        }
    }

    #[test]
    fn a_record_loses_what_tells_of_persons_and_keeps_its_form() {
        use clearance::keys::{Position, Time};
        use clearance::record::{Actor, RecordKey};
        let body = serde_json::json!({
            "asked": {"kind": "transport", "contact": {"name": "样一", "telephone": "13800000000"}},
            "deadline": "20261130",
        });
        let record = Record {
            key: RecordKey::new(Register::ServiceRequest, "demand-0001"),
            version: 2,
            state: "withdrawn".into(),
            parties: vec!["5301960101".into()],
            created: Time(0),
            changed: Time(0),
            first: Position::default(),
            last: Position::default(),
            previous: None,
            actor: Actor::default(),
            action: "withdraw".into(),
            note: "致电样一".to_owned(),
            format: 1,
            body: body.to_string(),
            charges: Vec::new(),
        };
        let today = Day::parse("20261123").unwrap();
        assert_eq!(of_record(&record, today).map(|rule| rule.erase_months), Some(12));
        let open = Record { state: "open".into(), ..record.clone() };
        assert!(of_record(&open, today).is_none());
        let erased = redacted(&record).unwrap();
        assert!(!erased.body.contains("样一") && erased.body.contains("transport") && erased.note.is_empty());
        let left: Value = serde_json::from_str(&erased.body).unwrap();
        assert_eq!(left["asked"]["contact"], serde_json::json!({"name": "", "telephone": ""}));
        assert_eq!((erased.version, &erased.parties), (2, &record.parties));
        assert!(redacted(&erased).is_none(), "it is done");
    }
}
