//! Every form sent wrongly, in a real browser, by somebody who may send it: what is wrong stands at its field, the focus is there, what
//! was typed is not typed twice, and everybody can use the page as he can use any other. Which forms there are, and which can
//! never be wrong, is in `states_of_pages`.

use crate::consumer::{self, OWN};
use crate::credit;
use crate::credit_hearings::{came_in, noticed};
use crate::desks_in_browser::told_at_fields;
use crate::full_in_browser::{LOOKS, look};
use crate::permissions::{OFFICE, World};
use crate::portal_in_browser::{Served, browser, serve, take_over};
use crate::portal_permissions::asked;
use crate::states_of_pages::{REFUSED, Refused, Step};
use crate::support::chromium::Chromium;
use crate::support::people::{PASSWORD, ask, sign_in};
use crate::support::{Zone, path, pictures, plain};
use clearance::sample::{Export, Person};
use serde_json::{Value, json};
use server::portal::ROUTES;
use std::collections::BTreeMap;

/// More characters than any field takes.
const LONG: usize = 501;

/// Fills in a form, and says why it cannot be sent as people send it; empty = it can.
const FILL: &str = "((selector, fields, button) => { \
    const form = document.querySelector('main ' + selector); if (!form) return 'there is no ' + selector; \
    for (let at = form; at; at = at.parentElement) if (at.matches('details')) at.open = true; \
    const named = (name) => Array.from(form.elements).filter((one) => name === '[box]' ? one.type === 'checkbox' \
        : name.endsWith('*') ? one.name.startsWith(name.slice(0, -1) + '-') : one.name === name && one.type !== 'hidden'); \
    for (const [name, value] of fields) { \
        const all = named(name), first = all[0]; if (!first) return 'there is no field ' + name; \
        if (first.type === 'checkbox') first.checked = true; \
        else if (first.type === 'radio') { \
            const one = all.find((one) => value === '*' || one.value === value); if (!one) return name + ' has no ' + value; one.click(); } \
        else if (first.tagName === 'SELECT') { \
            const fits = (one) => value === '*' ? one.value !== '' && !one.value.endsWith('/release') : one.value === value; \
            const one = Array.from(first.options).find(fits); if (!one) return name + ' has no ' + value; first.value = one.value; } \
        else first.value = value; } \
    const pressed = button ? form.querySelector(button) : null; if (button && !pressed) return 'there is no ' + button; \
    const skips = pressed && pressed.formNoValidate; \
    if (!skips && !form.checkValidity()) return 'the browser refuses ' + Array.from(form.querySelectorAll(':invalid')).map((one) => one.name); \
    window.filled = [form, pressed]; return ''; })";

/// Sends what was filled in. Where no button says what is done it goes as without a script: some forms have one of their own.
const SEND: &str = "(() => { const [form, pressed] = window.filled; \
    if (pressed) form.requestSubmit(pressed); else HTMLFormElement.prototype.submit.call(form); })()";

/// Of these fields those that do not have what was typed any more.
const LOST: &str = "((fields) => { const all = Array.from(document.querySelectorAll('main [name]')); \
    const has = (name, value) => all.some((one) => (name.endsWith('*') ? one.name.startsWith(name.slice(0, -1) + '-') : one.name === name) \
        && one.type !== 'hidden' && one.value === value && (one.type !== 'radio' || one.checked)); \
    return fields.filter(([name, value]) => !has(name, value)).map(([name]) => name); })";

/// Things to act on that the world of the permissions has not: two that wait for a decision, two that are looked into.
struct Story {
    address: String,
    world: World,
    /// Address and session of whoever is of another zone.
    elsewhere: BTreeMap<&'static str, (String, String)>,
    /// What stands for the words in braces.
    pages: BTreeMap<&'static str, String>,
}

/// An officer has goods looked into.
async fn inspected(zone: &Zone, there: &str) {
    let token = &zone.tokens[OFFICE];
    let (_, seen) = ask(zone, "GET", there, token, &Value::Null).await;
    let look = json!({"id": "look", "version": seen["version"], "action": "inspect", "text": "样例"});
    let (status, told) = ask(zone, "POST", &format!("{there}/actions"), token, &look).await;
    assert_eq!(status, 200, "{there}: {told}; {seen}");
}

