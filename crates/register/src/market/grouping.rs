//! The lines of a declaration of market procurement: goods of all slips by code and unit, added exactly. In a summary the most
//! valuable stand by themselves and the others by chapter, under the code of the most valuable of the chapter. Knows no law.

use super::slip::Line;
use super::units;
use ceb::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A line of a declaration.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Grouped {
    /// Ten-digit HS code; of a chapter that of its most valuable goods.
    pub gcode: String,
    /// What they are called on the first slip that has them.
    pub name: String,
    /// Unit; none = goods of a chapter, in no one unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How much of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    /// In the currency of the declaration.
    pub amount: String,
    /// Net weight, kg.
    pub net_weight: String,
    /// How many codes are in it.
    pub kinds: u32,
}

/// Goods of one code and unit.
struct Kind<'a> {
    gcode: &'a str,
    name: &'a str,
    unit: &'a str,
    quantity: i128,
    amount: i128,
    net_weight: i128,
}

fn number(units: i128) -> String {
    Decimal::from_units(units).to_string()
}

impl Kind<'_> {
    fn line(&self) -> Grouped {
        Grouped {
            gcode: self.gcode.to_owned(),
            name: self.name.to_owned(),
            unit: Some(self.unit.to_owned()),
            quantity: Some(number(self.quantity)),
            amount: number(self.amount),
            net_weight: number(self.net_weight),
            kinds: 1,
        }
    }
}

/// The most valuable goods first, those of one value by code and unit.
fn kinds<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<Kind<'a>> {
    let mut by_code: BTreeMap<(&str, &str), Kind<'a>> = BTreeMap::new();
    for line in lines {
        let (gcode, unit) = (line.gcode.trim(), line.unit.trim());
        let kind = by_code.entry((gcode, unit)).or_insert_with(|| Kind {
            gcode,
            name: line.name.trim(),
            unit,
            quantity: 0,
            amount: 0,
            net_weight: 0,
        });
        kind.quantity = kind.quantity.saturating_add(units(&line.quantity));
        kind.amount = kind.amount.saturating_add(units(&line.amount));
        kind.net_weight = kind.net_weight.saturating_add(units(&line.net_weight));
    }
    let mut kinds: Vec<Kind<'a>> = by_code.into_values().collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.amount));
    kinds
}

/// The lines of a declaration. `itemised` = so many stand by themselves and the rest by chapter; none = all stand by themselves.
pub(super) fn grouped<'a>(lines: impl Iterator<Item = &'a Line>, itemised: Option<usize>) -> Vec<Grouped> {
    let kinds = kinds(lines);
    let alone = itemised.unwrap_or(kinds.len());
    let mut found: Vec<Grouped> = kinds.iter().take(alone).map(Kind::line).collect();
    let mut chapters: BTreeMap<&str, Vec<&Kind<'_>>> = BTreeMap::new();
    for kind in kinds.iter().skip(alone) {
        chapters.entry(kind.gcode.get(..2).unwrap_or_default()).or_default().push(kind);
    }
    for chapter in chapters.into_values() {
        let sum =
            |of: fn(&Kind<'_>) -> i128| chapter.iter().map(|kind| of(kind)).fold(0, i128::saturating_add);
        let Some(first) = chapter.first() else { continue };
        let codes: BTreeSet<&str> = chapter.iter().map(|kind| kind.gcode).collect();
        found.push(Grouped {
            gcode: first.gcode.to_owned(),
            name: first.name.to_owned(),
            unit: None,
            quantity: None,
            amount: number(sum(|kind| kind.amount)),
            net_weight: number(sum(|kind| kind.net_weight)),
            kinds: u32::try_from(codes.len()).unwrap_or(u32::MAX),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(gcode: &str, unit: &str, quantity: &str, amount: &str) -> Line {
        let (name, net_weight) = (format!("样例{gcode}"), "1.5".to_owned());
        let [gcode, unit, quantity, amount] = [gcode, unit, quantity, amount].map(str::to_owned);
        Line { name, gcode, unit, quantity, amount, net_weight }
    }

    fn told(lines: &[Grouped]) -> Vec<(&str, Option<&str>, &str, u32)> {
        lines
            .iter()
            .map(|line| (line.gcode.as_str(), line.quantity.as_deref(), line.amount.as_str(), line.kinds))
            .collect()
    }

    #[test]
    fn the_most_valuable_stand_by_themselves_and_the_rest_by_chapter() {
        let lines = [
            line("9503002100", "007", "10", "100"),
            line("6109100021", "007", "5", "30.5"),
            line("6110300011", "007", "4", "40"),
            line("9503002100", "007", "1", "10.25"),
            line("3926909090", "035", "2", "20"),
        ];
        let each = grouped(lines.iter(), None);
        let expected = [
            ("9503002100", Some("11"), "110.25", 1),
            ("6110300011", Some("4"), "40", 1),
            ("6109100021", Some("5"), "30.5", 1),
            ("3926909090", Some("2"), "20", 1),
        ];
        assert_eq!(told(&each), expected);
        assert_eq!(each[0].net_weight, "3");
        let summary = grouped(lines.iter(), Some(1));
        let expected = [
            ("9503002100", Some("11"), "110.25", 1),
            ("3926909090", None, "20", 1),
            ("6110300011", None, "70.5", 2),
        ];
        assert_eq!(told(&summary), expected);
        assert_eq!((summary[2].unit.as_deref(), summary[2].net_weight.as_str()), (None, "3"));
    }
}
