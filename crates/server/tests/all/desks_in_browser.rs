//! What each desk is for, done in a real browser as people do it: in Chinese and in English, on a telephone and at a desk. Nothing is
//! pressed that is not to be seen. After each task the page is one that everybody can use, nothing was complained about, and a
//! picture of it is kept. The officer's keys have a test of their own.

use crate::consumer;
use crate::demands_in_browser::needed;
use crate::keeper::released;
use crate::keeper_in_browser::{scan, until};
use crate::officer_by_keys::SEND;
use crate::parks::{self, CUSTOMS, OPERATOR, SITE};
use crate::portal_in_browser::{CHECKS, browser, folder, serve, take_over};
use crate::rulebook_drafts::RULE;
use crate::shares::{self, TAX};
use crate::support::chromium::Chromium;
use crate::support::people::{add, settle};
use crate::support::pictures;
use crate::support::{Zone, path, plain};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::{Export, Person, Trade};
use counterpart::Messages;
use portal::{Family, Language, Texts};
use serde_json::{Value, json};
use server::clock::Clock;
use std::collections::BTreeMap;
use std::time::Duration;
use store::Duty;

/// How a page is looked at.
const LOOKS: [(Language, u32); 4] = [
    (Language::Chinese, 390),
    (Language::Chinese, 1280),
    (Language::English, 390),
    (Language::English, 1280),
];
const ASKER: &str = "5301960101";
const CARRIER: &str = "5301960401";
/// Numbers of what is asked for, one for each look.
const DEMANDS: [&str; 4] = ["abcde-fghij", "klmno-pqrst", "abcde-klmno", "fghij-pqrst"];
/// What somebody writes.
const WORDS: [(Language, &str); 2] =
    [(Language::Chinese, "样例：与单证相符"), (Language::English, "as the papers say")];

/// What a desk is for, and how it is done.
type Task = fn(&mut At<'_>);
const TASKS: [(&str, Task); 10] = [
    ("enterprise-corrects", corrects),
    ("enterprise-bill", finds_a_bill),
    ("guarantor-guarantees", sees_guarantees),
    ("keeper-scans", scans),
    ("officer-decides", decides),
    ("operator-health", sees_health),
    ("rulemaker-drafts", drafts),
    ("agency-reads", reads_what_is_shared),
    ("provider-offers", offers),
    ("consumer-disputes", tracks_locks_and_disputes),
];

/// What is there to be done: for each look things of its own.
struct Story {
    address: String,
    clock: Clock,
    messages: Messages,
    sessions: BTreeMap<&'static str, String>,
    rejected: Vec<Trade>,
    released: Vec<Trade>,
    /// What a consumer ordered himself, and what somebody else did in his name.
    bought: Vec<[Trade; 2]>,
}

/// Somebody at a page.
struct At<'a> {
    browser: &'a mut Chromium,
    story: &'a Story,
    language: Language,
    width: u32,
    /// Which of the looks it is, and so which things are his.
    own: usize,
}

