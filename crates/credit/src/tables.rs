//! Rows of the credit tables: read with every fault, never with the first alone.

use crate::Text;
use ceb::Day;

/// The tables of a model, by file name.
pub const FILES: [&str; 7] = [
    "credit_comparisons.csv",
    "credit_dimensions.csv",
    "credit_grades.csv",
    "credit_indicators.csv",
    "credit_measures.csv",
    "credit_scales.csv",
    "credit_vetoes.csv",
];

/// What is wrong with a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableFault {
    /// File name.
    pub file: &'static str,
    /// Line, from 1; the header is line 1; 0 = the table as a whole.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// A row with the days between which it holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dated<T> {
    /// First day.
    pub from: Day,
    /// Last day; none = open.
    pub to: Option<Day>,
    /// What holds.
    pub row: T,
}

impl<T> Dated<T> {
    /// Whether it holds on a day.
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// Fields of a row before the days, and what is common to all tables after them.
pub(crate) const COMMON: [&str; 5] = ["valid_from", "valid_to", "source", "confidence", "note"];

/// Reads a table whose columns are `own`, then [`COMMON`].
pub(crate) fn rows<T>(
    file: &'static str,
    text: &str,
    own: &[&str],
    faults: &mut Vec<TableFault>,
    mut read: impl FnMut(&[&str]) -> Result<T, String>,
) -> Vec<Dated<T>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut found = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let line = index + 1;
        let mut fault = |what: String| faults.push(TableFault { file, line, what });
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                fault(error.to_string());
                continue;
            }
        };
        let fields: Vec<&str> = record.iter().map(str::trim).collect();
        let expected: Vec<&str> = own.iter().chain(&COMMON).copied().collect();
        if index == 0 {
            if fields != expected {
                fault(format!("the header is {}", expected.join(",")));
                return found;
            }
            continue;
        }
        let Some((own_fields, [from, to, source, confidence, _])) = split(&fields, own.len()) else {
            fault(format!("{} fields, {} expected", fields.len(), expected.len()));
            continue;
        };
        match dated(from, to, source, confidence)
            .and_then(|(from, to)| Ok(Dated { from, to, row: read(own_fields)? }))
        {
            Ok(row) => found.push(row),
            Err(what) => fault(what),
        }
    }
    found
}

fn split<'a, 'b>(fields: &'a [&'b str], own: usize) -> Option<(&'a [&'b str], [&'b str; 5])> {
    let (own_fields, common) = fields.split_at_checked(own)?;
    Some((own_fields, common.try_into().ok()?))
}

fn dated(from: &str, to: &str, source: &str, confidence: &str) -> Result<(Day, Option<Day>), String> {
    if source.is_empty() {
        return Err("a row says its source".to_owned());
    }
    if !["seen", "known", "memory", "unsure"].contains(&confidence) {
        return Err("confidence is seen, known, memory or unsure".to_owned());
    }
    let day = |text: &str, name: &str| Day::parse(text).ok_or_else(|| format!("{name} is yyyyMMdd"));
    let from = day(from, "valid_from")?;
    let to = if to.is_empty() { None } else { Some(day(to, "valid_to")?) };
    if to.is_some_and(|to| to < from) {
        return Err("valid_to is before valid_from".to_owned());
    }
    Ok((from, to))
}

/// A word that is not empty.
pub(crate) fn word(text: &str, name: &str) -> Result<Text, String> {
    if text.is_empty() { Err(format!("{name} is empty")) } else { Ok(text.into()) }
}

/// A whole number within bounds.
pub(crate) fn whole(text: &str, name: &str, least: i64, most: i64) -> Result<i64, String> {
    let number = text.parse::<i64>().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("{name} is a whole number from {least} to {most}"))
}
