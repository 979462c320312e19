//! The HTTP interface. Routes are named here; each file serves one resource. Deny by default: `access` says what a route
//! asks of its caller before its handler is reached, and every read is scoped by the caller's party.

pub mod access;
pub(crate) mod actions;
pub(crate) mod assignments;
pub(crate) mod bills;
pub(crate) mod books;
pub(crate) mod bulk_actions;
pub(crate) mod catalogue;
mod confirmations;
pub(crate) mod consignments;
pub(crate) mod consumer;
mod counterparts;
pub(crate) mod credit;
pub(crate) mod decisions;
pub(crate) mod documents;
pub(crate) mod draws;
pub(crate) mod error;
pub(crate) mod evidence;
mod exchanges;
mod export_changes;
pub(crate) mod export_lists;
mod export_waiting;
pub(crate) mod exports;
mod flags;
pub(crate) mod found;
pub(crate) mod inspections;
pub(crate) mod institutions;
mod interface;
pub(crate) mod limits;
mod lines;
mod measures;
pub(crate) mod messages;
mod openapi;
mod openapi_books;
mod openapi_consumer;
mod openapi_credit;
mod openapi_desks;
mod openapi_draws;
mod openapi_exports;
mod openapi_inspections;
mod openapi_parcels;
mod openapi_payment_data;
mod openapi_people;
mod openapi_registers;
mod openapi_rulebooks;
mod openapi_sharing;
mod openapi_sites;
mod openapi_trace;
pub(crate) mod operation;
pub(crate) mod operations;
pub(crate) mod parks;
pub(crate) mod payment_data;
pub(crate) mod people;
mod persons;
pub(crate) mod photographs;
mod preview;
pub(crate) mod queue;
pub(crate) mod readings;
pub(crate) mod receipts;
mod recognitions;
mod register_answers;
mod register_follows;
pub(crate) mod register_forms;
pub(crate) mod registers;
pub(crate) mod registrations;
pub(crate) mod returns_due;
mod reuse;
pub(crate) mod risk;
pub(crate) mod risk_model;
pub(crate) mod rulebook_drafts;
pub(crate) mod sandbox;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod shares;
pub(crate) mod sign_in;
pub(crate) mod sites;
mod sorted;
pub(crate) mod statistics;
pub(crate) mod subjects;
pub(crate) mod summaries;
pub(crate) mod traceability;
mod trades;
mod transit_transfers;
pub mod view;

use crate::Window;
use crate::auth::Caller;
use axum::Router;
use axum::extract::{Request, State};
use axum::routing::{get, post};
use clearance::Text;
use error::Problem;
pub use interface::Interface;
use ledger::AccountKind;
use std::sync::Arc;
use store::{Read, Scope};

