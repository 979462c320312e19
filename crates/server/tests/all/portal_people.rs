//! Registering, users, tokens and what is shared, as pages.

use crate::support::browser::{Browser, Shown};
use crate::support::people::{self, PASSWORD, signed_in_english as signed_in};
use crate::support::{NOW, Zone, plain};
use clearance::party::Role;
use clearance::sample;
use serde_json::json;
use store::Duty;

const OFFICE: &str = "8620000001";
const AGENT: &str = "5301980501";
const NEW: &str = "5301960104";
const TAX: &str = "5301000901";

async fn post(browser: &mut Browser<'_>, path: &str, page: &Shown, fields: &[(&str, &str)]) -> Shown {
    let guard = page.hidden("guard");
    let mut all = vec![("guard", guard.as_str())];
    all.extend(fields);
    browser.post(path, &all).await
}

/// What a page shows between code tags the first time.
fn secret(shown: &Shown) -> String {
    shown.text.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_a_login_registers_and_is_led_to_his_application() {
    let zone = Zone::new().await;
    let mut newcomer = Browser::new(&zone);
    newcomer.language = "en";
    let sent =
        [("code", NEW), ("role", "platform"), ("name", "样一"), ("password", PASSWORD), ("again", PASSWORD)];
    for (field, value) in [("code", "123"), ("again", "something else"), ("name", "")] {
        let wrong: Vec<(&str, &str)> =
            sent.iter().map(|(name, known)| (*name, if *name == field { value } else { known })).collect();
        let told = newcomer.post("/register", &wrong).await;
        assert_eq!(told.status, 400, "{field}");
        assert!(told.text.contains(&format!("id=\"{field}-fault\"")), "{field}: {}", told.words());
        assert!(!told.text.contains(PASSWORD), "a password comes back");
    }
    let made = newcomer.post("/register", &sent).await;
    assert_eq!(made.status, 201, "{}", made.words());
    let login = secret(&made);
    let there = made.text.split("/sign-in?next=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = newcomer.get(&format!("/sign-in?next={there}")).await;
    let next = page.hidden("next");
    let signed = [("login", login.as_str()), ("password", PASSWORD), ("next", &next)];
    let led = newcomer.post("/sign-in", &signed).await;
    assert_eq!(led.status, 303);
    // His application is not there yet: he is led to its form.
    let led = newcomer.get(led.location()).await;
    assert_eq!((led.status, led.location()), (303, "/desk/registers/filings/new?action=apply"));
    let form = newcomer.get(led.location()).await;
    let application = [
        ("action", "apply"),
        ("version", "0"),
        (
            "number",
            form.text
                .split("id=\"number\"")
                .nth(1)
                .unwrap()
                .split("value=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap(),
        ),
        ("body.name", "样例新平台"),
        ("body.roles.platform", "yes"),
        ("body.validFrom", "2026-01-01"),
        ("body.address", "样例路1号"),
        ("body.contact.name", "样一"),
        ("body.contact.telephone", "10000000000"),
        ("rows.body.licences", "1"),
        ("body.licences[0].kind", "business-licence"),
        ("body.licences[0].number", "样例1"),
        ("body.licences[0].issuer", "样例局"),
        ("body.licences[0].validFrom", "2020-01-01"),
        ("do", "send"),
    ];
    let made = post(&mut newcomer, "/desk/registers/filings/new", &form, &application).await;
    assert_eq!(made.status, 303, "{}", made.words());
    let shown = newcomer.get(made.location()).await;
    assert!(shown.words().contains("submitted") && shown.words().contains("样例新平台"), "{}", shown.words());
    // The hub leads him to it, and to nothing that is not his.
    let hub = newcomer.get("/desk/registers").await;
    assert!(hub.words().contains("To my application"), "{}", hub.words());
    assert_eq!(newcomer.get("/desk/people").await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_added_changed_and_disabled_and_a_password_is_shown_once() {
    let zone = Zone::new().await;
    let duties = [Duty::Admin, Duty::Operator, Duty::Reader];
    let mut admin = signed_in(&zone, "wang.wu", AGENT, Role::Agent, &duties).await;
    let page = admin.get("/desk/people").await;
    assert!(
        page.text.contains("has.operator") && !page.text.contains("has.decider"),
        "only what he has himself"
    );
    let wrong =
        post(&mut admin, "/desk/people", &page, &[("login", "X"), ("name", "样例"), ("has.reader", "yes")])
            .await;
    assert_eq!(wrong.status, 400);
    assert!(
        wrong.text.contains("role=\"alert\"")
            && wrong.text.contains("id=\"has.reader\" name=\"has.reader\" value=\"yes\" checked")
    );
    let fields = [("login", "li.wei"), ("name", "样例"), ("has.reader", "yes")];
    let made = post(&mut admin, "/desk/people", &page, &fields).await;
    assert_eq!(made.status, 200, "{}", made.words());
    let one_time = secret(&made);
    assert!(!admin.get("/desk/people").await.text.contains(&one_time), "it is shown again");
    assert_eq!(people::sign_in(&zone, "li.wei", &one_time, None).await.0, 201);
    let there = made.text.split("href=\"/desk/people/").find(|rest| rest.contains(">li.wei<")).unwrap();
    let there = format!("/desk/people/{}", there.split('"').next().unwrap());
    let page = admin.get(&there).await;
    let fields = [("do", "save"), ("name", "样例二"), ("has.operator", "yes")];
    let changed = post(&mut admin, &there, &page, &fields).await;
    assert!(
        changed.status == 200
            && changed.words().contains("样例二")
            && changed.words().contains("works for the party")
    );
    let reset = post(&mut admin, &there, &page, &[("do", "password")]).await;
    let second = secret(&reset);
    assert_ne!(second, one_time);
    assert_eq!(people::sign_in(&zone, "li.wei", &one_time, None).await.0, 401);
    let disabled = post(&mut admin, &there, &page, &[("do", "disable")]).await;
    assert!(disabled.words().contains("disabled"), "{}", disabled.words());
    assert_eq!(people::sign_in(&zone, "li.wei", &second, None).await.0, 401);
    // Another party's user is not there.
    let (other, _) = people::add(&zone, "other", "5301960202", Role::Merchant, &[Duty::Reader]).await;
    assert_eq!(admin.get(&format!("/desk/people/{other}")).await.status, 404);
    let taken = post(&mut admin, &format!("/desk/people/{other}"), &page, &[("do", "disable")]).await;
    assert_eq!(taken.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_counts_and_is_revoked() {
    let zone = Zone::new().await;
    let mut admin = signed_in(&zone, "wang.wu", AGENT, Role::Agent, &[Duty::Admin, Duty::Reader]).await;
    let page = admin.get("/desk/tokens").await;
    assert!(
        page.text.contains("has.receipts:read") && !page.text.contains("has.messages:send"),
        "only what he may himself"
    );
    let none = post(&mut admin, "/desk/tokens", &page, &[("name", "样例系统"), ("days", "30")]).await;
    assert!(none.status == 400 && none.text.contains("value=\"样例系统\""), "{}", none.words());
    let fields = [("name", "样例系统"), ("days", "30"), ("has.receipts:read", "yes")];
    let made = post(&mut admin, "/desk/tokens", &page, &fields).await;
    let token = secret(&made);
    assert_eq!(zone.request("GET", "/v1/receipts", Some(&token), Vec::new()).await.0, 200);
    let listed = admin.get("/desk/tokens").await;
    assert!(!listed.text.contains(&token) && listed.words().contains("reading receipts"));
    let row = listed.text.split("<tr").find(|row| row.contains("样例系统")).unwrap();
    let there = row.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
    let revoked = post(&mut admin, there, &listed, &[]).await;
    assert_eq!(revoked.location(), "/desk/tokens");
    assert_eq!(zone.request("GET", "/v1/receipts", Some(&token), Vec::new()).await.0, 401);
    assert!(admin.get("/desk/tokens").await.words().contains("revoked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shared_is_read_as_a_table_and_the_reading_is_seen_by_the_owners() {
    let mut zone = Zone::new().await;
    zone.window.file_all(sample::agencies(), "test").await;
    let token = zone.window.control.issue(TAX, Role::Agency, "machine", &[], NOW, None).await.unwrap();
    zone.tokens.insert(TAX.to_owned(), token);
    let rule = json!({"giver": OFFICE, "dataset": "orders", "schema": 1, "fields": ["orderNo", "acturalPaid"], "purpose": "样例：征税核对",
        "legalBasis": "样例办法第一条", "validFrom": "20261101"});
    let there = format!("/v1/registers/shares/{TAX}:orders/actions");
    for (party, body) in [
        (TAX, json!({"action": "propose", "body": rule})),
        (OFFICE, json!({"action": "agree", "version": 1})),
    ] {
        let (status, told) =
            zone.request("POST", &there, Some(&zone.tokens[party]), body.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{told}");
    }
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    zone.until_listed().await;
    let mut agency = signed_in(&zone, "shui.wu", TAX, Role::Agency, &[Duty::Operator]).await;
    let rules = agency.get("/desk/shares").await;
    let records = format!("/desk/shares/{TAX}%3Aorders/records");
    assert!(rules.text.contains(&records), "{}", rules.text);
    let page = agency.get(&records).await;
    assert_eq!(page.status, 200, "{}", page.words());
    let order_no = trade.order.head.order_no.as_str();
    assert!(
        page.words().contains(order_no) && page.words().contains("This is complete up to now"),
        "{}",
        page.words()
    );
    assert!(!page.words().contains(trade.order.head.buyer_name.as_str()), "what is not in the rule");
    let next = page.text.split(&format!("{records}?after=")).nth(1).unwrap().split('"').next().unwrap();
    let later = agency.get(&format!("{records}?after={next}")).await;
    assert!(later.words().contains("No records here"), "{}", later.words());
    // The platform sees who read what was its.
    let platform = trade.order.head.ebp_code.to_string();
    let mut platform = signed_in(&zone, "ping.tai", &platform, Role::Platform, &[Duty::Operator]).await;
    let accesses = platform.get("/desk/registers/accesses").await;
    assert!(accesses.words().contains("样例：征税核对"), "{}", accesses.words());
    assert_eq!(platform.get(&records).await.status, 403);
}
