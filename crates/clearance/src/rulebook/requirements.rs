//! Which licences a role needs to be filed, dated (`filing_requirements.csv`). A row that is not sure asks nothing. What an
//! application says of its licences belongs to `register`.

use super::{Confidence, TableFault, rows, term};
use crate::Text;
use crate::party::Role;
use ceb::Day;

/// One licence that a role needs, or one of those of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilingRequirement {
    /// Of whom.
    pub role: Role,
    /// One licence of each group of a role is needed.
    pub group: Text,
    /// The word of the licence.
    pub licence: Text,
    /// Its name in Chinese.
    pub name_zh: Text,
    /// Its name in English.
    pub name_en: Text,
    /// First day.
    pub valid_from: Day,
    /// Last day; none = open.
    pub valid_to: Option<Day>,
    /// Where it is said.
    pub source: Text,
    /// How sure that is.
    pub confidence: Confidence,
}

impl FilingRequirement {
    /// Whether it asks for something on a day.
    pub fn asks_on(&self, day: Day) -> bool {
        self.confidence != Confidence::Unsure && term::holds(self.valid_from, self.valid_to, day)
    }
}

/// All requirements.
#[derive(Clone, Default, Debug)]
pub struct FilingRequirements(Vec<FilingRequirement>);

impl FilingRequirements {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let header = [
            "role",
            "group",
            "licence",
            "name_zh",
            "name_en",
            "valid_from",
            "valid_to",
            "source",
            "certainty",
        ];
        let mut all = Vec::new();
        rows("filing_requirements.csv", text, header, faults, |fields| {
            let [role, group, licence, zh, en, from, to, source, certainty] = fields;
            if [group, licence, source].contains(&"") {
                return Err("group, licence and source are not empty".to_owned());
            }
            all.push(FilingRequirement {
                role: Role::from_word(role).ok_or_else(|| format!("{role} is no role"))?,
                group: group.into(),
                licence: licence.into(),
                name_zh: zh.into(),
                name_en: en.into(),
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
    pub fn all(&self) -> &[FilingRequirement] {
        &self.0
    }

    /// The groups of licences that a role needs on a day: one of each.
    pub fn of(&self, role: Role, day: Day) -> Vec<Vec<&FilingRequirement>> {
        let mut groups: Vec<Vec<&FilingRequirement>> = Vec::new();
        for row in self.0.iter().filter(|row| row.role == role && row.asks_on(day)) {
            match groups.iter_mut().find(|group| group.first().is_some_and(|first| first.group == row.group))
            {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
        groups
    }
}
