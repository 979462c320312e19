//! Filing of parties (备案): a party applies once, the competent agency decides, every agency uses it. An application
//! that is approved becomes the filing that trades are judged by, from a day on and never backwards.

use crate::attributes::{self, Gate, Guarantee, Power, Video};
use crate::competence::Competence;
use crate::filing_checks::{check, customs_alone, lasting, permitted};
use crate::form::{self, FilingForm, ServiceForm};
use crate::moves::{Move, Who};
use crate::says;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use ceb::Day;
use clearance::Text;
use clearance::party::{Entry, Filing, Parties, Role};
use clearance::record::{Actor, Record};
use serde::{Deserialize, Serialize};

/// States: submitted, returned (for correction), refused, withdrawn, filed, change-submitted (the filing in force stays
/// so meanwhile), suspended, revoked. Who decides on which role is `competence`'s.
pub const MOVES: &[Move] = &[
    Move::owner("apply", &["", "refused", "withdrawn", "revoked"], "submitted"),
    Move::owner("correct", &["submitted", "returned"], "submitted"),
    Move::owner("withdraw", &["submitted", "returned"], "withdrawn"),
    Move::reviewer("return", &["submitted"], "returned").explained(),
    Move::reviewer("refuse", &["submitted"], "refused").explained(),
    Move::reviewer("approve", &["submitted"], "filed").filed(),
    Move::reviewer("endorse", &["submitted"], "submitted"),
    Move::owner("change", &["filed"], "change-submitted"),
    Move::owner("correct", &["change-submitted"], "change-submitted"),
    Move::owner("withdraw", &["change-submitted"], "filed"),
    Move::reviewer("refuse", &["change-submitted"], "filed").explained(),
    Move::reviewer("approve", &["change-submitted"], "filed").filed(),
    Move::reviewer("endorse", &["change-submitted"], "change-submitted"),
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
    /// Where it is registered: a code of the country table; none = at home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Of a merchant abroad: its agent, and the power of attorney.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domestic_agent: Option<Power>,
    /// Of whoever declares for others: for whom, by which power of attorney.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub principals: Vec<Power>,
    /// Of a guarantor: what its limit rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guarantees: Vec<Guarantee>,
    /// Of a supervised site: its gates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// Of a supervised site: its cameras.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<Video>,
    /// Of a supervised site: the warehouse system that customs is connected to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_system: Option<String>,
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
    /// Authorities that agree to what was applied for last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endorsed: Vec<Endorsed>,
    /// Who sent it, where one has endorsed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<Sender>,
    /// Authorities for which it was suspended; none = of before there were several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspended_for: Vec<String>,
}

/// That an authority agrees.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Endorsed {
    /// Its word.
    pub authority: String,
    /// Code of the office that said so.
    pub party: String,
    /// Who there.
    pub name: String,
}

/// Who sent something.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sender {
    /// Code of his party.
    pub party: String,
    /// Who he is there.
    pub name: String,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// The roles that are applied for, and those in force.
    pub(crate) fn roles(&self) -> Vec<Role> {
        let all = std::iter::once(&self.applied).chain(&self.in_force);
        let words = all.flat_map(|application| &application.roles);
        let mut roles: Vec<Role> = words.filter_map(|word| Role::from_word(word.trim())).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    fn is_said_anew(&mut self) {
        self.endorsed.clear();
        self.sender = None;
    }
}

/// Whether what a record says was sent by him, though another has endorsed it since.
pub(crate) fn is_sender(record: &Record, actor: &Actor) -> bool {
    let sender = stored::<Body>(record).sender;
    sender.is_some_and(|sender| actor.party == sender.party && actor.name == sender.name)
}

/// Whether a record that is to be decided waits for whoever decides so much.
///
/// # Panics
/// If the record is none of this register.
pub fn is_awaited(record: &Record, competence: &Competence) -> bool {
    competence.is_awaited(&stored(record))
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

/// Whether what is in force names a licence's document.
///
/// # Panics
/// If the record is none of this register.
pub fn names(record: &Record, attachment: &str) -> bool {
    let application = stored::<Body>(record).in_force;
    let is_copy = |licence: &Licence| licence.attachment.as_deref() == Some(attachment);
    application.is_some_and(|application| application.licences.iter().any(is_copy))
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
        None => Body {
            applied: read(command.body.as_deref(), faults)?,
            in_force: None,
            granted: None,
            endorsed: Vec::new(),
            sender: None,
            suspended_for: Vec::new(),
        },
    };
    match step.action {
        "apply" | "correct" | "change" => {
            body.applied = read(command.body.as_deref(), faults)?;
            body.is_said_anew();
            check(code, &body.applied, (known, told), seen, faults);
        }
        "endorse" => endorse(&mut body, seen),
        "withdraw" | "refuse" => {
            body.is_said_anew();
            // Nothing changes for what is in force.
            if let Some(before) = &body.in_force {
                body.applied = before.clone();
            }
        }
        "approve" | "amend" => {
            let granted = match command.body.as_deref() {
                Some(text) => read(Some(text), faults)?,
                None => body.granted.clone().unwrap_or_default(),
            };
            if !seen.competence.is_customs() {
                let before = body.granted.take().unwrap_or_default();
                customs_alone(&body.applied, &before, &granted, faults);
            }
            body.granted = Some(granted);
            if step.action == "approve" {
                // What was right when it was sent may have ended, or been given to another, since.
                check(code, &body.applied, (known, told), seen, faults);
                if claims && body.in_force.is_none() && known.latest(code).is_some() {
                    let expected = says::CODE_TAKEN.said();
                    faults.push(Fault::new("id", code, expected));
                }
                body.in_force = Some(body.applied.clone());
            }
        }
        "suspend" => body.suspended_for = seen.competence.acts_for(&body.roles()),
        "resume" | "revoke" => body.suspended_for.clear(),
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

/// Writes down that the authorities for which he decides agree, and who sent what they agree to.
fn endorse(body: &mut Body, seen: &Seen<'_>) {
    let by = &seen.command.by.actor;
    if let Some(record) = seen.current.filter(|_| body.sender.is_none()) {
        let sent = &record.actor;
        body.sender = Some(Sender { party: sent.party.to_string(), name: sent.name.to_string() });
    }
    for authority in seen.competence.acts_for(&body.roles()) {
        if !body.endorsed.iter().any(|one| one.authority == authority) {
            let (party, name) = (by.party.to_string(), by.name.to_string());
            body.endorsed.push(Endorsed { authority, party, name });
        }
    }
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
        filing.principals = application.principals.iter().filter_map(Power::entrusted).collect();
        filing.domestic_agent = application.domestic_agent.as_ref().and_then(Power::entrusted);
        for service in &mut filing.services {
            // What rests on a licence ends with it.
            let licence = application.licences.iter().find(|one| one.number.trim() == service.licence);
            let last = licence.and_then(|one| one.valid_to.as_deref()).and_then(Day::parse);
            service.valid_to = service.valid_to.into_iter().chain(last).min();
        }
        let licences = lasting(&seen.reference.current().requirements, application, today);
        if matches!(step.action, "approve" | "amend") {
            attributes::covered(application, filing.guarantee_limit, today, faults);
        }
        let others = attributes::lasting(application, filing.guarantee_limit, today);
        filing.valid_to = filing.valid_to.into_iter().chain(licences).chain(others).min();
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

pub(crate) fn form_of(code: &str, application: &Application, granted: &Granted) -> FilingForm {
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
        // Those of an application are checked as `attributes` checks them.
        principals: Vec::new(),
        domestic_agent: None,
    }
}
