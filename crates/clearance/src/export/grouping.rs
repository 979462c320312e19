//! The grouping of closed lists into summarised declarations: exact keys, exact sums, one pass (RULES 9.10). It keeps its groups
//! and nothing of the lists, so that a month of any size goes through it; the order in which lists come makes no difference.

use super::ClosedList;
use super::closed::ClosedLine;
use crate::Text;
use ceb::Decimal;
use std::collections::BTreeMap;

/// How an application wants its lists grouped.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct GroupingTerms {
    /// By consignor and producing or selling unit (`summaryFlag` 2), not by consignor alone.
    pub by_owner: bool,
    /// Under the goods names of the lists (`itemNameFlag` 1).
    pub by_name: bool,
}

/// What lists of one declaration have in common.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct GroupKey {
    /// Consignor: the merchant.
    pub merchant: Text,
    /// Transport mode.
    pub traf_mode: Text,
    /// Producing or selling unit; empty where lists are not parted by it.
    pub owner: Text,
    /// Country of destination.
    pub country: Text,
    /// District of exit.
    pub port: Text,
    /// Supervision mode: a declaration has one.
    pub trade_mode: Text,
    /// Bonded book: a declaration has one, or none.
    pub ems_no: Text,
}

/// What lines of one line of a declaration have in common.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct LineKey {
    /// Country of final destination.
    pub country: Text,
    /// Ten-digit HS code.
    pub gcode: Text,
    /// Currency.
    pub currency: Text,
    /// Goods name; empty where lines are not parted by it.
    pub gname: Text,
    /// First statutory unit: what is counted differently is not added up.
    pub unit1: Text,
    /// Second statutory unit, or empty.
    pub unit2: Text,
}

/// A line of a summarised declaration.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct GroupLine {
    /// How many lines of lists it is made of.
    pub lines: u64,
    /// Quantity in the first statutory unit.
    pub qty1: Decimal,
    /// Quantity in the second statutory unit.
    pub qty2: Decimal,
    /// Total price.
    pub total_price: Decimal,
}

/// A summarised declaration.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Group {
    /// How many lists it is made of.
    pub lists: u64,
    /// Gross weight.
    pub gross_weight: Decimal,
    /// Net weight.
    pub net_weight: Decimal,
    /// Its lines, in the order of their keys.
    pub lines: BTreeMap<LineKey, GroupLine>,
}

/// A sum that no field of a declaration holds (N19,5).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SumTooLarge {
    /// Of which field.
    pub field: &'static str,
    /// The list that is one too many.
    pub invt_no: Text,
    /// The sum without it.
    pub sum: Decimal,
    /// What it adds.
    pub added: Decimal,
}

/// Groups so far.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Grouping {
    terms: GroupingTerms,
    lists: u64,
    groups: BTreeMap<GroupKey, Group>,
}

/// Ten to the power of nineteen: N19,5 holds less than that many units.
const BEYOND: u128 = 10_u128.pow(19);

fn add(sum: &mut Decimal, value: Decimal, field: &'static str, invt_no: &Text) -> Result<(), SumTooLarge> {
    match sum.checked_add(value).filter(|all| all.units().unsigned_abs() < BEYOND) {
        Some(all) => *sum = all,
        None => return Err(SumTooLarge { field, invt_no: invt_no.clone(), sum: *sum, added: value }),
    }
    Ok(())
}

impl Grouping {
    /// Nothing yet.
    pub fn new(terms: GroupingTerms) -> Self {
        Self { terms, ..Self::default() }
    }
    /// How many lists were grouped.
    pub fn lists(&self) -> u64 {
        self.lists
    }
    /// The groups, in the order of their keys.
    pub fn groups(&self) -> &BTreeMap<GroupKey, Group> {
        &self.groups
    }
    /// The group of a list.
    pub fn key_of(&self, list: &ClosedList) -> GroupKey {
        GroupKey {
            merchant: list.trade.merchant.clone(),
            traf_mode: list.traf_mode.clone(),
            owner: if self.terms.by_owner { list.owner.clone() } else { Text::default() },
            country: list.country.clone(),
            port: list.port.clone(),
            trade_mode: list.trade_mode.clone(),
            ems_no: list.ems_no.clone(),
        }
    }
    /// The line of a line, within its group.
    pub fn line_of(&self, line: &ClosedLine) -> LineKey {
        LineKey {
            country: line.country.clone(),
            gcode: line.gcode.clone(),
            currency: line.currency.clone(),
            gname: if self.terms.by_name { line.gname.clone() } else { Text::default() },
            unit1: line.unit1.clone(),
            unit2: line.unit2.clone(),
        }
    }

    /// Adds a list.
    ///
    /// # Errors
    /// Where a sum becomes larger than a field of a declaration; the grouping is then of no use.
    pub fn add(&mut self, list: &ClosedList) -> Result<(), SumTooLarge> {
        let invt_no = &list.invt_no;
        let key = self.key_of(list);
        let keys: Vec<LineKey> = list.lines.iter().map(|line| self.line_of(line)).collect();
        let group = self.groups.entry(key).or_default();
        group.lists += 1;
        add(&mut group.gross_weight, list.gross_weight, "grossWeight", invt_no)?;
        add(&mut group.net_weight, list.net_weight, "netWeight", invt_no)?;
        for (line, key) in list.lines.iter().zip(keys) {
            let sum = group.lines.entry(key).or_default();
            sum.lines += 1;
            add(&mut sum.qty1, line.qty1, "qty1", invt_no)?;
            add(&mut sum.qty2, line.qty2, "qty2", invt_no)?;
            add(&mut sum.total_price, line.total_price, "totalPrice", invt_no)?;
        }
        self.lists += 1;
        Ok(())
    }

    /// Where lists and lines are found among the groups.
    pub fn places(&self) -> Places<'_> {
        let groups = self.groups.iter().enumerate().map(|(at, (key, group))| {
            let lines = group.lines.keys().enumerate().map(|(at, line)| (line, at as u32 + 1)).collect();
            (key, (at as u32 + 1, lines))
        });
        Places { grouping: self, groups: groups.collect() }
    }
}

/// Numbers of groups and of their lines, each from 1, in the order of their keys.
#[derive(Debug)]
pub struct Places<'a> {
    grouping: &'a Grouping,
    groups: BTreeMap<&'a GroupKey, (u32, BTreeMap<&'a LineKey, u32>)>,
}

impl Places<'_> {
    /// The number of a list's group, and for each of its lines the number of its line there; none of what was not added.
    pub fn of(&self, list: &ClosedList) -> Option<(u32, Vec<u32>)> {
        let (number, lines) = self.groups.get(&self.grouping.key_of(list))?;
        let of_line = |line| lines.get(&self.grouping.line_of(line)).copied();
        Some((*number, list.lines.iter().map(of_line).collect::<Option<_>>()?))
    }
}
