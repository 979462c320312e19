//! A declaration as the conditions see it: every number and text is taken once, however many rules look at it.

use super::compile::{Alternative, Condition, Value};
use super::kept::{KeptFacts, KeptLine};
use super::lists::{Goods, OfBrand};
use super::names::{self, Number, Word};
use super::{ExportFacts, RiskFacts, RiskRules};
use crate::identity::{age, check_citizen};
use crate::keys::Time;
use crate::score::Score;
use crate::tax::Assessment;
use crate::windows::{Windowed, exported, grams, grams_a_piece, pieces};
use crate::{Text, normal};
use ceb::{Day, Decimal, Payment};
use std::borrow::Cow;
use std::cell::OnceCell;

/// A line.
struct Line<'a> {
    goods: Goods<'a>,
    name: &'a str,
    /// Country of origin of an import, of destination of an export.
    country: &'a str,
    /// Name, model and name as sold in one writing, apart.
    text: Cow<'a, str>,
    /// Price of a unit and total, fen; none = beyond what can be held, or in a currency without a rate.
    price: Option<i64>,
    total: Option<i64>,
    pieces: i64,
    brand: OnceCell<Option<OfBrand>>,
    /// By the place of the window; of the whole list too.
    windows: Vec<Option<i64>>,
}

/// What is of the whole list.
struct List<'a> {
    /// `import` or `export`.
    trade: &'static str,
    transport: &'a str,
    mode: &'a str,
    district: &'a str,
    merchant: &'a str,
    gross: i64,
    net: i64,
    dutiable: Option<i64>,
    value: Option<i64>,
    merchant_days: Option<i64>,
    /// Thousandths, that a model gave it.
    score: Option<i64>,
    age: Option<i64>,
    payer_differs: Option<i64>,
    piece_weight: Option<i64>,
}

/// See the head of this file.
pub(super) struct Looked<'a> {
    rules: &'a RiskRules,
    day: Day,
    list: List<'a>,
    lines: Vec<Line<'a>>,
    windows: Vec<Option<i64>>,
}

/// The values of windows that were read for a place of the list, by the place of the window.
fn windows_of(rules: &RiskRules, counts: &[Windowed], line: usize) -> Vec<Option<i64>> {
    let read = counts.iter().filter(|read| usize::from(read.line) == line);
    let mut values = vec![None; rules.windows.len()];
    for read in read {
        for (slot, fact) in values.iter_mut().zip(&rules.windows) {
            if fact.kind == read.key.kind {
                let value =
                    read.values.iter().find(|value| (value.measure, value.span) == (fact.measure, fact.span));
                *slot = value.map(|value| value.value).or(*slot);
            }
        }
    }
    values
}

/// Names of goods in one writing, apart.
fn written<'a>(names: impl Iterator<Item = &'a Text>) -> String {
    let text: Vec<String> = names.map(|name| normal::goods(name)).collect();
    text.join("\n")
}

fn fen(amount: Decimal) -> Option<i64> {
    amount.fen_half_up().map(|(fen, _)| fen)
}

fn days_between(first: Day, second: Day) -> i64 {
    let number = |day: Day| i64::from(Time::start_of(day).day_number());
    number(second) - number(first)
}

