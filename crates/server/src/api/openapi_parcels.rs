//! What the document of the interface says of parcels of post and express.

use super::openapi::{list_of, object};
use serde_json::{Map, Value, json};

/// One a route, in the order of the routes.
pub(super) const SUMMARIES: [&str; 1] = [
    "Parcels of post and express as JSON or as a table (text/csv), each answered by itself; the same again changes nothing",
];

const PARCELS: &str = "/v1/parcels";

/// Statuses of a route besides those of all.
pub(super) fn refusals(method: &str, path: &str) -> Vec<(u16, &'static str)> {
    match (method, path) {
        ("post", PARCELS) => {
            vec![(404, "the caller has no party"), (422, "the table's header is wrong: see `faults`")]
        }
        _ => Vec::new(),
    }
}

/// The schema of a route's body.
pub(super) fn request(path: &str) -> Option<&'static str> {
    (path == PARCELS).then_some("Parcels")
}

/// The schema that a route answers with.
pub(super) fn answer(path: &str) -> Option<&'static str> {
    (path == PARCELS).then_some("ParcelResults")
}

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let words = json!({"type": "array", "items": {"type": "string"}});
    let objects = json!({"type": "array", "items": {"type": "object"}});
    let parcel = json!({
        "type": "object", "required": ["trackingNumber", "parcel"], "additionalProperties": false,
        "properties": {
            "trackingNumber": text,
            "parcel": {"type": "object", "description": "fields of the register parcels, move give: GET /v1/registers"},
        },
    });
    let result = object(&[
        (
            "line",
            json!({"type": "integer", "description": "of a table its first line, of JSON its place from 1"}),
        ),
        ("trackingNumber", text.clone()),
        ("id", text.clone()),
        ("outcome", json!({"type": "string", "enum": ["recorded", "corrected", "unchanged", "refused"]})),
        ("version", whole.clone()),
        ("position", whole.clone()),
        ("changes", words),
        (
            "tax",
            json!({"type": "object", "description": "outcome: exempt, due, declare-as-goods, manual-review; amounts in yuan"}),
        ),
        ("faults", objects),
    ]);
    let all = [
        (
            "Parcels",
            json!({"type": "object", "required": ["parcels"], "additionalProperties": false, "properties": {
                "parcels": {"type": "array", "minItems": 1, "maxItems": crate::parcels::PARCELS, "items": parcel}}}),
        ),
        ("ParcelResult", result),
        (
            "ParcelResults",
            object(&[
                ("recorded", whole.clone()),
                ("corrected", whole.clone()),
                ("unchanged", whole.clone()),
                ("refused", whole),
                ("time", text),
                ("results", list_of("ParcelResult")),
            ]),
        ),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}
