//! `onewindow risk export`: what a space declared and what its inspections found, as the table that `risk train` learns from. Of
//! persons it has a keyed hash alone.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use super::history::{ROWS, Term, each_judged, finished};
use crate::{Failure, Space};
use clearance::consignment::{Attempt, Consignment, Lane};
use clearance::record::Register;
use inspection::declaration::{Date, Declaration, Field, Quantity};
use inspection::table;
use register::risk_case::Body;
use server::shadow::{self, Result as Found};
use std::collections::BTreeMap;
use std::path::PathBuf;
use store::{Read, RecordSearch};

/// Arguments of `risk export`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    space: Space,
    /// The table, written anew.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    term: Term,
}

/// What was written.
#[derive(Default)]
struct Counts {
    lines: u64,
    inspected: u64,
    illicit: u64,
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
    let labels = labels(window).await?;
    let partial = arguments.out.with_added_extension("partial");
    let mut out = csv::Writer::from_path(&partial)?;
    out.write_record(heading())?;
    let mut counts = Counts::default();
    let judged = |consignment: &Consignment, result: Option<&Found>| {
        put(&mut out, consignment, (result, &labels), &mut counts)
    };
    each_judged(window, &arguments.term, judged).await?;
    finished(out, &partial, &arguments.out)?;
    Ok(counts)
}

/// The lines of a list.
fn put(
    out: &mut csv::Writer<std::fs::File>,
    consignment: &Consignment,
    (result, labels): (Option<&Found>, &BTreeMap<String, bool>),
    counts: &mut Counts,
) -> Result<(), Failure> {
    let Some(attempt) = &consignment.attempt else { return Ok(()) };
    let label = labels.get(&format!("{}/{}", consignment.key.platform, consignment.key.order_no)).copied();
    for (line, declaration) in shadow::declarations(&consignment.key, attempt).into_iter().enumerate() {
        // Who opened the goods knows best; else what a joint case came to.
        let illicit = result.and_then(|result| result.of(line as u32 + 1)).or(label);
        counts.lines += 1;
        counts.inspected += u64::from(illicit.is_some());
        counts.illicit += u64::from(illicit == Some(true));
        let chance = illicit.map(|_| chance(consignment, attempt));
        out.write_record(cells(&declaration, illicit, chance))?;
    }
    Ok(())
}

/// What closed joint cases came to of the trades that they were about: whether it was so. What stayed open tells nothing.
async fn labels(window: &server::Window) -> Result<BTreeMap<String, bool>, Failure> {
    let search = RecordSearch { register: Register::RiskCase, parties: None, states: vec!["closed".into()] };
    let (mut labels, mut after) = (BTreeMap::new(), None);
    loop {
        let (records, next) = window.read.records(&search, after, ROWS).await?;
        for record in &records {
            let body = Body::of(record);
            let confirmed = match body.closing.as_ref().map(|closing| closing.result.as_str()) {
                Some("confirmed") => true,
                Some("refuted") => false,
                _ => continue,
            };
            let trades = body.opened.about.iter().filter(|about| about.contains('/'));
            labels.extend(trades.map(|trade| (trade.trim().to_owned(), confirmed)));
        }
        after = next;
        if after.is_none() {
            return Ok(labels);
        }
    }
}

/// Parts of a share that is drawn with.
const PARTS: f64 = 1_000_000.0;

/// The chance that a list had of being looked at: where the draw alone chose it, its share; else a rule, or an officer, was sure.
#[expect(clippy::float_arithmetic, reason = "a weight of a model, no money")]
fn chance(consignment: &Consignment, attempt: &Attempt) -> f64 {
    let by_rule = attempt.hits.iter().any(|hit| hit.rule != "random" && hit.lane >= Lane::Scan);
    let drawn = consignment.drawn.filter(|drawn| drawn.selected && !by_rule);
    drawn.map_or(1.0, |drawn| (f64::from(drawn.ratio) / PARTS).clamp(1.0 / PARTS, 1.0))
}

fn heading() -> Vec<&'static str> {
    let mut names = vec![table::ID, table::DATE];
    names.extend(Field::ALL.map(Field::heading));
    names.extend(Quantity::ALL.map(Quantity::heading));
    names.push(table::FOUND);
    names.push(table::CHANCE);
    names
}

fn cells(declaration: &Declaration, illicit: Option<bool>, chance: Option<f64>) -> Vec<String> {
    let mut cells = vec![declaration.id.clone(), Date(declaration.day).to_string()];
    cells.extend(declaration.codes.iter().cloned());
    cells.extend(
        declaration.quantities.iter().map(|value| value.map_or_else(String::new, |value| value.to_string())),
    );
    cells.push(illicit.map_or("", |illicit| if illicit { "1" } else { "0" }).to_owned());
    cells.push(chance.map_or_else(String::new, |chance| chance.to_string()));
    cells
}
