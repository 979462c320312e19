//! What a filing says of its party besides its roles and licences: the agent of a merchant abroad, for whom an agent acts, how a
//! guarantor's guarantees are secured, gates and cameras of a supervised site. Which of it a role is asked for is the table
//! `filing_attributes.csv`; that documents which are named are there is `attached`'s.

use crate::filing::{Application, approved, is_claim};
use crate::says;
use crate::{Fault, Seen, form};
use ceb::{Day, Decimal};
use clearance::identity::is_enterprise_code;
use clearance::party::{Entrusted, Role};
use clearance::rulebook::Calendar;
use serde::{Deserialize, Serialize};

/// The country of parties that name none, as a code of the country table.
const HOME: &str = "142";

/// Kinds of guarantees.
pub const GUARANTEES: &[&str] = &["deposit", "bank-guarantee", "tariff-insurance"];

/// Ways through a gate.
pub const DIRECTIONS: &[&str] = &["in", "out", "both"];

/// A power of attorney: of a merchant abroad for its agent, or of a principal for whoever declares for him.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Power {
    /// Code of the other: the agent, or the principal.
    pub code: String,
    /// Number of the document; empty = none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// First day, yyyyMMdd.
    pub valid_from: String,
    /// Last day, yyyyMMdd; none = open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// The record of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<String>,
}

impl Power {
    /// What judgement reads of it; none = its days are none, which was told when it was sent.
    pub(crate) fn entrusted(&self) -> Option<Entrusted> {
        let valid_to = match self.valid_to.as_deref().filter(|text| !text.trim().is_empty()) {
            Some(text) => Some(Day::parse(text)?),
            None => None,
        };
        Some(Entrusted { code: self.code.trim().into(), valid_from: Day::parse(&self.valid_from)?, valid_to })
    }

    /// The form of what judgement reads.
    pub(crate) fn of(entrusted: &Entrusted) -> Self {
        Self {
            code: entrusted.code.to_string(),
            number: String::new(),
            valid_from: entrusted.valid_from.to_string(),
            valid_to: entrusted.valid_to.map(|day| day.to_string()),
            attachment: None,
        }
    }
}

/// One guarantee of withheld tax.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Guarantee {
    /// One of [`GUARANTEES`].
    pub guarantee_kind: String,
    /// Its number.
    pub number: String,
    /// Code of the bank or guarantor that stands behind it; of a deposit nobody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuer: String,
    /// Code of the customs office that holds it.
    pub held_by: String,
    /// Yuan.
    pub amount: String,
    /// First day, yyyyMMdd.
    pub valid_from: String,
    /// Last day, yyyyMMdd; of a deposit none = open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// The record of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<String>,
}

impl Guarantee {
    fn fen_on(&self, day: Day) -> i64 {
        let last = self.valid_to.as_deref().and_then(Day::parse);
        let holds = Day::parse(&self.valid_from).is_some_and(|from| from <= day)
            && last.is_none_or(|last| day <= last);
        if holds { fen(&self.amount).unwrap_or(0) } else { 0 }
    }
}

/// An amount above zero, in fen.
fn fen(text: &str) -> Option<i64> {
    let amount = Decimal::parse(text).filter(|amount| !amount.is_negative());
    amount.and_then(Decimal::fen_half_up).map(|(fen, _)| fen).filter(|fen| *fen > 0)
}

/// A gate of a supervised site.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Gate {
    /// Its number, as gate releases name it.
    pub number: String,
    /// One of [`DIRECTIONS`].
    pub direction: String,
    /// Where it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
}

/// Video supervision of a site.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Video {
    /// How many cameras, at least one.
    pub cameras: u32,
    /// Days for which recordings are kept, at least one.
    pub kept_days: u32,
    /// How customs looks at it.
    pub access: String,
}

impl Application {
    /// Whether the party is registered in another country.
    fn is_abroad(&self) -> bool {
        self.country.as_deref().map(str::trim).is_some_and(|code| !code.is_empty() && code != HOME)
    }

    fn has(&self, role: Role) -> bool {
        self.roles.iter().any(|word| word == role.word())
    }

    /// What its guarantees are worth on a day, in fen.
    fn secured_on(&self, day: Day) -> i64 {
        self.guarantees.iter().map(|guarantee| guarantee.fen_on(day)).fold(0, i64::saturating_add)
    }
}

