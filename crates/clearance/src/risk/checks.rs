//! What can be said of risk rules without any declaration: a rule with an alternative that nothing can meet, and one that another makes
//! useless. What is joined by `and` is about one line, so each fact has one value in an alternative. Lists of words stand for
//! themselves: which words are in them changes by the day. Leaves to others: days and gaps, which every dated table has.

use super::compile::{Alternative, Compare, Condition, Value};
use super::names::{self, Number, Word};
use super::{RiskRules, Rule};
use crate::Text;
use crate::facts::CountKind;
use crate::rulebook::{CodeTable, Codes, RiskModels};
use crate::windows::{Measure, Span as Reach, Window, WindowFact};

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

const ANY: Span = (i64::MIN, i64::MAX);

fn span(compare: Compare, value: i64) -> Span {
    match compare {
        Compare::Less => (i64::MIN, value.saturating_sub(1)),
        Compare::LessOrEqual => (i64::MIN, value),
        Compare::Equal => (value, value),
        // All but one: no span says that.
        Compare::NotEqual => ANY,
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

/// The rules with what they read, and the codes that there are.
struct Looked<'a> {
    windows: &'a [WindowFact],
    codes: &'a Codes,
}

/// Every fault of the rules, by the rule's id, in the order of the table.
pub(crate) fn faults(rules: &RiskRules, codes: &Codes, models: &RiskModels) -> Vec<(Text, RuleFault)> {
    let looked = Looked { windows: &rules.windows, codes };
    let mut found = Vec::new();
    for (index, rule) in rules.rules.iter().enumerate() {
        let never = |one: &Alternative| {
            looked.never(one).or_else(|| looked.elsewhere(one)).or_else(|| unscored(rule, one, models))
        };
        if let Some((zh, en)) = rule.alternatives.iter().find_map(never) {
            let several = rule.alternatives.len() > 1;
            let zh = if several { format!("其中一个“or”分支：{zh}") } else { zh };
            let en = if several { format!("one of its alternatives: {en}") } else { en };
            found.push((rule.id.clone(), RuleFault::NeverTrue(zh, en)));
            continue;
        }
        let others = rules.rules.iter().enumerate().filter(|(other, _)| *other != index);
        let covering = others.into_iter().find(|(other, covering)| {
            // Of two that say the same the later one is too many.
            looked.covers(covering, rule) && (!looked.covers(rule, covering) || *other < index)
        });
        if let Some((_, covering)) = covering {
            found.push((rule.id.clone(), RuleFault::Covered(covering.id.clone())));
        }
    }
    found
}

/// Why nothing has the score that an alternative asks for: no model of its trade is in use on any day of its rule.
fn unscored(rule: &Rule, alternative: &Alternative, models: &RiskModels) -> Option<(String, String)> {
    let reads = alternative.conditions.iter().any(Condition::reads_score);
    let exports = alternative.of_exports;
    if !reads || models.any_between(rule.from, rule.to, exports) {
        return None;
    }
    Some(if exports {
        (
            "它读取出口清单的 risk_score，但在其有效期内 risk_models.csv 没有启用任何出口（export）模型"
                .to_owned(),
            "it reads risk_score of exports, and risk_models.csv has no model of trade export in use on any of its days"
                .to_owned(),
        )
    } else {
        (
            "它读取 risk_score，但在其有效期内 risk_models.csv 没有启用任何模型".to_owned(),
            "it reads risk_score, and risk_models.csv has no model in use on any of its days".to_owned(),
        )
    })
}

/// Whether one window lies in another on every day and at every hour.
fn lies_in(inner: Reach, outer: Reach) -> bool {
    match (inner, outer) {
        (Reach::Days(inner), Reach::Days(outer)) | (Reach::Hours(inner), Reach::Hours(outer)) => {
            inner <= outer
        }
        // A day has begun an hour ago at least, or a whole day ago at most.
        (Reach::Hours(hours), Reach::Days(days)) => u32::from(hours) <= u32::from(days - 1) * 24 + 1,
        (Reach::Days(days), Reach::Hours(hours)) => u32::from(days) * 24 <= u32::from(hours),
    }
}

impl Looked<'_> {
    fn window(&self, number: Number) -> Option<WindowFact> {
        match number {
            Number::Window(at) => self.windows.get(at).copied(),
            _ => None,
        }
    }

    /// What a number can be at all. A list has a line, and is counted itself.
    fn possible(&self, number: Number) -> Span {
        match number {
            Number::Lines | Number::Pieces | Number::PieceWeight => (1, i64::MAX),
            Number::Age => (0, 200),
            Number::RiskScore => (0, 1_000),
            Number::PayerDiffers | Number::BrandUnauthorised | Number::HsAgainstWords | Number::Recalled => {
                (0, 1)
            }
            Number::Dutiable
            | Number::GrossWeight
            | Number::NetWeight
            | Number::UnitPrice
            | Number::LineTotal
            | Number::Value
            | Number::MerchantDays
            | Number::BrandFloor => (0, i64::MAX),
            Number::Window(_) => match self.window(number) {
                // A list is counted itself; among parcels, and among what came in, it is not.
                Some(fact) if fact.measure == Measure::Count && !fact.kind.leaves_out_the_list() => {
                    (1, i64::MAX)
                }
                Some(fact) if fact.measure.is_distinct() => (0, Window::DISTINCT as i64),
                _ => (0, i64::MAX),
            },
        }
    }

    /// What an alternative leaves of a number. What adds up over a longer window is never less than over a shorter one.
    fn left(&self, alternative: &Alternative, wanted: Number) -> Span {
        let mut found = self.possible(wanted);
        let grows = |fact: &WindowFact| !fact.measure.is_median();
        let own = self.window(wanted).filter(grows);
        for condition in &alternative.conditions {
            let Condition::Number(number, compare, Value::Whole(value)) = condition else { continue };
            let said = span(*compare, *value);
            if *number == wanted {
                found = both(found, said);
                continue;
            }
            let (Some(own), Some(other)) = (own, self.window(*number)) else { continue };
            if (own.kind, own.measure) != (other.kind, other.measure) {
                continue;
            }
            if lies_in(other.span, own.span) {
                found.0 = found.0.max(said.0);
            }
            if lies_in(own.span, other.span) {
                found.1 = found.1.min(said.1);
            }
        }
        found
    }

    /// Why nothing can meet an alternative.
    fn never(&self, alternative: &Alternative) -> Option<(String, String)> {
        alternative.conditions.iter().find_map(|condition| match condition {
            Condition::Number(number, compare, Value::Whole(value)) => {
                let (least, most) = self.left(alternative, *number);
                let only = least == most && *compare == Compare::NotEqual && *value == least;
                (least > most || only).then(|| {
                    (
                        "各比较式互相矛盾，或超出该事实可能的取值".to_owned(),
                        "its comparisons contradict one another, or ask for what the fact never is"
                            .to_owned(),
                    )
                })
            }
            Condition::Text { word, negated: false, anywhere: false, words, lists } if lists.is_empty() => {
                self.unknown_code(*word, words).or_else(|| apart(alternative, *word, words))
            }
            Condition::Number(..) | Condition::Text { .. } => None,
        })
    }

    /// Why an alternative is met by nothing: it reads a fact that lists of its trade do not have, and what is absent compares with nothing.
    fn elsewhere(&self, alternative: &Alternative) -> Option<(String, String)> {
        let of_imports = |number: Number| match number {
            Number::Dutiable | Number::Age | Number::PayerDiffers => true,
            Number::Window(_) => self.window(number).is_some_and(|fact| !fact.kind.is_of_exports()),
            _ => false,
        };
        let of_exports = |number: Number| match number {
            Number::Value | Number::MerchantDays => true,
            Number::Window(_) => self.window(number).is_some_and(|fact| fact.kind.is_of_exports()),
            _ => false,
        };
        let absent =
            |number: Number| if alternative.of_exports { of_imports(number) } else { of_exports(number) };
        let reads = alternative.conditions.iter().any(|condition| match condition {
            Condition::Number(number, _, Value::Percent(_, of)) => absent(*number) || absent(*of),
            Condition::Number(number, ..) => absent(*number),
            Condition::Text { word: Word::Origin, .. } => alternative.of_exports,
            Condition::Text { word: Word::Destination, .. } => !alternative.of_exports,
            Condition::Text { .. } => false,
        });
        let said = if alternative.of_exports {
            ("它读取出口清单没有的事实", "it reads a fact that lists of exports do not have")
        } else {
            (
                "它读取进口清单没有的事实；涉及出口的规则须写明 trade = export",
                "it reads a fact that lists of imports do not have; what is about exports says trade = export",
            )
        };
        reads.then(|| (said.0.to_owned(), said.1.to_owned()))
    }

    /// Values none of which is the beginning of a code that exists.
    fn unknown_code(&self, word: Word, values: &[Text]) -> Option<(String, String)> {
        let begins = |table: &CodeTable| {
            values.iter().any(|value| table.all().iter().any(|(code, ..)| code.starts_with(value.as_str())))
        };
        let known = match word {
            Word::Hs => values
                .iter()
                .any(|value| value.len() <= 10 && value.bytes().all(|byte| byte.is_ascii_digit())),
            Word::Transport => begins(&self.codes.transport_modes),
            Word::Mode => begins(&self.codes.trade_modes),
            Word::Origin | Word::Destination => begins(&self.codes.countries),
            Word::Trade => {
                values.iter().any(|value| [names::IMPORT, names::EXPORT].contains(&value.as_str()))
            }
            Word::District => begins(&self.codes.districts),
            Word::Goods => true,
        };
        let said = values.iter().map(Text::as_str).collect::<Vec<_>>().join(" ");
        (!known).then(|| (format!("没有以 {said} 开头的代码"), format!("no code begins with {said}")))
    }

    /// Whether a rule asks for the same or a stricter lane of all that meets another, on all its days.
    fn covers(&self, covering: &Rule, rule: &Rule) -> bool {
        let days = covering.from <= rule.from
            && covering.to.is_none_or(|last| rule.to.is_some_and(|own| own <= last));
        let met = |one: &Alternative| {
            covering.alternatives.iter().any(|wide| {
                wide.of_exports == one.of_exports
                    && self.never(wide).is_none()
                    && wide.conditions.iter().all(|condition| self.implied(condition, one))
            })
        };
        covering.lane >= rule.lane && days && rule.alternatives.iter().all(met)
    }

    /// Whether whatever meets an alternative meets a condition.
    fn implied(&self, condition: &Condition, alternative: &Alternative) -> bool {
        if alternative.conditions.contains(condition) {
            return true;
        }
        match condition {
            Condition::Number(number, compare, Value::Whole(value)) => {
                let left = self.left(alternative, *number);
                let told = match compare {
                    Compare::NotEqual => !within((*value, *value), left),
                    compare => within(left, span(*compare, *value)),
                };
                told && self.reads(alternative, *number)
            }
            Condition::Text { word, negated: false, anywhere, words, lists } => {
                alternative.conditions.iter().any(|own| match own {
                    Condition::Text {
                        word: other,
                        negated: false,
                        anywhere: own_anywhere,
                        words: own_words,
                        lists: own_lists,
                    } => {
                        let meets = |own: &Text| {
                            words.iter().any(|word| {
                                if *anywhere {
                                    own.contains(word.as_str())
                                } else {
                                    own.starts_with(word.as_str())
                                }
                            })
                        };
                        other == word
                            && (*anywhere || !own_anywhere)
                            && own_words.iter().all(meets)
                            && own_lists.iter().all(|list| lists.contains(list))
                    }
                    _ => false,
                })
            }
            Condition::Number(..) | Condition::Text { .. } => false,
        }
    }

    /// Whether an alternative looks at a fact, so that it is there where the alternative is met: goods may be without a value,
    /// persons without an address.
    fn reads(&self, alternative: &Alternative, wanted: Number) -> bool {
        let kind = |number: Number| self.window(number).filter(|fact| !fact.measure.is_median());
        let own = kind(wanted).map(|fact| fact.kind);
        let always = matches!(wanted, Number::Lines | Number::GrossWeight | Number::NetWeight)
            || own == Some(CountKind::Identity);
        let same =
            |number: Number| number == wanted || (own.is_some() && kind(number).map(|fact| fact.kind) == own);
        always
            || alternative.conditions.iter().any(|condition| match condition {
                Condition::Number(number, _, Value::Percent(_, of)) => same(*number) || same(*of),
                Condition::Number(number, ..) => same(*number),
                Condition::Text { .. } => false,
            })
    }
}

/// Beginnings of a text, none of which agree with what else is asked of it.
fn apart(alternative: &Alternative, word: Word, values: &[Text]) -> Option<(String, String)> {
    let agree = |one: &Text, other: &Text| one.starts_with(other.as_str()) || other.starts_with(one.as_str());
    let contradicts = alternative.conditions.iter().any(|condition| match condition {
        Condition::Text { word: other, negated, anywhere: false, words, lists } if *other == word => {
            if *negated {
                values.iter().all(|one| words.iter().any(|other| one.starts_with(other.as_str())))
            } else {
                lists.is_empty() && !values.iter().any(|one| words.iter().any(|other| agree(one, other)))
            }
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
