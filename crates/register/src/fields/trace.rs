//! The fields of traceability codes and of recalls.

use super::Field;
use super::Kind::{Area, Choice, Code, Number, Text};
use crate::trace::recall;

pub(super) const ISSUE: &[Field] = &[
    Field::must("book", Code),
    Field::must("item", Code),
    Field::may("goods", Code),
    Field::must("count", Number),
];

pub(super) const RECALL: &[Field] = &[
    Field::must("goodsNo", Code),
    Field::may("lot", Code),
    Field::must("reason", Choice(recall::REASONS)),
    Field::must("measure", Choice(recall::MEASURES)),
    Field::must("advice", Area),
];

pub(super) const RETRIEVED: &[Field] = &[Field::must("retrieved", Text), Field::may("text", Area)];

pub(super) const CLOSING: &[Field] = &[Field::must("result", Choice(recall::RESULTS))];

/// Names that records of codes keep.
pub(super) const KEPT_CODES: &[&str] = &[
    "issued",
    "ranges",
    "from",
    "to",
    "at",
    "holders",
    "parcel",
    "logisticsCode",
    "logisticsNo",
    "platform",
    "orderNo",
    "scans",
    "first",
    "last",
    "places",
];

/// Names that recalls keep.
pub(super) const KEPT_RECALLS: &[&str] = &[
    "opened",
    "stocks",
    "found",
    "stock",
    "inside",
    "available",
    "parcels",
    "held",
    "left",
    "buyers",
    "told",
    "complete",
    "at",
    "closing",
];
