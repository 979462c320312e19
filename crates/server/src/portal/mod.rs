//! The portal: pages in the same process, made of what the HTTP interface answers. Routes are named here; which right each
//! asks for stands in `api/access.rs` beside those of the interface. What a page looks like is the crate `portal`'s.
//!
//! A page is never more than its route beneath: handlers here call the handlers of the interface and read their answers.

mod account;
mod books;
mod catalogue;
mod consumer;
mod credit;
mod demands;
mod desk;
mod drafts;
mod draws;
mod exports;
mod figures;
mod form;
mod guard;
mod inspections;
mod live;
mod newcomer;
mod officer;
mod operation;
mod parcels;
mod parks;
mod payment_data;
mod people;
mod public;
mod registers;
mod reviews;
mod sending;
mod shares;
mod sign_in;
mod sites;
mod subjects;
mod summaries;
mod traceability;
mod trying;
mod workload;

pub use guard::{as_page, frame_of_problems, guard, session_cookie, wants_page};

use crate::Window;
use crate::api::error::Problem;
use ::portal::{Frame, Page};
use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

/// Every page: method and path.
pub const ROUTES: &[(&str, &str)] = &[
    ("get", "/"),
    ("get", "/static/{name}"),
    ("get", "/sign-in"),
    ("post", "/sign-in"),
    ("post", "/sign-out"),
    ("get", "/tariff"),
    ("get", "/tariff/calculator"),
    ("get", "/status"),
    ("get", "/indicators"),
    ("get", "/indicators/file"),
    ("get", "/desk/zone"),
    ("get", "/desk/zone/file"),
    ("get", "/desk"),
    ("get", "/desk/account"),
    ("post", "/desk/account/password"),
    ("post", "/desk/account/second-factor"),
    ("post", "/desk/account/second-factor/confirm"),
    ("get", "/desk/consignments"),
    ("get", "/desk/consignments/{platform}/{order_no}"),
    ("post", "/desk/consignments/{platform}/{order_no}/actions"),
    ("get", "/desk/documents"),
    ("post", "/desk/documents"),
    ("get", "/desk/documents/{position}"),
    ("get", "/desk/live"),
    ("get", "/desk/messages/{position}"),
    ("post", "/desk/consignments/{platform}/{order_no}/assignment"),
    ("get", "/desk/queue"),
    ("post", "/desk/queue"),
    ("post", "/desk/queue/decisions"),
    ("get", "/desk/receipts"),
    ("get", "/desk/bills"),
    ("get", "/desk/search"),
    ("get", "/desk/rules"),
    ("get", "/desk/datasets"),
    ("get", "/desk/retention"),
    ("get", "/desk/sandbox"),
    ("post", "/desk/sandbox"),
    ("get", "/desk/send"),
    ("post", "/desk/send"),
    ("get", "/desk/demands"),
    ("get", "/desk/payment-data"),
    ("post", "/desk/payment-data"),
    ("get", "/desk/books"),
    ("get", "/desk/books/{id}"),
    ("get", "/desk/books/{id}/file"),
    ("get", "/desk/exports"),
    ("get", "/desk/exports/{merchant}/{order_no}"),
    ("post", "/desk/exports/{merchant}/{order_no}/actions"),
    ("post", "/desk/exports/{merchant}/{order_no}/assignment"),
    ("get", "/desk/exports/summaries"),
    ("get", "/desk/exports/summaries/{agent}/{cop_no}"),
    ("get", "/desk/registers"),
    ("get", "/desk/registers/{register}"),
    ("get", "/desk/registers/{register}/new"),
    ("post", "/desk/registers/{register}/new"),
    ("get", "/desk/registers/{register}/{id}"),
    ("post", "/desk/registers/{register}/{id}/actions"),
    ("get", "/desk/registers/attachments/{id}/content"),
    ("get", "/desk/reviews"),
    ("get", "/register"),
    ("post", "/register"),
    ("get", "/desk/people"),
    ("post", "/desk/people"),
    ("get", "/desk/people/{id}"),
    ("post", "/desk/people/{id}"),
    ("get", "/desk/tokens"),
    ("post", "/desk/tokens"),
    ("post", "/desk/tokens/{id}"),
    ("get", "/desk/shares"),
    ("get", "/desk/shares/{id}/records"),
    ("get", "/desk/operation"),
    ("get", "/desk/rulebooks"),
    ("get", "/desk/evidence"),
    ("get", "/desk/evidence/file"),
    ("get", "/guide"),
    ("get", "/lists"),
    ("get", "/track"),
    ("post", "/track"),
    ("post", "/track/code"),
    ("get", "/my"),
    ("get", "/my/trades/{platform}/{order_no}"),
    ("get", "/my/quota"),
    ("post", "/my/lock"),
    ("post", "/my/notices"),
    ("get", "/my/disputes"),
    ("post", "/my/disputes"),
    ("post", "/my/disputes/{seller}/withdrawal"),
    ("get", "/my/hearings"),
    ("post", "/my/hearings"),
    ("get", "/my/data"),
    ("get", "/my/data/file"),
    ("post", "/my/erasure"),
    ("post", "/desk/consignments/{platform}/{order_no}/inspections"),
    ("get", "/desk/consignments/{platform}/{order_no}/photographs/{sha256}"),
    ("get", "/desk/persons"),
    ("post", "/desk/persons"),
    ("get", "/desk/persons/{id}"),
    ("get", "/desk/addresses/{id}"),
    ("get", "/desk/enterprises/{party}"),
    ("get", "/desk/credit"),
    ("get", "/desk/rulebooks/drafts"),
    ("post", "/desk/rulebooks/drafts"),
    ("get", "/desk/rulebooks/drafts/new"),
    ("get", "/desk/rulebooks/drafts/{id}"),
    ("post", "/desk/rulebooks/drafts/{id}"),
    ("get", "/draws"),
    ("get", "/desk/draws"),
    ("post", "/desk/draws"),
    ("get", "/desk/decisions"),
    ("get", "/desk/decisions/file"),
    ("get", "/parks"),
    ("get", "/desk/parks/{id}"),
    ("get", "/desk/sites"),
    ("get", "/desk/sites/{code}"),
    ("post", "/desk/sites/{code}"),
    ("get", "/desk/sites/{code}/passes"),
    ("get", "/desk/sites/{code}/stock"),
    ("get", "/desk/sites/{code}/bags"),
    ("post", "/desk/sites/{code}/scans"),
    ("post", "/desk/sites/{code}/records"),
    ("get", "/desk/holds"),
    ("post", "/desk/holds"),
    ("get", "/desk/credit/report"),
    ("get", "/desk/parcels"),
    ("post", "/desk/parcels"),
    ("get", "/trace"),
    ("get", "/01/{gtin}/10/{lot}/21/{serial}"),
    ("get", "/desk/trace"),
    ("post", "/desk/trace"),
    ("get", "/desk/trace/codes/{id}"),
    ("get", "/desk/trace/codes/{id}/file"),
    ("get", "/desk/trace/codes/{id}/picture"),
    ("get", "/desk/recalls/{id}"),
    ("post", "/desk/recalls/{id}"),
    ("get", "/desk/recalls/{id}/buyers"),
    ("post", "/desk/exports/{merchant}/{order_no}/inspections"),
    ("get", "/desk/exports/{merchant}/{order_no}/photographs/{sha256}"),
];

