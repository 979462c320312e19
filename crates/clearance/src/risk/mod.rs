//! Sealed rules: conditions over what is declared, over windows and over lists of words, brands and recalls; hits out. Parties
//! see only the measure taken. How a condition is written is `compile`, what it can look at `names`, how it is held against a
//! declaration `look`, what is kept of one for rules to come `kept`, the lists are `lists`; `sampling` draws at random beside the rules.

pub(crate) mod checks;
mod compile;
mod kept;
mod lists;
mod look;
mod names;
pub mod period;
mod sampling;

pub use kept::{KeptFacts, KeptLine};
pub(crate) use lists::CoveredRow;
pub use names::reference_markdown;
pub use sampling::{DrawPeriod, RANDOM, SamplingSeed, draw, drawn, export_terms, handle, ratio, salt, terms};

use crate::Text;
use crate::consignment::{Lane, RiskHit};
use crate::facts::CountKind;
use crate::rulebook::{ExchangeRates, TableFault};
use crate::tax::Assessment;
use crate::windows::{WindowFact, Windowed};
use ceb::{Day, Declaration, ExportDeclaration, Payment};
use compile::Alternative;
use lists::Lists;

/// The tables that rules look at; sealed as the rules are.
pub const LISTS: [&str; 4] = lists::FILES;

/// Which side of a trade a rule looks at: the five dimensions in which the zone's plan wants risk told.
/// The five dimensions that a rule may have (implementation plan, risk prevention and control).
pub const DIMENSIONS: [&str; 5] = ["source", "quality", "safety-access", "transaction", "taxation"];

#[derive(Clone, PartialEq, Eq, Debug)]
struct Rule {
    id: Text,
    dimension: Option<&'static str>,
    from: Day,
    to: Option<Day>,
    lane: Lane,
    /// It hits when one of them holds.
    alternatives: Vec<Alternative>,
}

impl Rule {
    fn is_in_force(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }
}

/// The compiled rules of a rulebook.
#[derive(Clone, Default, Debug)]
pub struct RiskRules {
    rules: Vec<Rule>,
    windows: Vec<WindowFact>,
    lists: Lists,
}

/// What the rules look at.
pub struct RiskFacts<'a> {
    /// The declaration.
    pub declaration: &'a Declaration,
    /// Its assessment, if it could be assessed.
    pub assessment: Option<&'a Assessment>,
    /// What was paid for it, if that is here.
    pub payment: Option<&'a Payment>,
    /// Windows of what it names.
    pub counts: &'a [Windowed],
}

/// What the rules look at of an export.
pub struct ExportFacts<'a> {
    /// The list.
    pub declaration: &'a ExportDeclaration,
    /// Rates by which its prices are held against amounts.
    pub rates: &'a ExchangeRates,
    /// What it is worth, fen; none = a currency had no rate.
    pub value: Option<i64>,
    /// Since when its merchant is filed; none = it is not.
    pub merchant_since: Option<Day>,
    /// Windows of what it names.
    pub counts: &'a [Windowed],
}

impl RiskRules {
    /// Compiles the rules of a text, with the lists that `table` has by their names. Every fault is told.
    pub(crate) fn load<'a>(
        text: &str,
        table: impl Fn(&'static str) -> &'a str,
        faults: &mut Vec<TableFault>,
    ) -> Self {
        let mut rules = Self { lists: Lists::load(table, faults), ..Self::default() };
        // Before 2026-11 a rule had no dimension.
        if text.starts_with("id,dimension,") {
            let header = ["id", "dimension", "valid_from", "valid_to", "lane", "condition", "note"];
            crate::rulebook::rows(
                FILE,
                text,
                header,
                faults,
                |[id, dimension, from, to, lane, condition, _]| {
                    let known = DIMENSIONS.into_iter().find(|known| *known == dimension);
                    let known = known.ok_or_else(|| {
                        format!("rule {id}: {dimension} is no dimension; there are {}", DIMENSIONS.join(", "))
                    })?;
                    rules.rule(id, Some(known), (from, to), lane, condition)
                },
            );
        } else {
            let header = ["id", "valid_from", "valid_to", "lane", "condition", "note"];
            crate::rulebook::rows(FILE, text, header, faults, |[id, from, to, lane, condition, _]| {
                rules.rule(id, None, (from, to), lane, condition)
            });
        }
        rules
    }

    fn rule(
        &mut self,
        id: &str,
        dimension: Option<&'static str>,
        (from, to): (&str, &str),
        lane: &str,
        condition: &str,
    ) -> Result<(), String> {
        if self.rules.iter().any(|other| other.id == id) {
            return Err(format!("rule {id} stands twice"));
        }
        let wrong = |what: String| format!("rule {id}: {what}");
        let to = match to {
            "" => None,
            to => Some(Day::parse(to).ok_or_else(|| wrong("valid_to is yyyyMMdd".into()))?),
        };
        self.rules.push(Rule {
            id: id.into(),
            dimension,
            from: Day::parse(from).ok_or_else(|| wrong("valid_from is yyyyMMdd".into()))?,
            to,
            lane: Lane::from_word(lane).ok_or_else(|| wrong(format!("{lane} is not a lane")))?,
            alternatives: compile::condition(condition, &mut self.windows, &self.lists).map_err(wrong)?,
        });
        Ok(())
    }

