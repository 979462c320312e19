//! The answers of the HTTP interface, typed: what pages are made of. They are read from what the interface gives, so that a
//! page knows nothing that a caller would not be told. A member that is not there for a reader is empty here.

pub mod bills;
pub mod books;
pub mod catalogue;
pub mod consumer;
pub mod credit;
pub mod decisions;
pub mod drafts;
pub mod draws;
pub mod exchanges;
pub mod exports;
pub mod figures;
pub mod found;
mod inspection;
mod officer;
pub mod operation;
pub mod parcels;
pub mod parks;
pub mod people;
pub mod publications;
pub mod registers;
pub mod risk_model;
mod rules;
pub mod sandbox;
pub mod search;
pub mod sending;
pub mod sites;
pub mod subjects;
pub mod summaries;
pub mod traceability;

pub use inspection::{
    Contested, Declared, Found, Inspection, InspectionForm, Report, ResultRow, Unconfirmed,
};
pub use officer::{Assigned, Change, Decided, Hit, OneOfMany, Open, Remark, Results, Told};
pub use rules::{Example, NotGiven, Rule, Rules};

use serde::Deserialize;

/// A text in both languages of the catalogue.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Both {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// A compared field.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct FieldValue {
    /// Document and path.
    pub path: String,
    /// The value, masked where it tells of a person to another.
    pub value: String,
}

/// One rule's result.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Finding {
    /// Its stable word.
    pub rule: String,
    /// What it does.
    pub layer: String,
    /// The code it was answered with.
    pub code: Option<String>,
    /// The Chinese text with its values.
    pub text: String,
    /// The fields, the document's own first.
    pub fields: Vec<FieldValue>,
    /// The arithmetic.
    pub arithmetic: Option<String>,
    /// Whether a row that is not sure decided.
    pub uncertain: bool,
    /// Why the rule is there.
    pub why: Both,
    /// What to do.
    pub fix: Both,
}

/// A receipt of an event.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct ReceiptNote {
    /// Root of its message.
    pub message: String,
    /// Its status.
    pub status: i64,
    /// When, `yyyyMMddHHmmssSSS`.
    pub time: String,
}

/// A movement of an account.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Movement {
    /// Which account.
    pub account: String,
    /// What it does.
    pub kind: String,
    /// By how much, in yuan.
    pub amount: String,
}

/// Something that happened to a consignment.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// Its row.
    pub position: u64,
    /// When.
    pub time: String,
    /// What: `document`, `waybill`, a timer or an action.
    pub what: String,
    /// Root of the message, of a document.
    pub message: Option<String>,
    /// Code of the other window whose receipt to that document it is; none = it happened here.
    pub window: Option<String>,
    /// Row of the message, where the reader may have its bytes.
    pub original: Option<u64>,
    /// The status answered.
    pub status: Option<i64>,
    /// What was said.
    pub info: Option<String>,
    /// State after it.
    pub state: Option<u16>,
    /// What was found.
    #[serde(deserialize_with = "or_empty")]
    pub findings: Vec<Finding>,
    /// Receipts it gave.
    #[serde(deserialize_with = "or_empty")]
    pub receipts: Vec<ReceiptNote>,
    /// What it moved.
    #[serde(deserialize_with = "or_empty")]
    pub movements: Vec<Movement>,
    /// What was found, of an inspection.
    pub inspection: Option<Inspection>,
}

/// A list that may be null.
fn or_empty<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::<Vec<T>>::deserialize(from)?.unwrap_or_default())
}

/// A document of a trade.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Filed {
    /// Its row.
    pub position: u64,
    /// Its last status.
    pub status: u16,
    /// Its guid.
    pub guid: String,
    /// Who sent it.
    pub sender: String,
    /// Whether the reader did.
    pub own: bool,
}

/// The waybill of a trade.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Waybill {
    /// Of which carrier.
    pub logistics_code: String,
    /// Its number.
    pub logistics_no: String,
    /// Its document.
    pub document: Option<Filed>,
    /// `billNo` of its arrival.
    pub arrived: Option<String>,
    /// Whether it was delivered.
    pub delivered: bool,
}

/// A deadline.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Deadline {
    /// What for.
    #[serde(rename = "for")]
    pub what: String,
    /// When.
    pub due: String,
}

