//! Scores and weights by the built-in tables and by tables of the tests.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod derived;

use ceb::{Day, Decimal};
use credit::{
    Assessment, FILES, Model, Observation, Ratio, Told, Value, Veto, assess, entropy, hierarchy, parts,
};
use proptest::prelude::*;

const BUILT_IN: [(&str, &str); 7] = [
    ("credit_comparisons.csv", include_str!("../../../../tables/credit_comparisons.csv")),
    ("credit_dimensions.csv", include_str!("../../../../tables/credit_dimensions.csv")),
    ("credit_grades.csv", include_str!("../../../../tables/credit_grades.csv")),
    ("credit_indicators.csv", include_str!("../../../../tables/credit_indicators.csv")),
    ("credit_measures.csv", include_str!("../../../../tables/credit_measures.csv")),
    ("credit_scales.csv", include_str!("../../../../tables/credit_scales.csv")),
    ("credit_vetoes.csv", include_str!("../../../../tables/credit_vetoes.csv")),
];

fn model() -> Model {
    with("", "").unwrap()
}

/// The built-in tables with one text replaced.
fn with(old: &str, new: &str) -> Result<Model, Vec<credit::TableFault>> {
    let texts: Vec<(&str, String)> = BUILT_IN
        .iter()
        .map(|(file, text)| (*file, if old.is_empty() { (*text).to_owned() } else { text.replace(old, new) }))
        .collect();
    Model::load(|file| texts.iter().find(|(name, _)| *name == file).map_or("", |(_, text)| text.as_str()))
}

fn day(number: u32) -> Day {
    Day::from_number(number).unwrap()
}

const TODAY: u32 = 20_261_128;

fn observed(indicator: &str, on: u32, value: Value) -> Observation {
    Observation {
        id: format!("{indicator}-{on}").into(),
        indicator: indicator.into(),
        day: day(on),
        value,
        contested: false,
    }
}

fn latest(indicator: &str, value: &str) -> Observation {
    observed(indicator, TODAY, Value::Latest(Decimal::parse(value).unwrap()))
}

fn ratio(indicator: &str, part: u64, whole: u64) -> Observation {
    observed(indicator, TODAY, Value::Ratio { part, whole })
}

/// An enterprise of which much is known, and only good.
fn good() -> Vec<Observation> {
    vec![
        latest("registered_months", "48"),
        latest("filing_complete", "100"),
        latest("customs_grade", "100"),
        latest("tax_grade", "95"),
        latest("forex_grade", "100"),
        latest("market_grade", "100"),
        ratio("declarations_rejected", 1, 1000),
        ratio("inspections_failed", 0, 40),
        ratio("documents_matched", 999, 1000),
        ratio("deliveries_completed", 990, 1000),
        ratio("shipped_on_time", 98, 100),
        ratio("uses_disputed", 0, 1000),
        latest("refund_days", "2"),
        ratio("complaints", 0, 1000),
        ratio("tax_on_time", 60, 60),
        latest("platform_rating", "4.8"),
    ]
}

fn assessed(observations: &[Observation], vetoes: &[Veto]) -> Assessment {
    assess(&model(), observations, vetoes, day(TODAY))
}

#[test]
fn the_built_in_tables_are_sound_and_every_file_is_read() {
    assert_eq!(FILES.map(|file| file), BUILT_IN.map(|(file, _)| file));
    let model = model();
    let (weights, inconsistency) = model.weighed(day(TODAY)).unwrap();
    assert_eq!(weights.iter().sum::<i64>(), 1_000_000);
    assert!(inconsistency < 100_000, "{inconsistency}");
    let compliance = model.dimensions(day(TODAY)).position(|one| one.dimension == "compliance").unwrap();
    assert_eq!(weights.iter().enumerate().max_by_key(|(_, weight)| **weight).unwrap().0, compliance);
}

#[test]
fn a_fault_of_a_table_is_told_with_its_line() {
    let fault = |old: &str, new: &str| {
        let faults = with(old, new).unwrap_err();
        format!("{}:{} {}", faults[0].file, faults[0].line, faults[0].what)
    };
    assert_eq!(
        fault("smuggling,D,36", "smuggling,D,zero"),
        "credit_vetoes.csv:2 months is a whole number from 1 to 1200"
    );
    assert_eq!(
        fault("identity,grades,1,2,", "identity,grades,9,1,")
            .split(" ppm")
            .next()
            .unwrap()
            .split(':')
            .next()
            .unwrap(),
        "credit_comparisons.csv"
    );
    assert!(fault("identity,grades,1,2,", "identity,grades,9,1,").contains("contradict"));
    assert!(fault("identity,grades,1,2,20190101,,proposal,unsure,\n", "").contains("compared once"));
    assert!(fault("penalties,compliance,25", "penalties,compliance,26").contains("together 100"));
    assert!(fault("platform_rating,3,50", "platform_rating,5,50").contains("at a value of its own"));
    assert!(fault("D,0,20190101", "D,1,20190101").contains("begins at 0"));
    assert!(fault("counterfeit,C", "counterfeit,E").contains("no grade is named E"));
    assert!(fault("proposal", "").contains("says its source"));
}

