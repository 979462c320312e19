//! Cells: what is counted, under which key. All tables have keys of one form, so that they are kept, narrowed and summed by
//! one piece of code; what the parts of a key mean is said by [`Table`].

use clearance::Text;
use std::collections::BTreeMap;

/// A small table of cells. Several small ones stay small, where one over all dimensions would not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Table {
    /// Declarations that reached a state, by district, mode and step.
    Flow,
    /// Declarations declared and released, by district and country of departure.
    Countries,
    /// Lines declared, by district and chapter of the tariff.
    Chapters,
    /// Lines declared in a month, by district and the first eight digits of their code.
    Goods,
    /// Lanes that were fixed, by district.
    Lanes,
    /// How long something took, by district, in buckets of [`crate::durations`].
    Durations,
    /// Rules that rejected or refused a declaration, by district.
    Causes,
    /// What officers did, by district and the duty that it asks for.
    Work,
    /// As [`Table::Flow`], by a party that the declaration names.
    PartyFlow,
    /// As [`Table::Causes`], by a party that the declaration names.
    PartyCauses,
    /// Parcels that were scanned, by the record of the site, direction and what the scan became.
    Sites,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 11] = [
        Self::Flow,
        Self::Countries,
        Self::Chapters,
        Self::Goods,
        Self::Lanes,
        Self::Durations,
        Self::Causes,
        Self::Work,
        Self::PartyFlow,
        Self::PartyCauses,
        Self::Sites,
    ];
    /// Those that are asked for by name; a party is answered from its own in place of the first of them.
    pub const ASKED: [Self; 8] = [
        Self::Flow,
        Self::Countries,
        Self::Chapters,
        Self::Goods,
        Self::Lanes,
        Self::Durations,
        Self::Causes,
        Self::Work,
    ];

    /// The word used in routes and where cells are kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Countries => "countries",
            Self::Chapters => "chapters",
            Self::Goods => "goods",
            Self::Lanes => "lanes",
            Self::Durations => "durations",
            Self::Causes => "causes",
            Self::Work => "work",
            Self::PartyFlow => "party-flow",
            Self::PartyCauses => "party-causes",
            Self::Sites => "sites",
        }
    }

    /// The table of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.word() == word)
    }

    /// What the parts of its keys are: owner, first, second; empty = it has none.
    pub fn parts(self) -> [&'static str; 3] {
        match self {
            Self::Flow => ["district", "mode", "step"],
            Self::Countries => ["district", "country", "step"],
            Self::Chapters => ["district", "chapter", ""],
            Self::Goods => ["district", "goods", ""],
            Self::Lanes => ["district", "lane", ""],
            Self::Durations => ["district", "span", "upto"],
            Self::Causes => ["district", "rule", "step"],
            Self::Work => ["district", "action", "duty"],
            Self::PartyFlow => ["party", "mode", "step"],
            Self::PartyCauses => ["party", "rule", "step"],
            Self::Sites => ["site", "direction", "answer"],
        }
    }

    /// Where a party finds its own of it; none = it is kept by district alone.
    pub fn of_party(self) -> Option<Self> {
        match self {
            Self::Flow => Some(Self::PartyFlow),
            Self::Causes => Some(Self::PartyCauses),
            _ => None,
        }
    }
}

/// Where something is counted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    /// China's day yyyyMMdd on which it happened; of [`Table::Goods`] the first of the month.
    pub day: u32,
    /// District or party.
    pub owner: Text,
    /// First part.
    pub first: Text,
    /// Second part.
    pub second: Text,
}

/// Merchants that a cell remembers: more are never asked for.
pub const MERCHANTS: usize = 16;

/// What is counted.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Measure {
    /// How often.
    pub count: u64,
    /// Dutiable value, fen.
    pub value: i64,
    /// Tax, fen.
    pub tax: i64,
    /// What was held of persons' yearly limits, fen.
    pub quota: i64,
    /// Gross weight, grams.
    pub weight: i64,
    /// Merchants whose it is, sorted: the first [`MERCHANTS`] of them, so that rows in any order give the same.
    pub merchants: Vec<Text>,
}

impl Measure {
    /// One of a merchant, without amounts.
    pub fn one(merchant: &Text) -> Self {
        Self { count: 1, merchants: vec![merchant.clone()], ..Self::default() }
    }

    /// Adds another. Amounts beyond what can be held stay at the largest.
    pub fn add(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.value = self.value.saturating_add(other.value);
        self.tax = self.tax.saturating_add(other.tax);
        self.quota = self.quota.saturating_add(other.quota);
        self.weight = self.weight.saturating_add(other.weight);
        for merchant in &other.merchants {
            if let Err(at) = self.merchants.binary_search(merchant)
                && at < MERCHANTS
            {
                self.merchants.insert(at, merchant.clone());
                self.merchants.truncate(MERCHANTS);
            }
        }
    }
}

/// The cells of a table, by day first.
pub type Cells = BTreeMap<Key, Measure>;
