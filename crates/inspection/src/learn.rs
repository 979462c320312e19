//! Gradient boosting with logistic loss: each tree learns what the ones before it got wrong. Own code on purpose: the same data
//! and seed must give the same bytes of a model on any number of threads, and the model must be explained and stored in our
//! form; what is left of a learner beside that is this file, `grow` and `bins`.
#![expect(clippy::float_arithmetic, reason = "gradients of a model, no money")]

use crate::bins::Binned;
use crate::forest::{Forest, probability};
use crate::grow::{Ground, grow};
use crate::random::Numbers;

/// How trees are learnt.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Most trees.
    pub trees: usize,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Most splits from the root to a leaf.
    pub depth: u32,
    /// Share of what a tree found that is added.
    pub learning_rate: f64,
    /// Added to the second derivatives of a leaf: draws the values of small leaves to zero.
    pub l2: f64,
    /// Least sum of second derivatives in a leaf; a row weighs at most a quarter.
    pub child_weight: f64,
    /// Least gain of a split.
    pub least_gain: f64,
    /// Share of rows that a tree sees.
    pub row_share: f64,
    /// Share of columns that a tree sees.
    pub column_share: f64,
    /// Most bins of a column.
    pub bins: usize,
    /// Trees without improvement on the tuning rows after which learning ends.
    pub patience: usize,
    /// Threads; changes nothing but the time.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            trees: 400,
            leaves: 31,
            depth: 12,
            learning_rate: 0.05,
            l2: 1.0,
            child_weight: 2.0,
            least_gain: 1e-6,
            row_share: 0.8,
            column_share: 0.5,
            bins: 128,
            patience: 60,
            threads: 2,
        }
    }
}

/// Rows to learn from or to tune on: columns of equal length, and for each row whether it was found illicit.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// Values by column.
    pub columns: &'a [Vec<f32>],
    /// What was found.
    pub found: &'a [bool],
    /// How much each row counts; empty = all alike.
    pub weights: &'a [f64],
}

/// What came of learning.
pub struct Learnt {
    /// The trees up to the best.
    pub forest: Forest,
    /// Mean loss on the tuning rows after each tree that was grown.
    pub losses: Vec<f64>,
}

struct Following<'a> {
    rows: Rows<'a>,
    binned: Binned,
    margins: Vec<f64>,
}

impl Following<'_> {
    fn loss(&self) -> f64 {
        let mut sum = 0.0;
        let mut whole = 0.0;
        for (row, (margin, found)) in self.margins.iter().zip(self.rows.found).enumerate() {
            let weight = self.rows.weights.get(row).copied().unwrap_or(1.0);
            // ln(1 + e^∓margin), without overflow.
            let signed = if *found { -margin } else { *margin };
            sum += weight * (signed.max(0.0) + libm::log1p(libm::exp(-signed.abs())));
            whole += weight;
        }
        if whole > 0.0 { sum / whole } else { 0.0 }
    }
}

/// Learns trees. With tuning rows the trees end where the loss on these was least; without, all of `settings.trees` are
/// kept. `progress` is told the number of trees and the loss.
pub fn learn(
    rows: Rows<'_>,
    tuning: Option<Rows<'_>>,
    settings: &Settings,
    seed: u64,
    progress: &mut dyn FnMut(usize, f64),
) -> Learnt {
    let binned = Binned::of(rows.columns, settings.bins);
    let count = rows.found.len();
    let weight = |row: usize| rows.weights.get(row).copied().unwrap_or(1.0);
    let (mut illicit, mut whole) = (0.0, 0.0);
    for (row, found) in rows.found.iter().enumerate() {
        whole += weight(row);
        illicit += if *found { weight(row) } else { 0.0 };
    }
    // One of each is added: a sample without any finding still has finite odds.
    let base = libm::log((illicit + 1.0) / (whole - illicit + 1.0));
    let mut forest = Forest { base, trees: Vec::new() };
    let mut margins = vec![base; count];
    let mut follow = tuning.map(|rows| Following {
        rows,
        binned: Binned::with(rows.columns, binned.cuts.clone()),
        margins: vec![base; rows.found.len()],
    });
    let mut numbers = Numbers::new(seed);
    let (mut gradients, mut hessians) = (vec![0.0; count], vec![0.0; count]);
    let mut losses = Vec::new();
    let mut best = (f64::INFINITY, 0);
    for _ in 0..settings.trees {
        for row in 0..count {
            let expected = probability(margins[row]);
            gradients[row] = weight(row) * (expected - f64::from(u8::from(rows.found[row])));
            hessians[row] = weight(row) * (expected * (1.0 - expected)).max(1e-12);
        }
        let drawn: Vec<u32> = (0..count as u32).filter(|_| numbers.unit() < settings.row_share).collect();
        let some = (binned.columns.len() as f64 * settings.column_share).ceil() as usize;
        let columns = numbers.some(some.max(1), binned.columns.len());
        let ground = Ground {
            binned: &binned,
            gradients: &gradients,
            hessians: &hessians,
            columns: &columns,
            settings,
        };
        let grown = grow(&ground, drawn);
        for (row, margin) in margins.iter_mut().enumerate() {
            *margin += f64::from(grown.value(&binned, row));
        }
        if let Some(follow) = &mut follow {
            for (row, margin) in follow.margins.iter_mut().enumerate() {
                *margin += f64::from(grown.value(&follow.binned, row));
            }
            losses.push(follow.loss());
        }
        forest.trees.push(grown.tree);
        let loss = losses.last().copied().unwrap_or(0.0);
        progress(forest.trees.len(), loss);
        if follow.is_some() {
            if loss < best.0 {
                best = (loss, forest.trees.len());
            } else if forest.trees.len() - best.1 >= settings.patience {
                break;
            }
        }
    }
    if follow.is_some() {
        forest.trees.truncate(best.1.max(1));
    }
    Learnt { forest, losses }
}
