//! Filing of parties (备案): a party applies once, the competent agency decides, every agency uses it. An application
//! that is approved becomes the filing that trades are judged by, from a day on and never backwards.

use crate::form::{self, FilingForm, GivenCertificate, ServiceForm};
use crate::moves::{Move, Who};
use crate::says::{self, Said};
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use ceb::Day;
use clearance::Text;
use clearance::party::{Entry, Filing, Parties, Role};
use clearance::record::Record;
use clearance::rulebook::FilingRequirements;
use serde::{Deserialize, Serialize};

/// States: submitted, returned (for correction), refused, withdrawn, filed, change-submitted (the filing in force stays
/// so meanwhile), suspended, revoked.
pub const MOVES: &[Move] = &[
    Move::owner("apply", &["", "refused", "withdrawn", "revoked"], "submitted"),
    Move::owner("correct", &["submitted", "returned"], "submitted"),
    Move::owner("withdraw", &["submitted", "returned"], "withdrawn"),
    Move::reviewer("return", &["submitted"], "returned").explained(),
    Move::reviewer("refuse", &["submitted"], "refused").explained(),
    Move::reviewer("approve", &["submitted"], "filed").filed(),
    Move::owner("change", &["filed"], "change-submitted"),
    Move::owner("correct", &["change-submitted"], "change-submitted"),
    Move::owner("withdraw", &["change-submitted"], "filed"),
    Move::reviewer("refuse", &["change-submitted"], "filed").explained(),
    Move::reviewer("approve", &["change-submitted"], "filed").filed(),
    Move::reviewer("amend", &["filed"], "filed").explained().filed(),
    Move::reviewer("suspend", &["filed", "change-submitted"], "suspended").explained().filed(),
    Move::reviewer("resume", &["suspended"], "filed").explained().filed(),
    Move::reviewer("revoke", &["filed", "change-submitted", "suspended"], "revoked").explained().filed(),
];

/// A licence that a party holds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Licence {
    /// A word of `filing_requirements.csv`, or another.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// First day, yyyyMMdd.
    pub valid_from: String,
    /// Last day, yyyyMMdd; none = open.
    #[serde(default)]
    pub valid_to: Option<String>,
    /// The record of its copy.
    #[serde(default)]
    pub attachment: Option<String>,
}

/// Whom an agency may ask.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Contact {
    /// Name.
    pub name: String,
    /// Telephone.
    pub telephone: String,
    /// Electronic mail.
    #[serde(default)]
    pub email: Option<String>,
}

/// What a party applies with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Application {
    /// The other code of the same enterprise.
    #[serde(default)]
    pub other_code: Option<String>,
    /// Registered name.
    pub name: String,
    /// Words of roles.
    pub roles: Vec<String>,
    /// From when, yyyyMMdd; a day that has passed counts as the day of the approval.
    pub valid_from: String,
    /// Exchange ids it owns.
    #[serde(default)]
    pub exchange_ids: Vec<String>,
    /// Its signing certificates: each in PEM, or the SHA-256 of its DER.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// Whether unsigned declarations of it are to be refused.
    #[serde(default)]
    pub signature_required: bool,
    /// Algorithms that it signs with, `rsa-sha1`, `rsa-sha256`, `sm2-sm3`; none = all that the window accepts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub algorithms: Vec<String>,
    /// Modes it wants to use.
    #[serde(default)]
    pub modes: Vec<String>,
    /// What a payment firm, bank, guarantor or logistics firm may do: words of `services.csv`, or each with its bounds.
    #[serde(default)]
    pub services: Vec<ServiceForm>,
    /// Licences.
    #[serde(default)]
    pub licences: Vec<Licence>,
    /// Where it is.
    pub address: String,
    /// Whom an agency may ask.
    pub contact: Contact,
}

/// What the agency alone decides.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Granted {
    /// Last day, yyyyMMdd; none = as long as its licences.
    #[serde(default)]
    pub valid_to: Option<String>,
    /// A, standard or D.
    #[serde(default = "form::standard")]
    pub credit_grade: String,
    /// Yuan, of a guarantor.
    #[serde(default = "form::nothing")]
    pub guarantee_limit: String,
    /// Whether a platform authenticates its buyers.
    #[serde(default)]
    pub verifies_identity: bool,
    /// Modes it may use; none = those it applied for.
    #[serde(default)]
    pub modes: Option<Vec<String>>,
    /// Services it may give; none = those it applied for.
    #[serde(default)]
    pub services: Option<Vec<ServiceForm>>,
    /// Whether release waits for arrival at its site; none = by parameter.
    #[serde(default)]
    pub arrival_required: Option<bool>,
}

