//! The fields of inspection reports.

use super::Field;
use super::Kind::{Area, Attachment, Choice, Code, Date, Group, Number, Text};

const REPORTED_RESULT: &[Field] = &[
    Field::may("line", Number),
    Field::must("result", Code),
    Field::may("quantity", Text),
    Field::may("weight", Text),
];

pub(super) const REPORTED: &[Field] = &[
    Field::must("to", Code),
    Field::must("subject", Code),
    Field::may("order", Text),
    Field::may("items", Code).many(),
    Field::must("method", Choice(crate::inspection_report::METHODS)),
    Field::must("found", Group(REPORTED_RESULT)).many(),
    Field::must("day", Date),
    Field::must("validTo", Date),
    Field::must("number", Text),
    Field::must("legalBasis", Text),
    Field::may("text", Area),
    Field::may("attachments", Attachment).many(),
];

pub(super) const RECOGNITION: &[Field] = &[Field::may("until", Date)];
