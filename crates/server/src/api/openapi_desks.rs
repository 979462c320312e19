//! The schemas of receipts, of documents and definitions, of who works on what, of decisions on many, of what is found in the evidence log,
//! and of the space for trying.

use super::openapi::{list_of, object};
use serde_json::{Map, Value, json};

/// One a route, in the order of the routes.
pub(super) const SUMMARIES: [&str; 4] = [
    "Tax bills of the caller's released trades, the newest first; for a party with its guarantees and what it owes",
    "Trades of imports and exports by any of their numbers, for offices parties by code or name, rules by code, goods by tariff code, records of registers by id",
    "What an officer decided, the newest first: the caller himself, or an officer of his office; with form=csv as a file",
    "The model that scores in shadow, the one that may take its place and the one of exports: what each was trained on, which is in use, of each band of scores how much was inspected and illicit, and how far what is declared has moved",
];

/// What may stand in the query of a route.
pub(super) fn queries(path: &str) -> &'static [&'static str] {
    match path {
        "/v1/bills" => &["which", "from", "to", "after", "limit"],
        "/v1/search" => &["text"],
        "/v1/assignments/{platform}/{order_no}" => &["of"],
        "/v1/decisions" => &["officer", "from", "to", "after", "limit", "form"],
        _ => &[],
    }
}

/// A shape with a text that is there only where somebody wrote it.
pub(super) fn or_without(mut shape: Value, name: &str) -> Value {
    shape["properties"][name] = json!({"type": "string"});
    shape
}

