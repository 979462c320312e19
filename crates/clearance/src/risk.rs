//! Risk, first cut: rules over declared facts and windowed counts, differentiated sampling with a keyed draw, lanes.
//! A seam for the full system: facts in, hits out. Sealed: parties see only the measure taken.
//!
//! A condition is comparisons joined by `and`: `dutiable_fen >= 480000 and identity_count_30 >= 4`,
//! `hs in 8506 8507` (prefixes), `goods_text has 弹药 枪支` (any of the words), `transport = 5`. It is compiled when
//! the rulebook is loaded; a name that is not a fact is a fault of the table.

pub(crate) mod checks;

use crate::Text;
use crate::consignment::{CreditStanding, Lane, RiskHit};
use crate::facts::{CountKey, CountKind, Counts};
use crate::keys::OrderKey;
use crate::party::CreditGrade;
use crate::rulebook::{Law, TableFault};
use crate::standing;
use crate::tax::Assessment;
use ceb::{Day, Declaration};
use ring::hmac;

/// Numbers a rule can look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Number {
    Dutiable,
    Lines,
    GrossWeightGrams,
    UnitPrice,
    Count(CountKind, u32),
}

/// Texts a rule can look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Word {
    Hs,
    Goods,
    Transport,
    Mode,
    Origin,
    District,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Compare {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Condition {
    Number(Number, Compare, i64),
    /// Any line's (or the head's) text begins with one of these.
    In(Word, Vec<Text>),
    /// Any line's text contains one of these.
    Has(Word, Vec<Text>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Rule {
    id: Text,
    from: Day,
    to: Option<Day>,
    lane: Lane,
    conditions: Vec<Condition>,
}

/// The compiled rules of a rulebook.
#[derive(Clone, Default, Debug)]
pub struct RiskRules {
    rules: Vec<Rule>,
    windows: Vec<(CountKind, u32)>,
}

/// What the rules look at.
pub struct RiskFacts<'a> {
    /// The declaration.
    pub declaration: &'a Declaration,
    /// Its assessment, if it could be assessed.
    pub assessment: Option<&'a Assessment>,
    /// Windowed counts of the persons it names, this declaration included: counter, window in days, count.
    pub counts: &'a [(CountKey, u32, u32)],
}

impl RiskRules {
    pub(crate) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut rules = Self::default();
        let header = ["id", "valid_from", "valid_to", "lane", "condition", "note"];
        crate::rulebook::rows(
            "risk_rules.csv",
            text,
            header,
            faults,
            |[id, from, to, lane, condition, _]| {
                let rule = Rule {
                    id: id.into(),
                    from: Day::parse(from).ok_or("valid_from is yyyyMMdd")?,
                    to: if to.is_empty() {
                        None
                    } else {
                        Some(Day::parse(to).ok_or("valid_to is yyyyMMdd")?)
                    },
                    lane: Lane::from_word(lane).ok_or_else(|| format!("{lane} is not a lane"))?,
                    conditions: condition.split(" and ").map(compile).collect::<Result<_, _>>()?,
                };
                if rules.rules.iter().any(|other| other.id == rule.id) {
                    return Err(format!("rule {id} stands twice"));
                }
                for condition in &rule.conditions {
                    if let Condition::Number(Number::Count(kind, window), ..) = condition
                        && !rules.windows.contains(&(*kind, *window))
                    {
                        rules.windows.push((*kind, *window));
                    }
                }
                rules.rules.push(rule);
                Ok(())
            },
        );
        rules
    }

    /// The windows that some rule counts: what a decision stores of the counts it read.
    pub fn windows(&self) -> &[(CountKind, u32)] {
        &self.windows
    }

    /// The rules that count in no other windows than these, and the others without what they ask of other windows: what those
    /// find is possible, and no more.
    pub(crate) fn parted(&self, windows: &[(CountKind, u32)]) -> (Self, Self) {
        let known = |condition: &Condition| match condition {
            Condition::Number(Number::Count(kind, days), ..) => windows.contains(&(*kind, *days)),
            _ => true,
        };
        let (sure, other): (Vec<Rule>, Vec<Rule>) =
            self.rules.iter().cloned().partition(|rule| rule.conditions.iter().all(known));
        let possible = other.into_iter().map(|mut rule| {
            rule.conditions.retain(known);
            rule
        });
        let counted = self.windows.iter().copied().filter(|window| windows.contains(window)).collect();
        (Self { rules: sure, windows: counted }, Self { rules: possible.collect(), windows: Vec::new() })
    }

    /// All hits of the rules in force on a day, in the order of the table.
    pub fn evaluate(&self, facts: &RiskFacts<'_>, day: Day) -> Vec<RiskHit> {
        let in_force = |rule: &&Rule| rule.from <= day && rule.to.is_none_or(|last| day <= last);
        let mut hits = Vec::new();
        for rule in self.rules.iter().filter(in_force) {
            let mut evidence = Vec::new();
            if rule.conditions.iter().all(|condition| holds(condition, facts, &mut evidence)) {
                hits.push(RiskHit {
                    rule: rule.id.clone(),
                    lane: rule.lane,
                    evidence: evidence.join("; ").into(),
                });
            }
        }
        hits
    }
}

fn compile(text: &str) -> Result<Condition, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [name, operator, values @ ..] = words.as_slice() else {
        return Err(format!("`{text}` is not a comparison"));
    };
    let word = match *name {
        "hs" => Some(Word::Hs),
        "goods_text" => Some(Word::Goods),
        "transport" => Some(Word::Transport),
        "mode" => Some(Word::Mode),
        "origin" => Some(Word::Origin),
        "district" => Some(Word::District),
        _ => None,
    };
    if values.is_empty() {
        return Err(format!("`{text}` compares with nothing"));
    }
    if let Some(word) = word {
        let values = values.iter().map(|value| Text::from(*value)).collect();
        return match *operator {
            "in" | "=" => Ok(Condition::In(word, values)),
            "has" => Ok(Condition::Has(word, values)),
            _ => Err(format!("{name} is a text: use in, = or has")),
        };
    }
    let compare = match *operator {
        "<" => Compare::Less,
        "<=" => Compare::LessOrEqual,
        "=" => Compare::Equal,
        ">=" => Compare::GreaterOrEqual,
        ">" => Compare::Greater,
        _ => return Err(format!("{operator} is not a comparison of numbers")),
    };
    let [value] = values else { return Err(format!("`{text}` compares with more than one number")) };
    let value = value.parse().map_err(|_| format!("{value} is not a whole number"))?;
    Ok(Condition::Number(number(name)?, compare, value))
}

