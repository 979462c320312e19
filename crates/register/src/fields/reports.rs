//! The fields of inspection reports, of records that agencies file, and of queries for them.

use super::Field;
use super::Kind::{Area, Attachment, Choice, Code, Date, Flag, Group, Number, Record, Text};

/// Datasets that are shared.
pub(super) const DATASETS: &[&str] = &[
    "orders",
    "payments",
    "waybills",
    "declarations",
    "clearances",
    "inspections",
    "tax-bills",
    "arrivals",
    "filings",
    "messages",
    "export-orders",
    "export-payments",
    "export-waybills",
    "export-declarations",
    "export-master-bills",
    "export-arrivals",
    "export-departures",
    "summary-applications",
    "export-clearances",
    "export-summaries",
    "export-refunds",
    "settlements",
    "enterprise-statuses",
    "transport-events",
    "police-results",
    "domestic-entries",
    "credit-lists",
];

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

pub(super) const AGENCY_RECORD: &[Field] = &[Field::must("effective", Date), Field::must("record", Record)];

const QUERY: &[Field] = &[Field::may("dataset", Choice(DATASETS)), Field::may("key", Text)];

pub(super) const ASKED: &[Field] = &[
    Field::must("to", Code),
    Field::must("kind", Choice(&["assistance", "question", "query"])),
    Field::must("subject", Text),
    Field::may("about", Text),
    Field::may("query", Group(QUERY)),
    Field::must("text", Area),
    Field::must("purpose", Text),
    Field::must("legalBasis", Text),
    Field::must("due", Date),
    Field::may("attachments", Attachment).many(),
];

pub(super) const ANSWER: &[Field] = &[
    Field::must("text", Area),
    Field::may("withRecord", Flag(false)),
    Field::may("attachments", Attachment).many(),
];
