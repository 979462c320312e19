//! `onewindow rulebook`: the published tables of a data folder: what is in force, the next one, and each as files.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::serve::Opened;
use crate::{Failure, Space};
use clearance::Rulebook;
use server::window::{Published, tables_of};
use std::path::{Path, PathBuf};
use store::Read;

/// Arguments of `rulebook`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Publish tables: what is judged from now on is judged with them. Nothing is published if anything in them is wrong.
    #[command(
        after_help = "Examples:\n  onewindow rulebook export --data zone --out tables\n  onewindow rulebook publish --data zone --by \"Li, customs\" tables\n  onewindow rulebook publish --data zone --by operator --built-in"
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
            "rulebook {} is in force; this program was built with other tables, and `rulebook publish --built-in` puts them in force",
            current.number
        )
    })
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let (Action::Publish { space, .. } | Action::List { space } | Action::Export { space, .. }) =
        &arguments.action;
    let runtime = crate::runtime()?;
    let Opened { window, writer } = runtime.block_on(crate::serve::open(space, None))?;
    let rows = runtime.block_on(window.read.rulebooks())?;
    let done = match &arguments.action {
        Action::Publish { by, folder, .. } => {
            let tables = match folder {
                Some(folder) => tables_in(folder)?,
                None => Rulebook::built_in_tables(),
            };
            match runtime.block_on(window.publish(&tables, by))? {
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
    };
    drop(window);
    let _ = writer.join();
    Ok(done)
}
