//! The unified standard of the three documents [三单统一标准]: order, payment and waybill in one JSON form for imports and exports, which
//! platforms, payment firms and carriers write once. Members are named for what they are ([`crate::documents`]); all values are texts,
//! amounts and quantities exact decimals, times RFC 3339, currencies and countries ISO.
//!
//! What CEB has and this form has not is told where it is lost ([`Dropped`]); what CEB demands of every document alike is set on the way
//! back ([`FIXED`]). Leaves to others: messages of the other standards, and what must be in them (`convert`).

use crate::documents::{Direction, Form, OPERATIONS, Row, SORTS, Sort, read, written};
use crate::neutral::put;
use ceb::{Defect, DefectRule, FieldRule, Kind, Shape};
use serde_json::{Map, Value, json};

/// Version of the standard.
pub const VERSION: u32 = 1;
/// The member with which a message in it begins.
pub const ROOT: &str = "UnifiedDocuments";
/// Members of a message, beside its documents.
const FRAME: [&str; 4] = ["version", "id", "transfer", "documents"];
/// Lines of a document.
const LINES: &str = "lines";

/// Fields of CEB that have one value in every document of a retail trade: set on the way to CEB, and lost only where they say something
/// else. Field, value in imports, value in exports.
pub const FIXED: [(&str, &str, &str); 4] =
    [("appStatus", "2", "2"), ("orderType", "I", "E"), ("buyerIdType", "1", ""), ("payerIdType", "1", "")];

/// Something that the form converted to cannot hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Dropped {
    /// Where it was, as the form converted from calls it: `documents[1].OrderHead/batchNumbers`, `documents[1].buyer.name`.
    pub path: String,
    /// What it said.
    pub value: String,
}

fn fixed(field: &str, direction: Direction) -> Option<&'static str> {
    let (_, import, export) = FIXED.into_iter().find(|(known, ..)| *known == field)?;
    let value = match direction {
        Direction::Import => import,
        Direction::Export => export,
    };
    (!value.is_empty()).then_some(value)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A document of CEB, as its dataset has it, in this form; none where it is none of the three. `at` says which document it is.
pub fn of(kind: Kind, record: &Map<String, Value>, at: &str, dropped: &mut Vec<Dropped>) -> Option<Value> {
    let (sort, direction) = Sort::of(kind)?;
    let element = |part: usize| kind.parts().get(part).map_or("", |part| part.element);
    let mut object = renamed((sort.head, direction), record, &format!("{at}.{}", element(0)), dropped);
    object.insert("document".to_owned(), sort.word.into());
    object.insert("direction".to_owned(), direction.word().into());
    if let Some(lines) = record.get("lines").and_then(Value::as_array) {
        let lines = lines.iter().filter_map(Value::as_object).enumerate().map(|(index, line)| {
            let at = format!("{at}.{}[{}]", element(1), index + 1);
            Value::Object(renamed((sort.line, direction), line, &at, dropped))
        });
        let lines: Vec<Value> = lines.collect();
        object.insert(LINES.to_owned(), lines.into());
    }
    Some(Value::Object(object))
}

fn renamed(
    (rows, direction): (&[Row], Direction),
    record: &Map<String, Value>,
    at: &str,
    dropped: &mut Vec<Dropped>,
) -> Map<String, Value> {
    let mut object = Map::new();
    for (field, value) in record.iter().filter(|(_, value)| !value.is_array()) {
        let text = text(value);
        match rows.iter().find(|row| row.field(direction) == Some(field.as_str())) {
            Some(row) => put(&mut object, row.member, written(row.form, &text).into()),
            None if fixed(field, direction) == Some(text.as_str()) => {}
            None => dropped.push(Dropped { path: format!("{at}/{field}"), value: text }),
        }
    }
    object
}

/// A message in this form, read.
pub struct Message {
    /// Which of the three.
    pub sort: &'static Sort,
    /// Which way its goods go.
    pub direction: Direction,
    /// Its id.
    pub id: Value,
    /// Who transports it, as CEB has it.
    pub transfer: Option<Value>,
    /// Its documents.
    pub documents: Vec<Map<String, Value>>,
}