/// The tax of a line.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaxLine {
    /// Line number.
    pub gnum: u32,
    /// HS code.
    pub gcode: String,
    /// In yuan, as the others.
    pub dutiable_value: String,
    /// Duty.
    pub duty: String,
    /// Consumption tax.
    pub consumption_tax: String,
    /// Value-added tax.
    pub value_added_tax: String,
    /// All.
    pub total: String,
    /// How it was computed.
    pub arithmetic: String,
}

/// What is not sure in an assessment.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Doubt {
    /// Line number.
    pub gnum: u32,
    /// What.
    pub what: String,
}

/// Tax, line by line.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assessment {
    /// Which rates.
    pub basis: String,
    /// The day whose law was applied.
    pub law_of: String,
    /// In yuan, as the others.
    pub dutiable_value: String,
    /// Duty.
    pub duty: String,
    /// Consumption tax.
    pub consumption_tax: String,
    /// Value-added tax.
    pub value_added_tax: String,
    /// All.
    pub total: String,
    /// The lines.
    pub lines: Vec<TaxLine>,
    /// What is not sure.
    pub uncertain: Vec<Doubt>,
}

/// The tax bill.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// Its number.
    pub tax_no: String,
    /// 1 generated, 2 summarised, 3 void.
    pub status: u8,
    /// Number of the notice.
    pub ent_duty_no: Option<String>,
    /// What is owed, in yuan.
    pub owed: String,
    /// When the trade was released.
    pub released_on: String,
    /// Whether it is paid.
    pub paid: bool,
    /// Whether it is late.
    pub overdue: bool,
}

/// What a trade takes of a quota or a guarantee.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Taken {
    /// How much, in yuan.
    pub amount: String,
    /// What of it was given back.
    pub given_back: String,
    /// `held`, `posted` or `voided`.
    pub state: String,
    /// Of a guarantee: who gives it.
    pub guarantor: Option<String>,
    /// Of a quota: the buyer, masked.
    pub buyer: Option<String>,
    /// Of a quota: his number, masked.
    pub buyer_id_number: Option<String>,
    /// Of a quota: of which year.
    pub year: Option<u16>,
}

/// One try to declare.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// Its state, as a number.
    pub state: u16,
    /// Its state, as a word.
    pub state_word: String,
    /// `preNo`.
    pub pre_no: String,
    /// `invtNo`.
    pub invt_no: Option<String>,
    /// The day that chose the law.
    pub business_date: String,
    /// The rulebook pinned then.
    pub rulebook: u32,
    /// Whether release waits for arrival.
    pub needs_arrival: bool,
    /// Tax.
    pub assessment: Option<Assessment>,
    /// The bill.
    pub bill: Option<Bill>,
    /// What it takes of the buyer's quota.
    pub quota: Option<Taken>,
    /// What it takes of the guarantee.
    pub guarantee: Option<Taken>,
    /// What credit makes other than for all.
    pub measures: Vec<credit::Obeyed>,
    /// For officers: what it took of a bonded book.
    pub book: Option<books::TakenOfBook>,
    /// What stands against it.
    pub findings: Vec<Finding>,
    /// The list.
    pub declaration: Option<Filed>,
    /// For officers: the lane.
    pub lane: Option<String>,
    /// For officers: sealed hits.
    pub hits: Vec<Hit>,
    /// For officers: what was done and said.
    pub remarks: Vec<Remark>,
}

/// An application to cancel.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancellation {
    /// Its number.
    pub pre_no: String,
    /// Its status.
    pub status: u16,
}

/// A return.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Return {
    /// From 1.
    pub number: u32,
    /// Where it stands.
    pub state: String,
    /// Its number.
    pub pre_no: String,
    /// Tax given back, in yuan.
    pub tax_given_back: String,
    /// Until when it is decided.
    #[serde(default)]
    pub decide_by: Option<credit::DecideBy>,
}

