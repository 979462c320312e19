//! What the interface answers on an officer's decisions.

use serde::Deserialize;

/// A decision.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Taken {
    /// Position of its row.
    pub position: u64,
    /// When.
    pub time: String,
    /// Code of the trade's platform.
    pub platform: String,
    /// Of an export trade: code of its merchant.
    pub merchant: String,
    /// Number of its order.
    pub order_no: String,
    /// What was done.
    pub action: String,
    /// In which words.
    pub text: String,
    /// Whether it was taken: not, where the trade stood elsewhere by then.
    pub taken: bool,
    /// Word of the state that the trade had afterwards.
    pub state_word: Option<String>,
    /// Of an inspection: the measure.
    pub measure: Option<String>,
    /// Where it stands: `alone`, `waits`, `confirmed`, `contested`, `overtaken`.
    pub standing: Option<String>,
    /// Whether the reader may read the trade still.
    pub readable: bool,
}

/// A page of decisions.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Decisions {
    /// Whose.
    pub officer: String,
    /// The newest first.
    pub decisions: Vec<Taken>,
    /// Cursor of the next page.
    pub after: Option<String>,
    /// Rows that are not indexed yet.
    pub behind: u64,
}