impl Default for Granted {
    fn default() -> Self {
        Self {
            valid_to: None,
            credit_grade: form::standard(),
            guarantee_limit: form::nothing(),
            verifies_identity: false,
            modes: None,
            services: None,
            arrival_required: None,
        }
    }
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// What was applied for last.
    pub applied: Application,
    /// What is in force.
    #[serde(default)]
    pub in_force: Option<Application>,
    /// What the agency decided.
    #[serde(default)]
    pub granted: Option<Granted>,
}

/// Between the name of somebody who has no party yet and the code that he claims: the id of such an application. Until it is
/// approved the record is his, and whoever has the code learns nothing of it; then it is that party's.
const CLAIMS: char = '~';

/// The id of an application by somebody who has no party yet.
pub fn claim(name: &str, code: &str) -> Text {
    format!("{name}{CLAIMS}{code}").into()
}

/// Whether an id is that of such an application.
pub fn is_claim(id: &str) -> bool {
    id.contains(CLAIMS)
}

/// The code that an application is for.
pub fn code_of(id: &str) -> &str {
    id.rsplit_once(CLAIMS).map_or(id, |(_, code)| code)
}

/// The roles in which the party of a record is filed by it; none = it was never approved.
///
/// # Panics
/// If the record is none of this register.
pub fn approved(record: &Record) -> Option<Vec<Role>> {
    let application = stored::<Body>(record).in_force?;
    Some(application.roles.iter().filter_map(|word| Role::from_word(word)).collect())
}

/// The certificates that a party's filing was approved with, as they were given: in PEM, or by their SHA-256.
///
/// # Panics
/// If the record is none of this register.
pub fn certificates(record: &Record) -> Vec<String> {
    stored::<Body>(record).in_force.map(|application| application.certificates).unwrap_or_default()
}

/// Whose record it is: his who claims a code until it is approved, then the party's.
pub(crate) fn owner(record: &Record) -> Text {
    let id = &record.key.id;
    if is_claim(id) && approved(record).is_some() { code_of(id).into() } else { owner_of(&record.key) }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let code = code_of(&command.key.id);
    let claims = is_claim(&command.key.id);
    // Who has no party yet is not told what others have filed: the agency finds it out.
    let (nobody, told) = (Parties::default(), claims && step.who == Who::Owner);
    let known = if told { &nobody } else { seen.parties };
    let mut body = match seen.current {
        Some(record) => stored::<Body>(record),
        None => Body { applied: read(command.body.as_deref(), faults)?, in_force: None, granted: None },
    };
    match step.action {
        "apply" | "correct" | "change" => {
            body.applied = read(command.body.as_deref(), faults)?;
            check(code, &body.applied, known, seen, faults);
        }
        "withdraw" | "refuse" => {
            // Nothing changes for what is in force.
            if let Some(before) = &body.in_force {
                body.applied = before.clone();
            }
        }
        "approve" | "amend" => {
            let granted = match command.body.as_deref() {
                Some(text) => read(Some(text), faults)?,
                None => body.granted.take().unwrap_or_default(),
            };
            body.granted = Some(granted);
            if step.action == "approve" {
                // What was right when it was sent may have ended, or been given to another, since.
                check(code, &body.applied, known, seen, faults);
                if claims && body.in_force.is_none() && known.latest(code).is_some() {
                    let expected = says::CODE_TAKEN.said();
                    faults.push(Fault::new("id", code, expected));
                }
                body.in_force = Some(body.applied.clone());
            }
        }
        _ => {}
    }
    let filing = step.files.then(|| Entry::Filing(filing(code, &body, step, seen, faults)));
    let mut parties = vec![command.key.id.clone()];
    if !claims || body.in_force.is_some() {
        parties.push(code.into());
        parties.extend(body.applied.other_code.iter().map(|other| Text::from(other.trim())));
    }
    Some(Made { body: written(&body), parties, filing, seed: None })
}

