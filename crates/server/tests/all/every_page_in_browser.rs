//! Every page of the table of routes, as everybody who can sign in finds it, in a real browser: what is his, what is not there,
//! what he may not see. The zone has hardly anything in it, so lists are empty; full ones are looked at by the tests of each desk.

use crate::permissions::{CALLERS, World};
use crate::portal_in_browser::{CHECKS, browser, focus, folder, serve, take_over};
use crate::portal_permissions::{TABLE, asked};
use std::collections::BTreeSet;

/// Routes that are no pages: files, streams, what was received.
const NO_PAGES: [&str; 14] = [
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
    "/desk/trace/codes/{id}/file",
    "/desk/trace/codes/{id}/picture",
    "/my/data/file",
];

/// What a page says in its middle, without what is drawn anew for each form.
const MIDDLE: &str = "(() => { const main = document.querySelector('main').cloneNode(true); \
    main.querySelectorAll('input[type=hidden]').forEach(one => one.remove()); return main.innerHTML; })()";

/// The addresses at which a route is looked at: of one's own, and of what is not there.
fn looked_at(world: &World) -> Vec<(&'static str, &'static str, String)> {
    let is_page = |row: &&(&'static str, &'static str, &str, &str)| {
        row.0 == "get" && row.2 != "another" && !NO_PAGES.contains(&row.1)
    };
    let found: Vec<_> =
        TABLE.iter().filter(is_page).map(|row| (row.1, row.3, asked(world, row.1, row.2))).collect();
    for (method, route) in server::portal::ROUTES {
        let is_known = NO_PAGES.contains(route) || found.iter().any(|(known, ..)| known == route);
        assert!(*method != "get" || is_known, "{route} is looked at by nobody");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_fit_for_everybody_who_reaches_it() {
    let Some(mut browser) = browser() else { return };
    let world = World::new().await;
    let address = serve(&world.zone).await;
    let looked = looked_at(&world);
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        let (mut reached_by_keys, mut seen) = (BTreeSet::new(), BTreeSet::new());
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
                let language = if index % 2 == 0 { "zh-CN" } else { "en" };
                let joint = if path.contains('?') { '&' } else { '?' };
                browser.open(&format!("{address}{path}{joint}lang={language}"));
                // What another reader was shown to the letter looks as it did; what is around it, of each reader once.
                let middle = browser.run(MIDDLE).as_str().unwrap().to_owned();
                let is_new = seen.insert((language, middle));
                let looks: &[(u32, bool)] = match is_new || std::mem::take(&mut is_first) {
                    true => &[(1280, false), (390, true)],
                    false => &[],
                };
                for &(width, dark) in looks {
                    browser.look(width, dark);
                    let at = format!("{caller} {route} {status} {width}");
                    let found = browser.run(CHECKS);
                    faults.extend(found.as_array().unwrap().iter().map(|one| format!("{at}: {one}")));
                    // Keys go through a page in one way, whoever reads it.
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
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
