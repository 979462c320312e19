//! A trade of exports in a window in memory: how it stands, and what officers do with it.

use super::Window;
use clearance::Reason;
use clearance::event::{ActionKind, Cause, OfficerAction};
use clearance::export::{ExportKey, ExportTrade};
use clearance::outcome::Outcome;
use clearance::sample::Export;
use std::sync::Arc;

/// The trade as it stands.
pub fn of<'a>(window: &'a Window, export: &Export) -> &'a ExportTrade {
    window.facts.exports[&ExportKey::Trade(export.key())].trade().unwrap()
}

/// An officer acts on the trade as it stands.
pub fn act(window: &mut Window, export: &Export, kind: ActionKind) -> Outcome {
    act_as(window, "样例关员", export, kind)
}

/// The same of an officer who is named.
pub fn act_as(window: &mut Window, officer: &str, export: &Export, kind: ActionKind) -> Outcome {
    let version = of(window, export).version;
    let action = OfficerAction {
        id: format!("action-{}-{version}", window.outcomes.len()).into(),
        officer: officer.into(),
        party: "8620000001".into(),
        order: export.key().as_pair(),
        version,
        kind,
        text: "样例".into(),
    };
    window.run(Cause::ExportAction(Arc::new(action)))
}

/// The rules that an answer names.
pub fn rules(outcome: &Outcome) -> Vec<Reason> {
    outcome.answer.findings.iter().map(|finding| finding.reason).collect()
}
