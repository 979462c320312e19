//! What the document of the interface says of parks, sites and holds.

use super::openapi::{list_of, object};
use serde_json::{Map, Value, json};

/// One a route, in the order of the routes.
pub(super) const SUMMARIES: [&str; 10] = [
    "Approved parks with their sites, narrowed or all, and by function and by supervision mode the parks that offer it",
    "Figures of a park for whoever operates or supervises it: what its sites scanned, and the bonded books in it",
    "Sites that the caller keeps, the newest first",
    "The signed, dated list of parcels that may pass a site, for when its network is lost",
    "What lies at a site by scans and gate lists, the newest first, and the bags that were sealed there",
    "What is in a bag, its seal, and what of it does not pass",
    "Scans of a device, in order: each is answered pass, inspect or hold and recorded once under its number",
    "What happened at a site, once under its number: X-ray, weight, label, bag sealed or opened, gate list, stocktake",
    "Parcels that no site lets pass, the newest first",
    "Holds a parcel at every site, or lifts the hold",
];

/// Statuses of a route besides those of all.
pub(super) fn refusals(method: &str, path: &str) -> Vec<(u16, &'static str)> {
    match (method, path) {
        ("get", "/v1/parks/{id}/figures") => {
            vec![(404, "no such park, or none that the caller operates or supervises")]
        }
        ("get", "/v1/sites/{code}/bags") => {
            vec![(404, "no site that the caller keeps has this code, or no such bag comes through it")]
        }
        ("get", "/v1/sites/{code}/passes" | "/v1/sites/{code}/stock")
        | ("post", "/v1/sites/{code}/scans") => {
            vec![(404, "no site that the caller keeps has this code")]
        }
        ("post", "/v1/sites/{code}/records") => vec![
            (404, "no site that the caller keeps has this code"),
            (409, "the number names another record of this site"),
            (422, "what is wrong is in `faults`"),
        ],
        ("post", "/v1/holds") => vec![
            (404, "no parcel of the caller's districts has this number"),
            (409, "the version seen is not the newest, or the parcel is not held"),
            (422, "what is wrong is in `faults`"),
        ],
        _ => Vec::new(),
    }
}

/// What may stand in the query of a route.
pub(super) fn queries(path: &str) -> &'static [&'static str] {
    match path {
        "/v1/parks" => &["text", "function", "mode"],
        "/v1/parks/{id}/figures" => &["from", "to", "purpose"],
        "/v1/sites" => &["after", "limit"],
        "/v1/sites/{code}/stock" => &["after"],
        "/v1/sites/{code}/bags" => &["bag"],
        _ => &[],
    }
}

/// The schema of a route's body.
pub(super) fn request(path: &str) -> Option<&'static str> {
    match path {
        "/v1/sites/{code}/scans" => Some("SiteScans"),
        "/v1/sites/{code}/records" => Some("SiteRecordRequest"),
        "/v1/holds" => Some("HoldRequest"),
        _ => None,
    }
}

/// The schema that a route answers with.
pub(super) fn answer(path: &str) -> Option<&'static str> {
    match path {
        "/v1/parks" => Some("Parks"),
        "/v1/parks/{id}/figures" => Some("ParkFigures"),
        "/v1/sites" => Some("KeptSites"),
        "/v1/sites/{code}/passes" => Some("PassList"),
        "/v1/sites/{code}/stock" => Some("SiteStock"),
        "/v1/sites/{code}/bags" => Some("SiteBag"),
        "/v1/sites/{code}/scans" => Some("SiteScanResults"),
        "/v1/sites/{code}/records" => Some("SiteRecord"),
        "/v1/holds" => Some("Holds"),
        _ => None,
    }
}

/// A body of which some members must be there; no others are taken.
fn sent(members: &[(&str, &str)], needed: &[&str]) -> Value {
    let properties: Map<String, Value> = members
        .iter()
        .map(|(name, what)| ((*name).to_owned(), json!({"type": "string", "description": what})))
        .collect();
    json!({"type": "object", "required": needed, "additionalProperties": false, "properties": properties})
}