    /// Whether a rule has this id, on whatever days.
    pub fn has_rule(&self, id: &str) -> bool {
        self.rules.iter().any(|rule| rule.id == id)
    }

    /// Rows of lists that do nothing, because another meets all that they meet.
    pub(crate) fn covered_rows(&self) -> Vec<CoveredRow> {
        self.lists.covered()
    }

    /// The windows that some rule reads: what a decision stores of those of a declaration.
    pub fn windows(&self) -> &[WindowFact] {
        &self.windows
    }

    /// The alternatives that read no other windows than these, and no score where none is known (`scored`), and the others without
    /// what they ask of those: what they find is possible, and no more. Both as rules of the same names.
    pub(crate) fn parted(&self, windows: &[WindowFact], scored: bool) -> (Self, Self) {
        let mut sure = Self { rules: Vec::new(), ..self.clone() };
        let mut possible = sure.clone();
        for rule in &self.rules {
            let (known, other): (Vec<Alternative>, Vec<Alternative>) =
                rule.alternatives.iter().cloned().partition(|one| {
                    one.conditions
                        .iter()
                        .all(|condition| condition.reads_only(windows, scored, &self.windows))
                });
            let other = other.into_iter().map(|mut one| {
                one.conditions.retain(|condition| condition.reads_only(windows, scored, &self.windows));
                one
            });
            let other: Vec<Alternative> = other.collect();
            if !known.is_empty() {
                sure.rules.push(Rule { alternatives: known, ..rule.clone() });
            }
            if !other.is_empty() {
                possible.rules.push(Rule { alternatives: other, ..rule.clone() });
            }
        }
        (sure, possible)
    }

    /// Whether windows of a kind are raised and loaded: those of persons always, the others where a rule reads them, under their
    /// own name, as exports see them, or added up with parcels.
    pub fn reads(&self, kind: CountKind) -> bool {
        let seen_as = match kind {
            CountKind::SellerGoods => Some(CountKind::ImportSellerGoods),
            CountKind::SellerName => Some(CountKind::LinkedConsignor),
            _ => None,
        };
        matches!(kind, CountKind::Identity | CountKind::Telephone | CountKind::Address)
            || self.windows.iter().any(|fact| fact.kind == kind || Some(fact.kind) == seen_as)
    }

    /// Ids of all rules with their dimension, in the order of the table.
    pub fn dimensions(&self) -> impl Iterator<Item = (&Text, Option<&'static str>)> {
        self.rules.iter().map(|rule| (&rule.id, rule.dimension))
    }

    /// All hits of the rules in force on a day, in the order of the table.
    pub fn evaluate(&self, facts: &RiskFacts<'_>, day: Day) -> Vec<RiskHit> {
        if self.rules.is_empty() {
            return Vec::new();
        }
        self.hits(&look::Looked::import(self, facts, day), day, false)
    }

    /// The same of an export, by the rules that say that they are about exports.
    pub fn evaluate_export(&self, facts: &ExportFacts<'_>, day: Day) -> Vec<RiskHit> {
        if self.rules.is_empty() {
            return Vec::new();
        }
        self.hits(&look::Looked::export(self, facts, day), day, true)
    }

    /// The gravest lane of those that hit: without words, and without looking at what could say no more.
    fn gravest(&self, looked: &look::Looked<'_>, day: Day, exports: bool) -> Option<Lane> {
        let mut gravest = None;
        for rule in self.rules.iter().filter(|rule| rule.is_in_force(day)) {
            let mut own = rule.alternatives.iter().filter(|one| one.of_exports == exports);
            if Some(rule.lane) > gravest && own.any(|alternative| looked.is_met(alternative)) {
                gravest = Some(rule.lane);
            }
        }
        gravest
    }

    fn hits(&self, looked: &look::Looked<'_>, day: Day, exports: bool) -> Vec<RiskHit> {
        let in_force = |rule: &&Rule| rule.is_in_force(day);
        let hit = |rule: &Rule| {
            let mut own = rule.alternatives.iter().filter(|one| one.of_exports == exports);
            let evidence = own.find_map(|alternative| looked.holds(alternative))?;
            Some(RiskHit { rule: rule.id.clone(), lane: rule.lane, evidence: evidence.into() })
        };
        self.rules.iter().filter(in_force).filter_map(hit).collect()
    }
}

const FILE: &str = "risk_rules.csv";
