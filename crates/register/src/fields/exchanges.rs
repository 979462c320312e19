//! The fields of exchanges.

use super::Field;
use super::Kind::{Code, Number, Text};

pub(super) const LINK: &[Field] = &[
    Field::must("platform", Code),
    Field::must("orderNo", Text),
    Field::must("returnNumber", Number),
    Field::must("newOrderNo", Text),
];
