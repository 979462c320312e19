//! Attached documents that a body names: each is there, and of the party that names it. One that was never attached and one that
//! is another's are told alike. Leaves to others: the documents themselves (`attachment`).

use crate::fields::{Field, Kind, form};
use crate::moves::{Move, Who};
use crate::says;
use crate::{Command, Fault, Seen, owner, owner_of};
use clearance::Text;
use clearance::facts::Keys;
use clearance::record::{RecordKey, Register};
use serde_json::Value;

/// Documents that one body names at most.
const MOST: usize = 40;

/// Where each document stands in a body, and its id.
fn named(register: Register, action: &str, body: Option<&str>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    // What cannot be read is told by the register.
    if let (Some(form), Some(body)) = (form(register, action), body)
        && let Ok(body) = serde_json::from_str::<Value>(body)
    {
        walk(form.fields, &body, "", &mut found);
    }
    found
}

fn walk(fields: &[Field], body: &Value, within: &str, found: &mut Vec<(String, String)>) {
    for field in fields {
        let at = if within.is_empty() { field.name.to_owned() } else { format!("{within}.{}", field.name) };
        let value = &body[field.name];
        match field.kind {
            Kind::Attachment => {
                let ids = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                let ids = ids.iter().filter_map(Value::as_str).filter(|id| !id.trim().is_empty());
                found.extend(ids.map(|id| (at.clone(), id.to_owned())));
            }
            Kind::Group(fields) | Kind::WordOrGroup(fields) => match value {
                Value::Array(items) => {
                    for (index, item) in items.iter().enumerate() {
                        walk(fields, item, &format!("{at}[{index}]"), found);
                    }
                }
                value => walk(fields, value, &at, found),
            },
            _ => {}
        }
    }
}

fn key(id: &str) -> RecordKey {
    RecordKey::new(Register::Attachment, id)
}

/// Adds the documents that a command names to the keys of its batch.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    let named = named(command.key.register, &command.action, command.body.as_deref());
    keys.records.extend(named.iter().take(MOST).map(|(_, id)| key(id)));
}

/// Everything that is wrong with the documents that a move names.
pub(crate) fn check(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) {
    let command = seen.command;
    let named = named(command.key.register, &command.action, command.body.as_deref());
    if let Some((at, _)) = named.get(MOST) {
        let count = named.len().to_string();
        faults.push(Fault::new(at, &count, says::AT_MOST.with(&[("most", &MOST.to_string())])));
    }
    let mut own: Vec<Text> = command.by.codes.clone();
    if step.who == Who::Owner {
        // At the counter what belongs to the party counts as well.
        let party = seen.current.map_or_else(|| owner_of(&command.key), owner);
        if let Some(filing) = seen.parties.find(&party, seen.now.day()) {
            own.extend(filing.other_code.clone());
        }
        own.push(party);
    }
    for (at, id) in named.iter().take(MOST) {
        let key = key(id);
        let is_there = seen.facts.records.contains_key(&key) && own.contains(&owner_of(&key));
        if !is_there && !says_already(seen, id) {
            faults.push(Fault::new(at, id, says::ATTACHED_DOCUMENT.said()));
        }
    }
}

/// What the record says already, as the same move corrects it, it may go on naming: an officer may have attached it at the counter.
fn says_already(seen: &Seen<'_>, id: &str) -> bool {
    let form = form(seen.command.key.register, &seen.command.action);
    let (Some(form), Some(record)) = (form, seen.current) else { return false };
    let body = serde_json::from_str::<Value>(&record.body).unwrap_or_default();
    let mut found = Vec::new();
    if let Some(stands) = form.stands.and_then(|stands| body.pointer(stands)) {
        walk(form.fields, stands, "", &mut found);
    }
    found.iter().any(|(_, known)| known == id)
}
