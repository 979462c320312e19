//! The fields of transfers between districts.

use super::Field;
use super::Kind::{Choice, Code, Group, Instant, Number, Text};
use crate::transit::SEALS;

const TRANSPORT: &[Field] =
    &[Field::must("mode", Code), Field::must("number", Text), Field::may("lock", Text)];

pub(super) const APPLIED: &[Field] = &[
    Field::must("departure", Code),
    Field::must("exit", Code),
    Field::must("site", Code),
    Field::must("transport", Group(TRANSPORT)),
    Field::must("pieces", Number),
    Field::must("grossWeight", Text),
    Field::must("lists", Text).many(),
];

pub(super) const SEALING: &[Field] = &[Field::must("seals", Text).many()];

pub(super) const PASSED: &[Field] = &[Field::must("at", Instant), Field::must("seals", Text).many()];

pub(super) const VARIANCE: &[Field] = &[
    Field::must("at", Instant),
    Field::must("seal", Choice(SEALS)),
    Field::may("missing", Text).many(),
    Field::may("surplus", Text).many(),
];

pub(super) const RESOLVING: &[Field] = &[Field::may("lost", Text).many()];

/// Names that records keep besides.
pub(super) const KEPT: &[&str] = &[
    "applied",
    "trades",
    "invtNo",
    "merchant",
    "orderNo",
    "logisticsCode",
    "logisticsNo",
    "sealed",
    "office",
    "officer",
    "departed",
    "due",
    "arrived",
    "variance",
    "held",
    "events",
    "transfer",
    "what",
    "time",
];
