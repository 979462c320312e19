//! Who decides on what is applied for: customs, and of filings the authority that the table `filing_reviewers.csv` names for a
//! role. An authority takes part in the window when an agency that is filed has its word among its services; until then customs
//! decides in its place, as in a window where nobody else takes part. Where several decide on one filing, each endorses what is
//! its, and the last approves. On refunds of tax the tax authority decides and nobody in its place.

use crate::By;
use crate::filing::{Body, Endorsed};
use crate::moves::Move;
use crate::says::{self, Said};
use ceb::Day;
use clearance::Text;
use clearance::party::{Parties, Role};
use clearance::record::Register;
use clearance::rulebook::{CUSTOMS, Rulebook};

/// The word of the tax authority among the services of an agency.
pub const TAX_ADMINISTRATION: &str = "tax-administration";

/// How people call customs where authorities are listed.
const CUSTOMS_CALLED: &str = "customs (海关)";

/// For whom somebody decides on a day, and who decides on which role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Competence {
    /// He decides for customs.
    customs: bool,
    /// He operates the zone, which decides on its parks and their sites as customs does.
    zone: bool,
    /// The authorities for which he decides besides.
    own: Vec<Text>,
    /// Roles on which another than customs decides: its word, and how people call it.
    others: Vec<(Role, Text, String)>,
}

/// Words of services that agencies have on a day, those of one party or of all.
fn held(parties: &Parties, day: Day, of: Option<&str>) -> Vec<Text> {
    let all = parties.all().iter().filter(|filing| filing.has(Role::Agency));
    let mut words: Vec<Text> = all
        .filter_map(|filing| parties.find(&filing.code, day))
        .filter(|filing| !filing.suspended && filing.has(Role::Agency))
        .filter(|filing| of.is_none_or(|code| filing.is_called(code)))
        .flat_map(|filing| filing.services.iter().filter(|one| one.holds_on(day)))
        .map(|service| service.service.clone())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

impl Competence {
    /// What somebody decides in a register: of filings by role, of refunds of tax for the tax authority, elsewhere for customs alone.
    pub fn of(register: Register, by: &By, parties: &Parties, book: &Rulebook, day: Day) -> Self {
        let customs = by.reviews && by.role == Role::Officer;
        let zone = by.role == Role::ZoneOperator && by.applies;
        let zone = zone && matches!(register, Register::Park | Register::Site);
        let mut found = Self { customs, zone, own: Vec::new(), others: Vec::new() };
        if register == Register::EntryRefund {
            found.customs = false;
            if by.reviews && by.role == Role::Agency {
                found.own = held(parties, day, Some(by.actor.party.as_str()));
                found.own.retain(|word| word == TAX_ADMINISTRATION);
            }
            return found;
        }
        if register != Register::Filing {
            return found;
        }
        let here = held(parties, day, None);
        for role in Role::ALL {
            let row = book.reviewers.of(role, day).filter(|row| row.authority != CUSTOMS);
            if let Some(row) = row.filter(|row| here.contains(&row.authority)) {
                let called = format!("{} ({}, {})", row.authority, row.name_zh, row.name_en);
                found.others.push((role, row.authority.clone(), called));
            }
        }
        if by.reviews && by.role == Role::Agency {
            found.own = held(parties, day, Some(by.actor.party.as_str()));
            found.own.retain(|word| found.others.iter().any(|(_, authority, _)| authority == word));
        }
        found
    }

    /// Whether he decides for customs.
    pub fn is_customs(&self) -> bool {
        self.customs
    }

    /// Whether he decides on anything.
    pub fn any(&self) -> bool {
        self.customs || self.zone || !self.own.is_empty()
    }

    fn other(&self, role: Role) -> Option<&(Role, Text, String)> {
        self.others.iter().find(|(of, _, _)| *of == role)
    }

    /// The word of the authority that decides on a role.
    fn authority(&self, role: Role) -> &str {
        self.other(role).map_or(CUSTOMS, |(_, authority, _)| authority.as_str())
    }

    /// Whether he decides on a role.
    fn covers(&self, role: Role) -> bool {
        self.other(role).map_or(self.customs, |(_, authority, _)| self.own.contains(authority))
    }

    /// The words of the authorities for which he decides on these roles, each once.
    pub(crate) fn acts_for(&self, roles: &[Role]) -> Vec<String> {
        let own = roles.iter().filter(|role| self.covers(**role));
        let mut words: Vec<String> = own.map(|role| self.authority(*role).to_owned()).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// How the authorities of these roles are called, each once.
    fn called(&self, roles: &[Role]) -> String {
        let called = |role: &Role| self.other(*role).map_or(CUSTOMS_CALLED, |(_, _, called)| called.as_str());
        let mut all: Vec<&str> = roles.iter().map(called).collect();
        all.sort_unstable();
        all.dedup();
        all.join(", ")
    }

    /// Roles on which others decide who have not endorsed yet.
    fn missing(&self, body: &Body) -> Vec<Role> {
        let lacks = |role: &Role| !self.covers(*role) && !self.is_endorsed(*role, &body.endorsed);
        body.roles().into_iter().filter(lacks).collect()
    }

    fn is_endorsed(&self, role: Role, endorsed: &[Endorsed]) -> bool {
        endorsed.iter().any(|one| one.authority == self.authority(role))
    }

    /// Whether he makes a move of whoever decides, of a filing that says this; or who does.
    pub(crate) fn may(&self, step: &Move, body: &Body) -> Result<(), Said> {
        let roles = body.roles();
        // A filing without a role is one of before there were authorities: it stays with customs.
        let is_his =
            if roles.is_empty() { self.customs } else { roles.iter().any(|role| self.covers(*role)) };
        if !is_his {
            return Err(says::BY_THE_AUTHORITY.with(&[("authorities", &self.called(&roles))]));
        }
        let missing = self.missing(body);
        match step.action {
            "approve" | "amend" if !missing.is_empty() => {
                Err(says::ENDORSED_FIRST.with(&[("authorities", &self.called(&missing))]))
            }
            "endorse" if missing.is_empty() || !self.has_to_endorse(body) => Err(says::NOT_TO_ENDORSE.said()),
            // Whoever took it away gives it back.
            "resume" if !self.took(body) => {
                Err(says::BY_THE_AUTHORITY.with(&[("authorities", &body.suspended_for.join(", "))]))
            }
            _ => Ok(()),
        }
    }

    fn has_to_endorse(&self, body: &Body) -> bool {
        let open = |role: &Role| self.covers(*role) && !self.is_endorsed(*role, &body.endorsed);
        body.roles().iter().any(open)
    }

    fn took(&self, body: &Body) -> bool {
        let by = &body.suspended_for;
        by.is_empty()
            || (self.customs && by.iter().any(|word| word == CUSTOMS))
            || by.iter().any(|word| self.own.iter().any(|own| own.as_str() == word))
    }

    /// Whether a filing that is to be decided waits for him: for his word, or, when all others endorsed, for the last one.
    pub(crate) fn is_awaited(&self, body: &Body) -> bool {
        self.has_to_endorse(body)
            || (self.missing(body).is_empty() && body.roles().iter().any(|role| self.covers(*role)))
    }
}
