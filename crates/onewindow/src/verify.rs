//! `onewindow verify`: is the ledger what was committed, and does every decision come out the same again?
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::space::Place;
use crate::{Failure, Space};
use serde_json::json;
use server::derive::Derived;
use store::postgres::PostgresRead;
use store::sqlite::SqliteStore;
use store::verify::Report;
use store::{ChosenRead, Store};

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

/// Rows first; then, unless `rows_only`, every decision once more, from the rows before it. No server may have a folder open.
pub async fn look(
    space: &Space,
    rows_only: bool,
    bar: &indicatif::ProgressBar,
) -> Result<(Report, Derived), Failure> {
    let mut progress = |rows: u64| {
        bar.set_message(format!("{rows} rows"));
        bar.tick();
    };
    let (report, read) = match space.place()? {
        Place::Folder(folder, options) => {
            let key = Space::key_of(&folder, &options);
            let report = store::sqlite::verify::verify(&folder, &key, &mut progress)?;
            if rows_only {
                return Ok((report, Derived::default()));
            }
            let store = SqliteStore::open(&folder, &options, &mut |_| {})?;
            (report, ChosenRead::Embedded(store.read()))
        }
        Place::Database(options) => {
            let read = PostgresRead::open(&options).await?;
            (store::postgres::verify::verify(&read, &mut progress).await?, ChosenRead::Database(read))
        }
    };
    if rows_only {
        return Ok((report, Derived::default()));
    }
    let mut progress = |rows: u64| {
        bar.set_message(format!("{rows} rows decided again"));
        bar.tick();
    };
    let derived = server::derive::derive(&read, clearance::decide::decide, &mut progress).await?;
    Ok((report, derived))
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let bar = indicatif::ProgressBar::new_spinner();
    let runtime = crate::runtime()?;
    let (report, derived) = runtime.block_on(look(&arguments.space, arguments.rows_only, &bar))?;
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
