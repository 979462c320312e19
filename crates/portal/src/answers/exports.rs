//! Answers on export trades.

use super::books::TakenOfBook;
use super::{
    Assigned, Cancellation, Deadline, Entry, Filed, Finding, Hit, InspectionForm, Open, Remark, Unconfirmed,
    or_empty,
};
use serde::Deserialize;

/// A line of the list.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ExportLine {
    /// Code of the merchant.
    pub merchant: String,
    /// Order number.
    pub order_no: String,
    /// State as a number; 0 = nothing is declared yet.
    pub state: u16,
    /// State as a word.
    pub state_word: Option<String>,
    /// `invtNo`.
    pub invt_no: Option<String>,
    /// Supervision mode.
    pub trade_mode: Option<String>,
    /// District of the list.
    pub customs_code: String,
    /// Version of the trade.
    pub version: u32,
    /// What it waits for.
    pub waiting_for: Vec<String>,
    /// When something was last said of it.
    pub changed: String,
    /// The next deadline.
    pub due: Option<String>,
    /// For officers: the lane.
    pub lane: Option<String>,
    /// For officers: rules that led there.
    #[serde(deserialize_with = "or_empty")]
    pub reasons: Vec<String>,
    /// For officers: the score it was given, in thousandths.
    pub score: Option<u16>,
    /// For officers: who works on it.
    pub assigned: Option<Assigned>,
}

/// A page of the list.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Exports {
    /// The newest first.
    pub exports: Vec<ExportLine>,
    /// Cursor of the next page; of a sorted list `~` and how many rows stand before it.
    pub next: Option<String>,
    /// Whether there are more than were sorted.
    pub more: bool,
}

/// The waybill of an export.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ExportWaybill {
    /// Of which carrier.
    pub logistics_code: String,
    /// Its number.
    pub logistics_no: String,
    /// Its document.
    pub document: Option<Filed>,
    /// The bill it goes under.
    pub bill_no: Option<String>,
    /// Whether the parcel is at the site.
    pub arrived: bool,
    /// On which day it left the country.
    pub departed: Option<String>,
}

/// One try to declare.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ExportAttempt {
    /// From 1.
    pub number: u32,
    /// `preNo`.
    pub pre_no: Option<String>,
    /// The day that chose the law.
    pub business_date: Option<String>,
    /// On which day it was closed.
    pub closed_on: Option<String>,
    /// What stands against it.
    pub findings: Vec<Finding>,
    /// The list.
    pub declaration: Option<Filed>,
    /// For officers: what was done and said.
    pub remarks: Vec<Remark>,
    /// For officers: sealed rules that hit.
    pub hits: Vec<Hit>,
    /// For officers: what it took of a bonded book.
    pub book: Option<TakenOfBook>,
}

/// A line of a return.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReturnedLine {
    /// Number of the line in the list.
    pub gnum: u32,
    /// How much of it comes back.
    pub qty: String,
}

/// What a return owes, or would owe without the relief, CNY; what nobody can say is none.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReturnTax {
    /// Whether its goods came back within the relief.
    pub relieved: bool,
    /// What is due.
    pub due: Option<String>,
    /// Duty as an ordinary import.
    pub duty: Option<String>,
    /// Consumption tax.
    pub consumption_tax: Option<String>,
    /// VAT.
    pub vat: Option<String>,
    /// Export duty that may be asked back.
    pub export_duty: String,
    /// Whether a row that is not sure decided an amount.
    pub uncertain: bool,
}

/// A return of goods of an export; what is not the reader's is empty.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReturnedGoods {
    /// From 1.
    pub number: u32,
    /// Status of its newest receipt.
    pub status: u16,
    /// Where it stands, as a word.
    pub standing: String,
    /// Code of its declaring unit.
    pub agent_code: String,
    /// The application's own number.
    pub co_el_no: String,
    /// `preNo`.
    pub pre_no: String,
    /// The parcel it comes in.
    pub logistics_no: String,
    /// The last day on which its goods may be back.
    pub back_until: String,
    /// The last day on which that is free of duty and import taxes.
    pub relief_until: Option<String>,
    /// The day on which the site had them.
    pub tallied_on: Option<String>,
    /// What they were sold for, CNY.
    pub value: Option<String>,
    /// What comes back.
    pub lines: Vec<ReturnedLine>,
    /// What its goods owe, once they are released.
    pub tax: Option<ReturnTax>,
    /// What a person decides on.
    pub findings: Vec<Finding>,
}

/// The unit in which a parcel is, or left.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Consolidation {
    /// Its record.
    pub id: String,
    /// Its state.
    pub state: String,
    /// Container, vehicle or pallet.
    pub kind: String,
    /// What is written on it.
    pub unit: String,
    /// The record of the site.
    pub site: String,
    /// Its seal, once it is closed.
    pub seal: Option<String>,
    /// What it left with.
    pub vehicle: String,
    /// When it left.
    pub at: String,
}

/// What became of its parcel under a transfer between districts.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Transferred {
    /// Number of the transfer.
    pub transfer: String,
    /// What: a state of transfers, as it is for this parcel.
    pub what: String,
    /// When.
    pub time: String,
}

/// An export trade.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Export {
    /// Its line.
    #[serde(flatten)]
    pub line: ExportLine,
    /// Until when what is to come.
    pub deadlines: Vec<Deadline>,
    /// The order.
    pub order: Option<Filed>,
    /// The money received.
    pub received: Option<Filed>,
    /// The waybill.
    pub waybill: Option<ExportWaybill>,
    /// The current attempt.
    pub attempt: Option<ExportAttempt>,
    /// The open or last cancellation.
    pub cancellation: Option<Cancellation>,
    /// Returns of its goods.
    pub returns: Vec<ReturnedGoods>,
    /// The unit in which its parcel is, or left; none = it is in none.
    pub consolidation: Option<Consolidation>,
    /// What became of its parcel under transfers between districts, the oldest first.
    pub transfers: Vec<Transferred>,
    /// What happened, the oldest first.
    pub timeline: Vec<Entry>,
    /// For officers: what is open to them.
    #[serde(deserialize_with = "or_empty")]
    pub actions: Vec<Open>,
    /// For officers: what an inspection may say today.
    pub inspection: Option<InspectionForm>,
    /// For officers: the inspection that waits for its second officer.
    pub unconfirmed: Option<Unconfirmed>,
    /// For officers: the hold on its parcel, which no site lets pass.
    pub hold: Option<super::sites::Hold>,
    /// For officers: what the model of exports says of it.
    pub shadow: Option<super::risk_model::Score>,
    /// For officers: the score that its list was given, which rules could read.
    #[serde(rename = "riskScore")]
    pub risk_score: Option<super::risk_model::GivenScore>,
}
