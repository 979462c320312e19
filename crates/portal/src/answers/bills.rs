//! Answers on tax bills and guarantees.

use super::Line;
use serde::Deserialize;

/// A bill with the days that run.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BillDays {
    /// Its number.
    pub tax_no: String,
    /// Number of the payment notice.
    pub ent_duty_no: Option<String>,
    /// What is owed, in yuan.
    pub owed: String,
    /// When the trade was released.
    pub released_on: String,
    /// Whether it is paid.
    pub paid: bool,
    /// Whether it is late.
    pub overdue: bool,
    /// When it is settled unless a return is open.
    pub settled_by: Option<String>,
    /// After when it is late.
    pub pay_by: Option<String>,
}

/// A trade with its bill.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Billed {
    /// The trade.
    #[serde(flatten)]
    pub line: Line,
    /// The bill.
    pub bill: BillDays,
}

/// A guarantee, in yuan.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Guarantee {
    /// Code of who gives it.
    pub guarantor: String,
    /// As filed.
    pub limit: String,
    /// Used for released trades whose tax is not paid.
    pub used: String,
    /// Reserved for declared ones.
    pub held: String,
    /// What is left.
    pub left: String,
}

/// A page of bills.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Bills {
    /// Bills, the newest trade first.
    pub bills: Vec<Billed>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// For parties: the guarantees that they give.
    pub guarantees: Vec<Guarantee>,
    /// For parties: what they owe of the tax that they withhold, in yuan.
    pub payable: Option<String>,
}
