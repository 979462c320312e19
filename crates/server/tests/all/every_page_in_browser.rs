//! Every page of the table of routes, as everybody who can sign in finds it, in a real browser: what is his, what is not there,
//! what he may not see. The zone has hardly anything in it, so lists are empty; full ones are looked at by the tests of each desk.
//! Of every page there are pictures afterwards, in Chinese and in English, on a telephone and at a desk.

use crate::parks;
use crate::permissions::{CALLERS, World};
use crate::portal_in_browser::{CHECKS, Served, browser, focus, folder, serve, sign_in, take_over};
use crate::portal_permissions::{TABLE, asked};
use crate::support::chromium::Chromium;
use crate::support::pictures;
use serde_json::json;
use server::portal::NO_PAGES;
use std::collections::BTreeSet;

/// The languages that have every page.
const LANGUAGES: [&str; 2] = ["zh-CN", "en"];
/// How a page is looked at: how wide the window is, and whether it is dark.
const LOOKS: [(u32, bool); 2] = [(1280, false), (390, true)];
/// Pages of which the addresses of the table lead to what is not there: a page of the same readers, and where they find this one.
const FOUND: [(&str, &str, &str); 3] = [
    ("/desk/documents", "/desk/send", "/desk/documents?kind=621"),
    ("/desk/sites/{code}", "/desk/sites/{code}/stock", "/desk/sites/{site}"),
    ("/desk/sites/{code}/bags", "/desk/sites/{code}/stock", "/desk/sites/{site}/bags?bag=B1"),
];
/// The page of a space for trying is nowhere else.
const TRYING: &str = "/desk/sandbox";

/// What a page says in its middle, without what is drawn anew for each form.
const MIDDLE: &str = "(() => { const main = document.querySelector('main').cloneNode(true); \
    main.querySelectorAll('input[type=hidden]').forEach(one => one.remove()); return main.innerHTML; })()";

/// The addresses at which a route is looked at: of one's own, and of what is not there.
fn looked_at(world: &World) -> Vec<(&'static str, &'static str, String)> {
    let is_page = |row: &&(&'static str, &'static str, &str, &str)| {
        row.0 == "get" && row.2 != "another" && !NO_PAGES.contains(&row.1)
    };
    let mut found: Vec<_> =
        TABLE.iter().filter(is_page).map(|row| (row.1, row.3, asked(world, row.1, row.2))).collect();
    for (route, alike, there) in FOUND {
        let readers = TABLE.iter().find(|row| (row.0, row.1, row.2) == ("get", alike, "own")).unwrap().3;
        found.push((route, readers, there.replace("{site}", &world.things("own").unwrap().records.site)));
    }
    for (method, route) in server::portal::ROUTES {
        let is_known = NO_PAGES.contains(route) || found.iter().any(|(known, ..)| known == route);
        assert!(*method != "get" || is_known, "{route} is looked at by nobody");
    }
    found
}

/// The name of the picture of a page.
fn picture_of(route: &str, language: &str, width: u32) -> String {
    format!("page{}-{language}-{width}.png", route.replace(['/', '{', '}'], "_"))
}

/// A bag that the keeper of the site has sealed.
async fn sealed(world: &World) {
    let sealing = json!({"kind": "bag", "parcels": ["5301960401/SEALED1"], "bag": "B1", "seal": "S1"});
    let body = json!({"number": "b1", "happened": sealing}).to_string().into_bytes();
    let path = format!("/v1/sites/{}/records", world.things("own").unwrap().records.site);
    let token = &world.zone.tokens[parks::OPERATOR];
    let (status, told) = world.zone.request("POST", &path, Some(token), body).await;
    assert_eq!(status, 200, "{told}");
}

/// Pictures of the page of a space for trying, as it is open.
fn tried(browser: &mut Chromium, sandbox: &Served, faults: &mut Vec<String>) {
    take_over(browser, &sandbox.address, "");
    sign_in(browser, sandbox);
    for language in LANGUAGES {
        browser.open(&format!("{}{TRYING}?lang={language}", sandbox.address));
        for (width, dark) in LOOKS {
            browser.look(width, dark);
            let found = browser.run(CHECKS);
            faults.extend(found.as_array().unwrap().iter().map(|one| format!("{TRYING} {width}: {one}")));
            browser.picture(&folder().join(picture_of(TRYING, language, width)));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_fit_for_everybody_who_reaches_it() {
    let Some(mut browser) = browser() else { return };
    let world = World::new().await;
    sealed(&world).await;
    world.zone.until_listed().await;
    let sandbox = Served::sandbox().await;
    let address = serve(&world.zone).await;
    let looked = looked_at(&world);
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        let (mut reached_by_keys, mut seen, mut pictured) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (index, caller) in CALLERS.into_iter().enumerate() {
            let session = world.texts.get(caller).cloned().unwrap_or_default();
            // Machines have no pages: they find the sign-in, as nobody does.
            if session.starts_with("ow_") {
                continue;
            }
            take_over(&mut browser, &address, &session);
            let mut was_forbidden = false;
            let mut is_first = true;
            for (route, expected, path) in &looked {
                let mut statuses = expected.split([' ', '|']).filter(|status| !status.is_empty());
                let status = statuses.nth(index).unwrap();
                // What is forbidden looks alike everywhere: once for each reader is enough.
                if status == "303" || (status == "403" && std::mem::replace(&mut was_forbidden, true)) {
                    continue;
                }
                // Whoever is the first to be shown a page leaves pictures of it, in both languages.
                let is_pictured = status == "200" && pictured.insert(*route);
                let own = LANGUAGES[index % 2];
                for language in LANGUAGES.into_iter().filter(|one| is_pictured || *one == own) {
                    let joint = if path.contains('?') { '&' } else { '?' };
                    browser.open(&format!("{address}{path}{joint}lang={language}"));
                    // What another reader was shown to the letter looks as it did; what is around it, of each reader once.
                    let middle = browser.run(MIDDLE).as_str().unwrap().to_owned();
                    let is_new = seen.insert((language, middle)) || is_pictured;
                    let looks: &[(u32, bool)] =
                        if is_new || std::mem::take(&mut is_first) { &LOOKS } else { &[] };
                    for &(width, dark) in looks {
                        browser.look(width, dark);
                        let at = format!("{caller} {route} {status} {width}");
                        let found = browser.run(CHECKS);
                        faults.extend(found.as_array().unwrap().iter().map(|one| format!("{at}: {one}")));
                        if is_pictured {
                            browser.picture(&folder().join(picture_of(route, language, width)));
                        }
                        // Keys go through a page in one way, whoever reads it; they move the focus, which no picture shall have.
                        if width == 390 && reached_by_keys.insert((*route, status.to_owned())) {
                            focus(&mut browser, &at, &mut faults);
                        }
                        if width == 1280 && status != "200" {
                            let name = route.replace(['/', '{', '}'], "_");
                            browser.picture(&folder().join(format!("{caller}-{status}{name}.png")));
                        }
                    }
                    // A page that is answered with 404 is told as such by the browser, and nothing else.
                    let told = browser.complaints();
                    let told = told.into_iter().filter(|one| status == "200" || !one.contains(status));
                    faults.extend(told.map(|one| format!("{caller} {route} {status}: {one}")));
                }
            }
        }
        tried(&mut browser, &sandbox, &mut faults);
        pictured.insert(TRYING);
        for (method, route) in server::portal::ROUTES {
            if *method == "get" && !NO_PAGES.contains(route) && !pictured.contains(route) {
                faults.push(format!("{route}: nobody is shown it, so there is no picture of it"));
            }
        }
        pictures::index();
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
