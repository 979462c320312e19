//! The states in which every page is looked at: its forms sent wrongly, its list full. Both tables are held against the table of
//! routes and against the forms that pages have for whoever reads them: a page or a form that is in neither fails. What is
//! in them is opened in a real browser by `refused_in_browser`, `full_in_browser` and `full_of_many_in_browser`; empty lists by
//! `every_page_in_browser`.

use crate::full_in_browser::LISTS;
use crate::full_of_many_in_browser::{OF_MANY, OF_MONTHS};
use crate::permissions::{CALLERS, World};
use crate::portal_permissions::{TABLE, asked};
use crate::support::browser::Browser;
use server::portal::{NO_PAGES, ROUTES};
use std::collections::BTreeSet;

/// The form that a step sends: a selector beneath `main`, what is written into its fields, and the button that is pressed where its
/// name says what is done. `[box]` is the first box to be ticked; `*` is the first of several that lets nothing go; `{long}` is more
/// than any field takes.
pub(crate) type Step = (&'static str, &'static [(&'static str, &'static str)], &'static str);

/// A form that is sent so that something in it is wrong.
pub(crate) struct Refused {
    /// Method and route of the form.
    pub(crate) to: (&'static str, &'static str),
    /// Who sends it.
    pub(crate) who: &'static str,
    /// Where it is: a route of which he has his own, or an address with `{…}` of what the story made.
    pub(crate) page: &'static str,
    /// What is sent, one form after another: the last is wrong. None: the address itself is.
    pub(crate) steps: &'static [Step],
    /// Fields that are written anew: secrets, and what is nothing without its spaces.
    pub(crate) anew: &'static [&'static str],
}

const fn one(
    to: (&'static str, &'static str),
    (who, page): (&'static str, &'static str),
    steps: &'static [Step],
    anew: &'static [&'static str],
) -> Refused {
    Refused { to, who, page, steps, anew }
}

