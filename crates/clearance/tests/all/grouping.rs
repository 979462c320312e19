//! The laws of the grouping: nothing is lost, each list is in one group, the order makes no difference.

use ceb::{Day, Decimal};
use clearance::consignment::State;
use clearance::export::{ClosedLine, ClosedList, ExportTradeKey, Grouping, GroupingTerms};
use clearance::keys::{Position, Time};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::collections::{BTreeMap, BTreeSet};

fn line() -> impl Strategy<Value = ClosedLine> {
    (0..3u8, 0..3u8, 0..2u8, 0..2u8, 0..2u8, 1..9_999_999i64, 0..9_999_999i64, 0..9_999_999i64).prop_map(
        |(country, code, currency, name, unit, qty1, qty2, total)| ClosedLine {
            gnum: 0,
            gcode: format!("610910002{code}").into(),
            gname: format!("goods {name}").into(),
            country: format!("11{country}").into(),
            currency: format!("14{currency}").into(),
            unit1: "011".into(),
            qty1: Decimal::from_units(qty1.into()),
            unit2: if unit == 0 { "".into() } else { "035".into() },
            qty2: Decimal::from_units(if unit == 0 { 0 } else { qty2.into() }),
            total_price: Decimal::from_units(total.into()),
        },
    )
}

fn list() -> impl Strategy<Value = ClosedList> {
    let head = (0..2u8, 0..2u8, 0..2u8, 0..2u8, 0..2u8, 1..9_999_999i64);
    (head, prop::collection::vec(line(), 1..4)).prop_map(
        |((traf, owner, country, port, mode, weight), lines)| ClosedList {
            invt_no: "".into(),
            trade: ExportTradeKey::new("5301960201", "EX1"),
            position: Position { writer: 0, sequence: 1 },
            recorded: Time(0),
            state: State::Closed,
            closed_on: Day::from_number(20_261_031),
            district: "8620".into(),
            logistics_no: "EY1".into(),
            statistics_flag: "B".into(),
            trade_mode: if mode == 0 { "9610".into() } else { "1210".into() },
            ems_no: if mode == 0 { "".into() } else { "T1".into() },
            traf_mode: format!("{}", 4 + traf).into(),
            owner: format!("owner {owner}").into(),
            country: format!("11{country}").into(),
            port: format!("862{port}").into(),
            gross_weight: Decimal::from_units(i128::from(weight) + 100),
            net_weight: Decimal::from_units(weight.into()),
            lines: lines
                .into_iter()
                .enumerate()
                .map(|(at, line)| ClosedLine { gnum: at as u32 + 1, ..line })
                .collect(),
        },
    )
}

fn lists() -> impl Strategy<Value = Vec<ClosedList>> {
    prop::collection::vec(list(), 0..40).prop_map(|lists| {
        let numbered = lists.into_iter().enumerate();
        numbered.map(|(at, list)| ClosedList { invt_no: format!("E{at:09}").into(), ..list }).collect()
    })
}

fn grouped(lists: &[ClosedList], terms: GroupingTerms) -> Grouping {
    let mut grouping = Grouping::new(terms);
    lists.iter().for_each(|list| grouping.add(list).unwrap());
    grouping
}

fn sum(amounts: impl Iterator<Item = Decimal>) -> i128 {
    amounts.map(Decimal::units).sum()
}

proptest! {
    #[test]
    fn sums_are_conserved_and_each_list_is_in_one_group(lists in lists(), by_owner: bool, by_name: bool) {
        let terms = GroupingTerms { by_owner, by_name };
        let grouping = grouped(&lists, terms);
        let groups = || grouping.groups().values();
        let sums = || groups().flat_map(|group| group.lines.values());
        let own = || lists.iter().flat_map(|list| &list.lines);
        prop_assert_eq!(grouping.lists(), lists.len() as u64);
        prop_assert_eq!(groups().map(|group| group.lists).sum::<u64>(), lists.len() as u64);
        prop_assert_eq!(sums().map(|sums| sums.lines).sum::<u64>(), own().count() as u64);
        prop_assert_eq!(sum(groups().map(|group| group.gross_weight)), sum(lists.iter().map(|list| list.gross_weight)));
        prop_assert_eq!(sum(groups().map(|group| group.net_weight)), sum(lists.iter().map(|list| list.net_weight)));
        prop_assert_eq!(sum(sums().map(|sums| sums.qty1)), sum(own().map(|line| line.qty1)));
        prop_assert_eq!(sum(sums().map(|sums| sums.qty2)), sum(own().map(|line| line.qty2)));
        prop_assert_eq!(sum(sums().map(|sums| sums.total_price)), sum(own().map(|line| line.total_price)));
        // Each list has one place, and those that share it are alike in all that parts groups.
        let places = grouping.places();
        let mut members: BTreeMap<u32, Vec<&ClosedList>> = BTreeMap::new();
        for list in &lists {
            let (group, lines) = places.of(list).unwrap();
            prop_assert!(group >= 1 && group as usize <= grouping.groups().len());
            prop_assert_eq!(lines.len(), list.lines.len());
            members.entry(group).or_default().push(list);
        }
        prop_assert_eq!(members.len(), grouping.groups().len());
        for (number, group) in (1..).zip(groups()) {
            let members = &members[&number];
            prop_assert_eq!(members.len() as u64, group.lists);
            let heads: BTreeSet<_> = members.iter().map(|list| (
                &list.traf_mode, &list.country, &list.port, &list.trade_mode, by_owner.then_some(&list.owner),
            )).collect();
            prop_assert_eq!(heads.len(), 1);
        }
    }

    #[test]
    fn the_order_in_which_lists_come_makes_no_difference(
        (lists, mixed) in lists().prop_flat_map(|lists| (Just(lists.clone()), Just(lists).prop_shuffle())),
        by_owner: bool,
        by_name: bool,
    ) {
        let terms = GroupingTerms { by_owner, by_name };
        let (one, other) = (grouped(&lists, terms), grouped(&mixed, terms));
        prop_assert_eq!(one.groups(), other.groups());
        for list in &lists {
            prop_assert_eq!(one.places().of(list), other.places().of(list));
        }
    }

    #[test]
    fn finer_terms_never_join_what_coarser_ones_part(lists in lists()) {
        let count = |by_owner, by_name| {
            let grouping = grouped(&lists, GroupingTerms { by_owner, by_name });
            let lines = grouping.groups().values().map(|group| group.lines.len()).sum::<usize>();
            (grouping.groups().len(), lines)
        };
        let (coarse, by_owner, by_name) = (count(false, false), count(true, false), count(false, true));
        prop_assert!(by_owner.0 >= coarse.0 && by_owner.1 >= coarse.1);
        prop_assert!(by_name.0 == coarse.0 && by_name.1 >= coarse.1);
    }
}

#[test]
fn a_sum_that_no_field_holds_is_told_with_the_list_that_is_one_too_many() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut first = list().new_tree(&mut runner).unwrap().current();
    first.invt_no = "E1".into();
    first.gross_weight = Decimal::parse("99999999999999.99999").unwrap();
    let mut second = first.clone();
    second.invt_no = "E2".into();
    second.gross_weight = Decimal::parse("0.00001").unwrap();
    let mut grouping = Grouping::default();
    grouping.add(&first).unwrap();
    let fault = grouping.add(&second).unwrap_err();
    assert_eq!((fault.field, fault.invt_no.as_str()), ("grossWeight", "E2"));
    assert_eq!(
        (fault.sum.to_string().as_str(), fault.added.to_string().as_str()),
        ("99999999999999.99999", "0.00001")
    );
}
