//! The score that rules may read: made on the straight path, after loading and before judging, of the declaration and of what the
//! model knows of the days before (`shadow` follows the ledger for that). Only where the rulebook of the day names the model, by
//! the digest of its file; a server without this model gives no score, and says so. Whoever judges is given whole thousandths
//! (`clearance::score`) and writes them down: no decision needs the model again.

use crate::shadow::{Shadows, days_to, declared};
use ceb::Document;
use clearance::decide::Reference;
use clearance::event::{Arrived, Cause, Event};
use clearance::facts::Facts;
use clearance::keys::Time;
use clearance::score::{self, Score};
use clearance::tax;
use inspection::features::Scratch;

/// Gives scores; a judgement's thread has one.
#[derive(Default)]
pub(crate) struct Scoring {
    shadows: Shadows,
    scratch: Scratch,
    row: Vec<f32>,
    /// Whether it was said that the model in use is not here.
    missed: bool,
}

impl Scoring {
    /// By the models of a window.
    pub(crate) fn of(shadows: Shadows) -> Self {
        Self { shadows, ..Self::default() }
    }

    /// Gives each declaration of a batch its score, where a model is in use.
    pub(crate) fn give(&mut self, events: &[Event], reference: &Reference, now: Time, facts: &mut Facts) {
        for event in events {
            let Cause::Document(arrived) = &event.cause else { continue };
            let day = event.recorded.unwrap_or(now).day();
            if let Some(score) = self.score(arrived, reference, day) {
                score::give(facts, arrived, score);
            }
        }
    }

    fn score(&mut self, arrived: &Arrived, reference: &Reference, day: ceb::Day) -> Option<Score> {
        let Document::Declaration(declaration) = &*arrived.document else { return None };
        let head = &declaration.head;
        if head.app_status != "2" || head.app_type == "3" {
            return None;
        }
        let book = reference.current();
        let digest = book.risk_models.on(day)?;
        let is_used = |loaded: &&crate::shadow::Loaded| loaded.digest == digest.as_str();
        let mut shadows = self.shadows.iter();
        let used = shadows.find_map(|shadow| Some((shadow, shadow.model().filter(is_used)?)));
        let Some((shadow, loaded)) = used else {
            if !std::mem::replace(&mut self.missed, true) {
                tracing::error!(%digest, "the model in use is not on this server: rules that read risk_score find none; start it with --risk-model");
            }
            return None;
        };
        // What it learnt from it knows the result of.
        if days_to(day) <= loaded.model.about.tune_until.0 {
            return None;
        }
        let law = book.parameters.on(day);
        let assessment = tax::assess(declaration, &law, &book.tariff).ok();
        let person = (arrived.person.identity.as_str(), assessment.as_ref());
        let lines = declared(&head.order_no, declaration, person, day);
        let past = shadow.past();
        let past = past.as_deref().unwrap_or(&loaded.model.history);
        let mut best: Option<(u16, u16)> = None;
        for (index, line) in lines.iter().enumerate() {
            let score = loaded.model.score(line, past, &mut self.scratch, &mut self.row).thousandths;
            if best.is_none_or(|(_, highest)| score > highest) {
                best = Some((u16::try_from(index + 1).unwrap_or(u16::MAX), score));
            }
        }
        best.map(|(line, thousandths)| Score::new(digest, line, thousandths))
    }
}