/// Every route: method and path. The OpenAPI document and a test are held against it.
pub const ROUTES: &[(&str, &str)] = &[
    ("post", "/v1/messages"),
    ("get", "/v1/messages"),
    ("get", "/v1/messages/{position}/original"),
    ("get", "/v1/documents/{position}"),
    ("get", "/v1/definitions"),
    ("get", "/v1/definitions/{kind}"),
    ("get", "/v1/receipts"),
    ("get", "/v1/consignments"),
    ("get", "/v1/consignments/{platform}/{order_no}"),
    ("post", "/v1/consignments/{platform}/{order_no}/actions"),
    ("post", "/v1/actions"),
    ("get", "/v1/assignments"),
    ("post", "/v1/assignments"),
    ("delete", "/v1/assignments/{platform}/{order_no}"),
    ("get", "/v1/declarations/{invt_no}"),
    ("post", "/v1/preview"),
    ("get", "/v1/accounts"),
    ("post", "/v1/persons/records"),
    ("get", "/v1/registers"),
    ("get", "/v1/registers/{register}"),
    ("get", "/v1/registers/{register}/{id}"),
    ("get", "/v1/registers/{register}/{id}/history"),
    ("post", "/v1/registers/{register}/{id}/actions"),
    ("get", "/v1/datasets"),
    ("get", "/v1/datasets/{dataset}"),
    ("get", "/v1/shares/{id}/records"),
    ("get", "/v1/institutions"),
    ("get", "/v1/credit"),
    ("get", "/v1/credit/{party}"),
    ("get", "/v1/statistics"),
    ("get", "/v1/statistics/{table}"),
    ("get", "/v1/indicators/{table}"),
    ("get", "/v1/reasons"),
    ("get", "/v1/limits"),
    ("post", "/v1/sandbox/trades"),
    ("get", "/v1/sandbox/conformance"),
    ("get", "/v1/evidence/head"),
    ("get", "/v1/evidence/keys"),
    ("get", "/v1/evidence/proof"),
    ("get", "/v1/evidence/consistency"),
    ("get", "/v1/evidence/entries"),
    ("get", "/v1/evidence/search"),
    ("get", "/v1/openapi.json"),
    ("get", "/health"),
    ("get", "/ready"),
    ("get", "/metrics"),
    ("get", "/v1/operation"),
    ("get", "/v1/rulebooks"),
    ("get", "/v1/rulebooks/differences"),
    ("post", "/v1/payment-data"),
    ("post", "/v1/payment-data/asks"),
    ("post", "/v1/payment-data/check"),
    ("post", "/v1/payment-data/{id}/compare"),
    ("post", "/ceb2grab/grab/realTimeDataUpload"),
    ("post", "/v1/sessions"),
    ("get", "/v1/sessions"),
    ("delete", "/v1/sessions/{id}"),
    ("get", "/v1/users/me"),
    ("post", "/v1/users/me/password"),
    ("post", "/v1/users/me/totp"),
    ("post", "/v1/users/me/totp/confirm"),
    ("post", "/v1/users"),
    ("get", "/v1/users"),
    ("get", "/v1/users/{id}"),
    ("patch", "/v1/users/{id}"),
    ("post", "/v1/tokens"),
    ("get", "/v1/tokens"),
    ("delete", "/v1/tokens/{id}"),
    ("get", "/v1/trace"),
    ("post", "/v1/registrations"),
    ("get", "/v1/sign-in"),
    ("get", "/v1/sign-in/{provider}"),
    ("get", "/v1/sign-in/{provider}/callback"),
    ("post", "/v1/consumer/codes"),
    ("post", "/v1/consumer/sessions"),
    ("get", "/v1/consumer/trades"),
    ("get", "/v1/consumer/trades/{platform}/{order_no}"),
    ("get", "/v1/consumer/quota"),
    ("post", "/v1/consumer/lock"),
    ("post", "/v1/consumer/notices"),
    ("get", "/v1/consumer/disputes"),
    ("post", "/v1/consumer/disputes"),
    ("post", "/v1/consumer/disputes/{seller}/withdrawal"),
    ("get", "/v1/consumer/hearings"),
    ("post", "/v1/consumer/hearings"),
    ("get", "/v1/consumer/accesses"),
    ("get", "/v1/consumer/data"),
    ("post", "/v1/consumer/erasure"),
    ("get", "/v1/publications"),
    ("get", "/v1/consignments/{platform}/{order_no}/inspections"),
    ("post", "/v1/consignments/{platform}/{order_no}/inspections"),
    ("get", "/v1/consignments/{platform}/{order_no}/photographs/{sha256}"),
    ("get", "/v1/persons/{id}"),
    ("get", "/v1/addresses/{id}"),
    ("get", "/v1/enterprises/{party}"),
    ("get", "/v1/rulebooks/drafts"),
    ("post", "/v1/rulebooks/drafts"),
    ("get", "/v1/rulebooks/drafts/{id}"),
    ("get", "/v1/rulebooks/drafts/{id}/tables/{table}"),
    ("post", "/v1/rulebooks/drafts/{id}/actions"),
    ("get", "/v1/risk/feedback"),
    ("get", "/v1/draws"),
    ("get", "/v1/draws/{period}"),
    ("get", "/v1/draws/{period}/list"),
    ("get", "/v1/draws/{period}/line"),
    ("get", "/v1/draws/{period}/orders"),
    ("post", "/v1/draws/{period}/commitments"),
    ("post", "/v1/draws/{period}/secrets"),
    ("get", "/v1/consignments/{platform}/{order_no}/draw"),
    ("get", "/v1/bills"),
    ("get", "/v1/search"),
    ("get", "/v1/decisions"),
    ("get", "/v1/risk/model"),
    ("get", "/v1/books"),
    ("get", "/v1/books/{id}"),
    ("get", "/v1/books/{id}/movements"),
    ("post", "/v1/books/{id}/gate-releases"),
    ("get", "/v1/exports"),
    ("get", "/v1/exports/{merchant}/{order_no}"),
    ("post", "/v1/exports/{merchant}/{order_no}/actions"),
    ("get", "/v1/exports/summaries"),
    ("get", "/v1/exports/summaries/{agent}/{cop_no}"),
    ("get", "/v1/parks"),
    ("get", "/v1/parks/{id}/figures"),
    ("get", "/v1/sites"),
    ("get", "/v1/sites/{code}/passes"),
    ("get", "/v1/sites/{code}/stock"),
    ("get", "/v1/sites/{code}/bags"),
    ("post", "/v1/sites/{code}/scans"),
    ("post", "/v1/sites/{code}/records"),
    ("get", "/v1/holds"),
    ("post", "/v1/holds"),
    ("get", "/v1/retention"),
    ("get", "/v1/credit/{party}/report.pdf"),
    ("post", "/v1/credit/verify"),
    ("post", "/v1/parcels"),
    ("get", "/v1/trace/{gtin}/{lot}/{serial}"),
    ("get", "/v1/trace/codes/{id}"),
    ("get", "/v1/trace/codes/{id}/picture"),
    ("post", "/v1/trace/bindings"),
    ("get", "/v1/recalls/{id}"),
    ("post", "/v1/recalls/{id}/search"),
    ("get", "/v1/recalls/{id}/buyers"),
    ("get", "/v1/exports/{merchant}/{order_no}/inspections"),
    ("post", "/v1/exports/{merchant}/{order_no}/inspections"),
    ("get", "/v1/exports/{merchant}/{order_no}/photographs/{sha256}"),
    ("get", "/v1/processes"),
];

