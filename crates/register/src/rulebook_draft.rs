//! Drafts of the rulebook: tables that shall change, tried before they count, and put in force by another person than who wrote
//! them. The window writes these records for the officer whose duty it is; nobody finds them in a list of registers, for their
//! rules are sealed. Whether tables load, and what a trial says, is told by whoever commands.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, read, stored, written};
use clearance::record::{Actor, Record, RecordKey, Register};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// States in which a draft may still be changed.
const OPEN: &[&str] = &["draft", "tried", "watched"];

/// The id is the day and a random word.
pub const MOVES: &[Move] = &[
    Move::window("make", &[""], "draft"),
    Move::window("change", OPEN, "draft"),
    Move::window("try", OPEN, "tried"),
    Move::window("watch", &["draft", "tried"], "watched"),
    Move::window("approve", OPEN, "approved"),
    Move::window("publish", &["approved"], "published"),
    Move::window("withdraw", &["draft", "tried", "watched", "approved"], "withdrawn"),
];

/// What a draft shall say.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Asked {
    /// What it is for.
    pub title: String,
    /// Number of the rulebook in force that it changes.
    pub base: u32,
    /// The tables that change, whole, by file name.
    pub tables: BTreeMap<String, String>,
    /// Number of the earlier rulebook whose tables it puts in force again.
    pub back_to: Option<u32>,
}

/// Somebody who wrote in it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Author {
    /// Code of his party.
    pub party: String,
    /// His login.
    pub name: String,
}

/// A draft as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Draft {
    /// What it shall say.
    pub asked: Asked,
    /// Everybody who wrote in it: none of them puts it in force.
    pub authors: Vec<Author>,
    /// What its trial came to, as the interface tells it; none = it was not tried as it stands.
    pub trial: Option<serde_json::Value>,
    /// What it had come to in shadow, when it was approved; none = it was not watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<serde_json::Value>,
    /// The number under which it was published.
    pub number: Option<u32>,
}

impl Draft {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether somebody wrote in it.
    pub fn is_of(&self, actor: &Actor) -> bool {
        self.authors
            .iter()
            .any(|author| author.party == actor.party.as_str() && author.name == actor.name.as_str())
    }

    /// Its tables, by file name.
    pub fn tables(&self) -> Vec<(String, String)> {
        self.asked.tables.iter().map(|(name, text)| (name.clone(), text.clone())).collect()
    }
}

/// The key of a draft.
pub fn key(id: &str) -> RecordKey {
    RecordKey::new(Register::RulebookDraft, id)
}

/// A trial's answer, or the number of what was published.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Came {
    trial: Option<serde_json::Value>,
    #[serde(default)]
    watched: Option<serde_json::Value>,
    number: Option<u32>,
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let (command, actor) = (seen.command, &seen.command.by.actor);
    let current = seen.current.map(Draft::of);
    let author = Author { party: actor.party.to_string(), name: actor.name.to_string() };
    let draft = match (step.action, current) {
        ("make" | "change", current) => {
            let asked: Asked = read(command.body.as_deref(), faults)?;
            let title = asked.title.trim().chars().count();
            if !(2..=200).contains(&title) {
                let expected = says::TWO_TO_CHARACTERS.with(&[("most", "200")]);
                faults.push(Fault::new("title", &asked.title, expected));
            }
            if asked.tables.is_empty() {
                faults.push(Fault::new("tables", "", says::A_TABLE_AT_LEAST.said()));
            }
            let mut authors = current.map_or_else(Vec::new, |draft| draft.authors);
            if !authors.contains(&author) {
                authors.push(author);
            }
            // What was tried was another text.
            Draft { asked, authors, trial: None, watched: None, number: None }
        }
        (_, None) => return None,
        ("try", Some(draft)) => {
            let came: Came = read(command.body.as_deref(), faults)?;
            Draft { trial: came.trial, ..draft }
        }
        ("publish", Some(draft)) => {
            let came: Came = read(command.body.as_deref(), faults)?;
            Draft { number: came.number, ..draft }
        }
        ("approve", Some(draft)) => {
            if draft.is_of(actor) {
                faults.push(Fault::new("by", &actor.name, says::NOT_WHO_DRAFTED.said()));
            }
            let watched = match &command.body {
                Some(body) => read::<Came>(Some(body.as_str()), faults)?.watched,
                None => None,
            };
            Draft { watched, ..draft }
        }
        (_, Some(draft)) => draft,
    };
    // Its rules are sealed: no party finds it.
    Some(Made { body: written(&draft), parties: Vec::new(), filing: None, seed: None })
}
