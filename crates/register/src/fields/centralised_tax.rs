//! The fields of centralised tax.

use super::Field;
use super::Kind::{Amount, Code, Date};

pub(super) const APPLIED: &[Field] = &[
    Field::must("district", Code),
    Field::must("guarantor", Code),
    Field::must("from", Date),
    Field::must("to", Date),
];

pub(super) const SETTLING: &[Field] = &[Field::must("payment", Code), Field::must("amount", Amount)];

/// Names that records keep besides.
pub(super) const KEPT: &[&str] = &[
    "applied", "due", "bills", "platform", "orderNo", "taxNo", "owed", "total", "paid", "tooMuch", "excess",
];
