//! What the interface answers of what is published: modes of trade, editions of the list, institutions.

use serde::Deserialize;

/// A name in both languages of the tables, where they have it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Name {
    /// Chinese.
    pub zh: Option<String>,
    /// English.
    pub en: Option<String>,
}

/// A mode of trade.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Mode {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Name,
}

/// An edition of the list of retail import goods.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Edition {
    /// Its name.
    pub name: String,
    /// Its first day, `yyyyMMdd`.
    pub valid_from: String,
    /// Where it is written.
    pub source: String,
    /// Whether it is in force today.
    pub in_force: bool,
}

/// What is published.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Publications {
    /// Modes of trade.
    pub modes: Vec<Mode>,
    /// Editions, the newest first.
    pub editions: Vec<Edition>,
}

/// What an institution may do today.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Service {
    /// Its name.
    pub name: Name,
}

/// An institution.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Institution {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub services: Vec<Service>,
}

/// A page of institutions.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Institutions {
    /// The institutions.
    pub institutions: Vec<Institution>,
    /// Cursor of the next page.
    pub after: Option<String>,
}