async fn begun() -> (Zone, Story) {
    let zone = shares::zone().await;
    parks::opened(&zone, &["men.wei"]).await;
    let rule = shares::rule("orders", &["orderNo", "acturalPaid"], json!({}));
    shares::share(&zone, TAX, "orders", rule).await;
    let agent = plain(&zone, 0).declaration.head.agent_code.to_string();
    let of_agent = |from: usize| {
        let mut all = (from as u64..).step_by(50).map(|from| plain(&zone, from));
        all.find(|trade| trade.declaration.head.agent_code == agent.as_str()).unwrap()
    };
    let (mut rejected, mut released_ones, mut bought) = (Vec::new(), Vec::new(), Vec::new());
    for (own, demand) in DEMANDS.into_iter().enumerate() {
        let trade = of_agent(own * 1_000);
        released(&zone, &trade).await;
        released_ones.push(trade);
        let mut trade = of_agent(100_000 + own * 1_000);
        trade.declaration.head.buyer_name = "另一人".into();
        let told = zone.trade(&trade).await;
        assert_eq!(told["status"], 100, "{told}");
        rejected.push(trade);
        let (person, number) = (Person::new(1 + own as u64), 1 + 2 * own as u64);
        let his = consumer::trade(number, &person, &format!("1390000010{own}"), 300);
        let stolen = consumer::trade(number + 1, &person, &format!("1390000020{own}"), 700);
        zone.trade(&his).await;
        zone.trade(&stolen).await;
        bought.push([his, stolen]);
        let export = Export::new(7, 1 + own as u64, zone.clock.now()).in_mode("1210");
        for (sender, document) in export.documents() {
            zone.send(&sender, document).await;
        }
        let asked = needed("transport", "样例奶粉一批");
        let demand = format!("service-requests/{demand}");
        let (status, told) = parks::act(&zone, &zone.tokens[ASKER], &demand, ("ask", 0), asked).await;
        assert_eq!(status, 200, "{told}");
    }
    let people: [(&str, &str, &str, Role, &[Duty]); 8] = [
        ("enterprise", "li.wei", &agent, Role::Agent, &[Duty::Operator]),
        ("guarantor", "dan.bao", &agent, Role::Guarantor, &[Duty::Operator]),
        ("keeper", "men.wei", OPERATOR, Role::SiteOperator, &[Duty::Keeper]),
        ("officer", "guan.yuan", CUSTOMS, Role::Officer, &[Duty::Inspector, Duty::Decider]),
        ("operator", "yun.xing", CUSTOMS, Role::ZoneOperator, &[Duty::Operator, Duty::Auditor]),
        ("rulemaker", "gui.ze", CUSTOMS, Role::Officer, &[Duty::Rulemaker]),
        ("agency", "shui.wu", TAX, Role::Agency, &[Duty::Operator]),
        ("provider", "cheng.yun", CARRIER, Role::Logistics, &[Duty::Operator]),
    ];
    let mut sessions = BTreeMap::new();
    for (who, login, party, role, duties) in people {
        let (_, one_time) = add(&zone, login, party, role, duties).await;
        let session = settle(&zone, login, &one_time, server::rights::is_office(role)).await;
        sessions.insert(who, session);
    }
    let messages = consumer::provider(&zone).await;
    zone.until_listed().await;
    let story = Story {
        address: serve(&zone).await,
        clock: zone.clock.clone(),
        messages,
        sessions,
        rejected,
        released: released_ones,
        bought,
    };
    (zone, story)
}

impl At<'_> {
    fn texts(&self) -> Texts {
        self.language.texts()
    }

    /// What somebody writes who reads this language.
    fn said(&self) -> &'static str {
        WORDS.iter().find(|(language, _)| *language == self.language).unwrap().1
    }

    /// Somebody comes to a page; nobody where no session is his.
    fn comes(&mut self, who: &str, page: &str) {
        // A page that is left open would go on watching with a session that is gone.
        self.browser.open(&format!("{}/guide", self.story.address));
        let session = self.story.sessions.get(who).map_or("", String::as_str);
        take_over(self.browser, &self.story.address, session);
        self.opens(page);
        assert_eq!(self.browser.run("document.documentElement.lang"), self.language.tag(), "{who} {page}");
    }

    fn opens(&mut self, page: &str) {
        let joint = if page.contains('?') { '&' } else { '?' };
        self.browser.open(&format!("{}{page}{joint}lang={}", self.story.address, self.language.tag()));
    }

    /// Presses on what leads to another page.
    fn presses(&mut self, selector: &str) {
        self.browser.leading(|browser| browser.tap(selector));
    }

    fn words(&mut self) -> String {
        self.browser.run("document.querySelector('main').innerText").as_str().unwrap().to_owned()
    }

    /// All of this is to be read on the page.
    fn sees(&mut self, wanted: &[&str]) {
        let words = self.words();
        for one in wanted {
            let place = self.place();
            assert!(words.contains(one), "{one} is not to be seen at {} px on {place}: {words}", self.width);
        }
    }

    fn place(&mut self) -> String {
        self.browser.run("location.pathname + location.search").as_str().unwrap().to_owned()
    }

    /// Everybody can use what is open now, and nothing was complained about but an answer that says what was wrong.
    fn is_fit(&mut self, what: &str) {
        let found = self.browser.run(CHECKS);
        let place = self.place();
        let at = format!("{what} {} {} {place}", self.language.tag(), self.width);
        assert_eq!(found, json!([]), "{at}");
        let told = self.browser.complaints();
        assert!(told.iter().all(|one| one.contains("422")), "{at}: {told:?}");
    }

    /// Each fault stands at its field and is tied to it, and the first of these fields has the focus.
    fn is_told_at_fields(&mut self, what: &str) {
        let told = told_at_fields(self.browser);
        let words = self.words();
        assert_eq!(told, json!([true, [], true]), "{what} {}: {words}", self.width);
        self.is_fit(what);
    }

    /// Time goes by: what is sent later has a later time.
    fn later(&self) {
        self.story.clock.set(Time(self.story.clock.now().0 + 5_000));
    }
}

