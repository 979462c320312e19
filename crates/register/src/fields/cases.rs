//! The fields of joint cases.

use super::Field;
use super::Kind::{Area, Attachment, Choice, Code, Date, Group, Number, Text};

pub(super) const INVITED: &[Field] = &[
    Field::must("agency", Code),
    Field::must("purpose", Text),
    Field::must("legalBasis", Text),
    Field::must("due", Date),
];

pub(super) const CASE: &[Field] = &[
    Field::must("subject", Text),
    Field::must("dimension", Choice(&clearance::risk::DIMENSIONS)),
    Field::may("about", Text).many(),
    Field::must("grounds", Area),
    Field::must("invited", Group(INVITED)).many(),
];

pub(super) const EVIDENCE: &[Field] = &[
    Field::must("text", Area),
    Field::may("consignment", Text),
    Field::may("fields", Text).many(),
    Field::may("attachments", Attachment).many(),
    Field::may("to", Code).many(),
];

pub(super) const JUDGED: &[Field] = &[
    Field::must("risk", Choice(crate::risk_case::RISKS)),
    Field::must("measures", Choice(crate::risk_case::MEASURES)).many(),
    Field::must("text", Area),
];

pub(super) const TASK: &[Field] =
    &[Field::must("to", Code), Field::must("text", Area), Field::must("due", Date)];

pub(super) const TASK_REPORT: &[Field] = &[Field::must("task", Number), Field::must("text", Area)];

const RULE_VERDICT: &[Field] =
    &[Field::must("rule", Code), Field::must("verdict", Choice(crate::risk_case::VERDICTS))];

pub(super) const CLOSING: &[Field] = &[
    Field::must("result", Choice(crate::risk_case::RESULTS)),
    Field::must("text", Area),
    Field::may("rules", Group(RULE_VERDICT)).many(),
];
