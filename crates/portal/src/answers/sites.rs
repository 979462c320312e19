//! Answers on sites: which a reader keeps, what scans are answered, what is held.

use serde::Deserialize;

/// Sites that the reader keeps.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Sites {
    /// Each of them.
    pub sites: Vec<Site>,
    /// From where the next page goes on.
    pub after: Option<String>,
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
    /// The seal that a bag has by its record; empty = no bag was scanned, or it was opened.
    pub seal: String,
    /// What of a bag does not pass.
    pub stopped: Vec<Remark>,
}

/// A parcel, or a bag, that is not as it should be.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Remark {
    /// The parcel; empty = the bag as a whole.
    pub parcel: String,
    /// The bag that it is in; empty = none.
    pub bag: String,
    /// What is wrong.
    pub why: String,
}

/// What became of what was recorded at a site.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Recorded {
    /// Its state: `recorded`, `alarmed` or `differing`.
    pub state: String,
    /// What it says.
    pub body: RecordedBody,
}

/// What the window says of it.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct RecordedBody {
    /// What of a gate list does not pass.
    pub stopped: Vec<Remark>,
    /// Where a stocktake and the scans differ.
    pub differences: Vec<Remark>,
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
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
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

/// What lies at a site.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct SiteStock {
    /// Parcels, the newest first.
    pub parcels: Vec<Lying>,
    /// From where the next page goes on.
    pub after: Option<String>,
    /// Bags that were sealed there.
    pub bags: Vec<SealedBag>,
    /// Whether there may be older ones.
    #[serde(rename = "moreBags")]
    pub more_bags: bool,
}

/// A parcel that lies at a site.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Lying {
    /// Carrier's code, slash, waybill number.
    pub parcel: String,
    /// The scan or gate list that says so.
    pub by: String,
    /// Since when.
    pub since: String,
}

/// A bag under its seal.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct SealedBag {
    /// Its number.
    pub bag: String,
    /// Its seal.
    pub seal: String,
    /// How many parcels are in it.
    pub parcels: u64,
    /// Since when.
    pub since: String,
}

/// What is in a bag.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct SiteBag {
    /// Its record: the operator's code, a colon, its number.
    pub bag: String,
    /// `sealed` or `unsealed`.
    pub state: String,
    /// Its seal.
    pub seal: String,
    /// The site where it was sealed or opened.
    pub site: String,
    /// When.
    pub since: String,
    /// What is in it; of an opened one what was.
    pub parcels: Vec<String>,
    /// What of it does not pass.
    pub stopped: Vec<Remark>,
}
