//! `onewindow audit bench`: how fast the log follows a ledger, on one made for it: rows of the size of real ones, with nothing
//! in them.

use super::rebuilt;
use crate::Failure;
use clearance::keys::Time;
use indicatif::ProgressBar;
use std::time::Duration;
use store::Evidence;
use store::sqlite::Options;
use store::sqlite::folder::Folder;
use store::sqlite::ledger_files::{LedgerFiles, SealedRow};

/// Arguments of `audit bench`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Rows of the ledger.
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(1..))]
    rows: u64,
    /// Bytes of a row.
    #[arg(long, value_name = "N", default_value_t = 1_200, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    bytes: u64,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Kind of an event.
const KIND: u8 = 17;
/// Rows of a commit.
const COMMIT: u64 = 2_000;

fn written(folder: &std::path::Path, arguments: &Arguments, bar: &ProgressBar) -> Result<Evidence, Failure> {
    let (data, key) = (folder.join("data"), folder.join("data.key"));
    let mut ledger = LedgerFiles::open(&Folder::open(&data)?, &key, &Options::default())?;
    bar.set_length(arguments.rows);
    bar.set_message("rows written");
    let mut number = 0;
    while number < arguments.rows {
        let count = COMMIT.min(arguments.rows - number);
        let row = |number: u64| {
            let mut blob = vec![0; usize::try_from(arguments.bytes).unwrap_or_default()];
            blob.iter_mut().zip(number.to_be_bytes()).for_each(|(byte, digit)| *byte = digit);
            SealedRow::alone(KIND, blob)
        };
        let time = Time(ledger.last_time().0 + 1);
        ledger.commit(time, (number..number + count).map(row).collect())?;
        number += count;
        bar.set_position(number);
    }
    Ok(Evidence::of_folder(&data, &key)?)
}

/// Rows and how long following them took.
pub async fn measured(arguments: &Arguments, bar: &ProgressBar) -> Result<(u64, Duration), Failure> {
    let folder = tempfile::tempdir()?;
    let evidence = written(folder.path(), arguments, bar)?;
    bar.set_message("rows in the tree");
    Ok(rebuilt(&evidence, bar).await?)
}
