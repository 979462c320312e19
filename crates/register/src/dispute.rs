//! Uses of a quota that its person says were not his. While one is open the seller uses his quota no further; platform and
//! seller answer, the competent agency decides, each by a day that stands in the record.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, form, owner_of, read, stored, written};
use ceb::Day;
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::Record;
use serde::{Deserialize, Serialize};

/// States: open, answered, upheld, refused, withdrawn. The id is the person's code, a colon, the seller's code: one record
/// has all disputes between the two, one after the other.
pub const MOVES: &[Move] = &[
    Move::owner("open", &["", "upheld", "refused", "withdrawn"], "open").personal(),
    Move::owner("withdraw", &["open", "answered"], "withdrawn").personal(),
    Move::giver("answer", &["open", "answered"], "answered"),
    Move::reviewer("uphold", &["open", "answered"], "upheld").explained(),
    Move::reviewer("refuse", &["open", "answered"], "refused").explained(),
];

/// Characters of what is said at most.
const LONGEST: usize = 2_000;

/// What is disputed. The window fills in all but the text from the trade.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Disputed {
    /// Code of the platform.
    pub platform: String,
    /// Number of the order.
    pub order_no: String,
    /// How much of the quota was used, in yuan.
    pub amount: String,
    /// On which day, yyyyMMdd.
    pub used_on: String,
    /// What the person says.
    pub text: String,
    /// Last day for the answer, yyyyMMdd.
    pub answer_due: String,
    /// Last day for the decision, yyyyMMdd.
    pub decide_due: String,
}

/// What platform or seller answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Answer {
    /// In full.
    pub text: String,
    /// Whether they grant that it was not he.
    pub granted: bool,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// The use.
    pub disputed: Disputed,
    /// Keyed hash of the telephone that opened it: no other withdraws it.
    pub opened_by: String,
    /// The answer that was given last.
    #[serde(default)]
    pub answer: Option<Answer>,
    /// Of one that was upheld: what became of the quota. No law says that it is given back, so it is `marked`.
    #[serde(default)]
    pub quota: Option<String>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Who lets his day pass: `answer`, `decision`; none = nobody.
    pub fn overdue(&self, state: &str, now: Time) -> Option<&'static str> {
        let passed = |day: &str| Day::parse(day).is_some_and(|due| due < now.day());
        match state {
            "open" | "answered" if passed(&self.disputed.decide_due) => Some("decision"),
            "open" if passed(&self.disputed.answer_due) => Some("answer"),
            _ => None,
        }
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let owner = owner_of(&command.key);
    let telephone = command.by.actor.name.as_str();
    let body = match (step.action, seen.current) {
        ("open", _) | (_, None) => {
            let disputed: Disputed = read(command.body.as_deref(), faults)?;
            if !owner.starts_with("person-") || command.by.role != Role::Consumer {
                let expected = says::A_PROVED_PERSON.said();
                faults.push(Fault::new("id", &owner, expected));
            }
            said(&disputed.text, faults);
            for (path, day) in [("answerDue", &disputed.answer_due), ("decideDue", &disputed.decide_due)] {
                form::day(path, day, faults);
            }
            Body { disputed, opened_by: telephone.to_owned(), answer: None, quota: None }
        }
        (action, Some(record)) => changed(seen, action, Body::of(record), faults)?,
    };
    let parties = vec![owner, Text::from(body.disputed.platform.as_str()), seen.own_name().into()];
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

fn changed(seen: &Seen<'_>, action: &str, mut body: Body, faults: &mut Vec<Fault>) -> Option<Body> {
    let command = seen.command;
    match action {
        "answer" => {
            let answer: Answer = read(command.body.as_deref(), faults)?;
            said(&answer.text, faults);
            body.answer = Some(answer);
        }
        "withdraw" if body.opened_by != command.by.actor.name.as_str() => {
            faults.push(Fault::new("telephone", "", says::OPENING_TELEPHONE.said()));
        }
        "uphold" | "refuse" => {
            // Nobody is decided against whose time to answer runs yet.
            let due = Day::parse(&body.disputed.answer_due).unwrap_or_default();
            if body.answer.is_none() && seen.now.day() <= due {
                let expected = says::ANSWER_OR_DAY_AFTER.said();
                faults.push(Fault::new("answerDue", &body.disputed.answer_due, expected));
            }
            body.quota = (action == "uphold").then(|| "marked".to_owned());
        }
        _ => {}
    }
    Some(body)
}

fn said(text: &str, faults: &mut Vec<Fault>) {
    let count = text.trim().chars().count();
    if !(2..=LONGEST).contains(&count) {
        faults.push(Fault::new("text", "", says::LONGEST.with(&[("most", &LONGEST.to_string())])));
    }
}
