//! Lists that enterprises stand on: red, attention, black. Nobody is put on one without notice, time to be heard and the
//! decision of a second person; whoever stands on one may appeal and, after the time that the decision names, ask to
//! have his credit repaired. One record an enterprise: what stood before is in its history.

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
    /// Last day on which the enterprise may say something, yyyyMMdd.
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
    /// The keys of those who are responsible.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<String>,
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
    let notice: Notice = read(seen.command.body.as_deref(), faults)?;
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
    let persons = answering(seen, &notice, faults);
    Some(Body {
        notice,
        persons,
        noticed_by: who(seen),
        statement: None,
        decision: None,
        decided_by: None,
        appeal: None,
        repair: None,
        decide_due: None,
    })
}

/// The keys of those whom a notice names, as they answer for the enterprise today.
fn answering(seen: &Seen<'_>, notice: &Notice, faults: &mut Vec<Fault>) -> Vec<String> {
    let known = seen.beside.map(responsible::Body::of);
    let on = |name: &str| {
        let mut all = known.iter().flat_map(|body| body.on(seen.now.day()));
        all.find(|(person, _)| person.name.trim() == name).map(|(_, key)| key.to_owned())
    };
    let mut keys = Vec::new();
    for (index, name) in notice.responsible.iter().enumerate() {
        match on(name.trim()) {
            Some(key) if !keys.contains(&key) => keys.push(key),
            Some(_) => {}
            None => {
                let path = format!("responsible[{index}]");
                faults.push(Fault::new(&path, name, says::RESPONSIBLE_PERSON.said()));
            }
        }
    }
    keys
}

fn changed(seen: &Seen<'_>, action: &str, mut body: Body, faults: &mut Vec<Fault>) -> Option<Body> {
    let today = seen.now.day();
    let sent = seen.command.body.as_deref();
    let state = seen.current.map_or("", |record| record.state.as_str());
    match action {
        "state" => body.statement = Some(statement(sent, faults)?),
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
