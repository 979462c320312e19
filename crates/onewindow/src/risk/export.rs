//! `onewindow risk export`: what a space declared and what its inspections found, as the table that `risk train` learns from, of
//! imports or of exports. Of persons it has a keyed hash alone.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use super::history::{Bar, Term, Which, finished};
use crate::{Failure, Space};
use inspection::declaration::Declaration;
use inspection::table;
use server::risk_table::{self, Counts};
use std::path::PathBuf;

/// Arguments of `risk export`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    space: Space,
    /// The table, written anew.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Which trade: each has a table of its own, from which a model of its own is trained.
    #[arg(long, value_enum, default_value_t = Which::Import)]
    trade: Which,
    #[command(flatten)]
    term: Term,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let runtime = crate::runtime()?;
    let opened = runtime.block_on(crate::serve::open(&arguments.space, None))?;
    let counts = runtime.block_on(export(&opened.window, arguments));
    drop(opened.window);
    let _ = opened.writer.join();
    let counts = counts?;
    println!(
        "{} lines, {} inspected, {} of them illicit; {}",
        counts.lines,
        counts.inspected,
        counts.illicit,
        arguments.out.display()
    );
    Ok(true)
}

async fn export(window: &server::Window, arguments: &Arguments) -> Result<Counts, Failure> {
    let trade = arguments.trade.trade();
    let partial = arguments.out.with_added_extension("partial");
    let mut out = csv::Writer::from_path(&partial)?;
    out.write_record(table::heading(trade))?;
    let bar = Bar::new();
    let row = |line: &Declaration, result: &str| -> Result<(), Failure> {
        Ok(out.write_record(table::cells(line, result))?)
    };
    let meant = (trade, |day| arguments.term.has(day));
    let counts = risk_table::rows(window, meant, |rows, judging| bar.passed(rows, judging), row).await?;
    bar.0.finish_and_clear();
    finished(out, &partial, &arguments.out)?;
    Ok(counts)
}