/// Every form in which something can be wrong.
#[rustfmt::skip]
pub(crate) const REFUSED: &[Refused] = &[
    one(("post", "/sign-in"), ("nobody", "/sign-in"),
        &[("form[action='/sign-in']", &[("login", "nobody.at-all"), ("password", "wrong")], "")], &["password"]),
    one(("post", "/register"), ("nobody", "/register"),
        &[("form[action='/register']", &[("code", "5301960199"), ("name", "样一"), ("password", "correct horse battery"), ("again", "another")], "")], &["password", "again"]),
    one(("post", "/desk/account/password"), ("operator", "/desk/account"),
        &[("form[action$='/password']", &[("current", "wrong"), ("new", "another horse battery")], "")], &["current", "new"]),
    one(("post", "/desk/account/second-factor"), ("reader", "/desk/account"),
        &[("form[action$='/second-factor']", &[("password-again", "wrong")], "")], &["password-again"]),
    one(("post", "/desk/account/second-factor/confirm"), ("auditor", "/desk/account"),
        &[("form[action$='/second-factor']", &[("password-again", "correct horse battery")], ""),
          ("form[action$='/confirm']", &[("code", "none")], "")], &["code"]),
    one(("post", "/desk/consignments/{platform}/{order_no}/actions"), ("decider", "{waiting}"),
        &[("form[action*='/actions']", &[("action", "*"), ("text", "{long}")], "")], &[]),
    one(("post", "/desk/exports/{merchant}/{order_no}/actions"), ("decider", "{export}"),
        &[("form[action*='/actions']", &[("action", "*"), ("text", "{long}")], "")], &[]),
    one(("post", "/desk/consignments/{platform}/{order_no}/inspections"), ("inspector", "{inspected}"),
        &[("form[action*='/inspections']", &[("whole", "*"), ("quantity-0", "x"), ("place", "3"), ("words", "")], "")], &[]),
    one(("post", "/desk/exports/{merchant}/{order_no}/inspections"), ("inspector", "{export-inspected}"),
        &[("form[action*='/inspections']", &[("whole", "*"), ("quantity-0", "x"), ("place", "3"), ("words", "")], "")], &[]),
    one(("post", "/desk/queue/decisions"), ("decider", "/desk/queue"),
        &[("form:has(button[value=many])", &[("[box]", "")], "button[value=many]"),
          ("form[action='/desk/queue/decisions']", &[("action", "*"), ("text", " ")], "")], &[]),
    one(("post", "/desk/documents"), ("operator", "/desk/documents?kind=621"),
        &[("form.document", &[], "button[value=send]")], &[]),
    one(("post", "/desk/sandbox"), ("trying", "/desk/sandbox"),
        &[("form[action='/desk/sandbox']", &[("words", "{long}")], "")], &[]),
    one(("post", "/desk/send"), ("operator", "/desk/send"),
        &[("form[action='/desk/send']", &[], "")], &[]),
    one(("post", "/desk/payment-data"), ("decider", "/desk/payment-data"),
        &[("form[action='/desk/payment-data']", &[("orders", "A1")], "")], &[]),
    one(("post", "/desk/registers/{register}/new"), ("operator", "/desk/registers/goods/new?action=apply"),
        &[("form.record", &[("number", "G1")], "button[value=send]")], &[]),
    one(("post", "/desk/registers/{register}/{id}/actions"), ("reviewer", "/desk/registers/{register}/{id}"),
        &[("form.record:has(textarea[name=note][required])", &[("note", " ")], "button[value=send]")], &["note"]),
    one(("post", "/desk/people"), ("admin", "/desk/people"),
        &[("form[action='/desk/people']", &[("login", "A B"), ("name", "样一")], "")], &[]),
    one(("post", "/desk/people/{id}"), ("admin", "/desk/people/{id}"),
        &[("form[action^='/desk/people/']", &[("name", "{long}")], "button[value=save]")], &[]),
    one(("post", "/desk/tokens"), ("admin", "/desk/tokens"),
        &[("form[action='/desk/tokens']", &[("name", "erp"), ("days", "0")], "")], &[]),
    one(("post", "/track"), ("nobody", "/track"),
        &[("form[action='/track']", &[("number", "{long}")], "")], &[]),
    one(("post", "/track/code"), ("nobody", "/track"),
        &[("form[action='/track']", &[("number", "ABSENT-1")], ""),
          ("form[action='/track/code']", &[("code", "000000")], "")], &["code"]),
    one(("post", "/my/disputes"), ("heard", "{disputed}"),
        &[("form[action='/my/disputes']", &[("text", " ")], "")], &[]),
    one(("post", "/my/hearings"), ("heard", "/my/hearings"),
        &[("form[action='/my/hearings']", &[("text*", " ")], "")], &[]),
    one(("post", "/desk/persons"), ("decider", "/desk/persons"),
        &[("form[action='/desk/persons']", &[("number", "000000190001010000"), ("purpose", "样例")], "")], &["number"]),
    one(("post", "/desk/rulebooks/drafts"), ("rulemaker", "/desk/rulebooks/drafts/new?table=risk_rules.csv"),
        &[("form[action='/desk/rulebooks/drafts']", &[("title", "样例"), ("text", "nothing")], "")], &[]),
    one(("post", "/desk/rulebooks/drafts/{id}"), ("rulemaker", "{draft}"),
        &[("form[method=post][action^='/desk/rulebooks/drafts/']", &[("title", "样例"), ("text", "nothing")], "")], &[]),
    one(("post", "/desk/draws"), ("seed-holder", "/desk/draws"),
        &[("form:has([name=commitment])", &[("commitment", "none")], "")], &[]),
    one(("post", "/desk/sites/{code}/records"), ("keeper", "{site}"),
        &[("form[action$='/records']", &[("h-kind", "weight"), ("h-parcels", "5301960401/A1"), ("h-weight", "heavy")], "")], &[]),
    one(("post", "/desk/holds"), ("decider", "/desk/holds"),
        &[("form.stack", &[("carrier", "5301960401"), ("parcel", "A1"), ("text", " ")], "")], &["text"]),
    one(("post", "/desk/parcels"), ("receiver", "/desk/parcels"),
        &[("form[action='/desk/parcels']", &[("text", "nothing")], "")], &[]),
    one(("post", "/desk/trace"), ("keeper", "/desk/trace"),
        &[("form[action='/desk/trace']", &[("code", "none"), ("carrier", "5301960401"), ("parcel", "A1")], "")], &[]),
    one(("get", "/tariff/calculator"), ("nobody", "/tariff/calculator"),
        &[("form[action='/tariff/calculator']", &[("code", "1"), ("price", "10"), ("quantity", "2")], "")], &[]),
    one(("get", "/draws"), ("nobody", "/draws"),
        &[("form[action='/draws']", &[("period", "20990101"), ("platform", "5301960101"), ("order", "A1"), ("salt", "00000000000000000000000000000000")], "")], &[]),
    one(("get", "/trace"), ("nobody", "/trace"),
        &[("form[action='/trace']", &[("code", "none")], "")], &[]),
    one(("get", "/indicators"), ("nobody", "/indicators"),
        &[("form.filter", &[("from", "2026-11-30"), ("to", "2026-11-01")], "")], &[]),
    one(("get", "/desk/zone"), ("decider", "/desk/zone"),
        &[("form.filter", &[("from", "2026-11-30"), ("to", "2026-11-01")], "")], &[]),
    one(("get", "/desk/bills"), ("operator", "/desk/bills"),
        &[("form.filter", &[("from", "2026-11-30"), ("to", "2026-11-01")], "")], &[]),
    one(("get", "/desk/parks/{id}"), ("decider", "/desk/parks/{id}"),
        &[("form.filter", &[("from", "yesterday"), ("to", "20261101")], "")], &[]),
    one(("get", "/desk/books/{id}"), ("decider", "/desk/books/{id}"),
        &[("form.filter", &[("at", "yesterday")], "")], &[]),
    one(("get", "/desk/rulebooks"), ("zone-auditor", "/desk/rulebooks"),
        &[("form.filter", &[("from", "1"), ("to", "999999")], "")], &[]),
    one(("get", "/desk/search"), ("operator", "/desk/search"),
        &[("form[action='/desk/search']", &[("text", "{long}")], "")], &[]),
    one(("get", "/desk/credit"), ("decider", "/desk/credit"),
        &[("form[action='/desk/credit']", &[("party", "5301999999")], "")], &[]),
    one(("get", "/desk/evidence"), ("operator", "/desk/evidence"),
        &[("form:has([name=position])", &[("position", "99999999")], "")], &[]),
    // Fields for days take real days alone: only an address has what is none.
    one(("get", "/desk/decisions"), ("decider", "/desk/decisions?after=none"), &[], &[]),
    one(("get", "/desk/persons/{id}"), ("decider", "{person}"),
        &[("form[action^='/desk/persons/']", &[("purpose", "{long}")], "")], &[]),
    one(("get", "/desk/addresses/{id}"), ("decider", "{address}"),
        &[("form[action^='/desk/addresses/']", &[("purpose", "{long}")], "")], &[]),
    one(("get", "/desk/recalls/{id}/buyers"), ("decider", "/desk/recalls/{id}"),
        &[("form[action$='/buyers']", &[("purpose", "x")], "")], &[]),
];

