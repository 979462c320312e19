//! `onewindow audit bench`: how fast the log follows a ledger, proves and is checked, on one made for it: rows of the size of real ones,
//! with nothing in them. At its end one byte of the export is altered, and has to be found.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use super::verify::audited;
use super::{Exported, export};
use crate::Failure;
use clearance::keys::{Position, Time};
use clearance::sample::Numbers;
use evidence::verify_inclusion;
use indicatif::ProgressBar;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};
use store::Evidence;
use store::sqlite::Options;
use store::sqlite::folder::Folder;
use store::sqlite::ledger_files::{LedgerFiles, SealedRow};

/// Arguments of `audit bench`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Entries of the log: rows of the ledger.
    #[arg(long, visible_alias = "rows", value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    entries: u64,
    /// Bytes of a row.
    #[arg(long, value_name = "N", default_value_t = 1_200, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    bytes: u64,
    /// Entries that are proved and whose proofs are checked, drawn anew each time with the same seed.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    proofs: u64,
    /// Seed of the entries that are proved and of the byte that is altered.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Kind of an event.
const KIND: u8 = 17;
/// Rows of a commit.
const COMMIT: u64 = 2_000;
/// The last appends are told apart: one of so many.
const LAST: u64 = 10;

/// What was measured.
pub struct Measured {
    entries: u64,
    /// All appends, and the last of them: how many and how long.
    appended: (u64, Duration),
    last: (u64, Duration),
    exported: (u64, Duration),
    /// Bytes of the export.
    bytes: u64,
    verified: Duration,
    /// What was wrong before anything was altered.
    faults: Vec<String>,
    proofs: (u64, Duration),
    altered: Altered,
}

/// The byte that was altered.
struct Altered {
    /// Its place in the export, from 0, and what it was and is.
    at: u64,
    bytes: (char, char),
    /// The entry that it is in.
    entry: u64,
    /// The entry that the audit names, and how long it took.
    named: Option<u64>,
    took: Duration,
}

impl Measured {
    /// Whether the log was clean, every proof held and the altered byte was found in its entry.
    fn holds(&self) -> bool {
        self.faults.is_empty() && self.altered.named == Some(self.altered.entry)
    }
}

