//! States of windows: what they add up to, how exact they are, and that they stay small.

use crate::support::NOW;
use clearance::facts::{CountKey, CountKind};
use clearance::keys::Time;
use clearance::windows::{Measure, Raised, Span, Window, WindowFact};
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;

fn raised(fen: i64, name: u32) -> Raised {
    Raised {
        fen,
        pieces: 2,
        others: vec![(Measure::Identities, name)],
        price: u64::try_from(fen).ok(),
        ..Raised::once(CountKey { kind: CountKind::Goods, owner: "goods".into() })
    }
}

fn after(hours: i64) -> Time {
    Time(NOW.0 + hours * HOUR)
}

#[test]
fn sums_are_of_hours_days_and_months() {
    let mut window = Window::default();
    for hours in [0, 1, 30, 24 * 40, 24 * 80] {
        window.add(&raised(100, 1), after(hours));
    }
    let read = |measure, span| window.read(measure, span, after(24 * 80)).unwrap();
    assert_eq!(read(Measure::Count, Span::Hours(1)), 1);
    assert_eq!(read(Measure::Count, Span::Days(41)), 2);
    assert_eq!(read(Measure::Fen, Span::Days(41)), 200);
    assert_eq!(read(Measure::Pieces, Span::Days(365)), 10);
    let early = |span| {
        let mut window = Window::default();
        window.add(&raised(100, 1), after(0));
        window.add(&raised(100, 1), after(5));
        window.read(Measure::Count, span, after(5)).unwrap()
    };
    assert_eq!((early(Span::Hours(5)), early(Span::Hours(6)), early(Span::Days(1))), (1, 2, 2));
}

#[test]
fn different_ones_are_exact_until_there_are_too_many_and_then_at_least() {
    let mut window = Window::default();
    for name in 0..100 {
        window.add(&raised(100, name % 20), after(i64::from(name)));
    }
    let read = |window: &Window, days| window.read(Measure::Identities, Span::Days(days), after(99)).unwrap();
    assert_eq!(read(&window, 30), 20);
    assert!(read(&window, 1) < 20);
    for name in 0..1_000 {
        window.add(&raised(100, name), after(99));
    }
    assert_eq!(read(&window, 30), Window::DISTINCT as i64);
}

#[test]
fn a_key_that_everybody_shares_stays_small() {
    let mut window = Window::default();
    for number in 0..30_000u32 {
        window.add(&raised(i64::from(number % 5_000) * 13 + 1, number), after(i64::from(number) / 3));
    }
    let cells = window.hours.len() + window.days.len() + window.thirties.len();
    assert!(cells <= 48 + 62 + 14, "{cells}");
    assert!(
        window.seen.len() <= Window::DISTINCT && window.levels.len() <= 5 * 16 * 17,
        "{}",
        window.levels.len()
    );
}

#[test]
fn names_of_facts_are_read_as_they_are_written() {
    for (kind, measures) in WindowFact::THERE_IS {
        for measure in measures {
            for span in [Span::Days(30), Span::Days(90), Span::Hours(24)] {
                let fact = WindowFact { kind, measure: *measure, span };
                let exact = measure.is_median()
                    || !matches!(measure, Measure::Count | Measure::Fen | Measure::Pieces);
                match WindowFact::parse(&fact.name()) {
                    Ok(found) => assert_eq!(found, Some(fact)),
                    Err(what) => assert!(exact && matches!(span, Span::Hours(_)), "{what}"),
                }
            }
        }
    }
    assert_eq!(WindowFact::parse("dutiable_fen"), Ok(None));
    for wrong in [
        "identity_count_0",
        "identity_count_366",
        "identity_count_49h",
        "identity_count_07",
        "goods_price_median_7",
    ] {
        assert!(WindowFact::parse(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn a_median_is_at_most_a_thirtysecond_beside_the_true_one(
        mut prices in prop::collection::vec(1u64..10_000_000, 1..200)
    ) {
        let mut window = Window::default();
        for price in &prices {
            window.add(&raised(*price as i64, 1), NOW);
        }
        prices.sort_unstable();
        let exact = prices[(prices.len() - 1) / 2] as i64;
        let found = window.read(Measure::PriceMedian, Span::Days(90), NOW).unwrap();
        prop_assert!((found - exact).abs() * 32 <= exact, "{found} for {exact}");
    }

    #[test]
    fn parts_of_several_writers_are_the_whole(
        rows in prop::collection::vec((0usize..3, 1i64..5_000, 0u32..40, 0i64..2_000), 1..120)
    ) {
        let mut rows = rows;
        rows.sort_by_key(|row| row.3);
        let mut whole = Window::default();
        let mut parts = [Window::default(), Window::default(), Window::default()];
        for (writer, fen, name, hours) in rows {
            whole.add(&raised(fen, name), after(hours));
            parts[writer].add(&raised(fen, name), after(hours));
        }
        let mut joined = Window::default();
        parts.iter().for_each(|part| joined.join(part));
        let now = after(2_000);
        for span in [Span::Days(1), Span::Days(30), Span::Days(365)] {
            for measure in [Measure::Count, Measure::Fen, Measure::Pieces, Measure::Identities] {
                prop_assert_eq!(joined.read(measure, span, now), whole.read(measure, span, now));
            }
        }
        let median = |window: &Window| window.read(Measure::PriceMedian, Span::Days(120), now);
        prop_assert_eq!(median(&joined), median(&whole));
    }
}
