//! What a space declared in a term, with what its inspections found: for whoever looks back. What is made of it is theirs.

use crate::Failure;
use crate::credit::day;
use ceb::Day;
use clearance::consignment::{Attempt, Consignment};
use server::shadow::{self, AttemptKey, JudgedList, Result as Found, Seen};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use store::Cursor;

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
    /// Whether a list is of these days.
    fn has(&self, attempt: &Attempt) -> bool {
        let day = attempt.business_date;
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// Rows that are read at once.
pub const ROWS: usize = 2_000;

/// Each list of the term as it was judged, with what was found of it. Twice over the rows: a result comes after what it is of, and not all of it is
/// kept in memory.
pub async fn each_judged(
    window: &server::Window,
    term: &Term,
    mut judged: impl FnMut(&Consignment, Option<&Found>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let reference = window.reference();
    let results = &reference.current().inspections;
    let mut found: BTreeMap<AttemptKey, Found> = BTreeMap::new();
    let bar = indicatif::ProgressBar::new_spinner();
    for judging in [false, true] {
        bar.set_message(if judging { "declarations" } else { "results of inspections" });
        let mut covers = Cursor::default();
        loop {
            let wants = |list: JudgedList<'_>| {
                judging && matches!(list, JudgedList::Import(attempt) if term.has(attempt))
            };
            let looked = shadow::look(window, results, (&covers, ROWS), wants).await?;
            for seen in looked.seen {
                match seen {
                    // The first counts: what is looked at again is known already.
                    Seen::Found(attempt, result) => {
                        found.entry(attempt).or_insert(result);
                    }
                    // None is wanted: what is looked back at are imports.
                    Seen::JudgedExport(_) => {}
                    Seen::Judged(consignment) => {
                        let attempt = consignment.attempt.as_ref();
                        let key = attempt.map(|attempt| (consignment.key.clone(), attempt.number));
                        judged(&consignment, key.and_then(|key| found.get(&key)))?;
                    }
                }
            }
            bar.inc(ROWS as u64);
            covers = looked.covers;
            if looked.ended {
                break;
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// Gives a table its name when it is whole: nobody finds half of it.
pub fn finished(mut out: csv::Writer<File>, partial: &Path, file: &Path) -> Result<(), Failure> {
    out.flush()?;
    drop(out);
    std::fs::rename(partial, file).map_err(|error| format!("{}: {error}", file.display()).into())
}
