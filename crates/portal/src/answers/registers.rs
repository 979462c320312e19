//! What the interface answers of registers, and the way from the fields of a form to the body of a move and back: the
//! description of the fields says how each is written.

use crate::answers::Both;
use crate::language::{Language, Texts};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What stands in the fields of a form, by their names. A field of a body is named `body.` and its path.
pub type Fields = BTreeMap<String, String>;

/// What the names of a body's fields begin with.
pub const BODY: &str = "body";

/// Every register.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
pub struct Registers {
    /// Each of them.
    pub registers: Vec<About>,
}

/// What there is to know of a register.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct About {
    /// Its word.
    pub register: String,
    /// Whether the reader may read it.
    pub reads: bool,
    /// Its moves.
    pub moves: Vec<Step>,
    /// How much of it waits for the reader.
    pub waiting: Option<Waiting>,
}

/// How much waits.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Waiting {
    /// Records that wait for the reader.
    pub count: u64,
    /// Records whose time is over.
    pub overdue: u64,
    /// Whether there are more than were counted.
    pub more: bool,
}

/// A move.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Step {
    /// What is done.
    pub action: String,
    /// From which states.
    pub from: Vec<String>,
    /// To which state.
    pub to: String,
    /// Who makes it.
    pub who: String,
    /// Whether it must be explained.
    pub explained: bool,
    /// What its body is made of.
    pub fields: Option<Vec<Rule>>,
    /// Where the record says already what it asks for.
    pub stands: Option<String>,
}

/// A field of a body.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it is a list.
    pub many: bool,
    /// The words of which it is one.
    pub choices: Vec<String>,
    /// The fields within it.
    pub fields: Vec<Rule>,
    /// What counts where nothing is said.
    pub default: Option<bool>,
}

/// Who did something.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Actor {
    /// His party.
    pub party: String,
    /// His name.
    pub name: String,
}

/// A record, or a line of a list.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Word of its register.
    pub register: String,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// Its state.
    pub state: String,
    /// Whom it concerns.
    pub parties: Vec<String>,
    /// When it was made.
    pub created: String,
    /// When it changed last.
    pub changed: String,
    /// Its row.
    pub position: u64,
    /// Who changed it last.
    pub by: Actor,
    /// By which move.
    pub action: String,
    /// What he said to it.
    pub note: String,
    /// What it says.
    pub body: Value,
    /// In a list: some of what it says.
    pub summary: Map<String, Value>,
    /// What the reader may do with it.
    pub moves: Vec<Step>,
    /// Whether its time is over.
    pub overdue: bool,
    /// Whether it is the reader's party's own.
    pub yours: bool,
    /// In a list of questions for payment data: until when the answer is expected.
    pub due: Option<String>,
}

/// A page of a register.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Records {
    /// The records.
    pub records: Vec<Record>,
    /// Where the next page begins.
    pub after: Option<String>,
    /// Moves by which the reader may make one.
    pub new: Vec<Step>,
}

/// Every version of a record, the newest first.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
pub struct Versions {
    /// The versions.
    pub versions: Vec<Record>,
}

/// One thing wrong with what was sent.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Fault {
    /// Where.
    pub path: String,
    /// What was sent.
    pub value: String,
    /// What was expected.
    #[serde(rename = "text")]
    pub expected: Both,
}

impl Fault {
    /// What was expected, in the reader's language.
    pub fn told(&self, texts: Texts) -> &str {
        if texts.language() == Language::Chinese { &self.expected.zh } else { &self.expected.en }
    }
}

/// The names of the rows of a list within a form, and how many there are.
pub fn rows(name: &str, fields: &Fields) -> usize {
    fields.get(&format!("rows.{name}")).and_then(|text| text.parse().ok()).unwrap_or(0).min(ROWS)
}

/// Rows of a list at most.
const ROWS: usize = 50;

/// The body that the fields of a form say, and what cannot be said so.
pub fn body_of(rules: &[Rule], fields: &Fields, faults: &mut Vec<Fault>) -> Value {
    Value::Object(object(rules, BODY, fields, faults))
}

