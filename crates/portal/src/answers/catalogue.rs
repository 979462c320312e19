//! Answers on what agencies can share, and for how long what tells of persons is kept.

use serde::Deserialize;

/// A field of a dataset.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Field {
    /// Its name; of lines `lines.name`.
    pub name: String,
    /// What stands in it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it tells of a natural person.
    pub personal: bool,
    /// Whether every record has it.
    pub always: bool,
    /// The words of which it is one.
    #[serde(default)]
    pub choices: Vec<String>,
    /// What it means, in English.
    pub meaning: String,
}

/// A dataset.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Dataset {
    /// Its word.
    pub dataset: String,
    /// Its version.
    pub schema: u32,
    /// What the key of its records is made of.
    pub key: String,
    /// Roles whose parties give it.
    pub givers: Vec<String>,
    /// Fields that an agency files itself; none = it is no dataset of such.
    pub filed: Vec<String>,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// All datasets.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Datasets {
    /// In order.
    pub datasets: Vec<Dataset>,
}

/// A term for which what tells of persons is kept.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Term {
    /// Of which records.
    pub record_type: String,
    /// Months for which a law wants it kept.
    pub keep_months: u32,
    /// Months after which it is erased.
    pub erase_months: u32,
    /// First day.
    pub valid_from: String,
    /// Last day.
    pub valid_to: Option<String>,
    /// The law.
    pub law: String,
    /// Whether its text was seen.
    pub sure: bool,
    /// What is erased, in English.
    pub note: String,
    /// Whether it holds today.
    pub holds: bool,
}

/// All terms.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Terms {
    /// In the order of the table.
    pub terms: Vec<Term>,
}
