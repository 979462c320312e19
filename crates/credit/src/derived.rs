//! Indicators that the window derives from what it sees itself: how often something happened becomes observations by month,
//! which count beside those that others gave, older ones less. Counted anew whenever somebody asks, as of any day, so that
//! nothing derived is kept that could differ from its ground.
//!
//! | indicator | parts | of |
//! |---|---|---|
//! | `declarations_rejected` | lists rejected | lists declared |
//! | `documents_matched` | lists whose documents agreed | lists whose documents were compared |
//! | `inspections_failed` | inspections that found what counts for credit | inspections done |
//! | `bills_overdue` | tax bills not paid on their last day | – |
//! | `uses_disputed` | uses of quota disputed, but for disputes taken back or refused | lists declared |
//! | `payment_answers_late` | questions after payments not answered in time | questions that customs did not take back |

use crate::Text;
use crate::assess::{Observation, Value};
use ceb::Day;
use std::collections::BTreeMap;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Happened {
    /// A list that names the party was declared.
    Declared,
    /// One was rejected.
    Rejected,
    /// The documents of one were compared.
    Compared,
    /// They agreed.
    Matched,
    /// An inspection was done.
    Inspected,
    /// It found something that counts for credit.
    Found,
    /// A tax bill was not paid on its last day.
    BillOverdue,
    /// A use of a quota was disputed.
    Disputed,
    /// Such a dispute was taken back, or refused.
    DisputeDropped,
    /// Customs asked after a payment.
    Asked,
    /// Customs took such a question back.
    AskWithdrawn,
    /// It was answered in time.
    AnsweredInTime,
}

/// How often something happened in a month.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counted {
    /// yyyyMM.
    pub month: u32,
    /// What.
    pub what: Happened,
    /// How often.
    pub count: u64,
}

/// Observations of a share or of a number of times, in what is counted.
enum Made {
    /// These, but for those that were taken back later, of these but for those.
    Share { parts: Happened, dropped: Option<Happened>, of: Happened, without: Option<Happened> },
    /// Of these, those that are none of the others.
    Rest { others: Happened, of: Happened, without: Option<Happened> },
    /// How often.
    Times(Happened),
}

const MADE: [(&str, Made); 6] = {
    use Happened::{
        AnsweredInTime, AskWithdrawn, Asked, BillOverdue, Compared, Declared, DisputeDropped, Disputed,
        Found, Inspected, Matched, Rejected,
    };
    [
        (
            "declarations_rejected",
            Made::Share { parts: Rejected, dropped: None, of: Declared, without: None },
        ),
        ("documents_matched", Made::Share { parts: Matched, dropped: None, of: Compared, without: None }),
        ("inspections_failed", Made::Share { parts: Found, dropped: None, of: Inspected, without: None }),
        ("bills_overdue", Made::Times(BillOverdue)),
        (
            "uses_disputed",
            Made::Share { parts: Disputed, dropped: Some(DisputeDropped), of: Declared, without: None },
        ),
        (
            "payment_answers_late",
            Made::Rest { others: AnsweredInTime, of: Asked, without: Some(AskWithdrawn) },
        ),
    ]
};

/// Words of the indicators that are derived.
pub fn indicators() -> impl Iterator<Item = &'static str> {
    MADE.iter().map(|(indicator, _)| *indicator)
}

type Months = BTreeMap<u32, u64>;

/// Observations as of a day of everything that was counted up to it. An id says indicator and month:
/// `window:bills_overdue:202611`.
pub fn derived(counted: impl IntoIterator<Item = Counted>, day: Day) -> Vec<Observation> {
    let mut all: BTreeMap<Happened, Months> = BTreeMap::new();
    for one in counted {
        *all.entry(one.what).or_default().entry(one.month).or_default() += one.count;
    }
    let none = Months::new();
    let of = |what: Happened| all.get(&what).unwrap_or(&none);
    let mut found = Vec::new();
    for (indicator, made) in &MADE {
        let values: Vec<(u32, Value)> = match made {
            Made::Times(what) => {
                of(*what).iter().map(|(month, times)| (*month, Value::Count(*times))).collect()
            }
            Made::Share { parts, dropped, of: whole, without } => {
                let parts = less(of(*parts), dropped.map(of));
                ratios(&less(of(*whole), without.map(of)), |month, _| parts.get(&month).copied().unwrap_or(0))
            }
            Made::Rest { others, of: whole, without } => {
                let others = of(*others);
                ratios(&less(of(*whole), without.map(of)), |month, whole| {
                    whole.saturating_sub(others.get(&month).copied().unwrap_or(0))
                })
            }
        };
        found.extend(values.into_iter().map(|(month, value)| Observation {
            id: format!("window:{indicator}:{month}").into(),
            indicator: Text::const_new(indicator),
            day: last_of(month, day),
            value,
            contested: false,
        }));
    }
    found
}

/// The day that a month counts as: what began at its end may have ended in the next.
fn last_of(month: u32, day: Day) -> Day {
    Day::from_number(month * 100 + 28).filter(|last| *last <= day).unwrap_or(day)
}

/// Shares of the months that have a whole. What ended in another month than it began in may be more than the whole.
fn ratios(whole: &Months, part: impl Fn(u32, u64) -> u64) -> Vec<(u32, Value)> {
    let months = whole.iter().filter(|(_, whole)| **whole > 0);
    months
        .map(|(month, whole)| {
            (*month, Value::Ratio { part: part(*month, *whole).min(*whole), whole: *whole })
        })
        .collect()
}

/// What is left of each month when what was taken back is taken off: first of its own month, then of those before, the nearest
/// first. What would be taken off of nothing is left out.
fn less(all: &Months, back: Option<&Months>) -> Months {
    let mut left = all.clone();
    for (month, count) in back.into_iter().flatten() {
        let mut open = *count;
        for (_, there) in left.range_mut(..=*month).rev() {
            let taken = open.min(*there);
            (*there, open) = (*there - taken, open - taken);
        }
    }
    left
}
