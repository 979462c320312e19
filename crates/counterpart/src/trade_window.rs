//! The country's trade window, simulated: it takes messages in the envelope of SPEC §8, reads them as a window does, and
//! answers each document with its receipt. What it would decide is a script's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ceb::dxp::{self, DxpMessage};
use ceb::{Document, Limits, Message, Style};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Its exchange id.
pub const EXCHANGE_ID: &str = "DXPEDCCEB0000002";

/// What it makes of a body: the event that it tells, and its answer.
///
/// # Errors
/// What is wrong with the envelope or the message in it.
pub fn take(body: &[u8], time: &str, objects: &BTreeSet<String>) -> Result<(Value, Vec<u8>), String> {
    let limits = Limits::default();
    let envelope = dxp::parse(body, &limits).map_err(|defects| format!("{defects:?}"))?;
    let parsed = ceb::parse(&envelope.data, &limits);
    let message = parsed.message.ok_or_else(|| format!("{:?}", parsed.defects))?;
    if message.kind.root() != envelope.msg_type.as_str() {
        return Err(format!("MsgType {} where the message is {}", envelope.msg_type, message.kind.root()));
    }
    let kind = message.kind.receipt().ok_or_else(|| format!("{} is not received", message.kind.root()))?;
    let mut answer = Message::new(kind);
    answer.guid.clone_from(&message.guid);
    for entry in &message.entries {
        answer = answer.with(receipt(&entry.document, kind, time, objects));
    }
    let told = DxpMessage {
        cop_msg_id: envelope.cop_msg_id.clone(),
        sender_id: EXCHANGE_ID.into(),
        receiver_ids: vec![envelope.sender_id.clone()],
        creat_time: envelope.creat_time.clone(),
        msg_type: kind.root().into(),
        data: ceb::write(&answer, Style::Prefixed),
        file_name: None,
    };
    let event = json!({
        "type": envelope.msg_type.as_str(),
        "id": envelope.cop_msg_id.as_str(),
        "sender": envelope.sender_id.as_str(),
        "data": {"original": STANDARD.encode(&envelope.data), "documents": message.entries.len()},
    });
    Ok((event, dxp::write(&told)))
}

/// Accepted (120 of a list, 2 of the others), or refused (100) where the script names a text that it has.
fn receipt(document: &Document, kind: ceb::Kind, time: &str, objects: &BTreeSet<String>) -> Document {
    let mut named = false;
    let mut values = std::collections::BTreeMap::new();
    let parts = document.kind().parts();
    document.visit(&mut |part, _, field, text| {
        named |= objects.contains(text);
        if let Some(rule) = parts.get(part).and_then(|part| part.fields.get(field)).filter(|_| part == 0) {
            values.insert(rule.name, text.to_owned());
        }
    });
    let accepted = if document.kind() == ceb::Kind::Declaration { "120" } else { "2" };
    values.insert("returnStatus", if named { "100" } else { accepted }.to_owned());
    values.insert("returnInfo", if named { "与全国窗口记录不符" } else { "全国窗口已接收" }.to_owned());
    values.insert("returnTime", time.to_owned());
    let number = values.get("copNo").map_or_else(String::new, |number| format!("I{number}"));
    values.insert("preNo", number.chars().take(18).collect());
    let mut receipt = Document::empty(kind);
    for (index, rule) in kind.parts().first().map_or(&[][..], |part| part.fields).iter().enumerate() {
        if let Some(text) = values.get(rule.name) {
            // What does not fit stays empty: its reader tells.
            let _ = receipt.set(0, 0, index, text);
        }
    }
    receipt
}
