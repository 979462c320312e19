//! `onewindow backup` and `onewindow restore`: the embedded store into a folder, while a server works on it, and back
//! into a new data folder.
#![expect(clippy::print_stdout, reason = "the answer of the command")]
#![expect(clippy::print_stderr, reason = "what the operator has to keep elsewhere")]

use crate::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use server::clock::Clock;
use std::path::PathBuf;
use store::MasterKey;
use store::sqlite::restore::Step;

/// Arguments of `backup`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Data folder; a server may be at work on it.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder of the backup, made if absent; what it already has is checked and not copied again.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Arguments of `restore`.
#[derive(clap::Args)]
pub struct RestoreArguments {
    /// Folder of the backup.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// New data folder: absent or empty.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Master key of the space; beside the new data folder unless named. It is in no backup.
    #[arg(long, value_name = "FILE")]
    master_key: Option<PathBuf>,
    /// Official numbers left out, so that none which was given out after the backup is given out again.
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(..=900_000_000))]
    skip_numbers: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn bar() -> Result<ProgressBar, Failure> {
    let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {msg}")?;
    Ok(ProgressBar::new(0).with_style(style))
}

/// Runs `backup`.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let bar = bar()?;
    let mut progress = |done, whole| {
        bar.set_length(whole);
        bar.set_position(done);
    };
    let now = Clock::Real.now();
    let taken = store::sqlite::backup::backup(&arguments.data, &arguments.out, now, &mut progress)?;
    bar.finish_and_clear();
    let manifest = &taken.manifest;
    if arguments.json {
        println!(
            "{}",
            json!({
                "position": manifest.position, "head": manifest.head, "committed": manifest.committed.stamp_millis().to_string(),
                "files": manifest.files.len(), "bytes": manifest.bytes(), "copied": taken.copied, "copiedBytes": taken.copied_bytes,
                "kept": taken.kept, "keptBytes": taken.kept_bytes, "masterKey": false,
            })
        );
    } else {
        println!(
            "up to row {} of {}: {} files copied ({} bytes), {} kept ({} bytes)",
            manifest.position,
            manifest.committed.stamp_millis(),
            taken.copied,
            taken.copied_bytes,
            taken.kept,
            taken.kept_bytes
        );
    }
    eprintln!(
        "The master key is not in the backup, and without it nothing in the backup can be read. Keep {} elsewhere, or the key that `serve` was given with --master-key.",
        MasterKey::default_path(&arguments.data).display()
    );
    Ok(true)
}

/// Runs `restore`.
pub fn restore(arguments: RestoreArguments) -> Result<bool, Failure> {
    let key = arguments.master_key.clone().unwrap_or_else(|| MasterKey::default_path(&arguments.data));
    let bar = bar()?;
    let mut progress = |step| match step {
        Step::Copy(done, whole) => {
            bar.set_length(whole);
            bar.set_position(done);
        }
        Step::Verify(rows) => bar.set_message(format!("{rows} rows verified")),
        Step::Index(rows) => bar.set_message(format!("{rows} rows indexed")),
    };
    let restored = store::sqlite::restore::restore(
        &arguments.from,
        &arguments.data,
        &key,
        arguments.skip_numbers,
        &mut progress,
    )?;
    bar.finish_and_clear();
    let (manifest, report) = (&restored.manifest, &restored.report);
    if arguments.json {
        println!(
            "{}",
            json!({
                "position": manifest.position, "head": manifest.head, "committed": manifest.committed.stamp_millis().to_string(),
                "taken": manifest.taken.stamp_millis().to_string(), "files": manifest.files.len(), "bytes": manifest.bytes(),
                "rows": report.rows, "events": report.events, "receipts": report.receipts, "skippedNumbers": restored.skipped_numbers,
            })
        );
    } else {
        println!(
            "restored to row {} of {} (backup of {}): {} rows verified, {} events, {} receipts",
            manifest.position,
            manifest.committed.stamp_millis(),
            manifest.taken.stamp_millis(),
            report.rows,
            report.events,
            report.receipts
        );
        println!("what was acknowledged after that row is not here: senders send it again");
    }
    Ok(true)
}