/// Where messages are sent to.
const MESSAGES: &str = "/v1/messages";
/// Items of a page: unless asked for, and at most.
const RECEIPTS: (usize, usize) = (500, 5_000);
const CONSIGNMENTS: (usize, usize) = (50, 500);
const ACCOUNTS: (usize, usize) = (1_000, 10_000);
/// Trades whose bills a page of bills looks at.
const BILLS: (usize, usize) = (50, 200);
const DECISIONS: (usize, usize) = (50, 200);
const EVIDENCE: (usize, usize) = (500, 5_000);
/// Entries that are found: each is read.
const EVIDENCE_FOUND: (usize, usize) = (50, 200);

/// Bytes of a body at most: an envelope is a third larger than its message.
fn body_limit(limits: &ceb::Limits) -> usize {
    limits.bytes * 4 / 3 + 65_536
}

/// The interface of a window.
pub fn interface(window: Window) -> Interface {
    let body = body_limit(&window.limits);
    let window = Arc::new(window);
    let routes = Router::new()
        .route(MESSAGES, post(messages::send).get(messages::find))
        .route("/v1/messages/{position}/original", get(messages::original))
        .route("/v1/documents/{position}", get(documents::show))
        .route("/v1/definitions", get(documents::definitions))
        .route("/v1/definitions/{kind}", get(documents::definition))
        .route("/v1/receipts", get(receipts::list))
        .route("/v1/consignments", get(consignments::search))
        .route("/v1/consignments/{platform}/{order_no}", get(consignments::show))
        .route("/v1/consignments/{platform}/{order_no}/actions", post(actions::act))
        .route(
            "/v1/consignments/{platform}/{order_no}/inspections",
            get(inspections::list).post(inspections::inspect),
        )
        .route("/v1/consignments/{platform}/{order_no}/photographs/{sha256}", get(photographs::photograph))
        .route("/v1/actions", post(bulk_actions::act))
        .route("/v1/assignments", get(assignments::list).post(assignments::take))
        .route("/v1/assignments/{platform}/{order_no}", axum::routing::delete(assignments::give_up))
        .route("/v1/declarations/{invt_no}", get(consignments::by_entry))
        .route("/v1/preview", post(preview::preview))
        .route("/v1/accounts", get(accounts))
        .route("/v1/bills", get(bills::list))
        .route("/v1/decisions", get(decisions::list))
        .route("/v1/search", get(search::search))
        .route("/v1/persons/records", post(persons::records))
        .route("/v1/persons/{id}", get(subjects::person))
        .route("/v1/addresses/{id}", get(subjects::address))
        .route("/v1/enterprises/{party}", get(subjects::enterprise))
        .route("/v1/registers", get(register_forms::all))
        .route("/v1/credit", get(credit::published))
        .route("/v1/credit/{party}", get(credit::show))
        .route("/v1/credit/{party}/report.pdf", get(credit::report))
        .route("/v1/credit/verify", post(credit::verify))
        .route("/v1/statistics", get(statistics::tables))
        .route("/v1/statistics/{table}", get(statistics::of_caller))
        .route("/v1/indicators/{table}", get(statistics::of_all))
        .route("/v1/registers/{register}", get(registers::list))
        .route("/v1/registers/{register}/{id}", get(registers::show))
        .route("/v1/registers/{register}/{id}/history", get(registers::history))
        .route("/v1/registers/{register}/{id}/actions", post(registers::act))
        .route("/v1/payment-data", post(payment_data::answer))
        .route("/v1/payment-data/asks", post(payment_data::ask))
        .route("/v1/payment-data/check", post(payment_data::check))
        .route("/v1/payment-data/{id}/compare", post(payment_data::compare))
        .route("/ceb2grab/grab/realTimeDataUpload", post(payment_data::grab))
        .route("/v1/datasets", get(shares::datasets))
        .route("/v1/datasets/{dataset}", get(shares::schema))
        .route("/v1/shares/{id}/records", get(shares::records))
        .route("/v1/retention", get(shares::retention))
        .route("/v1/sandbox/trades", post(sandbox::trade))
        .route("/v1/sandbox/conformance", get(sandbox::shown))
        .route("/v1/institutions", get(institutions::list))
        .route("/v1/publications", get(institutions::publications))
        .route("/v1/reasons", get(catalogue::reasons))
        .route("/v1/limits", get(limits::limits))
        .route("/v1/evidence/head", get(evidence::head))
        .route("/v1/evidence/keys", get(evidence::keys))
        .route("/v1/evidence/proof", get(evidence::proof))
        .route("/v1/evidence/consistency", get(evidence::consistency))
        .route("/v1/evidence/entries", get(evidence::entries))
        .route("/v1/evidence/search", get(found::search))
        .route("/v1/openapi.json", get(openapi::document))
        .route("/health", get(operations::health))
        .route("/ready", get(operations::ready))
        .route("/metrics", get(operations::metrics))
        .route("/v1/operation", get(operation::now))
        .route("/v1/rulebooks", get(operation::rulebooks))
        .route("/v1/rulebooks/differences", get(operation::differences))
        .route("/v1/rulebooks/drafts", get(rulebook_drafts::list).post(rulebook_drafts::make))
        .route("/v1/rulebooks/drafts/{id}", get(rulebook_drafts::show))
        .route("/v1/rulebooks/drafts/{id}/tables/{table}", get(rulebook_drafts::table))
        .route("/v1/rulebooks/drafts/{id}/actions", post(rulebook_drafts::act))
        .route("/v1/risk/model", get(risk_model::show))
        .route("/v1/risk/feedback", get(crate::risk_cases::feedback))
        .route("/v1/draws", get(draws::list))
        .route("/v1/draws/{period}", get(draws::show))
        .route("/v1/draws/{period}/list", get(draws::lines))
        .route("/v1/draws/{period}/line", get(draws::line))
        .route("/v1/draws/{period}/orders", get(draws::orders))
        .route("/v1/draws/{period}/commitments", post(draws::commit))
        .route("/v1/draws/{period}/secrets", post(draws::hand_over))
        .route("/v1/consignments/{platform}/{order_no}/draw", get(draws::of_order))
        .route("/v1/books", get(books::list))
        .route("/v1/books/{id}", get(books::show))
        .route("/v1/books/{id}/movements", get(books::movements))
        .route("/v1/books/{id}/gate-releases", post(books::release))
        .route("/v1/exports", get(exports::list))
        .route("/v1/exports/{merchant}/{order_no}", get(exports::show))
        .route("/v1/exports/{merchant}/{order_no}/actions", post(exports::act))
        .route("/v1/exports/summaries", get(summaries::list))
        .route("/v1/exports/summaries/{agent}/{cop_no}", get(summaries::show))
        .route("/v1/parks", get(parks::list))
        .route("/v1/parks/{id}/figures", get(parks::figures))
        .route("/v1/sites", get(sites::list))
        .route("/v1/sites/{code}/passes", get(sites::passes))
        .route("/v1/sites/{code}/stock", get(sites::stock))
        .route("/v1/sites/{code}/bags", get(sites::bag))
        .route("/v1/sites/{code}/scans", post(sites::scan))
        .route("/v1/sites/{code}/records", post(sites::record))
        .route("/v1/holds", get(sites::holds).post(sites::set_hold))
        .route("/v1/parcels", post(crate::parcels::give))
        .route("/v1/trace/{gtin}/{lot}/{serial}", get(traceability::look_up))
        .route("/v1/trace/codes/{id}", get(traceability::codes))
        .route("/v1/trace/codes/{id}/picture", get(traceability::code_picture))
        .route("/v1/trace/bindings", post(traceability::bind))
        .route("/v1/recalls/{id}", get(traceability::recall))
        .route("/v1/recalls/{id}/search", post(traceability::search))
        .route("/v1/recalls/{id}/buyers", get(traceability::buyers))
        .route("/v1/processes", get(institutions::processes))
        .route(
            "/v1/exports/{merchant}/{order_no}/inspections",
            get(inspections::list_of_export).post(inspections::inspect_export),
        )
        .route(
            "/v1/exports/{merchant}/{order_no}/photographs/{sha256}",
            get(photographs::photograph_of_export),
        )
        .merge(people::routes())
        .merge(consumer::routes())
        .merge(crate::portal::routes())
        .route_layer(axum::middleware::from_fn_with_state(window.clone(), access::guard))
        .fallback(|| async { Problem::not_found("no such route; see /v1/openapi.json") })
        .with_state(window.clone());
    Interface::new(window, routes, body)
}

