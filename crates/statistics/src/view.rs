//! What is asked of a table, and what of it the one who asks may see. Officers see their districts, a party itself, everybody
//! else only what says nothing of one trader: cells of several merchants, or of many declarations.

use crate::cell::{Key, Measure, Table};
use crate::figures::{Figures, is_sealed};
use crate::told::SEALED;
use clearance::Text;
use std::collections::BTreeMap;

/// What lines are of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Dimension {
    /// The day.
    Day,
    /// The month.
    Month,
    /// District or party.
    Owner,
    /// First part of the key.
    First,
    /// Second part of the key.
    Second,
}

impl Dimension {
    /// The dimension of a word in a table.
    pub fn from_word(table: Table, word: &str) -> Option<Self> {
        let [owner, first, second] = table.parts();
        match word {
            "" => None,
            "day" if !table.is_by_month() => Some(Self::Day),
            "month" => Some(Self::Month),
            word if word == owner => Some(Self::Owner),
            word if word == first => Some(Self::First),
            word if word == second => Some(Self::Second),
            _ => None,
        }
    }

    /// Its word in a table.
    pub fn word(self, table: Table) -> &'static str {
        let [owner, first, second] = table.parts();
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Owner => owner,
            Self::First => first,
            Self::Second => second,
        }
    }

    /// Words that a table may be asked by.
    pub fn words(table: Table) -> Vec<&'static str> {
        let [owner, first, second] = table.parts();
        let all = ["day", "month", owner, first, second];
        all.into_iter().filter(|word| Self::from_word(table, word).is_some()).collect()
    }

    fn of(self, key: &Key) -> Text {
        match self {
            Self::Day => Text::from(key.day.to_string()),
            Self::Month => Text::from((key.day / 100).to_string()),
            Self::Owner => key.owner.clone(),
            Self::First => key.first.clone(),
            Self::Second => key.second.clone(),
        }
    }
}

/// What of a cell is said to everybody: at least one of the two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Least {
    /// So many merchants.
    pub merchants: u64,
    /// So many declarations.
    pub declarations: u64,
}

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Whose {
    /// An office of these districts (prefixes; empty = all).
    Office(Vec<Text>),
    /// A party with these codes.
    Party(Vec<Text>),
    /// Everybody.
    Public(Least),
}

/// What is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// The table.
    pub table: Table,
    /// First day, yyyyMMdd.
    pub from: u32,
    /// Last day, yyyyMMdd.
    pub to: u32,
    /// What lines are of, in order.
    pub by: Vec<Dimension>,
}

/// A line: what it is of, and its sums; none = too few to be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// One a dimension.
    pub parts: Vec<Text>,
    /// The sums.
    pub measure: Option<Measure>,
}

/// The lines of what is asked for, in order of their parts.
pub fn lines(figures: &Figures, asked: &Asked, whose: &Whose) -> Vec<Line> {
    let from = if asked.table.is_by_month() { asked.from / 100 * 100 } else { asked.from };
    let to = asked.to;
    let mut sums: BTreeMap<Vec<Text>, Measure> = BTreeMap::new();
    let Some(cells) = figures.tables.get(&asked.table) else { return Vec::new() };
    let first = Key { day: from, owner: Text::default(), first: Text::default(), second: Text::default() };
    for (key, measure) in cells.range(first..).take_while(|(key, _)| key.day <= to) {
        if !may_see(key, whose) {
            continue;
        }
        let mut parts: Vec<Text> = asked.by.iter().map(|dimension| dimension.of(key)).collect();
        if matches!(asked.table, Table::Causes | Table::ExportCauses)
            && !matches!(whose, Whose::Office(_))
            && is_sealed(&key.first)
        {
            for (part, dimension) in parts.iter_mut().zip(&asked.by) {
                if *dimension == Dimension::First {
                    *part = Text::const_new(SEALED);
                }
            }
        }
        sums.entry(parts).or_default().add(measure);
    }
    sums.into_iter().map(|(parts, measure)| Line { parts, measure: told(measure, whose) }).collect()
}

fn may_see(key: &Key, whose: &Whose) -> bool {
    match whose {
        Whose::Office(districts) => {
            districts.is_empty() || districts.iter().any(|prefix| key.owner.starts_with(prefix.as_str()))
        }
        Whose::Party(codes) => codes.contains(&key.owner),
        Whose::Public(_) => true,
    }
}

fn told(measure: Measure, whose: &Whose) -> Option<Measure> {
    match whose {
        Whose::Public(least) => {
            let enough =
                measure.merchants.len() as u64 >= least.merchants || measure.count >= least.declarations;
            enough.then_some(measure)
        }
        _ => Some(measure),
    }
}
