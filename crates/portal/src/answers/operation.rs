//! What the interface answers to whoever operates the window.

use serde::Deserialize;

/// Whether messages are recorded.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Intake {
    /// Whether they are.
    pub open: bool,
    /// Word of the reason why not.
    pub reason: Option<String>,
    /// In English.
    pub detail: Option<String>,
}

/// A webhook that is not delivered.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Failing {
    /// Its id.
    pub id: String,
    /// Its state.
    pub state: String,
    /// Failures in a row.
    pub failures: u32,
    /// What the last one was.
    pub error: String,
    /// Pages that were set aside.
    pub set_aside: u64,
    /// When it changed.
    pub changed: String,
}

/// Webhooks that are not delivered.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Webhooks {
    /// How many.
    pub count: u64,
    /// Whether there are more than were counted.
    pub more: bool,
    /// The newest of them.
    pub failing: Vec<Failing>,
}

/// Outside systems of a kind.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Counterparts {
    /// Which kind.
    pub kind: String,
    /// Whether they take what they are sent.
    pub state: String,
    /// Webhooks that bring it to them.
    pub adapters: u64,
    /// Of these, those that are paused.
    pub paused: u64,
    /// And those that do not take it.
    pub failing: u64,
    /// Rows of the ledger that wait for them.
    pub waiting: u64,
    /// Pages that were set aside.
    pub set_aside: u64,
    /// Since when one takes nothing.
    pub since: Option<String>,
}

/// A counter.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Counter {
    /// Its name.
    pub name: String,
    /// What it counts, in English.
    pub help: String,
    /// How much, since this server began.
    pub value: u64,
}

/// How much was counted lately.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Rate {
    /// Name of the counter.
    pub name: String,
    /// In the last minute.
    pub minute: u64,
    /// In the last quarter of an hour.
    pub quarter: u64,
    /// In the last hour.
    pub hour: u64,
    /// In each of the last minutes, the oldest first.
    pub minutes: Vec<u64>,
}

/// How the window works now.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Operation {
    /// Whether it records.
    pub intake: Intake,
    /// Whether it records without judging.
    pub paused: bool,
    /// Up to where everything is recorded.
    pub position: String,
    /// Work that waits.
    pub waiting: u64,
    /// Rows of the ledger.
    pub rows: u64,
    /// Rows that lists do not cover yet.
    pub rows_not_listed: u64,
    /// Rows that the evidence log does not have yet.
    pub evidence_behind: u64,
    /// Bytes free on the disk.
    pub free_bytes: u64,
    /// Outside systems, by kind.
    pub counterparts: Vec<Counterparts>,
    /// Webhooks that are not delivered.
    pub webhooks: Webhooks,
    /// How much lately.
    pub rates: Vec<Rate>,
    /// Counters.
    pub counters: Vec<Counter>,
}

/// A rulebook that was published.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Published {
    /// Its number.
    pub number: u32,
    /// By whom.
    pub by: String,
    /// SHA-256 over its tables.
    pub digest: String,
    /// How many tables it has.
    pub tables: u64,
    /// Which differ from the one before.
    pub changed: Vec<String>,
}

/// Rulebooks, the newest first.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Rulebooks {
    /// Each of them.
    pub rulebooks: Vec<Published>,
}

/// What differs in a table.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Differing {
    /// Its name.
    pub table: String,
    /// Whether its content is not for the reader.
    pub sealed: bool,
    /// Lines that are gone.
    pub removed: Vec<String>,
    /// Lines that are new.
    pub added: Vec<String>,
    /// Lines that are not told here.
    pub more: u64,
}

/// What differs between two rulebooks.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Differences {
    /// From which number.
    pub from: u32,
    /// To which.
    pub to: u32,
    /// The tables that differ.
    pub tables: Vec<Differing>,
}

/// A row of the evidence log.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Entry {
    /// Position of the row.
    pub position: u64,
    /// Which writer wrote it.
    pub writer: u16,
    /// As its how many-th.
    pub sequence: u64,
    /// When.
    pub time: String,
    /// Word of its kind.
    pub kind_word: String,
    /// Digest of what it holds.
    pub digest: String,
}

/// A page of the evidence log.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Entries {
    /// The rows.
    pub entries: Vec<Entry>,
    /// Where the next page begins.
    pub cursor: String,
}

/// A signed head.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// When it was made.
    pub time: String,
    /// Digest of what it states.
    pub digest: String,
    /// The public key.
    pub key: String,
    /// The signature.
    pub signature: String,
    /// The whole of it, as a text to be kept.
    pub note: String,
}

/// That a row is in the log.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Proof {
    /// The row.
    pub entry: Entry,
    /// Its leaf.
    pub leaf: String,
    /// Its index.
    pub index: u64,
    /// Leaves of the tree.
    pub size: u64,
    /// Hashes from the leaf to the root.
    pub path: Vec<String>,
    /// The root.
    pub root: String,
    /// The head that states it.
    pub head: Option<Head>,
}
