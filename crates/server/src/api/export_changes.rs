//! What an event made of an export trade.

use super::view;
use clearance::Reason;
use clearance::export::ExportTrade;
use serde_json::Value;
use std::sync::Arc;
use store::StoredEvent;

/// The trade after an event.
pub(super) fn trade_after(event: &StoredEvent) -> Option<&Arc<ExportTrade>> {
    event.row.outcome.as_ref()?.export.states.iter().find_map(|state| state.trade())
}

/// Whether a list was not rejected for partners that did not come.
pub(super) fn missed_nobody(trade: &ExportTrade) -> bool {
    let missing = [Reason::ExportOrderMissing, Reason::ReceivedMissing, Reason::ExportWaybillMissing];
    let mut findings = trade.attempt.iter().flat_map(|attempt| &attempt.findings);
    !findings.any(|finding| missing.contains(&finding.reason))
}

/// What an event was, by whom and when: for an officer who decided on an older version.
pub(super) fn change(event: &StoredEvent) -> Value {
    let mut shown = view::change(event);
    shown["version"] = trade_after(event).map(|trade| trade.version).into();
    shown["state"] = trade_after(event).map(|trade| trade.state_number()).into();
    shown
}
