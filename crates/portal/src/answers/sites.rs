//! Answers on sites: which a reader keeps, what scans are answered, what is held.

use serde::Deserialize;

/// Sites that the reader keeps.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Sites {
    /// Each of them.
    pub sites: Vec<Site>,
}

/// A site.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Site {
    /// Its record.
    pub site: String,
    /// Its supervision code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// The park that it lies in.
    pub park: String,
    /// Its customs district.
    pub district: String,
    /// Codes of the carriers whose parcels come through it.
    pub carriers: Vec<String>,
}

/// What scans were answered.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Scanned {
    /// Each, in order.
    pub results: Vec<ScanResult>,
}

/// What one scan was answered.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct ScanResult {
    /// What was scanned.
    pub parcel: String,
    /// `pass`, `inspect` or `hold`.
    pub answer: String,
    /// Why.
    pub why: String,
    /// How it is looked at.
    pub look: String,
    /// Whether it passed without network and does not pass.
    pub alarm: bool,
}

/// Parcels that no site lets pass.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Holds {
    /// Each of them.
    pub holds: Vec<Hold>,
    /// Whether there are more than these.
    pub more: bool,
}

/// A hold.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Hold {
    /// Code of the carrier.
    pub logistics_code: String,
    /// Number of the waybill.
    pub logistics_no: String,
    /// The site whose X-ray was not clear.
    pub site: String,
    /// Its version.
    pub version: u32,
    /// Since when.
    pub since: String,
    /// Why, as it was said last.
    pub text: String,
    /// Each reason.
    pub reasons: Vec<String>,
}
