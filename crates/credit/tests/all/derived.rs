//! What the window derives from what it counts: shares and times by month, as of a day, nothing twice.

use super::{day, model};
use credit::{Counted, Happened, Observation, Value, derived, derived_indicators};
use proptest::prelude::*;

fn counted(month: u32, what: Happened, count: u64) -> Counted {
    Counted { month, what, count }
}

/// Ids with part and whole; of times without a whole.
fn told(found: &[Observation]) -> Vec<(String, u64, Option<u64>)> {
    let one = |one: &Observation| match &one.value {
        Value::Ratio { part, whole } => (one.id.to_string(), *part, Some(*whole)),
        Value::Count(times) => (one.id.to_string(), *times, None),
        Value::Latest(_) => panic!("{one:?}"),
    };
    found.iter().map(one).collect()
}

#[test]
fn each_indicator_is_made_of_its_own_counts() {
    use Happened::{
        AnsweredInTime, AskWithdrawn, Asked, BillOverdue, Compared, Declared, Disputed, Found, Inspected,
        Matched, Rejected,
    };
    let all = [
        (Declared, 200),
        (Rejected, 3),
        (Compared, 190),
        (Matched, 188),
        (Inspected, 12),
        (Found, 2),
        (BillOverdue, 4),
        (Disputed, 1),
        (Asked, 50),
        (AskWithdrawn, 10),
        (AnsweredInTime, 37),
    ];
    let found = derived(all.map(|(what, count)| counted(202_611, what, count)), day(20_261_128));
    let expected = [
        ("window:declarations_rejected:202611", 3, Some(200)),
        ("window:documents_matched:202611", 188, Some(190)),
        ("window:inspections_failed:202611", 2, Some(12)),
        ("window:bills_overdue:202611", 4, None),
        ("window:uses_disputed:202611", 1, Some(200)),
        ("window:payment_answers_late:202611", 3, Some(40)),
    ];
    assert_eq!(told(&found), expected.map(|(id, part, whole)| (id.to_owned(), part, whole)));
    assert!(found.iter().all(|one| one.day == day(20_261_128) && !one.contested));
}

#[test]
fn a_month_counts_as_its_twenty_eighth_and_never_as_a_day_to_come() {
    let all = [counted(202_610, Happened::BillOverdue, 1), counted(202_611, Happened::BillOverdue, 1)];
    let days: Vec<u32> = derived(all, day(20_261_110)).iter().map(|one| one.day.number()).collect();
    assert_eq!(days, [20_261_028, 20_261_110]);
}

#[test]
fn a_dispute_that_was_dropped_is_taken_off_of_its_own_month_first_and_then_of_those_before() {
    let all = [
        counted(202_609, Happened::Declared, 100),
        counted(202_610, Happened::Declared, 100),
        counted(202_611, Happened::Declared, 100),
        counted(202_609, Happened::Disputed, 2),
        counted(202_611, Happened::Disputed, 1),
        // Two are dropped in November: the one of November, and one of September.
        counted(202_611, Happened::DisputeDropped, 2),
        // What was never disputed is dropped of nothing.
        counted(202_608, Happened::DisputeDropped, 5),
    ];
    let found = told(&derived(all, day(20_261_128)));
    let disputed: Vec<u64> =
        found.iter().filter(|one| one.0.contains("uses_disputed")).map(|one| one.1).collect();
    assert_eq!(disputed, [1, 0, 0]);
}

#[test]
fn without_a_whole_there_is_no_share_and_parts_are_never_more_than_it() {
    let all = [
        counted(202_610, Happened::Rejected, 5),
        counted(202_611, Happened::Declared, 3),
        // Declared in October, rejected in November.
        counted(202_611, Happened::Rejected, 5),
    ];
    let expected = [
        ("window:declarations_rejected:202611".to_owned(), 3, Some(3)),
        ("window:uses_disputed:202611".to_owned(), 0, Some(3)),
    ];
    assert_eq!(told(&derived(all, day(20_261_128))), expected);
    assert!(derived([], day(20_261_128)).is_empty());
}

#[test]
fn whatever_is_derived_is_an_indicator_that_the_window_may_observe() {
    let (model, today) = (model(), day(20_270_101));
    for word in derived_indicators() {
        let row = model.indicators(today).find(|row| row.indicator == word);
        let row = row.unwrap_or_else(|| panic!("{word} is in no table"));
        assert!(row.sources.iter().any(|source| source == "window"), "{word}");
    }
}

proptest! {
    /// The order in which facts arrive, and whether they arrive one by one, changes nothing.
    #[test]
    fn counts_add_up(mut all in prop::collection::vec((202_601u32..202_612, 0usize..4, 0u64..9), 0..30)) {
        use Happened::{Declared, DisputeDropped, Disputed, Rejected};
        let what = [Declared, Rejected, Disputed, DisputeDropped];
        let facts = |all: &[(u32, usize, u64)]| -> Vec<Counted> {
            all.iter().map(|(month, at, count)| counted(*month, what[*at], *count)).collect()
        };
        let today = day(20_261_231);
        let before = derived(facts(&all), today);
        let single: Vec<Counted> = facts(&all)
            .into_iter()
            .flat_map(|one| (0..one.count).map(move |_| Counted { count: 1, ..one }))
            .collect();
        prop_assert_eq!(told(&derived(single, today)), told(&before));
        all.reverse();
        prop_assert_eq!(told(&derived(facts(&all), today)), told(&before));
    }
}