impl<'a> Looked<'a> {
    pub(super) fn import(rules: &'a RiskRules, facts: &RiskFacts<'a>, day: Day) -> Self {
        let (declaration, head) = (facts.declaration, &facts.declaration.head);
        let lines = declaration.lines.iter().enumerate().map(|(index, line)| Line {
            goods: Goods {
                hs: &line.gcode,
                numbers: [line.item_no.as_ref(), line.item_record_no.as_ref(), line.bar_code.as_ref()],
            },
            name: &line.gname,
            country: &line.country,
            text: written([&line.gname, &line.gmodel].into_iter().chain(&line.item_name)).into(),
            price: fen(line.price),
            total: fen(line.total_price),
            pieces: pieces(line),
            brand: OnceCell::new(),
            windows: windows_of(rules, facts.counts, index + 1),
        });
        let citizen = head.buyer_id_type == "1" && check_citizen(&head.buyer_id_number).is_ok();
        let own = head.buyer_id_number.trim();
        let differs =
            |payment: &Payment| i64::from(!payment.payer_id_number.trim().eq_ignore_ascii_case(own));
        let list = List {
            trade: names::IMPORT,
            transport: &head.traf_mode,
            mode: &head.trade_mode,
            district: &head.customs_code,
            merchant: head.ebc_code.trim(),
            gross: grams(head.gross_weight),
            net: grams(head.net_weight),
            dutiable: facts.assessment.map(Assessment::dutiable),
            value: None,
            merchant_days: None,
            score: Score::of(facts.counts).map(|score| score.thousandths.into()),
            age: if citizen { age(&head.buyer_id_number, day).map(i64::from) } else { None },
            payer_differs: facts.payment.map(differs),
            piece_weight: grams_a_piece(declaration).and_then(|grams| i64::try_from(grams).ok()),
        };
        Self { rules, day, list, lines: lines.collect(), windows: windows_of(rules, facts.counts, 0) }
    }

    pub(super) fn export(rules: &'a RiskRules, facts: &ExportFacts<'a>, day: Day) -> Self {
        let (declaration, head) = (facts.declaration, &facts.declaration.head);
        let in_cny = |currency: &str, amount: Decimal| fen(facts.rates.in_cny(currency, amount, day)?);
        let lines: Vec<Line<'a>> = declaration
            .lines
            .iter()
            .enumerate()
            .map(|(index, line)| Line {
                goods: Goods {
                    hs: &line.gcode,
                    numbers: [Some(&line.item_no), line.item_record_no.as_ref(), Some(&line.bar_code)],
                },
                name: &line.gname,
                country: &line.country,
                text: written([&line.gname, &line.gmodel].into_iter().chain(&line.item_name)).into(),
                price: in_cny(&line.currency, line.price),
                total: in_cny(&line.currency, line.total_price),
                pieces: exported::whole(line.qty),
                brand: OnceCell::new(),
                windows: windows_of(rules, facts.counts, index + 1),
            })
            .collect();
        let net = grams(head.net_weight);
        let piece_weight = match lines.as_slice() {
            [line] => Some(net / line.pieces).filter(|grams| *grams > 0),
            _ => None,
        };
        let list = List {
            trade: names::EXPORT,
            transport: &head.traf_mode,
            mode: &head.trade_mode,
            district: &head.customs_code,
            merchant: head.ebc_code.trim(),
            gross: grams(head.gross_weight),
            net,
            dutiable: None,
            value: facts.value,
            merchant_days: facts.merchant_since.map(|since| days_between(since, day)),
            score: Score::of(facts.counts).map(|score| score.thousandths.into()),
            age: None,
            payer_differs: None,
            piece_weight,
        };
        Self { rules, day, list, lines, windows: windows_of(rules, facts.counts, 0) }
    }

    /// What was kept of a declaration; `scored` = the score of a model is among what may be read.
    pub(super) fn of_kept(rules: &'a RiskRules, facts: &'a KeptFacts, scored: bool, day: Day) -> Self {
        let lines = facts.lines.iter().enumerate().map(|(index, line)| Line {
            goods: Goods {
                hs: &line.hs,
                numbers: [line.item_no.as_ref(), line.item_record_no.as_ref(), line.bar_code.as_ref()],
            },
            // Only evidence says it.
            name: "",
            country: &line.country,
            text: Cow::Borrowed(line.text.as_str()),
            price: line.price,
            total: line.total,
            pieces: line.pieces,
            brand: OnceCell::new(),
            windows: windows_of(rules, &facts.counts, index + 1),
        });
        let score = Score::of(&facts.counts).filter(|_| scored);
        let list = List {
            trade: if facts.exports { names::EXPORT } else { names::IMPORT },
            transport: &facts.transport,
            mode: &facts.mode,
            district: &facts.district,
            merchant: &facts.merchant,
            gross: facts.gross,
            net: facts.net,
            dutiable: facts.dutiable,
            value: facts.value,
            merchant_days: facts.merchant_days,
            score: score.map(|score| score.thousandths.into()),
            age: facts.age,
            payer_differs: facts.payer_differs,
            piece_weight: facts.piece_weight,
        };
        Self { rules, day, list, lines: lines.collect(), windows: windows_of(rules, &facts.counts, 0) }
    }