/// Why nothing can be wrong with a form.
const ONE_BUTTON: &str = "one button: nothing is filled in";
const WORDS: &str = "it narrows a list: what fits nothing is an empty list, which is looked at";
const NEVER: &[((&str, &str), &str)] = &[
    (("post", "/sign-out"), ONE_BUTTON),
    (("post", "/desk/consignments/{platform}/{order_no}/assignment"), ONE_BUTTON),
    (("post", "/desk/exports/{merchant}/{order_no}/assignment"), ONE_BUTTON),
    (("post", "/desk/tokens/{id}"), ONE_BUTTON),
    (("post", "/desk/recalls/{id}"), ONE_BUTTON),
    (("post", "/my/lock"), ONE_BUTTON),
    (("post", "/my/notices"), ONE_BUTTON),
    (("post", "/my/disputes/{seller}/withdrawal"), ONE_BUTTON),
    (("post", "/my/erasure"), ONE_BUTTON),
    (
        ("post", "/desk/queue"),
        "boxes and buttons: where nothing is ticked it leads back to the queue, which says so",
    ),
    (
        ("post", "/desk/sites/{code}"),
        "every scan is answered: what is no parcel is one that nobody knows, and stays",
    ),
    (("post", "/desk/sites/{code}/scans"), "no form but what a script sends, and its answer is no page"),
    (("get", "/tariff"), WORDS),
    (("get", "/parks"), WORDS),
    (("get", "/desk/rules"), WORDS),
    (("get", "/desk/consignments"), WORDS),
    (("get", "/desk/exports"), WORDS),
    (("get", "/desk/exports/summaries"), WORDS),
    (("get", "/desk/registers/{register}"), WORDS),
    (("get", "/desk/rulebooks/drafts/new"), "a table is chosen from all that there are"),
];

