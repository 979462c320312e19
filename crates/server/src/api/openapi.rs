//! The OpenAPI document of the interface, held against the list of routes by a test.

use super::access::{Access, access};
use super::{
    ROUTES, openapi_consumer as consumer, openapi_desks as desks, openapi_inspections as inspections,
    openapi_payment_data as payment_data, openapi_people as people, openapi_registers as registers,
};
use axum::Json;
use serde_json::{Map, Value, json};

const SUMMARIES: [&str; 49] = [
    "Send a CEB message, a DXP envelope or the same as JSON; answered after the durable commit",
    "The first answer to a message, by sha256 or by the business key of its documents",
    "A message as received",
    "A document as its sender filed it, with its first answer and how it stands now",
    "The messages that parties send",
    "The parts and fields of a message: types, what must be there, meanings",
    "Receipts after a cursor, complete up to the cursor returned",
    "Consignments, newest first, by cursor",
    "A consignment with its timeline and explanation",
    "An officer's action, naming the version seen",
    "One decision on many trades, each by itself on the version seen; what asks for a look of its own is left",
    "What the caller's office works on",
    "Take a trade, or the next of a queue that nobody works on; until then nobody else decides on it",
    "Give a trade up",
    "A consignment by the number of its declaration",
    "What documents would give: nothing is written, sealed rules are not evaluated",
    "Balances of the accounts of a kind, by owner, for offices of the whole zone",
    "Documents that name a person, by his number, for a purpose; a part of the ledger at a time, each reading recorded",
    "Every register with its moves: who may take a record from which state to which",
    "Records of a register, newest first, by cursor: those that name the caller, or all for agencies",
    "A record; reading another's is recorded first, and its owners see it",
    "Every version of a record, the newest first",
    "A move of a record, naming the version seen; 0 makes it",
    "What agencies can share, field by field",
    "The JSON Schema of a dataset",
    "What a rule of sharing gives its receiver, by cursor, as CloudEvents; `complete` = all up to now",
    "Payment firms, banks, guarantors and logistics firms with the services they may give today, pilot enterprises with their modes: public",
    "Parties on lists of credit that are published: for everybody",
    "Credit of a party as of a day, with the reason of every point and what follows from it: its own, or any for agencies",
    "Tables of figures, and what each may be asked by",
    "Figures of the caller's districts, or of his party, by day and what else is asked for; with form=csv as a file",
    "Figures for everybody: lines of few merchants and few declarations are marked `suppressed`",
    "The catalogue of rules with codes, reasons and fixes",
    "How large messages and pages may be, how much may wait, whether anything is recorded now, and the limits of trade today",
    "In a sandbox: a trade in which the caller has his role, partners played, its outcome scripted",
    "In a sandbox: what the software of the caller's party has shown",
    "A signed head of the evidence log: the newest, a published one by number, or the first with so many rows of a writer",
    "The public keys of the evidence log, oldest first",
    "Proof that a row is in the evidence log, with the signed head that it leads to",
    "Proof that an older tree of a writer is the beginning of a newer one",
    "Entries of the evidence log after a cursor, for offices of the whole zone",
    "Entries of the evidence log by party, day and kind, newest first, each with where its proof is; with form=csv as a file",
    "This document",
    "Whether the window is up, its position, and why nothing is recorded, if so",
    "Whether messages are recorded now: 503 with the reason while not",
    "Counters in the Prometheus format",
    "What the window takes, judges and delivers now, for who operates it",
    "Rulebooks that were published, the newest first, with the tables that changed",
    "What stands in the tables of one rulebook and not of another; sealed tables for customs alone",
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
            "merchant",
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
        ("get", "/v1/receipts") => &["after", "limit", "form", "sort"],
        ("get", "/v1/accounts") => &["kind", "after", "limit"],
        ("get", "/v1/consignments") => &["state", "number", "party", "sort", "after", "limit", "with"],
        ("get", "/v1/registers") => &["with"],
        ("get", "/v1/rulebooks/differences") => &["from", "to"],
        ("get", "/v1/registers/{register}") => {
            &["state", "party", "number", "overdue", "waiting", "yours", "demand", "after", "limit"]
        }
        ("get", "/v1/shares/{id}/records") => &["after", "limit", "wait"],
        ("get", "/v1/statistics/{table}" | "/v1/indicators/{table}") => &["from", "to", "by", "form"],
        ("get", "/v1/institutions") => &["role", "service", "after", "limit"],
        ("get", "/v1/credit/{party}") => &["day"],
        ("get", "/v1/registers/{register}/{id}" | "/v1/registers/{register}/{id}/history") => &["purpose"],
        ("get", "/v1/users") => &["after", "limit"],
        ("get", "/v1/trace") => &["before", "limit"],
        ("get", "/v1/sign-in/{provider}/callback") => &["state", "code", "iss", "error"],
        ("get", "/v1/evidence/head") => &["number", "writer", "size"],
        ("get", "/v1/evidence/proof") => &["position", "size"],
        ("get", "/v1/evidence/consistency") => &["writer", "from", "to"],
        ("get", "/v1/evidence/entries") => &["after", "limit"],
        ("get", "/v1/evidence/search") => &["party", "what", "from", "to", "after", "limit", "form"],
        _ if !inspections::queries(path).is_empty() => inspections::queries(path),
        _ => consumer::queries(path),
    };
    let queries = queries.iter().chain(super::openapi_sharing::purposes(method, path));
    found.extend(queries.map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}})));
    found
}

