//! Lists that enterprises stand on: red, attention, black. Nobody is put on one without notice, time to be heard and the
//! decision of a second person; whoever stands on one may appeal and, after the time that the decision names, ask to
//! have his credit repaired. One record an enterprise: what stood before is in its history. Those who answer for an enterprise and are
//! named by a notice are heard for themselves: neither they nor the enterprise use up the other's hearing, and the decision says
//! whom of them it spares.

use super::responsible;
use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, form, owner_of, read, stored, written};
use ceb::Day;
use clearance::keys::Time;
use clearance::record::Record;
use clearance::standing::{LISTS, Says};
use serde::{Deserialize, Serialize};

/// States in which a list has its consequences, between its days.
pub const IN_FORCE: &[&str] = &["listed", "repair-asked", "appealed"];
const OVER: &[&str] = &["", "dropped", "repaired", "revoked", "ended"];
/// Characters of what is said at most.
const LONGEST: usize = 4_000;

/// States: noticed, heard, listed, appealed, repair-asked; dropped, repaired, revoked, ended. The id is the party's code.
pub const MOVES: &[Move] = &[
    Move::reviewer("notice", OVER, "noticed").explained(),
    Move::owner("state", &["noticed"], "heard").alone(),
    Move::giver("speak", &["noticed"], "noticed").personal(),
    Move::giver("speak", &["heard"], "heard").personal(),
    Move::reviewer("list", &["noticed", "heard"], "listed").explained(),
    Move::reviewer("drop", &["noticed", "heard"], "dropped").explained(),
    Move::owner("appeal", &["listed"], "appealed").alone(),
    Move::reviewer("uphold", &["appealed"], "listed").explained(),
    Move::reviewer("revoke", &["appealed", "listed"], "revoked").explained(),
    Move::owner("ask-repair", &["listed"], "repair-asked").alone(),
    Move::reviewer("repair", &["repair-asked"], "repaired").explained(),
    Move::reviewer("refuse-repair", &["repair-asked"], "listed").explained(),
    Move::reviewer("end", IN_FORCE, "ended"),
];

/// What somebody is to be listed for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Notice {
    /// `red`, `attention` or `black`.
    pub list: String,
    /// What was found, in full.
    pub facts: String,
    /// On which law or agreement.
    pub legal_basis: String,
    /// Last day on which the enterprise and the persons that are named may say something, yyyyMMdd.
    pub hear_until: String,
    /// Names of those who answer for the enterprise and are responsible for what was found: the list reaches the other
    /// enterprises that they answer for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responsible: Vec<String>,
    /// Records of attached documents.
    #[serde(default)]
    pub attachments: Vec<String>,
}

/// What is decided.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Decision {
    /// First day, yyyyMMdd: today or later.
    pub valid_from: String,
    /// Last day: no list is for ever.
    pub valid_to: String,
    /// From this day on repair may be asked for.
    pub repair_from: String,
    /// Whether everybody may read it.
    #[serde(default)]
    pub published: bool,
    /// Names of those whom the notice named and who were found not to be responsible: it reaches nobody through them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spared: Vec<String>,
}

/// What a person who is named says for himself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Spoken {
    /// In full.
    pub text: String,
}

/// What one of those who are named said for himself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct OfPerson {
    /// His key.
    pub person: String,
    /// His name, as the notice has it.
    pub name: String,
    /// In full.
    pub text: String,
}