/// Why a page has no list that could be full.
const NO_LIST: &str = "words, a form, or one thing with its own parts: nothing in it grows";
const FIXED: &str = "its rows are those of a table of the rulebook or of the program: it is full always";
const ANSWER: &str =
    "what a form is answered with: its lists are bounded, and full ones are in the portal's own gallery";
const ELSEWHERE: &str =
    "what grows in it is turned page by page; the portal's tests of sizes fill it to its bound";
const FEW: &[(&str, &str)] = &[
    ("/", NO_LIST),
    ("/sign-in", NO_LIST),
    ("/register", NO_LIST),
    ("/guide", NO_LIST),
    ("/track", NO_LIST),
    ("/trace", NO_LIST),
    ("/status", NO_LIST),
    ("/01/{gtin}/10/{lot}/21/{serial}", NO_LIST),
    ("/tariff/calculator", NO_LIST),
    ("/indicators", FIXED),
    ("/desk/zone", FIXED),
    ("/desk", FIXED),
    ("/desk/account", NO_LIST),
    ("/desk/send", NO_LIST),
    ("/desk/sandbox", NO_LIST),
    ("/desk/documents", NO_LIST),
    ("/desk/documents/{position}", ELSEWHERE),
    ("/desk/consignments/{platform}/{order_no}", ELSEWHERE),
    ("/desk/exports/{merchant}/{order_no}", ELSEWHERE),
    ("/my/trades/{platform}/{order_no}", ELSEWHERE),
    ("/desk/datasets", FIXED),
    ("/desk/retention", FIXED),
    ("/desk/registers", FIXED),
    ("/desk/registers/{register}/new", NO_LIST),
    ("/desk/registers/{register}/{id}", NO_LIST),
    ("/desk/people/{id}", NO_LIST),
    ("/desk/operation", FIXED),
    ("/desk/persons", NO_LIST),
    ("/desk/enterprises/{party}", ANSWER),
    ("/desk/credit", ANSWER),
    ("/desk/search", ANSWER),
    ("/desk/parcels", ANSWER),
    ("/desk/trace", NO_LIST),
    ("/desk/rulebooks/drafts/new", NO_LIST),
    ("/desk/rulebooks/drafts/{id}", ANSWER),
    ("/desk/sites/{code}", NO_LIST),
    ("/my/quota", ANSWER),
    ("/desk/addresses/{id}", "the page of persons, which is looked at full"),
];

/// The route that an address is of: of several the one that names the most.
fn route_of(method: &str, address: &str) -> Option<&'static str> {
    let given: Vec<&str> = address.split(['?', '#']).next().unwrap().split('/').collect();
    let fits = |route: &&(&str, &str)| {
        let parts: Vec<&str> = route.1.split('/').collect();
        let is_it = |(part, given): (&&str, &&str)| part == given || part.starts_with('{');
        route.0 == method && parts.len() == given.len() && parts.iter().zip(&given).all(is_it)
    };
    ROUTES.iter().filter(fits).min_by_key(|route| route.1.matches('{').count()).map(|route| route.1)
}

/// Method and route of each form in the middle of a page.
fn forms_of(text: &str) -> Vec<(String, String)> {
    let main = text.split("<main").nth(1).unwrap_or_default().split("</main>").next().unwrap();
    let tags = main.split("<form").skip(1).map(|form| form.split('>').next().unwrap());
    tags.map(|tag| {
        let attribute = |name: &str| {
            let given = tag.split(&format!(" {name}=\"")).nth(1);
            given.map_or("", |rest| rest.split('"').next().unwrap()).to_owned()
        };
        (attribute("method"), attribute("action"))
    })
    .collect()
}

