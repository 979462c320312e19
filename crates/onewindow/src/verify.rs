//! `onewindow verify`: is the ledger what was committed?
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::{Failure, Space};
use serde_json::json;
use store::sqlite::folder::MasterKey;

/// Arguments of `verify`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    space: Space,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
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
    bar.finish_and_clear();
    let clean = report.faults.is_empty();
    if arguments.json {
        let faults: Vec<_> = report
            .faults
            .iter()
            .map(|(sequence, what)| json!({"sequence": sequence, "what": what}))
            .collect();
        println!(
            "{}",
            json!({
                "clean": clean, "segments": report.segments, "rows": report.rows, "erased": report.erased, "events": report.events,
                "receipts": report.receipts, "accounts": report.accounts, "faults": faults,
            })
        );
    } else {
        println!(
            "{} segments, {} rows ({} erased), {} events, {} receipts, {} accounts",
            report.segments, report.rows, report.erased, report.events, report.receipts, report.accounts
        );
        for (sequence, what) in &report.faults {
            println!("row {sequence}: {what}");
        }
        println!("{}", if clean { "clean" } else { "NOT clean" });
    }
    Ok(clean)
}