/// Reads a message in this form.
///
/// # Errors
/// Everything that is no part of it. Whether something is missing depends on what it is converted to.
pub fn parse(bytes: &[u8]) -> Result<Message, Vec<Defect>> {
    let refuse =
        |path: &str, rule, value: &str, expected: &str| vec![Defect::new(path, rule, value, expected)];
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| refuse("message", DefectRule::NotWellFormed, &error.to_string(), "a JSON object"))?;
    let repeated = ceb::repeated_members(bytes);
    if !repeated.is_empty() {
        return Err(repeated);
    }
    let Some(body) = value.get(ROOT).and_then(Value::as_object) else {
        return Err(refuse("message", DefectRule::UnknownRoot, "", &format!("one member named {ROOT}")));
    };
    let given = body.get("documents").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let documents: Vec<Map<String, Value>> =
        given.iter().map(|document| document.as_object().cloned().unwrap_or_default()).collect();
    let word = |document: &Map<String, Value>, name: &str| document.get(name).map_or_else(String::new, text);
    let said = |document: &Map<String, Value>| {
        format!("{} {}", word(document, "document"), word(document, "direction"))
    };
    let first = documents.first();
    let sort = first.and_then(|document| Sort::of_word(&word(document, "document")));
    let direction = first.and_then(|document| Direction::from_word(&word(document, "direction")));
    let mut defects = Vec::new();
    let mut unknown = |path: String, expected: &str| {
        defects.push(Defect::new(&path, DefectRule::UnknownElement, &path, expected));
    };
    for name in body.keys().filter(|name| !FRAME.contains(&name.as_str())) {
        unknown(name.clone(), "version, id, transfer and documents");
    }
    let (Some(sort), Some(direction)) = (sort, direction) else {
        let expected =
            "documents, each with `document` order, payment or waybill and `direction` import or export";
        let said = first.map_or_else(String::new, said);
        defects.push(Defect::new("documents[1]", DefectRule::NoDocuments, &said, expected));
        return Err(defects);
    };
    for (index, document) in documents.iter().enumerate() {
        let at = format!("documents[{}]", index + 1);
        for fault in faults(sort, document) {
            unknown(format!("{at}.{fault}"), "a member of the unified standard, with a text");
        }
        if said(document) != format!("{} {}", sort.word, direction.word()) {
            unknown(at, "a document of the same kind and direction as the first");
        }
    }
    if !defects.is_empty() {
        return Err(defects);
    }
    let (id, transfer) = (body.get("id").cloned().unwrap_or_default(), body.get("transfer").cloned());
    Ok(Message { sort, direction, id, transfer, documents })
}

/// Paths of a document at which stands what the standard does not know.
fn faults(sort: &Sort, document: &Map<String, Value>) -> Vec<String> {
    let wrong = |rows: &[Row], path: &str, value: &Value| {
        !rows.iter().any(|row| row.member == path) || !(value.is_string() || value.is_number())
    };
    let mut found = Vec::new();
    for (path, value) in leaves(document) {
        let own =
            matches!(path.as_str(), "document" | "direction") || (path == LINES && !sort.line.is_empty());
        if !own && wrong(sort.head, &path, value) {
            found.push(path);
        }
    }
    match document.get(LINES).filter(|_| !sort.line.is_empty()) {
        None => {}
        Some(Value::Array(lines)) => {
            for (index, line) in lines.iter().enumerate() {
                let at = format!("{LINES}[{}]", index + 1);
                let Some(line) = line.as_object() else {
                    found.push(at);
                    continue;
                };
                let of_line = leaves(line).into_iter().filter(|(path, value)| wrong(sort.line, path, value));
                found.extend(of_line.map(|(path, _)| format!("{at}.{path}")));
            }
        }
        Some(_) => found.push(LINES.to_owned()),
    }
    found
}

