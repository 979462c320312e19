//! The learner finds what was planted, the same every time.

use crate::sample::declarations;
use inspection::declaration::{Date, Declaration, Trade};
use inspection::features::Plan;
use inspection::form;
use inspection::learn::{Rows, Settings, learn};
use inspection::measure::measure;
use inspection::model::{Model, Training, Untrainable, by_day, train};
use inspection::random::Numbers;

/// A small training on invented declarations.
pub fn training(seed: u64) -> Training {
    let mut plan = Plan::empty();
    for name in [
        "log-unit-price",
        "share(importer)",
        "recent-share(importer)",
        "share(seller)",
        "share(hs6)",
        "share(seller+hs6)",
        "inspected(seller+hs6)",
        "price-ratio(hs6)",
        "since(importer)",
        "share(office)",
    ] {
        assert!(plan.add(name), "{name}");
    }
    let settings = Settings { trees: 80, leaves: 12, learning_rate: 0.1, threads: 1, ..Settings::default() };
    let (train_until, tune_until) = (Date(89), Date(119));
    Training { trade: Trade::Import, plan, settings, members: 2, seed, train_until, tune_until, again: true }
}

/// A model of 120 invented days.
pub fn model(seed: u64) -> Model {
    train(&declarations(7, 120, 40), &training(seed), &mut |_| {}).unwrap()
}

/// The margins of declarations.
pub fn margins(model: &Model, rows: &[Declaration]) -> Vec<f64> {
    let mut margins = vec![0.0; rows.len()];
    by_day(model, rows, &mut |row, _, score| margins[row] = score.margin);
    margins
}

#[test]
fn what_was_planted_is_found_on_days_that_were_not_seen() {
    let model = model(1);
    let all = declarations(7, 150, 40);
    let later: Vec<Declaration> = all.into_iter().filter(|row| row.day >= 120).collect();
    let found: Vec<bool> = later.iter().map(|row| row.found == Some(true)).collect();
    let measured = measure(&margins(&model, &later), &found, &vec![1.0; later.len()]);
    let base = measured.illicit as f64 / measured.rows as f64;
    assert!(base < 0.25, "{base}");
    let at_five = measured.at.iter().find(|at| at.share == 5).unwrap();
    assert!(at_five.precision >= 0.9, "{measured:?}");
    assert!(measured.auc > 0.85, "{measured:?}");
    // What tuning foretold comes true.
    let foretold = model.about.measured.auc;
    assert!((foretold - measured.auc).abs() < 0.06, "{foretold} {}", measured.auc);
}

#[test]
fn two_columns_that_tell_only_together_are_found_and_missing_values_too() {
    let mut numbers = Numbers::new(3);
    let mut columns = vec![Vec::new(), Vec::new(), Vec::new()];
    let mut found = Vec::new();
    for _ in 0..3_000 {
        let (one, other, noise) = (numbers.unit(), numbers.unit(), numbers.unit());
        // The second column is missing as often as it is below a half: both mean the same.
        found.push((one > 0.5) != (other > 0.5));
        columns[0].push(one as f32);
        columns[1].push(if other > 0.5 { other as f32 } else { f32::NAN });
        columns[2].push(noise as f32);
    }
    let settings =
        Settings { trees: 60, leaves: 8, learning_rate: 0.2, column_share: 1.0, ..Settings::default() };
    let rows = Rows { columns: &columns, found: &found, weights: &[] };
    let learnt = learn(rows, None, &settings, 5, &mut |_, _| {});
    let right = (0..found.len()).filter(|row| {
        let values: Vec<f32> = columns.iter().map(|column| column[*row]).collect();
        (learnt.forest.margin(&values) > 0.0) == found[*row]
    });
    assert!(right.count() > 2_940);
}

#[test]
fn a_weight_counts_as_so_many_rows() {
    let columns = vec![vec![0.0, 0.0, 1.0, 1.0]];
    let found = vec![true, false, true, false];
    let weights = vec![30.0, 10.0, 10.0, 30.0];
    let settings = Settings {
        trees: 200,
        learning_rate: 0.3,
        l2: 0.0,
        row_share: 1.0,
        column_share: 1.0,
        child_weight: 0.1,
        ..Settings::default()
    };
    let rows = Rows { columns: &columns, found: &found, weights: &weights };
    let learnt = learn(rows, None, &settings, 1, &mut |_, _| {});
    let chance = inspection::forest::probability(learnt.forest.margin(&[0.0]));
    assert!((chance - 0.75).abs() < 0.01, "{chance}");
}

#[test]
fn the_same_rows_and_seed_give_the_same_bytes_on_any_number_of_threads() {
    // More rows than one thread takes alone.
    let rows = declarations(11, 120, 220);
    let bytes = |seed, threads| {
        let mut training = training(seed);
        training.settings.trees = 8;
        training.settings.column_share = 1.0;
        training.settings.threads = threads;
        form::write(&train(&rows, &training, &mut |_| {}).unwrap())
    };
    let one = bytes(4, 1);
    assert!(one == bytes(4, 2) && one == bytes(4, 3), "threads change the model");
    assert!(one != bytes(5, 1), "another seed is another model");
}

#[test]
fn too_little_to_learn_from_is_said() {
    let rows = declarations(7, 40, 10);
    let none = |declarations: &[Declaration]| train(declarations, &training(1), &mut |_| {}).unwrap_err();
    assert!(matches!(none(&rows), Untrainable::Tuning(0, ..)));
    assert!(matches!(none(&[]), Untrainable::Training(0, ..)));
    let mut turned = training(1);
    turned.tune_until = turned.train_until;
    assert!(matches!(train(&rows, &turned, &mut |_| {}), Err(Untrainable::Days(..))));
    turned = Training { plan: Plan::empty(), ..training(1) };
    assert_eq!(train(&rows, &turned, &mut |_| {}).unwrap_err(), Untrainable::Plan);
}
