//! A declaration as the conditions see it: every number and text is taken once, however many rules look at it.

use super::compile::{Alternative, Condition, Value};
use super::lists::OfBrand;
use super::names::{Number, Word};
use super::{RiskFacts, RiskRules};
use crate::identity::{age, check_citizen};
use crate::score::Score;
use crate::tax::Assessment;
use crate::windows::{grams, grams_a_piece, pieces};
use crate::{Text, normal};
use ceb::{Day, DeclarationLine};
use std::cell::OnceCell;

/// A line.
struct Line<'a> {
    line: &'a DeclarationLine,
    /// Name, model and name as sold in one writing, apart.
    text: String,
    brand: OnceCell<Option<OfBrand>>,
    /// By the place of the window; of the whole list too.
    windows: Vec<Option<i64>>,
}

/// See the head of this file.
pub(super) struct Looked<'a> {
    rules: &'a RiskRules,
    facts: &'a RiskFacts<'a>,
    day: Day,
    lines: Vec<Line<'a>>,
    windows: Vec<Option<i64>>,
    age: Option<i64>,
}

impl<'a> Looked<'a> {
    pub(super) fn new(rules: &'a RiskRules, facts: &'a RiskFacts<'a>, day: Day) -> Self {
        let declaration = facts.declaration;
        let of = |line: usize| -> Vec<Option<i64>> {
            let read = facts.counts.iter().filter(|read| usize::from(read.line) == line);
            let mut values = vec![None; rules.windows.len()];
            for read in read {
                for (slot, fact) in values.iter_mut().zip(&rules.windows) {
                    if fact.kind == read.key.kind {
                        let value = read
                            .values
                            .iter()
                            .find(|value| (value.measure, value.span) == (fact.measure, fact.span));
                        *slot = value.map(|value| value.value).or(*slot);
                    }
                }
            }
            values
        };
        let lines = declaration.lines.iter().enumerate().map(|(index, line)| {
            let names = [&line.gname, &line.gmodel].into_iter().chain(&line.item_name);
            let text: Vec<String> = names.map(|name| normal::goods(name)).collect();
            Line { line, text: text.join("\n"), brand: OnceCell::new(), windows: of(index + 1) }
        });
        let head = &declaration.head;
        let citizen = head.buyer_id_type == "1" && check_citizen(&head.buyer_id_number).is_ok();
        Self {
            rules,
            facts,
            day,
            lines: lines.collect(),
            windows: of(0),
            age: if citizen { age(&head.buyer_id_number, day).map(i64::from) } else { None },
        }
    }

    /// What holds, as evidence; none = some condition does not.
    pub(super) fn holds(&self, alternative: &Alternative) -> Option<String> {
        if !alternative.of_line {
            return self.all(alternative, None);
        }
        self.lines.iter().enumerate().find_map(|(index, line)| {
            let evidence = self.all(alternative, Some(line))?;
            Some(if self.lines.len() == 1 { evidence } else { format!("line {}: {evidence}", index + 1) })
        })
    }

    fn all(&self, alternative: &Alternative, line: Option<&Line<'_>>) -> Option<String> {
        // Most rules do not hold: words are made only of what does.
        if !alternative.conditions.iter().all(|condition| self.one(condition, line)) {
            return None;
        }
        let said = alternative.conditions.iter().map(|condition| self.said(condition, line));
        Some(said.collect::<Vec<_>>().join("; "))
    }

    fn one(&self, condition: &Condition, line: Option<&Line<'_>>) -> bool {
        match condition {
            Condition::Number(number, compare, value) => {
                let Some(found) = self.number(*number, line) else { return false };
                match value {
                    Value::Whole(value) => compare.holds(found.into(), (*value).into()),
                    Value::Percent(percent, of) => self.number(*of, line).is_some_and(|of| {
                        compare.holds(i128::from(found) * 100, i128::from(of) * i128::from(*percent))
                    }),
                }
            }
            Condition::Text { word, negated, anywhere, words, lists } => {
                let Some(text) = self.text(*word, line) else { return false };
                let meets = |word: &str| if *anywhere { text.contains(word) } else { text.starts_with(word) };
                let plain = *word != Word::Goods;
                let met = words.iter().any(|word| meets(word))
                    || lists.iter().any(|list| self.rules.lists.meets(*list, self.day, plain, meets));
                met != *negated
            }
        }
    }