    /// What is kept of it, with what windows said.
    pub(super) fn kept(&self, exports: bool, counts: Vec<Windowed>) -> KeptFacts {
        let list = &self.list;
        let line = |line: &Line<'_>| {
            let [item_no, item_record_no, bar_code] = line.goods.numbers.map(|number| number.cloned());
            KeptLine {
                hs: line.goods.hs.into(),
                item_no,
                item_record_no,
                bar_code,
                country: line.country.into(),
                text: Text::from(&*line.text),
                price: line.price,
                total: line.total,
                pieces: line.pieces,
            }
        };
        KeptFacts {
            exports,
            transport: list.transport.into(),
            mode: list.mode.into(),
            district: list.district.into(),
            merchant: list.merchant.into(),
            gross: list.gross,
            net: list.net,
            dutiable: list.dutiable,
            value: list.value,
            merchant_days: list.merchant_days,
            age: list.age,
            payer_differs: list.payer_differs,
            piece_weight: list.piece_weight,
            lines: self.lines.iter().map(line).collect(),
            counts,
        }
    }

    /// Whether all of an alternative holds.
    pub(super) fn is_met(&self, alternative: &Alternative) -> bool {
        let holds = |line: Option<&Line<'_>>| {
            alternative.conditions.iter().all(|condition| self.one(condition, line))
        };
        if alternative.of_line { self.lines.iter().any(|line| holds(Some(line))) } else { holds(None) }
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
                let recall = line.and_then(|line| self.recall(line));
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
                    (Word::Goods, Some(line)) => line.name,
                    _ => self.text(*word, line).unwrap_or_default(),
                };
                format!("{} = {text}", word.row().map_or("", |row| row.0))
            }
        }
    }

    fn number(&self, number: Number, line: Option<&Line<'_>>) -> Option<i64> {
        match number {
            Number::Dutiable => self.list.dutiable,
            Number::Value => self.list.value,
            Number::MerchantDays => self.list.merchant_days,
            Number::Lines => i64::try_from(self.lines.len()).ok(),
            Number::GrossWeight => Some(self.list.gross),
            Number::NetWeight => Some(self.list.net),
            Number::Age => self.list.age,
            Number::PayerDiffers => self.list.payer_differs,
            Number::RiskScore => self.list.score,
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
        match number {
            Number::UnitPrice => line.price,
            Number::LineTotal => line.total,
            Number::Pieces => Some(line.pieces),
            Number::PieceWeight => self.list.piece_weight,
            Number::BrandFloor => self.brand(line)?.floor,
            Number::BrandUnauthorised => {
                Some(i64::from(self.brand(line).is_some_and(|brand| brand.unauthorised)))
            }
            Number::HsAgainstWords => {
                let lists = &self.rules.lists;
                Some(i64::from(lists.hs_against_words(line.goods.hs, &line.text, self.day)))
            }
            Number::Recalled => Some(i64::from(self.recall(line).is_some())),
            _ => None,
        }
    }

    fn recall(&self, line: &Line<'_>) -> Option<&'a Text> {
        self.rules.lists.recall(&line.goods, &line.text, self.day)
    }

    fn brand(&self, line: &Line<'_>) -> Option<OfBrand> {
        let (merchant, lists) = (self.list.merchant, &self.rules.lists);
        *line.brand.get_or_init(|| lists.brand(&line.goods, &line.text, merchant, self.day))
    }

    fn text<'b>(&'b self, word: Word, line: Option<&'b Line<'_>>) -> Option<&'b str> {
        let exports = self.list.trade == names::EXPORT;
        match word {
            Word::Transport => Some(self.list.transport),
            Word::Mode => Some(self.list.mode),
            Word::District => Some(self.list.district),
            Word::Trade => Some(self.list.trade),
            Word::Hs => line.map(|line| line.goods.hs),
            Word::Origin => line.filter(|_| !exports).map(|line| line.country),
            Word::Destination => line.filter(|_| exports).map(|line| line.country),
            Word::Goods => line.map(|line| &*line.text),
        }
    }
}
