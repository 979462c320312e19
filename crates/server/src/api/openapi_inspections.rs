//! What the document of the interface says of inspections, their photographs, and views of persons, addresses and enterprises.

use super::openapi::{list_of, object};
use super::openapi_rulebooks as rulebooks;
use serde_json::{Map, Value, json};

/// One a route, in the order of the routes.
pub(super) const SUMMARIES: [&str; 6] = [
    "Inspections of a trade, the newest first; for offices with the results that one may have today",
    "Records an inspection: typed results, what was measured, the measure that follows, photographs in base64",
    "A photograph of an inspection; an office's reading is recorded",
    "A person's trades of a year by his keyed hash, for a purpose: quota, sellers, amounts, findings; the reading is recorded",
    "Trades of a year to an address by its keyed hash, for a purpose, with the persons; the reading is recorded",
    "An enterprise as offices see it: its newest trades by state, rejections by rule, inspections by result",
];

/// Statuses of a route besides those of all.
pub(super) fn refusals(method: &str, path: &str) -> Vec<(u16, &'static str)> {
    match (method, path) {
        ("post", path) if path.ends_with("/inspections") => vec![
            (404, "no trade of the caller's districts has this number"),
            (
                409,
                "the version seen is not the newest, the state does not allow it, or another officer works on it",
            ),
            (
                422,
                "what was found is not of the table, not complete, or does not allow the measure; a picture is none",
            ),
        ],
        (_, path) if path.ends_with("/inspections") || path.ends_with("/photographs/{sha256}") => {
            vec![(404, "there is none that the caller may see")]
        }
        (_, "/v1/enterprises/{party}") => vec![(404, "there is none that the caller may see")],
        (_, path) if is_subject(path) => {
            vec![(404, "no trade has this keyed hash"), (422, "no purpose; what is wrong is in `faults`")]
        }
        _ => rulebooks::refusals(method, path),
    }
}

/// Routes of persons and addresses.
pub(super) fn is_subject(path: &str) -> bool {
    ["/v1/persons/{id}", "/v1/addresses/{id}"].contains(&path)
}

/// What may stand in the query of a route.
pub(super) fn queries(path: &str) -> &'static [&'static str] {
    if is_subject(path) { &["purpose", "year"] } else { rulebooks::queries(path) }
}

/// The schema of a route's body.
pub(super) fn request(path: &str) -> Option<&'static str> {
    path.ends_with("/inspections").then_some("InspectionRequest").or_else(|| rulebooks::request(path))
}

/// The schema that a route answers with.
pub(super) fn answer(method: &str, path: &str) -> Option<&'static str> {
    match (method, path.rsplit('/').next()) {
        ("get", Some("inspections")) => Some("Inspections"),
        ("post", Some("inspections")) => Some("ActionAnswer"),
        ("get", Some("{id}")) if is_subject(path) => Some("Subject"),
        ("get", Some("{party}")) => Some("Enterprise"),
        _ => rulebooks::answer(method, path),
    }
}

fn whole_number() -> Value {
    json!({"type": "integer"})
}

fn objects() -> Value {
    json!({"type": "array", "items": {"type": "object"}})
}

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let truth = json!({"type": "boolean"});
    let texts = json!({"type": "array", "items": {"type": "string"}});
    let or_null = |kind: &str| json!({"type": [kind, "null"]});
    let both = object(&[("en", text.clone()), ("zh", text.clone())]);
    let all = json!({
        "InspectionFound": object(&[
            ("line", whole.clone()), ("result", text.clone()), ("name", both.clone()), ("law", both.clone()), ("decides", both.clone()),
            ("quantity", or_null("string")), ("weight", or_null("string")),
        ]),
        "Inspection": object(&[
            ("position", whole.clone()), ("time", text.clone()), ("measure", text.clone()), ("proposed", truth.clone()), ("told", truth.clone()),
            ("found", list_of("InspectionFound")), ("text", text.clone()), ("place", text.clone()),
            ("report", json!({"type": "string", "description": "for offices: the report of another agency that it rests on; empty = none"})),
            ("photographs", json!({"type": "array", "items": {"type": "string"}, "description": "SHA-256; see /photographs/{sha256}"})),
        ]),
        "InspectionResult": object(&[
            ("result", text.clone()), ("name", both.clone()), ("measures", texts), ("measured", text.clone()), ("officers", whole),
            ("credit", truth.clone()), ("risk", truth.clone()), ("told", truth), ("decides", both.clone()), ("law", both),
            ("source", text.clone()), ("certainty", text.clone()),
        ]),
        "InspectionRequest": json!({
            "type": "object", "required": ["id", "version", "measure"], "additionalProperties": false,
            "properties": {
                "id": {"type": "string", "description": "names the inspection; the same id again gets the first answer"},
                "version": {"type": "integer", "description": "the consignment's version that was seen"},
                "found": {"type": "array", "items": {"type": "object", "required": ["result"], "additionalProperties": false, "properties": {
                    "line": {"type": "integer", "description": "a declared line; 0 = the whole"}, "result": {"type": "string"},
                    "quantity": {"type": "string"}, "weight": {"type": "string", "description": "kilograms"},
                }}},
                "report": {"type": "string", "description": "instead of found: id of a record of inspection-reports that the office recognises; what was found is the report's"},
                "reportVersion": {"type": "integer", "description": "the version of that record that was seen"},
                "measure": {"type": "string"}, "text": {"type": "string"}, "place": {"type": "string"},
                "second": {"type": "string", "description": "login of the second officer, under a rulebook that has the first name him; otherwise empty, and another officer of the office confirms by the action confirm-inspection"},
                "photographs": {"type": "array", "items": {"type": "object", "required": ["content"], "additionalProperties": false,
                    "properties": {"content": {"type": "string", "description": "a JPEG, PNG or WebP picture in base64"}}}},
            },
        }),
        "Subject": object(&[
            ("year", whole_number()), ("trades", list_of("ConsignmentLine")), ("value", text.clone()), ("sellers", objects()), ("findings", objects()),
            ("more", json!({"type": "boolean"})),
        ]),
        "Enterprise": object(&[
            ("party", text.clone()), ("name", or_null("string")), ("roles", json!({"type": "array", "items": {"type": "string"}})), ("grade", or_null("string")),
            ("looked", whole_number()), ("states", objects()), ("rejections", objects()), ("inspections", objects()), ("trades", list_of("ConsignmentLine")),
        ]),
        "Inspections": object(&[("inspections", list_of("Inspection"))]),
    });
    match all {
        Value::Object(all) => all.into_iter().chain(rulebooks::schemas()).collect(),
        _ => Map::new(),
    }
}
