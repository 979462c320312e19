//! The DXP transport envelope (SPEC §8): `DxpMsg` in and out, `DxpRep` out. Its own signature, rare in practice, is
//! left to the verifier.

use crate::defect::{Defect, DefectRule};
use crate::xml::{Scanner, Token, attributes, escape};
use crate::{Limits, Text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The namespace of the envelope.
pub const NAMESPACE: &str = "http://www.chinaport.gov.cn/dxp";

/// An envelope with its payload.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DxpMessage {
    /// `CopMsgId`: the sender's id of the message, echoed in CEB900.
    pub cop_msg_id: Text,
    /// `SenderId`.
    pub sender_id: Text,
    /// `ReceiverId`, 1 to 5.
    pub receiver_ids: Vec<Text>,
    /// `CreatTime` (so spelled), as sent: its zone is not to be trusted.
    pub creat_time: Text,
    /// `MsgType`: root name of the payload.
    pub msg_type: Text,
    /// `Data`: the payload, decoded, without a byte order mark.
    pub data: Vec<u8>,
    /// `AddInfo/FileName`.
    pub file_name: Option<Text>,
}

/// Whether bytes look like an envelope: its root is the first element.
pub fn is_envelope(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(2000)).unwrap_or_default();
    let tags = memchr::memchr_iter(b'<', head).filter_map(|at| head.get(at + 1..));
    tags.into_iter().find(|tag| !matches!(tag.first(), Some(b'?' | b'!'))).is_some_and(|tag| {
        let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
        let name = tag.get(..end.unwrap_or(tag.len())).unwrap_or_default();
        name.rsplit(|byte| *byte == b':').next() == Some(b"DxpMsg")
    })
}

/// Reads an envelope.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<DxpMessage, Vec<Defect>> {
    let size = limits.bytes.saturating_mul(4) / 3 + 65_536;
    if bytes.len() > size {
        return Err(vec![Defect::new(
            "DxpMsg",
            DefectRule::TooLarge,
            &bytes.len().to_string(),
            format!("at most {size} bytes"),
        )]);
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| vec![Defect::new("DxpMsg", DefectRule::Encoding, "", "UTF-8")])?;
    let text = text.trim_start_matches('\u{feff}');
    let mut message = DxpMessage::default();
    let mut defects = Vec::new();
    if let Err(defect) = read(text, limits, &mut message, &mut defects) {
        defects.push(defect);
    }
    if defects.is_empty() { Ok(message) } else { Err(defects) }
}

fn read(
    text: &str,
    limits: &Limits,
    message: &mut DxpMessage,
    defects: &mut Vec<Defect>,
) -> Result<(), Defect> {
    let mut scanner = Scanner::new(text, limits.depth);
    let mut path: Vec<&str> = Vec::new();
    let mut value = String::new();
    let mut data = None;
    loop {
        match scanner.next()? {
            Token::Start(tag) => {
                if path.is_empty() {
                    let found = attributes(tag.attributes).map_err(|expected| {
                        Defect::new("DxpMsg", DefectRule::NotWellFormed, tag.attributes, expected)
                    })?;
                    let bound = found.iter().find(|(name, _)| {
                        name.strip_prefix("xmlns:").or((*name == "xmlns").then_some("")) == Some(tag.prefix())
                    });
                    if tag.local() != "DxpMsg" {
                        return Err(Defect::new("root", DefectRule::UnknownRoot, tag.local(), "DxpMsg"));
                    }
                    if bound.is_none_or(|(_, uri)| uri != NAMESPACE) {
                        return Err(Defect::new("DxpMsg", DefectRule::Namespace, tag.prefix(), NAMESPACE));
                    }
                }
                path.push(tag.local());
                value.clear();
            }
            Token::Text(part) => value.push_str(&part),
            Token::End => {
                let trimmed = value.trim();
                match path.as_slice() {
                    ["DxpMsg", "TransInfo", "CopMsgId"] => message.cop_msg_id = trimmed.into(),
                    ["DxpMsg", "TransInfo", "SenderId"] => message.sender_id = trimmed.into(),
                    ["DxpMsg", "TransInfo", "ReceiverIds", "ReceiverId"] => {
                        message.receiver_ids.push(trimmed.into())
                    }
                    ["DxpMsg", "TransInfo", "CreatTime"] => message.creat_time = trimmed.into(),
                    ["DxpMsg", "TransInfo", "MsgType"] => message.msg_type = trimmed.into(),
                    ["DxpMsg", "AddInfo", "FileName"] => message.file_name = Some(trimmed.into()),
                    ["DxpMsg", "Data"] => {
                        let compact: String = trimmed.chars().filter(|c| !c.is_ascii_whitespace()).collect();
                        match STANDARD.decode(&compact) {
                            Ok(bytes) => {
                                data = Some(
                                    bytes.strip_prefix(b"\xEF\xBB\xBF").map(<[u8]>::to_vec).unwrap_or(bytes),
                                )
                            }
                            Err(error) => defects.push(Defect::new(
                                "DxpMsg/Data",
                                DefectRule::Encoding,
                                &error.to_string(),
                                "base64",
                            )),
                        }
                    }
                    _ => {}
                }
                path.pop();
                value.clear();
            }
            Token::Finish => break,
        }
    }
    for (name, text) in [("CopMsgId", &message.cop_msg_id), ("SenderId", &message.sender_id)] {
        if text.is_empty() {
            defects.push(Defect::new(format!("DxpMsg/TransInfo/{name}"), DefectRule::Missing, "", "text"));
        }
    }
    match data {
        Some(data) => message.data = data,
        None if defects.is_empty() => {
            defects.push(Defect::new("DxpMsg/Data", DefectRule::Missing, "", "base64 of the message"))
        }
        None => {}
    }
    Ok(())
}

/// Writes an envelope.
pub fn write(message: &DxpMessage) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.data.len() * 4 / 3 + 800);
    out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<dxp:DxpMsg xmlns:dxp=\"");
    out.extend_from_slice(NAMESPACE.as_bytes());
    out.extend_from_slice(b"\" ver=\"1.0\"><dxp:TransInfo>");
    element("CopMsgId", &message.cop_msg_id, &mut out);
    element("SenderId", &message.sender_id, &mut out);
    out.extend_from_slice(b"<dxp:ReceiverIds>");
    for receiver in &message.receiver_ids {
        element("ReceiverId", receiver, &mut out);
    }
    out.extend_from_slice(b"</dxp:ReceiverIds>");
    element("CreatTime", &message.creat_time, &mut out);
    element("MsgType", &message.msg_type, &mut out);
    out.extend_from_slice(b"</dxp:TransInfo>");
    element("Data", &STANDARD.encode(&message.data), &mut out);
    if let Some(name) = &message.file_name {
        out.extend_from_slice(b"<dxp:AddInfo>");
        element("FileName", name, &mut out);
        out.extend_from_slice(b"</dxp:AddInfo>");
    }
    out.extend_from_slice(b"</dxp:DxpMsg>");
    out
}

fn element(name: &str, text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("<dxp:{name}>").as_bytes());
    escape(text, out);
    out.extend_from_slice(format!("</dxp:{name}>").as_bytes());
}