#[test]
fn a_form_is_known_by_the_route_that_it_is_sent_to() {
    let forms = forms_of(
        "<form method=\"get\" action=\"/desk/search\"></form><main id=\"a\"><form class=\"x\" method=\"post\" action=\"/desk/people/7\"></form></main>",
    );
    assert_eq!(forms, [("post".to_owned(), "/desk/people/7".to_owned())]);
    assert_eq!(route_of("post", "/desk/people/7"), Some("/desk/people/{id}"));
    assert_eq!(
        route_of("get", "/desk/rulebooks/drafts/new?table=x"),
        Some("/desk/rulebooks/drafts/new"),
        "not a draft of this name"
    );
    assert_eq!(route_of("get", "/nowhere"), None);
}

/// Whether each of these is in one of two tables and in one alone.
fn in_one<'a>(
    wanted: &BTreeSet<(&'a str, &'a str)>,
    looked_at: &BTreeSet<(&'a str, &'a str)>,
    left: &BTreeSet<(&'a str, &'a str)>,
) -> Vec<String> {
    let mut faults = Vec::new();
    for one in wanted {
        match (looked_at.contains(one), left.contains(one)) {
            (false, false) => faults.push(format!("{one:?} is neither looked at nor left out for a reason")),
            (true, true) => faults.push(format!("{one:?} is looked at, and left out")),
            _ => {}
        }
    }
    let known: BTreeSet<(&str, &str)> = ROUTES.iter().copied().collect();
    let gone = looked_at.union(left).filter(|one| !known.contains(*one));
    faults.extend(gone.map(|one| format!("{one:?} is no route any more")));
    faults
}

#[test]
fn every_list_is_looked_at_full_or_cannot_be() {
    let pages = ROUTES.iter().filter(|(method, route)| *method == "get" && !NO_PAGES.contains(route));
    let full = LISTS.iter().chain(OF_MANY).chain(OF_MONTHS).map(|list| {
        let route = route_of("get", list.page);
        ("get", route.unwrap_or_else(|| panic!("{} is no page", list.page)))
    });
    let few = FEW.iter().map(|(route, _)| ("get", *route));
    let faults = in_one(&pages.copied().collect(), &full.collect(), &few.collect());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(FEW.iter().all(|(_, why)| !why.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_is_sent_wrongly_or_cannot_be() {
    let world = World::new().await;
    let mut forms: BTreeSet<(&str, &str)> =
        ROUTES.iter().filter(|(method, _)| *method == "post").copied().collect();
    let mut nowhere = Vec::new();
    for caller in CALLERS {
        let session = world.texts.get(caller).cloned().unwrap_or_default();
        // Machines have no pages.
        if session.starts_with("ow_") {
            continue;
        }
        let mut browser = Browser::with(&world.zone, &session);
        for (method, route, whose, _) in TABLE {
            if *method != "get" || *whose != "own" || NO_PAGES.contains(route) {
                continue;
            }
            let shown = browser.get(&asked(&world, route, whose)).await;
            if shown.status != 200 {
                continue;
            }
            for (method, action) in forms_of(&shown.text) {
                let method = if method == "post" { "post" } else { "get" };
                match route_of(method, &action) {
                    Some(found) => _ = forms.insert((method, found)),
                    None => nowhere.push(format!("{route}: a form is sent to {action}")),
                }
            }
        }
    }
    let refused = REFUSED.iter().map(|refused| refused.to).collect();
    let never = NEVER.iter().map(|(to, _)| *to).collect();
    let mut faults = in_one(&forms, &refused, &never);
    faults.extend(nowhere);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(NEVER.iter().all(|(_, why)| !why.is_empty()));
    for refused in REFUSED {
        let is_known = CALLERS.contains(&refused.who) || ["trying", "heard"].contains(&refused.who);
        assert!(is_known, "nobody is {}", refused.who);
    }
}
