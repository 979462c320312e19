//! Goods of the country that entered a special zone with proof of what was declared for export of them: what a tax office refunds
//! tax by. Where it comes from is a document of a bonded book, which `register` reads.

use crate::Shared;
use crate::catalogue::{FieldKind, Own};
use clearance::Text;
use serde_json::{Map, Value, json};

pub(crate) const ENTRIES: [Own; 15] = [
    ("document", FieldKind::Text, true, "the checklist by which they entered: holder, book, kind, number"),
    ("line", FieldKind::Whole, true, "its line"),
    ("holder", FieldKind::Text, true, "code of the holder of the book"),
    ("book", FieldKind::Text, true, "number of the book"),
    ("item", FieldKind::Text, true, "item of the book"),
    ("lot", FieldKind::Text, true, "number of the lot"),
    ("quantity", FieldKind::Decimal, true, "quantity that entered, in the declared unit of the item"),
    ("quantity1", FieldKind::Decimal, true, "in its first legal unit"),
    ("quantity2", FieldKind::Decimal, false, "in its second legal unit"),
    ("exporter", FieldKind::Text, true, "code of the enterprise that declared them for export"),
    ("declaration", FieldKind::Text, true, "number of that customs declaration"),
    ("declarationLine", FieldKind::Whole, true, "its line"),
    ("exportDay", FieldKind::Day, true, "day on which it was released"),
    ("customs", FieldKind::Text, true, "code of the office that accepted the checklist"),
    ("entered", FieldKind::Time, true, "when they entered the book"),
];

/// A line by which goods entered.
#[derive(Clone, Debug)]
pub struct DomesticEntry<'a> {
    /// The record of the checklist.
    pub document: &'a str,
    /// Its line.
    pub line: u32,
    /// The holder of the book.
    pub holder: &'a str,
    /// The number of the book.
    pub book: &'a str,
    /// Item and lot.
    pub item: (&'a str, &'a str),
    /// Declared, first and second legal quantity.
    pub quantities: (&'a str, &'a str, Option<&'a str>),
    /// Who declared them for export.
    pub exporter: &'a str,
    /// Number and line of that declaration.
    pub declaration: (&'a str, u32),
    /// When it was released, yyyyMMdd.
    pub export_day: &'a str,
    /// Who accepted the checklist.
    pub customs: &'a str,
    /// When, as 17 digits.
    pub entered: &'a str,
}

/// What it gives.
pub fn of_domestic(entry: &DomesticEntry<'_>) -> Shared {
    let mut values = Map::new();
    let mut say = |name: &str, value: Value| {
        values.insert(name.to_owned(), value);
    };
    say("document", entry.document.into());
    say("line", entry.line.into());
    say("holder", entry.holder.into());
    say("book", entry.book.into());
    say("item", entry.item.0.into());
    say("lot", entry.item.1.into());
    say("quantity", entry.quantities.0.into());
    say("quantity1", entry.quantities.1.into());
    if let Some(second) = entry.quantities.2 {
        say("quantity2", json!(second));
    }
    say("exporter", entry.exporter.into());
    say("declaration", entry.declaration.0.into());
    say("declarationLine", entry.declaration.1.into());
    say("exportDay", entry.export_day.into());
    say("customs", entry.customs.into());
    say("entered", entry.entered.into());
    Shared {
        subject: format!("{}/{}", entry.document, entry.line),
        named_by: &["document", "line"],
        parties: vec![Text::from(entry.holder), Text::from(entry.exporter)],
        values,
    }
}