/// The lines of a document.
fn lines_of(document: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    document.get(LINES).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// Values by their paths.
fn leaves(object: &Map<String, Value>) -> Vec<(String, &Value)> {
    let mut all = Vec::new();
    for (name, value) in object {
        match value.as_object() {
            Some(inner) => {
                all.extend(leaves(inner).into_iter().map(|(path, value)| (format!("{name}.{path}"), value)))
            }
            None => all.push((name.clone(), value)),
        }
    }
    all
}

/// A document of this form as a document of CEB, in the JSON that nests it; what CEB has no field for is told. None where CEB has no
/// such document.
pub fn to_ceb(
    sort: &Sort,
    direction: Direction,
    document: &Map<String, Value>,
    at: &str,
    dropped: &mut Vec<Dropped>,
) -> Option<Value> {
    let kind = sort.kind(direction);
    let mut part = |rows: &[Row], object: &Map<String, Value>, at: &str| {
        let mut record = Map::new();
        for (path, value) in leaves(object) {
            let Some(row) = rows.iter().find(|row| row.member == path) else { continue };
            match row.field(direction) {
                Some(field) => drop(record.insert(field.to_owned(), read(row.form, &text(value)).into())),
                None => dropped.push(Dropped { path: format!("{at}.{path}"), value: text(value) }),
            }
        }
        record
    };
    let lines: Vec<Value> = lines_of(document)
        .enumerate()
        .map(|(index, line)| part(sort.line, line, &format!("{at}.{LINES}[{}]", index + 1)).into())
        .collect();
    let mut head = part(sort.head, document, at);
    for rule in kind.parts().first()?.fields {
        if let Some(value) = fixed(rule.name, direction) {
            head.insert(rule.name.to_owned(), value.into());
        }
    }
    crate::neutral::nested(kind, head, lines)
}

/// Where this form has what is at a path of a document of CEB, `OrderHead/buyerName` or `OrderList[2]/qty`; the path itself where it has
/// nothing of it.
pub fn path_of(sort: &Sort, direction: Direction, path: &str) -> String {
    let Some((part, field)) = path.rsplit_once('/') else { return path.to_owned() };
    let (rows, prefix) = match part.split_once('[') {
        Some((_, number)) => (sort.line, format!("{LINES}[{number}.")),
        None => (sort.head, String::new()),
    };
    let row = rows.iter().find(|row| row.field(direction) == Some(field));
    row.map_or_else(|| path.to_owned(), |row| format!("{prefix}{}", row.member))
}

/// The rule of CEB of a field of a part.
fn rule(kind: Kind, part: usize, field: &str) -> Option<&'static FieldRule> {
    kind.parts().get(part)?.fields.iter().find(|rule| rule.name == field)
}

