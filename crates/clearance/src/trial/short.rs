//! The short way of a trial: where a draft changes sealed rules alone, nothing but the lane of what was matched can come out
//! otherwise. Rules are held against what was read then; neither judgement nor match is made again. It says the same as the long way,
//! on which a trial of law goes; so does the run of a draft beside live judgement.

use super::{Draft, Judged, Untried, Verdict, is_scored, of_attempt};
use crate::consignment::{Attempt, Consignment, Lane, RiskHit};
use crate::facts::CountKind;
use crate::finding::Finding;
use crate::reason::{Layer, Reason};
use crate::risk::{RANDOM, RiskFacts};
use crate::score::Score;
use crate::tax::Assessment;
use crate::windows::Windowed;
use ceb::{Day, Declaration, Payment};
use std::borrow::Cow;

/// A trade after the event that fixed its verdict.
#[derive(Clone, Copy, Debug)]
pub struct Matched<'a> {
    /// Its state; documents in it are not looked at.
    pub consignment: &'a Consignment,
    /// What was declared.
    pub declaration: &'a Declaration,
    /// What was paid for it, if that was there.
    pub payment: Option<&'a Payment>,
    /// The day whose rules held: of the event that fixed the verdict.
    pub day: Day,
}

impl Draft {
    /// Whether a declaration that was judged on a day with the rulebook of a number is tried by its rules alone: all other tables are the
    /// same, and no script has a part in its lane.
    pub fn is_short(&self, number: u32, day: Day) -> bool {
        self.judged_with(number).is_some_and(|book| book.law_digest == self.book().law_digest)
            && self.book().parameters.on(day).scripted_outcomes != 1
    }

    /// Whether that holds of all rulebooks there were.
    pub fn is_of_rules_alone(&self) -> bool {
        self.by_number.values().all(|(book, _)| book.law_digest == self.book().law_digest)
    }
}

/// What a trade would have come to.
///
/// # Errors
/// [`Untried`] where the rules would read what nobody wrote down.
pub fn by_rules(matched: &Matched<'_>, draft: &Draft) -> Result<Judged, Untried> {
    let stored = of_attempt(matched.consignment);
    let Some(attempt) = matched.consignment.attempt.as_ref().filter(|attempt| attempt.lane.is_some()) else {
        // What was not matched met no rule.
        return Ok(stored);
    };
    let (_, variants) = draft.by_number.get(&attempt.rulebook).ok_or(Untried::Grounds)?;
    let variant = &variants[usize::from(is_scored(attempt, draft.book()))];
    let counts = counts(attempt, draft);
    let facts = RiskFacts {
        declaration: matched.declaration,
        assessment: attempt.assessment.as_ref(),
        payment: matched.payment,
        counts: &counts,
    };
    let gravest = |rules: &crate::risk::RiskRules| {
        rules.evaluate(&facts, matched.day).iter().map(|hit| hit.lane).max().unwrap_or(Lane::Release)
    };
    let lane = beside_rules(&attempt.findings, &attempt.hits, attempt.assessment.is_some())
        .max(gravest(&variant.book.risk));
    if gravest(&variant.possible) > lane {
        return Err(Untried::Window);
    }
    Ok(match lane {
        Lane::Reject => {
            Judged { verdict: Verdict::Rejected(Reason::RiskRejected), lane: Some(lane), tax: None }
        }
        lane => {
            let tax = attempt.assessment.as_ref().map(Assessment::total);
            Judged { verdict: Verdict::Passed, lane: Some(lane), tax }
        }
    })
}

/// The lane without any sealed rule: of what somebody has to look at anyhow, and of the draw.
pub(super) fn beside_rules(findings: &[Finding], hits: &[RiskHit], is_assessed: bool) -> Lane {
    let of_rules = [Reason::SelectedForReview, Reason::SelectedForInspection];
    let to_review = findings
        .iter()
        .any(|finding| finding.layer() == Layer::Review && !of_rules.contains(&finding.reason));
    let looked_at = if !is_assessed || to_review { Lane::DocumentCheck } else { Lane::Release };
    let drawn = hits.iter().filter(|hit| hit.rule == RANDOM).map(|hit| hit.lane).max();
    drawn.map_or(looked_at, |lane| lane.max(looked_at))
}

/// What was read, without the score of another model than the draft's.
fn counts<'a>(attempt: &'a Attempt, draft: &Draft) -> Cow<'a, [Windowed]> {
    let model = draft.book().risk_models.on(attempt.business_date);
    let other = Score::of(&attempt.counts).is_some_and(|score| model.is_none_or(|model| !score.is_of(model)));
    if !other {
        return Cow::Borrowed(&attempt.counts);
    }
    let kept = attempt.counts.iter().filter(|read| read.key.kind != CountKind::Score);
    Cow::Owned(kept.cloned().collect())
}
