//! The schemas of registers: moves with the fields of their bodies.

use super::openapi::{list_of, object, of};
use serde_json::{Value, json};

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
