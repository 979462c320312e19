//! The fields of bonded books and their documents.

use super::Field;
use super::Kind::{Amount, Choice, Code, Date, Group, Instant, Number, Text};

const ITEM: &[Field] = &[
    Field::must("number", Code),
    Field::must("gcode", Code),
    Field::must("goodsNo", Code),
    Field::must("name", Text),
    Field::must("unit", Code),
    Field::must("unit1", Code),
    Field::must("factor1", Code),
    Field::may("unit2", Code),
    Field::may("factor2", Code),
    Field::may("tolerance", Number),
    Field::may("stopSaleDays", Number),
];
pub(super) const ITEMS: &[Field] = &[Field::must("items", Group(ITEM)).many()];
const REBATE: &[Field] = &[
    Field::must("exporter", Code),
    Field::must("declaration", Code),
    Field::must("declarationLine", Number),
    Field::must("exportDay", Date),
];
const LINE: &[Field] = &[
    Field::must("operation", Choice(crate::bonded::form::OPERATIONS)),
    Field::must("item", Code),
    Field::may("quantity", Code),
    Field::may("quantity1", Code),
    Field::may("quantity2", Code),
    Field::may("lot", Code),
    Field::may("origin", Code),
    Field::may("expiry", Date),
    Field::may("to", Code),
    Field::may("ofDocument", Code),
    Field::may("ofNumber", Code),
    Field::may("ofLine", Number),
    Field::may("ofIssuer", Code),
    Field::may("fromBook", Code),
    Field::may("fromItem", Code),
    Field::may("cause", Choice(crate::bonded::form::CAUSES)),
    Field::may("approval", Code),
    Field::may("dutiableValue", Amount),
    Field::may("rebate", Group(REBATE)),
];
const ENTRY: &[Field] = &[
    Field::must("checkpoint", Code),
    Field::must("passed", Instant),
    Field::must("arrived", Date),
    Field::may("conveyance", Text),
    Field::may("scan", Code),
];
const EXHIBITION: &[Field] =
    &[Field::must("venue", Text), Field::must("guarantor", Code), Field::may("ends", Date)];
pub(super) const LINES: &[Field] = &[
    Field::must("lines", Group(LINE)).many(),
    Field::may("entry", Group(ENTRY)),
    Field::may("exhibition", Group(EXHIBITION)),
];
/// A tax bill is paid.
pub(super) const PAYMENT: &[Field] = &[Field::may("payment", Code)];
