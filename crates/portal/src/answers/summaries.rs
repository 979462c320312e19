//! Answers on applications to declare exports in summary.

use super::{Entry, Finding};
use serde::Deserialize;

/// From when to when.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Period {
    /// Its begin.
    pub from: String,
    /// Its end.
    pub to: String,
}

/// A line of the list.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SummaryLine {
    /// Declaring unit.
    pub agent: String,
    /// Its number.
    pub cop_no: String,
    /// Merchant.
    pub merchant: Option<String>,
    /// Where it stands, as a number.
    pub state: u16,
    /// Where it stands, as a word.
    pub state_word: Option<String>,
    /// `preNo`.
    pub pre_no: String,
    /// `sumNo`.
    pub sum_no: Option<String>,
    /// District.
    pub customs_code: String,
    /// The period, where it names no lists.
    pub period: Option<Period>,
    /// Parts that are here.
    pub parts: u64,
    /// Parts that there are to be.
    pub parts_expected: Option<u64>,
    /// How many lists it has.
    pub lists: u64,
    /// How many declarations came of it.
    pub declarations: u64,
    /// When something was last said of it.
    pub changed: String,
}

/// A page of the list.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Summaries {
    /// The newest first.
    pub summaries: Vec<SummaryLine>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// One message of an application.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Part {
    /// Its number.
    pub number: u32,
    /// What became of it.
    pub status: u16,
    /// Who sent it.
    pub sender: String,
    /// How many lists it has.
    pub lists: u64,
    /// Why it was rejected.
    pub findings: Vec<Finding>,
}

/// A line of a declaration.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResultLine {
    /// Its number.
    pub gseqno: u32,
    /// HS code.
    pub gcode: String,
    /// Goods name; empty where lines are not parted by it.
    pub gname: String,
    /// Country of final destination.
    pub country: String,
    /// Currency.
    pub currency: String,
    /// How many lines of lists it is made of.
    pub lines: u64,
    /// First statutory unit.
    pub unit1: String,
    /// Quantity in it.
    pub qty1: String,
    /// Second statutory unit.
    pub unit2: String,
    /// Quantity in it.
    pub qty2: String,
    /// Total price.
    pub total_price: String,
}

/// A declaration that came of an application.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Declared {
    /// Its number within the application.
    pub number: u32,
    /// `declSeqNo`.
    pub decl_seq_no: String,
    /// How many lists it is made of.
    pub lists: u64,
    /// Transport mode.
    pub traf_mode: String,
    /// Producing or selling unit; empty where lists are not parted by it.
    pub owner_code: String,
    /// Country of destination.
    pub country: String,
    /// District of exit.
    pub port_code: String,
    /// Supervision mode.
    pub trade_mode: String,
    /// Bonded book.
    pub ems_no: String,
    /// Gross weight.
    pub gross_weight: String,
    /// Net weight.
    pub net_weight: String,
    /// Its lines.
    pub lines: Vec<ResultLine>,
}

/// A list of an application.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Member {
    /// `invtNo`.
    pub invt_no: String,
    /// Merchant.
    pub merchant: String,
    /// Order number.
    pub order_no: String,
    /// Waybill number.
    pub logistics_no: String,
    /// The number of its declaration; 0 = there is none yet.
    pub declaration: u32,
    /// On which day it was closed.
    pub closed_on: Option<String>,
}

/// An application.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Summary {
    /// Its line.
    #[serde(flatten)]
    pub line: SummaryLine,
    /// `summaryFlag`.
    pub summary_flag: Option<String>,
    /// Who files the declarations.
    pub decl_agent: Option<String>,
    /// Its parts.
    pub of: Vec<Part>,
    /// The declarations that came of it.
    pub results: Vec<Declared>,
    /// Its lists, page by page.
    pub members: Vec<Member>,
    /// Cursor of the next page of lists.
    pub next: Option<String>,
    /// What happened, the oldest first.
    pub timeline: Vec<Entry>,
}
