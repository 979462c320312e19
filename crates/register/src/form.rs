//! A filing as JSON: the form that files, the interface and records have of it.

use crate::attributes::Power;
use crate::says::{self, Said};
use ceb::signature::{Algorithm, CertificateFacts};
use ceb::{Day, Decimal};
use clearance::Text;
use clearance::identity::is_enterprise_code;
use clearance::party::{CreditGrade, Entrusted, Filing, Parties, Role, Service};
use serde::{Deserialize, Serialize};

/// A service that a filing permits: its word alone, or with its bounds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(untagged)]
pub enum ServiceForm {
    /// As long as the filing, without bounds.
    Word(String),
    /// With its bounds.
    Bounded(BoundedService),
}

/// A service with its bounds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BoundedService {
    /// Which: a word of `services.csv`.
    pub service: String,
    /// First day, yyyyMMdd.
    pub valid_from: String,
    /// Last day, yyyyMMdd; none = open, or that of its licence.
    #[serde(default)]
    pub valid_to: Option<String>,
    /// Currencies, three digits; none = all.
    #[serde(default)]
    pub currencies: Vec<String>,
    /// Most that one transaction may be worth, in yuan; none = no limit.
    #[serde(default)]
    pub transaction_limit: Option<String>,
    /// Scope of the pilot, in words.
    #[serde(default)]
    pub scope: String,
    /// Number of the licence that it rests on.
    #[serde(default)]
    pub licence: String,
}

impl ServiceForm {
    /// Which service.
    pub fn word(&self) -> &str {
        match self {
            Self::Word(word) => word.trim(),
            Self::Bounded(bounded) => bounded.service.trim(),
        }
    }

    fn of(service: &Service) -> Self {
        Self::Bounded(BoundedService {
            service: service.service.to_string(),
            valid_from: service.valid_from.to_string(),
            valid_to: service.valid_to.map(|day| day.to_string()),
            currencies: words(&service.currencies),
            transaction_limit: service.transaction_limit.map(|fen| Decimal::from_fen(fen).to_string()),
            scope: service.scope.to_string(),
            licence: service.licence.to_string(),
        })
    }

    /// The service, with everything that is wrong with it, of a filing that begins on a day.
    fn service(&self, index: usize, begins: Day, faults: &mut Vec<crate::Fault>) -> Service {
        let at = |field: &str| format!("services[{index}].{field}");
        let Self::Bounded(form) = self else {
            return Service { service: self.word().into(), valid_from: begins, ..Service::default() };
        };
        let valid_from = day(&at("validFrom"), &form.valid_from, faults);
        let valid_to = form.valid_to.as_deref().map(|text| day(&at("validTo"), text, faults));
        if valid_to.is_some_and(|last| last < valid_from) {
            let last = form.valid_to.as_deref().unwrap_or_default();
            faults.push(crate::Fault::new(&at("validTo"), last, says::NOT_BEFORE_FROM.said()));
        }
        let transaction_limit = form.transaction_limit.as_deref().map(|text| {
            let amount = Decimal::parse(text).filter(|amount| !amount.is_negative());
            amount.and_then(Decimal::fen_half_up).map(|(fen, _)| fen).unwrap_or_else(|| {
                faults.push(crate::Fault::new(&at("transactionLimit"), text, says::AMOUNT_IN_YUAN.said()));
                0
            })
        });
        Service {
            service: self.word().into(),
            valid_from,
            valid_to,
            currencies: texts(&form.currencies),
            transaction_limit,
            scope: form.scope.trim().into(),
            licence: form.licence.trim().into(),
        }
    }
}

