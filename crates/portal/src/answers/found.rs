//! What the interface answers of a search in the evidence log.

use serde::Deserialize;

/// What the reader may know of a row.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct About {
    /// Whose doing it was.
    pub party: Option<String>,
    /// Who it was there.
    pub by: Option<String>,
    /// Of a record: word of its register.
    pub register: Option<String>,
    /// Its id.
    pub id: Option<String>,
    /// By which move.
    pub action: Option<String>,
    /// Of a reading: what was read.
    pub subject: Option<String>,
    /// `consignment`, or the word of a register.
    pub kind: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// Why, as the reader said.
    pub purpose: Option<String>,
    /// The duty in which he read, where he did not say.
    pub ground: Option<String>,
    /// Root of a message.
    pub message: Option<String>,
    /// Of a trade: code of its platform.
    pub platform: Option<String>,
    /// Of an export trade: code of its merchant.
    pub merchant: Option<String>,
    /// Number of its order.
    pub order_no: Option<String>,
}

/// An entry that was found.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Hit {
    /// Position of its row.
    pub position: u64,
    /// When.
    pub time: String,
    /// What it is.
    pub what: String,
    /// What the reader may know of it.
    pub about: About,
}

/// A page of what was found.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Found {
    /// The entries, newest first.
    pub entries: Vec<Hit>,
    /// Cursor of the next page.
    pub after: Option<String>,
    /// Rows that are not indexed yet.
    pub behind: u64,
}
