//! `onewindow rulebook`: the published tables of a data folder: what is in force, the next one, and each as files.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::serve::Opened;
use crate::space::Place;
use crate::{Failure, Space};
use clearance::Rulebook;
use clearance::rulebook::check;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use server::trial::Share;
use server::window::{Published, tables_of, with_changed};
use std::path::{Path, PathBuf};
use std::time::Instant;
use store::postgres::PostgresRead;
use store::sqlite::SqliteStore;
use store::{ChosenRead, Read, RulebookRow, Store};

/// Arguments of `rulebook`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Publish tables: what is judged from now on is judged with them. Nothing is published if anything in them is wrong. For
    /// setting up: once anything was judged, officers draft, try and publish at /desk/rulebooks/drafts, two of them for each.
    /// This command cannot tell two people apart, and whoever has the folder and its key is stopped by no program: he may still
    /// publish alone, if he says why; the ledger keeps it with the rulebook for good, and everybody who reads rulebooks sees it.
    #[command(
        after_help = "Examples:\n  onewindow rulebook export --data zone --out tables\n  onewindow rulebook publish --data zone --by \"Li, customs\" tables\n  onewindow rulebook publish --data zone --by operator --built-in\n  onewindow rulebook publish --data zone --by operator --built-in --alone \"update to the next version\""
    )]
    Publish {
        #[command(flatten)]
        space: Space,
        /// Who publishes it.
        #[arg(long)]
        by: String,
        /// Folder with the tables that change, as CSV under the names that `export` gives them.
        #[arg(required_unless_present = "built_in")]
        folder: Option<PathBuf>,
        /// Publish the tables that this program was built with.
        #[arg(long, conflicts_with = "folder")]
        built_in: bool,
        /// Why one person alone publishes where something was judged already; it stands in the ledger.
        #[arg(long, value_name = "REASON", value_parser = reason)]
        alone: Option<String>,
    },
    /// Try tables on all that was judged, without publishing them: what each declaration would have come to, and each list of
    /// exports, on what was read then. The ledger is not written to; a folder that a server works in is tried at its desk. Where rules
    /// alone change, what they look at is kept beside the ledger the first time, and later trials of rules read that alone.
    #[command(
        after_help = "Examples:\n  onewindow rulebook try --data zone tables\n  onewindow rulebook try --data zone --json tables\n  onewindow rulebook try --data zone --from-rows tables"
    )]
    Try {
        #[command(flatten)]
        space: Space,
        /// Folder with the tables that change, as CSV under the names that `export` gives them.
        folder: PathBuf,
        /// Read all rows, also where what is kept of declarations says it: the same, slower.
        #[arg(long)]
        from_rows: bool,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// List the published rulebooks, the one in force last.
    List {
        #[command(flatten)]
        space: Space,
    },
    /// Write the tables of a rulebook into a folder.
    Export {
        #[command(flatten)]
        space: Space,
        /// Number; the one in force unless named.
        #[arg(long)]
        number: Option<u32>,
        /// Folder, made if absent.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// A reason that says something, in characters that a line has.
fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if !(4..=200).contains(&text.chars().count()) || text.chars().any(char::is_control) {
        return Err("say in 4 to 200 characters why one person alone publishes".to_owned());
    }
    Ok(text.to_owned())
}

/// What the ledger keeps of who published: that it was one person, and why he might; none = a second is needed.
fn publisher(by: &str, has_judged: bool, alone: Option<&str>) -> Option<String> {
    match (has_judged, alone) {
        (_, Some(reason)) => Some(format!("{by}, alone at the command line: {reason}")),
        (false, None) => Some(format!("{by}, alone at the command line: set-up, nothing was judged yet")),
        (true, None) => None,
    }
}

/// Whether tables would put another rulebook in force.
fn would_change(last: Option<&RulebookRow>, tables: &[(String, String)]) -> bool {
    last.is_none_or(|last| {
        let next = Rulebook::load(last.number + 1, &with_changed(last, tables));
        next.is_ok_and(|next| next.digest != last.digest)
    })
}

/// The tables of a folder.
fn tables_in(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut tables = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "csv")
            && let Some(name) = path.file_name().and_then(|name| name.to_str())
        {
            tables.push((name.to_owned(), std::fs::read_to_string(&path)?));
        }
    }
    if tables.is_empty() {
        return Err(format!("{} has no table (*.csv)", folder.display()).into());
    }
    tables.sort();
    Ok(tables)
}