/// A filing as it stands in a file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FilingForm {
    /// Ten characters of customs, or eighteen of a unified social credit code.
    pub code: String,
    /// The other code of the same enterprise.
    #[serde(default)]
    pub other_code: Option<String>,
    /// Registered name.
    pub name: String,
    /// Words of roles.
    pub roles: Vec<String>,
    /// First day, yyyyMMdd.
    pub valid_from: String,
    /// Last day, yyyyMMdd; none = open.
    #[serde(default)]
    pub valid_to: Option<String>,
    /// Whether it may not act at present.
    #[serde(default)]
    pub suspended: bool,
    /// Exchange ids it owns.
    #[serde(default)]
    pub exchange_ids: Vec<String>,
    /// A, standard or D.
    #[serde(default = "standard")]
    pub credit_grade: String,
    /// Whether a platform authenticates its buyers.
    #[serde(default)]
    pub verifies_identity: bool,
    /// Yuan.
    #[serde(default = "nothing")]
    pub guarantee_limit: String,
    /// Each in PEM, or the SHA-256 of its DER in lower-case hexadecimal.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// Whether its declarations must be signed.
    #[serde(default)]
    pub signature_required: bool,
    /// Algorithms it may sign with: `rsa-sha1`, `rsa-sha256`, `sm2-sm3`; none = all that the window accepts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub algorithms: Vec<String>,
    /// Modes it may use; none = all.
    #[serde(default)]
    pub modes: Vec<String>,
    /// Services it may give.
    #[serde(default)]
    pub services: Vec<ServiceForm>,
    /// Whether release waits for arrival at its site; none = by parameter.
    #[serde(default)]
    pub arrival_required: Option<bool>,
    /// For whom it declares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub principals: Vec<Power>,
    /// Of a merchant abroad: who acts for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domestic_agent: Option<Power>,
}

pub(crate) fn standard() -> String {
    CreditGrade::default().word().to_owned()
}

pub(crate) fn nothing() -> String {
    "0".to_owned()
}

fn texts(words: &[String]) -> Vec<Text> {
    words.iter().map(|word| Text::from(word.trim())).collect()
}

fn words(texts: &[Text]) -> Vec<String> {
    texts.iter().map(Text::to_string).collect()
}

/// The day of a text, or the fault.
pub(crate) fn day(path: &str, text: &str, faults: &mut Vec<crate::Fault>) -> Day {
    Day::parse(text).unwrap_or_else(|| {
        faults.push(crate::Fault::new(path, text, says::A_DAY.said()));
        Day::default()
    })
}

/// A signing certificate as it stands in a form.
pub(crate) enum GivenCertificate {
    /// SHA-256 of the DER, lower-case hexadecimal.
    Fingerprint(Text),
    /// The certificate itself.
    Read(CertificateFacts),
    /// Neither; why.
    Unreadable(&'static str),
}

impl GivenCertificate {
    pub(crate) fn of(given: &str) -> Self {
        let given = given.trim();
        let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if given.len() == 64 && given.chars().all(hexadecimal) {
            return Self::Fingerprint(given.into());
        }
        if !given.starts_with("-----BEGIN ") {
            return Self::Unreadable("it is none of both");
        }
        CertificateFacts::read(given.as_bytes()).map_or_else(Self::Unreadable, Self::Read)
    }
}

/// The fingerprint of a certificate. Whose it is may stand in it: then it is of the party.
fn certificate(given: &str, own: [Option<&Text>; 2], fault: &mut impl FnMut(&str, &str, Said)) -> Text {
    match GivenCertificate::of(given) {
        GivenCertificate::Fingerprint(text) => text,
        GivenCertificate::Read(facts) => {
            let code = facts.enterprise_code.as_ref();
            if let Some(code) = code.filter(|code| !own.contains(&Some(*code))) {
                fault("certificates", code, says::OF_ANOTHER_ENTERPRISE.said());
            }
            crate::certificate::fingerprint(&facts).into()
        }
        GivenCertificate::Unreadable(reason) => {
            let begin: String = given.chars().take(40).collect();
            let expected = says::PEM_OR_DIGEST.with(&[("error", reason)]);
            fault("certificates", &begin, expected);
            Text::default()
        }
    }
}

impl FilingForm {
    /// The form of a filing.
    pub fn of(filing: &Filing) -> Self {
        Self {
            code: filing.code.to_string(),
            other_code: filing.other_code.as_ref().map(Text::to_string),
            name: filing.name.to_string(),
            roles: filing.roles.iter().map(|role| role.word().to_owned()).collect(),
            valid_from: filing.valid_from.to_string(),
            valid_to: filing.valid_to.map(|day| day.to_string()),
            suspended: filing.suspended,
            exchange_ids: words(&filing.exchange_ids),
            credit_grade: filing.grade.word().to_owned(),
            verifies_identity: filing.verifies_identity,
            guarantee_limit: Decimal::from_fen(filing.guarantee_limit).to_string(),
            certificates: words(&filing.certificates),
            signature_required: filing.signature_required,
            algorithms: words(&filing.algorithms),
            modes: words(&filing.modes),
            services: filing.services.iter().map(ServiceForm::of).collect(),
            arrival_required: filing.arrival_required,
            principals: filing.principals.iter().map(Power::of).collect(),
            domestic_agent: filing.domestic_agent.as_ref().map(Power::of),
        }
    }

