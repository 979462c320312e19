//! Inspections in which two look: where each stands, for whom it waits, and what a party of the trade is told of them: nothing
//! until the second officer has confirmed what the first recorded. That two look tells how grave a result is.

use super::consignments::{severest_first, visible};
use super::error::Problem;
use super::inspections::inspection_of;
use super::scope;
use super::trades::{joint_after, taken, timeline_of};
use super::view::time;
use crate::auth::Caller;
use crate::{Window, finding};
use clearance::Text;
use clearance::event::ActionKind;
use clearance::export::ExportTradeKey;
use clearance::inspection::JointInspection;
use clearance::keys::{Position, Time};
use serde_json::{Value, json};
use store::{Read, StoredEvent, Summary};

/// Where an inspection stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    /// One officer decided, or named the second himself: what follows took effect at once.
    Alone,
    /// Another officer of the office is awaited.
    Waits,
    /// He found the same.
    Confirmed(Text, Time),
    /// He did not, and why.
    Contested(Text, Time, Text),
    /// Something else was done first.
    Overtaken,
}

impl Standing {
    /// The word used in the interface.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::Waits => "waits",
            Self::Confirmed(..) => "confirmed",
            Self::Contested(..) => "contested",
            Self::Overtaken => "overtaken",
        }
    }
    /// Whether what it says is to follow has followed.
    pub(super) fn took_effect(&self) -> bool {
        matches!(self, Self::Alone | Self::Confirmed(..))
    }
}

/// Where the inspection that is an event of a timeline stands: the next that was done decides.
pub(super) fn standing(timeline: &[StoredEvent], event: &StoredEvent) -> Standing {
    let waited = joint_after(event)
        .is_some_and(|joint| joint.position == event.position && joint.confirmed_by.is_empty());
    if !waited {
        return Standing::Alone;
    }
    let later = timeline.iter().filter(|other| other.position > event.position && taken(other).is_some());
    let next = later.min_by_key(|other| other.position);
    match next.and_then(|other| Some((taken(other)?.0, other))) {
        None => Standing::Waits,
        Some((action, other)) => match action.kind {
            ActionKind::ConfirmInspection => Standing::Confirmed(action.officer.clone(), other.time),
            ActionKind::ContestInspection => {
                Standing::Contested(action.officer.clone(), other.time, action.text.clone())
            }
            _ => Standing::Overtaken,
        },
    }
}

/// What only offices know: inspections that did not take effect, and that one was contested.
fn is_of_offices(timeline: &[StoredEvent], event: &StoredEvent) -> bool {
    let contests = taken(event).is_some_and(|(action, _)| action.kind == ActionKind::ContestInspection);
    contests || (inspection_of(event).is_some() && !standing(timeline, event).took_effect())
}

/// Whether a row tells what only offices know.
pub(super) async fn is_hidden(window: &Window, position: Position) -> Result<bool, Problem> {
    let Some(event) = window.read.event(position).await? else { return Ok(false) };
    let Some((action, order)) = taken(&event) else { return Ok(false) };
    if !matches!(action.kind, ActionKind::Inspected(_) | ActionKind::ContestInspection) {
        return Ok(false);
    }
    let timeline = timeline_of(window, &order).await?;
    Ok(is_of_offices(&timeline, &event))
}

/// Takes out of a shown timeline what only offices know.
pub(super) fn hide(timeline: &[StoredEvent], entries: &mut Value) {
    let of_offices = timeline.iter().filter(|event| is_of_offices(timeline, event));
    let hidden: Vec<Position> = of_offices.map(|event| event.position).collect();
    if let Some(entries) = entries.as_array_mut().filter(|_| !hidden.is_empty()) {
        entries.retain(|entry| !hidden.iter().any(|one| entry["position"] == one.number()));
    }
}

/// The inspection of a trade that waits for its second officer, as an office is told it.
pub(super) fn waiting(caller: &Caller, joint: Option<&JointInspection>) -> Value {
    let Some(joint) = joint else { return Value::Null };
    json!({
        "officer": joint.officer.as_str(), "party": joint.party.as_str(), "time": time(joint.time),
        "measure": joint.inspection.measure.word(), "yours": is_for(caller, joint),
    })
}

/// Whether it waits for the caller.
fn is_for(caller: &Caller, joint: &JointInspection) -> bool {
    caller.may(super::actions::INSPECTS).is_ok()
        && joint.party == caller.party
        && joint.officer != caller.name
}

/// What waits for the caller's confirmation, of all that the index says waits: each is looked at as it is now.
pub(super) async fn of_caller(window: &Window, caller: &Caller) -> Result<Vec<Summary>, Problem> {
    finding::follow(window).await?;
    let scope = scope(window, caller);
    let mut his = Vec::new();
    // Those of exports are told on their own pages.
    let imports = finding::unconfirmed(window);
    for order in imports.into_iter().filter(|order| ExportTradeKey::of_marked(order).is_none()) {
        let Some(consignment) = visible(window, &scope, &order).await? else { continue };
        let waits = consignment.attempt.as_ref().and_then(|attempt| attempt.unconfirmed());
        if let Some(joint) = waits.filter(|joint| is_for(caller, joint)) {
            his.push(Summary::of(&consignment, consignment.last, joint.time));
        }
    }
    severest_first(&mut his);
    Ok(his)
}
