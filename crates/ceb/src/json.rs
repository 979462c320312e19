//! The same messages as JSON: element names as members, documents and lines as arrays, values as strings (numbers
//! are accepted). `{"CEB311Message":{"guid":"…","version":"1.0","Order":[{"OrderHead":{…},"OrderList":[…]}]}}`.

use crate::defect::{Defect, DefectRule};
use crate::document::{Document, Kind, Nesting, Part};
use crate::json_names;
use crate::read::DEFECTS_KEPT;
use crate::record::Record;
use crate::transfer::{BaseSubscribe, BaseTransfer};
use crate::{Entry, Limits, Message, Parsed, Text};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The members of a JSON text that stand more than once in their object, for whoever reads another form of a message in JSON.
pub fn repeated_members(bytes: &[u8]) -> Vec<Defect> {
    json_names::repeated(bytes, DEFECTS_KEPT)
        .into_iter()
        .map(|path| Defect::new(path, DefectRule::RepeatedElement, "", "a member once in its object"))
        .collect()
}

/// Reads a message in JSON. Never panics; nesting is bounded by the reader.
pub fn parse_json(bytes: &[u8], limits: &Limits) -> Parsed {
    let mut parsed = Parsed::unread();
    let refuse = |rule, value: &str, expected: String| Defect::new("message", rule, value, expected);
    if bytes.len() > limits.bytes {
        parsed.defects.push(refuse(
            DefectRule::TooLarge,
            &bytes.len().to_string(),
            format!("at most {} bytes", limits.bytes),
        ));
        return parsed;
    }
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => {
            parsed.defects.push(refuse(
                DefectRule::NotWellFormed,
                &error.to_string(),
                "a JSON object".to_owned(),
            ));
            return parsed;
        }
    };
    parsed.defects = repeated_members(bytes);
    if !parsed.defects.is_empty() {
        return parsed;
    }
    let Some((root, Value::Object(body))) =
        value.as_object().filter(|object| object.len() == 1).and_then(|object| object.iter().next())
    else {
        parsed.defects.push(refuse(DefectRule::UnknownRoot, "", "one member named CEBnnnMessage".to_owned()));
        return parsed;
    };
    parsed.root = root.chars().take(30).collect();
    let Some(kind) = Kind::from_root(root) else {
        parsed.defects.push(Defect::new(
            "root",
            DefectRule::UnknownRoot,
            root,
            "a member named CEBnnnMessage of the family, such as CEB311Message or CEB603Message",
        ));
        return parsed;
    };
    parsed.kind = Some(kind);
    let mut message = Message::new(kind);
    message_of(kind, body, limits, &mut message, &mut parsed.defects);
    parsed.defects.truncate(DEFECTS_KEPT);
    parsed.message = Some(message);
    parsed
}

fn message_of(
    kind: Kind,
    body: &Map<String, Value>,
    limits: &Limits,
    message: &mut Message,
    defects: &mut Vec<Defect>,
) {
    let root = kind.root();
    match body.get("guid").and_then(Value::as_str) {
        Some(guid) => {
            message.guid = guid.into();
            if guid.chars().count() != 36 {
                defects.push(Defect::new(
                    format!("{root}/@guid"),
                    DefectRule::WrongLength,
                    guid,
                    "text of exactly 36 characters",
                ));
            }
        }
        None => defects.push(Defect::new(
            format!("{root}/@guid"),
            DefectRule::MissingAttribute,
            "",
            "member guid of 36 characters",
        )),
    }
    if let Some(version) = body.get("version").and_then(Value::as_str) {
        message.version = version.into();
    }
    for (name, value) in body {
        match name.as_str() {
            "guid" | "version" => {}
            "BaseTransfer" => message.transfer = Some(record(value, "BaseTransfer", defects)),
            "BaseSubscribe" => {
                for (index, value) in items(value).into_iter().enumerate().take(5) {
                    message.subscriptions.push(record::<BaseSubscribe>(
                        value,
                        &format!("BaseSubscribe[{}]", index + 1),
                        defects,
                    ));
                }
            }
            name if name == kind.element() => documents(kind, value, limits, message, defects),
            other => defects.push(Defect::new(
                format!("{root}/{other}"),
                DefectRule::UnknownElement,
                other,
                format!("guid, version, {}, BaseTransfer, BaseSubscribe", kind.element()),
            )),
        }
    }
    if message.entries.is_empty() {
        defects.push(Defect::new(
            format!("{root}/{}", kind.element()),
            DefectRule::NoDocuments,
            "0",
            format!("1 to {} documents", limits.documents),
        ));
    }
}

fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    }
}

fn documents(kind: Kind, value: &Value, limits: &Limits, message: &mut Message, defects: &mut Vec<Defect>) {
    let found = items(value);
    let limit = kind.document_limit(limits);
    if found.len() > 1_000 {
        defects.push(Defect::new(
            kind.element(),
            DefectRule::TooManyDocuments,
            &found.len().to_string(),
            format!("at most {limit} documents in a message"),
        ));
        return;
    }
    for (index, value) in found.iter().enumerate() {
        let mut own = Vec::new();
        let document = document(kind, value, limits, &mut own);
        own.truncate(DEFECTS_KEPT);
        own.shrink_to_fit();
        if found.len() > limit {
            own.push(Defect::new(
                format!("{}[{}]", kind.element(), index + 1),
                DefectRule::TooManyDocuments,
                &found.len().to_string(),
                format!("at most {limit} documents in a message"),
            ));
        }
        message.entries.push(Entry { document, span: 0..0, defects: own });
    }
}

fn document(kind: Kind, value: &Value, limits: &Limits, defects: &mut Vec<Defect>) -> Document {
    let mut document = Document::empty(kind);
    let parts = kind.parts();
    let Some(object) = value.as_object() else {
        defects.push(Defect::new(kind.element(), DefectRule::NotWellFormed, "", "an object"));
        return document;
    };
    match (kind.nesting(), parts) {
        (Nesting::Flat, [part]) => {
            fields(object, part, part.element, &mut |field, text| document.set(0, 0, field, text), defects)
        }
        (_, [head, rest @ ..]) => {
            match object.get(head.element).and_then(Value::as_object) {
                Some(value) => fields(
                    value,
                    head,
                    head.element,
                    &mut |field, text| document.set(0, 0, field, text),
                    defects,
                ),
                None => defects.push(Defect::new(
                    head.element,
                    DefectRule::Missing,
                    "",
                    "the head of the document",
                )),
            }
            if let Some(line) = rest.first() {
                let lines = object.get(line.element).map(items).unwrap_or_default();
                let limit = kind.line_limit(limits);
                if lines.len() < kind.fewest_lines() {
                    defects.push(Defect::new(
                        line.element,
                        DefectRule::NoLines,
                        "0",
                        format!("1 to {limit} lines"),
                    ));
                }
                if lines.len() > limit {
                    defects.push(Defect::new(
                        line.element,
                        DefectRule::TooManyLines,
                        &lines.len().to_string(),
                        format!("at most {limit} lines"),
                    ));
                }
                for (index, value) in lines.into_iter().take(limit).enumerate() {
                    let path = format!("{}[{}]", line.element, index + 1);
                    match value.as_object() {
                        Some(value) => fields(
                            value,
                            line,
                            &path,
                            &mut |field, text| document.set(1, index, field, text),
                            defects,
                        ),
                        None => defects.push(Defect::new(path, DefectRule::NotWellFormed, "", "an object")),
                    }
                }
            }
            for name in object.keys().filter(|name| !parts.iter().any(|part| part.element == name.as_str())) {
                defects.push(Defect::new(name, DefectRule::UnknownElement, name, "a part of the document"));
            }
        }
        _ => {}
    }
    document
}

fn record<R: Record>(value: &Value, path: &str, defects: &mut Vec<Defect>) -> R {
    let mut record = R::default();
    match value.as_object() {
        Some(object) => {
            let part = Part { element: R::ELEMENT, fields: R::FIELDS };
            fields(object, &part, path, &mut |field, text| record.set(field, text), defects);
        }
        None => defects.push(Defect::new(path, DefectRule::NotWellFormed, "", "an object")),
    }
    record
}

