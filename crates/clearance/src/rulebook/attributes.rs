//! What a filing must say of its party in a role, besides licences, dated (`filing_attributes.csv`). A row that is not sure asks
//! nothing: what it names may be said. What it means to say it belongs to `register`.

use super::{Confidence, TableFault, rows, term};
use crate::Text;
use crate::party::Role;
use ceb::Day;

/// What may be asked for.
pub const ATTRIBUTES: [&str; 9] = [
    "domestic-agent",
    "goods-brand-term",
    "goods-labels",
    "goods-legal-units",
    "gates",
    "guarantees",
    "principals",
    "video",
    "warehouse-system",
];

/// One attribute that a role is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilingAttribute {
    /// Of whom.
    pub role: Role,
    /// One of [`ATTRIBUTES`].
    pub attribute: Text,
    /// First day.
    pub valid_from: Day,
    /// Last day; none = open.
    pub valid_to: Option<Day>,
    /// Where it is said.
    pub source: Text,
    /// How sure that is.
    pub confidence: Confidence,
}

/// All of them.
#[derive(Clone, Default, Debug)]
pub struct FilingAttributes(Vec<FilingAttribute>);

impl FilingAttributes {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let header = ["role", "attribute", "valid_from", "valid_to", "source", "certainty"];
        let mut all = Vec::new();
        rows("filing_attributes.csv", text, header, faults, |fields| {
            let [role, attribute, from, to, source, certainty] = fields;
            if !ATTRIBUTES.contains(&attribute) {
                return Err(format!("attribute is one of {}", ATTRIBUTES.join(", ")));
            }
            if source.is_empty() {
                return Err("source is not empty".to_owned());
            }
            all.push(FilingAttribute {
                role: Role::from_word(role).ok_or_else(|| format!("{role} is no role"))?,
                attribute: attribute.into(),
                valid_from: term::first_day(from)?,
                valid_to: term::last_day(to)?,
                source: source.into(),
                confidence: term::certainty(certainty)?,
            });
            Ok(())
        });
        Self(all)
    }

    /// All rows, those that ask nothing too.
    pub fn all(&self) -> &[FilingAttribute] {
        &self.0
    }

    /// The row by which a role is asked for an attribute on a day, if it is.
    pub fn asked(&self, role: Role, attribute: &str, day: Day) -> Option<&FilingAttribute> {
        self.0.iter().find(|row| {
            row.role == role
                && row.attribute == attribute
                && row.confidence != Confidence::Unsure
                && term::holds(row.valid_from, row.valid_to, day)
        })
    }
}
