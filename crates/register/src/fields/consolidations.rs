//! The fields of units in which parcels leave together.

use super::Field;
use super::Kind::{Choice, Code, Group, Instant, Text};
use crate::consolidation;

pub(super) const OPEN: &[Field] = &[
    Field::must("site", Code),
    Field::must("kind", Choice(consolidation::KINDS)),
    Field::must("unit", Text),
    Field::may("means", Text),
];

const BAG: &[Field] = &[Field::must("bag", Text), Field::must("seal", Text)];

pub(super) const LOAD: &[Field] =
    &[Field::may("parcels", Text).many(), Field::may("bags", Group(BAG)).many()];

pub(super) const TAKE_OUT: &[Field] = &[Field::may("parcels", Text).many(), Field::may("bags", Text).many()];

pub(super) const CLOSE: &[Field] =
    &[Field::must("seal", Text), Field::must("tare", Text), Field::must("gross", Text)];

pub(super) const DEPART: &[Field] = &[Field::must("vehicle", Text), Field::must("at", Instant)];

/// Names that a unit, its manifest and the records of its parcels keep.
pub(super) const KEPT: &[&str] = &[
    "closed",
    "tolerance",
    "manifest",
    "count",
    "weight",
    "byMode",
    "byDestination",
    "byEnterprise",
    "of",
    "lines",
    "parcel",
    "mode",
    "destination",
    "enterprise",
    "merchant",
    "orderNo",
    "reason",
];
