//! Requests of one agency to another: assistance in enforcement, a question, or a query for a record of a dataset by its key,
//! with a deadline and an answer. Neither can be changed by the other; what was asked, by when, and what was answered stay
//! together. What a rule of sharing answers at once is looked up outside.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, form, owner_of, read, stored, written};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::Record;
use exchange::Dataset;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// States: asked, accepted, answered, declined, withdrawn, closed. The id is the asker's code, a colon, its number of the
/// request.
pub const MOVES: &[Move] = &[
    Move::owner("ask", &[""], "asked").alone(),
    Move::owner("withdraw", &["asked", "accepted"], "withdrawn").alone(),
    Move::giver("accept", &["asked"], "accepted"),
    Move::giver("answer", &["asked", "accepted"], "answered"),
    Move::window("answer-at-once", &["asked"], "answered"),
    Move::giver("decline", &["asked", "accepted"], "declined").explained(),
    Move::owner("ask-again", &["answered", "declined"], "asked").explained().alone(),
    Move::owner("close", &["answered", "declined"], "closed").alone(),
];

/// What is asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Asked {
    /// Code of the agency that is asked.
    pub to: String,
    /// `assistance`, `question` or `query`.
    pub kind: String,
    /// In a line.
    pub subject: String,
    /// What it is about: a consignment as `platform/orderNo`, a party's code, or nothing.
    #[serde(default)]
    pub about: String,
    /// In full.
    pub text: String,
    /// What for.
    pub purpose: String,
    /// On which law, regulation or agreement.
    pub legal_basis: String,
    /// Last day for the answer, yyyyMMdd.
    pub due: String,
    /// Records of attached documents.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// Of a query: which record.
    #[serde(default)]
    pub query: Option<Query>,
}

/// A record that is asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Query {
    /// Word of its dataset.
    #[serde(default)]
    pub dataset: String,
    /// Its key there, as the dataset says.
    #[serde(default)]
    pub key: String,
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Answer {
    /// In full.
    pub text: String,
    /// Records of attached documents.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// Of a query: whether the record that it asks for goes with the answer, without what tells of persons.
    #[serde(default)]
    pub with_record: bool,
    /// The records that are given; the window writes them.
    #[serde(default)]
    pub records: Vec<Map<String, Value>>,
    /// The rule that answered at once, and its version; the window writes it.
    #[serde(default)]
    pub share: Option<(String, u32)>,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// The request.
    pub asked: Asked,
    /// The answer that was given last.
    #[serde(default)]
    pub answer: Option<Answer>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// The record that is asked for, if it is a query.
    pub fn query(&self) -> Option<(Dataset, &str)> {
        let query = self.asked.query.as_ref().filter(|_| self.asked.kind == "query")?;
        Some((Dataset::from_word(&query.dataset)?, query.key.trim()))
    }
}

/// Whether a request waits for its answer after its last day.
///
/// # Panics
/// If the record is none of this register.
pub fn is_overdue(record: &Record, now: Time) -> bool {
    let waits = matches!(record.state.as_str(), "asked" | "accepted");
    waits && ceb::Day::parse(&stored::<Body>(record).asked.due).is_some_and(|due| due < now.day())
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let asker = owner_of(&command.key);
    let body = match seen.current {
        None => {
            let asked = read(command.body.as_deref(), faults)?;
            check(seen, &asker, &asked, faults);
            Body { asked, answer: None }
        }
        Some(record) => {
            let mut body: Body = stored(record);
            if matches!(step.action, "answer" | "answer-at-once") {
                let answer: Answer = read(command.body.as_deref(), faults)?;
                if answer.text.trim().is_empty() && step.action == "answer" {
                    faults.push(Fault::new("text", "", says::THE_ANSWER.said()));
                }
                body.answer = Some(answer);
            }
            body
        }
    };
    let parties = vec![asker, Text::from(body.asked.to.trim())];
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

fn check(seen: &Seen<'_>, asker: &str, asked: &Asked, faults: &mut Vec<Fault>) {
    let today = seen.now.day();
    let is_agency =
        |code: &str| seen.acts_as(code, &[Role::Agency, Role::Bank, Role::Officer, Role::ZoneOperator]);
    if seen.own_name().trim().is_empty() || !is_agency(asker) {
        let expected = says::REQUEST_ID.said();
        faults.push(Fault::new("id", &seen.command.key.id, expected));
    }
    // Who carries or keeps goods is asked for the records that it gives, and for nothing else.
    let gives = |query: &Query| {
        Dataset::from_word(&query.dataset).is_some_and(|dataset| seen.acts_as(&asked.to, dataset.givers()))
    };
    let is_asked = is_agency(&asked.to) || asked.query.as_ref().is_some_and(gives);
    if !is_asked || seen.parties.same(&asked.to, asker, today) {
        faults.push(Fault::new("to", &asked.to, says::ANOTHER_AGENCY.said()));
    }
    if !matches!(asked.kind.as_str(), "assistance" | "question" | "query") {
        faults.push(Fault::new("kind", &asked.kind, says::ASSISTANCE_OR_QUESTION.said()));
    }
    for (path, text) in [
        ("subject", &asked.subject),
        ("text", &asked.text),
        ("purpose", &asked.purpose),
        ("legalBasis", &asked.legal_basis),
    ] {
        if text.trim().is_empty() {
            faults.push(Fault::new(path, "", says::AGENCY_HAS_TO_KNOW.said()));
        }
    }
    query(seen, asked, faults);
    if form::day("due", &asked.due, faults) < today && ceb::Day::parse(&asked.due).is_some() {
        faults.push(Fault::new("due", &asked.due, says::TODAY_OR_LATER.said()));
    }
}

/// What is asked for is of a dataset that the asked party gives, or would.
fn query(seen: &Seen<'_>, asked: &Asked, faults: &mut Vec<Fault>) {
    let Some(query) = &asked.query else {
        if asked.kind == "query" {
            faults.push(Fault::new("query", "", says::QUERY_OF_KIND.said()));
        }
        return;
    };
    if asked.kind != "query" || query.key.trim().is_empty() {
        faults.push(Fault::new("query.key", &query.key, says::QUERY_OF_KIND.said()));
    }
    let Some(dataset) = Dataset::from_word(&query.dataset) else {
        let known: Vec<&str> = Dataset::ALL.iter().map(|dataset| dataset.word()).collect();
        faults.push(Fault::new(
            "query.dataset",
            &query.dataset,
            says::ONE_OF.with(&[("words", &known.join(", "))]),
        ));
        return;
    };
    if !seen.acts_as(&asked.to, dataset.givers()) {
        let roles: Vec<&str> = dataset.givers().iter().map(|role| role.word()).collect();
        let expected = says::DATASET_OF_ASKED.with(&[("roles", &roles.join(", "))]);
        faults.push(Fault::new("query.dataset", &query.dataset, expected));
    }
}
