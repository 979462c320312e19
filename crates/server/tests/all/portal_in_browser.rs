//! The portal in a real browser: every page for each role, on a telephone and on a desk, in both languages and both themes.
//! Nothing is complained about, nothing is wider than the window, everything can be read, named and reached by keys. The
//! pictures are left in `target/screenshots`. Where there is no browser it says so, unless `ONEWINDOW_REQUIRE_BROWSER` asks
//! for one.

use crate::support::chromium::Chromium;
use crate::support::people::{self, PASSWORD};
pub(crate) use crate::support::pictures::folder;
use crate::support::{NOW, Zone, path, plain};
use ceb::Document;
use clearance::party::Role;
use clearance::sample::{self, Trade};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use store::Duty;

pub(crate) const CHECKS: &str = include_str!("support/accessible.js");
const OFFICE: &str = "8620000001";

/// A zone with a rejected trade, one that an officer has to look at and one that waits, served on this machine.
pub(crate) struct Served {
    pub(crate) zone: Zone,
    pub(crate) address: String,
    pub(crate) rejected: Trade,
    pub(crate) rejected_list: u64,
    pub(crate) looked_at: Trade,
    pub(crate) waiting: Trade,
    pub(crate) officer: String,
    pub(crate) login: String,
}

impl Served {
    /// A space for trying, with nothing in it but an agent's user.
    pub(crate) async fn sandbox() -> Self {
        let zone = Zone::new().await;
        zone.window.make_sandbox().await.unwrap();
        let nothing = plain(&zone, 0);
        let agent = nothing.declaration.head.agent_code.to_string();
        let (_, one_time) = people::add(&zone, "li.wei", &agent, Role::Agent, &Duty::ALL).await;
        people::settle(&zone, "li.wei", &one_time, false).await;
        Self {
            address: serve(&zone).await,
            zone,
            rejected: nothing.clone(),
            rejected_list: 0,
            looked_at: nothing.clone(),
            waiting: nothing,
            officer: String::new(),
            login: "li.wei".to_owned(),
        }
    }

    pub(crate) async fn new() -> Self {
        let zone = Zone::new().await;
        let waiting = plain(&zone, 0);
        zone.trade(&waiting).await;
        let agent = waiting.declaration.head.agent_code.to_string();
        let of_agent = |from: u64| {
            (from..)
                .step_by(50)
                .map(|from| plain(&zone, from))
                .find(|trade| trade.declaration.head.agent_code == agent.as_str())
                .unwrap()
        };
        let mut rejected = of_agent(1_000);
        rejected.declaration.head.buyer_name = "另一人".into();
        let rejected_list = zone.trade(&rejected).await["position"].as_u64().unwrap();
        let rules = "id,valid_from,valid_to,lane,condition,note\nevery-identity,20190101,,document-check,identity_count_7 > 0,all of them\n";
        zone.window.publish(&[("risk_rules.csv".to_owned(), rules.to_owned())], "test").await.unwrap();
        let looked_at = of_agent(2_000);
        zone.trade(&looked_at).await;
        zone.until_listed().await;
        let (_, one_time) = people::add(&zone, "guan.yuan", OFFICE, Role::Officer, &Duty::ALL).await;
        let officer = people::settle(&zone, "guan.yuan", &one_time, true).await;
        let (_, one_time) = people::add(&zone, "li.wei", &agent, Role::Agent, &Duty::ALL).await;
        people::settle(&zone, "li.wei", &one_time, false).await;
        Self {
            address: serve(&zone).await,
            zone,
            rejected,
            rejected_list,
            looked_at,
            waiting,
            officer,
            login: "li.wei".to_owned(),
        }
    }

    fn desk(&self, trade: &Trade) -> String {
        path(trade).replace("/v1", "/desk")
    }
}

/// Serves a zone to browsers; its address.
pub(crate) async fn serve(zone: &Zone) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let service = zone.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

pub(crate) fn browser() -> Option<Chromium> {
    let started = Chromium::start();
    if started.is_none() {
        println!(
            "skipped: there is no Chromium here (apt install chromium); ONEWINDOW_REQUIRE_BROWSER=1 asks for one"
        );
    }
    started
}

