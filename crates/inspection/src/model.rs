//! The model: what it looks at, its trees, what it knows of the past, how far to trust a score. Trained on inspections up to a
//! day, tuned on those of the time after; then learnt once more from both, with as many trees as tuning found best.
#![expect(clippy::float_arithmetic, reason = "a score, no money: judgement is given it in thousandths")]

use crate::calibration::Calibration;
use crate::declaration::{Date, Declaration, Field, Quantity, Trade};
use crate::drift::Profile;
use crate::features::{Plan, Scratch, by_time};
use crate::forest::Forest;
use crate::history::History;
use crate::learn::{Rows, Settings, learn};
use crate::measure::{Band, Measured, bands, measure};
use crate::reasons;
use rustc_hash::FxHashSet;

/// How a model is trained.
#[derive(Clone, Debug)]
pub struct Training {
    /// Which trade its rows are of.
    pub trade: Trade,
    /// What it looks at.
    pub plan: Plan,
    /// How trees are learnt.
    pub settings: Settings,
    /// Forests of different seeds that are averaged, at least 1.
    pub members: usize,
    /// What every chance of the training comes from.
    pub seed: u64,
    /// Last day of the training rows.
    pub train_until: Date,
    /// Last day of the tuning rows, after `train_until`.
    pub tune_until: Date,
    /// Learn once more from both; otherwise what was learnt from the training rows stays, with a history up to their end.
    pub again: bool,
}

/// Where a model comes from, and how good it was on the tuning rows, which its trees had not seen then.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// Which trade it learnt from: it scores no other.
    pub trade: Trade,
    /// First day of the training rows.
    pub trained_from: Date,
    /// Last day of the training rows.
    pub train_until: Date,
    /// Last day of the tuning rows.
    pub tune_until: Date,
    /// The tuning rows were learnt from at the end.
    pub again: bool,
    /// Training rows.
    pub rows: usize,
    /// Illicit ones among them.
    pub illicit: usize,
    /// The seed.
    pub seed: u64,
    /// Forests that were averaged.
    pub members: usize,
    /// How trees were learnt.
    pub settings: Settings,
    /// How good it was on the tuning rows.
    pub measured: Measured,
    /// The same on those tuning rows whose goods, value and mass together no training row had: how much of it is more than
    /// knowing a parcel again.
    pub measured_new: Measured,
    /// Foretold against observed on the tuning rows.
    pub bands: Vec<Band>,
}

/// A model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Where it comes from.
    pub about: About,
    /// What it looks at.
    pub plan: Plan,
    /// Its trees.
    pub forest: Forest,
    /// What it knows of the past.
    pub history: History,
    /// From margins to probabilities.
    pub calibration: Calibration,
    /// How each feature was distributed in training, in the order of the plan.
    pub profiles: Vec<Profile>,
    /// How the margins of the tuning rows were distributed.
    pub margins: Profile,
}

/// Why no model came of a training.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Untrainable {
    /// The days are in the wrong order.
    #[error("tuning ends on {0} and training on {1}: tuning comes after training")]
    Days(Date, Date),
    /// One for both would learn two opposite things of a price.
    #[error("among the rows of {0}s is one of {1}s: each has a model of its own")]
    Trade(Trade, Trade),
    /// Nothing to learn from.
    #[error("{0} rows up to {1} have a result, {2} of them illicit: both kinds are needed to train")]
    Training(usize, Date, usize),
    /// Nothing to tune on.
    #[error("{0} rows from then up to {1} have a result, {2} of them illicit: both kinds are needed to tune")]
    Tuning(usize, Date, usize),
    /// No features.
    #[error("the plan has no feature")]
    Plan,
}

/// Steps of a training, for whoever waits.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Step {
    /// Features by time.
    Features,
    /// A tree was learnt: member, tree, loss on the tuning rows.
    Tree(usize, usize, f64),
    /// A tree was learnt again from all rows: member, tree, of how many.
    Again(usize, usize, usize),
}

fn results(rows: &[Declaration]) -> Vec<bool> {
    rows.iter().map(|row| row.found == Some(true)).collect()
}

/// The rows as features, with a history that ends where they end.
struct Seen {
    columns: Vec<Vec<f32>>,
    found: Vec<bool>,
    /// What each counts.
    weights: Vec<f64>,
}

impl Seen {
    fn rows(&self) -> Rows<'_> {
        Rows { columns: &self.columns, found: &self.found, weights: &self.weights }
    }
}

fn weights(rows: &[Declaration]) -> Vec<f64> {
    rows.iter().filter(|row| row.found.is_some()).map(Declaration::weight).collect()
}