/// What a route answers when it does: the schema's name.
fn answer(method: &str, path: &str) -> Option<&'static str> {
    Some(match (method, path) {
        ("post", "/v1/messages") => "MessageAnswer",
        ("get", "/v1/messages") => "FirstAnswers",
        ("post", "/v1/actions") => "BulkAnswer",
        ("post", "/v1/sandbox/trades") => "SandboxTrade",
        ("get", "/v1/sandbox/conformance") => "Conformance",
        ("get", "/v1/assignments") => "Assignments",
        ("post", "/v1/assignments") => "Assignment",
        ("get", "/v1/documents/{position}") => "FiledDocument",
        ("get", "/v1/definitions") => "Definitions",
        ("get", "/v1/definitions/{kind}") => "Definition",
        ("get", "/v1/receipts") => "Receipts",
        ("get", "/v1/consignments") => "ConsignmentList",
        ("get", "/v1/consignments/{platform}/{order_no}" | "/v1/declarations/{invt_no}") => "Consignment",
        ("post", "/v1/consignments/{platform}/{order_no}/actions") => "ActionAnswer",
        ("post", "/v1/preview") => "Preview",
        ("get", "/v1/accounts") => "Accounts",
        ("post", "/v1/persons/records") => "PersonRecords",
        ("get", "/v1/registers") => "Registers",
        ("get", "/v1/registers/{register}") => "RecordList",
        ("get", "/v1/registers/{register}/{id}") | ("post", "/v1/registers/{register}/{id}/actions") => {
            "Record"
        }
        ("get", "/v1/registers/{register}/{id}/history") => "RecordHistory",
        ("get", "/v1/datasets") => "Datasets",
        ("get", "/v1/shares/{id}/records") => "SharedRecords",
        ("get", "/v1/institutions") => "Institutions",
        ("get", "/v1/credit") => "CreditLists",
        ("get", "/v1/credit/{party}") => "Credit",
        ("get", "/v1/statistics") => "FigureTables",
        ("get", "/v1/statistics/{table}" | "/v1/indicators/{table}") => "Figures",
        ("get", "/v1/reasons") => "Reasons",
        ("get", "/v1/limits") => "Limits",
        ("get", "/v1/operation") => "Operation",
        ("get", "/v1/rulebooks") => "Rulebooks",
        ("get", "/v1/rulebooks/differences") => "RulebookDifferences",
        ("get", "/v1/evidence/head") => "EvidenceHead",
        ("get", "/v1/evidence/keys") => "EvidenceKeys",
        ("get", "/v1/evidence/proof") => "EvidenceProof",
        ("get", "/v1/evidence/consistency") => "EvidenceConsistency",
        ("get", "/v1/evidence/entries") => "EvidenceEntries",
        ("get", "/v1/evidence/search") => "EvidenceFound",
        ("get", "/health") => "Health",
        ("get", "/ready") => "Ready",
        _ => {
            let others = people::answer(method, path).or_else(|| payment_data::answer(method, path));
            return others
                .or_else(|| consumer::answer(method, path))
                .or_else(|| inspections::answer(method, path));
        }
    })
}

/// The route that looks a person up.
const PERSONS: &str = "/v1/persons/records";

/// Routes that ask for no token.
fn is_open(method: &str, path: &str) -> bool {
    access(method, path) == Some(Access::Open)
}

