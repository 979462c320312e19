//! The OpenAPI document of the interface, held against the list of routes by a test.

use super::ROUTES;
use axum::Json;
use serde_json::{Map, Value, json};

const SUMMARIES: [&str; 14] = [
    "Send a CEB message, a DXP envelope or the same as JSON; answered after the durable commit",
    "The first answer to a message, by sha256 or by the business key of its documents",
    "A message as received",
    "Receipts after a cursor, complete up to the cursor returned",
    "Consignments, newest first, by cursor",
    "A consignment with its timeline and explanation",
    "An officer's action, naming the version seen",
    "A consignment by the number of its declaration",
    "What documents would give: nothing is written, sealed rules are not evaluated",
    "Balances of the accounts of a kind, by owner, for offices of the whole zone",
    "The catalogue of rules with codes, reasons and fixes",
    "This document",
    "Whether the window is up, and its position",
    "Counters in the Prometheus format",
];

/// `GET /v1/openapi.json`.
pub async fn document() -> Json<Value> {
    Json(build())
}

fn parameters(path: &str, method: &str) -> Vec<Value> {
    let mut found: Vec<Value> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    let queries: &[&str] = match (method, path) {
        ("get", "/v1/messages") => &[
            "sha256",
            "platform",
            "orderNo",
            "payCode",
            "payTransactionId",
            "logisticsCode",
            "logisticsNo",
            "agentCode",
            "operatorCode",
            "copNo",
            "kind",
        ],
        ("get", "/v1/receipts") => &["after", "limit", "form"],
        ("get", "/v1/accounts") => &["kind", "after", "limit"],
        ("get", "/v1/consignments") => &["state", "number", "after", "limit"],
        _ => &[],
    };
    found.extend(
        queries.iter().map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}})),
    );
    found
}

/// The document.
pub fn build() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for ((method, path), summary) in ROUTES.iter().zip(SUMMARIES) {
        let open = matches!(*path, "/health" | "/v1/openapi.json");
        let mut operation = json!({
            "summary": summary,
            "parameters": parameters(path, method),
            "responses": {
                "200": {"description": "done"},
                "default": {"description": "a problem (RFC 9457)", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            },
            "security": if open { json!([]) } else { json!([{"token": []}]) },
        });
        if *method == "post" {
            operation["requestBody"] =
                json!({"required": true, "content": {"application/xml": {}, "application/json": {}}});
        }
        let entry = paths.entry((*path).to_owned()).or_insert_with(|| json!({}));
        entry[*method] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "onewindow", "version": env!("CARGO_PKG_VERSION"), "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": {"type": "object", "required": ["type", "title", "status", "detail"], "properties": {
                "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
            }}},
        },
    })
}
