//! The fields of market procurement: slips, and declarations of them.

use super::Field;
use super::Kind::{Choice, Code, Date, Flag, Group, Instant, Number, Text};
use crate::market::{RESULTS, TAXES};

const LINE: &[Field] = &[
    Field::must("name", Text),
    Field::must("gcode", Code),
    Field::must("unit", Code),
    Field::must("quantity", Code),
    Field::must("amount", Code),
    Field::must("netWeight", Code),
];

pub(super) const SLIP: &[Field] = &[
    Field::must("market", Code),
    Field::must("agent", Code),
    Field::must("buyer", Text),
    Field::must("country", Code),
    Field::must("day", Date),
    Field::must("currency", Code),
    Field::must("pieces", Number),
    Field::must("grossWeight", Code),
    Field::must("lines", Group(LINE)).many(),
];

/// Names that slips keep besides.
pub(super) const KEPT_SLIPS: &[&str] = &["applied", "declaration"];

pub(super) const DECLARATION: &[Field] = &[
    Field::must("market", Code),
    Field::must("district", Code),
    Field::must("exit", Code),
    Field::must("country", Code),
    Field::must("currency", Code),
    Field::must("total", Code),
    Field::must("pieces", Number),
    Field::must("grossWeight", Code),
    Field::may("summarised", Flag(false)),
    Field::must("taxes", Choice(TAXES)),
    Field::must("slips", Text).many(),
];

pub(super) const ACCEPTING: &[Field] = &[Field::must("number", Code)];

pub(super) const INSPECTED: &[Field] = &[
    Field::must("at", Instant),
    Field::must("sampled", Text).many(),
    Field::must("result", Choice(RESULTS)),
];

pub(super) const EXITED: &[Field] = &[Field::must("at", Instant), Field::must("vehicle", Text)];

pub(super) const RECEIPT: &[Field] = &[
    Field::must("bank", Code),
    Field::must("number", Code),
    Field::must("day", Date),
    Field::must("currency", Code),
    Field::must("amount", Code),
    Field::must("payee", Code),
];

/// Names that declarations, and records of their receipts, keep besides.
pub(super) const KEPT: &[&str] = &[
    "applied",
    "doubts",
    "rule",
    "path",
    "value",
    "otherValue",
    "textZh",
    "textEn",
    "lines",
    "gcode",
    "name",
    "unit",
    "quantity",
    "netWeight",
    "kinds",
    "look",
    "inspected",
    "exited",
    "receipts",
    "received",
    "declaration",
];