/// Statuses of a route besides 200, and what they mean.
fn refusals(method: &str, path: &str) -> Vec<(u16, &'static str)> {
    let open = is_open(method, path);
    let mut found = people::refusals(method, path);
    if !open {
        found.extend([
            (401, "no token or session, or one that has ended"),
            (403, "role, duties or scopes do not give this"),
        ]);
    }
    if path.contains('{') || (method, path) == ("get", "/v1/messages") {
        found.push((404, "nothing there, or nothing of yours"));
    }
    let ours = people::is_ours(path);
    if matches!(method, "post" | "patch") || !open {
        found.push((400, "the request cannot be understood"));
    }
    if ours {
        found.push((503, "the store cannot be reached or has no room; ask again later"));
    }
    if method == "post" && !ours {
        found.push((413, "the body is too large; nothing was recorded"));
        found.push((
            503,
            "not acknowledged, or nothing is recorded now; send the same again after Retry-After",
        ));
    }
    match path {
        "/ready" => found.push((503, "nothing is recorded now, with the reason")),
        "/v1/preview" => found.push((429, "too many previews of one person in a day, or too many requests")),
        "/v1/sessions" if open => found.push((429, "too many attempts; wait for Retry-After")),
        _ if !open => found.push((429, "too many requests; wait for Retry-After")),
        _ => {}
    }
    match path {
        "/v1/evidence/head" | "/v1/evidence/proof" | "/v1/evidence/consistency" => found.extend([
            (404, "no such head, row or size, or none that you may see"),
            (503, "the evidence log catches up with the ledger; ask again after Retry-After"),
        ]),
        "/v1/messages" if method == "post" => {
            found.push((
                422,
                "the message as a whole was refused and recorded (CEB900); the answer has the shape of 200",
            ));
        }
        "/v1/persons/records" => found.push((422, "no number, or no purpose; what is wrong is in `faults`")),
        "/v1/shares/{id}/records" => {
            found.push((409, "the rule is not in force, or giver or receiver may not act"));
        }
        "/v1/registers/{register}/{id}/actions" => {
            found.push((
                409,
                "the version seen is not the newest, or the state does not allow it; with the record",
            ));
            found.push((422, "what was sent is wrong: all of it is in `faults`"));
        }
        "/v1/consignments/{platform}/{order_no}/actions" => {
            let newer = "the version seen is not the newest, with what changed, the state does not allow it, or another officer has to";
            found.push((409, newer));
            found.push((422, "words are too long, or missing where a reason is owed"));
        }
        _ => {}
    }
    if payment_data::is_ours(path) {
        found.extend(payment_data::refusals(path));
    }
    found.extend(inspections::refusals(method, path));
    if consumer::is_ours(path) {
        found.extend(consumer::refusals(method, path));
    }
    found.sort_unstable();
    found
}

pub(super) fn of(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

pub(super) fn list_of(name: &str) -> Value {
    json!({"type": "array", "items": of(name)})
}

/// An object whose listed properties are always there; `null` where the type says so.
pub(super) fn object(properties: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "required": required, "properties": properties})
}

/// The shapes of answers.
fn all_schemas() -> Value {
    let mut all = schemas();
    let more = people::schemas().into_iter().chain(payment_data::schemas()).chain(consumer::schemas());
    for (name, schema) in more {
        all[name] = schema;
    }
    for (name, schema) in desks::schemas().into_iter().chain(inspections::schemas()) {
        all[name] = schema;
    }
    all
}

