//! Messages as received: what another window takes whole, in the envelope that the country's windows speak (SPEC §8), and
//! what its receipts say of the documents. Pure: who may have them is said by a rule of sharing.

use crate::project::of_document;
use crate::{Mask, Shared};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ceb::dxp::{self, DxpMessage};
use ceb::{Document, Limits, Message};
use clearance::Text;
use serde_json::json;
use std::collections::BTreeSet;

/// A message as the ledger has it.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// Filing code of its sender.
    pub sender: &'a str,
    /// The exchange id that its receipts go to.
    pub exchange_id: &'a str,
    /// SHA-256 of what was received, hexadecimal.
    pub sha256: &'a str,
    /// When, 17 digits.
    pub received: &'a str,
    /// What was received.
    pub bytes: &'a [u8],
}

/// The message inside what was received: an envelope is opened, nothing else is touched. None = it is no CEB XML.
fn payload(bytes: &[u8]) -> Option<(Vec<u8>, Message)> {
    let limits = Limits::default();
    let bytes = if dxp::is_envelope(bytes) { dxp::parse(bytes, &limits).ok()?.data } else { bytes.to_vec() };
    let is_json =
        bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_none_or(|first| b"{[".contains(first));
    let message = ceb::parse(&bytes, &limits).message.filter(|_| !is_json)?;
    Some((bytes, message))
}

/// What a message gives to [`crate::Dataset::Messages`]; none = it came as JSON, and no window of the country reads that.
pub fn of_message(received: Received<'_>) -> Option<Shared> {
    let (bytes, message) = payload(received.bytes)?;
    let of_documents =
        message.entries.iter().flat_map(|entry| of_document(&entry.document, &Mask::default()).parties);
    let parties: BTreeSet<Text> = of_documents.chain([Text::from(received.sender)]).collect();
    let values = json!({
        "message": message.kind.root(),
        "guid": message.guid.as_str(),
        "sender": received.sender,
        "exchangeId": received.exchange_id,
        "documents": message.entries.len(),
        "sha256": received.sha256,
        "received": received.received,
        "original": STANDARD.encode(bytes),
    });
    let serde_json::Value::Object(values) = values else { return None };
    Some(Shared {
        subject: format!("{}/{}", message.kind.root(), message.guid),
        named_by: &["message", "guid"],
        parties: parties.into_iter().collect(),
        values,
    })
}

/// The envelope in which a shared message goes to a window with this exchange id: around the bytes as they were received.
/// None = the rule does not give what it needs.
pub fn enveloped(data: &serde_json::Value, receiver: &str) -> Option<Vec<u8>> {
    let text = |name: &str| data[name].as_str();
    let time = text("received")?;
    let guid = text("guid").filter(|guid| !guid.is_empty()).or_else(|| text("sha256"))?;
    Some(dxp::write(&DxpMessage {
        cop_msg_id: guid.into(),
        sender_id: text("exchangeId").filter(|id| !id.is_empty())?.into(),
        receiver_ids: vec![receiver.into()],
        creat_time: crate::spelled(time).into(),
        msg_type: text("message")?.into(),
        data: STANDARD.decode(text("original")?).ok()?,
        file_name: None,
    }))
}

/// A receipt of another window to a document of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceiptOf {
    /// The document that is answered.
    pub document: Document,
    /// `returnStatus`.
    pub status: Text,
    /// `returnInfo`.
    pub info: Text,
    /// Its number of the document: `invtNo`, `preNo`, or the receipt's `guid`.
    pub reference: Text,
}

impl ReceiptOf {
    /// Whether it refuses the document: a negative code, or 100.
    pub fn refuses(&self) -> bool {
        self.status.starts_with('-') || self.status == "100"
    }
}

/// A field of a document's head.
pub fn head_field(document: &Document, name: &str) -> Option<Text> {
    let element = document.kind().parts().first().map(|part| part.element)?;
    document.field(&format!("{element}/{name}")).filter(|text| !text.trim().is_empty())
}

/// The receipts in an envelope that answer documents of a message that was shared.
///
/// # Errors
/// What is not understood.
pub fn receipts(data: &serde_json::Value, answer: &[u8]) -> Result<Vec<ReceiptOf>, String> {
    const KEYS: [&str; 5] = ["orderNo", "payTransactionId", "logisticsNo", "copNo", "invtNo"];
    let sent = data["original"].as_str().and_then(|text| STANDARD.decode(text).ok());
    let (_, sent) = sent.as_deref().and_then(payload).ok_or("what was sent is no message")?;
    let limits = Limits::default();
    let envelope = dxp::parse(answer, &limits).map_err(|defects| {
        let first = defects.first();
        format!("the answer is no envelope: {}", first.map_or("", |defect| defect.path.as_str()))
    })?;
    let told = ceb::parse(&envelope.data, &limits).message.ok_or("the answer has no readable message")?;
    if Some(told.kind) != sent.kind.receipt() {
        return Err(format!("{} does not answer {}", told.kind.root(), sent.kind.root()));
    }
    let mut found = Vec::new();
    for entry in &told.entries {
        let receipt = &entry.document;
        let answers = |document: &Document| {
            let both = KEYS.iter().filter_map(|key| head_field(document, key).zip(head_field(receipt, key)));
            let both: Vec<bool> = both.map(|(ours, theirs)| ours == theirs).collect();
            !both.is_empty() && both.into_iter().all(|same| same)
        };
        let Some(document) = sent.entries.iter().map(|entry| &entry.document).find(|one| answers(one)) else {
            return Err("a receipt answers no document that was sent".to_owned());
        };
        let text = |name: &str| head_field(receipt, name);
        found.push(ReceiptOf {
            document: document.clone(),
            status: text("returnStatus").ok_or("a receipt has no returnStatus")?,
            info: text("returnInfo").unwrap_or_default(),
            reference: text("invtNo").or_else(|| text("preNo")).or_else(|| text("guid")).unwrap_or_default(),
        });
    }
    Ok(found)
}
