//! The fields of parcels of post and express.

use super::Field;
use super::Kind::{Amount, Choice, Code, Flag, Group, Instant, Number, Text};
use crate::parcel::{CATEGORIES, CHANNELS, FORMS};

const SENDER: &[Field] = &[
    Field::must("name", Text),
    Field::must("countryCode", Code),
    Field::may("firm", Flag(false)),
    Field::may("address", Text),
];

const CONSIGNEE: &[Field] = &[
    Field::must("name", Text),
    Field::may("identity", Text),
    Field::may("telephone", Text),
    Field::must("address", Text),
];

const CONTENT: &[Field] = &[
    Field::must("description", Text),
    Field::may("hsCode", Code),
    Field::may("heading", Code),
    Field::may("catalogue", Code),
    Field::must("quantity", Text),
    Field::may("netWeight", Text),
    Field::must("value", Text),
    Field::must("currency", Code),
    Field::may("origin", Code),
];

pub(super) const PARCEL: &[Field] = &[
    Field::must("channel", Choice(CHANNELS)),
    Field::must("form", Choice(FORMS)),
    Field::must("category", Choice(CATEGORIES)),
    Field::must("sender", Group(SENDER)),
    Field::must("consignee", Group(CONSIGNEE)),
    Field::must("contents", Group(CONTENT)).many(),
    Field::may("indivisible", Flag(false)),
    Field::may("declaredValue", Text),
    Field::may("grossWeight", Text),
    Field::may("postage", Text),
    Field::may("postageCurrency", Code),
    Field::may("manifest", Text),
    Field::must("site", Code),
    Field::must("arrivedAt", Instant),
];

const SETTLED: &[Field] =
    &[Field::must("line", Number), Field::may("heading", Code), Field::may("yuan", Amount)];

pub(super) const ASSESSING: &[Field] = &[Field::may("settled", Group(SETTLED)).many()];

/// Names that records keep besides.
pub(super) const KEPT: &[&str] = &[
    "parcel",
    "tax",
    "outcome",
    "due",
    "day",
    "rulebook",
    "lines",
    "percent",
    "declared",
    "byCatalogue",
    "counted",
    "reviews",
    "total",
    "limit",
    "arithmetic",
    "changes",
    "cleared",
    "linked",
    "consignor",
    "raises",
    "raised",
    "fen",
    "known",
    "fact",
    "stands",
];