/// The schema of one value: what either direction allows.
fn schema_of(row: &Row, rules: &[&FieldRule]) -> Value {
    let mut schema = json!({"type": "string"});
    if let Some(first) = rules.first() {
        schema["description"] = first.meaning.into();
    }
    match row.form {
        Form::Currency => schema["pattern"] = "^([A-Z]{3}|CN:[0-9]{3})$".into(),
        Form::Country => schema["pattern"] = "^([A-Z]{2}|CN:[0-9]{3})$".into(),
        Form::Time => {
            schema["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\+08:00$".into();
        }
        Form::Operation => schema["enum"] = OPERATIONS.map(|(_, word)| word).to_vec().into(),
        Form::Same => {
            let most = rules.iter().filter_map(|rule| match rule.shape {
                Shape::Upto(most) | Shape::Exactly(most) => Some(most),
                _ => None,
            });
            if let Some(most) = most.max() {
                schema["maxLength"] = most.into();
            }
            match rules.first().map(|rule| rule.shape) {
                Some(Shape::Amount) => schema["pattern"] = "^-?[0-9]{1,19}(\\.[0-9]{1,5})?$".into(),
                Some(Shape::Number | Shape::Digits(_)) => schema["pattern"] = "^[0-9]{1,9}$".into(),
                _ => {}
            }
        }
    }
    schema
}

/// The schema of members, nested as they are.
fn object_of(tree: &[(&str, Value)]) -> Map<String, Value> {
    let mut properties: Map<String, Value> = Map::new();
    let mut groups: Vec<&str> = Vec::new();
    for (path, schema) in tree {
        match path.split_once('.') {
            None => drop(properties.insert((*path).to_owned(), schema.clone())),
            Some((group, _)) if groups.contains(&group) => {}
            Some((group, _)) => {
                groups.push(group);
                let inner: Vec<(&str, Value)> = tree
                    .iter()
                    .filter_map(|(path, schema)| {
                        let rest = path.strip_prefix(group)?.strip_prefix('.')?;
                        Some((rest, schema.clone()))
                    })
                    .collect();
                properties.insert(group.to_owned(), Value::Object(object_of(&inner)));
            }
        }
    }
    let mut object = Map::new();
    object.insert("type".to_owned(), "object".into());
    object.insert("additionalProperties".to_owned(), false.into());
    object.insert("properties".to_owned(), properties.into());
    object
}

/// Members of one part with their schemas; which CEB demands in which direction is told beside.
fn members(sort: &Sort, part: usize) -> Vec<(&'static str, Value)> {
    let rows = if part == 0 { sort.head } else { sort.line };
    let of = |row: &Row| {
        let rules: Vec<(Direction, &FieldRule)> = Direction::ALL
            .into_iter()
            .filter_map(|direction| {
                Some((direction, rule(sort.kind(direction), part, row.field(direction)?)?))
            })
            .collect();
        let all: Vec<&FieldRule> = rules.iter().map(|(_, rule)| *rule).collect();
        let mut schema = schema_of(row, &all);
        let must = |(direction, rule): &(Direction, &FieldRule)| rule.mandatory.then(|| direction.word());
        schema["x-required"] = rules.iter().filter_map(must).collect::<Vec<_>>().into();
        schema["x-ceb"] = rules
            .iter()
            .map(|(direction, rule)| (direction.word().to_owned(), Value::from(rule.name)))
            .collect::<Map<_, _>>()
            .into();
        if !row.neutral.is_empty() {
            schema["x-neutral"] = row.neutral.into();
        }
        (row.member, schema)
    };
    rows.iter().map(of).collect()
}

/// The JSON Schema of a message in this form. `x-required` says in which direction customs demands a member, `x-ceb` and `x-neutral`
/// what the other standards call it.
pub fn schema() -> Value {
    let document = |sort: &Sort| {
        let mut document = object_of(&members(sort, 0));
        let mut required = vec!["document", "direction", "id"];
        if let Some(properties) = document.get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert("document".to_owned(), json!({"const": sort.word}));
            properties.insert("direction".to_owned(), json!({"enum": Direction::ALL.map(Direction::word)}));
            if !sort.line.is_empty() {
                let line = object_of(&members(sort, 1));
                properties.insert(LINES.to_owned(), json!({"type": "array", "minItems": 1, "items": line}));
                required.push(LINES);
            }
        }
        document.insert("required".to_owned(), json!(required));
        Value::Object(document)
    };
    let body = json!({
        "type": "object", "additionalProperties": false, "required": ["version", "id", "documents"],
        "properties": {
            "version": {"const": VERSION},
            "id": {"type": "string", "minLength": 36, "maxLength": 36, "description": "unique id of the message"},
            "transfer": {"type": "object", "description": "who transports it (BaseTransfer of CEB)"},
            "documents": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"oneOf": SORTS.iter().map(document).collect::<Vec<_>>()},
                "description": "documents of one kind and one direction"},
        },
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": format!("urn:onewindow:unified:v{VERSION}"),
        "title": "Order, payment and waybill in one standard", "type": "object", "additionalProperties": false, "required": [ROOT],
        "properties": {ROOT: body},
    })
}
