//! Code tables: which codes exist and what they are called.

use super::{TableFault, rows};
use crate::Text;
use rustc_hash::FxHashMap;

/// One code table.
#[derive(Clone, Default, Debug)]
pub struct CodeTable {
    names: FxHashMap<Text, (Text, Text)>,
}

impl CodeTable {
    pub(super) fn load(file: &'static str, text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut table = Self::default();
        rows(file, text, ["code", "name_zh", "name_en", "confidence"], faults, |[code, zh, en, _]| {
            if code.is_empty() {
                return Err("a code is not empty".to_owned());
            }
            match table.names.insert(code.into(), (zh.into(), en.into())) {
                None => Ok(()),
                Some(_) => Err(format!("code {code} stands twice")),
            }
        });
        table
    }
    /// Whether a code exists.
    pub fn has(&self, code: &str) -> bool {
        self.names.contains_key(code)
    }
    /// Chinese and English name of a code.
    pub fn name(&self, code: &str) -> Option<(&str, &str)> {
        self.names.get(code).map(|(zh, en)| (zh.as_str(), en.as_str()))
    }
    /// Every code with its names, in order.
    pub fn all(&self) -> Vec<(&str, &str, &str)> {
        let named = self.names.iter().map(|(code, (zh, en))| (code.as_str(), zh.as_str(), en.as_str()));
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
