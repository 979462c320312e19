//! What a trade has of exchanges, on the desk and for its consumer.

use serde::Deserialize;

/// One link of an exchange, from the side of one of its orders.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchanged {
    /// Number of the other order, of the same platform.
    pub order_no: String,
    /// Number of the return.
    pub return_number: u32,
}

/// What a trade has of exchanges.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchanges {
    /// What its order replaces.
    pub replaces: Option<Exchanged>,
    /// What its returns were exchanged for.
    pub exchanged_for: Vec<Exchanged>,
}
