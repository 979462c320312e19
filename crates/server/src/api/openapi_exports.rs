//! What the document of the interface says of export trades and their summaries.

use super::openapi::{list_of, object};
use super::openapi_credit as credit;
use super::openapi_parcels as parcels;
use super::openapi_sharing as sharing;
use super::openapi_sites as sites;
use super::openapi_trace as trace;
use serde_json::{Map, Value, json};

/// One a route, in the order of the routes; what stands behind exports comes after.
pub(super) fn summaries() -> impl Iterator<Item = &'static str> {
    SUMMARIES
        .into_iter()
        .chain(sites::SUMMARIES)
        .chain(sharing::SUMMARIES)
        .chain(credit::SUMMARIES)
        .chain(parcels::SUMMARIES)
        .chain(trace::SUMMARIES)
        .chain(LOOKS)
}

/// Looks at goods of exports: what is told of them is as of those of imports.
const LOOKS: [&str; 4] = [
    "Inspections of an export trade, the newest first; for offices with the results that one may have today",
    "Records an inspection of an export, as of an import",
    "A photograph of an inspection of an export; an office's reading is recorded",
    "The stations that trades of a mode pass: who acts at each, with which documents, by which clock",
];

const SUMMARIES: [&str; 5] = [
    "Export trades, newest first by cursor, sorted, or by any of their numbers",
    "An export trade with its timeline, findings and what it waits for",
    "An officer's action on an export trade, naming the version seen",
    "Applications to declare exports in summary, newest first, by cursor",
    "An application to summarise with its parts, the declarations that came of it with their lines, and its lists by cursor",
];

const EXPORTS: &str = "/v1/exports";
const PROCESSES: &str = "/v1/processes";

/// Statuses of a route besides those of all.
pub(super) fn refusals(method: &str, path: &str) -> Vec<(u16, &'static str)> {
    match (method, path.strip_prefix(EXPORTS)) {
        ("get", Some("/{merchant}/{order_no}")) => {
            vec![(404, "no export trade that names the caller has this number")]
        }
        ("get", Some("/summaries/{agent}/{cop_no}")) => {
            vec![(404, "no application to summarise that names the caller has this number")]
        }
        ("post", Some(_)) => vec![
            (404, "no export trade of the caller's districts has this number"),
            (409, "the version seen is not the newest, or the state does not allow the action"),
        ],
        _ => [sites::refusals(method, path), parcels::refusals(method, path), trace::refusals(method, path)]
            .concat(),
    }
}

/// What may stand in the query of a route.
pub(super) fn queries(path: &str) -> &'static [&'static str] {
    if path == PROCESSES {
        return &["mode", "direction"];
    }
    match path.strip_prefix(EXPORTS) {
        Some("") => &["state", "number", "party", "sort", "after", "limit"],
        Some("/summaries") => &["state", "party", "after", "limit"],
        Some("/summaries/{agent}/{cop_no}") => &["declaration", "after", "limit"],
        _ => [sharing::queries(path), credit::queries(path), sites::queries(path), trace::queries(path)]
            .into_iter()
            .find(|own| !own.is_empty())
            .unwrap_or(&[]),
    }
}

/// The schema of a route's body.
pub(super) fn request(path: &str) -> Option<&'static str> {
    match path.strip_prefix(EXPORTS) {
        Some("/{merchant}/{order_no}/actions") => Some("ActionRequest"),
        _ => parcels::request(path).or_else(|| sites::request(path)).or_else(|| trace::request(path)),
    }
}

/// The schema that a route answers with.
pub(super) fn answer(path: &str) -> Option<&'static str> {
    if path == PROCESSES {
        return Some("Processes");
    }
    let Some(rest) = path.strip_prefix(EXPORTS) else {
        return sharing::answer(path)
            .or_else(|| sites::answer(path))
            .or_else(|| credit::answer(path))
            .or_else(|| parcels::answer(path))
            .or_else(|| trace::answer(path));
    };
    match rest {
        "" => Some("Exports"),
        "/{merchant}/{order_no}" => Some("Export"),
        "/summaries" => Some("ExportSummaries"),
        "/summaries/{agent}/{cop_no}" => Some("ExportSummary"),
        "/{merchant}/{order_no}/actions" => Some("ActionAnswer"),
        _ => None,
    }
}

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let or_null = |kind: &str| json!({"type": [kind, "null"]});
    let line = [
        ("merchant", text.clone()),
        ("orderNo", text.clone()),
        ("state", whole.clone()),
        ("stateWord", or_null("string")),
        ("invtNo", or_null("string")),
        ("tradeMode", or_null("string")),
        ("customsCode", text.clone()),
        ("version", whole.clone()),
        ("waitingFor", json!({"type": "array", "items": text})),
        ("changed", text.clone()),
    ];
    let mut whole_trade = line.to_vec();
    whole_trade.extend([
        ("deadlines", json!({"type": "array", "items": {"type": "object"}})),
        ("order", or_null("object")),
        ("received", or_null("object")),
        ("waybill", or_null("object")),
        ("attempt", or_null("object")),
        ("cancellation", or_null("object")),
        ("returns", json!({"type": "array", "items": {"type": "object"}})),
        ("consolidation", or_null("object")),
        ("transfers", json!({"type": "array", "items": {"type": "object"}})),
        ("timeline", json!({"type": "array", "items": {"type": "object"}})),
    ]);
    let objects = json!({"type": "array", "items": {"type": "object"}});
    let summary = [
        ("agent", text.clone()),
        ("copNo", text.clone()),
        ("merchant", or_null("string")),
        ("state", whole.clone()),
        ("stateWord", text.clone()),
        ("preNo", text.clone()),
        ("sumNo", or_null("string")),
        ("customsCode", text.clone()),
        ("period", or_null("object")),
        ("parts", whole.clone()),
        ("partsExpected", or_null("integer")),
        ("lists", whole.clone()),
        ("declarations", whole.clone()),
        ("version", whole),
        ("changed", text),
    ];
    let mut whole_summary = summary.to_vec();
    whole_summary.extend(["of", "results", "members", "timeline"].map(|name| (name, objects.clone())));
    whole_summary.push(("next", or_null("string")));
    // Told to the trade's own parties and to offices.
    let mut one_line = object(&line);
    one_line["properties"]["due"] = or_null("string");
    let all = [
        ("ExportLine", one_line),
        (
            "Exports",
            object(&[
                ("exports", list_of("ExportLine")),
                ("next", or_null("string")),
                (
                    "more",
                    json!({"type": "boolean", "description": "whether there are more than were sorted"}),
                ),
            ]),
        ),
        ("Export", object(&whole_trade)),
        ("ExportSummaryLine", object(&summary)),
        (
            "ExportSummaries",
            object(&[("summaries", list_of("ExportSummaryLine")), ("next", or_null("string"))]),
        ),
        ("ExportSummary", object(&whole_summary)),
        ("Processes", object(&[("day", json!({"type": "string"})), ("processes", objects)])),
    ];
    let own = all.into_iter().map(|(name, schema)| (name.to_owned(), schema));
    own.chain(sites::schemas())
        .chain(sharing::schemas())
        .chain(credit::schemas())
        .chain(parcels::schemas())
        .chain(trace::schemas())
        .collect()
}
