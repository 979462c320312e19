//! Message → bytes, in the two spellings that are in use. Reading what was written gives the same message.

use crate::document::{Document, Kind, Nesting};
use crate::record::Record;
use crate::xml::escape;
use crate::{Message, NAMESPACE};

/// Which spelling of the namespace is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// `<ceb:CEB311Message xmlns:ceb="…">`: declarations.
    Prefixed,
    /// `<CEB622Message xmlns="…">`: receipts.
    DefaultNamespace,
}

impl Style {
    fn prefix(self) -> &'static str {
        match self {
            Self::Prefixed => "ceb:",
            Self::DefaultNamespace => "",
        }
    }
}

/// Writes a message without a signature. Optional fields that are absent are left out.
pub fn write(message: &Message, style: Style) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024 + message.entries.len() * 3000);
    let prefix = style.prefix();
    out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<");
    out.extend_from_slice(prefix.as_bytes());
    out.extend_from_slice(message.kind.root().as_bytes());
    match style {
        Style::Prefixed => {
            out.extend_from_slice(
                format!(" xmlns:ceb=\"{NAMESPACE}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"")
                    .as_bytes(),
            );
        }
        Style::DefaultNamespace => out.extend_from_slice(format!(" xmlns=\"{NAMESPACE}\"").as_bytes()),
    }
    for (name, value) in [(" guid=\"", &message.guid), ("\" version=\"", &message.version)] {
        out.extend_from_slice(name.as_bytes());
        escape_attribute(value, &mut out);
    }
    out.extend_from_slice(b"\">");
    for entry in &message.entries {
        write_document(&entry.document, style, &mut out);
    }
    if let Some(transfer) = &message.transfer {
        write_record(transfer, prefix, &mut out);
    }
    for subscription in &message.subscriptions {
        write_record(subscription, prefix, &mut out);
    }
    if let Some(extension) = &message.extension {
        open(prefix, "ExtendMessage", &mut out);
        leaf(prefix, "name", &extension.name, &mut out);
        leaf(prefix, "version", &extension.version, &mut out);
        open(prefix, "Message", &mut out);
        // Any XML, kept as it was written.
        out.extend_from_slice(extension.message.as_bytes());
        close(prefix, "Message", &mut out);
        close(prefix, "ExtendMessage", &mut out);
    }
    close(prefix, message.kind.root(), &mut out);
    out
}

/// Writes one document element.
pub fn write_document(document: &Document, style: Style, out: &mut Vec<u8>) {
    let prefix = style.prefix();
    let kind = document.kind();
    let parts = kind.parts();
    open(prefix, kind.element(), out);
    let mut current: Option<(usize, usize)> = None;
    let nested = kind.nesting() != Nesting::Flat;
    document.visit(&mut |part, line, field, text| {
        let Some(table) = parts.get(part) else { return };
        if nested && current != Some((part, line)) {
            if let Some((earlier, _)) = current {
                close(prefix, parts[earlier].element, out);
            }
            open(prefix, table.element, out);
            current = Some((part, line));
        }
        leaf(prefix, table.fields[field].name, text, out);
    });
    if let Some((last, _)) = current {
        close(prefix, parts[last].element, out);
    }
    close(prefix, kind.element(), out);
}

fn write_record<R: Record>(record: &R, prefix: &str, out: &mut Vec<u8>) {
    open(prefix, R::ELEMENT, out);
    record.visit(&mut |field, text| leaf(prefix, R::FIELDS[field].name, text, out));
    close(prefix, R::ELEMENT, out);
}

fn open(prefix: &str, name: &str, out: &mut Vec<u8>) {
    out.push(b'<');
    out.extend_from_slice(prefix.as_bytes());
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

fn close(prefix: &str, name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"</");
    out.extend_from_slice(prefix.as_bytes());
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

fn leaf(prefix: &str, name: &str, text: &str, out: &mut Vec<u8>) {
    open(prefix, name, out);
    escape(text, out);
    close(prefix, name, out);
}

fn escape_attribute(text: &str, out: &mut Vec<u8>) {
    for part in text.split_inclusive('"') {
        match part.strip_suffix('"') {
            Some(before) => {
                escape(before, out);
                out.extend_from_slice(b"&quot;");
            }
            None => escape(part, out),
        }
    }
}

/// A message of one receipt, as it is delivered: default namespace, the receipt's own guid.
pub fn write_receipt(document: &Document) -> Vec<u8> {
    let mut message = Message::new(document.kind());
    message.guid = document.guid();
    message.entries.push(crate::Entry { document: document.clone(), span: 0..0, defects: Vec::new() });
    write(&message, Style::DefaultNamespace)
}

/// Whether a kind is written with the prefix by its usual senders.
pub fn usual_style(kind: Kind) -> Style {
    if kind.is_declared() { Style::Prefixed } else { Style::DefaultNamespace }
}
