//! `onewindow audit`: signed heads, exports and keys of the evidence log. Checking an export is in `verify`, which opens no
//! store and needs nothing of a space.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

mod archive;
mod bench;
pub mod books;
mod draws;
mod report;
mod verify;

use crate::space::Place;
use crate::{Failure, Space};
use evidence::{SignedHead, end_line, entry_line, hexadecimal};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use server::clock::Clock;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use store::evidence::Published;
use store::postgres::PostgresRead;
use store::{Evidence, Read, StoreError};
pub use verify::Unusable;
pub(crate) use verify::unusable;

/// Arguments of `audit`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Write the whole log with its signed heads and keys into a file that anybody can check; a server may be at work.
    Export {
        #[command(flatten)]
        space: Space,
        /// File, written anew.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Check an exported log: exit code 0 = it is what was signed, 1 = it is not, 2 = it cannot be read.
    Verify(verify::Arguments),
    /// Check an archive, row by row: exit code 0 = it is what was signed, 1 = it is not, 2 = it cannot be read.
    #[command(after_help = "Example:\n  onewindow audit archive archive/202611 --key 3b6a… --json")]
    Archive(archive::Arguments),
    /// Check a period of the draw, draw by draw: exit code 0 = everything fits, 1 = it does not, 2 = it cannot be read or is not told yet.
    #[command(
        after_help = "Example:\n  curl -s $WINDOW/v1/draws/20261207 > period.json\n  curl -s $WINDOW/v1/draws/20261207/list > list.csv\n  onewindow audit draws period.json list.csv --json"
    )]
    Draws(draws::Arguments),
    /// Add movements of bonded books up: exit code 0 = everything adds up, 1 = it does not, 2 = a file cannot be read.
    #[command(
        after_help = "Example:\n  curl -s $WINDOW/v1/books/5301960601:T8620W000001/movements?form=csv > movements.csv\n  curl -s $WINDOW/v1/books/5301960601:T8620W000001 > book.json\n  onewindow audit books movements.csv --book book.json --json"
    )]
    Books(books::Arguments),
    /// Check a report of credit: exit code 0 = every byte is what was sealed, 1 = it is not, 2 = it cannot be read.
    #[command(
        after_help = "Example:\n  curl -s -H \"authorization: Bearer $TOKEN\" $WINDOW/v1/credit/5301960201/report.pdf > report.pdf\n  onewindow audit report report.pdf --key $KEY --json"
    )]
    Report(report::Arguments),
    /// Print a signed head, to be kept elsewhere: the newest, made if rows came since the last.
    Head {
        #[command(flatten)]
        space: Space,
        /// One that was published before.
        #[arg(long)]
        number: Option<u64>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// List the public keys of the space, oldest first, or make a new one that signs from now on.
    Keys {
        #[command(flatten)]
        space: Space,
        /// Make a new key; heads that older ones signed hold as before.
        #[arg(long)]
        rotate: bool,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Make what is derived of the log again, from the ledger, and say how fast.
    Rebuild {
        #[command(flatten)]
        space: Space,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Measure appends a second on a ledger made for it, prove entries, export it, check the export, and find a byte that was altered in
    /// it: exit code 0 = it was found where it is.
    #[command(
        after_help = "Example:\n  onewindow audit bench --entries 1000000 --json\n\nThe folder for temporary files needs room for the ledger and its export: about 1.6 kB an entry, with rows of 1,200 bytes."
    )]
    Bench(bench::Arguments),
}

/// The evidence log of a space. Nothing is locked: a server may be at work.
async fn opened(space: &Space) -> Result<Evidence, Failure> {
    Ok(match space.place()? {
        Place::Folder(folder, options) => Evidence::of_folder(&folder, &Space::key_of(&folder, &options))?,
        Place::Database(options) => PostgresRead::open(&options).await?.evidence(),
    })
}

fn bar() -> Result<ProgressBar, Failure> {
    let style = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} {msg}")?;
    let bar = ProgressBar::new(0).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    Ok(bar)
}

/// A head of all that is there, with a bar where that takes long.
async fn newest(evidence: &Evidence, bar: &ProgressBar) -> Result<Published, StoreError> {
    bar.set_message("rows in the tree");
    let mut progress = |done, whole| {
        bar.set_length(whole);
        bar.set_position(done);
    };
    evidence.head(Clock::Real.now(), None, &mut progress).await
}

/// What an export wrote.
struct Exported {
    head: SignedHead,
    entries: u64,
    heads: u64,
}