/// The same as routes, for whoever has requests rather than connections.
pub fn router(window: Window) -> Router {
    let interface = interface(window);
    Router::new().fallback(move |request: Request| interface.clone().answered(request))
}

/// What a caller may see.
pub(crate) fn scope(window: &Window, caller: &Caller) -> Scope {
    let (codes, _) = window.names_of(&caller.party);
    caller.scope(codes)
}

/// Balances of accounts, for offices of the whole zone: owners of quota are keyed hashes, never persons.
async fn accounts(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<axum::Json<serde_json::Value>, Problem> {
    let words: Vec<&str> = AccountKind::ALL.iter().map(|kind| kind.word()).collect();
    let kind = parameter(&query, "kind")
        .and_then(|word| AccountKind::ALL.into_iter().find(|kind| kind.word() == word))
        .ok_or_else(|| Problem::bad_request(&format!("kind is one of {}", words.join(", "))))?;
    let after = parameter(&query, "after").unwrap_or_default();
    let limit = limit(&query, ACCOUNTS)?;
    let found = window.read.accounts(kind, &after, limit).await?;
    let next = found.last().filter(|_| found.len() >= limit).map(|(account, _)| account.owner.clone());
    let owners: Vec<Vec<Text>> = found
        .iter()
        .map(|(account, _)| match kind {
            AccountKind::Quota => vec![clearance::guard::person(&account.owner)],
            AccountKind::Guarantee | AccountKind::PayableTax => vec![account.owner.clone()],
        })
        .collect();
    readings::listed(&window, &caller, "accounts", &query, &owners).await?;
    let accounts: Vec<serde_json::Value> = found
        .iter()
        .map(|(account, balance)| {
            serde_json::json!({
                "owner": account.owner.as_str(), "period": account.period,
                "posted": view::yuan(balance.posted),
                "held": view::yuan(balance.held),
            })
        })
        .collect();
    Ok(axum::Json(serde_json::json!({"kind": kind.word(), "accounts": accounts, "after": next.as_deref()})))
}

/// Text of a query parameter.
pub(crate) type Query = axum::extract::Query<std::collections::BTreeMap<String, String>>;

/// Whether a query asks for a table as a file.
fn is_for_a_file(query: &Query) -> Result<bool, Problem> {
    match parameter(query, "form").as_deref() {
        None => Ok(false),
        Some("csv") => Ok(true),
        Some(_) => Err(Problem::bad_request("form is csv")),
    }
}

pub(crate) fn parameter(query: &Query, name: &str) -> Option<Text> {
    query.0.get(name).map(|text| Text::from(text.as_str())).filter(|text| !text.is_empty())
}

fn limit(query: &Query, (default, most): (usize, usize)) -> Result<usize, Problem> {
    match query.0.get("limit").map(|text| text.parse::<usize>()) {
        None => Ok(default),
        Some(Ok(limit)) if (1..=most).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::bad_request(&format!("limit is a number from 1 to {most}"))),
    }
}