async fn exported(zone: &Zone, number: u64) -> String {
    let mut export = Export::new(7, number, zone.clock.now()).in_mode("1210");
    // Of a book that is kept elsewhere: its papers wait for a person.
    export.declaration.head.ems_no = Some("T8620W000099".into());
    for (sender, document) in export.documents() {
        zone.send(&sender, document).await;
    }
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

/// Somebody who is heard before he is listed, and has used his quota.
async fn heard() -> (Zone, String, String) {
    let (zone, _, listed) = credit::zone().await;
    let person = Person::new(7);
    let session = came_in(&zone, &person).await;
    noticed(&zone, &listed, &person).await;
    let head = consumer::trade(7, &person, OWN, 300).order.head;
    let disputed = format!("/my/disputes?platform={}&order={}", head.ebp_code, head.order_no);
    (zone, session, disputed)
}

async fn story() -> (Story, [Zone; 2]) {
    let world = World::new().await;
    let zone = &world.zone;
    let (waiting, inspect) = (plain(zone, 100_000), plain(zone, 200_000));
    zone.trade(&waiting).await;
    zone.trade(&inspect).await;
    let exports = [exported(zone, 1).await, exported(zone, 2).await];
    zone.until_listed().await;
    inspected(zone, &path(&inspect)).await;
    inspected(zone, &exports[1]).await;
    zone.until_listed().await;
    let own = &world.things("own").unwrap().records;
    let (trying, (elsewhere, session, disputed)) = (Served::sandbox().await, heard().await);
    let desk = |path: &str| path.replace("/v1/", "/desk/");
    let pages = BTreeMap::from([
        ("{waiting}", desk(&path(&waiting))),
        ("{inspected}", desk(&path(&inspect))),
        ("{export}", desk(&exports[0])),
        ("{export-inspected}", desk(&exports[1])),
        ("{draft}", format!("/desk/rulebooks/drafts/new?draft={}&table=risk_rules.csv", own.draft)),
        ("{site}", format!("/desk/sites/{}", own.site)),
        ("{person}", format!("/desk/persons/{}", own.person)),
        ("{address}", format!("/desk/addresses/{}", own.address)),
        ("{disputed}", disputed),
    ]);
    let (status, tried, told) = sign_in(&trying.zone, &trying.login, PASSWORD, None).await;
    assert_eq!(status, 201, "{told}");
    let elsewhere_at = serve(&elsewhere).await;
    let story = Story {
        address: serve(zone).await,
        elsewhere: BTreeMap::from([("trying", (trying.address, tried)), ("heard", (elsewhere_at, session))]),
        world,
        pages,
    };
    (story, [trying.zone, elsewhere])
}

impl Story {
    /// Where somebody is, and who he is there.
    fn reader(&self, who: &str) -> (&str, &str) {
        match self.elsewhere.get(who) {
            Some((address, session)) => (address.as_str(), session.as_str()),
            None => (self.address.as_str(), self.world.texts.get(who).map_or("", String::as_str)),
        }
    }

    fn page(&self, page: &str) -> String {
        let own = |page: &str| ROUTES.contains(&("get", page)).then(|| asked(&self.world, page, "own"));
        self.pages.get(page).cloned().or_else(|| own(page)).unwrap_or_else(|| page.to_owned())
    }

    /// Comes to the page of a form, sends it wrongly, and says what is amiss with the answer.
    fn refused(
        &self,
        browser: &mut Chromium,
        refused: &Refused,
        look_at: (&str, u32),
        faults: &mut Vec<String>,
    ) {
        let (method, route) = refused.to;
        let at = format!("{method} {route} by {} {} {}", refused.who, look_at.0, look_at.1);
        let (address, session) = self.reader(refused.who);
        // A page that is left open would go on watching with a session that is gone.
        browser.open(&format!("{address}/guide"));
        take_over(browser, address, session);
        let page = self.page(refused.page);
        let joint = if page.contains('?') { '&' } else { '?' };
        browser.open(&format!("{address}{page}{joint}lang={}", look_at.0));
        let mut typed = Vec::new();
        for step in refused.steps {
            typed = fields_of(step);
            let why = browser.run(&format!("{FILL}({}, {}, {})", json!(step.0), json!(typed), json!(step.2)));
            if why != "" {
                let words = browser
                    .run("location.pathname + ': ' + document.querySelector('main').innerText.slice(0, 300)");
                faults.push(format!("{at}: {why} on {words}"));
                return;
            }
            // What steps before the last complain of is none of theirs.
            browser.complaints();
            browser.leading(|browser| {
                browser.run(SEND);
            });
        }
        let told = told_at_fields(browser);
        if told != json!([true, [], true]) {
            let words = browser.run("document.querySelector('main').innerText.slice(0, 600)");
            faults.push(format!("{at}: {told} of [told, not at its field, focus]: {words}"));
        }
        typed.retain(|(name, value)| {
            value != "*" && name != "[box]" && !refused.anew.contains(&name.as_str())
        });
        let lost = browser.run(&format!("{LOST}({})", json!(typed)));
        if lost != json!([]) {
            faults.push(format!("{at}: {lost} has to be typed twice"));
        }
        let name = format!("refused-{method}{}", route.replace(['/', '{', '}'], "_"));
        look(browser, &name, look_at, faults);
    }
}

/// What a step writes into its fields.
fn fields_of(step: &Step) -> Vec<(String, String)> {
    let long = "x".repeat(LONG);
    step.1.iter().map(|(name, value)| ((*name).to_owned(), value.replace("{long}", &long))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_sent_wrongly_is_told_at_its_field_and_not_typed_twice() {
    let Some(mut browser) = browser() else { return };
    let (story, zones) = story().await;
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        for (language, width) in LOOKS {
            browser.look(width, false);
            for refused in REFUSED {
                story.refused(&mut browser, refused, (language, width), &mut faults);
            }
        }
        pictures::index();
        faults
    });
    let faults = faults.await.unwrap();
    drop(zones);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