/// Trains a model. Rows without a result are looked at for what they declare, and not learnt from.
///
/// # Errors
/// When there is too little to learn from.
pub fn train(
    declarations: &[Declaration],
    training: &Training,
    progress: &mut dyn FnMut(Step),
) -> Result<Model, Untrainable> {
    let (train, tune) = split(declarations, training)?;
    progress(Step::Features);
    let mut history = training.plan.history();
    let learnt = seen(&training.plan, &train, &mut history);
    // What is found while tuning is not known to the features of the tuning rows: a model is as old as that when it is used.
    let mut later = history.clone();
    let hidden: Vec<Declaration> =
        tune.iter().map(|row| Declaration { found: None, ..row.clone() }).collect();
    let columns = by_time(&training.plan, &hidden, &mut later);
    let tuned = Seen { columns, found: results(&tune), weights: weights(&tune) };
    let members = training.members.max(1);
    let mut forests = Vec::with_capacity(members);
    for member in 0..members {
        let seed = member_seed(training, member);
        let mut told = |trees, loss| progress(Step::Tree(member, trees, loss));
        let one = learn(learnt.rows(), Some(tuned.rows()), &training.settings, seed, &mut told);
        forests.push(one.forest);
    }
    let counts: Vec<usize> = forests.iter().map(|forest| forest.trees.len()).collect();
    let mut forest = average(forests);
    let margins = all_margins(&forest, &tuned.columns, tune.len());
    let duty: Vec<f64> = tune.iter().map(Declaration::duty).collect();
    let calibration = Calibration::fit(&margins, &tuned.found, 50);
    let probabilities: Vec<f64> = margins.iter().map(|margin| calibration.probability(*margin)).collect();
    let about = About {
        trade: training.trade,
        trained_from: train.iter().map(|row| Date(row.day)).min().unwrap_or(training.train_until),
        train_until: training.train_until,
        tune_until: training.tune_until,
        again: training.again,
        rows: learnt.found.len(),
        illicit: learnt.found.iter().filter(|found| **found).count(),
        seed: training.seed,
        members,
        // How many threads is not told: it changes nothing.
        settings: Settings { threads: Settings::default().threads, ..training.settings.clone() },
        measured: measure(&margins, &tuned.found, &duty),
        measured_new: measured_new(&train, &tune, &margins),
        bands: bands(&probabilities, &tuned.found),
    };
    let mut profiles = learnt.columns.iter().map(|column| Profile::of(column)).collect();
    if training.again {
        let mut all = train;
        all.extend(tune);
        history = training.plan.history();
        let both = seen(&training.plan, &all, &mut history);
        profiles = both.columns.iter().map(|column| Profile::of(column)).collect();
        forest = again(training, &both, &counts, progress);
    }
    let margins = Profile::of(&margins.iter().map(|margin| *margin as f32).collect::<Vec<_>>());
    Ok(Model { about, plan: training.plan.clone(), forest, history, calibration, profiles, margins })
}

fn measured_new(train: &[Declaration], tune: &[Declaration], margins: &[f64]) -> Measured {
    fn goods(row: &Declaration) -> (&str, Option<u64>, Option<u64>) {
        let bits = |quantity| row.quantity(quantity).map(f64::to_bits);
        (row.code(Field::Hs6), bits(Quantity::Price), bits(Quantity::NetMass))
    }
    let known: FxHashSet<_> = train.iter().map(goods).collect();
    let new: Vec<usize> = (0..tune.len()).filter(|row| !known.contains(&goods(&tune[*row]))).collect();
    let margins: Vec<f64> = new.iter().map(|row| margins[*row]).collect();
    let found: Vec<bool> = new.iter().map(|row| tune[*row].found == Some(true)).collect();
    let duty: Vec<f64> = new.iter().map(|row| tune[*row].duty()).collect();
    measure(&margins, &found, &duty)
}

/// Features of rows with a result, by time; rows without move the history only.
fn seen(plan: &Plan, rows: &[Declaration], history: &mut History) -> Seen {
    let columns = by_time(plan, rows, history);
    let keep = |column: Vec<f32>| -> Vec<f32> {
        let known = column.into_iter().zip(rows).filter(|(_, row)| row.found.is_some());
        known.map(|(value, _)| value).collect()
    };
    let columns = columns.into_iter().map(keep).collect();
    Seen { columns, found: rows.iter().filter_map(|row| row.found).collect(), weights: weights(rows) }
}

fn member_seed(training: &Training, member: usize) -> u64 {
    crate::random::Numbers::of(training.seed, member as u64 + 1).word()
}

/// From all rows, as many trees as tuning kept.
fn again(training: &Training, both: &Seen, counts: &[usize], progress: &mut dyn FnMut(Step)) -> Forest {
    let mut forests = Vec::with_capacity(counts.len());
    for (member, count) in counts.iter().enumerate() {
        let settings = Settings { trees: *count, ..training.settings.clone() };
        let mut told = |trees, _| progress(Step::Again(member, trees, *count));
        let one = learn(both.rows(), None, &settings, member_seed(training, member), &mut told);
        forests.push(one.forest);
    }
    average(forests)
}

/// Forests as one whose margin is the mean of theirs.
fn average(forests: Vec<Forest>) -> Forest {
    let count = forests.len().max(1);
    let mut whole = Forest::default();
    for forest in forests {
        whole.base += forest.base / count as f64;
        whole.trees.extend(forest.trees);
    }
    for node in whole.trees.iter_mut().flat_map(|tree| &mut tree.nodes) {
        node.value /= count as f32;
    }
    whole
}

