//! `onewindow risk`: train a model on inspections, score declarations with it, compare two, watch for drift. Reads and writes
//! files; only `export` and `audit` open a space, to read it. The model itself is the crate `inspection`; docs/risk-model.md tells how good it is.
#![expect(clippy::print_stdout, reason = "the answer of the command")]
#![expect(clippy::float_arithmetic, reason = "figures of a model, no money")]

mod audit;
mod compare;
mod evaluate;
mod export;
mod history;
mod in_memory;
mod indicators;
mod measured;
pub mod rules;
mod score;
mod train;

use crate::Failure;
use inspection::declaration::{Declaration, Trade};
use inspection::measure::Measured;
use inspection::model::Model;
use serde_json::{Value, json};
use server::shadow::Loaded;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `risk`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Train a model on inspections up to a day and tune it on those of the time after; which trade it is of the tables say.
    #[command(
        after_help = "Example:\n  onewindow risk train --data declarations --train-until 2020-12-31 --tune-until 2021-03-31 --out risk.model"
    )]
    Train(train::Arguments),
    /// Score declarations, each with its reasons.
    #[command(
        after_help = "Example:\n  onewindow risk score --model risk.model --data new.csv --out scores.csv"
    )]
    Score(score::Arguments),
    /// Compare two models on the same declarations: how good each is, where they differ.
    #[command(
        after_help = "Example:\n  onewindow risk compare --model risk.model --with candidate.model --data new.csv --json"
    )]
    Compare(compare::Arguments),
    /// Say whether declarations still look like those a model was trained on.
    #[command(after_help = "Example:\n  onewindow risk drift --model risk.model --data new.csv")]
    Drift(compare::DriftArguments),
    /// Measure the sealed rules on fraud that is planted among invented trades and exports.
    #[command(
        after_help = "Example:\n  onewindow risk evaluate --declarations 30000 --exports 30000 --fraud 0.03"
    )]
    Evaluate(evaluate::Arguments),
    /// Measure how long many rules over many windows take for a declaration.
    Rules(rules::Arguments),
    /// Write what a space declared and what its inspections found as a table to train on: of imports, or of exports.
    #[command(
        after_help = "Example:\n  onewindow risk export --data zone --out declarations.csv\n  onewindow risk train --data declarations.csv --train-until 2026-09-30 --tune-until 2026-10-31 --out risk.model\n  onewindow risk export --data zone --trade export --out exports.csv"
    )]
    Export(export::Arguments),
    /// Hold lists that were released unopened against the rules of today, and write those to audit.
    #[command(
        after_help = "Example:\n  onewindow risk audit --data zone --from 20261001 --to 20261031 --out audits.csv --most 50\n  onewindow risk audit --data zone --trade export --out exports.csv"
    )]
    Audit(audit::Arguments),
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    match arguments.action {
        Action::Train(arguments) => train::run(&arguments),
        Action::Score(arguments) => score::run(&arguments),
        Action::Compare(arguments) => compare::run(&arguments),
        Action::Drift(arguments) => compare::drift(&arguments),
        Action::Evaluate(arguments) => evaluate::run(&arguments),
        Action::Rules(arguments) => rules::run(&arguments),
        Action::Export(arguments) => export::run(&arguments),
        Action::Audit(arguments) => audit::run(&arguments),
    }
}

/// The declarations of files, and of all tables of folders, in the order of their names.
fn declarations(paths: &[PathBuf]) -> Result<Vec<Declaration>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut inside = Vec::new();
            for entry in std::fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))? {
                let path = entry?.path();
                if path.extension().is_some_and(|extension| extension == "csv") {
                    inside.push(path);
                }
            }
            if inside.is_empty() {
                return Err(format!("{} has no table (*.csv)", path.display()).into());
            }
            inside.sort();
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        all.extend(inspection::table::read(&text).map_err(|faults| format!("{}: {faults}", file.display()))?);
    }
    let Some(first) = all.first().map(|first| first.trade) else {
        return Err("there is no declaration".into());
    };
    if all.iter().any(|one| one.trade != first) {
        return Err("some of the tables are of imports and some of exports: give those of one".into());
    }
    Ok(all)
}

/// A model that is meant for these declarations.
fn model_for(rows: &[Declaration], file: &Path) -> Result<Model, Failure> {
    let (model, _) = read_model(file)?;
    match rows.first() {
        Some(row) if row.trade != model.about.trade => Err(not_of(file, &model, row.trade)),
        _ => Ok(model),
    }
}

fn not_of(file: &Path, model: &Model, trade: Trade) -> Failure {
    let learnt = model.about.trade;
    format!("{}: the model learnt from {learnt}s and scores no {trade}s", file.display()).into()
}

/// A model and its digest.
fn read_model(file: &Path) -> Result<(Model, String), Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let model = inspection::form::read(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok((model, inspection::form::digest_of(&text).unwrap_or_default().to_owned()))
}

/// A model of a trade with what it is known by, for a window.
///
/// # Errors
/// When the file cannot be read, is no model, or one of the other trade.
pub fn loaded(file: &Path, trade: Trade) -> Result<Loaded, Failure> {
    let (model, digest) = read_model(file)?;
    if model.about.trade != trade {
        return Err(not_of(file, &model, trade));
    }
    Ok(Loaded { model: Arc::new(model), digest })
}

/// Writes a file so that nobody finds half of it.
fn put(file: &Path, text: &str) -> Result<(), Failure> {
    let partial = file.with_added_extension("partial");
    let put = std::fs::write(&partial, text).and_then(|()| std::fs::rename(&partial, file));
    put.map_err(|error| format!("{}: {error}", file.display()).into())
}

/// Digits enough for people, and the same on every machine.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn measured_json(measured: &Measured) -> Value {
    let at: Vec<Value> = measured
        .at
        .iter()
        .map(|at| {
            json!({"perCent": at.share, "lookedAt": at.looked_at, "precision": rounded(at.precision),
                "recall": rounded(at.recall), "revenue": rounded(at.revenue)})
        })
        .collect();
    json!({"declarations": measured.rows, "illicit": measured.illicit, "auc": rounded(measured.auc), "at": at})
}

fn tell_measured(measured: &Measured) {
    println!("{} declarations, {} illicit; AUC {:.4}", measured.rows, measured.illicit, measured.auc);
    println!("looked at       precision  recall  revenue");
    for at in &measured.at {
        println!(
            "{:>3} % ({:>6})     {:.4}  {:.4}   {:.4}",
            at.share, at.looked_at, at.precision, at.recall, at.revenue
        );
    }
}
