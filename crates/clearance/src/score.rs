//! The score of a model that learns from inspections, as a fact of a declaration: whole thousandths, with the model's digest and the
//! line that has it. It is made before the judgement and given to it; the judgement writes it down with what it read of windows,
//! so that what was decided is decided again alike without any model. Features, trees and what a model knows of the past belong
//! to the crate `inspection`; which model counts, to the rulebook.

use crate::Text;
use crate::event::Arrived;
use crate::facts::{CountKey, CountKind, Facts};
use crate::windows::{Measure, Span, WindowValue, Windowed};

/// Digits of a model's digest that are written with a score.
const DIGITS: usize = 16;

/// The score that a declaration was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Score {
    /// First digits of the digest of the model.
    pub model: Text,
    /// How many of a thousand such declarations the model holds to be illicit: of the line that has the most.
    pub thousandths: u16,
    /// That line, from 1.
    pub line: u16,
}

impl Score {
    /// The score of a model of this digest.
    pub fn new(digest: &str, line: u16, thousandths: u16) -> Self {
        Self { model: shortened(digest).into(), thousandths, line }
    }

    /// What stands among the facts of a declaration; none = it was given no score.
    pub fn of(read: &[Windowed]) -> Option<Self> {
        let score = read.iter().find(|read| read.key.kind == CountKind::Score)?;
        let thousandths = u16::try_from(score.values.first()?.value).ok()?;
        Some(Self { model: score.key.owner.clone(), thousandths, line: score.line })
    }

    /// Whether a model of this digest gave it.
    pub fn is_of(&self, digest: &str) -> bool {
        self.model == shortened(digest)
    }

    /// As it is written down.
    fn as_read(&self) -> Windowed {
        let value =
            WindowValue { measure: Measure::Score, span: Span::Days(1), value: self.thousandths.into() };
        Windowed {
            key: CountKey { kind: CountKind::Score, owner: self.model.clone() },
            line: self.line,
            values: vec![value],
        }
    }
}

fn shortened(digest: &str) -> &str {
    digest.get(..DIGITS).unwrap_or(digest)
}

/// Gives a declaration its score.
pub fn give(facts: &mut Facts, arrived: &Arrived, score: Score) {
    facts.scores.insert(arrived.fingerprint, score);
}

/// Gives a declaration the score that it was given when it was judged, if it was: to judge it again.
pub fn give_again(facts: &mut Facts, arrived: &Arrived, read: &[Windowed]) {
    if let Some(score) = Score::of(read) {
        give(facts, arrived, score);
    }
}

/// The score of a declaration as it is written down, if the model that the rulebook names gave it.
pub(crate) fn read(facts: &Facts, arrived: &Arrived, digest: Option<&Text>) -> Option<Windowed> {
    let score = facts.scores.get(&arrived.fingerprint)?;
    digest.filter(|digest| score.is_of(digest)).map(|_| score.as_read())
}
