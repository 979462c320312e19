//! Static checks of tables that load: steps of a scale that are missing or stand twice, risk rules and rows of lists that do
//! nothing, and what `days` finds. What is wrong with the type of a field is said by the table's own reader, before.

use super::days::{self, DatedRow};
use super::{RISK_RULES, Rulebook, term};
use crate::risk::CoveredRow;
use crate::risk::checks::{RuleFault, faults};
use ceb::Day;
use std::collections::BTreeSet;

/// What is wrong with a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CheckKind {
    /// Nothing can meet the rule.
    NeverTrue,
    /// Another rule asks for the same or more of all that meets it; another row of its list meets all that it meets.
    Covered,
    /// It ends before it begins.
    Backwards,
    /// Two rows of one name hold on the same day.
    Overlap,
    /// Between two rows of one name there are days without one, or behind the last where something has to hold on each day.
    Gap,
    /// Two steps of a scale begin at the same point.
    StepTwice,
    /// A scale does not begin at its lowest point.
    StepMissing,
}

impl CheckKind {
    /// The word used in the interface.
    pub fn word(self) -> &'static str {
        match self {
            Self::NeverTrue => "never-true",
            Self::Covered => "covered",
            Self::Backwards => "backwards",
            Self::Overlap => "overlap",
            Self::Gap => "gap",
            Self::StepTwice => "step-twice",
            Self::StepMissing => "step-missing",
        }
    }
}

/// One finding: where, what, and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableFinding {
    /// File name.
    pub table: String,
    /// Row, from 1; the header is row 1.
    pub row: usize,
    /// What is wrong.
    pub kind: CheckKind,
    /// What stands there.
    pub value: String,
    /// Why it is wrong and what to do, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// A table as it is written.
pub(super) struct Written {
    header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Written {
    fn of(text: &str) -> Self {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut rows = reader
            .records()
            .filter_map(Result::ok)
            .map(|row| row.iter().map(str::to_owned).collect::<Vec<_>>());
        Self { header: rows.next().unwrap_or_default(), rows: rows.collect() }
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    pub(super) fn field<'a>(&'a self, row: &'a [String], name: &str) -> &'a str {
        self.column(name).and_then(|column| row.get(column)).map_or("", String::as_str)
    }

    /// The days of a row.
    pub(super) fn days(&self, row: &[String]) -> Option<(Day, Option<Day>)> {
        Some((Day::parse(self.field(row, "valid_from"))?, Day::parse(self.field(row, "valid_to"))))
    }
}

/// Every finding of these tables, which `book` was loaded with.
pub fn check(tables: &[(String, String)], book: &Rulebook) -> Vec<TableFinding> {
    let mut found = check_days(tables);
    for (table, text) in tables {
        match table.as_str() {
            RISK_RULES => rules(table, &Written::of(text), book, &mut found),
            "credit_grades.csv" => grades(table, &Written::of(text), &mut found),
            _ => {}
        }
    }
    for covered in book.risk.covered_rows() {
        let looked_at = tables.iter().any(|(table, _)| table == covered.table);
        // Of two rows of one name it is said already that both hold.
        let said = |one: &TableFinding| one.table == covered.table && one.row == covered.row;
        if looked_at && !found.iter().any(said) {
            found.push(of_list(&covered));
        }
    }
    in_order(found)
}

/// What is found of days alone, in tables that need not load: where a table's reader refuses two rows of one name, this says which
/// two and on which days.
pub fn check_days(tables: &[(String, String)]) -> Vec<TableFinding> {
    let mut found = Vec::new();
    for (table, text) in tables {
        days::of_table(table, &Written::of(text), &mut found);
    }
    in_order(found)
}

fn in_order(mut found: Vec<TableFinding>) -> Vec<TableFinding> {
    found.sort_by(|one, other| (&one.table, one.row, one.kind).cmp(&(&other.table, other.row, other.kind)));
    found
}

fn of_list(covered: &CoveredRow) -> TableFinding {
    let by = covered.by;
    TableFinding {
        table: covered.table.to_owned(),
        row: covered.row,
        kind: CheckKind::Covered,
        value: covered.value.clone(),
        zh: format!(
            "凡此行所指的，第 {by} 行在其全部有效日内都已包括，此行不起作用。请删除此行，或收窄第 {by} 行"
        ),
        en: format!(
            "row {by} meets all that this one meets, on all its days, and this one does nothing: take it out, or narrow row {by}"
        ),
    }
}

fn rules(table: &str, written: &Written, book: &Rulebook, found: &mut Vec<TableFinding>) {
    let row_of = |id: &str| written.rows.iter().position(|row| written.field(row, "id") == id);
    for (id, fault) in faults(&book.risk, &book.codes, &book.risk_models) {
        let Some(index) = row_of(&id) else { continue };
        let condition = written.rows.get(index).map_or("", |row| written.field(row, "condition"));
        let value = format!("{id}: {condition}");
        let (kind, zh, en) = match fault {
            RuleFault::NeverTrue(zh, en) => (
                CheckKind::NeverTrue,
                format!("没有任何申报能满足此规则：{zh}。请改正比较式或删除此行"),
                format!("nothing can meet this rule: {en}; correct its comparisons, or take the row out"),
            ),
            RuleFault::Covered(by) => (
                CheckKind::Covered,
                format!(
                    "凡满足此规则的，都已被规则 {by} 分到同样或更严的通道，此规则不起作用。请收窄 {by}、提高此规则的通道，或删除此行"
                ),
                format!(
                    "rule {by} asks for the same or a stricter lane of all that meets this one, which does nothing: narrow {by}, give this one a stricter lane, or take the row out"
                ),
            ),
        };
        found.push(TableFinding { table: table.to_owned(), row: index + 2, kind, value, zh, en });
    }
}

/// Grades are steps of one scale: on each day the lowest begins at 0, and no two begin at the same score.
fn grades(table: &str, written: &Written, found: &mut Vec<TableFinding>) {
    let rows = days::named(written, &["from_score"], |row| written.days(row));
    let begun = rows.values().flatten().flat_map(|one| [Some(one.from), one.to.and_then(Day::next)]);
    let changes: BTreeSet<Day> = begun.flatten().collect();
    for (score, steps) in &rows {
        for (index, one) in steps.iter().enumerate() {
            let twice = |other: &DatedRow| term::overlap((other.from, other.to), (one.from, one.to));
            if steps.iter().take(index).any(twice) {
                found.push(TableFinding {
                    table: table.to_owned(),
                    row: one.row,
                    kind: CheckKind::StepTwice,
                    value: one.value.clone(),
                    zh: format!("同一天有两个等级都自 {score} 分起。请改正其中一个的起始分"),
                    en: format!("two grades begin at {score} on the same day: correct where one begins"),
                });
            }
        }
    }
    for day in changes {
        let steps = rows.iter().flat_map(|(score, steps)| steps.iter().map(move |step| (score, step)));
        let held = steps.filter(|(_, step)| term::holds(step.from, step.to, day));
        let lowest = held
            .filter_map(|(score, step)| Some((score.parse::<i64>().ok()?, step)))
            .min_by_key(|(score, _)| *score);
        if let Some((score, step)) = lowest.filter(|(score, _)| *score > 0) {
            found.push(TableFinding {
                table: table.to_owned(),
                row: step.row,
                kind: CheckKind::StepMissing,
                value: step.value.clone(),
                zh: format!("自 {day} 起，低于 {score} 分没有等级。请增加自 0 分起的等级"),
                en: format!("from {day} on a score below {score} has no grade: add one that begins at 0"),
            });
        }
    }
}
