//! The pages. Each is a function of a frame and of what it shows; which page is shown to whom is `server`'s.

pub mod account;
pub mod bills;
pub mod body_form;
pub mod books;
pub mod catalogue;
pub mod consignment;
pub mod consignments;
pub mod consumer;
pub mod credit;
pub mod decide;
pub mod decisions;
pub mod demands;
pub mod document;
pub mod drafts;
pub mod draws;
pub mod error;
mod export_returns;
pub mod exports;
pub mod figures;
pub mod found;
mod grown;
pub mod guide;
pub mod home;
pub mod inspect;
pub mod keeper;
pub mod lists;
pub mod many;
mod narrowed;
pub mod newcomer;
pub mod operation;
pub mod parcels;
pub mod parks;
pub mod payment_data;
pub mod people;
pub mod queue;
pub mod receipts;
pub mod record;
pub mod registers;
pub mod risk_model;
pub mod rules;
pub mod sandbox;
pub mod search;
pub mod send;
pub mod shares;
pub mod sign_in;
pub mod site_stock;
pub mod start;
pub mod status;
pub mod subjects;
pub mod summaries;
pub mod tariff;
pub mod traced;
pub mod traces;
pub mod workload;

use crate::parts::escaped;

/// The address of a trade.
pub fn trade_address(platform: &str, order_no: &str) -> String {
    format!("/desk/consignments/{}/{}", escaped(platform), escaped(order_no))
}

/// An address with a query of what is not empty.
pub fn address(path: &str, query: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = query
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}
