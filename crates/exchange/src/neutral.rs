//! Orders, payments and waybills, of imports and exports, in a form that is nobody's own: members named as classes and attributes of the WCO Data
//! Model are, currencies and countries as ISO has them, times with their zone. A counterpart in another country reads and
//! writes it without knowing CEB. What the model has no name for stands under `CN`, as CEB has it, so that nothing is lost
//! on the way there and back. Which names are the model's is from memory of its version 3: [`VERSION`] grows when one is
//! corrected.

use crate::documents::{Direction, Row, Sort, read, written};
use ceb::{Document, Kind, Nesting};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// Version of this form.
pub const VERSION: u32 = 1;
/// The member with which a message in it begins.
pub const ROOT: &str = "NeutralMessage";
/// What has no name in the model.
const OWN: &str = "CN";
/// Lines of a document.
const LINES: &str = "GovernmentAgencyGoodsItem";

/// Members of the head or of a line, which way their goods go.
type Names = (&'static [Row], Direction);

/// Puts a value under a path of names with points between.
pub(crate) fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(object.insert(path.to_owned(), value)),
        Some((class, rest)) => {
            let inner = object.entry(class).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                put(inner, rest, value);
            }
        }
    }
}

fn renamed((rows, direction): Names, record: &Map<String, Value>) -> Map<String, Value> {
    let mut object = Map::new();
    for (field, value) in record.iter().filter(|(_, value)| !value.is_array()) {
        let text = value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed);
        let named = |row: &&Row| !row.neutral.is_empty() && row.field(direction) == Some(field.as_str());
        match rows.iter().find(named) {
            Some(row) => put(&mut object, row.neutral, written(row.form, &text).into()),
            None => put(&mut object, &format!("{OWN}.{field}"), text.into()),
        }
    }
    object
}

/// A record of a dataset, whole or under a mask, in this form; none where the dataset has no such form.
pub fn of(kind: Kind, record: &Map<String, Value>) -> Option<Value> {
    let (sort, direction) = Sort::of(kind)?;
    let mut object = renamed((sort.head, direction), record);
    object.insert("TypeCode".to_owned(), sort.neutral_word(direction).into());
    if let Some(lines) = record.get("lines").and_then(Value::as_array) {
        let lines = lines.iter().filter_map(Value::as_object);
        let lines = lines.map(|line| Value::Object(renamed((sort.line, direction), line)));
        object.insert(LINES.to_owned(), lines.collect());
    }
    Some(Value::Object(object))
}

