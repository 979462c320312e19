//! The fields of what parties file of themselves and of their goods.

use super::Field;
use super::Kind::{
    Amount, Area, Attachment, Certificate, Choice, Code, Date, Flag, Group, Maybe, Number, Text, WordOrGroup,
};

const fn may(name: &'static str, kind: super::Kind) -> Field {
    Field::may(name, kind)
}

const fn must(name: &'static str, kind: super::Kind) -> Field {
    Field::must(name, kind)
}

/// Roles that are applied for; the others are appointed.
pub(super) const ROLES: &[&str] = &[
    "platform",
    "merchant",
    "payment",
    "logistics",
    "agent",
    "site-operator",
    "guarantor",
    "agency",
    "bank",
    "express",
];

/// Algorithms of signatures.
pub(super) const ALGORITHMS: &[&str] = &["rsa-sha1", "rsa-sha256", "sm2-sm3"];

const SERVICE: &[Field] = &[
    must("service", Code),
    must("validFrom", Date),
    may("validTo", Date),
    may("currencies", Code).many(),
    may("transactionLimit", Amount),
    may("scope", Text),
    may("licence", Text),
];

const LICENCE: &[Field] = &[
    must("kind", Code),
    must("number", Text),
    must("issuer", Text),
    must("validFrom", Date),
    may("validTo", Date),
    may("attachment", Attachment),
];

pub(super) const CONTACT: &[Field] = &[must("name", Text), must("telephone", Text), may("email", Text)];

const POWER: &[Field] = &[
    must("code", Code),
    may("number", Text),
    must("validFrom", Date),
    may("validTo", Date),
    may("attachment", Attachment),
];

const GUARANTEE: &[Field] = &[
    must("guaranteeKind", Choice(crate::attributes::GUARANTEES)),
    must("number", Text),
    may("issuer", Code),
    must("heldBy", Code),
    must("amount", Amount),
    must("validFrom", Date),
    may("validTo", Date),
    may("attachment", Attachment),
];

const GATE: &[Field] =
    &[must("number", Text), must("direction", Choice(crate::attributes::DIRECTIONS)), may("place", Text)];

const VIDEO: &[Field] = &[must("cameras", Number), must("keptDays", Number), must("access", Text)];

pub(super) const APPLICATION: &[Field] = &[
    must("name", Text),
    may("otherCode", Code),
    must("roles", Choice(ROLES)).many(),
    must("validFrom", Date),
    must("address", Text),
    must("contact", Group(CONTACT)),
    may("country", Code),
    may("domesticAgent", Group(POWER)),
    may("licences", Group(LICENCE)).many(),
    may("exchangeIds", Code).many(),
    may("modes", Code).many(),
    may("services", WordOrGroup(SERVICE)).many(),
    may("certificates", Certificate).many(),
    may("signatureRequired", Flag(false)),
    may("algorithms", Choice(ALGORITHMS)).many(),
    may("principals", Group(POWER)).many(),
    may("guarantees", Group(GUARANTEE)).many(),
    may("gates", Group(GATE)).many(),
    may("video", Group(VIDEO)),
    may("warehouseSystem", Text),
];

pub(super) const GRANTED: &[Field] = &[
    may("validTo", Date),
    may("creditGrade", Choice(&["A", "standard", "D"])),
    may("guaranteeLimit", Amount),
    may("verifiesIdentity", Flag(false)),
    may("modes", Code).many(),
    may("services", WordOrGroup(SERVICE)).many(),
    may("arrivalRequired", Maybe),
];

const LABEL: &[Field] = &[must("language", Text), may("text", Area), may("attachment", Attachment)];

pub(super) const GOODS: &[Field] = &[
    must("name", Text),
    must("hsCode", Code),
    must("specification", Text),
    may("brand", Text),
    may("brandAuthorisation", Attachment),
    may("brandFrom", Date),
    may("brandTo", Date),
    must("origin", Code),
    must("unit", Code),
    may("unit1", Code),
    may("factor1", Text),
    may("unit2", Code),
    may("factor2", Text),
    may("barcode", Text),
    may("label", Text),
    may("labels", Group(LABEL)).many(),
];

/// Names that records of certificates keep besides.
pub(super) const KEPT_OF_CERTIFICATES: &[&str] = &[
    "fingerprint",
    "subject",
    "issuer",
    "serial",
    "validFrom",
    "validTo",
    "key",
    "enterpriseCode",
    "revoked",
    "at",
    "reason",
];