fn all_margins(forest: &Forest, columns: &[Vec<f32>], rows: usize) -> Vec<f64> {
    let mut row = Vec::with_capacity(columns.len());
    let margin = |place: usize| {
        row.clear();
        row.extend(columns.iter().map(|column| column[place]));
        forest.margin(&row)
    };
    (0..rows).map(margin).collect()
}

type Split = (Vec<Declaration>, Vec<Declaration>);

fn split(declarations: &[Declaration], training: &Training) -> Result<Split, Untrainable> {
    let (until, end) = (training.train_until, training.tune_until);
    if until >= end {
        return Err(Untrainable::Days(end, until));
    }
    if training.plan.features.is_empty() {
        return Err(Untrainable::Plan);
    }
    if let Some(other) = declarations.iter().find(|row| row.trade != training.trade) {
        return Err(Untrainable::Trade(training.trade, other.trade));
    }
    let train: Vec<Declaration> = declarations.iter().filter(|row| row.day <= until.0).cloned().collect();
    let between = |row: &&Declaration| row.day > until.0 && row.day <= end.0 && row.found.is_some();
    let tune: Vec<Declaration> = declarations.iter().filter(between).cloned().collect();
    let count = |rows: &[Declaration], found| rows.iter().filter(|row| row.found == Some(found)).count();
    let (illicit, licit) = (count(&train, true), count(&train, false));
    if illicit == 0 || licit == 0 {
        return Err(Untrainable::Training(illicit + licit, until, illicit));
    }
    let (illicit, licit) = (count(&tune, true), count(&tune, false));
    if illicit == 0 || licit == 0 {
        return Err(Untrainable::Tuning(illicit + licit, end, illicit));
    }
    Ok((train, tune))
}

/// The score of a declaration.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Score {
    /// Log odds by the trees: what declarations are ranked by.
    pub margin: f64,
    /// What share of such declarations is illicit.
    pub probability: f64,
    /// The same in whole thousandths: what judgement is given.
    pub thousandths: u16,
}

/// Scores declarations day by day, as they were declared: what is declared on a day is known on the next. `visit` is told the
/// place of each in `declarations`, in the order of days.
pub fn by_day(model: &Model, declarations: &[Declaration], visit: &mut dyn FnMut(usize, &Scorer<'_>, Score)) {
    let mut order: Vec<usize> = (0..declarations.len()).collect();
    order.sort_by_key(|row| declarations[*row].day);
    let mut scorer = Scorer::new(model);
    let mut parts = Vec::new();
    for today in order.chunk_by(|one, other| declarations[*one].day == declarations[*other].day) {
        parts.clear();
        for row in today {
            let score = scorer.score(&declarations[*row]);
            parts.push(scorer.scratch.parts().clone());
            visit(*row, &scorer, score);
        }
        for (row, parts) in today.iter().zip(&parts) {
            scorer.history.declared(&declarations[*row], parts);
        }
    }
}

/// A feature's part of a score.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Reason {
    /// Place of the feature in the plan.
    pub feature: usize,
    /// Its value; not a number where it is missing.
    pub value: f32,
    /// Its part of the margin.
    pub part: f64,
}

impl Model {
    /// The score of a declaration by a past; `row` has its features afterwards.
    pub fn score(
        &self,
        declaration: &Declaration,
        history: &History,
        scratch: &mut Scratch,
        row: &mut Vec<f32>,
    ) -> Score {
        self.plan.row(declaration, history, scratch, row);
        let margin = self.forest.margin(row);
        Score {
            margin,
            probability: self.calibration.probability(margin),
            thousandths: self.calibration.thousandths(margin),
        }
    }
}

/// Scores declarations, one after another: the past that it knows goes on with what is declared.
pub struct Scorer<'a> {
    model: &'a Model,
    history: History,
    scratch: Scratch,
    row: Vec<f32>,
}

impl<'a> Scorer<'a> {
    /// From the end of the training on.
    pub fn new(model: &'a Model) -> Self {
        Self { model, history: model.history.clone(), scratch: Scratch::default(), row: Vec::new() }
    }

    /// The score of a declaration as things stand. Nothing moves.
    pub fn score(&mut self, declaration: &Declaration) -> Score {
        self.model.score(declaration, &self.history, &mut self.scratch, &mut self.row)
    }

    /// The past that it knows.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The features of the declaration that was scored last.
    pub fn row(&self) -> &[f32] {
        &self.row
    }

    /// Why the declaration that was scored last has its score: parts that raise it first, then those that lower it, the largest
    /// first. With the expected margin all parts add up to the margin.
    pub fn reasons(&self) -> Vec<Reason> {
        let parts = reasons::parts(&self.model.forest, &self.row, self.row.len());
        let mut all: Vec<Reason> = parts
            .into_iter()
            .enumerate()
            .map(|(feature, part)| Reason { feature, value: self.row[feature], part })
            .collect();
        all.sort_by(|one, other| other.part.total_cmp(&one.part).then(one.feature.cmp(&other.feature)));
        all
    }

    /// The history goes on with a declaration.
    pub fn declared(&mut self, declaration: &Declaration) {
        self.history.declared(declaration, &crate::history::Parts::of(declaration));
    }
}
