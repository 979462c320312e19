//! `onewindow audit archive`: checks an archive by itself. It opens no store, needs no key that is secret, and uses nothing of
//! the window but the crates `archive` and `evidence`.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use super::verify::{head_of, public, unusable};
use crate::Failure;
use archive::{Fault, Known, Report, check};
use evidence::hexadecimal;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Arguments of `audit archive`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder of the archive.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The head that it must rest on, as `audit head` or the interface gave it (text or JSON).
    #[arg(long, value_name = "HEAD_FILE")]
    head: Option<PathBuf>,
    /// A public key that you know the space by; several where it had several.
    #[arg(long, value_name = "HEX", value_parser = public)]
    key: Vec<[u8; 32]>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// One fault for people.
fn told(fault: &Fault) -> String {
    let entry = fault.entry.map(|(writer, sequence)| format!(" (entry {sequence} of writer {writer})"));
    match fault.row {
        Some(row) => format!("{}, row {row}{}: {}", fault.file, entry.unwrap_or_default(), fault.what),
        None => format!("{}: {}", fault.file, fault.what),
    }
}

fn as_json(report: &Report) -> Value {
    let faults: Vec<Value> = report
        .faults
        .iter()
        .map(|fault| {
            json!({
                "file": fault.file, "row": fault.row, "writer": fault.entry.map(|(writer, _)| writer),
                "sequence": fault.entry.map(|(_, sequence)| sequence), "what": fault.what,
            })
        })
        .collect();
    let head = &report.head.head;
    json!({
        "clean": report.faults.is_empty(), "schema": report.manifest.schema, "closedOnly": report.manifest.closed_only,
        "files": report.manifest.files.len(), "rows": report.rows, "manifest": report.sha256, "key": hexadecimal(&report.key),
        "head": hexadecimal(&head.digest()), "millis": head.time,
        "faults": faults, "more": report.more,
    })
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let head = arguments.head.as_deref().map(head_of).transpose()?;
    let known = Known { keys: arguments.key.clone(), head };
    let style = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} rows")?;
    let bar = ProgressBar::new(0).with_style(style);
    let mut progress = |done, whole| {
        bar.set_length(whole);
        bar.set_position(done);
    };
    let report = check(&arguments.folder, &known, &mut progress);
    bar.finish_and_clear();
    let report = report.map_err(|error| unusable(&arguments.folder, error.told()))?;
    let clean = report.faults.is_empty();
    if arguments.json {
        println!("{}", as_json(&report));
    } else {
        println!(
            "{} rows in {} files, signed with {}",
            report.rows,
            report.manifest.files.len(),
            hexadecimal(&report.key)
        );
        for fault in &report.faults {
            println!("{}", told(fault));
        }
        if report.more > 0 {
            println!("and {} more that are not named", report.more);
        }
        println!("{}", if clean { "clean" } else { "NOT clean" });
    }
    Ok(clean)
}
