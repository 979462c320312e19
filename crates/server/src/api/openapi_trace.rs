//! What the document of the interface says of traceability codes and recalls.

use super::openapi::{list_of, object};
use serde_json::{Map, Value, json};

/// One a route, in the order of the routes.
pub(super) const SUMMARIES: [&str; 7] = [
    "What everybody is told of a traceability code: goods, origin, importer, parcel, recall, and how often it was scanned; counts as a scan",
    "Codes of a lot from a place on, for its holder and for offices; form=csv gives a file",
    "The QR code of one of them, as SVG or PNG",
    "Binds codes to parcels, each by itself: one belongs to one parcel",
    "A recall with the parcels that have goods of it; of buyers how many there are",
    "Has the window look again for stock, parcels and buyers of a recall",
    "Buyers of recalled goods, masked, for a purpose that is said; each reading is recorded",
];

/// Statuses of a route besides those of all.
pub(super) fn refusals(method: &str, path: &str) -> Vec<(u16, &'static str)> {
    match (method, path) {
        ("get", "/v1/trace/{gtin}/{lot}/{serial}") => vec![
            (404, "never issued here, or made up: nobody is told which"),
            (422, "no code of goods: what is wrong is in `faults`"),
            (429, "too many from this address"),
        ],
        ("get", "/v1/trace/codes/{id}" | "/v1/trace/codes/{id}/picture") => {
            vec![(404, "no codes of the caller have this id")]
        }
        ("get" | "post", recall) if recall.starts_with("/v1/recalls/") => {
            vec![(404, "no recall that the caller may see has this id")]
        }
        _ => Vec::new(),
    }
}

/// What may stand in the query of a route.
pub(super) fn queries(path: &str) -> &'static [&'static str] {
    match path {
        "/v1/trace/codes/{id}" => &["from", "limit", "form", "purpose"],
        "/v1/trace/codes/{id}/picture" => &["place", "form", "purpose"],
        "/v1/recalls/{id}" => &["limit", "purpose"],
        "/v1/recalls/{id}/buyers" => &["purpose"],
        _ => &[],
    }
}

/// The schema of a route's body.
pub(super) fn request(path: &str) -> Option<&'static str> {
    match path {
        "/v1/trace/bindings" => Some("TraceBindings"),
        "/v1/recalls/{id}/search" => Some("RecallSearch"),
        _ => None,
    }
}

/// The schema that a route answers with.
pub(super) fn answer(path: &str) -> Option<&'static str> {
    match path {
        "/v1/trace/{gtin}/{lot}/{serial}" => Some("TracedGoods"),
        "/v1/trace/codes/{id}" => Some("TraceCodes"),
        "/v1/trace/bindings" => Some("TraceBindingResults"),
        "/v1/recalls/{id}" => Some("Recall"),
        "/v1/recalls/{id}/search" => Some("Record"),
        "/v1/recalls/{id}/buyers" => Some("RecallBuyers"),
        _ => None,
    }
}

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let truth = json!({"type": "boolean"});
    let or_null = |kind: &str| json!({"type": [kind, "null"]});
    let objects = json!({"type": "array", "items": {"type": "object"}});
    let binding = json!({"type": "object", "required": ["code"], "additionalProperties": false, "properties": {
        "code": {"type": "string", "description": "the link, as a scanner reads it"},
        "logisticsCode": text, "logisticsNo": text,
        "platform": {"type": "string", "description": "with orderNo instead of the waybill: the trade whose list has the goods"},
        "orderNo": text,
    }});
    let all = [
        (
            "TracedGoods",
            object(&[
                ("gtin", text.clone()),
                ("lot", text.clone()),
                ("serial", text.clone()),
                (
                    "state",
                    json!({"type": "string", "description": "issued, or void: the holder declared it so"}),
                ),
                ("goods", or_null("object")),
                ("origin", or_null("object")),
                ("expiry", or_null("string")),
                ("entered", or_null("string")),
                ("importer", json!({"type": "object"})),
                ("park", or_null("object")),
                ("parcel", or_null("object")),
                ("recall", or_null("object")),
                (
                    "recalls",
                    json!({"type": "array", "items": {"type": "object"}, "description": "every recall that stops the lot: id, reason, measure, advice, since, under; recall is the first"}),
                ),
                (
                    "scans",
                    json!({"type": "object", "description": "count, first, copy: so many in so many places that a copy is likely"}),
                ),
            ]),
        ),
        (
            "TraceCodes",
            object(&[
                ("id", text.clone()),
                ("state", text.clone()),
                ("issued", whole.clone()),
                ("book", text.clone()),
                ("item", text.clone()),
                ("codes", objects.clone()),
                ("from", or_null("integer")),
            ]),
        ),
        ("TraceBinding", binding),
        (
            "TraceBindings",
            json!({"type": "object", "required": ["bindings"], "additionalProperties": false, "properties": {
                "bindings": {"type": "array", "minItems": 1, "maxItems": super::traceability::AT_ONCE,
                    "items": {"$ref": "#/components/schemas/TraceBinding"}}}}),
        ),
        (
            "TraceBindingResult",
            object(&[
                ("code", text.clone()),
                ("status", whole.clone()),
                ("parcel", or_null("object")),
                ("repeated", or_null("boolean")),
                ("type", or_null("string")),
                ("bound", or_null("object")),
                ("asked", or_null("object")),
                ("faults", objects.clone()),
            ]),
        ),
        ("TraceBindingResults", object(&[("results", list_of("TraceBindingResult"))])),
        (
            "Recall",
            object(&[
                ("id", text.clone()),
                ("state", text.clone()),
                ("version", whole),
                ("body", json!({"type": "object"})),
                ("parcels", objects.clone()),
                ("more", truth.clone()),
                ("complete", truth.clone()),
                ("time", text.clone()),
            ]),
        ),
        ("RecallSearch", json!({"type": "object", "description": "nothing is needed"})),
        ("RecallBuyers", object(&[("id", text), ("buyers", objects), ("complete", truth)])),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}
