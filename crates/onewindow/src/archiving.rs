//! `onewindow archive`: the rows of closed trades by month, as Parquet files with proofs. How an archive is checked is in
//! `audit/archive`, which opens no store.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::audit::unusable;
use crate::space::Place;
use crate::{Failure, Space};
use evidence::hexadecimal;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use server::archiving::{Archived, Asked, Failed, archive};
use server::clock::Clock;
use std::path::{Path, PathBuf};
use store::postgres::PostgresRead;
use store::sqlite::SqliteStore;
use store::{ChosenRead, Store};

/// Arguments of `archive`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    space: Space,
    /// Folder of the archive: absent or empty.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only the trades that were first declared in this month; all months that have trades unless named.
    #[arg(long, value_name = "YYYYMM", value_parser = month)]
    month: Option<u32>,
    /// Write the closed trades of a month also where others of it are open, or it is not over; the manifest says so.
    #[arg(long)]
    closed_only: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn month(text: &str) -> Result<u32, String> {
    let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse::<u32>().ok().filter(|_| digits);
    let known = number.filter(|number| (1..=12).contains(&(number % 100)) && *number >= 100);
    known.ok_or_else(|| "a month is yyyyMM, as 202611".to_owned())
}

fn bar() -> Result<ProgressBar, Failure> {
    Ok(ProgressBar::new(0)
        .with_style(ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} {msg}")?))
}

async fn archived(space: &Space, asked: Asked, out: &Path, bar: &ProgressBar) -> Result<Archived, Failure> {
    let mut progress = |what: &'static str, done, whole| {
        bar.set_message(what);
        bar.set_length(whole);
        bar.set_position(done);
    };
    let now = Clock::Real.now();
    let done = match space.place()? {
        Place::Folder(folder, options) => {
            let store = SqliteStore::open(&folder, &options, &mut |_| {})?;
            // The folder stays locked while it is read.
            let done = archive(&ChosenRead::Embedded(store.read()), now, asked, out, &mut progress).await;
            drop(store);
            done
        }
        Place::Database(options) => {
            let read = ChosenRead::Database(PostgresRead::open(&options).await?);
            archive(&read, now, asked, out, &mut progress).await
        }
    };
    done.map_err(|failed| match failed {
        Failed::NotEmpty(path) => {
            unusable(&path, "it is not empty, and an archive has a folder of its own").into()
        }
        other => other.into(),
    })
}

fn as_json(archived: &Archived, out: &Path) -> Value {
    let manifest = &archived.manifest;
    let files: Vec<Value> = manifest
        .files
        .iter()
        .map(|file| {
            json!({
                "name": file.name, "month": file.month, "rows": file.rows, "trades": file.trades, "exports": file.exports,
                "open": file.open, "bytes": file.bytes, "sha256": file.sha256,
            })
        })
        .collect();
    json!({
        "out": out, "schema": manifest.schema, "closedOnly": manifest.closed_only,
        "head": hexadecimal(&archived.head.head.digest()), "key": hexadecimal(&archived.head.public),
        "rows": manifest.files.iter().map(|file| file.rows).sum::<u64>(),
        "trades": manifest.files.iter().map(|file| file.trades).sum::<u64>(),
        "files": files, "notWritten": manifest.not_written,
    })
}

/// Runs the command. False = a month has closed trades that were not written, or open ones.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let bar = bar()?;
    let asked = Asked { month: arguments.month, closed_only: arguments.closed_only };
    let done = crate::runtime()?.block_on(archived(&arguments.space, asked, &arguments.out, &bar));
    bar.finish_and_clear();
    let done = done?;
    let manifest = &done.manifest;
    if arguments.json {
        println!("{}", as_json(&done, &arguments.out));
    } else {
        for file in &manifest.files {
            let open = if file.open > 0 {
                format!("; {} open trades are left out", file.open)
            } else {
                String::new()
            };
            println!(
                "{}: {} rows of {} trades, {} bytes{open}",
                file.name, file.rows, file.trades, file.bytes
            );
        }
        for month in &manifest.not_written {
            let (open, closed) = (month.open, month.closed);
            let why = match (open, closed, month.over) {
                (0, 0, _) => "nothing was declared in it".to_owned(),
                (0, _, _) => format!("{closed} trades are closed, and the month is not over"),
                _ => format!("{open} trades are open, {closed} closed"),
            };
            println!("{} is not written: {why}", month.month);
        }
        if !manifest.files.is_empty() {
            println!(
                "check it with: onewindow audit archive {} --key {}",
                arguments.out.display(),
                hexadecimal(&done.head.public)
            );
        }
    }
    Ok(manifest.not_written.iter().all(|month| month.open == 0 && month.closed == 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_six_digits() {
        assert_eq!(month("202611"), Ok(202_611));
        for wrong in ["202613", "202600", "2026-11", "20261", "2026111", "000011", "２０２６１１", "-02611"]
        {
            assert!(month(wrong).is_err(), "{wrong}");
        }
    }
}
