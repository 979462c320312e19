//! The offline side of the zone: parks, and the sites within them. An operator, of this city or of another of the province,
//! applies with its park; the agency or the operator of the zone approves it, and what is applied for later counts when that is
//! approved too. What keepers do at a site is `happening` and `scan`, what follows from it for bags and for what lies there `bag` and
//! `stock`; what a park offers beside others is the server's to show.

pub mod bag;
pub mod code;
pub mod happening;
pub mod hold;
pub mod scan;
pub mod site;
pub mod stock;

use crate::moves::Move;
use crate::says;
use crate::{Command, Fault, Made, Seen, form, owner_of, read, stored, written};
use ceb::Day;
use clearance::Text;
use clearance::facts::{Facts, Keys};
use clearance::keys::Position;
use clearance::party::Role;
use clearance::record::{Record, RecordKey};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The id is the operator's code, a colon, its number of the park. States: submitted, refused, open, change-submitted (open, as it
/// was approved before), closed.
pub const MOVES: &[Move] = &moves("set-tenants");

/// The moves of parks and of sites alike; one of them, of this name, needs nobody's approval.
const fn moves(own: &'static str) -> [Move; 8] {
    [
        Move::owner("apply", &["", "refused"], "submitted"),
        Move::reviewer("refuse", &["submitted"], "refused").explained(),
        Move::reviewer("approve", &["submitted"], "open"),
        Move::owner("change", &["open", "change-submitted"], "change-submitted"),
        Move::reviewer("refuse", &["change-submitted"], "open").explained(),
        Move::reviewer("approve", &["change-submitted"], "open"),
        Move::owner(own, &["open"], "open"),
        Move::reviewer("close", &["open", "change-submitted"], "closed").explained(),
    ]
}

/// What was applied for counts from now on, or is again what counted before.
fn decided<A: Clone>(action: &str, applied: &mut A, in_force: &mut Option<A>) {
    if action == "approve" {
        *in_force = Some(applied.clone());
    }
    // What was refused is told in the history; what is in force stays.
    if let Some(before) = in_force.as_ref().filter(|_| action == "refuse") {
        applied.clone_from(before);
    }
}

/// States in which a park or a site works.
pub const WORKING: &[&str] = &["open", "change-submitted"];
/// Places of a park in the zone's plan: three cores, five for exports, two for imports, and those of other cities.
pub const KINDS: &[&str] = &["core", "export-park", "import-park", "linked"];
/// What a park may offer.
pub const FUNCTIONS: &[&str] = &[
    "bonded-stocking",
    "bonded-exhibition",
    "direct-purchase",
    "zone-entry-exit",
    "retail-export",
    "enterprise-export",
    "market-procurement",
    "sorting",
    "show-and-order",
    "returns-centre",
    "cold-chain",
    "settlement",
    "incubation",
    "training",
];
/// Tenants and functions of a park at most.
const MOST: usize = 500;
/// Characters of a name.
pub(crate) const NAME: usize = 100;
/// Characters of terms and grounds.
const TERMS: usize = 2_000;

/// What is applied for.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Applied {
    /// Its name in Chinese.
    pub name: String,
    /// Its name in English, for pages in that language.
    #[serde(default)]
    pub name_english: String,
    /// Its place in the plan: one of [`KINDS`].
    pub kind: String,
    /// The city where it is.
    pub city: String,
    /// Code of its customs district, four digits; nothing = several, or none.
    #[serde(default)]
    pub district: String,
    /// Where it is.
    #[serde(default)]
    pub address: String,
    /// What it offers: words of [`FUNCTIONS`].
    pub functions: Vec<String>,
    /// Supervision modes that may be used in it.
    #[serde(default)]
    pub modes: Vec<String>,
    /// The plan, reply or permit that it rests on.
    pub legal_basis: String,
}

/// An enterprise in a park.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tenant {
    /// Its code.
    pub party: String,
    /// First day, yyyyMMdd.
    pub valid_from: String,
    /// Last day, yyyyMMdd; none = open.
    #[serde(default)]
    pub valid_to: Option<String>,
    /// On which terms: what it rents, what it is promised.
    #[serde(default)]
    pub terms: String,
}

impl Tenant {
    /// Whether it is there on a day.
    pub fn is_there(&self, day: Day) -> bool {
        let from = Day::parse(&self.valid_from).is_some_and(|from| from <= day);
        from && self.valid_to.as_deref().and_then(Day::parse).is_none_or(|to| day <= to)
    }
}

/// All tenants of a park: what is not named any more has left.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tenants {
    /// Each of them.
    pub tenants: Vec<Tenant>,
}

/// A park as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// What was applied for last.
    pub applied: Applied,
    /// What was approved last; none = nothing yet.
    #[serde(default)]
    pub in_force: Option<Applied>,
    /// Who is in it.
    #[serde(default)]
    pub tenants: Vec<Tenant>,
}

impl Body {
    /// Of a record of parks.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Codes of those who are in it on a day.
    pub fn tenants_on(&self, day: Day) -> impl Iterator<Item = &str> {
        self.tenants.iter().filter(move |tenant| tenant.is_there(day)).map(|tenant| tenant.party.trim())
    }
}

/// The site of a scan, of what happened there, of a parcel that lies there: what stands before the last colon of the id.
pub(crate) fn site_of(key: &RecordKey) -> &str {
    key.id.rsplit_once(':').map_or("", |(site, _)| site)
}

/// Adds what decides on a scan or on what happened at a site to the keys of its batch.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    bag::needs(command, keys);
    stock::needs(command, keys);
}

