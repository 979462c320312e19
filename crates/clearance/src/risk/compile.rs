//! From the words of a condition to something that is held against a declaration, with what is wrong in words that tell what
//! there is instead.

use super::lists::Lists;
use super::names::{self, NUMBERS, Number, WORDS, Word};
use crate::windows::WindowFact;
use crate::{Text, normal};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Compare {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

impl Compare {
    const ALL: [(&'static str, Self); 6] = [
        ("<", Self::Less),
        ("<=", Self::LessOrEqual),
        ("=", Self::Equal),
        ("!=", Self::NotEqual),
        (">=", Self::GreaterOrEqual),
        (">", Self::Greater),
    ];
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(word, _)| *word == text).map(|(_, compare)| compare)
    }
    pub(super) fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, compare)| *compare == self).map_or("", |(word, _)| word)
    }
    pub(super) fn holds(self, one: i128, other: i128) -> bool {
        match self {
            Self::Less => one < other,
            Self::LessOrEqual => one <= other,
            Self::Equal => one == other,
            Self::NotEqual => one != other,
            Self::GreaterOrEqual => one >= other,
            Self::Greater => one > other,
        }
    }
}

/// What a number is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value {
    Whole(i64),
    /// So many hundredths of a fact.
    Percent(u32, Number),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Condition {
    Number(Number, Compare, Value),
    Text {
        word: Word,
        negated: bool,
        /// Anywhere in the text; else at its beginning.
        anywhere: bool,
        words: Vec<Text>,
        /// Places of lists.
        lists: Vec<usize>,
    },
}

impl Condition {
    /// Whether it reads no window but those of `known`, and the score of a model only where that is `scored`; `all` has the
    /// windows by their places.
    pub(super) fn reads_only(&self, known: &[WindowFact], scored: bool, all: &[WindowFact]) -> bool {
        let is_known = |number: &Number| match number {
            Number::Window(at) => all.get(*at).is_some_and(|fact| known.contains(fact)),
            Number::RiskScore => scored,
            _ => true,
        };
        match self {
            Self::Number(number, _, Value::Percent(_, of)) => is_known(number) && is_known(of),
            Self::Number(number, ..) => is_known(number),
            Self::Text { .. } => true,
        }
    }

    /// Whether it asks for the score of a model.
    pub(super) fn reads_score(&self) -> bool {
        match self {
            Self::Number(number, _, Value::Percent(_, of)) => [number, of].contains(&&Number::RiskScore),
            Self::Number(number, ..) => *number == Number::RiskScore,
            Self::Text { .. } => false,
        }
    }
}

/// Conditions that all hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Alternative {
    pub(super) conditions: Vec<Condition>,
    /// Whether one of them is about a line: then all are about the same.
    pub(super) of_line: bool,
    /// Whether it is about exports: it says so, or it is about imports.
    pub(super) of_exports: bool,
}

/// The alternatives of a condition; the windows that it reads are added to `windows`.
pub(super) fn condition(
    text: &str,
    windows: &mut Vec<WindowFact>,
    lists: &Lists,
) -> Result<Vec<Alternative>, String> {
    text.split(" or ")
        .map(|alternative| {
            let conditions: Vec<Condition> =
                alternative.split(" and ").map(|text| one(text, windows, lists)).collect::<Result<_, _>>()?;
            let of_line = conditions.iter().any(|condition| is_of_line(condition, windows));
            let of_exports = conditions.iter().any(asks_for_exports);
            Ok(Alternative { conditions, of_line, of_exports })
        })
        .collect()
}

fn asks_for_exports(condition: &Condition) -> bool {
    let exports = |words: &[Text]| words.iter().any(|word| word == names::EXPORT);
    matches!(condition, Condition::Text { word: Word::Trade, negated: false, anywhere: false, words, .. } if exports(words))
}

fn is_of_line(condition: &Condition, windows: &[WindowFact]) -> bool {
    match condition {
        Condition::Number(number, _, Value::Whole(_)) => number.is_of_line(windows),
        Condition::Number(number, _, Value::Percent(_, of)) => {
            number.is_of_line(windows) || of.is_of_line(windows)
        }
        Condition::Text { word, .. } => word.row().is_some_and(|row| row.2),
    }
}

fn one(text: &str, windows: &mut Vec<WindowFact>, lists: &Lists) -> Result<Condition, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [name, rest @ ..] = words.as_slice() else { return Err("a condition is empty".to_owned()) };
    let (negated, rest) = match rest {
        ["not", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let [operator, values @ ..] = rest else { return Err(format!("`{text}` is not a comparison")) };
    if values.is_empty() {
        return Err(format!("`{text}` compares with nothing"));
    }
    if let Some((_, word, ..)) = WORDS.iter().find(|row| row.0 == *name) {
        return of_text(*word, negated, name, operator, values, lists);
    }
    let number = number(name, windows)?;
    if negated {
        return Err(format!("{name} is a number: write != or turn the comparison round"));
    }
    let compare = Compare::parse(operator)
        .ok_or_else(|| format!("{operator} is not a comparison of numbers: {name} takes < <= = != >= >"))?;
    let value = match values {
        [share, "of", of] => Value::Percent(percent(share)?, self::number(of, windows)?),
        [value] if value.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            Value::Whole(value.parse().map_err(|_| format!("{value} is not a whole number"))?)
        }
        [of] => Value::Percent(100, self::number(of, windows)?),
        _ => return Err(format!("`{text}`: a number is compared with one number, a fact, or N% of a fact")),
    };
    Ok(Condition::Number(number, compare, value))
}

fn percent(text: &str) -> Result<u32, String> {
    let share = text.strip_suffix('%').and_then(|share| share.parse().ok());
    share
        .filter(|share| (1..=100_000).contains(share))
        .ok_or_else(|| format!("{text} is not a share: write 1% to 100000%"))
}

fn of_text(
    word: Word,
    negated: bool,
    name: &str,
    operator: &str,
    values: &[&str],
    lists: &Lists,
) -> Result<Condition, String> {
    let anywhere = match operator {
        "in" | "=" => false,
        "has" => true,
        _ => return Err(format!("{operator} compares no texts: {name} takes in, =, has, not in, not has")),
    };
    let (mut words, mut named) = (Vec::new(), Vec::new());
    for value in values {
        match value.strip_prefix("list:") {
            Some(list) => named.push(lists.place(list)?),
            None if word == Word::Goods => words.push(normal::goods(value).into()),
            None => words.push(Text::from(*value)),
        }
    }
    if words.iter().any(|word: &Text| word.is_empty()) {
        return Err(format!("{name}: a word has no letter or digit"));
    }
    Ok(Condition::Text { word, negated, anywhere, words, lists: named })
}

fn number(name: &str, windows: &mut Vec<WindowFact>) -> Result<Number, String> {
    if let Some((_, number, ..)) = NUMBERS.iter().find(|row| row.0 == name) {
        return Ok(*number);
    }
    let Some(fact) = WindowFact::parse(name)? else {
        return Err(format!("{name} is not a fact; {}", names::known()));
    };
    let place = windows.iter().position(|known| *known == fact).unwrap_or_else(|| {
        windows.push(fact);
        windows.len() - 1
    });
    Ok(Number::Window(place))
}
