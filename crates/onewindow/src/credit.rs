//! `onewindow credit weights`: the weights of the tables beside what the facts of a space make of them. Nothing is written: weights are
//! tables, drafted and published by people.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::{Failure, Space};
use ceb::Day;
use serde_json::{Value, json};

/// Arguments of `credit`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Each indicator's part of its dimension by the tables and by entropy: how much the enterprises of a space differ in it.
    #[command(after_help = "Example:\n  onewindow credit weights --data zone --json")]
    Weights {
        #[command(flatten)]
        space: Space,
        /// Day as of which they are weighed, yyyyMMdd; today unless named.
        #[arg(long, value_parser = day, value_name = "DAY")]
        day: Option<Day>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// A day of the command line.
pub(crate) fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day yyyyMMdd".to_owned())
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let Action::Weights { space, day, json: as_json } = arguments.action;
    let runtime = crate::runtime()?;
    let opened = runtime.block_on(crate::serve::open(&space, None))?;
    let weighed = runtime.block_on(async {
        // What the window counts of parties itself.
        server::statistics::follow(&opened.window).await?;
        let day = day.unwrap_or_else(|| opened.window.clock.now().day());
        Ok::<_, Failure>((day, server::credit_weights::weights(&opened.window, day).await?))
    });
    drop(opened.window);
    let _ = opened.writer.join();
    let (day, weights) = weighed?;
    if as_json {
        let weights: Vec<Value> = weights
            .iter()
            .map(|one| {
                json!({"dimension": one.dimension.as_str(), "indicator": one.indicator.as_str(), "sharePercent": one.share,
                    "byEntropyPpm": one.by_entropy, "enterprises": one.told})
            })
            .collect();
        println!("{}", json!({"day": day.number().to_string(), "weights": weights}));
        return Ok(true);
    }
    println!(
        "| dimension | indicator | by the tables, % | by entropy, % | enterprises |\n|---|---|---:|---:|---:|"
    );
    for one in &weights {
        let (whole, part) = (one.by_entropy / 10_000, one.by_entropy / 1_000 % 10);
        println!("| {} | {} | {} | {whole}.{part} | {} |", one.dimension, one.indicator, one.share, one.told);
    }
    Ok(true)
}
