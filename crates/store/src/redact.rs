//! Erasing what rows tell of persons: a row without it takes the payload's place. Amounts, codes, states, receipts and
//! accounts stay, so that balances, versions and feeds come out as before; the digest that the chain covers stays, too. What
//! took a payload's place is named, with its own digest, by a record of the register of erasures, which the chain covers.

use crate::StoreError;
use crate::codec;
use crate::crypt::Keyring;
use crate::rows::{EventRow, MessageRow, Original, Row};
use bytes::Bytes;
use ceb::Document;
use clearance::Text;
use clearance::consignment::{Attempt, Consignment, Seen};
use clearance::event::{Arrived, Cause, Person};
use clearance::export::ExportState;
use clearance::finding::Finding;
use clearance::identity::personal;
use clearance::keys::Position;
use ring::digest::{SHA256, digest};
use std::sync::Arc;

/// The engine of what was erased: nobody makes such a decision again, its documents no longer say what it rested on.
pub const ERASED: u16 = 0;

/// What takes a payload's place.
pub struct Redaction {
    /// Whose.
    pub position: Position,
    pub(crate) blob: Vec<u8>,
}

impl Redaction {
    /// A row as it is from now on, sealed.
    pub(crate) fn of(keyring: &Keyring, position: Position, row: &Row) -> Result<Self, StoreError> {
        let (kind, payload) = codec::encode(row);
        let sealed = keyring.random().and_then(|salt| keyring.seal(kind, &payload, salt));
        let blob = sealed.map_err(|error| StoreError::Damaged {
            position,
            what: format!("cannot be sealed: {}", error.0),
        })?;
        Ok(Self { position, blob })
    }

    /// Its digest, hexadecimal: what the record of the erasure says of it.
    pub fn digest(&self) -> String {
        digest_of(&self.blob)
    }
}

/// SHA-256 of a blob, hexadecimal.
pub(crate) fn digest_of(blob: &[u8]) -> String {
    digest(&SHA256, blob).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A row without what it tells of persons; none where there is nothing to erase, or it is done.
pub fn redacted(row: &Row) -> Option<Row> {
    match row {
        Row::Message(message) => message_of(message).map(Row::Message),
        Row::Event(event) => event_of(event).map(|event| Row::Event(Box::new(event))),
        _ => None,
    }
}

/// The received bytes go, also where a receipt gives them back (CEB900); who sent what when, and its digest, stay.
fn message_of(message: &MessageRow) -> Option<MessageRow> {
    let erased = Original::Whole(Bytes::new());
    if message.original == erased {
        return None;
    }
    let mut kept = MessageRow { original: erased, ..message.clone() };
    for receipt in &mut kept.receipts {
        if let Document::FormatReceipt(refused) = &mut *receipt.document {
            refused.ori_biz_message = Text::default();
            refused.return_info = Text::default();
        }
    }
    // That it was refused stays.
    kept.refusal = kept.refusal.map(|_| Text::default());
    Some(kept)
}

fn event_of(event: &EventRow) -> Option<EventRow> {
    if event.outcome.as_ref().is_none_or(|outcome| outcome.engine == ERASED) {
        return None;
    }
    let mut event = event.clone();
    match &mut event.event.cause {
        Cause::Document(arrived) => {
            let arrived = Arc::make_mut(arrived);
            arrived_of(arrived);
            let mut xml = Vec::new();
            ceb::write_document(&arrived.document, ceb::Style::Prefixed, &mut xml);
            event.original = Bytes::from(xml);
        }
        Cause::Action(action) | Cause::ExportAction(action) => {
            Arc::make_mut(action).text = Text::default();
        }
        Cause::Follow(_) | Cause::Timer(_) => {}
    }
    if let Some(outcome) = &mut event.outcome {
        outcome.engine = ERASED;
        outcome.answer.findings.iter_mut().for_each(finding_of);
        outcome.counted.clear();
        outcome.read.counts.clear();
        if let Some(consignment) = &mut outcome.consignment {
            consignment_of(Arc::make_mut(consignment));
        }
        outcome.export.states.iter_mut().for_each(export_of);
        // States of waybills keep their digests of content: an arrival of many parcels has them too, and is not erased with
        // one of them. No identity number is in a waybill.
    }
    Some(event)
}

/// A digest of what the rest of the row still says and an identity number is found by trying: it goes, too.
fn arrived_of(arrived: &mut Arrived) {
    arrived.document = Arc::new(document_of(&arrived.document));
    arrived.fingerprint = [0; 16];
    arrived.person = Person { identity: arrived.person.identity.clone(), ..Person::default() };
    arrived.device = None;
    for defect in &mut arrived.defects {
        if tells(&defect.path) {
            defect.value = Text::default();
        }
    }
}

/// Whether the field at a path may tell of a person.
fn tells(path: &str) -> bool {
    let field = path.rsplit(['.', '/']).next().unwrap_or(path);
    personal(field).is_some() || field == "note"
}

/// The document without its personal fields and its free text.
pub fn document_of(document: &Document) -> Document {
    let mut kept = Document::empty(document.kind());
    // Who pays from abroad has no code here, and may be a person; a firm that has one is known by it.
    let unnamed = matches!(document, Document::ExportPayment(payment)
        if payment.pay_code.as_deref().unwrap_or_default().trim().is_empty());
    let parts = document.kind().parts();
    document.visit(&mut |part, line, field, text| {
        let name = parts.get(part).and_then(|part| part.fields.get(field)).map_or("", |rule| rule.name);
        let erased = tells(name) || (unnamed && name == "payName");
        if !erased {
            // It was a value of this field before.
            let _ = kept.set(part, line, field, text);
        }
    });
    kept
}

fn finding_of(finding: &mut Finding) {
    finding
        .fields
        .iter_mut()
        .filter(|field| tells(&field.path))
        .for_each(|field| field.value = Text::default());
}

fn seen_of(seen: &mut [Seen]) {
    seen.iter_mut().for_each(|seen| seen.fingerprint = [0; 16]);
}

fn attempt_of(attempt: &mut Attempt) {
    attempt.findings.iter_mut().for_each(finding_of);
    attempt.hits.iter_mut().for_each(|hit| hit.evidence = Text::default());
    attempt.remarks.iter_mut().for_each(|remark| remark.text = Text::default());
    attempt.counts.clear();
}

/// An export trade names no person by a number; what was said of it, and digests of its documents' content, go.
fn export_of(state: &mut ExportState) {
    if let ExportState::Trade(trade) = state {
        let trade = Arc::make_mut(trade);
        seen_of(&mut trade.seen);
        if let Some(attempt) = &mut trade.attempt {
            attempt.findings.iter_mut().for_each(finding_of);
            attempt.remarks.iter_mut().for_each(|remark| remark.text = Text::default());
        }
        trade.returns.iter_mut().flat_map(|back| &mut back.findings).for_each(finding_of);
        let Ok(()) = state.documents::<std::convert::Infallible>(&mut |filed| {
            filed.fingerprint = [0; 16];
            Ok(())
        });
    }
    // Waybills, parcels and documents of many parcels keep their digests: they are of trades beside this one, too.
}

fn consignment_of(consignment: &mut Consignment) {
    seen_of(&mut consignment.seen);
    consignment.ordered.clear();
    consignment.attempt.iter_mut().for_each(attempt_of);
    let never = codec::documents_of(consignment, &mut |filed| {
        filed.fingerprint = [0; 16];
        Ok::<(), std::convert::Infallible>(())
    });
    let Ok(()) = never;
}