/// Everything that is wrong with it. Whoever has no party yet is told nothing of others' filings, and attaches documents later.
pub(crate) fn check(
    code: &str,
    application: &Application,
    is_nobody: bool,
    seen: &Seen<'_>,
    faults: &mut Vec<Fault>,
) {
    let (today, book) = (seen.now.day(), seen.reference.current());
    let later =
        is_claim(&seen.command.key.id) && seen.current.is_none_or(|record| approved(record).is_none());
    if let Some(country) = application.country.as_deref().filter(|code| !code.trim().is_empty())
        && !book.codes.countries.holds(country.trim(), today)
    {
        faults.push(Fault::new("country", country, says::CODE_OF_TABLE.said()));
    }
    let said = [
        (Role::Merchant, "domestic-agent", "domesticAgent", application.domestic_agent.is_some()),
        (Role::Agent, "principals", "principals", !application.principals.is_empty()),
        (Role::Guarantor, "guarantees", "guarantees", !application.guarantees.is_empty()),
        (Role::SiteOperator, "gates", "gates", !application.gates.is_empty()),
        (Role::SiteOperator, "video", "video", application.video.is_some()),
        (
            Role::SiteOperator,
            "warehouse-system",
            "warehouseSystem",
            application.warehouse_system.as_deref().is_some_and(|text| !text.trim().is_empty()),
        ),
    ];
    for (role, attribute, path, is_said) in said {
        let asked = book.attributes.asked(role, attribute, today);
        let asked = asked.filter(|_| attribute != "domestic-agent" || application.is_abroad());
        match asked {
            _ if is_said && !application.has(role) => {
                faults.push(Fault::new(path, "", says::OF_ROLE.with(&[("role", role.word())])));
            }
            Some(row) if !is_said && application.has(role) => {
                let told = [("role", role.word()), ("source", row.source.as_str())];
                faults.push(Fault::new(path, "", says::ATTRIBUTE_NEEDED.with(&told)));
            }
            _ => {}
        }
    }
    if let Some(agent) = &application.domestic_agent {
        power("domesticAgent", agent, today, later, faults);
        let known = is_nobody || seen.acts_as(agent.code.trim(), &[Role::Agent]);
        if !known || agent.code.trim() == code || seen.parties.same(&agent.code, code, today) {
            faults.push(Fault::new("domesticAgent.code", &agent.code, says::AGENT_FILED.said()));
        }
    }
    for (index, principal) in application.principals.iter().enumerate() {
        power(&format!("principals[{index}]"), principal, today, later, faults);
    }
    for (index, guarantee) in application.guarantees.iter().enumerate() {
        secured(index, guarantee, is_nobody, seen, faults);
    }
    site(application, faults);
}

fn power(at: &str, power: &Power, today: Day, later: bool, faults: &mut Vec<Fault>) {
    let at = |field: &str| format!("{at}.{field}");
    if !is_enterprise_code(power.code.trim()) {
        faults.push(Fault::new(&at("code"), &power.code, says::PARTY_CODE_FORM.said()));
    }
    let last = term(&at, &power.valid_from, power.valid_to.as_deref(), faults);
    if last.is_some_and(|last| last < today) {
        let text = power.valid_to.as_deref().unwrap_or_default();
        faults.push(Fault::new(&at("validTo"), text, says::TODAY_OR_LATER.said()));
    }
    if !later && power.attachment.as_deref().is_none_or(|id| id.trim().is_empty()) {
        faults.push(Fault::new(&at("attachment"), "", says::POWER_OF_ATTORNEY.said()));
    }
}

/// The last day of a term, if it has one.
fn term(at: &impl Fn(&str) -> String, from: &str, to: Option<&str>, faults: &mut Vec<Fault>) -> Option<Day> {
    let first = form::day(&at("validFrom"), from, faults);
    let text = to.filter(|text| !text.is_empty())?;
    let last = form::day(&at("validTo"), text, faults);
    if Day::parse(text).is_some() && last < first {
        faults.push(Fault::new(&at("validTo"), text, says::NOT_BEFORE_FROM.said()));
    }
    Day::parse(text)
}

