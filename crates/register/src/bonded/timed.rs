//! Documents with a deadline: by which move their goods move, what begins with it, and what the clock and an extension make of
//! them later.

use super::clock::{self, Clock};
use super::document::{Body, Lines};
use super::document_of;
use super::exhibition::{self, Guarantee};
use crate::moves::Move;
use crate::{Fault, Seen, says};
use book::{DocumentKey, DocumentKind};

/// The move by which documents of a kind move goods, where another was made.
pub(crate) fn other_action(kind: DocumentKind, action: &str) -> Option<&'static str> {
    match (kind, action) {
        (DocumentKind::ProvisionalEntry, "enter-first") | (DocumentKind::Application, "file" | "lend") => {
            None
        }
        (DocumentKind::ProvisionalEntry, _) => Some("enter-first"),
        (DocumentKind::Application, _) => Some("lend"),
        (_, "enter-first") => Some("enter"),
        (_, "lend") => Some("accept"),
        _ => None,
    }
}

/// Whether a move is one of a kind of document, so that nobody is offered another's.
pub(crate) fn is_of_kind(id: &str, action: &str) -> bool {
    let kind = document_of(id).map(|(_, document)| document.kind);
    kind.is_none_or(|kind| {
        !matches!(action, "accept" | "enter" | "enter-first" | "lend") || other_action(kind, action).is_none()
    })
}

/// The deadline that begins with a document; what it says of gate or exhibition belongs to its kind alone.
pub(crate) fn clock_of(
    seen: &Seen<'_>,
    document: &DocumentKey,
    sent: &Lines,
    faults: &mut Vec<Fault>,
) -> Option<Clock> {
    let mut none = |name: &str, there: bool| {
        if there {
            faults.push(Fault::new(name, "", says::NOT_OF_THIS_KIND.said()));
        }
    };
    none("entry", sent.entry.is_some() && document.kind != DocumentKind::ProvisionalEntry);
    none("exhibition", sent.exhibition.is_some() && document.kind != DocumentKind::Application);
    match document.kind {
        DocumentKind::ProvisionalEntry => clock::entered(seen, sent, faults),
        DocumentKind::Application => {
            let last = exhibition::last_day(seen, sent, faults)?;
            let law = seen.reference.current().parameters.on(seen.now.day());
            Some(Clock::until(last, &law))
        }
        _ => None,
    }
}

/// The document after a move that the clock makes, or that extends: no goods are moved by it.
pub(crate) fn timed(
    seen: &Seen<'_>,
    step: &Move,
    document: &DocumentKey,
    before: &Body,
    faults: &mut Vec<Fault>,
) -> Option<Body> {
    let body = match step.action {
        "warn" | "overdue" | "extend" => {
            let clock = before.clock.clone().unwrap_or_default();
            let clock = Some(clock::moved(seen, step.action, document, &clock, faults));
            Body { clock, ..before.clone() }
        }
        "call-guarantee" | "collect" => {
            let called = exhibition::called(seen, step.action, before, faults);
            let guarantee = called.map(|(guarantee, _)| guarantee).or_else(|| before.guarantee.clone());
            Body { guarantee, ..before.clone() }
        }
        "close" => {
            let settled = before.guarantee.as_ref().is_none_or(Guarantee::is_settled);
            if before.is_open() || !settled {
                let due = before.clock.as_ref().map_or("", |clock| clock.due.as_str());
                faults.push(Fault::new("action", "close", says::BONDED_NOT_DUE.with(&[("due", due)])));
            }
            before.clone()
        }
        _ => return None,
    };
    Some(body)
}
