//! What the document of the interface says of bonded books.

use super::openapi::{list_of, object};
use super::openapi_exports as exports;
use serde_json::{Map, Value, json};

/// One a route, in the order of the routes.
pub(super) const SUMMARIES: [&str; 4] = [
    "Bonded books of the caller, or of all for offices, the newest first",
    "A bonded book with its stock by item and lot, now or as of a time: available, pre-deducted, in transit and all other places",
    "What moved of a bonded book, item by item, the newest first, each with its document; with form=csv as a file",
    "A vehicle leaves with parcels of released lists: weighed against the lists; what they took of the book is sold then",
];

const BOOKS: &str = "/v1/books";

/// Statuses of a route besides those of all.
pub(super) fn refusals(method: &str, path: &str) -> Vec<(u16, &'static str)> {
    match (method, path.strip_prefix(BOOKS)) {
        ("get", Some("/{id}" | "/{id}/movements")) => vec![(404, "no such book, or not the caller's")],
        ("post", Some(_)) => vec![
            (404, "no such book, or not the caller's"),
            (409, "the number names another gate release"),
            (422, "what may not leave, and a weight that differs, is in `faults`"),
        ],
        _ => exports::refusals(method, path),
    }
}

/// What may stand in the query of a route.
pub(super) fn queries(path: &str) -> &'static [&'static str] {
    match path.strip_prefix(BOOKS) {
        Some("") => &["party", "after", "limit"],
        Some("/{id}") => &["at", "item", "from", "limit", "purpose"],
        Some("/{id}/movements") => &["item", "after", "limit", "form", "purpose"],
        _ => exports::queries(path),
    }
}

/// The schema of a route's body.
pub(super) fn request(path: &str) -> Option<&'static str> {
    match path.strip_prefix(BOOKS) {
        Some("/{id}/gate-releases") => Some("GateReleaseRequest"),
        _ => exports::request(path),
    }
}

/// The schema that a route answers with.
pub(super) fn answer(path: &str) -> Option<&'static str> {
    match path.strip_prefix(BOOKS) {
        Some("") => Some("BondedBooks"),
        Some("/{id}") => Some("BondedBook"),
        Some("/{id}/movements") => Some("BondedMovements"),
        Some(_) => Some("GateRelease"),
        None => exports::answer(path),
    }
}

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let truth = json!({"type": "boolean"});
    let or_null = |kind: &str| json!({"type": [kind, "null"]});
    let quantities = object(&[("declared", text.clone()), ("first", text.clone()), ("second", text.clone())]);
    let lot = object(&[
        ("lot", text.clone()),
        ("origin", text.clone()),
        ("expiry", or_null("string")),
        ("sells", truth.clone()),
        ("recall", or_null("string")),
        (
            "recalls",
            json!({"type": "array", "items": text, "description": "every recall that stops the lot; recall is the first"}),
        ),
        ("balances", json!({"type": "object", "additionalProperties": quantities})),
    ]);
    let item = object(&[
        ("item", json!({"type": "object"})),
        ("version", whole.clone()),
        ("changed", text.clone()),
        ("places", json!({"type": "object", "additionalProperties": {"type": "string"}})),
        ("inside", text.clone()),
        ("lots", json!({"type": "array", "items": lot})),
    ]);
    let head = [
        ("book", text.clone()),
        ("holder", text.clone()),
        ("number", text.clone()),
        ("state", text.clone()),
        ("version", whole.clone()),
        ("items", whole.clone()),
        ("proposed", whole.clone()),
        ("counting", or_null("string")),
        ("changed", text.clone()),
    ];
    let line = object(&[
        ("kind", text.clone()),
        ("issuer", text.clone()),
        ("number", text.clone()),
        ("line", whole.clone()),
    ]);
    let movement = object(&[
        ("item", text.clone()),
        ("lot", text.clone()),
        ("from", text.clone()),
        ("to", text.clone()),
        ("unit", text.clone()),
        ("quantities", quantities),
        ("by", line),
        ("of", or_null("object")),
        ("trade", or_null("object")),
        ("time", text.clone()),
        ("position", whole.clone()),
    ]);
    let clock = object(&[
        ("document", text.clone()),
        ("kind", text.clone()),
        ("number", text.clone()),
        ("state", text.clone()),
        ("due", text.clone()),
        ("warned", truth.clone()),
        ("extended", or_null("string")),
        ("held", or_null("string")),
        ("called", or_null("string")),
        ("taxDue", or_null("string")),
    ]);
    let mut whole_book = head.to_vec();
    whole_book.extend([
        ("clocks", json!({"type": "array", "items": clock})),
        ("stock", json!({"type": "array", "items": item})),
        ("at", or_null("string")),
        ("from", or_null("string")),
    ]);
    let parcel = json!({"type": "object", "required": ["platform", "orderNo"], "additionalProperties": false,
        "properties": {"platform": {"type": "string"}, "orderNo": {"type": "string"}}});
    let all = [
        ("BondedBookLine", object(&head)),
        ("BondedBooks", object(&[("books", list_of("BondedBookLine")), ("after", or_null("string"))])),
        ("BondedBook", object(&whole_book)),
        (
            "BondedMovements",
            object(&[
                ("book", text.clone()),
                ("movements", json!({"type": "array", "items": movement})),
                ("after", or_null("string")),
            ]),
        ),
        (
            "GateReleaseRequest",
            json!({"type": "object", "required": ["number", "vehicle", "tare", "gross", "parcels"], "additionalProperties": false,
                "properties": {"number": {"type": "string"}, "vehicle": {"type": "string"},
                    "tare": {"type": "string", "description": "kilogrammes"}, "gross": {"type": "string", "description": "kilogrammes"},
                    "parcels": {"type": "array", "items": parcel}}}),
        ),
        (
            "GateRelease",
            object(&[
                ("id", text.clone()),
                ("state", text),
                ("version", whole),
                ("body", json!({"type": "object"})),
                ("parcels", json!({"type": "array", "items": {"type": "object"}})),
            ]),
        ),
    ];
    let own = all.into_iter().map(|(name, schema)| (name.to_owned(), schema));
    own.chain(exports::schemas()).collect()
}