/// The filing that is in force after a move.
fn filing(code: &str, body: &Body, step: &Move, seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Filing {
    let today = seen.now.day();
    let granted = body.granted.clone().unwrap_or_default();
    let mut own = Vec::new();
    let mut filing = form_of(code, body.in_force.as_ref().unwrap_or(&body.applied), &granted)
        .filing(seen.parties, &mut own);
    own.retain(|fault| !faults.contains(fault));
    faults.append(&mut own);
    // What was judged is judged: a filing never reaches back.
    filing.valid_from = if step.action == "approve" { filing.valid_from.max(today) } else { today };
    permitted(&filing, body.in_force.as_ref().unwrap_or(&body.applied), seen, faults);
    if let Some(application) = &body.in_force {
        for service in &mut filing.services {
            // What rests on a licence ends with it.
            let licence = application.licences.iter().find(|one| one.number.trim() == service.licence);
            let last = licence.and_then(|one| one.valid_to.as_deref()).and_then(Day::parse);
            service.valid_to = service.valid_to.into_iter().chain(last).min();
        }
        let licences = lasting(&seen.reference.current().requirements, application, today);
        filing.valid_to = filing.valid_to.into_iter().chain(licences).min();
    }
    if filing.valid_to.is_some_and(|last| last < filing.valid_from) {
        let last = filing.valid_to.map(|day| day.to_string()).unwrap_or_default();
        faults.push(Fault::new("licences", &last, says::LICENCES_STILL_VALID.said()));
    }
    match step.action {
        "suspend" => filing.suspended = true,
        "revoke" => {
            filing.suspended = true;
            filing.roles.clear();
            filing.valid_to = None;
        }
        _ => {}
    }
    filing
}

fn form_of(code: &str, application: &Application, granted: &Granted) -> FilingForm {
    FilingForm {
        code: code.to_owned(),
        other_code: application.other_code.clone(),
        name: application.name.clone(),
        roles: application.roles.clone(),
        valid_from: application.valid_from.clone(),
        valid_to: granted.valid_to.clone(),
        suspended: false,
        exchange_ids: application.exchange_ids.clone(),
        credit_grade: granted.credit_grade.clone(),
        verifies_identity: granted.verifies_identity,
        guarantee_limit: granted.guarantee_limit.clone(),
        certificates: application.certificates.clone(),
        signature_required: application.signature_required,
        algorithms: application.algorithms.clone(),
        modes: granted.modes.clone().unwrap_or_else(|| application.modes.clone()),
        services: granted.services.clone().unwrap_or_else(|| application.services.clone()),
        arrival_required: granted.arrival_required,
    }
}

/// Everything that is wrong with an application.
fn check(code: &str, application: &Application, parties: &Parties, seen: &Seen<'_>, faults: &mut Vec<Fault>) {
    let today = seen.now.day();
    let filing = form_of(code, application, &Granted::default()).filing(parties, faults);
    if let Some(known) = parties.latest(code).filter(|known| known.code != code) {
        let expected = says::FILED_UNDER.with(&[("code", &known.code)]);
        faults.push(Fault::new("id", code, expected));
    }
    // Who decides, who watches and who buys is appointed, not applied for.
    for role in &filing.roles {
        if matches!(role, Role::Officer | Role::ZoneOperator | Role::Consumer) {
            faults.push(Fault::new("roles", role.word(), says::ENTERPRISE_ROLE.said()));
        }
    }
    for mode in &application.modes {
        if !seen.reference.current().codes.trade_modes.has(mode) {
            faults.push(Fault::new("modes", mode, says::TRADE_MODE.said()));
        }
    }
    for (path, text) in [
        ("address", &application.address),
        ("contact.name", &application.contact.name),
        ("contact.telephone", &application.contact.telephone),
    ] {
        if text.trim().is_empty() {
            faults.push(Fault::new(path, "", says::REACHABLE_BY_AGENCIES.said()));
        }
    }
    permitted(&filing, application, seen, faults);
    for given in &application.certificates {
        // Times of certificates are those of messages, yyyyMMddHHmmss.
        if let GivenCertificate::Read(facts) = GivenCertificate::of(given)
            && facts.not_after < seen.now.stamp_millis().number() / 1000
        {
            let ended = facts.not_after.to_string();
            faults.push(Fault::new("certificates", &ended, says::CERTIFICATE_ENDED_LEAVE.said()));
        }
    }
    for (index, licence) in application.licences.iter().enumerate() {
        let at = |field: &str| format!("licences[{index}].{field}");
        for (field, text) in
            [("kind", &licence.kind), ("number", &licence.number), ("issuer", &licence.issuer)]
        {
            if text.trim().is_empty() {
                faults.push(Fault::new(&at(field), "", says::AS_ON_LICENCE.said()));
            }
        }
        let from = form::day(&at("validFrom"), &licence.valid_from, faults);
        let to = licence.valid_to.as_deref().map(|text| form::day(&at("validTo"), text, faults));
        if to.is_some_and(|last| last < from) {
            let last = licence.valid_to.as_deref().unwrap_or_default();
            faults.push(Fault::new(&at("validTo"), last, says::NOT_BEFORE_FROM.said()));
        }
    }
    for role in &filing.roles {
        for group in seen.reference.current().requirements.of(*role, today) {
            if !group.iter().any(|wanted| holds(application, &wanted.licence, today)) {
                let names: Vec<String> = group
                    .iter()
                    .map(|one| format!("{} ({}, {})", one.licence, one.name_zh, one.name_en))
                    .collect();
                let source = group.first().map_or("", |one| one.source.as_str());
                let told = [("role", role.word()), ("licences", &names.join(" / ")), ("source", source)];
                let expected = says::LICENCE_NEEDED.with(&told);
                faults.push(Fault::new("licences", "", expected));
            }
        }
        let pays = *role == Role::Payment && !holds(application, "financial-licence", today);
        if pays && !application.services.iter().any(|service| service.word() == "internet-payment") {
            let expected = says::INTERNET_PAYMENT_NEEDED.said();
            let words: Vec<&str> = application.services.iter().map(ServiceForm::word).collect();
            faults.push(Fault::new("services", &words.join(", "), expected));
        }
    }
}

/// Everything that is wrong with the services of a filing.
fn permitted(filing: &Filing, application: &Application, seen: &Seen<'_>, faults: &mut Vec<Fault>) {
    let book = seen.reference.current();
    let mut own = Vec::new();
    for (index, service) in filing.services.iter().enumerate() {
        let mut fault = |field: &str, value: &str, expected: Said| {
            own.push(Fault::new(&format!("services[{index}].{field}"), value, expected));
        };
        match book.services.find(&service.service, seen.now.day()) {
            None => {
                let known: Vec<&str> = book.services.all().iter().map(|row| row.service.as_str()).collect();
                fault("service", &service.service, says::A_SERVICE.with(&[("words", &known.join(", "))]));
            }
            Some(row) if !row.roles.iter().any(|role| filing.has(*role)) => {
                let roles: Vec<&str> = row.roles.iter().map(|role| role.word()).collect();
                fault(
                    "service",
                    &service.service,
                    says::SERVICE_IS_FOR.with(&[("roles", &roles.join(", "))]),
                );
            }
            Some(_) => {}
        }
        for currency in service.currencies.iter().filter(|one| !book.codes.currencies.has(one)) {
            fault("currencies", currency, says::A_CURRENCY.said());
        }
        let named = |licence: &Licence| licence.number.trim() == service.licence;
        if !service.licence.is_empty() && !application.licences.iter().any(named) {
            fault("licence", &service.licence, says::ONE_OF_LICENCES.said());
        }
    }
    own.retain(|fault| !faults.contains(fault));
    faults.append(&mut own);
}

fn valid_on(licence: &Licence, day: Day) -> bool {
    let last = licence.valid_to.as_deref().and_then(Day::parse);
    Day::parse(&licence.valid_from).is_some_and(|from| from <= day) && last.is_none_or(|last| day <= last)
}

fn holds(application: &Application, kind: &str, day: Day) -> bool {
    application.licences.iter().any(|licence| licence.kind == kind && valid_on(licence, day))
}

/// The last day on which the party still has all licences that its roles need; none = they do not end.
fn lasting(requirements: &FilingRequirements, application: &Application, today: Day) -> Option<Day> {
    let roles = application.roles.iter().filter_map(|word| Role::from_word(word));
    let groups = roles.flat_map(|role| requirements.of(role, today));
    let ends = groups.filter_map(|group| {
        // Of a group, the one that lasts longest; one without an end outlasts all.
        let licences = application
            .licences
            .iter()
            .filter(|licence| group.iter().any(|wanted| wanted.licence == licence.kind))
            .filter(|licence| valid_on(licence, today));
        let mut last = None;
        for licence in licences {
            last = last.max(Some(licence.valid_to.as_deref().and_then(Day::parse)?));
        }
        last
    });
    ends.min()
}
