//! Answers about sending: to a message, of a document that was filed, and what a message is made of.

use super::{Finding, or_empty};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The order that a document is of.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Code of the platform.
    pub platform: String,
    /// Number of the order.
    pub order_no: String,
}

/// The export order that a document is of.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportOrder {
    /// Code of the merchant.
    pub merchant: String,
    /// Number of the order.
    pub order_no: String,
}

/// What was answered to a document.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Answered {
    /// Its row.
    pub position: u64,
    /// Kind of its message.
    pub kind: Option<u16>,
    /// Its order.
    pub order: Option<Order>,
    /// Its export order.
    pub export: Option<ExportOrder>,
    /// Its status: 2, 120, 100, or below 0 where it was not accepted.
    pub status: i64,
    /// What was said.
    pub info: String,
    /// Whether it had been sent before.
    pub repeated: bool,
    /// Whether it is recorded and not judged yet.
    pub undecided: bool,
    /// What was found.
    #[serde(deserialize_with = "or_empty")]
    pub findings: Vec<Finding>,
}

impl Answered {
    /// Whether its sender has something to do about it.
    pub fn is_refused(&self) -> bool {
        !self.undecided && (self.status < 0 || self.status == 100)
    }
}

/// A message.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Message {
    /// Its row.
    pub position: u64,
    /// Digest of its bytes, by which it is found again.
    pub sha256: String,
    /// Its root.
    pub root: String,
    /// Why it was refused as a whole.
    pub refused: Option<String>,
}

/// The answer to a message.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct MessageAnswer {
    /// The message.
    pub message: Message,
    /// Its documents, in order.
    pub documents: Vec<Answered>,
}

/// How a list stands now.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Standing {
    /// State, as a number.
    pub state: u16,
    /// State, as a word.
    pub state_word: String,
    /// What stands against it.
    pub findings: Vec<Finding>,
}

/// Fields by their names.
pub type Fields = BTreeMap<String, String>;

/// A part of a document: its head, or its lines; of a flat document each field is a part.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// A field of a flat document.
    Text(String),
    /// The fields of a head.
    Head(Fields),
    /// The fields of each line.
    Lines(Vec<Fields>),
}

/// A document, as its sender filed it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Document {
    /// Its row.
    pub position: u64,
    /// Kind of its message.
    pub kind: u16,
    /// Row of its message.
    pub message: Option<u64>,
    /// Its order.
    pub order: Option<Order>,
    /// Its export order.
    pub export: Option<ExportOrder>,
    /// Its parts.
    pub document: BTreeMap<String, Part>,
    /// What was answered.
    pub answer: Answered,
    /// How it stands now.
    pub standing: Option<Standing>,
}

/// A field of a definition.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct FieldRule {
    /// Element name.
    pub name: String,
    /// As the specification writes the type.
    #[serde(rename = "type")]
    pub notation: String,
    /// Whether it must be there.
    pub mandatory: bool,
    /// What it means.
    pub meaning: String,
}

/// A part of a definition.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct PartRule {
    /// Its element.
    pub element: String,
    /// Whether it comes once a line.
    pub lines: bool,
    /// Its fields, in order.
    pub fields: Vec<FieldRule>,
}

/// What a message is made of.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Definition {
    /// Its kind.
    pub kind: u16,
    /// Its root.
    pub root: String,
    /// Element of a document.
    pub element: String,
    /// Whether the fields stand in the document itself.
    pub flat: bool,
    /// Lines that a document must have.
    #[serde(rename = "fewestLines")]
    pub fewest_lines: usize,
    /// Its parts.
    pub parts: Vec<PartRule>,
}

impl Definition {
    /// The name of a field in a form: part and element, of a line with its number from 1.
    pub fn name(part: &PartRule, line: Option<usize>, field: &str) -> String {
        match line {
            Some(line) => format!("{}[{}].{field}", part.element, line + 1),
            None => format!("{}.{field}", part.element),
        }
    }

    /// How the specification writes the type of the field that a path names.
    pub fn notation(&self, path: &str) -> Option<&str> {
        let name = path.rsplit(['/', '.']).next().unwrap_or(path);
        let part = named(path);
        let mut fields = self.parts.iter().filter(|one| self.flat || part.starts_with(&one.element));
        let field = fields.find_map(|one| one.fields.iter().find(|field| field.name == name));
        field.map(|field| field.notation.as_str())
    }

    /// A document's fields under their names in a form, and how many lines it has.
    pub fn values(&self, document: &BTreeMap<String, Part>) -> (Fields, usize) {
        let mut values = Fields::new();
        let mut lines = 0;
        for part in &self.parts {
            let mut add = |line: Option<usize>, fields: &Fields| {
                values.extend(fields.iter().map(|(name, text)| (Self::name(part, line, name), text.clone())));
            };
            if self.flat {
                let fields = document.iter().filter_map(|(name, value)| match value {
                    Part::Text(text) => Some((name.clone(), text.clone())),
                    _ => None,
                });
                add(None, &fields.collect());
            }
            match document.get(&part.element) {
                Some(Part::Head(fields)) => add(None, fields),
                Some(Part::Lines(all)) => {
                    lines = lines.max(all.len());
                    for (line, fields) in all.iter().enumerate() {
                        add(Some(line), fields);
                    }
                }
                _ => {}
            }
        }
        (values, lines)
    }
}

/// The name in a form of a field that a finding tells of: the last two steps of its path.
pub fn named(path: &str) -> String {
    let steps: Vec<&str> = path.split(['/', '.']).filter(|step| !step.is_empty()).collect();
    steps.iter().skip(steps.len().saturating_sub(2)).copied().collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_leads_to_its_field_however_its_path_is_written() {
        assert_eq!(named("InventoryHead.buyerName"), "InventoryHead.buyerName");
        assert_eq!(named("CEB311Message/Order[1]/OrderList[2]/qty"), "OrderList[2].qty");
        assert_eq!(named("qty"), "qty");
    }
}
