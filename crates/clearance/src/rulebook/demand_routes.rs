//! To which roles a demand of a kind goes, dated (`demand_routes.csv`). Who of them is filed, and what he is shown, belongs to
//! `register`.

use super::{Confidence, TableFault, rows, term};
use crate::Text;
use crate::party::Role;
use ceb::Day;

/// One kind of demand goes to one role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DemandRoute {
    /// The kind: a word of the register's form.
    pub kind: Text,
    /// To whom.
    pub role: Role,
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
pub struct DemandRoutes(Vec<DemandRoute>);

impl DemandRoutes {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let header = ["kind", "role", "valid_from", "valid_to", "source", "certainty"];
        let mut all = Vec::new();
        rows("demand_routes.csv", text, header, faults, |[kind, role, from, to, source, certainty]| {
            if kind.is_empty() || source.is_empty() {
                return Err("kind and source are not empty".to_owned());
            }
            all.push(DemandRoute {
                kind: kind.into(),
                role: Role::from_word(role).ok_or_else(|| format!("{role} is no role"))?,
                valid_from: term::first_day(from)?,
                valid_to: term::last_day(to)?,
                source: source.into(),
                confidence: term::certainty(certainty)?,
            });
            Ok(())
        });
        Self(all)
    }

    /// All rows.
    pub fn all(&self) -> &[DemandRoute] {
        &self.0
    }

    /// The roles to which a kind goes on a day.
    pub fn of(&self, kind: &str, day: Day) -> Vec<Role> {
        let holds = |row: &&DemandRoute| row.kind == kind && term::holds(row.valid_from, row.valid_to, day);
        self.0.iter().filter(holds).map(|row| row.role).collect()
    }
}
