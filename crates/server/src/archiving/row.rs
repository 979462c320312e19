//! A row of the ledger as a row of an archive. What tells of persons is left out as erasing leaves it out: what leaves the store
//! never has more than what stays in it for ever.

use super::trades::Trade;
use crate::retention::Whose;
use clearance::Text;
use clearance::consignment::State;
use clearance::event::{Cause, Follow};
use clearance::keys::{Position, Time, WaybillKey};
use clearance::outcome::{Outcome, Receipt};
use serde_json::{Value, json};
use store::evidence::Inclusion;
use store::redact::{document_of, redacted};
use store::{EventRow, Row};

fn text(text: &Text) -> Option<&str> {
    Some(text.as_str()).filter(|text| !text.is_empty())
}

fn instant(time: Option<Time>) -> Option<i64> {
    time.map(|time| time.0)
}

/// What happened, in the words of the interface: which kind of cause, and what it was.
fn cause(cause: &Cause) -> (&'static str, &'static str) {
    match cause {
        Cause::Document(arrived) => ("document", arrived.document.kind().root()),
        Cause::Follow(Follow::WaybillChanged { .. }) => ("follow", "waybill-changed"),
        Cause::Follow(Follow::ClaimReleased { .. }) => ("follow", "claim-released"),
        Cause::Follow(Follow::BookedGoods(_)) => ("follow", "booked-goods"),
        Cause::Follow(Follow::Export(_)) => ("follow", "export"),
        Cause::Timer(timer) => ("timer", timer.kind.word()),
        Cause::Action(action) | Cause::ExportAction(action) => ("action", action.kind.word()),
    }
}

/// Whether an officer did it: the words of its answer and of its receipts are his own, or have his own among them.
fn has_own_words(cause: &Cause) -> bool {
    matches!(cause, Cause::Action(_) | Cause::ExportAction(_))
}

fn receipt(receipt: &Receipt, whole: bool) -> Value {
    let document = whole.then(|| document_of(&receipt.document).to_json());
    json!({
        "recipient": receipt.recipient.as_str(), "message": receipt.document.kind().root(), "status": receipt.status,
        "time": receipt.time.stamp_millis().to_string(), "document": document,
    })
}

/// The state of a trade after a row.
#[derive(Default)]
struct After<'a> {
    version: i64,
    attempt: Option<(u32, State, &'a Text, Option<&'a Text>)>,
    waybill: Option<&'a WaybillKey>,
}

/// The state of its trade after a row; none where the row left it as it was.
fn after<'a>(outcome: &'a Outcome, whose: &Whose) -> Option<After<'a>> {
    match whose {
        Whose::Import(_) => outcome.consignment.as_ref().map(|one| After {
            version: one.version.into(),
            attempt: one
                .attempt
                .as_ref()
                .map(|attempt| (attempt.number, attempt.state, &attempt.pre_no, attempt.invt_no.as_ref())),
            waybill: one.carriage.as_ref().map(|carriage| &carriage.key),
        }),
        Whose::Export(key) => {
            let mut trades = outcome.export.states.iter().filter_map(|state| state.trade());
            trades.find(|one| one.key == *key).map(|one| After {
                version: one.version.into(),
                attempt: one.attempt.as_ref().map(|attempt| {
                    (attempt.number, attempt.state, &attempt.pre_no, attempt.invt_no.as_ref())
                }),
                waybill: one.carriage.as_ref().map(|carriage| &carriage.key),
            })
        }
    }
}

/// The row of an archive.
pub(super) fn of(
    position: Position,
    event: EventRow,
    (whose, trade): (&Whose, &Trade),
    proof: &Inclusion,
) -> archive::Row {
    let row = Row::Event(Box::new(event));
    // None = it was erased before.
    let row = redacted(&row).unwrap_or(row);
    let mut out = archive::Row::default();
    out.set("position", i64::try_from(position.number()).unwrap_or(i64::MAX));
    out.set("writer", i64::from(position.writer));
    out.set("sequence", i64::try_from(position.sequence).unwrap_or(i64::MAX));
    out.set("recorded_at", proof.entry.time);
    out.set("kind", i64::from(proof.entry.kind));
    match whose {
        Whose::Import(order) => {
            out.set("flow", "import");
            out.set("platform", text(&order.platform));
            out.set("merchant", text(&trade.merchant));
            out.set("order_no", order.order_no.as_str());
        }
        Whose::Export(key) => {
            out.set("flow", "export");
            out.set("merchant", text(&key.merchant));
            out.set("order_no", key.order_no.as_str());
        }
    }
    out.set("district", text(&trade.district));
    out.set("trade_mode", text(&trade.trade_mode));
    out.set("accepted_at", instant(trade.accepted));
    out.set("released_at", instant(trade.released));
    out.set("closed_at", trade.last.0);
    let mut receipts = Vec::new();
    if let Row::Event(event) = &row {
        let (kind, what) = cause(&event.event.cause);
        out.set("cause", kind);
        out.set("what", what);
        if let Cause::Document(arrived) = &event.event.cause {
            out.set("sender", text(&arrived.sender));
            out.set("document", arrived.document.to_json().to_string().as_str());
        }
        if let Some(outcome) = &event.outcome {
            let whole = !has_own_words(&event.event.cause);
            out.set("info", text(&outcome.answer.info).filter(|_| whole));
            judged(&mut out, outcome, whose);
            receipts.extend(outcome.receipts.iter().map(|one| receipt(one, whole)));
        }
    }
    out.set("receipts", Value::Array(receipts).to_string().as_str());
    out.set("payload_digest", proof.entry.digest.as_slice());
    out.set("leaf", proof.entry.leaf().as_slice());
    out.set("tree_size", i64::try_from(proof.size).unwrap_or(i64::MAX));
    out.set("audit_path", proof.path.as_flattened());
    out
}

/// What was decided: the answer, the state after it, the amounts.
fn judged(out: &mut archive::Row, outcome: &Outcome, whose: &Whose) {
    out.set("status", i64::from(outcome.answer.status));
    if let Some(after) = after(outcome, whose) {
        out.set("version", after.version);
        if let Some((number, state, pre_no, entry_no)) = after.attempt {
            out.set("attempt", i64::from(number));
            out.set("state", i64::from(state.number()));
            out.set("state_word", state.word());
            out.set("pre_no", text(pre_no));
            out.set("entry_no", entry_no.and_then(text));
        }
        out.set("logistics", after.waybill.map(|key| key.logistics.as_str()));
        out.set("logistics_no", after.waybill.map(|key| key.logistics_no.as_str()));
    }
    let attempt = outcome.consignment.as_ref().and_then(|one| one.attempt.as_ref());
    if let Some(tax) = attempt.and_then(|attempt| attempt.assessment.as_ref()) {
        out.set("dutiable_value_fen", tax.dutiable());
        out.set("duty_fen", tax.duty());
        out.set("consumption_tax_fen", tax.consumption_tax());
        out.set("value_added_tax_fen", tax.vat());
        out.set("tax_fen", tax.total());
    }
    let owed = attempt.and_then(|attempt| attempt.bill.as_ref()).map(|bill| bill.owed);
    out.set("owed_fen", owed);
    let mut exports = outcome.export.states.iter().filter_map(|state| state.trade());
    let value = exports.find(|one| Whose::Export(one.key.clone()) == *whose).and_then(|one| one.value);
    out.set("value_fen", value);
}
