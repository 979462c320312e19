//! The portal as people use it: signing in by form, the desks, deciding, and what a page must never do.

use crate::support::browser::{Browser, Shown};
use crate::support::people::{self, PASSWORD, signed_in};
use crate::support::{NOW, Zone, path, plain};
use ceb::Document;
use clearance::party::Role;
use clearance::sample::Trade;
use store::Duty;

const OFFICE: &str = "8620000001";

fn agent_of(trade: &Trade) -> String {
    trade.declaration.head.agent_code.to_string()
}

fn desk(trade: &Trade) -> String {
    path(trade).replace("/v1", "/desk")
}

/// What holds of every page.
fn is_sound(shown: &Shown, at: &str) {
    assert!(shown.header("content-type").starts_with("text/html"), "{at}");
    assert!(shown.header("content-security-policy").contains("default-src 'none'"), "{at}");
    assert!(!shown.header("content-security-policy").contains("unsafe"), "{at}");
    assert_eq!(shown.header("cache-control"), "no-store", "{at}");
    assert!(shown.text.len() < 100_000, "{at}: {} bytes", shown.text.len());
    assert!(!shown.text.contains(" style=") && !shown.text.contains("<style"), "{at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_by_form_and_out_again() {
    let zone = Zone::new().await;
    let (_, one_time) = people::add(&zone, "li.wei", "5301980501", Role::Agent, &[Duty::Operator]).await;
    let mut browser = Browser::new(&zone);
    let led = browser.get("/desk/consignments?state=300").await;
    assert_eq!((led.status, led.location()), (303, "/sign-in?next=%2Fdesk%2Fconsignments%3Fstate%3D300"));
    let page = browser.get(led.location()).await;
    is_sound(&page, "sign-in");
    assert_eq!(page.hidden("next"), "/desk/consignments?state=300");

    let wrong = browser.post("/sign-in", &[("login", "li.wei"), ("password", "wrong")]).await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.text.contains("role=\"alert\"") && wrong.text.contains("value=\"li.wei\""));
    assert!(!wrong.text.contains("wrong\""), "a password comes back");

    // The one-time password leads to a change of it, and nowhere else.
    let first = browser.post("/sign-in", &[("login", "li.wei"), ("password", &one_time)]).await;
    assert_eq!((first.status, first.location()), (303, "/desk"));
    let cookie = first.header("set-cookie");
    for attribute in ["__Host-session=", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert_eq!(browser.get("/desk/receipts").await.location(), "/desk/account");
    let account = browser.get("/desk/account").await;
    let guard = account.hidden("guard");
    let sent = |new: &'static str| {
        [("guard", guard.clone()), ("current", one_time.clone()), ("new", new.to_owned())]
    };
    let as_fields = |pairs: &[(&'static str, String); 3]| pairs.clone();
    let weak = as_fields(&sent("short"));
    let weak: Vec<(&str, &str)> = weak.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = browser.post("/desk/account/password", &weak).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("aria-invalid=\"true\""));
    let good = as_fields(&sent(PASSWORD));
    let good: Vec<(&str, &str)> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let changed = browser.post("/desk/account/password", &good).await;
    assert_eq!((changed.status, changed.location()), (303, "/sign-in?said=changed"));
    assert!(browser.cookies.is_empty(), "the session ended, its cookie did not");

    let back = browser
        .post("/sign-in", &[("login", " Li.Wei "), ("password", PASSWORD), ("next", "/desk/receipts")])
        .await;
    assert_eq!((back.status, back.location()), (303, "/desk/receipts"));
    let home = browser.get("/desk").await;
    is_sound(&home, "home");
    assert!(home.words().contains("li.wei"));
    let session = browser.cookies["__Host-session"].clone();
    let out = browser.post("/sign-out", &[("guard", &home.hidden("guard"))]).await;
    assert_eq!((out.status, out.location()), (303, "/"));
    assert!(browser.cookies.is_empty());
    let ended = Browser::with(&zone, &session).get("/desk").await;
    assert_eq!(ended.location(), "/sign-in?next=%2Fdesk&said=ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_to_another_site_after_signing_in() {
    let zone = Zone::new().await;
    let (_, one_time) = people::add(&zone, "li.wei", "5301980501", Role::Agent, &[Duty::Operator]).await;
    people::settle(&zone, "li.wei", &one_time, false).await;
    for next in [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:1",
        "/desk\r\nx: y",
    ] {
        let mut browser = Browser::new(&zone);
        let sent = [("login", "li.wei"), ("password", PASSWORD), ("next", next)];
        let led = browser.post("/sign-in", &sent).await;
        assert_eq!((led.status, led.location()), (303, "/desk"), "{next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_opens_pages_alone_and_a_token_the_interface_alone() {
    let zone = Zone::new().await;
    let agent = "5301980501";
    let mut browser = signed_in(&zone, "li.wei", agent, Role::Agent, &Duty::ALL).await;
    assert_eq!(browser.get("/desk/consignments").await.status, 200);
    // A form of another site could reach the interface with the cookie, were it taken there.
    assert_eq!(browser.get("/v1/consignments").await.status, 401);
    assert_eq!(browser.post("/v1/messages", &[]).await.status, 401);
    let mut machine = Browser::new(&zone);
    machine.more.push(("authorization", format!("Bearer {}", zone.tokens[agent])));
    assert_eq!(machine.get("/v1/consignments").await.status, 200);
    assert_eq!(machine.get("/desk/consignments").await.status, 303);
    // Nor is a token one that a browser may keep.
    assert_eq!(Browser::with(&zone, &zone.tokens[agent]).get("/desk/consignments").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_no_page_of_the_session_gave_changes_nothing() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    zone.until_listed().await;
    let mut officer = signed_in(&zone, "guan.yuan", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let mut other = signed_in(&zone, "guan.er", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let page = officer.get(&desk(&trade)).await;
    let (guard, id, version) = (page.hidden("guard"), page.hidden("id"), page.hidden("version"));
    let others = other.get(&desk(&trade)).await.hidden("guard");
    assert!(guard.len() >= 32 && guard != others);
    let there = format!("{}/actions", desk(&trade));
    let mut sent = vec![("id", id.as_str()), ("version", version.as_str()), ("action", "suspend")];
    for wrong in [None, Some(""), Some("x"), Some(others.as_str())] {
        let mut fields = sent.clone();
        fields.extend(wrong.map(|wrong| ("guard", wrong)));
        let refused = officer.post(&there, &fields).await;
        assert_eq!(refused.status, 403);
        is_sound(&refused, "refused");
    }
    sent.push(("guard", &guard));
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://elsewhere.example")] {
        officer.more = vec![(name, value.to_owned())];
        assert_eq!(officer.post(&there, &sent).await.status, 403, "{name}");
    }
    officer.more.clear();
    let (_, shown) = zone.get(OFFICE, &path(&trade)).await;
    assert_eq!(shown["version"].to_string(), version, "something was changed");
    assert_eq!(officer.post(&there, &sent).await.status, 303);
    // Signing in is a form too: nobody is signed in by another site.
    let mut browser = Browser::new(&zone);
    browser.more = vec![("sec-fetch-site", "cross-site".to_owned())];
    assert_eq!(browser.post("/sign-in", &[("login", "guan.yuan"), ("password", PASSWORD)]).await.status, 403);
    assert!(browser.cookies.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_reads_why_his_list_was_rejected() {
    let zone = Zone::new().await;
    let mut trade = plain(&zone, 0);
    trade.declaration.head.buyer_name = "另一人".into();
    zone.trade(&trade).await;
    zone.until_listed().await;
    let agent = agent_of(&trade);
    let mut browser = signed_in(&zone, "li.wei", &agent, Role::Agent, &[Duty::Operator]).await;
    let list = browser.get("/desk/consignments?state=100").await;
    is_sound(&list, "list");
    assert!(list.text.contains(&desk(&trade)), "{}", list.words());
    assert!(!browser.get("/desk/consignments?state=800").await.text.contains(&desk(&trade)));

    let page = browser.get(&desk(&trade)).await;
    is_sound(&page, "trade");
    let words = page.words();
    let api = zone.shown(&agent, &trade).await;
    let finding = &api["attempt"]["findings"][0];
    assert_eq!(finding["rule"], "buyer-name-differs");
    for told in [
        &finding["fix"]["zh"],
        &finding["text"],
        &finding["fields"][0]["value"],
        &finding["fields"][1]["value"],
        &finding["code"],
        &api["attempt"]["preNo"],
    ] {
        assert!(words.contains(told.as_str().unwrap()), "{told} is not on the page");
    }
    // The buyer of the order is another's document: the page tells no more of him than the interface.
    assert!(!words.contains(trade.order.head.buyer_name.as_str()), "a name that is another's");
    for number in ["total", "valueAddedTax"] {
        if let Some(amount) = api["attempt"]["assessment"][number].as_str() {
            assert!(words.contains(&portal::format::money(amount)), "{number}");
        }
    }
    for line in api["attempt"]["assessment"]["lines"].as_array().into_iter().flatten() {
        assert!(words.contains(line["arithmetic"].as_str().unwrap()));
    }
    browser.language = "en";
    let english = browser.get(&desk(&trade)).await;
    assert!(english.words().contains(finding["fix"]["en"].as_str().unwrap()));
    assert!(english.text.contains("<html lang=\"en\""));

    // His own message, as he sent it; of the order's he is told nothing.
    let entry =
        api["timeline"].as_array().unwrap().iter().find(|entry| entry["message"] == "CEB621Message").unwrap();
    let original = browser.get(&format!("/desk/messages/{}", entry["original"])).await;
    assert_eq!((original.status, original.header("content-type")), (200, "text/plain; charset=utf-8"));
    assert!(original.text.contains("CEB621Message") && original.text.contains("另一人"));
    let order =
        api["timeline"].as_array().unwrap().iter().find(|entry| entry["message"] == "CEB311Message").unwrap();
    assert!(order["original"].is_null());

    let receipts = browser.get("/desk/receipts").await;
    is_sound(&receipts, "receipts");
    assert!(receipts.words().contains("buyer-name-differs") || receipts.words().contains("13127"));
    let rules = browser.get("/desk/rules?text=13127").await;
    assert!(rules.words().contains("buyer-name-differs"));
    assert!(!rules.words().contains("too-many-documents"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_says_what_a_trade_waits_for_and_until_when() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    let [(_, _), _, _, (agent, declaration)] = trade.documents();
    zone.send(&agent, declaration).await;
    zone.until_listed().await;
    let mut browser = signed_in(&zone, "li.wei", &agent, Role::Agent, &[Duty::Reader]).await;
    browser.language = "en";
    let list = browser.get("/desk/consignments").await;
    let words = list.words();
    assert!(words.contains("order, payment, waybill"), "{words}");
    let api = zone.shown(&agent, &trade).await;
    let due = portal::format::time(api["deadlines"][0]["due"].as_str().unwrap()).into_string();
    assert!(list.text.contains(&due), "the deadline {due} is not in the list");
}

/// A zone in which every trade goes to review, by a sealed rule.
async fn suspicious() -> Zone {
    let zone = Zone::new().await;
    let rules = "id,valid_from,valid_to,lane,condition,note\nevery-identity,20190101,,document-check,identity_count_7 > 0,all of them\n";
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules.to_owned())], "test").await.unwrap();
    zone
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_decides_on_what_he_saw_and_on_nothing_else() {
    let zone = suspicious().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    zone.until_listed().await;
    let mut officer =
        signed_in(&zone, "guan.yuan", OFFICE, Role::Officer, &[Duty::Decider, Duty::Inspector]).await;
    let queue = officer.get("/desk/queue").await;
    is_sound(&queue, "queue");
    assert!(
        queue.text.contains(&desk(&trade)) && queue.words().contains("every-identity"),
        "{}",
        queue.words()
    );
    assert!(!officer.get("/desk/queue?tab=inspection").await.text.contains(&desk(&trade)));
    let page = officer.get(&desk(&trade)).await;
    is_sound(&page, "trade");
    let (_, api) = zone.get(OFFICE, &path(&trade)).await;
    let hit = &api["attempt"]["hits"][0];
    for told in [&hit["rule"], &hit["evidence"]] {
        assert!(page.words().contains(told.as_str().unwrap()), "{told} is not on the page");
    }
    let evidence = hit["evidence"].as_str().unwrap();
    // What is sealed is not on the party's page.
    let mut agent = signed_in(&zone, "li.wei", &agent_of(&trade), Role::Agent, &[Duty::Operator]).await;
    let others = agent.get(&desk(&trade)).await;
    assert_eq!(others.status, 200);
    for secret in ["every-identity", evidence, "name=\"action\"", "document-check"] {
        assert!(!others.text.contains(secret), "{secret}");
    }
    assert_eq!(agent.get("/desk/queue").await.status, 403);

    let there = format!("{}/actions", desk(&trade));
    let (guard, id, version) = (page.hidden("guard"), page.hidden("id"), page.hidden("version"));
    let form = |action: &'static str| {
        [
            ("guard", guard.clone()),
            ("id", id.clone()),
            ("version", version.clone()),
            ("action", action.to_owned()),
            ("text", "样例".to_owned()),
        ]
    };
    let send = async |officer: &mut Browser<'_>, fields: [(&'static str, String); 5]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        officer.post(&there, &fields).await
    };
    let nothing = send(&mut officer, form("")).await;
    assert_eq!(nothing.status, 400);
    assert!(nothing.text.contains("id=\"action-fault\""));
    let done = send(&mut officer, form("inspect")).await;
    assert_eq!((done.status, done.location()), (303, format!("{}?said=done", desk(&trade)).as_str()));
    // Sent again, it is the same decision.
    assert_eq!(send(&mut officer, form("inspect")).await.status, 303);
    // Somebody else, with the page as it was before.
    let mut late = form("reject");
    late[1].1 = "another".to_owned();
    let refused = send(&mut officer, late).await;
    assert_eq!(refused.status, 409);
    is_sound(&refused, "refused");
    assert!(refused.words().contains("guan.yuan"), "who decided meanwhile");
    let fresh = officer.get(&desk(&trade)).await;
    assert!(fresh.text.contains("value=\"conforming/release\"") && !fresh.text.contains("value=\"approve\""));
    let passed = [
        ("guard", &guard),
        ("id", &fresh.hidden("id")),
        ("version", &fresh.hidden("version")),
        ("whole", &"conforming/release".to_owned()),
    ];
    let passed = passed.map(|(name, value)| (name, value.as_str()));
    let inspections = there.replace("/actions", "/inspections");
    assert_eq!(officer.post(&inspections, &passed).await.status, 303);
    let (_, shown) = zone.get(OFFICE, &path(&trade)).await;
    assert!(["entered", "released"].contains(&shown["attempt"]["stateWord"].as_str().unwrap()), "{shown}");
    let remarks: Vec<&str> = shown["attempt"]["remarks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["action"].as_str().unwrap())
        .collect();
    assert_eq!(remarks, ["inspect", "inspected release"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_officer_is_offered_is_what_he_may_do() {
    let zone = suspicious().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    zone.until_listed().await;
    let mut inspector = signed_in(&zone, "cha.yan", OFFICE, Role::Officer, &[Duty::Inspector]).await;
    let page = inspector.get(&desk(&trade)).await;
    assert!(page.text.contains("value=\"inspect\"") && !page.text.contains("value=\"release\""));
    let mut reader = signed_in(&zone, "shen.ji", OFFICE, Role::Officer, &[Duty::Auditor]).await;
    assert!(!reader.get(&desk(&trade)).await.text.contains("name=\"action\""));
    // The interface says the same, as the body that asks for it.
    let (_, shown) = zone.get(OFFICE, &path(&trade)).await;
    let open: Vec<&str> =
        shown["actions"].as_array().unwrap().iter().map(|open| open["action"].as_str().unwrap()).collect();
    assert!(
        open.contains(&"approve") && !open.contains(&"resume") && !open.contains(&"inspection-result"),
        "{open:?}"
    );
    for one in shown["actions"].as_array().unwrap() {
        let mut body = one.clone();
        (body["id"], body["version"]) = ("try".into(), 0.into());
        let told =
            people::ask(&zone, "POST", &format!("{}/actions", path(&trade)), &zone.tokens[OFFICE], &body)
                .await;
        assert_eq!(told.1["findings"][0]["rule"], "version-outdated", "{one}: {}", told.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_enrols_his_second_factor_by_form() {
    let zone = Zone::new().await;
    let (_, one_time) = people::add(&zone, "guan.yuan", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let session = people::settle(&zone, "guan.yuan", &one_time, false).await;
    let mut browser = Browser::with(&zone, &session);
    assert_eq!(browser.get("/desk").await.location(), "/desk/account");
    let guard = browser.get("/desk/account").await.hidden("guard");
    let wrong = [("guard", guard.as_str()), ("password-again", "wrong")];
    assert_eq!(browser.post("/desk/account/second-factor", &wrong).await.status, 400);
    let right = [("guard", guard.as_str()), ("password-again", PASSWORD)];
    let begun = browser.post("/desk/account/second-factor", &right).await;
    assert_eq!(begun.status, 200);
    let secret = people::secret_of(&begun.words());
    let confirm = "/desk/account/second-factor/confirm";
    assert_eq!(browser.post(confirm, &[("guard", &guard), ("code", "000000")]).await.status, 400);
    let code = people::code(&secret, zone.window.clock.now(), 0);
    let done = browser.post(confirm, &[("guard", &guard), ("code", &code)]).await;
    assert_eq!(done.status, 200);
    assert_eq!(browser.get("/desk/queue").await.status, 200);
    // From now on a code is asked for.
    let mut again = Browser::new(&zone);
    let sent = [("login", "guan.yuan"), ("password", PASSWORD)];
    let asked = again.post("/sign-in", &sent).await;
    assert_eq!(asked.status, 401);
    assert!(asked.text.contains("id=\"code-fault\""));
    let code = people::code(&secret, zone.window.clock.now(), 1);
    let sent = [sent[0], sent[1], ("code", code.as_str())];
    assert_eq!(again.post("/sign-in", &sent).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_is_a_page_for_browsers_and_a_document_for_programs() {
    let zone = Zone::new().await;
    let mut browser = Browser::new(&zone);
    for (path, status, told) in [
        ("/no/such", 404, "not-found"),
        ("/v1/consignments", 401, "unauthenticated"),
        ("/static/x.css", 404, "not-found"),
    ] {
        let shown = browser.get(path).await;
        assert_eq!(shown.status, status, "{path}");
        is_sound(&shown, path);
        assert!(shown.text.contains(told), "{path}");
        let (status_told, document) = zone.request("GET", path, None, Vec::new()).await;
        assert_eq!((status_told, &document["status"]), (status, &status.into()), "{path}");
    }
    let wrong_way = browser.post("/desk/receipts", &[]).await;
    assert_eq!((wrong_way.status, wrong_way.header("allow")), (405, "GET,HEAD"));
    is_sound(&wrong_way, "405");
    browser.language = "en";
    assert!(browser.get("/no/such").await.words().contains("Nothing here"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_is_kept_and_every_public_page_is_there_in_each() {
    let zone = Zone::new().await;
    let mut browser = Browser::new(&zone);
    for page in ["/", "/sign-in", "/status", "/tariff", "/tariff?text=33&listed=yes", "/tariff/calculator"] {
        for (tag, language) in [("zh-CN", "zh-CN,zh;q=0.9"), ("en", "en-GB")] {
            browser.language = language;
            let shown = browser.get(page).await;
            assert_eq!(shown.status, 200, "{page}");
            is_sound(&shown, page);
            assert!(shown.text.contains(&format!("<html lang=\"{tag}\"")), "{page} in {tag}");
        }
    }
    browser.language = "zh-CN";
    browser.get("/?lang=en").await;
    assert!(browser.get("/status").await.text.contains("<html lang=\"en\""));
    let style = browser.get(&portal::assets::STYLE.address()).await;
    assert_eq!(style.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calculator_computes_what_a_declaration_is_assessed() {
    let zone = Zone::new().await;
    let trade =
        (0..).map(|from| plain(&zone, from * 100)).find(|trade| trade.declaration.lines.len() == 1).unwrap();
    zone.trade(&trade).await;
    zone.until_listed().await;
    let api = zone.shown(&agent_of(&trade), &trade).await;
    let (line, head) = (&trade.declaration.lines[0], &trade.declaration.head);
    let asked = format!(
        "/tariff/calculator?code={}&price={}&quantity={}&statutory={}&freight={}",
        line.gcode, line.price, line.qty, line.qty1, head.freight
    );
    let mut browser = Browser::new(&zone);
    let shown = browser.get(&asked).await;
    is_sound(&shown, "calculator");
    let arithmetic = api["attempt"]["assessment"]["lines"][0]["arithmetic"].as_str().unwrap();
    assert!(shown.words().contains(arithmetic), "{arithmetic} is not in {}", shown.words());
    for (query, field) in [
        ("code=3304990039&price=x&quantity=1", "price"),
        ("code=3304990039&price=1&quantity=-1", "quantity"),
        ("code=00000000&price=1&quantity=1", "code"),
        ("code=3304990039&price=99999999999999999999999999&quantity=9999999999999999", "price"),
        ("code=%3Cb%3E&price=1&quantity=1", "code"),
    ] {
        let shown = browser.get(&format!("/tariff/calculator?{query}")).await;
        assert_eq!(shown.status, 200, "{query}");
        assert!(shown.text.contains(&format!("id=\"{field}-fault\"")), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_finds_trades_by_any_number_parties_by_name_rules_and_goods() {
    let zone = Zone::new().await;
    let (own, other) = (plain(&zone, 0), plain(&zone, 1_000));
    for trade in [&own, &other] {
        zone.trade(trade).await;
    }
    zone.until_listed().await;
    let agent = agent_of(&own);
    let entry = zone.shown(&agent, &own).await["attempt"]["invtNo"].as_str().unwrap().to_owned();
    let mut party = people::signed_in_english(&zone, "li.wei", &agent, Role::Agent, &[Duty::Operator]).await;
    let there = |text: &str| format!("/desk/search?text={}", portal::parts::escaped(text));
    let numbers = [
        own.order.head.order_no.to_string(),
        own.waybill.logistics_no.to_string(),
        own.payment.pay_transaction_id.to_string(),
        own.declaration.head.cop_no.clone().unwrap_or_default().to_string(),
        entry,
    ];
    for number in &numbers {
        let found = party.get(&there(number)).await;
        assert!(found.status == 200 && found.text.contains(&desk(&own)), "{number}: {}", found.words());
        is_sound(&found, number);
    }
    assert!(party.get("/desk").await.text.contains("action=\"/desk/search\""), "from every page");
    assert!(party.get(&there("13127")).await.text.contains("buyer-name-differs"));
    assert!(party.get(&there("33049900")).await.text.contains("/tariff?text=33049900"));
    assert!(party.get(&there("样例")).await.words().contains("Nothing found"), "no party finds parties");
    assert!(party.get(&there(&"9".repeat(101))).await.words().contains("1 to 100 characters"));
    // Somebody who has nothing to do with it finds nothing by any number.
    let stranger = if agent == "5301980502" { "5301980501" } else { "5301980502" };
    let mut stranger =
        people::signed_in_english(&zone, "wang", stranger, Role::Agent, &[Duty::Operator]).await;
    for number in &numbers {
        assert!(!stranger.get(&there(number)).await.text.contains(&desk(&own)), "{number}");
    }
    let mut officer = people::signed_in_english(&zone, "guan", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let found = officer.get(&there("昆明机场")).await;
    assert!(found.text.contains("/desk/enterprises/8620000001"), "{}", found.words());
    assert!(officer.get(&there(&agent)).await.text.contains(&format!("/desk/enterprises/{agent}")));
    // A record by its id: a reading of hers is her own, and no stranger's.
    officer.get(&desk(&own)).await;
    let (_, readings) = zone.get(&agent, "/v1/registers/accesses").await;
    let id = readings["records"][0]["id"].as_str().unwrap().to_owned();
    let way = format!("/desk/registers/accesses/{}", portal::parts::escaped(&id));
    assert!(party.get(&there(&id)).await.text.contains(&way), "{id}");
    assert!(!stranger.get(&there(&id)).await.text.contains(&way));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_sorted_by_its_columns_and_says_so() {
    let zone = Zone::new().await;
    let trades: Vec<Trade> = (0..3).map(|number| plain(&zone, number * 1_000)).collect();
    for trade in &trades {
        zone.trade(trade).await;
    }
    zone.until_listed().await;
    let mut officer = people::signed_in_english(&zone, "guan", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let mut orders: Vec<String> = trades.iter().map(|trade| trade.order.head.order_no.to_string()).collect();
    orders.sort_unstable();
    let shown = |text: &str| -> Vec<String> {
        let links = text.split("class=\"lead\"").skip(1);
        links.map(|link| link.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
    };
    let rising = officer.get("/desk/consignments?sort=order").await;
    assert_eq!(shown(&rising.text), orders);
    assert!(rising.text.contains("aria-sort=\"ascending\"") && rising.text.contains("sort=-order"));
    let falling = officer.get("/desk/consignments?sort=-order").await;
    orders.reverse();
    assert_eq!(shown(&falling.text), orders);
    assert!(falling.text.contains("aria-sort=\"descending\""));
    is_sound(&falling, "sorted");
    // A page of what is sorted goes on where the last one ended.
    let token = &zone.tokens[OFFICE];
    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/consignments?sort=-order&limit=2{after}");
        let (status, list) = zone.request("GET", &path, Some(token), Vec::new()).await;
        assert_eq!(status, 200, "{list}");
        let lines = list["consignments"].as_array().unwrap();
        paged.extend(lines.iter().map(|line| line["orderNo"].as_str().unwrap().to_owned()));
        match list["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(paged, orders);
    assert_eq!(zone.request("GET", "/v1/consignments?sort=price", Some(token), Vec::new()).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_sees_its_bills_its_guarantee_and_whose_quota_a_trade_takes() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let arrival = Trade::arrival(3, &[&trade], NOW).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::Arrival(arrival)).await;
    zone.until_listed().await;
    let head = &trade.declaration.head;
    let (agent, guarantor) = (head.agent_code.to_string(), head.assure_code.to_string());
    let mut shown = zone.shown(&agent, &trade).await;
    // The release follows from the arrival, in a commit of its own.
    for _ in 0..200 {
        if shown["attempt"]["state"] == 800 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        shown = zone.shown(&agent, &trade).await;
    }
    let attempt = &shown["attempt"];
    assert_eq!(attempt["state"], 800, "{shown}");
    let (quota, owed) = (&attempt["quota"], attempt["bill"]["owed"].as_str().unwrap());
    assert_eq!(
        (&quota["amount"], &quota["state"]),
        (&attempt["assessment"]["dutiableValue"], &serde_json::json!("posted"))
    );
    let buyer = quota["buyer"].as_str().unwrap();
    assert!(buyer.contains('*') && buyer != head.buyer_name.as_str(), "{buyer}");
    assert!(!quota.to_string().contains(head.buyer_id_number.as_str()));
    assert_eq!(
        (attempt["guarantee"]["guarantor"].as_str(), &attempt["guarantee"]["amount"]),
        (Some(guarantor.as_str()), &attempt["assessment"]["total"])
    );
    // The guarantor: what is left of what was filed; the agent: what it owes.
    let (_, of_guarantor) = zone.get(&guarantor, "/v1/bills").await;
    let guarantee = &of_guarantor["guarantees"][0];
    assert_eq!(
        (guarantee["guarantor"].as_str(), guarantee["used"].as_str()),
        (Some(guarantor.as_str()), Some(owed)),
        "{of_guarantor}"
    );
    let (_, of_agent) = zone.get(&agent, "/v1/bills?which=owed").await;
    assert_eq!(
        (of_agent["payable"].as_str(), &of_agent["bills"][0]["bill"]["owed"]),
        (Some(owed), &serde_json::json!(owed)),
        "{of_agent}"
    );
    assert!(of_agent["bills"][0]["bill"]["payBy"].is_string());
    assert_eq!(zone.get(&agent, "/v1/bills?which=overdue").await.1["bills"], serde_json::json!([]));
    // A firm that only paid is told of no bill, nor is somebody else.
    assert_eq!(
        zone.get(trade.payment.pay_code.as_str(), "/v1/bills").await.1["bills"],
        serde_json::json!([])
    );
    // By state and by the days of release, which are both included.
    let today = NOW.day().to_string();
    for (asked, count) in [
        ("which=paid".to_owned(), 0),
        (format!("from={today}&to={today}"), 1),
        (format!("which=owed&from={today}"), 1),
        ("from=2026-11-01&to=2026-11-22".to_owned(), 0),
        ("from=20261124".to_owned(), 0),
    ] {
        let (status, told) = zone.get(&agent, &format!("/v1/bills?{asked}")).await;
        let found = told["bills"].as_array().map(Vec::len);
        assert_eq!(
            (status, found, &told["next"]),
            (200, Some(count), &serde_json::Value::Null),
            "{asked}: {told}"
        );
    }
    for wrong in ["which=none", "from=x", "from=20261202&to=20261201"] {
        assert_eq!(zone.get(&agent, &format!("/v1/bills?{wrong}")).await.0, 400, "{wrong}");
    }
    let mut party = people::signed_in_english(&zone, "li.wei", &agent, Role::Agent, &[Duty::Operator]).await;
    let page = party.get("/desk/bills").await;
    assert!(
        page.words().contains("Owed of withheld tax") && page.text.contains(&desk(&trade)),
        "{}",
        page.words()
    );
    is_sound(&page, "bills");
    let page = party.get("/desk/bills?which=owed&from=2026-11-01&to=2026-11-30").await;
    assert!(
        page.text.contains(&desk(&trade)) && page.text.contains("value=\"2026-11-01\""),
        "{}",
        page.words()
    );
    assert!(
        page.text.contains("which=paid&amp;from=2026-11-01"),
        "what it is narrowed to stays: {}",
        page.text
    );
    is_sound(&page, "bills of some days");
    let page = party.get(&desk(&trade)).await;
    assert!(page.words().contains("Buyer's quota") && page.words().contains(buyer), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_told_once_that_it_changed_and_watching_keeps_no_session() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    zone.until_listed().await;
    let mut browser = signed_in(&zone, "li.wei", &agent_of(&trade), Role::Agent, &[Duty::Reader]).await;
    let page = browser.get(&desk(&trade)).await;
    let live =
        page.text.split("data-live=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let operator = Trade::arrival(3, &[&trade], crate::support::NOW).unwrap();
    let (stream, _) = tokio::join!(browser.get(&live), async {
        zone.send(&operator.head.operator_code.clone(), Document::Arrival(operator)).await
    });
    assert_eq!(stream.header("content-type"), "text/event-stream");
    assert_eq!(stream.text.matches("event: changed").count(), 1, "{}", stream.text);
    // With it comes what happened, to be put in place: in the page's words, nothing inline, and where the next change is told.
    assert!(
        stream.text.contains("id=\"live-happened\" data-part")
            && stream.text.contains("data-next=\"/desk/live?platform=")
    );
    assert!(
        stream.text.contains("data-said=\"")
            && !stream.text.contains("<script")
            && !stream.text.contains("style=")
    );
    assert!(page.text.contains("<div id=\"live-happened\">"), "what it takes the place of");
    let entries = |text: &str| text.matches("<li").count();
    let shown = page.text.split("id=\"live-happened\"").nth(1).unwrap();
    let shown = shown.split("</main>").next().unwrap();
    assert!(entries(&stream.text) > entries(shown), "{}", stream.text);
    // Half an hour later the session, which was watched alone, has ended: the stream says so.
    let fresh = browser.get(&desk(&trade)).await;
    let live =
        fresh.text.split("data-live=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let (stream, ()) = tokio::join!(browser.get(&live), async {
        let now = zone.window.clock.now();
        zone.clock.set(clearance::keys::Time(now.0 + server::auth::SESSION_IDLE + 1_000));
    });
    assert!(stream.text.contains("event: ended") || stream.status == 303, "{}", stream.text);
}
