//! `onewindow audit verify`: checks an exported log by itself. It opens no store, needs no key that is secret, and uses nothing
//! of the window but the crate `evidence`.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::Failure;
use evidence::{Auditor, Fault, Report, SignedHead, hexadecimal, of_hexadecimal};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Arguments of `audit verify`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The export.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A head that you wrote down before, as `audit head` or the interface gave it (text or JSON): the export must have grown
    /// out of it. May be named several times.
    #[arg(long, value_name = "HEAD_FILE")]
    against: Vec<PathBuf>,
    /// The public key that you know the space by.
    #[arg(long, value_name = "HEX", value_parser = public)]
    key: Option<[u8; 32]>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// What was named cannot be read: nothing is said of the log.
#[derive(thiserror::Error, Debug)]
#[error("{}: {what}", .path.display())]
pub struct Unusable {
    path: PathBuf,
    what: String,
}

pub(super) fn public(text: &str) -> Result<[u8; 32], String> {
    of_hexadecimal(text).ok_or_else(|| "a public key has 64 hexadecimal digits".to_owned())
}

pub(crate) fn unusable(path: &Path, what: impl ToString) -> Unusable {
    Unusable { path: path.to_owned(), what: what.to_string() }
}

/// A head as text, or the JSON of the interface, whose `note` is that text.
fn head_of(path: &Path) -> Result<SignedHead, Unusable> {
    let text = std::fs::read_to_string(path).map_err(|error| unusable(path, error))?;
    let note =
        serde_json::from_str::<Value>(&text).ok().and_then(|value| Some(value["note"].as_str()?.to_owned()));
    SignedHead::parse(&note.unwrap_or(text)).map_err(|bad| unusable(path, bad))
}

/// What an audit of an export finds, held against these heads and a key that is known.
pub(super) fn audited(
    path: &Path,
    held: Vec<SignedHead>,
    key: Option<[u8; 32]>,
    bar: &ProgressBar,
) -> Result<Report, Unusable> {
    /// Lines between two movements of the bar.
    const STEP: u64 = 10_000;
    let file = File::open(path).map_err(|error| unusable(path, error))?;
    let mut auditor = Auditor::new(held, key);
    let mut lines = BufReader::with_capacity(1 << 20, file);
    let (mut line, mut count) = (Vec::new(), 0u64);
    while lines.read_until(b'\n', &mut line).map_err(|error| unusable(path, error))? > 0 {
        // What is no text is no entry either: the auditor says so.
        let ended = line.strip_suffix(b"\n").unwrap_or(&line);
        auditor.line(&String::from_utf8_lossy(ended));
        line.clear();
        count += 1;
        if count.is_multiple_of(STEP) {
            bar.set_position(count);
        }
    }
    Ok(auditor.finish())
}

/// One fault for people.
fn told(fault: &Fault) -> String {
    match fault.entry {
        Some((writer, sequence)) => {
            format!("entry {sequence} of writer {writer} (line {}): {}", fault.line, fault.what)
        }
        None => format!("line {}: {}", fault.line, fault.what),
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let held = arguments.against.iter().map(|path| head_of(path)).collect::<Result<_, _>>()?;
    let bar =
        ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {human_pos} lines")?);
    let report = audited(&arguments.file, held, arguments.key, &bar);
    bar.finish_and_clear();
    let report = report?;
    let clean = report.faults.is_empty();
    let newest = report.newest.as_ref();
    if arguments.json {
        let faults: Vec<Value> = report
            .faults
            .iter()
            .map(|fault| {
                json!({
                    "line": fault.line, "writer": fault.entry.map(|(writer, _)| writer),
                    "sequence": fault.entry.map(|(_, sequence)| sequence), "what": fault.what,
                })
            })
            .collect();
        println!(
            "{}",
            json!({
                "clean": clean, "entries": report.entries, "writers": report.writers, "heads": report.heads,
                "keys": report.keys.iter().map(|key| hexadecimal(&key.public)).collect::<Vec<_>>(),
                "digest": newest.map(|head| hexadecimal(&head.head.digest())), "millis": newest.map(|head| head.head.time),
                "faults": faults,
            })
        );
    } else {
        println!(
            "{} entries of {} writers, {} signed heads, {} keys",
            report.entries,
            report.writers,
            report.heads,
            report.keys.len()
        );
        if let Some(head) = newest {
            println!("signed with {}", hexadecimal(&head.public));
        }
        for fault in &report.faults {
            println!("{}", told(fault));
        }
        println!("{}", if clean { "clean" } else { "NOT clean" });
    }
    Ok(clean)
}
