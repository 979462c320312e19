//! Services that a filing may permit payment firms, banks, guarantors and logistics firms, dated (`services.csv`): who may be
//! given which, and which documents rest on one. A row that is not sure asks nothing.

use super::{Confidence, TableFault, rows, term};
use crate::Text;
use crate::party::Role;
use ceb::Day;

/// Documents that may rest on a service of a party that they name.
const DOCUMENTS: [&str; 3] = ["payment", "waybill", "declaration"];

/// One service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceRow {
    /// Its word.
    pub service: Text,
    /// Roles that may be given it.
    pub roles: Vec<Role>,
    /// The document that rests on one of its group; empty = none.
    pub document: Text,
    /// Of a group one is needed.
    pub group: Text,
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

/// All services.
#[derive(Clone, Default, Debug)]
pub struct Services(Vec<ServiceRow>);

impl Services {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let header = [
            "service",
            "roles",
            "document",
            "group",
            "name_zh",
            "name_en",
            "valid_from",
            "valid_to",
            "source",
            "certainty",
        ];
        let mut all = Vec::new();
        rows("services.csv", text, header, faults, |fields| {
            let [service, roles, document, group, zh, en, from, to, source, certainty] = fields;
            if [service, zh, en, source].contains(&"") {
                return Err("service, names and source are not empty".to_owned());
            }
            if !document.is_empty() && (!DOCUMENTS.contains(&document) || group.is_empty()) {
                return Err(format!("a document is one of {}, and has a group", DOCUMENTS.join(", ")));
            }
            let role = |word: &str| Role::from_word(word).ok_or_else(|| format!("{word} is no role"));
            all.push(ServiceRow {
                service: service.into(),
                roles: roles.split_whitespace().map(role).collect::<Result<_, _>>()?,
                document: document.into(),
                group: group.into(),
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
    pub fn all(&self) -> &[ServiceRow] {
        &self.0
    }

    /// The service of a word on a day.
    pub fn find(&self, service: &str, day: Day) -> Option<&ServiceRow> {
        let holds = |row: &&ServiceRow| term::holds(row.valid_from, row.valid_to, day);
        self.0.iter().filter(holds).find(|row| row.service == service)
    }

    /// The groups of services that a document rests on, on a day: one of each is needed.
    pub fn asked(&self, document: &str, day: Day) -> Vec<Vec<&ServiceRow>> {
        let asks = |row: &&ServiceRow| {
            row.document == document
                && row.confidence != Confidence::Unsure
                && term::holds(row.valid_from, row.valid_to, day)
        };
        let mut groups: Vec<Vec<&ServiceRow>> = Vec::new();
        for row in self.0.iter().filter(asks) {
            match groups.iter_mut().find(|group| group.first().is_some_and(|first| first.group == row.group))
            {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
        groups
    }
}
