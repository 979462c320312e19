//! Who may open which page: every page asked by every kind of caller for his own, for another's and for what is not there,
//! as `permissions.rs` does for the interface. Who has not signed in, and every machine, is led to the sign-in.

use crate::permissions::{CALLERS, WHOLE_ZONE, World};
use crate::support::browser::{Browser, Shown};
use server::api::access::access;
use std::collections::BTreeMap;

/// Method, route, of whom, and the status for each caller; 303 leads to the sign-in, to his account, or on.
#[rustfmt::skip]
pub(crate) const TABLE: &[(&str, &str, &str, &str)] = &[
    //                                        nob agt sco ban off els zon | adm ope rea aud | dec ins rev zad zau | chg enr   con
    ("get", "/", "own",                      "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/static/{name}", "own",         "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/static/{name}", "another",     "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/static/{name}", "absent",      "404 404 404 404 404 404 404   404 404 404 404   404 404 404 404 404   404 404   404"),
    ("get", "/sign-in", "own",               "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("post", "/sign-in", "own",              "401 401 401 401 401 401 401   401 401 401 401   401 401 401 401 401   401 401   401"),
    // A form without what the pages of its session give.
    ("post", "/sign-out", "own",             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/tariff", "own",                "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/tariff/calculator", "own",     "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/status", "own",                "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/desk", "own",                  "303 303 303 303 303 303 303   200 200 200 200   200 200 200 200 200   303 303   303"),
    ("get", "/desk/account", "own",          "303 303 303 303 303 303 303   200 200 200 200   200 200 200 200 200   200 200   303"),
    ("post", "/desk/account/password", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/desk/account/second-factor", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/desk/account/second-factor/confirm", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/desk/consignments", "own",     "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/consignments/{platform}/{order_no}", "own",
                                             "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/consignments/{platform}/{order_no}", "another",
                                             "303 303 303 303 303 303 303   403 404 404 404   200 200 200 403 200   303 303   403"),
    ("get", "/desk/consignments/{platform}/{order_no}", "absent",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("post", "/desk/consignments/{platform}/{order_no}/actions", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/consignments/{platform}/{order_no}/actions", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/consignments/{platform}/{order_no}/actions", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/documents", "own",        "303 303 303 303 303 303 303   403 404 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/documents", "own",       "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/documents/{position}", "own",
                                             "303 303 303 303 303 303 303   403 200 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/documents/{position}", "another",
                                             "303 303 303 303 303 303 303   403 404 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/documents/{position}", "absent",
                                             "303 303 303 303 303 303 303   403 404 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/sandbox", "own",          "303 303 303 303 303 303 303   403 404 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/sandbox", "own",         "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/send", "own",             "303 303 303 303 303 303 303   403 200 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/send", "own",            "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    // A trade that may be watched is a stream without end: `portal` watches one. Here it is one that is not there.
    ("get", "/desk/live", "own",             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/messages/{position}", "own",
                                             "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/messages/{position}", "another",
                                             "303 303 303 303 303 303 303   403 404 404 404   200 200 200 403 200   303 303   403"),
    ("get", "/desk/messages/{position}", "absent",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/queue", "own",            "303 303 303 303 303 303 303   403 403 403 403   200 200 403 403 403   303 303   403"),
    ("post", "/desk/consignments/{platform}/{order_no}/assignment", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/consignments/{platform}/{order_no}/assignment", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/consignments/{platform}/{order_no}/assignment", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/queue", "own",           "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/queue/decisions", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/receipts", "own",         "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/indicators", "own", "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/indicators/file", "own", "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/desk/zone", "own", "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/zone/file", "own", "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/search", "own",           "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/decisions", "own",        "303 303 303 303 303 303 303   403 403 403 403   200 200 403 403 403   303 303   403"),
    ("get", "/desk/decisions/file", "own",   "303 303 303 303 303 303 303   403 403 403 403   200 200 403 403 403   303 303   403"),
    ("get", "/desk/bills", "own",            "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/rules", "own",            "303 303 303 303 303 303 303   200 200 200 200   200 200 200 200 200   303 303   200"),
    ("get", "/desk/datasets", "own",         "303 303 303 303 303 303 303   200 200 200 200   200 200 200 200 200   303 303   200"),
    ("get", "/desk/retention", "own",        "303 303 303 303 303 303 303   200 200 200 200   200 200 200 200 200   303 303   200"),
    ("get", "/desk/demands", "own",          "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/books", "own",            "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/books/{id}", "own",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/books/{id}", "another",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/books/{id}", "absent",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/books/{id}/file", "own",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/books/{id}/file", "another",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/books/{id}/file", "absent",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/exports", "own",          "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/exports/{merchant}/{order_no}", "own",
                                             "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/exports/{merchant}/{order_no}", "another",
                                             "303 303 303 303 303 303 303   403 404 404 404   200 200 200 403 200   303 303   403"),
    ("get", "/desk/exports/{merchant}/{order_no}", "absent",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("post", "/desk/exports/{merchant}/{order_no}/actions", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/exports/{merchant}/{order_no}/actions", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/exports/{merchant}/{order_no}/actions", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/exports/summaries", "own",
                                             "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/exports/summaries/{agent}/{cop_no}", "own",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/exports/summaries/{agent}/{cop_no}", "another",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/exports/summaries/{agent}/{cop_no}", "absent",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/registers", "own",        "303 303 303 303 303 303 303   200 200 200 200   200 200 200 200 200   303 303   403"),
    ("get", "/desk/registers/{register}", "own",
                                             "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/registers/{register}", "another",
                                             "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/registers/{register}", "absent",
                                             "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/registers/{register}/new", "own",
                                             "303 303 303 303 303 303 303   403 200 403 403   403 403 200 403 403   303 303   403"),
    ("get", "/desk/registers/{register}/new", "another",
                                             "303 303 303 303 303 303 303   403 200 403 403   403 403 200 403 403   303 303   403"),
    ("get", "/desk/registers/{register}/new", "absent",
                                             "303 303 303 303 303 303 303   403 200 403 403   403 403 200 403 403   303 303   403"),
    ("post", "/desk/registers/{register}/new", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/registers/{register}/new", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/registers/{register}/new", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/registers/{register}/{id}", "own",
                                             "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/registers/{register}/{id}", "another",
                                             "303 303 303 303 303 303 303   403 404 404 404   200 200 200 403 200   303 303   403"),
    ("get", "/desk/registers/{register}/{id}", "absent",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("post", "/desk/registers/{register}/{id}/actions", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/registers/{register}/{id}/actions", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/registers/{register}/{id}/actions", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    // Documents of its own and of another's: `portal_registers`.
    ("get", "/desk/registers/attachments/{id}/content", "own",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/registers/attachments/{id}/content", "another",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/registers/attachments/{id}/content", "absent",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/reviews", "own",          "303 303 303 303 303 303 303   403 403 403 403   403 403 200 403 403   303 303   403"),
    ("get", "/register", "own",
                                             "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("post", "/register", "own",
                                             "400 400 400 400 400 400 400   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/desk/people", "own",
                                             "303 303 303 303 303 303 303   200 403 403 200   403 403 403 200 200   303 303   403"),
    ("post", "/desk/people", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/people/{id}", "own",
                                             "303 303 303 303 303 303 303   200 403 403 200   403 403 403 200 200   303 303   403"),
    ("get", "/desk/people/{id}", "another",
                                             "303 303 303 303 303 303 303   404 403 403 404   403 403 403 200 200   303 303   403"),
    ("get", "/desk/people/{id}", "absent",
                                             "303 303 303 303 303 303 303   404 403 403 404   403 403 403 404 404   303 303   403"),
    ("post", "/desk/people/{id}", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/people/{id}", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/people/{id}", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/tokens", "own",
                                             "303 303 303 303 303 303 303   200 403 403 200   403 403 403 200 200   303 303   403"),
    ("post", "/desk/tokens", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/tokens/{id}", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/tokens/{id}", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/tokens/{id}", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    // Whose duties let him read what is shared: `portal_people`.
    ("get", "/desk/shares", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/shares/{id}/records", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/shares/{id}/records", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/shares/{id}/records", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/operation", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 200   303 303   403"),
    ("get", "/desk/rulebooks", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 200   303 303   403"),
    ("get", "/desk/evidence", "own",
                                             "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/desk/evidence/file", "own",
                                             "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("get", "/guide", "own",                 "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/lists", "own",                 "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("get", "/draws", "own",                 "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    // Who holds a secret of the draw is in `draws`.
    ("get", "/desk/draws", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/draws", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/track", "own",                 "200 200 200 200 200 200 200   200 200 200 200   200 200 200 200 200   200 200   200"),
    ("post", "/track", "own",                "400 400 400 400 400 400 400   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("post", "/track/code", "own",           "401 401 401 401 401 401 401   403 403 403 403   403 403 403 403 403   403 403   403"),
    ("get", "/my", "own",                    "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   200"),
    ("get", "/my/trades/{platform}/{order_no}", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   200"),
    ("get", "/my/trades/{platform}/{order_no}", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   404"),
    ("get", "/my/trades/{platform}/{order_no}", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   404"),
    ("get", "/my/quota", "own",              "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   200"),
    ("post", "/my/lock", "own",              "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/my/notices", "own",           "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/my/disputes", "own",           "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   200"),
    ("post", "/my/disputes", "own",          "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/my/disputes/{seller}/withdrawal", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/my/disputes/{seller}/withdrawal", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/my/disputes/{seller}/withdrawal", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/my/data", "own",               "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   200"),
    ("get", "/my/data/file", "own",          "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   200"),
    ("post", "/desk/consignments/{platform}/{order_no}/inspections", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/consignments/{platform}/{order_no}/inspections", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/consignments/{platform}/{order_no}/inspections", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/consignments/{platform}/{order_no}/photographs/{sha256}", "own",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/consignments/{platform}/{order_no}/photographs/{sha256}", "another",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/consignments/{platform}/{order_no}/photographs/{sha256}", "absent",
                                             "303 303 303 303 303 303 303   403 404 404 404   404 404 404 403 404   303 303   403"),
    ("get", "/desk/persons/{id}", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   404 403 403 403 404   303 303   403"),
    ("get", "/desk/persons/{id}", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   404 403 403 403 404   303 303   403"),
    ("get", "/desk/persons/{id}", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   404 403 403 403 404   303 303   403"),
    ("get", "/desk/addresses/{id}", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   404 403 403 403 404   303 303   403"),
    ("get", "/desk/addresses/{id}", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   404 403 403 403 404   303 303   403"),
    ("get", "/desk/addresses/{id}", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   404 403 403 403 404   303 303   403"),
    ("get", "/desk/enterprises/{party}", "own",
                                             "303 303 303 303 303 303 303   403 403 403 403   200 200 200 403 200   303 303   403"),
    ("get", "/desk/enterprises/{party}", "another",
                                             "303 303 303 303 303 303 303   403 403 403 403   200 200 200 403 200   303 303   403"),
    ("get", "/desk/enterprises/{party}", "absent",
                                             "303 303 303 303 303 303 303   403 403 403 403   404 404 404 403 404   303 303   403"),
    ("get", "/desk/credit", "own",           "303 303 303 303 303 303 303   403 200 200 200   200 200 200 403 200   303 303   403"),
    ("post", "/my/erasure", "own",           "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    // Sealed: the duty is one that none of these have; `rulebook_drafts` has those who do.
    ("get", "/desk/rulebooks/drafts", "own",
                                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/rulebooks/drafts", "own",
                                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/rulebooks/drafts/new", "own",
                                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/rulebooks/drafts/{id}", "own",
                                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/rulebooks/drafts/{id}", "another",
                                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("get", "/desk/rulebooks/drafts/{id}", "absent",
                                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/rulebooks/drafts/{id}", "own",
                                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/rulebooks/drafts/{id}", "another",
                                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
    ("post", "/desk/rulebooks/drafts/{id}", "absent",
                                                             "303 303 303 303 303 303 303   403 403 403 403   403 403 403 403 403   303 303   403"),
];

/// The address of a route, of whom.
pub(crate) fn asked(world: &World, route: &str, whose: &str) -> String {
    let things = world.things(whose);
    let shown = things.map_or("/v1/consignments/none/none", |things| &things.path).replace("/v1", "/desk");
    let exported = things.map_or("/v1/exports/none/none", |things| &things.export).replace("/v1", "/desk");
    match route {
        "/indicators/file" | "/desk/zone/file" => format!("{route}?chart=days&form=csv"),
        "/static/{name}" if whose == "own" => portal::assets::STYLE.address(),
        "/static/{name}" => "/static/portal-0000000000000000.css".to_owned(),
        "/desk/live" => "/desk/live?platform=none&order=none&seen=1".to_owned(),
        "/desk/consignments/{platform}/{order_no}" => shown,
        "/desk/exports/{merchant}/{order_no}" => exported,
        "/desk/exports/{merchant}/{order_no}/actions" => format!("{exported}/actions"),
        "/desk/consignments/{platform}/{order_no}/actions" => format!("{shown}/actions"),
        "/desk/consignments/{platform}/{order_no}/assignment" => format!("{shown}/assignment"),
        "/desk/persons/{id}" | "/desk/addresses/{id}" => {
            route.replace("{id}", &"0".repeat(32)) + "?purpose=test"
        }
        "/desk/enterprises/{party}" => {
            format!("/desk/enterprises/{}", things.map_or("5301999999", |things| &things.agent))
        }
        "/desk/consignments/{platform}/{order_no}/inspections" => format!("{shown}/inspections"),
        "/desk/consignments/{platform}/{order_no}/photographs/{sha256}" => {
            format!("{shown}/photographs/{}", "0".repeat(64))
        }
        "/desk/messages/{position}" => {
            let known = things.map(|things| things.message["position"].to_string());
            format!("/desk/messages/{}", known.unwrap_or("99999999".to_owned()))
        }
        "/desk/documents/{position}" => {
            let known = things.map(|things| things.message["position"].as_u64().unwrap() + 1);
            format!("/desk/documents/{}", known.unwrap_or(99_999_999))
        }
        "/desk/people/{id}" => format!("/desk/people/{}", things.map_or(999_999, |things| things.user)),
        "/desk/registers/{register}/new" => "/desk/registers/filings/new?action=apply".to_owned(),
        "/my/trades/{platform}/{order_no}" => shown.replace("/desk/consignments", "/my/trades"),
        "/my/disputes/{seller}/withdrawal" => "/my/disputes/5301999999/withdrawal".to_owned(),
        other => {
            let id = things.map_or("5301999999", |things| &things.agent);
            other.replace("{register}", "filings").replace("{id}", id)
        }
    }
}

/// What no page is: large, or with a script or a style in it.
fn unfit(shown: &Shown) -> impl Iterator<Item = &'static str> {
    let policy = shown.header("content-security-policy");
    let inline = ["<style", " style=", " onclick=", " onload=", "javascript:"];
    let scripts = shown.text.matches("<script").count() - shown.text.matches("<script src=").count();
    [
        (shown.text.len() >= 100_000, "100 KB or more"),
        (policy.is_empty() || policy.contains("unsafe"), "a policy that lets scripts in"),
        (scripts > 0 || inline.iter().any(|one| shown.text.contains(one)), "a script or a style inside"),
    ]
    .into_iter()
    .filter_map(|(is, what)| is.then_some(what))
}

/// What is there for a script and hidden without one: each only adds to what works already.
const FOR_SCRIPT: [&str; 4] = ["data-live", "data-keys-switch", "data-progress", "data-unsent"];

/// Whether an address is one to which a form may be sent.
fn leads(method: &str, address: &str) -> bool {
    let address: Vec<&str> = address.split(['?', '#']).next().unwrap().split('/').collect();
    server::portal::ROUTES.iter().any(|(known, route)| {
        let route: Vec<&str> = route.split('/').collect();
        let is_it =
            |(part, given): (&&str, &&str)| part == given || (part.starts_with('{') && !given.is_empty());
        *known == method && route.len() == address.len() && route.iter().zip(&address).all(is_it)
    })
}

/// What would need a script: a form that leads nowhere or cannot be sent, a button that does nothing, what is hidden.
fn needs_script(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for form in text.split("<form").skip(1) {
        let (tag, rest) = form.split_once('>').unwrap();
        let inside = rest.split("</form>").next().unwrap();
        let attribute = |name: &str| {
            let given = tag.split(&format!(" {name}=\"")).nth(1);
            given.map_or("", |rest| rest.split('"').next().unwrap())
        };
        let (method, action) = (attribute("method"), attribute("action"));
        if !leads(method, action) {
            faults.push(format!("a form leads nowhere: {tag}"));
        }
        let mut buttons = inside.split("<button").skip(1).map(|one| one.split('>').next().unwrap());
        if !buttons.any(|button| !button.contains("type=\"button\"")) {
            faults.push(format!("a form cannot be sent: {tag}"));
        }
        let of_session = ["/desk", "/my", "/sign-out"].iter().any(|begin| action.starts_with(begin));
        if method == "post" && of_session && !inside.contains("name=\"guard\"") {
            faults.push(format!("a form without what its session gives: {tag}"));
        }
    }
    for tag in text.split('<').skip(1).filter_map(|piece| piece.split('>').next()) {
        let is_hidden = tag.split_whitespace().any(|word| word == "hidden");
        let does_nothing = tag.starts_with("button") && tag.contains("type=\"button\"");
        if (is_hidden || does_nothing) && !FOR_SCRIPT.iter().any(|one| tag.contains(one)) {
            faults.push(format!("nothing without a script: {tag}"));
        }
    }
    faults
}

#[test]
fn what_needs_a_script_is_found() {
    let page = |inside: &str| {
        needs_script(&format!(
            "<form method=\"post\" action=\"/desk/send\"><input name=\"guard\">{inside}</form>"
        ))
    };
    assert_eq!(page("<button>x</button>"), Vec::<String>::new());
    assert_eq!(page("<button type=\"button\" data-keys-switch hidden>x</button>").len(), 1, "it is not sent");
    assert_eq!(page("<button type=\"button\">x</button><button>y</button>").len(), 1);
    assert_eq!(page("<button>y</button><p class=\"more\" hidden>").len(), 1);
    assert!(needs_script("<form action=\"/nowhere\"><button>x</button></form>").len() == 1);
    assert!(
        leads("post", "/desk/consignments/5301960101/A%2F1/actions")
            && !leads("get", "/desk/queue/decisions")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_answers_every_caller_as_the_table_says() {
    let world = World::new().await;
    for (method, route) in server::portal::ROUTES {
        assert!(access(method, route).is_some(), "{method} {route}: nobody said who may");
        let rows = TABLE.iter().filter(|row| (row.0, row.1) == (*method, *route)).count();
        assert_eq!(rows, if route.contains('{') { 3 } else { 1 }, "{method} {route} has not its rows");
    }
    let mut faults = Vec::new();
    let mut answered = BTreeMap::new();
    for (method, route, whose, expected) in TABLE {
        let expected: Vec<u16> = expected.split_whitespace().map(|status| status.parse().unwrap()).collect();
        assert_eq!(expected.len(), CALLERS.len(), "{method} {route} {whose}");
        let path = asked(&world, route, whose);
        for (caller, expected) in CALLERS.into_iter().zip(expected) {
            let session = world.texts.get(caller).map_or("", String::as_str);
            let mut browser = Browser::with(&world.zone, session);
            let shown = match *method {
                "get" => browser.get(&path).await,
                // Attempts of a login that nobody has are slowed down as those of any other.
                _ => browser.post(&path, &[("login", &format!("nobody.{caller}")), ("password", "x")]).await,
            };
            if shown.status != expected {
                faults.push(format!(
                    "{method} {route} of {whose} by {caller}: {}, not {expected}",
                    shown.status
                ));
            }
            if shown.header("content-type").starts_with("text/html") {
                let unfit = unfit(&shown).map(str::to_owned).chain(needs_script(&shown.text));
                faults.extend(unfit.map(|what| format!("{method} {route} by {caller}: {what}")));
            }
            answered.insert((*method, *route, caller, *whose), (shown.status, shown.words()));
        }
    }
    for ((method, route, caller, whose), another) in &answered {
        let absent = answered.get(&(*method, *route, *caller, "absent"));
        if *whose == "another" && absent != Some(another) && !WHOLE_ZONE.contains(caller) {
            faults.push(format!("{method} {route} by {caller}: another's tells from what is not there"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
