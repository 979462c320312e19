//! What an export trade waits for.

use clearance::consignment::{Filed, Lane, State as Standing};
use clearance::export::{ExportTrade, ReturnStanding};

/// What a trade waits for, in words.
pub(super) fn waiting(trade: &ExportTrade) -> Vec<&'static str> {
    let present = |filed: Option<&Filed>| filed.is_some_and(|filed| filed.status != 1);
    let mut waiting = Vec::new();
    if !present(trade.order.as_ref()) {
        waiting.push("order");
    }
    let Some(attempt) = &trade.attempt else {
        waiting.push("declaration");
        return waiting;
    };
    let carriage = trade.carriage.as_ref();
    if !present(carriage.and_then(|carriage| carriage.waybill.as_ref())) && !attempt.state.frees_the_key() {
        waiting.push("waybill");
    }
    match attempt.state {
        Standing::Staged => waiting.push("declaration"),
        Standing::Review => waiting.push("review"),
        Standing::Inspection => waiting.push("inspection"),
        Standing::Concluded => {
            // Concluded by hand it goes on by hand.
            if attempt.lane == Some(Lane::Hold) {
                waiting.push("customs");
            }
            if carriage.is_none_or(|carriage| carriage.bill.is_none()) {
                waiting.push("bill");
            }
            if carriage.is_none_or(|carriage| carriage.arrived.is_none()) {
                waiting.push("arrival");
            }
        }
        Standing::Released => waiting.push("departure"),
        state if !state.is_final() && !matches!(state, Standing::Declared | Standing::Entered) => {
            waiting.push("customs");
        }
        _ => {}
    }
    let cancels = clearance::decide::export::cancels(trade);
    if cancels && !waiting.contains(&"customs") {
        waiting.push("customs");
    }
    for back in &trade.returns {
        match back.standing {
            ReturnStanding::Approved => waiting.push("returned-goods"),
            standing if !standing.is_final() => waiting.push("return-decision"),
            _ => {}
        }
    }
    waiting.dedup();
    waiting
}