fn fields(
    object: &Map<String, Value>,
    part: &Part,
    path: &str,
    set: &mut dyn FnMut(usize, &str) -> Result<(), DefectRule>,
    defects: &mut Vec<Defect>,
) {
    for (index, rule) in part.fields.iter().enumerate() {
        let text: Cow<'_, str> = match object.get(rule.name) {
            Some(Value::String(text)) => Cow::Borrowed(text),
            Some(Value::Number(number)) => Cow::Owned(number.to_string()),
            Some(Value::Null) | None => {
                if rule.mandatory {
                    defects.push(Defect::new(
                        format!("{path}/{}", rule.name),
                        DefectRule::Missing,
                        "",
                        rule.shape.words(),
                    ));
                }
                continue;
            }
            Some(other) => {
                defects.push(Defect::new(
                    format!("{path}/{}", rule.name),
                    DefectRule::NotWellFormed,
                    &other.to_string(),
                    rule.shape.words(),
                ));
                continue;
            }
        };
        if text.bytes().any(|byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) {
            defects.push(Defect::new(
                format!("{path}/{}", rule.name),
                DefectRule::NotWellFormed,
                "",
                "no control characters",
            ));
        } else if let Err(fault) = set(index, &text) {
            defects.push(Defect::new(format!("{path}/{}", rule.name), fault, &text, rule.shape.words()));
        }
    }
    for name in object.keys().filter(|name| !part.fields.iter().any(|rule| rule.name == name.as_str())) {
        defects.push(Defect::new(
            format!("{path}/{name}"),
            DefectRule::UnknownElement,
            name,
            format!("a field of {}", part.element),
        ));
    }
}

/// Writes a message as JSON.
pub fn write_json(message: &Message) -> Value {
    let mut body = Map::new();
    body.insert("guid".to_owned(), message.guid.as_str().into());
    body.insert("version".to_owned(), message.version.as_str().into());
    let documents = message.entries.iter().map(|entry| document_json(&entry.document)).collect();
    body.insert(message.kind.element().to_owned(), Value::Array(documents));
    if let Some(transfer) = &message.transfer {
        body.insert("BaseTransfer".to_owned(), record_json::<BaseTransfer>(transfer));
    }
    if !message.subscriptions.is_empty() {
        body.insert(
            "BaseSubscribe".to_owned(),
            Value::Array(message.subscriptions.iter().map(record_json).collect()),
        );
    }
    let mut root = Map::new();
    root.insert(message.kind.root().to_owned(), Value::Object(body));
    Value::Object(root)
}

fn record_json<R: Record>(record: &R) -> Value {
    let mut object = Map::new();
    record.visit(&mut |field, text| {
        object.insert(R::FIELDS[field].name.to_owned(), text.into());
    });
    Value::Object(object)
}

/// One document as JSON.
fn document_json(document: &Document) -> Value {
    let kind = document.kind();
    let parts = kind.parts();
    let mut heads = Map::new();
    let mut lines: Vec<Value> = Vec::new();
    document.visit(&mut |part, line, field, text| {
        let name = parts[part].fields[field].name.to_owned();
        if part == 0 {
            heads.insert(name, text.into());
            return;
        }
        while lines.len() <= line {
            lines.push(Value::Object(Map::new()));
        }
        if let Some(Value::Object(object)) = lines.get_mut(line) {
            object.insert(name, text.into());
        }
    });
    if kind.nesting() == Nesting::Flat {
        return Value::Object(heads);
    }
    let mut object = Map::new();
    object.insert(parts[0].element.to_owned(), Value::Object(heads));
    if let Some(part) = parts.get(1) {
        object.insert(part.element.to_owned(), Value::Array(lines));
    }
    Value::Object(object)
}

impl Document {
    /// The document as JSON, its fields by element name.
    pub fn to_json(&self) -> Value {
        document_json(self)
    }
    /// Element names of this document's parts, for paths.
    pub fn head_element(&self) -> Text {
        self.kind().parts().first().map_or_else(Text::default, |part| part.element.into())
    }
}
