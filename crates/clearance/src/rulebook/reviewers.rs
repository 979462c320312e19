//! Which authority decides on a filing in which role, dated (`filing_reviewers.csv`). A row that is not sure names nobody. Who is
//! that authority in a window, and what becomes of a role whose authority takes no part in it, belongs to `register`.

use super::{Confidence, TableFault, rows, term};
use crate::Text;
use crate::party::Role;
use ceb::Day;

/// The authority whose word stands for the customs offices: they decide wherever no other is named.
pub const CUSTOMS: &str = "customs";

/// One role and who decides on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilingReviewer {
    /// Of whom.
    pub role: Role,
    /// The word of the authority.
    pub authority: Text,
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

impl FilingReviewer {
    fn holds_on(&self, day: Day) -> bool {
        self.confidence != Confidence::Unsure && term::holds(self.valid_from, self.valid_to, day)
    }
}

/// All of them.
#[derive(Clone, Default, Debug)]
pub struct FilingReviewers(Vec<FilingReviewer>);

impl FilingReviewers {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let header =
            ["role", "authority", "name_zh", "name_en", "valid_from", "valid_to", "source", "certainty"];
        let mut all = Vec::new();
        rows("filing_reviewers.csv", text, header, faults, |fields| {
            let [role, authority, zh, en, from, to, source, certainty] = fields;
            if [authority, zh, en, source].contains(&"") {
                return Err("authority, names and source are not empty".to_owned());
            }
            all.push(FilingReviewer {
                role: Role::from_word(role).ok_or_else(|| format!("{role} is no role"))?,
                authority: authority.into(),
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

    /// All rows, those that name nobody too.
    pub fn all(&self) -> &[FilingReviewer] {
        &self.0
    }

    /// Who decides on a role on a day; none = nobody is named, so that customs does.
    pub fn of(&self, role: Role, day: Day) -> Option<&FilingReviewer> {
        self.0.iter().find(|row| row.role == role && row.holds_on(day))
    }

    /// The row of an authority on a day, if any role is its.
    pub fn authority(&self, word: &str, day: Day) -> Option<&FilingReviewer> {
        self.0.iter().find(|row| row.authority == word && row.holds_on(day))
    }
}