/// Routes that answer with no page: files, streams, what was received. All the others are looked at in a browser and measured.
pub const NO_PAGES: [&str; 16] = [
    "/static/{name}",
    "/indicators/file",
    "/desk/zone/file",
    "/desk/live",
    "/desk/messages/{position}",
    "/desk/registers/attachments/{id}/content",
    "/desk/consignments/{platform}/{order_no}/photographs/{sha256}",
    "/desk/evidence/file",
    "/desk/decisions/file",
    "/desk/books/{id}/file",
    "/desk/sites/{code}/passes",
    "/my/data/file",
    "/desk/credit/report",
    "/desk/trace/codes/{id}/file",
    "/desk/trace/codes/{id}/picture",
    "/desk/exports/{merchant}/{order_no}/photographs/{sha256}",
];

/// The routes of the pages.
pub fn routes() -> Router<Arc<Window>> {
    Router::new()
        .route("/", get(public::start))
        .route("/static/{name}", get(asset))
        .route("/sign-in", get(sign_in::ask).post(sign_in::begin))
        .route("/sign-out", post(sign_in::end))
        .route("/tariff", get(public::tariff))
        .route("/tariff/calculator", get(public::calculator))
        .route("/status", get(public::status))
        .route("/indicators", get(figures::indicators))
        .route("/indicators/file", get(figures::indicators_file))
        .route("/desk/zone", get(figures::zone))
        .route("/desk/zone/file", get(figures::zone_file))
        .route("/desk", get(desk::home))
        .route("/desk/account", get(account::show))
        .route("/desk/account/password", post(account::password))
        .route("/desk/account/second-factor", post(account::enrol))
        .route("/desk/account/second-factor/confirm", post(account::confirm))
        .route("/desk/consignments", get(desk::consignments))
        .route("/desk/consignments/{platform}/{order_no}", get(officer::trade))
        .route("/desk/consignments/{platform}/{order_no}/actions", post(officer::decide))
        .route("/desk/documents", get(sending::new).post(sending::fill))
        .route("/desk/documents/{position}", get(sending::correct))
        .route("/desk/sandbox", get(trying::ask).post(trying::make))
        .route("/desk/send", get(sending::ask).post(sending::take))
        .route("/desk/live", get(live::watch))
        .route("/desk/messages/{position}", get(desk::original))
        .route("/desk/consignments/{platform}/{order_no}/assignment", post(officer::assign))
        .route("/desk/queue", get(officer::queue).post(officer::choose))
        .route("/desk/queue/decisions", post(officer::decide_many))
        .route("/desk/receipts", get(desk::receipts))
        .route("/desk/bills", get(desk::bills))
        .route("/desk/decisions", get(officer::decisions))
        .route("/desk/decisions/file", get(officer::decisions_file))
        .route("/desk/search", get(desk::search))
        .route("/desk/rules", get(desk::rules))
        .route("/desk/datasets", get(catalogue::datasets))
        .route("/desk/retention", get(catalogue::terms))
        .route("/desk/demands", get(demands::both))
        .route("/desk/payment-data", get(payment_data::list).post(payment_data::ask))
        .route("/desk/books", get(books::list))
        .route("/desk/books/{id}", get(books::show))
        .route("/desk/books/{id}/file", get(books::file))
        .route("/desk/exports", get(exports::list))
        .route("/desk/exports/{merchant}/{order_no}", get(exports::trade))
        .route("/desk/exports/{merchant}/{order_no}/actions", post(exports::decide))
        .route("/desk/exports/{merchant}/{order_no}/assignment", post(exports::assign))
        .route("/desk/exports/summaries", get(summaries::list))
        .route("/desk/exports/summaries/{agent}/{cop_no}", get(summaries::one))
        .route("/desk/registers", get(registers::hub))
        .route("/desk/registers/{register}", get(registers::list))
        .route("/desk/registers/{register}/new", get(registers::ask).post(registers::make))
        .route("/desk/registers/{register}/{id}", get(registers::show))
        .route("/desk/registers/{register}/{id}/actions", post(registers::act))
        .route("/desk/registers/attachments/{id}/content", get(registers::content))
        .route("/desk/reviews", get(reviews::reviews))
        .route("/register", get(newcomer::ask).post(newcomer::make))
        .route("/desk/people", get(people::users).post(people::add))
        .route("/desk/people/{id}", get(people::user).post(people::change))
        .route("/desk/tokens", get(people::tokens).post(people::issue))
        .route("/desk/tokens/{id}", post(people::revoke))
        .route("/desk/shares", get(shares::rules))
        .route("/desk/shares/{id}/records", get(shares::records))
        .route("/desk/operation", get(operation::now))
        .route("/desk/rulebooks", get(operation::rulebooks))
        .route("/desk/evidence", get(operation::evidence))
        .route("/desk/evidence/file", get(operation::evidence_file))
        .merge(of_consumers())
        .merge(of_inspections())
        .merge(of_drafts())
        .merge(of_parks())
        .merge(of_traces())
}

