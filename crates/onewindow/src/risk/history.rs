//! What a space declared in a term, with what its inspections found: for whoever looks back. What is made of it is theirs.

use crate::Failure;
use crate::credit::day;
use ceb::Day;
use clearance::consignment::Consignment;
use inspection::declaration::Trade;
use server::risk_table::{self, Judged};
use server::shadow::Result as Found;
use std::fs::File;
use std::path::Path;

/// The days that are looked back at.
#[derive(clap::Args)]
pub struct Term {
    /// First day of declaration, yyyyMMdd.
    #[arg(long, value_parser = day, value_name = "DAY")]
    from: Option<Day>,
    /// Last day of declaration.
    #[arg(long, value_parser = day, value_name = "DAY")]
    to: Option<Day>,
}

impl Term {
    /// Whether a day is one of these.
    pub fn has(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// Each list of imports of the term as it was judged, with what was found of it.
pub async fn each_judged(
    window: &server::Window,
    term: &Term,
    mut judged: impl FnMut(&Consignment, Option<&Found>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let bar = Bar::new();
    let imports = |one: &Judged, result: Option<&Found>| -> Result<(), Failure> {
        match one {
            Judged::Import(consignment) => judged(consignment, result),
            // None is asked for: what is looked back at are imports.
            Judged::Export(_) => Ok(()),
        }
    };
    let meant = (Trade::Import, |day| term.has(day));
    risk_table::each_judged(window, meant, |rows, judging| bar.passed(rows, judging), imports).await?;
    bar.0.finish_and_clear();
    Ok(())
}

/// What somebody who waits sees of two walks over all rows.
pub struct Bar(pub indicatif::ProgressBar);

impl Bar {
    /// With nothing passed yet.
    pub fn new() -> Self {
        Self(indicatif::ProgressBar::new_spinner())
    }

    /// So many rows were passed, looking for results or judging.
    pub fn passed(&self, rows: usize, judging: bool) {
        self.0.set_message(if judging { "declarations" } else { "results of inspections" });
        self.0.inc(rows as u64);
    }
}

/// Gives a table its name when it is whole: nobody finds half of it.
pub fn finished(mut out: csv::Writer<File>, partial: &Path, file: &Path) -> Result<(), Failure> {
    out.flush()?;
    drop(out);
    std::fs::rename(partial, file).map_err(|error| format!("{}: {error}", file.display()).into())
}
