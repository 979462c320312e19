//! A trade of imports or of exports, where both are treated alike: what officers find in their goods, the pictures of it, and who is
//! told. An export stands under its merchant with a mark before it, as where trades are taken and chosen.

use super::error::Problem;
use super::{consignments, exports, view};
use crate::Window;
use ceb::Document;
use clearance::Text;
use clearance::consignment::{Consignment, State};
use clearance::event::{Cause, OfficerAction, ReceivedAt};
use clearance::export::{ExportKey, ExportTrade, ExportTradeKey};
use clearance::finding::Finding;
use clearance::inspection::JointInspection;
use clearance::keys::{OrderKey, Time};
use clearance::recognition::About;
use clearance::rulebook::Rulebook;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, Scope, StoredEvent};

/// What it is of.
enum Of {
    Import(Box<Consignment>),
    Export(Arc<ExportTrade>),
}

/// See the head of this file.
pub(super) struct Trade {
    /// Its name, of an export with its mark.
    pub key: OrderKey,
    /// As officers' actions name it: of an export without.
    pub pair: OrderKey,
    of: Of,
}

impl Trade {
    /// Of imports.
    pub fn import(consignment: Consignment) -> Self {
        let key = consignment.key.clone();
        Self { pair: key.clone(), key, of: Of::Import(Box::new(consignment)) }
    }

    /// Of exports.
    pub fn export(trade: Arc<ExportTrade>) -> Self {
        Self { key: trade.key.marked(), pair: trade.key.as_pair(), of: Of::Export(trade) }
    }

    /// The trade of a name, if the scope covers it.
    pub async fn found(window: &Window, scope: &Scope, key: &OrderKey) -> Result<Self, Problem> {
        match ExportTradeKey::of_marked(key) {
            Some(key) => exports::found(window, scope, &key).await.map(Self::export),
            None => consignments::found(window, scope, key).await.map(Self::import),
        }
    }

    /// Whether it is an export.
    pub fn is_export(&self) -> bool {
        matches!(self.of, Of::Export(_))
    }

    /// Where its current attempt stands.
    pub fn state(&self) -> Option<State> {
        match &self.of {
            Of::Import(consignment) => consignment.attempt.as_ref().map(|attempt| attempt.state),
            Of::Export(trade) => trade.attempt.as_ref().map(|attempt| attempt.state),
        }
    }

    /// Its inspection that waits for a second officer.
    pub fn unconfirmed(&self) -> Option<&JointInspection> {
        match &self.of {
            Of::Import(consignment) => consignment.attempt.as_ref()?.unconfirmed(),
            Of::Export(trade) => trade.unconfirmed(),
        }
    }

    /// Whose an office's reading of it is.
    pub fn owners(&self) -> Vec<Text> {
        match &self.of {
            Of::Import(consignment) => consignment.listed_for(),
            Of::Export(trade) => trade.parties(),
        }
    }

    /// What a reading calls it.
    pub fn subject(&self) -> (&'static str, String) {
        let kind = if self.is_export() { "export" } else { "consignment" };
        (kind, format!("{}/{}", self.pair.platform, self.pair.order_no))
    }

    /// Whether a party with these codes is one of the trade itself.
    pub fn is_of(&self, codes: &[Text]) -> bool {
        match &self.of {
            Of::Import(consignment) => view::is_principal(consignment, codes),
            Of::Export(trade) => exports::is_principal(trade, codes),
        }
    }

    /// Whether an action of this id was taken before.
    pub fn has_done(&self, id: &str) -> bool {
        let actions = match &self.of {
            Of::Import(consignment) => &consignment.actions,
            Of::Export(trade) => &trade.actions,
        };
        actions.iter().any(|(known, _)| known == id)
    }

    /// Why an action would be refused now.
    pub fn refused(&self, action: &OfficerAction, book: &Rulebook, now: Time) -> Vec<Finding> {
        let law = book.parameters.on(now.day());
        match &self.of {
            Of::Import(consignment) => clearance::decide::refused(consignment, action, book, &law, now),
            Of::Export(trade) => clearance::decide::export::refused(trade, action, book, &law),
        }
    }