#[test]
fn a_good_enterprise_has_the_best_grade_and_every_point_its_reason() {
    let found = assessed(&good(), &[]);
    assert_eq!(found.grade.as_deref(), Some("AAA"), "{}", found.score);
    assert_eq!(found.readings.iter().map(|one| one.weight).sum::<i64>(), 1_000_000);
    let given: i64 = found.readings.iter().map(|one| one.gives).sum();
    assert_eq!(found.score, (given + 500) / 1000);
    // What nobody observed weighs nothing, and is told.
    let silent = found.readings.iter().find(|one| one.indicator == "third_party_score").unwrap();
    assert_eq!((silent.told, silent.weight), (Told::Nothing, 0));
    let rejected = found.readings.iter().find(|one| one.indicator == "declarations_rejected").unwrap();
    assert_eq!((rejected.value.to_string(), rejected.points), ("0.001".to_owned(), 99_000));
}

#[test]
fn too_little_is_no_grade_and_no_bad_one() {
    let found = assessed(&[latest("registered_months", "1")], &[]);
    assert_eq!((found.grade, found.by_score), (None, None));
    assert!(found.known < 300_000);
    // Three declarations tell nothing of how many are rejected.
    let mut few = good();
    few.retain(|one| one.indicator != "declarations_rejected");
    few.push(ratio("declarations_rejected", 3, 3));
    let found = assessed(&few, &[]);
    let rejected = found.readings.iter().find(|one| one.indicator == "declarations_rejected").unwrap();
    assert_eq!((rejected.told, rejected.sample, rejected.minimum, rejected.weight), (Told::TooFew, 3, 30, 0));
    assert_eq!(found.grade.as_deref(), Some("AAA"));
}

#[test]
fn what_is_old_counts_less_and_what_comes_later_nothing() {
    let value = |on: u32| {
        let mut all = good();
        all.push(observed("penalties", on, Value::Count(1)));
        let found = assessed(&all, &[]);
        found.readings.into_iter().find(|one| one.indicator == "penalties").unwrap().value
    };
    assert_eq!(value(TODAY).to_string(), "1");
    // 730 days before: half.
    assert_eq!(value(20_241_128).to_string(), "0.5");
    assert_eq!(value(20_251_128).to_string(), "0.75");
    assert_eq!(value(20_261_129).to_string(), "0");
    let mut old = good();
    old.push(observed("documents_matched", 20_251_128, Value::Ratio { part: 0, whole: 1000 }));
    let found = assessed(&old, &[]);
    let matched = found.readings.iter().find(|one| one.indicator == "documents_matched").unwrap();
    // 999 of 1,000 and nothing of 1,000 a year ago, which count half.
    assert_eq!(
        (matched.part, matched.whole, matched.value.to_string().as_str()),
        (999_000, 1_500_000, "0.666")
    );
}

#[test]
fn a_veto_caps_the_grade_until_its_last_day_and_leaves_the_score() {
    let veto = |on: u32| vec![Veto { id: "case".into(), veto: "identity_theft".into(), day: day(on) }];
    let found = assessed(&good(), &veto(TODAY));
    assert_eq!((found.grade.as_deref(), found.by_score.as_deref()), (Some("D"), Some("AAA")));
    assert_eq!(found.vetoes[0].1, day(20_291_128));
    assert_eq!(assessed(&good(), &veto(20_231_128)).grade.as_deref(), Some("D"), "the last day");
    assert_eq!(assessed(&good(), &veto(20_231_127)).grade.as_deref(), Some("AAA"));
    // It rules even where too little is known for a score.
    assert_eq!(assessed(&[], &veto(TODAY)).grade.as_deref(), Some("D"));
}

#[test]
fn a_contested_observation_counts_and_says_so() {
    let mut all = good();
    all.push(Observation { contested: true, ..observed("penalties", TODAY, Value::Count(1)) });
    let found = assessed(&all, &[]);
    let penalties = found.readings.iter().find(|one| one.indicator == "penalties").unwrap();
    assert_eq!((penalties.contested.len(), penalties.points), (1, 60_000));
}

