//! Items, lines and stocks of bonded books as they are sent and stored: JSON forms, and what `book` makes of them.

use super::rebate::RebateForm;
use crate::{Fault, says};
use book::{
    Cause, DocumentKey, DocumentKind, Item, LegalUnit, LineKey, Lot, LotStock, Open, Operation, Place,
    Posting, Purpose, Quantities, Resolution, Source, Stock, StockKey,
};
use ceb::{Day, Decimal, StampMillis};
use clearance::Text;
use clearance::bonded::Moved;
use clearance::record::{RecordKey, Register};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An item as it is applied for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ItemForm {
    /// Its number in the book (`itemRecordNo`).
    pub number: String,
    /// Ten-digit HS code.
    pub gcode: String,
    /// The enterprise's own goods number.
    pub goods_no: String,
    /// What it is called.
    pub name: String,
    /// Declared unit.
    pub unit: String,
    /// First legal unit.
    pub unit1: String,
    /// How many of it one declared unit is.
    pub factor1: String,
    /// Second legal unit.
    #[serde(default)]
    pub unit2: Option<String>,
    /// How many of it one declared unit is.
    #[serde(default)]
    pub factor2: Option<String>,
    /// By how many thousandths a legal quantity may differ.
    #[serde(default)]
    pub tolerance: u16,
    /// Days before expiry from which a lot is no longer sold.
    #[serde(default)]
    pub stop_sale_days: u16,
}

/// Operations that people enter by a document; those of lists are the trades' own.
pub const OPERATIONS: &[&str] = &[
    "enter",
    "enter-domestic",
    "enter-opening",
    "receive",
    "transfer",
    "exhibition",
    "inspection",
    "re-export",
    "general-trade",
    "destruction",
    "sample",
    "bring-back",
    "exhibition-return",
    "exhibition-sale",
    "inspection-end",
    "restock",
    "return-abroad",
    "destroy-returned",
    "count",
    "enter-first",
    "declare",
    "send-back",
    "exhibition-destruction",
];
/// Words of causes of a difference.
pub const CAUSES: &[&str] = &["none", "conversion", "natural-loss", "mispick", "theft", "unposted"];

/// A line of a document. Which fields an operation needs is said by its checks.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LineForm {
    /// What is done: a word of [`OPERATIONS`].
    pub operation: String,
    /// Number of the item.
    pub item: String,
    /// Quantity in the declared unit; none = all that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    /// Quantity in the first legal unit, of goods that enter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity1: Option<String>,
    /// Quantity in the second legal unit, of goods that enter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity2: Option<String>,
    /// Number of the lot; none = first what expires first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Country of origin of a lot that enters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Its last day, yyyyMMdd.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<String>,
    /// The book that a transfer goes to: holder, colon, number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Kind of the document whose line is resolved or received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_document: Option<String>,
    /// Its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_number: Option<String>,
    /// Its line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_line: Option<u32>,
    /// Who issued it; none = the holder, of what is received the holder of the book that sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_issuer: Option<String>,
    /// The book that sent what is received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_book: Option<String>,
    /// Its item there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_item: Option<String>,
    /// What explains a difference that was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// By which document a loss was taxed or written off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
    /// What goods that go to an exhibition, or are sold there, are worth in yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dutiable_value: Option<String>,
    /// Of goods of the country that enter: by which declaration they were exported into the zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebate: Option<RebateForm>,
}

/// How goods passed the gate that are declared later.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EntryForm {
    /// The checkpoint of the zone.
    pub checkpoint: String,
    /// When they passed it, yyyyMMddHHmmss.
    pub passed: String,
    /// The day on which their conveyance arrived, yyyyMMdd: from it the deadline runs.
    pub arrived: String,
    /// Which conveyance: flight, train, vehicle, with its manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conveyance: Option<String>,
    /// The record of the site that saw them: an X-ray, a weight, a gate list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<String>,
}