    /// What a report of another agency may be about.
    pub fn about(&self) -> Option<About<'_>> {
        match &self.of {
            Of::Import(consignment) => match &*consignment.attempt.as_ref()?.declaration.document {
                Document::Declaration(list) => Some(About::import(&self.pair, list)),
                _ => None,
            },
            Of::Export(trade) => Some(About::export(&self.pair, trade.declaration()?)),
        }
    }

    /// Goods that come to another book, with all that the trade says of them: which book and items they left, and by which application
    /// they come. What the trade does not have stays as it was asked, for the judgement to refuse.
    pub fn received_at(&self, mut asked: ReceivedAt) -> ReceivedAt {
        let Of::Import(consignment) = &self.of else { return asked };
        let Some(attempt) = &consignment.attempt else { return asked };
        let Document::Declaration(list) = &*attempt.declaration.document else { return asked };
        let file = consignment.returns.iter().find(|file| file.number == asked.number);
        asked.document =
            (list.head.agent_code.trim().into(), file.map(|file| file.pre_no.clone()).unwrap_or_default());
        let Some(taken) = &attempt.taken else { return asked };
        asked.from.clone_from(&taken.book);
        for (line, from, _) in &mut asked.lines {
            // A book names a line by its place in the list.
            let place = list.lines.iter().position(|declared| declared.gnum == *line);
            *line = place.map_or(0, |place| place as u32 + 1);
            let left = taken.lines.iter().find(|left| left.line == *line);
            *from = left.map(|left| left.item.clone()).unwrap_or_default();
        }
        asked
    }

    /// Its declared lines, as the form of an inspection has them.
    pub fn lines(&self) -> Vec<Value> {
        match &self.of {
            Of::Import(consignment) => {
                let document = consignment.attempt.as_ref().map(|attempt| &*attempt.declaration.document);
                let Some(Document::Declaration(list)) = document else { return Vec::new() };
                let lines = list.lines.iter();
                lines
                    .map(|line| declared(line.gnum, &line.gcode, &line.gname, line.qty, &line.unit))
                    .collect()
            }
            Of::Export(trade) => {
                let lines = trade.declaration().into_iter().flat_map(|list| &list.lines);
                lines
                    .map(|line| declared(line.gnum, &line.gcode, &line.gname, line.qty, &line.unit))
                    .collect()
            }
        }
    }

    /// What happened to it.
    pub async fn timeline(&self, window: &Window) -> Result<Vec<StoredEvent>, Problem> {
        Ok(timeline_of(window, &self.key).await?)
    }
}

fn declared(gnum: u32, gcode: &str, name: &str, quantity: ceb::Decimal, unit: &str) -> Value {
    json!({"gnum": gnum, "gcode": gcode, "name": name, "quantity": quantity.to_string(), "unit": unit})
}

/// The events of a trade by its name.
pub(super) async fn timeline_of(
    window: &Window,
    key: &OrderKey,
) -> Result<Vec<StoredEvent>, store::StoreError> {
    match ExportTradeKey::of_marked(key) {
        Some(key) => window.read.export_timeline(&ExportKey::Trade(key)).await,
        None => window.read.timeline(key).await,
    }
}

/// An officer's action on a trade of either kind, with the trade's name, if it was taken.
pub(super) fn taken(event: &StoredEvent) -> Option<(&OfficerAction, OrderKey)> {
    let outcome = event.row.outcome.as_ref().filter(|outcome| outcome.repeats.is_none())?;
    match &event.row.event.cause {
        Cause::Action(action) => outcome.consignment.is_some().then(|| (&**action, action.order.clone())),
        Cause::ExportAction(action) => {
            let changed = outcome.export.states.iter().any(|state| state.trade().is_some());
            changed.then(|| (&**action, ExportTradeKey::of_pair(&action.order).marked()))
        }
        _ => None,
    }
}

/// Where the attempt stands after an event.
pub(super) fn state_after(event: &StoredEvent) -> Option<State> {
    let outcome = event.row.outcome.as_ref()?;
    match &outcome.consignment {
        Some(consignment) => consignment.attempt.as_ref().map(|attempt| attempt.state),
        None => {
            let trade = outcome.export.states.iter().find_map(|state| state.trade())?;
            trade.attempt.as_ref().map(|attempt| attempt.state)
        }
    }
}

/// The inspection in which two look, as it stands after an event.
pub(super) fn joint_after(event: &StoredEvent) -> Option<&JointInspection> {
    let outcome = event.row.outcome.as_ref()?;
    match &outcome.consignment {
        Some(consignment) => consignment.attempt.as_ref()?.joint.as_deref(),
        None => outcome.export.states.iter().find_map(|state| state.trade())?.look.joint.as_deref(),
    }
}