#[test]
fn measures_are_asked_for_by_standing_and_day() {
    let model = model();
    assert_eq!(model.measure("black", "inspection_share", day(TODAY)), Some(1_000_000));
    assert_eq!(model.measure("AAA", "inspection_factor", day(TODAY)), Some(20));
    assert_eq!(model.measure("AAA", "inspection_factor", day(20_181_231)), None);
    assert_eq!(model.measure("nobody", "inspection_factor", day(TODAY)), None);
}

#[test]
fn comparisons_give_the_weights_of_the_books() {
    let of = |rows: [[(i64, i64); 3]; 3]| {
        let rows: Vec<Vec<Ratio>> = rows
            .iter()
            .map(|row| row.iter().map(|(times, of)| Ratio { times: *times, of: *of }).collect())
            .collect();
        hierarchy(&rows).unwrap()
    };
    // Consistent: 4 : 2 : 1.
    let consistent = of([[(1, 1), (2, 1), (4, 1)], [(1, 2), (1, 1), (2, 1)], [(1, 4), (1, 2), (1, 1)]]);
    assert_eq!(consistent.weights, [571_429, 285_714, 142_857]);
    assert_eq!(consistent.inconsistency, 0);
    // A common example: 1, 3, 5 over 1, 3; principal value 3.0385, ratio 0.0332.
    let common = of([[(1, 1), (3, 1), (5, 1)], [(1, 3), (1, 1), (3, 1)], [(1, 5), (1, 3), (1, 1)]]);
    assert_eq!(common.weights, [636_986, 258_285, 104_729]);
    assert!((33_000..33_500).contains(&common.inconsistency), "{}", common.inconsistency);
    // A circle contradicts itself.
    let circle = of([[(1, 1), (5, 1), (1, 5)], [(1, 5), (1, 1), (5, 1)], [(5, 1), (1, 5), (1, 1)]]);
    assert!(circle.inconsistency > 100_000);
    assert!(hierarchy(&[]).is_none());
    assert!(hierarchy(&[vec![Ratio { times: 1, of: 0 }]]).is_none());
}

#[test]
fn what_all_have_alike_weighs_nothing() {
    let weights = entropy(&[vec![80, 10, 0], vec![80, 90, 0], vec![80, 20, 0]]);
    assert_eq!(weights, [0, 1_000_000, 0]);
    let weights = entropy(&[vec![10, 40], vec![90, 60]]);
    assert!(weights[0] > weights[1] && weights.iter().sum::<i64>() == 1_000_000, "{weights:?}");
    assert_eq!(entropy(&[vec![5, 5]]), [500_000, 500_000], "one enterprise tells nothing");
    assert!(entropy(&[]).is_empty());
}

proptest! {
    #[test]
    fn parts_are_the_whole(shares in prop::collection::vec(0i64..1_000_000_000, 1..30), whole in 0i64..10_000_000) {
        let given = parts(&shares, whole);
        let sum: i64 = given.iter().sum();
        prop_assert_eq!(sum, if shares.iter().all(|share| *share == 0) { 0 } else { whole });
        let total: i128 = shares.iter().map(|share| i128::from(*share)).sum();
        for (share, part) in shares.iter().zip(&given) {
            let exact = i128::from(*share) * i128::from(whole);
            prop_assert!(total == 0 || (i128::from(*part) * total - exact).abs() < total);
        }
    }

    /// Nothing good makes a score worse: one rejection less, one match more.
    #[test]
    fn better_is_never_worse(rejected in 1u64..200, matched in 0u64..999) {
        let score = |rejected: u64, matched: u64| {
            let mut all = good();
            all.retain(|one| !["declarations_rejected", "documents_matched"].contains(&one.indicator.as_str()));
            all.push(ratio("declarations_rejected", rejected, 1000));
            all.push(ratio("documents_matched", matched, 1000));
            assessed(&all, &[]).score
        };
        prop_assert!(score(rejected - 1, matched) >= score(rejected, matched));
        prop_assert!(score(rejected, matched + 1) >= score(rejected, matched));
    }

    /// The order of observations tells nothing, where no two newest ones are of one day.
    #[test]
    fn order_tells_nothing(seed in 0usize..1000) {
        let mut turned = good();
        let by = seed % turned.len();
        turned.rotate_left(by);
        prop_assert_eq!(assessed(&turned, &[]).score, assessed(&good(), &[]).score);
    }
}