/// Pages of consumers, and what they read before they come in.
fn of_consumers() -> Router<Arc<Window>> {
    Router::new()
        .route("/guide", get(consumer::guide))
        .route("/lists", get(consumer::lists))
        .route("/draws", get(draws::everybody))
        .route("/desk/draws", get(draws::ask).post(draws::act))
        .route("/track", get(consumer::ask).post(consumer::send))
        .route("/track/code", post(consumer::prove))
        .route("/my", get(consumer::trades))
        .route("/my/trades/{platform}/{order_no}", get(consumer::trade))
        .route("/my/quota", get(consumer::quota))
        .route("/my/lock", post(consumer::lock))
        .route("/my/notices", post(consumer::notices))
        .route("/my/disputes", get(consumer::disputes).post(consumer::dispute))
        .route("/my/disputes/{seller}/withdrawal", post(consumer::withdraw))
        .route("/my/hearings", get(consumer::hearings).post(consumer::speak))
        .route("/my/data", get(consumer::data))
        .route("/my/data/file", get(consumer::file))
        .route("/my/erasure", post(consumer::erasure))
}

/// Inspections with their photographs, and whom an officer looks at besides.
fn of_inspections() -> Router<Arc<Window>> {
    Router::new()
        .route("/desk/consignments/{platform}/{order_no}/inspections", post(inspections::record))
        .route("/desk/consignments/{platform}/{order_no}/photographs/{sha256}", get(inspections::photograph))
        .route("/desk/exports/{merchant}/{order_no}/inspections", post(inspections::record_of_export))
        .route(
            "/desk/exports/{merchant}/{order_no}/photographs/{sha256}",
            get(inspections::photograph_of_export),
        )
        .route("/desk/persons", get(subjects::ask_number).post(subjects::find))
        .route("/desk/persons/{id}", get(subjects::person))
        .route("/desk/addresses/{id}", get(subjects::address))
        .route("/desk/enterprises/{party}", get(subjects::enterprise))
        .route("/desk/credit", get(credit::show))
        .route("/desk/credit/report", get(credit::report))
}

