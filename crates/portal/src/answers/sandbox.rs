//! Answers of a space for trying.

use serde::Deserialize;

/// A document of a trade to try with.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Made {
    /// Root of its message.
    pub root: String,
    /// Who sends it.
    pub sender: String,
    /// Whether that is the reader.
    pub own: bool,
    /// Whether the window sent it.
    pub sent: bool,
    /// What it was answered, if it was sent.
    pub status: Option<i64>,
    /// What was said.
    pub info: Option<String>,
    /// Its message, if it is the reader's own.
    pub xml: Option<String>,
}

/// A trade to try with.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Trade {
    /// Code of the platform.
    pub platform: String,
    /// Of an export trade: code of the merchant.
    pub merchant: Option<String>,
    /// Number of the order.
    pub order_no: String,
    /// Its documents.
    pub documents: Vec<Made>,
}

/// One thing that software shows.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Check {
    /// Its word.
    pub check: String,
    /// Whether it was shown.
    pub shown: bool,
}

/// A receipt of the party.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Sent {
    /// The row that carries it.
    pub position: u64,
    /// Which of the row's it is.
    pub number: u64,
    /// Root of its message.
    pub message: String,
    /// What it says.
    pub status: i64,
    /// The trade that it is of.
    pub platform: Option<String>,
    /// The trade that it is of.
    pub order_no: Option<String>,
    /// When it was made.
    pub time: String,
    /// Whether the party's software has it.
    pub fetched: bool,
}

/// Receipts of the party.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Fetched {
    /// How many there are.
    pub all: u64,
    /// How many its software has.
    pub fetched: u64,
    /// The newest, the newest first.
    pub newest: Vec<Sent>,
}

/// What the software of a party has shown.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Conformance {
    /// In order.
    pub checks: Vec<Check>,
    /// Its receipts one by one.
    pub receipts: Fetched,
    /// How many were shown.
    pub done: u64,
    /// Whether everything was looked at.
    pub complete: bool,
}

/// How large a message may be.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct MessageLimits {
    /// Bytes.
    pub bytes: u64,
    /// Elements within elements.
    pub depth: u64,
    /// Documents.
    pub documents: u64,
    /// Lines of a document.
    pub lines: u64,
}

/// How much may wait, and how fast it may come.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PipelineLimits {
    /// Documents that may wait to be recorded.
    pub most_waiting: u64,
    /// Messages a second of one token; none = no limit of its own.
    pub messages_per_second: Option<u64>,
}

/// How often may be asked what would happen.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PreviewLimits {
    /// For one person on a day.
    pub per_person_and_day: u64,
}

/// What a sender has to keep to.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Of messages.
    pub message: MessageLimits,
    /// Of intake.
    pub pipeline: PipelineLimits,
    /// Of previews.
    pub preview: PreviewLimits,
}
