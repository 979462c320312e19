//! The pages of a consumer: in by a code, through his trades, quota, lock, dispute and data by forms; and in a real browser at
//! the width of a telephone, in every language.

use crate::consumer::{OTHER, OWN, message, provider, trade};
use crate::portal_in_browser::{Served, browser, take_over, visit, visit_in};
use crate::support::Zone;
use crate::support::browser::{Browser, Shown};
use clearance::sample::{Person, Trade};
use counterpart::Messages;

/// His own trade, one with another telephone, and the provider of messages.
async fn begun() -> (Zone, Messages, Trade, Trade) {
    let zone = Zone::new().await;
    let messages = provider(&zone).await;
    let person = Person::new(1);
    let (own, stolen) = (trade(1, &person, OWN, 300), trade(2, &person, OTHER, 700));
    zone.trade(&own).await;
    zone.trade(&stolen).await;
    zone.until_listed().await;
    (zone, messages, own, stolen)
}

async fn code_given(browser: &mut Browser<'_>, messages: &Messages, number: &str, right: bool) -> Shown {
    let before = messages.taken().len();
    let asked = browser.post("/track", &[("number", number)]).await;
    assert_eq!(asked.status, 200, "{}", asked.words());
    let sent = message(messages, before).await;
    let code = if right { sent["code"].as_str().unwrap().to_owned() } else { "12".to_owned() };
    let fields = [("number", number), ("ticket", &asked.hidden("ticket")), ("code", &code)];
    browser.post("/track/code", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_goes_through_his_pages_by_forms() {
    let (zone, messages, own, stolen) = begun().await;
    let mut browser = Browser::new(&zone);
    browser.language = "en";
    let number = own.order.head.order_no.to_string();
    let wrong = code_given(&mut browser, &messages, &number, false).await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.words().contains("This code is wrong"), "{}", wrong.words());
    let come = code_given(&mut browser, &messages, &number, true).await;
    assert_eq!((come.status, come.location()), (303, "/my"));
    assert_eq!(browser.get("/desk").await.location(), "/my");
    let list = browser.get("/my").await;
    assert!(list.words().contains(&number) && !list.text.contains(stolen.order.head.order_no.as_str()));
    let shown = browser.get(&format!("/my/trades/{}/{number}", own.order.head.ebp_code)).await.words();
    for said in ["Ordered", "Paid", "Handed to the carrier", "Declared to customs", "Tax in it"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let quota = browser.get("/my/quota").await;
    assert!(quota.words().contains("another telephone"), "{}", quota.words());
    let guard = quota.hidden("guard");
    assert_eq!(browser.post("/my/lock", &[("locked", "yes")]).await.status, 403, "a form of no page of his");
    let locked = browser.post("/my/lock", &[("guard", &guard), ("locked", "yes")]).await;
    assert_eq!(locked.location(), "/my/quota");
    assert!(browser.get("/my/quota").await.words().contains("Your quota is locked"));
    let head = &stolen.order.head;
    let there = format!("/my/disputes?platform={}&order={}", head.ebp_code, head.order_no);
    assert!(browser.get(&there).await.words().contains("What happened?"));
    let mut fields = vec![
        ("guard", guard.as_str()),
        ("platform", &head.ebp_code),
        ("order", &head.order_no),
        ("text", " "),
    ];
    assert_eq!(browser.post("/my/disputes", &fields).await.status, 422);
    fields[3].1 = "I never bought there.";
    assert_eq!(browser.post("/my/disputes", &fields).await.location(), "/my/disputes");
    let disputes = browser.get("/my/disputes").await;
    assert!(disputes.words().contains("waits for the shop"), "{}", disputes.words());
    let data = browser.get("/my/data").await;
    assert!(data.words().contains("Nobody"), "{}", data.words());
    let file = browser.get("/my/data/file").await;
    assert!(
        file.header("content-disposition").contains("attachment") && file.text.contains("consigneeAddress")
    );
    assert_eq!(browser.post("/my/erasure", &[("guard", &guard)]).await.location(), "/my/data");
    assert!(browser.get("/my/data").await.words().contains("You asked for erasure"));
    assert_eq!(browser.post("/sign-out", &[("guard", &guard)]).await.status, 303);
    assert_eq!(browser.get("/my").await.location(), "/track");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_asked_for_a_number_tells_nothing_of_it() {
    let (zone, _, own, _) = begun().await;
    let mut pages = Vec::new();
    for number in [own.order.head.order_no.as_str(), "NONE-1"] {
        let mut browser = Browser::new(&zone);
        let shown = browser.post("/track", &[("number", number)]).await;
        let ticket = shown.hidden("ticket");
        pages.push((shown.status, shown.text.replace(number, "N").replace(&ticket, "T")));
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_a_consumer_are_fit_for_a_telephone() {
    let Some(mut chromium) = browser() else { return };
    let served = Served::new().await;
    let messages = provider(&served.zone).await;
    let person = Person::new(1);
    let (own, stolen) = (trade(1, &person, OWN, 300), trade(2, &person, OTHER, 700));
    served.zone.trade(&own).await;
    served.zone.trade(&stolen).await;
    served.zone.until_listed().await;
    let session = crate::consumer::come_in(&served.zone, &messages, &own.order.head.order_no).await;
    let head = &stolen.order.head;
    let body = serde_json::json!({"platform": head.ebp_code.as_str(), "orderNo": head.order_no.as_str(), "text": "样例：不是我买的"});
    let (status, told) =
        crate::consumer::post(&served.zone, Some(&session), "/v1/consumer/disputes", body).await;
    assert_eq!(status, 201, "{told}");
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        let page = |name: &'static str, path: &str| (name, path.to_owned());
        let public = [
            page("track", "/track"),
            page("guide", "/guide"),
            page("draws", "/draws"),
            page("lists", "/lists"),
        ];
        visit(&mut chromium, &served, "everybody", &public, &mut faults);
        take_over(&mut chromium, &served.address, &session);
        let (platform, number) = (&own.order.head.ebp_code, &own.order.head.order_no);
        let other = &stolen.order.head.order_no;
        let pages = [
            page("trades", "/my"),
            ("trade", format!("/my/trades/{platform}/{number}")),
            page("quota", "/my/quota"),
            page("past", "/my/quota?year=2023"),
            page("disputes", "/my/disputes"),
            ("dispute", format!("/my/disputes?platform={platform}&order={other}")),
            page("data", "/my/data"),
        ];
        visit(&mut chromium, &served, "consumer", &pages, &mut faults);
        let abroad = ["vi", "th", "lo", "my", "km"];
        visit_in(&mut chromium, &served, &abroad, ("consumer", &pages[..3]), &mut faults);
        take_over(&mut chromium, &served.address, "");
        let everybody = [
            page("track", "/track"),
            page("guide", "/guide"),
            page("start", "/"),
            page("tariff", "/tariff?text=33"),
            page("calculator", "/tariff/calculator?code=33049900&price=100&quantity=2"),
            page("status", "/status"),
            page("sign-in", "/sign-in"),
        ];
        visit_in(&mut chromium, &served, &abroad, ("everybody", &everybody), &mut faults);
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