    /// The filing, with everything that is wrong with it. Its version is 0: it is numbered where it is written.
    pub fn filing(&self, parties: &Parties, faults: &mut Vec<crate::Fault>) -> Filing {
        let mut fault = |path: &str, value: &str, expected: Said| {
            faults.push(crate::Fault::new(path, value, expected));
        };
        let code = Text::from(self.code.trim());
        let other_code = self.other_code.as_deref().map(|code| Text::from(code.trim()));
        for (path, code) in [("code", Some(&code)), ("otherCode", other_code.as_ref())] {
            let Some(code) = code else { continue };
            if !is_enterprise_code(code) {
                fault(path, code, says::PARTY_CODE_FORM.said());
            }
        }
        if let Some(other) = &other_code
            && let Some(owner) = parties.latest(other).filter(|filing| filing.code != code)
        {
            fault("otherCode", other, says::BELONGS_TO.with(&[("code", &owner.code)]));
        }
        if self.name.trim().is_empty() {
            fault("name", "", says::REGISTERED_NAME.said());
        }
        let mut roles = Vec::new();
        for word in &self.roles {
            match Role::from_word(word) {
                Some(role) => roles.push(role),
                None => {
                    let known: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
                    fault("roles", word, says::A_ROLE.with(&[("words", &known.join(", "))]));
                }
            }
        }
        if self.roles.is_empty() {
            fault("roles", "", says::A_ROLE_AT_LEAST.said());
        }
        let grade = CreditGrade::from_word(&self.credit_grade).unwrap_or_else(|| {
            fault("creditGrade", &self.credit_grade, says::A_GRADE.said());
            CreditGrade::default()
        });
        let limit = Decimal::parse(&self.guarantee_limit).filter(|limit| !limit.is_negative());
        let guarantee_limit = match limit.and_then(Decimal::fen_half_up) {
            Some((fen, _)) => fen,
            None => {
                fault("guaranteeLimit", &self.guarantee_limit, says::AMOUNT_IN_YUAN.said());
                0
            }
        };
        for given in &self.algorithms {
            if !Algorithm::ALL.iter().any(|known| known.name() == given.trim()) {
                let known: Vec<&str> = Algorithm::ALL.iter().map(|known| known.name()).collect();
                fault("algorithms", given, says::ALGORITHMS.with(&[("words", &known.join(", "))]));
            }
        }
        let own = [Some(&code), other_code.as_ref()];
        let certificates =
            self.certificates.iter().map(|given| certificate(given, own, &mut fault)).collect();
        for id in &self.exchange_ids {
            // Receipts go to an exchange id: nobody takes another's.
            if let Some(owner) = parties.owner_of(id)
                && owner.code != code
            {
                fault("exchangeIds", id, says::BELONGS_TO.with(&[("code", &owner.code)]));
            }
        }
        let valid_from = day("validFrom", &self.valid_from, faults);
        let valid_to = self.valid_to.as_deref().map(|text| day("validTo", text, faults));
        if valid_to.is_some_and(|last| last < valid_from) {
            let last = self.valid_to.as_deref().unwrap_or_default();
            faults.push(crate::Fault::new("validTo", last, says::NOT_BEFORE_FROM.said()));
        }
        let form = self.services.iter().enumerate();
        let services = form.map(|(index, form)| form.service(index, valid_from, faults)).collect();
        let principals: Vec<Entrusted> = self.principals.iter().filter_map(Power::entrusted).collect();
        let domestic_agent = self.domestic_agent.as_ref().and_then(Power::entrusted);
        if principals.len() < self.principals.len() {
            faults.push(crate::Fault::new("principals", "", says::A_DAY.said()));
        }
        if domestic_agent.is_none() && self.domestic_agent.is_some() {
            faults.push(crate::Fault::new("domesticAgent", "", says::A_DAY.said()));
        }
        Filing {
            version: 0,
            code,
            other_code,
            name: self.name.trim().into(),
            roles,
            valid_from,
            valid_to,
            suspended: self.suspended,
            exchange_ids: texts(&self.exchange_ids),
            grade,
            verifies_identity: self.verifies_identity,
            guarantee_limit,
            certificates,
            algorithms: texts(&self.algorithms),
            signature_required: self.signature_required,
            modes: texts(&self.modes),
            services,
            arrival_required: self.arrival_required,
            principals,
            domestic_agent,
        }
    }
}
