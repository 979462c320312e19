//! What the document of the interface says of the terms for which records are kept, of schemas of what agencies file, and of the
//! purpose of reading a list of what is others'.

use super::openapi::object;
use serde_json::{Map, Value, json};

/// One a route, in the order of the routes.
pub(super) const SUMMARIES: [&str; 1] =
    ["For how long what tells of persons is kept, by type of record: months, the law, from when to when"];

/// What may be others': what for it is read stands in the record of the reading.
const READ_FOR: [&str; 28] = [
    "/v1/messages",
    "/v1/messages/{position}/original",
    "/v1/consignments",
    "/v1/consignments/{platform}/{order_no}",
    "/v1/consignments/{platform}/{order_no}/draw",
    "/v1/consignments/{platform}/{order_no}/inspections",
    "/v1/consignments/{platform}/{order_no}/photographs/{sha256}",
    "/v1/declarations/{invt_no}",
    "/v1/accounts",
    "/v1/bills",
    "/v1/search",
    "/v1/enterprises/{party}",
    "/v1/credit/{party}",
    "/v1/credit/{party}/report.pdf",
    "/v1/books",
    "/v1/exports",
    "/v1/exports/{merchant}/{order_no}",
    "/v1/exports/{merchant}/{order_no}/inspections",
    "/v1/exports/{merchant}/{order_no}/photographs/{sha256}",
    "/v1/exports/summaries",
    "/v1/exports/summaries/{agent}/{cop_no}",
    "/v1/registers/{register}",
    "/v1/holds",
    "/v1/risk/feedback",
    "/v1/draws/{period}/orders",
    "/v1/users",
    "/v1/tokens",
    "/v1/trace",
];

/// What may stand in the query of a route besides what is its own.
pub(super) fn purposes(method: &str, path: &str) -> &'static [&'static str] {
    if method == "get" && READ_FOR.contains(&path) { &["purpose"] } else { &[] }
}

/// What may stand in the query of a route.
pub(super) fn queries(path: &str) -> &'static [&'static str] {
    if path == "/v1/datasets/{dataset}" { &["of"] } else { &[] }
}

/// The schema that a route answers with.
pub(super) fn answer(path: &str) -> Option<&'static str> {
    (path == "/v1/retention").then_some("RetentionTerms")
}

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let (text, whole, truth) =
        (json!({"type": "string"}), json!({"type": "integer"}), json!({"type": "boolean"}));
    let term = object(&[
        ("recordType", text.clone()),
        ("keepMonths", whole.clone()),
        ("eraseMonths", whole),
        ("validFrom", text.clone()),
        ("validTo", json!({"type": ["string", "null"]})),
        ("law", text.clone()),
        ("source", text.clone()),
        ("sure", truth.clone()),
        ("note", text),
        ("holds", truth),
    ]);
    let terms = object(&[("terms", json!({"type": "array", "items": term}))]);
    [("RetentionTerms".to_owned(), terms)].into_iter().collect()
}