/// The fields of an object by their names in CEB; a member that has none keeps its path, and is told as unknown.
fn fields(names: Names, prefix: &str, object: &Map<String, Value>, into: &mut Map<String, Value>) {
    for (member, value) in object {
        let path = if prefix.is_empty() { member.clone() } else { format!("{prefix}.{member}") };
        if let Some(inner) = value.as_object() {
            fields(names, &path, inner, into);
            continue;
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let own = path.strip_prefix(OWN).and_then(|rest| rest.strip_prefix('.'));
        let named = |row: &&Row| row.neutral == path && row.field(names.1).is_some();
        let row = names.0.iter().find(named);
        let field = row.and_then(|row| Some((row.field(names.1)?, row.form)));
        match (field, own) {
            (Some((field, form)), _) => drop(into.insert(field.to_owned(), read(form, &text).into())),
            (None, Some(field)) => drop(into.insert(field.to_owned(), text.into())),
            (None, None) => drop(into.insert(path, text.into())),
        }
    }
}

/// The kind of a document in this form, by its `TypeCode`; none = it is no such document.
pub fn kind_of(document: &Value) -> Option<Kind> {
    let word = document.get("TypeCode")?.as_str()?;
    Sort::of_neutral(word).map(|(sort, direction)| sort.kind(direction))
}

/// A document as its dataset has it, without a mask.
pub fn record(document: &Document) -> Map<String, Value> {
    let whole = document.to_json();
    let parts = document.kind().parts();
    let head = parts.first().and_then(|part| whole.get(part.element)).unwrap_or(&whole);
    let mut record = head.as_object().cloned().unwrap_or_default();
    if let Some(lines) = parts.get(1).and_then(|part| whole.get(part.element)) {
        record.insert("lines".to_owned(), lines.clone());
    }
    record
}

/// What a message in this form has to have, for whoever sent another.
pub const EXPECTED: &str = "documents that all have one TypeCode: Order, Payment or Waybill, of exports ExportOrder, ExportPayment or ExportWaybill";

/// The message of these bytes, if they are JSON in this form.
pub fn parse(bytes: &[u8]) -> Option<Value> {
    // Another message is read once, by its own reader.
    let begin: Vec<u8> =
        bytes.iter().filter(|byte| !byte.is_ascii_whitespace()).take(ROOT.len() + 3).copied().collect();
    let expected = format!("{{\"{ROOT}\"");
    begin.starts_with(expected.as_bytes()).then(|| serde_json::from_slice(bytes).ok()).flatten()
}

/// The same message as CEB has it in JSON; none where it is not understood at all. Its documents are of one type.
pub fn to_ceb(message: &Value) -> Option<Value> {
    let body = message.get(ROOT)?.as_object()?;
    let documents = body.get("documents")?.as_array()?;
    let word = documents.first()?.get("TypeCode")?.as_str()?;
    let (sort, direction) = Sort::of_neutral(word)?;
    let (kind, head, line) = (sort.kind(direction), (sort.head, direction), (sort.line, direction));
    let mut converted = Vec::with_capacity(documents.len());
    for document in documents {
        let mut object = document.as_object()?.clone();
        if object.remove("TypeCode").as_ref().and_then(Value::as_str) != Some(word) {
            return None;
        }
        let lines = object.remove(LINES);
        let mut record = Map::new();
        fields(head, "", &object, &mut record);
        let rows = lines.as_ref().and_then(Value::as_array).into_iter().flatten();
        let rows = rows.filter_map(Value::as_object).map(|row| {
            let mut record = Map::new();
            fields(line, "", row, &mut record);
            Value::Object(record)
        });
        converted.push(nested(kind, record, rows.collect())?);
    }
    Some(of_records(kind, body.get("guid"), converted, body.get("BaseTransfer")))
}

/// A document of CEB, as its JSON nests it, of the fields of its head and lines.
pub(crate) fn nested(kind: Kind, head: Map<String, Value>, lines: Vec<Value>) -> Option<Value> {
    if kind.nesting() == Nesting::Flat {
        return Some(Value::Object(head));
    }
    let parts = kind.parts();
    let mut whole = Map::new();
    whole.insert(parts.first()?.element.to_owned(), head.into());
    if let Some(part) = parts.get(1) {
        whole.insert(part.element.to_owned(), lines.into());
    }
    Some(Value::Object(whole))
}

/// A message of CEB in JSON, of documents as it nests them.
pub(crate) fn of_records(
    kind: Kind,
    guid: Option<&Value>,
    documents: Vec<Value>,
    transfer: Option<&Value>,
) -> Value {
    let mut ceb = Map::new();
    ceb.insert("guid".to_owned(), guid.cloned().unwrap_or_default());
    ceb.insert("version".to_owned(), "1.0".into());
    ceb.insert(kind.element().to_owned(), documents.into());
    if let Some(transfer) = transfer {
        ceb.insert("BaseTransfer".to_owned(), transfer.clone());
    }
    json!({ kind.root(): ceb })
}

/// A message of documents, as their datasets have them, in this form.
pub fn message(
    guid: &str,
    kind: Kind,
    records: &[Map<String, Value>],
    transfer: Option<&Value>,
) -> Option<Value> {
    let documents: Vec<Value> = records.iter().map(|record| of(kind, record)).collect::<Option<_>>()?;
    let mut body = json!({"guid": guid, "version": VERSION, "documents": documents});
    if let Some(transfer) = transfer {
        body["BaseTransfer"] = transfer.clone();
    }
    Some(json!({ ROOT: body }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clearance::keys::Time as Instant;
    use clearance::sample::{self, Export, Trade};

    #[test]
    fn there_and_back_nothing_is_lost() {
        for number in 0..50 {
            let trade = Trade::new(9, number, Instant(1_795_399_200_000), 1_000);
            let export = Export::new(9, number, Instant(1_795_399_200_000));
            let money = (export.order.head.ebc_code.clone(), Document::ExportPayment(export.payment.clone()));
            let documents = trade.documents().into_iter().chain(export.documents()).chain([money]);
            for (sender, document) in documents {
                let sent = sample::message(&sender, vec![document.clone()]);
                let json = ceb::write_json(&sent);
                let transfer = &json[document.kind().root()]["BaseTransfer"];
                let Some(neutral) =
                    message(&sent.guid, document.kind(), &[record(&document)], Some(transfer))
                else {
                    let lists = [Kind::Declaration, Kind::ExportDeclaration];
                    assert!(lists.contains(&document.kind()), "all but the lists have this form");
                    continue;
                };
                let back = to_ceb(&neutral).unwrap();
                let parsed = ceb::parse_json(back.to_string().as_bytes(), &ceb::Limits::default());
                assert_eq!(parsed.defects, [], "{neutral}");
                let entries = parsed.message.unwrap().entries;
                assert_eq!(entries[0].document, document, "{neutral}");
            }
        }
    }

    #[test]
    fn what_is_not_understood_is_none_or_told_of_its_field() {
        let text = format!(" {{ \"{ROOT}\": {{}} }}");
        assert!(parse(text.as_bytes()).is_some() && parse(b"{\"CEB311Message\": {}}").is_none());
        assert!(parse(b"{\"NeutralMessage\": ").is_none(), "its own reader tells");
        for wrong in [
            json!({}),
            json!({ROOT: {}}),
            json!({ROOT: {"documents": []}}),
            json!({ROOT: {"documents": [{"TypeCode": "Letter"}]}}),
            json!({ROOT: {"documents": [{"TypeCode": "Order"}, {"TypeCode": "Payment"}]}}),
            json!({ROOT: {"documents": [7]}}),
        ] {
            assert_eq!(to_ceb(&wrong), None, "{wrong}");
        }
        let odd = json!({ROOT: {"guid": "0".repeat(36), "documents": [{"TypeCode": "Order", "Buyer": {"Shoe": 7}}]}});
        let parsed = ceb::parse_json(to_ceb(&odd).unwrap().to_string().as_bytes(), &ceb::Limits::default());
        let told = format!("{:?}", parsed.message.unwrap().entries[0].defects);
        assert!(told.contains("Buyer.Shoe"), "{told}");
    }
}
