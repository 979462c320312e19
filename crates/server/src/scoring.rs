//! The scores that rules may read: made on the straight path, after loading and before judging, of the declaration and of what the
//! model knows of the days before (`shadow` follows the ledger for that). Only where the rulebook of the day names the model, by
//! the digest of its file; a server without this model gives no score, and says so. Whoever judges is given whole thousandths
//! (`clearance::score`) and writes them down: no decision needs the model again. Imports and exports have models of their own; what
//! a list of exports is held against, the median that its merchant sold for, is read here as it stands before the batch.

use crate::shadow::{Loaded, Shadow, Shadows, days_to, declared, declared_export};
use ceb::{Day, Declaration, Document, ExportDeclaration};
use clearance::Text;
use clearance::decide::Reference;
use clearance::event::{Arrived, Cause, Event};
use clearance::facts::Facts;
use clearance::keys::Time;
use clearance::score::{self, Score};
use clearance::tax;
use clearance::windows::of_seller_goods;
use inspection::declaration as seen;
use inspection::features::Scratch;
use store::ChosenRead;

/// Gives scores; a judgement's thread has one.
pub(crate) struct Scoring {
    /// For the keyed hashes under which a model knows who sells abroad.
    read: ChosenRead,
    imports: Shadows,
    exports: Shadows,
    scratch: Scratch,
    row: Vec<f32>,
    /// Whether it was said that the model in use is not here: of imports, of exports.
    missed: [bool; 2],
}

impl Scoring {
    /// By the models of a window: of imports, then of exports.
    pub(crate) fn of(read: ChosenRead, [imports, exports]: [Shadows; 2]) -> Self {
        let (scratch, row) = (Scratch::default(), Vec::new());
        Self { read, imports, exports, scratch, row, missed: [false; 2] }
    }

    /// Gives each declaration of a batch its score, where a model is in use.
    pub(crate) fn give(&mut self, events: &[Event], reference: &Reference, now: Time, facts: &mut Facts) {
        for event in events {
            let Cause::Document(arrived) = &event.cause else { continue };
            let day = event.recorded.unwrap_or(now).day();
            let score = match &*arrived.document {
                Document::Declaration(declaration) => self.of_import((arrived, declaration), reference, day),
                Document::ExportDeclaration(declaration) => {
                    self.of_export(declaration, reference, (day, now), facts)
                }
                _ => None,
            };
            if let Some(score) = score {
                score::give(facts, arrived, score);
            }
        }
    }

    fn of_import(
        &mut self,
        (arrived, declaration): (&Arrived, &Declaration),
        reference: &Reference,
        day: Day,
    ) -> Option<Score> {
        let head = &declaration.head;
        if head.app_status != "2" || head.app_type == "3" {
            return None;
        }
        let book = reference.current();
        let digest = book.risk_models.on(day)?;
        let used = used(&self.imports, digest, day, (&mut self.missed[0], "--risk-model"))?;
        let law = book.parameters.on(day);
        let assessment = tax::assess(declaration, &law, &book.tariff).ok();
        let person = (arrived.person.identity.as_str(), assessment.as_ref());
        let lines = declared(&head.order_no, declaration, person, day);
        highest(used, &lines, (&mut self.scratch, &mut self.row))
    }

    fn of_export(
        &mut self,
        declaration: &ExportDeclaration,
        reference: &Reference,
        (day, now): (Day, Time),
        facts: &Facts,
    ) -> Option<Score> {
        let head = &declaration.head;
        if head.app_status != "2" || head.app_type == "3" {
            return None;
        }
        let book = reference.current();
        let digest = book.risk_models.of_exports_on(day)?;
        // What the law of the day does not look at meets no rule, and keeps nothing that one would read.
        if book.parameters.on(day).export_looks != 1 {
            return None;
        }
        let used = used(&self.exports, digest, day, (&mut self.missed[1], "--export-risk-model"))?;
        let (rates, asked) = (&book.rates, book.risk.windows());
        let counts = of_seller_goods(declaration, (rates, day), &facts.counts, asked, now);
        let lines = declared_export(&self.read, (head.order_no.as_str(), declaration, day), rates, &counts);
        highest(used, &lines, (&mut self.scratch, &mut self.row))
    }
}

/// The model of a digest among those of a trade, if it is here and did not learn from the day: what it learnt from it knows the result
/// of. That it is not here is said once, with the option that brings it.
fn used<'a>(
    shadows: &'a Shadows,
    digest: &Text,
    day: Day,
    (missed, option): (&mut bool, &str),
) -> Option<(&'a Shadow, &'a Loaded)> {
    let is_used = |loaded: &&Loaded| loaded.digest == digest.as_str();
    let mut all = shadows.iter();
    let Some(used) = all.find_map(|shadow| Some((&**shadow, shadow.model().filter(is_used)?))) else {
        if !std::mem::replace(missed, true) {
            tracing::error!(%digest, "the model in use is not on this server: rules that read risk_score find none; start it with {option}");
        }
        return None;
    };
    (days_to(day) > used.1.model.about.tune_until.0).then_some(used)
}

/// The score of a list: of the line that has the most.
fn highest(
    (shadow, loaded): (&Shadow, &Loaded),
    lines: &[seen::Declaration],
    (scratch, row): (&mut Scratch, &mut Vec<f32>),
) -> Option<Score> {
    let past = shadow.past();
    let past = past.as_deref().unwrap_or(&loaded.model.history);
    let mut best: Option<(u16, u16)> = None;
    for (index, line) in lines.iter().enumerate() {
        let score = loaded.model.score(line, past, scratch, row).thousandths;
        if best.is_none_or(|(_, highest)| score > highest) {
            best = Some((u16::try_from(index + 1).unwrap_or(u16::MAX), score));
        }
    }
    best.map(|(line, thousandths)| Score::new(&loaded.digest, line, thousandths))
}
