//! Records that change with another and are written in the rows behind it: by the same actor, in the same commit.

use clearance::Text;
use clearance::facts::Facts;
use clearance::keys::Position;
use clearance::record::{Record, RecordKey};
use std::sync::Arc;

/// What such a record says after the change.
pub(crate) struct Behind {
    pub key: RecordKey,
    pub state: &'static str,
    pub action: &'static str,
    /// Who finds it in his lists.
    pub parties: Vec<Text>,
    pub body: String,
}

impl Behind {
    /// The record at its place, behind the one that changed it; it is among the facts afterwards.
    pub(crate) fn of(self, facts: &mut Facts, record: &Record, at: Position) -> Arc<Record> {
        let current = facts.records.get(&self.key).cloned();
        let made = Arc::new(Record {
            key: self.key.clone(),
            version: current.as_ref().map_or(0, |current| current.version) + 1,
            state: self.state.into(),
            parties: self.parties,
            created: current.as_ref().map_or(record.changed, |current| current.created),
            changed: record.changed,
            first: current.as_ref().map_or(at, |current| current.first),
            last: at,
            previous: current.map(|current| current.last),
            actor: record.actor.clone(),
            action: self.action.into(),
            note: String::new(),
            format: 1,
            body: self.body,
            charges: Vec::new(),
        });
        facts.records.insert(self.key, made.clone());
        made
    }
}
