//! Parcels as a table: comma-separated, a line for each content, lines of one parcel one after another. Columns in any order;
//! what all lines of a parcel share stands in its first, and is empty or the same in the others. Every defect is told with its
//! line. Leaves to `parcel` whether what is said can be right.

use super::{CONTENTS, Consignee, Content, Parcel, Sender, tracking_of};
use crate::{Fault, says};
use clearance::Text;

/// Columns of what a parcel has once; those with `true` must be there.
static HEAD: [(&str, bool); 20] = [
    ("tracking_number", true),
    ("channel", true),
    ("form", true),
    ("category", true),
    ("sender_name", true),
    ("sender_country", true),
    ("sender_firm", false),
    ("sender_address", false),
    ("consignee_name", true),
    ("consignee_identity", false),
    ("consignee_telephone", false),
    ("consignee_address", true),
    ("indivisible", false),
    ("declared_value", false),
    ("gross_weight", false),
    ("postage", false),
    ("postage_currency", false),
    ("manifest", false),
    ("site", true),
    ("arrived_at", true),
];

/// Columns of each content.
static CONTENT: [(&str, bool); 9] = [
    ("description", true),
    ("hs_code", false),
    ("heading", false),
    ("catalogue", false),
    ("quantity", true),
    ("net_weight", false),
    ("value", true),
    ("currency", true),
    ("origin", false),
];

/// A parcel of a table.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Row {
    /// Its first line, from 1; the header is line 1.
    pub line: u64,
    /// Its tracking number.
    pub tracking: Text,
    /// What it says.
    pub parcel: Parcel,
    /// What is wrong with how it is written; then it is not given.
    pub faults: Vec<Fault>,
}

/// Where each column stands.
struct Columns(Vec<(&'static str, usize)>);

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut found: Vec<(&'static str, usize)> = Vec::new();
        let all = || HEAD.iter().chain(&CONTENT);
        for (at, name) in header.iter().enumerate() {
            // A mark that says how a file is written is no part of the first name.
            let name = name.trim_start_matches('\u{FEFF}').trim();
            match all().find(|column| column.0 == name) {
                Some(column) if found.iter().any(|(known, _)| *known == column.0) => {
                    faults.push(Fault::new("header", name, says::PARCEL_COLUMN_TWICE.said()));
                }
                Some(column) => found.push((column.0, at)),
                None => {
                    let known: Vec<&str> = all().map(|column| column.0).collect();
                    let said = says::ONE_OF.with(&[("words", &known.join(", "))]);
                    faults.push(Fault::new("header", name, said));
                }
            }
        }
        for (name, _) in all().filter(|column| column.1) {
            if !found.iter().any(|(known, _)| known == name) {
                faults.push(Fault::new("header", name, says::PARCEL_COLUMN.said()));
            }
        }
        if faults.is_empty() { Ok(Self(found)) } else { Err(faults) }
    }

    fn get<'a>(&self, record: &'a csv::StringRecord, name: &str) -> &'a str {
        let at = self.0.iter().find(|(known, _)| *known == name).map(|(_, at)| *at);
        at.and_then(|at| record.get(at)).unwrap_or_default().trim()
    }
}

fn flag(path: &str, text: &str, faults: &mut Vec<Fault>) -> bool {
    match text {
        "" | "no" | "0" | "false" => false,
        "yes" | "1" | "true" => true,
        _ => {
            faults.push(Fault::new(path, text, says::ONE_OF.with(&[("words", "yes, no")])));
            false
        }
    }
}

fn first(columns: &Columns, record: &csv::StringRecord, line: u64) -> Row {
    let mut faults = Vec::new();
    let text = |name: &str| columns.get(record, name).to_owned();
    let tracking = tracking_of(columns.get(record, "tracking_number"));
    if tracking.is_empty() {
        faults.push(Fault::new("tracking_number", "", says::NOT_EMPTY.said()));
    }
    let parcel = Parcel {
        channel: text("channel"),
        form: text("form"),
        category: text("category"),
        sender: Sender {
            name: text("sender_name"),
            country_code: text("sender_country"),
            firm: flag("sender_firm", columns.get(record, "sender_firm"), &mut faults),
            address: text("sender_address"),
        },
        consignee: Consignee {
            name: text("consignee_name"),
            identity: text("consignee_identity"),
            telephone: text("consignee_telephone"),
            address: text("consignee_address"),
        },
        contents: Vec::new(),
        indivisible: flag("indivisible", columns.get(record, "indivisible"), &mut faults),
        declared_value: text("declared_value"),
        gross_weight: text("gross_weight"),
        postage: text("postage"),
        postage_currency: text("postage_currency"),
        manifest: text("manifest"),
        site: text("site"),
        arrived_at: text("arrived_at"),
        keys: None,
    };
    Row { line, tracking, parcel, faults }
}

fn content(columns: &Columns, record: &csv::StringRecord) -> Content {
    let text = |name: &str| columns.get(record, name).to_owned();
    Content {
        description: text("description"),
        hs_code: text("hs_code"),
        heading: text("heading"),
        catalogue: text("catalogue"),
        quantity: text("quantity"),
        net_weight: text("net_weight"),
        value: text("value"),
        currency: text("currency"),
        origin: text("origin"),
    }
}

/// The parcels of a table, `most` at most.
///
/// # Errors
/// What is wrong with the table as a whole: its header, or that it has none or too many.
pub fn rows(text: &str, most: usize) -> Result<Vec<Row>, Vec<Fault>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(true).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| {
        vec![Fault::new("header", "", says::NOT_READ.with(&[("error", &error.to_string())]))]
    })?;
    let columns = Columns::of(header)?;
    let width = header.len();
    let mut found: Vec<Row> = Vec::new();
    // The line with which the parcel begins: what the others are held against.
    let mut head = csv::StringRecord::new();
    for (index, record) in reader.records().enumerate() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let wrong = Fault::new("line", "", says::NOT_READ.with(&[("error", &error.to_string())]));
                found.push(Row { line: index as u64 + 2, faults: vec![wrong], ..Row::default() });
                continue;
            }
        };
        let line = record.position().map_or(index as u64 + 2, csv::Position::line);
        let tracking = tracking_of(columns.get(&record, "tracking_number"));
        let goes_on = found.last().is_some_and(|last| {
            !last.tracking.is_empty() && (tracking.is_empty() || last.tracking == tracking)
        });
        if !goes_on {
            if found.len() == most {
                let said = says::AT_MOST.with(&[("most", &most.to_string())]);
                return Err(vec![Fault::new("line", &line.to_string(), said)]);
            }
            found.push(first(&columns, &record, line));
            head = record.clone();
        }
        let Some(row) = found.last_mut() else { continue };
        if record.len() != width {
            let said = says::PARCEL_WIDTH.with(&[("columns", &width.to_string())]);
            row.faults.push(Fault::new(&format!("line {line}"), &record.len().to_string(), said));
        }
        for (name, _) in HEAD.iter().filter(|_| goes_on).skip(1) {
            let (own, of_parcel) = (columns.get(&record, name), columns.get(&head, name));
            if !own.is_empty() && own != of_parcel {
                let path = format!("line {line}.{name}");
                row.faults.push(Fault::new(&path, own, says::PARCEL_SAME.said()));
            }
        }
        // One more than may be there is kept: that it is too many is told with the others.
        if row.parcel.contents.len() <= CONTENTS {
            row.parcel.contents.push(content(&columns, &record));
        }
    }
    if found.is_empty() {
        return Err(vec![Fault::new("line", "", says::NOT_EMPTY.said())]);
    }
    Ok(found)
}