    fn said(&self, condition: &Condition, line: Option<&Line<'_>>) -> String {
        let name = |number: &Number| number.name(&self.rules.windows);
        let value = |number: &Number| self.number(*number, line).unwrap_or_default();
        match condition {
            Condition::Number(Number::Recalled, ..) => {
                let recall = line.and_then(|line| self.rules.lists.recall(line.line, &line.text, self.day));
                format!("recalled by {}", recall.map_or("nobody", Text::as_str))
            }
            Condition::Number(number, _, Value::Whole(_)) => format!("{} = {}", name(number), value(number)),
            Condition::Number(number, compare, Value::Percent(percent, of)) => format!(
                "{} = {} {} {percent}% of {} = {}",
                name(number),
                value(number),
                compare.word(),
                name(of),
                value(of)
            ),
            Condition::Text { word, .. } => {
                let text = match (word, line) {
                    (Word::Goods, Some(line)) => line.line.gname.as_str(),
                    _ => self.text(*word, line).unwrap_or_default(),
                };
                format!("{} = {text}", word.row().map_or("", |row| row.0))
            }
        }
    }

    fn number(&self, number: Number, line: Option<&Line<'_>>) -> Option<i64> {
        let head = &self.facts.declaration.head;
        match number {
            Number::Dutiable => self.facts.assessment.map(Assessment::dutiable),
            Number::Lines => i64::try_from(self.lines.len()).ok(),
            Number::GrossWeight => Some(grams(head.gross_weight)),
            Number::NetWeight => Some(grams(head.net_weight)),
            Number::Age => self.age,
            Number::PayerDiffers => self.facts.payment.map(|payment| {
                i64::from(!payment.payer_id_number.trim().eq_ignore_ascii_case(head.buyer_id_number.trim()))
            }),
            Number::RiskScore => Score::of(self.facts.counts).map(|score| score.thousandths.into()),
            Number::Window(at) => match line {
                Some(line) if self.rules.windows.get(at).is_some_and(|fact| fact.kind.is_of_line()) => {
                    line.windows.get(at).copied().flatten()
                }
                _ => self.windows.get(at).copied().flatten(),
            },
            of_line => self.of_line(of_line, line?),
        }
    }

    fn of_line(&self, number: Number, line: &Line<'_>) -> Option<i64> {
        let declared = line.line;
        let fen = |amount: ceb::Decimal| amount.fen_half_up().map(|(fen, _)| fen);
        match number {
            Number::UnitPrice => fen(declared.price),
            Number::LineTotal => fen(declared.total_price),
            Number::Pieces => Some(pieces(declared)),
            Number::PieceWeight => {
                grams_a_piece(self.facts.declaration).and_then(|grams| i64::try_from(grams).ok())
            }
            Number::BrandFloor => self.brand(line)?.floor,
            Number::BrandUnauthorised => {
                Some(i64::from(self.brand(line).is_some_and(|brand| brand.unauthorised)))
            }
            Number::HsAgainstWords => {
                let lists = &self.rules.lists;
                Some(i64::from(lists.hs_against_words(&declared.gcode, &line.text, self.day)))
            }
            Number::Recalled => {
                let recall = self.rules.lists.recall(declared, &line.text, self.day);
                Some(i64::from(recall.is_some()))
            }
            _ => None,
        }
    }

    fn brand(&self, line: &Line<'_>) -> Option<OfBrand> {
        let merchant = self.facts.declaration.head.ebc_code.trim();
        *line.brand.get_or_init(|| self.rules.lists.brand(line.line, &line.text, merchant, self.day))
    }

    fn text<'b>(&'b self, word: Word, line: Option<&'b Line<'_>>) -> Option<&'b str> {
        let head = &self.facts.declaration.head;
        match word {
            Word::Transport => Some(&head.traf_mode),
            Word::Mode => Some(&head.trade_mode),
            Word::District => Some(&head.customs_code),
            Word::Hs => line.map(|line| line.line.gcode.as_str()),
            Word::Origin => line.map(|line| line.line.country.as_str()),
            Word::Goods => line.map(|line| line.text.as_str()),
        }
    }
}
