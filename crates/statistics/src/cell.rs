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
    /// Export lists that reached a state, by district, mode and step; value in CNY by the rates of their day.
    ExportFlow,
    /// Export lists declared and released, by district and country of destination.
    ExportCountries,
    /// Lines of exports declared, by district and chapter of the tariff.
    ExportChapters,
    /// Lines of exports declared in a month, by district and the first eight digits of their code.
    ExportGoods,
    /// Lanes of exports that were fixed, by district.
    ExportLanes,
    /// How long something took with exports, by district, in the same buckets.
    ExportDurations,
    /// Rules that rejected or refused an export list, by district.
    ExportCauses,
    /// As [`Table::ExportFlow`], by a party that the list names.
    ExportPartyFlow,
    /// As [`Table::ExportCauses`], by a party that the list names.
    ExportPartyCauses,
    /// Parcels that were scanned, by the record of the site, direction and what the scan became.
    Sites,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 20] = [
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
        Self::ExportFlow,
        Self::ExportCountries,
        Self::ExportChapters,
        Self::ExportGoods,
        Self::ExportLanes,
        Self::ExportDurations,
        Self::ExportCauses,
        Self::ExportPartyFlow,
        Self::ExportPartyCauses,
        Self::Sites,
    ];
    /// Those that are asked for by name; a party is answered from its own in place of the first of them.
    pub const ASKED: [Self; 15] = [
        Self::Flow,
        Self::Countries,
        Self::Chapters,
        Self::Goods,
        Self::Lanes,
        Self::Durations,
        Self::Causes,
        Self::Work,
        Self::ExportFlow,
        Self::ExportCountries,
        Self::ExportChapters,
        Self::ExportGoods,
        Self::ExportLanes,
        Self::ExportDurations,
        Self::ExportCauses,
    ];

    /// Where the same is counted of exports. What officers do is counted together.
    pub fn of_exports(self) -> Self {
        match self {
            Self::Flow => Self::ExportFlow,
            Self::Countries => Self::ExportCountries,
            Self::Chapters => Self::ExportChapters,
            Self::Goods => Self::ExportGoods,
            Self::Lanes => Self::ExportLanes,
            Self::Durations => Self::ExportDurations,
            Self::Causes => Self::ExportCauses,
            Self::PartyFlow => Self::ExportPartyFlow,
            Self::PartyCauses => Self::ExportPartyCauses,
            other => other,
        }
    }

    /// Whether its cells are of whole months.
    pub fn is_by_month(self) -> bool {
        matches!(self, Self::Goods | Self::ExportGoods)
    }

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
            Self::ExportFlow => "export-flow",
            Self::ExportCountries => "export-countries",
            Self::ExportChapters => "export-chapters",
            Self::ExportGoods => "export-goods",
            Self::ExportLanes => "export-lanes",
            Self::ExportDurations => "export-durations",
            Self::ExportCauses => "export-causes",
            Self::ExportPartyFlow => "export-party-flow",
            Self::ExportPartyCauses => "export-party-causes",
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
            Self::Flow | Self::ExportFlow => ["district", "mode", "step"],
            Self::Countries | Self::ExportCountries => ["district", "country", "step"],
            Self::Chapters | Self::ExportChapters => ["district", "chapter", ""],
            Self::Goods | Self::ExportGoods => ["district", "goods", ""],
            Self::Lanes | Self::ExportLanes => ["district", "lane", ""],
            Self::Durations | Self::ExportDurations => ["district", "span", "upto"],
            Self::Causes | Self::ExportCauses => ["district", "rule", "step"],
            Self::Work => ["district", "action", "duty"],
            Self::PartyFlow | Self::ExportPartyFlow => ["party", "mode", "step"],
            Self::PartyCauses | Self::ExportPartyCauses => ["party", "rule", "step"],
            Self::Sites => ["site", "direction", "answer"],
        }
    }

    /// Where a party finds its own of it; none = it is kept by district alone.
    pub fn of_party(self) -> Option<Self> {
        match self {
            Self::Flow => Some(Self::PartyFlow),
            Self::Causes => Some(Self::PartyCauses),
            Self::ExportFlow => Some(Self::ExportPartyFlow),
            Self::ExportCauses => Some(Self::ExportPartyCauses),
            _ => None,
        }
    }
}

/// Where something is counted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    /// China's day yyyyMMdd on which it happened; of tables by month ([`Table::is_by_month`]) the first of the month.
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
    /// Dutiable value, of exports what they were sold for, fen.
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
