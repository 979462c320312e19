//! What a space declared in a term, with what its inspections found: for whoever looks back. What is made of it is theirs.

use crate::Failure;
use crate::credit::day;
use ceb::Day;
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

/// Which trade is looked back at.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Goods that came in.
    Import,
    /// Goods that left.
    Export,
}

impl Which {
    /// The trade.
    pub fn trade(self) -> Trade {
        match self {
            Self::Import => Trade::Import,
            Self::Export => Trade::Export,
        }
    }
}

/// Each list of a trade of the term as it was judged, with what was found of it.
pub async fn each_judged(
    window: &server::Window,
    (which, term): (Which, &Term),
    judged: impl FnMut(&Judged, Option<&Found>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let bar = Bar::new();
    let meant = (which.trade(), |day| term.has(day));
    risk_table::each_judged(window, meant, |rows, judging| bar.passed(rows, judging), judged).await?;
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