fn schemas() -> Value {
    let text = json!({"type": "string"});
    let whole = json!({"type": "integer"});
    let truth = json!({"type": "boolean"});
    let or_null = |kind: &str| json!({"type": [kind, "null"]});
    let words = object(&[("en", text.clone()), ("zh", text.clone())]);
    let amount = json!({"type": "string", "description": "CNY, exact decimal"});
    let any = json!({});
    let record_line = [
        ("register", text.clone()),
        ("id", text.clone()),
        ("version", whole.clone()),
        ("state", text.clone()),
        ("parties", json!({"type": "array", "items": {"type": "string"}})),
        ("created", text.clone()),
        ("changed", text.clone()),
        ("position", whole.clone()),
        ("by", object(&[("party", text.clone()), ("name", text.clone())])),
        ("action", text.clone()),
        ("note", text.clone()),
        ("yours", truth.clone()),
    ];
    json!({
        "Problem": desks::or_without(object(&[("type", text.clone()), ("title", text.clone()), ("status", whole.clone()), ("detail", text.clone())]), "zh"),
        "Finding": object(&[
            ("rule", text.clone()), ("number", whole.clone()), ("layer", text.clone()), ("code", or_null("string")), ("text", text.clone()),
            ("fields", json!({"type": "array", "items": object(&[("path", text.clone()), ("value", text.clone())])})),
            ("arithmetic", or_null("string")), ("uncertain", truth.clone()), ("why", words.clone()), ("fix", words.clone()),
        ]),
        "Message": object(&[
            ("position", whole.clone()), ("received", text.clone()), ("sha256", text.clone()), ("root", text.clone()), ("guid", text.clone()),
            ("documents", whole.clone()), ("refused", or_null("string")),
        ]),
        "Document": object(&[
            ("position", whole.clone()), ("kind", or_null("integer")), ("order", or_null("object")), ("status", whole.clone()), ("info", text.clone()),
            ("preNo", or_null("string")), ("version", whole.clone()), ("repeated", truth.clone()), ("undecided", truth.clone()), ("findings", list_of("Finding")),
        ]),
        "MessageAnswer": object(&[("message", of("Message")), ("documents", list_of("Document"))]),
        "FirstAnswers": object(&[("documents", json!({"type": "array", "items": object(&[("position", whole.clone()), ("kind", or_null("integer"))])}))]),
        "ConsignmentLine": object(&[
            ("platform", text.clone()), ("orderNo", text.clone()), ("state", whole.clone()), ("stateWord", or_null("string")), ("invtNo", or_null("string")),
            ("customsCode", text.clone()), ("changed", text.clone()),
        ]),
        "ConsignmentList": object(&[("consignments", list_of("ConsignmentLine")), ("next", or_null("string")), ("position", text.clone())]),
        "TimelineEntry": object(&[
            ("position", whole.clone()), ("time", text.clone()), ("what", text.clone()), ("message", or_null("string")), ("state", or_null("integer")),
        ]),
        "Consignment": object(&[
            ("platform", text.clone()), ("orderNo", text.clone()), ("version", whole.clone()), ("waitingFor", json!({"type": "array", "items": {"type": "string"}})),
            ("payment", or_null("object")), ("waybill", or_null("object")), ("attempt", or_null("object")), ("timeline", list_of("TimelineEntry")),
            ("exchanges", or_null("object")),
        ]),
        "ActionAnswer": object(&[
            ("position", whole.clone()), ("status", whole.clone()), ("info", text.clone()), ("version", whole.clone()), ("repeated", truth.clone()), ("findings", list_of("Finding")),
        ]),
        "ActionRequest": json!({
            "type": "object", "required": ["id", "version", "action"], "additionalProperties": false,
            "properties": {
                "id": {"type": "string", "description": "names the decision; the same id again gets the first answer"},
                "version": {"type": "integer", "description": "the consignment's version that was seen"},
                "action": {"type": "string"}, "text": {"type": "string"}, "passed": {"type": "boolean"}, "status": {"type": "integer"},
                "number": {"type": "integer"}, "notice": {"type": "string"},
                "book": {"type": "string", "description": "receive-return: another bonded book to which the goods come, by the id of its record"},
                "items": {"type": "array", "items": {"type": "object", "required": ["gnum", "item"], "additionalProperties": false, "properties": {
                    "gnum": {"type": "integer"}, "item": {"type": "string"},
                }}},
            },
        }),
        "Preview": object(&[("documents", json!({"type": "array", "items": object(&[
            ("status", whole.clone()), ("info", text.clone()), ("clears", truth.clone()), ("quota", or_null("string")), ("assessment", or_null("object")), ("findings", json!({"type": "array"})),
        ])}))]),
        "Accounts": object(&[("kind", text.clone()), ("after", or_null("string")), ("accounts", json!({"type": "array", "items": object(&[
            ("owner", text.clone()), ("period", whole.clone()), ("posted", amount.clone()), ("held", amount),
        ])}))]),
        "PersonRequest": object(&[("number", text.clone()), ("purpose", text.clone()), ("after", or_null("string"))]),
        "PersonRecords": object(&[("after", text.clone()), ("complete", truth.clone()), ("records", json!({"type": "array", "items": object(&[
            ("position", whole.clone()), ("time", or_null("string")), ("message", text.clone()), ("sender", text.clone()),
            ("platform", or_null("string")), ("orderNo", or_null("string")), ("fields", json!({"type": "object", "additionalProperties": {"type": "string"}})),
        ])}))]),
        "BodyField": registers::body_field(),
        "RegisterMove": registers::register_move(),
        "Registers": registers::registers(),
        "Operation": registers::operation(),
        "Rulebooks": registers::rulebooks(),
        "RulebookDifferences": registers::differences(),
        "RecordLine": object(&record_line),
        "RecordList": object(&[("records", list_of("RecordLine")), ("after", or_null("string")), ("new", list_of("RegisterMove"))]),
        "Record": object(&[record_line.as_slice(), &[("body", json!({"type": "object", "description": "in the form of the register"}))]].concat()),
        "RecordHistory": object(&[("versions", list_of("Record"))]),
        "RecordAction": json!({
            "type": "object", "required": ["action"], "additionalProperties": false,
            "properties": {
                "action": {"type": "string"}, "version": {"type": "integer", "description": "the version that was seen; 0 = the record is to be made"},
                "note": {"type": "string"}, "body": {"type": "object"},
            },
        }),
        "Datasets": object(&[("datasets", json!({"type": "array", "items": object(&[
            ("dataset", text.clone()), ("schema", whole.clone()), ("key", text.clone()), ("givers", any.clone()), ("filed", any.clone()),
            ("fields", json!({"type": "array", "items": object(&[("name", text.clone()), ("type", text.clone()), ("personal", truth.clone()), ("meaning", text.clone()), ("always", truth.clone()), ("choices", any.clone())])})),
        ])}))]),
        "FigureTables": object(&[("tables", json!({"type": "array", "items": object(&[
            ("table", text.clone()), ("by", json!({"type": "array", "items": {"type": "string"}})), ("ofParties", truth.clone()),
        ])}))]),
        "Figures": object(&[
            ("table", text.clone()), ("by", json!({"type": "array", "items": {"type": "string"}})), ("complete", truth.clone()), ("upTo", text.clone()),
            ("lines", json!({"type": "array", "items": {"type": "object", "description": "what it is of, and count, value, tax, quota in CNY, weight in kg; or `suppressed`"}})),
        ]),
        "Reasons": object(&[("notGiven", any.clone()), ("reasons", json!({"type": "array", "items": object(&[
            ("number", whole.clone()), ("rule", text.clone()), ("layer", text.clone()), ("codes", any.clone()), ("never", any.clone()),
            ("why", words.clone()), ("fix", words), ("examples", any)])}))]),
        "EvidenceHead": object(&[
            ("number", whole.clone()), ("time", text.clone()), ("millis", whole.clone()),
            ("writers", json!({"type": "array", "items": object(&[
                ("writer", whole.clone()), ("size", whole.clone()), ("root", text.clone()), ("chain", text.clone()),
            ])})),
            ("digest", text.clone()), ("key", text.clone()), ("signature", text.clone()),
            ("note", json!({"type": "string", "description": "the head as `onewindow audit verify --against` reads it"})),
        ]),
        "EvidenceKeys": object(&[("keys", json!({"type": "array", "items": object(&[
            ("number", whole.clone()), ("made", text.clone()), ("algorithm", text.clone()), ("public", text.clone()),
        ])}))]),
        "EvidenceEntry": object(&[
            ("position", whole.clone()), ("writer", whole.clone()), ("sequence", whole.clone()), ("time", text.clone()), ("millis", whole.clone()),
            ("kind", whole.clone()), ("kindWord", text.clone()), ("digest", text.clone()),
        ]),
        "EvidenceProof": object(&[
            ("entry", of("EvidenceEntry")), ("leaf", text.clone()), ("index", whole.clone()), ("size", whole.clone()),
            ("path", json!({"type": "array", "items": {"type": "string"}})), ("root", text.clone()), ("head", or_null("object")),
        ]),
        "EvidenceConsistency": object(&[
            ("writer", whole.clone()), ("from", whole.clone()), ("before", text.clone()), ("to", whole.clone()), ("after", text.clone()),
            ("path", json!({"type": "array", "items": {"type": "string"}})),
        ]),
        "EvidenceEntries": object(&[("entries", list_of("EvidenceEntry")), ("cursor", text.clone())]),
        "Intake": object(&[("open", truth.clone()), ("reason", or_null("string")), ("detail", or_null("string"))]),
        "Health": object(&[("status", text.clone()), ("position", text.clone()), ("intake", of("Intake"))]),
        "Ready": object(&[("intake", of("Intake"))]),
        "Page": object(&[("default", whole.clone()), ("most", whole.clone())]),
        "Limits": object(&[
            ("message", object(&[
                ("bytes", whole.clone()), ("depth", whole.clone()), ("documents", whole.clone()), ("lines", whole.clone()), ("arrivalLines", whole.clone()),
            ])),
            ("pages", object(&[("receipts", of("Page")), ("consignments", of("Page")), ("accounts", of("Page"))])),
            ("preview", object(&[("perPersonAndDay", whole.clone())])),
            ("intake", of("Intake")), ("exchange", object(&[
                ("down", whole.clone()),
                ("counterparts", json!({"type": "array", "items": object(&[("kind", text.clone()), ("state", text.clone())])})),
            ])),
            ("pipeline", object(&[
                ("waiting", whole.clone()), ("mostWaiting", whole.clone()), ("documentsPerCommit", whole.clone()), ("messagesPerSecond", or_null("integer")),
            ])),
            ("trade", object(&[("day", text.clone()), ("rulebook", whole), ("limits", json!({"type": "array", "items": object(&[
                ("name", text.clone()), ("per", text.clone()), ("currency", text.clone()), ("amount", text.clone()), ("validFrom", text.clone()),
                ("validTo", or_null("string")), ("source", text.clone()), ("confidence", text),
            ])}))])),
        ]),
    })
}

