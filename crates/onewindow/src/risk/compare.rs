//! `onewindow risk compare` and `drift`: a model beside another before it is used, and a model beside what is declared now.
#![expect(clippy::print_stdout, reason = "the answer of the command")]
#![expect(clippy::float_arithmetic, reason = "figures of a model, no money")]

use super::score::known;
use super::{declarations, measured_json, model_for, rounded, tell_measured};
use crate::Failure;
use inspection::declaration::Declaration;
use inspection::drift::{Drift, reading};
use inspection::measure::{SHARES, count, ranking};
use inspection::model::{Model, by_day};
use serde_json::json;
use std::collections::HashSet;
use std::path::PathBuf;

/// Arguments of `risk compare`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The model in use.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// The other one.
    #[arg(long, value_name = "FILE")]
    with: PathBuf,
    /// Tables of declarations, or folders of such.
    #[arg(long, value_name = "CSV|DIR", required = true, num_args = 1..)]
    data: Vec<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Arguments of `risk drift`.
#[derive(clap::Args)]
pub struct DriftArguments {
    /// The model.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Tables of declarations, or folders of such.
    #[arg(long, value_name = "CSV|DIR", required = true, num_args = 1..)]
    data: Vec<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn margins(model: &Model, rows: &[Declaration]) -> Vec<f64> {
    let mut margins = vec![0.0; rows.len()];
    by_day(model, rows, &mut |row, _, score| margins[row] = score.margin);
    margins
}

/// Declarations in the highest share of both, ÷ those in the share.
fn common(one: &[f64], other: &[f64], share: u32) -> f64 {
    let looked_at = count(one.len(), share);
    let top: HashSet<usize> = ranking(one).into_iter().take(looked_at).collect();
    let both = ranking(other).into_iter().take(looked_at).filter(|row| top.contains(row)).count();
    both as f64 / looked_at.max(1) as f64
}

/// Runs `compare`.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let rows = declarations(&arguments.data)?;
    let (one, other) = (model_for(&rows, &arguments.model)?, model_for(&rows, &arguments.with)?);
    let (one, other) = (margins(&one, &rows), margins(&other, &rows));
    let shared = SHARES.map(|share| (share, common(&one, &other, share)));
    let (one, other) = (known(&rows, &one), known(&rows, &other));
    if arguments.json {
        let shared: Vec<_> = shared
            .iter()
            .map(|(share, common)| json!({"perCent": share, "common": rounded(*common)}))
            .collect();
        println!(
            "{}",
            json!({"declarations": rows.len(), "common": shared, "model": one.as_ref().map(measured_json),
                "with": other.as_ref().map(measured_json)})
        );
        return Ok(true);
    }
    println!("{} declarations", rows.len());
    for (share, common) in shared {
        println!("of the highest {share:>2} % both choose the same {:.1} %", common * 100.0);
    }
    for (name, measured) in [("\nthe model in use:", one), ("\nthe other:", other)] {
        if let Some(measured) = measured {
            println!("{name}");
            tell_measured(&measured);
        }
    }
    Ok(true)
}

/// Runs `drift`. Falls short when a feature or the score has moved away.
pub fn drift(arguments: &DriftArguments) -> Result<bool, Failure> {
    let rows = declarations(&arguments.data)?;
    let model = model_for(&rows, &arguments.model)?;
    let mut columns = vec![vec![f32::NAN; rows.len()]; model.plan.features.len()];
    let mut margins = vec![f32::NAN; rows.len()];
    by_day(&model, &rows, &mut |row, scorer, score| {
        margins[row] = score.margin as f32;
        for (column, value) in columns.iter_mut().zip(scorer.row()) {
            column[row] = *value;
        }
    });
    let drift = Drift::of(&model, &columns, &margins);
    let score = drift.score;
    let name = |place: usize| model.plan.features.get(place).map(|feature| model.plan.name(feature));
    let features: Vec<(String, f64)> =
        drift.features.iter().filter_map(|(place, index)| Some((name(*place)?, *index))).collect();
    if arguments.json {
        let told: Vec<_> = features
            .iter()
            .map(|(name, index)| json!({"feature": name, "index": rounded(*index), "reading": reading(*index)}))
            .collect();
        println!(
            "{}",
            json!({"declarations": rows.len(), "score": {"index": rounded(score), "reading": reading(score)},
                "features": told})
        );
    } else {
        println!(
            "{} declarations; population stability index (below 0.1 stable, from 0.25 on moved)",
            rows.len()
        );
        println!("{score:>8.4} {:<6} the score", reading(score));
        for (name, index) in &features {
            println!("{index:>8.4} {:<6} {name}", reading(*index));
        }
    }
    Ok(!drift.moved())
}
