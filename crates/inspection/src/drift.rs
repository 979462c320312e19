//! Does what is declared now still look like what the model learnt from? Population stability index: for each feature the shares
//! of ten bins of the training against the shares now. Usual reading: below 0.1 stable, up to 0.25 to be watched, above it the
//! model speaks of another population.
#![expect(clippy::float_arithmetic, reason = "figures of a model, no money")]

use crate::bins::Cuts;
use crate::features::Feature;
use crate::model::Model;

/// A share that was not seen counts as this: the logarithm of nothing is not a number.
const UNSEEN: f64 = 1e-4;

/// Index from which a distribution is another one.
pub const MOVED: f64 = 0.25;
/// Index from which it is to be watched.
pub const WATCHED: f64 = 0.1;

/// What an index says, in a word.
pub fn reading(index: f64) -> &'static str {
    if index >= MOVED {
        "moved"
    } else if index >= WATCHED {
        "watch"
    } else {
        "stable"
    }
}

/// How far declarations are from those that a model learnt from.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// Index of the margins.
    pub score: f64,
    /// Places of features in the plan, each with its index; the largest first. What the history says moves by itself: it fills in
    /// training and stands still afterwards. Only what is declared can drift.
    pub features: Vec<(usize, f64)>,
}

impl Drift {
    /// Of declarations by their features, a column each, and their margins.
    pub fn of(model: &Model, columns: &[Vec<f32>], margins: &[f32]) -> Self {
        let own = model.plan.features.iter().enumerate().filter(|(_, one)| matches!(one, Feature::Own(_)));
        let index = |place: usize| Some(model.profiles.get(place)?.stability(columns.get(place)?));
        let mut features: Vec<(usize, f64)> =
            own.filter_map(|(place, _)| Some((place, index(place)?))).collect();
        features.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        Self { score: model.margins.stability(margins), features }
    }

    /// Whether something has moved away.
    pub fn moved(&self) -> bool {
        self.score >= MOVED || self.features.iter().any(|(_, index)| *index >= MOVED)
    }
}

/// How a column was distributed in training.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Profile {
    /// Ascending cuts of its values.
    pub cuts: Vec<f32>,
    /// Share of missing values, then of each bin.
    pub shares: Vec<f64>,
}

impl Profile {
    /// Of the values of a column.
    pub fn of(column: &[f32]) -> Self {
        let binned = Cuts::of(column, 10);
        let cuts: Vec<f32> = (1..binned.bins() as u8 - 1).filter_map(|bin| binned.cut_after(bin)).collect();
        let shares = shares(&cuts, column);
        Self { cuts, shares }
    }

    /// How far other values of the column are from these.
    pub fn stability(&self, column: &[f32]) -> f64 {
        let now = shares(&self.cuts, column);
        let part = |(before, now): (&f64, &f64)| {
            let (before, now) = (before.max(UNSEEN), now.max(UNSEEN));
            (now - before) * libm::log(now / before)
        };
        self.shares.iter().zip(&now).map(part).sum()
    }
}

fn shares(cuts: &[f32], column: &[f32]) -> Vec<f64> {
    let mut counts = vec![0usize; cuts.len() + 2];
    for value in column {
        let bin = if value.is_nan() { 0 } else { 1 + cuts.partition_point(|cut| cut < value) };
        counts[bin] += 1;
    }
    counts.into_iter().map(|count| count as f64 / column.len().max(1) as f64).collect()
}
