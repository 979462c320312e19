//! The short way of a trial: where a draft changes sealed rules alone, nothing but the lane of what was matched can come out
//! otherwise. Rules are held against what was read then (`settled`); neither judgement nor match is made again. It says the same as the
//! long way, on which a trial of law goes; so does the run of a draft beside live judgement.

use super::Draft;
use crate::consignment::{Consignment, Lane, RiskHit};
use crate::finding::Finding;
use crate::reason::{Layer, Reason};
use crate::risk::RANDOM;
use ceb::{Day, Declaration, Payment};

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

    /// Whether it has the law of the newest rulebook there is.
    pub fn is_of_the_law_in_force(&self) -> bool {
        let newest = self.by_number.iter().max_by_key(|(number, _)| **number);
        newest.is_none_or(|(_, (book, _))| book.law_digest == self.book().law_digest)
    }

    /// Whether that holds of all rulebooks there were.
    pub fn is_of_rules_alone(&self) -> bool {
        self.by_number.values().all(|(book, _)| book.law_digest == self.book().law_digest)
    }
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
