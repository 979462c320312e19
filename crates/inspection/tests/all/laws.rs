//! The law of time: no label is in the features of its own row, of its own day, or of a day before it.

use crate::sample::declarations;
use inspection::declaration::{Declaration, Trade};
use inspection::features::{Plan, by_time};
use proptest::prelude::*;

fn plan(delay: i32) -> Plan {
    let mut plan = inspection::standard::plan(Trade::Import, &[]);
    for kind in ["share", "recent-share", "inspected", "seen", "since", "price-ratio", "last"] {
        for key in ["importer", "seller", "hs4", "importer+hs6", "tax-rate+office"] {
            assert!(plan.add(&format!("{kind}({key})")));
        }
    }
    plan.delay = delay;
    plan
}

fn features(plan: &Plan, rows: &[Declaration]) -> Vec<Vec<u32>> {
    let columns = by_time(plan, rows, &mut plan.history());
    (0..rows.len()).map(|row| columns.iter().map(|column| column[row].to_bits()).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_feature_depends_on_its_own_label_or_a_later_one(
        seed in 0u64..1_000, at in 0usize..300, delay in 1i32..6, flips in prop::collection::vec(0u8..3, 300),
    ) {
        let rows = declarations(seed, 30, 10);
        let plan = plan(delay);
        let day = rows[at].day;
        let mut other = rows.clone();
        for (row, flip) in other.iter_mut().zip(&flips) {
            // Not known on the day: found on it, or too late before it to be known.
            if row.day > day - delay {
                row.found = match flip { 0 => None, 1 => Some(true), _ => Some(false) };
            }
        }
        prop_assert_eq!(&features(&plan, &rows)[at], &features(&plan, &other)[at]);
    }

    #[test]
    fn what_is_declared_later_changes_nothing_before(seed in 0u64..1_000, day in 1i32..30) {
        let rows = declarations(seed, 30, 6);
        let early: Vec<Declaration> = rows.iter().filter(|row| row.day <= day).cloned().collect();
        let (whole, part) = (features(&plan(1), &rows), features(&plan(1), &early));
        prop_assert_eq!(&whole[..part.len()], &part[..]);
    }

    #[test]
    fn the_order_of_rows_in_a_file_is_not_that_of_time(seed in 0u64..1_000) {
        // One a day: sums of one day are added in the order of the file.
        let rows = declarations(seed, 60, 1);
        let mut turned = rows.clone();
        turned.reverse();
        let mut features_of_turned = features(&plan(2), &turned);
        features_of_turned.reverse();
        prop_assert_eq!(features(&plan(2), &rows), features_of_turned);
    }
}

#[test]
fn labels_that_are_known_do_reach_later_features() {
    let rows = declarations(1, 30, 10);
    let mut other = rows.clone();
    for row in &mut other {
        if row.day < 20 {
            row.found = row.found.map(|found| !found);
        }
    }
    let (one, other) = (features(&plan(1), &rows), features(&plan(1), &other));
    assert_ne!(one[250], other[250]);
}
