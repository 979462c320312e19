//! Deadlines of books: until when goods that entered first are declared, and goods at an exhibition are back. The last day is
//! fixed when it begins, by the law of that day; an officer extends it once. What is due is told by the window, which looks at
//! the clock; whether it is, is judged here.

use super::document::{Body, Lines};
use super::form::EntryForm;
use crate::form::day;
use crate::{Fault, Seen, says};
use book::{DocumentKey, DocumentKind};
use ceb::{Day, Stamp};
use clearance::keys::Time;
use clearance::record::{Record, RecordKey, Register};
use clearance::rulebook::{Calendar, Law};
use serde::{Deserialize, Serialize};

/// States in which a deadline of a document runs, or has passed with something left to do.
pub const STATES: [&str; 4] = ["undeclared", "overdue", "exhibited", "called"];

/// A deadline.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Clock {
    /// The last day, yyyyMMdd.
    pub due: String,
    /// The day from which its holder is warned.
    pub warning: String,
    /// He was.
    pub warned: bool,
    /// The last day before it was extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended: Option<String>,
}

fn of(text: &str) -> Day {
    Day::parse(text).unwrap_or_default()
}

impl Clock {
    /// Until the end of a day.
    pub(crate) fn until(due: Day, law: &Law) -> Self {
        let warning = Calendar::plus_days(due, -law.bonded_warning_days);
        Self { due: due.to_string(), warning: warning.to_string(), warned: false, extended: None }
    }
    /// Whether its last day is over.
    pub fn is_over(&self, today: Day) -> bool {
        today > of(&self.due)
    }
    /// Whether its holder has to be warned now.
    pub fn warns(&self, today: Day) -> bool {
        !self.warned && today >= of(&self.warning)
    }
}

/// Whether a document is one by which goods entered first, and its last day is over: its holder enters nothing more first.
pub fn is_overdue(record: &Record, today: Day) -> bool {
    let over = || Body::of(record).clock.is_some_and(|clock| clock.is_over(today));
    record.state == "overdue" || (record.state == "undeclared" && over())
}

/// The last day until which goods are declared that arrived on a day.
fn last_day(arrived: Day, days: i64, law: &Law, calendar: &Calendar) -> Day {
    match law.provisional_entry_working_days {
        1 => calendar.plus_working_days(arrived, days),
        _ => calendar.deadline(arrived, days),
    }
}

/// The deadline of goods that enter first; what forbids their entry is a fault.
pub(crate) fn entered(seen: &Seen<'_>, sent: &Lines, faults: &mut Vec<Fault>) -> Option<Clock> {
    let Some(entry) = &sent.entry else {
        faults.push(Fault::new("entry", "", says::BODY_NEEDED.said()));
        return None;
    };
    let today = seen.now.day();
    let before = faults.len();
    let arrived = day("entry.arrived", &entry.arrived, faults);
    check(seen, entry, today, faults);
    for id in sent.beside.iter().flat_map(|beside| &beside.undeclared) {
        let record = seen.facts.records.get(&RecordKey::new(Register::BondedDocument, id));
        if let Some(record) = record.filter(|record| is_overdue(record, today)) {
            let due = Body::of(record).clock.map_or_else(String::new, |clock| clock.due);
            let said = says::BONDED_OVERDUE.with(&[("document", id), ("due", &due)]);
            faults.push(Fault::new("id", &seen.command.key.id, said));
        }
    }
    if faults.len() > before {
        return None;
    }
    let rulebook = seen.reference.current();
    let law = rulebook.parameters.on(today);
    let due = last_day(arrived, law.provisional_entry_days, &law, &rulebook.calendar);
    if arrived > today || due < today {
        let said = says::BONDED_ARRIVED.with(&[("due", &due.to_string())]);
        faults.push(Fault::new("entry.arrived", &entry.arrived, said));
        return None;
    }
    Some(Clock::until(due, &law))
}

fn check(seen: &Seen<'_>, entry: &EntryForm, today: Day, faults: &mut Vec<Fault>) {
    if entry.checkpoint.trim().is_empty() || entry.checkpoint.len() > 60 {
        faults.push(Fault::new("entry.checkpoint", &entry.checkpoint, says::NOT_EMPTY.said()));
    }
    match Stamp::parse(&entry.passed).map(Time::from_stamp) {
        None => faults.push(Fault::new("entry.passed", &entry.passed, says::A_SECOND.said())),
        Some(passed) if passed > seen.now || passed.day() > today => {
            faults.push(Fault::new("entry.passed", &entry.passed, says::TODAY_OR_BEFORE.said()));
        }
        Some(_) => {}
    }
    if entry.conveyance.as_ref().is_some_and(|name| name.chars().count() > 100) {
        let said = says::UP_TO_CHARACTERS.with(&[("most", "100")]);
        faults.push(Fault::new("entry.conveyance", entry.conveyance.as_deref().unwrap_or(""), said));
    }
    if let Some(key) = entry.scan_key() {
        // Others' scans are answered like ones that are not there.
        let owner = crate::owner_of(&seen.command.key);
        let known = seen.facts.records.get(&key).is_some_and(|record| record.parties.contains(&owner));
        if !known {
            faults.push(Fault::new("entry.scan", &key.id, says::BONDED_SCAN.said()));
        }
    }
}

/// What the clock does to a document: its holder is warned, its deadline has passed, or an officer extends it.
pub(crate) fn moved(
    seen: &Seen<'_>,
    action: &str,
    document: &DocumentKey,
    clock: &Clock,
    faults: &mut Vec<Fault>,
) -> Clock {
    let today = seen.now.day();
    let rulebook = seen.reference.current();
    let law = rulebook.parameters.on(today);
    let early = |faults: &mut Vec<Fault>| {
        faults.push(Fault::new("action", action, says::BONDED_NOT_DUE.with(&[("due", &clock.due)])));
    };
    match action {
        "warn" if clock.warns(today) => return Clock { warned: true, ..clock.clone() },
        "overdue" if clock.is_over(today) => {}
        "extend" if clock.extended.is_none() => {
            let from = of(&clock.due).max(today);
            let due = if document.kind == DocumentKind::Application {
                Calendar::plus_months(from, law.exhibition_extension_months)
            } else {
                last_day(from, law.provisional_entry_extension_days, &law, &rulebook.calendar)
            };
            return Clock { extended: Some(clock.due.clone()), ..Clock::until(due, &law) };
        }
        "extend" => {
            let before = clock.extended.as_deref().unwrap_or("");
            faults.push(Fault::new("action", action, says::BONDED_EXTENDED.with(&[("due", before)])));
        }
        _ => early(faults),
    }
    clock.clone()
}
