//! Who may do what: every route asked by every kind of caller for his own, for another's and for what is not there. The
//! table is the expectation; a route without a row fails. What belongs to others is answered as what is not there. How
//! people sign in, and how their rights end, is in `people.rs`.

use crate::consumer;
use crate::support::people::{self, sign_in};
use crate::support::{NOW, Zone, path};
use ceb::{Document, Style};
use clearance::party::Role;
use clearance::sample::{self, Export, Trade};
use serde_json::{Value, json};
use server::api::access::access;
use std::collections::BTreeMap;
use store::{Duty, NewToken};

const OFFICE: &str = "8620000001";

/// The callers, in the order of the columns: machines by role, then people by duty.
pub(crate) const CALLERS: [&str; 19] = [
    "nobody",
    "agent",
    "scoped",
    "bank",
    "officer",
    "elsewhere",
    "zone", // machines
    "admin",
    "operator",
    "reader",
    "auditor", // people of the agent
    "decider",
    "inspector",
    "reviewer",
    "zone-admin",
    "zone-auditor", // people of offices
    "must-change",
    "must-enrol", // people who have to do something first
    "consumer",   // whose trade the agent's own is
];

/// Callers who see every party: for them another's is their own.
pub(crate) const WHOLE_ZONE: [&str; 7] =
    ["officer", "zone", "decider", "inspector", "reviewer", "zone-admin", "zone-auditor"];

