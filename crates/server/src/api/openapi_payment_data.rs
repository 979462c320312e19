//! What the OpenAPI document says of original payment data: shapes of questions and answers, and the statuses of their routes.

use super::openapi::{object, of};
use serde_json::{Value, json};

/// The route of platforms that have built it for customs.
const GRAB: &str = "/ceb2grab/grab/realTimeDataUpload";

/// What its routes are for, in the order of the routes.
pub(super) const SUMMARIES: [&str; 5] = [
    "A platform's answer of original payment data (announcement 2018-179): compared with order and payment, taken once",
    "Customs asks a platform for the original payment data of an order; a platform tries its own service",
    "What would be said of an answer of original payment data; nothing is kept",
    "Compares an answer again: order or payment came later",
    "An answer of original payment data as platforms send it to customs: a form without a token, answered 200 with a code",
];

/// Whether a route is one of these.
pub(super) fn is_ours(path: &str) -> bool {
    path.starts_with("/v1/payment-data") || path == GRAB
}

/// The schema's name of what a route answers.
pub(super) fn answer(method: &str, path: &str) -> Option<&'static str> {
    Some(match (method, path) {
        ("post", "/v1/payment-data") => "PaymentDataAnswer",
        ("post", "/v1/payment-data/asks" | "/v1/payment-data/{id}/compare") => "Record",
        ("post", "/v1/payment-data/check") => "PaymentDataCheck",
        ("post", GRAB) => "PaymentDataTaken",
        _ => return None,
    })
}

/// What a route is sent; none = nothing.
pub(super) fn request(path: &str) -> Option<Value> {
    match path {
        "/v1/payment-data/asks" => Some(json!({"application/json": {"schema": of("PaymentDataQuestion")}})),
        "/v1/payment-data/{id}/compare" => None,
        GRAB => Some(json!({"application/x-www-form-urlencoded": {"schema": of("PaymentDataForm")}})),
        _ => Some(json!({
            "application/x-www-form-urlencoded": {"schema": of("PaymentDataForm")}, "application/json": {},
        })),
    }
}

/// Statuses of a route besides those of every route.
pub(super) fn refusals(path: &str) -> Vec<(u16, &'static str)> {
    const WRONG: (u16, &str) = (422, "what was sent is wrong: all of it is in `faults`");
    match path {
        "/v1/payment-data" => vec![
            (404, "no such session, or not one of this platform"),
            (409, "the session has another answer, or is over"),
            WRONG,
        ],
        "/v1/payment-data/{id}/compare" => vec![(409, "there is no answer, or it was decided on")],
        "/v1/payment-data/asks" => vec![(404, "you neither ask for customs nor are this platform"), WRONG],
        "/v1/payment-data/check" => vec![WRONG],
        _ => vec![(429, "too many from one address; wait for Retry-After")],
    }
}

/// The shapes.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let text = || json!({"type": "string"});
    let whole = || json!({"type": "integer"});
    let taken = [("code", text()), ("message", text()), ("total", whole()), ("serviceTime", whole())];
    let difference = [
        ("path", text()),
        ("value", text()),
        ("otherPath", text()),
        ("otherValue", text()),
        ("textZh", text()),
        ("textEn", text()),
    ];
    let comparison = [
        ("outcome", json!({"type": "string", "enum": ["agrees", "differs", "incomplete"]})),
        ("differences", json!({"type": "array", "items": object(&difference)})),
        ("missing", json!({"type": "array", "items": {"type": "string"}})),
    ];
    let more = [
        ("session", text()),
        ("record", text()),
        ("late", json!({"type": "boolean"})),
        ("comparison", of("PaymentDataComparison")),
    ];
    let signed = [("serial", text()), ("subject", text()), ("algorithm", text())];
    let check =
        [("session", text()), ("comparison", of("PaymentDataComparison")), ("signed", object(&signed))];
    vec![
        ("PaymentDataQuestion", object(&[("platform", text()), ("orderNo", text())])),
        ("PaymentDataForm", object(&[("payExInfoStr", text())])),
        ("PaymentDataTaken", object(&taken)),
        ("PaymentDataAnswer", object(&[&taken[..], &more[..]].concat())),
        ("PaymentDataCheck", object(&check)),
        ("PaymentDataComparison", object(&comparison)),
    ]
}
