//! What is told of goods by their code, codes of a lot, and recalls.

use super::Both;
use serde::Deserialize;

/// What everybody is told of a code.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Traced {
    /// Goods, as their number.
    pub gtin: String,
    /// The lot.
    pub lot: String,
    /// The serial number.
    pub serial: String,
    /// `issued`, or `void`.
    pub state: String,
    /// What they are.
    pub goods: Option<Goods>,
    /// Where they are from.
    pub origin: Option<Origin>,
    /// Last day.
    pub expiry: Option<String>,
    /// The day on which the lot came into the zone.
    pub entered: Option<String>,
    /// Who brought them in.
    pub importer: Importer,
    /// Where that is.
    pub park: Option<Park>,
    /// Its parcel; none = it is in none yet.
    pub parcel: Option<Parcel>,
    /// The recalls that stop the lot, in the order in which they did.
    pub recalls: Vec<Recalled>,
    /// How often it was scanned.
    pub scans: Scans,
}

/// What goods are.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Goods {
    /// What they are called.
    pub name: String,
    /// Their code of the tariff.
    pub hs_code: String,
}

/// Where goods are from.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// Code of the country.
    pub code: String,
    /// Its name.
    pub name: Both,
}

/// Who brought goods in.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Importer {
    /// Code.
    pub code: String,
    /// Name, as filed.
    pub name: Option<String>,
}

/// A park.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Park {
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_english: String,
}

/// The parcel of a code, in plain words.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Parcel {
    /// State of its declaration; none = nothing is declared.
    pub state: Option<String>,
    /// The day of its release.
    pub released: Option<String>,
    /// What its inspection came to.
    pub inspection: Option<String>,
}

/// What everybody is told of a recall.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Recalled {
    /// Its record: the holder's code, a colon, its number.
    pub id: String,
    /// Why.
    pub reason: String,
    /// What to do.
    pub measure: String,
    /// The same in the words of whoever recalls.
    pub advice: String,
    /// The day on which it began.
    pub since: String,
    /// Whether it is under way.
    pub under: bool,
}

/// How often a code was scanned.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Scans {
    /// How often.
    pub count: u64,
    /// When first.
    pub first: Option<String>,
    /// Whether a copy is likely.
    pub copy: bool,
}

/// Codes of a lot.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Codes {
    /// Their record.
    pub id: String,
    /// Its state.
    pub state: String,
    /// How many were issued.
    pub issued: u64,
    /// The book.
    pub book: String,
    /// The item.
    pub item: String,
    /// Some of them.
    pub codes: Vec<Label>,
    /// Place of the next; none = these are the last.
    pub from: Option<u64>,
}

/// A code as it is printed.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Label {
    /// Goods.
    pub gtin: String,
    /// Lot.
    pub lot: String,
    /// Serial number.
    pub serial: String,
    /// Its place.
    pub place: u64,
    /// The link.
    pub link: String,
}

/// A waybill that a code is bound to.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Waybill {
    /// Code of the carrier.
    pub logistics_code: String,
    /// Number.
    pub logistics_no: String,
}

/// What a binding is answered.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Bound {
    /// The code.
    pub code: String,
    /// 200 = it is bound.
    pub status: u16,
    /// Its parcel.
    pub parcel: Option<Waybill>,
    /// The parcel that has it, where that is another.
    pub bound: Option<Waybill>,
}

/// A parcel with goods that are recalled.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RecalledParcel {
    /// Code of the platform, of an import.
    pub platform: String,
    /// Code of the merchant, of an export.
    pub merchant: Option<String>,
    /// Number of the order.
    pub order_no: String,
    /// Code of the carrier.
    pub logistics_code: Option<String>,
    /// Number of the waybill.
    pub logistics_no: Option<String>,
    /// State of its declaration.
    pub state: Option<String>,
    /// Whether it left the zone.
    pub left: bool,
    /// How much of the goods is in it.
    pub quantity: String,
}

/// A recall.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Recall {
    /// Its record.
    pub id: String,
    /// Its state.
    pub state: String,
    /// What it says.
    pub body: RecallBody,
    /// Parcels.
    pub parcels: Vec<RecalledParcel>,
    /// Whether there are more.
    pub more: bool,
}

/// What a recall says.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct RecallBody {
    /// What is recalled.
    pub opened: Opened,
    /// What was found.
    pub found: Option<FoundOfRecall>,
    /// What came back.
    pub retrieved: Option<Retrieved>,
}

/// What is recalled.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Opened {
    /// Number of the goods.
    pub goods_no: String,
    /// The lot; empty = all.
    pub lot: String,
    /// Why.
    pub reason: String,
    /// What to do.
    pub measure: String,
    /// What consumers are told.
    pub advice: String,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct FoundOfRecall {
    /// Stock.
    pub stock: Vec<LeftInBook>,
    /// Parcels.
    pub parcels: u64,
    /// Of them held.
    pub held: u64,
    /// Of them left.
    pub left: u64,
    /// Buyers.
    pub buyers: u64,
    /// Notices.
    pub told: u64,
    /// Whether everything was looked through.
    pub complete: bool,
}

/// What is left in an item of a book.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct LeftInBook {
    /// The item.
    pub stock: String,
    /// The lot.
    pub lot: String,
    /// In all places inside the book.
    pub inside: String,
    /// What nobody took.
    pub available: String,
}

/// What came back.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Retrieved {
    /// In declared units.
    pub retrieved: String,
}

/// Buyers of recalled goods.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Buyers {
    /// The recall.
    pub id: String,
    /// Each of them.
    pub buyers: Vec<Buyer>,
}

/// A buyer, masked.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Buyer {
    /// Name.
    pub name: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Code of the platform.
    pub platform: String,
    /// Number of the order.
    pub order_no: String,
    /// How much he bought.
    pub quantity: String,
}