/// What the enterprise says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Statement {
    /// In full.
    pub text: String,
    /// Records of attached documents.
    #[serde(default)]
    pub attachments: Vec<String>,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// What it is about.
    pub notice: Notice,
    /// Who gave notice: another decides.
    pub noticed_by: (String, String),
    /// The keys of those who are responsible: whom the notice names, in its order, and after the decision those of them whom it does
    /// not spare.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<String>,
    /// The keys of those whom the decision spares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spared: Vec<String>,
    /// What each of them said for himself before the decision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heard: Vec<OfPerson>,
    /// What the enterprise said before the decision.
    #[serde(default)]
    pub statement: Option<Statement>,
    /// The decision.
    #[serde(default)]
    pub decision: Option<Decision>,
    /// Who decided: another decides on the appeal.
    #[serde(default)]
    pub decided_by: Option<(String, String)>,
    /// The appeal: there is one.
    #[serde(default)]
    pub appeal: Option<Statement>,
    /// What was done to have the credit repaired, as it was said last.
    #[serde(default)]
    pub repair: Option<Statement>,
    /// Last day to decide what is asked, yyyyMMdd.
    #[serde(default)]
    pub decide_due: Option<String>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether the notice names a person, by his key.
    pub fn names(&self, person: &str) -> bool {
        self.persons.iter().chain(&self.spared).any(|key| key == person)
    }

    /// What a person said for himself.
    pub fn said_by(&self, person: &str) -> Option<&str> {
        self.heard.iter().find(|said| said.person == person).map(|said| said.text.as_str())
    }

    /// Those whom the notice names, each with his key, before the decision. A notice of before persons were heard has names as they
    /// were sent, some of them twice, and each key once.
    fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.notice.responsible.iter().map(|name| name.trim()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        self.persons.iter().map(String::as_str).zip(names)
    }

    /// Whether everybody may read of it on a day.
    pub fn is_public(&self, state: &str, day: Day) -> bool {
        let published = self.decision.as_ref().is_some_and(|decision| decision.published);
        published && says(self, state).is_some_and(|says| says.holds(day))
    }
}

/// Whether the agency lets its day pass.
pub fn is_overdue(record: &Record, now: Time) -> bool {
    let waits = matches!(record.state.as_str(), "appealed" | "repair-asked");
    let due = || Body::of(record).decide_due.as_deref().and_then(Day::parse);
    waits && due().is_some_and(|due| due < now.day())
}

fn says(body: &Body, state: &str) -> Option<Says> {
    let decision = body.decision.as_ref().filter(|_| IN_FORCE.contains(&state))?;
    Some(Says {
        standing: body.notice.list.as_str().into(),
        from: Day::parse(&decision.valid_from)?,
        to: Some(Day::parse(&decision.valid_to)?),
    })
}

/// What a record says where its list is in force between its days.
///
/// # Panics
/// If the record is none of this register.
pub fn in_force(record: &Record) -> Option<Says> {
    says(&Body::of(record), &record.state)
}