/// Method, route, of whom, and the status for each caller. Bodies are such that whoever is let in is told what is wrong with
/// them (400, 409, 422), unless the route needs none.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str, &str)] = &[
    //                                                        nob agt sco ban off els zon | adm ope rea aud | dec ins rev zad zau | chg enr   con
    ("post", "/v1/messages", "own",                          "401 422 403 403 403 403 403   403 422 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/messages", "own",                           "401 200 403 404 404 404 404   403 200 200 200   404 404 404 403 404   403 403   403"),
    ("get", "/v1/messages", "another",                       "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/messages", "absent",                        "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/messages/{position}/original", "own",       "401 200 403 404 200 404 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/messages/{position}/original", "another",   "401 404 403 404 200 404 200   403 404 404 404   200 200 200 403 200   403 403   403"),
    ("get", "/v1/messages/{position}/original", "absent",    "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/documents/{position}", "own",               "401 200 403 404 404 404 404   403 200 200 200   404 404 404 403 404   403 403   403"),
    ("get", "/v1/documents/{position}", "another",           "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/documents/{position}", "absent",            "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/definitions", "own",                        "401 200 403 200 200 200 200   200 200 200 200   200 200 200 200 200   403 403   200"),
    ("get", "/v1/definitions/{kind}", "own",                 "401 200 403 200 200 200 200   200 200 200 200   200 200 200 200 200   403 403   200"),
    ("get", "/v1/definitions/{kind}", "another",             "401 404 403 404 404 404 404   404 404 404 404   404 404 404 404 404   403 403   404"),
    ("get", "/v1/definitions/{kind}", "absent",              "401 404 403 404 404 404 404   404 404 404 404   404 404 404 404 404   403 403   404"),
    ("get", "/v1/receipts", "own",                           "401 200 200 200 200 200 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/consignments", "own",                       "401 200 403 200 200 200 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}", "own", "401 200 403 404 200 404 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}", "another",
                                                             "401 404 403 404 200 404 200   403 404 404 404   200 200 200 403 200   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}", "absent",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("post", "/v1/consignments/{platform}/{order_no}/actions", "own",
                                                             "401 403 403 403 409 404 403   403 403 403 403   409 409 403 403 403   403 403   403"),
    ("post", "/v1/consignments/{platform}/{order_no}/actions", "another",
                                                             "401 403 403 403 409 404 403   403 403 403 403   409 409 403 403 403   403 403   403"),
    ("post", "/v1/consignments/{platform}/{order_no}/actions", "absent",
                                                             "401 403 403 403 404 404 403   403 403 403 403   404 404 403 403 403   403 403   403"),
    ("post", "/v1/actions", "own",                           "401 403 403 403 400 400 403   403 403 403 403   400 400 403 403 403   403 403   403"),
    ("get", "/v1/assignments", "own",                        "401 403 403 403 200 200 403   403 403 403 403   200 200 403 403 403   403 403   403"),
    ("post", "/v1/assignments", "own",                       "401 403 403 403 400 400 403   403 403 403 403   400 400 403 403 403   403 403   403"),
    ("delete", "/v1/assignments/{platform}/{order_no}", "own",
                                                             "401 403 403 403 404 404 403   403 403 403 403   404 404 403 403 403   403 403   403"),
    ("delete", "/v1/assignments/{platform}/{order_no}", "another",
                                                             "401 403 403 403 404 404 403   403 403 403 403   404 404 403 403 403   403 403   403"),
    ("delete", "/v1/assignments/{platform}/{order_no}", "absent",
                                                             "401 403 403 403 404 404 403   403 403 403 403   404 404 403 403 403   403 403   403"),
    ("get", "/v1/declarations/{invt_no}", "own",             "401 200 403 404 200 404 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/declarations/{invt_no}", "another",         "401 404 403 404 200 404 200   403 404 404 404   200 200 200 403 200   403 403   403"),
    ("get", "/v1/declarations/{invt_no}", "absent",          "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("post", "/v1/preview", "own",                           "401 400 403 403 403 403 403   403 400 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/accounts", "own",                           "401 403 403 403 200 403 200   403 403 403 403   200 403 403 403 200   403 403   403"),
    ("post", "/v1/persons/records", "own",                   "401 403 403 403 400 403 400   403 403 403 403   400 403 403 403 400   403 403   403"),
    ("get", "/v1/registers", "own",                          "401 200 403 200 200 200 200   200 200 200 200   200 200 200 200 200   403 403   200"),
    ("get", "/v1/registers/{register}", "own",               "401 200 403 200 200 200 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/registers/{register}", "another",           "401 200 403 200 200 200 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/registers/{register}", "absent",            "401 200 403 200 200 200 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/registers/{register}/{id}", "own",          "401 200 403 404 200 404 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/registers/{register}/{id}", "another",      "401 404 403 404 200 404 200   403 404 404 404   200 200 200 403 200   403 403   403"),
    ("get", "/v1/registers/{register}/{id}", "absent",       "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/registers/{register}/{id}/history", "own",  "401 200 403 404 200 404 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/registers/{register}/{id}/history", "another",
                                                             "401 404 403 404 200 404 200   403 404 404 404   200 200 200 403 200   403 403   403"),
    ("get", "/v1/registers/{register}/{id}/history", "absent",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("post", "/v1/registers/{register}/{id}/actions", "own", "401 422 403 404 422 404 404   403 422 403 403   403 403 422 403 403   403 403   403"),
    ("post", "/v1/registers/{register}/{id}/actions", "another",
                                                             "401 404 403 404 422 404 404   403 404 403 403   403 403 422 403 403   403 403   403"),
    ("post", "/v1/registers/{register}/{id}/actions", "absent",
                                                             "401 404 403 404 422 404 404   403 404 403 403   403 403 422 403 403   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}/inspections", "own",
                                                             "401 200 403 404 200 404 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}/inspections", "another",
                                                             "401 404 403 404 200 404 200   403 404 404 404   200 200 200 403 200   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}/inspections", "absent",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("post", "/v1/consignments/{platform}/{order_no}/inspections", "own",
                                                             "401 403 403 403 409 404 403   403 403 403 403   403 409 403 403 403   403 403   403"),
    ("post", "/v1/consignments/{platform}/{order_no}/inspections", "another",
                                                             "401 403 403 403 409 404 403   403 403 403 403   403 409 403 403 403   403 403   403"),
    ("post", "/v1/consignments/{platform}/{order_no}/inspections", "absent",
                                                             "401 403 403 403 404 404 403   403 403 403 403   403 404 403 403 403   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}/photographs/{sha256}", "own",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}/photographs/{sha256}", "another",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}/photographs/{sha256}", "absent",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/persons/{id}", "own",
                                                             "401 403 403 403 404 403 404   403 403 403 403   404 403 403 403 404   403 403   403"),
    ("get", "/v1/persons/{id}", "another",
                                                             "401 403 403 403 404 403 404   403 403 403 403   404 403 403 403 404   403 403   403"),
    ("get", "/v1/persons/{id}", "absent",
                                                             "401 403 403 403 404 403 404   403 403 403 403   404 403 403 403 404   403 403   403"),
    ("get", "/v1/addresses/{id}", "own",
                                                             "401 403 403 403 404 403 404   403 403 403 403   404 403 403 403 404   403 403   403"),
    ("get", "/v1/addresses/{id}", "another",
                                                             "401 403 403 403 404 403 404   403 403 403 403   404 403 403 403 404   403 403   403"),
    ("get", "/v1/addresses/{id}", "absent",
                                                             "401 403 403 403 404 403 404   403 403 403 403   404 403 403 403 404   403 403   403"),
    ("get", "/v1/enterprises/{party}", "own",
                                                             "401 403 403 403 200 404 200   403 403 403 403   200 200 200 403 200   403 403   403"),
    ("get", "/v1/enterprises/{party}", "another",
                                                             "401 403 403 403 200 404 200   403 403 403 403   200 200 200 403 200   403 403   403"),
    ("get", "/v1/enterprises/{party}", "absent",
                                                             "401 403 403 403 404 404 404   403 403 403 403   404 404 404 403 404   403 403   403"),
    ("get", "/v1/datasets", "own",                           "401 200 403 200 200 200 200   200 200 200 200   200 200 200 200 200   403 403   200"),
    ("get", "/v1/datasets/{dataset}", "own",                 "401 200 403 200 200 200 200   200 200 200 200   200 200 200 200 200   403 403   200"),
    ("get", "/v1/datasets/{dataset}", "another",             "401 404 403 404 404 404 404   404 404 404 404   404 404 404 404 404   403 403   404"),
    ("get", "/v1/datasets/{dataset}", "absent",              "401 404 403 404 404 404 404   404 404 404 404   404 404 404 404 404   403 403   404"),
    ("get", "/v1/shares/{id}/records", "own",                "401 403 403 404 404 404 404   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/shares/{id}/records", "another",            "401 403 403 404 404 404 404   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/shares/{id}/records", "absent",             "401 403 403 404 404 404 404   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/institutions", "own",                       "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("post", "/v1/sandbox/trades", "own",                    "401 404 403 403 403 403 403   403 404 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/sandbox/conformance", "own",                "401 404 403 403 403 403 403   403 404 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/evidence/head", "own",                      "401 403 403 403 200 200 200   403 403 403 403   200 200 200 403 200   403 403   403"),
    ("get", "/v1/evidence/keys", "own",                      "401 200 403 200 200 200 200   200 200 200 200   200 200 200 200 200   403 403   200"),
    ("get", "/v1/evidence/proof", "own",                     "401 200 403 404 200 404 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/evidence/proof", "another",                 "401 404 403 404 200 404 200   403 404 404 404   200 200 200 403 200   403 403   403"),
    ("get", "/v1/evidence/proof", "absent",                  "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/evidence/consistency", "own",               "401 403 403 403 200 200 200   403 403 403 403   200 200 200 403 200   403 403   403"),
    ("get", "/v1/evidence/entries", "own",                   "401 403 403 403 200 403 200   403 403 403 403   200 200 200 403 200   403 403   403"),
    ("get", "/v1/credit", "own",                             "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/v1/credit/{party}", "own",                     "401 200 403 404 200 404 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/credit/{party}", "another",                 "401 404 403 404 200 404 200   403 404 404 404   200 200 200 403 200   403 403   403"),
    ("get", "/v1/credit/{party}", "absent",                  "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/evidence/search", "own",                    "401 200 403 200 200 403 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/statistics", "own", "401 200 403 200 200 200 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/statistics/{table}", "own", "401 200 403 200 200 200 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/statistics/{table}", "another", "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/statistics/{table}", "absent", "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/indicators/{table}", "own", "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/v1/indicators/{table}", "another", "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/indicators/{table}", "absent", "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/reasons", "own",                            "401 200 403 200 200 200 200   200 200 200 200   200 200 200 200 200   403 403   200"),
    ("get", "/v1/limits", "own",                             "401 200 403 200 200 200 200   200 200 200 200   200 200 200 200 200   403 403   200"),
    ("get", "/metrics", "own",                               "401 403 403 403 200 200 200   403 403 403 403   403 403 403 403 200   403 403   403"),
    ("get", "/v1/operation", "own",                          "401 403 403 403 200 200 200   403 403 403 403   403 403 403 403 200   403 403   403"),
    ("get", "/v1/rulebooks", "own",                          "401 403 403 403 200 200 200   403 403 403 403   403 403 403 403 200   403 403   403"),
    ("get", "/v1/rulebooks/differences", "own",              "401 403 403 403 200 200 200   403 403 403 403   403 403 403 403 200   403 403   403"),
    ("post", "/v1/payment-data", "own",                      "401 422 403 403 403 403 403   403 422 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/v1/payment-data/asks", "own",                 "401 400 403 400 400 400 400   403 400 403 403   400 403 403 403 403   403 403   403"),
    ("post", "/v1/payment-data/check", "own",                "401 422 403 403 403 403 403   403 422 403 403   403 403 403 403 403   403 403   403"),
    // Whose record of it is found by whom: `payment_data`.
    ("post", "/v1/payment-data/{id}/compare", "own",         "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("post", "/v1/payment-data/{id}/compare", "another",     "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("post", "/v1/payment-data/{id}/compare", "absent",      "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("post", "/ceb2grab/grab/realTimeDataUpload", "own",     "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/v1/openapi.json", "own",                       "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/health", "own",                                "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/ready", "own",                                 "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("post", "/v1/sessions", "own",                          "400 400 400 400 400 400 400   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("get", "/v1/sessions", "own",                           "401 403 403 403 403 403 403   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("delete", "/v1/sessions/{id}", "own",                   "401 403 403 403 403 403 403   204 204 204 204   204 204 204 204 204   204 204   204"),
    ("delete", "/v1/sessions/{id}", "another",               "401 403 403 403 403 403 403   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("delete", "/v1/sessions/{id}", "absent",                "401 403 403 403 403 403 403   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/users/me", "own",                           "401 403 403 403 403 403 403   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("post", "/v1/users/me/password", "own",                 "401 403 403 403 403 403 403   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("post", "/v1/users/me/totp", "own",                     "401 403 403 403 403 403 403   400 400 400 400   400 400 400 400 400   403 400   400"),
    ("post", "/v1/users/me/totp/confirm", "own",             "401 403 403 403 403 403 403   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("post", "/v1/users", "own",                             "401 403 403 403 403 403 403   400 403 403 403   403 403 403 400 403   403 403   403"),
    ("get", "/v1/users", "own",                              "401 403 403 403 403 403 403   200 403 403 200   403 403 403 200 200   403 403   403"),
    ("get", "/v1/users/{id}", "own",                         "401 403 403 403 403 403 403   200 403 403 200   403 403 403 200 200   403 403   403"),
    ("get", "/v1/users/{id}", "another",                     "401 403 403 403 403 403 403   404 403 403 404   403 403 403 200 200   403 403   403"),
    ("get", "/v1/users/{id}", "absent",                      "401 403 403 403 403 403 403   404 403 403 404   403 403 403 404 404   403 403   403"),
    ("patch", "/v1/users/{id}", "own",                       "401 403 403 403 403 403 403   200 403 403 403   403 403 403 200 403   403 403   403"),
    ("patch", "/v1/users/{id}", "another",                   "401 403 403 403 403 403 403   404 403 403 403   403 403 403 200 403   403 403   403"),
    ("patch", "/v1/users/{id}", "absent",                    "401 403 403 403 403 403 403   404 403 403 403   403 403 403 404 403   403 403   403"),
    ("post", "/v1/tokens", "own",                            "401 403 403 403 403 403 403   400 403 403 403   403 403 403 400 403   403 403   403"),
    ("get", "/v1/tokens", "own",                             "401 403 403 403 403 403 403   200 403 403 200   403 403 403 200 200   403 403   403"),
    ("delete", "/v1/tokens/{id}", "own",                     "401 403 403 403 403 403 403   204 403 403 403   403 403 403 204 403   403 403   403"),
    ("delete", "/v1/tokens/{id}", "another",                 "401 403 403 403 403 403 403   404 403 403 403   403 403 403 204 403   403 403   403"),
    ("delete", "/v1/tokens/{id}", "absent",                  "401 403 403 403 403 403 403   404 403 403 403   403 403 403 404 403   403 403   403"),
    ("get", "/v1/trace", "own",                              "401 403 403 403 403 403 403   200 403 403 200   403 403 403 200 200   403 403   403"),
    ("post", "/v1/registrations", "own",                     "400 400 400 400 400 400 400   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("get", "/v1/sign-in", "own",                            "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/v1/sign-in/{provider}", "own",                 "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/sign-in/{provider}", "another",             "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/sign-in/{provider}", "absent",              "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/sign-in/{provider}/callback", "own",        "400 400 400 400 400 400 400   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("get", "/v1/sign-in/{provider}/callback", "another",    "400 400 400 400 400 400 400   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("get", "/v1/sign-in/{provider}/callback", "absent",     "400 400 400 400 400 400 400   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("post", "/v1/consumer/codes", "own",                    "400 400 400 400 400 400 400   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("post", "/v1/consumer/sessions", "own",                 "400 400 400 400 400 400 400   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("get", "/v1/consumer/trades", "own",                    "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   200"),
    ("get", "/v1/consumer/trades/{platform}/{order_no}", "own",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   200"),
    ("get", "/v1/consumer/trades/{platform}/{order_no}", "another",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   404"),
    ("get", "/v1/consumer/trades/{platform}/{order_no}", "absent",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   404"),
    ("get", "/v1/consumer/quota", "own",                     "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   200"),
    ("post", "/v1/consumer/lock", "own",                     "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   400"),
    ("post", "/v1/consumer/notices", "own",                  "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   400"),
    ("get", "/v1/consumer/disputes", "own",                  "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   200"),
    ("post", "/v1/consumer/disputes", "own",                 "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   400"),
    ("post", "/v1/consumer/disputes/{seller}/withdrawal", "own",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   404"),
    ("post", "/v1/consumer/disputes/{seller}/withdrawal", "another",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   404"),
    ("post", "/v1/consumer/disputes/{seller}/withdrawal", "absent",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   404"),
    ("get", "/v1/consumer/accesses", "own",                  "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   200"),
    ("get", "/v1/consumer/data", "own",                      "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   200"),
    ("post", "/v1/consumer/erasure", "own",                  "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   200"),
    ("get", "/v1/publications", "own",                       "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    // Everybody reads them; there is none yet. Who holds a secret is in `draws`.
    ("get", "/v1/draws", "own",
                                                             "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/v1/draws/{period}", "own",
                                                             "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/draws/{period}/list", "own",
                                                             "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/draws/{period}/line", "own",
                                                             "400 400 400 400 400 400 400   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("get", "/v1/draws/{period}/orders", "own",
                                                             "401 403 403 403 404 403 404   403 403 403 403   404 403 403 403 404   403 403   403"),
    ("post", "/v1/draws/{period}/commitments", "own",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/v1/draws/{period}/secrets", "own",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/draws/{period}", "another",
                                                             "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/draws/{period}/list", "another",
                                                             "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/draws/{period}/line", "another",
                                                             "400 400 400 400 400 400 400   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("get", "/v1/draws/{period}/orders", "another",
                                                             "401 403 403 403 404 403 404   403 403 403 403   404 403 403 403 404   403 403   403"),
    ("post", "/v1/draws/{period}/commitments", "another",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/v1/draws/{period}/secrets", "another",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/draws/{period}", "absent",
                                                             "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/draws/{period}/list", "absent",
                                                             "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/v1/draws/{period}/line", "absent",
                                                             "400 400 400 400 400 400 400   400 400 400 400   400 400 400 400 400   400 400   400"),
    ("get", "/v1/draws/{period}/orders", "absent",
                                                             "401 403 403 403 404 403 404   403 403 403 403   404 403 403 403 404   403 403   403"),
    ("post", "/v1/draws/{period}/commitments", "absent",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/v1/draws/{period}/secrets", "absent",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}/draw", "own",
                                                             "401 200 403 404 200 404 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}/draw", "another",
                                                             "401 404 403 404 200 404 200   403 404 404 404   200 200 200 403 200   403 403   403"),
    ("get", "/v1/consignments/{platform}/{order_no}/draw", "absent",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    // Sealed: the duty is one that none of these have; `rulebook_drafts` has those who do.
    ("get", "/v1/rulebooks/drafts", "own",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/v1/rulebooks/drafts", "own",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/rulebooks/drafts/{id}", "own",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/rulebooks/drafts/{id}", "another",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/rulebooks/drafts/{id}", "absent",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/rulebooks/drafts/{id}/tables/{table}", "own",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/rulebooks/drafts/{id}/tables/{table}", "another",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/rulebooks/drafts/{id}/tables/{table}", "absent",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/v1/rulebooks/drafts/{id}/actions", "own",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/v1/rulebooks/drafts/{id}/actions", "another",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/v1/rulebooks/drafts/{id}/actions", "absent",
                                                             "401 403 403 403 403 403 403   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/search", "own",                             "401 400 403 400 400 400 400   403 400 400 400   400 400 400 403 400   403 403   403"),
    ("get", "/v1/bills", "own",                              "401 200 403 200 200 200 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/risk/model", "own",                         "401 403 403 403 200 403 403   403 403 403 403   200 200 403 403 403   403 403   403"),
    ("get", "/v1/decisions", "own",                          "401 403 403 403 200 200 403   403 403 403 403   200 200 403 403 403   403 403   403"),
    ("get", "/v1/books", "own",                              "401 200 403 200 200 200 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/books/{id}", "own",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/books/{id}", "another",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/books/{id}", "absent",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/books/{id}/movements", "own",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/books/{id}/movements", "another",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("get", "/v1/books/{id}/movements", "absent",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("post", "/v1/books/{id}/gate-releases", "own",
                                                             "401 400 403 400 400 400 400   403 400 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/v1/books/{id}/gate-releases", "another",
                                                             "401 400 403 400 400 400 400   403 400 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/v1/books/{id}/gate-releases", "absent",
                                                             "401 400 403 400 400 400 400   403 400 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/v1/exports", "own",                            "401 200 403 200 200 200 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/exports/{merchant}/{order_no}", "own",
                                                             "401 200 403 404 200 404 200   403 200 200 200   200 200 200 403 200   403 403   403"),
    ("get", "/v1/exports/{merchant}/{order_no}", "another",
                                                             "401 404 403 404 200 404 200   403 404 404 404   200 200 200 403 200   403 403   403"),
    ("get", "/v1/exports/{merchant}/{order_no}", "absent",
                                                             "401 404 403 404 404 404 404   403 404 404 404   404 404 404 403 404   403 403   403"),
    ("post", "/v1/exports/{merchant}/{order_no}/actions", "own",
                                                             "401 403 403 403 409 404 403   403 403 403 403   409 409 403 403 403   403 403   403"),
    ("post", "/v1/exports/{merchant}/{order_no}/actions", "another",
                                                             "401 403 403 403 409 404 403   403 403 403 403   409 409 403 403 403   403 403   403"),
    ("post", "/v1/exports/{merchant}/{order_no}/actions", "absent",
                                                             "401 403 403 403 404 404 403   403 403 403 403   404 404 403 403 403   403 403   403"),
    ("get", "/v1/risk/feedback", "own",                      "401 403 403 403 200 403 403   403 403 403 403   200 403 403 403 403   403 403   403"),
];

/// What is asked for: of the agent, of another agent.
pub(crate) struct Things {
    pub(crate) agent: String,
    pub(crate) message: Value,
    pub(crate) path: String,
    /// Path of an export.
    pub(crate) export: String,
    entry: String,
    pub(crate) user: i64,
}

pub(crate) struct World {
    pub(crate) zone: Zone,
    pub(crate) texts: BTreeMap<&'static str, String>,
    users: BTreeMap<&'static str, i64>,
    own: Things,
    another: Things,
}

/// Trades of different agents that name no party in common with the agent of the other.
fn two_trades() -> [Trade; 2] {
    let of = |agent: &str| {
        let trade = |number| Trade::new(3, number, NOW, 1_000_000);
        (0..).map(trade).find(|trade| trade.declaration.head.agent_code == agent).unwrap()
    };
    [of("5301980501"), of("5301980502")]
}

/// An export that an agent declares.
fn export_of(agent: &str) -> Export {
    let of = |number| Export::new(3, number, NOW);
    (0..).map(of).find(|export| export.declaration.head.agent_code == agent).unwrap()
}

impl World {
    pub(crate) async fn new() -> Self {
        let zone = Zone::new().await;
        let mut things = Vec::new();
        for trade in two_trades() {
            zone.trade(&trade).await;
            let agent = trade.declaration.head.agent_code.to_string();
            let list = sample::message(&agent, vec![Document::Declaration(trade.declaration.clone())]);
            let body = ceb::write(&list, Style::Prefixed);
            let sent = zone.request("POST", "/v1/messages", Some(&zone.tokens[&agent]), body).await;
            let export = export_of(&agent);
            for (sender, document) in export.documents() {
                zone.send(&sender, document).await;
            }
            let shown = zone.shown(&agent, &trade).await;
            let entry = shown["attempt"]["invtNo"].as_str().unwrap().to_owned();
            let application = json!({
                "name": "样例", "roles": ["agent"], "validFrom": "20260101", "address": "样例路1号",
                "contact": {"name": "样一", "telephone": "10000000000"},
                "licences": [{"kind": "business-licence", "number": "样例1", "issuer": "样例局", "validFrom": "20200101"}],
            });
            let action = json!({"action": "apply", "body": application}).to_string().into_bytes();
            let path_of = format!("/v1/registers/filings/{agent}/actions");
            let (status, told) = zone.request("POST", &path_of, Some(&zone.tokens[&agent]), action).await;
            assert_eq!(status, 200, "{told}");
            let user = people::add(&zone, &format!("user.{agent}"), &agent, Role::Agent, &[]).await.0;
            things.push(Things {
                agent,
                message: sent.1["message"].clone(),
                path: path(&trade),
                export: format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no),
                entry,
                user,
            });
        }
        let (another, own) = (things.pop().unwrap(), things.pop().unwrap());
        let mut world = Self { zone, texts: BTreeMap::new(), users: BTreeMap::new(), own, another };
        world.add_machines().await;
        world.add_people().await;
        world.add_consumer().await;
        world
    }

    async fn add_machines(&mut self) {
        let issue = async |party: &str, role: Role, districts: &[&str], scopes: Option<&[&str]>| {
            let texts =
                |words: &[&str]| words.iter().map(|word| (*word).into()).collect::<Vec<clearance::Text>>();
            let (districts, scopes) = (texts(districts), scopes.map(texts));
            let new = NewToken {
                party,
                role,
                name: "machine",
                districts: &districts,
                expires: None,
                scopes: scopes.as_deref(),
                bound_to: None,
            };
            self.zone.window.control.issue_for(&new, NOW).await.unwrap().1
        };
        let agent = self.own.agent.clone();
        let machines = [
            ("agent", issue(&agent, Role::Agent, &[], None).await),
            ("scoped", issue(&agent, Role::Agent, &[], Some(&["receipts:read"])).await),
            ("bank", issue("5301969999", Role::Bank, &[], None).await),
            ("officer", issue(OFFICE, Role::Officer, &[], None).await),
            ("elsewhere", issue(OFFICE, Role::Officer, &["5301"], None).await),
            ("zone", issue(OFFICE, Role::ZoneOperator, &[], None).await),
        ];
        self.texts.extend(machines);
    }

    async fn add_people(&mut self) {
        let agent = self.own.agent.clone();
        let of_agent = [
            ("admin", vec![Duty::Admin]),
            ("operator", vec![Duty::Operator]),
            ("reader", vec![Duty::Reader]),
            ("auditor", vec![Duty::Auditor]),
            ("must-change", Duty::ALL.to_vec()),
        ];
        for (name, duties) in of_agent {
            self.add_person(name, &agent, Role::Agent, &duties).await;
        }
        let of_offices = [
            ("decider", Role::Officer, vec![Duty::Decider]),
            ("inspector", Role::Officer, vec![Duty::Inspector]),
            ("reviewer", Role::Officer, vec![Duty::Reviewer]),
            ("zone-admin", Role::ZoneOperator, vec![Duty::Admin]),
            ("zone-auditor", Role::ZoneOperator, vec![Duty::Auditor]),
            ("must-enrol", Role::Officer, Duty::ALL.to_vec()),
        ];
        for (name, role, duties) in of_offices {
            self.add_person(name, OFFICE, role, &duties).await;
        }
    }

    /// He whose trade the agent's own is, by a code to his telephone.
    async fn add_consumer(&mut self) {
        let messages = consumer::provider(&self.zone).await;
        let number = self.own.path.rsplit('/').next().unwrap();
        let text = consumer::come_in(&self.zone, &messages, number).await;
        let (_, me) = self.zone.request("GET", "/v1/users/me", Some(&text), Vec::new()).await;
        self.users.insert("consumer", me["user"]["id"].as_i64().unwrap());
        self.texts.insert("consumer", text);
    }

    async fn add_person(&mut self, name: &'static str, party: &str, role: Role, duties: &[Duty]) {
        let (id, one_time) = people::add(&self.zone, name, party, role, duties).await;
        let text = match name {
            "must-change" => sign_in(&self.zone, name, &one_time, None).await.1,
            "must-enrol" => people::settle(&self.zone, name, &one_time, false).await,
            _ => people::settle(&self.zone, name, &one_time, server::rights::is_office(role)).await,
        };
        self.users.insert(name, id);
        self.texts.insert(name, text);
    }

    /// A writer of rows.
    fn writer(&self) -> u16 {
        let position = self.own.message["position"].as_u64().unwrap();
        clearance::keys::Position::of_number(position).unwrap().writer
    }

    pub(crate) fn things(&self, whose: &str) -> Option<&Things> {
        match whose {
            "own" => Some(&self.own),
            "another" => Some(&self.another),
            _ => None,
        }
    }

    /// A session to be ended: another one of the caller, or one of somebody else.
    async fn a_session(&self, caller: &str, whose: &str) -> String {
        let user = match whose {
            "own" => self.users.get(caller).copied().unwrap_or(self.own.user),
            "another" => self.another.user,
            _ => return "999999".to_owned(),
        };
        let user = self.zone.window.control.user(user).await.unwrap().unwrap();
        self.zone.window.control.open_session(&user, ("", false), NOW, NOW).await.unwrap().0.to_string()
    }

    async fn a_token(&self, whose: &str) -> String {
        let Some(things) = self.things(whose) else { return "999999".to_owned() };
        let new = NewToken {
            party: &things.agent,
            role: Role::Agent,
            name: "to be revoked",
            districts: &[],
            expires: None,
            scopes: None,
            bound_to: None,
        };
        self.zone.window.control.issue_for(&new, NOW).await.unwrap().0.to_string()
    }

    /// Path and body of a request.
    async fn asked(&self, caller: &str, method: &str, route: &str, whose: &str) -> (String, Vec<u8>) {
        let things = self.things(whose);
        let shown = things.map_or("/v1/consignments/none/none", |things| &things.path);
        let exported = things.map_or("/v1/exports/none/none", |things| &things.export);
        let path = match route {
            "/v1/messages" if method == "get" => {
                let known = things.map(|things| things.message["sha256"].as_str().unwrap().to_owned());
                format!("/v1/messages?sha256={}", known.unwrap_or("0".repeat(64)))
            }
            "/v1/messages/{position}/original" => {
                let known = things.map(|things| things.message["position"].to_string());
                format!("/v1/messages/{}/original", known.unwrap_or("99999999".to_owned()))
            }
            "/v1/documents/{position}" => {
                let known = things.map(|things| things.message["position"].as_u64().unwrap() + 1);
                format!("/v1/documents/{}", known.unwrap_or(99_999_999))
            }
            "/v1/definitions/{kind}" => route.replace("{kind}", if whose == "own" { "621" } else { "622" }),
            "/v1/consignments/{platform}/{order_no}" => shown.to_owned(),
            "/v1/consignments/{platform}/{order_no}/actions" => format!("{shown}/actions"),
            "/v1/persons/{id}" | "/v1/addresses/{id}" => {
                route.replace("{id}", &"0".repeat(32)) + "?purpose=test"
            }
            "/v1/enterprises/{party}" => {
                format!("/v1/enterprises/{}", things.map_or("5301999999", |things| &things.agent))
            }
            "/v1/exports/{merchant}/{order_no}" => exported.to_owned(),
            "/v1/exports/{merchant}/{order_no}/actions" => format!("{exported}/actions"),
            "/v1/consignments/{platform}/{order_no}/inspections" => format!("{shown}/inspections"),
            "/v1/consignments/{platform}/{order_no}/draw" => format!("{shown}/draw"),
            draws if draws.starts_with("/v1/draws/") => draws.replace("{period}", "20990101"),
            "/v1/consignments/{platform}/{order_no}/photographs/{sha256}" => {
                format!("{shown}/photographs/{}", "0".repeat(64))
            }
            "/v1/assignments/{platform}/{order_no}" => shown.replace("consignments", "assignments"),
            "/v1/consumer/trades/{platform}/{order_no}" => shown.replace("consignments", "consumer/trades"),
            "/v1/consumer/disputes/{seller}/withdrawal" => {
                let seller = things.map_or("5301999999", |things| &things.agent);
                route.replace("{seller}", seller)
            }
            "/v1/declarations/{invt_no}" => {
                format!("/v1/declarations/{}", things.map_or("86202026I999999999", |things| &things.entry))
            }
            "/v1/accounts" => "/v1/accounts?kind=quota".to_owned(),
            "/v1/rulebooks/differences" => "/v1/rulebooks/differences?from=1&to=1".to_owned(),
            "/v1/evidence/proof" => {
                let known = things.map(|things| things.message["position"].to_string());
                format!("{route}?position={}", known.unwrap_or("99999999".to_owned()))
            }
            "/v1/evidence/consistency" => format!("{route}?writer={}&from=1", self.writer()),
            "/v1/registers/{register}" => {
                format!("/v1/registers/filings?party={}", things.map_or("5301999999", |things| &things.agent))
            }
            "/v1/registers/{register}/{id}"
            | "/v1/registers/{register}/{id}/history"
            | "/v1/registers/{register}/{id}/actions" => {
                let id = things.map_or("5301999999", |things| &things.agent);
                route.replace("{register}", "filings").replace("{id}", id)
            }
            "/v1/credit/{party}" => {
                route.replace("{party}", things.map_or("5301999999", |things| &things.agent))
            }
            "/v1/datasets/{dataset}" => {
                route.replace("{dataset}", if whose == "own" { "orders" } else { "nothing" })
            }
            "/v1/statistics/{table}" | "/v1/indicators/{table}" => {
                route.replace("{table}", if whose == "own" { "flow" } else { "nothing" })
            }
            "/v1/shares/{id}/records" => {
                let receiver = things.map_or("5301999999", |things| &things.agent);
                format!("/v1/shares/{receiver}:orders/records")
            }
            "/v1/sessions/{id}" => format!("/v1/sessions/{}", self.a_session(caller, whose).await),
            "/v1/users/{id}" => format!("/v1/users/{}", things.map_or(999_999, |things| things.user)),
            "/v1/tokens/{id}" => format!("/v1/tokens/{}", self.a_token(whose).await),
            other => other.to_owned(),
        };
        let body = match (method, route) {
            ("post", "/v1/messages" | "/v1/preview") => b"<a".to_vec(),
            (
                "post",
                "/v1/consignments/{platform}/{order_no}/actions"
                | "/v1/exports/{merchant}/{order_no}/actions",
            ) => json!({"id": "x", "version": 99, "action": "inspect"}).to_string().into_bytes(),
            ("post", "/v1/consignments/{platform}/{order_no}/inspections") => {
                let found = json!([{"result": "conforming"}]);
                json!({"id": "y", "version": 99, "found": found, "measure": "release"})
                    .to_string()
                    .into_bytes()
            }
            ("post", "/v1/registers/{register}/{id}/actions") => {
                json!({"action": "please", "version": 1}).to_string().into_bytes()
            }
            ("post" | "patch", _) => b"{}".to_vec(),
            _ => Vec::new(),
        };
        (path, body)
    }
}

/// Status and body, by whose it was.
type Answers = BTreeMap<&'static str, (u16, Value)>;

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_caller_as_the_table_says() {
    let world = World::new().await;
    for (method, route) in server::api::ROUTES {
        assert!(access(method, route).is_some(), "{method} {route}: nobody said who may");
        let rows = TABLE.iter().filter(|row| (row.0, row.1) == (*method, *route)).count();
        // One row for what has no owner, three for what has.
        let expected = if route.contains('{')
            || ["/v1/messages", "/v1/evidence/proof"].contains(route) && *method == "get"
        {
            3
        } else {
            1
        };
        assert_eq!(rows, expected, "{method} {route} has not its rows");
    }
    let mut faults = Vec::new();
    let mut answered: BTreeMap<(&str, &str, &str), Answers> = BTreeMap::new();
    for (method, route, whose, expected) in TABLE {
        let expected: Vec<u16> = expected.split_whitespace().map(|status| status.parse().unwrap()).collect();
        assert_eq!(expected.len(), CALLERS.len(), "{method} {route} {whose}");
        for (caller, expected) in CALLERS.into_iter().zip(expected) {
            let (path, body) = world.asked(caller, method, route, whose).await;
            let token = world.texts.get(caller).map(String::as_str);
            let (status, answer) = world.zone.request(&method.to_uppercase(), &path, token, body).await;
            if status != expected {
                faults.push(format!(
                    "{method} {route} of {whose} by {caller}: {status}, not {expected}: {answer}"
                ));
            }
            answered.entry((method, route, caller)).or_default().insert(whose, (status, answer));
        }
    }
    for ((method, route, caller), answers) in &answered {
        let (Some(another), Some(absent)) = (answers.get("another"), answers.get("absent")) else { continue };
        if another != absent && !WHOLE_ZONE.contains(caller) {
            faults.push(format!("{method} {route} by {caller}: {another:?} tells from {absent:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_asks_for_the_duty_that_it_is_of() {
    let world = World::new().await;
    let act = async |caller: &str, action: &str| {
        let body =
            json!({"id": action, "version": 99, "action": action, "passed": true}).to_string().into_bytes();
        let path = format!("{}/actions", world.own.path);
        world.zone.request("POST", &path, Some(&world.texts[caller]), body).await.0
    };
    // Under a table of results an inspection says which it found; passed or failed is not enough.
    let of_each = [
        ("release", 409, 403, 409),
        ("reject", 409, 403, 409),
        ("inspect", 409, 409, 409),
        ("inspection-result", 403, 400, 400),
    ];
    for (action, decider, inspector, without_scopes) in of_each {
        assert_eq!(act("decider", action).await, decider, "{action}");
        assert_eq!(act("inspector", action).await, inspector, "{action}");
        assert_eq!(
            act("officer", action).await,
            without_scopes,
            "{action}: a token without scopes does what its role does"
        );
    }
}

#[test]
fn the_page_of_threats_names_tests_that_are_there() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    let page = std::fs::read_to_string(format!("{root}docs/threats.md")).unwrap();
    let files = [
        "server/tests/all/permissions.rs",
        "server/tests/all/consumer.rs",
        "server/tests/all/consumer_pages.rs",
        "server/tests/all/inspections.rs",
        "server/tests/all/officer_queue.rs",
        "server/tests/all/payment_data.rs",
        "server/tests/all/people.rs",
        "server/tests/all/portal.rs",
        "server/tests/all/portal_permissions.rs",
        "server/tests/all/portal_registers.rs",
        "server/tests/all/portal_operation.rs",
        "server/tests/all/portal_people.rs",
        "server/tests/all/portal_sending.rs",
        "server/tests/all/sandbox.rs",
        "portal/src/pages/send.rs",
        "portal/tests/all/gallery.rs",
        "server/tests/all/providers.rs",
        "server/tests/all/registering.rs",
        "server/tests/all/subjects.rs",
        "server/tests/all/sign_ins.rs",
        "server/src/identity_token.rs",
        "server/tests/all/registers.rs",
        "server/tests/all/shares.rs",
        "server/tests/all/webhooks.rs",
        "exchange/src/envelope.rs",
        "server/tests/all/personal.rs",
        "server/tests/all/retention.rs",
        "server/tests/all/rulebook_drafts.rs",
        "server/tests/all/draws.rs",
        "clearance/tests/all/draws.rs",
        "server/tests/all/rotation.rs",
        "register/tests/filings.rs",
        "onewindow/tests/all/sign.rs",
        "server/src/rights.rs",
        "server/src/password.rs",
        "server/src/throttle.rs",
        "store/src/sealer.rs",
        "server/tests/all/signed_requests.rs",
        "register/tests/filings/certificates.rs",
        "register/tests/filings/demands.rs",
        "server/tests/all/demands.rs",
        "server/tests/all/finding.rs",
        "clearance/tests/all/inspections.rs",
        "clearance/tests/all/signatures.rs",
        "register/src/picture.rs",
        "requests/tests/all/faults.rs",
    ];
    let code: String =
        files.iter().map(|file| std::fs::read_to_string(format!("{root}crates/{file}")).unwrap()).collect();
    let mut rows = 0;
    let covered = page.split("## Not covered").next().unwrap();
    for row in covered.lines().filter(|line| line.ends_with("` |")) {
        let name = row.trim_end_matches("` |").rsplit('`').next().unwrap();
        assert!(code.contains(&format!("fn {name}(")), "no test {name}: {row}");
        rows += 1;
    }
    assert!(rows > 25, "{rows}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_a_route_has_not_and_a_route_that_is_none() {
    let zone = Zone::new().await;
    let token = Some(zone.tokens[OFFICE].as_str());
    let (status, problem) = zone.request("DELETE", "/v1/receipts", token, Vec::new()).await;
    assert_eq!((status, problem["detail"].as_str().unwrap()), (405, "it has GET,HEAD"));
    assert_eq!(zone.request("OPTIONS", "/v1/users", None, Vec::new()).await.0, 405);
    assert_eq!(zone.request("GET", "/v1/nothing", None, Vec::new()).await.0, 404);
    assert_eq!(zone.request("HEAD", "/v1/reasons", None, Vec::new()).await.0, 401);
    assert_eq!(zone.request("HEAD", "/v1/reasons", token, Vec::new()).await.0, 200);
}
