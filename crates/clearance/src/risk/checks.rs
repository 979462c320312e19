//! What can be said of risk rules without any declaration: a rule that nothing can meet, and one that another makes useless.
//! A rule whose facts may have several values (prices, codes and words of lines) is judged condition by condition: each may be
//! met by another line. Leaves to others: days and gaps, which every dated table has.

use super::{Compare, Condition, Number, RiskRules, Rule, Word};
use crate::Text;
use crate::facts::CountKind;
use crate::rulebook::{CodeTable, Codes};

/// What is wrong with a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum RuleFault {
    /// Nothing can meet it: why, in Chinese and English.
    NeverTrue(String, String),
    /// Another asks for the same or a stricter lane of all that meets it.
    Covered(Text),
}

/// Whole numbers from the first to the second.
type Span = (i64, i64);

fn span(compare: Compare, value: i64) -> Span {
    match compare {
        Compare::Less => (i64::MIN, value.saturating_sub(1)),
        Compare::LessOrEqual => (i64::MIN, value),
        Compare::Equal => (value, value),
        Compare::GreaterOrEqual => (value, i64::MAX),
        Compare::Greater => (value.saturating_add(1), i64::MAX),
    }
}

fn both(one: Span, other: Span) -> Span {
    (one.0.max(other.0), one.1.min(other.1))
}

fn within(inner: Span, outer: Span) -> bool {
    outer.0 <= inner.0 && inner.1 <= outer.1
}

/// What a number can be at all. A list has a line, and is counted itself.
fn possible(number: Number) -> Span {
    match number {
        Number::Lines => (1, i64::MAX),
        Number::Count(..) => (1, i64::from(u32::MAX)),
        Number::Dutiable | Number::GrossWeightGrams | Number::UnitPrice => (0, i64::MAX),
    }
}

/// Whether a declaration has one value of it.
fn is_single(number: Number) -> bool {
    number != Number::UnitPrice
}

/// What a rule leaves of a number that has one value. A count of more days is never less than one of fewer.
fn left(rule: &Rule, wanted: Number) -> Span {
    let mut found = possible(wanted);
    for condition in &rule.conditions {
        let Condition::Number(number, compare, value) = condition else { continue };
        let said = span(*compare, *value);
        match (wanted, *number) {
            (wanted, number) if wanted == number => found = both(found, said),
            (Number::Count(kind, days), Number::Count(other, fewer)) if kind == other && fewer < days => {
                found.0 = found.0.max(said.0);
            }
            (Number::Count(kind, days), Number::Count(other, more)) if kind == other && more > days => {
                found.1 = found.1.min(said.1);
            }
            _ => {}
        }
    }
    found
}

/// Every fault of the rules, by the rule's id, in the order of the table.
pub(crate) fn faults(rules: &RiskRules, codes: &Codes) -> Vec<(Text, RuleFault)> {
    let mut found = Vec::new();
    for (index, rule) in rules.rules.iter().enumerate() {
        if let Some((zh, en)) = never(rule, codes) {
            found.push((rule.id.clone(), RuleFault::NeverTrue(zh, en)));
            continue;
        }
        let others = rules.rules.iter().enumerate().filter(|(other, _)| *other != index);
        let covering = others.into_iter().find(|(other, covering)| {
            // Of two that say the same the later one is too many.
            never(covering, codes).is_none()
                && covers(covering, rule)
                && (!covers(rule, covering) || *other < index)
        });
        if let Some((_, covering)) = covering {
            found.push((rule.id.clone(), RuleFault::Covered(covering.id.clone())));
        }
    }
    found
}

/// Why nothing can meet a rule.
fn never(rule: &Rule, codes: &Codes) -> Option<(String, String)> {
    rule.conditions.iter().find_map(|condition| match condition {
        Condition::Number(number, compare, value) => {
            let (least, most) = if is_single(*number) {
                left(rule, *number)
            } else {
                both(possible(*number), span(*compare, *value))
            };
            (least > most).then(|| {
                (
                    "各比较式互相矛盾，或超出该事实可能的取值".to_owned(),
                    "its comparisons contradict one another, or ask for what the fact never is".to_owned(),
                )
            })
        }
        Condition::In(word, values) => {
            unknown_code(*word, values, codes).or_else(|| apart(rule, *word, values))
        }
        Condition::Has(..) => None,
    })
}