impl EntryForm {
    /// The record of the site.
    pub fn scan_key(&self) -> Option<RecordKey> {
        Some(RecordKey::new(Register::SiteRecord, &some(self.scan.as_ref())?))
    }
}

/// Where goods are exhibited, and who guarantees for them.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExhibitionForm {
    /// Where.
    pub venue: String,
    /// Code of the guarantor.
    pub guarantor: String,
    /// The last day on which they are back, yyyyMMdd; none = as late as the law allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
}

fn decimal(path: &str, text: Option<&str>, faults: &mut Vec<Fault>) -> Decimal {
    let text = text.unwrap_or("").trim();
    Decimal::parse(text).unwrap_or_else(|| {
        faults.push(Fault::new(path, text, says::POSITIVE_NUMBER.said()));
        Decimal::ZERO
    })
}

fn some(text: Option<&String>) -> Option<Text> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty()).map(Text::from)
}

impl ItemForm {
    /// The item; what cannot be read is a fault.
    pub fn item(&self, path: &str, faults: &mut Vec<Fault>) -> Item {
        let at = |field: &str| format!("{path}.{field}");
        let first = LegalUnit {
            unit: self.unit1.trim().into(),
            factor: decimal(&at("factor1"), Some(&self.factor1), faults),
        };
        let second = some(self.unit2.as_ref())
            .map(|unit| LegalUnit { unit, factor: decimal(&at("factor2"), self.factor2.as_deref(), faults) });
        Item {
            number: self.number.trim().into(),
            gcode: self.gcode.trim().into(),
            goods_no: self.goods_no.trim().into(),
            unit: self.unit.trim().into(),
            first,
            second,
            tolerance: self.tolerance,
            stop_sale_days: self.stop_sale_days,
        }
    }
}

impl LineForm {
    /// The line that it resolves or receives, of documents whose issuer is `holder` unless it says another.
    pub fn of(&self, holder: &str) -> Option<LineKey> {
        let kind = DocumentKind::from_word(self.of_document.as_deref()?.trim())?;
        let issuer = some(self.of_issuer.as_ref()).or_else(|| {
            let from = self.from_book.as_deref()?.split(':').next()?;
            Some(from.trim().into())
        });
        let issuer = issuer.unwrap_or_else(|| holder.into());
        let document = DocumentKey { kind, issuer, number: some(self.of_number.as_ref())? };
        Some(LineKey { document, line: self.of_line.unwrap_or(1) })
    }