async fn export(evidence: &Evidence, out: &Path, bar: &ProgressBar) -> Result<Exported, Failure> {
    /// Heads that are read at once.
    const PAGE: usize = 1_000;
    let last = newest(evidence, bar).await?;
    let partial = out.with_added_extension("partial");
    let mut file = std::io::BufWriter::with_capacity(1 << 20, std::fs::File::create(&partial)?);
    let mut heads = Vec::new();
    while (heads.len() as u64) < last.number {
        let some = evidence.heads(heads.len() as u64, PAGE).await?;
        if some.is_empty() {
            break;
        }
        heads.extend(some.into_iter().map(|published| published.head));
    }
    heads.truncate(usize::try_from(last.number).unwrap_or(usize::MAX));
    file.write_all(evidence::header(&evidence.keys().await?, &heads).as_bytes())?;
    let whole = last.head.head.writers.iter().map(|writer| writer.size).sum();
    bar.set_length(whole);
    bar.set_message("entries written");
    let mut entries = 0;
    let mut visit = |entry: &evidence::Entry, chain: &evidence::Hash| {
        entries += 1;
        bar.set_position(entries);
        file.write_all(entry_line(entry, chain).as_bytes()).map_err(|source| StoreError::Failed {
            operation: "write the export".to_owned(),
            source: source.into(),
        })
    };
    evidence.export(&last.head.head, &mut visit).await?;
    file.write_all(end_line(entries).as_bytes())?;
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    std::fs::rename(&partial, out)?;
    Ok(Exported { heads: heads.len() as u64, head: last.head, entries })
}

fn head_json(published: &Published) -> serde_json::Value {
    json!({
        "number": published.number, "millis": published.head.head.time,
        "rows": published.head.head.writers.iter().map(|writer| writer.size).sum::<u64>(),
        "digest": hexadecimal(&published.head.head.digest()), "key": hexadecimal(&published.head.public),
        "note": published.head.to_text(),
    })
}

async fn keys(space: &Space, rotate: bool, as_json: bool) -> Result<bool, Failure> {
    let evidence = opened(space).await?;
    if rotate {
        evidence.rotate(Clock::Real.now()).await?;
    }
    let keys = evidence.keys().await?;
    let made = |made: i64| clearance::keys::Time(made).stamp_millis().to_string();
    if as_json {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| json!({"number": key.number, "made": made(key.made), "public": hexadecimal(&key.public)}))
            .collect();
        println!("{}", json!({ "keys": keys }));
    } else if keys.is_empty() {
        println!("no key yet: the first head makes one");
    } else {
        for key in keys {
            println!("{} {} {}", key.number, made(key.made), hexadecimal(&key.public));
        }
    }
    Ok(true)
}

/// Follows a log from its beginning; says rows and duration.
async fn rebuilt(evidence: &Evidence, bar: &ProgressBar) -> Result<(u64, Duration), StoreError> {
    evidence.forget().await?;
    let mut progress = |done, whole| {
        bar.set_length(whole);
        bar.set_position(done);
    };
    let started = Instant::now();
    let heads = evidence.follow(&mut progress).await?;
    Ok((heads.iter().map(|head| head.size).sum(), started.elapsed()))
}

fn tell_rate((rows, took): (u64, Duration), as_json: bool) {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = rows.saturating_mul(1000) / millis;
    if as_json {
        println!("{}", json!({"rows": rows, "milliseconds": millis, "rowsPerSecond": rate}));
    } else {
        println!("{rows} rows in {millis} ms: {rate} a second");
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let runtime = crate::runtime()?;
    match arguments.action {
        Action::Verify(arguments) => return verify::run(&arguments),
        Action::Archive(arguments) => return archive::run(&arguments),
        Action::Draws(arguments) => return draws::run(&arguments),
        Action::Books(arguments) => return books::run(&arguments),
        Action::Report(arguments) => return report::run(&arguments),
        Action::Keys { space, rotate, json } => return runtime.block_on(keys(&space, rotate, json)),
        Action::Bench(arguments) => {
            let bar = bar()?;
            let measured = runtime.block_on(bench::measured(&arguments, &bar));
            bar.finish_and_clear();
            return Ok(bench::told(&measured?, arguments.json));
        }
        Action::Rebuild { space, json } => {
            let bar = bar()?;
            let rate =
                runtime.block_on(async { Ok::<_, Failure>(rebuilt(&opened(&space).await?, &bar).await?) })?;
            bar.finish_and_clear();
            tell_rate(rate, json);
        }
        Action::Head { space, number, json } => {
            let bar = bar()?;
            let head = runtime.block_on(async {
                let evidence = opened(&space).await?;
                match number {
                    Some(number) => {
                        let found = evidence.published(number).await?;
                        found.ok_or_else(|| Failure::from(format!("no head {number} was published")))
                    }
                    None => Ok(newest(&evidence, &bar).await?),
                }
            })?;
            bar.finish_and_clear();
            if json { println!("{}", head_json(&head)) } else { print!("{}", head.head.to_text()) }
        }
        Action::Export { space, out, json } => {
            let bar = bar()?;
            let done = runtime.block_on(async { export(&opened(&space).await?, &out, &bar).await })?;
            bar.finish_and_clear();
            let key = hexadecimal(&done.head.public);
            if json {
                println!(
                    "{}",
                    json!({"entries": done.entries, "heads": done.heads, "key": key, "file": out})
                );
            } else {
                println!(
                    "{} entries and {} signed heads; check them with: onewindow audit verify {} --key {key}",
                    done.entries,
                    done.heads,
                    out.display()
                );
            }
        }
    }
    Ok(true)
}