fn number(name: &str) -> Result<Number, String> {
    let counted = |prefix: &str, kind| {
        let days: u32 = name.strip_prefix(prefix)?.parse().ok()?;
        (1..=Counts::DAYS).contains(&days).then_some(Number::Count(kind, days))
    };
    match name {
        "dutiable_fen" => Ok(Number::Dutiable),
        "lines" => Ok(Number::Lines),
        "gross_weight_grams" => Ok(Number::GrossWeightGrams),
        "unit_price_fen" => Ok(Number::UnitPrice),
        _ => counted("identity_count_", CountKind::Identity)
            .or_else(|| counted("telephone_count_", CountKind::Telephone))
            .or_else(|| counted("address_count_", CountKind::Address))
            .ok_or_else(|| format!("{name} is not a fact; counts reach back 1 to {} days", Counts::DAYS)),
    }
}

fn holds(condition: &Condition, facts: &RiskFacts<'_>, evidence: &mut Vec<String>) -> bool {
    match condition {
        Condition::Number(number, compare, value) => {
            let found = measure(*number, facts).into_iter().find(|found| match compare {
                Compare::Less => found < value,
                Compare::LessOrEqual => found <= value,
                Compare::Equal => found == value,
                Compare::GreaterOrEqual => found >= value,
                Compare::Greater => found > value,
            });
            if let Some(found) = found {
                evidence.push(format!("{number:?} = {found}"));
            }
            found.is_some()
        }
        Condition::In(word, values) => {
            find(*word, facts, |text| values.iter().any(|value| text.starts_with(value.as_str())), evidence)
        }
        Condition::Has(word, values) => {
            find(*word, facts, |text| values.iter().any(|value| text.contains(value.as_str())), evidence)
        }
    }
}

