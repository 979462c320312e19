//! What grows on the page of a trade, a part at a time: what stands against it, what happened.

use super::address;
use crate::answers::{Entry, Finding};
use crate::parts::{Pages, findings, timeline};
use crate::shell::Frame;
use maud::{Markup, html};

/// Findings on a page.
const FINDINGS: usize = 10;
/// Events on a page.
const EVENTS: usize = 20;

/// The address of a part of the page at `there` that has many rows.
fn part(there: &str, name: &str, from: usize, id: &str) -> String {
    format!("{}#{id}", address(there, &[(name, &from.to_string())]))
}

/// What stands against it, the first of many.
pub(super) fn found(frame: &Frame, there: &str, all: &[Finding]) -> Markup {
    let texts = frame.texts;
    let from = Some(frame.rows_before("findings")).filter(|from| *from < all.len()).unwrap_or(0);
    let link = |from: usize| part(there, "findings", from, "why");
    let here: Vec<Finding> = all.iter().skip(from).take(FINDINGS).cloned().collect();
    html! {
        (findings(texts, &here))
        (Pages::counted(from, FINDINGS, all.len(), link).shown(texts, &texts.text("why-it-stands")))
    }
}

/// What happened, the oldest first; of much the newest is shown unless an older part is asked for. `beside` is what an event
/// shows besides.
pub(super) fn happened(
    frame: &Frame,
    there: &str,
    all: &[Entry],
    beside: impl Fn(&Entry) -> Markup,
) -> Markup {
    let texts = frame.texts;
    let newest = (all.len().saturating_sub(1) / EVENTS) * EVENTS;
    let from = if frame.place.contains("events=") { frame.rows_before("events") } else { newest };
    let link = |from: usize| part(there, "events", from, "happened");
    let here = all.get(from.min(all.len())..).unwrap_or_default();
    let here = here.get(..EVENTS.min(here.len())).unwrap_or_default();
    html! {
        (timeline(texts, here, beside))
        (Pages::counted(from, EVENTS, all.len(), link).shown(texts, &texts.text("what-happened")))
    }
}
