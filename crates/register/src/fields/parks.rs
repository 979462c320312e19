//! The fields of parks and their sites.

use super::Field;
use super::Kind::{Area, Choice, Code, Date, Group, Text};
use crate::park;

pub(super) const PARK: &[Field] = &[
    Field::must("name", Text),
    Field::may("nameEnglish", Text),
    Field::must("kind", Choice(park::KINDS)),
    Field::must("city", Text),
    Field::may("district", Code),
    Field::may("address", Text),
    Field::must("functions", Choice(park::FUNCTIONS)).many(),
    Field::may("modes", Code).many(),
    Field::must("legalBasis", Text),
];

const TENANT: &[Field] = &[
    Field::must("party", Code),
    Field::must("validFrom", Date),
    Field::may("validTo", Date),
    Field::may("terms", Area),
];

pub(super) const TENANTS: &[Field] = &[Field::must("tenants", Group(TENANT)).many()];

pub(super) const SITE: &[Field] = &[
    Field::must("park", Code),
    Field::must("name", Text),
    Field::must("kind", Choice(park::site::KINDS)),
    Field::must("district", Code),
    Field::must("carriers", Code).many(),
];

pub(super) const KEEPERS: &[Field] = &[Field::must("keepers", Text).many()];

/// Names that what happened at a site keeps.
pub(super) const HAPPENING: &[&str] = &[
    "kind",
    "at",
    "parcels",
    "result",
    "weight",
    "label",
    "bag",
    "seal",
    "vehicle",
    "direction",
    "counted",
    "item",
    "quantity",
    "text",
    "bags",
    "offline",
    "list",
    "stopped",
    "differences",
    "parcel",
    "why",
];

/// Names that a scan keeps.
pub(super) const SCAN: &[&str] = &[
    "parcel",
    "direction",
    "at",
    "offline",
    "list",
    "logisticsCode",
    "logisticsNo",
    "answer",
    "why",
    "look",
    "bag",
    "seal",
    "parcels",
    "stopped",
];
