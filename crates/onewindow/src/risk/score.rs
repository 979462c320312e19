//! `onewindow risk score`: declarations in, scores with reasons out, as a table.
#![expect(clippy::print_stdout, reason = "the answer of the command")]
#![expect(clippy::float_arithmetic, reason = "figures of a model, no money")]

use super::{declarations, measured_json, model_for, put, rounded, tell_measured};
use crate::Failure;
use inspection::declaration::Declaration;
use inspection::measure::{Measured, measure, ranking};
use inspection::model::{Model, Reason, Score, by_day};
use serde_json::json;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Instant;

/// Arguments of `risk score`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The model.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Tables of declarations, or folders of such. What was found, where a table says it, is only measured against.
    #[arg(long, value_name = "CSV|DIR", required = true, num_args = 1..)]
    data: Vec<PathBuf>,
    /// Scores as a table, written anew: declaration, rank, score, probability, thousandths, reasons.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Most reasons of a score; 0 = none.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=20))]
    reasons: u8,
    /// Reasons for this share of the highest scores, per cent: they take a hundred times as long as a score.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(0..=100))]
    reasons_for: u8,
    /// Language of the reasons.
    #[arg(long, value_enum, default_value_t = Language::En)]
    language: Language,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// How good scores are, where some results are known.
pub fn known(rows: &[Declaration], margins: &[f64]) -> Option<Measured> {
    let with: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].found.is_some()).collect();
    let margins: Vec<f64> = with.iter().map(|row| margins[*row]).collect();
    let found: Vec<bool> = with.iter().map(|row| rows[*row].found == Some(true)).collect();
    let duty: Vec<f64> = with.iter().map(|row| rows[*row].duty()).collect();
    (!with.is_empty()).then(|| measure(&margins, &found, &duty))
}

/// The reasons that weigh most, either way: what, its value, its part of the log odds.
fn told(model: &Model, mut reasons: Vec<Reason>, most: usize, language: Language) -> String {
    reasons.sort_by(|one, other| other.part.abs().total_cmp(&one.part.abs()));
    let mut text = String::new();
    for reason in reasons.iter().take(most) {
        let feature = &model.plan.features[reason.feature];
        let name = match language {
            Language::Zh => model.plan.chinese(feature),
            Language::En => model.plan.name(feature),
        };
        let gap = if text.is_empty() { "" } else { "; " };
        // Writing to a string does not fail.
        let _ = if reason.value.is_nan() {
            let missing = if language == Language::Zh { "无" } else { "none" };
            write!(text, "{gap}{name} = {missing} ({:+.2})", reason.part)
        } else {
            write!(text, "{gap}{name} = {:.3} ({:+.2})", reason.value, reason.part)
        };
    }
    text
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let rows = declarations(&arguments.data)?;
    let model = model_for(&rows, &arguments.model)?;
    let most = usize::from(arguments.reasons);
    let started = Instant::now();
    let mut scores = vec![Score { margin: 0.0, probability: 0.0, thousandths: 0 }; rows.len()];
    by_day(&model, &rows, &mut |row, _, score| scores[row] = score);
    let micros = started.elapsed().as_secs_f64() * 1e6 / rows.len() as f64;
    let margins: Vec<f64> = scores.iter().map(|score| score.margin).collect();
    let mut ranks = vec![0; rows.len()];
    for (rank, row) in ranking(&margins).into_iter().enumerate() {
        ranks[row] = rank + 1;
    }
    let mut reasons = vec![String::new(); rows.len()];
    let explained = (rows.len() * usize::from(arguments.reasons_for)).div_ceil(100);
    if most > 0 && explained > 0 {
        by_day(&model, &rows, &mut |row, scorer, _| {
            if ranks[row] <= explained {
                reasons[row] = told(&model, scorer.reasons(), most, arguments.language);
            }
        });
    }
    put(&arguments.out, &table(&rows, &scores, &ranks, &reasons))?;
    let measured = known(&rows, &margins);
    if arguments.json {
        println!(
            "{}",
            json!({"declarations": rows.len(), "microsecondsAScore": rounded(micros), "out": arguments.out,
                "measured": measured.as_ref().map(measured_json)})
        );
    } else {
        println!("{} declarations scored, {micros:.1} µs each; {}", rows.len(), arguments.out.display());
        if let Some(measured) = measured {
            tell_measured(&measured);
        }
    }
    Ok(true)
}

fn table(rows: &[Declaration], scores: &[Score], ranks: &[usize], reasons: &[String]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut text = String::from("Declaration ID,rank,score,probability,thousandths,reasons\n");
    for (place, row) in rows.iter().enumerate() {
        let score = scores[place];
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{},{},{},{:.6},{},{}",
            quoted(&row.id),
            ranks[place],
            score.margin,
            score.probability,
            score.thousandths,
            quoted(&reasons[place])
        );
    }
    text
}