    /// What it does; what cannot be read is a fault.
    pub fn operation(&self, path: &str, holder: &str, faults: &mut Vec<Fault>) -> Option<Operation> {
        let at = |field: &str| format!("{path}.{field}");
        let quantity = |faults: &mut Vec<Fault>| decimal(&at("quantity"), self.quantity.as_deref(), faults);
        let maybe = |faults: &mut Vec<Fault>| {
            let text = some(self.quantity.as_ref())?;
            Some(decimal(&at("quantity"), Some(&text), faults))
        };
        let word = self.operation.as_str();
        let source = match word {
            "enter" => Some(Source::Abroad),
            "enter-domestic" => Some(Source::Domestic),
            "enter-opening" => Some(Source::Opening),
            _ => None,
        };
        if source.is_some() || word == "enter-first" {
            let second = some(self.quantity2.as_ref());
            let quantities = Quantities {
                declared: quantity(faults),
                first: decimal(&at("quantity1"), self.quantity1.as_deref(), faults),
                second: second.map_or(Decimal::ZERO, |text| decimal(&at("quantity2"), Some(&text), faults)),
            };
            let expiry = some(self.expiry.as_ref());
            let day = expiry.as_ref().and_then(|text| Day::parse(text));
            if let Some(text) = expiry.filter(|_| day.is_none()) {
                faults.push(Fault::new(&at("expiry"), &text, says::A_DAY.said()));
            }
            let lot = Lot {
                number: some(self.lot.as_ref()).unwrap_or_default(),
                origin: some(self.origin.as_ref()).unwrap_or_default(),
                expiry: day,
            };
            return Some(match source {
                Some(source) => Operation::Enter { source, lot, quantities },
                None => Operation::EnterFirst { lot, quantities },
            });
        }
        if let Some(purpose) = Purpose::from_word(word).filter(|_| OPERATIONS.contains(&word)) {
            let (lot, to) = (some(self.lot.as_ref()), some(self.to.as_ref()));
            return Some(Operation::Take { purpose, quantity: quantity(faults), stated: None, lot, to });
        }
        let cause = self.cause.as_deref().unwrap_or("none");
        let Some(cause) = Cause::from_word(cause) else {
            let words = says::ONE_OF.with(&[("words", &CAUSES.join(", "))]);
            faults.push(Fault::new(&at("cause"), cause, words));
            return None;
        };
        if word == "count" {
            let lot = some(self.lot.as_ref()).unwrap_or_default();
            let approval = some(self.approval.as_ref());
            return Some(Operation::Count { lot, counted: quantity(faults), cause, approval });
        }
        let resolution = Resolution::from_word(word);
        if resolution.is_none() && !matches!(word, "receive" | "declare") {
            let words = says::ONE_OF.with(&[("words", &OPERATIONS.join(", "))]);
            faults.push(Fault::new(&at("operation"), word, words));
            return None;
        }
        let Some(of) = self.of(holder) else {
            let value = self.of_document.as_deref().unwrap_or("");
            faults.push(Fault::new(&at("ofDocument"), value, says::BONDED_OF.said()));
            return None;
        };
        let quantity = maybe(faults);
        if word == "declare" {
            return Some(Operation::Declare { of, quantity, cause, approval: some(self.approval.as_ref()) });
        }
        if let Some(resolution) = resolution {
            return Some(Operation::Resolve { of, resolution, quantity });
        }
        let book = some(self.from_book.as_ref()).unwrap_or_default();
        let item = some(self.from_item.as_ref()).unwrap_or_default();
        Some(Operation::Receive { from: StockKey { book, item }, of, quantity })
    }
}

/// Three quantities as texts: declared, first legal, second legal.
pub type Three = (String, String, String);

pub(super) fn three(quantities: &Quantities) -> Three {
    (quantities.declared.to_string(), quantities.first.to_string(), quantities.second.to_string())
}

fn quantities(three: &Three) -> Quantities {
    let of = |text: &str| Decimal::parse(text).unwrap_or_default();
    Quantities { declared: of(&three.0), first: of(&three.1), second: of(&three.2) }
}

/// A document as movements name it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct NamedLine {
    /// Its kind.
    pub kind: String,
    /// Who issued it.
    pub issuer: String,
    /// Its number.
    pub number: String,
    /// The line.
    pub line: u32,
}

impl NamedLine {
    /// Of a key.
    pub fn of(key: &LineKey) -> Self {
        let DocumentKey { kind, issuer, number } = &key.document;
        Self {
            kind: kind.word().to_owned(),
            issuer: issuer.to_string(),
            number: number.to_string(),
            line: key.line,
        }
    }
    /// The key; none where the kind is not known.
    pub fn key(&self) -> Option<LineKey> {
        let kind = DocumentKind::from_word(&self.kind)?;
        let document =
            DocumentKey { kind, issuer: self.issuer.as_str().into(), number: self.number.as_str().into() };
        Some(LineKey { document, line: self.line })
    }
}

/// One movement, as stocks keep it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct MovedForm {
    /// By which line.
    pub by: NamedLine,
    /// Which line it resolves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<NamedLine>,
    /// The lot.
    pub lot: String,
    /// Where it was.
    pub from: String,
    /// Where it is then.
    pub to: String,
    /// How much.
    pub quantities: Three,
}