/// Records that a scan, or what happened at a site, changes behind its own.
pub(crate) fn behind(facts: &mut Facts, record: &Record, at: Position) -> Vec<Arc<Record>> {
    let mut made: Vec<Arc<Record>> = bag::after(facts, record, at).into_iter().collect();
    let next = Position { sequence: at.sequence + made.len() as u64, ..at };
    made.extend(stock::after(facts, record, next));
    made
}

/// The number that an operator gives a park or a site: what stands behind his code.
pub(crate) fn check_number(seen: &Seen<'_>, faults: &mut Vec<Fault>) {
    let number = seen.own_name();
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if number.is_empty() || number.len() > 20 || !number.chars().all(fits) {
        faults.push(Fault::new("id", &seen.command.key.id, says::PARK_ID.said()));
    }
    let operator = owner_of(&seen.command.key);
    if !seen.acts_as(&operator, &[Role::SiteOperator]) {
        faults.push(Fault::new("id", &operator, says::SITE_OPERATOR_FILED.said()));
    }
}

/// A text that must be there, of so many characters at most.
pub(crate) fn check_text(path: &str, text: &str, most: usize, faults: &mut Vec<Fault>) {
    if text.trim().is_empty() {
        faults.push(Fault::new(path, "", says::NOT_EMPTY.said()));
    }
    check_length(path, text, most, faults);
}

/// A text of so many characters at most.
pub(crate) fn check_length(path: &str, text: &str, most: usize, faults: &mut Vec<Fault>) {
    if text.chars().count() > most {
        faults.push(Fault::new(path, "", says::UP_TO_CHARACTERS.with(&[("most", &most.to_string())])));
    }
}

/// One of these words.
pub(crate) fn check_word(path: &str, word: &str, known: &[&str], faults: &mut Vec<Fault>) {
    if !known.contains(&word) {
        faults.push(Fault::new(path, word, says::ONE_OF.with(&[("words", &known.join(", "))])));
    }
}

/// Four digits, or nothing.
pub(crate) fn check_district(path: &str, district: &str, faults: &mut Vec<Fault>) {
    let district = district.trim();
    let is_code = district.len() == 4 && district.bytes().all(|byte| byte.is_ascii_digit());
    if !district.is_empty() && !is_code {
        faults.push(Fault::new(path, district, says::CODE_OF_TABLE.said()));
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let mut body = seen.current.map(Body::of).unwrap_or_default();
    match step.action {
        "apply" | "change" => {
            check_number(seen, faults);
            body.applied = read(seen.command.body.as_deref(), faults)?;
            check(seen, &body.applied, faults);
        }
        "set-tenants" => {
            let sent: Tenants = read(seen.command.body.as_deref(), faults)?;
            check_tenants(seen, &sent, faults);
            body.tenants = sent.tenants;
        }
        action => decided(action, &mut body.applied, &mut body.in_force),
    }
    let mut parties: Vec<Text> = vec![owner_of(&seen.command.key)];
    parties.extend(body.tenants.iter().map(|tenant| Text::from(tenant.party.trim())));
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

fn check(seen: &Seen<'_>, applied: &Applied, faults: &mut Vec<Fault>) {
    check_text("name", &applied.name, NAME, faults);
    check_length("nameEnglish", &applied.name_english, NAME, faults);
    check_word("kind", &applied.kind, KINDS, faults);
    check_text("city", &applied.city, NAME, faults);
    check_district("district", &applied.district, faults);
    check_length("address", &applied.address, NAME * 2, faults);
    check_text("legalBasis", &applied.legal_basis, TERMS, faults);
    if applied.functions.is_empty() {
        faults.push(Fault::new("functions", "", says::NOT_EMPTY.said()));
    }
    if applied.functions.len() > MOST {
        faults.push(Fault::new("functions", "", says::AT_MOST.with(&[("most", &MOST.to_string())])));
    }
    for (index, function) in applied.functions.iter().take(MOST).enumerate() {
        check_word(&format!("functions[{}]", index + 1), function, FUNCTIONS, faults);
    }
    for (index, mode) in applied.modes.iter().enumerate() {
        if !seen.reference.current().codes.trade_modes.holds(mode.trim(), seen.now.day()) {
            faults.push(Fault::new(&format!("modes[{}]", index + 1), mode, says::TRADE_MODE.said()));
        }
    }
}

fn check_tenants(seen: &Seen<'_>, sent: &Tenants, faults: &mut Vec<Fault>) {
    if sent.tenants.len() > MOST {
        faults.push(Fault::new("tenants", "", says::AT_MOST.with(&[("most", &MOST.to_string())])));
    }
    for (index, tenant) in sent.tenants.iter().take(MOST).enumerate() {
        let path = |name: &str| format!("tenants[{}].{name}", index + 1);
        let filed = seen.parties.find(tenant.party.trim(), seen.now.day());
        // Who left may have no filing any more.
        let is_there = tenant.is_there(seen.now.day());
        if tenant.party.trim().is_empty() || (is_there && filed.is_none_or(|filing| filing.suspended)) {
            faults.push(Fault::new(&path("party"), &tenant.party, says::PARTY_FILED.said()));
        }
        let from = form::day(&path("validFrom"), &tenant.valid_from, faults);
        let to = tenant.valid_to.as_deref().map(|text| (text, form::day(&path("validTo"), text, faults)));
        if let Some((text, _)) = to.filter(|(_, to)| *to < from) {
            faults.push(Fault::new(&path("validTo"), text, says::NOT_BEFORE_FROM.said()));
        }
        check_length(&path("terms"), &tenant.terms, TERMS, faults);
    }
}
