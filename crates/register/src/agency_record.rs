//! Records that agencies file of their own: what a tax office decided on a refund, what became of money at a bank, how an
//! enterprise stands, what happened to a load, what police found. Each is of a dataset and as its schema says; a correction and
//! a withdrawal are versions, so that whoever was given one is given the next. Who is given it is said by rules of sharing.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, form, owner_of, read, stored, written};
use clearance::record::{Record, RecordKey, Register};
use exchange::given::{TEXT, TEXTS, Wrong};
use exchange::{Dataset, FieldKind, Shared, given};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// States: given, withdrawn. The id is the agency's code, a colon, the word of the dataset, a colon, the key of the record.
pub const MOVES: &[Move] = &[
    Move::owner("give", &[""], "given").alone(),
    Move::owner("correct", &["given"], "given").explained().alone(),
    Move::owner("withdraw", &["given"], "withdrawn").explained().alone(),
    // What was withdrawn by mistake holds again, as a version of its own.
    Move::owner("correct", &["withdrawn"], "given").explained().alone(),
];

/// A record of an agency.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AgencyRecord {
    /// The day from which it holds, yyyyMMdd.
    pub effective: String,
    /// What it says, field by field as its dataset has them.
    pub record: Map<String, Value>,
}

impl AgencyRecord {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// The dataset of a record, and its key there.
pub fn dataset_of(key: &RecordKey) -> Option<(Dataset, &str)> {
    let (_, name) = key.id.split_once(':')?;
    let (word, own) = name.split_once(':')?;
    let dataset = Dataset::from_word(word).filter(|dataset| dataset.is_filed())?;
    (!own.trim().is_empty()).then_some((dataset, own))
}

/// The record of an agency with a key in a dataset.
pub fn key_of(agency: &str, dataset: Dataset, key: &str) -> RecordKey {
    RecordKey::new(Register::AgencyRecord, &format!("{}:{}:{}", agency.trim(), dataset.word(), key.trim()))
}

/// What a version gives to its dataset; with `beyond`, that it is not among what a rule gives though the one before it was.
/// None = the record is none of this register.
pub fn shared(record: &Record, beyond: bool) -> Option<(Dataset, Shared)> {
    let (dataset, key) = dataset_of(&record.key)?;
    let (agency, body) = (owner_of(&record.key), AgencyRecord::of(record));
    let entered = record.changed.stamp_millis().to_string();
    let entry = exchange::Entry {
        agency: &agency,
        key,
        version: record.version,
        withdrawn: record.state == "withdrawn",
        effective: &body.effective,
        entered: &entered,
        record: &body.record,
    };
    Some((dataset, if beyond { given::beyond_rule(entry) } else { exchange::of_entry(dataset, entry) }))
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let agency = owner_of(&command.key);
    let body: AgencyRecord = match (step.action, seen.current) {
        ("give" | "correct", _) | (_, None) => {
            let body: AgencyRecord = read(command.body.as_deref(), faults)?;
            check(seen, &agency, &body, faults);
            body
        }
        (_, Some(record)) => stored(record),
    };
    // Whom it names does not find it in his lists: he is told to whom it was given, and of police not even that.
    Some(Made { body: written(&body), parties: vec![agency], filing: None, seed: None })
}

fn check(seen: &Seen<'_>, agency: &str, body: &AgencyRecord, faults: &mut Vec<Fault>) {
    let id = &seen.command.key.id;
    form::day("effective", &body.effective, faults);
    let Some((dataset, key)) = dataset_of(&seen.command.key) else {
        let filed = Dataset::ALL.iter().filter(|dataset| dataset.is_filed());
        let words: Vec<&str> = filed.map(|dataset| dataset.word()).collect();
        faults.push(Fault::new("id", id, says::AGENCY_RECORD_ID.with(&[("words", &words.join(", "))])));
        return;
    };
    if !seen.acts_as(agency, dataset.givers()) {
        let roles: Vec<&str> = dataset.givers().iter().map(|role| role.word()).collect();
        faults.push(Fault::new("id", id, says::GIVES_THE_DATASET.with(&[("roles", &roles.join(", "))])));
    }
    // Ids stand in the clear.
    if clearance::identity::check_citizen(key.trim()).is_ok() {
        faults.push(Fault::new("id", id, says::KEY_IS_NO_PERSON.said()));
    }
    for (name, value, wrong) in given::wrong(dataset, &body.record) {
        faults.push(Fault::new(&format!("record.{name}"), &value, told(&wrong)));
    }
}

/// What is expected of a field of a record.
fn told(wrong: &Wrong) -> says::Said {
    match wrong {
        Wrong::Unknown => says::A_FIELD.said(),
        Wrong::Missing => says::FIELD_OF_RECORD.said(),
        Wrong::Kind(FieldKind::Amount | FieldKind::Decimal) => says::DECIMAL_AS_TEXT.said(),
        // No field that agencies file is of these kinds.
        Wrong::Kind(FieldKind::Whole | FieldKind::Truth) => says::A_FIELD.said(),
        Wrong::Kind(FieldKind::Time) => says::A_MILLISECOND.said(),
        Wrong::Kind(FieldKind::Day) => says::A_DAY.said(),
        Wrong::Kind(FieldKind::Texts) => says::LIST_OF_TEXTS.with(&[("most", &TEXTS.to_string())]),
        Wrong::Kind(FieldKind::Choice(words)) => says::ONE_OF.with(&[("words", &words.join(", "))]),
        Wrong::Kind(FieldKind::Text | FieldKind::Message(_)) => {
            says::TEXT_UP_TO.with(&[("most", &TEXT.to_string())])
        }
    }
}
