//! A declaration whose verdict is known, with all that the short way of a trial asks of it: what conditions look at, and what stands
//! beside the rules. Whoever keeps that can hold any draft of rules against it later, without its documents and without its rows;
//! the short way itself goes through here, so both say the same. It names no person ([`KeptFacts`]).

use super::export::{MatchedExport, looks};
use super::short::{Matched, beside_rules};
use super::{Compared, Draft, Judged, Untried, Variant, Verdict, is_scored, of_attempt};
use crate::Text;
use crate::consignment::Lane;
use crate::keys::Position;
use crate::reason::Reason;
use crate::risk::{ExportFacts, KeptFacts, RiskFacts};
use crate::rulebook::ExchangeRates;
use crate::score::Score;
use crate::tax::Assessment;
use ceb::Day;

/// What rules that change are held against.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ruled {
    /// The rulebook that it was judged with.
    pub rulebook: u32,
    /// The day on which it was declared: chooses the model whose score is read.
    pub declared: Day,
    /// The day whose rules held: of the event that fixed its verdict.
    pub day: Day,
    /// Its lane without any sealed rule.
    pub beside: Lane,
    /// What is due unless it is rejected, in fen.
    pub tax: Option<i64>,
    /// What conditions look at.
    pub facts: KeptFacts,
}

impl Ruled {
    /// An import; none = it was not matched and met no rule.
    pub fn of_import(matched: &Matched<'_>) -> Option<Self> {
        let attempt = matched.consignment.attempt.as_ref().filter(|attempt| attempt.lane.is_some())?;
        let facts = RiskFacts {
            declaration: matched.declaration,
            assessment: attempt.assessment.as_ref(),
            payment: matched.payment,
            counts: &attempt.counts,
        };
        Some(Self {
            rulebook: attempt.rulebook,
            declared: attempt.business_date,
            day: matched.day,
            beside: beside_rules(&attempt.findings, &attempt.hits, attempt.assessment.is_some()),
            tax: attempt.assessment.as_ref().map(Assessment::total),
            facts: KeptFacts::of_import(&facts, matched.day),
        })
    }

    /// A list of exports, its prices by these rates; none = it was not matched. Whether the law of its day looks at it is not asked.
    pub fn of_export(matched: &MatchedExport<'_>, rates: &ExchangeRates) -> Option<Self> {
        let (trade, day) = (matched.trade, matched.day);
        let attempt = trade.attempt.as_ref().filter(|attempt| attempt.lane.is_some())?;
        let facts = ExportFacts {
            declaration: matched.declaration,
            rates,
            value: trade.value,
            merchant_since: matched.merchant_since,
            counts: &trade.look.counts,
        };
        Some(Self {
            rulebook: attempt.rulebook,
            declared: attempt.business_date,
            day,
            // Nothing is assessed, so nothing is missing of it.
            beside: beside_rules(&attempt.findings, &trade.look.hits, true),
            tax: None,
            facts: KeptFacts::of_export(&facts, day),
        })
    }

    /// What it would have come to where a draft changes rules alone ([`Draft::is_short`]); `stored` = what it came to.
    ///
    /// # Errors
    /// [`Untried`] where the rules would read what nobody wrote down.
    pub fn judged(&self, stored: Judged, draft: &Draft) -> Result<Judged, Untried> {
        if self.facts.exports && !looks(draft.book(), self.day) {
            // What the law of its day does not look at met no rule.
            return Ok(stored);
        }
        let (_, variants) = draft.by_number.get(&self.rulebook).ok_or(Untried::Grounds)?;
        let models = &draft.book().risk_models;
        let exports = self.facts.exports;
        let model = if exports { models.of_exports_on(self.declared) } else { models.on(self.declared) };
        let (counted, scored) = self.scored(variants, model);
        let is_counted = !exports || looks(draft.book(), self.declared);
        let variant = if is_counted { counted } else { &draft.uncounted };
        let rules = [&variant.book.risk, &variant.possible];
        let [sealed, possible] = self.facts.gravest(rules, scored, self.day);
        let lane = self.beside.max(sealed.unwrap_or(Lane::Release));
        if possible > Some(lane) {
            return Err(Untried::Window);
        }
        Ok(match lane {
            Lane::Reject => {
                Judged { verdict: Verdict::Rejected(Reason::RiskRejected), lane: Some(lane), tax: None }
            }
            lane => Judged { verdict: Verdict::Passed, lane: Some(lane), tax: self.tax },
        })
    }

    /// The draft as far as the score is known that it reads, and whether a score is read at all: that of another model than the
    /// draft's is not.
    fn scored<'a>(&self, variants: &'a [Variant; 2], model: Option<&Text>) -> (&'a Variant, bool) {
        let score = Score::of(&self.facts.counts);
        let is_of_another = score.is_some_and(|score| model.is_none_or(|model| !score.is_of(model)));
        (&variants[usize::from(is_scored(&self.facts.counts, model))], !is_of_another)
    }
}

/// A declaration as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settled {
    /// Its row.
    pub position: Position,
    /// Code of the merchant.
    pub merchant: Text,
    /// Whether it is a list of exports.
    pub exports: bool,
    /// What it came to.
    pub stored: Judged,
    /// What changed rules are held against; none = it met none, whatever they say. Or why it cannot be tried.
    pub ruled: Result<Option<Box<Ruled>>, Untried>,
}

impl Settled {
    /// An import.
    pub fn of_import(position: Position, matched: &Matched<'_>) -> Self {
        Self {
            position,
            merchant: matched.declaration.head.ebc_code.trim().into(),
            exports: false,
            stored: of_attempt(matched.consignment),
            ruled: Ok(Ruled::of_import(matched).map(Box::new)),
        }
    }

    /// A list of exports, its prices by these rates.
    pub fn of_export(position: Position, matched: &MatchedExport<'_>, rates: &ExchangeRates) -> Self {
        Self {
            position,
            merchant: matched.declaration.head.ebc_code.trim().into(),
            exports: true,
            stored: super::export::of_attempt(matched.trade),
            ruled: Ok(Ruled::of_export(matched, rates).map(Box::new)),
        }
    }

    /// One that rules alone do not change: it was refused or waits, or cannot be tried.
    pub fn known(compared: Compared) -> Self {
        let Compared { position, merchant, exports, stored, draft } = compared;
        Self { position, merchant, exports, stored, ruled: draft.map(|_| None) }
    }

    /// One that cannot be tried.
    pub fn untried((position, exports): (Position, bool), merchant: Text, why: Untried) -> Self {
        let stored = Judged { verdict: Verdict::Waiting, lane: None, tax: None };
        Self { position, merchant, exports, stored, ruled: Err(why) }
    }

    /// What it came to, and would have where a draft changes rules alone.
    pub fn compared(self, draft: &Draft) -> Compared {
        let Self { position, merchant, exports, stored, ruled } = self;
        let would = match ruled {
            Ok(Some(ruled)) => ruled.judged(stored, draft),
            Ok(None) => Ok(stored),
            Err(why) => Err(why),
        };
        Compared { position, merchant, exports, stored, draft: would }
    }
}