/// Values none of which is the beginning of a code that exists.
fn unknown_code(word: Word, values: &[Text], codes: &Codes) -> Option<(String, String)> {
    let begins = |table: &CodeTable| {
        values.iter().any(|value| table.all().iter().any(|(code, ..)| code.starts_with(value.as_str())))
    };
    let known = match word {
        Word::Hs => {
            values.iter().any(|value| value.len() <= 10 && value.bytes().all(|byte| byte.is_ascii_digit()))
        }
        Word::Transport => begins(&codes.transport_modes),
        Word::Mode => begins(&codes.trade_modes),
        Word::Origin => begins(&codes.countries),
        Word::District => begins(&codes.districts),
        Word::Goods => true,
    };
    let said = values.iter().map(Text::as_str).collect::<Vec<_>>().join(" ");
    (!known).then(|| (format!("没有以 {said} 开头的代码"), format!("no code begins with {said}")))
}

/// Two lists of beginnings for a fact that has one value, none of which agree.
fn apart(rule: &Rule, word: Word, values: &[Text]) -> Option<(String, String)> {
    if !matches!(word, Word::Transport | Word::Mode | Word::District) {
        return None;
    }
    let agree = |one: &Text, other: &Text| one.starts_with(other.as_str()) || other.starts_with(one.as_str());
    let contradicts = rule.conditions.iter().any(|condition| match condition {
        Condition::In(other, others) if *other == word => {
            !values.iter().any(|one| others.iter().any(|other| agree(one, other)))
        }
        _ => false,
    });
    contradicts.then(|| {
        (
            "同一事实被要求为互不相容的代码".to_owned(),
            "it asks for different codes of a fact that has one".to_owned(),
        )
    })
}

/// Whether a rule asks for the same or a stricter lane of all that meets another, on all its days.
fn covers(covering: &Rule, rule: &Rule) -> bool {
    let days =
        covering.from <= rule.from && covering.to.is_none_or(|last| rule.to.is_some_and(|own| own <= last));
    covering.lane >= rule.lane && days && covering.conditions.iter().all(|condition| implied(condition, rule))
}

/// Whether whatever meets a rule meets a condition.
fn implied(condition: &Condition, rule: &Rule) -> bool {
    match condition {
        Condition::Number(number, compare, value) => {
            let wanted = span(*compare, *value);
            if is_single(*number) {
                return within(left(rule, *number), wanted) && reads(rule, *number);
            }
            rule.conditions.iter().any(|own| match own {
                Condition::Number(other, compare, value) => {
                    other == number && within(both(span(*compare, *value), possible(*number)), wanted)
                }
                _ => false,
            })
        }
        Condition::In(word, values) => rule.conditions.iter().any(|own| match own {
            Condition::In(other, own) => {
                other == word
                    && own.iter().all(|own| values.iter().any(|value| own.starts_with(value.as_str())))
            }
            _ => false,
        }),
        Condition::Has(word, values) => rule.conditions.iter().any(|own| match own {
            Condition::In(other, own) | Condition::Has(other, own) => {
                other == word && own.iter().all(|own| values.iter().any(|value| own.contains(value.as_str())))
            }
            Condition::Number(..) => false,
        }),
    }
}

/// Whether a rule looks at a fact, so that it is there where the rule is met: goods may be without a value, persons without
/// an address.
fn reads(rule: &Rule, wanted: Number) -> bool {
    let kind = |number: Number| match number {
        Number::Count(kind, _) => Some(kind),
        _ => None,
    };
    let always =
        matches!(wanted, Number::Lines | Number::GrossWeightGrams | Number::Count(CountKind::Identity, _));
    always
        || rule.conditions.iter().any(|condition| match condition {
            Condition::Number(number, ..) => {
                *number == wanted || (kind(*number).is_some() && kind(*number) == kind(wanted))
            }
            _ => false,
        })
}
