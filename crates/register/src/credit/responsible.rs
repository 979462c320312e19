//! Natural persons who answer for an enterprise: legal representatives, persons in charge, those who control it, as its company
//! register has them. A list names those of an enterprise who are responsible for what was found; it reaches every other
//! enterprise that they answer for, for as long as it is in force. Persons stand here by name and masked number, and by the
//! keyed hash that trades know them by, which the window writes. Whoever showed an office who he is may have it note his telephone:
//! by that alone, and by no order, he is heard for himself.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, form, owner_of, read, stored, written};
use ceb::Day;
use clearance::record::Record;
use clearance::standing::Says;
use serde::{Deserialize, Serialize};

/// As what somebody answers for an enterprise.
pub const CAPACITIES: &[&str] =
    &["legal-representative", "person-in-charge", "actual-controller", "finance-officer"];

/// One state: recorded. The id is the party's code.
pub const MOVES: &[Move] = &[
    Move::reviewer("record", &["", "recorded"], "recorded").explained(),
    Move::window("reach", &["recorded"], "recorded"),
];

/// Persons of an enterprise at most.
const MOST: usize = 50;

/// Somebody who answers for an enterprise.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Person {
    /// His name.
    pub name: String,
    /// His identity number; masked, once it is recorded.
    pub number: String,
    /// As what: one of [`CAPACITIES`].
    pub capacity: String,
    /// First day, yyyyMMdd.
    pub valid_from: String,
    /// Last day; none = open.
    #[serde(default)]
    pub valid_to: Option<String>,
    /// His telephone, as he gave it to an office that saw his identity card; masked, once it is recorded. None = none was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}

impl Person {
    fn holds(&self, day: Day) -> bool {
        let first = Day::parse(&self.valid_from);
        let last = self.valid_to.as_deref().and_then(Day::parse);
        first.is_some_and(|first| first <= day) && last.is_none_or(|last| day <= last)
    }
}

/// What is recorded.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Recorded {
    /// All who answer for it, with their days.
    pub persons: Vec<Person>,
    /// The keyed hash of each as a code, in the same order: the window writes them.
    #[serde(default)]
    pub keys: Vec<String>,
    /// The keyed hash of the telephone of each, in the same order, empty = none: the window writes them. No item where none is noted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub telephones: Vec<String>,
}

/// A list that reaches the enterprise, through one who answers for it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Reached {
    /// `black` or `attention`.
    pub list: String,
    /// Code of the enterprise that stands on it.
    pub party: String,
    /// The person, by his key.
    pub person: String,
    /// First day of the list, yyyyMMdd.
    pub valid_from: String,
    /// Its last day.
    pub valid_to: String,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// All who answer for it.
    pub persons: Vec<Person>,
    /// Their keys, in the same order.
    pub keys: Vec<String>,
    /// Lists that reach it today; the window looks again when one changes, and every day.
    #[serde(default)]
    pub reached: Vec<Reached>,
    /// The keyed hash of the telephone of each, in the same order, empty = none. No item where none is noted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub telephones: Vec<String>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Those who answer for it on a day, each with his key.
    pub fn on(&self, day: Day) -> impl Iterator<Item = (&Person, &str)> {
        let both = self.persons.iter().zip(&self.keys);
        both.filter(move |(person, _)| person.holds(day)).map(|(person, key)| (person, key.as_str()))
    }

    /// Whether a telephone, by its keyed hash, is noted of a person, by his key; also of one who answers for it no more.
    pub fn has_noted(&self, person: &str, telephone: &str) -> bool {
        let mut noted = self.keys.iter().zip(&self.telephones);
        !telephone.is_empty() && noted.any(|(key, of_him)| key == person && of_him == telephone)
    }
}

/// What the window found that reaches an enterprise.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// All of it.
    pub reached: Vec<Reached>,
}

/// The standing that follows from a list of another enterprise, and its days: that of the gravest list, and of these of the one that
/// lasts longest.
///
/// # Panics
/// If the record is none of this register.
pub fn in_force(record: &Record) -> Option<Says> {
    let reached = Body::of(record).reached;
    let grave = |one: &Reached| one.list == clearance::standing::BLACK;
    let order =
        |one: &&Reached, other: &&Reached| (grave(one), &one.valid_to).cmp(&(grave(other), &other.valid_to));
    let gravest = reached.iter().max_by(order)?;
    Some(Says {
        standing: clearance::standing::reached(&gravest.list),
        from: Day::parse(&gravest.valid_from)?,
        to: Some(Day::parse(&gravest.valid_to)?),
    })
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let party = owner_of(&seen.command.key);
    let body = match (step.action, seen.current) {
        ("reach", Some(record)) => {
            let Reach { reached } = read(seen.command.body.as_deref(), faults)?;
            Body { reached, ..Body::of(record) }
        }
        (_, current) => {
            let recorded: Recorded = read(seen.command.body.as_deref(), faults)?;
            check(seen, &party, &recorded, faults);
            let mut reached = current.map_or_else(Vec::new, |record| Body::of(record).reached);
            // Whoever does not answer for it any more reaches it no more.
            reached.retain(|one| recorded.keys.contains(&one.person));
            let Recorded { persons, keys, telephones } = recorded;
            Body { persons, keys, reached, telephones }
        }
    };
    // By their keys the window finds the enterprises of a person.
    let parties = std::iter::once(party).chain(body.keys.iter().map(|key| key.as_str().into())).collect();
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

fn check(seen: &Seen<'_>, party: &str, recorded: &Recorded, faults: &mut Vec<Fault>) {
    if seen.parties.find(party, seen.now.day()).is_none_or(|filing| filing.code != party) {
        faults.push(Fault::new("id", party, says::ENTERPRISE_CODE.said()));
    }
    if recorded.persons.is_empty() || recorded.persons.len() > MOST {
        let said = says::RESPONSIBLE_PERSONS.with(&[("most", &MOST.to_string())]);
        faults.push(Fault::new("persons", &recorded.persons.len().to_string(), said));
    }
    if recorded.keys.len() != recorded.persons.len() {
        faults.push(Fault::new("keys", "", says::WINDOW_WRITES_IT.said()));
    }
    if !recorded.telephones.is_empty() && recorded.telephones.len() != recorded.persons.len() {
        faults.push(Fault::new("telephones", "", says::WINDOW_WRITES_IT.said()));
    }
    for (index, person) in recorded.persons.iter().enumerate() {
        let at = |name: &str| format!("persons[{index}].{name}");
        super::listing::text(&at("name"), &person.name, faults);
        if !CAPACITIES.contains(&person.capacity.as_str()) {
            let said = says::ONE_OF.with(&[("words", &CAPACITIES.join(", "))]);
            faults.push(Fault::new(&at("capacity"), &person.capacity, said));
        }
        let from = form::day(&at("validFrom"), &person.valid_from, faults);
        if let Some(to) = &person.valid_to
            && form::day(&at("validTo"), to, faults) < from
        {
            faults.push(Fault::new(&at("validTo"), to, says::NOT_BEFORE_FROM.said()));
        }
    }
}