fn written(folder: &Path, arguments: &Arguments, bar: &ProgressBar) -> Result<Evidence, Failure> {
    let (data, key) = (folder.join("data"), folder.join("data.key"));
    let mut ledger = LedgerFiles::open(&Folder::open(&data)?, &key, &Options::default())?;
    bar.set_length(arguments.entries);
    bar.set_message("rows written");
    let mut number = 0;
    while number < arguments.entries {
        let count = COMMIT.min(arguments.entries - number);
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

/// Follows the log from its beginning: all appends, and the last.
async fn appended(
    evidence: &Evidence,
    bar: &ProgressBar,
) -> Result<((u64, Duration), (u64, Duration)), Failure> {
    evidence.forget().await?;
    let mut before_last: Option<(u64, Instant)> = None;
    let mut progress = |done: u64, whole: u64| {
        bar.set_length(whole);
        bar.set_position(done);
        if before_last.is_none() && done >= whole - whole / LAST {
            before_last = Some((done, Instant::now()));
        }
    };
    bar.set_message("entries appended");
    let started = Instant::now();
    let heads = evidence.follow(&mut progress).await?;
    let all = (heads.iter().map(|head| head.size).sum(), started.elapsed());
    let last = before_last.map(|(done, since)| (all.0 - done, since.elapsed())).filter(|last| last.0 > 0);
    Ok((all, last.unwrap_or(all)))
}

/// Proves entries against the published head, each proof checked as whoever holds the head alone does it.
async fn proved(
    evidence: &Evidence,
    exported: &Exported,
    (count, seed): (u64, u64),
    bar: &ProgressBar,
) -> Result<(Duration, Vec<String>), Failure> {
    let head = exported.head.head.writers.first().copied().ok_or("the head has no writer")?;
    let (mut draw, mut faults) = (Numbers::new(seed, 1), Vec::new());
    bar.set_length(count);
    bar.set_position(0);
    bar.set_message("entries proved");
    let started = Instant::now();
    for _ in 0..count {
        let sequence = 1 + draw.below(head.size);
        let position = Position { writer: head.writer, sequence };
        let proof = evidence.inclusion(position, head.size).await?.ok_or("an entry has no proof")?;
        if !verify_inclusion(&proof.entry.leaf(), sequence - 1, head.size, &proof.path, &head.root) {
            faults
                .push(format!("the proof of entry {sequence} does not lead to the root of the signed head"));
        }
        bar.inc(1);
    }
    Ok((started.elapsed(), faults))
}

/// Where the line of an entry begins in an export, and the line.
fn line_of(file: &Path, entry: u64) -> Result<(u64, String), Failure> {
    let mut lines = BufReader::with_capacity(1 << 20, File::open(file)?);
    let (mut at, mut line, mut entries) = (0, String::new(), None);
    while lines.read_line(&mut line)? > 0 {
        if entries == Some(entry - 1) {
            return Ok((at, line));
        }
        entries = match entries {
            Some(seen) => Some(seen + 1),
            None if line == "entries\n" => Some(0),
            None => None,
        };
        at += line.len() as u64;
        line.clear();
    }
    Err(format!("the export has no entry {entry}").into())
}

/// Alters one digit of the digest of an entry, and has the export checked again.
fn altered(file: &Path, exported: &Exported, seed: u64, bar: &ProgressBar) -> Result<Altered, Failure> {
    /// Place of the digest among the words of an entry's line, and its digits.
    const DIGEST: (usize, u64) = (4, 64);
    let mut draw = Numbers::new(seed, 2);
    let entry = 1 + draw.below(exported.entries);
    let (begin, line) = line_of(file, entry)?;
    let words_before: usize = line.split(' ').take(DIGEST.0).map(|word| word.len() + 1).sum();
    let at = begin + words_before as u64 + draw.below(DIGEST.1);
    let handle = File::options().read(true).write(true).open(file)?;
    let mut byte = [0];
    handle.read_exact_at(&mut byte, at)?;
    let other = if byte[0] == b'0' { b'1' } else { b'0' };
    handle.write_all_at(&[other], at)?;
    bar.set_message("lines of the altered export checked");
    let started = Instant::now();
    let report = audited(file, Vec::new(), Some(exported.head.public), bar)?;
    let took = started.elapsed();
    let named = report.faults.first().and_then(|fault| fault.entry).map(|(_, sequence)| sequence);
    Ok(Altered { at, bytes: (char::from(byte[0]), char::from(other)), entry, named, took })
}

/// All of it.
pub async fn measured(arguments: &Arguments, bar: &ProgressBar) -> Result<Measured, Failure> {
    let folder = tempfile::tempdir()?;
    let evidence = written(folder.path(), arguments, bar)?;
    let (appended, last) = appended(&evidence, bar).await?;
    let file = folder.path().join("log.evidence");
    let started = Instant::now();
    let exported = export(&evidence, &file, bar).await?;
    let export_took = started.elapsed();
    let (proving, mut faults) = proved(&evidence, &exported, (arguments.proofs, arguments.seed), bar).await?;
    bar.set_length(exported.entries);
    bar.set_message("lines of the export checked");
    let started = Instant::now();
    let report = audited(&file, vec![exported.head.clone()], Some(exported.head.public), bar)?;
    let verified = started.elapsed();
    faults.extend(report.faults.iter().map(|fault| format!("line {}: {}", fault.line, fault.what)));
    if report.entries != exported.entries {
        faults.push(format!("{} entries were checked of {}", report.entries, exported.entries));
    }
    Ok(Measured {
        entries: exported.entries,
        appended,
        last,
        exported: (exported.entries, export_took),
        bytes: std::fs::metadata(&file)?.len(),
        verified,
        faults,
        proofs: (arguments.proofs, proving),
        altered: altered(&file, &exported, arguments.seed, bar)?,
    })
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1)
}

fn rate((count, took): (u64, Duration)) -> u64 {
    count.saturating_mul(1_000) / millis(took)
}

/// Seconds for people, to the thousandth.
fn seconds(took: Duration) -> String {
    format!("{}.{:03}", took.as_secs(), took.subsec_millis())
}

fn json_of(measured: &Measured) -> Value {
    let Altered { at, bytes, entry, named, took } = &measured.altered;
    json!({
        "entries": measured.entries, "milliseconds": millis(measured.appended.1), "rowsPerSecond": rate(measured.appended),
        "appendsPerSecond": rate(measured.appended),
        "lastAppends": {"entries": measured.last.0, "appendsPerSecond": rate(measured.last)},
        "export": {"bytes": measured.bytes, "seconds": measured.exported.1.as_secs_f64()},
        "verifySeconds": measured.verified.as_secs_f64(), "verifiedPerSecond": rate((measured.entries, measured.verified)),
        "proofs": {"checked": measured.proofs.0, "seconds": measured.proofs.1.as_secs_f64(), "perSecond": rate(measured.proofs)},
        "altered": {
            "byte": at, "was": bytes.0, "is": bytes.1, "entry": entry, "named": named, "found": *named == Some(*entry),
            "seconds": took.as_secs_f64(),
        },
        "faults": measured.faults,
    })
}

/// Prints it; whether everything holds.
pub fn told(measured: &Measured, as_json: bool) -> bool {
    if as_json {
        println!("{}", json_of(measured));
        return measured.holds();
    }
    let Measured { entries, appended, last, exported, bytes, verified, faults, proofs, altered } = measured;
    println!("{entries} entries appended in {} s: {} a second", seconds(appended.1), rate(*appended));
    println!("the last {} of them: {} a second", last.0, rate(*last));
    println!("exported in {} s: {bytes} bytes", seconds(exported.1));
    println!("checked in {} s: {} entries a second", seconds(*verified), rate((*entries, *verified)));
    println!(
        "{} entries proved and each proof checked in {} s: {} a second",
        proofs.0,
        seconds(proofs.1),
        rate(*proofs)
    );
    let Altered { at, bytes: (was, is), entry, named, took } = altered;
    let found = match named {
        Some(named) if named == entry => format!("found, entry {named} is named"),
        Some(named) => format!("NOT found in its place: entry {named} is named"),
        None => "NOT found".to_owned(),
    };
    println!("byte {at} altered from {was} to {is}, in entry {entry}: {found} in {} s", seconds(*took));
    faults.iter().for_each(|fault| println!("{fault}"));
    measured.holds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_an_entry_is_found() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "title\nkey 1\nentries\n0 1 a\n0 2 bc\nend 2\n").unwrap();
        assert_eq!(line_of(file.path(), 2).unwrap(), (26, "0 2 bc\n".to_owned()));
        assert_eq!(line_of(file.path(), 1).unwrap().0, 20);
        assert!(line_of(file.path(), 4).is_err());
    }
}