fn object(rules: &[Rule], prefix: &str, fields: &Fields, faults: &mut Vec<Fault>) -> Map<String, Value> {
    let mut found = Map::new();
    for rule in rules {
        let name = format!("{prefix}.{}", rule.name);
        let value = match (rule.many, rule.kind.as_str()) {
            (true, _) => list(rule, &name, fields),
            (false, "group") if !rule.required => left_out(rule, &name, fields, faults),
            (false, _) => one(rule, &name, fields, faults),
        };
        let value = match (rule.kind.as_str(), rule.many) {
            ("group" | "word-or-group", true) => Value::Array(
                (0..rows(&name, fields))
                    .map(|row| object(&rule.fields, &format!("{name}[{row}]"), fields, faults))
                    .filter(|row| row.values().any(|value| !is_empty(value)))
                    .map(|row| shortened(rule, row))
                    .collect(),
            ),
            _ => value,
        };
        if rule.required || !is_empty(&value) {
            found.insert(rule.name.clone(), value);
        }
    }
    found
}

/// Fields that belong together and may be left out together: where none was filled in, nothing is said and nothing is wrong.
fn left_out(rule: &Rule, name: &str, fields: &Fields, faults: &mut Vec<Fault>) -> Value {
    let mut own = Vec::new();
    let members = object(&rule.fields, name, fields, &mut own);
    if members.values().all(is_empty) {
        return Value::Null;
    }
    faults.append(&mut own);
    Value::Object(members)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// A row that says one word alone is that word.
fn shortened(rule: &Rule, row: Map<String, Value>) -> Value {
    let word = rule.fields.first().and_then(|first| row.get(&first.name)).cloned();
    let others = row.iter().filter(|(name, _)| rule.fields.first().is_none_or(|first| first.name != **name));
    match word {
        Some(word) if rule.kind == "word-or-group" && others.clone().all(|(_, value)| is_empty(value)) => {
            word
        }
        _ => Value::Object(row),
    }
}

fn list(rule: &Rule, name: &str, fields: &Fields) -> Value {
    let text = fields.get(name).map(String::as_str).unwrap_or_default();
    let items: Vec<String> = match rule.kind.as_str() {
        "choice" => {
            let chosen = |word: &&String| fields.contains_key(&format!("{name}.{word}"));
            rule.choices.iter().filter(chosen).cloned().collect()
        }
        "certificate" => certificates(text),
        _ => text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
    };
    items.into()
}

/// Certificates that stand one after another, each in PEM or a line.
fn certificates(text: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), None::<String>);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match &mut open {
            None if line.starts_with("-----BEGIN") => open = Some(line.to_owned()),
            None => found.push(line.to_owned()),
            Some(pem) => {
                pem.push('\n');
                pem.push_str(line);
                if line.starts_with("-----END") {
                    found.extend(open.take());
                }
            }
        }
    }
    found.extend(open);
    found
}

fn one(rule: &Rule, name: &str, fields: &Fields, faults: &mut Vec<Fault>) -> Value {
    let text = fields.get(name).map(|text| text.trim()).unwrap_or_default();
    match rule.kind.as_str() {
        "group" => Value::Object(object(&rule.fields, name, fields, faults)),
        "flag" => (!text.is_empty()).into(),
        "maybe" => match text {
            "yes" => true.into(),
            "no" => false.into(),
            _ => Value::Null,
        },
        "number" => match text.parse::<u64>() {
            Ok(number) => number.into(),
            Err(_) if text.is_empty() && !rule.required => Value::Null,
            Err(_) => {
                let path = name.strip_prefix("body.").unwrap_or(name).to_owned();
                let expected = Both { zh: "整数".to_owned(), en: "a whole number".to_owned() };
                faults.push(Fault { path, value: text.to_owned(), expected });
                text.into()
            }
        },
        // Browsers write days and seconds with signs between.
        "date" => text.replace('-', "").into(),
        "instant" => {
            let digits: String = text.chars().filter(|sign| sign.is_alphanumeric() && *sign != 'T').collect();
            if digits.len() == 12 { format!("{digits}00").into() } else { digits.into() }
        }
        "map" => pairs(text),
        "record" => record(text),
        _ => text.into(),
    }
}

/// `name = text, text`, one a line.
fn pairs(text: &str) -> Value {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let pair = |line: &str| {
        let (name, texts) = line.split_once('=').unwrap_or((line, ""));
        let texts: Vec<&str> = texts.split(',').map(str::trim).filter(|text| !text.is_empty()).collect();
        (name.trim().to_owned(), Value::from(texts))
    };
    Value::Object(lines.map(pair).collect())
}

