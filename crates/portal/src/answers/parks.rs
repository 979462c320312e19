//! Answers on parks: what each offers, and the figures of one.

use serde::Deserialize;

/// Parks, with what is offered where.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Parks {
    /// Each of them.
    pub parks: Vec<Park>,
    /// By function the parks that have it.
    pub functions: Vec<Function>,
    /// By supervision mode the parks where it may be used.
    pub modes: Vec<Mode>,
    /// Whether all parks and sites were looked through.
    pub complete: bool,
}

/// A park.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Park {
    /// Its record.
    pub park: String,
    /// Code of its operator.
    pub operator: String,
    /// Name of its operator.
    pub operator_name: String,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_english: String,
    /// Its place in the plan.
    pub kind: String,
    /// Its city.
    pub city: String,
    /// What it offers.
    pub functions: Vec<String>,
    /// Supervision modes.
    pub modes: Vec<String>,
    /// How many enterprises are in it.
    pub tenants: u64,
    /// Its sites.
    pub sites: Vec<Place>,
}

/// A site of a park, as everybody may know it.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Its supervision code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
}

/// Who offers a function.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Function {
    /// Which.
    pub function: String,
    /// Records of the parks.
    pub parks: Vec<String>,
}

/// Where a mode may be used.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Mode {
    /// Its code.
    pub mode: String,
    /// Records of the parks.
    pub parks: Vec<String>,
}

/// Figures of a park.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Figures {
    /// Its record.
    pub park: String,
    /// Its name.
    pub name: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Whether all rows are counted.
    pub complete: bool,
    /// Up to when they are.
    pub up_to: String,
    /// By site.
    pub sites: Vec<Counted>,
    /// Whether all sites were looked through for those of the park.
    pub sites_complete: bool,
    /// Whether all alarms of these days were looked through for parcels without a list.
    pub alarms_complete: bool,
    /// Bonded books in it.
    pub books: Books,
}

/// What a site scanned.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Counted {
    /// Its record.
    pub site: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// Parcels that came in.
    pub entries: u64,
    /// Parcels that left.
    pub exits: u64,
    /// Scans that passed.
    pub passed: u64,
    /// Scans to be looked at.
    pub inspected: u64,
    /// Scans that were held.
    pub held: u64,
    /// Parcels that passed without network and do not pass.
    pub alarms: u64,
    /// Parcels that left although no list was in force for them.
    pub unlisted: u64,
}

/// Bonded books in a park.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Books {
    /// Open books.
    pub books: u64,
    /// Who holds them.
    pub holders: u64,
    /// Their items.
    pub items: u64,
    /// Items of which something is there.
    pub stocked: u64,
    /// Whether all of them were looked through.
    pub complete: bool,
    /// Lots in stock by how long they have lain there.
    pub ageing: Vec<Aged>,
    /// Days since the oldest of them came in.
    pub oldest: Option<u64>,
    /// Those of them that a recall stops.
    pub recalled: u64,
    /// Books whose stock is being counted.
    pub counting: u64,
}

/// Lots that have lain in stock for some days.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Aged {
    /// The fewest days since they came in.
    pub from: u64,
    /// The most; none = all that are older.
    pub to: Option<u64>,
    /// How many.
    pub lots: u64,
}
