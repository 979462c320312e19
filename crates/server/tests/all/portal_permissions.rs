//! Who may open which page: every page asked by every kind of caller for his own, for another's and for what is not there,
//! as `permissions.rs` does for the interface. Who has not signed in, and every machine, is led to the sign-in.

mod table;

use crate::permissions::{
    CALLERS, Records, WHOLE_ZONE, World, expected_rows, is_read_by_agencies, is_told_elsewhere, without,
};
use crate::support::browser::{Browser, Shown};
use server::api::access::access;
use std::collections::BTreeMap;
pub(crate) use table::TABLE;

/// Pages that name a record in their query.
const NAMES_IN_QUERY: [(&str, &str); 3] =
    [("get", "/desk/search"), ("get", "/desk/consignments"), ("get", "/desk/evidence")];

/// The address of a route, of whom.
pub(crate) fn asked(world: &World, route: &str, whose: &str) -> String {
    let things = world.things(whose);
    let records = things.map(|things| &things.records);
    let shown =
        things.map_or("/v1/consignments/5301999999/ABSENT-1", |things| &things.path).replace("/v1", "/desk");
    let exported =
        things.map_or("/v1/exports/5301999999/ABSENT-1", |things| &things.export).replace("/v1", "/desk");
    let order_no = shown.rsplit('/').next().unwrap();
    let party = things.map_or("5301999999", |things| &things.agent);
    let record = |of: fn(&Records) -> &String, absent: &str| {
        records.map_or(absent.to_owned(), |records| of(records).clone()).replace(':', "%3A")
    };
    let position = things.map_or(99_999_999, |things| things.message["position"].as_u64().unwrap());
    match route {
        "/indicators/file" | "/desk/zone/file" => format!("{route}?chart=days&form=csv"),
        "/static/{name}" if whose == "own" => portal::assets::STYLE.address(),
        "/static/{name}" => "/static/portal-0000000000000000.css".to_owned(),
        "/desk/live" => "/desk/live?platform=none&order=none&seen=1".to_owned(),
        "/desk/search" => format!("/desk/search?text={order_no}"),
        "/desk/consignments" => format!("/desk/consignments?number={order_no}"),
        "/desk/evidence" => format!("/desk/evidence?position={position}"),
        "/desk/persons/{id}" => {
            route.replace("{id}", &record(|one| &one.person, &"0".repeat(32))) + "?purpose=test"
        }
        "/desk/addresses/{id}" => {
            route.replace("{id}", &record(|one| &one.address, &"0".repeat(32))) + "?purpose=test"
        }
        "/desk/credit/report" => format!("{route}?party={party}"),
        "/desk/enterprises/{party}" => route.replace("{party}", party),
        "/desk/consignments/{platform}/{order_no}/photographs/{sha256}" => {
            format!("{shown}/photographs/{}", record(|one| &one.photograph, &"0".repeat(64)))
        }
        trade if trade.starts_with("/desk/consignments/{platform}/{order_no}") => {
            trade.replace("/desk/consignments/{platform}/{order_no}", &shown)
        }
        "/desk/exports/summaries/{agent}/{cop_no}" => {
            format!("/desk/exports/summaries/{}", record(|one| &one.summary, "5301999999/ABSENT-1"))
        }
        "/desk/exports/{merchant}/{order_no}/photographs/{sha256}" => {
            format!("{exported}/photographs/{}", "0".repeat(64))
        }
        export if export.starts_with("/desk/exports/{merchant}/{order_no}") => {
            export.replace("/desk/exports/{merchant}/{order_no}", &exported)
        }
        "/desk/messages/{position}" => format!("/desk/messages/{position}"),
        "/desk/documents/{position}" => format!("/desk/documents/{}", position + 1),
        "/desk/people/{id}" | "/desk/tokens/{id}" => {
            route.replace("{id}", &things.map_or(999_999, |things| things.user).to_string())
        }
        "/desk/registers/{register}/new" => "/desk/registers/filings/new?action=apply".to_owned(),
        "/my/trades/{platform}/{order_no}" => shown.replace("/desk/consignments", "/my/trades"),
        "/my/disputes/{seller}/withdrawal" => {
            route.replace("{seller}", &record(|one| &one.seller, "5301999999"))
        }
        "/desk/registers/attachments/{id}/content" => {
            route.replace("{id}", &record(|one| &one.attachment, "5301999999:licence"))
        }
        "/desk/shares/{id}/records" => route.replace("{id}", &record(|one| &one.share, "5301999999:orders")),
        book if book.starts_with("/desk/books/{id}") => {
            book.replace("{id}", &record(|one| &one.book, "5301999999:T8620W000009"))
        }
        draft if draft.starts_with("/desk/rulebooks/drafts/{id}") => {
            draft.replace("{id}", &record(|one| &one.draft, "00000000-0000-4000-A000-000000000000"))
        }
        "/01/{gtin}/10/{lot}/21/{serial}" => {
            let code = record(|one| &one.code, "09506000134352/L1/000001");
            let mut parts = code.split('/');
            let mut part = || parts.next().unwrap().to_owned();
            format!("/01/{}/10/{}/21/{}", part(), part(), part())
        }
        "/desk/parks/{id}" => route.replace("{id}", &record(|one| &one.park, "5301999999:P1")),
        "/desk/sites/{code}/passes" | "/desk/sites/{code}/stock" => {
            route.replace("{code}", &record(|one| &one.site, "CNKMG869999"))
        }
        codes if codes.starts_with("/desk/trace/codes/{id}") => {
            codes.replace("{id}", &record(|one| &one.codes, "5301999999:09506000134352%2FL1"))
        }
        recall if recall.starts_with("/desk/recalls/{id}") => {
            let purpose = if recall.ends_with("/buyers") { "?purpose=test" } else { "" };
            recall.replace("{id}", &record(|one| &one.recall, "5301999999:ZH1")) + purpose
        }
        other => other.replace("{register}", "filings").replace("{id}", party).replace("{code}", party),
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
const FOR_SCRIPT: [&str; 6] =
    ["data-live", "data-keys-switch", "data-progress", "data-unsent", "data-camera", "data-video"];

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
        assert_eq!(rows, expected_rows(method, route, &NAMES_IN_QUERY), "{method} {route} has not its rows");
    }
    let mut faults = Vec::new();
    let mut all = BTreeMap::new();
    for (method, route, whose, expected) in TABLE {
        let expected = expected.split([' ', '|']).filter(|status| !status.is_empty());
        let expected: Vec<u16> = expected.map(|status| status.parse().unwrap()).collect();
        assert_eq!(expected.len(), CALLERS.len(), "{method} {route} {whose}");
        let path = asked(&world, route, whose);
        // The address itself first, as it stands in links and in what follows a sign-in.
        let encoded = portal::pages::address("", &[("next", &path)]).replace("?next=", "");
        let mut names = vec![encoded, path.replace('&', "&amp;"), path.clone()];
        // What was searched for stands in the field again.
        names.extend(path.split_once("?position=").map(|(_, position)| format!("value=\"{position}\"")));
        names.extend(world.names(whose, &path));
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
            let headers = shown.headers.iter().filter(|(name, _)| *name != "content-length");
            let headers = headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
            let headers: Vec<String> = headers.map(|header| without(&names, &header)).collect();
            let told = (shown.status, headers, without(&names, &shown.text));
            all.insert((*method, *route, caller, *whose), told);
        }
    }
    // To the letter, but for what was asked for.
    for ((method, route, caller, whose), another) in &all {
        let absent = all.get(&(*method, *route, *caller, "absent"));
        let is_known = WHOLE_ZONE.contains(caller) || is_read_by_agencies(caller, route);
        if *whose == "another" && absent != Some(another) && !is_known {
            faults.push(format!("{method} {route} by {caller}: {another:?} tells from {absent:?}"));
        }
    }
    // What is asked for is there: somebody is shown otherwise than of what is not. A form is refused before it is looked for.
    for (method, route) in server::portal::ROUTES.iter().filter(|(method, _)| *method == "get") {
        if expected_rows(method, route, &NAMES_IN_QUERY) == 1 || is_told_elsewhere(route) {
            continue;
        }
        let of = |caller: &'static str, whose: &'static str| all.get(&(*method, *route, caller, whose));
        if CALLERS.into_iter().all(|caller| of(caller, "own") == of(caller, "absent")) {
            faults.push(format!("{method} {route}: nothing is there"));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
