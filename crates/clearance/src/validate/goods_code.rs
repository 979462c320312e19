//! A code of goods without a row of the tariff on the day of a declaration: whether it ended or has yet to begin, and which codes
//! hold on that day instead. Imports and exports say it alike.

use crate::Text;
use crate::finding::Finding;
use crate::reason::Reason;
use crate::rulebook::{Absence, Tariff};
use ceb::Day;
use compact_str::format_compact;

/// Codes in force that one finding names at most.
const NAMED: usize = 12;

/// The finding. It is never sure: the table has not every code, and the day on which an edition of the tariff ended one is deduced.
pub(super) fn unknown(tariff: &Tariff, path: &str, code: &str, day: Day) -> Finding {
    let (argument, row) = match tariff.absence(code, day) {
        Absence::Never => (Text::from(code), None),
        Absence::Ended(last) => (
            format_compact!("{code}，{day}无效，有效期至{last}"),
            Some(format_compact!("tariff.csv valid_to {last}")),
        ),
        Absence::Later(first) => (
            format_compact!("{code}，{day}无效，自{first}起有效"),
            Some(format_compact!("tariff.csv valid_from {first}")),
        ),
    };
    let mut finding =
        Finding::new(Reason::GoodsCodeUnknown).argument(argument).field(path, code).field("day", day);
    if let Some(row) = row {
        finding = finding.field("table", row);
    }
    let near = tariff.near(code, day);
    if !near.is_empty() {
        let codes: Vec<&str> = near.iter().take(NAMED).map(|line| line.hs8.as_str()).collect();
        finding = finding.field("codes in force", codes.join(" "));
    }
    finding.uncertain()
}
