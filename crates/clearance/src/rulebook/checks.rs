//! Static checks of tables that load: days on which a row holds twice or not at all, steps of a scale that are missing or stand
//! twice, and risk rules that do nothing. What is wrong with the type of a field is said by the table's own reader, before.

use super::{Rulebook, term};
use crate::risk::checks::{RuleFault, faults};
use ceb::Day;
use std::collections::BTreeMap;

/// What is wrong with a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CheckKind {
    /// Nothing can meet the rule.
    NeverTrue,
    /// Another rule asks for the same or more of all that meets it.
    Covered,
    /// It ends before it begins.
    Backwards,
    /// Two rows of one name hold on the same day.
    Overlap,
    /// Between two rows of one name there are days without one.
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

/// Tables whose rows hold between days, and what a row is named by.
const DATED: &[(&str, &[&str])] = &[
    ("countries.csv", &["code"]),
    ("credit_comparisons.csv", &["one", "other"]),
    ("credit_dimensions.csv", &["dimension"]),
    ("credit_grades.csv", &["grade"]),
    ("credit_indicators.csv", &["indicator"]),
    ("credit_measures.csv", &["standing", "measure"]),
    ("credit_scales.csv", &["indicator", "at"]),
    ("credit_vetoes.csv", &["veto"]),
    ("currencies.csv", &["code"]),
    ("demand_routes.csv", &["kind", "role"]),
    ("districts.csv", &["code"]),
    ("exchange_rates.csv", &["currency"]),
    ("export_duties.csv", &["hs"]),
    ("filing_attributes.csv", &["role", "attribute"]),
    ("filing_requirements.csv", &["role", "group", "licence"]),
    ("filing_reviewers.csv", &["role"]),
    ("inspection_results.csv", &["result"]),
    ("parameters.csv", &["name"]),
    ("parcel_tax.csv", &["heading"]),
    ("parcel_values.csv", &["entry"]),
    ("process_templates.csv", &["process", "step"]),
    ("sampling_goods.csv", &["hs"]),
    ("services.csv", &["service"]),
    ("signature_algorithms.csv", &["algorithm"]),
    ("tariff.csv", &["hs8"]),
    ("trade_modes.csv", &["code"]),
    ("transport_modes.csv", &["code"]),
    ("units.csv", &["code"]),
];

/// A table as it is written.
struct Written {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
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

    fn field<'a>(&'a self, row: &'a [String], name: &str) -> &'a str {
        self.column(name).and_then(|column| row.get(column)).map_or("", String::as_str)
    }

    /// The days of a row.
    fn days(&self, row: &[String]) -> Option<(Day, Option<Day>)> {
        Some((Day::parse(self.field(row, "valid_from"))?, Day::parse(self.field(row, "valid_to"))))
    }
}

/// Rows of one name: row number, days, as it stands there.
type Rows = Vec<(usize, Day, Option<Day>, String)>;

/// Every finding of these tables, which `book` was loaded with.
pub fn check(tables: &[(String, String)], book: &Rulebook) -> Vec<TableFinding> {
    let mut found = Vec::new();
    for (table, text) in tables {
        let written = Written::of(text);
        if let Some((_, names)) = DATED.iter().find(|(file, _)| file == table) {
            dated(table, &written, names, &mut found);
        }
        match table.as_str() {
            "risk_rules.csv" => rules(table, &written, book, &mut found),
            "credit_grades.csv" => grades(table, &written, &mut found),
            _ => {}
        }
    }
    found.sort_by(|one, other| (&one.table, one.row, one.kind).cmp(&(&other.table, other.row, other.kind)));
    found
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
    for (index, row) in written.rows.iter().enumerate() {
        backwards(table, written, index, row, found);
    }
}

fn backwards(table: &str, written: &Written, index: usize, row: &[String], found: &mut Vec<TableFinding>) {
    if let Some((from, Some(to))) = written.days(row).filter(|(from, to)| to.is_some_and(|to| to < *from)) {
        found.push(TableFinding {
            table: table.to_owned(),
            row: index + 2,
            kind: CheckKind::Backwards,
            value: format!("valid_from {from}, valid_to {to}"),
            zh: "终止日早于起始日，此行没有一天有效。请改正其中一个日期".to_owned(),
            en: "it ends before it begins and holds on no day: correct one of the days".to_owned(),
        });
    }
}

