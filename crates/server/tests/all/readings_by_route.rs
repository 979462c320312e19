//! Every way of reading, route by route and page by page: it writes down that somebody else's record was read, with what for or in
//! which duty, or it stands here with the reason why there is nothing to write down. A route that stands nowhere fails.

use crate::permissions::{OFFICE, World};
use crate::portal_permissions;
use crate::support::browser::Browser;
use clearance::Text;
use clearance::record::Register;
use register::access::{Access, GROUNDS};
use std::collections::BTreeMap;
use store::{Read, RecordSearch};

/// What becomes of a reading.
#[derive(Clone, Copy)]
enum Told {
    /// Asked by this caller for his own or another's, it is written down as of this kind.
    Written(&'static str, &'static str, &'static str),
    /// What it reads this zone has not; a test of this name in this file shows that it is written down.
    In(&'static str, &'static str),
    /// There is nothing to write down: why.
    Nothing(&'static str),
}
use Told::{In, Nothing, Written};

const OWN: &str = "what is the caller's own, and nothing else";
const PUBLIC: &str = "what everybody is told";
const LAW: &str = "law, forms and lists of the window, of no party";
const COUNTS: &str = "sums and counts, of no one's record";
const LOG: &str =
    "which rows there are, of what kind and by whom; what is in one is read by a route of its own";
const SEALED: &str = "tables of the rulebook, of no party";
const OFFICES: &str = "what the caller's own office does: who works on what, what he decided";

const ROUTES: &[(&str, Told)] = &[
    (
        "/v1/messages",
        In("list_readings", "every_list_of_an_office_and_every_receipt_of_another_is_written_down"),
    ),
    ("/v1/messages/{position}/original", Written("officer", "another", "message")),
    ("/v1/documents/{position}", Nothing(OWN)),
    ("/v1/definitions", Nothing(LAW)),
    ("/v1/definitions/{kind}", Nothing(LAW)),
    ("/v1/receipts", Nothing(OWN)),
    ("/v1/consignments", Written("officer", "another", "consignments")),
    ("/v1/consignments/{platform}/{order_no}", Written("officer", "another", "consignment")),
    ("/v1/consignments/{platform}/{order_no}/inspections", Written("officer", "another", "consignment")),
    (
        "/v1/consignments/{platform}/{order_no}/photographs/{sha256}",
        Written("officer", "another", "photograph"),
    ),
    ("/v1/consignments/{platform}/{order_no}/draw", Written("officer", "another", "consignment")),
    ("/v1/assignments", Nothing(OFFICES)),
    ("/v1/declarations/{invt_no}", Written("officer", "another", "consignment")),
    ("/v1/accounts", Written("officer", "own", "accounts")),
    ("/v1/registers", Nothing(LAW)),
    ("/v1/registers/{register}", Written("officer", "another", "filings")),
    ("/v1/registers/{register}/{id}", Written("officer", "another", "filings")),
    ("/v1/registers/{register}/{id}/history", Written("agency", "another", "filings")),
    ("/v1/datasets", Nothing(LAW)),
    ("/v1/datasets/{dataset}", Nothing(LAW)),
    ("/v1/shares/{id}/records", Written("agency", "own", "share")),
    ("/v1/institutions", Nothing(PUBLIC)),
    ("/v1/credit", Nothing(PUBLIC)),
    ("/v1/credit/{party}", Written("agency", "another", "credit")),
    ("/v1/credit/{party}/report.pdf", Written("officer", "another", "credit")),
    ("/v1/statistics", Nothing(LAW)),
    ("/v1/statistics/{table}", Nothing(COUNTS)),
    ("/v1/indicators/{table}", Nothing(COUNTS)),
    ("/v1/reasons", Nothing(LAW)),
    ("/v1/limits", Nothing(LAW)),
    ("/v1/sandbox/conformance", Nothing(OWN)),
    ("/v1/evidence/head", Nothing(LOG)),
    ("/v1/evidence/keys", Nothing(LOG)),
    ("/v1/evidence/proof", Nothing(LOG)),
    ("/v1/evidence/consistency", Nothing(LOG)),
    ("/v1/evidence/entries", Nothing(LOG)),
    ("/v1/evidence/search", Nothing(LOG)),
    ("/v1/openapi.json", Nothing(LAW)),
    ("/health", Nothing(PUBLIC)),
    ("/ready", Nothing(PUBLIC)),
    ("/metrics", Nothing(COUNTS)),
    ("/v1/operation", Nothing("counts, and that a delivery fails, for whoever keeps the window going")),
    ("/v1/rulebooks", Nothing(SEALED)),
    ("/v1/rulebooks/differences", Nothing(SEALED)),
    ("/v1/sessions", Nothing(OWN)),
    ("/v1/users/me", Nothing(OWN)),
    ("/v1/users", Written("zone-admin", "own", "users")),
    ("/v1/users/{id}", Written("zone-admin", "another", "users")),
    ("/v1/tokens", Written("zone-admin", "own", "tokens")),
    ("/v1/trace", Written("zone-auditor", "own", "trace")),
    ("/v1/sign-in", Nothing(PUBLIC)),
    ("/v1/sign-in/{provider}", Nothing(PUBLIC)),
    ("/v1/sign-in/{provider}/callback", Nothing(PUBLIC)),
    ("/v1/consumer/trades", Nothing(OWN)),
    ("/v1/consumer/trades/{platform}/{order_no}", Nothing(OWN)),
    ("/v1/consumer/quota", Nothing(OWN)),
    ("/v1/consumer/disputes", Nothing(OWN)),
    ("/v1/consumer/hearings", Nothing(OWN)),
    ("/v1/consumer/accesses", Nothing(OWN)),
    ("/v1/consumer/data", Nothing(OWN)),
    ("/v1/publications", Nothing(PUBLIC)),
    ("/v1/persons/{id}", Written("decider", "another", "person")),
    ("/v1/addresses/{id}", Written("decider", "another", "address")),
    ("/v1/enterprises/{party}", Written("officer", "another", "enterprise")),
    ("/v1/rulebooks/drafts", Nothing(SEALED)),
    ("/v1/rulebooks/drafts/{id}", Nothing(SEALED)),
    ("/v1/rulebooks/drafts/{id}/tables/{table}", Nothing(SEALED)),
    (
        "/v1/risk/feedback",
        In("risk_cases", "who_reads_what_cases_of_others_came_to_is_found_by_their_agencies"),
    ),
    ("/v1/draws", Nothing(PUBLIC)),
    ("/v1/draws/{period}", Nothing(PUBLIC)),
    ("/v1/draws/{period}/list", Nothing(PUBLIC)),
    ("/v1/draws/{period}/line", Nothing(PUBLIC)),
    ("/v1/draws/{period}/orders", In("draws", "draw-orders")),
    (
        "/v1/bills",
        In("list_readings", "bills_balances_and_credit_are_readings_with_what_was_said_or_the_duty"),
    ),
    ("/v1/search", Written("officer", "another", "search")),
    ("/v1/decisions", Nothing(OFFICES)),
    ("/v1/risk/model", Nothing(COUNTS)),
    ("/v1/books", Written("officer", "own", "bonded-books")),
    ("/v1/books/{id}", Written("officer", "another", "bonded-books")),
    ("/v1/books/{id}/movements", Written("officer", "another", "bonded-books")),
    ("/v1/exports", Written("officer", "own", "exports")),
    ("/v1/exports/{merchant}/{order_no}", Written("officer", "another", "export")),
    ("/v1/exports/{merchant}/{order_no}/inspections", Written("officer", "another", "export")),
    (
        "/v1/exports/{merchant}/{order_no}/photographs/{sha256}",
        In("export_looks", "\"kind\"], \"photograph\""),
    ),
    ("/v1/exports/summaries", Written("officer", "own", "summaries")),
    ("/v1/exports/summaries/{agent}/{cop_no}", Written("officer", "another", "summary")),
    ("/v1/parks", Nothing(PUBLIC)),
    ("/v1/parks/{id}/figures", Written("officer", "another", "parks")),
    ("/v1/sites", Nothing(OWN)),
    ("/v1/sites/{code}/passes", Nothing(OWN)),
    ("/v1/sites/{code}/stock", Nothing(OWN)),
    ("/v1/sites/{code}/bags", Nothing(OWN)),
    ("/v1/holds", In("keeper", "parcel-holds")),
    ("/v1/retention", Nothing(LAW)),
    ("/v1/trace/{gtin}/{lot}/{serial}", Nothing(PUBLIC)),
    ("/v1/trace/codes/{id}", Written("officer", "another", "trace-codes")),
    ("/v1/trace/codes/{id}/picture", Written("officer", "another", "trace-codes")),
    ("/v1/recalls/{id}", Written("officer", "another", "recalls")),
    ("/v1/recalls/{id}/buyers", Written("decider", "another", "recall-buyers")),
    ("/v1/processes", Nothing(LAW)),
];

/// Pages call the handlers of the interface: what these write down is written down for them.
const PAGES: &[(&str, Told)] = &[
    ("/", Nothing(PUBLIC)),
    ("/static/{name}", Nothing(PUBLIC)),
    ("/sign-in", Nothing(PUBLIC)),
    ("/tariff", Nothing(LAW)),
    ("/tariff/calculator", Nothing(LAW)),
    ("/status", Nothing(COUNTS)),
    ("/indicators", Nothing(COUNTS)),
    ("/indicators/file", Nothing(COUNTS)),
    ("/desk/zone", Nothing(COUNTS)),
    ("/desk/zone/file", Nothing(COUNTS)),
    ("/desk", Nothing(COUNTS)),
    ("/desk/account", Nothing(OWN)),
    ("/desk/consignments", Written("decider", "another", "consignments")),
    ("/desk/consignments/{platform}/{order_no}", Written("decider", "another", "consignment")),
    (
        "/desk/consignments/{platform}/{order_no}/photographs/{sha256}",
        Written("decider", "another", "photograph"),
    ),
    ("/desk/documents", Nothing(LAW)),
    ("/desk/documents/{position}", Nothing(OWN)),
    ("/desk/live", Nothing("that what is shown already has changed: looking at it was written down")),
    ("/desk/messages/{position}", Written("decider", "another", "message")),
    ("/desk/queue", In("list_readings", "an_officers_queue_is_a_reading_and_watching_it_is_none")),
    ("/desk/receipts", Nothing(OWN)),
    (
        "/desk/bills",
        In("list_readings", "bills_balances_and_credit_are_readings_with_what_was_said_or_the_duty"),
    ),
    ("/desk/search", Written("decider", "another", "search")),
    ("/desk/rules", Nothing(LAW)),
    ("/desk/datasets", Nothing(LAW)),
    ("/desk/retention", Nothing(LAW)),
    ("/desk/sandbox", Nothing(OWN)),
    ("/desk/send", Nothing(OWN)),
    (
        "/desk/payment-data",
        Nothing(
            "between the office that asked and the platform; what another reads the list beneath writes down",
        ),
    ),
    ("/desk/demands", Nothing("between the two whom a demand and its offer name")),
    ("/desk/books", Written("decider", "own", "bonded-books")),
    ("/desk/books/{id}", Written("decider", "another", "bonded-books")),
    ("/desk/books/{id}/file", Written("decider", "another", "bonded-books")),
    ("/desk/exports", Written("decider", "own", "exports")),
    ("/desk/exports/{merchant}/{order_no}", Written("decider", "another", "export")),
    (
        "/desk/exports/{merchant}/{order_no}/photographs/{sha256}",
        In("export_looks", "\"kind\"], \"photograph\""),
    ),
    ("/desk/exports/summaries", Written("decider", "own", "summaries")),
    ("/desk/exports/summaries/{agent}/{cop_no}", Written("decider", "another", "summary")),
    ("/desk/registers", Nothing(COUNTS)),
    ("/desk/registers/{register}", Written("decider", "own", "filings")),
    ("/desk/registers/{register}/new", Nothing(LAW)),
    ("/desk/registers/{register}/{id}", Written("decider", "another", "filings")),
    ("/desk/registers/attachments/{id}/content", Written("decider", "another", "attachments")),
    ("/desk/reviews", Written("reviewer", "own", "filings")),
    ("/register", Nothing(PUBLIC)),
    ("/desk/people", Written("zone-admin", "own", "users")),
    ("/desk/people/{id}", Written("zone-admin", "another", "users")),
    ("/desk/tokens", Written("zone-admin", "own", "tokens")),
    ("/desk/shares", Nothing(OWN)),
    ("/desk/shares/{id}/records", Written("receiver", "own", "share")),
    ("/desk/operation", Nothing("counts, and that a delivery fails, for whoever keeps the window going")),
    ("/desk/rulebooks", Nothing(SEALED)),
    ("/desk/evidence", Nothing(LOG)),
    ("/desk/evidence/file", Nothing(LOG)),
    ("/guide", Nothing(PUBLIC)),
    ("/lists", Nothing(PUBLIC)),
    ("/track", Nothing(PUBLIC)),
    ("/my", Nothing(OWN)),
    ("/my/trades/{platform}/{order_no}", Nothing(OWN)),
    ("/my/quota", Nothing(OWN)),
    ("/my/disputes", Nothing(OWN)),
    ("/my/hearings", Nothing(OWN)),
    ("/my/data", Nothing(OWN)),
    ("/my/data/file", Nothing(OWN)),
    (
        "/desk/persons",
        Nothing("the form that asks for a number: who is found by it is written down with the number sent"),
    ),
    ("/desk/persons/{id}", Written("decider", "another", "person")),
    ("/desk/addresses/{id}", Written("decider", "another", "address")),
    ("/desk/enterprises/{party}", Written("decider", "another", "enterprise")),
    ("/desk/credit", Written("decider", "another", "credit")),
    ("/desk/credit/report", Written("decider", "another", "credit")),
    ("/desk/rulebooks/drafts", Nothing(SEALED)),
    ("/desk/rulebooks/drafts/new", Nothing(SEALED)),
    ("/desk/rulebooks/drafts/{id}", Nothing(SEALED)),
    ("/draws", Nothing(PUBLIC)),
    ("/desk/draws", Nothing(PUBLIC)),
    ("/desk/decisions", Nothing(OFFICES)),
    ("/desk/decisions/file", Nothing(OFFICES)),
    ("/parks", Nothing(PUBLIC)),
    ("/desk/parks/{id}", Written("decider", "another", "parks")),
    ("/desk/sites", Nothing(OWN)),
    ("/desk/sites/{code}", Nothing(OWN)),
    ("/desk/sites/{code}/passes", Nothing(OWN)),
    ("/desk/sites/{code}/stock", Nothing(OWN)),
    ("/desk/sites/{code}/bags", Nothing(OWN)),
    ("/desk/holds", In("keeper", "parcel-holds")),
    ("/desk/parcels", Nothing(OWN)),
    ("/trace", Nothing(PUBLIC)),
    ("/01/{gtin}/10/{lot}/21/{serial}", Nothing(PUBLIC)),
    ("/desk/trace", Nothing(OWN)),
    ("/desk/trace/codes/{id}", Written("decider", "another", "trace-codes")),
    ("/desk/trace/codes/{id}/file", Written("decider", "another", "trace-codes")),
    ("/desk/trace/codes/{id}/picture", Written("decider", "another", "trace-codes")),
    ("/desk/recalls/{id}", Written("decider", "another", "recalls")),
    ("/desk/recalls/{id}/buyers", Written("decider", "another", "recall-buyers")),
];

/// Callers who ask for what is said to be nothing to write down: who sees every party, who keeps users, who keeps a site, a person.
const ASKING: [&str; 6] = ["officer", "zone", "zone-admin", "agency", "site-operator", "consumer"];

/// Every reading that was written down, by its id.
async fn written(world: &World) -> BTreeMap<Text, Access> {
    world.zone.until_listed().await;
    let search = RecordSearch { register: Register::Access, parties: None, states: Vec::new() };
    let (records, next) = world.zone.window.read.records(&search, None, 5_000).await.unwrap();
    assert!(next.is_none(), "more readings than are looked at");
    records.iter().map(|record| (record.key.id.clone(), Access::of(record))).collect()
}

/// Each route that reads stands in the table once, and nothing else does.
fn stands_once(table: &[(&str, Told)], routes: &[(&str, &str)]) -> Vec<String> {
    let rows = |route: &str| table.iter().filter(|row| row.0 == route).count();
    let gets = routes.iter().filter(|(method, _)| *method == "get").map(|(_, route)| *route);
    let unsaid =
        gets.filter(|&route| rows(route) != 1).map(|route| format!("{route} stands {} times", rows(route)));
    let known = |route: &str| routes.iter().any(|(method, one)| *method == "get" && *one == route);
    let none = table.iter().filter(|row| !known(row.0)).map(|row| format!("{} is no route", row.0));
    unsaid.chain(none).collect()
}

/// What is wrong with what a reading wrote.
fn faults_of(
    route: &str,
    kind: &str,
    before: &BTreeMap<Text, Access>,
    after: &BTreeMap<Text, Access>,
) -> Vec<String> {
    let new: Vec<&Access> =
        after.iter().filter(|(id, _)| !before.contains_key(*id)).map(|(_, one)| one).collect();
    let mut faults = Vec::new();
    if !new.iter().any(|one| one.kind == kind) {
        let kinds: Vec<&str> = new.iter().map(|one| one.kind.as_str()).collect();
        faults.push(format!("{route}: no reading of {kind} was written down: {kinds:?}"));
    }
    for one in new {
        let duty = GROUNDS.contains(&one.ground.as_str());
        if one.purpose.is_empty() != duty {
            faults.push(format!("{route}: neither or both of purpose and ground: {one:?}"));
        }
    }
    faults
}

/// That the tests which show the rest are there.
fn told_elsewhere(table: &[(&str, Told)]) -> Vec<String> {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/all/");
    let shown = |file: &str, text: &str| {
        let source = std::fs::read_to_string(format!("{here}{file}.rs")).unwrap();
        source.contains(text)
    };
    let rows = table.iter().filter_map(|(route, told)| match *told {
        In(file, text) if !shown(file, text) => Some(format!("{route}: nothing of it in {file}")),
        Nothing("") => Some(format!("{route}: no reason")),
        _ => None,
    });
    rows.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_that_reads_writes_it_down_or_has_a_reason() {
    let mut faults = stands_once(ROUTES, server::api::ROUTES);
    faults.extend(told_elsewhere(ROUTES));
    let world = World::new().await;
    for (route, told) in ROUTES {
        let before = written(&world).await;
        match *told {
            Written(caller, whose, kind) => {
                let (path, _) = world.asked(caller, "get", route, whose).await;
                let token = Some(world.texts[caller].as_str());
                let (status, answer) = world.zone.request("GET", &path, token, Vec::new()).await;
                if status != 200 {
                    faults.push(format!("{route} of {whose} by {caller}: {status}: {answer}"));
                }
                faults.extend(faults_of(route, kind, &before, &written(&world).await));
            }
            Nothing(_) => {
                for caller in ASKING {
                    let (path, _) = world.asked(caller, "get", route, "own").await;
                    let token = Some(world.texts[caller].as_str());
                    world.zone.request("GET", &path, token, Vec::new()).await;
                }
                let after = written(&world).await;
                if after.len() != before.len() {
                    faults.push(format!("{route}: there is something to write down"));
                }
            }
            In(..) => {}
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_that_reads_writes_it_down_or_has_a_reason() {
    let mut faults = stands_once(PAGES, server::portal::ROUTES);
    faults.extend(told_elsewhere(PAGES));
    let world = World::new().await;
    for (route, told) in PAGES {
        let Written(caller, whose, kind) = *told else { continue };
        let mut path = portal_permissions::asked(&world, route, whose);
        if *route == "/desk/credit" {
            path = format!("{path}?party={}", world.things(whose).unwrap().agent);
        }
        let before = written(&world).await;
        let shown = Browser::with(&world.zone, &world.texts[caller]).get(&path).await;
        if shown.status != 200 {
            faults.push(format!("{route} of {whose} by {caller}: {}", shown.status));
        }
        faults.extend(faults_of(route, kind, &before, &written(&world).await));
    }
    // What for a page is opened stands in its address, and then in the record.
    for (route, kind) in
        [("/desk/consignments/{platform}/{order_no}", "consignment"), ("/desk/parks/{id}", "parks")]
    {
        let before = written(&world).await;
        let path = portal_permissions::asked(&world, route, "another");
        let path = format!("{path}?purpose=%E6%A0%B7%E4%BE%8B%E6%A0%B8%E6%9F%A5");
        assert_eq!(Browser::with(&world.zone, &world.texts["decider"]).get(&path).await.status, 200);
        let after = written(&world).await;
        let new = after.iter().find(|(id, one)| !before.contains_key(*id) && one.kind == kind);
        let (id, new) = new.unwrap();
        assert_eq!((new.purpose.as_str(), new.ground.as_str()), ("样例核查", ""), "{new:?}");
        assert!(id.starts_with(OFFICE), "{id}");
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