/// A consignment, as its reader may see it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Consignment {
    /// Code of the platform.
    pub platform: String,
    /// Number of the order.
    pub order_no: String,
    /// Its version.
    pub version: u32,
    /// What it waits for.
    pub waiting_for: Vec<String>,
    /// Deadlines.
    pub deadlines: Vec<Deadline>,
    /// The order.
    pub order: Option<Filed>,
    /// The payment.
    pub payment: Option<Filed>,
    /// The waybill.
    pub waybill: Option<Waybill>,
    /// The attempt.
    pub attempt: Option<Attempt>,
    /// An application to cancel it.
    pub cancellation: Option<Cancellation>,
    /// Returns.
    pub returns: Vec<Return>,
    /// What was exchanged.
    pub exchanges: Option<exchanges::Exchanges>,
    /// What happened, the oldest first.
    pub timeline: Vec<Entry>,
    /// For officers: what may be done now.
    pub actions: Vec<Open>,
    /// For officers: who works on it.
    pub assigned: Option<Assigned>,
    /// For officers: who proposed a release that waits for a second of them.
    pub proposed_by: Option<String>,
    /// For offices of the whole zone: keyed hash of the person.
    pub person: Option<String>,
    /// For offices of the whole zone: keyed hash of the address.
    pub address: Option<String>,
    /// For inspecting officers: what an inspection may say, where one is awaited.
    pub inspection: Option<InspectionForm>,
    /// For officers: the inspection that waits for its second officer.
    pub unconfirmed: Option<Unconfirmed>,
    /// For officers: what a model in shadow says of it.
    pub shadow: Option<risk_model::Score>,
    /// For officers: the score that it was given, which rules could read.
    pub risk_score: Option<risk_model::GivenScore>,
    /// For officers: the hold on its parcel, which no site lets pass.
    pub hold: Option<sites::Hold>,
}

impl Consignment {
    /// The state of its attempt.
    pub fn state(&self) -> Option<&str> {
        self.attempt.as_ref().map(|attempt| attempt.state_word.as_str())
    }
}

/// A line of the list of consignments.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Line {
    /// Code of the platform.
    pub platform: String,
    /// Number of the order.
    pub order_no: String,
    /// State, as a number; 0 = not declared.
    pub state: u16,
    /// State, as a word.
    pub state_word: Option<String>,
    /// `invtNo`.
    pub invt_no: Option<String>,
    /// District.
    pub customs_code: String,
    /// When it changed last.
    pub changed: String,
    /// What it waits for.
    pub waiting_for: Vec<String>,
    /// The next deadline.
    pub due: Option<String>,
    /// For officers: the lane.
    pub lane: Option<String>,
    /// For officers: rules that led there.
    pub reasons: Vec<String>,
    /// For officers: the score it was given, in thousandths.
    pub score: Option<u16>,
    /// For officers: its version.
    pub version: u32,
    /// For officers: who works on it.
    pub assigned: Option<Assigned>,
    /// For officers: the inspection that waits for its second officer.
    pub unconfirmed: Option<Unconfirmed>,
}

/// A page of the list.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct List {
    /// Its lines.
    pub consignments: Vec<Line>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Whether there are more than were sorted.
    #[serde(default)]
    pub more: bool,
}

/// A receipt of the feed.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Receipt {
    /// Row.
    pub position: u64,
    /// Number within its row.
    pub number: u32,
    /// Who gets it.
    pub recipient: String,
    /// Root of its message.
    pub message: String,
    /// Its status.
    pub status: i64,
    /// When.
    pub time: String,
    /// Its XML.
    pub receipt: String,
    /// The number of the document that it answers, as its sender knows it.
    #[serde(default, rename = "documentNumber")]
    pub document_number: String,
}

/// A page of the feed.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Receipts {
    /// Receipts in order.
    pub receipts: Vec<Receipt>,
    /// Up to where it is complete.
    pub cursor: String,
    /// In an order: where the next page goes on.
    #[serde(default)]
    pub next: Option<String>,
    /// In an order by a column: whether there are more than are in it.
    #[serde(default)]
    pub more: bool,
}

/// A problem document.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// Its kind as an urn.
    #[serde(rename = "type")]
    pub kind: String,
    /// In English.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// In English: what exactly, and what to do.
    pub detail: String,
    /// The same in Chinese, where the interface says it.
    #[serde(default)]
    pub zh: String,
}

impl Problem {
    /// The last part of its type.
    pub fn word(&self) -> &str {
        self.kind.rsplit(':').next().unwrap_or_default()
    }
}