/// Signs in by the form, as a person does.
pub(crate) fn sign_in(browser: &mut Chromium, served: &Served) {
    browser.open(&format!("{}/sign-in", served.address));
    browser.leading(|browser| {
        browser.run(&format!(
            "document.querySelector('#login').value = {}; document.querySelector('#password').value = {}; document.querySelector('form.stack button').click()",
            json!(served.login),
            json!(PASSWORD)
        ));
    });
}

/// Gives the browser a session, in place of whose it had.
pub(crate) fn take_over(browser: &mut Chromium, address: &str, session: &str) {
    browser.call("Network.clearBrowserCookies", &json!({}));
    if session.is_empty() {
        return;
    }
    let cookie = json!({"name": "__Host-session", "value": session, "url": address, "path": "/", "secure": true, "httpOnly": true, "sameSite": "Lax"});
    assert_eq!(browser.call("Network.setCookie", &cookie)["success"], true);
}

/// Looks at pages in every width, language and theme.
pub(crate) fn visit(
    browser: &mut Chromium,
    served: &Served,
    who: &str,
    pages: &[(&str, String)],
    faults: &mut Vec<String>,
) {
    visit_in(browser, served, &["zh-CN", "en"], (who, pages), faults);
}

/// The same in these languages.
pub(crate) fn visit_in(
    browser: &mut Chromium,
    served: &Served,
    languages: &[&str],
    (who, pages): (&str, &[(&str, String)]),
    faults: &mut Vec<String>,
) {
    for language in languages {
        browser.open(&format!("{}/guide?lang={language}", served.address));
        for (name, page) in pages {
            browser.open(&format!("{}{page}", served.address));
            // Keys move the focus, which is in every picture afterwards: they come last.
            for (width, dark) in [(1280, false), (1280, true), (390, false)] {
                browser.look(width, dark);
                let at = format!("{who} {name} {language} {width}{}", if dark { " dark" } else { "" });
                if browser.run("document.documentElement.lang") != *language {
                    faults.push(format!("{at}: in another language"));
                }
                let found = browser.run(CHECKS);
                faults.extend(found.as_array().unwrap().iter().map(|one| format!("{at}: {one}")));
                let theme = if dark { "-dark" } else { "" };
                browser.picture(&folder().join(format!("{who}-{name}-{language}-{width}{theme}.png")));
                if width == 390 {
                    focus(browser, &at, faults);
                }
                faults.extend(browser.complaints().into_iter().map(|one| format!("{at}: {one}")));
            }
        }
    }
    crate::support::pictures::index();
}