fn secured(index: usize, guarantee: &Guarantee, is_nobody: bool, seen: &Seen<'_>, faults: &mut Vec<Fault>) {
    let at = |field: &str| format!("guarantees[{index}].{field}");
    let is_deposit = guarantee.guarantee_kind == "deposit";
    if !GUARANTEES.contains(&guarantee.guarantee_kind.as_str()) {
        let expected = says::ONE_OF.with(&[("words", &GUARANTEES.join(", "))]);
        faults.push(Fault::new(&at("guaranteeKind"), &guarantee.guarantee_kind, expected));
    }
    if guarantee.number.trim().is_empty() {
        faults.push(Fault::new(&at("number"), "", says::NOT_EMPTY.said()));
    }
    if fen(&guarantee.amount).is_none() {
        faults.push(Fault::new(&at("amount"), &guarantee.amount, says::AMOUNT_IN_YUAN.said()));
    }
    let last = term(&at, &guarantee.valid_from, guarantee.valid_to.as_deref(), faults);
    if last.is_none() && !is_deposit && guarantee.valid_to.as_deref().is_none_or(str::is_empty) {
        faults.push(Fault::new(&at("validTo"), "", says::A_DAY.said()));
    }
    if is_deposit && !guarantee.issuer.trim().is_empty() {
        faults.push(Fault::new(&at("issuer"), &guarantee.issuer, says::NO_ISSUER.said()));
    }
    if is_nobody {
        return;
    }
    if !is_deposit && !seen.acts_as(guarantee.issuer.trim(), &[Role::Bank, Role::Guarantor]) {
        faults.push(Fault::new(&at("issuer"), &guarantee.issuer, says::ISSUER_FILED.said()));
    }
    if !seen.acts_as(guarantee.held_by.trim(), &[Role::Officer]) {
        faults.push(Fault::new(&at("heldBy"), &guarantee.held_by, says::OFFICE_FILED.said()));
    }
}

fn site(application: &Application, faults: &mut Vec<Fault>) {
    for (index, gate) in application.gates.iter().enumerate() {
        let at = |field: &str| format!("gates[{index}].{field}");
        let before = application.gates.iter().take(index);
        if gate.number.trim().is_empty() || before.clone().any(|one| one.number.trim() == gate.number.trim())
        {
            faults.push(Fault::new(&at("number"), &gate.number, says::GATE_NUMBER.said()));
        }
        if !DIRECTIONS.contains(&gate.direction.as_str()) {
            let expected = says::ONE_OF.with(&[("words", &DIRECTIONS.join(", "))]);
            faults.push(Fault::new(&at("direction"), &gate.direction, expected));
        }
    }
    let Some(video) = &application.video else { return };
    for (path, number) in [("video.cameras", video.cameras), ("video.keptDays", video.kept_days)] {
        if number == 0 {
            faults.push(Fault::new(path, "0", says::AT_LEAST_ONE.said()));
        }
    }
    if video.access.trim().is_empty() {
        faults.push(Fault::new("video.access", "", says::NOT_EMPTY.said()));
    }
}

/// Guarantees that are told of are to be worth the limit that is granted, in fen.
pub(crate) fn covered(application: &Application, limit: i64, day: Day, faults: &mut Vec<Fault>) {
    let worth = application.secured_on(day);
    if limit > 0 && !application.guarantees.is_empty() && worth < limit {
        let worth = Decimal::from_fen(worth).to_string();
        let expected = says::WITHIN_GUARANTEES.with(&[("amount", &worth)]);
        faults.push(Fault::new("guaranteeLimit", &Decimal::from_fen(limit).to_string(), expected));
    }
}

/// The last day on which what the filing rests on still holds: the power of the agent of a merchant abroad, and guarantees that
/// are worth the limit; none = it does not end, or has ended.
pub(crate) fn lasting(application: &Application, limit: i64, today: Day) -> Option<Day> {
    let power = application.domestic_agent.as_ref().filter(|_| application.is_abroad());
    let power = power.and_then(|power| power.valid_to.as_deref()).and_then(Day::parse);
    let mut ends: Vec<Day> =
        application.guarantees.iter().filter_map(|one| Day::parse(one.valid_to.as_deref()?)).collect();
    ends.sort_unstable();
    let is_short = |end: &Day| application.secured_on(Calendar::plus_days(*end, 1)) < limit;
    let secured = ends.into_iter().filter(|end| *end >= today).find(is_short);
    let secured = secured.filter(|_| limit > 0 && application.secured_on(today) >= limit);
    power.filter(|last| *last >= today).into_iter().chain(secured).min()
}
