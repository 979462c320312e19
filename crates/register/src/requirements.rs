//! Which licences a role needs, as a dated table (`tables/filing_requirements.csv`). A row that is not sure asks nothing.

use ceb::Day;
use clearance::party::Role;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../tables/filing_requirements.csv");

/// One licence that a role needs, or one of those of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Requirement {
    /// Of whom.
    pub role: Role,
    /// One licence of each group of a role is needed.
    pub group: String,
    /// The word of the licence.
    pub licence: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// First day.
    pub valid_from: Day,
    /// Last day; none = open.
    pub valid_to: Option<Day>,
    /// Where it is said.
    pub source: String,
    /// Whether the source was seen.
    pub sure: bool,
}

/// All requirements.
///
/// # Panics
/// If the built-in table is wrong: a programmer's error, found by the tests.
pub fn all() -> &'static [Requirement] {
    static ALL: LazyLock<Vec<Requirement>> = LazyLock::new(|| {
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        let rows = reader.records().enumerate().map(|(index, row)| {
            let row = row.ok().and_then(|row| requirement(&row));
            row.unwrap_or_else(|| panic!("filing_requirements.csv: line {}", index + 2))
        });
        rows.collect()
    });
    &ALL
}

fn requirement(row: &csv::StringRecord) -> Option<Requirement> {
    let [role, group, licence, name_zh, name_en, from, to, source, certainty] =
        row.iter().collect::<Vec<&str>>().try_into().ok()?;
    Some(Requirement {
        role: Role::from_word(role)?,
        group: group.to_owned(),
        licence: licence.to_owned(),
        name_zh: name_zh.to_owned(),
        name_en: name_en.to_owned(),
        valid_from: Day::parse(from)?,
        valid_to: if to.is_empty() { None } else { Some(Day::parse(to)?) },
        source: source.to_owned(),
        sure: certainty == "seen",
    })
}

/// The groups of licences that a role needs on a day: one of each.
pub fn of(role: Role, day: Day) -> Vec<Vec<&'static Requirement>> {
    let mut groups: Vec<Vec<&'static Requirement>> = Vec::new();
    let holds = |row: &&Requirement| {
        row.role == role && row.sure && row.valid_from <= day && row.valid_to.is_none_or(|last| day <= last)
    };
    for row in all().iter().filter(holds) {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| first.group == row.group)) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}
