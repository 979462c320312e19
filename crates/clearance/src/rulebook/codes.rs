//! Code tables: which codes exist on a day and what they are called.

use super::{TableFault, rows_widened, term};
use crate::Text;
use ceb::Day;
use rustc_hash::FxHashMap;

/// What a table of before codes had days and a source has in their place: its codes hold on every day.
const UNDATED: [&str; 3] = ["published without a source", term::ALWAYS, ""];

/// What a code is called between two days.
#[derive(Clone, Debug)]
struct Named {
    zh: Text,
    en: Text,
    from: Day,
    to: Option<Day>,
}

/// One code table.
#[derive(Clone, Default, Debug)]
pub struct CodeTable {
    names: FxHashMap<Text, Vec<Named>>,
}

impl CodeTable {
    pub(super) fn load(file: &'static str, text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut table = Self::default();
        let header = ["code", "name_zh", "name_en", "confidence", "source", "valid_from", "valid_to"];
        rows_widened(file, text, (header, &UNDATED), faults, |[code, zh, en, _, source, from, to]| {
            if code.is_empty() {
                return Err("a code is not empty".to_owned());
            }
            if source.is_empty() {
                return Err("a code has a source".to_owned());
            }
            let (from, to) = (term::first_day(from)?, term::last_day(to)?);
            let named = table.names.entry(code.into()).or_default();
            if named.iter().any(|other| term::overlap((other.from, other.to), (from, to))) {
                return Err(format!("two rows of code {code} hold on the same day"));
            }
            named.push(Named { zh: zh.into(), en: en.into(), from, to });
            named.sort_unstable_by_key(|one| one.from);
            Ok(())
        });
        table
    }
    /// Whether a code exists on a day.
    pub fn holds(&self, code: &str, day: Day) -> bool {
        let named = self.names.get(code);
        named.is_some_and(|named| named.iter().any(|one| term::holds(one.from, one.to, day)))
    }
    /// Chinese and English name of a code, the last that it had: what is shown of a code that has ended has its name still.
    pub fn name(&self, code: &str) -> Option<(&str, &str)> {
        self.names.get(code)?.last().map(|one| (one.zh.as_str(), one.en.as_str()))
    }
    /// Every code with its last names, in order, those that have ended too.
    pub fn all(&self) -> Vec<(&str, &str, &str)> {
        let named = self.names.iter().filter_map(|(code, named)| {
            named.last().map(|one| (code.as_str(), one.zh.as_str(), one.en.as_str()))
        });
        let mut all: Vec<_> = named.collect();
        all.sort_unstable();
        all
    }
    /// How many codes.
    pub fn len(&self) -> usize {
        self.names.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// The code tables of a rulebook.
#[derive(Clone, Default, Debug)]
pub struct Codes {
    /// Countries, three digits.
    pub countries: CodeTable,
    /// Currencies, three digits.
    pub currencies: CodeTable,
    /// Units, three digits.
    pub units: CodeTable,
    /// Customs districts, four digits.
    pub districts: CodeTable,
    /// Modes of transport, one character.
    pub transport_modes: CodeTable,
    /// Supervision modes, four digits.
    pub trade_modes: CodeTable,
}
