//! What is right in an application to be filed, and how long it lasts. Leaves to others: who makes which move (`filing`), and what a
//! filing says besides roles, services and licences (`attributes`).

use crate::filing::{Application, Granted, Licence, form_of};
use crate::form::{self, GivenCertificate, ServiceForm};
use crate::says::{self, Said};
use crate::{Fault, Seen, attributes};
use ceb::Day;
use clearance::party::{Filing, Parties, Role, counterpart_of};
use clearance::rulebook::{CUSTOMS, FilingRequirements};

/// What customs' own judgement rests on, customs alone grants: others leave it as it stands.
pub(crate) fn customs_alone(
    applied: &Application,
    before: &Granted,
    granted: &Granted,
    faults: &mut Vec<Fault>,
) {
    let mut held = |path: &str, is_same: bool, value: String| {
        if !is_same {
            faults.push(Fault::new(path, &value, says::CUSTOMS_ALONE.said()));
        }
    };
    held("creditGrade", before.credit_grade == granted.credit_grade, granted.credit_grade.clone());
    held(
        "guaranteeLimit",
        before.guarantee_limit == granted.guarantee_limit,
        granted.guarantee_limit.clone(),
    );
    held(
        "verifiesIdentity",
        before.verifies_identity == granted.verifies_identity,
        granted.verifies_identity.to_string(),
    );
    let told = |value: Option<bool>| value.map_or(String::new(), |value| value.to_string());
    held(
        "arrivalRequired",
        before.arrival_required == granted.arrival_required,
        told(granted.arrival_required),
    );
    // Which outside system somebody is: what customs agreed to in the application, or granted before.
    let may = |word: &str| {
        let known = applied.services.iter().chain(before.services.iter().flatten());
        known.map(ServiceForm::word).any(|one| one == word)
    };
    let words = granted.services.iter().flatten().map(ServiceForm::word);
    let more: Vec<&str> = words.filter(|word| counterpart_of(word).is_some() && !may(word)).collect();
    held("services", more.is_empty(), more.join(", "));
}

/// Everything that is wrong with an application; of `parties` what its sender is told, and whether that is nothing.
pub(crate) fn check(
    code: &str,
    application: &Application,
    (parties, is_nobody): (&Parties, bool),
    seen: &Seen<'_>,
    faults: &mut Vec<Fault>,
) {
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
        if !seen.reference.current().codes.trade_modes.holds(mode, seen.now.day()) {
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
    attributes::check(code, application, is_nobody, seen, faults);
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
pub(crate) fn permitted(
    filing: &Filing,
    application: &Application,
    seen: &Seen<'_>,
    faults: &mut Vec<Fault>,
) {
    let book = seen.reference.current();
    let mut own = Vec::new();
    for (index, service) in filing.services.iter().enumerate() {
        let mut fault = |field: &str, value: &str, expected: Said| {
            own.push(Fault::new(&format!("services[{index}].{field}"), value, expected));
        };
        // Of an agency a service may be the authority for which it decides.
        let authority = book.reviewers.authority(&service.service, seen.now.day());
        let is_authority = authority.is_some_and(|row| row.authority != CUSTOMS)
            || service.service == crate::competence::TAX_ADMINISTRATION;
        // Or which kind of outside system it is.
        let is_agencys = is_authority || counterpart_of(&service.service).is_some();
        match book.services.find(&service.service, seen.now.day()) {
            None if is_agencys && filing.has(Role::Agency) => {}
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
        for currency in
            service.currencies.iter().filter(|one| !book.codes.currencies.holds(one, seen.now.day()))
        {
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
pub(crate) fn lasting(
    requirements: &FilingRequirements,
    application: &Application,
    today: Day,
) -> Option<Day> {
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
