//! The schemas of registers, with the fields of the bodies of their moves, and of what is told to whoever operates the window.

use super::openapi::{list_of, object, of};
use serde_json::{Value, json};

/// Routes of records, whose refusals are problems with all that is wrong.
pub(super) fn is_ours(path: &str) -> bool {
    let known = ["/v1/registers", "/v1/shares", "/v1/rulebooks/drafts", "/v1/draws"];
    known.iter().any(|known| path.starts_with(known))
}

fn text() -> Value {
    json!({"type": "string"})
}

fn texts() -> Value {
    json!({"type": "array", "items": text()})
}

fn words() -> Value {
    object(&[("en", json!({"type": ["string", "null"]})), ("zh", json!({"type": ["string", "null"]}))])
}

/// A field of a body.
pub(super) fn body_field() -> Value {
    object(&[
        ("name", text()),
        ("kind", text()),
        ("required", json!({"type": "boolean"})),
        ("many", json!({"type": "boolean"})),
        ("choices", texts()),
        ("fields", list_of("BodyField")),
        ("default", json!({"type": ["boolean", "null"]})),
        ("label", words()),
        ("hint", words()),
    ])
}

/// A move.
pub(super) fn register_move() -> Value {
    object(&[
        ("action", text()),
        ("name", words()),
        ("from", texts()),
        ("to", text()),
        ("who", text()),
        ("explained", json!({"type": "boolean"})),
        ("fields", json!({"type": ["array", "null"], "items": of("BodyField")})),
        (
            "stands",
            json!({"type": ["string", "null"], "description": "where the record says already what the fields ask for"}),
        ),
    ])
}

/// Every register.
pub(super) fn registers() -> Value {
    let register = object(&[
        ("register", text()),
        ("name", words()),
        ("reads", json!({"type": "boolean"})),
        ("moves", list_of("RegisterMove")),
    ]);
    object(&[("registers", json!({"type": "array", "items": register}))])
}

fn whole() -> Value {
    json!({"type": "integer"})
}

fn truth() -> Value {
    json!({"type": "boolean"})
}

fn all_of(properties: &[(&str, Value)]) -> Value {
    json!({"type": "array", "items": object(properties)})
}

/// How the window works now.
pub(super) fn operation() -> Value {
    let or_null = || json!({"type": ["string", "null"]});
    let failing = [
        ("id", text()),
        ("state", text()),
        ("failures", whole()),
        ("error", text()),
        ("setAside", whole()),
        ("changed", text()),
    ];
    let counterparts = [
        ("kind", text()),
        ("state", text()),
        ("adapters", whole()),
        ("paused", whole()),
        ("failing", whole()),
        ("waiting", whole()),
        ("setAside", whole()),
        ("since", or_null()),
    ];
    object(&[
        ("intake", object(&[("open", truth()), ("reason", or_null()), ("detail", or_null())])),
        ("paused", truth()),
        ("position", text()),
        ("waiting", whole()),
        ("rows", whole()),
        ("rowsNotListed", whole()),
        ("evidenceBehind", whole()),
        ("freeBytes", whole()),
        ("counterparts", all_of(&counterparts)),
        ("webhooks", object(&[("count", whole()), ("more", truth()), ("failing", all_of(&failing))])),
        ("counters", all_of(&[("name", text()), ("help", text()), ("value", whole())])),
    ])
}

/// Rulebooks.
pub(super) fn rulebooks() -> Value {
    let one =
        [("number", whole()), ("by", text()), ("digest", text()), ("tables", whole()), ("changed", texts())];
    object(&[("rulebooks", all_of(&one))])
}

/// What differs between two of them.
pub(super) fn differences() -> Value {
    let table =
        [("table", text()), ("sealed", truth()), ("removed", texts()), ("added", texts()), ("more", whole())];
    object(&[("from", whole()), ("to", whole()), ("tables", all_of(&table))])
}