fn measure(number: Number, facts: &RiskFacts<'_>) -> Vec<i64> {
    match number {
        Number::Dutiable => facts.assessment.map(Assessment::dutiable).into_iter().collect(),
        Number::Lines => vec![facts.declaration.lines.len() as i64],
        Number::GrossWeightGrams => {
            i64::try_from(facts.declaration.head.gross_weight.units() / 100).into_iter().collect()
        }
        Number::UnitPrice => facts
            .declaration
            .lines
            .iter()
            .filter_map(|line| line.price.fen_half_up())
            .map(|(fen, _)| fen)
            .collect(),
        Number::Count(kind, window) => facts
            .counts
            .iter()
            .filter(|(key, of, _)| key.kind == kind && *of == window)
            .map(|(_, _, count)| i64::from(*count))
            .collect(),
    }
}

fn find(
    word: Word,
    facts: &RiskFacts<'_>,
    matches: impl Fn(&str) -> bool,
    evidence: &mut Vec<String>,
) -> bool {
    let head = &facts.declaration.head;
    let lines = facts.declaration.lines.iter();
    let texts: Vec<&str> = match word {
        Word::Hs => lines.map(|line| line.gcode.as_str()).collect(),
        Word::Goods => lines
            .flat_map(|line| {
                [line.gname.as_str(), line.gmodel.as_str(), line.item_name.as_deref().unwrap_or("")]
            })
            .collect(),
        Word::Origin => lines.map(|line| line.country.as_str()).collect(),
        Word::Transport => vec![head.traf_mode.as_str()],
        Word::Mode => vec![head.trade_mode.as_str()],
        Word::District => vec![head.customs_code.as_str()],
    };
    match texts.into_iter().find(|text| matches(text)) {
        Some(text) => {
            evidence.push(format!("{word:?} = {text}"));
            true
        }
        None => false,
    }
}

/// A seed of the sampling draw. Secret: whoever knows it can tell which parcels are opened.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct SamplingSeed {
    /// Its number: what a recorded draw names.
    pub number: u32,
    /// The key.
    pub secret: [u8; 32],
}

impl std::fmt::Debug for SamplingSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SamplingSeed {}", self.number)
    }
}

/// A keyed draw: the same consignment draws the same number for as long as the seed is used, and nobody without the
/// seed can tell it. Depends on the order's key alone, not on guid, time or attempt.
pub fn draw(seed: &SamplingSeed, order: &OrderKey) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &seed.secret);
    let mut input = Vec::with_capacity(64);
    for part in [&order.platform, &order.order_no] {
        input.extend_from_slice(&(part.len() as u32).to_be_bytes());
        input.extend_from_slice(part.as_bytes());
    }
    let tag = hmac::sign(&key, &input);
    let mut word = [0u8; 8];
    word.copy_from_slice(tag.as_ref().get(..8).unwrap_or(&[0; 8]));
    // Parts per million; the bias of taking the remainder of 2⁶⁴ is below 10⁻¹³.
    (u64::from_be_bytes(word) % 1_000_000) as u32
}

/// The share that is opened at random, parts per million: base of the mode × factor of the grade of customs or of credit, the
/// stricter of both; at least the floor, and what a list asks for.
pub fn ratio(law: &Law, trade_mode: &str, grade: CreditGrade, credit: Option<&CreditStanding>) -> u32 {
    let official = match grade {
        CreditGrade::A => law.sampling_factor_a,
        CreditGrade::Standard => law.sampling_factor_standard,
        CreditGrade::D => law.sampling_factor_d,
    };
    let by_credit = credit.and_then(|credit| credit.factor);
    let factor = by_credit.map_or(official, |factor| standing::stricter(official, factor));
    let share = credit.map_or(0, |credit| credit.share);
    let ratio = law.sampling_base(trade_mode).saturating_mul(factor) / 100;
    ratio.max(law.sampling_floor).max(share).clamp(0, 1_000_000) as u32
}
