//! `onewindow verify`: is the ledger what was committed, and does every decision come out the same again?
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::{Failure, Space};
use serde_json::json;
use server::derive::Derived;
use store::MasterKey;
use store::Store;
use store::sqlite::SqliteStore;

/// Arguments of `verify`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    space: Space,
    /// Only the rows: do not make the decisions again.
    #[arg(long)]
    rows_only: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Every decision once more, from the rows before it.
fn decided_again(space: &Space, bar: &indicatif::ProgressBar) -> Result<Derived, Failure> {
    let store = SqliteStore::open(&space.data, &space.options(), &mut |_| {})?;
    let read = store.read();
    let mut progress = |rows: u64| {
        bar.set_message(format!("{rows} rows decided again"));
        bar.tick();
    };
    let decide = clearance::decide::decide;
    Ok(crate::runtime()?.block_on(server::derive::derive(&read, decide, &mut progress))?)
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let key =
        arguments.space.master_key.clone().unwrap_or_else(|| MasterKey::default_path(&arguments.space.data));
    let bar = indicatif::ProgressBar::new_spinner();
    let report = store::sqlite::verify::verify(&arguments.space.data, &key, &mut |rows| {
        bar.set_message(format!("{rows} rows"));
        bar.tick();
    })?;
    let derived =
        if arguments.rows_only { Derived::default() } else { decided_again(&arguments.space, &bar)? };
    bar.finish_and_clear();
    let clean = report.faults.is_empty() && derived.different == 0;
    let faults: Vec<(u64, String)> = report.faults.into_iter().chain(derived.faults).collect();
    if arguments.json {
        let faults: Vec<_> =
            faults.iter().map(|(sequence, what)| json!({"sequence": sequence, "what": what})).collect();
        println!(
            "{}",
            json!({
                "clean": clean, "segments": report.segments, "rows": report.rows, "erased": report.erased, "events": report.events,
                "receipts": report.receipts, "accounts": report.accounts, "faults": faults,
                "decidedAgain": derived.events, "different": derived.different, "otherEngines": derived.other_engines, "undecided": derived.undecided,
            })
        );
    } else {
        println!(
            "{} segments, {} rows ({} erased), {} events, {} receipts, {} accounts",
            report.segments, report.rows, report.erased, report.events, report.receipts, report.accounts
        );
        if !arguments.rows_only {
            println!(
                "{} decisions made again, {} different; {} of other engines, {} undecided",
                derived.events, derived.different, derived.other_engines, derived.undecided
            );
        }
        for (sequence, what) in &faults {
            println!("row {sequence}: {what}");
        }
        println!("{}", if clean { "clean" } else { "NOT clean" });
    }
    Ok(clean)
}
