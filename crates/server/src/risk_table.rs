//! What a space declared in some days and what its inspections found of it: the table that `onewindow risk train` learns from, and
//! what whoever looks back at lists walks over. Imports and exports are walked apart, each with columns of its own. Of persons,
//! and of who sells abroad, there is a keyed hash alone.
#![expect(clippy::float_arithmetic, reason = "a weight of a model, no money")]

use crate::Window;
use crate::shadow::{
    AttemptKey, JudgedList, Result as Found, Seen, by_draw, declarations, declarations_of_export, look,
};
use ceb::Day;
use clearance::consignment::{Consignment, Drawn, RiskHit};
use clearance::decide::Reference;
use clearance::export::{ExportTrade, ExportTradeKey};
use clearance::record::Register;
use inspection::declaration::{Declaration, Trade};
use register::risk_case::Body;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Cursor, Read, RecordSearch, StoreError};

/// Rows that are read at once.
const ROWS: usize = 2_000;

/// Parts of a share that is drawn with.
const PARTS: f64 = 1_000_000.0;

/// A list as it was when its documents agreed, with its documents.
pub enum Judged {
    /// Of imports.
    Import(Arc<Consignment>),
    /// Of exports.
    Export(Arc<ExportTrade>),
}

impl Judged {
    /// Its attempt, as what is found of it names it.
    fn attempt(&self) -> Option<AttemptKey> {
        match self {
            Self::Import(one) => Some((one.key.clone(), one.attempt.as_ref()?.number)),
            Self::Export(one) => Some((one.key.marked(), one.attempt.as_ref()?.number)),
        }
    }
}

/// Each list of a trade of those days as it was judged, with what was found of it first: what is looked at again is known already.
/// Twice over the rows: a result comes after what it is of, and not all of it is kept in memory. `passed` is told how many rows were
/// looked at, and whether it is for the second time.
///
/// # Errors
/// When rows cannot be read, and whatever `judged` fails with.
pub async fn each_judged<E: From<StoreError>>(
    window: &Window,
    (trade, is_meant): (Trade, impl Fn(Day) -> bool + Send + Sync),
    mut passed: impl FnMut(usize, bool),
    mut judged: impl FnMut(&Judged, Option<&Found>) -> Result<(), E>,
) -> Result<(), E> {
    let reference = window.reference();
    let results = &reference.current().inspections;
    let mut found: BTreeMap<AttemptKey, Found> = BTreeMap::new();
    for judging in [false, true] {
        let wants = |list: JudgedList<'_>| judging && list.trade() == trade && is_meant(list.day());
        let mut covers = Cursor::default();
        loop {
            let looked = look(window, results, (&covers, ROWS), &wants).await?;
            for seen in looked.seen {
                let one = match seen {
                    Seen::Found(attempt, result) => {
                        let is_export = ExportTradeKey::of_marked(&attempt.0).is_some();
                        if is_export == (trade == Trade::Export) {
                            found.entry(attempt).or_insert(result);
                        }
                        continue;
                    }
                    Seen::Judged(consignment) => Judged::Import(consignment),
                    Seen::JudgedExport(trade) => Judged::Export(trade),
                };
                let result = one.attempt().and_then(|attempt| found.get(&attempt));
                judged(&one, result)?;
            }
            passed(ROWS, judging);
            covers = looked.covers;
            if looked.ended {
                break;
            }
        }
    }
    Ok(())
}

/// What was put into a table.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Lines of lists.
    pub lines: u64,
    /// Of which it is known what they were.
    pub inspected: u64,
    /// Illicit ones among these.
    pub illicit: u64,
}

/// The rows of the table of a trade: each line of each list with what was found, and the words of that, which a table of exports
/// has. Where nobody opened the goods, of imports what a closed joint case came to stands; joint cases name no exports.
///
/// # Errors
/// When rows cannot be read, and whatever `row` fails with.
pub async fn rows<E: From<StoreError>>(
    window: &Window,
    (trade, is_meant): (Trade, impl Fn(Day) -> bool + Send + Sync),
    passed: impl FnMut(usize, bool),
    mut row: impl FnMut(&Declaration, &str) -> Result<(), E>,
) -> Result<Counts, E> {
    let reference = window.reference();
    let labels = match trade {
        Trade::Import => labels(window).await?,
        Trade::Export => BTreeMap::new(),
    };
    let mut counts = Counts::default();
    let judged = |judged: &Judged, result: Option<&Found>| -> Result<(), E> {
        let (lines, chance, label) = of_list(window, &reference, &labels, judged);
        for (number, mut line) in lines {
            let opened = result.and_then(|result| result.of(number));
            (line.found, line.chance) = known(opened, label, chance);
            counts.lines += 1;
            counts.inspected += u64::from(line.found.is_some());
            counts.illicit += u64::from(line.found == Some(true));
            row(&line, &result.map_or_else(String::new, |result| result.words(number)))?;
        }
        Ok(())
    };
    each_judged(window, (trade, is_meant), passed, judged).await?;
    Ok(counts)
}

/// The lines of a list by their numbers, the chance that it had of being looked at, and what a joint case about it came to.
fn of_list(
    window: &Window,
    reference: &Reference,
    labels: &BTreeMap<String, bool>,
    judged: &Judged,
) -> (Vec<(u32, Declaration)>, f64, Option<bool>) {
    match judged {
        Judged::Import(consignment) => {
            let Some(attempt) = &consignment.attempt else { return (Vec::new(), 1.0, None) };
            let key = &consignment.key;
            let lines = (1..).zip(declarations(key, attempt)).collect();
            let label = labels.get(&format!("{}/{}", key.platform, key.order_no)).copied();
            (lines, chance(&attempt.hits, consignment.drawn), label)
        }
        Judged::Export(trade) => {
            let Some(attempt) = &trade.attempt else { return (Vec::new(), 1.0, None) };
            let rates = &reference.numbered(attempt.rulebook).rates;
            let numbers = trade.declaration().into_iter().flat_map(|list| &list.lines).map(|line| line.gnum);
            let lines = numbers.zip(declarations_of_export(&window.read, rates, trade)).collect();
            (lines, chance(&trade.look.hits, trade.look.drawn), None)
        }
    }
}

/// What is known of a line, and the chance that it had of becoming known: who opened the goods knows best; else what a joint case came
/// to, which nobody drew.
fn known(opened: Option<bool>, label: Option<bool>, chance: f64) -> (Option<bool>, Option<f64>) {
    (opened.or(label), opened.map(|_| chance).or(label.map(|_| 1.0)))
}

/// The chance that a list had of being looked at: where the draw alone chose it, its share; else a rule, or an officer, was sure.
fn chance(hits: &[RiskHit], drawn: Option<Drawn>) -> f64 {
    by_draw(hits, drawn).map_or(1.0, |drawn| (f64::from(drawn.ratio) / PARTS).clamp(1.0 / PARTS, 1.0))
}

/// What closed joint cases came to of the trades that they were about: whether it was so. What stayed open tells nothing.
async fn labels(window: &Window) -> Result<BTreeMap<String, bool>, StoreError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_about_a_list_that_was_drawn_stands_for_itself_alone() {
        assert_eq!(
            known(Some(false), Some(true), 0.02),
            (Some(false), Some(0.02)),
            "who opened it knows best"
        );
        assert_eq!(known(None, Some(true), 0.02), (Some(true), Some(1.0)), "no draw led to it");
        assert_eq!(known(None, None, 0.02), (None, None));
    }
}