/// Whether something is wrong, the fields whose fault does not stand at them, and whether the first that is wrong has the focus.
pub(crate) fn told_at_fields(browser: &mut Chromium) -> Value {
    browser.run(
        "(() => { const wrong = Array.from(document.querySelectorAll('[aria-invalid=true]')); \
         const told = (one) => (one.getAttribute('aria-describedby') || '').split(' ').some((id) => \
         id.endsWith('-fault') && document.getElementById(id)?.checkVisibility()); \
         return [wrong.length > 0, wrong.filter((one) => !told(one)).map((one) => one.name), wrong.length > 0 && wrong[0].contains(document.activeElement)]; })()",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn every_desk_does_what_it_is_for_in_both_languages_on_a_telephone_and_at_a_desk() {
    let Some(mut browser) = browser() else { return };
    let (zone, story) = begun().await;
    let rejected = story.rejected.clone();
    tokio::task::spawn_blocking(move || {
        for (own, (language, width)) in LOOKS.into_iter().enumerate() {
            browser.look(width, false);
            for (what, task) in TASKS {
                let mut at = At { browser: &mut browser, story: &story, language, width, own };
                task(&mut at);
                at.is_fit(what);
                browser.picture(&folder().join(format!("desk-{what}-{}-{width}.png", language.tag())));
            }
        }
        pictures::index();
    })
    .await
    .unwrap();
    for trade in &rejected {
        let shown = zone.shown(&trade.declaration.head.agent_code, trade).await;
        assert_eq!(shown["attempt"]["number"], 3, "{shown}");
        assert_ne!(shown["attempt"]["stateWord"], "rejected", "{shown}");
    }
}

/// An enterprise finds its rejected list by its number, reads why, corrects it, is told that it is wrong still, and sends it right.
fn corrects(at: &mut At<'_>) {
    const NAME: &str = "[name='InventoryHead.buyerName']";
    let (story, texts) = (at.story, at.texts());
    let trade = &story.rejected[at.own];
    let there = path(trade).replace("/v1", "/desk");
    // The form that opens has a later time than the list that was rejected.
    at.later();
    at.comes("enterprise", &format!("/desk/consignments?number={}", trade.order.head.order_no));
    at.is_fit("the list");
    at.presses("main tbody a.lead");
    assert_eq!(at.place(), there);
    at.sees(&[&texts.text("why-it-stands"), &texts.text("what-to-do"), "另一人"]);
    at.is_fit("the rejected trade");
    at.presses("main a[href^='/desk/documents/']");
    at.is_told_at_fields("what is to be corrected");
    at.browser.fill(NAME, "又一人");
    at.later();
    at.presses("main button[value=send]");
    at.is_told_at_fields("what is wrong still");
    assert_eq!(at.browser.run(&format!("document.querySelector(\"{NAME}\").value")), "又一人");
    at.opens(&there);
    at.presses("main a[href^='/desk/documents/']");
    at.browser.fill(NAME, &trade.order.head.buyer_name);
    at.later();
    at.presses("main button[value=send]");
    assert_eq!(at.place(), format!("{there}?said=sent"));
    at.sees(&[&texts.text("sent-done")]);
}

/// An enterprise finds the bill of a trade among those that it owes, and how it was worked out.
fn finds_a_bill(at: &mut At<'_>) {
    let (story, texts) = (at.story, at.texts());
    at.comes("enterprise", "/desk/bills");
    at.sees(&[&texts.text("tax-payable"), &texts.text("guarantee-left")]);
    at.is_fit("the bills");
    at.presses("nav.tabs a[href*='which=owed']");
    let there = path(&story.released[at.own]).replace("/v1", "/desk");
    at.presses(&format!("main tbody a.lead[href='{there}']"));
    at.sees(&[&texts.text("bill-owed"), &texts.text("arithmetic")]);
}

/// Whoever answers for the tax sees how far his guarantee still reaches.
fn sees_guarantees(at: &mut At<'_>) {
    let (story, texts) = (at.story, at.texts());
    at.comes("guarantor", "/desk/bills");
    let party = story.released[0].declaration.head.agent_code.to_string();
    at.sees(&[&texts.text("guarantees"), &texts.text("guarantee-held"), &party]);
}

/// A keeper lets a parcel pass and holds one that nobody knows.
fn scans(at: &mut At<'_>) {
    let (story, texts) = (at.story, at.texts());
    at.comes("keeper", &format!("/desk/sites/{SITE}"));
    until(at.browser, "document.querySelector('[data-known]').textContent.length > 0", &json!(true));
    let parcel = story.released[at.own].waybill.logistics_no.to_string();
    scan(at.browser, &parcel, "pass");
    at.sees(&[&texts.text("keeper-pass"), &parcel]);
    at.is_fit("a parcel that may go");
    let unknown = format!("NOBODY{}", at.own);
    scan(at.browser, &unknown, "hold");
    at.sees(&[&texts.text("keeper-hold"), &texts.text("keeper-why-unknown"), &unknown]);
}

/// An officer takes one of his exports and lets it go, with words.
fn decides(at: &mut At<'_>) {
    let (texts, said) = (at.texts(), at.said());
    at.comes("officer", "/desk/queue?tab=exports");
    at.is_fit("the queue");
    at.presses("main tbody a.lead");
    at.is_fit("what is decided on");
    at.browser.tap("input[name=action][value=approve]");
    at.browser.fill("#text", said);
    at.presses(SEND);
    at.sees(&[&texts.text("decision-done"), said]);
}

/// An operator sees that the window works, and the rulebooks there are.
fn sees_health(at: &mut At<'_>) {
    let texts = at.texts();
    at.comes("operator", "/desk/operation");
    at.sees(&[&texts.text("all-works"), &texts.text("work-waiting"), &texts.text("webhooks-failing")]);
    at.is_fit("the window as it works");
    at.presses("nav.tabs a[href='/desk/rulebooks']");
    at.sees(&[&texts.text("rulebooks")]);
}

/// Whoever makes rules writes one that cannot be, is told why, and sees what the right one would change.
fn drafts(at: &mut At<'_>) {
    /// A rule that asks for a field which there is not.
    const WRONG: &str = "x,taxation,20190101,,scan,nothing > 3,";
    let texts = at.texts();
    // Puts the focus on a part of the table's text, which what is written next replaces.
    let onto = |at: &mut At<'_>, old: &str| {
        let script = format!(
            "(() => {{ const one = document.querySelector('#text'), old = {}, from = old ? one.value.lastIndexOf(old) : one.value.length; \
             one.focus(); one.setSelectionRange(from, from + old.length); return from >= 0; }})()",
            json!(old)
        );
        assert_eq!(at.browser.run(&script), true);
    };
    at.comes("rulemaker", "/desk/rulebooks/drafts");
    at.is_fit("the drafts");
    at.presses("main a.button[href$='/new']");
    at.browser.run("document.querySelector('#table').value = 'risk_rules.csv'");
    at.presses("main form.filter button");
    let title = format!("{} {}", at.said(), at.own);
    at.browser.fill("#title", &title);
    onto(at, "");
    at.browser.write(WRONG);
    at.presses("main form[enctype] button");
    at.sees(&[&texts.text("draft-not-kept"), WRONG]);
    at.is_fit("a rule that cannot be");
    onto(at, WRONG);
    at.browser.write(RULE);
    at.presses("main form[enctype] button");
    assert!(at.place().starts_with("/desk/rulebooks/drafts/"), "{}", at.place());
    at.sees(&[&title, &texts.text("draft-differences"), RULE]);
}

/// An agency reads what customs shares with it, and that its reading is recorded.
fn reads_what_is_shared(at: &mut At<'_>) {
    let (story, texts) = (at.story, at.texts());
    at.comes("agency", "/desk/shares");
    at.sees(&[&texts.text("shared-to-us")]);
    at.is_fit("the rules of sharing");
    at.presses("main a[href$='/records']");
    at.sees(&[&texts.text("reading-recorded"), &story.released[0].order.head.order_no]);
}

/// A provider of services answers what somebody asked for: first without what an offer needs, then with it.
fn offers(at: &mut At<'_>) {
    let (texts, demand) = (at.texts(), DEMANDS[at.own]);
    at.comes("provider", "/desk/demands");
    at.is_fit("what waits for an offer");
    at.presses(&format!("main a.button[href*='{demand}']"));
    at.is_fit("the empty form");
    at.presses("main button[value=send]");
    at.is_told_at_fields("an offer without anything");
    assert_eq!(at.browser.run("document.querySelector('#number').value"), demand, "what stood there stays");
    let (terms, price) = (at.said(), format!("{}.50", 1234 + at.own));
    for (name, text) in [
        ("price", price.as_str()),
        ("currency", "142"),
        ("term", terms),
        ("contact.name", "样乙女士"),
        ("contact.telephone", "10000000002"),
    ] {
        at.browser.fill(&format!("[name='body.{name}']"), text);
    }
    at.browser.run("document.querySelector(\"[name='body.validUntil']\").value = '2026-12-05'");
    at.presses("main button[value=send]");
    let place = at.place();
    assert!(place.starts_with("/desk/registers/service-offers/") && place.ends_with("?said=done"), "{place}");
    at.sees(&[&texts.word(Family::RecordState, "offered"), terms]);
}

/// A buyer comes in by a code, sees how far his parcel is, that somebody else used his quota, locks it, and says that it was not he.
fn tracks_locks_and_disputes(at: &mut At<'_>) {
    let (story, texts, said) = (at.story, at.texts(), at.said());
    let [his, stolen] = &story.bought[at.own];
    let before = story.messages.taken().len();
    at.comes("nobody", "/track");
    at.browser.fill("#number", &his.order.head.order_no);
    at.presses("main form.stack button");
    at.browser.fill("#code", &code(&story.messages, before));
    at.presses("main form.stack button");
    assert_eq!(at.place(), "/my");
    at.sees(&[&his.order.head.order_no]);
    at.is_fit("his parcels");
    at.presses("main li.card a");
    at.sees(&[&texts.text("my-steps"), &texts.word(Family::Step, "declared")]);
    at.is_fit("how far it is");
    at.opens("/my/quota");
    at.sees(&[&texts.text("my-left"), &texts.text("my-other-telephone")]);
    at.presses("form[action='/my/lock'] button");
    at.sees(&[&texts.text("my-is-locked")]);
    at.is_fit("the locked quota");
    at.presses(&format!("main a[href$='order={}']", stolen.order.head.order_no));
    at.browser.fill("#text", " ");
    at.presses("form[action='/my/disputes'] button");
    at.is_told_at_fields("a dispute without words");
    at.browser.fill("#text", said);
    at.presses("form[action='/my/disputes'] button");
    assert_eq!(at.place(), "/my/disputes");
    at.sees(&[&texts.text("my-frozen"), said]);
}

/// The code of the message that comes next, after so many.
fn code(messages: &Messages, after: usize) -> String {
    for _ in 0..500 {
        if let Some(code) =
            messages.taken().get(after).and_then(|sent| sent["code"].as_str().map(str::to_owned))
        {
            return code;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no code came: {}", Value::from(messages.taken()));
}
