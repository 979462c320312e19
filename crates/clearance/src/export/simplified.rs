//! What a list of kind A, declared in simplified form, is for (RULES 9.4): goods that need no licence, bear no export duty and on
//! which no tax is refunded. A licence is a field of the list: `validate/export.rs`. A refund rests on a summary, which lists of
//! kind A come into none of. What is left is the duty, held here against the table of export duties.

use crate::finding::Finding;
use crate::reason::Reason;
use crate::rulebook::{Law, Rulebook};
use ceb::{Day, ExportDeclaration};

/// Of a list of kind A the lines whose goods bear an export duty on a day. Where the row is not sure, or a line says no more than a
/// heading (the other digits are zeros) some of whose goods bear one, a person decides.
pub(crate) fn dutiable(
    declaration: &ExportDeclaration,
    book: &Rulebook,
    law: &Law,
    day: Day,
) -> Vec<Finding> {
    if law.export_simplified_duties == 0 || declaration.head.statistics_flag != "A" {
        return Vec::new();
    }
    let lines = declaration.lines.iter().enumerate();
    lines.filter_map(|(index, line)| of_line(index, line.gcode.trim(), book, day)).collect()
}

fn of_line(index: usize, code: &str, book: &Rulebook, day: Day) -> Option<Finding> {
    let path = format!("InventoryList[{}].gcode", index + 1);
    let heading = heading_alone(code);
    // That a heading is free says nothing of those of its goods that have a row of their own.
    let exact = book.export_duties.of_code(code, day).filter(|row| row.rate.0 > 0 || heading.is_none());
    let row = match exact {
        Some(row) => row,
        None => book.export_duties.under(heading?, day)?,
    };
    if row.rate.0 == 0 {
        return None;
    }
    let finding = if exact.is_some() && row.confidence.is_sure() {
        Finding::new(Reason::SimplifiedDutiable).argument(format!("{path}:{code}，出口关税税率{}", row.rate))
    } else {
        Finding::new(Reason::UncertainRow).uncertain()
    };
    let table = format!("export_duties.csv {}", row.hs);
    Some(finding.field(path, code).field("export duty", row.rate).field("table", table))
}

/// The heading of a code that says no more than it.
fn heading_alone(code: &str) -> Option<&str> {
    let (heading, rest) = code.split_at_checked(4)?;
    rest.bytes().all(|digit| digit == b'0').then_some(heading)
}
