//! What the document of the interface says of drafts of the rulebook.

use super::openapi::{list_of, object};
use super::openapi_draws as draws;
use serde_json::{Map, Value, json};

/// One a route, in the order of the routes.
const SUMMARIES: [&str; 6] = [
    "Drafts of the rulebook, newest first, for officers whose duty it is",
    "A draft: tables that shall change, or those of an earlier rulebook; checked whole before it is kept",
    "A draft with what it would change, how far its trial is, and what that came to",
    "A table of a draft as CSV, or that in force where the draft leaves it; `new` is the id of no draft",
    "Change, try, publish or withdraw a draft, naming the version seen; another person publishes than who wrote it",
    "What closed joint cases say: of each risk rule how often it was right and wrong, and which consignments were what was suspected",
];

/// Those of drafts, then those of periods of the draw.
pub(super) fn summaries() -> impl Iterator<Item = &'static str> {
    SUMMARIES.into_iter().chain(draws::SUMMARIES)
}

const DRAFTS: &str = "/v1/rulebooks/drafts";
const FEEDBACK: &str = "/v1/risk/feedback";

/// Statuses of a route besides those of all.
pub(super) fn refusals(method: &str, path: &str) -> Vec<(u16, &'static str)> {
    match (method, path) {
        ("post", DRAFTS) => vec![
            (404, "no earlier rulebook has the number of backTo"),
            (422, "what is wrong with the tables, with table, row and what to do, is in `faults`"),
        ],
        ("post", path) if path.starts_with(DRAFTS) => vec![
            (404, "no such draft"),
            (
                409,
                "the version seen is not the newest, another rulebook was published since, it was not tried, or another trial runs",
            ),
            (422, "what is wrong is in `faults`"),
        ],
        ("get", path) if path.starts_with(DRAFTS) && path != DRAFTS => vec![(404, "no such draft or table")],
        _ => draws::refusals(method, path),
    }
}

/// What may stand in the query of a route.
pub(super) fn queries(path: &str) -> &'static [&'static str] {
    match path {
        DRAFTS => &["state", "after", "limit"],
        "/v1/bills" | "/v1/search" | "/v1/decisions" | "/v1/assignments/{platform}/{order_no}" => {
            super::openapi_desks::queries(path)
        }
        _ => draws::queries(path),
    }
}

/// The schema of a route's body.
pub(super) fn request(path: &str) -> Option<&'static str> {
    match path.strip_prefix(DRAFTS) {
        Some("") => Some("RulebookDraftRequest"),
        Some("/{id}/actions") => Some("RulebookDraftAction"),
        _ => draws::request(path),
    }
}

/// The schema that a route answers with.
pub(super) fn answer(method: &str, path: &str) -> Option<&'static str> {
    match path {
        "/v1/bills" => return Some("Bills"),
        "/v1/search" => return Some("Found"),
        "/v1/decisions" => return Some("Decisions"),
        "/v1/risk/model" => return Some("RiskModel"),
        FEEDBACK => return Some("RiskFeedback"),
        _ => {}
    }
    match (method, path.strip_prefix(DRAFTS)) {
        ("get", Some("")) => Some("RulebookDrafts"),
        ("post", Some("" | "/{id}/actions")) | ("get", Some("/{id}")) => Some("RulebookDraft"),
        ("get", Some("/{id}/tables/{table}")) => Some("RulebookTable"),
        _ => draws::answer(method, path),
    }
}

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let truth = json!({"type": "boolean"});
    let or_null = |kind: &str| json!({"type": [kind, "null"]});
    let who = object(&[("party", text.clone()), ("name", text.clone())]);
    let names = json!({"type": "array", "items": {"type": "string"}});
    let objects = json!({"type": "array", "items": {"type": "object"}});
    let line = vec![
        ("id", text.clone()),
        ("version", whole.clone()),
        ("state", text.clone()),
        ("title", text.clone()),
        ("base", whole.clone()),
        ("backTo", or_null("integer")),
        ("tables", names),
        ("authors", json!({"type": "array", "items": who.clone()})),
        ("number", or_null("integer")),
        ("created", text.clone()),
        ("changed", text.clone()),
        ("by", who),
        ("action", text.clone()),
        ("note", text.clone()),
        (
            "trying",
            json!({"type": ["object", "null"], "description": "rows read, of how many, while a trial runs"}),
        ),
        ("tried", truth.clone()),
    ];
    let more = [
        ("inForce", whole.clone()),
        ("outdated", truth.clone()),
        ("yours", truth.clone()),
        ("mustBeTried", truth.clone()),
        ("differences", objects),
        (
            "trial",
            json!({"type": ["object", "null"], "description": "amounts in fen, examples as positions of rows; from: facts, where rules alone change and what was kept of declarations says it, else rows"}),
        ),
        (
            "watched",
            json!({"type": ["object", "null"], "description": "what it has come to in shadow, as a trial; kept when it is approved"}),
        ),
        ("watchedSince", or_null("string")),
    ];
    let one: Vec<(&str, Value)> = line.iter().cloned().chain(more).collect();
    let asked = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "title": {"type": "string"},
            "tables": {"type": "object", "additionalProperties": {"type": "string"}, "description": "whole tables as CSV, by file name"},
            "backTo": {"type": "integer", "description": "instead of tables: the number of an earlier rulebook"},
        },
    });
    let all = json!({
        "RulebookDraftLine": object(&line),
        "RulebookDrafts": object(&[("drafts", list_of("RulebookDraftLine")), ("inForce", whole.clone()), ("after", or_null("string"))]),
        "RulebookDraft": object(&one),
        "RulebookTable": object(&[("table", text.clone()), ("inForce", whole), ("changed", truth), ("text", text)]),
        "RiskFeedback": object(&[
            ("cases", json!({"type": "integer", "description": "closed cases that were looked through"})),
            ("complete", json!({"type": "boolean", "description": "false = there are more than are looked through at once"})),
            ("rules", json!({"type": "array", "items": object(&[("rule", json!({"type": "string"})), ("right", json!({"type": "integer"})), ("wrong", json!({"type": "integer"}))])})),
            ("labels", json!({"type": "array", "items": object(&[
                ("consignment", json!({"type": "string", "description": "platform/orderNo"})), ("case", json!({"type": "string"})),
                ("result", json!({"type": "string", "description": "confirmed, refuted, undetermined"})), ("dimension", json!({"type": "string"})),
            ])})),
        ]),
        "RulebookDraftRequest": asked.clone(),
        "RulebookDraftAction": json!({
            "type": "object", "required": ["action", "version"], "additionalProperties": false,
            "properties": {
                "action": {"type": "string", "description": "change, try, watch, publish, withdraw"},
                "version": {"type": "integer", "description": "the draft's version that was seen"},
                "note": {"type": "string"}, "draft": asked,
            },
        }),
    });
    match all {
        Value::Object(all) => all.into_iter().chain(draws::schemas()).collect(),
        _ => Map::new(),
    }
}