/// The document.
pub fn build() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let more = payment_data::SUMMARIES.into_iter().chain(people::SUMMARIES).chain(consumer::SUMMARIES);
    let more = more
        .chain(inspections::SUMMARIES)
        .chain(super::openapi_rulebooks::summaries())
        .chain(desks::SUMMARIES)
        .chain(super::openapi_books::SUMMARIES)
        .chain(super::openapi_exports::summaries());
    for ((method, path), summary) in ROUTES.iter().zip(SUMMARIES.into_iter().chain(more)) {
        let open = is_open(method, path);
        let mut responses: Map<String, Value> = Map::new();
        let done = answer(method, path).map(|name| json!({"application/json": {"schema": of(name)}}));
        responses.insert(
            consumer::done(method, path).unwrap_or_else(|| people::done(method, path)).to_string(),
            json!({"description": "done", "content": done.unwrap_or_else(|| json!({}))}),
        );
        for (status, meaning) in refusals(method, path) {
            let content = match status {
                409 | 422
                    if !people::is_ours(path)
                        && !registers::is_ours(path)
                        && !payment_data::is_ours(path)
                        && !consumer::is_ours(path)
                        && !inspections::is_subject(path)
                        && *path != PERSONS =>
                {
                    json!({"application/json": {"schema": answer(method, path).map(of)}})
                }
                _ => json!({"application/problem+json": {"schema": of("Problem")}}),
            };
            responses.insert(status.to_string(), json!({"description": meaning, "content": content}));
        }
        let mut operation = json!({
            "summary": summary,
            "parameters": parameters(path, method),
            "responses": responses,
            "security": if open { json!([]) } else { json!([{"token": []}]) },
        });
        if matches!(*method, "post" | "patch") {
            let content = if payment_data::is_ours(path) {
                payment_data::request(path).unwrap_or_default()
            } else if consumer::is_ours(path) {
                consumer::request(path).unwrap_or_default()
            } else if let Some(name) = people::request(method, path).or_else(|| inspections::request(path)) {
                json!({"application/json": {"schema": of(name)}})
            } else if let Some(file) = super::openapi_credit::request(path) {
                file
            } else if *path == PERSONS {
                json!({"application/json": {"schema": of("PersonRequest")}})
            } else if path.ends_with("/actions") {
                let form = if registers::is_ours(path) { "RecordAction" } else { "ActionRequest" };
                json!({"application/json": {"schema": of(form)}})
            } else {
                // A CEB message, bare or in a DXP envelope, or the same as JSON: told apart by the bytes.
                json!({"application/xml": {}, "application/json": {}})
            };
            if !content.is_null() {
                operation["requestBody"] = json!({"required": true, "content": content});
            }
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
            "schemas": all_schemas(),
        },
    })
}
