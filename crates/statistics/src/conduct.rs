//! How enterprises do what they owe: what rows tell of it, by party and day. It is what credit is derived from, and shown there
//! alone, to whom the credit is shown. What follows from it is the crate `credit`'s.

use crate::told::Told;
use clearance::Text;
use clearance::consignment::{Attempt, Lane, State};
use clearance::event::{ActionKind, Cause};
use clearance::inspection::Inspection;
use clearance::keys::Time;
use clearance::matching;
use clearance::reason::Reason;
use std::collections::{BTreeMap, BTreeSet};

/// Lists that were declared.
pub const DECLARED: &str = "declared";
/// Lists that were rejected.
pub const REJECTED: &str = "rejected";
/// Lists whose documents were compared.
pub const COMPARED: &str = "compared";
/// Lists whose documents agreed.
pub const MATCHED: &str = "matched";
/// Inspections that were done.
pub const INSPECTED: &str = "inspected";
/// Before the words of what an inspection found, joined by `+`: each inspection once.
pub const FOUND: &str = "found:";
/// What an inspection found that says no more than that it failed.
pub const FAILED: &str = "failed";
/// Tax bills that were not paid on their last day.
pub const BILL_OVERDUE: &str = "bill-overdue";
/// Uses of a quota that their persons disputed.
pub const DISPUTED: &str = "disputed";
/// Disputes that their persons took back, or that were refused.
pub const DISPUTE_DROPPED: &str = "dispute-dropped";
/// Questions of customs after payments, as all that becomes of them on the day on which their answer is due.
pub const ASKED: &str = "asked";
/// Questions that customs took back.
pub const ASK_WITHDRAWN: &str = "ask-withdrawn";
/// Questions that were answered in time.
pub const ANSWERED_IN_TIME: &str = "answered-in-time";

/// What a row tells of the conduct of parties.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conduct {
    /// A word of those above.
    pub what: Text,
    /// Of whom; empty = of whom the list names that the row is of.
    pub whose: Vec<Text>,
    /// The day yyyyMMdd that it counts on; none = that of the row.
    pub day: Option<u32>,
}

impl Conduct {
    /// Of one party.
    pub fn of(what: &str, party: Text) -> Self {
        Self { what: what.into(), whose: vec![party], day: None }
    }
}

/// What a record tells, which is of no consignment.
pub fn of_record(now: Time, conduct: Conduct) -> Told {
    Told { conduct: vec![conduct], ..Told::of_nothing(now) }
}

/// What an event tells beside how the list stands.
pub(crate) fn of_event(cause: &Cause, attempt: &Attempt) -> Vec<Conduct> {
    match cause {
        Cause::Action(action) => of_action(&action.kind, attempt),
        _ => Vec::new(),
    }
}

/// An inspection is done when what follows from it has happened: one that waits for a second officer is not.
fn of_action(kind: &ActionKind, attempt: &Attempt) -> Vec<Conduct> {
    if attempt.state == State::Inspection {
        return Vec::new();
    }
    let found = match kind {
        ActionKind::InspectionResult { passed: true } => None,
        ActionKind::InspectionResult { passed: false } => Some(FAILED.to_owned()),
        ActionKind::ConfirmInspection => {
            let Some(joint) = attempt.joint.as_deref().filter(|joint| !joint.confirmed_by.is_empty()) else {
                return Vec::new();
            };
            Some(words(&joint.inspection))
        }
        other => match other.inspection() {
            Some(inspection) => Some(words(inspection)),
            None => return Vec::new(),
        },
    };
    let of_all = |what: Text| Conduct { what, whose: Vec::new(), day: None };
    let found = found.map(|words| of_all(format!("{FOUND}{words}").into()));
    std::iter::once(of_all(INSPECTED.into())).chain(found).collect()
}

fn words(inspection: &Inspection) -> String {
    let words: BTreeSet<&str> = inspection.found.iter().map(|found| found.result.as_str()).collect();
    words.into_iter().collect::<Vec<_>>().join("+")
}

/// Whether the documents of a list were compared when it had its first verdict, and whether they agreed; none = they were not.
pub(crate) fn compared(state: State, lane: Option<Lane>, causes: &[Reason]) -> Option<bool> {
    match state {
        // Which lane it goes is asked once they agree: a sealed rule that rejects does so in the same row.
        State::Rejected if lane == Some(Lane::Reject) => Some(true),
        State::Rejected => causes.iter().any(|cause| matching::compares(*cause)).then_some(false),
        State::Staged | State::Declared | State::Deleted | State::Cancelled => None,
        _ => Some(true),
    }
}

/// Days of one party: how often, by day (yyyyMMdd) and word.
pub type Days = BTreeMap<(u32, Text), u64>;

/// What is known of all.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Book(pub(crate) BTreeMap<Text, Days>);

impl Book {
    /// Adds one.
    pub(crate) fn add(&mut self, party: &Text, day: u32, what: &str) {
        if !party.is_empty() {
            *self.0.entry(party.clone()).or_default().entry((day, what.into())).or_default() += 1;
        }
    }

    /// What is known of a party under these codes between two days, both within: day, word and how often.
    pub fn of<'a>(
        &'a self,
        codes: &'a [Text],
        (from, to): (u32, u32),
    ) -> impl Iterator<Item = (u32, &'a str, u64)> + 'a {
        let days = codes.iter().filter_map(|code| self.0.get(code)).flatten();
        let within = days.filter(move |((day, _), _)| (from..=to).contains(day));
        within.map(|((day, what), count)| (*day, what.as_str(), *count))
    }

    /// How much is known of a code on a day.
    pub fn count_on(&self, code: &Text, day: u32) -> u64 {
        let days = self.0.get(code).into_iter();
        days.flat_map(|days| days.range((day, Text::default())..(day + 1, Text::default())))
            .map(|(_, count)| *count)
            .sum()
    }

    /// Everybody of whom something is known.
    pub fn parties(&self) -> impl Iterator<Item = &Text> {
        self.0.keys()
    }
}