/// `name = text`, one a line; `name[] = text, text` is a list.
fn record(text: &str) -> Value {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let pair = |line: &str| {
        let (name, said) = line.split_once('=').unwrap_or((line, ""));
        let texts = || said.split(',').map(str::trim).filter(|text| !text.is_empty()).collect::<Value>();
        let list = name.trim().strip_suffix("[]").map(|name| (name.trim().to_owned(), texts()));
        list.unwrap_or_else(|| (name.trim().to_owned(), said.trim().into()))
    };
    Value::Object(lines.map(pair).collect())
}

/// The fields of a form that says what a body says.
pub fn fields_of(rules: &[Rule], body: &Value) -> Fields {
    let mut fields = Fields::new();
    fill(rules, BODY, body, &mut fields);
    fields
}

/// The fields of a form that says nothing yet.
pub fn fresh(rules: &[Rule]) -> Fields {
    let set = rules.iter().filter(|rule| rule.default == Some(true));
    set.map(|rule| (format!("{BODY}.{}", rule.name), "yes".to_owned())).collect()
}

fn fill(rules: &[Rule], prefix: &str, body: &Value, fields: &mut Fields) {
    for rule in rules {
        let name = format!("{prefix}.{}", rule.name);
        let value = &body[rule.name.as_str()];
        match (rule.kind.as_str(), value) {
            ("group", Value::Object(_)) => fill(&rule.fields, &name, value, fields),
            ("group" | "word-or-group", Value::Array(items)) => {
                fields.insert(format!("rows.{name}"), items.len().to_string());
                for (row, item) in items.iter().enumerate() {
                    let at = format!("{name}[{row}]");
                    match (item, rule.fields.first()) {
                        (Value::String(word), Some(first)) => {
                            fields.insert(format!("{at}.{}", first.name), word.clone());
                        }
                        _ => fill(&rule.fields, &at, item, fields),
                    }
                }
            }
            ("choice", Value::Array(items)) if rule.many => {
                let chosen = items.iter().filter_map(Value::as_str);
                fields.extend(chosen.map(|word| (format!("{name}.{word}"), "yes".to_owned())));
            }
            ("flag", value) if value.as_bool().or(rule.default) == Some(true) => {
                fields.insert(name, "yes".to_owned());
            }
            ("maybe", Value::Bool(yes)) => {
                fields.insert(name, if *yes { "yes" } else { "no" }.to_owned());
            }
            ("map", Value::Object(members)) => {
                let texts = |value: &Value| {
                    let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                    texts.collect::<Vec<&str>>().join(", ")
                };
                let lines: Vec<String> =
                    members.iter().map(|(name, value)| format!("{name} = {}", texts(value))).collect();
                fields.insert(name, lines.join("\n"));
            }
            ("record", Value::Object(members)) => {
                let line = |(name, value): (&String, &Value)| match value {
                    Value::Array(_) => format!("{name}[] = {}", plain(value)),
                    value => format!("{name} = {}", plain(value)),
                };
                fields.insert(name, members.iter().map(line).collect::<Vec<String>>().join("\n"));
            }
            (_, Value::Array(items)) => {
                let lines: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                fields.insert(name, lines.join("\n"));
            }
            (_, Value::String(text)) => {
                fields.insert(name, text.clone());
            }
            (_, Value::Number(number)) => {
                fields.insert(name, number.to_string());
            }
            _ => {}
        }
    }
}

/// What differs between two bodies: path, before, after; a value that is not there is empty.
pub fn differences(before: &Value, after: &Value) -> Vec<(String, String, String)> {
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    leaves("", before, &mut old);
    leaves("", after, &mut new);
    let mut paths: Vec<&String> = old.keys().chain(new.keys()).collect();
    paths.sort_unstable();
    paths.dedup();
    let text = |found: Option<&String>| found.cloned().unwrap_or_default();
    let changed = paths.into_iter().filter(|path| old.get(*path) != new.get(*path));
    changed.map(|path| (path.clone(), text(old.get(path)), text(new.get(path)))).collect()
}

fn leaves(path: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| leaves(&below(name), value, found));
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (index, item) in items.iter().enumerate() {
                leaves(&format!("{path}[{}]", index + 1), item, found);
            }
        }
        Value::Array(items) if items.is_empty() => {}
        other => {
            found.insert(path.to_owned(), plain(other));
        }
    }
}

/// A value as a text; of a list its texts, parted by commas.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<String>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
