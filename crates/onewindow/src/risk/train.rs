//! `onewindow risk train`: from tables of inspected declarations to a model file, with what it came to.
#![expect(clippy::print_stdout, reason = "the answer of the command")]
#![expect(clippy::float_arithmetic, reason = "figures of a model, no money")]

use super::{declarations, measured_json, put, rounded, tell_measured};
use crate::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use inspection::declaration::{Date, Declaration, Trade};
use inspection::model::{Model, Step, by_day, train};
use inspection::{form, standard};
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Arguments of `risk train`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Tables of declarations with what was found, or folders of such: all of imports, or all of exports.
    #[arg(long, value_name = "CSV|DIR", required = true, num_args = 1..)]
    data: Vec<PathBuf>,
    /// The model, written anew.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Last day of the training.
    #[arg(long, value_name = "yyyy-MM-dd", value_parser = date)]
    train_until: Date,
    /// Last day of the tuning, which begins on the day after the training. Later rows are not looked at.
    #[arg(long, value_name = "yyyy-MM-dd", value_parser = date)]
    tune_until: Date,
    /// What every chance of the training comes from: the same rows and seed give the same model.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Forests of different seeds that are averaged.
    #[arg(long, default_value_t = standard::MEMBERS, value_parser = clap::value_parser!(u8).range(1..=50))]
    members: u8,
    /// Keep what was learnt from the training rows; otherwise it is learnt once more with the tuning rows at the end.
    #[arg(long)]
    once: bool,
    /// Families of features to leave out, to see what they bring.
    #[arg(long, value_name = "FAMILY", value_parser = families(), num_args = 1..)]
    without: Vec<String>,
    /// Threads; they change nothing but the time.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn families() -> clap::builder::PossibleValuesParser {
    standard::FAMILIES.map(|(family, _)| family).into()
}

fn date(text: &str) -> Result<Date, &'static str> {
    Date::parse(text).ok_or("a day of the calendar as yyyy-MM-dd")
}

/// Microseconds that a score takes, its features included: the mean over some declarations.
fn score_micros(model: &Model, rows: &[Declaration]) -> f64 {
    let some = &rows[rows.len().saturating_sub(5_000)..];
    let started = Instant::now();
    let mut sum = 0.0;
    by_day(model, some, &mut |_, _, score| sum += score.margin);
    std::hint::black_box(sum);
    started.elapsed().as_secs_f64() * 1e6 / some.len().max(1) as f64
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let rows = declarations(&arguments.data)?;
    // Rows of no trade are refused before.
    let trade = rows.first().map_or(Trade::Import, |first| first.trade);
    let mut training = standard::training(trade, arguments.train_until, arguments.tune_until, arguments.seed);
    let without: Vec<&str> = arguments.without.iter().map(String::as_str).collect();
    training.plan = standard::plan(trade, &without);
    training.members = usize::from(arguments.members);
    training.again = !arguments.once;
    training.settings.threads = arguments.threads.clamp(1, 64);
    let style = ProgressStyle::with_template("{spinner} {msg}")?;
    let bar = ProgressBar::new_spinner().with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    let started = Instant::now();
    let of = arguments.members;
    let mut progress = |step: Step| match step {
        Step::Features => bar.set_message("features by time"),
        Step::Tree(member, tree, loss) => {
            bar.set_message(format!(
                "forest {} of {of}: tree {tree}, loss while tuning {loss:.5}",
                member + 1
            ));
        }
        Step::Again(member, tree, trees) => {
            bar.set_message(format!(
                "again with all rows, forest {} of {of}: tree {tree} of {trees}",
                member + 1
            ));
        }
    };
    let model = train(&rows, &training, &mut progress)?;
    let took = started.elapsed();
    bar.finish_and_clear();
    let text = form::write(&model);
    put(&arguments.out, &text)?;
    let micros = score_micros(&model, &rows);
    let digest = form::digest_of(&text).unwrap_or_default();
    if arguments.json {
        tell_json(&model, digest, took, micros, text.len());
    } else {
        tell(&model, digest, took, micros);
    }
    Ok(true)
}

fn tell(model: &Model, digest: &str, took: Duration, micros: f64) {
    let about = &model.about;
    println!("model {digest}");
    println!(
        "trained on {} {}s ({} illicit) from {} to {}, tuned up to {}{}",
        about.rows,
        about.trade,
        about.illicit,
        about.trained_from,
        about.train_until,
        about.tune_until,
        if about.again { ", then learnt once more from all" } else { "" }
    );
    println!(
        "{} features, {} trees, {} values known; {:.1} s; {micros:.1} µs a score",
        model.plan.features.len(),
        model.forest.trees.len(),
        model.history.len(),
        took.as_secs_f64()
    );
    println!("\nOn the tuning declarations, before these were learnt from:");
    tell_measured(&about.measured);
    println!("\nOf these, those whose goods, value and mass together were not declared before:");
    tell_measured(&about.measured_new);
    println!("\nforetold  declarations  mean foretold  observed");
    for band in &about.bands {
        println!(
            "from {:.1}  {:>12}         {:.4}    {:.4}",
            f64::from(band.from) / 1000.0,
            band.rows,
            band.foretold,
            band.observed
        );
    }
}

fn tell_json(model: &Model, digest: &str, took: Duration, micros: f64, bytes: usize) {
    let about = &model.about;
    let bands: Vec<_> = about
        .bands
        .iter()
        .map(|band| {
            json!({"from": band.from, "declarations": band.rows, "foretold": rounded(band.foretold),
                "observed": rounded(band.observed)})
        })
        .collect();
    println!(
        "{}",
        json!({
            "model": digest, "form": form::FORM, "trade": about.trade.word(), "bytes": bytes, "rows": about.rows, "illicit": about.illicit,
            "trainedFrom": about.trained_from.to_string(), "trainUntil": about.train_until.to_string(),
            "tuneUntil": about.tune_until.to_string(), "again": about.again, "seed": about.seed, "members": about.members,
            "features": model.plan.features.len(), "trees": model.forest.trees.len(),
            "milliseconds": took.as_millis() as u64, "microsecondsAScore": rounded(micros),
            "tuning": measured_json(&about.measured),
            "tuningNew": measured_json(&about.measured_new), "calibration": bands,
        })
    );
}