/// The first that keys reach is the way past the navigation, unless the page has led to what is wrong already; and wherever they
/// lead is to be seen.
pub(crate) fn focus(browser: &mut Chromium, at: &str, faults: &mut Vec<String>) {
    const SEEN: &str = "(() => { const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect(); \
        return [at.className, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.bottom > 0, at.outerHTML.slice(0, 100)]; })()";
    let is_led = browser.run("document.activeElement.closest('[aria-invalid=true]') !== null") == true;
    for step in 0..6 {
        browser.press("Tab");
        let seen = browser.run(SEEN);
        if step == 0 && !is_led && seen[0] != "skip" {
            faults.push(format!("{at}: keys do not reach the way to the content first: {seen}"));
        }
        if seen[1] != true {
            faults.push(format!("{at}: the focus is not to be seen on {}", seen[2]));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_fit_for_everybody() {
    let Some(mut browser) = browser() else { return };
    let served = Served::new().await;
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        let page = |name: &'static str, path: &str| (name, path.to_owned());
        let public = [
            page("start", "/"),
            page("sign-in", "/sign-in"),
            page("status", "/status"),
            page("tariff", "/tariff?text=33"),
            page("calculator", "/tariff/calculator?code=33049900&price=100&quantity=2&freight=10"),
            page("wrong", "/tariff/calculator?code=1&price=x&quantity=2"),
        ];
        visit(&mut browser, &served, "public", &public, &mut faults);
        sign_in(&mut browser, &served);
        assert_eq!(browser.run("location.pathname"), "/desk", "the form signed nobody in");
        let agent = [
            page("home", "/desk"),
            page("list", "/desk/consignments"),
            page("nothing", "/desk/consignments?number=none"),
            page("rejected", &served.desk(&served.rejected)),
            page("waiting", &served.desk(&served.waiting)),
            page("receipts", "/desk/receipts"),
            page("send", "/desk/send"),
            page("fill-in", "/desk/documents?kind=621"),
            ("correct", format!("/desk/documents/{}", served.rejected_list)),
            page("rules", "/desk/rules"),
            page("account", "/desk/account"),
        ];
        visit(&mut browser, &served, "agent", &agent, &mut faults);
        take_over(&mut browser, &served.address, &served.officer);
        let officer = [
            page("home", "/desk"),
            page("queue", "/desk/queue"),
            page("empty", "/desk/queue?tab=held"),
            page("trade", &served.desk(&served.looked_at)),
            page("account", "/desk/account"),
        ];
        visit(&mut browser, &served, "officer", &officer, &mut faults);
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// A page with one of each fault.
const UNFIT: &str = "<body><h3>x</h3><h3 id=a>y</h3><p id=a>z</p><a href=x></a><input><img role=img><fieldset></fieldset>\
    <table><tr><th>h</th></tr></table><p style='color:rgb(119,119,119);background:rgb(136,136,136)'>x</p>\
    <button style='height:9px;padding:0;border:0;font-size:5px'>b</button><button style='height:9px;padding:0;border:0;font-size:5px'>c</button><div style='width:3000px'>wide</div>";

#[test]
fn the_checks_find_what_is_wrong() {
    let Some(mut browser) = browser() else { return };
    browser.look(390, false);
    browser.open(&format!("data:text/html,{}", portal::parts::escaped(UNFIT)));
    let found = browser.run(CHECKS).to_string();
    for fault in [
        "no language",
        "no title",
        "no header",
        "no main",
        "not one main",
        "skips a rank",
        "an id twice",
        "no name",
        "no label",
        "a group without",
        "a picture without",
        "without a caption",
        "a head that is of nothing",
        "contrast 1.",
        "too small",
        "wider than the window",
    ] {
        assert!(found.contains(fault), "{fault} was not found: {found}");
    }
    browser.run("console.error('wrong'); document.body.insertAdjacentHTML('beforeend', '<img src=\"http://127.0.0.1:1/\">')");
    assert!(browser.complaints().iter().any(|one| one.contains("wrong")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printed_trade_has_what_is_folded_on_a_screen_and_nothing_to_press() {
    let Some(mut browser) = browser() else { return };
    let served = Served::new().await;
    tokio::task::spawn_blocking(move || {
        sign_in(&mut browser, &served);
        browser.look(1280, false);
        browser.open(&format!("{}{}?lang=en", served.address, served.desk(&served.rejected)));
        let seen = |browser: &mut Chromium| {
            browser.run(
                "(() => { const seen = (one) => !!one && one.checkVisibility(); \
                 const folded = document.querySelector('details .finding'); \
                 return [seen(document.querySelector('.nav')), seen(document.querySelector('form')), seen(folded)]; })()",
            )
        };
        assert_eq!(seen(&mut browser), json!([true, true, false]), "as a screen has it");
        browser.call("Emulation.setEmulatedMedia", &json!({"media": "print"}));
        assert_eq!(seen(&mut browser), json!([false, false, true]), "as paper has it");
        browser.picture(&folder().join("agent-printed-en-1280.png"));
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_files_are_sent_one_by_one_with_progress_and_an_answer_for_each() {
    let Some(mut browser) = browser() else { return };
    let served = Served::new().await;
    let list = &served.rejected.declaration;
    let message = sample::message(&list.head.agent_code.clone(), vec![Document::Declaration(list.clone())]);
    let message = String::from_utf8(ceb::write(&message, ceb::Style::Prefixed)).unwrap();
    let (seen, shown) = tokio::task::spawn_blocking(move || {
        sign_in(&mut browser, &served);
        browser.open(&format!("{}/desk/send?lang=en", served.address));
        let files = json!([["list.xml", message], ["broken.xml", "<a"], ["empty.xml", "<a/>"]]);
        browser.run(&format!(
            "(() => {{ const files = new DataTransfer(); \
             for (const [name, text] of {files}) files.items.add(new File([text], name)); \
             const input = document.querySelector('input[type=file]'); input.files = files.files; \
             const told = document.querySelector('[data-progress-text]'); window.seen = []; \
             new MutationObserver(() => window.seen.push(told.textContent)).observe(told, {{childList: true}}); \
             input.form.requestSubmit(); }})()"
        ));
        let ended = "document.querySelector('[data-progress-text]').textContent === '3 / 3'";
        let done = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            browser.run(ended) == true
        });
        assert!(done, "{}", browser.run("document.querySelector('main').innerText"));
        browser.picture(&folder().join("agent-sent-en-1280.png"));
        (browser.run("window.seen"), browser.run("document.querySelector('[data-results]').innerText").to_string())
    })
    .await
    .unwrap();
    assert_eq!(seen, json!(["0 / 3 · list.xml", "1 / 3 · broken.xml", "2 / 3 · empty.xml", "3 / 3"]));
    for name in ["list.xml", "broken.xml", "empty.xml"] {
        assert!(shown.contains(name), "{name}: {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_sent_is_told_by_name_when_the_session_ends() {
    let Some(mut browser) = browser() else { return };
    let served = Served::new().await;
    tokio::task::spawn_blocking(move || {
        sign_in(&mut browser, &served);
        for (language, why) in [("en", "The session has ended"), ("zh-CN", "登录已失效")] {
            take_over(&mut browser, &served.address, "");
            sign_in(&mut browser, &served);
            browser.open(&format!("{}/desk/send?lang={language}", served.address));
            take_over(&mut browser, &served.address, "");
            browser.run(
                "(() => { const files = new DataTransfer(); \
                 for (const name of ['one.xml', 'two.xml']) files.items.add(new File(['<a/>'], name)); \
                 const input = document.querySelector('input[type=file]'); input.files = files.files; \
                 input.form.requestSubmit(); })()",
            );
            let told = "document.querySelector('[data-unsent]').checkVisibility()";
            let done = (0..100).any(|_| {
                std::thread::sleep(Duration::from_millis(100));
                browser.run(told) == true
            });
            let shown = browser.run("document.querySelector('main').innerText").to_string();
            assert!(done && shown.contains(why), "{shown}");
            assert!(
                shown.contains("one.xml") && shown.contains("two.xml") && shown.contains("0 / 2"),
                "{shown}"
            );
            assert_eq!(
                browser.run("document.querySelector('[data-results]').innerText"),
                "",
                "no sign-in page among answers"
            );
            assert_eq!(browser.run("document.querySelector('[data-unsent] a').checkVisibility()"), true);
            assert_eq!(
                browser.run("document.querySelector('input[type=file]').files.length"),
                2,
                "they stay chosen"
            );
            assert_eq!(browser.run(CHECKS), json!([]));
        }
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_by_itself_that_it_is_not_the_newest() {
    let Some(mut browser) = browser() else { return };
    let served = Served::new().await;
    let address = format!("{}{}", served.address, served.desk(&served.waiting));
    let officer = served.officer.clone();
    let (mut browser, served) = tokio::task::spawn_blocking(move || {
        take_over(&mut browser, &served.address, &officer);
        browser.open(&address);
        assert_eq!(browser.run("document.querySelector('[data-live]').hidden"), true);
        (browser, served)
    })
    .await
    .unwrap();
    let arrival = Trade::arrival(3, &[&served.waiting], NOW).unwrap();
    served.zone.send(&arrival.head.operator_code.clone(), Document::Arrival(arrival)).await;
    let told = tokio::task::spawn_blocking(move || {
        let told = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            browser.run("document.querySelector('[data-live]').hidden") == false
        });
        // What happened is in place already, and a status says when.
        let said =
            browser.run("document.querySelector('[role=status] [data-notice]').textContent.length > 0");
        let placed = browser.run("document.querySelectorAll('#live-happened[data-part]').length");
        (told, said, placed)
    });
    let (told, said, placed) = told.await.unwrap();
    assert!(told, "nothing was said within ten seconds");
    assert_eq!((said, placed), (json!(true), json!(1)));
}