/// Drafts of the rulebook.
fn of_drafts() -> Router<Arc<Window>> {
    Router::new()
        .route("/desk/rulebooks/drafts", get(drafts::list).post(drafts::make))
        .route("/desk/rulebooks/drafts/new", get(drafts::edit))
        .route("/desk/rulebooks/drafts/{id}", get(drafts::one).post(drafts::act))
}

/// Parks and their sites.
fn of_parks() -> Router<Arc<Window>> {
    Router::new()
        .route("/parks", get(parks::everybody))
        .route("/desk/parks/{id}", get(parks::figures))
        .route("/desk/sites", get(sites::list))
        .route("/desk/sites/{code}", get(sites::show).post(sites::scan))
        .route("/desk/sites/{code}/passes", get(sites::passes))
        .route("/desk/sites/{code}/stock", get(sites::stock))
        .route("/desk/sites/{code}/bags", get(sites::bag))
        .route("/desk/sites/{code}/scans", post(sites::scans))
        .route("/desk/sites/{code}/records", post(sites::record))
        .route("/desk/holds", get(sites::holds).post(sites::set_hold))
        .route("/desk/parcels", get(parcels::ask).post(parcels::take))
}

/// Goods by their codes, and recalls.
fn of_traces() -> Router<Arc<Window>> {
    Router::new()
        .route("/trace", get(traceability::ask))
        .route("/01/{gtin}/10/{lot}/21/{serial}", get(traceability::scan))
        .route("/desk/trace", get(traceability::bindings).post(traceability::bind))
        .route("/desk/trace/codes/{id}", get(traceability::labels))
        .route("/desk/trace/codes/{id}/file", get(traceability::file))
        .route("/desk/trace/codes/{id}/picture", get(crate::api::traceability::code_picture))
        .route("/desk/recalls/{id}", get(traceability::recall).post(traceability::search))
        .route("/desk/recalls/{id}/buyers", get(traceability::buyers))
}

/// A page as an answer.
fn shown(frame: &Frame, page: &Page) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, ::portal::assets::CONTENT_POLICY),
    ];
    (headers, page.shown(frame)).into_response()
}

/// A page as an answer with a status of its own: it is shown again because something in it was wrong.
fn shown_as(frame: &Frame, page: &Page, status: StatusCode) -> Response {
    let mut answer = shown(frame, page);
    *answer.status_mut() = status;
    answer
}

/// To another page.
fn to(address: &str) -> Response {
    (StatusCode::SEE_OTHER, AppendHeaders([(header::LOCATION, address)])).into_response()
}

/// An answer of the interface as its page reads it.
fn read<T: DeserializeOwned>(answer: Value) -> Result<T, Problem> {
    serde_json::from_value(answer).map_err(|error| {
        // A member was renamed on one side alone: the tests of every page find it.
        tracing::error!(%error, "an answer is not what its page reads");
        Problem::internal()
    })
}

/// `GET /static/{name}`: a file whose name changes with its content, so that it is kept for ever.
async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let found = ::portal::assets::Asset::find(&name).ok_or_else(|| Problem::not_found("no such file"))?;
    let headers =
        [(header::CONTENT_TYPE, found.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, found.text).into_response())
}
