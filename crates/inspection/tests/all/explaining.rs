//! Reasons are exact and add up; probabilities rise with margins and mean what they say.

use crate::learning::{margins, model};
use crate::sample::declarations;
use inspection::calibration::Calibration;
use inspection::forest::{Forest, Node, Tree};
use inspection::model::by_day;
use inspection::random::Numbers;
use inspection::reasons::{expected, parts};
use proptest::prelude::*;

#[test]
fn the_reasons_of_every_score_add_up_to_it() {
    let model = model(1);
    let rows = declarations(9, 20, 10);
    let mean = expected(&model.forest);
    let mut looked_at = 0;
    by_day(&model, &rows, &mut |_, scorer, score| {
        let reasons = scorer.reasons();
        let sum: f64 = mean + reasons.iter().map(|reason| reason.part).sum::<f64>();
        assert!((sum - score.margin).abs() < 1e-6, "{sum} {}", score.margin);
        assert!(reasons.is_sorted_by(|one, other| one.part >= other.part));
        looked_at += 1;
    });
    assert_eq!(looked_at, rows.len());
}

/// A tree of random splits over three columns.
fn tree(numbers: &mut Numbers, depth: u32) -> Tree {
    fn grow(numbers: &mut Numbers, tree: &mut Tree, place: usize, depth: u32) {
        if depth == 0 || numbers.unit() < 0.2 {
            tree.nodes[place].value = (numbers.unit() * 2.0 - 1.0) as f32;
            return;
        }
        let left = tree.nodes.len();
        let share = 0.1 + 0.8 * numbers.unit();
        let rows = tree.nodes[place].rows;
        let node = |rows| Node { feature: None, cut: 0.0, missing_left: false, left: 0, value: 0.0, rows };
        tree.nodes.push(node(rows * share as f32));
        tree.nodes.push(node(rows * (1.0 - share) as f32));
        tree.nodes[place].feature = Some(numbers.below(3) as u16);
        tree.nodes[place].cut = numbers.unit() as f32;
        tree.nodes[place].missing_left = numbers.unit() < 0.5;
        tree.nodes[place].left = left as u32;
        grow(numbers, tree, left, depth - 1);
        grow(numbers, tree, left + 1, depth - 1);
    }
    let root = Node { feature: None, cut: 0.0, missing_left: false, left: 0, value: 0.0, rows: 1_000.0 };
    let mut tree = Tree { nodes: vec![root] };
    grow(numbers, &mut tree, 0, depth);
    tree
}

/// What is expected of a row of which only some columns are known.
fn given(tree: &Tree, place: usize, row: &[f32], known: u32) -> f64 {
    let node = tree.nodes[place];
    let Some(feature) = node.feature else { return f64::from(node.value) };
    let left = node.left as usize;
    if known >> feature & 1 == 1 {
        return given(tree, Tree::child(&node, row[usize::from(feature)]), row, known);
    }
    let (one, other) = (f64::from(tree.nodes[left].rows), f64::from(tree.nodes[left + 1].rows));
    (given(tree, left, row, known) * one + given(tree, left + 1, row, known) * other) / (one + other)
}

proptest! {
    #[test]
    fn parts_are_shapley_values_by_their_definition(seed in any::<u64>(), depth in 1u32..6) {
        let mut numbers = Numbers::new(seed);
        let forest = Forest { base: 0.25, trees: vec![tree(&mut numbers, depth), tree(&mut numbers, depth)] };
        let mut row: Vec<f32> = (0..3).map(|_| numbers.unit() as f32).collect();
        if numbers.unit() < 0.3 {
            row[numbers.below(3)] = f32::NAN;
        }
        let value = |known: u32| forest.trees.iter().map(|tree| given(tree, 0, &row, known)).sum::<f64>();
        let found = parts(&forest, &row, 3);
        for column in 0..3u32 {
            // Of three columns: subsets of the other two weigh 1/3, 1/6, 1/6, 1/3.
            let mut wanted = 0.0;
            for known in (0..8u32).filter(|known| known >> column & 1 == 0) {
                let weight = if known.count_ones() == 1 { 1.0 / 6.0 } else { 1.0 / 3.0 };
                wanted += weight * (value(known | 1 << column) - value(known));
            }
            prop_assert!((found[column as usize] - wanted).abs() < 1e-9, "{found:?} {wanted}");
        }
        let sum = expected(&forest) + found.iter().sum::<f64>();
        prop_assert!((sum - forest.margin(&row)).abs() < 1e-9);
    }

    #[test]
    fn probabilities_never_fall_as_margins_rise(
        seed in any::<u64>(), rows in 1usize..400, least in 1usize..60, steps in prop::collection::vec(-9.0f64..9.0, 2..60),
    ) {
        let mut numbers = Numbers::new(seed);
        let margins: Vec<f64> = (0..rows).map(|_| numbers.unit() * 8.0 - 4.0).collect();
        let found: Vec<bool> = margins.iter().map(|margin| numbers.unit() * 8.0 - 4.0 < *margin).collect();
        let calibration = Calibration::fit(&margins, &found, least);
        let mut steps = steps;
        steps.sort_by(f64::total_cmp);
        for pair in steps.windows(2) {
            prop_assert!(calibration.probability(pair[0]) <= calibration.probability(pair[1]));
            prop_assert!(calibration.thousandths(pair[0]) <= calibration.thousandths(pair[1]));
        }
        for step in steps {
            let probability = calibration.probability(step);
            prop_assert!(probability > 0.0 && probability < 1.0);
        }
    }
}

#[test]
fn a_probability_is_the_share_that_is_found() {
    let model = model(1);
    let all = declarations(7, 180, 40);
    let later: Vec<_> = all.into_iter().filter(|row| row.day >= 120).collect();
    let margins = margins(&model, &later);
    let probabilities: Vec<f64> =
        margins.iter().map(|margin| model.calibration.probability(*margin)).collect();
    let found: Vec<bool> = later.iter().map(|row| row.found == Some(true)).collect();
    for band in inspection::measure::bands(&probabilities, &found) {
        let tolerated = 0.05 + 2.5 * (0.25 / band.rows as f64).sqrt();
        assert!((band.foretold - band.observed).abs() < tolerated, "{band:?}");
    }
}