/// The schemas, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let truth = json!({"type": "boolean"});
    let words = json!({"type": "array", "items": {"type": "string"}});
    let objects = json!({"type": "array", "items": {"type": "object"}});
    let named = |word: &str| object(&[(word, text.clone()), ("parks", words.clone())]);
    let scan = sent(
        &[
            ("number", "the device's number of the scan: the same again gets the first answer"),
            (
                "parcel",
                "the waybill's number, or the carrier's code, a slash and the number; or the number of a bag",
            ),
            ("direction", "in, out or within"),
            ("at", "yyyyMMddHHmmss by the device's clock"),
            ("offline", "what a device without network said: pass, inspect or hold"),
            ("list", "time of the list that it said so by"),
        ],
        &["number", "parcel", "direction"],
    );
    let result = object(&[
        ("number", text.clone()),
        ("parcel", text.clone()),
        ("answer", json!({"type": "string", "enum": ["pass", "inspect", "hold"]})),
        (
            "why",
            json!({"type": "string", "description": "state of the trade; unknown, several, parcel-held, bag-unsealed, not-recorded, number-used"}),
        ),
        ("look", json!({"type": "string", "description": "how it is looked at: scan or inspection"})),
        (
            "alarm",
            json!({"type": "boolean", "description": "a device without network let it pass, and it does not pass"}),
        ),
        ("repeated", truth.clone()),
        ("position", json!({"type": ["integer", "null"]})),
        ("status", whole.clone()),
        ("faults", objects.clone()),
        ("bag", json!({"type": "string", "description": "the record of the bag, if one was scanned"})),
        (
            "seal",
            json!({"type": "string", "description": "the seal that the bag has by its record: compare it"}),
        ),
        ("stopped", objects.clone()),
    ]);
    let happened = json!({"type": "object", "required": ["kind"], "additionalProperties": false, "properties": {
        "kind": {"type": "string", "enum": register::park::happening::KINDS}, "at": text, "parcels": words,
        "result": {"type": "string", "enum": register::park::happening::RESULTS},
        "weight": {"type": "string", "description": "kilogrammes"}, "label": text, "bag": text, "seal": text,
        "vehicle": text, "direction": text, "counted": objects, "text": text,
        "bags": {"type": "array", "description": "of a gate list or a stocktake", "items": {"type": "object",
            "required": ["bag", "seal"], "properties": {"bag": text, "seal": text}}},
        "offline": {"type": "string", "description": "pass: a device without network let this gate list out"},
        "list": {"type": "string", "description": "time of the list that it did so by"},
    }});
    let all = [
        (
            "Parks",
            object(&[
                ("parks", objects.clone()),
                ("functions", json!({"type": "array", "items": named("function")})),
                ("modes", json!({"type": "array", "items": named("mode")})),
                (
                    "complete",
                    json!({"type": "boolean", "description": "whether all parks and sites were looked through"}),
                ),
            ]),
        ),
        (
            "ParkFigures",
            object(&[
                ("park", text.clone()),
                ("name", text.clone()),
                ("state", text.clone()),
                ("from", text.clone()),
                ("to", text.clone()),
                ("complete", truth.clone()),
                ("upTo", text.clone()),
                ("sites", objects.clone()),
                ("sitesComplete", truth.clone()),
                ("alarmsComplete", truth.clone()),
                ("books", json!({"type": "object"})),
                ("tenants", objects.clone()),
            ]),
        ),
        ("KeptSites", object(&[("sites", objects.clone()), ("after", json!({"type": ["string", "null"]}))])),
        (
            "PassList",
            object(&[
                ("site", text.clone()),
                ("time", text.clone()),
                ("until", text.clone()),
                ("millis", whole.clone()),
                ("untilMillis", whole.clone()),
                ("count", whole.clone()),
                ("complete", truth.clone()),
                (
                    "text",
                    json!({"type": "string", "description": "what is signed: a parcel a line behind the first empty line, a bag and its seal a line behind the second"}),
                ),
                (
                    "key",
                    json!({"type": "string", "description": "Ed25519, hexadecimal; GET /v1/evidence/keys has it too"}),
                ),
                ("signature", text.clone()),
            ]),
        ),
        (
            "SiteStock",
            object(&[
                ("site", text.clone()),
                ("parcels", objects.clone()),
                ("after", json!({"type": ["string", "null"]})),
                ("bags", objects.clone()),
                (
                    "moreBags",
                    json!({"type": "boolean", "description": "whether older ones may be there, which are found by their number"}),
                ),
            ]),
        ),
        (
            "SiteBag",
            object(&[
                ("bag", text.clone()),
                ("state", text.clone()),
                ("seal", text.clone()),
                ("site", text.clone()),
                ("since", text.clone()),
                ("parcels", words.clone()),
                ("stopped", objects.clone()),
            ]),
        ),
        (
            "SiteScans",
            json!({"type": "object", "required": ["scans"], "additionalProperties": false,
                "properties": {"scans": {"type": "array", "minItems": 1, "maxItems": super::sites::SCANS, "items": scan}}}),
        ),
        ("SiteScanResult", result),
        (
            "SiteScanResults",
            object(&[("site", text.clone()), ("time", text.clone()), ("results", list_of("SiteScanResult"))]),
        ),
        (
            "SiteRecordRequest",
            json!({"type": "object", "required": ["number", "happened"], "additionalProperties": false,
                "properties": {"number": text, "happened": happened}}),
        ),
        (
            "SiteRecord",
            object(&[
                ("id", text.clone()),
                ("state", text.clone()),
                ("position", whole.clone()),
                ("time", text.clone()),
                ("repeated", truth.clone()),
                ("body", json!({"type": "object"})),
            ]),
        ),
        (
            "HoldRequest",
            json!({"type": "object", "required": ["logisticsCode", "logisticsNo", "action", "text"], "additionalProperties": false,
                "properties": {"logisticsCode": text, "logisticsNo": text, "action": {"type": "string", "enum": ["hold", "lift"]},
                    "text": text, "version": whole}}),
        ),
        ("Holds", json!({"type": "object"})),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}
