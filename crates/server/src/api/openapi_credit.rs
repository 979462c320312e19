//! What the document of the interface says of reports of credit.

use super::openapi::object;
use serde_json::{Map, Value, json};

/// One a route, in the order of the routes.
pub(super) const SUMMARIES: [&str; 2] = [
    "The credit of a party as of a day as a sealed PDF, with the report as data attached: its own, or any for agencies",
    "Whether a report of credit is what this window sealed, byte by byte: for whoever has one",
];

const CHECK: &str = "/v1/credit/verify";

/// The body of a route, where it is no JSON.
pub(super) fn request(path: &str) -> Option<Value> {
    (path == CHECK).then(|| json!({"application/pdf": {}}))
}

/// What may stand in the query of a route.
pub(super) fn queries(path: &str) -> &'static [&'static str] {
    if path == "/v1/credit/{party}/report.pdf" { &["day"] } else { &[] }
}

/// The schema that a route answers with.
pub(super) fn answer(path: &str) -> Option<&'static str> {
    (path == CHECK).then_some("CreditReportCheck")
}

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let (text, object_or_none) = (json!({"type": ["string", "null"]}), json!({"type": ["object", "null"]}));
    let check = object(&[
        ("genuine", json!({"type": "boolean"})),
        ("why", text.clone()),
        ("sha256", text.clone()),
        ("head", object_or_none.clone()),
        ("key", text),
        ("report", object_or_none),
    ]);
    [("CreditReportCheck".to_owned(), check)].into_iter().collect()
}