/// What a version of a list gives to those it is shared with: from the decision on.
///
/// # Panics
/// If the record is none of this register.
pub fn shared(record: &Record) -> Option<exchange::Shared> {
    let body = Body::of(record);
    let decision = body.decision.as_ref()?;
    exchange::lists::of_credit_list(&exchange::lists::CreditListed {
        party: &record.key.id,
        version: record.version,
        list: &body.notice.list,
        state: &record.state,
        in_force: IN_FORCE.contains(&record.state.as_str()),
        days: [&decision.valid_from, &decision.valid_to, &decision.repair_from],
        published: decision.published,
        legal_basis: &body.notice.legal_basis,
        time: &record.changed.stamp_millis().to_string(),
    })
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let party = owner_of(&seen.command.key);
    let body = match (step.action, seen.current) {
        ("notice", _) | (_, None) => noticed(seen, &party, faults)?,
        (action, Some(record)) => changed(seen, action, Body::of(record), faults)?,
    };
    let persons = body.persons.iter().map(|person| person.as_str().into());
    let parties = std::iter::once(party).chain(persons).collect();
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

fn who(seen: &Seen<'_>) -> (String, String) {
    let actor = &seen.command.by.actor;
    (actor.party.to_string(), actor.name.to_string())
}

fn noticed(seen: &Seen<'_>, party: &str, faults: &mut Vec<Fault>) -> Option<Body> {
    let mut notice: Notice = read(seen.command.body.as_deref(), faults)?;
    if seen.parties.find(party, seen.now.day()).is_none_or(|filing| filing.code != party) {
        faults.push(Fault::new("id", party, says::ENTERPRISE_CODE.said()));
    }
    if !LISTS.contains(&notice.list.as_str()) {
        faults.push(Fault::new("list", &notice.list, says::ONE_OF.with(&[("words", &LISTS.join(", "))])));
    }
    text("facts", &notice.facts, faults);
    text("legalBasis", &notice.legal_basis, faults);
    let law = seen.reference.current().parameters.on(seen.now.day());
    let least = law.credit_hearing_days;
    let until = form::day("hearUntil", &notice.hear_until, faults);
    // A red list takes nothing from anybody: nobody has to be heard.
    if notice.list != "red" && until < Time(seen.now.0 + least * 86_400_000).day() {
        let expected = says::HEARD_FIRST.with(&[("days", &least.to_string())]);
        faults.push(Fault::new("hearUntil", &notice.hear_until, expected));
    }
    // Names and keys stand in one order, each person once.
    let (names, persons) = answering(seen, &notice, faults).into_iter().unzip();
    notice.responsible = names;
    Some(Body {
        notice,
        persons,
        spared: Vec::new(),
        heard: Vec::new(),
        noticed_by: who(seen),
        statement: None,
        decision: None,
        decided_by: None,
        appeal: None,
        repair: None,
        decide_due: None,
    })
}

/// Names and keys of those whom a notice names, as they answer for the enterprise today.
fn answering(seen: &Seen<'_>, notice: &Notice, faults: &mut Vec<Fault>) -> Vec<(String, String)> {
    let known = seen.beside.map(responsible::Body::of);
    let on = |name: &str| {
        let mut all = known.iter().flat_map(|body| body.on(seen.now.day()));
        all.find(|(person, _)| person.name.trim() == name).map(|(_, key)| key.to_owned())
    };
    let mut named: Vec<(String, String)> = Vec::new();
    for (index, name) in notice.responsible.iter().enumerate() {
        match on(name.trim()) {
            Some(key) if named.iter().all(|(_, other)| *other != key) => {
                named.push((name.trim().to_owned(), key));
            }
            Some(_) => {}
            None => {
                let path = format!("responsible[{index}]");
                faults.push(Fault::new(&path, name, says::RESPONSIBLE_PERSON.said()));
            }
        }
    }
    named
}

/// What a person says for himself: once, as the enterprise does, until it is decided.
fn spoken(seen: &Seen<'_>, body: &mut Body, faults: &mut Vec<Fault>) -> Option<()> {
    let Spoken { text: said } = read(seen.command.body.as_deref(), faults)?;
    text("text", &said, faults);
    let person = seen.command.by.actor.party.as_str();
    let name = body.named().find(|(key, _)| *key == person).map(|(_, name)| name.to_owned());
    let Some(name) = name else {
        // An earlier notice named him.
        faults.push(Fault::new("action", "speak", says::BY_THE_PERSON.said()));
        return None;
    };
    if body.said_by(person).is_some() {
        faults.push(Fault::new("action", "speak", says::SAID_ONCE.said()));
    }
    body.heard.push(OfPerson { person: person.to_owned(), name, text: said });
    Some(())
}

fn changed(seen: &Seen<'_>, action: &str, mut body: Body, faults: &mut Vec<Fault>) -> Option<Body> {
    let today = seen.now.day();
    let sent = seen.command.body.as_deref();
    let state = seen.current.map_or("", |record| record.state.as_str());
    match action {
        "state" => body.statement = Some(statement(sent, faults)?),
        "speak" => spoken(seen, &mut body, faults)?,
        "appeal" if body.appeal.is_some() => {
            faults.push(Fault::new("action", action, says::APPEAL_DECIDED.said()));
        }
        "appeal" => {
            body.appeal = Some(statement(sent, faults)?);
            body.decide_due = Some(due(seen));
        }
        "ask-repair" => {
            let from = body.decision.as_ref().and_then(|decision| Day::parse(&decision.repair_from));
            if let Some(from) = from.filter(|from| today < *from) {
                faults.push(Fault::new(
                    "action",
                    action,
                    says::FROM_DAY_ON.with(&[("day", &from.number().to_string())]),
                ));
            }
            body.repair = Some(statement(sent, faults)?);
            body.decide_due = Some(due(seen));
        }
        "list" => list(seen, state, &mut body, faults)?,
        "uphold" | "revoke" | "repair" | "refuse-repair" => {
            if body.decided_by.as_ref() == Some(&who(seen)) {
                faults.push(Fault::new("action", action, says::NOT_WHO_LISTED.said()));
            }
            body.decide_due = None;
        }
        "end" => {
            let last = body.decision.as_ref().and_then(|decision| Day::parse(&decision.valid_to));
            if let Some(last) = last.filter(|last| today <= *last) {
                faults.push(Fault::new(
                    "action",
                    action,
                    says::AFTER_LAST_DAY.with(&[("day", &last.number().to_string())]),
                ));
            }
        }
        _ => {}
    }
    Some(body)
}

fn list(seen: &Seen<'_>, state: &str, body: &mut Body, faults: &mut Vec<Fault>) -> Option<()> {
    let today = seen.now.day();
    let decision: Decision = read(seen.command.body.as_deref(), faults)?;
    if body.noticed_by == who(seen) {
        faults.push(Fault::new("action", "list", says::NOT_WHO_NOTICED.said()));
    }
    let until = Day::parse(&body.notice.hear_until).unwrap_or_default();
    if body.notice.list != "red" && state == "noticed" && today <= until {
        let expected = says::HEARD_OR_AFTER.with(&[("day", &until.number().to_string())]);
        faults.push(Fault::new("hearUntil", &body.notice.hear_until, expected));
    }
    if body.notice.list != "red" && today <= until {
        let waiting = body.named().filter(|(key, _)| body.said_by(key).is_none());
        let names: Vec<&str> = waiting.map(|(_, name)| name).collect();
        if !names.is_empty() {
            let (names, day) = (names.join(", "), until.number().to_string());
            let expected = says::PERSONS_HEARD_OR_AFTER.with(&[("names", &names), ("day", &day)]);
            faults.push(Fault::new("heard", "", expected));
        }
    }
    spare(body, &decision.spared, faults);
    let from = form::day("validFrom", &decision.valid_from, faults);
    let to = form::day("validTo", &decision.valid_to, faults);
    let repair = form::day("repairFrom", &decision.repair_from, faults);
    if from < today {
        faults.push(Fault::new("validFrom", &decision.valid_from, says::TODAY_OR_LATER.said()));
    }
    if to < from {
        faults.push(Fault::new("validTo", &decision.valid_to, says::NOT_BEFORE_FROM.said()));
    }
    if repair < from || repair > to {
        faults.push(Fault::new("repairFrom", &decision.repair_from, says::FROM_VALID_TO_VALID.said()));
    }
    body.decision = Some(decision);
    body.decided_by = Some(who(seen));
    Some(())
}

/// Parts those whom the decision spares from those whom it names.
fn spare(body: &mut Body, names: &[String], faults: &mut Vec<Fault>) {
    for (index, name) in names.iter().enumerate() {
        if body.named().all(|(_, known)| known != name.trim()) {
            let path = format!("spared[{index}]");
            faults.push(Fault::new(&path, name, says::NAMED_BY_THE_NOTICE.said()));
        }
    }
    let is_spared = |name: &str| names.iter().any(|spared| spared.trim() == name);
    let keys = body.named().map(|(key, name)| (is_spared(name), key.to_owned()));
    let (spared, kept): (Vec<_>, Vec<_>) = keys.partition(|(spared, _)| *spared);
    body.spared = spared.into_iter().map(|(_, key)| key).collect();
    body.persons = kept.into_iter().map(|(_, key)| key).collect();
}

fn due(seen: &Seen<'_>) -> String {
    let law = seen.reference.current().parameters.on(seen.now.day());
    Time(seen.now.0 + law.credit_decision_days * 86_400_000).day().number().to_string()
}

fn statement(sent: Option<&str>, faults: &mut Vec<Fault>) -> Option<Statement> {
    let statement: Statement = read(sent, faults)?;
    text("text", &statement.text, faults);
    Some(statement)
}

pub(super) fn text(path: &str, said: &str, faults: &mut Vec<Fault>) {
    if !(2..=LONGEST).contains(&said.trim().chars().count()) {
        faults.push(Fault::new(path, "", says::TWO_TO_CHARACTERS.with(&[("most", &LONGEST.to_string())])));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A notice as it was recorded before persons were heard: names as they were sent, keys once each.
    #[test]
    fn of_an_older_notice_each_person_has_his_own_name_and_is_spared_by_it() {
        let mut body: Body = serde_json::from_str(
            r#"{"notice": {"list": "black", "facts": "sample", "legalBasis": "sample", "hearUntil": "20261130",
                "responsible": ["Jia", " Jia", "Yi "]}, "noticedBy": ["8620000001", "officer"], "persons": ["person-1", "person-2"]}"#,
        )
        .unwrap();
        assert_eq!(body.named().collect::<Vec<_>>(), [("person-1", "Jia"), ("person-2", "Yi")]);
        let mut faults = Vec::new();
        spare(&mut body, &["Jia".to_owned()], &mut faults);
        assert!(faults.is_empty());
        assert_eq!((body.spared, body.persons), (vec!["person-1".to_owned()], vec!["person-2".to_owned()]));
    }
}
