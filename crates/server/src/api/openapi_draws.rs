//! What the document of the interface says of periods of the draw.

use super::openapi::{list_of, object};
use serde_json::{Map, Value, json};

/// One a route, in the order of the routes.
pub(super) const SUMMARIES: [&str; 8] = [
    "Periods of the draw, the newest first: who committed to what and when, and what was told",
    "A period of the draw with its steps and their rows, its beacon, and, when it is over, the secrets and the seed made of them",
    "Every draw of a period that was told, by names that tell nothing to whoever has no salt: CSV, in order of the names",
    "What the list of a period has of one order, for whoever knows its salt",
    "As the list, with orders, salts and the key of the salts, one JSON object a line: for offices of the whole zone",
    "Files a holder's commitment, before commitments end: 32 bytes in hexadecimal",
    "Hands a holder's secret over, after commitments have ended and before the period begins",
    "With which period an order was drawn, and the salt by which whoever it names finds it in the list",
];

const DRAWS: &str = "/v1/draws";

/// Statuses of a route besides those of all.
pub(super) fn refusals(method: &str, path: &str) -> Vec<(u16, &'static str)> {
    match (method, path.strip_prefix(DRAWS)) {
        ("get", Some("/{period}")) => vec![(404, "no such period")],
        ("get", Some("/{period}/line")) => vec![
            (400, "platform, order number or salt is missing or none"),
            (404, "no such period, or its list has no such order"),
            (409, "the period is secret yet"),
        ],
        ("get", Some("/{period}/list" | "/{period}/orders")) => {
            vec![(404, "no such period"), (409, "the period is secret yet")]
        }
        ("post", Some(_)) => vec![
            (404, "no such period"),
            (409, "commitments have ended, or have not ended yet, or the period has begun"),
            (422, "what is wrong is in `faults`"),
        ],
        _ => super::openapi_books::refusals(method, path),
    }
}

/// What may stand in the query of a route.
pub(super) fn queries(path: &str) -> &'static [&'static str] {
    match path.strip_prefix(DRAWS) {
        Some("") => &["after", "limit"],
        Some("/{period}/line") => &["platform", "orderNo", "salt"],
        _ => super::openapi_books::queries(path),
    }
}

/// The schema of a route's body.
pub(super) fn request(path: &str) -> Option<&'static str> {
    match path.strip_prefix(DRAWS) {
        Some("/{period}/commitments") => Some("DrawCommitment"),
        Some("/{period}/secrets") => Some("DrawSecret"),
        _ => super::openapi_books::request(path),
    }
}

/// The schema that a route answers with.
pub(super) fn answer(method: &str, path: &str) -> Option<&'static str> {
    if path == "/v1/consignments/{platform}/{order_no}/draw" {
        return Some("OrderDraw");
    }
    match (method, path.strip_prefix(DRAWS)) {
        ("get", Some("")) => Some("DrawPeriods"),
        ("get", Some("/{period}")) | ("post", Some(_)) => Some("DrawPeriod"),
        ("get", Some("/{period}/line")) => Some("DrawLine"),
        _ => super::openapi_books::answer(path),
    }
}

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let truth = json!({"type": "boolean"});
    let or_null = |kind: &str| json!({"type": [kind, "null"]});
    let digits = json!({"type": "string", "pattern": "^[0-9a-f]{64}$"});
    let asked = |fields: &[&str]| {
        let properties: Map<String, Value> =
            fields.iter().map(|name| ((*name).to_owned(), digits.clone())).collect();
        json!({"type": "object", "required": fields, "additionalProperties": false, "properties": properties})
    };
    let side = object(&[
        ("side", text.clone()),
        ("commitment", or_null("string")),
        ("party", or_null("string")),
        ("committed", or_null("integer")),
        ("handedOver", truth.clone()),
        ("at", or_null("integer")),
        ("missing", truth.clone()),
        ("salt", or_null("string")),
        ("secret", or_null("string")),
    ]);
    let times = ["closes", "begins", "ends", "until", "latest"].map(|name| (name, whole.clone()));
    let period = object(&[
        ("period", text.clone()),
        ("state", text.clone()),
        ("version", whole.clone()),
        ("times", object(&times)),
        ("began", or_null("integer")),
        ("sides", json!({"type": "array", "items": side})),
        ("salts", or_null("string")),
        ("beacon", or_null("object")),
        ("seed", or_null("integer")),
        ("windowsOwn", truth.clone()),
        ("effectiveSeed", or_null("string")),
        ("list", or_null("object")),
        ("record", json!({"type": "object"})),
    ]);
    let line =
        [("handle", text.clone()), ("drawn", whole.clone()), ("ratio", whole.clone()), ("selected", truth)];
    let all = [
        ("DrawCommitment", asked(&["commitment"])),
        ("DrawSecret", asked(&["salt", "secret"])),
        ("DrawPeriod", period),
        (
            "DrawPeriods",
            object(&[
                ("now", whole.clone()),
                ("seed", whole.clone()),
                ("period", or_null("string")),
                ("law", json!({"type": "object"})),
                ("periods", list_of("DrawPeriod")),
                ("more", json!({"type": "boolean", "description": "whether there are older ones"})),
                ("next", or_null("string")),
            ]),
        ),
        ("DrawLine", object(&line)),
        ("OrderDraw", object(&[("seed", whole), ("period", or_null("string"))])),
    ];
    let own = all.into_iter().map(|(name, schema)| (name.to_owned(), schema));
    own.chain(super::openapi_books::schemas()).collect()
}
