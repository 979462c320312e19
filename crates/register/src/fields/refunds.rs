//! The fields of refunds on entering a zone.

use super::Field;
use super::Kind::{Amount, Code, Date, Group, Instant, Number};

const GATE: &[Field] =
    &[Field::must("checkpoint", Code), Field::must("passed", Instant), Field::may("scan", Code)];
const INVOICE: &[Field] = &[
    Field::must("number", Code),
    Field::must("day", Date),
    Field::must("seller", Code),
    Field::must("amount", Amount),
    Field::must("rate", Code),
];
const LINE: &[Field] = &[
    Field::must("line", Number),
    Field::must("item", Code),
    Field::may("lot", Code),
    Field::must("gcode", Code),
    Field::must("unit", Code),
    Field::must("quantity", Code),
    Field::must("invoice", Code),
    Field::must("amount", Amount),
];
pub(super) const APPLICATION: &[Field] = &[
    Field::must("checklist", Code),
    Field::must("gate", Group(GATE)),
    Field::must("invoices", Group(INVOICE)).many(),
    Field::must("lines", Group(LINE)).many(),
];
const GRANTED: &[Field] = &[Field::must("line", Number), Field::must("amount", Amount)];
pub(super) const GRANTING: &[Field] = &[Field::may("granted", Group(GRANTED)).many()];
pub(super) const PAYMENT: &[Field] =
    &[Field::must("payment", Code), Field::must("day", Date), Field::must("amount", Amount)];
pub(super) const CLAIM: &[Field] = &[Field::must("amount", Amount)];
/// What applications keep besides.
pub(super) const KEPT: &[&str] = &[
    "applied",
    "reckoned",
    "refundRate",
    "tax",
    "doubts",
    "decided",
    "findings",
    "document",
    "documentLine",
    "claimedBack",
    "paid",
    "repaid",
    "total",
    "owed",
    "claimedByOthers",
];
