//! What agencies share. Pure: a dataset says which fields a record of it has, which of them are a person's, and what each
//! row of the ledger gives to it; a mask and a filter say how much of that another may have. Leaves to others: who
//! agreed to what (`register`), and the delivery, but for the envelope in which records travel ([`envelope`]).

pub mod catalogue;
pub mod convert;
pub mod documents;
pub mod domestic;
pub mod envelope;
pub mod exports;
pub mod given;
pub mod lists;
pub mod messages;
pub mod neutral;
pub mod project;
pub mod reference;
pub mod unified;

pub use catalogue::{Dataset, Field, FieldKind};
pub use given::{Entry, of_entry};
pub use messages::of_message;
pub use project::{Shared, of_event, of_filing};

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A time of messages, yyyyMMddHHmmss, as yyyy-MM-ddTHH:mm:ss; digits after those are left out.
pub fn spelled(time: &str) -> String {
    let part = |from: usize, to: usize| time.get(from..to).unwrap_or_default();
    format!("{}-{}-{}T{}:{}:{}", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14))
}

/// How much of a dataset another may have.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Mask {
    /// Names of fields; of lines as `lines.name`.
    pub fields: BTreeSet<String>,
    /// Only records that have, in each of these fields, one of these texts.
    pub filter: BTreeMap<String, Vec<String>>,
}

impl Mask {
    /// Whether a field of the head has to be there: it may be had, or it is filtered by.
    pub(crate) fn looks_at(&self, name: &str) -> bool {
        self.fields.contains(name) || self.filter.contains_key(name)
    }

    /// The fields of lines that may be had, without the name of the lines.
    pub(crate) fn of_lines(&self) -> BTreeSet<&str> {
        self.fields.iter().filter_map(|field| field.strip_prefix("lines.")).collect()
    }

    /// Whether whoever has it is told what a record is about: the key says no more than the fields that it is made of.
    pub fn names(&self, shared: &Shared) -> bool {
        shared.named_by.iter().all(|name| self.fields.contains(*name))
    }

    /// Whether a record is among those that may be had.
    pub fn admits(&self, record: &Map<String, Value>) -> bool {
        self.filter.iter().all(|(name, texts)| {
            let found = record.get(name).map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            found.is_some_and(|found| texts.contains(&found))
        })
    }

    /// What may be had of a record.
    pub fn of(&self, record: &Map<String, Value>) -> Map<String, Value> {
        let mut masked = Map::new();
        for (name, value) in record {
            let lines = value.as_array().filter(|lines| lines.iter().any(Value::is_object));
            let Some(lines) = lines else {
                if self.fields.contains(name) {
                    masked.insert(name.clone(), value.clone());
                }
                continue;
            };
            let wanted = |field: &String| self.fields.contains(&format!("{name}.{field}"));
            let lines: Vec<Value> = lines
                .iter()
                .filter_map(Value::as_object)
                .map(|line| line.iter().filter(|(field, _)| wanted(field)))
                .map(|line| line.map(|(field, value)| (field.clone(), value.clone())).collect())
                .map(Value::Object)
                .collect();
            if self.fields.iter().any(|field| field.starts_with(&format!("{name}."))) {
                masked.insert(name.clone(), Value::Array(lines));
            }
        }
        masked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceb::Document;

    #[test]
    fn a_remark_is_given_without_the_device_that_it_reports() {
        let trade = clearance::sample::Trade::new(9, 1, clearance::keys::Time(1_795_399_200_000), 1_000);
        let mask = Mask { fields: BTreeSet::from(["note".to_owned()]), filter: BTreeMap::new() };
        for (note, given) in [("轻放", "轻放"), ("轻放[device=3f2a9c71-hand]周末", "轻放[device=***]周末")]
        {
            let mut order = trade.order.clone();
            order.head.note = Some(note.into());
            let shared = mask.of(&project::of_document(&Document::Order(order), &mask).values);
            assert_eq!(Value::Object(shared), serde_json::json!({"note": given}));
        }
    }

    #[test]
    fn the_key_of_a_record_is_told_to_whom_every_field_of_it_is_given() {
        for dataset in Dataset::ALL {
            let Some(kind) = dataset.document() else { continue };
            let shared = project::of_document(&Document::empty(kind), &Mask::default());
            let all: BTreeSet<String> = shared.named_by.iter().map(|name| (*name).to_owned()).collect();
            let fields = dataset.fields();
            assert!(all.iter().all(|name| fields.iter().any(|field| field.name == *name)), "{dataset:?}");
            let mask = |fields: BTreeSet<String>| Mask { fields, filter: BTreeMap::new() };
            assert!(mask(all.clone()).names(&shared), "{dataset:?}");
            for left_out in &all {
                let fields = all.iter().filter(|name| *name != left_out).cloned().collect();
                assert!(!mask(fields).names(&shared), "{dataset:?} without {left_out}");
            }
        }
    }
}
