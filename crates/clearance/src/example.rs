//! An example of every code that senders are answered with: what was sent, and the full text of the answer. The table is held
//! against real answers by a test of the server, which sends each case over HTTP; here it is only read.

use crate::reason::Reason;
use std::sync::OnceLock;

/// One case and how it was answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// The code of the answer: negative, or that of customs in a receipt.
    pub code: String,
    /// The rules that found something.
    pub rules: Vec<Reason>,
    /// State of the trade after it; `none` = nothing is kept of it, `-` = not declared yet.
    pub state: String,
    /// What was sent, in English.
    pub case_en: String,
    /// What was sent, in Chinese.
    pub case_zh: String,
    /// The text of the answer, with its values.
    pub text: String,
}

/// Every example, in the order of the table.
///
/// # Panics
/// When `tables/code_examples.csv` is not such a table: it is part of the program and a test reads it.
pub fn examples() -> &'static [Example] {
    static EXAMPLES: OnceLock<Vec<Example>> = OnceLock::new();
    EXAMPLES.get_or_init(|| {
        let text = include_str!("../../../tables/code_examples.csv");
        let rows = csv::Reader::from_reader(text.as_bytes()).into_records();
        rows.map(|row| {
            let row = row.expect("code_examples.csv is a table");
            let cell = |at: usize| row.get(at).unwrap_or("").to_owned();
            Example {
                code: cell(0),
                rules: cell(1).split_whitespace().filter_map(Reason::from_word).collect(),
                state: cell(2),
                case_en: cell(3),
                case_zh: cell(4),
                text: cell(5),
            }
        })
        .collect()
    })
}

/// The examples in which a rule found something: those of it alone first.
pub fn of(reason: Reason) -> Vec<&'static Example> {
    let mut found: Vec<&Example> = examples().iter().filter(|one| one.rules.contains(&reason)).collect();
    found.sort_by_key(|one| one.rules.len());
    found
}
