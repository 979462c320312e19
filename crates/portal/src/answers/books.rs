//! Answers on bonded books.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Books of the reader, or of all.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Books {
    /// Each of them.
    pub books: Vec<Head>,
    /// Where the next page begins.
    pub after: Option<String>,
}

/// What there is to know of a book at once.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Head {
    /// Its id: holder and number.
    pub book: String,
    /// Its holder.
    pub holder: String,
    /// Its number.
    pub number: String,
    /// Its state.
    pub state: String,
    /// How many items it has.
    pub items: u64,
    /// How many more are applied for.
    pub proposed: u64,
    /// The stocktake that is under way.
    pub counting: Option<String>,
    /// When it changed last.
    pub changed: String,
}

/// A book with its stock.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Book {
    /// What there is to know at once.
    #[serde(flatten)]
    pub head: Head,
    /// By item.
    pub stock: Vec<Stock>,
    /// Deadlines that run, the first to end first.
    pub clocks: Vec<Clock>,
    /// The time as of which it is; none = now.
    pub at: Option<String>,
    /// Where the next page begins.
    pub from: Option<String>,
}

/// A deadline of a document.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Clock {
    /// The record of the document.
    pub document: String,
    /// Its kind.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// Its state.
    pub state: String,
    /// The last day.
    pub due: String,
    /// Whether its holder was warned.
    pub warned: bool,
    /// The last day before it was extended.
    pub extended: Option<String>,
    /// What its guarantee holds, in yuan.
    pub held: Option<String>,
    /// Taxes of sales that are not paid, in yuan.
    pub tax_due: Option<String>,
}

/// What is there of an item.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Stock {
    /// The item.
    pub item: Item,
    /// How much is where, in the declared unit.
    pub places: BTreeMap<String, String>,
    /// How much there is of it.
    pub inside: String,
    /// By lot.
    pub lots: Vec<Lot>,
}

/// An item.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Item {
    /// Its number in the book.
    pub number: String,
    /// What it is called.
    pub name: String,
    /// Its HS code.
    pub gcode: String,
    /// The holder's number of it.
    pub goods_no: String,
    /// Its declared unit.
    pub unit: String,
}

/// A lot.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Lot {
    /// Its number.
    pub lot: String,
    /// Its last day.
    pub expiry: Option<String>,
    /// Whether it may still be sold.
    pub sells: bool,
    /// The recalls that stop it.
    pub recalls: Vec<String>,
    /// How much is where.
    pub balances: BTreeMap<String, Quantities>,
}

/// Three quantities.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Quantities {
    /// In the declared unit.
    pub declared: String,
}

/// What moved.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Movements {
    /// The newest first.
    pub movements: Vec<Movement>,
    /// Where the next page begins.
    pub after: Option<String>,
}

/// One movement.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Movement {
    /// The item.
    pub item: String,
    /// The lot.
    pub lot: String,
    /// Where it was.
    pub from: String,
    /// Where it is then.
    pub to: String,
    /// How much.
    pub quantities: Quantities,
    /// By which document.
    pub by: Line,
    /// The trade whose list it is.
    pub trade: Option<Trade>,
    /// When.
    pub time: String,
}

/// A line of a document.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Line {
    /// The kind of the document.
    pub kind: String,
    /// Its number.
    pub number: String,
}

/// A trade.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Trade {
    /// Its platform, of an import.
    pub platform: String,
    /// Its merchant, of an export.
    pub merchant: Option<String>,
    /// Its order.
    pub order_no: String,
}

/// What an attempt took of a book, for officers.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct TakenOfBook {
    /// The book.
    pub book: String,
    /// Where it is: pre-deducted, given back, left.
    pub state: String,
    /// Line by line.
    pub lines: Vec<TakenLine>,
}

/// What a line took.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct TakenLine {
    /// The line of the list.
    pub line: u32,
    /// The item.
    pub item: String,
    /// The lot.
    pub lot: String,
    /// How much, in the declared unit.
    pub quantity: String,
}