fn short(digest: &[u8; 32]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// What an operator should know of a space whose rulebook is not the program's own.
pub fn notice(current: &Rulebook) -> Option<String> {
    let own = Rulebook::builtin();
    (own.digest != current.digest).then(|| {
        format!(
            "rulebook {} is in force; this program was built with other tables, and `rulebook publish --built-in` puts them in force: once anything was judged, with --alone and the reason",
            current.number
        )
    })
}

/// Tries tables: what is wrong with them first; then what they would change.
fn attempt(space: &Space, folder: &Path, (from_rows, as_json): (bool, bool)) -> Result<bool, Failure> {
    let runtime = crate::runtime()?;
    // A folder stays locked for as long as it is read.
    let (read, _store) = match space.place()? {
        Place::Folder(folder, options) => {
            let store = SqliteStore::open(&folder, &options, &mut |_| {})?;
            (ChosenRead::Embedded(store.read()), Some(store))
        }
        Place::Database(options) => {
            (ChosenRead::Database(runtime.block_on(PostgresRead::open(&options))?), None)
        }
    };
    let rows = runtime.block_on(read.rulebooks())?;
    let last = rows.last().ok_or("no rulebook was published here")?;
    let changed = tables_in(folder)?;
    let book = match Rulebook::load(last.number + 1, &with_changed(last, &changed)) {
        Ok(book) => book,
        Err(faults) => {
            faults.iter().for_each(|fault| println!("{fault}"));
            println!("nothing was tried");
            return Ok(false);
        }
    };
    let findings = check(&changed, &book);
    let bar = ProgressBar::new(0)
        .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {eta} left")?);
    let started = Instant::now();
    let mut progress = |rows: u64, of: u64| {
        bar.set_length(of);
        bar.set_position(rows);
        true
    };
    let run = if from_rows { server::trial::run } else { server::trial::run_from_facts };
    let tried = run((&read, runtime.handle()), &book, Share::whole(), &mut progress)?;
    let tried = tried.ok_or("the trial was ended")?;
    bar.finish_and_clear();
    let taken = started.elapsed().as_millis();
    let mut told = server::trial::told(&tried, last.number, &book.digest);
    told["milliseconds"] = u64::try_from(taken).unwrap_or(u64::MAX).into();
    told["findings"] = findings
        .iter()
        .map(|finding| {
            json!({"table": finding.table, "row": finding.row, "kind": finding.kind.word(), "value": finding.value, "what": finding.en})
        })
        .collect();
    if as_json {
        println!("{told}");
    } else {
        for finding in &findings {
            println!("{}:{}: {}: {}", finding.table, finding.row, finding.value, finding.en);
        }
        tell(&told);
    }
    Ok(findings.is_empty())
}

/// A trial for people.
fn tell(told: &Value) {
    let number = |pointer: &str| told.pointer(pointer).and_then(Value::as_i64).unwrap_or_default();
    let from = told["from"].as_str().unwrap_or_default();
    println!("{} rows in {} ms, from {from}", number("/rows"), number("/milliseconds"));
    println!("{} declarations tried, {} not", number("/tried"), number("/notTried"));
    println!(
        "{} with another verdict, {} with another lane, {} with another tax",
        number("/verdictChanged"),
        number("/laneChanged"),
        number("/taxChanged")
    );
    println!("tax {} fen, would be {} fen", number("/before/taxFen"), number("/after/taxFen"));
    changes(told);
    println!(
        "{} lists of exports tried, {} not; {} with another verdict, {} with another lane",
        number("/exports/tried"),
        number("/exports/notTried"),
        number("/exports/verdictChanged"),
        number("/exports/laneChanged")
    );
    changes(&told["exports"]);
}

/// What would be looked at, and what changes, of one kind of list.
fn changes(told: &Value) {
    let number = |pointer: &str| told.pointer(pointer).and_then(Value::as_i64).unwrap_or_default();
    let words = |pointer: &str, value: &Value| {
        value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    println!("looked at by somebody {}, would be {}", number("/before/lookedAt"), number("/after/lookedAt"));
    println!("goods opened of {}, would be {}", number("/before/opened"), number("/after/opened"));
    let all = |name: &str| told[name].as_array().cloned().unwrap_or_default();
    for change in all("verdicts") {
        let side = |side: &str| {
            format!(
                "{} {}",
                words(&format!("/{side}/verdict"), &change),
                words(&format!("/{side}/rule"), &change)
            )
        };
        println!(
            "{:>9}  {} -> {}  e.g. {}",
            change["count"],
            side("from").trim(),
            side("to").trim(),
            change["examples"]
        );
    }
    for change in all("lanes") {
        println!(
            "{:>9}  {} -> {}  e.g. {}",
            change["count"],
            words("/from", &change),
            words("/to", &change),
            change["examples"]
        );
    }
    for why in all("whyNot") {
        println!("{:>9}  not tried: {}  e.g. {}", why["count"], words("/why", &why), why["examples"]);
    }
    for party in all("parties") {
        let tax = party["taxFen"].as_i64().map_or_else(String::new, |fen| format!(", {fen} fen more"));
        println!(
            "{:>9}  of {} of {}: {} more to look at{tax}",
            party["changed"],
            party["declarations"],
            words("/party", &party),
            party["lookedAt"]
        );
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    if let Action::Try { space, folder, from_rows, json } = &arguments.action {
        return attempt(space, folder, (*from_rows, *json));
    }
    let (Action::Publish { space, .. }
    | Action::List { space }
    | Action::Export { space, .. }
    | Action::Try { space, .. }) = &arguments.action;
    let runtime = crate::runtime()?;
    let Opened { window, writer } = runtime.block_on(crate::serve::open(space, None))?;
    let rows = runtime.block_on(window.read.rulebooks())?;
    let done = match &arguments.action {
        Action::Publish { by, folder, alone, .. } => {
            let tables = match folder {
                Some(folder) => tables_in(folder)?,
                None => Rulebook::built_in_tables(),
            };
            let changes = would_change(rows.last(), &tables);
            let has_judged = changes && runtime.block_on(window.has_judged())?;
            let Some(by) = publisher(by, has_judged, alone.as_deref()) else {
                println!(
                    "something was judged here already: one person drafts and another publishes, at /desk/rulebooks/drafts"
                );
                println!(
                    "if there is nobody else, say why with --alone REASON: the ledger keeps it for good"
                );
                println!("nothing was published");
                drop(window);
                let _ = writer.join();
                return Ok(false);
            };
            match runtime.block_on(window.publish(&tables, &by))? {
                Published::Number(number) => {
                    println!("rulebook {number} is in force");
                    true
                }
                Published::InForce(number) => {
                    println!("rulebook {number} has these tables and is in force: nothing was published");
                    true
                }
                Published::Faults(faults) => {
                    for fault in faults {
                        println!("{fault}");
                    }
                    println!("nothing was published");
                    false
                }
                Published::Overtaken(number) => {
                    println!(
                        "another rulebook {number} was published meanwhile: look at it, then publish again"
                    );
                    false
                }
                Published::Closed => return Err("the writer has ended: nothing was published".into()),
            }
        }
        Action::List { .. } => {
            for row in &rows {
                println!("{}\t{}\t{} tables\t{}", row.number, short(&row.digest), row.tables.len(), row.by);
            }
            true
        }
        Action::Export { number, out, .. } => {
            let row = match number {
                None => rows.last(),
                Some(number) => rows.iter().find(|row| row.number == *number),
            };
            let row = row.ok_or_else(|| format!("no rulebook has number {}", number.unwrap_or_default()))?;
            std::fs::create_dir_all(out)?;
            for (name, text) in tables_of(row) {
                std::fs::write(out.join(name), text)?;
            }
            println!("{} tables of rulebook {} in {}", row.tables.len(), row.number, out.display());
            true
        }
        // Without a writer, above.
        Action::Try { .. } => false,
    };
    drop(window);
    let _ = writer.join();
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::{publisher, reason};

    #[test]
    fn one_person_publishes_before_anything_was_judged_or_says_why() {
        assert!(publisher("Li", false, None).is_some_and(|said| said.contains("nothing was judged yet")));
        assert_eq!(publisher("Li", true, None), None);
        let said = publisher("Li", true, Some("the second officer is ill")).unwrap_or_default();
        assert_eq!(said, "Li, alone at the command line: the second officer is ill");
        assert!(reason("  ").is_err() && reason("a\nbcd").is_err());
    }
}