/// Rows by what they are named by.
fn named(written: &Written, names: &[&str]) -> BTreeMap<String, Rows> {
    let mut groups: BTreeMap<String, Rows> = BTreeMap::new();
    for (index, row) in written.rows.iter().enumerate() {
        if let Some((from, to)) = written.days(row) {
            let name = names.iter().map(|name| written.field(row, name)).collect::<Vec<_>>().join(" ");
            let last = to.map_or_else(String::new, |to| to.to_string());
            groups.entry(name.clone()).or_default().push((
                index + 2,
                from,
                to,
                format!("{name}: {from}–{last}"),
            ));
        }
    }
    for rows in groups.values_mut() {
        rows.sort_by_key(|(row, from, ..)| (*from, *row));
    }
    groups
}

/// Days on which two rows of a name hold, or none between two.
fn dated(table: &str, written: &Written, names: &[&str], found: &mut Vec<TableFinding>) {
    for (index, row) in written.rows.iter().enumerate() {
        backwards(table, written, index, row, found);
    }
    for rows in named(written, names).values() {
        for pair in rows.windows(2) {
            let [(earlier, _, last, _), (row, from, _, value)] = pair else { continue };
            let (kind, zh, en) = match last {
                Some(last) if last < from => {
                    if last.next().is_none_or(|next| next >= *from) {
                        continue;
                    }
                    (
                        CheckKind::Gap,
                        format!(
                            "第 {earlier} 行到 {last} 为止，此行自 {from} 起，其间没有规定。请使两行首尾相接"
                        ),
                        format!(
                            "row {earlier} ends on {last} and this one begins on {from}: between them nothing holds; let one follow the other"
                        ),
                    )
                }
                _ => (
                    CheckKind::Overlap,
                    format!(
                        "与第 {earlier} 行在同一天有效（自 {from} 起）。请在前一行填写终止日，或改正起始日"
                    ),
                    format!(
                        "it holds on the same days as row {earlier}, from {from} on: end the row before, or begin this one later"
                    ),
                ),
            };
            found.push(TableFinding {
                table: table.to_owned(),
                row: *row,
                kind,
                value: value.clone(),
                zh,
                en,
            });
        }
    }
}

/// Grades are steps of one scale: on each day the lowest begins at 0, and no two begin at the same score.
fn grades(table: &str, written: &Written, found: &mut Vec<TableFinding>) {
    let rows = named(written, &["from_score"]);
    let mut days: Vec<Day> = rows.values().flatten().map(|(_, from, ..)| *from).collect();
    days.sort_unstable();
    days.dedup();
    for (score, steps) in &rows {
        for (index, (row, from, to, value)) in steps.iter().enumerate() {
            let twice = steps.iter().take(index).any(|(_, other, last, _)| {
                term::holds(*other, *last, *from) || term::holds(*from, *to, *other)
            });
            if twice {
                found.push(TableFinding {
                    table: table.to_owned(),
                    row: *row,
                    kind: CheckKind::StepTwice,
                    value: value.clone(),
                    zh: format!("同一天有两个等级都自 {score} 分起。请改正其中一个的起始分"),
                    en: format!("two grades begin at {score} on the same day: correct where one begins"),
                });
            }
        }
    }
    for day in days {
        let steps = rows.iter().flat_map(|(score, steps)| steps.iter().map(move |step| (score, step)));
        let held = steps.filter(|(_, (_, from, to, _))| term::holds(*from, *to, day));
        let lowest = held
            .filter_map(|(score, step)| Some((score.parse::<i64>().ok()?, step)))
            .min_by_key(|(score, _)| *score);
        if let Some((score, (row, .., value))) = lowest.filter(|(score, _)| *score > 0) {
            found.push(TableFinding {
                table: table.to_owned(),
                row: *row,
                kind: CheckKind::StepMissing,
                value: value.clone(),
                zh: format!("自 {day} 起，低于 {score} 分没有等级。请增加自 0 分起的等级"),
                en: format!("from {day} on a score below {score} has no grade: add one that begins at 0"),
            });
        }
    }
}