impl MovedForm {
    /// What a line moved of a stock.
    pub fn of(moved: &Moved, stock: &StockKey) -> Vec<Self> {
        let one = |posting: &Posting| Self {
            by: NamedLine::of(&moved.key),
            of: moved.of.as_ref().map(NamedLine::of),
            lot: posting.lot.to_string(),
            from: posting.from.word().to_owned(),
            to: posting.to.word().to_owned(),
            quantities: three(&posting.quantities),
        };
        moved.postings.iter().filter(|posting| posting.stock == *stock).map(one).collect()
    }
    /// Places and quantities; none where a place is not known.
    pub fn posting(&self, stock: &StockKey) -> Option<Posting> {
        Some(Posting {
            stock: stock.clone(),
            lot: self.lot.as_str().into(),
            from: Place::from_word(&self.from)?,
            to: Place::from_word(&self.to)?,
            quantities: quantities(&self.quantities),
        })
    }
}

/// What of a lot rests where a line put it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct OpenForm {
    /// The lot.
    pub lot: String,
    /// How much.
    pub quantities: Three,
}

impl OpenForm {
    /// Of what is open.
    pub fn of(open: &Open) -> Self {
        Self { lot: open.lot.to_string(), quantities: three(&open.quantities) }
    }
    /// What is open.
    pub fn open(&self) -> Open {
        Open { lot: self.lot.as_str().into(), quantities: quantities(&self.quantities) }
    }
}

/// A lot with its balances.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct LotForm {
    /// Its number.
    pub number: String,
    /// Its origin.
    pub origin: String,
    /// Its last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<String>,
    /// When it came in, as 17 digits.
    pub entered: u64,
    /// By the word of the place.
    pub balances: BTreeMap<String, Three>,
    /// The recall that stops it; of several the one that did first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// The others that stop it as well, in the order in which they did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stopped_too: Vec<String>,
}

impl LotForm {
    /// The recalls that stop it, in the order in which they did.
    pub fn recalls(&self) -> impl Iterator<Item = &str> {
        self.stopped.iter().chain(&self.stopped_too).map(String::as_str)
    }
}

/// An item as its record keeps it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct StockForm {
    /// As it was filed.
    pub item: ItemForm,
    /// Its lots.
    pub lots: Vec<LotForm>,
    /// What moved since the version before.
    pub moved: Vec<MovedForm>,
    /// The row of the last version of an earlier day: who looks for an earlier time goes there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_before: Option<u64>,
}

impl StockForm {
    /// The stock of a record's id.
    pub fn stock(&self, id: &str) -> Option<Stock> {
        let (book, item) = id.rsplit_once(':')?;
        let lots = self.lots.iter().map(|lot| LotStock {
            lot: Lot {
                number: lot.number.as_str().into(),
                origin: lot.origin.as_str().into(),
                expiry: lot.expiry.as_deref().and_then(Day::parse),
            },
            entered: StampMillis::from_number(lot.entered).unwrap_or_default(),
            balances: lot
                .balances
                .iter()
                .filter_map(|(word, three)| Some((Place::from_word(word)?, quantities(three))))
                .collect(),
            stopped: lot.recalls().map(Text::from).collect(),
        });
        let lots = lots.collect();
        let item_of = self.item.item("", &mut Vec::new());
        Some(Stock { key: StockKey { book: book.into(), item: item.into() }, item: item_of, lots })
    }

    /// The lots of a stock.
    pub fn lots(stock: &Stock) -> Vec<LotForm> {
        let one = |lot: &LotStock| LotForm {
            number: lot.lot.number.to_string(),
            origin: lot.lot.origin.to_string(),
            expiry: lot.lot.expiry.map(|day| day.to_string()),
            entered: lot.entered.number(),
            balances: lot
                .balances
                .iter()
                .map(|(place, quantities)| (place.word().to_owned(), three(quantities)))
                .collect(),
            stopped: lot.stopped.first().map(Text::to_string),
            stopped_too: lot.stopped.iter().skip(1).map(Text::to_string).collect(),
        };
        stock.lots.iter().map(one).collect()
    }
}