/// The shape of what names a trade: of imports by its platform, of exports by its merchant.
fn of_either(shape: Value) -> Value {
    or_without(or_without(shape, "platform"), "merchant")
}

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let truth = json!({"type": "boolean"});
    let or_null = |kind: &str| json!({"type": [kind, "null"]});
    let mut shared = object(&[
        ("specversion", text.clone()),
        ("id", text.clone()),
        ("source", text.clone()),
        ("type", text.clone()),
        ("time", text.clone()),
        ("dataschema", text.clone()),
        ("purpose", text.clone()),
        ("legalbasis", text.clone()),
        ("receiver", text.clone()),
        ("data", json!({"type": "object"})),
    ]);
    shared["properties"]["subject"] = json!({"type": "string",
        "description": "the business key, where the rule gives every field that it is made of"});
    let all = json!({
        "Receipt": object(&[
            ("position", whole.clone()), ("number", whole.clone()), ("recipient", text.clone()), ("message", text.clone()), ("status", whole.clone()),
            ("time", text.clone()), ("receipt", json!({"description": "an object, or the XML as text with form=xml"})),
            ("documentNumber", text.clone()),
        ]),
        "Receipts": json!({
            "type": "object", "required": ["receipts", "cursor"],
            "properties": {
                "receipts": list_of("Receipt"), "cursor": text.clone(), "next": or_null("string"),
                "more": {"type": "boolean", "description": "with sort by a column: there are more than the newest 200, which are in order"},
            },
        }),
        "SharedRecords": object(&[
            ("events", json!({"type": "array", "items": shared})), ("cursor", text.clone()), ("complete", truth.clone()),
            ("share", text.clone()), ("version", whole.clone()), ("purpose", text.clone()), ("receiver", text.clone()),
        ]),
        "FiledDocument": object(&[
            ("position", whole.clone()), ("kind", whole.clone()), ("root", text.clone()), ("message", or_null("integer")), ("order", or_null("object")), ("export", or_null("object")),
            ("document", json!({"type": "object", "description": "fields by element name"})), ("answer", json!({"type": "object"})), ("standing", or_null("object")),
        ]),
        "Definitions": object(&[("definitions", json!({"type": "array", "items": object(&[("kind", whole.clone()), ("root", text.clone()), ("element", text.clone()), ("words", text.clone())])}))]),
        "Definition": object(&[
            ("kind", whole.clone()), ("root", text.clone()), ("element", text.clone()), ("words", text.clone()), ("flat", truth.clone()), ("fewestLines", whole.clone()),
            ("parts", json!({"type": "array", "items": object(&[("element", text.clone()), ("lines", truth.clone()), ("fields", json!({"type": "array", "items": object(&[
                ("name", text.clone()), ("type", text.clone()), ("expected", text.clone()), ("mandatory", truth.clone()), ("meaning", text.clone()),
            ])}))])})),
        ]),
        "Assignment": of_either(object(&[
            ("orderNo", text.clone()), ("officer", text.clone()), ("party", text.clone()), ("until", text.clone()),
        ])),
        "EvidenceFound": object(&[
            ("entries", json!({"type": "array", "items": object(&[
                ("position", whole.clone()), ("writer", whole.clone()), ("sequence", whole.clone()), ("time", text.clone()), ("what", text.clone()),
                ("about", json!({"type": "object", "description": "what the caller may know of it"})), ("proof", text.clone()),
            ])})),
            ("after", or_null("string")), ("behind", json!({"type": "integer", "description": "rows that are not indexed yet"})),
        ]),
        "SandboxTrade": of_either(object(&[("orderNo", text.clone()), ("documents", json!({"type": "array", "items": object(&[
            ("kind", whole.clone()), ("root", text.clone()), ("sender", text.clone()), ("own", truth.clone()), ("sent", truth.clone()),
        ])}))])),
        "Conformance": object(&[("checks", json!({"type": "array", "items": object(&[("check", text.clone()), ("shown", truth.clone()), ("position", or_null("integer"))])})),
            ("done", whole.clone()), ("complete", truth.clone()), ("asOf", text.clone()),
            ("receipts", object(&[("all", whole.clone()), ("fetched", whole.clone()), ("newest", json!({"type": "array", "items": object(&[
                ("position", whole.clone()), ("number", whole.clone()), ("message", text.clone()), ("status", whole.clone()), ("platform", or_null("string")),
                ("orderNo", or_null("string")), ("time", text.clone()), ("fetched", truth.clone()),
            ])}))]))]),
        "Institutions": object(&[("day", text.clone()), ("after", json!({"type": ["string", "null"]})), ("institutions", json!({"type": "array", "items": object(&[
            ("code", text.clone()), ("name", text.clone()), ("roles", json!({"type": "array", "items": {"type": "string"}})),
            ("services", json!({"type": "array", "items": {"type": "object"}})), ("modes", json!({"type": "array", "items": {"type": "string"}})),
        ])}))]),
        "CreditLists": object(&[("day", text.clone()), ("listed", json!({"type": "array", "items": object(&[
            ("party", text.clone()), ("name", or_null("string")), ("list", text.clone()), ("legalBasis", text.clone()), ("validFrom", or_null("string")),
            ("validTo", or_null("string")), ("appealed", truth.clone()),
        ])}))]),
        "Credit": object(&[
            ("party", text.clone()), ("name", text.clone()), ("day", text.clone()), ("rulebook", whole.clone()), ("score", whole.clone()),
            ("grade", or_null("string")), ("byScore", or_null("string")), ("known", json!({"type": "integer", "description": "parts per million of all weight"})),
            ("dimensions", json!({"type": "array", "items": object(&[("dimension", text.clone()), ("name", json!({"type": "object"})), ("weight", whole.clone()), ("inconsistency", whole.clone())])})),
            ("readings", json!({"type": "array", "items": object(&[
                ("indicator", text.clone()), ("dimension", text.clone()), ("kind", or_null("string")), ("name", json!({"type": "object"})), ("told", text.clone()),
                ("value", text.clone()), ("part", whole.clone()), ("whole", whole.clone()), ("sample", whole.clone()), ("minimum", whole.clone()),
                ("points", whole.clone()), ("weight", whole.clone()), ("gives", whole.clone()), ("observations", json!({"type": "array", "items": {"type": "string"}})),
                ("contested", json!({"type": "array", "items": {"type": "string"}})), ("text", json!({"type": "object"})),
                ("counts", or_null("object")), ("window", json!({"type": "array", "items": {"type": "object"}})),
            ])})),
            ("vetoes", json!({"type": "array", "items": object(&[("veto", text.clone()), ("record", text.clone()), ("validTo", text.clone()), ("name", json!({"type": "object"}))])})),
            ("list", or_null("object")),
            ("reached", json!({"type": "array", "items": object(&[("list", text.clone()), ("party", or_null("string")), ("validFrom", text.clone()), ("validTo", text.clone())])})),
            ("measures", json!({"type": "array", "items": object(&[("standing", text.clone()), ("measure", text.clone()), ("value", whole.clone()), ("unit", text.clone())])})),
            ("complete", json!({"type": "boolean", "description": "false = the window has not counted all its rows yet: what it counts itself may be less than it is"})),
        ]),
        "Found": object(&[
            ("text", text.clone()), ("trades", list_of("ConsignmentLine")), ("exports", list_of("ExportLine")), ("parties", json!({"type": "array", "items": {"type": "object"}})),
            ("rules", json!({"type": "array", "items": {"type": "object"}})), ("goods", json!({"type": "array", "items": {"type": "object"}})),
            ("records", json!({"type": "array", "items": object(&[("register", text.clone()), ("id", text.clone()), ("state", text.clone()), ("changed", text.clone())])})), ("most", whole.clone()),
        ]),
        "Bills": object(&[
            ("bills", json!({"type": "array", "items": {"allOf": [super::openapi::of("ConsignmentLine"), object(&[("bill", json!({"type": "object"}))])]}})),
            ("next", or_null("string")),
        ]),
        "RiskModel": object(&[
            ("model", or_null("object")), ("behind", whole.clone()), ("inUse", or_null("string")), ("missing", truth.clone()),
            ("drift", or_null("object")), ("candidate", or_null("object")), ("exports", or_null("object")),
            ("bands", json!({"type": "array", "items": object(&[
                ("from", whole.clone()), ("below", whole.clone()), ("scored", whole.clone()), ("inspected", whole.clone()),
                ("illicit", whole.clone()), ("drawn", whole.clone()), ("drawnIllicit", whole.clone()),
            ])})),
        ]),
        "Decisions": object(&[
            ("officer", text.clone()), ("after", or_null("string")), ("behind", whole.clone()),
            ("decisions", json!({"type": "array", "items": of_either(object(&[
                ("position", whole.clone()), ("time", text.clone()), ("officer", text.clone()), ("orderNo", text.clone()),
                ("action", text.clone()), ("text", text.clone()), ("taken", truth.clone()), ("state", or_null("integer")), ("stateWord", or_null("string")),
                ("measure", text.clone()), ("standing", text.clone()), ("readable", truth.clone()),
            ]))})),
        ]),
        "Assignments": object(&[("assignments", list_of("Assignment"))]),
        "BulkAnswer": object(&[("results", json!({"type": "array", "items": of_either(object(&[
            ("orderNo", text.clone()), ("done", truth.clone()), ("status", whole.clone()), ("answer", json!({"type": "object"})),
        ]))}))]),
    });
    match all {
        Value::Object(all) => all,
        _ => Map::new(),
    }
}
